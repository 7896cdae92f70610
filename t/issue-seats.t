#!/usr/bin/perl
# Why: "open" that is full when one gets there wastes an applicant's evening.  A gig shows
# as full within 100 ms of its last seat, on every host, and leaves the default list; two
# hosts with one catalog give one ETag, also after a full load of one of them, and
# say nothing else about the same gig.
#
# Alone: 100 ms are counted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $host = GigTest->new(workers => 1);

# The second host has the Redis and the keys of the first.
$test->keys_made;
$host->{keys_made} = 1;
copy("$test->{dir}/acme.$_", "$host->{dir}/acme.$_") && chmod 0600, "$host->{dir}/acme.$_" for qw(secret pub);
$host->start_nginx(redis => "127.0.0.1:$redis->{port}");

my @rounds = map {"round-$_"} 1 .. 15;
$test->publish((map { gig_record($_, capacity => { positions => 1, application_cap => 1, on_full => 'close' }) } @rounds),
    gig_record('waits', capacity => { positions => 1, application_cap => 1, on_full => 'waitlist' }),
    (map { gig_record("gig-$_", posted_at => sprintf '2026-02-%02dT12:00:00Z', $_) } 1 .. 25));
$test->start_nginx;
$_->wait_total(41) or BAIL_OUT('no catalog') for $test, $host;
$test->start_sync;
ok(wait_for { $test->get('/gig-health?for=intake')->{status} == 200 } 'a link to Redis');

# --- two hosts, one catalog

my @paths = ('/gigs/', '/gigs/?format=html', '/gigs/?limit=7', '/gigs/?state=all&limit=100', '/gigs/gig-1', '/gigs/gig-1?format=html',
    '/gigs/gig-1/form', '/gigs/waits');

sub compare {
    my ($when) = @_;
    for my $path (@paths) {
        my ($one, $two) = map { $_->get($path) } $test, $host;
        like($one->{headers}{etag}, qr/^"[^"]+"$/, "$when: a strong ETag: $path");
        is($two->{headers}{etag}, $one->{headers}{etag}, "$when: equal on both hosts: $path");
        is($two->{body}, $one->{body}, "$when: as are the bytes: $path");
    }
    return { map { $_ => $test->get($_)->{headers}{etag} } @paths };
}

my $before = compare('at first');
my $cursor = json_of($test->get('/gigs/?limit=7'))->{next};
is($host->get("/gigs/?limit=7&cursor=$cursor")->{body}, $test->get("/gigs/?limit=7&cursor=$cursor")->{body},
    'a cursor of one host leads on at the other');

my $version = $redis->cmd('HGET', 'gig:{acme}:catalog', 'version');

# A full load: the second host loses its image and starts anew.
ok($host->stop_nginx, 'the second host ends');
unlink glob "$host->{dir}/state/acme/*";
$host->start_nginx(keep_conf => 1);
$host->wait_total(41);
is_deeply(compare('after a full load'), $before, 'and every ETag is what it was');

$test->import_gigs(gig_record('gig-3', posted_at => '2026-02-03T12:00:00Z', title => 'Changed'));
ok(wait_for { $_->get('/gigs/gig-3')->{body} =~ /Changed/ } 'a change') for $test, $host;
my $changed = compare('after a change');
is($changed->{'/gigs/gig-1'}, $before->{'/gigs/gig-1'}, 'another gig keeps its ETag');
isnt($changed->{'/gigs/?state=all&limit=100'}, $before->{'/gigs/?state=all&limit=100'}, 'the list gets another');
$test->import_gigs(gig_record('gig-3', posted_at => '2026-02-03T12:00:00Z'));
ok(wait_for { $_->get('/gigs/gig-3')->{body} !~ /Changed/ } 'and back') for $test, $host;
is_deeply({ %{ compare('after going back') }, map { $_ => 0 } grep {m{/(?:\?|$)}} @paths },
    { %$before, map { $_ => 0 } grep {m{/(?:\?|$)}} @paths }, 'what is the same again has the same ETag');
is(json_of($test->get('/gigs/'))->{version}, $redis->cmd('HGET', 'gig:{acme}:catalog', 'version'), 'version is that of Redis');
cmp_ok($redis->cmd('HGET', 'gig:{acme}:catalog', 'version'), '==', $version + 2, 'which rose by one a publish');

# --- the last seat

sub state_at { my ($at, $id) = @_; return json_of($at->get("/gigs/$id?format=json"))->{state} // '' }

my @took;
for my $id (@rounds) {
    my $answer = $test->apply($id, "key-$id", email => "$id\@example.edu");
    my $begin = time;
    $answer->{status} == 202 or fail("$id: $answer->{status} $answer->{body}");
    # Without a pause: wait_for's 20 ms would be most of what is measured.
    my ($at_both, $end) = (0, $begin + 5);
    $at_both = state_at($test, $id) eq 'full' && state_at($host, $id) eq 'full' until $at_both || time > $end;
    push @took, 1000 * (time - $begin);
    $at_both or fail("$id is not full on both hosts within 5 s");
}
@took = sort { $a <=> $b } @took;
diag(sprintf 'full on both hosts after %.0f ms (median), %.0f ms (worst of %d)', $took[@took / 2], $took[-1], scalar @took);
cmp_ok($took[@took / 2], '<', 100, 'full is shown within 100 ms of the last seat');

for my $at ($test, $host) {
    my %listed = map { $_->{id} => 1 } @{ json_of($at->get('/gigs/?format=json&limit=100'))->{gigs} };
    is((grep { $listed{$_} } @rounds), 0, 'the default list leaves full gigs out');
    is(json_of($at->get('/gigs/?format=json&limit=100'))->{total}, 26, 'and its total does not count them');
    my %all = map { $_->{id} => $_->{state} } @{ json_of($at->get('/gigs/?format=json&limit=100&state=all'))->{gigs} };
    is((grep { ($all{$_} // '') eq 'full' } @rounds), scalar @rounds, 'state=all has them, as full');
}
my $page = $test->get('/gigs/round-1?format=html');
is($page->{status}, 200, 'a full gig still has its page');
unlike($page->{body}, qr{href="/gigs/round-1/apply"}, 'without a way to apply');
like($page->{body}, qr/full|places are taken|no place/i, 'and says why');
is($test->apply('round-1', 'key-late', email => 'late@example.edu')->{status}, 409, 'an application to it is refused');
is($test->sql("select * from applications where gig = 'round-1'"), 1, 'and not stored');

# --- the waiting list

is(json_of($test->apply('waits', 'w-1', email => 'w1@example.edu'))->{seat}, 'reserved', 'the only seat');
ok(wait_for { state_at($test, 'waits') eq 'waitlist' } 'shown as a waiting list', 5);
my $second = $test->apply('waits', 'w-2', email => 'w2@example.edu');
is($second->{status}, 202, 'the next is taken');
is(json_of($second)->{seat}, 'waitlisted', 'onto the waiting list');
ok((grep { $_->{id} eq 'waits' && $_->{state} eq 'waitlist' } @{ json_of($test->get('/gigs/?limit=100'))->{gigs} }), 'the default list has it');
is(json_of($test->apply('waits', 'w-3', email => 'w1@example.edu'))->{seat}, 'waitlisted',
    'who has the seat hears the same word as a stranger');

ok(wait_for { $test->sql("select * from applications where gig = 'waits'") == 3 } 'all are in the database', 10);
my ($token) = json_of($second)->{token};
like($test->get("/gigs/receipts/$token?format=html")->{body}, qr/wait/i, 'the receipt says so');

# --- a full gig opens again when its seat is withdrawn

my $gone = json_of($test->apply('round-1', 'key-round-1', email => 'round-1@example.edu'));
is($test->http('DELETE', "/gigs/receipts/$gone->{token}")->{status}, 200, 'the seat is withdrawn');
ok(wait_for { state_at($test, 'round-1') eq 'open' && state_at($host, 'round-1') eq 'open' } 'the gig is open again on both hosts', 10);
is($test->apply('round-1', 'key-next', email => 'next@example.edu')->{status}, 202, 'and takes the next');

$host->finish;
$test->done;
