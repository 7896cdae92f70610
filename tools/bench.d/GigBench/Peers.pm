package GigBench::Peers;

# What is measured against, in the same nginx: its own ways to send bytes, and lua-nginx
# with Redis, each set up as its documentation advises.

use strict;
use warnings;

use Cwd qw(getcwd);

use GigTest::Command ();

our $LUA_REDIS = '/usr/share/lua/5.1/nginx/redis.lua';     # of lua-nginx-redis
my $TOKEN_MAX = 3900;           # bytes: nginx takes no longer word in nginx.conf (4,096 with quotes)


# The folder to look for nginx/redis.lua in, or '' where it is installed.  Debian's package
# depends on nginx-extras, which would switch on twenty modules on this machine: it is only unpacked.
sub lua_folder {
    return '' if -e $LUA_REDIS;
    my $dir = getcwd() . '/build/bench/lua-nginx-redis';
    return "$dir/usr/share/lua/5.1" if -e "$dir$LUA_REDIS";
    mkdir $dir;
    my $as = $> == 0 ? '-o APT::Sandbox::User=root' : '';
    system("cd $dir && apt-get $as download -qq lua-nginx-redis && dpkg-deb -x lua-nginx-redis_*.deb . && rm -f lua-nginx-redis_*.deb") == 0
        && -e "$dir$LUA_REDIS" or die "lua-nginx-redis cannot be fetched from Debian\n";
    return "$dir/usr/share/lua/5.1";
}

sub modules {
    my $folder = $ENV{TEST_NGINX_MODULES} // '/usr/lib/nginx/modules';
    return map { "$folder/$_" } qw(ndk_http_module.so ngx_http_lua_module.so);
}


# A text as long as the body, as nginx can be told it.  A word of nginx.conf has at most 4,096 bytes: the
# first part stands in `return` itself, what is longer in variables of as many bytes as nginx
# takes, so that as little as possible has to be put together for a request.
my $variables = 0;

sub text_of {
    my ($body) = @_;
    my $names = 24 * int(1 + 2 * length($body) / $TOKEN_MAX);
    my $text  = word(\$body, $TOKEN_MAX - $names);
    my $maps  = '';
    while (length $body) {
        my $name = 'gig_bench_' . ++$variables;
        $maps .= "map '' \$$name { default '" . word(\$body, $TOKEN_MAX) . "'; }\n";
        $text .= "\${$name}";
    }
    return ($maps, $text);
}

# Takes from the body what fits into a word in quotes; `$` would be a variable.
sub word {
    my ($body, $size) = @_;
    my ($word, $taken) = ('', 0);
    for my $char (split //, substr $$body, 0, $size) {
        my $written = $char eq '$' ? 'S' : $char =~ /[\\']/ ? "\\$char" : $char;
        last if length($word) + length($written) > $size;
        $word .= $written;
        $taken++;
    }
    substr($$body, 0, $taken) = '';
    return $word;
}


# return 200 with as many bytes; returns pieces for http and server.
sub return_200 {
    my ($location, $body) = @_;
    my ($maps, $text) = text_of($body);
    return ($maps, "location = $location { default_type application/json; return 200 '$text'; }\n");
}

sub return_304 { my ($location) = @_; return "location = $location { return 304; }\n" }


sub static {
    my ($location, $folder) = @_;
    return "location $location { alias $folder/; default_type application/json; sendfile on; tcp_nopush on; gzip_static on;\n"
        . " open_file_cache max=100 inactive=1h; open_file_cache_valid 1h; open_file_cache_min_uses 1; }\n";
}


# lua-resty-redis as its documentation has it: a pool of kept connections, by a Unix socket.
sub lua {
    my ($location, $socket, $key) = @_;
    my $folder = lua_folder();
    my $http = ($folder eq '' ? '' : "lua_package_path '$folder/?.lua;;';\n") . "lua_socket_log_errors off;\n";
    return ($http, <<"EOT");
location = $location {
    default_type application/json;
    content_by_lua_block {
        local redis = require "nginx.redis"
        local client = redis:new()
        client:set_timeout(1000)
        if not client:connect("unix:$socket") then
            return ngx.exit(502)
        end
        local body = client:get("$key")
        if not body or body == ngx.null then
            return ngx.exit(502)
        end
        client:set_keepalive(60000, 64)
        ngx.header["Content-Length"] = #body
        ngx.print(body)
    }
}
EOT
}


# An application as it came, into a stream: nothing is looked at, nothing is waited for but Redis.
sub lua_xadd {
    my ($location, $socket, $key) = @_;
    my $folder = lua_folder();
    my $http = ($folder eq '' ? '' : "lua_package_path '$folder/?.lua;;';\n") . "lua_socket_log_errors off;\n";
    return ($http, <<"EOT");
location = $location {
    default_type application/json;
    client_body_buffer_size 64k;
    content_by_lua_block {
        ngx.req.read_body()
        local redis = require "nginx.redis"
        local client = redis:new()
        client:set_timeout(1000)
        if not client:connect("unix:$socket") then
            return ngx.exit(502)
        end
        local entry, wrong = client:xadd("$key", "*", "body", ngx.req.get_body_data())
        if not entry then
            return ngx.exit(502)
        end
        client:set_keepalive(60000, 64)
        local body = '{"entry":"' .. entry .. '"}'
        ngx.status = 202
        ngx.header["Content-Length"] = #body
        ngx.print(body)
    }
}
EOT
}

1;
