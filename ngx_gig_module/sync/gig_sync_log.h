
/* One line an event, key=value, on standard error; no personal data, no secrets. */

#ifndef GIG_SYNC_LOG_H
#define GIG_SYNC_LOG_H

typedef enum { GIG_SYNC_ERROR, GIG_SYNC_WARN, GIG_SYNC_INFO, GIG_SYNC_DEBUG } gig_sync_level_t;

/*
 * gig_sync_log(GIG_SYNC_INFO, "published", "board", name, "version", "42", NULL):
 * an event and pairs of strings, ended by NULL.  Values are quoted where needed.
 */
void gig_sync_log(gig_sync_level_t level, const char *event, ...) __attribute__((sentinel));
void gig_sync_log_init(int json, gig_sync_level_t least);

#endif /* GIG_SYNC_LOG_H */
