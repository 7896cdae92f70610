
/*
 * The gig's onboarding: private, so on no page but the receipt of somebody who was selected.
 * Who calls has looked at that (gig_stage_selected).
 */

#include "gig_page_parts.h"
#include "gig_url.h"


/* href="...": a valid address as it is, a bare e-mail address as mailto. */

static void
gig_onboarding_href(gig_str_t address, gig_buf_t *out)
{
    gig_buf_puts(out, "<a rel=\"noopener noreferrer\" href=\"");

    if (!gig_url_valid(address, 1)) {
        gig_buf_puts(out, "mailto:");
    }

    gig_buf_html(out, address);
    gig_buf_puts(out, "\">");
}


static int
gig_onboarding_is_address(gig_str_t address)
{
    return gig_url_valid(address, 1) || gig_email_valid(address);
}


static void
gig_onboarding_text(gig_str_t text, gig_str_t url, gig_buf_t *out)
{
    /* The record was checked; the image may be damaged all the same. */

    if (gig_onboarding_is_address(url)) {
        gig_onboarding_href(url, out);
        gig_buf_html(out, text.len ? text : url);
        gig_buf_puts(out, "</a>");

    } else {
        gig_buf_html(out, text);
    }
}


static void
gig_onboarding_step(const gig_page_t *page, const json_t *step, gig_buf_t *out)
{
    int         argument;
    gig_str_t   text, url, due;
    gig_said_t  said;

    text = gig_json_str(step, "text");
    url = gig_json_str(step, "url");
    due = gig_json_str(step, "due_by");

    gig_buf_puts(out, "<li>");

    if (due.len == 0) {
        gig_onboarding_text(text, url, out);

    } else {
        said = gig_say_begin(page->words, GIG_SAY_ONBOARDING_BY);

        while ((argument = gig_say_next(&said, out)) != 0) {

            if (argument == 1) {
                gig_onboarding_text(text, url, out);
            } else {
                gig_html_date(page->words, due, 1, out);
            }
        }
    }

    gig_buf_puts(out, "</li>\n");
}


static void
gig_onboarding_kick_off(const gig_page_t *page, const gig_page_receipt_t *receipt,
    gig_str_t kick_off, gig_buf_t *out)
{
    int64_t                ms;
    gig_said_t             said;
    const gig_page_gig_t  *gig = receipt->gig;

    if (gig_time_parse(kick_off, &ms) != 0) {
        return;
    }

    gig_buf_puts(out, "<p>");
    said = gig_say_begin(page->words, GIG_SAY_ONBOARDING_KICK_OFF);

    while (gig_say_next(&said, out)) {
        gig_html_time(page->words, gig ? gig->zone : NULL,
                      gig ? gig_json_str(gig->gig, "time_zone") : gig_null_str, ms / 1000, 0, out);
    }

    gig_buf_puts(out, "</p>\n");
}


/* An address that an e-mail can be written to, without its scheme. */

static void
gig_onboarding_contact(gig_str_t contact, gig_buf_t *out)
{
    gig_onboarding_href(contact, out);

    if (contact.len > sizeof("mailto:") - 1
        && gig_str_is((gig_str_t) { contact.data, sizeof("mailto:") - 1 }, "mailto:"))
    {
        contact.data += sizeof("mailto:") - 1;
        contact.len -= sizeof("mailto:") - 1;
    }

    gig_buf_html(out, contact);
    gig_buf_puts(out, "</a>");
}


void
gig_page_onboarding(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    size_t         i;
    gig_str_t      contact;
    gig_said_t     said;
    const json_t  *onboarding, *steps;

    onboarding = receipt->onboarding;

    if (onboarding == NULL) {
        return;
    }

    gig_page_section_said(page->words, GIG_SAY_ONBOARDING_TITLE, 0, out);
    gig_onboarding_kick_off(page, receipt, gig_json_str(onboarding, "kick_off"), out);

    steps = json_object_get(onboarding, "steps");

    if (json_array_size(steps) != 0) {
        gig_buf_puts(out, "<ol>\n");

        for (i = 0; i < json_array_size(steps); i++) {
            gig_onboarding_step(page, json_array_get(steps, i), out);
        }

        gig_buf_puts(out, "</ol>\n");
    }

    contact = gig_json_str(onboarding, "contact");

    if (gig_onboarding_is_address(contact)) {
        gig_buf_puts(out, "<p>");
        said = gig_say_begin(page->words, GIG_SAY_ONBOARDING_QUESTIONS);

        while (gig_say_next(&said, out)) {
            gig_onboarding_contact(contact, out);
        }

        gig_buf_puts(out, "</p>\n");
    }

    gig_buf_puts(out, "</section>\n");
}
