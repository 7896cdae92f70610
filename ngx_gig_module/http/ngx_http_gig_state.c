
/*
 * The state folder, made by the master, which may be root: the path is walked
 * by descriptors, and a symbolic link is followed only where nobody but root
 * could have put it.
 */

#include "ngx_http_gig_conf.h"


static int ngx_http_gig_state_step(int parent, const char *name, ngx_uint_t last);
static ngx_int_t ngx_http_gig_state_own(ngx_http_gig_board_t *board, int fd, ngx_log_t *log,
    ngx_core_conf_t *ccf);
static ngx_uint_t ngx_http_gig_state_foreign(int folder);


ngx_int_t
ngx_http_gig_state_make(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    int               fd, next;
    char             *p, *name, path[NGX_MAX_PATH];
    ngx_int_t         rc;
    ngx_err_t         err;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    if (board->state.len >= sizeof(path)) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the path of \"state %V\" is too long", &board->state);
        return NGX_ERROR;
    }

    (void) ngx_cpystrn((u_char *) path, board->state.data, board->state.len + 1);

    fd = open("/", O_RDONLY|O_DIRECTORY|O_CLOEXEC);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno, "open() \"/\" failed");
        return NGX_ERROR;
    }

    rc = NGX_ERROR;
    name = path;

    for ( ;; ) {

        while (*name == '/') {
            name++;
        }

        p = strchr(name, '/');

        if (p) {
            *p = '\0';
        }

        next = ngx_http_gig_state_step(fd, name, p == NULL);

        if (next == -1) {
            err = ngx_errno;
            ngx_log_error(NGX_LOG_EMERG, cycle->log, err,
                          "cannot make the state folder \"%V\" of gig_board \"%V\" at \"%s\": %s",
                          &board->state, &board->name, name,
                          (err == NGX_ENOTDIR || err == NGX_ELOOP)
                          ? "it must be a folder, and no symbolic link that others than root could "
                            "put there"
                          : "the user that starts nginx must be able to make it");
            goto done;
        }

        (void) close(fd);
        fd = next;

        if (p == NULL) {
            break;
        }

        name = p + 1;
    }

    rc = ngx_http_gig_state_own(board, fd, cycle->log, ccf);

done:

    if (close(fd) == -1) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_errno, "close() \"%V\" failed", &board->state);
    }

    return rc;
}


/* Opens, or makes and opens, one part of the path. */

static int
ngx_http_gig_state_step(int parent, const char *name, ngx_uint_t last)
{
    int          fd, flags;
    struct stat  st;

    /* a parent need not be readable for the user nginx was started as */
    flags = (last ? O_RDONLY : O_PATH) | O_DIRECTORY | O_CLOEXEC;

    fd = openat(parent, name, flags|O_NOFOLLOW);

    if (fd != -1) {
        return fd;
    }

    if (errno == ENOENT) {

        if (mkdirat(parent, name, last ? 0700 : 0755) == -1 && errno != EEXIST) {
            return -1;
        }

        return openat(parent, name, flags|O_NOFOLLOW);
    }

    if (last || (errno != ELOOP && errno != ENOTDIR)) {
        return -1;
    }

    if (fstat(parent, &st) == -1) {
        return -1;
    }

    if (st.st_uid != 0 || (st.st_mode & (S_IWGRP|S_IWOTH))) {
        errno = ELOOP;
        return -1;
    }

    return openat(parent, name, flags);
}


/* Only root hands the folder over; a worker of the same user as the master needs no handing. */

static ngx_int_t
ngx_http_gig_state_own(ngx_http_gig_board_t *board, int fd, ngx_log_t *log, ngx_core_conf_t *ccf)
{
    uid_t        user;
    struct stat  st;

    user = geteuid();

    if (user == 0 && ccf->master && ccf->user != (ngx_uid_t) NGX_CONF_UNSET_UINT) {
        user = ccf->user;
    }

    if (fstat(fd, &st) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, errno, "fstat() \"%V\" failed", &board->state);
        return NGX_ERROR;
    }

    if ((st.st_uid != user || (st.st_mode & 07777) != 0700) && ngx_http_gig_state_foreign(fd)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "the state folder \"%V\" of gig_board \"%V\" holds files of others: it must "
                      "be a folder of its own, which nginx makes and gives to its workers alone",
                      &board->state, &board->name);
        return NGX_ERROR;
    }

    if (st.st_uid != user) {

        if (st.st_uid != geteuid()) {
            ngx_log_error(NGX_LOG_EMERG, log, 0,
                          "the state folder \"%V\" of gig_board \"%V\" belongs to user %ui; it "
                          "must belong to user %ui, whom the workers run as",
                          &board->state, &board->name, (ngx_uint_t) st.st_uid, (ngx_uint_t) user);
            return NGX_ERROR;
        }

        if (fchown(fd, user, ccf->group) == -1) {
            ngx_log_error(NGX_LOG_EMERG, log, errno, "fchown() \"%V\" failed", &board->state);
            return NGX_ERROR;
        }
    }

    if ((st.st_mode & 07777) != 0700 && fchmod(fd, 0700) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, errno, "fchmod() \"%V\" failed", &board->state);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Whether a folder that would be handed over holds something and never was a
 * board's: "state /etc;" would else shut everybody but the workers out of it.
 */

static ngx_uint_t
ngx_http_gig_state_foreign(int folder)
{
    int             fd;
    DIR            *dir;
    ngx_uint_t      foreign;
    struct dirent  *entry;

    fd = openat(folder, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);
    if (fd == -1) {
        return 1;
    }

    dir = fdopendir(fd);
    if (dir == NULL) {
        (void) close(fd);
        return 1;
    }

    foreign = 0;

    while ((entry = readdir(dir)) != NULL) {

        /* a board's folder has it from the first start of a worker on */
        if (ngx_strcmp(entry->d_name, "node") == 0) {
            foreign = 0;
            break;
        }

        if (ngx_strcmp(entry->d_name, ".") != 0 && ngx_strcmp(entry->d_name, "..") != 0) {
            foreign = 1;
        }
    }

    (void) closedir(dir);

    return foreign;
}
