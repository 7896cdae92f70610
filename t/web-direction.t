#!/usr/bin/perl
# Why: a sheet that says left and right is wrong for whoever reads from right to left: what begins
# a line would end it.  Every page is turned round in a real Chromium, and must come out as its mirror.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Publish;

my $missing = GigTest::Node::missing();
plan skip_all => $missing if $missing;

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx;
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one', title => 'Competitor pricing scan'), map { gig_record("gig-$_") } 1 .. 30);
$test->wait_total(31) or BAIL_OUT('no catalog');

my $sent = $test->apply('one', 'k-1');
my $base = "http://localhost:$test->{port}/gigs/";
GigTest::Node::run($test, 'direction.mjs', pictures => $ENV{GIG_PICTURES}, pages => [
    { name => 'the list', url => "$base?mode=remote", mirrored => ['.gig-card > .gig-logo', '.gig-card-title', '.gig-search-field > .gig-icon', '.gig-chip > span', '.gig-fact svg'] },
    { name => 'a gig', url => "${base}one", mirrored => ['.gig-title > .gig-logo', '.gig-facts-large .gig-icon', '.gig-back svg'] },
    { name => 'a form', url => "${base}one/apply", mirrored => ['.gig-choice input', '.gig-promise svg', '.gig-send .gig-button'] },
    { name => 'a receipt', url => $base . ($sent->{headers}{location} =~ m{(receipts/.+)})[0] . '?format=html', mirrored => ['.gig-done-sign', '.gig-step-dot'] }]);

$test->done;
