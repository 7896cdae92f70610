#!/usr/bin/perl
# Why: that our drop-in shapes are theirs is easily said by who wrote them.  Two clients of the
# Greenhouse and Lever APIs that others wrote and publish on npm list a board of ours, unmodified but
# for the host.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Publish;

my $missing = GigTest::Node::missing();
$missing //= 'openssl is not installed' unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
plan skip_all => $missing if $missing;

my $public = 'https://careers.acme.example/gigs/';
my $evil   = "Sales & <b>\"Caf\x{e9}\"</b>";
my $test = GigTest->new;
my ($status, $said) = $test->run(qw(openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=api.lever.co -addext subjectAltName=DNS:api.lever.co),
    '-keyout', "$test->{dir}/tls.key", '-out', "$test->{dir}/tls.crt");
$status == 0 or BAIL_OUT("openssl: $said");

my $tls = GigTest::port();
$test->start_redis;
$test->start_nginx(board => "public_url $public;",
    server => "listen 127.0.0.1:$tls ssl; ssl_certificate $test->{dir}/tls.crt; ssl_certificate_key $test->{dir}/tls.key;\n"
            . "location /v1/boards/acme/ { gig acme as=greenhouse; }\n"
            . 'location /v0/postings/acme { gig acme as=lever; }');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('evil', title => $evil, department => 'R & D', posted_at => '2026-02-01T00:00:00Z', description_html => '<p>Scan &amp; sum</p><script>x</script>',
        deliverables => ['A <sheet>']),
    gig_record('later', opens_at => '2031-03-01T09:00:00-06:00'),
    map { gig_record("gig-$_", posted_at => sprintf('2026-01-%02dT00:00:00Z', 31 - $_)) } 1 .. 9);
$test->wait_total(11) or BAIL_OUT('no catalog');

{
    local $ENV{NODE_EXTRA_CA_CERTS} = "$test->{dir}/tls.crt";
    GigTest::Node::run($test, 'clients.mjs', base => "http://127.0.0.1:$test->{port}", tls => $tls, public => $public, evil => $evil,
        ids => ['evil', map {"gig-$_"} 1 .. 9]);
}

$test->done;
