package GigTest::Pages;

# A board with the demo's gigs, forms with fields of every type, applicants and what became of
# them, and every page that it shows in each of its states.  What looks at pages (axe-core,
# html-validate, a text browser, tools/screenshots) looks at these.

use strict;
use warnings;

use JSON::PP ();
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);
use GigTest;

my $TYPED = 'I would read ten logs by hand first, and only then decide what an event is.';
my %RIGHT = (first_name => 'Avery', last_name => 'Example', email => 'avery@example.edu', available => 'true',
    consent_processing => 'true', eligible => 'true', statement => $TYPED);


sub record {
    my ($name) = @_;
    open my $file, '<', "$GigTest::ROOT/$name" or die "$name: $!";
    local $/;
    return JSON::PP->new->utf8->decode(scalar <$file>);
}


# The demo's gigs; id => sub that changes it.
sub demo_gigs {
    my %change = @_;
    open my $pipe, '-|', 'perl', "$GigTest::ROOT/tools/demo.d/gigs.pl" or die "gigs.pl: $!";
    return map {
        my $gig = JSON::PP->new->utf8->decode($_);
        $change{ $gig->{id} }->($gig) if $change{ $gig->{id} };
        $gig;
    } <$pipe>;
}


# The form of docs/examples, which has a field of every type but files: those are here.
sub every_type {
    my $form = record('docs/examples/form.json');
    my ($last) = grep { $form->{fields}[$_]{name} eq 'sample' } 0 .. $#{ $form->{fields} };
    splice @{ $form->{fields} }, $last + 1, 0,
        { name => 'work_file', label => 'A file of your work', type => 'file', class => 'merit', accept => [qw(pdf docx png jpeg)], max_bytes => 4194304, any_of => 'work' },
        { name => 'letter', label => 'A letter', type => 'file', class => 'merit', accept => ['pdf'], max_bytes => 1048576, help => 'From somebody you worked for.' };
    return $form;
}


# The built-in form, with a voluntary one after it.
sub offering {
    my $form = record('ngx_gig_module/core/form_default.json');
    return { %$form, id => 'f_offering', self_id => { enabled => JSON::PP::true, form_id => 'f_selfid_us', stream => 'selfid' } };
}


sub onboarding {
    return { contact => 'mentor@acme.example', kick_off => strftime('%Y-%m-%dT14:00:00Z', gmtime(time + 20 * 86400)),
        steps => [{ text => 'Sign the agreement', url => 'https://acme.example/sign', due_by => strftime('%Y-%m-%d', gmtime(time + 10 * 86400)) },
            { text => 'Read the safety notes and bring questions' }] };
}


# Forms and gigs; states => 1: as they are needed for every state.
sub records {
    my (%option) = @_;
    my $all = $option{states};
    return (record('docs/examples/form-self-id.json'), $all ? every_type() : record('docs/examples/form.json'), offering(), demo_gigs(
        'solar-map'    => sub {
            $_[0]{form} = { id => 'f_offering', rev => 1 };
            $_[0]{onboarding} = onboarding() if $all;
        },
        'wind-lidar'   => sub { $_[0]{form} = { id => 'f_example', rev => 1 } if $all },
        'bus-stop-art' => sub { @{ $_[0]{capacity} }{qw(application_cap on_full)} = (2, 'close') },
        'log-parser'   => sub { $_[0]{closes_at} = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 30 * 3600)) if $all },
    ));
}


# Starts all of it: Redis, nginx (with %piece), gig-sync; one gig is full, one has a waiting list.
sub board {
    my ($test, %piece) = @_;
    $test->start_redis unless $test->{redis};
    $test->sync_conf;
    $test->import_gigs(records(states => 1));
    $test->start_sync;
    $test->start_nginx(location => 'client_max_body_size 7m;', board => 'files 6m; title "Micro-internships at Acme";'
        . ' about "Short, paid projects for students and recent graduates. Show what you can do.";', %piece);
    $test->wait_total(48, 30) or return;
    for my $gig (qw(bus-stop-art warehouse-game)) {
        applied($test, $gig, $_) for 1 .. ($gig eq 'bus-stop-art' ? 2 : 3);
        wait_for { $test->get("/gigs/$gig?format=json")->{body} =~ /"state":"(?:full|waitlist)"/ } "$gig to be full" or return;
    }
    return 1;
}


# An application; the path of its receipt.
sub applied {
    my ($test, $gig, $n) = @_;
    my $answer = $test->apply($gig, "pages-$gig-$n", email => "applicant$n\@example.edu");
    my ($path) = ($answer->{headers}{location} // '') =~ m{(/gigs/receipts/.+)} or die "$gig took no application: $answer->{status} $answer->{body}\n";
    return $path;
}


sub delivered {
    my ($test, $path) = @_;
    wait_for { $test->get("$path?format=json")->{body} =~ /"delivered":true|"status":"delivered"|"delivered_at"/
        || html($test, 'GET', $path)->{body} =~ />Delivered</ } 'the delivery', 20;
    return $path;
}


sub html {
    my ($test, $method, $path, %option) = @_;
    return $test->http($method, $path, %option, headers => { Accept => 'text/html', %{ $option{headers} // {} } });
}


# A form as a browser sends it, right but for %change (undef: left out).
sub post {
    my ($test, $gig, $key, %change) = @_;
    my %field = (%RIGHT, _key => $key, %change);
    my $body = join '&', map { "$_=" . $field{$_} =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ger } sort grep { defined $field{$_} } keys %field;
    return html($test, 'POST', "/gigs/$gig/applications", body => $body, headers => { 'Content-Type' => 'application/x-www-form-urlencoded' });
}


# [name, path, status] and, where it is no answer to a GET, the answer.  board() is up; gig-sync
# is stopped on the way.
sub states {
    my ($test) = @_;
    my @states;
    my $is = sub { push @states, [@_[0, 1], 0 + ($_[2] // 200), $_[3]] };
    my $answered = sub { my ($name, $path, $answer) = @_; $is->($name, $path, $answer->{status}, $answer) };

    $is->(list => '/gigs/');
    $is->('list-soon' => '/gigs/?state=scheduled');
    $is->('list-all' => '/gigs/?state=all');
    my ($next) = html($test, 'GET', '/gigs/')->{body} =~ /rel="next" href="([^"]+)"/;
    $is->('list-2' => $next =~ s/&amp;/&/gr);
    $is->('list-chosen' => '/gigs/?q=research&skill=writing&skill=editing&mode=remote&pay_min=300&hours_max=30&sort=pay');
    $is->('list-nothing' => '/gigs/?q=resaerch&mode=onsite');

    $is->("gig-$_" => "/gigs/$_") for qw(log-parser seed-library repair-cafe voter-faq wind-lidar tariff-table prosthetic-fit
        night-shift-photos campus-event warehouse-game bus-stop-art press-list);
    $is->(gone => '/gigs/holiday-cards', 410);
    $is->(missing => '/gigs/nothing-here', 404);
    $answered->(method => '/gigs/', html($test, 'POST', '/gigs/', body => 'x=1'));

    $is->(form => '/gigs/log-parser/apply');
    $is->('form-soon' => '/gigs/campus-event/apply');
    $is->('form-types' => '/gigs/wind-lidar/apply');
    $is->('form-full' => '/gigs/bus-stop-art/apply', 409);
    my $path = '/gigs/log-parser/applications';
    $answered->('form-errors' => $path, post($test, 'log-parser', $test->form_key('log-parser'), email => 'avery@example', last_name => undef, available => undef));
    $answered->('form-types-errors' => '/gigs/wind-lidar/applications', post($test, 'wind-lidar', $test->form_key('wind-lidar'), first_name => 'see www.example.com',
        email => 'avery@example', phone => 'call me', statement => 'Too short.', portfolio => 'example', hours => '60', voucher => 'ab12', tools => 'python'));
    $answered->('form-too-quick' => $path, post($test, 'log-parser', $test->form_key('log-parser', 0)));
    $answered->('form-too-early' => '/gigs/campus-event/applications', post($test, 'campus-event', $test->form_key('campus-event')));
    $answered->('form-old' => $path, post($test, 'log-parser', $test->form_key('log-parser', 9 * 86400)));
    my $key = $test->form_key('log-parser');
    post($test, 'log-parser', $key);
    $answered->('form-resent' => $path, post($test, 'log-parser', $key, statement => "$TYPED And ask the people who write them."));

    $is->('self-id' => '/gigs/solar-map/self-id');
    $is->('self-id-thanks' => '/gigs/solar-map/self-id/thanks');

    $is->('receipt-waiting' => delivered($test, applied($test, 'warehouse-game', 9)));
    my $receipt = delivered($test, applied($test, 'solar-map', 1));
    $is->('receipt-delivered' => $receipt);
    $is->('receipt-question' => "$receipt?withdraw=1");
    my ($id) = map { $_->{id} } $test->sql("select id from applications where gig = 'solar-map'");
    my $chosen = decided($test, 3, 'selected', map { "insert into stages (id, stage, at) values (ID, '$_->[0]', '$_->[1]')" }
        ['in_review', days(2)], ['selected', days(1)]);
    $is->('receipt-selected' => $chosen);
    $is->('receipt-declined' => decided($test, 4, 'declined', "insert into stages (id, stage, at) values (ID, 'declined', '" . days(1) . "')"));
    $is->('receipt-over' => decided($test, 5, 'over', "update applications set seat = 'over' where id = ID"));
    $test->stop_sync;
    $is->('receipt-queued' => applied($test, 'solar-map', 2));
    my $back = applied($test, 'solar-map', 6);
    html($test, 'POST', "$back/withdraw", body => 'confirm=1', headers => { 'Content-Type' => 'application/x-www-form-urlencoded' });
    $is->('receipt-withdrawn' => $back);
    $is->('receipt-unknown' => '/gigs/receipts/' . 'A' x 43, 404);
    return @states;
}


# The same for a script in t/web: {name, url, status}, and html where it is no answer to a GET.
sub to_visit {
    my ($test, @states) = @_;
    return map {
        my ($name, $path, $status, $answer) = @$_;
        my $html = $answer && $answer->{body};
        utf8::decode($html) if defined $html;
        +{ name => $name, url => "http://localhost:$test->{port}$path", status => 0 + $status, defined $html ? (html => $html) : () };
    } @states;
}


sub days { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time - $_[0] * 86400)) }


# What people do with an application in their own database, until its receipt says so.
sub decided {
    my ($test, $n, $says, @sql) = @_;
    my $path = delivered($test, applied($test, 'solar-map', $n));
    my ($id) = map { $_->{id} } $test->sql('select id from applications order by received_at desc limit 1');
    $test->sql($_ =~ s/ID/'$id'/gr) for @sql;
    wait_for { $test->get("$path?format=json")->{body} =~ /"$says"/ } "the receipt to say $says", 10;
    return $path;
}

1;
