package GigTest::Node;

# Runs t/web/NAME.mjs, which drives Chromium or a reader that somebody else wrote, and takes its
# lines of TAP as tests of the file that asked: ok and not ok, what is wrong as diagnostics.  A
# script that crashes, hangs or says another number of tests than it made fails.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

our $ROOT = abs_path(dirname(__FILE__) . '/../../..');
our $NPM  = $ENV{GIG_NPM} // "$ROOT/build/npm";

# Why these tests cannot run here, or nothing.
sub missing {
    return 'chromium is not installed' unless -x '/usr/bin/chromium';
    my ($major) = (`node --version 2>/dev/null` // '') =~ /^v(\d+)/ or return 'node.js is not installed';
    return "node.js is older than 18: $major" if $major < 18;
    return -d "$NPM/node_modules" ? undef : 'the npm packages are not there; tools/packages-npm says why';
}


# The script gets %arg as JSON, with the test's folder as dir.  Seconds it may take: _seconds.
# Returns 1 if it came to its end; that all its tests passed is not asked here.
sub run {
    my ($test, $script, %arg) = @_;
    my $seconds = delete $arg{_seconds} // 120;
    my $json = JSON::PP->new->utf8->canonical->encode({ dir => $test->{dir}, %arg });

    # A group of its own, so that whatever the script started can go with it.  Chromium leaves by
    # itself when the pipe to it is closed.
    my $pid = open(my $pipe, '-|') // die "fork: $!";
    if ($pid == 0) {
        setpgrp;
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        $ENV{GIG_NPM} = $NPM;
        exec 'setpriv', '--pdeathsig', 'TERM', 'node', "$ROOT/t/web/$script", $json or POSIX::_exit(127);
    }

    my ($made, $planned, $late) = (0, -1, 0);
    local $SIG{ALRM} = sub { $late = 1; kill 'KILL', -$pid };
    alarm $seconds * ($ENV{GIG_VALGRIND} ? 10 : 1);
    while (my $line = <$pipe>) {
        chomp $line;
        if ($line =~ /^(not )?ok(?: \d+)?(?: - (.*))?$/) {
            $made++;
            Test::More->builder->ok(!$1, $2 // $script);
        } elsif ($line =~ /^1\.\.(\d+)$/) {
            $planned = $1;
        } else {
            diag($line =~ s/^# ?//r);
        }
    }
    alarm 0;
    close $pipe;
    my $status = $?;
    kill 'KILL', -$pid;

    return !!fail("$script took more than $seconds s") if $late;
    return !!fail("$script ended with status " . ($status >> 8 || "signal $status")) if $status;
    return !!fail("$script made $made tests and said " . ($planned < 0 ? 'none' : $planned)) if $made != $planned || !$made;
    return 1;
}

1;
