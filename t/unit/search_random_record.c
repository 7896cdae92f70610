
/* Random records: few words and values each, so that what is asked for is often found. */

#include "gig_test_image.h"
#include "search_random.h"

#define COUNT(list)     (sizeof(list) / sizeof((list)[0]))
#define LINE_MAX_BYTES  2048


const char  random_places[] =
    "# of the tests\n"
    "Springfield = Spring Field; SPF; Springfield, IL\n"
    "Zürich = Zurich; Zuerich; ZRH\n";

static const char *const  english[] = {
    "data", "software", "engineer", "intern", "design", "marketing", "analyst", "test", "tests",
    "testing", "tested", "testify", "engineers", "engineering", "designer", "designs", "market",
    "markets", "learning", "machine", "machines", "learned", "research", "researcher", "product",
    "the", "and", "for", "of", "analysis", "analyses", "interns", "internship", "write", "writing"
};

static const char *const  german[] = {
    "Prüfung", "Prüfungen", "Straße", "Strassen", "Daten", "Entwickler", "Entwicklung", "Übung",
    "übungen", "Praktikum", "und", "Test", "Tests", "Design"
};

static const char *const  spanish[] = {
    "análisis", "datos", "dato", "diseño", "diseñador", "investigación", "prácticas", "práctica",
    "de", "test", "marketing"
};

static const char *const  french[] = {
    "développeur", "développement", "données", "donnée", "été", "stage", "stages", "analyse",
    "œuvre", "test", "design"
};

/* Names of the trade, other scripts, numbers, and what tries the bounds of a word. */
static const char *const  odd[] = {
    "C++", "C#", ".NET", "node.js", "Node.JS", "R&D", "ASP.NET", "F#", "CI/CD", "UI/UX", "e-mail",
    "don't", "2026", "3D", "24/7", "数据", "分析师", "тест", "тесты", "Δοκιμή", "ﬁnance", "Ⅳ",
    "🚀", "😀", "x", "C", "R", "node", "js", "a.b.c.d.e.f.g.h.i.j", "İstanbul", "naïve", "ﬀ",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "---", "&", "(remote)", "“quoted”", "№5"
};

static const char *const  skills[] = {
    "Excel", "Python", "C++", "C#", "R", "R&D", "Data analysis", "Machine learning", "Node.js",
    "Figma", "Copy editing", "Übersetzung", "SQL", "!!", "日本語"
};

static const char *const  departments[] = {
    "Marketing", "Sales", "R&D", "Café", "Human Resources"
};
static const char *const  teams[] = { "Growth", "Core", "Platform", "growth team" };

static const char *const  organisations[] = {
    "Acme Robotics", "Globex", "Crédit Agricole", "L'Oréal", "AT&T", "Acme", "Ünïcode GmbH"
};

static const char *const  places[] = {
    "New York, NY", "NYC", "New York", "San Francisco, CA", "SF", "Springfield", "Spring Field",
    "SPF", "Berlin, Germany", "Berlin", "Munich, Germany", "Zürich", "Zurich, Switzerland", "ZRH",
    "Remote", "São Paulo, Brazil", "Germany", "London, UK", "Austin, TX", "Texas"
};

static const char *const  languages[] = {
    "en", "en", "en", "en-US", "EN", "de", "de-AT", "es", "fr", "ja", "zh-Hans", "tlh"
};

static const char *const  audiences[] = {
    "student", "Student", "recent_graduate", "veterans", "étudiant"
};

static const char *const  modes[] = { "remote", "onsite", "hybrid" };

static const char *const  engagements[] = {
    "contractor", "employee_intern", "stipend", "volunteer"
};

static const char *const  statuses[] = { "draft", "published", "paused", "withdrawn" };
static const char *const  currencies[] = { "USD", "USD", "EUR", "JPY", "KWD", "CLP", "XYZ" };
static const char *const  units[] = { "project", "hour", "day", "week", "month", "year" };
static const char *const  signs[] = { " ", " ", " ", "  ", ", ", " - ", "/", " – ", ". ", ": " };


static int
chance(uint64_t *random, uint32_t of)
{
    return test_random(random, of) == 0;
}


/* One of a list, the first more often than the last. */
static const char *
one_of(uint64_t *random, const char *const *list, size_t n)
{
    uint32_t  a = test_random(random, (uint32_t) n), b = test_random(random, (uint32_t) n);

    return list[a < b ? a : b];
}


/* A word as another person types it: case, accents, wide letters. */
static void
respell(uint64_t *random, const char *text, gig_buf_t *out)
{
    char                      c;
    uint32_t                  how = test_random(random, 8);
    const char               *accent;
    static const char *const  accents[] = { "aà", "cç", "eé", "iï", "nñ", "oö", "uü", "Eè", NULL };

    for ( /* void */ ; *text; text++) {
        c = *text;

        if (how == 0 && c >= 'a' && c <= 'z') {
            c = (char) (c - 'a' + 'A');

        } else if (how == 1 && c >= 'A' && c <= 'Z') {
            c = (char) (c - 'A' + 'a');

        } else if (how == 2 && c >= 'A' && c <= 'Z') {
            gig_buf_printf(out, "\xef\xbc%c", 0xa1 + (c - 'A'));        /* U+FF21 */
            continue;

        } else if (how == 3 && chance(random, 3)) {
            size_t  i;

            for (i = 0; accents[i] != NULL && accents[i][0] != c; i++) {
                /* void */
            }

            accent = accents[i];

            if (accent != NULL) {
                gig_buf_puts(out, accent + 1);
                continue;
            }

        } else if (how == 4 && c == ' ') {
            gig_buf_puts(out, chance(random, 2) ? "  " : "\xc2\xa0");
            continue;
        }

        gig_buf_add(out, &c, 1);
    }
}


static const char *
word(uint64_t *random, const char *language)
{
    if (chance(random, 10)) {
        return one_of(random, odd, COUNT(odd));
    }

    if (chance(random, 4)) {
        return one_of(random, english, COUNT(english));
    }

    if (strncmp(language, "de", 2) == 0) {
        return one_of(random, german, COUNT(german));
    }

    if (strncmp(language, "es", 2) == 0) {
        return one_of(random, spanish, COUNT(spanish));
    }

    if (strncmp(language, "fr", 2) == 0) {
        return one_of(random, french, COUNT(french));
    }

    return one_of(random, english, COUNT(english));
}


/* A text of n words at least one of which can be seen. */
static json_t *
text(uint64_t *random, const char *language, uint32_t n, const char *before, const char *after)
{
    json_t     *value;
    uint32_t    i;
    gig_buf_t   out;

    gig_buf_init(&out, GIG_RECORD_MAX);
    gig_buf_puts(&out, before);

    for (i = 0; i < n; i++) {
        respell(random, word(random, language), &out);
        gig_buf_puts(&out, i + 1 == n ? "" : one_of(random, signs, COUNT(signs)));
    }

    gig_buf_puts(&out, after);
    assert_false(gig_buf_failed(&out));
    value = json_stringn(out.data, out.len);
    assert_non_null(value);
    gig_buf_free(&out);

    return value;
}


static json_t *
respelt(uint64_t *random, const char *base)
{
    json_t     *value;
    gig_buf_t   out;

    gig_buf_init(&out, LINE_MAX_BYTES);
    gig_buf_puts(&out, chance(random, 20) ? " " : "");
    respell(random, base, &out);
    gig_buf_puts(&out, chance(random, 20) ? " " : "");
    value = json_stringn(out.data, out.len);
    assert_non_null(value);
    gig_buf_free(&out);

    return value;
}


static void
set(json_t *object, const char *name, json_t *value)
{
    assert_int_equal(json_object_set_new(object, name, value), 0);
}


static void
add(json_t *array, json_t *value)
{
    assert_int_equal(json_array_append_new(array, value), 0);
}


static void
set_time(json_t *object, const char *name, int64_t seconds)
{
    char  at[GIG_TIME_SIZE];

    set(object, name, seconds == GIG_TIME_NONE ? json_null()
                                               : json_string(gig_time_format(seconds, at)));
}


static json_t *
pay(uint64_t *random)
{
    json_t    *value = json_object();
    int64_t    min;
    uint32_t   type = test_random(random, 4);

    static const char *const  types[] = { "fixed", "hourly", "range", "unpaid" };

    set(value, "type", json_string(types[type]));

    if (type == 3) {
        if (chance(random, 4)) {
            set(value, "currency", json_string("USD"));
        }

        return value;
    }

    min = 500 * (int64_t) test_random(random, 12) + (chance(random, 4) ? 5 : 0);
    set(value, "currency", json_string(one_of(random, currencies, COUNT(currencies))));
    set(value, "min_minor", json_integer(chance(random, 4) ? 100 * min : min));

    if (chance(random, 2)) {
        set(value, "max_minor", json_integer(100 * min + 1000));
    }

    if (type == 1) {
        set(value, "unit", json_string("hour"));

    } else if (!chance(random, 4)) {
        set(value, "unit", json_string(one_of(random, units, COUNT(units))));
    }

    return value;
}


static json_t *
location(uint64_t *random)
{
    json_t      *value = json_object(), *list = json_array(), *place;
    uint32_t     i, n;
    const char  *mode = one_of(random, modes, COUNT(modes));

    set(value, "mode", json_string(mode));

    if (strcmp(mode, "remote") == 0) {
        set(value, "applicant_regions", json_pack("[{s:s, s:s, s:s}]", "type", "Country", "code",
                                                  "US", "name", "United States"));
    }

    if (!chance(random, 3)) {
        set(value, "name", respelt(random, one_of(random, places, COUNT(places))));
    }

    for (i = 0, n = test_random(random, 4); i < n; i++) {
        place = json_object();

        switch (test_random(random, 4)) {
        case 0:
            set(place, "locality", respelt(random, "Berlin"));
            set(place, "country", respelt(random, chance(random, 2) ? "Germany" : "DE"));
            break;
        case 1:
            set(place, "locality", respelt(random, "San Francisco"));
            set(place, "region", respelt(random, "CA"));
            break;
        default:
            set(place, "name", respelt(random, one_of(random, places, COUNT(places))));
        }

        add(list, place);
    }

    set(value, "places", list);

    return value;
}


static void
set_times(uint64_t *random, json_t *record)
{
    test_gig_t  gig;

    test_random_gig(random, 0, &gig);

    /* every third at one of few instants, so that ids must decide */

    if (chance(random, 10)) {
        gig.posted = GIG_TIME_NONE;

    } else if (chance(random, 40)) {
        gig.posted = chance(random, 2) ? -86400 * (int64_t) test_random(random, 3)
                     : INT64_C(10000000000) + 86400 * (int64_t) test_random(random, 3);

    } else if (!chance(random, 3)) {
        gig.posted += (int64_t) test_random(random, 86400);
    }

    set(record, "status", json_string(chance(random, 6) ? one_of(random, statuses, COUNT(statuses))
                                                        : "published"));
    set_time(record, "posted_at", gig.posted);
    set_time(record, "updated_at", chance(random, 2) ? GIG_TIME_NONE : TEST_NOW - 864000);
    set_time(record, "opens_at", gig.opens);
    set_time(record, "closes_at", gig.closes);
    set_time(record, "visible_from", gig.visible);
}


static void
set_texts(uint64_t *random, const char *language, json_t *record)
{
    json_t    *list;
    uint32_t   i;

    set(record, "title", text(random, language, 1 + test_random(random, 6), "", ""));

    if (!chance(random, 4)) {
        set(record, "summary", text(random, language, 1 + test_random(random, 15), "", ""));
    }

    switch (test_random(random, 4)) {
    case 0:
        set(record, "description_html",
            text(random, language, 1 + test_random(random, 30), "<p>Café &amp; <b>",
                 "</b></p><ul><li>data</li></ul>"));
        break;
    case 1:
        set(record, "description_text",
            text(random, language, chance(random, 40) ? 1500 : 1 + test_random(random, 40), "",
                 ""));
        break;
    case 2:
        set(record, "description_text", text(random, language, 3, "", ""));
        set(record, "description_html", text(random, language, 3, "<p>unseen ", "</p>"));
        break;
    }

    if (chance(random, 3)) {
        list = json_array();
        add(list, text(random, language, 1 + test_random(random, 4), "", ""));
        add(list, text(random, language, 1 + test_random(random, 4), "", ""));
        set(record, "sections", json_pack("[{s:o, s:o}]", "title",
                                          text(random, language, 2, "", ""), "items", list));
    }

    list = json_array();

    for (i = test_random(random, 3); i > 0; i--) {
        add(list, text(random, language, 1 + test_random(random, 3), "", ""));
    }

    /* a word that every gig has, and some so often that it does not count further */

    for (i = chance(random, 20) ? 60 + test_random(random, 40) : 1; i > 0; i--) {
        add(list, json_string(chance(random, 5) ? "report reporting reported report"
                                                : "report test Report"));
    }

    set(record, "deliverables", list);
}


static void
set_facets(uint64_t *random, json_t *record)
{
    json_t    *list = json_array(), *skill;
    uint32_t   i;

    for (i = test_random(random, chance(random, 30) ? 80 : 5); i > 0; i--) {
        skill = json_object();
        set(skill, "name", respelt(random, one_of(random, skills, COUNT(skills))));

        if (chance(random, 30)) {
            set(skill, "name", json_sprintf("Skill %u", test_random(random, 200)));
        }

        add(list, skill);
    }

    set(record, "skills", list);
    set(record, "org", json_pack("{s:o}", "name",
                                 respelt(random, one_of(random, organisations,
                                                        COUNT(organisations)))));
    set(record, "engagement", json_string(one_of(random, engagements, COUNT(engagements))));

    if (!chance(random, 4)) {
        set(record, "department", respelt(random, one_of(random, departments,
                                                         COUNT(departments))));
    }

    if (chance(random, 2)) {
        set(record, "team", respelt(random, one_of(random, teams, COUNT(teams))));
    }

    if (chance(random, 2)) {
        list = json_array();

        for (i = test_random(random, 3); i > 0; i--) {
            add(list, json_string(one_of(random, audiences, COUNT(audiences))));
        }

        set(record, "eligibility", json_pack("{s:o}", "audience", list));
    }
}


void
random_record(uint64_t *random, const char *id, gig_buf_t *json)
{
    char        *dump;
    json_t      *record = json_object(), *work;
    const char  *language = one_of(random, languages, COUNT(languages));

    set(record, "schema", json_string("gig/1"));
    set(record, "id", json_string(id));

    if (chance(random, 3)) {
        set(record, "rev", json_sprintf("r%u-%u", test_random(random, 1u << 30),
                                        test_random(random, 1u << 30)));
    }

    if (!chance(random, 8)) {
        set(record, "language", json_string(language));
    }

    set_times(random, record);
    set_texts(random, language, record);
    set_facets(random, record);
    set(record, "location", location(random));
    set(record, "pay", pay(random));

    work = json_pack("{s:i}", "hours_max", 10 + (int) test_random(random, 30));

    if (chance(random, 2)) {
        set(work, "hours_min", json_integer(1 + test_random(random, 10)));
    }

    if (!chance(random, 40)) {
        set(record, "work", work);

    } else {
        json_decref(work);                      /* it will be refused */
    }

    dump = json_dumps(record, JSON_COMPACT);
    assert_non_null(dump);
    gig_buf_puts(json, dump);
    assert_false(gig_buf_failed(json));
    free(dump);
    json_decref(record);
}
