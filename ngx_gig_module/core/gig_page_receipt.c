
#include <string.h>

#include "gig_page_parts.h"


/* What a stage says to the applicant. */
static const struct {
    gig_say_t  title;
    gig_say_t  text;
} gig_receipt_words[GIG_STAGES] = {
    [GIG_STAGE_RECEIVED] = { GIG_SAY_STAGE_RECEIVED, GIG_SAY_STAGE_RECEIVED_TEXT },
    [GIG_STAGE_WAITLISTED] = { GIG_SAY_STAGE_WAITLISTED, GIG_SAY_STAGE_WAITLISTED_TEXT },
    [GIG_STAGE_IN_REVIEW] = { GIG_SAY_STAGE_IN_REVIEW, GIG_SAY_STAGE_IN_REVIEW_TEXT },
    [GIG_STAGE_SELECTED] = { GIG_SAY_STAGE_SELECTED, GIG_SAY_STAGE_SELECTED_TEXT },
    [GIG_STAGE_DECLINED] = { GIG_SAY_STAGE_DECLINED, GIG_SAY_STAGE_DECLINED_TEXT },
    [GIG_STAGE_STARTED] = { GIG_SAY_STAGE_STARTED, GIG_SAY_STAGE_STARTED_TEXT },
    [GIG_STAGE_COMPLETED] = { GIG_SAY_STAGE_COMPLETED, GIG_SAY_STAGE_COMPLETED_TEXT },
    [GIG_STAGE_OFFERED] = { GIG_SAY_STAGE_OFFERED, GIG_SAY_STAGE_OFFERED_TEXT },
    [GIG_STAGE_HIRED] = { GIG_SAY_STAGE_HIRED, GIG_SAY_STAGE_HIRED_TEXT },
    [GIG_STAGE_RETAINED] = { GIG_SAY_STAGE_RETAINED, GIG_SAY_STAGE_RETAINED_TEXT },
    [GIG_STAGE_WITHDRAWN] = { GIG_SAY_STAGE_WITHDRAWN, GIG_SAY_STAGE_WITHDRAWN_TEXT },
};


/*
 * How many stages are news, from *first on: that it was received stands above them already, and
 * who was confirmed by hand waits no longer.
 */
static unsigned
gig_receipt_news(const gig_page_receipt_t *receipt, unsigned *first)
{
    unsigned  n;

    n = receipt->stages.n;
    *first = (n != 0 && receipt->stages.list[0].stage == GIG_STAGE_RECEIVED);

    if (gig_stages_last(&receipt->stages) == GIG_STAGE_WAITLISTED
        && gig_str_is(receipt->seat, "confirmed"))
    {
        n--;
    }

    return n - *first;
}


/* 1 if the company has said yes or no. */

static int
gig_receipt_decided(const gig_page_receipt_t *receipt)
{
    return gig_stage_decided(gig_stages_last(&receipt->stages));
}


static void
gig_receipt_paragraph(const gig_page_t *page, gig_say_t text, gig_buf_t *out)
{
    gig_buf_puts(out, "<p>");
    gig_say(page->words, text, out);
    gig_buf_puts(out, "</p>");
}


static void
gig_receipt_time(const gig_page_t *page, const gig_page_receipt_t *receipt, int64_t seconds,
    gig_buf_t *out)
{
    const gig_page_gig_t  *gig;

    gig = receipt->gig;

    gig_html_time(page->words, (gig != NULL) ? gig->zone : NULL,
                  (gig != NULL) ? gig_json_str(gig->gig, "time_zone") : gig_null_str, seconds, 1,
                  out);
}


static void
gig_receipt_where(const gig_page_t *page, const gig_page_receipt_t *receipt, const char *rest,
    gig_buf_t *out)
{
    gig_page_address(page, "receipts/", gig_page_str(receipt->token), rest, out);
}


static void
gig_receipt_date(const gig_page_t *page, gig_say_t say, gig_str_t date, gig_buf_t *out)
{
    gig_said_t  said;

    said = gig_say_begin(page->words, say);

    while (gig_say_next(&said, out)) {
        gig_html_date(page->words, date, 1, out);
    }
}


/* Received, in the company's own records, being read, decided. */

static void
gig_receipt_steps(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    unsigned             i, first, n;
    gig_str_t            decision;
    const gig_staged_t  *staged;

    n = gig_receipt_news(receipt, &first);
    decision = (receipt->gig != NULL)
               ? gig_json_str(json_object_get(receipt->gig->gig, "feedback"), "decision_by")
               : gig_null_str;

    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    gig_page_step_said(page->words, 1, 0, GIG_SAY_RECEIPT_RECEIVED, out);

    if (receipt->received_ms != 0) {
        gig_receipt_time(page, receipt, receipt->received_ms / 1000, out);
    }

    gig_page_step_end(out);

    if (receipt->delivered || n != 0) {
        gig_page_step_said(page->words, 1, n == 0, GIG_SAY_RECEIPT_DELIVERED, out);
        gig_say(page->words, GIG_SAY_RECEIPT_DELIVERED_TEXT, out);

    } else {
        gig_page_step_said(page->words, 0, 1, GIG_SAY_RECEIPT_ON_ITS_WAY, out);
        gig_say(page->words, GIG_SAY_RECEIPT_ON_ITS_WAY_TEXT, out);
    }

    gig_page_step_end(out);

    for (i = 0; i < n; i++) {
        staged = &receipt->stages.list[first + i];
        gig_page_step_said(page->words, 1, i == n - 1, gig_receipt_words[staged->stage].title, out);
        gig_say(page->words, gig_receipt_words[staged->stage].text, out);

        if (staged->at != 0) {
            gig_buf_puts(out, "<br>");
            gig_receipt_time(page, receipt, staged->at, out);
        }

        gig_page_step_end(out);
    }

    if (!gig_receipt_decided(receipt)) {
        gig_page_step_said(page->words, 0, 0, GIG_SAY_RECEIPT_DECISION, out);

        if (decision.len != 0) {
            gig_receipt_date(page, GIG_SAY_RECEIPT_DECISION_BY, decision, out);
        } else {
            gig_say(page->words, GIG_SAY_RECEIPT_DECISION_NONE, out);
        }

        gig_page_step_end(out);
    }

    gig_buf_puts(out, "</ol>\n");
}


/* One sentence about the place; once the company has said more, that is what counts. */

static void
gig_receipt_seat(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    size_t       i;
    gig_stage_t  last;

    static const struct {
        const char  *seat;
        gig_say_t    text;
    } words[] = {
        { "reserved", GIG_SAY_SEAT_RESERVED },
        { "confirmed", GIG_SAY_SEAT_CONFIRMED },
        { "waitlisted", GIG_SAY_SEAT_WAITLISTED },
        { "over", GIG_SAY_SEAT_OVER },
        { "late", GIG_SAY_SEAT_LATE }
    };

    last = gig_stages_last(&receipt->stages);

    if (last != GIG_STAGES && last != GIG_STAGE_RECEIVED && last != GIG_STAGE_WAITLISTED) {
        return;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (gig_str_is(receipt->seat, words[i].seat)) {
            gig_page_promise(page->words, "note", words[i].text, out);
        }
    }
}


/* Where it is erased, where it goes by itself, and where that could only be asked for. */

static void
gig_receipt_withdrawn(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    int64_t  hours;

    gig_buf_puts(out, "<h1>");
    gig_say(page->words, GIG_SAY_WITHDRAWN_TITLE, out);
    gig_buf_puts(out, "</h1><p class=\"gig-about\">");
    gig_say(page->words, GIG_SAY_WITHDRAWN_TEXT, out);
    gig_buf_puts(out, "</p>\n");
    gig_page_section_said(page->words, GIG_SAY_WITHDRAWN_WHAT, 0, out);
    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    gig_page_step_said(page->words, receipt->erased, !receipt->erased,
                       receipt->erased ? GIG_SAY_WITHDRAWN_ERASED : GIG_SAY_WITHDRAWN_ERASING, out);
    gig_say(page->words, receipt->erased && receipt->asked ? GIG_SAY_WITHDRAWN_GONE_QUEUE
                         : receipt->erased ? GIG_SAY_WITHDRAWN_GONE : GIG_SAY_WITHDRAWN_GOING, out);
    gig_page_step_end(out);

    if (receipt->ledger_keep != 0) {
        hours = (receipt->ledger_keep + 3599) / 3600;
        gig_page_step_said(page->words, 0, 0, GIG_SAY_WITHDRAWN_COPIES, out);
        gig_say_n(page->words, GIG_SAY_WITHDRAWN_COPIES_TEXT, (uint64_t) hours, out);
        gig_page_step_end(out);
    }

    gig_page_step_said(page->words, 0, 0, GIG_SAY_WITHDRAWN_ASKED, out);

    if (receipt->erased && receipt->asked) {
        gig_say(page->words, GIG_SAY_WITHDRAWN_ASKED_PERSON, out);
        gig_buf_puts(out, " ");
    }

    gig_say(page->words, GIG_SAY_WITHDRAWN_ASKED_TEXT, out);
    gig_page_step_end(out);

    gig_buf_puts(out, "</ol></section>\n<p>");
    gig_page_button(page, gig_null_str, "", 0, GIG_SAY_PAGE_SEE_ALL_OPEN, out);
    gig_buf_puts(out, "</p>");
}


static void
gig_receipt_gig(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    int         argument;
    gig_said_t  said;

    if (gig == NULL) {
        return;
    }

    gig_buf_puts(out, "<p class=\"gig-about\">");
    said = gig_say_begin(page->words, GIG_SAY_RECEIPT_FOR);

    while ((argument = gig_say_next(&said, out)) != 0) {

        if (argument == 2) {
            gig_buf_html(out, gig_json_str(json_object_get(gig->gig, "org"), "name"));
            continue;
        }

        gig_buf_puts(out, "<a ");
        gig_page_href(page, gig_json_str(gig->gig, "id"), "", out);
        gig_html_lang(page->words, gig->gig, "title", out);
        gig_buf_puts(out, ">");
        gig_buf_html(out, gig_json_str(gig->gig, "title"));
        gig_buf_puts(out, "</a>");
    }

    gig_buf_puts(out, "</p>\n");
}


static void
gig_receipt_confirm(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    gig_buf_puts(out, "<h1>");
    gig_say(page->words, GIG_SAY_CONFIRM_TITLE, out);
    gig_buf_puts(out, "</h1>");
    gig_receipt_gig(page, receipt->gig, out);
    gig_buf_puts(out, "<p class=\"gig-consequence\">");
    gig_say(page->words, GIG_SAY_CONFIRM_TEXT, out);
    gig_buf_puts(out, "</p>\n<form method=\"post\" class=\"gig-buttons\" action=\"");
    gig_receipt_where(page, receipt, "/withdraw", out);
    gig_buf_puts(out, "\"><button class=\"gig-button gig-button-danger\" type=\"submit\">");
    gig_say(page->words, GIG_SAY_CONFIRM_WITHDRAW, out);
    gig_buf_puts(out, "</button><a class=\"gig-button gig-button-quiet\" href=\"");
    gig_receipt_where(page, receipt, "", out);
    gig_buf_puts(out, "\">");
    gig_say(page->words, GIG_SAY_CONFIRM_KEEP, out);
    gig_buf_puts(out, "</a></form>");
}


static void
gig_receipt_next(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    int          read;
    gig_str_t    decision;
    gig_stage_t  last;

    last = gig_stages_last(&receipt->stages);

    gig_page_section_said(page->words, GIG_SAY_NEXT_TITLE, 0, out);
    gig_buf_puts(out, "<p>");

    if (last == GIG_STAGE_DECLINED || last == GIG_STAGE_COMPLETED || last == GIG_STAGE_WITHDRAWN) {
        gig_say(page->words, GIG_SAY_NEXT_NOTHING, out);

    } else {
        decision = (receipt->gig != NULL)
                   ? gig_json_str(json_object_get(receipt->gig->gig, "feedback"), "decision_by")
                   : gig_null_str;

        read = !gig_receipt_decided(receipt) && !gig_str_is(receipt->seat, "over")
               && !gig_str_is(receipt->seat, "late");

        if (decision.len != 0 && read) {
            gig_receipt_date(page, GIG_SAY_NEXT_READ_BY, decision, out);
            gig_buf_puts(out, " ");

        } else if (read) {
            gig_say(page->words, GIG_SAY_NEXT_READ, out);
            gig_buf_puts(out, " ");
        }

        gig_say(page->words, receipt->onboarding ? GIG_SAY_NEXT_ABOVE : GIG_SAY_NEXT_WAIT, out);
    }

    gig_buf_puts(out, "</p></section>\n");
    gig_page_section_said(page->words, GIG_SAY_KEEP_TITLE, 0, out);
    gig_receipt_paragraph(page, GIG_SAY_KEEP_TEXT, out);
    gig_buf_puts(out, "<p class=\"gig-link\"><a href=\"");
    gig_receipt_where(page, receipt, "", out);
    gig_buf_puts(out, "\">");
    gig_buf_html(out, page->base);
    gig_buf_puts(out, "receipts/");
    gig_buf_uri(out, gig_page_str(receipt->token));
    gig_buf_puts(out, "</a></p></section>\n");

    if (receipt->self_id && receipt->gig != NULL) {
        gig_buf_puts(out, "<section class=\"gig-section gig-no-print\"><h2>");
        gig_say(page->words, GIG_SAY_ABOUT_YOU_TITLE, out);
        gig_buf_puts(out, "</h2>");
        gig_receipt_paragraph(page, GIG_SAY_ABOUT_YOU_TEXT, out);
        gig_buf_puts(out, "<p><a ");
        gig_page_href(page, gig_json_str(receipt->gig->gig, "id"), "/self-id", out);
        gig_buf_puts(out, ">");
        gig_say(page->words, GIG_SAY_ABOUT_YOU_LINK, out);
        gig_buf_puts(out, "</a></p></section>\n");
    }

    if (last != GIG_STAGE_COMPLETED && last != GIG_STAGE_HIRED && last != GIG_STAGE_RETAINED) {
        gig_buf_puts(out, "<section class=\"gig-section gig-no-print\"><h2>");
        gig_say(page->words, GIG_SAY_MIND_TITLE, out);
        gig_buf_puts(out, "</h2>");
        gig_receipt_paragraph(page, GIG_SAY_MIND_TEXT, out);
        gig_buf_puts(out, "<p><a class=\"gig-button gig-button-quiet\" href=\"");
        gig_receipt_where(page, receipt, "?withdraw=1", out);
        gig_buf_puts(out, "\">");
        gig_say(page->words, GIG_SAY_MIND_WITHDRAW, out);
        gig_buf_puts(out, "</a></p></section>");
    }
}


void
gig_page_receipt(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    gig_frame_t      frame = { .bar = 1, .narrow = 1, .private_ = 1 };
    gig_page_here_t  here = { .path = NULL };

    frame.heading = gig_language_text(page->words, receipt->withdrawn ? GIG_SAY_RECEIPT_WITHDRAWN
                                                                      : GIG_SAY_RECEIPT_TITLE);
    here.path = "receipts/";
    here.id = gig_page_str(receipt->token);
    here.rest = receipt->confirm_withdraw ? "?withdraw=1" : "";

    if (receipt->gig != NULL && !receipt->withdrawn && !receipt->confirm_withdraw) {
        frame.received = gig_json_str(receipt->gig->gig, "id");
        frame.form_script = 1;
    }

    gig_page_head(page, &frame, out);

    if (receipt->withdrawn) {
        gig_receipt_withdrawn(page, receipt, out);
        gig_page_foot(page, &here, out);
        return;
    }

    if (receipt->confirm_withdraw) {
        gig_receipt_confirm(page, receipt, out);
        gig_page_foot(page, &here, out);
        return;
    }

    gig_buf_puts(out, "<header class=\"gig-done\"><span class=\"gig-done-sign\">");
    gig_html_icon("check", out);
    gig_buf_puts(out, "</span><div><h1>");
    gig_say(page->words, GIG_SAY_RECEIPT_DONE, out);
    gig_buf_puts(out, "</h1>");
    gig_receipt_gig(page, receipt->gig, out);
    gig_buf_puts(out, "</div></header>\n");

    if (receipt->known) {
        gig_receipt_seat(page, receipt, out);
        gig_receipt_steps(page, receipt, out);
        gig_page_onboarding(page, receipt, out);

    } else {
        gig_page_promise(page->words, "note", GIG_SAY_RECEIPT_GENUINE, out);
    }

    gig_receipt_next(page, receipt, out);
    gig_page_foot(page, &here, out);
}
