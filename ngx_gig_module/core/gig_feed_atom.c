
#include "gig_feed.h"
#include "gig_json.h"
#include "gig_slug.h"
#include "gig_time.h"
#include "gig_xml.h"


static void gig_atom_element(const char *name, const char *attributes, gig_str_t text,
    gig_buf_t *out);
static void gig_atom_time(const char *name, int64_t seconds, gig_buf_t *out);
static void gig_atom_link(const gig_feed_t *feed, const char *what, const char *name,
    gig_str_t query, gig_buf_t *out);
static void gig_atom_tag(const gig_feed_t *feed, const gig_catalog_gig_t *gig, gig_buf_t *out);
static void gig_atom_category(gig_str_t term, gig_buf_t *out);


void
gig_feed_atom_head(const gig_feed_t *feed, gig_buf_t *out)
{
    gig_buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                 "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>");
    gig_xml_text(out, feed->base);
    gig_buf_puts(out, "feed.atom");

    /* of the whole feed, whichever page this is */

    if (feed->query.len != 0) {
        gig_buf_puts(out, "?");
        gig_xml_text(out, feed->query);
    }

    gig_buf_puts(out, "</id>\n");
    gig_atom_element("title", "", feed->title, out);

    if (feed->about.len != 0) {
        gig_atom_element("subtitle", "", feed->about, out);
    }

    gig_atom_time("updated", feed->updated, out);
    gig_buf_puts(out, "<author>");
    gig_atom_element("name", "", feed->title, out);
    gig_buf_puts(out, "</author>\n");

    gig_atom_link(feed, "rel=\"self\" type=\"application/atom+xml\"", "feed.atom", feed->page, out);
    gig_atom_link(feed, "rel=\"alternate\" type=\"text/html\"", "", feed->query, out);

    if (feed->next.len != 0) {
        gig_atom_link(feed, "rel=\"next\" type=\"application/atom+xml\"", "feed.atom", feed->next,
                      out);
    }
}


void
gig_feed_atom_entry(const gig_feed_t *feed, const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    size_t         i;
    gig_buf_t      text;
    gig_str_t      language;
    const json_t  *skills;

    language = gig_json_str(gig->json, "language");
    skills = json_object_get(gig->json, "skills");

    gig_buf_puts(out, "<entry");

    if (language.len != 0) {
        gig_buf_puts(out, " xml:lang=\"");
        gig_xml_text(out, language);
        gig_buf_puts(out, "\"");
    }

    gig_buf_puts(out, ">\n<id>");
    gig_atom_tag(feed, gig, out);
    gig_buf_puts(out, "</id>\n");
    gig_atom_element("title", "", gig_json_str(gig->json, "title"), out);

    gig_buf_puts(out, "<link rel=\"alternate\" type=\"text/html\" href=\"");
    gig_buf_init(&text, GIG_FEED_CONTENT_MAX);
    gig_slug_address(feed->base, gig->id, gig->slug, &text);
    gig_xml_text(out, gig_buf_view(&text));
    gig_buf_puts(out, "\"/>\n");

    gig_atom_time("published", gig->posted, out);
    gig_atom_time("updated", gig->updated, out);

    gig_buf_puts(out, "<author>");
    gig_atom_element("name", "", gig_json_str(json_object_get(gig->json, "org"), "name"), out);
    gig_buf_puts(out, "</author>\n");

    gig_atom_category(gig_json_str(gig->json, "department"), out);

    for (i = 0; i < json_array_size(skills); i++) {
        gig_atom_category(gig_json_item(json_array_get(skills, i), "name"), out);
    }

    if (gig_json_str(gig->json, "summary").len != 0) {
        gig_atom_element("summary", "", gig_json_str(gig->json, "summary"), out);
    }

    gig_buf_reset(&text);
    gig_feed_content(gig, &text);
    gig_atom_element("content", " type=\"html\"", gig_buf_view(&text), out);
    gig_buf_puts(out, "</entry>\n");

    if (gig_buf_failed(&text)) {
        out->failed = 1;
    }

    gig_buf_free(&text);
}


void
gig_feed_atom_tail(gig_buf_t *out)
{
    gig_buf_puts(out, "</feed>\n");
}


static void
gig_atom_element(const char *name, const char *attributes, gig_str_t text, gig_buf_t *out)
{
    gig_buf_printf(out, "<%s%s>", name, attributes);
    gig_xml_text(out, text);
    gig_buf_printf(out, "</%s>\n", name);
}


static void
gig_atom_time(const char *name, int64_t seconds, gig_buf_t *out)
{
    char  text[GIG_TIME_SIZE];

    gig_buf_printf(out, "<%s>%s</%s>\n", name, gig_time_format(seconds, text), name);
}


static void
gig_atom_link(const gig_feed_t *feed, const char *what, const char *name, gig_str_t query,
    gig_buf_t *out)
{
    gig_buf_printf(out, "<link %s href=\"", what);
    gig_xml_text(out, feed->base);
    gig_buf_puts(out, name);

    if (query.len != 0) {
        gig_buf_puts(out, "?");
        gig_xml_text(out, query);
    }

    gig_buf_puts(out, "\"/>\n");
}


/* RFC 4151.  No address: that one changes with the title's slug, and an entry keeps its id. */

static void
gig_atom_tag(const gig_feed_t *feed, const gig_catalog_gig_t *gig, gig_buf_t *out)
{
    char       c;
    size_t     i;
    gig_str_t  host;

    gig_buf_puts(out, "tag:");
    host = gig_feed_host(feed->base);

    for (i = 0; i < host.len; i++) {
        c = host.data[i];
        c = (char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        gig_buf_add(out, &c, 1);
    }

    gig_buf_puts(out, ",2026:");
    gig_buf_uri(out, feed->board);
    gig_buf_puts(out, "/");
    gig_buf_uri(out, gig->id);
}


static void
gig_atom_category(gig_str_t term, gig_buf_t *out)
{
    if (term.len != 0) {
        gig_buf_puts(out, "<category term=\"");
        gig_xml_text(out, term);
        gig_buf_puts(out, "\"/>\n");
    }
}
