#!/usr/bin/perl
# Why: people apply from a phone, in a tunnel, on the second a gig opens.  In a real
# Chromium: what was typed outlives a reload and a network that is gone, in this tab
# only and never for longer than until the receipt; a sending whose answer was lost is
# sent again as the same application; the button of a gig that opens comes alive on
# the second by the server's clock, whatever the phone's says; and without scripts
# nothing that is typed is lost either.

use strict;
use utf8;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Browser;

GigTest::Browser::available() or plan skip_all => 'chromium and chromium-driver are not installed';

sub at { return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

# The default form, but that it may be sent at once.
open my $file, '<', "$FindBin::Bin/../ngx_gig_module/core/form_default.json" or die "form_default.json: $!";
my $form = json_of({ body => do { local $/; <$file> } });
$form->{id} = 'f_quick';
$form->{anti_spam}{min_seconds} = 0;

# A field of a form hides what its name means of the form itself from scripts.
my $hiding = json_of({ body => JSON::PP->new->utf8->encode($form) });
$hiding->{id} = 'f_hiding';
my @hiding = qw(elements before dataset enctype reset action method id name);
push @{ $hiding->{fields} }, map { +{ name => $_, type => 'text', class => 'merit', label => "Your $_", required => JSON::PP::false } } @hiding;

my $test = GigTest->new;
my $redis = $test->start_redis;
my %quick = (form => { id => 'f_quick', rev => 1 });
$test->import_gigs($form, $hiding, gig_record('hiding', form => { id => 'f_hiding', rev => 1 }), gig_record('open', %quick), gig_record('other', %quick), gig_record('slow'),
    gig_record('later', %quick, opens_at => at(time + 3 * 86400 + 5 * 3600)));
$test->sync_conf;
$test->start_sync;


$test->start_nginx;
$test->wait_total(5);

my $browser = GigTest::Browser->new($test);
my $base = "http://localhost:$test->{port}/gigs/";
my %answer = (first_name => 'Avery', last_name => 'Example', email => 'avery@example.edu', statement => 'I would begin with the logs.');

sub js { return $browser->run(@_) }
sub value { return js('const e = document.querySelector("[name=" + arguments[0] + "]"); return e && e.value', @_) }
sub said { return js('const e = document.querySelector(".gig-note"); return e && e.textContent') // '' }
sub key { return value('_key') }
sub drafts { return js('return Object.keys(sessionStorage).filter(k => k.startsWith("gig-draft:"))') }
sub draft { my ($gig) = @_; return js('return JSON.parse(sessionStorage.getItem("gig-draft:/gigs/" + arguments[0] + "/applications"))', $gig) }
sub entries { return $redis->cmd('XLEN', 'gig:{acme}:applications') + $redis->cmd('XLEN', 'gig:{acme}:settled') }
sub rows { my ($row) = $test->sql("select count(*) n from applications where gig = '$_[0]'"); return $row->{n} }
sub network { my ($on) = @_; $browser->devtools('Network.emulateNetworkConditions', offline => $on ? JSON::PP::false : JSON::PP::true, latency => 0, downloadThroughput => -1, uploadThroughput => -1) }
sub go { $browser->open($base . $_[0]) }

sub fill {
    my (%more) = (%answer, @_);
    for my $name (sort keys %more) {
        js('document.querySelector("[name=" + arguments[0] + "]").value = ""', $name);
        $browser->type("[name=$name]", $more{$name});
    }
    $browser->press('[name=available][value=true]');
    $browser->press('[name=consent_processing]') unless js('return document.querySelector("[name=consent_processing]").checked');
}

sub receipt { my ($what) = @_; return ok(wait_for { $browser->url =~ m{/receipts/[\w-]{43}$} && $browser->text('main') =~ /We have your application/ } $what, 15) }

$browser->devtools('Network.enable');
$browser->shape(390, 'light');

# --- a reload

go('open/apply');
is_deeply(drafts(), [], 'at first nothing is kept');
is(said(), '', 'and nothing said');
fill();
ok(wait_for { (draft('open') // {})->{fields}{statement}[0] // '' eq $answer{statement} } 'what is typed to be kept');
my $kept = draft('open');
is_deeply([sort keys %{ $kept->{fields} }], [qw(available email first_name last_name statement)], 'but no consent, nothing hidden, no trap');
is(js('return localStorage.length'), 0, 'and nothing beyond this tab');
is($browser->run('return document.cookie'), '', 'no cookie');
go('other/apply');
is(said(), '', 'the form of another gig is empty');
is(value('first_name'), '', 'indeed');
go('open/apply');
like(said(), qr/What you typed is still here\. It is kept in this tab/, 'the form again says so');
is(value($_), $answer{$_}, "$_ is there") for sort keys %answer;
ok(js('return document.querySelector("[name=available][value=true]").checked'), 'what was chosen is chosen');
ok(!js('return document.querySelector("[name=consent_processing]").checked'), 'what was agreed to is not: that is asked anew');
$browser->press('.gig-note button');
is_deeply([value('statement'), drafts(), said()], ['', [], ''], 'an empty form for who wants one');

# --- in the tunnel

go('open/apply');
fill();
my $key = key();
network(0);
$browser->press('main form [type=submit]');
ok(wait_for { said() =~ /You are not connected/ } 'no network: it says so', 10);
like(said(), qr/All that you typed is kept/, 'and what becomes of it');
is(value($_), $answer{$_}, "$_ is still there") for sort keys %answer;
is(draft('open')->{key}, $key, 'the key it was sent with is kept');
is(js('return document.querySelector("main form [type=submit]").textContent'), 'Send again', 'and the button is there to send it again');
network(1);
ok(wait_for { said() =~ /You are connected again/ } 'the network is back: it says so', 5);
is(entries(), 0, 'nothing was sent yet');
$browser->press('main form [type=submit]');
receipt('the receipt, after all');
ok(wait_for { @{ drafts() } == 0 } 'what was kept to be forgotten');
go('open/apply');
is_deeply([value('statement'), said()], ['', ''], 'the form is empty again');
isnt(key(), $key, 'with a key of its own');

# --- a reload in the tunnel, and an answer that was lost

fill(email => 'lost@example.edu');
$key = key();
my $sent = entries();
# The request arrives, and the connection is gone before the answer.
js(<<'END');
const real = window.fetch;
window.fetch = async (...a) => { const r = await real(...a); window.fetch = real; throw new TypeError("lost after " + r.status); };
END
$browser->press('main form [type=submit]');
ok(wait_for { said() =~ /No answer came back/ } 'the answer was lost: it says so', 10);
ok(wait_for { entries() > $sent } 'it was taken', 5);
go('open/apply');
like(said(), qr/It was sent, but no answer came back\. Send it once more: it is taken only once/, 'after a reload it says so, too');
is(key(), $key, 'with the key it was sent with');
is(value('email'), 'lost@example.edu', 'and all that was typed');
$browser->press('[name=consent_processing]');
$browser->press('main form [type=submit]');
receipt('sent again: its receipt');
ok(wait_for { rows('open') == 2 } 'one application', 10);
is_deeply(drafts(), [], 'nothing is kept');

# --- a page that is not the board's: nginx refuses before the board sees it

go('open/apply');
fill(email => 'busy@example.edu');
js(<<'END');
const real = window.fetch;
window.fetch = async (...a) => { window.fetch = real; return new Response("<html><h1>429</h1></html>", { status: 429 }); };
END
$browser->press('main form [type=submit]');
ok(wait_for { said() =~ /The server did not take it yet \(429\).*kept/ } 'it says so, and keeps what was typed', 10);
$browser->press('main form [type=submit]');
receipt('sent again: taken');
ok(wait_for { rows('open') == 3 } 'delivered', 10);

# --- sent again with other content: the page in place, and another version

go('other/apply');
fill();
$key = key();
$browser->press('main form [type=submit]');
receipt('an application');
$browser->command('POST', '/back');
ok(wait_for { $browser->url =~ m{/other/apply$} } 'one goes back');
fill(statement => 'I thought of something better.');
js('document.querySelector("[name=_key]").value = arguments[0]', $key);     # as the page of before has it where the browser kept it
$browser->press('main form [type=submit]');
ok(wait_for { $browser->text('main') =~ /We have an application of yours/ } 'it was received before', 10);
is(js('return document.activeElement.getAttribute("role")'), 'alert', 'the word on it has the focus');
is(value('statement'), 'I thought of something better.', 'what was typed is there');
is(js('return document.querySelector("main form [type=submit]").textContent'), 'Send this version instead', 'and the offer');
$browser->press('main form [type=submit]');
receipt('the other version');
ok(wait_for { rows('other') == 2 } 'both to be delivered', 10);
my ($row) = $test->sql("select count(*) n from applications where gig = 'other' and flags = 'duplicate' and json like '%\"replaces\":%'");
is($row->{n}, 1, 'one replaces the other');

# --- mistakes, without leaving the page

go('other/apply');
fill(email => 'nobody');
$browser->press('main form [type=submit]');
ok(wait_for { $browser->text('main') =~ /One answer needs another look/ } 'a mistake', 10);
like(js('return document.title'), qr/^Error: /, 'the title says so');
js('document.querySelector("[name=email]").value = "mended@example.edu"');
$browser->press('main form [type=submit]');
receipt('mended, it is taken');

# --- a form that wants a moment: nobody with a script ever hears of it

go('slow/apply');
my $began = time;
fill();
$browser->press('main form [type=submit]');
receipt('sent as fast as a machine does');
cmp_ok(time - $began, '>', 2.5, 'it waited by itself');

# --- before it opens, on the second

my $opens = int(time) + 10;
$test->import_gigs(gig_record('soon', %quick, opens_at => at($opens)));
ok(wait_for { $test->get('/gigs/soon?format=json')->{status} == 200 } 'a gig that opens soon', 5);

# The phone's clock is two hours late.
my $clock = $browser->devtools('Page.addScriptToEvaluateOnNewDocument', source => 'const now = Date.now; Date.now = () => now() - 7200000;');
go('soon');
ok(wait_for { js('const e = document.querySelector(".gig-counter-time"); return e && e.textContent') =~ /^Opens in \d+ s$/ } 'the gig counts down', 5);
is(js('return document.querySelectorAll("[role=timer]").length'), 1, 'silently');
is($browser->text('.gig-action-still a'), 'Fill in the form', 'and leads to the form');
go('soon/apply');
like(js('return document.querySelector(".gig-counter-time").textContent'), qr/^Opens in \d+ s$/, 'the form counts down');
ok(js('return document.querySelector("main form [type=submit]").disabled'), 'its button cannot be pressed');
fill();
cmp_ok(time, '<', $opens, 'in good time');
# When the button came alive, by this machine's clock, which is the server's.
my $alive = js(<<'END');
return new Promise(done => {
    const button = document.querySelector("main form [type=submit]");
    const look = () => button.disabled ? setTimeout(look, 5) : done(performance.timeOrigin + performance.now());
    look();
});
END
my $late = $alive / 1000 - $opens;
cmp_ok($late, '>=', -0.05, sprintf 'not before it opens (%.3f s)', $late);
cmp_ok($late, '<', 1, 'but within the second');
is(js('return document.querySelector(".gig-counter-time").textContent'), 'Open now', 'it says so');
is(js('return document.querySelector(".gig-counter [role=status]").textContent'), 'This gig is open now.', 'aloud');
$browser->press('main form [type=submit]');
receipt('sent in the second it opened');
$browser->devtools('Page.removeScriptToEvaluateOnNewDocument', identifier => $clock->{identifier});

go('later');
ok(wait_for { js('return document.querySelector(".gig-counter-time").textContent') =~ /^Opens in 3 days [45] h$/ } 'what opens in days counts days', 5);
like(js('return document.querySelector(".gig-counter-zone").textContent'), qr/^For you: \w/, 'and says when that is for the reader');

# --- without scripts

$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::true);
go('later/apply');
like($browser->text('main'), qr/You can fill in the form now and send it from the second it opens/, 'without scripts the form says so');
$browser->type("[name=$_]", $answer{$_}) for sort keys %answer;
$browser->click('[name=available][value=true]');
$browser->click('[name=consent_processing]');
$browser->click('main form [type=submit]');
ok(wait_for { $browser->source =~ /are not open yet/ } 'sent too early', 10);
like($browser->source, qr/I would begin with the logs\./, 'it comes back with what was typed');
$browser->devtools('Emulation.setScriptExecutionDisabled', value => JSON::PP::false);

# --- fields that are called as a form's own members

go('hiding/apply');
fill(map { $_ => "my $_" } @hiding);
ok(wait_for { ref draft('hiding') } 'what is typed is kept');
go('hiding/apply');
is(value('dataset'), 'my dataset', 'over a reload');
js('[...document.querySelectorAll(".gig-note button")].pop().click()');
is(value('dataset'), '', 'emptied');
fill(map { $_ => "my $_" } @hiding);
$browser->press('.gig-form button[type=submit]');
receipt('and sent');
is(rows('hiding'), 1, 'once');

my @console = grep { $_->{message} !~ m{favicon|status of (?:403|404|410|422)|ERR_INTERNET_DISCONNECTED} } $browser->console;
is_deeply([map { $_->{message} } @console], [], 'the console is silent: no violation of the policy');

$browser->quit;
$test->done;
