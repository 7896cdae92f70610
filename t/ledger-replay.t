#!/usr/bin/perl
# Why: a system of record that is restored from a copy lacks what it had settled since, and each
# of those was acknowledged and ticked everywhere.  "gig-sync replay" must bring all of it
# back, each once, whatever hosts do meanwhile: reload, die, come back late; and must not
# send for ever.  Redis knows better than the restored database here, and must not be believed.

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
my $db    = "$test->{dir}/acme.db";
my $state = "$test->{dir}/state/acme";
my $P     = 'gig:{acme}:';
my %said;       # address => it was acknowledged

$test->import_gigs(gig_record('open'), gig_record('ten', capacity => { positions => 10, application_cap => 10, on_full => 'close' }));
$test->sync_conf;
$test->start_sync;
$test->start_nginx;
$test->wait_total(2) or BAIL_OUT('no catalog');

sub apply {
    my ($gig, @names) = @_;
    my @answers;
    for my $name (@names) {
        push @answers, $test->apply($gig, $name, email => "$name\@example.edu");
        $said{"$name\@example.edu"} = 1 if $answers[-1]{status} == 202;
    }
    return @answers;
}
sub gap { my ($n) = $test->get('/metrics')->{body} =~ /^gig_ledger_gap\S* (\d+)/m; return $n // -1 }
sub counts {
    my %times = map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1');
    return \%times;
}
sub complete {
    my ($what, $seconds) = @_;
    wait_for { my $times = counts(); !grep { !$times->{$_} } keys %said } "$what: all of it", $seconds // 20;
    is_deeply(counts(), { map { $_ => 1 } keys %said }, "$what: every one that was acknowledged, once");
    wait_for { gap() == 0 } "$what: the gap to close", 20;
}
# How often anything was put into the queue: entries ever added.
sub added {
    my %info = @{ $redis->cmd('XINFO', 'STREAM', "${P}applications") };
    return $info{'entries-added'};
}
sub copy { my ($to) = @_; $test->run('sqlite3', $db, ".backup $test->{dir}/$to") }
sub restore {
    my ($from) = @_;
    $test->stop_sync;
    unlink $db, "$db-wal", "$db-shm";
    $test->run('cp', "$test->{dir}/$from", $db);
    $test->start_sync;
}
sub stamp { return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(shift)) }
# A replay reaches five seconds further back, for hosts whose clock is behind.
sub later { sleep 6 }


# --- before the copy, and after it

my @before = apply('open', map {"before-$_"} 1 .. 10);
is(scalar(grep { $_->{status} == 202 } @before), 10, 'ten before the copy');
complete('before');
my $withdrawn = $before[0]{headers}{location};

later();
copy('backup.db');
my $made = int time;

my @after = apply('open', map {"after-$_"} 1 .. 30);
push @after, apply('ten', map {"seat-$_"} 1 .. 10);
is(scalar(grep { $_->{status} == 202 } @after), 40, 'forty after it');
is($test->http('DELETE', $withdrawn =~ s{^https?://[^/]+}{}r)->{status}, 200, 'one of before is withdrawn after it');
delete $said{'before-1@example.edu'};
wait_for { $test->sql('select 1 from tombstones') == 1 } 'the withdrawal to arrive';
complete('after');


# --- restored: they are gone, and nobody notices by himself

restore('backup.db');
wait_for { $test->sql('select 1 from applications') == 10 } 'the copy to be in place';
sleep 3;
is($test->sql('select 1 from applications'), 10, 'a restored copy stays as it is');
is(gap(), 0, 'and no host misses anything');
my $added = added();

my ($status, $output) = $test->sync('replay', '--since', stamp($made));
is($status, 0, 'gig-sync replay') or diag($output);
like($output, qr/^acme: all hosts send again what is not settled, or was since 20\d\d-.*Z\.$/m, 'says what was asked for');
like($output, qr/^  host \S+$/m, 'and who will do it');
complete('replayed');
is($test->sql("select 1 from tombstones"), 1, 'what was withdrawn is withdrawn again');
is($test->sql("select 1 from applications where gig = 'ten' and seat = 'confirmed'"), 10, 'the ten seats are confirmed again');
is(added() - $added, 41, 'forty applications and a withdrawal were sent, and none of before');
like($test->read_file('error.log'), qr/a replay of what was settled since \d+ sends \d+ records? again/, 'the log tells of it');


# --- the same nonce is done once: by a worker that stays, one that is new, one that takes over

$added = added();
sleep 2.5;
$test->reload;
sleep 2.5;
$test->{expected_log} = qr/exited on signal 9/;
kill 'KILL', $test->workers;
wait_for { $test->workers == 2 } 'new workers';
sleep 2.5;
is(added(), $added, 'after a reload and a crash nothing is sent a second time');
complete('once');

# What comes later is later than the copy that was restored.
apply('open', map {"later-$_"} 1 .. 5);
complete('later');
$added = added();
$test->reload;
sleep 2.5;
is(added(), $added, 'nor what was settled after the replay');


# --- a reload in the middle: gig-sync away, so that nothing of it is settled yet

restore('backup.db');
$test->stop_sync;
($status, $output) = $test->sync('replay', '--since', $made);
is($status, 0, 'TIME may be seconds since 1970') or diag($output);
wait_for { gap() == 46 } 'the replay to be in the books';
sleep 2.5;
is(gap(), 46, 'and it stays there: what was settled before it says nothing');
$test->reload;
wait_for { gap() == 46 } 'and to be there after a reload';
$redis->cmd('FLUSHALL');
sleep 1;
kill 'KILL', $test->workers;
$test->start_sync;
complete('reloaded', 40);


# --- a worker that was killed before it heard of it: whoever takes over does it

restore('backup.db');
$test->stop_nginx;
$test->sync('replay', '--since', stamp($made));
sleep 1;
$test->start_nginx;
complete('late', 30);
$added = added();
$test->reload;
sleep 2.5;
is(added(), $added, 'and nobody after that');


# --- one worker hears of it, the other is stopped, and killed: whoever takes its segment over does it

restore('backup.db');
my ($deaf) = $test->workers;
kill 'STOP', $deaf;
$test->sync('replay', '--since', stamp($made));
sleep 3;
kill 'KILL', $deaf;
complete('deaf', 30);


# --- a second one, of an older copy; new applications meanwhile

restore('backup.db');
$test->sync('replay', '--since', stamp($made));
apply('open', map {"during-$_"} 1 .. 10);
complete('during', 30);


# --- an applicant who sends again while Redis says "settled" of what is lost

my $retry = $test->apply('open', 'after-1', email => 'after-1@example.edu');
is($retry->{status}, 202, 'a retry');
is_deeply(counts(), { map { $_ => 1 } keys %said }, 'is one application');
wait_for { gap() == 0 } 'and is sent after a minute, as nobody settles it', 90 if $ENV{GIG_LONG};


# --- what is no time, or no board

for my $wrong (['--since', 'yesterday'], ['--since', '2999-01-01T00:00:00Z'], ['--since', '12x'], []) {
    ($status, $output) = $test->sync('replay', @$wrong);
    is($status, 64, "replay @$wrong: EX_USAGE") or diag($output);
}
($status, $output) = $test->sync('replay', '--since', 1, '--board', 'other');
is($status, 64, 'replay --board other: EX_USAGE') or diag($output);

# --- a word that nobody may have heard is no success

$redis->cmd('HSET', "${P}nodes", 'gone', '{"host":"gone.example","at":1}');
($status, $output) = $test->sync('replay', '--since', stamp(time));
is($status, 0, 'with a host that lives') or diag($output);
like($output, qr/^  host gone\.example: NOT SEEN LATELY$/m, 'one that does not is named');
$test->stop_nginx;
$redis->cmd('DEL', "${P}nodes");
($status, $output) = $test->sync('replay', '--since', stamp(time));
is($status, 75, 'replay with no host known: EX_TEMPFAIL') or diag($output);
like($output, qr/^gig-sync replay: acme: the word is in Redis, but no host of nginx is known there: does nginx run, and reach this Redis\?/m, 'and why');
$redis->cmd('HSET', "${P}nodes", 'gone', '{"host":"gone.example","at":1}');
($status, $output) = $test->sync('replay', '--since', stamp(time));
is($status, 75, 'with none that was seen lately: the same') or diag($output);
like($output, qr/all hosts that are known there have been silent lately/, 'and why');
$test->start_nginx;
$test->wait_total(2);

# Whatever else is in the key is left alone.
for my $odd ('', 'x', ' 1', 'nonce', 'nonce x', 'nonce -1', 'a-nonce-that-is-far-too-long 1', "a\0b 1", 'nonce 99999999999999999999') {
    $redis->cmd('SET', "${P}replay", $odd);
    sleep 1.1;
}
cmp_ok(gap(), '<=', 1, 'nothing is replayed for a key that is damaged');
is($test->apply('open', 'odd', email => 'odd@example.edu')->{status}, 202, 'and the workers live');

$test->done;
