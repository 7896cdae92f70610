
/*
 * The response cache of a worker: whole bodies with their ETag.  All entries
 * belong to one view of the catalog and one time slice (nothing shown changes
 * within it by the clock), so a new one of either simply empties it.  Least
 * recently used goes first when cache_size is reached.
 */

#include "ngx_http_gig_response.h"

#include <sodium.h>


#define NGX_HTTP_GIG_CACHE_BUCKETS  4096        /* a power of two */
#define NGX_HTTP_GIG_CACHE_PART     8           /* an entry may take this part of cache_size */


typedef struct ngx_http_gig_entry_s  ngx_http_gig_entry_t;

struct ngx_http_gig_entry_s {
    ngx_queue_t                queue;           /* newest use first */
    ngx_http_gig_entry_t      *next;            /* in its bucket */
    uint64_t                   hash;
    ngx_http_gig_bytes_t      *bytes;
    size_t                     size;
    size_t                     len;             /* of the key, which follows */
    u_char                     key[1];
};

struct ngx_http_gig_cache_s {
    ngx_queue_t                queue;
    size_t                     size, max;
    ngx_uint_t                 entries;
    ngx_uint_t                 serial;          /* of the view; 0: none yet */
    ngx_uint_t                 stale;
    int64_t                    from, until;
    uint64_t                   epoch;           /* counts views and slices */
    unsigned char              seed[crypto_shorthash_KEYBYTES];
    ngx_http_gig_entry_t      *bucket[NGX_HTTP_GIG_CACHE_BUCKETS];
};


static void ngx_http_gig_cache_empty(ngx_http_gig_cache_t *cache);
static void ngx_http_gig_cache_drop(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *entry);
static uint64_t ngx_http_gig_cache_hash(ngx_http_gig_cache_t *cache, u_char *key, size_t len);


ngx_http_gig_cache_t *
ngx_http_gig_cache_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_http_gig_cache_t  *cache;

    cache = ngx_calloc(sizeof(ngx_http_gig_cache_t), cycle->log);
    if (cache == NULL) {
        return NULL;
    }

    ngx_queue_init(&cache->queue);
    cache->max = board->cache_size;

    /* keys come from requests: the seed keeps strangers from choosing buckets */
    randombytes_buf(cache->seed, sizeof(cache->seed));

    return cache;
}


void
ngx_http_gig_cache_destroy(ngx_http_gig_cache_t *cache)
{
    ngx_http_gig_cache_empty(cache);
    ngx_free(cache);
}


void
ngx_http_gig_cache_turn(ngx_http_gig_cache_t *cache, ngx_http_gig_ctx_t *ctx)
{
    if (cache->serial == ctx->view->serial && cache->stale == ctx->stale
        && cache->from <= ctx->now && ctx->now < cache->until)
    {
        return;
    }

    ngx_http_gig_cache_empty(cache);

    cache->epoch++;
    cache->serial = ctx->view->serial;
    cache->stale = ctx->stale;

    gig_image_slice(&ctx->view->image, ctx->now, &cache->from, &cache->until);
}


int64_t
ngx_http_gig_cache_until(ngx_http_gig_cache_t *cache)
{
    return cache->until;
}


uint64_t
ngx_http_gig_cache_epoch(ngx_http_gig_cache_t *cache)
{
    return cache->epoch;
}


u_char *
ngx_http_gig_cache_key(ngx_http_gig_ctx_t *ctx, u_char *key)
{
    *key++ = (u_char) ('A' + ctx->route);
    *key++ = (u_char) ('A' + ctx->format);

    /* one address of the base a location: merged configurations share it */
    return ngx_cpymem(key, &ctx->conf->base.data, sizeof(u_char *));
}


ngx_http_gig_bytes_t *
ngx_http_gig_cache_find(ngx_http_gig_cache_t *cache, u_char *key, size_t len)
{
    uint64_t               hash;
    ngx_http_gig_entry_t  *entry;

    hash = ngx_http_gig_cache_hash(cache, key, len);

    for (entry = cache->bucket[hash & (NGX_HTTP_GIG_CACHE_BUCKETS - 1)];
         entry;
         entry = entry->next)
    {
        if (entry->hash == hash && entry->len == len && ngx_memcmp(entry->key, key, len) == 0) {
            ngx_queue_remove(&entry->queue);
            ngx_queue_insert_head(&cache->queue, &entry->queue);
            return entry->bytes;
        }
    }

    return NULL;
}


void
ngx_http_gig_cache_keep(ngx_http_gig_cache_t *cache, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes)
{
    size_t                 size;
    ngx_queue_t           *oldest;
    ngx_http_gig_entry_t  *entry, **bucket;

    size = sizeof(ngx_http_gig_entry_t) + len + sizeof(ngx_http_gig_bytes_t) + bytes->len;

    if (size > cache->max / NGX_HTTP_GIG_CACHE_PART) {
        return;
    }

    while (cache->size + size > cache->max) {
        oldest = ngx_queue_last(&cache->queue);

        /* the analyzer does not see that drop takes it off the queue, so another one is last */
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        ngx_http_gig_cache_drop(cache, ngx_queue_data(oldest, ngx_http_gig_entry_t, queue));
    }

    entry = ngx_alloc(sizeof(ngx_http_gig_entry_t) + len, ngx_cycle->log);
    if (entry == NULL) {
        return;
    }

    entry->hash = ngx_http_gig_cache_hash(cache, key, len);
    entry->size = size;
    entry->len = len;
    ngx_memcpy(entry->key, key, len);

    entry->bytes = bytes;
    bytes->refs++;

    bucket = &cache->bucket[entry->hash & (NGX_HTTP_GIG_CACHE_BUCKETS - 1)];
    entry->next = *bucket;
    *bucket = entry;

    ngx_queue_insert_head(&cache->queue, &entry->queue);

    cache->size += size;
    cache->entries++;
}


void
ngx_http_gig_cache_usage(ngx_http_gig_cache_t *cache, ngx_uint_t *entries, size_t *bytes)
{
    *entries = cache->entries;
    *bytes = cache->size;
}


static void
ngx_http_gig_cache_empty(ngx_http_gig_cache_t *cache)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&cache->queue)) {
        q = ngx_queue_head(&cache->queue);
        ngx_http_gig_cache_drop(cache, ngx_queue_data(q, ngx_http_gig_entry_t, queue));
    }
}


static void
ngx_http_gig_cache_drop(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *entry)
{
    ngx_http_gig_entry_t  **link;

    link = &cache->bucket[entry->hash & (NGX_HTTP_GIG_CACHE_BUCKETS - 1)];

    while (*link != entry) {
        link = &(*link)->next;
    }

    *link = entry->next;
    ngx_queue_remove(&entry->queue);

    cache->size -= entry->size;
    cache->entries--;

    ngx_http_gig_bytes_release(entry->bytes);
    ngx_free(entry);
}


static uint64_t
ngx_http_gig_cache_hash(ngx_http_gig_cache_t *cache, u_char *key, size_t len)
{
    uint64_t  hash;

    (void) crypto_shorthash((unsigned char *) &hash, key, len, cache->seed);

    return hash;
}
