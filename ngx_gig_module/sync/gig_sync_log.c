
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gig_base.h"
#include "gig_sync_log.h"

#define GIG_SYNC_LINE_MAX   2048                /* bytes of one line; what is over is cut */


static const char *const  levels[] = { "error", "warn", "info", "debug" };

/* Set once by gig_sync_log_init(), before any thread starts. */
static int               log_json;
static gig_sync_level_t  log_least = GIG_SYNC_INFO;


typedef struct {
    size_t  len;
    char    text[GIG_SYNC_LINE_MAX];
} gig_sync_line_t;


void
gig_sync_log_init(int json, gig_sync_level_t least)
{
    log_json = json;
    log_least = least;
}


/* Room for the closing brace and the line's end is always left. */
static void
gig_sync_line_add(gig_sync_line_t *line, const char *text, size_t len)
{
    if (len > sizeof(line->text) - 4 - line->len) {
        return;
    }

    memcpy(line->text + line->len, text, len);
    line->len += len;
}


/* A value in quotes; controls are escaped, so that no value can begin a line of its own. */
static void
gig_sync_line_quote(gig_sync_line_t *line, const char *text)
{
    int          n;
    char         escaped[8];
    const char  *p;

    gig_sync_line_add(line, "\"", 1);

    for (p = text; *p; p++) {

        if (line->len + 12 > sizeof(line->text)) {
            break;
        }

        if (*p == '"' || *p == '\\') {
            escaped[0] = '\\';
            escaped[1] = *p;
            n = 2;

        } else if ((unsigned char) *p < 0x20 || *p == 0x7f) {
            n = snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned) (unsigned char) *p);

        } else {
            escaped[0] = *p;
            n = 1;
        }

        gig_sync_line_add(line, escaped, (size_t) n);
    }

    gig_sync_line_add(line, "\"", 1);
}


static int
gig_sync_is_plain(const char *text)
{
    const char  *p;

    for (p = text; *p; p++) {
        if ((unsigned char) *p <= 0x20 || *p == 0x7f || *p == '"' || *p == '=' || *p == '\\') {
            return 0;
        }
    }

    return p != text;
}


static void
gig_sync_line_pair(gig_sync_line_t *line, const char *name, const char *value)
{
    if (log_json) {
        gig_sync_line_add(line, ",\"", 2);
        gig_sync_line_add(line, name, strlen(name));
        gig_sync_line_add(line, "\":", 2);
        gig_sync_line_quote(line, value);
        return;
    }

    gig_sync_line_add(line, " ", 1);
    gig_sync_line_add(line, name, strlen(name));
    gig_sync_line_add(line, "=", 1);

    if (gig_sync_is_plain(value)) {
        gig_sync_line_add(line, value, strlen(value));

    } else {
        gig_sync_line_quote(line, value);
    }
}


void
gig_sync_log(gig_sync_level_t level, const char *event, ...)
{
    char              at[40];
    size_t            n;
    ssize_t           written;
    va_list           args;
    struct tm         tm;
    const char       *name, *value;
    struct timespec   now;
    gig_sync_line_t   line;

    if (level > log_least) {
        return;
    }

    line.len = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    n = strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(at + n, sizeof(at) - n, ".%03uZ", (unsigned) (now.tv_nsec / 1000000));

    if (log_json) {
        gig_sync_line_add(&line, "{\"at\":", 6);
        gig_sync_line_quote(&line, at);
        gig_sync_line_pair(&line, "level", levels[level]);
        gig_sync_line_pair(&line, "event", event);

    } else {
        gig_sync_line_add(&line, at, strlen(at));
        gig_sync_line_add(&line, " ", 1);
        gig_sync_line_add(&line, levels[level], strlen(levels[level]));
        gig_sync_line_add(&line, " ", 1);
        gig_sync_line_add(&line, event, strlen(event));
    }

    va_start(args, event);

    for ( ;; ) {
        name = va_arg(args, const char *);

        if (name == NULL) {
            break;
        }

        value = va_arg(args, const char *);
        gig_sync_line_pair(&line, name, value ? value : "");
    }

    va_end(args);

    if (log_json) {
        line.text[line.len++] = '}';
    }

    line.text[line.len++] = '\n';

    /* One write a line: lines of two threads do not mix.  A log that cannot be written is lost. */
    written = write(STDERR_FILENO, line.text, line.len);
    (void) written;
}
