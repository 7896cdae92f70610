#!/usr/bin/perl
# Why: the receipt's token is all the right there is, and it stands in the path.  It
# must be in no log, every bad one must get the same answer, and the page must work
# without Redis.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

sub publish_records {
    my ($test, @gigs) = @_;
    GigTest::Publish::ready($test, "nonce-of-a-test");
    return GigTest::Publish::put($test, @gigs);
}

my $test = GigTest->new;
my $redis = $test->start_redis;
$test->start_nginx(
    http     => 'limit_req_zone $binary_remote_addr zone=slow:1m rate=100r/s; limit_req_log_level error;'
        . ' log_format all "$request|$request_uri|$uri|$http_referer"; access_log ' . "$test->{dir}/all.log all;",
    location => 'limit_req zone=slow burst=500 nodelay;',
    server   => 'location /shut/ { gig acme; deny all; }');
publish_records($test, gig_record('open'));
$test->wait_total(1) or BAIL_OUT('no catalog');

my $posted = $test->apply('open', 'k1');
is($posted->{status}, 202, 'applied') or diag($posted->{body});
my ($token) = $posted->{headers}{location} =~ m{receipts/([\w-]{43})$};
ok($token, 'the token');

my $receipt = $test->get("/gigs/receipts/$token");
is($receipt->{status}, 200, 'the receipt');
my $data = json_of($receipt);
is($data->{gig}, 'open', 'its gig');
is($data->{seat}, 'reserved', 'its seat');
ok($data->{known} && !$data->{delivered} && !$data->{withdrawn}, 'known, not delivered yet');
is($receipt->{headers}{'cache-control'}, 'no-store', 'no-store');
is($receipt->{headers}{'referrer-policy'}, 'no-referrer', 'no-referrer');
is($receipt->{headers}{'x-robots-tag'}, 'noindex', 'noindex');
my $page = $test->get("/gigs/receipts/$token", headers => { Accept => 'text/html' });
like($page->{body}, qr/<!doctype html>/i, 'as a page');
is($test->http('HEAD', "/gigs/receipts/$token")->{status}, 200, 'HEAD');

my ($id) = grep {/^gig:\{acme\}:id:/} @{ $redis->cmd('KEYS', 'gig:{acme}:id:*') };
my %record = %{ $redis->hash($id) };
my ($field) = grep {/^apply:/} keys %record;
$redis->cmd('HSET', $id, $field, 'settled');
ok(json_of($test->get("/gigs/receipts/$token"))->{delivered}, 'delivered when settled');
my ($bare) = $id =~ /:id:(.+)$/;
$redis->cmd('HSET', 'gig:{acme}:stages', $bare, 'in_review,1790000000');
is(json_of($test->get("/gigs/receipts/$token"))->{stage}, 'in_review', 'the stage');
$redis->cmd('HSET', 'gig:{acme}:stages', $bare, '<script>,x');
is(json_of($test->get("/gigs/receipts/$token"))->{stage}, undef, 'a stage that is none is not shown');

# --- a sentence for each place, as what the judge, the ledgers and the system of record say of it

$redis->cmd('HDEL', 'gig:{acme}:stages', $bare);
my %words = (reserved => 'A place is reserved for you', confirmed => 'You have a place', waitlisted => 'you are on the waiting list',
    over => 'No place was left', late => 'It arrived too late');
for my $seat (sort keys %words) {
    $redis->cmd('HSET', $id, 'outcome', $seat eq 'reserved' ? 'delivered' : $seat);
    my $body = $test->get("/gigs/receipts/$token", headers => { Accept => 'text/html' })->{body};
    is_deeply([grep { $body =~ /$words{$_}/ } sort keys %words], [$seat], "the page says it of '$seat', and nothing else");
    is(json_of($test->get("/gigs/receipts/$token"))->{seat}, $seat, 'the JSON as well');
}
# Settled it is as well, but no table has it: a person must look first.
for my $outcome (qw(parked dead)) {
    $redis->cmd('HSET', $id, 'outcome', $outcome);
    ok(!json_of($test->get("/gigs/receipts/$token"))->{delivered}, "not delivered while it is $outcome");
    unlike($test->get("/gigs/receipts/$token", headers => { Accept => 'text/html' })->{body}, qr/Delivered/, 'nor says the page so');
}
$redis->cmd('HDEL', $id, 'outcome');

# --- verified offline, by anybody, by an old key as well

my $sync = "$GigTest::BUILD/gig-sync";
my $file = $test->write_file('receipt.json', $posted->{body});
my $key_file = $test->write_file('keys.json', $test->get('/gigs/receipts/keys.json')->{body});
sub verified { return ($test->run($sync, 'verify', @_))[0] }
is(verified('--keys', $key_file, $file), 0, 'verified by the public keys');
is(verified('--secret', "$test->{dir}/acme.secret", $file), 0, 'and by the secret file');
for my $change (['reserved' => 'confirmed'], ['"gig":"open"' => '"gig":"shut"'], ['"received_at":"2' => '"received_at":"3'],
    ['"token":"' => '"token":"A'], ['"content":"hmac-' => '"content":"hmac-A'])
{
    (my $forged = $posted->{body}) =~ s/\Q$change->[0]/$change->[1]/;
    isnt($forged, $posted->{body}, "a receipt with $change->[1]");
    is(verified('--keys', $key_file, $test->write_file('forged.json', $forged)), 65, 'is not verified');
}
is(verified('--keys', $test->write_file('strange.json', '{"keys":[{"kid":"k","kty":"EC"}]}'), $file), 65, 'nor by keys that are none');
is(verified('--keys', $key_file, '--secret', 'x', $file), 64, 'one kind of keys is enough');

my $secret = $test->read_file('acme.secret');
my ($kid) = $secret =~ /^key (\S+)/m;
my $newer = 'key newer-' . $kid . ' ' . ('5a' x 32);
(my $rotated = $secret) =~ s/^(?=key )/$newer\n/m;
$test->write_file('acme.secret', $rotated);
$test->reload;
is_deeply([map { $_->{kid} } @{ json_of($test->get('/gigs/receipts/keys.json'))->{keys} }], ["newer-$kid", $kid], 'a newer key, and the old one');
$key_file = $test->write_file('keys.json', $test->get('/gigs/receipts/keys.json')->{body});
is(verified('--keys', $key_file, $file), 0, 'the old receipt is verified still');
is(verified('--secret', "$test->{dir}/acme.secret", $file), 0, 'in both ways');
is(json_of($test->get("/gigs/receipts/$token"))->{gig}, 'open', 'its token opens the same page');
my $later = $test->apply('open', 'k-later', email => 'later@example.edu');
is(json_of($later)->{kid}, "newer-$kid", 'a new receipt is signed with the newer key');
is(verified('--keys', $key_file, $test->write_file('later.json', $later->{body})), 0, 'and verified');
is($test->apply('open', 'k1')->{headers}{'idempotency-replayed'}, 'true', 'the key of before still finds its application');

# --- every bad token is the same 404

my $flipped = $token;
substr($flipped, 40, 1) = substr($flipped, 40, 1) eq 'A' ? 'B' : 'A';
my %answers;
for my $bad ($flipped, 'x', 'A' x 43, 'A' x 4000, "$token%20", lc $token, 'a.b') {
    my $answer = $test->get("/gigs/receipts/$bad");
    is($answer->{status}, 404, 'a bad token: ' . substr $bad, 0, 50);
    $answers{ $answer->{body} }++;
}
is(scalar keys %answers, 1, 'all bad ones get the same answer');
is($test->http('DELETE', "/gigs/receipts/$flipped")->{status}, 404, 'DELETE too');
is($test->http('POST', "/gigs/receipts/$flipped/withdraw", body => '')->{status}, 404, 'and withdraw');
is($test->http('PUT', "/gigs/receipts/$token", body => 'x')->{status}, 405, 'another method');

# --- withdrawn

my $withdrawn = $test->http('POST', "/gigs/receipts/$token/withdraw", body => 'a=b',
    headers => { Accept => 'text/html', 'Content-Type' => 'application/x-www-form-urlencoded' });
is($withdrawn->{status}, 303, 'withdrawn from the page');
is($withdrawn->{headers}{location}, "/gigs/receipts/$token", 'back to the receipt');
ok(json_of($test->get("/gigs/receipts/$token"))->{withdrawn}, 'that says so');
is($test->http('DELETE', "/gigs/receipts/$token")->{status}, 200, 'once more is the same');
is($test->apply('open', 'k1')->{status}, 410, 'the key of a withdrawn application');

my $keys = json_of($test->get('/gigs/receipts/keys.json'));
is($keys->{keys}[0]{crv}, 'Ed25519', 'the public keys');
ok(!exists $keys->{keys}[0]{d}, 'and nothing else');

# --- without Redis

is($test->get("/shut/receipts/$token")->{status}, 403, 'a shut location');
$redis->stop;
my $alone = $test->get("/gigs/receipts/$token");
is($alone->{status}, 200, 'from the token alone when Redis is gone');
ok(json_of($alone)->{withdrawn}, "and with what this host's ledger holds");
my ($held) = $later->{headers}{location} =~ m{(/gigs/receipts/.+)};
my $shown = $test->get($held, headers => { Accept => 'text/html' });
like($shown->{body}, qr/We have your application.*Gig open.*A place is reserved/s, 'of one that it holds also the gig and the place');
is(json_of($test->get($held))->{gig}, 'open', 'the JSON as well');
is($test->http('DELETE', "/gigs/receipts/$token")->{status}, 200, 'and withdrawn it is');

# --- no log has it: not the access log, nor what limits, access rules and errors wrote

$test->get("/gigs//receipts/./$token?x=1");
(my $encoded = $token) =~ s/^(.)/sprintf '%%%02X', ord $1/e;
$test->get("/gigs/%72eceipts/$encoded");
my $tail = substr $token, 1;
for my $file ('access.log', 'all.log', 'error.log') {
    unlike($test->read_file($file), qr/\Q$tail\E/, "$file holds no token");
}
like($test->read_file('all.log'), qr{^GET /gigs/receipts/- HTTP/1.1\|/gigs/receipts/-\|/gigs/receipts/-\|}m, 'but a dash');
like($test->read_file('error.log'), qr{access forbidden by rule.*"GET /shut/receipts/- HTTP/1.1"}, 'also where an access rule logged');

$test->done;
