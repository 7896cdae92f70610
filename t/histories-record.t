#!/usr/bin/perl
# Why: the system of record has the last word, and can be behind: restored from a copy, asked by two
# deliverers at once.  What was acknowledged must be in it all the same, and what was withdrawn must
# not.  Histories 11 and 20 of the protocol, and 8 and 9, whose system of record is an HTTP upstream: what
# was posted there can be neither rolled back nor read in the same transaction.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::World;
use GigSyncTest ();

my $P = $GigTest::World::P;

# What the upstream was asked about an applicant's, in order.
sub asked {
    my ($world, $key) = @_;
    my @all = $world->{upstream}->requests;
    my ($id) = map { $_->{id} } grep { index($_->{body}, qq("$key\@example.edu")) >= 0 } @all;
    return join ' ', map { $_->{method} } grep { $_->{id} eq ($id // '') } @all;
}
sub states { my ($world) = @_; return { map { $_->{state} => $_->{n} } $world->{upstream}->sql('select state, count(*) as n from delivery group by state') } }

histories(sub {
    my ($record) = @_;
    upstream($record) if !$ENV{GIG_HISTORY} || $ENV{GIG_HISTORY} =~ /^[89]$/;
    databases($record) if ($ENV{GIG_HISTORY} // 0) !~ /^[89]$/;
});

# The gigs come from the system of record, applications go to an upstream.
sub upstream {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2, upstream => 1,
        gigs => [gig_record('open'), gig_record('few', capped(3, 'waitlist'))]);
    my ($a, $b, $up) = @{$world}{qw(a b upstream)};

    history(8, 'delivered to an HTTP upstream, FLUSHALL, sent again: not posted again', sub {
        my @taken = map { $world->apply($_ % 2 ? $a : $b, $_ < 4 ? 'few' : 'open', "once-$_") } 1 .. 12;
        is_deeply([grep { $_->{status} != 202 } @taken], [], 'twelve are taken in');
        $world->quiet('delivered');
        is(scalar keys %{ $up->stored }, 12, 'all are there');

        # These are posted, and nobody hears of it: to the hosts' ledgers they are open.
        $world->{sync_link}->mode(GigSyncTest::script_sha('settle') . ' reset');
        push @taken, map { $world->apply($_ % 2 ? $a : $b, 'open', "once-$_") } 13 .. 16;
        wait_for { (states($world)->{delivered} // 0) >= 13 } 'one more is there';
        $world->cmd('FLUSHALL');
        $world->{sync_link}->mode('pass');
        $world->ready;
        $world->quiet('after FLUSHALL');
        is_deeply(states($world), { delivered => 16 }, 'all are delivered');
        is($world->counted('few'), '3,0,0,waitlist', 'and their seats are counted');
        is(scalar $up->requests, 16, 'each was posted once, and nothing was asked');

        # Each comes into the queue once more, whatever is known of it.  Who hears a replay, hosts say every 5 s.
        wait_for { $world->cmd('HLEN', "${P}nodes") == 2 } 'both hosts to be known again', 15;
        my $before = $world->cmd('XLEN', "${P}settled");
        my ($status, $output) = $a->run("$GigTest::BUILD/gig-sync", 'replay', '-c', $a->{sync_conf}, '--since', stamp(time - 3600));
        is($status, 0, 'all of them are to be sent again') or diag($output);
        wait_for { $world->cmd('XLEN', "${P}settled") >= $before + 16 } 'all to be settled again', 20;
        $world->quiet('sent again');
        is(scalar $up->requests, 16, 'the upstream was not asked for one of them');
        is(asked($world, "once-$_"), 'POST', "once-$_: posted once") for 1, 2, 13, 16;
        is_deeply(states($world), { delivered => 16 }, 'all are delivered still');
        ok($world->receipt($_, $taken[0])->{delivered}, 'a receipt says so') for $a, $b;
        is(seat_of($world->apply($a, 'few', 'next')), 'waitlisted', 'the next one waits');
        $world->quiet('history 8');
    });

    history(9, 'posted to an upstream, cut before its answer: ambiguous, looked at before any retry', sub {
        my $posts = $up->requests('POST');
        $up->say(POST => 'lost', 'cut', 'good');
        my @taken = map { $world->apply($_ ? $b : $a, 'open', "cut-$_") } 0, 1;
        wait_for { (states($world)->{ambiguous} // 0) >= 1 } 'ambiguous';
        $world->quiet('history 9');
        is(asked($world, 'cut-0'), 'POST GET', 'cut after it was stored: looked up, not posted again');
        is(asked($world, 'cut-1'), 'POST GET POST', 'cut before: looked up, and posted then');
        is(scalar(grep {/"cut-[01]\@example\.edu"/} map { JSON::PP::encode_json($_) } values %{ $up->stored }), 2, 'each is there once');
        ok(!states($world)->{ambiguous}, 'nothing is ambiguous any more');
        ok($world->receipt($a, $_)->{delivered}, 'their receipts say delivered') for @taken;

        # gig-sync itself dies between the row and the answer.
        $up->say(POST => 'hang');
        my $taken = $world->apply($a, 'open', 'killed');
        wait_for { states($world)->{delivering} } 'a row that says delivering';
        wait_for { asked($world, 'killed') eq 'POST' } 'and the POST under way';
        $world->sync_stop('KILL');
        $up->say(POST => 'good');
        $world->sync_start;
        $world->quiet('killed in between');
        is(asked($world, 'killed'), 'POST GET POST', 'looked up before it was posted again');
        is(scalar(grep {/"killed\@example\.edu"/} map { JSON::PP::encode_json($_) } values %{ $up->stored }), 1, 'it is there once');

        # Redis forgets in between.
        $up->say(POST => 'lost', 'good');
        $taken = $world->apply($b, 'open', 'forgotten');
        wait_for { states($world)->{ambiguous} } 'ambiguous';
        $world->cmd('FLUSHALL');
        $world->ready;
        $world->quiet('forgotten in between');
        is(asked($world, 'forgotten'), 'POST GET', 'its ledger sends it again: it is looked up, and was there');
        ok($world->receipt($b, $taken)->{delivered}, 'its receipt says delivered');
        is(scalar $up->requests('POST'), $posts + 6, 'nothing else was posted');
    });

    $world->finish;
    return;
}

sub databases {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2,
        gigs => [gig_record('kept'), gig_record('ten', capped(10, 'close')), gig_record('edge', capped(3, 'waitlist')),
            map { gig_record("between-$_", capped(1, 'waitlist')) } 1, 2]);
    my ($a, $b) = @{$world}{qw(a b)};

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
    return;
}
