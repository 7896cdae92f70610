package GigTest::SelfId;

# What the tests of self-identification share: a board whose gigs offer it in every way,
# right and wrong, and somebody who fills the form in.

use strict;
use warnings;

use JSON::PP ();

use Exporter qw(import);
our @EXPORT = qw(self_id_gigs self_id_key self_id_post self_id_fill encoded);

my ($true, $false) = (JSON::PP::true, JSON::PP::false);


# Records to import: forms, and a gig for each way of offering one.
sub self_id_gigs {
    my %form = (schema => 'gig-form/1', rev => 1);
    my @merit = ({ name => 'email', label => 'E-mail', type => 'email', class => 'contact', required => $true });
    my @about = (
        { name => 'gender', label => 'Gender', type => 'select', class => 'demographic',
            options => [map { { value => $_, label => "As $_" } } qw(woman man other)] },
        { name => 'groups', label => 'Groups', type => 'multi_select', class => 'demographic',
            options => [map { { value => "g$_", label => "Group $_" } } 1 .. 5] },
        { name => 'veteran', label => 'Are you a veteran?', type => 'boolean', class => 'demographic' },
        { name => 'words', label => 'In your own words', type => 'text', class => 'demographic', max_length => 60 });
    my $offer = sub { (self_id => { enabled => $true, form_id => $_[0], stream => 'selfid' }) };

    my @forms = (
        { %form, id => 'about',    fields => \@about, anti_spam => { honeypot => 'website' } },
        { %form, id => 'about2',   fields => [@about[0 .. 1]] },
        { %form, id => 'offers',   fields => \@merit, $offer->('about') },
        { %form, id => 'offers2',  fields => \@merit, $offer->('about2') },
        { %form, id => 'off',      fields => \@merit, self_id => { enabled => $false, form_id => 'about' } },
        { %form, id => 'nowhere',  fields => \@merit, $offer->('missing') },
        { %form, id => 'wrong',    fields => \@merit, $offer->('off') });
    my %of = (one => 'offers', two => 'offers', three => 'offers2', off => 'off', nowhere => 'nowhere', wrong => 'wrong', itself => 'about');

    return (@forms, GigTest::gig_record('none'),
        map { GigTest::gig_record($_, form => { id => $of{$_}, rev => 1 }) } sort keys %of);
}


sub encoded {
    my (@pairs) = @_;
    my @text;
    while (my ($name, $value) = splice @pairs, 0, 2) {
        s/([^A-Za-z0-9_-])/sprintf '%%%02X', ord $1/ge for $name, $value;
        push @text, "$name=$value";
    }
    return join '&', @text;
}


# A fresh form token of the page.
sub self_id_key {
    my ($test, $gig, %option) = @_;
    return ($test->get("/gigs/$gig/self-id", %option)->{body} =~ /name="_key" value="([^"]+)"/)[0] // '';
}


# POST of pairs; from: an address of ours.
sub self_id_post {
    my ($test, $gig, $pairs, %option) = @_;
    return $test->http('POST', "/gigs/$gig/self-id", %option,
        headers => { 'Content-Type' => 'application/x-www-form-urlencoded', Accept => 'text/html', %{ $option{headers} // {} } },
        body => encoded(@$pairs));
}


# The page opened and sent as a browser does; returns the status.
sub self_id_fill {
    my ($test, $gig, @pairs) = @_;
    return self_id_post($test, $gig, [_key => self_id_key($test, $gig), @pairs])->{status};
}

1;
