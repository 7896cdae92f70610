#!/usr/bin/perl
# Why: what reads well as plain text reads well anywhere: in a text browser, to a screen reader of
# any age, on a machine that shows no style and runs no script.  Somebody in lynx searches, filters,
# reads a gig, makes a mistake in its form, and has a receipt in the end; w3m reads the same pages.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Pages;

my @missing = grep { my $name = $_; !grep { -x "$_/$name" } split /:/, $ENV{PATH} } qw(lynx tmux w3m);
plan skip_all => "not installed: @missing" if @missing;

my $test = GigTest->new;
GigTest::Pages::board($test) or BAIL_OUT('no board');
my $base = "http://127.0.0.1:$test->{port}/gigs/";

# --- lynx, in a terminal of its own

my $socket = "$test->{dir}/tmux";
local @ENV{qw(LANG TERM LC_ALL)} = qw(C.UTF-8 xterm C.UTF-8);
delete @ENV{qw(http_proxy HTTP_PROXY TMUX)};

sub tmux { my ($status, $said) = $test->run('tmux', '-u', '-S', $socket, '-f', '/dev/null', @_); return $said }
sub screen { return tmux(qw(capture-pane -p)) }
sub keys_ { tmux('send-keys', @_) }
sub type { tmux('send-keys', '-l', $_[0]) }
sub shows {
    my ($pattern, $what) = @_;
    my $there = ok(wait_for { screen() =~ $pattern } $what, 15);
    diag(screen()) unless $there;
    return $there;
}

# To the first link or field at or below that text; the screen says so by then.
sub find {
    my ($text) = @_;
    keys_('/');
    wait_for { screen() =~ /Enter a whereis query/ } "lynx to ask for '$text'";
    keys_('C-u');
    type($text);
    keys_('Enter');
    my $there = wait_for { my $s = screen(); $s !~ /whereis query/ && $s =~ /\Q$text\E/ } "lynx to find '$text'";
    diag(screen()) unless $there;
    return $there;
}

# The next field, and what is written into it.
sub field { my ($text) = @_; keys_('Tab'); type($text); return wait_for { screen() =~ /\Q$text\E/ } "'$text' in its field" }

tmux(qw(new-session -d -x 110 -y 100), "lynx -cfg=/dev/null -nopause -accept_all_cookies $base 2>$test->{dir}/lynx.log");
shows(qr/Search titles, skills and places/, 'the list') or BAIL_OUT($test->read_file('lynx.log'));
like(screen(), qr/\[ \] Remote *\d+ gigs/, 'with filters that read as text');
like(screen(), qr/\[ \] Remote \d+ gigs/, 'each apart from its count');

find('Remote');
keys_('Enter');
shows(qr/\[X\] Remote/, 'a filter');
find('Show the gigs');
keys_('Enter');
shows(qr/Filters *1 chosen/, 'is chosen');
field('robot logs');
keys_('Tab', 'Enter');
shows(qr/Search: robot logs/, 'and a search');
find('Turn robot logs into a timeline');
shows(qr/Closes within 48 hours/, 'a card says its state');
unlike(screen(), qr/Opens soon/, 'and not another');
keys_('Enter');
shows(qr/Back to all gigs|All gigs/, 'the gig');
like(screen(), qr/\$800/, 'with what it pays');
find('Apply');
keys_('Enter');
shows(qr/^ *Apply: Turn robot logs/m, 'its form');
my $opened = time;

find('First name');
type('Avery');
field('Example');
field('avery@example');
keys_('Tab');
type('I would read ten logs by hand first, and only then decide what an event is.');
keys_('Tab', 'Tab', 'Tab', 'Enter');
shows(qr/\[X\] I agree/, 'consent');
keys_('Tab', 'Tab', 'Enter');
shows(qr/\[X\] I am at least/, 'and age');
keys_('Tab', 'Tab');
keys_('Enter');
shows(qr/answers? needs? another look/, 'a mistake');
like(screen(), qr/E-mail: Please write your e-mail address/, 'is told on top');
find('E-mail: Please write');
keys_('Enter');
shows(qr/Text entry field|Enter text/i, 'and leads to its field');
keys_('C-u');
type('avery@example.edu');
# Out of fields, in which a slash is text.
keys_('Tab', 'Tab');

find('Send application');
# The form is to have been open as long as people need: 3 s.
sleep 0.1 while time < $opened + 4;
keys_('Enter');
shows(qr/We have your application/, 'the receipt');
like(screen(), qr/Received|received/, 'with the time');
keys_('q', 'y');
tmux('kill-server');

# --- w3m

sub w3m { my ($status, $text) = $test->run('w3m', '-dump', '-cols', 100, '-T', 'text/html', "$base$_[0]"); is($status, 0, "w3m reads '$_[0]'"); return $text }
like(w3m(''), qr/Use our shop with the keyboard alone\s+Acme Robotics/, 'the list');
like(w3m('pricing-scan'), qr/What you will do/, 'a gig');
like(w3m('pricing-scan/apply'), qr/First name ?\[ +\]/, 'a form');
like(w3m('holiday-cards'), qr/closed/i, 'a gig that has closed');

$test->done;
