#!/usr/bin/perl
# Why: the master, often root, takes the state folder over for its workers.  One wrong
# word in the configuration, "state /etc;", must not shut everybody else out of it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $test = GigTest->new;
$test->{expected_log} = qr/holds files of others/;
my $folder = "$test->{dir}/state/acme";

sub mode { return sprintf '%04o', (stat $folder)[2] & 07777 }

sub start_once {
    $test->nginx_conf;
    return $test->run('timeout', '10', GigTest::nginx_binary(), '-p', "$test->{dir}/", '-c', "$test->{dir}/nginx.conf", '-e', "$test->{dir}/error.log");
}

mkdir $folder, 0755 or die $!;
chmod 0755, $folder;
$test->write_file("$folder/passwd", 'of others');
my ($code) = start_once();
is($code, 1, 'a folder with files of others stops the start');
like($test->read_file('error.log'), qr/\[emerg\].*"\Q$folder\E".*holds files of others: it must be a folder of its own/, 'and says so');
is(mode(), '0755', 'and is left as it was');
is($test->read_file("$folder/passwd"), 'of others', 'with what is in it');

unlink "$folder/passwd";
$test->start_nginx;
# nginx listens before it makes its folders
ok(wait_for { mode() eq '0700' } 'an empty one to be taken over', 5);
ok(wait_for { -e "$folder/node" } 'a worker to settle in it');
ok($test->stop_nginx, 'nginx left');

chmod 0755, $folder;
$test->start_nginx;
is(mode(), '0700', 'one that is a board\'s is put right');

$test->done;
