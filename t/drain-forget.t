#!/usr/bin/perl
# Why: a host that has left must not stand in "gig-sync status" for ever, and one that is there must not
# go from it.  And who asks to drain a host that is gone, unknown, or behind a Redis that is gone
# must hear what is so, and not that all is well.  The commands are those of docs/operations.md.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Sys::Hostname;
use Test::More;
use GigTest;

my $test  = GigTest->new;
my $redis = $test->start_redis;
my $P     = 'gig:{acme}:';
my $host  = hostname();
$test->sync_conf;
$test->publish(gig_record('open')) or BAIL_OUT('nothing is published');

my ($section) = $test->read_file("$GigTest::ROOT/docs/operations.md") =~ /^## A host leaves\n(.*?)^## /ms;
my @commands = $section =~ /^    gig-sync (drain .*)$/mg;
my ($drain, $forget) = map { [map { $_ eq 'web3' ? $host : $_ eq '/etc/gig/gig-sync.conf' ? $test->{sync_conf} : $_ } split / /] } @commands;
my ($status, $output);
sub run_it { my ($command, @more) = @_; return $test->run("$GigTest::BUILD/gig-sync", @$command, @more) }
sub row { my ($status, $output) = $test->sync('status'); return $output =~ /^  host (.*)$/m ? $1 : '' }

$redis->cmd('HSET', "${P}nodes", 'another-node', '{"host":"another","gap":7,"at":1,"version":1}');
($status, $output) = $test->sync('drain', '--host', 'another', '--wait', 1);
is($status, 75, 'a host that says nothing any more: EX_TEMPFAIL');
like($output, qr/^another \(acme\): told, but it has said nothing since/m, 'in words');
($status, $output) = $test->sync('drain', '--host', 'another', '--forget');
is($status, 0, '--forget') or diag($output);
like($output, qr/the last it said was a gap of 7/, 'warns of what it may still hold');
is($redis->cmd('HEXISTS', "${P}nodes", 'another-node') + $redis->cmd('HEXISTS', "${P}drain", 'another-node'), 0, 'nothing is left of it');

$test->start_nginx;
wait_for { row() } 'a host that lives';
($status, $output) = run_it($forget);
is($status, 75, 'it is not forgotten: EX_TEMPFAIL') or diag($output);
like($output, qr/still speaks: stop nginx there first/, 'and why');
$test->stop_nginx;
($status, $output) = run_it($forget);
is($status, 0, 'once it is stopped it is') or diag($output);
is(row(), '', 'status knows it no more');

($status, $output) = run_it($drain);
is($status, 66, 'a host that nobody knows: EX_NOINPUT');
like($output, qr/no host \Q$host\E is known; those that are: none/, 'in words');
for my $arguments ([], ['--host', 'a', '--node', 'b'], ['--host', 'a', '--undo', '--forget'], ['--host', 'a', '--wait', 'x'], ['--host', 'a', 'b']) {
    ($status, $output) = $test->sync('drain', @$arguments);
    is($status, 64, "drain @$arguments: EX_USAGE") or diag($output);
}
$redis->stop;
($status, $output) = run_it($drain);
is($status, 69, 'no Redis: EX_UNAVAILABLE');
like($output, qr/cannot be known\. Take it out of the balancer, stop nginx, and keep its state folder/, 'it cannot be known, and what to do');

$test->done;
