#!/usr/bin/perl
# Why: what holds on SQLite must hold on PostgreSQL, to the letter.  The tests of gig-sync
# that speak to the system of record in plain SQL are run again here, each as it is, with
# a PostgreSQL of its own.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;

use GigTest::Command qw(run);

local $ENV{GIG_TEST_RECORD} = 'postgres';

for my $name (qw(digest check stages rebuild two publish deliver)) {
    my ($status, $output) = run($^X, "-I$FindBin::Bin/lib", "$FindBin::Bin/sync-$name.t");
    my $passed = () = $output =~ /^ok \d+/mg;
    is($status, 0, "t/sync-$name.t ($passed tests)") or diag($output =~ /^(?:not ok .*|#.*)$/mg ? join "\n", $output =~ /^(?:not ok .*|#.*)$/mg : $output);
    cmp_ok($passed, '>', 5, 'has run');
}

done_testing;
