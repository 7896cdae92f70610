#!/usr/bin/perl
# Why: a worker keeps the forms it was last asked for as it has read them.  One that is published
# anew, a gig that asks it otherwise, and more gigs than are kept must never be answered by an old one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Publish;

my $GIGS = 40;                  # NGX_HTTP_GIG_FORMS is 16

my $test = GigTest->new;
my ($true, $false) = (JSON::PP::true, JSON::PP::false);
$test->start_redis;
$test->start_nginx;

sub form {
    my ($id, $rev, @names) = @_;
    return { schema => 'gig-form/1', id => $id, rev => $rev, locale => 'en',
        fields => [map { { name => $_, label => "The $_", type => 'text', required => $true, class => 'merit' } } @names],
        anti_spam => { honeypot => 'website', min_seconds => 0, challenge => 'none' } };
}

# What the answer says is missing, or its status if nothing is.
my $key = 0;
sub missing {
    my ($gig, %answer) = @_;
    my $answer = $test->http('POST', "/gigs/$gig/applications", body => JSON::PP->new->canonical->encode({ answers => \%answer }),
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"k' . $key++ . '"' });
    return $answer->{status} if $answer->{status} != 422;
    return join ' ', map { $_->{pointer} =~ s{.*/}{}r } @{ json_of($answer)->{errors} };
}

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::operations($test, (map { [form => form("f$_", 1, "a$_")] } 1 .. $GIGS),
    (map { [put => gig_record("g$_", form => { id => "f$_", rev => 1 })] } 1 .. $GIGS));
$test->wait_total($GIGS) or BAIL_OUT('no catalog');

for my $round (1 .. 3) {
    my @wrong = grep { missing("g$_") ne "a$_" || missing("g$_", "a$_" => 'x') ne '202' } 1 .. $GIGS;
    is("@wrong", '', "each gig asks its own form, round $round");
}

# A form anew, as all those are that it is kept with; the next version of the catalog tells when.
sub seen { my ($gig, $expected) = @_; return wait_for { missing($gig) eq $expected } "$gig to ask for: $expected" }

GigTest::Publish::operations($test, map { [form => form("f$_", 2, "b$_", "c$_")] } 1 .. 5);
ok(seen('g1', 'b1 c1'), 'a form that was published anew');
is(missing("g$_", "a$_" => 'x'), "b$_ c$_", "of another gig, number $_") for 2 .. 5;
is(missing('g6'), 'a6', 'and not of those that were not');
like($test->get('/gigs/g1/apply')->{body}, qr/The b1/, 'nor does the page show an old one');

# The same form, another gig: what the gig adds.
GigTest::Publish::put($test, gig_record('g7', form => { id => 'f7', rev => 1 }, eligibility => { min_age => 18 }));
ok(seen('g7', 'a7 eligible'), 'a gig that asks more');
is(missing('g8'), 'a8', 'and one that does not');
is(missing('g7', a7 => 'x', eligible => $true), '202', 'which is taken');

$test->done;
