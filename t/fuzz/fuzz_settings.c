
/*
 * gig-sync.conf is typed by hand: whatever its lines hold, they are read, or refused in words.
 * The input: lines "[section]" and "name = value"; a line that begins with a blank goes on.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_settings.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *
gig_fuzz_environment(void *data, const char *name)
{
    (void) data;

    return strcmp(name, "HOME") == 0 ? "/home/example" : NULL;
}


static int
gig_fuzz_file(void *data, const char *path, char out[GIG_SETTINGS_VALUE_MAX], gig_error_t *err)
{
    (void) data;

    if (path[0] != '/') {
        return gig_error_set(err, "", "no absolute path");
    }

    memcpy(out, "from a file", sizeof("from a file"));

    return 0;
}


/* Lines end up NUL-terminated and in pieces, as inih hands them over. */

static void
gig_fuzz_lines(char *text, gig_settings_t *settings)
{
    int          more;
    char        *line, *rest, *end, *name, *value;
    const char  *section;
    gig_error_t  err;

    static const gig_settings_outside_t  outside = { gig_fuzz_environment, gig_fuzz_file, NULL };

    section = "";
    name = NULL;

    for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {

        if (line[0] == '[' && (end = strchr(line, ']')) != NULL) {
            *end = '\0';
            section = line + 1;
            name = NULL;
            continue;
        }

        more = line[0] == ' ' && name != NULL;
        value = line;

        if (!more) {
            value = strchr(line, '=');
            if (value == NULL) {
                continue;
            }

            *value++ = '\0';
            name = line;
        }

        err.detail[0] = '\0';

        if (gig_settings_value(settings, &outside, section, name, value, more, &err) != 0
            && err.detail[0] == '\0')
        {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            *text;
    gig_error_t      err;
    gig_settings_t   settings;

    text = malloc(size + 1);
    memset(&settings, 0, sizeof(settings));
    settings.board = calloc(GIG_SETTINGS_BOARDS_MAX, sizeof(gig_settings_board_t));

    if (text == NULL || settings.board == NULL) {
        abort();
    }

    memcpy(text, data, size);
    text[size] = '\0';

    gig_fuzz_lines(text, &settings);
    err.detail[0] = '\0';

    if (gig_settings_finish(&settings, &err) != 0 && err.detail[0] == '\0') {
        abort();
    }

    free(settings.board);
    free(text);

    return 0;
}
