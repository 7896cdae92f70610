#!/usr/bin/perl
# Why: an HTTP upstream cannot be rolled back.  What was posted once must not be posted again
# without a look, what was not must not count as delivered, and whatever it answers, no application
# is lost over it, nor told to somebody who should not have it.  Each of its answers is played here,
# with what a person does about the few that need one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;
use GigTest::Upstream;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $up = GigTest::Upstream->new($test);
my $key = sub { key($test, $_[0]) };
my $number = 0;
sub fresh { my ($gig, %more) = @_; return application($gig, ++$number, %more) }
sub conf { my (%more) = @_; return $test->sync_conf(pull_every => '1s', claim_after => '1s', $up->settings, %more) }
sub once { return $test->sync('once') }
sub queue { return $redis->cmd('XLEN', $key->('applications')) }

# A box is bytes: how many.
my $columns = 'applicant, seat, flags, state, reason, upstream_id, attempts, length(box) as box';
sub state_sql {
    my ($query) = @_;
    my ($status, $output) = $test->run('sqlite3', '-cmd', '.timeout 5000', '-json', "$test->{dir}/upstream.db", $query);
    $status == 0 or die "sqlite3: $output";
    return $output =~ /\S/ ? @{ json_of($output) } : ();
}
sub row { my ($a) = @_; return (state_sql("select $columns from delivery where id = '$a->{id}' and fingerprint = '" . ($a->{print} // '') . "'"))[0] // {} }
sub state_of { return row($_[0])->{state} // 'none' }
sub outcome { my ($a, $field) = @_; return $redis->cmd('HGET', $key->("id:$a->{id}"), $field // 'outcome') // '' }
sub posts { return scalar $up->requests('POST', $_[0]{id}) }
# As if the time until its next try had passed.
sub due { state_sql("update delivery set at = '2026-01-01T00:00:00Z', received_at = '2026-01-01T00:00:00Z'") }

my $cap = { positions => 2, application_cap => 3, on_full => 'waitlist' };
conf();
ok($test->publish(gig_record('open'), gig_record('few', capacity => $cap)), 'gigs are published from the database');

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
for my $answer ('408', '503', '401', '302 Location:https://localhost:1/') {
    my $late = fresh('open');
    $up->say(POST => $answer, 'good');
    apply_all($test, $late);
    ($status, $output) = once();
    is($status, 75, "$answer: not now");
    is(state_of($late), 'pending', 'its row says pending');
    is((once())[0], 0, 'later it is taken');
    is(state_of($late), 'delivered', 'once');
}
is(scalar(grep { $_->{path} ne '/v1/applications' } $up->requests('POST')), 0, 'no redirect is followed');

my $off = fresh('open');
apply_all($test, $off);
$up->stop;
($status, $output) = once();
is($status, 75, 'nobody listens: not now');
like($output, qr/localhost:\d+ reason="Couldn't connect to server; asked again in 1 s"/, 'says so') or diag($output);
is(state_of($off), 'pending', 'no byte was sent: pending');
$up->start;
is((once())[0], 0, 'there again');
is_deeply([map { $_->{method} } grep { $_->{id} eq $off->{id} } $up->requests], ['POST'], 'it is posted without a look');


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
    is(scalar(grep { $_->{id} eq $lost->{id} } $up->requests), 1, 'not even looked at');
    due();
    is((once())[0], 0, 'then it is looked up');
    is_deeply([map { $_->{method} } grep { $_->{id} eq $lost->{id} } $up->requests], [qw(POST GET)], 'it is there, and not posted again');
    is_deeply([@{ row($lost) }{qw(state upstream_id)}], ['delivered', 'up-again'], 'delivered');
}

my $cut = fresh('open');
$up->say(POST => 'cut', 'good');
apply_all($test, $cut);
once();
is(state_of($cut), 'ambiguous', 'cut before it was stored: ambiguous as well');
due();
is((once())[0], 0, 'looked up');
is_deeply([map { $_->{method} } grep { $_->{id} eq $cut->{id} } $up->requests], [qw(POST GET POST)], 'it is not there: posted again');
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
state_sql("update delivery set attempts = 9 where id = '$unsure->{id}'");
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
my @known = $up->requests;
is((once())[0], 0, 'the next gig-sync');
is_deeply([map { $_->{method} } grep { $_->{id} eq $killed->{id} } $up->requests], [qw(POST GET POST)], 'looks first, then posts');
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
is($redis->cmd('EXISTS', $key->("id:$gone->{id}")), 0, 'what is under way is not said to be settled');
$_->{mode} = 'resend' for $there, $gone;
is_deeply([map { (judge($test, $_))[0] } $there, $gone], [qw(settled appended)], 'so its ledger sends it again');
due();
is((once())[0], 0, 'it arrives');
is_deeply([map { posts($_) } $there, $gone], [1, 2], 'after a look, and the other is not posted again');
is($up->requests - $before, 2, 'nothing else was');


# --- seats: the judge's stand

my @seats = map { fresh('few', who => $_ < 4 ? undef : ()) } 1 .. 5;
$_->{who} = application('x', "few $_->{id}")->{who} for @seats;
is_deeply(apply_all($test, @seats), { 'accepted reserved' => 3, 'accepted waitlisted' => 2 }, 'three places, two wait');
is((once())[0], 0, 'all are delivered');
is_deeply([map { json_of(($up->requests('POST', $_->{id}))[0]{body})->{seat} } @seats], [('reserved') x 3, ('waitlisted') x 2], 'with their seats');
is($redis->cmd('HGET', $key->('seats'), 'few'), '3,2,0,waitlist', 'the file counts them');
is(outcome($seats[3]), 'waitlisted', 'who waits is told so');
$redis->cmd('FLUSHALL');
is((once())[0], 0, 'rebuilt');
is($redis->cmd('HGET', $key->('seats'), 'few'), '3,2,0,waitlist', 'with the seats');
is_deeply([map { outcome($_, 'seat') } @seats[0, 3]], ['reserved', 'waitlisted'], 'and who has which');
my $more = fresh('few', who => $seats[0]{who});
apply_all($test, $more);
once();
is_deeply(json_of(($up->requests('POST', $more->{id}))[0]{body})->{flags}, ['duplicate'], 'a second one of an applicant says so');
is($redis->cmd('HGET', $key->('seats'), 'few'), '3,2,0,waitlist', 'and takes no place');


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
my $bytes = join '', map { chr $_ % 256 } 1 .. 5000;
{
    require Digest::SHA;
    my $plain = json_of($file->{plain});
    $plain->{files} = [{ field => 'resume', name => 'cv.txt', media_type => 'text/plain', size => 6, sha256 => Digest::SHA::sha256_hex('my cv.') }];
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
is(scalar(state_sql("select 1 from tombstones where id = '$seats[0]{id}'")), 1, 'with a tombstone');
is($redis->cmd('HGET', $key->('seats'), 'few'), '3,2,0,waitlist', 'his other application keeps the place');
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
    ok(!grep({ $_->{box} || $_->{applicant} } state_sql("select $columns from delivery where id = '$a->{id}'")), 'with nothing of the applicant in it');
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
wait_for { $test->read_file('/proc/locks') =~ /OFDLCK .* WRITE/ } 'one to have the lock';
my $waiting = $test->spawn('gig-sync-2', "$GigTest::BUILD/gig-sync", 'run', '-c', $test->{sync_conf});
wait_for { $test->read_file('gig-sync-2.log') =~ /event=standby .*another gig-sync delivers to this upstream|standby .*another gig-sync delivers/ } 'the other to say that it waits';
is((once())[0], 75, 'and once does not deliver beside it');
apply_all($test, @race[0 .. 5]);
wait_for { queue() == 0 } 'all are delivered', 20;
unlike($test->read_file('gig-sync-2.log'), qr/ delivered /, 'by the one') or 1;
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
like($output, qr/an HTTP upstream takes applications and gives no gigs/, 'says so');

my $logs = join '', map { $test->read_file($_) } qw(gig-sync.log gig-sync-2.log);
unlike($logs, qr/qzsecret|example\.edu|Avery/, 'no secret and no applicant in the log');

$up->stop;
$test->done;
