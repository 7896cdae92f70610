#include <signal.h>
#include <string.h>
#include <sysexits.h>

#include "gig_sync_commands.h"
#include "gig_sync_log.h"
#include "gig_sync_options.h"


int
gig_sync_options(int argc, char **argv, int may_json, gig_sync_options_t *options)
{
    int  i;

    memset(options, 0, sizeof(gig_sync_options_t));

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
            options->config = argv[++i];

        } else if (strcmp(argv[i], "--json") == 0 && may_json) {
            options->json = 1;

        } else if (strcmp(argv[i], "--log") == 0 && i + 1 < argc
                   && (strcmp(argv[i + 1], "json") == 0 || strcmp(argv[i + 1], "text") == 0))
        {
            options->log_json = strcmp(argv[++i], "json") == 0;

        } else if (strcmp(argv[i], "-c") == 0) {
            return gig_sync_fail(EX_USAGE, argv[0], "-c lacks its FILE: the path of gig-sync.conf");

        } else {
            return gig_sync_fail(EX_USAGE, argv[0],
                                 "\"%s\" is not understood; right are -c FILE, --log json%s",
                                 argv[i], may_json ? " and --json" : "");
        }
    }

    if (options->config == NULL) {
        return gig_sync_fail(EX_USAGE, argv[0], "-c FILE is missing: the path of gig-sync.conf");
    }

    gig_sync_log_init(options->log_json, GIG_SYNC_INFO);

    /* A Redis that goes away is an error of a call, not our end. */
    (void) signal(SIGPIPE, SIG_IGN);

    return 0;
}


int
gig_sync_options_load(const gig_sync_options_t *options, const char *command,
    gig_sync_settings_t *settings)
{
    gig_error_t  err;

    if (gig_sync_settings_load(options->config, 1, settings, &err) == 0) {
        return 0;
    }

    gig_sync_settings_free(settings);

    return gig_sync_fail(EX_CONFIG, command, "%s: %s", err.pointer, err.detail);
}


const gig_sync_board_t *
gig_sync_options_board(const gig_sync_settings_t *settings, const char *name)
{
    unsigned  i;

    if (name == NULL) {
        return settings->n == 1 ? &settings->board[0] : NULL;
    }

    for (i = 0; i < settings->n; i++) {
        if (strcmp(settings->board[i].name, name) == 0) {
            return &settings->board[i];
        }
    }

    return NULL;
}


int
gig_sync_options_named(const gig_sync_options_t *options, const char *command,
    const gig_sync_settings_t *settings, const char *name)
{
    if (name == NULL || gig_sync_options_board(settings, name) != NULL) {
        return 0;
    }

    return gig_sync_fail(EX_USAGE, command, "%s has no board \"%s\"", options->config, name);
}
