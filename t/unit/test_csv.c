
/*
 * A spreadsheet's export is the first thing a company tries.  Quotes, line ends
 * inside quotes, CRLF and a byte order mark must come out as they went in,
 * however the bytes are cut into blocks; one wrong row must cost one row.
 * And no cell we write may be run as a formula: what an applicant typed is opened in Excel.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_csv.h"


/* Rows as text: "LINE:cell|cell\n"; a wrong row as "LINE!fault\n". */
static int
write_row(void *data, const gig_csv_row_t *row)
{
    size_t      i;
    gig_buf_t  *out = data;

    gig_buf_printf(out, "%u", (unsigned) row->line);

    if (row->fault) {
        gig_buf_printf(out, "!%s\n", row->fault);
        return 0;
    }

    for (i = 0; i < row->n; i++) {
        gig_buf_puts(out, i ? "|" : ":");
        gig_buf_str(out, row->cell[i]);
    }

    gig_buf_puts(out, "\n");

    return 0;
}


static void
expect(char separator, gig_str_t text, const char *rows)
{
    size_t      block, at;
    gig_buf_t   out;
    gig_str_t   part;
    gig_csv_t  *csv;

    csv = malloc(sizeof(gig_csv_t));
    assert_non_null(csv);

    /* Whole, and in blocks of 1, 2, 3 and 7 bytes. */
    for (block = 0; block < 8; block = block == 3 ? 7 : block + 1) {
        gig_buf_init(&out, 1 << 20);
        gig_csv_init(csv, separator, write_row, &out);

        for (at = 0; at < text.len; at += part.len) {
            part.data = text.data + at;
            part.len = (block == 0 || text.len - at < block) ? text.len - at : block;
            assert_int_equal(gig_csv_feed(csv, part), 0);
        }

        assert_int_equal(gig_csv_finish(csv), 0);
        gig_buf_add(&out, "", 1);
        assert_false(gig_buf_failed(&out));
        assert_string_equal(out.data, rows);

        gig_csv_free(csv);
        gig_buf_free(&out);
    }

    free(csv);
}


static void
test_rows(void **state)
{
    (void) state;

    expect(',', gig_str("a,b\r\n1,2\r\n"), "1:a|b\n2:1|2\n");
    expect(',', gig_str("a,b\n1,2"), "1:a|b\n2:1|2\n");
    expect(',', gig_str("\xef\xbb\xbf" "a,b\n"), "1:a|b\n");
    expect(',', gig_str("\xef\xbb" "a\n"), "1:\xef\xbb" "a\n");
    expect(',', gig_str("\"a,\"\"x\"\"\",\"b\r\nc\"\r\nd,e\r\n"), "1:a,\"x\"|b\r\nc\n3:d|e\n");
    expect(',', gig_str("a,,\n,\n"), "1:a||\n2:|\n");
    expect(',', gig_str("a\n\n\r\n\"\"\nb\n"), "1:a\n4:\n5:b\n");
    expect(',', gig_str("a\rb,c\n"), "1:a\rb|c\n");
    expect(',', gig_str("5\" disk,b\n"), "1:5\" disk|b\n");
    expect(';', gig_str("a;b,c\n"), "1:a|b,c\n");
    expect(',', gig_str("\xf0\x9f\x9a\x80 x,y\n"), "1:\xf0\x9f\x9a\x80 x|y\n");
    expect(',', gig_str(""), "");
    expect(',', gig_str("\"\""), "1:\n");
}


static void
test_wrong_rows(void **state)
{
    char       *many;
    gig_str_t   text;

    (void) state;

    expect(',', gig_str("a,b\n\"x\"y,z\nc,d\n"), "1:a|b\n2!text after a closing quote\n3:c|d\n");
    expect(',', gig_str("a\n\"b\nc\n"), "1:a\n2!a quote is not closed\n");

    many = malloc(GIG_CSV_CELLS_MAX + 4);
    assert_non_null(many);
    memset(many, ',', GIG_CSV_CELLS_MAX);
    memcpy(many + GIG_CSV_CELLS_MAX, "\nz\n", 4);
    text = (gig_str_t) { many, GIG_CSV_CELLS_MAX + 3 };
    expect(',', text, "1!more than 512 cells\n2:z\n");
    free(many);
}


/* A quote that is never closed must not eat the memory, nor the file for ever. */
static void
test_open_quote(void **state)
{
    char       *big;
    gig_buf_t   out;
    gig_csv_t  *csv;

    (void) state;

    csv = malloc(sizeof(gig_csv_t));
    big = malloc(GIG_CSV_ROW_MAX + 100);
    assert_non_null(csv);
    assert_non_null(big);

    memset(big, 'x', GIG_CSV_ROW_MAX + 100);
    big[0] = '"';
    gig_buf_init(&out, 4096);
    gig_csv_init(csv, ',', write_row, &out);
    assert_int_equal(gig_csv_feed(csv, (gig_str_t) { big, GIG_CSV_ROW_MAX + 100 }), 0);
    assert_int_equal(gig_csv_feed(csv, gig_str("\na,b\n")), 0);
    assert_int_equal(gig_csv_finish(csv), 0);
    gig_buf_add(&out, "", 1);
    assert_string_equal(out.data, "1!longer than 1 MB; is a quote not closed?\n2:a|b\n");
    assert_true(csv->bytes.size <= GIG_CSV_ROW_MAX);

    gig_csv_free(csv);
    gig_buf_free(&out);
    free(big);
    free(csv);
}


static int
refuse_row(void *data, const gig_csv_row_t *row)
{
    (void) row;
    return ++*(int *) data == 2 ? -1 : 0;
}


static void
test_ended_by_handler(void **state)
{
    int         rows;
    gig_csv_t  *csv;

    (void) state;

    rows = 0;
    csv = malloc(sizeof(gig_csv_t));
    assert_non_null(csv);
    gig_csv_init(csv, ',', refuse_row, &rows);
    assert_int_equal(gig_csv_feed(csv, gig_str("a\nb\nc\n")), -1);
    assert_int_equal(rows, 2);
    gig_csv_free(csv);
    free(csv);
}


static void
test_separator(void **state)
{
    (void) state;

    assert_int_equal(gig_csv_separator(gig_str("a,b,c;d\n")), ',');
    assert_int_equal(gig_csv_separator(gig_str("a;b;c\nx,y,z,w,v\n")), ';');
    assert_int_equal(gig_csv_separator(gig_str("a\tb\n")), '\t');
    assert_int_equal(gig_csv_separator(gig_str("\"a;b;c\",d\n")), ',');
    assert_int_equal(gig_csv_separator(gig_str("one column")), ',');
}


static void
test_cells(void **state)
{
    size_t     i;
    gig_buf_t  out;

    static const struct {
        const char  *text, *cell;
    } cases[] = {
        { "plain", "plain" },
        { "", "" },
        { "a,b", "\"a,b\"" },
        { "a;b", "\"a;b\"" },
        { "say \"x\"", "\"say \"\"x\"\"\"" },
        { "=1+1", "\"'=1+1\"" },
        { "+1", "\"'+1\"" },
        { "-1", "\"'-1\"" },
        { "@SUM(A1)", "\"'@SUM(A1)\"" },
        { "\t=1", "\"'\t=1\"" },
        { "\r=1", "\"'\r'=1\"" },
        { "  =1", "\"'  =1\"" },
        { "\xc2\xa0=1", "\"'\xc2\xa0=1\"" },
        { "text\n=1", "\"text\n'=1\"" },
        { "text\r\n  @x", "\"text\r\n'  @x\"" },
        { "a=b", "a=b" },
        { "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        gig_buf_init(&out, 4096);
        gig_csv_cell(&out, (gig_str_t) { cases[i].text, strlen(cases[i].text) });
        gig_buf_add(&out, "", 1);
        assert_string_equal(out.data, cases[i].cell);
        gig_buf_free(&out);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_wrong_rows),
        cmocka_unit_test(test_open_quote),
        cmocka_unit_test(test_ended_by_handler),
        cmocka_unit_test(test_separator),
        cmocka_unit_test(test_cells)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
