#!/usr/bin/perl
# Why: the ledger's promise is only as good as what it makes of a disk that fails: an fsync that
# reports an error has lost what it was for, and asking it again may lie; a full disk must refuse;
# a slow one must hold up nobody who reads; and a worker that dies between judge and disk, or
# between disk and answer, must leave one application behind, not two and not none.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my $test = GigTest->new(workers => 1);
my $shim = "$test->{dir}/disk_faults.so";
my ($status, $output) = $test->run($ENV{CC} // 'cc', '-std=c11', '-D_GNU_SOURCE', '-shared', '-fPIC',
    '-o', $shim, "$GigTest::ROOT/t/lib/disk_faults.c", '-ldl');
$status == 0 or BAIL_OUT("disk_faults: $output");

my $redis = $test->start_redis(appendonly => 'yes');
my $state = "$test->{dir}/state/acme";
$test->import_gigs(gig_record('open'));
$test->sync_conf;
$test->start_sync;
sub disk { $test->write_file('faults.new', join '', map {"$_\n"} @_); rename "$test->{dir}/faults.new", "$test->{dir}/faults" or die }
disk();
{
    local $ENV{LD_PRELOAD}      = $shim;
    local $ENV{GIG_DISK_FAULTS} = "$test->{dir}/faults";
    $test->start_nginx(board => 'redis_timeout 500ms; ledger_keep 1s;');
}
$test->wait_total(1) or BAIL_OUT('no catalog');

my %said;
sub apply {
    my ($key) = @_;
    my $answer = $test->apply('open', $key, email => "$key\@example.edu");
    $said{"$key\@example.edu"}++ if $answer->{status} == 202;
    return $answer;
}
sub segments { return sort grep {/ledger\.[0-9a-f]{16}$/} glob "$state/ledger.*" }
sub times_of { return { map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1') } }
sub all_there {
    my ($what) = @_;
    ok(wait_for { my $times = times_of(); !grep { !$times->{$_} } keys %said } "$what: all that was acknowledged in SQLite", 40);
    my $times = times_of();
    is_deeply([grep { $times->{$_} != 1 } sort keys %$times], [], "$what: nothing twice");
}

# In the background: what an application is answered, and after how long.
sub begin {
    my ($key) = @_;
    pipe my $read, my $write or die;
    my $pid = fork // die;
    if (!$pid) {
        close $read;
        delete $test->{redis}{socket};
        my $begin  = time;
        my $answer = eval { $test->apply('open', $key, email => "$key\@example.edu") };
        syswrite $write, sprintf '%s %.2f', $answer ? $answer->{status} : 0, time - $begin;
        require POSIX;
        POSIX::_exit(0);
    }
    close $write;
    return { read => $read, pid => $pid, key => $key };
}
sub end {
    my ($begun) = @_;
    my $line = readline($begun->{read}) // '0 0';
    waitpid $begun->{pid}, 0;
    my ($code, $took) = split / /, $line;
    $said{"$begun->{key}\@example.edu"}++ if $code == 202;
    return ($code, $took);
}

is(apply('first')->{status}, 202, 'a disk that is well') or diag($test->read_file('error.log'));


# --- fsync fails

$test->{expected_log} = qr/the ledger cannot be written|can be written again|exited on signal 9|took over/;
my @before = segments();
disk('fdatasync EIO');
my $failed = apply('eio');
is($failed->{status}, 503, 'an fsync that fails: not acknowledged');
ok($failed->{headers}{'retry-after'}, 'with when to try again');
like($test->read_file('error.log'), qr/\[crit\].*the ledger cannot be written, so no application is taken: ledger\.[0-9a-f]{16}: /,
    'and said in the log, with why');
disk();
ok(wait_for { apply('eio')->{status} == 202 } 'the same key a moment later is taken', 10);
my @after = segments();
ok((grep { my $s = $_; !grep { $_ eq $s } @before } @after), 'in another segment: the failed one is not touched again');
my $size = -s $before[0];
all_there('after EIO');


# --- the disk is full

disk('pwrite ENOSPC');
is(apply('full')->{status}, 503, 'a full disk refuses');
is($test->get('/gigs/open?format=json')->{status}, 200, 'and reads go on');
disk();
ok(wait_for { apply('full')->{status} == 202 } 'with room again the same key is taken', 10);
all_there('after ENOSPC');


# --- the disk is slow

disk('fdatasync 3000');
my @slow = map { begin("slow-$_") } 1 .. 5;
sleep 0.3;
my (@took, $ok);
for (1 .. 100) {
    my $begin = time;
    $ok += $test->get('/gigs/?format=json')->{status} == 200;
    push @took, time - $begin;
}
is($ok, 100, 'a slow disk: reads are answered');
cmp_ok((sort { $a <=> $b } @took)[95], '<', 0.5, 'and at once');
my @answers = map { [end($_)] } @slow;
is(scalar(grep { $_->[0] == 202 } @answers), 5, 'and the applications are, when it is done');
cmp_ok((sort { $a <=> $b } map { $_->[1] } @answers)[0], '>', 2, 'not before');


# --- settled before it is on the disk: the stream says so once, while nobody has it in the book

$test->stop_sync;
disk();
is(apply('unsettled')->{status}, 202, 'one that is held, so that the stream is looked at');
$redis->cmd('XTRIM', 'gig:{acme}:applications', 'MAXLEN', 0);       # nobody delivers it, for a minute
$test->start_sync;
sub gap { return $test->get('/metrics')->{body} =~ /^gig_ledger_gap\S* (\d+)/m ? $1 : -1 }
ok(wait_for { gap() == 1 } 'that one alone', 20);
disk('fdatasync 4000');
my $early = begin('early');
ok(wait_for { times_of()->{'early@example.edu'} } 'another to be delivered before its fsync is over', 10);
is((end($early))[0], 202, 'it is acknowledged when that is over');
ok(wait_for { gap() == 1 } 'and is known to be settled', 5);
disk('fdatasync 3000');


# --- a reload while the disk is slow: nobody is cut off

my @during = map { begin("reload-$_") } 1 .. 3;
sleep 0.5;
kill 'HUP', $test->{nginx};
is(scalar(grep { (end($_))[0] == 202 } @during), 3, 'a reload in the middle: all are answered');
disk();
all_there('after slowness');


# --- a worker dies in fsync: Redis has it, the ledger perhaps, the applicant no answer

for my $round (1 .. 3) {
    # That worker alone: the one in its place takes over what it left, and would die of that again and again.
    my ($worker) = $test->workers;
    disk("fdatasync\@$worker KILL");
    my $cut = begin("cut-$round");
    my ($code) = end($cut);
    is($code, 0, 'a worker that dies before its answer');
    disk();
    ok(wait_for { my $again = eval { apply("cut-$round") }; $again && $again->{status} == 202 } 'the same key is answered by another', 10);
}
$redis->cmd('FLUSHALL');
all_there('after deaths and a FLUSHALL');
my ($gap) = ok(wait_for { $test->get('/metrics')->{body} =~ /^gig_ledger_gap\S* 0$/m } 'and the gap closes', 40);

$test->done;
