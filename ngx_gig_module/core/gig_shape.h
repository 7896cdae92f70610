
/*
 * What the shapes of other systems' job boards share (gig_greenhouse.h, gig_lever.h): numbers for
 * what has none here, places, plain text.  Equal catalogs give equal bytes: nothing here knows a
 * clock or a host.
 */

#ifndef GIG_SHAPE_H
#define GIG_SHAPE_H

#include "gig_feed.h"

#define GIG_SHAPE_TEXT_MAX      (1024 * 1024)   /* bytes of one text of a gig */
#define GIG_SHAPE_PLACES_MAX    50              /* of one gig */

/*
 * A gig's number, the same on every host: an id that is a number below 2^52 is it, else it is made
 * of the id.  All are below 2^53, so that JavaScript reads them as they are.
 */
uint64_t gig_shape_number(gig_str_t id);

/* The gig with that number, or else that id; GIG_ROW_NONE. */
uint32_t gig_shape_find(const gig_image_t *image, gig_str_t name);

/*
 * The number of a name (of a department, say), from 1 and below 2^31; the same however cased.  0 if
 * it is empty: what has no department is told in one with that number.
 */
uint32_t gig_shape_name(gig_str_t name);

/* A number in decimal digits without needless zeros, below 2^53; 0 or -1. */
int gig_shape_digits(gig_str_t text, uint64_t *number);

/* Percent-decodes into out; what is no escape stays as it is.  Returns how many bytes. */
size_t gig_shape_decode(gig_str_t value, char *out, size_t size);

/* ,"NAME": and what is in value, as one text; value is emptied.  _text: of its HTML. */
void gig_shape_take(const char *name, gig_buf_t *value, gig_buf_t *out);
void gig_shape_take_plain(const char *name, const gig_buf_t *html, gig_buf_t *out);

/* Where the work is, in a line, as the record says it or else as people read it. */
void gig_shape_location(const json_t *location, gig_buf_t *out);

/* Its places, one a call from 0, as people read them; empty: there is no further. */
gig_str_t gig_shape_place(const json_t *location, size_t i, char text[GIG_TEXT_MAX]);

/* BASE ID/SLUG as a JSON string. */
void gig_shape_address(gig_str_t base, const gig_catalog_gig_t *gig, gig_buf_t *out);

/* A time of a gig as a JSON string, in its zone; null if it is none. */
void gig_shape_time(const gig_catalog_gig_t *gig, int64_t seconds, gig_buf_t *out);

#endif /* GIG_SHAPE_H */
