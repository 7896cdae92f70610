#!/usr/bin/perl
# Why: whether an order is right is seen by eye, on real listings.  Thirty-odd questions as
# students type them, each with what must come first, and the first page as it was when
# somebody looked at it and found it right (t/data/search-listings.txt).
#
#   perl t/search-listings.t --show [Q...]   the first pages as they are now, with titles
#   perl t/search-listings.t --pin           writes them into the table, once they are right
#
# The listings are not part of the project: GIG_LISTINGS names the file (default ../shared/data/).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $PAGE  = 20;
my $table = "$FindBin::Bin/data/search-listings.txt";
my $file  = $ENV{GIG_LISTINGS} // "$GigTest::ROOT/../shared/data/internships.csv";
my $mode  = @ARGV ? shift @ARGV : '';
-e $file or plan skip_all => "the listings are not here ($file)";


# The table: a comment, a line `q`, what must come first, and the ids.
sub read_table {
    open my $in, '<:encoding(UTF-8)', $table or die "$table: $!";
    my (@questions, $now);
    for my $line (<$in>) {
        if    ($line =~ /^q (.*)/)                  { push @questions, $now = { q => $1, first => [], ids => [] } }
        elsif ($line =~ /^first (\d+) (\w+) (.*)/)  { push @{ $now->{first} }, { n => $1, in => $2, like => qr/$3/i } }
        elsif ($line =~ /^total (\d+)/)             { $now->{total} = $1 }
        elsif ($line =~ /^suggests ?(.*)/)          { $now->{suggests} = $1 }
        elsif ($line =~ /^ids (.*)/)                { push @{ $now->{ids} }, split / /, $1 }
        elsif ($line !~ /^(?:#.*)?$/)               { die "$table: $line" }
    }
    return @questions;
}

# The same table with the ids as they are.
sub write_table {
    my (%ids) = @_;
    open my $in, '<:encoding(UTF-8)', $table or die "$table: $!";
    my @lines = grep { !/^ids / } <$in>;
    close $in;
    my ($q, @out);
    for my $line (@lines, "\n") {
        if (defined $q && $line !~ /^(?:first|total|suggests)\b/) {
            my @ids = @{ $ids{$q} };
            push @out, 'ids ' . join(' ', splice @ids, 0, 10) . "\n" while @ids;
            $q = undef;
        }
        $q = $1 if $line =~ /^q (.*)/;
        push @out, $line;
    }
    pop @out;
    open my $file, '>:encoding(UTF-8)', $table or die "$table: $!";
    print $file @out;
    close $file;
}


my $test = GigTest->new;
$test->start_redis;
my ($status, $output) = $test->run("$GigTest::BUILD/gig-sync", 'import', $file, '--into', "sqlite:$test->{dir}/acme.db",
    '--map', "$GigTest::ROOT/docs/examples/internships.map");
is($status, 0, 'imported') or diag($output);
$test->start_nginx;
($status, $output) = $test->sync('once');
is($status, 0, 'published') or diag($output);
ok($test->wait_total(5958, 30), 'served') or BAIL_OUT('no catalog');

sub ask {
    my ($q) = @_;
    utf8::encode(my $bytes = $q);
    return $test->get("/gigs/?format=json&limit=$PAGE&q=" . $bytes =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ger);
}

# An id as the table has it: its beginning and its end, by which it is known among all.
sub short { my ($id) = @_; return substr($id, 0, 8) . substr $id, -4 }

# A gig as a line to look at, or one part of it.
sub text_of {
    my ($gig, $in) = @_;
    my %part = (title => $gig->{title}, org => $gig->{org}{name}, place => $gig->{location}{name}
        . join('', map {"; $_->{name}"} grep { $_->{name} } @{ $gig->{location}{places} // [] }));
    return $in eq 'any' ? "$part{title} | $part{org} | $part{place}" : $part{$in};
}

my @questions = read_table();
my %now;

for my $question (@questions) {
    my $q = $question->{q};
    my $body = ask($q)->{body};
    my $list = json_of($body);
    my @gigs = @{ $list->{gigs} // [] };
    my @ids = map { short($_->{id}) } @gigs;
    $now{$q} = \@ids;

    if ($mode) {
        next if $mode eq '--pin' || @ARGV && !grep { $_ eq $q } @ARGV;
        binmode STDOUT, ':encoding(UTF-8)';
        printf "\n=== %s   (%d found)%s\n", $q, $list->{total} // -1, @gigs ? '' : ' ' . $body =~ s/^.*?"total"/"total"/sr;
        my %pinned = map { $_ => 1 } @{ $question->{ids} };
        printf "%2d %s %s  %s\n", $_ + 1, $ids[$_], $pinned{ $ids[$_] } ? ' ' : '*', text_of($gigs[$_], 'any') =~ s/^(.{130}).*/$1.../sr for 0 .. $#gigs;
        next;
    }

    for my $first (@{ $question->{first} }) {
        my @wrong = grep { text_of($gigs[$_] // { title => '', org => { name => '' }, location => { name => '' } }, $first->{in}) !~ $first->{like} }
            0 .. $first->{n} - 1;
        is_deeply(\@wrong, [], "$q: the first $first->{n} are of it")
            or diag(join "\n", map { $_ + 1 . ': ' . ($gigs[$_] ? text_of($gigs[$_], 'any') : 'none') } @wrong);
    }
    is($list->{total}, $question->{total}, "$q: how many") if defined $question->{total};
    is($list->{suggestion} // '', $question->{suggests}, "$q: what is offered instead") if defined $question->{suggests};
    is_deeply(\@ids, $question->{ids}, "$q: the first page is the one that was looked at");
}

if ($mode eq '--pin') {
    write_table(%now);
    diag("$table: written");
}
is(scalar(@questions) >= 30, 1, 'thirty questions at least');

$test->done;
