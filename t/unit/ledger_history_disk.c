
/*
 * Why: most of what can lose an application happens between write() and the disk.  A file here is
 * what a process reads, what is on the disk, and which sectors of the one have yet to become the
 * other; after a failed fsync they never do, as with the page cache of Linux.
 */

#include <string.h>

#include "ledger_history.h"


/* A new segment: its header and its name are on the disk, and it is locked, or there is none. */
int
disk_open(sim_t *s, int worker)
{
    int                   i;
    host_t               *host = &s->host[s->worker[worker].host];
    file_t               *file = NULL;
    gig_ledger_header_t   header;

    if (host->full) {
        return -1;
    }

    for (i = 0; i < FILES; i++) {
        if (!host->file[i].used) {
            file = &host->file[i];
            break;
        }
    }

    /* One that was removed long ago does not come back. */

    for (i = 0; file == NULL && i < FILES; i++) {
        if (host->file[i].unlinked && host->file[i].owner == -1) {
            file = &host->file[i];
        }
    }

    if (file == NULL) {
        return -1;
    }

    memset(file, 0, sizeof(*file));
    memset(&header, 0, sizeof(header));
    file->used = 1;
    file->owner = worker;
    file->id = 1 + (((uint64_t) ++s->nonce) << 8);
    file->len = SEGMENT;
    header.segment = file->id;
    header.made_ms = s->now + host->skew;
    memcpy(header.board, "board", 5);
    gig_ledger_header_write(&header, (unsigned char *) file->data);
    memcpy(file->disk, file->data, GIG_LEDGER_HEADER);

    return (int) (file - host->file);
}


void
disk_write(file_t *file, uint64_t at, const char *data, size_t len)
{
    size_t  i;

    if (len == 0) {
        return;
    }

    memcpy(file->data + at, data, len);

    for (i = at / SECTOR; i <= (at + len - 1) / SECTOR; i++) {
        file->dirty[i] = 1;
    }

    file->len = at + len > file->len ? at + len : file->len;
}


void
disk_sync(file_t *file, unsigned parts)
{
    size_t    i;
    unsigned  random = (unsigned) file->id + parts;

    for (i = 0; i < FILE_MAX / SECTOR; i++) {
        random = random * 1103515245u + 12345u;

        if (file->dirty[i] && (random >> 16) % 1000 < parts) {
            memcpy(file->disk + i * SECTOR, file->data + i * SECTOR, SECTOR);
            file->dirty[i] = 0;
        }
    }
}


void
disk_lost(file_t *file)
{
    memset(file->dirty, 0, sizeof(file->dirty));
}


/* Whoever ran on it is dead.  Of what was not synced all, some or nothing is there. */
void
disk_power(sim_t *s, int host)
{
    int      i;
    file_t  *file;

    for (i = 0; i < FILES; i++) {
        file = &s->host[host].file[i];

        if (!file->used) {
            continue;
        }

        disk_sync(file, sim_chance(s, 300) ? 1000 : sim_below(s, 1000));
        memcpy(file->data, file->disk, sizeof(file->data));
        disk_lost(file);

        if (file->unlinked && sim_chance(s, 300)) {
            file->unlinked = 0;
        }
    }
}


/*
 * The plain way to say what is to be sent again: a record with no tick behind it.  Which, by
 * record; and how many.
 */
unsigned
disk_unticked(const file_t *file, const char *bytes, int *unticked)
{
    unsigned             i, n = 0;
    gig_ledger_scan_t    scan;
    gig_ledger_record_t  record;

    memset(unticked, 0, RECORDS * sizeof(int));
    gig_ledger_scan_init(&scan, (gig_str_t) { bytes, file->len }, file->id);

    while (gig_ledger_scan_next(&scan, &record)) {
        unticked[record_of(&record)] = record.kind == GIG_LEDGER_RECORD;
    }

    for (i = 0; i < RECORDS; i++) {
        n += unticked[i] != 0;
    }

    return n;
}


/* Whether it would be found after a power cut now. */
int
disk_durable(const host_t *host, unsigned record)
{
    int            i, unticked[RECORDS];
    const file_t  *file;

    for (i = 0; i < FILES; i++) {
        file = &host->file[i];

        if (file->used && !file->unlinked && !file->damaged
            && disk_unticked(file, file->disk, unticked) && unticked[record])
        {
            return 1;
        }
    }

    return 0;
}
