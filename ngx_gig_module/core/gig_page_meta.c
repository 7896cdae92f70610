
#include "gig_page_parts.h"


/* What a page says of itself to search engines and previews, in its head. */


static void
gig_meta(const char *attribute, const char *name, gig_str_t value, gig_buf_t *out)
{
    if (value.len != 0) {
        gig_buf_printf(out, "<meta %s=\"%s\" content=\"", attribute, name);
        gig_buf_html(out, value);
        gig_buf_puts(out, "\">\n");
    }
}


/* The address that a page goes by, however it was asked for. */

static void
gig_meta_canonical(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    gig_buf_html(out, page->base);
    gig_buf_uri(out, frame->id);

    if (frame->slug.len != 0) {
        gig_buf_puts(out, "/");
        gig_buf_uri(out, frame->slug);
    }
}


/* Only if all of the address is known. */

static void
gig_meta_address(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    if (!frame->canonical || page->base.len == 0 || page->base.data[0] == '/') {
        return;
    }

    gig_buf_puts(out, "<link rel=\"canonical\" href=\"");
    gig_meta_canonical(page, frame, out);
    gig_buf_puts(out, "\">\n");

    gig_meta("property", "og:title",
             (frame->heading.len != 0) ? frame->heading : page->title, out);
    gig_meta("property", "og:description", frame->description, out);
    gig_meta("property", "og:site_name", page->title, out);

    gig_buf_puts(out, "<meta property=\"og:type\" content=\"website\">\n"
                 "<meta property=\"og:url\" content=\"");
    gig_meta_canonical(page, frame, out);
    gig_buf_puts(out, "\">\n");
}


void
gig_page_about(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    gig_meta("name", "description", frame->description, out);
    gig_meta_address(page, frame, out);

    if (frame->private_ || frame->noindex) {
        gig_buf_puts(out, "<meta name=\"robots\" content=\"noindex\">\n");
    }
}
