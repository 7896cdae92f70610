
/*
 * application/x-www-form-urlencoded as the URL standard has it: "+" is a blank, %XX
 * a byte; a % that is followed by no two digits stays one; pairs of nothing count
 * for nothing.
 */

#include <string.h>

#include "gig_body.h"


static int  gig_urlencoded_byte(gig_body_t *body, char c, gig_error_t *err);
static int  gig_urlencoded_put(gig_body_t *body, char c, gig_error_t *err);
static int  gig_urlencoded_literal(gig_body_t *body, gig_error_t *err);
static int  gig_urlencoded_pair_end(gig_body_t *body, gig_error_t *err);
static int  gig_urlencoded_digit(char c);


int
gig_body_urlencoded_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err)
{
    size_t  i;

    for (i = 0; i < piece.len; i++) {

        body->offset++;

        if (gig_urlencoded_byte(body, piece.data[i], err) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
gig_urlencoded_byte(gig_body_t *body, char c, gig_error_t *err)
{
    int                     digit;
    gig_body_urlencoded_t  *u;

    u = &body->u.urlencoded;

    if (u->hex != 0) {

        digit = gig_urlencoded_digit(c);

        if (digit >= 0 && u->hex == 1) {
            u->first = c;
            u->hex = 2;
            return 0;
        }

        if (digit >= 0) {
            u->hex = 0;
            return gig_urlencoded_put(body, (char) (gig_urlencoded_digit(u->first) * 16 + digit),
                                      err);
        }

        if (gig_urlencoded_literal(body, err) != 0) {
            return -1;
        }
    }

    switch (c) {

    case '&':
        return gig_urlencoded_pair_end(body, err);

    case '=':
        if (u->value) {
            return gig_urlencoded_put(body, c, err);
        }

        /* a "=" alone begins a pair too */

        if (!u->pair) {
            gig_body_name_begin(body);
        }

        u->pair = 1;
        u->value = 1;

        return gig_body_name_end(body, err) == 0
               ? gig_body_begin(body, gig_body_name(body), GIG_VALUE_TEXT, err) : -1;

    case '+':
        return gig_urlencoded_put(body, ' ', err);

    case '%':
        u->hex = 1;
        return 0;

    default:
        return gig_urlencoded_put(body, c, err);
    }
}


static int
gig_urlencoded_put(gig_body_t *body, char c, gig_error_t *err)
{
    gig_body_urlencoded_t  *u;

    u = &body->u.urlencoded;

    if (u->value) {
        return gig_body_put(body, (unsigned char) c, err);
    }

    if (!u->pair) {
        u->pair = 1;
        gig_body_name_begin(body);
    }

    return gig_body_name_put(body, (unsigned char) c, err);
}


/* It was no %XX: the bytes held back are themselves. */

static int
gig_urlencoded_literal(gig_body_t *body, gig_error_t *err)
{
    unsigned                n;
    gig_body_urlencoded_t  *u;

    u = &body->u.urlencoded;
    n = u->hex;
    u->hex = 0;

    if (n != 0 && gig_urlencoded_put(body, '%', err) != 0) {
        return -1;
    }

    return n == 2 ? gig_urlencoded_put(body, u->first, err) : 0;
}


static int
gig_urlencoded_pair_end(gig_body_t *body, gig_error_t *err)
{
    unsigned                pair, value;
    gig_body_urlencoded_t  *u;

    u = &body->u.urlencoded;
    pair = u->pair;
    value = u->value;
    u->pair = 0;
    u->value = 0;

    if (gig_body_count(body, err) != 0) {
        return -1;
    }

    if (!pair) {
        return 0;
    }

    /* a name without "=" has an empty value */

    if (!value
        && (gig_body_name_end(body, err) != 0
            || gig_body_begin(body, gig_body_name(body), GIG_VALUE_TEXT, err) != 0))
    {
        return -1;
    }

    return gig_body_value_end(body, err);
}


int
gig_body_urlencoded_end(gig_body_t *body, gig_error_t *err)
{
    if (gig_urlencoded_literal(body, err) != 0) {
        return -1;
    }

    return body->u.urlencoded.pair ? gig_urlencoded_pair_end(body, err) : 0;
}


static int
gig_urlencoded_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
