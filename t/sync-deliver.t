#!/usr/bin/perl

# An application that was acknowledged must be in the system of record once, wherever
# gig-sync is killed.  The proxy kills it at each step between reading an entry,
# the database's commit and settling; then it is killed at random.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always');
$test->sync_conf(claim_after => '1s', pull_every => '1s');
ok($test->publish(
    gig_record('open'), gig_record('capped', capacity => { positions => 1, application_cap => 3, on_full => 'waitlist' }),
), 'two gigs are published');

my $key = sub { key($test, $_[0]) };
my $number = 0;
my @all;

sub applications {
    my ($gig, $n) = @_;
    my @some = map { application($gig, ++$number) } 1 .. $n;
    is_deeply(apply_all($test, @some), { 'accepted reserved' => $n }, "$n applications to $gig are accepted");
    push @all, @some;
    return @some;
}


# --- killed at each step

my %step = (
    'after reading, before the transaction'       => ['given', 'node-a'],
    'after the transaction, before settling'      => ['asked', 'node-a'],
    'after settling, before it hears of it'       => ['done', 'node-a'],
    'before it says that it wants entries'        => ['asked', 'XREADGROUP'],
);

$redis->cmd('SCRIPT', 'LOAD', script_text($_)) for qw(publish settle rebuild);

for my $when (sort keys %step) {
    my ($port, $proxy) = proxy($test, @{ $step{$when} });
    $test->sync_conf(redis => "127.0.0.1:$port", claim_after => '1s', pull_every => '1s');
    applications('open', 20);
    my $pid = $test->start_sync;
    $test->write_file('victim', $pid);
    ok($test->gone($pid, 15), "killed $when");
    $test->gone($proxy, 5);
    delete $test->{sync_pid};

    my ($rows) = $test->sql('select count(*) as n from applications');
    my $before = @all - 20;
    if ($when =~ /before the transaction|before it says/) {
        is($rows->{n}, $before, 'nothing was written');
    } else {
        is($rows->{n}, scalar @all, 'all was written');
    }

    $test->sync_conf(claim_after => '1s', pull_every => '1s');
    $test->start_sync;
    settled_all($test, $when, @all);
    ok($test->stop_sync, 'TERM ends it');
}


# --- killed at random, with applications in flight

{
    my $until = time + 12;
    my $kills = 0;
    while (time < $until) {
        my $pid = $test->start_sync;
        applications('open', 10) for 1 .. 2;
        sleep 0.02 + rand 0.25;
        kill 'KILL', $pid;
        $test->gone($pid, 5);
        delete $test->{sync_pid};
        $kills++;
    }
    $test->start_sync;
    settled_all($test, "$kills times killed at random", @all);
}


# --- another consumer that died holding entries

{
    $test->stop_sync;
    my @some = applications('open', 5);
    my $got = $redis->cmd('XREADGROUP', 'GROUP', 'sync', 'other-host', 'COUNT', 3, 'STREAMS', $key->('applications'), '>');
    is(scalar @{ $got->[0][1] }, 3, 'another host takes three and is never seen again');
    $test->start_sync;
    settled_all($test, 'claimed', @all);
}


# --- twice the same entry, as after a promotion

{
    my ($again) = $all[0];
    $redis->cmd('XADD', $key->('applications'), '*', map { $_ => $again->{$_} } qw(op id gig rev at node who print flags box));
    settled_all($test, 'sent again', @all);
}


# --- seats: the system of record confirms

{
    my @some = map { application('capped', ++$number) } 1 .. 5;
    is_deeply(apply_all($test, @some), { 'accepted reserved' => 3, 'accepted waitlisted' => 2 },
        'of five for three places two wait');
    push @all, @some;
    settled_all($test, 'capped', @all);
    is_deeply([map { $_->{seat} } $test->sql("select seat from applications where gig = 'capped' order by seat")],
        [('confirmed') x 3, ('waitlisted') x 2], 'three are confirmed, two wait');
    like($redis->cmd('HGET', $key->('seats'), 'capped'), qr/^3,2,0,/, 'Redis has the same counts');

    # One withdraws: the first who waits gets the seat.
    my ($out) = @some;
    $redis->cmd('EVAL', script_text('withdraw'), 1, $key->("id:$out->{id}"), $key->(''), $out->{id},
        int(time * 1000), 'node-a', 2592000);
    wait_for { $redis->cmd('HGET', $key->('seats'), 'capped') =~ /^3,1,0,/ } 'the seat goes to the first who waits', 10;
    is_deeply([$test->sql("select id from applications where id = '$out->{id}'")], [], 'what was withdrawn is erased');
    @all = grep { $_ != $out } @all;

    # A higher cap: nobody applies, and still those who wait are confirmed.
    $test->import_gigs(gig_record('capped', updated_at => '2026-01-06T12:00:00Z',
        capacity => { positions => 1, application_cap => 4, on_full => 'waitlist' }));
    wait_for { $redis->cmd('HGET', $key->('seats'), 'capped') =~ /^4,0,0,/ } 'the watch confirms those who wait', 10;
}


# --- poison

{
    my $poison = application('open', ++$number);
    seal_as_garbage($poison);
    judge($test, $poison);
    $redis->cmd('XADD', $key->('applications'), '*', 'something', 'else');
    applications('open', 3);
    my ($parked) = ($poison->{id});
    wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'poison holds nobody up', 10;
    is_deeply([map { $_->{state} } $test->sql("select state from delivery where id = '$parked'")], ['parked'],
        'a box that does not open is parked for a person');
    is($redis->cmd('XLEN', $key->('dead')), 2, 'both are in the view of dead letters');
    like($redis->cmd('HGET', $key->('seats'), 'open'), qr/^\d+,0,0,/, 'and hold no seat');
}


# --- the group is lost under it, and an entry is trimmed

{
    $redis->cmd('XGROUP', 'DESTROY', $key->('applications'), 'sync');
    applications('open', 2);
    settled_all($test, 'without its group', @all);

    $redis->cmd('DEL', $key->('applications'));
    applications('open', 2);
    settled_all($test, 'with its stream deleted', @all);

    $test->stop_sync;
    my ($kept, $lost) = applications('open', 2);
    my $got = $redis->cmd('XREADGROUP', 'GROUP', 'sync', 'other-host', 'COUNT', 2, 'STREAMS', $key->('applications'), '>');
    $redis->cmd('XDEL', $key->('applications'), $got->[0][1][1][0]);
    pop @all;
    sleep 1.1;
    $test->start_sync;
    wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'the other one is delivered', 10;
    wait_for { $test->read_file('gig-sync.log') =~ /lost-entry/ } 'an entry that somebody trimmed is told', 10;
}


# --- the sink is locked for a while; Redis is gone for a while

{
    my $lock = $test->{record} eq 'sqlite' && $test->spawn('lock', 'sqlite3', '-cmd', '.timeout 5000', "$test->{dir}/acme.db",
        'begin exclusive', '.shell sleep 3', 'commit');
    my $session = !$lock && $test->postgres->session;
    $session->say('begin; lock table delivery in exclusive mode') if $session;
    sleep 0.3;
    my @some = map { application('open', ++$number) } 1 .. 5;
    is_deeply(apply_all($test, @some), { 'accepted reserved' => 5 }, 'Redis takes applications while the database is locked');
    push @all, @some;
    is($redis->cmd('XLEN', $key->('applications')), 5, 'they wait');
    $session->end if $session;
    settled_all_but_lost('after the lock');

    $redis->crash;
    sleep 0.5;
    $redis->start;
    push @all, my @more = map { application('open', ++$number) } 1 .. 3;
    is_deeply(apply_all($test, @more), { 'accepted reserved' => 3 }, 'after a crash of Redis');
    settled_all_but_lost('after a crash of Redis');
}


# --- it ends in time, whatever hangs

{
    $redis->pause;
    my $begin = time;
    ok($test->stop_sync, 'TERM with a Redis that does not answer ends it');
    cmp_ok(time - $begin, '<', 5.5, 'within five seconds');
    $redis->resume;
}

my $log = $test->read_file('gig-sync.log');
unlike($log, qr/avery\d|example\.edu/i, 'no personal data in the log');

$test->done;


sub seal_as_garbage {
    my ($application) = @_;
    $application->{box} = "\x01\x04acme" . 'x' x 80;
    return;
}


# The kept one of two, whose partner was trimmed, is in @all; ids are what counts.
sub settled_all_but_lost {
    my ($what) = @_;
    settled_all($test, $what, @all);
    return;
}
