#!/usr/bin/perl
# Why: an application that was acknowledged must reach the system of record whatever dies,
# and Redis alone cannot promise that.  Here the ledger is the only thing that can: Redis is
# stopped, emptied, started anew; workers are killed; the disk fails.  What was said is counted
# against what SQLite has in the end.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes');
my $state = "$test->{dir}/state/acme";
my %conf  = (ledger => 'on', board => 'redis_timeout 500ms; ledger_keep 2s;');
$test->import_gigs(gig_record('open'), gig_record('five', capacity => { positions => 1, application_cap => 5, on_full => 'close' }));
$test->sync_conf;
$test->start_sync;
$test->start_nginx(%conf);
$test->wait_total(2) or BAIL_OUT('no catalog');

my $n = 0;
my %said;       # address => what was answered

sub apply {
    my ($gig, $key, %answer) = @_;
    $answer{email} //= "$key\@example.edu";
    my $answer = $test->apply($gig, $key, %answer);
    $said{ $answer{email} } = $answer if $answer->{status} == 202;
    return $answer;
}
sub confirmation { return json_of($_[0])->{confirmation} // '' }
sub segments { return grep {/ledger\.[0-9a-f]{16}$/} glob "$state/ledger.*" }
sub metric {
    my ($name) = @_;
    my ($value) = $test->get('/metrics')->{body} =~ /^\Q$name\E\S* (\d+)/m;
    return $value // -1;
}
sub gap { return metric('gig_ledger_gap') }

# How often each address that was told "received" is in the system of record.
sub delivered {
    my %times = map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1');
    return \%times;
}
sub all_delivered {
    my ($what, $seconds) = @_;
    ok(wait_for { my $times = delivered(); !grep { !$times->{$_} } keys %said } "$what: every one in SQLite", $seconds // 30);
    my $times = delivered();
    is_deeply([grep { ($times->{$_} // 0) != 1 } sort keys %said], [], "$what: each exactly once");
    ok(wait_for { gap() == 0 } 'the gap to close', $seconds // 30);
}


# --- all is well: recorded, delivered, ticked

my $first = apply('open', 'well-1');
is($first->{status}, 202, 'accepted') or diag($first->{body});
is(confirmation($first), 'recorded', 'and recorded: it is on the disk');
is(scalar(segments()), 1, 'in one segment');
is((stat((segments())[0]))[2] & 07777, 0600, 'that only the worker reads');
unlike($test->read_file((segments())[0] =~ s{^\Q$test->{dir}/}{}r), qr/well-1|Avery|Example/, 'and that holds nothing readable');
all_delivered('well');

my $again = apply('open', 'well-1');
is($again->{status}, 202, 'a replay');
is(confirmation($again), 'recorded', 'is an acknowledgement like any other');
is($again->{headers}{'idempotency-replayed'}, 'true', 'and says what it is');
is(json_of($again)->{received_at}, json_of($first)->{received_at}, 'with the first time');
all_delivered('replayed', 90) if $ENV{GIG_LONG};


# --- Redis stopped: intents

$redis->stop;
my @pending = map { apply('open', "pending-$_") } 1 .. 20;
is(scalar(grep { $_->{status} == 202 } @pending), 20, 'without Redis applications are taken') or diag($pending[0]{body});
is(scalar(grep { confirmation($_) eq 'pending' } @pending), 20, 'and said to be pending');
is(scalar(grep { defined json_of($_)->{seat} } @pending), 0, 'with no seat promised');
is(gap(), 20 + 0, 'they are the gap') if !gap();
my $retry = apply('open', 'pending-1');
is($retry->{status}, 202, 'one sent again');
is(confirmation($retry), 'pending', 'is still pending');
is($test->apply('nothing', 'x')->{status}, 404, 'a gig that the image does not know is 404');
$redis->start;
all_delivered('pending');


# --- Redis loses its memory between the answer and the delivery

$test->stop_sync;
my @queued = map { apply('open', "forgotten-$_") } 1 .. 20;
is(scalar(grep { confirmation($_) eq 'recorded' } @queued), 20, 'recorded with gig-sync away');
$redis->cmd('FLUSHALL');
$test->start_sync;
all_delivered('forgotten');


# --- workers killed: another takes over what they held

$test->{expected_log} = qr/exited on signal 9|a segment of the ledger/;
$test->stop_sync;
my @orphans = map { apply('open', "orphan-$_") } 1 .. 20;
is(scalar(grep { confirmation($_) eq 'recorded' } @orphans), 20, 'recorded before the workers die');
kill 'KILL', $test->workers;
$redis->cmd('FLUSHALL');
$test->start_sync;
all_delivered('orphans');


# --- another nonce on a living connection: sent again once, not for ever

$test->stop_sync;
apply('open', "nonce-$_") for 1 .. 10;
sub evals { my ($n) = $redis->cmd('INFO', 'commandstats') =~ /cmdstat_evalsha:calls=(\d+)/; return $n // 0 }
my $evals = evals();
my $ready = $redis->cmd('GET', 'gig:{acme}:ready');
$redis->cmd('SET', 'gig:{acme}:ready', 'another-nonce');
ok(wait_for { evals() >= $evals + 10 } 'what is held is sent to the Redis that was rebuilt', 10);
sleep 1.5;
$evals = evals();
sleep 3;
is(evals(), $evals, 'and then it is not sent again and again');
$redis->cmd('SET', 'gig:{acme}:ready', $ready);
$test->start_sync;
all_delivered('another nonce');


# --- a replica for a moment, with the connection open: what it forgot then is sent again within seconds

$test->stop_sync;
is(apply('open', 'demoted')->{status}, 202, 'one that nobody settles yet');
sub lost { return scalar(() = $test->read_file('error.log') =~ /: link: Redis/g) }
my $lost = lost();
$redis->cmd('REPLICAOF', '127.0.0.1', '1');
$redis->cmd('REPLICAOF', 'NO', 'ONE');
$redis->cmd('DEL', 'gig:{acme}:applications');
ok(wait_for { $redis->cmd('XLEN', 'gig:{acme}:applications') == 1 } 'another replication id is noticed, and it is sent again', 15);
is(lost(), $lost, 'on the same connection');
$test->start_sync;
all_delivered('demoted');


# --- the judge's answer does not come, and the gig closes meanwhile: nobody is refused what he may have

{
    my $late = GigTest->new(workers => 1);
    $late->start_redis;
    my $closes = int(time) + 4;
    $late->publish(gig_record('closing', closes_at => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $closes)));
    $late->start_nginx(ledger => 'on', board => 'redis_timeout 800ms;');
    $late->wait_total(1) or BAIL_OUT('no catalog');
    wait_for { time > $closes - 0.4 } 'the last instant';
    $late->{redis}->pause;
    is($late->apply('closing', 'late')->{status}, 503, 'asked before closing, no answer until after it: nobody can say');
    $late->{redis}->resume;
    ok(wait_for { my $answer = $late->apply('closing', 'late'); $answer->{status} =~ /^(?:202|410)$/ } 'the same key finds out', 10);
    is($late->apply('closing', 'never asked')->{status}, 410, 'one that comes after it is refused');
    $late->finish;
}


# --- what one worker holds its siblings know: the first answer stands after closing, Redis or not

{
    my $host = GigTest->new(workers => 2);
    $host->start_redis;
    my $closes = int(time) + 4;
    $host->publish(gig_record('closing', closes_at => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $closes)));
    $host->start_nginx(ledger => 'on', board => 'redis_timeout 500ms;');
    $host->wait_total(1) or BAIL_OUT('no catalog');
    $host->{redis}->stop;
    my $first = $host->apply('closing', 'kept');
    is(confirmation($first), 'pending', 'taken before closing, without Redis');
    wait_for { time > $closes + 1.1 } 'closing';
    my @again = map { $host->apply('closing', 'kept') } 1 .. 24;
    is(scalar(grep { $_->{status} == 202 } @again), 24, 'after closing the same key has the first answer from every worker');
    is(scalar(grep { json_of($_)->{received_at} eq json_of($first)->{received_at} } @again), 24, 'with the first time');
    is($host->apply('closing', 'late')->{status}, 410, 'another one is refused');
    is($host->http('DELETE', $first->{headers}{location})->{status}, 200, 'it is withdrawn');
    is(scalar(grep { $host->apply('closing', 'kept')->{status} == 410 } 1 .. 12), 12, 'and that, too, every worker knows');
    $host->finish;
}


# --- seats: promised without a judge to more than there are

$test->stop_sync;
$redis->stop;
my @crowd = map { apply('five', "crowd-$_") } 1 .. 8;
is(scalar(grep { confirmation($_) eq 'pending' } @crowd), 8, 'eight for five seats, none of them promised one');
$redis->start;
$test->start_sync;
all_delivered('crowd');
is($test->sql("select 1 from applications where gig = 'five' and seat = 'confirmed'"), 5, 'five are confirmed');
is($test->sql("select 1 from applications where gig = 'five' and seat = 'over'"), 3, 'three are over');


# --- a reload with records in hand; the old segments go when all is settled

$test->stop_sync;
apply('open', "reload-$_") for 1 .. 10;
$test->reload;
$test->start_sync;
all_delivered('reload');
ok(wait_for { segments() <= 2 } 'old segments are removed after ledger_keep', 30);


# --- nobody fills the disk while Redis is gone

{
    my $alone = GigTest->new(workers => 1);
    $alone->start_redis;
    $alone->publish(gig_record('open'));
    $alone->start_nginx(%conf);
    $alone->wait_total(1) or BAIL_OUT('no catalog');
    $alone->{redis}->stop;
    my ($taken, $last) = (0);
    for my $i (1 .. 400) {
        $last = $alone->apply('open', "many-$i", email => "many-$i\@example.edu");
        $last->{status} == 202 ? $taken++ : last;
    }
    # Of this minute, or of two if one began in between.
    ok($taken == 120 || ($taken > 120 && $taken <= 240), "an address leaves 120 a minute ($taken)");
    is($last->{status}, 429, 'and no more');
    like($last->{headers}{'retry-after'}, qr/^(?:[1-9]|[1-5]\d|60)$/, 'with when the next minute begins');
    is($last->{headers}{'ratelimit-policy'}, '"pending";q=120;w=60', 'the policy');
    like($last->{headers}{ratelimit}, qr/^"pending";r=0;t=\d+$/, 'and what is left of it');
    is($alone->get('/gigs/open?format=json')->{status}, 200, 'reads are not counted');
    $alone->finish;
}


# --- the disk

my $blocked = GigTest->new(workers => 1);
$blocked->start_redis;
$blocked->publish(gig_record('open'));
$blocked->start_nginx(%conf, board => 'ledger_size 16m; ledger_keep 2s;');
$blocked->wait_total(1) or BAIL_OUT('no catalog');
is($blocked->apply('open', 'a')->{status}, 202, 'with room');
{
    # The worker has just begun, but had looked at this Redis before it sent anything to it.
    my $calls = sub { return ($blocked->{redis}->cmd('INFO', 'commandstats') =~ /^cmdstat_$_[0]:calls=(\d+)/m)[0] // 0 };
    my ($looks, $judged) = map { $calls->($_) } qw(mget evalsha);
    ok(wait_for { $calls->('mget') >= $looks + 2 } 'two more looks at Redis', 10);
    is($calls->('evalsha'), $judged, 'what was taken in the first second is not sent again');
}
{
    # ledger_size is of all ledgers of the folder: another file takes it up.
    open my $file, '>', "$blocked->{dir}/state/acme/ledger.other" or die;
    truncate $file, 16 << 20;
    close $file;
    ok(wait_for { kill 'KILL', $blocked->workers; $blocked->apply('open', 'b' . $n++)->{status} == 503 } 'a full ledger refuses', 20);
    my $refused = $blocked->apply('open', 'c');
    is($refused->{status}, 503, 'and says so');
    ok($refused->{headers}{'retry-after'}, 'with when to try again');
    is($blocked->get('/gigs/open?format=json')->{status}, 200, 'reads go on');
    unlink "$blocked->{dir}/state/acme/ledger.other";
    ok(wait_for { $blocked->apply('open', 'd')->{status} == 202 } 'with room again it is taken', 20);
}
$blocked->{expected_log} = qr/exited on signal 9|ledger_size is reached/;
$blocked->finish;

$test->done;
