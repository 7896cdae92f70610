#!/usr/bin/perl
# Why: what people do with an application in their own database must be on its
# receipt a moment later, and not only after Redis was lost and rebuilt.  Every
# change here is made with SQL by hand; every answer comes from nginx.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;

use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
$test->sync_conf(pull_every => '1s');
ok($test->publish(
    gig_record('open'),
    gig_record('small', capacity => { positions => 1, application_cap => 1, on_full => 'waitlist' }),
    gig_record('shut', capacity => { positions => 1, application_cap => 1, on_full => 'close' }),
), 'three gigs');
$test->start_nginx;
$test->wait_total(3) or BAIL_OUT('no catalog');
$test->start_sync;

my %html = (headers => { Accept => 'text/html' });

sub receipt_of {
    my ($applied) = @_;
    my ($path) = ($applied->{headers}{location} // '') =~ m{(/gigs/receipts/[\w-]{43})$};
    return $path // '';
}

# Applies, waits for the row; returns the receipt's path and the id.
sub apply {
    my ($gig, $number) = @_;
    my %before = map { $_->{id} => 1 } $test->sql('select id from applications');
    my $applied = $test->apply($gig, "key-$gig-$number", email => "avery$number\@example.edu");
    is($applied->{status}, 202, "application $number to $gig") or diag($applied->{body});
    my $row = wait_for { (grep { !$before{ $_->{id} } } $test->sql('select id, seat from applications'))[0] } 'the row';
    return (receipt_of($applied), $row->{id});
}

sub says {
    my ($receipt, $member, $value, $what) = @_;
    my $found = wait_for {
        my $now = json_of($test->get("$receipt?format=json"))->{$member};
        defined $value ? defined $now && $now eq $value : !defined $now;
    } $what, 5;
    ok($found, $what) if $found;
    return;
}

sub shows {
    my ($receipt, $text, $what) = @_;
    like($test->get($receipt, %html)->{body}, $text, $what);
    return;
}


# --- stages

my ($receipt, $id) = apply('open', 1);
says($receipt, 'stage', 'received', 'a delivered application is received');
says($receipt, 'seat', 'confirmed', 'and confirmed');

for my $stage (['in_review', qr/Being read/], ['selected', qr/You have been selected/]) {
    $test->sql("insert into stages (id, stage) values ('$id', '$stage->[0]')");
    says($receipt, 'stage', $stage->[0], "a row in stages: $stage->[0]");
    shows($receipt, $stage->[1], 'on the page as well');
}

$test->sql("update stages set stage = 'declined', at = '2026-11-20T10:00:00Z' where id = '$id' and stage = 'selected'");
says($receipt, 'stage', 'declined', 'a row that was changed in place');
says($receipt, 'stage_at', '2026-11-20T10:00:00Z', 'with its time');
shows($receipt, qr/Not selected/, 'on the page as well');

my ($or, $conflict) = $test->{record} eq 'sqlite' ? ('or replace', '') : ('', 'on conflict (number) do update set stage = excluded.stage');
$test->sql("insert $or into stages (number, id, stage) select max(number), '$id', 'hired' from stages where id = '$id' $conflict");
says($receipt, 'stage', 'hired', 'a row that was replaced');

$test->sql("delete from stages where id = '$id' and stage = 'hired'");
says($receipt, 'stage', 'in_review', 'one that was deleted: the stage before it');

$test->sql("delete from stages where id = '$id'");
says($receipt, 'stage', undef, 'all deleted: none');

my $before = $redis->cmd('INFO', 'commandstats') =~ /cmdstat_evalsha:calls=(\d+)/ ? $1 : 0;
$test->sql("insert into stages (id, stage) values ('$id', 'started')");
says($receipt, 'stage', 'started', 'another');
my $after = $redis->cmd('INFO', 'commandstats') =~ /cmdstat_evalsha:calls=(\d+)/ ? $1 : 0;
cmp_ok($after - $before, '<=', 4, 'one change costs one call of a script or two, not one an application');


# --- while gig-sync does not run

ok($test->stop_sync, 'gig-sync is stopped');
$test->sql("insert into stages (id, stage) values ('$id', 'completed')");
$test->start_sync;
says($receipt, 'stage', 'completed', 'what changed meanwhile is told at the start');


# --- a place becomes free

my ($first) = apply('small', 2);
my ($second, $waiting) = apply('small', 3);
says($second, 'seat', 'waitlisted', 'the second of one place waits');
shows($second, qr/waiting list/i, 'and is told so');
is($test->http('DELETE', $first)->{status}, 200, 'the first withdraws');
says($second, 'seat', 'confirmed', 'the second is confirmed');
my $told = wait_for { $test->get($second, %html)->{body} !~ /waiting list/i } 'the page to stop saying that it waits', 5;
ok($told, 'the page does not say that it waits any longer') if $told;

my ($third, $by_hand) = apply('small', 4);
says($third, 'seat', 'waitlisted', 'the next one waits');
$test->sql("update applications set seat = 'confirmed' where id = '$by_hand'");
says($third, 'seat', 'confirmed', 'until a person confirms it by hand');
$told = wait_for { $test->get($third, %html)->{body} !~ /waiting list/i } 'the page to say so', 5;
ok($told, 'on the page as well') if $told;


# --- the last seat of a gig is given back: its counts fall to 0, and Redis must hear it

my ($only, $only_id) = apply('shut', 5);
wait_for { ($redis->cmd('HGET', 'gig:{acme}:seats', 'shut') // '') eq '1,0,0,full' } 'the gig to be full';
is($test->apply('shut', 'key-shut-6', email => 'avery6@example.edu')->{status}, 409, 'full');
is($test->http('DELETE', $only)->{status}, 200, 'the only one withdraws');
my $free = wait_for { !defined $redis->cmd('HGET', 'gig:{acme}:seats', 'shut') } 'no seat to be left in Redis', 5;
ok($free, 'its seat is free in Redis') if $free;
is($test->apply('shut', 'key-shut-7', email => 'avery7@example.edu')->{status}, 202, 'the next one gets it');
my $gone = wait_for { !defined $redis->cmd('HGET', 'gig:{acme}:stages', $only_id) } 'its stage to go', 5;
ok($gone, 'the erased one has no stage any longer') if $gone;

# A seat that a person deletes by hand, without a tombstone.
$test->sql("delete from stages where id in (select id from applications where gig = 'shut'); delete from applications where gig = 'shut'")
    if wait_for { $test->sql("select id from applications where gig = 'shut'") == 1 } 'the row of the next one';
$free = wait_for { !defined $redis->cmd('HGET', 'gig:{acme}:seats', 'shut') } 'a row deleted by hand frees its seat', 5;
ok($free, 'a row deleted by hand frees its seat too') if $free;

unlike($test->read_file('gig-sync.log'), qr/ (?:error|warn) /, 'and gig-sync had nothing to complain about')
    or diag($test->read_file('gig-sync.log'));

$test->done;
