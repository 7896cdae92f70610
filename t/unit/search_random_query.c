
/* Random questions: what the catalog has, spelt in other ways, and what it has not. */

#include "gig_test_image.h"
#include "search_random.h"

#define PARAMETERS_MAX      64
#define Q_BYTES             200                 /* of a random `q`: under its bound */


/* name=value pairs, in the order they are made; they are shuffled at the end. */
typedef struct {
    uint64_t               *random;
    const reference_t      *reference;
    const reference_gig_t  *gig;                /* most of the question is about this one */
    size_t                  n;
    gig_buf_t               parameter[PARAMETERS_MAX];
} asking_t;


static int
chance(asking_t *asking, uint32_t of)
{
    return test_random(asking->random, of) == 0;
}


static uint32_t
below(asking_t *asking, uint32_t n)
{
    return test_random(asking->random, n);
}


/* Percent-encodes what must be, and now and then what need not. */
static void
encode(asking_t *asking, gig_str_t value, gig_buf_t *out)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < value.len; i++) {
        c = (unsigned char) value.data[i];

        if (c == ' ' && !chance(asking, 3)) {
            gig_buf_puts(out, "+");

        } else if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                    || c == '-' || c == '.' || c == '_') && !chance(asking, 30))
        {
            gig_buf_printf(out, "%c", c);

        } else {
            gig_buf_printf(out, chance(asking, 2) ? "%%%02x" : "%%%02X", c);
        }
    }
}


static void
ask(asking_t *asking, const char *name, gig_str_t value)
{
    gig_buf_t  *parameter = &asking->parameter[asking->n++];

    assert_true(asking->n <= PARAMETERS_MAX);
    gig_buf_init(parameter, GIG_QUERY_ARGS_MAX);
    gig_buf_printf(parameter, "%s=", name);
    encode(asking, value, parameter);
}


static void
ask_text(asking_t *asking, const char *name, const char *value)
{
    ask(asking, name, (gig_str_t) { value, strlen(value) });
}


static const reference_gig_t *
some_gig(asking_t *asking)
{
    if (asking->reference->n > 0 && (asking->gig == NULL || chance(asking, 6))) {
        asking->gig = asking->reference->gig[below(asking, asking->reference->n)];
    }

    return asking->gig;
}


/* ASCII letters in another case, and blanks around. */
static void
respell(asking_t *asking, gig_str_t text, gig_buf_t *out)
{
    char      c;
    size_t    i;
    uint32_t  how = below(asking, 4);

    gig_buf_puts(out, how == 3 ? " " : "");

    for (i = 0; i < text.len; i++) {
        c = text.data[i];
        c = (char) (how == 0 && c >= 'a' && c <= 'z' ? c - 32
                    : how == 1 && c >= 'A' && c <= 'Z' ? c + 32 : c);
        gig_buf_add(out, &c, 1);
    }

    gig_buf_puts(out, how == 3 ? "  " : "");
}


/* Any value of any gig. */
static void
ask_value(asking_t *asking)
{
    gig_buf_t                 out;
    gig_facet_t               facet = (gig_facet_t) below(asking, GIG_FACETS);
    const reference_gig_t    *gig = some_gig(asking);
    const reference_value_t  *value;

    static const char *const  nothing[] = { "Nothing", "x", "Zürich", "zrh", "ny", "…", "NYC" };

    if (gig == NULL || gig->n_values == 0 || chance(asking, 12)) {
        /* of these two only what they may be is taken */

        if (facet == GIG_FACET_MODE || facet == GIG_FACET_ENGAGEMENT) {
            facet = GIG_FACET_SKILL;
        }

        ask_text(asking, gig_facet_name(facet), nothing[below(asking, 7)]);
        return;
    }

    value = &gig->value[below(asking, gig->n_values)];
    gig_buf_init(&out, GIG_QUERY_ARGS_MAX);
    respell(asking, reference_text(asking->reference,
                                   chance(asking, 3) ? value->key : value->spelling), &out);
    assert_false(gig_buf_failed(&out));

    if (out.len <= GIG_QUERY_VALUE_MAX) {
        ask(asking, gig_facet_name(value->facet), (gig_str_t) { out.data, out.len });
    }

    gig_buf_free(&out);
}


static void
ask_range(asking_t *asking)
{
    int                     closes = chance(asking, 2);
    char                    at[GIG_TIME_SIZE], text[64];
    int64_t                 seconds = TEST_NOW + 3600 * ((int64_t) below(asking, 500) - 400);
    const reference_gig_t  *gig = some_gig(asking);

    static const char *const  currencies[] = { "USD", "usd", "Eur", "JPY", "kwd", "CHF" };

    if (chance(asking, 3)) {
        snprintf(text, sizeof(text), chance(asking, 4) ? "%u.50" : "%u", below(asking, 60)
                 * (chance(asking, 2) ? 1 : 10));
        ask_text(asking, "pay_min", text);
    }

    if (chance(asking, 6)) {
        ask_text(asking, "currency", currencies[below(asking, 6)]);
    }

    if (chance(asking, 4)) {
        snprintf(text, sizeof(text), "%u", 15 + below(asking, 30));
        ask_text(asking, "hours_max", text);
    }

    if (chance(asking, 3)) {
        /* as often as not the very second of a gig, which is "after", but not "before" */

        if (gig != NULL && gig->record.closes_at != GIG_TIME_NONE && chance(asking, 2)) {
            seconds = closes ? gig->record.closes_at : gig->record.posted_at;
        }

        gig_time_format(seconds, at);

        if (chance(asking, 3)) {
            snprintf(text, sizeof(text), "%.10s", at);

        } else {
            snprintf(text, sizeof(text), "%.19s%s", at, chance(asking, 6) ? "+02:00" : "Z");
        }

        ask_text(asking, closes ? "closes_before" : "posted_after", text);
    }
}


/* A word as a gig has it, whole or its beginning; folded already, so case is put back at random. */
static void
word_of_gig(asking_t *asking, const reference_gig_t *gig, int cut, gig_buf_t *out)
{
    size_t     len;
    gig_str_t  word = reference_text(asking->reference,
                                     gig->word[below(asking, gig->n_words)].spelling);

    if (cut && word.len > 3) {
        len = 1 + below(asking, (uint32_t) word.len - 1);

        while (len < word.len && (word.data[len] & 0xc0) == 0x80) {
            len++;
        }

        word.len = len;
    }

    respell(asking, word, out);
}


/* Some of the words of a title between quotes, as they stand there. */
static void
phrase_of_gig(asking_t *asking, const reference_gig_t *gig, gig_buf_t *out)
{
    size_t     from, to;
    gig_str_t  text = gig->record.title;

    from = below(asking, (uint32_t) text.len);
    to = from + 1 + below(asking, (uint32_t) (text.len - from > 24 ? 24 : text.len - from));

    while (from > 0 && text.data[from - 1] != ' ') {
        from--;
    }

    while (to < text.len && text.data[to] != ' ') {
        to++;
    }

    gig_buf_puts(out, "\"");
    gig_buf_add(out, text.data + from, to - from);
    gig_buf_puts(out, chance(asking, 12) ? "" : "\"");
}


static void
ask_q(asking_t *asking)
{
    size_t                  cut;
    uint32_t                i, n;
    gig_buf_t               out, part;
    const reference_gig_t  *gig;

    static const char *const  words[] = {
        "c++", "C#", ".net", "node.js", "node", "r&d", "test", "testing", "testi", "prüf",
        "strasse", "-", "\"", "\"\"", "--x", "- test", "OR", "数", "тест", "ma", "mark", "inter",
        "machine-learning", "\"machine learning\"", "-\"data analyst\"", "asp.ne", "'", "!!!",
        "\"node js\"", "\"js node\"", "a.b.c", "data data", "\"data\" data", "co-op", "report",
        "report", "\"report report\""
    };

    gig_buf_init(&out, GIG_QUERY_ARGS_MAX);
    n = 1 + below(asking, chance(asking, 30) ? 24 : 4);

    for (i = 0; i < n; i++) {
        gig_buf_init(&part, GIG_QUERY_ARGS_MAX);
        gig = some_gig(asking);
        gig_buf_puts(&part, chance(asking, 10) ? "-" : "");

        if (gig == NULL || gig->n_words == 0 || chance(asking, 10)) {
            gig_buf_puts(&part, words[below(asking, sizeof(words) / sizeof(words[0]))]);

        } else if (chance(asking, 5)) {
            phrase_of_gig(asking, gig, &part);

        } else {
            word_of_gig(asking, gig, i + 1 == n && chance(asking, 2), &part);
        }

        assert_false(gig_buf_failed(&part));

        if (out.len + part.len + 2 <= Q_BYTES) {
            gig_buf_puts(&out, i == 0 ? "" : chance(asking, 10) ? "  " : " ");
            gig_buf_add(&out, part.data, part.len);
        }

        gig_buf_free(&part);
    }

    cut = out.len;
    ask(asking, "q", (gig_str_t) { cut ? out.data : "", cut });
    gig_buf_free(&out);
}


static void
ask_facets(asking_t *asking)
{
    char      text[256];
    size_t    len;
    uint32_t  i, n;

    if (chance(asking, 2)) {
        ask_text(asking, "facets", "1");
        return;
    }

    for (i = 0, len = 0, n = 1 + below(asking, 4); i < n; i++) {
        len += (size_t) snprintf(text + len, sizeof(text) - len, "%s%s", i ? "," : "",
                                 gig_facet_name((gig_facet_t) below(asking, GIG_FACETS)));
    }

    ask_text(asking, "facets", text);
}


/* What a plain form sends of fields that nobody filled in, and what others add to a link. */
static void
ask_nothing(asking_t *asking, int q)
{
    static const char *const  empty[] = { "skill", "location", "mode", "org" };
    static const char *const  others[] = { "utm_source", "fbclid", "p", "Q", "skills", "" };

    if (chance(asking, 6)) {
        ask_text(asking, empty[below(asking, 4)], chance(asking, 3) ? "  " : "");
    }

    if (!q && chance(asking, 4)) {
        ask_text(asking, "q", "");
    }

    if (chance(asking, 6)) {
        ask_text(asking, others[below(asking, 6)], "what&ever=1");
    }
}


void
random_query(uint64_t *random, const reference_t *reference, gig_buf_t *args)
{
    int        q;
    char       text[16];
    size_t     i, k;
    uint32_t   n;
    asking_t   asking;
    gig_buf_t  swap;

    static const char *const  states[] = { "open", "scheduled", "all", "all", "all", "all" };
    static const char *const  sorts[] = {
        "newest", "closing", "pay", "closing", "pay", "relevance"
    };

    memset(&asking, 0, sizeof(asking));
    asking.random = random;
    asking.reference = reference;

    for (n = chance(&asking, 2) ? 0 : below(&asking, chance(&asking, 12) ? 24 : 4); n > 0; n--) {
        ask_value(&asking);
    }

    if (chance(&asking, 4)) {
        ask_range(&asking);
    }

    q = chance(&asking, 2);

    if (q) {
        ask_q(&asking);
    }

    if (!chance(&asking, 4)) {
        ask_text(&asking, "state", states[below(&asking, 6)]);
    }

    if (chance(&asking, 2)) {
        ask_text(&asking, "sort", sorts[below(&asking, q ? 6 : 5)]);
    }

    if (!chance(&asking, 4)) {
        snprintf(text, sizeof(text), "%u", 1 + below(&asking, chance(&asking, 3) ? 100 : 20));
        ask_text(&asking, "limit", text);
    }

    if (chance(&asking, 2)) {
        ask_facets(&asking);
    }

    ask_nothing(&asking, q);

    for (i = asking.n; i > 1; i--) {
        k = below(&asking, (uint32_t) i);
        swap = asking.parameter[i - 1];
        asking.parameter[i - 1] = asking.parameter[k];
        asking.parameter[k] = swap;
    }

    for (i = 0; i < asking.n; i++) {
        gig_buf_puts(args, i ? "&" : "");
        gig_buf_add(args, asking.parameter[i].data, asking.parameter[i].len);
        gig_buf_free(&asking.parameter[i]);
    }

    assert_false(gig_buf_failed(args));
}
