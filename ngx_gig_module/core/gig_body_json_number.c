
/* The grammar of a number (RFC 8259, 6), a byte at a time. */

#include "gig_body_json.h"


int
gig_json_number_next(unsigned state, unsigned char c)
{
    if (c >= '0' && c <= '9') {

        switch (state) {
        case GIG_NUMBER_MINUS:
            return c == '0' ? GIG_NUMBER_ZERO : GIG_NUMBER_WHOLE;
        case GIG_NUMBER_WHOLE:
            return GIG_NUMBER_WHOLE;
        case GIG_NUMBER_POINT:
        case GIG_NUMBER_FRACTION:
            return GIG_NUMBER_FRACTION;
        case GIG_NUMBER_E:
        case GIG_NUMBER_SIGN:
        case GIG_NUMBER_EXPONENT:
            return GIG_NUMBER_EXPONENT;
        default:
            return -1;
        }
    }

    if (c == '.' && (state == GIG_NUMBER_ZERO || state == GIG_NUMBER_WHOLE)) {
        return GIG_NUMBER_POINT;
    }

    if ((c == 'e' || c == 'E')
        && (state == GIG_NUMBER_ZERO || state == GIG_NUMBER_WHOLE || state == GIG_NUMBER_FRACTION))
    {
        return GIG_NUMBER_E;
    }

    return (c == '+' || c == '-') && state == GIG_NUMBER_E ? GIG_NUMBER_SIGN : -1;
}
