#!/usr/bin/perl
# Why: "fast" and "accessible" are easily said by those who made it.  Lighthouse, which is not ours,
# looks at each kind of page as a phone on a slow line does and gives marks from 0 to 100; we want
# 95 in each of its four categories.  GIG_LONG: more pages.
#
# Alone: scores come from a clock.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Pages;

my $missing = GigTest::Node::missing();
plan skip_all => $missing if $missing;

my $test = GigTest->new;
GigTest::Pages::board($test) or BAIL_OUT('no board');
my $base = "http://localhost:$test->{port}/gigs/";
my $receipt = "http://localhost:$test->{port}" . GigTest::Pages::delivered($test, GigTest::Pages::applied($test, 'solar-map', 1));

# Forms and receipts ask search engines to stay away: there is nothing to be marked.
my @all = qw(performance accessibility best-practices seo);
my @pages = ([list => $base, 30_000], [gig => "${base}log-parser"], [form => "${base}log-parser/apply"], [receipt => $receipt],
    $ENV{GIG_LONG} ? (['list, searched' => "$base?q=research&mode=remote"], ['a form of every type' => "${base}wind-lidar/apply"], ['a full gig' => "${base}bus-stop-art"]) : ());
GigTest::Node::run($test, 'lighthouse.mjs', runs => 5, least => 95, _seconds => 600, pages => [map {
    my ($name, $url, $first) = @$_;
    +{ name => $name, url => $url, categories => [$name =~ /form|receipt|searched/ ? @all[0 .. 2] : @all], $first ? (first => $first) : () };
} @pages]);

$test->done;
