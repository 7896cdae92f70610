
/*
 * Whoever wrote a verifier from RFC 9162 must come to our roots, and a receipt that was never
 * signed must come to none: the roots here are those that Certificate Transparency's own tests
 * have, and every path of every tree is climbed, whole and wrong.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "gig_merkle.h"


static const gig_str_t  leaves[] = {
    gig_str(""), gig_str("\x00"), gig_str("\x10"), gig_str("\x20\x21"), gig_str("\x30\x31"),
    gig_str("\x40\x41\x42\x43"), gig_str("\x50\x51\x52\x53\x54\x55\x56\x57"),
    gig_str("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f")
};

static const char *const  roots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};


static void
test_roots(void **state)
{
    char          hex[2 * GIG_MERKLE_HASH + 1];
    size_t        n;
    gig_merkle_t  tree;

    (void) state;

    for (n = 1; n <= sizeof(leaves) / sizeof(leaves[0]); n++) {
        gig_merkle_build(&tree, leaves, n);
        (void) sodium_bin2hex(hex, sizeof(hex), gig_merkle_root(&tree)->bytes, GIG_MERKLE_HASH);
        assert_string_equal(hex, roots[n - 1]);
    }
}


static int
climbs(const gig_merkle_t *tree, gig_str_t leaf, uint64_t number, uint64_t size,
    const gig_merkle_hash_t *path, size_t n)
{
    gig_merkle_hash_t  root;

    return gig_merkle_climb(leaf, number, size, path, n, &root) == 0
           && memcmp(&root, gig_merkle_root(tree), sizeof(root)) == 0;
}


/* Every leaf of every tree, and each of its paths with one thing wrong. */

static void
test_paths(void **state)
{
    char                      text[GIG_MERKLE_MAX][8];
    size_t                    i, j, k, n;
    gig_str_t                 list[GIG_MERKLE_MAX];
    gig_merkle_t              tree;
    gig_merkle_hash_t         path[GIG_MERKLE_PATH + 1];
    const gig_merkle_hash_t  *view[GIG_MERKLE_PATH];

    (void) state;

    for (i = 0; i < GIG_MERKLE_MAX; i++) {
        (void) snprintf(text[i], sizeof(text[i]), "leaf %zu", i);
        list[i] = (gig_str_t) { text[i], strlen(text[i]) };
    }

    for (n = 1; n <= GIG_MERKLE_MAX; n++) {

        gig_merkle_build(&tree, list, n);
        assert_true(tree.nodes <= GIG_MERKLE_NODES);

        for (i = 0; i < n; i++) {

            k = gig_merkle_path(&tree, i, view);
            assert_true(k <= GIG_MERKLE_PATH);

            for (j = 0; j < k; j++) {
                path[j] = *view[j];
            }

            memset(&path[k], 0, sizeof(path[k]));

            assert_true(climbs(&tree, list[i], i, n, path, k));

            for (j = 0; j < n; j++) {
                if (j != i) {
                    assert_false(climbs(&tree, list[j], i, n, path, k));
                    assert_false(climbs(&tree, list[i], j, n, path, k));
                }
            }

            assert_false(climbs(&tree, list[i], i, i, path, k));
            assert_false(climbs(&tree, list[i], i, n, path, k + 1));
            assert_false(k != 0 && climbs(&tree, list[i], i, n, path, k - 1));

            for (j = 0; j < k; j++) {
                path[j].bytes[j] ^= 1;
                assert_false(climbs(&tree, list[i], i, n, path, k));
                path[j].bytes[j] ^= 1;
            }
        }
    }
}


/* Two hashes side by side are as long as a leaf may be, and are none. */

static void
test_node_is_no_leaf(void **state)
{
    char               pair[2 * GIG_MERKLE_HASH];
    gig_merkle_t       tree;
    gig_merkle_hash_t  root;

    (void) state;

    gig_merkle_build(&tree, leaves, 2);
    memcpy(pair, &tree.node[0], GIG_MERKLE_HASH);
    memcpy(pair + GIG_MERKLE_HASH, &tree.node[1], GIG_MERKLE_HASH);

    assert_int_equal(gig_merkle_climb((gig_str_t) { pair, sizeof(pair) }, 0, 1, NULL, 0, &root), 0);
    assert_memory_not_equal(&root, gig_merkle_root(&tree), sizeof(root));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_node_is_no_leaf)
    };

    if (sodium_init() < 0) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
