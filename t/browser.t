#!/usr/bin/perl
# Why: what a person meets is a page in a browser.  In a real Chromium, at the width
# of a phone and of a desktop, in both schemes: nothing sticks out, the browser finds
# nothing against the content security policy, and somebody who makes mistakes in the
# form comes to a receipt all the same, without a line of JavaScript.

use strict;
use utf8;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use GigTest;
use GigTest::Browser;

GigTest::Browser::available() or plan skip_all => 'chromium and chromium-driver are not installed';

my $test = GigTest->new;
$test->start_redis;
my @gigs = map { gig_record("gig-$_") } 1 .. 30;
$gigs[0] = gig_record('long', title => 'An unusually long title that goes on ' x 4,
    summary => 'Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselanhänger ' x 3, posted_at => '2026-02-01T00:00:00Z');
$test->import_gigs(@gigs, gig_record('shut', closes_at => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - 86400))));
$test->sync_conf;
$test->start_sync;
$test->start_nginx(server => 'location = /none { gig_health; }');
$test->wait_total(31);

my $browser = GigTest::Browser->new($test);
my $base = "http://localhost:$test->{port}/gigs/";

for my $width (390, 1280) {
    for my $scheme ('light', 'dark') {
        $browser->shape($width, $scheme);
        for my $page ('', 'gig-5', 'long', 'gig-5/apply', 'shut', 'nothing-here', '?state=scheduled') {
            $browser->open($base . $page);
            my ($inner, $scroll) = @{ $browser->run('return [innerWidth, document.documentElement.scrollWidth]') };
            is($inner, $width, "$width px, $scheme: the page '$page' is that wide");
            cmp_ok($scroll, '<=', $width, "$width px, $scheme: nothing of '$page' sticks out");
            my $styled = $browser->run('return document.styleSheets.length && document.styleSheets[0].cssRules.length');
            cmp_ok($styled, '>', 10, "the style sheet of '$page' is there");
        }
    }
}

my @console = grep { $_->{message} !~ m{favicon|status of (?:404|410)} } $browser->console;
is_deeply([map { $_->{message} } @console], [], 'the console is silent: no violation of the policy, nothing missing');

# --- what a finger, a keyboard, a reader of large text and a slow network need

# Links inside a sentence or a list of names are as high as their line; what stands for itself is not.
my $small = <<'END';
for (const e of document.querySelectorAll("details")) e.open = true;
return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")].filter(e => {
    if (e.closest(".gig-trap, .gig-skip, .gig-foot") || !e.getClientRects().length) return false;
    if (e.matches("p:not([class]) a, .gig-about a, .gig-link a, .gig-help a, .gig-summary-box a")
        && !e.matches(".gig-button")) return false;
    const box = (e.matches(".gig-card-title a") ? e.closest(".gig-card")
        : e.matches(".gig-choice input") ? e.closest(".gig-choice") : e).getBoundingClientRect();
    return box.height < 44 || box.width < 44 && !e.matches(".gig-views a");
}).map(e => e.outerHTML.slice(0, 120));
END

my $shift = <<'END';
return new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value })
        .observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => done(sum), 50));
});
END

my $bare = <<'END';
document.activeElement.blur();
return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")].filter(e => {
    if (e.closest(".gig-trap") || !e.getClientRects().length) return false;
    e.focus({ focusVisible: true });
    const own = getComputedStyle(e), after = getComputedStyle(e, "::after");
    return ![own, after].some(s => s.outlineStyle === "solid" && parseFloat(s.outlineWidth) >= 2);
}).map(e => e.outerHTML.slice(0, 120));
END

my $order = <<'END';
let last = 0;
return [...document.querySelectorAll("h1, h2, h3, h4")].filter(e => {
    const level = +e.tagName[1], jump = level > last + 1;
    last = level;
    return jump;
}).map(e => e.textContent);
END

for my $page ('', 'gig-5', 'gig-5/apply', 'shut', 'nothing-here') {
    $browser->shape(390, 'light');
    $browser->open($base . $page);
    is($browser->run($shift), 0, "nothing of '$page' moves while it loads");
    is_deeply($browser->run($small), [], "a finger finds what can be touched on '$page'");
    $browser->key('Tab', 9);
    is_deeply($browser->run($bare), [], "whoever goes by keyboard sees where on '$page'");
    is_deeply($browser->run($order), [], "no level of headings is left out on '$page'");
    is($browser->run('return document.querySelectorAll("main, h1").length'), 2, "'$page' has one main part and one heading");

    $browser->run('document.documentElement.style.fontSize = "200%"');
    cmp_ok($browser->run('return document.documentElement.scrollWidth'), '<=', 390, "text twice as large fits '$page' on a phone");
}

# --- applying, with mistakes, without scripts

$browser->shape(390, 'light');
$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::true);
$browser->open("${base}gig-5/apply");
$browser->run('return 1') if 0;
$browser->type('[name=first_name]', 'Avery');
$browser->type('[name=email]', 'avery@example');
# The browser's own checks would stop this post; a phone's autofill or an old browser does not have them.
$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::false);
$browser->run('document.querySelector("main form").noValidate = true');
$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::true);
$browser->click('main form [type=submit]');
ok(wait_for { $browser->source =~ /aria-invalid="true"/ } 'the form to come back', 10);
like($browser->source, qr/value="Avery"/, 'and what was typed is still there');
ok($browser->run('return document.activeElement.matches("[role=alert]")'), 'the list of mistakes has the focus');

$browser->type('[name=last_name]', 'Example');
$browser->command('POST', '/element/' . $browser->find('[name=email]') . '/clear');
$browser->type('[name=email]', 'avery@example.edu');
$browser->type('[name=statement]', 'I would start with the public data.');
$browser->click('[name=available][value=yes], [name=available][value=true], label[for=available-yes]');
$browser->click('[name=consent_processing]');
$browser->click('main form [type=submit]');
# Nobody types as fast as this test: the form may come back once more for that.
ok(wait_for { $browser->click('main form [type=submit]') if $browser->source =~ /so quickly/; $browser->url =~ m{/receipts/[\w-]{43}$} } 'the receipt', 10);
like($browser->text('main'), qr/We have your application/i, 'the receipt says that it is there');
my $receipt = $browser->url;
ok(wait_for { $browser->open($receipt); $browser->text('main') =~ /delivered/i } 'the receipt to say delivered', 10);

$browser->quit;
$test->done;
