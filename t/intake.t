#!/usr/bin/perl
# Why: an application must be stored once or honestly refused: whatever the shape
# of the body, however often it is sent, with Redis well, slow or gone.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use GigTest::Publish;

sub publish_records {
    my ($test, @gigs) = @_;
    GigTest::Publish::ready($test, "nonce-of-a-test");
    return GigTest::Publish::put($test, @gigs);
}

my $test = GigTest->new;
my $redis = $test->start_redis;
my %conf = (board => 'redis_timeout 1500ms;', location => 'client_body_buffer_size 1k;',
    http => 'log_format gig "$request $status board=$gig_board id=$gig_id outcome=$gig_outcome version=$gig_catalog_version redis=$gig_redis_time"; access_log ' . "$test->{dir}/gig.log gig;");
$test->start_nginx(%conf);

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

publish_records($test, gig_record('open'),
    gig_record('full', capacity => { positions => 1, application_cap => 1, on_full => 'close' }),
    gig_record('queue', capacity => { positions => 1, application_cap => 1, on_full => 'waitlist' }),
    gig_record('soon', opens_at => at(time + 3600)), gig_record('ended', closes_at => at(time - 3600)),
    gig_record('draft', status => 'draft'));
$test->wait_total(5) or BAIL_OUT('no catalog');

my $json = JSON::PP->new->utf8->canonical;
my $path = '/gigs/open/applications';

sub entries { return $redis->cmd('XLEN', 'gig:{acme}:applications') // 0 }

sub post {
    my ($gig, $key, $body, %header) = @_;
    return $test->http('POST', "/gigs/$gig/applications", body => $body,
        headers => { 'Content-Type' => 'application/json', defined $key ? ('Idempotency-Key' => $key) : (), %header });
}

my $good = $json->encode({ answers => $test->answers });

# --- accepted, replayed, conflict

my $first = post('open', '"key-1"', $good);
is($first->{status}, 202, 'accepted') or diag($first->{body});
my $receipt = json_of($first);
is($receipt->{schema}, 'gig-receipt/1', 'with a receipt');
is($receipt->{confirmation}, 'recorded', 'that says recorded');
is($receipt->{seat}, 'reserved', 'and reserved');
like($first->{headers}{location}, qr{^/gigs/receipts/[\w-]{43}$}, 'and where it is');
is($first->{headers}{'cache-control'}, 'no-store', 'no-store');
is($first->{headers}{'referrer-policy'}, 'no-referrer', 'no-referrer');
is($first->{headers}{'x-robots-tag'}, 'noindex', 'noindex');

my $again = post('open', 'key-1', $good);
is($again->{status}, 202, 'the same again, the key unquoted');
is($again->{headers}{'idempotency-replayed'}, 'true', 'is a replay');
is($again->{body}, $first->{body}, 'with the same answer');
is(entries(), 1, 'and one entry');

my $other = post('open', '"key-1"', $json->encode({ answers => $test->answers(statement => 'Another way.') }));
is($other->{status}, 422, 'the same key, other content');
is(entries(), 1, 'is not stored');

my $second = post('open', '"key-2"', $good);
is($second->{status}, 202, 'a second application of the same address');
is_deeply([sort keys %{ json_of($second) }], [sort keys %$receipt], 'gets the same kind of answer');
is(json_of($second)->{seat}, 'reserved', 'and the same word');
is(entries(), 2, 'and is stored');

# --- refusals, each with nothing stored

my $stored = entries();

sub refused {
    my ($status, $what, $answer, %more) = @_;
    is($answer->{status}, $status, "$status: $what") or diag($answer->{body});
    is($answer->{headers}{'content-type'}, 'application/problem+json', "a problem: $what");
    is(json_of($answer)->{status}, $status, "with its status: $what");
    return json_of($answer);
}

refused(400, 'no key', post('open', undef, $good));
refused(400, 'an unreadable key', post('open', '"', $good));
refused(400, 'no JSON', post('open', '"r"', '{'));
refused(400, 'an empty body', post('open', '"r"', ''));
refused(400, 'nested too deep', post('open', '"r"', '[' x 5000));
refused(400, 'a member twice', post('open', '"r"', '{"answers":{},"answers":{}}'));
refused(400, 'no UTF-8', post('open', '"r"', qq({"answers":{"first_name":"\xff"}})));
my $fields = refused(422, 'fields', post('open', '"r"', $json->encode({ answers => { email => 'nobody' } })));
cmp_ok(scalar @{ $fields->{errors} }, '>=', 4, 'all faults at once');
ok((grep { $_->{pointer} eq '/answers/email' } @{ $fields->{errors} }), 'with pointers');
refused(404, 'an unknown gig', post('nosuch', '"r"', $good));
refused(404, 'a draft', post('draft', '"r"', $good));
refused(410, 'a closed gig', post('ended', '"r"', $good));
my $soon = post('soon', '"r"', $good);
refused(403, 'not open yet', $soon);
cmp_ok($soon->{headers}{'retry-after'}, '>', 3000, 'Retry-After until it opens');
refused(413, 'too large', post('open', '"r"', 'x' x (256 * 1024 + 1)));
refused(400, 'no parts', post('open', '"r"', '--x', 'Content-Type' => 'multipart/form-data; boundary=x', Accept => 'application/json'));
refused(415, 'another multipart', post('open', '"r"', '--x--', 'Content-Type' => 'multipart/mixed; boundary=x'));
refused(415, 'no type', post('open', '"r"', $good, 'Content-Type' => 'text/plain'));
is(entries(), $stored, 'nothing of that was stored');

my $get = $test->get($path);
is($get->{status}, 405, 'GET of the intake');
is($get->{headers}{allow}, 'POST', 'Allow');

# --- seats

is(post('full', '"f1"', $json->encode({ answers => $test->answers(email => 'one@example.edu') }))->{status}, 202, 'the one seat');
refused(409, 'full', post('full', '"f2"', $json->encode({ answers => $test->answers(email => 'two@example.edu') })));
refused(409, 'full for one who has applied too', post('full', '"f3"', $json->encode({ answers => $test->answers(email => 'one@example.edu') })));
is(json_of(post('queue', '"q1"', $json->encode({ answers => $test->answers(email => 'one@example.edu') })))->{seat}, 'reserved', 'a seat');
is(json_of(post('queue', '"q2"', $json->encode({ answers => $test->answers(email => 'two@example.edu') })))->{seat}, 'waitlisted', 'the waiting list');

# --- bodies of all shapes: each is read whole, and the connection goes on

my $n = 0;
for my $size (100, 1000, 1023, 1024, 1025, 4096, 15000) {
    my $body = $json->encode({ answers => $test->answers(email => "s$size\@example.edu", statement => 'x' x ($size > 2900 ? 2900 : $size)),
        $size > 2900 ? (padding => 'y' x $size) : () });

    for my $chunked (0, 1) {
        my $connection = GigTest::Http->new($test->{port});
        my $key = 'body-' . ++$n;
        my $head = "POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \"$key\"\r\n";
        my @parts = unpack '(a700)*', $body;
        my $sent = $chunked ? "Transfer-Encoding: chunked\r\n\r\n" . join('', map { sprintf("%x\r\n%s\r\n", length, $_) } @parts) . "0\r\n\r\n"
            : 'Content-Length: ' . length($body) . "\r\n\r\n$body";

        # in two pieces, and another request right behind it
        my $bytes = $head . $sent . "GET /gigs/open?format=json HTTP/1.1\r\nHost: localhost\r\n\r\n";
        my $cut = length($head) + 40;
        $connection->raw(substr $bytes, 0, $cut);
        sleep 0.02;
        $connection->raw(substr $bytes, $cut);
        is($connection->answer('POST')->{status}, 202, ($chunked ? 'chunked' : 'with length') . ", $size bytes and more");
        is(json_of($connection->answer('GET'))->{id}, 'open', 'and the request behind it is answered as itself');
    }
}
is_deeply([glob "$test->{dir}/temp/client_body/*"], [], 'no body stays in a temporary file');

for my $refusal (['/gigs/open/applications', 'text/plain', 415], ['/gigs/', 'application/json', 405], ['/gigs/open/Nothing', 'application/json', 404]) {
    my $connection = GigTest::Http->new($test->{port});
    $connection->send('POST', $refusal->[0], body => 'GET /evil HTTP/1.1' x 500, headers => { 'Content-Type' => $refusal->[1] });
    is($connection->answer('POST')->{status}, $refusal->[2], "a refused body: $refusal->[2]");
    $connection->send('GET', '/gigs/open?format=json');
    is(json_of($connection->answer('GET'))->{id}, 'open', 'is no request of its own');
}

# --- our own form

my $page = $test->get('/gigs/open/apply?source=campus', headers => { Accept => 'text/html' });
is($page->{status}, 200, 'the form');
is($page->{headers}{'cache-control'}, 'no-store', 'is never cached');
my $token = $test->form_key('open');

sub form {
    my ($key, $header, %field) = @_;
    my %all = (_key => $key, first_name => 'Avery', last_name => 'Example', email => 'form@example.edu', statement => 'A & B <i>"\'',
        available => 'yes', consent_processing => 'yes', %field);
    my $body = join '&', map { my $v = $all{$_}; $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$_=$v" } sort keys %all;
    return $test->http('POST', $path, body => $body,
        headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html', %$header });
}

$stored = entries();
my $faulty = form($token, {}, email => 'nobody');
is($faulty->{status}, 422, 'a fault in the form');
like($faulty->{body}, qr/A &amp; B &lt;i&gt;/, 'gives it back with what was typed, escaped');
like($faulty->{body}, qr/nobody/, 'all of it');
is(form('x' x 50, {})->{status}, 422, 'a form token that is none');
is(form($token, { 'Sec-Fetch-Site' => 'cross-site' })->{status}, 403, 'from another site');
is(form($token, { Origin => 'https://evil.example' })->{status}, 403, 'from another origin');
is(form($token, { Origin => 'null' })->{status}, 403, 'from no origin');
is(entries(), $stored, 'nothing of that was stored');
is(form($token, { 'Sec-Fetch-Site' => 'same-origin', Origin => 'http://localhost' })->{status}, 303, 'our own page');
is(entries(), $stored + 1, 'is stored');
my $twice = form($token, {});
is($twice->{status}, 303, 'the same again');
is(entries(), $stored + 1, 'is stored once');
my $changed = form($token, {}, statement => 'On second thoughts.');
is($changed->{status}, 422, 'other content with the same form');
like($changed->{body}, qr/On second thoughts/, 'keeps what was typed');
my ($new) = $changed->{body} =~ /name="_key"[^>]*value="([^"]+)"/;
isnt($new, $token, 'and can be sent as another');

my ($trap) = $page->{body} =~ /name="(website)"/;
SKIP: {
    skip 'the form has no trap', 2 unless $trap;
    my $fresh = $test->form_key('open');
    my $caught = form($fresh, {}, $trap => 'http://spam.example');
    is($caught->{status}, 422, 'a filled trap gives the form again');
    like($caught->{body}, qr/must stay empty/, 'and says why');
}

# --- a client that goes away after it was sent; two at once

$redis->pause;
my $connection = GigTest::Http->new($test->{port});
my $body = $json->encode({ answers => $test->answers(email => 'gone@example.edu') });
$connection->send('POST', $path, body => $body, headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"gone"' });
sleep 0.1;
my $racing = post('open', '"gone"', $body);
is($racing->{status}, 409, 'the same key in hand in the same worker');
close $connection->{socket};
sleep 0.05;
$redis->resume;
$stored = entries();
# 409 as long as Redis has not answered the first
my $back = wait_for { my $answer = post('open', '"gone"', $body); $answer->{status} != 409 && $answer } 'the first to end';
is($back->{status}, 202, 'a client that went away comes back');
is($back->{headers}{'idempotency-replayed'}, 'true', 'and finds that it stands');

# --- Redis slow, forgetful, gone: with the ledger off nothing else could keep it (ledger.t has it on)

$test->stop_nginx;
$test->start_nginx(%conf, ledger => 'off');
$test->wait_total(5) or BAIL_OUT('no catalog');
ok(wait_for { (json_of(post('open', '"off"', $json->encode({ answers => $test->answers(email => 'off@example.edu') })))->{confirmation} // '') eq 'queued' }
    'an answer says that it is as safe as this Redis', 5);

$redis->pause;
my $slow = post('open', '"slow"', $json->encode({ answers => $test->answers(email => 'slow@example.edu') }));
is($slow->{status}, 503, 'a Redis that does not answer in time');
is($slow->{headers}{'retry-after'}, 5, 'Retry-After');
$redis->resume;
ok(wait_for { post('open', '"slow"', $json->encode({ answers => $test->answers(email => 'slow@example.edu') }))->{status} == 202 }
    'the same key later to be answered');

$redis->cmd('DEL', 'gig:{acme}:ready');
is(post('open', '"forgot"', $good)->{status}, 503, 'a Redis without memory judges nobody');
$redis->cmd('SET', 'gig:{acme}:ready', 'nonce-of-a-test');

$redis->stop;
ok(wait_for { post('open', '"dead"', $good)->{status} == 503 } 'a Redis that is gone: 503');
my $typed = form($new, {}, statement => 'Kept while Redis is gone.');
is($typed->{status}, 503, 'the form: 503');
like($typed->{body}, qr/Kept while Redis is gone/, 'with all that was typed');
like($typed->{body}, qr/\Q$new\E/, 'and the same key, so that sending it again is safe');

# --- what the logs know

my $log = $test->read_file('gig.log');
like($log, qr{POST /gigs/open/applications HTTP/1.1 202 board=acme id=open outcome=accepted version=\d+ redis=0\.\d{3}}, 'the variables');
like($log, qr/outcome=replayed/, 'of a replay');
like($log, qr/409 .*outcome=refused/, 'of a refusal');
for my $file ('gig.log', 'access.log', 'error.log') {
    unlike($test->read_file($file), qr/avery|example\.edu|second thoughts/i, "$file holds nothing personal");
}

$test->done;
