#!/usr/bin/perl
# Why: who comes to the board for the first time, after a reload or after a publish, pays for what
# nobody has asked for before.  The whole visit is held to 30 KB on the wire, headers and all,
# from caches that are cold on both sides, with one request for HTML; and what is compressed for
# the first asker must be what the second gets.  What costs too much, or is a program's, is not
# compressed at once.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Uncompress::Gunzip ();
use Test::More;
use GigTest;
use GigTest::Publish;

my $MOST = 30_000;
my %HTML = (Accept => 'text/html');

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(board => 'cache_size 2m;');
GigTest::Publish::ready($test, 'nonce-of-a-test');

# The demo's gigs: no text of them is as long or as alike as a generated one.
my @gigs = map { JSON::PP->new->utf8->decode($_) } do { open my $pipe, '-|', 'perl', "$GigTest::ROOT/tools/demo.d/gigs.pl" or die "gigs.pl: $!"; <$pipe> };
GigTest::Publish::put($test, @gigs);
$test->wait_total(scalar @gigs, 20) or BAIL_OUT('no catalog');

sub gunzip {
    my ($bytes) = @_;
    IO::Uncompress::Gunzip::gunzip(\$bytes => \my $text, Transparent => 0) or return '';
    return $text;
}

sub coding { $_[0]{headers}{'content-encoding'} // '-' }

sub get { my ($path, $coding, %header) = @_; return $test->get($path, headers => { $coding ? ('Accept-Encoding' => $coding) : (), %header }) }

# What came for it: the status line, the headers, the body.
sub wire { return length($_[0]{head}) + 4 + length $_[0]{body} }


# --- a visit, in the encodings that browsers ask for

my %named = (gzip => 'gzip', br => 'gzip, deflate, br, zstd');
for my $coding (sort keys %named) {
    $test->reload;
    my $page = get('/gigs/', $named{$coding}, %HTML);
    is("$page->{status} " . coding($page), "200 $coding", "$coding: the first answer is compressed");
    my $plain = get('/gigs/', undef, %HTML);
    is(() = $plain->{body} =~ /<li class="gig-card/g, 20, "$coding: 20 gigs are in it");
    is(gunzip($page->{body}), $plain->{body}, 'and it is the page') if $coding eq 'gzip';
    is(get('/gigs/', $named{$coding}, %HTML)->{body}, $page->{body}, "$coding: the next one gets the same bytes");
    is(get('/gigs/', $named{$coding}, %HTML, 'If-None-Match' => $page->{headers}{etag})->{status}, 304, "$coding: and who has them may keep them");

    # All that the page has a browser fetch; links lead elsewhere, and are not followed by themselves.
    my @needs = $plain->{body} =~ /<(?:link rel="(?:stylesheet|preload|modulepreload|icon)"[^>]* href|script[^>]* src|img[^>]* src|iframe[^>]* src)="([^"]+)"/g;
    is_deeply([grep { !m{^/gigs/gig(-[a-z]+)?-[0-9a-f]{8}\.(?:css|js)$} } @needs], [], "$coding: it needs style and scripts alone");
    my $sum = wire($page);
    my @parts = ("HTML $sum");
    for my $path (@needs) {
        my $answer = get($path, $named{$coding});
        is("$answer->{status} " . coding($answer), "200 $coding", "$coding: $path, the first time");
        is($answer->{headers}{'cache-control'}, 'max-age=31536000, immutable', 'and for ever');
        $sum += wire($answer);
        push @parts, ($path =~ /(\w+)$/)[0] . ' ' . wire($answer);
    }
    cmp_ok($sum, '<', $MOST, "$coding: $sum bytes in all (@parts)");
}


# --- other pages, once

$test->reload;
is(coding(get("/gigs/$gigs[0]{id}", 'gzip', %HTML)), 'gzip', "a gig's page");
is(coding(get('/gigs/fragment.html?limit=5', 'gzip')), 'gzip', 'a fragment that a cache in between asks for');
is(coding(get('/gigs/?q=research', 'gzip', %HTML)), 'gzip', 'what somebody searched for');


# --- what is not compressed for the first

is(coding(get('/gigs/?limit=3', 'gzip', Accept => 'application/json')), '-', 'JSON');
is(coding(get('/gigs/?limit=100', 'gzip', %HTML)), '-', 'a page that would take too long');
is(coding(get('/gigs/?limit=100', 'gzip', %HTML)), 'gzip', 'until it is asked for again');
for my $time (1, 2) {
    my $form = get("/gigs/$gigs[0]{id}/apply", 'gzip, br', %HTML);
    is("$form->{status} " . coding($form), '200 -', "the form, which has a key of its own, time $time");
    cmp_ok(wire($form), '<', $MOST, 'which is ' . wire($form) . ' bytes as it is');
}

# A cache that is full takes no question that is new, and no time is spent on it.
my $n = 0;
my $full = wait_for { coding(get('/gigs/?source=flyer-' . ++$n, 'gzip', %HTML)) eq '-' || $n > 200 } 'the cache to be full';
ok($full && $n > 3 && $n < 200, "a new question to a full cache ($n)");

$test->done;
