#include "gig_segment_write.h"

/* Bytes that grow while a segment is made. */

#include "gig_block.h"

#define GIG_POOL_FIRST      4096
#define GIG_POOL_MAX        ((size_t) UINT32_MAX)


void *
gig_pool_add(gig_pool_t *pool, size_t n)
{
    size_t  at = pool->used;

    if (n > GIG_POOL_MAX || gig_pool_set(pool, at + n) != 0) {
        return NULL;
    }

    return pool->data + at;
}


int
gig_pool_set(gig_pool_t *pool, size_t n)
{
    void    *data;
    size_t   size;

    if (n > GIG_POOL_MAX) {
        return -1;
    }

    if (n > pool->size) {
        size = pool->size ? 2 * pool->size : GIG_POOL_FIRST;

        while (size < n) {
            size *= 2;
        }

        data = gig_block_resize(pool->data, pool->size, size);

        if (data == NULL) {
            return -1;
        }

        pool->data = data;
        pool->size = size;
    }

    pool->used = n;

    return 0;
}


void
gig_pool_free(gig_pool_t *pool)
{
    gig_block_free(pool->data);
    memset(pool, 0, sizeof(*pool));
}
