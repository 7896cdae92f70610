#!/usr/bin/perl
# Why: the module lives in servers that are not ours.  Loaded and not used it must
# be as if it were not there; and nchan, which brings its own copy of hiredis into
# the process, must work beside it in either order (a clash of the two silently
# broke both when it was tried with a dynamically linked hiredis).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use GigTest;

my $modules = $ENV{TEST_NGINX_MODULES} // '/usr/lib/nginx/modules';
my $ours    = "$GigTest::BUILD/ngx_http_gig_module.so";

# --- what it exports

my @symbols = map { (split)[-1] } grep {/\S/} split /\n/, `nm -D --defined-only $ours`;
is_deeply([sort @symbols], [sort qw(ngx_modules ngx_module_names ngx_module_order ngx_http_gig_module)],
    'the module exports what nginx looks up and nothing else');
is(scalar(grep {/hiredis/} split /\n/, `ldd $ours`), 0, 'hiredis is inside, not beside');

# --- loaded but unused

sub picture {
    my (%piece) = @_;
    my $test = GigTest->new;
    $test->write_file('page.html', 'a plain page');
    $test->start_nginx(plain => 1, server => "location / { root $test->{dir}; }", %piece);
    my $answer  = $test->get('/page.html');
    my ($worker) = $test->workers;
    # The client has its answer before the worker has closed the page.
    wait_for { !grep { (readlink // '') =~ m{/page\.html$} } glob "/proc/$worker/fd/*" } 'the worker to have closed the page';
    $answer->{head} =~ s/^(?:Date|Last-Modified|ETag):.*\r?\n?//mg;
    my %seen = (
        answer  => "$answer->{head}\n\n$answer->{body}",
        threads => scalar(() = glob "/proc/$worker/task/*"),
        files   => [sort map { my $f = readlink; defined $f && $f !~ /^(?:socket|pipe|anon_inode)/ ? $f =~ s/\Q$test->{dir}\E//r : () }
            glob "/proc/$worker/fd/*"],
        master  => scalar(() = glob "/proc/$test->{nginx}/task/*"),
        left    => [sort map { s{.*/}{}r } glob "$test->{dir}/state/*"],
        log     => scalar($test->read_file('error.log') =~ /gig/),
    );
    $test->finish;
    return \%seen;
}

my $without = picture(modules => []);
my $with    = picture(modules => [$ours]);
is_deeply($with, $without, 'loaded but unused: the same bytes, threads, files and log');
is($with->{threads}, 1, 'a worker has one thread');

my $idle = picture(modules => [$ours], http => "gig_board idle { state /nonexistent/idle; ledger off; }");
is($idle->{threads}, 1, 'a board that no location uses starts no thread');

# --- beside nchan

SKIP: {
    my $nchan = "$modules/ngx_nchan_module.so";
    -e $nchan or skip("nchan is not installed", 1);

    for my $order ([$nchan, $ours], [$ours, $nchan]) {
        my $name = $order->[0] eq $ours ? 'ours first' : 'nchan first';
        my $test = GigTest->new;
        $test->start_redis;
        $test->publish(GigTest::gig_record('one'));
        $test->start_nginx(
            modules => $order,
            http    => "nchan_redis_url redis://127.0.0.1:$test->{redis}{port};",
            server  => 'location = /pub { nchan_publisher; nchan_channel_id x; nchan_use_redis on; }'
                . ' location = /sub { nchan_subscriber; nchan_channel_id x; nchan_use_redis on; }',
        );
        ok($test->wait_total(1), "$name: the board serves");
        my $sent = wait_for {
            my $answer = $test->http('POST', '/pub', body => 'hello');
            $answer->{status} =~ /^20[12]$/ && $answer;
        } "$name: nchan's publisher";
        ok($sent, "$name: nchan publishes through Redis");
        is($test->get('/sub', timeout => 5)->{body}, 'hello', "$name: nchan's message comes out of Redis");
        my $applied = wait_for { my $a = $test->apply('one', "key-$name-0123456789"); $a->{status} == 202 && $a }
            "$name: an application";
        is($applied && $applied->{status}, 202, "$name: the judge answers");
        $test->finish;
    }
}

done_testing();
