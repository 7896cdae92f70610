
/*
 * What a file is: how it begins, how it ends, and for the two that are made of files what is
 * in them.  A reader may look for what it knows anywhere in a file, so what begins as one thing and
 * holds another where that one's reader would find it is neither.
 */

#include <string.h>
#include <strings.h>

#include "gig_file.h"
#include "gig_utf8.h"

#define GIG_ZIP_END             22              /* bytes of the last record, without its comment */
#define GIG_ZIP_COMMENT         65535
#define GIG_ZIP_ENTRY           46              /* bytes of an entry, without its name */
#define GIG_ZIP_ENTRIES         4096
#define GIG_OLE_SECTOR          512
#define GIG_OLE_ENTRY           128             /* bytes of an entry of its directory */
#define GIG_PDF_ANYWHERE        1024            /* readers find its beginning in these */
#define GIG_PDF_END             2048            /* and "%%EOF" in the last of these */


static int  gig_file_begins(gig_str_t bytes, const char *with, size_t len);
static int  gig_file_is_zip(gig_str_t bytes, size_t *end);
static int  gig_file_is_docx(gig_str_t bytes);
static int  gig_file_is_doc(gig_str_t bytes);
static int  gig_file_is_rtf(gig_str_t bytes);
static int  gig_file_is_text(gig_str_t bytes);
static size_t  gig_file_16(gig_str_t bytes, size_t at);
static size_t  gig_file_32(gig_str_t bytes, size_t at);


#define gig_file_begins_as(bytes, literal)                                                    \
    gig_file_begins(bytes, literal, sizeof(literal) - 1)


gig_file_type_t
gig_file_type(gig_str_t bytes)
{
    size_t     end;
    gig_str_t  head, tail;

    static const char  png_end[] = "\0\0\0\0IEND\xae\x42\x60\x82";

    if (bytes.len == 0) {
        return GIG_FILE_TYPES;
    }

    head = (gig_str_t) { bytes.data,
                         bytes.len < GIG_PDF_ANYWHERE ? bytes.len : GIG_PDF_ANYWHERE };

    if (gig_file_begins_as(bytes, "%PDF-")) {

        tail.len = bytes.len < GIG_PDF_END ? bytes.len : GIG_PDF_END;
        tail.data = bytes.data + bytes.len - tail.len;

        return memmem(tail.data, tail.len, "%%EOF", 5) != NULL && !gig_file_is_zip(bytes, &end)
               ? GIG_FILE_PDF : GIG_FILE_TYPES;
    }

    if (memmem(head.data, head.len, "%PDF-", 5) != NULL) {
        return GIG_FILE_TYPES;
    }

    if (gig_file_begins_as(bytes, "PK\3\4")) {
        return gig_file_is_docx(bytes) ? GIG_FILE_DOCX : GIG_FILE_TYPES;
    }

    /* a ZIP is read from its end: whatever it begins with, it is one */

    if (gig_file_is_zip(bytes, &end)) {
        return GIG_FILE_TYPES;
    }

    if (gig_file_begins_as(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
        return gig_file_is_doc(bytes) ? GIG_FILE_DOC : GIG_FILE_TYPES;
    }

    if (gig_file_begins_as(bytes, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR")) {
        return bytes.len >= 45
               && memcmp(bytes.data + bytes.len - 12, png_end, 12) == 0
               ? GIG_FILE_PNG : GIG_FILE_TYPES;
    }

    /* cameras append things of their own, so the end of a picture is not the end of the file */

    if (gig_file_begins_as(bytes, "\xff\xd8\xff")) {
        return bytes.len >= 64 && memmem(bytes.data, bytes.len, "\xff\xd9", 2) != NULL
               ? GIG_FILE_JPEG : GIG_FILE_TYPES;
    }

    if (gig_file_begins_as(bytes, "{\\rtf")) {
        return gig_file_is_rtf(bytes) ? GIG_FILE_RTF : GIG_FILE_TYPES;
    }

    return gig_file_is_text(bytes) ? GIG_FILE_TXT : GIG_FILE_TYPES;
}


static int
gig_file_begins(gig_str_t bytes, const char *with, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, with, len) == 0;
}


static size_t
gig_file_16(gig_str_t bytes, size_t at)
{
    const unsigned char  *p;

    p = (const unsigned char *) bytes.data + at;

    return (size_t) p[0] | (size_t) p[1] << 8;
}


static size_t
gig_file_32(gig_str_t bytes, size_t at)
{
    return gig_file_16(bytes, at) | gig_file_16(bytes, at + 2) << 16;
}


/* The last record of a ZIP, whose comment ends with the file; where it is. */

static int
gig_file_is_zip(gig_str_t bytes, size_t *end)
{
    size_t       at, first;
    const char  *p;

    if (bytes.len < GIG_ZIP_END) {
        return 0;
    }

    at = bytes.len - GIG_ZIP_END;
    first = at > GIG_ZIP_COMMENT ? at - GIG_ZIP_COMMENT : 0;

    for (at++; at > first; at = (size_t) (p - bytes.data)) {

        p = memrchr(bytes.data + first, 'P', at - first);

        if (p == NULL) {
            return 0;
        }

        if (memcmp(p, "PK\5\6", 4) == 0) {
            *end = (size_t) (p - bytes.data);

            if (*end + GIG_ZIP_END + gig_file_16(bytes, *end + 20) == bytes.len) {
                return 1;
            }
        }
    }

    return 0;
}


/* A document of Word, and without macros: those are another type. */

static int
gig_file_is_docx(gig_str_t bytes)
{
    int        types, word;
    size_t     at, end, n, next;
    gig_str_t  name;

    static const char  macros[] = "word/vbaProject.bin";

    if (!gig_file_is_zip(bytes, &end)) {
        return 0;
    }

    n = gig_file_16(bytes, end + 10);
    at = gig_file_32(bytes, end + 16);

    /* the directory lies just before its end, so that nothing is in front of the first file */

    if (n == 0 || n > GIG_ZIP_ENTRIES || at > end || end - at != gig_file_32(bytes, end + 12)) {
        return 0;
    }

    types = 0;
    word = 0;

    for ( /* void */ ; n != 0; n--, at = next) {

        if (end - at < GIG_ZIP_ENTRY || memcmp(bytes.data + at, "PK\1\2", 4) != 0
            || (gig_file_16(bytes, at + 8) & 1) != 0)           /* encrypted */
        {
            return 0;
        }

        name = (gig_str_t) { bytes.data + at + GIG_ZIP_ENTRY, gig_file_16(bytes, at + 28) };
        next = at + GIG_ZIP_ENTRY + name.len + gig_file_16(bytes, at + 30)
               + gig_file_16(bytes, at + 32);

        if (next > end) {
            return 0;
        }

        types |= gig_str_is(name, "[Content_Types].xml");
        word |= gig_file_begins_as(name, "word/");

        if (name.len == sizeof(macros) - 1 && strncasecmp(name.data, macros, name.len) == 0) {
            return 0;
        }
    }

    return at == end && types && word;
}


/* The other container of Office, in which Word's stream has a name of its own. */

static int
gig_file_is_doc(gig_str_t bytes)
{
    size_t  at;

    static const char  word[] = "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0\0\0";

    /* an entry of the directory begins at a multiple of its size, with its name */

    for (at = GIG_OLE_SECTOR; at + GIG_OLE_ENTRY <= bytes.len; at += GIG_OLE_ENTRY) {
        if (memcmp(bytes.data + at, word, sizeof(word) - 1) == 0
            && gig_file_16(bytes, at + 64) == sizeof(word) - 1)
        {
            return 1;
        }
    }

    return 0;
}


static int
gig_file_is_rtf(gig_str_t bytes)
{
    size_t  n;

    n = bytes.len;

    while (n != 0 && (bytes.data[n - 1] == '\0' || strchr(" \t\r\n", bytes.data[n - 1]) != NULL)) {
        n--;
    }

    return n > 6 && bytes.data[n - 1] == '}';
}


/* UTF-8 (with its mark or without) in which nothing is hidden. */

static int
gig_file_is_text(gig_str_t bytes)
{
    size_t             i;
    unsigned char      c;
    gig_utf8_reader_t  reader;

    gig_utf8_begin(&reader);

    for (i = 0; i < bytes.len; i++) {

        c = (unsigned char) bytes.data[i];

        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7f
            || gig_utf8_next(&reader, c) != NULL)
        {
            return 0;
        }
    }

    return gig_utf8_end(&reader) == NULL;
}
