
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "gig_sync_commands.h"
#include "gig_sync_file.h"
#include "gig_sync_keygen.h"
#include "gig_seal.h"


static const char *const  ends[3] = { "secret", "key", "pub" };


/* "2026-11-3f2a": when it was made, and what tells two of one month apart. */
static int
gig_sync_kid(char kid[GIG_KID_MAX + 1])
{
    time_t     now;
    struct tm  tm;

    now = time(NULL);

    if (gmtime_r(&now, &tm) == NULL) {
        return -1;
    }

    snprintf(kid, GIG_KID_MAX + 1, "%04d-%02d-%04x", tm.tm_year + 1900, tm.tm_mon + 1,
             (unsigned) randombytes_uniform(0x10000));

    return 0;
}


/* The names are on the disk only when their folder is. */
static void
gig_sync_folder_synced(const char *base)
{
    int    fd;
    char   folder[PATH_MAX];
    char  *slash;

    snprintf(folder, sizeof(folder), "%s", base);
    slash = strrchr(folder, '/');

    if (slash == NULL) {
        memcpy(folder, ".", sizeof("."));

    } else {
        slash[slash == folder] = '\0';
    }

    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd != -1) {
        (void) fsync(fd);               /* best effort: some file systems refuse */
        close(fd);
    }
}


int
gig_sync_keys_make(const char *base, gig_error_t *err)
{
    int        i, rc, there, missing, made;
    char       path[3][PATH_MAX], kid[GIG_KID_MAX + 1];
    gig_buf_t  file[3];

    there = -1;
    missing = -1;

    for (i = 0; i < 3; i++) {

        if ((size_t) snprintf(path[i], sizeof(path[i]), "%s.%s", base, ends[i])
            >= sizeof(path[i]))
        {
            return gig_error_set(err, "", "the name is too long");
        }

        if (access(path[i], F_OK) == 0) {
            there = i;

        } else if (errno == ENOENT) {
            missing = i;

        } else {
            return gig_error_set(err, path[i], "%s", strerror(errno));
        }
    }

    if (missing == -1) {
        return 1;
    }

    if (there != -1) {
        return gig_error_set(err, path[there], "is there, but %s is not: the three belong "
                             "together; restore it, or take another name", path[missing]);
    }

    for (i = 0; i < 3; i++) {
        gig_buf_init(&file[i], GIG_SECRET_FILE_MAX);
    }

    rc = -1;

    if (gig_sync_kid(kid) == -1 || gig_keygen(kid, &file[0], &file[1], &file[2]) == -1) {
        gig_error_set(err, base, "no keys could be made");
        goto done;
    }

    for (made = 0; made < 3; made++) {
        rc = gig_sync_file_make(path[made], made == 2 ? 0644 : 0600,
                                gig_buf_view(&file[made]), err);

        if (rc == 1) {
            rc = gig_error_set(err, path[made], "was made by somebody else just now");
        }

        if (rc == -1) {
            break;
        }
    }

    if (rc == -1) {
        while (made-- > 0) {
            unlink(path[made]);
        }

        goto done;
    }

    gig_sync_folder_synced(base);

done:

    for (i = 0; i < 3; i++) {
        if (file[i].data) {
            sodium_memzero(file[i].data, file[i].size);
        }

        gig_buf_free(&file[i]);
    }

    return rc;
}


int
gig_sync_keygen(int argc, char **argv)
{
    int          rc;
    gig_error_t  err;

    if (argc != 2 || argv[1][0] == '-' || argv[1][0] == '\0') {
        return gig_sync_fail(EX_USAGE, "keygen", "needs one NAME, as in \"gig-sync keygen acme\"");
    }

    rc = gig_sync_keys_make(argv[1], &err);

    if (rc == -1) {
        return gig_sync_fail(EX_CANTCREAT, "keygen", "%s: %s", err.pointer, err.detail);
    }

    if (rc == 1) {
        return gig_sync_fail(EX_CANTCREAT, "keygen", "%s.secret, .key and .pub are there already "
                             "and were left alone", argv[1]);
    }

    printf("%s.secret  pepper and signing key: for nginx and gig-sync\n"
           "%s.key     opens applications: for gig-sync alone, never on a host of nginx\n"
           "%s.pub     seals applications: for nginx\n", argv[1], argv[1], argv[1]);

    return EX_OK;
}
