
/*
 * Descriptions.  What comes out of the cleaner holds none of what may begin a
 * script, and cleaning it again changes nothing.
 *
 *     clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ingx_gig_module/core \
 *         t/fuzz/fuzz_html.c ngx_gig_module/core/gig_{base,buf,markup,markup_tag,markup_text,url,utf8}.c
 */

#include <stdlib.h>
#include <string.h>

#include "gig_markup.h"
#include "gig_utf8.h"

#define GIG_OUT_MAX     (16 * 1024 * 1024)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t       i;
    gig_buf_t    out, again, text;
    const char  *p;

    static const char *const  allowed[] = {
        "<p>", "</p>", "<br>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<strong>", "</strong>",
        "<em>", "</em>", "<b>", "</b>", "<i>", "</i>", "<h3>", "</h3>", "<h4>", "</h4>", "<blockquote>",
        "</blockquote>", "<code>", "</code>", "<pre>", "</pre>", "</a>", "<a href=\"http"
    };

    gig_buf_init(&out, GIG_OUT_MAX);
    gig_buf_init(&again, GIG_OUT_MAX);
    gig_buf_init(&text, GIG_OUT_MAX);

    if (gig_markup_clean((gig_str_t) { (const char *) data, size }, &out) != 0
        || gig_markup_clean((gig_str_t) { out.data, out.len }, &again) != 0
        || gig_markup_text((gig_str_t) { out.data, out.len }, &text) != 0
        || out.len != again.len || (out.len != 0 && memcmp(out.data, again.data, out.len) != 0)
        || !gig_utf8_valid((gig_str_t) { out.data, out.len })
        || !gig_utf8_valid((gig_str_t) { text.data, text.len }))
    {
        abort();
    }

    gig_buf_add(&out, "", 1);

    for (p = strchr(out.data, '<'); p != NULL; p = strchr(p + 1, '<')) {

        for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
            if (strncasecmp(p, allowed[i], strlen(allowed[i])) == 0) {
                break;
            }
        }

        if (i == sizeof(allowed) / sizeof(allowed[0])) {
            abort();
        }
    }

    gig_buf_free(&out);
    gig_buf_free(&again);
    gig_buf_free(&text);

    return 0;
}
