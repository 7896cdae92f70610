
#include "ngx_http_gig_deny.h"


struct ngx_http_gig_deny_s {
    ngx_http_gig_board_t      *board;
    ngx_log_t                 *log;
    time_t                     looked;
    struct timespec            modified;        /* of the file that was read last */
    ino_t                      inode;
    off_t                      size;
    unsigned                   told:1;          /* that it cannot be read */
    gig_deny_t                 list;
    gig_deny_t                 next;            /* while it is read */
};


static ngx_int_t ngx_http_gig_deny_read(ngx_http_gig_deny_t *deny, int fd, size_t size);


ngx_http_gig_deny_t *
ngx_http_gig_deny_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_http_gig_deny_t  *deny;

    deny = ngx_calloc(sizeof(ngx_http_gig_deny_t), cycle->log);

    if (deny) {
        deny->board = board;
        deny->log = cycle->log;
        (void) ngx_http_gig_deny_look(deny);
    }

    return deny;
}


void
ngx_http_gig_deny_destroy(ngx_http_gig_deny_t *deny)
{
    ngx_free(deny);
}


uint64_t
ngx_http_gig_deny_hash(ngx_http_gig_deny_t *deny)
{
    return deny ? deny->list.hash : 0;
}


/* A file that is gone or cannot be read leaves the list as it was: an editor may be at it. */

ngx_uint_t
ngx_http_gig_deny_look(ngx_http_gig_deny_t *deny)
{
    int          fd;
    ngx_uint_t   changed;
    struct stat  st;

    if (deny == NULL || deny->looked == ngx_time()) {
        return 0;
    }

    deny->looked = ngx_time();
    changed = 0;

    fd = open((char *) deny->board->deny.data, O_RDONLY|O_CLOEXEC|O_NONBLOCK|O_NOCTTY);

    if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)
        || st.st_size > GIG_DENY_FILE_MAX)
    {
        if (!deny->told) {
            deny->told = 1;
            ngx_log_error(NGX_LOG_ERR, deny->log, fd == -1 ? ngx_errno : 0,
                          "gig_board \"%V\": \"deny\" \"%V\" cannot be read: it must be a file of "
                          "at most %d bytes that the workers' user can read; the gigs it named "
                          "before stay down",
                          &deny->board->name, &deny->board->deny, GIG_DENY_FILE_MAX);
        }

        goto done;
    }

    deny->told = 0;

    if (st.st_mtim.tv_sec == deny->modified.tv_sec && st.st_mtim.tv_nsec == deny->modified.tv_nsec
        && st.st_ino == deny->inode && st.st_size == deny->size)
    {
        goto done;
    }

    if (ngx_http_gig_deny_read(deny, fd, (size_t) st.st_size) == NGX_OK) {
        deny->modified = st.st_mtim;
        deny->inode = st.st_ino;
        deny->size = st.st_size;
        changed = 1;
    }

done:

    if (fd != -1) {
        (void) close(fd);
    }

    return changed;
}


static ngx_int_t
ngx_http_gig_deny_read(ngx_http_gig_deny_t *deny, int fd, size_t size)
{
    char         *text;
    ssize_t       n;
    gig_error_t   err;

    text = ngx_alloc(size + 1, deny->log);
    if (text == NULL) {
        return NGX_ERROR;
    }

    n = read(fd, text, size);

    /* half of a list that is being written now would put gigs up again */

    if (n != (ssize_t) size) {
        ngx_free(text);
        return NGX_ERROR;
    }

    if (gig_deny_read((gig_str_t) { text, size }, &deny->next, &err) != 0) {
        ngx_log_error(NGX_LOG_ERR, deny->log, 0, "gig_board \"%V\": \"deny\" \"%V\": %s",
                      &deny->board->name, &deny->board->deny, err.detail);
    }

    deny->list = deny->next;
    ngx_free(text);

    ngx_log_error(NGX_LOG_NOTICE, deny->log, 0, "gig_board \"%V\": \"deny\" names %uD gig%s",
                  &deny->board->name, deny->list.n, gig_plural(deny->list.n));

    return NGX_OK;
}


void
ngx_http_gig_deny_apply(ngx_http_gig_deny_t *deny, ngx_http_gig_view_t *view)
{
    if (deny == NULL || (deny->list.n == 0 && view->denied == NULL)) {
        return;
    }

    if (view->denied == NULL) {
        view->denied = ngx_calloc((view->image.rows / 64 + 1) * sizeof(uint64_t), deny->log);

        if (view->denied == NULL) {
            return;
        }
    }

    gig_deny_rows(&deny->list, &view->image, view->denied);
    view->image.denied = view->denied;
}
