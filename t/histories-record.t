#!/usr/bin/perl
# Why: the system of record has the last word, and can be behind: restored from a copy, asked by two
# deliverers at once.  What was acknowledged must be in it all the same, and what was withdrawn must
# not.  Histories 11 and 20 of the protocol, and 8 and 9, which need a system of record that is asked by
# HTTP: as long as gig-sync has none, they say so.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::World;

my $P = $GigTest::World::P;

# Not to be played: gig-sync refuses such a sink.  When it does not any more, this fails, and the
# history is to be written.
sub upstream {
    my ($world, $number) = @_;
    my $settings = $world->{a}->read_file($world->{a}{sync_conf});
    my $file = $world->{a}->write_file('upstream.conf', "${settings}sink = https://localhost:1/applications\n");
    my ($status, $output) = $world->{a}->run("$GigTest::BUILD/gig-sync", 'check', '-c', $file);
    if ($status == 78 && $output =~ /no system of record "https:"/) {
        plan(skip_all => "history $number is not played: gig-sync has no connector that posts to an upstream");
    }
    fail('gig-sync takes https: as a sink: this history is to be played') or diag("$status $output");
    return;
}

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2,
        gigs => [gig_record('kept'), gig_record('ten', capped(10, 'close')), gig_record('edge', capped(3, 'waitlist')),
            map { gig_record("between-$_", capped(1, 'waitlist')) } 1, 2]);
    my ($a, $b) = @{$world}{qw(a b)};

    history(8, 'delivered to an HTTP upstream, FLUSHALL, sent again: not posted again', sub { upstream($world, 8) });
    history(9, 'posted to an upstream, cut before its answer: ambiguous, looked at before any retry', sub { upstream($world, 9) });


    history(11, 'the system of record restored from a copy, replay --since: complete again', sub {
        my @before = map { $world->apply($_ % 2 ? $a : $b, 'kept', "before-$_") } 1 .. 6;
        $world->quiet('before the copy');
        my $made = int time;
        $world->backup;
        sleep 1.1;

        my @after = map { $world->apply($_ % 2 ? $a : $b, 'kept', "after-$_") } 1 .. 20;
        push @after, map { $world->apply($_ % 2 ? $a : $b, 'ten', "seat-$_") } 1 .. 10;
        is_deeply([grep { state_of($_) ne '202 recorded' } @before, @after], [], 'six before the copy, thirty after it');
        is($world->withdraw($b, $before[0])->{status}, 200, 'one of before is withdrawn after it');
        is($world->withdraw($a, $after[0])->{status}, 200, 'and one of after');
        $world->quiet('after the copy');
        is($world->sql('select 1 as x from applications'), 34, 'all of it is settled');

        $world->sync_stop;
        $world->restore;
        is($world->sql('select 1 as x from applications'), 6, 'the copy is put back: it lacks what came after it');
        $world->sync_start;
        sleep 1.5;
        $world->quiet('restored');
        is($world->sql('select 1 as x from applications'), 6, 'and nobody notices by himself');
        my ($status, $output) = $world->{a}->run("$GigTest::BUILD/gig-sync", 'replay', '-c', $world->{a}{sync_conf}, '--since', stamp($made));
        is($status, 0, 'gig-sync replay --since the time of the copy') or diag($output);
        wait_for { $world->sql('select 1 as x from applications') >= 34 } 'it to be complete', 20;
        wait_for { $world->sql('select 1 as x from tombstones') == 2 } 'withdrawals too';
        $world->quiet('history 11');
        $world->once_each('kept', 'history 11', (map {"before-$_"} 2 .. 6), map {"after-$_"} 2 .. 20);
        is_deeply($world->seats('ten'), { confirmed => 10 }, 'the ten seats are confirmed again');
        ok($world->receipt($a, $_)->{delivered}, 'a receipt says delivered') for $after[5], $after[-1];
        for my $withdrawn ($before[0], $after[0]) {
            ok($world->receipt($_, $withdrawn)->{withdrawn}, 'or withdrawn') for $a, $b;
        }
        $world->erased('history 11', $_) for 'before-1', 'after-1';
    });


    history(20, 'two deliverers at cap - 1; withdrawn between look-up and insert: never above the cap, nothing comes back', sub {
        $world->sync_start(2);
        wait_for { 2 <= @{ $world->cmd('XINFO', 'CONSUMERS', "${P}applications", 'sync') } } 'two gig-syncs';
        $world->apply($a, 'edge', 'edge-0');
        $world->quiet('one of two');
        # Two are reserved, and in two hands, when the cap falls to two: one seat is left.
        $world->record_hold;
        is(seat_of($world->apply($a, 'edge', 'edge-1')), 'reserved', 'one is reserved');
        wait_for { $world->busy == 1 } 'the first gig-sync to have it';
        is(seat_of($world->apply($b, 'edge', 'edge-2')), 'reserved', 'and another');
        wait_for { $world->busy == 2 } 'the second to have that';
        $world->record_go($record eq 'sqlite' ? "update gigs set json = json_set(json, '\$.capacity.application_cap', 2) where id = 'edge'"
            : "update gigs set json = jsonb_set(json::jsonb, '{capacity,application_cap}', '2')::json where id = 'edge'");
        $world->quiet('the last seat');
        is_deeply($world->seats('edge'), { confirmed => 2, waitlisted => 1 }, 'one of them has the last seat, the other waits');

        for my $first ('application', 'withdrawal') {
            my $gig = $first eq 'application' ? 'between-1' : 'between-2';
            my $taken;
            if ($first eq 'application') {
                $world->record_hold;
                $taken = $world->apply($a, $gig, $gig);
                wait_for { $world->busy == 1 } 'the application in one hand';
                is($world->withdraw($b, $taken)->{status}, 200, 'it is withdrawn');
            } else {
                $world->cut_off($a);
                $taken = $world->apply($a, $gig, $gig);
                $world->record_hold;
                is($world->withdraw($b, $taken)->{status}, 200, 'the withdrawal is first');
                wait_for { $world->busy == 1 } 'in one hand';
                $world->mend($a);
            }
            wait_for { $world->busy == 2 } "$first first: the other in the other";
            $world->record_go;
            $world->quiet("$first first");
            is_deeply($world->rows($gig), {}, "$first first: nothing is there");
            $world->erased("$first first", $gig);
            is_deeply([map { $_->{state} } $world->sql("select state from delivery where gig = '$gig'")], ['erased'], 'its delivery is erased');
            is($world->counted($gig), '0,0,0,open', 'and no seat is held');
        }

        $world->cmd('FLUSHALL');
        $world->ready;
        is(seat_of($world->apply($b, $_, "$_-next")), 'reserved', "$_: the seat is free") for 'between-1', 'between-2';
        $world->quiet('history 20');
        is_deeply($world->rows($_), { "$_-next\@example.edu" => 'confirmed' }, "$_: nothing came back") for 'between-1', 'between-2';
        is_deeply($world->seats('edge'), { confirmed => 2, waitlisted => 1 }, 'and two are confirmed');
    });

    $world->finish;
});
