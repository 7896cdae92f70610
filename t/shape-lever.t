#!/usr/bin/perl
# Why: a careers page written against the Lever Postings API is to run on ours after a change of the
# host name.  Its list is a bare array that it pages through by skip and limit, and its filters have
# names that mean other things to us: read as ours, `mode=json` would find no gig at all.

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
my $base = '/v0/postings/acme';
my $ends = int(time) + 12;
my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(board => "public_url $public;",
    server => "location $base { gig acme as=lever; gig_origins https://page.example; }\n"
            . "location /v1/boards/acme/ { gig acme as=greenhouse; }");
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('scan', title => 'Scan <b>&</b> sum', posted_at => '2026-02-01T15:00:00Z', team => 'Growth', commitment => 'Micro-Internship',
        summary => 'Short & paid.', description_html => '<p>Scan &amp; sum</p><script>x</script>', deliverables => ['A <sheet>', 'A memo'],
        sections => [{ title => 'Needs & wants', items => ['A laptop'] }, { title => 'More', html => '<p>Read <b>on</b></p>' }]),
    gig_record('office', i18n => { es => { title => 'Oficina' } }, posted_at => '2026-01-20T00:00:00Z', department => 'Design', team => 'Growth',
        location => { mode => 'hybrid', places => [{ locality => 'Chicago', region => 'IL', country => 'US' }, { locality => 'Austin', region => 'TX', country => 'US' }] },
        pay => { type => 'hourly', currency => 'USD', min_minor => 2550, max_minor => 3000, unit => 'hour' }),
    gig_record('loose', department => undef, engagement => 'volunteer', posted_at => '2026-01-10T00:00:00Z', pay => { type => 'unpaid' }, summary => undef),
    gig_record('ending', department => 'Design', posted_at => '2026-01-09T00:00:00Z', closes_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $ends)),
    gig_record('later', opens_at => '2031-03-01T09:00:00-06:00'),
    gig_record('hidden', visible_from => '2031-01-10T00:00:00Z'));
$test->wait_total(5) or BAIL_OUT('no catalog');

sub ask { return $test->get("$base$_[0]", headers => $_[1] // {}) }
sub json { return json_of(ask(@_)) }
sub ids { return join ' ', map { $_->{id} } @{ $_[0] } }
sub kind {
    my ($value) = @_;
    return ref $value eq 'HASH' ? 'object' : ref $value eq 'ARRAY' ? 'array' : !defined $value ? 'null'
        : JSON::PP->new->allow_nonref->encode($value) =~ /^"/ ? 'string' : 'number';
}

# --- a posting, against names and types of their own (values are made up)

my $theirs = json_of({ body => <<'END' });
{"id":"x","text":"T","createdAt":1788260400000,"categories":{"commitment":"C","department":"D","team":"T","location":"L","allLocations":["L"]},
"country":"US","workplaceType":"remote","opening":"","openingPlain":"","description":"","descriptionPlain":"","descriptionBody":"","descriptionBodyPlain":"",
"lists":[{"text":"","content":""}],"additional":"","additionalPlain":"","hostedUrl":"","applyUrl":"","salaryDescription":"","salaryDescriptionPlain":""}
END
my $list = ask('?mode=json');
is($list->{status}, 200, 'the list');
is($list->{headers}{'content-type'}, 'application/json', 'its type');
my ($scan, $office, $loose, $ending) = @{ json_of($list) };
is(ids(json_of($list)), 'scan office loose ending', 'a bare array of what is open, newest first');
is_deeply([map {"$_ " . kind($scan->{$_})} sort keys %$scan], [map {"$_ " . kind($theirs->{$_})} sort keys %$theirs], 'members and types are theirs, and no others');
is_deeply([map {"$_ " . kind($scan->{categories}{$_})} sort keys %{ $scan->{categories} }],
    [map {"$_ " . kind($theirs->{categories}{$_})} sort keys %{ $theirs->{categories} }], 'and of categories');
is($scan->{text}, 'Scan <b>&</b> sum', 'a title is a text');
is($scan->{createdAt}, 1769958000000, 'milliseconds');
is_deeply($scan->{categories}, { commitment => 'Micro-Internship', department => 'Marketing', team => 'Growth',
    location => 'Remote - United States', allLocations => ['Remote - United States', 'United States'] }, 'what it is by');
is_deeply($office->{categories}{allLocations}, ['Chicago, IL', 'Austin, TX'], 'places');
is("$office->{categories}{location} $office->{workplaceType} $office->{country}", 'Chicago, IL hybrid US', 'the first of them');
is_deeply([sort keys %{ $loose->{categories} }], [qw(allLocations commitment location)], 'what it has none of is left out');
is($loose->{categories}{commitment}, 'Volunteer', 'a commitment that is not said follows from the engagement');
is($scan->{opening}, '<div>Short &amp; paid.</div>', 'an opening');
is($scan->{openingPlain}, 'Short & paid.', 'as a text');
is($loose->{opening}, '', 'or none');
is($scan->{descriptionBody}, '<div><p>Scan &amp; sum</p></div>', 'the text is clean');
is($scan->{description}, "$scan->{opening}$scan->{descriptionBody}", 'both together');
like($scan->{descriptionPlain}, qr/^Short & paid\.\s+Scan & sum$/, 'as a text');
is_deeply($scan->{lists}, [{ text => 'Needs & wants', content => '<li>A laptop</li>' },
    { text => 'What you hand in', content => '<li>A &lt;sheet&gt;</li><li>A memo</li>' }], 'lists without the list around them');
is($scan->{additional}, '<h3>More</h3><p>Read <b>on</b></p>', 'what else there is to say');
is($scan->{hostedUrl}, "${public}scan/scan-b-b-sum", 'its page');
is($scan->{applyUrl}, "${public}scan/apply", 'its form');
ok(!exists $scan->{salaryRange}, 'a fee is no salary');
is($scan->{salaryDescriptionPlain}, '$500 for about 15 to 20 hours', 'but told');
is_deeply($office->{salaryRange}, { currency => 'USD', interval => 'per-hour-wage', min => 25.5, max => 30 }, 'a wage is');
is(kind($office->{salaryRange}{min}), 'number', 'in numbers');
unlike($list->{body}, qr/onboarding|"rev"/, 'nothing private');

# --- one

is_deeply(json('/scan'), $scan, 'one posting is what the list has');
is_deeply(json('/scan/?mode=json'), $scan, 'with a slash and a mode');
is(json("/office$_")->{text}, 'Gig office', "/office$_: in its own language, whoever asked first") for '?lang=es', '';
is(ask("/$_")->{status}, 404, "/$_") for qw(none hidden a.b scan/apply receipts/x);
is_deeply(json('/none'), { ok => JSON::PP::false, error => 'Document not found' }, 'as they say it');
is(json('/later')->{id}, 'later', 'one that opens later is there, but in no list');

# --- their parameters

is(ids(json('')), ids(json('/?mode=json')), 'the list with and without its slash');
is(ids(json('?limit=2')), 'scan office', 'limit');
is(ids(json('?skip=1&limit=2')), 'office loose', 'and skip');
is(ids(json('?skip=4&limit=2')), '', 'past the end');
is(json('?limit=0')->[0], undef, 'none of it');
is(ids(json('?limit=1000')), ids(json('')), 'more than there is');
is(ids(json('?team=Growth')), 'scan office', 'a team');
is(ids(json('?team=growth&department=DESIGN')), 'office', 'and a department, however they are cased');
is(ids(json('?department=Design&department=Marketing')), 'scan office ending', 'one of two');
is(ids(json('?location=Austin,%20TX')), 'office', 'a location that is not its first');
is(ids(json('?location=Remote+-+United+States')), 'scan loose ending', 'by its name');
is(ids(json('?location=Austin')), '', 'but no part of one, as with theirs');
is(ids(json('?commitment=micro-internship')), 'scan', 'a commitment');
is(ids(json('?commitment=Micro-Internship&team=x')), '', 'nothing');
is(ids(json('?level=Senior')), '', 'no gig has a level');
is(ids(json('?team=&level=&q=')), ids(json('')), 'what is empty is not asked for');
is(ids(json('?skip=1&limit=1&team=growth')), 'office', 'skip counts what is found');
is(ids(json('?q=scan&utm_source=x&team=growth&x')), 'scan', 'filters of ours as well');
is(ids(json('?skill=research&pay_min=400&currency=USD&team=growth')), 'scan', 'any of them');
for my $case ([mode => 'html'], [mode => 'iframe'], [skip => '-1'], [limit => 'x'], [limit => '1000001'], [group => 'x'], [team => '%ff'], [q => 'a' x 300]) {
    my $bad = ask("?$case->[0]=$case->[1]");
    is($bad->{status}, 400, "$case->[0]=" . substr $case->[1], 0, 10);
    my $said = json_of($bad);
    ok(!$said->{ok} && $said->{error} =~ /"$case->[0]"/, "is refused in their shape: $said->{error}");
}
is_deeply([map {"$_->{title}: " . ids($_->{postings})} @{ json('?group=department') }], ['Marketing: scan', 'Design: office ending', 'Other: loose'], 'groups');
is_deeply([map {"$_->{title}: " . ids($_->{postings})} @{ json('?group=team&limit=3') }], ['Growth: scan office', 'Other: loose'], 'of what limit leaves');
is_deeply([map { $_->{title} } @{ json('?group=location') }], ['Remote - United States', 'Chicago, IL'], 'by location');
is_deeply([map { $_->{title} } @{ json('?group=commitment') }], ['Micro-Internship', 'Contract', 'Volunteer'], 'by commitment');
is_deeply(json('?group=team&team=none'), [], 'no groups of nothing');

# --- caching, CORS, no page and no script

my $etag = ask('')->{headers}{etag};
like($etag, qr/^"[0-9a-f]{32}"$/, 'an ETag');
is(ask($_, { 'If-None-Match' => ask($_)->{headers}{etag} })->{status}, 304, "304: $_") for '', '?group=team', '/scan';
isnt(ask('?limit=2')->{headers}{etag}, $etag, 'another answer has another one');
is(ask('?mode=json&x=1')->{headers}{etag}, $etag, 'the same has the same');
isnt($test->get('/v1/boards/acme/jobs')->{body}, ask('')->{body}, 'two shapes of one board');
isnt($test->get('/v1/boards/acme/jobs/scan')->{body}, ask('/scan')->{body}, 'are kept apart');
is(ask('', { 'Accept-Encoding' => 'gzip' })->{headers}{'content-encoding'}, 'gzip', 'compressed');
is(ask('', { Origin => 'https://page.example' })->{headers}{'access-control-allow-origin'}, 'https://page.example', 'a page of a listed origin may read it');
ok(!ask('', { Origin => 'https://other.example' })->{headers}{'access-control-allow-origin'}, 'no other');
is(ask('?callback=evil', { Accept => 'text/html' })->{body}, ask('')->{body}, 'no JSONP, no HTML');
is($test->http('HEAD', $base)->{headers}{etag}, $etag, 'HEAD');
is($test->http($_, "$base/scan")->{status}, 405, $_) for qw(POST DELETE);
is_deeply([sort keys %{ json_of($test->http('POST', "$base/scan")) }], [qw(error ok)], 'a refusal has their shape');
is($test->get('/v0/postings/acmex')->{status}, 404, 'what only begins like it is not');

wait_for { time >= $ends } 'the end of a gig', 20;
is(ids(json('')), 'scan office loose', 'a gig that has closed is in no list');
is(ask('/ending')->{status}, 404, 'nor anywhere else');

$test->done;
