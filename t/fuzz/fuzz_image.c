
/*
 * The index as somebody would make it who can write into the state folder.
 * Random bytes never get past the checksums, so the input is a list of edits to
 * a sound image, made anew for each input, and the checksums are put right
 * afterwards: what is fuzzed is everything behind them.
 */

#include "../unit/gig_test_ask.h"

#define EDIT        4                           /* bytes: where (2), what, how */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                 *index;
    size_t                at, i, len;
    unsigned              bit;
    gig_str_t             bytes;
    gig_buf_t             out;
    gig_image_t           image;

    static test_search_t  *search;
    static test_board_t   board;

    if (!board.compiled) {
        test_fill(&board);
        search = test_search_create();
    }

    len = board.index.len;
    index = malloc(len);

    if (index == NULL) {
        return 0;
    }

    memcpy(index, board.index.data, len);

    for (i = 0; i + EDIT <= size; i += EDIT) {
        at = (data[i] | (size_t) data[i + 1] << 8) % len;

        switch (data[i + 3] % 4) {
        case 0:
            index[at] = (char) data[i + 2];
            break;
        case 1:
            index[at] = (char) (index[at] + (char) data[i + 2]);
            break;
        case 2:
            memset(index + at, data[i + 2], len - at < 8 ? len - at : 8);
            break;
        default:
            bit = data[i + 2] % 8;
            index[at] = (char) (index[at] ^ (1 << bit));
        }
    }

    /* A few of the header's fields only ever say no. */

    memcpy(index, board.index.data, offsetof(gig_disk_header_t, meta));
    test_repair(index, len);
    bytes = (gig_str_t) { index, len };

    if (gig_image_open(bytes, gig_str("acme"), 1, &image, NULL) == 0) {
        (void) test_ask_all(&image, (gig_str_t) { board.store[0].data, board.store[0].len }, search);

        /* And what a keeper would build on it. */

        gig_buf_init(&out, GIG_IMAGE_SIZE_MAX);
        board.image = image;
        board.current = 1;
        gig_buf_reset(&board.store[1]);
        (void) test_build(&board, NULL, 0, 0, size & 1, &out);
        gig_buf_free(&out);
    }

    free(index);

    return 0;
}
