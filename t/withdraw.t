#!/usr/bin/perl
# Why: who withdraws is promised erasure.  Every store that held the application is searched for
# it afterwards, by what was typed, by the sealed box and by the applicant's hash; and the answer
# says where erasure is done, where it comes by itself, and where it could only be asked for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis;
$test->sync_conf;
ok($test->publish(gig_record('open')), 'a gig');
my %conf = (board => 'ledger_keep 2s; redis_timeout 500ms;');
$test->start_nginx(%conf);
$test->wait_total(1) or BAIL_OUT('no catalog');

my $marker = 'Zqxmarker';
my $P = 'gig:{acme}:';

sub files_of { my ($folder) = @_; return grep { -f } glob "$test->{dir}/$folder/*" }

sub with {
    my ($needle, @files) = @_;
    return [map { m{([^/]+)$} } grep { index($test->read_file($_) // '', $needle) >= 0 } @files];
}

# All that Redis holds, keys and values.
sub redis_holds {
    my ($needle) = @_;
    my @found;
    for my $key (@{ $redis->cmd('KEYS', '*') }) {
        my $type = $redis->cmd('TYPE', $key);
        my %read = (string => [GET => $key], hash => [HGETALL => $key], stream => [XRANGE => $key, '-', '+'],
            set => [SMEMBERS => $key], list => [LRANGE => $key, 0, -1], zset => [ZRANGE => $key, 0, -1]);
        my @all = $key;
        my @left = $redis->cmd(@{ $read{$type} or die "a $type" });
        while (@left) {
            my $one = shift @left;
            ref $one ? unshift(@left, @$one) : push(@all, $one // '');
        }
        push @found, $key if grep { index($_, $needle) >= 0 } @all;
    }
    return \@found;
}

sub tables_with {
    my ($needle) = @_;
    return [grep {
        my $table = $_;
        my $text = JSON::PP->new->allow_blessed->encode([$test->sql("select * from $table")]);
        index($text, $needle) >= 0;
    } qw(applications delivery conflicts tombstones stages receipts)];
}

sub erasure { my ($answer) = @_; return { map { delete $_->{where}, $_ } @{ json_of($answer)->{erasure} // [] } } }

# --- an application, and another with its key: both are in every store

my %typed = (email => lc($marker) . '@example.edu', last_name => $marker, statement => "I am $marker and would begin at once.");
my $applied = $test->apply('open', 'key-one', %typed);
is($applied->{status}, 202, 'applied') or diag($applied->{body});
my ($receipt) = $applied->{headers}{location} =~ m{(/gigs/receipts/.+)};
my %entry = @{ $redis->cmd('XRANGE', "${P}applications", '-', '+')->[0][1] };
my ($id, $who, $box) = @entry{qw(id who box)};
ok(@{ with($box, files_of('state/acme')) }, 'its box is in a ledger');
ok(@{ redis_holds($box) } && @{ redis_holds($who) } > 1, 'and in Redis');

is_deeply(json_of($test->get("$receipt?format=json"))->{erasure}, undef, 'nothing of erasure as long as it is not withdrawn');
$test->start_sync;
ok(wait_for { $test->sql("select id from applications") == 1 } 'the row');
$test->sql("insert into stages (id, stage) values ('$id', 'in_review')");
ok(wait_for { $redis->cmd('HGET', "${P}stages", $id) } 'its stage in Redis');
is_deeply(tables_with($marker), ['applications'], 'the system of record has what was typed');
is_deeply(tables_with($who), [qw(applications delivery)], 'and whose it is');

# --- withdrawn

$test->stop_sync;
my $answer = $test->http('DELETE', $receipt);
is($answer->{status}, 200, 'withdrawn');
my %left = (ledgers => { state => 'sealed', within_seconds => 12 }, copies => { state => 'asked' });
is_deeply(erasure($answer), { %left, map { $_ => { state => 'under_way' } } qw(records queue) }, 'the answer says where it is erased');
is_deeply(erasure($test->get("$receipt?format=json")), erasure($answer), 'and so does the receipt');
my $page = $test->get($receipt, headers => { Accept => 'text/html' })->{body};
like($page, qr/>Being erased<.*>Sealed copies<.*within 1 hour.*>Asked for<.*export.*backup/s, 'the page as well');
unlike($page, qr/In review|Being read|We have your application/, 'and nothing of what it was');

$test->start_sync;
ok(wait_for { erasure($test->get("$receipt?format=json"))->{records}{state} eq 'erased' } 'the receipt to say erased');
is_deeply(erasure($test->get("$receipt?format=json")), { %left, map { $_ => { state => 'erased' } } qw(records queue) }, 'in records and queue');
like($test->get($receipt, headers => { Accept => 'text/html' })->{body}, qr/>Erased</, 'the page as well');

is_deeply(tables_with($marker), [], 'no table has what was typed');
is_deeply(tables_with($who), [], 'nor whose it was');
is(scalar $test->sql("select 1 from tombstones where id = '$id'"), 1, 'the request to erase it in copies stands');
is(scalar $test->sql("select 1 from stages where id = '$id'"), 0, 'no stages');
if ($test->{record} eq 'sqlite') {
    # What was copied into the log goes with the next checkpoint, at the latest when gig-sync ends.
    $test->stop_sync;
    is_deeply(with($marker, glob "$test->{dir}/acme.db*"), [], 'and no byte of the file');
    is_deeply(with($who, glob "$test->{dir}/acme.db*"), [], 'of either');
    $test->start_sync;
}
my ($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'applications', '--format', 'csv', '--from', $test->record_url);
is($status, 0, 'an export');
unlike($output, qr/$marker|\Q$id\E/i, 'has it no more');

wait_for { !defined $redis->cmd('HGET', "${P}stages", $id) } 'its stages to leave Redis';
is_deeply(redis_holds($box), [], 'Redis has no box');
is_deeply(redis_holds($who), [], 'and no hash of the applicant');
is_deeply(redis_holds($marker), [], 'nor what was typed, which it never had');

# --- the ledgers: by themselves, though nothing else comes to fill a segment

my $gone = wait_for { !@{ with($box, files_of('state/acme')) } } 'the box to leave the ledgers', 40;
ok($gone, 'within ledger_keep and a segment, the ledgers have no box');
is_deeply(with($who, files_of('state/acme')), [], 'nor the hash');
is_deeply(with($marker, glob("$test->{dir}/*.log"), files_of('state/acme'), glob "$test->{dir}/temp/*/*"), [],
    'and no log, state or temporary file ever had what was typed');

# --- without Redis

my $other = $test->apply('open', 'key-two', email => 'other@example.edu');
($receipt) = $other->{headers}{location} =~ m{(/gigs/receipts/.+)};
$redis->stop;
is_deeply(erasure($test->http('DELETE', $receipt)), { %left, map { $_ => { state => 'under_way' } } qw(records queue) },
    'without Redis it is under way');
is_deeply([sort keys %{ erasure($test->get("$receipt?format=json")) }], [qw(copies ledgers queue records)], 'and the receipt has the same');
$redis->start;
ok(wait_for { $test->sql('select id from tombstones') == 2 } 'it to be erased when Redis is back', 30);

$test->done;
