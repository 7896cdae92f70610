
/*
 * A rendered piece of a gig with at most two holes that the writer fills at the
 * request: its address and its state.  Rendered at compile time from the public
 * record; nothing in a fragment depends on the clock, the host or the location.
 */

#ifndef GIG_FRAGMENT_H
#define GIG_FRAGMENT_H

#include "gig_buf.h"
#include "gig_language.h"
#include "gig_record.h"

typedef enum {
    GIG_FRAGMENT_SUMMARY,       /* an element of the list's `gigs`, JSON */
    GIG_FRAGMENT_DETAIL,        /* one gig, JSON: the whole public record */
    GIG_FRAGMENT_CARD,          /* an <li> of the list, HTML */
    GIG_FRAGMENT_PRIVATE,       /* `onboarding`, JSON, never sent; empty if none */
    GIG_FRAGMENTS
} gig_fragment_kind_t;

#define GIG_NO_HOLE         UINT32_MAX

/*
 * Where the holes are: offsets into the fragment's bytes, where the text is to
 * be put in.  url takes the prefix of every link (public_url or the location,
 * ends in "/"); the gig's id follows in the fragment, so that one text fills the
 * holes of a whole list.  It stands inside a JSON string or an href: the writer
 * escapes it once for that.  state takes gig_state_name() in JSON; in a card what
 * gig_fragment_card_state() writes.  If both are there, url comes first.
 */
typedef struct {
    uint32_t url;
    uint32_t state;
} gig_holes_t;

/* zone: of the gig's time_zone, or NULL (then UTC). */
void gig_fragment_render(gig_fragment_kind_t kind, const gig_record_t *gig,
    const gig_zone_t *zone, gig_buf_t *out, gig_holes_t *holes);

/* A gig is closing when it closes within so many seconds. */
#define GIG_CLOSING_SOON    (48 * 3600)

/*
 * A card as a whole, in any language.  gig: a record or what is public of it, after
 * gig_i18n_apply().
 * base and tail (a query, may be empty) make its link with the gig's id.
 */
typedef struct {
    const gig_language_t  *words;
    const json_t          *gig;
    const gig_zone_t      *zone;                /* NULL: UTC */
    int64_t                opens_at, closes_at; /* or GIG_TIME_NONE */
    gig_str_t              base;
    gig_str_t              tail;
    gig_state_t            state;
    int                    closing;
} gig_card_t;

void gig_fragment_card_draw(const gig_card_t *card, gig_buf_t *out);

/* A mark in any language; of a scheduled gig its <p> alone, which the caller goes on with. */
void gig_fragment_mark(const gig_language_t *words, gig_state_t state, int closing, gig_buf_t *out);

/*
 * What fills a card's state hole: its mark, without words that of cards as they are rendered.
 * 1: the card goes on with its own bytes, the time of opening, which a scheduled gig alone tells;
 * 0: the card's end is written, and what is behind the hole is not for it.
 */
int gig_fragment_card_state(const gig_language_t *words, gig_state_t state, int closing,
    gig_buf_t *out);

#endif /* GIG_FRAGMENT_H */
