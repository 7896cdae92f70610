#!/usr/bin/perl
# Why: gig-sync's commands are what an operator has at three in the morning.  Read from the
# issue alone: once is one pass and the next changes nothing; an application can be opened
# with the private key alone; an import shows its progress on a terminal and is silent in a
# pipe; what is exported is what was imported; status speaks JSON.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $test = GigTest->new;
my $redis = $test->start_redis;
my $key = 'gig:{acme}:';
my $sync = "$GigTest::BUILD/gig-sync";
my $json = JSON::PP->new->utf8->canonical;
my $db = "sqlite:$test->{dir}/acme.db";

# --- import: a terminal sees progress, a pipe does not

my @gigs = map { gig_record("gig-$_") } 1 .. 300;
my $file = $test->write_file('gigs.jsonl', join '', map { $json->encode($_) . "\n" } @gigs);

SKIP: {
    skip 'util-linux script is not here', 2 if system('command -v script >/dev/null 2>&1') != 0;
    my ($status, $shown) = $test->run('script', '-qec', "$sync import $file --into $db", '/dev/null');
    is($status, 0, 'imported on a terminal');
    like($shown, qr/\r.*(?:\d+ ?%|#+|\d+ of \d+)/s, 'which sees how far it is') or diag($shown);
}
my ($status, $silent) = $test->run($sync, 'import', $file, '--into', $db);
is($status, 0, 'imported again');
unlike($silent, qr/\r|\e/, 'a pipe gets no bar');
is($test->sql('select id from gigs'), 300, 'all are there');

# --- once, and once more

($status) = $test->sync('once');
is($status, 0, 'once');
is($redis->cmd('HLEN', "${key}gigs"), 300, 'Redis has them');
my %before = %{ $redis->hash("${key}catalog") };
my $changes = $redis->cmd('XLEN', "${key}changes");
$test->run($sync, 'import', $file, '--into', $db);
($status) = $test->sync('once');
is($status, 0, 'once more');
is_deeply($redis->hash("${key}catalog"), \%before, 'changes neither version nor digest');
is($redis->cmd('XLEN', "${key}changes"), $changes, 'nor the stream of changes');

# --- one pass delivers what is there; before it, only the private key opens it

$test->start_nginx;
$test->wait_total(300) or BAIL_OUT('no catalog');
ok(wait_for { $test->get('/gig-health?for=intake')->{status} == 200 } 'a link to Redis');
my $applied = $test->apply('gig-7', 'key-1', last_name => 'Sealed');
is($applied->{status}, 202, 'an application');
my %entry = @{ $redis->cmd('XRANGE', "${key}applications", '-', '+')->[0][1] };
unlike($entry{box}, qr/Sealed|avery/i, 'sealed in Redis');
unlike(join(' ', map { $_ eq 'box' ? () : "$_ $entry{$_}" } keys %entry), qr/Sealed|avery/i, 'and nothing personal beside it');

my $box = $test->write_file('box', $entry{box});
my $opened;
($status, $opened) = $test->run($sync, 'open', $box, '--key', "$test->{dir}/acme.key");
is($status, 0, 'the private key opens it') or diag($opened);
my $application = json_of($opened);
is($application->{schema}, 'gig-application/1', 'an application');
is($application->{answers}{identity}{last_name}, 'Sealed', 'its answers by class');
is($application->{answers}{contact}{email}, 'avery@example.edu', 'also how to reach the applicant');
is($application->{gig}{id}, 'gig-7', 'and its gig');
is(scalar @{ $application->{consents} }, 1, 'and the consent');

$test->run($sync, 'keygen', "$test->{dir}/other");
my $refused;
($status, $refused) = $test->run($sync, 'open', $box, '--key', "$test->{dir}/other.key");
isnt($status, 0, 'another key does not');
unlike($refused, qr/Sealed|avery\@/, 'nor shows a byte of it');
my $damaged = $entry{box};
substr($damaged, -9, 1) ^= "\1";
($status) = $test->run($sync, 'open', $test->write_file('damaged', $damaged), '--key', "$test->{dir}/acme.key");
isnt($status, 0, 'nor does the key open a damaged one');

my $waiting;
($status, $waiting) = $test->sync('status', '--json');
is($status, 0, 'status --json');
ok(ref(eval { $json->decode($waiting) }), 'is JSON') or diag($waiting);
($status) = $test->sync('once');
is($status, 0, 'one pass');
is($test->sql("select * from applications where gig = 'gig-7'"), 1, 'delivers it');
is($redis->cmd('XLEN', "${key}applications"), 0, 'and settles it');
ok(json_of($test->get('/gigs/receipts/' . json_of($applied)->{token}))->{delivered}, 'the receipt says delivered');
$test->sync('once');
is($test->sql('select * from applications'), 1, 'another pass delivers nothing twice');

# --- what comes out is what went in

# Of a gig that uses what a spreadsheet can hold, all that is shown.
sub sameness {
    return $json->encode({ map { $_ => json_of($redis->cmd('HGET', "${key}gigs", 'gig-7'))->{$_} }
        qw(title org location pay work skills deliverables eligibility capacity closes_at time_zone description_html onboarding) });
}

$test->publish(gig_record('gig-7', deliverables => ['A table', 'A memo'], closes_at => '2031-03-01T05:59:59Z',
    skills => [{ name => 'Excel' }, { name => 'Writing' }], capacity => { positions => 2, application_cap => 9, on_full => 'waitlist' },
    eligibility => { min_age => 18, audience => ['student'], work_authorization => ['US'] },
    location => { mode => 'hybrid', name => 'McLean', places => [{ addressLocality => 'McLean', addressRegion => 'VA' }, { addressLocality => 'Reston' }],
        applicant_regions => [{ type => 'Country', code => 'US', name => 'United States' }] },
    onboarding => { contact => 'growth@acme.example' }));
my $same = sameness();
like($same, qr/Reston/, 'a gig with lists is published');
for my $format ('json', 'csv') {
    my ($status, $out) = $test->run($sync, 'export', '--what', 'gigs', '--format', $format, '--from', $db);
    is($status, 0, "export as $format");
    my $copy = $test->write_file("copy.$format", $out);
    my ($again, $said) = $test->run($sync, 'import', $copy, '--into', $db);
    is($again, 0, "the $format can be imported") or diag(substr $said, 0, 400);
    like($said, qr/\b0 new, \d+ changed, \d+ unchanged, 0 refused/, 'into the gigs it came from');
    $test->sync('once');
    is(sameness(), $same, 'and leaves what is shown as it was');
    ($again, $said) = $test->run($sync, 'import', $copy, '--into', $db);
    like($said, qr/\b0 new, 0 changed, 300 unchanged/, 'the second time it changes nothing');
}
my ($exported, $people) = $test->run($sync, 'export', '--what', 'applications', '--format', 'json', '--from', $db);
like($people, qr/Sealed/, 'an export of applications has them');
($exported, $people) = $test->run($sync, 'export', '--what', 'applications', '--format', 'csv', '--blind', '--from', $db);
unlike($people, qr/Sealed|avery/i, 'one for blind review has no name and no address');
like($people, qr/public data/, 'but the work');

# --- a source that fails or is empty never empties the board

$test->run('sqlite3', "$test->{dir}/acme.db", 'delete from gigs');
$test->sync('once');
is($redis->cmd('HLEN', "${key}gigs"), 300, 'an empty source empties nothing');
is(json_of($test->get('/gigs/?format=json'))->{total}, 300, 'the board is as it was');

$test->done;
