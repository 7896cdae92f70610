package GigBench::Intake;

# Applications: what one costs beside the bare script, beside lua-nginx that checks nothing, and with
# Redis gone; and those who read meanwhile.  Each is another applicant's, with a key of its own.

use strict;
use warnings;

use List::Util qw(min);
use Time::HiRes qw(sleep time);

use GigBench::Board ();
use GigBench::Changes ();
use GigBench::Load qw(cpu load);
use GigBench::Peers ();
use GigBench::Report qw(median);
use GigTest::Command ();
use GigTest::Publish ();

our @SETS = ([qw(accepted accepted-lua)], ['accepted-always'], ['pending'], ['reads-while-applying']);

our $GIGS    = 10_000;
my $CLIENTS  = 64;
my $CPU      = 45;              # us of an accepted one
my $PART     = 0.5;             # of capacity, while others read
my $SECONDS  = min(3, $GigBench::Load::SECONDS);   # a sample: what is accepted stays in memory
my $GIG      = 'g_intake';      # of the corpus, but without a cap
my $STATEMENT = 'I would start with the public data and a list of open questions, then agree on the two that matter most. ' x 4;

my $test;
my $number = 0;                 # of the next applicant


sub run {
    my ($report, @cases) = @_;
    return reads_while_applying($report) if $cases[0] eq 'reads-while-applying';
    return pending($report) if $cases[0] eq 'pending';
    return accepted($report, $cases[0] eq 'accepted-always' ? 'always' : 'everysec', @cases);
}


# The corpus and one gig that takes any number; nginx not started.
sub board {
    return $test if $test;
    $test = GigBench::Board::published($GIGS);
    my ($id, $json) = (sprintf('g_%07d', 1), undef);
    $json = $test->{redis}->cmd('HGET', "gig:{$test->{board}}:gigs", $id) // die "no gig $id\n";
    $json =~ s/"capacity":\{[^}]*\},?//;
    $json =~ s/"id":"\Q$id\E"/"id":"$GIG"/;
    $json =~ s/"(?:closes|opens)_at":"[^"]*",?//g;
    $test->{redis}->cmd('EVAL', GigTest::Publish::script($test, 'publish'), 6,
        (map {"gig:{$test->{board}}:$_"} qw(gigs forms judge seats catalog changes)), '', 'put', $GIG, $json);
    $test->{total}++;
    $test->{redis}->cmd('CONFIG', 'SET', 'auto-aof-rewrite-percentage', 0);
    return GigBench::Board::keep('intake', $test);
}


# Redis writes to the disk as it is told, and has no application; nginx with an empty ledger.
sub fresh {
    my ($fsync, %piece) = @_;
    my $redis = board()->{redis};
    GigBench::Board::stop($test);
    unlink glob GigBench::Board::state_folder($test) . '/ledger.*';
    $redis->cmd('CONFIG', 'SET', 'appendonly', 'no');
    forget($redis);
    $redis->cmd('CONFIG', 'SET', 'appendfsync', $fsync);
    $redis->cmd('CONFIG', 'SET', 'appendonly', 'yes');
    until ($redis->cmd('INFO', 'persistence') =~ /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/) { sleep 0.02 }
    GigBench::Board::start($test, board => "ledger_size 8g;\n", %piece);
    $number += 10_000_000;
    applications(0.5);
    return $test;
}

# All that applications have left.
sub forget {
    my ($redis) = @_;
    my $prefix = "gig:{$test->{board}}:";
    my $cursor = 0;
    do {
        ($cursor, my $keys) = @{ $redis->cmd('SCAN', $cursor, 'COUNT', 10_000) };
        my @made = grep { /^\Q$prefix\E(?:id|who):/ || /^bench:/ } @$keys;
        $redis->cmd('UNLINK', splice @made, 0, 1000) while @made;
    } while ($cursor);
    $redis->cmd('UNLINK', "${prefix}applications");
    $redis->cmd('HDEL', "${prefix}seats", $GIG);
}


# The file of a request, with marks where its number goes (load.c).
sub request_file {
    my ($target) = @_;
    my $body = JSON::PP->new->canonical->encode({ answers => $test->answers(first_name => 'A##########', email => 'a##########@example.edu', statement => $STATEMENT) });
    return $test->write_file('request', "POST $target HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        . "Idempotency-Key: \"bench-##########\"\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
}


# As fast as answers come, or `rate` a second; returns what load.c prints and CPU us of the worker each.
sub applications {
    my ($seconds, %load) = @_;
    my ($pid) = $test->workers;
    my $before = cpu($pid);
    my $got = load($load{port} // $test->{port}, $load{rate} // 0, $seconds, $CLIENTS, '-r', request_file($load{target} // "/gigs/$GIG/applications"), 202, $number);
    $number += $got->{due};
    $got->{us} = 1e6 * (cpu($pid) - $before) / $got->{answered};
    return $got;
}

# All of them were taken by Redis, and by nobody else.
sub queued { my ($key) = @_; return $test->{redis}->cmd('XLEN', $key // "gig:{$test->{board}}:applications") }

sub answered_once {
    my ($what, %more) = @_;
    my $answer = $test->http('POST', "/gigs/$GIG/applications", headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => '"once-' . $number++ . '"' },
        body => JSON::PP->new->canonical->encode({ answers => $test->answers }), %more);
    my $said = GigTest::json_of($answer)->{confirmation} // $answer->{body};
    $answer->{status} == 202 && $said eq $what or die "an application is answered with $answer->{status} and '$said', not '$what'\n";
}


# The judge's script with arguments as ours are, by redis-benchmark from the core that nginx leaves.
sub benchmark {
    my ($requests) = @_;
    my $redis  = $test->{redis};
    my $prefix = "gig:{$test->{board}}:";
    my $sha    = $redis->cmd('SCRIPT', 'LOAD', GigTest::Publish::script($test, 'judge'));
    my ($entry) = @{ $redis->cmd('XREVRANGE', "${prefix}applications", '+', '-', 'COUNT', 1) };
    my %ours = @{ $entry->[1] };
    # Its random numbers may be those of its last run: the letters before them are not.
    my $run = sprintf '%04d', $number++ % 10_000;
    my $random = sub { my ($of) = @_; return $run . 'A' x (length($ours{$of}) - 16) . '__rand_int__' };
    my @keys = ("${prefix}id:" . $random->('id'), "${prefix}who:$GIG:" . $random->('who'), "${prefix}seats", "${prefix}changes");
    my @args = ($prefix, 'live', $random->('id'), $GIG, $ours{rev}, $ours{at}, $ours{node}, $random->('who'), $random->('print'), '', 'x' x length $ours{box},
        '', 2592000);
    my $before = queued();
    my ($status, $output) = GigTest::Command::run('taskset', '-c', '0', 'redis-benchmark', '-p', $redis->{port}, '-c', $CLIENTS, '-n', $requests,
        '-r', 1_000_000_000, '--csv', 'EVALSHA', $sha, 4, @keys, @args);
    my ($rate) = $output =~ /,"([\d.]+)"(?:,"[\d.]+"){6}\s*\z/;        # then come six times
    $status == 0 && $rate or die "redis-benchmark: $output";
    my $added = queued() - $before;
    abs($added - $requests) < 0.001 * $requests or die "redis-benchmark sent $requests, and $added were accepted\n";
    return $rate;
}


sub accepted {
    my ($report, $fsync, @cases) = @_;
    my %wanted = map { $_ => 1 } @cases;
    my $lua = $wanted{'accepted-lua'};
    my (%got, $requests);
    board();
    my %piece;
    if ($lua) {
        @piece{qw(http server)} = GigBench::Peers::lua_xadd('/xadd/', "$test->{dir}/redis.sock", 'bench:applications');
        $piece{modules} = [GigBench::Peers::modules(), "$GigTest::BUILD/ngx_http_gig_module.so"];
    }

    for my $sample (1 .. $GigBench::Load::SAMPLES) {
        fresh($fsync, %piece);
        answered_once('recorded');
        my $before = queued();
        my $ours = applications($SECONDS);
        my $added = queued() - $before;
        $ours->{wrong} == 0 && $added == $ours->{answered} or die "$ours->{wrong} of $ours->{answered} were not accepted; Redis has $added\n";
        push @{ $got{ours}{$_} }, $ours->{$_} for qw(rate us p50 p99);

        if ($lua) {
            applications(0.3, target => '/xadd/');
            my $was = queued('bench:applications');
            my $theirs = applications($SECONDS, target => '/xadd/');
            my $more = queued('bench:applications') - $was;
            $theirs->{wrong} == 0 && $more == $theirs->{answered} or die "lua-nginx: $theirs->{wrong} of $theirs->{answered} were not right; Redis has $more\n";
            push @{ $got{lua}{$_} }, $theirs->{$_} for qw(rate us p50 p99);
        }

        $requests //= int($SECONDS * benchmark(5000));
        push @{ $got{redis}{rate} }, benchmark($requests);
    }
    GigBench::Board::stop($test);

    my $ours = sprintf '%d/s, %.1f us of CPU, p99 %.1f ms', map { median(@{ $got{ours}{$_} }) } qw(rate us p99);
    my $ratios = sub { my ($of) = @_; return [map { $got{ours}{rate}[$_] / $got{$of}{rate}[$_] } 0 .. $#{ $got{ours}{rate} }] };
    my $main = $fsync eq 'always' ? 'accepted-always' : 'accepted';
    $report->row(case => $main, ours => $ours, measure => sprintf('redis-benchmark, appendfsync %s: %d/s', $fsync, median(@{ $got{redis}{rate} })),
        ratios => $ratios->('redis'), least => 0.4, must => "0.4, at most $CPU us", also => [median(@{ $got{ours}{us} }), $CPU],
        samples => { ours => $got{ours}, measure => $got{redis} }) if $wanted{$main};
    $report->row(case => 'accepted-lua', ours => $ours, measure => sprintf('lua-nginx, XADD: %d/s, %.1f us', map { median(@{ $got{lua}{$_} }) } qw(rate us)),
        ratios => $ratios->('lua'), least => 0.35, must => 0.35, samples => { ours => $got{ours}, measure => $got{lua} }) if $lua;
}


# By a Unix socket, which has no address: the limit of an address would end it after 120 a minute.
sub pending {
    my ($report) = @_;
    my (%got, @ratio);
    my $socket = board()->{dir} . '/http.sock';
    for my $sample (1 .. $GigBench::Load::SAMPLES) {
        fresh('everysec', server => "listen unix:$socket;");
        my $up = applications($SECONDS, port => $socket);
        $test->{redis}->stop or die "Redis does not stop\n";
        answered_once('pending');
        my $down = applications($SECONDS, port => $socket);
        $_->{wrong} == 0 or die "$_->{wrong} of $_->{answered} were not accepted\n" for $up, $down;
        push @{ $got{up}{$_} }, $up->{$_} for qw(rate us p99);
        push @{ $got{down}{$_} }, $down->{$_} for qw(rate us p99);
        push @ratio, $down->{rate} / $up->{rate};
        GigBench::Board::stop($test);
        $test->{redis}->start(appendonly => 'yes', 'auto-aof-rewrite-percentage' => 0);
    }
    my ($down, $up) = map { my $of = $_; sprintf '%d/s, %.1f us of CPU, p99 %.1f ms', map { median(@{ $got{$of}{$_} }) } qw(rate us p99) } qw(down up);
    $report->row(case => 'pending', ours => $down, measure => "with Redis up: $up", ratios => \@ratio, least => 0.7, must => 0.7,
        samples => { ours => $got{down}, measure => $got{up} });
}


# Reads by the clock alone, and while applications come at half of what can be accepted.
sub reads_while_applying {
    my ($report) = @_;
    fresh('everysec');
    my $paths = GigBench::Changes::paths($test, GigBench::Board::open_ids($test, 1000));
    my $rate  = $GigBench::Changes::PART * GigBench::Changes::capacity($test, $paths);
    my $half  = $PART * applications($SECONDS)->{rate};
    my ($rest, $busy) = GigBench::Changes::beside($test, $paths, $rate, sub {
        my ($seconds) = @_;
        $number = 1e5 * time % 1e10;            # the parent's does not go on
        my $got = applications($seconds, rate => $half);
        $got->{wrong} == 0 or die "$got->{wrong} of $got->{due} were not accepted\n";
    });
    GigBench::Changes::latency_row($report, 'reads-while-applying', $rate, $rest, $busy, 1.3, sprintf '%d applications/s', $half);
    GigBench::Board::stop($test);
}

1;
