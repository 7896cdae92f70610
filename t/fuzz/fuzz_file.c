
/*
 * What a file is by its bytes, and what it may be called: the first byte says the length of the
 * name, the rest is the file.  A name is short, valid and of one part; a type is one of ours.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_file.h"
#include "gig_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char             name[GIG_FILE_NAME + 1], again[GIG_FILE_NAME + 1];
    size_t           n;
    gig_str_t        sent, clean;
    gig_file_type_t  type;

    if (size == 0) {
        return 0;
    }

    n = data[0] < size - 1 ? data[0] : size - 1;
    sent = (gig_str_t) { (const char *) data + 1, n };
    type = gig_file_type((gig_str_t) { (const char *) data + 1 + n, size - 1 - n });

    if (type > GIG_FILE_TYPES) {
        abort();
    }

    gig_file_name(sent, gig_str("field"), type == GIG_FILE_TYPES ? GIG_FILE_PDF : type, name);
    clean = (gig_str_t) { name, strlen(name) };

    if (clean.len == 0 || clean.len > GIG_FILE_NAME || name[0] == '.' || strpbrk(name, "/\\") != NULL
        || !gig_utf8_clean(clean, 0))
    {
        abort();
    }

    /* what is clean stays as it is */

    gig_file_name(clean, gig_str("field"), type == GIG_FILE_TYPES ? GIG_FILE_PDF : type, again);

    if (strcmp(name, again) != 0) {
        abort();
    }

    return 0;
}
