#!/usr/bin/perl

# check must find what would lose applications without anybody noticing, in words that
# say what would be right; status must show what a person on call asks for first.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always',
    unixsocket => "$test->{dir}/redis.sock");
my $key = sub { key($test, $_[0]) };

# Everything by the unix socket, with a password for a user, in another database.
$redis->cmd('ACL', 'SETUSER', 'syncer', 'on', '>a-pass-phrase', '~*', '&*', '+@all');
my @own = (redis => "unix:$test->{dir}/redis.sock", redis_user => 'syncer', redis_password => 'a-pass-phrase', redis_db => 2);
$test->sync_conf(@own);
$redis->cmd('SELECT', 2);

my ($status, $output) = $test->sync('check');
is($status, 0, 'a board that nothing was published to yet can be checked');
like($output, qr/^warning  acme: catalog: nothing is published yet/m, 'it says what is missing');
like($output, qr/^warning  acme: ready: /m, 'and that nothing is judged');
like($output, qr/^warning  acme: source: 0 gigs/m, 'and that the source is empty');

ok($test->publish(gig_record('one'), gig_record('two')), 'published by the unix socket, as a user, in database 2');
is($redis->cmd('HLEN', $key->('gigs')), 2, 'there they are');

($status, $output) = $test->sync('check');
is($status, 0, 'all is well');
like($output, qr/^0 errors, 0 warnings$/m, 'no error, no warning') or diag($output);
like($output, qr/^ok       acme: $_/m, "it says so of $_")
    for 'redis', 'version', 'role: primary', 'maxmemory-policy: noeviction', 'appendfsync: always', 'catalog: version 1',
        'source: 2 gigs', 'sink';
unlike($output, qr/a-pass-phrase/, 'no password is shown');


# --- each guard

for my $guard (
    ['maxmemory-policy', 'allkeys-lru', 'noeviction', 'error', qr/right is noeviction/],
    ['appendonly', 'no', 'yes', 'warning', qr/right is yes/],
    ['appendfsync', 'everysec', 'always', 'ok', qr/right is always where one has "ledger off"/],
    ['appendfsync', 'no', 'always', 'warning', qr/right is everysec, or always where a host has "ledger off"/],
    ['no-appendfsync-on-rewrite', 'yes', 'no', 'error', qr/right is no/],
) {
    my ($name, $wrong, $right, $verdict, $words) = @$guard;
    $redis->cmd('CONFIG', 'SET', $name, $wrong);
    ($status, $output) = $test->sync('check');
    like($output, qr/^$verdict\s+acme: $name: is $wrong.*$words/m, "$name $wrong is told, with what would be right");
    is($status, $verdict eq 'error' ? 78 : 0, "and the exit status is that of a $verdict");
    $redis->cmd('CONFIG', 'SET', $name, $right);
}

$redis->cmd('REPLICAOF', '127.0.0.1', '1');
($status, $output) = $test->sync('check');
like($output, qr/^error    acme: role: is slave; right is the primary/m, 'a replica is told');
is($status, 78, 'as an error');
$redis->cmd('REPLICAOF', 'NO', 'ONE');


# --- what cannot be reached or read

$test->sync_conf(@own, redis_password => 'another');
($status, $output) = $test->sync('check');
like($output, qr/^error    acme: redis: .*WRONGPASS/m, 'a wrong password is told');
is($status, 78, 'as an error');

$test->sync_conf(redis => 'unix:/nonexistent');
($status, $output) = $test->sync('check');
like($output, qr/^error    acme: redis: unix:\/nonexistent: /m, 'so is a Redis that is not there');

$test->sync_conf(@own, source => 'oracle:somewhere');
($status, $output) = $test->sync('check');
isnt($status, 0, 'so is a source of a kind that there is not');
like($output, qr/sqlite/, 'with what there is');

$test->sync_conf(@own);
$test->edit_gig('two', title => undef);
($status, $output) = $test->sync('check');
like($output, qr/^error    acme: source: 1 gig, 0 forms, 1 refused/m, 'a row that is no gig is counted');
$test->edit_gig('two', title => 'Two');

for my $arguments (['check'], ['run', '-x'], ['once', '-c'], ['status', '-c', 'x', '--nonsense']) {
    ($status, $output) = $test->run("$GigTest::BUILD/gig-sync", @$arguments);
    is($status, 64, "gig-sync @$arguments: a usage error");
    like($output, qr/-c FILE|-c lacks its FILE: the path of gig-sync.conf/, 'that says what is right');
}
($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'check', '-c', "$test->{dir}/nowhere.conf");
is($status, 78, 'no settings');
like($output, qr/nowhere\.conf/, 'names the file');


# --- status

$redis->cmd('HSET', $key->('nodes'), 'node-a', JSON::PP->new->canonical->encode(
    { host => 'edge1', nginx => '1.22.1', module => '0.1.0', kids => ['acme'], version => 1, generation => 1, gap => 3,
        clock_ms => 2, at => time }));
$redis->cmd('XADD', $key->('dead'), '*', 'id', 'x', 'state', 'dead', 'reason', 'r');        # a view: two told of one
$redis->cmd('XADD', $key->('dead'), '*', 'id', 'x', 'state', 'dead', 'reason', 'r');
$test->sql("insert into delivery (id, fingerprint, gig, applicant, seat, state, reason, received_at, at) values
    ('x', 'p', 'g', '', '', 'parked', 'r', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z')");
apply_all($test, map { application('one', $_) } 1 .. 4);
$redis->cmd('XADD', $key->('selfid'), '*', 'id', $_, 'day', '2026-11-27', 'box', 'sealed') for 1 .. 3;
$redis->cmd('HSET', $key->('files'), 'bytes', 3 * 1024 * 1024);

($status, $output) = $test->sync('status', '--json');
is($status, 0, 'status');
my $board = json_of($output)->[0];
is_deeply({ map { $_ => $board->{$_} } qw(board version gigs forms backlog in_hand gap dead files_bytes
    self_identifications) },
    { board => 'acme', version => 1, gigs => 2, forms => 0, backlog => 4, in_hand => 0, gap => 3, dead => 1,
    files_bytes => 3 * 1024 * 1024, self_identifications => 3 }, 'version, gigs, backlog, gap, dead letters, files, self-identifications');
ok($board->{ready}, 'ready');
is($board->{nodes}[0]{host}, 'edge1', 'and the hosts');
cmp_ok($board->{lag_ms}, '>=', 0, 'lag');

($status, $output) = $test->sync('status');
like($output, qr/^acme: version 1, 2 gigs, 0 forms, ready$/m, 'for people too');
like($output, qr/backlog 4 .*gap 3, dead letters 1/, 'with what waits');
like($output, qr/^  files: 3 MB wait; self-identifications: backlog 3$/m, 'of files and self-identifications too');
like($output, qr/host edge1: version 1, gap 3/, 'and each host');

like($output, qr/^  source: 2 gigs, 0 forms, 0 refused$/m, 'and what the source holds');

$test->edit_gig('two', title => undef);
($status, $output) = $test->sync('status');
like($output, qr/refused gig=two field=\/title reason=/, 'a row that is no gig: id, field and reason');
like($output, qr/^  source: 1 gig, 0 forms, 1 refused \(the lines above say which and why; what was published of them stays\)$/m,
    'and how many there are');
is($redis->cmd('HLEN', $key->('gigs')), 2, 'what was published of it is there');
$test->edit_gig('two', title => 'Two');

$redis->cmd('SELECT', 0);
$redis->crash;
($status, $output) = $test->sync('status');
is($status, 69, 'a Redis that is gone is told by the exit status');
like($output, qr/^acme: Redis unix:.* cannot be asked: /m, 'and by the board\'s line');


# --- what systemd hears

{
    my $path = "$test->{dir}/notify";
    require IO::Socket::UNIX;
    require Socket;
    my $socket = IO::Socket::UNIX->new(Type => Socket::SOCK_DGRAM(), Local => $path) or die "notify: $!";
    $redis->start;
    local $ENV{NOTIFY_SOCKET} = $path;
    local $ENV{WATCHDOG_USEC} = 400000;
    my $heard = sub {
        my ($what) = @_;
        local $SIG{ALRM} = sub { die "timeout\n" };
        alarm 5;
        while (1) { $socket->recv(my $message, 1000); last if $message =~ /$what/ }
        alarm 0;
        return 1;
    };
    my $pid = $test->start_sync;
    ok(eval { $heard->('READY=1') }, 'READY=1');
    ok(eval { $heard->('WATCHDOG=1') && $heard->('WATCHDOG=1') }, 'WATCHDOG=1, again and again');
    kill 'HUP', $pid;
    ok(eval { $heard->('RELOADING=1') && $heard->('READY=1') }, 'RELOADING=1, then READY=1');
    kill 'TERM', $pid;
    ok(eval { $heard->('STOPPING=1') }, 'STOPPING=1');
    ok($test->gone($pid, 6), 'and it ends');
    delete $test->{sync_pid};
}

$test->done;
