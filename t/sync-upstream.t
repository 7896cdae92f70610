#!/usr/bin/perl
# Why: an HTTP upstream cannot be rolled back.  What was posted once must not be posted again
# without a look, what was not must not count as delivered, and whatever it answers, no application
# is lost over it, nor told to somebody who should not have it.  Each of its answers is played here,
# with what a person does about the few that need one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;
use GigTest::UpstreamBoard;

my ($test, $redis, $up) = board();

conf();
ok($test->publish(gig_record('open')), 'a gig is published from the database');

my ($status, $output) = $test->sync('check');
is($status, 0, 'check') or diag($output);
like($output, qr/^ok +acme: sink: localhost:\d+ takes applications, and can be asked for one$/m, 'says what the upstream can');
is((stat "$test->{dir}/upstream.db")[2] & 07777, 0600, 'state is for its owner alone');
is((stat "$test->{dir}/upstream.db.lock")[2] & 07777, 0600, 'so is its lock');


# --- delivered

my $first = fresh('open', rev => 'sha256-0');
$test->write_file('header', "Authorization: Bearer qzsecret\n");
conf(sink_header_file => "$test->{dir}/header");
apply_all($test, $first);
is((once())[0], 0, 'one is delivered');
my ($request) = $up->requests('POST');
is($request->{path}, '/v1/applications', 'posted to the sink');
is($request->{key}, $first->{id}, 'its id is the key');
is($request->{authorization}, 'Bearer qzsecret', 'with the header of the file');
is($request->{'content-type'}, 'application/json', 'as JSON');
my $sent = json_of($request->{body});
is_deeply([@{$sent}{qw(schema id seat)}, $sent->{flags}, $sent->{answers}{identity}{first_name}],
    ['gig-application/1', $first->{id}, 'reserved', [], 'Avery1'], 'the application in the clear, with seat and flags');
is_deeply([@{ row($first) }{qw(state seat upstream_id box attempts)}], ['delivered', 'reserved', 'up-1', undef, 0], 'its row');
is(outcome($first), 'delivered', 'its receipt says delivered');
is(outcome($first, 'seat'), 'reserved', 'and its place stays what the judge gave');
unlike($test->read_file('gig-sync.log') . $output, qr/qzsecret/, 'the header is in no log');

my $half = fresh('open');
my $large = fresh('open');
my $mine = fresh('open');
$up->say(POST => 'half', 'large', '409', 'good');
apply_all($test, $half, $large, $mine);
my $began = time;
is((once())[0], 0, 'a status is an answer, whatever comes after it');
is_deeply([map { state_of($_) } $half, $large, $mine], [('delivered') x 3], '201 and half a body, 201 and a body without end, 409');
cmp_ok(time - $began, '<', 10, 'which nobody reads to its end');


# --- not now

my ($busy, $behind) = (fresh('open'), fresh('open'));
$up->say(POST => '429 Retry-After:2', 'good');
apply_all($test, $busy, $behind);
$test->start_sync;
my $again = wait_for { ($up->requests('POST', $busy->{id}))[1] } '429: tried again';
cmp_ok($again->{at} - ($up->requests('POST', $busy->{id}))[0]{at}, '>=', 2, 'not before Retry-After has passed');
wait_for { queue() == 0 } 'and delivered';
is_deeply([map { [state_of($_), posts($_)] } $busy, $behind], [['delivered', 2], ['delivered', 1]], 'what stood behind it waited with it');
like($test->read_file('gig-sync.log'), qr/at=localhost:\d+ reason="it answered 429; asked again in 2 s"/, 'the log says why');

my ($bad, $good) = (fresh('open'), fresh('open'));
$up->say(POST => '500', 'good');
apply_all($test, $bad, $good);
wait_for { state_of($good) eq 'delivered' } '500: the next one goes by';
wait_for { state_of($bad) eq 'delivered' } 'and this is tried again by itself';
is_deeply([map { $_->{key} } $up->requests('POST', $bad->{id})], [($bad->{id}) x 2], 'with the same key');

my $created = fresh('open');
$up->say(POST => 'stored 500', 'good');
apply_all($test, $created);
wait_for { state_of($created) eq 'delivered' } '500 after it was created: the key tells it again (409)';

$test->stop_sync;
for my $answer ('408', '503', '401', map {"$_ Location:https://localhost:$up->{port}/elsewhere"} 302, 307) {
    my $late = fresh('open');
    $up->say(POST => $answer, 'good');
    apply_all($test, $late);
    ($status, $output) = once();
    is($status, 75, "$answer: not now");
    is(state_of($late), 'pending', 'its row says pending');
    is((once())[0], 0, 'later it is taken');
    is(state_of($late), 'delivered', 'once');
}
is(scalar(grep { $_->{path} !~ m{^/v1/applications\b} } $up->requests), 0, 'no redirect is followed');

my $off = fresh('open');
apply_all($test, $off);
$up->stop;
($status, $output) = once();
is($status, 75, 'nobody listens: not now');
like($output, qr/localhost:\d+ reason="Couldn't connect to server; asked again in 1 s"/, 'says so') or diag($output);
is(state_of($off), 'pending', 'no byte was sent: pending');
$up->start;
is((once())[0], 0, 'there again');
is(asked($off), 'POST', 'it is posted without a look');


# --- never

my $refused = fresh('open');
$up->say(POST => '422', 'good');
apply_all($test, $refused);
is((once())[0], 0, 'one that is refused');
is_deeply([@{ row($refused) }{qw(state reason)}], ['dead', 'it answered 422'], 'dead, and why');
ok(row($refused)->{box}, 'its box is kept');
is(outcome($refused), 'dead', 'its receipt does not say delivered');
($status, $output) = $test->sync('dead', 'list');
like($output, qr/^\Q$refused->{id}\E: dead, gig open, .*: it answered 422$/m, 'dead list');
like(($test->sync('dead', 'show', '--', $refused->{id}))[1], qr/"first_name": "Avery/, 'dead show opens it');
is(json_of(($test->sync('status', '--json'))[1])->[0]{dead}, 1, 'status counts it');
$up->say(POST => '503');
($status, $output) = $test->sync('dead', 'replay', '--', $refused->{id});
is($status, 75, 'replay while the upstream is not ready');
like($output, qr/it answered 503.*give the command again/, 'says so');
is_deeply([state_of($refused), !!row($refused)->{box}], ['parked', 1], 'it waits as before, with its box');
$up->say(POST => 'good');
($status, $output) = $test->sync('dead', 'replay', '--', $refused->{id});
is($status, 0, 'dead replay') or diag($output);
like($output, qr/: delivered, /, 'delivers it');
is_deeply([map { "$_->{method} $_->{said}" } grep { $_->{id} eq $refused->{id} } $up->requests],
    ['POST 422', 'GET good', 'POST 503', 'GET good', 'POST good'], 'after a look');
is(row($refused)->{box}, undef, 'and its box is gone');
is(outcome($refused), 'dead', 'its receipt does not know it yet');
is((once())[0], 0, 'gig-sync tells it');
wait_for { outcome($refused) eq 'delivered' } 'the receipt to say delivered';
my $dropped = fresh('open');
$up->say(POST => '400', 'good');
apply_all($test, $dropped);
once();
is(($test->sync('dead', 'drop', '--', $dropped->{id}))[0], 0, 'dead drop');
hand_in($test, $dropped);
is((once())[0], 0, 'a copy of what was dropped');
is_deeply([state_of($dropped), posts($dropped), row($dropped)->{box}], ['dead', 1, undef], 'changes nothing');


# --- nobody knows

for my $answer ('lost', 'garbage') {
    my $lost = fresh('open');
    $up->say(POST => $answer, 'good');
    apply_all($test, $lost);
    is((once())[0], 75, "$answer: not settled");
    is_deeply([@{ row($lost) }{qw(state box)}], ['ambiguous', undef], 'ambiguous; its box is in Redis still');
    like(row($lost)->{reason}, qr/^it may be there or not: /, 'with the reason');
    is(queue(), 1, 'where it waits');
    is((once())[0], 75, 'at once it is not asked again');
    is(asked($lost), 'POST', 'not even looked at');
    due();
    is((once())[0], 0, 'then it is looked up');
    is(asked($lost), 'POST GET', 'it is there, and not posted again');
    is_deeply([@{ row($lost) }{qw(state upstream_id)}], ['delivered', 'up-again'], 'delivered');
}

my $cut = fresh('open');
$up->say(POST => 'cut', 'good');
apply_all($test, $cut);
once();
is(state_of($cut), 'ambiguous', 'cut before it was stored: ambiguous as well');
due();
is((once())[0], 0, 'looked up');
is(asked($cut), 'POST GET POST', 'it is not there: posted again');
is(state_of($cut), 'delivered', 'delivered');

my $unsure = fresh('open');
$up->say(POST => 'cut');
$up->say(GET => '405');
apply_all($test, $unsure);
once();
due();
is((once())[0], 75, 'an upstream that cannot be asked');
is_deeply([@{ row($unsure) }{qw(state attempts)}], ['ambiguous', 2], 'tells nothing: it stays ambiguous');
$up->stop;
due();
is((once())[0], 75, 'a look-up without an answer');
is_deeply([@{ row($unsure) }{qw(state attempts)}], ['ambiguous', 2], 'does not count');
$up->start;
$up->sql("update delivery set attempts = 9 where id = '$unsure->{id}'");
due();
is((once())[0], 0, 'after ten tries');
is(state_of($unsure), 'parked', 'it waits for a person');
like(row($unsure)->{reason}, qr/^it may be there or not: it answered 405$/, 'who is told why');
ok(row($unsure)->{box}, 'with its box');
is(posts($unsure), 1, 'it was posted once');
hand_in($test, $unsure);
is((once())[0], 0, 'a copy that comes again');
is_deeply([state_of($unsure), posts($unsure)], ['parked', 1], 'changes nothing');
like(($test->sync('check'))[1], qr/^warning +acme: sink: .* cannot be asked for an application \(405, not 404\)/m, 'check warns of such an upstream');
$up->say(POST => 'good');
($status, $output) = $test->sync('dead', 'replay', '--', $unsure->{id});
is($status, 0, 'the person looks and has it posted') or diag($output);
is_deeply([state_of($unsure), posts($unsure)], ['delivered', 2], 'that counts');
$up->say(GET => '200');
like(($test->sync('check'))[1], qr/^warning +acme: sink: .* has an application which nobody sent/m, 'check warns of one that has everything');
$up->say(GET => 'good');


# --- killed between the row and the answer

my $killed = fresh('open');
$up->say(POST => 'hang');
apply_all($test, $killed);
$test->start_sync;
wait_for { posts($killed) == 1 } 'gig-sync to be in the middle of a POST';
is(state_of($killed), 'delivering', 'its row says so, and is on the disk');
like(($test->sync('dead', 'list'))[1], qr/no dead letters/, 'no dead letter');
$test->stop_sync('KILL');
$up->say(POST => 'good');
is((once())[0], 0, 'the next gig-sync');
is(asked($killed), 'POST GET POST', 'looks first, then posts');
is(state_of($killed), 'delivered', 'delivered');

my $answered = fresh('open');
apply_all($test, $answered);
my ($proxy, $proxy_pid) = proxy($test, 'asked', script_sha('settle'));
conf(redis => "127.0.0.1:$proxy");
my $victim = $test->start_sync;
$test->write_file('victim', "$victim\n");
wait_for { !kill(0, $victim) || $test->gone($victim, 0) } 'killed after the answer, before it was settled', 15;
delete $test->{sync_pid};
conf();
is((once())[0], 0, 'the next one settles it');
is_deeply([state_of($answered), posts($answered)], ['delivered', 1], 'without asking anybody');


# --- who it is

sub refuses {
    my ($what, $why, %setting) = @_;
    my $a = fresh('open');
    conf(%setting);
    apply_all($test, $a);
    my $seen = $up->requests;
    my ($rc, $text) = once();
    is($rc, 75, "$what: not delivered");
    like($text, $why, 'says why') or diag($text);
    is($up->requests - $seen, 0, 'nothing was told to it');
    isnt(state_of($a), 'ambiguous', 'so nothing is in doubt');
    conf();
    is((once())[0], 0, 'mended, it is delivered');
    return;
}
refuses('a private address', qr/its address is not a public one; \\?"sink_private = yes\\?" allows that/, sink_private => undef);
refuses('a certificate of nobody known', qr/SSL peer certificate|certificate/, sink_ca => undef);
refuses('another host\'s certificate', qr/certificate|SSL/, sink => $up->url =~ s/localhost/127.0.0.1/r);
like(($test->sync('status'))[1], qr/acme/, 'status works');
($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'gigs', '--format', 'json', '--from', $up->url);
isnt($status, 0, 'gigs do not come from it');
like($output, qr/must be a database: sqlite:PATH or postgres:/, 'says so');
conf(source => $up->url);
like(($test->sync('check'))[1], qr/^error +acme: source: an HTTP upstream takes applications and gives no gigs/m, 'nor to a board');

unlike($test->read_file('gig-sync.log'), qr/qzsecret|example\.edu|Avery/, 'no secret and no applicant in the log');

$up->stop;
$test->done;
