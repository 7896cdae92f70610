
#include "ngx_http_gig_shm.h"
#include "ngx_http_gig_self_id.h"


/*
 * A table of (gig, source): open addressing, entries are added under the slab's
 * mutex and never moved or removed, so that counting needs no lock.  `hash` is
 * written last: who sees it sees a whole entry, also after a worker was killed
 * half way (the slot is then lost, nothing else).
 */

#define NGX_HTTP_GIG_VISITS_SLOTS   16384           /* a power of two above VISITS_MAX */
#define NGX_HTTP_GIG_VISITS_PROBES  64

typedef struct {
    ngx_atomic_t              hash;                 /* 0: free */
    ngx_atomic_t              total[NGX_HTTP_GIG_VISITS];
    ngx_atomic_t              flushed[NGX_HTTP_GIG_VISITS];
    u_char                    gig_len;
    u_char                    source_len;
    u_char                    gig[GIG_ID_MAX];
    u_char                    source[NGX_HTTP_GIG_SOURCE_MAX];
} ngx_http_gig_visits_entry_t;

typedef struct {
    ngx_atomic_t              key;                  /* 0: free */
    ngx_atomic_t              value;                /* 0: being set */
} ngx_http_gig_held_t;

struct ngx_http_gig_shm_s {
    ngx_http_gig_notice_t        notice;
    ngx_atomic_t                 counts[NGX_HTTP_GIG_COUNTS];
    ngx_atomic_t                 gap[NGX_MAX_PROCESSES];        /* a slot of the master's each */
    ngx_atomic_t                 drained;       /* seconds, when it was last busy; 0: is not */
    ngx_http_gig_held_t          held[NGX_HTTP_GIG_HELD_SLOTS];
    ngx_atomic_t                 limit[NGX_HTTP_GIG_LIMIT_SLOTS];
    ngx_http_gig_self_id_pool_t *self_id;                       /* of the zone's slab, or NULL */
    ngx_atomic_t                 applicant[NGX_HTTP_GIG_LIMIT_SLOTS];
    ngx_atomic_t                 entries;
    ngx_http_gig_visits_entry_t  visits[NGX_HTTP_GIG_VISITS_SLOTS];
};


#define NGX_HTTP_GIG_SHM_SIZE                                                                     \
    (ngx_align(sizeof(ngx_http_gig_shm_t), 4096)                                                  \
     + ngx_align(sizeof(ngx_http_gig_self_id_pool_t), 4096) + 64 * 1024)


typedef struct {
    const char               *name;
    const char               *label;
    const char               *help;
} ngx_http_gig_count_name_t;


/* In the order of ngx_http_gig_count_t; help NULL: the metric of the line before. */
static const ngx_http_gig_count_name_t  ngx_http_gig_count_names[] = {
    { "gig_requests_total", "", "Requests to the board." },
    { "gig_cache_total", ",result=\"hit\"", "Look-ups in the cache of responses." },
    { "gig_cache_total", ",result=\"miss\"", NULL },
    { "gig_not_modified_total", "", "Answers 304." },
    { "gig_applications_total", ",outcome=\"accepted\"", "Applications by outcome." },
    { "gig_applications_total", ",outcome=\"pending\"", NULL },
    { "gig_applications_total", ",outcome=\"replayed\"", NULL },
    { "gig_applications_total", ",outcome=\"refused\"", NULL },
    { "gig_applications_total", ",outcome=\"unavailable\"", NULL },
    { "gig_withdrawals_total", "", "Withdrawals." },
    { "gig_self_identifications_total", ",outcome=\"taken\"", "Self-identifications." },
    { "gig_self_identifications_total", ",outcome=\"sent\"", NULL },
    { "gig_self_identifications_total", ",outcome=\"lost\"", NULL },
    { "gig_redis_connects_total", "", "Connections to Redis that were made." },
    { "gig_redis_losses_total", "", "Connections to Redis that were lost." },
    { "gig_redis_timeouts_total", "", "Operations Redis did not answer in time." },
    { "gig_compiles_total", "", "Catalog images compiled." },
    { "gig_full_loads_total", "", "Full loads of the catalog." },
    { "gig_records_fetched_total", "", "Records read from Redis." },
    { "gig_records_refused_total", "", "Records that were refused." }
};


static ngx_uint_t ngx_http_gig_shm_exists(ngx_cycle_t *cycle, ngx_str_t *name);
static ngx_int_t ngx_http_gig_shm_init(ngx_shm_zone_t *zone, void *data);
static ngx_http_gig_held_t *ngx_http_gig_held_next(ngx_http_gig_board_t *board,
    uint64_t place, uint64_t key, ngx_uint_t room, ngx_uint_t *i);
static ngx_http_gig_visits_entry_t *ngx_http_gig_visits_find(ngx_http_gig_shm_t *shm,
    uint32_t hash, gig_str_t gig, ngx_str_t source, ngx_uint_t *slot);
static ngx_http_gig_visits_entry_t *ngx_http_gig_visits_add(ngx_http_gig_board_t *board,
    gig_str_t gig, ngx_str_t source, ngx_uint_t max);


ngx_int_t
ngx_http_gig_shm_add(ngx_conf_t *cf, ngx_http_gig_board_t *board)
{
    ngx_str_t        name;
    ngx_file_info_t  fi;

    /*
     * Named by board and folder, so that a reload that moves the board to
     * another folder starts with a fresh counter and one that does not keeps it.
     * The folder may not be there yet (nginx -t, first start): then by its path,
     * and so at the reloads that follow.
     */

    name.data = ngx_pnalloc(cf->pool, sizeof("gig::") + board->name.len + board->state.len
                                      + 2 * NGX_INT64_LEN);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    name.len = ngx_sprintf(name.data, "gig:%V:%V", &board->name, &board->state) - name.data;

    if (!ngx_http_gig_shm_exists(cf->cycle->old_cycle, &name)
        && ngx_file_info(board->state.data, &fi) != NGX_FILE_ERROR)
    {
        name.len = ngx_sprintf(name.data, "gig:%V:%uL:%uL", &board->name, (uint64_t) fi.st_dev,
                               (uint64_t) fi.st_ino)
                   - name.data;
    }

    board->zone = ngx_shared_memory_add(cf, &name, NGX_HTTP_GIG_SHM_SIZE, &ngx_http_gig_module);
    if (board->zone == NULL) {
        return NGX_ERROR;
    }

    if (board->zone->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the state folder \"%V\" is used by another board of the same name",
                           &board->state);
        return NGX_ERROR;
    }

    board->zone->init = ngx_http_gig_shm_init;
    board->zone->data = board;

    return NGX_OK;
}


/* Did the configuration that runs now have a zone of this name. */

static ngx_uint_t
ngx_http_gig_shm_exists(ngx_cycle_t *cycle, ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_shm_zone_t   *zone;
    ngx_list_part_t  *part;

    for (part = &cycle->shared_memory.part; part; part = part->next) {
        zone = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (zone[i].tag == &ngx_http_gig_module && zone[i].shm.name.len == name->len
                && ngx_strncmp(zone[i].shm.name.data, name->data, name->len) == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Runs in the master, on a reload while old workers go on with the zone: nothing
 * that exists is touched then.  The zone's `data` is the board, which each cycle
 * makes anew; what is shared hangs on the slab pool.
 */

static ngx_int_t
ngx_http_gig_shm_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t     *shpool;
    ngx_http_gig_shm_t  *shm;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data || zone->shm.exists) {
        return NGX_OK;
    }

    shm = ngx_slab_calloc(shpool, sizeof(ngx_http_gig_shm_t));
    if (shm == NULL) {
        return NGX_ERROR;
    }

    shpool->data = shm;
    shpool->log_nomem = 0;

    return NGX_OK;
}


static ngx_inline ngx_http_gig_shm_t *
ngx_http_gig_shm_get(ngx_http_gig_board_t *board)
{
    return ((ngx_slab_pool_t *) board->zone->shm.addr)->data;
}


ngx_http_gig_notice_t *
ngx_http_gig_shm_notice(ngx_http_gig_board_t *board)
{
    return &ngx_http_gig_shm_get(board)->notice;
}


void
ngx_http_gig_count(ngx_http_gig_board_t *board, ngx_http_gig_count_t what, ngx_uint_t n)
{
    (void) ngx_atomic_fetch_add(&ngx_http_gig_shm_get(board)->counts[what], n);
}


ngx_uint_t
ngx_http_gig_counted(ngx_http_gig_board_t *board, ngx_http_gig_count_t what)
{
    return ngx_http_gig_shm_get(board)->counts[what];
}


/* The next slot, from *i on, that has the key or (room) can have it; NULL: there is none. */

static ngx_http_gig_held_t *
ngx_http_gig_held_next(ngx_http_gig_board_t *board, uint64_t place, uint64_t key,
    ngx_uint_t room, ngx_uint_t *i)
{
    ngx_http_gig_held_t  *held, *slot;

    held = ngx_http_gig_shm_get(board)->held;

    while (*i < NGX_HTTP_GIG_HELD_PROBES) {
        slot = &held[(place + (*i)++) % NGX_HTTP_GIG_HELD_SLOTS];

        if (slot->key == key
            || (room && slot->key == 0 && ngx_atomic_cmp_set(&slot->key, 0, key)))
        {
            return slot;
        }
    }

    return NULL;
}


/* Two that set one key at once may take two slots: both are cleared together. */

void
ngx_http_gig_held_set(ngx_http_gig_board_t *board, uint64_t place, uint64_t key,
    uint64_t value)
{
    ngx_uint_t            i;
    ngx_http_gig_held_t  *slot;

    i = 0;
    slot = ngx_http_gig_held_next(board, place, key, 1, &i);

    if (slot) {
        slot->value = value;
    }
}


void
ngx_http_gig_held_clear(ngx_http_gig_board_t *board, uint64_t place, uint64_t key)
{
    ngx_uint_t            i;
    ngx_http_gig_held_t  *slot;

    for (i = 0; (slot = ngx_http_gig_held_next(board, place, key, 0, &i)) != NULL; /* void */) {
        slot->value = 0;
        ngx_memory_barrier();
        slot->key = 0;
    }
}


uint64_t
ngx_http_gig_held(ngx_http_gig_board_t *board, uint64_t place, uint64_t key)
{
    uint64_t              value;
    ngx_uint_t            i;
    ngx_http_gig_held_t  *slot;

    for (i = 0; (slot = ngx_http_gig_held_next(board, place, key, 0, &i)) != NULL; /* void */) {
        value = slot->value;
        ngx_memory_barrier();

        if (value && slot->key == key) {
            return value;
        }
    }

    return 0;
}


ngx_atomic_t *
ngx_http_gig_shm_limit(ngx_http_gig_board_t *board, uint64_t hash)
{
    return &ngx_http_gig_shm_get(board)->limit[hash % NGX_HTTP_GIG_LIMIT_SLOTS];
}


ngx_atomic_t *
ngx_http_gig_shm_applicant(ngx_http_gig_board_t *board, uint64_t hash)
{
    return &ngx_http_gig_shm_get(board)->applicant[hash % NGX_HTTP_GIG_LIMIT_SLOTS];
}


ngx_http_gig_self_id_pool_t **
ngx_http_gig_shm_self_id(ngx_http_gig_board_t *board)
{
    return &ngx_http_gig_shm_get(board)->self_id;
}


void
ngx_http_gig_gap_set(ngx_http_gig_board_t *board, size_t gap)
{
    ngx_http_gig_shm_get(board)->gap[ngx_process_slot] = gap;
}


size_t
ngx_http_gig_gap(ngx_http_gig_board_t *board)
{
    size_t               sum;
    ngx_uint_t           i;
    ngx_http_gig_shm_t  *shm;

    shm = ngx_http_gig_shm_get(board);
    sum = 0;

    for (i = 0; i < NGX_MAX_PROCESSES; i++) {
        sum += shm->gap[i];
    }

    return sum;
}


void
ngx_http_gig_drain_set(ngx_http_gig_board_t *board, ngx_uint_t on)
{
    ngx_http_gig_shm_get(board)->drained = on ? (ngx_atomic_uint_t) ngx_time() : 0;
}


void
ngx_http_gig_drain_busy(ngx_http_gig_board_t *board)
{
    ngx_atomic_t  *drained;

    drained = &ngx_http_gig_shm_get(board)->drained;

    if (*drained) {
        *drained = (ngx_atomic_uint_t) ngx_time();
    }
}


time_t
ngx_http_gig_drained(ngx_http_gig_board_t *board)
{
    time_t  since;

    since = (time_t) ngx_http_gig_shm_get(board)->drained;

    return since == 0 ? -1 : ngx_max(0, ngx_time() - since);
}


void
ngx_http_gig_visit(ngx_http_gig_board_t *board, gig_str_t gig, ngx_str_t source,
    ngx_http_gig_visit_t what)
{
    ngx_atomic_t  *total;

    total = ngx_http_gig_visit_total(board, gig, source, what);

    if (total) {
        (void) ngx_atomic_fetch_add(total, 1);
    }
}


ngx_atomic_t *
ngx_http_gig_visit_total(ngx_http_gig_board_t *board, gig_str_t gig, ngx_str_t source,
    ngx_http_gig_visit_t what)
{
    size_t                        i;
    u_char                        c;
    ngx_http_gig_visits_entry_t  *entry;

    if (!gig_id_valid(gig)) {
        return NULL;
    }

    if (source.len > NGX_HTTP_GIG_SOURCE_MAX) {
        ngx_str_set(&source, "other");
    }

    for (i = 0; i < source.len; i++) {
        c = source.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || c == '.' || c == '_' || c == ':' || c == '-'))
        {
            ngx_str_set(&source, "other");
            break;
        }
    }

    if (source.len == 0) {
        ngx_str_set(&source, "-");
    }

    entry = ngx_http_gig_visits_add(board, gig, source,
                                    NGX_HTTP_GIG_VISITS_MAX - NGX_HTTP_GIG_VISITS_OTHER);

    if (entry == NULL) {
        /* Anybody can invent sources: past the bound all new ones are "other". */
        ngx_str_set(&source, "other");
        entry = ngx_http_gig_visits_add(board, gig, source, NGX_HTTP_GIG_VISITS_MAX);
    }

    return entry ? &entry->total[what] : NULL;
}


static ngx_http_gig_visits_entry_t *
ngx_http_gig_visits_find(ngx_http_gig_shm_t *shm, uint32_t hash, gig_str_t gig, ngx_str_t source,
    ngx_uint_t *slot)
{
    ngx_uint_t                    i, n;
    ngx_http_gig_visits_entry_t  *entry;

    *slot = NGX_HTTP_GIG_VISITS_SLOTS;

    for (i = 0; i < NGX_HTTP_GIG_VISITS_PROBES; i++) {
        n = (hash + i) & (NGX_HTTP_GIG_VISITS_SLOTS - 1);
        entry = &shm->visits[n];

        if (entry->hash == 0) {
            *slot = n;
            return NULL;
        }

        if (entry->hash == hash && entry->gig_len == gig.len && entry->source_len == source.len
            && ngx_memcmp(entry->gig, gig.data, gig.len) == 0
            && ngx_memcmp(entry->source, source.data, source.len) == 0)
        {
            return entry;
        }
    }

    return NULL;
}


static ngx_http_gig_visits_entry_t *
ngx_http_gig_visits_add(ngx_http_gig_board_t *board, gig_str_t gig, ngx_str_t source,
    ngx_uint_t max)
{
    uint32_t                      hash;
    ngx_uint_t                    slot;
    ngx_slab_pool_t              *shpool;
    ngx_http_gig_shm_t           *shm;
    ngx_http_gig_visits_entry_t  *entry;

    shm = ngx_http_gig_shm_get(board);

    ngx_crc32_init(hash);
    ngx_crc32_update(&hash, (u_char *) gig.data, gig.len);
    ngx_crc32_update(&hash, (u_char *) " ", 1);
    ngx_crc32_update(&hash, source.data, source.len);
    ngx_crc32_final(hash);
    hash |= 1;

    entry = ngx_http_gig_visits_find(shm, hash, gig, source, &slot);

    if (entry || slot == NGX_HTTP_GIG_VISITS_SLOTS || shm->entries >= max) {
        return entry;
    }

    shpool = (ngx_slab_pool_t *) board->zone->shm.addr;
    ngx_shmtx_lock(&shpool->mutex);

    /* Another worker may have been here first. */
    entry = ngx_http_gig_visits_find(shm, hash, gig, source, &slot);

    if (entry == NULL && slot != NGX_HTTP_GIG_VISITS_SLOTS && shm->entries < max) {
        entry = &shm->visits[slot];
        entry->gig_len = (u_char) gig.len;
        entry->source_len = (u_char) source.len;
        ngx_memcpy(entry->gig, gig.data, gig.len);
        ngx_memcpy(entry->source, source.data, source.len);
        ngx_memory_barrier();
        entry->hash = hash;
        shm->entries++;
    }

    ngx_shmtx_unlock(&shpool->mutex);

    return entry;
}


ngx_uint_t
ngx_http_gig_visits_take(ngx_http_gig_board_t *board, ngx_uint_t *from,
    ngx_http_gig_visit_delta_t *deltas, ngx_uint_t max)
{
    ngx_uint_t                    i, k, n, delta;
    ngx_http_gig_shm_t           *shm;
    ngx_http_gig_visits_entry_t  *entry;

    shm = ngx_http_gig_shm_get(board);
    n = 0;

    /* Goes on where the last call ended, so that none is left out for long. */

    for (i = 0; i < NGX_HTTP_GIG_VISITS_SLOTS && n + NGX_HTTP_GIG_VISITS <= max; i++) {
        entry = &shm->visits[*from];

        if (entry->hash) {
            for (k = 0; k < NGX_HTTP_GIG_VISITS; k++) {
                delta = entry->total[k] - entry->flushed[k];

                if (delta == 0) {
                    continue;
                }

                (void) ngx_atomic_fetch_add(&entry->flushed[k], delta);

                deltas[n].slot = *from;
                deltas[n].kind = (ngx_http_gig_visit_t) k;
                deltas[n].n = delta;
                deltas[n].gig = (gig_str_t) { (char *) entry->gig, entry->gig_len };
                deltas[n].source = (gig_str_t) { (char *) entry->source, entry->source_len };
                n++;
            }
        }

        *from = (*from + 1) & (NGX_HTTP_GIG_VISITS_SLOTS - 1);
    }

    return n;
}


void
ngx_http_gig_visits_give_back(ngx_http_gig_board_t *board, ngx_uint_t slot,
    ngx_http_gig_visit_t kind, ngx_uint_t n)
{
    ngx_atomic_t  *flushed;

    flushed = &ngx_http_gig_shm_get(board)->visits[slot].flushed[kind];
    (void) ngx_atomic_fetch_add(flushed, -(ngx_atomic_int_t) n);
}


size_t
ngx_http_gig_shm_metrics_size(ngx_http_gig_board_t *board)
{
    size_t      size;
    ngx_uint_t  i;

    size = 0;

    for (i = 0; i < NGX_HTTP_GIG_COUNTS; i++) {
        size += 3 * strlen(ngx_http_gig_count_names[i].name)
                + strlen(ngx_http_gig_count_names[i].label)
                + sizeof("# HELP  \n# TYPE  counter\n{board=\"\"} \n") + board->name.len
                + NGX_ATOMIC_T_LEN;

        if (ngx_http_gig_count_names[i].help) {
            size += strlen(ngx_http_gig_count_names[i].help);
        }
    }

    return size;
}


u_char *
ngx_http_gig_shm_metrics(ngx_http_gig_board_t *board, u_char *p, u_char *last)
{
    ngx_uint_t                        i;
    ngx_http_gig_shm_t               *shm;
    const ngx_http_gig_count_name_t  *name;

    shm = ngx_http_gig_shm_get(board);

    for (i = 0; i < NGX_HTTP_GIG_COUNTS; i++) {
        name = &ngx_http_gig_count_names[i];

        if (name->help) {
            p = ngx_slprintf(p, last, "# HELP %s %s\n# TYPE %s counter\n", name->name, name->help,
                             name->name);
        }

        p = ngx_slprintf(p, last, "%s{board=\"%V\"%s} %uA\n", name->name, &board->name,
                         name->label, shm->counts[i]);
    }

    return p;
}
