#!/usr/bin/perl
# Why: the promise as a user meets it, all parts real: a gig goes from the system
# of record through Redis to every worker; an applicant's form goes from nginx
# through Redis into the database, once; the receipt says what became of it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $test = GigTest->new(workers => 2);
$test->start_redis;
$test->import_gigs(map { gig_record("gig-$_", title => "Gig number $_", posted_at => sprintf('2026-01-%02dT12:00:00Z', $_)) } 1 .. 25);
$test->sync_conf;
$test->start_sync;
$test->start_nginx;

# --- read

my $list = $test->wait_total(25);
is($list->{board}, 'acme', 'the list names its board');
is(scalar @{ $list->{gigs} }, 20, 'a page holds 20');
is($list->{gigs}[0]{id}, 'gig-25', 'newest first');
ok($list->{next}, 'there is a next page');
is($list->{version}, $test->{redis}->cmd('HGET', 'gig:{acme}:catalog', 'version'), "the version is Redis's");

my $second = json_of($test->get("/gigs/?format=json&state=all&cursor=$list->{next}"));
is_deeply([map { $_->{id} } @{ $second->{gigs} }], [map {"gig-$_"} reverse 1 .. 5], 'the cursor leads to the rest');
is($second->{next}, undef, 'and there it ends');

my $gig = $test->get('/gigs/gig-7?format=json');
is($gig->{status}, 200, 'one gig');
is(json_of($gig)->{title}, 'Gig number 7', 'with its title');
is($test->get('/gigs/gig-7?format=json', headers => { 'If-None-Match' => $gig->{headers}{etag} })->{status}, 304, 'its ETag gives 304');
like($test->get('/gigs/', headers => { Accept => 'text/html' })->{body}, qr/<!doctype html>.*Gig number 25/si, 'a browser gets HTML');

# --- change: typically visible within 150 ms of the commit

$test->import_gigs(gig_record('gig-7', title => 'A better title'));
ok(wait_for { json_of($test->get('/gigs/gig-7?format=json'))->{title} eq 'A better title' } 'the change to be visible', 5);

# --- apply by the form, as a browser without scripts does

my $form = $test->get('/gigs/gig-7/apply', headers => { Accept => 'text/html' });
my ($key) = $form->{body} =~ /name="_key"[^>]*value="([^"]+)"/;
ok($key, 'the form carries its token');
like($form->{headers}{'cache-control'}, qr/no-store/, 'and is never cached');

my %field = (_key => $key, first_name => 'Avery', last_name => 'Example', email => 'avery@example.edu',
    statement => 'I would start with the public data & ask two people.', available => 'yes', consent_processing => 'yes');
my $body = join '&', map { my $v = $field{$_}; $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$_=$v" } sort keys %field;
my %post = (body => $body, headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' });

my $posted = $test->http('POST', '/gigs/gig-7/applications', %post);
is($posted->{status}, 422, 'a form that comes back at once is given back');
like($posted->{body}, qr/value="\Q$key\E".*ask two people/s, 'with its key, and all that was typed');
$posted = wait_for { my $answer = $test->http('POST', '/gigs/gig-7/applications', %post); $answer->{status} != 422 && $answer } 'the form to be old enough', 6;
is($posted->{status}, 303, 'the form post leads on') or diag($posted->{body});
like($posted->{headers}{location}, qr{/gigs/receipts/[A-Za-z0-9_-]{43}$}, 'to the receipt');
is($test->http('POST', '/gigs/gig-7/applications', %post)->{headers}{location}, $posted->{headers}{location},
    'sent again it leads to the same receipt');

my ($receipt) = $posted->{headers}{location} =~ m{(/gigs/receipts/.+)};
ok(wait_for { $test->get($receipt, headers => { Accept => 'text/html' })->{body} =~ /delivered/i } 'the receipt to say delivered');

my @rows = $test->sql("select * from applications where gig = 'gig-7'");
is(scalar @rows, 1, 'the database has it once');

# --- apply by the API

my $applied = $test->apply('gig-3', 'api-key-0001');
is($applied->{status}, 202, 'the API answers 202');
my $answer = json_of($applied);
is($answer->{confirmation}, 'recorded', 'and says that it is on the disk');
is($answer->{seat}, 'reserved', 'the seat is reserved');
ok(wait_for { $test->sql("select * from applications where gig = 'gig-3'") == 1 } 'the row');

my $receipt_file = $test->write_file('receipt.json', $applied->{body});
my ($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'verify', '-c', $test->{sync_conf}, $receipt_file);
is($status, 0, 'the receipt is signed and whole') or diag($output);
(my $forged = $applied->{body}) =~ s/"reserved"/"waitlisted"/;
($status) = $test->run("$GigTest::BUILD/gig-sync", 'verify', '-c', $test->{sync_conf}, $test->write_file('forged.json', $forged));
isnt($status, 0, 'a changed one is not');

# --- withdraw

my $withdrawn = $test->http('DELETE', $receipt);
is($withdrawn->{status}, 200, 'withdrawn') or diag($withdrawn->{body});
ok(wait_for { $test->sql("select * from applications where gig = 'gig-7'") == 0 } 'the row to be erased');
like($test->get($receipt, headers => { Accept => 'text/html' })->{body}, qr/withdrawn/i, 'the receipt says so');

# --- nothing readable on the edge

my $found = join ' ', grep { $test->read_file($_) =~ /avery\@example|public data/i }
    (glob("$test->{dir}/*.log"), glob("$test->{dir}/state/acme/*"), glob("$test->{dir}/redis/*"), glob("$test->{dir}/temp/*/*"));
is($found, '', 'what was typed is in no log, no state file, no temp file');

$test->done;
