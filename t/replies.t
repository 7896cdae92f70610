#!/usr/bin/perl
# Why: hiredis takes any array of any length from whoever answers.  A record of
# another shape, one too many, one too few, must never become another gig's record
# or take a gig off the board; and the follower must be well again when Redis is.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Proxy;
use GigTest::Publish;

my $test  = GigTest->new;
my $redis = $test->start_redis;
my $proxy = GigTest::Proxy->new($test, $redis->{port});
my $round = 0;

GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 3);
$test->start_nginx(no_keys => 1, redis => "127.0.0.1:$proxy->{port}");
ok($test->wait_total(3), 'the board is there');

sub titles { return join '|', map { json_of($test->get("/gigs/gig-$_?format=json"))->{title} // 'gone' } 1 .. 3 }

my %bad = (
    'one too many'    => "*2\r\n\$2\r\n{}\r\n\$2\r\n{}",
    'none'            => '*0',
    'a null array'    => '*-1',
    'a number'        => "*1\r\n:7",
    'a status'        => "*1\r\n+OK",
    'an array inside' => "*1\r\n*1\r\n\$2\r\n{}",
    'an error inside' => "*1\r\n-ERR no",
    'no array'        => '+OK',
    'a giant array'   => '*1073741824',
);

for my $name (sort keys %bad) {
    $round++;
    my $before = titles();
    $proxy->mode("}:gigs reply $bad{$name}");
    GigTest::Publish::put($test, gig_record('gig-2', title => "Round $round"));
    sleep 0.3;
    is(titles(), $before, "HMGET answers $name: nothing changes");
    $proxy->mode('pass');
    ok(wait_for { titles() eq "Gig gig-1|Round $round|Gig gig-3" } "$name: and well again", 15);
}

my %scan = (
    'an odd pair'       => "*2\r\n\$1\r\n0\r\n*1\r\n\$5\r\ngig-1",
    'numbers for pairs' => "*2\r\n\$1\r\n0\r\n*2\r\n:1\r\n:2",
    'no cursor'         => "*2\r\n:0\r\n*0",
    'one element'       => "*1\r\n\$1\r\n0",
    'pairs of null'     => "*2\r\n\$1\r\n0\r\n*-1",
);

for my $name (sort keys %scan) {
    my $before = titles();
    $proxy->mode("HSCAN reply $scan{$name}");
    GigTest::Publish::ready($test, "scan $name");
    $redis->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    sleep 0.5;
    is(titles(), $before, "HSCAN answers $name: nothing changes");
    $proxy->mode('pass');
    GigTest::Publish::put($test, gig_record('gig-3', title => "After $name"));
    ok(wait_for { titles() =~ /\|After \Q$name\E$/ } "$name: and well again", 20);
}

like($test->read_file('error.log'), qr/an array of more than 1048576 elements, closing/, 'no room is made for a giant array');
my @said = $test->read_file('error.log') =~ /keeper: Redis/g;
cmp_ok(scalar @said, '<', 60, 'a Redis that is up and no use is not tried again and again at once');

$test->done;
