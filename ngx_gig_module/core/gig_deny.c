#include <string.h>

#include "gig_bits.h"
#include "gig_deny.h"
#include "gig_image_format.h"


static void gig_deny_add(gig_deny_t *deny, gig_str_t id);
static gig_str_t gig_deny_line(gig_str_t *text);


int
gig_deny_read(gig_str_t text, gig_deny_t *deny, gig_error_t *err)
{
    int        rc = 0;
    unsigned   number;
    gig_str_t  line;

    deny->n = 0;
    deny->hash = 0;

    for (number = 1; text.len > 0; number++) {
        line = gig_deny_line(&text);

        if (line.len == 0) {
            continue;
        }

        if (gig_id_valid(line) && deny->n < GIG_DENY_MAX) {
            gig_deny_add(deny, line);
            continue;
        }

        if (rc == 0) {
            rc = gig_id_valid(line)
                 ? gig_error_set(err, "", "line %u: more than %d ids", number, GIG_DENY_MAX)
                 : gig_error_set(err, "", "line %u is no id of a gig: it must be 1 to %d of A-Z "
                                 "a-z 0-9 _ -, and nothing else but a # and what you like",
                                 number, GIG_ID_MAX);
        }
    }

    return rc;
}


/* The hash is the same for any order, and for an id given twice. */
static void
gig_deny_add(gig_deny_t *deny, gig_str_t id)
{
    uint32_t  i;

    for (i = 0; i < deny->n; i++) {
        if (gig_str_is(id, deny->id[i])) {
            return;
        }
    }

    memcpy(deny->id[deny->n], id.data, id.len);
    deny->id[deny->n++][id.len] = '\0';
    deny->hash += gig_str_hash(id) | 1;
}


/* The next line without comment and blanks around it. */
static gig_str_t
gig_deny_line(gig_str_t *text)
{
    const char  *end, *comment;
    gig_str_t    line;

    end = memchr(text->data, '\n', text->len);
    line = (gig_str_t) { text->data, end ? (size_t) (end - text->data) : text->len };
    text->data += line.len + (end != NULL);
    text->len -= line.len + (end != NULL);

    comment = line.len ? memchr(line.data, '#', line.len) : NULL;
    line.len = comment ? (size_t) (comment - line.data) : line.len;

    while (line.len > 0 && strchr(" \t\r", line.data[line.len - 1]) != NULL) {
        line.len--;
    }

    while (line.len > 0 && strchr(" \t", *line.data) != NULL) {
        line.data++;
        line.len--;
    }

    return line;
}


void
gig_deny_rows(const gig_deny_t *deny, const gig_image_t *image, uint64_t *rows)
{
    uint32_t  i, row;

    memset(rows, 0, gig_disk_words(image->rows) * sizeof(*rows));

    for (i = 0; i < deny->n; i++) {
        row = gig_image_find(image, (gig_str_t) { deny->id[i], strlen(deny->id[i]) });

        if (row < image->rows) {
            gig_bits_set(rows, row);
        }
    }
}
