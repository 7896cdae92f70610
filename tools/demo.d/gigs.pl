#!/usr/bin/perl
# gigs.pl [--more N] [--today YYYY-MM-DD]: prints the demo's gigs as gig/1 JSON lines.
# The 48 of gigs.txt come first, their dates relative to today so that the board
# never looks dead; --more adds N generated ones, the same ones for the same day.

use strict;
use warnings;
use utf8;

use File::Basename qw(dirname);
use JSON::PP;
use POSIX qw(mktime strftime floor);

my %option = (more => 0);
while (@ARGV) {
    my $name = shift;
    $name =~ /^--(more|today)$/ or die "usage: gigs.pl [--more N] [--today YYYY-MM-DD]\n";
    $option{$1} = shift // die "$name needs a value\n";
}

my @today = $option{today}
    ? $option{today} =~ /^(\d{4})-(\d\d)-(\d\d)$/ : (localtime)[5, 4, 3];
@today == 3 or die "--today wants a date such as 2026-11-23\n";
if ($option{today}) { $today[1]--; $today[0] -= 1900 }

my $json = JSON::PP->new->utf8->canonical;

my %org = (
    robotics   => ['acme-robotics',   'Acme Robotics',   'https://robotics.acme.example'],
    energy     => ['acme-energy',     'Acme Energy',     'https://energy.acme.example'],
    health     => ['acme-health',     'Acme Health Lab', 'https://health.acme.example'],
    foundation => ['acme-foundation', 'Acme Foundation', 'https://foundation.acme.example'],
);

my %zone_of = (
    Pittsburgh => 'America/New_York', Columbus => 'America/New_York', Philadelphia => 'America/New_York',
    Minneapolis => 'America/Chicago', Oakland => 'America/Los_Angeles', Boulder => 'America/Denver',
    Austin => 'America/Chicago', Seattle => 'America/Los_Angeles', Boston => 'America/New_York',
);

my %country = (US => 'United States', CA => 'Canada', MX => 'Mexico', GB => 'United Kingdom',
    IE => 'Ireland', DE => 'Germany', DK => 'Denmark');


# A local time of day N days from today, as RFC 3339 with that zone's offset.
sub local_time {
    my ($zone, $days, $hour, $minute, $second) = @_;
    local $ENV{TZ} = $zone;
    POSIX::tzset();
    my $time = mktime($second, $minute, $hour, $today[2] + $days, $today[1], $today[0], 0, 0, -1);
    my $text = strftime('%Y-%m-%dT%H:%M:%S%z', localtime $time);
    $text =~ s/(\d\d)$/:$1/;
    return $text;
}

sub day { return substr local_time('UTC', $_[0], 12, 0, 0), 0, 10 }

END { delete $ENV{TZ}; POSIX::tzset() }


sub place {
    my ($text) = @_;

    if ($text =~ /^remote (.+)$/) {
        my @codes = split /, */, $1;
        return {
            mode => 'remote',
            name => 'Remote - ' . join(', ', map { $country{$_} } @codes),
            applicant_regions => [map { { type => 'Country', code => $_, name => $country{$_} } } @codes],
        };
    }

    my ($mode, $city, $region, $code) = $text =~ /^(onsite|hybrid) (.+), (\w\w), (\w\w)$/ or die "place: $text";
    return {
        mode => $mode, name => "$city, $region",
        places => [{ addressLocality => $city, addressRegion => $region, addressCountry => $code }],
    };
}


sub pay {
    my ($text) = @_;
    return { type => 'unpaid' } if $text eq 'unpaid';
    my ($stipend, $currency, $amount, $unit) = $text =~ /^(stipend )?([A-Z]{3}) (\d+)(?: (project|hour))?$/
        or die "pay: $text";
    return {
        type => ($unit // '') eq 'hour' ? 'hourly' : 'fixed', currency => $currency,
        min_minor => $amount * 100, max_minor => $amount * 100, unit => $unit // 'project',
        $stipend ? (note => 'A stipend, paid at the end') : (paid_on => 'acceptance', note => 'Paid within 10 days of acceptance'),
    };
}


sub html {
    my ($text) = @_;
    $text =~ s/&/&amp;/g;
    $text =~ s/</&lt;/g;
    $text =~ s/>/&gt;/g;
    return $text;
}


sub gig {
    my ($id, $title, $one, $many) = @_;
    my $place = place($one->{place});
    my $zone  = $one->{zone} // $zone_of{ $place->{places} ? $place->{places}[0]{addressLocality} : '' } // 'America/New_York';
    my ($hours_min, $hours_max) = split /-/, $one->{hours};
    my $start = $one->{close} + 4;
    my $scale = ($one->{due} - $start) / $one->{days};
    my @milestones = map { /^(.+) @ (\d+)$/ or die "steps of $id: $_"; { title => $1, due_by => day($start + floor($2 * $scale)) } }
        split /; */, $one->{steps};
    my $engagement = $one->{engagement} // 'contractor';
    my $state = $one->{state} // '';
    my ($org_id, $org_name, $org_url) = @{ $org{ $one->{org} } };

    my $record = {
        schema => 'gig/1', id => $id, slug => $id, status => 'published', time_zone => $zone, language => 'en',
        posted_at  => local_time($zone, $one->{posted} - 1, 9, length($id) % 50, 0),
        updated_at => local_time($zone, $one->{posted} - 1, 9, length($id) % 50, 0),
        closes_at  => local_time($zone, $one->{close}, 23, 59, 59),
        title => $title, summary => $one->{sum},
        description_html => join('', map { '<p>' . html($_) . '</p>' } @{ $many->{what} }),
        org => { id => $org_id, name => $org_name, url => $org_url },
        department => $one->{dept}, team => $one->{team}, engagement => $engagement,
        commitment => 'Micro-Internship', location => $place, pay => pay($one->{pay}),
        work => {
            hours_min => 0 + $hours_min, hours_max => 0 + $hours_max, duration_days => 0 + $one->{days},
            start_by => day($start), due_by => day($one->{due}), milestones => \@milestones,
            supervisor_title => $one->{lead}, ai_policy => 'allowed-disclosed',
        },
        skills => [map { { name => $_ } } split /, */, $one->{skills}],
        sections => [
            { key => 'tasks', title => 'What you will do', items => $many->{do} },
            { key => 'needs', title => 'What you need',    items => $many->{need} // [] },
            $many->{get} ? { key => 'gets', title => 'What you get', items => $many->{get} } : (),
        ],
        deliverables => $many->{give},
        eligibility  => { min_age => 18, audience => ['student', 'recent_graduate'] },
        capacity     => { positions => 2, application_cap => 0 + $one->{seats}, on_full => 'close' },
        feedback     => { to_applicant => JSON::PP::true, decision_by => day($one->{close} + 3) },
        conversion   => $one->{may} ? { possible => JSON::PP::true, note => $one->{may} } : { possible => JSON::PP::false },
        privacy      => { policy_url => 'https://acme.example/privacy', retention_days => 365, blind => JSON::PP::true },
        onboarding   => { steps => [{ text => 'Sign the agreement', url => 'https://acme.example/sign' }], contact => 'gigs@acme.example' },
    };

    $record->{opens_at} = local_time($zone, $one->{open}, 9, 0, 0) if defined $one->{open};
    # tools/demo sends the applications that make these two what they are.
    $record->{capacity}{application_cap} = 5 if $state eq 'nearly-full';
    @{ $record->{capacity} }{qw(application_cap on_full)} = (3, 'waitlist') if $state eq 'waitlist';

    return $record;
}


sub hand_written {
    open my $file, '<:encoding(UTF-8)', dirname(__FILE__) . '/gigs.txt' or die "gigs.txt: $!";
    my (@gigs, $id, $title, %one, %many);
    my $flush = sub { push @gigs, gig($id, $title, {%one}, {%many}) if defined $id; %one = %many = () };

    while (my $line = <$file>) {
        chomp $line;
        next if $line =~ /^#|^\s*$/;
        if ($line =~ /^== (\S+) \| (.+)$/) { my @new = ($1, $2); $flush->(); ($id, $title) = @new; next }
        if ($line =~ /^(what|do|give|need|get): (.+)$/) { push @{ $many{$1} }, $2; next }
        $line =~ /^(sum|steps|skills|may): (.+)$/ and do { $one{$1} = $2; next };
        for (split / \| /, $line) {
            /^(\w+): (.+)$/ or die "gigs.txt, line $.: '$_' is no 'name: value'\n";
            $one{$1} = $2;
        }
    }
    $flush->();
    return @gigs;
}


# A small generator of our own (Knuth's MMIX constants, upper bits): the same gigs everywhere.
my $seed = 20260920;
sub pick {
    my ($list) = @_;
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    return $list->[($seed >> 8) % @$list];
}
sub between { my ($low, $high) = @_; return pick([$low .. $high]) }


sub generated {
    my ($n) = @_;
    my @work = (
        ['Marketing', 'Write %s for %s', ['five short case studies', 'a newsletter series', 'twelve product texts', 'a landing page'], ['Writing', 'Editing', 'Research', 'SEO']],
        ['Engineering', 'Build %s for %s', ['a small dashboard', 'a data importer', 'a test suite', 'a command-line tool'], ['Python', 'JavaScript', 'SQL', 'Testing', 'Go']],
        ['Analysis', 'Analyse %s of %s', ['a year of survey answers', 'the support tickets', 'the prices', 'the delivery times'], ['Excel', 'Statistics', 'R', 'Charts']],
        ['Design', 'Design %s for %s', ['an icon set', 'a poster series', 'an onboarding flow', 'a set of slides'], ['Illustration', 'Figma', 'Typography', 'SVG']],
        ['Operations', 'Document %s of %s', ['the return process', 'the weekly checks', 'the supplier list', 'the tool room'], ['Documentation', 'Spreadsheets', 'Process mapping']],
        ['Research', 'Find out %s about %s', ['what users say', 'what others charge', 'which rules apply', 'what was tried before'], ['Research', 'Interviewing', 'Synthesis']],
    );
    my @about  = ('our spare parts', 'the visitor centre', 'our field team', 'the service desk', 'our small customers',
        'the training courses', 'our open day', 'the community garden', 'our sensor range', 'the web shop');
    my @places = ('remote US', 'remote US, CA', 'remote US, GB, IE', 'onsite Austin, TX, US', 'hybrid Seattle, WA, US', 'onsite Boston, MA, US', 'hybrid Pittsburgh, PA, US');

    return map {
        my ($department, $pattern, $things, $skills) = @{ pick(\@work) };
        my ($thing, $about) = (pick($things), pick(\@about));
        my ($hours, $days, $close) = (between(8, 36), between(8, 35), between(2, 60));
        my @skills = map { pick($skills) } 1 .. 3;
        my %seen;
        gig(sprintf('gen-%05d', $_), sprintf($pattern, $thing, $about), {
            org => pick([qw(robotics energy health foundation)]), dept => $department, team => "Team " . between(1, 9), lead => "Team Lead",
            place => pick(\@places), pay => 'USD ' . 10 * floor($hours * between(20, 32) / 10) . ' project',
            hours => ($hours > 6 ? $hours - 4 : $hours) . "-$hours", days => $days, posted => -between(0, 40), close => $close,
            due => $close + $days + 6, seats => between(20, 200), skills => join(', ', grep { !$seen{$_}++ } @skills),
            sum => sprintf("A short project of about %d hours: %s for %s.", $hours, $thing, $about), steps => "Draft @ " . floor($days / 2) . "; Final @ $days",
        }, {
            what => ["We need $thing for $about, and we would rather have it made by somebody who looks at it with fresh eyes."],
            do   => ['Talk to two people who will use it', "Make $thing", 'Go through it with the team lead and mend'],
            give => [ucfirst($thing), 'A page of notes for whoever comes next'], need => ["Interest in $about"],
        });
    } 1 .. $n;
}


print $json->encode($_), "\n" for hand_written(), generated($option{more});
