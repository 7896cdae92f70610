
#include "gig_feed.h"
#include "gig_json.h"
#include "gig_slug.h"
#include "gig_text.h"
#include "gig_time.h"


static void gig_feed_url(const gig_feed_t *feed, const char *member, const char *name,
    gig_str_t query, gig_buf_t *out);
static void gig_feed_time(const char *name, int64_t seconds, gig_buf_t *out);
static void gig_feed_tags(const json_t *gig, gig_buf_t *out);
static void gig_feed_own(const gig_catalog_gig_t *gig, gig_buf_t *out);


void
gig_feed_json_head(const gig_feed_t *feed, gig_buf_t *out)
{
    gig_buf_puts(out, "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":");
    gig_buf_json(out, feed->title);

    if (feed->about.len != 0) {
        gig_buf_member(out, "description", feed->about);
    }

    gig_feed_url(feed, "home_page_url", "", feed->query, out);
    gig_feed_url(feed, "feed_url", "feed.json", feed->page, out);

    if (feed->next.len != 0) {
        gig_feed_url(feed, "next_url", "feed.json", feed->next, out);
    }

    gig_buf_puts(out, ",\"items\":[");
}


void
gig_feed_json_item(const gig_feed_t *feed, const gig_catalog_gig_t *gig, int first, gig_buf_t *out)
{
    gig_buf_t      text;
    const json_t  *org;

    org = json_object_get(gig->json, "org");
    gig_buf_init(&text, GIG_FEED_CONTENT_MAX);

    gig_buf_puts(out, first ? "{\"id\":" : ",{\"id\":");
    gig_buf_json(out, gig->id);

    gig_slug_address(feed->base, gig->id, gig->slug, &text);
    gig_buf_member(out, "url", gig_buf_view(&text));
    gig_buf_member(out, "title", gig_json_str(gig->json, "title"));

    if (gig_json_str(gig->json, "summary").len != 0) {
        gig_buf_member(out, "summary", gig_json_str(gig->json, "summary"));
    }

    gig_buf_reset(&text);
    gig_feed_content(gig, &text);
    gig_buf_member(out, "content_html", gig_buf_view(&text));

    gig_feed_time("date_published", gig->posted, out);
    gig_feed_time("date_modified", gig->updated, out);

    if (gig_json_str(gig->json, "language").len != 0) {
        gig_buf_member(out, "language", gig_json_str(gig->json, "language"));
    }

    if (gig_text_https(gig_json_str(org, "logo"))) {
        gig_buf_member(out, "image", gig_json_str(org, "logo"));
    }

    gig_buf_puts(out, ",\"authors\":[{\"name\":");
    gig_buf_json(out, gig_json_str(org, "name"));

    if (gig_text_https(gig_json_str(org, "url"))) {
        gig_buf_member(out, "url", gig_json_str(org, "url"));
    }

    gig_buf_puts(out, "}]");
    gig_feed_tags(gig->json, out);
    gig_feed_own(gig, out);
    gig_buf_puts(out, "}");

    if (gig_buf_failed(&text)) {
        out->failed = 1;
    }

    gig_buf_free(&text);
}


void
gig_feed_json_tail(gig_buf_t *out)
{
    gig_buf_puts(out, "]}");
}


/* A query of ours is percent-encoded, a base was checked: neither needs an escape. */

static void
gig_feed_url(const gig_feed_t *feed, const char *member, const char *name, gig_str_t query,
    gig_buf_t *out)
{
    gig_buf_printf(out, ",\"%s\":\"", member);
    gig_buf_str(out, feed->base);
    gig_buf_puts(out, name);
    gig_buf_puts(out, query.len != 0 ? "?" : "");
    gig_buf_str(out, query);
    gig_buf_puts(out, "\"");
}


static void
gig_feed_time(const char *name, int64_t seconds, gig_buf_t *out)
{
    char  text[GIG_TIME_SIZE];

    gig_buf_printf(out, ",\"%s\":\"%s\"", name, gig_time_format(seconds, text));
}


static void
gig_feed_tags(const json_t *gig, gig_buf_t *out)
{
    int            some;
    size_t         i;
    gig_str_t      tag;
    const json_t  *skills;

    skills = json_object_get(gig, "skills");
    tag = gig_json_str(gig, "department");
    some = (tag.len != 0);

    gig_buf_puts(out, ",\"tags\":[");

    if (some) {
        gig_buf_json(out, tag);
    }

    for (i = 0; i < json_array_size(skills); i++) {
        tag = gig_json_item(json_array_get(skills, i), "name");

        if (tag.len != 0) {
            gig_buf_puts(out, some ? "," : "");
            gig_buf_json(out, tag);
            some = 1;
        }
    }

    gig_buf_puts(out, "]");
}


/* An extension, as JSON Feed has them: what our list says and a feed has no name for. */

static void
gig_feed_own(const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    size_t         i;
    const json_t  *value;

    static const char *const  members[] = {
        "opens_at", "closes_at", "time_zone", "engagement", "pay", "location", "work"
    };

    gig_buf_printf(out, ",\"_gig\":{\"state\":\"%s\"", gig_state_name(gig->state));

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        value = gig_text_member(gig->json, members[i]);

        if (value != NULL) {
            gig_buf_printf(out, ",\"%s\":", members[i]);
            gig_json_canonical(value, out);
        }
    }

    gig_buf_puts(out, "}");
}
