
#include <stdio.h>
#include <string.h>

#include "gig_json.h"
#include "gig_markup.h"
#include "gig_record.h"
#include "gig_record_check.h"
#include "gig_sha256.h"
#include "gig_utf8.h"

#define GIG_MARKUP_MAX      (2 * GIG_RECORD_MAX)


static const char *const  gig_status_names[] = { "draft", "published", "paused", "withdrawn" };

static const char *const  gig_state_names[] = {
    "hidden", "scheduled", "open", "waitlist", "full", "closed", "gone"
};

static const char *const  gig_on_full_names[] = { "close", "waitlist", "draw" };


static int  gig_record_gather_ext(json_t *root);
static int  gig_record_clean(json_t *value);
static int  gig_record_text(json_t *root, int *made);
static int  gig_record_set_rev(json_t *root);
static void  gig_record_view(gig_record_t *gig);
static int64_t  gig_record_time(const json_t *root, const char *name);
static size_t  gig_record_index(gig_str_t name, const char *const *names, size_t n);
static void  gig_record_strip(json_t *value);


int
gig_record_read(gig_str_t json, gig_record_t *gig, gig_errors_t *errors)
{
    unsigned     before;
    gig_error_t  err;

    memset(gig, 0, sizeof(*gig));

    gig->visible_from = GIG_TIME_NONE;
    gig->opens_at = GIG_TIME_NONE;
    gig->closes_at = GIG_TIME_NONE;
    gig->updated_at = GIG_TIME_NONE;
    gig->cap = -1;

    gig->root = gig_json_parse(json, GIG_RECORD_MAX, GIG_JSON_DEPTH_MAX, &err);

    if (gig->root == NULL) {
        return gig_errors_add(errors, "", "%s", err.detail);
    }

    if (!json_is_object(gig->root)) {
        return gig_errors_add(errors, "", "a gig is an object; this is a list");
    }

    before = errors->count;
    gig_record_check(gig->root, errors);

    if (errors->count != before) {
        return -1;
    }

    if (gig_record_gather_ext(gig->root) != 0 || gig_record_clean(gig->root) != 0
        || gig_record_text(gig->root, &gig->text_made) != 0 || gig_record_set_rev(gig->root) != 0)
    {
        return gig_errors_add(errors, "", "out of memory, or the record is too large");
    }

    /* what was added must not make a record that the next reader refuses */

    if (gig_utf8_length(gig_json_str(gig->root, "description_html")) > GIG_TEXT_MAX_LENGTH
        || json_dumpb(gig->root, NULL, 0, JSON_COMPACT) > GIG_RECORD_MAX)
    {
        return gig_errors_add(errors, "/description_html", "is too long; at most %d characters "
                              "with its markup, in a record of at most %d bytes",
                              GIG_TEXT_MAX_LENGTH, GIG_RECORD_MAX);
    }

    gig_record_view(gig);

    return 0;
}


void
gig_record_free(gig_record_t *gig)
{
    json_decref(gig->root);
    gig->root = NULL;
}


/* Members that no record has go under `ext`, where nothing public looks. */

static int
gig_record_gather_ext(json_t *root)
{
    void        *iter, *next;
    json_t      *ext;
    const char  *name;

    ext = NULL;

    for (iter = json_object_iter(root); iter != NULL; iter = next) {

        next = json_object_iter_next(root, iter);
        name = json_object_iter_key(iter);

        if (gig_record_known(name)) {
            continue;
        }

        if (ext == NULL) {
            ext = json_object_get(root, "ext");
            ext = json_is_object(ext) ? json_incref(ext) : json_object();
        }

        if (ext == NULL || json_object_set(ext, name, json_object_iter_value(iter)) != 0
            || json_object_del(root, name) != 0)
        {
            json_decref(ext);
            return -1;
        }
    }

    return ext == NULL ? 0 : json_object_set_new(root, "ext", ext);
}


/* Cleans each text whose name ends in "html", wherever it is: in `i18n` as well. */

static int
gig_record_clean(json_t *value)
{
    int          rc;
    void        *iter, *next;
    size_t       i, len;
    json_t      *member, *clean;
    gig_buf_t    out;
    const char  *name;

    for (i = 0; i < json_array_size(value); i++) {
        if (gig_record_clean(json_array_get(value, i)) != 0) {
            return -1;
        }
    }

    for (iter = json_object_iter(value); iter != NULL; iter = next) {

        next = json_object_iter_next(value, iter);
        name = json_object_iter_key(iter);
        member = json_object_iter_value(iter);
        len = strlen(name);

        if (!json_is_string(member)) {

            if (gig_record_clean(member) != 0) {
                return -1;
            }

            continue;
        }

        if (len < 4 || strcmp(name + len - 4, "html") != 0) {
            continue;
        }

        gig_buf_init(&out, GIG_MARKUP_MAX);

        rc = gig_markup_clean(gig_json_text(member), &out);
        clean = rc == 0 ? json_stringn(out.data != NULL ? out.data : "", out.len) : NULL;
        gig_buf_free(&out);

        if (clean == NULL || json_object_iter_set_new(value, iter, clean) != 0) {
            return -1;
        }
    }

    return 0;
}


/* description_text of a record that has only the other one. */

static int
gig_record_text(json_t *root, int *made)
{
    int           rc;
    gig_str_t     html;
    gig_buf_t     out;

    html = gig_json_str(root, "description_html");
    *made = 0;

    if (html.len == 0 || gig_json_str(root, "description_text").data != NULL) {
        return 0;
    }

    gig_buf_init(&out, GIG_MARKUP_MAX);

    rc = gig_markup_text(html, &out);

    if (rc == 0) {
        rc = json_object_set_new(root, "description_text",
                                 json_stringn(out.data != NULL ? out.data : "", out.len));
    }

    gig_buf_free(&out);
    *made = 1;

    return rc;
}


static int
gig_record_set_rev(json_t *root)
{
    char  rev[GIG_REV_SIZE];

    if (gig_json_str(root, "rev").data != NULL) {
        return 0;
    }

    if (gig_record_rev(root, rev) != 0) {
        return -1;
    }

    return json_object_set_new(root, "rev", json_string(rev));
}


static void
gig_record_view(gig_record_t *gig)
{
    json_t  *root, *capacity, *form, *cap;

    root = gig->root;
    capacity = json_object_get(root, "capacity");
    form = json_object_get(root, "form");

    gig->id = gig_json_str(root, "id");
    gig->rev = gig_json_str(root, "rev");
    gig->title = gig_json_str(root, "title");
    gig->time_zone = gig_json_str(root, "time_zone");
    gig->language = gig_json_str(root, "language");
    gig->form_id = gig_json_str(form, "id");
    gig->form_rev = json_integer_value(json_object_get(form, "rev"));

    gig->status = (gig_status_t) gig_record_index(gig_json_str(root, "status"), gig_status_names,
                                                  4);
    gig->on_full = (gig_on_full_t) gig_record_index(gig_json_str(capacity, "on_full"),
                                                    gig_on_full_names, 3);

    gig->visible_from = gig_record_time(root, "visible_from");
    gig->updated_at = gig_record_time(root, "updated_at");
    gig->opens_at = gig_record_time(root, "opens_at");
    gig->closes_at = gig_record_time(root, "closes_at");
    gig->posted_at = gig_record_time(root, "posted_at");

    if (gig->posted_at == GIG_TIME_NONE) {
        gig->posted_at = gig->updated_at != GIG_TIME_NONE ? gig->updated_at
                         : gig->opens_at != GIG_TIME_NONE ? gig->opens_at : 0;
    }

    cap = json_object_get(capacity, "application_cap");

    if (json_is_integer(cap)) {
        gig->cap = json_integer_value(cap);
    }
}


/* Whole seconds, rounded up: a gig never opens before its fraction, nor closes before it. */

static int64_t
gig_record_time(const json_t *root, const char *name)
{
    int64_t  ms, seconds;

    if (gig_time_parse(gig_json_str(root, name), &ms) != 0) {
        return GIG_TIME_NONE;
    }

    seconds = ms / 1000;

    return ms > seconds * 1000 ? seconds + 1 : seconds;
}


static size_t
gig_record_index(gig_str_t name, const char *const *names, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (gig_str_is(name, names[i])) {
            return i;
        }
    }

    return 0;
}


int
gig_record_rev(const json_t *root, char rev[GIG_REV_SIZE])
{
    int        rc;
    char       hex[GIG_SHA256_TEXT];
    json_t    *copy, *source;
    gig_buf_t  out;

    rc = -1;
    source = NULL;
    gig_buf_init(&out, 4 * GIG_RECORD_MAX);

    /* copies of two levels, the rest is shared; jansson's argument is not const for the counts */

    copy = json_copy((json_t *) (uintptr_t) root);
    if (copy == NULL) {
        goto done;
    }

    (void) json_object_del(copy, "rev");

    if (json_is_object(json_object_get(copy, "source"))) {

        source = json_copy(json_object_get(copy, "source"));
        if (source == NULL) {
            goto done;
        }

        (void) json_object_del(source, "synced_at");

        if (json_object_set(copy, "source", source) != 0) {
            goto done;
        }
    }

    gig_json_canonical(copy, &out);

    if (gig_buf_failed(&out)) {
        goto done;
    }

    gig_sha256_text(gig_buf_view(&out), hex);
    (void) snprintf(rev, GIG_REV_SIZE, "sha256-%s", hex);
    rc = 0;

done:

    json_decref(source);
    json_decref(copy);
    gig_buf_free(&out);

    return rc;
}


int
gig_record_canonical(const gig_record_t *gig, gig_buf_t *out)
{
    gig_json_canonical(gig->root, out);

    return gig_buf_failed(out) ? -1 : 0;
}


static void
gig_record_hide(json_t *gig)
{
    (void) json_object_del(gig, "onboarding");
    (void) json_object_del(gig, "source");
    (void) json_object_del(gig, "ext");
}


json_t *
gig_record_public(const gig_record_t *gig)
{
    json_t      *copy, *texts;
    const char  *tag;

    copy = gig_record_shown(gig->root);
    if (copy == NULL) {
        return NULL;
    }

    gig_record_hide(copy);

    /* what is private in one language is so in all */

    json_object_foreach(json_object_get(copy, "i18n"), tag, texts) {
        gig_record_hide(texts);
    }

    if (gig->text_made) {
        (void) json_object_del(copy, "description_text");
    }

    return copy;
}


json_t *
gig_record_shown(const json_t *value)
{
    json_t  *copy;

    copy = json_deep_copy(value);

    if (copy != NULL) {
        gig_record_strip(copy);
    }

    return copy;
}


/* Takes out members whose name starts with "_", however deep. */

static void
gig_record_strip(json_t *value)
{
    void    *iter, *next;
    size_t   i;

    for (i = 0; i < json_array_size(value); i++) {
        gig_record_strip(json_array_get(value, i));
    }

    for (iter = json_object_iter(value); iter != NULL; iter = next) {

        next = json_object_iter_next(value, iter);

        if (json_object_iter_key(iter)[0] == '_') {
            (void) json_object_del(value, json_object_iter_key(iter));
            continue;
        }

        gig_record_strip(json_object_iter_value(iter));
    }
}


gig_state_t
gig_state(gig_status_t status, int64_t visible_from, int64_t opens_at, int64_t closes_at,
    gig_seats_t seats, int64_t now)
{
    /* also when withdrawn: nobody is to learn of it before its day */

    if (status == GIG_DRAFT || (visible_from != GIG_TIME_NONE && now < visible_from)) {
        return GIG_STATE_HIDDEN;
    }

    if (status == GIG_WITHDRAWN) {
        return GIG_STATE_GONE;
    }

    if (status == GIG_PAUSED || (closes_at != GIG_TIME_NONE && now >= closes_at)) {
        return GIG_STATE_CLOSED;
    }

    if (opens_at != GIG_TIME_NONE && now < opens_at) {
        return GIG_STATE_SCHEDULED;
    }

    switch (seats) {
    case GIG_SEATS_WAITLIST:
        return GIG_STATE_WAITLIST;
    case GIG_SEATS_FULL:
        return GIG_STATE_FULL;
    case GIG_SEATS_OPEN:
        break;
    }

    return GIG_STATE_OPEN;
}


const char *
gig_state_name(gig_state_t state)
{
    return gig_state_names[state];
}


const char *
gig_status_name(gig_status_t status)
{
    return gig_status_names[status];
}
