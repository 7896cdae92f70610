
/*
 * Memory for a moment's work that grows with the catalog.  Above a size it comes
 * from the system and goes back at once: malloc() would keep it, once for each
 * thread that ever compiled, and would learn to keep more the more it was given.
 */

#ifndef GIG_BLOCK_H
#define GIG_BLOCK_H

#include <stddef.h>

/* Zeroed, aligned as malloc() does; size may be 0.  NULL: out of memory. */
void *gig_block_alloc(size_t size);
void gig_block_free(void *block);       /* may be NULL */

/*
 * Another size, what was in it kept (pages are moved, not copied), what is added zeroed if the
 * block was never larger.  size is what it has, 0 with a NULL block.  NULL: out of memory, and the
 * block is as it was.
 */
void *gig_block_resize(void *block, size_t size, size_t wanted);

#endif /* GIG_BLOCK_H */
