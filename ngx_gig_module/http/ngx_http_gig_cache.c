
/*
 * The response cache of a worker.  An entry is one response, found by its
 * normalised key and by some of the spellings it was asked in: these are its names,
 * and die with it.  All entries belong to one view of the catalog and one time
 * slice (nothing shown changes within it by the clock), so a new one of either
 * simply empties the cache.  Least recently used goes first when cache_size is reached.
 */

#include "ngx_http_gig_response.h"

#include <sodium.h>


#define NGX_HTTP_GIG_CACHE_BUCKETS  8192        /* a power of two */
#define NGX_HTTP_GIG_CACHE_PART     8           /* an entry may take this part of cache_size */
#define NGX_HTTP_GIG_CACHE_SEEN     4096        /* questions remembered, a power of two */
#define NGX_HTTP_GIG_SPELLINGS_MAX  4           /* of an entry */


struct ngx_http_gig_entry_s {
    ngx_queue_t                queue;           /* newest use first */
    ngx_http_gig_bytes_t      *bytes;
    ngx_http_gig_name_t       *key;             /* the normalised one */
    ngx_http_gig_name_t       *spellings;       /* newest use first */
    size_t                     size;            /* of all of it */
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
    uint32_t                   seen[NGX_HTTP_GIG_CACHE_SEEN];   /* half a hash of each */
    ngx_http_gig_name_t       *bucket[NGX_HTTP_GIG_CACHE_BUCKETS];
};


static ngx_uint_t ngx_http_gig_cache_seen(ngx_http_gig_cache_t *cache, u_char *key, size_t len);
static void ngx_http_gig_cache_empty(ngx_http_gig_cache_t *cache);
static void ngx_http_gig_cache_trim(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *spare);
static void ngx_http_gig_cache_drop(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *entry);
static ngx_http_gig_name_t *ngx_http_gig_name_make(ngx_http_gig_cache_t *cache,
    ngx_http_gig_entry_t *entry, u_char *key, size_t len);
static void ngx_http_gig_name_free(ngx_http_gig_cache_t *cache, ngx_http_gig_name_t *name);
static void ngx_http_gig_name_used(ngx_http_gig_entry_t *entry, ngx_http_gig_name_t *name);
static uint64_t ngx_http_gig_cache_hash(ngx_http_gig_cache_t *cache, u_char *key, size_t len);


#define ngx_http_gig_name_size(len)  (offsetof(ngx_http_gig_name_t, key) + (len))


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


int64_t
ngx_http_gig_cache_from(ngx_http_gig_cache_t *cache)
{
    return cache->from;
}


uint64_t
ngx_http_gig_cache_epoch(ngx_http_gig_cache_t *cache)
{
    return cache->epoch;
}


ngx_str_t
ngx_http_gig_cache_status(ngx_http_gig_ctx_t *ctx, ngx_uint_t hit)
{
    static ngx_str_t  stale = ngx_string("STALE");
    static ngx_str_t  found = ngx_string("HIT");
    static ngx_str_t  made = ngx_string("MISS");

    return ctx->stale ? stale : hit ? found : made;
}


u_char *
ngx_http_gig_cache_key(ngx_http_gig_ctx_t *ctx, u_char *key)
{
    *key++ = (u_char) ('A' + ctx->route);
    *key++ = (u_char) ('A' + ctx->format);

    /* JSON is the same in all of them; links of a page say the language if it was asked for */
    *key++ = (u_char) (ctx->format == NGX_HTTP_GIG_HTML
                       ? 2 * ctx->language + (ctx->args.lang.len != 0) : 0);

    /*
     * One address of the prefix a location, which has its own languages and frame; configurations
     * merged from it share that.  With public_url their base is the same in all.
     */
    return ngx_cpymem(key, &ctx->conf->prefix.data, sizeof(u_char *));
}


ngx_http_gig_name_t *
ngx_http_gig_cache_name(ngx_http_gig_cache_t *cache, u_char *key, size_t len)
{
    uint64_t               hash;
    ngx_http_gig_name_t   *name;
    ngx_http_gig_entry_t  *entry;

    hash = ngx_http_gig_cache_hash(cache, key, len);

    for (name = cache->bucket[hash & (NGX_HTTP_GIG_CACHE_BUCKETS - 1)]; name; name = name->next) {

        if (name->hash != hash || name->len != len || ngx_memcmp(name->key, key, len) != 0) {
            continue;
        }

        entry = name->entry;

        if (ngx_queue_head(&cache->queue) != &entry->queue) {
            ngx_queue_remove(&entry->queue);
            ngx_queue_insert_head(&cache->queue, &entry->queue);
        }

        if (name != entry->key && name != entry->spellings) {
            ngx_http_gig_name_used(entry, name);
        }

        return name;
    }

    return NULL;
}


ngx_http_gig_bytes_t *
ngx_http_gig_name_bytes(ngx_http_gig_name_t *name)
{
    return name->entry->bytes;
}


ngx_http_gig_bytes_t *
ngx_http_gig_cache_find(ngx_http_gig_cache_t *cache, u_char *key, size_t len)
{
    ngx_http_gig_name_t  *name;

    name = ngx_http_gig_cache_name(cache, key, len);

    return name ? name->entry->bytes : NULL;
}


void
ngx_http_gig_cache_keep(ngx_http_gig_cache_t *cache, u_char *key, size_t len,
    ngx_http_gig_bytes_t *bytes)
{
    size_t                 size;
    ngx_http_gig_entry_t  *entry;

    size = sizeof(ngx_http_gig_entry_t) + ngx_http_gig_name_size(len)
           + ngx_http_gig_bytes_size(bytes);

    if (size > cache->max / NGX_HTTP_GIG_CACHE_PART
        || (cache->size + size > cache->max && !ngx_http_gig_cache_seen(cache, key, len)))
    {
        return;
    }

    entry = ngx_calloc(sizeof(ngx_http_gig_entry_t), ngx_cycle->log);
    if (entry == NULL) {
        return;
    }

    entry->key = ngx_http_gig_name_make(cache, entry, key, len);
    if (entry->key == NULL) {
        ngx_free(entry);
        return;
    }

    entry->size = size;
    entry->bytes = bytes;
    bytes->entry = entry;
    bytes->refs++;

    ngx_queue_insert_head(&cache->queue, &entry->queue);

    cache->size += size;
    cache->entries++;

    ngx_http_gig_cache_trim(cache, entry);
}


/*
 * A full cache takes only what was asked for a second time: questions that nobody asks again,
 * however many, push nothing out, and cost no memory that is cold.
 */

static ngx_uint_t
ngx_http_gig_cache_seen(ngx_http_gig_cache_t *cache, u_char *key, size_t len)
{
    uint64_t   hash;
    uint32_t  *place;

    hash = ngx_http_gig_cache_hash(cache, key, len);
    place = &cache->seen[hash & (NGX_HTTP_GIG_CACHE_SEEN - 1)];

    if (*place == (uint32_t) (hash >> 32)) {
        return 1;
    }

    *place = (uint32_t) (hash >> 32);

    return 0;
}


void
ngx_http_gig_cache_spelling(ngx_http_gig_cache_t *cache, ngx_http_gig_bytes_t *bytes, u_char *key,
    size_t len, ngx_atomic_t *visits)
{
    ngx_uint_t             n;
    ngx_http_gig_name_t   *name, **link;
    ngx_http_gig_entry_t  *entry;

    entry = bytes->entry;

    if (entry == NULL
        || entry->size + ngx_http_gig_name_size(len) > cache->max / NGX_HTTP_GIG_CACHE_PART)
    {
        return;
    }

    /* the one not used for longest makes room: a common spelling outlives the odd ones */

    for (n = 1, link = &entry->spellings; *link; link = &(*link)->other, n++) {

        if (n == NGX_HTTP_GIG_SPELLINGS_MAX) {
            name = *link;
            *link = NULL;
            entry->size -= ngx_http_gig_name_size(name->len);
            cache->size -= ngx_http_gig_name_size(name->len);
            ngx_http_gig_name_free(cache, name);
            break;
        }
    }

    name = ngx_http_gig_name_make(cache, entry, key, len);
    if (name == NULL) {
        return;
    }

    name->visits = visits;
    name->other = entry->spellings;
    entry->spellings = name;

    entry->size += ngx_http_gig_name_size(len);
    cache->size += ngx_http_gig_name_size(len);

    ngx_http_gig_cache_trim(cache, entry);
}


ngx_uint_t
ngx_http_gig_cache_takes(ngx_http_gig_cache_t *cache, ngx_http_gig_bytes_t *bytes, size_t more)
{
    return bytes->entry && bytes->entry->size + more <= cache->max / NGX_HTTP_GIG_CACHE_PART;
}


void
ngx_http_gig_cache_grown(ngx_http_gig_cache_t *cache, ngx_http_gig_bytes_t *bytes, size_t more)
{
    bytes->entry->size += more;
    cache->size += more;

    ngx_http_gig_cache_trim(cache, bytes->entry);
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


/* Back within the bound; spare is in use, and by itself always within it. */

static void
ngx_http_gig_cache_trim(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *spare)
{
    ngx_queue_t           *q, *prev;
    ngx_http_gig_entry_t  *entry;

    for (q = ngx_queue_last(&cache->queue);
         q != ngx_queue_sentinel(&cache->queue) && cache->size > cache->max;
         q = prev)
    {
        prev = ngx_queue_prev(q);
        entry = ngx_queue_data(q, ngx_http_gig_entry_t, queue);

        if (entry != spare) {
            ngx_http_gig_cache_drop(cache, entry);
        }
    }
}


static void
ngx_http_gig_cache_drop(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *entry)
{
    ngx_http_gig_name_t  *name, *other;

    for (name = entry->spellings; name; name = other) {
        other = name->other;
        ngx_http_gig_name_free(cache, name);
    }

    ngx_http_gig_name_free(cache, entry->key);
    ngx_queue_remove(&entry->queue);

    cache->size -= entry->size;
    cache->entries--;

    entry->bytes->entry = NULL;
    ngx_http_gig_bytes_release(entry->bytes);
    ngx_free(entry);
}


static ngx_http_gig_name_t *
ngx_http_gig_name_make(ngx_http_gig_cache_t *cache, ngx_http_gig_entry_t *entry, u_char *key,
    size_t len)
{
    ngx_http_gig_name_t  *name, **bucket;

    name = ngx_alloc(ngx_http_gig_name_size(len), ngx_cycle->log);
    if (name == NULL) {
        return NULL;
    }

    name->other = NULL;
    name->entry = entry;
    name->visits = NULL;
    name->hash = ngx_http_gig_cache_hash(cache, key, len);
    name->len = len;
    ngx_memcpy(name->key, key, len);

    bucket = &cache->bucket[name->hash & (NGX_HTTP_GIG_CACHE_BUCKETS - 1)];
    name->next = *bucket;
    *bucket = name;

    return name;
}


static void
ngx_http_gig_name_free(ngx_http_gig_cache_t *cache, ngx_http_gig_name_t *name)
{
    ngx_http_gig_name_t  **link;

    link = &cache->bucket[name->hash & (NGX_HTTP_GIG_CACHE_BUCKETS - 1)];

    while (*link != name) {
        link = &(*link)->next;
    }

    *link = name->next;
    ngx_free(name);
}


static void
ngx_http_gig_name_used(ngx_http_gig_entry_t *entry, ngx_http_gig_name_t *name)
{
    ngx_http_gig_name_t  **link;

    for (link = &entry->spellings; *link != name; link = &(*link)->other) { /* void */ }

    *link = name->other;
    name->other = entry->spellings;
    entry->spellings = name;
}


static uint64_t
ngx_http_gig_cache_hash(ngx_http_gig_cache_t *cache, u_char *key, size_t len)
{
    uint64_t  hash;

    (void) crypto_shorthash((unsigned char *) &hash, key, len, cache->seed);

    return hash;
}
