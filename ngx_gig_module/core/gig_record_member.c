
/* The members of a gig's record: name, type, whether it is required, limits. */

#include <string.h>

#include "gig_record_check.h"
#include "gig_record_member.h"


static const char *const  gig_schemas[] = { "gig/1", NULL };
static const char *const  gig_statuses[] = { "draft", "published", "paused", "withdrawn", NULL };
const char *const  gig_modes[GIG_MODES + 1] = { "remote", "onsite", "hybrid", NULL };
static const char *const  gig_pays[] = { "fixed", "hourly", "range", "unpaid", NULL };
static const char *const  gig_fulls[] = { "close", "waitlist", "draw", NULL };

const char *const  gig_engagements[GIG_ENGAGEMENTS + 1] = {
    "contractor", "employee_intern", "stipend", "volunteer", NULL
};

static const char *const  gig_units[] = {
    "project", "hour", "day", "week", "month", "year", NULL
};

#define GIG_LINE(name, max)         { name, GIG_IS_LINE, 0, 0, max, NULL, NULL }
#define GIG_LINES(name, max)        { name, GIG_IS_LINES, 0, 0, max, NULL, NULL }
#define GIG_A(name, is)             { name, is, 0, 0, 0, NULL, NULL }
#define GIG_NUMBER(name, min, max)  { name, GIG_IS_NUMBER, 0, min, max, NULL, NULL }
#define GIG_OBJECT(name, members)   { name, GIG_IS_OBJECT, 0, 0, 0, members, NULL }
#define GIG_LIST(name, members)     { name, GIG_IS_LIST, 0, 0, GIG_NOTE_MAX, members, NULL }
#define GIG_END                     { NULL, GIG_IS_ANY, 0, 0, 0, NULL, NULL }

static const gig_member_t  gig_source[] = {
    GIG_LINE("system", GIG_LABEL_MAX), GIG_LINE("board", GIG_LABEL_MAX), GIG_A("url", GIG_IS_URL),
    GIG_A("synced_at", GIG_IS_TIME), GIG_END
};

static const gig_member_t  gig_section[] = {
    GIG_LINE("key", GIG_LABEL_MAX), GIG_LINE("title", GIG_TITLE_MAX), GIG_LIST("items", NULL),
    GIG_LINES("text", GIG_TEXT_MAX_LENGTH), GIG_END
};

static const gig_member_t  gig_org[] = {
    GIG_LINE("id", GIG_LABEL_MAX),
    { "name", GIG_IS_LINE, 1, 1, GIG_TITLE_MAX, NULL, NULL },
    GIG_A("url", GIG_IS_URL), GIG_A("logo", GIG_IS_URL), GIG_END
};

static const gig_member_t  gig_region[] = {
    GIG_LINE("type", GIG_LABEL_MAX), GIG_LINE("code", GIG_LABEL_MAX),
    GIG_LINE("name", GIG_TITLE_MAX), GIG_END
};

static const gig_member_t  gig_place[] = {
    GIG_LINE("name", GIG_TITLE_MAX), GIG_LINE("street", GIG_TITLE_MAX),
    GIG_LINE("locality", GIG_TITLE_MAX), GIG_LINE("region", GIG_TITLE_MAX),
    GIG_LINE("postal_code", GIG_LABEL_MAX), GIG_LINE("country", GIG_TITLE_MAX), GIG_END
};

static const gig_member_t  gig_location[] = {
    { "mode", GIG_IS_ONE_OF, 1, 0, 0, NULL, gig_modes },
    GIG_LINE("name", GIG_TITLE_MAX), GIG_LIST("places", gig_place),
    GIG_LIST("applicant_regions", gig_region), GIG_END
};

static const gig_member_t  gig_pay[] = {
    { "type", GIG_IS_ONE_OF, 1, 0, 0, NULL, gig_pays },
    GIG_A("currency", GIG_IS_CURRENCY),
    GIG_A("min_minor", GIG_IS_MONEY), GIG_A("max_minor", GIG_IS_MONEY),
    { "unit", GIG_IS_ONE_OF, 0, 0, 0, NULL, gig_units },
    GIG_LINE("paid_on", GIG_LABEL_MAX), GIG_LINES("note", GIG_NOTE_MAX), GIG_END
};

static const gig_member_t  gig_milestone[] = {
    { "title", GIG_IS_LINE, 1, 1, GIG_TITLE_MAX, NULL, NULL }, GIG_A("due_by", GIG_IS_DATE), GIG_END
};

static const gig_member_t  gig_work[] = {
    GIG_NUMBER("hours_min", 0, 10000),
    { "hours_max", GIG_IS_NUMBER, 1, 1, 10000, NULL, NULL },
    GIG_NUMBER("duration_days", 1, 3660), GIG_A("start_by", GIG_IS_DATE),
    GIG_A("due_by", GIG_IS_DATE), GIG_LIST("milestones", gig_milestone),
    GIG_LINE("supervisor_title", GIG_TITLE_MAX), GIG_LINE("ai_policy", GIG_LABEL_MAX), GIG_END
};

static const gig_member_t  gig_skill[] = {
    { "name", GIG_IS_LINE, 1, 1, GIG_LABEL_MAX, NULL, NULL }, GIG_LINE("level", GIG_LABEL_MAX),
    GIG_A("required", GIG_IS_BOOLEAN), GIG_A("uri", GIG_IS_URL), GIG_END
};

static const gig_member_t  gig_eligibility[] = {
    GIG_NUMBER("min_age", 0, 120), GIG_LIST("work_authorization", NULL),
    GIG_LIST("audience", NULL), GIG_LINES("note", GIG_NOTE_MAX), GIG_END
};

static const gig_member_t  gig_capacity[] = {
    GIG_NUMBER("positions", 1, 1000000), GIG_NUMBER("application_cap", 0, 1000000000),
    { "on_full", GIG_IS_ONE_OF, 0, 0, 0, NULL, gig_fulls }, GIG_END
};

static const gig_member_t  gig_step[] = {
    GIG_LINES("text", GIG_NOTE_MAX), GIG_A("url", GIG_IS_CONTACT), GIG_A("due_by", GIG_IS_DATE),
    GIG_END
};

static const gig_member_t  gig_onboarding[] = {
    GIG_LIST("steps", gig_step), GIG_A("contact", GIG_IS_CONTACT), GIG_A("kick_off", GIG_IS_TIME),
    GIG_END
};

static const gig_member_t  gig_feedback[] = {
    GIG_A("to_applicant", GIG_IS_BOOLEAN), GIG_A("decision_by", GIG_IS_DATE), GIG_END
};

static const gig_member_t  gig_conversion[] = {
    GIG_A("possible", GIG_IS_BOOLEAN), GIG_LINES("note", GIG_NOTE_MAX), GIG_END
};

static const gig_member_t  gig_form_of_gig[] = {
    { "id", GIG_IS_ID, 1, 0, 0, NULL, NULL }, GIG_NUMBER("rev", 0, INT32_MAX), GIG_END
};

static const gig_member_t  gig_privacy[] = {
    GIG_A("policy_url", GIG_IS_URL), GIG_NUMBER("retention_days", 1, 36600),
    GIG_LIST("consents", NULL), GIG_A("blind", GIG_IS_BOOLEAN), GIG_END
};

static const gig_member_t  gig_seo[] = {
    GIG_A("canonical_url", GIG_IS_URL), GIG_A("noindex", GIG_IS_BOOLEAN),
    GIG_A("direct_apply", GIG_IS_BOOLEAN), GIG_A("image", GIG_IS_URL), GIG_END
};

const gig_member_t  gig_record_members[] = {
    { "schema", GIG_IS_ONE_OF, 0, 0, 0, NULL, gig_schemas },
    { "id", GIG_IS_ID, 1, 0, 0, NULL, NULL },
    GIG_A("slug", GIG_IS_SLUG),
    GIG_A("rev", GIG_IS_REV),
    GIG_OBJECT("source", gig_source),
    { "status", GIG_IS_ONE_OF, 1, 0, 0, NULL, gig_statuses },
    GIG_A("visible_from", GIG_IS_TIME),
    GIG_A("time_zone", GIG_IS_ZONE),
    GIG_A("posted_at", GIG_IS_TIME), GIG_A("updated_at", GIG_IS_TIME),
    GIG_A("opens_at", GIG_IS_TIME), GIG_A("closes_at", GIG_IS_TIME),
    GIG_A("language", GIG_IS_LANGUAGE),
    { "title", GIG_IS_LINE, 1, 1, GIG_TITLE_MAX, NULL, NULL },
    GIG_LINES("summary", GIG_NOTE_MAX),
    GIG_LINES("description_html", GIG_TEXT_MAX_LENGTH),
    GIG_LINES("description_text", GIG_TEXT_MAX_LENGTH),
    GIG_LIST("sections", gig_section),
    { "org", GIG_IS_OBJECT, 1, 0, 0, gig_org, NULL },
    GIG_LINE("department", GIG_LABEL_MAX), GIG_LINE("team", GIG_LABEL_MAX),
    { "engagement", GIG_IS_ONE_OF, 1, 0, 0, NULL, gig_engagements },
    GIG_LINE("commitment", GIG_LABEL_MAX),
    { "location", GIG_IS_OBJECT, 1, 0, 0, gig_location, NULL },
    { "pay", GIG_IS_OBJECT, 1, 0, 0, gig_pay, NULL },
    { "work", GIG_IS_OBJECT, 1, 0, 0, gig_work, NULL },
    GIG_LIST("skills", gig_skill),
    GIG_OBJECT("eligibility", gig_eligibility),
    GIG_OBJECT("capacity", gig_capacity),
    GIG_LIST("deliverables", NULL),
    GIG_OBJECT("onboarding", gig_onboarding),
    GIG_OBJECT("feedback", gig_feedback),
    GIG_OBJECT("conversion", gig_conversion),
    GIG_OBJECT("form", gig_form_of_gig),
    GIG_OBJECT("privacy", gig_privacy),
    GIG_OBJECT("seo", gig_seo),
    GIG_OBJECT("i18n", NULL),
    GIG_A("ext", GIG_IS_ANY),
    GIG_END
};


int
gig_record_known(const char *name)
{
    const gig_member_t  *member;

    for (member = gig_record_members; member->name != NULL; member++) {
        if (strcmp(member->name, name) == 0) {
            return 1;
        }
    }

    return 0;
}
