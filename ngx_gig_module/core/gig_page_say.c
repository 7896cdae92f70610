
/*
 * What the scripts have to say: they have no words of their own, but those that the page has put
 * into data-say-NAME of the form or the counter.  "{1}" is filled in by the script.
 */

#include "gig_page_parts.h"


typedef struct {
    const char  *name;
    const char  *text;
} gig_say_text_t;


static const gig_say_text_t  gig_say_form[] = {
    { "sending", "Sending\u2026" },
    { "again", "Send again" },
    { "here", "What you typed is still here." },
    { "here-sent", "It was sent, but no answer came back. Send it once more: it is taken only"
                   " once." },
    { "here-kept", "It is kept in this tab until you send it." },
    { "empty", "Start with an empty form" },
    { "refused", "The server did not take it yet ({1})." },
    { "lost", "No answer came back." },
    { "offline", "You are not connected." },
    { "kept", "All that you typed is kept in this tab, also if the page is loaded again. Send it"
              " again when you have a connection: if it did arrive, it is not taken twice." },
    { "online", "You are connected again." },
    { "online-kept", "All that you typed is kept. Send it again: if it did arrive, it is not taken"
                     " twice." },
    { NULL, NULL }
};

static const gig_say_text_t  gig_say_counter[] = {
    { "opens", "Opens in {1}" },
    { "now", "Open now" },
    { "opened", "This gig is open now." },
    { "apply", "Apply" },
    { "you", "For you: {1}" },
    { NULL, NULL }
};


static void
gig_say(const gig_say_text_t *say, gig_buf_t *out)
{
    for ( /* void */ ; say->name != NULL; say++) {
        gig_buf_printf(out, " data-say-%s=\"", say->name);
        gig_buf_html(out, gig_page_str(say->text));
        gig_buf_puts(out, "\"");
    }
}


void
gig_page_say_form(gig_buf_t *out)
{
    gig_say(gig_say_form, out);
}


void
gig_page_say_counter(gig_buf_t *out)
{
    gig_say(gig_say_counter, out);
}
