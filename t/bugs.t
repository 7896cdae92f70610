#!/usr/bin/perl
# Why: t/bugs/run shows that the tests notice a rule of the write path that is broken.  It takes
# long, so it is run by hand; here is only that its patches still fit the code to the line, that what
# they make of a C file compiles, that each names a test that is there, and that none has come into the tree.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use FindBin;
use JSON::PP qw(decode_json);
use Test::More;

my $root = "$FindBin::Bin/..";
my @patches = sort glob "$root/t/bugs/*.patch";
cmp_ok(scalar @patches, '>=', 12, 'there are twelve and more');

sub applies { my ($path, @how) = @_; return system("cd '$root' && patch -p0 -s --dry-run -f -F0 @how -i '$path' > /dev/null 2>&1") == 0 }

# The compiler's words about the C files that a patch changes, read as the build would; '' if there are none.
open my $commands, '<', "$root/compile_commands.json" or die "compile_commands.json: $! (make all)";
my %command = map { $_->{file} => $_->{command} } @{ decode_json(do { local $/; <$commands> }) };

sub faults {
    my ($path, $text) = @_;
    my $dir = tempdir('gig-bugs-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    my @files = $text =~ /^\+\+\+ (\S+)/mg;
    for my $file (@files) {
        make_path("$dir/" . dirname($file));
        system('cp', "$root/$file", "$dir/$file") == 0 or die "$file was not copied";
    }
    my $said = `patch -d '$dir' -p0 -s -f -F0 -i '$path' 2>&1`;
    for my $file (grep { /\.c$/ } @files) {
        my $command = $command{$file} // die "no command compiles $file";
        $command =~ s/ -c \S+$/ -fsyntax-only/;
        my $here = dirname($file);
        $said .= `cd '$root' && $command -I$here '$dir/$file' 2>&1`;
    }
    return $said;
}

for my $path (@patches) {
    my ($name) = $path =~ m{([^/]+)\.patch$};
    open my $file, '<', $path or die "$path: $!";
    my $text = do { local $/; <$file> };
    like($text, qr/\A\S.{20,}\.\n\n/, "$name says what is broken");
    ok($text =~ /^Caught-by: (?:[A-Z_]+=\S+ )*(\S+)$/m && -f "$root/$1", "$name names a test that is there");
    ok($text =~ /^Says: (.+)$/m && eval { qr/$1/ }, "$name names what it says");
    ok(applies($path), "$name applies");
    is(faults($path, $text), '', "$name compiles");
}
ok(!applies($patches[0], '-R'), 'what does not apply is seen');

done_testing();
