#!/usr/bin/perl
# Why: the image on disk is what a restart without Redis lives on.  A damaged one
# must be refused and the one before taken; a power cut may leave any bytes in
# what was not synced; the folder must not grow; nothing is read that others planted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $state = "$test->{dir}/state/acme";

sub generations { return sort { $b <=> $a } map { /index\.(\d+)$/ ? $1 : () } glob "$state/index.*" }
sub synced { return sort { $b <=> $a } map { /synced\.(\d+)$/ ? $1 : () } glob "$state/synced.*" }
sub title { return json_of($test->get("/gigs/$_[0]?format=json"))->{title} // '' }

sub spoil {
    my ($file, $offset) = @_;
    open my $handle, '+<', $file or die "$file: $!";
    seek $handle, $offset, 0;
    read $handle, my $byte, 1;
    seek $handle, $offset, 0;
    print $handle chr(255 - ord $byte);
    close $handle;
}

GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record("gig-$_") } 1 .. 50);
$test->start_nginx(no_keys => 1);
ok($test->wait_total(50), 'the catalog is served');

is((stat $state)[2] & 07777, 0700, 'the state folder is the worker\'s alone');
is(scalar(grep { (stat $_)[2] & 077 } glob "$state/*"), 0, 'and so are its files');


# --- sync when calm, clean-up

ok(wait_for { (synced())[0] && (synced())[0] == (generations())[0] } 'a calm image is synced');
my ($good) = synced();

GigTest::Publish::put($test, gig_record('gig-1', title => "Title $_")) for 1 .. 40;
ok(wait_for { title('gig-1') eq 'Title 40' } 'a storm of changes');
my @indexes = generations();
cmp_ok(scalar(@indexes), '<=', 3, 'old generations are removed');
cmp_ok(scalar(my @stores = glob "$state/store.*"), '<=', 2, 'and stores nobody names');
is(scalar(my @tmp = glob "$state/*.tmp"), 0, 'nothing half written is left');


# --- an index on disk that is damaged: the one before

ok(wait_for { (synced())[0] == (generations())[0] } 'synced again');
($good) = synced();
GigTest::Publish::put($test, gig_record('gig-1', title => 'Not synced'));
ok(wait_for { title('gig-1') eq 'Not synced' } 'a newer image');
my ($newest) = generations();
cmp_ok($newest, '>', $good, 'that is not synced');
$redis->stop;
ok($test->stop_nginx, 'nginx ends');

my $size = -s "$state/index.$newest";
spoil("$state/index.$newest", int $size * 2 / 3);
$test->start_nginx(keep_conf => 1);
ok(wait_for { title('gig-1') eq 'Title 40' } 'a byte is wrong in the index: the one before is served');
like($test->read_file('error.log'), qr/index\.$newest in .* is damaged/, 'and the log says so');
ok($test->stop_nginx, 'nginx ends');

truncate "$state/index.$newest", int $size / 2;
$test->start_nginx(keep_conf => 1);
ok(wait_for { title('gig-1') eq 'Title 40' } 'the index is cut: the one before');
ok($test->stop_nginx, 'nginx ends');

truncate "$state/index.$newest", 0;
$test->start_nginx(keep_conf => 1);
ok(wait_for { title('gig-1') eq 'Title 40' } 'the index is empty: the one before');


# --- with Redis back it is mended by itself

$redis->start;
GigTest::Publish::ready($test, 'second');
GigTest::Publish::put($test, map { gig_record("gig-$_", title => "Second $_") } 1 .. 50);
ok(wait_for { title('gig-1') eq 'Second 1' } 'a Redis with another catalog: loaded in full');
cmp_ok((generations())[0], '>', $newest, 'the number goes up, also past the damaged one');


# --- a fragment that is damaged is never sent; a full load mends it

ok(wait_for { (synced())[0] == (generations())[0] } 'synced');
ok($test->stop_nginx, 'nginx ends');
for my $store (glob "$state/store.*") {
    my $length = -s $store;
    for (my $at = 40; $at < $length; $at += 200) { spoil($store, $at) }
}
$test->start_nginx(keep_conf => 1);
my %status;
my $end = time + 10;
while (time < $end) {
    my $answer = $test->get('/gigs/gig-1?format=json');
    $status{ $answer->{status} }++;
    isnt($answer->{body}, '', 'no empty answer') if $answer->{status} == 200 && $answer->{body} eq '';
    last if $answer->{status} == 200 && (json_of($answer)->{title} // '') eq 'Second 1';
    sleep 0.05;
}
is(title('gig-1'), 'Second 1', 'a damaged store: the gig comes back whole');
is(join(' ', grep { !/^(?:200|500|503)$/ } keys %status), '', 'and is never another answer meanwhile');
like($test->read_file('error.log'), qr/a fragment in store\.\S+ at \d+ is damaged/, 'the log says what was damaged');


# --- nothing is followed, nothing planted is taken

ok($test->stop_nginx, 'nginx ends');
my ($current) = generations();
my $plant = $current + 100;
symlink "$state/index.$current", "$state/index.$plant";
mkdir "$state/index." . ($plant + 1);
$test->start_nginx(keep_conf => 1);
ok(wait_for { title('gig-1') eq 'Second 1' } 'a symbolic link and a folder named like an index are passed over');


# --- the folder is removed under a running nginx

system 'rm', '-rf', $state;
ok(title('gig-1') eq 'Second 1', 'the folder is gone: what is mapped is served');
mkdir $state, 0700;
GigTest::Publish::put($test, gig_record('gig-1', title => 'New folder'));
ok(wait_for { title('gig-1') eq 'New folder' } 'a new folder is taken into use');
ok(wait_for { (generations())[0] } 'and filled');

$test->done;
