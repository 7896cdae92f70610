#!/usr/bin/perl
# Why: what holds on SQLite must hold on PostgreSQL, to the letter.  The tests that speak
# to the system of record in plain SQL are run again here, each as it is, with a PostgreSQL
# of its own; two at a time, for they mostly wait.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;

use GigTest::Command qw(run);

my @lanes = ([qw(sync-deliver sync-stages end-to-end sync-check)], ["files"],
    [qw(sync-publish sync-rebuild sync-two sync-labels sync-digest self-id)]);
my $dir = tempdir(CLEANUP => 1);
local $ENV{GIG_TEST_RECORD} = 'postgres';

my @pids = map {
    my $lane = $_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        for my $name (@$lane) {
            my ($status, $output) = run($^X, "-I$FindBin::Bin/lib", "$FindBin::Bin/$name.t");
            open my $file, '>', "$dir/$name" or POSIX::_exit(1);
            print $file "$status\n$output";
            close $file;
        }
        POSIX::_exit(0);
    }
    $pid;
} @lanes;
waitpid $_, 0 for @pids;

for my $name (map {@$_} @lanes) {
    my $all = do { local (@ARGV, $/) = "$dir/$name"; <> } // '';
    my ($status, $output) = split /\n/, $all, 2;
    my $passed = () = ($output // '') =~ /^ok \d+/mg;
    is($status, 0, "t/$name.t ($passed tests)") or diag(join "\n", ($output // '') =~ /^(?!ok ).+$/mg);
    cmp_ok($passed, '>', 5, "t/$name.t has run");
}

done_testing;
