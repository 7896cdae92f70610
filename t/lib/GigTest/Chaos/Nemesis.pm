package GigTest::Chaos::Nemesis;

# What breaks the world, drawn by the seed.  A fault that lasts is begun and ended, and others
# fall into that time: most losses need two at once.  No two at one part: who comes
# second ends the first.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

my @PARTIES = qw(a b sync);
my $SCRIPTS = 'EVALSHA|EVAL';


# --- name => [part, begin, end, shortest, longest].  All get the world and the draw: host (a GigTest),
# its name, a number of 1 and 2, a party of the links.  What begin returns is kept in draw->{kept}.

my %FAULTS = (
    redis_killed     => ['redis', sub { $_[0]{primary}->crash }, sub { $_[0]{primary}->start }, 0.1, 1],
    redis_stopped    => ['redis', sub { $_[0]{primary}->pause }, sub { $_[0]{primary}->resume }, 0.5, 3],
    redis_flushed    => ['redis', sub { $_[0]->order($_[0]{primary}, 'FLUSHALL') }],
    redis_emptied    => ['redis', sub { my ($w) = @_; $w->{primary}->crash; remove("$w->{primary}{dir}/appendonlydir") }, sub { $_[0]{primary}->start }, 0.1, 0.5],
    redis_copied     => ['redis', \&redis_copied],
    redis_restored   => ['redis', \&redis_restored],
    redis_scripts    => ['redis', sub { $_[0]->order($_[0]{primary}, 'SCRIPT', 'FLUSH') }],
    replica_promoted => ['redis', sub { $_[0]->order($_[0]{replica}, 'REPLICAOF', 'NO', 'ONE') }, \&replica_promoted, 0.2, 1.5],
    split_brain      => ['redis', \&split_brain, \&split_healed, 0.5, 2],

    worker_killed    => ['nginx', sub { kill 'KILL', one_of($_[1]{host}->workers) }],
    workers_killed   => ['nginx', sub { kill 'KILL', $_[1]{host}->workers }],
    worker_stopped   => ['nginx', sub { my @one = one_of($_[1]{host}->workers); kill 'STOP', @one; \@one }, sub { kill 'CONT', @{ $_[1]{kept} } }, 0.3, 2],
    workers_stopped  => ['nginx', sub { my @all = $_[1]{host}->workers; kill 'STOP', @all; \@all }, sub { kill 'CONT', @{ $_[1]{kept} } }, 0.3, 1],
    master_killed    => ['nginx', \&master_killed, \&nginx_restarted, 0, 1],
    master_stopped   => ['nginx', \&master_stopped, sub { kill 'CONT', $_[1]{host}{nginx} }, 0.3, 2],
    power_cut        => ['nginx', \&power_cut, \&nginx_restarted, 0, 0.5],
    reloaded         => ['nginx', sub { kill 'HUP', $_[1]{host}{nginx} }],

    sync_killed      => ['sync', sub { $_[0]->sync_kill($_[1]{number}) }, sub { $_[0]->sync_start($_[1]{number}) }, 0, 1],
    sync_stopped     => ['sync', sub { kill 'STOP', $_[0]{sync}{ $_[1]{number} } }, sub { kill 'CONT', $_[0]{sync}{ $_[1]{number} } }, 0.5, 7],
    syncs_killed     => ['sync', sub { $_[0]->sync_kill($_) for 1, 2 }, sub { $_[0]->sync_start($_) for 1, 2 }, 0.5, 2],

    disk_failed      => ['disk', sub { $_[0]{disk}{ $_[1]{name} }->faults('fdatasync EIO') }, \&disk_well, 0.2, 0.8],
    disk_full        => ['disk', sub { $_[0]{disk}{ $_[1]{name} }->faults('pwrite ENOSPC') }, \&disk_well, 0.2, 1],
    disk_slow        => ['disk', sub { $_[0]{disk}{ $_[1]{name} }->faults('fdatasync 400') }, \&disk_well, 0.5, 2],

    # The command never arrives; is carried out and not answered; half answered; answered and then cut.
    link_reset       => ['link', sub { link_mode(@_, 'reset') }, \&link_well, 0.2, 1],
    link_before      => ['link', sub { link_mode(@_, 'before') }, \&link_well, 0.2, 1],
    link_inside      => ['link', sub { link_mode(@_, 'inside') }, \&link_well, 0.2, 1],
    link_after       => ['link', sub { link_mode(@_, 'after') }, \&link_well, 0.2, 1],
    link_silent      => ['link', sub { link_mode(@_, 'silent') }, \&link_well, 0.5, 1.5],
);

# The disk of SQLite; under ASan it cannot be had.
my %SQLITE = (
    record_failed => ['record', sub { $_[0]{disk}{sync}->faults('fdatasync EIO') }, sub { $_[0]{disk}{sync}->faults }, 0.3, 1],
    record_full   => ['record', sub { $_[0]{disk}{sync}->faults('pwrite ENOSPC') }, sub { $_[0]{disk}{sync}->faults }, 0.3, 1],
    record_slow   => ['record', sub { $_[0]{disk}{sync}->faults('fdatasync 300') }, sub { $_[0]{disk}{sync}->faults }, 0.5, 2],
);

my %POSTGRES = (
    postgres_killed  => ['record', sub { $_[0]{a}->postgres->kill_all }, sub { $_[0]{a}->postgres->start }, 0.1, 1],
    postgres_crashed => ['record', sub { my @some = grep { $_[0]{a}->command_of($_) =~ /acme/ } $_[0]{a}->children($_[0]{a}->postgres->{pid}); kill 'KILL', one_of(@some) }],
    postgres_stopped => ['record', \&postgres_stopped, sub { kill 'CONT', @{ $_[1]{kept} } }, 0.5, 2.5],
    commit_reset     => ['record', sub { $_[0]{link}{postgres}->mode('(?i)commit reset') }, sub { $_[0]{link}{postgres}->mode('pass') }, 0.5, 2],
    commit_before    => ['record', sub { $_[0]{link}{postgres}->mode('(?i)commit before') }, sub { $_[0]{link}{postgres}->mode('pass') }, 0.5, 2],
    commit_inside    => ['record', sub { $_[0]{link}{postgres}->mode('(?i)commit inside') }, sub { $_[0]{link}{postgres}->mode('pass') }, 0.5, 2],
    commit_after     => ['record', sub { $_[0]{link}{postgres}->mode('(?i)commit after') }, sub { $_[0]{link}{postgres}->mode('pass') }, 0.5, 2],
);


sub one_of { return @_ ? $_[rand @_] : () }
sub remove { return system 'rm', '-rf', @_ }

sub disk_well { $_[0]{disk}{ $_[1]{name} }->faults }
sub link_mode { my ($world, $draw, $mode) = @_; $world->{link}{ $draw->{party} }->mode(($draw->{party} eq 'sync' ? "$SCRIPTS|XREADGROUP" : $SCRIPTS) . " $mode") }
sub link_well { $_[0]{link}{ $_[1]{party} }->mode('pass') }

sub redis_copied {
    my ($world) = @_;
    my $dir = $world->{primary}{dir};
    remove("$dir/kept");
    system 'cp', '-a', "$dir/appendonlydir", "$dir/kept";
    return;
}

# From a backup that is older than what the queue has seen.
sub redis_restored {
    my ($world) = @_;
    my $dir = $world->{primary}{dir};
    return redis_copied($world) unless -d "$dir/kept";
    $world->{primary}->crash;
    remove("$dir/appendonlydir");
    system 'cp', '-a', "$dir/kept", "$dir/appendonlydir";
    $world->{primary}->start('aof-load-truncated' => 'yes');
    return;
}

# The replica heard nothing since begin: what the primary took since then is lost.
sub replica_promoted {
    my ($world) = @_;
    my ($old, $new) = @$world{qw(primary replica)};
    $old->crash;
    @$world{qw(primary replica)} = ($new, $old);
    $old->start;
    $world->follow;
    return;
}

# Two primaries: host a writes to the old one, host b and gig-sync to the new one.
sub split_brain {
    my ($world) = @_;
    my ($old, $new) = @$world{qw(primary replica)};
    $world->order($new, 'REPLICAOF', 'NO', 'ONE');
    @$world{qw(primary replica)} = ($new, $old);
    $world->{link}{$_}->target($new->{port}) for qw(b sync);
    $old->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return;
}

# The old one becomes a replica.  Sentinel cuts its connections; where nobody does, who writes is told
# READONLY, and a host that has nothing to write stays for a minute.
sub split_healed {
    my ($world) = @_;
    $world->follow;
    $world->{replica}->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes') if rand() < 0.7;
    return;
}

# Workers do not go with their master: they serve on, until somebody ends them to start anew.
sub master_killed {
    my ($world, $draw) = @_;
    my $host = $draw->{host};
    $draw->{orphans} = [$host->freeze_nginx];
    my $master = delete $host->{nginx};
    kill 'KILL', $master;
    $host->gone($master, 10);
    return;
}

sub nginx_restarted {
    my ($world, $draw) = @_;
    my @left = @{ $draw->{orphans} // [] };
    kill 'KILL', @left;
    GigTest::wait_for { !grep { kill 0, $_ } @left } 'the workers of a dead master to be gone', 10;
    $world->nginx_start($draw->{host});
    return;
}

sub master_stopped {
    my ($world, $draw) = @_;
    kill 'STOP', $draw->{host}{nginx};
    kill 'KILL', one_of($draw->{host}->workers);
    return;
}

# Of the writes that were not synced all are lost, or by chance each.
sub power_cut {
    my ($world, $draw) = @_;
    my $all = rand() < 0.5;
    $world->{disk}{ $draw->{name} }->power_cut(sub { $all || rand() < 0.5 });
    return;
}

sub postgres_stopped {
    my ($world) = @_;
    my $pid = $world->{a}->postgres->{pid};
    my @all = ($pid, $world->{a}->children($pid));
    kill 'STOP', @all;
    return \@all;
}


# --- drawing

sub faults_of {
    my ($world) = @_;
    return %FAULTS, $world->{record} eq 'postgres' ? %POSTGRES : $GigTest::SANITIZED ? () : %SQLITE;
}

# only: names; undef: all.
sub new {
    my ($class, $world, $only) = @_;
    my %all = faults_of($world);
    my @names = sort $only ? @$only : keys %all;
    $all{$_} or die "no such fault: $_; there are @{[sort keys %all]}\n" for @names;
    return bless { world => $world, all => \%all, names => \@names, lasting => {} }, $class;
}


# gap: seconds between two, on average.  In the end all that lasts is ended.
sub rage {
    my ($self, $seconds, $gap) = @_;
    my $end = time + $seconds;
    my $next = time + rand 2 * $gap;
    while (time < $end) {
        my ($first) = sort { $a <=> $b } $next, $end, map { $_->{until} } values %{ $self->{lasting} };
        sleep $first - time if $first > time;
        $self->over(grep { $self->{lasting}{$_}{until} <= time } sort keys %{ $self->{lasting} });
        if (time >= $next) {
            $self->draw;
            $next = time + rand 2 * $gap;
        }
    }
    $self->over(sort keys %{ $self->{lasting} });
    return;
}

sub draw {
    my ($self) = @_;
    my $world = $self->{world};
    my $name = $self->{names}[rand @{ $self->{names} }];
    my ($part, $begin, $end, $shortest, $longest) = @{ $self->{all}{$name} };
    my $host = $world->{hosts}[rand 2];
    my $draw = { fault => $name, host => $host, name => $world->name_of($host), number => 1 + int rand 2, party => $PARTIES[rand @PARTIES], end => $end };
    my $where = $part . ($part =~ /nginx|disk/ ? $draw->{name} : $part eq 'link' ? $draw->{party} : '');

    $self->over($where) if $self->{lasting}{$where};
    $world->{faults}{$name}++;
    $world->noted($draw);
    $self->try($draw, $begin);
    return unless $end;
    $draw->{until} = time + $shortest + rand($longest - $shortest);
    $self->{lasting}{$where} = $draw;
    return;
}

sub over {
    my ($self, @where) = @_;
    for my $draw (map { delete $self->{lasting}{$_} } @where) { $self->try($draw, $draw->{end}) }
    return;
}

# A Redis that is stopped or loading answers the nemesis no better than anybody else.
sub try {
    my ($self, $draw, $what) = @_;
    my $kept;
    eval { $kept = $what->($self->{world}, $draw); 1 } or diag("$draw->{fault}: $@");
    $draw->{kept} = $kept if ref $kept;
    return;
}

1;
