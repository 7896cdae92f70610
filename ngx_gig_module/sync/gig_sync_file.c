
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gig_sync_file.h"


int
gig_sync_file_read(const char *path, gig_buf_t *buf, gig_error_t *err)
{
    int          fd, rc;
    char         block[16384];
    ssize_t      n;
    struct stat  st;

    rc = -1;

    if (strcmp(path, "-") == 0) {
        fd = STDIN_FILENO;

    } else {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

        if (fd == -1) {
            return gig_error_set(err, path, "%s", strerror(errno));
        }

        if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
            gig_error_set(err, path, "is a folder, not a file");
            goto done;
        }
    }

    for ( ;; ) {
        n = read(fd, block, sizeof(block));

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n == -1) {
            gig_error_set(err, path, "%s", strerror(errno));
            break;
        }

        if (n == 0) {
            rc = 0;
            break;
        }

        gig_buf_add(buf, block, (size_t) n);

        if (gig_buf_failed(buf)) {
            gig_error_set(err, path, "is longer than %zu bytes", buf->limit);
            break;
        }
    }

    explicit_bzero(block, sizeof(block));

done:

    if (fd != STDIN_FILENO) {
        close(fd);
    }

    return rc;
}


int
gig_sync_file_make(const char *path, mode_t mode, gig_str_t content, gig_error_t *err)
{
    int      fd;
    size_t   done;
    ssize_t  n;

    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd == -1) {
        if (errno == EEXIST) {
            return 1;
        }

        return gig_error_set(err, path, "%s", strerror(errno));
    }

    for (done = 0; done < content.len; done += (size_t) n) {
        n = write(fd, content.data + done, content.len - done);

        if (n == -1 && errno == EINTR) {
            n = 0;
            continue;
        }

        if (n <= 0) {
            goto failed;
        }
    }

    if (fchmod(fd, mode) == -1 || fsync(fd) == -1) {
        goto failed;
    }

    if (close(fd) == -1) {
        fd = -1;
        goto failed;
    }

    return 0;

failed:

    gig_error_set(err, path, "%s", strerror(errno));

    if (fd != -1) {
        close(fd);
    }

    unlink(path);                       /* half a key must not be taken for one */

    return -1;
}
