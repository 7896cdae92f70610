package GigTest::Operations;

# Why: what docs/operations.md tells people in trouble to type is taken from the page and run as it
# stands there, but for the folders.  nginx is a daemon and gig-sync a service here, as they are there.

use strict;
use warnings;

use Exporter qw(import);
use File::Path qw(make_path);
use Test::More;

use GigTest;

our @EXPORT_OK = qw(blocks follow master shim sync_started);

my ($test, $page, %in);


# Of the harness: its folders by the names that they have on the page, and commands of these names.
# Returns a hash of them.
sub new {
    my ($class, $harness, %more) = @_;
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
    return { %in };
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


# What the service manager has started ends with the test.
sub sync_started {
    my $pid = $test->read_file('gig-sync.pid') + 0;
    push @{ $test->{kids} }, { pid => $pid, name => 'gig-sync' };
    return $pid;
}


1;
