#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gig_sync_https.h"
#include "gig_sync_log.h"

#define GIG_HTTPS_LOCK_TURN     0           /* which byte of the file */
#define GIG_HTTPS_LOCK_HAND     1
#define GIG_HTTPS_LOCK_PAUSE    50          /* ms between two looks */


int
gig_https_lock_open(gig_https_t *upstream, const char *state, gig_error_t *err)
{
    char  path[GIG_SETTINGS_VALUE_MAX + sizeof(".lock")];

    (void) snprintf(path, sizeof(path), "%s.lock", state);
    upstream->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    return upstream->lock != -1 ? 0 : gig_error_set(err, path, "%s", strerror(errno));
}


/*
 * A lock of this very file descriptor, so that threads exclude each other too.  1, or 0: another
 * has it; -1: err.
 */
static int
gig_https_lock(gig_https_t *upstream, off_t which, short type, gig_error_t *err)
{
    struct flock  lock;

    memset(&lock, 0, sizeof(lock));
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = which;
    lock.l_len = 1;

    if (fcntl(upstream->lock, F_OFD_SETLK, &lock) == 0) {
        return 1;
    }

    return errno == EAGAIN || errno == EACCES || errno == EINTR
           ? 0 : gig_error_set(err, "state", "its lock: %s", strerror(errno));
}


int
gig_sync_https_turn(gig_sync_record_t *record, gig_error_t *err)
{
    gig_https_t  *upstream = record->upstream;

    if (upstream->turn) {
        return 1;
    }

    upstream->turn = gig_https_lock(upstream, GIG_HTTPS_LOCK_TURN, F_WRLCK, err);

    if (upstream->turn == -1) {
        upstream->turn = 0;
        return -1;
    }

    if (!upstream->turn && !upstream->told) {
        upstream->told = 1;
        gig_sync_log(GIG_SYNC_INFO, "standby", "board", upstream->board->name, "reason",
                     "another gig-sync delivers to this upstream", NULL);
    }

    return upstream->turn;
}


int
gig_https_hand(gig_https_t *upstream, gig_error_t *err)
{
    int              rc, waited;
    struct timespec  pause = { 0, GIG_HTTPS_LOCK_PAUSE * 1000000L };

    for (waited = 0; waited < GIG_HTTPS_HAND_MS; waited += GIG_HTTPS_LOCK_PAUSE) {
        rc = gig_https_lock(upstream, GIG_HTTPS_LOCK_HAND, F_WRLCK, err);

        if (rc != 0) {
            return rc == 1 ? 0 : -1;
        }

        (void) nanosleep(&pause, NULL);
    }

    return gig_error_set(err, "state", "another has it in hand and does not end");
}


void
gig_https_hand_back(gig_https_t *upstream)
{
    (void) gig_https_lock(upstream, GIG_HTTPS_LOCK_HAND, F_UNLCK, NULL);
}
