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
#   PATTERN before         the command goes through; the connection is cut before its answer
#   PATTERN inside         likewise, after half of its answer
#   PATTERN after          likewise, after its answer
#   PATTERN lose           Redis gets it and does it; its answer, and all after it, never comes
#   PATTERN hold           neither it nor what comes after it goes on before the mode is another
#   PATTERN instead WORDS  Redis gets this command in its place, each by itself and in its order
#   PATTERN slow MIN MAX   the answers take so many milliseconds more, at random
#
# target() leads new connections to another server, as a name does after a promotion; keep(1): those
# that are there too, when their server ends, as with a proxy that speaks Redis.  cut() ends all
# connections that are there.  Any protocol of question and answer will do for most of it.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);

use GigTest::Listener;


sub new {
    my ($class, $test, $target) = @_;
    my $port = $test->port;
    my $self = bless { test => $test, port => $port, mode => "$test->{dir}/proxy.$port.mode" }, $class;
    $self->mode('pass');
    $self->target($target);
    $self->keep(0);
    $self->set(cuts => 0);

    GigTest::Listener::start($test, 'proxy', $port, sub { $self->live(@_) });
    return $self;
}


sub live {
    my ($self, $client) = @_;
    my $mark = $self->{test}->write_file("$self->{mode}.pid.$$", '');
    eval { $self->serve($client) };
    unlink $mark;
    close $client;
    return;
}


# The processes of the connections read what is set here, each in a file of its own.
sub set {
    my ($self, $name, $value) = @_;
    $self->{test}->write_file("$self->{mode}.$name.new", $value);
    rename "$self->{mode}.$name.new", "$self->{mode}.$name" or die "proxy: $!";
}

sub is     { my ($self, $name) = @_; return $self->{test}->read_file("$self->{mode}.$name") }
sub mode   { my ($self, $mode) = @_; $self->set(what => $mode) }
sub target { my ($self, $port) = @_; $self->set(target => $port) }
sub keep   { my ($self, $keep) = @_; $self->set(keep => $keep) }


# Returns when they are gone.
sub cut {
    my ($self) = @_;
    my @there = glob "$self->{mode}.pid.*";
    $self->set(cuts => ++$self->{cuts});
    my $end = time + 5;
    sleep 0.02 while time < $end && grep {-e} @there;
    return;
}

sub dial { my ($self) = @_; return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->is('target')) }


# Takes the whole commands off what a client has sent.
sub commands {
    my ($bytes) = @_;
    my @commands;
    while ($$bytes =~ /\A\*(\d+)\r\n/) {
        my ($n, $at) = ($1, $+[0]);
        for (1 .. $n) {
            pos($$bytes) = $at;
            $$bytes =~ /\G\$(\d+)\r\n/g or return @commands;
            $at = pos($$bytes) + $1 + 2;
        }
        return @commands if $at > length $$bytes;
        push @commands, substr $$bytes, 0, $at, '';
    }
    return @commands;
}


sub serve {
    my ($self, $client) = @_;
    my $server = $self->dial or return;
    setsockopt $_, IPPROTO_TCP, TCP_NODELAY, 1 for $client, $server;
    my $select = IO::Select->new($client, $server);
    my ($dribble, $silent, @slow, @later) = (0, 0);
    my $rest = '';
    my $cuts = $self->is('cuts');

    while (1) {
        my $pause = @later ? $later[0][0] - time : 0.1;
        my @ready = $select->can_read($pause < 0 ? 0 : $pause > 0.1 ? 0.1 : $pause);
        return if $self->is('cuts') ne $cuts;
        while (@later && $later[0][0] <= time) { syswrite $client, (shift @later)->[1] }
        for my $socket (@ready) {
            my $bytes;
            if (!sysread $socket, $bytes, 65536) {
                return if $socket == $client || !$self->is('keep');
                $select->remove($server);
                my $end = time + 5;
                until ($server = $self->dial) { return if time > $end; sleep 0.02 }
                $select->add($server);
                last;
            }
            next if $silent;
            if ($socket == $server) {
                if (@slow || @later) {
                    my $due = time + (@slow ? ($slow[0] + rand($slow[1] - $slow[0])) / 1000 : 0);
                    push @later, [@later && $later[-1][0] > $due ? $later[-1][0] : $due, $bytes];
                    next;
                }
                if ($dribble) { for my $byte (split //, $bytes) { syswrite $client, $byte; sleep 0.0005 } }
                else          { syswrite $client, $bytes }
                next;
            }
            my ($pattern, $what, $text) = split / /, $self->is('what'), 3;
            @slow = ();
            if (defined $what && $what eq 'instead') {
                my @words = split / /, $text;
                my $other = '*' . @words . "\r\n" . join '', map { '$' . length($_) . "\r\n$_\r\n" } @words;
                syswrite $server, join '', map { /$pattern/ ? $other : $_ } commands(\($rest .= $bytes));
                next;
            }
            if ($rest ne '') { $bytes = $rest . $bytes; $rest = '' }
            if (!defined $what || $bytes !~ /$pattern/) { syswrite $server, $bytes; next }
            $dribble = $what eq 'dribble';
            @slow = split / /, $text if $what eq 'slow';
            if    ($dribble || @slow)   { syswrite $server, $bytes }
            elsif ($what eq 'lose')     { syswrite $server, $bytes; $silent = 1 }
            elsif ($what eq 'hold')     { my $was = $self->is('what'); sleep 0.01 while $self->is('what') eq $was; syswrite $server, $bytes }
            elsif ($what eq 'reply')    { syswrite $client, "$text\r\n" }
            elsif ($what eq 'silent')   { $silent = 1 }
            elsif ($what eq 'reset')    { return }
            elsif ($what =~ /^(?:before|inside|after)$/) {
                syswrite $server, $bytes;
                IO::Select->new($server)->can_read(5) && sysread $server, my $answer, 65536 or return;
                syswrite $client, $answer, $what eq 'before' ? 0 : $what eq 'after' ? length $answer : int(length($answer) / 2);
                return;
            }
            elsif ($what eq 'half')     { syswrite $client, "*6\r\n\$5\r\nfir"; return }
            elsif ($what eq 'huge')     { syswrite $client, "\$536870912\r\n"; while (syswrite $client, 'x' x 65536) { } return }
        }
    }
}

1;
