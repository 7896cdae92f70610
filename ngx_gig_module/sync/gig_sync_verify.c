
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gig_receipt.h"
#include "gig_sync_commands.h"
#include "gig_sync_file.h"
#include "gig_sync_settings.h"


/* 0 if the secret signed it; secrets of several boards are tried one after the other. */
static int
gig_verify_with(const char *conf, const char *secret_file, gig_str_t receipt, int *status,
    gig_error_t *err)
{
    int                   rc;
    size_t                i;
    gig_secret_t          secret;
    gig_sync_settings_t   settings;

    rc = -1;

    if (secret_file) {

        if (gig_sync_secret(secret_file, &secret, err) == -1) {
            *status = EX_NOINPUT;
            return -1;
        }

        rc = gig_receipt_verify(&secret, receipt, err);
        gig_secret_wipe(&secret);
        return rc;
    }

    if (gig_sync_settings_load(conf, 0, &settings, err) == -1) {
        *status = EX_CONFIG;
        return -1;
    }

    for (i = 0; rc == -1 && i < settings.n; i++) {

        if (gig_sync_secret(settings.board[i].secret_file, &secret, err) == -1) {
            *status = EX_CONFIG;
            break;
        }

        rc = gig_receipt_verify(&secret, receipt, err);
        gig_secret_wipe(&secret);
    }

    gig_sync_settings_free(&settings);

    return rc;
}


/* By the public keys alone, as anybody can. */
static int
gig_verify_public(const char *keys_file, gig_str_t receipt, int *status, gig_error_t *err)
{
    int        rc;
    gig_buf_t  keys;

    gig_buf_init(&keys, GIG_RECEIPT_MAX);

    if (gig_sync_file_read(keys_file, &keys, err) == -1) {
        *status = EX_NOINPUT;
        rc = -1;

    } else {
        rc = gig_receipt_verify_public((gig_str_t) { keys.data ? keys.data : "", keys.len },
                                       receipt, err);
    }

    gig_buf_free(&keys);

    return rc;
}


int
gig_sync_verify(int argc, char **argv)
{
    int                         c, rc, status;
    gig_buf_t                   receipt;
    gig_str_t                   text;
    const char                 *conf, *secret, *keys;
    gig_error_t                 err;
    static const struct option  options[] = {
        { "secret", required_argument, NULL, 's' },
        { "keys", required_argument, NULL, 'k' },
        { NULL, 0, NULL, 0 }
    };

    conf = NULL;
    secret = NULL;
    keys = NULL;

    while ((c = getopt_long(argc, argv, "c:s:k:", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            conf = optarg;
            break;

        case 's':
            secret = optarg;
            break;

        case 'k':
            keys = optarg;
            break;

        default:
            return gig_sync_misused(argv);
        }
    }

    if (optind != argc - 1 || (conf != NULL) + (secret != NULL) + (keys != NULL) != 1) {
        return gig_sync_fail(EX_USAGE, "verify",
                             "needs one receipt (FILE or -) and one of -c FILE, --secret FILE"
                             " and --keys keys.json");
    }

    memset(&err, 0, sizeof(err));
    gig_buf_init(&receipt, GIG_RECEIPT_MAX);

    if (gig_sync_file_read(argv[optind], &receipt, &err) == -1) {
        gig_buf_free(&receipt);
        return gig_sync_fail(EX_NOINPUT, "verify", "%s: %s", err.pointer, err.detail);
    }

    status = EX_DATAERR;
    text = (gig_str_t) { receipt.data ? receipt.data : "", receipt.len };
    rc = keys ? gig_verify_public(keys, text, &status, &err)
              : gig_verify_with(conf, secret, text, &status, &err);
    gig_buf_free(&receipt);

    if (rc == -1) {
        return gig_sync_fail(status, "verify", "%s%s%s", err.pointer, err.pointer[0] ? ": " : "",
                             err.detail);
    }

    puts("ours and whole");

    return EX_OK;
}
