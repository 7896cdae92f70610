#!/usr/bin/perl
# Why: the intake is the one door through which strangers write.  Bodies that explode,
# keys and tokens that lie, forms that are not ours: refused at a bounded price; and
# no answer tells whether somebody else has applied.

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

my $test = GigTest->new;
my $redis = $test->start_redis;
my $json = JSON::PP->new->utf8->canonical;
$test->start_nginx(location => 'client_body_buffer_size 4k; client_max_body_size 2m;', board => 'limit_applicant off;');

my $every = { schema => 'gig-form/1', id => 'every', rev => 1, locale => 'en', fields => [
    { name => 'first_name', label => 'First', type => 'text', required => JSON::PP::true, max_length => 255, class => 'identity' },
    { name => 'email', label => 'E-mail', type => 'email', required => JSON::PP::true, class => 'contact' },
    (map { { name => "x_$_", label => $_, type => $_, required => JSON::PP::false, class => 'merit' } } qw(tel url date number textarea boolean)),
    { name => 'x_select', label => 'One', type => 'select', class => 'merit', options => [map { { value => "v$_", label => "L$_" } } 1 .. 5] },
    { name => 'x_multi', label => 'Some', type => 'multi_select', class => 'merit', options => [map { { value => "v$_", label => "L$_" } } 1 .. 5] },
    { name => 'agree', label => 'I agree', type => 'consent', required => JSON::PP::true, class => 'consent', version => '1' },
], anti_spam => { honeypot => 'website', min_seconds => 0, challenge => 'none' } };

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::operations($test, [form => $every], map { [put => $_] } gig_record('open'), gig_record('other'),
    gig_record('every', form => { id => 'every', rev => 1 }),
    gig_record('full', capacity => { positions => 2, application_cap => 2, on_full => 'close' }),
    gig_record('queue', capacity => { positions => 2, application_cap => 2, on_full => 'waitlist' }));
$test->wait_total(5) or BAIL_OUT('no catalog');

my ($worker) = $test->workers;

sub entries { return $redis->cmd('XLEN', 'gig:{acme}:applications') // 0 }

# CPU time of the worker in ms; clock ticks are 10 ms, so it is measured over many.
sub cpu {
    my @stat = split / /, ($test->read_file("/proc/$worker/stat") =~ /^\d+ \(.*\) (.*)/s)[0];
    return 10 * ($stat[11] + $stat[12]);
}

sub memory { return ($test->read_file("/proc/$worker/status") =~ /VmRSS:\s+(\d+)/)[0] }

sub post {
    my ($gig, $body, %header) = @_;
    return $test->http('POST', "/gigs/$gig/applications", body => $body,
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"k"', %header });
}

sub form {
    my ($gig, $body, %header) = @_;
    return post($gig, $body, 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html', %header);
}

sub encoded {
    my (%all) = @_;
    return join '&', map { my $v = $all{$_}; utf8::encode($v) if utf8::is_utf8($v); $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$_=$v" } sort keys %all;
}

sub token {
    my ($gig) = @_;
    return $test->form_key($gig);
}

# --- bodies that explode: refused, cheaply, and nothing of them stays

my $many = 260_000;
my %bomb = (
    'pairs of nothing'     => ['&' x $many, 1],
    'empty fields'         => ['=&' x ($many / 2), 1],
    'one field, often'     => ['a=b&' x ($many / 4), 1],
    'per cents'            => ['a=' . '%' x $many, 1],
    'per cent encoded'     => ['statement=' . '%41' x ($many / 3), 1],
    'a long name'          => ['a' x $many . '=1', 1],
    'brackets'             => ['[' x $many, 0],
    'braces'               => ['{"a":' x ($many / 5), 0],
    'brackets in answers'  => ['{"answers":' . '[' x 200_000 . ']' x 50_000 . '}', 0],
    'values'               => ['{"answers":{"email":[' . '0,' x ($many / 2 - 20) . '0]}}', 0],
    'members'              => ['{"answers":{' . join(',', map {"\"a$_\":1"} 1 .. 20_000) . '}}', 0],
    'the same member'      => ['{"answers":{' . join(',', ('"a":1') x 20_000) . '}}', 0],
    'one long string'      => ['{"answers":{"statement":"' . 'x' x 250_000 . '"}}', 0],
    'escapes'              => ['{"answers":{"statement":"' . '\\u0301' x 40_000 . '"}}', 0],
    'combining marks'      => ['{"answers":{"statement":"' . "a" . "\xcc\x81" x 6_000 . '"}}', 0],
    'a long number'        => ['{"answers":{"email":1' . '0' x 200_000 . '}}', 0],
    'a deep escape'        => ['{"answers":{"email":"' . '\\\\' x 120_000 . '"}}', 0],
    'blanks'               => [' ' x $many . '{}', 0],
    'quotes'               => ['"' x $many, 0],
    'empty parts'          => ["--b\r\n" x ($many / 5), 2],
    'parts of nothing'     => ["--b" . "\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b" x 4_500 . '--', 2],
    'a header without end' => ["--b\r\n" . "X: y\r\n" x ($many / 6), 2],
    'half a boundary'      => ["--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" . "\r\n--" x ($many / 4 - 20), 2],
    'a file of nothing'    => ["--b\r\nContent-Disposition: form-data; name=email; filename=x\r\n\r\n" . "\r" x ($many - 100) . "\r\n--b--", 2],
);

$_->() for (sub { form('open', '&' x 1000); post('open', '{') });
for my $name (sort keys %bomb) {
    my ($body, $is_form) = @{ $bomb{$name} };
    my ($rounds, $before, $rss, %status) = (10, cpu(), memory());
    for (1 .. $rounds) { $status{ ($is_form ? form('open', $body, $is_form == 2 ? ('Content-Type' => 'multipart/form-data; boundary=b') : ()) : post('open', $body))->{status} }++ }
    my ($spent, $grown) = ((cpu() - $before) / $rounds, memory() - $rss);
    is(join(' ', keys %status) =~ /^4(00|22)$/ ? 1 : 0, 1, "refused: $name") or diag(join ' ', %status);
    SKIP: {
        skip 'a sanitizer is slow and keeps what was freed, and so does valgrind', 2 if $GigTest::SANITIZED || $GigTest::VALGRIND;
        cmp_ok($spent, '<', 10, "for less than 10 ms: $name");
        cmp_ok($grown, '<', 4096, "and no memory stays: $name");
    }
}
is(post('open', 'x' x 1_000_000)->{status}, 413, 'a megabyte is too large');
{
    my $connection = GigTest::Http->new($test->{port}, timeout => 5);
    my $chunk = sprintf "%x\r\n%s\r\n", 50_000, '&' x 50_000;
    $connection->raw("POST /gigs/open/applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
        . $chunk x 10 . "0\r\n\r\nGET /gigs/open HTTP/1.1\r\nHost: localhost\r\n\r\n");
    is($connection->answer('POST')->{status}, 413, 'nor in chunks that do not say how much comes');
    is(json_of($connection->answer('GET'))->{id}, 'open', 'and the request behind it is answered');
}

for my $size (map { ($_ - 1, $_, $_ + 1) } 4096, 5120, 262_144) {
    my $empty = $json->encode({ answers => $test->answers(email => "size$size\@example.edu"), x => '' });
    my $body = $json->encode({ answers => $test->answers(email => "size$size\@example.edu"), x => 'x' x ($size - length $empty) });
    is(length $body, $size, 'as long as it should be');
    is(post('open', $body, 'Idempotency-Key' => "\"size$size\"")->{status}, $size > 262_144 ? 413 : 202, "$size bytes");
}
is_deeply([glob "$test->{dir}/temp/client_body/*"], [], 'no body stays in a temporary file');

# --- every type of JSON where an answer is expected, as a program and as a browser sees it

my $stored = entries();
my @values = ('null', 'true', '0', '-0.0', '1e308', '""', '" "', '"\\u0000"', '"\\ud800"', '"\\u202e"', '[]', '{}', '[[]]', '[null]', '{"a":1}', '["v1","v1"]', '"v1"', "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
    '"<script>alert(1)</script>"', '12345678901234567890', '"9999-12-31"', '"2026-02-30"', '"javascript:alert(1)"', '"-"', '"."', '"+"');
for my $field (qw(first_name email x_tel x_url x_date x_number x_textarea x_boolean x_select x_multi agree)) {
    for my $value (@values) {
        for my $accept ('application/json', 'text/html') {
            my %answer = (first_name => '"A"', email => '"a@example.edu"', agree => 'true', $field => $value);
            my $body = '{"answers":{' . join(',', map {"\"$_\":$answer{$_}"} sort keys %answer) . '}}';
            my $answer = post('every', $body, Accept => $accept, 'Idempotency-Key' => "\"$field $accept $value\"" =~ s/(?<!^)"(?!$)|[^ -~]|\\//gr);
            next if $answer->{status} =~ /^(202|303|400|422)$/ && $answer->{body} !~ m{<script(?! defer src="/gigs/gig-form-\w+\.js">)};
            fail("$field = $value ($accept)");
            diag("$answer->{status} $answer->{body}");
        }
    }
}
is($test->get('/gigs/open')->{status}, 200, 'values of all types');
is(post('every', '{"answers":{"x_multi":"v1","first_name":"A","email":"b@example.edu","agree":"on","x_number":007}}')->{status}, 400, 'a number JSON has not');

# --- keys: what is no key is refused, what is one is itself

my $good = $json->encode({ answers => $test->answers });
for my $case (['""', 400], ['', 400], ['"', 400], ['"a', 400], ['a b', 400], ['"a" "b"', 400], ['"a", "b"', 400], ['"a";x=1', 400], ["\"\xc3\xa9\"", 400], ["\"a\tb\"", 400], ['"a\\x"', 400],
    ['"' . 'k' x 255 . '"', 202], ['"' . 'k' x 256 . '"', 400], ['k' x 300, 400], ['"a b"', 202], ['"a\\"b\\\\"', 202], ['"}{\r\n%s%n"', 400], ['"}{%s%n"', 202], [':bytes:', 202])
{
    my ($key, $status) = @$case;
    is(post('open', $good, 'Idempotency-Key' => $key)->{status}, $status, "$status: the key " . substr $key, 0, 20);
}
{
    my $connection = GigTest::Http->new($test->{port});
    $connection->raw("POST /gigs/open/applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \"one\"\r\nIdempotency-Key: \"two\"\r\nContent-Length: "
        . length($good) . "\r\n\r\n$good");
    is($connection->answer('POST')->{status}, 400, 'two keys are none');
}
is(scalar(grep { !/^gig:\{acme\}:/ } @{ $redis->cmd('KEYS', '*') }), 0, 'no key of a stranger reaches a name in Redis');

# --- form tokens

my $token = token('open');
my %field = (first_name => 'Avery', last_name => 'Example', email => 'token@example.edu', statement => 'x', available => 'yes', consent_processing => 'yes');
$stored = entries();
for my $case (['of another gig', token('other')], ['none', undef], ['empty', ''], ['too long', 'A' x 5000], ['cut', substr $token, 0, -1], ['longer', $token . 'A'], ['NUL', "$token\0"], ['twice', $token, 1]) {
    my ($name, $key, $twice) = @$case;
    my $answer = form('open', encoded(%field, defined $key ? (_key => $key) : ()) . ($twice ? "&_key=$token" : ''));
    like($answer->{status}, qr/^4(00|22)$/, "a form token that is none: $name");
}
for my $at (0 .. length($token) - 1) {
    my $altered = $token;
    substr($altered, $at, 1) = substr($token, $at, 1) eq 'A' ? 'B' : 'A';
    my $answer = form('open', encoded(%field, _key => $altered));
    next if $answer->{status} == 422 && $answer->{body} !~ /\Q$altered\E/;
    fail("a form token changed at $at");
}
is(entries(), $stored, 'nothing of that was stored');
is(form('open', encoded(%field, _key => $token))->{status}, 303, 'the real one');
is(form('open', encoded(%field, _key => token('open'), first_name => 'a') . '&first_name=b')->{status}, 400, 'a field twice');
my $again = form('open', encoded(%field, _key => $token, statement => 'Typed anew <b>&"\''));
is($again->{status}, 422, 'the same form with other content is no dead end');
like($again->{body}, qr/received on.*stands/s, 'it says what stands');
like($again->{body}, qr/Typed anew &lt;b&gt;&amp;&quot;&#39;/, 'gives back what was typed');
my ($fresh) = $again->{body} =~ /name="_key"[^>]*value="([^"]+)"/;
isnt($fresh, $token, 'with a fresh key');
is(form('open', encoded(%field, _key => $fresh, statement => 'Typed anew <b>&"\''))->{status}, 303, 'that is taken');

# --- where a form was sent from

for my $case ([{ 'Sec-Fetch-Site' => 'cross-site' }, 403], [{ 'Sec-Fetch-Site' => 'same-origin' }, 303], [{ 'Sec-Fetch-Site' => 'none' }, 303], [{ Origin => 'null' }, 403],
    [{ Origin => 'http://localhost' }, 303], [{ Origin => 'http://LOCALHOST' }, 303], [{ Origin => 'http://localhost.evil.example' }, 403], [{ Origin => 'http://evil.example/localhost' }, 403],
    [{ Origin => 'http://xlocalhost' }, 403], [{ Origin => 'localhost' }, 403], [{ Origin => '://' }, 403], [{ Origin => '' }, 403], [{ 'Sec-Fetch-Site' => 'cross-site', Origin => 'http://localhost' }, 403])
{
    my ($header, $status) = @$case;
    is(form('open', encoded(%field, _key => token('open')), %$header)->{status}, $status, join ' ', $status, %$header);
}

# --- nobody learns from an answer who has applied

sub shape {
    my ($answer) = @_;
    my $head = $answer->{head} =~ s/^(Date|Location|Content-Length):.*\r?$/$1/gmir;
    my $body = json_of($answer);
    return join "\n", $answer->{status}, $head, map {"$_=" . (/^(token|url|sig|content|received_at)$/ ? length $body->{$_} : $body->{$_} // 'null')} sort keys %$body;
}

sub ask {
    my ($gig, $email) = @_;
    return post($gig, $json->encode({ answers => $test->answers(email => $email) }), 'Idempotency-Key' => '"' . rand . '"');
}

for my $gig (qw(open full queue)) {
    is(ask($gig, 'known@example.edu')->{status}, 202, "$gig: one applies");
    is(shape(ask($gig, 'known@example.edu')), shape(ask($gig, "stranger-$gig\@example.edu")), "$gig with a place left: the same answer for known and unknown");
    is(shape(ask($gig, 'known@example.edu')), shape(ask($gig, "another-$gig\@example.edu")), "$gig when the places are taken: the same");
    is(shape(ask($gig, 'KNOWN@example.edu')), shape(ask($gig, "third-$gig\@example.edu")), "$gig: in capitals too");
}

# --- and no log

my $log = $test->read_file('error.log') . $test->read_file('access.log');
unlike($log, qr/avery|example\.edu|Typed anew/i, 'no log holds anything of a body');
is_deeply([$test->workers], [$worker], 'the worker is the one of the start');

$test->done;
