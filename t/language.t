#!/usr/bin/perl
# Why: a page is in one language, the reader's, to its last word: one that is forgotten, or comes out
# of the cache of another language, is seen by everybody but those who wrote it.  On the pages of the
# pseudo-locale (English in Arabic letters) each Latin word that is no data was not translated.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Encode qw(decode encode);
use JSON::PP;
use Test::More;
use GigTest;
use GigTest::Pages;
use GigTest::Publish;

my $test = GigTest->new;
$test->start_redis;

$test->write_file('fr.txt', encode('UTF-8', "tag = fr\nname = Fran\x{e7}ais\nplural = zero-one-other\npage.skip = Aller au contenu\n"
    . "list.count.open{one} = {1} mission ouverte\nlist.count.open{other} = {1} missions ouvertes\n"));
$test->write_file('own.txt', "tag = en\naction.apply = Apply at Acme\nlist.open = Now open\n");

my $locations = 'location /all/ { gig acme; gig_languages en es ar-XB; }'
    . " location /spanish/ { gig acme; gig_languages es; } location /french/ { gig acme; gig_text $test->{dir}/fr.txt; }"
    . " location /own/ { gig acme; gig_text $test->{dir}/own.txt; }";
$test->start_nginx(server => $locations);

sub page {
    my ($path, $accept, %header) = @_;
    my $answer = $test->get($path, headers => { Accept => 'text/html', (defined $accept ? ('Accept-Language' => $accept) : ()), %header });
    $answer->{text} = decode('UTF-8', $answer->{body} // '');
    return $answer;
}
sub shown { my $answer = page(@_); return "$answer->{status} " . language_of($answer) }
sub language_of { my ($answer) = @_; return $answer->{text} =~ /<html lang="([^"]*)"/ ? $1 : 'none' }

is(language_of(page('/gigs/', 'es')), 'es', 'before there is a catalog, a problem is told in Spanish too');
like(page('/gigs/', 'es')->{text}, qr{<h1>No disponible en este momento</h1>.*El cat\x{e1}logo de este tabl\x{f3}n}s, 'title and what it is about');

my %es = (title => "An\x{e1}lisis de precios", summary => 'Diez competidores.', description_text => "Un proyecto corto.", department => 'Ventas');
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test,
    gig_record('both', closes_at => '2199-10-31T04:59:59Z', title => 'Price scan', i18n => { es => \%es }, feedback => { decision_by => '2199-11-06' },
        pay => { type => 'fixed', currency => 'USD', min_minor => 125050, max_minor => 125050, unit => 'project' }),
    gig_record('german', language => 'de', title => 'Preisvergleich', summary => 'Zehn Anbieter.'),
    gig_record('arabic', language => 'ar', title => "\x{645}\x{642}\x{627}\x{631}\x{646}\x{629}", i18n => { en => { title => 'Comparison' } }),
    gig_record('later', opens_at => '2199-01-10T00:00:00Z', closes_at => '2199-02-10T00:00:00Z'),
    gig_record('ended', closes_at => '2026-01-10T00:00:00Z', i18n => { es => { title => 'Terminado' } }));
$test->wait_total(5) or BAIL_OUT('no catalog');

# --- which one

for (
    [undef, '', 'en'], ['es', '', 'es'], ['es-MX,en;q=0.5', '', 'es'], ['fr,es;q=0.1', '', 'es'], ['fr', '', 'en'], ['*', '', 'en'],
    ['es;q=0.2,en;q=0.8', '', 'en'], ['es;q=0', '', 'en'], ['en', 'lang=es', 'es'], ['es', 'lang=en', 'en'], ['es', 'lang=en-GB', 'en'],
    ['es', 'lang=xx', 'es'], ['es', 'lang=', 'es'], ['es', 'lang=%22', 'es'], ['en', 'lang=ES', 'es'], ['en', 'lang=es&lang=en', 'es'],
) {
    my ($accept, $query, $want) = @$_;
    my $said = ($accept // 'no header') . ($query && ", ?$query");
    is(shown("/gigs/?$query", $accept), "200 $want", "list: $said: $want");
    is(shown("/gigs/both?$query", $accept), "200 $want", "gig: $said: $want");
    is(shown("/gigs/both/apply?$query", $accept), "200 $want", "form: $said: $want");
}
is(language_of(page('/gigs/', 'ar-XB')), 'en', 'what is not named is not offered');
is(language_of(page('/spanish/', 'en')), 'es', 'the first of gig_languages is for all others');
is(language_of(page('/french/', 'fr-CA')), 'fr', 'words of a file are a language');
like(page('/french/', 'fr')->{text}, qr{Aller au contenu.*>Search</button>}s, 'and English where it says nothing');
like(page('/french/', 'fr')->{text}, qr{<strong[^>]*>3</strong> missions ouvertes}, 'with its forms of number');
like(page('/own/', 'en')->{text}, qr{>Now open</a>}, 'other words for English');
like(page('/own/both', 'en')->{text}, qr{>Apply at Acme</a>}, 'on each page');
unlike(page('/gigs/', 'en')->{text}, qr{Now open}, 'and not in another location');

# --- what is kept is in the language that was asked for

my %tag;
for my $case (['/gigs/?limit=2', 200], ['/gigs/both', 200], ['/gigs/fragment.html?limit=2', 200], ['/gigs/ended', 410]) {
    my ($path, $status) = @$case;
    for my $round (1 .. 3) {
        for my $accept ('en', 'es', 'es-MX', 'de') {
            my $answer = page($path, $accept);
            my $lang = $accept =~ /^es/ ? 'es' : 'en';
            is($answer->{status}, $status, "$path: $accept, time $round");
            like($answer->{text}, qr/lang="$lang"/, "in $lang");
            like($answer->{headers}{vary}, qr/\bAccept-Language\b/, 'varies by it');
            push @{ $tag{$path}{$lang} }, $answer->{headers}{etag} // 'none';
        }
    }
    is(scalar keys %{ { map { $_ => 1 } @{ $tag{$path}{$_} } } }, 1, "$path: one ETag in $_") for qw(en es);
    if ($status == 200) {
        like($tag{$path}{$_}[0], qr/^"[0-9a-f]{32}"$/, "which is one in $_") for qw(en es);
        isnt($tag{$path}{en}[0], $tag{$path}{es}[0], "$path: another in each");
    } else {
        is($tag{$path}{$_}[0], 'none', "which is none in $_, as nobody is to keep that it is over") for qw(en es);
    }
}
is(page('/gigs/both', 'es', 'If-None-Match' => $tag{'/gigs/both'}{es}[0])->{status}, 304, 'not modified in the same language');
is(page('/gigs/both', 'en', 'If-None-Match' => $tag{'/gigs/both'}{es}[0])->{status}, 200, 'but in another');

my @json = map { $test->get('/gigs/?format=json&limit=2' . $_->[1], headers => { $_->[0] ? ('Accept-Language' => $_->[0]) : () }) }
    ([undef, ''], ['es', ''], ['es', '&lang=es'], [undef, '&lang=es']);
is($_->{body}, $json[0]{body}, 'JSON is the same in all') for @json[1 .. 3];
is($_->{headers}{etag}, $json[0]{headers}{etag}, 'and so is its ETag') for @json[1 .. 3];
unlike($json[0]{headers}{vary} // '', qr/Accept-Language/, 'and varies by no language');
like($test->get('/gigs/none?format=json&lang=es', headers => { 'Accept-Language' => 'es' })->{body}, qr{"title":"Not found"}, 'problems for programs are in English');

# --- a gig's own texts

my $list = page('/gigs/', 'es')->{text};
my %cards = map { m{<a href="/gigs/(\w+)} ? ($1 => $_) : () } split /<li class="gig-card">/, $list;
like($cards{both}, qr{<a href="/gigs/both">An\x{e1}lisis de precios</a>}, 'a card has the title in Spanish, and no lang as it is the page\'s');
like($cards{both}, qr{Diez competidores\.}, 'and the summary');
like($cards{both}, qr{\x{b7}</span> Ventas</p>}, 'and the department');
like($cards{german}, qr{<a href="/gigs/german" lang="de">Preisvergleich</a>.*<p class="gig-summary" lang="de">}s, 'what is in another language says so');
like($cards{arabic}, qr{<a href="/gigs/arabic" lang="ar" dir="rtl">}, 'and that it is written the other way');
like($cards{both}, qr{1250,50\x{a0}US\$}, 'money as in Spanish');
like($cards{both}, qr{15 a 20 horas}, 'and hours');
like($cards{both}, qr{Solicitudes hasta el <time[^>]*>30 oct 2199</time>}, 'and days');
like($list, qr{<strong[^>]*>3</strong> trabajos abiertos}, 'and plurals');
# its card is drawn of what lists tell, which has no language
like(page('/gigs/?state=scheduled', 'es')->{text}, qr{<a href="/gigs/later" lang="en">}, 'what is in English and has no other texts says so, too');
like(page('/gigs/?q=price', 'es')->{text}, qr{<strong[^>]*>1</strong> trabajo coincide}, 'of one');

my $english = page('/gigs/', 'en')->{text};
like($english, qr{<a href="/gigs/german" lang="de">}, 'the compiled card in English says so too');
like($english, qr{<a href="/gigs/arabic">Comparison</a>}, 'and has what the record has in English');
like($english, qr{<a href="/gigs/both">Price scan</a>}, 'and the title of its own');

my $gig = page('/gigs/both', 'es')->{text};
like($gig, qr{<h1>An\x{e1}lisis de precios</h1>}, 'the gig\'s page: title');
like($gig, qr{<h2>Qu\x{e9} har\x{e1}</h2><p>Un proyecto corto\.}, 'description, without the English one');
unlike($gig, qr{A short project}, 'which is not there');
like($gig, qr{<strong>1250,50\x{a0}US\$</strong> por 15 a 20 horas aproximadamente}, 'pay');
like($gig, qr{>mi\x{e9}, 30 oct 2199, 23:59 \(hora de Chicago\)</time>}, 'the last moment');
like($gig, qr{"description":"[^"]*Un proyecto corto}, 'and search engines are told the same');
like(page('/gigs/german', 'es')->{text}, qr{<h1 lang="de">}, 'a gig in a third language says so');
like(page('/gigs/german', 'es')->{text}, qr{<div lang="de"><p>A short project}, 'as its description does');
like(page('/gigs/ended', 'es')->{text}, qr{<title>Cerrado: Terminado.*<h1>Terminado</h1>}s, 'and one that is over');
like($test->get('/gigs/both/closing.ics?lang=es')->{body}, qr{SUMMARY:.*\xc3\xa1lisis}, 'a calendar takes lang');
unlike($test->get('/gigs/both/closing.ics', headers => { 'Accept-Language' => 'es' })->{body}, qr{SUMMARY:.*\xc3\xa1lisis}, 'and nothing else');

# --- a language that was asked for goes along

my $asked = page('/gigs/?lang=es&source=fair&limit=2&q=project', 'en')->{text};
my @links = grep { !/\.(?:css|js)$/ && m{^/gigs/} } $asked =~ m{(?:href|action)="([^"]*)"}g;
cmp_ok(scalar @links, q(>), 5, 'a list has links');
my @others = $asked =~ m{<a href="([^"]*)" lang="en" hreflang="en" dir="ltr">English</a>};
is(scalar @others, 1, 'the foot has one to English');
is_deeply([grep { !/lang=es&amp;source=fair/ && $_ ne '/gigs/' && $_ ne $others[0] } @links], [], 'all the others keep it, and the source');
like($asked, qr{<input type="hidden" form="gig-search" name="lang" value="es">}, 'and the search form');
(my $other = $others[0]) =~ s/&amp;/&/g;
like($other, qr/q=project\b/, 'that to English asks the same');
like($other, qr/lang=en&source=fair$/, 'with the source');
is(language_of(page($other, 'es')), 'en', 'and is in English');
unlike(page('/gigs/', 'es')->{text}, qr{name="lang"|href="[^"]*lang=es}, 'what was only negotiated is in no link');
like(page('/gigs/both?lang=es')->{text}, qr{href="/gigs/both/apply\?lang=es"}, 'from the gig to its form');
like(page('/gigs/both/apply?lang=es')->{text}, qr{action="/gigs/both/applications\?lang=es"}, 'and on');

# --- the form, what is wrong with it, and the receipt

my $form = page('/gigs/both/apply', 'es')->{text};
like($form, qr{<label for="f-first_name">Nombre</label>}, 'the built-in form is in Spanish');
like($form, qr{data-say-sending="Enviando\x{2026}"}, 'and what its script says');
my $wrong = $test->http('POST', '/gigs/both/applications?lang=es', headers => { Accept => 'text/html', 'Content-Type' => 'application/x-www-form-urlencoded' },
    body => 'email=nobody&_key=' . $test->form_key('both'));
my $errors = decode('UTF-8', $wrong->{body});
is($wrong->{status}, 422, 'a form with mistakes');
like($errors, qr{respuestas necesitan otra revisi\x{f3}n}, 'is told so in Spanish');
like($errors, qr{<a href="#f-email">Correo electr\x{f3}nico: Escriba su direcci\x{f3}n de correo}, 'label and sentence');
unlike($errors, qr{Please|answers need}, 'and nothing in English');
my $told = $test->http('POST', '/gigs/both/applications', headers => { Accept => 'application/json', 'Accept-Language' => 'es', 'Content-Type' => 'application/json',
    'Idempotency-Key' => '"a-key-of-a-test"' }, body => '{"answers":{}}');
like($told->{body}, qr{Please fill in this field}, 'a program is told in English');

# --- no untranslated word: data is in Japanese, so what is Latin is ours

my $data = "\x{4ed5}\x{4e8b}";
my %data = (title => $data, summary => "$data\x{3002}", description_html => "<p>$data</p>", org => { id => 'acme', name => $data, url => 'https://acme.example' },
    department => $data, team => $data, skills => [{ name => $data, level => $data }, { name => "$data$data", required => JSON::PP::false }], deliverables => [$data],
    time_zone => 'UTC', eligibility => { min_age => 18, work_authorization => [$data], note => $data },
    location => { mode => 'hybrid', places => [map { { locality => "$data$_" } } 1 .. 3] }, capacity => { positions => 2 },
    pay => { type => 'fixed', currency => 'USD', min_minor => 50000, max_minor => 60000, unit => 'week', paid_on => 'acceptance', note => $data },
    work => { hours_min => 15, hours_max => 20, duration_days => 21, due_by => '2199-12-01', start_by => '2199-11-10', ai_policy => 'allowed-disclosed', supervisor_title => $data,
        milestones => [{ title => $data, due_by => '2199-11-20' }] },
    conversion => { possible => JSON::PP::true }, feedback => { to_applicant => JSON::PP::true, decision_by => '2199-11-06' });
my $voluntary = { schema => 'gig-form/1', id => 'voluntary', rev => 1, locale => 'ja', fields => [
    { name => 'one', label => $data, type => 'select', class => 'demographic', options => [{ value => 'a', label => $data }, { value => 'b', label => "$data$data" }] },
    { name => 'some', label => $data, type => 'multi_select', class => 'demographic', help => $data, options => [{ value => 'a', label => $data }, { value => 'b', label => "$data$data" }] },
    { name => 'words', label => $data, type => 'text', class => 'demographic', max_length => 100 }], anti_spam => { honeypot => 'website' } };
my $offering = GigTest::Pages::offering();
$offering->{self_id}{form_id} = 'voluntary';
GigTest::Publish::operations($test, [form => $voluntary], [form => $offering]);
GigTest::Publish::put($test, gig_record('x5', %data, form => { id => $offering->{id}, rev => $offering->{rev} }, closes_at => '2199-10-31T00:00:00Z'),
    gig_record('x1', %data, closes_at => '2199-10-31T00:00:00Z'), gig_record('x2', %data, opens_at => '2199-01-01T00:00:00Z', closes_at => '2199-10-31T00:00:00Z'),
    gig_record('x3', %data, closes_at => '2026-01-10T00:00:00Z'), gig_record('x4', %data, location => { mode => q(remote), applicant_regions => [{ type => q(Country), code => q(JP), name => $data }, { type => q(Country), name => $data }] }, pay => { type => q(unpaid) }, closes_at => '2199-10-31T00:00:00Z'));
wait_for { $test->get('/gigs/x4')->{status} == 200 && $test->get('/gigs/x5/self-id')->{status} == 200 } 'the gigs in Japanese' or BAIL_OUT('the gigs in Japanese are not there');

# Words of a page that people see or hear, without what is data: addresses, names of languages in themselves, codes.
sub latin {
    my ($html) = @_;
    $html =~ s{<nav class="gig-languages".*?</nav>}{}s;
    $html =~ s{<script type="application/ld\+json">.*?</script>}{}gs;
    $html =~ s{<p class="gig-link">.*?</p>}{}s;
    $html =~ s{<svg.*?</svg>|<span class="gig-logo.*?</span>}{}gs;
    $html =~ s{<option>[A-Z]{3}</option>}{}g;
    $html =~ s{<(?:input|textarea)[^>]*\bname="(?:email|q)"[^>]*>}{}g;
    my @seen = ($html =~ m{\b(?:aria-label|alt|title|placeholder|data-say-[\w-]+)="([^"]*)"}g, $html =~ m{<title>([^<]*)}, $html =~ m{<body[^>]*>(.*)}s ? $1 =~ s/<[^>]*>/ /gr : '');
    my $seen = join ' ', @seen;
    $seen =~ s/&\w+;|&#\d+;/ /g;
    $seen =~ s/Gig \w+|What \w+ is about\.|Acme Robotics|Marketing|Research|A short project\.|Price scan|Preisvergleich|Zehn Anbieter\.|United States|Chicago//g;
    $seen =~ s/\b(?:acme|gigs|Gigs|UTC|US|PDF|Word|docx?|txt|RTF|PNG|JPEG)\b|USD//gi;
    return [$seen =~ /[A-Za-z]{2,}(?:[ ',.]+[A-Za-z]+)*/g];
}
is_deeply(latin('<title>x</title><body><p>Apply now</p>'), ['Apply now'], 'a Latin word is seen');

my $key = $test->form_key('x1');
my $sent = $test->apply('x1', 'an-application-of-a-test');
is($sent->{status}, 202, 'an application') or diag($sent->{body});
my $receipt = JSON::PP->new->decode($sent->{body})->{token};
like($receipt, qr/^[\w-]{43}$/, 'has a receipt');
my %status = (x3 => 410, nothing => 404, 'x1/self-id' => 404);
for my $path ('', '?q=999', '?state=scheduled', '?state=all&limit=1', '?skill=x&pay_min=12.5&hours_max=3&closes_before=2199-01-01&posted_after=2020-01-01&currency=USD', '?state=scheduled&org=99',
    'x1', 'x2', 'x3', 'x4', 'x1/apply', 'x2/apply', "receipts/$receipt", "receipts/$receipt?withdraw=1", 'nothing', 'x5/self-id', 'x5/self-id/thanks', 'x1/self-id', 'fragment.html?limit=2', 'fragment.html?q=999')
{
    my $answer = page("/all/$path", 'ar-XB');
    my $name = $path =~ s/\Q$receipt\E/TOKEN/r;
    is($answer->{status}, $status{$path} // 200, "/$name: is there") or diag($answer->{body});
    like($answer->{text}, qr{lang="ar-XB"(?: dir="rtl")?}, "/$name: is in the pseudo-locale");
    like($answer->{text}, qr{dir="rtl"}, 'from right to left');
    is_deeply(latin($answer->{text}), [], "/$name: has no word that is not translated");
}
my $bad = $test->http('POST', '/all/x1/applications?lang=ar-XB', headers => { Accept => 'text/html', 'Content-Type' => 'application/x-www-form-urlencoded' }, body => "_key=$key");
is($bad->{status}, 422, 'a form with mistakes');
is_deeply(latin(decode 'UTF-8', $bad->{body}), [], 'the form with mistakes has none');
my $post = $test->http('POST', '/all/x1/applications', headers => { Accept => 'text/html', 'Accept-Language' => 'ar-XB', 'Content-Type' => 'text/plain' }, body => 'x');
is($post->{status}, 415, 'a post of another type');
is_deeply(latin(decode 'UTF-8', $post->{body}), [], 'has none');

# --- files and search engines

my $made = `"$FindBin::Bin/../tools/pseudo-locale"`;
is($made, $test->source('ngx_gig_module/core/text/ar-XB.txt'), 'ar-XB.txt is what tools/pseudo-locale makes of en.txt');

$test->stop_nginx;
$test->start_nginx(board => 'public_url https://careers.example/gigs/;', server => $locations);
wait_for { page('/gigs/both')->{status} == 200 } 'the board again';
for my $path ('', 'both', 'ended', 'fragment.html') {
    my %said = map { ($_ => page("/$_/$path", 'en')->{text}) } qw(gigs spanish own);
    like($said{spanish}, qr/lang="es"/, "/spanish/$path: no page of a location that has the same public_url");
    like($said{$_}, qr/lang="en"/, "/$_/$path: nor the other way") for qw(gigs own);
    isnt($said{own}, $said{gigs}, 'words of one location are not of another') if $path eq '' || $path eq 'both';
}
my $head = page('/gigs/both', 'en')->{text};
my %alternate = $head =~ m{<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">}g;
my ($canonical) = $head =~ m{<link rel="canonical" href="([^"]*)">};
is($canonical, 'https://careers.example/gigs/both/price-scan', 'a page that was negotiated is the plain address');
is_deeply(\%alternate, { en => "$canonical?lang=en", es => "$canonical?lang=es", 'x-default' => $canonical }, 'its alternates');
my $spanish = page('/gigs/both?lang=es&source=x')->{text};
like($spanish, qr{<link rel="canonical" href="\Q$canonical\E\?lang=es">}, 'one that was asked for is its own');
like($spanish, qr{<link rel="alternate" hreflang="en" href="\Q$canonical\E\?lang=en">}, 'with the same alternates');
like($spanish, qr{property="og:locale" content="es_ES"}, 'and says its locale');
like(page('/gigs/')->{text}, qr{<link rel="alternate" hreflang="es" href="https://careers\.example/gigs/\?lang=es">}, 'the list has them too');
unlike(page('/gigs/?q=x')->{text}, qr{rel="alternate" hreflang}, 'a search has none');

# --- long texts in several languages are no reason for the event loop, which all visitors share, to stand still

my $long = '<p>' . 'A "quoted" {text}. ' x 600 . '</p>';
GigTest::Publish::put($test, map { my $id = "long$_"; gig_record($id, description_html => $long,
    i18n => { map { $_ => { title => "$_ $id", description_html => $long } } qw(de es fr) }) } 1 .. 60);
ok(wait_for { json_of($test->get('/gigs/'))->{total} >= 60 } 'sixty more');
my $cards = page('/gigs/?lang=es&limit=100')->{text};
my @whole = grep { />es long\d+<\/a>/ && /Acme Robotics/ && /500.*US/ && /Research/ } split /<li class="gig-card">/, $cards;
is(scalar @whole, 60, 'each card in Spanish, with all that belongs to it') or diag($cards =~ /(<li class="gig-card">.*?<\/li>)/s);

SKIP: {
    skip 'a build that is slower says nothing of time', 1 if $GigTest::SANITIZED || $GigTest::VALGRIND;
    my $workers = [$test->workers];
    my $before = $test->loop_time($workers);
    page("/gigs/?lang=es&limit=100&source=s$_") for 1 .. 10;
    my $each = ($test->loop_time($workers) - $before) / 10;
    cmp_ok($each, '<', 5, sprintf 'a page of them that was not asked for before: %.2f ms of the event loop', $each);
}

# --- title and about of the board are in the first of gig_languages, whatever the page is in

$test->stop_nginx;
$test->start_nginx(board => 'title "Acme gigs"; about "Short paid projects.";', server => $locations);
wait_for { page('/gigs/both')->{status} == 200 } 'the board with a title';
sub operators { return [page(@_)->{text} =~ m{(<[^<>]*>(?:<span [^<>]*>)?(?:Acme gigs|Short paid projects\.))</(?!title)}g] }
my ($acme, $about) = ('Acme gigs', '<p class="gig-about">');
is_deeply(operators('/all/', 'ar-XB'), [map { "$_->[0]<span lang=\"en\" dir=\"ltr\">$_->[1]" } ['<h1>', $acme], [$about, 'Short paid projects.'], ['<p>', $acme]],
    'an English title on a page from right to left: its full stop is at its right, in heading, sentence and foot');
is_deeply(operators('/all/both', 'ar-XB'), [map { "$_<span lang=\"en\" dir=\"ltr\">$acme" } '<a class="gig-home" href="/all/">', '<p>'], 'and in the bar of other pages');
is_deeply(operators('/all/', 'es'), [map { "$_->[0]<span lang=\"en\">$_->[1]" } ['<h1>', $acme], [$about, 'Short paid projects.'], ['<p>', $acme]], 'in Spanish it is read out in English');
is_deeply(operators($_->[0], $_->[1]), ["<h1>$acme", "${about}Short paid projects.", "<p>$acme"], "$_->[0] in $_->[1]: they are the page's, so nothing is said")
    for ['/all/', 'en'], ['/spanish/', 'es'];

# --- what is wrong with a file is told with its line

$test->{expected_log} = qr/gig_text|words for the language|invalid language|is there twice/;
sub told { my ($status, $output) = $test->nginx_test(@_); return $output }

for (["tag = fr\nlist.opne = a\n", 'fr.txt, line 2: There is no text "list.opne"; did you mean "list.open"?'], ["tag = fr\nopens = x\n", 'line 2: The text "opens" lacks its argument {1}.'],
    ["search = x\n", 'does not say of which language it is']) {
    $test->write_file('fr.txt', $_->[0]);
    like(told(server => $locations), qr/\Q$_->[1]\E/, "nginx -t: $_->[1]");
}
like(told(server => 'location /x/ { gig acme; gig_languages en xx; }'), qr/there are no words for the language "xx"/, 'a language without words');
like(told(server => 'location /x/ { gig acme; gig_languages en e; }'), qr/invalid language "e"/, 'no tag');
like(told(server => 'location /x/ { gig acme; gig_languages en EN; }'), qr/the language "EN" is there twice/, 'one twice');

$test->done;
