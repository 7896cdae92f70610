#!/usr/bin/perl
# Why: programs that fill in forms must not fill the company's desk, and nobody who is
# taken for one may be dropped in silence: a limit says what it is and when to come again,
# in the fields that clients know; a replay is answered beyond every limit; and a challenge
# gives the form back.  The two recipes of docs/examples are run here as they stand.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use HTTP::Tiny;
use IO::Socket::INET;
use POSIX ();
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::Http;

sub example {
    my ($name) = @_;
    open my $file, '<', "$FindBin::Bin/../docs/examples/$name" or die "$name: $!";
    local $/;
    return scalar <$file>;
}

my $test = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $form = { schema => 'gig-form/1', id => 'f_asks', rev => 1, anti_spam => { challenge => '/challenge/solve.js', min_seconds => 0 },
    fields => [{ name => 'email', label => 'E-mail', type => 'email', class => 'contact', required => JSON::PP::true },
        { name => 'statement', label => 'How?', type => 'textarea', class => 'merit' }] };
$test->import_gigs($form, map({ gig_record("gig-$_") } 1 .. 3), gig_record('asks', form => { id => 'f_asks', rev => 1 }));
$test->sync_conf;
my ($status, $output) = $test->sync('once');
is($status, 0, 'a board') or diag($output);

sub entries { return $redis->cmd('XLEN', 'gig:{acme}:applications') // 0 }
my $n = 0;
sub apply { my ($gig, %more) = @_; return $test->apply($gig, 'spam-' . ++$n, %more) }

# The minute of a count must not end between two requests.
sub whole_minute { wait_for { time % 60 < 50 } 'a minute that lasts', 15 }

# --- one applicant at one address

$test->start_nginx(board => 'limit_applicant 5;');
$test->wait_total(4);
whole_minute();
is(apply('gig-' . (1 + $_ % 3), statement => "Number $_.")->{status}, 202, "application $_") for 1 .. 5;
my $first = $test->apply('gig-1', 'spam-3', statement => 'Number 3.');      # 1 + 3 % 3
is($first->{headers}{'idempotency-replayed'}, 'true', 'one of them again');
my $stored = entries();
my $many = apply('gig-1', statement => 'Number 6.');
is($many->{status}, 429, 'one more of the same applicant from the same address');
is(json_of($many)->{type}, '/problems/too-many', 'a problem');
is($many->{headers}{'ratelimit-policy'}, '"applicant";q=5;w=60', 'RateLimit-Policy');
like($many->{headers}{ratelimit}, qr/^"applicant";r=0;t=([1-9]|[1-5]\d|60)$/, 'RateLimit');
is($many->{headers}{'retry-after'}, ($many->{headers}{ratelimit} =~ /t=(\d+)/)[0], 'Retry-After says the same');
is(entries(), $stored, 'nothing was stored');
is($test->apply('gig-1', 'spam-3', statement => 'Number 3.')->{status}, 202, 'what was taken is answered as before');
is($test->apply('gig-1', 'spam-3', statement => 'Changed.')->{status}, 422, 'and is a conflict as before');
is(apply('gig-1', email => 'another@example.edu')->{status}, 202, 'another applicant at the address is not limited');
is(apply('gig-1', _from => '127.0.0.9')->{status}, 202, 'nor the same one elsewhere: nobody can shut another out');

my $body = join '&', '_key=' . $test->form_key('gig-1'), 'first_name=Avery', 'last_name=Example', 'email=avery%40example.edu', 'statement=Typed+by+hand.', 'available=yes', 'consent_processing=yes';
my %by_form = (body => $body, headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' });
my $page = $test->http('POST', '/gigs/gig-1/applications', %by_form);
is($page->{status}, 429, 'by the form');
like($page->{body}, qr/send it again in a minute.*Typed by hand\./s, 'which comes back with what was typed');
like($test->read_file('error.log'), qr/^(?!.*avery)/s, 'the log knows no names');

# All at once: what is on its way counts as well, or a burst would be let through.
whole_minute();
my @burst = map { GigTest::Http->new($test->{port}) } 1 .. 30;
for my $i (0 .. $#burst) {
    my $json = JSON::PP->new->utf8->encode({ answers => $test->answers(email => 'burst@example.edu', statement => "Burst $i.") });
    $burst[$i]->raw("POST /gigs/gig-2/applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: \"burst-$i\"\r\n"
        . 'Content-Length: ' . length($json) . "\r\n\r\n$json");
}
my %burst;
$burst{ $_->answer('POST')->{status} }++ for @burst;
is_deeply(\%burst, { 202 => 5, 429 => 25 }, 'of thirty at once five are taken') or diag(explain(\%burst));

ok(wait_for { time % 60 == 0 } 'the next minute', 61) if $ENV{GIG_LONG};
is(apply('gig-1', statement => 'In the next minute.')->{status}, 202, 'then it is taken') if $ENV{GIG_LONG};

# With Redis gone it counts as well, and what waits is told from what one applicant sends.
whole_minute();
$redis->stop;
ok(wait_for { apply('gig-2', email => 'gone' . $n . '@example.edu')->{status} == 202 } 'Redis gone: taken', 10);
is(apply('gig-2', email => 'gone@example.edu', statement => "Number $_.", _from => '127.0.0.7')->{status}, 202, "pending: $_") for 1 .. 5;
$many = apply('gig-2', email => 'gone@example.edu', statement => 'Number 6.', _from => '127.0.0.7');
is($many->{status}, 429, 'and one too many');
is($many->{headers}{'ratelimit-policy'}, '"applicant";q=5;w=60', 'of one applicant');
$test->stop_nginx;

# --- the recipe for an address, and an address and a gig

$redis = $test->start_redis;
($status, $output) = $test->sync('once');
is($status, 0, 'a board again') or diag($output);
my $limits = example('limits.conf');
my ($location) = $limits =~ /^# +location [^{]*\{\n((?:# .*;\n)+)/m;
$location =~ s/^# +//mg;
$location =~ s/^gig acme;\n// or die 'docs/examples/limits.conf: the board';
$test->start_nginx(http => $limits, location => $location);
$test->wait_total(4);
whole_minute();
my %status;
$status{ apply('gig-1', email => "flood$_\@example.edu")->{status} }++ for 1 .. 30;
cmp_ok($status{202}, '>=', 21, "a burst at one gig is taken: $status{202}");
cmp_ok($status{429}, '>=', 1, 'and then limited');
$many = wait_for { my $answer = apply('gig-1', email => 'flood31@example.edu'); $answer->{status} == 429 && $answer } 'a refusal';
like($many->{headers}{'ratelimit-policy'}, qr/^"address";q=120;w=60, "address-gig";q=30;w=60$/, 'by fields that say so');
is($many->{headers}{'retry-after'}, 2, 'and when to come again');
is(apply('gig-2', email => 'flood@example.edu')->{status}, 202, 'another gig is not full of it');
is(apply('gig-1', email => 'flood@example.edu', _from => '127.0.0.8')->{status}, 202, 'nor is another address');
is($test->get('/gigs/gig-1')->{status}, 200, 'reading is not limited');
is($test->get('/gigs/gig-1')->{headers}{'ratelimit-policy'}, undef, 'and says nothing of limits');
$status{ apply('gig-' . (2 + $_ % 2), email => "wide$_\@example.edu")->{status} }++ for 1 .. 60;
cmp_ok($status{429}, '>=', 2, 'all gigs together have a limit, too');
$test->stop_nginx;

# --- the recipe for a challenge

my $challenge = example('challenge.conf');
my ($port, $server) = ($test->port, fork // die "fork: $!");

# A verifier: the cookie `solved` is good, unless the file says that it is down.
if ($server == 0) {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1) or POSIX::_exit(1);
    while (my $client = $listen->accept) {
        my $request = '';
        sysread $client, $request, 65536, length $request until $request =~ /\r\n\r\n/;
        open my $log, '>>', "$test->{dir}/verifier.log";
        print $log $request, "--\n";
        close $log;
        my ($path) = $request =~ m{^\w+ (\S+)};
        my ($code, $header, $content) = $path =~ m{^/challenge/solve\.js} ? ('200 OK', "Content-Type: text/javascript\r\n", "/* solves it */\n")
            : -e "$test->{dir}/verifier.down" ? ('500 Internal Server Error', '', '')
            : $request =~ /^Cookie: solved=yes\r$/mi ? ('204 No Content', "X-Challenge: passed\r\n", '') : ('403 Forbidden', '', '');
        print $client "HTTP/1.0 $code\r\n${header}Content-Length: ", length $content, "\r\nConnection: close\r\n\r\n$content";
        close $client;
    }
    POSIX::_exit(0);
}
push @{ $test->{kids} }, { pid => $server, name => 'verifier' };

$challenge =~ s/127\.0\.0\.1:8090/127.0.0.1:$port/g;
$test->start_nginx(gig => 0, server => $challenge);
$test->wait_total(4);
ok(wait_for { HTTP::Tiny->new->get("http://127.0.0.1:$port/challenge/solve.js")->{success} } 'the verifier', 5);

$page = $test->get('/gigs/asks/apply', headers => { Accept => 'text/html' });
is($page->{status}, 200, 'the form is for all to see');
like($page->{body}, qr{<script defer src="/challenge/solve\.js"></script>}, 'and brings the script');
is($test->get('/challenge/solve.js')->{body}, "/* solves it */\n", 'which is there');
unlike($test->get('/gigs/gig-1/apply')->{body}, qr/solve\.js/, 'a form that asks for none has none');

my $key = $test->form_key('asks');
my %asks = (body => "_key=$key&email=person%40example.edu&statement=A+person+typed+this.", headers => { %{ $by_form{headers} } });
$stored = entries();
my $back = $test->http('POST', '/gigs/asks/applications', %asks);
is($back->{status}, 403, 'without the proof');
like($back->{body}, qr/We could not see that this comes from a person.*A person typed this\./s, 'the form comes back with what was typed');
like($back->{body}, qr/value="\Q$key\E"/, 'and its key');
like($back->{body}, qr{src="/challenge/solve\.js"}, 'and the script');
is(entries(), $stored, 'nothing was stored');
$asks{headers}{Cookie} = 'solved=yes';
is($test->http('POST', '/gigs/asks/applications', %asks)->{status}, 303, 'with it: taken');
is(entries(), $stored + 1, 'once');

my $api = $test->http('POST', '/gigs/asks/applications', body => '{"answers":{"email":"bot@example.edu"}}', headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"bot"' });
is($api->{status}, 403, 'a program is asked as well');
is(json_of($api)->{type}, '/problems/challenge', 'and told why');
is(json_of($api)->{title}, 'The check was not passed', 'in its own words');

my $heard = $test->read_file('verifier.log');
like($heard, qr{^X-Original-URI: /gigs/asks/applications\r$}mi, 'the verifier hears which gig');
unlike($heard, qr/person|typed|email/, 'and nothing of what was typed');
open my $down, '>', "$test->{dir}/verifier.down" or die "verifier.down: $!";
close $down;
$back = $test->http('POST', '/gigs/asks/applications', %asks, body => $asks{body} =~ s/typed/wrote/r);
is($back->{status}, 403, 'a verifier that fails');
like($back->{body}, qr/A person wrote this\./, 'loses nothing either');
is($test->get('/gigs/asks')->{status}, 200, 'reading goes on');
kill 'TERM', $server;
$test->gone($server, 5);

is($test->get('/gigs/asks')->{status}, 200, 'also without a verifier');
is($test->http('POST', '/gigs/asks/applications', %asks, body => $asks{body} =~ s/typed/told/r)->{status}, 403, 'one that is gone loses nothing');

$test->done;
