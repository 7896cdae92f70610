#!/usr/bin/perl
# Why: t/bugs/run shows that the tests notice a rule of the write path that is broken.  It takes
# long, so it is run by hand; here is only that its patches still fit the code, each names a
# test that is there, and none has come into the tree.

use strict;
use warnings;

use FindBin;
use Test::More;

my $root = "$FindBin::Bin/..";
my @patches = sort glob "$root/t/bugs/*.patch";
cmp_ok(scalar @patches, '>=', 12, 'there are twelve and more');

sub applies { my ($path, @how) = @_; return system("cd '$root' && patch -p0 -s --dry-run -f @how -i '$path' > /dev/null 2>&1") == 0 }

for my $path (@patches) {
    my ($name) = $path =~ m{([^/]+)\.patch$};
    open my $file, '<', $path or die "$path: $!";
    my $text = do { local $/; <$file> };
    like($text, qr/\A\S.{20,}\.\n\n/, "$name says what is broken");
    ok($text =~ /^Caught-by: (?:[A-Z_]+=\S+ )*(\S+)$/m && -f "$root/$1", "$name names a test that is there");
    ok($text =~ /^Says: (.+)$/m && eval { qr/$1/ }, "$name names what it says");
    ok(applies($path), "$name applies");
}
ok(!applies($patches[0], '-R'), 'what does not apply is seen');

done_testing();
