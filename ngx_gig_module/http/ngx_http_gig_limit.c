
/*
 * How many applications are taken in a minute.  Of an address, while no judge can be asked: with
 * Redis there the judge and the operator's limit_req see to it; without it each is a record on
 * this host's disk, and nobody may fill that.  Addresses share slots by hash: a stranger may
 * take some of one's share, never add to it.  Self-identifications are counted alike, always.
 * Of an applicant at an address, always: that is in the body, which limit_req runs before.
 * There a slot belongs to who came last: a stranger may add to one's share, never take of it.
 */

#include "ngx_http_gig_request.h"


#define NGX_HTTP_GIG_LIMIT_OTHER  4093          /* a prime: how far away its other counter is */


static ngx_int_t ngx_http_gig_limit_of(ngx_http_request_t *r, ngx_http_gig_board_t *board,
    uint64_t other, const ngx_http_gig_limit_t *limit, ngx_uint_t weight);
static ngx_atomic_uint_t ngx_http_gig_limit_minute(void);


const ngx_http_gig_limit_t  ngx_http_gig_limit_pending = {
    "pending", NGX_HTTP_GIG_LIMIT_PENDING
};

const ngx_http_gig_limit_t  ngx_http_gig_limit_self_ids = {
    "self-id", NGX_HTTP_GIG_LIMIT_SELF_ID
};


/* What stands for a host: IPv6 networks give each of theirs a /64. */

static ngx_uint_t
ngx_http_gig_limit_address(ngx_http_request_t *r, gig_str_t *address)
{
    struct sockaddr      *sa = r->connection->sockaddr;

#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    switch (sa->sa_family) {

    case AF_INET:
        address->data = (char *) &((struct sockaddr_in *) sa)->sin_addr;
        address->len = 4;
        return 1;

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) sa;
        address->data = (char *) &sin6->sin6_addr;
        address->len = IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr) ? 16 : 8;
        return 1;
#endif

    default:
        return 0;
    }
}


ngx_int_t
ngx_http_gig_limit(ngx_http_request_t *r, ngx_http_gig_board_t *board, ngx_uint_t weight)
{
    return ngx_http_gig_limit_of(r, board, 0, &ngx_http_gig_limit_pending, weight);
}


ngx_int_t
ngx_http_gig_limit_self_id(ngx_http_request_t *r, ngx_http_gig_board_t *board)
{
    return ngx_http_gig_limit_of(r, board, NGX_HTTP_GIG_LIMIT_OTHER,
                                 &ngx_http_gig_limit_self_ids, 1);
}


static ngx_int_t
ngx_http_gig_limit_of(ngx_http_request_t *r, ngx_http_gig_board_t *board, uint64_t other,
    const ngx_http_gig_limit_t *limit, ngx_uint_t weight)
{
    gig_str_t           address;
    ngx_atomic_t       *slot;
    ngx_atomic_uint_t   minute, was, count;

    /* a socket of this machine is a proxy's or the operator's own */

    if (!ngx_http_gig_limit_address(r, &address)) {
        return NGX_OK;
    }

    slot = ngx_http_gig_shm_limit(board, gig_str_hash(address) + other);
    minute = ngx_http_gig_limit_minute();

    for ( ;; ) {
        was = *slot;
        count = was / NGX_HTTP_GIG_LIMIT_COUNTS == minute ? was % NGX_HTTP_GIG_LIMIT_COUNTS : 0;

        if (count >= limit->quota) {
            return NGX_BUSY;
        }

        if (ngx_atomic_cmp_set(slot, was, minute * NGX_HTTP_GIG_LIMIT_COUNTS + count + weight)) {
            return NGX_OK;
        }
    }
}


static ngx_atomic_uint_t
ngx_http_gig_limit_minute(void)
{
    return (ngx_atomic_uint_t) ngx_time() / 60 % NGX_HTTP_GIG_LIMIT_MINUTES;
}


ngx_int_t
ngx_http_gig_limit_applicant(ngx_http_request_t *r, ngx_http_gig_board_t *board, const char *who,
    ngx_http_gig_limited_t *limited)
{
    uint64_t            hash;
    gig_str_t           address;
    ngx_atomic_uint_t   is;

    limited->slot = NULL;
    limited->counted = 0;

    if (board->limit_applicant.quota == 0 || !ngx_http_gig_limit_address(r, &address)) {
        return NGX_OK;
    }

    /* who is the text of a MAC: nobody chooses where it falls */

    hash = gig_str_hash((gig_str_t) { who, ngx_strlen(who) }) * 31 + gig_str_hash(address);

    limited->slot = ngx_http_gig_shm_applicant(board, hash);
    limited->tag = hash / NGX_HTTP_GIG_LIMIT_SLOTS % NGX_HTTP_GIG_LIMIT_TAGS
                   * NGX_HTTP_GIG_LIMIT_MINUTES + ngx_http_gig_limit_minute();

    is = *limited->slot;

    return is / NGX_HTTP_GIG_LIMIT_COUNTS == limited->tag
           && is % NGX_HTTP_GIG_LIMIT_COUNTS >= board->limit_applicant.quota
           ? NGX_BUSY : NGX_OK;
}


void
ngx_http_gig_limit_count(ngx_http_gig_limited_t *limited)
{
    ngx_atomic_uint_t  was, count;

    if (limited->slot == NULL || limited->counted) {
        return;
    }

    do {
        was = *limited->slot;
        count = was / NGX_HTTP_GIG_LIMIT_COUNTS == limited->tag
                ? was % NGX_HTTP_GIG_LIMIT_COUNTS : 0;

        if (count == NGX_HTTP_GIG_LIMIT_COUNTS - 1) {
            return;
        }

    } while (!ngx_atomic_cmp_set(limited->slot, was,
                                 limited->tag * NGX_HTTP_GIG_LIMIT_COUNTS + count + 1));

    limited->counted = 1;
}


/* Another minute, or another applicant, may have the slot by now: then there is nothing to give. */

void
ngx_http_gig_limit_give_back(ngx_http_gig_limited_t *limited)
{
    ngx_atomic_uint_t  was;

    if (!limited->counted) {
        return;
    }

    limited->counted = 0;

    do {
        was = *limited->slot;

        if (was / NGX_HTTP_GIG_LIMIT_COUNTS != limited->tag
            || was % NGX_HTTP_GIG_LIMIT_COUNTS == 0)
        {
            return;
        }

    } while (!ngx_atomic_cmp_set(limited->slot, was, was - 1));
}
