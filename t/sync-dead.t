#!/usr/bin/perl
# Why: what cannot be delivered must neither stop what comes behind it nor be lost.  It waits in the
# delivery table for a person, who must be able to see it, to have it delivered once the reason is
# gone, by the rules of any delivery, or to drop it; and what was dropped stays so, whoever sends it
# again.  One that ends gig-sync itself is the worst: nothing can write down why.

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
my $postgres = $test->{record} ne 'sqlite';
my $key = sub { key($test, $_[0]) };
my $number = 0;
sub fresh { my ($gig, %more) = @_; return application($gig, ++$number, %more) }
sub dead { my (@more) = @_; return $test->sync('dead', @more) }
sub listed { my ($status, $output) = dead('list', '--json'); return { map { $_->{id} => $_ } @{ json_of($output) } } }
sub queue_empty { return wait_for { $redis->cmd('XLEN', $key->('applications')) == 0 } $_[0], $_[1] // 15 }
sub ids { return [sort map { $_->{id} } $test->sql('select id from applications')] }

$test->sync_conf(pull_every => '1s', claim_after => '1s');
ok($test->publish(gig_record('open'), gig_record('two', capacity => { positions => 2, application_cap => 2, on_full => 'waitlist' })), 'two gigs');
my ($status, $output) = dead('list');
is($status, 0, 'a board without any');
is($output, "no dead letters\n", 'says so');


# --- a key that is gone, a trigger of the company's: parked

my @good = map { fresh('open') } 1 .. 3;
my ($lost, $late, $refused, $gone, $conflict) = (fresh('open'), fresh('two', seat => 'late'), fresh('open'), fresh('open'), fresh('two'));
apply_all($test, $_) for @good, $lost, $refused, $gone, $conflict;
# Boxes to a key that we have not: the private key is put aside for a while.
rename "$test->{dir}/acme.key", "$test->{dir}/aside.key";
$test->run("$GigTest::BUILD/gig-sync", 'keygen', "$test->{dir}/other");
$test->run('cp', "$test->{dir}/other.key", "$test->{dir}/acme.key");
hand_in($test, $late);
$test->sync('once');
rename "$test->{dir}/aside.key", "$test->{dir}/acme.key";
my %all = map { $_->{id} => $_ } @good, $lost, $late, $refused, $gone, $conflict;
is_deeply([sort keys %{ listed() }], [sort keys %all], 'with another key all of them are parked');

($status, $output) = dead('list');
is($status, 0, 'dead list');
like($output, qr/^\Q$lost->{id}\E: parked, gig open, received 20\S+Z, since 20\S+Z: .*key/m, 'in words, with the reason') or diag($output);
is(json_of(($test->sync('status', '--json'))[1])->[0]{dead}, 8, 'status counts them');
like(($test->sync('status'))[1], qr/dead letters 8 \("gig-sync dead list"\)/, 'in words too');
like(($test->sync('check'))[1], qr/^warning  acme: dead: 8 letters wait for a person/m, 'so does check');

($status, $output) = dead('show', '--', $lost->{id});
is($status, 0, 'dead show');
like($output, qr/"first_name": "Avery4"/, 'opens it with the private key');
($status, $output) = dead('show', '--json', '--', $late->{id});
is(json_of($output)->[0]{application}{id}, $late->{id}, 'as JSON too');
$test->run('cp', "$test->{dir}/other.key", "$test->{dir}/wrong.key");
my $conf = $test->read_file($test->{sync_conf}) =~ s{\S+/acme\.key}{$test->{dir}/wrong.key}r;
my $wrong = $test->write_file('wrong.conf', $conf);
($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'dead', 'show', '-c', $wrong, '--', $lost->{id});
is($status, 65, 'show with a key that does not open it: EX_DATAERR');
like($output, qr/cannot be shown: /, 'says so');
($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'dead', 'replay', '-c', $wrong, '--', $lost->{id});
is($status, 65, 'replay with it: still parked');


# --- delivered after all, by the rules

# The outcome reaches the receipt by the watch: Redis need not be there for it.
($status, $output) = dead('replay', '--', $late->{id});
is($status, 0, 'dead replay of one') or diag($output);
like($output, qr/^\Q$late->{id}\E: delivered, gig two/m, 'says what became of it');
is(($test->sql("select seat from applications where id = '$late->{id}'"))[0]{seat}, 'late', 'what came too late still has no place');

hand_in($test, withdrawal($gone->{id}, gig => 'open'));
$test->run("$GigTest::BUILD/gig-sync", 'once', '-c', $wrong);
ok(!listed()->{ $gone->{id} }, 'one that is withdrawn meanwhile is no dead letter any more');
is(scalar(keys %{ listed() }), 6, 'without its key all others wait on');


# --- a key that is back: nobody need give a command

# A trigger refuses one applicant; to the rest it does nothing.
if ($postgres) {
    $test->sql(q{create function no() returns trigger language plpgsql as $$ begin if new.json #>> '{answers,identity,first_name}' = 'Avery6' then raise exception 'not him'; end if; return new; end $$});
    $test->sql(q{create trigger no before insert on applications for each row execute function no()});
} else {
    $test->sql(q{create trigger no before insert on applications when json_extract(new.json, '$.answers.identity.first_name') = 'Avery6' begin select raise(abort, 'not him'); end});
}
$test->sync('once');
is_deeply(ids(), [sort map { $_->{id} } @good, $lost, $late, $conflict], 'what waited for the key is delivered');
like(listed()->{ $refused->{id} }{reason}, qr/^the database refuses it$/, 'but for one that the database refuses');
$test->sync('once');
is_deeply([keys %{ listed() }], [$refused->{id}], 'which waits for a person');
($status, $output) = dead('replay', '--all');
is($status, 65, 'dead replay --all: it is refused again') or diag($output);
like($output, qr/^\Q$refused->{id}\E: parked, .*the database refuses it$/m, 'which and why');
is(($test->sql("select attempts from delivery where id = '$refused->{id}'"))[0]{attempts} > 1, 1, 'its attempts are counted');
$test->sql('drop trigger no' . ($postgres ? ' on applications' : ''));

my $more = fresh('open');
apply_all($test, $more);
$test->start_sync;
queue_empty('another goes by');
($status, $output) = dead('replay', '--all');
is($status, 0, 'without the trigger it is taken') or diag($output);
($status, $output) = dead('replay', '--all');
is($status, 0, 'and again there is nothing to do');
is($output, '', 'which needs no words');
wait_for { ($redis->cmd('HGET', $key->("id:$refused->{id}"), 'outcome') // '') eq 'confirmed' } 'the receipt learns of it';
wait_for { ($redis->cmd('HGET', $key->('seats'), 'two') // '') =~ /^1,0,0/ } 'the seats are counted';


# --- dropped

$test->stop_sync;
rename "$test->{dir}/acme.key", "$test->{dir}/aside.key";
$test->run('cp', "$test->{dir}/other.key", "$test->{dir}/acme.key");
my $dropped = fresh('open');
apply_all($test, $dropped);
$test->sync('once');
rename "$test->{dir}/aside.key", "$test->{dir}/acme.key";
($status, $output) = dead('drop', '--', $dropped->{id});
is($status, 0, 'dead drop') or diag($output);
like($output, qr/^\Q$dropped->{id}\E: dropped/m, 'says so');
is_deeply(listed(), {}, 'it is in no list');
my ($row) = $test->sql("select state, reason, box is null as bare from delivery where id = '$dropped->{id}'");
is($row->{state}, 'dead', 'its row stays');
like($row->{bare}, qr/^(?:1|t)$/, 'without the box');
$redis->cmd('FLUSHALL');
$test->start_sync;
wait_for { $redis->cmd('EXISTS', $key->('ready')) } 'Redis, which was emptied, to be rebuilt';
hand_in($test, $dropped);
queue_empty('a copy of it that a ledger sends again');
is($test->sql("select 1 from applications where id = '$dropped->{id}'"), 0, 'it stays dropped');
is_deeply(listed(), {}, 'and is no dead letter');
for my $verb (qw(show replay drop)) {
    ($status, $output) = dead($verb, '--', $dropped->{id});
    is($status, 66, "dead $verb of it: no such letter");
}
$test->stop_sync;


# --- one that ends gig-sync each time

my $poison = fresh('open');
$poison->{plain} =~ s/"statement":"[^"]*"|"merit":\{\}/'"merit":{"statement":"' . 'x' x 9000 . '"}'/e;
my @with = map { fresh('open') } 1 .. 5;
apply_all($test, $with[0], $with[1], $poison, @with[2 .. 4]);
my $library = "$test->{dir}/poison.so";
$test->write_file('poison.c', <<'C');
/* The library of seals: it ends the process when it opens a large box. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
typedef int (*open_pt)(unsigned char *, const unsigned char *, unsigned long long, const unsigned char *,
    const unsigned char *, const unsigned char *);
int crypto_box_open_easy(unsigned char *m, const unsigned char *c, unsigned long long len, const unsigned char *n,
    const unsigned char *pk, const unsigned char *sk);
int crypto_box_open_easy(unsigned char *m, const unsigned char *c, unsigned long long len, const unsigned char *n,
    const unsigned char *pk, const unsigned char *sk)
{
    static open_pt real;
    if (len > 8000) abort();
    if (real == NULL) *(void **) &real = dlsym(RTLD_NEXT, "crypto_box_open_easy");
    return real(m, c, len, n, pk, sk);
}
C
($status, $output) = $test->run($ENV{CC} // 'cc', '-shared', '-fPIC', '-o', $library, "$test->{dir}/poison.c", '-ldl');
is($status, 0, 'a library that ends the process') or diag($output);

my $starts = 0;
while ($starts < 12) {
    $starts++;
    my $pid = do {
        local $ENV{LD_PRELOAD} = join ' ', grep {defined} ($GigTest::SANITIZED ? `gcc -print-file-name=libasan.so` =~ s/\s+\z//r : undef), $library;
        $test->spawn('poisoned', "$GigTest::BUILD/gig-sync", 'run', '-c', $test->{sync_conf});
    };
    my $ended = 0;
    wait_for { $ended = $test->gone($pid, 0); $ended || $redis->cmd('XLEN', $key->('applications')) == 0 } 'it ends, or is done', 20;
    next if $ended;
    kill 'TERM', $pid;
    $test->gone($pid, 10);
    last;
}
diag("gig-sync was started $starts times");
cmp_ok($starts, '>=', 6, 'it ended several times');
cmp_ok($starts, '<=', 8, 'and not for ever');
is_deeply([grep { my $id = $_->{id}; !grep { $_ eq $id } @{ ids() } } @with], [], 'all that came with it is delivered');
is(listed()->{ $poison->{id} }{state}, 'dead', 'it is given up');
like(listed()->{ $poison->{id} }{reason}, qr/gig-sync has ended 5 times/, 'and why');
like(join(' ', map { @{ $_->[1] } } @{ $redis->cmd('XRANGE', $key->('dead'), '-', '+') }), qr/\Q$poison->{id}\E/, 'the stream tells of it');
is_deeply($redis->hash($key->('attempts')), {}, 'nothing is left of the counting')
    or diag(explain($redis->hash($key->('attempts'))));

# A copy that comes again does not end it a sixth time; a person may try it with a gig-sync that is mended.
$redis->cmd('DEL', $key->("id:$poison->{id}"));
hand_in($test, $poison);
($status, $output) = do { local $ENV{LD_PRELOAD} = $library; $GigTest::SANITIZED ? (0, '') : $test->sync('once') };
is($status, 0, 'sent again it is known to be dead') or diag($output);
($status, $output) = dead('replay', '--', $poison->{id});
is($status, 0, 'mended: dead replay') or diag($output);
is($test->sql("select 1 from applications where id = '$poison->{id}'"), 1, 'and it is delivered');
is_deeply(ids(), [sort map { $_->{id} } @good, $lost, $late, $conflict, $refused, $more, @with, $poison], 'all of it, each once');


# --- what it does not take

for my $arguments (['list', 'x'], ['show'], ['show', 'a', 'b'], ['drop', '--all'], ['replay'], ['replay', '--all', 'x'], ['show', 'a b'], [], ['bury', 'x'], ['list', '--board', 'beta']) {
    ($status, $output) = dead(@$arguments);
    is($status, 64, "dead @$arguments: EX_USAGE") or diag($output);
}
($status, $output) = dead('show', 'nothing');
is($status, 66, 'an id that there is not: EX_NOINPUT');
like($output, qr/no dead letter has the id nothing/, 'in words');

$test->done;
