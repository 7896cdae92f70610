
/*
 * Pay is filtered and ordered by one number, whatever the currency has for minor
 * units and whether a gig is paid by the hour or at once.  A wrong factor here hides
 * gigs from those they are for, and nobody would see it on a page.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gig_pay.h"


static void
test_at_least(void **state)
{
    static const struct {
        const char  *record;
        int64_t      pay;
    }  cases[] = {
        { "{'pay':{'type':'fixed','currency':'USD','min_minor':50000,'max_minor':60000,"
          "'unit':'project'}}", 500000 },
        { "{'pay':{'type':'fixed','currency':'USD','max_minor':60000}}", 600000 },
        { "{'pay':{'type':'fixed','currency':'JPY','min_minor':50000}}", 50000000 },
        { "{'pay':{'type':'fixed','currency':'KWD','min_minor':1234}}", 1234 },
        { "{'pay':{'type':'fixed','currency':'USD','min_minor':1}}", 10 },
        { "{'pay':{'type':'fixed','min_minor':100}}", 1000 },
        { "{'pay':{'type':'fixed','currency':'usd','min_minor':100}}", 1000 },

        /* By the hour, for the hours that are certain. */
        { "{'pay':{'type':'hourly','currency':'USD','min_minor':2000,'unit':'hour'},"
          "'work':{'hours_min':15,'hours_max':20}}", 300000 },
        { "{'pay':{'type':'range','currency':'USD','min_minor':2000,'unit':'hour'},"
          "'work':{'hours_max':20}}", 400000 },
        { "{'pay':{'type':'hourly','currency':'USD','min_minor':2000},"
          "'work':{'hours_max':20}}", 400000 },
        { "{'pay':{'type':'hourly','currency':'USD','min_minor':2000,'unit':'project'},"
          "'work':{'hours_max':20}}", 20000 },
        { "{'pay':{'type':'hourly','currency':'USD','min_minor':2000,'unit':'hour'},"
          "'work':{'hours_min':0,'hours_max':20}}", 0 },
        { "{'pay':{'type':'range','currency':'USD','min_minor':2000,'unit':'week'},"
          "'work':{'hours_max':20}}", 20000 },

        { "{'pay':{'type':'unpaid'}}", 0 },
        { "{'pay':{'type':'unpaid','currency':'USD','min_minor':100}}", 0 },
        { "{'pay':{'type':'fixed','currency':'USD','min_minor':0}}", 0 },

        /* Unknown. */
        { "{}", -1 },
        { "{'pay':null}", -1 },
        { "{'pay':{'type':'fixed','currency':'USD'}}", -1 },
        { "{'pay':{'type':'fixed','currency':'USD','min_minor':-5}}", -1 },
        { "{'pay':{'type':'fixed','currency':'USD','min_minor':'100'}}", -1 },
        { "{'pay':{'type':'hourly','currency':'USD','min_minor':100,'unit':'hour'}}", -1 },

        /* Past all bounds: the largest, not a negative one. */
        { "{'pay':{'type':'hourly','currency':'JPY','min_minor':1000000000000,'unit':'hour'},"
          "'work':{'hours_min':10000}}", INT64_MAX },
        { "{'pay':{'type':'fixed','currency':'JPY','min_minor':9223372036854775807}}", INT64_MAX },
    };

    size_t        i;
    json_t       *record;
    json_error_t  error;
    char          text[400], *p;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void) snprintf(text, sizeof(text), "%s", cases[i].record);

        for (p = text; *p != '\0'; p++) {
            *p = *p == '\'' ? '"' : *p;
        }

        record = json_loads(text, 0, &error);
        assert_non_null(record);

        if (gig_pay_at_least(record) != cases[i].pay) {
            fail_msg("%s pays %lld, not %lld", text, (long long) gig_pay_at_least(record),
                     (long long) cases[i].pay);
        }

        json_decref(record);
    }

    assert_int_equal(gig_pay_at_least(NULL), -1);
}


static void
test_currency(void **state)
{
    json_t  *record;

    (void) state;

    record = json_pack("{s:{s:s}}", "pay", "currency", "CHF");
    assert_true(gig_str_is(gig_pay_currency(record), "CHF"));
    json_decref(record);

    record = json_pack("{s:{s:s}}", "pay", "currency", "francs");
    assert_int_equal(gig_pay_currency(record).len, 0);
    json_decref(record);

    record = json_pack("{s:{s:s}}", "pay", "currency", "chf");
    assert_int_equal(gig_pay_currency(record).len, 0);
    json_decref(record);

    record = json_pack("{s:{}}", "pay");
    assert_int_equal(gig_pay_currency(record).len, 0);
    json_decref(record);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_at_least),
        cmocka_unit_test(test_currency)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
