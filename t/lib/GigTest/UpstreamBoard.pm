package GigTest::UpstreamBoard;

# A board whose applications go to an HTTP upstream, and the questions that its tests ask of Redis, of
# the upstream and of the file `state`.

use strict;
use warnings;

use Exporter 'import';

use GigSyncTest;
use GigTest;
use GigTest::Upstream;

our @EXPORT = qw(board fresh conf once queue row state_of outcome posts asked due);

my ($test, $redis, $up);
my $number = 0;

# A test has one: the GigTest, its Redis, its upstream.
sub board {
    $test = GigTest->new;
    $redis = $test->start_redis;
    $up = GigTest::Upstream->new($test);
    return ($test, $redis, $up);
}

sub fresh { my ($gig, %more) = @_; return application($gig, ++$number, %more) }
sub conf { my (%more) = @_; return $test->sync_conf(pull_every => '1s', claim_after => '1s', $up->settings, %more) }
sub once { return $test->sync('once') }
sub queue { return $redis->cmd('XLEN', key($test, 'applications')) }
sub row { return $up->row(@_) }
sub state_of { return row($_[0])->{state} // 'none' }
sub outcome { my ($a, $field) = @_; return $redis->cmd('HGET', key($test, "id:$a->{id}"), $field // 'outcome') // '' }
sub posts { return scalar $up->requests('POST', $_[0]{id}) }
sub asked { my ($a) = @_; return join ' ', map { $_->{method} } $up->requests(undef, $a->{id}) }

# As if the time until its next try had passed.
sub due { return $up->sql("update delivery set at = '2026-01-01T00:00:00Z'") }

1;
