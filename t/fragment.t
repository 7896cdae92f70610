#!/usr/bin/perl
# Why: a fragment stands in a page of the company's.  Whatever goes wrong in it must stay in it: no
# second <html>, no error page of nginx's, no bytes compressed twice, and the page around it is
# served.  Several are asked at once, by pages that are guarded, compressed, sent by HTTP/2.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Uncompress::Gunzip ();
use Test::More;
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $test  = GigTest->new;
my $redis = $test->start_redis;
my $h2    = GigTest::port();

sub page { my ($name, $inside) = @_; $test->write_file($name, "<!doctype html><title>Acme</title><p>before</p>$inside<p>after</p>") }
sub include { my ($query, $more) = @_; '<!--# include virtual="/gigs/fragment.html' . $query . '"' . ($more // '') . ' -->' }

page('one.html',   include('?department=Marketing&limit=5'));
page('many.html',  join '<hr>', map { include("?limit=$_&icons=0&style=0") } 1 .. 6);
page('wait.html',  include('?limit=1', ' wait="yes"') . '<hr>' . include('?limit=2', ' wait="yes"'));
page('mixed.html', join '<hr>', include('?limit=1'), include('?limit=zz'), '<!--# include virtual="/gigs/fragment.html/nothing" -->', include('?limit=2'));
page('broken.html', include('?limit=zz'));
page('stub.html',  '<!--# block name="instead" --><i>instead</i><!--# endblock -->' . include('?limit=1', ' stub="instead"'));
page('errors.html', '<!--# include virtual="/paged/fragment.html?limit=zz" -->');
page('set.html',   '<!--# include virtual="/gigs/fragment.html?limit=1" set="cards" --><b><!--# echo var="cards" encoding="none" --></b>');
page('whole.html', 'a whole page of the company');

my $pages = "root $test->{dir}; ssi on; ssi_min_file_chunk 1;"
    . ' location /paged/ { gig acme; error_page 400 503 /whole.html; }'
    . ' location = /guard { internal; if ($request_uri ~ in=1) { return 204; } return 403; }'
    . ' location = /guarded.html { auth_request /guard; try_files /one.html =404; }'
    . ' location = /zipped.html { gzip on; gzip_min_length 1; try_files /many.html =404; }'
    . ' location = /chunked.html { gzip on; gzip_min_length 1; gzip_types *; try_files /mixed.html =404; }';
$test->start_nginx(location => 'ssi off;', server => $pages, http => "server { listen 127.0.0.1:$h2 http2; location /gigs/ { gig acme; } $pages }");

sub get {
    my ($path, %header) = @_;
    return $test->get($path, headers => \%header);
}

sub cards { my ($text) = @_; return scalar(() = $text =~ /<li class="gig-card">/g) }

sub whole {
    my ($answer, $what) = @_;
    is($answer->{status}, 200, "$what: the page is served");
    like($answer->{body}, qr{^<!doctype html><title>Acme</title><p>before</p>.*<p>after</p>$}s, "$what: from its beginning to its end");
    is(scalar(() = $answer->{body} =~ /<html|<body|<!doctype|<center>nginx|<h1>5\d\d|<h1>4\d\d/gi), 1, "$what: and is one page");
    return $answer->{body};
}

# --- before there is a catalog

my $early = get('/gigs/fragment.html');
is($early->{status}, 503, 'asked by itself: 503');
is($early->{headers}{'retry-after'}, 5, 'with Retry-After');
like($early->{headers}{'content-type'}, qr{^text/html}, 'as HTML');
like($early->{body}, qr{<div class="gig-page gig-fragment" data-gig-state="error"}, 'and a piece of a page');
unlike($early->{body}, qr{<html|<body}, 'not a whole one');
my $body = whole(get('/one.html'), 'without a catalog');
like($body, qr{data-gig-state="error".*has not been loaded yet}s, 'the fragment says so');
unlike(whole(get('/errors.html'), 'with an error_page'), qr/a whole page of the company/, 'which is not put into the page');

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, (map { gig_record("m$_", posted_at => "2026-01-0${_}T12:00:00Z") } 1 .. 7), gig_record('other', department => 'Data & Sales'),
    gig_record('later', opens_at => '2199-01-10T00:00:00Z'), gig_record('ended', closes_at => '2026-01-10T00:00:00Z'));
$test->wait_total(10) or BAIL_OUT('no catalog');

# --- by itself

my $alone = get('/gigs/fragment.html?department=Marketing&limit=5', Accept => 'application/json');
is($alone->{status}, 200, 'asked by itself');
is($alone->{headers}{'content-type'}, 'text/html; charset=utf-8', 'HTML, whatever Accept says');
is($alone->{headers}{'x-robots-tag'}, 'noindex', 'nothing for search engines');
ok(!$alone->{headers}{link}, 'no next page');
is(cards($alone->{body}), 5, 'five cards');
like($alone->{body}, qr{^<link rel="stylesheet" href="/gigs/gig-[0-9a-f]{8}\.css">\n<svg class="gig-symbols"}, 'with style sheet and icons');
like($alone->{body}, qr{<a href="/gigs/\?department=Marketing">See all 7 gigs that match</a>}, 'and a link to the list');
unlike($alone->{body}, qr{<html|<body|<main|<script}, 'and nothing else');
like($alone->{body}, qr{<a href="/gigs/m7">}, 'cards lead to the gigs');
is(get('/gigs/fragment.html?limit=5&department=marketing&format=json&facets=1')->{headers}{etag}, $alone->{headers}{etag}, 'one answer to one question');
is(get('/gigs/fragment.html?department=Marketing&limit=5', 'If-None-Match' => $alone->{headers}{etag})->{status}, 304, 'and 304 for who has it');
my $head = $test->http('HEAD', '/gigs/fragment.html?department=Marketing&limit=5');
is("$head->{status} $head->{headers}{'content-length'} $head->{body}", '200 ' . length($alone->{body}) . ' ', 'HEAD');
is($test->http('POST', '/gigs/fragment.html', body => 'x')->{status}, 405, 'POST: 405');
is(get('/gigs/fragment.html/x')->{status}, 404, 'nothing below it');
like(get('/gigs/fragment.html?state=scheduled')->{body}, qr{/gigs/later"}, 'other states');
like(get('/gigs/fragment.html?skill=Nothing')->{body}, qr{data-gig-state="empty".*No gig matches right now}s, 'none');
my $bare = get('/gigs/fragment.html?department=Marketing&limit=5&style=0&icons=0')->{body};
is($bare, $alone->{body} =~ s{^<link .*\n}{}r =~ s{^<svg class="gig-symbols".*?</svg>(?=\n)}{}sr, 'style=0 and icons=0 leave these out');
my $wrong = get('/gigs/fragment.html?limit=zz&style=0&icons=0');
is($wrong->{status}, 400, 'a wrong value: 400');
like($wrong->{body}, qr{^\n<div class="gig-page gig-fragment" data-gig-state="error".*The parameter &quot;limit&quot; is &quot;zz&quot;}s, 'as a fragment, without what was not wanted');
is(get('/paged/fragment.html?limit=zz')->{status}, 400, 'error_page is not for fragments');
unlike(get('/paged/fragment.html?limit=zz')->{body}, qr/a whole page/, 'asked by itself neither');

like(get("/gigs/fragment.html")->{headers}{vary}, qr{Accept-Encoding}, "varies as lists do");

my ($sheet) = $alone->{body} =~ m{href="(/gigs/gig-[0-9a-f]{8}\.css)"};
unlike(get($sheet)->{body}, qr/:root\)\{[^}]*color-scheme/, 'the style sheet leaves it to the page whether it can be dark');

# --- in pages

is(cards(whole(get('/one.html'), 'one')), 5, 'five cards');
$body = whole(get('/many.html'), 'six at once');
is(cards($body), 21, 'with the cards of all of them');
is_deeply([map { cards($_) } split /<hr>/, $body], [1 .. 6], 'each in its place');
is(cards(whole(get('/many.html'), 'again, from the cache')), 21, 'the same');
is_deeply([map { cards($_) } split /<hr>/, whole(get('/wait.html'), 'one after the other')], [1, 2], 'each in its place');
$body = whole(get('/mixed.html'), 'a wrong one among right ones');
is_deeply([map { cards($_) } split /<hr>/, $body], [1, 0, 0, 2], 'the others are there');
like((split /<hr>/, $body)[1], qr/data-gig-state="error"/, 'it says what is wrong');
like(whole(get('/broken.html'), 'a wrong one alone'), qr/data-gig-state="error"/, 'says so');
is(cards(whole(get('/stub.html'), 'with a stub')), 1, 'which is not needed');
like(whole(get('/set.html'), 'into a variable'), qr{<b><link.*<li class="gig-card">.*</b>}s, 'and from it');
is($test->http('HEAD', '/many.html')->{body}, '', 'HEAD of such a page');

# --- guarded

is(get('/guarded.html')->{status}, 403, 'a guarded page');
is(cards(whole(get('/guarded.html?in=1'), 'who may see it')), 5, 'sees the gigs');

# --- compressed

my %zip = ('Accept-Encoding' => 'gzip');
for my $time (1 .. 3) {
    my $zipped = get('/zipped.html', %zip);
    is($zipped->{headers}{'content-encoding'}, 'gzip', "compressed as a whole: $time");
    IO::Uncompress::Gunzip::gunzip(\$zipped->{body} => \my $text, Transparent => 0);
    is(cards($text // ''), 21, 'and once');
    IO::Uncompress::Gunzip::gunzip(\get('/chunked.html', %zip)->{body} => \my $mixed, Transparent => 0);
    is(cards($mixed // ''), 3, 'one with a wrong one too');
}
get('/gigs/fragment.html?limit=3', %zip) for 1 .. 2;
is(get('/gigs/fragment.html?limit=3', %zip)->{headers}{'content-encoding'}, 'gzip', 'a fragment by itself is compressed');
is_deeply([map { cards($_) } split /<hr>/, whole(get('/many.html', %zip), 'in a page that is not')], [1 .. 6], 'its plain bytes are used');

# --- HTTP/2

SKIP: {
    my ($code, $version) = $test->run('curl', '--version');
    skip 'a curl without HTTP/2', 3 if $code != 0 || $version !~ /HTTP2/;
    my @curl = ('curl', '-s', '--http2-prior-knowledge', '--parallel', '--parallel-immediate');
    my ($status, $text) = $test->run(@curl, map {"http://127.0.0.1:$h2$_"} qw(/many.html /mixed.html /one.html));
    is($status, 0, 'three pages over one connection of HTTP/2');
    is(cards($text), 21 + 3 + 5, 'with all of their cards');
    ($status, $text) = $test->run(@curl, '--compressed', map {"http://127.0.0.1:$h2$_"} qw(/zipped.html /guarded.html?in=1));
    is(cards($text), 21 + 5, 'compressed and guarded');
}

# --- out of step, and down

$redis->stop('KILL');
my $stale = wait_for { my $answer = get('/gigs/fragment.html'); $answer->{body} =~ /data-gig-state="stale"/ && $answer } 'the state to be stale', 20;
like($stale->{body}, qr/may be a little behind/, 'which is said') if $stale;
like(whole(get('/one.html'), 'with Redis gone'), qr/data-gig-state="stale"/, 'the page has its cards');

$test->done;
