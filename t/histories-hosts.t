#!/usr/bin/perl
# Why: two hosts and a Redis that fails over are where an application is lost or doubled, and no
# single fault shows it: a promoted replica lacks what was acknowledged, one host's disk fails,
# both sides sell the same seat.  Histories 1, 5, 7, 10, 18 and 19 of the protocol, played by
# real hosts, a real replica that is promoted, and gig-sync; the system of record is looked at last.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::World;

my $P = $GigTest::World::P;

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2, replica => 1,
        gigs => [(map { gig_record($_, updated_at => stamp(time)) } qw(forgets bodies takes-back kept removed)), gig_record('one', capped(1, 'waitlist')),
            gig_record('unknown', capped(1, 'close')), gig_record('poison', capped(1, 'close')), gig_record('numbers', capped(5, 'close'))]);
    my ($a, $b) = @{$world}{qw(a b)};

    history(1, 'accepted at A, whose disk is full, tried again at B, and the failover forgets: delivered once', sub {
        $world->sync_stop;
        $world->replica_cut;
        $world->disk($a, 'pwrite ENOSPC');
        is(state_of($world->apply($a, 'forgets', 'full')), '503 /problems/unavailable', 'A cannot write it down, and acknowledges nothing');
        is($world->queue, 1, 'though the judge has accepted it');
        my $retry = $world->apply($b, 'forgets', 'full');
        is(state_of($retry), '202 recorded', 'B can');
        is($retry->{headers}{'idempotency-replayed'}, 'true', 'it is the same application');

        # Asked before it is promoted: B sends all of it again as soon as it hears of another history.
        is($world->{replica}->cmd('XLEN', "${GigTest::World::P}applications"), 0, 'the replica that is promoted has never heard of it');
        $world->promote;
        $world->disk($a);
        $world->sync_start;
        wait_for { $world->sql("select 1 as x from applications where gig = 'forgets'") } 'B to bring it back', 20;
        is(state_of(wait_for { my $x = $world->apply($a, 'forgets', 'full'); $x->{status} == 202 && $x } 'A answers again'), '202 recorded', 'with the same');
        $world->quiet('history 1');
        is_deeply($world->rows('forgets'), { 'full@example.edu' => 'confirmed' }, 'one row, confirmed');
        is($world->sql("select 1 as x from delivery where gig = 'forgets'"), 1, 'one delivery');
        ok($world->receipt($_, $retry)->{delivered}, 'its receipt says delivered') for $a, $b;
    });


    history(5, 'a lossy promotion: applications come back, a withdrawn gig goes again, one seat sold on both sides', sub {
        $world->replica_start;
        $world->ready;
        $world->replica_cut;

        # What the old primary alone publishes: a gig that is new, and that another is withdrawn.
        $world->{a}->import_gigs(gig_record('brief', updated_at => stamp(time)));
        $world->sql("update gigs set status = 'withdrawn' where id = 'removed'");
        for my $host ($a, $b) {
            wait_for { $host->get('/gigs/brief')->{status} == 200 && $host->get('/gigs/removed')->{status} == 410 } 'both to be published';
        }
        $world->sync_stop;
        $world->sql("update gigs set status = 'withdrawn' where id = 'brief'");
        my @taken = map { $world->apply($_ % 2 ? $a : $b, 'kept', "kept-$_") } 1 .. 10;
        is_deeply([grep { state_of($_) ne '202 recorded' } @taken], [], 'ten are acknowledged');
        my @sides = $world->apply($a, 'one', 'old-side');
        is(seat_of($sides[0]), 'reserved', 'the old primary sells the only seat');

        # B is on the other side of the split.
        my $old = $world->promote(only => [$b->{link}]);
        $world->ready_at($b);
        push @sides, $world->apply($b, 'one', 'new-side');
        is(seat_of($sides[1]), 'reserved', 'and so does the new one');
        wait_for { $b->get('/gigs/removed')->{status} == 200 } 'there the gig that was withdrawn is back', 20;

        $old->crash;
        $world->moved($world->server, $a->{link}, $world->{sync_link});
        $world->sync_start;
        $world->ready;
        for my $host ($a, $b) {
            wait_for { $host->get('/gigs/removed')->{status} == 410 } 'it goes again', 20;
            wait_for { $host->get('/gigs/brief')->{status} =~ /^4(?:04|10)$/ } 'as does what only the old one had published', 20;
            my $listed = sub { grep { $_->{id} =~ /^(?:removed|brief)$/ } @{ json_of($host->get('/gigs/?format=json&state=all&limit=100'))->{gigs} } };
            # Any of its workers may answer, and one may learn of it a second after the other.
            ok(wait_for { !grep { $listed->() } 1 .. 10 } 'no list to have them', 5);
        }
        $world->quiet('history 5');
        $world->once_each('kept', 'history 5', map {"kept-$_"} 1 .. 10);
        is_deeply($world->seats('one'), { confirmed => 1, waitlisted => 1 }, 'of the seat that was sold twice one is confirmed, one waits');
        my %told = map { my $x = $_; $world->receipt($a, $x)->{seat} => 1 } @sides;
        is_deeply(\%told, { confirmed => 1, waitlisted => 1 }, 'and their receipts say so');
    });


    history(7, 'one key, two bodies, at two hosts that have only their ledgers: two rows, one a conflict', sub {
        $world->server->stop;
        my $first  = $world->apply($a, 'bodies', 'twice', statement => 'The one at A.');
        my $second = $world->apply($b, 'bodies', 'twice', statement => 'The one at B.');
        is(state_of($_), '202 pending', 'kept without a judge') for $first, $second;
        is(token_of($second), token_of($first), 'under one id');

        $world->redis_start($world->server);
        $world->quiet('history 7');
        is_deeply($world->rows('bodies'), { 'twice@example.edu' => 'confirmed' }, 'one is the application');
        my ($row)   = $world->sql("select id, cast(json as text) as json from applications where gig = 'bodies'");
        my @others  = $world->sql("select cast(json as text) as json from conflicts where id = '$row->{id}'");
        is(scalar @others, 1, 'the other is kept as a conflict');
        my @bodies = map { $_->{json} =~ /The one at ([AB])/ ? $1 : '?' } $row, @others;
        is_deeply([sort @bodies], ['A', 'B'], 'neither body is lost');
        my @rows = $world->sql("select flags, state from delivery where gig = 'bodies' order by flags");
        is_deeply(\@rows, [{ flags => '', state => 'delivered' }, { flags => 'conflict', state => 'delivered' }], 'two deliveries, the second flagged');
        is_deeply($world->seats('bodies'), { confirmed => 1 }, 'with one seat');
    });


    history(10, 'withdrawn at B while the record lies in A\'s ledger and Redis forgets: erased, and stays so', sub {
        $world->sync_stop;
        my @names = qw(before-the-flush after-the-flush);
        my %taken = map { $_ => $world->apply($a, 'takes-back', $_) } @names;
        is(state_of($taken{$_}), '202 recorded', 'taken at A') for @names;
        is($world->withdraw($b, $taken{ $names[0] })->{status}, 200, 'withdrawn at B, then Redis forgets');
        $world->cmd('FLUSHALL');
        is($world->withdraw($b, $taken{ $names[1] })->{status}, 200, 'and one that Redis has forgotten already');

        $world->sync_start;
        $world->ready;
        $world->quiet('history 10', 40);
        is_deeply($world->rows('takes-back'), {}, 'no row of them');
        for my $name (@names) {
            $world->erased($name, $name);
            ok($world->receipt($_, $taken{$name})->{withdrawn}, "$name: the receipt says withdrawn") for $a, $b;
        }
        is($world->sql("select 1 as x from tombstones"), 2, 'two tombstones');
        is($world->sql("select 1 as x from delivery where gig = 'takes-back' and (state <> 'erased' or length(box) > 0)"), 0, 'no box is kept');

        # All that hosts have is sent again, and the applicant tries too.
        $world->cmd('FLUSHALL');
        $world->ready;
        for my $name (@names) {
            is($world->apply($_, 'takes-back', $name)->{status}, 410, "$name: the same key is refused") for $a, $b;
        }
        $world->quiet('history 10, once more');
        is_deeply($world->rows('takes-back'), {}, 'and stays erased');
        is($world->counted('takes-back'), '0,0,0,open', 'no seat is held');
    });


    history(18, 'a promotion to a clock 5 s behind gives one number to two entries: settling the first leaves the second', sub {
        $world->replica_start;
        $world->ready;
        $world->quiet('before history 18');
        $world->record_hold;
        $world->replica_cut;
        my $new = $world->{replica};
        my $now = int(time * 1000) + 500;
        $world->clock($world->server, $now);
        my $first = $world->apply($a, 'numbers', 'first');
        is(state_of($first), '202 recorded', 'the first is taken');
        my ($number, $fields) = @{ $world->cmd('XREVRANGE', "${P}applications", '+', '-', 'COUNT', 1)->[0] };
        my %first = @$fields;
        is($number, "$now-0", 'with the number of that instant');
        wait_for { $world->busy == 1 } 'gig-sync has read it';

        # gig-sync's connection goes on behind its proxy; what it does next it does to the new primary.
        # A, which would send the first again, is late.
        $world->cut_off($a);
        $world->{sync_link}->keep(1);
        $world->clock($new, $now - 5000);
        $world->promote;
        $world->clock($new, $now);              # five seconds later
        $world->ready_at($b);
        my $second = $world->apply($b, 'numbers', 'second');
        is(state_of($second), '202 recorded', 'by the promoted one');
        my @same = grep { $_->[0] eq $number } @{ $world->cmd('XRANGE', "${P}applications", '-', '+') };
        my %entry = @{ $same[0][1] // [] };
        ok($entry{id} && $entry{id} ne $first{id}, 'it has the number that the first had');

        # gig-sync may write and settle what it has in hand, and read nothing more.
        $world->{sync_link}->mode('XREADGROUP hold');
        $world->record_go;
        wait_for { $world->sql("select 1 as x from applications where gig = 'numbers'") == 1 } 'the first is in the system of record';
        my $settled = sub { scalar grep { my %e = @{ $_->[1] }; $e{op} eq 'apply' } @{ $world->cmd('XRANGE', "${P}settled", "$now-0", '+') } };
        wait_for { $settled->() >= 1 } 'and settled';
        my $left = $world->cmd('XRANGE', "${P}applications", $number, $number);
        is(scalar @$left, 1, 'the entry with its number is there still');
        is_deeply({ @{ $left->[0][1] } }, \%entry, 'and is the other record');

        $world->clock($new, 0);
        $world->{sync_link}->keep(0);
        $world->{sync_link}->mode('pass');
        $world->mend($a);
        $world->quiet('history 18');
        is_deeply($world->rows('numbers'), { map { $_ => 'confirmed' } @{ emails(qw(first second)) } }, 'both are delivered, each once');
    });


    history(19, 'withdrawn before Redis knows it, a promotion, applied for again; a poison: neither holds a seat', sub {
        $world->replica_start;
        $world->ready;
        $world->cut_off($a);
        my $taken = $world->apply($a, 'unknown', 'back');
        is(state_of($taken), '202 pending', 'A keeps an application that Redis never hears of');
        $world->replica_cut;
        is($world->withdraw($b, $taken)->{status}, 200, 'it is withdrawn at B');
        wait_for { $world->sql("select 1 as x from tombstones where id = (select max(id) from tombstones)") && GigTest::World::gap($b) == 0 }
            'the withdrawal to be settled';
        $world->sync_stop;                  # which tells a promoted one what was settled
        $world->promote;
        $world->ready_at($b);
        my $again = $world->apply($b, 'unknown', 'back');
        is(state_of($again), '202 recorded', 'the promoted one knows nothing of that, and takes it');
        $world->sync_start;
        $world->mend($a);
        $world->quiet('history 19');
        is_deeply($world->rows('unknown'), {}, 'the system of record does: nothing is there');
        ok($world->receipt($_, $again)->{withdrawn}, 'as its receipt says') for $a, $b;
        is($world->counted('unknown'), '0,0,0,open', 'no seat is held');
        is(seat_of($world->apply($a, 'unknown', 'next')), 'reserved', 'the next applicant has it');

        # B seals with a key that gig-sync does not have: nobody can open what it takes.
        $world->{a}->run("$GigTest::BUILD/gig-sync", 'keygen', "$b->{dir}/wrong");
        rename "$b->{dir}/acme.pub", "$b->{dir}/right.pub";
        rename "$b->{dir}/wrong.pub", "$b->{dir}/acme.pub";
        $b->reload;
        $world->ready;
        my $poison = $world->apply($b, 'poison', 'poison');
        is(state_of($poison), '202 recorded', 'an application that nobody can open is taken');
        $world->quiet('poison');
        is_deeply([map { $_->{state} } $world->sql("select state from delivery where gig = 'poison'")], ['parked'], 'it is parked');
        is($world->sql("select 1 as x from delivery where gig = 'poison' and length(box) > 0"), 1, 'with its box');
        is($world->counted('poison'), '0,0,0,open', 'and holds no seat');
        rename "$b->{dir}/right.pub", "$b->{dir}/acme.pub";
        $b->reload;
        $world->ready;
        is(seat_of($world->apply($b, 'poison', 'sound')), 'reserved', 'the next applicant has it');
        $world->quiet('history 19');
        is_deeply($world->rows($_->[0]), { "$_->[1]\@example.edu" => 'confirmed' }, "$_->[0]: and is confirmed") for ['unknown', 'next'], ['poison', 'sound'];
    });

    $world->finish;
});
