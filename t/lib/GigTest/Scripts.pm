package GigTest::Scripts;

# What the tests of the scripts share: a redis-server of their own, with the rights of
# docs/examples/*.acl, and the calls of the scripts as docs/redis-schema.md has them.

use strict;
use warnings;

use Digest::SHA qw(sha1);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

our @EXPORT = qw(
    $P $root $dir $json $zeros $main %sha %text @publish_keys @settle_keys @rebuild_keys
    connection ask r error_of everything keys_of evalsha publish judge withdraw settle rebuild known
    gig fresh verdict seats told entries id_hash digest_now held_now
);

our $root = dirname(__FILE__) . '/../../..';
my $seed = $ENV{GIG_SEED} // int(rand 2 ** 31);
srand $seed;
diag("GIG_SEED=$seed");

plan skip_all => 'redis-server is not installed' unless grep {-x "$_/redis-server"} split /:/, $ENV{PATH};

our $P = 'gig:{acme}:';
our $json = JSON::PP->new->canonical->utf8;
our $zeros = '0' x 40;
our (%sha, %text);


# ---- Redis

our $dir = tempdir('gig-scripts-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $redis_pid;

sub start_redis {
    open my $conf, '>', "$dir/redis.conf" or die $!;
    print $conf "port 0\nunixsocket $dir/redis.sock\nsave \"\"\ndir $dir\n",
        "include $root/docs/examples/edge.acl\ninclude $root/docs/examples/sync.acl\n";
    close $conf;

    $redis_pid = fork // die $!;
    if (!$redis_pid) {
        open STDOUT, '>', "$dir/redis.log";
        open STDERR, '>&', \*STDOUT;
        exec 'redis-server', "$dir/redis.conf" or exit 127;
    }
    for (1 .. 500) {
        return if IO::Socket::UNIX->new(Peer => "$dir/redis.sock");
        sleep 0.02;
    }
    die 'redis-server did not start';
}

END {
    if ($redis_pid) {
        my $status = $?;
        kill 'TERM', $redis_pid;
        waitpid $redis_pid, 0;
        $? = $status;
    }
}

sub connection { return { socket => IO::Socket::UNIX->new(Peer => "$dir/redis.sock") // die $! } }

sub reply {
    my ($c) = @_;
    local $/ = "\n";
    my $line = readline($c->{socket}) // die 'redis: connection lost';
    $line =~ s/\r\n\z//;
    my $kind = substr $line, 0, 1, '';
    return bless { text => $line }, 'Error' if $kind eq '-';
    if ($kind eq '$') {
        return undef if $line < 0;
        read($c->{socket}, my $value, $line + 2) == $line + 2 or die 'redis: cut short';
        return substr $value, 0, $line;
    }
    return $line < 0 ? undef : [map { reply($c) } 1 .. $line] if $kind eq '*';
    return $line;
}

# A command; an error is returned as an object of class Error.
sub ask {
    my ($c, @words) = @_;
    my $bytes = '*' . @words . "\r\n" . join '', map {'$' . length($_) . "\r\n$_\r\n"} @words;
    print { $c->{socket} } $bytes or die 'redis: connection lost';
    $c->{socket}->flush;
    return reply($c);
}

start_redis();
our $main = connection();

sub r {
    my $answer = ask($main, @_);
    die "@_[0, 1]: $answer->{text}" if ref $answer eq 'Error';
    return $answer;
}

sub error_of { my ($answer) = @_; return ref $answer eq 'Error' ? $answer->{text} : '' }

for my $name (qw(judge withdraw selfid publish settle rebuild)) {
    open my $file, '<', "$root/ngx_gig_module/core/lua/$name.lua" or die "$name: $!";
    $text{$name} = do { local $/; <$file> };
    $sha{$name} = r('SCRIPT', 'LOAD', $text{$name});
}
open my $file, '<', "$root/docs/examples/publish.lua" or die $!;
$text{by_hand} = do { local $/; <$file> };
$sha{by_hand} = r('SCRIPT', 'LOAD', $text{by_hand});

# All there is, as one text; streams with or without the numbers of their entries.
sub everything {
    my ($prefix, $numbers) = @_;
    my @lines;
    for my $key (sort @{ r('KEYS', "$prefix*") }) {
        my $type = r('TYPE', $key);
        my $value
            = $type eq 'string' ? r('GET', $key)
            : $type eq 'hash' ? { @{ r('HGETALL', $key) } }
            : $type eq 'stream' ? [map { $numbers ? $_ : $_->[1] } @{ r('XRANGE', $key, '-', '+') }]
            :                     $type;
        push @lines, substr($key, length $prefix) . ' ' . $json->encode([$value]);
    }
    return join "\n", @lines;
}


# ---- Calls, as docs/redis-schema.md has them

sub keys_of { return map {"$P$_"} @_ }

sub evalsha {
    my ($name, $keys, @argv) = @_;
    return ask($main, 'EVALSHA', $sha{$name}, scalar @$keys, @$keys, @argv);
}

our @publish_keys = qw(gigs forms judge seats catalog changes);
our @settle_keys = qw(applications settled seats judge catalog changes stages);
our @rebuild_keys = qw(ready rebuild seats judge catalog changes stages);

sub publish { my (@argv) = @_; return evalsha('publish', [keys_of(@publish_keys)], @argv) }

sub judge {
    my (%a) = (mode => 'live', id => 'I1', gig => 'g1', rev => 'r', at => 1000, node => 'n', who => 'w1',
        print => 'p1', flags => '', box => "\0box\r\n", seat => '', ttl => 1000, @_);
    return evalsha('judge', [keys_of("id:$a{id}", "who:$a{gig}:$a{who}", 'seats', 'changes')],
        $P, @a{qw(mode id gig rev at node who print flags box seat ttl)}, defined $a{files} ? $a{files} : ());
}

sub withdraw { my ($id, @mode) = @_; return evalsha('withdraw', [keys_of("id:$id")], $P, $id, 2000, 'n', 1000, @mode) }

# records: [entry, op, id, print, node, gig, who, outcome]; stages: [id, stages, seat]
sub settle {
    my ($records, $counts, $stages, $whole) = @_;
    return evalsha('settle',
        [keys_of(@settle_keys, (map { ("id:$_->[2]", "who:$_->[5]:$_->[6]") } @$records), map {"id:$_->[0]"} @{ $stages // [] })],
        'sync', 1000, scalar @$records, scalar @{ $counts // [] }, scalar @{ $stages // [] }, $whole // 0,
        (map {@$_} @$records, @{ $counts // [] }), map { (@$_, ('') x (3 - @$_)) } @{ $stages // [] });
}

sub rebuild { my ($keys, @argv) = @_; return evalsha('rebuild', [keys_of(@rebuild_keys, @$keys)], @argv) }

sub known { my ($op, $id, $print, $gig, $who, $seat, $withdrawn) = @_; return ($op, $id, $print, $gig, $who, $seat, 5000, $withdrawn) }

sub gig {
    my ($id, %more) = @_;
    return $json->encode({ id => $id, rev => "rev-$id", status => 'published', title => 'A gig', %more });
}

# An open board with gig g1.
sub fresh {
    my (%capacity) = @_;
    r('FLUSHALL');
    publish('', 'put', 'g1', gig('g1', capacity => {%capacity}));
    r('SET', "${P}ready", 'nonce-1');
    r('XGROUP', 'CREATE', "${P}applications", 'sync', '0', 'MKSTREAM');
}

sub verdict { my ($answer) = @_; return error_of($answer) || $answer->[1] }
sub seats { return r('HGET', "${P}seats", $_[0] // 'g1') }
sub told { return [map { my %f = @{ $_->[1] }; $f{op} eq 'seats' ? "$f{id} $f{seats}" : () } @{ r('XRANGE', "${P}changes", '-', '+') }] }
sub entries { return [map { [$_->[0], { @{ $_->[1] } }] } @{ r('XRANGE', "${P}applications", '-', '+') }] }
sub id_hash { return { @{ r('HGETALL', "${P}id:$_[0]") } } }

# The digest by its definition, from what is stored.
sub digest_now {
    my ($prefix) = @_;
    my $sum = "\0" x 20;
    for (['g', 'gigs'], ['f', 'forms']) {
        my ($kind, $key) = @$_;
        my %all = @{ r('HGETALL', "$prefix$key") };
        while (my ($id, $text) = each %all) {
            my $rev = $json->decode($text)->{rev};
            $sum ^= sha1("$kind:$id:$rev");
        }
    }
    return unpack 'H*', $sum;
}

# held by its definition.
sub held_now {
    my %held;
    for (@{ entries() }) {
        my $f = $_->[1];
        $held{ $f->{gig} }++ if $f->{op} eq 'apply' && $f->{seat} eq 'reserved' && ",$f->{flags}," !~ /,duplicate,/;
    }
    return \%held;
}

1;
