#!/usr/bin/perl
# Why: the response cache makes the hot list a look-up.  It must never answer with
# yesterday's page, never mix two locations or representations, and stay bounded.

use strict;
use warnings;

use Digest::MD5 qw(md5_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(board => 'cache_size 64k;', server => 'location /other/ { gig acme; }',
    http => "log_format gig '\$uri \$gig_cache \$gig_state'; access_log $test->{dir}/gig.log gig;");
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 60);
$test->wait_total(60) or BAIL_OUT('no catalog');

sub metric {
    my ($name) = @_;
    my ($value) = $test->get('/metrics')->{body} =~ /^\Q$name\E(?:\{[^}]*\})? (\d+)/m;
    return $value // -1;
}

my $first = $test->get('/gigs/gig-1');
my $second = $test->get('/gigs/gig-1');
is($second->{body}, $first->{body}, 'the same from the cache');
ok(wait_for { $test->read_file('gig.log') =~ m{^/gigs/gig-1 MISS open\n/gigs/gig-1 HIT open\n}m } '$gig_cache to say MISS, then HIT');

like($test->get('/other/gig-1')->{body}, qr{"url":"/other/gig-1"}, 'another location has its own addresses');
like($test->get('/gigs/gig-1')->{body}, qr{"url":"/gigs/gig-1"}, 'and the first keeps its own');
like($test->get('/gigs/gig-1?format=html')->{body}, qr/<!doctype html>/i, 'HTML beside JSON');
like($test->get('/gigs/gig-1?format=html&source=a')->{body}, qr/source=a/, 'a page carries its source');
unlike($test->get('/gigs/gig-1?format=html&source=b')->{body}, qr/source=a/, 'and no other');

GigTest::Publish::put($test, gig_record('gig-1', title => 'Quite another title'));
ok(wait_for { json_of($test->get('/gigs/gig-1'))->{title} eq 'Quite another title' } 'a change to be answered', 5);
isnt($test->get('/gigs/gig-1')->{headers}{etag}, $first->{headers}{etag}, 'with another ETag');

# --- bounded: many more pages than 64k can hold

$test->get("/gigs/gig-$_?format=json&source=s") for 1 .. 60;
$test->get("/gigs/gig-1?format=html&source=x$_") for 1 .. 100;
cmp_ok(metric('gig_worker_cache_bytes'), '<=', 65536, 'the cache stays within cache_size');
cmp_ok(metric('gig_worker_cache_entries'), '>', 0, 'and is used');
is($test->get('/gigs/?limit=60&format=html')->{status}, 200, 'a page larger than the cache takes is answered all the same');

# --- the ETag of a list is made without its bytes: it must change when they do

my $pinned = GigTest->new;
$pinned->start_redis;
$pinned->start_nginx(no_keys => 1);
GigTest::Publish::ready($pinned, 'nonce-of-a-test');
GigTest::Publish::put($pinned, map { gig_record("gig-$_", ($_ % 3 ? () : (department => "R & D"))) } 1 .. 30);
$pinned->wait_total(30) or BAIL_OUT('no catalog');
for my $case (['', '6222c61e3a91162191f09a8b9f3b0e71', '2cde05c79a2ef8df1d1b36b1dbe9bbd7'], ['?facets=1&department=r+%26+d&q=gig', '2543276e7b85201543e940cf92dd0452', 'ddfcace425ea44f2980b8d403fd59015']) {
    my ($query, $body, $tag) = @$case;
    my $answer = $pinned->get("/gigs/$query");
    is(md5_hex($answer->{body}) . " $answer->{headers}{etag}", "$body \"$tag\"",
        "the bytes and the ETag of /gigs/$query: if the bytes are new, raise NGX_HTTP_GIG_ETAG_VERSION; write both here");
}

# Cursors are signed: with another key a page that was kept would lead nowhere.
my @before = map { $pinned->get($_) } '/gigs/', '/gigs/?format=html';
ok($pinned->stop_nginx, 'nginx ends');
$pinned->start_nginx;
$pinned->wait_total(30);
for my $kept (@before) {
    my $path = $kept->{headers}{'content-type'} =~ /json/ ? '/gigs/' : '/gigs/?format=html';
    is($pinned->get($path, headers => { 'If-None-Match' => $kept->{headers}{etag} })->{status}, 200, "a key, and the ETag is another: $path");
}
is($pinned->get('/gigs/?limit=100')->{status}, 200, 'a list without a next page');
$pinned->finish;

$test->done;
