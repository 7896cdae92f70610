
/*
 * What the tests of the image share: records made up for the purpose, stores in
 * memory, and a board that compiles one generation after the other as a keeper
 * does.  Included by one test each, so all of it is static.
 */

#ifndef GIG_TEST_IMAGE_H
#define GIG_TEST_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_block.h"
#include "gig_compile.h"

#define TEST_NOW        1795000000              /* in November 2026 */
#define TEST_STORES     8

/* A record's fields as the tests choose them; the rest of it is always the same. */
typedef struct {
    char          id[GIG_ID_MAX + 1];
    char          rev[64];                      /* "": none is stored */
    char          title[64];
    char          slug[32];                     /* "": none is stored */
    char          department[32];               /* "": null */
    char          form[GIG_ID_MAX + 1];         /* "": null */
    char          zone[32];
    gig_status_t  status;
    gig_seats_t   seats;
    int64_t       posted, opens, closes, visible;
    int64_t       updated;                      /* 0: none is stored */
    unsigned      flags;                        /* GIG_IMAGE_* */
} test_gig_t;

/* Owns its stores and the bytes of its image. */
typedef struct {
    gig_buf_t     store[TEST_STORES];
    uint32_t      current;
    gig_store_t   stores[GIG_IMAGE_STORES_MAX + 1];
    uint32_t      n_stores;
    gig_buf_t     index;
    gig_image_t   image;
    int           compiled;                     /* there is an image */
    int           fail_append;
    unsigned      appends, refused, zones;
    char          refused_id[GIG_ID_MAX + 1];
    char          refused_pointer[GIG_POINTER_SIZE];
    gig_error_t   err;
    const gig_place_names_t  *place_names;      /* or NULL; not owned */
} test_board_t;


/* A zone without transitions and the rule of Chicago: header, one type, the same once more. */
static inline gig_str_t
test_tzif(void)
{
    static const char  block[] =
        "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
        "\0\0\0\1" "\0\0\0\4" "\xff\xff\xab\xa0\0\0" "CST\0"
        "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
        "\0\0\0\1" "\0\0\0\4" "\xff\xff\xab\xa0\0\0" "CST\0"
        "\nCST6CDT,M3.2.0,M11.1.0\n";

    return (gig_str_t) { block, sizeof(block) - 1 };
}


static inline void
test_time(gig_buf_t *b, const char *name, int64_t seconds)
{
    char  text[GIG_TIME_SIZE];

    if (seconds == GIG_TIME_NONE) {
        gig_buf_printf(b, ",\"%s\":null", name);

    } else {
        gig_buf_printf(b, ",\"%s\":\"%s\"", name, gig_time_format(seconds, text));
    }
}


static inline void
test_json(const test_gig_t *gig, gig_buf_t *b)
{
    gig_buf_printf(b, "{\"schema\":\"gig/1\",\"id\":\"%s\",\"title\":\"%s\"", gig->id, gig->title);

    if (gig->rev[0]) {
        gig_buf_printf(b, ",\"rev\":\"%s\"", gig->rev);
    }

    if (gig->slug[0]) {
        gig_buf_printf(b, ",\"slug\":\"%s\"", gig->slug);
    }

    if (gig->department[0]) {
        gig_buf_printf(b, ",\"department\":\"%s\"", gig->department);
    }

    if (gig->form[0]) {
        gig_buf_printf(b, ",\"form\":{\"id\":\"%s\",\"rev\":1}", gig->form);
    }

    if (gig->zone[0]) {
        gig_buf_printf(b, ",\"time_zone\":\"%s\"", gig->zone);
    }

    test_time(b, "posted_at", gig->posted);
    test_time(b, "opens_at", gig->opens);
    test_time(b, "closes_at", gig->closes);
    test_time(b, "visible_from", gig->visible);

    if (gig->updated != 0) {
        test_time(b, "updated_at", gig->updated);
    }

    if (gig->flags & GIG_IMAGE_NOINDEX) {
        gig_buf_puts(b, ",\"seo\":{\"noindex\":true}");
    }

    if (gig->flags & GIG_IMAGE_I18N) {
        gig_buf_puts(b, ",\"i18n\":{\"es\":{\"title\":\"Un trabajo\"}}");
    }

    if (gig->flags & (GIG_IMAGE_ENGLISH | GIG_IMAGE_FOREIGN)) {
        gig_buf_printf(b, ",\"language\":\"%s\"", gig->flags & GIG_IMAGE_ENGLISH ? "en" : "en-GB");
    }

    gig_buf_printf(b, ",\"status\":\"%s\",\"engagement\":\"contractor\","
                   "\"summary\":\"Compare ten public prices.\","
                   "\"org\":{\"name\":\"Acme Robotics\"},"
                   "\"location\":{\"mode\":\"onsite\",\"name\":\"Springfield\"},"
                   "\"pay\":{\"type\":\"fixed\",\"currency\":\"USD\",\"min_minor\":50000,"
                   "\"max_minor\":50000,\"unit\":\"project\"},"
                   "\"work\":{\"hours_max\":20}}", gig_status_name(gig->status));

    assert_false(gig_buf_failed(b));
}


static inline int
test_append(void *data, gig_str_t bytes, uint32_t *store, uint64_t *offset)
{
    test_board_t  *board = data;

    if (board->fail_append) {
        return -1;
    }

    /* segments of words and what aligns them are not counted: those depend on merging */
    board->appends += bytes.len >= 8 && memcmp(bytes.data, "GIGWORDS", 8) != 0;
    *store = board->n_stores - 1;
    *offset = board->store[board->current].len;
    gig_buf_str(&board->store[board->current], bytes);

    return gig_buf_failed(&board->store[board->current]) ? -1 : 0;
}


static inline gig_str_t
test_zone(void *data, gig_str_t name)
{
    test_board_t  *board = data;

    board->zones++;

    return gig_str_is(name, "America/Chicago") ? test_tzif() : gig_null_str;
}


static inline void
test_refused(void *data, gig_str_t id, const gig_errors_t *errors)
{
    test_board_t  *board = data;

    board->refused++;
    snprintf(board->refused_id, sizeof(board->refused_id), "%.*s", (int) id.len, id.data);
    snprintf(board->refused_pointer, sizeof(board->refused_pointer), "%s",
             errors->count ? errors->error[0].pointer : "");
}


/* Our stores are numbered by their place in board->store; a damaged image may name others. */
static inline gig_str_t
test_store(const test_board_t *board, const gig_store_t *store)
{
    if (store->number >= TEST_STORES) {
        return gig_null_str;
    }

    return (gig_str_t) { board->store[store->number].data, board->store[store->number].len };
}


static inline gig_str_t
test_read_store(void *data, uint32_t store)
{
    test_board_t  *board = data;

    assert_true(store < board->n_stores);

    return test_store(board, &board->stores[store]);
}


static inline void
test_board_init(test_board_t *board)
{
    unsigned  i;

    memset(board, 0, sizeof(*board));

    for (i = 0; i < TEST_STORES; i++) {
        gig_buf_init(&board->store[i], (size_t) 1 << 30);
    }

    gig_buf_init(&board->index, GIG_IMAGE_SIZE_MAX);
}


static inline void
test_board_free(test_board_t *board)
{
    unsigned  i;

    for (i = 0; i < TEST_STORES; i++) {
        gig_buf_free(&board->store[i]);
    }

    gig_buf_free(&board->index);
}


/* Nobody waits for these builds. */
static inline void
test_yield(void *data)
{
    (void) data;
}


/* One build into out; the board's image stays what it was. */
static inline int
test_build(test_board_t *board, const gig_change_t *changes, size_t n, int full, int compact,
    gig_buf_t *out)
{
    int               rc;
    uint32_t          i;
    gig_str_t         index;
    gig_compile_t     job;
    gig_compile_io_t  io = { board, test_append, test_zone, test_refused, test_yield };

    memset(&job, 0, sizeof(job));
    board->n_stores = 0;

    for (i = 0; board->compiled && i < board->image.stores; i++) {
        assert_int_equal(gig_image_store(&board->image, i, &board->stores[i]), 0);
        board->n_stores++;
    }

    memset(&board->stores[board->n_stores], 0, sizeof(gig_store_t));
    board->stores[board->n_stores].keeper = 77;
    board->stores[board->n_stores].number = board->current;
    board->stores[board->n_stores].size = board->store[board->current].len;
    board->n_stores++;

    job.last = board->compiled ? &board->image : NULL;
    job.full = full;
    job.compact = compact;
    job.read_store = test_read_store;
    job.place_names = board->place_names;
    job.board = gig_str("acme");
    job.meta.generation = board->compiled ? board->image.meta.generation + 1 : 1;
    job.meta.version = 42;
    job.meta.cursor_ms = 1795000000123;
    job.meta.cursor_seq = 5;
    job.meta.cursor_version = 41;
    job.meta.compiled_at = TEST_NOW;
    strcpy(job.meta.replid, "0123456789abcdef0123456789abcdef01234567");
    strcpy(job.meta.ready, "nonce");
    job.stores = board->stores;
    job.n_stores = board->n_stores;
    job.changes = changes;
    job.n_changes = n;

    memset(&board->err, 0, sizeof(board->err));

    rc = gig_compile(&job, &io, &index, &board->err);

    if (rc == 0) {
        gig_buf_str(out, index);
        gig_block_free((char *) index.data);
    }

    return rc;
}


/* The next generation takes the place of the last. */
static inline void
test_compile(test_board_t *board, const gig_change_t *changes, size_t n, int full, int compact)
{
    int        rc;
    gig_buf_t  out;

    gig_buf_init(&out, GIG_IMAGE_SIZE_MAX);
    rc = test_build(board, changes, n, full, compact, &out);

    if (rc != 0) {
        print_message("# %s: %s\n", board->err.pointer, board->err.detail);
    }

    assert_int_equal(rc, 0);

    gig_buf_free(&board->index);
    board->index = out;
    rc = gig_image_open((gig_str_t) { out.data, out.len }, gig_str("acme"), 1, &board->image,
                        &board->err);

    if (rc != 0) {
        print_message("# %s: %s\n", board->err.pointer, board->err.detail);
    }

    assert_int_equal(rc, 0);
    board->compiled = 1;
}


/* A store that the image does not name, for what is appended from now on; 0: there is none. */
static inline int
test_next_store(test_board_t *board)
{
    uint32_t     i, number;
    gig_store_t  store;

    for (number = 0; number < TEST_STORES; number++) {
        for (i = 0; board->compiled && i < board->image.stores; i++) {
            assert_int_equal(gig_image_store(&board->image, i, &store), 0);

            if (store.number == number) {
                break;
            }
        }

        if (!board->compiled || i == board->image.stores) {
            board->current = number;
            gig_buf_reset(&board->store[number]);
            return 1;
        }
    }

    return 0;
}


/* A fragment's bytes, checked. */
static inline gig_str_t
test_fragment(const test_board_t *board, uint32_t row, gig_fragment_kind_t kind)
{
    gig_place_t  place;
    gig_store_t  store;

    assert_int_equal(gig_image_place(&board->image, row, kind, &place), 0);
    assert_int_equal(gig_image_store(&board->image, place.store, &store), 0);

    return gig_place_bytes(&place, test_store(board, &store), 1);
}


/* A generator of our own: the same numbers everywhere for one seed. */
static inline uint32_t
test_random(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;

    return (uint32_t) ((*state >> 33) % below);
}


/* GIG_SEED repeats a run; the seed is printed, so that a failure can be. */
static inline uint64_t
test_seed(void)
{
    uint64_t     seed;
    const char  *given = getenv("GIG_SEED");

    seed = given ? strtoull(given, NULL, 10) : (uint64_t) time(NULL);
    print_message("# GIG_SEED=%llu\n", (unsigned long long) seed);

    return seed;
}


static inline double
test_clock(void)
{
    struct timespec  t;

    clock_gettime(CLOCK_MONOTONIC, &t);

    return (double) t.tv_sec * 1e6 + (double) t.tv_nsec / 1e3;
}


/* A gig of a random catalog: few values each, so that ties and common instants are frequent. */
static inline void
test_random_gig(uint64_t *state, uint32_t number, test_gig_t *gig)
{
    static const char *const  departments[] = { "", "Marketing", "Sales", "Research" };

    memset(gig, 0, sizeof(*gig));
    snprintf(gig->id, sizeof(gig->id), "g_%05u", number * 7919 % 100003);
    snprintf(gig->rev, sizeof(gig->rev), "r%u", test_random(state, 1000000));
    snprintf(gig->title, sizeof(gig->title), "Gig %u", test_random(state, 1000000));
    snprintf(gig->department, sizeof(gig->department), "%s", departments[test_random(state, 4)]);
    snprintf(gig->zone, sizeof(gig->zone), "%s",
             test_random(state, 2) ? "America/Chicago" : "Etc/Nowhere");
    gig->status = test_random(state, 4) ? GIG_PUBLISHED : (gig_status_t) test_random(state, 4);
    gig->seats = (gig_seats_t) (test_random(state, 3) ? 0 : test_random(state, 3));
    gig->posted = TEST_NOW - 86400 * (int64_t) test_random(state, 20);
    gig->opens = test_random(state, 4) ? TEST_NOW + 3600 * ((int64_t) test_random(state, 60) - 50)
                                       : GIG_TIME_NONE;
    gig->closes = test_random(state, 4)
                  ? (gig->opens == GIG_TIME_NONE ? TEST_NOW - 36000 : gig->opens)
                    + 3600 * (1 + (int64_t) test_random(state, 90))
                  : GIG_TIME_NONE;
    gig->visible = test_random(state, 8) ? GIG_TIME_NONE
                                         : TEST_NOW + 3600 * ((int64_t) test_random(state, 9) - 4);
    gig->updated = test_random(state, 2) ? gig->posted + test_random(state, 86400) : 0;
    gig->flags = test_random(state, 12);

    if (test_random(state, 2)) {
        snprintf(gig->slug, sizeof(gig->slug), "slug-%u", test_random(state, 1000000));
    }
}

#endif /* GIG_TEST_IMAGE_H */
