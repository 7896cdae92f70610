
/* What a form has against programs that fill in forms: its member anti_spam. */

#include <string.h>

#include "gig_form.h"
#include "gig_json.h"


static int  gig_form_path(gig_str_t path);


void
gig_form_spam(const json_t *spam, gig_form_t *form, gig_errors_t *errors)
{
    gig_str_t      path;
    const json_t  *seconds, *challenge;

    form->honeypot = gig_json_str(spam, "honeypot");
    form->min_seconds = GIG_FORM_SECONDS;
    form->challenge = gig_null_str;

    seconds = json_object_get(spam, "min_seconds");
    challenge = json_object_get(spam, "challenge");

    /* bounded, so that nobody who reads slowly or types fast waits for long */

    if (seconds != NULL) {

        if (json_is_integer(seconds) && json_integer_value(seconds) >= 0
            && json_integer_value(seconds) <= GIG_FORM_SECONDS_MAX)
        {
            form->min_seconds = (unsigned) json_integer_value(seconds);

        } else {
            (void) gig_errors_add(errors, "/anti_spam/min_seconds", "is no whole number from 0 "
                                  "to %d; %d is what most people need at least",
                                  GIG_FORM_SECONDS_MAX, GIG_FORM_SECONDS);
        }
    }

    if (challenge == NULL || json_is_null(challenge)) {
        return;
    }

    path = gig_json_str(spam, "challenge");

    if (gig_str_is(path, "none")) {
        return;
    }

    if (!gig_form_path(path)) {
        (void) gig_errors_add(errors, "/anti_spam/challenge", "is neither \"none\" nor the path of "
                              "a script on the board's own host, such as /challenge/solve.js");
        return;
    }

    form->challenge = path;
}


/* A path that needs no escaping wherever it is put; the page's policy lets in no other host. */

static int
gig_form_path(gig_str_t path)
{
    size_t  i;

    if (path.len < 2 || path.len > GIG_FORM_CHALLENGE_MAX || path.data[0] != '/'
        || path.data[1] == '/')
    {
        return 0;
    }

    for (i = 0; i < path.len; i++) {
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/",
                   path.data[i])
            == NULL
            || path.data[i] == '\0')
        {
            return 0;
        }
    }

    return 1;
}
