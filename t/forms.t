#!/usr/bin/perl
# Why: a form is what a company asks and the only thing an applicant sees of it.  Its
# answers must arrive the same by every encoding, however the bytes were cut; what is
# wrong must be told at the field, all of it at once, with what was typed still there;
# and what a blind review must not know must not be stored.

use strict;
use utf8;
use warnings;

use File::Find;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;

my $test = GigTest->new;
my ($true, $false) = (JSON::PP::true, JSON::PP::false);
my $json = JSON::PP->new->utf8->canonical;
my $sync = ($ENV{GIG_BUILD} // "$FindBin::Bin/../build") . '/gig-sync';

my @types = (
    { name => 'first_name', label => 'First name', type => 'text', required => $true, max_length => 60, class => 'identity', no_url => $true },
    { name => 'email', label => 'E-mail', type => 'email', required => $true, class => 'contact' },
    { name => 'tel', label => 'Telephone', type => 'tel', class => 'contact' },
    { name => 'link', label => 'Portfolio', type => 'url', class => 'merit', any_of => 'work' },
    { name => 'sample', label => 'Sample', type => 'textarea', class => 'merit', any_of => 'work', min_length => 10, max_length => 3000 },
    { name => 'hours', label => 'Hours a week', type => 'number', class => 'merit', min => 1, max => 40 },
    { name => 'start', label => 'First day', type => 'date', class => 'merit', min => '2026-10-01', max => '2027-12-31' },
    { name => 'year', label => 'Year', type => 'select', class => 'merit', options => [map { { value => "$_", label => "Year $_" } } 1 .. 3] },
    { name => 'tools', label => 'Tools', type => 'multi_select', class => 'merit', options => [map { { value => "t$_", label => "Tool $_" } } 1 .. 200] },
    { name => 'code', label => 'Code', type => 'text', class => 'merit', max_length => 20, pattern => '[A-Z]{2}-\\d{4}', example => 'AB-1234' },
    { name => 'available', label => 'Are you available?', type => 'boolean', required => $true, class => 'merit' },
    { name => 'campaign', label => 'Campaign', type => 'hidden', class => 'merit', value => 'autumn' },
    { name => 'school', label => 'School', type => 'text', required => $true, class => 'pedigree' },
    { name => 'agree', label => 'I agree', type => 'consent', required => $true, class => 'consent', version => '1' },
);
my %form = (schema => 'gig-form/1', rev => 1, groups => [{ id => 'work', required => $true }], anti_spam => { honeypot => 'website' });

$test->start_redis;
$test->sync_conf;
$test->import_gigs(
    { %form, id => 'types', fields => \@types },
    { %form, id => 'cv', groups => [], fields => [@types[0, 1], { name => 'resume', label => 'Resume', type => 'file', class => 'merit' }] },
    gig_record('blind', form => { id => 'types', rev => 1 }),
    gig_record('seen', form => { id => 'types', rev => 1 }, privacy => { blind => $false }),
    gig_record('grown', eligibility => { min_age => 18, work_authorization => ['US', 'CA'], note => 'Enrolled this term.' }),
    gig_record('file', form => { id => 'cv', rev => 1 }));
$test->start_sync;
$test->start_nginx(location => 'client_body_buffer_size 1k; client_body_timeout 5s; client_body_in_file_only on;');
$test->wait_total(4, 20) or BAIL_OUT('no catalog');

my %good = (first_name => 'Zoë', email => 'Zoe@Example.edu', tel => '+1 312 555 0100', sample => "One\r\ntwo and more", hours => '7.50', start => '2026-10-05',
    year => '2', tools => ['t7', 't3'], code => 'AB-1234', available => 'yes', campaign => 'autumn', agree => 'on');

sub octets { my ($s) = @_; utf8::encode($s) if utf8::is_utf8($s); return $s }
sub pairs { my (%all) = @_; return map { my $name = $_; map { [$name, octets($_)] } ref $all{$name} ? @{ $all{$name} } : $all{$name} } sort keys %all }
sub encoded { return join '&', map { my ($n, $v) = @$_; $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$n=$v" } pairs(@_) }

# Values that are references to scalars are files.
sub multipart {
    my ($boundary, %all) = @_;
    my %file = map { $_ => delete $all{$_} } grep { ref $all{$_} eq 'HASH' } keys %all;
    return join('', (map { "--$boundary\r\nContent-Disposition: form-data; name=\"$_->[0]\"\r\n\r\n$_->[1]\r\n" } pairs(%all)),
        (map { "--$boundary\r\nContent-Disposition: form-data; name=\"$_\"; filename=\"$file{$_}{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n$file{$_}{data}\r\n" } sort keys %file),
        "--$boundary--\r\n");
}

sub token {
    my ($gig) = @_;
    return $test->form_key($gig);
}

my $boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW';
my %type = (json => 'application/json', form => 'application/x-www-form-urlencoded', parts => "multipart/form-data; boundary=$boundary");
my $n = 0;

sub apply {
    my ($gig, $kind, $answers, %header) = @_;
    my $body = $kind eq 'json' ? $json->encode({ answers => $answers }) : $kind eq 'form' ? encoded(_key => token($gig), %$answers)
        : multipart($boundary, _key => token($gig), %$answers);
    return $test->http('POST', "/gigs/$gig/applications", body => $body,
        headers => { 'Content-Type' => $type{$kind}, Accept => 'application/json', $kind eq 'json' ? ('Idempotency-Key' => '"k' . ++$n . '"') : (), %header });
}

sub stored { return $test->{redis}->cmd('XLEN', 'gig:{acme}:applications') // 0 }

# --- one content is one content

my %receipt = map { $_ => json_of(apply('blind', $_, $_ eq 'json' ? { %good, hours => 7.5, sample => " One\ntwo and more ", tools => ['t3', 't7'], available => $true, agree => $true } : \%good)) } sort keys %type;
is($receipt{$_}{schema}, 'gig-receipt/1', "$_: a receipt") or diag(explain($receipt{$_})) for sort keys %type;
is($receipt{form}{content}, $receipt{json}{content}, 'urlencoded and JSON: one fingerprint');
is($receipt{parts}{content}, $receipt{json}{content}, 'multipart and JSON: one fingerprint');
isnt(json_of(apply('blind', 'parts', { %good, hours => '7.51' }))->{content}, $receipt{json}{content}, 'another content: another');
is(apply('blind', 'parts', \%good, Accept => 'text/html')->{status}, 303, 'a browser is sent to its receipt');
is(apply('blind', 'parts', { %good, tools => [map {"t$_"} 1 .. 200] })->{status}, 202, 'every box of a form ticked');

# --- the same bytes, however they come

my $key = token('blind');
my $body = multipart($boundary, _key => $key, %good);
my $head = "POST /gigs/blind/applications HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: $type{parts}\r\n";

sub raw {
    my ($what, $status, @pieces) = @_;
    my $connection = GigTest::Http->new($test->{port});
    setsockopt $connection->{socket}, IPPROTO_TCP, TCP_NODELAY, 1;
    for my $piece (@pieces) { $connection->raw($piece); sleep 0.001 if @pieces > 2 }
    my $answer = $connection->answer('POST');
    is($answer->{status}, $status, $what) or diag($answer->{body});
    $connection->send('GET', '/gigs/blind?format=json');
    is(json_of($connection->answer('GET'))->{id}, 'blind', "$what: and the request behind it");
    return $answer;
}

sub chunks { return join '', (map { sprintf "%x\r\n%s\r\n", length, $_ } @_), "0\r\n\r\n" }

raw('in one piece', 202, $head . 'Content-Length: ' . length($body) . "\r\n\r\n" . $body);
raw('byte by byte', 202, $head . 'Content-Length: ' . length($body) . "\r\n\r\n", split //, $body);
raw("in chunks of $_", 202, $head . "Transfer-Encoding: chunked\r\n\r\n" . chunks(unpack "(a$_)*", $body)) for 1, 3, 64, 1000, 5000;
raw('cut in the middle of a boundary', 202, $head . 'Content-Length: ' . length($body) . "\r\n\r\n", $body =~ /^(.*\r\n--\Q$boundary\E?.{5})(.*)$/s);
is($_->{headers}{'idempotency-replayed'}, 'true', 'all of them are one') for raw('once more', 202, $head . 'Content-Length: ' . length($body) . "\r\n\r\n$body");

# --- a client that goes away in the middle, and what is on the disk meanwhile

sub files { my @found; find(sub { push @found, $_ if -f }, "$test->{dir}/temp"); return @found }

my ($worker) = $test->workers;
my $stored = stored();
my $connection = GigTest::Http->new($test->{port});
my $long = multipart($boundary, %good, _key => token('blind'), sample => 'Not to be read by others. ' x 100);
$connection->raw($head . 'Content-Length: ' . length($long) . "\r\n\r\n" . substr $long, 0, length($long) - 50);
ok(wait_for { grep { (readlink($_) // '') =~ m{/temp/client_body/.*\(deleted\)} } glob "/proc/$worker/fd/*" } 'a body too large for its buffer to be in a file');
is_deeply([files()], [], 'that has no name');
close $connection->{socket};
ok(wait_for { !grep { (readlink($_) // '') =~ m{client_body} } glob "/proc/$worker/fd/*" } 'it to be gone with the client');
is(stored(), $stored, 'nothing of it is stored');
$connection = GigTest::Http->new($test->{port});
$connection->raw($head . "Transfer-Encoding: chunked\r\n\r\n" . "400\r\n" . substr $long, 0, 1000);
close $connection->{socket};
is_deeply([$test->workers], [$worker], 'the worker is well');
is(raw('a large one', 202, $head . 'Content-Length: ' . length($long) . "\r\n\r\n" . $long)->{status}, 202, 'out of a file');

is_deeply([files()], [], 'and no file is left, though the configuration asks for them');

# --- what cannot be read: told what and where

for my $case (
    ['parts', "--x\r\n", qr/does not begin with the boundary/], ['parts', substr($body, 0, -6), qr/ends before its last boundary/],
    ['parts', $body . 'x', qr/byte \d+: something follows/], ['parts', multipart($boundary, first_name => "\xc0\xaf"), qr/overlong/],
    ['form', 'first_name=%ED%A0%80', qr/byte 17: .*surrogate/], ['form', 'email=a&email=b', qr/email was sent twice/],
    ['json', '{"answers":{"tools":["t1"],"tools":["t2"]}}', qr/tools was sent twice/], ['json', '{"answers":{"first_name":"\\u0000"}}', qr/byte 32: a NUL/])
{
    my ($kind, $bytes, $says) = @$case;
    my $answer = $test->http('POST', '/gigs/blind/applications', body => $bytes,
        headers => { 'Content-Type' => $type{$kind}, Accept => 'application/json', 'Idempotency-Key' => '"x"' });
    is($answer->{status}, 400, "400: $says");
    like(json_of($answer)->{detail}, $says, 'and says why');
}
is($test->http('POST', '/gigs/blind/applications', body => $body, headers => { 'Content-Type' => 'multipart/form-data', Accept => 'application/json' })->{status}, 400, 'no boundary');
is(apply('blind', 'parts', \%good, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'a form of another site, in parts');

# --- all that is wrong at once, each at its field

my %wrong = (first_name => 'see www.example.com', email => 'zoe', tel => 'call', link => 'example', sample => 'short', hours => 'many', start => '2026-09-30',
    year => '9', tools => ['t0'], code => 'ab', available => 'perhaps', agree => '');
for my $kind (sort keys %type) {
    my $answer = apply('blind', $kind, \%wrong);
    is($answer->{status}, 422, "$kind: 422");
    is_deeply([sort map { $_->{pointer} } @{ json_of($answer)->{errors} }], [sort map {"/answers/$_"} keys %wrong], "$kind: every fault, with its pointer");
}
my $page = apply('blind', 'parts', { %wrong, first_name => 'Zoë <b>', tools => ['t5'], year => '3', available => 'no' }, Accept => 'text/html')->{body};
utf8::decode($page);
like($page, qr/<input class="gig-input" type="text" inputmode="decimal" id="f-hours"[^>]* value="many">/, 'a number that is none comes back as it was typed');
like($page, qr/type="date" id="f-start"[^>]* min="2026-10-01" max="2027-12-31" value="2026-09-30"/, 'a date out of range');
like($page, qr/value="3" selected/, 'what was selected');
like($page, qr/value="t5" checked/, 'what was ticked');
like($page, qr/value="false" required checked/, 'the button that was pressed');
like($page, qr/value="Zoë &lt;b&gt;"/, 'the text');
like($page, qr/id="e-$_"/, "the message at $_") for qw(email tel link sample hours start code agree);
like($page, qr/name="campaign" value="autumn"/, 'and what is hidden');

my $fresh = $test->get('/gigs/blind/apply')->{body};
like($fresh, qr/type="number" inputmode="decimal" step="any" id="f-hours" name="hours"[^>]* min="1" max="40"/, 'a number');
like($fresh, qr/type="tel" inputmode="tel" id="f-tel"[^>]* autocomplete="tel"/, 'a telephone number');
like($fresh, qr/autocomplete="email"/, 'an e-mail address');
like($fresh, qr/<textarea class="gig-input" rows="8" minlength="10" maxlength="3000"/, 'a long text');
like($fresh, qr/For example AB-1234\./, 'how a code looks');
unlike($fresh, qr/enctype=/, 'without a file the short encoding');

# --- files: not yet, and that is said where they were put

like($test->get('/gigs/file/apply')->{body}, qr/<form [^>]*enctype="multipart\/form-data"/, 'a form with a file field has the encoding for it');
my %few = (first_name => 'Zoë', email => 'z@example.edu');
is(apply('file', 'parts', { %few, resume => { name => '', data => '' } })->{status}, 202, 'a file input left empty is nothing');
for my $case (['file', 'resume', qr/^Files cannot be sent yet/], ['file', 'first_name', qr/write a text here/], ['blind', 'sample', qr/write a text here/]) {
    my ($gig, $field, $says) = @$case;
    my $answer = apply($gig, 'parts', { ($gig eq 'file' ? %few : %good), $field => { name => 'cv.pdf', data => "%PDF\0\xff\r\n--" } });
    is($answer->{status}, 422, "a file for $field");
    my ($error) = grep { $_->{detail} =~ $says } @{ json_of($answer)->{errors} };
    is($error && $error->{pointer}, "/files/$field", 'is refused at its field') or diag($answer->{body});
}
my $told = apply('file', 'parts', { %few, resume => { name => 'cv.pdf', data => 'x' } }, Accept => 'text/html');
like($told->{body}, qr/id="e-resume"><span[^>]*>Error: <\/span>Files cannot be sent yet/, 'on the page too');

# --- blind, unless a gig says it is not

unlike($fresh, qr/School/, 'a blind form does not ask for a school');
like($fresh, qr/We do not ask where you study/, 'and promises so');
is_deeply([grep { $_->{name} eq 'school' } @{ json_of($test->get('/gigs/blind/form'))->{fields} }], [], 'nor does its schema');
like($test->get('/gigs/seen/apply')->{body}, qr/id="f-school"/, 'one that is not blind asks');
is(apply('blind', 'json', { %good, available => $true, agree => $true, email => 'b@example.edu', school => 'Harvard of the blind' })->{status}, 202, 'sent unasked');
is(json_of(apply('seen', 'json', { %good, available => $true, agree => $true }))->{errors}[0]{pointer}, '/answers/school', 'asked for, it is required');
is(apply('seen', 'json', { %good, available => $true, agree => $true, email => 's@example.edu', school => 'Yale of the seen' })->{status}, 202, 'asked for and sent');

# --- what a gig's eligibility wants

my $grown = $test->get('/gigs/grown/apply')->{body};
like($grown, qr/I am at least 18 years old, may work in US or CA and meet this condition/, 'it is asked in words');
like($grown, qr/Enrolled this term\./, 'with the condition');
my ($last) = reverse @{ json_of($test->get('/gigs/grown/form'))->{fields} };
is_deeply([@$last{qw(name type required)}], ['eligible', 'consent', $true], 'the schema has it');
my $answers = $test->answers;
delete $answers->{eligible};
is_deeply([map { $_->{pointer} } @{ json_of(apply('grown', 'json', $answers))->{errors} }], ['/answers/eligible'], 'not ticked: 422');
is(apply('grown', 'json', { %$answers, eligible => $true, email => 'g@example.edu' })->{status}, 202, 'ticked');
my $unticked = apply('grown', 'form', { map({ $_ => $good{$_} } qw(first_name email)), last_name => 'Sample', statement => 'Later.', available => 'yes' }, Accept => 'text/html')->{body};
like($unticked, qr{<a href="#f-consent_processing">I agree that [^<]+: Please tick this box}, 'of two boxes each is told by its label: the consent')
    or diag($unticked =~ /(<div class="gig-summary-box.*?<\/div>)/s);
like($unticked, qr{<a href="#f-eligible">I am at least 18 [^<]+: Please tick this box}, 'and what the gig wants');

# --- what arrives

my %arrived;
ok(wait_for {
    my (undef, $lines) = $test->run($sync, 'export', '--what', 'applications', '--format', 'json', '--from', "sqlite:$test->{dir}/acme.db");
    %arrived = map { my $email = $_->{answers}{contact}{email}; ($email ? ($email => $_) : ()) } @{ ref json_of($lines) eq "ARRAY" ? json_of($lines) : [] };
    $arrived{'g@example.edu'} && $arrived{'s@example.edu'} && $arrived{'b@example.edu'};
} 'all applications to be delivered', 20) or diag(explain(\%arrived));
is_deeply($arrived{'b@example.edu'}{answers}{pedigree}, {}, 'blind: nothing of it is in the box');
is($arrived{'s@example.edu'}{answers}{pedigree}{school}, 'Yale of the seen', 'not blind: it is');
is_deeply([map { $_->{name} } grep { $_->{given} } @{ $arrived{'g@example.edu'}{consents} }], [qw(consent_processing eligible)], 'what was confirmed is among the consents');
is($arrived{'b@example.edu'}{answers}{merit}{hours}, '7.5', 'a number in its plain form');
for my $format (qw(json csv)) {
    my (undef, $out) = $test->run($sync, 'export', '--what', 'applications', '--format', $format, '--blind', '--from', "sqlite:$test->{dir}/acme.db");
    unlike($out, qr/Yale|Harvard|school|first_name|example\.edu/, "a review's export as $format has neither school nor name");
    like($out, qr/two and more/, 'but the work');
}
unlike($test->read_file('error.log') . $test->read_file('access.log'), qr/Harvard|Yale|Not to be read|Enrolled/, 'no log has anything of it');

$test->done;
