package GigTest::Chaos;

# Histories as Jepsen has them: applicants at two hosts write down what they did and what they were
# told (ok, refused, unknown), a nemesis breaks things by a seed, and when all is mended and quiet
# the system of record is compared with what was said.

use strict;
use warnings;

use File::Copy qw(copy);
use POSIX ();
use Time::HiRes qw(sleep time);

use GigTest;
use GigTest::Proxy;

my $APPLICANTS = 4;
my $CAP        = 40;            # seats of the gigs that have any
my @GIGS       = qw(open-1 open-2 few-close few-wait);


sub new {
    my ($class, %option) = @_;
    my $a = GigTest->new(workers => 2);
    my $b = GigTest->new(workers => 2);
    my $self = bless { a => $a, b => $b, hosts => [$a, $b], seconds => 20, gap => 0.4, faults => {}, %option }, $class;

    my ($status, $output) = $a->run($ENV{CC} // 'cc', '-std=c11', '-D_GNU_SOURCE', '-shared', '-fPIC',
        '-o', "$a->{dir}/disk.so", "$GigTest::ROOT/t/lib/disk_faults.c", '-ldl');
    $status == 0 or die "disk_faults: $output";

    $self->{redis} = $a->start_redis(appendonly => 'yes', appendfsync => 'everysec', 'auto-aof-rewrite-percentage' => 0);
    $b->{redis} = $self->{redis};
    my $cap = sub { return { positions => 1, application_cap => $CAP, on_full => $_[0] } };
    $a->import_gigs((map { gig_record($_) } @GIGS[0, 1]), gig_record('few-close', capacity => $cap->('close')),
        gig_record('few-wait', capacity => $cap->('waitlist')));
    $a->sync_conf;
    copy("$a->{dir}/acme.$_", "$b->{dir}/acme.$_") or die "acme.$_: $!" for qw(secret pub key);
    $b->{keys_made} = 1;
    $self->{proxy} = GigTest::Proxy->new($a, $self->{redis}{port});

    $self->sync_start($_) for 1, 2;
    for my $host (@{ $self->{hosts} }) {
        $self->disk($host);
        $host->{expected_log} = qr/./;
        $self->nginx_start($host);
        $host->wait_total(scalar @GIGS) or die "the board did not come up\n";
    }
    return $self;
}


sub nginx_start {
    my ($self, $host) = @_;
    local $ENV{LD_PRELOAD}      = "$self->{a}{dir}/disk.so";
    local $ENV{GIG_DISK_FAULTS} = "$host->{dir}/faults";
    return $host->start_nginx(redis => "127.0.0.1:$self->{proxy}{port}", board => 'redis_timeout 400ms; ledger_keep 5s;', ledger => $self->{ledger} // 'on');
}

sub sync_start {
    my ($self, $n) = @_;
    $self->{sync}{$n} = $self->{a}->spawn("gig-sync-$n", "$GigTest::BUILD/gig-sync", 'run', '-c', $self->{a}{sync_conf});
}

sub sync_kill { my ($self, $n) = @_; my $pid = delete $self->{sync}{$n} or return; kill 'KILL', $pid; $self->{a}->gone($pid, 10) }

sub disk {
    my ($self, $host, @lines) = @_;
    $host->write_file('faults.new', join '', map {"$_\n"} @lines);
    rename "$host->{dir}/faults.new", "$host->{dir}/faults" or die "faults: $!";
}


# --- applicants: a line an attempt: TIME ok|refused|unknown KEY GIG EMAIL HOST CODE RECEIPT

sub applicants_start {
    my ($self) = @_;
    $self->{stop} = "$self->{a}{dir}/stop";
    unlink $self->{stop};
    for my $n (1 .. $APPLICANTS) {
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            delete $self->{redis}{socket};
            open my $log, '>', "$self->{a}{dir}/history.$n" or POSIX::_exit(1);
            $log->autoflush;
            srand($self->{seed} * 31 + $n);
            eval { $self->applicant($n, $log); 1 } or print STDERR "applicant $n: $@";
            POSIX::_exit(0);
        }
        push @{ $self->{applicants} }, $pid;
    }
}

sub applicants_end {
    my ($self) = @_;
    $self->{a}->write_file('stop', '');
    $self->{a}->gone($_, 60) for splice @{ $self->{applicants} };
    return map { my $file = $_; map { [split / /] } split /\n/, $self->{a}->read_file($file) } glob "$self->{a}{dir}/history.*";
}

sub applicant {
    my ($self, $name, $log) = @_;
    my @known;
    for (my $n = 0; !-e $self->{stop}; $n++) {
        # One in six sends something again, as is; one in twenty-five takes one back.
        my $old  = @known && rand() < 1 / 6 ? $known[rand @known] : undef;
        my $case = $old // { key => "key-$name-$n-0123456789", gig => $GIGS[rand @GIGS], email => "a$name-$n\@example.edu",
            from => sprintf('127.1.%d.%d', $name, 1 + $n % 250) };
        my $host = $self->{hosts}[rand @{ $self->{hosts} }];

        if ($old && $old->{token} && rand() < 0.25) {
            my $answer = eval { $host->http('DELETE', $old->{token}) } // { status => 0 };
            my $what = $answer->{status} == 200 ? 'withdrawn' : 'withdrawing';
            printf $log "%.3f %s %s %s %s %s %s -\n", time, $what, @$case{qw(key gig email)}, $host == $self->{a} ? 'a' : 'b', $answer->{status};
            next;
        }

        my $answer = eval { $host->apply($case->{gig}, $case->{key}, email => $case->{email}, _from => $case->{from}) } // { status => 0 };
        my $status = $answer->{status};
        my $what = $status == 202 ? 'ok' : $status =~ /^(?:409|410|403)$/ && $answer->{body} !~ /in-hand/ ? 'refused' : 'unknown';
        $case->{token} = $answer->{headers}{location} if $what eq 'ok';
        push @known, $case if !$old && @known < 500;
        printf $log "%.3f %s %s %s %s %s %s %s\n", time, $what, @$case{qw(key gig email)}, $host == $self->{a} ? 'a' : 'b',
            $status, $case->{token} // '-';
        sleep 0.02 + ($what eq 'unknown' ? 0.1 : 0);
    }
}


# --- the nemesis

my %FAULTS = (
    redis_killed   => sub { my ($s) = @_; $s->{redis}->crash; sleep 0.5; $s->{redis}->start },
    redis_stopped  => sub { my ($s) = @_; $s->{redis}->pause; sleep 1 + rand 2; $s->{redis}->resume },
    redis_flushed  => sub { my ($s) = @_; $s->{redis}->cmd('FLUSHALL') },
    redis_emptied  => sub { my ($s) = @_; $s->{redis}->crash; system 'rm', '-rf', "$s->{redis}{dir}/appendonlydir"; $s->{redis}->start },
    redis_restored => \&redis_restored,
    worker_killed  => sub { my ($s, $h) = @_; my @w = $h->workers; kill 'KILL', $w[rand @w] if @w },
    workers_killed => sub { my ($s, $h) = @_; kill 'KILL', $h->workers },
    worker_stopped => sub { my ($s, $h) = @_; my @w = $h->workers or return; my $w = $w[rand @w]; kill 'STOP', $w; sleep 0.7; kill 'CONT', $w },
    master_killed  => \&master_killed,
    reloaded       => sub { my ($s, $h) = @_; kill 'HUP', $h->{nginx} },
    sync_killed    => sub { my ($s) = @_; my $n = 1 + int rand 2; $s->sync_kill($n); sleep rand 1; $s->sync_start($n) },
    syncs_away     => sub { my ($s) = @_; $s->sync_kill($_) for 1, 2; sleep 1.5; $s->sync_start($_) for 1, 2 },
    disk_failed    => sub { my ($s, $h) = @_; $s->disk($h, 'fdatasync EIO'); sleep 0.5; $s->disk($h) },
    disk_full      => sub { my ($s, $h) = @_; $s->disk($h, 'pwrite ENOSPC'); sleep 0.7; $s->disk($h) },
    disk_slow      => sub { my ($s, $h) = @_; $s->disk($h, 'fdatasync 400'); sleep 1.5; $s->disk($h) },
    link_reset     => sub { my ($s) = @_; $s->{proxy}->mode('EVALSHA|EVAL reset'); sleep 0.7; $s->{proxy}->mode('pass') },
    link_half      => sub { my ($s) = @_; $s->{proxy}->mode('EVALSHA|EVAL half'); sleep 0.7; $s->{proxy}->mode('pass') },
    link_silent    => sub { my ($s) = @_; $s->{proxy}->mode('EVALSHA|EVAL silent'); sleep 1; $s->{proxy}->mode('pass') },
    snapshot       => sub { my ($s) = @_; system 'rm', '-rf', "$s->{redis}{dir}/kept"; system 'cp', '-a', "$s->{redis}{dir}/appendonlydir", "$s->{redis}{dir}/kept" },
);

sub names { return sort keys %FAULTS }

# As after a promotion of a replica that was behind: what came since the copy is gone.
sub redis_restored {
    my ($self) = @_;
    my $dir = $self->{redis}{dir};
    return unless -d "$dir/kept";
    $self->{redis}->crash;
    system 'rm', '-rf', "$dir/appendonlydir";
    system 'cp', '-a', "$dir/kept", "$dir/appendonlydir";
    $self->{redis}->start('aof-load-truncated' => 'yes');
}

sub master_killed {
    my ($self, $host) = @_;
    my @all = ($host->{nginx}, $host->children($host->{nginx}));
    kill 'KILL', @all;
    $host->gone(delete $host->{nginx}, 10);
    GigTest::wait_for { !grep { kill 0, $_ } @all } 'all of nginx to be gone', 10;
    $self->nginx_start($host);
}

sub rage {
    my ($self) = @_;
    my @names = $self->{only} ? @{ $self->{only} } : names();
    my $end = time + $self->{seconds};
    while (time < $end) {
        sleep rand 2 * $self->{gap};
        my $name = $names[rand @names];
        my $host = $self->{hosts}[rand 2];
        $self->{faults}{$name}++;
        $FAULTS{$name}->($self, $host);
    }
}


# --- all mended: until nothing moves any more, for so long that whoever has to take over a
# dead worker's segment has done so

sub heal {
    my ($self, $seconds) = @_;
    $self->{proxy}->mode('pass');
    $self->disk($_) for @{ $self->{hosts} };
    $self->{sync}{$_} // $self->sync_start($_) for 1, 2;
    my ($why, $quiet) = ('');
    my $end = time + $seconds;
    while (time < $end) {
        my @gap = map { eval { $_->get('/metrics')->{body} } // '' } @{ $self->{hosts} };
        my $queue = eval { $self->{redis}->cmd('XLEN', 'gig:{acme}:applications') };
        $why = sprintf 'gaps %s, queue %s', join(' and ', map { /^gig_ledger_gap\S* (\d+)/m ? $1 : '?' } @gap), $queue // '?';
        $quiet = $why eq 'gaps 0 and 0, queue 0' ? $quiet // time : undef;
        return '' if defined $quiet && time - $quiet > 5;
        sleep 0.3;
    }
    return $why;
}


# What is wrong, as sentences; and the numbers.
sub check {
    my ($self, @history) = @_;
    my (%ok, %refused, %unknown, %withdrawn, %tried, %receipts, @wrong);
    for my $line (@history) {
        my ($at, $what, $key, $gig, $email, $host, $code, $receipt) = @$line;
        $tried{$email} = $gig;
        $ok{$email}++        if $what eq 'ok';
        $refused{$email}++   if $what eq 'refused';
        $unknown{$email}++   if $what eq 'unknown';
        $withdrawn{$email} = $what if $what =~ /^withdr/ && ($withdrawn{$email} // '') ne 'withdrawn';
        $receipts{$email}{$receipt}++ if $what eq 'ok';
    }
    my %times = map { $_->{email} => $_->{n} } $self->{a}->sql('select email, count(*) as n from applications group by 1');

    push @wrong, "lost: $_" for sort grep { !$times{$_} && !$withdrawn{$_} } keys %ok;
    push @wrong, "twice: $_" for sort grep { $times{$_} > 1 } keys %times;
    push @wrong, "out of nowhere: $_" for sort grep { !exists $tried{$_} } keys %times;
    push @wrong, "refused, and there: $_" for sort grep { $refused{$_} && !$ok{$_} && !$unknown{$_} && $times{$_} } keys %refused;
    push @wrong, "withdrawn, and there: $_" for sort grep { $withdrawn{$_} eq 'withdrawn' && $times{$_} } keys %withdrawn;
    push @wrong, "two receipts: $_" for sort grep { keys %{ $receipts{$_} } > 1 } keys %receipts;
    for my $row ($self->{a}->sql("select gig, count(*) as n from applications where seat = 'confirmed' and gig like 'few-%' group by 1")) {
        push @wrong, "oversold: $row->{gig}: $row->{n} of $CAP" if $row->{n} > $CAP;
    }
    return (\@wrong, { acknowledged => scalar(keys %ok), refused => scalar(keys %refused), unknown => scalar(grep { !$ok{$_} } keys %unknown),
        withdrawn => scalar(grep { $_ eq 'withdrawn' } values %withdrawn), delivered => scalar(keys %times) });
}

1;
