
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gig_sync_sqlite.h"


#define GIG_SQLITE_PASSWD   1024                /* of an entry of passwd; else the number is told */


static void
gig_sqlite_user(uid_t uid, char name[LOGIN_NAME_MAX])
{
    char            text[GIG_SQLITE_PASSWD];
    struct passwd   entry, *found;

    if (getpwuid_r(uid, &entry, text, sizeof(text), &found) == 0 && found != NULL) {
        snprintf(name, LOGIN_NAME_MAX, "%s", entry.pw_name);

    } else {
        snprintf(name, LOGIN_NAME_MAX, "%lu", (unsigned long) uid);
    }
}


/*
 * SQLite says "unable to open database file" or "attempt to write a readonly database" of
 * what mostly is root's doing: a copy put back, an import, a -wal left behind.
 */
int
gig_sqlite_rights(const char *path, gig_error_t *err)
{
    int          mode;
    char         file[PATH_MAX], owner[LOGIN_NAME_MAX], user[LOGIN_NAME_MAX], *slash;
    size_t       i;
    struct stat  st;

    static const char *const  ends[] = { "/", "", "-wal", "-shm" };

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, i == 0 ? "" : ends[i]);
        mode = R_OK|W_OK;

        if (i == 0) {
            slash = strrchr(file, '/');         /* there is one: gig_sync_sqlite_open() */
            slash[slash == file] = '\0';
            mode |= X_OK;
        }

        if (faccessat(AT_FDCWD, file, mode, AT_EACCESS) == 0 || errno != EACCES
            || stat(file, &st) == -1)
        {
            continue;
        }

        gig_sqlite_user(st.st_uid, owner);
        gig_sqlite_user(geteuid(), user);

        return gig_error_set(err, file, "belongs to %s (mode %04o), and %s must read and write it;"
                             " right is: %s%s",
                             owner, st.st_mode & 07777, user,
                             st.st_uid == geteuid() ? "chmod u+rwX" : "chown ",
                             st.st_uid == geteuid() ? "" : user);
    }

    return 0;
}


int
gig_sync_sqlite_owner(gig_str_t url, uid_t *owner)
{
    char         path[PATH_MAX];
    struct stat  st;

    snprintf(path, sizeof(path), "%.*s", (int) (url.len - (sizeof("sqlite:") - 1)),
             url.data + sizeof("sqlite:") - 1);

    if (stat(path, &st) == -1) {
        return -1;
    }

    *owner = st.st_uid;

    return 0;
}
