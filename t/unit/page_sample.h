
/* What the samples of pages share: records from standard input, cards, files in a folder. */

#ifndef PAGE_SAMPLE_H
#define PAGE_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_fragment.h"
#include "gig_page.h"

#define SAMPLES_MAX     64
#define PAGE_MAX        (4 * 1024 * 1024)


/* Reads JSON lines; how many.  What is wrong ends the program. */

static inline size_t
sample_read(gig_record_t gigs[SAMPLES_MAX])
{
    char          *line = NULL;
    size_t         n, size = 0;
    ssize_t        len;
    gig_errors_t   errors;

    for (n = 0; n < SAMPLES_MAX && (len = getline(&line, &size, stdin)) > 0; n++) {
        memset(&errors, 0, sizeof(errors));

        if (gig_record_read((gig_str_t) { line, (size_t) len }, &gigs[n], &errors) != 0) {
            (void) fprintf(stderr, "record %zu: %s: %s\n", n + 1, errors.error[0].pointer,
                           errors.error[0].detail);
            exit(1);
        }
    }

    free(line);

    if (n == 0) {
        (void) fprintf(stderr, "no record\n");
        exit(1);
    }

    return n;
}


static inline void
sample_write(const char *folder, const char *name, gig_buf_t *html)
{
    char   path[1024];
    FILE  *file;

    (void) snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");

    if (file == NULL || gig_buf_failed(html) || fwrite(html->data, 1, html->len, file) != html->len)
    {
        perror(path);
        exit(1);
    }

    (void) fclose(file);
    gig_buf_free(html);
}


/* zone: or NULL. */

static inline void
sample_card(const gig_page_t *page, const gig_record_t *gig, const gig_zone_t *zone,
    gig_state_t state, int closing, gig_buf_t *out)
{
    gig_buf_t    card;
    gig_holes_t  holes;

    gig_buf_init(&card, PAGE_MAX);
    gig_fragment_render(GIG_FRAGMENT_CARD, gig, zone, &card, &holes);

    gig_buf_add(out, card.data, holes.url);
    gig_buf_str(out, page->base);
    gig_buf_add(out, card.data + holes.url, holes.state - holes.url);

    if (gig_fragment_card_state(NULL, state, closing, out)) {
        gig_buf_add(out, card.data + holes.state, card.len - holes.state);
    }

    gig_buf_free(&card);
}

#endif /* PAGE_SAMPLE_H */
