
/*
 * What Redis holds of stages was typed by people into a database, and decides who sees what is
 * private: whatever it says, only a stage of ours counts, and the last one.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gig_stage.h"


static void
read_stages(const char *text, gig_stages_t *stages)
{
    gig_stages_read((gig_str_t) { text, strlen(text) }, stages);
}


static void
test_read(void **state)
{
    unsigned      i;
    gig_stages_t  stages;

    static const char *const  none[] = {
        "", " ", "selected", "selected,", ",1", "Selected,1", "selected,-1", "selected,1x",
        "selected,1,2", "selected,1234567890123", "<script>,1", "selected;1", "selecte,1"
    };

    (void) state;

    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        read_stages(none[i], &stages);
        assert_int_equal(stages.n, 0);
        assert_int_equal(gig_stages_last(&stages), GIG_STAGES);
    }

    read_stages("selected,300 unheard-of,250 in_review,200 received,0", &stages);
    assert_int_equal(stages.n, 3);
    assert_int_equal(stages.list[0].stage, GIG_STAGE_RECEIVED);
    assert_int_equal(stages.list[0].at, 0);
    assert_int_equal(stages.list[1].stage, GIG_STAGE_IN_REVIEW);
    assert_int_equal(stages.list[1].at, 200);
    assert_int_equal(gig_stages_last(&stages), GIG_STAGE_SELECTED);
}


static void
test_bound(void **state)
{
    int           n;
    char          text[2048];
    unsigned      i;
    gig_stages_t  stages;

    (void) state;

    for (i = 0, n = 0; i < 40; i++) {
        n += snprintf(text + n, sizeof(text) - (size_t) n, "%shired,%u", i ? " " : "", 100 - i);
    }

    read_stages(text, &stages);
    assert_int_equal(stages.n, GIG_STAGES_MAX);
    assert_int_equal(stages.list[GIG_STAGES_MAX - 1].at, 100);
    assert_int_equal(stages.list[0].at, 100 - GIG_STAGES_MAX + 1);
}


static void
test_meaning(void **state)
{
    unsigned      stage;
    char          text[32];
    gig_stages_t  stages;

    static const char *const  selected = "selected started completed offered hired retained";
    static const char *const  decided =
        "selected started completed offered hired retained declined withdrawn";

    (void) state;

    for (stage = 0; stage < GIG_STAGES; stage++) {
        (void) snprintf(text, sizeof(text), "%s,1", gig_stage_name((gig_stage_t) stage));
        read_stages(text, &stages);
        assert_int_equal(gig_stages_last(&stages), stage);

        text[strlen(text) - 2] = '\0';
        assert_int_equal(gig_stage_selected((gig_stage_t) stage), strstr(selected, text) != NULL);
        assert_int_equal(gig_stage_decided((gig_stage_t) stage), strstr(decided, text) != NULL);
    }

    assert_string_equal(gig_stage_name(GIG_STAGES), "");
    assert_int_equal(gig_stage_selected(GIG_STAGES), 0);
    assert_int_equal(gig_stage_decided(GIG_STAGES), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_meaning),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
