#!/usr/bin/perl
# Why: the commands of docs/operations.md are typed by people in trouble.  Here they are taken from the
# page and run as they stand there, but for the folders, while applications come in: keys are rotated,
# a gig is taken down, nginx is upgraded and goes back.  (What is lost is in t/operations-lost.t, a
# leaving host in t/drain.t.)  With GIG_LONG=1 the other version is one which draws its image
# differently and whose scripts have other texts; else it is the same code.

use strict;
use warnings;

use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/lib";
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);
use GigTest;
use GigTest::Operations qw(blocks board daemon_conf follow master shim started);

my $test = GigTest->new(workers => 2);
my $dir  = $test->{dir};
my $redis = board($test, gig_record('g_fraud'), gig_record('g_good'));
my $built = "$GigTest::BUILD/ngx_http_gig_module.so";
shim('make', "cp \${NEXT-$built} $dir/modules/next && mv $dir/modules/next $dir/modules/ngx_http_gig_module.so");


# --- a board as the install page has it, and somebody who applies all the time

$test->write_file("$dir/etc/acme.deny", '');
$test->write_file('gig-sync.pid', $test->start_sync);
system 'cp', $built, "$dir/modules/" and die;

my $keys = "seal_key $dir/etc/acme.pub;";
sub conf { return daemon_conf("deny $dir/etc/acme.deny; $keys", modules => ["$dir/modules/ngx_http_gig_module.so"]) }
conf();
is(($test->run("$dir/bin/nginx"))[0], 0, 'nginx');

my $first = started('nginx');
$test->wait_total(2) or BAIL_OUT('no catalog');

my ($count, %receipt) = 0;
my %refused;
sub applying {
    my $name = sprintf 'person%04d', ++$count;
    my $answer = eval { $test->apply('g_good', "key-$name", email => "$name\@example.edu", _from => '127.3.' . $count % 200 . '.1') };
    return $refused{$@ || $answer->{status}}++ unless $answer && $answer->{status} == 202;
    $receipt{$name} = $answer;
    return;
}

# Applies until the condition holds, and some more.
sub meanwhile(&$) {
    my ($block, $what) = @_;
    my $end = time + 20;
    my $good;
    applying() until ($good = eval { $block->() }) || time > $end;
    applying() for 1 .. 5;
    return ok($good, $what);
}
sub receipts_good {
    my ($what) = @_;
    my @bad = grep { $test->get('/gigs/receipts/' . json_of($receipt{$_})->{token} . '?format=json')->{status} != 200 } sort keys %receipt;
    is_deeply(\@bad, [], "each receipt is good: $what");
}
meanwhile { $count > 5 } 'applications come in';


# --- a gig must be gone now

my ($deny, $withdraw) = blocks('A gig must be gone now');
is($test->get('/gigs/g_fraud?format=json')->{status}, 200, 'a gig is there');
follow($deny, 'the line for the file');
meanwhile { !grep { $test->get('/gigs/g_fraud?format=json')->{status} != 410 } 1 .. 10 } 'it is gone';
follow($withdraw, 'withdrawn where it comes from');
meanwhile { !json_of($test->get('/gigs/?format=json'))->{gigs}[1] } 'it stays gone';


# --- keys are rotated

my ($keygen, $fetch, $lines, $reload, $ask, $add, $swap) = blocks('Keys are rotated');
follow($keygen, 'a new set of keys');
follow($fetch, 'gig-sync learns the new private key');
$keys = join ' ', split /\n/, $lines;
conf();
follow($reload, 'a host seals with the new one');
my ($old_kid, $new_kid) = map { ($test->read_file("$dir/etc/$_.pub") =~ /(\d{4}-\d{2}-[0-9a-f]{4})/)[0] } qw(acme acme-2027);
isnt($old_kid, $new_kid, 'another name of a key');
my $redis_cli = $ask =~ s/redis-cli/redis-cli -p $redis->{port}/r;
meanwhile { ($test->run('sh', '-ec', $redis_cli))[1] =~ /"seal":"\Q$new_kid\E"/ } 'the host says so';

my $signed = sub { my $name = sprintf 'person%04d', $count; return json_of($receipt{$name} // {})->{kid} // '' };
my ($old_sign) = map { json_of($_)->{kid} } $receipt{person0001};
follow($add, 'the new secret is known');
kill 'HUP', $first;
follow('systemctl reload gig-sync', 'also to gig-sync');
meanwhile { scalar(my @w = grep { $test->command_of($_) =~ /worker process$|worker process\0/ } $test->children($first)) >= 2 } 'a reload';
is($signed->(), $old_sign, 'the old one signs');
follow($swap, 'the new one first');
kill 'HUP', $first;
follow('systemctl reload gig-sync', 'gig-sync too');
meanwhile { $signed->() && $signed->() ne $old_sign } 'the new one signs';
receipts_good('with both keys');
my ($status, $output) = $test->run("$dir/bin/gig-sync", 'verify', '--secret', "$dir/etc/acme.secret", $test->write_file('one', $receipt{person0001}{body}));
is($status, 0, 'an old receipt verifies') or diag($output);


# --- an upgrade, and back

if ($ENV{GIG_LONG}) {
    my $tree = "$dir/next";
    make_path($tree);
    system("cd $GigTest::ROOT && tar cf - --exclude=./build* --exclude=./.git . | tar xf - -C $tree"
        . " && sed -i 's/^\\(#define GIG_IMAGE_DRAWING *\\)[0-9]*/\\1999/' $tree/ngx_gig_module/core/gig_image.h"
        . " && for f in $tree/ngx_gig_module/core/lua/*.lua; do echo '-- of another version' >> \$f; done"
        . " && /usr/bin/make -s -C $tree -j2 module > $dir/next.log 2>&1") == 0 or diag($test->read_file('next.log'));
    $ENV{NEXT} = "$tree/build/ngx_http_gig_module.so";
    ok(-e $ENV{NEXT}, 'another version is built');
}

my ($keep, $second, $leave, $stay, $back) = blocks('An upgrade, and the way back');

for my $way ([back => $back], [stay => $stay]) {
    my $old = master();
    follow($keep, 'the old module is kept, the new one installed');
    follow($second, 'a second nginx');
    meanwhile { master('nginx.pid.oldbin') == $old && master() != $old && master() } 'it is there';
    my $new = master();
    push @{ $test->{kids} }, { pid => $new, name => 'nginx' };
    meanwhile { $test->children($new) >= 2 } 'with workers';
    follow($leave, 'the old workers may go');
    meanwhile { !grep { $test->command_of($_) =~ /worker/ } $test->children($old) } 'they do';
    meanwhile { json_of($test->get('/gigs/?format=json'))->{total} == 1 } 'the new ones have the catalog';
    receipts_good("upgraded, to $way->[0]");

    my @last = split /\n/, $way->[1];
    follow(shift @last, "to $way->[0]");
    meanwhile { $test->children($old) >= 2 } 'the old one has workers again' if $way->[0] eq 'back';
    follow(join("\n", @last), 'and the rest') if @last;
    my $ends = $way->[0] eq 'back' ? $new : $old;
    meanwhile { !kill 0, $ends } 'one of them has left';
    meanwhile { master() == ($way->[0] eq 'back' ? $old : $new) } 'the other goes on';
    receipts_good("after $way->[0]");
}


like($test->read_file('error.log'), qr/made by another version/, 'the image was drawn anew by each version') if $ENV{GIG_LONG};


# --- the end: nobody was refused, and nobody is missing

is_deeply(\%refused, {}, 'nobody was refused meanwhile');
ok(wait_for { ($test->sql('select count(*) as n from applications'))[0]{n} == $count } "all $count are in the system of record", 30);
is(($test->sql('select count(distinct email) as n from applications'))[0]{n}, $count, 'each once');
ok(wait_for { $test->sync('status', '--json'); !grep { !/"gap":\s*0\b/ } @{ $redis->cmd('HVALS', 'gig:{acme}:nodes') } } 'no ledger has a gap', 20);
kill 'QUIT', master();
ok(wait_for { !kill 0, map { $_->{pid} } grep { $_->{name} eq 'nginx' } @{ $test->{kids} } } 'nginx leaves', 15);
$test->done;
