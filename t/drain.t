#!/usr/bin/perl
# Why: a host that leaves takes its disk with it.  "gig-sync drain" says when that is safe, and must be
# right: what the host acknowledged until then is in the system of record, also if Redis and the
# disk are gone a moment later.  It must also be right in saying that it cannot say.  The commands
# are those of docs/operations.md.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Sys::Hostname;
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $P     = 'gig:{acme}:';
my $host  = hostname();
$test->import_gigs(gig_record('open'));
$test->sync_conf(pull_every => '1s');
$test->start_sync;
$test->start_nginx;
$test->wait_total(1) or BAIL_OUT('no catalog');

# The commands of the page, for this host and these settings.
my ($section) = $test->read_file("$GigTest::ROOT/docs/operations.md") =~ /^## A host leaves\n(.*?)^## /ms;
my @commands = $section =~ /^    gig-sync (drain .*)$/mg;
is(scalar @commands, 2, 'docs/operations.md: two commands');
my ($drain) = map { [map { $_ eq 'web3' ? $host : $_ eq '/etc/gig/gig-sync.conf' ? $test->{sync_conf} : $_ } split / /] } @commands;
sub run_it { my ($command, @more) = @_; return $test->run("$GigTest::BUILD/gig-sync", @$command, @more) }

my $number = 0;
sub apply { return $test->apply('open', 'key-' . ++$number, email => "one$number\@example.edu", _from => '127.0.1.' . (1 + $number % 200)) }
sub rows { return scalar $test->sql('select 1 from applications') }
sub intake { return $test->get('/gig-health?for=intake') }
sub gap { my ($n) = $test->get('/metrics')->{body} =~ /^gig_ledger_gap\S* (\d+)/m; return $n // -1 }
sub row { my ($status, $output) = $test->sync('status'); return $output =~ /^  host (.*)$/m ? $1 : '' }

wait_for { row() } 'the host to be known';
is(intake()->{status}, 200, 'health: it takes applications');
my $receipt = apply()->{headers}{location} =~ s{^https?://[^/]+}{}r;
wait_for { rows() == 1 } 'one is delivered';


# --- with something left

$test->stop_sync;
is(apply()->{status}, 202, 'an application') for 1 .. 3;
my ($status, $output) = run_it($drain, '--wait', 4);
is($status, 75, 'drain, with nobody to deliver: EX_TEMPFAIL') or diag($output);
like($output, qr/^\Q$host\E \(acme\): takes no applications, but something is left: is gig-sync running\?$/m, 'says so');
like($output, qr/gap 3$/m, 'and how much');

my $answer = apply();
is($answer->{status}, 503, 'an application: 503');
cmp_ok($answer->{headers}{'retry-after'} // 0, '>', 0, 'with Retry-After');
is(json_of($answer)->{title}, 'Not available at the moment', 'and says so');
$answer = $test->apply('open', 'faulty', email => 'nobody');
is($answer->{status}, 422, 'one with faults: what they are, as on every host') or diag($answer->{body});
is(json_of($answer)->{errors}[0]{pointer}, '/answers/email', 'each');
is($test->get('/gigs/open?format=json')->{status}, 200, 'what is read is served');
is($test->get('/gigs/open/apply')->{status}, 200, 'the form too: another host takes it');
is($test->http('DELETE', $receipt)->{status}, 503, 'a withdrawal: 503');
is(intake()->{status}, 503, 'health, for=intake: 503');
is($test->get('/gig-health')->{status}, 200, 'for=read: 200');
like(intake()->{body}, qr/"intake":false,.*"drained":true/, 'the line says why');
like(row(), qr/: DRAINED, gap not 0 yet$/, 'gig-sync status too');
like(($test->sync('check'))[1], qr/^warning  acme: drain: node \S+ is told to take no applications/m, 'and gig-sync check');

$test->reload;
sleep 1;
is(apply()->{status}, 503, 'it stays so over a reload');
$redis->cmd('FLUSHALL');
sleep 2.5;
is(apply()->{status}, 503, 'and over a Redis that lost its memory');

$test->start_sync;
my $begin = time;
($status, $output) = run_it($drain);
is($status, 0, 'with gig-sync running: done') or diag($output);
like($output, qr/^\Q$host\E \(acme\): takes no applications, gap 0: nginx may be stopped there$/m, 'it says so');
diag(sprintf 'drained after %.1f s, after FLUSHALL', time - $begin);
is(rows(), 4, 'all is delivered');
like(row(), qr/: DRAINED$/, 'status says so');
is_deeply([values %{ $redis->hash("${P}drain") }], ['on'], 'the word was written again');


# --- started anew, and taken back

$test->stop_nginx;
$test->start_nginx;
wait_for { intake()->{status} == 503 } 'started anew it is drained again', 5;
($status, $output) = run_it($drain, '--undo');
is($status, 0, '--undo') or diag($output);
like($output, qr/^\Q$host\E \(acme\): takes applications again$/m, 'says so');
is(apply()->{status}, 202, 'and it is so');
is(intake()->{status}, 200, 'health too');
unlike(row(), qr/DRAINED/, 'and status');


# --- what Redis has forgotten: nothing else would send it for a minute

wait_for { gap() == 0 } 'all to be settled';
$test->stop_sync;
apply() for 1 .. 5;
wait_for { gap() == 5 } 'five that are not';
$redis->cmd('DEL', "${P}applications", @{ $redis->cmd('KEYS', "${P}id:*") }, @{ $redis->cmd('KEYS', "${P}who:*") });
$test->start_sync;
sleep 2;
is(gap(), 5, 'they are not sent by themselves so soon');


# --- applicants all the while; then everything else is destroyed

my $file = "$test->{dir}/acknowledged";
$test->write_file('acknowledged', '');
my @kids = map {
    my $kid = $_;
    my $pid = fork // die $!;
    if (!$pid) {
        open my $out, '>>', $file or POSIX::_exit(1);
        $out->autoflush(1);
        for my $n (1 .. 100000) {
            my $name = "kid$kid-$n";
            my $got = eval { $test->apply('open', $name, email => "$name\@example.edu", _from => "127.1.$kid." . (1 + $n % 200)) } or last;
            print $out "$name\@example.edu\n" if $got->{status} == 202;
            sleep 0.05 if $got->{status} == 503;
        }
        POSIX::_exit(0);
    }
    push @{ $test->{kids} }, { pid => $pid, name => "applicant $kid" };
    $pid;
} 1 .. 3;
wait_for { -s $file > 2000 } 'applicants';
$begin = time;
($status, $output) = run_it($drain);
is($status, 0, 'drained while they apply') or diag($output);
cmp_ok(time - $begin, '<', 20, 'the five of before were sent at once, too');
$test->{expected_log} = qr/exited on signal 9/;
my @processes = ($test->{nginx}, $test->children($test->{nginx}));
kill 'KILL', @processes;
$redis->cmd('FLUSHALL');
$test->gone(delete $test->{nginx}, 5);
kill 'KILL', @kids;
$test->gone($_, 5) for @kids;
$test->run('rm', '-rf', "$test->{dir}/state/acme");
my %said = map { $_ => 1 } split /\n/, $test->read_file($file);
my %there = map { $_->{email} => $_->{n} } $test->sql("select email, count(*) as n from applications where email like 'kid%' group by 1");
diag(scalar(keys %said) . ' were acknowledged meanwhile');
is_deeply([grep { !$there{$_} } keys %said], [], 'all that was acknowledged is in the system of record');
is_deeply([grep { $there{$_} != 1 } keys %there], [], 'once');
is($test->sql("select 1 from applications where email like 'one%'"), 10, 'so are those of before');
$test->stop_sync;

$test->done;
