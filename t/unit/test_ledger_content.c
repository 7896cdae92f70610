/*
 * Why: what a segment says in the end decides what is sent again.  A tick that counts too much loses
 * somebody's application after a restored backup; one that counts too little sends all for ever.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_ledger_content.h"

#define SEGMENT  7u

static gig_buf_t  bytes;
static uint32_t   number;


static int
test_begin(void **state)
{
    unsigned char        header[GIG_LEDGER_HEADER];
    gig_ledger_header_t  h = { SEGMENT, 1, "acme" };

    (void) state;
    number = 0;
    gig_buf_init(&bytes, 1 << 20);
    gig_ledger_header_write(&h, header);
    gig_buf_add(&bytes, header, sizeof(header));

    return 0;
}


static int
test_end(void **state)
{
    (void) state;
    gig_buf_free(&bytes);

    return 0;
}


static void
test_frame(gig_ledger_kind_t kind, gig_ledger_op_t op, const char *id, int64_t at_ms)
{
    gig_ledger_record_t  record = { .kind = kind, .op = op, .at_ms = at_ms };

    (void) snprintf(record.id, sizeof(record.id), "%s", id);
    (void) snprintf(record.print, sizeof(record.print), "print");
    assert_int_equal(gig_ledger_frame_write(&record, SEGMENT, ++number, &bytes), 0);
}


/* "a b* c": open ones in the order of their ids, * those that are to be replayed. */
static void
test_says(const char *open, size_t ticked, gig_ledger_content_t *content)
{
    char                 said[256] = "";
    char                 id[2] = "a";
    gig_ledger_entry_t  *e;

    for ( /* void */ ; id[0] <= 'z'; id[0]++) {
        e = gig_ledger_book_find(content->open, GIG_LEDGER_APPLY, id, "print");

        if (e) {
            (void) snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s%s",
                            said[0] ? " " : "", id, e->replay ? "*" : "");
        }
    }

    assert_string_equal(said, open);
    assert_int_equal(gig_ledger_book_gap(content->ticked), ticked);
    gig_ledger_content_free(content);
}


static void
test_read(gig_ledger_content_t *content)
{
    assert_int_equal(gig_ledger_content_read(content, (gig_str_t) { bytes.data, bytes.len },
                                             SEGMENT), 0);
}


static void
test_ticks(void **state)
{
    gig_ledger_content_t  content;

    (void) state;
    test_read(&content);
    assert_int_equal(content.records, 0);
    test_says("", 0, &content);

    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "a", 0);
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "b", 0);
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "c", 0);
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_WITHDRAW, "b", 0);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_WITHDRAW, "b", 40);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "a", 30);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "unknown", 20);
    test_frame(GIG_LEDGER_MOVED, GIG_LEDGER_APPLY, "c", 90);

    test_read(&content);
    assert_int_equal(content.records, 4);
    assert_int_equal(content.last_tick, 40);
    assert_string_equal(content.replay, "");
    assert_int_equal(content.scan.number, 9);
    test_says("b", 2, &content);
}


/* By a frame, or as if there were one: the same. */
static void
test_replay(void **state)
{
    int                   frame;
    gig_ledger_content_t  content;

    (void) state;

    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "a", 0);        /* never ticked */
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "b", 0);        /* before the copy */
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "c", 0);        /* at its instant */
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "d", 0);        /* after, and moved */
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "e", 0);        /* after */
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "b", 99);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "c", 100);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "d", 101);
    test_frame(GIG_LEDGER_MOVED, GIG_LEDGER_APPLY, "d", 102);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "e", 103);

    for (frame = 0; frame < 2; frame++) {
        if (frame) {
            test_frame(GIG_LEDGER_REPLAY, GIG_LEDGER_APPLY, "nonce-1", 100);
        }

        test_read(&content);
        assert_string_equal(content.replay, frame ? "nonce-1" : "");

        if (!frame) {
            assert_int_equal(gig_ledger_content_replay(&content, "nonce-1", 100), 0);
        }

        test_says("a* c* e*", 1, &content);
    }

    /* It is over with a tick; what comes behind it is nothing to it. */

    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "c", 200);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "a", 201);
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "f", 0);
    test_read(&content);
    test_says("e* f", 3, &content);

    /* Another replay, of a copy that is older. */

    test_frame(GIG_LEDGER_REPLAY, GIG_LEDGER_APPLY, "nonce-2", 50);
    test_read(&content);
    assert_string_equal(content.replay, "nonce-2");
    test_says("a* b* c* e* f*", 0, &content);
}


/* Accepted anew after it was settled: open; and its old tick does not settle the new one. */
static void
test_twice(void **state)
{
    gig_ledger_content_t  content;

    (void) state;
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "a", 0);
    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "a", 10);
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "a", 0);
    test_read(&content);
    assert_int_equal(content.records, 2);
    test_says("a", 1, &content);

    test_frame(GIG_LEDGER_TICK, GIG_LEDGER_APPLY, "a", 20);
    test_frame(GIG_LEDGER_REPLAY, GIG_LEDGER_APPLY, "n", 20);
    test_read(&content);
    test_says("a*", 0, &content);
}


/* A record that is to be replayed says so wherever it is copied to. */
static void
test_flag(void **state)
{
    gig_ledger_content_t  content;
    gig_ledger_record_t   record = { .kind = GIG_LEDGER_RECORD, .op = GIG_LEDGER_APPLY,
                                     .replay = 1, .id = "a", .print = "print" };

    (void) state;
    assert_int_equal(gig_ledger_frame_write(&record, SEGMENT, ++number, &bytes), 0);
    test_frame(GIG_LEDGER_RECORD, GIG_LEDGER_APPLY, "b", 0);
    test_read(&content);
    test_says("a* b", 0, &content);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_ticks, test_begin, test_end),
        cmocka_unit_test_setup_teardown(test_replay, test_begin, test_end),
        cmocka_unit_test_setup_teardown(test_twice, test_begin, test_end),
        cmocka_unit_test_setup_teardown(test_flag, test_begin, test_end),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
