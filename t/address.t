#!/usr/bin/perl
# Why: the ways to a Redis: a name whose address changes while nginx runs, a name
# server that is silent, a unix socket, a database number, a user and a password.
# Whatever the name server does, the event loop does not wait for it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Dns;
use GigTest::Publish;

# The addresses of Redis that the module's connections came in by.
sub entrances {
    my ($redis) = @_;
    my $mine = $redis->cmd('CLIENT', 'ID');
    my %seen = map { / laddr=(\S+):\d+/ ? ($1 => 1) : () } grep { !/^id=$mine / } split /\n/, $redis->cmd('CLIENT', 'LIST');
    return join ' ', sort keys %seen;
}

sub title { my ($test) = @_; return json_of($test->get('/gigs/gig-1?format=json'))->{title} // '' }

# Reads for $seconds; the slowest one in seconds.
sub slowest {
    my ($test, $seconds) = @_;
    my ($most, $end) = (0, time + $seconds);
    while (time < $end) {
        my $begin = time;
        $test->get('/gigs/?format=json')->{status} == 200 or return 99;
        $most = time - $begin if $most < time - $begin;
        sleep 0.01;
    }
    return $most;
}


# --- by name

{
    my $test  = GigTest->new;
    my $redis = $test->start_redis(bind => '127.0.0.1 127.0.0.2');
    my $dns   = GigTest::Dns->new($test, 'silent');
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, gig_record('gig-1'));

    $test->start_nginx(no_keys => 1, redis => "redis.example.edu:$redis->{port}",
        http => "resolver 127.0.0.1:$dns->{port} valid=1s ipv6=off;\nresolver_timeout 1s;\n");
    sleep 1.5;
    is($test->get('/gigs/?format=json')->{status}, 503, 'a silent name server at the start: 503 until there is a Redis');
    is(entrances($redis), '', 'nothing was guessed');

    $dns->says('none');
    sleep 1;
    like($test->read_file('error.log'), qr/its name cannot be resolved/, 'the log says that the name is the trouble');
    $dns->says('127.0.0.1');
    ok($test->wait_total(1, 20), 'it answers: the board comes up');
    is(entrances($redis), '127.0.0.1', 'by the address that it gave');

    $dns->says('127.0.0.2');
    ok(wait_for {
        $redis->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        sleep 0.5;
        entrances($redis) eq '127.0.0.2';
    } 'the name moves: the next connections go where it is now', 15);

    $dns->says('silent');
    sleep 1.2;
    $redis->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    cmp_ok(slowest($test, 2.5), '<', 0.5, 'a silent name server stalls no read');
    GigTest::Publish::put($test, gig_record('gig-1', title => 'Still found'));
    ok(wait_for { title($test) eq 'Still found' } 'and the last address known is used', 20);
    $test->finish;
}


# --- unix socket, database, user, password

{
    my $test = GigTest->new;
    my $redis = $test->start_redis(unixsocket => "$test->{dir}/redis.sock", unixsocketperm => '700',
        user => 'board on >correct-horse ~* &* +@all');
    my $prefix = 'gig:{acme}:';
    $redis->cmd('SELECT', 3);
    GigTest::Publish::ready($test, 'first');
    GigTest::Publish::put($test, gig_record('gig-1'));
    $redis->cmd('CONFIG', 'SET', 'requirepass', 'nobody-knows');

    $test->write_file('wrong', "battery-staple\n");
    $test->write_file('right', "correct-horse\n");
    chmod 0600, "$test->{dir}/wrong", "$test->{dir}/right";

    my $conf = sub { (no_keys => 1, redis => "unix:$test->{dir}/redis.sock db=$_[0] user=board password_file=$test->{dir}/$_[1]") };
    $test->start_nginx($conf->(3, 'wrong'));
    ok(wait_for { $test->read_file('error.log') =~ /WRONGPASS/ } 'a wrong password is said');
    is($test->get('/gigs/?format=json')->{status}, 503, 'and is no way in');
    unlike($test->read_file('error.log'), qr/battery-staple|correct-horse/, 'no password is in the log');
    sleep 1.5;
    my @told = $test->read_file('error.log') =~ /WRONGPASS/g;
    cmp_ok(scalar @told, '<=', 2, 'said once by each connection, not at every attempt');

    $test->nginx_conf($conf->(0, 'right'));
    $test->reload;
    sleep 1;
    is($test->get('/gigs/?format=json')->{status}, 503, 'the right password, another database: nothing there');

    $test->nginx_conf($conf->(3, 'right'));
    $test->reload;
    ok($test->wait_total(1), 'the right database, by a unix socket, as that user');
    like($redis->cmd('CLIENT', 'LIST'), qr/ db=3 .*user=board/, 'as Redis sees it');
    GigTest::Publish::put($test, gig_record('gig-1', title => 'By the socket'));
    ok(wait_for { title($test) eq 'By the socket' } 'changes come through');
    $test->finish;
}

done_testing();
