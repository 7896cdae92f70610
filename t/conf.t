#!/usr/bin/perl
# Why: the configuration is what an operator meets first.  Every wrong value must
# stop nginx -t with a sentence that says what would be right; nginx -t must need no
# Redis and make nothing; every directive and parameter must be documented.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $test = GigTest->new;

# --- what is right

my ($status, $output) = $test->nginx_test(no_keys => 1);
is($status, 0, 'a board whose Redis does not exist passes nginx -t') or diag($output);
ok(!-e "$test->{dir}/state/acme", 'and nginx -t made no state folder');

for my $right (['title "Careers at Acme";', 'a title'], ['about "Short, paid projects.";', 'an about'],
    ['redis_timeout 250ms;', 'a time'], ['redis_in_flight 64;', 'a number'], ['cache_size 64k;', 'a size'],
    ['public_url https://careers.example/gigs;', 'an address'], ["seal_key $test->{dir}/acme.pub;", 'a second key'])
{
    ($status, $output) = $test->nginx_test(board => $right->[0]);
    is($status, 0, "$right->[1] is accepted: $right->[0]") or diag($output);
}

($status, $output) = $test->nginx_test(no_keys => 1, gig => 0, server => 'location /a/ { gig acme; } location /b/ { gig acme; }');
is($status, 0, 'a board in two locations') or diag($output);

# --- what is wrong, and what is said of it

sub wrong {
    my ($what, $said, %piece) = @_;
    my ($code, $text) = $test->nginx_test(no_keys => 1, %piece);
    is($code, 1, "refused: $what");
    like($text, $said, "with what would be right: $what");
    return if $text =~ /unknown "nothing" variable/;        # in nginx's own words, which do not say
    like($text, qr/^nginx: \[emerg\] .* in \S+nginx\.conf:\d+$/m, "and where: $what");
}

sub board { my ($line, $said) = @_; wrong($line, $said, board => $line) }

board('titel x;',               qr/unknown parameter "titel".*did you mean "title"/);
board('redis_timeot 1s;',       qr/did you mean "redis_timeout"/);
board('zzzzzzzz 1;',            qr/unknown parameter "zzzzzzzz".*it may be one of redis, state/);
board('redis_timeout 1y;',      qr/must be a time from 10ms to 60s/);
board('redis_timeout 5ms;',     qr/must be a time from 10ms to 60s/);
board('redis_in_flight 0;',     qr/must be a number from 1 to 65536/);
board('redis_in_flight -1;',    qr/must be a number from 1 to 65536/);
board('cache_size 1k;',         qr/must be a size of at least 64k/);
board('cache_size 99999999999999999999m;', qr/must be a size of at least 64k/);
board('ledger on;',             qr/"ledger" is duplicate/);
board('ledger_size 1k;',        qr/must be a size of at least 16m/);
board('limit_applicant 0;',     qr/1 to 1000, or "off"/);
board('limit_applicant 1001;',  qr/1 to 1000, or "off"/);
board('ledger_keep x;',         qr/must be a time of at most 14d/);
board('ledger_keep 15d;',       qr/must be a time of at most 14d/);
board('ledger_max_age 1s;',     qr/must be a time from 1m to 14d/);
board('title "";',              qr/must be 1 to 200 bytes/);
board('title a; title b;',      qr/"title" is duplicate.*once/);
board('public_url /gigs/;',     qr/must be the address of the board for visitors/);
board('public_url "https://x/<script>";', qr/must be the address of the board for visitors/);
board('public_url https:///;',  qr/must be the address of the board for visitors/);
board('secret_file /nonexistent/x.secret;', qr/cannot open "\/nonexistent\/x.secret".*gig-sync/);
board('seal_key /nonexistent/x.pub;', qr/cannot open "\/nonexistent\/x.pub" of "seal_key": .*gig-sync/);
board('deny /nonexistent/x.deny;', qr/cannot open "\/nonexistent\/x.deny" of "deny": .*"touch" makes it/);
board('places /nonexistent/x.txt;', qr/cannot open "\/nonexistent\/x.txt" of "places"/);
board('title;',                 qr/"title" in gig_board "acme" has no value: it takes one/);
board('title a b;',             qr/has too many values: it takes one; put a text with blanks in quotes/);
board("secret_file $test->{dir}/acme.key;", qr/cannot be used.*\(NAME.secret belongs here\)/);
board("secret_file $test->{dir}/acme.pub;", qr/cannot be used.*\(NAME.secret belongs here\)/);
board("seal_key $test->{dir}/acme.secret;", qr/cannot be used.*NAME.pub, belongs here/);
board("seal_key $test->{dir}/acme.key;", qr/this is the private half of a pair; the public one is wanted.*NAME.pub, belongs here/);
board('secret_file /dev/null;', qr/must be a file/);
board('location x { }',         qr/unexpected "\{"/);

for (['127.0.0.1:1 db=x', qr/"db=x".*from 0 to 65535/], ['127.0.0.1:1 password=secret', qr/password_file=PATH/],
    ['127.0.0.1:1 tls=on', qr/unknown option "tls=on" of "redis": it may be user=NAME/],
    ['127.0.0.1:1 password_file=/nonexistent/x', qr/cannot open "\/nonexistent\/x" of "password_file=": .*gig-sync init/],
    ['127.0.0.1:1 user=edge', qr/no password: add "password_file=PATH"/],
    ['127.0.0.1:99999', qr/invalid address "127.0.0.1:99999".*HOST:PORT/])
{
    wrong("redis $_->[0]", $_->[1], redis => $_->[0]);
}

unlike(($test->nginx_test(no_keys => 1, redis => '127.0.0.1:1 password=hunter2'))[1], qr/hunter2/, 'a password is not printed');

my %alone = (gig => 0, board_block => 0);
wrong('gig of no board', qr/there is no gig_board "acme": write "gig_board acme \{ \}"/, board_block => 0);
wrong('gig of a misspelt board', qr/there is no gig_board "acmee".*did you mean "gig acme;"/, server => 'location /x/ { gig acmee; }');
wrong('gig with an argument', qr/unknown argument "colour=red" of "gig".*gig_board, and once "challenge=" with/, gig => 0, server => 'location /x/ { gig acme colour=red; }');
wrong('a challenge twice', qr/once "challenge=" with a variable/, gig => 0, server => 'location /x/ { gig acme challenge=$uri challenge=$args; }');
wrong('a challenge that is no variable', qr/unknown "nothing" variable/, gig => 0, server => 'location /x/ { gig acme challenge=$nothing; }');
wrong('a shape there is not', qr/invalid "as=workday" of "gig": it must be "as=greenhouse" or "as=lever"/, gig => 0, server => 'location /x/ { gig acme as=workday; }');
wrong('two shapes', qr/and once "as=" with "greenhouse" or "lever"/, gig => 0, server => 'location /x/ { gig acme as=lever as=lever; }');
wrong('gig twice', qr/"gig" directive is duplicate/, gig => 0, server => 'location /x/ { gig acme; gig acme; }');
wrong('gig in a regex location', qr/needs a prefix location/, gig => 0, server => 'location ~ /x { gig acme; }');
wrong('gig in an exact location', qr/needs a prefix location/, gig => 0, server => 'location = /x { gig acme; }');
wrong('a board name with capitals', qr/invalid board name "Acme": it must be 1 to 32 of a-z/, %alone, http => 'gig_board Acme { }');
wrong('a board twice', qr/"acme" is duplicate: a board has one block/, http => 'gig_board acme { }');
wrong('two answers of one location', qr/another directive answers already/, server => 'location /x { gig_metrics; gig_health; }');
wrong('a relative state folder', qr/must be the absolute path of a folder/, %alone, http => 'gig_board acme { state x; }');

# --- the state folder

$test->start_nginx(ledger => 'off');
my @folder = stat "$test->{dir}/state/acme";
is($folder[2] & 07777, 0700, 'the state folder is for its owner alone');
like($test->read_file('error.log'), qr/\[notice\].*"ledger off" is in force/, 'the start says what ledger off means');
ok($test->stop_nginx, 'nginx left');

SKIP: {
    skip 'only root hands folders over', 2 if $> != 0;
    rename "$test->{dir}/state/acme", "$test->{dir}/elsewhere" or die $!;
    symlink "$test->{dir}/elsewhere", "$test->{dir}/state/acme" or die $!;
    $test->nginx_conf;
    my ($code) = $test->run('timeout', '5', GigTest::nginx_binary(), '-p', "$test->{dir}/", '-c', "$test->{dir}/nginx.conf",
        '-e', "$test->{dir}/error.log");
    is($code, 1, 'a symbolic link in the place of the state folder stops the start');
    like($test->read_file('error.log'), qr/\[emerg\].*no symbolic link/, 'and says so');
    unlink "$test->{dir}/state/acme";
}

# --- documented completely

my $docs = $test->read_file("$GigTest::ROOT/docs/directives.md");
my @names;
push @names, $test->read_file("$GigTest::ROOT/ngx_gig_module/http/ngx_http_gig_conf.c") =~ /^\s+\{ ngx_string\("(gig\w*)"\)/mg;
push @names, $test->read_file("$GigTest::ROOT/ngx_gig_module/http/ngx_http_gig_parameter.c") =~ /^\s+\{ "(\w+)",\s+\d/mg;
cmp_ok(scalar @names, '>=', 15, 'directives and parameters found in the source');

for my $name (@names) {
    like($docs, qr/^## \Q$name\E\n\n    Syntax:  \Q$name\E\b.*\n    Default: .+\n    Context: .+\n/m, "$name is documented");
}

my @variables = $test->read_file("$GigTest::ROOT/ngx_gig_module/http/ngx_http_gig_variables.c") =~ /ngx_string\("(gig_\w+)"\)/g;
like($docs, qr/^\| `\$\Q$_\E` \|/m, "\$$_ is documented") for @variables;

$test->{expected_log} = qr/\[emerg\]/;
$test->done;
