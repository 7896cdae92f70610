
/* The judge's script: called for an applicant who waits, and for a record of the ledger. */

#ifndef _NGX_HTTP_GIG_JUDGE_H_INCLUDED_
#define _NGX_HTTP_GIG_JUDGE_H_INCLUDED_


#include "ngx_http_gig_link.h"

#include "gig_ledger.h"


/* What the judge said, checked; texts belong to the reply. */
typedef struct {
    gig_str_t                  verdict, seat;
    int64_t                    at_ms, clock_ms;
} ngx_http_gig_verdict_t;


/*
 * Sends a record.  mode: "live", "ask" (what is known of it; nothing is taken), "intent",
 * "resend" or "replay".  flags: of its own, separated by commas.  timeout in ms.  NGX_OK: the
 * handler is called once; NGX_DECLINED: nothing was sent.
 */
ngx_int_t ngx_http_gig_judge_send(ngx_http_gig_board_t *board, const char *mode,
    const char *flags, const gig_ledger_record_t *record, ngx_msec_t timeout,
    ngx_http_gig_reply_pt handler, void *data);

/* A withdrawal likewise; NULL: nothing was sent. */
ngx_http_gig_op_t *ngx_http_gig_withdraw_send(ngx_http_gig_board_t *board, const char *mode,
    const gig_ledger_record_t *record, ngx_msec_t timeout, ngx_http_gig_reply_pt handler,
    void *data);
ngx_int_t ngx_http_gig_withdraw_read(const redisReply *reply, gig_str_t *verdict);

/* Seconds until the ledgers have nothing of what was settled now, or 0 if there are none. */
int64_t ngx_http_gig_erasure_time(ngx_http_gig_board_t *b);

/* NGX_OK, and verdict; or NGX_DECLINED: no answer that can be relied on. */
ngx_int_t ngx_http_gig_verdict_read(const redisReply *reply, ngx_http_gig_verdict_t *verdict);


#endif /* _NGX_HTTP_GIG_JUDGE_H_INCLUDED_ */
