package GigTest::Disk;

# A disk that fails as it is told and forgets what was not synced, by the library of
# t/lib/disk_faults.c: preloaded into nginx it is the ledger's.

use strict;
use warnings;

use GigTest;


# test: a GigTest.  built => the library that another has; name, files => another disk of the same
# test, for files whose names begin so; that one forgets nothing.
sub new {
    my ($class, $test, %option) = @_;
    my $self = bless { test => $test, library => $option{built} // "$test->{dir}/disk.so", files => $option{files} // 'ledger.' }, $class;
    my $name = $option{name} // 'disk';
    @$self{qw(faults undo)} = ("$test->{dir}/$name.faults", "$test->{dir}/$name.undo");
    if (!$option{built}) {
        my ($status, $output) = $test->run($ENV{CC} // 'cc', '-std=c11', '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', $self->{library},
            "$GigTest::ROOT/t/lib/disk_faults.c", '-ldl');
        $status == 0 or die "disk_faults: $output";
    }
    $self->{undo} = '' if $option{files};
    $self->{undo} eq '' or mkdir $self->{undo} or die "$self->{undo}: $!";
    $self->faults;
    return $self;
}


# What starts in $code has this disk.
sub preload {
    my ($self, $code) = @_;
    local $ENV{LD_PRELOAD}      = $self->{library};
    local $ENV{GIG_DISK_FAULTS} = $self->{faults};
    local $ENV{GIG_DISK_UNDO}   = $self->{undo};
    local $ENV{GIG_DISK_FILES}  = $self->{files};
    return $code->();
}


# Lines as disk_faults.c has them, from now on; none: it is well.
sub faults {
    my ($self, @lines) = @_;
    $self->{test}->write_file("$self->{faults}.new", join '', map {"$_\n"} @lines);
    rename "$self->{faults}.new", $self->{faults} or die "$self->{faults}: $!";
    return;
}


# Ends all of nginx at once, and takes back the writes that were not synced, the last one first: those
# for which $lost says so.
sub power_cut {
    my ($self, $lost) = @_;
    my $test = $self->{test};
    $test->stop_nginx('KILL');
    for my $undo (reverse sort glob "$self->{undo}/*") {
        my ($name) = $undo =~ m{([^/+]+)(?:\+\d+)?\z};
        my $bytes = $test->read_file($undo);
        my @writes;
        while (length $bytes >= 16) {
            my ($at, $length) = unpack 'q< q<', substr $bytes, 0, 16, '';
            push @writes, [$at, substr $bytes, 0, $length, ''];
        }
        if (open my $file, '+<', "$test->{dir}/state/$test->{board}/$name") {
            binmode $file;
            for my $write (grep { $lost->() } reverse @writes) {
                seek $file, $write->[0], 0;
                print $file $write->[1];
            }
            close $file or die "$name: $!";
        }
        unlink $undo;
    }
    return;
}

1;
