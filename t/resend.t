#!/usr/bin/perl
# Why: a form that is sent again must be no dead end and no second application.  The same
# content is the first answer, however old the page is and whatever key it was signed with;
# other content says when the first came and offers to send this version instead, which
# keeps the applicant's one place, also when the gig is full; and who cannot prove to have
# an application learns of none.  With Redis and without.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use POSIX qw(strftime);
use Test::More;
use GigTest;

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $cap = sub { return { positions => 1, application_cap => $_[0], on_full => $_[1] } };
# The default form, but that its youth is long.
my $slow = json_of($test->read_file("$FindBin::Bin/../ngx_gig_module/core/form_default.json"));
$slow->{id} = 'f_slow';
$slow->{anti_spam}{min_seconds} = 60;
$test->import_gigs($slow, gig_record('slow', form => { id => 'f_slow', rev => 1 }), gig_record('open'), gig_record('full', capacity => $cap->(1, 'close')), gig_record('queue', capacity => $cap->(1, 'waitlist')),
    gig_record('soon', opens_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 3600))), gig_record('other'));
$test->sync_conf;
my ($status, $output) = $test->sync('once');
is($status, 0, 'a board') or diag($output);
$test->start_nginx(board => 'limit_applicant off;');
$test->wait_total(6);

my %field = (first_name => 'Avery', last_name => 'Example', email => 'avery@example.edu', statement => 'The first version.', available => 'yes', consent_processing => 'yes');

sub post {
    my ($gig, $key, %more) = @_;
    my %all = (%field, defined $key ? (_key => $key) : (), %more);
    my $body = join '&', map { my $v = $all{$_}; $v =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge; "$_=$v" } grep { defined $all{$_} } sort keys %all;
    return $test->http('POST', "/gigs/$gig/applications", body => $body, headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' });
}

sub hidden { my ($answer, $name) = @_; return ($answer->{body} =~ /name="$name"[^>]*value="([^"]*)"/)[0] }
sub offers { my ($answer) = @_; return map { $_ => hidden($answer, $_) } qw(_key _replaces) }
sub entries { return $redis->cmd('XLEN', 'gig:{acme}:applications') // 0 }
sub newest { my ($entry) = @{ $redis->cmd('XREVRANGE', 'gig:{acme}:applications', '+', '-', 'COUNT', 1) }; return { @{ $entry->[1] } } }

# --- the same form with other content

my $key = $test->form_key('open');
my $first = post('open', $key);
is($first->{status}, 303, 'the first version');
my $id = newest()->{id};

my $changed = post('open', $key, statement => 'The second <version>.');
is($changed->{status}, 422, 'the same form, other content');
my $day = strftime('%Y-%m-%d', gmtime(newest()->{at} / 1000));
like($changed->{body}, qr/We have an application of yours.*<time datetime="\d{4}-\d\d-\d\dT[^>]*>[^<]+:\d\d [^<]*<\/time> and it stands/s, 'it says when the first was received');
like($changed->{body}, qr/The second &lt;version&gt;\./, 'keeps what was typed');
like($changed->{body}, qr/>Send this version instead</, 'and offers to send it instead');
my %offer = offers($changed);
isnt($offer{_key}, $key, 'with a new key');
is(length $offer{_replaces}, 43, 'and what it replaces');
is(entries(), 1, 'nothing was stored');

my $replaced = post('open', $offer{_key}, _replaces => $offer{_replaces}, statement => 'The second <version>.');
is($replaced->{status}, 303, 'which can be sent at once');
isnt($replaced->{headers}{location}, $first->{headers}{location}, 'and has a receipt of its own');
is_deeply([@{ newest() }{qw(flags seat)}], ['duplicate', 'reserved'], 'one seat for both');
my $second = newest()->{id};
is(post('open', $offer{_key}, _replaces => $offer{_replaces}, statement => 'The second <version>.')->{headers}{location}, $replaced->{headers}{location}, 'sent again it is the same');
is(post('open', $key)->{headers}{location}, $first->{headers}{location}, 'and so is the first');
is(entries(), 2, 'two were stored');

# Once more: what is replaced now is the second.
$changed = post('open', $offer{_key}, _replaces => $offer{_replaces}, statement => 'The third.');
is($changed->{status}, 422, 'the second, changed');
my %third = offers($changed);
isnt($third{_replaces}, $offer{_replaces}, 'another is replaced');
is(post('open', $third{_key}, _replaces => $third{_replaces}, statement => 'The third.')->{status}, 303, 'by a third');
my $last = newest()->{id};

# --- nobody else learns of it

is(post('open', $key, email => 'another@example.edu')->{status}, 303, 'the same form from another address is another application');
is(newest()->{flags}, '', 'which has nothing to do with the first');
my %more = (_replaces => $third{_replaces}, statement => 'Whose?');
my $stranger = post('open', $test->form_key('open'), %more, email => 'stranger@example.edu');
is($stranger->{status}, 422, 'who has another address replaces nothing');
like($stranger->{body}, qr/of none with this e-mail address/, 'is told so');
is(hidden($stranger, '_replaces'), undef, 'and gets a form of its own');
like($stranger->{body}, qr/Whose\?/, 'with what was typed');
my $mine = post('open', hidden($stranger, '_key'), statement => 'Whose?', email => 'stranger@example.edu');
is($mine->{status}, 303, 'that can be sent');
is(newest()->{flags}, '', 'as one that replaces nothing');
is(post('other', $test->form_key('other'), %more)->{status}, 422, 'at another gig it is worth nothing');
my $forged = $third{_replaces};
substr($forged, 3, 1) = substr($forged, 3, 1) eq 'A' ? 'B' : 'A';
is(post('open', $test->form_key('open'), _replaces => $forged)->{status}, 422, 'nor is one that was changed');
is(post('open', $test->form_key('open'), statement => 'Another way.')->{status}, 303, 'the same address with a form of its own: as any');
is(newest()->{flags}, 'duplicate', 'only the system of record hears of it');

# --- a place that is had is kept

my $full = $test->form_key('full');
is(post('full', $full)->{status}, 303, 'the one place');
is(post('full', $test->form_key('full'), statement => 'Other.')->{status}, 409, 'full, for one who has it as for all');
%offer = offers(post('full', $full, statement => 'Better.'));
$replaced = post('full', $offer{_key}, _replaces => $offer{_replaces}, statement => 'Better.');
is($replaced->{status}, 303, 'but who proves to have it sends another version');
is(newest()->{seat}, 'reserved', 'with the same place');
is($redis->cmd('HGET', 'gig:{acme}:seats', 'full'), '0,0,1,full', 'and takes no other');

my @queue = map { $test->form_key('queue') } 1 .. 2;
is(post('queue', $queue[$_], email => "q$_\@example.edu")->{status}, 303, "waiting list: $_") for 0, 1;
%offer = offers(post('queue', $queue[0], email => "q0\@example.edu", statement => 'Better.'));
is(post('queue', $offer{_key}, email => "q0\@example.edu", _replaces => $offer{_replaces}, statement => 'Better.')->{status}, 303, 'another version of who has the place');
is(newest()->{seat}, 'reserved', 'has it');
%offer = offers(post('queue', $queue[1], email => "q1\@example.edu", statement => 'Better.'));
post('queue', $offer{_key}, email => "q1\@example.edu", _replaces => $offer{_replaces}, statement => 'Better.');
is(newest()->{seat}, 'waitlisted', 'of who waits: waits');

# --- the age of a form

my $stored = entries();
my $early = post('slow', $test->form_key('slow', 0), email => 'age@example.edu');
is($early->{status}, 422, 'a form that comes back at once');
like($early->{headers}{'retry-after'}, qr/^(?:5\d|60)$/, 'says when to come again');
like($early->{body}, qr/so quickly.*The first version\./s, 'and is given back with all that was typed');
is(entries(), $stored, 'nothing was stored');
like(post('slow', $test->form_key('slow', 40), email => 'age@example.edu')->{headers}{'retry-after'}, qr/^(?:1\d|20)$/, 'sooner when less is missing');
is(post('slow', $test->form_key('slow', 61), email => 'age@example.edu')->{status}, 303, 'and is taken then');
for my $age (4, 3600, 15 * 3600, 6 * 86400, -3600) {
    my $token = $test->form_key('open', $age);
    is(post('open', $token, email => "age$age\@example.edu")->{status}, 303, "a form that was opened $age s ago");
}
my $slip = $test->form_key('slow', 1);
like(post('slow', $slip, email => 'nobody')->{body}, qr/value="\Q$slip\E"/, 'a young one with mistakes is given back for those');

# Too old, or signed with a key that was taken out of the secret file.
mkdir "$test->{dir}/other" or die "mkdir: $!";
($status) = $test->run("$GigTest::BUILD/gig-sync", 'keygen', "$test->{dir}/other/acme");
is($status, 0, 'other keys');
for my $case (['eight days old', $test->form_key('open', 8 * 86400)], ['of a key that is gone', $test->form_key('open', 60, "$test->{dir}/other/acme.secret")]) {
    my ($name, $token) = @$case;
    $stored = entries();
    my $old = post('open', $token, email => 'old@example.edu', statement => "It is $name.");
    is($old->{status}, 422, "a form $name");
    like($old->{body}, qr/open for a long time.*It is $name\./s, 'is given back with what was typed');
    isnt(hidden($old, '_key'), $token, 'and a fresh key');
    is(entries(), $stored, 'nothing was stored');

    # The same key was sent when it was good, and the answer was lost: as a program would with it.
    my $api = $test->http('POST', '/gigs/open/applications', headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"$token\"" },
        body => JSON::PP->new->canonical->encode({ answers => { %field, email => "lost\@example.edu", statement => $name, available => JSON::PP::true, consent_processing => JSON::PP::true } }));
    is($api->{status}, 202, 'one that was taken');
    $stored = entries();
    my $lost = post('open', $token, email => 'lost@example.edu', statement => $name);
    is($lost->{status}, 303, 'is answered again, whatever its token is worth now');
    is($lost->{headers}{location}, $api->{headers}{location}, 'by the same receipt');
    $lost = post('open', $token, email => 'lost@example.edu', statement => 'Changed.');
    like($lost->{body}, qr/Send this version instead/, 'and changed it is known, too');
    is(entries(), $stored, 'nothing was doubled');
}

# --- before it opens

my $soon = post('soon', $test->form_key('soon'), statement => 'In good time.');
is($soon->{status}, 403, 'sent before it opens');
cmp_ok($soon->{headers}{'retry-after'}, '>', 3500, 'when');
like($soon->{body}, qr/In good time\./, 'with what was typed');
$soon = post('soon', $test->form_key('soon'), statement => 'In good time.', email => 'nobody');
like($soon->{body}, qr/In good time\..*nobody|nobody.*In good time\./s, 'with mistakes as well');
is(post('full', $test->form_key('full'), email => 'nobody', statement => 'Still here.')->{body} =~ /Still here\./ ? 1 : 0, 1, 'and to a gig that is full');

# --- what the company sees

($status, $output) = $test->sync('once');
is($status, 0, 'delivered') or diag($output);
my %row = map { $_->{id} => $_ } $test->sql('select id, seat, flags, json from applications');
is($row{$id}{seat}, 'confirmed', 'the first');
is_deeply([@{ $row{$second} }{qw(seat flags)}], ['confirmed', 'duplicate'], 'the second');
my $document = sub { my $json = $row{ $_[0] }{json}; return ref $json ? $json : json_of($json) };
is($document->($second)->{replaces}, $id, 'names what it replaces');
is($document->($last)->{replaces}, $second, 'the third names the second');
ok(!exists $document->($id)->{replaces}, 'the first names none');

($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'applications', '--format', 'json', '--from', $test->record_url);
my %out = map { $_->{id} => $_ } @{ json_of($output) };
is_deeply([@{ $out{$id} }{qw(replaces replaced_by)}], [undef, $second], 'export: the first is replaced');
is_deeply([@{ $out{$second} }{qw(replaces replaced_by)}], [$id, $last], 'the second replaces it, and is replaced');
is_deeply([@{ $out{$last} }{qw(replaces replaced_by)}], [$second, undef], 'the third stands');
($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'export', '--what', 'applications', '--format', 'csv', '--from', $test->record_url);
my ($head, @lines) = split /\r\n/, $output;
like($head, qr/^id,gig,title,received_at,seat,flags,stage,stage_at,replaces,replaced_by,/, 'export as CSV');
# A cell that begins as a formula does has a sign in front.
my ($line) = grep {/^"?'?\Q$second\E/} @lines;
like($line, qr/,"?'?\Q$id\E"?,"?'?\Q$last\E"?,/, 'has both');

# --- a host that holds nothing of it: the judge knows when the first came

$test->stop_nginx;
$test->start_nginx(ledger => 'off');
$test->wait_total(6);
$changed = wait_for { my $answer = post('open', $key, statement => 'From elsewhere.'); $answer->{status} == 422 && $answer } 'the judge', 10;
like($changed->{body}, qr/It was received on .*and it stands.*From elsewhere\./s, 'another host says so, too');
%offer = offers($changed);
ok(wait_for { post('open', $offer{_key}, _replaces => $offer{_replaces}, statement => 'From elsewhere.')->{status} == 303 } 'another version to be taken', 10);
$test->stop_nginx;
$test->start_nginx;
$test->wait_total(6);

# --- Redis is gone: what this host holds it knows, whichever worker is asked

my $before = $test->form_key('open');
is(post('open', $before, email => 'before@example.edu')->{status}, 303, 'the last one with Redis');
$redis->stop;
for my $try (1 .. 12) {
    my $again = post('open', $before, email => 'before@example.edu', statement => "Changed $try.");
    next if $again->{status} == 422 && $again->{body} =~ /it stands.*Changed $try\..*Send this version instead/s;
    fail("a changed form, Redis gone: $again->{status}");
}
is(post('open', $before, email => 'before@example.edu')->{status}, 303, 'the same: the first answer');
%offer = offers(post('open', $before, email => 'before@example.edu', statement => 'Better.'));
is(post('open', $offer{_key}, email => 'before@example.edu', statement => 'Better.', _replaces => $offer{_replaces})->{status}, 303, 'another version is taken');
my $old = post('open', $test->form_key('open', 8 * 86400), email => 'gone@example.edu', statement => 'An old form.');
is($old->{status}, 422, 'an old form');
like($old->{body}, qr/An old form\./, 'is given back');
is(post('open', hidden($old, '_key'), email => 'gone@example.edu', statement => 'An old form.')->{status}, 303, 'and taken');
my $closed = post('soon', $test->form_key('soon'), statement => 'In good time.');
is($closed->{status}, 403, 'before it opens, Redis gone');
like($closed->{body}, qr/In good time\./, 'with what was typed');

for my $file ('access.log', 'error.log') {
    unlike($test->read_file($file), qr/avery|example\.edu|version\.|\Q$offer{_replaces}\E/i, "$file holds nothing personal");
}

$test->done;
