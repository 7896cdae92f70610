
/* Which addresses may stand in an href: http and https, and mailto where it makes sense. */

#ifndef GIG_URL_H
#define GIG_URL_H

#include "gig_base.h"

#define GIG_URL_MAX         2048                /* bytes */

/*
 * 1 if it is an absolute http(s) address with a host and without user name,
 * blanks, controls, quotes, < > or \.  mail: "mailto:ADDRESS" is one as well.
 */
int gig_url_valid(gig_str_t url, int mail);

/*
 * 1 if it is an e-mail address people really have: one @, a local part of 1 to
 * 64 printable characters, a domain of at least two ASCII labels (punycode for
 * others), 254 bytes at most.
 */
int gig_email_valid(gig_str_t email);

#endif /* GIG_URL_H */
