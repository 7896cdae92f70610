#!/usr/bin/perl
# Why: a ledger delivers whatever was acknowledged, also what came too late, found no place,
# contradicts what is there or was withdrawn meanwhile.  The judge only labels it; here the
# system of record must keep it as labelled, give no seat away for it, and let nothing that
# was withdrawn come back, also when its own memory is older than Redis's.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
$test->sync_conf(claim_after => '1s', pull_every => '1s');

my %once = (capacity => { positions => 1, application_cap => 1, on_full => 'close' });
ok($test->publish(gig_record('small', %once), gig_record('strict', %once), gig_record('queue',
    capacity => { positions => 1, application_cap => 1, on_full => 'waitlist' }), gig_record('open'),
    gig_record('past', closes_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - 60)))), 'five gigs');

my $key = sub { key($test, $_[0]) };
my $number = 0;

sub ledger {
    my ($mode, $gig, %more) = @_;
    return application($gig, ++$number, mode => $mode, %more);
}

# The same submission with other content.
sub other {
    my ($first, $print) = @_;
    return { %$first, print => $print, seat => '', mode => 'intent' };
}

sub delivered {
    my ($what) = @_;
    wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } "$what: delivered";
    return;
}

sub leave {
    my ($application, @mode) = @_;
    return $redis->cmd('EVAL', script_text('withdraw'), 1, $key->("id:$application->{id}"), $key->(''), $application->{id},
        int(time * 1000), 'node-a', 2592000, @mode)->[1];
}

sub place { my ($application) = @_; return $redis->cmd('HGET', $key->("id:$application->{id}"), "apply:$application->{print}") }
sub outcome { my ($application) = @_; return $redis->cmd('HGET', $key->("id:$application->{id}"), 'outcome') }

sub row {
    my ($application, $table, @columns) = @_;
    my ($row) = $test->sql(sprintf "select %s from %s where id = '%s'%s", join(', ', @columns), $table, $application->{id},
        $table =~ /delivery|conflicts/ ? " and fingerprint = '$application->{print}'" : '');
    return $row ? join '|', map { $row->{$_} // '' } @columns : undef;
}

sub confirmed { my ($gig) = @_; return ($test->sql("select count(*) as n from applications where gig = '$gig' and seat = 'confirmed'"))[0]{n} }


$test->start_sync;

# --- labels

{
    my @some = (ledger('intent', 'small'), ledger('intent', 'small'), ledger('intent', 'past'), ledger('intent', 'unheard-of'),
        ledger('resend', 'small', seat => 'late'));
    is_deeply(apply_all($test, @some), { 'appended reserved' => 1, 'appended over' => 2, 'appended late' => 2 }, 'labelled by the judge');
    delivered('labels');
    is_deeply([map { row($_, 'applications', 'seat') } @some], [qw(confirmed over late over late)], 'and kept so');
    is_deeply([map { row($_, 'delivery', 'state', 'seat') } @some], [map {"delivered|$_"} qw(confirmed over late over late)], 'in the delivery table');
    is_deeply([map { outcome($_) } @some], [qw(confirmed over late over late)], 'the receipts say so');
    is_deeply([map { place($_) } @some], [('settled') x 5], 'all are settled');
    is(confirmed('small'), 1, 'one is confirmed');
    is($redis->cmd('HGET', $key->('seats'), 'small'), '1,0,0,full', 'which is what Redis counts');
    is($redis->cmd('HGET', $key->('seats'), 'past'), undef, 'of what came too late nothing');

    # The seat gets free: nobody who was told that there is none gets it.
    is(leave($some[0]), 'withdrawn', 'the one withdraws');
    delivered('withdrawal');
    wait_for { !defined $redis->cmd('HGET', $key->('seats'), 'small') } 'the seat to be free';
    is(confirmed('small'), 0, 'nobody moves up');
}

# --- a label is the record's own, whatever else the applicant has

{
    my $seat = ledger('intent', 'strict');
    is_deeply(apply_all($test, $seat), { 'appended reserved' => 1 }, 'an applicant with a seat');
    delivered('seat');
    my $again = ledger('intent', 'strict', who => $seat->{who});
    is_deeply(apply_all($test, $again), { 'appended over' => 1 }, 'applies again: no place left');
    delivered('again');
    is(row($again, 'applications', 'seat', 'flags'), 'over|duplicate', 'stored as it was told');
    is(row($seat, 'applications', 'seat', 'flags'), 'confirmed|', 'the seat is the first one\'s');

    my $label = ledger('resend', 'open', seat => 'late');
    apply_all($test, $label);
    delivered('late');
    my $next = ledger('intent', 'open', who => $label->{who});
    is_deeply(apply_all($test, $next), { 'appended reserved' => 1 }, 'who came too late once applies again');
    delivered('next');
    is(row($next, 'applications', 'seat'), 'confirmed', 'and gets a seat');
}

# --- more reservations than seats, as after a lost memory

{
    my @some = map { ledger('resend', 'queue', seat => 'reserved') } 1 .. 3;
    push @some, my $last = ledger('resend', 'strict', seat => 'reserved');
    is_deeply(apply_all($test, @some), { 'appended reserved' => 4 }, 'each was promised a seat');
    delivered('reserved');
    is_deeply([sort map { row($_, 'applications', 'seat') } @some[0 .. 2]], [qw(confirmed waitlisted waitlisted)], 'one gets it, the others wait');
    is(row($last, 'applications', 'seat'), 'waitlisted', 'also where a full gig is closed');
    is_deeply([sort map { outcome($_) } @some], [qw(confirmed waitlisted waitlisted waitlisted)], 'and are told');
    is(confirmed('queue'), 1, 'not oversold');
}

# --- conflicts

{
    my $first = ledger('intent', 'open');
    my $second = other($first, 'other-content');
    is_deeply(apply_all($test, $first, $second), { 'appended reserved' => 1, 'appended' => 1 }, 'two contents under one key');
    delivered('conflict');
    is(row($first, 'applications', 'seat', 'flags'), 'confirmed|', 'the first is the application');
    is(row($second, 'delivery', 'state', 'seat', 'flags'), 'delivered||conflict', 'the second a conflict');
    is(row($second, 'conflicts', 'id'), $second->{id}, 'which is kept');
    is_deeply([map { place($_) } $first, $second], [('settled') x 2], 'both are settled');
    is(outcome($first), 'confirmed', 'the receipt speaks of the first');

    $test->stop_sync;
    $redis->cmd('FLUSHALL');
    $test->start_sync;
    wait_for { $redis->cmd('EXISTS', $key->('ready')) } 'Redis to be rebuilt';
    is_deeply(apply_all($test, $first, $second), { 'settled reserved' => 1, 'settled' => 1 }, 'after a rebuild both are settled');

    # The judge saw the first one, and somebody trimmed it: the system of record has none yet.
    $test->stop_sync;
    my $lost = ledger('intent', 'open');
    my $rest = other($lost, 'other-content');
    apply_all($test, $lost);
    $redis->cmd('XTRIM', $key->('applications'), 'MAXLEN', 0);
    is_deeply(apply_all($test, $rest), { 'appended' => 1 }, 'the conflict comes alone');
    $test->start_sync;
    delivered('alone');
    is(row($rest, 'applications', 'seat', 'flags'), 'confirmed|', 'the first row of an id is the application');
    is(row($rest, 'delivery', 'flags'), '', 'and no conflict');
    is_deeply(apply_all($test, $lost), { 'appended reserved' => 1 }, 'the other one comes back');
    delivered('the other one');
    is(row($lost, 'conflicts', 'id'), $lost->{id}, 'and is the conflict');
    is(($redis->cmd('HGET', $key->('seats'), 'open') =~ /^\d+,0,(\d+),/)[0], 0, 'no seat is held');
}

# --- withdrawn

{
    my $gone = ledger('resend', 'open', seat => 'reserved');
    is(leave($gone, 'resend', 'open', $gone->{who}), 'appended', 'the withdrawal comes first');
    is_deeply(apply_all($test, $gone), { 'appended' => 1 }, 'the application after it');
    delivered('withdrawn');
    is(row($gone, 'applications', 'id'), undef, 'it meets the tombstone');
    is(row($gone, 'delivery', 'state', 'applicant', 'seat'), 'erased||', 'and is erased');
    is(outcome($gone), 'erased', 'as the receipt says');
    is_deeply([place($gone), leave($gone, 'resend')], ['settled', 'settled'], 'both are settled');

    # The system of record was restored from before the withdrawal; Redis knows better.
    my ($back, $looked) = (ledger('intent', 'queue'), ledger('intent', 'open'));
    apply_all($test, $back, $looked);
    delivered('applications');
    $test->stop_sync;
    is(leave($back), 'withdrawn', 'withdrawn');
    $redis->cmd('XTRIM', $key->('applications'), 'MAXLEN', 0);
    $test->sql("delete from applications where id = '$back->{id}'");
    $test->sql("delete from delivery where id = '$back->{id}'");
    # As it starts gig-sync brings to Redis what that may have lost, and would bring the tombstone too.
    $redis->cmd('HDEL', $key->("id:$looked->{id}"), "apply:$looked->{print}");
    $test->start_sync;
    wait_for { (place($looked) // '') eq 'settled' } 'gig-sync to have told Redis what it knows';
    is_deeply(apply_all($test, { %$back, mode => 'replay' }), { 'appended' => 1 }, 'replayed');
    delivered('replay');
    is(row($back, 'applications', 'id'), undef, 'it does not come back');
    is(row($back, 'delivery', 'state', 'applicant'), 'erased|', 'it is erased');
    is(row($back, 'tombstones', 'gig'), 'queue', 'with a tombstone');
    is(leave($back, 'resend', 'queue', $back->{who}), 'appended', 'the withdrawal\'s own record follows');
    delivered('withdrawal');
    is(leave($back, 'resend'), 'settled', 'and is settled');
    is(row($back, 'tombstones', 'gig'), 'queue', 'without harm');
}

# --- a system of record that was restored

{
    my @some = map { ledger('intent', 'open') } 1 .. 5;
    apply_all($test, @some);
    delivered('before');
    $test->stop_sync;
    my $lost = join ',', map {"'$_->{id}'"} @some[1 .. 3];
    $test->sql("delete from applications where id in ($lost)");
    $test->sql("delete from delivery where id in ($lost)");
    is_deeply(apply_all($test, map { { %$_, mode => 'resend' } } @some), { 'settled reserved' => 5 }, 'Redis thinks that all is well');
    is_deeply(apply_all($test, map { { %$_, mode => 'replay' } } @some), { 'appended reserved' => 5 }, 'a replay sends them again');
    $test->start_sync;
    delivered('replay');
    is_deeply([map { row($_, 'applications', 'seat') } @some], [('confirmed') x 5], 'all are there, once');
    is_deeply([map { place($_) } @some], [('settled') x 5], 'and settled');
}

ok($test->stop_sync, 'TERM ends it');
$test->done;
