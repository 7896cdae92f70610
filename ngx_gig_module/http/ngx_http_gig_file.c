
/* Files the configuration names. */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_file.h"

#include <sodium.h>


#define NGX_HTTP_GIG_KEYS_FOLDER  "/etc/gig/"


static ngx_int_t ngx_http_gig_file_open(ngx_conf_t *cf, ngx_str_t *path,
    const ngx_http_gig_file_t *file, ngx_uint_t required, ngx_str_t *text);
static ngx_int_t ngx_http_gig_file_default(ngx_conf_t *cf, ngx_http_gig_board_t *board,
    const char *suffix, ngx_str_t *path);
static void ngx_http_gig_file_places_free(void *data);


static const ngx_http_gig_file_t  ngx_http_gig_secret_file = {
    "secret_file", "\"gig-sync init\" and \"gig-sync keygen\" make it", GIG_SECRET_FILE_MAX, 1
};

static const ngx_http_gig_file_t  ngx_http_gig_seal_key_file = {
    "seal_key", "\"gig-sync init\" and \"gig-sync keygen\" make it", NGX_HTTP_GIG_KEY_FILE_MAX, 0
};

static const ngx_http_gig_file_t  ngx_http_gig_places_file = {
    "places", NULL, GIG_PLACE_NAMES_FILE_MAX, 0
};


ngx_int_t
ngx_http_gig_file_read(ngx_conf_t *cf, ngx_str_t *path, const ngx_http_gig_file_t *file,
    ngx_str_t *text)
{
    return ngx_http_gig_file_open(cf, path, file, 1, text);
}


static ngx_int_t
ngx_http_gig_file_open(ngx_conf_t *cf, ngx_str_t *path, const ngx_http_gig_file_t *file,
    ngx_uint_t required, ngx_str_t *text)
{
    int               fd;
    size_t            size;
    ssize_t           n;
    ngx_int_t         rc;
    ngx_err_t         err;
    ngx_file_info_t   fi;

    rc = NGX_ERROR;

    /* O_NONBLOCK: a FIFO must not hang the start */
    fd = open((char *) path->data, O_RDONLY|O_CLOEXEC|O_NONBLOCK|O_NOCTTY);

    if (fd == -1) {
        err = ngx_errno;

        if (err == NGX_ENOENT && !required) {
            return NGX_DECLINED;
        }

        if (err == NGX_EACCES) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, err,
                               "cannot open \"%V\" of \"%s\": the user that starts nginx must be "
                               "able to read it; that is root as a rule", path, file->directive);

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, err, "cannot open \"%V\" of \"%s\"%s%s", path,
                               file->directive, file->made ? ": " : "",
                               file->made ? file->made : "");
        }

        return NGX_ERROR;
    }

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, ngx_fd_info_n " \"%V\" failed", path);
        goto done;
    }

    if (!ngx_is_file(&fi) || ngx_file_size(&fi) > (off_t) file->max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" of \"%s\" is no file, or too large: it "
                           "must be a file of at most %uz bytes", path, file->directive,
                           file->max);
        goto done;
    }

    if (file->secret && (fi.st_mode & S_IRWXO)) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "\"%V\" holds a secret that everybody on this "
                           "host can use: \"chmod o-rwx %V\" would be right", path, path);
    }

    size = (size_t) ngx_file_size(&fi);

    text->data = ngx_pnalloc(cf->pool, size + 1);
    if (text->data == NULL) {
        goto done;
    }

    text->len = 0;

    while (text->len < size) {
        n = read(fd, text->data + text->len, size - text->len);

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "read() \"%V\" failed", path);
            goto done;
        }

        if (n == 0) {
            break;
        }

        text->len += n;
    }

    text->data[text->len] = '\0';

    rc = NGX_OK;

done:

    if (close(fd) == -1) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno, "close() \"%V\" failed", path);
    }

    return rc;
}


ngx_int_t
ngx_http_gig_file_secret(ngx_conf_t *cf, ngx_http_gig_board_t *board, ngx_uint_t required)
{
    int           read;
    ngx_int_t     rc;
    ngx_str_t     text;
    gig_str_t     file;
    gig_error_t   err;

    rc = ngx_http_gig_file_open(cf, &board->secret_file, &ngx_http_gig_secret_file, required,
                                &text);

    if (rc != NGX_OK) {
        return rc;
    }

    file.data = (const char *) text.data;
    file.len = text.len;

    read = gig_secret_read(file, &board->secret, &err);

    sodium_memzero(text.data, text.len);

    if (read != 0) {
        gig_secret_wipe(&board->secret);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the secret file \"%V\" cannot be used: %s "
                           "(NAME.secret belongs here)", &board->secret_file, err.detail);
        return NGX_ERROR;
    }

    board->secret_set = 1;

    return NGX_OK;
}


ngx_int_t
ngx_http_gig_file_seal_key(ngx_conf_t *cf, ngx_str_t *path, ngx_uint_t required,
    gig_public_key_t *key)
{
    ngx_int_t     rc;
    ngx_str_t     text;
    gig_str_t     file;
    gig_error_t   err;

    rc = ngx_http_gig_file_open(cf, path, &ngx_http_gig_seal_key_file, required, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    file.data = (const char *) text.data;
    file.len = text.len;

    if (gig_public_key_read(file, key, &err) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the key file \"%V\" cannot be used: %s (the "
                           "public half, NAME.pub, belongs here)", path, err.detail);
        return NGX_ERROR;
    }

    return NGX_OK;
}


gig_place_names_t *
ngx_http_gig_file_places(ngx_conf_t *cf, ngx_str_t *path)
{
    ngx_str_t            text;
    gig_error_t          err;
    gig_place_names_t   *names;
    ngx_pool_cleanup_t  *cln;

    ngx_str_null(&text);

    if (path && ngx_http_gig_file_read(cf, path, &ngx_http_gig_places_file, &text) != NGX_OK) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    names = gig_place_names_read((gig_str_t) { (const char *) text.data, text.len }, &err);

    if (names == NULL) {

        if (path) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the file of places \"%V\" cannot be used: "
                               "%s", path, err.detail);
        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the places built in cannot be used: %s",
                               err.detail);
        }

        return NULL;
    }

    cln->handler = ngx_http_gig_file_places_free;
    cln->data = names;

    return names;
}


static void
ngx_http_gig_file_places_free(void *data)
{
    gig_place_names_free(data);
}


ngx_int_t
ngx_http_gig_file_defaults(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_int_t   rc;
    ngx_conf_t  conf;

    /* no line names these files: an error about them must not point at one */
    conf = *cf;
    conf.conf_file = NULL;
    cf = &conf;

    if (board->secret_file.len == 0) {

        if (ngx_http_gig_file_default(cf, board, "secret", &board->secret_file) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = ngx_http_gig_file_secret(cf, board, 0);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    if (!board->sealed) {

        if (ngx_http_gig_file_default(cf, board, "pub", &board->seal_file) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = ngx_http_gig_file_seal_key(cf, &board->seal_file, 0, &board->seal_key);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        board->sealed = (rc == NGX_OK);
    }

    if (board->secret_set) {
        board->cursors = board->secret;
        return NGX_OK;
    }

    /* Reads work without: all a forged cursor gives is another place in the same list. */
    gig_secret_of_name(&board->cursors, (gig_str_t) { (const char *) board->name.data,
                                                       board->name.len });

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_file_default(ngx_conf_t *cf, ngx_http_gig_board_t *board, const char *suffix,
    ngx_str_t *path)
{
    u_char  *p;

    p = ngx_pnalloc(cf->pool, sizeof(NGX_HTTP_GIG_KEYS_FOLDER) + board->name.len + 1
                              + ngx_strlen(suffix));
    if (p == NULL) {
        return NGX_ERROR;
    }

    path->data = p;
    path->len = ngx_sprintf(p, NGX_HTTP_GIG_KEYS_FOLDER "%V.%s%Z", &board->name, suffix) - p - 1;

    return NGX_OK;
}
