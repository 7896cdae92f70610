
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sodium.h>

#include "gig_base.h"
#include "gig_sync_commands.h"

#define GIG_SYNC_VERSION    "0.1.0"


typedef struct {
    const char  *name;
    int        (*run)(int argc, char **argv);
    const char  *usage;
    const char  *does;
} gig_sync_command_t;


static const gig_sync_command_t  commands[] = {
    { "init",   gig_sync_init,   "BOARD [--dir DIR] [--data DIR] [--redis ADDRESS]",
      "makes keys, gig-sync.conf and ACLs; prints the lines for nginx.conf" },
    { "run",    gig_sync_run,    "-c FILE",
      "keeps the boards in step until told to end" },
    { "once",   gig_sync_once,   "-c FILE",
      "one pull and one delivery, then ends" },
    { "check",  gig_sync_check,  "-c FILE",
      "tries every setting, Redis and the systems of record" },
    { "status", gig_sync_status, "-c FILE [--json]",
      "boards, hosts, lag, backlog" },
    { "ledger", gig_sync_ledger, "list DIR [--json] | send DIR -c FILE [--all]",
      "shows, or sends to Redis, what a host's state folder still holds" },
    { "replay", gig_sync_replay, "--since TIME -c FILE [--board NAME]",
      "has all hosts send again what was settled since a backup that was restored" },
    { "drain",  gig_sync_drain,
      "--host HOST | --node NODE [--wait SECONDS] [--undo | --forget] -c FILE [--board NAME]",
      "a host that is to leave takes no more applications and hands over what it has" },
    { "dead",   gig_sync_dead,
      "list | show ID | replay ID|--all | drop ID -c FILE [--board NAME] [--json]",
      "what could not be delivered: looked at, delivered again, or dropped" },
    { "import", gig_sync_import, "FILE... --into sqlite:PATH|postgres://... [--map MAP]",
      "loads gigs from CSV, JSON or JSON lines" },
    { "export", gig_sync_export,
      "--what applications|gigs|self-identification --format csv|json [--blind|--files DIR]"
      " --from sqlite:PATH|postgres://...",
      "writes what the system of record holds" },
    { "keygen", gig_sync_keygen, "NAME",
      "makes NAME.secret, NAME.key and NAME.pub" },
    { "verify", gig_sync_verify, "FILE|- -c FILE|--secret FILE|--keys FILE",
      "tells whether a receipt is ours and whole" },
    { "open",   gig_sync_open,   "FILE|- -c FILE|--key FILE|DIR [--files DIR]",
      "opens a sealed application" }
};

#define GIG_SYNC_COMMANDS   (sizeof(commands) / sizeof(commands[0]))


int
gig_sync_fail(int status, const char *command, const char *format, ...)
{
    va_list  args;

    fprintf(stderr, "gig-sync %s: ", command);

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);

    fputc('\n', stderr);

    return status;
}


int
gig_sync_misused(char **argv)
{
    return gig_sync_fail(EX_USAGE, argv[0],
                         "\"%s\" is not understood, or lacks its value; \"gig-sync %s --help\""
                         " says what is right", argv[optind - 1], argv[0]);
}


static void
gig_sync_usage(FILE *out)
{
    size_t  i;

    fputs("usage: gig-sync COMMAND ...\n\n", out);

    for (i = 0; i < GIG_SYNC_COMMANDS; i++) {
        fprintf(out, "  %-7s %s\n          %s\n", commands[i].name, commands[i].usage,
                commands[i].does);
    }

    fputs("\ngig-sync --version prints the version.  Exit statuses are those of sysexits(3).\n",
          out);
}


int
main(int argc, char **argv)
{
    size_t       i;
    const char  *name, *nearest, *names[GIG_SYNC_COMMANDS];

    if (argc < 2) {
        gig_sync_usage(stderr);
        return EX_USAGE;
    }

    name = argv[1];

    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        gig_sync_usage(stdout);
        return EX_OK;
    }

    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts("gig-sync " GIG_SYNC_VERSION);
        return EX_OK;
    }

    for (i = 0; i < GIG_SYNC_COMMANDS; i++) {
        names[i] = commands[i].name;

        if (strcmp(name, names[i]) == 0) {
            break;
        }
    }

    if (i == GIG_SYNC_COMMANDS) {
        nearest = gig_nearest((gig_str_t) { name, strlen(name) }, names, GIG_SYNC_COMMANDS);

        fprintf(stderr, "gig-sync: unknown command \"%s\"; %s%s%s\n", name,
                nearest ? "did you mean \"" : "\"gig-sync help\" lists them",
                nearest ? nearest : "", nearest ? "\"?" : "");
        return EX_USAGE;
    }

    if (argc > 2 && strcmp(argv[2], "--help") == 0) {
        printf("usage: gig-sync %s %s\n%s\n", name, commands[i].usage, commands[i].does);
        return EX_OK;
    }

    if (sodium_init() == -1) {
        return gig_sync_fail(EX_OSERR, name, "no source of random numbers");
    }

    opterr = 0;                         /* what getopt would print names no gig-sync */

    return commands[i].run(argc - 1, argv + 1);
}
