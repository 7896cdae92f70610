#!/usr/bin/perl
# Why: what a worker has for itself must not grow with the catalog, nor with the
# changes it has seen.  The image is in files that all workers share; a compile
# needs memory for a moment and must give it back, in whatever thread it ran: malloc
# keeps an arena a thread, and once kept 140 MB after thirty changes of one gig.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::Publish;

use constant { FEW => 50, MANY => 6000, CHANGES => 12, MORE_KIB => 1024 };

-r '/proc/self/smaps_rollup' or plan skip_all => 'this kernel has no smaps_rollup';


sub anonymous_kib {
    my ($pid) = @_;
    open my $file, '<', "/proc/$pid/smaps_rollup" or return;
    while (<$file>) { return $1 if /^Anonymous:\s+(\d+)/ }
    return;
}

# A board of $n gigs, some changes one by one, a full load: the most any worker has.
sub measure {
    my ($n) = @_;
    my $test = GigTest->new(workers => 2);
    $test->start_redis;
    GigTest::Publish::ready($test, 'first');
    my @gigs = map { gig_record("gig-$_", description_html => '<p>' . 'What is to be done. ' x 40 . '</p>') } 1 .. $n;
    while (my @part = splice @gigs, 0, 200) { GigTest::Publish::put($test, @part) }
    $test->start_nginx(no_keys => 1);
    ok($test->wait_total($n, 60), "$n gigs are there");

    for my $round (1 .. CHANGES) {
        GigTest::Publish::put($test, gig_record('gig-7', title => "Round $round"));
        wait_for { (json_of($test->get('/gigs/gig-7?format=json'))->{title} // '') eq "Round $round" } "round $round", 30;
    }

    my $loads = sub { ($test->get('/metrics')->{body} =~ /^gig_compiles_total\{[^}]*\} (\d+)/m)[0] };
    my $before = $loads->();
    GigTest::Publish::ready($test, 'second');
    ok(wait_for(sub { $loads->() > $before }, 'a full load', 60), 'and loaded in full again');

    my ($most) = sort { $b <=> $a } map { anonymous_kib($_) // 0 } $test->workers;
    $test->finish;
    return $most;
}

my $few  = measure(FEW);
my $many = measure(MANY);
diag("anonymous memory of the keeper: $few KiB with ${\FEW} gigs, $many KiB with ${\MANY}");
SKIP: {
    skip 'what a sanitizer holds back of what was freed is its own', 1 if $GigTest::SANITIZED;
    cmp_ok($many - $few, '<', MORE_KIB, "a worker has no more for itself with ${\MANY} gigs than with ${\FEW}");
}

done_testing();
