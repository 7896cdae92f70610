#!/usr/bin/perl
# Why: what a process wrote can be read at once, by it and by others, and is still gone after a
# power cut unless it was synced.  The disk of t/lib/disk_faults.c keeps what unsynced writes
# replaced; here it is put back when all processes are dead.  Redis is gone all the time, so
# that nothing but the ledger remembers.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Disk;

my $test = GigTest->new(workers => 2);
my $disk = GigTest::Disk->new($test);
$test->start_redis;
$test->import_gigs(gig_record('open'));
$test->sync_conf;
$test->sync('once');
$test->{expected_log} = qr/exited on signal|took over|the ledger/;

sub start { $disk->preload(sub { $test->start_nginx(board => 'redis_timeout 300ms; ledger_keep 2s;') }) }
sub apply { my ($key) = @_; return $test->apply('open', $key, email => "$key\@example.edu") }
sub taken_over { return scalar(() = $test->read_file('error.log') =~ /took over \d+ records?/g) }
sub power_cut {
    my $before = taken_over();
    $disk->power_cut(sub { 1 });
    start();
    $test->wait_total(1);
    ok(wait_for { taken_over() > $before } 'after a power cut a new worker has what was held');
}
sub delivered {
    my ($key, $what) = @_;
    ok(wait_for { $test->sql("select 1 from applications where email = '$key\@example.edu'") } $what, 20);
}

start();
$test->wait_total(1) or BAIL_OUT('no catalog');
$test->{redis}->stop;

is(json_of(apply('synced'))->{confirmation}, 'pending', 'acknowledged, without Redis');
power_cut();

# A worker dies in its fsync: the record is written, and nobody knows whether it will stay.  The
# other takes the segment over and answers for it.
my $before = taken_over();
$disk->faults('fdatasync KILL');
is(eval { apply('adopted')->{status} } // 0, 0, 'a worker that dies before its answer');
$disk->faults;
ok(wait_for { taken_over() > $before } 'another takes over what it had written', 10);
my $again = apply('adopted');
is($again->{status}, 202, 'and answers for it');
is($again->{headers}{'idempotency-replayed'}, 'true', 'as of what it has taken over');
power_cut();

# And one whose fsync failed was told so; nobody has promised anything.
$disk->faults('fdatasync EIO');
is(apply('failed')->{status}, 503, 'not synced, not acknowledged');
$disk->faults;
power_cut();

$test->{redis}->start;
$test->start_sync;
delivered('synced', 'what was acknowledged is there after a power cut');
delivered('adopted', 'and what was answered for from the segment of a dead worker');
ok(wait_for { $test->get('/metrics')->{body} =~ /^gig_ledger_gap\S* 0$/m } 'no gap', 20);
is(scalar($test->sql("select 1 from applications where email like 'failed%'")), 0, 'what was not synced is gone, as it may');

$test->done;
