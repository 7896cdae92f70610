#!/usr/bin/perl
# Why: a page of a stranger can make a visitor's browser send a form.  It is refused by what the
# browser says of it, and who is listed in gig_origins is not: only with applications, and only
# with a key from our own form.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

my $test   = GigTest->new;
my $listed = 'https://www.acme.example';
my $redis  = $test->start_redis;
$test->start_nginx(location => "gig_origins $listed;", server => 'location /none/ { gig acme; }');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::operations($test, [put => gig_record('one', self_id_form => { form => 'default' })], [put => gig_record('two')]);
$test->wait_total(2) or BAIL_OUT('no catalog');

my $n = 0;

sub encoded { my (%field) = @_; return join '&', map { my $v = $field{$_}; "$_=" . $v =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ger } sort keys %field }

sub send_form {
    my ($header, %option) = @_;
    $n++;
    my %field = (_key => $test->form_key('one'), first_name => 'Avery', last_name => 'Example', email => "a$n\@example.edu", statement => 'x', available => 'yes',
        consent_processing => 'yes', eligible => 'yes', %{ $option{field} // {} });
    return $test->http('POST', ($option{base} // '/gigs/') . 'one/applications', from => '127.0.0.' . (1 + $n % 200),
        headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html', %$header }, body => encoded(%field));
}

for my $case (
    [{}, 303, 'a client that is no browser'],
    [{ 'Sec-Fetch-Site' => 'same-origin', Origin => 'http://localhost' }, 303, 'our own page'],
    [{ 'Sec-Fetch-Site' => 'none' }, 303, 'a reload'],
    [{ 'Sec-Fetch-Site' => 'cross-site', Origin => $listed }, 303, 'a listed origin'],
    [{ Origin => $listed }, 303, 'the same in an older browser'],
    [{ 'Sec-Fetch-Site' => 'cross-site', Origin => 'https://evil.example' }, 403, 'a stranger'],
    [{ Origin => 'https://evil.example' }, 403, 'the same in an older browser'],
    [{ 'Sec-Fetch-Site' => 'cross-site' }, 403, 'nobody knows who'],
    [{ 'Sec-Fetch-Site' => 'cross-site', Origin => 'null' }, 403, 'a sandbox'],
    [{ Origin => 'null' }, 403, 'an old one'],
    [{ 'Sec-Fetch-Site' => 'cross-site', Origin => "$listed.evil.example" }, 403, 'one that begins alike'],
    [{ 'Sec-Fetch-Site' => 'cross-site', Origin => 'http://www.acme.example' }, 403, 'not by https'],
    [{ 'Sec-Fetch-Site' => 'cross-site', Origin => 'https://evil.example', Referer => "$listed/" }, 403, 'a Referer is nothing'])
{
    my ($header, $status, $who) = @$case;
    my $answer = send_form($header);
    is($answer->{status}, $status, "$status: $who");
    like($answer->{body}, qr/Sent from another site/, 'which is said') if $status == 403;
}

is(send_form({ 'Sec-Fetch-Site' => 'cross-site', Origin => $listed }, base => '/none/')->{status}, 403, 'a location that lists nobody');
my $stored = $redis->cmd('XLEN', 'gig:{acme}:applications');
is($stored, 5, 'what was refused is not stored');

# --- the key is asked of everybody

my $forged = send_form({ 'Sec-Fetch-Site' => 'cross-site', Origin => $listed }, field => { _key => 'x' });
is($forged->{status}, 422, 'a listed origin without a key of ours');
my $other = send_form({ 'Sec-Fetch-Site' => 'cross-site', Origin => $listed }, field => { _key => $test->form_key('two') });
isnt($other->{status}, 303, 'with that of another gig');
is($redis->cmd('XLEN', 'gig:{acme}:applications'), $stored, 'nothing is stored');

# --- a script of a listed origin reads form and receipt, and follows the 303 from one to the other

my %from = ('Sec-Fetch-Site' => 'cross-site', Origin => $listed);
my $form = $test->get('/gigs/one/apply', headers => { %from, Accept => 'text/html' });
is($form->{headers}{'access-control-allow-origin'}, $listed, 'the form can be read');
like($form->{body}, qr/name="_key" value="[^"]+"/, 'with its key');
my $sent = send_form(\%from);
is("$sent->{status} $sent->{headers}{'access-control-allow-origin'}", "303 $listed", 'it is sent');
my $receipt = $test->get($sent->{headers}{location} =~ s{^https?://[^/]+}{}r, headers => { %from, Accept => 'text/html' });
is("$receipt->{status} $receipt->{headers}{'access-control-allow-origin'}", "200 $listed", 'and the receipt can be read');
is($test->get($sent->{headers}{location}, headers => { Origin => 'null' })->{headers}{'access-control-allow-origin'}, undef, 'by nobody else');

# --- self-identification is for our own pages

sub identify {
    my (%header) = @_;
    return $test->http('POST', '/gigs/one/self-id', headers => { %header, 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html' }, body => 'x=1');
}
my $identity = identify(%from);
is($identity->{status}, 403, 'a self-identification from a listed origin');
like($identity->{body}, qr/another site/, 'is of another site');
isnt(identify()->{status}, 403, 'which our own page is not');

$test->done;
