#!/usr/bin/perl
# Why: a PostgreSQL is a company's own, on another host, shared with other programs.  A change
# there must be on the board at once; gig-sync must do with a role that may hardly anything;
# whatever becomes of the connection an application must be there once; and a record must be
# the same as out of SQLite.
#
# Alone: 100 ms are counted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use GigSyncTest;
use GigTest;

my $LATENCY = 0.3;          # s, the median; without NOTIFY it would be half of a second's poll

my $test = GigTest->new(record => 'postgres');
my $redis = $test->start_redis;
my $pg = $test->postgres;
my $sync = "$GigTest::BUILD/gig-sync";
my $number = 0;

my $title = sub { json_of($redis->cmd('HGET', key($test, 'gigs'), $_[0]) // '{}')->{title} // '' };
my $backlog = sub { $redis->cmd('XLEN', key($test, 'applications')) };
my $waiting = sub {
    return $pg->psql("select count(*) from pg_stat_activity where application_name = 'gig-sync' and wait_event_type = 'Lock'");
};
sub applied { return $test->sql("select id from applications where id in (" . join(', ', map {"'$_->{id}'"} @_) . ')') }

# Psql's answer, or its complaint.
sub refused {
    my ($text, %with) = @_;
    return eval { $pg->psql($text, %with); 0 } ? '' : $@;
}


# --- the role: before there is a schema, and after

my $role = do { local (@ARGV, $/) = "$GigTest::ROOT/docs/examples/postgres-role.sql"; <> };
my $password = 'sesame%40gate';                 # as an address has it
$pg->psql("create role gig_sync login password 'sesame\@gate'", schema => 'public');
$pg->access('host acme gig_sync 127.0.0.1/32 scram-sha-256');
my $as_role = $pg->url(user => 'gig_sync', password => $password);

$test->write_file('source', "$as_role\n");
$test->sync_conf(source => undef, source_file => "$test->{dir}/source", pull_every => '1s');
my ($status, $output) = $test->sync('check');
like($output, qr/error    acme: source: postgres: acme at 127.0.0.1:\d+: this role may not make the schema "gig".*let its owner/,
    'a role that may make no schema is told whose it is to make');

($status, $output) = $test->run($sync, 'export', '--what', 'gigs', '--format', 'json', '--from', $pg->url);
is($status, 66, 'an export makes no schema');
like($output, qr/has no schema "gig"/, 'it says so');

ok($test->import_gigs(gig_record('open'), gig_record('small', capacity => { positions => 1, application_cap => 1, on_full => 'waitlist' })),
    'the owner imports, and the schema is made');
($status, $output) = $test->sync('check');
like($output, qr/error    acme: source: .* no rights in the schema "gig"/, 'a role without rights is told so');

$pg->psql($role);
($status, $output) = $test->sync('check');
is($status, 0, 'with its rights all is well') or diag($output);
unlike($output, qr/sesame/, 'and nothing shows a password');
is(($test->sync('once'))[0], 0, 'it publishes');
like(refused("update gigs set status = 'withdrawn'", user => 'gig_sync'), qr/permission denied/, 'it may not change a gig');
like(refused('create table mine (x int)', user => 'gig_sync'), qr/permission denied/, 'nor make a table');


# --- a change is on the board at once

$test->start_sync;
wait_for { $pg->psql("select count(*) from pg_stat_activity where query = 'LISTEN gig_sync' or wait_event = 'ClientRead'") > 2 } 'it listens';
my $editor = $pg->session;
my @took;
for my $n (1 .. 21) {
    sleep 0.05 + rand 0.3;
    $editor->say("update gigs set json = jsonb_set(json::jsonb, '{title}', '\"Title $n\"')::json where id = 'open'");
    my $begin = time;
    sleep 0.002 while $title->('open') ne "Title $n" && time - $begin < 5;
    push @took, time - $begin;
}
@took = sort { $a <=> $b } @took;
cmp_ok($took[10], '<', $LATENCY, sprintf('a committed row is in Redis after %.0f ms (median; %.0f ms at most)',
    1000 * $took[10], 1000 * $took[-1]));
cmp_ok($took[-1], '<', 3, 'always soon');

# One who leaves a transaction open keeps nobody else from the catalog.
$editor->say("begin; update gigs set json = jsonb_set(json::jsonb, '{title}', '\"Open\"')::json where id = 'open'");
$pg->psql("set lock_timeout to '2s'; update gigs set json = jsonb_set(json::jsonb, '{title}', '\"Meanwhile\"')::json where id = 'small'");
wait_for { $title->('small') eq 'Meanwhile' } 'another change is seen meanwhile';
isnt($title->('open'), 'Open', 'one that is not committed is not');
$editor->say('commit');
wait_for { $title->('open') eq 'Open' } 'once it is, it is';

# A person of the company with rights on the gigs alone.
$pg->psql('create role recruiter; grant usage on schema gig to recruiter; grant select, update on gigs to recruiter;
    grant select on applications to recruiter; grant insert on stages to recruiter; grant select (number) on stages to recruiter');
$editor->say("set role recruiter; update gigs set status = 'paused' where id = 'open'; reset role");
wait_for { json_of($redis->cmd('HGET', key($test, 'gigs'), 'open'))->{status} eq 'paused' } 'the status by its column, by such a person';
$editor->say("update gigs set json = json_build_object('schema', 'gig/1') where id = 'open'");
wait_for { $test->read_file('gig-sync.log') =~ /refused gig=open field=/ } 'what is no record is told with id and field';
$test->import_gigs(gig_record('open'));
like(refused(q[insert into gigs (id, json) values ('no id', '{}')]), qr/check constraint/, 'an id that can be in no address is refused');
like(refused(q[insert into gigs (id, json) values ('x', '{')]), qr/invalid input syntax/, 'as is what is no JSON');
wait_for { json_of($redis->cmd('HGET', key($test, 'gigs'), 'open'))->{status} eq 'published' } 'it is back';


# --- as the role: applications, seats, the waiting list, stages, erasure

my @all = map { application('open', ++$number) } 1 .. 3;
my @small = map { application('small', ++$number) } 1 .. 2;
apply_all($test, @all, @small);
settled_all($test, 'as the role', @all, @small);
$redis->cmd('EVAL', script_text('withdraw'), 1, key($test, "id:$small[0]{id}"), key($test, ''), $small[0]{id}, int(time * 1000), 'node-a', 2592000);
wait_for { ($test->sql("select seat from applications where id = '$small[1]{id}'"))[0]{seat} eq 'confirmed' } 'the place goes to who waits';
push @all, $small[1];
$editor->say("set role recruiter; insert into stages (id, stage) values ('$all[0]{id}', 'selected'); reset role");
wait_for { ($redis->cmd('HGET', key($test, 'stages'), $all[0]{id}) // '') =~ /selected/ } 'a stage is told to the receipt';

# Two changes whose transactions end in another order than they began: both are told.
{
    my $slow = $pg->session;
    $slow->say("begin; insert into stages (id, stage) values ('$all[1]{id}', 'in_review')");
    $editor->say("insert into stages (id, stage) values ('$all[2]{id}', 'in_review')");
    wait_for { ($redis->cmd('HGET', key($test, 'stages'), $all[2]{id}) // '') =~ /in_review/ } 'the later one, committed first';
    $slow->say('commit');
    wait_for { ($redis->cmd('HGET', key($test, 'stages'), $all[1]{id}) // '') =~ /in_review/ } 'then the one that took longer';
    $slow->end;
}

# Poison: JSON that PostgreSQL's columns cannot hold.
my $poison = application('open', ++$number);
$poison->{plain} =~ s/"Avery\d+"/"a\\u0000b"/;
apply_all($test, $poison, my $good = application('open', ++$number));
push @all, $good;
wait_for { $backlog->() == 0 } 'one that the tables refuse holds nobody up';
is_deeply([map { $_->{state} } $test->sql("select state from delivery where id = '$poison->{id}' and box is not null")], ['parked'],
    'it is parked with its box');
settled_all($test, 'beside poison', @all);


# --- a connection is cut in the middle

sub in_flight {
    my (@some) = @_;
    apply_all($test, @some);
    wait_for { $waiting->() == 1 } 'a transaction is under way';
    return;
}

{
    $editor->say('begin; lock table delivery in exclusive mode');
    push @all, my @some = map { application('open', ++$number) } 1 .. 5;
    in_flight(@some);
    my $cut = $pg->psql("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'gig-sync'");
    cmp_ok($cut, '>=', 3, 'all its connections are cut in the middle');
    $editor->say('commit');
    settled_all($test, 'after the cut', @all);
    like($test->read_file('gig-sync.log'), qr/failed .*terminating connection/, 'the log says what happened');
}
# It ends in time, whatever it waits for.
{
    $editor->say('begin; lock table delivery in exclusive mode');
    push @all, my @some = map { application('open', ++$number) } 1 .. 5;
    in_flight(@some);
    my $begin = time;
    ok($test->stop_sync, 'TERM in the middle of a transaction that waits ends it');
    cmp_ok(time - $begin, '<', 5.5, 'within five seconds');
    $editor->say('commit');
    $test->start_sync;
    settled_all($test, 'started again', @all);
}
ok($test->stop_sync, 'gig-sync ends');


# --- a connection is lost when COMMIT was sent

# A proxy before PostgreSQL.  The COMMIT of the first transaction that delivers is passed on
# or not; in both cases no answer comes back and the connection closes.
sub cut_proxy {
    my ($pass) = @_;
    my $port = GigTest::port();
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or die "proxy: $!";
    my $pid = fork // die "fork: $!";
    return (close($listen), push(@{ $test->{kids} }, { pid => $pid, name => 'proxy' }), $port)[-1] if $pid;

    $SIG{PIPE} = 'IGNORE';
    my ($cut, %peer, %client, %delivers) = (0);
    my $select = IO::Select->new($listen);
    my $gone = sub { for my $s (grep {defined} @_) { $select->remove($s); delete $peer{$s}; close $s } };
    while (1) {
        for my $socket ($select->can_read) {
            if ($socket == $listen) {
                my $new = $listen->accept or next;
                my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $pg->{port}) or do { close $new; next };
                @peer{$new, $server} = ($server, $new);
                $client{$new} = 1;
                $select->add($new, $server);
                next;
            }
            next unless defined fileno $socket;
            my $other = $peer{$socket};
            my $got = sysread $socket, my $data, 1 << 20;
            if (!$got) {
                $gone->($socket, $other);
                next;
            }
            $delivers{$socket} = 1 if $client{$socket} && $data =~ /SAVEPOINT one/;
            if (!$cut && $delivers{$socket} && $data =~ /COMMIT\0/) {
                $cut = 1;
                if ($pass) {
                    syswrite $other, $data;
                    sysread $other, my $answer, 1000;       # the server has done it
                }
                $gone->($socket, $other);
                next;
            }
            syswrite $other, $data;
        }
    }
}

for my $pass (0, 1) {
    my $what = $pass ? 'lost after COMMIT' : 'lost before COMMIT';
    my $port = cut_proxy($pass);
    $test->sync_conf(source => $pg->url(user => 'gig_sync', password => $password, port => $port), pull_every => '1s');
    $test->start_sync;
    push @all, my @some = map { application('open', ++$number) } 1 .. 5;
    apply_all($test, @some);
    settled_all($test, $what, @all);
    is_deeply([$test->sql('select max(attempts) as n from delivery')], [{ n => 1 }], "$what: nothing was delivered twice");
    like($test->read_file('gig-sync.log'), qr/failed board=acme job=deliver at="postgres: acme at /, 'the log says what happened');
    ok($test->stop_sync, 'gig-sync ends');
    $test->write_file('gig-sync.log', '');
}


# --- PostgreSQL is down for a while

$test->sync_conf(source => undef, source_file => "$test->{dir}/source", pull_every => '1s');
$test->start_sync;
wait_for { $redis->cmd('GET', key($test, 'ready')) && $test->read_file('gig-sync.log') =~ /started/ } 'gig-sync runs';
$editor->end;
ok($pg->stop('QUIT'), 'PostgreSQL crashes');
push @all, my @late = map { application('open', ++$number) } 1 .. 5;
is_deeply(apply_all($test, @late), { 'accepted reserved' => 5 }, 'applications are taken');
wait_for { $test->read_file('gig-sync.log') =~ /failed .*job=deliver.*refused/ } 'gig-sync says what it waits for';
is($backlog->(), 5, 'they wait');
$pg->start;
settled_all($test, 'PostgreSQL is back', @all);
$test->edit_gig('open', title => 'Back');
wait_for { $title->('open') eq 'Back' } 'and changes are seen again', 15;
ok($test->stop_sync, 'gig-sync ends');
unlike($test->read_file('gig-sync.log'), qr/sesame|avery\d|example\.edu/i, 'neither password nor personal data in the log');


# --- what an address may hold

sub source_says {
    my ($url) = @_;
    $test->sync_conf(source => $url);
    return ($test->sync('check'))[1];
}

for my $url ('postgres://gig_sync:hun@ter2@127.0.0.1/acme', 'postgres://gig_sync:hun/ter2@127.0.0.1/acme',
    'postgres://gig_sync:hun%zzter2@127.0.0.1/acme', 'postgres://gig_sync:hunter2@127.0.0.1:x/acme',
    'postgres://gig_sync:hunter2@127.0.0.1:1/acme', $pg->url(user => 'gig_sync', password => 'hunter2'),
    'postgres://gig_sync:hunter2@127.0.0.1/acme?nonsense=1', 'postgresql://gig_sync:hunter2@/acme?schema=No')
{
    my $said = source_says($url);
    like($said, qr/^error    acme: source: /m, 'an address that does not work is an error') or diag($said);
    unlike($said, qr/hun|ter2/, 'that shows no password');
}
like(source_says($pg->url(query => 'schema=pg_x')), qr/schema= must be a name/, 'a schema needs a name');

$pg->psql('create schema theirs; create table theirs.t (x int)');
like(source_says($pg->url(query => 'schema=theirs')), qr/is of something else/, 'a schema of something else is left alone');
unlike(source_says($pg->url(query => 'schema=second')), qr/acme: source: .*error/, 'a second board in the same database');
is($pg->psql('select count(*) from second.gigs'), 0, 'has tables of its own');
$pg->psql('update second.version set number = 99');
unlike(source_says($pg->url(query => 'schema=second')), qr/newer one/, 'a newer schema that only has more is worked with');
is($pg->psql('select number from second.version'), 99, 'as it is');
$pg->psql('update second.version set number = 100');
like(source_says($pg->url(query => 'schema=second')), qr/made by a newer one/, 'one that is another is left alone');


# --- the same records as out of SQLite

my @odd = (
    gig_record('plain'), gig_record('unicode', title => "Zo\x{eb} \x{1f680} \"quoted\" \\ <b>&amp;"),
    gig_record('numbers', ext => { a => 1e15, b => 1.5, c => 0, d => -3, e => [1e300, 1e-7], f => { z => 1, a => 2 } }),
    gig_record('null', ext => { none => undef, yes => JSON::PP::true, empty => '' }),
    { schema => 'gig-form/1', id => 'own', rev => 3, title => 'Own form', fields => [] },
);
my $json = JSON::PP->new->utf8->canonical;
my @lines = map { $json->encode($_) } @odd;
push @lines, $lines[0] =~ s/"plain"/"hand"/r =~ s/\}$/,"ext":{"n":1.0,"m":10e14,"k":1.50}}/r;
my $file = $test->write_file('odd.jsonl', join '', map {"$_\n"} @lines);
my %export;
for my $into ("sqlite:$test->{dir}/same.db", $pg->url(query => 'schema=same')) {
    ($status, $output) = $test->run($sync, 'import', $file, '--into', $into);
    my $first = $output;
    ($status, $output) = $test->run($sync, 'import', $file, '--into', $into);
    like($output, qr/^0 new, 0 changed, 5 unchanged/m, 'imported again nothing changes') or diag("$first\n$output");
    ($status, $export{ $into =~ /^(\w+)/ ? $1 : '' }) = $test->run($sync, 'export', '--what', 'gigs', '--format', 'json', '--from', $into);
}
is($export{postgres}, $export{sqlite}, 'PostgreSQL gives what SQLite gives, to the byte');

# So it is after an edit by column, which writes JSON anew.
$pg->psql("update gigs set status = 'withdrawn'; update gigs set status = 'published'", schema => 'same');
($status, $output) = $test->run($sync, 'export', '--what', 'gigs', '--format', 'json', '--from', $pg->url(query => 'schema=same'));
is($output, $export{sqlite}, 'and still after the status was changed to and fro');

my %digest;
for my $source ("sqlite:$test->{dir}/same.db", $pg->url(query => 'schema=same')) {
    $redis->cmd('FLUSHALL');
    $test->sync_conf(source => $source);
    $test->sync('once');
    $digest{ $redis->cmd('HGET', key($test, 'catalog'), 'digest') }++;
}
is_deeply([values %digest], [2], 'one digest for both');

$test->done;
