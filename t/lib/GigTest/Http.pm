package GigTest::Http;

# A plain HTTP/1.1 client that shows what came as it came: several requests on
# one connection, raw bytes in, a half-closed peer.  HTTP::Tiny hides too much.
# What is answered to a request (raw bytes are none) is shown to whoever watches the port.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

our %WATCH;                                     # port => sub of method, target and answer
our $UNWATCHED;                                 # true: nobody is shown anything


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
    return bless { socket => $socket, data => '', timeout => $option{timeout} // 10, port => $port, asked => [] }, $class;
}


sub send {
    my ($self, $method, $path, %option) = @_;
    my %header = (Host => 'localhost', %{ $option{headers} // {} });
    $header{'Content-Length'} //= length $option{body} if defined $option{body} && !$header{'Transfer-Encoding'};
    push @{ $self->{asked} }, [$method, $path];
    $self->put("$method $path HTTP/1.1\r\n" . join('', map {"$_: $header{$_}\r\n"} sort keys %header)
        . "\r\n" . ($option{body} // ''));
}


# What is sent like this is seen by nobody but the test, and so is what comes after it.
sub raw {
    my ($self, $bytes) = @_;
    $self->{raw} = 1;
    $self->put($bytes);
}


sub put {
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
    my $answer = $self->receive($method);
    my $asked = $answer->{status} =~ /^1/ ? undef : shift @{ $self->{asked} };
    my $watch = $WATCH{ $self->{port} };
    $watch->(@$asked, $answer) if $watch && $asked && !$self->{raw} && !$UNWATCHED && $answer->{status} && !$answer->{cut};
    return $answer;
}


# cut: it ended before its end.
sub receive {
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
            while ($self->{data} !~ /\r\n/) { $self->fill or return { %answer, cut => 1 } }
            $self->{data} =~ s/^([0-9a-fA-F]+)[^\r]*\r\n// or return { %answer, cut => 1 };
            my $size = hex $1;
            while (length $self->{data} < $size + 2) { $self->fill or return { %answer, cut => 1 } }
            $answer{body} .= substr $self->{data}, 0, $size;
            substr($self->{data}, 0, $size + 2) = '';
            last if $size == 0;
        }
    }
    elsif (defined $h->{'content-length'}) {
        while (length $self->{data} < $h->{'content-length'}) { $self->fill or last }
        $answer{body} = substr $self->{data}, 0, $h->{'content-length'};
        substr($self->{data}, 0, length $answer{body}) = '';
        $answer{cut} = 1 if length $answer{body} < $h->{'content-length'};
    }
    else {
        1 while $self->fill;
        $answer{body} = $self->{data};
        $self->{data} = '';
    }

    return \%answer;
}

1;
