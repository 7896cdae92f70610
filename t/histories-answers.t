#!/usr/bin/perl
# Why: what an applicant is told is all he has.  Nobody may learn from an answer or its headers whether an
# address has applied before, in any of five situations (what answers take in time is measured
# elsewhere); and the first answer stands when it was lost and the gig has closed since.  Histories
# 13 and 23 of the protocol.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigSyncTest ();
use GigTest;
use GigTest::World;

# All of an answer but what must be another's: when, token, signature, hash of the content.
sub shape {
    my ($answer) = @_;
    my $text = "$answer->{head}\n\n$answer->{body}";
    $text =~ s/^Date: .*$/Date: -/m;
    $text =~ s{receipts/[\w-]{43}}{receipts/TOKEN}g;
    $text =~ s/("(?:received_at|content|sig|token)":)"[^"]*"/$1"-"/g;
    $text =~ s/(name="(?:_key)"[^>]*value=)"[^"]*"/$1"-"/g;
    $text =~ s/(?:with-|without-)\w+\@example\.edu/ADDRESS/g;
    return $text;
}

# By our own form, as a browser sends it.
sub apply_by_form {
    my ($world, $host, $gig, $email) = @_;
    my $key = $host->form_key($gig);
    return { status => 0, head => 'no form', headers => {}, body => '' } unless $key;
    my %all = (_key => $key, first_name => 'Avery', last_name => 'Example', email => $email, statement => 'By the form.',
        available => 'yes', consent_processing => 'yes', eligible => 'yes');
    my $n = ++$world->{address};
    return $host->http('POST', "/gigs/$gig/applications", from => sprintf('127.3.%d.%d', $n / 250 % 250, 1 + $n % 250),
        headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' },
        body => join '&', map { my $v = $all{$_}; $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$_=$v" } sort keys %all);
}

histories(sub {
    my ($record) = @_;
    my $world = GigTest::World->new(record => $record, hosts => 2,
        gigs => [gig_record('open'), gig_record('nearly', capped(4, 'close')), gig_record('full', capped(1, 'close')),
            gig_record('waits', capped(1, 'waitlist'))]);
    my ($a, $b) = @{$world}{qw(a b)};

    history(13, 'one who has applied and one who has not: the same answers and headers', sub {
        is(state_of($world->apply($_->[0], $_->[1], "with-$_->[1]")), '202 recorded', "$_->[1]: one applies")
            for [$a, 'open'], [$b, 'nearly'], [$a, 'full'], [$b, 'waits'];
        is($world->apply($b, 'nearly', "seat-$_")->{status}, 202, 'nearly: and others') for 1, 2;
        $world->quiet('before history 13');
        is($world->counted('nearly'), '3,0,0,open', 'three of four places are taken');

        my %expect = (open => '202 reserved', nearly => '202 reserved', full => 409, waits => '202 waitlisted', gone => '202 pending');
        my $same = sub {
            my ($situation, $gig, $host) = @_;
            # Asked first who has, then who has not: the first takes no place of his own.
            my %answer = map { $_ => $world->apply($host, $gig, "$_-$situation-" . ++$world->{n}, email => "$_-$gig\@example.edu") } qw(with without);
            my $got = join ' ', $answer{without}{status}, grep {defined} seat_of($answer{without})
                // ($answer{without}{status} == 202 ? confirmation($answer{without}) : undef);
            is($got, $expect{$situation}, "$situation: what a stranger hears");
            is(shape($answer{with}), shape($answer{without}), "$situation: who has applied hears the same, to the byte");
            return;
        };
        my $same_form = sub {
            my ($situation, $gig, $host) = @_;
            my %page = map { $_ => apply_by_form($world, $host, $gig, "$_-$gig\@example.edu") } qw(with without);
            ok($page{without}{status}, "$situation: by the form: $page{without}{status}");
            is(shape($page{with}), shape($page{without}), "$situation: by the form it is the same, too");
            return;
        };

        $same->($_, $_, $_ eq 'open' ? $b : $a) for qw(open nearly full waits);
        $same_form->($_, $_, $b) for qw(open waits);
        $world->quiet('the four situations');
        $world->cut_off($_) for $a, $b;
        for my $host ($a, $b) {
            $same->('gone', $_, $host) for qw(open nearly full waits);
            $same_form->('gone', 'open', $host);
        }
        $world->mend($_) for $a, $b;
        $world->quiet('history 13');

        # All of it is there, and an applicant's applications share one seat.
        for my $gig (qw(open nearly full waits)) {
            my %cap = (nearly => 4, full => 1, waits => 1);
            my @seated = $world->sql("select distinct applicant from applications where gig = '$gig' and seat = 'confirmed'");
            cmp_ok(scalar @seated, '<=', $cap{$gig} // 2, "$gig: no more than its seats are confirmed");
            my @flags = map { $_->{flags} } $world->sql("select flags from applications where gig = '$gig' and email = 'with-$gig\@example.edu'");
            is(scalar(grep { !/duplicate/ } @flags), 1, "$gig: of his applications one is no duplicate") or diag("@flags");
            cmp_ok(scalar @flags, '>', 2, "$gig: and each is kept");
        }
        is_deeply([sort keys %{ $world->rows('full') }], [map {"$_-full\@example.edu"} qw(with without)], 'who was refused is there only by what was taken later');
    });


    history(23, 'applied before closing, the answer lost, the same key after closing: the first answer', sub {
        my $closes = int(time) + 5;
        $world->{a}->import_gigs(gig_record('closing', closes_at => stamp($closes)));
        for my $host ($a, $b) { wait_for { $host->get('/gigs/closing')->{status} == 200 } 'a gig that closes' }
        $world->cmd('SCRIPT', 'LOAD', GigSyncTest::script_text('judge'));

        # One applicant's connection ends before the answer; one's is answered, and he does not see it;
        # of one the judge's answer is lost on the way to the host.
        my $gone = GigTest::Http->new($a->{port});
        my $body = JSON::PP->new->utf8->canonical->encode({ answers => $a->answers(email => 'gone@example.edu') });
        $gone->send('POST', '/gigs/closing/applications', body => $body,
            headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"gone"' });
        close $gone->{socket};
        my %first = (seen => $world->apply($a, 'closing', 'seen'));
        is(state_of($first{seen}), '202 recorded', 'taken before closing');
        $b->{link}->mode(GigSyncTest::script_sha('judge') . ' lose');
        $first{unheard} = $world->apply($b, 'closing', 'unheard');
        is(state_of($first{unheard}), '202 pending', 'accepted, and the host does not hear it');
        $b->{link}->mode('pass');
        $b->{link}->cut;
        cmp_ok(time, '<', $closes, 'all of that before closing');

        wait_for { time > $closes + 1.1 } 'closing';
        for my $host ($a, $b) {
            my $name = $host == $a ? 'A' : 'B';
            is($host->get('/gigs/closing')->{status}, 410, "$name: it is closed");
            is($world->apply($host, 'closing', "late-$name")->{status}, 410, "$name: a stranger is refused");
        }
        $world->ready;
        for my $key (qw(gone seen unheard)) {
            my @again = map { $world->apply($_, 'closing', $key) } $a, $b, $a, $b;
            is_deeply([grep { $_->{status} != 202 } @again], [], "$key: the same key is answered, at both hosts") or diag(explain(\@again));
            my %at = map { json_of($_)->{received_at} => 1 } @again, grep {defined} $first{$key};
            is(scalar keys %at, 1, "$key: with the first time");
            is_deeply([grep { ($_->{headers}{'idempotency-replayed'} // '') ne 'true' } @again], [], "$key: as a replay");
        }
        $world->quiet('history 23');
        is_deeply($world->rows('closing'), { map { $_ => 'confirmed' } @{ emails(qw(gone seen unheard)) } }, 'the three are there, once, none of them late');
        my $again = $world->apply($a, 'closing', 'seen');
        is(json_of($again)->{received_at}, json_of($first{seen})->{received_at}, 'settled, the first answer stands as well');
        ok($world->receipt($b, $again)->{delivered}, 'and its receipt says delivered');
    });

    $world->finish;
});
