package GigBench::Corpus;

# The gigs that are measured with, made once a day (their times are relative to it), and
# questions about them: every value in a question is one that a gig has.

use strict;
use warnings;

use POSIX qw(strftime);

use Exporter qw(import);
our @EXPORT_OK = qw(corpus lines questions);

our $DIR = 'build/bench';

my $SEED = 3;           # of the questions: the same ones in every run


# The file of N gigs, a JSON line each.
sub corpus {
    my ($n) = @_;
    my $today = strftime('%Y-%m-%d', gmtime);
    my $file  = "$DIR/corpus-$n-$today.jsonl";
    my @made_of = map { (stat "tools/bench.d/$_")[9] } qw(corpus words.txt);

    if (!-s $file || grep { $_ > (stat $file)[9] } @made_of) {
        unlink glob "$DIR/corpus-$n-*";
        system("tools/bench.d/corpus $n --today $today > $file.new") == 0 or die "tools/bench.d/corpus failed\n";
        rename "$file.new", $file or die "$file: $!";
    }
    return $file;
}


# The first N of its lines.
sub lines {
    my ($file, $n) = @_;
    open my $in, '<', $file or die "$file: $!";
    my @lines;
    while (defined(my $line = <$in>)) {
        push @lines, $line;
        last if $n && @lines == $n;
    }
    return @lines;
}


sub escaped { my ($text) = @_; $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge; return $text }

# The corpus is written in one form, which is quicker taken apart than decoded.
sub values_of {
    my ($line) = @_;
    my ($skills)   = $line =~ /"skills":\[(.*?)\]/;
    my ($location) = $line =~ /"location":(\{.*?\}),"o/;
    my ($audience) = $line =~ /"audience":\[(.*?)\]/;
    return (
        skill      => [$skills =~ /"name":"([^"]+)"/g],
        department => [$line =~ /"department":"([^"]+)"/],
        team       => [$line =~ /"team":"([^"]+)"/],
        # Remote work is asked for by its mode; the regions of it are parts of other places too.
        location   => [$location =~ /"mode":"(?!remote)[^"]+","name":"([^"]+)"/],
        mode       => [$location =~ /"mode":"([^"]+)"/],
        engagement => [$line =~ /"engagement":"([^"]+)"/],
        org        => [$line =~ /"org":\{[^}]*?"name":"([^"]+)"/],
        audience   => [$audience =~ /"([^"]+)"/g],
    );
}


# What people ask: mostly of these; each question has three of different facets, or two words.
my @OFTEN = ((('skill') x 4), (('department') x 3), (('location') x 3), (('mode') x 3), (('engagement') x 2), 'team', 'org', 'audience');

sub three_filters {
    my ($line) = @_;
    my %value = values_of($line);
    my %chosen;
    while (keys %chosen < 3) {
        my $facet = $OFTEN[rand @OFTEN];
        $chosen{$facet} //= $value{$facet}[rand @{ $value{$facet} }] if @{ $value{$facet} };
    }
    return join '&', map { "$_=" . escaped($chosen{$_}) } sort keys %chosen;
}

# Words that people know, so that they are in many gigs; the others of the vocabulary are in a few.
my %known;

sub known {
    my ($word) = @_;
    if (!%known) {
        open my $file, '<', 'tools/bench.d/words.txt' or die "words.txt: $!";
        while (my $line = <$file>) { $known{$_} = 1 for map { lc } $line =~ /([A-Za-z]{4,})/g }
    }
    return $known{ lc $word };
}

# One of the title, one of the skills or of the description.
sub two_words {
    my ($line) = @_;
    my %value = values_of($line);
    my ($title) = $line =~ /"title":"([^"]+)","updated_at"/;
    my ($text)  = $line =~ m{"description_html":"<p>[^.]*\.([^<]*)};
    my @title = grep { known($_) } $title =~ /([A-Za-z]+)/g;
    my @other = grep { known($_) } (rand() < 0.5 ? "@{ $value{skill} }" : $text) =~ /([A-Za-z]+)/g;
    return unless @title && @other;
    my ($first, $second) = map { lc $_->[rand @$_] } \@title, \@other;
    return $first eq $second ? undef : "q=$first+$second";
}


# N different questions ("filters" or "words") about the gigs of these lines, as query strings.
sub questions {
    my ($kind, $n, @lines) = @_;
    my (%seen, @questions);
    srand $SEED;
    for (1 .. 50 * $n) {
        my $line = $lines[rand @lines];
        my $question = $kind eq 'filters' ? three_filters($line) : two_words($line);
        next if !defined $question || $seen{$question}++;
        push @questions, $question;
        return @questions if @questions == $n;
    }
    die "the corpus gives no $n different questions\n";
}

1;
