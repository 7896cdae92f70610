
/*
 * A host may have no memory to make a segment: then there is none, what there was is
 * as it was, nothing leaks, and the next attempt can succeed.
 */

#include "gig_test_faults.h"
#include "gig_test_segment.h"


/* So many gigs that pools grow from small memory to the system's and there once more. */
static void
test_some(test_words_t *words)
{
    uint32_t  i;
    uint64_t  random = 17;

    memset(words, 0, sizeof(*words));

    for (i = 0; i < 800; i++) {
        test_random_row(&random, i * 3, 4000, words);
    }
}


static void
test_build_fails(void **state)
{
    int                     rc;
    long                    n;
    unsigned                failed;
    gig_str_t               sound, bytes;
    test_words_t            words;
    gig_segment_builder_t  *builder;

    (void) state;

    test_some(&words);
    builder = gig_segment_builder_create();
    assert_non_null(builder);
    assert_int_equal(test_build(builder, &words, &sound), 0);
    failed = 0;

    for (n = 1; ; n++) {
        fail_after = n;
        rc = test_build(builder, &words, &bytes);

        if (fail_after > 0) {
            fail_after = 0;
            break;
        }

        /* Giving back what was set aside too much may fail: no harm. */

        if (rc != 0) {
            failed++;
            assert_null(bytes.data);
            continue;
        }

        assert_int_equal(bytes.len, sound.len);
        assert_memory_equal(bytes.data, sound.data, sound.len);
        gig_block_free((void *) bytes.data);
    }

    assert_int_equal(rc, 0);
    assert_int_equal(bytes.len, sound.len);
    assert_memory_equal(bytes.data, sound.data, sound.len);
    assert_true(failed > 20);
    print_message("# %ld allocations, %u of their failures ended a build\n", n - 1, failed);

    fail_after = 1;
    assert_null(gig_segment_builder_create());
    fail_after = 0;
    gig_block_free((void *) bytes.data);
    gig_block_free((void *) sound.data);
    test_words_free(&words);
    gig_segment_builder_free(builder);
}


static uint32_t
test_turned(void *data, unsigned segment, uint32_t row)
{
    (void) data;

    return row % 2 == segment ? 3000 - row : UINT32_MAX;
}


static void
test_merge_fails(void **state)
{
    int                     rc;
    long                    n;
    unsigned                failed;
    gig_str_t               sound, bytes, merged;
    test_words_t            words;
    gig_segment_t           segment[2];
    gig_segment_builder_t  *builder;

    (void) state;

    test_some(&words);
    builder = gig_segment_builder_create();
    assert_non_null(builder);
    assert_int_equal(test_build(builder, &words, &bytes), 0);
    assert_int_equal(gig_segment_open(bytes, &segment[0]), 0);
    segment[1] = segment[0];
    assert_int_equal(gig_segment_merge(segment, 2, test_turned, NULL, &sound), 0);
    failed = 0;

    for (n = 1; ; n++) {
        fail_after = n;
        rc = gig_segment_merge(segment, 2, test_turned, NULL, &merged);

        if (fail_after > 0) {
            fail_after = 0;
            break;
        }

        if (rc != 0) {
            failed++;
            assert_null(merged.data);
            continue;
        }

        assert_int_equal(merged.len, sound.len);
        assert_memory_equal(merged.data, sound.data, sound.len);
        gig_block_free((void *) merged.data);
    }

    assert_int_equal(rc, 0);
    assert_int_equal(merged.len, sound.len);
    assert_memory_equal(merged.data, sound.data, sound.len);
    assert_true(failed > 20);
    print_message("# %ld allocations, %u of their failures ended a merge\n", n - 1, failed);

    gig_block_free((void *) merged.data);
    gig_block_free((void *) sound.data);
    gig_block_free((void *) bytes.data);
    test_words_free(&words);
    gig_segment_builder_free(builder);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_build_fails),
        cmocka_unit_test(test_merge_fails)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
