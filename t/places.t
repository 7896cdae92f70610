#!/usr/bin/perl
# Why: people write one place in many ways, and an operator has names of his own. A file of
# his adds to what the module knows; another file, by a reload alone, makes another catalog
# of the same gigs; a wrong one stops nginx -t with the line and what would be right.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

my $test = GigTest->new;
my $file = "$test->{dir}/places.txt";

sub write_places {
    open my $out, '>', $file or die "$file: $!";
    print $out @_;
    close $out or die "$file: $!";
}

sub at { return (location => { mode => 'onsite', name => $_[0], places => [{ name => $_[0] }] }) }
sub ids { return join ' ', sort map { $_->{id} } @{ json_of($test->get("/gigs/?format=json&$_[0]"))->{gigs} } }

$test->start_redis;
GigTest::Publish::ready($test, 'nonce');
GigTest::Publish::put($test, gig_record('one', at('NYC')), gig_record('two', at('New York, NY')),
    gig_record('three', at('Main campus, Springfield, IL')), gig_record('four', at('Berlin, Germany')));

write_places("Main campus, Springfield, IL = HQ; The Campus   # ours\nNew York, NY = Gotham\n");
$test->start_nginx(board => "places $file;");
$test->wait_total(4) or BAIL_OUT('no catalog');

is(ids('location=new+york'), 'one two', 'both spellings of a place are found by a third');
is(ids('location=NYC'), 'one two', 'and by one of them');
is(ids('location=gotham'), 'one two', "a name of the operator's");
is(ids('location=hq'), 'three', 'a place of his own');
is(ids('location=illinois'), 'three', 'lies where he says');
is(ids('location=deutschland&location=the+campus'), 'four three', 'repeated: any of them');
my $counts = json_of($test->get('/gigs/?format=json&facets=location'))->{facets}{location};
is((grep { $_->{count} == 2 } @$counts), 1, 'the two are counted as one place');

write_places("New York, NY = The Apple\n");
$test->reload;
ok(wait_for(sub { ids('location=the+apple') eq 'one two' }, 'the new names', 20), 'another file, a reload: new names');
is(ids('location=gotham'), '', 'and the old ones are gone');
is(ids('location=hq'), '', 'all of them');

for (["New York, NY\n", qr/places\.txt.*line 1.*"="/], ["A = B\nC = B\n", qr/lines 1 and 2.*one place only/], ["A = \xff\n", qr/line 1.*UTF-8/]) {
    my ($text, $said) = @$_;
    write_places($text);
    my ($status, $output) = $test->nginx_test(board => "places $file;");
    isnt($status, 0, 'a wrong file stops nginx -t');
    like($output, $said, 'with the line and what would be right');
}

my ($status, $output) = $test->nginx_test(board => "places $test->{dir}/none.txt;");
like($output, qr/cannot open "[^"]*none\.txt"/, 'a file that is not there is named');
$test->{expected_log} = qr/\[emerg\] .*(?:file of places|cannot open)/;
$test->done;
