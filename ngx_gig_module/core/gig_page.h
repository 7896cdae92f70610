
/*
 * The HTML pages.  Rendered from public JSON (fragments), forms, answers and
 * errors; every text goes through gig_buf_html.  No inline script or style.
 */

#ifndef GIG_PAGE_H
#define GIG_PAGE_H

#include "gig_buf.h"
#include "gig_form.h"
#include "gig_language.h"
#include "gig_layout.h"
#include "gig_query.h"
#include "gig_record.h"
#include "gig_stage.h"

/* What all pages share. */
typedef struct {
    gig_str_t  title;           /* the program's name */
    gig_str_t  about;           /* one sentence under it; may be empty */
    gig_str_t  base;            /* prefix of every link: public_url or the location, ends in "/" */
    gig_str_t  tail;            /* query that each link keeps ("a=1&b=2"), or empty; not escaped */
    gig_str_t  tail_but_lang;   /* the same without a language that was asked for */
    gig_str_t  lang;            /* the tag of that, if one was: it is in tail; else empty */
    const gig_language_t  *words;   /* NULL: English */
    const gig_language_t  *const  *languages;   /* all there are to choose from */
    unsigned   n_languages;
    gig_str_t  style;           /* the style sheet's name below base: "gig-HASH.css" */
    gig_str_t  style_url;       /* address of a second one, the company's; may be empty */
    const gig_layout_t  *layout;    /* the company's frame around the page, or NULL: ours */
    gig_str_t  script;          /* the list's script, likewise: "gig-HASH.js"; may be empty */
    gig_str_t  form_script;     /* and that of the form, and of what goes before and after it */
    int64_t    now;             /* seconds */
    int64_t    now_ms;          /* the same to the millisecond; for pages that are not kept */
    int        stale;           /* the catalog may be out of date: a quiet notice */
} gig_page_t;

/*
 * The list: head, then the cards as they are in the stores, then tail.  Texts are as they
 * were written, not escaped, and all of it is the caller's and outlives the call.
 */
typedef struct {
    gig_str_t  text;
    uint32_t   count;
    int        chosen;          /* its number in query->value, or -1 */
} gig_page_value_t;

typedef struct {
    uint32_t                 n;
    const gig_page_value_t  *value;             /* by count falling; chosen ones too */
} gig_page_facet_t;

typedef struct {
    const gig_query_t  *query;
    uint32_t            total;                  /* gigs that match, on all pages */
    uint32_t            shown;
    gig_str_t           next;                   /* query string of the next page, or empty */
    gig_page_facet_t    facet[GIG_FACETS];      /* n is 0 where there is nothing to choose */
    uint32_t            currencies;             /* that gigs pay in; 0: not known */
    const gig_str_t    *currency;               /* ISO 4217, the most frequent first */
    gig_str_t           suggestion;             /* another q where this one finds nothing */
} gig_page_list_t;

void gig_page_list_head(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out);
void gig_page_list_tail(const gig_page_t *page, const gig_page_list_t *list, gig_buf_t *out);

/*
 * The same cards for a page of somebody else's: head, cards, tail.  _problem: what stands there
 * when there are none to show; title and detail are sentences.
 */
typedef struct {
    const gig_query_t  *query;                  /* NULL with _problem */
    uint32_t            total;
    uint32_t            shown;
    unsigned            style:1;                /* brings the style sheet's link */
    unsigned            icons:1;                /* brings the symbols that icons use */
} gig_page_fragment_t;

void gig_page_fragment_head(const gig_page_t *page, const gig_page_fragment_t *fragment,
    gig_buf_t *out);
void gig_page_fragment_tail(const gig_page_t *page, const gig_page_fragment_t *fragment,
    gig_buf_t *out);
void gig_page_fragment_problem(const gig_page_t *page, const gig_page_fragment_t *fragment,
    const char *title, const char *detail, gig_buf_t *out);

/* One gig.  gig: the detail JSON. zone NULL: UTC. Closed or gone: as below with similar ones. */
typedef struct {
    const json_t      *gig;                     /* in the page's language, gig_i18n_apply() */
    const gig_language_t  *words;               /* the page's */
    gig_state_t        state;
    int64_t            opens_at, closes_at;     /* or GIG_TIME_NONE */
    const gig_zone_t  *zone;
    gig_str_t          source;                  /* for the form to keep; may be empty */
    gig_str_t          slug;                    /* may be empty; plain, as gig_slug.h has it */
} gig_page_gig_t;

void gig_page_gig(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out);

/* The 410 page: head, then cards of similar gigs (may be none: similar = 0), then tail. */
void gig_page_gone_head(const gig_page_t *page, const gig_page_gig_t *gig, uint32_t similar,
    gig_buf_t *out);
void gig_page_gone_tail(const gig_page_t *page, const gig_page_gig_t *gig, uint32_t similar,
    gig_buf_t *out);

/* The form; answers and errors NULL at first. message: a refusal that is of no field, or empty. */
typedef struct {
    const gig_page_gig_t  *gig;
    const gig_form_t      *form;
    const gig_answers_t   *answers;
    const gig_errors_t    *errors;
    gig_str_t              message;
    const char            *key;                 /* the form token */
    unsigned               wait;                /* s until it is old enough to be sent */
    const char            *replaces;            /* `_replaces`: another version is offered; NULL */
    int64_t                first_ms;            /* when that one was received; 0: not known */
} gig_page_form_t;

void gig_page_form(const gig_page_t *page, const gig_page_form_t *form, gig_buf_t *out);

/* The form for self-identification, and what follows it, which is the same for everybody. */
void gig_page_self_id(const gig_page_t *page, const gig_page_form_t *form, gig_buf_t *out);
void gig_page_self_id_thanks(const gig_page_t *page, gig_buf_t *out);

/* The receipt's page. */
typedef struct {
    const char            *token;
    const gig_page_gig_t  *gig;                 /* NULL if the gig is no longer in the image */
    int64_t                received_ms;         /* 0: not known (Redis gone) */
    gig_str_t              seat;                /* reserved, confirmed, waitlisted, over, late, or
                                                   empty */
    int                    known;               /* Redis answered and knows the id */
    int                    delivered;
    int                    withdrawn;
    gig_stages_t           stages;              /* in the system of record */
    const json_t          *onboarding;          /* or NULL: not for this applicant */
    int                    erased;              /* in the system of record, too */
    int                    asked;               /* no: that does not erase, and was asked to */
    int64_t                ledger_keep;         /* seconds that ledgers keep a box; 0: none does */
    int                    confirm_withdraw;    /* ask "withdraw?" with its POST form */
    int                    self_id;             /* the gig offers a form for self-identification */
} gig_page_receipt_t;

void gig_page_receipt(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out);

/* Any other status as a page: 400, 403, 404, 405, 409, 413, 415, 429, 503. */
void gig_page_problem(const gig_page_t *page, unsigned status, const char *title,
    const char *detail, gig_buf_t *out);

/* RFC 9457 JSON. type: the last part of "/problems/TYPE"; errors may be NULL. */
void gig_problem_json(unsigned status, const char *type, const char *title, const char *detail,
    const gig_errors_t *errors, gig_buf_t *out);

/* Style sheet and script, compiled in from web/, and their names with a content hash. */
extern const char gig_css[];
extern const size_t gig_css_len;
extern const char gig_css_name[];               /* "gig-1f2e3d4c.css" */
extern const char gig_js[];
extern const size_t gig_js_len;
extern const char gig_js_name[];                /* "gig-5c4d3e2f.js" */
extern const char gig_form_js[];
extern const size_t gig_form_js_len;
extern const char gig_form_js_name[];           /* "gig-form-0a1b2c3d.js" */
extern const char gig_embed_js[];               /* the element, for pages of others */
extern const size_t gig_embed_js_len;
extern const char gig_embed_js_name[];          /* "embed-2b1c0d3e.js" */

#endif /* GIG_PAGE_H */
