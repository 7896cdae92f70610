#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_json.h"
#include "gig_record.h"
#include "gig_sync_catalog.h"
#include "gig_term.h"

#define GIG_SYNC_SCAN_COUNT     "100"
#define GIG_SYNC_SCAN_ROUNDS    (GIG_SYNC_CATALOG_MAX * 2)


void
gig_sync_catalog_free(gig_sync_catalog_t *catalog)
{
    free(catalog->entry);
    memset(catalog, 0, sizeof(gig_sync_catalog_t));
}


void
gig_sync_catalog_reset(gig_sync_catalog_t *catalog)
{
    catalog->n = 0;
    memset(catalog->digest, 0, GIG_DIGEST_SIZE);
}


int
gig_sync_catalog_add(gig_sync_catalog_t *catalog, const gig_sync_entry_t *entry)
{
    size_t             size;
    gig_sync_entry_t  *grown;

    if (catalog->n == catalog->size) {
        size = catalog->size == 0 ? 256 : catalog->size * 2;

        if (catalog->n >= GIG_SYNC_CATALOG_MAX) {
            return -1;
        }

        grown = realloc(catalog->entry, size * sizeof(gig_sync_entry_t));
        if (grown == NULL) {
            return -1;
        }

        catalog->entry = grown;
        catalog->size = size;
    }

    catalog->entry[catalog->n++] = *entry;

    return 0;
}


static int
gig_sync_entry_compare(const void *one, const void *two)
{
    const gig_sync_entry_t  *a = one, *b = two;

    return a->kind != b->kind ? a->kind - b->kind : strcmp(a->id, b->id);
}


size_t
gig_sync_catalog_sort(gig_sync_catalog_t *catalog)
{
    size_t  i, n;

    memset(catalog->digest, 0, GIG_DIGEST_SIZE);

    if (catalog->n == 0) {
        return 0;
    }

    qsort(catalog->entry, catalog->n, sizeof(gig_sync_entry_t), gig_sync_entry_compare);

    for (i = 0, n = 0; i < catalog->n; i++) {
        if (n > 0 && gig_sync_entry_compare(&catalog->entry[n - 1], &catalog->entry[i]) == 0) {
            continue;
        }

        catalog->entry[n] = catalog->entry[i];

        if (!catalog->entry[n].expired) {
            gig_digest_xor(catalog->digest, catalog->entry[n].term);
        }

        n++;
    }

    i = catalog->n - n;
    catalog->n = n;

    return i;
}


const gig_sync_entry_t *
gig_sync_catalog_find(const gig_sync_catalog_t *catalog, char kind, gig_str_t id)
{
    gig_sync_entry_t  key;

    if (catalog->n == 0 || id.len > GIG_ID_MAX) {
        return NULL;
    }

    memset(&key, 0, sizeof(key));

    key.kind = kind;
    memcpy(key.id, id.data, id.len);
    key.id[id.len] = '\0';

    return bsearch(&key, catalog->entry, catalog->n, sizeof(gig_sync_entry_t),
                   gig_sync_entry_compare);
}


static int64_t
gig_sync_entry_time(const json_t *root, const char *name, int64_t gone_keep_ms)
{
    int64_t    ms;
    gig_str_t  text;

    text = gig_json_str(root, name);

    if (text.data == NULL || gig_time_parse(text, &ms) == -1) {
        return INT64_MAX;
    }

    return ms + gone_keep_ms;
}


int
gig_sync_entry_read(gig_sync_entry_t *entry, gig_str_t json, int64_t gone_keep_ms)
{
    int64_t   at;
    json_t   *root;

    root = gig_json_parse(json, GIG_RECORD_MAX, GIG_JSON_DEPTH_MAX, NULL);
    if (root == NULL) {
        return -1;
    }

    entry->withdrawn = gig_str_is(gig_json_str(root, "status"), "withdrawn") ? 1 : 0;
    entry->gone_at = gig_sync_entry_time(root, "closes_at", gone_keep_ms);

    if (entry->withdrawn) {
        at = gig_sync_entry_time(root, "updated_at", gone_keep_ms);
        entry->gone_at = at < entry->gone_at ? at : entry->gone_at;
    }

    json_decref(root);

    return 0;
}


int
gig_sync_digest_read(gig_str_t hex, unsigned char digest[GIG_DIGEST_SIZE])
{
    size_t    i;
    unsigned  byte;

    if (hex.len != GIG_DIGEST_TEXT - 1) {
        return -1;
    }

    for (i = 0; i < GIG_DIGEST_SIZE; i++) {
        if (sscanf(hex.data + 2 * i, "%2x", &byte) != 1) {
            return -1;
        }

        digest[i] = (unsigned char) byte;
    }

    return 0;
}


int
gig_sync_catalog_head(gig_sync_redis_t *redis, int64_t *version,
    unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err)
{
    redisReply  *reply;

    reply = gig_sync_redis_ask(redis, "HMGET", "catalog", "version digest", err);
    if (reply == NULL) {
        return -1;
    }

    *version = gig_sync_reply_int(gig_sync_reply_at(reply, 0));

    /* No catalog, or one without digest: the forty zeros of the schema. */
    memset(digest, 0, GIG_DIGEST_SIZE);
    (void) gig_sync_digest_read(gig_sync_reply_str(gig_sync_reply_at(reply, 1)), digest);

    freeReplyObject(reply);

    return 0;
}


/* One record as Redis holds it; one that is no JSON has a term as well. */
static int
gig_sync_catalog_held(gig_sync_catalog_t *catalog, char kind, gig_str_t id, gig_str_t json,
    int64_t gone_keep_ms)
{
    gig_sync_entry_t  entry;

    if (!gig_id_valid(id)) {
        return 0;
    }

    memset(&entry, 0, sizeof(entry));
    memcpy(entry.id, id.data, id.len);
    entry.kind = kind;
    entry.gone_at = INT64_MAX;
    gig_term(kind, id, json, entry.term);

    if (kind == 'g') {
        (void) gig_sync_entry_read(&entry, json, gone_keep_ms);
    }

    return gig_sync_catalog_add(catalog, &entry);
}


static int
gig_sync_catalog_scan_hash(gig_sync_redis_t *redis, gig_sync_catalog_t *catalog, const char *name,
    char kind, gig_error_t *err)
{
    char               cursor[32], more[64];
    size_t             i, rounds;
    gig_str_t          text;
    redisReply        *reply;
    const redisReply  *list;

    memcpy(cursor, "0", 2);

    for (rounds = 0; rounds < GIG_SYNC_SCAN_ROUNDS; rounds++) {
        (void) snprintf(more, sizeof(more), "%s COUNT " GIG_SYNC_SCAN_COUNT, cursor);

        reply = gig_sync_redis_ask(redis, "HSCAN", name, more, err);
        if (reply == NULL) {
            return -1;
        }

        text = gig_sync_reply_str(gig_sync_reply_at(reply, 0));
        list = gig_sync_reply_at(reply, 1);

        if (text.len == 0 || text.len >= sizeof(cursor) || list == NULL) {
            freeReplyObject(reply);
            return gig_error_set(err, "redis", "HSCAN %s: an answer of another shape", name);
        }

        memcpy(cursor, text.data, text.len);
        cursor[text.len] = '\0';

        for (i = 0; i + 1 < list->elements; i += 2) {
            if (gig_sync_catalog_held(catalog, kind, gig_sync_reply_str(list->element[i]),
                                      gig_sync_reply_str(list->element[i + 1]),
                                      redis->board->gone_keep_ms)
                == -1)
            {
                freeReplyObject(reply);
                return gig_error_set(err, "redis", "%s: more than %d records, or out of memory",
                                     name, GIG_SYNC_CATALOG_MAX);
            }
        }

        freeReplyObject(reply);

        if (strcmp(cursor, "0") == 0) {
            return 0;
        }
    }

    return gig_error_set(err, "redis", "HSCAN %s does not end", name);
}


int
gig_sync_catalog_scan(gig_sync_redis_t *redis, gig_sync_catalog_t *catalog, gig_error_t *err)
{
    gig_sync_catalog_reset(catalog);

    if (gig_sync_catalog_scan_hash(redis, catalog, "gigs", 'g', err) == -1
        || gig_sync_catalog_scan_hash(redis, catalog, "forms", 'f', err) == -1)
    {
        return -1;
    }

    (void) gig_sync_catalog_sort(catalog);

    return 0;
}
