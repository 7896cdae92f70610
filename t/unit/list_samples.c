
/*
 * Writes the list in each of its states into a folder, with facets as a large
 * board has them, so that it can be looked at without a server.  Not a test and
 * not run by any; by hand:
 *
 *     make build/unit/list_samples
 *     perl tools/demo.d/gigs.pl | build/unit/list_samples FOLDER
 */

#include "page_sample.h"


#define FACET(list)     { sizeof(list) / sizeof((list)[0]), (list) }
#define VALUE(s, n)     { { (s), sizeof(s) - 1 }, (n), -1 }


static gig_page_value_t  skills[] = {
    VALUE("Writing", 318), VALUE("Excel", 241), VALUE("Research", 205), VALUE("Python", 188),
    VALUE("Canva", 121), VALUE("Data visualisation", 96), VALUE("SQL", 91), VALUE("Figma", 77),
    VALUE("Interviewing", 64), VALUE("Social media", 61), VALUE("Public speaking", 44),
    VALUE("C++", 39), VALUE("R", 35), VALUE("Financial modelling", 28), VALUE("Editing", 27),
    VALUE("Video editing", 24), VALUE("JavaScript", 22), VALUE("Statistics", 18),
    VALUE("Search engine optimisation", 11), VALUE("CAD", 3)
};

static gig_page_value_t  departments[] = {
    VALUE("Marketing", 412), VALUE("Operations", 233), VALUE("Engineering", 190),
    VALUE("Data and analytics", 127), VALUE("Human resources", 98), VALUE("Finance", 71),
    VALUE("Sales", 66), VALUE("Communications", 52), VALUE("Product", 33), VALUE("Legal", 12),
    VALUE("Research and development", 9), VALUE("Office of the chief executive", 1)
};

static gig_page_value_t  places[] = {
    VALUE("United States", 702), VALUE("New York, NY", 154), VALUE("Chicago, IL", 121),
    VALUE("San Francisco, CA", 88), VALUE("London, United Kingdom", 61), VALUE("Toronto, ON", 40),
    VALUE("Boston, MA", 38), VALUE("Berlin, Germany", 31), VALUE("Austin, TX", 22),
    VALUE("Washington, DC", 17), VALUE("Remote - United States, Canada", 12)
};

static gig_page_value_t  modes[] = {
    VALUE("remote", 934), VALUE("hybrid", 171), VALUE("onsite", 142)
};

static gig_page_value_t  engagements[] = {
    VALUE("contractor", 1049), VALUE("employee_intern", 160), VALUE("stipend", 22),
    VALUE("volunteer", 16)
};

static gig_page_value_t  audiences[] = {
    VALUE("student", 1247), VALUE("recent_graduate", 803)
};

static gig_page_value_t  orgs[] = {
    VALUE("Acme Robotics", 420), VALUE("Acme Foundation", 377), VALUE("Acme Energy", 280),
    VALUE("Acme Health Lab", 170)
};

static gig_page_value_t  languages[] = {
    VALUE("en", 1201), VALUE("es", 31), VALUE("fr-CA", 14), VALUE("tlh", 1)
};

static gig_page_value_t  teams[] = { VALUE("Growth", 12) };

static const gig_str_t   currencies[] = {
    { "USD", 3 }, { "EUR", 3 }, { "GBP", 3 }
};

static const char  *folder;
static gig_page_t   page;
static gig_record_t gigs[SAMPLES_MAX];
static size_t       n_gigs;


static void
sample_list(const char *name, const gig_page_list_t *list)
{
    uint32_t      i;
    gig_buf_t     out;
    gig_state_t   state;

    gig_buf_init(&out, PAGE_MAX);
    gig_page_list_head(&page, list, &out);

    for (i = 0; i < list->shown; i++) {
        state = i == 1 ? GIG_STATE_WAITLIST : i == 3 ? GIG_STATE_SCHEDULED
                : i == 5 ? GIG_STATE_FULL : GIG_STATE_OPEN;
        sample_card(&page, &gigs[i % n_gigs], NULL, state, i == 2, &out);
    }

    gig_page_list_tail(&page, list, &out);
    sample_write(folder, name, &out);
}


static void
sample_choose(gig_query_t *query, gig_facet_t facet, const char *text, gig_page_value_t *told)
{
    gig_query_value_t  *value;

    value = &query->value[query->n_values];
    value->facet = facet;
    value->text.data = text;
    value->text.len = strlen(text);
    value->key = value->text;

    if (told != NULL) {
        told->chosen = query->n_values;
    }

    query->n_values++;
}


static void
sample_query(gig_query_t *query)
{
    memset(query, 0, sizeof(gig_query_t));

    query->limit = GIG_LIST_DEFAULT;
    query->pay_min = -1;
    query->hours_max = -1;
    query->closes_before = GIG_TIME_NONE;
    query->posted_after = GIG_TIME_NONE;
}


int
main(int argc, char **argv)
{
    size_t               i;
    gig_page_list_t      list;
    static gig_query_t   query;

    if (argc != 2) {
        (void) fprintf(stderr, "usage: list_samples FOLDER < gigs.jsonl\n");
        return 2;
    }

    folder = argv[1];
    n_gigs = sample_read(gigs);

    page.title = gig_str("Micro-internships at Acme");
    page.about = gig_str("Short, paid projects for students and recent graduates."
                         " Show what you can do.");
    page.base = gig_str("/gigs/");
    page.style = gig_str("gig.css");
    page.script = gig_str("gig.js");
    page.now = 1795400000;

    memset(&list, 0, sizeof(list));
    sample_query(&query);
    list.query = &query;

    /* before the engine is there, or on a board whose gigs are all alike */
    list.total = 48;
    list.shown = 20;
    list.next = gig_str("cursor=x");
    sample_list("plain.html", &list);

    list.total = list.shown = 0;
    list.next = gig_null_str;
    sample_list("bare.html", &list);

    list.facet[GIG_FACET_SKILL] = (gig_page_facet_t) FACET(skills);
    list.facet[GIG_FACET_DEPARTMENT] = (gig_page_facet_t) FACET(departments);
    list.facet[GIG_FACET_TEAM] = (gig_page_facet_t) FACET(teams);
    list.facet[GIG_FACET_LOCATION] = (gig_page_facet_t) FACET(places);
    list.facet[GIG_FACET_MODE] = (gig_page_facet_t) FACET(modes);
    list.facet[GIG_FACET_ENGAGEMENT] = (gig_page_facet_t) FACET(engagements);
    list.facet[GIG_FACET_ORG] = (gig_page_facet_t) FACET(orgs);
    list.facet[GIG_FACET_LANGUAGE] = (gig_page_facet_t) FACET(languages);
    list.facet[GIG_FACET_AUDIENCE] = (gig_page_facet_t) FACET(audiences);
    list.currencies = sizeof(currencies) / sizeof(currencies[0]);
    list.currency = currencies;

    list.total = 1247;
    list.shown = 20;
    list.next = gig_str("cursor=x");
    sample_list("full.html", &list);

    query.q = gig_str("data");
    query.sort = GIG_SORT_RELEVANCE;
    sample_choose(&query, GIG_FACET_SKILL, "Excel", &skills[1]);
    sample_choose(&query, GIG_FACET_SKILL, "SQL", &skills[6]);
    sample_choose(&query, GIG_FACET_LOCATION, "germany", NULL);
    sample_choose(&query, GIG_FACET_MODE, "remote", &modes[0]);
    query.pay_min = 500000;
    query.hours_max = 20;
    query.closes_before = 1796083200;
    memcpy(query.currency, "USD", sizeof("USD"));
    list.total = 23;
    list.next = gig_str("q=data&cursor=x");
    sample_list("chosen.html", &list);

    query.after = 1;
    list.shown = 3;
    list.next = gig_null_str;
    sample_list("later.html", &list);

    query.after = 0;
    query.q = gig_str("marketting");
    list.suggestion = gig_str("marketing");
    list.total = list.shown = 0;
    sample_list("nothing.html", &list);

    sample_query(&query);
    query.q = gig_str("zeppelin");
    query.sort = GIG_SORT_RELEVANCE;
    list.suggestion = gig_null_str;
    memset(list.facet, 0, sizeof(list.facet));
    sample_list("nothing-one.html", &list);

    query.after = 1;
    sample_list("past-the-end.html", &list);

    for (i = 0; i < n_gigs; i++) {
        gig_record_free(&gigs[i]);
    }

    return 0;
}
