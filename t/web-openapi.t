#!/usr/bin/perl
# Why: a document that only its author's tools can read is none, and our checker in Perl could be
# wrong where the document is.  A validator of OpenAPI that somebody else wrote takes the document, and
# ajv judges the same samples as our checker: answers of a board, and each of them spoilt in many ways.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::OpenApi;
use GigTest::Publish;

my $missing = GigTest::Node::missing();
plan skip_all => $missing if $missing;

my $SAMPLES = 60;                               # of each answer, beside itself
my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(board => 'public_url http://localhost/gigs/;', location => 'gig_origins https://www.acme.example;');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one', opens_at => '2026-01-05T12:00:00Z', closes_at => '2031-01-05T12:00:00-05:00', seo => { direct_apply => JSON::PP::true },
        eligibility => { min_age => 18, note => 'You live there.' }, deliverables => ['A table'], sections => [{ title => 'You get', items => ['Advice'] }]),
    gig_record('two', location => { mode => 'onsite', places => [{ locality => 'Oslo', country => 'NO' }] }));
$test->wait_total(2) or BAIL_OUT('no catalog');

# --- answers, by the schema that they are of

my $api = GigTest::OpenApi::source();
my %answer = (List => $test->get('/gigs/?format=json&facets=1'), Gig => $test->get('/gigs/one?format=json'), Form => $test->get('/gigs/one/form'), Feed => $test->get('/gigs/feed.json'),
    Keys => $test->get('/gigs/receipts/keys.json'), Problem => $test->http('POST', '/gigs/one/applications', body => '{"answers":{}}',
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"a"' }),
    Receipt => $test->http('POST', '/gigs/one/applications', body => JSON::PP->new->utf8->encode({ answers => $test->answers }), headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"b"' }));
my $receipt = json_of($answer{Receipt})->{url} =~ s{^http://localhost}{}r;
$answer{ReceiptStatus} = $test->get($receipt);
$answer{Withdrawal} = $test->http('DELETE', $receipt);
my %value = map { $_ => GigTest::OpenApi::parse($answer{$_}{body}) } keys %answer;
$value{$_} //= $api->{document}{components}{schemas}{$_}{examples}[0] for qw(Application FormFields);

# What stands somewhere is put in the place of each value, and each member left out or one added.
my $json = JSON::PP->new->canonical->allow_nonref;
sub copy { return GigTest::OpenApi::parse($json->utf8->encode($_[0])) }
sub places {
    my ($v, @at) = @_;
    my @below = ref $v eq 'HASH' ? map { places($v->{$_}, @at, $_) } sort keys %$v : ref $v eq 'ARRAY' ? map { places($v->[$_], @at, $_) } 0 .. $#$v : ();
    return ([@at], @below);
}
my @other = (undef, JSON::PP::true, JSON::PP::false, 0, 1, -1, 1.5, 1e13, '', 'x', 'x' x 300, "\x{1f600}", "a b\n", '2031-02-29', '2031-02-28T25:00:00Z', '2031-02-28T23:00:00.5+01:00', 'https://x.example/%zz',
    'receipts', '/problems/x', [], [1], {}, { name => 'x' });
my @samples;
sub sample { my ($about, $schema, $value) = @_; push @samples, [$about, $schema, $value, defined $api->compile(ref $schema ? $schema : $api->find("#/components/schemas/$schema"))->($value) ? 0 : 1] }

srand($ENV{GIG_SEED} // 4711);
for my $schema (sort keys %value) {
    sample($schema, $schema, $value{$schema});
    is($samples[-1][3], 1, "$schema: as it is");
    my @places = places($value{$schema});
    for my $n (1 .. $SAMPLES) {
        my $whole = { '' => copy($value{$schema}) };
        my @at = ('', @{ $places[rand @places] });
        my $last = pop @at;
        my $in = $whole;
        $in = ref $in eq 'HASH' ? $in->{$_} : $in->[$_] for @at;
        my $slot = ref $in eq 'HASH' ? \$in->{$last} : \$in->[$last];
        if ($n % 4 == 0 && ref $in eq 'HASH' && $last ne '') { delete $in->{$last} }
        elsif ($n % 4 == 1 && ref $$slot eq 'HASH') { $$slot->{ (qw(more _more name 1))[rand 4] } = 'x' }
        else { $$slot = $other[rand @other] }
        sample($schema, $schema, $whole->{''});
    }
}

# --- what keywords and formats take at their edges

my @texts = ('', 'a', 'ab', "\x{1f600}\x{1f600}", "a\n", 'receipts', 'A-z_0', '2031-01-31', '2031-04-31', '2028-02-29', '2031-1-1', '2031-01-01T00:00:00Z', '2031-01-01T00:00:00', '2031-01-01T24:00:00Z', '2031-01-01t00:00:00z',
    '2031-01-01T00:00:00.123456+23:59', '2031-01-01T00:00:00+24:00', '2031-13-01T00:00:00Z', '2016-12-31T23:59:60Z', '2016-12-31T18:59:60-05:00', '2017-01-01T05:29:60+05:30', '2016-12-31T23:58:60Z', '2016-12-31T23:59:61Z', '2016-12-31T23:59:60+01:00', 'https://acme.example', 'https://acme.example/a b', 'https://acme.example/%41?x=y#z', 'mailto:name@example.edu', '/gigs/one', '//x/y', 'a:b', 'http:', '%', "\x{e4}");
for my $schema ((map { +{ type => 'string', format => $_ } } qw(date date-time uri uri-reference)), { minLength => 2 }, { maxLength => 1 }, { pattern => '^a$' }, { pattern => '^[A-Za-z0-9_-]{1,40}$' }, { not => { const => 'receipts' } },
    { enum => ['a', undef, 1] }) {
    sample($json->encode($schema), $schema, $_) for @texts;
}
my @values = (undef, JSON::PP::true, JSON::PP::false, 0, 1, 2, 1.0, 1.5, -0.0, 1e3, '1', '', 'true', [], [1], [1, 2], ['a'], {}, { a => 1 }, { a => 'x', b => 2 }, { _c => 1 });
for my $schema ((map { +{ type => $_ } } qw(null boolean object array number integer string), ['integer', 'null']), { const => 1 }, { const => JSON::PP::true }, { const => '1' }, { enum => [0, '1', []] }, { minimum => 1 }, { maximum => 1 },
    { minItems => 1 }, { maxItems => 1 }, { items => { type => 'integer' } }, { required => ['a'] }, { properties => { a => { type => 'integer' } } }, { properties => { a => JSON::PP::false } },
    { properties => { a => JSON::PP::true }, additionalProperties => JSON::PP::false }, { additionalProperties => { type => 'integer' } }, { propertyNames => { pattern => '^[a-z]' } }, { allOf => [{ type => 'number' }, { minimum => 1 }] },
    { anyOf => [{ type => 'string' }, { maximum => 1 }] }, { if => { required => ['a'] }, then => { required => ['b'] }, else => { type => 'number' } }) {
    sample($json->encode($schema), $schema, $_) for @values;
}
cmp_ok(scalar(grep { !$_->[3] } @samples), '>=', 200, 'many are refused');
cmp_ok(scalar(grep { $_->[3] } @samples), '>=', 200, 'and many are not');

# A copy of a number that was never a text: the file has them as they are.
my $file = $test->write_file('samples.json', $json->utf8->encode(\@samples));
GigTest::Node::run($test, 'openapi.mjs', base => "http://127.0.0.1:$test->{port}/gigs/", samples => $file);

$test->done;
