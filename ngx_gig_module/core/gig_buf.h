
/*
 * A growing byte buffer with a named limit.  A failure (out of memory, over the
 * limit) sticks: the calls after it do nothing and gig_buf_failed() says so
 * once, at the end, so that renderers need no check a line.
 */

#ifndef GIG_BUF_H
#define GIG_BUF_H

#include <string.h>

#include "gig_base.h"

typedef struct {
    char   *data;               /* owned; not terminated */
    size_t  len;
    size_t  size;
    size_t  limit;              /* bytes */
    int     failed;
} gig_buf_t;

void gig_buf_init(gig_buf_t *b, size_t limit);
void gig_buf_free(gig_buf_t *b);
void gig_buf_reset(gig_buf_t *b);               /* empty again, memory kept */
int gig_buf_failed(const gig_buf_t *b);
void gig_buf_room(gig_buf_t *b, size_t more);   /* makes room ahead, where the length is known */

/* _grow: what _add does when there is no room yet. */
void gig_buf_grow(gig_buf_t *b, const void *data, size_t len);

static inline void
gig_buf_add(gig_buf_t *b, const void *data, size_t len)
{
    if (len == 0 || b->failed || len > b->size - b->len) {
        gig_buf_grow(b, data, len);
        return;
    }

    memcpy(b->data + b->len, data, len);
    b->len += len;
}


/* Its bytes; what is added to it may move them. */

static inline gig_str_t
gig_buf_view(const gig_buf_t *b)
{
    return (gig_str_t) { b->data, b->len };
}


static inline void
gig_buf_str(gig_buf_t *b, gig_str_t s)
{
    gig_buf_add(b, s.data, s.len);
}


static inline void
gig_buf_puts(gig_buf_t *b, const char *s)
{
    gig_buf_add(b, s, strlen(s));
}

void gig_buf_printf(gig_buf_t *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Escapers.  _json writes a quoted JSON string that is also safe inside
 * <script>: < > & U+2028 U+2029 become \uXXXX.  _html is for text and
 * double-quoted attributes.  _uri percent-encodes all but RFC 3986 unreserved.
 */
void gig_buf_json(gig_buf_t *b, gig_str_t s);
void gig_buf_html(gig_buf_t *b, gig_str_t s);
void gig_buf_uri(gig_buf_t *b, gig_str_t s);

/* ,"NAME":VALUE: one more member of a JSON object; an empty text is told as "". */
void gig_buf_member(gig_buf_t *b, const char *name, gig_str_t value);

#endif /* GIG_BUF_H */
