#!/usr/bin/perl
# Why: files are what makes an entry large, and Redis holds entries in memory.  What the judge counts
# of them settling must take off again to the byte, by every way an entry comes and goes, or files are
# refused for ever, or never; and under the rights of docs/examples/*.acl.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest::Scripts;

sub large { return 'x' x ($_[0] // 70_000) }
sub bytes { return r('HGET', "${P}files", 'bytes') }
sub now   { my $sum = 0; $sum += length($_->[1]{box}) for grep { length($_->[1]{box} // '') >= 65536 } @{ entries() }; return $sum }
sub settled { my ($entry, $outcome) = @_; return settle([[$entry->[0], @{ $entry->[1] }{qw(op id print node gig who)}, $outcome // 'confirmed']]) }

# --- what is counted

fresh();
is(verdict(judge(id => 'I1', who => 'a')), 'accepted', 'a small one');
is(bytes(), undef, 'does not count');
is(verdict(judge(id => 'I2', who => 'b', box => large(65_535), files => 0)), 'accepted', 'nor does one below 64 KB, whatever may wait');
is(verdict(judge(id => 'I3', who => 'c', box => large(65_536))), 'accepted', 'one of 64 KB');
is(bytes(), 65_536, 'counts');
is(verdict(judge(id => 'I4', who => 'd', box => large())), 'accepted', 'another');
is(bytes(), 135_536, 'as well');
is(verdict(judge(id => 'I4', who => 'd', box => large())), 'replay', 'one that is known');
is(bytes(), 135_536, 'is not there twice');

# --- what there is room for

is(verdict(judge(id => 'I5', who => 'e', box => large(), files => 205_535)), 'crowded', 'no room for one more');
is(verdict(judge(id => 'I5', who => 'e', box => large(), files => 205_536)), 'accepted', 'room for just one more');
is(verdict(judge(id => 'I5', who => 'e', box => large(), files => 1)), 'replay', 'what is known is answered without room');
is(verdict(judge(id => 'I6', who => 'f', files => 1)), 'accepted', 'and a small one needs none');
is(verdict(judge(id => 'I7', who => 'g', box => large(), files => 1, mode => $_, print => $_)), 'appended', "a $_ of a ledger is not refused") for 'intent', 'resend', 'replay';
is(bytes(), now(), 'all is counted');
like(verdict(judge(id => 'I8', who => 'h', box => large(), files => 'x')), qr/FILES of judge is a whole number/, 'a wrong number is told');
is(verdict(judge(id => 'I9', gig => 'none', box => large(), files => 1)), 'unknown', 'what is refused anyway hears why');

my ($used) = r('INFO', 'memory') =~ /used_memory:(\d+)/;
r('CONFIG', 'SET', 'maxmemory', int $used * 1.2);
is(verdict(judge(id => 'I9', who => 'i', box => large(), files => 1 << 30)), 'crowded', 'above 80 percent of maxmemory there is no room');
is(verdict(judge(id => 'I9', who => 'i', files => 1 << 30)), 'accepted', 'but for a small one');
r('CONFIG', 'SET', 'maxmemory', int $used * 10);
is(verdict(judge(id => 'I10', who => 'j', box => large(), files => 1 << 30)), 'accepted', 'below it there is');
r('CONFIG', 'SET', 'maxmemory', 0);

# --- taken off, one by one

for my $entry (@{ entries() }) {
    settled($entry);
    is(bytes() // 0, now(), "settled: $entry->[1]{id}");
    settled($entry);
    is(bytes() // 0, now(), 'and again, which changes nothing');
}
is(bytes(), undef, 'nothing waits, and nothing is kept of it');

# --- a drift does not last

judge(id => 'K1', who => 'k', box => large());
r('HSET', "${P}files", 'bytes', 999_999_999);
r('DEL', "${P}applications");
judge(id => 'K2', who => 'l', box => large());
is(bytes(), 70_000, 'an empty queue begins at nothing');

# --- a key of a wrong type ends the script with nothing half done

r('DEL', "${P}files");
r('SET', "${P}files", 'x');
my $before = everything($P);
like(verdict(judge(id => 'K3', who => 'm', box => large(), files => 1 << 30)), qr/WRONGTYPE/, 'judge: a wrong type is told');
like(error_of(settled(entries()->[0])), qr/WRONGTYPE/, 'settle too');
is(everything($P), $before, 'and nothing was written');
r('DEL', "${P}files");
judge(id => 'K4', who => 'n', box => large());
settled($_) for (entries()->[0]);
is(bytes(), 0, 'nor does a count that was lost become less than nothing');

# --- by an edge's own rights

fresh();
judge(id => 'K5', who => 'o', box => large());

sub as {
    my ($user, $name, @argv) = @_;
    my $c = connection();
    ask($c, 'AUTH', $user, 'CHANGE-ME');
    return ask($c, 'EVALSHA', $sha{$name}, @argv);
}
my $answer = as('edge', 'judge', 4, map({"$P$_"} 'id:E1', 'who:g1:e', 'seats', 'changes'), $P, 'live', 'E1', 'g1', 'r', 1000, 'n', 'e', 'p', '', large(), '', 1000, 1 << 30);
is(ref $answer eq 'ARRAY' ? $answer->[1] : error_of($answer), 'accepted', 'an edge may count files');
is(error_of(as('sync', 'settle', 9, map({"$P$_"} @settle_keys, 'id:E1', 'who:g1:e'), 'sync', 1000, 1, 0, 0, 0,
    (map { $_->[0] } grep { $_->[1]{id} eq 'E1' } @{ entries() })[0], 'apply', 'E1', 'p', 'n', 'g1', 'e', 'confirmed')) // '', '', 'gig-sync may take them off');
is(bytes() // 0, now(), 'and does');

done_testing();
