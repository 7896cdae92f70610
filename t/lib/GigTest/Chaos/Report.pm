package GigTest::Chaos::Report;

# What a long run came to, as Markdown: GIG_CHAOS_REPORT names the file; a second run with
# the same file adds its history to the table of the first.

use strict;
use warnings;

use Fcntl qw(:flock);
use POSIX ();
use Time::HiRes qw(time);

use GigTest::Command ();

my $MARK = '<!-- histories -->';


sub new { my ($class, $path) = @_; return bless { path => $path }, $class }

sub version {
    my (@command) = @_;
    my ($status, $output) = GigTest::Command::run(@command);
    return $output =~ /(\d+\.\d[\w.]*)/ ? $1 : '?';
}

sub head {
    my ($world) = @_;
    my ($cores) = scalar(() = ($world->{a}->read_file('/proc/cpuinfo') =~ /^processor/mg));
    my ($commit) = (GigTest::Command::run('git', '-C', $GigTest::ROOT, 'describe', '--always', '--dirty'))[1] =~ /(\S+)/;
    return join "\n", '# The long run of the chaos harness', '',
        'Applicants at two hosts, a nemesis, a checker: [testing.md](testing.md) says what they do. To make this anew:', '',
        '    rm docs/chaos.md', '    GIG_CHAOS=SECONDS GIG_CHAOS_REPORT=docs/chaos.md prove -It/lib t/chaos/sqlite.t t/chaos/postgres.t', '',
        "Commit $commit, nginx " . version(GigTest::nginx_binary(), '-v') . ', Redis ' . version('redis-server', '--version') . ', SQLite '
        . version('sqlite3', '--version') . ', PostgreSQL ' . version(GigTest::Postgres::binaries() . '/postgres', '--version') . ', Linux '
        . version('uname', '-r') . ", $cores cores.", '', "$MARK\n";
}


# A section for a history that has ended.
sub add {
    my ($self, $world, $checker, $wrong) = @_;
    my %count = %{ $checker->{count} };
    my %wrong = map { $_ => 0 } qw(lost doubled oversold undead other);
    $wrong{ /^lost/ ? 'lost' : /twice/ ? 'doubled' : /^oversold/ ? 'oversold' : /^withdrawn, and/ ? 'undead' : 'other' }++ for @$wrong;
    my ($longest) = sort { $b <=> $a } @{ $world->{heals} }, 0;
    my %fault = %{ $world->{faults} };

    my $row = sub { return '| ' . join(' | ', @_) . " |\n" };
    my $section = join '', "\n## ", $world->{record} eq 'sqlite' ? 'SQLite' : 'PostgreSQL', ', seed ', $world->{seed}, "\n\n",
        POSIX::strftime('%Y-%m-%d %H:%M', gmtime $world->{began}), sprintf(" UTC, %d minutes, %d s of them raging in %d rounds, each until all was well again.\n\n",
            (time - $world->{began}) / 60, $world->{seconds}, scalar @{ $world->{heals} }),
        $row->(qw(what number)), $row->('---', '---:'),
        $row->('faults', $world->fault_count),
        $row->('answers: ok, fail, unknown', join ', ', @count{qw(ok fail unknown)}),
        $row->('of the ok: `recorded`, `pending`', join ', ', @count{qw(recorded pending)}),
        $row->('applications acknowledged', $count{acknowledged}),
        $row->('second texts acknowledged with their keys (kept as conflicts)', $count{conflicts}),
        $row->('texts that nobody ever got a certain answer for', $count{open_ended}),
        $row->('withdrawn', $count{withdrawn}),
        $row->('in the system of record', $count{delivered}),
        $row->('gigs sold out to the last seat', $count{sold_out} // 0),
        $row->('**lost, doubled, oversold, undead**', join ', ', map {"**$wrong{$_}**"} qw(lost doubled oversold undead)),
        $row->('answers that were wrong otherwise', $wrong{other}),
        $row->('longest healing', sprintf '%.1f s', $longest),
        "\nFaults: ", join(', ', map {"$_ $fault{$_}"} sort keys %fault), ".\n";

    # Two files of tests may end at one instant.
    open my $lock, '>>', $self->{path} or die "$self->{path}: $!";
    flock $lock, LOCK_EX or die "$self->{path}: $!";
    my $text = $world->{a}->read_file($self->{path});
    $text = head($world) unless $text =~ /\Q$MARK\E/;
    $world->{a}->write_file($self->{path}, $text . $section);
    return;
}

1;
