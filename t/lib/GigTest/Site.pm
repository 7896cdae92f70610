package GigTest::Site;

# A company's site around a board, as strict as sites are: its pages on the board's own nginx, which
# includes fragments, and the same pages on another port, which is another origin.  Nothing inline
# is allowed, and no host but the board's.

use strict;
use warnings;

sub new {
    my ($class, $test) = @_;
    my $self = bless { test => $test, port => $test->port }, $class;
    $self->{board} = "http://localhost:$test->{port}";
    $self->{other} = "http://localhost:$self->{port}";
    mkdir "$test->{dir}/site" or die "site: $!";
    mkdir "$test->{dir}/site/careers" or die "site/careers: $!";
    return $self;
}


sub policy {
    my ($of, $own) = @_;
    return "default-src 'none'; script-src $of $own; style-src $of $own; connect-src $of; img-src https: data:; form-action $of; base-uri 'none'";
}

# What start_nginx() is given; other: more of the other origin's server.
sub pieces {
    my ($self, %more) = @_;
    my $folder = "root $self->{test}{dir}/site; types { text/html html; text/css css; text/javascript js mjs; }";
    return (%more,
        other => undef,
        server => ($more{server} // '') . " location /careers/ { $folder ssi on; add_header Content-Security-Policy \"" . policy("'self'", '') . '"; }',
        http => ($more{http} // '') . " server { listen 127.0.0.1:$self->{port}; server_name localhost; $folder add_header Content-Security-Policy \""
            . policy($self->{board}, "'self'") . '"; ' . ($more{other} // '') . ' }',
        location => ($more{location} // '') . " gig_origins $self->{other};");
}


# A page of the site, in both places; head and body are HTML.
sub page {
    my ($self, $name, %part) = @_;
    my $html = '<!doctype html><html lang="en"' . ($part{html} // '') . '><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        . '<title>Work with us</title><link rel="stylesheet" href="/careers/site.css">' . ($part{head} // '') . '</head><body>'
        . '<header><p>Acme, a company that does not exist</p></header><main><h1>Work with us</h1><p>What we are looking for.</p>'
        . "$part{body}</main><footer><p id=\"after\">Imprint</p></footer></body></html>\n";
    $self->{test}->write_file("site/careers/$name.html", $html);
    return;
}

1;
