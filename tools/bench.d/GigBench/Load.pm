package GigBench::Load;

# Load, and what it costs the worker.  The worker has the first core for itself; the generator
# and all else is on the second.

use strict;
use warnings;

use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep time);

use GigTest ();

use Exporter qw(import);
our @EXPORT_OK = qw(closed_loop open_loop load interleaved cpu private_kib);

our $SECONDS = $ENV{BENCH_SECONDS} // 5;
our $SAMPLES = $ENV{BENCH_SAMPLES} // 5;
our $CONNECTIONS = 16;

sub settings { return (seconds => 0 + $SECONDS, samples => 0 + $SAMPLES, connections => $CONNECTIONS) }

my $HZ = POSIX::sysconf(POSIX::_SC_CLK_TCK());


# Seconds of CPU that a process has had, its threads and the kernel's work for it too.
sub cpu {
    my ($pid) = @_;
    open my $file, '<', "/proc/$pid/stat" or die "process $pid has gone\n";
    my @field = split / /, (<$file> =~ s/^.*\) //r);
    return ($field[11] + $field[12]) / $HZ;
}


# wrk: as fast as it goes.  path, header => [...], script and what it is given (args); returns
# CPU microseconds of the worker per request, requests a second, bytes an answer and requests.
sub closed_loop {
    my ($test, %load) = @_;
    my ($pid) = $test->workers;
    my $seconds = $load{seconds} // $SECONDS;
    my @command = ('wrk', '-t1', "-c$CONNECTIONS", "-d${seconds}s", (map { ('-H', $_) } @{ $load{header} // [] }),
        $load{script} ? ('-s', $load{script}) : (), "http://127.0.0.1:$test->{port}$load{path}",
        $load{args} ? ('--', @{ $load{args} }) : ());

    my $before = cpu($pid);
    my ($status, $output) = GigTest::Command::run(@command);
    my $used = cpu($pid) - $before;

    my ($requests, $took) = $output =~ /(\d+) requests in ([\d.]+)(?:s|m)/ or die "wrk: $output";
    $output =~ /Non-2xx|Socket errors/ and die "$load{path}: wrk saw answers that are not right: $output";
    my ($number, $unit) = $output =~ /requests in [^,]+, ([\d.]+)(\w+) read/;
    my %size = (B => 1, KB => 1024, MB => 1024 ** 2, GB => 1024 ** 3);
    return { us => 1e6 * $used / $requests, rps => $requests / $took, bytes => $number * $size{$unit} / $requests, requests => 0 + $requests };
}


# Several loads, each once in every sample, after a short one that warms up.
# loads: [name, test, what closed_loop takes]; vary gives more of that each time, after is told how
# many requests it was.  Returns name => { us => [...], rps => [...] }.
sub interleaved {
    my (@loads) = @_;
    my %samples;
    for my $sample (0 .. $SAMPLES) {
        for my $load (@loads) {
            my ($name, $test, %load) = @$load;
            my $got = closed_loop($test, %load, $sample ? () : (seconds => 1), $load{vary} ? $load{vary}->() : ());
            $load{after}->($got->{requests}) if $load{after};
            next unless $sample;
            push @{ $samples{$name}{$_} }, $got->{$_} for keys %$got;
        }
    }
    return %samples;
}


# What tools/bench.d/load.c prints: port, rate, seconds, connections, what to send.
sub load {
    my ($port, $rate, @more) = @_;
    my ($status, $output) = GigTest::Command::run("$GigTest::BUILD/bench/load", $port, int $rate, @more);
    $status == 0 or die "load: $output";
    return JSON::PP::decode_json($output);
}


# Requests by the clock, latency from when they were due.
sub open_loop {
    my ($test, %load) = @_;
    my $got = load($test->{port}, $load{rate}, $load{seconds} // $SECONDS, $load{connections} // 64, $load{paths});
    $got->{wrong} == 0 or die "load: $got->{wrong} of $got->{due} answers are not right\n";
    return $got;
}


# What a process has for itself: pages of files, which all share, do not count.
sub private_kib {
    my ($pid) = @_;
    open my $file, '<', "/proc/$pid/smaps_rollup" or die "process $pid has gone\n";
    while (my $line = <$file>) { return $1 if $line =~ /^Anonymous:\s+(\d+)/ }
    die "no Anonymous in smaps_rollup\n";
}

1;
