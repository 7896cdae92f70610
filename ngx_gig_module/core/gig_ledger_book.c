#include <stdlib.h>
#include <string.h>

#include "gig_block.h"
#include "gig_ledger_book.h"

#define GIG_BOOK_FIRST          1024u           /* entries there is room for at first */
#define GIG_BOOK_MAX            (1u << 20)      /* more are not taken: nobody settles them */
#define GIG_BOOK_NONE           UINT32_MAX
#define GIG_BOOK_SENDING        INT64_MAX       /* due: not before it is known what became of it */
#define GIG_BOOK_SOON           1000            /* ms: Redis was not there, or has no memory yet */


/* Entries never move within a call; slots and heap hold their numbers. */
struct gig_ledger_book_s {
    gig_ledger_entry_t  *entry;
    uint32_t            *slot;                  /* by id: the first of a chain */
    uint32_t            *heap;                  /* by due, the least on top */
    uint32_t             size;                  /* room of each, a power of two */
    uint32_t             n;                     /* in the heap */
    uint32_t             used;                  /* entries that were ever given out */
    uint32_t             free;                  /* chain of those that came back */
    size_t               live[GIG_LEDGER_SEGMENTS_MAX];
    uint64_t             bytes;                 /* of all frames */
};


static int gig_book_room(gig_ledger_book_t *book);
static int gig_book_insert(gig_ledger_book_t *book, const gig_ledger_entry_t *entry, int64_t due);
static uint32_t gig_book_slot(const gig_ledger_book_t *book, const char *id);
static void gig_book_link(gig_ledger_book_t *book, uint32_t number);
static gig_ledger_entry_t *gig_book_search(gig_ledger_book_t *book, gig_ledger_op_t op,
    const char *id, const char *print);
static void gig_book_due(gig_ledger_book_t *book, uint32_t number, int64_t due);
static void gig_book_up(gig_ledger_book_t *book, uint32_t place);
static void gig_book_down(gig_ledger_book_t *book, uint32_t place);
static void gig_book_swap(gig_ledger_book_t *book, uint32_t a, uint32_t b);


gig_ledger_book_t *
gig_ledger_book_create(void)
{
    gig_ledger_book_t  *book;

    book = calloc(1, sizeof(*book));

    if (book) {
        book->free = GIG_BOOK_NONE;
    }

    return book;
}


void
gig_ledger_book_free(gig_ledger_book_t *book)
{
    if (book == NULL) {
        return;
    }

    gig_block_free(book->entry);
    gig_block_free(book->slot);
    gig_block_free(book->heap);
    free(book);
}


/* Room for one more; the slots are made anew, so that chains stay short. */
static int
gig_book_room(gig_ledger_book_t *book)
{
    void      *entry, *slot, *heap;
    uint32_t   i, size;

    if (book->free != GIG_BOOK_NONE || book->used < book->size) {
        return 0;
    }

    size = book->size ? book->size * 2 : GIG_BOOK_FIRST;

    if (size > GIG_BOOK_MAX) {
        return -1;
    }

    entry = gig_block_alloc(size * sizeof(*book->entry));
    slot = gig_block_alloc(size * sizeof(*book->slot));
    heap = gig_block_alloc(size * sizeof(*book->heap));

    if (entry == NULL || slot == NULL || heap == NULL) {
        gig_block_free(entry);
        gig_block_free(slot);
        gig_block_free(heap);
        return -1;
    }

    if (book->size) {
        memcpy(entry, book->entry, book->size * sizeof(*book->entry));
        memcpy(heap, book->heap, book->size * sizeof(*book->heap));
    }

    gig_block_free(book->entry);
    gig_block_free(book->slot);
    gig_block_free(book->heap);
    book->entry = entry;
    book->slot = slot;
    book->heap = heap;
    book->size = size;
    memset(slot, 0xff, size * sizeof(*book->slot));

    for (i = 0; i < book->n; i++) {
        gig_book_link(book, book->heap[i]);
    }

    return 0;
}


/* Ids are the first bytes of a MAC: nobody chooses where they fall. */
static uint32_t
gig_book_slot(const gig_ledger_book_t *book, const char *id)
{
    return (uint32_t) gig_str_hash((gig_str_t) { id, strlen(id) }) & (book->size - 1);
}


static void
gig_book_link(gig_ledger_book_t *book, uint32_t number)
{
    uint32_t  slot;

    slot = gig_book_slot(book, book->entry[number].id);
    book->entry[number].next = book->slot[slot];
    book->slot[slot] = number;
}


int
gig_ledger_book_add(gig_ledger_book_t *book, const gig_ledger_record_t *record,
    unsigned segment, uint64_t offset, uint32_t len, int64_t now, int *first)
{
    gig_ledger_entry_t   entry, *e;

    e = gig_ledger_book_find(book, record->op, record->id, record->print);
    *first = e == NULL;

    if (e) {
        /* A replay: that it was sent, and perhaps settled, was before it. */

        if (record->replay) {
            e->replay = 1;

            if (now == 0 && !e->sending) {
                gig_book_due(book, (uint32_t) (e - book->entry), 0);
            }
        }

        if (e->seat != GIG_LEDGER_NONE || record->seat == GIG_LEDGER_NONE) {
            return 0;
        }

        /* It was an intent; now it says what was promised: that is to be sent from now on. */

        book->live[e->segment]--;
        e->seat = record->seat;
        e->received_ms = record->received_ms;
        e->segment = segment;
        e->offset = offset;
        e->len = len;
        book->live[segment]++;

        return 0;
    }

    memset(&entry, 0, sizeof(entry));
    entry.op = record->op;
    entry.seat = record->seat;
    memcpy(entry.id, record->id, sizeof(entry.id));
    memcpy(entry.print, record->print, sizeof(entry.print));
    entry.received_ms = record->received_ms;

    if (record->gig.len && record->gig.len < sizeof(entry.gig)) {
        memcpy(entry.gig, record->gig.data, record->gig.len);
    }

    entry.replay = record->replay;
    entry.segment = segment;
    entry.offset = offset;
    entry.len = len;

    return gig_book_insert(book, &entry, now ? now + GIG_LEDGER_RESEND : 0);
}


int
gig_ledger_book_put(gig_ledger_book_t *book, const gig_ledger_entry_t *entry)
{
    gig_ledger_entry_t  *e;

    e = gig_ledger_book_find(book, entry->op, entry->id, entry->print);

    if (e == NULL) {
        return gig_book_insert(book, entry, 0);
    }

    e->replay |= entry->replay;
    e->at_ms = e->at_ms > entry->at_ms ? e->at_ms : entry->at_ms;

    return 0;
}


static int
gig_book_insert(gig_ledger_book_t *book, const gig_ledger_entry_t *entry, int64_t due)
{
    uint32_t             number;
    gig_ledger_entry_t  *e;

    if (gig_book_room(book) != 0) {
        return -1;
    }

    if (book->free != GIG_BOOK_NONE) {
        number = book->free;
        book->free = book->entry[number].next;

    } else {
        number = book->used++;
    }

    e = &book->entry[number];
    *e = *entry;
    e->delay = GIG_LEDGER_RESEND;
    e->due = due;
    e->sending = 0;

    book->live[e->segment]++;
    book->bytes += e->len;
    gig_book_link(book, number);
    e->place = book->n;
    book->heap[book->n++] = number;
    gig_book_up(book, e->place);

    return 0;
}


gig_ledger_entry_t *
gig_ledger_book_at(gig_ledger_book_t *book, size_t number)
{
    return &book->entry[book->heap[number]];
}


gig_ledger_entry_t *
gig_ledger_book_find(gig_ledger_book_t *book, gig_ledger_op_t op, const char *id,
    const char *print)
{
    /* A withdrawal is one, whatever was known of what it withdraws. */

    return gig_book_search(book, op, id, op == GIG_LEDGER_WITHDRAW ? NULL : print);
}


gig_ledger_entry_t *
gig_ledger_book_id(gig_ledger_book_t *book, const char *id)
{
    return gig_book_search(book, GIG_LEDGER_APPLY, id, NULL);
}


/* print NULL: any. */
static gig_ledger_entry_t *
gig_book_search(gig_ledger_book_t *book, gig_ledger_op_t op, const char *id, const char *print)
{
    uint32_t             i;
    gig_ledger_entry_t  *e;

    if (book->n == 0) {
        return NULL;
    }

    for (i = book->slot[gig_book_slot(book, id)]; i != GIG_BOOK_NONE; i = e->next) {
        e = &book->entry[i];

        if (e->op == op && strcmp(e->id, id) == 0
            && (print == NULL || strcmp(e->print, print) == 0))
        {
            return e;
        }
    }

    return NULL;
}


int
gig_ledger_book_tick(gig_ledger_book_t *book, gig_ledger_op_t op, const char *id,
    const char *print, gig_ledger_entry_t *entry)
{
    uint32_t             number, place, *link;
    gig_ledger_entry_t  *e;

    e = gig_ledger_book_find(book, op, id, print);

    if (e == NULL) {
        return 0;
    }

    *entry = *e;
    number = (uint32_t) (e - book->entry);
    link = &book->slot[gig_book_slot(book, id)];

    while (*link != number) {
        link = &book->entry[*link].next;
    }

    *link = e->next;
    place = e->place;
    book->n--;

    if (place != book->n) {
        book->heap[place] = book->heap[book->n];
        book->entry[book->heap[place]].place = place;
        gig_book_down(book, place);
        gig_book_up(book, place);
    }

    book->live[e->segment]--;
    book->bytes -= e->len;
    e->next = book->free;
    book->free = number;

    return 1;
}


gig_ledger_entry_t *
gig_ledger_book_due(gig_ledger_book_t *book, int64_t now)
{
    gig_ledger_entry_t  *e;

    if (book->n == 0) {
        return NULL;
    }

    e = &book->entry[book->heap[0]];

    if (e->due > now) {
        return NULL;
    }

    e->sending = 1;
    gig_book_due(book, book->heap[0], GIG_BOOK_SENDING);

    return e;
}


void
gig_ledger_book_sent(gig_ledger_book_t *book, gig_ledger_entry_t *entry, int reached, int64_t now)
{
    int64_t  due;

    entry->sending = 0;

    if (reached) {
        due = now + entry->delay;
        entry->delay = entry->delay * 2 < GIG_LEDGER_RESEND_MAX ? entry->delay * 2
                                                                : GIG_LEDGER_RESEND_MAX;

    } else {
        due = now + GIG_BOOK_SOON;
    }

    gig_book_due(book, (uint32_t) (entry - book->entry), due);
}


/* What is being sent now may have gone to the Redis that was: it comes again as well. */
void
gig_ledger_book_again(gig_ledger_book_t *book, int64_t now)
{
    uint32_t  i;

    /* All the same: any order is a heap. */

    for (i = 0; i < book->n; i++) {
        book->entry[book->heap[i]].due = now;
        book->entry[book->heap[i]].delay = GIG_LEDGER_RESEND;
        book->entry[book->heap[i]].sending = 0;
    }
}


size_t
gig_ledger_book_gap(const gig_ledger_book_t *book)
{
    return book->n;
}


uint64_t
gig_ledger_book_bytes(const gig_ledger_book_t *book)
{
    return book->bytes;
}


size_t
gig_ledger_book_live(const gig_ledger_book_t *book, unsigned segment)
{
    return book->live[segment];
}


size_t
gig_ledger_book_older(const gig_ledger_book_t *book, int64_t received_ms)
{
    size_t    older = 0;
    uint32_t  i;

    for (i = 0; i < book->n; i++) {
        older += book->entry[book->heap[i]].received_ms < received_ms;
    }

    return older;
}


static void
gig_book_due(gig_ledger_book_t *book, uint32_t number, int64_t due)
{
    gig_ledger_entry_t  *e = &book->entry[number];

    e->due = due;
    gig_book_down(book, e->place);
    gig_book_up(book, e->place);
}


static void
gig_book_up(gig_ledger_book_t *book, uint32_t place)
{
    uint32_t  parent;

    for ( /* void */ ; place > 0; place = parent) {
        parent = (place - 1) / 2;

        if (book->entry[book->heap[parent]].due <= book->entry[book->heap[place]].due) {
            break;
        }

        gig_book_swap(book, parent, place);
    }
}


static void
gig_book_down(gig_ledger_book_t *book, uint32_t place)
{
    uint32_t  child;

    for ( /* void */ ; place * 2 + 1 < book->n; place = child) {
        child = place * 2 + 1;

        if (child + 1 < book->n
            && book->entry[book->heap[child + 1]].due < book->entry[book->heap[child]].due)
        {
            child++;
        }

        if (book->entry[book->heap[place]].due <= book->entry[book->heap[child]].due) {
            break;
        }

        gig_book_swap(book, place, child);
    }
}


static void
gig_book_swap(gig_ledger_book_t *book, uint32_t a, uint32_t b)
{
    uint32_t  number = book->heap[a];

    book->heap[a] = book->heap[b];
    book->heap[b] = number;
    book->entry[book->heap[a]].place = a;
    book->entry[number].place = b;
}
