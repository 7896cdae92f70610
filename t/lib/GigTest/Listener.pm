package GigTest::Listener;

# A server of a test's own on loopback, a process a connection: what stands in for a party, or before
# one.  It leaves with the test.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use POSIX ();


# serve is called in a process of its own with each connection, and what it dies of is nobody's; the
# id of the process that accepts.
sub start {
    my ($test, $name, $port, $serve) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64, ReuseAddr => 1)
        or die "$name: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $SIG{CHLD} = 'IGNORE';
        $SIG{PIPE} = 'IGNORE';
        my $parent = getppid;
        my $wait = IO::Select->new($listen);
        while (getppid == $parent) {
            next unless $wait->can_read(0.2);
            my $client = $listen->accept or next;
            my $kid = fork // next;
            if ($kid == 0) { close $listen; eval { $serve->($client) }; POSIX::_exit(0) }
            close $client;
        }
        POSIX::_exit(0);
    }
    close $listen;
    push @{ $test->{kids} }, { pid => $pid, name => $name };
    return $pid;
}

1;
