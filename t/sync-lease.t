#!/usr/bin/perl
# Why: of several gig-syncs of a board one may publish, and the others must take over when it dies,
# hangs or cannot read the source.  The one that hangs wakes up some time and believes that nothing
# has happened: what it sends then must be refused, by Redis's clock and not by a host's, and also
# when Redis has lost its memory in between.  Deliveries are everybody's work all the while.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $key = sub { key($test, $_[0]) };
my $board_json = JSON::PP->new->canonical;
my @keys = map { $key->($_) } qw(gigs forms judge seats catalog changes);

sub lease { return $redis->cmd('EVAL', script_text('lease'), 2, $key->('lease'), $key->('fence'), @_) }
sub put {
    my ($title, @fence) = @_;
    return $redis->cmd('EVAL', script_text('publish'), 6 + @fence, @keys, (map { $key->('lease') } @fence), @fence, '',
        'put', 'hand', $board_json->encode({ id => 'hand', status => 'published', title => $title }))->[0];
}
sub counts { return $redis->cmd('EVAL', script_text('settle'), 8, (map { $key->($_) } qw(applications settled seats judge
    catalog changes stages lease)), 'sync', 60, 0, 1, 0, '0', 'hand', $_[1], 0, $_[0])->[1] }


# --- the scripts

is_deeply(lease('hold', 'aaa', 'one 1', 5000), ['1-aaa', 'one 1'], 'the first has it');
is_deeply(lease('hold', 'bbb', 'two 2', 5000), ['', 'one 1'], 'the second is told who');
is_deeply(lease('hold', 'aaa', 'one 1', 5000), ['1-aaa', 'one 1'], 'it keeps it, and its fence');
is(put('a', '1-aaa'), 'published', 'and publishes');
is(put('b', '1-bbb'), 'fenced', 'another does not');
is(put('b', '1-aaa 5'), 'fenced', 'nor whose fence is nearly right');
is(put('b', ''), 'fenced', 'nor with none');
is(put('c'), 'published', 'but a person may, by hand, without a fence');
is(counts('1-aaa', 1), 0, 'counts: with the fence they are written');
is(counts('1-bbb', 2), -1, 'and with another not');
like($redis->cmd('HGET', $key->('seats'), 'hand'), qr/^1,/, 'indeed');

lease('hold', 'aaa', 'one 1', 100);
wait_for { !$redis->cmd('EXISTS', $key->('lease')) } 'the lease to end by itself';
is(put('d', '1-aaa'), 'fenced', 'over is over, also when nobody else has come');
is_deeply(lease('leave', 'aaa'), ['', ''], 'it cannot be given back then');
is_deeply(lease('hold', 'bbb', 'two 2', 5000), ['2-bbb', 'two 2'], 'the second has it: the number rises');
lease('leave', 'aaa');
is_deeply(lease('hold', 'aaa', 'one 1', 5000), ['', 'two 2'], 'nobody gives back what is not his');
is(put('d', '1-aaa'), 'fenced', 'the old fence stays refused');
is(put('d', '2-bbb'), 'published', 'the new one does it');

$redis->cmd('FLUSHALL');
is(put('e', '2-bbb'), 'fenced', 'Redis has lost its memory: no fence is good');
is_deeply(lease('hold', 'aaa', 'one 1', 5000), ['1-aaa', 'one 1'], 'the count begins anew');
is_deeply(lease('leave', 'aaa'), ['', ''], 'and is given back');
is_deeply(lease('hold', 'bbb', 'two 2', 5000), ['2-bbb', 'two 2'], 'so another has it at once');
$redis->cmd('FLUSHALL');
is_deeply(lease('hold', 'ccc', 'three 3', 5000), ['1-ccc', 'three 3'], 'after the next loss a third has number 1');
is(put('e', '1-aaa'), 'fenced', 'which is not the number 1 of before');

for my $wrong (['hold', 'a b', 'x', 5], ['hold', 'a', 'x', 0], ['hold', 'a', '', 5], ['hold', 'a', "x\ny", 5], ['leave'], ['take', 'a'], ['hold', 'a', 'x']) {
    eval { lease(@$wrong) };
    like($@, qr/ERR gig: lease takes/, 'a wrong call: ' . join ' ', map { s/\n/\\n/r } @$wrong);
}
$redis->cmd('SET', $key->('lease'), 'odd');
is_deeply(lease('hold', 'aaa', 'one 1', 5000), ['2-aaa', 'one 1'], 'what is no lease is none');
$redis->cmd('FLUSHALL');


# --- two at once

my $gigs = 0;
sub new_gig { my $id = 'g' . ++$gigs; $test->import_gigs(gig_record($id)); return $id }
sub published { my ($id, $seconds) = @_; return wait_for { $redis->cmd('HEXISTS', $key->('gigs'), $id) } "$id to be published", $seconds // 10 }
sub logged { my ($name, $what) = @_; my @all = $test->read_file("$name.log") =~ /$what/g; return scalar @all }
my %pid;
sub run_sync {
    my ($name, %setting) = @_;
    my $common = $test->{sync_conf};
    my $conf = $test->write_file("$name.conf", $test->read_file($test->sync_conf(claim_after => '2s', pull_every => '1s', %setting)));
    $test->{sync_conf} = $common;
    $test->spawn($name, "$GigTest::BUILD/gig-sync", 'run', '-c', $conf);
    $pid{$name} = $test->{kids}[-1]{pid};
    return wait_for { logged($name, qr/ (?:publisher|standby) /) } "$name to know its part";
}
sub holder { return ($redis->cmd('GET', $key->('lease')) // '') =~ / (\d+)$/ ? $1 : 0 }
sub row { my ($status, $output) = $test->sync('status'); return $output =~ /^  publisher: (.*)$/m ? $1 : $output }

$test->sync_conf;
my $id = new_gig();
run_sync('a');
published($id);
run_sync('b');
is(holder(), $pid{a}, 'the first of two publishes');
like(row(), qr/^\S+, process $pid{a}, fence 1$/, 'status says who');

my @all = map { application($id, $_) } 1 .. 200;
apply_all($test, splice @{ [@all] }, 20 * $_, 20) for 0 .. 9;
settled_all($test, 'both deliver', @all);
my %share = map { my $sum = 0; $sum += $_ for $test->read_file("$_.log") =~ / delivered .*records=(\d+)/g; ($_ => $sum) } qw(a b);
is($share{a} + $share{b}, 200, 'each application by one of them alone');
cmp_ok($share{$_}, '>', 0, "$_ did some of it") for qw(a b);
is(logged('b', qr/ published /), 0, 'the second published nothing');

$id = new_gig();
my ($status, $output) = $test->sync('once');
is($status, 0, 'gig-sync once beside them') or diag($output);
ok($redis->cmd('HEXISTS', $key->('gigs'), $id), 'publishes, as a person asked for it');
is(holder(), $pid{a}, 'and takes nothing from anybody');


# --- killed, stopped, told to end

my $begin = time;
kill 'KILL', $pid{a};
$test->gone($pid{a}, 5);
$id = new_gig();
published($id, 12);
my $took = time - $begin;
diag(sprintf 'after kill -9 a change was published by the other after %.1f s', $took);
cmp_ok($took, '<', 8, 'killed: the other publishes within 8 seconds');
is(holder(), $pid{b}, 'it holds the lease');
like(row(), qr/, fence 2$/, 'under the next number');

run_sync('c');
$begin = time;
kill 'TERM', $pid{b};
ok($test->gone($pid{b}, 10), 'told to end, it ends');
wait_for { holder() == $pid{c} } 'and the next has it';
cmp_ok(time - $begin, '<', 3, 'at once, as it was given back');

run_sync('d');
kill 'STOP', $pid{c};
$begin = time;
$id = new_gig();
published($id, 12);
diag(sprintf 'after SIGSTOP a change was published by the other after %.1f s', time - $begin);
is(holder(), $pid{d}, 'stopped: the other has taken over');
kill 'CONT', $pid{c};
wait_for { logged('c', qr/ standby /) > 1 } 'it learns of that when it wakes';
$id = new_gig();
published($id);
is(holder(), $pid{d}, 'and leaves it so');
is(logged('c', qr/ published /), 0, 'it has published nothing');
kill 'TERM', $pid{c};
$test->gone($pid{c}, 10);


# --- stopped in the middle of a publish: what was under way arrives when it wakes

# Stands before Redis and keeps what matches, with all that follows, until the file `go` is there.
sub hold_back {
    my ($match) = @_;
    my $port = GigTest::port();
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die $!;
    my $pid = fork // die $!;
    if (!$pid) {
        $SIG{CHLD} = 'IGNORE';
        while (my $client = $listen->accept) {
            next if fork;
            my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $redis->{port}) or POSIX::_exit(1);
            my $select = IO::Select->new($client, $server);
            my ($held, $holds) = ('', 0);
            while (1) {
                for my $socket ($select->can_read(0.05)) {
                    sysread $socket, my $bytes, 1 << 20 or POSIX::_exit(0);
                    if ($socket == $server) { syswrite $client, $bytes; next }
                    if (!$holds && -e "$test->{dir}/hold" && $bytes =~ /$match/) {
                        $holds = 1;
                        $test->write_file('held', '1');
                    }
                    if ($holds) { $held .= $bytes } else { syswrite $server, $bytes }
                }
                if ($holds && -e "$test->{dir}/go") { syswrite $server, $held; ($held, $holds) = ('', 0) }
            }
        }
        POSIX::_exit(0);
    }
    close $listen;
    push @{ $test->{kids} }, { pid => $pid, name => 'hold_back' };
    return $port;
}
my $sha = script_sha('publish');
my $port = hold_back($sha);
run_sync('e', redis => "127.0.0.1:$port");
kill 'TERM', $pid{d};
$test->gone($pid{d}, 10);
wait_for { holder() == $pid{e} } 'the one behind the proxy has the lease';
wait_for { logged('e', qr/ publisher /) } 'and knows it';

my $before = $redis->cmd('HGET', $key->('gigs'), $id);
$test->write_file('hold', '1');
$test->edit_gig($id, title => 'The old word');
wait_for { -e "$test->{dir}/held" } 'it is in the middle of a publish';
kill 'STOP', $pid{e};
run_sync('f');
wait_for { holder() == $pid{f} } 'the other to take over', 12;
wait_for { $redis->cmd('HGET', $key->('gigs'), $id) =~ /The old word/ } 'and to publish that';
$test->edit_gig($id, title => "Gig $id");
wait_for { $redis->cmd('HGET', $key->('gigs'), $id) eq $before } 'and what replaced it: all is as it was, to the digest';
kill 'STOP', $pid{f};                      # nobody puts it right
my $version = $redis->cmd('HGET', $key->('catalog'), 'version');
$test->write_file('go', '1');
kill 'CONT', $pid{e};
wait_for { logged('e', qr/ fenced /) } 'it wakes, and Redis refuses what it had under way';
is($redis->cmd('HGET', $key->('gigs'), $id), $before, 'nothing old comes back');
is($redis->cmd('HGET', $key->('catalog'), 'version'), $version, 'and nothing was published');
unlink map {"$test->{dir}/$_"} qw(hold held go);
kill 'CONT', $pid{f};


# --- Redis loses its memory while one of them is stopped

wait_for { holder() } 'somebody publishes';
my ($name) = grep { $pid{$_} == holder() } keys %pid;
my ($other) = grep { $_ ne $name } qw(e f);
my $stood = logged($name, qr/ standby /);
kill 'STOP', $pid{$name};
$redis->cmd('FLUSHALL');
wait_for { holder() == $pid{$other} && $redis->cmd('EXISTS', $key->('ready')) } 'the other rebuilds and publishes', 15;
$id = new_gig();
published($id);
kill 'CONT', $pid{$name};
wait_for { logged($name, qr/ standby /) > $stood } 'the one that slept stands by';
@all = (@all, map { application($id, $_) } 1 .. 40);
apply_all($test, @all[-40 .. -1]);
wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'all is delivered', 20;
is($test->sql('select 1 from applications'), scalar @all, 'each once');
kill 'TERM', @pid{qw(e f)};
$test->gone($_, 10) for @pid{qw(e f)};


# --- one that cannot read the source leaves it to one that can

SKIP: {
    skip 'of a database in a file', 2 if $test->{record} ne 'sqlite';
    $test->run('sqlite3', "$test->{dir}/acme.db", ".backup $test->{dir}/other.db");
    run_sync('g', source => "sqlite:$test->{dir}/other.db", sink => "sqlite:$test->{dir}/acme.db");
    run_sync('h');
    is(holder(), $pid{g}, 'one with a source of its own publishes');
    unlink "$test->{dir}/other.db-wal", "$test->{dir}/other.db-shm";
    $test->write_file('other.db', 'no database ' x 10000);
    $begin = time;
    wait_for { holder() == $pid{h} } 'it leaves that to the other', 20;
    diag(sprintf 'its source unreadable, it had left it after %.1f s', time - $begin);
    $id = new_gig();
    published($id);
    kill 'TERM', @pid{qw(g h)};
    $test->gone($_, 10) for @pid{qw(g h)};
}
wait_for { !$redis->cmd('EXISTS', $key->('lease')) } 'nobody has it any more';
is(row(), 'nobody: is gig-sync run up?', 'status says so');

$test->done;
