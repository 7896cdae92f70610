package GigTest::Chaos::Applicant;

# Somebody who applies, and not as one should: sends again what was answered and what was not, the
# same key with another text, the same form at two hosts at one instant, a second application to the
# same gig; and withdraws.  Each attempt is a line of the history when its answer is there:
#
#   apply|withdraw ok|fail|unknown BEGAN ENDED KEY GIG EMAIL TEXT HOST STATUS TOKEN CONFIRMATION
#
# ok: acknowledged.  fail: refused, so it must not be there unless another attempt put it there.
# unknown: no answer, or one that does not say.

use strict;
use warnings;

use Time::HiRes qw(sleep time);

use GigTest::Http;

my $CONNECTION = 30;            # requests; the next one comes from another address
my $KNOWN      = 300;           # cases that somebody remembers
my $TIMEOUT    = 4;             # seconds for an answer
my $BODY = '{"answers":{"first_name":"Avery","last_name":"Example","email":"%s","statement":"Plan %s %s.","available":true,'
    . '"consent_processing":true,"eligible":true}}';


sub new {
    my ($class, $world, $name) = @_;
    my $dir = $world->{a}{dir};
    open my $log, '>>', "$dir/history.$name" or die "history.$name: $!";
    $log->autoflush;
    srand $world->{seed} * 31 + $name;
    return bless { name => $name, log => $log, dir => $dir, began => $world->{began}, waves => $world->{waves}, n => 0, from => 0,
        port => { a => $world->{a}{port}, b => $world->{b}{port} }, known => [], open => [],
        every => GigTest::Chaos::applicants() / $world->{rate} }, $class;
}


sub live {
    my ($self) = @_;
    my $parent = getppid;
    my $next = time;
    until (-e "$self->{dir}/stop" || getppid != $parent) {
        if (-e "$self->{dir}/pause") { $self->pause; next }
        $next = time if $next < time - 1;
        sleep $next - time if $next > time;
        $next += $self->{every};
        my ($known, $open) = @$self{qw(known open)};
        my $old = @$known ? $known->[rand @$known] : undef;
        my $dice = rand;

        if    (@$open && $dice < 0.3)   { $self->apply(splice(@$open, rand @$open, 1)) }
        elsif (!$old || $dice < 0.75)   { $self->apply($self->case) }
        elsif ($dice < 0.84)            { $self->apply($old) }
        elsif ($dice < 0.88)            { $self->apply($old, text => (qw(B C))[rand 2]) }
        elsif ($dice < 0.91)            { $self->apply($self->case(gig => $old->{gig}, email => $old->{email})) }
        elsif ($dice < 0.95)            { $self->apply(rand() < 0.5 ? $old : $self->case, hosts => [qw(a b)]) }
        elsif ($old->{token})           { $self->withdraw($old) }
    }
    return;
}

sub pause {
    my ($self) = @_;
    my $paused = "$self->{dir}/paused.$self->{name}";
    delete $self->{connection};
    open my $file, '>', $paused or die "$paused: $!";
    sleep 0.05 while -e "$self->{dir}/pause" && !-e "$self->{dir}/stop";
    unlink $paused;
    return;
}


# A new application.  Seven in ten go to gigs that are never full.
sub case {
    my ($self, %member) = @_;
    my $n = ++$self->{n};
    my $wave = int((time - $self->{began}) / $GigTest::Chaos::WAVE) % $self->{waves};
    my $case = { key => "key-$self->{name}-$n", email => "a$self->{name}-$n\@example.edu", text => 'A',
        gig => rand() < 0.7 ? $GigTest::Chaos::OPEN[rand @GigTest::Chaos::OPEN] : (rand() < 0.5 ? 'shut' : 'wait') . "-$wave", %member };
    my $known = $self->{known};
    $known->[@$known < $KNOWN ? @$known : rand @$known] = $case;
    return $case;
}


# text: another than the case's own.  hosts: those that get it, at one instant.
sub apply {
    my ($self, $case, %with) = @_;
    my $text = $with{text} // $case->{text};
    my @hosts = @{ $with{hosts} // [rand() < 0.5 ? 'a' : 'b'] };
    my $begin = time;
    my @sent = map { $self->ask($_, 'POST', "/gigs/$case->{gig}/applications",
        headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => qq{"$case->{key}"} },
        body => sprintf $BODY, $case->{email}, $case->{key}, $text) } @hosts;

    for my $host (@hosts) {
        my $answer = $self->answer($host, shift @sent);
        my ($status, $body) = @$answer{qw(status body)};
        my $what = $status == 202 ? 'ok' : $status =~ /^(?:403|404|409|410|422|429)$/ && $body !~ /in-hand/ ? 'fail' : 'unknown';
        my ($token) = ($answer->{headers}{location} // '') =~ m{([^/]+)\z};
        my ($confirmation) = $body =~ /"confirmation":"(\w+)"/;
        $case->{token} = $token if $what eq 'ok';
        # It asks again until it knows.
        push @{ $self->{open} }, $case if $what eq 'unknown' && $text eq $case->{text} && @{ $self->{open} } < 50;
        $self->line('apply', $what, $begin, $case, $text, $host, $status, $token, $confirmation // ($body =~ m{/problems/([\w-]+)})[0]);
    }
    return;
}

sub withdraw {
    my ($self, $case) = @_;
    my $host = rand() < 0.5 ? 'a' : 'b';
    my $begin = time;
    my $answer = $self->answer($host, $self->ask($host, 'DELETE', "/gigs/receipts/$case->{token}"));
    my $what = $answer->{status} == 200 ? 'ok' : $answer->{status} == 404 ? 'fail' : 'unknown';
    $self->line('withdraw', $what, $begin, $case, '-', $host, $answer->{status}, $case->{token});
    return;
}

sub line {
    my ($self, $op, $what, $begin, $case, $text, $host, $status, $token, $confirmation) = @_;
    printf { $self->{log} } "%s %s %.3f %.3f %s %s %s %s %s %s %s %s\n", $op, $what, $begin, time, @$case{qw(key gig email)}, $text, $host, $status,
        $token // '-', $confirmation // '-';
    return;
}


# --- connections are kept, a few requests each; each comes from an address of its own, as an
# address may leave only 120 applications a minute while Redis is gone

sub ask {
    my ($self, $host, $method, $path, %with) = @_;
    my $kept = \$self->{connection}{$host};
    if (!$$kept || $$kept->{uses}++ >= $CONNECTION) {
        my $n = $self->{from}++;
        $$kept = GigTest::Http->new($self->{port}{$host}, timeout => $TIMEOUT,
            from => sprintf('127.%d.%d.%d', 1 + $self->{name}, $n / 250 % 250, 1 + $n % 250));
    }
    $$kept->send($method, $path, %with) if $$kept;
    return $method;
}

sub answer {
    my ($self, $host, $method) = @_;
    my $kept = \$self->{connection}{$host};
    my $answer = $$kept ? $$kept->answer($method) : { status => 0, headers => {}, body => '' };
    my $whole = $answer->{status} && length $answer->{body} == ($answer->{headers}{'content-length'} // -1);
    $answer->{status} = 0 unless $whole;
    $$kept = undef if !$whole || ($answer->{headers}{connection} // '') eq 'close';
    sleep 0.1 if !$whole;
    return $answer;
}

1;
