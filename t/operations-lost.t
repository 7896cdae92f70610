#!/usr/bin/perl
# Why: who has lost a host, a disk, Redis or the system of record types what docs/operations.md says,
# once, in a hurry.  Here each of these is lost, with applications in it that are nowhere else, and the
# commands are taken from the page and run as they stand there, but for the folders: each time all
# that was acknowledged is in the system of record, once.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::Operations qw(blocks board daemon_conf follow started);

my $test = GigTest->new(workers => 1);
my $dir  = $test->{dir};
my $redis = board($test, gig_record('g_good'));
sub service { my ($verb) = @_; is(($test->run('systemctl', $verb, 'gig-sync'))[0], 0, "gig-sync: $verb"); started('gig-sync') if $verb eq 'start' }
service('start');

sub conf { return daemon_conf("seal_key $dir/etc/acme.pub; ledger_size $_[0];") }
sub nginx_starts { is(($test->run('nginx'))[0], 0, 'nginx starts'); return started('nginx') }
conf('1g');
my $master = nginx_starts();
$test->wait_total(1) or BAIL_OUT('no catalog');

my ($n, %said) = 0;
sub applied {
    my ($count, %more) = @_;
    my @states;
    for (1 .. $count) {
        my $name = sprintf 'person%05d', ++$n;
        my $answer = $test->apply('g_good', "key-$name", email => "$name\@example.edu", _from => '127.3.' . $n % 200 . '.1', %more);
        $said{"$name\@example.edu"} = 1 if $answer->{status} == 202;
        push @states, $answer->{status} == 202 ? json_of($answer)->{confirmation} // 'recorded' : $answer->{status};
    }
    return join ' ', @states;
}
sub arrive {
    my ($what) = @_;
    my $stored = sub { return { map { $_->{email} => $_->{n} } $test->sql('select email, count(*) as n from applications group by 1') } };
    wait_for { my $have = $stored->(); !grep { !$have->{$_} } keys %said } "$what: all are in the system of record", 30;
    # Who heard 503 may be in it as well: they were told to send it again, and that this does no harm.
    my $have = $stored->();
    return is_deeply([grep { !$have->{$_} || $have->{$_} > 1 } keys %{ { %said, %$have } }], [], "$what: all that was acknowledged, once");
}
sub settled { return wait_for { json_of(($test->sync('status', '--json'))[1])->[0]{gap} == 0 } 'no gap', 30 }

is(applied(5), join(' ', ('recorded') x 5), 'five are taken');
arrive('at first');


# --- Redis was emptied, and no gig-sync is there

my ($rebuild) = blocks('Redis was emptied, or is a new one');
service('stop');
$redis->cmd('FLUSHALL');
ok((wait_for { applied(1) eq 'pending' } 'the host to know of it'), 'one is taken without its memory');
like(follow($rebuild, 'Redis is rebuilt'), qr/\bready\b/, 'and says "ready"');
wait_for { applied(1) eq 'recorded' } 'the host to notice', 15;
service('start');
arrive('Redis emptied');


# --- a host is lost, which held what was nowhere else

my ($send) = blocks('A host is lost');
settled();
$redis->stop;
is(applied(5), join(' ', ('pending') x 5), 'five more, without Redis');
kill 'KILL', $master, $test->children($master);
wait_for { !kill 0, $master } 'the host to be gone';
unlink "$dir/nginx.pid";
rename "$dir/state/acme", "$dir/mnt/acme" or die "the folder: $!";
$redis->start;
wait_for { ($test->sync('status'))[1] =~ /\bready\b/ } 'Redis to be back';
like(follow($send, 'its folder is sent'), qr/\b5 appended/, 'five that Redis did not have');
arrive('a host lost');
$master = nginx_starts();
$test->wait_total(1);
is(applied(1), 'recorded', 'a new host in its place');


# --- the system of record comes out of a backup

my ($restore) = blocks('The system of record was restored from a backup');
service('stop');
is(($test->run('sqlite3', "$dir/data/acme.db", ".backup $dir/backup/acme.db"))[0], 0, 'a backup');
service('start');
is(applied(5), join(' ', ('recorded') x 5), 'five after it');
arrive('before the loss');
settled();
like(follow($restore, 'the backup is put in its place, and all hosts asked'), qr/acme/, 'which says who was asked');
started('gig-sync');
arrive('the record restored');
settled();


# --- the disk of a host is full

my ($told, $room) = blocks('The disk of a host is full');
service('stop');
conf('16m');
is(($test->run('nginx', '-s', 'reload'))[0], 0, 'a small ledger');
# 12 kB each
my $long = join '', map { chr 0x1f300 + $_ % 700 } 1 .. 2900;
my %states;
wait_for { $states{ applied(20, statement => $long) =~ s/.* //r }++; $states{503} } 'the ledger to be full', 60;
is($test->get('/gigs/g_good?format=json')->{status}, 200, 'reads go on');
my ($sentence) = $told =~ /(the ledger cannot be written, so no application is taken)/;
like($test->read_file('error.log'), qr/\Q$sentence\E: .*ledger_size is reached/, 'the log says what the page says');
conf('1g');
like(follow($room, 'the ledger may be larger'), qr/not ticked/, 'and it is seen how much waits');
wait_for { applied(1) eq 'recorded' } 'applications to be taken again', 15;
service('start');
arrive('a full ledger');

kill 'QUIT', $master;
$test->{expected_log} = qr/ledger_size is reached/;
wait_for { !kill 0, $master } 'nginx to leave', 15;
service('stop');
$test->done;
