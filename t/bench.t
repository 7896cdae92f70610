#!/usr/bin/perl
# Why: a benchmark is run once in a long while, and what it leans on changes meanwhile: names in
# Redis, arguments of the judge, the words of an answer.  Here its rows of the write path are taken
# once, quickly: the figures mean nothing, but each must come about, and load.c must see what is wrong.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../tools/bench.d";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;

plan skip_all => 'of what is built for speed' if $GigTest::SANITIZED || $ENV{GIG_VALGRIND};
chdir $GigTest::ROOT or BAIL_OUT("$GigTest::ROOT: $!");
BEGIN { @ENV{qw(BENCH_SECONDS BENCH_SAMPLES)} = (1, 1) }

system('make', '-s', 'bench-build') == 0 or BAIL_OUT('the benchmark is not built');
require GigBench::Board;
require GigBench::Hostile;
require GigBench::Intake;
require GigBench::Load;
{ no warnings 'once'; $GigBench::Intake::GIGS = 50; }

{
    package Report;
    sub row    { my ($self, %row) = @_; $self->{ $row{case} } = \%row }
    sub missing { my ($self, $case, $why) = @_; die "$case: $why\n" }
}
my $report = bless {}, 'Report';

sub figures {
    my ($case) = @_;
    my $row = $report->{$case} // return 'no row';
    my @samples = map { @{ $_ // [] } } map { @{ $row->{samples}{$_} }{qw(rate us)} } grep { ref $row->{samples}{$_} eq 'HASH' } sort keys %{ $row->{samples} };
    return join ' ', grep { !($_ > 0) } @samples, @{ $row->{ratios} };
}

# --- the rows

# lua-nginx is installed by tools/bench; without it that row is left out.
require GigBench::Peers;
my $lua = !grep { !-e } GigBench::Peers::modules();
$lua &&= -e $GigBench::Peers::LUA_REDIS || -e "build/bench/lua-nginx-redis$GigBench::Peers::LUA_REDIS";

for my $cases (['accepted', $lua ? 'accepted-lua' : ()], ['pending'], ['reads-while-applying']) {
    ok(eval { GigBench::Intake::run($report, @$cases); 1 }, "@$cases") or diag($@);
    is(figures($_), '', "$_: figures above nothing") for @$cases;
}

# --- load.c: every request is another one, and an answer that is not right is seen

my $test = GigBench::Intake::fresh('everysec');
my $before = GigBench::Intake::queued();
my $got = GigBench::Intake::applications(0.3);
is($got->{wrong}, 0, 'all are accepted');
is(GigBench::Intake::queued() - $before, $got->{answered}, 'and none is an earlier one');
$got = GigBench::Load::load($test->{port}, 50, 0.4, 4, '-r', $test->write_file('again', $test->read_file('request')), 202, 1);
is_deeply([@$got{qw(due answered wrong)}], [20, 20, 0], 'by the clock');
$got = GigBench::Load::load($test->{port}, 0, 0.2, 4, '-r', "$test->{dir}/again", 200, 5_000_000_000);
is($got->{wrong}, $got->{answered}, 'another status than the one that is right');
cmp_ok($got->{answered}, '>', 0, 'is counted');

# --- bodies that cost

my @kinds = ('all to be composed', 'a file', 'half a boundary');
GigBench::Hostile::few(@kinds);
ok(eval { GigBench::Hostile::run($report); 1 }, 'hostile-body') or diag($@);
is(scalar @{ $report->{'hostile-body'}{samples}{ours} // [] }, 4 * @kinds, 'each kind in four ways');

GigBench::Board::finish_shared();
done_testing;
