#!/usr/bin/perl
# Why: the state folder is on a disk, and disks fill up.  What is mapped is served on,
# the log says what is wrong once, no half file stays, and the board follows again by
# itself when there is room.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

$> == 0 or plan skip_all => 'only root can mount a small file system';

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $state = "$test->{dir}/state/acme";

mkdir $state, 0700;
if (system("mount -t tmpfs -o size=4m,mode=0700 gig-test '$state' 2> '$test->{dir}/mount.log'") != 0) {
    my $why = $test->read_file('mount.log') =~ s/\s+$//r;
    $test->finish;
    done_testing();
    diag("a small file system cannot be mounted here: $why");
    exit;
}
END { my $status = $?; system("umount -l '$state' 2> /dev/null") if $state && -d $state; $? = $status }

sub title { return json_of($test->get("/gigs/$_[0]?format=json"))->{title} // '' }
sub told { my @lines = $test->read_file('error.log') =~ /\[(?:error|crit)\][^\n]*compiling generation/g; return scalar @lines }

GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 20);
$test->start_nginx(no_keys => 1);
ok($test->wait_total(20), 'the board is there');


# --- full

open my $ballast, '>', "$state/ballast" or die "ballast: $!";
{ local $SIG{PIPE} = 'IGNORE'; while (defined syswrite $ballast, 'x' x 65536) { } }
while (defined syswrite $ballast, 'x' x 512) { }
close $ballast;

GigTest::Publish::put($test, gig_record('gig-1', title => 'While full'));
ok(wait_for { told() } 'no room: the log says so');
like($test->read_file('error.log'), qr/cannot be (?:written|made).*No space left on device/, 'and why');
my ($failed, $end) = (0, time + 6);
while (time < $end) { $failed++ if title('gig-2') ne 'Gig gig-2' || title('gig-1') ne 'Gig gig-1'; sleep 0.05 }
is($failed, 0, 'reads go on from what is mapped');
is(told(), 1, 'it is said once, not at every try');
is(scalar(my @half = glob "$state/*.tmp"), 0, 'nothing half written is left');

unlink "$state/ballast";
ok(wait_for { title('gig-1') eq 'While full' } 'room again: it follows by itself', 30);
GigTest::Publish::put($test, gig_record('gig-1', title => 'With room'));
ok(wait_for { title('gig-1') eq 'With room' } 'and goes on', 10);

like($test->read_file('error.log'), qr/compiles again/, 'and the log says that it is over');


ok($test->stop_nginx, 'nginx leaves');
is(system('umount', $state), 0, 'and holds nothing of the folder');
$test->finish;
done_testing();
