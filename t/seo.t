#!/usr/bin/perl
# Why: a job that can no longer be applied to, shown by a search engine for weeks, is what people
# complain of most; one that is left out because a member is missing comes next.  So: markup on a
# gig's own page alone, whole, only while one can apply, gone with its page in the second it
# closes; and no address that is not the board's.

use strict;
use utf8;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use Time::Local qw(timegm);
use GigTest;
use GigTest::Publish;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $public = 'https://jobs.acme.example/careers/';
$test->start_nginx(board => "public_url $public; title 'Acme gigs';");
GigTest::Publish::ready($test, 'nonce-of-a-test');

sub stamp { return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }
my $place = { locality => 'Chicago', region => 'IL', country => 'US' };
my @gigs = (
    gig_record('one', title => 'Pricing scan', closes_at => '2035-09-30T23:59:59-05:00', deliverables => ['A one-page memo'],
        org => { name => 'Acme Robotics', url => 'https://acme.example', logo => 'https://acme.example/logo.png' }),
    gig_record('paid', title => 'Paid by the hour', engagement => 'employee_intern', location => { mode => 'hybrid', places => [$place] },
        pay => { type => 'hourly', currency => 'USD', min_minor => 2250, max_minor => 3000, unit => 'hour' }),
    gig_record('nowhere', location => { mode => 'onsite', places => [{ locality => 'Chicago' }] }),
    gig_record('quiet', seo => { noindex => JSON::PP::true }),
    gig_record('own', seo => { canonical_url => 'https://www.acme.example/jobs/own', direct_apply => JSON::PP::false, image => 'https://acme.example/picture.png' }),
    gig_record('soon', opens_at => '2035-01-01T00:00:00Z'),
    gig_record('queue'), gig_record('full'), gig_record('back', status => 'withdrawn'),
    gig_record('evil', title => '</script><script>alert(1)</script><!--', summary => "--!>\x{2028}"),
);
GigTest::Publish::put($test, @gigs);
ok(wait_for { $test->get('/gigs/evil')->{status} == 200 } 'the catalog') or BAIL_OUT('no catalog');

sub seats {
    my ($id, $seats) = @_;
    $redis->cmd('XADD', 'gig:{acme}:changes', '*', v => $redis->cmd('HGET', 'gig:{acme}:catalog', 'version'), op => 'seats', id => $id, seats => $seats);
    return wait_for { json_of($test->get("/gigs/$id?format=json"))->{state} eq $seats } "$id to be $seats";
}

# The page of an address, and what its postings are.
sub page {
    my ($path, %option) = @_;
    my $answer = $test->get("/gigs/$path", headers => { Accept => 'text/html', %{ $option{headers} // {} } });
    my @found = $answer->{body} =~ m{<script type="application/ld\+json">(.*?)</script>}sg;
    return ($answer, map { json_of($_) } @found);
}

sub none {
    my ($path, $status, $what) = @_;
    my ($answer) = page($path);
    is($answer->{status}, $status, "$what: $status");
    unlike($answer->{body}, qr/ld\+json|JobPosting/, "$what: no posting");
    return $answer;
}

# --- what it says

my ($answer, @postings) = page('one');
is(@postings, 1, 'a gig has one posting');
my $one = $postings[0];
is($one->{'@type'}, 'JobPosting', 'of that type');
is($one->{url}, "${public}one/pricing-scan", 'with the canonical address');
is($one->{validThrough}, '2035-09-30T23:59:59-05:00', 'valid until it closes, by its own clock');
is_deeply($one->{identifier}, { '@type' => 'PropertyValue', name => 'Acme Robotics', value => 'one' }, 'by its id');
is_deeply($one->{applicantLocationRequirements}, { '@type' => 'Country', name => 'United States' }, 'who may apply');
is($one->{jobLocationType}, 'TELECOMMUTE', 'remotely');
is_deeply($one->{employmentType}, ['CONTRACTOR'], 'as a contractor');
ok(!exists $one->{baseSalary}, 'a fee for the project is no salary');
like($one->{description}, qr/\$500 for about 15 to 20 hours/, 'but it is told');
like($one->{description}, qr/A one-page memo/, 'and what is handed in');
is($one->{hiringOrganization}{logo}, 'https://acme.example/logo.png', "the organisation's logo");
ok($one->{directApply}, 'by our own form');
my $head = substr $answer->{body}, 0, index $answer->{body}, '</head>';
for my $case ([canonical => qr{<link rel="canonical" href="\Q$public\Eone/pricing-scan">}], ['og:url' => qr{"og:url" content="\Q$public\Eone/pricing-scan"}],
    ['og:title' => qr{"og:title" content="Pricing scan"}], ['og:site_name' => qr{"og:site_name" content="Acme gigs"}], ['og:type' => qr{"og:type" content="website"}],
    ['og:locale' => qr{"og:locale" content="en_US"}], ['og:image' => qr{"og:image" content="https://acme\.example/logo\.png"}],
    ['og:description' => qr{"og:description" content="\$500 for about 15 to 20 hours\. Remote, United States\. What one is about\."}],
    ['twitter:card' => qr{name="twitter:card" content="summary"}], [title => qr{<title>Pricing scan · Acme gigs</title>}])
{
    my ($name, $pattern) = @$case;
    my $text = $head;
    utf8::decode($text);
    my $n = () = $text =~ /$pattern/g;
    is($n, 1, "the head has $name once");
}
is($test->get('/gigs/one/pricing-scan?format=html')->{body}, $answer->{body}, 'the same at the address with the slug');

my (undef, $paid) = page('paid');
is_deeply($paid->{jobLocation}, { '@type' => 'Place', address => { '@type' => 'PostalAddress', addressLocality => 'Chicago', addressRegion => 'IL', addressCountry => 'US' } }, 'where');
ok(!exists $paid->{jobLocationType}, 'in part at a place: not remote');
is_deeply($paid->{employmentType}, ['INTERN', 'TEMPORARY'], 'an intern');
is_deeply($paid->{baseSalary}{value}, { '@type' => 'QuantitativeValue', minValue => 22.5, maxValue => 30, unitText => 'HOUR' }, 'paid by the hour');
ok(!exists $paid->{validThrough}, 'no end where none is known');

($answer, my $own) = page('own');
is($own->{url}, 'https://www.acme.example/jobs/own', "a record's own address");
ok(!$own->{directApply}, 'where one applies');
like($answer->{body}, qr{<link rel="canonical" href="https://www\.acme\.example/jobs/own">}, 'is the canonical one');
like($answer->{body}, qr{"og:image" content="https://acme\.example/picture\.png"}, "a record's own picture");
like($answer->{body}, qr{name="twitter:card" content="summary_large_image"}, 'is shown large');

($answer, my @evil) = page('evil');
is(@evil, 1, 'a title that ends a script: one posting');
is($evil[0]{title}, $gigs[-1]{title}, 'with the title as it was');
my $scripts = () = $answer->{body} =~ m{<(?:/|!--)?\s*script}gi;
is($scripts, 2, 'and one script element in all');

# --- where there is none

none('', 200, 'the list');
none('one/apply', 200, 'the form');
none('nosuch', 404, 'an unknown gig');
none('nowhere', 200, 'a place without a country, which nobody takes');
none('soon', 200, 'a gig that opens later');
like(none('quiet', 200, 'a gig that is not to be found')->{body}, qr{<meta name="robots" content="noindex">}, 'and its page says so');
unlike((page('one'))[0]{body}, qr/noindex/, 'others do not');
unlike(none('back', 410, 'a gig that was withdrawn')->{body}, qr/canonical|og:|twitter:/, 'nor a preview');
unlike($test->get('/gigs/one?format=json')->{body}, qr/JobPosting/, 'JSON is the record');

ok(seats('queue', 'waitlist'), 'a gig with a waiting list');
is(scalar(my @waiting = page('queue')), 2, 'one can apply: it has its posting');
ok(seats('full', 'full'), 'a gig that is full');
none('full', 200, 'nobody can apply');
ok(seats('full', 'open'), 'a place is given back');
is(scalar(my @again = page('full')), 2, 'and the posting is back');

# --- an address with an old slug

my $old = $test->get('/gigs/one/scan-of-prices', headers => { Accept => 'text/html' });
is("$old->{status} $old->{headers}{location}", "301 ${public}one/pricing-scan", 'leads to the canonical one');
unlike($old->{body}, qr/JobPosting/, 'with no posting of its own');

# --- in the second it closes

my $closes = int(time) + 6;
GigTest::Publish::put($test, gig_record('closing', title => 'Closes soon', closes_at => stamp($closes)));
ok(wait_for { $test->get('/gigs/closing')->{status} == 200 } 'a gig that closes in seconds');
my (%seen, @wrong);
my %month = do { my $n = 0; map { $_ => $n++ } qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec) };
while (time < $closes + 1.5) {
    for my $path (qw(closing closing/closes-soon)) {
        my ($answer, $posting) = page($path);
        my ($day, $month, $year, @clock) = $answer->{headers}{date} =~ /^\w+, (\d+) (\w+) (\d+) (\d+):(\d+):(\d+) GMT$/;
        my $open = timegm(reverse(@clock), $day, $month{$month}, $year) < $closes;
        my $is = $answer->{status} == 200 && $posting && $posting->{title} eq 'Closes soon' ? 'open'
            : $answer->{status} == 410 && $answer->{body} !~ /ld\+json|JobPosting|canonical|og:/ ? 'gone' : 'neither';
        $seen{$is}++;
        push @wrong, "$answer->{headers}{date}: $is" if $is ne ($open ? 'open' : 'gone');
    }
    sleep 0.01;
}
is_deeply(\@wrong, [], 'up to the second it closes it is there, from then on it is gone with its page');
ok($seen{open} && $seen{gone}, "both were seen ($seen{open} and $seen{gone} times)");

# --- without public_url nobody knows the address, and none is made up

ok($test->stop_nginx, 'nginx ends');
$test->start_nginx;
ok(wait_for { $test->get('/gigs/one')->{status} == 200 } 'the board without public_url');
my %forged = (headers => { Host => 'evil.example', 'X-Forwarded-Host' => 'evil.example' });
($answer, my $bare) = page('one', %forged);
is($bare->{title}, 'Pricing scan', 'a posting');
ok(!exists $bare->{url}, 'without an address');
unlike($answer->{body}, qr/canonical|og:|twitter:/, 'no canonical address, no preview');
unlike($answer->{body}, qr/evil\.example|localhost|127\.0\.0\.1/, 'nothing of the request or the machine');
($answer, $own) = page('own', %forged);
is($own->{url}, 'https://www.acme.example/jobs/own', "a record's own address is whole all the same");
like($answer->{body}, qr{"og:url" content="https://www\.acme\.example/jobs/own"}, 'also for previews');
is($test->get('/gigs/one/old', %forged)->{headers}{location}, '/gigs/one/pricing-scan', 'an old slug leads on by its path');

$test->done;
