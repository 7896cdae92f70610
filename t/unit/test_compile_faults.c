
/*
 * What goes wrong on the way to an image (a bad record, a full disk, a damaged
 * store, no memory) costs what it must and no more: the record, or the build;
 * never the last image, and never a byte out of bounds.
 */

#include "gig_test_batch.h"
#include "gig_test_faults.h"


static void
test_refusals(void **state)
{
    batch_t        batch;
    test_gig_t     gig;
    test_board_t   board;
    unsigned char  digest[GIG_DIGEST_SIZE], term[GIG_DIGEST_SIZE], zero[GIG_DIGEST_SIZE];
    char           hex[GIG_DIGEST_TEXT], rev[64];

    (void) state;

    memset(&batch, 0, sizeof(batch));
    memset(zero, 0, sizeof(zero));
    memset(&gig, 0, sizeof(gig));
    strcpy(gig.id, "g_1");
    strcpy(gig.rev, "r1");
    strcpy(gig.title, "A gig");
    gig.status = GIG_PUBLISHED;
    gig.posted = TEST_NOW;
    gig.opens = gig.closes = gig.visible = GIG_TIME_NONE;
    test_board_init(&board);

    batch_put(&batch, &gig, 0);
    test_compile(&board, batch.change, batch.n, 0, 0);
    batch_free(&batch);
    assert_int_equal(board.image.n, 1);

    /* A bad record takes the good one's place: it is what Redis holds. */

    strcpy(gig.rev, "r2");
    batch_put(&batch, &gig, 1);
    test_compile(&board, batch.change, batch.n, 0, 0);
    batch_free(&batch);
    assert_int_equal(board.refused, 1);
    assert_string_equal(board.refused_id, "g_1");
    assert_true(board.refused_pointer[0] == '/');
    assert_int_equal(board.image.n, 0);
    gig_digest_term('g', gig_str("g_1"), gig_str("r2"), digest);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));

    /* It stays counted through builds that are not about it, and is forgotten once deleted. */

    test_compile(&board, NULL, 0, 0, 0);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));
    batch_add(&batch, GIG_CHANGE_DELETE, "g_1");
    test_compile(&board, batch.change, batch.n, 0, 0);
    batch_free(&batch);
    assert_memory_equal(board.image.digest, zero, sizeof(zero));

    /* A record under a name that is not its own; not JSON at all; without a rev. */

    batch_put(&batch, &gig, 0);
    strcpy(batch.id[0], "g_2");
    test_compile(&board, batch.change, batch.n, 0, 0);
    batch_free(&batch);
    assert_int_equal(board.refused, 2);
    assert_string_equal(board.refused_pointer, "/id");
    gig_digest_term('g', gig_str("g_2"), gig_str("r2"), digest);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));

    batch_add(&batch, GIG_CHANGE_PUT, "g_2")->json = gig_str("{\"id\":");
    test_compile(&board, batch.change, batch.n, 1, 0);
    batch_free(&batch);
    assert_int_equal(board.refused, 3);
    gig_sha1(gig_str("{\"id\":"), term);
    gig_digest_text(term, hex);
    snprintf(rev, sizeof(rev), "sha1-%s", hex);
    gig_digest_term('g', gig_str("g_2"), text(rev), digest);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));

    gig.rev[0] = '\0';
    batch_put(&batch, &gig, 0);
    test_compile(&board, batch.change, batch.n, 1, 0);
    assert_int_equal(board.refused, 3);
    assert_int_equal(board.image.n, 1);
    assert_true(gig_image_rev(&board.image, 0).len > 0);
    gig_sha1(batch.change[0].json, term);
    gig_digest_text(term, hex);
    snprintf(rev, sizeof(rev), "sha1-%s", hex);
    gig_digest_term('g', gig_str("g_1"), text(rev), digest);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));
    batch_free(&batch);

    test_board_free(&board);
}


static void
test_forms(void **state)
{
    batch_t        batch;
    unsigned       appends;
    gig_str_t      bytes;
    test_gig_t     gig;
    gig_place_t    place;
    gig_store_t    store;
    test_board_t   board;
    unsigned char  digest[GIG_DIGEST_SIZE], term[GIG_DIGEST_SIZE];

    (void) state;

    memset(&batch, 0, sizeof(batch));
    memset(&gig, 0, sizeof(gig));
    strcpy(gig.id, "g_1");
    strcpy(gig.rev, "r1");
    strcpy(gig.title, "A gig");
    strcpy(gig.form, "f_b");
    gig.status = GIG_PUBLISHED;
    gig.posted = gig.opens = gig.closes = gig.visible = GIG_TIME_NONE;
    test_board_init(&board);

    batch_put(&batch, &gig, 0);
    batch_form(&batch, "f_c", 1);
    batch_form(&batch, "f_a", 1);
    test_compile(&board, batch.change, batch.n, 0, 0);
    assert_int_equal(board.image.forms, 2);
    assert_int_equal(gig_image_form_of(&board.image, 0), GIG_ROW_NONE);
    batch_free(&batch);

    /* The gig finds its form when that comes later, and loses it with it. */

    batch_form(&batch, "f_b", 3);
    test_compile(&board, batch.change, batch.n, 0, 0);
    batch_free(&batch);
    assert_int_equal(board.image.forms, 3);
    assert_int_equal(gig_image_form_of(&board.image, 0), 1);
    assert_true(gig_str_is(gig_image_form_rev(&board.image, 1), "3"));

    gig_digest_term('g', gig_str("g_1"), gig_str("r1"), digest);
    gig_digest_term('f', gig_str("f_a"), gig_str("1"), term);
    gig_digest_xor(digest, term);
    gig_digest_term('f', gig_str("f_b"), gig_str("3"), term);
    gig_digest_xor(digest, term);
    gig_digest_term('f', gig_str("f_c"), gig_str("1"), term);
    gig_digest_xor(digest, term);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));

    /* A full load of the same writes nothing; compaction moves forms too. */

    appends = board.appends;
    batch_put(&batch, &gig, 0);
    batch_form(&batch, "f_a", 1);
    batch_form(&batch, "f_b", 3);
    batch_form(&batch, "f_c", 1);
    test_compile(&board, batch.change, batch.n, 1, 0);
    assert_int_equal(board.appends, appends);
    board.current = 1;
    test_compile(&board, batch.change, batch.n, 1, 1);
    batch_free(&batch);
    assert_memory_equal(board.image.digest, digest, sizeof(digest));
    assert_int_equal(board.image.stores, 1);
    assert_int_equal(gig_image_form_place(&board.image, 1, &place), 0);
    assert_int_equal(gig_image_store(&board.image, place.store, &store), 0);
    assert_int_equal(store.number, 1);
    bytes = gig_place_bytes(&place, test_store(&board, &store), 1);
    assert_non_null(memmem(bytes.data, bytes.len, "f_b", 3));

    batch_add(&batch, GIG_CHANGE_FORM_DELETE, "f_b");
    batch_add(&batch, GIG_CHANGE_FORM, "f_a")->json = gig_str("{\"id\":\"f_a\",\"rev\":\"x\"}");
    test_compile(&board, batch.change, batch.n, 0, 0);
    batch_free(&batch);
    assert_int_equal(board.image.forms, 1);
    assert_int_equal(board.refused, 1);
    assert_int_equal(gig_image_form_of(&board.image, 0), GIG_ROW_NONE);

    test_board_free(&board);
}


/* What a build cannot do without ends it with a reason, and the last image is as it was. */
static void
test_failures(void **state)
{
    char          *copy;
    batch_t        batch;
    gig_buf_t      out;
    test_gig_t     gig;
    gig_place_t    place;
    test_board_t   board;

    (void) state;

    memset(&batch, 0, sizeof(batch));
    memset(&gig, 0, sizeof(gig));
    strcpy(gig.id, "g_1");
    strcpy(gig.rev, "r1");
    strcpy(gig.title, "A gig");
    gig.status = GIG_PUBLISHED;
    gig.posted = gig.opens = gig.closes = gig.visible = GIG_TIME_NONE;
    test_board_init(&board);
    gig_buf_init(&out, GIG_IMAGE_SIZE_MAX);

    batch_put(&batch, &gig, 0);
    test_compile(&board, batch.change, batch.n, 0, 0);

    board.fail_append = 1;
    assert_int_equal(test_build(&board, batch.change, batch.n, 0, 0, &out), -1);
    assert_string_equal(board.err.pointer, "/stores");
    board.fail_append = 0;

    /* A damaged fragment does not survive a compaction; a kept one is not even looked at. */

    assert_int_equal(gig_image_place(&board.image, 0, GIG_FRAGMENT_DETAIL, &place), 0);
    board.store[0].data[place.offset] ^= 1;
    assert_int_equal(test_build(&board, NULL, 0, 0, 0, &out), 0);
    gig_buf_free(&out);
    gig_buf_init(&out, GIG_IMAGE_SIZE_MAX);
    board.current = 1;
    assert_int_equal(test_build(&board, NULL, 0, 0, 1, &out), -1);
    assert_string_equal(board.err.pointer, "/stores");
    board.store[0].data[place.offset] ^= 1;
    assert_int_equal(test_build(&board, NULL, 0, 0, 1, &out), 0);
    gig_buf_free(&out);

    /* Built on an image that is damaged anywhere: refused or built, never out of bounds. */

    copy = malloc(board.index.len);
    assert_non_null(copy);
    memcpy(copy, board.index.data, board.index.len);

    for (size_t at = sizeof(gig_disk_header_t); at < board.index.len; at++) {
        board.index.data[at] = (char) (copy[at] ^ (char) 0xff);
        gig_buf_init(&out, GIG_IMAGE_SIZE_MAX);

        if (test_build(&board, NULL, 0, 0, at & 1, &out) != 0) {
            assert_true(board.err.detail[0] != '\0');
        }

        gig_buf_free(&out);
        board.index.data[at] = copy[at];
    }

    free(copy);
    batch_free(&batch);
    test_board_free(&board);
}


/*
 * The first, second, ... allocation fails: an error and nothing leaked (the
 * sanitizers look), until one build gets through.
 */
static void
test_memory(void **state)
{
    int            rc;
    long           n;
    uint64_t       random = 11;
    batch_t       *batch;
    model_t       *model;
    uint32_t       i;
    unsigned       failed;
    gig_buf_t      out;
    test_board_t   board;

    (void) state;

    model = calloc(1, sizeof(*model));
    batch = calloc(1, sizeof(*batch));
    assert_true(model && batch);
    test_board_init(&board);

    for (i = 0; i < 5; i++) {
        test_random_gig(&random, i, &model->gig[i]);
    }

    full_load(model, batch);
    batch_add(batch, GIG_CHANGE_PUT, "g_refused")->json = gig_str("{}");
    test_compile(&board, batch->change, batch->n, 1, 0);
    batch_free(batch);

    board.current = 1;
    strcpy(model->gig[0].title, "Another");
    batch_put(batch, &model->gig[0], 0);
    failed = 0;

    for (n = 1; ; n++) {
        gig_buf_init(&out, GIG_IMAGE_SIZE_MAX);
        gig_buf_reset(&board.store[1]);
        board.refused = 0;
        fail_after = n;
        rc = test_build(&board, batch->change, batch->n, 0, 1, &out);
        gig_buf_free(&out);

        if (fail_after > 0) {
            fail_after = 0;
            break;
        }

        failed += rc != 0 || board.refused > 0;
        assert_true(n < 10000);
    }

    assert_int_equal(rc, 0);
    assert_true(failed > 10);
    print_message("# %ld allocations, %u of their failures ended a build\n", n - 1, failed);

    batch_free(batch);
    test_board_free(&board);
    free(batch);
    free(model);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_memory)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
