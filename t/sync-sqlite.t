#!/usr/bin/perl
# Why: the SQLite file is a company's own database.  People edit it with sqlite3 and
# read it with whatever they have; what they write must be checked, what they see
# must be documented, and an export must not run formulas that an applicant typed.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use Test::More;
use GigTest::Command qw(run);

my $root = "$FindBin::Bin/..";
my $sync = ($ENV{GIG_BUILD} // "$root/build") . '/gig-sync';
my $dir  = tempdir(CLEANUP => 1);


sub sql {
    my ($query) = @_;
    my ($status, $output) = run('sqlite3', '-cmd', '.timeout 5000', "$dir/a.db", $query);
    chomp $output;
    return ($status, $output);
}


sub value { return (sql(@_))[1] }

sub exported {
    my ($what) = @_;
    my ($status, $output) = run($sync, 'export', '--what', $what, '--format', 'json', '--from', "sqlite:$dir/a.db");
    is($status, 0, "export of $what") or diag($output);
    my ($json) = $output =~ /^(\[.*\])$/ms or diag($output);
    return ($output, @{ decode_json($json) });
}


my %gig = (schema => 'gig/1', id => 'g1', title => 'Gig', status => 'published', engagement => 'volunteer',
    org => { name => 'Acme' }, location => { mode => 'onsite' }, pay => { type => 'unpaid' }, work => { hours_max => 5 });
open my $out, '>', "$dir/gigs.jsonl" or die;
print $out encode_json({ %gig, id => $_ }), "\n" for qw(g1 g2);
close $out;
my ($status, $output) = run($sync, 'import', "$dir/gigs.jsonl", '--into', "sqlite:$dir/a.db");
is($status, 0, 'two gigs') or diag($output);

is(value('PRAGMA journal_mode'), 'wal', 'WAL');
is(value('PRAGMA user_version'), 4, 'the schema has a version');

# A file of the version before: what it holds is still told to the receipts.
value(q{insert into applications (id, gig, applicant, received_at, seat, json) values ('old', 'g1', 'w', '2026-11-23T06:00:00.000Z', 'confirmed', '{}');
    drop trigger stages_insert; drop trigger stages_update; drop trigger stages_delete; drop trigger applications_seat;
    drop trigger applications_delete; drop table receipts; drop table self_identification; drop trigger applications_files; drop table files; PRAGMA user_version = 1});
run($sync, 'export', '--what', 'gigs', '--format', 'json', '--from', "sqlite:$dir/a.db");
is(value('PRAGMA user_version'), 4, 'a file of version 1 is brought up to date');
is(value('select id from receipts'), 'old', 'with what it holds');
is(value('select count(*) from self_identification'), 0, 'and the tables that came since');
is(value(q{delete from applications; select count(*) from receipts where id = 'old'}), 1, 'and its changes are noted');
is(value('select count(*) from files'), 0, 'and a table of files');

# --- edited by hand

my $before = value('select number from catalog');
is(value(q{update gigs set status = 'withdrawn' where id = 'g1'; select json_extract(json, '$.status') from gigs where id = 'g1'}),
    'withdrawn', 'the status can be set in its column');
is(value(q{update gigs set json = json_set(json, '$.status', 'paused') where id = 'g1'; select status from gigs where id = 'g1'}),
    'paused', 'or in the record');
cmp_ok(value('select number from catalog'), '>', $before, 'and gig-sync sees that something changed');

my ($rev) = map { $_->{rev} } grep { $_->{id} eq 'g2' } (exported('gigs'))[1, 2];
value(q{update gigs set json = json_set(json, '$.rev', '}. $rev . q{', '$.title', 'New') where id = 'g2'});
my ($new) = map { $_->{rev} } grep { $_->{id} eq 'g2' } (exported('gigs'))[1, 2];
isnt($new, $rev, 'a rev left in edited JSON does not hide the change');

($status, $output) = sql(q!insert into gigs (id, json) values ('g3', '{')!);
isnt($status, 0, 'what is no JSON is refused at once');
($status, $output) = sql(q{insert into gigs (id, json) values ('no id', '{}')});
isnt($status, 0, 'an id that cannot be in an address as well');

value(q{insert into gigs (id, json) values ('g4', '{"schema":"gig/1","id":"g4","status":"published"}')});
value(q{insert into gigs (id, json) select 'g5', json from gigs where id = 'g1'});
($output, my @left) = exported('gigs');
is_deeply([map { $_->{id} } @left], ['g1', 'g2'], 'a row that is no record does not keep the rest');
like($output, qr{refused gig=g4 field=/title reason=}, 'and is told with id, field and reason');
like($output, qr{refused gig=g5 field=/id reason=}, 'a copied row with another\'s id too');

# --- applications, as an applicant may have typed them

value(q{insert into applications (id, gig, applicant, received_at, seat, json) values ('a1', 'g1', 'w', '2026-11-23T06:00:00.000Z', 'confirmed',
    '{"schema":"gig-application/1","id":"a1","answers":{"identity":{"first_name":"=HYPERLINK(\"x\")"},"contact":{"email":"dana@example.edu"},"merit":{"statement":"one\n+two","tools":["71","72"]}}}');
    insert into stages (id, stage) values ('a1', 'received'), ('a1', 'selected')});
is(value(q{select email from applications}), 'dana@example.edu', 'columns for what people look for');
($status, $output) = sql(q{insert into stages (id, stage) values ('a1', 'chosen')});
isnt($status, 0, 'a stage that is none is refused');

($status, $output) = run($sync, 'export', '--what', 'applications', '--format', 'csv', '--from', "sqlite:$dir/a.db");
is($status, 0, 'applications as CSV');
like($output, qr/"'=HYPERLINK\(""x""\)"/, 'a formula is made a text');
like($output, qr/"one\n'\+two"/, 'in every line of a cell');
like($output, qr/,selected,/, 'the latest stage');
like($output, qr/71; 72/, 'a choice of several');

($status, $output) = run($sync, 'export', '--what', 'applications', '--format', 'csv', '--blind', '--from', "sqlite:$dir/a.db");
unlike($output, qr/HYPERLINK|dana/, 'blind: nobody\'s name or address');
like($output, qr/one\n'\+two/, 'but the work');

my (undef, $application) = exported('applications');
is($application->{answers}{identity}{first_name}, '=HYPERLINK("x")', 'JSON has it as it was typed');
is($application->{stage}, 'selected', 'with its stage');

# --- not ours

run('sqlite3', "$dir/other.db", 'create table t (x)');
($status, $output) = run($sync, 'import', "$dir/gigs.jsonl", '--into', "sqlite:$dir/other.db");
is($status, 73, 'a database of something else');
like($output, qr/is a database of something else/, 'is left alone');

done_testing;
