
/*
 * How many applications an address may leave while no judge can be asked.  With Redis
 * there the judge and the operator's limit_req see to it; without it each is a record on this
 * host's disk, and nobody may fill that.  Addresses share slots by hash: a stranger may take
 * some of one's share, never add to it.  Self-identifications are counted alike, always.
 */

#include "ngx_http_gig_request.h"


#define NGX_HTTP_GIG_LIMIT_OTHER  4093          /* a prime: how far away its other counter is */


static ngx_int_t ngx_http_gig_limit_count(ngx_http_request_t *r, ngx_http_gig_board_t *board,
    uint64_t other, ngx_atomic_uint_t most, ngx_uint_t weight);


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
    return ngx_http_gig_limit_count(r, board, 0, NGX_HTTP_GIG_LIMIT_PENDING, weight);
}


ngx_int_t
ngx_http_gig_limit_self_id(ngx_http_request_t *r, ngx_http_gig_board_t *board)
{
    return ngx_http_gig_limit_count(r, board, NGX_HTTP_GIG_LIMIT_OTHER,
                                    NGX_HTTP_GIG_LIMIT_SELF_ID, 1);
}


static ngx_int_t
ngx_http_gig_limit_count(ngx_http_request_t *r, ngx_http_gig_board_t *board, uint64_t other,
    ngx_atomic_uint_t most, ngx_uint_t weight)
{
    gig_str_t           address;
    ngx_atomic_t       *slot;
    ngx_atomic_uint_t   minute, was, count;

    /* a socket of this machine is a proxy's or the operator's own */

    if (!ngx_http_gig_limit_address(r, &address)) {
        return NGX_OK;
    }

    slot = ngx_http_gig_shm_limit(board, gig_str_hash(address) + other);
    minute = (ngx_atomic_uint_t) ngx_time() / 60 % NGX_HTTP_GIG_LIMIT_MINUTES;

    for ( ;; ) {
        was = *slot;
        count = was / NGX_HTTP_GIG_LIMIT_COUNTS == minute ? was % NGX_HTTP_GIG_LIMIT_COUNTS : 0;

        if (count >= most) {
            return NGX_BUSY;
        }

        if (ngx_atomic_cmp_set(slot, was, minute * NGX_HTTP_GIG_LIMIT_COUNTS + count + weight)) {
            return NGX_OK;
        }
    }
}
