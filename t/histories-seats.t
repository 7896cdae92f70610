#!/usr/bin/perl
# Why: a seat is promised at one host, counted in Redis and confirmed in the system of record, and each
# of these can be late: never may more be confirmed than there are.  Histories 3 and 6 of the
# protocol: a crowd at one instant, and one that comes while there is no judge.
# GIG_LONG=1: the waiting list is as long.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::World;

my $P = $GigTest::World::P;
my $CROWD = 10_000;
my $WAITING = $ENV{GIG_LONG} ? $CROWD : 1000;

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2, timeout => '5s', board => 'redis_in_flight 4096;',
        gigs => [gig_record('rush', capped(100, 'close')), gig_record('rush-wait', capped(100, 'waitlist')),
            gig_record('gone-close', capped(100, 'close')), gig_record('gone-wait', capped(100, 'waitlist'))]);
    my ($a, $b) = @{$world}{qw(a b)};

    history(3, "$CROWD applicants for a cap of 100, two hosts, one instant: 100 reserved, 100 confirmed", sub {
        my $begin = time;
        my $said = $world->crowd($CROWD, sub { ($_[0] % 2 ? $a : $b, 'rush', "rush-$_[0]") });
        diag(sprintf 'history 3: %d applicants in %.1f s', $CROWD, time - $begin);
        is_deeply($said, { '202 reserved' => 100, '409' => $CROWD - 100 }, 'a hundred are reserved, the rest is refused');
        is_deeply($world->crowd($WAITING, sub { ($_[0] % 2 ? $a : $b, 'rush-wait', "wait-$_[0]") }),
            { '202 reserved' => 100, '202 waitlisted' => $WAITING - 100 }, "$WAITING of another: a hundred are reserved, the rest waits");
        $world->quiet('history 3', 60);
        is_deeply($world->seats('rush'), { confirmed => 100 }, 'a hundred confirmed, nobody else is there');
        is_deeply($world->seats('rush-wait'), { confirmed => 100, waitlisted => $WAITING - 100 }, 'and a hundred of those, the rest waiting');
        is($world->sql("select distinct email from applications where gig in ('rush', 'rush-wait')"), 100 + $WAITING, 'each an applicant of his own');
    });


    history(6, '150 intents for 100 seats while Redis is gone: 150 rows, 100 reserved, 50 over or waiting', sub {
        $world->server->stop;
        my %pending;
        for my $gig ('gone-close', 'gone-wait') {
            $pending{ state_of($world->apply($_ % 2 ? $a : $b, $gig, "$gig-$_")) }++ for 1 .. 150;
        }
        is_deeply(\%pending, { '202 pending' => 300 }, 'all are kept, none is promised a seat');

        $world->redis_start($world->server);
        $world->quiet('history 6', 40);
        my %reserved;
        for my $key (@{ $world->cmd('KEYS', "${P}id:*") }) {
            my %id = %{ $world->server->hash($key) };
            $reserved{ $id{gig} }{ $id{seat} }++ if ($id{gig} // '') =~ /^gone/;
        }
        is_deeply(\%reserved, { 'gone-close' => { reserved => 100, over => 50 }, 'gone-wait' => { reserved => 100, waitlisted => 50 } },
            'the judge reserves a hundred of each');
        is_deeply($world->seats('gone-close'), { confirmed => 100, over => 50 }, 'the system of record confirms them; 50 are over');
        is_deeply($world->seats('gone-wait'), { confirmed => 100, waitlisted => 50 }, 'or wait');
        for my $gig ('gone-close', 'gone-wait') { $world->once_each($gig, $gig, map {"$gig-$_"} 1 .. 150) }
    });

    $world->finish;
});
