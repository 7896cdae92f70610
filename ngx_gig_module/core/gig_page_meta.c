
/*
 * What a page says of itself to search engines and previews, in its head: description, canonical
 * address, Open Graph (ogp.me) with a picture, robots, and a gig's JobPosting.
 */

#include "gig_job_posting.h"
#include "gig_page_parts.h"
#include "gig_slug.h"
#include "gig_url.h"


#define GIG_META_DESCRIPTION    300                 /* bytes; what is shown anywhere is less */
#define GIG_META_ADDRESS_MAX    (GIG_URL_MAX + GIG_PAGE_QUERY_MAX)
#define GIG_META_LOCALE         sizeof("en_US")


/* Open Graph wants a territory: that in which most read a language (CLDR, likely subtags). */

static const char  gig_meta_territories[][GIG_META_LOCALE] = {
    "ar_EG", "da_DK", "de_DE", "en_US", "es_ES", "fi_FI", "fr_FR", "hi_IN", "it_IT", "ja_JP",
    "ko_KR", "nb_NO", "nl_NL", "pl_PL", "pt_BR", "ru_RU", "sv_SE", "tr_TR", "uk_UA", "zh_CN"
};


static void
gig_meta(const char *attribute, const char *name, gig_str_t value, gig_buf_t *out)
{
    if (value.len != 0) {
        gig_buf_printf(out, "<meta %s=\"%s\" content=\"", attribute, name);
        gig_buf_html(out, value);
        gig_buf_puts(out, "\">\n");
    }
}


static const json_t *
gig_meta_seo(const gig_frame_t *frame)
{
    return frame->gig != NULL ? json_object_get(frame->gig->gig, "seo") : NULL;
}


static gig_str_t
gig_meta_own(const gig_frame_t *frame)
{
    return gig_json_str(gig_meta_seo(frame), "canonical_url");
}


/*
 * What a gig pays, for how long, from where: who sees no more than the first line knows whether to
 * read on.  Then what it is about.
 */

static void
gig_meta_description(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    gig_buf_t      text;
    const json_t  *gig;

    if (frame->gig == NULL) {
        gig_buf_str(out, frame->description);
        return;
    }

    gig = frame->gig->gig;
    gig_buf_init(&text, GIG_RECORD_MAX);

    gig_text_pay_for(page->words, json_object_get(gig, "pay"), json_object_get(gig, "work"), &text);
    gig_buf_puts(&text, text.len != 0 ? ". " : "");
    gig_text_place_all(page->words, json_object_get(gig, "location"), &text);
    gig_buf_puts(&text, ".");

    if (gig_json_str(gig, "summary").len != 0) {
        gig_buf_puts(&text, " ");
        gig_buf_str(&text, gig_json_str(gig, "summary"));
    }

    out->failed |= gig_buf_failed(&text);
    gig_text_cut(gig_buf_view(&text), GIG_META_DESCRIPTION, out);
    gig_buf_free(&text);
}


/*
 * The whole address that a page goes by, however it was asked for: the record's own if it is one
 * that browsers open.  Nothing if only a path is known.
 */

static void
gig_meta_address(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    if (!frame->canonical) {
        return;
    }

    if (gig_url_valid(gig_meta_own(frame), 0)) {
        gig_buf_str(out, gig_meta_own(frame));
        return;
    }

    if (page->base.len == 0 || page->base.data[0] == '/') {
        return;
    }

    if (frame->gig != NULL) {
        gig_slug_address(page->base, gig_json_str(frame->gig->gig, "id"), frame->gig->slug, out);
    } else {
        gig_buf_str(out, page->base);
    }
}


/*
 * A page that was asked for in a language by name is one of its own.  Returns how many bytes of the
 * address are without that.
 */

static size_t
gig_meta_canonical(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    size_t  plain;

    gig_meta_address(page, frame, out);
    plain = out->len;

    if (page->lang.len != 0 && plain != 0 && !gig_url_valid(gig_meta_own(frame), 0)) {
        gig_buf_puts(out, "?lang=");
        gig_buf_str(out, page->lang);
    }

    return plain;
}


/* "en-GB" is en_GB; without a territory, or with a script before it, that of the language. */

static gig_str_t
gig_meta_locale(gig_str_t tag, char out[GIG_META_LOCALE])
{
    size_t  i;

    if (tag.len == sizeof("en-GB") - 1 && tag.data[2] == '-') {
        memcpy(out, tag.data, tag.len);
        out[2] = '_';

        for (i = 3; i < 5; i++) {
            out[i] = (char) (out[i] >= 'a' && out[i] <= 'z' ? out[i] - 'a' + 'A' : out[i]);
        }

        return (gig_str_t) { out, tag.len };
    }

    for (i = 0; i < sizeof(gig_meta_territories) / sizeof(gig_meta_territories[0]); i++) {
        if ((tag.len == 2 || (tag.len > 2 && tag.data[2] == '-'))
            && memcmp(gig_meta_territories[i], tag.data, 2) == 0)
        {
            memcpy(out, gig_meta_territories[i], GIG_META_LOCALE);
            return (gig_str_t) { out, GIG_META_LOCALE - 1 };
        }
    }

    return gig_null_str;
}


/* The record's picture, else the organisation's; https alone, as on the page itself. */

static void
gig_meta_picture(const gig_frame_t *frame, gig_buf_t *out)
{
    gig_str_t      image, logo;
    const json_t  *org;

    org = frame->gig != NULL ? json_object_get(frame->gig->gig, "org") : NULL;
    image = gig_json_str(gig_meta_seo(frame), "image");
    logo = gig_json_str(org, "logo");

    if (gig_text_https(image)) {
        gig_meta("property", "og:image", image, out);
        gig_meta("property", "og:image:alt", frame->heading, out);
        gig_meta("name", "twitter:card", gig_str("summary_large_image"), out);
        return;
    }

    if (gig_text_https(logo)) {
        gig_meta("property", "og:image", logo, out);
        gig_meta("property", "og:image:alt", gig_json_str(org, "name"), out);
    }

    gig_meta("name", "twitter:card", gig_str("summary"), out);
}


/* The page in each of its languages; without `lang` it is in the reader's (hreflang x-default). */

static void
gig_meta_alternate(const char *tag, const gig_language_t *language, gig_str_t address,
    gig_buf_t *out)
{
    gig_buf_printf(out, "<link rel=\"alternate\" hreflang=\"%s\" href=\"", tag);
    gig_buf_html(out, address);

    if (language != NULL) {
        gig_buf_printf(out, "?lang=%s", language->tag);
    }

    gig_buf_puts(out, "\">\n");
}


static void
gig_meta_alternates(const gig_page_t *page, const gig_frame_t *frame, gig_str_t address,
    gig_buf_t *out)
{
    unsigned  i;

    if (page->n_languages < 2 || gig_url_valid(gig_meta_own(frame), 0)) {
        return;
    }

    for (i = 0; i < page->n_languages; i++) {
        gig_meta_alternate(page->languages[i]->tag, page->languages[i], address, out);
    }

    gig_meta_alternate("x-default", NULL, address, out);
}


static void
gig_meta_preview(const gig_page_t *page, const gig_frame_t *frame, gig_str_t address,
    size_t plain, gig_str_t description, gig_buf_t *out)
{
    char       locale[GIG_META_LOCALE];
    gig_str_t  language;

    gig_buf_puts(out, "<link rel=\"canonical\" href=\"");
    gig_buf_html(out, address);
    gig_buf_puts(out, "\">\n");

    gig_meta_alternates(page, frame, (gig_str_t) { address.data, plain }, out);

    language = frame->gig != NULL ? gig_i18n_of(frame->gig->gig, "title") : gig_null_str;

    gig_meta("property", "og:title",
             (frame->heading.len != 0) ? frame->heading : page->title, out);
    gig_meta("property", "og:description", description, out);
    gig_meta("property", "og:site_name", page->title, out);
    gig_meta("property", "og:type", gig_str("website"), out);
    gig_meta("property", "og:url", address, out);
    gig_meta("property", "og:locale",
             gig_meta_locale(language.len != 0 ? language
                             : gig_page_str(gig_language_tag(page->words)), locale), out);
    gig_meta_picture(frame, out);
}


/* The same list as feeds, each page of it: a feed has pages of its own. */

static void
gig_meta_feeds(const gig_page_t *page, const gig_query_t *asked, gig_buf_t *out)
{
    size_t              i;
    gig_buf_t           query;
    gig_query_change_t  change;

    static const struct {
        const char  *type;
        const char  *name;
    } feeds[] = {
        { "application/atom+xml",  "feed.atom" },
        { "application/feed+json", "feed.json" }
    };

    if (asked == NULL || page->base.len == 0 || page->base.data[0] == '/') {
        return;
    }

    change = GIG_QUERY_SAME;
    change.without_limit = 1;
    gig_buf_init(&query, GIG_PAGE_QUERY_MAX);
    gig_query_write(asked, &change, &query);

    for (i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
        gig_buf_printf(out, "<link rel=\"alternate\" type=\"%s\" href=\"", feeds[i].type);
        gig_buf_html(out, page->base);
        gig_buf_puts(out, feeds[i].name);
        gig_buf_puts(out, (query.len != 0) ? "?" : "");
        gig_buf_html(out, gig_buf_view(&query));
        gig_buf_puts(out, "\">\n");
    }

    out->failed |= gig_buf_failed(&query);
    gig_buf_free(&query);
}


static int
gig_meta_noindex(const gig_frame_t *frame)
{
    return frame->private_ || frame->noindex
           || json_is_true(json_object_get(gig_meta_seo(frame), "noindex"));
}


void
gig_page_about(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    size_t     plain;
    gig_buf_t  address, description;

    gig_buf_init(&address, GIG_META_ADDRESS_MAX);
    gig_buf_init(&description, GIG_RECORD_MAX);

    plain = gig_meta_canonical(page, frame, &address);
    gig_meta_description(page, frame, &description);

    gig_meta("name", "description", gig_buf_view(&description), out);

    if (address.len != 0) {
        gig_meta_preview(page, frame, gig_buf_view(&address), plain, gig_buf_view(&description),
                         out);
    }

    if (gig_meta_noindex(frame)) {
        gig_meta("name", "robots", gig_str("noindex"), out);
    }

    gig_meta_feeds(page, frame->feeds, out);

    out->failed |= gig_buf_failed(&address) | gig_buf_failed(&description);
    gig_buf_free(&address);
    gig_buf_free(&description);
}


/* A block of data: it is no script, no policy forbids it and no browser runs it. */

void
gig_page_posting(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    gig_buf_t  json, address;

    if (frame->gig == NULL || gig_meta_noindex(frame)) {
        return;
    }

    gig_buf_init(&address, GIG_META_ADDRESS_MAX);
    gig_buf_init(&json, GIG_JOB_POSTING_MAX);
    (void) gig_meta_canonical(page, frame, &address);

    if (gig_job_posting(frame->gig, gig_buf_view(&address), &json)) {
        gig_buf_puts(out, "<script type=\"application/ld+json\">");
        gig_buf_add(out, json.data, json.len);
        gig_buf_puts(out, "</script>\n");
    }

    out->failed |= gig_buf_failed(&address) | gig_buf_failed(&json);
    gig_buf_free(&address);
    gig_buf_free(&json);
}
