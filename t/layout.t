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

my $lines = 0;
$lines += $text{$_} =~ tr/\n// for grep { m{/sync/gig_sync_(?!import|export|init|keygen|verify|open|check|status)} } keys %text;
cmp_ok($lines, '<=', 2500, "gig-sync without connectors and operator commands is small ($lines lines)");

done_testing();
