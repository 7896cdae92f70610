#!/usr/bin/perl
# Why: the list is what most visitors ask for.  Its JSON is a contract, its pages
# must neither repeat nor skip, a bad parameter must be named, and the clock alone
# opens and closes gigs, to the second.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

sub publish_records {
    my ($test, @gigs) = @_;
    GigTest::Publish::ready($test, "nonce-of-a-test");
    return GigTest::Publish::put($test, @gigs);
}

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx;

# --- before there is a catalog

my $none = $test->get('/gigs/?format=json');
is($none->{status}, 503, 'no catalog is a 503, never an empty list');
is($none->{headers}{'retry-after'}, 5, 'with Retry-After');
is($none->{headers}{'content-type'}, 'application/problem+json', 'as a problem');
is($test->get('/gig-health')->{status}, 503, 'and the board is not healthy for reading');

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

my $now = int time;
publish_records($test,
    (map { gig_record(sprintf('gig-%02d', $_), posted_at => sprintf('2026-01-%02dT12:00:00Z', 1 + $_ / 2)) } 1 .. 25),
    gig_record('soon',   posted_at => '2026-02-01T12:00:00Z', opens_at => at($now + 86400)),
    gig_record('ended',  posted_at => '2026-02-02T12:00:00Z', closes_at => at($now - 86400)),
    gig_record('draft',  posted_at => '2026-02-03T12:00:00Z', status => 'draft'),
    gig_record('hidden', posted_at => '2026-02-03T12:00:00Z', visible_from => at($now + 86400)),
);

ok(wait_for { json_of($test->get('/gigs/'))->{total} } 'the catalog to be served');
is($test->get('/gig-health')->{status}, 200, 'healthy now');

# --- shape

my $answer = $test->get('/gigs/');
my $list = json_of($answer);
is_deeply([sort keys %$list], [qw(board gigs next total version)], 'the members of a list');
is($list->{board}, 'acme', 'board');
is($list->{version}, $test->{redis}->cmd('HGET', 'gig:{acme}:catalog', 'version'), 'version is that of the catalog');
is($list->{total}, 25, 'total counts what is open');
is(scalar @{ $list->{gigs} }, 20, 'twenty a page');
is($list->{gigs}[0]{url}, "/gigs/$list->{gigs}[0]{id}", 'url starts at the prefix');
is($list->{gigs}[0]{state}, 'open', 'state');
ok(!exists $list->{gigs}[0]{source} && !exists $list->{gigs}[0]{onboarding}, 'nothing private');
like($answer->{headers}{link}, qr{^</gigs/\?cursor=\Q$list->{next}\E>; rel="next"$}, 'Link leads to the next page');

# --- pages

my (@seen, $next);
for (1 .. 20) {
    my $page = json_of($test->get('/gigs/?limit=4&state=all' . ($next ? "&cursor=$next" : '')));
    push @seen, map { $_->{id} } @{ $page->{gigs} };
    $next = $page->{next} or last;
}
my %times;
$times{$_}++ for @seen;
is(scalar @seen, 27, 'all pages together: 25 open, one scheduled, one closed');
is((grep { $_ > 1 } values %times), 0, 'nothing twice');
is_deeply([@seen[0, 1]], ['ended', 'soon'], 'newest first');
is_deeply([grep {/^gig-0[23]$/} @seen], ['gig-02', 'gig-03'], 'equal times: by id');
ok(!$times{draft} && !$times{hidden}, 'drafts and what is not visible yet are in no list');
is_deeply([map { $_->{id} } @{ json_of($test->get('/gigs/?state=scheduled'))->{gigs} }], ['soon'], 'state=scheduled');

# --- parameters

for (['limit=0', 'limit', qr/whole number from 1 to 100/], ['limit=101', 'limit', qr/1 to 100/], ['limit=-1', 'limit', qr/1 to 100/],
    ['limit=2147483648', 'limit', qr/1 to 100/], ['limit=9223372036854775808', 'limit', qr/1 to 100/], ['limit=1e2', 'limit', qr/1 to 100/],
    ['limit=5&limit=6', 'limit', qr/given twice/], ['state=closed', 'state', qr/"scheduled" or "all"/],
    ['format=xml', 'format', qr/"json" or "html"/], ['cursor=x', 'cursor', qr/"next" of the answer before/],
    ['cursor=%00', 'cursor', qr/percent-encoded/], ['state=%ff', 'state', qr/percent-encoded/], ['state=%4', 'state', qr/percent-encoded/])
{
    my ($query, $name, $right) = @$_;
    my $wrong = $test->get("/gigs/?$query");
    is($wrong->{status}, 400, "400: $query");
    like(json_of($wrong)->{detail}, qr/"$name".*$right/s, "names the parameter and what would be right: $query");
}

my $forged = $list->{next};
$forged =~ s/(.)$/$1 eq 'A' ? 'B' : 'A'/e;
substr($forged, 3, 1) = substr($forged, 3, 1) eq 'A' ? 'B' : 'A';
is($test->get("/gigs/?cursor=$forged")->{status}, 400, 'a changed cursor is refused');
is($test->get('/gigs/?utm_source=x&foo=%zz&limit=5&bar')->{status}, 200, 'unknown parameters are ignored');
is($test->get('/gigs/?' . join('&', map {"p$_=$_"} 1 .. 600))->{status}, 200, 'also very many of them');

my $injected = $test->get('/gigs/?format=%0d%0aX-Evil:%201');
ok(!exists $injected->{headers}{'x-evil'}, 'no header comes from a parameter');

# --- negotiation

for (['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'], ['application/json', 'application/json'],
    ['*/*', 'application/json'], ['text/html;q=0.1, application/json', 'application/json'], ['application/json;q=0, text/html', 'text/html; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'], ['image/png', 'application/json'])
{
    is($test->get('/gigs/', headers => { Accept => $_->[0] })->{headers}{'content-type'}, $_->[1], "Accept: $_->[0]");
}
is($test->get('/gigs/?format=json', headers => { Accept => 'text/html' })->{headers}{'content-type'}, 'application/json', 'format decides');

# --- caching

my $etag = $answer->{headers}{etag};
like($etag, qr/^"[0-9a-f]{32}"$/, 'a strong ETag');
is($test->get('/gigs/')->{headers}{etag}, $etag, 'the same again');
is($test->get('/gigs/?limit=20&state=open')->{headers}{etag} // '', $etag, 'and for the same query in other words');
isnt($test->get('/gigs/?format=html')->{headers}{etag}, $etag, 'another for HTML');
my $same = $test->get('/gigs/', headers => { 'If-None-Match' => $etag });
is($same->{status}, 304, 'a matching If-None-Match gets 304');
is($same->{body}, '', 'without a body');
is($same->{headers}{etag}, $etag, 'with the ETag');
is($answer->{headers}{'cache-control'}, 'max-age=60', 'max-age');
is($answer->{headers}{vary}, 'Accept, Accept-Encoding', 'Vary');
is($test->get('/gigs/?format=html')->{headers}{vary}, 'Accept, Accept-Encoding, Accept-Language', 'Vary of a page');

my $head = $test->http('HEAD', '/gigs/');
is($head->{headers}{'content-length'}, length $answer->{body}, 'HEAD has the length');
is($head->{headers}{etag}, $etag, 'and the ETag');

# --- the clock

my $edge = int(time) + 3;
publish_records($test, gig_record('opens', posted_at => '2026-03-01T00:00:00Z', opens_at => at($edge)),
    gig_record('closes', posted_at => '2026-03-02T00:00:00Z', closes_at => at($edge)));
ok(wait_for { $test->get('/gigs/')->{body} =~ /"id":"closes"/ } 'the two gigs to be there');
my $before = $test->get('/gigs/');
unlike($before->{body}, qr/"id":"opens"/, 'not open before its second');
my ($age) = $before->{headers}{'cache-control'} =~ /max-age=(\d+)/;
cmp_ok($age, '<=', 3, 'max-age ends with the time slice');
sleep 0.01 while time < $edge + 0.05;
my $after = $test->get('/gigs/');
like($after->{body}, qr/"id":"opens"/, 'open at its second');
unlike($after->{body}, qr/"id":"closes"/, 'and the other closed');
isnt($after->{headers}{etag}, $before->{headers}{etag}, 'with another ETag');
is($test->get('/gigs/closes')->{status}, 410, 'the closed one is 410');

# --- Redis goes: the list stays, and says so

$test->{redis}->stop;
is($test->get('/gigs/')->{status}, 200, 'reads go on without Redis');
ok(wait_for { ($test->get('/gigs/')->{headers}{'cache-status'} // '') eq 'gig; hit; detail=stale' } 'stale to be said', 15);
my $stale = $test->get('/gigs/');
cmp_ok($stale->{headers}{age}, '>=', 10, 'with the age');
is($test->get('/gig-health?for=read')->{status}, 200, 'healthy for reading');
is($test->get('/gig-health?for=intake')->{status}, 200, 'and for intake: the ledger takes applications');
is($test->get('/gig-health?for=x')->{status}, 400, 'a question that is none');

$test->done;
