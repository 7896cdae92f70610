
/*
 * All that differs between versions of nginx and hiredis.  Debian 12 (nginx
 * 1.22.1, hiredis 0.14.1) is the floor; no other file tests a version.
 */

#ifndef _NGX_HTTP_GIG_COMPAT_H_INCLUDED_
#define _NGX_HTTP_GIG_COMPAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <hiredis/hiredis.h>


/* 1.23.0 made a pushed header a linked list whose `next` must be set. */
#if (nginx_version >= 1023000)
#define ngx_http_gig_header_end(h)  (h)->next = NULL
#else
#define ngx_http_gig_header_end(h)
#endif

/* 1.0.0 counts the elements of an array in a size_t. */
#if (HIREDIS_MAJOR >= 1)
typedef size_t  ngx_http_gig_elements_t;
#else
typedef int     ngx_http_gig_elements_t;
#endif


#endif /* _NGX_HTTP_GIG_COMPAT_H_INCLUDED_ */
