package GigTest::Redis;

# A real redis-server of the test's own, and a small RESP client for it.

use strict;
use warnings;

use IO::Socket::INET;
use IO::Select;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);


# A test has one called "redis"; another (a replica) needs a name of its own.
sub new {
    my ($class, $test, $name) = @_;
    $name //= 'redis';
    my $dir = "$test->{dir}/$name";
    mkdir $dir;
    return bless { test => $test, name => $name, dir => $dir, port => $test->port }, $class;
}


# Settings replace the defaults: appendonly => 'yes', appendfsync => 'always', ...
sub start {
    my ($self, %setting) = @_;
    my %all = (port => $self->{port}, bind => '127.0.0.1', dir => $self->{dir}, save => '""',
        appendonly => 'no', daemonize => 'no', %{ $self->{setting} // {} }, %setting);
    $self->{setting} = { %{ $self->{setting} // {} }, %setting };
    my $conf = $self->{test}->write_file("$self->{name}.conf", join '', map {"$_ $all{$_}\n"} sort keys %all);

    $self->{pid} = $self->{test}->spawn($self->{name}, 'redis-server', $conf);
    my $end = time + 10;
    while (time < $end) {
        delete $self->{socket};
        my $pong = eval { $self->cmd('PING') };
        return 1 if defined $pong;
        return 1 if $@ =~ /NOAUTH/;
        sleep 0.02;
    }
    die "redis-server did not start: " . $self->{test}->read_file("$self->{name}.log");
}


sub stop {
    my ($self, $signal) = @_;
    my $pid = delete $self->{pid} or return 1;
    delete $self->{socket};
    kill $signal // 'TERM', $pid;
    return $self->{test}->gone($pid, 10);
}

sub crash { my ($self) = @_; return $self->stop('KILL') }
sub pause  { kill 'STOP', $_[0]{pid} }
sub resume { kill 'CONT', $_[0]{pid} }


# One command; an error reply dies with its text.
sub cmd {
    my ($self, @words) = @_;
    unless ($self->{socket}) {
        $self->{socket} = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 5)
            or die "redis: $!";
        # A script is sent in pieces: without this the second waits 40 ms for the first's ACK.
        setsockopt $self->{socket}, IPPROTO_TCP, TCP_NODELAY, 1;
    }
    $self->{data} = '' unless $self->{data};
    my $bytes = '*' . @words . "\r\n" . join '', map { utf8::encode(my $w = "$_") if utf8::is_utf8($_); '$' . length($_) . "\r\n$_\r\n" } @words;
    local $SIG{PIPE} = 'IGNORE';
    unless (print { $self->{socket} } $bytes) { delete $self->{socket}; die "redis: gone" }
    $self->{socket}->flush;
    my $reply = $self->reply;
    die "$reply->{error}\n" if ref $reply eq 'GigTest::Redis::Error';
    return $reply;
}


sub line {
    my ($self) = @_;
    while ($self->{data} !~ /\r\n/) { $self->more }
    $self->{data} =~ s/^(.*?)\r\n//s;
    return $1;
}


sub more {
    my ($self) = @_;
    my $select = IO::Select->new($self->{socket});
    unless ($select->can_read(10) && sysread $self->{socket}, $self->{data}, 65536, length $self->{data}) {
        delete $self->{socket};
        $self->{data} = '';
        die "redis: no answer";
    }
}


sub reply {
    my ($self) = @_;
    my $line = $self->line;
    my $kind = substr $line, 0, 1, '';

    return $line if $kind eq '+' || $kind eq ':';
    return bless { error => $line }, 'GigTest::Redis::Error' if $kind eq '-';

    if ($kind eq '$') {
        return undef if $line < 0;
        while (length $self->{data} < $line + 2) { $self->more }
        my $value = substr $self->{data}, 0, $line;
        substr($self->{data}, 0, $line + 2) = '';
        return $value;
    }

    if ($kind eq '*') {
        return undef if $line < 0;
        return [map { $self->reply } 1 .. $line];
    }

    die "redis: unknown reply $kind$line";
}


# HGETALL as a hash.
sub hash {
    my ($self, $key) = @_;
    return { @{ $self->cmd('HGETALL', $key) } };
}

1;
