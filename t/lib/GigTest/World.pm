package GigTest::World;

# What the histories at the end of the design's protocol are played in: hosts (each an nginx with a
# state folder of its own), one Redis that may have a replica, gig-syncs and a system of record,
# SQLite or PostgreSQL.  Each party goes to Redis by a proxy of its own, which stands for the
# name that leads to another server after a promotion, and loses or holds what it is told to.
#
#     histories(sub {
#         my ($record) = @_;
#         my $world = GigTest::World->new(record => $record, hosts => 2);
#         history(7, 'what is to come right', sub { ... });
#         $world->finish;
#     });
#
# plays the file for SQLite and for PostgreSQL, at the same time.  GIG_TEST_RECORD: for one of them;
# GIG_HISTORY=N: one history of the file.

use strict;
use warnings;

use File::Copy qw(copy);
use File::Temp qw(tempdir);
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use GigTest;
use GigTest::Command ();
use GigTest::Http;
use GigTest::Proxy;
use GigTest::Upstream;

use Exporter qw(import);
our @EXPORT = qw(histories history state_of confirmation seat_of token_of stamp capped emails);

our $P = 'gig:{acme}:';


# --- a file's histories, for both systems of record

sub histories {
    my ($play) = @_;

    if ($ENV{GIG_TEST_RECORD}) {
        $play->($ENV{GIG_TEST_RECORD});
        done_testing();
        return;
    }

    my $dir  = tempdir(CLEANUP => 1);
    my %pids = map { $_ => lane($_, "$dir/$_") } qw(sqlite postgres);

    for my $record (sort { $b cmp $a } keys %pids) {
        waitpid $pids{$record}, 0;
        my $status = $?;
        my $output = do { local (@ARGV, $/) = "$dir/$record"; <> } // '';
        my $played = 0;

        while ($output =~ /^(not )?ok \d+(?: - ([^#\n]*))?(?: ?# skip ([^\n]*))?/mgi) {
            my ($failed, $what, $skipped) = ($1, $2 // '', $3);
            $played++;
            SKIP: {
                skip "$record: $skipped", 1 if defined $skipped;
                ok(!$failed, "$record: $what");
            }
        }
        is($status, 0, "$record: all of it") or diag($output);
        cmp_ok($played, '>', 2, "$record: it was played");
        # What they measured.
        note(join "\n", map {"$record: $_"} $output =~ /^\s*# (history \d+:.*)$/mg) if !$status;
    }

    done_testing();
    return;
}


sub lane {
    my ($record, $file) = @_;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    open STDOUT, '>', $file or POSIX::_exit(1);
    open STDERR, '>&', \*STDOUT or POSIX::_exit(1);
    $ENV{GIG_TEST_RECORD} = $record;
    exec $^X, (map {"-I$_"} @INC), $0 or POSIX::_exit(1);
}


sub history {
    my ($number, $what, $play) = @_;
    return if $ENV{GIG_HISTORY} && $ENV{GIG_HISTORY} != $number;
    return subtest "history $number: $what" => sub {
        my $begin = time;
        eval { $play->(); 1 } or fail('it ended early') && 0 or diag($@);
        note(sprintf 'history %d took: %.1f s', $number, time - $begin);
    };
}


# --- what an answer says

sub state_of     { my ($answer) = @_; return $answer ? "$answer->{status} " . confirmation($answer) : 'nothing' }
sub confirmation { my ($answer) = @_; return json_of($answer)->{confirmation} // json_of($answer)->{type} // '' }
sub seat_of      { my ($answer) = @_; return json_of($answer)->{seat} }
sub token_of     { my ($answer) = @_; return ($answer->{headers}{location} // '') =~ m{([\w-]{43})$} ? $1 : '' }
sub stamp        { my ($at) = @_; return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $at) }
sub capped       { my ($cap, $on_full) = @_; return (capacity => { positions => 1, application_cap => $cap, on_full => $on_full }) }
sub emails       { return [map {"$_\@example.edu"} @_] }


# --- the world

# record; hosts (1), workers of each (2), gigs, replica => 1, board => lines of the board's block,
# timeout => redis_timeout (500ms), conf => pieces of nginx_conf, sync => settings of gig-sync;
# upstream => 1: applications go to an HTTP upstream, {upstream}, and not to the system of record.
sub new {
    my ($class, %option) = @_;
    my $self = bless { hosts => 1, workers => 2, gigs => [], board => '', timeout => '500ms', address => 0, %option, syncs => {} }, $class;
    my @hosts = map { GigTest->new(workers => $self->{workers}, record => $self->{record}) } 1 .. $self->{hosts};
    my $first = $hosts[0];
    $self->{hosts} = \@hosts;
    @{$self}{qw(a b)} = @hosts;

    for my $shim (qw(disk_faults clock)) {
        my ($status, $output) = $first->run($ENV{CC} // 'cc', '-std=c11', '-D_GNU_SOURCE', '-shared', '-fPIC',
            '-o', "$first->{dir}/$shim.so", "$GigTest::ROOT/t/lib/$shim.c", '-ldl');
        $status == 0 or die "$shim: $output";
    }

    $self->{redis} = $first->{redis} = GigTest::Redis->new($first);
    $self->redis_start($self->{redis}, appendonly => 'yes', 'repl-diskless-sync-delay' => 0);
    $self->replica_start if $self->{replica};
    $self->{sync_link} = GigTest::Proxy->new($first, $self->{redis}{port});
    $first->import_gigs(@{ $self->{gigs} }) or die "import\n";
    $self->{upstream} = GigTest::Upstream->new($first) if $self->{upstream};
    $first->sync_conf(redis => "127.0.0.1:$self->{sync_link}{port}", pull_every => '1s', claim_after => '2s', %{ $self->{sync} // {} },
        $self->{upstream} ? $self->{upstream}->settings : ());

    for my $host (@hosts) {
        if ($host != $first) {
            copy("$first->{dir}/acme.$_", "$host->{dir}/acme.$_") or die "acme.$_: $!" for qw(secret pub);
            @{$host}{qw(keys_made redis)} = (1, $self->{redis});
        }
        $host->{link} = GigTest::Proxy->new($host, $self->{redis}{port});
        # Faults are what this is about; what the log must not say the other tests ask.
        $host->{expected_log} = qr/exited on signal 9|ledger|worker process|gig: board/;
        $self->disk($host);
    }

    $self->sync_start;
    $self->nginx_start($_) for @hosts;
    $_->wait_total(scalar @{ $self->{gigs} }) or die "the board did not come up\n" for @hosts;
    $self->ready;
    return $self;
}


sub nginx_start {
    my ($self, $host, %more) = @_;
    local $ENV{LD_PRELOAD}      = "$self->{a}{dir}/disk_faults.so";
    local $ENV{GIG_DISK_FAULTS} = "$host->{dir}/faults";
    local $ENV{GIG_DISK_SYNCED} = $host->{synced} // '';
    return $host->start_nginx(redis => "127.0.0.1:$host->{link}{port}", board => "redis_timeout $self->{timeout}; $self->{board}",
        server => 'keepalive_requests 100000; location = /worker-health { gig_health; add_header X-Worker $pid; }',
        %{ $self->{conf} // {} }, %more);
}

# All hosts have a link to a Redis that may judge.
sub ready {
    my ($self) = @_;
    $self->ready_at($_) for @{ $self->{hosts} };
    return;
}
sub ready_at {
    my ($self, $host) = @_;
    wait_for { $self->cmd('EXISTS', "${P}ready") } 'a Redis that judges', 15;
    return $self->linked($host, 1);
}

# Every worker has its link, or none has.
sub linked {
    my ($self, $host, $linked) = @_;
    my %workers;
    return wait_for {
        %workers = map { $_ => $workers{$_} } $host->workers;
        # Some at once, so that no worker takes them all.
        my @connections = grep {defined} map { GigTest::Http->new($host->{port}) } 1 .. 6;
        $_->send('GET', '/worker-health', headers => { Connection => 'close' }) for @connections;
        for my $answer (map { $_->answer('GET') } @connections) {
            $workers{ $answer->{headers}{'x-worker'} // 0 } = $answer->{body} =~ /"redis":true/ ? 1 : 0;
        }
        !grep { ($workers{$_} // -1) != $linked } $host->workers;
    } $linked ? 'all workers to have a link' : 'no worker to have a link', 15;
}

# A host that cannot reach Redis, until mend().
sub cut_off {
    my ($self, $host) = @_;
    $host->{link}->mode('. reset');
    $host->{link}->cut;
    return $self->linked($host, 0);
}
sub mend { my ($self, $host) = @_; $host->{link}->mode('pass'); return $self->ready_at($host) }

# All of a host's processes at once, as when its power goes.
sub nginx_kill {
    my ($self, $host) = @_;
    my @all = ($host->{nginx}, $host->children($host->{nginx}));
    kill 'KILL', @all;
    $host->gone(delete $host->{nginx}, 10);
    return wait_for { !grep { kill 0, $_ } @all } 'all of nginx to be gone';
}

sub disk {
    my ($self, $host, @lines) = @_;
    $host->write_file('faults.new', join '', map {"$_\n"} @lines);
    rename "$host->{dir}/faults.new", "$host->{dir}/faults" or die "faults: $!";
    return;
}


# --- gig-syncs, by number

sub sync_start {
    my ($self, @numbers) = @_;
    for my $n (@numbers ? @numbers : 1) {
        $self->{syncs}{$n} //= $self->{a}->spawn("gig-sync-$n", "$GigTest::BUILD/gig-sync", 'run', '-c', $self->{a}{sync_conf});
    }
    return;
}

sub sync_stop {
    my ($self, $signal) = @_;
    for my $n (sort keys %{ $self->{syncs} }) {
        my $pid = delete $self->{syncs}{$n};
        kill $signal // 'TERM', $pid;
        $self->{a}->gone($pid, 15) or do { kill 'KILL', $pid; $self->{a}->gone($pid, 5) };
    }
    return;
}


# --- Redis: the one that is the primary now, a replica, and its promotion

sub server { my ($self) = @_; return $self->{redis} }
sub cmd    { my ($self, @words) = @_; return $self->{redis}->cmd(@words) }
sub queue  { my ($self) = @_; return $self->cmd('XLEN', "${P}applications") }

sub redis_start {
    my ($self, $redis, %setting) = @_;
    local $ENV{LD_PRELOAD} = "$self->{a}{dir}/clock.so";
    local $ENV{GIG_CLOCK}  = "$redis->{dir}/clock";
    return $redis->start(%setting);
}

# Its clock stands at that time from now on, in ms; 0: it goes as others do.
sub clock {
    my ($self, $redis, $ms) = @_;
    $self->{a}->write_file("$redis->{dir}/clock.new", sprintf '%.0f', $ms);
    return rename "$redis->{dir}/clock.new", "$redis->{dir}/clock";
}

sub replica_start {
    my ($self) = @_;
    my $replica = $self->{replica} = GigTest::Redis->new($self->{a}, 'replica-' . ++$self->{replicas});
    $self->redis_start($replica, %{ $self->{redis}{setting} }, replicaof => "127.0.0.1 $self->{redis}{port}");
    delete $replica->{setting}{replicaof};
    return wait_for { $replica->cmd('INFO', 'replication') =~ /master_link_status:up/ } 'the replica to have all', 15;
}

# It hears nothing from now on, as when the link is cut; what it has stays.
sub replica_cut {
    my ($self) = @_;
    my ($offset) = $self->cmd('INFO', 'replication') =~ /master_repl_offset:(\d+)/;
    wait_for { $self->{replica}->cmd('INFO', 'replication') =~ /slave_repl_offset:(\d+)/ && $1 >= $offset } 'the replica to be level';
    $self->{replica}->cmd('REPLICAOF', '127.0.0.1', 1);
    return;
}

# The replica is the primary, whatever it has heard of; all find it by its name.  With `only`, these
# links alone: the old one lives on for the rest, until its crash().
sub promote {
    my ($self, %how) = @_;
    my $old = $self->{redis};
    my $new = delete $self->{replica};
    $new->cmd('REPLICAOF', 'NO', 'ONE');
    $self->moved($new, $how{only} ? @{ $how{only} } : $self->links);
    $old->crash unless $how{only};
    $self->{redis} = $self->{a}{redis} = $new;
    return $old;
}

sub links { my ($self) = @_; return ($self->{sync_link}, map { $_->{link} } @{ $self->{hosts} }) }

sub moved {
    my ($self, $server, @links) = @_;
    for my $link (@links) {
        $link->target($server->{port});
        $link->cut unless $link->is('keep');
    }
    return;
}


# --- applicants

# Each comes from an address of its own: only so many may come from one while Redis is gone.
sub apply {
    my ($self, $host, $gig, $key, %more) = @_;
    my $n = ++$self->{address};
    $more{email} //= "$key\@example.edu";
    return $host->apply($gig, $key, _from => sprintf('127.2.%d.%d', $n / 250 % 250, 1 + $n % 250), %more);
}

sub withdraw { my ($self, $host, $answer) = @_; return $host->http('DELETE', '/gigs/receipts/' . token_of($answer)) }
sub receipt  { my ($self, $host, $answer) = @_; return json_of($host->get('/gigs/receipts/' . token_of($answer) . '?format=json')) }

# In the background; end() waits for its answer: {status => 0} if none came.
sub begin {
    my ($self, $host, $gig, $key, %more) = @_;
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $read;
        $self->{address} += 1000 + $$ % 30000;
        my $answer = eval { $self->apply($host, $gig, $key, %more) } // { status => 0, headers => {}, body => '' };
        print $write JSON::PP->new->utf8->encode({ map { $_ => $answer->{$_} } qw(status headers body) });
        close $write;
        POSIX::_exit(0);
    }
    close $write;
    return { read => $read, pid => $pid };
}

sub end {
    my ($self, $begun) = @_;
    local $/;
    my $text = readline $begun->{read};
    waitpid $begun->{pid}, 0;
    return json_of($text // '');
}

# Many applicants at one instant: $n of them, (host, gig, key, more answers) of each by the block; 16
# connections.  Returns how often each answer was given, as "202 reserved" or "409"; {answered} is who had which.
sub crowd {
    my ($self, $n, $who) = @_;
    my $clients = 16;
    pipe my $gate, my $open or die "pipe: $!";
    $self->{answered} = {};
    my @begun = map { $self->crowd_client($_, $n, $clients, $who, $gate, $open) } 0 .. $clients - 1;
    close $gate;
    close $open;                                # all of them begin now
    my %said;
    for my $client (@begun) {
        my $file = $client->{read};
        while (my $line = <$file>) {
            chomp $line;
            my ($key, $answer) = split / /, $line, 2;
            $self->{answered}{$key} = $answer;
            $said{$answer}++;
        }
        waitpid $client->{pid}, 0;
    }
    return \%said;
}

sub crowd_client {
    my ($self, $number, $n, $clients, $who, $gate, $open) = @_;
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid) { close $write; return { pid => $pid, read => $read } }

    close $open;
    my $json = JSON::PP->new->utf8->canonical;
    my (%connection, @requests);
    for (my $i = $number; $i < $n; $i += $clients) {
        my ($host, $gig, $key, %more) = $who->($i);
        push @requests, [$host, "/gigs/$gig/applications", $key,
            $json->encode({ answers => $host->answers(email => "$key\@example.edu", %more) })];
    }
    sysread $gate, my $nothing, 1;
    for my $request (@requests) {
        my ($host, $path, $key, $body) = @$request;
        my $answer;
        for (1 .. 2) {
            my $connection = $connection{ $host->{port} } //= GigTest::Http->new($host->{port}, timeout => 30) or next;
            $connection->send('POST', $path, body => $body,
                headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"$key\"" });
            $answer = $connection->answer('POST');
            last if $answer->{status};
            delete $connection{ $host->{port} };
        }
        my ($seat) = ($answer->{body} // '') =~ /"seat":"(\w+)"/;
        print $write join(' ', $key, $answer->{status} // 0, $seat // ()) . "\n";
    }
    close $write;
    POSIX::_exit(0);
}


# --- the system of record, and whether all is over

sub sql { my ($self, $query) = @_; return $self->{a}->sql($query) }

# Everything was heard of and nothing waits: no host misses a record, no entry is in the stream.
sub quiet {
    my ($self, $what, $seconds) = @_;
    my $why = '';
    my $quiet = wait_for {
        my @gaps = map { gap($_) } @{ $self->{hosts} };
        my $queue = eval { $self->queue } // '?';
        $why = "gaps @gaps, queue $queue";
        $why eq join ' ', 'gaps', map({0} @gaps[0 .. $#gaps - 1]), '0, queue 0';
    } "$what: all to be settled", $seconds // 30;
    diag($why) unless $quiet;
    return $quiet;
}

# Files of a host's ledger, and the process that has each locked; 0: nobody.
sub holders {
    my ($self, $host) = @_;
    open my $locks, '<', '/proc/locks' or die "locks: $!";
    my %pid = map { /FLOCK\s+ADVISORY\s+WRITE (\d+) \S+:(\d+) / ? ($2 => $1) : () } <$locks>;
    return { map { $_ => $pid{ (stat)[1] // 0 } // 0 } grep {/ledger\.[0-9a-f]{16}$/} glob "$host->{dir}/state/acme/ledger.*" };
}

# What the ledger has, Redis forgets, gig-sync has not seen: all of it is delivered, by the workers of now.
sub ledger_alone {
    my ($self, $host, $what) = @_;
    $self->cmd('FLUSHALL');
    $self->sync_start;
    $self->ready;
    $self->quiet($what);
    # What is ticked can wait for its new holder, who looks around once in a while.
    my $orphans = sub {
        my $holders = $self->holders($host);
        my %living = map { $_ => 1 } $host->workers;
        return [grep { !$living{ $holders->{$_} } } sort keys %$holders];
    };
    wait_for { !@{ $orphans->() } } "$what: each file to be held by a worker", 15;
    is_deeply($orphans->(), [], "$what: no file is left that nobody holds");
    return;
}

sub gap { my ($host) = @_; my ($n) = $host->get('/metrics')->{body} =~ /^gig_ledger_gap\S* (\d+)/m; return $n // -1 }

# address => seat; one that is there more than once says so.
sub rows {
    my ($self, $gig) = @_;
    my %seats;
    for my $row ($self->sql("select email, seat from applications where gig = '$gig' order by received_at")) {
        $seats{ $row->{email} } = exists $seats{ $row->{email} } ? "$seats{ $row->{email} } and $row->{seat}" : $row->{seat};
    }
    return \%seats;
}

# seat => how many have it
sub seats {
    my ($self, $gig) = @_;
    my %n;
    $n{$_}++ for map { $_->{seat} } $self->sql("select seat from applications where gig = '$gig'");
    return \%n;
}

sub once_each {
    my ($self, $gig, $what, @keys) = @_;
    my $rows = $self->rows($gig);
    is_deeply([sort keys %$rows], [sort @{ emails(@keys) }], "$what: who is in the system of record");
    is_deeply([grep {/ and /} values %$rows], [], "$what: each once");
    return $rows;
}

# "confirmed,waiting,held,state" of a gig, as Redis has it; a gig without a line has none of these.
sub counted { my ($self, $gig) = @_; return $self->cmd('HGET', "${P}seats", $gig) // '0,0,0,open' }

# Nothing in the record or in what lies beside it knows the applicant.
sub erased {
    my ($self, $what, $key) = @_;
    for my $table (qw(applications conflicts)) {
        is($self->sql("select 1 as x from $table where cast(json as text) like '%$key\@example.edu%'"), 0, "$what: not in $table");
    }
    return;
}


# A copy of it, made while all runs; put back with gig-sync stopped.
sub backup {
    my ($self) = @_;
    my $test = $self->{a};
    my ($status, $output) = $self->{record} eq 'sqlite' ? $test->run('sqlite3', "$test->{dir}/acme.db", ".backup $test->{dir}/copy")
        : $test->run($self->pg('pg_dump'), '-f', "$test->{dir}/copy", 'acme');
    $status == 0 or die "backup: $output";
    return;
}

sub restore {
    my ($self) = @_;
    my $test = $self->{a};
    if ($self->{record} eq 'sqlite') {
        unlink map {"$test->{dir}/acme.db$_"} '', '-wal', '-shm';
        copy("$test->{dir}/copy", "$test->{dir}/acme.db") or die "restore: $!";
        return;
    }
    $test->postgres->psql($_, db => 'postgres') for 'drop database acme with (force)', 'create database acme';
    my ($status, $output) = $test->run($self->pg('psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'acme', '-f', "$test->{dir}/copy");
    $status == 0 or die "restore: $output";
    return;
}

sub pg {
    my ($self, $program) = @_;
    my $pg = $self->{a}->postgres;
    return ("$pg->{bin}/$program", '-h', $pg->{data}, '-p', $pg->{port}, '-U', 'owner');
}


# Keeps all gig-syncs from writing, and lets them go on.
sub record_hold {
    my ($self) = @_;
    my $held;
    if ($self->{record} eq 'sqlite') {
        require IPC::Open2;
        my $pid = IPC::Open2::open2(my $out, my $in, 'sqlite3', "$self->{a}{dir}/acme.db");
        push @{ $self->{a}{kids} }, { pid => $pid, name => 'sqlite3' };
        syswrite $in, ".timeout 9000\nbegin immediate;\n.print held\n";
        readline $out;
        $held = { in => $in, out => $out, pid => $pid };
    } else {
        $held = { session => $self->{a}->postgres->session };
        $held->{session}->say('begin; lock table delivery in exclusive mode');
    }
    $self->{held} = $held;
    return;
}

# sql: what is done with what was held.
sub record_go {
    my ($self, $sql) = @_;
    my $held = delete $self->{held};
    $sql = defined $sql ? "$sql;" : '';
    if ($held->{session}) {
        $held->{session}->say("$sql commit");
        $held->{session}->end;
    } else {
        syswrite $held->{in}, "$sql\ncommit;\n";
        close $held->{in};
        $self->{a}->gone($held->{pid}, 5);
    }
    return;
}

# It takes nothing for as long as is wanted: its server stops, or its file is locked.
sub sink_down {
    my ($self) = @_;
    return $self->{record} eq 'sqlite' ? $self->record_hold : $self->{a}->postgres->stop('QUIT');
}
sub sink_up {
    my ($self) = @_;
    return $self->{record} eq 'sqlite' ? $self->record_go : $self->{a}->postgres->start;
}

# How many gig-syncs have something in hand.
sub busy {
    my ($self) = @_;
    my $list = $self->cmd('XPENDING', "${P}applications", 'sync');
    return scalar @{ $list->[3] // [] };
}


sub finish {
    my ($self) = @_;
    $self->sync_stop;
    my ($first, @others) = @{ $self->{hosts} };
    delete $_->{redis} for @others;
    $first->{redis} = $self->{redis};
    $_->finish for @others;
    $_->stop for grep {defined} @{$self}{qw(replica)};
    # Why a host said no is in its log, and that goes with its folder.
    if (!Test::More->builder->is_passing) {
        diag("$_->{dir}:\n", grep {/\[(?:warn|error|crit|alert|emerg)\]|took over|start worker process \d/ && !/buffered to a temporary file/} split /^/, $_->read_file('error.log')) for @{ $self->{hosts} };
    }
    $first->finish;
    return;
}

1;
