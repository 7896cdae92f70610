#include <assert.h>
#include <string.h>

#include "gig_crc32c.h"
#include "gig_ledger.h"

#define GIG_LEDGER_MAGIC        "GIGLEDGR"
#define GIG_LEDGER_ENDIAN       0x01020304u
#define GIG_LEDGER_FRAME        0x4d415246u     /* "FRAM" */


typedef struct {
    char      magic[8];
    uint32_t  version, endian;
    uint64_t  segment;
    int64_t   made_ms;
    char      board[40];                        /* padded with NUL */
    char      reserved[52];
    uint32_t  crc;                              /* of all before */
} gig_ledger_disk_header_t;

/* Then gig, rev, id, who, print and box, and NUL up to the length. */
typedef struct {
    uint32_t  magic;
    uint32_t  crc;                              /* of all that follows */
    uint32_t  length;                           /* of the frame, a multiple of the alignment */
    uint32_t  number;
    uint64_t  segment;
    int64_t   received_ms;
    int64_t   at_ms;
    uint32_t  box;                              /* lengths, from here on */
    uint8_t   kind, op, seat, gig;
    uint8_t   rev, id, who, print;
    uint8_t   replay;
    uint8_t   reserved[3];
} gig_ledger_disk_frame_t;

static_assert(sizeof(gig_ledger_disk_header_t) == GIG_LEDGER_HEADER, "as it is on the disk");
static_assert(sizeof(gig_ledger_disk_frame_t) == 56, "as it is on the disk");
static_assert(GIG_LEDGER_REV_MAX < 256 && GIG_ID_MAX < 256, "lengths of one byte");


static int gig_ledger_text(const char **p, size_t len, char *out, size_t size);

static const char *const  gig_ledger_seats[GIG_LEDGER_SEATS] = {
    "", "reserved", "waitlisted", "over", "late"
};


const char *
gig_ledger_seat_text(gig_ledger_seat_t seat)
{
    return gig_ledger_seats[seat];
}


gig_ledger_seat_t
gig_ledger_seat_read(gig_str_t text)
{
    unsigned  i;

    for (i = 0; i < GIG_LEDGER_SEATS; i++) {
        if (gig_str_is(text, gig_ledger_seats[i])) {
            break;
        }
    }

    return (gig_ledger_seat_t) i;
}


void
gig_ledger_header_write(const gig_ledger_header_t *header, unsigned char out[GIG_LEDGER_HEADER])
{
    gig_ledger_disk_header_t  disk;

    memset(&disk, 0, sizeof(disk));
    memcpy(disk.magic, GIG_LEDGER_MAGIC, sizeof(disk.magic));
    disk.version = GIG_LEDGER_VERSION;
    disk.endian = GIG_LEDGER_ENDIAN;
    disk.segment = header->segment;
    disk.made_ms = header->made_ms;
    memcpy(disk.board, header->board, strnlen(header->board, GIG_BOARD_MAX));
    disk.crc = gig_crc32c(0, &disk, offsetof(gig_ledger_disk_header_t, crc));
    memcpy(out, &disk, sizeof(disk));
}


int
gig_ledger_header_read(gig_str_t segment, gig_ledger_header_t *header, gig_error_t *err)
{
    gig_ledger_disk_header_t  disk;

    if (segment.len < sizeof(disk)) {
        return gig_error_set(err, "", "is no segment of a ledger: it is shorter than a header");
    }

    memcpy(&disk, segment.data, sizeof(disk));

    if (memcmp(disk.magic, GIG_LEDGER_MAGIC, sizeof(disk.magic)) != 0
        || disk.endian != GIG_LEDGER_ENDIAN)
    {
        return gig_error_set(err, "", "is no segment of a ledger");
    }

    if (disk.version != GIG_LEDGER_VERSION) {
        return gig_error_set(err, "", "is of format %u; this version reads %u", disk.version,
                             GIG_LEDGER_VERSION);
    }

    if (gig_crc32c(0, &disk, offsetof(gig_ledger_disk_header_t, crc)) != disk.crc
        || disk.segment == 0 || disk.board[GIG_BOARD_MAX] != '\0')
    {
        return gig_error_set(err, "", "its header is damaged");
    }

    header->segment = disk.segment;
    header->made_ms = disk.made_ms;
    memcpy(header->board, disk.board, sizeof(header->board));

    return 0;
}


size_t
gig_ledger_frame_size(const gig_ledger_record_t *record)
{
    size_t  size;

    if (record->gig.len > GIG_ID_MAX || record->rev.len > GIG_LEDGER_REV_MAX
        || record->box.len > GIG_LEDGER_BOX_MAX)
    {
        return 0;
    }

    size = sizeof(gig_ledger_disk_frame_t) + record->gig.len + record->rev.len + strlen(record->id)
           + strlen(record->who) + strlen(record->print) + record->box.len;

    return (size + GIG_LEDGER_ALIGN - 1) & ~(size_t) (GIG_LEDGER_ALIGN - 1);
}


int
gig_ledger_frame_write(const gig_ledger_record_t *record, uint64_t segment, uint32_t number,
    gig_buf_t *out)
{
    size_t                    start = out->len, size;
    gig_ledger_disk_frame_t   disk;
    static const char         zero[GIG_LEDGER_ALIGN];

    size = gig_ledger_frame_size(record);

    if (size == 0) {
        return -1;
    }

    memset(&disk, 0, sizeof(disk));
    disk.magic = GIG_LEDGER_FRAME;
    disk.length = (uint32_t) size;
    disk.number = number;
    disk.segment = segment;
    disk.received_ms = record->received_ms;
    disk.at_ms = record->at_ms;
    disk.box = (uint32_t) record->box.len;
    disk.kind = (uint8_t) record->kind;
    disk.op = (uint8_t) record->op;
    disk.seat = (uint8_t) record->seat;
    disk.gig = (uint8_t) record->gig.len;
    disk.rev = (uint8_t) record->rev.len;
    disk.id = (uint8_t) strlen(record->id);
    disk.who = (uint8_t) strlen(record->who);
    disk.print = (uint8_t) strlen(record->print);
    disk.replay = record->replay;

    gig_buf_room(out, size);
    gig_buf_add(out, &disk, sizeof(disk));
    gig_buf_str(out, record->gig);
    gig_buf_str(out, record->rev);
    gig_buf_puts(out, record->id);
    gig_buf_puts(out, record->who);
    gig_buf_puts(out, record->print);
    gig_buf_str(out, record->box);

    if (gig_buf_failed(out)) {
        return -1;
    }

    gig_buf_add(out, zero, size - (out->len - start));

    if (gig_buf_failed(out)) {
        return -1;
    }

    disk.crc = gig_crc32c(0, out->data + start + offsetof(gig_ledger_disk_frame_t, length),
                          size - offsetof(gig_ledger_disk_frame_t, length));
    memcpy(out->data + start + offsetof(gig_ledger_disk_frame_t, crc), &disk.crc,
           sizeof(disk.crc));

    return 0;
}


size_t
gig_ledger_frame_read(gig_str_t bytes, uint64_t segment, gig_ledger_record_t *record,
    uint32_t *number)
{
    size_t                    size;
    const char               *p;
    gig_ledger_disk_frame_t   disk;

    if (bytes.len < sizeof(disk)) {
        return 0;
    }

    memcpy(&disk, bytes.data, sizeof(disk));

    if (disk.magic != GIG_LEDGER_FRAME || disk.segment != segment
        || disk.length > GIG_LEDGER_FRAME_MAX || disk.length > bytes.len
        || disk.length % GIG_LEDGER_ALIGN != 0)
    {
        return 0;
    }

    size = sizeof(disk) + (size_t) disk.gig + disk.rev + disk.id + disk.who + disk.print;

    if (size > disk.length || disk.box > disk.length - size
        || gig_crc32c(0, bytes.data + offsetof(gig_ledger_disk_frame_t, length),
                      disk.length - offsetof(gig_ledger_disk_frame_t, length))
           != disk.crc)
    {
        return 0;
    }

    /* It is what somebody wrote; whether that was one of us is looked at all the same. */

    if (disk.kind < GIG_LEDGER_RECORD || disk.kind > GIG_LEDGER_REPLAY
        || disk.op < GIG_LEDGER_APPLY || disk.op > GIG_LEDGER_WITHDRAW
        || disk.seat >= GIG_LEDGER_SEATS || disk.gig > GIG_ID_MAX
        || disk.rev > GIG_LEDGER_REV_MAX)
    {
        return 0;
    }

    memset(record, 0, sizeof(*record));
    record->kind = (gig_ledger_kind_t) disk.kind;
    record->op = (gig_ledger_op_t) disk.op;
    record->seat = (gig_ledger_seat_t) disk.seat;
    record->received_ms = disk.received_ms;
    record->at_ms = disk.at_ms;
    record->replay = disk.replay != 0;

    p = bytes.data + sizeof(disk);
    record->gig = (gig_str_t) { p, disk.gig };
    p += disk.gig;
    record->rev = (gig_str_t) { p, disk.rev };
    p += disk.rev;

    if (gig_ledger_text(&p, disk.id, record->id, sizeof(record->id)) != 0
        || gig_ledger_text(&p, disk.who, record->who, sizeof(record->who)) != 0
        || gig_ledger_text(&p, disk.print, record->print, sizeof(record->print)) != 0)
    {
        return 0;
    }

    record->box = (gig_str_t) { p, disk.box };
    *number = disk.number;

    return disk.length;
}


static int
gig_ledger_text(const char **p, size_t len, char *out, size_t size)
{
    if (len >= size || memchr(*p, '\0', len) != NULL) {
        return -1;
    }

    memcpy(out, *p, len);
    out[len] = '\0';
    *p += len;

    return 0;
}


void
gig_ledger_scan_init(gig_ledger_scan_t *scan, gig_str_t bytes, uint64_t segment)
{
    memset(scan, 0, sizeof(*scan));
    scan->bytes = bytes;
    scan->segment = segment;
    scan->at = GIG_LEDGER_HEADER;
    scan->end = GIG_LEDGER_HEADER;
    scan->number = 1;
}


int
gig_ledger_scan_next(gig_ledger_scan_t *scan, gig_ledger_record_t *record)
{
    size_t     at, len;
    uint32_t   magic = GIG_LEDGER_FRAME, number;
    gig_str_t  rest;

    for (at = scan->end; at < scan->bytes.len; at += GIG_LEDGER_ALIGN) {
        rest = (gig_str_t) { scan->bytes.data + at, scan->bytes.len - at };

        if (rest.len < sizeof(magic) || memcmp(rest.data, &magic, sizeof(magic)) != 0) {
            continue;
        }

        len = gig_ledger_frame_read(rest, scan->segment, record, &number);

        /* A box may hold bytes that look like a frame, but none that comes later than the last. */

        if (len == 0 || number < scan->number) {
            continue;
        }

        /* Numbers alone may leap: of frames that were given one and never written. */

        if (at != scan->end) {
            scan->damages++;
            scan->damaged += at - scan->end;
        }

        scan->at = at;
        scan->end = at + len;
        scan->number = number + 1;

        return 1;
    }

    return 0;
}
