#!/usr/bin/perl
# Why: three rules hold the house up (docs/architecture.md): core/ is pure, only
# http/ knows nginx, sync/ never does.  They are kept here, with the limits on
# files that keep it readable, so that a slip fails a build and not a reader.

use strict;
use warnings;

use File::Find;
use FindBin;
use Test::More;

my $root = "$FindBin::Bin/..";
my %text;

find({ no_chdir => 1, wanted => sub {
    return unless -f && /\.[ch]$/;
    open my $file, '<', $_ or die "$_: $!";
    local $/;
    (my $name = $_) =~ s{^\Q$root\E/}{};
    $text{$name} = <$file>;
} }, "$root/ngx_gig_module");

ok(keys %text > 40, 'the sources are found');

sub text_of {
    my ($name) = @_;
    return $text{$name} // do {
        open my $file, '<', "$root/$name" or die "$name: $!";
        local $/;
        <$file> // '';
    };
}

# The files of a folder of t/, without those below it.
sub in_tests {
    my ($folder) = @_;
    my $path = $folder eq '' ? 't' : "t/$folder";
    return sort map { substr $_, 1 + length $root } grep { -f } glob "$root/$path/*";
}

my %forbidden = (
    core => qr{^(?:ngx_|hiredis|libpq|curl/|sqlite3|pthread|sys/socket|netinet/|sys/epoll)},
    sync => qr{^ngx_},
);

sub broken_includes {
    my ($name, $text) = @_;
    my ($part) = $name =~ m{^ngx_gig_module/(\w+)/} or return;
    my $rule = $forbidden{$part} or return;
    return grep { $_ =~ $rule } $text =~ /^\s*#\s*include\s*[<"]([^>"]+)[>"]/mg;
}

is_deeply([map { my $n = $_; map {"$n: $_"} broken_includes($n, $text{$n}) } sort keys %text], [],
    'core/ includes no nginx, hiredis, libpq, libcurl, sqlite, sockets or threads; sync/ no nginx');
is_deeply([broken_includes('ngx_gig_module/core/x.c', "#include <ngx_core.h>\n")], ['ngx_core.h'],
    'the rule can fail');

my @clock = grep { m{/core/} && $text{$_} =~ /\b(?:time|gettimeofday|clock_gettime|localtime|gmtime)\s*\(\s*(?:NULL|&|0|CLOCK)/ }
    sort keys %text;
is_deeply(\@clock, [], 'core/ asks no clock');

# nginx's build puts objects under the last folder's name: two modules with a http/util.c collide.
my %prefix = (core => 'gig_', http => 'ngx_http_gig', sync => 'gig_sync_');
is_deeply([grep { my ($part, $file) = m{^ngx_gig_module/(\w+)/(?:connect/)?([^/]+)$}; index $file, $prefix{$part} } sort keys %text],
    [], 'every file bears the prefix of its part');

# A C file over 700 lines, or a line over 100 columns, is two files or two lines.
is_deeply([map {"$_: " . ($text{$_} =~ tr/\n//)} grep { $text{$_} =~ tr/\n// > 700 } sort keys %text], [],
    'no file is over 700 lines');

my @wide;
for my $name (sort keys %text) {
    my $n = 0;
    for my $line (split /\n/, $text{$name}) {
        $n++;
        utf8::decode(my $chars = $line);
        push @wide, "$name:$n" if length $chars > 100 || $line =~ /\t|\s$/;
    }
}
is_deeply(\@wide, [], 'no line is over 100 columns, has a tab or ends in blanks');

# A format string must never come from data, nor a view be printed as a C string.
my @unsafe = grep { $text{$_} =~ /\b(?:redisAsyncCommand|redisCommand|sprintf|strcpy|strcat|gets)\s*\(/ } sort keys %text;
is_deeply(\@unsafe, [], 'no call that takes a format for a command or knows no size');

my @versions = grep { !/compat/ && $text{$_} =~ /#\s*(?:el)?if.*(?:nginx_version|HIREDIS_MAJOR)/ } sort keys %text;
is_deeply(\@versions, [], 'versions are tested in the compat header alone');

# Guards: GIG_BUF_H in core/, sync/ and t/, _NGX_HTTP_GIG_H_INCLUDED_, as nginx has it, in http/.
my @headers = grep { /\.h$/ } sort keys %text, map { in_tests($_) } qw(lib unit fuzz);
sub guarded {
    my ($name, $text) = @_;
    my ($macro) = map { uc } $name =~ m{([^/]+)\.h$};
    return $text =~ /^#ifndef (\w+)\n#define \1\n/m && ($1 eq "${macro}_H" || $1 eq "_${macro}_H_INCLUDED_");
}
is_deeply([grep { !guarded($_, text_of($_)) } @headers], [], 'every header has a guard of its own name');
ok(!guarded('a/gig_x.h', "#ifndef GIG_Y_H\n#define GIG_Y_H\n"), 'a guard of another name is seen');

# A reader of a test wants to know what it is for before how.
sub opens_with_why {
    my ($text) = @_;
    $text =~ s/\A#!.*\n+//;
    $text =~ s/\Apackage \S+;\n+//;
    return $text =~ m{\A\s*(?:# \S|/\*\s)};
}
is_deeply([grep { !opens_with_why(text_of($_)) } (grep { /\.mjs$/ } in_tests('web')),
    map { in_tests($_) } '', qw(lib lib/GigTest lib/GigTest/Chaos chaos unit fuzz)], [],
    'every file of t/ opens with why it is there');
ok(!opens_with_why("#!/usr/bin/perl\nuse strict;\n"), 'one that does not is seen');

# What belongs to the machine it was written on.  (JSON pointers to members of `work` begin alike.)
my $work = join '|', qw(hours_max due_by milestones);
my @files;
find({ no_chdir => 1, wanted => sub {
    return $File::Find::prune = 1 if m{/(?:\.git|\.cache|build(?:-[^/]*)?)$};
    push @files, substr $_, 1 + length $root if -f && -T && !/compile_commands\.json$|\.git$/;
} }, $root);
sub foreign { return $_[0] =~ m{/work/(?!(?:$work)\b)} }
is_deeply([grep { $_ ne 't/layout.t' && foreign(text_of($_)) } @files], [], 'no file names a folder of some machine');
ok(foreign('see /work/x') && !foreign('"/work/due_by"'), 'one that does is seen');

my @docs = sort grep { /\.md$|^CHANGES$/ } @files;
is_deeply([grep { text_of($_) =~ /[ \t]+$/m } @docs], [], 'no trailing blanks in documents');
is_deeply([grep { my $d = $_; $d =~ m{^docs/(.+)} && !grep { $_ ne $d && text_of($_) =~ m{\]\((?:docs/)?\Q$1\E[)#]} } @docs }
    @docs], [], 'every document is linked from another');
ok(-s "$root/CHANGES", 'CHANGES is there');

# A client of a system of record is the connector's alone; the module speaks to none of them.
is_deeply([grep { !m{/sync/connect/gig_sync_postgres} && $text{$_} =~ /libpq|\bPQ[a-z]\w+\s*\(/ } sort keys %text], [],
    'only the files of its connector use libpq');
is_deeply([grep { !m{/sync/connect/gig_sync_https} && $text{$_} =~ m{<curl/|\bcurl_[a-z]\w+\s*\(} } sort keys %text], [],
    'only the files of its connector use libcurl');
my $module = ($ENV{GIG_BUILD} // "$root/build") . '/ngx_http_gig_module.so';
my @foreign = `nm -D --undefined-only '$module'` =~ /\b((?:PQ|curl_|sqlite3_)\w+)/g;
is($?, 0, "nm reads $module");
is_deeply(\@foreign, [], 'the module uses neither libpq nor libcurl nor SQLite');

# The daemon is to be one that can be read in an evening: the aim is 2,500 lines.  It is
# larger; until it is brought down, this keeps it from growing.
my $lines = 0;
$lines += $text{$_} =~ tr/\n// for grep { m{/sync/gig_sync_(?!connector|import|export|init|keygen|ledger|replay|verify|open|check|status|dead|drain)} } keys %text;
cmp_ok($lines, '<=', 6685, "gig-sync without connectors and operator commands does not grow ($lines lines)");

done_testing();
