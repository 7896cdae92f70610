
/*
 * Directives.  Order in the table is the order of docs/directives.md.  The
 * configuration is written here and never at a request.
 */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_request.h"
#include "ngx_http_gig_shm.h"

#include <sodium.h>


/* An option of `gig`: name has its "=", value says what comes behind it, with an example. */

typedef struct {
    ngx_str_t                  name;
    ngx_int_t                (*set)(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf,
                                   ngx_str_t *value);
    const char                *value;
} ngx_http_gig_option_t;


static char *ngx_http_gig_set_board(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_gig_set_gig(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_gig_set_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_gig_set_health(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_gig_set_plain(ngx_conf_t *cf, ngx_http_handler_pt handler);
static ngx_http_gig_board_t *ngx_http_gig_board_get(ngx_conf_t *cf, ngx_str_t *name);
static char *ngx_http_gig_board_undeclared(ngx_conf_t *cf, ngx_http_gig_main_conf_t *gmcf,
    ngx_http_gig_board_t *board);
static ngx_int_t ngx_http_gig_set_option(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf,
    ngx_str_t *option);
static ngx_int_t ngx_http_gig_set_challenge(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf,
    ngx_str_t *value);
static ngx_int_t ngx_http_gig_prefix(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf,
    ngx_str_t *name);
static void ngx_http_gig_board_wipe(void *data);


ngx_command_t  ngx_http_gig_commands[] = {

    { ngx_string("gig_board"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_gig_set_board,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_gig_set_gig,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_origins"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_gig_set_origins,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_style"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_gig_set_style,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_layout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_gig_set_layout,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_languages"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_gig_set_languages,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_text"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_gig_set_language_text,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_metrics"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_gig_set_metrics,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("gig_health"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_gig_set_health,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static const ngx_http_gig_option_t  ngx_http_gig_options[] = {

    { ngx_string("challenge="), ngx_http_gig_set_challenge,
      "a variable, as in \"gig acme challenge=$challenge;\"" },

    { ngx_string("as="), ngx_http_gig_set_as,
      "\"greenhouse\" or \"lever\", as in \"gig acme as=greenhouse;\"" },

    { ngx_string("key_file="), ngx_http_gig_set_key_file,
      "a path, as in \"gig acme as=greenhouse key_file=/etc/gig/acme.apply;\"" }
};


void *
ngx_http_gig_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_gig_main_conf_t  *gmcf;

    /* set by ngx_pcalloc(): resolver = NULL, resolver_timeout = 0, place_names = NULL */

    gmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_gig_main_conf_t));
    if (gmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&gmcf->boards, cf->pool, 1, sizeof(ngx_http_gig_board_t *)) != NGX_OK) {
        return NULL;
    }

    return gmcf;
}


char *
ngx_http_gig_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_gig_main_conf_t  *gmcf = conf;

    ngx_uint_t                 i;
    ngx_http_gig_board_t     **board;
    ngx_http_core_loc_conf_t  *clcf;
    static ngx_str_t           pool_name = ngx_string("gig");

    if (gmcf->boards.nelts == 0) {
        return NGX_CONF_OK;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    gmcf->resolver = clcf->resolver;
    gmcf->resolver_timeout = clcf->resolver_timeout == NGX_CONF_UNSET_MSEC
                             ? 30000 : clcf->resolver_timeout;

    board = gmcf->boards.elts;

    for (i = 0; i < gmcf->boards.nelts; i++) {

        if (!board[i]->declared) {
            return ngx_http_gig_board_undeclared(cf, gmcf, board[i]);
        }

        if (ngx_http_gig_parameter_defaults(cf, board[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        if (!board[i]->used) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "gig_board \"%V\" is used by no location: write \"gig %V;\" in one "
                          "in %V:%ui",
                          &board[i]->name, &board[i]->name, &board[i]->file, board[i]->line);
            continue;
        }

        if (ngx_http_gig_shm_add(cf, board[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        board[i]->pool = ngx_thread_pool_get(cf->cycle, &pool_name);

        if (board[i]->pool == NULL) {
            board[i]->pool = ngx_thread_pool_add(cf, NULL);
            if (board[i]->pool == NULL) {
                return NGX_CONF_ERROR;
            }
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_gig_board_undeclared(ngx_conf_t *cf, ngx_http_gig_main_conf_t *gmcf,
    ngx_http_gig_board_t *board)
{
    size_t                  n;
    ngx_uint_t              i;
    gig_str_t               name;
    const char             *near, **names;
    ngx_http_gig_board_t  **boards;

    boards = gmcf->boards.elts;

    names = ngx_palloc(cf->pool, gmcf->boards.nelts * sizeof(char *));
    if (names == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0, n = 0; i < gmcf->boards.nelts; i++) {
        if (boards[i]->declared) {
            names[n++] = (const char *) boards[i]->name.data;
        }
    }

    name.data = (const char *) board->name.data;
    name.len = board->name.len;
    near = gig_nearest(name, names, n);

    if (near) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "there is no gig_board \"%V\" in http {}; did you mean \"gig %s;\"? "
                      "in %V:%ui",
                      &board->name, near, &board->file, board->line);
    } else {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "there is no gig_board \"%V\": write \"gig_board %V { }\" in http {} "
                      "in %V:%ui",
                      &board->name, &board->name, &board->file, board->line);
    }

    return NGX_CONF_ERROR;
}


void *
ngx_http_gig_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_gig_loc_conf_t  *glcf;

    /*
     * set by ngx_pcalloc(): prefix, base, csp and style_url are empty, options = 0,
     * challenge = NULL, shape is none, key = NULL, languages = NULL
     */

    glcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_gig_loc_conf_t));
    if (glcf == NULL) {
        return NULL;
    }

    glcf->board = NGX_CONF_UNSET_PTR;
    glcf->origins = NGX_CONF_UNSET_PTR;
    glcf->layout = NGX_CONF_UNSET_PTR;
    glcf->language_tags = NGX_CONF_UNSET_PTR;
    glcf->texts = NGX_CONF_UNSET_PTR;

    return glcf;
}


/*
 * What is said of embedding is inherited as usual.  Only the nameless blocks in the location of a
 * board inherit that: `if`, which keeps the
 * handler, and `limit_except`, which would else answer by nginx's static files.  Nested
 * locations have no handler of ours.
 */

char *
ngx_http_gig_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_gig_loc_conf_t  *prev = parent;
    ngx_http_gig_loc_conf_t  *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    ngx_conf_merge_ptr_value(conf->origins, prev->origins, NULL);
    ngx_conf_merge_str_value(conf->style_url, prev->style_url, "");
    ngx_conf_merge_ptr_value(conf->layout, prev->layout, NULL);
    ngx_conf_merge_ptr_value(conf->language_tags, prev->language_tags, NULL);
    ngx_conf_merge_ptr_value(conf->texts, prev->texts, NULL);

    if (clcf->noname) {
        ngx_conf_merge_ptr_value(conf->board, prev->board, NULL);
        ngx_conf_merge_str_value(conf->prefix, prev->prefix, "");
        ngx_conf_merge_str_value(conf->base, prev->base, "");
        conf->challenge = conf->challenge ? conf->challenge : prev->challenge;
        conf->shape = conf->shape ? conf->shape : prev->shape;
        conf->key = conf->key ? conf->key : prev->key;

        if (conf->board && clcf->lmt_excpt && clcf->handler == NULL) {
            clcf->handler = ngx_http_gig_handler;
        }

    } else {
        ngx_conf_init_ptr_value(conf->board, NULL);
    }

    if (conf->board && conf->board->public_url.len) {
        conf->base = conf->board->public_url;
    }

    if (conf->board) {
        if (ngx_http_gig_csp(cf, conf) != NGX_OK || ngx_http_gig_languages(cf, conf) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        /* nginx's own redirect from "/gigs" would else be an address made of Host */
        clcf->absolute_redirect = 0;
        ngx_http_gig_files_fit(cf, conf->board, clcf);

        if (!clcf->noname) {
            ngx_http_gig_shape_fit(cf, conf);
        }
    }

    return NGX_CONF_OK;
}


/* The board of that name, made if this is the first to name it: order does not matter. */

static ngx_http_gig_board_t *
ngx_http_gig_board_get(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_str_t                   text;
    ngx_uint_t                  i;
    gig_str_t                   check;
    ngx_pool_cleanup_t         *cln;
    ngx_http_gig_board_t       *board, **boards;
    ngx_http_gig_main_conf_t   *gmcf;

    check.data = (const char *) name->data;
    check.len = name->len;

    if (!gig_board_valid(check)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid board name \"%V\": it must be 1 to %d of a-z, 0-9, \"_\" "
                           "and \"-\"", name, GIG_BOARD_MAX);
        return NULL;
    }

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);
    boards = gmcf->boards.elts;

    for (i = 0; i < gmcf->boards.nelts; i++) {
        if (boards[i]->name.len == name->len
            && ngx_strncmp(boards[i]->name.data, name->data, name->len) == 0)
        {
            return boards[i];
        }
    }

    if (sodium_init() == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "sodium_init() failed");
        return NULL;
    }

    /* the name ends in NUL: it is listed for gig_nearest() */
    text.len = name->len;
    text.data = ngx_pnalloc(cf->pool, text.len + 1);
    if (text.data == NULL) {
        return NULL;
    }

    (void) ngx_cpystrn(text.data, name->data, text.len + 1);

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_gig_board_t));
    if (cln == NULL) {
        return NULL;
    }

    board = cln->data;
    ngx_memzero(board, sizeof(ngx_http_gig_board_t));
    cln->handler = ngx_http_gig_board_wipe;

    board->name = text;
    board->ledger = NGX_CONF_UNSET;
    board->ledger_size = NGX_CONF_UNSET;
    board->ledger_keep = NGX_CONF_UNSET;
    board->ledger_max_age = NGX_CONF_UNSET;
    board->files = NGX_CONF_UNSET_SIZE;
    board->files_waiting = NGX_CONF_UNSET_SIZE;
    board->redis_timeout = NGX_CONF_UNSET_MSEC;
    board->redis_in_flight = NGX_CONF_UNSET_UINT;
    board->cache_size = NGX_CONF_UNSET_SIZE;
    board->compress = NGX_CONF_UNSET;
    board->limit_applicant.quota = NGX_CONF_UNSET_UINT;
    board->file = cf->conf_file->file.name;
    board->line = cf->conf_file->line;

    boards = ngx_array_push(&gmcf->boards);
    if (boards == NULL) {
        return NULL;
    }

    *boards = board;

    return board;
}


static void
ngx_http_gig_board_wipe(void *data)
{
    ngx_http_gig_board_t  *board = data;

    gig_secret_wipe(&board->secret);
    gig_secret_wipe(&board->cursors);

    if (board->redis.password.len) {
        sodium_memzero(board->redis.password.data, board->redis.password.len);
    }
}


static char *
ngx_http_gig_set_board(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                  *rv;
    ngx_str_t             *value;
    ngx_conf_t             save;
    ngx_http_gig_board_t  *board;

    value = cf->args->elts;

    board = ngx_http_gig_board_get(cf, &value[1]);
    if (board == NULL) {
        return NGX_CONF_ERROR;
    }

    if (board->declared) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "gig_board \"%V\" is duplicate: a board has one block", &board->name);
        return NGX_CONF_ERROR;
    }

    board->declared = 1;

    save = *cf;
    cf->handler = ngx_http_gig_parameter;
    cf->handler_conf = (void *) board;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    return rv;
}


static char *
ngx_http_gig_set_gig(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gig_loc_conf_t  *glcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_gig_board_t      *board;
    ngx_http_core_loc_conf_t  *clcf;

    value = cf->args->elts;

    if (glcf->board != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (ngx_http_gig_set_option(cf, glcf, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_gig_shape_options(cf, glcf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->named || clcf->exact_match || clcf->noname
#if (NGX_PCRE)
        || clcf->regex
#endif
        )
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"gig\" is in the location \"%V\", but a board needs a prefix "
                           "location, as in \"location /gigs/ { gig %V; }\"",
                           &clcf->name, &value[1]);
        return NGX_CONF_ERROR;
    }

    board = ngx_http_gig_board_get(cf, &value[1]);
    if (board == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_gig_prefix(cf, glcf, &clcf->name) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    board->used = 1;
    glcf->board = board;
    clcf->handler = ngx_http_gig_handler;

    /* "/gigs" goes to "/gigs/", by nginx itself */
    if (clcf->name.data[clcf->name.len - 1] == '/') {
        clcf->auto_redirect = 1;
    }

    return NGX_CONF_OK;
}


/* What may follow the board's name, each once. */

static ngx_int_t
ngx_http_gig_set_option(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *option)
{
    u_char                       *p, *last, takes[NGX_MAX_CONF_ERRSTR];
    ngx_str_t                     value;
    ngx_uint_t                    i, bit;
    const ngx_http_gig_option_t  *known;

    p = takes;
    last = takes + sizeof(takes);

    for (i = 0; i < sizeof(ngx_http_gig_options) / sizeof(ngx_http_gig_options[0]); i++) {

        known = &ngx_http_gig_options[i];
        bit = (ngx_uint_t) 1 << i;

        p = ngx_slprintf(p, last, ", and once \"%V\" with %s", &known->name, known->value);

        if (option->len <= known->name.len
            || ngx_strncmp(option->data, known->name.data, known->name.len) != 0
            || (glcf->options & bit))
        {
            continue;
        }

        glcf->options |= bit;

        value.data = option->data + known->name.len;
        value.len = option->len - known->name.len;

        return known->set(cf, glcf, &value);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown argument \"%V\" of \"gig\": it takes the name of a gig_board%*s",
                       option, (size_t) (p - takes), takes);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_gig_set_challenge(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *value)
{
    ngx_http_compile_complex_value_t   ccv;

    glcf->challenge = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (glcf->challenge == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = value;
    ccv.complex_value = glcf->challenge;

    return ngx_http_compile_complex_value(&ccv);
}


/*
 * prefix as nginx matches it, and base as it stands in addresses: all but
 * unreserved characters percent-encoded, so it may go into JSON, HTML and headers.
 */

static ngx_int_t
ngx_http_gig_prefix(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *name)
{
    u_char            *p;
    size_t             i;
    ngx_uint_t         slash;
    static const char  hex[] = "0123456789ABCDEF";

    slash = (name->len == 0 || name->data[name->len - 1] != '/');

    p = ngx_pnalloc(cf->pool, name->len + slash);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, name->data, name->len);

    if (slash) {
        p[name->len] = '/';
    }

    glcf->prefix.data = p;
    glcf->prefix.len = name->len + slash;

    p = ngx_pnalloc(cf->pool, glcf->prefix.len * 3);
    if (p == NULL) {
        return NGX_ERROR;
    }

    glcf->base.data = p;

    for (i = 0; i < glcf->prefix.len; i++) {
        u_char  c = glcf->prefix.data[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '/' || c == '-' || c == '.' || c == '_' || c == '~')
        {
            *p++ = c;

        } else {
            *p++ = '%';
            *p++ = hex[c >> 4];
            *p++ = hex[c & 0xf];
        }
    }

    glcf->base.len = p - glcf->base.data;

    return NGX_OK;
}


static char *
ngx_http_gig_set_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_gig_set_plain(cf, ngx_http_gig_metrics_handler);
}


static char *
ngx_http_gig_set_health(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_gig_set_plain(cf, ngx_http_gig_health_handler);
}


static char *
ngx_http_gig_set_plain(ngx_conf_t *cf, ngx_http_handler_pt handler)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler) {
        return "is in a location that another directive answers already";
    }

    clcf->handler = handler;

    return NGX_CONF_OK;
}
