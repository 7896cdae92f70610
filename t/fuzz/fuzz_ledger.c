
/*
 * A segment of the ledger as a broken disk, or a host lost years ago, hands it over: reading it must
 * survive anything, and what comes out must go in again as it was.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gig_crc32c.h"
#include "gig_ledger_content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                 *bytes;
    size_t                at, len;
    uint32_t              crc, number;
    gig_buf_t             again;
    gig_error_t           err;
    gig_ledger_scan_t     scan;
    gig_ledger_header_t   header;
    gig_ledger_content_t  content;
    gig_ledger_record_t   record, same;

    bytes = malloc(size + 1);

    if (bytes == NULL) {
        abort();
    }

    memcpy(bytes, data, size);
    (void) gig_ledger_header_read((gig_str_t) { bytes, size }, &header, &err);

    /* Checksums put right, or nothing but they would ever be tried. */

    for (at = GIG_LEDGER_HEADER; at + 56 <= size; at += len) {
        memcpy(&number, bytes + at + 8, sizeof(number));
        len = number < 56 || number > size - at ? GIG_LEDGER_ALIGN : number;

        if (len >= 56) {
            crc = gig_crc32c(0, bytes + at + 8, len - 8);
            memcpy(bytes + at + 4, &crc, sizeof(crc));
        }
    }

    gig_buf_init(&again, GIG_LEDGER_FRAME_MAX);
    gig_ledger_scan_init(&scan, (gig_str_t) { bytes, size }, 1);

    while (gig_ledger_scan_next(&scan, &record)) {

        gig_buf_reset(&again);

        if (gig_ledger_frame_write(&record, 1, 7, &again) != 0
            || gig_ledger_frame_read((gig_str_t) { again.data, again.len }, 1, &same, &number)
               != again.len
            || number != 7 || strcmp(same.id, record.id) != 0 || same.box.len != record.box.len
            || same.replay != record.replay)
        {
            abort();
        }
    }

    if (gig_ledger_content_read(&content, (gig_str_t) { bytes, size }, 1) != 0
        || gig_ledger_content_replay(&content, "nonce", INT64_MIN) != 0
        || gig_ledger_book_gap(content.ticked) != 0
        || gig_ledger_book_gap(content.open) > content.records)
    {
        abort();
    }

    gig_buf_free(&again);
    gig_ledger_content_free(&content);
    free(bytes);

    return 0;
}
