#!/usr/bin/perl
# Why: a list that cannot be searched is a heap.  Each parameter of the list by example:
# what it finds, in which order, with which counts; what is wrong is named with what
# would be right; and two spellings of one question are one answer, with one ETag.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use GigTest;
use GigTest::Publish;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx;
GigTest::Publish::ready($test, 'nonce-of-a-test');

my $now = int time;
sub at    { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }
sub pay   { my ($currency, $minor, %more) = @_; return { type => 'fixed', currency => $currency, min_minor => $minor, unit => 'project', %more } }
sub place { my ($mode, $name) = @_; return { mode => $mode, name => $name, places => [{ name => $name }] } }

# The day of January is the order of "newest".
my $day = 0;
sub gig {
    my ($id, %member) = @_;
    my $skills = delete $member{skills} // [];
    return gig_record($id, posted_at => sprintf('2026-01-%02dT12:00:00Z', ++$day), department => undef,
        summary => undef, description_html => undef, skills => [map { { name => $_ } } @$skills], %member);
}

GigTest::Publish::put($test,
    gig('analyst', title => 'Data Analyst', description_html => '<p>Weekly reports about pricing.</p>', skills => ['Excel', 'SQL'],
        department => 'Marketing', team => 'Growth', location => place(onsite => 'New York, NY'), closes_at => at($now + 30 * 86400),
        pay => pay(USD => 50000), work => { hours_max => 20 }, eligibility => { audience => ['student'] }),
    gig('scan', title => 'Competitor Pricing Scan', skills => ['excel', 'Python'], department => 'marketing', location => place(hybrid => 'NYC'),
        closes_at => at($now + 5 * 86400), pay => { type => 'hourly', currency => 'USD', min_minor => 2000, unit => 'hour' },
        work => { hours_min => 15, hours_max => 30 }),
    gig('cpp', title => 'C++ Developer', skills => ['C++'], department => 'R&D', org => { name => 'Ünïcode GmbH' }, language => 'de',
        location => place(onsite => 'Berlin, Germany'), closes_at => at($now + 10 * 86400), pay => pay(EUR => 100000), work => { hours_max => 40 }),
    gig('ml', title => 'Machine Learning Intern', summary => 'Learning what machines see.', skills => ['Python'], org => { name => 'Globex' },
        engagement => 'employee_intern', pay => { type => 'unpaid' }, work => { hours_max => 10 }),
    gig('node', title => 'Backend in Node.js', skills => ['Node.js'], org => { name => 'Globex' }, language => 'pt-BR', engagement => 'stipend',
        location => place(onsite => 'São Paulo, Brazil'), pay => pay(BRL => 300000, type => 'range'), work => { hours_max => 25 }),
    gig('dotnet', title => '.NET and C# for a museum', skills => ['C#'], engagement => 'volunteer', location => place(onsite => 'Springfield, IL'),
        pay => { type => 'unpaid' }, work => { hours_max => 15 }, eligibility => { audience => ['recent_graduate', 'student'] }),
    gig('yen', title => 'Prüfungen übersetzen', org => { name => 'Globex' }, language => 'de', location => place(onsite => 'Tokyo, Japan'),
        pay => pay(JPY => 60000), work => { hours_max => 35 }),
    gig('soon', title => 'Product Design', skills => ['Figma'], opens_at => at($now + 86400)),
    gig('ended', title => 'Product Designer', skills => ['Figma'], closes_at => at($now - 86400)),
    gig('draft', title => 'Product Designing', status => 'draft'),
);
$test->wait_total(9) or BAIL_OUT('no catalog');

sub list { return json_of($test->get("/gigs/?format=json&$_[0]")) }
sub ids  { return join ' ', map { $_->{id} } @{ list($_[0])->{gigs} // [] } }


# --- what is found; newest first, but by relevance where there is a q

for (
    ['skill=Excel', 'scan analyst'],
    ['skill=EXCEL', 'scan analyst', 'in any case'],
    ['skill=%C3%89xc%C3%A8l', 'scan analyst', 'with any accents'],
    ['skill=++Excel+', 'scan analyst', 'with blanks around'],
    ['skill=C%2B%2B', 'cpp'],
    ['skill=c%23', 'dotnet'],
    ['skill=Excel&skill=C%2B%2B', 'cpp scan analyst', 'of one filter: any'],
    ['skill=Python&mode=remote', 'ml', 'of two: both'],
    ['skill=Python&skill=Excel&mode=remote&mode=hybrid', 'ml scan'],
    ['skill=Cobol', '', 'a value that no gig has finds nothing'],
    ['skill=Cobol&skill=Python', 'ml scan', 'and harms no other'],
    ['department=MARKETING', 'scan analyst'],
    ['department=r%26d', 'cpp'],
    ['team=growth', 'analyst'],
    ['location=New+York,+NY', 'scan analyst'],
    ['location=new+york', 'scan analyst', 'a place by another name'],
    ['location=nyc', 'scan analyst'],
    ['location=germany', 'cpp', 'what a place lies in'],
    ['location=berlin', 'cpp'],
    ['location=sao+paulo', 'node'],
    ['location=illinois', 'dotnet'],
    ['mode=onsite', 'yen dotnet node cpp analyst'],
    ['mode=Hybrid', 'scan'],
    ['engagement=stipend&engagement=volunteer', 'dotnet node'],
    ['org=acme+robotics', 'dotnet scan analyst'],
    ['org=unicode+gmbh', 'cpp'],
    ['language=de', 'yen cpp'],
    ['language=PT-br', 'node'],
    ['language=pt', 'node', 'a language wherever it is spoken'],
    ['audience=student', 'dotnet analyst'],
    ['audience=recent_graduate', 'dotnet'],

    ['pay_min=300', 'yen node cpp scan analyst', 'at least, whatever the currency'],
    ['pay_min=300&currency=USD', 'scan analyst', 'an hourly pay for all its hours'],
    ['pay_min=300.01&currency=usd', 'analyst'],
    ['pay_min=0', 'yen dotnet node ml cpp scan analyst', 'unpaid is nothing'],
    ['pay_min=60000', 'yen', 'the yen has no minor unit'],
    ['pay_min=60001', ''],
    ['currency=eur', 'cpp'],
    ['hours_max=15', 'dotnet ml'],
    ['hours_max=14', 'ml'],
    ['closes_before=' . substr(at($now + 7 * 86400), 0, 10), 'scan', 'a gig without an end closes before nothing'],
    ['closes_before=' . at($now + 5 * 86400), '', 'before is not at'],
    ['closes_before=' . at($now + 5 * 86400 + 1), 'scan'],
    ['posted_after=2026-01-06', 'yen dotnet'],
    ['posted_after=2026-01-06T12:00:00Z', 'yen dotnet', 'after is also at'],
    ['posted_after=2026-01-06T14:00:00%2B02:00', 'yen dotnet', 'with an offset'],
    ['posted_after=2026-01-06T12:00:01Z', 'yen'],

    ['q=c%2B%2B', 'cpp'],
    ['q=C%23', 'dotnet'],
    ['q=.net', 'dotnet'],
    ['q=node.js', 'node'],
    ['q=NODE', 'node', 'a part of a compound'],
    ['q=r%26d', 'cpp', 'a department'],
    ['q=machine+learning', 'ml'],
    ['q=learn+machines', 'ml', 'other forms of the words'],
    ['q=%22machine+learning%22', 'ml', 'a phrase'],
    ['q=%22learning+machine%22', '', 'the other way round is no phrase'],
    ['q=%22developer+c%22', '', 'no phrase goes across fields'],
    ['q=prufung', 'yen', 'without accents, stemmed by the language of the gig'],
    ['q=pyth', 'scan ml', 'the last word may be a beginning'],
    ['q=pyth+intern', '', 'the others may not'],
    ['q=py', '', 'and not of two letters'],
    ['q=acme+analyst', 'analyst', 'the organisation'],
    ['q=germany', 'cpp', 'the place'],
    ['q=new+york', 'scan analyst', 'the place by another name'],
    ['q=weekly', 'analyst', 'the description'],
    ['q=pricing', 'scan analyst', 'a title before a description'],
    ['q=pricing&sort=newest', 'scan analyst'],
    ['q=pricing+-competitor', 'analyst', 'less what is excluded'],
    ['q=-python', 'yen dotnet node cpp analyst', 'all but'],
    ['q=-%22machine+learning%22+python', 'scan'],
    ['q=zyzzyva', ''],
    ['q=!!!', 'yen dotnet node ml cpp scan analyst', 'nothing to look for'],
    ['q=excel&mode=onsite', 'analyst', 'text and a filter'],
    ['q=product+design', '', 'what is not open yet or any more is not in the list'],

    ['state=open', 'yen dotnet node ml cpp scan analyst'],
    ['state=scheduled', 'soon'],
    ['state=all', 'ended soon yen dotnet node ml cpp scan analyst'],
    ['state=all&q=product+design', 'soon ended'],
    ['state=all&skill=figma', 'ended soon'],

    ['sort=newest', 'yen dotnet node ml cpp scan analyst'],
    ['sort=closing', 'scan cpp analyst dotnet ml node yen', 'what never closes is last'],
    ['sort=pay', 'yen node cpp analyst scan dotnet ml'],
    ['sort=pay&limit=2', 'yen node'],
    ['q=python&sort=closing', 'scan ml'],
) {
    my ($query, $ids, $why) = @$_;
    my $sorted = $query =~ /q=pyth$|q=new|q=product/ ? sub { join ' ', sort split / /, $_[0] } : sub { $_[0] };
    is($sorted->(ids($query)), $sorted->($ids), "?$query" . ($why ? ": $why" : ''));
}

my $wide = list('state=all&limit=4');
is($wide->{total}, 9, 'total is over all pages');
is(list('skill=Cobol')->{next}, undef, 'no next page of nothing');


# --- a misspelt word: what was meant

my $typo = list('q=machne+lerning');
is($typo->{total}, 0, 'nothing is spelt so');
like($test->get('/gigs/?format=json&q=machne+lerning')->{body}, qr/machine learning/, 'but the nearest spelling is offered');
like($test->get('/gigs/?format=html&q=machne+lerning')->{body}, qr/machine learning/, 'on the page as well');
unlike($test->get('/gigs/?format=json&q=machine+lerning')->{body}, qr/machne/, 'a word that is right stays');


# --- facets

sub counts {
    my ($query, $name) = @_;
    my $facets = list($query)->{facets} // {};
    return join ', ', map {"$_->{value} $_->{count}"} @{ $facets->{$name} // [{ value => 'none', count => -1 }] };
}

my $all = list('facets=1');
is_deeply([sort keys %{ $all->{facets} }], [sort qw(skill department team location mode engagement org language audience)], 'facets=1: all of them');
is_deeply([sort keys %{ list('facets=skill,org')->{facets} }], [qw(org skill)], 'facets=skill,org: these');
is_deeply([sort keys %{ list('facets=org&facets=skill')->{facets} }], [qw(org skill)], 'or repeated');
ok(!exists list('')->{facets}, 'none where none is asked for');
like($test->get('/gigs/?format=json&facets=mode')->{body}, qr/"facets":\{"mode":\[\{"value":"[^"]*","count":\d+\}/, 'value, then count');

is(counts('facets=skill', 'skill'), 'Excel 2, Python 2, C# 1, C++ 1, Node.js 1, SQL 1', 'by count, then by name; as written most often');
is(counts('facets=1', 'mode'), 'onsite 5, hybrid 1, remote 1', 'mode');
is(counts('facets=1', 'department'), 'Marketing 2, R&D 1', 'two spellings are one value');
is(counts('facets=1', 'org'), 'Acme Robotics 3, Globex 3, Ünïcode GmbH 1', 'org');
is(counts('facets=1', 'language'), 'en 4, de 2, pt-BR 1', 'language: no part of a tag that no gig has');
is(counts('facets=1', 'audience'), 'student 2, recent_graduate 1', 'audience');
is(counts('facets=1', 'engagement'), 'contractor 4, employee_intern 1, stipend 1, volunteer 1', 'engagement');
is(counts('facets=1', 'team'), 'Growth 1', 'team');
is(counts('facets=1', 'location'), 'United States 4, NYC 2, Berlin, Germany 1, São Paulo, Brazil 1, Springfield, IL 1, Tokyo, Japan 1',
    'location: names of one place are one value; where a place lies counts, and is told if a gig names it');
is(counts('facets=skill&skill=Excel', 'skill'), 'Excel 2, Python 2, C# 1, C++ 1, Node.js 1, SQL 1', 'its own filter does not count');
is(counts('facets=mode,skill&skill=Excel', 'mode'), 'hybrid 1, onsite 1', 'those of others do');
is(counts('facets=skill&skill=Excel&mode=onsite', 'skill'), 'C# 1, C++ 1, Excel 1, Node.js 1, SQL 1', 'both at once');
is(counts('facets=skill&pay_min=400&currency=USD', 'skill'), 'Excel 1, SQL 1', 'a range counts');
is(counts('facets=skill&q=python', 'skill'), 'Python 2, excel 1' =~ s/excel/Excel/r, 'a text counts');
is(counts('facets=skill&state=all&q=design', 'skill'), 'Figma 2', 'a state counts');
is(counts('facets=skill&skill=Cobol', 'skill'), counts('facets=skill', 'skill'), 'also where nothing is found');
is(counts('facets=mode&skill=Cobol', 'mode'), '', 'no value has the count 0');
is(list('facets=skill&limit=1')->{facets}{skill}[0]{count}, 2, 'counts are over all pages');


# --- shape, pages, links

my $page = $test->get('/gigs/?limit=2&skill=Excel&skill=python&sort=closing&facets=skill&utm_source=x');
my $list = json_of($page);
is_deeply([sort keys %$list], [qw(board facets gigs next total version)], 'the members of a list');
is($list->{version}, $test->{redis}->cmd('HGET', 'gig:{acme}:catalog', 'version'), 'version');
is($list->{total}, 3, 'total');
my ($link) = $page->{headers}{link} =~ m{^<(/gigs/\?[^>]*)>; rel="next"$};
ok($link, 'Link to the next page');
unlike($link, qr/utm_source/, 'without what means nothing');
my $second = $test->get($link, headers => { Accept => 'application/json' });
is(join(' ', map { $_->{id} } @{ $list->{gigs} }, @{ json_of($second)->{gigs} }), 'scan analyst ml', 'the link goes on, with the same question');
is(json_of($second)->{next}, undef, 'and there it ends');
ok(!exists $second->{headers}{link}, 'with no further link');
is_deeply(json_of($second)->{facets}, $list->{facets}, 'the counts stay');
is(join(' ', map { $_->{id} } @{ list("limit=2&skill=Excel&skill=python&sort=closing&cursor=$list->{next}")->{gigs} }), 'ml', '`next` as cursor');

for my $sort (qw(newest closing pay relevance)) {
    my (@seen, $next);
    for (1 .. 9) {
        my $part = list("q=-nowhere&state=all&limit=2&sort=$sort" . ($next ? "&cursor=$next" : ''));
        push @seen, map { $_->{id} } @{ $part->{gigs} };
        $next = $part->{next} or last;
    }
    is("@seen", ids("q=-nowhere&state=all&sort=$sort"), "sort=$sort: page by page what it is at once");
}


# --- what is wrong

my @many = map {"skill=s$_"} 1 .. 33;
for (
    ['sort=best', 'sort', 'best', qr/newest.*closing.*pay.*relevance/],
    ['sort=closng', 'sort', 'closng', qr/closing/],
    ['state=closed', 'state', 'closed', qr/open.*scheduled.*all/],
    ['facets=skills', 'facets', 'skills', qr/skill/],
    ['facets=skill,colour', 'facets', 'colour', qr/skill.*department.*audience/],
    ['pay_min=-1', 'pay_min', '-1', qr/number|amount/],
    ['pay_min=lots', 'pay_min', 'lots', qr/number|amount/],
    ['pay_min=1e3', 'pay_min', '1e3', qr/number|amount/],
    ['pay_min=99999999999999999999', 'pay_min', '99999999999999999999', qr/number|amount|at most|up to/],
    ['pay_min=9223372036854775808', 'pay_min', '9223372036854775808', qr/number|amount|at most|up to/],
    ['currency=dollar', 'currency', 'dollar', qr/USD|three/],
    ['currency=1A2', 'currency', '1A2', qr/USD|three/],
    ['hours_max=-1', 'hours_max', '-1', qr/whole number/],
    ['hours_max=2.5', 'hours_max', '2.5', qr/whole number/],
    ['hours_max=2147483648', 'hours_max', '2147483648', qr/whole number/],
    ['hours_max=99999999999999999999', 'hours_max', '99999999999999999999', qr/whole number/],
    ['closes_before=tomorrow', 'closes_before', 'tomorrow', qr/\d{4}-\d\d-\d\d/],
    ['closes_before=2026-13-01', 'closes_before', '2026-13-01', qr/date/],
    ['posted_after=2026-02-30', 'posted_after', '2026-02-30', qr/date/],
    ['posted_after=2026-02-03T10:00:00', 'posted_after', '2026-02-03T10:00:00', qr/date|offset/],
    ['limit=101', 'limit', '101', qr/1 to 100/],
    ['limit=1e9', 'limit', '1e9', qr/1 to 100/],
    ['limit=4294967297', 'limit', '4294967297', qr/1 to 100/],
    ['format=xml', 'format', 'xml', qr/json.*html/],
    ['sort=pay&sort=newest', 'sort', 'newest', qr/once/],
    ["cursor=$list->{next}", 'cursor', 'closing', qr/"next" of .* answer before/],
    ["cursor=$list->{next}x&sort=closing", 'cursor', '', qr/"next" of the answer before/],
    ['skill=%ff', 'skill', '', qr/UTF-8|percent-encoded/],
    ['skill=a%00b', 'skill', '', qr/control|percent-encoded/],
    ['q=%zz', 'q', '', qr/percent-encoded/],
    ['q=' . 'x' x 257, 'q', '257', qr/256/],
    ['org=' . 'x' x 257, 'org', '257', qr/256/],
    [join('&', @many), 'skill', 's33', qr/32/],
) {
    my ($query, $name, $value, $right) = @$_;
    my $shown = length $query > 60 ? substr($query, 0, 60) . '...' : $query;
    my $wrong = $test->get("/gigs/?$query", headers => { Accept => 'application/json' });
    is($wrong->{status}, 400, "400: ?$shown");
    is($wrong->{headers}{'content-type'}, 'application/problem+json', 'as a problem');
    my $detail = json_of($wrong)->{detail} // '';
    like($detail, qr/"\Q$name\E"/, "it names $name");
    like($detail, qr/\Q$value\E/, "and $value") if length $value;
    like($detail, $right, 'and what would be right');
}
my $html = $test->get('/gigs/?sort=%3Cscript%3E', headers => { Accept => 'text/html' });
is($html->{status}, 400, 'a browser gets a 400 as well');
unlike($html->{body}, qr/<script>[^<]*<\/script>\s*$|sort" is "<script>/, 'with the value escaped');


# --- one question, many spellings

sub etag { return $test->get("/gigs/?format=json&$_[0]")->{headers}{etag} // '' }

my $plain = etag('');
is(etag('q=&skill=&department=&team=&location=&mode=&engagement=&org=&language=&audience=&pay_min=&currency=&hours_max='
        . '&closes_before=&posted_after=&sort=&state=&facets='), $plain, 'what a plain form sends of empty fields is nothing');
is(etag($_), $plain, "nothing asked: ?$_") for 'state=open', 'sort=newest&limit=20', 'utm_source=news&fbclid=1&q=', 'q=+++', 'skill=+', '&&&=&';
isnt(etag($_), $plain, "something asked: ?$_") for 'limit=3', 'state=all', 'sort=pay', 'q=x', 'facets=1', 'pay_min=1', 'skill=Excel';

my $one = etag('skill=Excel&mode=onsite&q=data+analyst&facets=skill,mode&pay_min=100');
is(etag($_), $one, "the same: ?$_") for
    'mode=onsite&q=data+analyst&skill=Excel&facets=skill,mode&pay_min=100',
    'skill=EXCEL&mode=Onsite&q=Data%20Analyst&facets=mode,skill&pay_min=100.00',
    'skill=%C3%A9xcel&skill=excel+&mode=onsite&q=++data+++analyst+&facets=mode&facets=skill&facets=mode&pay_min=0100',
    'skill=e%78cel&mode=onsite&q=data+analyst&facets=skill%2Cmode&pay_min=100&sort=relevance&limit=20&state=open&x=y';
isnt(etag('skill=Excel&mode=onsite&q=analyst+data&facets=skill&pay_min=100'), $one, 'not the same');

my $answer = $test->get('/gigs/?format=json&q=python&facets=1');
my $again = $test->get('/gigs/?format=json&facets=1&q=PYTHON&ref=', headers => { 'If-None-Match' => $answer->{headers}{etag} });
is($again->{status}, 304, 'If-None-Match is answered with 304, whatever the spelling');
is($again->{body}, '', 'without a body');
my $head = $test->http('HEAD', '/gigs/?format=json&q=python&facets=1');
is($head->{headers}{'content-length'}, length $answer->{body}, 'HEAD has the length');
is($head->{headers}{etag}, $answer->{headers}{etag}, 'and the ETag');

$test->done;
