
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "gig_sync_ini.h"

#define GIG_SYNC_INI_LINES  20000


typedef struct {
    const char       *path;
    FILE             *file;
    gig_sync_ini_pt   handler;
    void             *data;
    unsigned          line;
    unsigned          seen;             /* the line the last value began on */
    int               blank;            /* the line begins with a blank */
    int               failed;
    gig_error_t      *err;
} gig_sync_ini_t;


static int
gig_sync_ini_failed(gig_sync_ini_t *ini, gig_error_t *fault)
{
    char  pointer[GIG_POINTER_SIZE];

    if (fault->pointer[0] == '\0') {
        snprintf(pointer, sizeof(pointer), "%s:%u", ini->path, ini->line);

    } else {
        snprintf(pointer, sizeof(pointer), "%s", fault->pointer);
    }

    ini->failed = 1;

    return gig_error_set(ini->err, pointer, "%s", fault->detail);
}


/*
 * A line for inih, which knows no line numbers here and would take the rest of
 * a line longer than its buffer for another line.
 */
static char *
gig_sync_ini_line(char *buffer, int size, void *stream)
{
    int              next;
    size_t           len;
    gig_error_t      fault;
    gig_sync_ini_t  *ini = stream;

    if (ini->failed || size < 2 || fgets(buffer, size, ini->file) == NULL) {
        return NULL;
    }

    ini->line++;
    ini->blank = (buffer[0] == ' ' || buffer[0] == '\t');
    len = strlen(buffer);

    if (buffer[strspn(buffer, " \t")] == '[') {
        ini->seen = 0;                  /* nothing of another section goes on here */
    }

    next = (len == (size_t) size - 1 && buffer[len - 1] != '\n') ? getc(ini->file) : EOF;

    if (next == '\n') {
        ungetc(next, ini->file);        /* an empty line more, which changes nothing */
        ini->line--;

    } else if (next != EOF) {
        gig_error_set(&fault, "", "the line is longer than %d bytes; a value may go on in the "
                      "next line, which then begins with a blank", size - 2);
        gig_sync_ini_failed(ini, &fault);
        return NULL;
    }

    if (ini->line > GIG_SYNC_INI_LINES) {
        gig_error_set(&fault, "", "the file has more than %d lines", GIG_SYNC_INI_LINES);
        gig_sync_ini_failed(ini, &fault);
        return NULL;
    }

    return buffer;
}


static int
gig_sync_ini_value(void *user, const char *section, const char *name, const char *value)
{
    gig_error_t      fault;
    gig_sync_ini_t  *ini = user;

    if (ini->failed) {
        return 0;
    }

    memset(&fault, 0, sizeof(fault));

    if (ini->handler(ini->data, section, name, value, ini->blank && ini->seen, &fault) == -1) {
        gig_sync_ini_failed(ini, &fault);
        return 0;
    }

    ini->seen = ini->line;

    return 1;
}


int
gig_sync_ini_read(const char *path, gig_sync_ini_pt handler, void *data, gig_error_t *err)
{
    int             rc;
    gig_error_t     fault;
    gig_sync_ini_t  ini;

    memset(&ini, 0, sizeof(ini));
    ini.path = path;
    ini.handler = handler;
    ini.data = data;
    ini.err = err;
    ini.file = fopen(path, "re");

    if (ini.file == NULL) {
        return gig_error_set(err, path, "%s", strerror(errno));
    }

    rc = ini_parse_stream(gig_sync_ini_line, &ini, gig_sync_ini_value, &ini);

    if (!ini.failed && ferror(ini.file)) {
        gig_error_set(err, path, "%s", strerror(errno));
        ini.failed = 1;
    }

    fclose(ini.file);

    if (!ini.failed && rc != 0) {
        ini.line = (unsigned) (rc > 0 ? rc : 0);
        gig_error_set(&fault, "", "neither a [section] nor NAME = VALUE");
        gig_sync_ini_failed(&ini, &fault);
    }

    return ini.failed ? -1 : 0;
}
