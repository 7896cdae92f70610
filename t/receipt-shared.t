#!/usr/bin/perl
# Why: receipts that are earned at the same moment share one signature, and each carries what leads
# to it.  Anybody must be able to check such a one from what docs/http.md says and the RFCs alone: so
# this test does, with openssl and SHA-256, and none of our code.

use strict;
use warnings;

use Digest::SHA qw(sha256);
use FindBin;
use JSON::PP ();
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(decode_base64url encode_base64);
use Test::More;
use GigTest;
use GigTest::Http;
use GigTest::Publish;

my $MANY = 21;

my $test = GigTest->new;
my $redis = $test->start_redis;
$test->start_nginx(board => 'redis_timeout 10s;');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('open'));
$test->wait_total(1) or BAIL_OUT('no catalog');

my %key = map { $_->{kid} => decode_base64url($_->{x}) } @{ json_of($test->get('/gigs/receipts/keys.json'))->{keys} };

# RFC 8032, by openssl: the public half as RFC 8410 wraps it.
sub signed {
    my ($kid, $bytes, $signature) = @_;
    my $public = $test->write_file('public.pem', "-----BEGIN PUBLIC KEY-----\n"
        . encode_base64(pack('H*', '302a300506032b6570032100') . $key{$kid}) . "-----END PUBLIC KEY-----\n");
    my ($status) = $test->run('openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', $public,
        '-in', $test->write_file('signed', $bytes), '-sigfile', $test->write_file('signature', decode_base64url($signature)));
    return $status == 0;
}

# RFC 9162, 2.1.3.2.
sub root {
    my ($leaf, $inclusion) = @_;
    my ($fn, $sn) = ($inclusion->{leaf_index}, $inclusion->{tree_size} - 1);
    my $r = sha256("\0$leaf");
    for my $p (map { decode_base64url($_) } @{ $inclusion->{path} }) {
        return if $sn == 0;
        if ($fn & 1 || $fn == $sn) {
            $r = sha256("\1$p$r");
            until ($fn & 1 || $fn == 0) { $fn >>= 1; $sn >>= 1 }
        }
        else { $r = sha256("\1$r$p") }
        $fn >>= 1;
        $sn >>= 1;
    }
    return $sn == 0 ? $r : undef;
}

sub genuine {
    my ($receipt) = @_;
    my %said = %$receipt;
    my ($sig, $inclusion) = delete @said{qw(sig inclusion url)};
    my $bytes = JSON::PP->new->utf8->canonical->encode(\%said);
    return signed($said{kid}, $bytes, $sig) if !$inclusion;
    my $root = root($bytes, $inclusion) // return 0;
    return signed($said{kid}, "gig receipts 1\n$root", $sig);
}

sub by_us {
    my ($answer) = @_;
    my $file = $test->write_file('receipt.json', $answer->{body});
    return ($test->run("$GigTest::BUILD/gig-sync", 'verify', '--secret', "$test->{dir}/acme.secret", $file))[0] == 0;
}

# Bytes that nginx has not read, of each of its connections.
sub unread {
    my $port = sprintf ':%04X', $test->{port};
    return map { /^\s*\d+: [0-9A-F]+$port \S+ 01 [0-9A-F]+:([0-9A-F]+)/ ? hex $1 : () } split /\n/, $test->read_file('/proc/net/tcp');
}

my $alone = $test->apply('open', 'alone');
is($alone->{status}, 202, 'one alone');
ok(!exists json_of($alone)->{inclusion}, 'is signed itself');
ok(genuine(json_of($alone)), 'and genuine');
ok(!genuine({ %{ json_of($alone) }, seat => 'confirmed' }), 'as nothing else is');
ok(by_us($alone), 'gig-sync says so');

# --- all at once: Redis answers none, then all; some have gone meanwhile

my @clients = map { my $n = $_; my $client = GigTest::Http->new($test->{port}) or die; [$n, $client] } 1 .. $MANY;
$redis->pause;
for (@clients) {
    my ($n, $client) = @$_;
    $client->send('POST', '/gigs/open/applications', headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => "\"many-$n\"",
            $n == 7 ? (Accept => 'text/html') : () },
        body => JSON::PP->new->canonical->encode({ answers => $test->answers(email => "a$n\@example.edu") }));
}
wait_for { !grep { $_ } unread() } 'nginx to have read all of them';
close((splice @clients, 3, 1)->[1]{socket});
$redis->resume;

my @answers = map { [$_->[0], $_->[1]->answer('POST')] } @clients;
my ($page) = grep { $_->[0] == 7 } @answers;
is($page->[1]{status}, 303, 'a person is sent to the page');
my @receipts = map { $_->[1] } grep { $_->[0] != 7 } @answers;
is_deeply([map { $_->{status} } @receipts], [(202) x @receipts], 'programs have their receipts');
my @shared = grep { json_of($_)->{inclusion} } @receipts;
cmp_ok(scalar @shared, '>=', 2, 'several of them under one signature');
note(@shared . ' of ' . @receipts . ' share, under ' . keys(%{ { map { json_of($_)->{sig} => 1 } @shared } }) . ' signatures');

is(scalar(grep { !genuine(json_of($_)) } @receipts), 0, 'each is genuine');
is(scalar(grep { !by_us($_) } @receipts), 0, 'gig-sync says so');

my ($one, $two) = map { json_of($_) } @shared;
ok(!genuine({ %$one, seat => 'confirmed' }), 'what is changed in one shows');
ok(!genuine({ %$one, inclusion => $two->{inclusion} }), 'what leads one there leads no other') if $one->{sig} eq $two->{sig};
ok(!by_us({ body => JSON::PP->new->canonical->encode({ %$one, %$two{qw(sig inclusion)} }) }), 'gig-sync sees it as well');
is(scalar keys %{ { map { json_of($_)->{token} => 1 } @receipts } }, scalar @receipts, 'each has a token of its own');

# Each was told what is true: the gone one's application stands as well.
is($test->apply('open', 'many-4', email => 'a4@example.edu')->{headers}{'idempotency-replayed'}, 'true', 'who went before the answer finds it');

$test->done;
