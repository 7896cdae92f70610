
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gig_application.h"
#include "gig_form.h"
#include "gig_record.h"
#include "gig_sync_log.h"
#include "gig_sync_rows.h"


/* A row that is no record stays as it was published; the person who edited it hears why. */
static int
gig_rows_refused(gig_sync_fetched_pt handler, void *data, char kind, gig_str_t id,
    const gig_errors_t *errors)
{
    char         name[GIG_ID_MAX + 1];
    unsigned     i;

    snprintf(name, sizeof(name), "%.*s", (int) (id.len > GIG_ID_MAX ? GIG_ID_MAX : id.len),
             id.data ? id.data : "");

    for (i = 0; i < errors->count && i < GIG_ERRORS_MAX; i++) {
        gig_sync_log(GIG_SYNC_WARN, "refused", kind == 'g' ? "gig" : "form", name, "field",
                     errors->error[i].pointer, "reason", errors->error[i].detail, NULL);
    }

    return handler(data, kind, id, gig_null_str, gig_null_str);
}


static int
gig_rows_gig(gig_sync_fetched_pt handler, void *data, gig_str_t id, gig_str_t json,
    gig_buf_t *canonical)
{
    int           rc;
    gig_errors_t  errors;
    gig_record_t  gig;

    errors.count = 0;
    rc = gig_record_read(json, &gig, &errors);

    if (rc == 0 && !gig_str_eq(gig.id, id)) {
        rc = gig_errors_add(&errors, "/id", "must be the row's id");
    }

    gig_buf_reset(canonical);

    if (rc == 0 && (gig_record_canonical(&gig, canonical) == -1 || gig_buf_failed(canonical))) {
        rc = gig_errors_add(&errors, "", "larger than %d bytes", GIG_RECORD_MAX);
    }

    if (rc == -1) {
        rc = gig_rows_refused(handler, data, 'g', id, &errors);

    } else {
        rc = handler(data, 'g', gig.id, gig.rev, gig_buf_view(canonical));
    }

    gig_record_free(&gig);

    return rc;
}


static int
gig_rows_form(gig_sync_fetched_pt handler, void *data, gig_str_t id, gig_str_t json,
    gig_buf_t *canonical)
{
    int           rc;
    char          rev[24];
    gig_form_t    form;
    gig_errors_t  errors;

    errors.count = 0;
    rc = gig_form_read(json, &form, &errors);

    if (rc == 0 && !gig_str_eq(form.id, id)) {
        rc = gig_errors_add(&errors, "/id", "must be the row's id");
    }

    gig_buf_reset(canonical);

    if (rc == 0) {
        gig_json_canonical(form.root, canonical);

        if (gig_buf_failed(canonical)) {
            rc = gig_errors_add(&errors, "", "larger than %d bytes", GIG_RECORD_MAX);
        }
    }

    if (rc == -1) {
        rc = gig_rows_refused(handler, data, 'f', id, &errors);

    } else {
        snprintf(rev, sizeof(rev), "%lld", (long long) form.rev);
        rc = handler(data, 'f', form.id, (gig_str_t) { rev, strlen(rev) }, gig_buf_view(canonical));
    }

    gig_form_free(&form);

    return rc;
}


int
gig_rows_fetched(char kind, gig_str_t id, gig_str_t json, gig_buf_t *canonical,
    gig_sync_fetched_pt handler, void *data)
{
    return kind == 'g' ? gig_rows_gig(handler, data, id, json, canonical)
                       : gig_rows_form(handler, data, id, json, canonical);
}


int
gig_rows_same(gig_str_t stored, gig_str_t json)
{
    int        same;
    json_t    *root;
    gig_buf_t  canonical;

    if (gig_str_eq(stored, json)) {
        return 1;
    }

    root = gig_json_parse(stored, GIG_RECORD_MAX, GIG_JSON_DEPTH_MAX, NULL);

    if (root == NULL) {
        return 0;
    }

    gig_buf_init(&canonical, GIG_RECORD_MAX);
    gig_json_canonical(root, &canonical);
    json_decref(root);

    same = !gig_buf_failed(&canonical)
           && gig_str_eq(gig_buf_view(&canonical), json);

    gig_buf_free(&canonical);

    return same;
}


int64_t
gig_rows_ms(gig_str_t text)
{
    int64_t  ms;

    return text.len && gig_time_parse(text, &ms) == 0 ? ms : 0;
}


void
gig_rows_now(char out[GIG_TIME_SIZE])
{
    struct timespec  now;

    clock_gettime(CLOCK_REALTIME, &now);
    gig_time_format_ms((int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000, out);
}


const char *
gig_rows_seat(gig_str_t seat)
{
    size_t                    i;
    static const char *const  names[] = { "confirmed", "waitlisted", "over", "late" };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (gig_str_is(seat, names[i])) {
            return names[i];
        }
    }

    return "";
}


int
gig_rows_flag(gig_str_t flags, const char *flag)
{
    size_t       len;
    const char  *p, *end, *comma;

    len = strlen(flag);
    end = flags.len ? flags.data + flags.len : flags.data;

    for (p = flags.data; p && p < end; p = comma + 1) {
        comma = memchr(p, ',', (size_t) (end - p));
        comma = comma ? comma : end;

        if ((size_t) (comma - p) == len && memcmp(p, flag, len) == 0) {
            return 1;
        }
    }

    return 0;
}


void
gig_rows_flags(gig_str_t flags, const char *flag, int on, char out[GIG_FLAGS_MAX])
{
    size_t       n, len;
    const char  *p, *end, *comma;

    n = 0;
    end = (flags.len && flags.len < GIG_FLAGS_MAX - 16) ? flags.data + flags.len : flags.data;

    for (p = flags.data; p && p < end; p = comma + 1) {
        comma = memchr(p, ',', (size_t) (end - p));
        comma = comma ? comma : end;
        len = (size_t) (comma - p);

        if (len && (len != strlen(flag) || memcmp(p, flag, len) != 0)) {
            n += (size_t) snprintf(out + n, GIG_FLAGS_MAX - n, "%s%.*s", n ? "," : "",
                                   (int) len, p);
        }
    }

    out[n] = '\0';

    if (on) {
        snprintf(out + n, GIG_FLAGS_MAX - n, "%s%s", n ? "," : "", flag);
    }
}


json_t *
gig_rows_plain(const gig_sync_delivery_t *d, const char **why)
{
    json_t       *root;
    gig_error_t   fault;

    if (d->plain.len == 0) {
        *why = "the box could not be opened";
        return NULL;
    }

    root = gig_application_read(d->plain, &fault);

    if (root == NULL) {
        *why = "the box holds no application";
        return NULL;
    }

    if (!gig_str_eq(gig_json_str(root, "id"), d->id)) {
        *why = "the box holds another application";
        json_decref(root);
        return NULL;
    }

    return root;
}
