
#include <string.h>

#include "gig_csv.h"


enum {
    GIG_CSV_START,              /* of a cell */
    GIG_CSV_PLAIN,
    GIG_CSV_QUOTED,
    GIG_CSV_QUOTE,              /* after a quote inside quotes: the end, or one of two */
    GIG_CSV_SKIP                /* a wrong row: up to its line's end */
};


char
gig_csv_separator(gig_str_t head)
{
    int         quoted;
    size_t      i, k, best, count[3] = { 0, 0, 0 };
    const char  candidates[] = ",;\t";

    quoted = 0;

    for (i = 0; i < head.len; i++) {

        if (head.data[i] == '"') {
            quoted = !quoted;
            continue;
        }

        if (quoted) {
            continue;
        }

        if (head.data[i] == '\n') {
            break;
        }

        for (k = 0; k < 3; k++) {
            count[k] += (head.data[i] == candidates[k]);
        }
    }

    best = 0;

    for (k = 1; k < 3; k++) {
        if (count[k] > count[best]) {
            best = k;
        }
    }

    return candidates[best];
}


void
gig_csv_init(gig_csv_t *csv, char separator, gig_csv_row_pt handler, void *data)
{
    memset(csv, 0, sizeof(gig_csv_t));
    gig_buf_init(&csv->bytes, GIG_CSV_ROW_MAX);

    csv->separator = separator;
    csv->handler = handler;
    csv->data = data;
    csv->line = 1;
    csv->row_line = 1;
    csv->cell_line = 1;
}


void
gig_csv_free(gig_csv_t *csv)
{
    gig_buf_free(&csv->bytes);
}


/*
 * Remembers the first fault of the row.  The reader takes up again at the next
 * line's end, whatever quotes are open: a forgotten quote costs rows, not the file.
 */
static void
gig_csv_fault(gig_csv_t *csv, const char *fault)
{
    csv->fault = fault;
    csv->state = GIG_CSV_SKIP;
}


static void
gig_csv_add(gig_csv_t *csv, char c)
{
    gig_buf_add(&csv->bytes, &c, 1);

    if (gig_buf_failed(&csv->bytes)) {
        gig_csv_fault(csv, "longer than 1 MB; is a quote not closed?");
    }
}


static void
gig_csv_cell_end(gig_csv_t *csv)
{
    if (csv->n == GIG_CSV_CELLS_MAX) {
        gig_csv_fault(csv, "more than 512 cells");
        return;
    }

    csv->end[csv->n++] = csv->bytes.len;
    csv->state = GIG_CSV_START;
}


static int
gig_csv_row_end(gig_csv_t *csv)
{
    int            rc;
    size_t         i, from;
    gig_csv_row_t  row;

    if (csv->state != GIG_CSV_SKIP) {
        gig_csv_cell_end(csv);
    }

    row.line = csv->row_line;
    row.fault = csv->fault;
    row.cell = csv->cell;
    row.n = csv->fault ? 0 : csv->n;

    from = 0;

    for (i = 0; i < row.n; i++) {
        csv->cell[i].data = csv->bytes.data ? csv->bytes.data + from : "";
        csv->cell[i].len = csv->end[i] - from;
        from = csv->end[i];
    }

    rc = 0;

    /* An empty line is no row. */
    if (row.fault || row.n > 1 || csv->quoted || (row.n == 1 && csv->cell[0].len)) {
        rc = csv->handler(csv->data, &row);
    }

    gig_buf_reset(&csv->bytes);
    csv->n = 0;
    csv->fault = NULL;
    csv->quoted = 0;
    csv->state = GIG_CSV_START;
    csv->row_line = csv->line;

    return rc;
}


static int
gig_csv_byte(gig_csv_t *csv, char c)
{
    int  lf;

    lf = (c == '\n');

    if (lf) {
        csv->line++;
    }

    switch (csv->state) {

    case GIG_CSV_QUOTED:

        if (c == '"') {
            csv->state = GIG_CSV_QUOTE;
            return 0;
        }

        gig_csv_add(csv, c);
        return 0;

    case GIG_CSV_QUOTE:

        if (c == '"') {
            csv->state = GIG_CSV_QUOTED;
            gig_csv_add(csv, c);
            return 0;
        }

        break;

    case GIG_CSV_START:

        if (c == '"' && !csv->cr) {
            csv->state = GIG_CSV_QUOTED;
            csv->quoted = 1;
            csv->cell_line = csv->line;
            return 0;
        }

        break;

    case GIG_CSV_SKIP:

        return lf ? gig_csv_row_end(csv) : 0;

    default:
        break;
    }

    /* Outside quotes. */

    if (csv->cr) {
        csv->cr = 0;

        if (!lf) {
            if (csv->state == GIG_CSV_QUOTE) {
                gig_csv_fault(csv, "text after a closing quote");
                return 0;
            }

            gig_csv_add(csv, '\r');     /* alone it is a character like any other */
        }
    }

    if (lf) {
        return gig_csv_row_end(csv);
    }

    if (c == csv->separator) {
        gig_csv_cell_end(csv);
        return 0;
    }

    if (c == '\r') {
        csv->cr = 1;
        return 0;
    }

    if (csv->state == GIG_CSV_QUOTE) {
        gig_csv_fault(csv, "text after a closing quote");
        return 0;
    }

    csv->state = GIG_CSV_PLAIN;
    gig_csv_add(csv, c);

    return 0;
}


int
gig_csv_feed(gig_csv_t *csv, gig_str_t block)
{
    size_t             i;
    static const char  bom[] = "\xef\xbb\xbf";

    for (i = 0; i < block.len; i++) {

        if (csv->bom < 3) {
            if (block.data[i] == bom[csv->bom]) {
                csv->bom++;
                continue;
            }

            /* No mark after all: what looked like one are the first bytes. */
            if (csv->bom > 0) {
                gig_buf_add(&csv->bytes, bom, csv->bom);
                csv->state = GIG_CSV_PLAIN;
            }

            csv->bom = 3;
        }

        if (gig_csv_byte(csv, block.data[i]) == -1) {
            return -1;
        }
    }

    return 0;
}


int
gig_csv_finish(gig_csv_t *csv)
{
    if (csv->state == GIG_CSV_QUOTED) {
        gig_csv_fault(csv, "a quote is not closed");
    }

    if (csv->state == GIG_CSV_START && csv->n == 0) {
        return 0;
    }

    return gig_csv_row_end(csv);
}


/* The blanks a spreadsheet skips: space and no-break space. */
static size_t
gig_csv_blank(gig_str_t text, size_t i)
{
    if (text.data[i] == ' ') {
        return 1;
    }

    if (i + 1 < text.len && text.data[i] == '\xc2' && text.data[i + 1] == '\xa0') {
        return 2;
    }

    return 0;
}


/* 1 if the line that begins at i would be taken for a formula. */
static int
gig_csv_formula(gig_str_t text, size_t i)
{
    size_t  n;

    while (i < text.len && (n = gig_csv_blank(text, i)) > 0) {
        i += n;
    }

    return i < text.len && memchr("=+-@\t\r\n", text.data[i], 7) != NULL;
}


void
gig_csv_cell(gig_buf_t *out, gig_str_t text)
{
    int     quote;
    size_t  i;

    quote = text.len > 0 && (gig_csv_formula(text, 0) || text.data[0] == ' '
                             || text.data[text.len - 1] == ' ');

    for (i = 0; i < text.len && !quote; i++) {
        quote = memchr(",;\"\r\n\t", text.data[i], 6) != NULL;
    }

    if (!quote) {
        gig_buf_str(out, text);
        return;
    }

    gig_buf_puts(out, "\"");

    for (i = 0; i < text.len; i++) {

        if ((i == 0 || text.data[i - 1] == '\n'
             || (text.data[i - 1] == '\r' && text.data[i] != '\n'))
            && gig_csv_formula(text, i))
        {
            gig_buf_puts(out, "'");
        }

        if (text.data[i] == '"') {
            gig_buf_puts(out, "\"");
        }

        gig_buf_add(out, &text.data[i], 1);
    }

    gig_buf_puts(out, "\"");
}
