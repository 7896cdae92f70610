#!/usr/bin/perl
# Why: a company's frame is around every page.  What is wrong in it must stop nginx -t with its
# line; what the pages' policy will not let work must be told; and a page in it must be one page,
# with its form, its errors and its address as ever.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;
use GigTest::Publish;

my $test = GigTest->new;
my $frame = <<'END';
<!doctype html>
<html lang="{{lang}}" dir="{{dir}}">
<head>
{{head}}
<link rel="stylesheet" href="/company.css">
</head>
<body class="company">
<header><a href="/">Acme</a><p>{{title}}</p></header>
{{main}}
<footer>Acme, Springfield</footer>
</body>
</html>
END
$test->write_file('frame.html', $frame);

# --- the configuration

sub checked {
    my ($location, %piece) = @_;
    return $test->nginx_test(no_keys => 1, location => $location, %piece);
}
my ($code, $text) = checked('gig_layout frame.html; gig_style /careers.css;');
is($code, 0, 'a frame, by a path from the folder of nginx.conf') or diag($text);
unlike($text, qr/\[warn\]/, 'without a warning');
is((checked($_))[0], 0, "accepted: $_") for "gig_layout $test->{dir}/frame.html;", 'gig_layout off;', 'gig_style off;', 'gig_style https://www.acme.example:8443/a/b.css?v=2;', 'gig_style http://localhost/a.css;';
is((checked('', http => 'gig_layout frame.html; gig_style /a.css;'))[0], 0, 'in http');
is((checked('', server => 'gig_layout frame.html; gig_style /a.css;'))[0], 0, 'in server');

sub wrong {
    my ($location, $said) = @_;
    my ($code, $text) = checked($location);
    is($code, 1, "refused: " . substr $location, 0, 70);
    like($text, $said, 'with what would be right');
    like($text, qr/^nginx: \[emerg\] .* in \S+nginx\.conf:\d+$/m, 'and where');
}
wrong('gig_layout nosuch.html;', qr/cannot open "\S+nosuch\.html"/);
wrong("gig_layout $test->{dir};", qr/is no file, or too large/);
wrong('gig_layout frame.html; gig_layout frame.html;', qr/"gig_layout" directive is duplicate/);
wrong('gig_style /a.css; gig_style /b.css;', qr/"gig_style" directive is duplicate/);
wrong("gig_style \"$_\";", qr/must be "off" or the address of a style sheet/)
    for 'careers.css', '//www.acme.example/a.css', 'http://www.acme.example/a.css', 'ftp://x/a.css', '/a b.css', '/a\'b.css', 'https://www.acme.example;x/a.css', 'https://*.acme.example/a.css', 'https://', '/', "https://a.example/<b>", 'https://Www.acme.example/a.css', 'https://u@a.example/a.css';
for my $case (['{{main}}', '{{mein}}', qr/wrong\.html, line 9: there is no slot \{\{mein\}\}; did you mean \{\{main\}\}\?/], ['{{main}}', '', qr/wrong\.html: \{\{main\}\} is missing/],
    ['{{head}}', '', qr/\{\{head\}\} is missing/], ['<!doctype html>', '', qr/line 1: it must begin with <!doctype html>/], ['</head>', "<title>x</title>\n</head>", qr/line 6: \{\{head\}\} brings the page's <title>/],
    ['<footer>', '<a href="{{title}}">', qr/line 10: \{\{title\}\} must stand in text/], ['<footer>', '{{title}}', qr/line 10: \{\{title\}\} must stand before \{\{main\}\}/], ['Acme', "Acme \xff", qr/must be UTF-8/])
{
    my ($from, $to, $said) = @$case;
    $test->write_file('wrong.html', $frame =~ s/\Q$from\E/$to/r);
    wrong('gig_layout wrong.html;', $said);
}
$test->write_file('wrong.html', $frame . 'x' x 65536);
wrong('gig_layout wrong.html;', qr/too large: it must be a file of at most 65536 bytes/);
for my $case (["<script>\nstart()</script>", qr/line 6: an inline script will not run/], ['<style>p { color: red }</style>', qr/line 6: an inline style sheet will not count/],
    ['<script src="https://cdn.example/a.js"></script>', qr/line 6: a script of another host/], ['<link rel="stylesheet" href="//cdn.example/a.css">', qr/line 6: a style sheet of another host/])
{
    $test->write_file('warned.html', $frame =~ s{</head>}{$case->[0]\n</head>}r);
    my ($code, $text) = checked('gig_layout warned.html;');
    is($code, 0, "no error: $case->[0]");
    like($text, qr/^nginx: \[warn\] "gig_layout": \S+warned\.html, $case->[1].* in \S+nginx\.conf:\d+$/m, 'but a warning, with its line');
}

# --- pages

my $redis = $test->start_redis;
$test->start_nginx(location => 'gig_layout frame.html; gig_style https://www.acme.example/careers.css?a&b;', board => 'title "Jobs & \"Gigs\"";',
    server => "location /plain/ { gig acme; } location /path/ { gig acme; gig_style /careers.css; } location /page.html { ssi on; root $test->{dir}; }");
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one', title => '{{main}} <b>& {{title}}'), gig_record('two'), gig_record('ended', closes_at => '2026-01-10T00:00:00Z'));
$test->wait_total(3) or BAIL_OUT('no catalog');

my %html = (Accept => 'text/html');
sub page { my ($path) = @_; return $test->get($path, headers => \%html) }

for my $case (['/gigs/', 200], ['/gigs/one', 200], ['/gigs/one/apply', 200], ['/gigs/ended', 410], ['/gigs/nosuch', 404], ['/gigs/?limit=zz', 400], ['/gigs/?q=nothing+like+it', 200]) {
    my ($path, $status) = @$case;
    my $answer = page($path);
    my $body = $answer->{body};
    is($answer->{status}, $status, "$path in the frame");
    like($body, qr{^<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">}, 'begins as the frame does');
    like($body, qr{</main>\n(?:<nav class="gig-languages".*</nav>)?</div>\n<footer>Acme, Springfield</footer>\n</body>\n</html>\n$}, 'and ends so');
    is(scalar(() = $body =~ m{<$_[ >]}g), 1, "has one $_") for qw(html head title body main);
    unlike($body, qr{gig-bar|gig-foot|gig-skip}, 'and not our header and footer');
    like($body, qr{<body class="company">\n<header><a href="/">Acme</a><p>[^<]+</p></header>\n<div class="gig-page gig-framed}, 'the page is an element of it');
    my ($title) = $body =~ m{<title>(.*?)</title>};
    like($body, qr{<p>\Q$title\E</p></header>}, 'the title stands in it');
    like($body, qr{<link rel="stylesheet" href="/gigs/gig-\w+\.css">\n<link rel="stylesheet" href="https://www\.acme\.example/careers\.css\?a&amp;b">}, 'our style sheet, then theirs');
}
like(page('/gigs/one')->{body}, qr{<h1[^>]*>\{\{main\}\} &lt;b&gt;&amp; \{\{title\}\}</h1>}, 'a slot in a record is text');
unlike(page('/gigs/?q=%3Cscript%3E%22')->{body}, qr{<script>|<p>[^<]*"[^<]*</p></header>}, 'what was searched for is escaped in it');
is(scalar(() = page('/gigs/')->{body} =~ /<script defer src="\/gigs\/gig-\w+\.js">/g), 1, 'our script is there');

my $again = $test->http('POST', '/gigs/two/applications', headers => { %html, 'Content-Type' => 'application/x-www-form-urlencoded' }, body => '_key=' . $test->form_key('two') . '&first_name=A');
is($again->{status}, 422, 'a form that comes back');
like($again->{body}, qr{<header><a href="/">Acme</a><p>Error: }, 'is in the frame, and its title says that it does');

my $etag = page('/gigs/one')->{headers}{etag};
is($test->get('/gigs/one', headers => { %html, 'If-None-Match' => $etag })->{status}, 304, 'kept and compared as ever');
isnt($etag, page('/plain/one')->{headers}{etag}, 'a page with another frame is another page');
is($test->get('/gigs/one?format=json')->{body}, $test->get('/plain/one?format=json')->{body} =~ s{/plain/}{/gigs/}gr, 'JSON has no frame');
unlike($test->get('/gigs/fragment.html')->{body}, qr{company|careers\.css|<header}, 'nor has a fragment');
like(page('/plain/')->{body}, qr{<body class="gig-page gig-page-wide">.*gig-foot}s, 'a location without one is as ever');

# --- policy

sub policy { my ($path) = @_; return page($path)->{headers}{'content-security-policy'} }
my $policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
is(policy('/plain/'), $policy, 'the policy');
is(policy('/path/'), $policy =~ s/img-src/font-src 'self'; img-src/r, 'with a style sheet of the same host');
is(policy('/gigs/'), $policy =~ s/style-src 'self'/style-src 'self' https:\/\/www.acme.example/r =~ s/img-src/font-src 'self' https:\/\/www.acme.example; img-src/r, 'of another host');
like(page('/path/')->{body}, qr{<link rel="stylesheet" href="/careers\.css">}, 'which is linked');

# --- a reload

$test->write_file('frame.html', $frame =~ s/Springfield/Shelbyville/r);
$test->reload;
like((wait_for { my $answer = page('/gigs/'); $answer->{status} == 200 && $answer } 'the page')->{body}, qr{Acme, Shelbyville}, 'after a reload a frame that was changed counts');
$test->write_file('frame.html', $frame =~ s/\{\{main\}\}//r);
kill 'HUP', $test->{nginx};
ok(wait_for { $test->read_file('error.log') =~ /\[emerg\].*\{\{main\}\} is missing/ } 'one that is wrong is refused');
like(page('/gigs/')->{body}, qr{Acme, Shelbyville}, 'and the one of before stays');

$test->{expected_log} = qr/\[emerg\]/;
$test->done;
