
/*
 * Where a visitor came from, in our own parameter or in those that other sites put into the links
 * that lead here, so that nobody has to change a link.  Nothing is ever refused because of it.
 */

#include <string.h>

#include "gig_query_parts.h"
#include "gig_utf8.h"


typedef struct {
    gig_str_t  name;
    unsigned   part;
} gig_campaign_name_t;


/* Brackets come as they are or percent-encoded: names are not decoded. */

static const gig_campaign_name_t  gig_campaign_names[] = {
    { GIG_PARAMETER("gh_src"), GIG_CAMPAIGN_GREENHOUSE },
    { GIG_PARAMETER("lever-source"), GIG_CAMPAIGN_LEVER },
    { GIG_PARAMETER("lever-source[]"), GIG_CAMPAIGN_LEVER },
    { GIG_PARAMETER("lever-source%5B%5D"), GIG_CAMPAIGN_LEVER },
    { GIG_PARAMETER("lever-source%5b%5d"), GIG_CAMPAIGN_LEVER },
    { GIG_PARAMETER("utm_source"), GIG_CAMPAIGN_UTM },
    { GIG_PARAMETER("utm_medium"), GIG_CAMPAIGN_UTM + 1 },
    { GIG_PARAMETER("utm_campaign"), GIG_CAMPAIGN_UTM + 2 },
    { GIG_PARAMETER("utm_term"), GIG_CAMPAIGN_UTM + 3 },
    { GIG_PARAMETER("utm_content"), GIG_CAMPAIGN_UTM + 4 }
};


/* The first that can be read counts. */

static void
gig_query_source_take(gig_query_t *query, gig_str_t raw, gig_str_t *source)
{
    gig_str_t  value;

    if (source->len == 0
        && gig_query_decode(query, GIG_PARAMETER_SOURCE, raw, &value, NULL) == 0)
    {
        *source = value;
    }
}


void
gig_query_source(gig_query_t *query, gig_str_t raw)
{
    gig_query_source_take(query, raw, &query->source);
    query->source.len = gig_utf8_cut(query->source, GIG_SOURCE_MAX);
}


void
gig_query_campaign(gig_query_t *query, gig_str_t name, gig_str_t raw)
{
    size_t  i;

    for (i = 0; i < sizeof(gig_campaign_names) / sizeof(gig_campaign_names[0]); i++) {

        if (gig_str_eq(name, gig_campaign_names[i].name)) {
            gig_query_source_take(query, raw, &query->campaign[gig_campaign_names[i].part]);
            return;
        }
    }
}


/* As much of text as there is room for, to a character's end. */

static void
gig_query_campaign_add(gig_query_t *query, gig_str_t text)
{
    size_t  len;

    len = gig_utf8_cut(text, GIG_SOURCE_MAX - query->source.len);

    if (len != 0) {
        memcpy(&query->campaign_text[query->source.len], text.data, len);
        query->source.len += len;
    }
}


/* "gh_src:V", "lever-source:V", or "utm:SOURCE:MEDIUM:CAMPAIGN:TERM:CONTENT" as far as given. */

void
gig_query_campaign_end(gig_query_t *query)
{
    unsigned  first, last, i;

    for (first = 0; first < GIG_CAMPAIGN_PARTS && query->campaign[first].len == 0; first++) {
        /* void */
    }

    if (query->source.len != 0 || first == GIG_CAMPAIGN_PARTS) {
        return;
    }

    query->source.data = query->campaign_text;

    if (first < GIG_CAMPAIGN_UTM) {
        gig_query_campaign_add(query, first == GIG_CAMPAIGN_GREENHOUSE ? gig_str("gh_src:")
                                                                       : gig_str("lever-source:"));
        gig_query_campaign_add(query, query->campaign[first]);
        return;
    }

    for (last = GIG_CAMPAIGN_PARTS - 1; query->campaign[last].len == 0; last--) { /* void */ }

    gig_query_campaign_add(query, gig_str("utm"));

    for (i = GIG_CAMPAIGN_UTM; i <= last; i++) {
        gig_query_campaign_add(query, gig_str(":"));
        gig_query_campaign_add(query, query->campaign[i]);
    }
}
