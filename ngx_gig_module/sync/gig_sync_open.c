
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <sodium.h>

#include "gig_box.h"
#include "gig_map.h"
#include "gig_json.h"
#include "gig_sync_commands.h"
#include "gig_sync_export_files.h"
#include "gig_sync_file.h"
#include "gig_sync_settings.h"

#define GIG_SEALED_MAX      (2 * GIG_BOX_PLAIN_MAX + 4096)  /* bytes; in hex twice a box */


/* All private keys the options name, in one board's place. */
static int
gig_open_keys(const char *conf, const char *key, gig_sync_board_t *keys, gig_error_t *err)
{
    int                   rc;
    size_t                i, k;
    gig_sync_board_t     *board;
    gig_sync_settings_t   settings;

    if (key) {
        snprintf(keys->private_key, sizeof(keys->private_key), "%s", key);
        return gig_sync_private_keys(keys, err);
    }

    if (gig_sync_settings_load(conf, 0, &settings, err) == -1) {
        return -1;
    }

    rc = 0;

    for (i = 0; rc == 0 && i < settings.n; i++) {
        board = &settings.board[i];
        rc = gig_sync_private_keys(board, err);

        for (k = 0; k < board->n_private && keys->n_private < GIG_KEYS_MAX; k++) {
            keys->private_keys[keys->n_private++] = board->private_keys[k];
        }
    }

    gig_sync_settings_free(&settings);

    return rc;
}


/* A box as it is, or as sqlite3's hex() and others print it. */
static gig_str_t
gig_open_decode(gig_buf_t *sealed, unsigned char *bytes)
{
    size_t     len;
    gig_str_t  text;

    text = gig_map_trim((gig_str_t) { sealed->data ? sealed->data : "", sealed->len });

    if (sodium_hex2bin(bytes, sealed->size, text.data, text.len, NULL, &len, NULL) == 0 && len) {
        return (gig_str_t) { (char *) bytes, len };
    }

    if (sodium_base642bin(bytes, sealed->size, text.data, text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 && len)
    {
        return (gig_str_t) { (char *) bytes, len };
    }

    return (gig_str_t) { sealed->data ? sealed->data : "", sealed->len };
}


/* The application as JSON, which names its files; they themselves go into a folder. */
static int
gig_open_tell(gig_str_t plain, gig_sync_export_files_t *out)
{
    int                      rc;
    size_t                   number, at;
    json_t                  *application;
    gig_str_t                json, files;
    gig_application_file_t   file;

    gig_application_split(plain, &json, &files);

    if (fwrite(json.data, 1, json.len, stdout) != json.len || putchar('\n') == EOF
        || fflush(stdout) == EOF)
    {
        return gig_sync_fail(EX_IOERR, "open", "cannot write");
    }

    if (out->folder == NULL) {
        return EX_OK;
    }

    application = gig_application_read(json, &out->err);

    if (application == NULL) {
        return gig_sync_fail(EX_DATAERR, "open", "%s: %s", out->err.pointer, out->err.detail);
    }

    number = 0;
    at = 0;
    rc = gig_sync_export_folder(out);

    while (rc == 0 && (rc = gig_application_file(application, files, &number, &at, &file)) == 1) {
        rc = gig_sync_export_file(out, gig_json_str(application, "id"), &file);
    }

    json_decref(application);

    if (rc != 0) {
        return gig_sync_fail(EX_IOERR, "open", "%s", out->err.detail[0] != '\0' ? out->err.detail
                             : "the files in the box are not those of the application");
    }

    fprintf(stderr, "%s: %zu file%s written, %zu there already\n", out->folder, out->written,
            gig_plural(out->written), out->there);

    return EX_OK;
}


int
gig_sync_open(int argc, char **argv)
{
    int                         c, status;
    gig_buf_t                   sealed, plain;
    gig_str_t                   box;
    const char                 *conf, *key;
    gig_error_t                 err;
    unsigned char              *bytes;
    gig_sync_board_t           *keys;
    gig_sync_export_files_t     out = { 0 };
    static const struct option  options[] = {
        { "key",   required_argument, NULL, 'k' },
        { "files", required_argument, NULL, 'd' },
        { NULL, 0, NULL, 0 }
    };

    conf = NULL;
    key = NULL;

    while ((c = getopt_long(argc, argv, "c:k:", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            conf = optarg;
            break;

        case 'k':
            key = optarg;
            break;

        case 'd':
            out.folder = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    if (optind != argc - 1 || (conf == NULL) == (key == NULL)) {
        return gig_sync_fail(EX_USAGE, "open",
                             "needs one sealed application (FILE or -) and -c FILE or --key FILE");
    }

    memset(&err, 0, sizeof(err));
    gig_buf_init(&sealed, GIG_SEALED_MAX);
    gig_buf_init(&plain, GIG_SEALED_MAX);
    bytes = NULL;
    keys = calloc(1, sizeof(gig_sync_board_t));

    if (keys == NULL) {
        status = gig_sync_fail(EX_OSERR, "open", "out of memory");
        goto done;
    }

    if (gig_open_keys(conf, key, keys, &err) == -1) {
        status = gig_sync_fail(EX_CONFIG, "open", "%s: %s", err.pointer, err.detail);
        goto done;
    }

    if (gig_sync_file_read(argv[optind], &sealed, &err) == -1) {
        status = gig_sync_fail(EX_NOINPUT, "open", "%s: %s", err.pointer, err.detail);
        goto done;
    }

    bytes = malloc(sealed.size + 1);

    if (bytes == NULL) {
        status = gig_sync_fail(EX_OSERR, "open", "out of memory");
        goto done;
    }

    box = gig_open_decode(&sealed, bytes);

    if (gig_box_open(keys->private_keys, keys->n_private, box, &plain, &err) == -1) {
        status = gig_sync_fail(EX_DATAERR, "open", "%s", err.detail);
        goto done;
    }

    status = gig_open_tell(gig_buf_view(&plain), &out);

done:

    if (keys) {
        sodium_memzero(keys, sizeof(gig_sync_board_t));
        free(keys);
    }

    if (plain.data) {
        sodium_memzero(plain.data, plain.size);
    }

    free(bytes);
    gig_buf_free(&plain);
    gig_buf_free(&sealed);

    return status;
}
