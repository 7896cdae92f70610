#!/usr/bin/perl
# Why: a browser mends what is not HTML, each in its own way, and what it mends to may not be what a
# screen reader, a crawler or a text browser makes of it.  html-validate, which is not ours, reads every
# page in each of its states, and the piece that goes into other pages.

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
my @states = (GigTest::Pages::states($test), [fragment => '/gigs/fragment.html?limit=5', 200], ['fragment-empty' => '/gigs/fragment.html?q=nothing+of+that', 200],
    ['fragment-wrong' => '/gigs/fragment.html?limit=x', 400]);

my @pages = map {
    my ($name, $path, $status, $answer) = @$_;
    $answer //= GigTest::Pages::html($test, 'GET', $path);
    is($answer->{status}, $status, "$name: $status");
    +{ name => $name, file => $test->write_file("$name.html", $answer->{body}), fragment => $name =~ /^fragment/ ? 1 : 0 };
} @states;
GigTest::Node::run($test, 'html-validate.mjs', pages => \@pages);

$test->done;
