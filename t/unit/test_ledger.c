/*
 * Why: the ledger is read when something went wrong: a worker died half way through a write, a
 * disk lost or changed bytes.  What was whole must come out whole, what was torn must not
 * come out at all, and damage in the middle must hide nothing that comes after it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_ledger.h"

#define RECORDS  40
#define SEGMENT  0x1122334455667788u

static struct {
    gig_buf_t             bytes;
    gig_ledger_record_t   record[RECORDS];
    char                  gig[RECORDS][GIG_ID_MAX + 1];
    char                  box[RECORDS][300];
    size_t                at[RECORDS + 1];
} made;


static void
test_record(unsigned i, gig_ledger_record_t *r)
{
    memset(r, 0, sizeof(*r));
    r->kind = i % 7 == 6 ? GIG_LEDGER_TICK : GIG_LEDGER_RECORD;
    r->op = i % 5 == 4 ? GIG_LEDGER_WITHDRAW : GIG_LEDGER_APPLY;
    r->seat = r->op == GIG_LEDGER_APPLY ? (gig_ledger_seat_t) (i % GIG_LEDGER_SEATS)
                                        : GIG_LEDGER_NONE;
    (void) snprintf(r->id, sizeof(r->id), "id-%019u", i);
    (void) snprintf(r->who, sizeof(r->who), "who-%039u", i);
    (void) snprintf(r->print, sizeof(r->print), "print-%0*u", (int) (i % 37) + 1, i);
    r->received_ms = 1700000000000 + i;
    r->at_ms = r->kind == GIG_LEDGER_TICK ? 1700000001000 + i : 0;

    if (r->kind == GIG_LEDGER_RECORD) {
        (void) snprintf(made.gig[i], sizeof(made.gig[i]), "gig-%u", i);
        memset(made.box[i], (int) ('a' + i % 26), sizeof(made.box[i]));
        r->gig = (gig_str_t) { made.gig[i], strlen(made.gig[i]) };
        r->rev = gig_str("sha256-0");
        r->box = (gig_str_t) { made.box[i], i * 7 % sizeof(made.box[i]) };
    }
}


static int
test_setup(void **state)
{
    unsigned             i;
    unsigned char        bytes[GIG_LEDGER_HEADER];
    gig_ledger_header_t  header = { SEGMENT, 1700000000000, "acme" };

    (void) state;
    gig_buf_init(&made.bytes, 1 << 20);
    gig_ledger_header_write(&header, bytes);
    gig_buf_add(&made.bytes, bytes, sizeof(bytes));

    for (i = 0; i < RECORDS; i++) {
        test_record(i, &made.record[i]);
        made.at[i] = made.bytes.len;
        assert_int_equal(gig_ledger_frame_write(&made.record[i], SEGMENT, i + 1, &made.bytes), 0);
        assert_int_equal(made.bytes.len - made.at[i], gig_ledger_frame_size(&made.record[i]));
        assert_int_equal(made.bytes.len % GIG_LEDGER_ALIGN, 0);
    }

    made.at[i] = made.bytes.len;

    return 0;
}


static int
test_teardown(void **state)
{
    (void) state;
    gig_buf_free(&made.bytes);

    return 0;
}


static void
test_same(const gig_ledger_record_t *a, const gig_ledger_record_t *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->op, b->op);
    assert_int_equal(a->seat, b->seat);
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->who, b->who);
    assert_string_equal(a->print, b->print);
    assert_true(gig_str_eq(a->gig, b->gig));
    assert_true(gig_str_eq(a->rev, b->rev));
    assert_true(gig_str_eq(a->box, b->box));
    assert_true(a->received_ms == b->received_ms && a->at_ms == b->at_ms);
}


/* Reads all; each must be one of those made, in their order.  Bits: which. */
static uint64_t
test_scan(gig_str_t bytes, gig_ledger_scan_t *scan)
{
    uint64_t             seen = 0;
    unsigned             i, next = 0;
    gig_ledger_record_t  record;

    gig_ledger_scan_init(scan, bytes, SEGMENT);

    while (gig_ledger_scan_next(scan, &record)) {
        i = scan->number - 2;
        assert_true(i < RECORDS && i >= next);
        test_same(&record, &made.record[i]);
        assert_int_equal(scan->at, made.at[i]);
        seen |= (uint64_t) 1 << i;
        next = i + 1;
    }

    return seen;
}


static void
test_whole(void **state)
{
    gig_error_t          err;
    gig_ledger_scan_t    scan;
    gig_ledger_header_t  header;

    (void) state;
    assert_int_equal(gig_ledger_header_read((gig_str_t) { made.bytes.data, made.bytes.len },
                                            &header, &err), 0);
    assert_true(header.segment == SEGMENT && header.made_ms == 1700000000000);
    assert_string_equal(header.board, "acme");

    assert_int_equal(test_scan((gig_str_t) { made.bytes.data, made.bytes.len }, &scan),
                     ((uint64_t) 1 << RECORDS) - 1);
    assert_int_equal(scan.damages, 0);
    assert_int_equal(scan.end, made.bytes.len);
    assert_int_equal(scan.number, RECORDS + 1);
}


/* Cut anywhere, with and without the zeros that were there before: all whole ones, no damage. */
static void
test_torn(void **state)
{
    char               *copy;
    size_t              cut;
    unsigned            n;
    uint64_t            whole;
    gig_ledger_scan_t   scan;

    (void) state;
    copy = calloc(1, made.bytes.len);
    assert_non_null(copy);

    for (cut = GIG_LEDGER_HEADER; cut <= made.bytes.len; cut++) {

        for (n = 0; n < RECORDS && made.at[n + 1] <= cut; n++) { /* void */ }

        whole = ((uint64_t) 1 << n) - 1;

        assert_int_equal(test_scan((gig_str_t) { made.bytes.data, cut }, &scan), whole);
        assert_true(scan.damages == 0 && scan.end == made.at[n]);

        memset(copy, 0, made.bytes.len);
        memcpy(copy, made.bytes.data, cut);
        assert_true((test_scan((gig_str_t) { copy, made.bytes.len }, &scan) & whole) == whole);
        assert_int_equal(scan.damages, 0);
    }

    free(copy);
}


/* Any byte changed: all records but the one it is in come out, and the damage is said. */
static void
test_damaged(void **state)
{
    char               *copy;
    size_t              at;
    uint64_t            seen;
    unsigned            in;
    gig_ledger_scan_t   scan;

    (void) state;
    copy = malloc(made.bytes.len);
    assert_non_null(copy);
    memcpy(copy, made.bytes.data, made.bytes.len);

    for (at = GIG_LEDGER_HEADER; at < made.bytes.len; at++) {

        for (in = 0; made.at[in + 1] <= at; in++) { /* void */ }

        copy[at] = (char) (copy[at] ^ (1 << at % 8));
        seen = test_scan((gig_str_t) { copy, made.bytes.len }, &scan);
        copy[at] = made.bytes.data[at];

        assert_int_equal(seen, (((uint64_t) 1 << RECORDS) - 1) & ~((uint64_t) 1 << in));
        assert_int_equal(scan.damages, in < RECORDS - 1);
        assert_int_equal(scan.damaged, in < RECORDS - 1 ? made.at[in + 1] - made.at[in] : 0);
    }

    free(copy);
}


static void
test_header(void **state)
{
    size_t               at;
    gig_error_t          err;
    unsigned char        bytes[GIG_LEDGER_HEADER], copy[GIG_LEDGER_HEADER];
    gig_ledger_header_t  header = { SEGMENT, 1, "acme" };

    (void) state;
    gig_ledger_header_write(&header, bytes);

    for (at = 0; at < sizeof(bytes); at++) {
        memcpy(copy, bytes, sizeof(bytes));
        copy[at] ^= 1;
        assert_int_equal(gig_ledger_header_read((gig_str_t) { (char *) copy, sizeof(copy) },
                                                &header, &err), -1);
        assert_int_equal(gig_ledger_header_read((gig_str_t) { (char *) bytes, at }, &header,
                                                &err), -1);
    }
}


/* A box may hold what looks like a frame: an older one of this segment, or one of another. */
static void
test_frame_in_box(void **state)
{
    gig_buf_t            out, inner;
    unsigned             i;
    gig_ledger_scan_t    scan;
    gig_ledger_record_t  record, got;

    (void) state;

    for (i = 0; i < 2; i++) {
        gig_buf_init(&inner, 1 << 16);
        gig_buf_init(&out, 1 << 16);
        gig_buf_add(&out, made.bytes.data, GIG_LEDGER_HEADER);

        test_record(0, &record);
        assert_int_equal(gig_ledger_frame_write(&record, i ? SEGMENT + 1 : SEGMENT, i ? 9 : 1,
                                                &inner), 0);
        test_record(1, &record);
        record.box = (gig_str_t) { inner.data, inner.len };
        assert_int_equal(gig_ledger_frame_write(&record, SEGMENT, 1, &out), 0);
        assert_int_equal(gig_ledger_frame_write(&made.record[2], SEGMENT, 2, &out), 0);

        /* The frame around it is damaged, so that the box lies open. */
        out.data[GIG_LEDGER_HEADER + 20] ^= 1;

        gig_ledger_scan_init(&scan, (gig_str_t) { out.data, out.len }, SEGMENT);

        if (i == 1) {
            assert_int_equal(gig_ledger_scan_next(&scan, &got), 1);
            test_same(&got, &made.record[2]);
            assert_int_equal(scan.damages, 1);
        }

        gig_buf_free(&inner);
        gig_buf_free(&out);
    }
}


static void
test_limits(void **state)
{
    char                  text[GIG_LEDGER_REV_MAX + 1];
    gig_buf_t             out;
    gig_ledger_record_t   record;

    (void) state;
    gig_buf_init(&out, 1 << 16);
    memset(text, 'x', sizeof(text));

    test_record(1, &record);
    record.rev = (gig_str_t) { text, sizeof(text) };
    assert_int_equal(gig_ledger_frame_size(&record), 0);
    assert_int_equal(gig_ledger_frame_write(&record, SEGMENT, 1, &out), -1);

    test_record(1, &record);
    record.gig = (gig_str_t) { text, GIG_ID_MAX + 1 };
    assert_int_equal(gig_ledger_frame_size(&record), 0);

    test_record(1, &record);
    record.box.len = GIG_LEDGER_BOX_MAX + 1;
    assert_int_equal(gig_ledger_frame_size(&record), 0);

    assert_int_equal(gig_ledger_seat_read(gig_str("late")), GIG_LEDGER_LATE);
    assert_int_equal(gig_ledger_seat_read(gig_str("")), GIG_LEDGER_NONE);
    assert_int_equal(gig_ledger_seat_read(gig_str("first row")), GIG_LEDGER_SEATS);
    assert_string_equal(gig_ledger_seat_text(GIG_LEDGER_OVER), "over");

    gig_buf_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_whole), cmocka_unit_test(test_torn),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_header),
        cmocka_unit_test(test_frame_in_box), cmocka_unit_test(test_limits),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
