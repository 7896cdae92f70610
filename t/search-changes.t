#!/usr/bin/perl
# Why: a catalog is never at rest while somebody reads it.  Pages must neither repeat nor
# skip what stays, a change must be found under its new words and no more under its old
# ones, and neither the clock, a full gig, a restart without Redis nor a damaged file may
# leave a search behind what the list says.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes');
my $state = "$test->{dir}/state/acme";
$test->start_nginx;
GigTest::Publish::ready($test, 'nonce-of-a-test');

sub at   { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }
sub list { return json_of($test->get("/gigs/?format=json&$_[0]")) }
sub ids  { return join ' ', map { $_->{id} } @{ list($_[0])->{gigs} // [] } }
sub put  { return GigTest::Publish::put($test, @_) }

# How many gigs a facet's value has; 0 if it is not named.
sub count {
    my ($query, $name, $value) = @_;
    my ($found) = grep { $_->{value} eq $value } @{ (list("$query&facets=$name")->{facets} // {})->{$name} // [] };
    return $found ? $found->{count} : 0;
}

# Both workers: a change is seen when many answers in a row say so.
sub settled(&$;$) {
    my ($block, $what, $seconds) = @_;
    return ok(wait_for { my $good = grep { $block->() } 1 .. 12; $good == 12 } $what, $seconds) ;
}


# --- pages while gigs come, go, and are posted again

my $now  = int time;
my $seed = $ENV{GIG_SEED} // int(rand 2 ** 31);
diag("GIG_SEED=$seed");
srand $seed;

# Those that stay and those that do not are alike in all that is asked.
sub alike {
    my ($id, $skill) = @_;
    return gig_record($id, title => (qw(Engineer Engineering Engineers))[rand 3] . ' of bridges', summary => 'A bridge' . ' and a bridge' x rand 3,
        skills => [{ name => $skill }, { name => 'Bridges' }], posted_at => at($now - 86400 * int rand 12),
        closes_at => rand 4 < 1 ? undef : at($now + 86400 * (1 + int rand 9)),
        pay => rand 4 < 1 ? { type => 'unpaid' } : { type => 'fixed', currency => 'USD', min_minor => 1000 * int rand 9, unit => 'project' });
}

my @stay = map { "stay-$_" } 1 .. 45;
put((map { alike($_, 'Staying') } @stay), map { alike("go-$_", 'Going') } 1 .. 45);
$test->wait_total(90) or BAIL_OUT('no catalog');

for my $query ('sort=newest', 'sort=closing', 'sort=pay', 'q=engineer', 'q=bridges+engineering&sort=relevance', 'q=-nowhere', 'skill=bridges&sort=closing',
    'skill=staying&skill=going&q=%22of+bridges%22', 'q=bri&sort=pay&facets=skill')
{
    for my $limit (1, 4) {
        my (%seen, $next, $pages);
        while (1) {
            my $page = list("$query&limit=$limit" . ($next ? "&cursor=$next" : ''));
            $seen{ $_->{id} }++ for @{ $page->{gigs} };
            $next = $page->{next} or last;
            last if ++$pages > 400;
            next if $pages > 60 || rand 3 < 1;
            # As often as not the very gig that the cursor is of.
            my ($last) = $page->{gigs}[-1]{id};
            my @touched = map { 'go-' . (1 + int rand 60) } 1 .. 1 + rand 3;
            push @touched, $last if $last =~ /^go/;
            GigTest::Publish::operations($test, map { rand 3 < 1 ? [del => $_] : [put => alike($_, 'Going')] } keys %{ { map { $_ => 1 } @touched } });
            sleep 0.03 if rand 2 < 1;
        }
        my @wrong = grep { ($seen{$_} // 0) != 1 } @stay;
        is_deeply(\@wrong, [], "?$query, $limit a page: what stays is seen once")
            or diag(join ', ', map { "$_ " . ($seen{$_} // 0) . ' times' } @wrong);
    }
}


# --- a change is found by what it says now

sub nurse { return gig_record('change', posted_at => at($now), department => undef, @_) }

put(nurse(title => 'Night nurse', skills => [{ name => 'Nursing' }], department => 'Wards'));
settled { ids('q=nurse') eq 'change' } 'a new gig is found by its text';
is(ids('skill=nursing'), 'change', 'by its skill');
is(count('', 'skill', 'Nursing'), 1, 'and counted');
is(count('', 'department', 'Wards'), 1, 'in each facet');

put(nurse(title => 'Day carpenter', skills => [{ name => 'Joinery' }]));
settled { ids('q=carpenter') eq 'change' } 'changed: by its new text';
is(ids('q=nurse'), '', 'no more by the old one');
is(ids('skill=nursing'), '', 'nor by the old skill');
is(ids('skill=joinery'), 'change', 'but the new');
is(count('', 'skill', 'Nursing'), 0, 'which is not counted any more');
is(count('', 'department', 'Wards'), 0, 'nor is a department it has left');
is(count('', 'skill', 'Joinery'), 1, 'the new one is');
is(ids('q=carp'), 'change', 'a beginning of the new word');
is(ids('q=nur'), '', 'not of the old');

put(nurse(title => 'Day carpenter', skills => [{ name => 'JOINERY' }]), gig_record('other', title => 'Carpenters', skills => [{ name => 'JOINERY' }]));
settled { count('', 'skill', 'JOINERY') == 2 } 'a value is shown as most write it';
is(count('', 'skill', 'Joinery'), 0, 'and once');

put(nurse(title => 'Day carpenter', skills => [{ name => 'JOINERY' }], status => 'withdrawn'));
settled { ids('q=carpenter') eq 'other' } 'withdrawn: not found any more';
is(ids('state=all&skill=joinery'), 'other', 'in no state');
is(count('state=all', 'skill', 'JOINERY'), 1, 'and not counted');
GigTest::Publish::operations($test, [del => 'other'], [del => 'change']);
settled { list('q=carpenter&state=all')->{total} == 0 } 'deleted: gone';
is(count('state=all', 'skill', 'JOINERY'), 0, 'with its values');


# --- seats

put(map { gig_record($_->[0], title => 'Beekeeper', skills => [{ name => 'Bees' }], posted_at => at($now), capacity => { application_cap => 1, on_full => $_->[1] }) }
    ['bees-close', 'close'], ['bees-wait', 'waitlist']);
settled { list('q=beekeeper')->{total} == 2 } 'two gigs with one seat each';
is($test->apply($_, "key-of-$_-0123456789")->{status}, 202, "an application to $_") for 'bees-close', 'bees-wait';
settled { join(' ', map {"$_->{id}:$_->{state}"} @{ list('q=beekeeper')->{gigs} }) eq 'bees-wait:waitlist' }
    'the full one leaves the list, the one with a waiting list stays and says so';
is(ids('skill=bees'), 'bees-wait', 'so it is with a filter');
is(count('', 'skill', 'Bees'), 1, 'and the facets');
is(count('state=all', 'skill', 'Bees'), 2, 'state=all has both');
is(join(' ', map {"$_->{id}:$_->{state}"} @{ list('skill=bees&state=all')->{gigs} }), 'bees-close:full bees-wait:waitlist', 'with their states');


# --- the clock

my $edge = int(time) + 4;
put(gig_record('opens', title => 'Clock repair', skills => [{ name => 'Opening' }], opens_at => at($edge)),
    gig_record('closes', title => 'Clock repair', skills => [{ name => 'Closing' }], closes_at => at($edge)));
settled { ids('q=clock') eq 'closes' } 'one is open, one will be', 3;
is(ids('q=clock&state=scheduled'), 'opens', 'the other is scheduled');
is(count('', 'skill', 'Closing') . count('', 'skill', 'Opening'), '10', 'the facets are of what is open');
SKIP: {
    skip 'too slow for this clock', 4 if time > $edge - 0.1;
    sleep 0.005 while time < $edge - 0.1;
    my @before = (ids('q=clock'), ids('skill=opening'));
    skip 'too slow for this clock', 4 if time >= $edge;
    is("@before", 'closes ', 'until the second');
    sleep 0.005 while time < $edge + 0.02;
    is(ids('q=clock'), 'opens', 'at the second they change places');
    is(ids('skill=closing') . ids('skill=opening'), 'opens', 'in filtered lists');
    is(count('', 'skill', 'Closing') . count('', 'skill', 'Opening'), '01', 'and facets');
}


# --- a restart without Redis

my @questions = ('q=engineer&limit=100', 'q=%22of+bridges%22+-going', 'skill=bees&state=all&facets=1', 'q=bri&facets=skill,org', 'sort=pay&limit=50');
ok(wait_for { my @synced = map { /synced\.(\d+)$/ } glob "$state/synced.*"; my @index = map { /index\.(\d+)$/ } glob "$state/index.*";
    my ($s) = sort { $b <=> $a } @synced; my ($i) = sort { $b <=> $a } @index; defined $s && $s == $i } 'the image is on disk', 40);
my %said = map { $_ => $test->get("/gigs/?format=json&$_") } @questions;
$redis->stop;
ok($test->stop_nginx, 'nginx ends, Redis is gone');
$test->start_nginx(keep_conf => 1);
ok(wait_for { $test->get('/gigs/')->{status} == 200 } 'the list from the image');
for (@questions) {
    my $answer = $test->get("/gigs/?format=json&$_");
    is($answer->{status}, 200, "?$_: 200 without Redis");
    is($answer->{body}, $said{$_}{body}, 'the same answer as before');
    is($answer->{headers}{etag}, $said{$_}{headers}{etag}, 'and ETag');
}


# --- a damaged store: never garbage, and mended when Redis is back

ok($test->stop_nginx, 'nginx ends');
for my $store (glob "$state/store.*") {
    open my $file, '+<', $store or die "$store: $!";
    for (my $at = 24; $at < -s $store; $at += 97) {
        seek $file, $at, 0;
        read $file, my $byte, 1;
        seek $file, $at, 0;
        print $file chr(255 - ord $byte);
    }
    close $file;
}
$test->start_nginx(keep_conf => 1);
my %status;
for (1 .. 40) {
    for my $question (@questions, 'q=' . (qw(bridge engin nothing bees))[rand 4]) {
        my $answer = $test->get("/gigs/?format=json&$question");
        $status{ $answer->{status} }++;
        ok(defined json_of($answer)->{total}, 'what is answered is JSON') if $answer->{status} == 200;
    }
}
is(join(' ', grep { !/^(?:200|500|503)$/ } sort keys %status), '', 'every store is damaged: each question is answered, if with an error');
$redis->start;
settled { my $good = 1; $good &&= (list($_)->{total} // -1) == json_of($said{$_})->{total} for @questions; $good } 'with Redis back every search is whole again', 20;
is(ids('q=engineer&limit=100'), join(' ', map { $_->{id} } @{ json_of($said{'q=engineer&limit=100'})->{gigs} }), 'in the same order');

$test->done;
