#!/usr/bin/perl
# Why: workers and masters come and go: killed at any instruction, reloaded, fewer than before, of a new
# binary.  What any of them had promised those that are there now must have, and what one was cut off in may
# be tried again and is one application.  History 12 of the protocol.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::World;

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, board => 'ledger_size 64m; ledger_keep 1s;',
        gigs => [map { gig_record($_) } qw(process)]);
    my $host = $world->{a};


    history(12, 'workers and masters killed, reload, fewer workers, a new binary: one row each, nothing stranded', sub {
        $world->sync_stop;
        my @keys;

        # A worker, by a connection that it has accepted: what is sent there it takes and no other.
        my $worker = sub {
            my $connection = GigTest::Http->new($host->{port});
            $connection->send('GET', '/worker-health');
            return ($connection, $connection->answer('GET')->{headers}{'x-worker'});
        };
        my $post = sub {
            my ($connection, $key) = @_;
            push @keys, $key;
            $connection->send('POST', '/gigs/process/applications', headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"$key\"" },
                body => JSON::PP->new->utf8->encode({ answers => $host->answers(email => "$key\@example.edu") }));
        };

        # A file that is to become a segment looks like one that a dead worker left, until it is locked.
        my ($connection, $maker) = $worker->();
        $world->disk($host, "flock\@$maker 3000");
        $post->($connection, 'swept');
        my $tmp = wait_for { (glob "$host->{dir}/state/acme/ledger.*.tmp")[0] } 'a segment that is being made';
        wait_for { !-e $tmp } 'the other worker to sweep it away';
        ok(!-e $tmp =~ s/\.tmp$//r, 'it was no segment yet');
        $world->disk($host);
        is(state_of($connection->answer('POST')), '202 recorded', 'another is made, and nobody hears of it');

        # That worker alone: who comes in its place writes at once, and would die of it again and again.
        my $cut = sub {
            my ($what, $call, $fault) = @_;
            for my $n (1, 2) {
                my $key = "$what-$n";
                my ($connection, $cut) = $worker->();
                $world->disk($host, "$call\@$cut $fault");
                $post->($connection, $key);
                is($connection->answer('POST')->{status}, 0, "$key: the worker dies, and nobody is told");
                wait_for { !kill 0, $cut } "$key: it is gone";
                $world->disk($host);
                my $again = wait_for { my $x = eval { $world->apply($host, 'process', $key) }; $x && $x->{status} != 409 && $x->{status} && $x } 'another answers';
                like(state_of($again), qr/^202 (?:recorded|pending)$/, "$key: the same key is taken");
            }
        };
        $cut->('before-write', 'pwrite', 'KILL');
        $cut->('before-fsync', 'fdatasync', 'KILL');
        $cut->('before-answer', 'fdatasync', 'DONE-KILL');
        $world->ledger_alone($host, 'killed workers');

        # The master alone: its workers go on, and whoever starts nginx anew takes over from them.
        $world->sync_stop;
        my $state = sub { my ($key, $what) = @_; push @keys, $key; is(state_of($world->apply($host, 'process', $key)), '202 recorded', $what) };
        $state->('with-master', 'before the master is killed');
        my @orphans = $host->workers;
        kill 'KILL', $host->{nginx};
        $host->gone(delete $host->{nginx}, 5);
        $state->("orphan-$_", 'the workers go on without it') for 1 .. 3;
        kill 'KILL', @orphans;
        wait_for { !grep { kill 0, $_ } @orphans } 'the orphans to be gone';
        $world->nginx_start($host);
        $world->ready;
        $state->('after-master', 'a new master');
        $world->nginx_kill($host);
        $world->nginx_start($host);
        $world->ledger_alone($host, 'killed masters');

        # A reload with applications in flight.
        $world->sync_stop;
        $world->disk($host, 'fdatasync 700');
        my @flight = map { push @keys, "reload-$_"; $world->begin($host, 'process', "reload-$_") } 1 .. 4;
        sleep 0.3;
        my %old = map { $_ => 1 } $host->workers;
        kill 'HUP', $host->{nginx};
        is_deeply([map { state_of($world->end($_)) } @flight], [('202 recorded') x 4], 'a reload: all that were in flight are answered');
        $world->disk($host);
        wait_for { my @now = $host->workers; @now == 2 && !grep { $old{$_} } @now } 'new workers';
        $world->ready;

        # Fewer workers, while each of the old ones holds something.
        push @keys, map {"lowered-$_"} 1 .. 8;
        is_deeply([map { state_of($world->apply($host, 'process', "lowered-$_")) } 1 .. 8], [('202 recorded') x 8], 'two workers take some');
        my $conf = $host->read_file('nginx.conf');
        $host->write_file('nginx.conf', $conf =~ s/worker_processes 2/worker_processes 1/r);
        $host->{workers} = 1;
        $host->reload;
        $world->ledger_alone($host, 'fewer workers');

        # A new binary: both masters live for a while, and each takes applications.
        $world->sync_stop;
        ok($host->stop_nginx, 'nginx leaves');
        $host->write_file('nginx.conf', $conf =~ s/daemon off/daemon on/r);
        $host->{workers} = 2;
        my ($status) = $host->run(GigTest::nginx_binary(), '-p', "$host->{dir}/", '-c', "$host->{dir}/nginx.conf", '-e', "$host->{dir}/error.log");
        is($status, 0, 'it becomes a daemon, as it must for this');
        my $master = $host->{nginx} = wait_for { $host->read_file('nginx.pid') + 0 } 'its master';
        push @{ $host->{kids} }, { pid => $master, name => 'nginx' };
        $world->ready;
        push @keys, map {"upgrade-$_"} 1 .. 12;
        my @said = map { state_of($world->apply($host, 'process', "upgrade-$_")) } 1 .. 4;
        kill 'USR2', $master;
        my $new = wait_for { -s "$host->{dir}/nginx.pid.oldbin" && ($host->read_file('nginx.pid') || 0) + 0 } 'a new master';
        push @{ $host->{kids} }, { pid => $new, name => 'nginx' };
        wait_for { $host->children($new) >= 2 } 'its workers';
        push @said, map { state_of($world->apply($host, 'process', "upgrade-$_")) } 5 .. 8;
        kill 'WINCH', $master;
        wait_for { !grep { $host->command_of($_) =~ /worker process/ } $host->children($master) } 'the old workers leave', 15;
        $host->{nginx} = $new;
        push @said, map { state_of($world->apply($host, 'process', "upgrade-$_")) } 9 .. 12;
        kill 'QUIT', $master;
        wait_for { !kill 0, $master } 'the old master leaves';
        is_deeply([grep { !/^202 (?:recorded|pending)$/ } @said], [], 'applications are taken before, between and after');
        $world->ledger_alone($host, 'a new binary');

        is_deeply([grep { $world->apply($host, 'process', $_)->{status} != 202 } @keys], [], 'every key is answered once more');
        $world->sync_stop;
        $world->ledger_alone($host, 'history 12');
        $world->once_each('process', 'history 12', @keys);
        kill 'QUIT', $new;
        wait_for { !kill 0, $new } 'the daemon leaves', 15;
        delete $host->{nginx};
        $world->nginx_start($host);
        $world->ready;
    });

    $world->finish;
});
