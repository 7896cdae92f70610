#!/usr/bin/perl
# Why: people answer who they are only if nobody can ever tell which answers are theirs: no
# operator with Redis' log of writes, nginx's logs, the ledger, the system of record
# and the private key.  So what is stored of it is asserted to the field, and that it
# leaves in batches of ten of a kind, shuffled, and not before.

use strict;
use warnings;

use File::Find;
use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep);
use GigTest;
use GigTest::SelfId;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always');
my $stream = "gig:{$test->{board}}:selfid";
my @mark = map { sprintf 'Marker%02dQuokka', $_ } 1 .. 10;

$test->sync_conf(pull_every => '1s');
ok($test->import_gigs(self_id_gigs()), 'forms for self-identification, and forms that offer one, are imported');

# On PostgreSQL gig-sync runs as the role of docs/examples, which writes them and reads none.
if ($test->{record} eq 'postgres') {
    my $pg = $test->postgres;
    $pg->psql("create role gig_sync login password 'sesame'", schema => 'public');
    $pg->access('host acme gig_sync 127.0.0.1/32 scram-sha-256');
    $pg->psql(do { local (@ARGV, $/) = "$GigTest::ROOT/docs/examples/postgres-role.sql"; <> });
    $test->sync_conf(source => $pg->url(user => 'gig_sync', password => 'sesame'), pull_every => '1s');
    ok(!eval { $pg->psql('set role gig_sync; select * from self_identification'); 1 }, 'that role may read none');
    like($@, qr/permission denied/, 'the database says');
}
$test->start_sync;
$test->start_nginx(http => qq{log_format nosy "\$request \$request_body"; access_log $test->{dir}/nosy.log nosy; client_body_buffer_size 8k;});
$test->wait_total(8, 20) or BAIL_OUT('no catalog');

sub waiting { return $redis->cmd('XLEN', $stream) }
sub counted {
    my ($what) = @_;
    return ($test->get('/metrics')->{body} =~ /^gig_self_identifications_total\{board="acme",outcome="$what"\} (\d+)/m)[0];
}
sub open_box {
    my ($box) = @_;
    my ($status, $output) = $test->sync('open', $test->write_file('box', unpack 'H*', $box));
    is($status, 0, 'a box opens') or diag($output);
    return $output;
}


# --- off by default, and where it is set up wrongly

for my $gig (qw(off none nowhere wrong nosuch)) {
    is($test->get("/gigs/$gig/self-id")->{status}, 404, "$gig: no form");
    is(self_id_post($test, $gig, [gender => 'man'])->{status}, 404, "$gig: none is taken");
}
like($test->read_file('error.log'), qr/the form "(?:nowhere|wrong)" offers self-identification by the form "(?:missing|off)", which is not there/, 'the log says which form is meant');
is($test->get('/gigs/itself/apply')->{status}, 503, 'nobody applies by a form for self-identification');
is($test->http('PUT', '/gigs/one/self-id')->{status}, 405, 'another method');


# --- the page, and the way to it

my $applied = $test->apply('one', 'k1', email => 'who@example.edu');
is($applied->{status}, 202, 'somebody applies');
my $receipt = $applied->{headers}{location};
my $page = $test->get($receipt, headers => { Accept => 'text/html' });
like($page->{body}, qr{<a href="/gigs/one/self-id">Tell us about yourself \(voluntary\)</a>}, 'the receipt offers the form by an address that has nothing of it');
my $off = $test->apply('off', 'k2', email => 'who@example.edu')->{headers}{location};
unlike($test->get($off, headers => { Accept => 'text/html' })->{body}, qr/self-id|voluntary/, 'where it is off the receipt does not');

$page = $test->get('/gigs/one/self-id');
is($page->{status}, 200, 'the page, with no token of any kind');
is($page->{headers}{'cache-control'}, 'no-store', 'is kept nowhere');
is($page->{headers}{'referrer-policy'}, 'no-referrer', 'and tells no other site');
like($page->{body}, qr/$_/, "it says: $_") for 'voluntary', 'only together with those of at least nine others', 'may be lost', 'never counted twice', 'Only the day is kept';
like($page->{body}, qr/name="$_"/, "it asks: $_") for qw(gender groups veteran words website);
unlike($page->{body}, qr/\brequired\b|who\@example/, 'nothing is required, nobody is known');
is($test->http('HEAD', '/gigs/one/self-id')->{status}, 200, 'HEAD');
is($test->get('/gigs/one/self-id/thanks')->{status}, 200, 'the page of thanks');


# --- what is refused

my $key = self_id_key($test, 'one');
my %type = ('Content-Type' => 'application/json');
is($test->http('POST', '/gigs/one/self-id', headers => \%type, body => '{"answers":{"gender":"man"}}')->{status}, 415, 'JSON');
is($test->http('POST', '/gigs/one/self-id', body => 'gender=man')->{status}, 415, 'no type');
is(self_id_post($test, 'one', [_key => $key, words => 'x' x 20000])->{status}, 413, 'over 16 KB');
is(self_id_post($test, 'one', [_key => $key, gender => 'man'], headers => { 'Sec-Fetch-Site' => 'cross-site' })->{status}, 403, 'another site');
is(self_id_post($test, 'one', [_key => $key, gender => 'man', gender => 'man'])->{status}, 400, 'a field twice');
my ($form) = $test->get('/gigs/one/apply')->{body} =~ /name="_key" value="([^"]+)"/;
is(self_id_post($test, 'one', [_key => $_->[1], gender => 'man'])->{status}, 422, "the form token is $_->[0]")
    for ['none', ''], ['that of an application', $form], ['that of another gig', self_id_key($test, 'two')];
is(self_id_post($test, 'one', [_key => $key, gender => 'man', website => 'x'])->{status}, 422, 'a trap that was filled in');
my $back = self_id_post($test, 'one', [_key => $key, gender => 'robot', words => 'kept as typed']);
is($back->{status}, 422, 'a value that is no option');
like($back->{body}, qr/Error: .*kept as typed/s, 'comes back with what was typed');
is(self_id_post($test, 'one', [_key => $key, words => ' '])->{status}, 422, 'nothing that was answered');
is(counted('taken'), 0, 'none of these was taken');


# --- nothing until ten of a kind are there

my @gender = qw(woman man other);
for my $i (0 .. 8) {
    my $answer = self_id_post($test, $i % 2 ? 'two' : 'one', [_key => $i ? self_id_key($test, $i % 2 ? 'two' : 'one') : $key,
        gender => $gender[$i % 3], groups => 'g1', groups => 'g3', veteran => 'yes', words => $mark[$i]]);
    is($answer->{status}, 303, 'taken');
    like($answer->{headers}{location}, qr{^/gigs/(?:one|two)/self-id/thanks$}, 'and led to the thanks');
    is(join(',', grep {/cookie|receipt|etag/i} keys %{ $answer->{headers} }), '', 'with nothing to keep');
}
is(self_id_post($test, 'one', [_key => $key, gender => 'man', words => 'again'])->{status}, 303, 'a form that is sent twice is thanked for');
is(counted('taken'), 9, 'and counts once');
is(self_id_fill($test, 'three', gender => 'man'), 303, 'another form is of another kind') for 1 .. 5;
$test->stop_sync;

# Two of the looks that each worker takes a second: had it been time, it would have been sent.
sleep 2.2;
is(waiting(), 0, 'nine, and five of another form: nothing has left');
is($redis->cmd('EXISTS', $stream), 0, 'nor was the stream made');

my $today = strftime('%Y-%m-%d', gmtime);
is(self_id_fill($test, 'two', gender => 'man', groups => 'g2', veteran => 'no', words => $mark[9]), 303, 'the tenth');
wait_for { waiting() == 10 } 'ten to leave together';
wait_for { counted('sent') == 10 } 'and to be counted';


# --- what left: the fields exactly

my $entries = $redis->cmd('XRANGE', $stream, '-', '+');
my (%id, %key, %size, %day, @names, @words);
for my $entry (@$entries) {
    my $fields = $entry->[1];
    my %field = @$fields;
    push @names, join ',', @$fields[grep { !($_ % 2) } 0 .. $#$fields];
    $id{ $field{id} }++;
    $day{ $field{day} }++;
    $size{ length $field{box} }++;
    my $kid = ord substr $field{box}, 1, 1;
    $key{ substr $field{box}, 2 + $kid, 32 }++;
    my $plain = open_box($field{box});
    my $record = json_of($plain);
    is_deeply([sort keys %$record], [qw(answers form form_rev schema)], 'a box holds a record and no more');
    is_deeply([sort keys %{ $record->{answers} }], [qw(gender groups veteran words)], 'of the answers alone');
    push @words, $record->{answers}{words};
}
is_deeply(\@names, [('id,day,box') x 10], 'an entry is an id, a day and a box: no gig, time, host, application, applicant');
is(scalar keys %id, 10, 'ids of their own');
is(scalar keys %key, 10, 'each sealed with a key pair of its own, which no application shares');
is(scalar keys %size, 1, 'no box tells by its size');
my ($day) = keys %day;
ok(keys %day == 1 && ($day eq $today || $day eq strftime('%Y-%m-%d', gmtime)), 'one day for all, in UTC');
is(join(' ', sort @words), join(' ', @mark), 'all ten are there, once');
isnt(join(' ', @words), join(' ', @mark), 'in another order than they were sent (by chance the same once in 3,628,800)');


# --- the same in the system of record

$test->start_sync;
wait_for { waiting() == 0 } 'gig-sync to take them', 15;
my @rows = $test->sql('select * from self_identification');
is(scalar @rows, 10, 'a row each');
is_deeply([sort keys %{ $rows[0] }], [qw(answers day form form_rev id)], 'with these columns and no others');
is_deeply([sort map { $_->{id} } @rows], [sort keys %id], 'known by their own ids');
is_deeply([grep { $_->{form} ne 'about' || $_->{form_rev} != 1 || $_->{day} ne $day } @rows], [], 'form and day');
my @stored = map { ref $_->{answers} ? $_->{answers} : json_of($_->{answers}) } @rows;
is(join(' ', sort map { $_->{words} } @stored), join(' ', @mark), 'and the answers');
isnt(join(' ', map { $_->{words} } @stored), join(' ', @mark), 'the table has another order');

# What joins an application's own traces: its id, token, applicant, fingerprint, address.
my ($application) = $test->sql("select * from applications where gig = 'one'");
my %known = (id => $application->{id}, applicant => $application->{applicant}, token => $receipt =~ s{.*/}{}r, email => 'who@example.edu', gig => '"one"');
my $all = join "\n", map { join '|', map { $_ // '' } %$_ } @rows;
unlike($all, qr/\Q$known{$_}\E/, "no row has the application's $_") for sort keys %known;
is(scalar($test->sql('select * from delivery')), 2, 'the delivery table has the applications alone');
is_deeply([sort map { s/:id:.*/:id:/r } grep {/self|:id:/} @{ $redis->cmd('KEYS', '*') }], [('gig:{acme}:id:') x 2, $stream],
    'Redis has the two applications, and of the others an empty stream');

# In the table there is no order but that of the random ids.
if ($test->{record} eq 'sqlite') {
    my ($sql) = $test->sql("select sql from sqlite_master where name = 'self_identification'");
    like($sql->{sql}, qr/WITHOUT ROWID/, 'no rowid counts the rows');
    ok(!eval { $test->sql('select rowid from self_identification'); 1 }, 'and none can be asked for');
    is_deeply([map { $_->{id} } @rows], [sort keys %id], 'they lie in the order of their ids');
}


# --- an entry that comes again, one that is no entry, one that is sealed to another key

my $known_box = { @{ $entries->[0][1] } };
my $foreign = $known_box->{box};
substr($foreign, 2, 4) = 'zzzz';
$redis->cmd('XADD', $stream, '*', %$known_box);
$redis->cmd('XADD', $stream, '*', id => 'A' x 22, day => $day, box => $known_box->{box} =~ s/.\z/~/sr);
$redis->cmd('XADD', $stream, '*', id => 'B' x 22, day => 'today', box => $known_box->{box});
$redis->cmd('XADD', $stream, '*', no => 'entry');
$redis->cmd('XADD', $stream, '*', id => 'C' x 22, day => $day, box => $foreign);
wait_for { waiting() == 1 } 'all to be dealt with but what another key may open';
is(scalar($test->sql('select id from self_identification')), 10, 'none counts twice, none that is none counts');
like($test->read_file('gig-sync.log'), qr/ error self-identifications.*records=3.*dropped/, 'what was dropped is told');
like($test->read_file('gig-sync.log'), qr/ warn self-identifications.*records=1.*left in Redis/, 'what was left as well');


# --- nobody reads it elsewhere, in any file of this host, in Redis's, in logs and metrics

$test->get('/metrics');
my @found;
find({ no_chdir => 1, wanted => sub {
    return unless -f && !m{/(?:acme\.db[^/]*|box)$|/postgres};
    open my $file, '<:raw', $_ or return;
    local $/;
    my $text = <$file>;
    push @found, $_ if $text =~ /Quokka|Q\0*u\0*o\0*k\0*k\0*a/ || $text =~ /"gender"\s*:\s*"(?:woman|man|other)"/;
} }, $test->{dir});
cmp_ok(scalar(() = $test->read_file('nosy.log') =~ m{^POST /gigs/\w+/self-id HTTP/1.1 -$}mg), '>=', 16, 'not a log that asks for bodies');
is_deeply(\@found, [], 'no file but the system of record has a word of it');
unlike($test->get('/metrics')->{body}, qr/Quokka|woman/, 'nor the metrics');


# --- the export counts, and small counts are not told

my @from = ('--from', $test->record_url);
my ($status, $csv) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'self-identification', '--format', 'csv', @from);
is($status, 0, 'export') or diag($csv);
is($csv, join('', map {"$_\r\n"} 'form,field,value,count', 'about,gender,,10', 'about,groups,g1,9', 'about,groups,g3,9',
    'about,groups,,', 'about,veteran,yes,9', 'about,veteran,,', 'about,words,,10'), 'by form, field and value; of what fewer than five said no word')
    or diag($csv);
($status, my $out) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'self-identification', '--format', 'json', @from);
is_deeply([grep { $_->{field} eq 'veteran' } @{ json_of($out) }], [{ form => 'about', field => 'veteran', value => 'yes', count => 9 },
    { form => 'about', field => 'veteran', value => '', count => undef }], 'the same as JSON');
unlike($csv . $out, qr/Quokka/, 'what people wrote in their own words is not in it');

$test->done;
