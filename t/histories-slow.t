#!/usr/bin/perl
# Why: a Redis that is slow is worse than one that is dead: each applicant waits for it, and is told now
# this, now that, as its answers come in time or do not.  History 14 of the protocol, by a Redis whose answers
# are held up on the way.
#
# Alone: answers in a second are counted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigSyncTest ();
use GigTest;
use GigTest::World;

histories(sub {
    my ($record) = @_;
    # One worker each: each has a link of its own, and what one finds out the other does not know.
    my $world = GigTest::World->new(record => $record, hosts => 2, workers => 1,
        timeout => '1200ms', gigs => [gig_record('slow')]);
    my ($one, $two) = @{$world}{qw(a b)};

    history(14, 'Redis slow, not dead: no flapping between live and intent', sub {
        my ($n, @keys) = (0);
        # Some at each host at once, some times: what they are told, a letter each (Live, intent, other), and
        # how long that took.
        my $watch = sub {
            my ($delay, $rounds) = @_;
            $_->{link}->mode($delay) for $one, $two;
            my ($said, $longest) = ('', 0);
            for (1 .. $rounds) {
                my $begin = time;
                my @begun = map { push @keys, my $key = 'slow-' . ++$n; $world->begin($n % 2 ? $one : $two, 'slow', $key) } 1 .. 10;
                for my $answer (map { $world->end($_) } @begun) {
                    $said .= state_of($answer) eq '202 recorded' ? 'L' : state_of($answer) eq '202 pending' ? 'i' : '?';
                }
                $longest = time - $begin if $longest < time - $begin;
            }
            diag(sprintf 'history 14: answers late by %s ms: %s; ten took %.1f s at most', $delay =~ /slow (.*)/ ? $1 : 0, $said, $longest);
            return ($said, $longest);
        };
        $world->cmd('SCRIPT', 'LOAD', GigSyncTest::script_text('judge'));
        # Above half of redis_timeout, below all of it.
        my $between = '. slow 650 800';

        my ($said) = $watch->($between, 2);
        like($said, qr/^L+$/, 'answers are late, but in time: both stay live');

        # Until each of them has seen it: a host whose link breaks off has nothing to count for a while.
        my $late = '. slow 800 1600';
        my $seen = sub { return 2 == grep { $_->read_file('error.log') =~ /Redis is slow/ } $one, $two };
        for (1 .. 15) {
            ($said) = $watch->($late, 1);
            like($said, qr/^[Li]+$/, 'then about half of them are too late: nobody is refused');
            last if $seen->();
        }
        ok($seen->(), 'both find out that it is slow');
        ($said, my $took) = $watch->($late, 4);
        like($said, qr/^i+$/, 'from then on nobody is told now this, now that: all are kept as intents');
        cmp_ok($took, '<', 1.1, 'without waiting for Redis');
        sleep 2.5;
        ($said) = $watch->($between, 3);
        like($said, qr/^i+$/, 'late but in time, as before: it stays so');
        sleep 2.5;
        ($said) = $watch->($between, 1);
        like($said, qr/^i+$/, 'also after some seconds of that');

        $_->{link}->mode('. slow 5 15') for $one, $two;
        for my $host ($one, $two) {
            wait_for { push @keys, my $key = 'slow-' . ++$n; state_of($world->apply($host, 'slow', $key)) eq '202 recorded' } 'quick again: it is asked again', 15;
        }
        ($said) = $watch->('. slow 5 15', 3);
        like($said, qr/^L+$/, 'and both stay live');
        ($said) = $watch->($between, 2);
        like($said, qr/^L+$/, 'also when it is late again, but in time');

        $_->{link}->mode('pass') for $one, $two;
        $world->quiet('history 14', 40);
        $world->once_each('slow', 'history 14', @keys);
    });

    $world->finish;
});
