
/* Base64 of a file in JSON, a character at a time. */

#include "gig_body.h"


int
gig_base64_next(gig_base64_t *base64, unsigned char c, unsigned char out[3])
{
    int       bytes;
    uint32_t  value;

    if (c >= 'A' && c <= 'Z') {
        value = c - 'A';
    } else if (c >= 'a' && c <= 'z') {
        value = c - 'a' + 26u;
    } else if (c >= '0' && c <= '9') {
        value = c - '0' + 52u;
    } else if (c == '+' || c == '/') {
        value = c == '+' ? 62 : 63;
    } else if (c == '=' && base64->n >= 2) {
        value = 0;
        base64->padded++;
    } else {
        return -1;
    }

    if (base64->padded != 0 && c != '=') {
        return -1;                              /* nothing follows the padding */
    }

    base64->bits = base64->bits << 6 | value;

    if (++base64->n < 4) {
        return 0;
    }

    bytes = 3 - base64->padded;

    /* what the padding cuts off is nothing: one content has one text */

    if ((base64->bits & ((1u << (8 * base64->padded)) - 1)) != 0) {
        return -1;
    }

    out[0] = (unsigned char) (base64->bits >> 16);
    out[1] = (unsigned char) (base64->bits >> 8);
    out[2] = (unsigned char) base64->bits;

    base64->n = 0;
    base64->bits = 0;

    return bytes;
}


int
gig_base64_end(const gig_base64_t *base64)
{
    return base64->n == 0 ? 0 : -1;
}
