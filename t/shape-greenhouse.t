#!/usr/bin/perl
# Why: a careers page written against the Greenhouse Job Board API is to run on ours after a change
# of the host name.  A member that is missing, has another type or lies one level deeper breaks it,
# and nobody here would see it.  What that API has no CORS, filters nor caching for, ours has.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);
use GigTest;
use GigTest::Publish;

my $public = 'https://careers.acme.example/gigs/';
my $base = '/v1/boards/acme/';
my $ends = int(time) + 12;
my $test = GigTest->new;
$test->start_redis;
my @pieces = (board => "public_url $public; title 'Acme & more'; about 'Short <projects>';",
    server => "location $base { gig acme as=greenhouse; gig_origins https://page.example; }\n"
            . "location /v1/boards/bare { gig acme as=greenhouse; }\n"
            . 'location /nowhere/ { gig nowhere as=greenhouse; }',
    http => "gig_board nowhere { redis 127.0.0.1:$test->{redis}{port}; state $test->{dir}/state/nowhere; }");
$test->start_nginx(@pieces);
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('scan', title => 'Scan <b>&</b> sum', department => 'Marketing', posted_at => '2026-02-01T15:00:00Z', updated_at => '2026-02-03T04:05:06Z',
        closes_at => '2031-01-31T23:59:59-06:00', description_html => '<p>Scan &amp; sum</p><script>x</script>', deliverables => ['A <sheet>', 'A memo'],
        privacy => { consents => ['processing'], retention_days => 365, blind => JSON::PP::false }),
    gig_record('7700101', title => 'A number of its own', department => 'MARKETING', posted_at => '2026-01-20T00:00:00Z',
        location => { mode => 'onsite', places => [{ locality => 'Chicago', region => 'IL', country => 'US' }, { locality => 'Austin', region => 'TX', country => 'US' }] },
        pay => { type => 'hourly', currency => 'JPY', min_minor => 1500, max_minor => 2000, unit => 'hour' }),
    gig_record('loose', department => undef, i18n => { es => { title => 'Gig suelto' } }, posted_at => '2026-01-10T00:00:00Z', pay => { type => 'unpaid' }),
    gig_record('ending', department => 'Design', posted_at => '2026-01-09T00:00:00Z', closes_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $ends)),
    gig_record('later', opens_at => '2031-03-01T09:00:00-06:00'),
    gig_record('hidden', visible_from => '2031-01-10T00:00:00Z'),
    gig_record('ended', opens_at => '2026-01-06T00:00:00Z', closes_at => '2026-01-10T00:00:00Z'));
$test->wait_total(6) or BAIL_OUT('no catalog');

sub ask { return $test->get("$base$_[0]", headers => $_[1] // {}) }
sub json { return json_of(ask(@_)) }
sub ids { return join ' ', map { $_->{requisition_id} } @{ $_[0]{jobs} } }
sub kind {
    my ($value) = @_;
    return ref $value eq 'HASH' ? 'object' : ref $value eq 'ARRAY' ? 'array' : ref $value ? 'boolean' : !defined $value ? 'null'
        : JSON::PP->new->allow_nonref->encode($value) =~ /^"/ ? 'string' : 'number';
}

# Every member of theirs is there with its type; a null of theirs or ours may be anything.
sub like_theirs {
    my ($theirs, $ours, $where) = @_;
    return () if kind($theirs) eq 'null' || kind($ours) eq 'null';
    return "$where: " . kind($ours) . ', not ' . kind($theirs) if kind($theirs) ne kind($ours);
    return map { exists $ours->{$_} ? like_theirs($theirs->{$_}, $ours->{$_}, "$where/$_") : "$where/$_ is missing" } sort keys %$theirs
        if kind($theirs) eq 'object';
    return map { like_theirs($theirs->[0], $_, "$where/*") } @$ours if kind($theirs) eq 'array' && @$theirs;
    return ();
}

# Their own names and types; the values are made up.
my $theirs = json_of({ body => <<'END' });
{"jobs":[{"id":7700101,"internal_job_id":6600101,"title":"T","company_name":"C","first_published":"2026-09-01T09:00:00-04:00",
"updated_at":"2026-09-14T10:15:28-04:00","application_deadline":null,"requisition_id":"R","location":{"name":"L"},"absolute_url":"https://a.example",
"language":"en","metadata":[{"id":910,"name":"N","value_type":"number","value":null}],"content":"&lt;p&gt;",
"departments":[{"id":1,"name":"M","parent_id":null,"child_ids":[]}],"offices":[{"id":1,"name":"U","location":"U","parent_id":null,"child_ids":[]}],
"data_compliance":[{"type":"gdpr","requires_consent":false,"requires_processing_consent":false,"requires_retention_consent":false,"retention_period":null}],
"pay_input_ranges":[{"min_cents":1,"max_cents":1,"currency_type":"USD","title":"T","blurb":"B"}]}],"meta":{"total":2}}
END

# --- the list

my $list = ask('jobs');
is($list->{status}, 200, 'jobs');
is($list->{headers}{'content-type'}, 'application/json', 'its type');
my $jobs = json_of($list);
is(ids($jobs), 'scan 7700101 loose ending', 'what is open, newest first');
is($jobs->{meta}{total}, 4, 'how many');
ok(!exists $jobs->{jobs}[0]{content}, 'no text if it is not asked for');
ok(!exists $jobs->{jobs}[0]{pay_input_ranges}, 'nor pay');
my $full = json('jobs?content=true&pay_transparency=true');
is_deeply([like_theirs($theirs, $full, '')], [], 'names, types and nesting are theirs');
is_deeply([like_theirs({ a => [{ b => 1 }] }, { a => [{ b => '1' }, {}] }, '')], ['/a/*/b: string, not number', '/a/*/b is missing'],
    'this can fail');

my ($scan, $numbered, $loose) = @{ $full->{jobs} };
is($scan->{title}, 'Scan <b>&</b> sum', 'a title is a text');
is($scan->{absolute_url}, "${public}scan/scan-b-b-sum", 'a whole address');
is($scan->{first_published}, '2026-02-01T09:00:00-06:00', 'times are in the zone of the gig');
is($scan->{application_deadline}, '2031-01-31T23:59:59-06:00', 'a deadline');
is($loose->{application_deadline}, undef, 'or none');
is($scan->{location}{name}, 'Remote - United States', 'a place');
is_deeply([map { $_->{name} } @{ $numbered->{offices} }], ['Chicago, IL', 'Austin, TX'], 'several of them');
like($scan->{content}, qr{&lt;p&gt;Scan &amp;amp; sum&lt;/p&gt;}, 'the text is escaped once more, as theirs');
unlike($scan->{content}, qr/[<>]/, 'all of it');
unlike($scan->{content}, qr/script/, 'and clean');
like($scan->{content}, qr{&lt;li&gt;A &amp;lt;sheet&amp;gt;&lt;/li&gt;}, 'with what is to be handed in');
is_deeply([map {"$_->{name}: " . (ref $_->{value} ? join('+', @{ $_->{value} }) : $_->{value})} @{ $scan->{metadata} }],
    ['Estimated hours: 20', 'Fixed fee (USD): 500', 'Deliverables: A <sheet>+A memo'], 'what their jobs have no member for');
is($scan->{departments}[0]{id}, $numbered->{departments}[0]{id}, 'one department however it is cased');
is_deeply($loose->{departments}, [], 'or none');
is_deeply([@{ $scan->{pay_input_ranges}[0] }{qw(min_cents max_cents currency_type title)}], [50000, 50000, 'USD', 'Project fee'], 'a fee');
is_deeply([@{ $numbered->{pay_input_ranges}[0] }{qw(min_cents max_cents currency_type title)}], [150000, 200000, 'JPY', 'Hourly pay'],
    'cents of a currency that has none');
is_deeply($loose->{pay_input_ranges}, [], 'unpaid');
is($scan->{data_compliance}[0]{retention_period}, 365, 'how long it is kept');
ok($scan->{data_compliance}[0]{requires_processing_consent}, 'what has to be agreed to');
ok(!$loose->{data_compliance}[0]{requires_processing_consent}, 'or not');
unlike($list->{body}, qr/onboarding|"rev"/, 'nothing private, nothing of ours');

# --- numbers

is($numbered->{id}, 7700101, 'an id that is a number is it');
my %number = map { $_->{requisition_id} => $_->{id} } @{ $full->{jobs} };
cmp_ok($number{scan}, '<', 2**53, 'another is made a number that JavaScript can hold');
cmp_ok($number{scan}, '>=', 2**52, 'and that no other id is');
is(json("jobs/$number{$_}")->{requisition_id}, $_, "found by it: $_") for sort keys %number;
is(json('jobs/scan')->{id}, $number{scan}, 'and by the id');
is(ask("jobs/$_")->{status}, 404, "jobs/$_") for 'none', $number{scan} + 1, 'hidden', 'ended', '9' x 16, '0' x 40, 'a.b', 'scan/x';
is_deeply(json('jobs/none'), { status => 404, error => 'Job not found' }, 'as they say it');
is(json('jobs/later')->{requisition_id}, 'later', 'a job that opens later is there, but in no list');

# --- one job

my $one = json('jobs/scan?questions=true&pay_transparency=true');
is_deeply([like_theirs($theirs->{jobs}[0], $one, '')], [], 'one job has it all');
is_deeply([sort grep { !exists $scan->{$_} } keys %$one], [qw(compliance demographic_questions location_questions questions)], 'and what is asked');
ok(!exists json('jobs/scan')->{questions}, 'if it is wanted');
is_deeply([map {"$_->{label}: " . join '+', map {"$_->{name} $_->{type}"} @{ $_->{fields} }} @{ $one->{questions} }],
    ['First name: first_name input_text', 'Last name: last_name input_text', 'E-mail: email input_text',
     'How would you approach this project?: statement textarea', 'Can you finish by the due date?: available multi_value_single_select'],
    'the form in their words');
is_deeply($one->{questions}[4]{fields}[0]{values}, [{ value => 0, label => 'No' }, { value => 1, label => 'Yes' }], 'yes or no');
ok($one->{questions}[0]{required}, 'what is required');
is($one->{demographic_questions}, undef, 'nothing of self-identification');

# Whoever asks for another language first must not be answered for all who come later: the answers are kept, and none has a language.
is(json("jobs/loose$_")->{title}, 'Gig loose', "jobs/loose$_: in its own language") for '?lang=es', '', '?lang=es&questions=true', '?questions=true';

GigTest::Publish::operations($test, [form => { schema => 'gig-form/1', id => 'f_own', rev => 3, locale => 'en', fields => [
    { name => 'email', label => 'Email', type => 'email', required => JSON::PP::true, class => 'contact' },
    { name => 'tools', label => 'Tools', type => 'multi_select', class => 'merit', options => [{ value => '71', label => 'Excel' }, { value => 'py', label => 'Python' }], map => { greenhouse => 'question_4103[]' } },
    { name => 'level', label => 'Level', type => 'select', class => 'merit', options => [{ value => '1', label => 'One' }] },
    { name => 'resume', label => 'Resume', type => 'file', class => 'merit', accept => ['pdf'], max_bytes => 1000, any_of => 'resume' },
    { name => 'resume_text', label => 'Or paste', type => 'textarea', class => 'merit', any_of => 'resume' },
    { name => 'keep', label => 'Keep it', type => 'consent', class => 'consent', required => JSON::PP::true, version => '1', map => { greenhouse => 'data_compliance[gdpr_retention_consent_given]' } },
    { name => 'terms', label => 'Terms', type => 'consent', class => 'consent', required => JSON::PP::true, version => '1' }],
    groups => [{ id => 'resume', required => JSON::PP::true }] }],
    [put => gig_record('formed', posted_at => '2026-01-01T00:00:00Z', form => { id => 'f_own', rev => 3 })]);
$test->wait_total(7);
my $formed = json('jobs/formed?questions=true');
is_deeply([map {"$_->{label}" . ($_->{required} ? '!' : '') . ': ' . join '+', map {"$_->{name} $_->{type}"} @{ $_->{fields} }} @{ $formed->{questions} }],
    ['Email!: email input_text', 'Tools: question_4103[] multi_value_multi_select', 'Level: level multi_value_single_select',
     'Resume!: resume input_file+resume_text textarea', 'Terms!: terms multi_value_single_select'], 'a form of its own');
is_deeply($formed->{questions}[1]{fields}[0]{values}, [{ value => 71, label => 'Excel' }, { value => 'py', label => 'Python' }], 'with its options');
ok($formed->{data_compliance}[0]{requires_retention_consent}, 'a consent of theirs is told as theirs');
ok(!$formed->{data_compliance}[0]{requires_processing_consent}, 'and no other');

# --- departments and offices

my $departments = json('departments');
is_deeply([map {"$_->{name}: " . ids($_)} @{ $departments->{departments} }],
    ['Marketing: scan 7700101 formed', 'No Department: loose', 'Design: ending'], 'departments with their jobs');
is($departments->{departments}[0]{id}, $scan->{departments}[0]{id}, 'by the number that jobs have');
is($departments->{departments}[1]{id}, 0, 'none is 0, as theirs');
is(json("departments/$scan->{departments}[0]{id}")->{name}, 'Marketing', 'one of them');
is_deeply([sort keys %{ $departments->{departments}[0] }], [qw(child_ids id jobs name parent_id)], 'its members');
is_deeply([sort keys %{ json('departments?render_as=tree')->{departments}[0] }], [qw(children id jobs name)], 'as a tree');
is_deeply(json('departments/12345'), { status => 404, error => 'Department not found' }, 'there is no such one');
is(ask("departments/$_")->{status}, 404, "departments/$_") for 'x', '4294967295', '99999999999', '-1';
my $offices = json('offices');
is_deeply([map {"$_->{name} ($_->{location}): " . join ', ', map {"$_->{name} " . ids($_)} @{ $_->{departments} }} @{ $offices->{offices} }],
    ['United States (United States): Marketing scan formed, No Department loose, Design ending', 'Chicago, IL (Chicago, IL): MARKETING 7700101',
     'Austin, TX (Austin, TX): MARKETING 7700101'], 'offices, with departments in them');
is(json("offices/$numbered->{offices}[1]{id}")->{name}, 'Austin, TX', 'one office');
is(json('offices/1')->{error}, 'Office not found', 'or none');

# --- the rest of their addresses

is_deeply(json(''), { name => 'Acme & more', content => '<p>Short &lt;projects&gt;</p>' }, 'the board');
is_deeply(json('sections'), { sections => [] }, 'no sections');
is_deeply(json("education/$_"), { items => [], meta => { total_count => 0, per_page => 100 } }, $_) for qw(degrees disciplines schools);
is(ask("$_/")->{status}, 200, "$_/: a slash at the end") for qw(jobs jobs/scan departments offices sections education/schools);
is(ask($_)->{status}, 404, "$_: nothing of theirs") for qw(education education/x feed.atom receipts/x embed.js scan jobs/scan/apply jobsx sections/1);
is($test->get('/v1/boards/acme')->{status}, 301, 'without the last slash nginx leads there');
is(json_of($test->get('/v1/boards/bare'))->{name}, 'Acme & more', 'unless the location has none');
is(json_of($test->get('/v1/boards/bare/jobs'))->{meta}{total}, 5, 'and what is below it is the same');
is($test->get('/v1/boards/barefoot')->{status}, 404, 'what only begins like it is not');

# --- what is gained: filters, caching, CORS

is(ids(json('jobs?department=marketing')), 'scan 7700101 formed', 'filters are those of the list');
is(ids(json('jobs?q=number&utm_source=x')), '7700101', 'words too');
is(ids(json('departments?location=Austin')->{departments}[0]), '7700101', 'in departments as well');
is(ids(json('jobs?limit=1&sort=pay&cursor=')), ids(json('jobs')), 'it is whole, and in one order');
my $bad = ask('jobs?pay_min=x');
is($bad->{status}, 400, 'a value that cannot be');
like(json_of($bad)->{error}, qr/"pay_min"/, 'is told');
my $etag = ask('jobs')->{headers}{etag};
like($etag, qr/^"[0-9a-f]{32}"$/, 'an ETag');
is(ask('jobs', { 'If-None-Match' => $etag })->{status}, 304, 'not twice');
isnt(ask('jobs?content=true')->{headers}{etag}, $etag, 'another answer has another one');
is(ask('jobs?x=1')->{headers}{etag}, $etag, 'the same has the same');
like(ask('jobs')->{headers}{'cache-control'}, qr/^max-age=([0-9]|1[0-2])$/, 'until a gig closes');
is(ask($_, { 'If-None-Match' => ask($_)->{headers}{etag} })->{status}, 304, "304: $_") for '', 'jobs/scan', 'departments', 'offices', 'sections';
is(ask('jobs', { 'Accept-Encoding' => 'gzip' })->{headers}{'content-encoding'}, 'gzip', 'compressed');
my $cors = ask('jobs', { Origin => 'https://page.example' });
is($cors->{headers}{'access-control-allow-origin'}, 'https://page.example', 'a page of a listed origin may read it');
is(ask('jobs/none', { Origin => 'https://page.example' })->{headers}{'access-control-allow-origin'}, 'https://page.example', 'and refusals');
ok(!ask('jobs', { Origin => 'https://other.example' })->{headers}{'access-control-allow-origin'}, 'no other');
like($cors->{headers}{vary}, qr/Origin/, 'which caches are told');
is($test->http('HEAD', "${base}jobs")->{headers}{etag}, $etag, 'HEAD');
is($test->http($_, "${base}jobs")->{status}, 405, $_) for qw(POST DELETE PUT);
is_deeply([sort keys %{ json_of($test->http('DELETE', "${base}jobs")) }], [qw(error status)], 'a refusal has their shape');

# --- JSONP is not offered

my $jsonp = ask('jobs?callback=evil');
is($jsonp->{body}, ask('jobs')->{body}, 'a callback is not heard of');
is($jsonp->{headers}{'content-type'}, 'application/json', 'and it is no script');
is($jsonp->{headers}{'x-content-type-options'}, 'nosniff', 'nor taken for one');
is(ask('jobs?format=html', { Accept => 'text/html' })->{headers}{'content-type'}, 'application/json', 'no page either, whatever Accept says');

# --- the clock, two hosts

my $other = GigTest->new;
$other->{redis} = $test->{redis};
$other->{keys_made} = 1;
for my $key (qw(secret key pub)) { $other->write_file("acme.$key", $test->read_file("acme.$key")) }
$other->start_nginx(@pieces);
$other->wait_total(7);
for my $path ('jobs?content=true', 'jobs/scan?questions=true', 'departments', 'offices') {
    my ($one, $two) = map { $_->get("$base$path") } $test, $other;
    is($two->{headers}{etag}, $one->{headers}{etag}, "the ETag of two hosts: $path");
}
delete $other->{redis};
$other->finish;

wait_for { time >= $ends } 'the end of a gig', 20;
is(ids(json('jobs')), 'scan 7700101 loose formed', 'a gig that has closed is in no list');
is(ask("jobs/$number{ending}")->{status}, 404, 'nor anywhere else');
is_deeply([map { $_->{name} } @{ json('departments')->{departments} }], ['Marketing', 'No Department'], 'nor is its department');

# --- without public_url there are no whole addresses, and that is said

is($test->get('/nowhere/jobs')->{status}, 503, 'without a catalog');
{
    local $test->{board} = 'nowhere';
    GigTest::Publish::ready($test, 'nonce-of-a-test');
    GigTest::Publish::put($test, gig_record('one'));
}
wait_for { $test->get('/nowhere/jobs')->{status} == 404 } 'a catalog', 10;
is($test->get("/nowhere/$_")->{status}, 404, "$_: none without public_url") for qw(jobs/one departments offices);
is($test->get('/nowhere/sections')->{status}, 200, 'what has no address in it is there');
like($test->read_file('error.log'), qr/\[warn\].*"gig nowhere as=\.\.\." in the location "\/nowhere\/" answers 404.*no "public_url"/, 'nginx -t warns of a board without public_url');

$test->done;
