
#include <string.h>

#include "gig_origin.h"

#define GIG_ORIGIN_HOST_MAX     253             /* RFC 1035, as text */
#define GIG_ORIGIN_LABEL_MAX    63
#define GIG_ORIGIN_PORT_MAX     65535
#define GIG_ORIGIN_IPV6_MAX     41              /* 8 groups of 4, 7 colons, 2 brackets */


static int
gig_origin_begins(gig_str_t text, const char *with, gig_str_t *rest)
{
    size_t  len;

    len = strlen(with);

    if (text.len < len || memcmp(text.data, with, len) != 0) {
        return 0;
    }

    rest->data = text.data + len;
    rest->len = text.len - len;

    return 1;
}


/* A name or an IPv4 address: labels of a-z, 0-9 and "-" between dots. */

static int
gig_origin_name(gig_str_t host)
{
    char    c;
    size_t  i, label;

    if (host.len == 0 || host.len > GIG_ORIGIN_HOST_MAX) {
        return 0;
    }

    for (i = 0, label = 0; i < host.len; i++) {

        c = host.data[i];

        if (c == '.') {

            if (label == 0 || host.data[i - 1] == '-') {
                return 0;
            }

            label = 0;
            continue;
        }

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && label != 0))
            || ++label > GIG_ORIGIN_LABEL_MAX)
        {
            return 0;
        }
    }

    return label != 0 && host.data[host.len - 1] != '-';
}


/* An IPv6 address in brackets; whether it is one is not asked, only that it could be. */

static int
gig_origin_bracketed(gig_str_t host)
{
    size_t  i;

    if (host.len < sizeof("[::]") - 1 || host.len > GIG_ORIGIN_IPV6_MAX
        || host.data[0] != '[' || host.data[host.len - 1] != ']')
    {
        return 0;
    }

    for (i = 1; i < host.len - 1; i++) {
        if (strchr("0123456789abcdef:", host.data[i]) == NULL) {
            return 0;
        }
    }

    return 1;
}


static int
gig_origin_here(gig_str_t host)
{
    return gig_str_is(host, "localhost") || gig_str_is(host, "127.0.0.1")
           || gig_str_is(host, "[::1]");
}


/* 1 to 65535 without leading zeros; 0: it is none. */

static unsigned
gig_origin_port(gig_str_t text)
{
    size_t    i;
    unsigned  port;

    if (text.len == 0 || text.len > 5 || text.data[0] == '0') {
        return 0;
    }

    for (i = 0, port = 0; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        port = port * 10 + (unsigned) (text.data[i] - '0');
    }

    return port > GIG_ORIGIN_PORT_MAX ? 0 : port;
}


/* The colon before the port, or NULL; those within brackets are the address's. */

static const char *
gig_origin_colon(gig_str_t rest)
{
    const char  *bracket;

    bracket = rest.len != 0 && rest.data[0] == '[' ? memchr(rest.data, ']', rest.len) : NULL;

    if (bracket != NULL) {
        rest.len -= (size_t) (bracket - rest.data);
        rest.data = bracket;
    }

    return rest.len != 0 ? memchr(rest.data, ':', rest.len) : NULL;
}


int
gig_origin_check(gig_str_t origin, gig_error_t *err)
{
    int          plain;
    unsigned     port;
    gig_str_t    rest, host, digits;
    const char  *colon;

    if (gig_str_is(origin, "null") || (origin.len != 0 && memchr(origin.data, '*', origin.len))) {
        return gig_error_set(err, "", "it must name each origin in full: \"*\" and \"null\" are "
                             "anybody");
    }

    plain = 0;

    if (!gig_origin_begins(origin, "https://", &rest)) {

        if (!gig_origin_begins(origin, "http://", &rest)) {
            return gig_error_set(err, "", "it must begin with \"https://\", in small letters");
        }

        plain = 1;
    }

    if (rest.len != 0 && memchr(rest.data, '/', rest.len) != NULL) {
        return gig_error_set(err, "", "it must end after the host or its port, without \"/\" or "
                             "a path: browsers send no more");
    }

    host = rest;
    colon = gig_origin_colon(rest);

    if (colon != NULL) {
        host.len = (size_t) (colon - rest.data);
    }

    if (!gig_origin_name(host) && !gig_origin_bracketed(host)) {
        return gig_error_set(err, "", "it must have a host of a-z, 0-9, \"-\" and \".\", in small "
                             "letters, as in \"https://www.example.com\"; a name in other letters "
                             "is written as browsers send it, \"xn--...\"");
    }

    if (plain && !gig_origin_here(host)) {
        return gig_error_set(err, "", "it must begin with \"https://\": over plain http anybody on "
                             "the way could be that origin; only localhost may be");
    }

    if (colon == NULL) {
        return 0;
    }

    digits.data = colon + 1;
    digits.len = rest.len - host.len - 1;
    port = gig_origin_port(digits);

    if (port == 0) {
        return gig_error_set(err, "", "its port must be a number from 1 to %d",
                             GIG_ORIGIN_PORT_MAX);
    }

    if (port == (plain ? 80 : 443)) {
        return gig_error_set(err, "", "it must leave out \":%u\": browsers do", port);
    }

    return 0;
}


gig_str_t
gig_origin_of(gig_str_t url)
{
    size_t  i, slashes;

    for (i = 0, slashes = 0; i < url.len; i++) {

        if (url.data[i] == '?' || url.data[i] == '#') {
            break;
        }

        if (url.data[i] == '/' && ++slashes == 3) {
            break;
        }
    }

    url.len = i;

    return url;
}
