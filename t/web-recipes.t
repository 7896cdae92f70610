#!/usr/bin/perl
# Why: who embeds the board copies from docs/embedding.md.  Each block of that page is taken out of
# it and run as it stands, but for the hosts and folders, which are this test's; a block that nobody
# runs fails.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Node;
use GigTest::Publish;
use GigTest::Site;
use GigTest::WordPress;

my $missing = GigTest::Node::missing();
plan skip_all => $missing if $missing;

my $test = GigTest->new;
my $site = GigTest::Site->new($test);
open my $in, '<', "$FindBin::Bin/../docs/embedding.md" or die "docs/embedding.md: $!";
my $docs = do { local $/; <$in> };

sub ours {
    my ($text) = @_;
    return $text =~ s{https://careers\.example\.com}{$site->{board}}gr =~ s{https://www\.example\.com}{$site->{other}}gr =~ s{/var/www}{$test->{dir}/site}gr;
}

# [heading, language, text], in their order; what was taken is gone.
my @blocks;
{
    my $heading = '';
    while ($docs =~ /^##[#]? ([^\n]+)$|^```(\w+)\n(.*?)^```$/msg) {
        if (defined $2) { push @blocks, [$heading, $2, ours($3)] } else { $heading = $1 }
    }
}
cmp_ok(scalar @blocks, '>=', 10, 'the page has blocks');

sub block {
    my ($heading, $language) = @_;
    for my $i (0 .. $#blocks) {
        return (splice @blocks, $i, 1)->[2] if $blocks[$i][0] eq $heading && $blocks[$i][1] eq $language;
    }
    fail("there is a block \"$language\" below \"$heading\"");
    return '';
}

my $location = block('An include', 'nginx');
my $origins  = block('The element', 'nginx');
my $policy   = block('Policy', 'text') =~ s/\s+$//r;
is($origins, "gig_origins $site->{other};\n", 'the origin is this test\'s');

$test->start_redis;
my $wordpress = GigTest::WordPress->new($test, "$site->{other}/wp");
my %pieces = $site->pieces(other => "location /wp/ { proxy_pass http://127.0.0.1:$wordpress->{port}; proxy_set_header Host \$http_host; add_header X-Free yes; } location /strict/ { add_header Content-Security-Policy \"$policy\"; } location /free/ { add_header X-Free yes; }");
$pieces{server} = $location;        # ours would be the same location
$pieces{location} = $origins;
$pieces{board} = "public_url $site->{board}/gigs/;";
$test->start_nginx(%pieces);
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('a-one', title => 'Competitor pricing scan', posted_at => '2026-11-01T00:00:00Z'), map { gig_record("gig-$_") } 1 .. 6);
$test->wait_total(7) or BAIL_OUT('no catalog');

sub page {
    my ($name, $body, $head) = @_;
    $test->write_file("site/$name.html", '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Careers</title>'
        . ($head // '') . "</head><body><main><h1>Careers</h1>$body</main></body></html>\n");
    return;
}
mkdir "$test->{dir}/site/$_" or die for 'strict', 'free';

# --- an include

page('careers/include', block('An include', 'html'));
my $included = $test->get('/careers/include.html')->{body};
is(scalar(() = $included =~ /class="gig-card"/g), 5, 'an include: five cards');
like($included, qr/department=Marketing.*See all 7/s, 'and a link to all of that department');
page('careers/opens', block('An include', 'html'));

# --- the others, in a browser

page('free/plain', block('Plain HTML', 'html'));
my $element = block('The element', 'html');
page('careers/element', $element);
page('strict/element', $element);
my $pinned = block('The element', 'html');
page('free/pinned', $pinned . '<gig-board></gig-board>');
$test->write_file('site/free/looks.css', block('Looks', 'css'));
page('free/looks', $element, '<link rel="stylesheet" href="looks.css">');
page('free/frame', block('An iframe', 'html'));
$test->write_file('site/free/board.js', block('React', 'js'));

my $command = $docs =~ /`(curl -s [^`]* base64)`/ ? ours($1) : '';
chomp(my $hash = `$command`);
like($pinned, qr/integrity="sha384-\Q$hash\E"/, 'the command of the page says the hash that it has');

# WordPress itself; in a post "&" becomes an entity, as editors do.
my ($plugin, $post) = (block('WordPress', 'php'), undef);
my $missing_wordpress = GigTest::WordPress::missing();
SKIP: {
    skip "WordPress: $missing_wordpress", 3 if $missing_wordpress;
    $post = $wordpress->start($plugin, "[gig_board query=\"department=Marketing&amp;limit=3\"]");
    my $asked = sub { scalar(() = $test->read_file('access.log') =~ /fragment\.html/g) };
    my $before = $asked->();
    my ($one, $two) = map { GigTest::Http::request($site->{port}, 'GET', '/wp/' . (split m{/}, $post)[-1], headers => { Host => "localhost:$site->{port}" })->{body} // '' } 1, 2;
    is($asked->() - $before, 1, 'WordPress: one question for the same cards');
    is($one, $two, 'which are kept');
    is(scalar(() = $one =~ /class="gig-card"/g), 3, 'and the cards are in the post') or diag(substr $one, 0, 2000);
}

GigTest::Node::run($test, 'recipes.mjs', own => "$site->{board}/careers", other => $site->{other}, board => "$site->{board}/gigs/", folder => "$test->{dir}/site/free", wordpress => $post);

is_deeply([map {"$_->[0]: $_->[1]"} @blocks], [], 'every block of the page was run');

$wordpress->stop;
$test->done;
