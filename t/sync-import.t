#!/usr/bin/perl
# Why: the import is where a company meets gig-sync first, with a spreadsheet as it
# is.  What is right goes in, what is wrong is named with line, field and reason and
# stops nothing else; the same file again changes nothing; exports come back as they went.

use strict;
use warnings;
use utf8;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use GigTest::Command qw(run);

my $root = "$FindBin::Bin/..";
my $sync = ($ENV{GIG_BUILD} // "$root/build") . '/gig-sync';
my $dir  = tempdir(CLEANUP => 1);
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);


sub write_file {
    my ($name, $text) = @_;
    open my $out, '>:raw', "$dir/$name" or die "$name: $!";
    utf8::encode($text) if utf8::is_utf8($text);
    print $out $text;
    close $out or die "$name: $!";
    return "$dir/$name";
}


sub import_file {
    my ($db, @arguments) = @_;
    return run($sync, 'import', @arguments, '--into', "sqlite:$dir/$db");
}


sub sql {
    my ($db, $query) = @_;
    my ($status, $output) = run('sqlite3', "$dir/$db", $query);
    $status == 0 or die $output;
    chomp $output;
    return $output;
}


my $head = 'id,title,status,org.name,engagement,location.mode,pay.type,work.hours_max';
my $rest = 'published,Acme,volunteer,onsite,unpaid,10';

my $file = write_file('gigs.csv', "\x{feff}$head\r\na,\"One, \"\"two\"\"\r\n three\",$rest\r\nb, 🚀 Café ,$rest\r\n");
my ($status, $output) = import_file('a.db', $file);
is($status, 0, 'CSV with BOM, CRLF, quotes, an embedded line end and emoji') or diag($output);
is($output, "2 new, 0 changed, 0 unchanged, 0 refused\n", 'nothing but the counts is said');
is(sql('a.db', q{select json_extract(json, '$.title') from gigs where id = 'a'}), 'One, "two" three', 'quoted cell');
is(sql('a.db', q{select hex(json_extract(json, '$.title')) from gigs where id = 'b'}), uc unpack('H*', do { my $t = '🚀 Café'; utf8::encode($t); $t }), 'emoji are kept, stray blanks are not');
is((stat "$dir/a.db")[2] & 0777, 0600, 'the database is its owner\'s alone');

($status, $output) = import_file('a.db', $file);
is($output, "0 new, 0 changed, 2 unchanged, 0 refused\n", 'the same file again changes nothing');

write_file('gigs.csv', "$head\na,Other,$rest\nb,🚀 Café,$rest\n");
($status, $output) = import_file('a.db', $file);
is($output, "0 new, 1 changed, 1 unchanged, 0 refused\n", 'only what differs is changed');

# --- what is wrong

$file = write_file('wrong.csv', "$head\nc,Three,$rest\nd,,$rest\ne,\"x\"y,$rest\nf,Four,published,Acme,volunteer,onsite,unpaid,ten\ng,Five,$rest,more\nh,Six,$rest\ni,\xff,$rest\n");
($status, $output) = import_file('b.db', $file);
is($status, 65, 'EX_DATAERR when rows were refused');
like($output, qr{wrong\.csv: line 3: /title: }, 'line, field and reason: a missing title');
like($output, qr{line 4: \(row\): text after a closing quote}, 'a broken quote');
like($output, qr{line 5: /work/hours_max: "ten": must be a whole number}, 'no number');
like($output, qr{line 6: \(row\): 9 cells under 8 columns}, 'a cell too many');
like($output, qr{line 8: /title: is no UTF-8}, 'no UTF-8');
like($output, qr{^2 new, 0 changed, 0 unchanged, 5 refused$}m, 'the rest went in');

($status, $output) = import_file('b.db', write_file('misspelt.csv', "id,titel\n1,x\n"));
is($status, 65, 'an unknown column');
like($output, qr/no member "titel" in a gig; did you mean "title"\?/, 'the nearest member is named');

($status, $output) = run($sync, 'import', write_file('x.csv', "id\n1\n"), '--into', "$dir/new.db");
is($status, 64, 'a database without its kind');
like($output, qr/--into: must begin with its kind and a colon, as in sqlite:PATH/, 'is told what it looks like');
($status, $output) = import_file('new.db', "$dir/none.csv");
is($status, 66, 'no such file');
like($output, qr/none\.csv: No such file/, 'is said');
ok(!-e "$dir/new.db", 'and no database is made for it');

($status, $output) = run($sync, 'import', $file, '--into', 'sqlit:x');
is($status, 64, 'a wrong --into');
like($output, qr/did you mean sqlite:PATH/, 'with what would be right');

# --- mapping

my $map = write_file('my.map', <<'END');
[file]
separator = ";"
[record]
id             = {Nr}
title          = {Stelle}
org.name       = {Firma}
closes_at      = {Ende} 23:59:59
pay.amount     = {Lohn}
status         = {Aktiv}
skills         = {Kann}
summary        = {Stelle},
  {Firma}
[default]
status         = published
engagement     = contractor
location.mode  = onsite
pay.type       = fixed
pay.currency   = EUR
pay.unit       = project
work.hours_max = 20
[dates]
order          = dmy
offset         = +01:00
[split]
skills         = "/"
[values status]
ja             = published
nein           = withdrawn
END
$file = write_file('list.csv', "Nr;Stelle;Firma;Ende;Lohn;Aktiv;Kann\n7;Analyse;Acme;30.11.2026;1.500,50;nein;Excel / Python\n8;Text;Acme;;500;;\n");
($status, $output) = import_file('c.db', $file, '--map', $map);
is($status, 0, 'a mapping of other columns, dates, amounts and values') or diag($output);
my $gig = decode_json(sql('c.db', q{select json from gigs where id = '7'}));
is($gig->{closes_at}, '2026-11-30T23:59:59+01:00', 'a day in the mapping\'s order, its last second');
is($gig->{pay}{min_minor}, 150050, 'an amount');
is($gig->{status}, 'withdrawn', 'a table of values');
is_deeply($gig->{skills}, [{ name => 'Excel' }, { name => 'Python' }], 'a list');
is($gig->{summary}, 'Analyse, Acme', 'a value that goes on in the next line');
is(sql('c.db', q{select status from gigs where id = '8'}), 'published', 'a default');

write_file('my.map', "[record]\ntitel = {x}\n");
($status, $output) = import_file('c.db', $file, '--map', $map);
is($status, 78, 'a wrong mapping');
like($output, qr/my\.map:2: no member "titel" in a gig; did you mean "title"\?/, 'with file and line');

# --- JSON, JSON lines

my @gigs = map { { schema => 'gig/1', id => "j$_", title => "Gig $_", status => 'published', engagement => 'volunteer',
    org => { name => 'Acme' }, location => { mode => 'onsite' }, pay => { type => 'unpaid' }, work => { hours_max => 5 } } } 1 .. 3;
($status, $output) = import_file('d.db', write_file('gigs.json', encode_json(\@gigs)));
is($output, "3 new, 0 changed, 0 unchanged, 0 refused\n", 'an array');
($status, $output) = import_file('d.db', write_file('lines', join "\n", (map { encode_json($_) } @gigs), '{"id":', ''));
is($status, 65, 'lines, found out by how they begin');
like($output, qr{line 4: \(row\): .*\n0 new, 0 changed, 3 unchanged, 1 refused}, 'a broken line is named, the rest is read');

# --- export and back

($status, my $csv) = run($sync, 'export', '--what', 'gigs', '--format', 'csv', '--from', "sqlite:$dir/d.db");
is($status, 0, 'export of gigs as CSV');
($status, $output) = import_file('e.db', write_file('back.csv', $csv));
is($output, "3 new, 0 changed, 0 unchanged, 0 refused\n", 'can be imported as it is') or diag($csv);
($status, my $json) = run($sync, 'export', '--what', 'gigs', '--format', 'json', '--from', "sqlite:$dir/d.db");
($status, $output) = import_file('e.db', write_file('back.json', $json));
is($output, "0 new, 0 changed, 3 unchanged, 0 refused\n", 'and both say the same') or diag($json);
($status, $output) = run($sync, 'export', '--what', 'gigs', '--format', 'csv', '--from', "sqlite:$dir/none.db");
is($status, 66, 'a database that is not there is not made');
ok(!-e "$dir/none.db", 'by an export');

done_testing;
