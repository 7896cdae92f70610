#!/usr/bin/perl
# Why: Redis is trusted with the catalog, not with the workers' lives.  Whatever stands
# in its keys, put there by a slip, an older version or an intruder, and whatever its
# answers say: what is wrong is refused and reported, the rest is served, no worker
# falls, and no stranger's text gets into a page or a header as anything but text.

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
use GigTest::Proxy;
use GigTest::Publish;

# With the ledger off: what a lost Redis then means to an applicant is what this is about.
my $test = GigTest->new(ledger => 'off');
my $redis = $test->start_redis;
my $proxy = GigTest::Proxy->new($test, $redis->{port});
my $json = JSON::PP->new->utf8->canonical;
my $p = 'gig:{acme}:';

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

# A record straight into the hash, as no script of ours would put it.
sub plant {
    my (%record) = @_;
    $redis->cmd('HSET', "${p}gigs", map { $_ => $record{$_} } sort keys %record);
}

# A load of everything, and its version being served.
sub reread {
    my $version = $redis->cmd('HINCRBY', "${p}catalog", 'version', 1);
    $redis->cmd('HSET', "${p}catalog", 'digest', '0' x 40);
    $redis->cmd('XADD', "${p}changes", '*', 'v', $version, 'op', 'load', 'id', '');
    return wait_for { json_of($test->get('/gigs/?format=json'))->{version} == $version } 'a full load', 60;
}

$test->start_nginx(redis => "127.0.0.1:$proxy->{port}", board => 'redis_timeout 2s;', workers => 1);
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('good'), gig_record('other'));
$test->wait_total(2) or BAIL_OUT('no catalog');
my ($worker) = $test->workers;

# --- an error that would write on a terminal

$proxy->mode("EVALSHA reply -ERR \x1b[31mred\x07\xff");
is($test->apply('good', 'terminal')->{status}, 503, 'a judge that refuses');
like($test->read_file('error.log'), qr/refused the judge: ERR \?\[31mred\?\?,/, 'is quoted in letters');
$proxy->mode('pass');

# --- records that are none

plant(receipts => $json->encode(gig_record('receipts')));
reread();
like($test->read_file('error.log'), qr/"receipts" is refused.*reserved/, 'a reserved id is refused, and the log says why');

my %bad = (
    'no-json'    => '{',
    'empty'      => '',
    'binary'     => join('', map {chr} 0 .. 255),
    'a-number'   => '42',
    'a-list'     => '[1,2,3]',
    'no-id'      => '{"schema":"gig/1"}',
    'deep'       => '{"a":' x 300 . '1' . '}' x 300,
    'twice'      => '{"id":"twice","id":"twice"}',
    'large'      => $json->encode(gig_record('large', title => 'x' x 1_000_000)),
    'larger'     => $json->encode(gig_record('larger', description_html => '<p>' . 'x' x 3_000_000 . '</p>')),
    'key-and-id' => $json->encode(gig_record('good', title => 'Not the good one')),
    'latin'      => $json->encode(gig_record('latin')) =~ s/Gig latin/Caf\xe9/r,
    'overlong'   => $json->encode(gig_record('overlong')) =~ s/Gig overlong/\xc0\xbcscript\xc0\xbe/r,
    'nul'        => $json->encode(gig_record('nul')) =~ s/Gig nul/a\\u0000b/r,
    'bidi'       => $json->encode(gig_record('bidi', title => "a\x{202e}b")),
    'script-url' => $json->encode(gig_record('script-url', org => { id => 'acme', name => 'Acme', url => 'javascript:alert(1)' })),
    'wrong-pay'  => $json->encode(gig_record('wrong-pay', pay => { type => 'fixed', currency => 'XXXX', min_minor => -1, unit => 'project' })),
    'a b'        => $json->encode(gig_record('a b')),
    "cr\r\nlf"   => $json->encode(gig_record("cr\r\nlf")),
    ('i' x 5000) => $json->encode(gig_record('i' x 5000)),
);
plant(%bad);
$redis->cmd('HSET', "${p}judge", map { $_ => 'x,y,z' } sort keys %bad);
$redis->cmd('HSET', "${p}seats", 'good', '1,2', 'other', "9999999999999999999,-1,x,\xff", 'nosuch', '1,1,1,full');
reread();
is($test->wait_total(2)->{total}, 2, 'what is wrong is not shown, the rest is');
is(json_of($test->get('/gigs/good'))->{title}, 'Gig good', 'a record under another key changes nothing');
is($test->get("/gigs/$_")->{status}, 404, "not there: $_") for grep { /^[\w-]{1,40}$/ } sort keys %bad;
my $log = $test->read_file('error.log');
like($log, qr/record "large" is refused|more records are refused/, 'and the log says why');
unlike($log, qr/[^\x20-\x7e\n]/, 'in readable letters only');
cmp_ok(length $log, '<', 60_000, 'and is short');
like($test->get('/metrics')->{body}, qr/gig_records_refused_total\{[^}]*\} (?!0)\d+/, 'as do the metrics');
$redis->cmd('HDEL', "${p}gigs", 'receipts', sort keys %bad);

# --- clocks: at the edge, far away, before time

my $now = int time;
plant(
    'opens-now'  => $json->encode(gig_record('opens-now', opens_at => at($now + 3))),
    'closes-now' => $json->encode(gig_record('closes-now', closes_at => at($now + 3))),
    'far'        => $json->encode(gig_record('far', opens_at => '9999-12-31T23:59:59Z')),
    'for-ever'   => $json->encode(gig_record('for-ever', closes_at => '9999-12-31T23:59:59-23:59')),
    'before'     => $json->encode(gig_record('before', posted_at => '0001-01-01T00:00:00Z', opens_at => '0001-01-01T00:00:00+14:00')),
    'long-gone'  => $json->encode(gig_record('long-gone', posted_at => '0000-01-01T00:00:00Z', closes_at => '0000-01-01T00:00:01Z')),
    'leap'       => $json->encode(gig_record('leap', closes_at => '2016-12-31T23:59:60Z')),
    'backwards'  => $json->encode(gig_record('backwards', opens_at => '2026-06-01T00:00:00Z', closes_at => '2026-05-01T00:00:00Z')),
);
reread();
is($test->get("/gigs/$_", headers => { Accept => 'text/html' })->{status} =~ /^(200|404|410)$/ ? 1 : 0, 1, "a page: $_") for qw(far for-ever before long-gone leap backwards);
is(json_of($test->get('/gigs/far'))->{state}, 'scheduled', 'the year 9999 comes later');
is(json_of($test->get('/gigs/for-ever'))->{state}, 'open', 'and is no closing');
is(json_of($test->get('/gigs/before'))->{state}, 'open', 'the year 1 was before');
sleep 0.05 until time >= $now + 3.02;
is(json_of($test->get('/gigs/opens-now'))->{state}, 'open', 'at the second of its opening it is open');
is($test->get('/gigs/closes-now')->{status}, 410, 'and at that of its closing closed');
like($test->get('/gigs/?format=json&state=all')->{headers}{'cache-control'}, qr/^max-age=[1-9]\d*$/, 'and the list may be kept for a while');

# --- keys of a wrong type, forms that contradict

for my $name (qw(forms judge seats stages catalog gigs changes)) {
    my $key = "$p$name";
    my $kept = "kept-$name";
    $redis->cmd('RENAME', $key, $kept) if $redis->cmd('EXISTS', $key);
    $redis->cmd($_->[0], $key, @{ $_->[1] }) for ['SET', ['text']];
    my $answer = $test->http('POST', '/gigs/good/applications', body => $json->encode({ answers => $test->answers }),
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"type-$name\"" });
    like($answer->{status}, qr/^(202|503)$/, "$name is a text: an application is taken or not");
    is($test->get('/gigs/good')->{status}, 200, "$name is a text: reads go on");
    $redis->cmd('DEL', $key);
    $redis->cmd('RENAME', $kept, $key) if $redis->cmd('EXISTS', $kept);
}
ok(wait_for { $test->apply('good', 'after-types')->{status} == 202 } 'the board to be itself again', 20);

my $form = { schema => 'gig-form/1', id => 'lies', rev => 1, locale => 'en', fields => [{ name => 'email', label => 'E', type => 'email', class => 'contact' }] };
$redis->cmd('HSET', "${p}forms", 'lies', $json->encode($form) =~ s/"email"/"nothing-known"/r, 'other-id', $json->encode($form), 'none', '{', 'big', '{"id":"big","x":"' . 'x' x 2_000_000 . '"}');
plant('a-form' => $json->encode(gig_record('a-form', form => { id => 'lies', rev => 1 })), 'no-form' => $json->encode(gig_record('no-form', form => { id => 'nowhere', rev => 7 })),
    'form-id' => $json->encode(gig_record('form-id', form => { id => 'other-id', rev => 99 })));
reread();
for my $gig (qw(a-form no-form form-id)) {
    is($test->get("/gigs/$gig")->{status} =~ /^(200|404)$/ ? 1 : 0, 1, "a gig with a form that is none: $gig");
    like($test->get("/gigs/$gig/apply")->{status}, qr/^(200|404|503)$/, "its form: $gig");
    like($test->apply($gig, "form-$gig")->{status}, qr/^(202|404|422|503)$/, "an application: $gig");
}
is($test->get('/gigs/good/apply')->{status}, 200, 'other forms are well');

# --- answers of the judge and of receipts that are none

my $ok = $test->apply('good', 'a receipt', email => 'receipt@example.edu');
my ($token) = $ok->{headers}{location} =~ m{([\w-]{43})$};
my $id = $redis->cmd('XREVRANGE', "${p}applications", '+', '-', 'COUNT', 1)->[0][1][1];
my $n = 0;
for my $reply ('+OK', ':1', '$-1', '*-1', '*0', "*1\r\n*0", '*6' . "\r\n\$1\r\nn" x 6, "*6" . "\r\n:1" x 6, '*6' . "\r\n\$-1" x 6, "*6\r\n\$1\r\nn\r\n\$8\r\naccepted\r\n\$4\r\nevil\r\n\$0\r\n\r\n\$1\r\n0\r\n\$1\r\n0",
    "*6\r\n\$1\r\nn\r\n\$8\r\naccepted\r\n\$8\r\nreserved\r\n\$0\r\n\r\n\$20\r\n99999999999999999999\r\n\$19\r\n9223372036854775807", "*6\r\n\$1\r\nn\r\n\$8\r\nunopened\r\n\$0\r\n\r\n\$0\r\n\r\n\$0\r\n\r\n\$2\r\n-1",
    "*6\r\n\$1\r\nn\r\n\$6\r\nreplay\r\n\$8\r\nreserved\r\n\$0\r\n\r\n\$3\r\nabc\r\n\$0\r\n", '$70000' . "\r\n" . 'x' x 70000, '-ERR ' . 'x' x 3000, "-ERR \x1b[31mred", '-OOM', '*7' . "\r\n\$1\r\nn" x 7)
{
    $n++;
    $proxy->mode("EVALSHA reply $reply");
    my $answer = $test->apply('good', "lie-$n", email => "lie$n\@example.edu");
    like($answer->{status}, qr/^(202|403|503)$/, "a judge that says nonsense: $n") or diag($answer->{body});
    ok(eval { JSON::PP->new->utf8->decode($answer->{body}) }, "and the answer is whole: $n");
    my $gone = $test->http('DELETE', "/gigs/receipts/$token");
    is($gone->{status}, 503, "so of a withdrawal: $n");
    $proxy->mode("HMGET.*\Q$id\E reply $reply");
    my $seen = $test->get("/gigs/receipts/$token");
    is($seen->{status}, 200, "so of a receipt: $n");
    ok(eval { JSON::PP->new->utf8->decode($seen->{body}) }, "which is whole: $n") or diag($seen->{body});
    is($test->get("/gigs/receipts/$token?format=html")->{status}, 200, "also as a page: $n");
}
$proxy->mode('pass');
ok(wait_for { $test->apply('good', 'after-lies')->{status} == 202 } 'applications to be taken again', 20);

# --- what stands in the keys of one application

for my $case ([seat => '<script>alert(1)</script>'], [seat => "\xff\xfe"], [seat => 'x' x 10_000], [at => '9223372036854775807'], [at => '-1'], [at => 'soon'], [gig => '../x'], [gig => '"><script>'], [gig => 'nosuch'],
    [print => 'y' x 300], [outcome => '<b>'], [outcome => 'waitlisted'], [gig => ''])
{
    $redis->cmd('HSET', "${p}id:$id", @$case);
    for my $format (qw(json html)) {
        my $answer = $test->get("/gigs/receipts/$token?format=$format");
        is($answer->{status}, 200, "a receipt whatever is there: $case->[0]");
        unlike($answer->{body}, qr/<script(?! defer src="\/gigs\/gig-form-[0-9a-f]{8}\.js">)|<b>|[^\x09-\x7e\x80-\xff]/, 'as text');
        ok(eval { JSON::PP->new->utf8->decode($answer->{body}) }, 'that can be read') if $format eq 'json';
    }
}
for my $stage ("hired,9223372036854775807", "<script>,1", "hired,", ",", ",,,", 'x' x 5000, "HIRED,1", "hired,\r\nX: y", '') {
    $redis->cmd('HSET', "${p}stages", $id, $stage);
    is($test->get("/gigs/receipts/$token?format=$_")->{status}, 200, 'a stage that is none') for qw(json html);
}
$redis->cmd('DEL', "${p}id:$id");
$redis->cmd('SET', "${p}id:$id", 'a text');
is(json_of($test->get("/gigs/receipts/$token"))->{known}, undef, 'a key of a wrong type: unknown, not "none"');

is_deeply([$test->workers], [$worker], 'the worker is the one of the start');
unlike($test->read_file('error.log'), qr/\Q$token\E|avery|example\.edu/i, 'no log holds token or name');
unlike($test->read_file('error.log'), qr/[^\x20-\x7e\n]/, 'nor what a terminal would obey');
cmp_ok(scalar(() = $test->read_file('error.log') =~ /refused the judge/g), '<', 5, 'and no line for each application');

$test->done;
