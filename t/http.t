#!/usr/bin/perl
# Why: the module is one citizen of nginx among others.  Subrequests, SSI,
# auth_request, error_page, pipelining, HTTP/2, slow readers, reloads and clients
# that leave must find it behaving as nginx's own handlers do.

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
$test->write_file('page.html', '<b><!--# include virtual="/gigs/one?format=json" --></b><i><!--# include virtual="/gigs/nosuch?format=json" --></i>');
$test->write_file('sorry.html', 'our own page');
my $h2 = GigTest::port();

$test->start_nginx(
    http   => "log_format gig '\$uri \$status \$gig_board \$gig_cache'; access_log $test->{dir}/gig.log gig;",
    main   => 'thread_pool gig threads=2;',
    server => "listen 127.0.0.1:$h2 http2; root $test->{dir}; location = /page.html { ssi on; } location = /sorry.html { }"
        . ' location /guarded/ { auth_request /gigs/one; } location /refused/ { auth_request /gigs/nosuch; }'
        . ' location /errors/ { gig acme; error_page 404 /sorry.html; error_page 410 =200 /sorry.html; error_page 503 /sorry.html; }'
        . ' location /mirrored/ { mirror /gigs/one/applications; return 200 "done"; }'
        . ' location /rewritten/ { rewrite ^/rewritten/(.*)$ /gigs/$1 last; }'
        . ' location /plain { gig acme; } location "/with space/" { gig acme; }'
        . ' location /if/ { gig acme; if ($arg_x) { set $gig_x 1; } location /if/nested/ { gig acme; } }');
mkdir "$test->{dir}/guarded";
$test->write_file('guarded/x', 'inside');

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one'), gig_record('ended', closes_at => '2026-01-10T00:00:00Z'),
    map { gig_record("many-$_", summary => 'x' x 400) } 1 .. 120);
$test->wait_total(122) or BAIL_OUT('no catalog');

# --- headers that every answer has

for my $path ('/gigs/', '/gigs/?format=html', '/gigs/one', '/gigs/ended', '/gigs/nosuch', '/gigs/?limit=0', '/gigs/receipts/x', '/gigs/one/form',
    '/if/one', '/if/one?x=1', '/if/nested/one', '/if/nosuch?x=1')
{
    my $answer = $test->get($path);
    is($answer->{headers}{'x-content-type-options'}, 'nosniff', "nosniff: $path");
    like($answer->{headers}{'content-security-policy'}, qr/default-src 'none'.*frame-ancestors 'self'/, "CSP: $path");
    ok($answer->{headers}{'referrer-policy'}, "Referrer-Policy: $path");
    is($answer->{headers}{'content-length'}, length $answer->{body}, "whole: $path");
}

# --- addresses

is($test->get('/gigs')->{status}, 301, 'the prefix without its slash');
my $plain = $test->get('/plain');
is($plain->{status}, 301, 'and that of a location without one');
is($plain->{headers}{location}, '/plain/', 'leads to the prefix, whatever Host says');
is(json_of($test->get('/plain/one?format=json'))->{url}, '/plain/one', 'addresses start at the location');
is(json_of($test->get('/with%20space/one?format=json'))->{url}, '/with%20space/one', 'percent-encoded');
is(json_of($test->get('/rewritten/one?format=json'))->{id}, 'one', 'after a rewrite');
is($test->get('/plainfoo')->{status}, 404, 'another word that starts so');

for my $path ('/gigs/receipts', '/gigs/receipts/', '/gigs/a.b', '/gigs/one/', '/gigs/one/X', '/gigs/' . 'a' x 41, '/gigs/%7Bx', '/gigs/gig-00000000.css', '/gigs/gig-00000000.js') {
    is($test->get($path)->{status}, 404, "404: $path");
}

# Names that no gig can have.  Those that nothing answers yet are a 404 with any method.
my $routes = $test->source('ngx_gig_module/http/ngx_http_gig_route.c');
my %answered = map { $_ => 1 } $routes =~ /^    \[NGX_HTTP_GIG_ROUTE_(\w+)\] = \{/mg;
my %named = $routes =~ /^    \{ "([^"]+)", NGX_HTTP_GIG_ROUTE_(\w+) \},$/mg;
cmp_ok(scalar keys %named, '>', 10, 'the table of names is found');
for my $name (grep { !$answered{ $named{$_} } } sort keys %named) {
    my $path = ($name =~ /\.ics$/ ? '/gigs/one/' : '/gigs/') . $name =~ s/#/12/r;
    is($test->http($_, $path)->{status}, 404, "nothing yet: $_ $path") for qw(GET POST OPTIONS);
}
is($test->get("/gigs/$_")->{status}, 404, "no name: $_") for qw(sitemap-.xml sitemap-1x.xml sitemap-1.xmlx feed.ato feed.atomm one/opens.icss);

my $list = $test->get('/gigs/?format=html')->{body} . $test->get('/gigs/one/apply')->{body};

for my $case (['css', qr/href="\/gigs\/(gig-[0-9a-f]{8}\.css)"/], ['javascript', qr/<script defer src="\/gigs\/(gig-[0-9a-f]{8}\.js)">/],
    ['javascript', qr/<script defer src="\/gigs\/(gig-form-[0-9a-f]{8}\.js)">/])
{
    my ($type, $where) = @$case;
    my ($name) = $list =~ $where;
    my $asset = $test->get("/gigs/$name");
    is($asset->{headers}{'content-type'}, "text/$type; charset=utf-8", "the $type");
    is($asset->{headers}{'cache-control'}, 'max-age=31536000, immutable', 'for ever');
    is($test->get("/gigs/$name", headers => { 'If-None-Match' => $asset->{headers}{etag} })->{status}, 304, 'and not twice');
}

unlike($test->get('/gigs/one?format=html')->{body}, qr/<script(?! type="application\/ld\+json">)/, 'no script where none is needed');

for my $method (qw(POST PUT DELETE PATCH OPTIONS)) {
    my $answer = $test->http($method, '/gigs/one', body => 'x=1', headers => { 'Content-Type' => 'text/plain' });
    is($answer->{status}, 405, "405: $method");
    is($answer->{headers}{allow}, 'GET, HEAD', 'with Allow');
}

# --- nginx's own machinery

my $page = $test->get('/page.html')->{body};
like($page, qr{^<b>\{.*"id":"one".*\}</b>}, 'an SSI include of a gig');
like($page, qr{<i>.*not-found.*</i>}, 'and of one that is not there');
is($test->get('/guarded/x')->{body}, 'inside', 'auth_request by a gig that is there');
is($test->get('/refused/x')->{status}, 500, 'auth_request by one that is not (404 is no yes)');
is($test->http('POST', '/mirrored/', body => '{}', headers => { 'Content-Type' => 'application/json' })->{status}, 200, 'a mirror into the intake');
is($redis->cmd('XLEN', 'gig:{acme}:applications') // 0, 0, 'applies nowhere');

my $sorry = $test->get('/errors/nosuch', unwatched => 1);
is("$sorry->{status} $sorry->{body}", '404 our own page', 'error_page');
my $ended = $test->get('/errors/ended', headers => { Accept => 'text/html' }, unwatched => 1);
is("$ended->{status} $ended->{body}", '200 our own page', 'error_page with another status');
is($test->get('/errors/one')->{status}, 200, 'and what is well is untouched');
ok(wait_for { $test->read_file('gig.log') =~ m{^/sorry.html 404 acme }m } 'variables to outlive the internal redirect');

# --- one connection

my $connection = GigTest::Http->new($test->{port});
my @paths = ('/gigs/one?format=json', '/gigs/nosuch', '/gigs/?limit=1', '/gigs/one/form', '/gigs/receipts/x', '/gigs/ended', '/gigs/one?format=json');
$connection->raw(join '', map {"GET $_ HTTP/1.1\r\nHost: localhost\r\n\r\n"} @paths);
is(join(' ', map { $connection->answer('GET')->{status} } @paths), '200 404 200 200 404 410 200', 'pipelined: each answer in its place');

for my $path ('/gigs/', '/gigs/one', '/gigs/ended', '/gigs/nosuch', '/gigs/one/form', '/metrics', '/gig-health') {
    my $two = GigTest::Http->new($test->{port});
    $two->send('HEAD', $path);
    my $head = $two->answer('HEAD');
    $two->send('GET', $path);
    my $get = $two->answer('GET');
    is($head->{status}, $get->{status}, "HEAD as GET: $path");
    next if $path eq '/metrics';
    is($head->{headers}{'content-length'}, $get->{headers}{'content-length'}, "and as long: $path");
}

SKIP: {
    skip 'no curl', 2 unless grep { -x "$_/curl" } split /:/, $ENV{PATH};
    my ($code, $text) = $test->run('curl', '-s', '--http2-prior-knowledge', "http://127.0.0.1:$h2/gigs/one?format=json");
    is(json_of($text)->{id}, 'one', 'HTTP/2');
    my $body = JSON::PP->new->utf8->encode({ answers => $test->answers });
    ($code, $text) = $test->run('curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--http2-prior-knowledge', '-H', 'Content-Type: application/json',
        '-H', 'Idempotency-Key: "h2"', '-d', $body, "http://127.0.0.1:$h2/gigs/one/applications");
    is($text, 202, 'an application by HTTP/2');
}

# --- a slow reader keeps what it was promised while the catalog moves on

my $slow = GigTest::Http->new($test->{port});
$slow->raw("GET /gigs/?limit=100&format=json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" . "") for 1;
sleep 0.1;
GigTest::Publish::put($test, gig_record('one', title => 'Changed meanwhile'));
ok(wait_for { json_of($test->get('/gigs/one'))->{title} eq 'Changed meanwhile' } 'the change');
is(scalar @{ json_of($slow->answer('GET'))->{gigs} }, 100, 'a slow reader gets its whole answer');

# --- reload twice, with a request waiting for Redis

for my $round (1, 2) {
    # A worker that has just started has no link yet, and would rightly say 503.
    ok(wait_for { !grep { $test->get('/gig-health?for=intake')->{status} != 200 } 1 .. 20 } "every worker of round $round has its link");
    $redis->pause;
    my $waiting = GigTest::Http->new($test->{port});
    $waiting->send('POST', '/gigs/one/applications', body => JSON::PP->new->utf8->encode({ answers => $test->answers(email => "r$round\@example.edu") }),
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"reload-$round\"" });
    sleep 0.1;
    kill 'HUP', $test->{nginx};
    sleep 0.3;
    $redis->resume;
    is($waiting->answer('POST')->{status}, 202, "a request that waited for Redis over reload $round");
}
ok(wait_for { $test->get('/gigs/one')->{status} == 200 } 'the new workers to serve');

$test->done;
