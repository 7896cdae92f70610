
/*
 * What an applicant sent, as answers: the sink of gig_body.h.  Only what the form
 * asks is kept, so that what a body can make us hold is bounded by the form.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gig_answers_file.h"
#include "gig_json.h"
#include "gig_utf8.h"


/* Places that are no field: these, and from GIG_PLACE_OURS down those of gig_ours. */
enum {
    GIG_PLACE_NOWHERE = -5,
    GIG_PLACE_TRAP,
    GIG_PLACE_OURS = -1
};

/* What is no field, but ours: sent once, and kept apart from the answers. */
static const struct {
    const char  *name, *extra;
    size_t       view;                          /* in gig_answers_t */
} gig_ours[] = {
    { "_key", "key", offsetof(gig_answers_t, key) },
    { "_source", "source", offsetof(gig_answers_t, source) },
    { "_replaces", "replaces", offsetof(gig_answers_t, replaces) }
};

#define GIG_OURS            (sizeof(gig_ours) / sizeof(gig_ours[0]))


static int  gig_answers_begin(void *data, gig_str_t name, gig_value_kind_t kind, gig_error_t *err);
static int  gig_answers_more(void *data, gig_str_t piece, gig_error_t *err);
static int  gig_answers_end(void *data, gig_error_t *err);
static int  gig_answers_takes(const gig_answers_reader_t *reader);
static int  gig_answers_place(const gig_form_t *form, gig_str_t name);
static int  gig_answers_value(gig_answers_reader_t *reader, gig_error_t *err);
static int  gig_answers_keep(gig_answers_reader_t *reader, json_t *value, gig_error_t *err);
static json_t  *gig_answers_make(gig_field_type_t type, gig_value_kind_t kind, gig_str_t text);
static int  gig_answers_file(gig_answers_reader_t *reader, gig_str_t name, gig_error_t *err);
static int  gig_answers_extra(gig_answers_t *answers, const char *name, gig_str_t value,
                              gig_str_t *view);
static int  gig_answers_no_memory(gig_error_t *err);


const gig_body_sink_t  gig_answers_sink = {
    gig_answers_begin, gig_answers_more, gig_answers_end
};


void
gig_answers_free(gig_answers_t *answers)
{
    json_decref(answers->answers);
    json_decref(answers->extra);
    gig_answers_files_drop(answers);
    free(answers->files);

    memset(answers, 0, sizeof(*answers));
}


static int
gig_answers_no_memory(gig_error_t *err)
{
    return gig_error_set(err, "", "out of memory");
}


void
gig_answer_name(const gig_field_t *field, char name[GIG_FIELD_NAME + 1])
{
    size_t  len;

    /* for each field of each application: too often for snprintf() */

    len = field->name.len < GIG_FIELD_NAME ? field->name.len : GIG_FIELD_NAME;
    memcpy(name, field->name.data, len);
    name[len] = '\0';
}


void
gig_answer_pointer(const char *in, const char *name, char pointer[GIG_POINTER_SIZE])
{
    size_t  len;

    len = strlen(in);
    memcpy(pointer, in, len);
    memcpy(pointer + len, name, strlen(name) + 1);      /* gig_answer_name(): there is room */
}


gig_str_t
gig_answer_pointed(const char *pointer)
{
    size_t     i;
    gig_str_t  name;

    static const char *const  in[] = { "/answers/", "/files/" };

    for (i = 0; i < sizeof(in) / sizeof(in[0]); i++) {

        if (strncmp(pointer, in[i], strlen(in[i])) == 0) {
            name.data = pointer + strlen(in[i]);
            name.len = strcspn(name.data, "/");
            return name;
        }
    }

    return gig_null_str;
}


int
gig_answer_set(json_t *answers, const gig_field_t *field, json_t *value)
{
    return json_object_setn_new_nocheck(answers, field->name.data, field->name.len, value);
}


int
gig_answers_reader_init(gig_answers_reader_t *reader, const gig_form_t *form,
    gig_body_type_t type, gig_str_t boundary, gig_answers_t *answers)
{
    memset(answers, 0, sizeof(*answers));
    memset(reader, 0, offsetof(gig_answers_reader_t, body));

    reader->form = form;
    reader->answers = answers;
    reader->place = GIG_PLACE_NOWHERE;

    gig_buf_init(&reader->text, GIG_BODY_VALUE);
    gig_body_init(&reader->body, type, boundary, &gig_answers_sink, reader);
    reader->body.max = gig_form_body(form, type == GIG_BODY_JSON);

    answers->answers = json_object();
    answers->extra = json_object();

    return answers->answers != NULL && answers->extra != NULL ? 0 : -1;
}


int
gig_answers_reader_feed(gig_answers_reader_t *reader, gig_str_t piece, gig_error_t *err)
{
    return gig_body_feed(&reader->body, piece, err);
}


int
gig_answers_reader_end(gig_answers_reader_t *reader, gig_error_t *err)
{
    return gig_body_end(&reader->body, err);
}


void
gig_answers_reader_free(gig_answers_reader_t *reader)
{
    gig_buf_free(&reader->text);
    json_decref(reader->list);
    reader->list = NULL;
}


int
gig_answers_read(const gig_form_t *form, gig_body_type_t type, gig_str_t boundary,
    gig_str_t body, gig_answers_t *answers, gig_error_t *err)
{
    int                    rc;
    gig_answers_reader_t  *reader;

    memset(answers, 0, sizeof(*answers));

    reader = malloc(sizeof(*reader));
    if (reader == NULL) {
        return gig_answers_no_memory(err);
    }

    if (gig_answers_reader_init(reader, form, type, boundary, answers) != 0) {
        rc = gig_answers_no_memory(err);

    } else {
        rc = gig_answers_reader_feed(reader, body, err);
        rc = rc == 0 ? gig_answers_reader_end(reader, err) : rc;
    }

    gig_answers_reader_free(reader);
    free(reader);

    return rc;
}


/* --- the sink */

static int
gig_answers_begin(void *data, gig_str_t name, gig_value_kind_t kind, gig_error_t *err)
{
    unsigned               ours;
    gig_answers_reader_t  *reader = data;

    gig_buf_reset(&reader->text);
    reader->kind = kind;

    if (reader->list != NULL) {
        return 0;                               /* a value of it */
    }

    reader->place = gig_answers_place(reader->form, name);

    if (kind == GIG_VALUE_FILE || kind == GIG_VALUE_NO_FILE) {

        if (kind != GIG_VALUE_FILE) {
            return 0;
        }

        if (!gig_answers_takes(reader)) {
            return gig_answers_file(reader, name, err);
        }

        return gig_answers_file_begin(reader->answers, (unsigned) reader->place) == 0
               ? 0 : gig_answers_no_memory(err);
    }

    if (reader->place <= GIG_PLACE_TRAP) {
        return 0;
    }

    if (reader->place <= GIG_PLACE_OURS) {
        ours = (unsigned) (GIG_PLACE_OURS - reader->place);

        if (reader->ours & 1u << ours) {
            return gig_error_set(err, "", "%s was sent twice", gig_ours[ours].name);
        }

        reader->ours |= 1u << ours;
        return 0;
    }

    /* in a form several choices are several fields of one name; in JSON they are a list */

    if (reader->seen[reader->place]
        && (reader->body.type == GIG_BODY_JSON
            || reader->form->field[reader->place].type != GIG_FIELD_MULTI_SELECT))
    {
        return gig_error_set(err, "", "the field %.*s was sent twice", (int) name.len, name.data);
    }

    reader->seen[reader->place] = 1;

    if (kind == GIG_VALUE_LIST) {
        reader->list = json_array();
        return reader->list != NULL ? 0 : gig_answers_no_memory(err);
    }

    return 0;
}


static int
gig_answers_more(void *data, gig_str_t piece, gig_error_t *err)
{
    gig_answers_reader_t  *reader = data;

    switch (reader->kind) {

    case GIG_VALUE_NO_FILE:
        /* bytes without a name: a file all the same */
        if (gig_answers_begin(reader, (gig_str_t) { reader->body.name, reader->body.name_len },
                              GIG_VALUE_FILE, err)
            != 0)
        {
            return -1;
        }

        /* fall through */

    case GIG_VALUE_FILE:
        /* what is refused is refused when all is read, with what else is wrong */
        return !gig_answers_takes(reader)
               || gig_answers_file_more(reader->form, reader->answers, piece) == 0
               ? 0 : gig_answers_no_memory(err);

    default:
        break;
    }

    if (reader->place == GIG_PLACE_TRAP) {
        reader->answers->honeypot = 1;
        return 0;
    }

    if (reader->place == GIG_PLACE_NOWHERE) {
        return 0;
    }

    gig_buf_str(&reader->text, piece);

    return gig_buf_failed(&reader->text) ? gig_answers_no_memory(err) : 0;
}


static int
gig_answers_end(void *data, gig_error_t *err)
{
    int                    rc;
    json_t                *list;
    unsigned               ours;
    gig_str_t              text;
    gig_answers_t         *answers;
    gig_answers_reader_t  *reader = data;

    answers = reader->answers;
    text = gig_buf_view(&reader->text);

    if (reader->kind == GIG_VALUE_FILE && gig_answers_takes(reader)) {
        gig_answers_file_end(reader->form, answers, (gig_str_t) { reader->body.file,
                                                                  reader->body.file_len });
    }

    if (reader->kind == GIG_VALUE_FILE || reader->kind == GIG_VALUE_NO_FILE) {
        return 0;
    }

    if (reader->place <= GIG_PLACE_TRAP) {
        return 0;                               /* a list of nobody ends as well */
    }

    if (reader->place <= GIG_PLACE_OURS) {
        ours = (unsigned) (GIG_PLACE_OURS - reader->place);
        rc = gig_answers_extra(answers, gig_ours[ours].extra, text,
                               (gig_str_t *) ((char *) answers + gig_ours[ours].view));
        return rc == 0 ? 0 : gig_answers_no_memory(err);
    }

    if (reader->list != NULL && reader->kind == GIG_VALUE_LIST) {
        list = reader->list;
        reader->list = NULL;
        return gig_answers_keep(reader, list, err);
    }

    rc = gig_answers_value(reader, err);

    if (reader->list != NULL) {
        reader->kind = GIG_VALUE_LIST;          /* what ends next is the list, or begins anew */
    }

    return rc;
}


/* 1: a file that is sent here is taken, or told of with its faults. */

static int
gig_answers_takes(const gig_answers_reader_t *reader)
{
    return reader->form->files != 0 && reader->place >= 0
           && reader->form->field[reader->place].type == GIG_FIELD_FILE;
}


static int
gig_answers_place(const gig_form_t *form, gig_str_t name)
{
    unsigned  i;

    for (i = 0; i < form->n; i++) {
        if (gig_str_eq(name, form->field[i].name)) {
            return (int) i;
        }
    }

    for (i = 0; i < GIG_OURS; i++) {
        if (gig_str_is(name, gig_ours[i].name)) {
            return GIG_PLACE_OURS - (int) i;
        }
    }

    return form->honeypot.len != 0 && gig_str_eq(name, form->honeypot) ? GIG_PLACE_TRAP
                                                                       : GIG_PLACE_NOWHERE;
}


/* A value of a field, or one of its list. */

static int
gig_answers_value(gig_answers_reader_t *reader, gig_error_t *err)
{
    json_t             *value, *list;
    gig_str_t           text;
    gig_field_type_t    type;
    const gig_field_t  *field;

    text = gig_buf_view(&reader->text);
    type = reader->form->field[reader->place].type;

    if (reader->list != NULL) {
        value = gig_answers_make(GIG_FIELD_TEXT, reader->kind, text);
        return json_array_append_new(reader->list, value) == 0 ? 0 : gig_answers_no_memory(err);
    }

    if (reader->kind == GIG_VALUE_NULL) {
        return 0;                               /* not answered */
    }

    if (reader->kind == GIG_VALUE_TEXT && text.len == 0
        && (type == GIG_FIELD_MULTI_SELECT || type == GIG_FIELD_BOOLEAN
            || type == GIG_FIELD_CONSENT))
    {
        return 0;                               /* nothing chosen */
    }

    value = gig_answers_make(type, reader->kind, text);

    if (type != GIG_FIELD_MULTI_SELECT || reader->kind != GIG_VALUE_TEXT) {
        return gig_answers_keep(reader, value, err);
    }

    field = &reader->form->field[reader->place];
    list = json_object_getn(reader->answers->answers, field->name.data, field->name.len);

    if (list == NULL) {

        list = json_array();

        if (gig_answer_set(reader->answers->answers, field, list) != 0) {
            json_decref(value);
            return gig_answers_no_memory(err);
        }
    }

    return json_array_append_new(list, value) == 0 ? 0 : gig_answers_no_memory(err);
}


static int
gig_answers_keep(gig_answers_reader_t *reader, json_t *value, gig_error_t *err)
{
    return gig_answer_set(reader->answers->answers, &reader->form->field[reader->place], value) == 0
           ? 0 : gig_answers_no_memory(err);
}


/*
 * A value no field of its type can have stays one: gig_answers_check() tells the
 * applicant at the field.  A number is kept as it was written.  Texts of a body are
 * valid UTF-8 without NUL, so jansson need not look again.
 */

static json_t *
gig_answers_make(gig_field_type_t type, gig_value_kind_t kind, gig_str_t text)
{
    int  truth;

    switch (kind) {

    case GIG_VALUE_TEXT:
        truth = type == GIG_FIELD_BOOLEAN || type == GIG_FIELD_CONSENT
                ? gig_answer_truth(text) : -1;
        return truth >= 0 ? json_boolean(truth)
                          : json_stringn_nocheck(text.data != NULL ? text.data : "", text.len);

    case GIG_VALUE_NUMBER:
        return type == GIG_FIELD_NUMBER ? json_stringn(text.data, text.len) : json_integer(0);

    case GIG_VALUE_TRUE:
        return json_true();

    case GIG_VALUE_FALSE:
        return json_false();

    case GIG_VALUE_NULL:
        return json_null();

    default:
        return json_object();
    }
}


/* Files are told at the field, with what else is wrong: here it is only noted where they came. */

static int
gig_answers_file(gig_answers_reader_t *reader, gig_str_t name, gig_error_t *err)
{
    size_t     i;
    json_t    *files;
    gig_str_t  known;

    files = json_object_get(reader->answers->extra, "files");

    if (files == NULL) {

        files = json_array();

        if (json_object_set_new(reader->answers->extra, "files", files) != 0) {
            return gig_answers_no_memory(err);
        }
    }

    for (i = 0; i < json_array_size(files); i++) {

        known.data = json_string_value(json_array_get(files, i));
        known.len = json_string_length(json_array_get(files, i));

        if (gig_str_eq(known, name)) {
            return 0;
        }
    }

    if (i == GIG_FILES_TOLD) {
        return 0;
    }

    return json_array_append_new(files, json_stringn(name.data, name.len)) == 0
           ? 0 : gig_answers_no_memory(err);
}


/* Keeps a text that goes with the answers; one that is too long or not clean is left out. */

static int
gig_answers_extra(gig_answers_t *answers, const char *name, gig_str_t value, gig_str_t *view)
{
    if (value.len == 0 || value.len > GIG_SOURCE_MAX || !gig_utf8_clean(value, 0)) {
        return 0;
    }

    if (json_object_set_new(answers->extra, name, json_stringn(value.data, value.len)) != 0) {
        return -1;
    }

    *view = gig_json_str(answers->extra, name);

    return 0;
}


int
gig_answer_truth(gig_str_t value)
{
    size_t  i;

    static const char *const  yes[] = { "yes", "true", "1", "on" };
    static const char *const  no[] = { "no", "false", "0", "off" };

    for (i = 0; i < 4; i++) {

        if (value.len == strlen(yes[i]) && strncasecmp(value.data, yes[i], value.len) == 0) {
            return 1;
        }

        if (value.len == strlen(no[i]) && strncasecmp(value.data, no[i], value.len) == 0) {
            return 0;
        }
    }

    return -1;
}


int
gig_key_read(gig_str_t header, char key[256], size_t *len)
{
    char    c;
    int     quoted;
    size_t  n;

    while (header.len != 0 && (header.data[0] == ' ' || header.data[0] == '\t')) {
        header.data++;
        header.len--;
    }

    while (header.len != 0
           && (header.data[header.len - 1] == ' ' || header.data[header.len - 1] == '\t'))
    {
        header.len--;
    }

    quoted = header.len != 0 && header.data[0] == '"';

    if (quoted) {

        if (header.len < 2 || header.data[header.len - 1] != '"') {
            return -1;
        }

        header.data++;
        header.len -= 2;
    }

    for (n = 0; header.len != 0; n++) {

        c = header.data[0];

        if (quoted && c == '\\') {

            header.data++;
            header.len--;

            if (header.len == 0 || (header.data[0] != '"' && header.data[0] != '\\')) {
                return -1;
            }

            c = header.data[0];

        } else if (c == '"' || (!quoted && (c == ' ' || c == ',' || c == ';' || c == '\\'))) {
            return -1;
        }

        if (c < 0x20 || c > 0x7e || n == 255) {
            return -1;
        }

        key[n] = c;
        header.data++;
        header.len--;
    }

    if (n == 0) {
        return -1;
    }

    key[n] = '\0';
    *len = n;

    return 0;
}
