#!/usr/bin/perl

# What Redis holds must become what the source says, by the difference alone; and a
# source that fails, is empty or has lost many gigs must never take a board down.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $key = sub { key($test, $_[0]) };
my $version = sub { $redis->cmd('HGET', $key->('catalog'), 'version') };
my $gig = sub { json_of($redis->cmd('HGET', $key->('gigs'), $_[0]) // '{}') };
my $write = sub { $test->sql($_[0]); return };

# Commands that Redis has run, by name.
my $calls = sub {
    my ($name) = @_;
    return $redis->cmd('INFO', 'commandstats') =~ /^cmdstat_$name:calls=(\d+)/m ? $1 : 0;
};

$test->sync_conf(pull_every => '1s');


# --- first publish, then nothing

ok($test->publish(map { gig_record("g$_") } 1 .. 10), 'ten gigs are published');
is($redis->cmd('HLEN', $key->('gigs')), 10, 'Redis holds them');
is($redis->cmd('HLEN', $key->('judge')), 10, 'and a line of the judge for each');
ok($redis->cmd('GET', $key->('ready')), 'it is ready');
my $first = $version->();

is(($test->sync('once'))[0], 0, 'a second pass');
is($version->(), $first, 'changes nothing');


# --- an edit of the database is published at once, and alone

$test->start_sync;
wait_for { $test->read_file('gig-sync.log') =~ /started/ } 'gig-sync runs';
sleep 1.5;
is($version->(), $first, 'nor does gig-sync run');

{
    my ($scans, $before) = ($calls->('hscan'), $redis->cmd('XLEN', $key->('changes')));
    my $begin = time;
    $test->edit_gig('g3', title => 'Another title');
    wait_for { $gig->('g3')->{title} eq 'Another title' } 'an edit arrives', 5;
    cmp_ok(time - $begin, '<', 0.6, 'soon');
    is($version->(), $first + 1, 'as one version');
    is($redis->cmd('XLEN', $key->('changes')), $before + 1, 'with one entry in changes');
    is($calls->('hscan'), $scans, 'and without reading the catalog back');
}


# --- what unchanged catalogs cost

{
    my ($evals, $hmget) = ($calls->('evalsha'), $calls->('hmget'));
    sleep 2.5;
    is($redis->cmd('HGET', $key->('catalog'), 'version'), $first + 1, 'nothing is published when nothing changes');
    cmp_ok($calls->('hmget') - $hmget, '>=', 2, 'the digest is looked at');
}


# --- withdrawn, not gone

{
    $write->("delete from gigs where id = 'g4'");
    wait_for { ($gig->('g4')->{status} // '') eq 'withdrawn' } 'a gig that was removed is withdrawn', 5;
    is($redis->cmd('HLEN', $key->('gigs')), 10, 'and stays, so that its page can say so');
    like($redis->cmd('HGET', $key->('judge'), 'g4'), qr/,withdrawn$/, 'the judge knows');

    $write->("insert into gigs (id, json) select 'g4', json from gigs where id = 'g5'");
    $test->edit_gig('g4', id => 'g4');
    wait_for { $gig->('g4')->{status} eq 'published' } 'it comes back when the source has it again', 5;

    # Closed for longer than gone_keep.
    $test->edit_gig('g5', closes_at => '2024-01-01T00:00:00Z');
    wait_for { !$redis->cmd('HEXISTS', $key->('gigs'), 'g5') } 'a gig closed for longer than gone_keep is deleted', 5;
    my $now = $version->();
    sleep 1.5;
    is($version->(), $now, 'once');
}


# --- a row that is no gig

{
    $test->edit_gig('g6', title => undef);
    $test->edit_gig('g7', title => 'Third');
    wait_for { $gig->('g7')->{title} eq 'Third' } 'one bad row does not stop the others', 5;
    is($gig->('g6')->{title}, 'Gig g6', 'what is published of the bad one stays');
    $test->edit_gig('g6', title => 'Gig g6');
}


# --- the guard, and a source that fails

{
    $write->("create table away as select * from gigs");
    my $now = $version->();
    $write->("delete from gigs");
    sleep 4.5;
    is((grep { $gig->($_)->{status} eq 'published' } map {"g$_"} 1 .. 4, 6 .. 10), 9, 'an empty source empties nothing');
    is($version->(), $now, 'nothing is published');

    $write->("insert into gigs (id, json) select id, json from away where id in ('g1', 'g2', 'g3', 'g4')");
    sleep 0.5;
    is((grep { $gig->($_)->{status} eq 'published' } map {"g$_"} 1 .. 4, 6 .. 10), 9,
        'a board smaller by more than the guard is held back');
    wait_for { (grep { $gig->($_)->{status} eq 'withdrawn' } map {"g$_"} 6 .. 10) == 5 }
        'until two more pulls have agreed', 6;
    like($test->read_file('gig-sync.log'), qr/held-back/, 'the log says so');

    $write->("insert into gigs (id, json) select id, json from away where id not in (select id from gigs)");
    wait_for { (grep { $gig->($_)->{status} eq 'published' } map {"g$_"} 1 .. 4, 6 .. 10) == 9 } 'all come back', 5;

    $now = $version->();
    $write->("alter table gigs rename to gigs_gone");
    sleep 2.5;
    is($version->(), $now, 'a source that fails changes nothing');
    $write->("alter table gigs_gone rename to gigs");
    $test->edit_gig('g1', title => 'After');
    wait_for { $gig->('g1')->{title} eq 'After' } 'and goes on when it is back', 10;
}


# --- somebody else writes to Redis

{
    $redis->cmd('EVAL', script_text('publish'), 6, map({ $key->($_) } qw(gigs forms judge seats catalog changes)), '',
        'del', 'g1', '');
    ok(!$redis->cmd('HEXISTS', $key->('gigs'), 'g1'), 'a gig is deleted in Redis');
    wait_for { $redis->cmd('HEXISTS', $key->('gigs'), 'g1') } 'and put back: the difference is to what Redis holds', 5;

    my $right = $redis->cmd('HGET', $key->('catalog'), 'digest');
    $redis->cmd('HSET', $key->('catalog'), 'digest', 'f' x 40);
    wait_for { $test->read_file('gig-sync.log') =~ /digest board=acme/ } 'a digest that does not fit is told', 6;
    $redis->cmd('HDEL', $key->('catalog'), 'digest');
    wait_for { ($redis->cmd('HGET', $key->('catalog'), 'digest') // '') eq $right } 'and made anew when it is deleted, as is said', 6;
    $redis->cmd('DEL', $key->('catalog'));
    wait_for { ($redis->cmd('HGET', $key->('catalog'), 'digest') // '') eq $right } 'so is a catalog that is gone', 6;
    is(scalar(() = $test->read_file('gig-sync.log') =~ /digest board=acme/g), 1, 'told once');
    unlike($test->read_file('gig-sync.log'), qr/another publishes/, 'and nobody is blamed');

    $redis->cmd('SCRIPT', 'FLUSH');
    $test->edit_gig('g1', title => 'Flushed');
    wait_for { $gig->('g1')->{title} eq 'Flushed' } 'scripts that Redis forgot are loaded again', 5;
}


# --- HUP

{
    my $conf = $test->read_file('gig-sync.conf');
    $test->write_file('gig-sync.conf', "$conf\nnonsense = 1\n");
    kill 'HUP', $test->{sync_pid};
    wait_for { $test->read_file('gig-sync.log') =~ /nonsense/ } 'wrong settings are told', 5;
    $test->write_file('gig-sync.conf', $conf);
    kill 'HUP', $test->{sync_pid};
    wait_for { $test->read_file('gig-sync.log') =~ /settings read=/ } 'right ones are read', 5;
    $test->edit_gig('g1', title => 'Reread');
    wait_for { $gig->('g1')->{title} eq 'Reread' } 'and it goes on', 5;
    my $begin = time;
    ok($test->stop_sync, 'TERM ends it');
    cmp_ok(time - $begin, '<', 5, 'in time');
}


# --- many: one version, little memory

{
    ok($test->import_gigs(map { gig_record("n$_", description_html => '<p>' . 'A longer text. ' x 100 . '</p>') }
        1 .. 10000), 'ten thousand more');
    my $now = $version->();
    my $pid = $test->start_sync;
    wait_for { $redis->cmd('HLEN', $key->('gigs')) > 10000 } 'they are published', 60;
    is($version->() - $now, 1, 'as one version')
        or diag($test->read_file('gig-sync.log'));
    sleep 2;
    open my $status, '<', "/proc/$pid/status" or die;
    my ($peak) = map { /VmHWM:\s+(\d+)/ ? $1 : () } <$status>;
    SKIP: {
        skip('ASan keeps what was freed', 1) if `nm -D $GigTest::BUILD/gig-sync` =~ /__asan_init/;
        cmp_ok($peak, '<', 32 * 1024, "resident memory stayed below 32 MB ($peak kB)");
    }
    $test->stop_sync;
}

$test->done;
