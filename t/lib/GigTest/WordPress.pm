package GigTest::WordPress;

# Why: a recipe for WordPress is only proven by WordPress.  Debian's, with a database and a theme of
# its own in the test's folder, served by PHP: a plugin, a post, and its address.

use strict;
use warnings;

use File::Path qw(make_path);
use IO::Socket::INET;
use POSIX ();
use GigTest qw(wait_for);

our $SOURCE = '/usr/share/wordpress';

# What it takes and is not there, or undef.
sub missing {
    my ($path) = @_;
    return 'php is not there' unless grep { -x "$_/php" } split /:/, $ENV{PATH};
    return 'mariadbd is not there' unless -x '/usr/sbin/mariadbd';
    return "$SOURCE is not there" unless -f "$SOURCE/wp-load.php";
    return undef;
}

# PHP's server is at port, whatever leads from home to it; its addresses begin with home, which ends in /wp.
sub new {
    my ($class, $test, $home) = @_;
    return bless { test => $test, home => $home, port => $test->port, dir => "$test->{dir}/wordpress/wp" }, $class;
}

# Starts it: plugin is the text of one file, post what stands in the one post.  The post's address.
sub start {
    my ($self, $plugin, $post) = @_;
    my ($test, $dir, $data) = ($self->{test}, $self->{dir}, "$self->{test}{dir}/mariadb");

    my ($status, $output) = $test->run('mariadb-install-db', '--no-defaults', "--datadir=$data", '--auth-root-authentication-method=normal', '--skip-test-db', "--user=" . getpwuid($>));
    $status == 0 or die "mariadb-install-db: $output\n";
    $self->spawn('mariadb', '/usr/sbin/mariadbd', '--no-defaults', "--datadir=$data", "--socket=$data/socket", '--skip-networking', "--user=" . getpwuid($>),
        '--innodb-buffer-pool-size=16M', '--innodb-log-file-size=8M');
    wait_for { -S "$data/socket" } 'the database', 30 or die "mariadbd did not start\n";

    make_path("$test->{dir}/wordpress");
    system('cp', '-a', $SOURCE, $dir) == 0 or die "$SOURCE was not copied\n";
    make_path("$dir/made/plugins", "$dir/made/themes/plain");
    write_file("$dir/made/plugins/gig-board.php", $plugin);
    write_file("$dir/made/themes/plain/style.css", "/* Theme Name: Plain */\n");
    write_file("$dir/made/themes/plain/index.php", '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Work with us</title><?php wp_head(); ?></head>'
        . '<body><?php while (have_posts()) { the_post(); the_content(); } wp_footer(); ?></body></html>');
    unlink "$dir/wp-config.php";
    write_file("$dir/wp-config.php", <<"END");
<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:$data/socket'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as \$of) { define(\$of . '_KEY', 'of a test'); define(\$of . '_SALT', 'of a test'); }
define('WP_CONTENT_DIR', __DIR__ . '/made'); define('WP_CONTENT_URL', '$self->{home}/made'); define('WP_HOME', '$self->{home}'); define('WP_SITEURL', WP_HOME);
define('WP_DEFAULT_THEME', 'plain'); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true); 
\$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
END
    write_file("$dir/install.php", <<'END');
<?php
$_SERVER['HTTP_HOST'] = parse_url($argv[1], PHP_URL_HOST); $_SERVER['REQUEST_METHOD'] = 'GET';
(new mysqli('localhost', 'root', '', '', 0, $argv[2]))->query('CREATE DATABASE wordpress');
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_new_blog_notification() {}
wp_install('A made-up company', 'editor', 'editor@example.edu', true, '', 'a test');
require_once ABSPATH . 'wp-admin/includes/plugin.php';
$wrong = activate_plugin('gig-board.php');
if (is_wp_error($wrong)) { fwrite(STDERR, $wrong->get_error_message()); exit(1); }
echo 'post ', wp_insert_post(['post_title' => 'Work with us', 'post_status' => 'publish', 'post_content' => file_get_contents($argv[3])]), "\n";
END
    write_file("$dir/post.txt", $post);
    ($status, $output) = $test->run('php', '-d', 'display_errors=stderr', "$dir/install.php", "$self->{home}/", "$data/socket", "$dir/post.txt");
    my ($id) = $output =~ /^post (\d+)$/m or die "WordPress was not installed: $status $output\n";

    $self->spawn('php', 'php', '-S', "127.0.0.1:$self->{port}", '-t', "$test->{dir}/wordpress");
    wait_for { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}) } 'PHP to listen', 20 or die "PHP did not start\n";
    return "$self->{home}/?p=$id";
}

sub write_file { my ($path, $text) = @_; open my $file, '>', $path or die "$path: $!\n"; print $file $text; close $file or die "$path: $!\n" }

sub spawn {
    my ($self, $name, @command) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$self->{test}{dir}/$name.log" and open STDERR, '>&', \*STDOUT and exec @command;
        POSIX::_exit(127);
    }
    push @{ $self->{pids} }, $pid;
    return $pid;
}

sub stop { my ($self) = @_; while (my $pid = pop @{ $self->{pids} // [] }) { kill 'TERM', $pid; waitpid $pid, 0 } }
sub DESTROY { my ($self) = @_; local $?; $self->stop }

1;
