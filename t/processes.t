#!/usr/bin/perl
# Why: the ways nginx runs that are not one master with workers for ever: a binary
# upgrade with both masters alive, no master at all, no http {} block, no connections
# left, two boards in one server, a Redis that is not dead but does not answer.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $hz = POSIX::sysconf(POSIX::_SC_CLK_TCK());

sub cpu {
    my ($pid) = @_;
    open my $file, '<', "/proc/$pid/stat" or return 0;
    my @field = split / /, (<$file> =~ s/^.*\) //r);
    return ($field[11] + $field[12]) / $hz;
}

sub keepers {
    my ($test, $board) = @_;
    my ($inode) = (stat "$test->{dir}/state/$board/keeper.lock")[1] or return;
    open my $locks, '<', '/proc/locks' or return;
    return map { /FLOCK\s+ADVISORY\s+WRITE (\d+) \S+:$inode / ? $1 : () } <$locks>;
}

sub title { my ($test, $path) = @_; return json_of($test->get(($path // '/gigs/') . 'gig-1?format=json'))->{title} // '' }


# --- binary upgrade: two masters, one keeper

{
    my $test = GigTest->new(workers => 2);
    $test->start_redis;
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 3);

    # nginx takes USR2 and WINCH only when it is a daemon.
    my $conf = $test->nginx_conf(no_keys => 1);
    $test->write_file($conf, $test->read_file($conf) =~ s/daemon off/daemon on/r);
    my ($status) = $test->run(GigTest::nginx_binary(), '-p', "$test->{dir}/", '-c', $conf, '-e', "$test->{dir}/error.log");
    is($status, 0, 'nginx becomes a daemon');
    my $old = wait_for { $test->read_file('nginx.pid') + 0 } 'its master';
    push @{ $test->{kids} }, { pid => $old, name => 'nginx' };
    ok($test->wait_total(3), 'the board is there');
    kill 'USR2', $old;
    my $new = wait_for { -s "$test->{dir}/nginx.pid.oldbin" && ($test->read_file('nginx.pid') || 0) + 0 } 'a new master';
    ok($new && $new != $old, 'two masters');
    push @{ $test->{kids} }, { pid => $new, name => 'nginx' };
    ok(wait_for { $test->children($new) >= 2 } 'the new one has workers');
    is(scalar(grep { title($test) ne 'Gig gig-1' } 1 .. 40), 0, 'all workers of both serve');
    is(scalar(my @one = keepers($test, 'acme')), 1, 'one keeper of all');
    GigTest::Publish::put($test, gig_record('gig-1', title => 'Both'));
    ok(wait_for { !grep { title($test) ne 'Both' } 1 .. 30 } 'a change reaches the workers of both');

    kill 'WINCH', $old;
    ok(wait_for { !grep { $test->command_of($_) =~ /worker/ } $test->children($old) } 'the old workers leave');
    ok(wait_for { keepers($test, 'acme') } 'another keeps');
    kill 'QUIT', $old;
    ok(wait_for { !kill 0, $old } 'the old master leaves');
    GigTest::Publish::put($test, gig_record('gig-1', title => 'New alone'));
    ok(wait_for { !grep { title($test) ne 'New alone' } 1 .. 30 } 'the new one goes on');
    kill 'QUIT', $new;
    ok(wait_for { !kill 0, $new } 'and leaves in time');
    $test->finish;
}


# --- no master

{
    my $test = GigTest->new;
    $test->start_redis;
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, gig_record('gig-1'));
    my $conf = $test->nginx_conf(no_keys => 1);
    $test->write_file($conf, $test->read_file($conf) =~ s/master_process on/master_process off/r);
    $test->start_nginx(keep_conf => 1);
    ok($test->wait_total(1), 'master_process off: the board is there');
    GigTest::Publish::put($test, gig_record('gig-1', title => 'Alone'));
    ok(wait_for { title($test) eq 'Alone' } 'and follows');
    $test->finish;
}


# --- no http {}

{
    my $test = GigTest->new;
    my $user = $> == 0 ? 'user root;' : '';
    $test->write_file('nginx.conf', "load_module $GigTest::BUILD/ngx_http_gig_module.so;\ndaemon off;\n$user\n"
        . "pid $test->{dir}/nginx.pid;\nerror_log $test->{dir}/error.log info;\nevents { }\n");
    my $pid = $test->spawn('nginx', GigTest::nginx_binary(), '-p', "$test->{dir}/", '-c', "$test->{dir}/nginx.conf",
        '-e', "$test->{dir}/error.log");
    ok(wait_for { $test->children($pid) } 'no http {} block: workers start');
    kill 'HUP', $pid;
    ok(wait_for { $test->read_file('error.log') =~ /exited with code 0/ } 'and are replaced');
    kill 'QUIT', $pid;
    ok($test->gone($pid, 10), 'and leave');
    $test->finish;
}


# --- no connections left

{
    my $test = GigTest->new;
    $test->start_redis;
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, gig_record('gig-1'));
    my $conf = $test->nginx_conf(no_keys => 1);
    $test->write_file($conf, $test->read_file($conf) =~ s/worker_connections 512/worker_connections 12/r);
    $test->start_nginx(keep_conf => 1);
    ok($test->wait_total(1), 'twelve connections: the board is there');
    my ($worker) = $test->workers;
    my $open = GigTest::Http->new($test->{port});
    my @idle = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $test->{port}) } 1 .. 16;
    print {$_} 'GET ' for grep {$_} @idle;
    $_->flush for grep {$_} @idle;
    $test->{redis}->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    my $before = cpu($worker);
    sleep 3;
    cmp_ok(cpu($worker) - $before, '<', 0.6, 'all taken by others: the worker does not spin');
    like($test->read_file('error.log'), qr/worker_connections are not enough/, 'there were none left');
    @idle = ();
    undef $open;
    GigTest::Publish::put($test, gig_record('gig-1', title => 'Free again'));
    ok(wait_for { title($test) eq 'Free again' } 'free again: it follows again', 15);
    my @said = $test->read_file('error.log') =~ /keeper: Redis/g;
    cmp_ok(scalar @said, '<', 10, 'and said so a few times at most');
    $test->{expected_log} = qr/worker_connections are not enough/;
    $test->finish;
}


# --- two boards, one of them without a Redis

{
    my $test  = GigTest->new;
    my $dead  = $test->port;
    my $redis = $test->start_redis;
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, gig_record('gig-1'));
    { local $test->{board} = 'globex';
      GigTest::Publish::ready($test, 'first');
      GigTest::Publish::put($test, gig_record('gig-1', title => 'Of Globex')) }
    $test->start_nginx(no_keys => 1,
        http => "gig_board globex { redis 127.0.0.1:$redis->{port}; state $test->{dir}/state/globex; ledger off; }\n"
            . "gig_board gone { redis 127.0.0.1:$dead; state $test->{dir}/state/gone; ledger off; }\n",
        server => 'location /jobs/ { gig globex; } location /none/ { gig gone; }');
    ok($test->wait_total(1), 'two boards in one server: the first');
    ok(wait_for { title($test, '/jobs/') eq 'Of Globex' } 'the second');
    is(title($test), 'Gig gig-1', 'each has its own gigs');
    is($test->get('/none/?format=json')->{status}, 503, 'one without a Redis hurts no other');
    { local $test->{board} = 'globex';
      GigTest::Publish::put($test, gig_record('gig-1', title => 'Changed')) }
    ok(wait_for { title($test, '/jobs/') eq 'Changed' } 'a change of one');
    is(title($test), 'Gig gig-1', 'is not the other\'s');
    $test->finish;
}


# --- a Redis that is stopped, not dead; with the ledger off an application is refused

{
    my $test = GigTest->new(workers => 1, ledger => 'off');
    my $redis = $test->start_redis;
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, gig_record('gig-1'));
    $test->start_nginx;
    ok($test->wait_total(1), 'the board is there');
    ok(wait_for { $test->apply('gig-1', 'key-1-0123456789abc')->{status} == 202 } 'an application is taken');
    $redis->pause;
    my ($most, $end, $refused) = (0, time + 4, 0);
    while (time < $end) {
        my $begin = time;
        $refused++ if title($test) ne 'Gig gig-1';
        $most = time - $begin if $most < time - $begin;
        sleep 0.01;
    }
    is($refused, 0, 'Redis is stopped: reads go on');
    cmp_ok($most, '<', 0.5, 'and do not wait for it');
    my $begin = time;
    my $answer = $test->apply('gig-1', 'key-2-0123456789abc', email => 'b@example.edu');
    is($answer->{status}, 503, 'an application is told to try again');
    ok($answer->{headers}{'retry-after'}, 'with Retry-After');
    cmp_ok(time - $begin, '<', 6, 'in time');
    $redis->resume;
    ok(wait_for { $test->apply('gig-1', 'key-2-0123456789abc', email => 'b@example.edu')->{status} == 202 }
        'woken: the same application is taken', 20);
    $test->finish;
}

done_testing();
