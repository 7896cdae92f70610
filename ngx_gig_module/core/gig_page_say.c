
/*
 * What the scripts have to say: they have no words of their own, but those that the page has put
 * into data-say-NAME of the form, the counter or the list.  The script fills in "{1}" and "{2}"; of
 * days there is one for each plural category.
 */

#include "gig_page_parts.h"


typedef struct {
    const char  *name;
    gig_say_t    text;
} gig_say_text_t;


static const gig_say_text_t  gig_say_form[] = {
    { "sending", GIG_SAY_FORM_SAY_SENDING },
    { "again", GIG_SAY_FORM_SAY_SEND_AGAIN },
    { "here", GIG_SAY_FORM_SAY_STILL_HERE },
    { "sent", GIG_SAY_FORM_SAY_SENT_NO_ANSWER },
    { "kept", GIG_SAY_FORM_SAY_KEPT },
    { "empty", GIG_SAY_FORM_SAY_EMPTY },
    { "refused", GIG_SAY_FORM_SAY_NOT_TAKEN },
    { "silent", GIG_SAY_FORM_SAY_NO_ANSWER },
    { "offline", GIG_SAY_FORM_SAY_OFFLINE },
    { "retry", GIG_SAY_FORM_SAY_OFFLINE_TEXT },
    { "online", GIG_SAY_FORM_SAY_ONLINE },
    { "online-retry", GIG_SAY_FORM_SAY_ONLINE_TEXT },
    { NULL, GIG_SAYS }
};

static const gig_say_text_t  gig_say_counter[] = {
    { "now", GIG_SAY_COUNTER_NOW },
    { "said", GIG_SAY_COUNTER_SAID },
    { "in", GIG_SAY_COUNTER_IN },
    { "hours", GIG_SAY_COUNTER_HOURS },
    { "minutes", GIG_SAY_COUNTER_MINUTES },
    { "seconds", GIG_SAY_COUNTER_SECONDS },
    { "600", GIG_SAY_COUNTER_TEN_MINUTES },
    { "60", GIG_SAY_COUNTER_MINUTE },
    { "10", GIG_SAY_COUNTER_TEN_SECONDS },
    { "zone", GIG_SAY_COUNTER_FOR_YOU },
    { "apply", GIG_SAY_ACTION_APPLY },
    { NULL, GIG_SAYS }
};


void
gig_page_data_say(const gig_language_t *words, const char *name, gig_say_t say, gig_buf_t *out)
{
    gig_buf_printf(out, " data-say-%s=\"", name);
    gig_say(words, say, out);
    gig_buf_puts(out, "\"");
}


static void
gig_page_say_all(const gig_language_t *words, const gig_say_text_t *say, gig_buf_t *out)
{
    for ( /* void */ ; say->name != NULL; say++) {
        gig_page_data_say(words, say->name, say->text, out);
    }
}


void
gig_page_say_form(const gig_language_t *words, gig_buf_t *out)
{
    gig_page_say_all(words, gig_say_form, out);
}


void
gig_page_say_counter(const gig_language_t *words, gig_buf_t *out)
{
    unsigned   i;
    gig_str_t  text;

    gig_page_say_all(words, gig_say_counter, out);

    for (i = 0; i < GIG_PLURALS; i++) {

        text = gig_language_form(words, GIG_SAY_COUNTER_DAYS, (gig_plural_t) i);

        if (text.data != NULL) {
            gig_buf_printf(out, " data-say-days-%s=\"", gig_plural_name((gig_plural_t) i));
            gig_buf_html(out, text);
            gig_buf_puts(out, "\"");
        }
    }
}
