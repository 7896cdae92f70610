
/*
 * Numbers stand for ids in the shapes of other APIs: one that changes, that two gigs share or that
 * is not found again sends an applicant to another gig.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_shape_groups.h"


static gig_str_t
str(const char *text)
{
    return (gig_str_t) { text, strlen(text) };
}


static int
compare(const void *a, const void *b)
{
    uint64_t  x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return x < y ? -1 : x > y;
}


static void
test_number(void **state)
{
    int        i;
    char       id[GIG_ID_MAX + 1];
    uint64_t  *number;

    (void) state;

    assert_int_equal(gig_shape_number(str("7700101")), 7700101);
    assert_int_equal(gig_shape_number(str("0")), 0);
    assert_int_equal(gig_shape_number(str("4503599627370495")), ((uint64_t) 1 << 52) - 1);

    /* on every host, and in the next release: pages have them in their links */
    assert_int_equal(gig_shape_number(str("scan")), 5669808725657844);
    assert_int_equal(gig_shape_number(str("scan")), gig_shape_number(str("scan")));

    assert_true(gig_shape_number(str("007")) >= (uint64_t) 1 << 52);
    assert_true(gig_shape_number(str("4503599627370496")) >= (uint64_t) 1 << 52);
    assert_true(gig_shape_number(str("99999999999999999999")) >= (uint64_t) 1 << 52);

    number = malloc(100000 * sizeof(uint64_t));
    assert_non_null(number);

    for (i = 0; i < 100000; i++) {
        (void) snprintf(id, sizeof(id), "g_%d", i);
        number[i] = gig_shape_number(str(id));
        assert_true(number[i] >= (uint64_t) 1 << 52 && number[i] < (uint64_t) 1 << 53);
    }

    qsort(number, 100000, sizeof(uint64_t), compare);

    for (i = 1; i < 100000; i++) {
        assert_true(number[i] != number[i - 1]);
    }

    free(number);
}


static void
test_digits(void **state)
{
    size_t    i;
    uint64_t  number;

    static const char *const  wrong[] = {
        "", "00", "01", "-1", "+1", "1.0", " 1", "1 ", "x", "9007199254740992", "99999999999999999"
    };

    (void) state;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(gig_shape_digits(str(wrong[i]), &number), -1);
    }

    assert_int_equal(gig_shape_digits(str("9007199254740991"), &number), 0);
    assert_int_equal(number, 9007199254740991);
}


static void
test_name(void **state)
{
    (void) state;

    assert_int_equal(gig_shape_name(str("Café  Sales")), gig_shape_name(str("CAFE sales")));
    assert_true(gig_shape_name(str("Sales")) != gig_shape_name(str("Sale")));
    assert_int_equal(gig_shape_name(gig_null_str), 0);
    assert_true(gig_shape_name(str("Sales")) >= 1 && gig_shape_name(str("Sales")) < 1u << 31);
}


static void
test_args(void **state)
{
    char       out[8];
    gig_str_t  args, name, value;

    (void) state;

    args = str("a=1&&b&c=x=y&");
    assert_true(gig_query_pair(&args, &name, &value));
    assert_true(gig_str_is(name, "a") && gig_str_is(value, "1"));
    assert_true(gig_query_pair(&args, &name, &value));
    assert_true(name.len == 0 && value.len == 0);
    assert_true(gig_query_pair(&args, &name, &value));
    assert_true(gig_str_is(name, "b") && value.len == 0);
    assert_true(gig_query_pair(&args, &name, &value));
    assert_true(gig_str_is(name, "c") && gig_str_is(value, "x=y"));
    assert_false(gig_query_pair(&args, &name, &value));

    assert_int_equal(gig_shape_decode(str("a+%41%4a%zz"), out, sizeof(out)), 7);
    assert_memory_equal(out, "a AJ%zz", 7);
    assert_int_equal(gig_shape_decode(str("%4"), out, sizeof(out)), 2);
    assert_int_equal(gig_shape_decode(str("0123456789"), out, sizeof(out)), 8);
}


/* In the order in which they are first met, however many there are; what is too much is refused. */

static void
test_groups(void **state)
{
    uint64_t             key;
    gig_buf_t            item, out;
    gig_shape_group_t   *group;
    gig_shape_groups_t  *groups;

    (void) state;

    gig_buf_init(&item, 16);
    gig_buf_init(&out, 1024);
    gig_buf_puts(&item, "1");

    groups = gig_shape_groups_create(7);
    assert_non_null(groups);

    for (key = 9; key > 5; key--) {
        group = gig_shape_group(groups, key % 2);
        assert_non_null(group);
        assert_int_equal(group->head.len != 0, key < 8);

        if (group->head.len == 0) {
            gig_buf_printf(&group->head, "{\"id\":%u,\"jobs\":[", (unsigned) key % 2);
        }

        assert_int_equal(gig_shape_group_add(groups, group, &item), 0);
    }

    gig_shape_groups_write(groups, &out);
    assert_true(gig_str_is((gig_str_t) { out.data, out.len },
                           "{\"id\":1,\"jobs\":[1,1]},{\"id\":0,\"jobs\":[1,1]}"));

    /* of seven bytes six are used */
    assert_int_equal(gig_shape_group_add(groups, gig_shape_group(groups, 0), &item), -1);
    gig_shape_groups_free(groups);

    groups = gig_shape_groups_create(1024);
    assert_non_null(groups);

    for (key = 0; key < GIG_SHAPE_GROUPS_MAX; key++) {
        group = gig_shape_group(groups, key << 32);
        assert_ptr_equal(group, &groups->group[key]);
    }

    assert_null(gig_shape_group(groups, 1));

    for (key = 0; key < GIG_SHAPE_GROUPS_MAX; key++) {
        assert_ptr_equal(gig_shape_group(groups, key << 32), &groups->group[key]);
    }

    gig_shape_groups_free(groups);
    gig_shape_groups_free(NULL);
    gig_buf_free(&item);
    gig_buf_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_args),
        cmocka_unit_test(test_groups),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
