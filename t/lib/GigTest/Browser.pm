package GigTest::Browser;

# A real Chromium, driven over WebDriver (W3C) by core Perl.  Widths are real CSS
# widths: they are set by device metrics, as a window has a least width of its own.

use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP ();
use MIME::Base64 qw(decode_base64);
use Time::HiRes qw(sleep time);

my $json = JSON::PP->new->utf8->allow_nonref;

sub available { return -x '/usr/bin/chromedriver' && -x '/usr/bin/chromium' }


sub new {
    my ($class, $test) = @_;
    my $port = $test->port;
    my $self = bless { test => $test, port => $port, http => HTTP::Tiny->new(timeout => 60) }, $class;

    $self->{pid} = $test->spawn('chromedriver', '/usr/bin/chromedriver', "--port=$port", '--silent');
    my $end = time + 20;
    until (eval { $self->call('GET', '/status')->{ready} }) {
        die "chromedriver did not start: " . $test->read_file('chromedriver.log') if time > $end;
        sleep 0.05;
    }

    my @flags = qw(--headless --disable-gpu --disable-quic --no-first-run --disable-background-networking
        --disable-component-update --disable-sync --hide-scrollbars --force-color-profile=srgb);
    push @flags, '--no-sandbox', '--disable-dev-shm-usage' if $> == 0;
    my $session = $self->call('POST', '/session', { capabilities => { alwaysMatch => {
        browserName => 'chrome',
        'goog:chromeOptions' => { binary => '/usr/bin/chromium', args => [@flags, "--user-data-dir=$test->{dir}/browser"] },
        'goog:loggingPrefs'  => { browser => 'ALL' },
    } } });
    $self->{session} = "/session/$session->{sessionId}";
    return $self;
}


sub call {
    my ($self, $method, $path, $body) = @_;
    my $answer = $self->{http}->request($method, "http://127.0.0.1:$self->{port}$path",
        defined $body ? { content => $json->encode($body), headers => { 'Content-Type' => 'application/json' } } : {});
    my $value = eval { $json->decode($answer->{content})->{value} };
    die "browser: $method $path: " . (ref $value ? "$value->{error}: $value->{message}" : $answer->{content}) . "\n"
        unless $answer->{success};
    return $value;
}

sub command {
    my ($self, $method, $path, $body) = @_;
    return $self->call($method, "$self->{session}$path", $body // ($method eq 'POST' ? {} : undef));
}

sub devtools {
    my ($self, $cmd, %params) = @_;
    return $self->command('POST', '/goog/cdp/execute', { cmd => $cmd, params => \%params });
}

# width in CSS pixels; scheme light or dark; scale of text in percent.
sub shape {
    my ($self, $width, $scheme) = @_;
    $self->devtools('Emulation.setDeviceMetricsOverride', width => $width, height => $width < 600 ? 844 : 900,
        deviceScaleFactor => 1, mobile => $width < 600 ? JSON::PP::true : JSON::PP::false);
    # A window that the system has not given the focus paints none.
    $self->devtools('Emulation.setFocusEmulationEnabled', enabled => JSON::PP::true);
    $self->devtools('Emulation.setEmulatedMedia', features => [{ name => 'prefers-color-scheme', value => $scheme // 'light' }]);
}

sub open   { my ($self, $url) = @_; $self->command('POST', '/url', { url => $url }) }
sub url    { return $_[0]->command('GET', '/url') }
sub source { return $_[0]->command('GET', '/source') }
sub run    { my ($self, $script, @args) = @_; return $self->command('POST', '/execute/sync', { script => $script, args => \@args }) }

sub find {
    my ($self, $css) = @_;
    my $element = $self->command('POST', '/element', { using => 'css selector', value => $css });
    return (values %$element)[0];
}

sub click { my ($self, $css) = @_; $self->command('POST', '/element/' . $self->find($css) . '/click') }

# A real mouse at the middle of an element.  click() asks WebDriver whether it is shown, which takes
# whatever is in a closed <details> for hidden, though our style sheet may show it.
sub press {
    my ($self, $css) = @_;
    my ($x, $y) = @{ $self->run('const e = document.querySelector(arguments[0]);
        e.scrollIntoView({ block: "center", behavior: "instant" });
        const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]', $css) };
    $self->devtools('Input.dispatchMouseEvent', type => $_, x => $x, y => $y, button => 'left', clickCount => 1)
        for 'mousePressed', 'mouseReleased';
}

sub type  { my ($self, $css, $text) = @_; $self->command('POST', '/element/' . $self->find($css) . '/value', { text => $text }) }
sub text  { my ($self, $css) = @_; return $self->command('GET', '/element/' . $self->find($css) . '/text') }

# A key pressed and let go: from then on the browser takes the reader for one with a keyboard.
sub key {
    my ($self, $name, $code) = @_;
    $self->devtools('Input.dispatchKeyEvent', type => $_, key => $name, code => $name, windowsVirtualKeyCode => $code)
        for 'rawKeyDown', 'keyUp';
}

# What the console said since the last call: CSP violations come here.
sub console { return @{ $_[0]->command('POST', '/se/log', { type => 'browser' }) } }

# The whole page as PNG.
sub picture {
    my ($self, $path, $whole) = @_;
    my %option = (format => 'png');
    if ($whole // 1) {
        my ($width, $height) = @{ $self->run('return [innerWidth, Math.max(document.documentElement.scrollHeight, innerHeight)]') };
        %option = (%option, captureBeyondViewport => JSON::PP::true,
            clip => { x => 0, y => 0, width => $width, height => $height > 4000 ? 4000 : $height, scale => 1 });
    }
    my $png = $self->devtools('Page.captureScreenshot', %option)->{data};
    CORE::open my $file, '>', $path or die "$path: $!";
    binmode $file;
    print $file decode_base64($png);
    close $file;
}

sub quit {
    my ($self) = @_;
    eval { $self->command('DELETE', '') };
    kill 'TERM', $self->{pid};
    $self->{test}->gone($self->{pid}, 10);
}

1;
