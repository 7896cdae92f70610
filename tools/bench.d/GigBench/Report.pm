package GigBench::Report;

# The table that is printed and build/bench.json: a row a case, with all its samples.

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(max min);

use Exporter qw(import);
our @EXPORT_OK = qw(median);

our $BAND = 0.05;       # of every row: noise of a machine, not a margin to spend

my @WIDTH = (24, 34, 44, 22, 24, 12);


sub new {
    my ($class, $file, %about) = @_;
    my $self = bless { file => $file, about => \%about, rows => [] }, $class;
    $self->line('case', 'ours', 'the measure', 'ratio (lowest-highest)', 'must reach', 'reached?');
    return $self;
}


sub median { my @sorted = sort { $a <=> $b } @_; return $sorted[$#sorted / 2] }


sub line {
    my ($self, @cells) = @_;
    local $| = 1;
    print join(' ', map { sprintf "%-$WIDTH[$_]s", $cells[$_] } 0 .. $#cells) =~ s/\s+\z//r, "\n";
}


# case, ours, measure: texts.  value => the figure, or ratios => [a sample each]; least or most: what
# must be reached, with the band; also => [figure, most] a second bound of the row (within no band).
# as: how the figure is written.  samples: kept in the JSON.
sub row {
    my ($self, %row) = @_;
    my $figure = $row{value} // median(@{ $row{ratios} });
    my $written = $row{as} // sprintf '%.2f', $figure;
    $written .= sprintf ' (%.2f-%.2f)', min(@{ $row{ratios} }), max(@{ $row{ratios} }) if $row{ratios} && @{ $row{ratios} } > 1;

    my ($within, $exact) = defined $row{least}
        ? ($figure >= $row{least} * (1 - $BAND), $figure >= $row{least})
        : ($figure <= $row{most} * (1 + $BAND), $figure <= $row{most});
    ($within, $exact) = (1, 1) if $row{or};
    if ($row{also}) {
        my ($second, $most) = @{ $row{also} };
        $within &&= $second <= $most * (1 + $BAND);
        $exact  &&= $second <= $most;
    }

    my $reached = $exact ? 'yes' : $within ? 'in the band' : 'no';
    $self->line($row{case}, $row{ours}, $row{measure}, $written, $row{must}, $reached);
    push @{ $self->{rows} }, {
        case => $row{case}, ours => $row{ours}, measure => $row{measure}, ratio => 0 + $figure, must => $row{must},
        reached => $reached, samples => $row{samples} // {},
        $row{ratios} ? (ratios => $row{ratios}) : (), $row{note} ? (note => $row{note}) : (),
    };
    print "    $row{note}\n" if $row{note};
    $self->save;
}


# A row whose answers are not what the case is about: no number.
sub missing {
    my ($self, $case, $why) = @_;
    $self->line($case, 'not there yet:', $why);
    push @{ $self->{rows} }, { case => $case, reached => 'not there yet', why => $why };
    $self->save;
}


# A part that ended early: the other parts still say what they have.
sub failed {
    my ($self, $cases, $why) = @_;
    chomp $why;
    $self->line($cases, 'failed:', $why);
    push @{ $self->{rows} }, { case => $cases, reached => 'failed', why => $why };
    $self->save;
}


# After every row, so that a run that is broken off has left what it had.
sub save {
    my ($self) = @_;
    open my $file, '>', $self->{file} or die "$self->{file}: $!";
    print $file JSON::PP->new->canonical->pretty->encode({ about => $self->{about}, rows => $self->{rows} });
    close $file or die "$self->{file}: $!";
}


# True if all that was asked for was reached.
sub reached {
    my ($self) = @_;
    return !grep { $_->{reached} !~ /^(?:yes|in the band)$/ } @{ $self->{rows} };
}

1;
