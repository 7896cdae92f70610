#!/usr/bin/perl
# Why: a tone that looks fine on the designer's screen may be unreadable in the other
# scheme, or where the browser does not know color-mix().  Computes WCAG 2 contrast for
# every pair of tones that the style sheet lays on one another: light and dark, with
# the mixed tones and with their plain fallbacks.

use strict;
use warnings;

use FindBin;
use Test::More;

my $css = do {
    open my $file, '<', "$FindBin::Bin/../ngx_gig_module/web/gig_tones.css" or die "gig_tones.css: $!";
    local $/;
    <$file>;
};
$css =~ s{/\*.*?\*/}{}gs;

sub tones {
    my ($text) = @_;
    my %tone;
    $tone{$1} = $2 while $text =~ /--gig-([a-z-]+):\s*([^;]+);/g;
    return %tone;
}

my ($light) = $css =~ /\A\s*:where\(:root\)\s*\{(.*?)\}/s or BAIL_OUT('no tones of the light scheme');
my ($dark)  = $css =~ /\@media \(prefers-color-scheme: dark\)\s*\{\s*:where\(:root\)\s*\{(.*?)\}/s or BAIL_OUT('no dark scheme');
my ($mixed) = $css =~ /\@supports \(color: color-mix\(.*?\)\)\s*\{\s*:where\(:root\)\s*\{(.*?)\}/s or BAIL_OUT('no mixed tones');

my %light = tones($light);
my %dark  = (%light, tones($dark));
my %mixed = tones($mixed);
cmp_ok(scalar keys %mixed, '>=', 6, 'tones are mixed');

sub rgb {
    my ($set, $value) = @_;
    return map { hex } $value =~ /^#(..)(..)(..)$/ if $value =~ /^#[0-9a-f]{6}$/;
    return rgb($set, $set->{$1} // die "no tone $1\n") if $value =~ /^var\(--gig-([a-z-]+)\)$/;
    if ($value =~ /^color-mix\(in srgb, (var\(\S+?\)) (\d+)%, (var\(\S+?\))\)$/) {
        my ($share, @a) = ($2 / 100, rgb($set, $1));
        my @b = rgb($set, $3);
        return map { $a[$_] * $share + $b[$_] * (1 - $share) } 0 .. 2;
    }
    die "a tone this test cannot read: $value\n";
}

sub luminance {
    my @linear = map { my $c = $_ / 255; $c <= 0.04045 ? $c / 12.92 : (($c + 0.055) / 1.055) ** 2.4 } @_;
    return 0.2126 * $linear[0] + 0.7152 * $linear[1] + 0.0722 * $linear[2];
}

sub contrast {
    my ($set, $over, $under) = @_;
    my ($low, $high) = sort { $a <=> $b } map { luminance(rgb($set, $set->{$_})) } $over, $under;
    return ($high + 0.05) / ($low + 0.05);
}

is(sprintf('%.2f', contrast({ a => '#000000', b => '#ffffff' }, 'a', 'b')), '21.00', 'black on white is 21');
is(sprintf('%.2f', contrast({ a => '#767676', b => '#ffffff' }, 'a', 'b')), '4.54', 'a known grey is 4.54');

my @text = (
    [ink => 'ground'], [ink => 'raised'], [ink => 'wash'], [ink => 'alert-wash'],
    [muted => 'ground'], [muted => 'raised'], [muted => 'wash'],
    [accent => 'ground'], [accent => 'wash'], [accent => 'raised'], ['accent-ink' => 'accent'],
    [alert => 'ground'], [alert => 'alert-wash'], ['alert-ink' => 'alert'],
    [notice => 'ground'], [notice => 'notice-wash'],
);
my @edge = ([edge => 'ground'], [edge => 'wash'], [accent => 'ground'], [accent => 'wash'], [alert => 'ground'], [accent => 'alert-wash']);

for my $scheme ([light => \%light], [dark => \%dark]) {
    for my $how ([plain => {}], [mixed => \%mixed]) {
        my %set = (%{ $scheme->[1] }, %{ $how->[1] });
        for my $case ((map { [@$_, 4.5] } @text), (map { [@$_, 3] } @edge)) {
            my ($over, $under, $least) = @$case;
            my $got = contrast(\%set, $over, $under);
            cmp_ok($got, '>=', $least, sprintf('%s, %s: %s on %s is %.2f', $scheme->[0], $how->[0], $over, $under, $got));
        }
    }
}

done_testing;
