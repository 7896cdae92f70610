
/*
 * A catalog without its JSON: what is held of each gig and form is its term of
 * the digest and when it may be forgotten.  72 bytes a record, sorted by (kind, id).
 */

#ifndef GIG_SYNC_CATALOG_H
#define GIG_SYNC_CATALOG_H

#include "gig_base.h"
#include "gig_sha1.h"
#include "gig_sync_redis.h"

#define GIG_SYNC_CATALOG_MAX    200000          /* records of a board */

typedef struct {
    char           id[GIG_ID_MAX + 1];
    char           kind;                        /* 'g' or 'f' */
    unsigned       withdrawn:1;
    unsigned       expired:1;                   /* in the source, but gone since gone_keep */
    unsigned char  term[GIG_DIGEST_SIZE];
    int64_t        gone_at;                     /* ms, when it is forgotten; INT64_MAX: never */
} gig_sync_entry_t;

typedef struct {
    gig_sync_entry_t *entry;                    /* owned */
    size_t            n, size;
    unsigned char     digest[GIG_DIGEST_SIZE];  /* of all that are not expired; after _sort */
} gig_sync_catalog_t;

void gig_sync_catalog_free(gig_sync_catalog_t *catalog);
void gig_sync_catalog_reset(gig_sync_catalog_t *catalog);
int gig_sync_catalog_add(gig_sync_catalog_t *catalog, const gig_sync_entry_t *entry);

/* Sorts, folds what came twice (HSCAN may), makes the digest; returns how many were folded. */
size_t gig_sync_catalog_sort(gig_sync_catalog_t *catalog);
const gig_sync_entry_t *gig_sync_catalog_find(const gig_sync_catalog_t *catalog, char kind,
    gig_str_t id);

/* Fills entry but for its term from a gig's JSON: status and times; -1: it is no gig. */
int gig_sync_entry_read(gig_sync_entry_t *entry, gig_str_t json, int64_t gone_keep_ms);

int gig_sync_digest_read(gig_str_t hex, unsigned char digest[GIG_DIGEST_SIZE]);

/* What Redis says of its catalog: version (0: none) and digest. */
int gig_sync_catalog_head(gig_sync_redis_t *redis, int64_t *version,
    unsigned char digest[GIG_DIGEST_SIZE], gig_error_t *err);

/* All that Redis holds, by HSCAN. */
int gig_sync_catalog_scan(gig_sync_redis_t *redis, gig_sync_catalog_t *catalog, gig_error_t *err);

#endif /* GIG_SYNC_CATALOG_H */
