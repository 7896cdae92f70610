#!/usr/bin/perl
# Why: a sitemap and indeed.xml hold a whole catalog.  Made on the event loop they would stop all
# other answers; in a thread, everything can happen meanwhile: who asked leaves, a hundred ask for
# the same, the configuration is loaded anew, a gig is taken down.  None of it may crash a worker,
# leave somebody without an answer, or tell of a gig that is not to be seen.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use JSON::PP ();
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $public = 'https://careers.acme.example/gigs/';
my $many   = 2000;
my $test = GigTest->new;
$test->start_redis;
my $deny = $test->write_file('acme.deny', "\n");
chmod 0644, $deny;
$test->write_file('page.html', '<b><!--# include virtual="/gigs/sitemap.xml" --></b><i><!--# include virtual="/gigs/indeed.xml?q=nothing" --></i>');
# One thread, so that what is asked for can be held up: a second task waits for the first.
my $h2 = GigTest::port();
my @pieces = (main => 'thread_pool gig threads=1;', board => "public_url $public; title 'Gigs & more'; deny $deny;",
    server => "location = /page.html { ssi on; } root $test->{dir}; location /away/ { gig away; }",
    http => "gig_board away { redis 127.0.0.1:1; state $test->{dir}/state/away; public_url $public; } server { listen 127.0.0.1:$h2 http2; location /gigs/ { gig acme; } } log_format gig '\$request_uri \$status \$gig_cache'; access_log $test->{dir}/gig.log gig;");
$test->start_nginx(@pieces);
GigTest::Publish::ready($test, 'nonce-of-a-test');
my @gigs = (gig_record('bad', posted_at => '2026-03-01T00:00:00Z'), gig_record('ending', closes_at => '2031-01-01T00:00:00Z'),
    gig_record('secret', seo => { noindex => JSON::PP::true }), gig_record('later', opens_at => '2031-01-01T00:00:00Z'),
    gig_record('ended', closes_at => '2026-01-10T00:00:00Z'), gig_record('hidden', visible_from => '2031-01-01T00:00:00Z'),
    gig_record('full', capacity => { application_cap => 1, on_full => 'close' }, posted_at => '2026-02-01T00:00:00Z', updated_at => '2026-02-02T03:04:05Z'));
push @gigs, map { gig_record("gig-$_", department => $_ % 10 ? 'Sales' : 'Design', description_html => '<p>' . 'A short project. ' x 20 . '</p>') } 1 .. $many;
GigTest::Publish::put($test, splice @gigs, 0, 500) while @gigs;
$test->wait_total($many + 6, 20) or BAIL_OUT('no catalog');

sub locs { my ($xml) = @_; my @all = $xml =~ m{<loc>(.*?)</loc>}g; return @all }
sub jobs { my ($xml) = @_; my @all = $xml =~ m{<referencenumber><!\[CDATA\[(.*?)\]\]></referencenumber>}g; return @all }

# --- what is in them

my $map = $test->get('/gigs/sitemap.xml');
is($map->{status}, 200, 'the sitemap');
is($map->{headers}{'content-type'}, 'application/xml', 'its type');
is($map->{headers}{vary}, 'Accept-Encoding', 'of one format');
my @locs = locs($map->{body});
is(scalar @locs, 1 + 4 + $many, 'the list and all gigs that may be found');
is($locs[0], $public, 'the list first');
is($locs[1], "${public}bad/gig-bad", 'then the newest, with its slug');
my %there = map { m{^\Q$public\E([\w-]+)} ? ($1 => 1) : () } @locs;
is(join(' ', map { $_ . ($there{$_} ? '+' : '-') } qw(ending later full secret ended hidden)), 'ending+ later+ full+ secret- ended- hidden-', 'none that is closed, hidden, or not for search engines');
like($map->{body}, qr{<loc>\Q$public\Efull/gig-full</loc><lastmod>2026-02-02T03:04:05Z</lastmod>}, 'with the time of its last change');
is($test->get('/gigs/sitemap-1.xml')->{status}, 200, 'its first part is there');
is($test->get("/gigs/sitemap-$_.xml")->{status}, 404, "no part $_") for qw(0 01 9 999999 99999999999999999999);

my $indeed = $test->get('/gigs/indeed.xml');
is("$indeed->{status} $indeed->{headers}{'content-type'} $indeed->{headers}{vary}", '200 application/xml Accept-Encoding', 'indeed.xml');
my %job = map { $_ => 1 } jobs($indeed->{body});
is(scalar keys %job, $many + 3, 'all open ones');
is(join(' ', map { $_ . ($job{$_} ? '+' : '-') } qw(ending later full secret ended)), 'ending+ later- full+ secret- ended-', 'and only those');
like($indeed->{body}, qr{<lastBuildDate>\w{3}, 02 Feb 2026 03:04:05 GMT</lastBuildDate>}, 'the time is that of the newest change');
is(scalar jobs($test->get('/gigs/indeed.xml?department=design')->{body}), int($many / 10), 'a filter');
is($test->get('/gigs/indeed.xml?pay_min=x')->{status}, 400, 'a wrong one');

# --- conditional, compressed, kept

for my $name (qw(sitemap.xml indeed.xml)) {
    my $first = $test->get("/gigs/$name");
    like($first->{headers}{etag}, qr/^"[0-9a-f]{32}"$/, "$name: a strong ETag");
    like($first->{headers}{'cache-control'}, qr/^max-age=\d+$/, 'to be kept for a while');
    is($test->get("/gigs/$name", headers => { 'If-None-Match' => $first->{headers}{etag} })->{status}, 304, 'and not sent twice');
    my $zipped = $test->get("/gigs/$name", headers => { 'Accept-Encoding' => 'gzip' });
    is($zipped->{headers}{'content-encoding'}, 'gzip', 'compressed');
    cmp_ok(length $zipped->{body}, '<', length($first->{body}) / 5, 'and short');
    is($test->http('HEAD', "/gigs/$name")->{headers}{etag}, $first->{headers}{etag}, 'HEAD');
    is($test->http('POST', "/gigs/$name")->{status}, 405, 'only to be got');
    is($test->get("/away/$name")->{status}, 503, 'without a catalog: 503');
}
ok(wait_for { $test->read_file('gig.log') =~ m{^/gigs/indeed\.xml 200 MISS\n.*^/gigs/indeed\.xml 200 HIT$}ms } 'one made, then kept');
like($test->get('/page.html')->{body}, qr{^<b><\?xml.*</(?:urlset|sitemapindex)>\n</b><i><\?xml.*</source>\n</i>}s, 'in SSI includes, two at once');

# --- many ask for the same: one is made, all are answered

sub change {
    my ($title) = @_;
    GigTest::Publish::put($test, gig_record('gig-1', title => $title));
    return ok(wait_for { json_of($test->get('/gigs/gig-1'))->{title} eq $title } 'a change of the catalog', 10);
}
change('another');
my @askers = map { GigTest::Http->new($test->{port}, timeout => 20) } 1 .. 40;
$_->send('GET', '/gigs/indeed.xml', headers => { Connection => 'close' }) for @askers;
is($test->get('/gigs/?format=json&limit=1')->{status}, 200, 'other answers meanwhile');
my @answers = map { $_->answer('GET') } @askers;
is(join(' ', grep { $_ ne '200' } map { $_->{status} } @answers), '', '40 at once: all are answered');
is(keys %{ { map { $_->{body} => 1 } @answers } }, 1, 'with the same');
is(scalar jobs($answers[0]{body}), $many + 3, 'which is whole');

# --- the event loop, which all visitors share, is not held up: all of it is made in the thread

SKIP: {
    skip 'a build that is slower says nothing of time', 2 if $GigTest::SANITIZED || $GigTest::VALGRIND;
    my $workers = [$test->workers];
    for my $name ('indeed.xml?hours_max=', 'sitemap.xml') {
        my ($loop, $all, $made) = (0, 0, 0);
        for my $n (1 .. 8) {
            change("number $n") if $name eq 'sitemap.xml';
            my @before = map { $test->loop_time($workers, all => $_) } 0, 1;
            $made += $test->http('HEAD', "/gigs/$name" . ($name =~ /=$/ ? 1000 + $n : ''))->{status} == 200;
            my @after = map { $test->loop_time($workers, all => $_) } 0, 1;
            $loop += ($after[0] - $before[0]) / 8;
            $all += ($after[1] - $before[1]) / 8;
        }
        ok($made == 8 && $loop < 2 && $loop < $all / 2, sprintf '%s of %d gigs: %.2f ms of the event loop, of %.1f ms in all', $name, $many, $loop, $all);
    }
}


# --- who asked leaves

change('once more');
for my $name ('indeed.xml', 'sitemap.xml', 'indeed.xml?department=design', 'indeed.xml?q=gig') {
    my @leave = map { GigTest::Http->new($test->{port}) } 1 .. 5;
    $_->send('GET', "/gigs/$name") for @leave;
    my $stay = GigTest::Http->new($test->{port}, timeout => 20);
    $stay->send('GET', "/gigs/$name", headers => { Connection => 'close' });
    close $_->{socket} for @leave;
    is($stay->answer('GET')->{status}, 200, "five leave, one stays: $name");
}
change('again');
my $gone = GigTest::Http->new($test->{port});
$gone->send('GET', '/gigs/indeed.xml');
close $gone->{socket};
is($test->get('/gigs/indeed.xml')->{status}, 200, 'when all have left, the next one gets it');

# --- streams of one connection, one of them cut off

SKIP: {
    skip 'nghttp is not installed', 8 if !grep { -x "$_/nghttp" } split /:/, $ENV{PATH};
    change('over HTTP/2');
    my @names = qw(sitemap.xml indeed.xml indeed.xml?q=gig indeed.xml?department=sales);
    my ($status, $said) = $test->run('nghttp', '-ns', '--timeout=20', map {"http://127.0.0.1:$h2/gigs/$_"} @names);
    is(join(' ', sort map { s/ +\S+ / /r } $said =~ m{ (\d+ +\S+ /gigs/\S+)$}mg), join(' ', sort map {"200 /gigs/$_"} @names), 'four streams at once')
        or diag($said);
    change('over HTTP/2 again');
    # Others are before it, so that it leaves before any of its own is made.
    my @before = map { my $c = GigTest::Http->new($test->{port}, timeout => 20); $c->send('GET', "/gigs/indeed.xml?hours_max=$_", headers => { Connection => 'close' }); $c } 1 .. 12;
    my $answered = sub { return map {/^\S+ (\d+) /} grep { my $line = $_; grep { $line =~ m{^/gigs/\Q$_\E } } @names } split /\n/, $test->read_file('gig.log') };
    my $until = () = $answered->();
    my $pid = $test->spawn('nghttp', 'stdbuf', '-oL', 'nghttp', '-nv', map {"http://127.0.0.1:$h2/gigs/$_"} @names);
    ok(wait_for { (() = $test->read_file('nghttp.log') =~ /send HEADERS frame/g) == @names } 'its requests are sent');
    kill 'KILL', $pid;
    ok(wait_for { (() = $answered->()) == $until + @names } 'it has left with all of them');
    ok((grep { $_ == 499 } ($answered->())[$until .. $until + $#names]), 'while they were under way');
    is(join(' ', map { $_->answer('GET')->{status} } @before), join(' ', (200) x 12), 'those before it are answered');
    is($test->get('/gigs/indeed.xml')->{status}, 200, 'and so is the next');
}

# --- more kinds than may be in hand

change('and again');
my @kinds = map { my $c = GigTest::Http->new($test->{port}, timeout => 20); $c->send('GET', "/gigs/indeed.xml?hours_max=$_", headers => { Connection => 'close' }); $c } 21 .. 60;
my %status;
for (@kinds) {
    my $answer = $_->answer('GET');
    $status{ $answer->{status} }++;
    ok($answer->{headers}{'retry-after'}, 'told when to try again') if $answer->{status} == 503 && $status{503} == 1;
}
is(join(' ', sort keys %status), '200 503', "40 of different kinds: $status{200} made, $status{503} to come again") or diag(explain \%status);
cmp_ok($status{200}, '>=', 16, 'no fewer than may be in hand');
is($test->get('/gigs/indeed.xml')->{status}, 200, 'and it goes on');

# --- a reload while they are made

change('before a reload');
my @over = map { my $c = GigTest::Http->new($test->{port}, timeout => 20); $c->send('GET', "/gigs/indeed.xml?hours_max=$_", headers => { Connection => 'close' }); $c } 30 .. 36;
sleep 0.05;             # until the worker has read them: nothing tells when it has
ok($test->reload, 'a reload');
is(join(' ', map { $_->answer('GET')->{status} } @over), join(' ', (200) x 7), 'what was asked for before is answered');
is(scalar jobs($test->get('/gigs/indeed.xml')->{body}), $many + 3, 'and the new workers make their own');

# --- a gig is taken down while it is written: no answer that ends later tells of it

# There is always some that is being made, until the gig is known to be gone.
$test->write_file('next.deny', "bad\n");
chmod 0644, "$test->{dir}/next.deny";
my ($hours, $known, @asked) = (100);
my $end = time + 10;
while (!$known && time < $end) {
    my %done = map { $_->{select}->can_read(0) ? ($_ => 1) : () } @asked;
    $_->answer('GET') for grep { $done{$_} } @asked;
    @asked = grep { !$done{$_} } @asked;
    while (@asked < 6) {
        my $c = GigTest::Http->new($test->{port}, timeout => 20);
        $c->{select} = IO::Select->new($c->{socket});
        $c->send('GET', '/gigs/indeed.xml?hours_max=' . $hours++, headers => { Connection => 'close' });
        push @asked, $c;
    }
    rename "$test->{dir}/next.deny", $deny if $hours > 110;
    $known = $test->get('/gigs/bad?format=json')->{status} == 410;
}
ok($known, 'the gig is gone');
my @late = grep { !$_->{select}->can_read(0) } @asked;
cmp_ok(scalar @late, '>=', 1, 'while some were being made');
for my $c (@late) {
    my $answer = $c->answer('GET');
    is($answer->{status}, 200, 'which are answered');
    ok($answer->{body} !~ /\[bad\]/, 'and do not tell of it');
}
ok($test->get("/gigs/$_")->{body} !~ m{[:/]bad[/<"]|\[bad\]}, "from then on it is not in $_") for 'sitemap.xml', 'indeed.xml', 'indeed.xml?hours_max=40', 'feed.atom', 'feed.json';

# --- what closes is out of both in the same second

my $soon = int(time) + 5;
my $closes = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $soon);
GigTest::Publish::put($test, gig_record('ending', closes_at => $closes, posted_at => '2026-02-15T00:00:00Z'));
wait_for { json_of($test->get('/gigs/ending?format=json'))->{closes_at} eq $closes } 'its closing time';
if (time < $soon - 1) {
    ok($test->get("/gigs/$_")->{body} =~ m{/ending/}, "there until it closes: $_") for 'sitemap.xml', 'indeed.xml';
}
sleep 0.05 while time < $soon;
ok($test->get("/gigs/$_")->{body} !~ m{/ending/}, "then gone: $_") for 'sitemap.xml', 'indeed.xml';

# --- 60,000: an index, and more than indeed.xml may be

if ($ENV{GIG_LONG}) {
    my $large = GigTest->new;
    $large->start_redis;
    $large->start_nginx(board => "public_url $public;");
    GigTest::Publish::ready($large, 'nonce-of-a-test');
    my $text = '<p>' . 'A short project. ' x 60 . '</p>';
    for my $from (map { 500 * $_ } 0 .. 119) {
        GigTest::Publish::put($large, map { gig_record("gig-$_", description_html => $text) } $from + 1 .. $from + 500);
    }
    $large->wait_total(60_000, 200);
    is(join(' ', locs($large->get('/gigs/sitemap.xml')->{body})), "${public}sitemap-1.xml ${public}sitemap-2.xml", 'more than 50,000: an index');
    my @parts = map { [locs($large->get("/gigs/sitemap-$_.xml")->{body})] } 1, 2;
    is(join(' ', map { scalar @$_ } @parts), '50000 10001', 'a part is full before the next begins');
    is(keys %{ { map { $_ => 1 } map { @$_ } @parts } }, 60_001, 'each gig in one of them');
    is($large->get('/gigs/sitemap-3.xml')->{status}, 404, 'and there are no others');
    my $answer = $large->get('/gigs/indeed.xml', timeout => 60);
    is("$answer->{status} " . ($answer->{headers}{'retry-after'} // ''), '503 5', 'what is too long is refused');
    like($large->read_file('error.log'), qr/indeed\.xml could not be made: .* longer than 64 MB; ask for less by filters/, 'and the log says what to do');
    is($large->get('/gigs/indeed.xml?q=gig-777', timeout => 60)->{status}, 200, 'which helps');
    $large->finish;
}

# --- without public_url

ok($test->stop_nginx, 'nginx ends');
$test->start_nginx;
$test->wait_total($many + 6, 30);
is($test->get("/gigs/$_")->{status}, 404, "without public_url: $_") for qw(sitemap.xml sitemap-1.xml indeed.xml);
like($test->read_file('error.log'), qr/"public_url"/, 'and the log says so');

$test->done;
