#!/usr/bin/perl
# Why: our own tests read feeds, sitemaps and calendars as their author does.  Readers that
# somebody else wrote take them as their users will: rss-parser, sitemapper and ical.js from npm,
# feedparser from Debian, xmllint with the sitemap protocol's own schema.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Publish;

my $public = 'https://careers.acme.example/gigs/';
my $evil   = "Sales ]]> & <b>\"Caf\x{e9}\"</b>, a; very\\ long title \x{1f600} that goes on and on \x{8bbe}\x{8ba1} until a line has to be folded";
my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(board => "public_url $public; title 'Gigs & more';");
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('evil', title => $evil, summary => "It's & <i>", department => 'R & D', posted_at => '2026-02-01T00:00:00Z',
        description_html => '<p>Scan &amp; sum ]]&gt;</p><script>x</script>', deliverables => ['A <sheet>'], closes_at => '2031-04-01T09:00:00Z'),
    gig_record('later', title => $evil, opens_at => '2031-03-01T09:00:00-06:00'),
    gig_record('secret', title => 'Not for search engines', seo => { noindex => JSON::PP::true }, posted_at => '2026-01-31T00:00:00Z'),
    map { gig_record("gig-$_", posted_at => sprintf('2026-01-%02dT00:00:00Z', 31 - $_)) } 1 .. 9);
$test->wait_total(12) or BAIL_OUT('no catalog');
my @ids = ('evil', 'secret', map {"gig-$_"} 1 .. 9);

# --- feedparser

SKIP: {
    skip 'python3-feedparser is not installed', 4 unless system(qw(/usr/bin/python3 -c), 'import feedparser') == 0;
    my $file = $test->write_file('feed.atom', $test->get('/gigs/feed.atom?limit=100')->{body});
    my ($status, $said) = $test->run('/usr/bin/python3', '-c', <<'END', $file);
import feedparser, json, sys
f = feedparser.parse(sys.argv[1])
print(json.dumps(dict(bozo=bool(f.bozo), version=f.version, title=f.feed.title, ids=[e.id.rpartition('/')[2] for e in f.entries],
    evil=f.entries[0].title_detail.value, content=f.entries[0].content[0].value, times=all(e.updated_parsed and e.published_parsed for e in f.entries))))
END
    my $read = json_of($said);
    is($status, 0, 'feedparser reads it') or diag($said);
    is(($read->{bozo} ? 'malformed' : 'whole') . " $read->{version} $read->{title}", 'whole atom10 Gigs & more', 'as Atom 1.0, with its title');
    is(join(' ', @{ $read->{ids} }), "@ids", 'all gigs, newest first');
    ok($read->{evil} eq $evil && $read->{times} && index($read->{content}, '<li>A &lt;sheet&gt;</li>') > 0, 'each with title, text and times') or diag($said);
}

# --- the schema that sitemaps.org has for 0.9, in our words: what may be in it, and in which order

SKIP: {
    skip 'xmllint is not installed', 3 if !grep { -x "$_/xmllint" } split /:/, $ENV{PATH};
    my $schema = $test->write_file('sitemap.xsd', <<'END');
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  targetNamespace="http://www.sitemaps.org/schemas/sitemap/0.9" elementFormDefault="qualified">
 <xs:simpleType name="loc"><xs:restriction base="xs:anyURI"><xs:minLength value="12"/><xs:maxLength value="2048"/></xs:restriction></xs:simpleType>
 <xs:simpleType name="lastmod"><xs:union memberTypes="xs:date xs:dateTime"/></xs:simpleType>
 <xs:element name="urlset"><xs:complexType><xs:sequence><xs:element name="url" maxOccurs="50000"><xs:complexType><xs:sequence>
  <xs:element name="loc" type="loc"/><xs:element name="lastmod" type="lastmod" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
 <xs:element name="sitemapindex"><xs:complexType><xs:sequence><xs:element name="sitemap" maxOccurs="50000"><xs:complexType><xs:sequence>
  <xs:element name="loc" type="loc"/><xs:element name="lastmod" type="lastmod" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
</xs:schema>
END
    my $map = $test->get('/gigs/sitemap.xml')->{body};
    my ($status, $said) = $test->run('xmllint', '--noout', '--nonet', '--schema', $schema, $test->write_file('sitemap.xml', $map));
    is($status, 0, 'the sitemap is valid') or diag($said);
    ($status) = $test->run('xmllint', '--noout', '--nonet', '--schema', $schema, $test->write_file('bad.xml', $map =~ s/lastmod/last/gr));
    isnt($status, 0, 'one that is not is seen');
    ($status, $said) = $test->run('xmllint', '--noout', '--nonet', $test->write_file('indeed.xml', $test->get('/gigs/indeed.xml')->{body}));
    is($status, 0, 'indeed.xml is well-formed') or diag($said);
}

# --- from npm

SKIP: {
    my $missing = GigTest::Node::missing();
    skip $missing, 1 if $missing;
    GigTest::Node::run($test, 'feeds.mjs', base => "http://127.0.0.1:$test->{port}/gigs/", public => $public, title => 'Gigs & more', ids => \@ids,
        indexed => 11, evil => $evil, calendars => [['later/opens.ics', 1930143600, 600], ['evil/closing.ics', 1932800400, 86400]]);
}

$test->done;
