#!/usr/bin/perl
# Why: a host that is lost takes with it what it had promised, but for the folder somebody
# copied.  With nginx gone, that folder and gig-sync must do: list what is in it, send it, and send
# it again without harm.  Everything else of that host, and Redis's memory, is destroyed here.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::Proxy;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes');
my $state = "$test->{dir}/state/acme";
my $copy  = "$test->{dir}/copy";
my $P     = 'gig:{acme}:';
my (%said, @receipts);

$test->import_gigs(gig_record('open'));
$test->sync_conf;
$test->start_sync;
$test->start_nginx;
$test->wait_total(1) or BAIL_OUT('no catalog');

sub apply {
    for my $name (@_) {
        my $answer = $test->apply('open', $name, email => "$name\@example.edu");
        is($answer->{status}, 202, "$name is acknowledged") or diag($answer->{body});
        $said{"$name\@example.edu"} = 1;
        push @receipts, $answer->{headers}{location};
    }
}
sub ledger { my (@more) = @_; return $test->run("$GigTest::BUILD/gig-sync", 'ledger', @more) }
sub listed { my ($folder) = @_; my ($status, $output) = ledger('list', $folder, '--json'); return ($status, json_of($output)) }
sub sum { my ($name, $list) = @_; my $sum = 0; $sum += $_->{$name} for @$list; return $sum }
sub emails { return { map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1') } }
sub gap_of_status {
    my ($status, $output) = $test->sync('status', '--json');
    my $board = json_of($output)->[0];
    return ($board->{gap}, $board->{nodes}[0]{gap});
}


# --- some that are settled, some that are not, and an intent

apply(map {"settled-$_"} 1 .. 5);
wait_for { $test->sql('select 1 from applications') == 5 } 'five to arrive';
wait_for { my ($status, $list) = listed($state); sum(not_ticked => $list) == 0 } 'and to be ticked';
my ($gap) = gap_of_status();
is($gap, 0, 'gig-sync status: no gap');

$test->stop_sync;
apply(map {"waiting-$_"} 1 .. 20);
is($test->http('DELETE', $receipts[5] =~ s{^https?://[^/]+}{}r)->{status}, 200, 'one of them is withdrawn');
delete $said{'waiting-1@example.edu'};

my $of_node;
wait_for { ($gap, $of_node) = gap_of_status(); $gap == 21 } 'gig-sync status to show the gap', 15;
is($of_node, 21, 'of that host') or diag(explain([gap_of_status()]));
like(($test->sync('status'))[1], qr/^  host \S+: version 1, gap 21, /m, 'also in words');

$redis->stop;
apply('intent-1');


# --- list: of a host that lives

my ($status, $list) = listed($state);
is($status, 0, 'ledger list of a host that lives');
is(sum(records => $list), 27, 'has all records');
is(sum(not_ticked => $list), 22, 'and tells those that are not settled');
my %worker = map { $_ => 1 } $test->workers;
is_deeply([grep { !$_->{locked} || ($_->{pid} && !$worker{ $_->{pid} }) } @$list], [], 'each is held by a worker');
like($list->[0]{made}, qr/^20\d\d-\d\d-\d\dT/, 'with the time it was made');
is_deeply([map { $_->{board} } @$list], [map {'acme'} @$list], 'and the board');
(undef, my $words) = ledger('list', $state);
like($words, qr/^ledger\.[0-9a-f]{16}: board acme, made 20\S+Z, \d+ records, \d+ not ticked, held by (?:process \d+|a process)$/m, 'in words');

$redis->start;
($status, $words) = ledger('send', $state, '-c', $test->{sync_conf});
is($status, 75, 'ledger send refuses the folder of a host that lives: EX_TEMPFAIL');
like($words, qr/^gig-sync ledger: ledger\.[0-9a-f]{16} is held by /m, 'and says which segments');
unlike($words, qr/appended/, 'and sends nothing');


# --- the host is lost; Redis too

$redis->stop;
$test->{expected_log} = qr/exited on signal 9/;
my @processes = ($test->{nginx}, $test->children($test->{nginx}));
kill 'KILL', @processes;
$test->gone(delete $test->{nginx}, 5);
wait_for { !grep { kill 0, $_ } @processes } 'all of nginx to be gone';
$test->run('cp', '-a', $state, $copy);
$test->run('rm', '-rf', $state);
unlink glob("$test->{dir}/redis/appendonlydir/*"), "$test->{dir}/redis/dump.rdb";
$redis->start;
is($redis->cmd('DBSIZE'), 0, 'Redis is empty');

my @sums = sort map { "$_ " . ($test->run('sha256sum', $_))[1] } glob "$copy/*";
($status, $list) = listed($copy);
is($status, 0, 'ledger list of the copy');
is(sum(not_ticked => $list), 22, 'still 22');
is_deeply([grep { $_->{locked} } @$list], [], 'held by nobody');

$test->start_sync;
($status, $words) = ledger('send', $copy, '-c', $test->{sync_conf});
is($status, 0, 'ledger send') or diag($words);
like($words, qr/^acme: 22 appended, 0 queued already, 0 settled already, 0 refused$/m, 'says what it did');
like($words, qr/^ledger\.[0-9a-f]{16}: sent \d+ of \d+ records(?:: the others are settled)?$/m, 'and how far it is');
wait_for { keys %{ emails() } == keys %said } 'all of it in SQLite', 20;
is_deeply(emails(), { map { $_ => 1 } keys %said }, 'every one that was acknowledged, exactly once');
is($test->sql('select 1 from tombstones'), 1, 'and the one that was withdrawn is not there');


# --- twice, and all of it

wait_for { $redis->cmd('XLEN', "${P}applications") == 0 } 'all to be settled';
my $rows = $test->sql('select * from delivery');
($status, $words) = ledger('send', $copy, '-c', $test->{sync_conf});
is($status, 0, 'ledger send again') or diag($words);
like($words, qr/^acme: 0 appended, 0 queued already, 22 settled already, 0 refused$/m, 'finds all of it settled');

($status, $words) = ledger('send', $copy, '-c', $test->{sync_conf}, '--all');
is($status, 0, 'ledger send --all') or diag($words);
like($words, qr/^acme: 27 appended, 0 queued/m, 'sends every record, settled or not');
wait_for { $redis->cmd('XLEN', "${P}applications") == 0 } 'all to be settled once more';
is_deeply(emails(), { map { $_ => 1 } keys %said }, 'and nothing is there twice');
is($test->sql('select * from delivery'), $rows, 'nor has a row more');

# Cut in the middle, with many under way and their answers lost: what was sent without one is sent again.
my $proxy = GigTest::Proxy->new($test, $redis->{port});
my $conf_of_proxy = $test->write_file('proxy.conf', $test->read_file($test->{sync_conf}) =~ s/127\.0\.0\.1:\d+/127.0.0.1:$proxy->{port}/r);
for my $fault ('half', 'dribble') {
    $proxy->mode("(?i)evalsha $fault");
    my $pid = $test->spawn($fault, "$GigTest::BUILD/gig-sync", 'ledger', 'send', $copy, '-c', $conf_of_proxy, '--all');
    sleep 1;
    $proxy->mode('pass');
    ok($test->gone($pid, 20), "$fault: it ends");
    is($test->{status}{$pid}, 0, 'well');
    my ($sum) = $test->read_file("$fault.log") =~ /^acme: (\d+ appended, \d+ queued already, \d+ settled already, 0 refused)$/m;
    my $n = 0;
    $n += $_ for ($sum // '') =~ /\d+/g;
    is($n, 27, 'each record is counted once') or diag($test->read_file("$fault.log"));
    wait_for { $redis->cmd('XLEN', "${P}applications") == 0 } 'all to be settled';
    is_deeply(emails(), { map { $_ => 1 } keys %said }, 'nothing is there twice');
}

my @again = sort map { "$_ " . ($test->run('sha256sum', $_))[1] } glob "$copy/*";
is_deeply(\@again, \@sums, 'the folder is as it was');


# --- a system of record that lost what it had settled: --all brings it back from the folder alone

$test->stop_sync;
$test->sql('delete from applications; delete from delivery; delete from tombstones');
$test->start_sync;
($status, $words) = ledger('send', $copy, '-c', $test->{sync_conf}, '--all');
is($status, 0, 'ledger send --all to an older database') or diag($words);
wait_for { keys %{ emails() } == keys %said } 'all of it there again', 20;
is_deeply(emails(), { map { $_ => 1 } keys %said }, 'each once');


# --- what it does not take

my ($segment) = sort { -s $b <=> -s $a } glob "$copy/ledger.*";
my ($name) = $segment =~ m{([^/]+)$};
my $other = "$test->{dir}/other";
mkdir $other;

($status, $words) = ledger('list', "$test->{dir}/nowhere");
is($status, 66, 'no such folder: EX_NOINPUT');
($status, $words) = ledger('list', $other);
is($status, 0, 'an empty one has no segments');
($status, $words) = ledger('send', $other, '-c', $test->{sync_conf});
is($status, 66, 'and nothing to send: EX_NOINPUT') or diag($words);

my $bytes = $test->read_file($segment);
my ($first) = map { index $bytes, 'FRAM', $_ } 128;
substr($bytes, $first + 60, 1) ^= "\1";
$test->write_file("$other/damaged.$name", $bytes);
($status, $list) = listed($other);
is($status, 65, 'a segment with damage: EX_DATAERR');
is($list->[0]{damages}, 1, 'in one place') or diag(explain($list));
($status, $words) = ledger('list', $other);
like($words, qr/^damaged\.\Q$name\E: board acme, .*, DAMAGED in 1 place \(\d+ bytes\), held by nobody$/m, 'in words');
($status, $words) = ledger('send', $other, '-c', $test->{sync_conf}, '--all');
is($status, 65, 'ledger send of it: EX_DATAERR, as not all could be sent') or diag($words);
like($words, qr/is damaged in 1 place, \d+ bytes: what stood there cannot be sent$/m, 'it says where');
my ($whole) = $words =~ /^damaged\.\Q$name\E: sent (\d+) of \1 records?$/m;
cmp_ok($whole // 0, '>', 0, 'what is left of it is sent') or diag($words);
like($words, qr/^acme: $whole appended, .* 0 refused\nacme: NOT SENT: what stood in 1 damaged place \(\d+ bytes\) of 1 segment; keep the file$/m,
    'and the end says what was sent and what not');

$test->write_file("$other/ledger.0123456789abcdef", 'x' x 4096);
($status, $words) = ledger('send', $other, '-c', $test->{sync_conf}, '--all');
is($status, 65, 'with one that cannot be read: the same') or diag($words);
like($words, qr/^acme: NOT SENT: what is in 1 segment that cannot be read; keep the file$/m, 'and says so at the end');
unlink "$other/ledger.0123456789abcdef";

$test->write_file("$other/damaged.$name", 'x' x 4096);
($status, $words) = ledger('list', $other);
is($status, 65, 'what is no segment: EX_DATAERR');
like($words, qr/CANNOT BE READ: is no segment of a ledger/, 'and why');

my $conf = $test->read_file($test->{sync_conf}) =~ s/\[board acme\]/[board beta]/r;
my $beta = $test->write_file('beta.conf', $conf);
($status, $words) = ledger('send', $copy, '-c', $beta);
is($status, 78, 'another board: EX_CONFIG');
like($words, qr/is of board acme, which these settings do not have/, 'and which');

$redis->stop;
$test->stop_sync;
($status, $words) = ledger($_->@*) and is($status, 64, "gig-sync ledger @$_: EX_USAGE")
    for [], ['list'], ['send', $copy], ['list', $copy, '-c', 'x'], ['drop', $copy], ['list', $copy, '--odd'];

$test->done;
