
#include <string.h>

#include "gig_key.h"


/* What does not fit is cut off.  Several for each application: too often for snprintf(). */

static size_t
gig_key_add(char out[GIG_KEY_SIZE], size_t len, gig_str_t s)
{
    size_t  n;

    n = s.len < GIG_KEY_SIZE - 1 - len ? s.len : GIG_KEY_SIZE - 1 - len;
    memcpy(out + len, s.data, n);
    out[len + n] = '\0';

    return len + n;
}


size_t
gig_key(char out[GIG_KEY_SIZE], gig_str_t board, const char *name)
{
    size_t  len;

    len = gig_key_add(out, 0, gig_str("gig:{"));
    len = gig_key_add(out, len, board);
    len = gig_key_add(out, len, gig_str("}:"));

    return gig_key_add(out, len, (gig_str_t) { name, strlen(name) });
}


size_t
gig_key_id(char out[GIG_KEY_SIZE], gig_str_t board, const char *application_id)
{
    size_t  len;

    len = gig_key(out, board, "id:");

    return gig_key_add(out, len, (gig_str_t) { application_id, strlen(application_id) });
}


size_t
gig_key_who(char out[GIG_KEY_SIZE], gig_str_t board, gig_str_t gig, const char *applicant)
{
    size_t  len;

    len = gig_key(out, board, "who:");
    len = gig_key_add(out, len, gig);
    len = gig_key_add(out, len, gig_str(":"));

    return gig_key_add(out, len, (gig_str_t) { applicant, strlen(applicant) });
}
