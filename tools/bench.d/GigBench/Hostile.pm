package GigBench::Hostile;

# What a body costs that was made to cost: a megabyte of each kind, announced or in pieces, and as
# much of it as is read at all.  The worst of all is the figure.

use strict;
use warnings;

use Time::HiRes qw(sleep time);

use GigBench::Board ();
use GigBench::Load qw(cpu);
use GigTest ();
use GigTest::Http ();

our @SETS = (['hostile-body']);

my $GIGS    = 50;
my $WHOLE   = 1_000_000;
my $READ    = 262_144;          # bytes of a body that are read at all (GIG_BODY_MAX)
my $ROUNDS  = 10;               # /proc has hundredths of a second
my $CPU     = 10;               # ms
my $MEMORY  = 2;                # MB
my $CALM    = 0.5;              # s
my $VALUE   = 81_800;           # of a value of them (GIG_BODY_VALUE)
my $CHUNK   = 16_384;

my %TYPE = (json => 'application/json', urlencoded => 'application/x-www-form-urlencoded', multipart => 'multipart/form-data; boundary=b');

# type, how it begins, what is said again and again, how it ends (or only what three answers say)
my %KIND = (
    'pairs of nothing'     => ['urlencoded', '', '&', ''],
    'empty fields'         => ['urlencoded', '', '=&', ''],
    'one field, often'     => ['urlencoded', '', 'a=b&', ''],
    'fields of the form'   => ['urlencoded', '', 'statement=b&', ''],
    'per cents'            => ['urlencoded', 'a=', '%', ''],
    'encoded'              => ['urlencoded', 'statement=', '%41', ''],
    'a long name'          => ['urlencoded', '', 'a', '=1'],
    'brackets'             => ['json', '', '[', ''],
    'objects'              => ['json', '', '{"a":', ''],
    'lists in answers'     => ['json', '{"answers":', '[', ']}'],
    'values'               => ['json', '{"answers":{"email":[', '0,', '0]}}'],
    'texts'                => ['json', '{"answers":{"email":[', '"a",', '"a"]}}'],
    'the same member'      => ['json', '{"answers":{', '"a":1,', '"a":1}}'],
    'one long string'      => ['json', '{"answers":{"statement":"', 'x', '"}}'],
    'escapes'              => ['json', '{"answers":{"statement":"', '\\u0301', '"}}'],
    'combining marks'      => ['json', '{"answers":{"statement":"a', "\xcc\x81", '"}}'],
    'composed again'       => ['json', '{"answers":{"statement":"', "a\xcc\x88\xcc\xa3", '"}}'],
    'three long answers'   => ['json', '', 'x'],
    'all to be composed'   => ['json', '', 'a' . "\xcc\x88\xcc\xa3" x 15],
    'all to be read'       => ['json', '', '\\u0061\\u0301'],
    'back slashes'         => ['json', '{"answers":{"email":"', '\\\\', '"}}'],
    'a long number'        => ['json', '{"answers":{"email":1', '0', '}}'],
    'blanks'               => ['json', '', ' ', '{}'],
    'quotes'               => ['json', '', '"', ''],
    'empty parts'          => ['multipart', '', "--b\r\n", ''],
    'parts of nothing'     => ['multipart', '--b', "\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b", '--'],
    'a head without end'   => ['multipart', "--b\r\n", "X: y\r\n", ''],
    'half a boundary'      => ['multipart', "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n", "\r\n--", ''],
    'a file'               => ['multipart', "--b\r\nContent-Disposition: form-data; name=email; filename=x\r\n\r\n", "\r", "\r\n--b--"],
);


# For a test of this: no others than these.
sub few { my %few = map { $_ => $KIND{$_} // die "no kind '$_'\n" } @_; %KIND = %few }


sub body {
    my ($kind, $size) = @_;
    my ($type, $begin, $again, $end) = @{ $KIND{$kind} };
    return three($again, $size) if !defined $end;
    return $begin . $again x (($size - length($begin) - length $end) / length $again) . $end;
}


# Three answers as long as one may be: the most that is worked on.
sub three {
    my ($again, $size) = @_;
    my $text = $again x (($size < 3.5 * $VALUE ? $VALUE : $size / 3.1) / length $again);
    return '{"answers":{' . join(',', map {"\"$_\":\"$text\""} qw(first_name last_name statement)) . '}}';
}


# The highest that its memory has been since the last call, and what it is; KiB.
sub memory {
    my ($pid) = @_;
    open my $status, '<', "/proc/$pid/status" or die "process $pid has gone\n";
    my %kib = map { /^(VmHWM|VmRSS):\s+(\d+)/ ? ($1, $2) : () } <$status>;
    open my $clear, '>', "/proc/$pid/clear_refs" or die "clear_refs: $!";
    print $clear "5\n";
    close $clear or die "clear_refs: $!";
    return @kib{qw(VmHWM VmRSS)};
}


sub post {
    my ($test, $id, $type, $body, $chunked) = @_;
    my %header = ('Content-Type' => $TYPE{$type}, 'Idempotency-Key' => '"hostile"', $chunked ? ('Transfer-Encoding' => 'chunked') : ());
    $body = join('', map { sprintf "%x\r\n%s\r\n", length, $_ } unpack "(a$CHUNK)*", $body) . "0\r\n\r\n" if $chunked;
    my $status = $test->http('POST', "/gigs/$id/applications", headers => \%header, body => $body)->{status};
    $status =~ /^4\d\d$/ or die "a hostile body is answered with $status\n";
    return $status;
}


# Until the worker has taken up its work as keeper, which takes memory too.
sub calm {
    my ($pid) = @_;
    my ($had, $since, $begin) = (0, time, time);
    while (time - $since < $CALM) {
        my $has = (memory($pid))[1];
        ($had, $since) = ($has, time) if $has != $had;
        time - $begin < 10 or die "the worker's memory does not stay the same\n";
        sleep 0.05;
    }
}


# What each way of one kind takes, ms of CPU and MB; in a worker that has seen small bodies only, as
# what a large one has taken may serve for the next.
sub cost {
    my ($test, $id, $kind) = @_;
    $test->reload or die "no new worker\n";
    my ($pid) = $test->workers;
    my $type = $KIND{$kind}[0];
    post($test, $id, $_, 'x' x 3000, 0) for keys %TYPE;
    calm($pid);

    my @cost;
    for my $way ([$READ, 0], [$READ, 1], [$WHOLE, 0], [$WHOLE, 1]) {
        my ($size, $chunked) = @$way;
        my $body = body($kind, $size);
        memory($pid);
        my $had = (memory($pid))[1];
        post($test, $id, $type, $body, $chunked);
        my $mb = ((memory($pid))[0] - $had) / 1024;
        my $before = cpu($pid);
        my $status;
        $status = post($test, $id, $type, $body, $chunked) for 1 .. $ROUNDS;
        push @cost, { kind => $kind, bytes => $size, chunked => $chunked, mb => $mb, ms => 1000 * (cpu($pid) - $before) / $ROUNDS, status => $status };
    }
    return @cost;
}


sub run {
    my ($report) = @_;
    my $test = GigBench::Board::start(GigBench::Board::shared($GIGS));
    my ($id) = GigBench::Board::open_ids($test);
    my @cost = map { cost($test, $id, $_) } sort keys %KIND;
    GigBench::Board::stop($test);

    my ($slowest) = sort { $b->{ms} <=> $a->{ms} } @cost;
    my ($largest) = sort { $b->{mb} <=> $a->{mb} } @cost;
    my $say = sub { my ($c) = @_; return sprintf '%s, %d KB%s', $c->{kind}, $c->{bytes} / 1000, $c->{chunked} ? ' in chunks' : '' };
    $report->row(case => 'hostile-body', ours => sprintf('%.1f ms of CPU, %.2f MB', $slowest->{ms}, $largest->{mb}),
        measure => scalar(keys %KIND) . ' kinds, 4 ways each', value => $slowest->{ms}, as => sprintf('%.1f ms, %.2f MB', $slowest->{ms}, $largest->{mb}),
        most => $CPU, must => "at most $CPU ms, $MEMORY MB", also => [$largest->{mb}, $MEMORY],
        note => 'most CPU: ' . $say->($slowest) . '; most memory: ' . $say->($largest), samples => { ours => \@cost });
}

1;
