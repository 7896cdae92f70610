#!/usr/bin/perl
# Why: what a page lacks for somebody who cannot see it, or cannot use a mouse, nobody who can
# notices: a field without a name, a contrast too low, a landmark twice.  axe-core knows these
# rules and is not ours; it looks at every page that a board shows, in each of its states, in a real
# Chromium.

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

# By default each state in one shape, those that most people see in both; with GIG_LONG all in both.
my %both = map { $_ => JSON::PP::true } qw(list list-chosen gig-log-parser form form-types-errors receipt-delivered);
my @pages = GigTest::Pages::to_visit($test, GigTest::Pages::states($test));
$_->{all} = $both{ $_->{name} } for @pages;
GigTest::Node::run($test, 'axe.mjs', pages => \@pages, all => $ENV{GIG_LONG} ? JSON::PP::true : JSON::PP::false, _seconds => 300);

$test->done;
