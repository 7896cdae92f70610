
#include <stdio.h>

#include "gig_key.h"


static size_t
gig_key_length(int n)
{
    if (n < 0) {
        return 0;
    }

    return (size_t) n < GIG_KEY_SIZE ? (size_t) n : GIG_KEY_SIZE - 1;
}


size_t
gig_key(char out[GIG_KEY_SIZE], gig_str_t board, const char *name)
{
    return gig_key_length(snprintf(out, GIG_KEY_SIZE, "gig:{%.*s}:%s", (int) board.len,
                                   board.data, name));
}


size_t
gig_key_id(char out[GIG_KEY_SIZE], gig_str_t board, const char *application_id)
{
    return gig_key_length(snprintf(out, GIG_KEY_SIZE, "gig:{%.*s}:id:%s", (int) board.len,
                                   board.data, application_id));
}


size_t
gig_key_who(char out[GIG_KEY_SIZE], gig_str_t board, gig_str_t gig, const char *applicant)
{
    return gig_key_length(snprintf(out, GIG_KEY_SIZE, "gig:{%.*s}:who:%.*s:%s", (int) board.len,
                                   board.data, (int) gig.len, gig.data, applicant));
}
