
/*
 * A segment as a disk may give it back, or as somebody would make it who can write
 * into the state folder: edits to a sound one, or bytes that never were one.
 */

#include "../unit/gig_test_segment.h"
#include "gig_segment_format.h"

#define EDIT        4                           /* bytes: where (2), what, how */
#define GIGS        15


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static uint32_t
fuzz_row_of(void *data, unsigned segment, uint32_t row)
{
    (void) data;

    /* A gig or two of the second lives, under a number out of order. */

    return segment == 0 ? row : row % 2 ? 5000 - row : UINT32_MAX;
}


static gig_str_t
fuzz_sound(void)
{
    uint32_t                i;
    uint64_t                random = 23;
    gig_str_t               bytes;
    test_words_t            words;
    gig_segment_builder_t  *builder;

    memset(&words, 0, sizeof(words));
    builder = gig_segment_builder_create();

    if (builder == NULL) {
        abort();
    }

    for (i = 0; i < GIGS; i++) {
        test_random_row(&random, i * (i % 10 == 9 ? 400 : 1), 30, &words);
    }

    if (test_build(builder, &words, &bytes) != 0) {
        abort();
    }

    test_words_free(&words);
    gig_segment_builder_free(builder);

    return bytes;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char             *copy;
    size_t            at, i, len;
    gig_str_t         merged;
    gig_segment_t     segment[2];

    static gig_str_t  sound;

    if (sound.data == NULL) {
        sound = fuzz_sound();
    }

    len = size > 0 && data[0] == GIG_SEGMENT_MAGIC[0] ? size : sound.len;
    copy = malloc(len);

    if (copy == NULL) {
        return 0;
    }

    if (len == size) {
        memcpy(copy, data, len);

    } else {
        memcpy(copy, sound.data, len);

        for (i = 0; i + EDIT <= size; i += EDIT) {
            at = (data[i] | (size_t) data[i + 1] << 8) % len;

            switch (data[i + 3] % 3) {
            case 0:
                copy[at] = (char) data[i + 2];
                break;
            case 1:
                copy[at] = (char) (copy[at] + (char) data[i + 2]);
                break;
            default:
                memset(copy + at, data[i + 2], len - at < 4 ? len - at : 4);
            }
        }
    }

    (void) test_walk((gig_str_t) { copy, len });

    if (gig_segment_open(sound, &segment[0]) != 0) {
        abort();
    }

    if (gig_segment_open((gig_str_t) { copy, len }, &segment[1]) == 0
        && gig_segment_merge(segment, 2, fuzz_row_of, NULL, &merged) == 0)
    {
        (void) test_walk(merged);
        gig_block_free((void *) merged.data);
    }

    free(copy);

    return 0;
}
