#!/usr/bin/perl
# Why: beside an HTTP upstream gig-sync keeps its own table of what was delivered, the file `state`.
# It must be worth what a database is: bring back a Redis that forgot, count the seats, keep what an
# upstream cannot take, remember what was withdrawn; and two gig-syncs must never be at it at once.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;
use GigTest::UpstreamBoard;

my ($test, $redis, $up) = board();

my ($status, $output);
conf();
ok($test->publish(gig_record('open'), gig_record('few', capacity => { positions => 2, application_cap => 3, on_full => 'waitlist' })),
    'gigs are published from the database');
my $first = fresh('open');
apply_all($test, $first);
is((once())[0], 0, 'one is delivered');


# --- a Redis that lost its memory

my ($there, $gone) = (fresh('open'), fresh('open'));
$up->say(POST => 'good', 'cut', 'good');
apply_all($test, $there, $gone);
once();
is_deeply([map { state_of($_) } $there, $gone], [qw(delivered ambiguous)], 'one delivered, one ambiguous');
my $before = $up->requests;
$redis->cmd('FLUSHALL');
is((once())[0], 0, 'rebuilt from the file');
is(outcome($there, "apply:$there->{print}"), 'settled', 'what was delivered is known');
is($redis->cmd('EXISTS', key($test, "id:$gone->{id}")), 0, 'what is under way is not said to be settled');
$_->{mode} = 'resend' for $there, $gone;
is_deeply([map { (judge($test, $_))[0] } $there, $gone], [qw(settled appended)], 'so its ledger sends it again');
due();
is((once())[0], 0, 'it arrives');
is_deeply([map { posts($_) } $there, $gone], [1, 2], 'after a look, and the other is not posted again');
is($up->requests - $before, 2, 'nothing else was');


# An upstream that was put back from a copy: what its `state` knows since is taken out, and comes again.
$up->sql("delete from delivery where state = 'delivered' and at >= '2026-01-01' and id = '$there->{id}'");
$there->{mode} = 'replay';
is((judge($test, $there))[0], 'appended', 'gig-sync replay: sent again');
is((once())[0], 0, 'it arrives');
is_deeply([posts($there), state_of($there)], [2, 'delivered'], 'and is posted, with its key');


# --- seats: the judge's stand

my @seats = map { fresh('few') } 1 .. 5;
is_deeply(apply_all($test, @seats), { 'accepted reserved' => 3, 'accepted waitlisted' => 2 }, 'three places, two wait');
is((once())[0], 0, 'all are delivered');
is_deeply([map { json_of(($up->requests('POST', $_->{id}))[0]{body})->{seat} } @seats], [('reserved') x 3, ('waitlisted') x 2], 'with their seats');
is($redis->cmd('HGET', key($test, 'seats'), 'few'), '3,2,0,waitlist', 'the file counts them');
is(outcome($seats[3]), 'waitlisted', 'who waits is told so');
$redis->cmd('FLUSHALL');
is((once())[0], 0, 'rebuilt');
is($redis->cmd('HGET', key($test, 'seats'), 'few'), '3,2,0,waitlist', 'with the seats');
is_deeply([map { outcome($_, 'seat') } @seats[0, 3]], ['reserved', 'waitlisted'], 'and who has which');
my $more = fresh('few', who => $seats[0]{who});
apply_all($test, $more);
once();
is_deeply(json_of(($up->requests('POST', $more->{id}))[0]{body})->{flags}, ['duplicate'], 'a second one of an applicant says so');
is($redis->cmd('HGET', key($test, 'seats'), 'few'), '3,2,0,waitlist', 'and takes no place');


# --- the same id, other content

my $other = { %$first, print => 'F' . substr($first->{print}, 1), flags => 'conflict', seat => '' };
hand_in($test, $other);
is((once())[0], 0, 'a conflict');
is_deeply([state_of($other), posts($first)], ['parked', 1], 'is kept for a person, not posted over the first');
is(($test->sync('dead', 'replay', '--', $first->{id}))[0], 65, 'nor by replay');
is(posts($first), 1, 'ever');
is(($test->sync('dead', 'drop', '--', $first->{id}))[0], 0, 'until it is dropped');


# --- files

my $file = fresh('open');
{
    my $plain = json_of($file->{plain});
    $plain->{files} = [{ field => 'resume', name => 'cv.txt', media_type => 'text/plain', size => 6, sha256 => sha256_hex('my cv.') }];
    $file->{plain} = JSON::PP->new->utf8->canonical->encode($plain);
    $file->{plain} .= "\0my cv.";
}
apply_all($test, $file);
is((once())[0], 0, 'one with a file');
my $posted = json_of(($up->requests('POST', $file->{id}))[0]{body} // '{}');
is(decode_base64($posted->{files}[0]{content} // ''), 'my cv.', 'its bytes go with it') or diag(row($file)->{reason});


# --- withdrawn

sub withdraw { my ($a) = @_; my $w = withdrawal($a->{id}, gig => $a->{gig}); hand_in($test, $w); return $w }
my $w = withdraw($seats[0]);
is((once())[0], 0, 'a withdrawal');
is(scalar $up->requests('DELETE', $seats[0]{id}), 1, 'is asked of the upstream');
ok(!$up->stored->{ $seats[0]{id} }, 'which erases it');
is_deeply([@{ row($seats[0]) }{qw(state applicant seat box)}], ['erased', '', '', undef], 'and in the file');
is(scalar($up->sql("select 1 from tombstones where id = '$seats[0]{id}'")), 1, 'with a tombstone');
is($redis->cmd('HGET', key($test, 'seats'), 'few'), '3,2,0,waitlist', 'his other application keeps the place');
hand_in($test, $seats[0]);
is((once())[0], 0, 'a copy that comes late');
is_deeply([state_of($seats[0]), posts($seats[0])], ['erased', 1], 'is not posted');
is(outcome($seats[0]), 'erased', 'its receipt says erased');
hand_in($test, withdrawal($seats[0]{id}));
once();
is(scalar $up->requests('DELETE', $seats[0]{id}), 1, 'and the withdrawal is asked for once');

$up->say(DELETE => '503', '500', 'good');
withdraw($seats[1]);
is((once())[0], 75, 'an upstream that is not ready');
is_deeply([state_of({ id => $seats[1]{id} }), state_of($seats[1])], ['pending', 'erased'], 'here it is erased at once, there it is asked for again');
$redis->cmd('FLUSHALL');
is((once())[0], 0, 'also if Redis forgets it');
is(outcome($seats[1], 'withdraw:'), '', 'nobody says that it is settled');
hand_in($test, withdrawal($seats[1]{id}, gig => 'few'));
is((once())[0], 75, '500: later');
due();
is((once())[0], 0, 'then it is erased');
is_deeply([state_of({ id => $seats[1]{id} }), !!$up->stored->{ $seats[1]{id} }], ['erased', ''], 'there as well');
is(outcome($seats[1], 'withdraw:'), 'settled', 'and settled');
is(outcome($seats[1]), '', 'erased, not asked for');

for my $answer (405, 501) {
    my $a = $seats[$answer == 405 ? 2 : 3];
    $up->say(DELETE => $answer, 'good');
    withdraw($a);
    is((once())[0], 0, "$answer: it cannot erase");
    is(outcome($a), 'asked', 'its receipt says that it was asked for');
    is_deeply([map { row({ id => $a->{id} })->{$_} } qw(state seat reason)], ['erased', 'asked', "to erase it was asked for: it answered $answer"], 'so does the file');
    ok(!grep({ $_->{box} || $_->{applicant} } $up->sql("select length(box) as box, applicant from delivery where id = '$a->{id}'")), 'with nothing of the applicant in it');
}
$redis->cmd('FLUSHALL');
is((once())[0], 0, 'rebuilt');
is(outcome($seats[2]), 'asked', 'it still does');
is(outcome($seats[2], 'withdraw:'), 'settled', 'settled');

$up->say(DELETE => '403', 'good');
withdraw($seats[4]);
is((once())[0], 0, '403: refused');
is_deeply([state_of({ id => $seats[4]{id} }), outcome($seats[4])], ['parked', 'asked'], 'a person has to see to it');
($status, $output) = $test->sync('dead', 'replay', '--', $seats[4]{id});
is($status, 0, 'dead replay asks again') or diag($output);
ok(!$up->stored->{ $seats[4]{id} }, 'and it is erased');
is(state_of({ id => $seats[4]{id} }), 'erased', 'its row says so');

# The judge knows of a withdrawal whose own record is behind.
my $marked = fresh('open', flags => 'withdrawn');
hand_in($test, $marked);
is((once())[0], 0, 'one that the judge knows to be withdrawn');
is_deeply([state_of($marked), posts($marked)], ['erased', 0], 'is never posted');


# --- two gig-syncs: one delivers, the other waits

my @race = map { fresh('open') } 1 .. 12;
$test->start_sync;
my $lock = (stat "$test->{dir}/upstream.db.lock")[1] // die 'there is no file of the lock';
wait_for { $test->read_file('/proc/locks') =~ /OFDLCK .* WRITE .*:$lock / } 'one to have the lock';
my $waiting = $test->spawn('gig-sync-2', "$GigTest::BUILD/gig-sync", 'run', '-c', $test->{sync_conf});
wait_for { $test->read_file('gig-sync-2.log') =~ /standby .*another gig-sync delivers to this upstream/ } 'the other to say that it waits';
is((once())[0], 75, 'and once does not deliver beside it');
apply_all($test, @race[0 .. 5]);
wait_for { queue() == 0 } 'all are delivered', 20;
unlike($test->read_file('gig-sync-2.log'), qr/ delivered /, 'by the one');
my $parked = fresh('open');
$up->say(POST => '422', 'good');
apply_all($test, $parked);
wait_for { state_of($parked) eq 'dead' } 'one is dead';
($status, $output) = $test->sync('dead', 'replay', '--', $parked->{id});
is($status, 0, 'dead replay works beside it') or diag($output);
$up->say(POST => 'hang');
apply_all($test, @race[6 .. 11]);
wait_for { $up->requests('POST', $race[6]{id}) || grep { posts($_) } @race[6 .. 11] } 'the one is in the middle';
$test->stop_sync('KILL');
$up->say(POST => 'good');
wait_for { queue() == 0 } 'killed: the other takes over', 30;
is_deeply([map { state_of($_) } @race], [('delivered') x 12], 'all are delivered');
is(scalar(grep { posts($_) > 1 && !$up->requests('GET', $_->{id}) } @race), 0, 'none was posted twice without a look');
kill 'TERM', $waiting;
ok($test->gone($waiting, 10), 'it ends');


unlike(join('', map { $test->read_file($_) } qw(gig-sync.log gig-sync-2.log)), qr/example\.edu|Avery/, 'no applicant in the log');

$up->stop;
$test->done;
