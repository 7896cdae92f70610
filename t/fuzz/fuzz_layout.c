
/*
 * A frame (gig_layout) is read to its end or refused in words; its pieces are views on the text in
 * its order, with one head before one main, and no slot of the text is in none of them.
 */

#include <stdlib.h>
#include <string.h>

#include "gig_layout.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned             i, heads, mains, line;
    const char          *p;
    gig_str_t            text;
    gig_error_t          err;
    static gig_layout_t  layout;

    text = (gig_str_t) { (const char *) data, size };
    err.detail[0] = '\0';

    if (gig_layout_read(text, &layout, &line, &err) != 0) {

        if (err.detail[0] == '\0' || line > size + 1) {
            abort();
        }

        return 0;
    }

    if (layout.n < 3 || layout.n > GIG_LAYOUT_PIECES_MAX
        || layout.n_warnings > GIG_LAYOUT_WARNINGS_MAX)
    {
        abort();
    }

    p = text.data;
    heads = 0;
    mains = 0;

    for (i = 0; i < layout.n; i++) {

        if (layout.piece[i].text.data < p
            || layout.piece[i].text.data + layout.piece[i].text.len > text.data + text.len
            || memmem(layout.piece[i].text.data, layout.piece[i].text.len, "{{", 2) != NULL
            || (layout.piece[i].slot == GIG_SLOT_END) != (i + 1 == layout.n))
        {
            abort();
        }

        p = layout.piece[i].text.data + layout.piece[i].text.len;
        heads += layout.piece[i].slot == GIG_SLOT_HEAD;
        mains += layout.piece[i].slot == GIG_SLOT_MAIN;

        if (heads < mains) {
            abort();
        }
    }

    if (heads != 1 || mains != 1 || p != text.data + text.len) {
        abort();
    }

    for (i = 0; i < layout.n_warnings; i++) {
        if (layout.warning[i].line == 0 || layout.warning[i].detail == NULL) {
            abort();
        }
    }

    return 0;
}
