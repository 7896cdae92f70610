#!/usr/bin/perl
# Why: an origin that is let in by mistake reads what a company did not share and applies in other
# people's names; one answer that a cache keeps without "Vary: Origin" shuts out the right one.  So
# who is let in is asked in every form that is near a right one, and each kind of answer for its Vary.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $test = GigTest->new;
my @LISTED = ('https://www.acme.example', 'https://jobs.acme.example:8443', 'http://localhost:3000');
my $list = join ' ', @LISTED;

# --- the directive

sub checked {
    my ($origins) = @_;
    my ($code, $text) = $test->nginx_test(no_keys => 1, location => "gig_origins $origins;");
    return ($code, $text);
}
is((checked($_))[0], 0, "accepted: $_") for $list, 'off', 'https://[2001:db8::1]:8443';
for my $case (['*', qr/"\*" and "null" are anybody/], ['null', qr/are anybody/], ['https://*.acme.example', qr/are anybody/], ['acme.example', qr/begin with "https:/],
    ['https://acme.example/', qr/without "\/" or a path/], ['https://Acme.example', qr/small letters/], ['http://acme.example', qr/only localhost may be/],
    ['https://acme.example:443', qr/leave out ":443"/], ['https://acme.example:x', qr/port must be a number/], ['"https://a.example https://b.example"', qr/must|without/],
    ['https://a.example https://a.example', qr/given twice/], ['off https://a.example', qr/begin with "https:/], ['"https://a.example; script-src *"', qr/anybody/],
    ["https://a.example; gig_origins https://b.example", qr/"gig_origins" directive is duplicate/])
{
    my ($code, $text) = checked($case->[0]);
    is($code, 1, "refused: $case->[0]");
    like($text, $case->[1], 'with what would be right');
    like($text, qr/ in \S+nginx\.conf:\d+$/m, 'and where');
}

# --- a board

my $redis = $test->start_redis;
$test->start_nginx(location => "gig_origins $list; client_max_body_size 300k;",
    http => 'gig_origins https://everywhere.acme.example;',
    server => "location /none/ { gig acme; gig_origins off; } location /inherits/ { gig acme; } location /if/ { gig acme; gig_origins $list; if (\$arg_x) { set \$y 1; } }"
        . " location /vary/ { gig acme; gig_origins $list; gzip_vary on; } location /shut/ { gig acme; gig_origins $list; deny all; } location /files/ { root $test->{dir}; }"
        . " location /own/ { gig acme; gig_origins $list; error_page 404 = \@own; } location \@own { return 200 own; }");

sub ask {
    my ($method, $path, $origin, %option) = @_;
    my %header = (%{ delete $option{headers} // {} }, defined $origin ? (Origin => $origin) : ());
    return $test->http($method, $path, headers => \%header, %option);
}
sub allowed { my ($answer) = @_; return $answer->{headers}{'access-control-allow-origin'} // '-' }

# How often a header names it: once is right.
sub varies { my ($answer) = @_; return scalar(() = join(',', $answer->{head} =~ /^Vary: *(.*?)\r?$/mgi) =~ /(?:^|,)\s*Origin\s*(?=,|$)/g) }

my $early = ask('GET', '/gigs/?format=json', $LISTED[0]);
is("$early->{status} " . allowed($early) . ' ' . varies($early), "503 $LISTED[0] 1", 'before there is a catalog');

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, (map { gig_record($_) } 'one', 'two'), gig_record('ended', closes_at => '2026-01-10T00:00:00Z'), gig_record('later', opens_at => '2199-01-10T00:00:00Z'));
$test->wait_total(4) or BAIL_OUT('no catalog');

# --- who is let in

my @strangers = (
    'null', '', '*', 'https://acme.example', 'https://www.acme.example.evil.example', 'https://evil-www.acme.example', 'https://evilwww.acme.example',
    'https://www.acme.exampl', 'https://www.acme.examplee', 'https://x.www.acme.example', 'https://www.acme.example:443', 'https://www.acme.example:8443', 'https://www.acme.example:80',
    'http://www.acme.example', 'HTTPS://www.acme.example', 'https://WWW.acme.example', 'https://www.acme.example/', 'https://www.acme.example.', ' https://www.acme.example/x',
    'https://www.acme.example@evil.example', 'https://www.acme.example%00.evil.example', 'https://www.acme.example https://evil.example', 'https://evil.example,https://www.acme.example',
    'https://www.acme.example, https://www.acme.example', 'https://www_acme.example', 'https://wwwxacme.example', 'ftp://www.acme.example', '//www.acme.example', 'www.acme.example',
    'https://jobs.acme.example', 'https://jobs.acme.example:84433', 'https://jobs.acme.example:844', 'http://localhost', 'http://localhost:30000', 'http://localhost.evil.example:3000',
    'http://127.0.0.1:3000', 'https://localhost:3000', 'https://everywhere.acme.example', "http://127.0.0.1:$test->{port}", 'file://', 'https://' . 'a' x 3000,
);
for my $origin (@LISTED) {
    my $answer = ask('GET', '/gigs/?format=json', $origin);
    is(allowed($answer), $origin, "let in: $origin");
    is($answer->{headers}{'access-control-expose-headers'}, 'Date, ETag, Link, Location, Retry-After, Idempotency-Replayed, Age, Cache-Status', 'and told what scripts want');
    unlike($answer->{head}, qr/Allow-Credentials/i, 'without credentials');
}
for my $origin (@strangers) {
    my $name = substr $origin, 0, 60;
    my $answer = ask('GET', '/gigs/?format=json', $origin);
    is("$answer->{status} " . allowed($answer), '200 -', "not let in: $name");
    unlike($answer->{head}, qr/Access-Control/i, 'and told nothing');
    my $asked = ask('OPTIONS', '/gigs/one/applications', $origin, headers => { 'Access-Control-Request-Method' => 'POST' });
    is("$asked->{status} " . allowed($asked), '405 -', "nor by a preflight: $name");
    unlike($asked->{head}, qr/Access-Control/i, 'which tells nothing');
}
{
    my $twice = GigTest::Http->new($test->{port});
    $twice->raw("GET /gigs/?format=json HTTP/1.1\r\nHost: localhost\r\nOrigin: $LISTED[0]\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n");
    is(allowed($twice->answer('GET')), '-', 'two of them are no browser\'s');
}

# --- every answer

my %json = ('Content-Type' => 'application/json');
my $good = JSON::PP->new->utf8->encode({ answers => $test->answers });
my $etag = $test->get('/gigs/?format=json')->{headers}{etag};
my $taken = ask('POST', '/gigs/one/applications', $LISTED[0], headers => { %json, 'Idempotency-Key' => '"taken"' }, body => $good);
is($taken->{status}, 202, 'an application from a listed origin');
my ($receipt) = ($taken->{headers}{location} // '') =~ m{(/gigs/receipts/[\w-]{43})$};
my %html = (Accept => 'text/html');

for my $case (
    ['GET', '/gigs/?format=json', 200], ['GET', '/gigs/', 200, \%html], ['GET', '/gigs/?format=json', 304, { 'If-None-Match' => $etag }], ['HEAD', '/gigs/one', 200],
    ['GET', '/gigs/one', 200, \%html], ['GET', '/gigs/one/gig-one', 200], ['GET', '/gigs/one/another', 301], ['GET', '/gigs/ended', 410], ['GET', '/gigs/nosuch', 404],
    ['GET', '/gigs/nosuch', 404, \%html], ['GET', '/gigs/?limit=zz', 400], ['GET', '/gigs/one/form', 200], ['GET', '/gigs/one/apply', 200, \%html], ['GET', '/gigs/later/apply', 200, \%html],
    ['GET', '/gigs/fragment.html', 200], ['GET', '/gigs/fragment.html?limit=zz', 400], ['GET', $receipt, 200], ['GET', $receipt, 200, \%html], ['GET', '/gigs/receipts/keys.json', 200],
    ['GET', '/gigs/receipts/' . 'A' x 43, 404], ['PUT', '/gigs/', 405], ['OPTIONS', '/gigs/', 405], ['POST', '/gigs/', 405], ['GET', '/gigs', 301], ['DELETE', '/gigs/one', 405],
    ['POST', '/gigs/one/applications', 202, { %json, 'Idempotency-Key' => '"taken"' }, $good], ['POST', '/gigs/one/applications', 400, \%json, '{'],
    ['POST', '/gigs/one/applications', 415, { 'Content-Type' => 'text/plain' }, 'x'], ['POST', '/gigs/later/applications', 403, { %json, 'Idempotency-Key' => '"l"' }, $good],
    ['POST', '/gigs/one/applications', 413, \%json, ' ' x 290_000], ['POST', '/gigs/one/applications', 413, \%json, ' ' x 310_000], ['POST', '/gigs/one/applications', 422, { %json, 'Idempotency-Key' => '"f"' }, '{"answers":{}}'],
    ['GET', '/gigs/nosuch/at/all', 404], ['GET', '/gigs/?format=json', 412, { 'If-Match' => '"x"' }], ['GET', '/shut/', 403], ['GET', '/vary/?format=json', 200], ['GET', '/if/one?x=1', 200])
{
    my ($method, $path, $status, $header, $body) = @$case;
    for my $origin ($LISTED[1], 'https://evil.example', undef) {
        my $answer = ask($method, $path, $origin, headers => $header // {}, defined $body ? (body => $body) : ());
        my $name = "$method " . substr($path, 0, 40) . ' from ' . ($origin // 'nowhere');
        is($answer->{status}, $status, $name);
        is(varies($answer), 1, 'varies by Origin');
        is(allowed($answer), defined $origin && $origin eq $LISTED[1] ? $origin : '-', 'and lets in whom it should');
    }
}
is($test->get('/gigs/?format=json')->{headers}{vary}, 'Accept, Accept-Encoding, Origin', 'in one header');
is($test->get('/gigs/', headers => \%html)->{headers}{vary}, 'Accept, Accept-Encoding, Accept-Language, Origin', 'of pages too');
is($test->get('/gigs/?format=json')->{headers}{etag}, ask('GET', '/gigs/?format=json', $LISTED[0])->{headers}{etag}, 'the bytes are the same');

# --- what a page of such an origin may do

sub preflight {
    my ($path, $method, $origin, %header) = @_;
    my $answer = ask('OPTIONS', $path, $origin // $LISTED[0], headers => { 'Access-Control-Request-Method' => $method, %header });
    return join '; ', $answer->{status}, allowed($answer), $answer->{headers}{'access-control-allow-methods'} // '-', $answer->{headers}{'access-control-allow-headers'} // '-',
        $answer->{headers}{'access-control-max-age'} // '-', varies($answer), length $answer->{body};
}
my $told = 'Content-Type, Idempotency-Key; 7200; 1; 0';
is(preflight('/gigs/one/applications', 'POST', undef, 'Access-Control-Request-Headers' => 'content-type,idempotency-key'), "204; $LISTED[0]; POST; $told", 'apply');
is(preflight('/gigs/?q=x', 'GET'), "204; $LISTED[0]; GET, HEAD; $told", 'read the list');
is(preflight($_, 'GET', $LISTED[2]), "204; $LISTED[2]; GET, HEAD; $told", "read $_") for '/gigs/one', '/gigs/one/form', '/gigs/one/apply', $receipt, '/gigs/fragment.html';
like(preflight($receipt, 'DELETE'), qr/; GET, HEAD; /, 'not withdraw');
like(preflight('/gigs/one/self-id', 'POST'), qr/; GET, HEAD; /, 'nor identify');
like(preflight("$receipt/withdraw", 'POST'), qr/^405; \Q$LISTED[0]\E; -; -; -; 1/, 'by no address');
like(preflight('/gigs/nosuch/at/all', 'GET'), qr/^404; \Q$LISTED[0]\E; -;/, 'and nothing where nothing is');
is(ask('OPTIONS', '/gigs/', $LISTED[0])->{status}, 405, 'OPTIONS that asks for nothing is as ever');
like(preflight('/none/one', 'GET'), qr/^405; -; -; -; -; 0/, 'a location that is off');
is(preflight('/inherits/one', 'GET', 'https://everywhere.acme.example'), "204; https://everywhere.acme.example; GET, HEAD; $told", 'one that inherits');
like(preflight('/inherits/one', 'GET'), qr/^405; -; -; -; -; 1/, 'lets in those alone');
{
    my $keep = GigTest::Http->new($test->{port});
    $keep->raw("OPTIONS /gigs/one/applications HTTP/1.1\r\nHost: localhost\r\nOrigin: $LISTED[0]\r\nAccess-Control-Request-Method: POST\r\nContent-Length: 3\r\n\r\nabc"
        . "GET /gigs/one?format=json HTTP/1.1\r\nHost: localhost\r\nOrigin: $LISTED[0]\r\n\r\n");
    is($keep->answer('OPTIONS')->{status}, 204, 'a preflight with a body');
    is($keep->answer('GET')->{status}, 200, 'leaves the connection to the next');
}

# --- who lists none, and what is none of ours

my $none = ask('GET', '/none/?format=json', $LISTED[0]);
is(varies($none) . allowed($none), '0-', 'without origins nothing is said');
is($none->{headers}{vary}, 'Accept, Accept-Encoding', 'and Vary is as ever');
$test->write_file('files/x.txt', 'x') if mkdir "$test->{dir}/files";
my $file = ask('GET', '/files/x.txt', 'https://everywhere.acme.example');
is(varies($file) . allowed($file), '0-', 'a file that is no board\'s has none of it');

# --- policy

sub policy { my ($path) = @_; return $test->get($path)->{headers}{'content-security-policy'} =~ /frame-ancestors ([^;]*)$/ ? $1 : 'none' }
is(policy('/gigs/'), "'self' $list", 'listed origins may show it in a frame');
is(policy('/none/'), "'self'", 'nobody else');
is(policy('/if/one?x=1'), "'self' $list", 'in an if too');

# --- style sheet and scripts are everybody's

my $page = $test->get('/gigs/', headers => \%html)->{body};
for my $asset (map {"/gigs/$_"} $page =~ m{/gigs/(gig-[\w.-]+\.(?:css|js))"}g) {
    for my $origin ($LISTED[0], 'https://evil.example', 'null', undef) {
        my $answer = ask('GET', $asset, $origin);
        is(allowed($answer), '*', "$asset for " . ($origin // 'nobody'));
        is($answer->{headers}{'cross-origin-resource-policy'}, 'cross-origin', 'in any page');
        is(varies($answer), 0, 'the same for all');
    }
}
my ($css) = $page =~ m{/gigs/(gig-[0-9a-f]{8}\.css)};
is(allowed(ask('GET', "/none/$css", 'https://evil.example')), '*', 'without origins as well');
is(ask('GET', "/gigs/$css", 'null', headers => { 'If-None-Match' => ask('GET', "/gigs/$css")->{headers}{etag} })->{headers}{'access-control-allow-origin'}, '*', 'and with 304');

$test->{expected_log} = qr/\[emerg\]/;
$test->done;
