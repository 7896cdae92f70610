
/*
 * The commands.  Each takes its own arguments (argv[0] is the command's name),
 * prints what people read on standard output, what went wrong on standard
 * error, and returns an exit status of sysexits(3).
 */

#ifndef GIG_SYNC_COMMANDS_H
#define GIG_SYNC_COMMANDS_H

#include "gig_base.h"
#include "gig_sync_settings.h"

int gig_sync_init(int argc, char **argv);
int gig_sync_run(int argc, char **argv);
int gig_sync_once(int argc, char **argv);
int gig_sync_check(int argc, char **argv);
int gig_sync_status(int argc, char **argv);
int gig_sync_ledger(int argc, char **argv);
int gig_sync_replay(int argc, char **argv);
int gig_sync_drain(int argc, char **argv);
int gig_sync_dead(int argc, char **argv);
int gig_sync_import(int argc, char **argv);
int gig_sync_export(int argc, char **argv);
int gig_sync_keygen(int argc, char **argv);
int gig_sync_verify(int argc, char **argv);
int gig_sync_open(int argc, char **argv);

/* Prints "gig-sync COMMAND: ..." on standard error and returns status. */
int gig_sync_fail(int status, const char *command, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of the option that getopt has just refused. */
int gig_sync_misused(char **argv);

/*
 * Reads a source without publishing: gigs, forms, and rows that were refused, each of
 * which the log tells with field and reason.  err says at whom when it cannot be read.
 */
typedef struct {
    size_t  gigs, forms, refused;
} gig_sync_tally_t;

int gig_sync_tally(gig_str_t url, gig_sync_tally_t *tally, gig_error_t *err);

/* How many dead letters a sink has; 0 of one that keeps no table.  -1: err. */
int gig_sync_dead_count(const gig_sync_board_t *board, size_t *n, gig_error_t *err);

#endif /* GIG_SYNC_COMMANDS_H */
