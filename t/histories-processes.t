#!/usr/bin/perl
# Why: an acknowledgement is given by one worker, and that worker can die at any instruction, be replaced,
# lose its master or its disk.  Whatever it had promised another must take over, and what it had not
# may be tried again and is one application.  Histories 2 and 22 of the protocol, with a disk that stalls,
# fails and loses what was not synced.

use strict;
use warnings;

use File::Copy qw(copy);
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::World;

sub took_over { my ($host) = @_; my @said = $host->read_file('error.log') =~ /the ledger took over/g; return scalar @said }

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, board => 'ledger_size 64m; ledger_keep 1s;',
        gigs => [map { gig_record($_) } qw(flight cut)]);
    my $host = $world->{a};


    history(2, 'in flight in worker 1, whose fsync stalls and fails; the retry in worker 2 is backed by its own record', sub {
        $world->sync_stop;
        my ($one, $two) = $host->workers;
        $world->disk($host, "fdatasync\@$one 3000 EIO");
        # Who does not stand still accepts what comes; but the kernel wakes one of them, perhaps that one, so
        # others knock until it has been heard.
        my $knock = sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $host->{port}) };
        kill 'STOP', $two;
        my $begun = $world->begin($host, 'flight', 'flight');
        wait_for { $knock->(); $world->queue == 1 } 'the judge to have accepted it';
        sleep 0.1;                              # its answer is at worker 1, or soon will be
        kill 'CONT', $two;
        kill 'STOP', $one;
        my $again = $world->begin($host, 'flight', 'flight');
        wait_for { $knock->(); IO::Select->new($again->{read})->can_read(0.02) } 'an answer to the retry', 2;
        my $retry = $world->end($again);
        is(IO::Select->new($begun->{read})->can_read(0), undef, 'worker 1 has answered nobody');
        kill 'CONT', $one;
        is(state_of($retry), '202 recorded', 'when worker 2 acknowledges the same key');
        is($retry->{headers}{'idempotency-replayed'}, 'true', 'as the same application');
        is(state_of($world->end($begun)), '503 /problems/unavailable', 'worker 1 says in the end that it could not write it');

        # Nothing that worker 1 wrote is left, and Redis forgets.
        my $holders = $world->holders($host);
        unlink grep { $holders->{$_} == $one } sort keys %$holders;
        kill 'KILL', $one;
        $world->disk($host);
        wait_for { my @now = $host->workers; @now == 2 && !grep { $_ == $one } @now } 'another worker in its place';
        $world->ledger_alone($host, 'history 2');
        is_deeply($world->rows('flight'), { 'flight@example.edu' => 'confirmed' }, 'delivered, once');
        ok($world->receipt($host, $retry)->{delivered}, 'the receipt says delivered');
    });


    history(22, 'killed before fsync, its segment taken over, the retry answered, power cut: still there', sub {
        # One worker, so that who answers is who took over.
        $world->sync_stop;
        ok($host->stop_nginx, 'nginx leaves');
        my $synced = $host->{synced} = "$host->{dir}/synced";
        mkdir $synced;
        $host->{workers} = 1;
        $world->nginx_start($host);
        $world->ready;
        my ($worker) = $host->workers;
        my $before = took_over($host);
        $world->disk($host, "fdatasync\@$worker KILL");
        is($world->end($world->begin($host, 'cut', 'cut'))->{status}, 0, 'the worker dies before its fsync');
        $world->disk($host);
        $world->cmd('FLUSHALL');
        wait_for { took_over($host) > $before } 'its segment to be taken over';
        my $retry = $world->apply($host, 'cut', 'cut');
        is(state_of($retry), '202 recorded', 'the retry is answered by who took it over');
        is($world->queue, 0, 'and from that alone');

        # Power cut: of the ledger there is what was synced, and nothing else.
        $world->nginx_kill($host);
        my $state = "$host->{dir}/state/acme";
        unlink glob "$state/ledger.*";
        copy($_, $state) or die "copy: $!" for grep { !/\.tmp$/ } glob "$synced/ledger.*";
        $host->{workers} = 2;
        $world->nginx_start($host);
        $world->ledger_alone($host, 'history 22');
        is_deeply($world->rows('cut'), { 'cut@example.edu' => 'confirmed' }, 'it is delivered, once');
        ok($world->receipt($host, $retry)->{delivered}, 'and its receipt says so');
    });

    $world->finish;
});
