#!/usr/bin/perl
# Why: a company's first import is a spreadsheet with odd places, emoji and CRLF.
# 5,958 real student listings, imported with docs/examples/internships.map, are
# published and served; a second import changes nothing.  The listings are not
# part of the project: GIG_LISTINGS names the file (default ../shared/data/).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(time);
use GigTest;

my $file = $ENV{GIG_LISTINGS} // "$GigTest::ROOT/../shared/data/internships.csv";
-e $file or plan skip_all => "the listings are not here ($file)";

my $test = GigTest->new;
$test->start_redis;
my @import = ("$GigTest::BUILD/gig-sync", 'import', $file, '--into', "sqlite:$test->{dir}/acme.db",
    '--map', "$GigTest::ROOT/docs/examples/internships.map");

my $begin = time;
my ($status, $output) = $test->run(@import);
my $took = time - $begin;
is($status, 0, 'the import refuses nothing') or diag($output);
my ($count) = $test->sql('select count(*) as n from gigs');
is($count->{n}, 5958, 'all 5,958 are in the system of record');
diag(sprintf 'imported in %.1f s', $took);

($status, $output) = $test->run(@import);
is($status, 0, 'imported again');
like($output, qr/\b0 new\b.*\b0 changed\b.*\b5958 unchanged\b/s, 'nothing is changed') or diag($output);

$test->start_nginx;
$begin = time;
($status, $output) = $test->sync('once');
is($status, 0, 'published') or diag($output);
ok($test->wait_total(5958, 20), 'and served');
diag(sprintf 'published and compiled in %.1f s', time - $begin);

my $redis = $test->{redis};
my $version = $redis->cmd('HGET', 'gig:{acme}:catalog', 'version');
my $page = $test->get('/gigs/?format=json');
my $list = json_of($page);
is($list->{total}, 5958, 'the default list holds them all');
is($list->{version}, $version, 'with the version of Redis');
is(scalar @{ $list->{gigs} }, 20, 'the first page holds 20');
my @posted = map { $_->{posted_at} } @{ $list->{gigs} };
is_deeply(\@posted, [sort { $b cmp $a } @posted], 'newest first');
ok($page->{headers}{etag}, 'with an ETag');

my $id = $list->{gigs}[3]{id};
my $gig = $test->get("/gigs/$id?format=json");
is($gig->{status}, 200, 'one of them');
ok(!exists json_of($gig)->{source}, 'where it comes from is private');
is($test->get("/gigs/$id?format=json", headers => { 'If-None-Match' => $gig->{headers}{etag} })->{status}, 304, 'its ETag holds');

# Through all pages: every gig once.
my (%seen, $next, $pages);
do {
    my $part = json_of($test->get('/gigs/?format=json&limit=100' . ($next ? "&cursor=$next" : '')));
    $seen{ $_->{id} }++ for @{ $part->{gigs} };
    $next = $part->{next};
} while ($next && ++$pages < 100);
is(scalar keys %seen, 5958, 'the pages hold every gig');
is(scalar(grep { $_ > 1 } values %seen), 0, 'and none twice');

# Once more, unchanged: no new version, the same ETag.
$test->run(@import);
($status, $output) = $test->sync('once');
is($redis->cmd('HGET', 'gig:{acme}:catalog', 'version'), $version, 'a second import and pass make no new version');
is($test->get("/gigs/$id?format=json")->{headers}{etag}, $gig->{headers}{etag}, 'and no other ETag');

$test->done;
