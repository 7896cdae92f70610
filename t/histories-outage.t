#!/usr/bin/perl
# Why: a system of record that is down for long fills stream and ledger, and whatever happens meanwhile
# makes somebody send all of it again: there must be one copy of each, and a bound.  History 15 of the
# protocol; the hour is made short by what makes hosts send again.  GIG_LONG=1 waits for a minute, too.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::World;

my $P = $GigTest::World::P;
my $BOUND = 16 << 20;

sub ledger_bytes { my ($host) = @_; my $n = 0; $n += (stat)[12] * 512 for glob "$host->{dir}/state/acme/ledger.*"; return $n }

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2, workers => 1, board => 'ledger_size 16m; ledger_keep 1s;',
        timeout => '5s', gigs => [map { gig_record($_) } qw(hour filled)]);
    my ($a, $b) = @{$world}{qw(a b)};

    history(15, 'the sink down for long: one copy of each in the stream, the ledger within its bound, 503 beyond', sub {
        $world->sink_down;
        my @keys = map {"hour-$_"} 1 .. 40;
        my $first = $world->queue;
        is_deeply([grep { state_of($world->apply($_ =~ /[02468]$/ ? $a : $b, 'hour', $_)) ne '202 recorded' } @keys], [], 'forty are taken');
        is($world->queue, 40, 'and in the stream');

        # Whatever makes hosts send all of it again: another history, workers that died, a reload, gig-sync anew.
        my $calls = sub { my ($n) = $world->cmd('INFO', 'commandstats') =~ /cmdstat_evalsha:calls=(\d+)/; return $n // 0 };
        for my $round (1 .. 3) {
            $world->server->stop;
            $world->redis_start($world->server);
            wait_for { $calls->() >= 40 } "another history, $round: all is sent again", 15;
            is($world->queue, 40, 'and there is one copy of each');
        }
        my $before = $calls->();
        kill 'KILL', $a->workers;
        $b->reload;
        wait_for { $calls->() >= $before + 40 } 'workers that died and were replaced: all is sent again', 15;
        $world->sync_stop('KILL');
        $world->sync_start;
        $world->ready;
        is($world->queue, 40, 'and there is one copy of each');
        my %ids = map { my %e = @{ $_->[1] }; ($e{id} => 1) } @{ $world->cmd('XRANGE', "${P}applications", '-', '+') };
        is(scalar keys %ids, 40, 'forty ids');
        if ($ENV{GIG_LONG}) { sleep 75; is($world->queue, 40, 'more than a minute later as well') }

        # More than the ledger of A may hold.
        my $text = join '', map { chr(0x1f300 + int rand 700) } 1 .. 2900;
        my $said = $world->crowd(1800, sub { ($a, 'filled', "filled-$_[0]", statement => $text) });
        diag('history 15: of 1800, 12 kB each: ' . join ', ', map {"$_: $said->{$_}"} sort keys %$said);
        is_deeply([sort keys %$said], ['202 reserved', '503'], 'A takes what its ledger can hold, and refuses the rest: 503');
        cmp_ok(ledger_bytes($a), '<=', $BOUND, 'it is within its bound');
        cmp_ok($said->{'202 reserved'}, '>', 1000, 'which it has used');
        is($a->get('/gigs/filled?format=json')->{status}, 200, 'reads go on');
        is(state_of($world->apply($b, 'filled', 'filled-at-b')), '202 recorded', 'and so does B');
        my @taken = grep { $world->{answered}{$_} =~ /^202/ } keys %{ $world->{answered} };

        # A crashes with its ledger full: what comes after it has no room to write in, and takes all of it over.
        $world->nginx_kill($a);
        $world->nginx_start($a);
        my $held = sub { my $holders = $world->holders($a); my ($worker) = $a->workers; !grep { $_ != $worker } values %$holders };
        wait_for { $held->() && GigTest::World::gap($a) >= @taken } 'a full ledger to be taken over', 30;
        is($world->apply($a, 'filled', 'filled-anew')->{status}, 503, 'and it is full still');
        wait_for { ledger_bytes($a) <= $BOUND } 'what was taken over to be gone', 15;
        my $copies = $world->queue;

        # gig-sync anew, as it would rest for up to half a minute first.
        $world->sync_stop('KILL');
        $world->sink_up;
        $world->sync_start;
        $world->quiet('history 15', 60);
        my $rows = $world->rows('filled');
        is_deeply([grep { !$rows->{"$_\@example.edu"} } @taken], [], 'all that were acknowledged are in the system of record');
        is_deeply([grep {/ and /} values %$rows], [], 'each once');
        is(keys(%$rows) + 40, $copies, 'and as many as there were in the stream');
        $world->once_each('hour', 'history 15', @keys);
        wait_for { state_of($world->apply($a, 'filled', 'filled-after')) eq '202 recorded' } 'A takes applications again', 15;
        $world->quiet('history 15, after it');
    });

    $world->finish;
});
