
/* The names of files and of their types; what the bytes are is in gig_file_type.c. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "gig_file.h"
#include "gig_utf8.h"

#define GIG_FILE_EXTENSION      5               /* bytes of the longest, with its dot */


const char *const  gig_file_names[GIG_FILE_TYPES] = {
    "pdf", "doc", "docx", "txt", "rtf", "png", "jpeg"
};

static const char *const  gig_file_media_types[GIG_FILE_TYPES] = {
    "application/pdf", "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text/plain",
    "application/rtf", "image/png", "image/jpeg"
};

static const char *const  gig_file_people[GIG_FILE_TYPES] = {
    "PDF", "Word (.doc)", "Word (.docx)", "plain text (.txt)", "RTF", "PNG", "JPEG"
};


static int  gig_file_visible(utf8proc_int32_t code);
static size_t  gig_file_stem(gig_str_t sent, char *out, size_t size);
static int  gig_file_has_extension(gig_str_t name, gig_file_type_t type);


const char *
gig_file_extension(gig_file_type_t type)
{
    return gig_file_names[type];
}


const char *
gig_file_media_type(gig_file_type_t type)
{
    return gig_file_media_types[type];
}


gig_file_type_t
gig_file_named(gig_str_t name)
{
    unsigned  i;

    for (i = 0; i < GIG_FILE_TYPES; i++) {
        if (name.data != NULL && gig_str_is(name, gig_file_names[i])) {
            break;
        }
    }

    return (gig_file_type_t) i;
}


/* What was written, as far as it fits, as a C string. */

static void
gig_file_told(gig_buf_t *text, char *out, size_t size)
{
    size_t  len;

    len = gig_utf8_cut(gig_buf_view(text), size - 1);

    if (len != 0) {
        memcpy(out, text->data, len);
    }

    out[len] = '\0';
    gig_buf_free(text);
}


void
gig_file_words(const gig_language_t *words, unsigned types, char out[GIG_FILE_WORDS])
{
    unsigned   i, n, left;
    gig_buf_t  text;

    gig_buf_init(&text, GIG_FILE_WORDS);
    n = (unsigned) __builtin_popcount(types);

    for (i = 0, left = n; i < GIG_FILE_TYPES; i++) {

        if (!(types & GIG_FILE_BIT(i))) {
            continue;
        }

        if (left != n) {
            gig_tell_between(words, left == 1 ? GIG_SAY_NAMES_OR : GIG_SAY_NAMES_COMMA, &text);
        }

        if (i == GIG_FILE_TXT) {
            gig_tell(words, GIG_SAY_FILE_TEXT, &text);
        } else {
            gig_buf_puts(&text, gig_file_people[i]);
        }

        left--;
    }

    gig_file_told(&text, out, GIG_FILE_WORDS);
}


void
gig_file_accept(unsigned types, char *out, size_t size)
{
    size_t    len;
    unsigned  i;

    len = 0;
    out[0] = '\0';

    for (i = 0; i < GIG_FILE_TYPES; i++) {

        if (!(types & GIG_FILE_BIT(i)) || len >= size) {
            continue;
        }

        len += (size_t) snprintf(out + len, size - len, "%s.%s%s,%s", len == 0 ? "" : ",",
                                 gig_file_names[i], i == GIG_FILE_JPEG ? ",.jpg" : "",
                                 gig_file_media_types[i]);
    }
}


void
gig_file_size_text(const gig_language_t *words, size_t size, char out[GIG_FILE_SIZE_TEXT])
{
    size_t       mega = 1024 * 1024, tenths = size * 10 / mega;
    gig_buf_t    text;
    gig_said_t   said;

    gig_buf_init(&text, GIG_FILE_SIZE_TEXT);

    if (size >= mega) {
        said = gig_tell_begin(words, GIG_SAY_FILE_MB);

        while (gig_say_next(&said, &text)) {
            gig_language_number(words, (double) tenths / 10, &text);
        }

    } else if (size >= 1024) {
        gig_tell_n(words, GIG_SAY_FILE_KB, size / 1024, &text);

    } else {
        gig_tell_n(words, GIG_SAY_FILE_BYTES, size, &text);
    }

    gig_file_told(&text, out, GIG_FILE_SIZE_TEXT);
}


void
gig_file_name(gig_str_t sent, gig_str_t otherwise, gig_file_type_t type,
    char out[GIG_FILE_NAME + 1])
{
    size_t               n, stem, room;
    char                 clean[2 * GIG_FILE_NAME + 1];
    gig_str_t            name;
    utf8proc_uint8_t    *composed;

    n = gig_file_stem(sent, clean, sizeof(clean));
    clean[n] = '\0';
    composed = NULL;
    name = (gig_str_t) { clean, n };

    /* composed, so that one name is one, whatever system it comes from; no memory: as it is */

    if (n != 0
        && utf8proc_map((const utf8proc_uint8_t *) clean, (utf8proc_ssize_t) n, &composed,
                        UTF8PROC_STABLE | UTF8PROC_COMPOSE)
           > 0)
    {
        name = (gig_str_t) { (const char *) composed, strlen((const char *) composed) };
    }

    if (name.len == 0) {
        name = otherwise;
    }

    stem = name.len;

    if (gig_file_has_extension(name, type)) {
        for (stem--; name.data[stem] != '.'; stem--) { /* void */ }
    }

    room = GIG_FILE_NAME - GIG_FILE_EXTENSION;
    n = stem > room ? gig_utf8_cut((gig_str_t) { name.data, stem }, room) : stem;
    memcpy(out, name.data, n);
    (void) snprintf(out + n, GIG_FILE_NAME + 1 - n, ".%s", gig_file_extension(type));

    free(composed);
}


/* What can be seen of the last part of a path, as far as there is room; without dots around it. */

static size_t
gig_file_stem(gig_str_t sent, char *out, size_t size)
{
    size_t            i, n, len;
    utf8proc_int32_t  code;

    n = 0;

    for (i = 0; i < sent.len; i += len) {

        len = (size_t) utf8proc_iterate((const utf8proc_uint8_t *) sent.data + i,
                                        (utf8proc_ssize_t) (sent.len - i), &code);

        if (len == 0 || len > 4) {
            len = 1;                            /* no UTF-8: this byte is left out */
            continue;
        }

        if (code == '/' || code == '\\') {
            n = 0;                              /* a folder's name, whoever's system that is */
            continue;
        }

        if (!gig_file_visible(code) || (n == 0 && (code == '.' || code == ' '))
            || len > size - 1 - n)
        {
            continue;
        }

        memcpy(out + n, sent.data + i, len);
        n += len;
    }

    while (n != 0 && (out[n - 1] == ' ' || out[n - 1] == '.')) {
        n--;
    }

    return n;
}


/* No controls, no marks of direction, nothing of no width, no signs that some system forbids. */

static int
gig_file_visible(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return 0;
    default:
        return code > 0x7f || strchr("<>:\"|?*", (int) code) == NULL;
    }
}


static int
gig_file_has_extension(gig_str_t name, gig_file_type_t type)
{
    size_t       len;
    unsigned     i;
    const char  *right[2] = { gig_file_extension(type), type == GIG_FILE_JPEG ? "jpg" : NULL };

    for (i = 0; i < 2 && right[i] != NULL; i++) {

        len = strlen(right[i]);

        if (name.len > len + 1 && name.data[name.len - len - 1] == '.'
            && strncasecmp(name.data + name.len - len, right[i], len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
