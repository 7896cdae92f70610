
/*
 * The query string of a list, read and normalised: two spellings of one question
 * give equal structures, so that they share what is kept of its answer.  Unknown
 * names are ignored (campaign tags); a bad value of a known one is an error that
 * names the parameter, the value and what would be right.
 */

#ifndef GIG_QUERY_H
#define GIG_QUERY_H

#include "gig_buf.h"
#include "gig_facet.h"
#include "gig_query_text.h"
#include "gig_time.h"

#define GIG_LIST_MAX                100     /* gigs of a page */
#define GIG_LIST_DEFAULT            20
#define GIG_QUERY_VALUES_MAX        32      /* filter values of all facets together */
#define GIG_QUERY_VALUE_MAX         256     /* bytes of a value, decoded */
#define GIG_QUERY_ARGS_MAX          8192    /* bytes of a query string */
#define GIG_QUERY_STORE             (2 * GIG_QUERY_ARGS_MAX)
#define GIG_QUERY_KEY_MAX           10240   /* no key is longer */

/* What other sites put into the links that lead here, in the order in which one is preferred. */
enum {
    GIG_CAMPAIGN_GREENHOUSE,                /* gh_src */
    GIG_CAMPAIGN_LEVER,                     /* lever-source, lever-source[] */
    GIG_CAMPAIGN_UTM,                       /* utm_source, _medium, _campaign, _term, _content */
    GIG_CAMPAIGN_PARTS = GIG_CAMPAIGN_UTM + 5
};

typedef enum { GIG_LIST_OPEN, GIG_LIST_SCHEDULED, GIG_LIST_ALL } gig_list_state_t;
typedef enum { GIG_SORT_NEWEST, GIG_SORT_CLOSING, GIG_SORT_PAY, GIG_SORT_RELEVANCE } gig_sort_t;
#define GIG_SORTS_STORED            3       /* those an image holds an order of: not relevance */

typedef struct {
    gig_facet_t  facet;
    gig_str_t    text;              /* as given */
    gig_str_t    key;               /* gig_fold() of it; not yet through gig_place_names_key() */
} gig_query_value_t;

/*
 * A place in an order: the last row shown.  For relevance also what its score was made with,
 * so that the scores of the next page are those of this one whatever was published between.
 */
#define GIG_CURSOR_POSTED_MAX       (((int64_t) 1 << GIG_CURSOR_POSTED_BITS) - 1)   /* year 2242 */
#define GIG_CURSOR_POSTED_BITS      33      /* of a score's value: posted_at, as ties go by that */

typedef struct {
    gig_sort_t  sort;
    int64_t     value;              /* posted_at, closes_at, pay; or score and posted_at */
    char        id[41];             /* NUL-terminated */
    uint8_t     n_weights;
    uint16_t    length;             /* mean length of a gig, as the scores took it */
    uint16_t    weight[GIG_QUERY_WORDS_MAX];
} gig_cursor_t;

typedef struct {
    gig_list_state_t   state;
    gig_sort_t         sort;        /* the default put in */
    uint8_t            sorted;      /* given, and not the default */
    uint32_t           limit;
    uint32_t           facets;      /* bits of gig_facet_t wanted */
    int64_t            pay_min;     /* thousandths of a major unit; -1: not asked */
    char               currency[4]; /* upper case, NUL-terminated; "" not asked */
    int32_t            hours_max;   /* -1: not asked */
    int64_t            closes_before, posted_after;     /* seconds, or GIG_TIME_NONE */
    uint8_t            n_values;
    gig_query_value_t  value[GIG_QUERY_VALUES_MAX];     /* by facet, then key; each once */
    gig_str_t          q;           /* as given, trimmed, blanks squeezed; "" not asked */
    gig_query_text_t   text;
    uint8_t            after;       /* a cursor is given */
    gig_str_t          cursor;      /* as given; read by gig_cursor_check() */
    uint8_t            format;      /* 0 not given, 1 json, 2 html */
    uint8_t            withdraw;    /* the receipt page asks for confirmation */
    uint8_t            style;       /* a fragment brings its style sheet; 1 if not asked */
    uint8_t            icons;       /* and the shapes of its icons */
    gig_str_t          lang;        /* tag of the language that pages are wanted in, or empty */
    gig_str_t          source;      /* where a visitor came from, never an error */
    gig_str_t          campaign[GIG_CAMPAIGN_PARTS];    /* what source is made of if not given */
    char               campaign_text[GIG_SOURCE_MAX];
    size_t             used;
    char               store[GIG_QUERY_STORE];          /* what the views above point into */
} gig_query_t;

/*
 * args: the raw query string, at most GIG_QUERY_ARGS_MAX bytes (longer: an error).  list: 0 reads
 * only what means something everywhere: format, withdraw, where a visitor came from.  A value that
 * is empty is one not given: forms send all their fields.  0, or -1 and err->detail: a whole
 * sentence; of the query then format is right, so that the sentence can be told in it, and the
 * rest is not.
 * Allocates nothing and zeroes no store; the query must not be moved afterwards.
 */
int gig_query_read(gig_str_t args, int list, gig_query_t *query, gig_error_t *err);

/*
 * The next NAME=VALUE of a query string, taken off its front; both as they came.  Returns 0 when
 * there is none.
 */
int gig_query_pair(gig_str_t *args, gig_str_t *name, gig_str_t *value);

/*
 * The normal form: all that decides which gigs, in which order, how many, with which facets, and
 * nothing else; bytes for a cache key, not for people.  Returns its length, or 0: does not fit.
 */
size_t gig_query_key(const gig_query_t *query, char *out, size_t size);

/*
 * Writes a query string that asks the same ("q=data&skill=Excel"), percent-encoded, defaults left
 * out, with changes: without value number `without` (-1: with all), without q, with another
 * state or sort (-1: its own), and the cursor given (NULL: none, so page one).
 */
typedef struct {
    int          without;
    int          without_q;
    int          without_ranges;
    int          without_limit;
    int          state, sort;
    const char  *cursor;
} gig_query_change_t;

#define GIG_QUERY_SAME  ((gig_query_change_t) { .without = -1, .state = -1, .sort = -1 })

void gig_query_write(const gig_query_t *query, const gig_query_change_t *change, gig_buf_t *out);

/* What all links of a page keep of its own query: "source=fair", percent-encoded, or nothing. */
void gig_query_tail(const gig_query_t *query, gig_buf_t *out);

const char *gig_list_state_name(gig_list_state_t state);        /* "open", "scheduled", "all" */
const char *gig_sort_name(gig_sort_t sort);                     /* "newest", ... */

#endif /* GIG_QUERY_H */
