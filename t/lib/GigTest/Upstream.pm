package GigTest::Upstream;

# An HTTP upstream as a company has one, that can be told to misbehave: it speaks TLS with a
# certificate of a CA of its own, stores what is posted by Idempotency-Key, and writes down every
# request.  What it says to a method is one of
#
#   good              POST: 201 and {"id":"up-N"}, 409 if it is there; GET: 200 or 404; DELETE: 204 or 404
#   STATUS HEADER...  this status and headers (as Retry-After:2); nothing is stored
#   stored STATUS     stored, and then this status
#   lost              stored, and the connection cut before an answer
#   cut               not stored, and the connection cut before an answer
#   hang              not stored, and no answer as long as it is told so
#   half              stored, and half an answer
#   large             stored, and an answer without end
#   garbage           stored, and bytes that are no HTTP
#
# of several one a request, the last for good.

use strict;
use warnings;

use Fcntl qw(:flock);
use IO::Socket::SSL;
use JSON::PP ();
use Time::HiRes qw(sleep time);

use GigTest::Listener;


sub new {
    my ($class, $test, %option) = @_;
    my $self = bless { test => $test, dir => "$test->{dir}/upstream", port => $test->port, %option }, $class;
    mkdir $_ for $self->{dir}, "$self->{dir}/store";
    $self->certificate;
    $self->say($_ => 'good') for qw(POST GET DELETE);
    $self->start;
    return $self;
}

# A CA, and a certificate by it for localhost.
sub certificate {
    my ($self) = @_;
    my $dir = $self->{dir};
    my $name = $self->{name} // 'localhost';
    $self->{test}->write_file("$dir/san", "subjectAltName=DNS:$name\n");
    for my $command (
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=Test CA',
            '-keyout', "$dir/ca.key", '-out', "$dir/ca.pem"],
        ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', "/CN=$name",
            '-keyout', "$dir/server.key", '-out', "$dir/server.csr"],
        ['x509', '-req', '-in', "$dir/server.csr", '-CA', "$dir/ca.pem", '-CAkey', "$dir/ca.key", '-CAcreateserial', '-days', '2',
            '-extfile', "$dir/san", '-out', "$dir/server.pem"],
    ) {
        my ($status, $output) = $self->{test}->run('openssl', @$command);
        $status == 0 or die "openssl: $output";
    }
    return;
}

sub url { my ($self) = @_; return "https://localhost:$self->{port}/v1/applications" }

# What gig-sync.conf needs for it.
sub settings {
    my ($self, %more) = @_;
    return (sink => $self->url, state => "$self->{test}{dir}/upstream.db", sink_ca => "$self->{dir}/ca.pem", sink_private => 'yes', %more);
}

sub say {
    my ($self, $method, @words) = @_;
    $self->{test}->write_file("$self->{dir}/say.$method.new", join '', map {"$_\n"} @words);
    return rename "$self->{dir}/say.$method.new", "$self->{dir}/say.$method";
}

# Every request, oldest first: method, id (of the address), key, authorization, body, said.
sub requests {
    my ($self, $method, $id) = @_;
    my @all = map { JSON::PP->new->utf8->decode($_) } split /\n/, $self->{test}->read_file("$self->{dir}/log");
    return grep { (!defined $method || $_->{method} eq $method) && (!defined $id || $_->{id} eq $id) } @all;
}

# The file `state`: rows of hashes.
sub sql {
    my ($self, $query) = @_;
    my ($status, $output) = $self->{test}->run('sqlite3', '-cmd', '.timeout 5000', '-json', "$self->{test}{dir}/upstream.db", $query);
    $status == 0 or die "sqlite3: $output";
    my @rows = $output =~ /\S/ ? @{ JSON::PP->new->utf8->decode($output) } : ();
    return wantarray ? @rows : scalar @rows;
}

# What it says of a record; a box is bytes: how many.
sub row {
    my ($self, $a) = @_;
    return ($self->sql('select applicant, seat, flags, state, reason, upstream_id, attempts, length(box) as box from delivery'
        . " where id = '$a->{id}' and fingerprint = '" . ($a->{print} // '') . "'"))[0] // {};
}

# id => the application as it was posted
sub stored {
    my ($self) = @_;
    return { map { m{/([\w-]+)$} ? ($1 => JSON::PP->new->utf8->decode($self->{test}->read_file($_))) : () } glob "$self->{dir}/store/*" };
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    kill 'KILL', $pid;
    $self->{test}->gone($pid, 5);
    return;
}

sub start {
    my ($self) = @_;
    return $self->{pid} = GigTest::Listener::start($self->{test}, 'upstream', $self->{port}, sub { $self->serve(@_) });
}


# --- in the process of a connection

sub told {
    my ($self, $method) = @_;
    my $path = "$self->{dir}/say.$method";
    open my $lock, '>', "$self->{dir}/say.lock" or die "upstream: $!";
    flock $lock, LOCK_EX;
    my ($first, @more) = split /\n/, $self->{test}->read_file($path);
    $self->say($method, @more) if @more;
    return $first // '501';
}

sub serve {
    my ($self, $client) = @_;
    my $tls = IO::Socket::SSL->start_SSL($client, SSL_server => 1, SSL_cert_file => "$self->{dir}/server.pem",
        SSL_key_file => "$self->{dir}/server.key", Timeout => 10) or return;
    my $head = '';
    while ($head !~ /\r\n\r\n/) { sysread $tls, $head, 65536, length $head or return }
    my ($lines, $body) = split /\r\n\r\n/, $head, 2;
    my ($method, $path) = $lines =~ m{^(\S+) (\S+) HTTP/1\.1\r\n} or return;
    my %header = map { /^([^:]+): *(.*)$/ ? (lc $1 => $2) : () } split /\r\n/, $lines;
    while (length $body < ($header{'content-length'} // 0)) { sysread $tls, $body, 65536, length $body or return }

    my ($key) = ($header{'idempotency-key'} // '') =~ /^"(.*)"$/;
    my $id = $path =~ m{^/v1/applications/([\w-]+)$} ? $1 : $key // '';
    my $said = $path =~ m{^/v1/applications(?:/|$)} ? $self->told($method) : '404';
    my %request = (method => $method, path => $path, id => $id, key => $key, body => $body, said => $said, at => time,
        map { $_ => $header{$_} } qw(authorization content-type user-agent host));
    open my $log, '>>', "$self->{dir}/log" or die "upstream: $!";
    flock $log, LOCK_EX;
    syswrite $log, JSON::PP->new->utf8->canonical->encode(\%request) . "\n";
    close $log;
    $self->answer($tls, \%request);
    # Not closed but cut where nothing was said.
    close $client if $said =~ /^(?:cut|lost|half)$/;
    $tls->close;
    return;
}

sub store {
    my ($self, $request) = @_;
    my $path = "$self->{dir}/store/$request->{id}";
    return 0 if -e $path;
    $self->{test}->write_file($path, $request->{body});
    return 1;
}

sub answer {
    my ($self, $tls, $request) = @_;
    my ($word, @more) = split / /, $request->{said};
    my $path = "$self->{dir}/store/$request->{id}";
    my $send = sub {
        my ($status, $body, @headers) = @_;
        $body //= '';
        syswrite $tls, join "\r\n", "HTTP/1.1 $status Said", 'Content-Length: ' . length $body, 'Content-Type: application/json',
            'Connection: close', @headers, '', $body;
    };
    if ($word eq 'good') {
        return $send->(-e $path ? 200 : 404, -e $path ? '{"id":"up-again"}' : '{}') if $request->{method} eq 'GET';
        return $send->(unlink($path) ? 204 : 404) if $request->{method} eq 'DELETE';
        my $new = $self->store($request);
        my $n = () = glob "$self->{dir}/store/*";
        return $send->($new ? (201, qq({"id":"up-$n"})) : 409);
    }
    return $send->($word, '{}', map { s/:/: /r } @more) if $word =~ /^\d+$/;
    $self->store($request) if $word !~ /^(?:cut|hang)$/;
    return $send->($more[0], '{}') if $word eq 'stored';
    if ($word eq 'hang') { sleep 0.05 while $self->{test}->read_file("$self->{dir}/say.$request->{method}") =~ /^hang/ }
    syswrite $tls, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":" if $word eq 'half';
    syswrite $tls, "\0\1 no HTTP at all\r\n\r\n" if $word eq 'garbage';
    if ($word eq 'large') {
        syswrite $tls, "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n";
        for (1 .. 2000) { syswrite $tls, 'x' x 65536 or last }
    }
    return;
}

1;
