
#include <string.h>

#include "gig_ledger_content.h"


static int gig_ledger_content_frame(gig_ledger_content_t *content,
    const gig_ledger_record_t *record);
static int gig_ledger_content_tick(gig_ledger_content_t *content,
    const gig_ledger_record_t *record);


int
gig_ledger_content_read(gig_ledger_content_t *content, gig_str_t bytes, uint64_t segment)
{
    gig_ledger_record_t  record;

    memset(content, 0, sizeof(*content));
    gig_ledger_scan_init(&content->scan, bytes, segment);

    content->open = gig_ledger_book_create();
    content->ticked = gig_ledger_book_create();

    if (content->open == NULL || content->ticked == NULL) {
        return -1;
    }

    while (gig_ledger_scan_next(&content->scan, &record)) {
        if (gig_ledger_content_frame(content, &record) != 0) {
            return -1;
        }
    }

    return 0;
}


void
gig_ledger_content_free(gig_ledger_content_t *content)
{
    gig_ledger_book_free(content->open);
    gig_ledger_book_free(content->ticked);
    content->open = NULL;
    content->ticked = NULL;
}


static int
gig_ledger_content_frame(gig_ledger_content_t *content, const gig_ledger_record_t *record)
{
    int                 first;
    gig_ledger_scan_t  *scan = &content->scan;
    gig_ledger_entry_t  entry;

    switch (record->kind) {

    case GIG_LEDGER_RECORD:
        content->records++;
        return gig_ledger_book_add(content->open, record, 0, scan->at,
                                   (uint32_t) (scan->end - scan->at), 0, &first);

    case GIG_LEDGER_TICK:
        return gig_ledger_content_tick(content, record);

    case GIG_LEDGER_MOVED:
        (void) gig_ledger_book_tick(content->open, record->op, record->id, record->print, &entry);
        (void) gig_ledger_book_tick(content->ticked, record->op, record->id, record->print,
                                    &entry);
        return 0;

    case GIG_LEDGER_REPLAY:
        return gig_ledger_content_replay(content, record->id, record->at_ms);
    }

    return 0;
}


static int
gig_ledger_content_tick(gig_ledger_content_t *content, const gig_ledger_record_t *record)
{
    gig_ledger_entry_t  entry;

    if (record->at_ms > content->last_tick) {
        content->last_tick = record->at_ms;
    }

    if (!gig_ledger_book_tick(content->open, record->op, record->id, record->print, &entry)) {
        return 0;
    }

    entry.at_ms = record->at_ms;
    entry.replay = 0;

    return gig_ledger_book_put(content->ticked, &entry);
}


int
gig_ledger_content_replay(gig_ledger_content_t *content, const char *nonce, int64_t since_ms)
{
    size_t               i;
    gig_ledger_entry_t  *e, entry;

    (void) memccpy(content->replay, nonce, '\0', sizeof(content->replay) - 1);

    for (i = 0; i < gig_ledger_book_gap(content->open); i++) {
        gig_ledger_book_at(content->open, i)->replay = 1;
    }

    /* From the end: what takes the place of one that goes was looked at. */

    for (i = gig_ledger_book_gap(content->ticked); i-- > 0; /* void */ ) {
        e = gig_ledger_book_at(content->ticked, i);

        if (e->at_ms < since_ms
            || !gig_ledger_book_tick(content->ticked, e->op, e->id, e->print, &entry))
        {
            continue;
        }

        entry.replay = 1;

        if (gig_ledger_book_put(content->open, &entry) != 0) {
            return -1;
        }
    }

    return 0;
}
