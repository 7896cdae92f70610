
/*
 * A pattern, a NUL, a text: whatever both are, reading and matching end, and a text
 * of the pattern's own letters is matched the same twice.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_pattern.h"
#include "gig_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            matches;
    size_t         len;
    gig_str_t      text;
    const void    *nul;
    const char    *wrong;
    gig_pattern_t  pattern;

    nul = size != 0 ? memchr(data, '\0', size) : NULL;
    len = nul != NULL ? (size_t) ((const uint8_t *) nul - data) : size;
    text = (gig_str_t) { (const char *) data + len, size - len };

    if (text.len != 0) {
        text.data++;
        text.len--;
    }

    if (gig_pattern_read((gig_str_t) { (const char *) data, len }, &pattern, &wrong) != 0) {

        if (wrong == NULL || wrong[0] == '\0') {
            abort();
        }

        return 0;
    }

    if (pattern.steps == 0 || pattern.steps > GIG_PATTERN_STEPS
        || pattern.ranges > GIG_PATTERN_RANGES)
    {
        abort();
    }

    if (gig_utf8_valid(text)) {
        matches = gig_pattern_match(&pattern, text);

        if (matches != gig_pattern_match(&pattern, text)) {
            abort();
        }
    }

    return 0;
}
