#!/usr/bin/perl
# Why: the element puts a page of the board into somebody else's, and looks at each address in it.
# Neither a record whose texts are markup, nor an address that no browser can read, nor what somebody
# wrote into the page's own address may run anything there, lead elsewhere or leave it without its gig.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Browser;
use GigTest::Publish;
use GigTest::Site;

plan skip_all => 'chromium and chromedriver are not installed' unless GigTest::Browser::available();

my $test = GigTest->new;
$test->start_redis;
my $site = GigTest::Site->new($test);
$test->start_nginx($site->pieces);

my $markup = '"><img src=x onerror=bad=1><script>bad=2</script>\'';
my %texts = (title => $markup, summary => $markup, department => $markup);
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('markup', %texts, org => { id => 'acme', name => $markup }, i18n => { es => { %texts, description_html => $markup } },
        description_html => '<a href="javascript:bad=3" onclick="bad=4">x</a><svg onload=bad=5></svg><iframe srcdoc="<script>parent.bad=6</script>"></iframe>'),
    gig_record('port', org => { id => 'acme', name => 'Acme Robotics', url => 'https://acme.example:99999/' }),
    gig_record('number', description_html => '<p>See <a href="https://999.999.999.999/">there</a>.</p>'),
    gig_record('colons', description_html => '<p>See <a href="https://[:::]/">there</a>.</p>'));
$test->wait_total(4) or BAIL_OUT('no catalog');
$test->write_file('site/careers/site.css', 'body { margin: 0 }');
$site->page('jobs', head => "<script defer src=\"$site->{board}/gigs/embed.js\"></script>", body => "<gig-board src=\"$site->{board}/gigs/\"></gig-board>");

my $browser = GigTest::Browser->new($test) or BAIL_OUT('no browser');

# What the element shows of ?gig=, and what came of it.
sub shown {
    my ($gig) = @_;
    $browser->open("$site->{other}/careers/jobs.html?gig=" . ($gig =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ger));
    wait_for { ($browser->run('return document.querySelector("gig-board").getAttribute("state")') // 'loading') ne 'loading' } "an answer to ?gig=$gig";
    return $browser->run(<<'END');
        const root = document.querySelector('gig-board').shadowRoot;
        return { state: document.querySelector('gig-board').getAttribute('state'), title: (root.querySelector('h1') || {}).textContent, bad: window.bad,
            asked: performance.getEntriesByType('resource').map(e => e.name).filter(e => !/\.(css|js)$/.test(e)),
            odd: [...root.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/.test(a.name) || /^\s*javascript:/i.test(a.value)).map(a => a.name) };
END
}

for my $gig ('', 'markup', 'port', 'number', 'colons') {
    my $shown = shown($gig);
    is($shown->{state}, 'ready', "\"$gig\" is shown");
    is($shown->{title}, $gig eq 'markup' ? $markup : "Gig $gig", 'under its title') if $gig;
    is($shown->{bad}, undef, 'nothing of it ran');
    is_deeply($shown->{odd}, [], 'nor could it');
}
$site->page('jobs', head => "<script defer src=\"$site->{board}/gigs/embed.js\"></script>", body => "<gig-board src=\"$site->{board}/gigs/\" lang=\"es\"></gig-board>");
my $spanish = shown('markup');
is("$spanish->{state} $spanish->{title}", "ready $markup", 'the same in another language');
is($spanish->{bad}, undef, 'where nothing ran either');

for my $gig ('javascript:bad=7', '//evil.example/', '../../evil', 'http://evil.example/', 'port/../../x', 'receipts/abc', '%2e%2e/x', 'embed.js', 'port/self-id', "port\\..\\x", '?q=<img src=x onerror=bad=8>') {
    my $shown = shown($gig);
    is($shown->{bad}, undef, "$gig runs nothing");
    is(scalar(grep { !m{^\Q$site->{board}\E/gigs/\?} } @{ $shown->{asked} }), 0, 'and asks for nothing but the list') or diag("@{ $shown->{asked} }");
}

$browser->quit;
$test->done;
