#!/usr/bin/perl
# Why: a hot page is compressed once and sent from stored bytes.  What a client gets must
# be what it can read and nothing else: no encoding it refused, none twice, none in a page
# that nginx puts together, and an ETag that names these very bytes.  And the memory for
# it stays within its bound whatever is asked.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Uncompress::Gunzip ();
use Test::More;
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $CACHE = 512 * 1024;
my $test = GigTest->new;
my $redis = $test->start_redis;
$test->write_file('page.html', '<b><!--# include virtual="/gigs/one?format=json" --></b>');

my %conf = (
    http   => "proxy_cache_path $test->{dir}/kept keys_zone=kept:1m; log_format gig '\$request_uri \$gig_cache \$gig_state \$sent_http_etag \$sent_http_vary'; access_log $test->{dir}/gig.log gig;",
    server => "root $test->{dir}; location = /page.html { ssi on; }"
        . ' location /filtered/ { gig acme; gzip on; gzip_min_length 1; gzip_types application/json text/css; gzip_vary on; gunzip on; }'
        . ' location /all/ { gig acme; gzip on; gzip_min_length 1; gzip_types *; gzip_vary on; gig_origins https://page.example; }'
        . " location /cached/ { proxy_pass http://127.0.0.1:$test->{port}/; proxy_http_version 1.1; proxy_cache kept; add_header X-Cache \$upstream_cache_status; }"
        . ' location /proxied/ { gig acme; gzip_proxied any; gzip_http_version 1.0; }'
        . ' location /slow/ { gig acme; limit_rate 4k; } location /gone/ { gig acme; error_page 410 /page.html; }'
        . ' location /guarded/ { auth_request /gigs/one; } location /added/ { gig acme; add_header X-Added yes; }',
);
$test->start_nginx(board => "cache_size $CACHE;", %conf);
mkdir "$test->{dir}/guarded";
$test->write_file('guarded/x', 'inside');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one', summary => 'many words ' x 40), gig_record('ended', closes_at => '2026-01-10T00:00:00Z'),
    map { gig_record("many-$_") } 1 .. 60);
$test->wait_total(62) or BAIL_OUT('no catalog');

sub get {
    my ($path, $coding, %header) = @_;
    $header{'Accept-Encoding'} = $coding if defined $coding;
    return $test->get($path, headers => \%header);
}

sub gunzip {
    my ($bytes) = @_;
    IO::Uncompress::Gunzip::gunzip(\$bytes => \my $text, Transparent => 0) or return '';
    return $text;
}

sub coding { $_[0]{headers}{'content-encoding'} // '-' }

sub metric {
    my ($name, $label) = (@_, '');
    my ($value) = $test->get('/metrics')->{body} =~ /^\Q$name\E\{[^}]*\Q$label\E[^}]*\} (\d+)/m;
    return $value // -1;
}

# --- once, twice

my $list = '/gigs/?format=json&limit=17';
my $first = get($list, 'gzip');
is(coding($first), '-', 'what is asked for once is sent as it is');
my $zipped = get($list, 'gzip');
is(coding($zipped), 'gzip', 'the second time it is compressed');
is(gunzip($zipped->{body}), $first->{body}, 'and the same');
is($zipped->{headers}{'content-length'}, length $zipped->{body}, 'with its own length');
cmp_ok(length $zipped->{body}, '<', length($first->{body}) / 3, 'which is shorter');
is(get($list, 'gzip')->{body}, $zipped->{body}, 'the third time the same bytes');
is(coding(get($list)), '-', 'who asks for no encoding gets none');
is(get($list)->{body}, $first->{body}, 'and the plain bytes');
my $br = get($list, 'gzip, br');
is(coding($br), 'br', 'brotli');
isnt($br->{body}, $zipped->{body}, 'other bytes');
cmp_ok(length $br->{body}, '<', length $first->{body}, 'shorter than plain');

SKIP: {
    my ($status, $text) = $test->run('curl', '-s', '--compressed', '-H', 'Accept-Encoding: br', "http://127.0.0.1:$test->{port}$list");
    skip 'a curl without brotli', 1 if $status != 0;
    is($text, $first->{body}, 'a client that is not ours reads it');
}

# --- what a client says it takes

for my $case (
    ['gzip', 'gzip'], ['GZIP', 'gzip'], ['gzip, deflate, br', 'br'], ['br', 'br'], ['br;q=1.0, gzip;q=0.8', 'br'], ['gzip, br;q=0.5', 'gzip'],
    ['gzip;q=0.5, br;q=0.5', 'br'], ['gzip, br;q=0', 'gzip'], ['gzip;q=0, br', 'br'], ['gzip;q=0, br;q=0', '-'], ['gzip;q=0', '-'],
    ['br;q=0.000', '-'], ['deflate', '-'], ['identity', '-'], ['*', '-'], ['', '-'], ['brotli, x-gzip2', '-'], ['br ; q=0 , gzip', 'gzip'],
    [' , ,br', 'br'], ['b', '-'], ['brr', '-'], ['x,' x 500 . 'br', 'br'])
{
    my $answer = get($list, $case->[0]);
    is(coding($answer), $case->[1], "Accept-Encoding: " . substr $case->[0], 0, 60);
    is($answer->{body}, $first->{body}, 'plain') if $case->[1] eq '-';
}

is(coding(get($list, 'gzip', Via => '1.1 proxy')), '-', 'a proxy in between: as gzip_proxied says, off');
is(coding(get($list, 'br', Via => '1.1 proxy')), '-', 'for br too');
get('/proxied/?format=json&limit=17', 'gzip') for 1, 2;
is(coding(get('/proxied/?format=json&limit=17', 'gzip', Via => '1.1 proxy')), 'gzip', 'gzip_proxied any');
for my $case (['/gigs', '-'], ['/proxied', 'gzip']) {
    my $old = GigTest::Http->new($test->{port});
    $old->raw("GET $case->[0]/?format=json&limit=17 HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    is(coding($old->answer('GET')), $case->[1], "HTTP/1.0, as gzip_http_version says: $case->[0]");
}

# --- headers

is($zipped->{headers}{vary}, 'Accept, Accept-Encoding', 'Vary, once');
my %tag = (plain => $first->{headers}{etag}, gzip => $zipped->{headers}{etag}, br => $br->{headers}{etag});
is_deeply([map { $tag{$_} =~ /^"[^"]+"$/ ? 1 : 0 } sort keys %tag], [1, 1, 1], 'strong ETags');
is(scalar keys %{ { map { $_ => 1 } values %tag } }, 3, 'one each');
is($zipped->{headers}{link}, $first->{headers}{link}, 'Link as ever');

for my $case (['gzip', 'gzip'], ['gzip, br', 'br'], [undef, 'plain']) {
    my ($coding, $name) = @$case;
    my @header = defined $coding ? ('Accept-Encoding' => $coding) : ();
    my $get = $test->get($list, headers => {@header});
    my $head = $test->http('HEAD', $list, headers => {@header});
    is($head->{headers}{$_} // '', $get->{headers}{$_} // '', "HEAD as GET, $name: $_") for qw(content-length content-encoding etag vary);

    my $same = get($list, $coding, 'If-None-Match' => $tag{$name});
    is($same->{status}, 304, "304 for its own ETag, $name");
    is($same->{headers}{etag}, $tag{$name}, 'with it');
    is(coding($same), '-', 'and no encoding');
    is($same->{headers}{vary}, 'Accept, Accept-Encoding', 'but Vary');
}
is(get($list, 'gzip', 'If-None-Match' => $tag{br})->{status}, 200, 'what the client keeps is not what it can have');
is(get($list, undef, 'If-None-Match' => $tag{gzip})->{status}, 200, 'nor is gzip for one that takes none');
my $kept = get($list, 'gzip', 'If-None-Match' => $tag{plain});
is("$kept->{status} $kept->{headers}{etag}", "304 $tag{plain}", 'who kept the plain one may go on with it');
is(get($list, 'gzip', 'If-None-Match' => "W/$tag{plain}")->{status}, 304, 'as may one who had it compressed by nginx');

# --- nginx's other parts

my $filtered = '/filtered/?format=json&limit=17';
my $once = get($filtered, 'gzip');
is(coding($once), 'gzip', "nginx's own filter, the first time");
like($once->{headers}{etag}, qr/^W\//, 'weakens the ETag');
my $twice = get($filtered, 'gzip');
is(coding($twice), 'gzip', 'one encoding the second time');
like($twice->{headers}{etag}, qr/^"/, 'a strong ETag');
is(gunzip($twice->{body}), gunzip($once->{body}), 'and the same list');
like($_->{headers}{vary}, qr/\bAccept, Accept-Encoding$/, 'Vary, also behind that of gzip_vary') for $once, $twice, get($filtered);

# A cache in front that heeds one Vary of several, as nginx's own before 1.23 does, has to find all in it.
for my $path (qw(filtered/?format=json&limit=18 filtered/openapi.json filtered/one all/?format=json&limit=18 all/openapi.json all/one all/robots.txt)) {
    get("/cached/$path", 'gzip') for 1 .. 3;
    my $unread = $test->get("/cached/$path", unwatched => 1);
    is(coding($unread) . ' ' . length $unread->{body}, '- ' . length get("/$path")->{body}, "plain for who reads nothing else, whoever asked first: $path");
    is(coding(get("/cached/$path", 'gzip')), 'gzip', 'and compressed for who can');
}
is(get($filtered, 'gzip', 'If-None-Match' => $once->{headers}{etag})->{status}, 304, "nginx's own ETag still holds");

get('/gigs/one?format=json', 'gzip') for 1 .. 3;
my $page = get('/page.html', 'gzip, br');
like($page->{body}, qr{^<b>\{.*"id":"one".*\}</b>}, 'an include is plain');
is(coding($page), '-', 'as is what it is in');
is(get('/guarded/x', 'gzip')->{body}, 'inside', 'auth_request');
get('/added/?limit=3', 'gzip') for 1, 2;
is(get('/added/?limit=3', 'gzip')->{headers}{'x-added'}, 'yes', 'add_header');

for my $path ('/gigs/one', '/gigs/one?format=html', '/gigs/one/form', '/gigs/?format=html') {
    my $plain = get($path);
    is(gunzip(get($path, 'gzip')->{body}), $plain->{body}, "compressed too: $path");
}
my ($style) = get('/gigs/?format=html')->{body} =~ /href="(\/gigs\/gig-[0-9a-f]{8}\.css)"/;
my $css = get($style);
my $css2 = get($style, 'gzip');
is(gunzip($css2->{body}), $css->{body}, 'the style sheet');
is($css2->{headers}{vary}, 'Accept-Encoding', 'which varies by encoding only');
is(get($style, 'gzip', 'If-None-Match' => $css2->{headers}{etag})->{status}, 304, 'and has its ETag');
is(get('/gigs/ended', 'gzip')->{status}, 410, 'a 410, once') for 1 .. 3;
is($test->get('/gone/ended', unwatched => 1)->{status}, 410, "an error_page for it, every time") for 1 .. 3;
like($test->get('/gone/ended', unwatched => 1)->{body}, qr/^<b>/, 'answers');

# --- spellings

sub misses { metric('gig_cache_total', 'result="miss"') }
sub entries { metric('gig_worker_cache_entries') }

my $json = get('/gigs/?format=json&limit=9');
my ($misses, $entries) = (misses(), entries());
my @spellings = ('limit=9&format=json', 'format=json&limit=9&state=open', 'limit=%39&format=json', 'utm_source=x&format=json&limit=9',
    '&&limit=9&&format=json&', map {"format=json&limit=9&tag=$_"} 1 .. 20);
for my $round (1, 2) {
    is_deeply([grep { get("/gigs/?$_")->{body} ne $json->{body} } @spellings], [], "$round: other spellings, the same answer");
}
is(misses(), $misses, 'from the same entry');
is(entries(), $entries, 'and no other');
is(get('/gigs/?limit=9&format=xml')->{status}, 400, 'what is wrong stays wrong') for 1, 2;
like(get('/gigs/?limit=9', undef, Accept => 'text/html')->{headers}{'content-type'}, qr/html/, 'Accept counts') for 1, 2;
like(get('/gigs/?limit=9', undef, Accept => 'application/json')->{headers}{'content-type'}, qr/json/, 'both ways') for 1, 2;
is($test->http('POST', '/gigs/?limit=9', body => 'x')->{status}, 405, 'another method is none of it');
like(get("/gigs/?limit=9&x=" . 'y' x 600)->{body}, qr/^\{"board"/, 'a long one is answered') for 1, 2;

# --- visits

my $visits = sub { my $of = $redis->hash('gig:{acme}:visits'); my ($key) = grep { / many-5 poster view$/ } keys %$of; return $key ? $of->{$key} : 0 };
$test->http('HEAD', '/gigs/many-5?source=poster') for 1 .. 3;
get('/gigs/many-5?source=poster') for 1 .. 7;
get('/gigs/many-5?x=1&source=poster', undef, Accept => 'text/html') for 1 .. 5;
$test->http('HEAD', '/gigs/many-5?source=poster') for 1 .. 3;
get('/gigs/many-5?source=flyer') for 1 .. 3;

# --- a slow reader, while the cache lets go of what it reads

get('/slow/?limit=20&format=json', 'gzip') for 1, 2;
my $slow = GigTest::Http->new($test->{port}, timeout => 30);
$slow->send('GET', '/slow/?limit=20&format=json', headers => { 'Accept-Encoding' => 'gzip', Connection => 'close' });
GigTest::Publish::put($test, gig_record('many-1', title => 'Changed meanwhile'));
ok(wait_for { json_of(get('/gigs/many-1'))->{title} eq 'Changed meanwhile' } 'the change');
is(scalar @{ json_of(gunzip($slow->answer('GET')->{body}))->{gigs} }, 20, 'a slow reader gets its whole answer');
ok(wait_for { $test->read_file('gig.log') =~ m{^/slow/\S+ HIT - \S+-gzip\S* Accept}m } 'a log may quote its headers');

# --- the visits have had time to reach Redis

ok(wait_for { $visits->() == 12 } 'every visit to be counted, hot or not', 15) or diag($visits->());

# --- the bound

my ($most, $connection) = (0, GigTest::Http->new($test->{port}));
for my $n (1 .. 10_000) {
    if ($n % 900 == 0) {        # keepalive_requests is 1,000
        $connection = GigTest::Http->new($test->{port});
        my $now = metric('gig_worker_cache_bytes');
        $most = $now if $now > $most;
    }
    my $path = $n % 2 ? "/gigs/one?format=html&source=n$n" : '/gigs/?limit=' . (1 + $n % 20) . "&format=html&t=$n";
    $connection->send('GET', $path, headers => { 'Accept-Encoding' => 'gzip, br' });
    my $answer = $connection->answer('GET');
    $answer->{status} == 200 or fail("$path: $answer->{status}");
}
cmp_ok($most, '>', $CACHE / 2, '10,000 different questions: the cache is used');
cmp_ok($most, '<=', $CACHE, 'and stays within its size');
get($list, 'gzip') for 1, 2;
is(gunzip(get($list, 'gzip')->{body}), get($list)->{body}, 'and answers are right');

# --- off

ok($test->stop_nginx, 'nginx ends');
$test->start_nginx(board => 'compress off;', %conf);
ok(wait_for { get('/gigs/one')->{status} == 200 } 'nginx to serve again');
is(coding(get($list, 'gzip, br')), '-', 'compress off') for 1 .. 3;
is(coding(get($filtered, 'gzip')), 'gzip', "leaves it to nginx's filter") for 1 .. 3;

$test->done;
