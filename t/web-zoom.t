#!/usr/bin/perl
# Why: who enlarges a page four times, spaces its letters, has a hand that shakes or gets sick of
# what moves, uses the same pages as everybody.  A line that is cut off there is seen by none of
# those who made it.

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
GigTest::Node::run($test, 'zoom.mjs', pages => [GigTest::Pages::to_visit($test, GigTest::Pages::states($test))]);

$test->done;
