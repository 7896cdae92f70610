package GigTest::Chaos::Checker;

# Compares what applicants were told with what the system of record holds, when all is quiet.
# One pass through the history and one through the tables; of a key it keeps a few numbers, so
# that time and memory grow as the history does.

use strict;
use warnings;

use GigTest;

# Of each text of a key (A, B, C) three bits: what its attempts came to; and of the key itself.
use constant { OK => 1, FAIL => 2, UNKNOWN => 4, BITS => 3, WITHDRAWN => 1 << 9, WITHDRAWING => 1 << 10, FULL => 1 << 11 };
my %TEXT = (A => 0, B => 1, C => 2);
my %WHAT = (ok => OK, fail => FAIL, unknown => UNKNOWN);


sub new {
    my ($class, $world) = @_;
    my $self = bless { world => $world, told => {}, email => {}, token => {}, wrong => [], more => 0,
        count => { map { $_ => 0 } qw(ok fail unknown acknowledged open_ended conflicts withdrawn delivered recorded pending) } }, $class;
    $self->read_history;
    $self->read_record;
    $self->read_receipts;
    return $self;
}

sub wrong { my ($self) = @_; return (@{ $self->{wrong} }, $self->{more} ? "and $self->{more} more" : ()) }

# A world where nothing works must not fill the memory with sentences.
sub say_wrong {
    my ($self, $sentence) = @_;
    if (@{ $self->{wrong} } < 1000) { push @{ $self->{wrong} }, $sentence }
    else                            { $self->{more}++ }
    return;
}


sub read_history {
    my ($self) = @_;
    my ($told, $count) = @$self{qw(told count)};

    for my $path ($self->{world}->history_files) {
        open my $file, '<', $path or die "$path: $!";
        while (my $line = <$file>) {
            chomp $line;
            my ($op, $what, $began, $ended, $key, $gig, $email, $text, $host, $status, $token, $confirmation) = split / /, $line;
            my $bits = \($told->{$key} //= 0);
            $self->{gig}{$key} //= $gig;

            if ($op eq 'withdraw') {
                $$bits |= $what eq 'ok' ? WITHDRAWN : WITHDRAWING;
                $self->say_wrong("the receipt of $key is unknown: $line") if $what eq 'fail';
                next;
            }

            $count->{$what}++;
            $count->{$confirmation}++ if $what eq 'ok' && exists $count->{$confirmation};
            $$bits |= $WHAT{$what} << BITS * $TEXT{$text};
            $self->say_wrong("two receipts: $key") if $what eq 'ok' && ($self->{token}{$key} //= $token) ne $token;
            $self->{odd}{$key} .= " $status,$text" if $status =~ /^4/ && $what eq 'fail' && $status !~ /^409|429/;
            $self->say_wrong("answered $status: $line") if $status =~ /^5/ && $status != 503 || $status =~ /^(?:404|403|400)$/;
            $self->say_wrong("full, where nothing is ever full: $line") if $status == 409 && $what eq 'fail' && $gig =~ /^open-/;
        }
    }

    # Refusals that need a reason: another text, a withdrawal.
    for my $key (sort keys %{ $self->{odd} // {} }) {
        for my $odd (split ' ', delete $self->{odd}{$key}) {
            my ($status, $text) = split /,/, $odd;
            my $others = $told->{$key} & ~(((OK | FAIL | UNKNOWN) << BITS * $TEXT{$text})) & 0x1ff;
            $self->say_wrong("in conflict with nothing: $key") if $status == 422 && !$others;
            $self->say_wrong("answered as withdrawn, and was not: $key") if $status == 410 && !($told->{$key} & (WITHDRAWN | WITHDRAWING));
        }
    }
    return;
}


# Rows of (kind, statement, seat, gig) one by one.
sub rows {
    my ($self, $each) = @_;
    my $test = $self->{world}{a};
    my $postgres = $test->{record} eq 'postgres';
    my $statement = $postgres ? "(json #>> '{answers,merit,statement}')" : "json_extract(json, '\$.answers.merit.statement')";
    my $query = "select 'application' || '|' || $statement from applications union all select 'conflict' || '|' || $statement from conflicts";
    my @command = $postgres ? ($test->postgres->command, '-c', $query) : ('sqlite3', '-cmd', '.timeout 5000', '-list', "$test->{dir}/acme.db", $query);
    open my $rows, '-|', @command or die "@command: $!";
    while (my $row = <$rows>) {
        my ($kind, $key, $text) = $row =~ /^(application|conflict)\|Plan (\S+) (\w)\.$/ or die "a row of another shape: $row";
        $each->($kind, $key, $text);
    }
    close $rows or die "@command[0, -1]: ended with $?\n";
    return;
}

sub read_record {
    my ($self) = @_;
    my ($told, $count) = @$self{qw(told count)};
    my (%there, %applications);

    $self->rows(sub {
        my ($kind, $key, $text) = @_;
        my $bit = 1 << $TEXT{$text};
        $count->{delivered}++ if $kind eq 'application';
        $self->say_wrong("twice: $key") if $kind eq 'application' && $applications{$key}++;
        $self->say_wrong("the same text twice: $key $text") if ($there{$key} // 0) & $bit;
        $self->say_wrong("out of nowhere: $key $text") if !(($told->{$key} // 0) >> BITS * $TEXT{$text} & 7);
        $there{$key} = ($there{$key} // 0) | $bit;
    });

    for my $key (sort keys %$told) {
        my ($bits, $there) = ($told->{$key}, $there{$key} // 0);
        my $withdrawn = $bits & WITHDRAWN;
        $count->{withdrawn}++ if $withdrawn;
        $self->say_wrong("withdrawn, and there: $key") if $withdrawn && $there;
        $self->say_wrong("a conflict without an application: $key") if $there && !$applications{$key};

        my $acknowledged = 0;
        for my $text (sort keys %TEXT) {
            my $what = $bits >> BITS * $TEXT{$text} & 7;
            my $is = $there >> $TEXT{$text} & 1;
            $count->{open_ended}++ if ($what & UNKNOWN) && !($what & OK);
            if ($what & OK) {
                $count->{ $acknowledged++ ? 'conflicts' : 'acknowledged' }++;
                $self->say_wrong("lost: $key $text") if !$is && !($bits & (WITHDRAWN | WITHDRAWING));
            }
            $self->say_wrong("refused, and there: $key $text") if $is && $what == FAIL;
        }
    }

    for my $row ($self->{world}{a}->sql("select gig, count(distinct applicant) as n from applications where seat = 'confirmed' and gig not like 'open-%' group by gig")) {
        $self->say_wrong("oversold: $row->{gig}: $row->{n} of $GigTest::Chaos::CAP") if $row->{n} > $GigTest::Chaos::CAP;
        $count->{sold_out}++ if $row->{n} == $GigTest::Chaos::CAP;
    }
    return;
}


# Both hosts' receipts of some of those who were acknowledged.
sub read_receipts {
    my ($self) = @_;
    my @keys = sort keys %{ $self->{token} };
    for my $n (0 .. 49) {
        my $key = $keys[$n * @keys / 50] // last;
        my $bits = $self->{told}{$key};
        next if ($bits & (WITHDRAWN | WITHDRAWING)) == WITHDRAWING;
        my $says = $bits & WITHDRAWN ? '"withdrawn":true' : '"delivered":true';
        for my $host (@{ $self->{world}{hosts} }) {
            my $answer = $host->get("/gigs/receipts/$self->{token}{$key}?format=json");
            $self->say_wrong("the receipt of $key has no $says at " . $self->{world}->name_of($host) . ": $answer->{status} $answer->{body}")
                if $answer->{status} != 200 || $answer->{body} !~ /\Q$says\E/;
        }
    }
    return;
}


# All that was said of a key, as lines of the history.
sub story {
    my ($self, $key) = @_;
    my @lines;
    for my $path ($self->{world}->history_files) {
        open my $file, '<', $path or next;
        while (my $line = <$file>) { push @lines, $line if $line =~ / \Q$key\E / }
    }
    return @lines;
}

1;
