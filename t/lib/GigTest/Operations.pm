package GigTest::Operations;

# Why: what docs/operations.md tells people in trouble to type is taken from the page and run as it
# stands there, but for the folders.  nginx is a daemon and gig-sync a service here, as they are there.

use strict;
use warnings;

use Exporter qw(import);
use File::Path qw(make_path);
use JSON::PP ();
use Test::More;

use GigTest;

our @EXPORT_OK = qw(blocks board daemon_conf follow master shim started);

my ($test, $page, %in);


# A board as the install page has it, in a harness: folders and commands by the names that they have
# on the page; Redis, keys, settings of gig-sync, and these gigs in the system of record.
sub board {
    my ($harness, @gigs) = @_;
    $test = $harness;
    $page = $test->read_file("$GigTest::ROOT/docs/operations.md");
    my $dir = $test->{dir};
    %in = ('/etc/gig' => "$dir/etc", '/var/lib/gig' => "$dir/data", '/usr/lib/nginx/modules' => "$dir/modules", '/var/backups' => "$dir/backups",
        '/backup' => "$dir/backup", '/run/nginx' => "$dir/nginx", '/var/lib/nginx/gig' => "$dir/state", '/mnt/var/lib/nginx/gig' => "$dir/mnt",
        '/root' => "$dir/root");
    make_path(values %in, "$dir/bin");

    my $nginx = GigTest::nginx_binary();
    shim('nginx', "exec $nginx -p $dir/ -c $dir/nginx.conf -e $dir/error.log \"\$@\"");
    shim('systemctl', <<"END");
set -e
case "\$*" in
    'reload gig-sync') kill -HUP \$(cat $dir/gig-sync.pid) ;;
    'stop gig-sync') kill -TERM \$(cat $dir/gig-sync.pid); while kill -0 \$(cat $dir/gig-sync.pid) 2>/dev/null; do sleep 0.05; done ;;
    'start gig-sync') setsid gig-sync run -c $dir/etc/gig-sync.conf < /dev/null >> $dir/gig-sync.log 2>&1 & echo \$! > $dir/gig-sync.pid ;;
    *) exit 1 ;;
esac
END
    symlink "$GigTest::BUILD/gig-sync", "$dir/bin/gig-sync";
    $ENV{PATH} = "$dir/bin:$ENV{PATH}";

    my $redis = $test->start_redis(appendonly => 'yes', appendfsync => 'always');
    is(($test->run("$dir/bin/gig-sync", 'keygen', "$dir/etc/acme"))[0], 0, 'keys');
    $test->{keys_made} = 1;
    $test->{sync_conf} = $test->write_file("$dir/etc/gig-sync.conf", <<"END");
[board acme]
redis = 127.0.0.1:$redis->{port}
secret_file = $dir/etc/acme.secret
private_key = $dir/etc/acme.key
source = sqlite:$dir/data/acme.db
pull_every = 1s
END
    symlink "$dir/data/acme.db", "$dir/acme.db";
    my $file = $test->write_file('import.jsonl', join '', map { JSON::PP->new->utf8->encode($_) . "\n" } @gigs);
    is(($test->run("$dir/bin/gig-sync", 'import', $file, '--into', "sqlite:$dir/data/acme.db"))[0], 0, 'gigs');
    return $redis;
}


# Writes nginx.conf of these pieces, and more settings of the board.
sub daemon_conf {
    my ($board, %piece) = @_;
    my $conf = $test->nginx_conf(no_keys => 1, board => "secret_file $test->{dir}/etc/acme.secret; $board", %piece);
    return $test->write_file($conf, $test->read_file($conf) =~ s/daemon off/daemon on/r);
}


sub shim {
    my ($name, $text) = @_;
    return chmod 0755, $test->write_file("bin/$name", "#!/bin/sh\n$text\n");
}


# The blocks of commands under a title, each one text; other blocks (of nginx.conf, of output) too.
sub blocks {
    my ($title) = @_;
    my ($section) = $page =~ /^## \Q$title\E\n(.*?)(?=^## |\z)/ms or BAIL_OUT("docs/operations.md has no \"$title\"");
    my @blocks = map { s/^    //mgr } $section =~ /((?:^    .*\n)+)/mg;
    for my $block (@blocks) { $block =~ s{(?<![\w.])\Q$_\E}{$in{$_}}g for sort { length $b <=> length $a } keys %in }
    return @blocks;
}


# Returns what it printed.
sub follow {
    my ($block, $what) = @_;
    my ($status, $output) = $test->run('sh', '-ec', $block);
    is($status, 0, $what) or diag("$block\n$output");
    return $output;
}


sub master { return ($test->read_file($_[0] // 'nginx.pid') || 0) + 0 }


# What was started as a daemon ends with the test: its pid stands in NAME.pid.
sub started {
    my ($name) = @_;
    my $pid = wait_for { master("$name.pid") } "the pid of $name";
    push @{ $test->{kids} }, { pid => $pid, name => $name };
    return $pid;
}


1;
