#!/usr/bin/perl
# Why: self-identifications wait in memory, for no disk of a host may hold them.  What that
# promises ("may be lost, never counted twice") must be so whatever ends: workers,
# nginx, Redis, the room they have.  And who is thanked must have been taken.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::SelfId;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis;
$test->{expected_log} = qr/exited on signal 9/;
my $stream = "gig:{$test->{board}}:selfid";

$test->sync_conf;
$test->publish(self_id_gigs());
$test->start_nginx(board => 'redis_timeout 500ms;');
$test->wait_total(8, 20) or BAIL_OUT('no catalog');

sub waiting { return $redis->cmd('XLEN', $stream) }
sub counted {
    my ($what) = @_;
    return ($test->get('/metrics')->{body} =~ /^gig_self_identifications_total\{board="acme",outcome="$what"\} (\d+)/m)[0] // -1;
}
sub up { return !grep { $test->get('/metrics')->{body} !~ /^gig_worker_redis_up\S* 1$/m } 1 .. 6 }     # most likely of both workers

# n of them, each from an address of its own; how many were taken.
my $host = 0;
sub fill {
    my ($n, $gig) = @_;
    return scalar grep { $_ == 303 } map {
        my $from = sprintf '127.3.%d.%d', ++$host / 250, 1 + $host % 250;
        self_id_post($test, $gig // 'one', [_key => self_id_key($test, $gig // 'one', from => $from), gender => 'man'], from => $from)->{status};
    } 1 .. $n;
}

# What had to leave has left, and two looks of each worker later no more has.
sub leaves {
    my ($n, $what) = @_;
    wait_for { waiting() >= $n } $what;
    sleep 2.2;
    is(waiting(), $n, $what);
}


# --- both kinds have nine: neither leaves.  A reload and killed workers lose none.

is(fill(4), 4, 'four');
ok($test->reload, 'a reload');
is(fill(4), 4, 'four more at the new workers');
kill 'KILL', $test->workers;
wait_for { my @now = $test->workers; @now == 2 && fill(1) } 'the workers that follow killed ones to take the ninth';
is(fill(9, 'three'), 9, 'nine of another form');
sleep 2.2;
is(waiting(), 0, 'no kind has ten');
is(fill(1), 1, 'the tenth of one');
leaves(10, 'the ten leave, the others stay');
is(fill(1, 'three'), 1, 'the tenth of the other');
leaves(20, 'and those as well');
is(counted('sent'), 20, 'all are counted as sent');


# --- Redis has no memory, and no right to give: they wait and arrive once

$redis->cmd('CONFIG', 'SET', 'maxmemory', '1');
is(fill(10), 10, 'taken while Redis is out of memory');
sleep 1.5;
is(waiting(), 20, 'none is written');
$redis->cmd('CONFIG', 'SET', 'maxmemory', '0');
wait_for { waiting() == 30 } 'they arrive when it has some', 15;

$redis->cmd('RENAME', $stream, 'aside');
$redis->cmd('SET', $stream, 'a string');
is(fill(10), 10, 'taken while Redis refuses them');
wait_for { $test->read_file('error.log') =~ /Redis refused self-identifications, which go on waiting: WRONGTYPE/ } 'that is told';
$redis->cmd('DEL', $stream);
wait_for { waiting() == 10 } 'they arrive when it does not', 15;
is(counted('lost'), 0, 'none was lost so far');


# --- Redis does not answer: what it may have taken is not sent again

$redis->pause;
is(fill(10), 10, 'taken while Redis is silent');
wait_for { counted('lost') == 10 } 'the batch to be given up';
like($test->read_file('error.log'), qr/10 self-identifications may be lost, and are not sent again/, 'which is told');
$redis->resume;
wait_for { up() } 'Redis to be found again';
leaves(20, 'Redis has done it all the same: once');


# --- Redis is gone: as many wait as there is room for, the next is told

$redis->stop;
my $room = 256;
is(fill($room), $room, "$room wait");
my $key = self_id_key($test, 'one');
my $full = self_id_post($test, 'one', [_key => $key, gender => 'man']);
is($full->{status}, 503, 'there is no room for one more');
like($full->{headers}{'retry-after'}, qr/^\d+$/, 'which may come again');
like($full->{body}, qr/was not stored/, 'and is told so');
$redis->start;
$redis->cmd('DEL', $stream);
wait_for { waiting() == $room } 'all that waited to arrive', 15;
is(self_id_post($test, 'one', [_key => $key, gender => 'man'])->{status}, 303, 'the form that was refused is taken now');
is(fill(9), 9, 'and nine more');
leaves($room + 10, 'ten leave');


# --- one address alone fills nothing

my %seen;
my $limited;
for (1 .. 130) {
    my $answer = self_id_post($test, 'one', [_key => 'none', gender => 'man'], from => '127.4.0.1');
    $seen{ $answer->{status} }++;
    $limited //= $answer if $answer->{status} == 429;
}
cmp_ok($seen{422}, '<=', 120, 'an address sends 60 a minute (130 in less than two)');
cmp_ok($seen{422}, '>=', 60, 'and not less');
is_deeply([sort keys %seen], [422, 429], 'then it is told to wait');
is($limited->{headers}{'ratelimit-policy'}, '"self-id";q=60;w=60', 'how many are allowed');
like($limited->{headers}{'ratelimit'}, qr/^"self-id";r=0;t=\d+$/, 'and when again');
is($test->apply('one', 'k1', email => 'who@example.edu', _from => '127.4.0.1')->{status}, 202, 'who may apply all the while');


# --- a restart loses what waits, as the form says; nothing of it is on the disk

is(fill(9), 9, 'nine');
ok($test->stop_nginx, 'nginx ends');
like($test->read_file('error.log'), qr/9 self-identifications waited for others and are gone/, 'which is told');
$redis->cmd('DEL', $stream);
$test->start_nginx(board => 'redis_timeout 500ms;');
wait_for { up() } 'Redis to be found';
is(fill(9), 9, 'nine after the start');
sleep 2.2;
is(waiting(), 0, 'those of before are gone: nine are no batch');
is(fill(1), 1, 'the tenth');
leaves(10, 'ten leave, not nineteen');

$test->done;
