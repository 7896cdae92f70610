#!/usr/bin/perl
# Why: what a page lacks for somebody who cannot see it, or cannot use a mouse, nobody who can
# notices: a field without a name, a contrast too low, a landmark twice.  axe-core knows these
# rules and is not ours; it looks at every page that a board shows, in a real Chromium.

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
is($sent->{status}, 202, 'an application is sent') or diag($sent->{body});

my $base = "http://localhost:$test->{port}/gigs/";
GigTest::Node::run($test, 'axe.mjs', pages => [map { { name => $_->[0], url => $_->[1], status => $_->[2] // 200 } }
    ['the list', $base], ['a gig', "${base}one"], ['its form', "${base}one/apply"],
    ['a receipt', $base . ($sent->{headers}{location} =~ m{(receipts/.+)})[0] . '?format=html'], ['what is not there', "${base}nothing", 404]]);

$test->done;
