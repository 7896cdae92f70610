package GigTest::Proxy;

# A Redis that misbehaves: it stands between a client and a real redis-server and
# does to the commands that match a pattern what the file of its mode says.
#
#   pass                   all goes through
#   PATTERN reply BYTES    answered with these bytes (\r\n are added)
#   PATTERN silent         never answered, nor what comes after it on that connection: Redis leaves
#                          no answer out
#   PATTERN reset          the connection is cut
#   PATTERN half           half an answer, then cut
#   PATTERN dribble        the real answer, a byte at a time
#   PATTERN huge           the header of a bulk of 512 MB, and bytes for ever

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep);


sub new {
    my ($class, $test, $target) = @_;
    my $self = bless { test => $test, port => $test->port, mode => "$test->{dir}/proxy.mode" }, $class;
    $self->mode('pass');

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $self->{port},
        Listen => 64, ReuseAddr => 1) or die "proxy: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $SIG{CHLD} = 'IGNORE';
        $SIG{PIPE} = 'IGNORE';
        my $parent = getppid;
        my $wait = IO::Select->new($listen);
        while (getppid == $parent) {
            next unless $wait->can_read(0.5);
            my $client = $listen->accept or next;
            my $kid = fork // next;
            if ($kid == 0) { close $listen; eval { $self->serve($client, $target) }; POSIX::_exit(0) }
            close $client;
        }
        POSIX::_exit(0);
    }
    close $listen;
    push @{ $test->{kids} }, { pid => $pid, name => 'proxy' };
    return $self;
}


sub mode {
    my ($self, $mode) = @_;
    $self->{test}->write_file("$self->{mode}.new", $mode);
    rename "$self->{mode}.new", $self->{mode} or die "proxy: $!";
}


sub serve {
    my ($self, $client, $target) = @_;
    my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $target) or return;
    my $select = IO::Select->new($client, $server);
    my ($dribble, $silent) = (0, 0);

    while (my @ready = $select->can_read) {
        for my $socket (@ready) {
            sysread $socket, my $bytes, 65536 or return;
            next if $silent;
            if ($socket == $server) {
                if ($dribble) { for my $byte (split //, $bytes) { syswrite $client, $byte; sleep 0.0005 } }
                else          { syswrite $client, $bytes }
                next;
            }
            my ($pattern, $what, $text) = split / /, $self->{test}->read_file($self->{mode}), 3;
            if (!defined $what || $bytes !~ /$pattern/) { syswrite $server, $bytes; next }
            $dribble = $what eq 'dribble';
            if    ($dribble)            { syswrite $server, $bytes }
            elsif ($what eq 'reply')    { syswrite $client, "$text\r\n" }
            elsif ($what eq 'silent')   { $silent = 1 }
            elsif ($what eq 'reset')    { return }
            elsif ($what eq 'half')     { syswrite $client, "*6\r\n\$5\r\nfir"; return }
            elsif ($what eq 'huge')     { syswrite $client, "\$536870912\r\n"; while (syswrite $client, 'x' x 65536) { } return }
        }
    }
}

1;
