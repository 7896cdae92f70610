#!/usr/bin/perl
# Why: what is made of a whole catalog is large, each filter makes another, and whoever asks for many and reads none of them
# would have the worker's memory until it is killed, with all applications that are on their way.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(board => 'public_url https://careers.acme.example/gigs/;');
GigTest::Publish::ready($test, 'nonce-of-a-test');
my $text = '<p>' . 'A short project. ' x 3300 . '</p>';
GigTest::Publish::put($test, map { gig_record("gig-$_", description_html => $text) } 40 * $_ + 1 .. 40 * $_ + 40) for 0 .. 4;
$test->wait_total(200, 60) or BAIL_OUT('no catalog');

my ($worker) = $test->workers;
sub memory { return $test->read_file("/proc/$worker/status") =~ /^VmRSS:\s+(\d+)/m ? $1 / 1024 : 0 }
sub status { my ($connection) = @_; IO::Select->new($connection->{socket})->can_read(30); sysread $connection->{socket}, my $line, 15; return substr $line // '', 9, 3 }
sub ask { my ($path) = @_; my $connection = GigTest::Http->new($test->{port}); $connection->send('GET', $path, headers => { Connection => 'close' }); return $connection }

my $each = length($test->get('/gigs/indeed.xml')->{body}) / 2**20;
cmp_ok($each, '>', 10, sprintf '%.0f MB each', $each);
my $before = memory();
my (@slow, %said);
for (1 .. 36) {
    push @slow, ask('/gigs/indeed.xml?hours_max=' . (1000 + $_));
    $said{ status($slow[-1]) }++;
}
cmp_ok($said{200} // 0, '>=', 10, 'some are answered');
cmp_ok($said{503} // 0, '>=', 1, 'the others hear that there is too much') or diag(explain(\%said));
SKIP: {
    skip 'a sanitizer keeps what was freed, and so does valgrind', 1 if $GigTest::SANITIZED || $GigTest::VALGRIND;
    cmp_ok(memory() - $before, '<', 256 + 8 * $each, sprintf '%.0f MB for all of them', memory() - $before);
}
is($test->get('/gigs/indeed.xml?hours_max=2000')->{status}, 503, 'and nothing more is made');
is($test->get('/gigs/')->{status}, 200, 'of what is small nothing is refused');

close $_->{socket} for @slow;
ok(wait_for { $test->get('/gigs/indeed.xml?hours_max=2001')->{status} == 200 } 'until they are gone');

$test->done;
