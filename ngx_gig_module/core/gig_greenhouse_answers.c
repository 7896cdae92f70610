
/* The sink before that of gig_answers.c: what each name of theirs means to a form of ours. */

#include <string.h>

#include "gig_answers_file.h"
#include "gig_greenhouse_answers.h"
#include "gig_json.h"


/* What is in hand. */
enum {
    GIG_PLACE_PASSED,                           /* on, under a name of ours or none */
    GIG_PLACE_SOURCE,                           /* where the applicant came from */
    GIG_PLACE_CONTENT,                          /* a file, base64 */
    GIG_PLACE_CONTENT_NAME,                     /* what it is called */
    GIG_PLACE_URL                               /* where one could be fetched */
};

/* Never kept, whatever the form has: self-identification goes another way (gig_self_id.h). */

static const char *const  gig_greenhouse_apart[] = {
    "gender", "race", "veteran_status", "disability_status",
    "data_compliance[gdpr_demographic_data_consent_given]"
};

#define GIG_GREENHOUSE_DEMOGRAPHIC  "demographic_answers"

static const char *const  gig_greenhouse_consents[] = {
    "gdpr_consent_given", "data_compliance[gdpr_consent_given]"
};


static int gig_greenhouse_begin(void *data, gig_str_t name, gig_value_kind_t kind,
    gig_error_t *err);
static int gig_greenhouse_more(void *data, gig_str_t piece, gig_error_t *err);
static int gig_greenhouse_end(void *data, gig_error_t *err);
static int gig_greenhouse_is_apart(gig_str_t name);
static int gig_greenhouse_field_of(const gig_greenhouse_reader_t *g, gig_str_t name);
static int gig_greenhouse_consent_of(const gig_form_t *form);
static int gig_greenhouse_suffix(gig_greenhouse_reader_t *g, gig_str_t name);
static int gig_greenhouse_pass(gig_greenhouse_reader_t *g, int field, gig_str_t name,
    gig_value_kind_t kind, gig_error_t *err);
static int gig_greenhouse_decode(gig_greenhouse_reader_t *g, gig_str_t piece, gig_error_t *err);
static int gig_greenhouse_note(gig_greenhouse_reader_t *g, const char *list, gig_str_t value,
    gig_error_t *err);


static const gig_body_sink_t  gig_greenhouse_sink = {
    gig_greenhouse_begin, gig_greenhouse_more, gig_greenhouse_end
};


int
gig_greenhouse_reader_init(gig_greenhouse_reader_t *g, const gig_form_t *form,
    gig_body_type_t type, gig_str_t boundary, gig_answers_t *answers)
{
    unsigned  i;

    g->place = GIG_PLACE_PASSED;
    g->started = 0;
    g->n = 0;

    if (gig_answers_reader_init(&g->reader, form, type, boundary, answers) != 0) {
        return -1;
    }

    g->reader.body.sink = &gig_greenhouse_sink;
    gig_body_flat(&g->reader.body);

    for (i = 0; i < form->n; i++) {
        g->name[i] = gig_greenhouse_name(form, i);
    }

    return 0;
}


static int
gig_greenhouse_begin(void *data, gig_str_t name, gig_value_kind_t kind, gig_error_t *err)
{
    int                       field;
    gig_greenhouse_reader_t  *g = data;

    /* a value of a list has the name of that */

    if (name.len == 0) {
        return gig_greenhouse_pass(g, g->reader.list != NULL ? g->reader.place : -1, name, kind,
                                   err);
    }

    g->place = GIG_PLACE_PASSED;
    g->started = 0;
    g->n = 0;

    if (name.len > 2 && memcmp(name.data + name.len - 2, "[]", 2) == 0) {
        name.len -= 2;
    }

    if (gig_greenhouse_is_apart(name)) {
        return gig_greenhouse_pass(g, -1, gig_null_str,
                                   kind == GIG_VALUE_LIST ? kind : GIG_VALUE_NULL, err);
    }

    field = gig_greenhouse_field_of(g, name);

    /* a file that no field takes is told of, not dropped */

    if (field >= 0 || kind == GIG_VALUE_FILE || kind == GIG_VALUE_NO_FILE) {
        return gig_greenhouse_pass(g, field, name, kind, err);
    }

    if (kind == GIG_VALUE_TEXT && gig_str_is(name, "mapped_url_token")) {
        g->place = GIG_PLACE_SOURCE;
        return 0;
    }

    if (kind == GIG_VALUE_TEXT && gig_greenhouse_suffix(g, name)) {
        return 0;
    }

    return gig_greenhouse_pass(g, -1, gig_null_str, kind, err);
}


static int
gig_greenhouse_is_apart(gig_str_t name)
{
    size_t  i;

    for (i = 0; i < sizeof(gig_greenhouse_apart) / sizeof(gig_greenhouse_apart[0]); i++) {
        if (gig_str_is(name, gig_greenhouse_apart[i])) {
            return 1;
        }
    }

    /* of forms "demographic_answers[][question_id]" and the like */

    return name.len >= sizeof(GIG_GREENHOUSE_DEMOGRAPHIC) - 1
           && memcmp(name.data, GIG_GREENHOUSE_DEMOGRAPHIC,
                     sizeof(GIG_GREENHOUSE_DEMOGRAPHIC) - 1) == 0;
}


/* By the name it has there, else by its own; -1: there is none. */

static int
gig_greenhouse_field_of(const gig_greenhouse_reader_t *g, gig_str_t name)
{
    size_t             i;
    unsigned           k;
    const gig_form_t  *form;

    form = g->reader.form;

    for (k = 0; k < form->n; k++) {
        if (gig_str_eq(name, g->name[k])) {
            return (int) k;
        }
    }

    for (k = 0; k < form->n; k++) {
        if (gig_str_eq(name, form->field[k].name)) {
            return (int) k;
        }
    }

    for (i = 0; i < sizeof(gig_greenhouse_consents) / sizeof(gig_greenhouse_consents[0]); i++) {
        if (gig_str_is(name, gig_greenhouse_consents[i])) {
            return gig_greenhouse_consent_of(form);
        }
    }

    return -1;
}


/* The one consent of former times: to the processing, if that is asked for. */

static int
gig_greenhouse_consent_of(const gig_form_t *form)
{
    int       found;
    unsigned  i, consent;

    for (i = 0, found = -1; i < form->n; i++) {
        consent = gig_greenhouse_consent(form, i);

        if (consent == GIG_GREENHOUSE_PROCESSING) {
            return (int) i;
        }

        found = consent != 0 ? (int) i : found;
    }

    return found;
}


/* 1: it is a file, what one is called, or where it is; the longer suffix first. */

static int
gig_greenhouse_suffix(gig_greenhouse_reader_t *g, gig_str_t name)
{
    int        field;
    size_t     i, len;
    gig_str_t  of;

    static const struct {
        const char  *end;
        int          place;
    } suffixes[] = {
        { "_content_filename", GIG_PLACE_CONTENT_NAME },
        { "_content", GIG_PLACE_CONTENT },
        { "_url", GIG_PLACE_URL },
    };

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        len = strlen(suffixes[i].end);

        if (name.len <= len || memcmp(name.data + name.len - len, suffixes[i].end, len) != 0) {
            continue;
        }

        of = (gig_str_t) { name.data, name.len - len };
        field = gig_greenhouse_field_of(g, of);

        if (field < 0 || g->reader.form->field[field].type != GIG_FIELD_FILE) {
            return 0;
        }

        g->file = (unsigned) field;
        g->place = suffixes[i].place;
        g->base64 = (gig_base64_t) { 0, 0, 0 };

        if (g->place == GIG_PLACE_CONTENT) {
            g->reader.body.value_max = g->reader.body.max;
        }

        return 1;
    }

    return 0;
}


/* field: its number, or what is no field's: then `name` goes on, which a form has no such of. */

static int
gig_greenhouse_pass(gig_greenhouse_reader_t *g, int field, gig_str_t name, gig_value_kind_t kind,
    gig_error_t *err)
{
    const gig_field_t  *f;

    f = field >= 0 ? &g->reader.form->field[field] : NULL;

    /* options and yes or no are numbers there */

    if (f != NULL && kind == GIG_VALUE_NUMBER && f->type != GIG_FIELD_NUMBER) {
        kind = GIG_VALUE_TEXT;
    }

    return gig_answers_sink.begin(&g->reader, f != NULL && name.len != 0 ? f->name : name, kind,
                                  err);
}


static int
gig_greenhouse_more(void *data, gig_str_t piece, gig_error_t *err)
{
    size_t                    n;
    gig_greenhouse_reader_t  *g = data;

    switch (g->place) {

    case GIG_PLACE_SOURCE:
        if (!g->started) {
            g->started = 1;

            if (gig_answers_sink.begin(&g->reader, gig_str("_source"), GIG_VALUE_TEXT, err) != 0
                || gig_answers_sink.more(&g->reader, gig_str("gh_src:"), err) != 0)
            {
                return -1;
            }
        }

        break;

    case GIG_PLACE_CONTENT:
        return gig_greenhouse_decode(g, piece, err);

    case GIG_PLACE_CONTENT_NAME:
    case GIG_PLACE_URL:
        n = sizeof(g->text) - g->n < piece.len ? sizeof(g->text) - g->n : piece.len;
        memcpy(g->text + g->n, piece.data, n);
        g->n += n;
        return 0;

    default:
        break;
    }

    return gig_answers_sink.more(&g->reader, piece, err);
}


/* Lines may be broken, as mail does; an empty text is no file. */

static int
gig_greenhouse_decode(gig_greenhouse_reader_t *g, gig_str_t piece, gig_error_t *err)
{
    int            n;
    char           bytes[GIG_BODY_PIECE];
    size_t         i, len;
    unsigned char  three[3];

    for (i = 0, len = 0; i < piece.len; i++) {

        if (piece.data[i] == '\r' || piece.data[i] == '\n') {
            continue;
        }

        n = gig_base64_next(&g->base64, (unsigned char) piece.data[i], three);

        if (n < 0) {
            return gig_body_wrong(&g->reader.body, err, "the content of a file is no base64 (RFC "
                                  "4648: A-Z a-z 0-9 + / and its padding)");
        }

        memcpy(bytes + len, three, (size_t) n);
        len += (size_t) n;
    }

    if (len == 0) {
        return 0;
    }

    if (!g->started) {
        g->started = 1;

        if (gig_answers_sink.begin(&g->reader, g->reader.form->field[g->file].name, GIG_VALUE_FILE,
                                   err)
            != 0)
        {
            return -1;
        }
    }

    return gig_answers_sink.more(&g->reader, (gig_str_t) { bytes, len }, err);
}


static int
gig_greenhouse_end(void *data, gig_error_t *err)
{
    int                       place;
    gig_greenhouse_reader_t  *g = data;

    place = g->place;
    g->place = GIG_PLACE_PASSED;

    switch (place) {

    case GIG_PLACE_CONTENT:
        if (gig_base64_end(&g->base64) != 0) {
            return gig_body_wrong(&g->reader.body, err, "the content of a file is no whole "
                                  "base64; it is padded to a multiple of four characters");
        }

        g->reader.body.file_len = 0;            /* its name is a field of its own */
        break;

    case GIG_PLACE_CONTENT_NAME:
        return gig_greenhouse_note(g, "names", (gig_str_t) { g->text, g->n }, err);

    case GIG_PLACE_URL:
        return gig_greenhouse_note(g, "urls", (gig_str_t) { g->text, g->n }, err);

    case GIG_PLACE_SOURCE:
        break;

    default:
        return gig_answers_sink.end(&g->reader, err);
    }

    return g->started ? gig_answers_sink.end(&g->reader, err) : 0;
}


/* For gig_greenhouse_answers(): it may come before the file itself. */

static int
gig_greenhouse_note(gig_greenhouse_reader_t *g, const char *list, gig_str_t value,
    gig_error_t *err)
{
    json_t             *notes;
    gig_str_t           text;
    const gig_field_t  *field;

    field = &g->reader.form->field[g->file];
    text.data = value.data;
    text.len = gig_utf8_cut(value, value.len < GIG_BODY_FILE ? value.len : GIG_BODY_FILE);
    notes = json_object_get(g->reader.answers->extra, list);

    if (text.len == 0) {
        return 0;
    }

    if (notes == NULL) {

        notes = json_object();

        if (json_object_set_new(g->reader.answers->extra, list, notes) != 0) {
            return gig_error_set(err, "", "out of memory");
        }
    }

    return json_object_setn_new_nocheck(notes, field->name.data, field->name.len,
                                        json_stringn_nocheck(text.data, text.len))
           == 0 ? 0 : gig_error_set(err, "", "out of memory");
}


int
gig_greenhouse_answers(const gig_form_t *form, gig_answers_t *answers, gig_errors_t *errors)
{
    char           name[GIG_FIELD_NAME + 1], pointer[GIG_POINTER_SIZE];
    unsigned       i, before;
    gig_str_t      called;
    gig_file_t    *file;
    const json_t  *names, *urls;

    before = errors->count;
    names = json_object_get(answers->extra, "names");
    urls = json_object_get(answers->extra, "urls");

    for (i = 0; names != NULL && answers->files != NULL && i < answers->files->n; i++) {

        file = &answers->files->file[i];
        gig_answer_name(&form->field[file->field], name);
        called = gig_json_str(names, name);

        if (called.len != 0 && file->fault == GIG_FILE_FINE) {
            gig_file_name(called, form->field[file->field].name, file->type, file->name);
        }
    }

    for (i = 0; urls != NULL && i < form->n; i++) {

        gig_answer_name(&form->field[i], name);

        if (json_object_get(urls, name) != NULL) {
            gig_answer_pointer("/files/", name, pointer);
            (void) gig_errors_add(errors, pointer, "Please send the file itself: its address is "
                                  "not fetched.");
        }
    }

    return errors->count == before ? 0 : -1;
}
