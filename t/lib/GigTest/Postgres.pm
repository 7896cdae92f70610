package GigTest::Postgres;

# A real PostgreSQL of a test's own: a private cluster in the test's folder, on a port
# nobody else has and a socket beside it, ended with the test.  PostgreSQL refuses to
# run as root: then it is the user `postgres`, or else `nobody`.

use strict;
use warnings;

use File::Path qw(make_path);
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use GigTest::Command qw(run);


# The newest server there is: Debian has its programs out of PATH.
sub binaries {
    my ($newest) = reverse sort { ($a =~ /(\d+)/)[0] <=> ($b =~ /(\d+)/)[0] }
        grep { -x "$_/initdb" && -x "$_/postgres" } glob '/usr/lib/postgresql/*/bin';
    return $newest // (grep { -x "$_/initdb" } split /:/, $ENV{PATH})[0];
}


sub new {
    my ($class, $test) = @_;
    my $bin = binaries() // Test::More::BAIL_OUT('no PostgreSQL: tools/packages test installs it');
    my $user = $> != 0 ? undef : (grep { defined getpwnam $_ } qw(postgres nobody))[0];
    my $self = bless { test => $test, bin => $bin, user => $user, port => GigTest::port(),
        data => "$test->{dir}/postgres" }, $class;

    make_path($self->{data});
    chmod 0700, $self->{data};
    chown +(getpwnam $user)[2, 3], $self->{data} if defined $user;

    my ($status, $output) = run($self->as('TERM'), "$bin/initdb", '-D', "$self->{data}/cluster", '-N', '-A', 'trust',
        '-U', 'owner', '-E', 'UTF8', '--locale', 'C.UTF-8');
    $status == 0 or die "initdb: $output";
    $self->configure(listen_addresses => "'127.0.0.1'", port => $self->{port},
        unix_socket_directories => "'$self->{data}'", fsync => 'off', max_connections => 60,
        log_min_error_statement => 'panic', deadlock_timeout => "'500ms'");
    $self->start;
    $self->psql('create database acme', db => 'postgres');
    return $self;
}


# How to become the server's user; it gets SIGNAL when the test dies.
sub as {
    my ($self, $signal) = @_;
    return () unless defined $self->{user};
    my ($uid, $gid) = (getpwnam $self->{user})[2, 3];
    return ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups', '--pdeathsig', $signal);
}


sub configure {
    my ($self, %setting) = @_;
    open my $file, '>>', "$self->{data}/cluster/postgresql.conf" or die "postgresql.conf: $!";
    print $file map {"$_ = $setting{$_}\n"} sort keys %setting;
    close $file;
    return;
}


# Who may connect how: lines of pg_hba.conf, before those of trust.
sub access {
    my ($self, @lines) = @_;
    my $path = "$self->{data}/cluster/pg_hba.conf";
    my $before = $self->{test}->read_file($path);
    $self->{test}->write_file($path, join '', map({"$_\n"} @lines), $before);
    $self->psql('select pg_reload_conf()');
    return;
}


sub start {
    my ($self) = @_;
    $self->{pid} = $self->{test}->spawn('postgres', $self->as('INT'), "$self->{bin}/postgres", '-D', "$self->{data}/cluster");
    my $end = time + 30;
    until ((run("$self->{bin}/pg_isready", '-q', '-h', $self->{data}, '-p', $self->{port}))[0] == 0) {
        die 'PostgreSQL does not start: ' . $self->{test}->read_file('postgres.log') if time > $end;
        sleep 0.05;
    }
    return;
}


# INT: at once, with all connections cut.  QUIT: as in a crash.
sub stop {
    my ($self, $signal) = @_;
    my $pid = delete $self->{pid} or return 1;
    kill $signal // 'INT', $pid;
    return $self->{test}->gone($pid, 20);
}


# KILL to all of its processes at once, as when somebody runs out of memory.
sub kill_all {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    my @all = ($pid, $self->{test}->children($pid));
    kill 'KILL', @all;
    $self->{test}->gone($pid, 20);
    my $end = time + 10;
    sleep 0.02 while time < $end && grep { kill 0, $_ } @all;
    return;
}


# The address for gig-sync.  user, password, port, query, db.
sub url {
    my ($self, %with) = @_;
    return sprintf 'postgres://%s%s@127.0.0.1:%d/%s%s', $with{user} // 'owner',
        defined $with{password} ? ":$with{password}" : '', $with{port} // $self->{port}, $with{db} // 'acme',
        '?sslmode=disable' . (defined $with{query} ? "&$with{query}" : '');
}


sub command {
    my ($self, %with) = @_;
    return ('env', 'PGOPTIONS=-c search_path=' . ($with{schema} // 'gig'), "$self->{bin}/psql", '-X', '-q', '-At',
        '-v', 'ON_ERROR_STOP=1', '-h', $self->{data}, '-p', $self->{port}, '-U', $with{user} // 'owner',
        '-d', $with{db} // 'acme');
}


# Statements by psql; returns what it says, dies of an error.
sub psql {
    my ($self, $text, %with) = @_;
    my ($status, $output) = run($self->command(%with), '-c', $text);
    $status == 0 or die "psql: $output";
    chomp $output;
    return $output;
}


# Rows of hashes of a query; other statements are run.
sub rows {
    my ($self, $query, %with) = @_;
    if ($query !~ /^\s*(?:select|with)\b/i) {
        $self->psql($query, %with);
        return;
    }
    my $json = $self->psql("select coalesce(json_agg(t), '[]') from ($query) t", %with);
    return @{ JSON::PP->new->utf8->decode($json) };
}


# A psql that stays, for transactions left open: say() runs a statement to its end.
sub session {
    my ($self, %with) = @_;
    require IPC::Open2;
    my $pid = IPC::Open2::open2(my $out, my $in, $self->command(%with));
    push @{ $self->{test}{kids} }, { pid => $pid, name => 'psql' };
    return bless { in => $in, out => $out, pid => $pid, test => $self->{test} }, 'GigTest::Postgres::Session';
}


package GigTest::Postgres::Session;

sub say {
    my ($self, $text) = @_;
    my $mark = 'done-' . ++$self->{n};
    syswrite $self->{in}, "$text;\n\\echo $mark\n";
    my @lines;
    while (defined(my $line = readline $self->{out})) {
        chomp $line;
        return @lines if $line eq $mark;
        push @lines, $line;
    }
    die "psql ended: $text";
}

sub end {
    my ($self) = @_;
    close $self->{in};
    $self->{test}->gone($self->{pid}, 5);
    return;
}

1;
