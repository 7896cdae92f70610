#!/usr/bin/perl
# Why: a gig's address is handed on for years, and its title changes.  Whatever slug an address
# has, it must lead to the gig by its id, in one step and with its query; only one address may be
# told to search engines; and no slug may take an address that leads to something else.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

my $test = GigTest->new;
$test->start_redis;
$test->write_file('page.html', '<b><!--# include virtual="/gigs/one/before?format=json" --></b>');
$test->start_nginx(
    http   => "log_format gig '\$request_uri \$status \$gig_id \$gig_cache'; access_log $test->{dir}/gig.log gig; gig_board away { redis 127.0.0.1:1; state $test->{dir}/state/away; }",
    server => "root $test->{dir}; location = /page.html { ssi on; } location /away/ { gig away; } location /plain { gig acme; }"
        . ' location /own/ { gig acme; error_page 404 /page.html; } location /split/ { rewrite ^ /gigs/one/before?a=$uri? last; }');
GigTest::Publish::ready($test, 'nonce-of-a-test');
my @words = qw(form apply applications self-id);
GigTest::Publish::put($test,
    gig_record('one', title => 'Competitor pricing: scan & memo'),
    gig_record('own', slug => 'of-the-record'),
    gig_record('signs', title => "\x{8bbe}\x{8ba1}"),
    gig_record('ended', title => 'Ended', closes_at => '2026-01-10T00:00:00Z'),
    gig_record('soon', title => 'Not yet', visible_from => '2030-01-10T00:00:00Z'),
    map({ gig_record("is-$_", slug => $_) } @words));
$test->wait_total(4 + @words) or BAIL_OUT('no catalog');

# --- the gig's own slug, and others

my $plain = $test->get('/gigs/one');
for my $format (qw(json html)) {
    my $bare = $test->get("/gigs/one?format=$format");
    for my $times (1 .. 3) {
        my $answer = $test->get("/gigs/one/competitor-pricing-scan-memo?format=$format");
        is($answer->{status}, 200, "$format with the slug");
        is($answer->{body}, $bare->{body}, 'the same bytes');
        is($answer->{headers}{etag}, $bare->{headers}{etag}, 'and ETag');
    }
}
is($test->get('/gigs/one')->{body}, $plain->{body}, 'without a slug it is as before');
is(json_of($plain)->{url}, '/gigs/one', 'and JSON names the address without');
is($test->get('/gigs/own/of-the-record')->{status}, 200, "a record's own slug");

sub leads {
    my ($from, $to, $what) = @_;
    for my $times (1 .. 2) {
        my $answer = $test->get($from);
        is("$answer->{status} " . ($answer->{headers}{location} // ''), "301 $to", "$what: $from");
    }
    return $test->get($from);
}
my $moved = leads('/gigs/one/before', '/gigs/one/competitor-pricing-scan-memo', 'another slug');
is($moved->{headers}{'cache-control'}, 'max-age=60', 'for a minute: titles change back as well');
is($moved->{body}, '', 'with no body');
leads('/gigs/one/before?format=html&source=a%20b&x=%2F', '/gigs/one/competitor-pricing-scan-memo?format=html&source=a%20b&x=%2F', 'the query is kept');
leads('/gigs/signs/designer', '/gigs/signs', 'a gig without a slug');
leads('/plain/one/before', '/plain/one/competitor-pricing-scan-memo', 'of another location');
is($test->http('HEAD', '/gigs/one/before')->{status}, 301, 'HEAD');
like($test->get('/split/x%0d%0aSet-Cookie:%20a=b')->{headers}{location} // '', qr{^/gigs/one/competitor-pricing-scan-memo$}, 'what a rewrite puts into the query does not split the header');
like($test->get('/page.html')->{body}, qr{^<b>\{.*"id":"one"}, 'an include cannot follow, and gets the gig');

# --- what has no slug

for my $path ('/gigs/one/', '/gigs/one/Before', '/gigs/one/a.b', '/gigs/one/a/b', '/gigs/one/caf%C3%A9', '/gigs/one/' . 'a' x 121, '/gigs/nosuch/one', '/gigs/soon/not-yet', '/gigs/soon/before', '/gigs/receipts/x/y') {
    is($test->get($path)->{status}, 404, "404: $path");
}
is($test->get("/gigs/ended/$_")->{status}, 410, "an ended gig is gone at once: $_") for qw(ended before);
is($test->http('POST', '/gigs/one/before', body => 'x=1', headers => { 'Content-Type' => 'text/plain' })->{status}, 405, 'no method but GET');
is($test->get('/away/one/before')->{status}, 503, 'without a catalog nothing is known of slugs');

# --- reserved words: as many as there are addresses behind an id

my $source = $test->source('ngx_gig_module/http/ngx_http_gig_route.c');
my ($table) = $source =~ /ngx_http_gig_item_names\[\] = \{(.*?)\};/s;
my @there = grep { !/[.\/]/ } $table =~ /\{ "([^"]+)"/g;
is_deeply([sort @there], [sort @words], 'no slug has the name of an address behind the id');
for my $word (@words) {
    isnt($test->get("/gigs/is-$word/$word")->{status}, 301, "$word leads to where it did");
    is($test->get("/gigs/is-$word/x")->{headers}{location}, "/gigs/is-$word", 'and the gig has no slug');
}

# --- a title that changes takes its slug along

GigTest::Publish::put($test, gig_record('one', title => 'Quite another title'));
ok(wait_for { json_of($test->get('/gigs/one'))->{title} eq 'Quite another title' } 'the change');
leads('/gigs/one/competitor-pricing-scan-memo', '/gigs/one/quite-another-title', 'the old one');
is($test->get('/gigs/one/quite-another-title?format=json')->{status}, 200, 'the new one');
ok(wait_for { $test->read_file('gig.log') =~ m{^/gigs/one/before 301 one }m } '$gig_id of an address with a slug');

# --- one canonical address

ok($test->stop_nginx, 'nginx ends');
$test->start_nginx(board => 'public_url https://jobs.acme.example/careers/;');
ok($test->wait_total(4 + @words), 'a board with a public_url');
for my $path (qw(/gigs/one /gigs/one/quite-another-title)) {
    my $page = $test->get("$path?format=html&source=x")->{body};
    is(join(' ', $page =~ /<link rel="canonical" href="([^"]*)"/g), 'https://jobs.acme.example/careers/one/quite-another-title', "canonical: $path");
    like($page, qr{property="og:url" content="https://jobs.acme.example/careers/one/quite-another-title"}, 'as previews have it');
}
like($test->get('/gigs/signs?format=html')->{body}, qr{<link rel="canonical" href="https://jobs.acme.example/careers/signs"}, 'without a slug');
is($test->get('/gigs/one/before')->{headers}{location}, 'https://jobs.acme.example/careers/one/quite-another-title', 'a redirect leads there, too');

$test->done;
