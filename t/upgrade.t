#!/usr/bin/perl
# Why: reads never fail, also not while nginx's binary is replaced (USR2) in the middle of
# changes.  The new master's workers share no memory with the old ones and meet an image that is
# not on the disk yet; if they checked it whole first, they answered 503 for as long.  Each round
# upgrades right after a change, while readers ask without a pause.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $gigs   = 3000;              # a check of all of them takes the new workers many requests' time
my $rounds = $ENV{GIG_LONG} ? 40 : 4;

my $test = GigTest->new(workers => 2);
$test->start_redis;
GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. $gigs);

# nginx takes USR2 and WINCH only when it is a daemon.
my $conf = $test->nginx_conf(no_keys => 1);
$test->write_file($conf, $test->read_file($conf) =~ s/daemon off/daemon on/r);
my ($status) = $test->run(GigTest::nginx_binary(), '-p', "$test->{dir}/", '-c', $conf, '-e', "$test->{dir}/error.log");
is($status, 0, 'nginx becomes a daemon');
my $master = wait_for { ($test->read_file('nginx.pid') || 0) + 0 } 'its master';
push @{ $test->{kids} }, { pid => $master, name => 'nginx' };
ok($test->wait_total($gigs, 30), 'the board is there') or BAIL_OUT('no board');

# Readers of their own processes, each with a new connection a request: any worker may get it.
sub reader {
    my ($n) = @_;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    my ($asked, %other) = (0);
    local $SIG{TERM} = sub {
        $test->write_file("reader.$n", join "\n", $asked, map {"$_ $other{$_}"} sort keys %other);
        require POSIX;
        POSIX::_exit(0);
    };
    while (1) {
        my $answer = eval { $test->get('/gigs/gig-' . (1 + $asked % $gigs) . '?format=json') } // { status => 'none' };
        $asked++;
        $other{ $answer->{status} }++ if $answer->{status} ne '200';
    }
}
my @readers = map { reader($_) } 1 .. 2;

for my $round (1 .. $rounds) {
    GigTest::Publish::put($test, gig_record("gig-$round", title => "Round $round"));
    wait_for { (json_of($test->get("/gigs/gig-$round?format=json"))->{title} // '') eq "Round $round" } "the change of round $round";
    kill 'USR2', $master;
    my $old = $master;
    $master = wait_for {
        my $pid = -s "$test->{dir}/nginx.pid.oldbin" ? ($test->read_file('nginx.pid') || 0) + 0 : 0;
        $pid && $pid != $old && $pid
    } "the new master of round $round", 15 or last;
    push @{ $test->{kids} }, { pid => $master, name => 'nginx' };
    wait_for { $test->children($master) >= 2 } 'its workers';
    GigTest::Publish::put($test, gig_record("gig-$round", title => "Again $round"));
    sleep 0.3;                  # of requests at both
    kill 'WINCH', $old;
    wait_for { !grep { $test->command_of($_) =~ /worker/ } $test->children($old) } 'the old workers to leave';
    kill 'QUIT', $old;
    wait_for { !kill 0, $old } 'the old master to leave';
    my $done = wait_for { (json_of($test->get("/gigs/gig-$round?format=json"))->{title} // '') eq "Again $round" } "the change of round $round", 10;
    ok($done, "round $round: upgraded, and up to date");
}

kill 'TERM', @readers;
waitpid $_, 0 for @readers;
my ($asked, @other) = (0);
for my $n (1 .. @readers) {
    my ($all, @lines) = split /\n/, $test->read_file("reader.$n");
    $asked += $all;
    push @other, @lines;
}
cmp_ok($asked, '>', 100 * $rounds, "$asked requests meanwhile");
is_deeply(\@other, [], 'all of them answered 200');

kill 'QUIT', $master;
ok(wait_for { !kill 0, $master } 'the last one leaves', 10);
$test->finish;
done_testing();
