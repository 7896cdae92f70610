
/* What systemd wants to hear of a service (sd_notify(3)), without its library. */

#ifndef GIG_SYNC_NOTIFY_H
#define GIG_SYNC_NOTIFY_H

#include <stdint.h>

/* Sends lines of NAME=VALUE to $NOTIFY_SOCKET; nothing without one. */
void gig_sync_notify(const char *state);

/* How often a sign of life is wanted, in ms; 0: never. */
int64_t gig_sync_notify_watchdog(void);

#endif /* GIG_SYNC_NOTIFY_H */
