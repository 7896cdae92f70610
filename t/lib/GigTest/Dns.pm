package GigTest::Dns;

# A name server of one name, on UDP: it gives the address that a file says, nothing
# at all ("silent") or that there is no such name ("none").

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(inet_aton);


sub new {
    my ($class, $test, $address) = @_;
    my $self = bless { test => $test, file => "$test->{dir}/dns.address" }, $class;
    $self->says($address);

    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp') or die "dns: $!";
    $self->{port} = $socket->sockport;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        my $parent = getppid;
        my $wait   = IO::Select->new($socket);
        while (getppid == $parent) {
            next unless $wait->can_read(0.5);
            my $peer = recv $socket, my $query, 512, 0 or next;
            my $answer = $self->answer($query);
            send $socket, $answer, 0, $peer if defined $answer;
        }
        POSIX::_exit(0);
    }
    push @{ $test->{kids} }, { pid => $pid, name => 'dns' };
    return $self;
}


sub says {
    my ($self, $address) = @_;
    $self->{test}->write_file("$self->{file}.new", $address);
    rename "$self->{file}.new", $self->{file} or die "dns: $!";
}


# A query's header and question come back with one A record behind them.
sub answer {
    my ($self, $query) = @_;
    my $address = $self->{test}->read_file($self->{file});
    return if $address eq 'silent' || length $query < 17;

    my ($id) = unpack 'n', $query;
    my ($name) = substr($query, 12) =~ /^((?:[^\0]+?)?\0)/s or return;
    my $question = substr $query, 12, length($name) + 4;
    my ($type) = unpack 'n', substr $question, length $name;
    return pack('n6', $id, 0x8183, 1, 0, 0, 0) . $question if $address eq 'none';
    return pack('n6', $id, 0x8180, 1, 0, 0, 0) . $question if $type != 1;
    return pack('n6', $id, 0x8180, 1, 1, 0, 0) . $question . pack('n3 N n a4', 0xc00c, 1, 1, 1, 4, inet_aton($address));
}

1;
