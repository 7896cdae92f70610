
#include <string.h>

#include "gig_feed.h"
#include "gig_json.h"
#include "gig_slug.h"
#include "gig_text.h"
#include "gig_time.h"
#include "gig_xml.h"


/* Where the time of the newest change goes, which is known in the end. */
#define GIG_INDEED_DATE     "Thu, 01 Jan 1970 00:00:00 GMT"

typedef struct {
    const gig_feed_t  *feed;
    gig_buf_t         *out;
    gig_buf_t          text;
    int64_t            updated;
} gig_indeed_t;


static int gig_indeed_job(void *data, const gig_catalog_gig_t *gig);
static void gig_indeed_element(const char *name, gig_str_t text, gig_buf_t *out);
static void gig_indeed_take(const char *name, gig_indeed_t *indeed);
static void gig_indeed_time(const char *name, int64_t seconds, gig_buf_t *out);
static void gig_indeed_place(const json_t *location, gig_buf_t *out);
static const char *gig_indeed_type(gig_str_t engagement);


int
gig_feed_indeed(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args, int64_t now,
    uint32_t *damaged, gig_buf_t *out)
{
    int           rc;
    char          date[30];
    size_t        at;
    gig_indeed_t  indeed;

    indeed.feed = feed;
    indeed.out = out;
    indeed.updated = 0;
    gig_buf_init(&indeed.text, GIG_FEED_CONTENT_MAX);

    gig_buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<source>\n");
    gig_indeed_element("publisher", feed->title, out);
    gig_indeed_element("publisherurl", feed->base, out);
    gig_buf_puts(out, "<lastBuildDate>");
    at = out->len;
    gig_buf_puts(out, GIG_INDEED_DATE "</lastBuildDate>\n");

    rc = gig_catalog_walk(catalog, args, now, gig_indeed_job, &indeed, damaged);

    gig_buf_puts(out, "</source>\n");

    if (gig_buf_failed(out) || gig_buf_failed(&indeed.text)) {
        rc = -1;
    }

    if (rc == 0) {
        memcpy(out->data + at, gig_time_http(indeed.updated, date), sizeof(GIG_INDEED_DATE) - 1);
    }

    gig_buf_free(&indeed.text);

    return rc;
}


static int
gig_indeed_job(void *data, const gig_catalog_gig_t *gig)
{
    const char    *type;
    gig_buf_t     *out;
    const json_t  *json;
    gig_indeed_t  *indeed = data;

    out = indeed->out;
    json = gig->json;

    if ((gig->state != GIG_STATE_OPEN && gig->state != GIG_STATE_WAITLIST)
        || gig->flags & GIG_IMAGE_NOINDEX)
    {
        return 0;
    }

    if (indeed->updated < gig->updated) {
        indeed->updated = gig->updated;
    }

    gig_buf_puts(out, "<job>\n");
    gig_indeed_element("title", gig_json_str(json, "title"), out);
    gig_indeed_time("date", gig->posted, out);
    gig_indeed_element("referencenumber", gig->id, out);

    gig_slug_address(indeed->feed->base, gig->id, gig->slug, &indeed->text);
    gig_indeed_take("url", indeed);

    gig_indeed_element("company", gig_json_str(json_object_get(json, "org"), "name"), out);
    gig_indeed_place(json_object_get(json, "location"), out);

    gig_feed_content(gig, &indeed->text);
    gig_indeed_take("description", indeed);

    gig_text_pay_for(NULL, json_object_get(json, "pay"), json_object_get(json, "work"),
                     &indeed->text);
    gig_indeed_take("salary", indeed);

    type = gig_indeed_type(gig_json_str(json, "engagement"));
    gig_indeed_element("jobtype", (gig_str_t) { type, strlen(type) }, out);
    gig_indeed_element("category", gig_json_str(json, "department"), out);

    if (gig->closes != GIG_TIME_NONE) {
        gig_indeed_time("expirationdate", gig->closes, out);
    }

    gig_buf_puts(out, "</job>\n");

    /* no further gig makes it whole again */
    return gig_buf_failed(out) || gig_buf_failed(&indeed->text) ? -1 : 0;
}


static void
gig_indeed_element(const char *name, gig_str_t text, gig_buf_t *out)
{
    if (text.len != 0) {
        gig_buf_printf(out, "<%s>", name);
        gig_xml_cdata(out, text);
        gig_buf_printf(out, "</%s>\n", name);
    }
}


static void
gig_indeed_take(const char *name, gig_indeed_t *indeed)
{
    gig_indeed_element(name, gig_buf_view(&indeed->text), indeed->out);
    gig_buf_reset(&indeed->text);
}


static void
gig_indeed_time(const char *name, int64_t seconds, gig_buf_t *out)
{
    char  text[30];

    (void) gig_time_http(seconds, text);
    gig_indeed_element(name, (gig_str_t) { text, strlen(text) }, out);
}


/* The first place; of remote work the first country or state that people may apply from. */

static void
gig_indeed_place(const json_t *location, gig_buf_t *out)
{
    int                 remote;
    gig_str_t           mode, postal;
    const json_t       *place;
    gig_text_address_t  address;

    mode = gig_json_str(location, "mode");
    remote = gig_str_is(mode, "remote");
    place = json_array_get(json_object_get(location, remote ? "applicant_regions" : "places"), 0);

    if (place != NULL) {
        gig_text_address_read(place, &address);

        if (address.is_country) {
            gig_indeed_element("country", address.code, out);

        } else if (remote) {
            gig_indeed_element("state", address.locality, out);

        } else {
            gig_indeed_element("city", address.locality, out);
            gig_indeed_element("state", address.region, out);
            gig_indeed_element("country", address.country, out);
        }

        postal = gig_json_str(place, "postal_code");
        gig_indeed_element("postalcode",
                           postal.len ? postal : gig_json_str(place, "postalCode"), out);

    } else {
        gig_indeed_element("city", gig_json_str(location, "name"), out);
    }

    if (remote) {
        gig_indeed_element("remotetype", gig_str("Fully remote"), out);

    } else if (gig_str_is(mode, "hybrid")) {
        gig_indeed_element("remotetype", gig_str("Hybrid remote"), out);
    }
}


static const char *
gig_indeed_type(gig_str_t engagement)
{
    if (gig_str_is(engagement, "contractor")) {
        return "contract";
    }

    return gig_str_is(engagement, "volunteer") ? "volunteer" : "internship";
}
