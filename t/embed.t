#!/usr/bin/perl
# Why: the element is what other people's pages load.  It must stay small, be kept by browsers as
# long as is right, be readable from any origin so that an integrity attribute works, and be the
# bytes that the documentation vouches for; and there is nothing in it that a strict policy stops.
#
# After a change of the element: perl t/embed.t --pin writes the line into docs/embedding.md.

use strict;
use warnings;

use Compress::Zlib ();
use Digest::SHA qw(sha256_hex sha384_base64);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $MOST = 12 * 1024;       # bytes on the wire
my $docs = "$FindBin::Bin/../docs/embedding.md";

my $test = GigTest->new;
$test->start_redis;
$test->start_nginx(server => "location /other/ { gig acme; gig_origins https://www.acme.example; }");

my $plain = $test->get('/gigs/embed.js');
is($plain->{status}, 200, 'embed.js');
is($plain->{headers}{'content-type'}, 'text/javascript; charset=utf-8', 'is a script');
is($plain->{headers}{'cache-control'}, 'max-age=600', 'kept for ten minutes: after an upgrade it is another');
my $hash = substr sha256_hex($plain->{body}), 0, 8;
my $named = $test->get("/gigs/embed-$hash.js");
is($named->{status}, 200, 'and by the name with its hash');
is($named->{headers}{'cache-control'}, 'max-age=31536000, immutable', 'kept for a year');
ok($named->{body} eq $plain->{body}, 'the same bytes');
is($test->get('/gigs/embed-00000000.js')->{status}, 404, 'another hash is nothing');
is($test->http('POST', '/gigs/embed.js')->{status}, 405, 'it can be got alone');

for my $path ('/gigs/embed.js', "/gigs/embed-$hash.js", "/other/embed-$hash.js") {
    my $from = $test->get($path, headers => { Origin => 'https://anybody.example' });
    is($from->{headers}{'access-control-allow-origin'}, '*', "$path: any origin may read it, as integrity asks for");
    is($from->{headers}{'cross-origin-resource-policy'}, 'cross-origin', 'and load it');
    unlike($from->{headers}{vary} // '', qr/Origin/, 'the same for all');
    my $again = $test->get($path, headers => { 'If-None-Match' => $from->{headers}{etag} });
    is($again->{status}, 304, 'what is not new is not sent');
}

for my $encoding ('gzip', 'br') {
    my $answer = wait_for {
        my $got = $test->get("/gigs/embed-$hash.js", headers => { 'Accept-Encoding' => $encoding });
        ($got->{headers}{'content-encoding'} // '') eq $encoding && $got;
    } "$encoding" or next;
    my $size = length $answer->{body};
    cmp_ok($size, '<=', $MOST, "$encoding: $size bytes");
    cmp_ok($size, '>', 4096, 'and not nothing');
    ok(Compress::Zlib::memGunzip($answer->{body}) eq $plain->{body}, 'the same bytes') if $encoding eq 'gzip';
}

# --- what is in it


# Named by what is found: the whole script would be no diagnosis.
sub without { my ($not, $what) = @_; return is(join(' ', $plain->{body} =~ /($not)/g), '', $what) }
without(qr/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|\.style\b|createElement\('style/, 'nothing that a strict policy stops');
without(qr/localStorage|document\.cookie/, 'nothing that outlives the tab');
without(qr{\bimport\b|\brequire\(|https?://}, 'nothing that it loads from elsewhere');
without(qr{/\*|; +//}, 'no comment');

# --- the line of the documentation

my $line = "embed-$hash.js\" crossorigin integrity=\"sha384-" . sha384_base64($plain->{body}) . '"';
open my $in, '<', $docs or die "$docs: $!";
my $text = do { local $/; <$in> };
my $found = () = $text =~ /embed-[0-9a-f]{8}\.js" crossorigin integrity="[^"]*"/g;
if (grep { $_ eq '--pin' } @ARGV) {
    $text =~ s/embed-[0-9a-f]{8}\.js" crossorigin integrity="[^"]*"/$line/g;
    open my $out, '>', $docs or die "$docs: $!";
    print $out $text;
    close $out or die "$docs: $!";
}
is($found, 1, 'docs/embedding.md has the line once');
ok(index($text, $line) > 0, 'it vouches for these bytes') or diag("it must say: $line\n(perl t/embed.t --pin writes it)");

$test->done;
