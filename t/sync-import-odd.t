#!/usr/bin/perl
# Why: what people hand to an import is seldom what it wants: a spreadsheet's UTF-16, a
# folder, a line without end, a Ctrl-C in the middle.  Each must end in one sentence
# that helps, and leave the database whole.

use strict;
use warnings;

use Encode qw(encode);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest::Command qw(run);

my $sync = ($ENV{GIG_BUILD} // "$FindBin::Bin/../build") . '/gig-sync';
my $dir = tempdir(CLEANUP => 1);
my $head = 'id,title,status,org.name,engagement,location.mode,pay.type,work.hours_max';
my $rest = 'published,Acme,volunteer,onsite,unpaid,10';


sub write_file {
    my ($name, @bytes) = @_;
    open my $out, '>:raw', "$dir/$name" or die "$name: $!";
    print $out @bytes;
    close $out or die "$name: $!";
    return "$dir/$name";
}

sub import_file { return run($sync, 'import', @_, '--into', "sqlite:$dir/a.db") }

sub value {
    my ($status, $output) = run('sqlite3', '-cmd', '.timeout 5000', "$dir/a.db", @_);
    chomp $output;
    return $output;
}


# --- what is no text of ours

my $text = "$head\na,One,$rest\n";
for my $case (['UTF-16 with its mark', encode('UTF-16', $text)], ['UTF-16LE', encode('UTF-16LE', $text)],
    ['UTF-16BE', encode('UTF-16BE', $text)], ['bytes', join '', map {chr} 0 .. 255])
{
    my ($what, $bytes) = @$case;
    for my $name ('odd.csv', 'odd.json', 'odd') {
        my ($status, $output) = import_file(write_file($name, $bytes));
        is($status, 65, "$what as $name is refused");
        like($output, qr/\Q$name\E: is UTF-16, or no text; save it as UTF-8/, 'with what to do about it');
        is(scalar(() = $output =~ /is UTF-16/g), 1, 'said once');
    }
}

my ($status, $output) = import_file($dir);
is($status, 65, 'a folder');
like($output, qr/\Q$dir\E: is a folder, not a file/, 'is called one');
($status, $output) = import_file(write_file('none.csv', ''));
is($status, 65, 'an empty file');
like($output, qr/none\.csv: is empty/, 'is called empty');
($status, $output) = import_file("$dir/missing.csv");
is($status, 66, 'a file that is not there');
like($output, qr/missing\.csv: No such file/, 'is named');
($status, $output) = import_file(write_file('bom.csv', "\xef\xbb\xbf$text"));
is($output, "1 new, 0 changed, 0 unchanged, 0 refused\n", 'a byte order mark of UTF-8 is nothing');
($status, $output) = run($sync, 'import', "$dir/bom.csv", '--inot', "sqlite:$dir/a.db");
is($status, 64, 'a misspelt option');
like($output, qr/^gig-sync import: "--inot" is not understood.*"gig-sync import --help"/, 'is named by gig-sync');


# --- a line without end costs that line, and little memory

{
    my $file = "$dir/long.csv";
    open my $out, '>:raw', $file or die;
    print $out "$head\nb,";
    print $out 'y' x (1 << 20) for 1 .. 100;
    print $out ",$rest\nc,Three,$rest\n";
    close $out;
    my $limit = $sync =~ /asan/ ? '' : 'ulimit -v 60000;';      # a sanitizer's shadow is larger
    ($status, $output) = run('sh', '-c', "$limit exec \"\$@\"", 'sh', $sync, 'import', $file, '--into', "sqlite:$dir/a.db");
    is($status, 65, 'a line of 100 MB, in 60 MB of address space') or diag($output);
    like($output, qr/long\.csv: line 2: \(row\): longer than 1 MB/, 'is refused by its number');
    like($output, qr/^1 new, 0 changed, 0 unchanged, 1 refused$/m, 'and the line after it is read');
    unlink $file;
}


# --- a terminal gets a bar, a file does not

my $many = write_file('many.csv', "$head\n", map {"m$_,Number $_,$rest\n"} 1 .. 4000);
($status, $output) = import_file($many);
is($output, "4000 new, 0 changed, 0 unchanged, 0 refused\n", 'no bar where nobody looks');

SKIP: {
    skip 'no script(1)', 4 unless grep { -x "$_/script" } split /:/, $ENV{PATH};
    ($status, $output) = run('script', '-qec', "'$sync' import '$many' --into 'sqlite:$dir/a.db'", '/dev/null');
    is($status, 0, 'on a terminal');
    like($output, qr/\r\[#+ *\] +\d+%  \d+ records/, 'there is a bar');
    like($output, qr/\r\[#+\] 100%/, 'that comes to its end');
    like($output, qr/\r\e\[K0 new, 0 changed, 4000 unchanged, 0 refused\s*$/, 'and is gone when the counts are said');
}


# --- Ctrl-C in the middle

{
    my $n = 60000;
    my $file = write_file('great.csv', "$head\n", map {"i$_,Number $_,$rest\n"} 1 .. $n);
    my $pid = fork // die;
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        $SIG{INT} = 'DEFAULT';                  # a shell's background jobs ignore it, and so would this
        exec $sync, 'import', $file, '--into', "sqlite:$dir/a.db" or exit 127;
    }
    my $end = time + 20;

    # It stands still while it is looked at: on a busy machine it would else be done before sqlite3 has answered.
    while (time < $end) {
        sleep 0.005;
        kill 'STOP', $pid;
        last if value(q{select count(*) from (select 1 from gigs where id glob 'i*' limit 1)}) eq '1';
        kill 'CONT', $pid;
    }
    kill 'INT', $pid;
    kill 'CONT', $pid;
    waitpid $pid, 0;
    is($? & 127, 2, 'interrupted');
    my $there = value(q{select count(*) from gigs where id glob 'i*'});
    cmp_ok($there, '>', 0, "in the middle: $there rows were kept");
    cmp_ok($there, '<', $n, 'not all');
    is(value('pragma integrity_check'), 'ok', 'the database is whole');
    ($status, $output) = import_file($file);
    is($output, $n - $there . " new, 0 changed, $there unchanged, 0 refused\n", 'the same again adds the rest');
}

done_testing;
