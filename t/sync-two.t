#!/usr/bin/perl
# Why: two gig-syncs may run on one host, for safety or by mistake.  Each must have a
# name of its own in the consumer group: or they do each other's work, and take it
# from each other for ever.  What a dead one held must still be done.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $key = sub { key($test, $_[0]) };
$test->sync_conf(claim_after => '2s', pull_every => '1s');
ok($test->publish(gig_record('open')), 'a gig');

my @command = ("$GigTest::BUILD/gig-sync", 'run', '-c', $test->{sync_conf});
my $first = $test->spawn('first', @command);
wait_for { @{ $redis->cmd('XINFO', 'CONSUMERS', $key->('applications'), 'sync') } >= 1 } 'the first to be there';
my $second = $test->spawn('second', @command);

my $names = sub { map { my %c = @$_; $c{name} } @{ $redis->cmd('XINFO', 'CONSUMERS', $key->('applications'), 'sync') } };
wait_for { (() = $names->()) == 2 } 'two consumers';
my ($one) = sort $names->();
is_deeply([sort $names->()], [$one, "$one-1"], 'each has a name of its own');

my @all;
my $apply = sub { push @all, my @some = map { application('open', @all + $_) } 1 .. $_[0]; apply_all($test, @some); return };
$apply->(30) for 1 .. 4;
settled_all($test, 'two at once', @all);

my $delivered = 0;
for my $name ('first', 'second') {
    my $log = $test->read_file("$name.log");
    $delivered += $_ for $log =~ / delivered .*records=(\d+)/g;
    unlike($log, qr/ claimed /, "the $name took nothing from the other");
}
is($delivered, scalar @all, 'and each application was delivered by one of them alone');

# A slow one keeps what it has in hand: it asks for more, so it is alive.
my $slow = sub { return $redis->cmd('XREADGROUP', 'GROUP', 'sync', 'slow', 'COUNT', 5, 'STREAMS', $key->('applications'), $_[0]) };
for my $pid ($first, $second) {
    kill 'TERM', $pid;
    ok($test->gone($pid, 10), 'both end');
}
$apply->(5);
is(scalar @{ $slow->('>')->[0][1] }, 5, 'another host takes five, and is slow');
$first = $test->spawn('first', @command);
wait_for { $test->read_file('first.log') =~ /started.*started/s } 'the first to be there again';
$second = $test->spawn('second', @command);
my $end = time + 8;                         # more than a look for the dead, and claim_after
while (time < $end) { $slow->('0'); select undef, undef, undef, 0.2 }
is($redis->cmd('XPENDING', $key->('applications'), 'sync')->[0], 5, 'nobody takes them from it');
wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'until it is heard of no more', 20;
settled_all($test, 'then', @all);

# The first dies; the next one on this host is called as it was.
kill 'KILL', $first;
$test->gone($first, 5);
my $third = $test->spawn('third', @command);
wait_for { $test->read_file('third.log') =~ /started/ } 'a third to start';
$apply->(10);
settled_all($test, 'after one was killed', @all);
is_deeply([sort $names->()], [sort $one, "$one-1", 'slow'], 'it has the name of the one that died');

for my $pid ($second, $third) {
    kill 'TERM', $pid;
    ok($test->gone($pid, 10), 'it ends');
}

$test->done;
