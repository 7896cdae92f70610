#!/usr/bin/perl
# Why: a build that forgets a header gives a binary of two worlds, which nothing
# else would notice.  After touching a header exactly what includes it is made
# again; with nothing touched, nothing is.  Runs on a copy of the tree.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $root = abs_path("$FindBin::Bin/..");
my $dir  = tempdir(CLEANUP => 1);

system("cd '$root' && tar cf - --exclude=./.git --exclude='./build*/nginx' --exclude=./build/demo* --exclude=./build/npm* . | tar xf - -C '$dir'") == 0 or die;
# The copy's own module build: configure writes absolute paths.
my $make = "make -C '$dir' -j2";

sub made {
    my ($targets) = @_;
    my $output = `$make $targets 2>&1`;
    is($?, 0, "make $targets") or diag($output);
    return $output;
}

made('module sync');
unlike(made('module sync'), qr/-c -o|configure|nginx\/Makefile modules/, 'a second make does nothing');

my $later = time + 2;
utime $later, $later, "$dir/ngx_gig_module/core/gig_box.h";
my $output = made('sync');
like($output, qr/-o \S*gig_box\.o/, 'gig_box.h touched: gig_box.c is compiled again');
unlike($output, qr/-o \S*gig_utf8\.o/, 'gig_utf8.c, which does not include it, is not');

my $before = (stat "$dir/build/ngx_http_gig_module.so")[9];
utime $later + 2, $later + 2, "$dir/ngx_gig_module/http/ngx_http_gig.h";
sleep 1;
made('module');
my @objects = glob "$dir/build/nginx/addon/http/*.o";
ok(@objects > 5, 'objects are there');
is(scalar(grep { (stat)[9] <= $before } @objects), 0, 'ngx_http_gig.h touched: every object of http/ is new');

$output = made('sync CFLAGS=-O1');
like($output, qr/-o \S*gig_utf8\.o/, 'other flags: all is compiled again');

# Without PostgreSQL and upstreams: neither libpq nor libcurl is linked, and the error about a scheme
# names what there is.
$output = made('sync CONNECTORS=sqlite CFLAGS=-O1');
unlike($output, qr/postgres|-lpq|libpq/i, 'CONNECTORS=sqlite: nothing of PostgreSQL is compiled or linked');
unlike($output, qr/https|-lcurl/i, 'nor of HTTP');
unlike(`nm -D --undefined-only '$dir/build/gig-sync'`, qr/\bPQ\w|\bcurl_/, 'nor used');
my $said = `'$dir/build/gig-sync' export --what gigs --format json --from postgres://h/d 2>&1`;
is($? >> 8, 64, 'it knows no postgres:');
like($said, qr/no system of record "postgres:"; this gig-sync has sqlite:PATH$/, 'and says what it has');

like(`make -C '$dir' sync CONNECTORS='postgres https' 2>&1`, qr/https keeps what it delivered in SQLite, so it needs sqlite/,
    'https without SQLite: says what it lacks');

done_testing();
