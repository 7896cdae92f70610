#!/usr/bin/perl
# Why: docs/examples/ has an ACL for each side, and a company that uses them must get
# a board that works.  Here everything runs under them: one command too few and
# nothing is published, one too many and a stolen edge reads applications.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;

use GigSyncTest;
use GigTest;
use GigTest::SelfId;

my $test = GigTest->new;
my $key = sub { key($test, $_[0]) };

# The files as they are, but for comments and the passwords.
my $acl = "user default on nopass ~* &* +\@all\n";
for my $side ('edge', 'sync') {
    open my $file, '<', "$GigTest::ROOT/docs/examples/$side.acl" or die "$side.acl: $!";
    my ($line) = grep {/^user /} <$file>;
    $line =~ s/>CHANGE-ME/>a-pass-phrase-of-$side/ or die "$side.acl has no password to change";
    $acl .= $line;
    chmod 0600, $test->write_file("$side.password", "a-pass-phrase-of-$side\n");
}
my $redis = $test->start_redis(aclfile => $test->write_file('users.acl', $acl), appendonly => 'yes', appendfsync => 'always');
my $address = "127.0.0.1:$redis->{port}";
$test->sync_conf(redis_user => 'sync', redis_password_file => "$test->{dir}/sync.password", pull_every => '1s', claim_after => '1s');

$redis->cmd('ACL', 'LOG', 'RESET');


# --- gig-sync

my ($about, $offers) = grep { ($_->{id} // '') =~ /^(?:about|offers)$/ } self_id_gigs();
ok($test->publish($about, $offers, gig_record('about', form => { id => 'offers', rev => 1 }), gig_record('one'), gig_record('small', capacity => { positions => 1, application_cap => 1, on_full => 'close' })),
    'gig-sync once rebuilds and publishes');
is($redis->cmd('HLEN', $key->('gigs')), 3, 'all are there');

my $log = $redis->cmd('ACL', 'LOG');
is(scalar @$log, 0, 'Redis had to refuse it nothing') or diag(explain($log));

my ($status, $output) = $test->sync('check');
is($status, 0, 'gig-sync check: no error');
like($output, qr/^warning  acme: appendfsync: not looked at.*no right to CONFIG GET; right are always and no$/m,
    'it says what this user cannot look at, and what would be right') or diag($output);
like($output, qr/^ok       acme: $_/m, "it still says $_") for 'maxmemory-policy: noeviction', 'appendonly: yes', 'role: primary';
like($output, qr/^0 errors, 1 warning$/m, 'once') or diag($output);

($status, $output) = $test->sync('status');
is($status, 0, 'gig-sync status') or diag($output);
$redis->cmd('ACL', 'LOG', 'RESET');


# --- nginx, and gig-sync run beside it

$test->start_sync;
$test->start_nginx(redis => "$address user=edge password_file=$test->{dir}/edge.password");
$test->wait_total(3) or do { diag(explain($redis->cmd('ACL', 'LOG'))); BAIL_OUT('no catalog') };

my $applied = $test->apply('small', 'key-1');
is($applied->{status}, 202, 'an application is accepted') or diag($applied->{body});
my ($receipt) = ($applied->{headers}{location} // '') =~ m{(/gigs/receipts/[\w-]{43})$};
wait_for { json_of($test->get("$receipt?format=json"))->{delivered} } 'the receipt to say delivered';
wait_for { ($redis->cmd('HGET', $key->('seats'), 'small') // '') eq '1,0,0,full' } 'the seat to be confirmed';
is($test->apply('small', 'key-2', email => 'dana@example.edu')->{status}, 409, 'the gig is full');

my ($row) = $test->sql('select id from applications');
$test->sql("insert into stages (id, stage) values ('$row->{id}', 'selected')");
wait_for { (json_of($test->get("$receipt?format=json"))->{stage} // '') eq 'selected' } 'a stage reaches the receipt';

is($test->http('DELETE', $receipt)->{status}, 200, 'it is withdrawn');
wait_for { !defined $redis->cmd('HGET', $key->('seats'), 'small') } 'its seat to be free';
wait_for { @{ $redis->cmd('HKEYS', $key->('nodes')) } == 1 } 'the edge to report itself';

# Self-identifications: the edge's script appends ten, gig-sync writes and deletes them.
is(self_id_fill($test, 'about', gender => 'man'), 303, 'a self-identification') for 1 .. 10;
wait_for { $test->sql('select id from self_identification') == 10 } 'ten of them to arrive', 15;
wait_for { $redis->cmd('XLEN', $key->('selfid')) == 0 } 'and to be deleted';

# Entries of a host that died, a memory that was lost: the rare calls.
$redis->cmd('XADD', $key->('applications'), '*', 'no', 'record');
$test->stop_sync;
$redis->cmd('XADD', $key->('applications'), '*', 'no', 'record');
$redis->cmd('XREADGROUP', 'GROUP', 'sync', 'another-host', 'STREAMS', $key->('applications'), '>');
$test->start_sync;
wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } 'what another host left to be claimed', 15;
$redis->cmd('FLUSHALL');
wait_for { $redis->cmd('EXISTS', $key->('ready')) } 'Redis to be rebuilt', 15;
wait_for { $test->apply('one', 'key-3')->{status} == 202 } 'the edge to find it again', 15;
wait_for { $test->sql("select id from applications where gig = 'one'") == 1 } 'and its application to arrive';

$log = $redis->cmd('ACL', 'LOG');
is(scalar @$log, 0, 'Redis had to refuse neither of them anything') or diag(explain($log));
unlike($test->read_file('gig-sync.log') . $test->read_file('error.log'), qr/NOPERM|pass-phrase/, 'and no log has a refusal or a password');


# --- what an edge must not

my $edge = GigTest::Redis->new($test);
$edge->{port} = $redis->{port};
$edge->cmd('AUTH', 'edge', 'a-pass-phrase-of-edge');
for my $command (['XRANGE', $key->('applications'), '-', '+'], ['XRANGE', $key->('selfid'), '-', '+'], ['XDEL', $key->('selfid'), '1-1'], ['XREAD', 'STREAMS', $key->('applications'), 0],
    ['XREADGROUP', 'GROUP', 'sync', 'x', 'STREAMS', $key->('applications'), '>'],
    ['EVAL', "return redis.call('XRANGE', ARGV[1], '-', '+')", 0, $key->('applications')])
{
    eval { $edge->cmd(@$command) };
    like($@, qr/NOPERM|permission|can't access|can't run/i, "an edge may not: @$command[0 .. 1]");
}

$test->done;
