
/* Files the configuration names: secrets and keys, read by the master before it drops rights. */

#ifndef _NGX_HTTP_GIG_FILE_H_INCLUDED_
#define _NGX_HTTP_GIG_FILE_H_INCLUDED_


#include "ngx_http_gig.h"

#include "gig_utf8.h"


/* What a file is for: said where it cannot be read. */
typedef struct {
    const char  *directive;
    const char  *made;              /* who makes such a file, or NULL */
    size_t       max;               /* bytes */
    unsigned     secret:1;          /* a warning if others may read it */
} ngx_http_gig_file_t;


/* Reads a whole file into cf->pool.  NGX_ERROR is logged with what would be right. */
ngx_int_t ngx_http_gig_file_read(ngx_conf_t *cf, ngx_str_t *path, const ngx_http_gig_file_t *file,
    ngx_str_t *text);

/* Reads board->secret_file.  required 0: NGX_DECLINED, unlogged, when it is not there. */
ngx_int_t ngx_http_gig_file_secret(ngx_conf_t *cf, ngx_http_gig_board_t *board,
    ngx_uint_t required);

ngx_int_t ngx_http_gig_file_seal_key(ngx_conf_t *cf, ngx_str_t *path, ngx_uint_t required,
    gig_public_key_t *key);

/*
 * The table of places: what is built in, and path's, if not NULL, on top of it.  It
 * lives as long as cf->pool.  NULL is logged.
 */
gig_place_names_t *ngx_http_gig_file_places(ngx_conf_t *cf, ngx_str_t *path);

/* /etc/gig/BOARD.secret and .pub where the block names none and they exist. */
ngx_int_t ngx_http_gig_file_defaults(ngx_conf_t *cf, ngx_http_gig_board_t *board);


#endif /* _NGX_HTTP_GIG_FILE_H_INCLUDED_ */
