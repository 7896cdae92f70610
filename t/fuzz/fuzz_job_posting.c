
/*
 * A gig's page holds its JobPosting in a script element.  Of any JSON, or of a plausible gig with
 * any bytes in each of its texts: nothing in that element is anything to a reader of HTML, it is
 * JSON with the gig's own title, and there is one at most.
 *
 *     clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ingx_gig_module/core \
 *         t/fuzz/fuzz_job_posting.c build-fuzz/libgigcore.a -ljansson -lsodium -lnettle -lutf8proc -lz -lm
 */

#include <stdlib.h>
#include <string.h>

#include "gig_json.h"
#include "gig_page.h"
#include "gig_utf8.h"

#define GIG_OUT_MAX     (16 * 1024 * 1024)
#define GIG_TAG         "<script type=\"application/ld+json\">"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char  gig_plain[] =
    "{\"id\":\"g_1\",\"posted_at\":\"2026-09-01T13:00:00Z\",\"title\":\"x\",\"summary\":\"x\","
    "\"description_html\":\"x\",\"org\":{\"name\":\"x\",\"url\":\"x\",\"logo\":\"x\"},"
    "\"engagement\":\"contractor\",\"location\":{\"mode\":\"remote\",\"applicant_regions\":"
    "[{\"type\":\"x\",\"code\":\"x\",\"name\":\"x\"}],\"places\":[{\"country\":\"x\"}]},"
    "\"pay\":{\"type\":\"hourly\",\"currency\":\"USD\",\"min_minor\":1,\"note\":\"x\"},"
    "\"work\":{\"start_by\":\"x\",\"supervisor_title\":\"x\"},\"skills\":[{\"name\":\"x\"}],"
    "\"deliverables\":[\"x\"],\"sections\":[{\"title\":\"x\",\"html\":\"x\",\"text\":\"x\"}],"
    "\"seo\":{\"canonical_url\":\"x\",\"image\":\"x\"},\"language\":\"x\"}";


/* Any bytes for each "x". */

static void
gig_infect(json_t *value, gig_str_t text)
{
    size_t       i;
    json_t      *member;
    void        *next;
    const char  *name;

    json_object_foreach_safe(value, next, name, member) {
        if (json_is_string(member) && strcmp(json_string_value(member), "x") == 0) {
            (void) json_object_set_new(value, name, json_stringn_nocheck(text.data, text.len));
        } else {
            gig_infect(member, text);
        }
    }

    json_array_foreach(value, i, member) {
        if (json_is_string(member)) {
            (void) json_array_set_new(value, i, json_stringn_nocheck(text.data, text.len));
        } else {
            gig_infect(member, text);
        }
    }
}


static void
gig_look(const json_t *gig, gig_str_t html)
{
    size_t       len;
    json_t      *value;
    gig_str_t    title;
    const char  *p, *end;

    p = memmem(html.data, html.len, GIG_TAG, sizeof(GIG_TAG) - 1);

    if (p == NULL) {
        return;
    }

    p += sizeof(GIG_TAG) - 1;
    len = html.len - (size_t) (p - html.data);
    end = memmem(p, len, "</script>\n", 10);

    if (end == NULL || memmem(end + 1, len - (size_t) (end + 1 - p), "<script type=", 13) != NULL) {
        abort();
    }

    len = (size_t) (end - p);

    if (memchr(p, '<', len) != NULL || memchr(p, '>', len) != NULL || memchr(p, '&', len) != NULL
        || memmem(p, len, "\u2028", 3) != NULL || memmem(p, len, "\u2029", 3) != NULL)
    {
        abort();
    }

    value = json_loadb(p, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    title = gig_json_str(gig, "title");

    if (value == NULL
        || (gig_utf8_valid(title) && !gig_str_eq(gig_json_str(value, "title"), title)))
    {
        abort();
    }

    json_decref(value);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t          *gig;
    gig_buf_t        out;
    gig_str_t        text;
    gig_page_t       page;
    gig_error_t      error;
    gig_page_gig_t   view;

    text = (gig_str_t) { (const char *) data, size };
    gig = gig_json_parse(text, size + 1, GIG_JSON_DEPTH_MAX, &error);

    if (gig == NULL) {
        gig = json_loads(gig_plain, 0, NULL);

        if (gig == NULL) {
            abort();
        }

        (void) json_object_set_new(json_object_get(gig, "location"), "mode",
                                   json_string(size % 2 ? "remote" : "onsite"));
        gig_infect(gig, text);
    }

    memset(&page, 0, sizeof(page));
    memset(&view, 0, sizeof(view));
    page.title = gig_str("Acme gigs");
    page.base = (size % 3) ? gig_str("https://jobs.acme.example/gigs/") : gig_str("/gigs/");
    page.now = 1790000000;
    view.gig = gig;
    view.state = GIG_STATE_OPEN;
    view.opens_at = GIG_TIME_NONE;
    view.closes_at = (size % 5) ? 1790830799 : GIG_TIME_NONE;

    gig_buf_init(&out, GIG_OUT_MAX);
    gig_page_gig(&page, &view, &out);

    if (!gig_buf_failed(&out)) {
        gig_look(gig, (gig_str_t) { out.data, out.len });
    }

    gig_buf_free(&out);
    json_decref(gig);

    return 0;
}
