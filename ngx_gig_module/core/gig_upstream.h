
/*
 * An HTTP upstream as a sink: what its answers mean, which addresses it may have, when it is asked
 * again.  Decisions alone, over bytes that came from outside; who speaks HTTP is in sync/.
 */

#ifndef GIG_UPSTREAM_H
#define GIG_UPSTREAM_H

#include "gig_base.h"

#define GIG_UPSTREAM_URL_MAX    512         /* bytes of the sink's address */
#define GIG_UPSTREAM_HEADER_MAX 1023        /* of the line with the secret */
#define GIG_UPSTREAM_ID_SIZE    129         /* its own name for an application, and NUL */
#define GIG_UPSTREAM_ANSWER_MAX 65536       /* bytes of an answer; the rest is not read */
#define GIG_UPSTREAM_TRIES      10          /* of one application, until it waits for a person */
#define GIG_UPSTREAM_WAIT_MAX   300         /* seconds between two of them */
#define GIG_UPSTREAM_RETRY_MAX  600         /* seconds that a Retry-After is believed */

/* What became of a request.  Status 0: there was no answer. */
typedef enum {
    GIG_UPSTREAM_DONE,          /* it has the application; to a DELETE: it is erased */
    GIG_UPSTREAM_ABSENT,        /* to a look-up: it is not there */
    GIG_UPSTREAM_LATER,         /* nothing is wrong with the application: again later */
    GIG_UPSTREAM_BUSY,          /* likewise, and it is the upstream's: nothing is sent until then */
    GIG_UPSTREAM_REFUSED,       /* this application will never be taken */
    GIG_UPSTREAM_UNABLE,        /* to a DELETE: it does not erase; it was asked for */
    GIG_UPSTREAM_UNKNOWN        /* it may have it or not */
} gig_upstream_verdict_t;

/* sent: a byte of the request may have gone out. */
gig_upstream_verdict_t gig_upstream_posted(int status, int sent);
gig_upstream_verdict_t gig_upstream_looked_up(int status);
gig_upstream_verdict_t gig_upstream_erased(int status);

/*
 * Seconds of a Retry-After, a number or a date (RFC 9110), from 0 to GIG_UPSTREAM_RETRY_MAX; now in
 * seconds since 1970; -1: it is none.
 */
int gig_upstream_retry_after(gig_str_t value, int64_t now);

/*
 * Milliseconds until the next try after so many (from 1 on): doubling from a second to
 * GIG_UPSTREAM_WAIT_MAX, of which the upper half is drawn by seed, so that many come apart.
 */
int64_t gig_upstream_wait(unsigned tries, uint64_t seed);

/*
 * Its own id of an application: the member "id" of the answer, a text or a whole number, else the
 * last part of Location.  Printable ASCII without quotes and blanks; "" if there is none such.
 */
void gig_upstream_id(gig_str_t answer, gig_str_t location, char out[GIG_UPSTREAM_ID_SIZE]);

/*
 * 1: an address (4 or 16 bytes) of a network that is not the public one: loopback, private,
 * link-local, shared (CGNAT), mapped IPv4, embedded IPv4 that is such, multicast, or none at all.
 */
int gig_upstream_inside(const unsigned char *address, size_t len);

/* https://HOST[:PORT]/PATH, without user, query and fragment; -1 and err, which never shows it. */
int gig_upstream_url(gig_str_t url, gig_error_t *err);

/* "Name: value", one header that is not one of ours; -1 and err, which never shows it. */
int gig_upstream_header(gig_str_t line, gig_error_t *err);

#endif /* GIG_UPSTREAM_H */
