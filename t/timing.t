#!/usr/bin/perl
# Why: nobody may learn from an answer, its headers or its timing who has applied.  For each state
# of a gig an address that has applied and one that has not send the same again and again, in
# pairs, in turns; all bytes but the date, the token and what is signed must be the same, and so
# must the time, as far as a rank test can tell.  The same for receipts' tokens.
#
#   GIG_LONG=1  100,000 pairs of each instead of some thousands, or as many as an hour takes
#
# Alone: times are compared.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use List::Util qw(shuffle sum);
use Test::More;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC time);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $pairs = $ENV{GIG_LONG} ? 100_000 : 2500;
my $same_connection = 50;       # pairs; below the 120 a minute and address without Redis
my $seconds = $ENV{GIG_LONG} ? 3600 : 3.5;       # of a state at most, however slow the machine

# A leak is a difference that cannot be chance (one such run in 100,000 if there is none) and that
# is worth something to somebody on a network.  What is below $worth is told, and passes.
my $chance = 4.4;               # standard deviations
my $worth  = 5e-6;              # s

my $seed = $ENV{GIG_SEED} // int rand 2**31;
srand $seed;
note("GIG_SEED=$seed");

my $test = GigTest->new(workers => 1);
my $redis = $test->start_redis;
GigTest::Publish::ready($test, 'a-nonce');
my $cap = 1_000_000;
my %cap = (open => [undef, 'close'], near => [$cap, 'close'], full => [$cap, 'close'], waits => [$cap, 'waitlist']);
GigTest::Publish::put($test, map { gig_record($_, capacity => { positions => 1, application_cap => $cap{$_}[0], on_full => $cap{$_}[1] }) } keys %cap);
$test->start_nginx(board => 'redis_timeout 300ms; limit_applicant off;');
$test->wait_total(4) or BAIL_OUT('no catalog');

my $json = JSON::PP->new->utf8->canonical;
my $number = 0;

# The bytes of an application with a key of its own; addresses are of one length.
sub application {
    my ($gig, $who) = @_;
    my $body = $json->encode({ answers => $test->answers(email => sprintf '%s@example.edu', $who) });
    return sprintf "POST /gigs/%s/applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        . "Idempotency-Key: \"timing-%012d\"\r\nContent-Length: %d\r\n\r\n%s", $gig, ++$number, length $body, $body;
}
sub stranger { return sprintf 'stranger%08d', ++$number }
my $known = 'applicant0000001';

# All of an answer but what must differ.
sub plain {
    my ($answer) = @_;
    my $text = "$answer->{head}\n$answer->{body}";
    $text =~ s/^Date: .*$/Date/m;
    $text =~ s{receipts/[\w-]{43}}{receipts/TOKEN}g;
    $text =~ s/"$_":"[^"]*"/"$_":""/ for qw(token content sig received_at);
    return $text;
}

# Pairs of requests, in random order; differences of their times (the first less the second), and
# all that their answers were.
my ($connection, $from, $left) = (undef, 0, 0);
sub ask {
    my ($bytes) = @_;
    if (!$left--) {
        $from++;
        $connection = GigTest::Http->new($test->{port}, from => sprintf '127.%d.%d.%d', 1 + $from / 60000, 1 + $from / 240 % 250, 1 + $from % 240);
        $left = 2 * $same_connection - 1;
    }
    my $start = clock_gettime(CLOCK_MONOTONIC);
    $connection->raw($bytes);
    my $answer = $connection->answer;
    return (clock_gettime(CLOCK_MONOTONIC) - $start, $answer);
}

sub measure {
    my ($first, $second, $before) = @_;
    my ($end, @difference, %said) = (time + $seconds);
    while (@difference < $pairs && time < $end) {
        my @bytes = ($first->(), $second->());
        my @time;
        for my $i (shuffle 0, 1) {
            $before->(scalar @difference) if $before;
            my ($took, $answer) = ask($bytes[$i]);
            $time[$i] = $took;
            $said{ plain($answer) }[$i]++;
        }
        push @difference, $time[0] - $time[1];
    }
    return (\@difference, \%said);
}

# Wilcoxon's signed ranks: standard deviations from what chance would give; and the median.
sub ranks {
    my ($difference) = @_;
    my @sorted = sort { abs $a <=> abs $b } @$difference;
    my $n = @sorted;
    my $w = sum(map { $sorted[$_] > 0 ? $_ + 1 : $sorted[$_] < 0 ? -($_ + 1) : 0 } 0 .. $#sorted);
    my $median = (sort { $a <=> $b } @$difference)[$n / 2];
    return ($w / sqrt($n * ($n + 1) * (2 * $n + 1) / 6), $median);
}

sub leaks { my ($z, $median) = ranks(@_); return abs $z > $chance && abs $median > $worth }

sub smallest {
    my ($difference) = @_;
    for my $more (map { $_ * 1e-6 } 5, 6, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000) {
        return $more if leaks([map { $_ + $more } @$difference]);
    }
    return;
}

sub compare {
    my ($what, $first, $second, %option) = @_;
    my ($difference, $said) = measure($first, $second, $option{before});
    # On a busy machine it takes more of them before anything could be seen.
    for (1 .. 5) {
        last if (smallest($difference) // 1) <= 500e-6;
        my ($more, $told) = measure($first, $second, $option{before});
        push @$difference, @$more;
        for my $text (keys %$told) { $said->{$text}[$_] += $told->{$text}[$_] // 0 for 0, 1 }
    }
    is(scalar keys %$said, 1, "$what: one and the same answer to both")
        or diag(join "\n---\n", map {"$said->{$_}[0] / $said->{$_}[1]: $_"} sort { ($said->{$a}[0] // 0) + ($said->{$a}[1] // 0) <=> ($said->{$b}[0] // 0) + ($said->{$b}[1] // 0) } keys %$said);
    like((keys %$said)[0], qr{\AHTTP/1.1 $option{status} .*$option{has}}s, "$what: the right one");
    my ($z, $median) = ranks($difference);
    my $seen = smallest($difference);
    note(sprintf '%s: %d pairs, median difference %+.1f us, %+.1f standard deviations; %s us would have been noticed',
        $what, scalar @$difference, $median * 1e6, $z, $seen ? sprintf '%.0f', $seen * 1e6 : 'not even 1000');
    ok(!leaks($difference), "$what: and in the same time")
        or diag(sprintf '%+.1f us, %.1f standard deviations, %d pairs', $median * 1e6, $z, scalar @$difference);
    ok($seen && $seen <= 500e-6, "$what: a leak of half a millisecond would be noticed");
}

# What gig-sync would do with the queue; and seats as this state has them.
sub seats { my ($gig, $line) = @_; return sub { $redis->cmd('HSET', 'gig:{acme}:seats', $gig, $line); $redis->cmd('DEL', 'gig:{acme}:applications') if $_[0] % 1000 == 999 } }

my %state = (
    open  => { status => 202, has => '"seat":"reserved"', before => seats('open', '5,0,0,open') },
    near  => { status => 202, has => '"seat":"reserved"', before => seats('near', join ',', $cap - 3, 0, 0, 'open') },
    full  => { status => 409, has => 'problems/full', before => seats('full', "$cap,0,0,full") },
    waits => { status => 202, has => '"seat":"waitlisted"', before => seats('waits', "$cap,7,0,waitlist") },
);
for my $gig (qw(open near full waits)) {
    $state{$gig}{before}->(0);
    $redis->cmd('HSET', 'gig:{acme}:seats', $gig, '0,0,0,open') if $gig eq 'full';
    my ($took, $answer) = ask(application($gig, $known));
    is($answer->{status}, 202, "the one who has applied to '$gig' has applied");
    compare($gig, sub { application($gig, $known) }, sub { application($gig, stranger()) }, %{ $state{$gig} });
}

# Of the last seat: the answer alone.  Whether the gig is full after it is public, and takes Redis
# one entry in `changes` more.
my %last;
for (1 .. 10) {
    for my $who ($known, stranger()) {
        $redis->cmd('HSET', 'gig:{acme}:seats', 'near', join ',', $cap - 1, 0, 0, 'open');
        $last{ plain((ask(application('near', $who)))[1]) }++;
    }
}
is(scalar keys %last, 1, 'the last seat: one and the same answer to both');

# Tokens: of an application that there is, with its MAC wrong at the beginning and at the end, and
# of one that there is not.
my (undef, $applied) = ask(application('open', stranger()));
my ($token) = $applied->{body} =~ m{receipts/([\w-]{43})};
sub wrong { my ($token, $at) = @_; substr($token, $at, 1) = substr($token, $at, 1) eq 'A' ? 'B' : 'A'; return $token }
sub token_request { my ($t) = @_; return "GET /gigs/receipts/$t HTTP/1.1\r\nHost: localhost\r\n\r\n" }
sub other { my ($like) = @_; return join('', map { ('A' .. 'Z', 'a' .. 'z', 0 .. 9)[rand 62] } 1 .. 42) . 'A' }
is((ask(token_request($token)))[1]{status}, 200, 'the right token');
my @wrong = map { wrong($token, $_) } 23, 40;
my %token = (status => 404, has => 'There is no receipt');
compare('a token wrong at the beginning and at the end', sub { token_request($wrong[0]) }, sub { token_request($wrong[1]) }, %token);
compare('a wrong token of an application and of none', sub { token_request($wrong[1]) }, sub { token_request(other()) }, %token);

# Without Redis: both are pending.
$redis->stop;
for (1 .. 20) { ask(application('open', stranger())) }          # until the link knows it
my ($took, $answer) = ask(application('open', $known));
is($answer->{status}, 202, 'without Redis it is taken');
compare('without Redis', sub { application('open', $known) }, sub { application('open', stranger()) },
    status => 202, has => '"confirmation":"pending"');

$test->done;
