#!/usr/bin/perl
# Why: an operator answers for where personal data lies, and learns it from docs/privacy.md. This
# applies with answers that are marked, in every encoding, accepted, refused, repeated and
# undeliverable, and then looks for each kind of datum in each place the page lists: it must be
# there if the page says so, and only then.  A key, table or file that is not listed fails too.

use strict;
use warnings;

use FindBin;
use IO::Socket::INET;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Upstream;
use GigTest::SelfId qw(self_id_key self_id_post);

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always', 'slowlog-log-slower-than' => 0,
    'slowlog-max-len' => 100_000, 'aof-use-rdb-preamble' => 'no');
my $json = JSON::PP->new->utf8->canonical;

my $form = { schema => 'gig-form/1', id => 'marked', rev => 1, fields => [
    (map { { name => "m_$_->[0]", label => "Your $_->[0]", type => $_->[0], class => $_->[1] } }
        [text => 'identity'], [textarea => 'merit'], [tel => 'contact'], [url => 'merit'], [hidden => 'merit']),
    { name => 'email', label => 'E-mail', type => 'email', class => 'contact', required => JSON::PP::true },
    { name => 'm_file', label => 'A file', type => 'file', class => 'merit', accept => ['txt'] },
    { name => 'agree', label => 'I agree', type => 'consent', class => 'consent', required => JSON::PP::true, version => '1' },
], anti_spam => { honeypot => 'website' }, self_id => { enabled => JSON::PP::true, form_id => 'about', stream => 'selfid' } };
my $about = { schema => 'gig-form/1', id => 'about', rev => 1, fields => [
    { name => 'words', label => 'About you', type => 'text', class => 'demographic', max_length => 40 }] };

ok($test->publish($form, $about, gig_record('one', form => { id => 'marked', rev => 1 })), 'a form of marked fields is published');
$test->start_nginx(location => 'client_body_buffer_size 1k;', board => 'ledger_keep 1h; files 1m;');
$test->wait_total(1) or BAIL_OUT('no catalog');

# Each answer has a mark of its own, so that a find says which it was.
my @marks;
my $from = '127.77.88.99';

sub marked {
    my ($who, %other) = @_;
    my $mark = sub { push @marks, my $m = sprintf 'qz%sx%03d', $_[0], scalar @marks; return $m };
    return (m_text => $mark->('text'), m_textarea => 'I would ' . $mark->('area') . ' and then ' . 'write ' x 400,
        m_tel => '+1 555 0100' . (100 + @marks), m_url => 'https://example.edu/' . $mark->('url'), m_hidden => $mark->('hidden'),
        email => "$who\@example.edu", %other);
}

sub encoded { my (%all) = @_; return join '&', map { my $v = $all{$_}; $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$_=$v" } sort keys %all }

# A file of its own name and content goes with each.
sub multipart { my (%all) = @_; return join '', "--b\r\nContent-Disposition: form-data; name=\"m_file\"; filename=\"qzname.txt\"\r\n\r\n" . 'qzcontent ' x 7000 . "\r\n", (map {"--b\r\nContent-Disposition: form-data; name=\"$_\"\r\n\r\n$all{$_}\r\n"} sort keys %all), "--b--\r\n" }

sub send_body {
    my ($type, $body, %header) = @_;
    return $test->http('POST', '/gigs/one/applications', from => $from, body => $body, headers => { 'Content-Type' => $type, %header });
}

sub by_json {
    my ($key, %answer) = @_;
    return send_body('application/json', $json->encode({ answers => { agree => JSON::PP::true, %answer } }), 'Idempotency-Key' => "\"$key\"");
}

push @marks, qw(qzfirst qzsecond qzthird qzpoison qzname qzcontent);
my %first = marked('qzfirst');
my $receipt = by_json('key-1', %first);
is($receipt->{status}, 202, 'accepted');
is(by_json('key-1', %first)->{status}, 202, 'repeated');
is(by_json('key-1', %first, m_text => 'qzother')->{status}, 422, 'other answers with the same key');
push @marks, 'qzother';
is(by_json('key-2', marked('qzfirst'))->{status}, 202, 'a second one of the same applicant');
is(by_json('key-3', marked('qzthird'), m_url => 'qznourl')->{status}, 422, 'refused');
push @marks, 'qznourl';
my $key = sub { $test->form_key('one') };
my %html = (Accept => 'text/html');
is(send_body('application/x-www-form-urlencoded', encoded(marked('qzsecond'), agree => 'on', _key => $key->()), %html)->{status}, 303, 'by the form');
is(send_body('application/x-www-form-urlencoded', encoded(marked('qzno'), email => 'qznomail', _key => $key->()), %html)->{status}, 422, 'the form with an error');
push @marks, 'qznomail';
is(send_body('multipart/form-data; boundary=b', multipart(marked('qzthird'), agree => 'on', _key => $key->()), %html)->{status}, 303, 'by a multipart form');
is(send_body('application/json', '{"answers":{"m_text":"qzbroken', 'Idempotency-Key' => '"k"')->{status}, 400, 'a body that is none');
push @marks, 'qzbroken';
my $half = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $test->{port}, LocalAddr => $from);
print $half "POST /gigs/one/applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"answers\":{\"m_text\":\"qzhalf";
close $half;
ok(wait_for { $test->read_file('error.log') =~ /prematurely closed/ } 'one that goes away in the middle is logged');
push @marks, 'qzhalf';
my $token = json_of($receipt)->{token};
is($test->get("/gigs/receipts/$token?format=json", from => $from)->{status}, 200, 'the receipt is read');

# Ten who say who they are: fewer do not leave the host.
my @self = map { sprintf 'qzself%02d', $_ } 1 .. 10;
for my $mark (@self) {
    my $answer = self_id_post($test, 'one', [_key => self_id_key($test, 'one', from => $from), words => $mark], from => $from);
    is($answer->{status}, 303, 'a self-identification');
}
my $selfid = 'gig:{acme}:selfid';
ok(wait_for { $redis->cmd('XLEN', $selfid) == 10 } 'they are queued');

# --- what was stored, as Redis has it

my $stream = 'gig:{acme}:applications';
my @entries = map { my ($id, $f) = @$_; { entry => $id, @$f } } @{ $redis->cmd('XRANGE', $stream, '-', '+') };
is(scalar @entries, 4, 'four applications are queued');

# One that nobody can open, and one that is no record.
my %poison = %{ $entries[0] };
delete $poison{entry};
$poison{id} = substr($poison{id}, 0, 20) . 'qz';
substr($poison{box}, 60, 20) = 'x' x 20;
$redis->cmd('XADD', $stream, '*', %poison);

my %kind = (
    answers     => [@marks, map { my $h = unpack 'H*', $_; ($h, uc $h) } @marks],
    box         => [map { substr $_->{box}, 0, 40 } @entries],
    id          => [$poison{id}, map { $_->{id} } @entries],
    applicant   => [map { $_->{who} } @entries],
    fingerprint => [map { $_->{print} } @entries],
    address     => [$from],
    'self-id answers' => \@self,
    'self-id box'     => [map { my %f = @{ $_->[1] }; substr $f{box}, 0, 40 } @{ $redis->cmd('XRANGE', $selfid, '-', '+') }],
);
$_ && length $_ >= 20 or BAIL_OUT('what is looked for must be long') for map {@$_} @kind{qw(id applicant fingerprint)};

# The kinds that a text holds: as it is, or as base64url, hex or a JSON text would show it.
sub raw { my ($text) = @_; $text =~ tr{-_}{+/}; return MIME::Base64::decode_base64($text . '=' x (-length($text) % 4)) }
require MIME::Base64;
$kind{$_} = [@{ $kind{$_} }, map { raw($_) } @{ $kind{$_} }] for qw(id applicant fingerprint);
$kind{$_} = [map { ($_, MIME::Base64::encode_base64url($_), unpack('H*', $_), uc unpack('H*', $_),
    join '', map { /[ -~]/ && !/["\\]/ ? $_ : sprintf('\\x%02x', ord) } split //, substr $_, 0, 20) } @{ $kind{$_} }] for 'box', 'self-id box';

sub holds {
    my ($text) = @_;
    my %found;
    for my $kind (keys %kind) {
        for my $value (@{ $kind{$kind} }) { if (index($text, $value) >= 0) { $found{$kind} = 1; last } }
    }
    return \%found;
}

# --- places: name => bytes.  Looked at before and after the delivery.

sub slurp { my ($path) = @_; return $test->read_file($path) }
sub files { return join "\0", map { slurp($_) } grep {-f} map { glob $_ } @_ }

sub flat { my ($value) = @_; return ref $value ? join("\0", map { flat($_) } @$value) : $value // '' }

my %redis_name;
sub redis_places {
    my %place;
    for my $key (@{ $redis->cmd('KEYS', '*') }) {
        my ($name) = $key =~ /^gig:\{acme\}:(.+)$/ or do { fail("a key of another board: $key"); next };
        $name = $name =~ /^id:/ ? 'id:ID' : $name =~ /^who:/ ? 'who:GIG:WHO' : $name;
        my $type = $redis->cmd('TYPE', $key);
        my $value = $type eq 'hash' ? $redis->cmd('HGETALL', $key) : $type eq 'stream' ? $redis->cmd('XRANGE', $key, '-', '+')
            : $redis->cmd('GET', $key);
        $place{$name} = join "\0", $place{$name} // '', $key, flat($value);
    }
    return %place;
}

# Rows as text, so that a box shows as hex.
sub tables {
    my %place;
    if ($test->{record} eq 'sqlite') {
        for my $name (map { $_->{name} } $test->sql("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")) {
            my (undef, $dump) = $test->run('sqlite3', '-cmd', '.timeout 5000', '-cmd', '.mode quote', "$test->{dir}/acme.db", "select * from $name");
            $place{"table $name"} = $dump;
        }
        return %place;
    }
    for my $name (map { $_->{name} } $test->sql("select table_name as name from information_schema.tables where table_schema = 'gig'")) {
        $place{"table $name"} = join "\0", map { $_->{row} } $test->sql("select t::text as row from gig.$name t");
    }
    return %place;
}

my %seen;
sub look {
    my %text = (
        'access.log'    => slurp('access.log'),
        'error.log'     => slurp('error.log'),
        'temp files'    => files("$test->{dir}/temp/*", "$test->{dir}/temp/*/*", "$test->{dir}/temp/*/*/*"),
        'ledger'        => files("$test->{dir}/state/acme/*ledger*"),
        'catalog files' => files(grep { !/ledger/ } glob "$test->{dir}/state/acme/*"),
        'metrics'       => $test->get('/metrics')->{body},
        'health'        => $test->get('/gig-health')->{body},
        'log of gig-sync' => slurp('gig-sync.log'),
        'slow log'      => flat($redis->cmd('SLOWLOG', 'GET', -1)),
        'files of Redis' => files("$test->{dir}/redis/*", "$test->{dir}/redis/*/*"),
        redis_places(), tables(),
    );
    $redis->cmd('SLOWLOG', 'RESET');
    for my $place (keys %text) { $seen{$place} //= {}; $seen{$place}{$_} = 1 for keys %{ holds($text{$place}) } }
    return;
}

ok(wait_for { $redis->cmd('EXISTS', 'gig:{acme}:visits') } 'visits are counted');
look();
$test->start_sync;
ok(wait_for { $redis->cmd('XLEN', $stream) == 0 } 'all is delivered, or dead', 20);
ok(wait_for { $redis->cmd('XLEN', $selfid) == 0 } 'self-identifications as well', 20);
$test->sql("insert into stages (id, stage) values ('$entries[0]{id}', 'in_review')");
ok(wait_for { $redis->cmd('HLEN', 'gig:{acme}:stages') } 'a stage comes back');
is($test->http('POST', "/gigs/receipts/" . json_of(by_json('key-9', marked('qzfirst')))->{token} . '/withdraw', from => $from)->{status} =~ /^(200|303)$/ ? 1 : 0, 1, 'one is withdrawn');
ok(wait_for { ($test->sql('select count(*) as n from tombstones'))[0]{n} == 1 } 'and erased');
my $conflict = $redis->cmd('XADD', $stream, '*', %{ { %{ $entries[1] }, entry => '', print => 'F' . substr $entries[1]{print}, 1 } });
ok(wait_for { $redis->cmd('XLEN', $stream) == 0 } 'a conflict too', 20);
push @{ $kind{id} }, map { $_->{id} } $test->sql('select id from tombstones union select id from conflicts');
push @{ $kind{fingerprint} }, 'F' . substr $entries[1]{print}, 1;
look();

my ($status, $export) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'applications', '--format', 'json', '--blind',
    '--from', $test->record_url);
is($status, 0, 'a blind export');
$seen{'blind export'} = holds($export);
unlike($export, qr/qztext|qzfirst|qzsecond|qzthird/, 'has merit alone');

# --- the same with an HTTP upstream as the sink: what it is given, and what the file `state` keeps

$test->stop_sync;
my $up = GigTest::Upstream->new($test);
$test->sync_conf($up->settings);
$test->start_sync;
my @upstream = map { json_of(by_json("key-up-$_", marked("qzup$_", email => "qzup$_\@example.edu")))->{token} } 1 .. 3;
push @{ $kind{answers} }, @marks, map {"qzup$_"} 1 .. 3;
for my $mark (my @more = map { sprintf 'qzself%02d', $_ } 11 .. 20) {
    self_id_post($test, 'one', [_key => self_id_key($test, 'one', from => $from), words => $mark], from => $from);
    push @{ $kind{'self-id answers'} }, $mark;
}
ok(wait_for { 3 == grep { $_->{state} eq 'delivered' } $up->sql('select state from delivery') } 'three are posted');
ok(wait_for { 10 == $up->sql('select 1 from self_identification') } 'ten self-identifications are kept', 20);
$poison{id} = substr($poison{id}, 0, 20) . 'up';
$poison{print} = 'P' . substr $poison{print}, 1;
$redis->cmd('XADD', $stream, '*', %poison);
$test->http('POST', "/gigs/receipts/$upstream[2]/withdraw", from => $from);
ok(wait_for { $redis->cmd('XLEN', $stream) == 0 } 'one is parked, one withdrawn', 20);
is(scalar keys %{ $up->stored }, 2, 'and erased there');
my @rows = $up->sql("select id, fingerprint, applicant from delivery where fingerprint <> ''");
push @{ $kind{id} }, map { $_->{id} } @rows;
push @{ $kind{fingerprint} }, map { $_->{fingerprint} } @rows;
push @{ $kind{applicant} }, grep {length} map { $_->{applicant} } @rows;
$seen{upstream} = holds(files("$up->{dir}/log", "$up->{dir}/store/*"));
$seen{state} = holds(files(glob "$test->{dir}/upstream.db*"));
look();

# --- the page, row by row

my %page;
for my $line (split /\n/, slurp("$GigTest::ROOT/docs/privacy.md")) {
    my ($where, $holds) = $line =~ /^\| (`[^|]+) \| ([^|]+) \|/ or next;
    $page{$_} = $holds for $where =~ /`([^`]+)`/g;
}
cmp_ok(scalar keys %page, '>', 30, 'the page is read');
# What needs not be there in each run is listed as well.
my %may = map { $_ => 1 } ('replay', 'rebuild', 'drain', 'attempts', 'table seats', 'table version');

for my $place (sort keys %page) {
    next if $may{$place} && !$seen{$place};
    my $found = join ', ', sort keys %{ $seen{$place} // { 'no such place' => 1 } };
    my $said  = join ', ', sort grep { $_ ne 'nothing' } split /, /, $page{$place};
    is($found, $said, "$place holds: " . ($said || 'nothing'));
}
is_deeply([grep { !exists $page{$_} } sort keys %seen], [], 'no place holds something that is not on the page');

# --- how long

my ($ttl) = sort { $b <=> $a } map { $redis->cmd('TTL', $_) } grep {/:(id|who):/} @{ $redis->cmd('KEYS', '*') };
cmp_ok($ttl, '<=', 30 * 86400, 'ids are forgotten after 30 days');
cmp_ok($ttl, '>', 0, 'each of them');
my $mode = sub { sprintf '%04o', (stat $_[0])[2] & 07777 };
is($mode->("$test->{dir}/state/acme"), '0700', 'the state folder is for nginx alone');
is_deeply([grep { $mode->($_) ne '0600' } glob "$test->{dir}/state/acme/*ledger*"], [], 'and so is each ledger');

# --- the page's own command deletes what is older than the gig's retention_days

my ($command) = map { s/^    //r } grep { $test->{record} eq 'sqlite' ? /^    sqlite3 / : /^    psql / } split /\n/, slurp("$GigTest::ROOT/docs/privacy.md");
my $long_ago = $test->{record} eq 'sqlite' ? "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-20 days')" : "now() - interval '20 days'";
$test->sql("update applications set received_at = $long_ago where id = '$entries[0]{id}'");
my $run = $command =~ s{/var/lib/gig/acme.db}{$test->{dir}/acme.db}r =~ s{"\$DATABASE"}{'@{[$test->record_url]}'}r;
is(($test->run('sh', '-c', $run))[0], 0, 'the command to delete runs');
my $rows = sub { ($test->sql('select count(*) as n from applications'))[0]{n} };
my $before = $rows->();
$test->edit_gig('one', privacy => { retention_days => 10 });
is(($test->run('sh', '-c', $run))[0], 0, 'and again, once the gig promises ten days');
is($before - $rows->(), 1, 'it deletes the one that is older');
is(($test->sql("select count(*) as n from stages where id = '$entries[0]{id}'"))[0]{n}, 0, 'with its stages');

$test->done;
