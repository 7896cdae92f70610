#!/usr/bin/perl
# Why: the list is searched in a browser, by people who type fast, change their mind,
# go back, cannot see, or have no scripts.  In a real Chromium: results come as one
# types, without a reload; each search is one step of the history and back brings it
# again as it was; a screen reader is told the count; what was added below stays when
# one comes back from a gig; and without scripts the same form asks the same questions.

use strict;
use utf8;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Compress::Gzip qw(gzip $GzipError);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::Browser;

GigTest::Browser::available() or plan skip_all => 'chromium and chromium-driver are not installed';

# Of 45: 15 data studies and 30 market reviews; 23 want Excel, 22 Writing; 9 in Chicago, 36 remote.
my @gigs = map {
    my $n = $_;
    gig_record("gig-$n",
        title      => $n % 3 ? "Market review $n" : "Data study $n",
        posted_at  => sprintf('2026-01-%02dT12:00:00Z', 1 + $n % 28),
        department => $n % 2 ? 'Finance' : 'Marketing',
        skills     => [{ name => $n % 2 ? 'Excel' : 'Writing' }],
        pay        => { type => 'fixed', currency => 'USD', min_minor => 10000 * $n, max_minor => 10000 * $n, unit => 'project' },
        $n % 5 ? () : (location => { mode => 'onsite', name => 'Chicago, IL' }));
} 1 .. 45;

my $test = GigTest->new;
$test->start_redis;
$test->import_gigs(@gigs);
$test->sync_conf;
$test->start_sync;
$test->start_nginx;
$test->wait_total(45);

my $browser = GigTest::Browser->new($test);
my $base = "http://localhost:$test->{port}/gigs/";

sub js    { return $browser->run(@_) }
sub words { return js('return document.querySelector(arguments[0]).textContent', @_) =~ s/\s+/ /gr }
sub count { return words('.gig-count') }
sub cards { return js('return document.querySelectorAll(".gig-card").length') }
sub said  { return js('return document.getElementById("gig-said").textContent') =~ s/\x{a0}\z//r }
sub back  { $browser->command('POST', '/back') }
sub checked { return js('return document.querySelector(arguments[0]).checked', @_) ? 1 : 0 }
sub counts { my ($text, $what) = @_; ok(wait_for { count() eq $text } "$what: $text"); is(count(), $text, $what) }

# What is typed a second time into a field comes behind what is there.
sub erase {
    my ($css) = @_;
    js('const e = document.querySelector(arguments[0]); e.focus(); e.value = "";
        e.dispatchEvent(new Event("input", { bubbles: true }))', $css);
}

$browser->shape(1280, 'light');
$browser->open($base);
js('window.before = 1');                # gone with any reload
my $entries = js('return history.length');

# --- as one types

counts('45 gigs are open', 'at first');
is(said(), '', 'and nobody is told what they can read');
$browser->type('#gig-q', 'dat');
counts('15 gigs match', 'the beginning of a word');
like($browser->url, qr/\?q=dat$/, 'has an address');
like(js('return document.title'), qr/dat/, 'and a title');
$browser->type('#gig-q', 'a');
ok(wait_for { $browser->url =~ /\?q=data$/ } 'the whole word');
counts('15 gigs match', 'the whole word');
is(js('return history.length'), $entries + 1, 'one search is one entry of the history');
is_deeply(js('const e = document.activeElement; return [e.id, e.value, e.selectionStart]'), ['gig-q', 'data', 4],
    'focus and caret stay in the field');
is(said(), '15 gigs match', 'a screen reader is told how many');
is(js('return document.querySelectorAll("[aria-live]").length'), 1, 'by the one area that was there from the start');
ok(!js('return document.querySelector(".gig-found").hasAttribute("aria-busy")'), 'and nothing is busy any more');

# --- filters

$browser->press('[name=skill][value=Excel]');
counts('8 gigs match', 'text and a filter');
like($browser->url, qr/\?q=data&skill=Excel$/, 'have an address');
is(js('return document.activeElement.value'), 'Excel', 'the box keeps the focus');
is(js('return document.querySelector("[name=skill][value=Writing] ~ .gig-tally").textContent'), '7 gigs',
    'a facet counts without its own filter');
$browser->press('[name=mode][value=onsite]');
counts('2 gigs match', 'another facet: and');
$browser->press('[name=skill][value=Writing]');
counts('3 gigs match', 'another value of a facet: or');
is(words('.gig-chips'), 'Remove ExcelRemove WritingRemove On siteClear all', 'what is chosen stands above the cards');

$browser->click('.gig-chips li:nth-child(2) a');
counts('2 gigs match', 'a chip takes its filter away');
is(checked('[name=skill][value=Writing]'), 0, 'the box too');
ok(js('return document.querySelector(".gig-found, .gig-found *").contains(document.activeElement)
    || document.activeElement.matches(".gig-found, .gig-found *")'), 'the focus is where the results are');
$browser->click('.gig-clear');
counts('15 gigs match', 'clear all leaves the text');
is(js('return document.getElementById("gig-q").value'), 'data', 'in its field');

# --- back and forward

back();
counts('2 gigs match', 'back');
is(checked('[name=skill][value=Excel]') . checked('[name=mode][value=onsite]') . checked('[name=skill][value=Writing]'), '110',
    'the boxes are what they were');
back() for 1 .. 3;
counts('8 gigs match', 'back three times');
back();
counts('15 gigs match', 'back to the text alone');
back();
counts('45 gigs are open', 'back to the beginning');
is(js('return document.getElementById("gig-q").value'), '', 'where nothing was typed');
is($browser->url, $base, 'and the address is plain');
$browser->command('POST', '/forward');
counts('15 gigs match', 'forward');
is(js('return window.before'), 1, 'all that on one page');

# --- order, ranges, states

js('const e = document.getElementById("gig-sort"); e.focus(); e.value = "pay"; e.dispatchEvent(new Event("change", { bubbles: true }))');
ok(wait_for { words('.gig-card-title') eq 'Data study 45' } 'the best paid first');
like($browser->url, qr/sort=pay/, 'the order has an address');
is(js('return document.activeElement.id'), 'gig-sort', 'and keeps the focus');
$browser->press('#gig-pay_min');
js('document.execCommand("insertText", false, "4000")');
counts('2 gigs match', 'pay of 4,000 at least');
is_deeply(js('const e = document.activeElement; return [e.id, e.value]'), ['gig-pay_min', '4000'], 'which is still being typed');
like(words('.gig-chips'), qr/Pays at least 4,000/, 'is a chip');
js('document.querySelector(".gig-views li:nth-child(2) a").click()');
counts('0 gigs match', 'none of them opens later');
js('document.querySelector(".gig-views li:nth-child(1) a").click()');
counts('2 gigs match', 'and open again');

# --- nothing

$browser->open($base);
js('window.before = 2');
$browser->type('#gig-q', 'revew');
counts('0 gigs match', 'a word that is nowhere');
is(said(), '0 gigs match. Did you mean review?', 'a screen reader hears of the other spelling');
is(words('.gig-suggestion'), 'Did you mean review?', 'which is offered');
$browser->click('.gig-suggestion a');
counts('30 gigs match', 'and leads there');
is(js('return document.getElementById("gig-q").value'), 'review', 'into the field as well');
erase('#gig-q');
counts('45 gigs are open', 'an empty field asks nothing');
is($browser->url, $base, 'and leaves no trace in the address');
is(js('return window.before'), 2, 'all that on one page');

# --- more, a gig, and back

for my $way ('as the browser kept it', 'as it is loaded anew') {
    $browser->open("${base}gig-1");       # the same address at once would be a reload
    $browser->open($base);
    is(words('[rel=next]'), 'Show 20 more', "$way: 20 of 45");
    $browser->press('[rel=next]');
    ok(wait_for { cards() == 40 } "$way: 20 more");
    is($browser->url, $base, "$way: at the same address");
    is(js('return document.activeElement === document.querySelectorAll(".gig-card-title a")[20]'), JSON::PP::true,
        "$way: the focus is on the first that is new");
    is(said(), '40 of 45 gigs', "$way: a screen reader is told");
    is(words('[rel=next]'), 'Show 5 more', "$way: the button knows what is left");
    $browser->press('[rel=next]');
    ok(wait_for { cards() == 45 && !js('return document.querySelector("[rel=next]")') } "$way: all, and no button");
    is(js('return new Set([...document.querySelectorAll(".gig-card-title a")].map(e => e.href)).size'), 45, "$way: each once");

    my $place = js('document.querySelectorAll(".gig-card-title a")[35].scrollIntoView(); return scrollY');
    sleep 0.3;
    if ($way =~ /anew/) {
        $browser->command('POST', '/refresh');
    } else {
        js('document.querySelectorAll(".gig-card-title a")[35].click()');
        ok(wait_for { js('return !document.getElementById("gig-board")') } "$way: the gig");
        back();
    }
    ok(wait_for { cards() == 45 } "$way: all of them are there again");
    ok(wait_for { abs(js('return scrollY') - $place) < 4 } "$way: at the same place");
}

# --- what goes wrong, and what is late

$browser->open($base);
js('const fetched = window.fetch; window.asked = [];
    window.fetch = (url, how) => { asked.push(url); return new Promise((yes, no) => {
        how.signal.addEventListener("abort", () => no(new DOMException("", "AbortError")));
        setTimeout(() => how.signal.aborted || yes(fetched(url, how)), /=da$/.test(url) ? 1500 : 0) }) }');
$browser->type('#gig-q', 'da');
ok(wait_for { js('return asked.length') == 1 } 'a slow answer is awaited');
is(js('return document.querySelector(".gig-found").getAttribute("aria-busy")'), 'true', 'and the list says that it is busy');
$browser->type('#gig-q', 'ta');
counts('15 gigs match', 'a newer question is answered first');
sleep 1.6;
like($browser->url, qr/\?q=data$/, 'and an older one never');

js('window.fetch = () => Promise.reject(new TypeError("no network")); window.before = 3');
$browser->press('[name=skill][value=Excel]');
ok(wait_for { !js('return window.before') && $browser->url =~ /\?q=data&skill=Excel$/ } 'without a network it is a visit like any other');
counts('8 gigs match', 'which shows the same');

is_deeply([map { $_->{message} } grep { $_->{message} !~ /favicon/ } $browser->console], [],
    'the console is silent: no violation of the policy');

# --- without scripts, on a phone

$browser->shape(390, 'light');
$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::true);
$browser->open($base);
$browser->type('#gig-q', 'data');
$browser->click('.gig-search [type=submit]');
ok(wait_for { count() eq '15 gigs match' } 'the form asks by itself');
like($browser->url, qr/[?&]q=data(?:&|$)/, 'at an address');
$browser->click('.gig-disclosure > summary');
$browser->click('[name=skill][value=Excel]');
$browser->click('[name=mode][value=onsite]');
$browser->type('#gig-hours_max', '20');
$browser->click('.gig-show button');
ok(wait_for { count() eq '2 gigs match' } 'with filters');
is(js('return document.querySelectorAll(".gig-choice input:checked").length'), 2, 'which are still chosen');
is(js('return document.getElementById("gig-hours_max").value'), '20', 'and still there');
$browser->click('.gig-chip');
ok(wait_for { count() ne '2 gigs match' } 'a chip is a link');
$browser->open("${base}?skill=nothing-of-the-kind");
is(count(), '0 gigs match', 'a value that no gig has');
$browser->click('.gig-disclosure > summary');
is(checked('[name=skill][value=nothing-of-the-kind]'), 1, 'stays in the form');
$browser->open($base);
$browser->click('[rel=next]');
ok(wait_for { cards() == 20 && $browser->url =~ /cursor=/ } 'the next page');
is(words('.gig-pager'), 'First pageNext', 'knows the way back');
$browser->open("${base}?hours_max=many&format=html");
like($browser->text('main'), qr/hours_max/, 'what is wrong is said');
$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::false);

# --- what all this weighs

my ($sum, $page) = (0, $test->get('/gigs/?format=html')->{body});
for my $name ('', $page =~ m{/gigs/(gig-[0-9a-f]{8}\.(?:css|js))"}g) {
    my $text = $name ? $test->get("/gigs/$name")->{body} : $page;
    utf8::encode($text) if utf8::is_utf8($text);
    gzip(\$text => \my $small) or die $GzipError;
    $sum += length $small;
}
cmp_ok($sum, '<', 30_000, "page, style sheet and script: $sum bytes");

$browser->quit;
$test->done;
