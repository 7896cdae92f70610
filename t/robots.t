#!/usr/bin/perl
# Why: a robots.txt with a wrong path keeps a whole board out of every search, or lets crawlers load
# forms that nothing caches.  Its paths must be those that visitors see, and it must name no
# address that is not the board's.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $test = GigTest->new;
$test->start_redis;
my $public = 'https://jobs.acme.example/careers/';
my %forged = (headers => { Host => 'evil.example', 'X-Forwarded-Host' => 'evil.example' });
$test->start_nginx(board => "public_url $public;", server => 'location = /robots.txt { rewrite ^ /gigs/robots.txt last; }');

my $robots = $test->get('/gigs/robots.txt');
is($robots->{status}, 200, 'it is there, also before a catalog is');
is($robots->{headers}{'content-type'}, 'text/plain; charset=utf-8', 'as text');
is($robots->{headers}{'cache-control'}, 'max-age=60', 'for a minute');
is($robots->{body}, "User-agent: *\nDisallow: /careers/*/apply\nDisallow: /careers/*/self-id\nDisallow: /careers/receipts/\n\nSitemap: ${public}sitemap.xml\n",
    'with the paths of the address for visitors');
is($test->get('/robots.txt', %forged)->{body}, $robots->{body}, 'the same at the root, by the recipe, whatever Host says');
is($test->http('HEAD', '/gigs/robots.txt')->{status}, 200, 'HEAD');
my $answer = $test->http('POST', '/gigs/robots.txt', body => 'x=1');
is("$answer->{status} $answer->{headers}{allow}", '405 GET, HEAD', 'it is for reading');

ok($test->stop_nginx, 'nginx ends');
$test->start_nginx(server => 'location "/with space/" { gig acme; }');
is($test->get('/gigs/robots.txt', %forged)->{body}, "User-agent: *\nDisallow: /gigs/*/apply\nDisallow: /gigs/*/self-id\nDisallow: /gigs/receipts/\n",
    "without public_url the location's, and no sitemap");
like($test->get('/with%20space/robots.txt')->{body}, qr{^Disallow: /with%20space/receipts/$}m, 'as crawlers compare them');

$test->done;
