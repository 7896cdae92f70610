
#include <string.h>

#include "gig_feed.h"
#include "gig_html.h"
#include "gig_json.h"


static void gig_feed_line(const gig_catalog_gig_t *gig, gig_buf_t *out);
static void gig_feed_sections(const json_t *sections, gig_buf_t *out);


gig_str_t
gig_feed_host(gig_str_t address)
{
    size_t       i, start;
    const char  *end;

    for (start = 0, i = 0; i + 2 < address.len; i++) {
        if (memcmp(address.data + i, "://", 3) == 0) {
            start = i + 3;
            break;
        }
    }

    if (start < address.len && address.data[start] == '[') {
        start++;
        end = "]/";
    } else {
        end = ":/";
    }

    for (i = start; i < address.len && address.data[i] != end[0] && address.data[i] != end[1]; i++)
    {
        /* void */
    }

    return (gig_str_t) { address.data + start, i - start };
}


void
gig_feed_content(const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    gig_str_t  html, text;

    gig_feed_line(gig, out);

    html = gig_json_str(gig->json, "description_html");
    text = gig_json_str(gig->json, "description_text");

    gig_html_description(html, text.len != 0 ? text : gig_json_str(gig->json, "summary"), out);
    gig_feed_sections(json_object_get(gig->json, "sections"), out);

    if (json_array_size(json_object_get(gig->json, "deliverables")) != 0) {
        gig_html_heading("h3", gig_language_text(NULL, GIG_SAY_GIG_HAND_IN), out);
        gig_html_items(json_object_get(gig->json, "deliverables"), "", out);
    }
}


/* "<p><strong>$500 for about 15 to 20 hours</strong>. Remote, United States. Apply by ...</p>" */

static void
gig_feed_line(const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    gig_buf_t      text;
    const json_t  *pay;

    pay = json_object_get(gig->json, "pay");

    gig_buf_puts(out, "<p><strong>");
    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_pay_for(NULL, pay, json_object_get(gig->json, "work"), &text);
    gig_html_take(&text, out);
    gig_buf_puts(out, "</strong>. ");

    gig_buf_init(&text, GIG_TEXT_MAX);
    gig_text_place_all(NULL, json_object_get(gig->json, "location"), &text);
    gig_html_take(&text, out);
    gig_buf_puts(out, ".");

    if (gig->closes != GIG_TIME_NONE) {
        gig_buf_puts(out, " Apply by ");
        gig_html_time(NULL, gig->zoned ? &gig->zone : NULL, gig_json_str(gig->json, "time_zone"),
                      gig->closes, 0, out);
        gig_buf_puts(out, ".");
    }

    gig_buf_puts(out, "</p>");
}


static void
gig_feed_sections(const json_t *sections, gig_buf_t *out)
{
    size_t         i;
    const json_t  *section;

    for (i = 0; i < json_array_size(sections) && i < GIG_HTML_ITEMS; i++) {
        section = json_array_get(sections, i);

        gig_html_heading("h3", gig_json_str(section, "title"), out);
        gig_html_section(section, out);
    }
}
