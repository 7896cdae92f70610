#!/usr/bin/perl
# Why: for who has no mouse, or no screen, one step that does not go is the end of it, and nobody
# with a mouse ever finds it.  So the whole way is gone by keys, step by step, to the receipt.

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
GigTest::Node::run($test, 'keyboard.mjs', base => "http://localhost:$test->{port}/gigs/");

$test->done;
