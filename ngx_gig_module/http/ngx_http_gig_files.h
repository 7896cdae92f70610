
/*
 * The state folder's files: names, mapping, publishing, syncing, clean-up.
 * Plain system calls, no log and no pool of nginx: most of it runs in a thread
 * of the pool.  Everything is opened relative to the folder's descriptor, no
 * symbolic link is followed, nothing that exists is ever written over.
 *
 *   index.GEN        an image's index        store.KEEPER.N  fragments
 *   synced.GEN       GEN is on the disk      node            this host's name
 *   keeper.lock      see _keeper.h           *.tmp           on the way
 *   whole.lock       see _keeper.h
 */

#ifndef _NGX_HTTP_GIG_FILES_H_INCLUDED_
#define _NGX_HTTP_GIG_FILES_H_INCLUDED_


#include "gig_image.h"


#define NGX_HTTP_GIG_FILE_NAME      64          /* bytes of a name */
#define NGX_HTTP_GIG_FILES_LISTED   8           /* indexes, the highest ones */
#define NGX_HTTP_GIG_FILES_SEEN     65536       /* entries of the folder that are looked at */
#define NGX_HTTP_GIG_NODE_TEXT      23          /* 22 characters and NUL */
#define NGX_HTTP_GIG_KEEP_STORES    (3 * GIG_IMAGE_STORES_MAX + 1)

typedef struct {
    uint64_t                  index[NGX_HTTP_GIG_FILES_LISTED];     /* highest first */
    unsigned                  n;
    uint64_t                  synced;           /* the highest; 0: none */
} ngx_http_gig_files_t;

/* What clean-up leaves alone. */
typedef struct {
    uint64_t                  index[3];         /* the current, the synced, one being synced */
    gig_store_t               stores[NGX_HTTP_GIG_KEEP_STORES];
    unsigned                  n_stores;
} ngx_http_gig_files_keep_t;


/* A descriptor of the folder, or -1 and err: others than we could write there, not a folder ... */
int ngx_http_gig_files_folder(const char *path, gig_error_t *err);

void ngx_http_gig_files_index(uint64_t generation, char name[NGX_HTTP_GIG_FILE_NAME]);
void ngx_http_gig_files_store(uint64_t keeper, uint32_t number, char name[NGX_HTTP_GIG_FILE_NAME]);

int ngx_http_gig_files_list(int folder, ngx_http_gig_files_t *files);

/*
 * Maps a whole file read-only, and `more` bytes of address space after it in
 * which it may grow.  Bytes past the file's end must not be touched: the caller
 * keeps to the size.  bytes: what is there now; *mapped: what to unmap.
 */
int ngx_http_gig_files_map(int folder, const char *name, size_t more, gig_str_t *bytes,
    size_t *mapped, gig_error_t *err);

/* The size of a regular file, or -1. */
int64_t ngx_http_gig_files_size(int folder, const char *name);

/* Writes index.GEN.tmp and renames it; -1 and *exists when GEN is there already. */
int ngx_http_gig_files_publish(int folder, uint64_t generation, gig_str_t index, int *exists,
    gig_error_t *err);

/* fsync of the stores, the index, the folder, in this order; then synced.GEN. */
int ngx_http_gig_files_sync(int folder, uint64_t generation, const gig_store_t *stores,
    unsigned n, gig_error_t *err);

void ngx_http_gig_files_clean(int folder, const ngx_http_gig_files_keep_t *keep);

/* All of buf at offset; 0 or -1 and errno. */
int ngx_http_gig_files_write(int fd, const void *buf, size_t len, uint64_t offset);

/* This host's name, made once; whoever makes it first wins. */
int ngx_http_gig_files_node(int folder, char node[NGX_HTTP_GIG_NODE_TEXT], gig_error_t *err);

/* The stores an index names; 0, or -1 and err. */
int ngx_http_gig_files_stores(int folder, gig_str_t board, uint64_t generation,
    gig_store_t stores[GIG_IMAGE_STORES_MAX], unsigned *n, gig_error_t *err);

/*
 * Checks an index found on disk: all of it, and with `fragments` every fragment
 * in every store it names.  0, or -1 and err.
 */
int ngx_http_gig_files_check(int folder, gig_str_t board, uint64_t generation, int fragments,
    gig_error_t *err);


#endif /* _NGX_HTTP_GIG_FILES_H_INCLUDED_ */
