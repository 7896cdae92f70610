
/*
 * What the scripts have to say: they have no words of their own, but those that the page has put
 * into data-say-NAME of the form or the counter.  The script fills in "{1}" and "{2}"; of days
 * there is one for each plural category.
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
    { "sent", "It was sent, but no answer came back. Send it once more: it is taken only"
                   " once." },
    { "kept", "It is kept in this tab until you send it." },
    { "empty", "Start with an empty form" },
    { "refused", "The server did not take it yet ({1})." },
    { "silent", "No answer came back." },
    { "offline", "You are not connected." },
    { "retry", "All that you typed is kept in this tab, also if the page is loaded again. Send it"
              " again when you have a connection: if it did arrive, it is not taken twice." },
    { "online", "You are connected again." },
    { "online-retry", "All that you typed is kept. Send it again: if it did arrive, it is not taken"
                     " twice." },
    { NULL, NULL }
};

static const gig_say_text_t  gig_say_counter[] = {
    { "now", "Open now" },
    { "said", "This gig is open now." },
    { "in", "Opens in {1}" },
    { "days-one", "{1} day {2} h" },
    { "days-other", "{1} days {2} h" },
    { "hours", "{1} h {2} min" },
    { "minutes", "{1} min {2} s" },
    { "seconds", "{1} s" },
    { "600", "Opens in 10 minutes." },
    { "60", "Opens in 1 minute." },
    { "10", "Opens in 10 seconds." },
    { "zone", "For you: {1}" },
    { "apply", "Apply" },
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
