#!/usr/bin/perl
# Why: SQLite has one writer; PostgreSQL has as many as there are gig-syncs.  Two that are
# in the middle of their transactions at one instant must never confirm more than the cap,
# miss that an applicant is there already, or bring back what the other erases.  To have
# them there at one instant the test holds a lock that both run into.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;

my $test = GigTest->new(record => 'postgres');
my $redis = $test->start_redis;
my $pg = $test->postgres;
my $number = 0;
$test->sync_conf(pull_every => '1s');
ok($test->publish(
    (map { gig_record("cap$_", capacity => { positions => 1, application_cap => $_, on_full => 'waitlist' }) } 1, 50),
    gig_record('open')), 'three gigs');

my @syncs = map { $test->spawn($_, "$GigTest::BUILD/gig-sync", 'run', '-c', $test->{sync_conf}) } 'first', 'second';
wait_for { 2 == @{ $redis->cmd('XINFO', 'CONSUMERS', key($test, 'applications'), 'sync') } } 'two gig-syncs';

my $holder = $pg->session;
my $waiting = sub {
    return $pg->psql("select count(*) from pg_stat_activity where application_name = 'gig-sync' and wait_event_type = 'Lock'");
};
my $empty = sub { $redis->cmd('XLEN', key($test, 'applications')) == 0 };

# Each record goes to another gig-sync: the first is held where it writes, the second where
# it must wait for the first, or else runs into the same lock.
sub at_once {
    my ($what, @records) = @_;
    $holder->say('begin; lock table delivery in exclusive mode');
    hand_in($test, $records[0]);
    wait_for { $waiting->() == 1 } "$what: the first is in the middle of it";
    hand_in($test, $records[1]);
    wait_for { $waiting->() == 2 } "$what: so is the second";
    $holder->say('commit');
    wait_for { $empty->() } "$what: both are through";
    return;
}

sub seats {
    my ($gig) = @_;
    return { map { $_->{seat} => $_->{n} } $test->sql("select seat, count(*) as n from applications where gig = '$gig' group by seat") };
}

# The gig is known from before: what is locked is a row that is there.
hand_in($test, application('cap1', ++$number, seat => 'late'));
wait_for { $empty->() } 'one that takes no place';
my @two = map { application('cap1', ++$number, seat => 'reserved') } 1, 2;
at_once('the last place', @two);
is_deeply(seats('cap1'), { late => 1, confirmed => 1, waitlisted => 1 }, 'one is confirmed, the other waits');

# A gig that has no row in gigs is locked as well.
@two = map { application('nowhere', ++$number, seat => 'reserved', who => 'one-applicant') } 1, 2;
at_once('one applicant twice, to a gig that is not there', @two);
is_deeply([map { $_->{flags} } $test->sql("select flags from applications where gig = 'nowhere' order by flags")],
    ['', 'duplicate'], 'one of them is the duplicate');

# The withdrawal knows no gig, as one that a Redis without memory took.
my ($one) = application('open', ++$number, seat => 'reserved');
at_once('withdrawn between look-up and insert', $one, withdrawal($one->{id}));
is_deeply([$test->sql("select id from applications where id = '$one->{id}'")], [], 'it is not there');
is_deeply([map { $_->{state} } $test->sql("select state from delivery where id = '$one->{id}'")], ['erased'], 'its delivery is erased');

($one) = application('open', ++$number, seat => 'reserved');
at_once('the same, the withdrawal first', withdrawal($one->{id}), $one);
is_deeply([$test->sql("select id from applications where id = '$one->{id}'")], [], 'nor is this');

# One id with two contents: one is the application, the other its conflict.
my ($again) = ({ %{ $one = application('open', ++$number, seat => 'reserved') }, print => 'another' });
at_once('two contents', $one, $again);
is(scalar $test->sql("select id from applications where id = '$one->{id}'"), 1, 'one application');
is(scalar $test->sql("select id from conflicts where id = '$one->{id}'"), 1, 'one conflict');

# The same record in two hands.
($one) = application('open', ++$number, seat => 'reserved');
at_once('one record twice', $one, { %$one });
is_deeply([$test->sql("select count(*) as n, max(attempts) as attempts from delivery where id = '$one->{id}'")],
    [{ n => 1, attempts => 1 }], 'it was delivered once');

# Without a held lock: many, as fast as it goes, and withdrawals among them.
my @many = map { application('cap50', ++$number, seat => 'reserved') } 1 .. 150;
hand_in($test, splice @many, 0, 50) for 1 .. 3;
wait_for { $empty->() } '150 for 50 places are delivered', 30;
is_deeply(seats('cap50'), { confirmed => 50, waitlisted => 100 }, '50 are confirmed, 100 wait');

my @out = map { $_->{id} } $test->sql("select id from applications where gig = 'cap50' and seat = 'confirmed' limit 20");
hand_in($test, map { withdrawal($_) } @out);
wait_for { $empty->() } '20 withdrawals', 30;
is_deeply(seats('cap50'), { confirmed => 50, waitlisted => 80 }, 'their places went to 20 who waited');
is($test->sql("select a.id from applications a join delivery d using (id) where a.seat <> d.seat and d.flags not like '%conflict%'"), 0,
    'applications and delivery say the same of seats');

# A circle with a person's own transaction: the server breaks ours, and it is tried again.
($one) = application('cap1', ++$number, seat => 'over');
hand_in($test, $one);
wait_for { $empty->() } 'one more';
$holder->say("set deadlock_timeout to '60s'; begin; update applications set gig_rev = 'x' where id = '$one->{id}'");
hand_in($test, withdrawal($one->{id}));
wait_for { $waiting->() == 1 } 'its withdrawal waits for a person';
$holder->say("select gig from seats where gig = 'cap1' for update");
$holder->say('commit');
wait_for { $empty->() } 'the person got on, and so did the withdrawal';
is_deeply([$test->sql("select id from applications where id = '$one->{id}'")], [], 'it is erased');

for my $pid (@syncs) {
    kill 'TERM', $pid;
    ok($test->gone($pid, 10), 'a gig-sync ends');
}
$holder->end;
unlike($test->read_file("$_.log"), qr/ (?:error|warn) /, "the $_ had nothing to complain about")
    or diag($test->read_file("$_.log")) for 'first', 'second';

$test->done;
