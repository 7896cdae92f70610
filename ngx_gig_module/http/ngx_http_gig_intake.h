
/*
 * An application in this worker's hands.  Two objects: the intake lives and dies
 * with the request; the call is ngx_alloc'ed, outlives it if the client goes
 * away, and is freed by the judge's answer.  What was sent to Redis stands.
 */

#ifndef _NGX_HTTP_GIG_INTAKE_H_INCLUDED_
#define _NGX_HTTP_GIG_INTAKE_H_INCLUDED_


#include "ngx_http_gig_response.h"
#include "ngx_http_gig_link.h"

#include "gig_application.h"


#define NGX_HTTP_GIG_FORM_AGE       (7 * 86400) /* s a form may stay open before it is sent */
#define NGX_HTTP_GIG_IN_HAND_RETRY  1           /* s */


typedef struct ngx_http_gig_intake_s  ngx_http_gig_intake_t;

typedef struct {
    ngx_str_node_t             node;            /* in board->intakes */
    ngx_http_gig_board_t      *board;
    ngx_http_gig_intake_t     *intake;          /* NULL: the request is gone */
    ngx_msec_t                 started;
    char                       id[GIG_APPLICATION_TEXT];
    char                       gig[GIG_ID_MAX + 1];
    char                       source[NGX_HTTP_GIG_SOURCE_MAX + 1];
} ngx_http_gig_call_t;

struct ngx_http_gig_intake_s {
    ngx_http_request_t        *request;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_call_t       *call;            /* while the judge is asked */
    gig_form_t                 form;
    gig_answers_t              answers;
    gig_error_t                error;
    gig_errors_t               errors;
    gig_submission_t           submission;
    unsigned                   form_loaded:1;
    unsigned                   answers_read:1;
    unsigned                   urlencoded:1;
    char                       key[256];
    size_t                     key_len;
    char                       id[GIG_APPLICATION_TEXT];
    char                       who[GIG_HASH_TEXT];
    char                       print[GIG_HASH_TEXT];
};


/* What the judge said, checked; texts belong to the reply. */
typedef struct {
    gig_str_t                  verdict, seat;
    int64_t                    at_ms, clock_ms;
} ngx_http_gig_verdict_t;

/*
 * judge: sends the application.  NGX_OK: on its way, and ngx_http_gig_judged()
 * will be called once.  NGX_DECLINED: nothing was sent.
 */
ngx_int_t ngx_http_gig_judge(ngx_http_gig_intake_t *intake, gig_str_t box);

/* NGX_OK, and verdict; or NGX_DECLINED: no answer that can be relied on. */
ngx_int_t ngx_http_gig_verdict_read(const redisReply *reply, ngx_http_gig_verdict_t *verdict);

/*
 * Answers a request that is still there, by the judge's word (verdict NULL: none
 * came).  Returns what to finalise with.
 */
ngx_int_t ngx_http_gig_judged(ngx_http_gig_intake_t *intake,
    const ngx_http_gig_verdict_t *verdict);


#endif /* _NGX_HTTP_GIG_INTAKE_H_INCLUDED_ */
