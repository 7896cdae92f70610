package GigBench::Footprint;

# What the board takes: disk, memory, time to start.

use strict;
use warnings;

use Time::HiRes qw(sleep time);

use GigBench::Board ();
use GigBench::Load qw(private_kib);
use GigBench::Report qw(median);

our @SETS = (['image-size'], ['workers'], ['start'], ['memory']);

my $GIGS    = 10_000;
my $FEW     = 50;
my $WORKERS = 8;
my $READ    = 100;              # gigs that are read, by every worker
my $READ_OF_FEW = 40;           # of $FEW, of which some are closed
my $ROUNDS  = 20;
my $START   = 100;              # ms


sub run {
    my ($report, $case) = @_;
    my %do = ('image-size' => \&image_size, workers => \&workers, start => \&start, memory => \&memory);
    $do{$case}->($report);
}


sub image_size {
    my ($report) = @_;
    my $test = GigBench::Board::shared($GIGS);
    GigBench::Board::forget_image($test);
    GigBench::Board::start($test);
    my $bytes = GigBench::Board::image_bytes($test);
    GigBench::Board::stop($test);
    $report->row(case => 'image-size', ours => sprintf('%.1f MB', $bytes / 1e6), measure => sprintf('their JSON: %.1f MB', $test->{json_bytes} / 1e6),
        value => $bytes / $test->{json_bytes}, most => 2.5, must => 'at most 2.5',
        samples => { ours => $bytes, measure => $test->{json_bytes} });
}


# Every worker has answered the same: a list, and some gigs, on connections of their own.
sub read_by_all {
    my ($test) = @_;
    my @ids = GigBench::Board::open_ids($test, $READ);
    for my $round (1 .. $ROUNDS) {
        for my $path ('/gigs/?format=json&limit=50', map {"/gigs/$_?format=json"} @ids[0 .. $READ - 1]) {
            my $answer = $test->get($path);
            $answer->{status} == 200 or die "$path: $answer->{status}\n";
        }
    }
}

# KiB of the image's mappings in these processes, each page shared out among those who have it.
sub mapped_kib {
    my ($test, @workers) = @_;
    my $folder = GigBench::Board::state_folder($test);
    my $kib = 0;
    for my $pid (@workers) {
        open my $file, '<', "/proc/$pid/smaps" or die "process $pid has gone\n";
        my $ours = 0;
        while (my $line = <$file>) {
            $ours = index($line, $folder) >= 0 if $line =~ /^[0-9a-f]+-[0-9a-f]+ /;
            $kib += $1 if $ours && $line =~ /^Pss:\s+(\d+)/;
        }
    }
    return $kib;
}


# With the image on disk, so that nobody has compiled.
sub workers {
    my ($report) = @_;
    my $test = GigBench::Board::shared($GIGS);
    GigBench::Board::start($test);
    GigBench::Board::stop($test);

    my (%private, %mapped);
    for my $n (1, $WORKERS) {
        local $test->{workers} = $n;
        $test->start_nginx(http => $GigBench::Board::SETTINGS) or die "nginx does not start\n";
        $test->wait_total($GIGS) or die "the board did not come up\n";
        read_by_all($test);
        my @pids = $test->workers;
        @pids == $n or die "not $n workers\n";
        $private{$n} = [sort { $a <=> $b } map { private_kib($_) } @pids];
        $mapped{$n}  = mapped_kib($test, @pids);
        GigBench::Board::stop($test);
    }

    my ($one, $largest) = ($private{1}[0], $private{$WORKERS}[-1]);
    $report->row(case => 'workers', ours => sprintf('%d: each at most %d KiB own, %d KiB of image', $WORKERS, $largest, $mapped{$WORKERS}),
        measure => sprintf('1: %d KiB own, %d KiB of image', $one, $mapped{1}), value => $largest / $one,
        as => sprintf('%.2f own, %.2f image', $largest / $one, $mapped{$WORKERS} / $mapped{1}), most => 1, must => 'flat; the image once',
        also => [$mapped{$WORKERS} / $mapped{1}, 1], samples => { private_kib => \%private, image_kib => \%mapped });
}


# Milliseconds from starting nginx until a path is answered 200.
sub first_answer {
    my ($test, $path, %piece) = @_;
    $test->nginx_conf(%piece);
    my $begin = time;
    $test->{nginx} = $test->spawn('nginx', GigTest::nginx_binary(), '-p', "$test->{dir}/", '-c', "$test->{dir}/nginx.conf", '-e', "$test->{dir}/error.log");
    while ($test->get($path)->{status} != 200) {
        time < $begin + 30 or die "nginx does not answer $path: " . $test->read_file('error.log');
        sleep 0.001;
    }
    my $took = 1000 * (time - $begin);
    GigBench::Board::stop($test);
    return $took;
}

sub start {
    my ($report) = @_;
    my $test = GigBench::Board::shared($GIGS);
    GigBench::Board::start($test);
    GigBench::Board::stop($test);

    my (@ours, @measure);
    for (1 .. $GigBench::Load::SAMPLES) {
        push @ours, first_answer($test, '/gigs/?format=json');
        push @measure, first_answer($test, '/plain', plain => 1, modules => [], server => 'location = /plain { return 200 plain; }');
    }
    my $more = median(@ours) - median(@measure);
    $report->row(case => 'start', ours => sprintf('%.0f ms', median(@ours)), measure => sprintf('without the module: %.0f ms', median(@measure)),
        value => $more, as => sprintf('%+.0f ms', $more), most => $START, must => "at most +$START ms", samples => { ours_ms => \@ours, measure_ms => \@measure });
}

# A worker's own memory must not grow with the catalog.
sub memory {
    my ($report) = @_;
    my %private;
    for my $n ($FEW, $GIGS) {
        my $test = $n == $GIGS ? GigBench::Board::shared($n) : GigBench::Board::published($n);
        GigBench::Board::forget_image($test);
        GigBench::Board::start($test);
        # The same reads for both, so that the response cache (bounded by cache_size) is the same:
        # what is left is what a worker has of the catalog itself.
        my @ids = GigBench::Board::open_ids($test, $FEW);
        $test->get("/gigs/$_?format=json") for @ids[0 .. $READ_OF_FEW - 1];
        $private{$n} = private_kib($test->workers);
        GigBench::Board::stop($test);
        $test->finish if $n == $FEW;
    }
    $report->row(case => 'memory', ours => "$private{$GIGS} KiB with $GIGS gigs", measure => "$private{$FEW} KiB with $FEW",
        value => $private{$GIGS} / $private{$FEW}, most => 1, must => 'does not grow', samples => \%private);
}

1;
