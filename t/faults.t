#!/usr/bin/perl
# Why: servers are reloaded, killed and flushed in the middle of a launch.  With
# readers and applicants at work all the time: no read fails but those in a killed
# worker's own hands; with Redis at `appendfsync always` no application that was
# acknowledged is missing from the database or in it twice.
#
# GIG_LONG=1 repeats the round of faults twenty times.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my $ROUNDS     = $ENV{GIG_LONG} ? 20 : 1;
my $READERS    = 2;
my $APPLICANTS = 3;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always');
my @ids = map {"gig-$_"} 1 .. 30;
$test->import_gigs(map { gig_record($_) } @ids);
$test->sync_conf;
$test->start_sync;
$test->start_nginx;
ok($test->wait_total(30), 'the board serves');

# --- the crowd: each process writes one line an outcome to a file of its own

my $stop = "$test->{dir}/stop";
my @crowd;

sub crowd {
    my ($name, $work) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open my $log, '>', "$test->{dir}/crowd.$name" or POSIX::_exit(1);
        $log->autoflush;
        srand $$;
        for (my $n = 0; !-e $stop; $n++) { print $log $work->($n), "\n" }
        close $log;
        POSIX::_exit(0);
    }
    push @crowd, $pid;
}

sub gather {
    my ($part) = @_;
    unlink $stop;
    readers($part);
    applicants($part);
}

# Sends the crowd home when it has done enough to count, however slow the machine
# is; returns what it wrote.
sub disperse {
    my ($part) = @_;
    my $written = sub { map { split /\n/, $test->read_file($_) } glob "$test->{dir}/crowd.$part.*" };
    wait_for {
        my @lines = $written->();
        (grep {/^ok/} @lines) > 200 && (grep {/^acknowledged/} @lines) > 50;
    } 'enough reads and applications', 60;
    $test->write_file('stop', '');
    $test->gone($_, 30) for splice @crowd;
    return $written->();
}

sub readers {
    my ($part) = @_;
    crowd("$part.read.$_", sub {
        my $path = rand() < 0.5 ? '/gigs/?format=json' : '/gigs/' . $ids[rand @ids] . '?format=json';
        my $answer = $test->get($path);
        my $whole = $answer->{status} == 200 && eval { JSON::PP->new->utf8->decode($answer->{body}); 1 };
        return ($whole ? 'ok' : "failed $answer->{status}") . sprintf ' %.3f %s', time, $path;
    }) for 1 .. $READERS;
}

# An applicant tries the same key until it has an answer that is final.
sub applicants {
    my ($part) = @_;
    for my $applicant (1 .. $APPLICANTS) { crowd("$part.apply.$applicant", applicant("$part$applicant")) }
}

sub applicant {
    my ($applicant) = @_;
    return sub {
        my ($n) = @_;
        my $email = "a$applicant-$n\@example.edu";
        my $gig   = $ids[rand 5];
        my $end = time + 20;
        my $first;
        while (time < $end) {
            my $answer = $test->apply($gig, "key-$applicant-$n-0123456789", email => $email, _from => '127.2.0.' . (1 + $n % 250));
            $first //= $answer->{status};
            return "acknowledged $email $first" if $answer->{status} == 202;
            return "refused $email $answer->{status}" if $answer->{status} !~ /^(?:0|409|5\d\d)$/;
            sleep 0.1;
            last if -e $stop;
        }
        return "unknown $email";
    };
}

gather('kill');

# --- the faults

my $killed_workers = 0;
my $pause = sub { sleep $_[0] // 0.7 };

for my $round (1 .. $ROUNDS) {
    $pause->();
    ok($test->reload, "round $round: reload") for 1 .. 2;

    my ($worker) = $test->workers;
    kill 'KILL', $worker;
    $killed_workers++;
    ok(wait_for { my @w = $test->workers; @w == 2 && !grep { $_ == $worker } @w } 'a new worker', 5);
    $pause->();

    # the keeper, wherever it is, dies with every worker
    for my $one ($test->workers) { kill 'KILL', $one; $killed_workers++ }
    ok(wait_for { my @w = $test->workers; @w == 2 } 'two new workers', 5);
    $pause->();

    $redis->crash;
    $pause->(1);
    $redis->start;
    $pause->();

    $test->stop_sync('KILL');
    $pause->();
    $test->start_sync;
    $pause->();
}

my @outcomes = disperse('kill');
my @failed = grep {/^failed/} @outcomes;
my $reads  = grep {/^ok/} @outcomes;
my @acknowledged = map { (split)[1] } grep {/^acknowledged/} @outcomes;
diag(sprintf '%d reads, %d of them failed, %d applications acknowledged, %d workers killed', $reads + @failed, scalar @failed,
    scalar @acknowledged, $killed_workers);

cmp_ok($reads, '>', 200, 'there was reading');
cmp_ok(scalar @acknowledged, '>', 50, 'there was applying');
my @other = grep { !/^failed 0 / } @failed;
is_deeply(\@other, [], 'no read was answered with an error');
cmp_ok(scalar @failed, '<=', $killed_workers * $READERS, "reads cut off: at most those in a killed worker's hands");
is_deeply([grep {/^refused/} @outcomes], [], 'no applicant was refused');

# --- the database

my %times;
my $complete = wait_for {
    %times = map { $_->{email} => $_->{n} }
        $test->sql('select email, count(*) as n from applications group by 1');
    !grep { !$times{$_} } @acknowledged;
} 'every acknowledged application in SQLite', 40;
ok($complete, 'every acknowledged application is in the database');
is_deeply([grep { !$times{$_} } @acknowledged], [], 'none is missing') unless $complete;
is_deeply([grep { $times{$_} > 1 } keys %times], [], 'none is there twice');

# --- FLUSHALL

# What Redis had not handed on yet is in the ledgers, and comes again: reads go on, nobody is
# refused, nothing is lost and nothing comes twice.

my $before = json_of($test->get('/gigs/?format=json'))->{total};
gather('flush');
for my $flush (1 .. 2) {
    $pause->();
    $redis->cmd('FLUSHALL');
    ok(wait_for { eval { $redis->cmd('EXISTS', 'gig:{acme}:ready') } } "the rebuild after flush $flush", 15);
}
$pause->();
@outcomes = disperse('flush');
is_deeply([grep {/^failed/} @outcomes], [], 'FLUSHALL: no read fails');
is_deeply([grep {/^refused/} @outcomes], [], 'and nobody is refused');
is(json_of($test->get('/gigs/?format=json'))->{total}, $before, 'the list is what it was');

my $last = 'after@example.edu';
ok(wait_for { $test->apply('gig-9', 'after-the-flush-01', email => $last)->{status} == 202 } 'applications go on', 15);
ok(wait_for { $test->sql("select 1 from applications where email = '$last'") == 1 } 'and reach SQLite', 15);
wait_for { $redis->cmd('XLEN', 'gig:{acme}:applications') == 0 } 'the queue to be empty', 15;
%times = map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1');
is_deeply([grep { $times{$_} > 1 } keys %times], [], 'none is there twice');
@acknowledged = map { (split)[1] } grep {/^acknowledged/} @outcomes;
ok(wait_for {
    %times = map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1');
    !grep { !$times{$_} } @acknowledged;
} 'what Redis forgot to come from the ledgers', 40);
is_deeply([grep { ($times{$_} // 0) != 1 } @acknowledged], [], 'every acknowledged application is there, once');
diag(sprintf 'two FLUSHALL: %d applications acknowledged, %d of them not in the database', scalar @acknowledged,
    scalar grep { !$times{$_} } @acknowledged);

$test->{expected_log} = qr/exited on signal 9/;
$test->done;
