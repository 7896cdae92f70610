#!/usr/bin/perl

# Root may read and write everything, and check is mostly called by root: it said "ok" of a
# database that the service, a user of its own, could not write.  It must look with the eyes of
# whose the private key is, and name the file, whose it is and what mends it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Path qw(make_path);
use Test::More;

use GigTest;

plan skip_all => 'only root can be mistaken for somebody else' if $> != 0;

my ($user, $uid, $gid) = (getpwnam 'nobody')[0, 2, 3];
plan skip_all => 'needs a user nobody' if !$user;

my $test = GigTest->new(record => 'sqlite');
$test->start_redis(appendonly => 'yes', appendfsync => 'always');
my $folder = "$test->{dir}/var";
my $database = "$folder/acme.db";
my ($secret, $key) = map {"$test->{dir}/acme.$_"} qw(secret key);
make_path($folder);
$test->sync_conf(source => "sqlite:$database");

sub check {
    my ($status, $output) = $test->sync('check');
    return $status, $output;
}

my ($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'import', "$GigTest::ROOT/docs/examples/gigs.csv",
    '--into', "sqlite:$database");
is($status, 0, 'root imports') or diag($output);

($status, $output) = check();
is($status, 0, 'keys and database of root are as root needs them');
unlike($output, qr/belongs to/, 'and nothing is said of anybody');

# --- half of it is given away

chown $uid, $gid, $folder, $database;
($status, $output) = check();
like($output, qr/^warning  acme: source: belongs to $user, but \Q$key\E to root; if gig-sync runs as $user, right is: chown $user \Q$key $secret\E$/m,
    'a database of somebody, with keys of root');
is($status, 0, 'is a warning: root can work with it');

chown $uid, $gid, $key;
($status, $output) = check();
like($output, qr/^gig-sync check: \S+: \[board acme\] secret_file: \Q$secret\E: Permission denied$/m, 'a secret that only root can read');
is($status, 78, 'is an error');

# --- all of it, and what root does to it afterwards

chown $uid, $gid, $secret;
($status, $output) = check();
is($status, 0, 'all belongs to the user');
like($output, qr/^ok       \Q$key\E: belongs to $user, so all is tried as that user$/m, 'and check says as whom it looks');
like($output, qr/^0 errors/m, 'which finds no error') or diag($output);

sub refused {
    my ($what, $file, $owner, $mode, $mends) = @_;
    my ($told, $said) = check();
    like($said, qr/^error    acme: sink: \Q$file\E: belongs to $owner \(mode $mode\), and $user must read and write it; right is: $mends$/m,
        "$what is told, with what mends it") or diag($said);
    is($told, 78, 'as an error');
}

chown 0, 0, $database;
refused('a copy that root put back', $database, 'root', '0600', "chown $user");

chown $uid, $gid, $database;
chmod 0400, $database;
refused('a file without the right to write', $database, $user, '0400', 'chmod u\+rwX');

chmod 0600, $database;
unlink "$database-wal", "$database-shm";    # made by who could only read, so they stayed
chown 0, 0, $folder;
refused('a folder in which no log can be made', $folder, 'root', '0755', "chown $user");
chown $uid, $gid, $folder;

# A log that a process of root's left behind, as long as it is held: SQLite takes away an idle one.
my $pid = open(my $held, '|-', 'sqlite3', $database) // die "sqlite3: $!";
$held->autoflush(1);
print {$held} "pragma journal_mode = wal; update gigs set updated_at = 'now';\n";
wait_for { -e "$database-wal" && -s "$database-shm" } 'a log';
chown 0, 0, "$database-wal", "$database-shm";
refused('a log of root', "$database-wal", 'root', '0600', "chown $user");
close $held;

($status, $output) = check();
is($status, 0, 'and when that has gone all is well again') or diag($output);

$test->done;
