#!/usr/bin/perl
# Why: hosts of one board that have one catalog give one answer, however each came by it:
# one has followed every change, another loaded all of it at once.  Their rows, segments and
# dead gigs differ, and none of that may show, least of all where a bound cuts work short.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use Test::More;
use GigTest;
use GigTest::Publish;

my $GIGS = 3000;
my $seed = $ENV{GIG_SEED} // int(rand 2 ** 31);
diag("GIG_SEED=$seed");
srand $seed;

my $host  = GigTest->new;
my $redis = $host->start_redis;
my $other = GigTest->new;
$host->keys_made;
$other->{keys_made} = 1;
copy("$host->{dir}/acme.$_", "$other->{dir}/acme.$_") && chmod 0600, "$other->{dir}/acme.$_" for qw(secret pub);
$host->start_nginx;
GigTest::Publish::ready($host, 'nonce-of-a-test');

# Frequent words in a rhythm, in every seventh gig broken; words that begin alike, all different.
my @letters = ('a' .. 'z');
sub word { return join '', map { $letters[rand 26] } 1 .. 7 }
sub gig {
    my ($n) = @_;
    return gig_record("g$n", title => (qw(Data Software Design))[rand 3] . ' ' . (qw(engineer engineering engineers))[rand 3],
        skills => [map { { name => (qw(Excel excel Python SQL EXCEL R))[rand 6] } } 1 .. 3], department => (qw(Sales sales SALES))[rand 3],
        posted_at => sprintf('2026-01-%02dT12:00:00Z', 1 + rand 9),
        description_html => '<p>' . join(' ', ('to be or not to be') x 20, map { 'inter' . word() } 1 .. 20) . ($n % 7 ? '' : ' be not to be') . '</p>');
}

# The first host follows: new gigs in pieces, and many of them once more, or away and back.
for (my $from = 1; $from <= $GIGS; $from += 50) {
    GigTest::Publish::put($host, map { gig($_) } $from .. $from + 49);
    my @old = keys %{ { map { 1 + int(rand $from) => 1 } 1 .. 8 } };
    GigTest::Publish::operations($host, map { [del => "g$_"] } grep { $_ % 2 } @old);
    GigTest::Publish::put($host, map { gig($_) } @old);
    $host->wait_total($from + 49, 20) or BAIL_OUT('no catalog') if $from % 200 == 1;
}
$host->wait_total($GIGS, 60) or BAIL_OUT('no catalog');
my $version = $redis->cmd('HGET', 'gig:{acme}:catalog', 'version');
wait_for { json_of($host->get('/gigs/?format=json'))->{version} == $version } 'the first host to be up to date', 20;

$other->start_nginx(redis => "127.0.0.1:$redis->{port}");
wait_for { (json_of($other->get('/gigs/?format=json'))->{version} // 0) == $version } 'the second host to have all', 60;

sub same {
    my ($query, $total) = @_;
    my ($one, $two) = map { $_->get("/gigs/?format=json&$query") } $host, $other;
    is($one->{status}, 200, "?$query");
    is(json_of($one)->{total}, $total, 'as many as there are') if defined $total;
    is(json_of($two)->{total}, json_of($one)->{total}, 'as many on both hosts');
    is($two->{body} eq $one->{body}, 1, 'the same bytes');
    is($two->{headers}{etag}, $one->{headers}{etag}, 'and the same ETag');
}

same($_) for 'q=', 'facets=1', 'sort=pay&facets=1', 'skill=excel&facets=1', 'q=data+engineer&facets=skill', 'q=engineers&limit=100', 'q=eng&skill=python',
    'q=%22data+engineering%22', 'q=-data&facets=department', 'q=zzyzx', 'q=enginer+dta';

# What bounds are made for.
# (Not: a beginning that more than 1,024 spellings of a segment have. There hosts may differ, with
# another ETag each: see gig_search.h, `cut`.)
same('q=%22be+not+to+be%22',                int $GIGS / 7);
same('q=-%22be+not+to+be%22&limit=100',     $GIGS - int $GIGS / 7);
same('q=%22to+be+or+not%22+%22be+or+not+to%22+%22not+to+be+to%22',  $GIGS);
same('q=%22be+be+or+not%22',                0);
same('q=intre' . word());

$other->finish;
$host->done;
