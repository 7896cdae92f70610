package GigBench::Flame;

# A flame graph from what `perf script` prints: stacks that are the same are added up, and each
# frame becomes a box as wide as its part of all samples, what it called above it.  SVG,
# with titles to point at and no script, so that it can stand in a document.

use strict;
use warnings;

my $WIDTH  = 1200;
my $HEIGHT = 16;                # of a box
my $MARGIN = 10;
my $LETTER = 6.6;               # width of one in the font
my $LEAST  = 0.0015;            # of all samples: narrower boxes are left out

my %HUE = (ours => '#e8743b', nginx => '#f2b04a', kernel => '#b9c4d0', other => '#ded5c4');


# Reads stacks, innermost frame first, until the end of the handle; a tree of
# { n => samples, kids => { name => ... }, part => whose code it is }.
sub tree {
    my ($in) = @_;
    my $root = { n => 0, kids => {}, part => 'other' };
    my @stack;

    my $add = sub {
        return unless @stack;
        my $node = $root;
        $node->{n}++;
        for my $frame (reverse @stack) {
            my ($name, $part) = @$frame;
            $node = $node->{kids}{$name} //= { n => 0, kids => {}, part => $part };
            $node->{n}++;
        }
        @stack = ();
    };

    while (defined(my $line = <$in>)) {
        if ($line =~ /^\s*$/) { $add->(); next }
        # "  55d0 ngx_http_handler+0x12 (/usr/sbin/nginx)"
        my ($name, $object) = $line =~ /^\s+[0-9a-f]+ (.+) \((.*)\)$/ or next;
        $name =~ s/\+0x[0-9a-f]+$//;
        my $part = $object =~ /ngx_http_gig/ ? 'ours' : $object =~ /nginx/ ? 'nginx'
            : $object =~ /^\[|\.ko|vmlinux/ ? 'kernel' : 'other';
        push @stack, [$name eq '[unknown]' ? '[' . ($object =~ s{.*/}{}r) . ']' : $name, $part];
    }
    $add->();
    return $root;
}


sub escaped { my ($text) = @_; $text =~ s/&/&amp;/g; $text =~ s/</&lt;/g; $text =~ s/>/&gt;/g; return $text }

sub depth {
    my ($node, $all) = @_;
    my $most = 0;
    for my $kid (grep { $_->{n} >= $LEAST * $all } values %{ $node->{kids} }) {
        my $depth = 1 + depth($kid, $all);
        $most = $depth if $depth > $most;
    }
    return $most;
}


# The SVG of a tree, as text.
sub svg {
    my ($root, $title) = @_;
    my $all   = $root->{n} || 1;
    my $deep  = depth($root, $all);
    my $floor = 3 * $HEIGHT + $HEIGHT * $deep;
    my $scale = ($WIDTH - 2 * $MARGIN) / $all;
    my @boxes;

    my $draw;
    $draw = sub {
        my ($node, $left, $level) = @_;
        for my $name (sort keys %{ $node->{kids} }) {
            my $kid = $node->{kids}{$name};
            my $x   = $left;
            $left += $kid->{n} * $scale;
            next if $kid->{n} < $LEAST * $all;
            my ($wide, $y) = ($kid->{n} * $scale, $floor - $HEIGHT * $level);
            my $room = int(($wide - 4) / $LETTER);
            my $text = $room < 3 ? '' : length $name <= $room ? $name : substr($name, 0, $room - 2) . '..';
            push @boxes, sprintf '<g><title>%s: %.1f %%</title><rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>%s</g>',
                escaped($name), 100 * $kid->{n} / $all, $x, $y, $wide < 0.5 ? 0.5 : $wide - 0.3, $HEIGHT - 1, $HUE{ $kid->{part} },
                $text eq '' ? '' : sprintf('<text x="%.1f" y="%d">%s</text>', $x + 3, $y + 11, escaped($text));
            $draw->($kid, $x, $level + 1);
        }
    };
    $draw->($root, $MARGIN, 1);

    my $legend = join '', map {
        my ($i, $part, $says) = @$_;
        sprintf '<rect x="%d" y="%d" width="11" height="11" fill="%s"/><text x="%d" y="%d">%s</text>',
            $MARGIN + 130 * $i, $HEIGHT + 6, $HUE{$part}, $MARGIN + 130 * $i + 16, $HEIGHT + 15, $says;
    } [0, 'ours', 'this module'], [1, 'nginx', 'nginx'], [2, 'kernel', 'kernel'], [3, 'other', 'libraries'];

    my $head = sprintf '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="monospace" font-size="11">',
        $WIDTH, $floor + 2 * $HEIGHT;
    return "$head\n" . qq(<rect width="100%" height="100%" fill="#fff"/>\n)
        . sprintf(qq(<text x="%d" y="%d" font-size="13">%s: %d samples</text>\n), $MARGIN, $HEIGHT, escaped($title), $root->{n})
        . "$legend\n" . join("\n", @boxes) . "\n</svg>\n";
}

1;
