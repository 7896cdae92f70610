#!/usr/bin/perl
# Why: a board stands on the open internet for months.  Requests of all kinds by the
# ten thousand, hundreds of clients that never finish, and one reload after another
# must leave a worker as small as it was: no memory, descriptor or mapping stays.
#
# GIG_LONG=1 sends 200,000 requests and reloads 30 times.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $rounds = $ENV{GIG_LONG} ? 200_000 : 12_000;
my $reloads = $ENV{GIG_LONG} ? 30 : 6;

# With the ledger off: what a lost Redis then means to an applicant is what this is about.
my $test = GigTest->new(ledger => 'off');
my $redis = $test->start_redis;
my $json = JSON::PP->new->utf8->canonical;
$test->start_nginx(http => 'keepalive_requests 1000000; access_log off;', board => 'redis_in_flight 64; redis_timeout 1500ms; cache_size 1m; limit_applicant off;');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 200);
$test->wait_total(200) or BAIL_OUT('no catalog');

sub worker { return ($test->workers)[0] }
sub memory { return ($test->read_file("/proc/$_[0]/status") =~ /RssAnon:\s+(\d+)/)[0] }
sub files  { return scalar(my @f = glob "/proc/$_[0]/fd/*") }
sub maps   { return scalar(() = $test->read_file("/proc/$_[0]/maps") =~ /state/g) }

# --- all kinds of requests, over and over, on connections that stay

my $good = $json->encode({ answers => $test->answers });
my $token = ($test->apply('gig-1', 'a token')->{headers}{location} =~ m{([\w-]{43})$})[0];
my $form_key = $test->form_key('gig-1');
my $n = 0;

sub post {
    my ($path, $type, $body, %header) = @_;
    my $head = join '', map {"$_: $header{$_}\r\n"} sort keys %header;
    return "POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Type: $type\r\n${head}Content-Length: " . length($body) . "\r\n\r\n$body";
}

my @kinds = (
    (map { my $path = $_; sub {"GET $path HTTP/1.1\r\nHost: localhost\r\n\r\n"} } '/gigs/', '/gigs/?format=html', '/gigs/gig-7', '/gigs/nosuch', '/gigs/?limit=zz', "/gigs/receipts/$token", '/gigs/receipts/x', '/gigs/gig-3/form',
        '/gigs/gig-4/apply', '/metrics', '/gig-health', '/gigs/receipts/keys.json', "/gigs/receipts/$token?format=html"),
    sub { $n++; "GET /gigs/gig-2?format=html&source=s$n HTTP/1.1\r\nHost: localhost\r\n\r\n" },
    sub { $n++; "GET /gigs/?utm=$n HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n" },
    sub { $n++; post('/gigs/gig-5/applications', 'application/json', $good, 'Idempotency-Key' => '"' . $n % 500 . '"') },
    sub { post('/gigs/gig-5/applications', 'application/json', '{"answers":{"email":"x"}}', 'Idempotency-Key' => '"f"') },
    sub { post('/gigs/gig-5/applications', 'application/json', '{"answers":', 'Idempotency-Key' => '"f"') },
    sub { post('/gigs/gig-1/applications', 'application/x-www-form-urlencoded', "_key=$form_key&first_name=A&email=x", Accept => 'text/html') },
    sub { post('/gigs/gig-1/applications', 'text/plain', 'x' x 3000) },
);

sub storm {
    my ($count) = @_;
    my ($sent, $bad) = (0, 0);
    while ($sent < $count) {
        my $connection = GigTest::Http->new($test->{port}, timeout => 20) or last;
        for (1 .. 25) {
            my @batch = map { $kinds[($sent + $_) % @kinds]->() } 1 .. 20;
            $connection->raw(join '', @batch);
            for (@batch) { my $s = $connection->answer('GET')->{status}; $bad++ if $s !~ /^(200|202|303|400|404|415|422)$/ }
            $sent += @batch;
        }
    }
    return $bad;
}

my $worker = worker();
storm(4000);
my ($rss, $fds) = (memory($worker), files($worker));
my $bad = storm($rounds);
is($bad, 0, "$rounds requests of all kinds are answered as they should be");
is(worker(), $worker, 'by the same worker');
SKIP: {
    skip 'a sanitizer keeps what was freed', 1 if ($ENV{GIG_BUILD} // '') =~ /asan/;
    cmp_ok(memory($worker) - $rss, '<', 1024, 'whose memory stays within a megabyte') or diag(memory($worker) . " kB after $rss kB");
}
cmp_ok(files($worker) - $fds, '<=', 2, 'and its descriptors as many');

# --- clients that never finish, while others read

my @slow;
for my $i (1 .. 400) {
    my $connection = GigTest::Http->new($test->{port}) or next;
    $connection->raw($i % 3 == 0 ? "POST /gigs/gig-1/applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \"s$i\"\r\nContent-Length: 1000\r\n\r\n{"
        : $i % 3 == 1 ? "GET /gigs/ HTTP/1.1\r\nHost: loc" : "POST /gigs/gig-1/applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
    push @slow, $connection;
}
is(scalar @slow, 400, '400 clients that never finish');
my ($longest, $failed) = (0, 0);
for (1 .. 200) {
    my $start = time;
    $failed++ if $test->get('/gigs/gig-9')->{status} != 200;
    $longest = time - $start if time - $start > $longest;
}
is($failed, 0, 'and all others read');
cmp_ok($longest, '<', 1, 'at once');
is($test->apply('gig-9', 'among-slow')->{status}, 202, 'and apply');
close $_->{socket} for @slow;
ok(wait_for { files($worker) <= $fds + 3 } 'their descriptors to be given back');

# --- more applications at once than may be in flight

$redis->pause;
my @crowd = map {
    my $connection = GigTest::Http->new($test->{port}, timeout => 10);
    $connection->raw(post('/gigs/gig-8/applications', 'application/json', $json->encode({ answers => $test->answers(email => "crowd$_\@example.edu") }), 'Idempotency-Key' => "\"crowd-$_\""));
    $connection;
} 1 .. 200;
is($test->get('/gigs/gig-8')->{status}, 200, 'reads go on while Redis hangs');
sleep 0.3;
$redis->resume;
my %status;
$status{ $_->answer('POST')->{status} }++ for @crowd;
is(join(' ', sort keys %status), '202 503', 'some are taken, the others are told to come again') or diag(join ' ', %status);
cmp_ok($status{202} // 0, '<=', 64, 'no more at once than redis_in_flight');
my $stored = grep { { @{ $_->[1] } }->{gig} eq 'gig-8' } @{ $redis->cmd('XRANGE', 'gig:{acme}:applications', '-', '+') };
cmp_ok($stored, '>=', $status{202} // 0, 'and what was acknowledged is there');
ok(wait_for { $test->apply('gig-8', 'after-the-crowd')->{status} == 202 } 'applications to be taken again');

# --- reload upon reload under load

my $pid = fork // die "fork: $!";
if ($pid == 0) {
    my ($ok, $lost) = (0, 0);
    local $SIG{TERM} = sub { open my $f, '>', "$test->{dir}/load.result"; print $f "$ok $lost"; close $f; POSIX::_exit(0) };
    while (1) {
        my $path = $ok % 7 ? '/gigs/gig-9' : '/gigs/?format=html';
        GigTest::Http::request($test->{port}, 'GET', $path)->{status} == 200 ? $ok++ : $lost++;
    }
}
my (@mem, @fd, @map);
for my $round (1 .. $reloads) {
    $test->reload or last;
    GigTest::Publish::put($test, gig_record('gig-9', title => "Round $round"));
    ok(wait_for { json_of($test->get('/gigs/gig-9'))->{title} eq "Round $round" } "the news after reload $round");
    storm(1000);
    push @mem, memory(worker());
    push @fd, files(worker());
    push @map, maps(worker());
}
kill 'TERM', $pid;
waitpid $pid, 0;
my ($ok, $lost) = split / /, $test->read_file('load.result');
cmp_ok($ok, '>', 50, 'readers all the time');
is($lost, 0, 'none of them failed');
my $master = $test->{nginx};
cmp_ok($fd[-1] - $fd[0], '<=', 2, 'descriptors of a worker do not grow from reload to reload') or diag("@fd");
cmp_ok($map[-1] - $map[0], '<=', 2, 'nor do mappings') or diag("@map");
cmp_ok(files($master), '<', 40, 'nor what the master holds');
SKIP: {
    skip 'a sanitizer keeps what was freed', 1 if ($ENV{GIG_BUILD} // '') =~ /asan/;
    cmp_ok($mem[-1] - $mem[0], '<', 2048, 'nor memory') or diag("@mem");
}
ok(wait_for { @{[ $test->children($master) ]} <= 2 } 'old workers to leave', 20);

$test->done;
