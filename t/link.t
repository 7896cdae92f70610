#!/usr/bin/perl
# Why: an application meets whatever Redis does.  Every way of it not answering
# must end in a 503 that says "try again", never in a hang, a crash, a wrong 4xx
# or a link that stays dead; and a worker that leaves answers first.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Proxy;
use GigTest::Publish;

# With the ledger off: what a lost Redis then means to an applicant is what this is about.
my $test  = GigTest->new(workers => 1, ledger => 'off');
my $redis = $test->start_redis;
my $proxy = GigTest::Proxy->new($test, $redis->{port});
my $key   = 0;

GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 3);
$test->start_nginx(redis => "127.0.0.1:$proxy->{port}");
ok($test->wait_total(3), 'the board is there');

sub apply { $key++; return $test->apply('gig-1', "key-$key-0123456789", email => "a$key\@example.edu")->{status} }
sub redis_up { return json_of($test->get('/gig-health'))->{redis} // json_of($test->get('/gig-health?for=read'))->{redis} }

ok(wait_for { redis_up() } 'the link is up');
is(apply(), 202, 'an application is accepted');
$redis->cmd('SCRIPT', 'FLUSH');
is(apply(), 202, 'SCRIPT FLUSH is not noticed');


# --- errors: Redis did nothing, the applicant may try again

for my $error ('LOADING Redis is loading the dataset in memory', 'NOAUTH Authentication required.',
    "OOM command not allowed when used memory > 'maxmemory'.", 'READONLY You can\'t write against a read only replica.',
    'MASTERDOWN Link with MASTER is down', 'MISCONF Redis is configured to save RDB snapshots',
    'BUSY Redis is busy running a script.', 'NOPERM this user has no permissions', 'NOREPLICAS Not enough good replicas to write.',
    'CLUSTERDOWN Hash slot not served', 'TRYAGAIN Multiple keys request during rehashing', 'ERR something else')
{
    my ($code) = $error =~ /^(\w+)/;
    $proxy->mode("EVAL reply -$error");
    is(apply(), 503, "$code: 503");
    $proxy->mode('pass');
    ok(wait_for { apply() == 202 } "$code: and well again");
}


# --- connections that break in every way

for my $what ('reset', 'half', 'huge', 'reply :7', 'reply *-1', 'reply garbage', 'reply $-1', 'silent') {
    $proxy->mode("EVAL $what");
    my $begin = time;
    is(apply(), 503, "$what: 503");
    cmp_ok(time - $begin, '<', 5, "$what: in time");
    is($test->get('/gigs/?format=json')->{status}, 200, "$what: reads go on");
    $proxy->mode('pass');
    ok(wait_for { apply() == 202 } "$what: and well again", 20);
}

$proxy->mode('EVAL dribble');
is(apply(), 202, 'an answer that comes a byte at a time is an answer');


# --- full: it takes no writes, and in MULTI no command at all; why is told, not EXECABORT

$redis->cmd('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
$redis->cmd('CONFIG', 'SET', 'maxmemory', 1);
ok(wait_for { $test->read_file('error.log') =~ /keeper: Redis \S+: OOM command not allowed/ } 'a Redis that is full is told in its own words', 10);
unlike($test->read_file('error.log'), qr/EXECABORT/, 'and only in these');
$redis->cmd('CONFIG', 'SET', 'maxmemory', 0);
ok(wait_for { apply() == 202 } 'and well again', 20);


# --- while connecting

for my $error ('LOADING Redis is loading', 'NOAUTH Authentication required.', 'ERR max number of clients reached') {
    my ($code) = $error =~ /^(\w+)/;
    $proxy->mode("INFO reply -$error");
    $redis->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    ok(wait_for { apply() == 503 } "$code while connecting: 503");
    $proxy->mode('pass');
    ok(wait_for { apply() == 202 } "$code while connecting: tried until it goes");
}


# --- demoted with the connection open, and nobody applies: no command tells of it

$redis->cmd('REPLICAOF', '127.0.0.1', '1');
ok(wait_for { $test->read_file('error.log') =~ /link: Redis \S+: it is a replica/ } 'a link that is idle to hear that it leads to a replica', 8);
is(apply(), 503, 'where nothing is written');
$redis->cmd('REPLICAOF', 'NO', 'ONE');
ok(wait_for { apply() == 202 } 'and well again');


# --- a worker that leaves answers first

$proxy->mode('EVAL silent');
my $connection = GigTest::Http->new($test->{port});
my $body = JSON::PP->new->utf8->encode({ answers => $test->answers(email => 'last@example.edu') });
$connection->send('POST', '/gigs/gig-2/applications', body => $body,
    headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"last-0123456789"' });
sleep 0.1;
my $begin = time;
ok($test->reload, 'reloaded with an application parked on Redis');
is($connection->answer('POST')->{status}, 503, 'it got its answer when its time was up');
$proxy->mode('pass');
ok(wait_for { apply() == 202 } 'the new worker is well');
ok($test->reload && $test->reload, 'reloaded twice more');
ok(wait_for { apply() == 202 } 'and well');

my @told = $test->read_file('error.log') =~ /link: Redis/g;
cmp_ok(scalar @told, '<', 60, 'an outage is logged once, not by request');

$test->done;
