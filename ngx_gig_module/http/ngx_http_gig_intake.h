
/*
 * An application in this worker's hands.  Two objects: the intake lives and dies
 * with the request; the call is ngx_alloc'ed, outlives it if the client goes
 * away, and is freed by the judge's answer.  What was sent to Redis stands.
 */

#ifndef _NGX_HTTP_GIG_INTAKE_H_INCLUDED_
#define _NGX_HTTP_GIG_INTAKE_H_INCLUDED_


#include "ngx_http_gig_response.h"
#include "ngx_http_gig_judge.h"
#include "ngx_http_gig_ledger.h"

#include "gig_receipt.h"


#define NGX_HTTP_GIG_FORM_AGE       (7 * 86400) /* s a form's token is good for new ones */
#define NGX_HTTP_GIG_FORM_CLOCKS    5           /* s that clocks of two hosts may differ */
#define NGX_HTTP_GIG_IN_HAND_RETRY  1           /* s */
#define NGX_HTTP_GIG_INTAKE_MORE    1024        /* bytes around answers: room that suffices */


/* Said by the image, or by the judge. */
#define NGX_HTTP_GIG_SAYS_NOT_OPEN                                                            \
    "Applications for this gig are not open yet. Nothing was stored; please send it again when "  \
    "it is open."
#define NGX_HTTP_GIG_SAYS_FULL                                                                \
    "All places of this gig are taken, so this application was not stored."


typedef struct ngx_http_gig_intake_s  ngx_http_gig_intake_t;

/* Why nothing new is taken, so that the judge is only asked what it knows. */
typedef enum {
    NGX_HTTP_GIG_ASK_NOT,
    NGX_HTTP_GIG_ASK_TOKEN,                     /* the form's token is old, or not ours */
    NGX_HTTP_GIG_ASK_LIMIT                      /* its applicant has sent very many */
} ngx_http_gig_ask_t;

typedef struct {
    ngx_str_node_t             node;            /* in board->intakes */
    ngx_http_gig_board_t      *board;
    ngx_http_gig_intake_t     *intake;          /* NULL: the request is gone */
    ngx_msec_t                 started;
    size_t                     held;            /* bytes of files, of a request that is gone */
    ngx_http_gig_limited_t     limited;
    char                       id[GIG_APPLICATION_TEXT];
    char                       gig[GIG_ID_MAX + 1];
    char                       source[NGX_HTTP_GIG_SOURCE_MAX + 1];
} ngx_http_gig_call_t;

struct ngx_http_gig_intake_s {
    ngx_http_request_t        *request;
    ngx_http_gig_ctx_t        *ctx;
    ngx_http_gig_call_t       *call;            /* while the judge is asked */
    ngx_http_gig_ledger_write_t  *write;        /* while the disk is waited for */
    ngx_queue_t                queue;           /* in board->unsigned_, while queued is set */
    ngx_uint_t                 leaf;            /* number among those that are signed with it */
    gig_buf_t                  receipt;
    char                       token[GIG_TOKEN_TEXT];
    gig_buf_t                  box;
    size_t                     files_held;      /* ngx_http_gig_upload_hold()'s */
    gig_answers_reader_t      *reader;          /* while the body is read; in the request's pool */
    size_t                     reader_size;
    gig_ledger_record_t        record;          /* views into what is here, and into the view */
    char                       rev[GIG_LEDGER_REV_MAX];
    unsigned                   replayed:1;      /* what is being written was answered before */
    unsigned                   held:1;          /* another worker of this host has it */
    unsigned                   queued:1;
    unsigned                   unanswered:1;    /* the judge was asked, and may have taken it */
    gig_answers_t              answers;
    gig_submission_t           submission;
    unsigned                   unreadable:1;    /* a body in pieces: error says why */
    unsigned                   crowded:1;       /* too many files are in this worker's hands */
    unsigned                   form_loaded:1;
    unsigned                   answers_read:1;
    unsigned                   urlencoded:1;    /* a form of either encoding: the key is in it */
    gig_body_type_t            type;
    gig_str_t                  boundary;        /* of multipart: in the request's header */
    char                       key[256];
    size_t                     key_len;
    size_t                     texts;           /* bytes of the body; of texts at most */
    time_t                     key_age;         /* s, of a form's token */
    unsigned                   key_ours:1;      /* it is one: signed by a key of ours */
    ngx_http_gig_ask_t         ask;
    ngx_http_gig_limited_t     limited;
    char                       replaces[GIG_APPLICATION_TEXT];  /* id of an earlier one, or "" */
    char                       resend[GIG_TOKEN_TEXT];  /* offers to replace this very one; or "" */

    const gig_errors_t        *errors;          /* of the answers, while who sent them is told */

    /* large, and not zeroed for each application: form is only read while form_loaded is set */
    gig_form_t                 form;
    gig_error_t                error;
};


/*
 * The body.  _body: nginx calls it, with all that is there.  _piece: the next one of a body in
 * pieces, NGX_OK to go on; whatever that says, _done when it is over.  _open: the gig and its form,
 * NGX_DONE: a refusal was sent.  _parse: NGX_OK, NGX_DONE, or what to finalise with.
 * _reader_end: wiped, whether it came to its end or not.
 */
void ngx_http_gig_intake_body(ngx_http_request_t *r);
ngx_int_t ngx_http_gig_intake_piece(ngx_http_gig_intake_t *intake, ngx_buf_t *b);
void ngx_http_gig_intake_done(ngx_http_request_t *r);
ngx_int_t ngx_http_gig_intake_open(ngx_http_gig_intake_t *intake, uint32_t *row,
    gig_state_t *state);
ngx_int_t ngx_http_gig_intake_parse(ngx_http_gig_intake_t *intake);
void ngx_http_gig_intake_reader_end(ngx_http_gig_intake_t *intake);

/* Of one that is answered, its files: the connection may linger, and others need the room. */
void ngx_http_gig_intake_drop(ngx_http_gig_intake_t *intake);

/* Frees what holds readable answers, and leaves none in freed memory. */
void ngx_http_gig_wipe(gig_buf_t *b);

/* "An application may have at most 5 MB." */
const char *ngx_http_gig_intake_most(ngx_http_request_t *r, off_t most);

/*
 * token: these return NGX_OK to go on; NGX_DONE when an answer was sent whole; any other code is
 * to finalise with.  _key: of a form its token, of a program its header.  _challenge: that of this
 * location was passed.  _age: the token is old enough.  _replaces: who has just been named may
 * replace what the form says.  _again: the form for people, a problem for programs; key NULL:
 * with a new token.
 */
ngx_int_t ngx_http_gig_intake_key(ngx_http_gig_intake_t *intake, uint32_t row);
ngx_int_t ngx_http_gig_intake_challenge(ngx_http_gig_intake_t *intake, uint32_t row);
ngx_int_t ngx_http_gig_intake_age(ngx_http_gig_intake_t *intake, uint32_t row);
ngx_int_t ngx_http_gig_intake_replaces(ngx_http_gig_intake_t *intake, uint32_t row);
ngx_int_t ngx_http_gig_intake_again(ngx_http_gig_intake_t *intake, uint32_t row,
    ngx_http_gig_form_again_t *again, const char *type, const char *message);

/* Nothing is known of what was only asked for: the answer that says why it is not taken. */
ngx_int_t ngx_http_gig_intake_asked(ngx_http_gig_intake_t *intake, uint32_t row);

/* This form was received before, at first_ms, with other content.  What to finalise with. */
ngx_int_t ngx_http_gig_intake_conflict(ngx_http_gig_intake_t *intake, uint32_t row,
    int64_t first_ms);

/* As ngx_http_gig_refuse_state(), but people get the form back where it may be sent again. */
ngx_int_t ngx_http_gig_intake_refuse(ngx_http_gig_intake_t *intake, uint32_t row,
    gig_state_t state);

/*
 * _shape_post.c: of an application in another system's words.  _digest: the key of one that came
 * without: the same content is the same application.  _saved: its answer, by the headers of ours.
 */
ngx_int_t ngx_http_gig_shape_digest(ngx_http_gig_intake_t *intake);
ngx_int_t ngx_http_gig_shape_saved(ngx_http_gig_intake_t *intake, ngx_http_gig_answer_t *answer);

/*
 * judge: sends the application.  NGX_OK: on its way, and ngx_http_gig_judged()
 * will be called once.  NGX_DECLINED: nothing was sent.
 */
ngx_int_t ngx_http_gig_judge(ngx_http_gig_intake_t *intake);

/*
 * Before the judge is asked: what this host's ledgers say of it.  NGX_DECLINED: nothing, or
 * intake->held; else what to finalise with, or NGX_AGAIN.
 */
ngx_int_t ngx_http_gig_known(ngx_http_gig_intake_t *intake, uint32_t row);

/*
 * On this worker's disk, too, then told: the one place where an acknowledgement is earned.  What
 * to finalise with, or NGX_AGAIN: the disk is waited for, or the signature.
 */
ngx_int_t ngx_http_gig_remember(ngx_http_gig_intake_t *intake);

/*
 * sign: at the end of this turn of the event loop what waits is signed, and each is finalised with
 * what _signed() says; so whoever queues one has NGX_AGAIN.  _cancel: a request that is gone.
 */
void ngx_http_gig_sign_init(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);
void ngx_http_gig_sign(ngx_http_gig_intake_t *intake);
void ngx_http_gig_sign_cancel(ngx_http_gig_intake_t *intake);
ngx_int_t ngx_http_gig_signed(ngx_http_gig_intake_t *intake, const gig_receipts_t *receipts);

/* 503: send it again, here or at another host. */
ngx_int_t ngx_http_gig_not_stored(ngx_http_gig_intake_t *intake);

/*
 * Answers a request that is still there, by the judge's word (verdict NULL: none
 * came).  Returns what to finalise with, or NGX_AGAIN: the disk is waited for, or the signature,
 * and what is to be done after that is.
 */
ngx_int_t ngx_http_gig_judged(ngx_http_gig_intake_t *intake,
    const ngx_http_gig_verdict_t *verdict);


#endif /* _NGX_HTTP_GIG_INTAKE_H_INCLUDED_ */
