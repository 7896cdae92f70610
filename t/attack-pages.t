#!/usr/bin/perl
# Why: what companies publish and what applicants type stands in pages of a company's
# site.  Parsed by a real browser, no text of theirs may become an element, an
# attribute, a script or an address that runs.

use strict;
use utf8;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Browser;
use GigTest::Http;
use GigTest::Publish;

GigTest::Browser::available() or plan skip_all => 'chromium and chromium-driver are not installed';

my $test = GigTest->new;
$test->start_redis;

# Each would set window.evil, or leave an element or attribute named evil.
my @polyglots = (
    q{"><script>window.evil=1</script>},
    q{'><img src=x onerror=window.evil=1>},
    q{</title></textarea></script></style></svg><evil>},
    q{<svg/onload=window.evil=1><evil x="},
    q{"onfocus=window.evil=1 autofocus evil="1},
    q{' onmouseover='window.evil=1' evil='},
    q{<!--<script>window.evil=1;//--></script>--!><evil>},
    q{javascript:window.evil=1},
    q{]]><evil><![CDATA[},
    q{&lt;evil&gt;&#60;evil&#62;&#x3c;evil>},
    "\x{2028}<evil>\x{2029}",
    "\x{fe64}evil\x{fe65}\x{ff1c}evil\x{ff1e}",
    q{%3Cevil%3E%22%27},
    q{{{evil}}${evil}<%= evil %>},
    q{<a href="  java&#9;script:window.evil=1">x</a><evil/>},
    q{<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.evil=1&gt;">},
    q{<noscript><p title="</noscript><img src=x onerror=window.evil=1>">},
    q{<form action="https://evil.example/"><input name=evil><button formaction="javascript:window.evil=1">x},
    q{<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example/"><evil>},
    q{<link rel=stylesheet href="https://evil.example/x"><style>@import "https://evil.example/y";*{color:red}</style><iframe srcdoc="<script>parent.evil=1</script>">},
);

my @gigs;
for my $n (0 .. $#polyglots) {
    my $x = $polyglots[$n];
    my $line = $x =~ s/[\x{2028}\x{2029}]//gr;
    push @gigs, gig_record("evil-$n", title => $line, summary => $line, description_html => "<p>$x</p><p title=\"$line\">$x", department => substr($line, 0, 60),
        org => { id => 'acme', name => $line, url => 'https://acme.example' }, skills => [{ name => substr $line, 0, 40 }], closes_at => $n % 5 ? undef : '2026-01-10T00:00:00Z',
        location => { mode => 'remote', name => $line, applicant_regions => [{ type => 'Country', code => 'US', name => $line }] });
}
GigTest::Publish::ready($test, 'nonce-of-a-test');
$test->start_nginx;
GigTest::Publish::put($test, @gigs, gig_record('open'));
my $there = wait_for { my $n = json_of($test->get('/gigs/?format=json&state=all'))->{total}; $n && $n > 5 && $n } 'the catalog';
diag("$there of " . (@gigs + 1) . " records are shown") if $there != @gigs + 1;
is($there, @gigs + 1, 'such texts are text, and published as such');

my $browser = GigTest::Browser->new($test);
my $base = "http://localhost:$test->{port}/gigs/";

# Elements that do not belong, attributes that run, addresses that lead elsewhere.
my $look = <<'JS';
    const bad = [];
    if (window.evil) { bad.push('ran'); }
    const posting = e => {
        try { return JSON.parse(e.textContent)['@type'] === 'JobPosting'; } catch { return false; }
    };
    const ours = e => e.localName === 'script' && e.parentNode === document.head
        && (e.getAttribute('type') === 'application/ld+json' && e.attributes.length === 1
            ? posting(e) && document.querySelectorAll('script[type]').length === 1
            : !e.textContent && /^\/gigs\/gig-(?:form-)?[0-9a-f]{8}\.js$/.test(e.getAttribute('src')));
    for (const e of document.querySelectorAll('*')) {
        if (ours(e)) { continue; }
        if (!/^(html|head|meta|title|link|body|a|svg|symbol|path|circle|rect|use|header|main|footer|nav|ul|ol|li|p|h1|h2|h3|h4|span|div|strong|em|b|i|br|time|dl|dt|dd|form|input|label|fieldset|legend|textarea|select|option|button|section|article|aside|small|code|pre|blockquote|details|summary|abbr|img|hr|sup|sub|u|s)$/.test(e.localName)) { bad.push('<' + e.localName + '>'); }
        for (const a of e.attributes) {
            if (/^on|^evil|^srcdoc$|^formaction$|^style$|^http-equiv$/.test(a.name)) { bad.push(e.localName + ' ' + a.name); }
            if (/^(href|src|action)$/.test(a.name) && !/^(https:\/\/acme\.example|\/|#|\?|mailto:)/.test(a.value)) { bad.push(e.localName + ' ' + a.name + '=' + a.value); }
        }
    }
    for (const s of document.querySelectorAll('script')) { if (!ours(s)) { bad.push('script'); } }
    return bad;
JS

$browser->open('data:text/html,<a href="javascript:1" onclick="1">x</a><evil></evil><script>1</script>');
is(scalar @{ $browser->run($look) }, 5, 'the look itself finds what is wrong');
my $data = '<script type="application/ld%2Bjson">';
for my $case (['{"@type":"JobPosting"}</script>', 0], ['{"@type":"JobPosting"}</script>' . $data . '{"@type":"JobPosting"}</script>', 4], ['{"@type":</script>', 2]) {
    $browser->open("data:text/html,<head>$data$case->[0]");
    is(scalar @{ $browser->run($look) }, $case->[1], "data that is ours is one posting: $case->[0]");
}

sub encoded { return $_[0] =~ s/([^A-Za-z0-9])/join '', map { sprintf '%%%02X', ord } split '', do { utf8::encode(my $c = $1); $c }/ger }

for my $page ('?limit=100&state=all', (map { ("evil-$_", "evil-$_/apply") } 0 .. $#gigs), (map { 'open?source=' . encoded($_) } @polyglots), '%22%3E%3Cevil%3E',
    (map { my $text = encoded($_); map {"?$_=$text"} qw(q skill org location language) } @polyglots),
    '?limit=%22%3E%3Cevil%3E&format=html', '?state=%3Cevil%3E')
{
    $browser->open($base . $page);
    my $bad = $browser->run($look);
    is_deeply($bad, [], "nothing of theirs is more than text: $page");
    next unless $page =~ /^evil-(\d+)$/ && $1 % 5;
    is($browser->run('return JSON.parse(document.querySelector("script[type]").textContent).title'), $gigs[$1]{title}, "its posting has the title as it was: $1");
}

# --- typed into the form and shown again

for my $n (0 .. $#polyglots) {
    my ($key) = $test->get('/gigs/open/apply')->{body} =~ /name="_key"[^>]*value="([^"]+)"/;
    my $body = join '&', "_key=$key", map { my ($k, $v) = @$_; utf8::encode($v); $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$k=$v" }
        ['first_name', $polyglots[$n]], ['last_name', "$polyglots[$n]x"], ['email', $polyglots[$n]], ['statement', "</textarea>$polyglots[$n]"], ['available', $polyglots[$n]], ['_source', $polyglots[$n]];
    my $answer = $test->http('POST', '/gigs/open/applications', body => $body, headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' });
    is($answer->{status}, 422, "the form again: $n") or diag($answer->{body});
    $browser->open("data:text/html;charset=utf-8," . $answer->{body} =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger);
    is_deeply($browser->run($look), [], "holds what was typed as text: $n");
    is($browser->run('return document.querySelector("[name=statement]").value.replace(/\r\n/g, "\n")'), "</textarea>$polyglots[$n]", "and all of it: $n");
}

my @console = grep { $_->{message} !~ m{favicon|status of (?:4\d\d)|data:text/html|Failed to load resource|gig-[0-9a-f]{8}\.css} } $browser->console;
is_deeply([map { $_->{message} } @console], [], 'the browser had nothing to forbid');
$browser->quit;

# --- the JSON of the same gigs reads as it was written, and is no page

for my $n (0 .. $#gigs) {
    next unless $n % 5;
    my $answer = $test->get("/gigs/evil-$n?format=json");
    is(json_of($answer)->{title}, $gigs[$n]{title}, "the title as it was: $n");
    is("$answer->{headers}{'content-type'} $answer->{headers}{'x-content-type-options'}", 'application/json nosniff', "and no browser takes it for a page: $n");
}

$test->done;
