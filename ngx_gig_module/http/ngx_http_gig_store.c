
#include "ngx_http_gig_store.h"
#include "ngx_http_gig_files.h"

#include <sys/mman.h>


#define NGX_HTTP_GIG_STORE_GROWTH   (16 * 1024 * 1024)  /* address space a store may grow into */


static ngx_http_gig_checked_t *ngx_http_gig_store_checked(ngx_http_gig_stores_t *stores,
    ngx_http_gig_store_t *store, uint64_t offset);


void
ngx_http_gig_stores_init(ngx_http_gig_stores_t *stores, ngx_log_t *log)
{
    ngx_memzero(stores, sizeof(ngx_http_gig_stores_t));
    ngx_queue_init(&stores->queue);
    stores->log = log;
}


ngx_http_gig_store_t *
ngx_http_gig_store_map(ngx_http_gig_stores_t *stores, int folder, const gig_store_t *wanted,
    gig_error_t *err)
{
    char                   name[NGX_HTTP_GIG_FILE_NAME];
    int64_t                size;
    ngx_queue_t           *q;
    ngx_http_gig_store_t  *store;

    ngx_http_gig_files_store(wanted->keeper, wanted->number, name);
    size = ngx_http_gig_files_size(folder, name);

    for (q = ngx_queue_head(&stores->queue);
         q != ngx_queue_sentinel(&stores->queue);
         q = ngx_queue_next(q))
    {
        store = ngx_queue_data(q, ngx_http_gig_store_t, queue);

        if (store->keeper != wanted->keeper || store->number != wanted->number
            || wanted->size > store->mapped)
        {
            continue;
        }

        if (wanted->size > store->bytes.len) {

            /* Touching a page that the file does not have is SIGBUS: only what is there. */

            if (size < 0 || (uint64_t) size < wanted->size) {
                break;
            }

            store->bytes.len = (size_t) wanted->size;
        }

        store->refs++;
        return store;
    }

    if (size < 0 || (uint64_t) size < wanted->size) {
        (void) gig_error_set(err, "", "%s is missing or cut", name);
        return NULL;
    }

    store = ngx_calloc(sizeof(ngx_http_gig_store_t), stores->log);
    if (store == NULL) {
        (void) gig_error_set(err, "", "out of memory");
        return NULL;
    }

    if (ngx_http_gig_files_map(folder, name, NGX_HTTP_GIG_STORE_GROWTH, &store->bytes,
                               &store->mapped, err)
        != 0)
    {
        ngx_free(store);
        return NULL;
    }

    if (store->bytes.len < wanted->size) {
        (void) gig_error_set(err, "", "%s is cut", name);
        (void) munmap((void *) store->bytes.data, store->mapped);
        ngx_free(store);
        return NULL;
    }

    if (++stores->serial == 0) {
        /* What is remembered of the serials before the wrap must not be taken for theirs. */
        ngx_memzero(stores->checked, sizeof(stores->checked));
        stores->serial = 1;
    }

    store->keeper = wanted->keeper;
    store->number = wanted->number;
    store->serial = stores->serial;
    store->bytes.len = (size_t) wanted->size;
    store->refs = 1;

    ngx_queue_insert_head(&stores->queue, &store->queue);

    return store;
}


void
ngx_http_gig_store_release(ngx_http_gig_store_t *store)
{
    if (--store->refs) {
        return;
    }

    ngx_queue_remove(&store->queue);
    (void) munmap((void *) store->bytes.data, store->mapped);
    ngx_free(store);
}


static ngx_http_gig_checked_t *
ngx_http_gig_store_checked(ngx_http_gig_stores_t *stores, ngx_http_gig_store_t *store,
    uint64_t offset)
{
    uint64_t  hash;

    hash = (offset ^ ((uint64_t) store->serial << 40)) * 0x9e3779b97f4a7c15u;

    return &stores->checked[(hash >> 32) & (NGX_HTTP_GIG_CHECKED - 1)];
}


gig_str_t
ngx_http_gig_store_fragment(ngx_http_gig_stores_t *stores, ngx_http_gig_store_t *store,
    const gig_place_t *place)
{
    gig_str_t                bytes;
    ngx_uint_t               known;
    ngx_http_gig_checked_t  *checked;

    checked = ngx_http_gig_store_checked(stores, store, place->offset);

    known = checked->serial == store->serial && checked->offset == place->offset
            && checked->len == place->len;

    bytes = gig_place_bytes(place, store->bytes, !known);

    if (bytes.data != NULL && !known) {
        checked->serial = store->serial;
        checked->offset = place->offset;
        checked->len = place->len;
    }

    return bytes;
}
