
/*
 * A spreadsheet comes in whatever pieces the disk gives: a row must not depend on
 * where a block ends.  And what an export writes must come back as it was, with
 * nothing in it that a spreadsheet would run.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_csv.h"

#define GIG_OUT_MAX     (16 * 1024 * 1024)


typedef struct {
    char       separator;
    gig_buf_t  rows;                            /* a count and "LENGTH:CELL" a cell */
    gig_buf_t  file;                            /* the same rows, as an export writes them */
} gig_fuzz_csv_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static int
gig_fuzz_csv_row(void *data, const gig_csv_row_t *row)
{
    size_t           i;
    gig_fuzz_csv_t  *fuzz = data;

    if (row->fault != NULL) {
        gig_buf_printf(&fuzz->rows, "%s\n", row->fault);
        return row->n == 0 ? 0 : -1;
    }

    gig_buf_printf(&fuzz->rows, "%zu", row->n);

    for (i = 0; i < row->n; i++) {
        gig_buf_printf(&fuzz->rows, " %zu:", row->cell[i].len);
        gig_buf_str(&fuzz->rows, row->cell[i]);

        if (i != 0) {
            gig_buf_add(&fuzz->file, &fuzz->separator, 1);
        }

        gig_csv_cell(&fuzz->file, row->cell[i]);
    }

    gig_buf_puts(&fuzz->rows, "\n");
    gig_buf_puts(&fuzz->file, "\r\n");

    return 0;
}


/* Reads all of it, `step` bytes at a time. */

static void
gig_fuzz_csv_read(gig_fuzz_csv_t *fuzz, char separator, gig_str_t text, size_t step)
{
    int        rc;
    size_t     at, n;
    gig_csv_t  csv;

    fuzz->separator = separator;
    gig_buf_init(&fuzz->rows, GIG_OUT_MAX);
    gig_buf_init(&fuzz->file, GIG_OUT_MAX);
    gig_csv_init(&csv, separator, gig_fuzz_csv_row, fuzz);

    rc = 0;

    for (at = 0; at < text.len && rc == 0; at += n) {
        n = text.len - at < step ? text.len - at : step;
        rc = gig_csv_feed(&csv, (gig_str_t) { text.data + at, n });
    }

    if (rc != 0 || gig_csv_finish(&csv) != 0
        || gig_buf_failed(&fuzz->rows) || gig_buf_failed(&fuzz->file))
    {
        abort();
    }

    gig_csv_free(&csv);
}


static void
gig_fuzz_csv_free(gig_fuzz_csv_t *fuzz)
{
    gig_buf_free(&fuzz->rows);
    gig_buf_free(&fuzz->file);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            separator;
    gig_str_t       text, file;
    gig_fuzz_csv_t  whole, pieces, once, twice;

    if (size == 0) {
        return 0;
    }

    text = (gig_str_t) { (const char *) data + 1, size - 1 };
    separator = gig_csv_separator(text);

    gig_fuzz_csv_read(&whole, separator, text, size);
    gig_fuzz_csv_read(&pieces, separator, text, 1 + data[0] % 16);

    if (whole.rows.len != pieces.rows.len
        || (whole.rows.len != 0
            && memcmp(whole.rows.data, pieces.rows.data, whole.rows.len) != 0))
    {
        abort();
    }

    /* an export of what was read; the export of that has its formulas disarmed already */

    file = (gig_str_t) { whole.file.data, whole.file.len };
    gig_fuzz_csv_read(&once, separator, file, size);

    file = (gig_str_t) { once.file.data, once.file.len };
    gig_fuzz_csv_read(&twice, separator, file, size);

    if (once.file.len != twice.file.len
        || (once.file.len != 0 && memcmp(once.file.data, twice.file.data, once.file.len) != 0))
    {
        abort();
    }

    gig_fuzz_csv_free(&whole);
    gig_fuzz_csv_free(&pieces);
    gig_fuzz_csv_free(&once);
    gig_fuzz_csv_free(&twice);

    return 0;
}
