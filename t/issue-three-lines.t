#!/usr/bin/perl
# Why: "three lines are enough" is the first thing a newcomer tries.  With root's rights the
# empty block is tried as it stands, in a network and a /var/lib/nginx of its own, where
# Redis has its usual port; a wrong `ledger` is refused with a sentence and off is said at the
# start; metrics, health and visits are there without another word of configuration.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Publish;

my $test = GigTest->new;

# --- ledger

my ($wrong, $output) = $test->nginx_test(board_block => 0, http => 'gig_board acme { ledger yes; }');
isnt($wrong, 0, 'ledger yes is refused');
like($output, qr/"?ledger"?.*"on" or "off"/, 'with the values that are right');
for my $value ('on', 'off') {
    unlink "$test->{dir}/error.log";
    my ($well) = $test->nginx_test(ledger => $value);
    is($well, 0, "ledger $value is not");
}

# --- an empty block

SKIP: {
    my $can = $> == 0 && system("unshare -n -m sh -c 'mount --make-rprivate / && mount -t tmpfs none /var/lib && ip link set lo up' >/dev/null 2>&1") == 0;
    skip 'a network of its own needs root and unshare', 8 unless $can;

    my $nginx = GigTest::nginx_binary();
    $test->write_file('three.conf', "load_module $GigTest::BUILD/ngx_http_gig_module.so;\n"
        . "daemon off; pid $test->{dir}/three.pid; error_log $test->{dir}/three.log notice; user root;\n"
        . "events { }\nhttp {\n access_log off;\n"
        . (join '', map {" ${_}_temp_path $test->{dir}/temp/$_;\n"} qw(client_body proxy fastcgi uwsgi scgi))
        . "gig_board acme { }\nserver { listen 127.0.0.1:8080; location /gigs/ { gig acme; } }\n}\n");
    $test->write_file('gig.json', JSON::PP->new->canonical->encode(gig_record('one')));
    $test->write_file('three.sh', <<"SH");
set -e
mount --make-rprivate /
mount -t tmpfs none /var/lib
mkdir -p /var/lib/nginx
ip link set lo up
redis-server --save '' --dir $test->{dir} >/dev/null &
redis=\$!
$nginx -p $test->{dir}/ -c $test->{dir}/three.conf -e $test->{dir}/three.log &
nginx=\$!
trap 'kill \$nginx \$redis; wait' EXIT
n=0; until redis-cli ping >/dev/null 2>&1; do n=\$((n + 1)); test \$n -lt 100; sleep 0.1; done
redis-cli set gig:{acme}:ready nonce >/dev/null
redis-cli --eval $GigTest::ROOT/docs/examples/publish.lua gig:{acme}: , put one "\$(cat $test->{dir}/gig.json)" >/dev/null
n=0; until grep -q '"total":1' $test->{dir}/list; do
    perl -I$FindBin::Bin/lib -MGigTest::Http -e 'print GigTest::Http::request(8080, "GET", "/gigs/?format=json")->{body}' > $test->{dir}/list
    n=\$((n + 1)); test \$n -lt 100; sleep 0.1
done
perl -I$FindBin::Bin/lib -MGigTest::Http -e 'for my \$p ("/gigs/", "/gigs/one?format=html") { print GigTest::Http::request(8080, "GET", \$p)->{status}, "\\n" }'
perl -I$FindBin::Bin/lib -MGigTest::Http -e 'print GigTest::Http::request(8080, "POST", "/gigs/one/applications", body => "{}", headers => {"Content-Type" => "application/json", "Idempotency-Key" => "k"})->{status}, "\\n"'
stat -c '%a %n' /var/lib/nginx/gig/acme
SH
    $test->write_file('list', '');
    my ($status, $output) = $test->run('unshare', '-n', '-m', 'sh', "$test->{dir}/three.sh");
    is($status, 0, 'three lines: nginx starts, follows the Redis of this machine and serves') or diag($output, $test->read_file('three.log'));
    like($output, qr/^200\n200$/m, 'list and gig');
    like($output, qr/^503$/m, 'no keys: an application is refused, not lost');
    like($output, qr{^700 /var/lib/nginx/gig/acme$}m, 'the state folder is at its usual place');
    my $log = $test->read_file('three.log');
    unlike($log, qr/"ledger off"/, 'the ledger is on when nothing is said of it');
    unlike($log, qr/\[(?:alert|emerg|crit)\]/, 'and nothing is wrong in the log');
    like($log, qr{/etc/gig/acme\.secret}, 'which names the file of keys that is not there');
    like(json_of($test->read_file('list'))->{gigs}[0]{url}, qr{^/gigs/one$}, 'addresses start at the location');
}

# --- metrics as Prometheus reads them (its text format 0.0.4, strictly)

my $redis = $test->start_redis;
$test->start_nginx(ledger => 'off');
my $now = int time;
GigTest::Publish::ready($test, 'nonce-of-a-test');
GigTest::Publish::put($test, gig_record('one'), gig_record('two', closes_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $now - 60)));
$test->wait_total(2) or BAIL_OUT('no catalog');
like($test->read_file('error.log'), qr/\[notice\].*"ledger off"/, 'ledger off is said at the start');

sub samples {
    my ($text, $odd) = @_;
    my (%sample, %type, $family);
    push @$odd, 'no line end at the end' unless $text =~ /\n\z/;
    for (split /\n/, $text) {
        if (/^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S/) { push @$odd, "$_: family split" if $type{$1}; next }
        if (/^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/) {
            push @$odd, "$_: twice" if $type{$1};
            $type{$1} = $2;
            $family = $1;
            next;
        }
        if (/^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? ([-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|Inf|NaN))$/) {
            my ($name, $labels, $value) = ($1, $2 // '', $3);
            push @$odd, "$_: not of the family before it" if !defined $family || $name !~ /^\Q$family\E(?:_bucket|_sum|_count)?$/;
            push @$odd, "$_: twice" if exists $sample{"$name$labels"};
            push @$odd, "$_: a counter without _total" if ($type{$name} // '') eq 'counter' && $name !~ /_total$/;
            $sample{"$name$labels"} = $value;
            next;
        }
        push @$odd, $_;
    }
    return %sample;
}

$test->get('/gigs/one?source=campus') for 1 .. 3;
$test->get('/gigs/one/apply?source=fair');
$test->apply('one', 'k-1');
$test->apply('two', 'k-2');
my @odd;
my %sample = samples($test->get('/metrics')->{body}, \@odd);
is_deeply(\@odd, [], 'every line of the metrics is right');
is($sample{'gig_applications_total{board="acme",outcome="accepted"}'}, 1, 'an application is counted');
is($sample{'gig_applications_total{board="acme",outcome="refused"}'}, 1, 'and a refused one');
my $visits;
ok(wait_for { $visits = $redis->hash('gig:{acme}:visits'); keys %$visits >= 3 } 'visits reach Redis', 20);
my %visit = map { my ($day, $rest) = split / /, $_, 2; ($rest => $visits->{$_}) } keys %$visits;
is($visit{'one campus view'}, 3, 'views by gig and source');
is($visit{'one fair form'}, 1, 'form opens by gig and source');
ok((grep {/^one \S+ (?:apply|application)/} keys %visit), 'applications by gig and source') or diag(join "\n", %visit);

# --- the line of this host in nodes

my ($node, %line);
ok(wait_for { my $nodes = $redis->hash('gig:{acme}:nodes'); ($node) = keys %$nodes; %line = %{ json_of($nodes->{$node}) }; $line{version} } 'the line of this host', 20);
is($node, $test->read_file("$test->{dir}/state/acme/node"), 'under its name');
ok(exists $line{$_}, "nodes has $_") or diag(join ' ', sort keys %line) for qw(host version clock_ms);
ok((grep {/kid|key/} keys %line), 'nodes has the key ids') or diag(join ' ', sort keys %line);
ok((grep {/gap/} keys %line), 'nodes has the gap') or diag(join ' ', sort keys %line);
ok((grep {/module|nginx|built|release/} keys %line), 'nodes has the versions') or diag(join ' ', sort keys %line);

# --- health

is($test->get('/gig-health')->{status}, 200, 'healthy');
is($test->get("/gig-health?for=$_")->{status}, 200, "healthy for $_") for qw(read intake);
is(json_of($test->get('/gig-health'))->{board}, 'acme', 'a line of JSON a board');
$redis->stop;
ok(wait_for { $test->get('/gig-health?for=intake')->{status} == 503 } 'Redis gone: not for intake', 10);
is($test->get('/gig-health?for=read')->{status}, 200, 'but for reading');

$test->done;
