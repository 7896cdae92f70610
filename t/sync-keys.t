#!/usr/bin/perl
# Why: keys are made once, by people in a hurry.  Files must have the right rights
# whatever the umask, nothing is ever overwritten, half a set of keys is an error,
# and the ACL that init writes is the one docs/examples explains.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest::Command qw(run);

my $root = "$FindBin::Bin/..";
my $sync = ($ENV{GIG_BUILD} // "$root/build") . '/gig-sync';
my $dir  = tempdir(CLEANUP => 1);


sub slurp {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!";
    local $/;
    return scalar <$in>;
}


sub mode { return sprintf '%o', (stat $_[0])[2] & 07777 }

umask 0;
my ($status, $output) = run($sync, 'keygen', "$dir/k");
is($status, 0, 'keygen') or diag($output);
is(mode("$dir/k.$_"), $_ eq 'pub' ? '644' : '600', "rights of .$_ do not depend on the umask") for qw(secret key pub);
like(slurp("$dir/k.secret"), qr/^pepper [0-9a-f]{64}$/m, 'a pepper');
unlike($output, qr/[0-9a-f]{32}/, 'no key is printed');

my $secret = slurp("$dir/k.secret");
($status, $output) = run($sync, 'keygen', "$dir/k");
is($status, 73, 'keygen again is refused');
is(slurp("$dir/k.secret"), $secret, 'and overwrites nothing');
unlink "$dir/k.pub";
($status, $output) = run($sync, 'keygen', "$dir/k");
is($status, 73, 'a set that is not whole is refused');
like($output, qr/k\.pub is not/, 'what is missing is named');
ok(!-e "$dir/k.pub", 'nothing is made');

# --- init

my @init = ($sync, 'init', 'acme', '--dir', "$dir/etc/gig", '--data', "$dir/data");
($status, $output) = run(@init);
is($status, 0, 'init') or diag($output);
like($output, qr/^    load_module modules\/ngx_http_gig_module\.so;$/m, 'prints the lines for nginx.conf');
like($output, qr/^    location \/gigs\/ \{ gig acme; \}/m, 'all of them');
is(mode("$dir/data"), '700', 'the database\'s folder is its owner\'s alone');
is(mode("$dir/etc/gig/acme.$_"), $_ eq 'pub' ? '644' : '600', "rights of acme.$_") for qw(secret key pub);
is(mode("$dir/etc/gig/acme-$_.password"), '600', "rights of the password of $_") for qw(edge sync);

my @files = sort glob "$dir/etc/gig/*";
my %content = map { $_ => slurp($_) } @files;
($status, $output) = run(@init);
is($status, 0, 'init again');
is_deeply({ map { $_ => slurp($_) } sort glob "$dir/etc/gig/*" }, \%content, 'changes no file');

($status, $output) = run($sync, 'init', 'beta', '--dir', "$dir/etc/gig", '--data', "$dir/data");
is($status, 0, 'a second board');
like($output, qr/it has no \[board beta\] yet; add this/, 'is not written into the settings of the first, but shown');

($status, $output) = run($sync, 'init', 'Not A Board');
is($status, 64, 'a name that is none');

for my $role (qw(edge sync)) {
    my ($line) = $content{"$dir/etc/gig/acme.acl"} =~ /^user acme-$role on (.*)$/m;
    my ($documented) = slurp("$root/docs/examples/$role.acl") =~ /^user $role on (.*)$/m;
    chomp(my $password = $content{"$dir/etc/gig/acme-$role.password"});
    is($line =~ s/^#([0-9a-f]{64}) //r, $documented =~ s/^>\S+ //r, "rights of $role as docs/examples/$role.acl has them");
    like($line, qr/^#@{[sha256_hex($password)]} /, 'and the hash of its password');
}

# --- the settings that init wrote can be loaded, and open and verify refuse what is not theirs

($status, $output) = run($sync, 'open', '-c', "$dir/etc/gig/gig-sync.conf", $files[0]);
is($status, 65, 'open refuses what is no box') or diag($output);
open my $out, '>', "$dir/receipt" or die;
print $out '{"schema":"gig-receipt/1","sig":"AAAA"}';
close $out;
($status, $output) = run($sync, 'verify', '-c', "$dir/etc/gig/gig-sync.conf", "$dir/receipt");
is($status, 65, 'verify refuses what nobody signed') or diag($output);
chmod 0604, "$dir/etc/gig/acme.key";
($status, $output) = run($sync, 'open', '-c', "$dir/etc/gig/gig-sync.conf", "$dir/receipt");
is($status, 78, 'a private key that everybody may read is refused');
like($output, qr/chmod o=/, 'with what mends it');

done_testing;
