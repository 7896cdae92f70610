
#include "ngx_http_gig_guard.h"
#include "ngx_http_gig_ledger.h"
#include "ngx_http_gig_link.h"

#include "gig_key.h"


#define NGX_HTTP_GIG_GUARD_INTERVAL     2000    /* ms between two looks */
#define NGX_HTTP_GIG_GUARD_TIMEOUT      5000
#define NGX_HTTP_GIG_GUARD_PERCENT      80      /* of maxmemory that files may bring it to */
#define NGX_HTTP_GIG_GUARD_COPIES       3       /* of a box while it is judged: what Redis has read,
                                                   what the script has, the entry */
#define NGX_HTTP_GIG_GUARD_LEDGER       2       /* files may take this part of ledger_size */


/* Of Redis as it was last asked; `sent` is what this worker has sent since. */
struct ngx_http_gig_guard_s {
    ngx_http_gig_board_t      *board;
    ngx_log_t                 *log;
    ngx_event_t                timer;           /* cancelable */
    unsigned                   asking:1;
    unsigned                   memory_known:1;
    unsigned                   waiting_known:1;
    const char                *told;            /* why files are refused; NULL: they are not */
    uint64_t                   used;
    uint64_t                   max;             /* 0: it has no limit */
    uint64_t                   waiting;
    uint64_t                   sent;
    uint64_t                   asked;           /* of `sent`, when it was asked */
};


static void ngx_http_gig_guard_timer(ngx_event_t *ev);
static void ngx_http_gig_guard_look(ngx_http_gig_guard_t *guard);
static void ngx_http_gig_guard_memory(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static void ngx_http_gig_guard_waiting(void *data, ngx_http_gig_reply_t what,
    const redisReply *reply);
static uint64_t ngx_http_gig_guard_number(const char *info, const char *name, ngx_uint_t *found);
static uint64_t ngx_http_gig_guard_ledger_max(ngx_http_gig_board_t *board);
static void ngx_http_gig_guard_tell(ngx_http_gig_guard_t *guard, const char *why, uint64_t used,
    uint64_t of);


ngx_http_gig_guard_t *
ngx_http_gig_guard_create(ngx_http_gig_board_t *board, ngx_cycle_t *cycle)
{
    ngx_http_gig_guard_t  *guard;

    guard = ngx_pcalloc(cycle->pool, sizeof(ngx_http_gig_guard_t));

    if (guard == NULL) {
        return NULL;
    }

    guard->board = board;
    guard->log = cycle->log;
    guard->timer.handler = ngx_http_gig_guard_timer;
    guard->timer.data = guard;
    guard->timer.log = cycle->log;
    guard->timer.cancelable = 1;

    ngx_add_timer(&guard->timer, NGX_HTTP_GIG_GUARD_INTERVAL);

    return guard;
}


void
ngx_http_gig_guard_destroy(ngx_http_gig_guard_t *guard)
{
    if (guard->timer.timer_set) {
        ngx_del_timer(&guard->timer);
    }
}


static void
ngx_http_gig_guard_timer(ngx_event_t *ev)
{
    ngx_http_gig_guard_t  *guard;

    guard = ev->data;

    ngx_http_gig_guard_look(guard);
    ngx_add_timer(&guard->timer, NGX_HTTP_GIG_GUARD_INTERVAL);
}


void
ngx_http_gig_guard_up(ngx_http_gig_guard_t *guard)
{
    if (guard == NULL) {
        return;
    }

    guard->memory_known = 0;
    guard->waiting_known = 0;
    guard->sent = 0;
    guard->asked = 0;
    guard->asking = 0;
    ngx_http_gig_guard_look(guard);
}


static void
ngx_http_gig_guard_look(ngx_http_gig_guard_t *guard)
{
    char                  key[GIG_KEY_SIZE];
    gig_str_t             argv[3];
    ngx_http_gig_link_t  *link;

    link = guard->board->link;

    if (guard->asking || link == NULL || !ngx_http_gig_link_up(link)) {
        return;
    }

    argv[0] = gig_str("INFO");
    argv[1] = gig_str("memory");

    if (ngx_http_gig_link_command(link, NGX_HTTP_GIG_GUARD_TIMEOUT, ngx_http_gig_guard_memory,
                                  guard, 2, argv)
        == NULL)
    {
        return;
    }

    argv[0] = gig_str("HGET");
    argv[1].data = key;
    argv[1].len = gig_key(key, (gig_str_t) { (char *) guard->board->name.data,
                                             guard->board->name.len }, "files");
    argv[2] = gig_str("bytes");

    if (ngx_http_gig_link_command(link, NGX_HTTP_GIG_GUARD_TIMEOUT, ngx_http_gig_guard_waiting,
                                  guard, 3, argv))
    {
        guard->asking = 1;
        guard->asked = guard->sent;
    }
}


static void
ngx_http_gig_guard_memory(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    ngx_uint_t             found;
    ngx_http_gig_guard_t  *guard = data;

    found = 0;

    if (what == NGX_HTTP_GIG_REPLY_OK && reply->type == REDIS_REPLY_STRING) {
        guard->used = ngx_http_gig_guard_number(reply->str, "\nused_memory:", &found);
        guard->max = ngx_http_gig_guard_number(reply->str, "\nmaxmemory:", &found);
    }

    guard->memory_known = found == 2;
}


static void
ngx_http_gig_guard_waiting(void *data, ngx_http_gig_reply_t what, const redisReply *reply)
{
    off_t                  n;
    ngx_http_gig_guard_t  *guard = data;

    guard->asking = 0;
    guard->waiting_known = 0;

    if (what != NGX_HTTP_GIG_REPLY_OK) {
        return;
    }

    n = reply->type == REDIS_REPLY_STRING ? ngx_atoof((u_char *) reply->str, reply->len) : 0;

    guard->waiting = n == NGX_ERROR ? 0 : (uint64_t) n;
    guard->waiting_known = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_NIL;

    /* what was sent before it was asked is in what it said */

    guard->sent -= ngx_min(guard->asked, guard->sent);
    guard->asked = 0;
}


static uint64_t
ngx_http_gig_guard_number(const char *info, const char *name, ngx_uint_t *found)
{
    off_t        n;
    const char  *p;

    p = strstr(info, name);

    if (p == NULL) {
        return 0;
    }

    p += strlen(name);
    n = ngx_atoof((u_char *) p, strspn(p, "0123456789"));

    if (n == NGX_ERROR) {
        return 0;
    }

    (*found)++;

    return (uint64_t) n;
}


ngx_uint_t
ngx_http_gig_guard_room(ngx_http_gig_board_t *board, size_t bytes, ngx_uint_t in_ledger)
{
    uint64_t               used, most;
    ngx_http_gig_guard_t  *guard;

    guard = board->guard;

    if (guard == NULL) {
        return 1;
    }

    if (!in_ledger && board->records) {

        used = ngx_http_gig_ledger_bytes(board->records);
        most = ngx_http_gig_guard_ledger_max(board);

        if (used + bytes > most) {
            ngx_http_gig_guard_tell(guard, "of what this worker's ledger may hold of them", used,
                                    most);
            return 0;
        }
    }

    if (board->link == NULL || !ngx_http_gig_link_up(board->link)) {
        return board->records != NULL;          /* it waits on the disk */
    }

    if (!guard->memory_known || !guard->waiting_known) {
        ngx_http_gig_guard_tell(guard, "which Redis did not say (may this user call INFO, and HGET "
                                "the key \"files\"?)", 0, 0);
        return 0;
    }

    used = guard->used + guard->sent;
    most = guard->max / 100 * NGX_HTTP_GIG_GUARD_PERCENT;

    if (guard->max && used + NGX_HTTP_GIG_GUARD_COPIES * bytes > most) {
        ngx_http_gig_guard_tell(guard, "of the part of Redis's maxmemory that files may use", used,
                                most);
        return 0;
    }

    used = guard->waiting + guard->sent;

    if (used + bytes > board->files_waiting) {
        ngx_http_gig_guard_tell(guard, "of files_waiting are not delivered (is gig-sync running?)",
                                used, board->files_waiting);
        return 0;
    }

    if (guard->told) {
        guard->told = NULL;
        ngx_log_error(NGX_LOG_NOTICE, guard->log, 0,
                      "gig_board \"%V\": applications with files are taken again", &board->name);
    }

    return 1;
}


/* Of each worker its share, so that those without files always find room. */

static uint64_t
ngx_http_gig_guard_ledger_max(ngx_http_gig_board_t *board)
{
    uint64_t          most;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx, ngx_core_module);
    most = (uint64_t) board->ledger_size / NGX_HTTP_GIG_GUARD_LEDGER
           / (uint64_t) ngx_max(ccf->worker_processes, 1);

    return ngx_min(most, board->files_waiting);
}


static void
ngx_http_gig_guard_tell(ngx_http_gig_guard_t *guard, const char *why, uint64_t used, uint64_t of)
{
    if (guard->told && ngx_strcmp(guard->told, why) == 0) {
        return;
    }

    guard->told = why;
    ngx_log_error(NGX_LOG_ERR, guard->log, 0,
                  "gig_board \"%V\": applications with files are refused: %uL bytes of %uL %s",
                  &guard->board->name, used, of, why);
}


void
ngx_http_gig_guard_crowded(ngx_http_gig_board_t *board)
{
    if (board->guard) {
        ngx_http_gig_guard_tell(board->guard, "by the judge's own count (is gig-sync running?)",
                                board->guard->used, board->guard->max);
        ngx_http_gig_guard_look(board->guard);
    }
}


void
ngx_http_gig_guard_sent(ngx_http_gig_board_t *board, size_t bytes)
{
    if (board->guard && bytes >= NGX_HTTP_GIG_GUARD_LARGE) {
        board->guard->sent += bytes;
    }
}
