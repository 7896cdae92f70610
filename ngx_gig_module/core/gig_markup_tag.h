
/* What the cleaner (gig_markup.c) and gig_markup_text.c share. */

#ifndef GIG_MARKUP_TAG_H
#define GIG_MARKUP_TAG_H

#include "gig_buf.h"


/* What a tag is to the cleaner. */

typedef enum {
    GIG_MARKUP_DROP,              /* the tag goes, its text stays */
    GIG_MARKUP_SPACE,             /* likewise, but a blank keeps words apart */
    GIG_MARKUP_RAW,               /* goes with all that is in it */
    GIG_MARKUP_VOID,              /* br */
    GIG_MARKUP_INLINE,
    GIG_MARKUP_LEAF,              /* holds inline tags only: p h3 h4 pre */
    GIG_MARKUP_CONTAINER,         /* holds blocks: blockquote ul ol li */
} gig_markup_kind_t;

typedef struct {
    const char       *name;
    const char       *as;       /* what is written */
    gig_markup_kind_t   kind;
} gig_markup_tag_t;


/* The tag of that name in any case; one of kind GIG_MARKUP_SPACE if it is not known. */
const gig_markup_tag_t *gig_markup_tag(gig_str_t name);

/*
 * Reads one character of text, a reference counted as what it stands for, and
 * returns its bytes.  What may not be in a text (controls, bidi overrides,
 * malformed bytes) is read as U+FFFD.
 */
size_t gig_markup_character(gig_str_t s, uint32_t *code);

/* Writes a character escaped. */
void gig_markup_text_add(gig_buf_t *out, uint32_t code);

/* 1 if it is white space of HTML. */
int gig_markup_blank(char c);

#endif /* GIG_MARKUP_TAG_H */
