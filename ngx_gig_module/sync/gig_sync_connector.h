
/*
 * A system of record, as gig-sync sees it: fetch the gigs, deliver these
 * applications, what can you do.  One file each in connect/.
 */

#ifndef GIG_SYNC_CONNECTOR_H
#define GIG_SYNC_CONNECTOR_H

#include <sys/types.h>

#include "gig_application.h"
#include "gig_base.h"
#include "gig_buf.h"
#include "gig_settings.h"

typedef struct gig_sync_record_s gig_sync_record_t;

typedef enum {
    GIG_SYNC_FORMS    = 1       /* has forms of its own */
} gig_sync_ability_t;

/*
 * One gig or form of the source; json is canonical with rev, valid during the call.
 * json empty: the source has this id, but its record was refused (and logged with
 * field and reason); what is published of it stays.  -1 ends the reading.
 */
typedef int (*gig_sync_fetched_pt)(void *data, char kind /* 'g' or 'f' */, gig_str_t id,
    gig_str_t rev, gig_str_t json);

/* One entry of `applications` that is to be written, and what became of it. */
typedef struct {
    /* in; views valid during the call */
    gig_str_t  entry;           /* stream entry id */
    gig_str_t  op;              /* "apply" or "withdraw" */
    gig_str_t  id, gig, rev, who, print, seat, flags, node, box;
    int64_t    at_ms;
    gig_str_t  plain;           /* opened box (gig-application/1), or empty for a withdrawal */
    gig_str_t  files;           /* and the bytes of its files, one after the other */
    unsigned   given_up:1;      /* not tried any more: kept as dead, for `reason` */
    unsigned   again:1;         /* a person asks for it: tried also if it is dead */

    /* out */
    enum {
        GIG_SYNC_PENDING,
        GIG_SYNC_DELIVERED,
        GIG_SYNC_DEAD,
        GIG_SYNC_PARKED,
        GIG_SYNC_ERASED
    } result;
    const char *confirmed_seat; /* static: "confirmed", "waitlisted", "over", "late", "" */
    unsigned    asked:1;        /* to be erased; the sink does not do it, or has not yet */
    char        reason[128];    /* of dead and parked; no personal data */
} gig_sync_delivery_t;

/* A self-identification: nothing by which it could be joined to an application.  All texts. */
typedef struct {
    gig_str_t  id;              /* random, of nothing else */
    gig_str_t  form, form_rev;
    gig_str_t  day;             /* as 2026-11-27: when its batch left its host */
    gig_str_t  answers;         /* canonical JSON */
} gig_sync_self_id_t;

/* A row of the delivery table that waits for a person.  Views, valid during the call. */
typedef struct {
    gig_str_t  id, print, gig, who, seat, flags, state, reason, received_at, at, box;
    int64_t    attempts;
} gig_sync_dead_t;

/* Seats of a gig as the system of record counts them, after a transaction. */
typedef struct {
    char     gig[GIG_ID_MAX + 1];
    int64_t  confirmed, waiting;
} gig_sync_seats_t;

/*
 * What `id:*`, `who:*` and `stages` are made of.  stages: "STAGE,AT STAGE,AT", the newest first,
 * at most GIG_SYNC_STAGES of them, AT in seconds since 1970; empty if there are none.
 */
#define GIG_SYNC_STAGES         "16"            /* in SQL: what is older is not on a receipt */

typedef struct {
    gig_str_t  id, op, print, gig, who, seat, stages;
    int64_t    at_ms;
    int        withdrawn;
} gig_sync_known_t;

/* Import: what a record was to the database.  Export: an application as it stands. */
typedef enum { GIG_SYNC_NEW, GIG_SYNC_CHANGED, GIG_SYNC_UNCHANGED } gig_sync_change_t;

typedef struct {
    gig_str_t  id, gig, title, received_at, seat, flags, stage, stage_at, json;
} gig_sync_application_t;

typedef struct {
    const char  *scheme;        /* "sqlite" */
    const char  *alias;         /* another name of it, or NULL */
    const char  *form;          /* how an address looks, for people: "sqlite:PATH" */
    unsigned     abilities;

    int   (*open)(gig_str_t url, gig_sync_record_t **record, gig_error_t *err);

    /* As the board's sink, where its address is not all that is needed.  NULL: open does it. */
    int   (*open_sink)(const gig_settings_board_t *board, gig_sync_record_t **record,
        gig_error_t *err);

    void  (*close)(gig_sync_record_t *record);

    /* All gigs and forms, as of one instant.  -1: nothing may be concluded from what came. */
    int   (*fetch)(gig_sync_record_t *record, gig_sync_fetched_pt handler, void *data,
        gig_error_t *err);

    /* One transaction for all of n.  -1: nothing was written, all stay pending. */
    int   (*deliver)(gig_sync_record_t *record, gig_sync_delivery_t *deliveries, size_t n,
        gig_error_t *err);

    /*
     * 1: it is this record's turn to deliver, and stays so until it is closed; 0: it is another's.
     * NULL: any number may.  What a person asks for needs no turn.
     */
    int   (*turn)(gig_sync_record_t *record, gig_error_t *err);
    unsigned  most;             /* deliveries at once; 0: as many as there are in a batch */

    /* For "check": 0: all is well, 1: something is worth knowing; either in say.  -1: err. */
    int   (*probe)(gig_sync_record_t *record, char say[GIG_DETAIL_SIZE], gig_error_t *err);

    /* Counts of every gig that has any.  NULL: nobody counts. */
    int   (*seats)(gig_sync_record_t *record,
        int (*handler)(void *data, const gig_sync_seats_t *), void *data, gig_error_t *err);

    /*
     * Confirms the first waiting of gigs with free seats; returns how many, or -1.  NULL: what the
     * judge said of a seat stands.
     */
    int   (*promote)(gig_sync_record_t *record, gig_error_t *err);

    /*
     * Every record (an application and its conflicts, parked ones too, tombstones) that came,
     * was written or changed its stage since since_ms, in order of id, an id's first before its
     * conflicts.
     * seat: "confirmed", "waitlisted", "over", "late", or "" (parked, erased, a conflict); of a
     * withdrawal "asked" or "".
     */
    int   (*known)(gig_sync_record_t *record, int64_t since_ms,
        int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err);

    /*
     * What receipts show of at most `most` applications whose stage or seat changed after
     * *number, which becomes the last one's: id, seat, stages; of one that was erased
     * the id alone.  NULL: it keeps none.
     */
    int   (*receipts)(gig_sync_record_t *record, int64_t *number, unsigned most,
        int (*handler)(void *data, const gig_sync_known_t *), void *data, gig_error_t *err);

    /* A number that changes with gigs and forms (SQLite: a row kept by triggers): a cheap poll. */
    int   (*changed)(gig_sync_record_t *record, int64_t *number, gig_error_t *err);

    /*
     * Blocks for at most ms, or until fd can be read; returns at once when the number may have
     * changed since it was asked for.  NULL: it tells nobody, and must be asked again and again.
     */
    int   (*wait)(gig_sync_record_t *record, int fd, int ms, gig_error_t *err);

    /* For the commands.  there: -1 if there is nothing yet, and open would make it. */
    int   (*there)(gig_str_t url, gig_error_t *err);

    /* Whose file it is; -1: there is none yet.  NULL: it is no file. */
    int   (*owner)(gig_str_t url, uid_t *owner);

    /*
     * Import, between begin and end, which commits (keep) or rolls back; NULL: it takes none.
     * kind is 'g' or 'f'; json is canonical and without rev.
     */
    int   (*begin)(gig_sync_record_t *record, gig_error_t *err);
    int   (*put)(gig_sync_record_t *record, char kind, gig_str_t id, gig_str_t json,
        gig_sync_change_t *change, gig_error_t *err);
    int   (*end)(gig_sync_record_t *record, int keep, gig_error_t *err);

    /*
     * A self-identification, between begin and end; one whose id is there is as if it were written.
     * NULL: it keeps none, and they stay in Redis.
     */
    int   (*self_id)(gig_sync_record_t *record, const gig_sync_self_id_t *row, gig_error_t *err);

    /* Export: all of them, in no order; a row's id and day are left out.  NULL: none. */
    int   (*self_ids)(gig_sync_record_t *record,
        int (*handler)(void *data, const gig_sync_self_id_t *row), void *data, gig_error_t *err);

    /* Export: every application, oldest first; NULL: it gives none back. */
    int   (*applications)(gig_sync_record_t *record,
        int (*handler)(void *data, const gig_sync_application_t *application), void *data,
        gig_error_t *err);

    /*
     * What is parked or dead and was not dropped, the oldest first: all of it, without boxes, or
     * (id not empty, and valid) that of one id with its boxes.  NULL: it keeps no such table.
     */
    int   (*dead)(gig_sync_record_t *record, gig_str_t id,
        int (*handler)(void *data, const gig_sync_dead_t *dead), void *data, gig_error_t *err);

    /* Drops those of an id: they stay dead, without box.  How many there were, or -1. */
    int   (*drop)(gig_sync_record_t *record, gig_str_t id, gig_error_t *err);

    /* The files of an application; also within the handler of the above. */
    int   (*files)(gig_sync_record_t *record, gig_str_t id,
        int (*handler)(void *data, const gig_application_file_t *file), void *data,
        gig_error_t *err);
} gig_sync_connector_t;

/* Which of them are in this build: the Makefile's CONNECTORS.  How people write their addresses. */
#define GIG_SYNC_SQLITE_FORM    "sqlite:PATH"
#define GIG_SYNC_POSTGRES_FORM  "postgres://USER@HOST/DATABASE"
#define GIG_SYNC_HTTPS_FORM     "https://HOST/PATH"

extern const gig_sync_connector_t gig_sync_sqlite;
extern const gig_sync_connector_t gig_sync_postgres;
extern const gig_sync_connector_t gig_sync_https;       /* a sink alone */

/* The connector of "sqlite:...", or NULL with err naming the schemes this build has. */
const gig_sync_connector_t *gig_sync_connector(gig_str_t url, gig_error_t *err);

/* "sqlite:PATH or postgres://...": the databases this build knows. */
const char *gig_sync_connector_forms(void);

/* Opens what is not open yet (NULL); closes what is. */
int gig_sync_record_open(gig_str_t url, const gig_sync_connector_t **connector,
    gig_sync_record_t **record, gig_error_t *err);

/* Likewise, the board's sink: its source if it has none of its own. */
int gig_sync_sink_open(const gig_settings_board_t *board, const gig_sync_connector_t **connector,
    gig_sync_record_t **record, gig_error_t *err);

/* 1: it is our turn to deliver to it; 0 and err: another gig-sync's; -1 and err: nobody knows. */
int gig_sync_sink_turn(const gig_sync_connector_t *connector, gig_sync_record_t *sink,
    gig_error_t *err);

/* After a failure: closes it, to be opened anew, unless its turn would be lost by that. */
void gig_sync_sink_failed(const gig_sync_connector_t *connector, gig_sync_record_t **sink);

void gig_sync_record_close(const gig_sync_connector_t *connector, gig_sync_record_t **record);

#endif /* GIG_SYNC_CONNECTOR_H */
