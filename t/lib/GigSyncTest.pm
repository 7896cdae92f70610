package GigSyncTest;

# What tests of gig-sync need beside GigTest: applications as a judge writes them,
# without an nginx, and a proxy before Redis that kills gig-sync at a chosen step.

use strict;
use warnings;

use Digest::SHA qw(sha1_hex sha256);
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64url);
use Test::More;
use Time::HiRes qw(sleep time);

use GigTest;

use Exporter qw(import);
our @EXPORT = qw(application withdrawal hand_in apply_all script_text script_sha judge settled_all proxy key);


sub key { my ($test, $name) = @_; return "gig:{$test->{board}}:$name" }

sub script_text {
    my ($name) = @_;
    open my $file, '<', "$GigTest::ROOT/ngx_gig_module/core/lua/$name.lua" or die "$name.lua: $!";
    local $/;
    return scalar <$file>;
}

sub script_sha { return sha1_hex(script_text($_[0])) }


# The helper that seals; made by the first test that needs it.
sub sealer {
    my ($test) = @_;
    my $binary = "$test->{dir}/seal_boxes";
    return $binary if -x $binary;
    my ($status, $output) = $test->run($ENV{CC} // 'cc', '-std=c11', '-D_GNU_SOURCE', '-I',
        "$GigTest::ROOT/ngx_gig_module/core", '-o', $binary, "$GigTest::ROOT/t/lib/seal_boxes.c",
        ($ENV{GIG_CORE} // "$GigTest::BUILD/libgigcore.a"), '-lsodium', '-lnettle', '-ljansson', '-lutf8proc', '-lz', '-lm',
        $GigTest::SANITIZED ? '-fsanitize=address,undefined' : ());
    $status == 0 or die "seal_boxes: $output";
    return $binary;
}


# The numbered application to a gig, by an applicant of its own unless told.
sub application {
    my ($gig, $number, %more) = @_;
    my $who = $more{who} // encode_base64url(sha256("who $number"));
    my $id = encode_base64url(substr sha256("$gig $number"), 0, 16);
    return {
        op => 'apply', id => $id, gig => $gig, rev => 'sha256-0', who => $who, flags => '', node => 'node-a',
        print => encode_base64url(sha256("print $gig $number")), at => int(time * 1000), %more,
        plain => JSON::PP->new->canonical->encode({
            schema => 'gig-application/1', id => $id, gig => { id => $gig, rev => 'sha256-0', form_rev => 1 },
            received_at => '2026-11-23T06:00:00.000Z', who => $who,
            answers => { identity => { first_name => "Avery$number", last_name => 'Example' },
                contact => { email => "avery$number\@example.edu" }, merit => {}, pedigree => {} },
            consents => [], source => {},
        }),
    };
}


# Seals them all and gives each its box.
sub seal {
    my ($test, @applications) = @_;
    my $plain = $test->write_file('plain', join '', map {"$_->{plain}\n"} @applications);
    my $sealer = sealer($test);
    my ($status, $output) = $test->run('sh', '-c', "'$sealer' '$test->{dir}/$test->{board}.pub' < '$plain'");
    $status == 0 or die "seal_boxes: $output";
    for my $line (split /\n/, $output) {
        $line =~ tr{-_}{+/};
        (shift @applications)->{box} = decode_base64($line . '=' x (-length($line) % 4));
    }
    return;
}


# Hands one application to the judge as an edge does (or its ledger, with a mode of its own);
# returns its verdict and seat.
sub judge {
    my ($test, $application) = @_;
    my $answer = $test->{redis}->cmd('EVAL', script_text('judge'), 4, key($test, "id:$application->{id}"),
        key($test, "who:$application->{gig}:$application->{who}"), key($test, 'seats'), key($test, 'changes'),
        key($test, ''), $application->{mode} // 'live', @{$application}{qw(id gig rev at node who print flags box)},
        $application->{seat} // '', 2592000);
    return @{$answer}[1, 2];
}


# Seals and judges; returns how many of each verdict.
sub apply_all {
    my ($test, @applications) = @_;
    seal($test, @applications);
    my %verdict;
    for my $application (@applications) {
        my ($verdict, $seat) = judge($test, $application);
        $verdict{ join ' ', grep {length} $verdict, $seat }++;
    }
    return \%verdict;
}


# Hands records to gig-sync that no judge has seen, as ledgers do after a Redis lost its memory.
sub hand_in {
    my ($test, @records) = @_;
    seal($test, grep { $_->{op} eq 'apply' } @records);
    for my $record (@records) {
        my @fields = map { $_ => $record->{$_} } grep { defined $record->{$_} } qw(op id gig rev at node who print seat flags box);
        $test->{redis}->cmd('XADD', key($test, 'applications'), '*', @fields);
    }
    return;
}


sub withdrawal {
    my ($id, %more) = @_;
    return { op => 'withdraw', id => $id, gig => '', at => int(time * 1000), node => 'node-a', who => '', print => '', %more };
}


# Everything that was acknowledged is in the database once and nothing is left behind.
sub settled_all {
    my ($test, $what, @applications) = @_;
    my $redis = $test->{redis};
    my $group = sub {
        my %group = eval { @{ $redis->cmd('XINFO', 'GROUPS', key($test, 'applications'))->[0] // [] } };
        return $group{pending} // 0;
    };

    wait_for { $redis->cmd('XLEN', key($test, 'applications')) == 0 && $group->() == 0 } "$what: queue is empty", 30;

    my @rows = $test->sql('select id from applications');
    is_deeply([sort map { $_->{id} } @rows], [sort map { $_->{id} } @applications],
        "$what: each application is in the system of record once");

    my @marked = grep {
        ($redis->cmd('HGET', key($test, "id:$_->{id}"), "apply:$_->{print}") // '') eq 'settled'
    } @applications;
    is(scalar @marked, scalar @applications, "$what: each is marked as settled");

    my %seats = %{ $redis->hash(key($test, 'seats')) };
    my ($held) = (0);
    $held += (split /,/)[2] for values %seats;
    is($held, 0, "$what: no seat is held any longer");
    return;
}


# A proxy before Redis.  when: 'asked' (a command matches; it is not passed on), 'done' (it was
# passed on and answered, the answer is not) or 'given' (an answer matches; it is not passed on).
# Then it kills the process whose id is in the file `victim`, once, and closes everything.
sub proxy {
    my ($test, $when, $match) = @_;
    my $port = GigTest::port();
    my $to = $test->{redis}{port};
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1)
        or die "proxy: $!";

    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $SIG{PIPE} = 'IGNORE';
        my (%peer, %asks);
        my $seen = 0;
        my $select = IO::Select->new($listen);
        my $kill = sub {
            # The process may be here before its id has been written down.
            for (1 .. 500) {
                if (open my $file, '<', "$test->{dir}/victim") {
                    my ($victim) = (<$file> // '') =~ /(\d+)\n?\z/;
                    kill 'KILL', $victim and POSIX::_exit(0) if $victim;
                }
                select undef, undef, undef, 0.01;
            }
            POSIX::_exit(3);
        };
        while (1) {
            for my $socket ($select->can_read) {
                if ($socket == $listen) {
                    my $client = $listen->accept or next;
                    my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or next;
                    @peer{$client, $server} = ($server, $client);
                    $asks{$client} = 1;
                    $select->add($client, $server);
                    next;
                }
                my $got = sysread $socket, my $data, 1 << 20;
                if (!$got) {
                    my $other = delete $peer{$socket};
                    $select->remove($socket, $other);
                    close $_ for $socket, $other;
                    next;
                }
                if ($asks{$socket}) {
                    my $hit = $when ne 'given' && index($data, $match) >= 0;
                    $kill->() if $hit && $when eq 'asked';
                    $seen = $peer{$socket} if $hit;
                } else {
                    $kill->() if $seen && $seen == $socket;
                    $kill->() if $when eq 'given' && index($data, $match) >= 0;
                }
                syswrite $peer{$socket}, $data;
            }
        }
    }

    close $listen;
    push @{ $test->{kids} }, { pid => $pid, name => 'proxy' };
    return ($port, $pid);
}

1;
