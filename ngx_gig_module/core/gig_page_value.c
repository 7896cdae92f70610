
/* What facets and their values are called, where a record has a code for them. */

#include "gig_page_parts.h"


typedef struct {
    const char  *code;
    const char  *name;
} gig_page_word_t;

static const char *const  gig_page_titles[GIG_FACETS] = {
    [GIG_FACET_SKILL]      = "Skills",
    [GIG_FACET_DEPARTMENT] = "Department",
    [GIG_FACET_TEAM]       = "Team",
    [GIG_FACET_LOCATION]   = "Place",
    [GIG_FACET_MODE]       = "Where you work",
    [GIG_FACET_ENGAGEMENT] = "How you are engaged",
    [GIG_FACET_ORG]        = "Organisation",
    [GIG_FACET_LANGUAGE]   = "Language",
    [GIG_FACET_AUDIENCE]   = "Who can apply"
};

static const gig_page_word_t  gig_page_modes[] = {
    { "remote", "Remote" },
    { "hybrid", "Hybrid" },
    { "onsite", "On site" },
    { NULL, NULL }
};

static const gig_page_word_t  gig_page_engagements[] = {
    { "contractor", "Contractor" },
    { "employee_intern", "Employed intern" },
    { "stipend", "Stipend" },
    { "volunteer", "Volunteer" },
    { NULL, NULL }
};

static const gig_page_word_t  gig_page_audiences[] = {
    { "student", "Students" },
    { "recent_graduate", "Recent graduates" },
    { "graduate_student", "Graduate students" },
    { "high_school_student", "High school students" },
    { NULL, NULL }
};

/* ISO 639-1; a language that is not here goes by its code. */
static const gig_page_word_t  gig_page_languages[] = {
    { "ar", "Arabic" },     { "bg", "Bulgarian" },  { "bn", "Bengali" },    { "ca", "Catalan" },
    { "cs", "Czech" },      { "da", "Danish" },     { "de", "German" },     { "el", "Greek" },
    { "en", "English" },    { "es", "Spanish" },    { "et", "Estonian" },   { "fa", "Persian" },
    { "fi", "Finnish" },    { "fr", "French" },     { "ga", "Irish" },      { "he", "Hebrew" },
    { "hi", "Hindi" },      { "hr", "Croatian" },   { "hu", "Hungarian" },  { "id", "Indonesian" },
    { "it", "Italian" },    { "ja", "Japanese" },   { "ko", "Korean" },     { "lt", "Lithuanian" },
    { "lv", "Latvian" },    { "nb", "Norwegian" },  { "nl", "Dutch" },      { "no", "Norwegian" },
    { "pl", "Polish" },     { "pt", "Portuguese" }, { "ro", "Romanian" },   { "ru", "Russian" },
    { "sk", "Slovak" },     { "sl", "Slovenian" },  { "sr", "Serbian" },    { "sv", "Swedish" },
    { "sw", "Swahili" },    { "th", "Thai" },       { "tr", "Turkish" },    { "uk", "Ukrainian" },
    { "vi", "Vietnamese" }, { "zh", "Chinese" },
    { NULL, NULL }
};


/* A code in any case, or NULL. */

static const char *
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

    return NULL;
}


/* "en" is English, and "en-US" English (US). */

static void
gig_page_language(gig_str_t value, gig_buf_t *out)
{
    gig_str_t    code, region;
    const char  *name;

    code = value;
    region = gig_null_str;

    for (code.len = 0; code.len < value.len; code.len++) {
        if (value.data[code.len] == '-' || value.data[code.len] == '_') {
            region.data = value.data + code.len + 1;
            region.len = value.len - code.len - 1;
            break;
        }
    }


    name = gig_page_word(gig_page_languages, code);

    if (name == NULL) {
        gig_buf_html(out, value);
        return;
    }

    gig_buf_puts(out, name);

    if (region.len != 0) {
        gig_buf_puts(out, " (");
        gig_buf_html(out, region);
        gig_buf_puts(out, ")");
    }
}


const char *
gig_page_facet_title(gig_facet_t facet)
{
    return gig_page_titles[facet];
}


void
gig_page_facet_value(gig_facet_t facet, gig_str_t value, gig_buf_t *out)
{
    const char  *name;

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
        gig_page_language(value, out);
        return;

    default:
        name = NULL;
    }

    if (name != NULL) {
        gig_buf_puts(out, name);
        return;
    }

    gig_buf_html(out, value);
}
