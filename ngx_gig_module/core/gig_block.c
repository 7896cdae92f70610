
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "gig_block.h"

#define GIG_BLOCK_OWN       (8 * 1024)          /* bytes from which the system is asked */
#define GIG_BLOCK_HEAD      16                  /* bytes before the block: what was mapped, or 0 */


void *
gig_block_alloc(size_t size)
{
    void    *p;
    size_t   all;

    if (size > SIZE_MAX / 2) {
        return NULL;
    }

    all = size + GIG_BLOCK_HEAD;

    if (all < GIG_BLOCK_OWN) {
        p = calloc(1, all);

        /* cppcheck-suppress memleak ; it is given back by gig_block_free(), from its head */
        return p ? (char *) p + GIG_BLOCK_HEAD : NULL;
    }

    p = mmap(NULL, all, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        return NULL;
    }

    *(size_t *) p = all;

    return (char *) p + GIG_BLOCK_HEAD;
}


void
gig_block_free(void *block)
{
    void    *p;
    size_t   mapped;

    if (block == NULL) {
        return;
    }

    p = (char *) block - GIG_BLOCK_HEAD;
    mapped = *(size_t *) p;

    if (mapped) {
        (void) munmap(p, mapped);

    } else {
        free(p);
    }
}


void *
gig_block_resize(void *block, size_t size, size_t wanted)
{
    void    *p, *moved;
    size_t   all, mapped;

    if (wanted > SIZE_MAX / 2) {
        return NULL;
    }

    p = block ? (char *) block - GIG_BLOCK_HEAD : NULL;
    mapped = p ? *(size_t *) p : 0;

    if (mapped == 0) {
        moved = gig_block_alloc(wanted);

        if (moved == NULL) {
            return NULL;
        }

        if (size > 0 && block) {
            memcpy(moved, block, size < wanted ? size : wanted);
        }

        gig_block_free(block);

        return moved;
    }

    all = wanted + GIG_BLOCK_HEAD;
    moved = mremap(p, mapped, all, MREMAP_MAYMOVE);

    if (moved == MAP_FAILED) {
        return NULL;
    }

    *(size_t *) moved = all;

    return (char *) moved + GIG_BLOCK_HEAD;
}
