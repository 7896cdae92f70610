#!/usr/bin/perl
# Why: feeds are read by programs that nobody watches.  One that is not well-formed is dropped
# without a word; one that changes with the clock is fetched in full each time; one that is behind
# the list sends people to a gig that has closed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $public = 'https://careers.acme.example/gigs/';
my $soon = int(time) + 15;
my $test = GigTest->new(workers => 2);
$test->start_redis;
my @pieces = (board => "public_url $public; title 'Gigs & more'; about 'Short projects';",
    server => 'location /away/ { gig away; } location = /page.html { ssi on; }  root ' . $test->{dir} . ';',
    http => "gig_board away { redis 127.0.0.1:1; state $test->{dir}/state/away; public_url $public; }");
$test->write_file('page.html', '<b><!--# include virtual="/gigs/feed.json?limit=1" --></b>');
$test->start_nginx(@pieces);
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('evil', title => 'Sales ]]> & <b>"Caf' . "\x{e9}" . '"</b>', summary => "It's <i>", department => 'R & D', posted_at => '2026-02-01T00:00:00Z',
        description_html => '<p>Scan &amp; sum</p><script>x</script>', deliverables => ['A <sheet>'], updated_at => '2026-02-03T04:05:06Z',
        org => { name => 'A & B', logo => 'https://acme.example/l.png?a=1&b=2' }),
    gig_record('ending', posted_at => '2026-01-20T00:00:00Z', closes_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $soon)),
    gig_record('later', opens_at => '2031-03-01T09:00:00-06:00', closes_at => '2031-04-01T09:00:00Z'),
    gig_record('ended', closes_at => '2026-01-10T00:00:00Z', opens_at => '2026-01-06T00:00:00Z'),
    gig_record('hidden', visible_from => '2031-01-10T00:00:00Z'),
    map { gig_record("gig-$_", department => $_ % 2 ? 'Sales' : 'Design', posted_at => sprintf('2026-01-%02dT00:00:00Z', 1 + $_ % 10)) } 1 .. 30);
$test->wait_total(34) or BAIL_OUT('no catalog');

sub atom { return $test->get("/gigs/feed.atom$_[0]") }
sub feed { return json_of($test->get("/gigs/feed.json$_[0]")) }
sub ids { return join ' ', map { $_->{id} } @{ $_[0]{items} } }
sub xmllint {
    my ($xml, @option) = @_;
    my ($status, $said) = $test->run('xmllint', '--noout', '--nonet', @option, $test->write_file('x.xml', $xml));
    return $status == 0 ? '' : $said || "status $status";
}

# --- they are the list, newest first

my $list = json_of($test->get('/gigs/?format=json'));
my $json = $test->get('/gigs/feed.json');
is($json->{status}, 200, 'feed.json');
is($json->{headers}{'content-type'}, 'application/feed+json', 'its type');
is($json->{headers}{vary}, 'Accept-Encoding', 'it is the same whatever Accept says');
my $feed = json_of($json);
is($feed->{version}, 'https://jsonfeed.org/version/1.1', 'JSON Feed 1.1');
is($feed->{title}, 'Gigs & more', 'the title of the board');
is($feed->{home_page_url}, $public, 'its page');
is($feed->{feed_url}, "${public}feed.json", 'its own address');
is(ids($feed), join(' ', map { $_->{id} } @{ $list->{gigs} }), 'the gigs of the list, in its order');
is($feed->{items}[0]{url}, "${public}evil/sales-b-cafe-b", 'by the address that search engines know');
is($feed->{items}[0]{_gig}{state}, 'open', 'and with their state');
ok(!exists $feed->{items}[0]{onboarding}, 'nothing private');

my $atom = atom('');
is($atom->{headers}{'content-type'}, 'application/atom+xml', 'feed.atom');
is($atom->{headers}{vary}, 'Accept-Encoding', 'Vary');
is(xmllint($atom->{body}), '', 'is well-formed');
is(join(' ', $atom->{body} =~ m{<id>tag:careers\.acme\.example,2026:acme/([\w-]+)</id>}g), ids($feed), 'with the same gigs');
is(($atom->{body} =~ m{<updated>(.*?)</updated>})[0], '2026-02-03T04:05:06Z', 'the newest change of what is in it');
for my $accept ('text/html', 'application/atom+xml', '*/*') {
    is($test->get('/gigs/feed.atom?format=html', headers => { Accept => $accept })->{body}, $atom->{body}, "one for Accept: $accept");
}

# --- filters, limit, pages

is(ids(feed('?department=sales&limit=100')), join(' ', map { $_->{id} } @{ json_of($test->get('/gigs/?format=json&department=sales&limit=100'))->{gigs} }), 'a filter');
is(feed('?department=SALES&utm_source=x')->{feed_url}, "${public}feed.json?department=Sales", 'the address is the normal one');
is(feed('?department=sales')->{home_page_url}, "$public?department=Sales", 'and leads to the same list');
is(ids(feed('?q=cafe')), 'evil', 'words');
is(ids(feed('?state=scheduled')), 'later', 'what opens later, if it is asked for');
is(ids(feed('?sort=pay&limit=3')), ids(feed('?limit=3')), 'the order is always the same');
is(scalar @{ feed('')->{items} }, 20, '20 gigs');
is(scalar @{ feed('?limit=100')->{items} }, 32, 'up to 100');
is($test->get('/gigs/feed.json?limit=101')->{status}, 400, 'and no more');
is($test->get('/gigs/feed.atom?cursor=x')->{status}, 400, 'a wrong cursor');
like(atom('?department=nothing')->{body}, qr{<updated>1970-01-01T00:00:00Z</updated>}, 'an empty feed is one');
is(xmllint(atom('?department=nothing')->{body}), '', 'well-formed');
is_deeply(feed('?department=nothing')->{items}, [], 'and so is the other');

my ($at, @seen) = "${public}feed.json?limit=9";
for my $page (1 .. 10) {
    my $answer = $test->get($at =~ s{^\Q$public\E}{/gigs/}r);
    my $this = json_of($answer);
    is($this->{feed_url}, $at, 'each page says where it is');
    push @seen, map { $_->{id} } @{ $this->{items} };
    $at = $this->{next_url} or last;
    is($answer->{headers}{link}, "<$at>; rel=\"next\"", 'and where the next one is');
}
is(join(' ', @seen), ids(feed('?limit=100')), 'page after page: all of them, once');
my ($next) = atom('?limit=9&department=sales')->{body} =~ m{<link rel="next" type="application/atom\+xml" href="\Q$public\E([^"]+)"/>};
my $second = $test->get('/gigs/' . $next =~ s/&amp;/&/gr)->{body};
is(xmllint($second), '', 'the next page');
like($second, qr{<id>\Q$public\Efeed.atom\?department=Sales&amp;limit=9</id>}, 'is of the same feed');

# --- conditional, compressed, HEAD

for my $name (qw(feed.atom feed.json)) {
    my $first = $test->get("/gigs/$name");
    like($first->{headers}{etag}, qr/^"[0-9a-f]{32}"$/, "$name: a strong ETag");
    is($test->get("/gigs/$name", headers => { 'If-None-Match' => $first->{headers}{etag} })->{status}, 304, 'not twice');
    like($first->{headers}{'cache-control'}, qr/^max-age=([1-9]|1[0-5])$/, 'until a gig closes');
    my ($head, $zipped) = ($test->http('HEAD', "/gigs/$name"), $test->get("/gigs/$name", headers => { 'Accept-Encoding' => 'gzip' }));
    is("$head->{status} $head->{headers}{etag}", "200 $first->{headers}{etag}", 'HEAD');
    is($zipped->{headers}{'content-encoding'}, 'gzip', 'compressed');
    is($test->http($_, "/gigs/$name")->{status}, 405, $_) for qw(POST DELETE);
    is($test->get("/away/$name")->{status}, 503, 'without a catalog: 503');
}
sleep 1.1;
is(atom('?x=1')->{body}, $atom->{body}, 'no clock in it');
like($test->get('/page.html')->{body}, qr{^<b>\{"version":"https://jsonfeed.*\}</b>}, 'in an SSI include');

# --- made in the pool: the event loop, which all visitors share, has little to do for a feed

SKIP: {
    skip 'a build that is slower says nothing of time', 2 if $GigTest::SANITIZED || $GigTest::VALGRIND;
    my $workers = [$test->workers];
    for my $name (qw(feed.atom feed.json)) {
        my ($before, $made) = ($test->loop_time($workers), 0);
        $made += $test->get("/gigs/$name?limit=100&hours_max=" . (1000 + $_))->{status} == 200 for 1 .. 30;
        my $each = ($test->loop_time($workers) - $before) / 30;
        ok($made == 30 && $each < 0.8, sprintf '%s of 32 gigs, not asked for before: %.2f ms of the event loop', $name, $each);
    }
}
my @asked = map { my $c = GigTest::Http->new($test->{port}); $c->send('GET', "/gigs/feed.json?hours_max=" . (2000 + $_), headers => { Connection => 'close' }); $c } 1 .. 60;
is_deeply([grep { $_ != 200 } map { $_->answer->{status} } @asked], [], 'sixty different ones at one instant are all made');
my $twice = sub { $test->get('/gigs/feed.atom?hours_max=3000', headers => { 'Accept-Encoding' => $_[0] })->{headers}{'content-encoding'} // '-' };
is($twice->('gzip') . ' ' . $twice->('gzip, br'), 'gzip br', 'compressed there, too: for the first who asks');

# --- two hosts with one catalog give the same bytes

my $other = GigTest->new;
$other->{redis} = $test->{redis};
$other->{keys_made} = 1;
for my $key (qw(secret key pub)) { $other->write_file("acme.$key", $test->read_file("acme.$key")) }
$other->start_nginx(@pieces[0, 1]);
$other->wait_total(34);
for my $name ('feed.atom', 'feed.json', 'feed.json?limit=3', 'later/opens.ics', 'later/closing.ics') {
    my ($one, $two) = map { $_->get("/gigs/$name") } $test, $other;
    is($two->{headers}{etag}, $one->{headers}{etag}, "the ETag of two hosts: $name");
    is($two->{body}, $one->{body}, 'and the bytes');
}
delete $other->{redis};
$other->finish;

# --- found by readers: the list's page says where they are, its filters too

my $page = $test->get('/gigs/?department=sales&limit=5&sort=pay', headers => { Accept => 'text/html' })->{body};
my %link = reverse $page =~ m{<link rel="alternate" type="(application/[^"]+)" href="\Q$public\E([^"]+)">}g;
is_deeply({ reverse %link }, { 'application/atom+xml' => 'feed.atom?department=Sales&amp;sort=pay', 'application/feed+json' => 'feed.json?department=Sales&amp;sort=pay' }, 'links in the head');
is(scalar @{ json_of($test->get('/gigs/' . { reverse %link }->{'application/feed+json'} =~ s/&amp;/&/gr))->{items} }, 15, 'which lead to all of that list');
unlike($test->get('/gigs/evil?format=html')->{body}, qr/feed\.(?:atom|json)/, 'on the list alone');

# --- calendars

my $opens = $test->get('/gigs/later/opens.ics');
is($opens->{status}, 200, 'opens.ics');
is($opens->{headers}{'content-type'}, 'text/calendar; charset=utf-8', 'its type');
is($opens->{headers}{'content-disposition'}, 'attachment; filename="later-opens.ics"', 'and its name');
like($opens->{body}, qr/^UID:opens-later\@careers\.acme\.example\r$/m, 'an id');
like($opens->{body}, qr/^DTSTAMP:20260105T120000Z\r$/m, 'a stamp that is of the record');
like($opens->{body}, qr/^DTSTART:20310301T150000Z\r$/m, 'when it opens');
like($opens->{body}, qr/^BEGIN:VALARM\r$/m, 'an alarm');
my $plain = $opens->{body} =~ s/\r\n //gr;
like($plain, qr/^URL:\Q$public\Elater\/gig-later\r$/m, 'where');
like($plain, qr/Sat 1 Mar 2031\\, 09:00 Chicago time/, "in the gig's own time");
is($test->get('/gigs/later/opens.ics', headers => { 'If-None-Match' => $opens->{headers}{etag} })->{status}, 304, 'not twice');
like($test->get('/gigs/later/closing.ics')->{body}, qr/^UID:closing-later.*^DTEND:20310401T090000Z\r$/ms, 'closing.ics ends as it closes');
is($test->get("/gigs/$_->[0]")->{status}, $_->[1], "$_->[1]: $_->[0]") for
    ['evil/opens.ics', 404], ['evil/closing.ics', 404], ['nosuch/opens.ics', 404], ['hidden/opens.ics', 404], ['ended/opens.ics', 410], ['ended/closing.ics', 410], ['ending/closing.ics', 200];
is($test->http('POST', '/gigs/later/opens.ics')->{status}, 405, 'only to be got');
my %page = map { $_ => $test->get("/gigs/$_?format=html")->{body} } qw(later ending evil);
like($page{later}, qr{href="\Q$public\Elater/opens\.ics">Add to calendar</a>}, 'the page of a gig that is not open yet leads there');
like($page{ending}, qr{href="\Q$public\Eending/closing\.ics"}, 'that of an open one to its last day');
unlike($page{evil}, qr/\.ics/, 'and one without leads nowhere');

# --- what closes is out of all of them in the same second

my $there = join ' ', ids(feed('?limit=100')) =~ /\bending\b/g, atom('?limit=100')->{body} =~ m{acme/(ending)</id>};
is($there, 'ending ending', 'it is there until then') if time < $soon - 1;
sleep 0.05 while time < $soon;
unlike(ids(feed('?limit=100')), qr/ending/, 'gone from feed.json');
unlike(atom('?limit=100')->{body}, qr{acme/ending</id>}, 'from feed.atom');
is($test->get('/gigs/ending/closing.ics')->{status}, 410, 'and nothing to remind of');
cmp_ok(time, '<', $soon + 1, 'in that second');

# --- without public_url

ok($test->stop_nginx, 'nginx ends');
$test->start_nginx;
$test->wait_total(34);
for my $name (qw(feed.atom feed.json)) {
    my $answer = $test->get("/gigs/$name");
    is($answer->{status}, 404, "without public_url: $name");
    like(json_of($answer)->{detail}, qr/public_url/, 'says why');
}
my @told = $test->read_file('error.log') =~ /"public_url"/g;
cmp_ok(scalar @told, '>=', 1, 'and the log too');
cmp_ok(scalar @told, '<=', 2, 'once a worker');
like($test->get('/gigs/later/opens.ics')->{body}, qr/^UID:opens-later\@acme\r$/m, 'a calendar needs none');
unlike($test->get('/gigs/later/opens.ics')->{body}, qr/^URL/m, 'and has no address then');

$test->done;
