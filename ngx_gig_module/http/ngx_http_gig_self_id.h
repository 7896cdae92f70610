
/*
 * Voluntary self-identifications on their way: sealed boxes that wait in the board's zone until
 * ten of a kind can leave together, shuffled.  They are on no disk of this host and in no log;
 * nothing here knows who sent one, and a restart loses what waits.
 */

#ifndef _NGX_HTTP_GIG_SELF_ID_H_INCLUDED_
#define _NGX_HTTP_GIG_SELF_ID_H_INCLUDED_


#include "ngx_http_gig.h"

#include "gig_self_id.h"


#define NGX_HTTP_GIG_SELF_ID_MAX    256     /* boxes that wait; beyond it people get a 503 */
#define NGX_HTTP_GIG_SELF_ID_QUIET  60000   /* ms between two lines of the log */
#define NGX_HTTP_GIG_SELF_ID_SENT   4096    /* forms that are known as sent; a power of two */


/* Of one kind are boxes sealed to one key, of one revision of one form: all look alike. */
typedef struct {
    uint64_t                  kind;
    uint64_t                  len;
    u_char                    bytes[GIG_SELF_ID_BOX];
} ngx_http_gig_self_id_box_t;

/* Made in the zone when the first one comes; all of it under the mutex of the zone's slab. */
typedef struct ngx_http_gig_self_id_pool_s {
    ngx_atomic_t                n;
    uint64_t                    sent[NGX_HTTP_GIG_SELF_ID_SENT];    /* hashes; 0: free */
    ngx_http_gig_self_id_box_t  box[NGX_HTTP_GIG_SELF_ID_MAX];
} ngx_http_gig_self_id_pool_t;


/*
 * Keeps a box.  form: which form it came in, so that one sent twice counts once (as long as the
 * zone remembers it).  NGX_OK; NGX_DECLINED: that form was sent before, nothing was kept;
 * NGX_BUSY: there is no room, and nothing is remembered.
 */
ngx_int_t ngx_http_gig_self_id_keep(ngx_http_gig_board_t *board, gig_str_t form, uint64_t kind,
    gig_str_t box);

/* Each second in each worker: sends what waits, if there are ten of a kind and Redis is there. */
void ngx_http_gig_self_id_tick(ngx_http_gig_board_t *board);

/* As the master ends: tells how many are lost with the zone. */
void ngx_http_gig_self_id_end(ngx_http_gig_board_t *board, ngx_log_t *log);


#endif /* _NGX_HTTP_GIG_SELF_ID_H_INCLUDED_ */
