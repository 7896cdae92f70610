
#include <string.h>

#include "gig_fragment.h"
#include "gig_html.h"
#include "gig_json.h"


#define GIG_CARD_SKILLS     3
#define GIG_CARD_SUMMARY    180     /* bytes; two lines of a card */


/* A member as canonical JSON without what is private in it, null if absent. */

static void
gig_fragment_value(const char *name, const json_t *value, gig_buf_t *out)
{
    json_t  *shown;

    gig_buf_printf(out, ",\"%s\":", name);

    if (value == NULL) {
        gig_buf_puts(out, "null");
        return;
    }

    if (json_is_string(value)) {
        gig_json_canonical(value, out);
        return;
    }

    shown = gig_record_shown(value);

    if (shown == NULL) {
        out->failed = 1;
        return;
    }

    gig_json_canonical(shown, out);
    json_decref(shown);
}


static void
gig_fragment_summary(const gig_record_t *gig, gig_buf_t *out, size_t start, gig_holes_t *holes)
{
    size_t         i;
    const json_t  *skills;

    static const char *const  before[] = {
        "title", "summary", "org", "department", "engagement", "location", "pay", "work"
    };
    static const char *const  after[] = { "posted_at", "opens_at", "closes_at", "time_zone" };

    gig_buf_puts(out, "{\"id\":");
    gig_buf_json(out, gig->id);
    gig_buf_puts(out, ",\"url\":\"");
    holes->url = (uint32_t) (out->len - start);
    gig_buf_uri(out, gig->id);
    gig_buf_puts(out, "\"");

    for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        gig_fragment_value(before[i], json_object_get(gig->root, before[i]), out);
    }

    gig_buf_puts(out, ",\"skills\":[");
    skills = json_object_get(gig->root, "skills");

    for (i = 0; i < json_array_size(skills); i++) {
        gig_buf_puts(out, (i == 0) ? "" : ",");
        gig_buf_json(out, gig_json_item(json_array_get(skills, i), "name"));
    }

    gig_buf_puts(out, "]");

    for (i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
        gig_fragment_value(after[i], json_object_get(gig->root, after[i]), out);
    }

    gig_buf_puts(out, ",\"state\":\"");
    holes->state = (uint32_t) (out->len - start);
    gig_buf_puts(out, "\"}");
}


static void
gig_fragment_detail(const gig_record_t *gig, gig_buf_t *out, size_t start, gig_holes_t *holes)
{
    json_t     *public;
    gig_buf_t   json;

    public = gig_record_public(gig);

    if (public == NULL) {
        out->failed = 1;
        return;
    }

    /* Ours are computed; a record's own of the same name would make two. */
    json_object_del(public, "url");
    json_object_del(public, "state");

    gig_buf_init(&json, 2 * GIG_RECORD_MAX);
    gig_json_canonical(public, &json);
    json_decref(public);

    gig_buf_puts(out, "{\"url\":\"");
    holes->url = (uint32_t) (out->len - start);
    gig_buf_uri(out, gig->id);
    gig_buf_puts(out, "\",\"state\":\"");
    holes->state = (uint32_t) (out->len - start);
    gig_buf_puts(out, "\"");

    if (gig_buf_failed(&json) || json.len < sizeof("{\"id\":\"x\"}") - 1) {
        out->failed = 1;                /* a record has an id at least */

    } else {
        gig_buf_puts(out, ",");
        gig_buf_add(out, json.data + 1, json.len - 1);
    }

    gig_buf_free(&json);
}


/* holes: what the card has there is left out, and its places are told; or NULL. */

static void
gig_fragment_card_write(const gig_card_t *card, gig_buf_t *out, size_t start, gig_holes_t *holes)
{
    gig_buf_t              text;
    gig_str_t              summary;
    gig_said_t             said;
    const json_t          *gig;
    const gig_language_t  *words;

    gig = card->gig;
    words = card->words;

    gig_buf_puts(out, "<li class=\"gig-card\">");
    gig_html_logo(json_object_get(gig, "org"), out);

    gig_buf_puts(out, "<h2 class=\"gig-card-title\"><a href=\"");

    if (holes != NULL) {
        holes->url = (uint32_t) (out->len - start);
    }

    gig_buf_html(out, card->base);
    gig_buf_uri(out, gig_json_str(gig, "id"));

    if (card->tail.len != 0) {
        gig_buf_puts(out, "?");
        gig_buf_html(out, card->tail);
    }

    gig_buf_puts(out, "\"");
    gig_html_lang(words, gig, "title", out);
    gig_buf_puts(out, ">");
    gig_buf_html(out, gig_json_str(gig, "title"));
    gig_buf_puts(out, "</a></h2><p class=\"gig-org\">");
    gig_html_org(words, gig, out);
    gig_buf_puts(out, "</p>");

    summary = gig_json_str(gig, "summary");

    if (summary.len != 0) {
        gig_buf_puts(out, "<p class=\"gig-summary\"");
        gig_html_lang(words, gig, "summary", out);
        gig_buf_puts(out, ">");
        gig_buf_init(&text, GIG_TEXT_MAX);
        gig_text_cut(summary, GIG_CARD_SUMMARY, &text);
        gig_html_take(&text, out);
        gig_buf_puts(out, "</p>");
    }

    gig_html_facts(words, gig, card->zone, card->closes_at, out);
    gig_html_skills(words, json_object_get(gig, "skills"), GIG_CARD_SKILLS, out);

    if (holes != NULL) {
        holes->state = (uint32_t) (out->len - start);

    } else if (!gig_fragment_card_state(words, card->state, card->closing, out)) {
        return;
    }

    if (card->opens_at == GIG_TIME_NONE) {
        gig_say(words, GIG_SAY_OPENS_SOON, out);

    } else {
        said = gig_say_begin(words, GIG_SAY_OPENS);

        while (gig_say_next(&said, out)) {
            gig_html_time(words, card->zone, gig_json_str(gig, "time_zone"), card->opens_at, 0,
                          out);
        }
    }

    gig_buf_puts(out, "</p></li>");
}


void
gig_fragment_card_draw(const gig_card_t *card, gig_buf_t *out)
{
    gig_fragment_card_write(card, out, out->len, NULL);
}


/* In English, by which most cards are drawn: what the record has in English is used for it. */

static void
gig_fragment_card(const gig_record_t *gig, const gig_zone_t *zone, gig_buf_t *out, size_t start,
    gig_holes_t *holes)
{
    json_t      *own;
    gig_card_t   card;

    memset(&card, 0, sizeof(gig_card_t));
    own = NULL;
    card.gig = gig->root;

    if (json_object_get(gig->root, "i18n") != NULL) {
        own = json_copy(gig->root);

        if (own == NULL || gig_i18n_apply(own, NULL) != 0) {
            json_decref(own);
            out->failed = 1;
            return;
        }

        card.gig = own;
    }

    card.zone = zone;
    card.opens_at = gig->opens_at;
    card.closes_at = gig->closes_at;

    gig_fragment_card_write(&card, out, start, holes);
    json_decref(own);
}


void
gig_fragment_render(gig_fragment_kind_t kind, const gig_record_t *gig, const gig_zone_t *zone,
    gig_buf_t *out, gig_holes_t *holes)
{
    size_t         start;
    const json_t  *onboarding;

    start = out->len;
    holes->url = GIG_NO_HOLE;
    holes->state = GIG_NO_HOLE;

    switch (kind) {

    case GIG_FRAGMENT_SUMMARY:
        gig_fragment_summary(gig, out, start, holes);
        break;

    case GIG_FRAGMENT_DETAIL:
        gig_fragment_detail(gig, out, start, holes);
        break;

    case GIG_FRAGMENT_CARD:
        gig_fragment_card(gig, zone, out, start, holes);
        break;

    case GIG_FRAGMENT_PRIVATE:
        onboarding = gig_text_member(gig->root, "onboarding");

        if (onboarding != NULL) {
            gig_json_canonical(onboarding, out);
        }

        break;

    case GIG_FRAGMENTS:
        break;
    }
}


/* What a mark says, and its class; GIG_SAYS: nothing. */

static gig_say_t
gig_fragment_mark_says(gig_state_t state, int closing, const char **name)
{
    switch (state) {

    case GIG_STATE_OPEN:
        *name = "closing";
        return closing ? GIG_SAY_MARK_CLOSING : GIG_SAYS;

    case GIG_STATE_WAITLIST:
        *name = "waitlist";
        return GIG_SAY_MARK_WAITLIST;

    case GIG_STATE_FULL:
        *name = "full";
        return GIG_SAY_MARK_FULL;

    case GIG_STATE_CLOSED:
    case GIG_STATE_GONE:
        *name = "closed";
        return GIG_SAY_MARK_CLOSED;

    case GIG_STATE_SCHEDULED:
    case GIG_STATE_HIDDEN:
        break;
    }

    return GIG_SAYS;
}


void
gig_fragment_mark(const gig_language_t *words, gig_state_t state, int closing, gig_buf_t *out)
{
    gig_say_t    says;
    const char  *name;

    if (state == GIG_STATE_SCHEDULED) {
        gig_buf_puts(out, "<p class=\"gig-mark gig-mark-scheduled\">");
        return;
    }

    says = gig_fragment_mark_says(state, closing, &name);

    if (says != GIG_SAYS) {
        gig_buf_puts(out, "<p class=\"gig-mark gig-mark-");
        gig_buf_puts(out, name);
        gig_buf_puts(out, "\">");
        gig_say(words, says, out);
        gig_buf_puts(out, "</p>");
    }
}


int
gig_fragment_card_state(const gig_language_t *words, gig_state_t state, int closing,
    gig_buf_t *out)
{
    gig_fragment_mark(words, state, closing, out);

    if (state == GIG_STATE_SCHEDULED) {
        return 1;
    }

    gig_buf_puts(out, "</li>");

    return 0;
}
