#!/usr/bin/perl
# Why: a form that a company built on the Greenhouse API changes its host, and its applications must be
# as safe as any other: judged, on the disk before they are answered, once however often they are
# sent, also by who knows no Idempotency-Key.  Its key is a secret that nginx would log as the name of a
# user; and what that API takes of race or disability must never lie beside an application.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my ($true, $false) = (JSON::PP::true, JSON::PP::false);
my $json = JSON::PP->new->utf8->canonical;
my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes');
my $secret = 'not-a-secret-0123456789abcdef';
my $base = '/v1/boards/acme';
$test->write_file('apply.key', "$secret\n");
chmod 0600, "$test->{dir}/apply.key";

my %conf = (board => 'public_url https://careers.acme.example/gigs/; redis_timeout 500ms; files 4m;',
    http => "log_format leak '\$remote_user|\$http_authorization|\$gig_id|\$gig_outcome'; access_log $test->{dir}/leak.log leak;",
    server => "client_max_body_size 8m; access_log $test->{dir}/leak.log leak; access_log $test->{dir}/access.log combined;\n"
            . "location $base/ { gig acme as=greenhouse key_file=$test->{dir}/apply.key; gig_origins https://page.example; }\n"
            . "location /small/ { gig acme as=greenhouse key_file=$test->{dir}/apply.key; client_max_body_size 1k; error_page 413 /other; }\n"
            . "location = /around.html { root $test->{dir}; ssi on; } location /logged/ { gig acme as=greenhouse; log_subrequest on; } location = /told { default_type text/html; return 200 \$http_authorization; }\n"
            . 'location /keyless/ { gig acme as=greenhouse; }');
$test->write_file('around.html', qq{<!--# include virtual="$base/jobs/own" wait="yes" --><!--# include virtual="/logged/jobs/own" wait="yes" -->|<!--# include virtual="/told" -->});

$test->sync_conf;
$test->import_gigs({ schema => 'gig-form/1', id => 'own', rev => 1, locale => 'en', limits => { max_files => 2 }, fields => [
        { name => 'first_name', label => 'First name', type => 'text', required => $true, class => 'identity', max_length => 255 },
        { name => 'last_name', label => 'Last name', type => 'text', required => $true, class => 'identity', max_length => 255 },
        { name => 'email', label => 'E-mail', type => 'email', required => $true, class => 'contact' },
        { name => 'statement', label => 'How?', type => 'textarea', required => $true, class => 'merit', map => { greenhouse => 'question_4101' } },
        { name => 'available', label => 'Can you?', type => 'boolean', required => $true, class => 'merit', map => { greenhouse => 'question_4102' } },
        { name => 'tools', label => 'Tools', type => 'multi_select', class => 'merit', options => [{ value => '71', label => 'Excel' }, { value => '72', label => 'Python' }], map => { greenhouse => 'question_4103[]' } },
        { name => 'level', label => 'Level', type => 'select', class => 'merit', options => [{ value => '1', label => 'One' }, { value => '2', label => 'Two' }], map => { greenhouse => 'question_4104' } },
        { name => 'hours', label => 'Hours', type => 'number', class => 'merit', map => { greenhouse => 'question_4105' } },
        { name => 'resume', label => 'Resume', type => 'file', class => 'merit', accept => ['txt', 'pdf'], max_bytes => 300_000 },
        { name => 'sample', label => 'Sample', type => 'file', class => 'merit', accept => ['txt'], max_bytes => 300_000, map => { greenhouse => 'question_4106' } },
        { name => 'gender', label => 'A trap for this test', type => 'text', class => 'merit' },
        { name => 'consent_processing', label => 'I agree', type => 'consent', class => 'consent', required => $true, version => '1' }],
        anti_spam => { honeypot => 'website', min_seconds => 3 } },
    gig_record('own', form => { id => 'own', rev => 1 }), gig_record('plain'), gig_record('later', opens_at => '2031-03-01T09:00:00-06:00'),
    gig_record('ended', opens_at => '2026-01-06T00:00:00Z', closes_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime time - 3600)),
    gig_record('one', capacity => { positions => 1, application_cap => 1, on_full => 'close' }));
$test->start_sync;
$test->start_nginx(%conf);
$test->wait_total(5, 20) or BAIL_OUT('no catalog');
my %number = map { $_ => json_of($test->get("$base/jobs/$_"))->{id} } qw(own plain one);

my $boundary = 'a-boundary';
sub form { return join '&', map { my ($n, $v) = @$_; join '=', map { s/([^\w.-])/sprintf '%%%02X', ord $1/ger } $n, $v } @_ }
sub multipart {
    return join('', map { my ($n, $v, $file) = @$_;
        "--$boundary\r\nContent-Disposition: form-data; name=\"$n\"" . (defined $file ? "; filename=\"$file\"" : '') . "\r\n\r\n$v\r\n" } @_) . "--$boundary--\r\n";
}
sub basic { return 'Basic ' . encode_base64("$_[0]:" . ($_[1] // ''), '') }
sub post {
    my ($gig, $body, %header) = @_;
    my $type = delete $header{type} // 'application/json';
    my $from = delete $header{from};
    return $test->http('POST', "$base/jobs/" . ($number{$gig} // $gig), from => $from, body => ref $body ? $json->encode($body) : $body,
        headers => { 'Content-Type' => $type, exists $header{Authorization} ? () : (Authorization => basic($secret)), map { defined $header{$_} ? ($_ => $header{$_}) : () } keys %header });
}
sub told { return { first_name => 'Avery', last_name => 'Example', email => "$_[0]\@example.edu", question_4101 => 'I would start.', question_4102 => 1,
    data_compliance => { gdpr_processing_consent_given => $true }, @_[1 .. $#_] } }
sub plain { return { first_name => 'Avery', last_name => 'Example', email => "$_[0]\@example.edu", statement => 'I would start.', available => 1,
    data_compliance => { gdpr_processing_consent_given => $true }, @_[1 .. $#_] } }
sub stored {
    my ($name) = @_;
    my @rows;
    wait_for { @rows = $test->sql("select cast(json as text) as json, seat, flags from applications where email = '$name\@example.edu'") } "$name to be delivered", 20;
    is(scalar @rows, 1, "$name: once");
    return @rows ? JSON::PP->new->decode($rows[0]{json}) : {};
}
my %saved = (success => 'Candidate saved successfully');

# --- who may

my $first = post('own', told('first'));
is($first->{status}, 200, 'taken') or diag($first->{body});
is_deeply(json_of($first), \%saved, 'in their words');
like($first->{headers}{location}, qr{^https://careers\.acme\.example/gigs/receipts/\S+$}, 'with our receipt');
is($test->get($first->{headers}{location} =~ s{https://careers\.acme\.example}{}r)->{status}, 200, 'which is there');
for my $case (['no key', undef], ['a wrong one', basic('not-a-secret-0123456789abcdee')], ['a password', basic($secret, 'x')], ['a longer one', basic("${secret}0")],
    ['a shorter one', basic(substr $secret, 1)], ['an empty one', basic('')], ['no base64', 'Basic !!!'], ['another scheme', "Bearer $secret"], ['none at all', 'Basic'],
    ['a long one', basic('x' x 5000)])
{
    my $no = post('own', told('nobody'), Authorization => $case->[1]);
    is($no->{status}, 401, "$case->[0]: 401");
    is_deeply(json_of($no), { status => 401, error => 'Invalid Basic Auth credentials' }, 'in their words');
    like($no->{headers}{'www-authenticate'}, qr/^Basic /, 'and how');
}
is($test->http('POST', "/keyless/jobs/own", body => '{}', headers => { 'Content-Type' => 'application/json', Authorization => basic('') })->{status}, 401, 'without a key_file nobody may');
is(post('own', told('bare'), Authorization => 'basic  ' . encode_base64($secret, ''))->{status}, 200, 'without a colon');
is(post('nothing', told('x'))->{status}, 404, 'no such job');
is_deeply(json_of(post('nothing', told('x'))), { status => 404, error => 'Job not found' }, 'in their words');
is(post('own', told('x'), type => 'text/plain')->{status}, 415, 'another type');
ok(!$test->http('OPTIONS', "$base/jobs/own", headers => { Origin => 'https://page.example', 'Access-Control-Request-Method' => 'POST' })->{headers}{'access-control-allow-methods'}
    || $test->http('OPTIONS', "$base/jobs/own", headers => { Origin => 'https://page.example', 'Access-Control-Request-Method' => 'POST' })->{headers}{'access-control-allow-methods'} !~ /POST/,
    'no page is to have the key: not for other origins, as with theirs');

# What a visitor logged in to a page with is that page's, whatever it includes.
my $around = $test->get('/around.html', headers => { Authorization => basic('visitor', 'word') });
is($around->{body} =~ s/^\{"id":.*\}//r, '|' . basic('visitor', 'word'), 'an include takes nothing out of the request around it');

# --- three encodings, one application

my %mixed = (question_4103 => [71, 72], question_4104 => 2, question_4105 => 7.5, mapped_url_token => 'token12345', latitude => '30.2', applicant_ip => '203.0.113.47',
    educations => [{ school_name_id => '54', start_date => { month => '8' } }], employments => [{ company_name => 'Campus Lab' }], unknown => { a => { b => [1, { c => 2 }] } });
is(post('own', told('json', %mixed))->{status}, 200, 'JSON');
my $stored = stored('json');
is_deeply($stored->{answers}{merit}, { statement => 'I would start.', available => $true, tools => ['71', '72'], level => '2', hours => '7.5' }, 'answers under our names')
    or diag($json->encode($stored));
is($stored->{consents}[0]{given}, $true, 'a consent of theirs is ours');
is($stored->{source}{ref}, 'gh_src:token12345', 'where it came from');
unlike($json->encode($stored), qr/Campus|203\.0\.113|30\.2/, 'what no field asks for is not kept');

my @pairs = map {[@$_]} ['first_name', 'Avery'], ['last_name', 'Example'], ['email', 'form@example.edu'], ['question_4101', 'I would start.'], ['question_4102', '1'],
    ['question_4103[]', '71'], ['question_4103[]', '72'], ['question_4104', '2'], ['data_compliance[gdpr_processing_consent_given]', 'true'], ['mapped_url_token', 't'];
is(post('own', form(@pairs), type => 'application/x-www-form-urlencoded')->{status}, 200, 'a form');
is_deeply(stored('form')->{answers}{merit}, { statement => 'I would start.', available => $true, tools => ['71', '72'], level => '2' }, 'the same');
is($test->http('POST', "$base/jobs/own", body => form(@pairs), headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Authorization => basic($secret),
    'Sec-Fetch-Site' => 'cross-site', Origin => 'https://elsewhere.example' })->{headers}{'idempotency-replayed'}, 'true', 'once, and whoever has the key is no cross-site form');
$pairs[2][1] = 'parts@example.edu';
my $text = "Made up.\n" x 20_000;
is(post('own', multipart(@pairs, ['resume', $text, 'my cv.txt'], ['question_4106', 'A sample.', 's.txt']), type => "multipart/form-data; boundary=$boundary")->{status}, 200, 'multipart with files');
my $parts = stored('parts');
is_deeply([map {"$_->{field} $_->{name} $_->{size}"} @{ $parts->{files} }], ['resume my cv.txt 180000', 'sample s.txt 9'], 'which are kept') or diag($json->encode($parts));
is(post('own', told('base', question_4106_content_filename => 'later.txt', resume_content => encode_base64($text), question_4106_content => encode_base64('A sample.', ''),
    resume_content_filename => 'cv.txt', cover_letter => ''))->{status}, 200, 'files in JSON, base64, with and without line breaks');
my $based = stored('base');
is_deeply([map {"$_->{field} $_->{name} $_->{size}"} @{ $based->{files} }], ['resume cv.txt 180000', 'sample later.txt 9'], 'named whichever comes first') or diag($json->encode($based));
is($based->{files}[0]{sha256}, $parts->{files}[0]{sha256}, 'the same bytes');
is(post('own', form(['first_name', 'Avery'], ['last_name', 'Example'], ['email', 'formfile@example.edu'], ['question_4101', 'x'], ['question_4102', 'true'], ['gdpr_consent_given', '1'],
    ['resume_content', encode_base64($text, '')]), type => 'application/x-www-form-urlencoded')->{status}, 200, 'and in a form');
is(stored('formfile')->{files}[0]{size}, 180_000, 'as large');
is(post('plain', plain('builtin', eligible => 1))->{status}, 200, 'the form that is built in, by names of ours');
stored('builtin');

# --- what is wrong

my $wrong = post('own', { first_name => 'Avery', email => 'nobody', question_4102 => 'perhaps', question_4104 => 9 });
is($wrong->{status}, 422, 'fields');
my $said = json_of($wrong);
is_deeply([sort map { $_->{field} } @{ $said->{errors} }], ['data_compliance[gdpr_processing_consent_given]', 'email', 'last_name', 'question_4101', 'question_4102', 'question_4104'],
    'each told by its name there') or diag($wrong->{body});
like($said->{error}, qr/^Invalid attributes: last_name,email,/, 'and all in a line');
is($said->{status}, 422, 'with the status');
unlike($wrong->{body}, qr/nobody|perhaps/, 'and without what was sent');
my $url = post('own', told('url', resume_url => 'https://files.example/cv.pdf', resume_url_filename => 'cv.pdf'));
is($url->{status}, 422, 'the address of a file');
is_deeply([map { $_->{field} } @{ json_of($url)->{errors} }], ['resume'], 'is not fetched, and that is told');
is(post('own', told('b64', resume_content => 'not base64!'))->{status}, 400, 'no base64');
is(post('own', told('b64', resume_content => 'QQ'))->{status}, 400, 'half of it');
is(post('own', told('b64', resume_content => encode_base64('%PDF-1.4 ' . "\0" x 400_000, '')))->{status}, 422, 'too large a file');
is(post('own', multipart(['cover_letter', 'x', 'c.txt'], map {[$_->[0], $_->[1]]} @pairs), type => "multipart/form-data; boundary=$boundary")->{status}, 422, 'a file that no question asks for is told, not dropped');
is(post('own', $_)->{status}, 400, "no such JSON: $_") for '', '[]', '{', '{"a":1}x', '{"a":' . '[' x 20 . ']' x 20 . '}', '{"email":"a","email":"b"}', qq({"email":"\xff"});
is(post('own', '{"answers":{"email":"x@example.edu"},"_key":"x","_replaces":"y","_source":"z","website":"http://spam.example"}')->{status}, 422, 'names of our own forms mean nothing there');
is(post('own', told('k'), 'Idempotency-Key' => '"')->{status}, 400, 'a key that cannot be read');
is(post('later', plain('early', eligible => 1))->{status}, 403, 'not open yet');
cmp_ok(post('later', plain('early', eligible => 1))->{headers}{'retry-after'}, '>', 0, 'with when');
is(post('ended', plain('late', eligible => 1))->{status}, 410, 'closed');
is_deeply([sort keys %{ json_of(post('ended', plain('late', eligible => 1))) }], [qw(error status)], 'in their shape');
is(post('one', plain('seated', eligible => 1))->{status}, 200, 'a seat');
is(post('one', plain('unseated', eligible => 1))->{status}, 409, 'and no more');
is(post('one', plain('seated', eligible => 1))->{headers}{'idempotency-replayed'}, 'true', 'who has it hears that again');

# --- once

my $again = post('own', told('first'));
is("$again->{status} $again->{headers}{location}", "200 $first->{headers}{location}", 'the same content is the same application');
is($again->{headers}{'idempotency-replayed'}, 'true', 'and says so');
is(post('own', told('first', question_4101 => ' I would start. ', latitude => '1'))->{headers}{location}, $first->{headers}{location}, 'by what is kept of it');
isnt(post('own', told('first', question_4101 => 'Otherwise.'))->{headers}{location}, $first->{headers}{location}, 'other content is another');
isnt(post('plain', plain('first', eligible => 1))->{headers}{location}, $first->{headers}{location}, 'and to another gig');
# The key that is made of the content must not be one that a stranger who guesses the content can make: the board's other
# address would tell that it was sent, and give the receipt, with which it can be withdrawn.
my %guessed = (email => 'first@example.edu', statement => 'I would start.', available => $true, consent_processing => $true, first_name => 'Avery', last_name => 'Example');
my $guess = $test->apply('plain', sha256_hex(join "\0", 'plain', 'first@example.edu', $json->encode(\%guessed)), %guessed, eligible => undef);
is($guess->{headers}{'idempotency-replayed'}, undef, 'a stranger who guesses the content hears of no application') or diag("$guess->{status} $guess->{body}");
is(post('own', told('keyed'), 'Idempotency-Key' => '"one"')->{status}, 200, 'with a key');
is(post('own', told('keyed', question_4101 => 'Otherwise.'), 'Idempotency-Key' => '"one"')->{status}, 422, 'which is of one content');
is(post('own', told('keyed'), 'Idempotency-Key' => '"two"')->{headers}{'idempotency-replayed'}, undef, 'and another key makes another');

# --- Redis away, and back; a restart

$redis->stop;
my $pending = post('own', told('pending'));
is($pending->{status}, 200, 'without Redis it is taken');
is_deeply(json_of($pending), \%saved, 'as ever');
is(post('own', told('pending'))->{headers}{location}, $pending->{headers}{location}, 'once');
# Each worker tells what it holds once a second: what has been the same for longer is all.
my $gap = sub { return $test->get('/metrics')->{body} =~ /^gig_ledger_gap\S* (\d+)/m ? $1 : 0 };
my ($held, $since) = (0, time);
ok(wait_for { my $now = $gap->(); ($held, $since) = ($now, time) if $now != $held; $held && time - $since > 2 } 'the ledger holds it');
$test->stop_nginx('KILL');
unlink "$test->{dir}/nginx.pid";
$test->start_nginx(%conf);
wait_for { $test->get("$base/jobs/own")->{status} == 200 } 'the image of before', 10;
ok(wait_for { $gap->() >= $held } "all $held are taken over");
my $restarted = post('own', told('pending'));
is($restarted->{headers}{location}, $pending->{headers}{location}, 'after a crash it is the same one');
is($restarted->{headers}{'idempotency-replayed'}, 'true', 'known from the disk');
$redis->start;
stored('pending');
is(scalar(my @firsts = $test->sql("select 1 from applications where email = 'first\@example.edu' and gig = 'own'")), 2, 'two contents of one applicant: two applications');

# --- self-identification is never kept, whatever the form has

my $mark = 'MARK-of-this-test';
my %apart = (gender => $mark, race => "$mark-1", veteran_status => 2, disability_status => $mark, demographic_answers => [{ question_id => 87, answer_options => [{ answer_option_id => 212, text => "$mark-2" }] }],
    data_compliance => { gdpr_processing_consent_given => $true, gdpr_demographic_data_consent_given => $true });
is(post('own', told('apart', %apart))->{status}, 200, 'taken');
my $apart = stored('apart');
unlike($json->encode($apart), qr/\Q$mark\E|demographic/, 'without it');
ok(!exists $apart->{answers}{merit}{gender}, 'even where a form has a field of that name');
my @more = (['gender', $mark], ['demographic_answers[][question_id]', '87'], ['demographic_answers[][answer_options][][text]', $mark]);
$pairs[2][1] = 'apartform@example.edu';
is(post('own', form(@pairs, @more), type => 'application/x-www-form-urlencoded')->{status}, 200, 'as a form');
unlike($json->encode(stored('apartform')), qr/\Q$mark\E/, 'neither');
my $dump = ($test->run('sqlite3', "$test->{dir}/acme.db", '.dump'))[1];
unlike($dump, qr/\Q$mark\E/, 'nowhere in the system of record');

# --- logs

# what nginx refuses before a location is asked, and what was sent elsewhere
for my $case (['/small/jobs/own', 404, '{"a":"' . 'x' x 2000 . '"}'], ['/small', 301, '{}'], ['/jobs/own', 404, '{}'], ['/gigs/own/applications', 400, '{}'], ['/jobs/own', 404, '{}', 'x']) {
    my ($path, $status, $body, $password) = @$case;
    is($test->http('POST', $path, body => $body, headers => { 'Content-Type' => 'application/json', Authorization => basic($secret, $password) })->{status}, $status, "POST $path: $status");
}
my $malformed = GigTest::Http->new($test->{port});
$malformed->raw("POST $base/jobs/own HTTP/1.1\r\nHost: localhost\r\nAuthorization: " . basic($secret) . "\r\nContent-Length: none\r\n\r\n");
is($malformed->answer->{status}, 400, 'a malformed request');
is($test->http('GET', '/other', headers => { Authorization => basic('somebody', 'x') })->{status}, 404, 'another site has its own users');

my $logs = join '', map { $test->read_file($_) } qw(error.log access.log leak.log nginx.log);
like($logs, qr/POST \Q$base\E\/jobs/, 'the logs are looked at');
unlike($logs, qr/\Q$secret\E/, 'the key is in none');
my $encoded = encode_base64($secret, '');
unlike($logs, qr/\Q@{[substr $encoded, 0, 20]}\E/, 'nor as it was sent');
like($logs, qr/ somebody \[.* \/other /, 'who is no key is logged as ever');
unlike($logs, qr/example\.edu|Avery/, 'nor an applicant');
like($test->read_file('leak.log'), qr/^-\|\|own\|accepted$/m, 'no user, no header; but the gig and what became of it');

# --- the configuration

for my $case (['as=lever key_file=KEY', qr/"key_file=" is for "as=greenhouse"/], ['key_file=KEY', qr/"key_file=" is for "as=greenhouse"/],
    ['as=greenhouse key_file=nothing', qr/cannot open ".*nothing" of "key_file=": "openssl rand -hex 32"/], ['as=greenhouse key_file=SHORT', qr/one line of 16 to 256 printable characters/],
    ['as=greenhouse key_file=COLON', qr/one line of 16 to 256/])
{
    my ($options, $expected) = @$case;
    $test->write_file('short.key', "short\n");
    $test->write_file('colon.key', "0123456789:abcdefghij\n");
    $options =~ s/KEY/$test->{dir}\/apply.key/;
    $options =~ s/SHORT/$test->{dir}\/short.key/;
    $options =~ s/COLON/$test->{dir}\/colon.key/;
    my ($status, $output) = $test->nginx_test(server => "location /x/ { gig acme $options; }");
    is($status, 1, "refused: $case->[0]");
    like($output, $expected, 'with what would be right');
    unlike($output, qr/0123456789:abc/, 'and without the key');
}

$test->{expected_log} = qr/bind\(\) to .* failed|\[emerg\] .*(?:"key_file=" is for|cannot open ".*\/nothing"|one line of 16 to 256)/;
$test->done;
