
#include "ngx_http_gig_keeper_parts.h"

#include <sys/mman.h>


/*
 * Chunks come from mmap and go back by munmap: a full load may take as much
 * memory as the catalog for a moment, and the worker must not keep it.
 */

#define NGX_HTTP_GIG_CHUNK  (1024 * 1024)

struct ngx_http_gig_chunk_s {
    struct ngx_http_gig_chunk_s  *next;
    size_t                        size;
    size_t                        used;
};


static char *ngx_http_gig_changes_copy(ngx_http_gig_changes_t *changes, gig_str_t bytes);
static int ngx_http_gig_changes_grow(ngx_http_gig_changes_t *changes);
static int ngx_http_gig_changes_index(ngx_http_gig_changes_t *changes);
static size_t ngx_http_gig_changes_slot(ngx_http_gig_changes_t *changes, ngx_uint_t form,
    gig_str_t id);
static void *ngx_http_gig_map(size_t size);


static void *
ngx_http_gig_map(size_t size)
{
    void  *p;

    p = mmap(NULL, size, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}


static char *
ngx_http_gig_changes_copy(ngx_http_gig_changes_t *changes, gig_str_t bytes)
{
    char                         *p;
    size_t                        size;
    struct ngx_http_gig_chunk_s  *chunk;

    chunk = changes->chunks;

    if (chunk == NULL || chunk->size - chunk->used < bytes.len) {

        size = ngx_max(NGX_HTTP_GIG_CHUNK, bytes.len + sizeof(*chunk));
        chunk = ngx_http_gig_map(size);

        if (chunk == NULL) {
            return NULL;
        }

        chunk->size = size;
        chunk->used = sizeof(*chunk);
        chunk->next = changes->chunks;
        changes->chunks = chunk;
    }

    p = (char *) chunk + chunk->used;
    ngx_memcpy(p, bytes.len ? bytes.data : "", bytes.len);
    chunk->used += bytes.len;
    changes->bytes += bytes.len;

    return p;
}


static int
ngx_http_gig_changes_grow(ngx_http_gig_changes_t *changes)
{
    size_t                  size;
    ngx_http_gig_change_t  *elts;

    if (changes->n < changes->size) {
        return 0;
    }

    size = changes->size ? changes->size * 2 : 1024;
    elts = ngx_http_gig_map(size * sizeof(ngx_http_gig_change_t));

    if (elts == NULL) {
        return -1;
    }

    if (changes->elts) {
        ngx_memcpy(elts, changes->elts, changes->n * sizeof(ngx_http_gig_change_t));
        (void) munmap(changes->elts, changes->size * sizeof(ngx_http_gig_change_t));
    }

    changes->elts = elts;
    changes->size = size;

    return 0;
}


ngx_http_gig_change_t *
ngx_http_gig_changes_append(ngx_http_gig_changes_t *changes, ngx_uint_t form, gig_str_t id,
    size_t max)
{
    ngx_http_gig_change_t  *change;

    if (changes->n >= max || ngx_http_gig_changes_grow(changes) != 0) {
        return NULL;
    }

    change = &changes->elts[changes->n];
    ngx_memzero(change, sizeof(ngx_http_gig_change_t));

    change->id.data = ngx_http_gig_changes_copy(changes, id);
    change->id.len = id.len;
    change->form = form ? 1 : 0;

    if (change->id.data == NULL) {
        return NULL;
    }

    changes->n++;

    return change;
}


static size_t
ngx_http_gig_changes_slot(ngx_http_gig_changes_t *changes, ngx_uint_t form, gig_str_t id)
{
    size_t                  i;
    ngx_http_gig_change_t  *change;

    i = ngx_crc32_short((u_char *) id.data, id.len) + form;

    for ( ;; i++) {
        i &= changes->n_slots - 1;

        if (changes->slots[i] == 0) {
            return i;
        }

        change = &changes->elts[changes->slots[i] - 1];

        if (change->form == form && gig_str_eq(change->id, id)) {
            return i;
        }
    }
}


/* Keeps the table at most half full. */

static int
ngx_http_gig_changes_index(ngx_http_gig_changes_t *changes)
{
    size_t                  i, old;
    ngx_http_gig_change_t  *change;

    old = changes->n_slots;

    if (changes->slots && 2 * (changes->n + 1) <= old) {
        return 0;
    }

    if (changes->slots) {
        (void) munmap(changes->slots, old * sizeof(uint32_t));
    }

    changes->n_slots = old ? old * 2 : 1024;
    changes->slots = ngx_http_gig_map(changes->n_slots * sizeof(uint32_t));

    if (changes->slots == NULL) {
        changes->n_slots = 0;
        return -1;
    }

    for (i = 0; i < changes->n; i++) {
        change = &changes->elts[i];
        changes->slots[ngx_http_gig_changes_slot(changes, change->form, change->id)] =
            (uint32_t) i + 1;
    }

    return 0;
}


ngx_http_gig_change_t *
ngx_http_gig_changes_add(ngx_http_gig_changes_t *changes, ngx_uint_t form, gig_str_t id,
    size_t max)
{
    size_t                  slot;
    ngx_http_gig_change_t  *change;

    if (ngx_http_gig_changes_index(changes) != 0) {
        return NULL;
    }

    slot = ngx_http_gig_changes_slot(changes, form, id);

    if (changes->slots[slot]) {
        return &changes->elts[changes->slots[slot] - 1];
    }

    change = ngx_http_gig_changes_append(changes, form, id, max);

    if (change) {
        changes->slots[slot] = (uint32_t) changes->n;
    }

    return change;
}


int
ngx_http_gig_changes_json(ngx_http_gig_changes_t *changes, ngx_http_gig_change_t *change,
    gig_str_t json)
{
    change->json.data = ngx_http_gig_changes_copy(changes, json);
    change->json.len = json.len;

    return change->json.data ? 0 : -1;
}


void
ngx_http_gig_changes_clear(ngx_http_gig_changes_t *changes)
{
    struct ngx_http_gig_chunk_s  *chunk, *next;

    for (chunk = changes->chunks; chunk; chunk = next) {
        next = chunk->next;
        (void) munmap(chunk, chunk->size);
    }

    if (changes->elts) {
        (void) munmap(changes->elts, changes->size * sizeof(ngx_http_gig_change_t));
    }

    if (changes->slots) {
        (void) munmap(changes->slots, changes->n_slots * sizeof(uint32_t));
    }

    ngx_memzero(changes, sizeof(ngx_http_gig_changes_t));
}
