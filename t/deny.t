#!/usr/bin/perl
# Why: a gig that turns out to be a fraud, or a mistake, must be gone from every page within a
# second, also while Redis or the system of record cannot be reached; and it must not come back
# because a file was saved halfway.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $test  = GigTest->new(workers => 2);
my $redis = $test->start_redis;
my $file  = $test->write_file('acme.deny', "# nobody yet\n");
chmod 0644, $file;
my ($status, $output) = $test->nginx_test(board => "deny $test->{dir}/nowhere.deny;");
isnt($status, 0, 'a file that is not there stops nginx -t');
like($output, qr/cannot open "\S+nowhere\.deny" .* in \S+nginx\.conf:\d+$/m, 'by its name, and that of the line which names it');
unlink "$test->{dir}/error.log";

$test->start_nginx(board => "deny $file;");
GigTest::Publish::ready($test, 'first');
GigTest::Publish::put($test, map { gig_record($_, title => "Baker $_", department => 'Bakery') } qw(good bad ugly));
$test->wait_total(3) or BAIL_OUT('no catalog');

sub deny { $test->write_file('next.deny', join '', map {"$_\n"} @_); chmod 0644, "$test->{dir}/next.deny"; rename "$test->{dir}/next.deny", $file or die }
sub ids { return join ' ', sort map { $_->{id} } @{ json_of($test->get("/gigs/?format=json&$_[0]"))->{gigs} } }
# Each worker looks at the file once a second, and nobody chooses which one answers: it must be so in
# every answer of a second and a half.
sub settled(&$) {
    my ($block, $what) = @_;
    my $since;
    return ok(wait_for {
        my $good = grep { $block->() } 1 .. 12;
        $since = $good == 12 ? $since // time : undef;
        $since && time - $since > 1.5;
    } $what, 8);
}

is($test->get('/gigs/bad?format=json')->{status}, 200, 'it is there');
my $etag = $test->get('/gigs/?format=json')->{headers}{etag};

deny('bad   # reported by two applicants', '', 'not-known-here');
settled { $test->get('/gigs/bad?format=json')->{status} == 410 } 'named in the file: 410 within seconds';
is($test->get('/gigs/bad', headers => { Accept => 'text/html' })->{status}, 410, 'as a page too');
is(ids(''), 'good ugly', 'it is in no list');
is(ids('state=all'), 'good ugly', 'of any state');
is(ids('q=baker'), 'good ugly', 'in no search');
is(json_of($test->get('/gigs/?format=json&facets=department'))->{facets}{department}[0]{count}, 2, 'in no count');
unlike($test->get('/gigs/bad', headers => { Accept => 'text/html' })->{body}, qr{href="/gigs/bad"}, 'and not among similar gigs');
isnt($test->get('/gigs/?format=json')->{headers}{etag}, $etag, 'the list has another ETag');
is($test->apply('bad', 'key-1')->{status}, 410, 'it takes no application, though Redis would');
is($redis->cmd('XLEN', 'gig:{acme}:applications') // 0, 0, 'which is not asked');
is($test->apply('good', 'key-2')->{status}, 202, 'others do');

# --- a change of the catalog does not bring it back

GigTest::Publish::put($test, gig_record('bad', title => 'Baker, once more', department => 'Bakery'));
GigTest::Publish::put($test, gig_record('new', department => 'Bakery'));
settled { ids('') eq 'good new ugly' } 'published again it stays down';

# --- nor a file that is gone, or wrong in a line

unlink $file;
settled { $test->get('/gigs/bad?format=json')->{status} == 410 } 'without the file it stays down';
ok(wait_for { $test->get('/gigs/'); $test->read_file('error.log') =~ /"deny".*cannot be read/ } 'the log to say so', 5);
deny('good', 'a line that is none', 'bad');
settled { ids('') eq 'new ugly' } 'a line that is no id: the others count';
like($test->read_file('error.log'), qr/"deny".*line 2 is no id of a gig/, 'and the log says which it is');

# --- with Redis gone, and after a restart

$redis->stop;
deny('ugly');
settled { $test->get('/gigs/ugly?format=json')->{status} == 410 && $test->get('/gigs/bad?format=json')->{status} == 200 }
    'without Redis: one down, the others up again';
like($test->read_file('error.log'), qr/"deny" names 1 gig$/m, 'the log says how many');
ok($test->reload, 'a reload');
settled { ids('') eq 'bad good new' } 'it is down from the first answer on';
deny();
settled { ids('') eq 'bad good new ugly' } 'an empty file: all are back';

$test->{expected_log} = qr/deny/;
$test->done;
