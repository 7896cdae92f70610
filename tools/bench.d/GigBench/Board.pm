package GigBench::Board;

# A board with N gigs of the corpus, as a harness of the tests (GigTest) has it: published into a
# Redis of its own by the project's own script, without gig-sync, which would take longer.

use strict;
use warnings;

use File::Basename qw(basename);
use File::Path qw(remove_tree);
use Time::HiRes qw(sleep time);

use GigBench::Corpus qw(corpus);
use GigTest::Publish ();

our $BATCH = 2000;          # records a publish
our $SETTINGS = 'access_log off; keepalive_requests 1000000; variables_hash_max_size 2048; map_hash_bucket_size 256;';

my %kept;


# Redis filled, nginx not started.
sub published {
    my ($n, %option) = @_;
    my $test = GigTest->new(workers => $option{workers} // 1);
    my $redis = $test->start_redis(unixsocket => "$test->{dir}/redis.sock", save => '""');
    $test->{total} = $n;
    GigTest::Publish::ready($test, 'bench');

    my $script = GigTest::Publish::script($test, 'publish');
    my @keys   = map {"gig:{$test->{board}}:$_"} qw(gigs forms judge seats catalog changes);
    open my $file, '<', corpus($n) or die "corpus: $!";
    my (@words, $bytes);
    while (1) {
        my $line = <$file>;
        if (defined $line) {
            chomp $line;
            $bytes += length $line;
            push @words, 'put', $line =~ /"id":"(g_\d+)"/, $line;
        }
        if (@words && (!defined $line || @words == 3 * $BATCH)) {
            $redis->cmd('EVAL', $script, scalar @keys, @keys, '', @words);
            @words = ();
        }
        last unless defined $line;
    }
    $test->{json_bytes} = $bytes;
    return $test;
}


# One for all cases that only read it; nginx is not started.
sub shared {
    my ($n) = @_;
    return $kept{$n} //= published($n);
}


# One of a case's own, taken down with the others; returns it.
sub keep { my ($name, $test) = @_; return $kept{$name} = $test }


# Starts nginx, pinned, and waits until all gigs are there.
sub start {
    my ($test, %piece) = @_;
    $piece{main}  = 'worker_cpu_affinity 01;' . ($piece{main} // '');
    $piece{http}  = "$SETTINGS\n" . ($piece{http} // '');
    $test->start_nginx(%piece) or die "nginx does not start: " . $test->read_file('error.log');
    $test->wait_total($test->{total}, 30 + $test->{total} / 500) or die "the board did not come up: " . $test->read_file('error.log');
    return $test;
}


sub stop { my ($test) = @_; $test->stop_nginx or die "nginx does not stop\n" }


sub state_folder { my ($test) = @_; return "$test->{dir}/state/$test->{board}" }

# Ids of gigs that are open, newest first: what can be read and is not gone.
sub open_ids {
    my ($test, $n) = @_;
    my @ids;
    my $next = '';
    while (@ids < ($n // 1)) {
        my $list = GigTest::json_of($test->get("/gigs/?format=json&limit=100$next"));
        push @ids, map { $_->{id} } @{ $list->{gigs} // [] };
        $next = '&cursor=' . ($list->{next} // last);
    }
    return @ids;
}


# As if this host had never had the board.
sub forget_image { my ($test) = @_; remove_tree(state_folder($test)) }


# Bytes of the newest index and of the stores.
sub image_bytes {
    my ($test) = @_;
    my $folder = state_folder($test);
    my ($newest) = sort { $b <=> $a } map { basename($_) =~ /^index\.(\d+)$/ ? $1 : () } glob "$folder/index.*";
    my $bytes = -s "$folder/index.$newest";
    $bytes += -s $_ for glob "$folder/store.*";
    return $bytes;
}


# Puts the record of a gig again with another title; returns the title.
my $changes = 0;

sub change {
    my ($test, $id) = @_;
    my $json = $test->{redis}->cmd('HGET', "gig:{$test->{board}}:gigs", $id) // die "no gig $id\n";
    my $title = sprintf 'Changed for the %d. time, %d', ++$changes, $$;
    $json =~ s/"title":"[^"]*","updated_at"/"title":"$title","updated_at"/ or die "no title in $id\n";
    $json =~ s/"rev":"[^"]*",//;
    $test->{redis}->cmd('EVAL', $test->{publish} //= GigTest::Publish::script($test, 'publish'), 6,
        (map {"gig:{$test->{board}}:$_"} qw(gigs forms judge seats catalog changes)), '', 'put', $id, $json);
    return $title;
}


# After a case that ended early, too.
sub stop_shared { $_->stop_nginx for values %kept }

sub finish_shared { $_->finish for values %kept; %kept = () }

1;
