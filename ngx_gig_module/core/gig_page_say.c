
/*
 * What the scripts have to say: they have no words of their own, but those that the page has put
 * into data-say-NAME of the form, the counter or the list.  "{1}" is filled in by the script.
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
    { "here-sent", GIG_SAY_FORM_SAY_SENT_NO_ANSWER },
    { "here-kept", GIG_SAY_FORM_SAY_KEPT },
    { "empty", GIG_SAY_FORM_SAY_EMPTY },
    { "refused", GIG_SAY_FORM_SAY_NOT_TAKEN },
    { "lost", GIG_SAY_FORM_SAY_NO_ANSWER },
    { "offline", GIG_SAY_FORM_SAY_OFFLINE },
    { "kept", GIG_SAY_FORM_SAY_OFFLINE_TEXT },
    { "online", GIG_SAY_FORM_SAY_ONLINE },
    { "online-kept", GIG_SAY_FORM_SAY_ONLINE_TEXT },
    { NULL, GIG_SAYS }
};

static const gig_say_text_t  gig_say_counter[] = {
    { "opens", GIG_SAY_COUNTER_IN },
    { "now", GIG_SAY_COUNTER_NOW },
    { "opened", GIG_SAY_COUNTER_SAID },
    { "apply", GIG_SAY_ACTION_APPLY },
    { "you", GIG_SAY_COUNTER_FOR_YOU },
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
    gig_page_say_all(words, gig_say_counter, out);
}
