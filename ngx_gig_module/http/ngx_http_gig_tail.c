
#include "ngx_http_gig_keeper_parts.h"


/*
 * The tail of the change stream.  What an entry names is fetched as it is now,
 * not as it was then, so that entries only say where to look.  Every wait ends
 * in one transaction that reads further entries, version, digest and `ready` at
 * one instant: without entries in it, what we hold is exactly that version.
 */


static void ngx_http_gig_tail_resumed(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_tail_queued(redisAsyncContext *ac, void *r, void *data);
static void ngx_http_gig_tail_checked(redisAsyncContext *ac, void *r, void *data);
static const char *ngx_http_gig_tail_catalog(ngx_http_gig_keeper_t *k, const redisReply *catalog,
    const redisReply *ready, const redisReply *rebuild, ngx_uint_t *other);
static void ngx_http_gig_tail_calm(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_tail_block(ngx_http_gig_keeper_t *k);
static void ngx_http_gig_tail_blocked(redisAsyncContext *ac, void *r, void *data);
static ngx_msec_t ngx_http_gig_tail_rest(ngx_http_gig_keeper_t *k);
static ngx_int_t ngx_http_gig_tail_entries(ngx_http_gig_keeper_t *k, const redisReply *reply,
    size_t *n);
static ngx_int_t ngx_http_gig_tail_apply(ngx_http_gig_keeper_t *k, gig_str_t op, gig_str_t id,
    gig_str_t seats);
static int ngx_http_gig_tail_number(gig_str_t s, uint64_t *value);
static gig_str_t ngx_http_gig_tail_cursor(ngx_http_gig_keeper_t *k, char out[48]);


gig_str_t
ngx_http_gig_reply_text(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS) {
        return gig_null_str;
    }

    return (gig_str_t) { reply->str, (size_t) reply->len };
}


static int
ngx_http_gig_tail_number(gig_str_t s, uint64_t *value)
{
    size_t    i;
    uint64_t  v;

    if (s.len == 0 || s.len > 20) {
        return -1;
    }

    v = 0;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9'
            || v > (UINT64_MAX - (uint64_t) (s.data[i] - '0')) / 10)
        {
            return -1;
        }

        v = v * 10 + (uint64_t) (s.data[i] - '0');
    }

    *value = v;

    return 0;
}


static gig_str_t
ngx_http_gig_tail_cursor(ngx_http_gig_keeper_t *k, char out[48])
{
    gig_str_t  s;

    s.data = out;
    s.len = ngx_snprintf((u_char *) out, 48, "%uL-%uL", k->cursor_ms, k->cursor_seq)
            - (u_char *) out;

    return s;
}


/* Another life of this Redis: does the stream still hold the entry we stand at? */

void
ngx_http_gig_tail_resume(ngx_http_gig_keeper_t *k)
{
    char       key[GIG_KEY_SIZE], cursor[48];
    gig_str_t  argv[4];

    argv[0] = gig_str("XRANGE");
    argv[1] = ngx_http_gig_keeper_key(k, key, "changes");
    argv[2] = ngx_http_gig_tail_cursor(k, cursor);
    argv[3] = argv[2];

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_resumed, 4, argv) == NGX_OK) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_RESUME, NGX_HTTP_GIG_KEEPER_DEADLINE);
    }
}


static void
ngx_http_gig_tail_resumed(redisAsyncContext *ac, void *r, void *data)
{
    redisReply             *reply = r;
    uint64_t                version;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type != REDIS_REPLY_ARRAY) {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    version = k->cursor_version;

    if (reply->elements != 1 || ngx_http_gig_tail_entry(k, reply->element[0], 0) != NGX_OK
        || k->cursor_version != version)
    {
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        k->why = "Redis has another history";
    }

    ngx_http_gig_tail_check(k);
}


void
ngx_http_gig_tail_check(ngx_http_gig_keeper_t *k)
{
    char       key[4][GIG_KEY_SIZE], cursor[48];
    gig_str_t  argv[6], exec;

    argv[0] = gig_str("MULTI");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_queued, 1, argv) != NGX_OK) {
        return;
    }

    argv[0] = gig_str("XREAD");
    argv[1] = gig_str("COUNT");
    argv[2] = gig_str(NGX_HTTP_GIG_TAIL_COUNT);
    argv[3] = gig_str("STREAMS");
    argv[4] = ngx_http_gig_keeper_key(k, key[0], "changes");
    argv[5] = ngx_http_gig_tail_cursor(k, cursor);

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_queued, 6, argv) != NGX_OK) {
        return;
    }

    argv[0] = gig_str("HMGET");
    argv[1] = ngx_http_gig_keeper_key(k, key[1], "catalog");
    argv[2] = gig_str("version");
    argv[3] = gig_str("digest");
    argv[4] = gig_str("schema");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_queued, 5, argv) != NGX_OK) {
        return;
    }

    argv[0] = gig_str("GET");
    argv[1] = ngx_http_gig_keeper_key(k, key[2], "ready");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_queued, 2, argv) != NGX_OK) {
        return;
    }

    argv[0] = gig_str("EXISTS");
    argv[1] = ngx_http_gig_keeper_key(k, key[3], "rebuild");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_queued, 2, argv) != NGX_OK) {
        return;
    }

    exec = gig_str("EXEC");

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_checked, 1, &exec) == NGX_OK) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_CHECK, NGX_HTTP_GIG_KEEPER_DEADLINE);
    }
}


/* +QUEUED, or why it is not, such as a Redis that is full; EXEC's answer would not say it. */

static void
ngx_http_gig_tail_queued(redisAsyncContext *ac, void *r, void *data)
{
    redisReply             *reply = r;
    ngx_http_gig_keeper_t  *k = data;

    if (ngx_http_gig_keeper_current(k, ac, reply) && reply->type == REDIS_REPLY_ERROR) {
        ngx_http_gig_keeper_error(k, reply);
    }
}


static void
ngx_http_gig_tail_checked(redisAsyncContext *ac, void *r, void *data)
{
    size_t                  n;
    redisReply             *reply = r;
    ngx_int_t               rc;
    ngx_msec_t              gather;
    ngx_uint_t              i, other;
    const char             *why;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 4) {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    for (i = 0; i < 4; i++) {
        if (reply->element[i]->type == REDIS_REPLY_ERROR) {
            ngx_http_gig_keeper_failed(k, reply->element[i]);
            return;
        }
    }

    why = ngx_http_gig_tail_catalog(k, reply->element[1], reply->element[2], reply->element[3],
                                    &other);

    if (why) {
        /* What was gathered may be of a Redis that is half rebuilt. */
        ngx_http_gig_changes_clear(&k->changes);
        ngx_http_gig_changes_clear(&k->load);
        k->loading = 0;
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        ngx_http_gig_keeper_hold(k, why);
        return;
    }

    if (other) {
        k->loading = 0;
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        k->why = "Redis was rebuilt";
    }

    if (k->want && !k->loading) {
        ngx_http_gig_load_start(k);
        return;
    }

    rc = ngx_http_gig_tail_entries(k, reply->element[0], &n);

    if (rc != NGX_OK) {
        k->loading = 0;
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        ngx_http_gig_load_start(k);
        return;
    }

    if (n >= NGX_HTTP_GIG_TAIL_N) {
        ngx_http_gig_tail_check(k);
        return;
    }

    /* No entry is left: the next is of this version (seats) or one above. */
    k->cursor_version = k->version;

    if (k->loading || k->changes.n) {
        gather = ngx_http_gig_tail_rest(k);

        if (gather && !k->loading) {
            ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_GATHER, gather);
            return;
        }

        k->fetched = 0;
        ngx_http_gig_fetch(k);
        return;
    }

    ngx_http_gig_tail_calm(k);
}


/* Takes version, digest and ready; why there is nothing to go by now, or NULL. */

static const char *
ngx_http_gig_tail_catalog(ngx_http_gig_keeper_t *k, const redisReply *catalog,
    const redisReply *ready, const redisReply *rebuild, ngx_uint_t *other)
{
    size_t     len;
    uint64_t   version, lowest, highest;
    gig_str_t  text, digest, schema;

    *other = 0;

    if (catalog->type != REDIS_REPLY_ARRAY || catalog->elements != 3) {
        return "its answer about the catalog is not understood";
    }

    text = ngx_http_gig_reply_text(catalog->element[0]);

    if (ngx_http_gig_tail_number(text, &version) != 0 || version == 0) {
        return "no catalog has been published (\"gig-sync run\" does that)";
    }

    schema = ngx_http_gig_reply_text(catalog->element[2]);

    if (schema.len) {
        for (len = 0; len < schema.len && schema.data[len] != ' '; len++) { /* void */ }

        if (ngx_http_gig_tail_number((gig_str_t) { schema.data, len }, &lowest) != 0
            || len == schema.len
            || ngx_http_gig_tail_number((gig_str_t) { schema.data + len + 1,
                                                      schema.len - len - 1 }, &highest) != 0
            || lowest > 1 || highest < 1)
        {
            return "the catalog's schema is not one this module knows (it knows 1)";
        }
    }

    if (rebuild->type == REDIS_REPLY_INTEGER && rebuild->integer) {
        return "it is being rebuilt";
    }

    text = ngx_http_gig_reply_text(ready);

    if (text.len >= GIG_READY_MAX) {
        return "the key \"ready\" is too long";
    }

    if (text.len == 0 && k->ready[0]) {
        return "it lost its memory and is not rebuilt yet";
    }

    if (!gig_str_is(text, k->ready)) {
        *other = 1;
        ngx_memzero(k->ready, sizeof(k->ready));
        ngx_memcpy(k->ready, text.len ? text.data : "", text.len);
    }

    k->version = version;

    digest = ngx_http_gig_reply_text(catalog->element[1]);
    ngx_memzero(k->digest, sizeof(k->digest));

    if (digest.len == sizeof(k->digest) - 1) {
        ngx_memcpy(k->digest, digest.data, digest.len);
    }

    return NULL;
}


/* Nothing to do: are we where Redis is? */

static void
ngx_http_gig_tail_calm(ngx_http_gig_keeper_t *k)
{
    char                  digest[GIG_DIGEST_TEXT];
    ngx_http_gig_view_t  *view;

    view = ngx_http_gig_catalog_view(k->board);

    if (view == NULL) {
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        k->why = "there is no image";
        ngx_http_gig_load_start(k);
        return;
    }

    gig_digest_text(view->image.digest, digest);

    if (view->image.meta.version != k->version
        || (k->digest[0] && ngx_strcmp(digest, k->digest) != 0))
    {
        /* The load puts itself off when one was made not long ago; then we go on as we are. */

        if ((ngx_msec_int_t) (ngx_current_msec - k->load_after) >= 0) {
            k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
            k->why = "the image differs from the catalog";
            ngx_http_gig_load_start(k);
            return;
        }

    } else {
        k->load_delay = NGX_HTTP_GIG_LOAD_DELAY;
    }

    ngx_http_gig_keeper_in_step(k);
    ngx_http_gig_compiler_sync(k);
    ngx_http_gig_drain_look(k);
    ngx_http_gig_nodes_tell(k);
    ngx_http_gig_tail_block(k);
}


static void
ngx_http_gig_tail_block(ngx_http_gig_keeper_t *k)
{
    char       key[GIG_KEY_SIZE], cursor[48];
    gig_str_t  argv[8];

    argv[0] = gig_str("XREAD");
    argv[1] = gig_str("COUNT");
    argv[2] = gig_str(NGX_HTTP_GIG_TAIL_COUNT);
    argv[3] = gig_str("BLOCK");
    argv[4] = gig_str(NGX_HTTP_GIG_KEEPER_BLOCK);
    argv[5] = gig_str("STREAMS");
    argv[6] = ngx_http_gig_keeper_key(k, key, "changes");
    argv[7] = ngx_http_gig_tail_cursor(k, cursor);

    if (ngx_http_gig_keeper_send(k, ngx_http_gig_tail_blocked, 8, argv) == NGX_OK) {
        ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_TAIL, NGX_HTTP_GIG_KEEPER_DEADLINE);
    }
}


static void
ngx_http_gig_tail_blocked(redisAsyncContext *ac, void *r, void *data)
{
    size_t                  n;
    redisReply             *reply = r;
    ngx_msec_t              gather;
    ngx_http_gig_keeper_t  *k = data;

    if (!ngx_http_gig_keeper_current(k, ac, reply)) {
        return;
    }

    if (reply->type == REDIS_REPLY_NIL) {
        ngx_http_gig_tail_check(k);
        return;
    }

    if (reply->type != REDIS_REPLY_ARRAY) {
        ngx_http_gig_keeper_failed(k, reply);
        return;
    }

    if (ngx_http_gig_tail_entries(k, reply, &n) != NGX_OK) {
        k->want = ngx_max(k->want, NGX_HTTP_GIG_WANT_FULL);
        ngx_http_gig_tail_check(k);
        return;
    }

    /* A few more may follow at once. */

    gather = ngx_http_gig_tail_rest(k);
    ngx_http_gig_keeper_wait(k, NGX_HTTP_GIG_PHASE_GATHER,
                             ngx_max(gather, NGX_HTTP_GIG_GATHER));
}


/* Under a storm the next compile waits until compiling has had its share of a core and no more. */

static ngx_msec_t
ngx_http_gig_tail_rest(ngx_http_gig_keeper_t *k)
{
    ngx_msec_t  rest, passed;

    rest = ngx_min(k->took * (NGX_HTTP_GIG_GATHER_SHARE - 1), NGX_HTTP_GIG_GATHER_MAX);
    passed = ngx_current_msec - k->compiled;

    return passed < rest ? rest - passed : 0;
}


/* XREAD's answer: nil, or one stream with its entries.  NGX_DECLINED: load in full. */

static ngx_int_t
ngx_http_gig_tail_entries(ngx_http_gig_keeper_t *k, const redisReply *reply, size_t *n)
{
    size_t             i;
    ngx_int_t          rc;
    const redisReply  *entries;

    *n = 0;

    if (reply->type == REDIS_REPLY_NIL) {
        return NGX_OK;
    }

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1
        || reply->element[0]->type != REDIS_REPLY_ARRAY || reply->element[0]->elements != 2
        || reply->element[0]->element[1]->type != REDIS_REPLY_ARRAY)
    {
        k->why = "an answer to XREAD is not understood";
        return NGX_DECLINED;
    }

    entries = reply->element[0]->element[1];
    *n = entries->elements;

    for (i = 0; i < entries->elements; i++) {
        rc = ngx_http_gig_tail_entry(k, entries->element[i], 1);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


/*
 * One entry: id and fields.  Moves the cursor to it; with apply it must follow
 * what came before (an entry that was trimmed away before we saw it leaves a gap
 * in `v`) and what it names is noted.
 */

ngx_int_t
ngx_http_gig_tail_entry(ngx_http_gig_keeper_t *k, const redisReply *entry, ngx_uint_t apply)
{
    size_t             i;
    uint64_t           ms, seq, version;
    gig_str_t          text, name, value, op, id, seats, v;
    const redisReply  *fields;

    k->why = "an entry of the change stream is not understood";

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
        || entry->element[1]->type != REDIS_REPLY_ARRAY)
    {
        return NGX_DECLINED;
    }

    text = ngx_http_gig_reply_text(entry->element[0]);
    fields = entry->element[1];

    for (i = 0; i < text.len && text.data[i] != '-'; i++) { /* void */ }

    if (i == text.len
        || ngx_http_gig_tail_number((gig_str_t) { text.data, i }, &ms) != 0
        || ngx_http_gig_tail_number((gig_str_t) { text.data + i + 1, text.len - i - 1 }, &seq)
           != 0)
    {
        return NGX_DECLINED;
    }

    op = id = seats = v = gig_null_str;

    for (i = 0; i + 1 < fields->elements; i += 2) {
        name = ngx_http_gig_reply_text(fields->element[i]);
        value = ngx_http_gig_reply_text(fields->element[i + 1]);

        if (gig_str_is(name, "v")) {
            v = value;

        } else if (gig_str_is(name, "op")) {
            op = value;

        } else if (gig_str_is(name, "id")) {
            id = value;

        } else if (gig_str_is(name, "seats")) {
            seats = value;
        }
    }

    if (ngx_http_gig_tail_number(v, &version) != 0) {
        return NGX_DECLINED;
    }

    if (apply && !k->loading && version != k->cursor_version
        && version != k->cursor_version + 1)
    {
        k->why = "the change stream was cut";
        return NGX_DECLINED;
    }

    k->cursor_ms = ms;
    k->cursor_seq = seq;
    k->cursor_version = version;

    return apply ? ngx_http_gig_tail_apply(k, op, id, seats) : NGX_OK;
}


static ngx_int_t
ngx_http_gig_tail_apply(ngx_http_gig_keeper_t *k, gig_str_t op, gig_str_t id, gig_str_t seats)
{
    ngx_uint_t              form, content;
    ngx_http_gig_change_t  *change;

    form = gig_str_is(op, "form") || gig_str_is(op, "formdel");
    content = form || gig_str_is(op, "put") || gig_str_is(op, "del");

    if (!content && !gig_str_is(op, "seats")) {
        /* `load`, or one of a later release: everything may be different. */
        k->why = "the change stream asks for it";
        return NGX_DECLINED;
    }

    if (!gig_id_valid(id)) {
        return NGX_OK;
    }

    change = ngx_http_gig_changes_add(&k->changes, form, id, NGX_HTTP_GIG_CHANGES_MAX);

    if (change == NULL) {
        k->why = "too many changes at once";
        return NGX_DECLINED;
    }

    if (content) {
        change->content = 1;
        return NGX_OK;
    }

    change->told = 1;
    change->seats = gig_str_is(seats, "full") ? GIG_SEATS_FULL
                    : gig_str_is(seats, "waitlist") ? GIG_SEATS_WAITLIST : GIG_SEATS_OPEN;

    return NGX_OK;
}
