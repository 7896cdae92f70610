package GigBench::Changes;

# What a change costs: from its publishing until it is seen, and those who read meanwhile.

use strict;
use warnings;

use POSIX ();
use Time::HiRes qw(sleep time);

use GigBench::Board ();
use GigBench::Load qw(closed_loop open_loop);
use GigBench::Report qw(median);
use GigTest::Http ();

our @SETS = (['change'], ['reads-while-publishing'], ['compile'], ['change-100k']);

my $GIGS    = 10_000;
my $MANY    = 100_000;
my $CHANGES = 5;                # a sample
my $CALM    = 10;               # seconds: the longest that the keeper gathers after a long compile
my $A_SECOND = 10;              # changes that readers have to bear
our $PART   = 0.3;              # of capacity
my $LATE    = 2;                # ms: within this of rest is as good
my $PATHS   = 200;


sub run {
    my ($report, $case) = @_;
    return reads_while_publishing($report) if $case eq 'reads-while-publishing';
    return compile($report) if $case eq 'compile';
    return $case eq 'change' ? change($report, $case, $GIGS, 10) : change($report, $case, $MANY, 20);
}


sub until_true {
    my ($seconds, $pause, $block) = @_;
    my $end = time + $seconds;
    until ($block->()) {
        time < $end or die "waited $seconds s in vain\n";
        sleep $pause;
    }
}


# Seconds from a change's publishing until a reader sees it.
sub seen_after {
    my ($test, $connection, $id) = @_;
    my $title = GigBench::Board::change($test, $id);
    my $begin = time;
    until_true(60, 0.0005, sub {
        $connection->send('GET', "/gigs/$id?format=json");
        return $connection->answer('GET')->{body} =~ /"title":"\Q$title\E"/;
    });
    return time - $begin;
}


# Full: a host that never had the board loads and compiles it all, counted from when nginx listens.
# A change: from when the script that publishes it has answered.  One after the other in every sample.
sub change {
    my ($report, $case, $n, $least) = @_;
    my $test = GigBench::Board::shared($n);
    my (@full, @change, @ratio, @ids);

    for my $sample (1 .. $GigBench::Load::SAMPLES) {
        GigBench::Board::forget_image($test);
        $test->start_nginx(main => 'worker_cpu_affinity 01;', http => $GigBench::Board::SETTINGS) or die "nginx does not start\n";
        my $begin = time;
        until_true(60 + $n / 500, 0.01, sub { $test->get('/gigs/?format=json&limit=1')->{status} == 200 });
        push @full, time - $begin;
        sleep($full[-1] * 9 < $CALM ? $full[-1] * 9 : $CALM);

        my $connection = GigTest::Http->new($test->{port});
        @ids = GigBench::Board::open_ids($test, 1000) unless @ids;
        my @took;
        for (1 .. $CHANGES) {
            push @took, seen_after($test, $connection, $ids[($sample * 97 + $_ * 31) % @ids]);
            sleep 0.5;
        }
        push @change, median(@took);
        push @ratio, $full[-1] / $change[-1];
        GigBench::Board::stop($test);
    }

    $report->row(case => $case, ours => sprintf('%.1f ms', 1000 * median(@change)), measure => sprintf('full compile: %.2f s', median(@full)),
        ratios => \@ratio, least => $least, must => $least, samples => { ours_s => \@change, measure_s => \@full });
}


# What is read: pages of the list, gigs, and lists that differ; one path a line.
sub paths {
    my ($test, @ids) = @_;
    my @paths = ('/gigs/?format=json') x ($PATHS / 2);
    push @paths, map {"/gigs/$ids[$_ * 17 % @ids]?format=json"} 1 .. $PATHS / 4;
    push @paths, map {"/gigs/?format=json&limit=$_"} 1 .. $PATHS / 4;
    # Mixed, the same way each time.
    srand 5;
    for my $i (reverse 1 .. $#paths) { my $j = int rand($i + 1); @paths[$i, $j] = @paths[$j, $i] }
    return $test->write_file('paths', join '', map {"$_\n"} @paths);
}

sub capacity {
    my ($test, $paths) = @_;
    return closed_loop($test, path => '/', script => 'tools/bench.d/paths.lua', args => [$paths])->{rps};
}


# Reads by the clock at rest, and while a child does something; p99 of each, and the difference or ratio.
sub beside {
    my ($test, $paths, $rate, $disturb) = @_;
    my (@rest, @busy);
    for (1 .. $GigBench::Load::SAMPLES) {
        push @rest, open_loop($test, rate => $rate, paths => $paths)->{p99};
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            # A connection of its own; and nothing of the parent's is ended by this process.
            delete $test->{redis}{socket};
            eval { $disturb->($GigBench::Load::SECONDS); 1 } or POSIX::_exit(1);
            POSIX::_exit(0);
        }
        push @busy, open_loop($test, rate => $rate, paths => $paths)->{p99};
        waitpid $pid, 0;
        $? == 0 or die "what was to be done beside the reads failed\n";
    }
    return (\@rest, \@busy);
}


sub latency_row {
    my ($report, $case, $rate, $rest, $busy, $most, $what) = @_;
    my $more = median(@$busy) - median(@$rest);
    my @ratio = map { $busy->[$_] / $rest->[$_] } 0 .. $#$rest;
    $report->row(case => $case, ours => sprintf('p99 %.3f ms, %s', median(@$busy), $what),
        measure => sprintf('at rest, %d/s: p99 %.3f ms', $rate, median(@$rest)), ratios => \@ratio, as => sprintf('%.2f, %+.2f ms', median(@ratio), $more),
        most => $most // 0, or => $more <= $LATE, must => defined $most ? "$most or +$LATE ms" : "+$LATE ms",
        samples => { ours_ms => $busy, measure_ms => $rest, rate => $rate });
}


sub reads_while_publishing {
    my ($report) = @_;
    my $test  = GigBench::Board::start(GigBench::Board::shared($GIGS));
    my @ids   = GigBench::Board::open_ids($test, 1000);
    my $paths = paths($test, @ids);
    my $rate  = $PART * capacity($test, $paths);
    my $before = version($test);

    my ($rest, $busy) = beside($test, $paths, $rate, sub {
        my ($seconds) = @_;
        my $begin = time;
        for my $n (0 .. $seconds * $A_SECOND - 1) {
            my $wait = $begin + $n / $A_SECOND - time;
            sleep $wait if $wait > 0;
            GigBench::Board::change($test, $ids[$n * 61 % @ids]);
        }
    });

    my $made = version($test) - $before;
    latency_row($report, 'reads-while-publishing', $rate, $rest, $busy, 1.3, "$made changes");
    GigBench::Board::stop($test);
}

sub version { my ($test) = @_; return GigTest::json_of($test->get('/gigs/?format=json&limit=1'))->{version} }


# Another nonce is another history: the keeper loads and compiles everything anew.
sub compile {
    my ($report) = @_;
    my $test  = GigBench::Board::start(GigBench::Board::shared($GIGS));
    my $paths = paths($test, GigBench::Board::open_ids($test, 1000));
    my $rate  = $PART * capacity($test, $paths);

    my ($rest, $busy) = beside($test, $paths, $rate, sub {
        my ($seconds) = @_;
        for my $n (1 .. $seconds) {
            $test->{redis}->cmd('SET', "gig:{$test->{board}}:ready", "bench-$n-$$");
            $test->{redis}->cmd('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
            sleep 1;
        }
    });

    my ($loads) = $test->get('/metrics')->{body} =~ /^gig_full_loads(?:_total)?\{[^}]*\} (\d+)/m;
    latency_row($report, 'compile', $rate, $rest, $busy, undef, ($loads // 0) . ' full loads');
    GigBench::Board::stop($test);
}

1;
