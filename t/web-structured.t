#!/usr/bin/perl
# Why: whether search engines take a gig is decided by their reading of its page, not by ours.
# Every gig of the demo and some odd ones are read by an extractor and held against Google's rules
# for a JobPosting by packages that somebody else wrote; and Chromium, with the policy that these
# pages have, must find nothing to forbid.

use strict;
use utf8;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Publish;

my $missing = GigTest::Node::missing();
plan skip_all => $missing if $missing;

my $test = GigTest->new;
$test->start_redis;
my $public = "http://localhost:$test->{port}/gigs/";
$test->start_nginx(board => "public_url $public;");
GigTest::Publish::ready($test, 'nonce-of-a-test');

my ($status, $demo) = $test->run($^X, "$GigTest::ROOT/tools/demo.d/gigs.pl");
is($status, 0, "the demo's gigs") or diag($demo);
my $json = JSON::PP->new->utf8;
my %regions = (applicant_regions => [{ type => 'Country', code => 'US', name => 'United States' }, { type => 'State', name => 'Ontario' }]);
my @gigs = ((map { $json->decode($_) } split /\n/, $demo),
    gig_record('several', location => { mode => 'remote', %regions }, pay => { type => 'range', currency => 'USD', min_minor => 2250, max_minor => 3000, unit => 'hour' }),
    gig_record('places', location => { mode => 'onsite', places => [map { { locality => $_, country => 'US' } } qw(Austin Boston)] }, closes_at => '2035-01-01T00:00:00Z'),
    gig_record('monthly', engagement => 'stipend', location => { mode => 'hybrid', places => [{ locality => 'Oslo', country => 'NO' }] },
        pay => { type => 'fixed', currency => 'NOK', min_minor => 100000, unit => 'month' }),
    map { gig_record("odd-$_->[0]", title => $_->[1], summary => $_->[1], description_html => "<p>$_->[1]</p>", org => { name => $_->[1] }) }
        [1, '</script><script>window.evil=1</script>'], [2, '<!--<script>window.evil=1//--></script>'], [3, q~"]}'>&quot;&lt;/script&gt;\u003c/script\u003e~],
        [4, 'Análisis de precios 价格分析 ★']);
GigTest::Publish::put($test, @gigs);
my $list = $test->wait_total(scalar @gigs) or BAIL_OUT('no catalog');

my (@shown, @none);
for my $gig (@gigs) {
    my $state = json_of($test->get("/gigs/$gig->{id}?format=json"))->{state} // 'gone';
    if ($state eq 'open') {
        push @shown, { url => "$public$gig->{id}?format=html", path => "$public$gig->{id}", title => $gig->{title}, place => $gig->{location}{mode} ne 'remote',
            salary => ($gig->{pay}{unit} // '') ne 'project' && $gig->{pay}{type} ne 'unpaid', closes => !!$gig->{closes_at} };
    } else {
        push @none, "$public$gig->{id}?format=html";
    }
}
cmp_ok(scalar @shown, '>=', 40, 'gigs that are open: ' . @shown);
cmp_ok(scalar @none, '>=', 1, 'and such that are not: ' . @none);

GigTest::Node::run($test, 'structured.mjs', gigs => \@shown, none => [@none, "$public?format=html", "${public}odd-1/apply", "${public}nothing?format=html"]);

$test->done;
