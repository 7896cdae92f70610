
/*
 * Files on their way through this worker.  Where a board takes files a body that did not come
 * with its header is read in pieces, each of them parsed at once: nothing of it is in a temporary
 * file, and no worker holds more of files than NGX_HTTP_GIG_UPLOADS.
 */

#ifndef _NGX_HTTP_GIG_UPLOAD_H_INCLUDED_
#define _NGX_HTTP_GIG_UPLOAD_H_INCLUDED_


#include "ngx_http_gig_intake.h"


#define NGX_HTTP_GIG_UPLOADS        (32 * 1024 * 1024)  /* bytes of files in a worker's hands */
#define NGX_HTTP_GIG_UPLOAD_TURN    (256 * 1024)        /* bytes read before others have a turn */
#define NGX_HTTP_GIG_UPLOAD_TIME    60000               /* ms that any may take, */
#define NGX_HTTP_GIG_UPLOAD_RATE    16                  /* and one more for so many bytes */
#define NGX_HTTP_GIG_UPLOAD_RETRY   10                  /* s, Retry-After where there is no room */
#define NGX_HTTP_GIG_UPLOAD_SHARE   (256 * 1024)        /* bytes of files that count as one more
                                                           application of an address */

/* The most bytes a body of that type may have on a board, whatever its forms say. */
off_t ngx_http_gig_upload_max(ngx_http_gig_board_t *board, gig_body_type_t type);

/* The rest of a body that is read in pieces; ends with ngx_http_gig_intake_done(). */
void ngx_http_gig_upload(ngx_http_request_t *r);

/*
 * What an intake (or, after it is gone, its call) holds of files: `held` is what was said before,
 * and becomes `bytes`.  NGX_BUSY: all that is held is too much; it is counted all the same.
 */
ngx_int_t ngx_http_gig_upload_hold(size_t *held, size_t bytes);

/* Whether so many bytes more will be too much. */
ngx_uint_t ngx_http_gig_upload_room(size_t bytes);

/* 503 for an application with files that cannot be taken now; without them it could. */
ngx_int_t ngx_http_gig_upload_refuse(ngx_http_gig_intake_t *intake);


#endif /* _NGX_HTTP_GIG_UPLOAD_H_INCLUDED_ */
