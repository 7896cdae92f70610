
#include "ngx_http_gig_keeper_parts.h"

#include <sys/file.h>


/*
 * The lock of the state folder: on a file, so that it goes with the process
 * however that ends.  It is the holder alone that writes stores and indexes.
 */


/* NGX_OK: now ours.  Else another has it, or there is no folder that could be used. */

ngx_int_t
ngx_http_gig_lock_try(ngx_http_gig_keeper_t *k)
{
    int  folder;

    folder = ngx_http_gig_catalog_folder(k->board);

    if (folder == -1) {
        return NGX_DECLINED;
    }

    if (k->lock == -1) {

        k->lock = openat(folder, "keeper.lock", O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600);

        if (k->lock == -1) {
            return NGX_DECLINED;
        }
    }

    if (flock(k->lock, LOCK_EX|LOCK_NB) == -1) {
        if (ngx_errno != EWOULDBLOCK) {
            ngx_log_error(NGX_LOG_ALERT, k->log, ngx_errno,
                          "gig: board \"%V\": flock() of keeper.lock failed", &k->board->name);
        }

        return NGX_DECLINED;
    }

    k->folder = fcntl(folder, F_DUPFD_CLOEXEC, 0);

    if (k->folder == -1) {
        (void) close(k->lock);
        k->lock = -1;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * Shared by all who serve an image: it is whole, and so is what a keeper renames into place.
 * A lock of the open file, so it goes with the process; asking for it takes nothing.
 */

int
ngx_http_gig_lock_vouch(int folder)
{
    int           fd;
    struct flock  lock;

    fd = openat(folder, "whole.lock", O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600);

    ngx_memzero(&lock, sizeof(struct flock));
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;

    if (fd != -1 && fcntl(fd, F_OFD_SETLK, &lock) == -1) {
        (void) close(fd);
        return -1;
    }

    return fd;
}


ngx_uint_t
ngx_http_gig_lock_vouched(int folder)
{
    int           fd;
    ngx_uint_t    vouched;
    struct flock  lock;

    fd = openat(folder, "whole.lock", O_RDWR|O_NOFOLLOW|O_CLOEXEC);

    if (fd == -1) {
        return 0;
    }

    ngx_memzero(&lock, sizeof(struct flock));
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;

    vouched = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    (void) close(fd);

    return vouched;
}


/* A lock on a file that was removed keeps nobody out. */

ngx_uint_t
ngx_http_gig_lock_lost(ngx_http_gig_keeper_t *k)
{
    struct stat  st;

    return k->lock != -1 && fstat(k->lock, &st) == 0 && st.st_nlink == 0;
}


void
ngx_http_gig_lock_close(ngx_http_gig_keeper_t *k)
{
    k->locked = 0;

    if (k->store_fd != -1) {
        (void) close(k->store_fd);
        k->store_fd = -1;
    }

    if (k->folder != -1) {
        (void) close(k->folder);
        k->folder = -1;
    }

    if (k->lock != -1) {
        (void) close(k->lock);
        k->lock = -1;
    }
}
