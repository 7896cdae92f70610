package GigTest;

# The harness of the black-box tests: a real redis-server, a real nginx with the
# module, a real gig-sync, all in one temporary folder, on ports nobody else has.
# Core Perl only.  When a file ends, whatever it tested, four things are checked
# as tests of their own: nginx's log holds no [alert] or [emerg], no sanitizer
# wrote a report, all that was started has gone in time, and every answer of a
# board was as its openapi.json has it.
#
#   TEST_NGINX_BINARY   nginx to run (default: the one in PATH or /usr/sbin)
#   TEST_NGINX_MODULES  folder of other modules (default: /usr/lib/nginx/modules)
#   TEST_NGINX_VERBOSE  print requests and answers
#   TEST_NGINX_LEAVE    leave the folder and say where it is
#   TEST_NGINX_CATLOG   print the error log at the end
#   GIG_TEST_RECORD     the system of record: sqlite (default) or postgres
#   GIG_BUILD           folder of the built module and gig-sync (default: build);
#                       one of SANITIZE=1 is found out, and its reports fail the test
#   GIG_VALGRIND        nginx and gig-sync run under valgrind, and its reports fail the test

use strict;
use warnings;

use Cwd qw(abs_path);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP ();
use POSIX qw(:sys_wait_h);
use Socket qw(SOL_SOCKET SO_REUSEADDR);
use Test::More;
use Time::HiRes qw(sleep time);

use GigTest::Command ();
use GigTest::Http;
use GigTest::OpenApi;
use GigTest::Postgres;
use GigTest::Redis;

use Exporter qw(import);
our @EXPORT = qw(wait_for json_of gig_record);

our $ROOT  = abs_path(dirname(__FILE__) . '/../..');
our $BUILD = abs_path($ENV{GIG_BUILD} // "$ROOT/build") // "$ROOT/build";

# The build's flags say whether it has ASan in it.  nginx itself has not, and the
# runtime must come first in a process: it is preloaded.
our $SANITIZED = do {
    my $known = open my $flags, '<', "$BUILD/flags";
    $known && <$flags> =~ /-fsanitize=address/;
};
# What a test starts without sanitizer() must not look for leaks either.
$ENV{ASAN_OPTIONS} //= 'detect_leaks=0' if $SANITIZED;
# All is slower under valgrind: deadlines are longer, and what measures time says nothing.
our $VALGRIND = $ENV{GIG_VALGRIND};
my $PATIENCE  = $VALGRIND ? 10 : 1;
my $LIBASAN = $SANITIZED ? `gcc -print-file-name=libasan.so` =~ s/\s+\z//r : undef;

my @LIVING;
my @PORT_LOCKS;


# Waits until the block is true, at most $seconds; returns its value, or fails
# the test and returns nothing.
sub wait_for(&$;$) {
    my ($block, $what, $seconds) = @_;
    my $end = time + ($seconds // 10) * $PATIENCE;

    while (1) {
        my $value = eval { $block->() };
        return $value if $value;
        last if time > $end;
        sleep 0.02;
    }

    fail("waited for: $what");
    diag($@) if $@;
    return;
}


sub json_of {
    my ($text) = @_;
    my $value = eval { JSON::PP->new->utf8->decode(ref $text ? $text->{body} : $text) };
    return $value // {};
}


# A port on 127.0.0.1 that is free and stays ours under `prove -j`: the lock on
# a file of that number is held as long as the process lives.  Not one that the kernel may
# give to a connection before the server, or one that is started anew, listens.
sub port {
    my ($first) = do { open my $range, '<', '/proc/sys/net/ipv4/ip_local_port_range'; $range ? <$range> // '' : '' } =~ /^(\d+)/;
    my $end = $first && $first > 12000 && $first < 32768 ? $first : 32768;
    for (1 .. 500) {
        my $port = 10000 + int rand($end - 10000);
        open my $lock, '>', "/tmp/gig-test-port.$port" or next;
        next unless flock $lock, LOCK_EX | LOCK_NB;
        my $probe = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port,
            Listen => 1, ReuseAddr => 1) or next;
        close $probe;
        push @PORT_LOCKS, [$lock, "/tmp/gig-test-port.$port"];
        return $port;
    }

    die "no free port";
}


# board: name of the board (acme).  workers: of nginx (1).  record: sqlite or postgres.  unwatched:
# why its answers are not held against openapi.json.
sub new {
    my ($class, %option) = @_;

    my $self = bless {
        board   => 'acme',
        workers => 1,
        record  => $ENV{GIG_TEST_RECORD} // 'sqlite',
        %option,
        pid  => $$,
        dir  => tempdir('gig-test-XXXXXX', TMPDIR => 1),
        port => port(),
        kids => [],
    }, $class;

    chmod 0755, $self->{dir};
    make_path("$self->{dir}/state", "$self->{dir}/temp");
    push @LIVING, $self;

    for my $file ("$BUILD/ngx_http_gig_module.so", "$BUILD/gig-sync") {
        -e $file or BAIL_OUT("$file is missing; run make first");
    }

    return $self;
}


sub write_file {
    my ($self, $name, $content) = @_;
    my $path = $name =~ m{^/} ? $name : "$self->{dir}/$name";
    open my $file, '>', $path or die "$path: $!";
    print $file $content;
    close $file or die "$path: $!";
    return $path;
}


# A file of the tree: tests that hold themselves against the program's own tables read them there.
sub source {
    my ($self, $name) = @_;
    open my $file, '<', "$ROOT/$name" or die "$name: $!";
    local $/;
    return scalar <$file>;
}

sub read_file {
    my ($self, $name) = @_;
    my $path = $name =~ m{^/} ? $name : "$self->{dir}/$name";
    open my $file, '<', $path or return '';
    local $/;
    return <$file> // '';
}


# The environment of a command under a sanitizer: reports go to DIR/asan.PID.
# nginx keeps what it has until it exits, so leaks are not asked for.
sub sanitizer {
    my ($self, @command) = @_;
    return () unless $SANITIZED;
    my $options = "detect_leaks=0:log_path=$self->{dir}/asan";
    return (ASAN_OPTIONS => $options, UBSAN_OPTIONS => "$options:print_stacktrace=1",
        (grep { $_ eq nginx_binary() } @command) ? (LD_PRELOAD => join(" ", $LIBASAN, $ENV{LD_PRELOAD} // ())) : ());
}


# A command as it is to be run: nginx and gig-sync under valgrind if that is asked for, with
# reports in DIR/valgrind.PID.  Leaks are not asked for, as under a sanitizer.
sub watched {
    my ($self, @command) = @_;
    return @command unless $VALGRIND && grep { $_ eq nginx_binary() || m{/gig-sync$} } $command[0];
    return ('valgrind', '-q', '--vgdb=no', '--trace-children=yes', '--leak-check=no', "--log-file=$self->{dir}/valgrind.%p",
        "--suppressions=$ROOT/t/lib/valgrind.supp", @command);
}


# Forks and runs a command, its output in NAME.log; returns the process id.
sub spawn {
    my ($self, $name, @command) = @_;

    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>>', "$self->{dir}/$name.log";
        open STDERR, '>>', "$self->{dir}/$name.log";
        local %ENV = (%ENV, $self->sanitizer(@command));
        # A test that is killed takes its servers with it.
        exec 'setpriv', '--pdeathsig', 'TERM', $self->watched(@command) or POSIX::_exit(127);
    }

    push @{$self->{kids}}, { pid => $pid, name => $name };
    return $pid;
}


# Waits for a child of spawn(), at most $seconds; 1 if it has gone.
sub gone {
    my ($self, $pid, $seconds) = @_;
    my $end = time + ($seconds // 10) * $PATIENCE;

    while (1) {
        my $got = waitpid $pid, WNOHANG;
        if ($got == $pid || $got == -1) {
            $self->{status}{$pid} = $? if $got == $pid;
            $self->{kids} = [grep { $_->{pid} != $pid } @{$self->{kids}}];
            return 1;
        }
        return 0 if time > $end;
        sleep 0.02;
    }
}


# Runs a command to its end; returns (status, output of both streams).
sub run {
    my ($self, @command) = @_;

    local %ENV = (%ENV, $self->sanitizer(@command));
    my ($status, $output) = GigTest::Command::run($self->watched(@command));
    diag("@command\n$output") if $ENV{TEST_NGINX_VERBOSE};
    return ($status, $output);
}


# --- Redis

# Starts a redis-server; a second call with the name of one that was stopped starts
# it on the same data.  Settings: name => value of redis.conf.
sub start_redis {
    my ($self, %setting) = @_;
    my $redis = $self->{redis} //= GigTest::Redis->new($self);
    $redis->start(%setting);
    return $redis;
}


# --- keys, gig-sync

sub keys_made {
    my ($self) = @_;
    return if $self->{keys_made}++;
    my ($status, $output) = $self->run("$BUILD/gig-sync", 'keygen', "$self->{dir}/$self->{board}");
    $status == 0 or die "gig-sync keygen: $output";
}


# Writes gig-sync.conf and returns its path.  A setting that is undef is left out.
sub sync_conf {
    my ($self, %setting) = @_;
    $self->keys_made;

    my %all = (
        redis       => '127.0.0.1:' . $self->{redis}{port},
        secret_file => "$self->{dir}/$self->{board}.secret",
        private_key => "$self->{dir}/$self->{board}.key",
        source      => $self->record_url,
        pull_every  => '2s',
        %setting,
    );
    my $text = "[board $self->{board}]\n" . join '', map {"$_ = $all{$_}\n"} grep { defined $all{$_} } sort keys %all;
    return $self->{sync_conf} = $self->write_file('gig-sync.conf', $text);
}


sub sync {
    my ($self, $command, @more) = @_;
    return $self->run("$BUILD/gig-sync", $command, '-c', $self->{sync_conf} // $self->sync_conf, @more);
}


# Runs `gig-sync run` until stop_sync or the end of the file.
sub start_sync {
    my ($self) = @_;
    $self->{sync_conf} // $self->sync_conf;
    return $self->{sync_pid} = $self->spawn('gig-sync', "$BUILD/gig-sync", 'run', '-c', $self->{sync_conf});
}


sub stop_sync {
    my ($self, $signal) = @_;
    my $pid = delete $self->{sync_pid} or return 1;
    kill $signal // 'TERM', $pid;
    return $self->gone($pid, 10);
}


# Puts gigs (hashes) into the system of record by gig-sync's own import.
sub import_gigs {
    my ($self, @gigs) = @_;
    my $json = JSON::PP->new->utf8->canonical;
    my $file = $self->write_file('import.jsonl', join '', map { $json->encode($_) . "\n" } @gigs);
    my ($status, $output) = $self->run("$BUILD/gig-sync", 'import', $file,
        '--into', $self->record_url);
    $status == 0 or diag("gig-sync import: $output");
    return $status == 0;
}


# Import and one pass of gig-sync.
sub publish {
    my ($self, @gigs) = @_;
    $self->import_gigs(@gigs);
    my ($status, $output) = $self->sync('once');
    $status == 0 or diag("gig-sync once: $output");
    return $status == 0;
}


# --- the system of record

# The private PostgreSQL, started when it is first asked for.
sub postgres {
    my ($self) = @_;
    return $self->{postgres} //= GigTest::Postgres->new($self);
}


sub record_url {
    my ($self) = @_;
    return $self->{record} eq 'sqlite' ? "sqlite:$self->{dir}/$self->{board}.db" : $self->postgres->url;
}


# Gives members of a gig's JSON other values by hand ('title' or 'capacity.application_cap'); undef
# removes one.
sub edit_gig {
    my ($self, $id, %member) = @_;
    my $json = 'json';
    for my $name (sort keys %member) {
        my $value = defined $member{$name}
            ? "'" . JSON::PP->new->utf8->canonical->allow_nonref->encode($member{$name}) =~ s/'/''/gr . "'" : undef;
        if ($self->{record} eq 'sqlite') {
            $json = defined $value ? "json_set($json, '\$.$name', json($value))" : "json_remove($json, '\$.$name')";
        } else {
            my $path = "'{" . $name =~ tr/./,/r . "}'";
            $json = defined $value ? "jsonb_set($json\::jsonb, $path, $value)" : "($json\::jsonb #- $path)";
        }
    }
    $json .= '::json' if $self->{record} ne 'sqlite';
    $self->sql("update gigs set json = $json where id = '$id'");
    return;
}


# The system of record, asked with sqlite3 or psql: rows of hashes.
sub sql {
    my ($self, $query) = @_;
    if ($self->{record} ne 'sqlite') {
        my @rows = $self->postgres->rows($query);
        return wantarray ? @rows : scalar @rows;
    }
    my ($status, $output) = $self->run('sqlite3', '-cmd', '.timeout 5000', '-json',
        "$self->{dir}/$self->{board}.db", $query);
    $status == 0 or die "sqlite3: $output";
    my @rows = $output =~ /\S/ ? @{ json_of($output) } : ();
    return wantarray ? @rows : scalar @rows;
}


# A gig that is whole; members given replace the ones here.
sub gig_record {
    my ($id, %member) = @_;
    return {
        schema     => 'gig/1',
        id         => $id,
        status     => 'published',
        time_zone  => 'America/Chicago',
        posted_at  => '2026-01-05T12:00:00Z',
        updated_at => '2026-01-05T12:00:00Z',
        language   => 'en',
        title      => "Gig $id",
        summary    => "What $id is about.",
        description_html => '<p>A short project.</p>',
        org        => { id => 'acme', name => 'Acme Robotics', url => 'https://acme.example' },
        department => 'Marketing',
        engagement => 'contractor',
        location   => { mode => 'remote', name => 'Remote - United States',
            applicant_regions => [{ type => 'Country', code => 'US', name => 'United States' }] },
        pay  => { type => 'fixed', currency => 'USD', min_minor => 50000, max_minor => 50000, unit => 'project' },
        work => { hours_min => 15, hours_max => 20, duration_days => 21 },
        skills => [{ name => 'Research' }],
        %member,
    };
}


# Answers that the default form accepts.
sub answers {
    my ($self, %answer) = @_;
    return {
        first_name => 'Avery', last_name => 'Example', email => 'avery@example.edu',
        statement  => 'I would start with the public data.', available => JSON::PP::true,
        consent_processing => JSON::PP::true, eligible => JSON::PP::true, %answer,
    };
}


# The `_key` of a form that was opened so many seconds ago (60); secret: the file of another's keys.
sub form_key {
    my ($self, $gig, $age, $secret) = @_;
    my $binary = "$self->{dir}/form_token";
    if (!-x $binary) {
        my ($status, $output) = $self->run($ENV{CC} // 'cc', '-std=c11', '-D_GNU_SOURCE', '-I', "$ROOT/ngx_gig_module/core",
            '-o', $binary, "$ROOT/t/lib/form_token.c", ($ENV{GIG_CORE} // "$BUILD/libgigcore.a"),
            '-lsodium', '-lnettle', '-ljansson', '-lutf8proc', '-lz', '-lm', $SANITIZED ? '-fsanitize=address,undefined' : ());
        $status == 0 or die "form_token: $output";
    }
    my ($status, $output) = $self->run($binary, $secret // "$self->{dir}/$self->{board}.secret", $gig, $age // 60);
    $status == 0 or die "form_token: $output";
    chomp $output;
    return $output;
}


# POST of a JSON application; returns the answer.  _from: the address it comes from.
sub apply {
    my ($self, $gig, $key, %answer) = @_;
    my $from = delete $answer{_from};
    return $self->http('POST', "/gigs/$gig/applications", from => $from,
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"$key\"" },
        body => JSON::PP->new->utf8->canonical->encode({ answers => $self->answers(%answer) }));
}


# --- nginx

sub nginx_binary {
    return $ENV{TEST_NGINX_BINARY} // (grep {-x} map {"$_/nginx"} split(/:/, $ENV{PATH}), '/usr/sbin')[0];
}


# Writes nginx.conf.  Pieces: main, events, http, board, server, location (of /gigs/),
# board_block => 0 and gig => 0 leave out the three lines; plain => 1 leaves out all that is the
# module's, keys too; modules: those to load instead of ours.
sub nginx_conf {
    my ($self, %piece) = @_;
    my $dir   = $self->{dir};
    my $redis = $piece{redis} // ($self->{redis} ? "127.0.0.1:$self->{redis}{port}" : '127.0.0.1:1');
    %piece = (%piece, board_block => 0, gig => 0, no_keys => 1) if $piece{plain};
    $self->keys_made unless $piece{no_keys};

    my $p = sub { $piece{$_[0]} // '' };
    my @modules = @{ $piece{modules} // ["$BUILD/ngx_http_gig_module.so"] };
    my $board = $piece{board_block} // 1
        ? "gig_board $self->{board} {\n redis $redis;\n state $dir/state/$self->{board};\n"
            . ($piece{no_keys} ? '' : " secret_file $dir/$self->{board}.secret;\n seal_key $dir/$self->{board}.pub;\n")
            . ' ledger ' . ($piece{ledger} // $self->{ledger} // 'on') . ";\n" . $p->('board') . "\n}\n"
        : '';
    my $gig  = $piece{gig} // 1 ? "location /gigs/ { gig $self->{board}; " . $p->('location') . " }\n" : '';
    my $user = $> == 0 ? 'user root;' : '';

    my $conf = join '', (map {"load_module $_;\n"} @modules),
        # A binary upgrade empties the environment but for what is named.
        $SANITIZED ? "env ASAN_OPTIONS;\nenv UBSAN_OPTIONS;\nenv LD_PRELOAD;\n" : '',
        "daemon off;\nmaster_process on;\nworker_processes $self->{workers};\npid $dir/nginx.pid;\n$user\n",
        "error_log $dir/error.log info;\nworker_shutdown_timeout 10s;\n", $p->('main'), "\n",
        "events { worker_connections 512; ", $p->('events'), " }\n",
        "http {\n access_log $dir/access.log;\n",
        (map {" ${_}_temp_path $dir/temp/$_;\n"} qw(client_body proxy fastcgi uwsgi scgi)),
        $p->('http'), "\n$board\n",
        " server {\n listen 127.0.0.1:$self->{port};\n server_name localhost;\n",
        $piece{plain} ? '' : " location = /gig-health { gig_health; }\n location = /metrics { gig_metrics; }\n",
        $gig, $p->('server'), "\n }\n}\n";
    $self->watch($conf);
    return $self->write_file('nginx.conf', $conf);
}


# From now on answers of the boards in this nginx.conf are held against openapi.json, by processes
# that the test forks too: what is wrong goes into a file, which finish() reads.
sub watch {
    my ($self, $conf) = @_;
    return if $self->{unwatched};
    my %boards = GigTest::OpenApi::boards($conf);
    for my $port (keys %boards) {
        my ($prefixes, $file) = ($boards{$port}, "$self->{dir}/openapi.wrong");
        $GigTest::Http::WATCH{$port} = sub {
            my @wrong = eval { GigTest::OpenApi::watch($prefixes, @_) };
            push @wrong, "$_[0] $_[1]: could not be held against it: $@" =~ s/\n//gr if $@;
            return unless @wrong;
            my ($frame, @at) = (0);
            1 while @at = caller $frame++ and $at[1] =~ m{/lib/};
            open my $out, '>>', $file or return;
            print $out map { utf8::encode(my $line = $_); "$line" . (@at ? " ($at[1] line $at[2])" : '') . "\n" } @wrong;
        };
    }
    $self->{watched} = 1 if %boards;
}


# What is wrong so far, each once; after which it is forgotten.
sub openapi_wrong {
    my ($self) = @_;
    my %seen;
    my @wrong = grep { !$seen{ s/ \(.*//r }++ } split /\n/, $self->read_file('openapi.wrong');
    unlink "$self->{dir}/openapi.wrong";
    return @wrong;
}


sub nginx_test {
    my ($self, %piece) = @_;
    $self->nginx_conf(%piece);
    return $self->run(nginx_binary(), '-t', '-p', "$self->{dir}/", '-c', "$self->{dir}/nginx.conf",
        '-e', "$self->{dir}/error.log");
}


sub start_nginx {
    my ($self, %piece) = @_;
    $self->nginx_conf(%piece) unless $piece{keep_conf};

    $self->{nginx} = $self->spawn('nginx', nginx_binary(), '-p', "$self->{dir}/",
        '-c', "$self->{dir}/nginx.conf", '-e', "$self->{dir}/error.log");
    my $up = wait_for {
        waitpid($self->{nginx}, WNOHANG) == $self->{nginx} and die "nginx ended: " . $self->read_file('nginx.log')
            . $self->read_file('error.log');
        IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});
    } 'nginx to listen';
    return !!$up;
}


# Process ids of the workers that serve (not those that shut down).
sub workers {
    my ($self) = @_;
    return grep { $self->command_of($_) =~ /worker process(?! is shutting)/ } $self->children($self->{nginx});
}


sub children {
    my ($self, $parent) = @_;
    my @found;
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $stat or next;
        my $line = <$file> // next;
        push @found, $1 if $line =~ /^(\d+) \(.*\) \S (\d+)/ && $2 == $parent;
    }
    return @found;
}


# ms of CPU that the main threads of these workers, which are their event loops, have had; what
# others have of the machine does not count.  With all => 1: all of their threads.
sub loop_time {
    my ($self, $workers, %option) = @_;
    my $ns = 0;
    for my $pid (@$workers) {
        $ns += (split ' ', $self->read_file($_))[0] // 0 for $option{all} ? glob "/proc/$pid/task/*/schedstat" : "/proc/$pid/task/$pid/schedstat";
    }
    return $ns / 1e6;
}


# Stops the master, so that it starts no worker any more, and returns all of its workers.
sub freeze_nginx {
    my ($self) = @_;
    kill 'STOP', $self->{nginx};
    wait_for { $self->read_file("/proc/$self->{nginx}/stat") =~ /\) [TZ] / } 'the master to stop';
    return $self->children($self->{nginx});
}


sub command_of {
    my ($self, $pid) = @_;
    open my $file, '<', "/proc/$pid/cmdline" or return '';
    local $/;
    my $command = <$file> // '';
    # Under valgrind a process cannot write its title; its log says what it is.
    $command = "nginx: worker process" . ($self->read_file('error.log') =~ / \Q$pid\E#\d+: gracefully shutting/ ? ' is shutting' : '')
        if $VALGRIND && $command =~ /\0-c\0/ && $pid != ($self->{nginx} // 0);
    return $command;
}


# HUP; waits until no worker of before serves and new ones do.
sub reload {
    my ($self) = @_;
    my %old = map { $_ => 1 } $self->workers;
    kill 'HUP', $self->{nginx};
    return wait_for {
        my @now = $self->workers;
        @now == $self->{workers} && !grep { $old{$_} } @now;
    } 'new workers after a reload';
}


# KILL: all of it, as workers whose master alone was killed go on to listen; and the master is
# stopped first, as it may start one while they are counted.
sub stop_nginx {
    my ($self, $signal) = @_;
    $signal //= 'QUIT';
    my $pid = $self->{nginx} or return 1;
    my @workers = $signal eq 'KILL' ? $self->freeze_nginx : $self->children($pid);
    delete $self->{nginx};
    kill $signal, $pid, $signal eq 'KILL' ? @workers : ();
    my $gone = $self->gone($pid, 12);
    kill 'KILL', $pid, @workers unless $gone;
    wait_for { !grep { kill 0, $_ } @workers } 'all workers to be gone' if $signal eq 'KILL';
    return $gone;
}


# unwatched => 1: the answer is not held against openapi.json, as somebody else gives it.
sub http {
    my ($self, $method, $path, %option) = @_;
    local $GigTest::Http::UNWATCHED = delete $option{unwatched};
    my $answer = GigTest::Http::request($option{port} // $self->{port}, $method, $path, %option);
    diag("$method $path -> $answer->{status}\n$answer->{body}") if $ENV{TEST_NGINX_VERBOSE};
    return $answer;
}

sub get { my ($self, $path, %option) = @_; return $self->http('GET', $path, %option) }


# The list as JSON once it holds $total gigs (state: all).
sub wait_total {
    my ($self, $total, $seconds) = @_;
    return wait_for {
        my $list = json_of($self->get('/gigs/?format=json&state=all'));
        defined $list->{total} && $list->{total} == $total && $list;
    } "the list to hold $total gigs", $seconds // 10;
}


# --- the end

sub finish {
    my ($self) = @_;
    return if $self->{finished}++;

    ok($self->stop_sync, 'gig-sync left in time') if $self->{sync_pid};
    ok($self->stop_nginx, 'nginx and its workers left in time') if $self->{nginx};
    $self->{redis}->stop if $self->{redis};
    ok($self->{postgres}->stop, 'PostgreSQL left in time') if $self->{postgres};

    for my $kid (@{ $self->{kids} }) {
        kill 'TERM', $kid->{pid};
        $self->gone($kid->{pid}, 5) or kill 'KILL', $kid->{pid};
    }

    if ($self->{watched}) {
        my @wrong = $self->openapi_wrong;
        ok(!@wrong, 'every answer is as openapi.json has it') or diag(join "\n", splice @wrong, 0, 20);
    }

    my $log = $self->read_file('error.log');
    diag($log) if $ENV{TEST_NGINX_CATLOG};
    my @bad = grep { !$self->{expected_log} || !/$self->{expected_log}/ } $log =~ /^.*\[(?:alert|emerg)\].*$/mg;
    is_deeply(\@bad, [], 'no [alert] and no [emerg] in the error log');

    my @reports = grep { $self->read_file($_) =~ /Sanitizer|runtime error:|^==\d+==/m }
        glob "$self->{dir}/*.log $self->{dir}/asan* $self->{dir}/valgrind*";
    is_deeply(\@reports, [], 'no report of a sanitizer, nor of valgrind');
    diag($self->read_file($_)) for @reports;

    if ($ENV{TEST_NGINX_LEAVE}) { diag("left: $self->{dir}") }
    else                        { remove_tree($self->{dir}) }
}


sub done {
    my ($self) = @_;
    $self->finish;
    done_testing();
}


END {
    my $status = $?;
    for my $test (@LIVING) {
        next if $test->{pid} != $$ || $test->{finished};
        kill 'KILL', map { $_->{pid}, $test->children($_->{pid}) } @{ $test->{kids} };
        remove_tree($test->{dir}) unless $ENV{TEST_NGINX_LEAVE};
    }
    unlink map { $_->[1] } @PORT_LOCKS if @LIVING && $LIVING[0]{pid} == $$;
    $? = $status;
}

1;
