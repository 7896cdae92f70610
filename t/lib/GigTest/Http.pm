package GigTest::Http;

# A plain HTTP/1.1 client that shows what came as it came: several requests on
# one connection, raw bytes in, a half-closed peer.  HTTP::Tiny hides too much.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);


# One request on its own connection.  headers => {}, body, timeout (10 s), from => an address of ours.
sub request {
    my ($port, $method, $path, %option) = @_;
    my $connection = GigTest::Http->new($port, %option) or return { status => 0, headers => {}, body => '' };
    $connection->send($method, $path, %option, headers => { Connection => 'close', %{ $option{headers} // {} } });
    return $connection->answer($method);
}


sub new {
    my ($class, $port, %option) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $option{address} // '127.0.0.1', PeerPort => $port, Timeout => 5,
        $option{from} ? (LocalAddr => $option{from}) : ()) or return;
    return bless { socket => $socket, data => '', timeout => $option{timeout} // 10 }, $class;
}


sub send {
    my ($self, $method, $path, %option) = @_;
    my %header = (Host => 'localhost', %{ $option{headers} // {} });
    $header{'Content-Length'} //= length $option{body} if defined $option{body} && !$header{'Transfer-Encoding'};
    $self->raw("$method $path HTTP/1.1\r\n" . join('', map {"$_: $header{$_}\r\n"} sort keys %header)
        . "\r\n" . ($option{body} // ''));
}


sub raw {
    my ($self, $bytes) = @_;
    local $SIG{PIPE} = 'IGNORE';
    while (length $bytes) {
        my $sent = syswrite $self->{socket}, $bytes or return;
        substr($bytes, 0, $sent) = '';
    }
}


sub fill {
    my ($self) = @_;
    my $select = IO::Select->new($self->{socket});
    $select->can_read($self->{end} - time) or return 0;
    return sysread $self->{socket}, $self->{data}, 65536, length $self->{data};
}


# The next answer: status, reason, headers (lower case; repeated ones joined by ", "), body, raw head.
sub answer {
    my ($self, $method) = @_;
    $self->{end} = time + $self->{timeout};

    while ($self->{data} !~ /\r\n\r\n/) { $self->fill or return { status => 0, headers => {}, body => $self->{data} } }
    $self->{data} =~ s/^(.*?)\r\n\r\n//s;
    my ($line, @lines) = split /\r\n/, my $head = $1;
    my %answer = (head => $head, headers => {}, body => '');
    ($answer{status}, $answer{reason}) = $line =~ m{^HTTP/1\.[01] (\d+) ?(.*)};
    for (@lines) {
        my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
        my $key = lc $name;
        $answer{headers}{$key} = exists $answer{headers}{$key} ? "$answer{headers}{$key}, $value" : $value;
    }

    my $h = $answer{headers};
    if (($method // '') eq 'HEAD' || $answer{status} =~ /^(1..|204|304)$/) { }
    elsif (($h->{'transfer-encoding'} // '') =~ /chunked/i) {
        while (1) {
            while ($self->{data} !~ /\r\n/) { $self->fill or return \%answer }
            $self->{data} =~ s/^([0-9a-fA-F]+)[^\r]*\r\n// or return \%answer;
            my $size = hex $1;
            while (length $self->{data} < $size + 2) { $self->fill or return \%answer }
            $answer{body} .= substr $self->{data}, 0, $size;
            substr($self->{data}, 0, $size + 2) = '';
            last if $size == 0;
        }
    }
    elsif (defined $h->{'content-length'}) {
        while (length $self->{data} < $h->{'content-length'}) { $self->fill or last }
        $answer{body} = substr $self->{data}, 0, $h->{'content-length'};
        substr($self->{data}, 0, length $answer{body}) = '';
    }
    else {
        1 while $self->fill;
        $answer{body} = $self->{data};
        $self->{data} = '';
    }

    return \%answer;
}

1;
