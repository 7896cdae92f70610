
#include <string.h>

#include "gig_page_parts.h"


typedef struct {
    const char  *stage;
    const char  *title;
    const char  *text;
} gig_stage_t;

/* What a stage says to the applicant; of the stages of a record. */
static const gig_stage_t  gig_stages[] = {
    { "waitlisted", "On the waiting list", "You get a place if one becomes free." },
    { "in_review",  "Being read",          "Somebody is reading your application." },
    { "selected",   "Selected",            "You have been selected for this gig." },
    { "declined",   "Not selected",        "This time others were chosen. Thank you for the work"
                                           " you put into it." },
    { "started",    "Started",             "You are at work." },
    { "completed",  "Completed",           "Your work has been accepted." },
    { "offered",    "Offer made",          "You have been offered more work." },
    { "hired",      "Hired",               "You have been hired." },
    { "retained",   "Still there",         "You are still with the company." },
};


/* NULL: nothing that is not said already; who was confirmed since waits no longer. */
static const gig_stage_t *
gig_receipt_stage(const gig_page_receipt_t *receipt)
{
    size_t  i;

    if (gig_str_is(receipt->stage, "waitlisted") && gig_str_is(receipt->seat, "confirmed")) {
        return NULL;
    }

    for (i = 0; i < sizeof(gig_stages) / sizeof(gig_stages[0]); i++) {
        if (gig_str_is(receipt->stage, gig_stages[i].stage)) {
            return &gig_stages[i];
        }
    }

    return NULL;
}


/* 1 if the company has said yes or no. */

static int
gig_receipt_decided(const gig_page_receipt_t *receipt)
{
    return gig_receipt_stage(receipt) != NULL
           && !gig_str_is(receipt->stage, "in_review")
           && !gig_str_is(receipt->stage, "waitlisted");
}


static void
gig_receipt_time(const gig_page_receipt_t *receipt, int64_t seconds, gig_buf_t *out)
{
    const gig_page_gig_t  *gig;

    gig = receipt->gig;

    gig_html_time((gig != NULL) ? gig->zone : NULL,
                  (gig != NULL) ? gig_json_str(gig->gig, "time_zone") : gig_null_str, seconds, 1,
                  out);
}


static void
gig_receipt_where(const gig_page_t *page, const gig_page_receipt_t *receipt, const char *rest,
    gig_buf_t *out)
{
    gig_buf_html(out, page->base);
    gig_buf_puts(out, "receipts/");
    gig_buf_uri(out, (gig_str_t) { receipt->token, strlen(receipt->token) });
    gig_buf_puts(out, rest);
}


/* Received, in the company's own records, being read, decided. */

static void
gig_receipt_steps(const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    gig_str_t           decision;
    const gig_stage_t  *stage;

    stage = gig_receipt_stage(receipt);
    decision = (receipt->gig != NULL)
               ? gig_json_str(json_object_get(receipt->gig->gig, "feedback"), "decision_by")
               : gig_null_str;

    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    gig_page_step(1, 0, "Received", out);

    if (receipt->received_ms != 0) {
        gig_receipt_time(receipt, receipt->received_ms / 1000, out);
    }

    gig_page_step_end(out);

    if (receipt->delivered || stage != NULL) {
        gig_page_step(1, stage == NULL, "Delivered", out);
        gig_buf_puts(out, "It is in the company's own records.");

    } else {
        gig_page_step(0, 1, "On its way", out);
        gig_buf_puts(out, "We have it. It is on its way into the company's own records,"
                     " normally within minutes.");
    }

    gig_page_step_end(out);

    if (stage != NULL) {
        gig_page_step(1, 1, stage->title, out);
        gig_buf_puts(out, stage->text);

        if (receipt->stage_at != 0) {
            gig_buf_puts(out, "<br>");
            gig_receipt_time(receipt, receipt->stage_at, out);
        }

        gig_page_step_end(out);
    }

    if (!gig_receipt_decided(receipt)) {
        gig_page_step(0, 0, "Decision", out);

        if (decision.len != 0) {
            gig_buf_puts(out, "By ");
            gig_html_date(decision, 1, out);

        } else {
            gig_buf_puts(out, "It is shown here as soon as there is one.");
        }

        gig_page_step_end(out);
    }

    gig_buf_puts(out, "</ol>\n");
}


static void
gig_receipt_seat(const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    if (gig_receipt_stage(receipt) != NULL) {
        return;                         /* a stage is newer */
    }

    if (gig_str_is(receipt->seat, "waitlisted") || gig_str_is(receipt->seat, "over")) {
        gig_buf_puts(out, "<p class=\"gig-promise\">");
        gig_html_icon("note", out);
        gig_buf_puts(out, "<span>All places were taken, so you are on the waiting list. If one"
                     " becomes free, the first on the list gets it.</span></p>\n");

    } else if (gig_str_is(receipt->seat, "late")) {
        gig_buf_puts(out, "<p class=\"gig-promise\">");
        gig_html_icon("note", out);
        gig_buf_puts(out, "<span>It reached us after the closing time. The company decides whether"
                     " it still counts.</span></p>\n");
    }
}


static void
gig_receipt_withdrawn(const gig_page_t *page, gig_buf_t *out)
{
    gig_buf_puts(out, "<h1>You have withdrawn this application</h1><p class=\"gig-about\">It is"
                 " being erased, and nobody will read it any more. You are free to apply for"
                 " other gigs.</p><p><a class=\"gig-button\" ");
    gig_page_href(page, gig_null_str, "", out);
    gig_buf_puts(out, ">See all open gigs</a></p>");
}


static void
gig_receipt_gig(const gig_page_t *page, const gig_page_gig_t *gig, gig_buf_t *out)
{
    if (gig == NULL) {
        return;
    }

    gig_buf_puts(out, "<p class=\"gig-about\">For <a ");
    gig_page_href(page, gig_json_str(gig->gig, "id"), "", out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, gig_json_str(gig->gig, "title"));
    gig_buf_puts(out, "</a> at ");
    gig_buf_html(out, gig_json_str(json_object_get(gig->gig, "org"), "name"));
    gig_buf_puts(out, ".</p>\n");
}


static void
gig_receipt_confirm(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    gig_buf_puts(out, "<h1>Withdraw this application?</h1>");
    gig_receipt_gig(page, receipt->gig, out);
    gig_buf_puts(out, "<p class=\"gig-consequence\">It will be erased and your place goes to"
                 " somebody else. This cannot be undone.</p>\n"
                 "<form method=\"post\" class=\"gig-buttons\" action=\"");
    gig_receipt_where(page, receipt, "/withdraw", out);
    gig_buf_puts(out, "\"><button class=\"gig-button gig-button-danger\" type=\"submit\">"
                 "Withdraw and erase</button><a class=\"gig-button gig-button-quiet\" href=\"");
    gig_receipt_where(page, receipt, "", out);
    gig_buf_puts(out, "\">Keep it</a></form>");
}


static void
gig_receipt_next(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    gig_str_t  decision;

    gig_buf_puts(out, "<section class=\"gig-section\"><h2>What happens next</h2><p>");

    if (gig_str_is(receipt->stage, "declined") || gig_str_is(receipt->stage, "completed")) {
        gig_buf_puts(out, "There is nothing more you need to do.");

    } else {
        decision = (receipt->gig != NULL)
                   ? gig_json_str(json_object_get(receipt->gig->gig, "feedback"), "decision_by")
                   : gig_null_str;

        if (decision.len != 0 && !gig_receipt_decided(receipt)) {
            gig_buf_puts(out, "Somebody at the company reads it, and they decide by ");
            gig_html_date(decision, 1, out);
            gig_buf_puts(out, ". ");

        } else if (!gig_receipt_decided(receipt)) {
            gig_buf_puts(out, "Somebody at the company reads it. ");
        }

        gig_buf_puts(out, "You need not do anything: what becomes of it is shown here, and they"
                     " write to the e-mail address you gave.");
    }

    gig_buf_puts(out, "</p></section>\n<section class=\"gig-section\"><h2>Keep this page</h2><p>"
                 "Its address is yours alone and opens without a password. Bookmark it, copy it or"
                 " print it; whoever has it can see and withdraw this application.</p>"
                 "<p class=\"gig-link\"><a href=\"");
    gig_receipt_where(page, receipt, "", out);
    gig_buf_puts(out, "\">");
    gig_receipt_where(page, receipt, "", out);
    gig_buf_puts(out, "</a></p></section>\n");

    if (receipt->self_id && receipt->gig != NULL) {
        gig_buf_puts(out, "<section class=\"gig-section gig-no-print\"><h2>About you</h2><p>Some"
                     " questions help to see whether everybody is reached. They are voluntary, and"
                     " your answers are not stored with your application.</p><p><a ");
        gig_page_href(page, gig_json_str(receipt->gig->gig, "id"), "/self-id", out);
        gig_buf_puts(out, ">Tell us about yourself (voluntary)</a></p></section>\n");
    }

    if (!gig_str_is(receipt->stage, "completed") && !gig_str_is(receipt->stage, "hired")
        && !gig_str_is(receipt->stage, "retained"))
    {
        gig_buf_puts(out, "<section class=\"gig-section gig-no-print\"><h2>Changed your mind?</h2>"
                     "<p>You can withdraw. Your application is then erased everywhere.</p>"
                     "<p><a class=\"gig-button gig-button-quiet\" href=\"");
        gig_receipt_where(page, receipt, "?withdraw=1", out);
        gig_buf_puts(out, "\">Withdraw</a></p></section>");
    }
}


void
gig_page_receipt(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    gig_frame_t  frame = { .bar = 1, .narrow = 1, .private_ = 1 };

    frame.heading = receipt->withdrawn ? gig_str("Withdrawn") : gig_str("Your application");
    gig_page_head(page, &frame, out);

    if (receipt->withdrawn) {
        gig_receipt_withdrawn(page, out);
        gig_page_foot(page, out);
        return;
    }

    if (receipt->confirm_withdraw) {
        gig_receipt_confirm(page, receipt, out);
        gig_page_foot(page, out);
        return;
    }

    gig_buf_puts(out, "<header class=\"gig-done\"><span class=\"gig-done-sign\">");
    gig_html_icon("check", out);
    gig_buf_puts(out, "</span><div><h1>We have your application</h1>");
    gig_receipt_gig(page, receipt->gig, out);
    gig_buf_puts(out, "</div></header>\n");

    if (receipt->known) {
        gig_receipt_seat(receipt, out);
        gig_receipt_steps(receipt, out);

    } else {
        gig_buf_puts(out, "<p class=\"gig-promise\">");
        gig_html_icon("note", out);
        gig_buf_puts(out, "<span>This receipt is genuine: it was made when we took your application"
                     " in. What became of it since cannot be shown right now. Please look again"
                     " in a few minutes; you need not apply again.</span></p>\n");
    }

    gig_receipt_next(page, receipt, out);
    gig_page_foot(page, out);
}
