
/* An upstream answers what it likes: nothing of it may be read past its end or be kept as it came. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gig_upstream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int         seconds;
    char        id[GIG_UPSTREAM_ID_SIZE];
    size_t      i;
    gig_str_t   text;

    text.data = (const char *) data;
    text.len = size;

    seconds = gig_upstream_retry_after(text, 784111777);

    if (seconds < -1 || seconds > GIG_UPSTREAM_RETRY_MAX) {
        abort();
    }

    gig_upstream_id(text, text, id);

    for (i = 0; id[i] != '\0'; i++) {
        if (i >= GIG_UPSTREAM_ID_SIZE - 1 || id[i] <= ' ' || id[i] > '~' || strchr("\"'\\<>", id[i])) {
            abort();
        }
    }

    (void) gig_upstream_url(text, NULL);
    (void) gig_upstream_header(text, NULL);
    (void) gig_upstream_inside(data, size);

    return 0;
}
