#!/usr/bin/perl
# Why: Redis is the module's only input.  With no gig-sync anywhere, redis-cli and
# docs/examples/publish.lua put a gig on every worker and take it off again, for
# the price of one record over the wire and one compile.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my $test = GigTest->new(workers => 4);
my $redis = $test->start_redis;
$test->publish(map { gig_record("gig-$_") } 1 .. 500);
$test->start_nginx;
ok($test->wait_total(500), '500 gigs are served, and gig-sync is not running');

my $script = "$GigTest::ROOT/docs/examples/publish.lua";

sub metric {
    my ($name) = @_;
    my ($value) = $test->get('/metrics')->{body} =~ /^gig_\Q$name\E(?:_total)?\{[^}]*\} (\d+)/m;
    return $value // -1;
}

# Every worker of four is asked by asking often: 40 answers in a row must agree.
sub everywhere {
    my ($status, $path) = @_;
    for (1 .. 40) { return 0 if $test->get($path)->{status} != $status }
    return 1;
}

my $json = JSON::PP->new->utf8->canonical;
my (@times, %cost);

for my $n (1 .. 5) {
    my $record = $json->encode(gig_record("by-hand-$n", title => "Published by hand $n"));
    my %before = map { $_ => metric($_) } qw(compiles records_fetched);
    my $begin = time;
    my ($status, $output) = $test->run('redis-cli', '-p', $redis->{port}, '--eval', $script, 'gig:{acme}:', ',', 'put', "by-hand-$n", $record);
    is($status, 0, "publish.lua puts gig $n") or diag($output);
    ok(wait_for { $test->get("/gigs/by-hand-$n?format=json")->{status} == 200 } "gig $n");
    push @times, time - $begin;
    ok(wait_for { everywhere(200, "/gigs/by-hand-$n?format=json") } "gig $n on every worker", 3);
    $cost{$_} += metric($_) - $before{$_} for keys %before;
}

@times = sort { $a <=> $b } @times;
diag(sprintf 'visible after %s ms, redis-cli included', join ', ', map { sprintf '%.0f', 1000 * $_ } @times);
cmp_ok($times[2], '<', 0.5, 'the median is far below half a second');
is($cost{records_fetched}, 5, 'each cost one record over the wire');
is($cost{compiles}, 5, 'and one compile');

for my $n (1 .. 5) {
    my ($status, $output) = $test->run('redis-cli', '-p', $redis->{port}, '--eval', $script, 'gig:{acme}:', ',', 'del', "by-hand-$n");
    is($status, 0, "publish.lua takes gig $n off") or diag($output);
}
ok(wait_for { everywhere(404, '/gigs/by-hand-5?format=json') } 'it is gone everywhere', 3);
is(json_of($test->get('/gigs/?format=json'))->{total}, 500, 'the others are still there');

$test->done;
