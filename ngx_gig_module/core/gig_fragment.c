
#include <string.h>

#include "gig_fragment.h"
#include "gig_html.h"
#include "gig_json.h"


#define GIG_CARD_SKILLS     3
#define GIG_CARD_SUMMARY    180     /* bytes; two lines of a card */
#define GIG_CARD_HIDDEN     "<p hidden>"


/* A member as canonical JSON, null if absent. */

static void
gig_fragment_value(const char *name, const json_t *value, gig_buf_t *out)
{
    gig_buf_printf(out, ",\"%s\":", name);

    if (value == NULL) {
        gig_buf_puts(out, "null");
        return;
    }

    gig_json_canonical(value, out);
}


static void
gig_fragment_summary(const gig_record_t *gig, gig_buf_t *out, size_t start, gig_holes_t *holes)
{
    size_t         i;
    const json_t  *skills;

    static const char *const  before[] = {
        "title", "summary", "org", "department", "engagement", "location", "pay", "work"
    };
    static const char *const  after[] = { "posted_at", "opens_at", "closes_at", "time_zone" };

    gig_buf_puts(out, "{\"id\":");
    gig_buf_json(out, gig->id);
    gig_buf_puts(out, ",\"url\":\"");
    holes->url = (uint32_t) (out->len - start);
    gig_buf_uri(out, gig->id);
    gig_buf_puts(out, "\"");

    for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        gig_fragment_value(before[i], json_object_get(gig->root, before[i]), out);
    }

    gig_buf_puts(out, ",\"skills\":[");
    skills = json_object_get(gig->root, "skills");

    for (i = 0; i < json_array_size(skills); i++) {
        gig_buf_puts(out, (i == 0) ? "" : ",");
        gig_buf_json(out, gig_json_item(json_array_get(skills, i), "name"));
    }

    gig_buf_puts(out, "]");

    for (i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
        gig_fragment_value(after[i], json_object_get(gig->root, after[i]), out);
    }

    gig_buf_puts(out, ",\"state\":\"");
    holes->state = (uint32_t) (out->len - start);
    gig_buf_puts(out, "\"}");
}


static void
gig_fragment_detail(const gig_record_t *gig, gig_buf_t *out, size_t start, gig_holes_t *holes)
{
    json_t     *public;
    gig_buf_t   json;

    public = gig_record_public(gig);

    if (public == NULL) {
        out->failed = 1;
        return;
    }

    /* Ours are computed; a record's own of the same name would make two. */
    json_object_del(public, "url");
    json_object_del(public, "state");

    gig_buf_init(&json, 2 * GIG_RECORD_MAX);
    gig_json_canonical(public, &json);
    json_decref(public);

    gig_buf_puts(out, "{\"url\":\"");
    holes->url = (uint32_t) (out->len - start);
    gig_buf_uri(out, gig->id);
    gig_buf_puts(out, "\",\"state\":\"");
    holes->state = (uint32_t) (out->len - start);
    gig_buf_puts(out, "\"");

    if (gig_buf_failed(&json) || json.len < sizeof("{\"id\":\"x\"}") - 1) {
        out->failed = 1;                /* a record has an id at least */

    } else {
        gig_buf_puts(out, ",");
        gig_buf_add(out, json.data + 1, json.len - 1);
    }

    gig_buf_free(&json);
}


static void
gig_fragment_card(const gig_record_t *gig, const gig_zone_t *zone, gig_buf_t *out, size_t start,
    gig_holes_t *holes)
{
    gig_buf_t  text;
    gig_str_t  summary;

    gig_buf_puts(out, "<li class=\"gig-card\">");
    gig_html_logo(json_object_get(gig->root, "org"), out);

    gig_buf_puts(out, "<h2 class=\"gig-card-title\"><a href=\"");
    holes->url = (uint32_t) (out->len - start);
    gig_buf_uri(out, gig->id);
    gig_buf_puts(out, "\">");
    gig_buf_html(out, gig->title);
    gig_buf_puts(out, "</a></h2><p class=\"gig-org\">");
    gig_html_org(gig->root, out);
    gig_buf_puts(out, "</p>");

    summary = gig_json_str(gig->root, "summary");

    if (summary.len != 0) {
        gig_buf_puts(out, "<p class=\"gig-summary\">");
        gig_buf_init(&text, GIG_TEXT_MAX);
        gig_text_cut(summary, GIG_CARD_SUMMARY, &text);
        gig_html_take(&text, out);
        gig_buf_puts(out, "</p>");
    }

    gig_html_facts(gig->root, zone, gig->closes_at, out);
    gig_html_skills(json_object_get(gig->root, "skills"), GIG_CARD_SKILLS, out);

    holes->state = (uint32_t) (out->len - start);

    if (gig->opens_at != GIG_TIME_NONE) {
        gig_buf_puts(out, "Opens ");
        gig_html_time(zone, gig->time_zone, gig->opens_at, 0, out);

    } else {
        gig_buf_puts(out, "Opens soon");
    }

    gig_buf_puts(out, "</p></li>");
}


void
gig_fragment_render(gig_fragment_kind_t kind, const gig_record_t *gig, const gig_zone_t *zone,
    gig_buf_t *out, gig_holes_t *holes)
{
    size_t         start;
    const json_t  *onboarding;

    start = out->len;
    holes->url = GIG_NO_HOLE;
    holes->state = GIG_NO_HOLE;

    switch (kind) {

    case GIG_FRAGMENT_SUMMARY:
        gig_fragment_summary(gig, out, start, holes);
        break;

    case GIG_FRAGMENT_DETAIL:
        gig_fragment_detail(gig, out, start, holes);
        break;

    case GIG_FRAGMENT_CARD:
        gig_fragment_card(gig, zone, out, start, holes);
        break;

    case GIG_FRAGMENT_PRIVATE:
        onboarding = gig_text_member(gig->root, "onboarding");

        if (onboarding != NULL) {
            gig_json_canonical(onboarding, out);
        }

        break;

    case GIG_FRAGMENTS:
        break;
    }
}


gig_str_t
gig_fragment_state_html(gig_state_t state, int closing)
{
    switch (state) {

    case GIG_STATE_SCHEDULED:
        return gig_str("<p class=\"gig-mark gig-mark-scheduled\">");

    case GIG_STATE_OPEN:
        return closing ? gig_str("<p class=\"gig-mark gig-mark-closing\">"
                                 "Closes within 48 hours</p>" GIG_CARD_HIDDEN)
                       : gig_str(GIG_CARD_HIDDEN);

    case GIG_STATE_WAITLIST:
        return gig_str("<p class=\"gig-mark gig-mark-waitlist\">Waiting list</p>"
                       GIG_CARD_HIDDEN);

    case GIG_STATE_FULL:
        return gig_str("<p class=\"gig-mark gig-mark-full\">Full</p>" GIG_CARD_HIDDEN);

    case GIG_STATE_CLOSED:
    case GIG_STATE_GONE:
        return gig_str("<p class=\"gig-mark gig-mark-closed\">Closed</p>" GIG_CARD_HIDDEN);

    case GIG_STATE_HIDDEN:
        break;
    }

    return gig_str(GIG_CARD_HIDDEN);
}


int
gig_fragment_hides(gig_str_t *mark)
{
    const size_t  len = sizeof(GIG_CARD_HIDDEN) - 1;

    if (mark->len < len || memcmp(mark->data + mark->len - len, GIG_CARD_HIDDEN, len) != 0) {
        return 0;
    }

    mark->len -= len;

    return 1;
}
