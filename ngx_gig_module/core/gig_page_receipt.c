
#include <string.h>

#include "gig_page_parts.h"


/* What a stage says to the applicant. */
static const struct {
    const char  *title;
    const char  *text;
} gig_receipt_words[GIG_STAGES] = {
    [GIG_STAGE_RECEIVED] = { "A place became free", "You have left the waiting list." },
    [GIG_STAGE_WAITLISTED] = { "On the waiting list", "You get a place if one becomes free." },
    [GIG_STAGE_IN_REVIEW] = { "Being read", "Somebody is reading your application." },
    [GIG_STAGE_SELECTED] = { "Selected", "You have been selected for this gig." },
    [GIG_STAGE_DECLINED] = { "Not selected", "This time others were chosen. Thank you for the"
                                             " work you put into it." },
    [GIG_STAGE_STARTED] = { "Started", "You are at work." },
    [GIG_STAGE_COMPLETED] = { "Completed", "Your work has been accepted." },
    [GIG_STAGE_OFFERED] = { "Offer made", "You have been offered more work." },
    [GIG_STAGE_HIRED] = { "Hired", "You have been hired." },
    [GIG_STAGE_RETAINED] = { "Still there", "You are still with the company." },
    [GIG_STAGE_WITHDRAWN] = { "Withdrawn", "The company has noted that you withdrew." },
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
    gig_page_address(page, "receipts/", gig_page_str(receipt->token), rest, out);
}


/* Received, in the company's own records, being read, decided. */

static void
gig_receipt_steps(const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    unsigned             i, first, n;
    gig_str_t            decision;
    const gig_staged_t  *staged;

    n = gig_receipt_news(receipt, &first);
    decision = (receipt->gig != NULL)
               ? gig_json_str(json_object_get(receipt->gig->gig, "feedback"), "decision_by")
               : gig_null_str;

    gig_buf_puts(out, "<ol class=\"gig-steps\">\n");

    gig_page_step(1, 0, "Received", out);

    if (receipt->received_ms != 0) {
        gig_receipt_time(receipt, receipt->received_ms / 1000, out);
    }

    gig_page_step_end(out);

    if (receipt->delivered || n != 0) {
        gig_page_step(1, n == 0, "Delivered", out);
        gig_buf_puts(out, "It is in the company's own records.");

    } else {
        gig_page_step(0, 1, "On its way", out);
        gig_buf_puts(out, "We have it. It is on its way into the company's own records,"
                     " normally within minutes.");
    }

    gig_page_step_end(out);

    for (i = 0; i < n; i++) {
        staged = &receipt->stages.list[first + i];
        gig_page_step(1, i == n - 1, gig_receipt_words[staged->stage].title, out);
        gig_buf_puts(out, gig_receipt_words[staged->stage].text);

        if (staged->at != 0) {
            gig_buf_puts(out, "<br>");
            gig_receipt_time(receipt, staged->at, out);
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


/* One sentence about the place; once the company has said more, that is what counts. */

static void
gig_receipt_seat(const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    size_t       i;
    gig_stage_t  last;

    static const struct {
        const char  *seat;
        const char  *text;
    } words[] = {
        { "reserved", "A place is reserved for you. It is yours for good as soon as the company's"
                      " own records have it." },
        { "confirmed", "You have a place: your application is one of those that count." },
        { "waitlisted", "All places were taken, so you are on the waiting list. If one becomes"
                        " free, the first on the list gets it." },
        { "over", "No place was left: others had taken them all before yours was counted. The"
                  " company has your application all the same, and may still read it." },
        { "late", "It arrived too late, after the closing time. The company decides whether it"
                  " still counts." },
    };

    last = gig_stages_last(&receipt->stages);

    if (last != GIG_STAGES && last != GIG_STAGE_RECEIVED && last != GIG_STAGE_WAITLISTED) {
        return;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (gig_str_is(receipt->seat, words[i].seat)) {
            gig_buf_puts(out, "<p class=\"gig-promise\">");
            gig_html_icon("note", out);
            gig_buf_puts(out, "<span>");
            gig_buf_puts(out, words[i].text);
            gig_buf_puts(out, "</span></p>\n");
        }
    }
}


/* Where it is erased, where it goes by itself, and where that could only be asked for. */

static void
gig_receipt_withdrawn(const gig_page_t *page, const gig_page_receipt_t *receipt, gig_buf_t *out)
{
    int64_t  hours;

    gig_buf_puts(out, "<h1>You have withdrawn this application</h1><p class=\"gig-about\">Nobody"
                 " will read it any more. You are free to apply for other gigs.</p>\n"
                 "<section class=\"gig-section\"><h2>What becomes of it</h2><ol"
                 " class=\"gig-steps\">\n");

    gig_page_step(receipt->erased, !receipt->erased,
                  receipt->erased ? "Erased" : "Being erased", out);
    gig_buf_puts(out, receipt->erased && receipt->asked
                 ? "It is gone from our queue."
                 : receipt->erased
                 ? "It is gone from the company's own records of this board and from our queue."
                 : "From the company's own records of this board and from our queue, normally"
                   " within minutes.");
    gig_page_step_end(out);

    if (receipt->ledger_keep != 0) {
        hours = (receipt->ledger_keep + 3599) / 3600;
        gig_page_step(0, 0, "Sealed copies", out);
        gig_buf_printf(out, "The servers that took it in have a copy which they cannot open. It"
                       " goes by itself, normally within %lld hour%s after that.",
                       (long long) hours, hours == 1 ? "" : "s");
        gig_page_step_end(out);
    }

    gig_page_step(0, 0, "Asked for", out);

    if (receipt->erased && receipt->asked) {
        gig_buf_puts(out, "The company's own system, to which it was delivered, does not erase by"
                     " itself: a person there is asked to. ");
    }

    gig_buf_puts(out, "What the company copied before, such as an export, a backup or another"
                 " system of its own, is out of our reach. Its records keep the request to erase"
                 " that, with nothing of you in it.");
    gig_page_step_end(out);

    gig_buf_puts(out, "</ol></section>\n<p><a class=\"gig-button\" ");
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
                 " somebody else. This cannot be undone. Copies that the company made before are"
                 " out of our reach: we can only ask it to erase those.</p>\n"
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
    int          read;
    gig_str_t    decision;
    gig_stage_t  last;

    last = gig_stages_last(&receipt->stages);

    gig_buf_puts(out, "<section class=\"gig-section\"><h2>What happens next</h2><p>");

    if (last == GIG_STAGE_DECLINED || last == GIG_STAGE_COMPLETED || last == GIG_STAGE_WITHDRAWN) {
        gig_buf_puts(out, "There is nothing more you need to do.");

    } else {
        decision = (receipt->gig != NULL)
                   ? gig_json_str(json_object_get(receipt->gig->gig, "feedback"), "decision_by")
                   : gig_null_str;

        read = !gig_receipt_decided(receipt) && !gig_str_is(receipt->seat, "over")
               && !gig_str_is(receipt->seat, "late");

        if (decision.len != 0 && read) {
            gig_buf_puts(out, "Somebody at the company reads it, and they decide by ");
            gig_html_date(decision, 1, out);
            gig_buf_puts(out, ". ");

        } else if (read) {
            gig_buf_puts(out, "Somebody at the company reads it. ");
        }

        gig_buf_puts(out, receipt->onboarding ? "What there is for you to do stands above. What"
                     : "You need not do anything: what");
        gig_buf_puts(out, " becomes of it is shown here, and they write to the e-mail address you"
                     " gave.");
    }

    gig_buf_puts(out, "</p></section>\n<section class=\"gig-section\"><h2>Keep this page</h2><p>"
                 "Its address is yours alone and opens without a password. Bookmark it, copy it or"
                 " print it; whoever has it can see and withdraw this application.</p>"
                 "<p class=\"gig-link\"><a href=\"");
    gig_receipt_where(page, receipt, "", out);
    gig_buf_puts(out, "\">");
    gig_buf_html(out, page->base);
    gig_buf_puts(out, "receipts/");
    gig_buf_uri(out, gig_page_str(receipt->token));
    gig_buf_puts(out, "</a></p></section>\n");

    if (receipt->self_id && receipt->gig != NULL) {
        gig_buf_puts(out, "<section class=\"gig-section gig-no-print\"><h2>About you</h2><p>Some"
                     " questions help to see whether everybody is reached. They are voluntary, and"
                     " your answers are not stored with your application.</p><p><a ");
        gig_page_href(page, gig_json_str(receipt->gig->gig, "id"), "/self-id", out);
        gig_buf_puts(out, ">Tell us about yourself (voluntary)</a></p></section>\n");
    }

    if (last != GIG_STAGE_COMPLETED && last != GIG_STAGE_HIRED && last != GIG_STAGE_RETAINED) {
        gig_buf_puts(out, "<section class=\"gig-section gig-no-print\"><h2>Changed your mind?</h2>"
                     "<p>You can withdraw. Your application is then erased.</p>"
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

    if (receipt->gig != NULL && !receipt->withdrawn && !receipt->confirm_withdraw) {
        frame.received = gig_json_str(receipt->gig->gig, "id");
        frame.form_script = 1;
    }

    gig_page_head(page, &frame, out);

    if (receipt->withdrawn) {
        gig_receipt_withdrawn(page, receipt, out);
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
        gig_page_onboarding(receipt, out);

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
