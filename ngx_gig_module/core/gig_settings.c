
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gig_settings.h"
#include "gig_upstream.h"


typedef enum {
    GIG_SETTING_TEXT,
    GIG_SETTING_URL,
    GIG_SETTING_NUMBER,
    GIG_SETTING_PERCENT,
    GIG_SETTING_TIME,
    GIG_SETTING_YES
} gig_setting_type_t;


typedef struct {
    const char          *name;
    gig_setting_type_t   type;
    size_t               offset;        /* in gig_settings_board_t */
    int64_t              least, most;   /* of a number; of a time in seconds */
    const char          *preset;        /* the value if the file has none; NULL: it must have one */
    const char          *right;         /* what would be right, for the sentence */
} gig_setting_t;


#define GIG_SETTING(member)     offsetof(gig_settings_board_t, member)

/* All there is: reading, defaults, the sentences and the nearest names come from here. */
static const gig_setting_t  settings_table[] = {
    { "redis", GIG_SETTING_TEXT, GIG_SETTING(redis), 0, 0, "127.0.0.1:6379",
      "HOST:PORT or unix:PATH" },
    { "redis_user", GIG_SETTING_TEXT, GIG_SETTING(redis_user), 0, 0, "",
      "the name of a Redis ACL user" },
    { "redis_password", GIG_SETTING_TEXT, GIG_SETTING(redis_password), 0, 0, "",
      "a password; better redis_password_file = PATH" },
    { "redis_db", GIG_SETTING_NUMBER, GIG_SETTING(redis_db), 0, 1048576, "0",
      "the number of a database" },
    { "secret_file", GIG_SETTING_TEXT, GIG_SETTING(secret_file), 0, 0, NULL,
      "the path of NAME.secret, made by \"gig-sync keygen NAME\"" },
    { "private_key", GIG_SETTING_TEXT, GIG_SETTING(private_key), 0, 0, NULL,
      "the path of NAME.key, made by \"gig-sync keygen NAME\", or of a folder of such files" },
    { "source", GIG_SETTING_URL, GIG_SETTING(source), 0, 0, NULL,
      "where the gigs are kept, as sqlite:/var/lib/gig/acme.db" },
    { "sink", GIG_SETTING_URL, GIG_SETTING(sink), 0, 0, "",
      "where applications go, as sqlite:/var/lib/gig/acme.db or https://HOST/PATH; without it, the"
      " source" },
    { "sink_header", GIG_SETTING_TEXT, GIG_SETTING(sink_header), 0, 0, "",
      "a header, as \"Authorization: Bearer TOKEN\"; better sink_header_file = PATH" },
    { "sink_ca", GIG_SETTING_TEXT, GIG_SETTING(sink_ca), 0, 0, "",
      "the path of a file of CA certificates (PEM)" },
    { "sink_private", GIG_SETTING_YES, GIG_SETTING(sink_private), 0, 1, "no",
      "yes or no" },
    { "state", GIG_SETTING_TEXT, GIG_SETTING(state), 0, 0, "",
      "the path of a file for what a sink cannot keep itself" },
    { "pull_every", GIG_SETTING_TIME, GIG_SETTING(pull_every_ms), 1, 86400, "60s",
      "a time from 1s to 1d, as 60s or 5m" },
    { "shrink_guard", GIG_SETTING_PERCENT, GIG_SETTING(shrink_guard), 1, 100, "30%",
      "a share from 1% to 100%" },
    { "gone_keep", GIG_SETTING_TIME, GIG_SETTING(gone_keep_ms), 0, 10 * 365 * 86400, "90d",
      "a time from 0s to 3650d, as 90d" },
    { "claim_after", GIG_SETTING_TIME, GIG_SETTING(claim_after_ms), 1, 3600, "30s",
      "a time from 1s to 1h: how long an application may be in hand before another takes it over" }
};

#define GIG_SETTINGS    (sizeof(settings_table) / sizeof(settings_table[0]))

static_assert(GIG_SETTINGS <= 32, "gig_settings_t.set has a bit for each");


static int
gig_setting_number(const char *value, const char *end, int64_t *number)
{
    const char  *p;

    *number = 0;

    if (value == end || end - value > 12) {
        return -1;
    }

    for (p = value; p < end; p++) {
        if (*p < '0' || *p > '9') {
            return -1;
        }

        *number = *number * 10 + (*p - '0');
    }

    return 0;
}


/* "90s", "5m", "36h", "90d" in seconds; a bare number but 0 is refused: of what? */
static int
gig_setting_time(const char *value, size_t len, int64_t *seconds)
{
    int64_t  unit;

    if (len == 0) {
        return -1;
    }

    switch (value[len - 1]) {
    case 's':
        unit = 1;
        break;

    case 'm':
        unit = 60;
        break;

    case 'h':
        unit = 3600;
        break;

    case 'd':
        unit = 86400;
        break;

    default:
        *seconds = 0;
        return len == 1 && value[0] == '0' ? 0 : -1;
    }

    if (gig_setting_number(value, value + len - 1, seconds) == -1) {
        return -1;
    }

    *seconds *= unit;

    return 0;
}


static int
gig_setting_store(gig_settings_board_t *board, const gig_setting_t *setting, const char *value,
    gig_error_t *err)
{
    int       rc;
    size_t    len;
    char     *at;
    int64_t   number;
    unsigned  narrow;

    at = (char *) board + setting->offset;
    len = strlen(value);
    number = 0;
    rc = 0;

    switch (setting->type) {

    case GIG_SETTING_URL:
    case GIG_SETTING_TEXT:

        if (len >= GIG_SETTINGS_VALUE_MAX) {
            return gig_error_set(err, "", "%s is longer than %d bytes", setting->name,
                                 GIG_SETTINGS_VALUE_MAX - 1);
        }

        if (setting->type == GIG_SETTING_URL && len > 0 && strchr(value, ':') == NULL) {
            rc = -1;
        }

        if (setting->preset == NULL && len == 0) {
            rc = -1;
        }

        memcpy(at, value, len + 1);
        break;

    case GIG_SETTING_TIME:
        rc = gig_setting_time(value, len, &number);
        break;

    case GIG_SETTING_PERCENT:
        rc = (len && value[len - 1] == '%') ? gig_setting_number(value, value + len - 1, &number)
                                            : -1;
        break;

    case GIG_SETTING_NUMBER:
        rc = gig_setting_number(value, value + len, &number);
        break;

    case GIG_SETTING_YES:
        number = strcmp(value, "yes") == 0;
        rc = number || strcmp(value, "no") == 0 ? 0 : -1;
        break;
    }

    if (rc == -1 || number < setting->least
        || (setting->most != 0 && number > setting->most))
    {
        /* The value of a secret must not get into a log. */
        if (setting->offset == GIG_SETTING(redis_password)
            || setting->offset == GIG_SETTING(sink_header))
        {
            return gig_error_set(err, "", "%s must be %s", setting->name, setting->right);
        }

        return gig_error_set(err, "", "%s = %.64s: must be %s", setting->name, value,
                             setting->right);
    }

    if (setting->type == GIG_SETTING_TIME) {
        number *= 1000;
        memcpy(at, &number, sizeof(number));

    } else if (setting->type != GIG_SETTING_TEXT && setting->type != GIG_SETTING_URL) {
        narrow = (unsigned) number;
        memcpy(at, &narrow, sizeof(narrow));
    }

    return 0;
}


/* Puts ${NAME} from the environment in; an unset one is an error, an empty value is not. */
static int
gig_setting_expand(const gig_settings_outside_t *outside, const char *value,
    char out[GIG_SETTINGS_VALUE_MAX], gig_error_t *err)
{
    char         name[64];
    size_t       len, n;
    const char  *end, *env;

    len = 0;

    while (*value) {

        if (value[0] == '$' && value[1] == '{') {
            end = strchr(value, '}');

            if (end == NULL || end == value + 2 || (size_t) (end - value - 2) >= sizeof(name)) {
                return gig_error_set(err, "", "\"${\" needs the name of an environment variable "
                                     "and \"}\"");
            }

            memcpy(name, value + 2, (size_t) (end - value - 2));
            name[end - value - 2] = '\0';
            env = outside->environment(outside->data, name);

            if (env == NULL) {
                return gig_error_set(err, "", "${%s} is not set in the environment", name);
            }

            value = end + 1;

        } else {
            name[0] = *value++;
            name[1] = '\0';
            env = name;
        }

        n = strlen(env);

        if (n >= GIG_SETTINGS_VALUE_MAX - len) {
            return gig_error_set(err, "", "the value is longer than %d bytes",
                                 GIG_SETTINGS_VALUE_MAX - 1);
        }

        memcpy(out + len, env, n);
        len += n;
    }

    out[len] = '\0';

    return 0;
}


static int
gig_setting_unknown(const char *name, gig_error_t *err)
{
    size_t       i;
    const char  *nearest, *names[GIG_SETTINGS];

    for (i = 0; i < GIG_SETTINGS; i++) {
        names[i] = settings_table[i].name;
    }

    nearest = gig_nearest((gig_str_t) { name, strlen(name) }, names, GIG_SETTINGS);

    if (nearest) {
        return gig_error_set(err, "", "unknown setting \"%s\"; did you mean \"%s\"?", name,
                             nearest);
    }

    return gig_error_set(err, "", "unknown setting \"%s\"; docs/gig-sync.md lists them", name);
}


static gig_settings_board_t *
gig_settings_board(gig_settings_t *settings, const char *section, gig_error_t *err)
{
    size_t                 i, len;
    const char            *name;
    gig_settings_board_t  *board;

    if (strncmp(section, "board ", 6) != 0) {
        gig_error_set(err, "", "section [%s]: must be [board NAME]", section);
        return NULL;
    }

    name = section + 6 + strspn(section + 6, " ");
    len = strlen(name);

    if (!gig_board_valid((gig_str_t) { name, len })) {
        gig_error_set(err, "", "section [%s]: a board's name is 1 to %d of a-z, 0-9, _ and -",
                      section, GIG_BOARD_MAX);
        return NULL;
    }

    for (i = 0; i < settings->n; i++) {
        if (strcmp(settings->board[i].name, name) == 0) {
            return &settings->board[i];
        }
    }

    if (settings->n == GIG_SETTINGS_BOARDS_MAX) {
        gig_error_set(err, "", "more than %d boards", GIG_SETTINGS_BOARDS_MAX);
        return NULL;
    }

    board = &settings->board[settings->n++];
    memcpy(board->name, name, len + 1);

    return board;
}


int
gig_settings_value(gig_settings_t *settings, const gig_settings_outside_t *outside,
    const char *section, const char *name, const char *value, int more, gig_error_t *err)
{
    char                   text[GIG_SETTINGS_VALUE_MAX], path[GIG_SETTINGS_VALUE_MAX];
    size_t                 i, len;
    uint32_t              *set;
    gig_settings_board_t  *board;

    if (more) {
        return gig_error_set(err, "", "begins with a blank, so it would go on with the value of "
                             "\"%s\"; a setting begins at the line's start", name);
    }

    board = gig_settings_board(settings, section, err);

    if (board == NULL) {
        return -1;
    }

    len = strlen(name);

    for (i = 0; i < GIG_SETTINGS; i++) {
        if (strcmp(settings_table[i].name, name) == 0) {
            break;
        }
    }

    if (i < GIG_SETTINGS) {
        if (gig_setting_expand(outside, value, text, err) == -1) {
            return -1;
        }

    } else if (len > 5 && strcmp(name + len - 5, "_file") == 0) {

        for (i = 0; i < GIG_SETTINGS; i++) {
            if (strlen(settings_table[i].name) == len - 5
                && memcmp(settings_table[i].name, name, len - 5) == 0)
            {
                break;
            }
        }

        if (i == GIG_SETTINGS) {
            return gig_setting_unknown(name, err);
        }

        if (gig_setting_expand(outside, value, path, err) == -1
            || outside->file(outside->data, path, text, err) == -1)
        {
            return -1;
        }

    } else {
        return gig_setting_unknown(name, err);
    }

    set = &settings->set[board - settings->board];

    if (*set & (UINT32_C(1) << i)) {
        return gig_error_set(err, "", "%s is set twice", settings_table[i].name);
    }

    *set |= UINT32_C(1) << i;

    return gig_setting_store(board, &settings_table[i], text, err);
}


/* What only an HTTP upstream has, and what it must have. */
static int
gig_settings_upstream(const gig_settings_t *settings, size_t b, gig_error_t *err)
{
    size_t                       i;
    gig_error_t                  why;
    const gig_settings_board_t  *board = &settings->board[b];

    const struct {
        const char  *name;
        int          set;
    } only[] = { { "sink_header", board->sink_header[0] != '\0' },
                 { "sink_ca", board->sink_ca[0] != '\0' },
                 { "sink_private", board->sink_private != 0 } };

    if (strncmp(board->sink, "https:", 6) != 0) {
        for (i = 0; i < sizeof(only) / sizeof(only[0]); i++) {
            if (only[i].set) {
                return gig_error_set(err, "", "[board %s] has %s, which is for a sink ="
                                     " https://HOST/PATH", board->name, only[i].name);
            }
        }

        return 0;
    }

    if (gig_upstream_url((gig_str_t) { board->sink, strlen(board->sink) }, &why) == -1) {
        return gig_error_set(err, "", "[board %s] sink %s", board->name, why.detail);
    }

    if (board->state[0] == '\0') {
        return gig_error_set(err, "", "[board %s] lacks state: the path of a file in which gig-sync"
                             " keeps what it has delivered to its sink", board->name);
    }

    if (strncmp(board->source, "sqlite:", 7) == 0
        && strcmp(board->source + 7, board->state) == 0)
    {
        return gig_error_set(err, "", "[board %s] state must be another file than the source's",
                             board->name);
    }

    for (i = 0; i < b; i++) {
        if (strcmp(settings->board[i].state, board->state) == 0) {
            return gig_error_set(err, "", "[board %s] state must be another file than that of"
                                 " [board %s]", board->name, settings->board[i].name);
        }
    }

    if (board->sink_header[0] != '\0'
        && gig_upstream_header((gig_str_t) { board->sink_header, strlen(board->sink_header) },
                               &why) == -1)
    {
        return gig_error_set(err, "", "[board %s] sink_header %s", board->name, why.detail);
    }

    return 0;
}


int
gig_settings_finish(gig_settings_t *settings, gig_error_t *err)
{
    size_t                 b, i;
    gig_settings_board_t  *board;

    if (settings->n == 0) {
        return gig_error_set(err, "", "has no [board NAME]");
    }

    for (b = 0; b < settings->n; b++) {
        board = &settings->board[b];

        for (i = 0; i < GIG_SETTINGS; i++) {

            if (settings->set[b] & (UINT32_C(1) << i)) {
                continue;
            }

            if (settings_table[i].preset == NULL) {
                return gig_error_set(err, "", "[board %s] lacks %s: %s", board->name,
                                     settings_table[i].name, settings_table[i].right);
            }

            if (gig_setting_store(board, &settings_table[i], settings_table[i].preset, err) == -1) {
                return -1;
            }
        }

        if (board->sink[0] == '\0') {
            memcpy(board->sink, board->source, sizeof(board->sink));
        }

        if (gig_settings_upstream(settings, b, err) == -1) {
            return -1;
        }
    }

    return 0;
}
