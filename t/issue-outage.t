#!/usr/bin/perl
# Why: a board that stops when Redis does is no board, and one that says "we have it"
# without having it is worse.  Read from the issue alone: Redis gone, nginx restarted
# without it, never an image; an application refused with Redis gone comes in once by
# the same key; a Redis that forgot is rebuilt and old receipts still say delivered;
# what was withdrawn is nowhere on any disk.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

# With the ledger off: what a lost Redis then means to an applicant is what this is about.
my $test = GigTest->new(workers => 2, ledger => 'off');
my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always', 'auto-aof-rewrite-percentage' => 0);
my $key = 'gig:{acme}:';

# --- never had an image

$redis->stop;
$test->start_nginx;
for my $path ('/gigs/?format=json', '/gigs/?format=html', '/gigs/gig-1', '/gigs/gig-1/form', '/gigs/gig-1/apply') {
    my $answer = $test->get($path);
    is($answer->{status}, 503, "never had an image: $path");
    like($answer->{headers}{'retry-after'}, qr/^[1-9]\d*$/, "with Retry-After: $path");
}
my $early = $test->apply('gig-1', 'k-0');
is($early->{status}, 503, 'nor is an application taken');
like($early->{headers}{'retry-after'}, qr/^[1-9]\d*$/, 'with Retry-After');

# --- a board, an application, its receipt

$redis->start;
$test->publish(gig_record('gig-1'), gig_record('gig-2', capacity => { positions => 1, application_cap => 1, on_full => 'close' }));
$test->start_sync;
$test->wait_total(2, 20) or BAIL_OUT('no catalog');
ok(wait_for { $test->get('/gig-health?for=intake')->{status} == 200 } 'a link to Redis', 20);

sub receipt { my ($answer) = @_; return '/gigs/receipts/' . ($answer->{headers}{location} =~ m{([\w-]{43})$})[0] }

my $first = $test->apply('gig-1', 'k-1');
is($first->{status}, 202, 'an application');
ok(wait_for { json_of($test->get(receipt($first)))->{delivered} } 'delivered', 20);
like($test->get(receipt($first) . '?format=html')->{body}, qr/Delivered/, 'as the page says');

# --- Redis gone: reads go on, an application is honestly refused

# When it opens and closes the clock says, Redis or not.
my $edge = int(time) + 6;
$test->import_gigs(gig_record('opens', opens_at => at($edge)), gig_record('closes', closes_at => at($edge)),
    gig_record('appears', visible_from => at($edge)));
ok(wait_for { $test->get('/gigs/closes')->{status} == 200 } 'gigs with an edge', 10);
$redis->stop;

sub everywhere {
    my ($block) = @_;
    for (1 .. 12) { return 0 unless $block->() }
    return 1;
}

SKIP: {
    skip 'too slow a machine to look before the edge', 3 if time > $edge - 0.2;
    is(json_of($test->get('/gigs/opens?format=json'))->{state}, 'scheduled', 'Redis gone: not open before its second');
    is($test->get('/gigs/closes')->{status}, 200, 'nor closed');
    is($test->get('/gigs/appears')->{status}, 404, 'nor visible');
}
sleep 0.01 while time < $edge + 0.05;
ok(everywhere(sub { json_of($test->get('/gigs/opens?format=json'))->{state} eq 'open' }), 'open at its second');
ok(everywhere(sub { $test->get('/gigs/closes')->{status} == 410 }), 'closed at its second');
ok(everywhere(sub { $test->get('/gigs/appears')->{status} == 200 }), 'visible at its second');

my $refused = $test->apply('gig-1', 'k-2', email => 'second@example.edu');
is($refused->{status}, 503, 'Redis gone: no application is taken');
is($refused->{headers}{'content-type'}, 'application/problem+json', 'as a problem');
like($refused->{headers}{'retry-after'}, qr/^[1-9]\d*$/, 'with Retry-After');
unlike($refused->{body}, qr/receipt/, 'nothing is pretended');

ok(wait_for { ($test->get('/gigs/?format=json')->{headers}{'cache-status'} // '') =~ /stale/ } 'marked stale', 20);

sub marked {
    my ($when) = @_;
    for my $path ('/gigs/', '/gigs/gig-1') {
        my $json = $test->get("$path?format=json");
        is($json->{status}, 200, "$when: $path");
        cmp_ok($json->{headers}{age} // -1, '>=', 10, "$when: its Age");
        like($json->{headers}{'cache-status'} // '', qr/stale/, "$when: Cache-Status");
        like($test->get("$path?format=html")->{body}, qr/gig-(?:stale|notice)[^>]*>.*(?:out of date|last|minutes|since|old)/i, "$when: the page says so");
    }
}

marked('Redis gone');
ok($test->stop_nginx, 'nginx ends');
$test->start_nginx(keep_conf => 1);
ok(wait_for { $test->get('/gigs/?format=json')->{status} == 200 } 'restarted with Redis gone: served from the disk', 10);
ok(wait_for { ($test->get('/gigs/?format=json')->{headers}{'cache-status'} // '') =~ /stale/ } 'and marked stale', 20);
marked('restarted');
is($test->apply('gig-1', 'k-2', email => 'second@example.edu')->{status}, 503, 'still no application');

# --- Redis is back: the same key, once

$redis->start;
my $again;
ok(wait_for { ($again = $test->apply('gig-1', 'k-2', email => 'second@example.edu'))->{status} == 202 } 'the same key is taken now', 30);
ok(wait_for { json_of($test->get(receipt($again)))->{delivered} } 'and delivered', 30);
is($test->sql("select id from applications where email = 'second\@example.edu'"), 1, 'in one row');
my $replay = $test->apply('gig-1', 'k-2', email => 'second@example.edu');
is($replay->{headers}{'idempotency-replayed'}, 'true', 'and then it is a replay');
is($replay->{body}, $again->{body}, 'with the same receipt');
is($test->sql("select id from applications where email = 'second\@example.edu'"), 1, 'and no second row');
ok(wait_for { !exists $test->get('/gigs/?format=json')->{headers}{'cache-status'} } 'the mark is taken off', 20);

# --- a Redis that forgot everything

$redis->cmd('FLUSHALL');
ok(wait_for { $redis->cmd('EXISTS', "${key}ready") } 'rebuilt, ready last', 30);
ok(wait_for { json_of($test->get(receipt($first)))->{delivered} } 'a receipt of before says delivered', 20);
ok(json_of($test->get(receipt($again)))->{delivered}, 'and so does the other');
my $old = $test->apply('gig-1', 'k-2', email => 'second@example.edu');
is($old->{status}, 202, 'a retry of before gets its first answer');
is($test->sql("select id from applications where email = 'second\@example.edu'"), 1, 'and no second row');

# --- withdrawn: erased on every disk

my %personal = (first_name => 'Quintessa', last_name => 'Wetherquill', email => 'quintessa@example.edu',
    statement => 'Zymurgical approach number 77.');
my $mine = $test->apply('gig-1', 'k-3', %personal);
is($mine->{status}, 202, 'an application to withdraw');
ok(wait_for { json_of($test->get(receipt($mine)))->{delivered} } 'delivered', 20);
$test->run('sqlite3', "$test->{dir}/acme.db", 'pragma wal_checkpoint(passive)');
is($test->sql("select id from applications where last_name = 'Wetherquill'"), 1, 'it is in the database');
my ($id) = map { $_->{id} } $test->sql("select id from applications where last_name = 'Wetherquill'");
like(join('', map { $test->read_file($_) } glob "$test->{dir}/acme.db*"), qr/Zymurgical/, 'and this search would find it');
is($test->http('DELETE', receipt($mine))->{status}, 200, 'withdrawn');
ok(wait_for { $test->sql("select id from applications where id = '$id'") == 0 } 'the row is gone', 20);
my $page = $test->get(receipt($mine));
ok(json_of($page)->{withdrawn}, 'the receipt says so');
ok(wait_for { $redis->cmd('XLEN', "${key}applications") == 0 } 'nothing waits in Redis', 20);

my @words = (values(%personal), 'Zymurgical', 'Quintessa', 'Wetherquill');
sub traces {
    my ($where, @files) = @_;
    for my $file (@files) {
        next unless -f $file;
        my $content = $test->read_file($file);
        my @found = grep { index($content, $_) >= 0 } @words;
        (my $name = $file) =~ s{^\Q$test->{dir}/}{};
        is_deeply(\@found, [], "no trace $where: $name");
    }
}

traces('while all runs', glob("$test->{dir}/acme.db*"), glob("$test->{dir}/state/acme/*"), glob("$test->{dir}/*.log"));
my $rows = $test->sql("select * from delivery where id = '$id' and length(box) > 0");
is($rows, 0, 'no sealed copy is kept in the delivery table');
$redis->cmd('SAVE');
traces('in Redis', glob("$test->{dir}/redis/*"), glob("$test->{dir}/redis/*/*"));
ok(!(grep {/quintessa/i} map { %{ $redis->hash($_) } } @{ $redis->cmd('KEYS', "${key}id:*") }), 'nor in the ids');
ok($test->stop_sync, 'gig-sync ends');
traces('after it', glob("$test->{dir}/acme.db*"));
ok($test->start_sync, 'and starts');
is($test->apply('gig-1', 'k-3', %personal)->{status}, 410, 'the key of what was withdrawn is gone');

$test->done;
