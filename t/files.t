#!/usr/bin/perl
# Why: a file is the largest thing a stranger may send, and the most private.  It must be what it
# says by its bytes, of bounded size whoever sends it however, readable to nobody until gig-sync opens it,
# delivered once with its application and gone with it; and Redis, which holds it on the way,
# must never be brought into danger by it.

use strict;
use warnings;

use File::Find;
use FindBin;
use lib "$FindBin::Bin/lib";
use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Http;
use IO::Select;

my $test = GigTest->new(workers => 2);
my ($true, $false) = (JSON::PP::true, JSON::PP::false);
my $json = JSON::PP->new->utf8->canonical;
my $sync = "$GigTest::BUILD/gig-sync";
my $key  = 'gig:{acme}';

my @basic = ({ name => 'email', label => 'E-mail', type => 'email', required => $true, class => 'contact' });
my $resume = { name => 'resume', label => 'Resume', type => 'file', class => 'merit', accept => [qw(pdf docx txt)], max_bytes => 400_000 };
my $sample = { name => 'sample', label => 'Work sample', type => 'file', class => 'merit', accept => [qw(pdf png jpeg doc rtf txt)], max_bytes => 3_000_000 };
my $school = { name => 'school', label => 'Transcript', type => 'file', class => 'pedigree' };

sub form { my ($id, $limits, @fields) = @_; return { schema => 'gig-form/1', id => $id, rev => 1, limits => $limits, fields => [@basic, @fields] } }

$test->start_redis(appendonly => 'yes', 'appendfsync' => 'everysec');
$test->sync_conf;
$test->import_gigs(
    form('two', { max_files => 2 }, $resume, $sample, { %$resume, name => 'third', label => 'Third' }),
    form('must', {}, { %$resume, required => $true }),
    form('small', { max_files => 1, max_body_bytes => 500_000 }, $resume, { %$sample, max_bytes => 450_000 }),
    form('school', {}, $resume, $school),
    gig_record('two', form => { id => 'two', rev => 1 }), gig_record('must', form => { id => 'must', rev => 1 }),
    gig_record('small', form => { id => 'small', rev => 1 }), gig_record('blind', form => { id => 'school', rev => 1 }),
    gig_record('seen', form => { id => 'school', rev => 1 }, privacy => { blind => $false }), gig_record('plain'));
my ($status, $output) = $test->sync('once');
is($status, 0, 'published') or diag($output);
my $h2 = GigTest::port();
my %nginx = (server => "listen 127.0.0.1:$h2 http2;", location => 'client_max_body_size 8m; client_body_buffer_size 8k; client_body_in_file_only on; client_body_timeout 3s;',
    board => 'files 4m; files_waiting 24m; redis_timeout 3s;');
$test->start_nginx(%nginx);
$test->wait_total(6, 20) or BAIL_OUT('no catalog');

# --- the files, plainly made up, each with a marker to look for

my $mark = 'MARKER-of-Avery-Example-' . time;

sub pdf { my ($size) = @_; my $pdf = "%PDF-1.7\n% $mark\n"; return $pdf . substr("7\r\n--" x (1 + ($size // 900) / 5), 0, ($size // 900) - length($pdf) - 8) . "\n%%EOF\n" . "\n" }

sub zip {
    my (@names) = @_;
    my ($body, $directory) = ('', '');
    for my $name (@names) {
        my $head = pack 'v5Vvvvv', 20, 0, 0, 0, 0, 0, 0, 0, 0, 0;
        $directory .= "PK\1\2" . pack('v', 20) . pack('vvvvvVVVvvvvvVV', 20, 0, 0, 0, 0, 0, length $mark, length $mark, length $name, 0, 0, 0, 0, 0, length $body) . $name;
        $body .= "PK\3\4" . pack('vvvvvVVVvv', 20, 0, 0, 0, 0, 0, length $mark, length $mark, length $name, 0) . $name . $mark;
    }
    return $body . $directory . "PK\5\6" . pack('vvvvVVv', 0, 0, scalar @names, scalar @names, length $directory, length $body, 0);
}

my %file = (
    pdf  => pdf(), txt => "I am $mark.\r\nYours \xc3\xa9\n", rtf => "{\\rtf1\\ansi $mark}\r\n",
    docx => zip('[Content_Types].xml', '_rels/.rels', 'word/document.xml'),
    png  => "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" . "\0" x 17 . $mark . "\0\0\0\0IEND\xae\x42\x60\x82",
    jpeg => "\xff\xd8\xff\xe0\0\x10JFIF$mark" . "\0" x 60 . "\xff\xd9",
    doc  => "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" . "\0" x 504 . "R\0o\0o\0t\0" . "\0" x 120
        . join('', map {"$_\0"} split //, 'WordDocument') . "\0" x 40 . pack('v', 26) . "\0" x 62 . $mark,
);

my $boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW';
my $n = 0;
my %pending;

sub token { my ($gig) = @_; return $test->form_key($gig) }

sub multipart {
    my ($answers, @files) = @_;
    return join '', (map {"--$boundary\r\nContent-Disposition: form-data; name=\"$_\"\r\n\r\n$answers->{$_}\r\n"} sort keys %$answers),
        (map {"--$boundary\r\nContent-Disposition: form-data; name=\"$_->[0]\"; filename=\"$_->[1]\"\r\nContent-Type: text/html\r\n\r\n$_->[2]\r\n"} @files),
        "--$boundary--\r\n";
}

sub mail { return sprintf 'avery-%d@example.edu', ++$n }

# apply(gig, [field, name, bytes]..., {options}): multipart, as a browser does.
sub apply {
    my ($gig, @files) = @_;
    my $option = ref $files[-1] eq 'HASH' ? pop @files : {};
    my $email  = $option->{email} // mail();
    my $body   = $option->{body} // multipart({ email => $email, _key => $option->{key} // token($gig) }, @files);
    my $answer = $test->http('POST', "/gigs/$gig/applications", body => $body, from => $option->{from},
        headers => { 'Content-Type' => "multipart/form-data; boundary=$boundary", Accept => $option->{accept} // 'application/json' });
    # A Redis without room judges nobody: then the ledger alone has it.  A token begins as its id does.
    $pending{$1}++ if (json_of($answer)->{confirmation} // '') eq 'pending' && $answer->{headers}{location} =~ m{/([\w-]{21})[\w-]{22}$};
    return $answer;
}

sub api {
    my ($gig, $email, $files, %more) = @_;
    my $body = $more{body} // $json->encode({ answers => { email => $email },
        files => { map { $_->[0] => { name => $_->[1], content => encode_base64($_->[2], '') } } @$files } });
    return $test->http('POST', "/gigs/$gig/applications", body => $body,
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => sprintf '"k%d"', ++$n });
}

sub refused {
    my ($what, $answer, %said) = @_;
    is($answer->{status}, 422, $what) or diag($answer->{body});
    my %told = map { ($_->{pointer} =~ m{^/files/(\w+)$})[0] // $_->{pointer} => $_->{detail} } @{ json_of($answer)->{errors} // [] };
    is_deeply([sort keys %told], [sort keys %said], "$what: told of these") or diag(explain(\%told));
    like($told{$_}, $said{$_}, "$what: what would be right ($_)") for sort keys %said;
    return;
}

sub queued { return $test->{redis}->cmd('XLEN', "$key:applications") // 0 }
sub waiting { return $test->{redis}->cmd('HGET', "$key:files", 'bytes') // 0 }

# --- every type, by its bytes: names and media types are lies here

for my $type (qw(pdf docx txt)) {
    my $answer = apply('two', ['resume', 'x.exe', $file{$type}]);
    is($answer->{status}, 202, "a $type") or diag($answer->{body});
}
for my $type (qw(png jpeg doc rtf)) {
    my $answer = apply('two', ['sample', "a/b\\..\\My $type.$type", $file{$type}]);
    is($answer->{status}, 202, "a $type") or diag($answer->{body});
}
is(queued(), 7, 'they are in the queue');

for my $case (
    ['a picture where none is wanted', $file{png}], ['an HTML page with a control', "<html>\0"], ['a program', "\x7fELF" . "\0" x 99],
    ['UTF-16', "\xff\xfeh\0i\0"], ['no UTF-8', "caf\xe9"], ['a PDF without end', "%PDF-1.4\nhalf"],
    ['a PDF and a ZIP', $file{pdf} . $file{docx}], ['a ZIP and a PDF', zip('[Content_Types].xml', 'word/%PDF-1.4')],
    ['a ZIP that is no document', zip('a.txt')], ['one with macros', zip('[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin')],
    ['a text that a PDF reader opens', "Hello\n%PDF-1.4\n%%EOF\n"], ['a cut document', substr $file{docx}, 0, -9],
    ['a document behind a text', 'text' . $file{docx}])
{
    refused($case->[0], apply('two', ['resume', 'resume.pdf', $case->[1]]), resume => qr/^This file cannot be read as PDF, Word \(\.docx\) or plain text \(\.txt\)\. Please choose one/);
}

# --- all at once, with the other fields

refused('everything', apply('two', ['resume', 'a.pdf', ''], ['sample', 'b.pdf', pdf(3_000_100)], ['third', 'c.pdf', "\0"], { email => 'nobody' }),
    resume => qr/is empty/, sample => qr/too large.*at most 2\.8 MB/, third => qr/cannot be read as/, '/answers/email' => qr/e-mail/);
refused('too many', apply('two', (map { [$_, "$_.pdf", $file{pdf}] } qw(resume sample third))), third => qr/At most 2 files/);
refused('two of one field', apply('two', (map { ['resume', "$_.pdf", $file{pdf}] } 1 .. 2)), resume => qr/only one file/);
refused('a file for a text', apply('two', ['email', 'a.pdf', $file{pdf}], { body => multipart({ _key => token('two') }, ['email', 'a.pdf', $file{pdf}]) }), email => qr/write a text here/);
refused('a file for no field', apply('two', ['cv', 'a.pdf', $file{pdf}]), '/files' => qr/no field for a file/);
refused('none where one must be', apply('must'), resume => qr/^Please choose a file\.$/);
refused('an empty input is none', apply('must', ['resume', '', '']), resume => qr/^Please choose a file\.$/);
is(apply('two', ['resume', '', ''])->{status}, 202, 'and where none must be it is nothing');
refused('the name where the file should be', apply('two', { body => multipart({ _key => token('two'), email => mail(), resume => 'cv.pdf' }) }), '/answers/resume' => qr/multipart\/form-data/);
refused('blind: a transcript is not asked for', apply('blind', ['school', 't.pdf', $file{pdf}]), '/files' => qr/no field for a file/);
is(apply('seen', ['school', 't.pdf', $file{pdf}])->{status}, 202, 'where it is asked for it is taken');
unlike($test->get('/gigs/blind/apply')->{body}, qr/Transcript/, 'blind: not on the page');

my $large = apply('small', ['resume', 'a.pdf', pdf(399_000)], ['sample', 'b.pdf', pdf(399_000)]);
is($large->{status}, 413, "a form's own limit of a body") or diag($large->{body});
like($large->{body}, qr/at most 488 KB/, 'is told');
is(apply('plain', { body => multipart({ _key => token('plain') }, ['x', 'x', 'x' x 300_000]) })->{status}, 413, 'a form without files has the limit of texts');
like($test->get('/gigs/two?format=json')->{status}, qr/200/, 'and the connection is one');

# --- JSON: one content, one fingerprint

my $mail = mail();
my $one  = json_of(apply('two', ['resume', 'cv.pdf', $file{pdf}], { email => $mail }));
my $two  = json_of(api('two', $mail, [['resume', 'other name.pdf', $file{pdf}]]));
is($two->{schema}, 'gig-receipt/1', 'a file in JSON') or diag(explain($two));
is($two->{content}, $one->{content}, 'multipart and JSON: one fingerprint, whatever it is called');
is(api('two', mail(), [['resume', '../My own cv.exe', "$file{txt}json"]])->{status}, 202, 'of a file in JSON the name is kept');
isnt(json_of(api('two', $mail, [['resume', 'cv.pdf', "$file{pdf}\n"]]))->{content}, $one->{content}, 'another file: another');
isnt(json_of(api('two', $mail, [['sample', 'cv.pdf', $file{pdf}]]))->{content}, $one->{content}, 'in another field: another');

for my $body ('{"answers":{},"files":[]}', '{"answers":{},"files":"x"}', '{"answers":{},"files":{"resume":"x"}}', '{"answers":{},"files":{"resume":{}}}',
    '{"answers":{},"files":{"resume":{"content":1}}}', '{"answers":{},"files":{"resume":{"content":"QQ"}}}', '{"answers":{},"files":{"resume":{"content":"Q Q="}}}',
    '{"answers":{},"files":{"resume":{"content":"QR=="}}}', '{"answers":{},"files":{"resume":{"content":"QQ==","content":"QQ=="}}}', '{"answers":{},"files":{},"files":{}}')
{
    my $answer = api('two', '', [], body => $body);
    is($answer->{status}, 400, "not read: $body");
    like($answer->{body}, qr/files|content of a file/, 'and why');
}

# --- the same bytes, however they come

my $body = multipart({ email => mail(), _key => token('two') }, ['resume', 'cv.txt', $file{txt}], ['sample', 's.pdf', pdf(2000)]);
my $head = "POST /gigs/two/applications HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: multipart/form-data; boundary=$boundary\r\n";

sub raw {
    my ($what, $expected, @pieces) = @_;
    my $connection = GigTest::Http->new($test->{port});
    setsockopt $connection->{socket}, IPPROTO_TCP, TCP_NODELAY, 1;
    for my $piece (@pieces) { $connection->raw($piece); sleep 0.0003 if @pieces > 3 }
    my $answer = $connection->answer('POST');
    is($answer->{status}, $expected, $what) or diag($answer->{body});
    $connection->send('GET', '/gigs/two?format=json');
    is(json_of($connection->answer('GET'))->{id}, 'two', "$what: and the request behind it");
    return $answer;
}

sub chunks { return join '', (map { sprintf "%x\r\n%s\r\n", length, $_ } @_), "0\r\n\r\n" }

my $length = 'Content-Length: ' . length($body) . "\r\n\r\n";
raw('in one piece', 202, $head . $length . $body);
raw('byte by byte', 202, $head . $length, split //, $body);
raw("in chunks of $_", 202, $head . "Transfer-Encoding: chunked\r\n\r\n" . chunks(unpack "(a$_)*", $body)) for 1, 7, 1000;
is(raw('once more', 202, $head . $length . $body)->{headers}{'idempotency-replayed'}, 'true', 'all of them are one');

# --- a large one, seen while it is half there: nothing of it in a file

my $big = multipart({ email => mail(), _key => token('two') }, ['sample', 'b.pdf', pdf(2_900_000)]);
my $half = GigTest::Http->new($test->{port});
$half->raw($head . 'Content-Length: ' . length($big) . "\r\n\r\n" . substr $big, 0, 2_000_000);
is($test->get('/gigs/two?format=json')->{status}, 200, 'others are answered meanwhile') for 1 .. 5;
is_deeply([grep { (readlink($_) // '') =~ m{/temp/} } map { glob "/proc/$_/fd/*" } $test->workers], [], 'no temporary file is open while a body is read');
my @temp; find(sub { push @temp, $_ if -f }, "$test->{dir}/temp");
is_deeply(\@temp, [], 'and none has a name');
$half->raw(substr $big, 2_000_000);
my $accepted = $half->answer('POST');
is($accepted->{status}, 202, 'it is taken') or diag($accepted->{body});
cmp_ok(waiting(), '>', 2_900_000, 'Redis knows how much waits');

# --- by HTTP/2, where there is a curl that speaks it

SKIP: {
    skip 'no curl with HTTP/2', 2 if (`curl --version 2>/dev/null` // '') !~ /HTTP2/;
    my $sent = $test->write_file('h2.body', multipart({ email => mail(), _key => token('two') }, ['sample', 'h2.pdf', pdf(2_500_000)]));
    for my $expected ('202', '202') {
        my (undef, $told) = $test->run('curl', '-s', '-o', '/dev/null', '-w', '%{http_version} %{http_code}', '--http2-prior-knowledge', '-H', 'Accept: application/json',
            '-H', "Content-Type: multipart/form-data; boundary=$boundary", '--data-binary', "\@$sent", "http://127.0.0.1:$h2/gigs/two/applications");
        is($told, "2 $expected", 'a large file by HTTP/2, and again');
    }
    unlink $sent;
}

# --- no worker holds more of files than so much, whoever sends them however slowly

my (@slow, @early);
for my $i (1 .. 30) {
    my $connection = GigTest::Http->new($test->{port});
    $connection->raw($head . 'Content-Length: ' . length($big) . "\r\n\r\n" . substr $big, 0, 2_800_000);
    push @slow, $connection;
    last if @early = IO::Select->new(map { $_->{socket} } @slow)->can_read(0);
}
@early = IO::Select->new(map { $_->{socket} } @slow)->can_read(10) if !@early;
ok(scalar @early, 'so many half files and no more: one is answered early (' . @slow . ')');
my ($refused) = grep { $_->{socket} == ($early[0] // 0) } @slow;
my $crowded = $refused ? $refused->answer('POST') : {};
is($crowded->{status}, 503, 'that it must wait') or diag($crowded->{body});
like($crowded->{body}, qr/files-busy/, 'by the word for it');
is(apply('two')->{status}, 202, 'an application without files does not wait');
{
    my $text = multipart({ email => mail(), _key => token('two') });
    my $apart = GigTest::Http->new($test->{port});
    $apart->raw($head . 'Content-Length: ' . length($text) . "\r\n\r\n");
    $test->get('/gigs/two?format=json');
    $apart->raw($text);
    is($apart->answer('POST')->{status}, 202, 'nor one whose body comes after its header');
}
my $held = 0;
$held += (do { local (@ARGV, $/) = "/proc/$_/status"; <> } =~ /VmRSS:\s+(\d+)/)[0] for $test->workers;
cmp_ok($held, '<', 2 * 32 * 1024 + 2 * 60_000, "and the workers' memory is bounded ($held KB)") if !$GigTest::SANITIZED;
close $_->{socket} for @slow;
ok(wait_for { apply('two', ['sample', 'b.pdf', pdf(300_000)])->{status} == 202 } 'when they are gone there is room', 10);

# --- nor is an upload for ever: client_body_timeout starts again with each byte

if ($ENV{GIG_LONG}) {
    my $trickle = GigTest::Http->new($test->{port});
    my ($begun, $sent) = (time, 1000);
    $trickle->raw($head . 'Content-Length: ' . length($big) . "\r\n\r\n" . substr $big, 0, $sent);
    my $select = IO::Select->new($trickle->{socket});
    until ($select->can_read(1) || time > $begun + 90) { $trickle->raw(substr $big, $sent++, 1) }
    my $took = time - $begun;
    ok(!sysread($trickle->{socket}, my $answer, 1), 'who sends a byte a second is cut off');
    ok($took >= 55 && $took < 70, "after a minute ($took s)");
}

# --- clients that go away, at many places

my $before = queued();
for my $at (map { int(length($body) * $_ / 40) } 0 .. 39) {
    my $connection = GigTest::Http->new($test->{port});
    $connection->raw($head . $length . substr($body =~ s/avery-\d+/gone-$at/r, 0, $at));
    close $connection->{socket};
}
is($test->get('/gigs/two?format=json')->{status}, 200, 'clients that went away did no harm');
is(queued(), $before, 'and left nothing');

# --- Redis is a guest's house: less room, fewer files

my $used = ($test->{redis}->cmd('INFO', 'memory') =~ /used_memory:(\d+)/)[0];
$test->{redis}->cmd('CONFIG', 'SET', 'maxmemory', int($used * 1.3 + 2_000_000));
$test->{redis}->cmd('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
my $busy;
# Redis gives back what it held of a command for a moment only: refused it is when it stays so.
ok(wait_for { 3 == grep { $busy = apply('two', ['sample', 'b.pdf', pdf(2_000_000)]); $busy->{status} == 503 } 1 .. 3 } 'files to be refused before Redis is full', 20);
ok(wait_for { apply('two', ['sample', 'b.pdf', pdf(2_000_000)])->{status} == 503 && $test->read_file('error.log') =~ /files are refused: \d+ bytes of \d+ of the part of Redis's maxmemory/ } 'the log to say why', 10);
is($busy->{headers}{'retry-after'}, 10, 'with the time to try again');
like($busy->{body}, qr/Files cannot be taken at the moment/, 'and the reason');
is(apply('two')->{status}, 202, 'an application without files goes');
is(apply('two', ['resume', 'cv.pdf', $file{pdf}], { from => '127.0.0.9' })->{status}, 202, 'and one with a small file');
my $page;
ok(wait_for { ($page = apply('two', ['sample', 'b.pdf', pdf(2_000_000)], { accept => 'text/html' }))->{status} == 503 } 'a person gets the form again');
like($page->{body}, qr/Files cannot be taken.*choose your file again/s, 'with the reason');
like($test->{redis}->cmd('INFO', 'stats'), qr/evicted_keys:0\r/, 'Redis evicted nothing');
$test->{redis}->cmd('CONFIG', 'SET', 'maxmemory', 0);
ok(wait_for { apply('two', ['sample', 'b.pdf', pdf(2_000_000)])->{status} == 202 } 'files to be taken again', 10);
my $count = 0;
ok(wait_for { ++$count < 40 and apply('two', ['sample', 'b.pdf', pdf(2_900_000)])->{status} == 503 } 'what waits to be bounded by files_waiting', 20);
cmp_ok(waiting(), '<=', 24 * 1024 * 1024, 'and it is');
ok(wait_for { apply('two', ['sample', 'b.pdf', pdf(2_900_000)])->{status} == 503 && $test->read_file('error.log') =~ /refused: \d+ bytes of \d+ of files_waiting are not delivered/ } 'the log to say why', 10);

# --- nothing is readable anywhere

sub found {
    my ($what) = @_;
    $test->{redis}->cmd('BGREWRITEAOF') if $what eq 'rewrite';
    my @found;
    find({ no_chdir => 1, wanted => sub { push @found, $_ if -f && m{/(?:state|redis|temp)/|\.log$} && $test->read_file($_) =~ /\Q$mark\E|avery-\d|My png/ } }, $test->{dir});
    return \@found;
}
is_deeply(found(''), [], 'no log, temporary file, ledger or file of Redis has anything of it');
is_deeply([grep { /\Q$mark\E/ } map { ref $_ ? @$_ : $_ } @{ $test->{redis}->cmd('SLOWLOG', 'GET', 100) }], [], 'nor has the slow log');

# --- delivered

my @entries = @{ $test->{redis}->cmd('XRANGE', "$key:applications", '-', '+') };
my %queued = map { my %entry = @{ $_->[1] }; (substr($entry{id}, 0, 21) => 1) } @entries;
is(scalar keys %queued, scalar @entries, 'each is in the queue once');
my @total = sort keys %{ { %queued, %pending } };
note(scalar(@total) . ' applications, ' . @entries . ' of them in the queue');
$test->start_sync;
my $delivered = sub { return [sort map { substr $_->{id}, 0, 21 } $test->sql('select id from applications')] };
ok(wait_for { queued() == 0 && waiting() == 0 && @{ $delivered->() } >= @total } 'all to be delivered, and nothing to wait any more', 30);
is_deeply($delivered->(), \@total, 'each once');
my @rows = $test->sql('select f.field, f.name, f.media_type, f.size, f.sha256, f.id from files f order by f.size');
ok(@rows > 10, 'the system of record has the files');
my %by = map { ("$_->{media_type} $_->{sha256}" => $_) } @rows;
my %media = (pdf => 'application/pdf', txt => 'text/plain', rtf => 'application/rtf', png => 'image/png', jpeg => 'image/jpeg', doc => 'application/msword',
    docx => 'application/vnd.openxmlformats-officedocument.wordprocessingml.document');
ok($by{"$media{$_} " . sha256_hex($file{$_})}, "the $_ as it was, and what it is") for sort keys %file;
is($by{"$media{png} " . sha256_hex($file{png})}{name}, 'My png.png', 'of a path the last part');
like($by{"$media{txt} " . sha256_hex("$file{txt}json")}{name}, qr/^My own cv.*\.txt$/, 'of one in JSON as well');
is($by{"$media{docx} " . sha256_hex($file{docx})}{name}, 'x.exe.docx', 'with the extension of what it is');
my ($stored) = grep { $_->{json} =~ /image\/png/ } $test->sql('select cast(json as text) as json from applications');
is_deeply($json->decode($stored->{json})->{files}, [{ field => 'sample', name => 'My png.png', media_type => 'image/png', size => length $file{png}, sha256 => sha256_hex($file{png}) }],
    'the application names its files');

my $folder = "$test->{dir}/out";
($status, $output) = $test->run($sync, 'export', '--what', 'applications', '--format', 'json', '--files', $folder, '--from', $test->record_url);
is($status, 0, 'export with files') or diag($output);
my @written = glob "$folder/*";
is(scalar @written, scalar @rows, 'one each');
is_deeply([sort map { sha256_hex($test->read_file($_)) } @written], [sort map { $_->{sha256} } @rows], 'byte for byte');
is_deeply([grep { !m{/(?:resume|sample|school|third)\.[\w-]{22}\.(?:pdf|doc|docx|txt|rtf|png|jpeg)$} } @written], [], 'by names of ours alone');
is((stat $written[0])[2] & 0777, 0600, 'for their owner alone');
($status, $output) = $test->run($sync, 'export', '--what', 'applications', '--format', 'csv', '--from', $test->record_url);
like($output, qr/^id,gig,.*,files\r$/m, 'a CSV has a column of files');
like($output, qr/sample: My png\.png \(/, 'with their names');
($status, $output) = $test->run($sync, 'export', '--what', 'applications', '--format', 'json', '--blind', '--from', $test->record_url);
unlike($output, qr/My png|image\/png|"files"/, 'a blind export knows of none');
is(($test->run($sync, 'export', '--blind', '--files', $folder, '--from', $test->record_url))[0], 64, 'and writes none out');

# --- withdrawn and erased

my ($receipt) = json_of($accepted)->{url} =~ m{(/gigs/receipts/.+)$};
ok((grep { $_->{size} == 2_900_000 } @rows), 'the large one is there');
my @larges = $test->sql('select id from files where size = 2900000');
is($test->http('DELETE', $receipt)->{status}, 200, 'withdrawn');
ok(wait_for { my @now = $test->sql('select id from files where size = 2900000'); @now == @larges - 1 } 'its file to be gone');
is(scalar(my @ghosts = $test->sql('select f.id from files f join tombstones t on t.id = f.id')), 0, 'no file of what is erased');

# --- Redis loses all: what is in the ledger comes again

$test->stop_sync;
# A worker asks every two seconds what waits still: until then it refuses files, and stores nothing.
ok(wait_for { apply('two', ['resume', 'again.txt', "again $mark"], ['sample', 'a.pdf', pdf(1_000_000)], { from => '127.0.0.12' })->{status} == 202 } 'one more', 10);
$test->{redis}->cmd('FLUSHALL');
$test->start_sync;
ok(wait_for { my @r = $test->sql("select id from files where name = 'again.txt'"); @r == 1 } 'what the ledger held to be delivered with its files', 30);
is(scalar(my @both = $test->sql("select b.id from files a join files b on a.id = b.id where a.name = 'again.txt'")), 2, 'both of them, once');

# --- without Redis it is in the ledger, from where gig-sync sends it when the host is gone

$test->stop_sync;
$test->{redis}->crash;
my $pending;
ok(wait_for { $pending = apply('two', ['resume', 'pending.txt', "pending $mark"], ['sample', 'p.pdf', pdf(2_000_000)], { from => '127.0.0.13' }); $pending->{status} == 202 } 'one without Redis', 10);
is(json_of($pending)->{confirmation}, 'pending', 'is pending');
my %answers;
wait_for { time % 60 < 45 } 'a minute that is long enough: it is counted by minutes', 20;
$answers{ apply('two', ['sample', 'p.pdf', pdf(2_900_000)], { from => '127.0.0.13' })->{status} }++ for 1 .. 12;
ok($answers{202} && $answers{202} < 12 && ($answers{429} // 0) + ($answers{503} // 0) == 12 - $answers{202}, 'an address may not fill the disk with them')
    or diag(explain(\%answers));
$test->{expected_log} = qr/exited on signal 9/;
my %dead = map { $_ => 1 } $test->workers;
kill 'KILL', keys %dead;
ok(wait_for { $test->read_file('error.log') =~ /the ledger took over \d+ records? of \d+ segments?/ } 'workers that died to leave them to others', 20);
$test->stop_nginx;
$test->start_redis;
$test->start_sync;
my @sent;
ok(wait_for { @sent = $test->sync('ledger', 'send', "$test->{dir}/state/acme"); $sent[0] == 0 } 'the ledger to be sent', 20) or diag($sent[1]);
ok(wait_for { my @r = $test->sql("select id from files where name in ('pending.txt', 'p.pdf')"); @r == 2 + $answers{202} } 'all of it to be delivered', 30);
is_deeply(found('rewrite'), [], 'and nothing was readable');
$test->start_nginx(%nginx);
$test->wait_total(6, 20);

# --- the page

my $apply = $test->get('/gigs/two/apply')->{body};
like($apply, qr/<form [^>]*enctype="multipart\/form-data"/, 'the form carries files');
like($apply, qr/<input class="gig-input" type="file" id="f-resume" name="resume"[^>]* accept="\.pdf,application\/pdf,\.docx,[^"]*,\.txt,text\/plain">/, 'which are chosen by type');
like($apply, qr/PDF, Word \(\.docx\) or plain text \(\.txt\), up to 390 KB\./, 'it says which and how large');
my $back = apply('two', ['resume', 'cv.pdf', $file{pdf}], { email => 'nobody', accept => 'text/html' });
is($back->{status}, 422, 'a form with a fault comes back');
like($back->{body}, qr/Please choose \x{e2}\x{80}\x{9c}cv\.pdf\x{e2}\x{80}\x{9d} again/, 'and says that the file must be chosen again');
$back = apply('two', ['sample', 'cv.pdf', "\0"], { accept => 'text/html' });
like($back->{body}, qr/<a href="#f-sample">[^<]*This file cannot be read as/, 'what is wrong with a file leads to its field');
like($back->{body}, qr/id="f-sample"[^>]* aria-invalid="true"/, 'which bears it');
my $schema = json_of($test->get('/gigs/two/form?format=json'));
is_deeply($schema->{limits}, { max_files => 2, max_body_bytes => 256 * 1024 + 4 * 1024 * 1024 }, 'a program is told of the limits');
is_deeply((grep { $_->{name} eq 'sample' } @{ $schema->{fields} })[0]{accept}, [qw(pdf doc txt rtf png jpeg)], 'and of the types');

# --- off, as it is by default

$test->stop_nginx;
my @warned = $test->nginx_test(%nginx, location => '');
like($warned[1], qr/takes files of 4194304 bytes, but client_max_body_size of location "\/gigs\/" is 1048576: it must be at least 4456448/, 'nginx -t says when its own limit is less');
$test->start_nginx;
$test->wait_total(6, 20);
refused('off: none is taken', apply('two', ['resume', 'cv.pdf', $file{pdf}]), resume => qr/^Files cannot be sent yet/);
refused('off: nor in JSON', api('two', mail(), [['resume', 'cv.pdf', $file{pdf}]]), resume => qr/^Files cannot be sent yet/);
refused('off: one that must be', apply('must'), resume => qr/takes no files at the moment. Please tell/);
like($test->read_file('error.log'), qr/nobody can apply by the form "must": its field "resume" requires a file, and "files" is off/, 'the log says what is wrong');
is_deeply(json_of($test->get('/gigs/two/form?format=json'))->{limits}{max_files}, 0, 'a program is told');
my ($code, $told) = $test->run($sync, 'import', $test->write_file('must.json', $json->encode([form('must', {}, { %$resume, required => $true })])), '--into', $test->record_url);
like($told, qr/the form must requires a file \(resume\): nobody can apply by it unless gig_board has "files"/, 'so does the import');

is_deeply(found('rewrite'), [], 'to the end nothing is readable on the edge');
$test->done;
