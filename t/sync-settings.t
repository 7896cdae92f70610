#!/usr/bin/perl
# Why: the commands read one settings file; what is wrong in it must stop each of
# them with file, line and the nearest right name, and with the exit status that a
# service manager understands.  (The table of settings: t/unit/test_settings.c.)

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest::Command qw(run);

my $root = "$FindBin::Bin/..";
my $sync = ($ENV{GIG_BUILD} // "$root/build") . '/gig-sync';
my $dir  = tempdir(CLEANUP => 1);


sub conf {
    my ($text) = @_;
    open my $out, '>', "$dir/gig-sync.conf" or die "gig-sync.conf: $!";
    print $out $text;
    close $out or die;
    return "$dir/gig-sync.conf";
}


my ($status, $output) = run($sync, 'keygen', "$dir/acme");
is($status, 0, 'keys') or diag($output);
my $good = "[board acme]\nsecret_file = $dir/acme.secret\nprivate_key = $dir/acme.key\nsource = sqlite:$dir/a.db\n";

for my $command (qw(run once check status)) {
    ($status, $output) = run($sync, $command, '-c', conf($good . "pul_every = 5s\n"));
    is($status, 78, "$command: EX_CONFIG");
    like($output, qr/gig-sync\.conf:5\b.*unknown setting "pul_every"; did you mean "pull_every"\?/s,
        'names file, line and the nearest right name');
}

($status, $output) = run($sync, 'once', '-c', "$dir/none.conf");
is($status, 78, 'a file that is not there');
($status, $output) = run($sync, 'once', '-c', conf($good =~ s/acme\.key/none.key/r));
is($status, 78, 'a key that is not there');
like($output, qr/none\.key/, 'is named');

# --- commands

($status, $output) = run($sync);
is($status, 64, 'no command: EX_USAGE');
($status, $output) = run($sync, 'run', '-c');
is($status, 64, '-c without its file');
like($output, qr/-c lacks its FILE/, 'says so');
($status, $output) = run($sync, 'once', '-c', conf($good =~ s/sqlite://r));
is($status, 78, 'a source without its kind');
like($output, qr/must be where the gigs are kept, as sqlite:/, 'is told what it looks like');
($status, $output) = run($sync, 'imprt');
is($status, 64, 'a misspelt command');
like($output, qr/did you mean "import"\?/, 'names the nearest');
($status, $output) = run($sync, 'help');
is($status, 0, 'help');
like($output, qr/^  \Q$_\E /m, "lists $_") for qw(init run once check status import export keygen verify open);
($status, $output) = run($sync, '--version');
is($status, 0, 'version');

my $docs = do { local (@ARGV, $/) = ("$root/docs/gig-sync.md"); <> };
my $code = do { local (@ARGV, $/) = ("$root/ngx_gig_module/core/gig_settings.c"); <> };
my @settings = $code =~ /^    \{ "(\w+)", GIG_SETTING_/mg;
cmp_ok(scalar @settings, '>=', 10, 'the table of settings is found');
like($docs, qr/^\| `\Q$_\E` \|/m, "docs/gig-sync.md has the setting $_") for @settings;

done_testing;
