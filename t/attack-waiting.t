#!/usr/bin/perl
# Why: a request that waits for Redis can be hit by anything meanwhile: its client
# leaves, its body still comes, the catalog changes under it, the worker reloads, Redis
# answers late, twice or never.  Each is answered once, or nobody is there to answer.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::Proxy;
use GigTest::Publish;

# With the ledger off: what a lost Redis then means to an applicant is what this is about.
my $test = GigTest->new(ledger => 'off');
my $redis = $test->start_redis;
my $proxy = GigTest::Proxy->new($test, $redis->{port});
my $h2 = GigTest::port();
my $json = JSON::PP->new->utf8->canonical;
$test->start_nginx(redis => "127.0.0.1:$proxy->{port}", board => 'redis_timeout 1500ms;', server => "listen 127.0.0.1:$h2 http2;"
    . ' location /file/ { gig acme; client_body_in_file_only clean; } location /kept/ { gig acme; error_page 503 =200 @later; } location @later { return 200 "later"; }'
    . ' location /echo/ { gig acme; sub_filter Gig GIG; sub_filter_types *; sub_filter_once off; } location /slowly/ { gig acme; limit_rate 20k; }');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 40);
$test->wait_total(40) or BAIL_OUT('no catalog');
my ($worker) = $test->workers;

sub body { return $json->encode({ answers => $test->answers(email => "$_[0]\@example.edu") }) }
sub next_request {"GET /gigs/gig-2?format=json HTTP/1.1\r\nHost: localhost\r\n\r\n"}

sub post {
    my ($path, $key) = @_;
    my $body = body($key);
    return "POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \"$key\"\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
}

my ($token) = $test->apply('gig-1', 'first')->{headers}{location} =~ m{([\w-]{43})$};
my $receipt = "/gigs/receipts/$token";

# --- a body that nobody wants, on a request that waits

for my $case (['GET', $receipt, 200], ['DELETE', $receipt, 200], ['POST', "$receipt/withdraw", 200]) {
    my ($method, $path, $status) = @$case;
    for my $chunked (0, 1) {
        $redis->pause;
        my $connection = GigTest::Http->new($test->{port}, timeout => 5);
        $connection->raw("$method $path HTTP/1.1\r\nHost: localhost\r\n" . ($chunked ? "Transfer-Encoding: chunked\r\n\r\n5\r\nab" : "Content-Length: 5\r\n\r\nab"));
        sleep 0.05;
        $connection->raw(($chunked ? "cde\r\n0\r\n\r\n" : 'cde') . next_request());
        sleep 0.05;
        $redis->resume;
        is($connection->answer($method)->{status}, $status, "$method with a body that comes while it waits, chunked $chunked");
        is(json_of($connection->answer('GET'))->{id}, 'gig-2', 'and the request behind it');

        # one that never comes whole
        my $never = GigTest::Http->new($test->{port}, timeout => 5);
        $never->raw("$method $path HTTP/1.1\r\nHost: localhost\r\n" . ($chunked ? "Transfer-Encoding: chunked\r\n\r\n5\r\nab" : "Content-Length: 5\r\n\r\nab"));
        is($never->answer($method)->{status}, $status, 'one whose body never comes whole is answered all the same');
        close $never->{socket};
    }
}

# --- clients that leave while it waits: closed, reset, half closed; pipelined bytes behind

for my $way ('close', 'reset', 'half') {
    $redis->pause;
    my @left;
    for my $bytes (post('/gigs/gig-3/applications', "left-$way"), "GET $receipt HTTP/1.1\r\nHost: localhost\r\n\r\n", "DELETE $receipt HTTP/1.1\r\nHost: localhost\r\n\r\n",
        post('/gigs/gig-3/applications', "left-more-$way") . next_request())
    {
        my $connection = GigTest::Http->new($test->{port}, timeout => 3);
        $connection->raw($bytes);
        push @left, $connection;
    }
    sleep 0.1;
    for my $connection (@left) {
        if    ($way eq 'half')  { shutdown $connection->{socket}, 1 }
        elsif ($way eq 'reset') { setsockopt $connection->{socket}, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack 'ii', 1, 0; close $connection->{socket} }
        else                    { close $connection->{socket} }
    }
    sleep 0.1;
    $redis->resume;
    ok(wait_for { $test->http('POST', '/gigs/gig-3/applications', body => body("left-$way"), headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"left-$way\"" })
        ->{headers}{'idempotency-replayed'} } "clients that leave ($way): what they sent stands");
}

SKIP: {
    skip 'no curl', 1 unless grep { -x "$_/curl" } split /:/, $ENV{PATH};
    $redis->pause;
    $test->run('curl', '-s', '-m', '0.2', '--http2-prior-knowledge', '-H', 'Content-Type: application/json', '-H', "Idempotency-Key: \"h2-$_\"", '-d', body("h2-$_"), "http://127.0.0.1:$h2/gigs/gig-4/applications") for 1 .. 3;
    $test->run('curl', '-s', '-m', '0.2', '--http2-prior-knowledge', "http://127.0.0.1:$h2$receipt");
    $redis->resume;
    ok(wait_for { $test->get($receipt)->{status} == 200 } 'streams of HTTP/2 that were reset');
}

# --- the catalog moves on under it, and then the judge is found to be dumb: the answer
# is made of the catalog as it is now; its gig changed, gone, and everything gone

sub form {
    my ($gig) = @_;
    my $key = $test->form_key($gig);
    my $body = "_key=$key&first_name=Avery&last_name=Example&email=moving%40example.edu&statement=Typed&available=yes&consent_processing=yes";
    return "POST /gigs/$gig/applications HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
}

for my $change (sub { GigTest::Publish::put($test, map { gig_record("gig-$_", title => "Anew $_") } 1 .. 40) }, sub { GigTest::Publish::operations($test, [del => 'gig-5']) },
    sub { GigTest::Publish::operations($test, map { [del => "gig-$_"] } 6 .. 40) })
{
    ok(wait_for { $test->apply('gig-1', 'awake')->{status} == 202 } 'the judge to answer', 20);
    my $version = json_of($test->get('/gigs/?format=json'))->{version};
    my @bytes = map { my $gig = $_; $test->get("/gigs/$gig")->{status} == 200 ? (post("/gigs/$gig/applications", "moving-$gig-$version"), form($gig)) : () } qw(gig-1 gig-5 gig-6);
    $proxy->mode('EVALSHA silent');
    my @waiting = map { my $c = GigTest::Http->new($test->{port}, timeout => 6); $c->raw($_); $c } @bytes;
    $change->();
    ok(wait_for { json_of($test->get('/gigs/?format=json'))->{version} > $version } 'the new catalog');
    my @answer = map { $_->answer('POST') } @waiting;
    is(scalar(grep { $_->{status} == 503 } @answer), scalar @bytes, 'nobody is told what nobody knows: ' . join ' ', map { $_->{status} } @answer);
    like($answer[1]{body}, qr/>\s*Typed</, 'and the form comes back with what was typed');
    $proxy->mode('pass');
}

# --- what nginx does to bodies and answers on their way

ok(wait_for { $test->apply('gig-1', 'awake')->{status} == 202 } 'the judge to answer', 20);
is($test->http('POST', '/file/gig-1/applications', body => body('file'), headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"file"' })->{status}, 202, 'a body that is always in a file');
ok(wait_for { !glob "$test->{dir}/temp/client_body/*" } 'which is gone afterwards');
like($test->get('/echo/gig-1?format=html', unwatched => 1)->{body}, qr/GIG/, 'a filter that changes the body');
unlike($test->get('/gigs/gig-1?format=html')->{body}, qr/GIG/, 'changes nothing in the cache');
unlike($test->get('/echo/?format=json', unwatched => 1)->{body} . $test->get('/gigs/?format=json')->{body}, qr/GIG.*"next":(?!null)[^}]*\}.*GIG/s, 'nor in that of the list');

$redis->stop;
my $later = $test->http('POST', '/kept/gig-1/applications', unwatched => 1, body => body('later'), headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"later"' });
is($later->{body}, 'later', 'an error page for what could not be stored');
is_deeply([$test->workers], [$worker], 'the worker is the one of the start');

$test->done;
