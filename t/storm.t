#!/usr/bin/perl
# Why: a system of record that publishes a thousand changes at once, a keeper that is
# killed while it writes, readers too slow for the stores they read from: the board
# stays whole and quick, and its folder and its workers do not grow.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $state = "$test->{dir}/state/acme";
my $hz    = POSIX::sysconf(POSIX::_SC_CLK_TCK());
$test->{expected_log} = qr/exited on signal 9/;

sub keeper {
    my ($inode) = (stat "$state/keeper.lock")[1] or return 0;
    open my $locks, '<', '/proc/locks' or return 0;
    for (<$locks>) { return $1 if /FLOCK\s+ADVISORY\s+WRITE (\d+) \S+:$inode / }
    return 0;
}

sub metric {
    my ($name) = @_;
    my ($value) = $test->get('/metrics')->{body} =~ /^gig_\Q$name\E\{[^}]*\} (\d+)/m;
    return $value // -1;
}

# CPU seconds of a process's threads but the first: the pool's.
sub pool_cpu {
    my ($pid) = @_;
    my $sum = 0;
    for my $file (glob "/proc/$pid/task/*/stat") {
        next if $file =~ m{/task/$pid/};
        open my $stat, '<', $file or next;
        my @field = split / /, (<$stat> =~ s/^.*\) //r);
        $sum += $field[11] + $field[12];
    }
    return $sum / $hz;
}

sub title { return json_of($test->get("/gigs/$_[0]?format=json"))->{title} // '' }

my $text = '<p>' . 'What is to be done and why. ' x 40 . '</p>';
sub gig { my ($id, %member) = @_; return gig_record($id, description_html => $text, %member) }

GigTest::Publish::ready($test, 'first');
for (my $n = 1; $n <= 2000; $n += 200) { GigTest::Publish::put($test, map { gig("gig-$_") } $n .. $n + 199) }
$test->start_nginx(no_keys => 1);
ok($test->wait_total(2000, 30), 'the board is there');


# --- a change right after a full load, however long that took

my $load_end = time;
GigTest::Publish::put($test, gig('gig-1', title => 'Changed after the load'));
ok(wait_for { title('gig-1') eq 'Changed after the load' } 'the change');
cmp_ok(time - $load_end, '<', 2, 'a change does not wait for what the load took');


# --- a thousand changes, one by one, in two seconds

sub reads {
    my ($until) = @_;
    my @took;
    my $connection;
    while (!$until->()) {
        # nginx closes a connection after a thousand requests
        $connection = GigTest::Http->new($test->{port}) if @took % 500 == 0;
        my $begin = time;
        $connection->send('GET', '/gigs/?format=json');
        $connection->answer('GET')->{status} == 200 or return 99;
        push @took, time - $begin;
        sleep 0.004;
    }
    return (sort { $a <=> $b } @took)[@took * 0.99];
}

my $rest_end = time + 2;
my $rest     = reads(sub { time > $rest_end });
my $compiles = metric('compiles_total');
my $loads    = metric('full_loads_total');
my $cpu      = pool_cpu(keeper());
my $begin    = time;

my $writer = fork // die "fork: $!";
if ($writer == 0) {
    delete $redis->{socket};
    for my $n (1 .. 1000) {
        my $wait = $begin + $n * 0.002 - time;
        sleep $wait if $wait > 0;
        GigTest::Publish::put($test, gig("gig-$n", title => "Storm $n"));
    }
    POSIX::_exit(0);
}
my $p99 = reads(sub { waitpid($writer, POSIX::WNOHANG()) != 0 });
ok(wait_for { title('gig-1000') eq 'Storm 1000' } 'the last change is seen', 15);
my $took = time - $begin;
$cpu = pool_cpu(keeper()) - $cpu;
$compiles = metric('compiles_total') - $compiles;
diag(sprintf 'a storm: %.1f s, %d compiles, %.2f s of CPU in the pool, p99 of reads %.1f ms, at rest %.1f ms',
    $took, $compiles, $cpu, 1000 * $p99, 1000 * $rest);
is(scalar(grep { title("gig-$_") ne "Storm $_" } map { $_ * 50 } 1 .. 20), 0, 'and all before it');
# For 5 ms by nginx's clock, which knows whole milliseconds: 4 by ours.
cmp_ok($compiles, '<=', $took / 0.004 + 1, 'changes are gathered');
cmp_ok($cpu / $took, '<', 0.25, 'compiling takes its share of a core, not a core');
is(metric('full_loads_total'), $loads, 'no full load');
cmp_ok($p99, '<', $rest + 0.1, 'reads do not feel it');


# --- slow readers over compactions

my @slow = map { GigTest::Http->new($test->{port}) } 1 .. 6;
$_->send('GET', '/gigs/?format=json&limit=100&state=all') for @slow;

my %stores = map { $_ => 1 } glob "$state/store.*";
my %seen   = %stores;
for my $round (1 .. 5) {
    for (my $n = 1; $n <= 2000; $n += 200) {
        GigTest::Publish::put($test, map { gig("gig-$_", title => "Round $round") } $n .. $n + 199);
    }
    ok(wait_for { title('gig-2000') eq "Round $round" && title('gig-1') eq "Round $round" } "round $round of all gigs", 30);
    $seen{$_} = 1 for glob "$state/store.*";
}
cmp_ok(scalar(keys %seen), '>', scalar(keys %stores), 'stores were compacted into new ones');
cmp_ok(scalar(my @kept = glob "$state/store.*"), '<=', 4, 'and the old files are gone');
my $bytes = 0;
$bytes += -s for glob "$state/store.*";
cmp_ok($bytes, '<', 64 * 1024 * 1024, 'the folder does not grow');
for my $worker ($test->workers) {
    open my $maps, '<', "/proc/$worker/maps" or next;
    my %mapped = map { m{(store\.\S+)} ? ($1 => 1) : () } <$maps>;
    cmp_ok(scalar(keys %mapped), '<=', 5, 'a worker has few stores mapped');
}
is(scalar(grep { @{ json_of($_->answer('GET'))->{gigs} // [] } != 100 } @slow), 0,
    'and what the slow readers were sent was whole');
is(scalar(grep { title("gig-$_") ne 'Round 5' } map { $_ * 40 } 1 .. 50), 0, 'what was copied is right');


# --- the keeper is killed again and again while it writes

my $stop = 0;
$writer = fork // die "fork: $!";
if ($writer == 0) {
    delete $redis->{socket};
    for my $n (1 .. 250) {
        GigTest::Publish::put($test, map { gig("gig-$_", title => "Kill $n") } 1 .. 10);
        sleep 0.01;
    }
    POSIX::_exit(0);
}

my ($kills, $half, $failed) = (0, 0, 0);
while (waitpid($writer, POSIX::WNOHANG()) == 0) {
    my $keeper = keeper();
    if ($keeper) { sleep rand 0.15; kill 'KILL', $keeper and $kills++ }
    for (1 .. 5) {
        my $answer = $test->get('/gigs/?format=json&limit=5');
        $failed++ if $answer->{status} && $answer->{status} != 200;
        $half++ if $answer->{status} == 200 && (json_of($answer)->{total} // 0) != 2000;
        sleep 0.02;
    }
}
diag("the keeper was killed $kills times");
cmp_ok($kills, '>', 5, 'the keeper was killed again and again');
is($half, 0, 'never half an image');
is($failed, 0, 'and no read was refused');
ok(wait_for { title('gig-1') eq 'Kill 250' && title('gig-10') eq 'Kill 250' } 'the last change is seen', 20);
ok(wait_for { !glob("$state/*.tmp") } 'nothing half written is left');
GigTest::Publish::put($test, gig('gig-1', title => 'Afterwards'));
ok(wait_for { title('gig-1') eq 'Afterwards' } 'it goes on');
cmp_ok(scalar(my @left = glob "$state/store.*"), '<=', 40, 'stores of keepers that are gone go too');
my @indexes = glob "$state/index.*";
cmp_ok(scalar @indexes, '<=', 4, 'and their indexes');

$test->done;
