package GigTest::Chaos;

# Histories as Jepsen has them: applicants at two hosts write down what they did and what they were
# told (ok, fail, unknown), a nemesis breaks things by a seed, and when all is mended and quiet
# the system of record is compared with what was said.  This file is the world they live in:
# two nginx, a Redis and its replica, two gig-syncs, SQLite or PostgreSQL, and between them
# links that can be cut.  See GigTest::Chaos::Applicant, ::Nemesis, ::Checker, ::Report.

use strict;
use warnings;

use Fcntl qw(:flock);
use File::Copy qw(copy);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use GigTest;
use GigTest::Chaos::Applicant;
use GigTest::Chaos::Checker;
use GigTest::Chaos::Nemesis;
use GigTest::Chaos::Report;
use GigTest::Disk;
use GigTest::Proxy;

our $CAP  = 40;                 # seats of the gigs that have any
our $WAVE = 6;                  # seconds that applicants turn to one pair of these
our @OPEN = qw(open-1 open-2);

my $APPLICANTS = 8;
my $RATE       = 120;           # attempts a second of all together: about what SQLite takes on a busy machine
my $QUIET      = 1.5;           # seconds without a change: longer than anybody's next look
my $ROUND      = 40;            # seconds of raging, then all must heal


# What a test file runs: by fixed seeds and one that is new each time, or as the environment says.
sub tests {
    my ($class, $record, @seeds) = @_;
    my $report = $ENV{GIG_CHAOS_REPORT};
    @seeds = $ENV{GIG_SEED} ? $ENV{GIG_SEED} : $ENV{GIG_CHAOS} ? int rand 2 ** 31 : (@seeds, int rand 2 ** 31);
    return map { $class->run(record => $record, seed => $_, seconds => $ENV{GIG_CHAOS} // 15, ledger => $ENV{GIG_LEDGER} // 'on',
        $ENV{GIG_FAULTS} ? (only => [split /,/, $ENV{GIG_FAULTS}]) : (),
        $report ? (report => GigTest::Chaos::Report->new($report =~ m{^/} ? $report : "$GigTest::ROOT/$report")) : ()) } @seeds;
}


# One history from its beginning to its end, as tests.  seed, seconds, record; only => [faults];
# ledger => 'off'; report => a GigTest::Chaos::Report.
sub run {
    my ($class, %option) = @_;
    my $name = "$option{record}, seed $option{seed}";
    diag("GIG_SEED=$option{seed} ($option{record}, $option{seconds} s)");
    srand $option{seed};

    my $self = $class->new(%option);
    $self->applicants_start;
    my ($raged, $unwell) = (0, 0);
    while ($raged < $self->{seconds}) {
        my $round = $self->{seconds} - $raged < 1.5 * $ROUND ? $self->{seconds} - $raged : $ROUND;
        $raged += $round;
        $self->rage($round);
        $self->applicants_pause;
        my $why = $self->heal($ENV{GIG_CHAOS_HEAL} // 180);
        is($why, '', "$name: after $raged s: no gap, no segment without a worker, the queue empty, seats filled");
        diag(sprintf '%d of %d s: %d faults, %s', $raged, $self->{seconds}, $self->fault_count, $why || sprintf 'healed after %.1f s', $self->{heals}[-1]);
        $unwell = $why ne '';
        last if $unwell;
        $self->applicants_resume;
    }
    $self->applicants_end;

    my $checker = GigTest::Chaos::Checker->new($self);
    my @wrong = $checker->wrong;
    ok(!@wrong, "$name: nothing lost, doubled, oversold or undead");
    diag($_) for @wrong > 20 ? (@wrong[0 .. 19], '...') : @wrong;
    diag($checker->story($_)) for grep { defined } map { /\b(key-\S+)/ ? $1 : undef } @wrong[0 .. ($#wrong > 2 ? 2 : $#wrong)];
    cmp_ok($checker->{count}{acknowledged}, '>', 50, "$name: there was applying");
    diag($self->summary($checker));
    $option{report}->add($self, $checker, \@wrong) if $option{report};

    local $ENV{TEST_NGINX_LEAVE} = $ENV{TEST_NGINX_LEAVE} // 1 if @wrong || $unwell;
    $self->sync_kill($_) for 1, 2;
    $_->finish for reverse @{ $self->{hosts} };
    return !@wrong && !$unwell;
}


sub new {
    my ($class, %option) = @_;
    my $a = GigTest->new(workers => 2, record => $option{record});
    my $b = GigTest->new(workers => 2);
    my $self = bless { ledger => 'on', gap => 0.7, rate => $ENV{GIG_CHAOS_RATE} // $RATE, %option, a => $a, b => $b, hosts => [$a, $b], faults => {}, heals => [], began => time }, $class;

    $self->{disk}{a} = GigTest::Disk->new($a);
    $self->{disk}{b} = GigTest::Disk->new($b, built => $self->{disk}{a}{library});
    $self->{disk}{sync} = GigTest::Disk->new($a, built => $self->{disk}{a}{library}, name => 'record', files => 'acme.db');

    $_->start_redis(appendonly => 'yes', appendfsync => 'everysec', 'auto-aof-rewrite-percentage' => 0,
        'repl-diskless-sync-delay' => 0, 'repl-diskless-load' => 'swapdb') for $a, $b;
    @$self{qw(primary replica)} = map { $_->{redis} } $a, $b;
    $self->follow;
    $self->{link}{$_} = GigTest::Proxy->new($a, $self->{primary}{port}) for qw(a b sync);
    $self->{link}{postgres} = GigTest::Proxy->new($a, $a->postgres->{port}) if $self->{record} eq 'postgres';

    my $cap = sub { return { positions => 1, application_cap => $CAP, on_full => $_[0] } };
    $self->{waves} = int($self->{seconds} / $WAVE) + 2;
    my @waves = map { my $n = $_; map { gig_record("$_->[0]-$n", capacity => $cap->($_->[1])) } ['shut', 'close'], ['wait', 'waitlist'] } 0 .. $self->{waves} - 1;
    $a->import_gigs((map { gig_record($_) } @OPEN), @waves) or die "the gigs were not imported\n";
    $a->sync_conf(redis => "127.0.0.1:$self->{link}{sync}{port}", claim_after => '5s',
        $self->{record} eq 'postgres' ? (source => $a->postgres->url(port => $self->{link}{postgres}{port})) : ());
    copy("$a->{dir}/acme.$_", "$b->{dir}/acme.$_") or die "acme.$_: $!" for qw(secret pub key);
    $b->{keys_made} = 1;

    $self->sync_start($_) for 1, 2;
    for my $host (@{ $self->{hosts} }) {
        $host->{expected_log} = qr/^(?!.*bind\(\))/;     # two nginx at one host would be our fault
        $self->nginx_start($host);
        $host->wait_total(@OPEN + @waves, 30) or die "the board did not come up\n";
    }
    return $self;
}


# --- the parts, for the nemesis to break and mend

sub name_of { my ($self, $host) = @_; return $host == $self->{a} ? 'a' : 'b' }

sub nginx_start {
    my ($self, $host) = @_;
    my $name = $self->name_of($host);
    return $self->{disk}{$name}->preload(sub {
        $host->start_nginx(redis => "127.0.0.1:$self->{link}{$name}{port}", board => 'redis_timeout 400ms; ledger_keep 5s;', ledger => $self->{ledger});
    });
}

# With SQLite's disk; ASan's runtime would have to come before it.
sub sync_start {
    my ($self, $n) = @_;
    my $start = sub { $self->{a}->spawn("gig-sync-$n", "$GigTest::BUILD/gig-sync", 'run', '-c', $self->{a}{sync_conf}) };
    $self->{sync}{$n} //= $GigTest::SANITIZED ? $start->() : $self->{disk}{sync}->preload($start);
    return;
}

sub sync_kill { my ($self, $n) = @_; my $pid = delete $self->{sync}{$n} or return; kill 'KILL', $pid; $self->{a}->gone($pid, 10); return }

# A command for a Redis that may be loading still.
sub order {
    my ($self, $redis, @words) = @_;
    my $end = time + 30;
    while (1) {
        return 1 if eval { $redis->cmd(@words); 1 };
        die $@ if $@ !~ /LOADING/ || time > $end;
        sleep 0.05;
    }
}

# The replica follows the primary, and the links lead to that.
sub follow {
    my ($self) = @_;
    $_->{pid} || $_->start for @$self{qw(primary replica)};
    $self->order($self->{primary}, 'REPLICAOF', 'NO', 'ONE');
    $self->order($self->{replica}, 'REPLICAOF', '127.0.0.1', $self->{primary}{port});
    $self->{link}{$_} && $self->{link}{$_}->target($self->{primary}{port}) for qw(a b sync);
    return;
}


# --- applicants

sub applicants { return $APPLICANTS }

sub applicants_start {
    my ($self) = @_;
    for my $n (1 .. $APPLICANTS) {
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            eval { GigTest::Chaos::Applicant->new($self, $n)->live; 1 } or print STDERR "applicant $n: $@";
            POSIX::_exit(0);
        }
        $self->{applicants}{$n} = $pid;
    }
    return;
}

# Until each has heard its last answer.
sub applicants_pause {
    my ($self) = @_;
    $self->{a}->write_file('pause', '');
    GigTest::wait_for { !grep { !-e "$self->{a}{dir}/paused.$_" } keys %{ $self->{applicants} } } 'the applicants to pause', 30;
    return;
}

sub applicants_resume { my ($self) = @_; unlink "$self->{a}{dir}/pause"; return }

sub applicants_end {
    my ($self) = @_;
    $self->{a}->write_file('stop', '');
    $self->{a}->gone($_, 60) for values %{ delete $self->{applicants} };
    return;
}

sub history_files { my ($self) = @_; return sort glob "$self->{a}{dir}/history.*" }


# --- breaking, mending

sub rage {
    my ($self, $seconds) = @_;
    $self->{nemesis} //= GigTest::Chaos::Nemesis->new($self, $self->{only});
    $self->{nemesis}->rage($seconds, $self->{gap});
    return;
}

# For whoever reads the history later: when which fault began.
sub noted {
    my ($self, $draw) = @_;
    open my $file, '>>', "$self->{a}{dir}/nemesis" or die "nemesis: $!";
    printf $file "%.3f %s host=%s party=%s number=%d\n", time, @$draw{qw(fault name party number)};
    return;
}

sub fault_count { my ($self) = @_; my $n = 0; $n += $_ for values %{ $self->{faults} }; return $n }

# Segments of a host's ledger that no worker holds: somebody has yet to take them over.
sub orphaned {
    my ($self, $host) = @_;
    my $n = 0;
    for my $path (glob "$host->{dir}/state/acme/ledger.*") {
        open my $file, '<', $path or next;
        $n++ if flock $file, LOCK_SH | LOCK_NB;
    }
    return $n;
}

# Gigs on whose waiting list somebody is while a seat is free.
sub unfilled {
    my ($self) = @_;
    my @rows = $self->{a}->sql("select gig from applications where gig like 'wait-%' group by gig"
        . " having count(distinct case seat when 'confirmed' then applicant end) < $CAP and count(case seat when 'waitlisted' then 1 end) > 0");
    return scalar @rows;
}

# Until nothing moves any more; '' or what still does after so many seconds.
sub heal {
    my ($self, $seconds) = @_;
    my $begin = time;
    my ($why, $quiet, $told) = ('');
    while (time < $begin + $seconds) {
        my @gap = map { eval { $_->get('/metrics')->{body} } // '' } @{ $self->{hosts} };
        my $queue = eval { $self->{primary}->cmd('XLEN', 'gig:{acme}:applications') };
        $why = sprintf 'gaps %s; segments without a worker %d and %d; queue %s', join(' and ', map { /^gig_ledger_gap\S* (\d+)/m ? $1 : '?' } @gap),
            (map { $self->orphaned($_) } @{ $self->{hosts} }), $queue // '?';
        my $unfilled = $why eq 'gaps 0 and 0; segments without a worker 0 and 0; queue 0' ? eval { $self->unfilled } // '?' : undef;
        $why .= "; free seats that somebody waits for: $unfilled" if defined $unfilled;
        $quiet = ($unfilled // 1) eq '0' ? $quiet // time : undef;
        if (defined $quiet && time - $quiet > $QUIET) {
            push @{ $self->{heals} }, $quiet - $begin;
            return '';
        }
        $told //= diag(sprintf 'after %.0f s still: %s', time - $begin, $why) if time - $begin > 20;
        sleep 0.2;
    }
    return $why;
}

sub summary {
    my ($self, $checker) = @_;
    my %count = %{ $checker->{count} };
    return sprintf '%d faults (%s): %s', $self->fault_count, join(', ', map {"$_ $self->{faults}{$_}"} sort keys %{ $self->{faults} }),
        join ', ', map {"$_ $count{$_}"} sort keys %count;
}

1;
