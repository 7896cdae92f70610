
/* Building a Merkle tree, and climbing it. */

#include "gig_merkle.h"
#include "gig_sha256.h"


static void  gig_merkle_leaf(gig_str_t text, gig_merkle_hash_t *out);
static void  gig_merkle_pair(const gig_merkle_hash_t *left, const gig_merkle_hash_t *right,
    gig_merkle_hash_t *out);


/*
 * A node without a neighbour goes up as it is: the same tree as the RFC's split at the largest
 * power of two.
 */

void
gig_merkle_build(gig_merkle_t *tree, const gig_str_t *leaves, size_t n)
{
    size_t  i, level;

    for (i = 0; i < n; i++) {
        gig_merkle_leaf(leaves[i], &tree->node[i]);
    }

    tree->leaves = n;
    tree->nodes = n;
    level = 0;

    while (n > 1) {

        for (i = 0; i + 1 < n; i += 2) {
            gig_merkle_pair(&tree->node[level + i], &tree->node[level + i + 1],
                            &tree->node[tree->nodes++]);
        }

        if (n & 1) {
            tree->node[tree->nodes++] = tree->node[level + n - 1];
        }

        level += n;
        n = (n + 1) / 2;
    }
}


const gig_merkle_hash_t *
gig_merkle_root(const gig_merkle_t *tree)
{
    return &tree->node[tree->nodes - 1];
}


size_t
gig_merkle_path(const gig_merkle_t *tree, size_t leaf,
    const gig_merkle_hash_t *path[GIG_MERKLE_PATH])
{
    size_t  n, level, width;

    n = 0;
    level = 0;

    for (width = tree->leaves; width > 1; width = (width + 1) / 2) {

        if ((leaf ^ 1) < width) {
            path[n++] = &tree->node[level + (leaf ^ 1)];
        }

        level += width;
        leaf /= 2;
    }

    return n;
}


int
gig_merkle_climb(gig_str_t leaf, uint64_t number, uint64_t size, const gig_merkle_hash_t *path,
    size_t n, gig_merkle_hash_t *root)
{
    size_t    i;
    uint64_t  last;

    if (number >= size) {
        return -1;
    }

    gig_merkle_leaf(leaf, root);
    last = size - 1;

    for (i = 0; i < n; i++) {

        if (last == 0) {
            return -1;
        }

        if ((number & 1) || number == last) {
            gig_merkle_pair(&path[i], root, root);

            while (number != 0 && !(number & 1)) {
                number >>= 1;
                last >>= 1;
            }

        } else {
            gig_merkle_pair(root, &path[i], root);
        }

        number >>= 1;
        last >>= 1;
    }

    return last == 0 ? 0 : -1;
}


/* The first byte keeps a leaf from being passed off as a node (2.1.1). */

static void
gig_merkle_leaf(gig_str_t text, gig_merkle_hash_t *out)
{
    gig_sha256_t  state;

    gig_sha256_begin(&state);
    gig_sha256_add(&state, (gig_str_t) { "\0", 1 });
    gig_sha256_add(&state, text);
    gig_sha256_end(&state, out->bytes);
}


static void
gig_merkle_pair(const gig_merkle_hash_t *left, const gig_merkle_hash_t *right,
    gig_merkle_hash_t *out)
{
    gig_sha256_t  state;

    gig_sha256_begin(&state);
    gig_sha256_add(&state, (gig_str_t) { "\1", 1 });
    gig_sha256_add(&state, (gig_str_t) { (const char *) left->bytes, GIG_MERKLE_HASH });
    gig_sha256_add(&state, (gig_str_t) { (const char *) right->bytes, GIG_MERKLE_HASH });
    gig_sha256_end(&state, out->bytes);
}
