
/* What facets and their values are called, where a record has a code for them. */

#include "gig_page_parts.h"


typedef struct {
    const char  *code;
    gig_say_t    name;
} gig_page_word_t;

static const gig_say_t  gig_page_titles[GIG_FACETS] = {
    [GIG_FACET_SKILL]      = GIG_SAY_FACET_SKILL,
    [GIG_FACET_DEPARTMENT] = GIG_SAY_FACET_DEPARTMENT,
    [GIG_FACET_TEAM]       = GIG_SAY_FACET_TEAM,
    [GIG_FACET_LOCATION]   = GIG_SAY_FACET_LOCATION,
    [GIG_FACET_MODE]       = GIG_SAY_FACET_MODE,
    [GIG_FACET_ENGAGEMENT] = GIG_SAY_FACET_ENGAGEMENT,
    [GIG_FACET_ORG]        = GIG_SAY_FACET_ORG,
    [GIG_FACET_LANGUAGE]   = GIG_SAY_FACET_LANGUAGE,
    [GIG_FACET_AUDIENCE]   = GIG_SAY_FACET_AUDIENCE
};

static const gig_page_word_t  gig_page_modes[] = {
    { "remote", GIG_SAY_MODE_REMOTE },
    { "hybrid", GIG_SAY_MODE_HYBRID },
    { "onsite", GIG_SAY_MODE_ONSITE },
    { NULL, GIG_SAYS }
};

static const gig_page_word_t  gig_page_engagements[] = {
    { "contractor", GIG_SAY_ENGAGEMENT_CONTRACTOR },
    { "employee_intern", GIG_SAY_ENGAGEMENT_INTERN },
    { "stipend", GIG_SAY_ENGAGEMENT_STIPEND },
    { "volunteer", GIG_SAY_ENGAGEMENT_VOLUNTEER },
    { NULL, GIG_SAYS }
};

static const gig_page_word_t  gig_page_audiences[] = {
    { "student", GIG_SAY_AUDIENCE_STUDENT },
    { "recent_graduate", GIG_SAY_AUDIENCE_RECENT_GRADUATE },
    { "graduate_student", GIG_SAY_AUDIENCE_GRADUATE_STUDENT },
    { "high_school_student", GIG_SAY_AUDIENCE_HIGH_SCHOOL_STUDENT },
    { NULL, GIG_SAYS }
};

/* ISO 639-1; a language that is not here goes by its code. */
static const gig_page_word_t  gig_page_language_names[] = {
    { "ar", GIG_SAY_LANGUAGE_AR }, { "bg", GIG_SAY_LANGUAGE_BG }, { "bn", GIG_SAY_LANGUAGE_BN },
    { "ca", GIG_SAY_LANGUAGE_CA }, { "cs", GIG_SAY_LANGUAGE_CS }, { "da", GIG_SAY_LANGUAGE_DA },
    { "de", GIG_SAY_LANGUAGE_DE }, { "el", GIG_SAY_LANGUAGE_EL }, { "en", GIG_SAY_LANGUAGE_EN },
    { "es", GIG_SAY_LANGUAGE_ES }, { "et", GIG_SAY_LANGUAGE_ET }, { "fa", GIG_SAY_LANGUAGE_FA },
    { "fi", GIG_SAY_LANGUAGE_FI }, { "fr", GIG_SAY_LANGUAGE_FR }, { "ga", GIG_SAY_LANGUAGE_GA },
    { "he", GIG_SAY_LANGUAGE_HE }, { "hi", GIG_SAY_LANGUAGE_HI }, { "hr", GIG_SAY_LANGUAGE_HR },
    { "hu", GIG_SAY_LANGUAGE_HU }, { "id", GIG_SAY_LANGUAGE_ID }, { "it", GIG_SAY_LANGUAGE_IT },
    { "ja", GIG_SAY_LANGUAGE_JA }, { "ko", GIG_SAY_LANGUAGE_KO }, { "lt", GIG_SAY_LANGUAGE_LT },
    { "lv", GIG_SAY_LANGUAGE_LV }, { "nb", GIG_SAY_LANGUAGE_NB }, { "nl", GIG_SAY_LANGUAGE_NL },
    { "no", GIG_SAY_LANGUAGE_NO }, { "pl", GIG_SAY_LANGUAGE_PL }, { "pt", GIG_SAY_LANGUAGE_PT },
    { "ro", GIG_SAY_LANGUAGE_RO }, { "ru", GIG_SAY_LANGUAGE_RU }, { "sk", GIG_SAY_LANGUAGE_SK },
    { "sl", GIG_SAY_LANGUAGE_SL }, { "sr", GIG_SAY_LANGUAGE_SR }, { "sv", GIG_SAY_LANGUAGE_SV },
    { "sw", GIG_SAY_LANGUAGE_SW }, { "th", GIG_SAY_LANGUAGE_TH }, { "tr", GIG_SAY_LANGUAGE_TR },
    { "uk", GIG_SAY_LANGUAGE_UK }, { "vi", GIG_SAY_LANGUAGE_VI }, { "zh", GIG_SAY_LANGUAGE_ZH },
    { NULL, GIG_SAYS }
};


/* A code in any case, or GIG_SAYS. */

static gig_say_t
gig_page_word(const gig_page_word_t *words, gig_str_t code)
{
    size_t  i;
    char    c;

    for ( /* void */ ; words->code != NULL; words++) {

        for (i = 0; i < code.len && words->code[i] != '\0'; i++) {
            c = code.data[i];

            if (c >= 'A' && c <= 'Z') {
                c = (char) (c | 0x20);
            }

            if (c != words->code[i]) {
                break;
            }
        }

        if (i == code.len && words->code[i] == '\0') {
            return words->name;
        }
    }

    return GIG_SAYS;
}


/* "en" is English, and "en-US" English (US). */

static void
gig_page_language(const gig_language_t *words, gig_str_t value, gig_buf_t *out)
{
    int         argument;
    gig_say_t   name;
    gig_str_t   code, region;
    gig_said_t  said;

    code = value;
    region = gig_null_str;

    for (code.len = 0; code.len < value.len; code.len++) {
        if (value.data[code.len] == '-' || value.data[code.len] == '_') {
            region.data = value.data + code.len + 1;
            region.len = value.len - code.len - 1;
            break;
        }
    }

    name = gig_page_word(gig_page_language_names, code);

    if (name == GIG_SAYS) {
        gig_buf_html(out, value);
        return;
    }

    if (region.len == 0) {
        gig_say(words, name, out);
        return;
    }

    said = gig_say_begin(words, GIG_SAY_LANGUAGE_REGION);

    while ((argument = gig_say_next(&said, out)) != 0) {
        gig_buf_html(out, (argument == 1) ? gig_language_text(words, name) : region);
    }
}


gig_say_t
gig_page_facet_title(gig_facet_t facet)
{
    return gig_page_titles[facet];
}


void
gig_page_facet_value(const gig_language_t *words, gig_facet_t facet, gig_str_t value,
    gig_buf_t *out)
{
    gig_say_t  name;

    switch (facet) {

    case GIG_FACET_MODE:
        name = gig_page_word(gig_page_modes, value);
        break;

    case GIG_FACET_ENGAGEMENT:
        name = gig_page_word(gig_page_engagements, value);
        break;

    case GIG_FACET_AUDIENCE:
        name = gig_page_word(gig_page_audiences, value);
        break;

    case GIG_FACET_LANGUAGE:
        gig_page_language(words, value, out);
        return;

    default:
        name = GIG_SAYS;
    }

    if (name != GIG_SAYS) {
        gig_say(words, name, out);
        return;
    }

    gig_buf_html(out, value);
}
