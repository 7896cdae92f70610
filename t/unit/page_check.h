
/* What the tests of rendered HTML share: hostile texts, and what may not come of them. */

#ifndef PAGE_CHECK_H
#define PAGE_CHECK_H

#include <jansson.h>

#include "gig_buf.h"

/* Each tries another way out of text, attribute, tag or comment. */
static const char *const  check_polyglots[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</a></h2><svg onload=alert(1)>",
    "javascript:alert(1)",
    "--><!--<script>alert(1)</script>",
    "</title></style></textarea><script>alert(1)</script>",
    "&lt;script&gt;&#60;img&#62;",
};


/* Puts a text into every string of a record but those that must have a form. */

static inline void
check_infect(json_t *value, const char *text)
{
    size_t       i;
    json_t      *member;
    void        *next;
    const char  *name;

    static const char *const  kept[] = {
        "schema", "id", "status", "time_zone", "posted_at", "opens_at", "closes_at", "engagement",
        "mode", "type", "currency", "unit", "due_by", "language", "source", "onboarding"
    };

    json_object_foreach_safe(value, next, name, member) {
        for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
            if (strcmp(name, kept[i]) == 0) {
                break;
            }
        }

        if (i < sizeof(kept) / sizeof(kept[0])) {
            continue;
        }

        if (json_is_string(member)) {
            json_object_set_new(value, name, json_string(text));
        } else {
            check_infect(member, text);
        }
    }

    json_array_foreach(value, i, member) {
        check_infect(member, text);
    }
}


/*
 * 1: html begins with a gig's JobPosting.  Nothing in it may be anything to a reader of HTML, and
 * it is JSON, which is put into value; NULL: is not wanted.
 */

static inline int
check_posting(const char *html, json_t **value)
{
    size_t       len;
    json_t      *read;
    const char  *end;

    static const char  tag[] = "<script type=\"application/ld+json\">";

    if (strncmp(html, tag, sizeof(tag) - 1) != 0) {
        return 0;
    }

    html += sizeof(tag) - 1;
    end = strstr(html, "</script>\n");
    assert_non_null(end);
    len = (size_t) (end - html);
    assert_int_equal(strcspn(html, "<>&"), len);

    if (memmem(html, len, "\u2028", 3) != NULL || memmem(html, len, "\u2029", 3) != NULL) {
        fail_msg("a line separator of scripts: %.*s", (int) len, html);
    }

    read = json_loadb(html, len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(read);

    if (value != NULL) {
        *value = read;
    } else {
        json_decref(read);
    }

    return 1;
}


/* Tags and attributes that the card never writes by itself. */

static inline void
check_harmless(const char *html)
{
    size_t       i;
    const char  *posting, *end;

    static const char *const  never[] = {
        "<script", "<img src=x", "<svg onload", " onerror=", "onmouseover='", "<!--",
        "</title></style",
        "href=\"javascript", "src=\"javascript", "</textarea><script"
    };

    /* a block of data has a rule of its own, that nothing in it is HTML */

    posting = strstr(html, "<script");
    end = html;

    if (posting != NULL && check_posting(posting, NULL)) {
        end = strstr(posting, "</script>") + 1;
    } else {
        posting = NULL;
    }

    for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        const char  *p = strstr(html, never[i]);

        if (p != NULL && posting != NULL && p >= posting && p < end) {
            p = strstr(end, never[i]);
        }

        /* An attribute's name may stand in text, where no tag is open. */
        if (p != NULL && never[i][0] == ' ') {
            const char  *q = p;

            while (q > html && *q != '<' && *q != '>') {
                q--;
            }

            if (*q == '>') {
                continue;
            }
        }

        if (p != NULL) {
            fail_msg("%s came through in: %s", never[i], p);
        }
    }
}


/*
 * Every element that opens closes in turn, no attribute comes twice in a tag or
 * begins with "on" or is `style`, and every ampersand begins a reference.
 */
static inline void
check_well_formed(const char *html)
{
    int          depth;
    char         quote;
    size_t       n, i;
    const char  *p, *open[64], *q, *attribute[32];
    size_t       attribute_len[32], attributes;

    static const char *const  empty[] = {
        "meta", "link", "br", "img", "input", "use", "rect", "circle", "path"
    };

    depth = 0;

    for (p = html; *p != '\0'; p++) {

        if (*p == '&') {
            n = strcspn(p, ";<> ");

            if (p[n] != ';' || n > 8) {
                fail_msg("a bare ampersand: %.40s", p);
            }
        }

        if (*p != '<' || p[1] == '!') {
            continue;
        }

        if (p[1] == '/') {
            n = strcspn(p + 2, ">");

            if (depth == 0 || strncmp(open[depth - 1], p + 2, n) != 0) {
                fail_msg("closes what is not open: %.40s", p);
                return;
            }

            depth--;
            p += n + 2;
            continue;
        }

        n = strcspn(p + 1, " />");

        for (i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
            if (strlen(empty[i]) == n && memcmp(empty[i], p + 1, n) == 0) {
                break;
            }
        }

        attributes = 0;
        quote = '\0';

        for (q = p + 1 + n; *q != '\0' && (quote != '\0' || *q != '>'); q++) {

            if (quote == '\0' && *q == ' ') {
                size_t  k, len = strcspn(q + 1, "= />");

                for (k = 0; k < attributes; k++) {
                    if (attribute_len[k] == len && memcmp(attribute[k], q + 1, len) == 0) {
                        fail_msg("an attribute twice: %.80s", p);
                    }
                }

                if (strncmp(q + 1, "on", 2) == 0 || strncmp(q + 1, "style", 5) == 0) {
                    fail_msg("script or style in a tag: %.80s", p);
                }

                assert_true(attributes < 32);
                attribute[attributes] = q + 1;
                attribute_len[attributes++] = len;

            } else if (*q == '"') {
                quote = (quote == '\0') ? '"' : '\0';

            } else if (*q == '<') {
                fail_msg("a tag in a tag: %.80s", p);
            }
        }

        if (i == sizeof(empty) / sizeof(empty[0]) && q[-1] != '/') {
            assert_true(depth < 64);
            open[depth++] = p + 1;
        }

        p = q;
    }

    if (depth != 0) {
        fail_msg("never closed: %.40s", open[depth - 1]);
    }
}


static inline unsigned
check_count(const char *html, const char *what)
{
    unsigned     n;
    const char  *p;

    for (n = 0, p = html; (p = strstr(p, what)) != NULL; p++) {
        n++;
    }

    return n;
}


/*
 * Each link and form of ours below base ends in the tail, escaped, with one "?" before all of its
 * query.  A style sheet has none, a form that asks makes a query of its fields.  How many.
 */

static inline unsigned
check_links(const char *html, const char *base, const char *tail)
{
    char         value[4096];
    size_t       len, end;
    unsigned     n, i;
    const char  *p, *tag;

    static const char *const  names[] = { " href=\"", " action=\"" };

    n = 0;

    for (i = 0; i < 2; i++) {
        for (p = html; (p = strstr(p, names[i])) != NULL; p++) {
            for (tag = p; *tag != '<'; tag--) { /* void */ }

            len = strcspn(p + strlen(names[i]), "\"");
            assert_true(len < sizeof(value));
            memcpy(value, p + strlen(names[i]), len);
            value[len] = '\0';

            if (strncmp(value, base, strlen(base)) != 0 || strncmp(tag, "<link ", 6) == 0
                || strncmp(tag, "<form id=\"gig-search\"", 21) == 0)
            {
                continue;
            }

            end = strlen(tail);

            if (len < end || strcmp(value + len - end, tail) != 0
                || strchr(value, '?') == NULL || check_count(value, "?") != 1)
            {
                fail_msg("%s has not the tail %s", value, tail);
            }

            n++;
        }
    }

    return n;
}


/* What holds for any page. */

static inline void
check_page(const char *html)
{
    check_well_formed(html);
    check_harmless(html);
    assert_int_equal(check_count(html, "<h1"), 1);
    assert_int_equal(check_count(html, "<main "), 1);
    assert_int_equal(check_count(html, " style="), 0);
    assert_int_equal(check_count(html, "<style"), 0);
}


/* What was rendered, as text that the caller frees; the buffer is given back. */

static inline char *
check_text(gig_buf_t *out)
{
    char  *html;

    gig_buf_add(out, "", 1);
    assert_false(gig_buf_failed(out));
    html = strdup(out->data);
    assert_non_null(html);
    assert_int_equal(strlen(html), out->len - 1);
    gig_buf_free(out);

    return html;
}


#endif /* PAGE_CHECK_H */
