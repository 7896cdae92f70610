
/*
 * A small image with something in every section, and a way to ask it all that
 * can be asked: for the test that damages each byte, and for the fuzzer.
 */

#ifndef GIG_TEST_ASK_H
#define GIG_TEST_ASK_H

#include "gig_test_search.h"
#include "gig_image_format.h"

#define TEST_GIGS       6


/* A board of every kind of row and column, small enough to damage each byte of it. */
static inline void
test_fill(test_board_t *board)
{
    uint32_t      i;
    test_gig_t    gig;
    gig_buf_t     json[TEST_GIGS];
    gig_change_t  changes[TEST_GIGS + 3];

    memset(changes, 0, sizeof(changes));
    test_board_init(board);

    for (i = 0; i < TEST_GIGS; i++) {
        memset(&gig, 0, sizeof(gig));
        snprintf(gig.id, sizeof(gig.id), "g_%u", i);
        snprintf(gig.rev, sizeof(gig.rev), "rev-%u", i);
        snprintf(gig.title, sizeof(gig.title), "Gig number %u", i);
        snprintf(gig.department, sizeof(gig.department), "%s", i % 2 ? "Sales" : "");
        snprintf(gig.zone, sizeof(gig.zone), "%s", i % 2 ? "America/Chicago" : "");
        snprintf(gig.form, sizeof(gig.form), "%s", i == 1 ? "f_other" : i == 3 ? "f_default" : "");
        gig.status = i == 5 ? GIG_WITHDRAWN : GIG_PUBLISHED;
        gig.posted = TEST_NOW - (int64_t) i * 60;
        gig.opens = i == 2 ? TEST_NOW + 3600 : GIG_TIME_NONE;
        gig.closes = i == 3 ? TEST_NOW + 7200 : GIG_TIME_NONE;
        gig.visible = i == 4 ? TEST_NOW + 60 : GIG_TIME_NONE;
        gig.updated = i == 1 ? TEST_NOW + 5 : 0;
        gig.flags = i % 4;
        snprintf(gig.slug, sizeof(gig.slug), "%s", i == 2 ? "my-own" : i == 3 ? "apply" : "");

        gig_buf_init(&json[i], GIG_RECORD_MAX);
        test_json(&gig, &json[i]);
        changes[i].op = GIG_CHANGE_PUT;
        changes[i].id = (gig_str_t) { strdup(gig.id), strlen(gig.id) };
        changes[i].json = (gig_str_t) { json[i].data, json[i].len };
    }

    changes[TEST_GIGS].op = GIG_CHANGE_SEATS;
    changes[TEST_GIGS].id = gig_str("g_0");
    changes[TEST_GIGS].seats = GIG_SEATS_WAITLIST;
    changes[TEST_GIGS + 1].op = GIG_CHANGE_FORM;
    changes[TEST_GIGS + 1].id = gig_str("f_mine");
    changes[TEST_GIGS + 1].json = gig_str("{\"schema\":\"gig-form/1\",\"id\":\"f_mine\",\"rev\":7,"
        "\"fields\":[{\"name\":\"email\",\"label\":\"E-mail\",\"type\":\"email\","
        "\"required\":true,\"class\":\"contact\"}]}");
    changes[TEST_GIGS + 2].op = GIG_CHANGE_PUT;
    changes[TEST_GIGS + 2].id = gig_str("g_broken");
    changes[TEST_GIGS + 2].json = gig_str("{\"id\":\"g_broken\",\"rev\":\"x\"}");

    test_compile(board, changes, TEST_GIGS + 3, 1, 0);

    for (i = 0; i < TEST_GIGS; i++) {
        gig_buf_free(&json[i]);
        free((char *) changes[i].id.data);
    }
}


/* Everything that an image can be asked. */
static inline unsigned
test_ask_all(const gig_image_t *image, gig_str_t store_bytes, test_search_t *s)
{
    int64_t      from, until;
    uint32_t     i, rows[8], count[GIG_STATE_GONE + 1];
    unsigned     kind, sum;
    gig_str_t    id, rev, slug, bytes;
    gig_zone_t   zone;
    gig_local_t  local;
    gig_place_t  place;
    gig_store_t  store;

    static const char *const  queries[] = {
        "state=all&limit=100&facets=1",
        "facets=1&department=sales&mode=onsite&location=springfield",
        "q=number+prices+gig&org=acme+robotics&facets=1&pay_min=10&sort=closing",
        "q=%22ten+public%22+-marketing&sort=pay", "q=nomber&state=all"
    };

    sum = 0;

    for (i = 0; i <= image->stores; i++) {
        sum += gig_image_store(image, i, &store) == 0;
    }

    for (i = 0; i <= image->rows; i++) {
        id = gig_image_id(image, i);
        rev = gig_image_rev(image, i);

        if (id.data && id.len > 0) {
            sum += (unsigned char) id.data[id.len - 1];
            sum += gig_image_find(image, id) == i;
        }

        if (rev.data && rev.len > 0) {
            sum += (unsigned char) rev.data[rev.len - 1];
        }

        /* Whatever it is, it may stand in a header. */

        slug = gig_image_slug(image, i);
        assert_true(slug.len == 0 || gig_slug_valid(slug));
        sum += slug.len ? (unsigned char) slug.data[slug.len - 1] : 0;

        for (kind = 0; kind <= GIG_FRAGMENTS; kind++) {
            if (gig_image_place(image, i, (gig_fragment_kind_t) kind, &place) == 0) {
                bytes = gig_place_bytes(&place, store_bytes, 0);
                sum += bytes.data && bytes.len ? (unsigned char) bytes.data[bytes.len - 1] : 0;
                sum += gig_place_bytes(&place, store_bytes, 1).data != NULL;
            }
        }

        if (gig_image_zone(image, i, &zone) == 0) {
            gig_zone_local(&zone, TEST_NOW, &local);
            sum += local.day;
        }

        sum += (unsigned) gig_image_posted(image, i) + (unsigned) gig_image_opens(image, i)
               + (unsigned) gig_image_closes(image, i) + (unsigned) gig_image_seats(image, i)
               + (unsigned) gig_image_updated(image, i) + gig_image_flags(image, i)
               + (unsigned) gig_image_state(image, i, TEST_NOW) + gig_image_form_of(image, i)
               + gig_image_similar(image, i, TEST_NOW, rows, 8);
    }

    for (i = 0; i <= image->forms; i++) {
        rev = gig_image_form_rev(image, i);
        sum += rev.data && rev.len ? (unsigned char) rev.data[rev.len - 1] : 0;

        if (gig_image_form_place(image, i, &place) == 0) {
            sum += gig_place_bytes(&place, store_bytes, 1).data != NULL;
        }
    }

    sum += gig_image_form_find(image, gig_str("f_mine"));
    sum += gig_image_find(image, gig_str("g_3"));

    test_search_open(s, image, &store_bytes, 1, NULL);

    for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        sum += test_find(s, queries[i], NULL, TEST_NOW)->total;
        sum += s->found.n ? s->found.row[s->found.n - 1] : (unsigned) s->found.suggestion[0];

        if (s->found.more) {
            gig_cursor_t  cursor = s->found.next;

            sum += test_find(s, queries[i], &cursor, TEST_NOW)->n;
        }
    }

    for (i = 0; i <= image->values; i++) {
        sum += (unsigned) gig_image_value(image, i).len + (unsigned) gig_image_value_json(image, i).len;
    }

    gig_image_states(image, TEST_NOW, count);
    gig_image_slice(image, TEST_NOW, &from, &until);

    return sum + count[0] + (unsigned) from + (unsigned) until;
}


/* Puts the checksums right, as somebody would who wants a damaged index opened. */
static inline void
test_repair(char *index, size_t len)
{
    gig_disk_header_t  *h = (void *) index;

    h->body_crc = gig_crc32c(0, index + sizeof(*h), len - sizeof(*h));
    h->header_crc = gig_crc32c(0, h, offsetof(gig_disk_header_t, header_crc));
}

#endif /* GIG_TEST_ASK_H */
