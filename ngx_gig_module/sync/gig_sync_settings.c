
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "gig_sync_file.h"
#include "gig_sync_ini.h"
#include "gig_sync_settings.h"

#define GIG_SYNC_KEY_FILE_MAX   1024
#define GIG_SYNC_FOLDER_MAX     1024            /* entries looked at in a folder of keys */


static void
gig_settings_wipe(gig_buf_t *buf)
{
    if (buf->data) {
        sodium_memzero(buf->data, buf->size);
    }

    gig_buf_free(buf);
}


/* The value of NAME_file: the file's first and only line. */
static int
gig_settings_file(void *data, const char *path, char out[GIG_SYNC_VALUE_MAX], gig_error_t *err)
{
    int          rc;
    gig_buf_t    buf;
    gig_error_t  fault;

    (void) data;

    gig_buf_init(&buf, GIG_SYNC_VALUE_MAX - 1);
    rc = gig_sync_file_read(path, &buf, &fault);

    if (rc == -1) {
        gig_error_set(err, "", "%s: %s", fault.pointer, fault.detail);
        goto done;
    }

    while (buf.len && (buf.data[buf.len - 1] == '\n' || buf.data[buf.len - 1] == '\r')) {
        buf.len--;
    }

    if (buf.len && (memchr(buf.data, '\n', buf.len) || memchr(buf.data, '\0', buf.len))) {
        rc = gig_error_set(err, "", "%s: more than one line", path);
        goto done;
    }

    if (buf.len) {
        memcpy(out, buf.data, buf.len);
    }

    out[buf.len] = '\0';

done:

    gig_settings_wipe(&buf);

    return rc;
}


static const char *
gig_settings_environment(void *data, const char *name)
{
    (void) data;

    return getenv(name);
}


static int
gig_settings_line(void *data, const char *section, const char *name, const char *value, int more,
    gig_error_t *err)
{
    static const gig_settings_outside_t  outside = {
        gig_settings_environment, gig_settings_file, NULL
    };

    return gig_settings_value(data, &outside, section, name, value, more, err);
}


static int
gig_settings_private_key(gig_sync_board_t *board, const char *path, gig_error_t *err)
{
    int          rc;
    gig_buf_t    buf;
    struct stat  st;
    gig_error_t  fault;

    if (board->n_private == GIG_KEYS_MAX) {
        return gig_error_set(err, path, "more than %d private keys", GIG_KEYS_MAX);
    }

    if (stat(path, &st) == 0 && (st.st_mode & 07)) {
        return gig_error_set(err, path, "a private key that everybody may use; "
                             "\"chmod o= %s\" mends it", path);
    }

    gig_buf_init(&buf, GIG_SYNC_KEY_FILE_MAX);
    rc = gig_sync_file_read(path, &buf, err);

    if (rc == 0) {
        rc = gig_private_key_read(gig_buf_view(&buf),
                                  &board->private_keys[board->n_private], &fault);

        if (rc == 0) {
            board->n_private++;

        } else {
            gig_error_set(err, path, "%s", fault.detail);
        }
    }

    gig_settings_wipe(&buf);

    return rc;
}


int
gig_sync_private_keys(gig_sync_board_t *board, gig_error_t *err)
{
    int             rc;
    DIR            *dir;
    char            path[GIG_SYNC_VALUE_MAX + NAME_MAX + 2];
    size_t          len;
    unsigned        seen;
    struct stat     st;
    struct dirent  *entry;

    if (stat(board->private_key, &st) == -1) {
        return gig_error_set(err, board->private_key, "%s", strerror(errno));
    }

    if (!S_ISDIR(st.st_mode)) {
        return gig_settings_private_key(board, board->private_key, err);
    }

    dir = opendir(board->private_key);

    if (dir == NULL) {
        return gig_error_set(err, board->private_key, "%s", strerror(errno));
    }

    rc = 0;

    for (seen = 0; rc == 0 && seen < GIG_SYNC_FOLDER_MAX; seen++) {
        entry = readdir(dir);

        if (entry == NULL) {
            break;
        }

        len = strlen(entry->d_name);

        if (len > 4 && strcmp(entry->d_name + len - 4, ".key") == 0) {
            snprintf(path, sizeof(path), "%s/%s", board->private_key, entry->d_name);
            rc = gig_settings_private_key(board, path, err);
        }
    }

    closedir(dir);

    if (rc == 0 && board->n_private == 0) {
        return gig_error_set(err, board->private_key, "has no file NAME.key");
    }

    return rc;
}


int
gig_sync_secret(const char *path, gig_secret_t *secret, gig_error_t *err)
{
    int          rc;
    gig_buf_t    buf;
    gig_error_t  fault;

    gig_buf_init(&buf, GIG_SECRET_FILE_MAX);
    rc = gig_sync_file_read(path, &buf, err);

    if (rc == 0) {
        rc = gig_secret_read(gig_buf_view(&buf), secret, &fault);

        if (rc == -1) {
            gig_error_set(err, path, "%s", fault.detail);
        }
    }

    gig_settings_wipe(&buf);

    return rc;
}


int
gig_sync_settings_load(const char *path, int keys, gig_sync_settings_t *settings,
    gig_error_t *err)
{
    size_t             i;
    const char        *name;
    gig_error_t        fault;
    gig_settings_t    *reading;
    gig_sync_board_t  *board;

    memset(settings, 0, sizeof(gig_sync_settings_t));

    settings->board = calloc(GIG_SYNC_BOARDS_MAX, sizeof(gig_sync_board_t));
    reading = calloc(1, sizeof(gig_settings_t));

    if (settings->board == NULL || reading == NULL) {
        free(reading);
        gig_error_set(err, path, "out of memory");
        goto failed;
    }

    reading->board = settings->board;

    if (gig_sync_ini_read(path, gig_settings_line, reading, err) == -1) {
        free(reading);
        goto failed;
    }

    if (gig_settings_finish(reading, &fault) == -1) {
        free(reading);
        gig_error_set(err, path, "%s", fault.detail);
        goto failed;
    }

    settings->n = reading->n;
    free(reading);

    for (i = 0; keys && i < settings->n; i++) {
        board = &settings->board[i];
        name = gig_sync_secret(board->secret_file, &board->secret, &fault) == -1 ? "secret_file"
               : gig_sync_private_keys(board, &fault) == -1                      ? "private_key"
                                                                                 : NULL;
        if (name != NULL) {
            gig_error_set(err, path, "[board %s] %s: %s: %s", board->name, name, fault.pointer,
                          fault.detail);
            goto failed;
        }
    }

    return 0;

failed:

    gig_sync_settings_free(settings);

    return -1;
}


void
gig_sync_settings_free(gig_sync_settings_t *settings)
{
    if (settings->board) {
        sodium_memzero(settings->board, GIG_SYNC_BOARDS_MAX * sizeof(gig_sync_board_t));
    }

    free(settings->board);
    memset(settings, 0, sizeof(gig_sync_settings_t));
}
