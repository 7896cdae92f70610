
/*
 * The parameters of a gig_board block.  Every wrong value stops the start with
 * a sentence that says what would be right.
 */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_deny.h"
#include "ngx_http_gig_file.h"


typedef char *(*ngx_http_gig_parameter_pt)(ngx_conf_t *cf, ngx_http_gig_board_t *board);

typedef struct {
    const char                 *name;
    ngx_uint_t                  max;            /* values it may have */
    ngx_uint_t                  times;          /* how often it may be given */
    ngx_http_gig_parameter_pt   set;
} ngx_http_gig_parameter_t;


static char *ngx_http_gig_set_redis(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_redis_option(ngx_conf_t *cf, ngx_http_gig_redis_t *redis,
    ngx_str_t *option);
static char *ngx_http_gig_set_redis_db(ngx_conf_t *cf, ngx_http_gig_redis_t *redis,
    ngx_str_t *value);
static char *ngx_http_gig_set_state(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_secret_file(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_seal_key(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_deny(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_places(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_public_url(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_title(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_about(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_text(ngx_conf_t *cf, ngx_str_t *to, size_t max);
static char *ngx_http_gig_set_redis_timeout(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_redis_in_flight(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_cache_size(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static char *ngx_http_gig_set_compress(ngx_conf_t *cf, ngx_http_gig_board_t *board);
static ngx_int_t ngx_http_gig_redis_address(ngx_conf_t *cf, ngx_http_gig_redis_t *redis,
    ngx_str_t *address);


static const ngx_http_gig_file_t  ngx_http_gig_password_file = {
    "password_file=", "\"gig-sync init\" makes NAME-edge.password", NGX_HTTP_GIG_PASSWORD_MAX, 1
};

static const ngx_http_gig_file_t  ngx_http_gig_deny_file = {
    "deny", "it must be there, empty as a rule; \"touch\" makes it", GIG_DENY_FILE_MAX, 0
};

static const ngx_http_gig_parameter_t  ngx_http_gig_parameters[] = {
    { "redis",           8, 1, ngx_http_gig_set_redis },
    { "state",           1, 1, ngx_http_gig_set_state },
    { "secret_file",     1, 1, ngx_http_gig_set_secret_file },
    { "seal_key",        1, NGX_HTTP_GIG_SEAL_KEYS_MAX, ngx_http_gig_set_seal_key },
    { "places",          1, 1, ngx_http_gig_set_places },
    { "public_url",      1, 1, ngx_http_gig_set_public_url },
    { "ledger",          1, 1, ngx_http_gig_set_ledger },
    { "ledger_size",     1, 1, ngx_http_gig_set_ledger_size },
    { "ledger_keep",     1, 1, ngx_http_gig_set_ledger_keep },
    { "ledger_max_age",  1, 1, ngx_http_gig_set_ledger_max_age },
    { "files",           1, 1, ngx_http_gig_set_files },
    { "files_waiting",   1, 1, ngx_http_gig_set_files_waiting },
    { "deny",            1, 1, ngx_http_gig_set_deny },
    { "title",           1, 1, ngx_http_gig_set_title },
    { "about",           1, 1, ngx_http_gig_set_about },
    { "redis_timeout",   1, 1, ngx_http_gig_set_redis_timeout },
    { "redis_in_flight", 1, 1, ngx_http_gig_set_redis_in_flight },
    { "cache_size",      1, 1, ngx_http_gig_set_cache_size },
    { "compress",        1, 1, ngx_http_gig_set_compress },
    { "limit_applicant", 1, 1, ngx_http_gig_set_limit_applicant }
};

#define NGX_HTTP_GIG_PARAMETERS                                                                   \
    (sizeof(ngx_http_gig_parameters) / sizeof(ngx_http_gig_parameter_t))

/* Two bits a parameter in board->given. */
#define ngx_http_gig_given(board, i)  (((board)->given >> (2 * (i))) & 3)


char *
ngx_http_gig_parameter(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_http_gig_board_t  *board = conf;

    ngx_str_t             *value;
    gig_str_t              name;
    ngx_uint_t             i;
    const char            *near, *names[NGX_HTTP_GIG_PARAMETERS];

    value = cf->args->elts;

    if (value[0].len == 7 && ngx_strncmp(value[0].data, "include", 7) == 0
        && cf->args->nelts == 2)
    {
        return ngx_conf_include(cf, dummy, conf);
    }

    for (i = 0; i < NGX_HTTP_GIG_PARAMETERS; i++) {

        names[i] = ngx_http_gig_parameters[i].name;

        if (ngx_strcmp(value[0].data, names[i]) != 0) {
            continue;
        }

        if (cf->args->nelts < 2 || cf->args->nelts > ngx_http_gig_parameters[i].max + 1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" in gig_board \"%V\" has %s: it takes one%s",
                               &value[0], &board->name,
                               cf->args->nelts < 2 ? "no value" : "too many values",
                               ngx_http_gig_parameters[i].max > 1 ? " address and its options"
                               : cf->args->nelts < 2 ? "" : "; put a text with blanks in quotes");
            return NGX_CONF_ERROR;
        }

        if (ngx_http_gig_given(board, i) == ngx_http_gig_parameters[i].times) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is duplicate in gig_board \"%V\": it may be given %s",
                               &value[0], &board->name,
                               ngx_http_gig_parameters[i].times == 1 ? "once" : "twice");
            return NGX_CONF_ERROR;
        }

        board->given += (uint64_t) 1 << (2 * i);

        return ngx_http_gig_parameters[i].set(cf, board);
    }

    name.data = (const char *) value[0].data;
    name.len = value[0].len;

    near = gig_nearest(name, names, NGX_HTTP_GIG_PARAMETERS);

    if (near) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown parameter \"%V\" in gig_board \"%V\"; did you mean \"%s\"?",
                           &value[0], &board->name, near);
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown parameter \"%V\" in gig_board \"%V\": it may be one of redis, "
                           "state, secret_file, seal_key, places, public_url, ledger, "
                           "ledger_size, ledger_keep, ledger_max_age, files, files_waiting, "
                           "deny, title, about, redis_timeout, redis_in_flight, cache_size, "
                           "compress, limit_applicant",
                           &value[0], &board->name);
    }

    return NGX_CONF_ERROR;
}


static char *
ngx_http_gig_set_redis(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    if (ngx_http_gig_redis_address(cf, &board->redis, &value[1]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (ngx_http_gig_set_redis_option(cf, &board->redis, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (board->redis.user.len && board->redis.password.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"redis\" has \"user=%V\" but no password: add \"password_file=PATH\"",
                           &board->redis.user);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_redis_option(ngx_conf_t *cf, ngx_http_gig_redis_t *redis, ngx_str_t *option)
{
    ngx_str_t  value;

    if (ngx_strncmp(option->data, "user=", 5) == 0 && option->len > 5) {
        redis->user.data = option->data + 5;
        redis->user.len = option->len - 5;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(option->data, "password_file=", 14) == 0 && option->len > 14) {

        value.data = option->data + 14;
        value.len = option->len - 14;

        if (ngx_conf_full_name(cf->cycle, &value, 1) != NGX_OK
            || ngx_http_gig_file_read(cf, &value, &ngx_http_gig_password_file, &redis->password)
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        while (redis->password.len
               && (redis->password.data[redis->password.len - 1] == '\n'
                   || redis->password.data[redis->password.len - 1] == '\r'))
        {
            redis->password.len--;
        }

        if (redis->password.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the password file \"%V\" is empty: it must hold the password on "
                               "one line", &value);
            return NGX_CONF_ERROR;
        }

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(option->data, "db=", 3) == 0 && option->len > 3) {
        value.data = option->data + 3;
        value.len = option->len - 3;
        return ngx_http_gig_set_redis_db(cf, redis, &value);
    }

    if (ngx_strncmp(option->data, "password=", 9) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"password=\" is not accepted by \"redis\": put the password in a file "
                           "that only root reads and write \"password_file=PATH\"");
        return NGX_CONF_ERROR;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown option \"%V\" of \"redis\": it may be user=NAME, "
                       "password_file=PATH or db=NUMBER, after one address", option);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_gig_set_redis_db(ngx_conf_t *cf, ngx_http_gig_redis_t *redis, ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_atoi(value->data, value->len);

    if (n == NGX_ERROR || n > 65535) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"db=%V\" of \"redis\": it must be a number from 0 to 65535",
                           value);
        return NGX_CONF_ERROR;
    }

    redis->db = n;

    return NGX_CONF_OK;
}


/* No name is resolved here: ngx_http_gig_parameter_defaults() knows if there is a resolver. */

static ngx_int_t
ngx_http_gig_redis_address(ngx_conf_t *cf, ngx_http_gig_redis_t *redis, ngx_str_t *address)
{
    ngx_url_t  u;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *address;
    u.default_port = 6379;
    u.no_resolve = 1;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK || u.uri.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid address \"%V\" of \"redis\"%s%s: it must be HOST, HOST:PORT, "
                           "[IPV6]:PORT or unix:PATH", address, u.err ? ": " : "",
                           u.err ? u.err : "");
        return NGX_ERROR;
    }

    redis->name = *address;
    redis->port = u.port;
    redis->host = u.host;
    redis->addrs = u.naddrs ? u.addrs : NULL;

    return NGX_OK;
}


static char *
ngx_http_gig_set_state(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (value[1].len < 2 || value[1].data[0] != '/') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"state\" \"%V\" of gig_board \"%V\": it must be the absolute "
                           "path of a folder of its own, as in \"state /var/lib/nginx/gig/%V;\"",
                           &value[1], &board->name, &board->name);
        return NGX_CONF_ERROR;
    }

    board->state = value[1];

    while (board->state.len > 1 && board->state.data[board->state.len - 1] == '/') {
        board->state.data[--board->state.len] = '\0';
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_secret_file(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    board->secret_file = value[1];

    return ngx_http_gig_file_secret(cf, board, 1) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_gig_set_places(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    board->place_names = ngx_http_gig_file_places(cf, &value[1]);

    return board->place_names ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* The workers read it again and again; here it must only be there, as a misspelt one is not. */

static char *
ngx_http_gig_set_deny(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value, text;

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK
        || ngx_http_gig_file_read(cf, &value[1], &ngx_http_gig_deny_file, &text) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    board->deny = value[1];

    return NGX_CONF_OK;
}


/* The second of two is only checked: this host seals to the first, gig-sync opens both. */

static char *
ngx_http_gig_set_seal_key(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t         *value;
    gig_public_key_t   key;

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_gig_file_seal_key(cf, &value[1], 1, &key) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (!board->sealed) {
        board->sealed = 1;
        board->seal_key = key;
        board->seal_file = value[1];
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_public_url(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    u_char      c, *p;
    size_t      i, scheme;
    ngx_str_t  *value, *url;

    value = cf->args->elts;
    url = &value[1];

    scheme = 0;

    if (ngx_strncmp(url->data, "https://", 8) == 0) {
        scheme = 8;

    } else if (ngx_strncmp(url->data, "http://", 7) == 0) {
        scheme = 7;
    }

    if (scheme == 0 || url->len == scheme || url->data[scheme] == '/') {
        goto invalid;
    }

    /* it stands unescaped in HTML, JSON and headers */
    for (i = scheme; i < url->len; i++) {
        c = url->data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || ngx_strchr("-._~:/[]%", c)))
        {
            goto invalid;
        }
    }

    board->public_url = *url;

    if (url->data[url->len - 1] != '/') {
        p = ngx_pnalloc(cf->pool, url->len + 1);
        if (p == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_memcpy(p, url->data, url->len);
        p[url->len] = '/';

        board->public_url.data = p;
        board->public_url.len = url->len + 1;
    }

    return NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"public_url\" \"%V\" of gig_board \"%V\": it must be the address "
                       "of the board for visitors, without query or blanks, as in "
                       "\"https://careers.example/gigs/\"", url, &board->name);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_gig_set_title(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    return ngx_http_gig_set_text(cf, &board->title, NGX_HTTP_GIG_TITLE_MAX);
}


static char *
ngx_http_gig_set_about(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    return ngx_http_gig_set_text(cf, &board->about, NGX_HTTP_GIG_ABOUT_MAX);
}


static char *
ngx_http_gig_set_text(ngx_conf_t *cf, ngx_str_t *to, size_t max)
{
    ngx_str_t  *value;
    gig_str_t   text;

    value = cf->args->elts;

    text.data = (const char *) value[1].data;
    text.len = value[1].len;

    if (text.len == 0 || text.len > max || !gig_utf8_clean(text, 0)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"%V\": it must be 1 to %uz bytes of UTF-8 text without "
                           "control characters", &value[0], max);
        return NGX_CONF_ERROR;
    }

    *to = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_redis_timeout(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_int_t   ms;
    ngx_str_t  *value;

    value = cf->args->elts;

    ms = ngx_parse_time(&value[1], 0);

    if (ms == NGX_ERROR || ms < 10 || ms > 60000) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"redis_timeout\" \"%V\" of gig_board \"%V\": it must be a "
                           "time from 10ms to 60s", &value[1], &board->name);
        return NGX_CONF_ERROR;
    }

    board->redis_timeout = ms;

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_redis_in_flight(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_int_t   n;
    ngx_str_t  *value;

    value = cf->args->elts;

    n = ngx_atoi(value[1].data, value[1].len);

    if (n == NGX_ERROR || n < 1 || n > 65536) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"redis_in_flight\" \"%V\" of gig_board \"%V\": it must be a "
                           "number from 1 to 65536", &value[1], &board->name);
        return NGX_CONF_ERROR;
    }

    board->redis_in_flight = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_cache_size(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ssize_t     size;
    ngx_str_t  *value;

    value = cf->args->elts;

    size = ngx_parse_size(&value[1]);

    if (size == NGX_ERROR || size < 65536) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid \"cache_size\" \"%V\" of gig_board \"%V\": it must be a size "
                           "of at least 64k, as in \"16m\"", &value[1], &board->name);
        return NGX_CONF_ERROR;
    }

    board->cache_size = size;

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_set_compress(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "on") == 0) {
        board->compress = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "off") == 0) {
        board->compress = 0;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid \"compress\" \"%V\" of gig_board \"%V\": it must be \"on\" or "
                       "\"off\"", &value[1], &board->name);

    return NGX_CONF_ERROR;
}


ngx_int_t
ngx_http_gig_parameter_defaults(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    u_char                    *p;
    ngx_url_t                  u;
    ngx_http_gig_main_conf_t  *gmcf;
    static ngx_str_t           address = ngx_string("127.0.0.1:6379");

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);

    ngx_http_gig_ledger_defaults(board);
    ngx_http_gig_files_defaults(board);
    ngx_http_gig_limit_defaults(board);
    ngx_conf_init_msec_value(board->redis_timeout, 1000);
    ngx_conf_init_uint_value(board->redis_in_flight, 512);
    ngx_conf_init_size_value(board->cache_size, 16 * 1024 * 1024);
    ngx_conf_init_value(board->compress, 1);

    if (board->title.len == 0) {
        ngx_str_set(&board->title, "Gigs");
    }

    if (board->state.len == 0) {
        p = ngx_pnalloc(cf->pool, sizeof("/var/lib/nginx/gig/") + board->name.len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        board->state.data = p;
        board->state.len = ngx_sprintf(p, "/var/lib/nginx/gig/%V%Z", &board->name) - p - 1;
    }

    if (ngx_http_gig_file_defaults(cf, board) != NGX_OK) {
        return NGX_ERROR;
    }

    if (board->place_names == NULL) {

        /* some 10 ms of work: once for all boards */
        if (gmcf->place_names == NULL) {
            gmcf->place_names = ngx_http_gig_file_places(cf, NULL);
        }

        board->place_names = gmcf->place_names;

        if (board->place_names == NULL) {
            return NGX_ERROR;
        }
    }

    if (board->redis.name.len == 0
        && ngx_http_gig_redis_address(cf, &board->redis, &address) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (board->redis.addrs || (gmcf->resolver && gmcf->resolver->connections.nelts)) {
        return NGX_OK;
    }

    /* without a resolver a name is looked up once, now, where blocking does no harm */

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = board->redis.name;
    u.default_port = 6379;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK || u.naddrs == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "gig_board \"%V\": the host of \"redis %V\" was not found: give a numeric "
                      "address, or \"resolver\" in http {} so that it is looked up at each connect",
                      &board->name, &board->redis.name);
        return NGX_ERROR;
    }

    board->redis.addrs = u.addrs;

    return NGX_OK;
}
