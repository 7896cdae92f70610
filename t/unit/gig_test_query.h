
/* What the tests of the query share: to read one, to see whether two ask the same. */

#ifndef GIG_TEST_QUERY_H
#define GIG_TEST_QUERY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_query.h"

/* 64 letters, for values that are too long. */
#define LONG_A      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


static gig_query_t  query;


static inline gig_str_t
text(const char *s)
{
    return (gig_str_t) { s, strlen(s) };
}


/* Whatever was there before must not show: nothing of a query is zeroed by its owner. */

static inline void
reads(const char *args)
{
    gig_error_t  err;

    memset(&query, 0xa5, sizeof(query));
    err.detail[0] = '\0';

    if (gig_query_read(text(args), 1, &query, &err) != 0) {
        fail_msg("%s: %s", args, err.detail);
    }
}


static inline void
wrong(const char *args, const char *detail)
{
    gig_error_t  err;

    memset(&query, 0xa5, sizeof(query));
    err.detail[0] = '\0';

    assert_int_equal(gig_query_read(text(args), 1, &query, &err), -1);
    assert_string_equal(err.detail, detail);
    assert_string_equal(err.pointer, "");
    assert_int_equal(gig_query_read(text(args), 1, &query, NULL), -1);
}


static inline size_t
key_of(const char *args, char *key)
{
    reads(args);
    return gig_query_key(&query, key, GIG_QUERY_KEY_MAX);
}


static inline int
equal(const char *a, const char *b)
{
    char    first[GIG_QUERY_KEY_MAX], second[GIG_QUERY_KEY_MAX];
    size_t  n;

    n = key_of(a, first);
    assert_true(n > 0);

    return n == key_of(b, second) && memcmp(first, second, n) == 0;
}


static inline void
same(const char *a, const char *b)
{
    if (!equal(a, b)) {
        fail_msg("\"%s\" and \"%s\" ask the same", a, b);
    }
}


static inline void
differ(const char *a, const char *b)
{
    if (equal(a, b)) {
        fail_msg("\"%s\" and \"%s\" do not ask the same", a, b);
    }
}


static inline void
view_is(gig_str_t view, const char *expected)
{
    assert_int_equal(view.len, strlen(expected));
    assert_memory_equal(view.data, expected, view.len);
}


#endif /* GIG_TEST_QUERY_H */
