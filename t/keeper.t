#!/usr/bin/perl
# Why: one worker of a host follows Redis, and the board must survive whatever
# happens to it or to Redis: a worker killed, stopped, reloaded; a Redis that is
# gone, restarted, flushed, trimmed.  Reads never fail and never see an empty list
# that nobody published.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $test  = GigTest->new(workers => 3);
$test->{expected_log} = qr/exited on signal 9/;
my $redis = $test->start_redis(appendonly => 'yes');
my $gig   = 'gig:{acme}:';

sub title {
    my ($id) = @_;
    return json_of($test->get("/gigs/$id?format=json"))->{title} // '';
}

# The worker that holds the lock of the state folder.
sub keeper {
    my ($inode) = (stat "$test->{dir}/state/acme/keeper.lock")[1] or return 0;
    open my $locks, '<', '/proc/locks' or return 0;
    for (<$locks>) { return $1 if /FLOCK\s+ADVISORY\s+WRITE (\d+) \S+:$inode / }
    return 0;
}

sub metric {
    my ($name) = @_;
    my ($value) = $test->get('/metrics')->{body} =~ /^gig_\Q$name\E\{[^}]*\} (\d+)/m;
    return $value // -1;
}

# Every answer of 30 is as wanted: all workers have been asked.
sub everywhere {
    my ($block) = @_;
    for (1 .. 30) { return 0 unless $block->() }
    return 1;
}


# --- never had an image

$test->start_nginx(no_keys => 1);
is($test->get('/gigs/?format=json')->{status}, 503, 'nothing published: 503, not an empty list');

GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 10);
ok($test->wait_total(10), 'what is published is served');
is(metric('full_loads_total'), 1, 'by one full load');
ok(wait_for { everywhere(sub { (json_of($test->get('/gigs/?format=json'))->{total} // -1) == 10 }) }
    'all workers have it');


# --- a change

my $begin = time;
my $fetched = metric('records_fetched_total');
my $compiles = metric('compiles_total');
GigTest::Publish::put($test, gig_record('gig-3', title => 'Changed'));
ok(wait_for { title('gig-3') eq 'Changed' } 'a change is seen');
cmp_ok(time - $begin, '<', 1, 'at once');
is(metric('records_fetched_total') - $fetched, 1, 'it cost one record');
is(metric('compiles_total') - $compiles, 1, 'and one compile');
is(metric('full_loads_total'), 1, 'and no full load');

GigTest::Publish::operations($test, [del => 'gig-10']);
ok($test->wait_total(9), 'a deletion is seen');

$redis->cmd('XADD', "${gig}changes", '*', 'v', $redis->cmd('HGET', "${gig}catalog", 'version'),
    'op', 'seats', 'id', 'gig-4', 'seats', 'full');
ok(wait_for { (json_of($test->get('/gigs/gig-4?format=json'))->{state} // '') eq 'full' } 'a full gig shows as full');


# --- the `nodes` hash

my $node = $test->read_file("$test->{dir}/state/acme/node");
like($node, qr/^[A-Za-z0-9_-]{22}$/, 'the host has a name');
my $line;
ok(wait_for {
    $line = json_of($redis->hash("${gig}nodes")->{$node} // '{}');
    ($line->{version} // 0) == $redis->cmd('HGET', "${gig}catalog", 'version');
} 'the line in nodes, with the version', 12);
cmp_ok(abs($line->{clock_ms}), '<', 2000, 'and how far the clocks are apart');
ok(wait_for { $redis->hash("${gig}visits") && grep { /gig-3 - view$/ } keys %{ $redis->hash("${gig}visits") } }
    'visits are counted per day, gig, source and kind', 12);


# --- the keeper is killed, stopped

my $first = keeper();
ok($first, 'a worker holds the lock');
kill 'KILL', $first;
$begin = time;
ok(wait_for { my $now = keeper(); $now && $now != $first } 'another holds the lock');
cmp_ok(time - $begin, '<', 2, 'within 2 s');
GigTest::Publish::put($test, gig_record('gig-3', title => 'After the kill'));
ok(wait_for { title('gig-3') eq 'After the kill' } 'and keeps');

my $second = keeper();
kill 'STOP', $second;
GigTest::Publish::put($test, gig_record('gig-3', title => 'While stopped'));
sleep 1;
is(keeper(), $second, 'a stopped keeper keeps the lock');
kill 'CONT', $second;
ok(wait_for { title('gig-3') eq 'While stopped' } 'and goes on when it is woken');


# --- Redis: connections killed twice, restarted, gone

for my $round (1, 2, 3) {
    $redis->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    GigTest::Publish::put($test, gig_record('gig-3', title => "Round $round"));
    ok(wait_for { title('gig-3') eq "Round $round" } "CLIENT KILL, round $round");
}

my $loads = metric('full_loads_total');
$redis->stop;
is(title('gig-3'), 'Round 3', 'Redis gone: reads go on');
$redis->start;
GigTest::Publish::put($test, gig_record('gig-3', title => 'Redis is back'));
ok(wait_for { title('gig-3') eq 'Redis is back' } 'Redis restarted: the tail goes on');
is(metric('full_loads_total'), $loads, 'the stream was still there: no full load');

$redis->crash;
$test->reload;
ok(everywhere(sub { title('gig-3') eq 'Redis is back' }), 'reloaded without Redis: reads go on');
$test->reload;
ok(everywhere(sub { title('gig-3') eq 'Redis is back' }), 'and reloaded again');
ok($test->stop_nginx, 'workers leave with Redis gone');
$test->start_nginx(keep_conf => 1);
ok(wait_for { title('gig-3') eq 'Redis is back' } 'restarted without Redis: the image on disk is served');
$redis->start;


# --- a Redis that forgot

ok(wait_for { keeper() } 'a keeper');
my $total = json_of($test->get('/gigs/?format=json&state=all'))->{total};
$redis->cmd('FLUSHALL');
sleep 2.5;
ok(everywhere(sub { my $list = json_of($test->get('/gigs/?format=json&state=all')); ($list->{total} // -1) == $total }),
    'FLUSHALL: the board stays as it was');

GigTest::Publish::put($test, gig_record('new-1'));
sleep 1.5;
is(json_of($test->get('/gigs/?format=json&state=all'))->{total}, $total, 'a rebuild that is not ready is not looked at');
GigTest::Publish::put($test, gig_record('new-2'));
GigTest::Publish::ready($test, 'second');
ok($test->wait_total(2), 'and once it is, it is loaded in full');


# --- a stream that was cut

ok(wait_for { keeper() } 'a keeper');
$loads = metric('full_loads_total');
kill 'STOP', my $stopped = keeper();
GigTest::Publish::put($test, gig_record("cut-$_")) for 1 .. 3;
$redis->cmd('XTRIM', "${gig}changes", 'MAXLEN', 1);
kill 'CONT', $stopped;
ok($test->wait_total(5), 'a cut stream is noticed');
is(metric('full_loads_total'), $loads + 1, 'by a gap in the versions: one full load');


# --- a catalog this module does not know; a record it refuses

$redis->cmd('HSET', "${gig}catalog", 'schema', '2 2');
GigTest::Publish::operations($test, [del => 'cut-1']);
$redis->cmd('HSET', "${gig}catalog", 'schema', '2 2');
sleep 1.5;
is(json_of($test->get('/gigs/?format=json&state=all'))->{total}, 5, 'an unknown schema: the board stays as it was');
like($test->read_file('error.log'), qr/schema is not one this module knows/, 'and the log says so');
$redis->cmd('HSET', "${gig}catalog", 'schema', '1 1');
ok($test->wait_total(4), 'a known one again');

$redis->cmd('HSET', "${gig}gigs", 'bad-1', '{"schema":"gig/1","id":"bad-1","title":7}');
$redis->cmd('HINCRBY', "${gig}catalog", 'version', 1);
$redis->cmd('XADD', "${gig}changes", '*', 'v', $redis->cmd('HGET', "${gig}catalog", 'version'), 'op', 'put', 'id', 'bad-1');
GigTest::Publish::put($test, gig_record('good-1'));
ok($test->wait_total(5), 'a record that is refused stops no other');
my @refused = $test->read_file('error.log') =~ /"bad-1" is refused/g;
is(scalar @refused, 1, 'and is logged once');

$test->done;
