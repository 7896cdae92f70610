#!/usr/bin/perl
# Why: whoever sends bytes may be hostile.  No shape of a request may make one
# connection's requests run into each other, add a header, leave a worker broken,
# or get by nginx's own access rules.

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

my $test = GigTest->new;
my $redis = $test->start_redis;
my $h2 = GigTest::port();
my $json = JSON::PP->new->utf8->canonical;

$test->write_file('receipt.html', '<b><!--# include virtual="/gigs/receipts/$arg_t" --></b>');
$test->write_file('list.html', '<b><!--# include virtual="/gigs/?format=html&limit=2" --></b><i><!--# include virtual="/gigs/?limit=zz" --></i>');
$test->start_nginx(
    board  => 'redis_timeout 1500ms; cache_size 256k;',
    http   => 'gzip on; gzip_min_length 1; gzip_types application/json application/problem+json;',
    server => "listen 127.0.0.1:$h2 http2; root $test->{dir}; error_page 418 /never;"
        . ' location = /receipt.html { ssi on; } location = /list.html { ssi on; } location = /conflict.html { internal; return 200 "precondition"; }'
        . ' location /only/ { gig acme; limit_except GET { allow 127.0.0.1; deny all; } }'
        . ' location /nobody/ { gig acme; limit_except GET { deny all; } }'
        . ' location /if/ { gig acme; if ($arg_x) { set $y 1; } if ($request_method = POST) { add_header X-If post always; } }'
        . ' location /inner/ { internal; gig acme; } location /way/ { rewrite ^/way/(.*)$ /inner/$1 last; }'
        . ' location /try/ { gig acme; try_files $uri =404; }'
        . ' location /caught/ { gig acme; error_page 412 /conflict.html; error_page 404 415 422 @caught; }'
        . ' location @caught { return 200 "caught"; }'
        . ' location /outer/ { gig acme; location /outer/inner/ { return 200 "inner"; } location ~ \.php$ { return 403; } }'
        . ' location /raw/ { gig acme; }');

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, map { gig_record($_) } qw(one form apply applications keys withdraw), map {"many-$_"} 1 .. 60);
$test->wait_total(66) or BAIL_OUT('no catalog');

my ($worker) = $test->workers;
my $good = $json->encode({ answers => $test->answers });
my $type = "Content-Type: application/json\r\nIdempotency-Key: \"raw\"\r\n";
my $post = "POST /gigs/one/applications HTTP/1.1\r\nHost: localhost\r\n";

sub entries { return $redis->cmd('XLEN', 'gig:{acme}:applications') // 0 }

# --- smuggling: what is refused, and a request behind that is answered as itself or not
# at all

my $next = "GET /gigs/one?format=json HTTP/1.1\r\nHost: localhost\r\n\r\n";
my $evil = "GET /gigs/evil HTTP/1.1\r\nHost: localhost\r\n\r\n";
my $length = length $good;
my @raw = (
    ['length and chunked',        400, "${post}${type}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ['chunked and length',        400, "${post}${type}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"],
    ['two lengths',               400, "${post}${type}Content-Length: $length\r\nContent-Length: 0\r\n\r\n$good"],
    ['two equal lengths',         400, "${post}${type}Content-Length: $length\r\nContent-Length: $length\r\n\r\n$good"],
    ['two hosts',                 400, "POST /gigs/one/applications HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n${type}Content-Length: 0\r\n\r\n"],
    ['gzip, chunked',             501, "${post}${type}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    ['chunked twice',             '4xx', "${post}${type}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ['chunked by HTTP/1.0',       400, "POST /gigs/one/applications HTTP/1.0\r\nHost: localhost\r\n${type}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ['a blank before the colon',  400, "${post}${type}Content-Length : 5\r\n\r\nxxxxx"],
    ['NUL in a header',           400, "${post}${type}X: a\0b\r\nContent-Length: 0\r\n\r\n"],
    ['a bare CR in a header',     400, "${post}${type}X: a\rb\r\nContent-Length: 0\r\n\r\n"],
    ['a folded header',           400, "${post}${type}X: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
    ['length +4',                 400, "${post}${type}Content-Length: +4\r\n\r\nxxxx"],
    ['length -1',                 400, "${post}${type}Content-Length: -1\r\n\r\n"],
    ['length 4,4',                400, "${post}${type}Content-Length: 4,4\r\n\r\nxxxx"],
    ['length 0x4',                400, "${post}${type}Content-Length: 0x4\r\n\r\nxxxx"],
    ['length over 2^64',          '4xx', "${post}${type}Content-Length: 18446744073709551620\r\n\r\nxxxx"],
    ['chunk over 2^64',           400, "${post}${type}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\nx"],
    ['chunk size -1',             400, "${post}${type}Transfer-Encoding: chunked\r\n\r\n-1\r\nx"],
    ['chunk size 0x5',            400, "${post}${type}Transfer-Encoding: chunked\r\n\r\n0x5\r\nxxxxx"],
    ['no chunk size',             400, "${post}${type}Transfer-Encoding: chunked\r\n\r\n\r\n$evil"],
    ['chunk longer than it says', 400, "${post}${type}Transfer-Encoding: chunked\r\n\r\n3\r\nxxxxxxx\r\n0\r\n\r\n"],
    ['broken chunks on the list', 400, "POST /gigs/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ['broken chunks, no type',    400, "${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ['broken chunks, bad limit',  400, "POST /gigs/?limit=z HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ['TRACE',                     405, "TRACE /gigs/one HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ['CONNECT',                   '4xx', "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ['a blank in the path',       '4xx', "GET /gigs/one x HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ['up and out',                400, "GET /gigs/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ['HTTP/9.9',                  505, "GET /gigs/one HTTP/9.9\r\nHost: localhost\r\n\r\n"],
);

for my $case (@raw) {
    my ($name, $status, $bytes) = @$case;
    my $connection = GigTest::Http->new($test->{port}, timeout => 3);
    $connection->raw($bytes . $next);
    my $answer = $connection->answer('POST');
    like($answer->{status}, $status eq '4xx' ? qr/^4\d\d$/ : qr/^$status$/, "$status: $name") or diag($answer->{head});
    my $behind = $connection->answer('GET');
    ok(!$behind->{status} || json_of($behind)->{id} || $behind->{status} == 400, "and what is behind is itself or nothing: $name") or diag($behind->{body});
}

# bodies that are refused, whole ones: the next request is the next request
for my $case (['/gigs/one/applications', "Content-Type: text/plain\r\n", 415], ['/gigs/one/applications', '', 415], ['/gigs/one', $type, 405], ['/gigs/evil/X', $type, 404],
    ['/gigs/receipts/x/withdraw', $type, 404], ['/gigs/receipts/x', $type, 405], ['/gigs/?limit=9999', $type, 400],
    ['/gigs/one/applications', "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: cross-site\r\n", 403],
    ['/gigs/one/applications', "$type" . "Expect: 100-continue\r\n", 400])
{
    for my $chunked (0, 1) {
        my ($path, $header, $status) = @$case;
        my $connection = GigTest::Http->new($test->{port}, timeout => 3);
        my $body = $evil x 20;
        $connection->raw("POST $path HTTP/1.1\r\nHost: localhost\r\n$header" . ($chunked ? "Transfer-Encoding: chunked\r\n\r\n" . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body)
            : 'Content-Length: ' . length($body) . "\r\n\r\n$body") . $next);
        my $answer = $connection->answer('POST');
        $answer = $connection->answer('POST') if $answer->{status} == 100;
        is($answer->{status}, $status, "$status and its body is skipped: $path, chunked $chunked");
        is(json_of($connection->answer('GET'))->{id}, 'one', 'and the request behind is answered as itself');
    }
}
is(entries(), 0, 'nothing of that applied');

# --- a client that leaves at every byte

my $whole = "${post}${type}Content-Length: $length\r\n\r\n$good";
for my $n (map { $_ * 3 } 0 .. length($whole) / 3 - 1) {
    my $connection = GigTest::Http->new($test->{port});
    $connection->raw(substr $whole, 0, $n);
    setsockopt($connection->{socket}, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack 'ii', 1, 0) if $n % 2;
    close $connection->{socket};
}
is($test->get('/gigs/one')->{status}, 200, 'clients that left at every byte of an application');
is(entries(), 0, 'and none of them applied');

# --- the query

for my $query ('limit=2147483648', 'limit=9223372036854775808', 'limit=-1', 'limit=0', 'limit=101', 'limit=1e1', 'limit=%00', 'limit=1%0d%0aX-Evil:1',
    'limit=1&limit=2', 'state=%ff', 'format=xml', 'cursor=' . 'A' x 255, 'cursor=%00', 'cursor=' . 'x' x 5000, 'format=' . '%E2%82%AC' x 28, 'limit=%e2%80%ae', 'limit=%')
{
    for my $accept ('application/json', 'text/html') {
        my $answer = $test->get("/gigs/?$query", headers => { Accept => $accept });
        is($answer->{status}, 400, "400: $query") or diag($answer->{body});
        ok(eval { JSON::PP->new->utf8->decode($answer->{body}) }, "and readable: $query") if $accept =~ /json/;
        unlike($answer->{head}, qr/Evil/, "no header of it: $query");
    }
}
is($test->get('/gigs/?' . join('&', map {"u$_="} 1 .. 1000) . '&limit=3')->{status}, 200, 'a thousand unknown parameters');
my $cursor = json_of($test->get('/gigs/?limit=5'))->{next};
is($test->get("/gigs/?limit=5&cursor=$cursor")->{status}, 200, 'a cursor of ours');
for my $at (0 .. length($cursor) - 1) {
    my $forged = $cursor;
    substr($forged, $at, 1) = substr($forged, $at, 1) eq 'A' ? 'B' : 'A';
    next if $test->get("/gigs/?cursor=$forged")->{status} == 400;
    fail("a cursor that was changed at $at");
}

for my $source ('x%0d%0aSet-Cookie:a=b', '%22%3E%3Cscript%3Ealert(1)%3C/script%3E', "javascript:alert(1)", '%E2%80%AE', '%ff%fe', 'a' x 300, '%00', "'\"\\") {
    for my $path ("/gigs/one?source=$source", "/gigs/one?ref=$source", "/gigs/one/apply?source=$source") {
        my $answer = $test->get($path, headers => { Accept => 'text/html' });
        is($answer->{status}, 200, "a source decides nothing: $path");
        unlike($answer->{head}, qr/Set-Cookie|<script|javascript|%3Cscript/, 'is in no header');
        unlike($answer->{body}, qr/<script(?! defer src="\/gigs\/gig-form-[0-9a-f]{8}\.js">| type="application\/ld\+json">[^<>&]*<\/script>\n)|(?:href|src|action)="javascript:/i, 'and in the page as text only');
    }
}
my $metrics = $test->get('/metrics')->{body};
unlike($metrics, qr/script|Set-Cookie/, 'the metrics have no label by a stranger');
cmp_ok(length $metrics, '<', 20000, 'and stay as many');

# --- paths

for my $path ('/gigs/receipts/..%2fone', '/gigs/receipts/%2e%2e/one', '/gigs//one', '/gigs/./one') {
    is(json_of($test->get("$path?format=json"))->{id}, 'one', "nginx normalises: $path");
}
for my $path ('/gigs/receipts%2fx', '/gigs/receipts/x%2fwithdraw', '/gigs/one%2fNothing', '/gigs/one%00', '/gigs/%c0%af', '/gigs/one;x', '/gigs/one%0d%0aX:y', '/gigs/%E2%80%AE', "/gigs/receipts/%0d%0aX:y", '/gigs/receipts/' . 'A' x 4000, '/gigs/One') {
    my $answer = $test->get($path);
    like($answer->{status}, qr/^40[045]$/, "refused: $path");
    unlike($answer->{head}, qr/^X:/m, 'without a new header');
}
is(json_of($test->get("/gigs/$_?format=json"))->{id}, $_, "an id like a word of ours: $_") for qw(form apply applications keys withdraw);
is($test->get('/gigs/apply/apply')->{status}, 200, 'with a form of its own');

for my $host ('evil.example', 'evil.example:80', '"><script>', 'localhost/..') {
    my $answer = $test->get('/raw/one', headers => { Host => $host, Accept => 'text/html' });
    unlike($answer->{head} . $answer->{body}, qr/evil\.example/, "Host is in no answer: $host");
}

# --- conditions, ranges, compression

my $etag = $test->get('/gigs/one?format=json')->{headers}{etag};
for my $case ([$etag, 304], ["\"x\", $etag", 304], ["W/$etag", 304], ['*', 304], ['"x"', 200], ['', 200], [join(', ', map {"\"$_\""} 1 .. 300) . ", $etag", 304]) {
    my $answer = $test->get('/gigs/one?format=json', headers => { 'If-None-Match' => $case->[0] });
    is($answer->{status}, $case->[1], "$case->[1]: If-None-Match " . substr $case->[0], 0, 40);
    is($answer->{body}, '', 'without a body') if $case->[1] == 304;
}
is($test->get('/gigs/one?format=json', headers => { Range => 'bytes=0-1' })->{status}, 200, 'no ranges');
is($test->get('/gigs/one', headers => { Range => 'bytes=5-1,-0,99999999999999999999-' })->{status}, 200, 'nor nonsense ones');
my $zipped = $test->get('/gigs/?format=json', headers => { 'Accept-Encoding' => 'gzip' });
is($zipped->{headers}{'content-encoding'}, 'gzip', 'compressed');
like($zipped->{headers}{etag}, qr/^W\//, 'with a weak ETag');
is($test->get('/gigs/?format=json', headers => { 'Accept-Encoding' => 'gzip', 'If-None-Match' => $zipped->{headers}{etag} })->{status}, 304, 'that can be asked with');
unlike($test->get('/gigs/?format=json')->{headers}{etag}, qr/^W\//, 'and leaves the one in the cache as it was');

# --- nginx's blocks

is($test->http('POST', '/only/one/applications', body => $good, headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"only"' })->{status}, 202,
    'limit_except that lets us through leads to the board');
is($test->get('/only/one')->{status}, 200, 'as GET does');
is($test->http('POST', '/nobody/one/applications', body => $good, headers => { 'Content-Type' => 'application/json' })->{status}, 403, 'one that does not: 403');
is($test->http('POST', '/if/one/applications?x=1', body => $good, headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"if"' })->{status}, 202, 'in an if');
is(json_of($test->get('/if/one?x=1&format=json'))->{url}, '/if/one', 'with its own addresses');
is($test->get('/inner/one')->{status}, 404, 'an internal location from outside');
is(json_of($test->get('/way/one?format=json'))->{id}, 'one', 'and by a rewrite');
is($test->get('/try/one')->{status}, 404, 'try_files decides first');
is($test->get('/caught/nosuch', unwatched => 1)->{body}, 'caught', 'a named error page');
is($test->http('POST', '/caught/one/applications', unwatched => 1, body => 'x=1', headers => { 'Content-Type' => 'text/plain' })->{body}, 'caught', 'of a POST');
is($test->http('POST', '/caught/one/applications', unwatched => 1, body => '{"answers":{}}', headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"c"' })->{body}, 'caught', 'after its body was read');
is($test->get('/caught/one', unwatched => 1, headers => { 'If-Match' => '"x"' })->{body}, 'precondition', 'an error page from within a filter');
is($test->get('/outer/inner/x', unwatched => 1)->{body}, 'inner', 'a nested location is its own');
is($test->get('/outer/x.php')->{status}, 403, 'also by a regular expression');

# --- what was done is said, whatever condition came along

my $applied = $test->http('POST', '/gigs/one/applications', body => $good, headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"if-match"', 'If-Match' => '"x"' });
is($applied->{status}, 202, 'If-Match on an application');
my ($token) = $applied->{headers}{location} =~ m{([\w-]{43})$};
is($test->http('DELETE', "/gigs/receipts/$token", headers => { 'If-Match' => '"x"', 'If-Unmodified-Since' => 'Sun, 06 Nov 1994 08:49:37 GMT' })->{status}, 200, 'and on a withdrawal');
ok(json_of($test->get("/gigs/receipts/$token"))->{withdrawn}, 'which is done');

# --- the bytes of a token: each one counts, and all bad ones are one answer

my %bad;
for my $at (0 .. length($token) - 1) {
    for my $c (qw(A b 0 - _ ~), '%2B') {
        next if substr($token, $at, 1) eq $c;
        my $altered = $token;
        substr($altered, $at, 1) = $c;
        my $answer = $test->get("/gigs/receipts/$altered");
        $answer->{head} =~ s/^Date:.*\r?$//mi;
        $bad{"$answer->{head}\n$answer->{body}"}++;
    }
}
is(scalar(keys %bad), 1, 'every altered token has the same answer') or diag(join "\n---\n", keys %bad);
like((keys %bad)[0], qr{^HTTP/1\.1 404}, 'a 404');

# --- subrequests that wait for Redis

is($test->get("/receipt.html?t=$token")->{body} =~ /"withdrawn":true/ ? 1 : 0, 1, 'an SSI include that waits for Redis');
like($test->get('/list.html')->{body}, qr{^<b><!doctype html.*</b><i>\{.*bad-parameter.*\}</i>}s, 'of a page and of a refusal');
$redis->pause;
my @left = map { my $c = GigTest::Http->new($test->{port}); $c->raw("GET /receipt.html?t=$token HTTP/1.1\r\nHost: localhost\r\n\r\n"); $c } 1 .. 5;
sleep 0.1;
close $_->{socket} for @left;
sleep 0.1;
$redis->resume;
is(json_of($test->get("/gigs/receipts/$token"))->{withdrawn}, JSON::PP::true, 'clients of it that left');
$redis->pause;
like($test->get("/receipt.html?t=$token")->{body}, qr/<b>\{.*"withdrawn":true/, "one that waits in vain, and goes by this host's ledger");
$redis->resume;

# --- HTTP/2

SKIP: {
    skip 'no curl', 2 unless grep { -x "$_/curl" } split /:/, $ENV{PATH};
    my @curl = ('curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--http2-prior-knowledge');
    for my $case ([404, '-X', 'DELETE', "http://127.0.0.1:$h2/gigs/receipts/x"],
        [200, '-I', "http://127.0.0.1:$h2/gigs/"])
    {
        my ($status, @more) = @$case;
        my ($code, $text) = $test->run(@curl, @more);
        is($text, $status, "HTTP/2: $status");
    }
}

is_deeply([$test->workers], [$worker], 'the worker is the one of the start');
is_deeply([glob "$test->{dir}/temp/client_body/*"], [], 'no body was left in a file');
my $log = join '', grep { !m{/receipt\.html\?} } map { "$_\n" } split /\n/, $test->read_file('error.log');
unlike($log, qr/\Q$token\E|avery/i, 'the error log holds neither token nor name');

$test->done;
