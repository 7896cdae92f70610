
#include <string.h>

#include "gig_calendar.h"
#include "gig_time.h"
#include "gig_utf8.h"


#define GIG_CALENDAR_QUARTER    900             /* s */
#define GIG_CALENDAR_VALUE      (64 * 1024)     /* bytes of a value, escaped */


static void gig_calendar_escape(gig_str_t text, gig_buf_t *out);
static void gig_calendar_fold(gig_str_t line, gig_buf_t *out);
static void gig_calendar_line(gig_buf_t *line, gig_buf_t *out);
static void gig_calendar_time(const char *name, int64_t seconds, gig_buf_t *out);


void
gig_calendar(const gig_calendar_t *calendar, gig_buf_t *out)
{
    int        opens;
    gig_buf_t  text;

    opens = (calendar->kind == GIG_CALENDAR_OPENS);
    gig_buf_init(&text, GIG_CALENDAR_VALUE);

    gig_buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
                 "PRODID:-//ngx_gig_module//gig board//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n");

    gig_buf_printf(&text, "%s-%.*s@", opens ? "opens" : "closing", (int) calendar->id.len,
                   calendar->id.data);
    gig_buf_str(&text, calendar->host);
    gig_calendar_text("UID", gig_buf_view(&text), out);
    gig_buf_reset(&text);

    gig_calendar_time("DTSTAMP", calendar->updated, out);

    /* an event that ends as it begins is shown by some calendars as one of no length at all */

    gig_calendar_time("DTSTART", calendar->at - (opens ? 0 : GIG_CALENDAR_QUARTER), out);
    gig_calendar_time("DTEND", calendar->at + (opens ? GIG_CALENDAR_QUARTER : 0), out);

    gig_buf_puts(&text, opens ? "Opens: " : "Closes: ");
    gig_buf_str(&text, calendar->title);
    gig_calendar_text("SUMMARY", gig_buf_view(&text), out);

    gig_buf_puts(&text, " (");
    gig_buf_str(&text, calendar->org);
    gig_buf_puts(&text, ")\nApplications ");
    gig_buf_puts(&text, opens ? "open " : "close ");
    gig_buf_str(&text, calendar->when);
    gig_buf_puts(&text, ".");

    if (calendar->url.len != 0) {
        gig_buf_puts(&text, "\n");
        gig_buf_str(&text, calendar->url);
    }

    gig_calendar_text("DESCRIPTION", gig_buf_view(&text), out);
    gig_buf_reset(&text);

    /* of the type URI, which has no escapes: public_url and id were checked */

    if (calendar->url.len != 0) {
        gig_buf_puts(&text, "URL:");
        gig_buf_str(&text, calendar->url);
        gig_calendar_line(&text, out);
    }

    gig_buf_puts(out, "TRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n");
    gig_buf_puts(out, opens ? "TRIGGER:-PT10M\r\n" : "TRIGGER;RELATED=END:-P1D\r\n");

    gig_buf_puts(&text, opens ? "Opens: " : "Closes: ");
    gig_buf_str(&text, calendar->title);
    gig_calendar_text("DESCRIPTION", gig_buf_view(&text), out);

    gig_buf_puts(out, "END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");

    if (gig_buf_failed(&text)) {
        out->failed = 1;
    }

    gig_buf_free(&text);
}


void
gig_calendar_text(const char *name, gig_str_t text, gig_buf_t *out)
{
    gig_buf_t  line;

    gig_buf_init(&line, GIG_CALENDAR_VALUE);
    gig_buf_puts(&line, name);
    gig_buf_puts(&line, ":");
    gig_calendar_escape(text, &line);
    gig_calendar_line(&line, out);

    if (gig_buf_failed(&line)) {
        out->failed = 1;
    }

    gig_buf_free(&line);
}


/* RFC 5545, 3.3.11.  A control character has no place in a text. */

static void
gig_calendar_escape(gig_str_t text, gig_buf_t *out)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];

        if (c == '\n') {
            gig_buf_puts(out, "\\n");

        } else if (c == '\\' || c == ';' || c == ',') {
            gig_buf_puts(out, "\\");
            gig_buf_add(out, &text.data[i], 1);

        } else if (c == '\t' || (c >= 0x20 && c != 0x7f)) {
            gig_buf_add(out, &text.data[i], 1);
        }
    }
}


/* Takes a line and empties it. */

static void
gig_calendar_line(gig_buf_t *line, gig_buf_t *out)
{
    gig_calendar_fold(gig_buf_view(line), out);
    gig_buf_reset(line);
}


/* RFC 5545, 3.1: the blank that begins what goes on counts; no character is cut in two. */

static void
gig_calendar_fold(gig_str_t line, gig_buf_t *out)
{
    size_t  n, room;

    room = GIG_CALENDAR_LINE;

    while (line.len > room) {
        n = gig_utf8_cut(line, room);
        n = (n != 0) ? n : room;        /* malformed */

        gig_buf_add(out, line.data, n);
        gig_buf_puts(out, "\r\n ");

        line.data += n;
        line.len -= n;
        room = GIG_CALENDAR_LINE - 1;
    }

    gig_buf_str(out, line);
    gig_buf_puts(out, "\r\n");
}


/* "20261030T235900Z" */

static void
gig_calendar_time(const char *name, int64_t seconds, gig_buf_t *out)
{
    gig_local_t  local;

    gig_local_split(seconds, &local);
    gig_buf_printf(out, "%s:%04d%02u%02uT%02u%02u%02uZ\r\n", name, (int) local.year, local.month,
                   local.day, local.hour, local.minute, local.second);
}
