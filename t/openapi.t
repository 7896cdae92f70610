#!/usr/bin/perl
# Why: openapi.json is what other people's clients are made of.  It is held against the route table,
# it is served as it is written, and what holds every answer of all other tests against it must
# see one that is wrong.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use GigTest;
use GigTest::OpenApi;
use GigTest::Publish;

my $test = GigTest->new;
my $api = GigTest::OpenApi::source();
my $document = $api->{document};

# --- the route table, and nothing else

my $source = $test->source('ngx_gig_module/http/ngx_http_gig_route.c');
my ($below, $behind) = map { my ($rows) = $source =~ /\Q$_\E\[\] = \{\n(.*?)\n\};/s; +{ reverse $rows =~ /^    \{ "?([\w.#\/-]+)"?, NGX_HTTP_GIG_ROUTE_(\w+) \},$/mg } }
    qw(ngx_http_gig_names ngx_http_gig_item_names);
my %asset = (gig_css_name => 'gig-{hash}.css', gig_js_name => 'gig-{hash}.js', gig_form_js_name => 'gig-form-{hash}.js', gig_embed_js_name => 'embed-{hash}.js');
# Those that have no name in a table.  The prefix without its slash is no address below it.
my %path = (REDIRECT => [], LIST => ['/'], ITEM => ['/{id}', '/{id}/{slug}'], RECEIPT => ['/receipts/{token}'], WITHDRAW => ['/receipts/{token}/withdraw'], KEYS => ['/receipts/keys.json']);
$path{$_} = ['/' . ($asset{ $below->{$_} } // $below->{$_} =~ s/#/{part}/r)] for keys %$below;
$path{$_} = ["/{id}/$behind->{$_}"] for keys %$behind;

my (%answered, %described);
for my $row ($source =~ /^    \[(NGX_HTTP_GIG_ROUTE_\w+\] = \{ .*?) \},$/msg) {
    my ($route) = $row =~ /ROUTE_(\w+)/;
    next if $route =~ /^SHAPE_/;                # addresses in the shape of somebody else's API
    ok($path{$route}, "the route $route has an address here") or next;
    for my $method ($row =~ /\.(get|post|delete) =/g) { $answered{"$method $_"}++ for @{ $path{$route} } }
}
for my $path (keys %{ $document->{paths} }) { $described{"$_ $path"}++ for grep { /^(?:get|put|post|delete|options|head|patch|trace)$/ } keys %{ $document->{paths}{$path} } }
cmp_ok(scalar keys %answered, '>=', 25, 'the route table is found');
is_deeply([sort keys %described], [sort keys %answered], 'what is answered is described, and what is described is answered');

# --- references, names, examples

my (%used, %id, @nowhere);
sub walk {
    my ($thing, $at) = @_;
    if (ref $thing eq 'ARRAY') { walk($_, $at) for @$thing }
    if (ref $thing eq 'HASH') {
        if (defined $thing->{'$ref'} && !ref $thing->{'$ref'}) { $used{ $thing->{'$ref'} }++; eval { $api->find($thing->{'$ref'}); 1 } or push @nowhere, "$at: $thing->{'$ref'}" }
        $id{ $thing->{operationId} }++ if $thing->{operationId};
        walk($thing->{$_}, "$at/$_") for sort keys %$thing;
    }
}
walk($document, '');
is_deeply(\@nowhere, [], 'what is referred to is there: ' . keys %used);
my @parts = map { my $group = $_; map {"#/components/$group/$_"} keys %{ $document->{components}{$group} } } keys %{ $document->{components} };
# The harness takes these by name: they hold for addresses and methods that are not described.
my %apart = map { ("#/components/responses/$_" => 1) } qw(MethodNotAllowed Preflight NotFound);
is_deeply([grep { !$used{$_} && !$apart{$_} } sort @parts], [], 'no part that nobody refers to');
is_deeply([grep { $id{$_} > 1 } sort keys %id], [], 'each operation has an id of its own');

my $examples = 0;
sub examples {
    my ($thing, $at) = @_;
    if (ref $thing eq 'ARRAY') { examples($_, $at) for @$thing }
    return unless ref $thing eq 'HASH';
    if ($at =~ m{^/components/schemas/\w+$}) { $api->compile($thing) }                  # knows every keyword
    my $schema = exists $thing->{schema} && ref $thing->{schema} eq 'HASH' ? $thing->{schema} : $thing;
    for my $example (exists $thing->{example} && ref $thing->{schema} ? $thing->{example} : (), ref $thing->{examples} eq 'ARRAY' ? @{ $thing->{examples} } : ()) {
        $examples++;
        $example = [$example] if ($api->real($schema)->{type} // '') eq 'array' && !ref $example;       # one of several
        is($api->compile($schema)->($example), undef, "the example at $at is right");
    }
    examples($thing->{$_}, "$at/$_") for sort grep { !/^examples?$/ } keys %$thing;
}
examples($document, '');
cmp_ok($examples, '>=', 10, "examples were found: $examples");

# --- it is served as it is written

$test->start_redis;
$test->start_nginx(http => "gig_board other { state $test->{dir}/other; public_url https://careers.acme.example/jobs/; }",
    location => 'gig_origins https://www.acme.example;',
    server => 'location "/with odd/" { gig acme; } location /other/ { gig other; }
        location = /gigs/sorry.json { add_header Content-Security-Policy "default-src \'none\'; x"; default_type application/json; return 200 "{}"; }');
my $answer = $test->get('/gigs/openapi.json');
is($answer->{status}, 200, 'it is there without a catalog');
my $served = GigTest::OpenApi::parse($answer->{body});
is($served->{servers}[0]{url}, '/gigs', 'its server is the board');
$served->{servers}[0]{url} = '@BASE@';
my $json = JSON::PP->new->canonical;
ok($json->encode($served) eq $json->encode($document), 'the rest is what is in web/openapi, whole');
is(GigTest::OpenApi::parse($test->get('/other/openapi.json')->{body})->{servers}[0]{url}, 'https://careers.acme.example/jobs', 'public_url');
is(GigTest::OpenApi::parse($test->get('/with%20odd/openapi.json', unwatched => 1)->{body})->{servers}[0]{url}, '/with%20odd', 'a prefix as it stands in addresses');

my $tag = $answer->{headers}{etag};
is($test->get('/gigs/openapi.json', headers => { 'If-None-Match' => $tag })->{status}, 304, 'nobody gets it twice');
isnt($test->get('/other/openapi.json')->{headers}{etag}, $tag, 'another address, another ETag');
my $head = $test->http('HEAD', '/gigs/openapi.json');
is("$head->{status} $head->{headers}{'content-length'}", '200 ' . length $answer->{body}, 'HEAD');
my $zipped = $test->get('/gigs/openapi.json', headers => { 'Accept-Encoding' => 'gzip' });
is($zipped->{headers}{'content-encoding'}, 'gzip', 'compressed');
cmp_ok(length $zipped->{body}, '<', 16384, 'into ' . length($zipped->{body}) . ' of ' . length($answer->{body}) . ' bytes');
my $far = $test->get('/gigs/openapi.json', headers => { Origin => 'https://www.acme.example' });
is($far->{headers}{'access-control-allow-origin'}, 'https://www.acme.example', 'pages of gig_origins may read it');
is($test->http('POST', '/gigs/openapi.json')->{status}, 405, 'and nobody may write it');
is($test->get('/gigs/openapi.json?limit=0')->{status}, 200, 'what is of the list is ignored');
is($test->get('/gigs/openapi.json?format=xml')->{status}, 400, 'what is of all addresses is not');
is_deeply([$test->openapi_wrong], [], 'all that was as it says');

# --- a list takes the parameters that are described, up to their limits, and no others

GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one'));
$test->wait_total(1) or BAIL_OUT('no catalog');
my %query = map { $_->{name} => $_ } grep { $_->{in} eq 'query' } map { $api->real($_) } @{ $document->{paths}{'/'}{get}{parameters} };
my ($read) = $test->source('ngx_gig_module/core/gig_query.c') =~ /gig_parameters\[GIG_PARAMETERS\] = \{(.*?)\n\};/s;
# Of a receipt, of a fragment; and another name of source.
my %else = map { $_ => 1 } qw(withdraw style icons ref);
is_deeply([sort keys %query], [sort grep { !$else{$_} } $read =~ /GIG_PARAMETER\("(\w+)"\)/g], 'the parameters of the list');
my @tried = (qw(0 1 20 100 101 100000 100001 -1 1.5 12.50 12.505 12.5055 1e3 x USD usd US USDX 2031-10-01 2031-13-01 2031-10-01T09:00:00-04:00 2031-10-01T09:00:00 yesterday
    newest closing pay relevance best open scheduled all closed remote onsite hybrid moon contractor employee_intern stipend volunteer json html xml skill en), 'skill,org', 'skill,moon', 'x' x 256, 'x' x 257);
my (@differ, %taken);
for my $name (sort grep { $_ ne 'cursor' } keys %query) {           # that one is signed
    my $check = $api->compile($query{$name}{schema});
    my $type = $api->real($query{$name}{schema})->{type} // '';
    for my $value (@tried) {
        my $given = $type eq 'array' ? [$value] : $type eq 'integer' && $value =~ /^\d+\z/ ? 0 + $value : $value;
        my $described = defined $check->($given) ? 400 : 200;
        my $status = $test->get("/gigs/?$name=" . $value =~ s/\+/%2B/r)->{status};
        next if $status == $described;
        push @differ, "$name=$value: $status, and the document means $described";
    } continue { $taken{$name}++ }
}
is_deeply(\@differ, [], 'values are taken and refused as described: ' . @tried . ' of each of ' . keys %taken);
is($test->get('/gigs/?' . join '&', map {"skill=s$_"} 1 .. 32)->{status}, 200, '32 values of one');
is($test->get('/gigs/?' . join '&', map {"skill=s$_"} 1 .. 33)->{status}, 400, 'and no more');
is($query{skill}{schema}{maxItems}, 32, 'as described');
my $application = $document->{components}{schemas}{Application}{examples}[0];
is($test->http('POST', '/gigs/one/applications', body => JSON::PP->new->utf8->encode($application),
    headers => { 'Content-Type' => 'application/json', 'Idempotency-Key' => $document->{components}{parameters}{key}{example} })->{status}, 202, 'the example of an application is taken');
is_deeply([$test->openapi_wrong], [], 'and all of it was answered as described');

# --- every address by every method, with and without a query that none of them takes

my %sample = (id => 'one', slug => 'gig-one', token => 'MADE-UP', hash => '00000000', part => 1);
my ($page) = $test->get('/gigs/?format=html')->{body};
my @addresses = ((map { s/\{(\w+)\}/$sample{$1}/gr } sort keys %{ $document->{paths} }), (map {"/$_"} $page =~ m{"/gigs/(gig[a-z-]*-[0-9a-f]{8}\.\w+)"}g), '/nosuch', '/nosuch/form', '/a.b', '/one/a/b');
cmp_ok(scalar @addresses, '>=', 28, 'addresses: ' . @addresses);
my $asked = 0;
for my $address (@addresses) {
    for my $method (qw(GET HEAD POST PUT DELETE OPTIONS PATCH)) {
        for my $query ('', '?format=xml', '?format=html') { $asked++ if $test->http($method, "/gigs$address$query", headers => { Origin => 'https://www.acme.example', 'Access-Control-Request-Method' => 'GET' })->{status} }
    }
}
is($asked, 21 * @addresses, "all were answered: $asked");
is_deeply([$test->openapi_wrong], [], 'as described');

# --- the harness sees what is wrong, in a process of its own too

$test->get('/gigs/sorry.json');
my @wrong = $test->openapi_wrong;
like("@wrong", qr{GET /gigs/sorry\.json: 200: the status 200 is not described .*\(\S*openapi\.t line \d+\)}, 'an answer that is not described, and where it was asked for');
my $pid = fork // die "fork: $!";
if ($pid == 0) { $test->get('/gigs/sorry.json'); POSIX::_exit(0) }
waitpid $pid, 0;
is(scalar(() = $test->openapi_wrong), scalar @wrong, 'by a process that was forked too');
$test->get('/gigs/sorry.json', unwatched => 1);
is_deeply([$test->openapi_wrong], [], 'and what is unwatched is not looked at');

# --- and each kind of what is wrong, by itself

my %head = ('content-security-policy' => "default-src 'none'; x", 'referrer-policy' => 'no-referrer', 'x-content-type-options' => 'nosniff', 'content-type' => 'application/json',
    'cache-control' => 'max-age=60', etag => '"x"', vary => 'Accept, Accept-Encoding');
my $list = $document->{components}{schemas}{List}{examples}[0];
# Copies: what is changed below is changed there alone.
sub list { my (%change) = @_; return JSON::PP->new->canonical->utf8->encode({ %$list, %change }) }
sub gigs { my (%change) = @_; return list(gigs => [{ %{ $list->{gigs}[0] }, %change }]) }
sub seen {
    my ($name, $pattern, $method, $path, $status, $body, %header) = @_;
    my %all = (%head, %header);
    delete $all{$_} for grep { !defined $all{$_} } keys %all;
    my $wrong = join "\n", $api->wrong($method, $path, { status => $status, headers => \%all, body => $body });
    return is($wrong, '', $name) unless $pattern;
    like($wrong, $pattern, $name);
}
my %no = ('cache-control' => 'no-store', 'content-type' => 'application/problem+json');
my $problem = '{"type":"/problems/not-found","title":"Not found","status":404}';
seen('the example', undef, 'GET', '/', 200, list());
seen('a header that is missing', qr/^has no ETag$/, 'GET', '/', 200, list(), etag => undef);
seen('a header that is wrong', qr/^Cache-Control is "max-age=61", and not like/, 'GET', '/', 200, list(), 'cache-control' => 'max-age=61');
seen('one of every answer', qr/^has no X-Content-Type-Options/, 'GET', '/', 200, list(), 'x-content-type-options' => undef);
seen('a status', qr/^the status 201 is not described for GET \/$/, 'GET', '/', 201, list());
seen('a media type', qr/^is of the type "text\/plain"/, 'GET', '/', 200, list(), 'content-type' => 'text/plain');
seen('a charset', qr/^"text\/html" should have charset=utf-8$/, 'GET', '/', 200, '<p>', 'content-type' => 'text/html');
seen('no UTF-8', qr/^is no UTF-8$/, 'GET', '/', 200, "\xff", 'content-type' => 'text/html; charset=utf-8');
seen('no JSON', qr/^is no JSON/, 'GET', '/', 200, '{');
seen('a member too many', qr{^its body/more must not be there$}, 'GET', '/', 200, list(more => 1));
seen('a member of a gig', qr{^its body/gigs/0/secret must not be there$}, 'GET', '/', 200, gigs(secret => 1));
seen('the same gig again, which was read before', qr{^its body/gigs/0/secret must not be there$}, 'GET', '/', 200, gigs(secret => 1) =~ s/"total":1/"total":2/r);
seen('a member too few', qr/^its body has no "next"$/, 'GET', '/', 200, list() =~ s/,"next":null//r);
seen('a type', qr{^its body/total is "1", and no integer$}, 'GET', '/', 200, list(total => '1'));
seen('a state', qr{^its body/gigs/0/state is "ajar", and none of}, 'GET', '/', 200, gigs(state => 'ajar'));
seen('a time', qr{^its body/gigs/0/opens_at is "soon", and no date-time$}, 'GET', '/', 200, gigs(opens_at => 'soon'));
seen('the wrong problem', qr{^its body/type is "/problems/not-found", and none of}, 'GET', '/x', 503, $problem =~ s/404/503/r, %no, 'retry-after' => 5);
seen('a problem without its Retry-After', qr/^has no Retry-After/, 'GET', '/', 503, '{"type":"/problems/unavailable","title":"x","status":503}', %no);
seen('a body of what has none', qr/^has a body/, 'GET', '/', 304, 'x');
seen('a method that is taken, and is not described', qr/^the status 200 is not described for PUT/, 'PUT', '/', 200, list());
seen('an Allow that is not what is described', qr/^Allow is "GET, HEAD, POST", and the document has GET HEAD$/, 'PUT', '/', 405,
    '{"type":"/problems/method-not-allowed","title":"x","status":405}', %no, allow => 'GET, HEAD, POST');
seen('an address that is none', qr/^the status 200 is not described for GET of an address that is none$/, 'GET', '/a.b', 200, list());
seen('a 404 there', undef, 'GET', '/a.b', 404, $problem, %no);
seen('HEAD of what is too long', qr/^Cache-Control/, 'HEAD', '/', 200, '', 'cache-control' => 'max-age=600');
seen('a page of nginx', undef, 'GET', '/', 502, '<hr><center>nginx/1.22.1</center>', 'content-security-policy' => undef);
seen('a page of somebody else', qr/^has no Content-Security-Policy/, 'GET', '/', 404, 'our own page', 'content-security-policy' => undef);
seen('a receipt that is pending has no seat', qr{^its body/seat}, 'POST', '/x/applications', 202, $json->encode({ schema => 'gig-receipt/1', gig => 'x', received_at => '2031-01-05T12:00:00Z',
    seat => 'reserved', confirmation => 'pending', content => 'hmac-' . 'x' x 43, kid => 'k', sig => 'x' x 86, token => 'x' x 43, url => '/gigs/receipts/x' }), 'cache-control' => 'no-store',
    'x-robots-tag' => 'noindex', location => '/gigs/receipts/x');

# --- what it cannot judge it says

ok(!eval { GigTest::OpenApi->new($document)->compile({ multipleOf => 2 }); 1 }, 'a keyword that is not known ends it');
like($@, qr/keyword "multipleOf"/, 'by its name');
ok(!eval { GigTest::OpenApi->new($document)->compile({ format => 'hostname' }); 1 }, 'and so does a format');
for my $bad ('{"a":1,"a":2}', '[1,]', '[1 2]', '"' . "\t" . '"', '"\ud800"', '01', '1.', '[', 'nul', '{"a" 1}', '1 2', "\"\xff\"", '') {
    ok(!eval { GigTest::OpenApi::parse($bad); 1 }, 'no JSON: ' . $bad =~ s/[^ -~]/?/gr);
}
is($json->encode(GigTest::OpenApi::parse(' {"a" : [ 1, -2.5e3 , "\u00e4\ud83d\ude00\n", true,null, {} ], "b":"1"} ')), qq({"a":[1,-2500,"\xe4\x{1f600}\\n",true,null,{}],"b":"1"}), 'JSON is read as it is');

my %boards = GigTest::OpenApi::boards("server {\n listen 127.0.0.1:81 ssl;\n location /a { gig acme; }\n location ^~ /b/ { auth_basic x; gig acme challenge=\$x; }\n location /c/ { gig acme as=lever; }\n location /d { root /gig; }\n}\nserver { listen 82; }");
is_deeply($boards{81}, ['/a/', '/b/'], 'the boards of an nginx.conf, but for those in the shape of others');

$test->done;
