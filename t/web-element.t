#!/usr/bin/perl
# Why: the element lives in pages that are not ours: in another origin, in a narrow column, under a
# policy that forbids whatever is inline, in the dark, and with a network that comes and goes.  There
# it must show every state, lose nothing that was typed, apply once, and disturb nothing.  In a real
# Chromium, with axe-core at each step.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Publish;
use GigTest::Site;

my $missing = GigTest::Node::missing();
plan skip_all => $missing if $missing;

sub at { return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

my $test = GigTest->new;
my $redis = $test->start_redis;
my $site = GigTest::Site->new($test);
$test->start_nginx($site->pieces);
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('a-one', title => 'Competitor pricing scan', posted_at => '2026-11-01T00:00:00Z'), map({ gig_record("gig-$_") } 1 .. 30),
    gig_record('ended', closes_at => at(time - 86400)), gig_record('soon', opens_at => at(time + 3 * 86400)),
    gig_record('packed', capacity => { openings => 1, application_cap => 1, on_full => 'close' }));
$test->wait_total(34) or BAIL_OUT('no catalog');
is($test->apply('packed', 'k-1', _from => '127.0.0.9')->{status}, 202, 'a place is taken');
wait_for { $test->get('/gigs/packed?format=json')->{body} =~ /"state":"full"/ } 'the gig to be full';

$test->write_file('site/careers/site.css', <<'END');
body { max-width: 72rem; margin: 0 auto; padding: 0 16px; font-family: Georgia, serif; line-height: 1.5; }
gig-board { display: block; min-height: 100vh; }
.aside { width: 320px; min-height: 0; --gig-radius: 4px; }
.aside::part(card) { border-width: 3px; }
.gig-card { outline: 3px solid red; }
.fragment { min-height: 0; }
.fragment .gig-card { outline: none; }
END
$test->write_file('site/careers/tones.css', ':root { --gig-accent: #5b21b6; }');
my $script = "<script defer src=\"$site->{board}/gigs/embed.js\"></script>";
my $scheme = '<meta name="color-scheme" content="light dark">';
$site->page('element', head => "$scheme$script", body => "<gig-board src=\"$site->{board}/gigs/\"></gig-board>");
$site->page('sidebar', head => "<link rel=\"stylesheet\" href=\"/careers/tones.css\">$script", body => "<gig-board class=\"aside\" query=\"limit=3\"></gig-board>");
$site->page('fragment', head => $scheme . '<script defer src="/gigs/embed.js"></script>', body => '<gig-board class="fragment"><!--# include virtual="/gigs/fragment.html?limit=3" --></gig-board>');
$site->page('nothing', head => $script, body => "<gig-board src=\"$site->{board}/nowhere/\"><p><a href=\"$site->{board}/gigs/\">All open gigs</a></p></gig-board>");

sub stored { return $redis->cmd('XLEN', 'gig:{acme}:applications') }
my $before = stored();
my %where = (own => $site->{board}, other => $site->{other}, pictures => $ENV{GIG_PICTURES});
GigTest::Node::run($test, 'element.mjs', %where, long => $ENV{GIG_LONG}, _seconds => 300);
is(stored() - $before, $ENV{GIG_LONG} ? 4 : 2, 'each visitor has applied once, in spite of answers that were lost');

$redis->stop;
ok(wait_for { $test->get('/gigs/?format=html')->{body} =~ /class="gig-stale"/ } 'the board to be stale', 20);
GigTest::Node::run($test, 'element.mjs', %where, stale => 1);

$test->done;
