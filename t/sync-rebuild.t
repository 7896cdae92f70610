#!/usr/bin/perl

# A Redis that lost its memory is brought back from the system of record, and says
# `ready` only when all of it is there: a FLUSHALL in the middle, or two gig-syncs at
# it at once, must not leave a judge who works with half of the data.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $key = sub { key($test, $_[0]) };
my $ready = sub { $redis->cmd('GET', $key->('ready')) };

$test->sync_conf(pull_every => '1s', claim_after => '1s');
ok($test->publish(gig_record('open'),
    gig_record('capped', capacity => { positions => 1, application_cap => 2, on_full => 'waitlist' })), 'two gigs');

my @open = map { application('open', $_) } 1 .. 30;
my @capped = map { application('capped', $_) } 1 .. 3;
apply_all($test, @open, @capped);
my $out = pop @open;
$redis->cmd('EVAL', script_text('withdraw'), 1, $key->("id:$out->{id}"), $key->(''), $out->{id}, int(time * 1000),
    'node-a', 2592000);
is(($test->sync('once'))[0], 0, 'all is delivered');
is($redis->cmd('XLEN', $key->('applications')), 0, 'and settled');

# What must be the same after a rebuild.
my $held = sub {
    my %id = map { $_ => $redis->hash($_) } map { $key->("id:$_->{id}") } @open, @capped, $out;
    delete @{$_}{qw(rev node at)} for values %id;
    return {
        gigs => $redis->hash($key->('gigs')), judge => $redis->hash($key->('judge')),
        digest => $redis->cmd('HGET', $key->('catalog'), 'digest'), seats => $redis->hash($key->('seats')),
        settled => [map { $id{ $key->("id:$_->{id}") }{"apply:$_->{print}"} } @open, @capped],
        outcome => [map { $id{ $key->("id:$_->{id}") }{outcome} } @open, @capped],
        withdrawn => $id{ $key->("id:$out->{id}") }{withdrawn},
        who => [map { $redis->cmd('GET', $key->("who:$_->{gig}:$_->{who}")) } @open, @capped],
    };
};
my $whole = $held->();
like($whole->{seats}{capped}, qr/^2,1,0,waitlist$/, 'the capped gig has two confirmed, one waits');


# --- FLUSHALL

my $nonce = $ready->();
$test->start_sync;
$redis->cmd('FLUSHALL');
my $begin = time;
wait_for { $ready->() } 'it is ready again', 10;
cmp_ok(time - $begin, '<', 5, 'within five seconds');
isnt($ready->(), $nonce, 'with another nonce: another history');
wait_for { eval { is_deeply_quiet($held->(), $whole) } } 'all is as it was', 5;
is_deeply($held->(), $whole, 'catalog, judge, seats, ids, applicants');

is_deeply([judge($test, $open[0])], ['replay', 'reserved'], 'a retry of what was delivered gets its first answer');
is((judge($test, $out))[0], 'withdrawn', 'what was withdrawn stays withdrawn');
my $late = application('capped', 99);
is_deeply(apply_all($test, $late), { 'accepted waitlisted' => 1 }, 'the capped gig is still full');
$whole = undef;
wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'delivered', 10;
is($redis->cmd('EXISTS', $key->('rebuild')), 0, 'no fence is left');


# --- only `ready` is lost: what waits in the stream stays there

$test->stop_sync;
apply_all($test, my $waiting = application('open', 100));
$redis->cmd('DEL', $key->('ready'));
is((judge($test, $waiting))[0], 'notready', 'without `ready` nobody is judged');
$test->start_sync;
wait_for { $ready->() } 'ready again', 10;
wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'and what waited is delivered', 10;
is(scalar $test->sql("select id from applications where id = '$waiting->{id}'"), 1, 'once');
like($redis->cmd('HGET', $key->('seats'), 'open'), qr/^\d+,0,0,/, 'no seat is held');
$test->stop_sync;


# --- the rebuild is cut at every step: FLUSHALL in the middle, or gig-sync killed

for my $when (['seats', 'asked'], ['known', 'asked'], ['finish', 'asked'], ['known', 'done'], ['finish', 'done']) {
    my ($step, $how) = @$when;
    $redis->cmd('FLUSHALL');
    $redis->cmd('SCRIPT', 'LOAD', script_text($_)) for qw(publish settle rebuild);

    # As an argument of the script: its length, then the word.
    my ($port, $proxy) = proxy($test, $how, '$' . length($step) . "\r\n$step\r\n");
    $test->sync_conf(redis => "127.0.0.1:$port", claim_after => '1s', pull_every => '1s');
    my $pid = $test->start_sync;
    $test->write_file('victim', $pid);
    ok($test->gone($pid, 15), "killed when $step was $how");
    $test->gone($proxy, 5);
    delete $test->{sync_pid};

    my $done = $step eq 'finish' && $how eq 'done';
    is(defined $ready->() ? 1 : 0, $done ? 1 : 0, $done ? 'ready, as the last step was taken' : 'not ready');

    # Everything is lost again, and the rest of the chain finds no fence.
    $redis->cmd('FLUSHALL');
    $test->sync_conf(pull_every => '1s', claim_after => '1s');
    $test->start_sync;
    wait_for { $ready->() } "$step $how: rebuilt from the start", 20;
    is($redis->cmd('HLEN', $key->('gigs')), 2, 'with its gigs');
    is($redis->cmd('HGET', $key->("id:$open[0]{id}"), "apply:$open[0]{print}"), 'settled', 'and its ids');
    $test->stop_sync;
}


# --- killed in the middle and no FLUSHALL: another takes over when it has not moved for 10 s

{
    $redis->cmd('FLUSHALL');
    my $answer = $redis->cmd('EVAL', script_text('rebuild'), 7,
        map({ $key->($_) } qw(ready rebuild seats judge catalog changes stages)), 'begin', 'somebody-else');
    is($answer->[0], 'ok', 'somebody begins and dies');
    $test->start_sync;
    sleep 3;
    ok(!$ready->(), 'nobody cuts in');
    wait_for { $ready->() } 'after ten seconds without a move it is taken over', 15;
}


# --- FLUSHALL again and again, two gig-syncs at it

{
    my $second = $test->spawn('second', "$GigTest::BUILD/gig-sync", 'run', '-c', $test->{sync_conf});
    my $until = time + 6;
    my $flushed = 0;
    while (time < $until) {
        $redis->cmd('FLUSHALL');
        $flushed++;
        sleep 0.05 + rand 0.4;
        next unless $ready->();
        is($redis->cmd('HGET', $key->("id:$open[0]{id}"), "apply:$open[0]{print}"), 'settled', 'ready is said of the whole')
            if $ready->();
    }
    wait_for { $ready->() } "ready after $flushed times FLUSHALL with two gig-syncs", 30;
    is($redis->cmd('HLEN', $key->('gigs')), 2, 'both gigs');
    my @rows = $test->sql('select id from applications');
    is(scalar(grep { my $id = $_->{id}; $redis->cmd('HEXISTS', $key->("id:$id"), 'outcome') } @rows), scalar @rows,
        'every application is known');
    kill 'TERM', $second;
    ok($test->gone($second, 6), 'the second ends');
    $test->stop_sync;
}

$test->done;


sub is_deeply_quiet {
    my ($got, $want) = @_;
    my $json = JSON::PP->new->canonical;
    return $json->encode($got) eq $json->encode($want);
}
