#!/usr/bin/perl
# Why: what is made of a whole catalog is sent to many at once, and the catalog goes on changing while it is.  Each who is
# answered makes the worker look for a newer one, and the one before is let go of: whatever still points to it reads memory
# that is not there any more.  A build with SANITIZE=1 sees that (most runs did, within these seconds); any build sees that
# all are answered, and by one catalog each.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

# Two workers: the keeper is in one of them, and what it publishes the other learns at any moment.
my $test = GigTest->new(workers => 2);
$test->start_redis;
$test->start_nginx(board => 'public_url https://careers.acme.example/gigs/;', server => 'location /shape/ { gig acme as=greenhouse; }');
GigTest::Publish::ready($test, 'nonce-of-a-test');
my $text = '<p>' . 'A short project. ' x 100 . '</p>';
GigTest::Publish::put($test, map { gig_record("gig-$_", description_html => $text) } 100 * $_ + 1 .. 100 * $_ + 100) for 0 .. 5;
$test->wait_total(600, 60) or BAIL_OUT('no catalog');

my $end = time + ($GigTest::SANITIZED ? 15 : 4);
my $publisher = fork // BAIL_OUT('no process');
if (!$publisher) {
    for (my $n = 0; time < $end; $n++) {
        eval { GigTest::Publish::put($test, gig_record('gig-' . (1 + $n % 60), title => "Title $n")) };
        sleep 0.004;
    }
    POSIX::_exit(0);
}

# Some wait to the end of theirs, most leave with it on its way.
my %told;
while (time < $end) {
    my @waiting = map { my $c = GigTest::Http->new($test->{port}); $c->send('GET', '/shape/jobs?content=true', headers => { Connection => 'close' }); $c } 1 .. 250;
    my $answer = $waiting[0]->answer('GET');
    $told{ $answer->{status} . ' ' . @{ json_of($answer)->{jobs} // [] } }++;
    sleep 0.2;
    close $_->{socket} for @waiting[1 .. $#waiting];
}
waitpid $publisher, 0;

is_deeply([keys %told], ['200 600'], 'who waited has all gigs of one catalog') or diag(explain(\%told));
is($test->get('/gigs/gig-1')->{status}, 200, 'and it goes on');

$test->done;
