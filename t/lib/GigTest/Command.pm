package GigTest::Command;

# Runs a command to its end, without a shell and without our standard input.

use strict;
use warnings;

use POSIX ();

use Exporter qw(import);
our @EXPORT_OK = qw(run);


# Returns (exit status, output of both streams); 127 if it cannot be run.
sub run {
    my @command = @_;

    my $pid = open(my $pipe, '-|') // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        exec { $command[0] } @command or POSIX::_exit(127);
    }

    local $/;
    my $output = <$pipe> // '';
    close $pipe;
    return ($? >> 8, $output);
}

1;
