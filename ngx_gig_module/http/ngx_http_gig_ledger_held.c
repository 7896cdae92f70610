
/*
 * What a worker holds in its ledger its siblings know by a hash, from the board's shared memory:
 * the same submission may come to any of them.
 */

#include "ngx_http_gig_ledger_parts.h"
#include "ngx_http_gig_shm.h"


/* Id and print are parts of MACs: nobody chooses where they fall.  A withdrawal has no print. */

static uint64_t
ngx_http_gig_ledger_place(const char *id)
{
    return gig_str_hash((gig_str_t) { id, ngx_strlen(id) });
}


static uint64_t
ngx_http_gig_ledger_key(uint64_t place, gig_ledger_op_t op, const char *print)
{
    uint64_t  key;

    key = place;

    if (op == GIG_LEDGER_APPLY) {
        key = key * 31 + gig_str_hash((gig_str_t) { print, ngx_strlen(print) });
    }

    key += op;

    return key ? key : 1;
}


void
ngx_http_gig_ledger_tell(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print, gig_ledger_seat_t seat, int64_t received_ms)
{
    uint64_t  place, key, value;

    place = ngx_http_gig_ledger_place(id);
    value = (uint64_t) received_ms * NGX_HTTP_GIG_LEDGER_SEATS + seat;

    ngx_http_gig_held_set(ledger->board, place, ngx_http_gig_ledger_key(place, op, print), value);

    /* the first of an id also under the id alone: other content is a conflict everywhere */

    key = ngx_http_gig_ledger_key(place, GIG_LEDGER_APPLY, "");

    if (op == GIG_LEDGER_APPLY && ngx_http_gig_held(ledger->board, place, key) == 0) {
        ngx_http_gig_held_set(ledger->board, place, key, value);
    }
}


void
ngx_http_gig_ledger_untell(ngx_http_gig_ledger_t *ledger, gig_ledger_op_t op, const char *id,
    const char *print)
{
    uint64_t  place;

    place = ngx_http_gig_ledger_place(id);
    ngx_http_gig_held_clear(ledger->board, place, ngx_http_gig_ledger_key(place, op, print));

    if (op == GIG_LEDGER_APPLY) {
        ngx_http_gig_held_clear(ledger->board, place, ngx_http_gig_ledger_key(place, op, ""));
    }
}


ngx_uint_t
ngx_http_gig_ledger_elsewhere(ngx_http_gig_ledger_t *ledger, const gig_ledger_record_t *record,
    gig_ledger_seat_t *seat, int64_t *received_ms)
{
    uint64_t  place, value;

    place = ngx_http_gig_ledger_place(record->id);
    value = ngx_http_gig_held(ledger->board, place,
                              ngx_http_gig_ledger_key(place, record->op, record->print));

    *seat = (gig_ledger_seat_t) (value % NGX_HTTP_GIG_LEDGER_SEATS);
    *received_ms = (int64_t) (value / NGX_HTTP_GIG_LEDGER_SEATS);

    return value != 0 && *seat < GIG_LEDGER_SEATS;
}
