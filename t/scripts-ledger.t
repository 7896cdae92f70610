#!/usr/bin/perl
# Why: what was acknowledged is always delivered, and a ledger re-sends it until it is:
# after an outage, a lost memory, a restored system of record, and often for nothing.
# So the judge must take each record whatever it thinks of it, label it and never refuse,
# and still put no second copy into the queue and count no seat twice.
#
#   GIG_SEED=N   repeats the random part of a run

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);

use GigTest::Scripts;

my @ledger = qw(intent resend replay);

# verdict, seat, flags
sub said { my ($answer) = @_; return error_of($answer) || join '|', @$answer[1 .. 3] }
sub queue { return [map { join '|', @{ $_->[1] }{qw(op id print seat flags)} } grep { $_->[1]{op} eq 'apply' } @{ entries() }] }
sub place { my ($id, $print) = @_; return r('HGET', "${P}id:$id", "apply:$print") }

sub settle_all {
    my ($outcome, @counts) = @_;
    return settle([map { [$_->[0], @{ $_->[1] }{qw(op id print node gig who)}, $_->[1]{op} eq 'apply' ? $outcome : ''] } @{ entries() }],
        \@counts);
}

sub now_ms { my $now = r('TIME'); return $now->[0] * 1000 + int($now->[1] / 1000) }


subtest 'what is delivered or on its way needs no other copy' => sub {
    fresh(application_cap => 2, on_full => 'close');
    judge();
    my $before = everything($P, 1);
    is(said(judge(mode => $_, at => 5)), 'queued|reserved|', "$_: queued, with the stored seat") for @ledger;
    is_deeply([@{ judge(mode => 'resend', at => 5) }[0, 4]], ['nonce-1', 1000], 'ready and the first time');
    is(everything($P, 1), $before, 'nothing is written');

    settle_all('confirmed', ['g1', 1, 0]);
    $before = everything($P, 1);
    is(said(judge(mode => $_)), 'settled|reserved|', "$_: settled") for qw(intent resend);
    is(said(judge()), 'replay|reserved|', 'live: the first outcome again, though it is settled');
    is(everything($P, 1), $before, 'nothing is written');

    my $answer = judge(mode => 'replay', seat => 'reserved', at => 5);
    is(said($answer), 'appended|reserved|', 'replay: appended, though it is settled');
    is_deeply([$answer->[4], entries()->[0][1]{at}], [1000, 5], 'the first time is answered, the entry has the record\'s');
    is(seats(), '1,0,1,full', 'its seat is held: settling frees it again');
    is_deeply(told(), ['g1 full'], 'the edges are told');
    is(place('I1', 'p1'), entries()->[0][0], 'its place is the new entry');
    is(said(judge(mode => $_)), 'queued|reserved|', "$_: queued now") for @ledger;
    settle_all('confirmed', ['g1', 1, 0]);
    is(seats(), '1,0,0,open', 'settled: freed once');
    is_deeply(told(), ['g1 full', 'g1 open'], 'and told');
    is(place('I1', 'p1'), 'settled', 'settled again');
};

subtest 'a late settling of what was put into the queue anew' => sub {
    fresh(application_cap => 2);
    judge();
    my @old = map { [$_->[0], 'apply', 'I1', 'p1', 'n', 'g1', 'w1', 'confirmed'] } @{ entries() };
    settle(\@old, [['g1', 1, 0]]);
    judge(mode => 'replay');
    my $entry = entries()->[0][0];
    settle(\@old, [['g1', 1, 0]]);
    is(place('I1', 'p1'), $entry, 'does not hide the entry');
    is(said(judge(mode => 'replay')), 'queued|reserved|', 'so no other copy is made');
    is(seats(), '1,0,1,full', 'and frees no seat');

    withdraw('I1');
    my ($first) = grep { $_->[1]{op} eq 'withdraw' } @{ entries() };
    settle_all('erased', ['g1', 0, 0]);
    withdraw('I1', 'replay');
    settle([[$first->[0], 'withdraw', 'I1', 'p1', 'n', 'g1', 'w1', '']]);
    is_deeply(withdraw('I1', 'replay'), ['nonce-1', 'queued'], 'a withdrawal as well');
};

subtest 'an unknown id' => sub {
    fresh(application_cap => 1, on_full => 'waitlist');
    is(said(judge(mode => 'intent')), 'appended|reserved|', 'an intent gets a seat');
    is(seats(), '0,0,1,waitlist', 'which is held');
    is(said(judge(mode => 'intent', id => 'I2', who => 'w2', print => 'p2')), 'appended|waitlisted|', 'full: it waits');
    is(said(judge(mode => 'resend', id => 'I3', who => 'w3', print => 'p3', seat => 'reserved')), 'appended|reserved|',
        'what was promised a seat keeps it');
    is(seats(), '0,0,2,waitlist', 'above the cap');
    is(said(judge(mode => 'resend', id => 'I4', who => 'w4', print => 'p4', seat => 'waitlisted')), 'appended|waitlisted|', 'or waits as before');
    is(said(judge(mode => 'replay', id => 'I5', who => 'w5', print => 'p5', seat => 'reserved')), 'appended|reserved|', 'in a replay, too');
    is(said(judge(mode => 'replay', id => 'I6', who => 'w6', print => 'p6')), 'appended|waitlisted|', 're-sent without an outcome it is an intent');
    is(said(judge(mode => 'resend', id => "I$_", who => "w$_", print => "p$_", seat => $_)), "appended|$_|", "re-sent as $_") for qw(over late);
    is(seats(), '0,0,3,waitlist', 'neither holds a seat');
    is(r('EXISTS', "${P}who:g1:wover", "${P}who:g1:wlate"), 0, 'nor has one to share');
    is_deeply(told(), ['g1 waitlist'], 'told once');
    is_deeply(id_hash('I3'), { gig => 'g1', who => 'w3', print => 'p3', seat => 'reserved', flags => '', at => 1000, 'apply:p3' => place('I3', 'p3') },
        'it is remembered as a live one');
    is(said(judge(id => 'I3', who => 'w3', print => 'p3')), 'replay|reserved|', 'whose answer a retry gets');
    cmp_ok(r('TTL', "${P}$_"), '>', 900, "$_ expires") for 'id:I3', 'who:g1:w3';

    fresh(application_cap => 0, on_full => 'close');
    is(said(judge(mode => 'intent')), 'appended|over|', 'full and closed: no place left');
    is(said(judge(mode => 'intent', id => 'I2', gig => 'none')), 'appended|over|', 'a gig that nobody knows');
    is_deeply(r('HKEYS', "${P}seats"), ['g1'], 'of which no seats are counted');
    is(said(judge(mode => 'resend', id => 'I3', gig => 'none', seat => 'reserved')), 'appended|reserved|', 'but what was promised is');
    is(seats('none'), '0,0,1,open', 'and held');
    is_deeply(told(), ['g1 full'], 'nobody is told of that gig');
    r('HSET', "${P}seats", 'none', '0,0,1,full');
    judge(mode => 'resend', id => 'I4', who => 'w4', gig => 'none', seat => 'reserved');
    is_deeply(told(), ['g1 full'], 'whatever was told before it was taken away');
    settle_all('confirmed');
    is(seats('none'), undef, 'settled: freed');
};

subtest 'early and late, by the time it was received' => sub {
    fresh();
    my $now = now_ms();
    my ($opens, $closes) = (int($now / 1000) + 1000, int($now / 1000) + 2000);
    r('HSET', "${P}judge", 'g1', "$opens,$closes,,close,,published");
    my %want = ($opens * 1000 - 5001 => 'late', $opens * 1000 - 5000 => 'reserved', $opens * 1000 => 'reserved',
        $closes * 1000 - 1 => 'reserved', $closes * 1000 + 5000 => 'reserved', $closes * 1000 + 5001 => 'late');
    for my $at (sort keys %want) {
        my %a = (id => "T$at", who => "t$at", at => $at);
        is(verdict(judge(%a)), 'unopened', 'live: not open by the clock of Redis') if $at > $opens * 1000;
        is(said(judge(mode => 'intent', %a)), "appended|$want{$at}|", 'received ' . ($at - $opens * 1000) . ' ms after opening');
    }
    is(seats(), '0,0,4,open', 'late ones hold no seat');
    is(said(judge(mode => 'resend', id => 'N', who => 'n', at => 1, seat => 'reserved')), 'appended|reserved|', 'what was promised a seat is not late');
    r('HSET', "${P}judge", 'g1', "$opens,$closes,,close,,$_->[0]") or is(
        said(judge(mode => 'intent', id => $_->[0], who => $_->[0], at => $opens * 1000)), "appended|$_->[1]|", "$_->[0]: $_->[1]")
        for [paused => 'reserved'], [withdrawn => 'reserved'], [draft => 'over'];
};

subtest 'one applicant, one seat' => sub {
    fresh(application_cap => 5);
    is(said(judge(mode => 'resend', flags => 'duplicate,other', seat => 'reserved')), 'appended|reserved|other',
        'whether it is a duplicate is said anew: the other one may not be back yet');
    is(said(judge(mode => 'resend', id => 'I2', print => 'p2', seat => 'reserved')), 'appended|reserved|duplicate', 'the second one is it');
    is(said(judge(mode => 'intent', id => 'I3', print => 'p3', flags => 'conflict,withdrawn')), 'appended|reserved|duplicate', 'an intent, too');
    is(seats(), '0,0,1,open', 'they share one seat');
    is(said(judge(mode => 'intent', id => 'I4', print => 'p4', gig => 'none')), 'appended|over|', 'another gig is another thing');
    r('DEL', "${P}id:I1");
    r('XTRIM', "${P}applications", 'MAXLEN', 0);
    is(said(judge(mode => 'resend', seat => 'reserved')), 'appended|reserved|', 'an applicant is no duplicate of itself');
    is(seats(), '0,0,1,open', 'and holds its seat');
};

subtest 'withdrawn, and conflicts' => sub {
    fresh(application_cap => 5);
    withdraw('I1');
    is(said(judge(mode => 'resend', seat => 'reserved')), 'appended||withdrawn', 'withdrawn before it came: without a seat');
    is(said(judge(mode => 'intent')), 'queued||withdrawn', 'once');
    is(said(judge(mode => 'intent', print => 'p2')), 'appended||withdrawn', 'another record of the id');
    is(said(judge()), 'withdrawn||', 'live: withdrawn, as before');
    is(r('EXISTS', "${P}who:g1:w1"), 0, 'the applicant is unknown');
    is(seats(), '0,0,0,open', 'no seat is held');
    settle_all('erased', ['g1', 0, 0]);
    is(said(judge(mode => 'resend', seat => 'reserved')), 'settled||withdrawn', 'settled: so it is said');
    is(said(judge(mode => 'replay', seat => 'reserved')), 'appended||withdrawn', 'replayed: still withdrawn');

    judge(id => 'J', who => 'j');
    is(said(judge(mode => 'intent', id => 'J', who => 'j', print => 'p2')), 'appended||conflict', 'other content under a known id: a conflict');
    is(said(judge(mode => 'resend', id => 'J', who => 'j', print => 'p2', seat => 'reserved')), 'queued||conflict', 'once, whatever it was promised');
    is(said(judge(mode => 'resend', id => 'J', who => 'j')), 'queued|reserved|', 'the first one is another record');
    is(said(judge(id => 'J', who => 'j', print => 'p2')), 'conflict||', 'live: conflict, as before');
    is_deeply([@{ id_hash('J') }{qw(print seat flags)}], ['p1', 'reserved', ''], 'the first outcome stays');
    is(seats(), '0,0,1,open', 'it holds no seat');
    settle([map { [$_->[0], 'apply', 'J', 'p2', 'n', 'g1', 'j', 'delivered'] } grep { $_->[1]{print} eq 'p2' } @{ entries() }]);
    is(seats(), '0,0,1,open', 'and frees none');
    is(said(judge(mode => 'intent', id => 'J', who => 'j', print => 'p2')), 'settled||conflict', 'settled by itself');
    is(said(judge(mode => 'intent', id => 'J', who => 'j')), 'queued|reserved|', 'which says nothing of the first');

    # Redis forgets between conflict and settling.
    judge(mode => 'intent', id => 'J', who => 'j', print => 'p3');
    my @entry = map { [$_->[0], 'apply', 'J', 'p3', 'n', 'g1', 'j', 'delivered'] } grep { $_->[1]{print} eq 'p3' } @{ entries() };
    r('DEL', "${P}id:J");
    settle(\@entry);
    is(said(judge(mode => 'resend', id => 'J', who => 'j', print => 'p3')), 'settled||conflict', 'a settled conflict');
    is(said(judge(mode => 'resend', id => 'J', who => 'j', seat => 'reserved')), 'appended|reserved|', 'does not make the first one a conflict');
};

subtest 'what somebody trimmed comes back' => sub {
    fresh(application_cap => 5);
    judge(id => "I$_", who => "w$_") for 1 .. 4;
    my @entry = map { $_->[0] } @{ entries() };
    r('XDEL', "${P}applications", @entry[0, 2]);
    settle([], [['g1', 0, 0]]);
    is(said(judge(mode => 'resend', id => 'I1', who => 'w1')), 'appended|reserved|', 'older than the first entry: it is not there');
    is(said(judge(mode => 'resend', id => 'I2', who => 'w2')), 'queued|reserved|', 'the first is');
    is(said(judge(mode => 'resend', id => 'I3', who => 'w3')), 'queued|reserved|', 'from the middle: not seen yet');
    settle([[$entry[1], 'apply', 'I2', 'p1', 'n', 'g1', 'w2', 'confirmed']], [['g1', 1, 0]]);
    is(said(judge(mode => 'resend', id => 'I3', who => 'w3')), 'appended|reserved|', 'but when the queue has passed it');
    is(said(judge(mode => 'resend', id => 'I4', who => 'w4')), 'queued|reserved|', 'what is there is there');

    withdraw('W1');
    r('XTRIM', "${P}applications", 'MAXLEN', 0);
    is_deeply(withdraw('W1', 'resend'), ['nonce-1', 'appended'], 'nothing is left: a withdrawal comes back');
    is(r('XLEN', "${P}applications"), 1, 'by one entry');
    withdraw('W2');
    r('XTRIM', "${P}applications", 'MAXLEN', 1);
    settle([], [['g1', 1, 0]]);
    is_deeply(withdraw('W1', 'resend'), ['nonce-1', 'appended'], 'older than the first entry: as well');
    is_deeply(withdraw('W2', 'resend'), ['nonce-1', 'queued'], 'the first is there');
    r('XTRIM', "${P}applications", 'MAXLEN', 0);
    settle([], [['g1', 1, 0]]);
    is(said(judge(mode => 'resend', id => "I$_", who => "w$_")), 'appended|reserved|', "all of them: application $_") for 1, 3, 4;
    is(seats(), '1,0,3,open', 'an empty queue held nothing: each holds its seat once');

    r('DEL', "${P}applications");
    sleep 0.002;                            # or its numbers come again
    is(said(judge(mode => 'resend', id => "I$_->[0]", who => "w$_->[0]")), "$_->[1]|reserved|", "deleted: $_->[0] is $_->[1]")
        for [1, 'appended'], [3, 'queued'], [4, 'queued'];
    settle_all('confirmed', ['g1', 2, 0]);
    is(said(judge(mode => 'resend', id => "I$_", who => "w$_")), 'appended|reserved|', "after the next settling $_ as well") for 3, 4;
    is(seats(), '2,0,2,open', 'each with its seat');
};

subtest 'withdrawals' => sub {
    fresh(application_cap => 1, on_full => 'close');
    judge();
    is_deeply(withdraw('I1', 'live'), ['nonce-1', 'withdrawn'], 'live by its name');
    is_deeply(withdraw('I1', $_), ['nonce-1', 'queued'], "$_: queued") for @ledger;
    is(r('XLEN', "${P}applications"), 2, 'once');
    is(seats(), '0,0,1,full', 'nothing is freed');
    is(said(judge(mode => 'resend')), 'queued|reserved|', 'the application is a record of its own');
    settle([map { [$_->[0], 'apply', 'I1', 'p1', 'n', 'g1', 'w1', 'confirmed'] } entries()->[0]], [['g1', 1, 0]]);
    is_deeply(withdraw('I1', 'intent'), ['nonce-1', 'queued'], 'which settles by itself');
    settle_all('', ['g1', 0, 0]);
    is(seats(), undef, 'settled: free');
    is_deeply(withdraw('I1', $_), ['nonce-1', 'settled'], "$_: settled") for qw(intent resend);
    is_deeply(withdraw('I1'), ['nonce-1', 'withdrawn'], 'live: withdrawn');
    is(r('XLEN', "${P}applications"), 0, 'nothing is written');
    is_deeply(withdraw('I1', 'replay'), ['nonce-1', 'appended'], 'replay: appended');

    is_deeply(withdraw('U', 'resend', 'g1', 'u'), ['nonce-1', 'appended'], 'an unknown id');
    is_deeply(entries()->[-1][1], { id => 'U', op => 'withdraw', gig => 'g1', at => 2000, node => 'n', who => 'u', print => '' },
        'with what the ledger knows');
    is(verdict(judge(id => 'U', who => 'u')), 'withdrawn', 'is withdrawn');
    cmp_ok(r('TTL', "${P}id:U"), '>', 900, 'and expires');

    # Settled as erased: its own record is still to come.
    settle([['', 'apply', 'E', 'p1', 'n', 'g1', 'e', 'erased']]);
    is_deeply(withdraw('E', 'resend'), ['nonce-1', 'appended'], 'another record\'s settling does not answer for it');

    r('DEL', "${P}ready");
    is_deeply(withdraw('I1', $_), ['', 'notready'], "$_: no ready") for @ledger;
    is_deeply([@{ judge(mode => $_) }[0, 1]], ['', 'notready'], "$_: nor for an application") for @ledger;
};

subtest 'a number that came again' => sub {
    fresh();
    judge();
    my $entry = entries()->[0][0];
    settle([[$entry, 'apply', 'I9', 'p1', 'n', 'g1', 'w9', 'confirmed']]);
    is(r('XLEN', "${P}applications"), 1, 'settling a record leaves an entry that is another record\'s');
    is(said(judge(mode => 'resend')), 'queued|reserved|', 'which waits for its own');
    is(said(judge(mode => 'resend', id => 'I9', who => 'w9')), 'settled|reserved|', 'the one that was settled is so');
};

subtest 'recall: a Redis that lost its last writes and is ready' => sub {
    fresh();
    judge(id => 'I2', who => 'w2');
    my $recall = sub {
        return rebuild(['id:I1', 'who:g1:w1', 'id:I2', 'who:g1:w2', 'id:I3', 'who::'], 'known', 'recall', 1, 1000,
            known('apply', 'I1', 'p1', 'g1', 'w1', 'confirmed', 0), known('apply', 'I2', 'p1', 'g1', 'w2', 'waitlisted', 0), known('withdraw', 'I3', '', '', '', '', 1));
    };
    is_deeply($recall->(), ['ok'], 'is no link of a chain');
    is(said(judge(mode => 'resend')), 'settled|reserved|', 'what it did not know is settled');
    is(verdict(judge()), 'replay', 'and has its answer again');
    is(verdict(judge(id => 'I3', who => 'w3')), 'withdrawn', 'a withdrawal as well');
    is(r('HGET', "${P}id:I2", 'seat'), 'reserved', 'what it knew keeps its first outcome');
    r('HSET', "${P}stages", 'I1', 'selected,9');
    is_deeply(rebuild([], 'stages', 'recall', 1, 'I1', 'received,5', 'I2', 'received,5'), ['ok'], 'stages');
    is_deeply({ @{ r('HGETALL', "${P}stages") } }, { I1 => 'selected,9', I2 => 'received,5' }, 'where there are none');
    is_deeply(rebuild([], 'seats', 'recall', 1, 'g1', 9, 0), ['ready'], 'nothing else goes by that word');
    r('DEL', "${P}ready");
    is_deeply($recall->(), ['lost'], 'nor anything without ready: that is a rebuild\'s');
};

subtest 'after a rebuild' => sub {
    r('FLUSHALL');
    rebuild([], 'begin', 'A');
    my $digest = publish('', 'put', 'g1', gig('g1'))->[2];
    rebuild(['id:I1', 'who:g1:w1', 'id:I1', 'who:g1:w1', 'id:I2', 'who:g1:w2', 'id:I3', 'who::', 'id:I4', 'who:g1:w4'], 'known', 'A', 1, 1000,
        known('apply', 'I1', 'p1', 'g1', 'w1', 'confirmed', 0), known('apply', 'I1', 'p2', 'g1', 'w1', '', 0),
        known('apply', 'I2', 'p1', 'g1', 'w2', '', 1), known('withdraw', 'I3', '', '', '', '', 1),
        known('apply', 'I4', 'p1', 'g1', 'w4', 'late', 0));
    is(verdict(judge(mode => 'resend')), 'notready', 'not before it is ready');
    rebuild([], 'finish', 'A', 2, 'n2', $digest);
    my $before = everything($P, 1);
    is(said(judge(mode => 'resend')), 'settled|reserved|', 'what was delivered is settled');
    is(said(judge(mode => 'intent', print => 'p2')), 'settled||conflict', 'a conflict');
    is(said(judge(mode => 'intent', id => 'I2', who => 'w2')), 'settled|reserved|', 'what was erased');
    is_deeply(withdraw('I3', 'resend'), ['n2', 'settled'], 'a withdrawal');
    is(said(judge(mode => 'intent', id => 'I4', who => 'w4')), 'settled|late|', 'what came too late');
    is(everything($P, 1), $before, 'nothing is written');
    is(said(judge(mode => 'intent', id => 'I3', who => 'w3')), 'appended||withdrawn', 'an application of which only the withdrawal is known');
    is(said(judge(mode => 'intent', id => 'I5', who => 'w4')), 'appended|reserved|', 'who was too late once has no seat to share');
};

subtest 'wrong calls, wrong types, no memory' => sub {
    fresh(application_cap => 5);
    judge();
    my $before = everything($P, 1);
    like(error_of(judge(mode => $_)), qr/^ERR gig: MODE/, "the mode '$_'") for '', 'ledger';
    like(error_of(judge(mode => 'resend', id => 'N', seat => 'confirmed')), qr/^ERR gig: SEAT/, 'a seat that no judge says');
    like(error_of(withdraw('I1', 'ledger')), qr/^ERR gig: MODE/, 'a mode of withdraw');
    like(error_of(withdraw('I1', 'resend', 'g1')), qr/^ERR gig: withdraw takes/, 'half of what is known');
    is(everything($P, 1), $before, 'write nothing');

    for my $mode (@ledger) {
        for my $key ('ready', 'judge', 'seats', 'id:N', 'who:g1:n', 'applications', 'changes', 'catalog', 'W', 'Wa', 'Wc') {
            fresh(application_cap => 1, on_full => 'close');
            judge(id => 'W', who => 'w');
            my $withdrawn = $key =~ /^W(.?)/ ? 1 : 0;
            my $name = !$withdrawn ? $key : $1 eq 'a' ? 'applications' : $1 eq 'c' ? 'catalog' : 'id:W';
            withdraw('W') if $name eq 'catalog' && $withdrawn;
            r('DEL', "$P$name");
            r('LPUSH', "$P$name", 'x');
            $before = everything($P, 1);
            my $answer = $withdrawn ? withdraw('W', $mode) : judge(mode => $mode, id => 'N', who => 'n', seat => 'reserved');
            like(error_of($answer), qr/WRONGTYPE/, "$mode: $name is a list" . ($withdrawn ? ', for a withdrawal' : ''));
            is(everything($P, 1), $before, 'and nothing was written');
        }
    }

    fresh();
    $before = everything($P, 1);
    r('CONFIG', 'SET', 'maxmemory', 1);
    like(error_of(judge(mode => 'intent')), qr/^OOM /, 'out of memory');
    like(error_of(withdraw('I1', 'resend')), qr/^OOM /, 'a withdrawal');
    r('CONFIG', 'SET', 'maxmemory', 0);
    is(everything($P, 1), $before, 'nothing was written');
};

subtest 'an edge may' => sub {
    fresh();
    my $edge = connection();
    is(ask($edge, 'AUTH', 'edge', 'CHANGE-ME'), 'OK', 'the edge logs in');
    my $call = sub {
        my ($mode, $print) = @_;
        return ask($edge, 'EVALSHA', $sha{judge}, 4, keys_of('id:I1', 'who:g1:w1', 'seats', 'changes'), $P,
            $mode, qw(I1 g1 r 1 n w1), $print, '', 'box', '', 100);
    };
    my $leave = sub { return ask($edge, 'EVALSHA', $sha{withdraw}, 1, keys_of('id:I1'), $P, 'I1', 1, 'n', 100, @_) };
    r('ACL', 'LOG', 'RESET');
    is(said($call->('intent', 'p1')), 'appended|reserved|', 'append');
    settle([], [['g1', 0, 0]]);
    is(said($call->($_, 'p1')), 'queued|reserved|', "ask again: $_") for @ledger;
    is(said($call->('resend', 'p2')), 'appended||conflict', 'a conflict');
    is($leave->('intent', 'g1', 'w1')->[1], 'appended', 'withdraw');
    is($leave->('resend')->[1], 'queued', 'and ask again');
    settle_all('erased');
    is(said($call->('resend', 'p1')), 'settled|reserved|', 'what is settled');
    is(said($call->('replay', 'p1')), 'appended||withdrawn', 'and a replay');
    is_deeply(r('ACL', 'LOG'), [], 'without a refusal by Redis');
};


# ---- Random calls on random states

# What a call must answer is worked out here from what is in Redis before it, by the rules'
# own words; the entries are read, which an edge may not.

my $seen_appended = 0;

sub expected {
    my ($a, $before) = @_;
    my %id = %{ $before->{id} };
    my $place = $id{"apply:$a->{print}"} // '';
    my $same = ($id{print} // '') eq $a->{print};
    my ($there) = grep { $_->{op} eq 'apply' && $_->{id} eq $a->{id} && $_->{print} eq $a->{print} } map { $_->[1] } @{ $before->{entries} };

    my ($opens, $closes, $cap, $on_full) = split /,/, $before->{line} // '';
    my ($confirmed, $waiting, $held) = split /,/, $before->{seats} // '0,0,0';
    $held = 0 if !@{ $before->{entries} };
    my $full = ($cap // '') ne '' && ($waiting > 0 || $confirmed + $held >= $cap);
    my $other = defined $before->{who} && $before->{who} ne $a->{id};

    if ($a->{mode} eq 'live') {
        return 'withdrawn||' if $id{withdrawn};
        return "replay|$id{seat}|$id{flags}" if $same;
        return 'conflict||' if defined $id{print};
        return 'unknown||' if !defined $before->{line};
        my $now = $before->{now};
        return 'closed||' if $closes ne '' && $now >= $closes;
        return 'unopened||' if $opens ne '' && $now < $opens;
        return 'full||' if $full && $on_full eq 'close';
        return 'accepted|' . ($full ? 'waitlisted' : 'reserved') . '|' . ($other ? 'duplicate' : '');
    }

    my $label = $same ? "$id{seat}|$id{flags}" : $id{withdrawn} ? '|withdrawn' : '|conflict';
    return "queued|$label" if $there;
    return "settled|$label" if $place eq 'settled' && $a->{mode} ne 'replay';
    return 'appended||withdrawn' if $id{withdrawn};
    return 'appended|' . (defined $id{print} && !$same ? '|conflict' : $label) if defined $id{print};

    my $seat
        = $a->{mode} ne 'intent' && $a->{seat} ne '' ? $a->{seat}
        : !defined $before->{line} ? 'over'
        : $opens ne '' && $a->{at} < 1000 * $opens - 5000 || $closes ne '' && $a->{at} > 1000 * $closes + 5000 ? 'late'
        : $full ? $on_full eq 'close' ? 'over' : 'waitlisted'
        :         'reserved';
    return "appended|$seat|" . ($other ? 'duplicate' : '');
}

# What must be so whatever was called.
sub broken {
    my ($tainted) = @_;
    my (%copies, @wrong);
    for (@{ entries() }) {
        my $f = $_->[1];
        my $record = join '|', $f->{op}, $f->{id}, $f->{op} eq 'apply' ? $f->{print} : '';
        push @wrong, "two entries of $record" if $copies{$record}++;
        push @wrong, "$record has a seat and the flags $f->{flags}" if $f->{seat} && $f->{flags} =~ /withdrawn|conflict/;
    }
    my $held = held_now();
    for my $gig (qw(g1 g2 none)) {
        my $is = (split /,/, seats($gig) // '0,0,0')[2];
        my $right = $held->{$gig} // 0;
        next if $tainted->{$gig} && $is >= $right;
        push @wrong, "$gig: $is held, $right in the queue" if $is != $right;
    }
    for my $gig (qw(g1 g2)) {
        my $told = (map { /^$gig (.*)/ } @{ told() })[-1] // 'open';
        my $state = (split /,/, seats($gig) // '0,0,0,open')[3];
        push @wrong, "$gig is $state, told was $told" if $told ne $state;
    }
    return @wrong;
}

subtest 'random calls on random states' => sub {
    my ($steps, $bad) = (0, 0);
    my %verdicts;
    my $begin = time;
    for my $round (1 .. 40) {
        last if $bad > 3;
        my $second = r('TIME')->[0];
        my @history = ("round $round");
        my (%confirmed, %row, %tombstone, @past);
        my %tainted;
        fresh();
        for my $gig (qw(g1 g2)) {
            my @times = rand() < 0.6 ? ('', '') : map { rand() < 0.5 ? '' : $second + $_ + int rand 20 } -30, 10;
            my $line = join ',', @times, (('', 0, 1, 2, 4, 8)[rand 6]), (qw(close waitlist draw))[rand 3], '', 'published';
            r('HSET', "${P}judge", $gig, $line);
            push @history, "$gig $line";
        }
        # Counts, as the watch writes them: all there are.
        my $counts = sub {
            return [map { my $gig = $_; [$gig, scalar(keys %{ $confirmed{$gig} // {} }), 0] } qw(g1 g2 none)];
        };
        my $watch = sub {
            settle([], $counts->());
            %tainted = () if !@{ entries() };
        };
        $watch->();

        for (1 .. 60) {
            last if $bad > 3;
            $steps++;
            my $dice = rand;
            my @wrong;
            my $call = '';

            if ($dice < 0.58) {
                my $n = int rand 14;
                my $gig = (qw(g1 g1 g1 g2 none))[$n % 5];
                my %a = (id => "I$n", gig => $gig, who => 'w' . $n % 6, print => 'p' . (rand() < 0.85 ? 0 : 1 + int rand 2),
                    mode => rand() < 0.25 ? 'live' : $ledger[rand 3], at => 1000 * ($second + int(rand 80) - 40),
                    seat => (qw(reserved waitlisted over late), '', 'reserved')[rand 6],
                    flags => rand() < 0.2 ? (qw(duplicate conflict withdrawn))[rand 3] : '');
                $a{flags} = '' if $a{mode} eq 'live';
                $call = join ' ', map {"$_=$a{$_}"} sort keys %a;
                my %before = (id => id_hash($a{id}), entries => entries(), line => r('HGET', "${P}judge", $gig), seats => seats($gig),
                    who => r('GET', "${P}who:$gig:$a{who}"), now => r('TIME')->[0]);
                my $all = rand() < 0.15 ? everything($P, 1) : undef;
                my $answer = judge(%a);
                my $want = expected(\%a, \%before);
                my $got = said($answer);
                # The clock moved on during the step.
                next if $got ne $want && r('TIME')->[0] != $before{now};
                push @wrong, "got $got, want $want" if $got ne $want;
                push @wrong, 'a ledger is refused' if $a{mode} ne 'live' && $got !~ /^(?:settled|queued|appended)\|/;
                $verdicts{"$a{mode} " . ($got =~ /^(\w+)/)[0]}++;

                my @after = @{ entries() };
                if ($got =~ /^(?:appended|accepted)\|(.*)\|(.*)/) {
                    my ($f, $place) = ($after[-1][1], place(@a{qw(id print)}));
                    $seen_appended++;
                    push @wrong, 'not one entry more' if @after != @{ $before{entries} } + 1;
                    push @wrong, 'the entry is another' if $place ne $after[-1][0] || join('|', @$f{qw(op id print gig who at seat flags)})
                        ne join('|', 'apply', @a{qw(id print gig who at)}, $1, $2);
                    $tainted{$gig} = 0 if !@{ $before{entries} };
                    my %now = %{ id_hash($a{id}) };
                    push @wrong, 'the first outcome changed' if grep { defined $before{id}{$_} && $now{$_} ne $before{id}{$_} } qw(print seat flags at);
                } else {
                    push @wrong, 'something was written' if defined $all && everything($P, 1) ne $all;
                    push @wrong, 'an entry was written' if @after != @{ $before{entries} };
                }
            } elsif ($dice < 0.72) {
                my ($id, $mode) = ('I' . int rand rand 14, (qw(live intent resend replay))[rand 4]);
                my $place = id_hash($id)->{'withdraw:'} // '';
                my $marked = id_hash($id)->{withdrawn};
                my ($there) = grep { $_->[1]{op} eq 'withdraw' && $_->[1]{id} eq $id } @{ entries() };
                my @all = map { seats($_) // '' } qw(g1 g2 none);
                my $want = $mode eq 'live' ? 'withdrawn' : $there ? 'queued' : $place eq 'settled' && $mode ne 'replay' ? 'settled' : 'appended';
                my $length = @{ entries() };
                my $got = verdict(withdraw($id, $mode));
                $call = "withdraw $id $mode";
                $verdicts{"withdraw $mode $got"}++;
                push @wrong, "got $got, want $want" if $got ne $want;
                push @wrong, 'entries' if @{ entries() } - $length != ($want eq 'appended' || $mode eq 'live' && !$marked ? 1 : 0);
                push @wrong, 'it is not marked' if !id_hash($id)->{withdrawn};
                push @wrong, 'it frees something' if "@all" ne join ' ', map { seats($_) // '' } qw(g1 g2 none);
            } elsif ($dice < 0.88) {
                # The system of record takes some, in any order, and tells; now and then again what it told before.
                my @records;
                for (sort { rand() <=> 0.5 } @{ entries() }) {
                    next if rand() < 0.5;
                    my ($number, $f) = @$_;
                    my ($gig, $cap) = ($f->{gig}, (split /,/, r('HGET', "${P}judge", $f->{gig}) // '')[2] // '');
                    my $outcome = '';
                    if ($f->{op} eq 'withdraw') {
                        $tombstone{ $f->{id} } = 1;
                        my ($row) = grep { $_->{id} eq $f->{id} && $_->{first} } values %row;
                        delete $confirmed{ $row->{gig} }{ $row->{who} } if $row;
                    } elsif ($tombstone{ $f->{id} } || $f->{flags} =~ /withdrawn/) {
                        $outcome = 'erased';
                        $tombstone{ $f->{id} } = 1;
                    } elsif ($f->{seat} ne 'reserved') {
                        $outcome = $f->{seat} eq 'waitlisted' ? 'over' : $f->{seat};
                    } else {
                        $outcome = $confirmed{$gig}{ $f->{who} } || $cap eq '' || keys %{ $confirmed{$gig} // {} } < $cap ? 'confirmed' : 'over';
                        $confirmed{$gig}{ $f->{who} } = 1 if $outcome eq 'confirmed';
                    }
                    if ($f->{op} eq 'apply') {
                        my $first = !grep { $_->{id} eq $f->{id} } values %row;
                        $row{"$f->{id}|$f->{print}"} //= { %$f, first => $first, outcome => $outcome };
                    }
                    push @records, [$number, @$f{qw(op id print node gig who)}, $outcome];
                }
                push @past, @records;
                push @records, $past[rand @past] if @past && rand() < 0.3;
                my %count = map { $_->[0] => 1 } @{ entries() };
                my $here = grep { $count{ $_->[0] } } values %{ { map { $_->[0] => $_ } @records } };
                $call = 'settle ' . join ' ', map {"$_->[1] $_->[2] $_->[3]"} @records;
                my $answer = settle(\@records, $counts->());
                push @wrong, error_of($answer) || "$answer->[0] removed, not $here" if error_of($answer) || $answer->[0] != $here;
                %tainted = () if !@{ entries() };
            } elsif ($dice < 0.93) {
                # Somebody trims; the watch comes by.
                my $left = rand() < 0.5 ? 0 : int rand(1 + @{ entries() });
                $call = "trim to $left";
                my $all = @{ entries() };
                r('XTRIM', "${P}applications", 'MAXLEN', $left);
                @tainted{qw(g1 g2 none)} = (1) x 3 if $left < $all;
                $watch->();
            } elsif ($dice < 0.95) {
                # Redis forgets all, and is rebuilt; a ledger cannot know.
                $call = 'rebuild';
                my %line = @{ r('HGETALL', "${P}judge") };
                my %kept = @{ r('HGETALL', "${P}gigs") };
                r('FLUSHALL');
                rebuild([], 'begin', 'A');
                my $digest = publish('', map { ('put', $_, $kept{$_}) } keys %kept)->[2];
                rebuild([], 'seats', 'A', 1, map {@$_} grep { $_->[1] } @{ $counts->() });
                my @rows = sort { !!$b->{first} <=> !!$a->{first} } values %row;
                rebuild([map { ("id:$_->{id}", "who:$_->{gig}:$_->{who}") } @rows, map { { id => $_, gig => '', who => '' } } keys %tombstone],
                    'known', 'A', 2, 1000, (map { known('apply', @$_{qw(id print gig who outcome)}, $tombstone{ $_->{id} } ? 1 : 0) } @rows),
                    map { known('withdraw', $_, '', '', '', '', 1) } keys %tombstone);
                r('HSET', "${P}judge", %line);
                rebuild([], 'finish', 'A', 3, "nonce-$steps", $digest);
                %tainted = ();
                push @wrong, 'not ready' if !r('EXISTS', "${P}ready");
                for (values %row) {
                    my $got = verdict(judge(mode => 'resend', id => $_->{id}, gig => $_->{gig}, who => $_->{who}, print => $_->{print}));
                    push @wrong, "delivered $_->{id} $_->{print}: $got" if $got ne 'settled';
                }
            } elsif ($dice < 0.97) {
                $call = 'no ready';
                r('DEL', "${P}ready");
                my $all = everything($P, 1);
                push @wrong, 'judged' if grep { verdict(judge(mode => $_)) ne 'notready' || withdraw('I1', $_)->[1] ne 'notready' } @ledger;
                push @wrong, 'something was written' if everything($P, 1) ne $all;
                r('SET', "${P}ready", 'again');
            } else {
                $call = 'SCRIPT FLUSH';
                r('SCRIPT', 'FLUSH');
                my $all = everything($P, 1);
                push @wrong, 'known' if grep { error_of(judge(mode => $_)) !~ /^NOSCRIPT/ } @ledger;
                push @wrong, 'something was written' if everything($P, 1) ne $all;
                r('SCRIPT', 'LOAD', $text{$_}) for keys %text;
            }

            push @history, $call;
            push @wrong, broken(\%tainted);
            next if !@wrong;
            $bad++;
            diag(join "\n", "@wrong", 'after:', @history);
            diag($_) for map { "$_: " . (seats($_) // '-') } qw(g1 g2 none);
            last;
        }
    }
    is($bad, 0, "no rule is broken in $steps steps");
    cmp_ok($steps, '>=', 2000, 'at least 2,000 steps');
    cmp_ok($verdicts{$_} // 0, '>', 0, "$_ was among them") for map { my $mode = $_; map {"$mode $_"} qw(queued appended),
        $mode =~ /replay/ ? () : 'settled' } @ledger, map {"withdraw $_"} @ledger;
    diag(sprintf '%d steps in %.1f s, %d appended', $steps, time - $begin, $seen_appended);
};

done_testing;
