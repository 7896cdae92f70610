
/* Statements to the server and answers from it; no answer is waited for for ever. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gig_sync_job.h"
#include "gig_sync_postgres.h"

/* The server gives up first (GIG_PG_STATEMENT): this is for one that is stopped or gone. */
#define GIG_PG_ANSWER           25000   /* ms */

#define GIG_PG_PARAMETERS       12      /* of a statement */
#define GIG_PG_FETCH            "FETCH 200 FROM gig_rows"


int
gig_pg_fault(gig_sync_record_t *record, const PGresult *result, gig_error_t *err)
{
    char        *p, text[GIG_DETAIL_SIZE];
    size_t       len;
    const char  *state, *said;

    state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    (void) snprintf(record->state, sizeof(record->state), "%s", state ? state : "");

    /* Of the server's words the first line alone: "detail" and "context" show rows. */
    said = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    said = said ? said : PQerrorMessage(record->conn);

    (void) snprintf(text, sizeof(text), "%s", said && said[0] ? said : "the connection is lost");

    for (p = text; *p; p++) {
        *p = *p == '\n' || *p == '\t' ? ' ' : *p;
    }

    for (len = strlen(text); len > 0 && text[len - 1] == ' '; len--) {
        text[len - 1] = '\0';
    }

    return gig_error_set(err, record->where, "%s", text);
}


int
gig_pg_again(const gig_sync_record_t *record)
{
    return strcmp(record->state, "40P01") == 0          /* a deadlock */
           || strcmp(record->state, "40001") == 0;      /* serialization */
}


/* Until the connection can be read (or written), at most to the deadline. */
static int
gig_pg_poll(gig_sync_record_t *record, short events, int64_t deadline, gig_error_t *err)
{
    int64_t        left;
    struct pollfd  p;

    left = deadline - gig_sync_clock();
    p.fd = PQsocket(record->conn);
    p.events = events;
    p.revents = 0;

    if (left <= 0 || poll(&p, 1, (int) left) == 0) {
        record->state[0] = '\0';
        return gig_error_set(err, record->where, "does not answer within %d s",
                             GIG_PG_ANSWER / 1000);
    }

    if ((p.revents & ~POLLOUT) && PQconsumeInput(record->conn) == 0) {
        return gig_pg_fault(record, NULL, err);
    }

    return 0;
}


/*
 * The answer to what was sent: the last result, or the first that failed.  After a NULL
 * that came from the deadline the connection is good for nothing but to be closed, and
 * every call on it fails.
 */
static PGresult *
gig_pg_answer(gig_sync_record_t *record, gig_error_t *err)
{
    int              rc;
    int64_t          deadline;
    PGresult        *result, *next;
    ExecStatusType   status;

    deadline = gig_sync_clock() + GIG_PG_ANSWER;

    while ((rc = PQflush(record->conn)) == 1) {
        if (gig_pg_poll(record, POLLIN | POLLOUT, deadline, err) == -1) {
            return NULL;
        }
    }

    if (rc == -1) {
        gig_pg_fault(record, NULL, err);
        return NULL;
    }

    result = NULL;

    for ( ;; ) {
        while (PQisBusy(record->conn)) {
            if (gig_pg_poll(record, POLLIN, deadline, err) == -1) {
                PQclear(result);
                return NULL;
            }
        }

        next = PQgetResult(record->conn);

        if (next == NULL) {
            break;
        }

        if (result == NULL || PQresultStatus(result) != PGRES_FATAL_ERROR) {
            PQclear(result);
            result = next;

        } else {
            PQclear(next);
        }
    }

    status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        gig_pg_fault(record, result, err);
        PQclear(result);
        return NULL;
    }

    record->state[0] = '\0';

    return result;
}


PGresult *
gig_pg_exec(gig_sync_record_t *record, const char *text, gig_error_t *err)
{
    if (PQsendQuery(record->conn, text) == 0) {
        gig_pg_fault(record, NULL, err);
        return NULL;
    }

    return gig_pg_answer(record, err);
}


PGresult *
gig_pg_query(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err)
{
    int                        i, lengths[GIG_PG_PARAMETERS], formats[GIG_PG_PARAMETERS];
    char                       name[16];
    PGresult                  *result;
    const char                *data[GIG_PG_PARAMETERS];
    const gig_pg_statement_t  *statement;

    statement = &gig_pg_statements[which];
    (void) snprintf(name, sizeof(name), "gig_%d", (int) which);

    if (!record->prepared[which]) {
        if (PQsendPrepare(record->conn, name, statement->text, 0, NULL) == 0) {
            gig_pg_fault(record, NULL, err);
            return NULL;
        }

        result = gig_pg_answer(record, err);

        if (result == NULL) {
            return NULL;
        }

        PQclear(result);
        record->prepared[which] = 1;
    }

    /* As binary: views are not terminated, and a text's or bytea's binary form is its bytes. */
    for (i = 0; i < statement->n; i++) {
        data[i] = values[i].data;
        lengths[i] = (int) values[i].len;
        formats[i] = 1;
    }

    if (PQsendQueryPrepared(record->conn, name, statement->n, data, lengths, formats, 0) == 0) {
        gig_pg_fault(record, NULL, err);
        return NULL;
    }

    return gig_pg_answer(record, err);
}


int
gig_pg_do(gig_sync_record_t *record, const char *text, gig_error_t *err)
{
    PGresult  *result;

    result = gig_pg_exec(record, text, err);
    PQclear(result);

    return result ? 0 : -1;
}


int
gig_pg_run(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err)
{
    PGresult  *result;

    result = gig_pg_query(record, which, values, err);
    PQclear(result);

    return result ? 0 : -1;
}


int
gig_pg_exists(gig_sync_record_t *record, gig_pg_sql_t which, const gig_str_t *values,
    gig_error_t *err)
{
    int        rows;
    PGresult  *result;

    result = gig_pg_query(record, which, values, err);

    if (result == NULL) {
        return -1;
    }

    rows = PQntuples(result);
    PQclear(result);

    return rows > 0;
}


int
gig_pg_commit(gig_sync_record_t *record, gig_error_t *err)
{
    int        rc;
    PGresult  *result;

    result = gig_pg_exec(record, "COMMIT", err);

    if (result == NULL) {
        return -1;
    }

    /* COMMIT of a transaction that has failed succeeds, and says ROLLBACK. */
    rc = strcmp(PQcmdStatus(result), "COMMIT") == 0
         ? 0 : gig_error_set(err, record->where, "the transaction was rolled back");

    PQclear(result);

    return rc;
}


gig_str_t
gig_pg_cell(const PGresult *result, int row, int column)
{
    gig_str_t  text;

    if (PQgetisnull(result, row, column)) {
        return gig_null_str;
    }

    text.data = PQgetvalue(result, row, column);
    text.len = (size_t) PQgetlength(result, row, column);

    return text;
}


int64_t
gig_pg_number(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}


int
gig_pg_rows(gig_sync_record_t *record, const char *query,
    int (*handler)(void *data, const PGresult *rows, int row), void *data, gig_error_t *err)
{
    int        i, n;
    PGresult  *rows;

    if (gig_pg_do(record, query, err) == -1) {
        return -1;
    }

    do {
        rows = gig_pg_exec(record, GIG_PG_FETCH, err);

        if (rows == NULL) {
            return -1;
        }

        n = PQntuples(rows);

        for (i = 0; i < n; i++) {
            if (handler(data, rows, i) == -1) {
                PQclear(rows);
                record->state[0] = '\0';
                return gig_error_set(err, record->where, "the reading was ended");
            }
        }

        PQclear(rows);

    } while (n > 0);

    return gig_pg_do(record, "CLOSE gig_rows", err);
}
