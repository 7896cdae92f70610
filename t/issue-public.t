#!/usr/bin/perl
# Why: what the public may see of a gig is a promise to the company that published
# it.  Read from the issue alone, sentence by sentence: nothing private anywhere, times
# in the gig's zone, nothing before its second, addresses never from Host, every
# refusal in the one shape that programs can read.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

my $SECRET = qr/PRIVATE|private/;
my %private = (
    onboarding => { contact => 'PRIVATE-1@acme.example', kick_off => '2031-10-05T15:00:00Z',
        steps => [{ text => 'PRIVATE-2', url => 'https://private.example/' }] },
    source => { system => 'PRIVATE-3', board => 'PRIVATE-4', id => 'PRIVATE-5', url => 'https://private.example/5' },
);

my $base = 'https://careers.example/board/';
my $test = GigTest->new;
my $redis = $test->start_redis;
$test->start_nginx(board => "public_url $base;", http => "gig_board plain { redis 127.0.0.1:$redis->{port};"
    . " state $test->{dir}/state/plain; ledger off; }", server => 'location /plain/ { gig plain; }');

my $now = int time;
my $edge = $now + 5;
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    (map { gig_record("gig-$_", %private) } 1 .. 3),
    gig_record('closed',    %private, closes_at => at($now - 60)),
    gig_record('withdrawn', %private, status => 'withdrawn'),
    gig_record('draft',     %private, status => 'draft'),
    gig_record('later',     %private, visible_from => at($edge)),
    gig_record('soon',      %private, opens_at => at($now + 86400)),
    gig_record('full',      %private, capacity => { positions => 1, application_cap => 0, on_full => 'close' }),
    # Chicago changes its clocks on 2031-03-09 and 2031-11-02; 2032 is a leap year.
    gig_record('winter', opens_at => '2031-01-10T15:00:00Z', closes_at => '2031-03-09T07:59:00Z'),
    gig_record('spring', opens_at => '2031-03-09T08:00:00Z', closes_at => '2031-03-10T04:59:00Z'),
    gig_record('fall-1', opens_at => '2031-10-01T15:00:00Z', closes_at => '2031-11-02T06:30:00Z'),
    gig_record('fall-2', opens_at => '2031-10-01T15:00:00Z', closes_at => '2031-11-02T07:30:00Z'),
    gig_record('leap',   opens_at => '2031-10-01T15:00:00Z', closes_at => '2032-03-01T05:59:00Z'),
    gig_record('berlin', time_zone => 'Europe/Berlin', closes_at => '2031-07-01T21:59:00Z'),
    gig_record('delhi',  time_zone => 'Asia/Kolkata', closes_at => '2031-12-31T18:29:00Z'),
);
$test->wait_total(13) or BAIL_OUT('no catalog');

# --- not before its second, and then

is($test->get("/gigs/later$_")->{status}, 404, "visible_from: later$_ is not there yet") for '', '?format=html', '/form', '/apply';
is($test->apply('later', 'k-later')->{status}, 404, 'nor is its intake');
my $unknown = $test->get('/gigs/nosuch');
my $hidden  = $test->get('/gigs/later');
is($hidden->{body}, $unknown->{body}, 'what is not visible yet is answered as what is not there');
my ($age) = $test->get('/gigs/')->{headers}{'cache-control'} =~ /max-age=(\d+)/;
cmp_ok($age, '<=', $edge - int(time), 'max-age of the list ends when a gig becomes visible') if time < $edge;
for (1 .. 1000) {
    last if time >= $edge - 0.03;
    sleep 0.01;
}
SKIP: {
    my $answer = $test->get('/gigs/later');
    skip 'too slow a machine to ask just before', 1 if time >= $edge;
    is($answer->{status}, 404, 'not there in the last second before');
}
sleep 0.01 while time < $edge + 0.05;
is($test->get('/gigs/later')->{status}, 200, 'there at its second');
is((grep { $_->{id} eq 'later' } @{ json_of($test->get('/gigs/?format=json'))->{gigs} }), 1, 'and in the list');

# --- nothing private in anything public

my @paths = ('/gigs/', '/gigs/?format=html', '/gigs/?state=all&limit=100&format=json', '/gigs/?state=all&limit=100&format=html',
    '/gig-health', '/metrics', '/gigs/receipts/keys.json');
for my $id (qw(gig-1 closed withdrawn draft later soon full nosuch)) {
    push @paths, "/gigs/$id?format=json", "/gigs/$id?format=html", "/gigs/$id/form", "/gigs/$id/apply";
}
for my $path (@paths) {
    my $answer = $test->get($path);
    unlike("$answer->{head}$answer->{body}", qr/$SECRET|onboarding|"source"/, "nothing private: $path");
}
my $refused = $test->apply('gig-1', 'k-private', email => 'x');
unlike($refused->{body}, $SECRET, 'nor in a refusal');
my $form = $test->http('POST', '/gigs/gig-1/applications', body => 'first_name=A',
    headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' });
unlike($form->{body}, $SECRET, 'nor in a form with faults');
my $accepted = $test->apply('gig-1', 'k-accepted');
is($accepted->{status}, 202, 'an application');
unlike($accepted->{body}, $SECRET, 'nor in a receipt');
my ($token) = $accepted->{headers}{location} =~ m{([\w-]{43})$};
unlike($test->get("/gigs/receipts/$token?format=$_")->{body}, $SECRET, "nor on its page: $_") for qw(json html);
is($test->get('/gigs/draft')->{status}, 404, 'a draft is not there');

# --- times in the gig's zone, with the zone

for (['winter', '2031-03-09T01:59:00-06:00', qr/Sun 9 Mar 2031, 01:59 Chicago/],
    ['spring', '2031-03-09T23:59:00-05:00', qr/Sun 9 Mar 2031, 23:59 Chicago/],
    ['fall-1', '2031-11-02T01:30:00-05:00', qr/Sun 2 Nov 2031, 01:30 Chicago/],
    ['fall-2', '2031-11-02T01:30:00-06:00', qr/Sun 2 Nov 2031, 01:30 Chicago/],
    ['leap',   '2032-02-29T23:59:00-06:00', qr/Sun 29 Feb 2032, 23:59 Chicago/],
    ['berlin', '2031-07-01T23:59:00+02:00', qr/Tue 1 Jul 2031, 23:59 Berlin/],
    ['delhi',  '2031-12-31T23:59:00+05:30', qr/Wed 31 Dec 2031, 23:59 Kolkata/])
{
    my ($id, $machine, $words) = @$_;
    my $page = $test->get("/gigs/$id?format=html")->{body};
    like($page, qr/datetime="\Q$machine\E">$words/, "closing time of $id");
}
like($test->get('/gigs/spring?format=html')->{body}, qr/datetime="2031-03-09T03:00:00-05:00">Sun 9 Mar 2031, 03:00/,
    'opening in the hour after the one that is left out');

# --- 410: a page with similar gigs

for my $id ('closed', 'withdrawn') {
    my $page = $test->get("/gigs/$id?format=html");
    is($page->{status}, 410, "$id is 410");
    like($page->{body}, qr{<a href="\Q$base\Egig-1">}, "$id: similar gigs that are open");
    unlike($page->{body}, qr{href="[^"]*/(?:closed|withdrawn|draft|soon|full)"}, "$id: and only those");
    is($test->apply($id, "k-$id")->{status}, 410, "$id takes no application");
    is($test->get("/gigs/$id/apply")->{status}, 410, "$id has no form");
}

# --- addresses: public_url, never Host

for my $path ('/gigs/?format=json', '/gigs/?format=html&limit=1', '/gigs/?format=json&limit=1', '/gigs/gig-1?format=html',
    '/gigs/gig-1?format=json', '/gigs/gig-1/apply', '/gigs/closed?format=html', "/gigs/receipts/$token?format=html", '/gigs')
{
    my $answer = $test->get($path, headers => { Host => 'evil.example', 'X-Forwarded-Host' => 'evil.example' });
    unlike("$answer->{head}$answer->{body}", qr/evil\.example/, "Host is in no address: $path");
    my @relative = "$answer->{head}$answer->{body}" =~ m{(?:href|action|src)="(/gigs[^"]*)"|<(/gigs[^>]*)>}g;
    is_deeply([grep {defined} @relative], [], "nor an address without public_url: $path");
}
like($accepted->{headers}{location}, qr{^\Q$base\Ereceipts/}, 'Location of an application');
is($test->get('/gigs')->{headers}{location}, '/gigs/', 'the prefix without its slash leads to the prefix');
is(json_of($accepted)->{url}, $accepted->{headers}{location}, 'and url of its receipt');

# --- HEAD is GET without the body

for my $path (@paths, "/gigs/receipts/$token", '/gigs/?limit=0') {
    my ($get, $head) = map { $test->http($_, $path) } 'GET', 'HEAD';
    delete $_->{headers}{date} for $get, $head;
    delete $_->{headers}{'content-length'} for $path eq '/metrics' ? ($get, $head) : ();
    delete $_->{headers}{'cache-control'} for $get->{headers}{'cache-control'} eq 'no-store' ? () : ($get, $head);
    is($head->{status}, $get->{status}, "HEAD has the status of GET: $path");
    is_deeply($head->{headers}, $get->{headers}, "and its headers: $path");
}

# --- problems

sub problem {
    my ($answer, $status, $what) = @_;
    is($answer->{status}, $status, "$status: $what");
    is($answer->{headers}{'content-type'}, 'application/problem+json', "as a problem: $what");
    my $problem = json_of($answer);
    is_deeply([grep { !defined $problem->{$_} || ref $problem->{$_} } qw(type title status detail)], [], "with its members: $what");
    is($problem->{status}, $status, "status is a number of its own: $what");
    like($problem->{detail}, qr/^[A-Z].*[.!?]$/, "detail is a sentence: $what") or diag($answer->{body});
    like($answer->{body}, qr/"status":$status\b/, "written as a number: $what");
    return $problem;
}

my %json = ('Content-Type' => 'application/json');
problem($test->get('/gigs/nosuch'), 404, 'an unknown gig');
problem($test->get('/gigs/closed?format=json'), 410, 'a closed gig');
problem($test->get('/gigs/withdrawn?format=json'), 410, 'a withdrawn gig');
problem($test->get('/gigs/?limit=x'), 400, 'a bad parameter');
problem($test->get('/gigs/receipts/x'), 404, 'a bad token');
my $put = $test->http('PUT', '/gigs/gig-1', body => '');
problem($put, 405, 'PUT');
is($put->{headers}{allow}, 'GET, HEAD', 'with Allow');
problem($test->apply('nosuch', 'k-1'), 404, 'application to an unknown gig');
problem($test->apply('closed', 'k-2'), 410, 'application to a closed gig');
my $early = $test->apply('soon', 'k-3');
problem($early, 403, 'application to one that is not open');
like($early->{headers}{'retry-after'}, qr/^86[34]\d\d$/, 'with the seconds until it opens');
problem($test->apply('full', 'k-4'), 409, 'application to a full gig');
problem($test->http('POST', '/gigs/gig-1/applications', body => '{"answers":{}}', headers => { %json }), 400, 'JSON without a key');
problem($test->http('POST', '/gigs/gig-1/applications', body => '{"answers":', headers => { %json, 'Idempotency-Key' => 'k-5' }), 400, 'half a body');
problem($test->http('POST', '/gigs/gig-1/applications', body => '{}', headers => { %json, 'Idempotency-Key' => 'k-6' }), 400, 'a body without answers');
problem($test->http('POST', '/gigs/gig-1/applications', body => '[1]', headers => { %json, 'Idempotency-Key' => 'k-7' }), 400, 'an array');
problem($test->http('POST', '/gigs/gig-1/applications', body => 'x', headers => { 'Content-Type' => 'text/plain', 'Idempotency-Key' => 'k-8' }), 415, 'text/plain');
problem($test->apply('gig-1', 'k-9', statement => 'x' x 300_000), 413, 'too large a body');
my $fields = problem($test->apply('gig-1', 'k-10', email => 'x', first_name => ''), 422, 'two faults');
is_deeply([sort map { $_->{pointer} } @{ $fields->{errors} }], ['/answers/email', '/answers/first_name'], 'with a pointer for each');
is_deeply([grep { ref $_ || !length } map { $_->{detail} } @{ $fields->{errors} }], [], 'and what would be right');
problem($test->apply('gig-1', 'k-accepted', statement => 'Other.'), 422, 'the same key, other content');

$test->done;
