#!/usr/bin/perl
# Why: a company pays for links that lead here and wants to know which brought whom.  What such a
# link says must come along from list to gig to form and into the application, by links alone, and
# be able to do nothing else: no header, no markup, no label without bound.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $test = GigTest->new;
$test->start_redis;
$test->publish(map { gig_record("g$_") } 1 .. 3) or BAIL_OUT('nothing is published');
$test->start_nginx;
$test->wait_total(3) or BAIL_OUT('no catalog');

sub page { my ($path) = @_; return $test->get($path, headers => { Accept => 'text/html' }) }

sub plain { my ($text) = @_; return $text =~ s/&quot;/"/gr =~ s/&#39;/'/gr =~ s/&lt;/</gr =~ s/&gt;/>/gr =~ s/&amp;/&/gr }

# Links of a page to pages of the board, as a browser reads them.
sub links { my ($answer) = @_; return map { plain($_) } $answer->{body} =~ m{<a [^>]*href="(/gigs/[^"]*)"}g }

# --- from the list to the application

my @cases = (
    ['gh_src=abc123',                            'gh_src:abc123'],
    ['lever-source=LinkedIn',                    'lever-source:LinkedIn'],
    ['lever-source[]=Job+fair&lever-source[]=x', 'lever-source:Job fair'],
    ['lever-source%5B%5D=fair',                  'lever-source:fair'],
    ['utm_source=news&utm_medium=mail&utm_campaign=fall', 'utm:news:mail:fall'],
    ['utm_campaign=fall&fbclid=zzz',             'utm:::fall'],
    ['source=poster&gh_src=abc',                 'poster'],
    ['utm_source=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', 'utm:"><script>alert(1)</script>'],
    ["utm_source=caf%C3%A9%20%26%20bar",         "utm:caf\xc3\xa9 & bar"],
);

my $n = 0;
for my $case (@cases) {
    my ($query, $source) = @$case;
    $n++;

    my $list = page("/gigs/?skill=Research&$query");
    is($list->{status}, 200, "the list: $query");
    my @links = links($list);
    cmp_ok(scalar @links, '>=', 5, 'has links');
    my ($tail) = map { /[?&](source=[^&]*)/ ? $1 : () } @links;
    is_deeply([grep { !/[?&]\Q$tail\E$/ } @links], [], 'and all of them keep the source');
    is(scalar(() = $list->{body} =~ /<input type="hidden" form="gig-search" name="source" value=/g), 1, 'so does its form');

    my ($gig) = grep { m{^/gigs/g1\?} } @links;
    my $page = page($gig);
    is_deeply([grep { !/[?&]\Q$tail\E$/ } links($page)], [], 'and all of the gig');
    unlike($page->{body}, qr{rel="canonical"[^>]*source}, 'but its address is its own');
    my ($apply) = grep { m{/apply} } links($page);
    my $form = page($apply);
    my ($action) = map { plain($_) } $form->{body} =~ /<form class="gig-form"[^>]* action="([^"]+)"/;
    is($action, "/gigs/g1/applications?$tail", 'the form is sent with it');
    my ($hidden) = map { plain($_) } $form->{body} =~ /name="_source" value="([^"]*)"/;
    is($hidden, $source, 'and holds it in words');
    unlike($_->{head} . $_->{body}, qr/<script>alert|Set-Cookie/, 'as text alone') for $list, $page, $form;

    my $key = $test->form_key('g1');
    my %field = (_key => $key, _source => $hidden, first_name => 'Avery', last_name => 'Example', email => "a$n\@example.edu", statement => 'x',
        available => 'yes', consent_processing => 'yes', eligible => 'yes');
    my $answer = $test->http('POST', $action, from => "127.0.0.$n", headers => { 'Content-Type' => 'application/x-www-form-urlencoded' },
        body => join '&', map { my $v = $field{$_}; "$_=" . $v =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ger } sort keys %field);
    is($answer->{status}, 303, 'it is taken');
    like($answer->{headers}{location}, qr{/receipts/[\w-]{43}$}, 'and leads to a receipt, whose address says nothing of it');
}

# --- into the system of record

my ($status, $output) = $test->sync('once');
is($status, 0, 'delivered') or diag($output);
my %kept = map { utf8::encode(my $text = $_->{json}); my $json = json_of($text); ($json->{answers}{contact}{email} => $json->{source}{ref}) } $test->sql('select json from applications');
my $i = 0;
for my $case (@cases) {
    $i++;
    my $got = $kept{"a$i\@example.edu"} // '(none)';
    utf8::encode($got);
    is($got, $case->[1], "the application has it: $case->[0]");
}

# --- a form that comes back, a gig that ended, and the list again keep it as well

my $again = $test->http('POST', '/gigs/g1/applications?source=fair', headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' },
    body => '_key=' . $test->form_key('g1') . '&_source=fair&first_name=');
is($again->{status}, 422, 'a form that is not complete');
is_deeply([grep { !/source=fair/ } grep { !m{#} } links($again)], [], 'keeps it in its links');
like($again->{body}, qr/name="_source" value="fair"/, 'and in itself');
is_deeply([grep { !/source=fair/ } links(page('/gigs/nosuch?source=fair'))], [], 'so does a 404');
my $next = page('/gigs/?limit=1&gh_src=a%2Bb');
like(plain($next->{body}), qr{rel="next" href="/gigs/\?limit=1&cursor=[^"&]+&source=gh_src%3Aa%2Bb"}, 'the next page keeps it');
like($next->{headers}{link}, qr{[?&]source=gh_src%3Aa%2Bb>; rel="next"}, 'in the header too');
like($test->get('/gigs/fragment.html?utm_source=home')->{body}, qr{href="/gigs/g1\?source=utm%3Ahome"}, 'a fragment leads on with it');

# --- programs came from nowhere; what is kept is not another's

my $json = $test->get('/gigs/?format=json&limit=1&gh_src=x');
unlike($json->{head} . $json->{body}, qr/gh_src|source/, 'JSON knows nothing of it');
is($json->{headers}{etag}, $test->get('/gigs/?format=json&limit=1')->{headers}{etag}, 'and is one answer');
for my $path ('/gigs/?q=gig', '/gigs/g2', '/gigs/fragment.html?limit=2') {
    my $sep = $path =~ /\?/ ? '&' : '?';
    my %seen = map { $_ => page("$path${sep}source=$_")->{body} } qw(a b);
    unlike(page($path)->{body}, qr/source=/, "without one none is kept: $path");
    like($seen{a}, qr/source=a"/, 'with one that one');
    unlike($seen{b}, qr/source=a"/, 'and no other');
}
isnt(page('/gigs/?q=a&source=b')->{body}, page("/gigs/?q=a%0db")->{body}, 'q and source are told apart');

# --- bounds

for my $query ('gh_src=' . 'a' x 300, 'utm_source=%ff', 'utm_source=%00', 'gh_src=%E2%80%AE', 'lever-source=%', 'utm_source=' . '%C3%A9' x 127 . '&utm_medium=' . 'x' x 250, 'gh_src=x%0d%0aSet-Cookie:a=b') {
    for my $path ('/gigs/', '/gigs/g1', '/gigs/g1/apply') {
        my $answer = page("$path?$query");
        is($answer->{status}, 200, "decides nothing: $path?" . substr $query, 0, 40);
        unlike($answer->{head}, qr/Set-Cookie:/, 'is in no header');
        my ($kept) = $answer->{body} =~ /source=([^"&]*)"/;
        cmp_ok(length(($kept // '') =~ s/%[0-9A-F]{2}/x/gr), '<=', 200, 'and is bounded');
        ok(utf8::decode(my $copy = $answer->{body}), 'in whole characters');
    }
}
my $metrics = $test->get('/metrics')->{body};
unlike($metrics, qr/script|Set-Cookie|caf/, 'the metrics have no label by a stranger');

$test->done;
