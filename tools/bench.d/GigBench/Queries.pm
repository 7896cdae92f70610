package GigBench::Queries;

# Questions that nobody has asked before: over HTTP, beside nginx's `return 200` and beside
# themselves in a catalog ten times as large, and in process beside SQLite.

use strict;
use warnings;

use GigBench::Board ();
use GigBench::Corpus qw(corpus lines questions);
use GigBench::Load qw(interleaved);
use GigBench::Peers ();
use GigBench::Reads qw(cost_row);
use GigBench::Report qw(median);

our @SETS = ([qw(different different-100k)], ['filters'], ['words']);

my $GIGS      = 10_000;
my $MANY      = 100_000;
my $DIFFERENT = 10_000;         # times 99 values of pay_min
my $LOOKED_AT = 1_000;          # answers, for their mean size
my $ASKED     = 200;            # questions in process
my $LIST      = '/gigs/?format=json&facets=1&';
my $DB_PAGE   = 8192;
my $PLACES    = 5;              # where the sum of that facet is in a line of `search` and `sqlite`

my %from;                       # how many of a board's questions were asked


sub run {
    my ($report, @wanted) = @_;
    my %wanted = map { $_ => 1 } @wanted;
    different($report, \%wanted) if $wanted{different} || $wanted{'different-100k'};
    in_process($report, $_) for grep { $_ eq 'filters' || $_ eq 'words' } @wanted;
}


sub write_lines {
    my ($file, @lines) = @_;
    open my $out, '>', $file or die "$file: $!";
    print $out map {"$_\n"} @lines;
    close $out or die "$file: $!";
    return $file;
}


# --- over HTTP

# What is wrong with the answers to some questions, or ''.
sub wrong {
    my ($test, @questions) = @_;
    my $all = GigTest::json_of($test->get('/gigs/?format=json'))->{total};
    my $found = 0;
    for my $question (@questions) {
        my $answer = $test->get("$LIST$question&pay_min=1");
        $answer->{status} == 200 or return "$question: $answer->{status}";
        my $list = GigTest::json_of($answer);
        $list->{total} < $all or return 'a list with three filters has all the gigs';
        ref $list->{facets} eq 'HASH' && ref $list->{facets}{skill} eq 'ARRAY' && @{ $list->{facets}{skill} } or return 'no facets';
        for my $gig (@{ $list->{gigs} }) {
            for my $filter (split /&/, $question) {
                my ($name, $value) = split /=/, $filter;
                $value =~ s/%(..)/chr hex $1/ge;
                utf8::decode($value);
                my %has = (skill => join("\n", @{ $gig->{skills} }), department => $gig->{department}, engagement => $gig->{engagement},
                    mode => $gig->{location}{mode}, org => $gig->{org}{name});
                !defined $has{$name} || $has{$name} =~ /^\Q$value\E$/im or return "$gig->{id} was found by $filter";
            }
        }
        $found += @{ $list->{gigs} };
    }
    return $found ? '' : 'nothing is found';
}


# A load that goes on where the last one of this board stopped.
sub load {
    my ($name, $test, $file, $prefix) = @_;
    return [$name, $test, path => '/', script => 'tools/bench.d/queries.lua',
        vary => sub { return (args => [$file, $prefix, $from{$name} // 0]) },
        after => sub {
            my ($requests) = @_;
            $from{$name} += $requests;
            # `return 200` keeps nothing: it may be asked twice.
            $name eq 'measure' || $from{$name} < 99 * $DIFFERENT or die "$name: more requests than there are different questions\n";
        }];
}


sub different {
    my ($report, $wanted) = @_;
    my $test = GigBench::Board::shared($GIGS);
    my @questions = questions('filters', $DIFFERENT, lines(corpus($GIGS)));
    my $file = write_lines("$test->{dir}/questions", @questions);

    GigBench::Board::start($test);
    if (my $why = wrong($test, @questions[0 .. 19])) {
        GigBench::Board::stop($test);
        $report->missing($_, $why) for grep { $wanted->{$_} } qw(different different-100k);
        return;
    }

    # The measure sends as many bytes as the answers have in the mean.
    my ($longest, $mean) = ('', 0);
    for my $i (map { $_ * $DIFFERENT / $LOOKED_AT } 0 .. $LOOKED_AT - 1) {
        my $body = $test->get("$LIST$questions[$i]&pay_min=1")->{body};
        $longest = $body if length $body > length $longest;
        $mean += length($body) / $LOOKED_AT;
    }
    my $body = substr $longest, 0, $mean;
    GigBench::Board::stop($test);

    my ($http, $server) = GigBench::Peers::return_200('/same/', $body);
    GigBench::Board::start($test, http => $http, server => "access_log off;\n$server");
    my @loads = load('ours', $test, $file, $LIST);
    push @loads, load('measure', $test, $file, '/same/?format=json&facets=1&') if $wanted->{different};

    my $many;
    if ($wanted->{'different-100k'}) {
        $many = GigBench::Board::start(GigBench::Board::shared($MANY));
        push @loads, load('many', $many, $file, $LIST);
    }

    my %samples = interleaved(@loads);
    cost_row($report, 'different', 'return 200', 0.3, $samples{ours}, $samples{measure}) if $wanted->{different};
    cost_row($report, 'different-100k', 'with 10,000', 0.2, $samples{many}, $samples{ours}) if $many;
    GigBench::Board::stop($_) for grep { defined } $test, $many;
}


# --- in process

sub database {
    my ($n) = @_;
    my $corpus = corpus($n);
    my $file   = $corpus =~ s/\.jsonl$/.db/r;
    if (!-s $file || (stat 'tools/bench.d/sqlite.sql')[9] > (stat $file)[9] || (stat $corpus)[9] > (stat $file)[9]) {
        unlink $file, glob "$GigBench::Corpus::DIR/corpus-$n-*.db";
        my ($status, $output) = GigTest::Command::run('sqlite3', '-bail', $file, (map { ('-cmd', $_) }
            "PRAGMA page_size = $DB_PAGE", 'PRAGMA journal_mode = off', 'PRAGMA synchronous = off', 'PRAGMA temp_store = memory',
            'CREATE TABLE line (json TEXT)', '.mode ascii', '.separator "\037" "\n"', ".import $corpus line"), '.read tools/bench.d/sqlite.sql');
        if ($status != 0) { unlink $file; die "sqlite3: $output" }
    }
    return $file;
}


# Runs one of the two on the worker's core; returns a list of [ns, total, sums of the facets].
sub timed {
    my (@command) = @_;
    my ($status, $output) = GigTest::Command::run('taskset', '-c', '0', @command);
    $status == 0 or die "@command: $output";
    return map { [split / /] } split /\n/, $output;
}

sub mean_us { my $sum = 0; $sum += $_->[0] for @_; return $sum / @_ / 1000 }


sub in_process {
    my ($report, $kind) = @_;
    my $most = $kind eq 'filters' ? 25 : 40;
    my $file = database($GIGS);
    my $asked = write_lines("$GigBench::Corpus::DIR/$kind", map {"facets=1&$_"} questions($kind, $ASKED, lines(corpus($GIGS))));
    my $test = GigBench::Board::shared($GIGS);
    my $have = -x 'build/bench/search';
    if ($have) {
        GigBench::Board::start($test);
        GigBench::Board::stop($test);
    }

    my ($now, $seconds) = (time, $GigBench::Load::SECONDS);
    my (@ours, @measure, @last);
    for (1 .. $GigBench::Load::SAMPLES) {
        my @sqlite = timed('build/bench/sqlite', $file, $asked, $now, $seconds);
        push @measure, mean_us(@sqlite);
        if ($have) {
            my @search = timed('build/bench/search', GigBench::Board::state_folder($test), $test->{board}, $asked, $now, $seconds);
            push @ours, mean_us(@search);
            @last = (\@search, \@sqlite);
        }
    }
    if (!$have) {
        $report->missing($kind, sprintf 'no query engine in this tree; SQLite takes %.0f us', median(@measure));
        return;
    }

    my $note = compared($kind, @last);
    my @ratio = map { $measure[$_] / $ours[$_] } 0 .. $#ours;
    $report->row(case => $kind, ours => sprintf('%.1f us', median(@ours)), measure => sprintf('SQLite: %.0f us', median(@measure)),
        ratios => \@ratio, least => 40, must => "40, at most $most us", also => [median(@ours), $most], note => $note,
        samples => { ours => \@ours, measure => \@measure });
}


# By filters both must have found and counted the same, but for places, of which ours counts the parts
# too; by text stems and the last word's endings differ.
sub compared {
    my ($kind, $ours, $measure) = @_;
    my ($other, $facets, @total) = (0, 0, 0, 0);
    for my $i (0 .. $#$ours) {
        my ($mine, $theirs) = map { my @all = @$_; splice @all, $PLACES, 1; $all[0] = ''; "@all" } $ours->[$i], $measure->[$i];
        $other++ if $ours->[$i][1] != $measure->[$i][1];
        $facets++ if $mine ne $theirs;
        $total[0] += $ours->[$i][1] / @$ours;
        $total[1] += $measure->[$i][1] / @$ours;
    }
    $kind ne 'filters' || !$facets or die "filters: $facets of " . @$ours . " questions have another total or other facets than SQLite's\n";
    return sprintf 'found in the mean %.1f, by SQLite %.1f; of %d questions %d have another total', @total, scalar @$ours, $other;
}

1;
