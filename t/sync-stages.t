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
    gig_record('open', onboarding => {
        steps => [{ text => 'Sign the agreement', url => 'https://acme.example/sign', due_by => '2026-12-04' }],
        contact => 'growth@acme.example', kick_off => '2026-12-05T15:00:00Z' }),
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


# --- all of them with their times, in the gig's time zone; onboarding from `selected` on

my @stages = (qw(received waitlisted in_review selected declined started completed offered hired retained withdrawn));
my %selected = map { $_ => 1 } qw(selected started completed offered hired retained);
my %title = (in_review => 'Being read', selected => 'Selected', declined => 'Not selected', started => 'Started',
    completed => 'Completed', offered => 'Offer made', hired => 'Hired', retained => 'Still there', withdrawn => 'Withdrawn');
my @said;
for my $stage (@stages) {
    my $at = sprintf '2026-11-2%dT10:00:%02dZ', @said % 10, scalar @said;
    push @said, { stage => $stage, at => $at };
    $test->sql("insert into stages (id, stage, at) values ('$id', '$stage', '$at')");
    says($receipt, 'stage', $stage, "the stage $stage");
    my $now = json_of($test->get("$receipt?format=json"));
    is_deeply($now->{stages}, \@said, 'all so far, with their times');
    is_deeply($now->{onboarding}, $selected{$stage} ? { contact => 'growth@acme.example', kick_off => '2026-12-05T15:00:00Z',
        steps => [{ text => 'Sign the agreement', url => 'https://acme.example/sign', due_by => '2026-12-04' }] } : undef,
        $selected{$stage} ? 'with the onboarding' : 'without the onboarding');
    my $page = $test->get($receipt, %html)->{body};
    is($page =~ /agreement|growth\@acme/ ? 1 : 0, $selected{$stage} // 0, 'on the page as well');
}
my $page = $test->get($receipt, %html)->{body};
like($page, qr{>\Q$title{$_->{stage}}\E<.*?<time datetime="\Q${\ substr $_->{at}, 0, 8}\E\d\dT04:00:\d\d-06:00">[^<]+ Chicago time<}s,
    "$_->{stage}: its time, in Chicago") for grep { $title{ $_->{stage} } } @said;
my @order = map { $title{$_} // () } @stages;
my $order = join '.*', map { ">\Q$_\E<" } @order;
like($page, qr/$order/s, 'in their order');
$test->sql("insert into stages (id, stage, at) values ('$id', 'in_review', '2026-11-24T10:00:00Z')") for 1 .. 20;
my $most = wait_for { my $s = json_of($test->get("$receipt?format=json"))->{stages}; @$s == 16 && $s->[0]{stage} eq 'in_review' && $s } 'the newest sixteen';
is(scalar @$most, 16, 'of many the newest') if $most;
for my $public ('/gigs/open?format=json', '/gigs/?format=json', '/gigs/feed.json', '/gigs/open/form') {
    unlike($test->get($public)->{body}, qr/agreement|growth\@acme/, "$public has nothing of the onboarding");
}
unlike($test->get('/gigs/open', %html)->{body}, qr/agreement|growth\@acme/, 'nor has its page');
$test->sql("delete from stages where id = '$id'");
says($receipt, 'stage', undef, 'all deleted again');

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
shows($second, qr/you are on the waiting list/, 'and is told so');
is($test->http('DELETE', $first)->{status}, 200, 'the first withdraws');
says($second, 'seat', 'confirmed', 'the second is confirmed');
my $told = wait_for { $test->get($second, %html)->{body} !~ /you are on the waiting list/ } 'the page to stop saying that it waits', 5;
ok($told, 'the page does not say that it waits any longer') if $told;
my $moved = wait_for { my $s = json_of($test->get("$second?format=json"))->{stages}; @$s == 2 && $s } 'its stages';
is_deeply([map { $_->{stage} } @$moved], [qw(waitlisted received)], 'first it waited') if $moved;
shows($second, qr/On the waiting list<.*<time .*A place became free<.*<time /s, 'which the page shows with both times');

my ($third, $by_hand) = apply('small', 4);
says($third, 'seat', 'waitlisted', 'the next one waits');
$test->sql("update applications set seat = 'confirmed' where id = '$by_hand'");
says($third, 'seat', 'confirmed', 'until a person confirms it by hand');
$told = wait_for { $test->get($third, %html)->{body} !~ /you are on the waiting list/ } 'the page to say so', 5;
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
