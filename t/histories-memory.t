#!/usr/bin/perl
# Why: a Redis that is gone, or is back without its memory, knows nobody: what it was told must come
# back from ledgers and the system of record, each once, with no more confirmed than there are seats,
# and nobody may hear "no such gig" of one that is there.  Histories 4, 16, 17 and 21 of the protocol, by
# two hosts, gig-sync and a Redis that is flushed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigSyncTest ();
use GigTest;
use GigTest::World;

my $P = $GigTest::World::P;

# What a link's commands look like: by the hash of the script, or its text when Redis does not have it.
my $judges    = GigSyncTest::script_sha('judge') . '|Judges.one.application';
my $withdraws = GigSyncTest::script_sha('withdraw') . '|Withdraws.an.application';

sub segments { my ($host) = @_; return map {m{([^/]+)$}} grep {/ledger\.[0-9a-f]{16}$/} glob "$host->{dir}/state/acme/ledger.*" }

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2, board => 'ledger_keep 1s;',
        gigs => [gig_record('sold-close', capped(100, 'close')), gig_record('sold-wait', capped(100, 'waitlist')),
            gig_record('rebuilt', capped(30, 'waitlist')), map { gig_record($_) } qw(back lost)]);
    my ($a, $b) = @{$world}{qw(a b)};

    history(4, '100 of 100 delivered and freed, FLUSHALL, the next applicant: pending, then no place left', sub {
        for my $gig ('sold-close', 'sold-wait') {
            is_deeply($world->crowd(100, sub { ($_[0] % 2 ? $a : $b, $gig, "$gig-$_[0]") }), { '202 reserved' => 100 }, "$gig: a hundred seats are sold");
        }
        $world->quiet('the hundred');
        is_deeply($world->seats($_), { confirmed => 100 }, "$_: and confirmed") for 'sold-close', 'sold-wait';
        for my $host ($a, $b) {
            my %before = map { $_ => 1 } segments($host);
            $host->reload;
            wait_for { !grep { $before{$_} } segments($host) } 'the ledger to be freed', 15;
            wait_for { json_of($host->get('/gigs/sold-close?format=json'))->{state} eq 'full' } 'the gig to be shown as full';
        }

        $world->sync_stop;
        $world->cmd('FLUSHALL');
        for my $host ($a, $b) {
            my $name = $host == $a ? 'a' : 'b';
            for my $gig ('sold-close', 'sold-wait') {
                is(state_of($world->apply($host, $gig, "next-$name")), '202 pending', "$gig, at $name: the next one is kept");
                is($host->get("/gigs/$gig")->{status}, 200, 'and the gig is there');
            }
            is(state_of($world->apply($host, 'sold-close', 'sold-close-0')), '202 pending', "$name: who has a seat, and asks again, is told the same");
        }

        $world->sync_start;
        $world->ready;
        $world->quiet('history 4');
        is_deeply($world->seats('sold-close'), { confirmed => 100, over => 2 }, 'no place left for the next two, a hundred confirmed');
        is_deeply($world->seats('sold-wait'), { confirmed => 100, waitlisted => 2 }, 'or they wait');
        for my $case (['sold-close', 'over'], ['sold-wait', 'waitlisted']) {
            my ($gig, $seat) = @$case;
            my $retry = $world->apply($a, $gig, 'next-a');
            is($world->receipt($b, $retry)->{seat}, $seat, "$gig: as the receipt says") or diag(explain($retry));
        }
        is($world->rows('sold-close')->{'sold-close-0@example.edu'}, 'confirmed', 'who had a seat has it, once');
    });


    history(16, 'applied, withdrawn with the answer lost, FLUSHALL: settling the application does not tick the withdrawal', sub {
        $world->sync_stop;
        my $taken = $world->apply($a, 'back', 'taken-back');
        is(state_of($taken), '202 recorded', 'an application');
        $world->cmd('SCRIPT', 'LOAD', GigSyncTest::script_text('withdraw'));
        $a->{link}->mode("$withdraws lose");
        is($world->withdraw($a, $taken)->{status}, 200, 'withdrawn; Redis has it, and its answer is lost');
        is($world->queue, 2, 'both are in its queue');
        is(GigTest::World::gap($a), 2, 'and in the ledger');
        $world->cmd('FLUSHALL');

        # What is sent of the withdrawal does not arrive for a while.
        $a->{link}->mode("$withdraws instead LRANGE nothing 0 -1");
        $a->{link}->cut;
        $world->sync_start;
        $world->ready;
        wait_for { $world->sql("select 1 as x from applications where gig = 'back'") } 'the application to be delivered', 20;
        wait_for { GigTest::World::gap($a) == 1 } 'and ticked';
        sleep 2.2;
        is(GigTest::World::gap($a), 1, 'the withdrawal is not');

        $a->{link}->mode('pass');
        $world->quiet('history 16');
        is_deeply($world->rows('back'), {}, 'when it arrives the application is erased');
        $world->erased('history 16', 'taken-back');
        ok($world->receipt($_, $taken)->{withdrawn}, 'the receipt says so') for $a, $b;
    });


    history(17, 'accepted, answer lost, delivered, FLUSHALL and rebuild: settled, and an idle edge hears it within 5 s', sub {
        $world->cmd('SCRIPT', 'LOAD', GigSyncTest::script_text('judge'));
        $a->{link}->mode("$judges lose");
        my $taken = $world->apply($a, 'lost', 'unheard');
        is(state_of($taken), '202 pending', 'accepted, but nobody hears it: an intent');

        # A hears neither of what is settled nor of what it sends.
        $a->{link}->mode("settled|$judges instead LRANGE nothing 0 -1");
        $a->{link}->cut;
        wait_for { $world->sql("select 1 as x from applications where gig = 'lost'") && $world->queue == 0 } 'it to be delivered', 20;
        is(GigTest::World::gap($a), 1, 'and A does not know');
        $world->sync_stop;
        $world->cmd('FLUSHALL');
        $a->{link}->mode('pass');
        $world->linked($a, 1);
        $world->sync_start;
        wait_for { $world->cmd('EXISTS', "${P}ready") } 'the rebuild', 20;
        my $begin = time;
        wait_for { GigTest::World::gap($a) == 0 } 'the gap to close';
        my $took = time - $begin;
        cmp_ok($took, '<', 5, 'within five seconds');
        diag(sprintf 'history 17: the gap closed after %.1f s: %.0f ms', $took, 1000 * $took);
        my %settled = map { my %e = @{ $_->[1] }; ($e{op} => $_->[0]) } @{ $world->cmd('XRANGE', "${P}settled", '-', '+') };
        is($settled{apply}, undef, 'by the judge\'s word alone: nothing was delivered again');
        is_deeply($world->rows('lost'), { 'unheard@example.edu' => 'confirmed' }, 'one row');
        is_deeply([$world->sql("select attempts, state from delivery where gig = 'lost'")], [{ attempts => 1, state => 'delivered' }], 'delivered once');
        ok($world->receipt($_, $taken)->{delivered}, 'as the receipt says') for $a, $b;
    });


    history(21, 'a rebuild half done, FLUSHALL, the rest of it: `ready` is never said of half the data; two gig-syncs at it', sub {
        $world->apply($_ % 2 ? $a : $b, 'rebuilt', "rebuilt-$_") for 1 .. 20;
        $world->quiet('twenty');
        my @ids = map { $_->{id} } $world->sql("select id from applications where gig = 'rebuilt'");
        is(scalar @ids, 20, 'twenty are delivered');

        # In one script: whether it is ready, and how much of what must be there then is.
        my @names = (map({"${P}id:$_"} @ids), "${P}seats", "${P}judge", "${P}gigs");
        my $look = "local n = 0 for i = 2, #KEYS do n = n + redis.call('EXISTS', KEYS[i]) end return {redis.call('EXISTS', KEYS[1]), n}";
        my ($looks, $early) = (0, 0);
        my $whole = sub {
            my ($ready, $n) = @{ $world->cmd('EVAL', $look, 1 + @names, "${P}ready", @names) };
            $looks++;
            $early++ if $ready && $n < @names;
            return $ready;
        };

        my $link = $world->{sync_link};
        my ($n, @kept) = (0);
        for my $step (qw(seats known finish)) {
            $world->sync_stop;
            $world->cmd('FLUSHALL');
            $link->mode("\\r\\n$step\\r\\n hold");
            $world->sync_start;
            wait_for { ($world->cmd('GET', "${P}rebuild") // '') =~ / \d+ / && $world->cmd('HLEN', "${P}gigs") } "a rebuild that is at \"$step\"";
            $world->cmd('FLUSHALL');
            push @kept, $world->apply($_, 'rebuilt', 'half-' . ++$n) for $a, $b;
            $link->mode('pass');
            wait_for { $whole->() } "$step: ready again", 20;
        }

        # Two of them, and it is lost again and again, for as long as it takes to have looked often.
        $world->sync_start(2);
        my ($end, $late) = (time + 2.5, time + 60);
        while (time < $end || ($looks <= 500 && time < $late)) {
            $world->cmd('FLUSHALL');
            my $pause = time + 0.05 + rand 0.4;
            while (time < $pause) { $whole->(); sleep 0.001 }
            push @kept, $world->apply($n % 2 ? $a : $b, 'rebuilt', 'half-' . ++$n) if $n < 12;
        }
        wait_for { $whole->() } 'ready in the end', 30;
        cmp_ok($looks, '>', 500, "looked $looks times");
        is($early, 0, 'whenever it was ready, all of it was there');
        is_deeply([grep { $_->{status} != 202 } @kept], [], 'applications were taken throughout');
        $world->ready;
        $world->quiet('history 21', 40);
        $world->once_each('rebuilt', 'history 21', (map {"rebuilt-$_"} 1 .. 20), map {"half-$_"} 1 .. $n);
        is_deeply($world->seats('rebuilt'), { confirmed => 30, waitlisted => 20 + $n - 30 }, 'thirty seats are confirmed');
        is($world->cmd('EXISTS', "${P}rebuild"), 0, 'no fence is left');
        is($world->counted('rebuilt'), sprintf('30,%d,0,waitlist', 20 + $n - 30), 'Redis counts as the system of record does');
    });

    $world->finish;
});
