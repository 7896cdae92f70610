
/*
 * A Merkle tree (RFC 9162, 2.1, with SHA-256): one signature under many receipts, and for each the
 * few hashes that lead from it to what was signed.
 */

#ifndef GIG_MERKLE_H
#define GIG_MERKLE_H

#include "gig_base.h"

#define GIG_MERKLE_HASH     32                  /* bytes */
#define GIG_MERKLE_PATH     6                   /* hashes of an inclusion path */
#define GIG_MERKLE_MAX      (1 << GIG_MERKLE_PATH)      /* leaves of a tree */
#define GIG_MERKLE_NODES    (2 * GIG_MERKLE_MAX + GIG_MERKLE_PATH)

typedef struct {
    unsigned char  bytes[GIG_MERKLE_HASH];
} gig_merkle_hash_t;

/* All of its nodes: the leaves, then each level above them; the last one is the root. */
typedef struct {
    size_t             leaves;
    size_t             nodes;
    gig_merkle_hash_t  node[GIG_MERKLE_NODES];
} gig_merkle_t;

/* Over leaves[0..n): 1 to GIG_MERKLE_MAX texts. */
void gig_merkle_build(gig_merkle_t *tree, const gig_str_t *leaves, size_t n);

const gig_merkle_hash_t *gig_merkle_root(const gig_merkle_t *tree);

/* The inclusion path of a leaf, the lowest first: how many hashes it has.  Views into the tree. */
size_t gig_merkle_path(const gig_merkle_t *tree, size_t leaf,
    const gig_merkle_hash_t *path[GIG_MERKLE_PATH]);

/*
 * The root that a leaf's text, its number, the tree's size and its path give (2.1.3.2).  -1: a
 * path of this length is none of that leaf's.
 */
int gig_merkle_climb(gig_str_t leaf, uint64_t number, uint64_t size, const gig_merkle_hash_t *path,
    size_t n, gig_merkle_hash_t *root);

#endif /* GIG_MERKLE_H */
