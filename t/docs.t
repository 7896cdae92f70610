#!/usr/bin/perl
# Why: who meets this project reads README.md and docs/ and does what they say.  A
# link that leads nowhere, a command the program does not have, a key, an address or
# a refusal that is not described: each is an hour of somebody's.  (Directives and
# variables: t/conf.t.  Settings of gig-sync: t/sync-settings.t.)

use strict;
use warnings;

use File::Basename qw(dirname);
use FindBin;
use Test::More;

my $root = "$FindBin::Bin/..";
my $sync = ($ENV{GIG_BUILD} // "$root/build") . '/gig-sync';
my @pages = ('README.md', map { s{^\Q$root\E/}{}r } sort glob "$root/docs/*.md");


sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    return scalar <$in>;
}


# As GitHub makes them: small letters, blanks to hyphens, without punctuation.
sub anchors {
    my ($text) = @_;
    return map { lc =~ s/[^\w\- ]//gr =~ tr/ /-/r } $text =~ /^#+ (.+?)\s*$/mg;
}


my %text = map { $_ => slurp("$root/$_") } @pages;
my %source = map { $_ => slurp($_) } glob "$root/ngx_gig_module/*/*.[ch] $root/ngx_gig_module/core/lua/*.lua";
my $all = join "\n", map { $source{$_} } sort keys %source;
my $http = join "\n", map { $source{$_} } grep { m{/http/} } sort keys %source;

cmp_ok(scalar @pages, '>=', 7, 'the pages are found');

# --- links, and paths that the text names

my $links = 0;
for my $page (@pages) {
    my $prose = $text{$page} =~ s/^    .*$//mgr;        # examples are no prose

    while ($prose =~ /\]\(([^)\s]+)\)/g) {
        my ($file, $anchor) = split /#/, $1, 2;
        next if $file =~ m{^[a-z]+://};
        $links++;
        my $path = $file eq '' ? $page : dirname($page) eq '.' ? $file : 'docs/' . $file;
        $path =~ s{[^/]+/\.\./}{};
        ok(-e "$root/$path", "$page: $file is there") or next;
        next if !defined $anchor;
        ok((grep { $_ eq $anchor } anchors(slurp("$root/$path"))), "$page: $path has #$anchor");
    }

    for my $path ($text{$page} =~ m{(?<![\w/.])((?:docs|tools|t|ngx_gig_module)/[\w./-]*\w)}g) {
        next if $path =~ m{^t/\w+/gig$};
        ok(-e "$root/$path", "$page: $path is there");
    }
}
cmp_ok($links, '>=', 10, 'links were found');

for my $file (glob "$root/* $root/docs/*.md") {
    my ($name) = $file =~ m{([^/]+)$};
    next if $name =~ /^(?:build.*|compile_commands\.json|README\.md|LICENSE|CHANGES)$/;
    like($text{'README.md'}, qr/\Q$name\E/, "README.md tells what $name is");
}

# --- the three lines are the same everywhere, init's included

my ($three) = $text{'docs/directives.md'} =~ /^(    load_module .*\n(?:    .*\n){2})/m;
my @three = map { s/\s*#.*//r =~ s/^\s+//r } split /\n/, $three // '';
is(scalar @three, 3, 'three lines');
my $init = slurp("$root/ngx_gig_module/sync/gig_sync_init.c") =~ s/%s/acme/gr;
for my $line (@three) {
    like($text{'README.md'}, qr/^    \Q$line\E/m, "README.md: $line");
    like($init, qr/\Q$line\E/, "init: $line");
}

# --- gig-sync's commands

my $help = qx{"$sync" --help};
my %usage = $help =~ /^  (\w+) +(\S.*)$/mg;
my ($table) = $text{'docs/gig-sync.md'} =~ /^## Commands\n(.*?)^#/ms;
my %documented = map { s/\\\|/|/gr } $table =~ /^\| `(\w+) ([^`]*)`/mg;
is_deeply([sort keys %documented], [sort keys %usage], 'docs/gig-sync.md has the commands of gig-sync --help');

for my $command (sort keys %usage) {
    my %words = map { $_ => 1 } $usage{$command} =~ /(--\w+|-c)/g;
    my %told = map { $_ => 1 } $documented{$command} =~ /(--\w+|-c)/g;
    is_deeply([sort keys %told], [sort keys %words], "$command: the same options");
}

for my $page (@pages) {
    for my $command ($text{$page} =~ /\bgig-sync (\w+)(?= -| --| [\w.\/]+ --| acme)/g) {
        ok($usage{$command}, "$page: gig-sync has the command $command");
    }
}

# --- Redis: every key that the sources name, or the rights of an edge

my %keys;
$keys{$1} = 1 while $all =~ /gig_key\(\w+, [^;"]*"(\w+)"\)/g;
$keys{$1} = 1 while $all =~ /gig:\{%\.\*s\}:(\w+)/g;
$keys{$1} = 1 while $all =~ /prefix \.\. ['"](\w+)/g;
$keys{$_} = 1 for slurp("$root/docs/examples/edge.acl") =~ /gig:\{acme\}:(\w+)/g;
cmp_ok(scalar keys %keys, '>=', 12, 'keys were found: ' . join(' ', sort keys %keys));
like($text{'docs/redis-schema.md'}, qr/^\| .*`\Q$_\E(?::[A-Z:]+)?`/m, "docs/redis-schema.md has $_") for sort keys %keys;

# --- HTTP: every address, every parameter, every refusal

# Names of the route tables that something answers; a number in one is N in the document.
sub addresses {
    my ($source) = @_;
    my %answered = map { $_ => 1 } $source =~ /^    \[NGX_HTTP_GIG_ROUTE_(\w+)\] = \{/mg;
    my %named = $source =~ /^    \{ "([^"]+)", NGX_HTTP_GIG_ROUTE_(\w+) \},$/mg;
    return map { s/#/N/r } grep { $answered{ $named{$_} } } sort keys %named;
}
ok(grep({ $_ eq 'apply' } addresses($http)), 'the table of addresses is found');

my $doc = $text{'docs/http.md'};
like($doc, qr/`\Q$_\E`|\{id\}\/\Q$_\E|\/\Q$_\E`/, "docs/http.md has the address $_")
    for $http =~ /ngx_http_gig_is\([^;]*?"([\w.]+)"\)/g, addresses($http);
like($doc, qr/`\Q$_\E`/, "docs/http.md has the parameter $_")
    for grep { $_ ne 'withdraw' } $all =~ /\bGIG_PARAMETER\("(\w+)"\)/g;

# A type stands next to its status, or comes with the word it is chosen by.
my %type = map { $_ => 1 } $http =~ /(?:NGX_HTTP_[A-Z_]+|\b4\d\d), "([a-z]+(?:-[a-z]+)*)"/g;
$type{$_} = 1 for $http =~ /^\s+[:?] "([a-z]+-[a-z]+)"/mg, $http =~ /(?<=\? )"([a-z]+-[a-z]+)"/g;
cmp_ok(scalar keys %type, '>=', 12, 'types of problems were found: ' . join(' ', sort keys %type));
like($doc, qr/^\| \d\d\d \| `\Q$_\E` \|/m, "docs/http.md has the problem $_") for sort keys %type;
my @told = $doc =~ /^\| \d\d\d \| `([a-z-]+)` \|/mg;
like($all, qr/"\Q$_\E"/, "the problem $_ exists") for @told;

# Each has a title of its own: a failed challenge was called "Not open", as the status is the same.
my ($titles) = $http =~ /ngx_http_gig_problems\[\] = \{(.*?)\n\};/s;
my %title = $titles =~ /\{ "([a-z-]+)", "([^"]+)" \}/g;
is_deeply([sort keys %title], [sort { $a cmp $b } keys %{ { map { $_ => 1 } @told } }], 'each problem has a title, and none else');
is(keys %{ { reverse %title } }, keys %title, 'of its own');

# --- what is documented as a default is the default

like($doc, qr/^\| `limit` \| 1 to 100 gigs a page \| 20 \|$/m, 'limit') and do {
    my ($limit) = $all =~ /#define GIG_LIST_DEFAULT\s+(\d+)/;
    my ($max) = $all =~ /#define GIG_LIST_MAX\s+(\d+)/;
    is("$limit $max", '20 100', 'and its default and maximum');
};

# --- the examples that can be imported are

my $copy = "$root/docs/examples/gigs.csv";
my $dir = $ENV{TMPDIR} // '/tmp';
my $db = "$dir/gig-docs-$$.db";
my $said = qx{"$sync" import "$copy" --into "sqlite:$db" 2>&1};
is($?, 0, 'docs/examples/gigs.csv can be imported') or diag($said);
like($said, qr/^3 new, 0 changed, 0 unchanged, 0 refused$/m, 'all of it');
unlink glob "$db*";

# --- so are the forms, and every field that docs/forms.md shows

my %bound = ('docs/http.md' => [qw(GIG_BODY_MAX GIG_BODY_PARTS GIG_BODY_NAME GIG_BODY_VALUE GIG_BODY_NUMBER GIG_BODY_DEPTH GIG_BODY_HEADER)],
    'docs/forms.md' => [qw(GIG_PATTERN_MAX GIG_PATTERN_TEXT GIG_PATTERN_STEPS GIG_ANSWER_MAX GIG_FIELDS_MAX GIG_OPTIONS_MAX GIG_SELF_ID_PLAIN GIG_SELF_ID_WORDS)]);
for my $page (sort keys %bound) {
    for my $name (@{ $bound{$page} }) {
        my ($value) = $all =~ /^#define $name\s+(?:\((\d+ \* \d+)\)|(\d+)\s)/m ? $1 // $2 : '';
        $value = $1 * $2 if $value =~ /^(\d+) \* (\d+)$/;
        my $written = reverse(reverse($value) =~ s/(\d{3})(?=\d)/$1,/gr);
        like($text{$page}, qr/(?<![\d,])(?:$value|$written)(?![\d,])/, "$page: $name is $value");
    }
}

my @fields = $text{'docs/forms.md'} =~ /^    (\{"name".*\})$/mg;
my %shown = map { /"type": "(\w+)"/; $1 => 1 } @fields;
my ($types) = $all =~ /gig_field_types\[\] = \{(.*?)\}/s;
is_deeply([sort keys %shown], [sort $types =~ /"(\w+)"/g], 'docs/forms.md shows each type');
{
    open my $out, '>', "$db.jsonl" or die "$db.jsonl: $!";
    print $out '{"schema":"gig-form/1","id":"f_docs","rev":1,"fields":[', join(',', @fields), "]}\n";
}
for my $file ("$db.jsonl", map {"$root/docs/examples/$_"} qw(form.json form-self-id.json)) {
    $said = qx{"$sync" import "$file" --into "sqlite:$db" 2>&1};
    is($?, 0, "$file can be imported") or diag($said);
    like($said, qr/^1 new, 0 changed, 0 unchanged, 0 refused$/m, 'all of it');
}
unlink glob "$db*";

done_testing;
