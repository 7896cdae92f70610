#!/usr/bin/perl
# Why: past views cannot be reconstructed, so counting must be right from the first
# day, and the text must be what Prometheus reads, also with two boards.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis;
$test->start_nginx(http => "gig_board second { redis 127.0.0.1:$redis->{port}; state $test->{dir}/state/second; }",
    server => 'location /second/ { gig second; }');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one'));
$test->wait_total(1) or BAIL_OUT('no catalog');

$test->get('/gigs/one?source=campus') for 1 .. 5;
$test->http('HEAD', '/gigs/one?source=campus');
$test->get('/gigs/one?source=%3Cscript%3E');
$test->get('/gigs/one/apply?source=campus');
$test->get('/gigs/nosuch?source=campus');
is($test->apply('one', 'k1')->{status}, 202, 'an application');

my $text = $test->get('/metrics');
is($text->{headers}{'content-type'}, 'text/plain; version=0.0.4', 'the type');
my $body = $text->{body};

my (%type, @odd);
for my $line (split /\n/, $body) {
    if ($line =~ /^# TYPE (\S+) /) { push @odd, $line if $type{$1}++ }
    elsif ($line !~ /^# HELP \S+ .+$/ && $line !~ /^[a-z_]+(?:\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})? \d+(?:\.\d+)?$/) { push @odd, $line }
}
is_deeply(\@odd, [], 'every line is what Prometheus reads, every TYPE stands once');

SKIP: {
    skip 'promtool is not installed', 2 if !grep { -x "$_/promtool" } split /:/, $ENV{PATH};
    my $told = sub { my $file = $test->write_file('metrics.txt', $_[0]); return join ' ', $test->run('sh', '-c', 'promtool check metrics < "$0"', $file) };
    like($told->($body), qr/\A0\s*\z/, 'nor has promtool anything to say');
    unlike($told->($body =~ s/^# HELP gig_up .*$//mr), qr/\A0\s*\z/, 'which would');
}

like($body, qr/^gig_up\{board="acme"\} 1$/m, 'the board with a catalog is up');
like($body, qr/^gig_up\{board="second"\} 0$/m, 'the one without is not');
like($body, qr/^gig_gigs\{board="acme",state="open"\} 1$/m, 'gigs by state');
like($body, qr/^gig_applications_total\{board="acme",outcome="accepted"\} 1$/m, 'applications');

my $visits = wait_for { my $v = $redis->hash('gig:{acme}:visits'); keys %$v >= 3 && $v } 'the visits to reach Redis', 15;
my %visit = map { my $k = $_; (my $short = $k) =~ s/^\S+ //; ($short => $visits->{$k}) } keys %{ $visits // {} };
is($visit{'one campus view'}, 5, 'views by gig and source; HEAD is none, 404 is none');
is($visit{'one campus form'}, 1, 'form opens');
ok(!(grep {/</} keys %visit), 'a source that is none is "other"');

is($test->http('POST', '/metrics', body => '')->{status}, 405, 'POST is not');
my @lines = split /\n/, $test->get('/gig-health')->{body};
is(scalar @lines, 2, 'health: a line a board');
is_deeply([sort map { json_of($_)->{board} } @lines], ['acme', 'second'], 'in JSON');

$test->done;
