
/*
 * Writes one HTML file a state of each page but the list (list_samples.c) into a
 * folder, from records given as JSON lines, so that they can be looked at without a
 * server.  Not a test and not run by any; by hand:
 *
 *     make build/unit/page_samples
 *     perl tools/demo.d/gigs.pl | build/unit/page_samples FOLDER
 */

#include "gig_json.h"

#include "page_sample.h"


#define SAMPLE(text)    { (text), sizeof(text) - 1 }


static const char        *folder;
static gig_page_t         page = {
    .title = SAMPLE("Acme Micro-Internships"),
    .about = SAMPLE("Short, paid projects with the people who do the work. Two to five weeks,"
                    " from wherever you are."),
    .base = { "", 0 },
    .style = { "gig.css", 7 },
    .now = 1795400000,
};


static void
sample_zone(const char *name, char *bytes, gig_zone_t *zone)
{
    char    path[128];
    FILE   *file;
    size_t  n;

    (void) snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    file = fopen(path, "r");

    if (file == NULL) {
        perror(path);
        exit(1);
    }

    n = fread(bytes, 1, GIG_TZIF_MAX, file);
    (void) fclose(file);

    if (gig_zone_read((gig_str_t) { bytes, n }, zone) != 0) {
        (void) fprintf(stderr, "%s: not a zone\n", path);
        exit(1);
    }
}


static void
sample_form(const char *name, const gig_page_gig_t *gig, const gig_form_t *form,
    const gig_answers_t *answers, const gig_errors_t *errors)
{
    gig_buf_t        out;
    gig_page_form_t  view = { .gig = gig, .form = form, .answers = answers, .errors = errors,
                              .key = "sample-key" };

    gig_buf_init(&out, PAGE_MAX);
    gig_page_form(&page, &view, &out);
    sample_write(folder, name, &out);
}


static void
sample_receipt(const char *name, const gig_page_receipt_t *receipt)
{
    gig_buf_t  out;

    gig_buf_init(&out, PAGE_MAX);
    gig_page_receipt(&page, receipt, &out);
    sample_write(folder, name, &out);
}


static void
sample_gig(const char *name, const gig_page_gig_t *gig, gig_state_t state)
{
    gig_buf_t       out;
    gig_page_gig_t  view;

    view = *gig;
    view.state = state;

    gig_buf_init(&out, PAGE_MAX);
    gig_page_gig(&page, &view, &out);
    sample_write(folder, name, &out);
}


int
main(int argc, char **argv)
{
    size_t              i, n;
    gig_buf_t           out;
    gig_form_t          form;
    gig_zone_t          zone;
    gig_errors_t        errors;
    gig_answers_t       answers;
    static char         tzif[GIG_TZIF_MAX];
    static gig_record_t gig[SAMPLES_MAX];
    gig_page_gig_t      view;
    gig_page_receipt_t  receipt;

    if (argc != 2) {
        (void) fprintf(stderr, "usage: page_samples FOLDER < gigs.jsonl\n");
        return 2;
    }

    folder = argv[1];
    sample_zone("America/Chicago", tzif, &zone);
    n = sample_read(gig);

    memset(&view, 0, sizeof(view));
    view.gig = gig[0].root;
    view.opens_at = gig[0].opens_at;
    view.closes_at = gig[0].closes_at;
    view.zone = &zone;
    view.state = GIG_STATE_OPEN;
    view.source = gig_str("campus");

    sample_gig("gig.html", &view, GIG_STATE_OPEN);
    sample_gig("gig-full.html", &view, GIG_STATE_FULL);
    sample_gig("gig-waitlist.html", &view, GIG_STATE_WAITLIST);
    sample_gig("gig-scheduled.html", &view, GIG_STATE_SCHEDULED);

    view.state = GIG_STATE_GONE;
    gig_buf_init(&out, PAGE_MAX);
    gig_page_gone_head(&page, &view, (n > 3) ? 3 : 0, &out);

    for (i = 1; n > 3 && i < 4; i++) {
        sample_card(&page, &gig[i], &zone, GIG_STATE_OPEN, 0, &out);
    }

    gig_page_gone_tail(&page, &view, (n > 3) ? 3 : 0, &out);
    sample_write(folder, "gone.html", &out);
    view.state = GIG_STATE_OPEN;

    memset(&errors, 0, sizeof(errors));

    if (gig_form_read(gig_form_default(), &form, &errors) != 0) {
        (void) fprintf(stderr, "form: %s: %s\n", errors.error[0].pointer, errors.error[0].detail);
        return 1;
    }

    sample_form("form.html", &view, &form, NULL, NULL);

    memset(&answers, 0, sizeof(answers));
    answers.answers = json_pack("{s:s, s:s, s:s, s:b}", "first_name", "Dana", "email",
                                "dana@example", "statement", "I would start from the price lists.",
                                "available", 1);
    (void) gig_errors_add(&errors, "/answers/last_name", "Enter your last name.");
    (void) gig_errors_add(&errors, "/answers/email", "Enter an e-mail address with a domain, such"
                          " as dana@example.edu.");
    (void) gig_errors_add(&errors, "/answers/consent_processing", "Tick the box to agree.");
    sample_form("form-errors.html", &view, &form, &answers, &errors);
    json_decref(answers.answers);

    memset(&receipt, 0, sizeof(receipt));
    receipt.token = "c2FtcGxlLXRva2VuLXRoYXQtaXMtZm9ydHktdGhyZWU";
    receipt.gig = &view;
    receipt.received_ms = 1795400000214;
    receipt.seat = gig_str("reserved");
    receipt.known = 1;
    sample_receipt("receipt.html", &receipt);

    receipt.delivered = 1;
    gig_stages_read(gig_str("in_review,1795450000"), &receipt.stages);
    sample_receipt("receipt-review.html", &receipt);

    receipt.stages.n = 0;
    receipt.seat = gig_str("waitlisted");
    sample_receipt("receipt-waitlist.html", &receipt);

    receipt.known = 0;
    receipt.received_ms = 0;
    sample_receipt("receipt-unknown.html", &receipt);

    receipt.confirm_withdraw = 1;
    sample_receipt("withdraw.html", &receipt);

    receipt.withdrawn = 1;
    sample_receipt("withdrawn.html", &receipt);

    gig_buf_init(&out, PAGE_MAX);
    gig_page_problem(&page, 503, "The board cannot take this in right now",
                     "The application could not be stored.", &out);
    sample_write(folder, "503.html", &out);

    gig_buf_init(&out, PAGE_MAX);
    gig_page_problem(&page, 404, "This page does not exist", "", &out);
    sample_write(folder, "404.html", &out);

    gig_form_free(&form);

    for (i = 0; i < n; i++) {
        gig_record_free(&gig[i]);
    }

    return 0;
}
