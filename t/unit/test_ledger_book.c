/*
 * Why: what is sent again when, and when a segment may be removed, decides whether an application
 * is lost.  A plain list of the same records is asked the same questions, over random
 * histories; GIG_SEED repeats one.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_ledger_book.h"

#define STEPS  200000
#define IDS    3000

/* The plain list. */
static struct {
    int                 there, sending;
    gig_ledger_seat_t   seat;
    unsigned            segment;
    int64_t             due, delay;
} plain[IDS][2];

static unsigned  seed;


static unsigned
test_below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;

    return (seed >> 16) % n;
}


static void
test_name(unsigned i, gig_ledger_record_t *r)
{
    memset(r, 0, sizeof(*r));
    (void) snprintf(r->id, sizeof(r->id), "%022u", i / 3);      /* three prints an id */
    (void) snprintf(r->print, sizeof(r->print), "print-%u", i);
}


static void
test_random(void **state)
{
    int                   first, op, found;
    size_t                n = 0, live[GIG_LEDGER_SEGMENTS_MAX] = { 0 };
    int64_t               now = 1000, least;
    unsigned              i, k, step, segment;
    const char           *given = getenv("GIG_SEED");
    gig_ledger_book_t    *book;
    gig_ledger_entry_t   *e, entry;
    gig_ledger_record_t   r;

    (void) state;
    seed = given ? (unsigned) strtoul(given, NULL, 10) : (unsigned) time(NULL);
    (void) fprintf(stderr, "# GIG_SEED=%u\n", seed);
    memset(plain, 0, sizeof(plain));
    book = gig_ledger_book_create();
    assert_non_null(book);

    for (step = 0; step < STEPS; step++) {
        i = test_below(IDS);
        op = (int) test_below(10) == 0;
        test_name(i, &r);
        r.op = op ? GIG_LEDGER_WITHDRAW : GIG_LEDGER_APPLY;

        /* A withdrawal is one for all contents of an id. */
        if (op) {
            i -= i % 3;
        }

        now += test_below(50);

        switch (test_below(8)) {

        case 0: case 1: case 2:
            segment = test_below(5);
            r.seat = op ? GIG_LEDGER_NONE : (gig_ledger_seat_t) test_below(3);
            assert_int_equal(gig_ledger_book_add(book, &r, segment, step, 8, now, &first), 0);
            assert_int_equal(first, !plain[i][op].there);

            if (!plain[i][op].there) {
                plain[i][op].there = 1;
                plain[i][op].sending = 0;
                plain[i][op].seat = r.seat;
                plain[i][op].segment = segment;
                plain[i][op].delay = GIG_LEDGER_RESEND;
                plain[i][op].due = now + GIG_LEDGER_RESEND;
                n++;
                live[segment]++;

            } else if (plain[i][op].seat == GIG_LEDGER_NONE && r.seat != GIG_LEDGER_NONE) {
                live[plain[i][op].segment]--;
                plain[i][op].seat = r.seat;
                plain[i][op].segment = segment;
                live[segment]++;
            }

            break;

        case 3: case 4:
            found = gig_ledger_book_tick(book, r.op, r.id, r.print, &entry);
            assert_int_equal(found, plain[i][op].there);

            if (found) {
                assert_int_equal(entry.segment, plain[i][op].segment);
                assert_int_equal(entry.seat, plain[i][op].seat);
                live[entry.segment]--;
                n--;
                plain[i][op].there = 0;
            }

            break;

        case 5:
            now += test_below(GIG_LEDGER_RESEND / 20);

            for (k = 0; k < 20; k++) {
                e = gig_ledger_book_due(book, now);

                for (least = INT64_MAX, i = 0; i < IDS * 2; i++) {
                    if (plain[i / 2][i % 2].there && !plain[i / 2][i % 2].sending
                        && plain[i / 2][i % 2].due < least)
                    {
                        least = plain[i / 2][i % 2].due;
                    }
                }

                if (e == NULL) {
                    assert_true(least > now);
                    break;
                }

                i = (unsigned) strtoul(e->print + 6, NULL, 10);
                op = e->op == GIG_LEDGER_WITHDRAW;
                i -= op ? i % 3 : 0;
                assert_true(plain[i][op].there && !plain[i][op].sending);
                assert_true(plain[i][op].due == least && least <= now);
                plain[i][op].sending = 1;
            }

            break;

        case 6:
            e = gig_ledger_book_find(book, r.op, r.id, r.print);
            assert_int_equal(e != NULL, plain[i][op].there);

            if (e && e->sending) {
                k = test_below(2);
                gig_ledger_book_sent(book, e, (int) k, now);
                plain[i][op].sending = 0;
                plain[i][op].due = now + (k ? plain[i][op].delay : 1000);

                if (k) {
                    plain[i][op].delay = plain[i][op].delay * 2 < GIG_LEDGER_RESEND_MAX
                                         ? plain[i][op].delay * 2 : GIG_LEDGER_RESEND_MAX;
                }
            }

            break;

        default:
            if (test_below(200) != 0) {
                break;
            }

            gig_ledger_book_again(book, now);

            for (i = 0; i < IDS * 2; i++) {
                plain[i / 2][i % 2].due = now;
                plain[i / 2][i % 2].delay = GIG_LEDGER_RESEND;
                plain[i / 2][i % 2].sending = 0;
            }
        }

        assert_int_equal(gig_ledger_book_gap(book), n);

        for (k = 0; k < 5; k++) {
            assert_int_equal(gig_ledger_book_live(book, k), live[k]);
        }
    }

    gig_ledger_book_free(book);
}


/* An id alone finds an application of it, whatever its content, and never a withdrawal. */
static void
test_id(void **state)
{
    int                   first;
    gig_ledger_book_t    *book;
    gig_ledger_entry_t    entry;
    gig_ledger_record_t   r;

    (void) state;
    book = gig_ledger_book_create();
    assert_non_null(book);
    test_name(0, &r);
    assert_null(gig_ledger_book_id(book, r.id));

    r.op = GIG_LEDGER_WITHDRAW;
    assert_int_equal(gig_ledger_book_add(book, &r, 0, 128, 8, 1, &first), 0);
    assert_null(gig_ledger_book_id(book, r.id));
    assert_non_null(gig_ledger_book_find(book, GIG_LEDGER_WITHDRAW, r.id, "another"));

    r.op = GIG_LEDGER_APPLY;
    assert_int_equal(gig_ledger_book_add(book, &r, 0, 136, 8, 1, &first), 0);
    assert_non_null(gig_ledger_book_id(book, r.id));
    assert_null(gig_ledger_book_find(book, GIG_LEDGER_APPLY, r.id, "another"));

    assert_int_equal(gig_ledger_book_tick(book, GIG_LEDGER_APPLY, r.id, r.print, &entry), 1);
    assert_null(gig_ledger_book_id(book, r.id));
    assert_int_equal(gig_ledger_book_gap(book), 1);

    gig_ledger_book_free(book);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_random), cmocka_unit_test(test_id),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
