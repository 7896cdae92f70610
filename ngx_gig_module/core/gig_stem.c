
#include <stdlib.h>
#include <string.h>

#include <libstemmer.h>

#include "gig_stem.h"
#include "gig_utf8.h"


struct gig_stems_s {
    struct sb_stemmer  *stemmer[GIG_LANGUAGES_MAX];         /* NULL: none */
};


static int  gig_stem_known(const char *algorithm);


/*
 * The numbers are on disk, in the terms of segments: a language never changes its own, and that of
 * one left out is not given to another.
 */
static const struct {
    char         tag[4];
    unsigned     number;
    const char  *algorithm;
} gig_stem_languages[] = {
    { "ar",  1, "arabic" },
    { "hy",  2, "armenian" },
    { "eu",  3, "basque" },
    { "ca",  4, "catalan" },
    { "da",  5, "danish" },
    { "nl",  6, "dutch" },
    { "en",  7, "english" },
    { "fi",  8, "finnish" },
    { "fr",  9, "french" },
    { "de", 10, "german" },
    { "el", 11, "greek" },
    { "hi", 12, "hindi" },
    { "hu", 13, "hungarian" },
    { "id", 14, "indonesian" },
    { "ga", 15, "irish" },
    { "it", 16, "italian" },
    { "lt", 17, "lithuanian" },
    { "ne", 18, "nepali" },
    { "no", 19, "norwegian" },
    { "nb", 19, "norwegian" },
    { "nn", 19, "norwegian" },
    { "pt", 20, "portuguese" },
    { "ro", 21, "romanian" },
    { "ru", 22, "russian" },
    { "sr", 23, "serbian" },
    { "es", 24, "spanish" },
    { "sv", 25, "swedish" },
    { "ta", 26, "tamil" },
    { "tr", 27, "turkish" },
    { "yi", 28, "yiddish" }
};

#define GIG_STEM_N  (sizeof(gig_stem_languages) / sizeof(gig_stem_languages[0]))


/*
 * All of them at once: they are small, and what may fail for want of memory fails here.  A word
 * that is not stemmed because memory was short would be looked for in vain ever after.
 */
gig_stems_t *
gig_stems_create(void)
{
    char                longest[GIG_WORD_MAX];
    size_t              i;
    gig_stems_t        *stems;
    struct sb_stemmer  *stemmer;

    stems = calloc(1, sizeof(gig_stems_t));

    if (stems == NULL) {
        return NULL;
    }

    memset(longest, 'x', sizeof(longest));

    for (i = 0; i < GIG_STEM_N; i++) {

        /* an older library may lack one: its words stay as they are */

        if (stems->stemmer[gig_stem_languages[i].number] != NULL
            || !gig_stem_known(gig_stem_languages[i].algorithm))
        {
            continue;
        }

        stemmer = sb_stemmer_new(gig_stem_languages[i].algorithm, "UTF_8");
        stems->stemmer[gig_stem_languages[i].number] = stemmer;

        /* it keeps the memory that its longest word took */

        if (stemmer == NULL
            || sb_stemmer_stem(stemmer, (const sb_symbol *) longest, GIG_WORD_MAX) == NULL)
        {
            gig_stems_free(stems);
            return NULL;
        }
    }

    return stems;
}


void
gig_stems_free(gig_stems_t *stems)
{
    size_t  i;

    if (stems == NULL) {
        return;
    }

    for (i = 0; i < GIG_LANGUAGES_MAX; i++) {
        sb_stemmer_delete(stems->stemmer[i]);
    }

    free(stems);
}


unsigned
gig_stem_language(gig_str_t tag)
{
    char    language[3];
    size_t  i;

    for (i = 0; i < tag.len && tag.data[i] != '-' && tag.data[i] != '_'; i++) {

        if (i == sizeof(language) - 1) {
            return 0;
        }

        language[i] = tag.data[i];

        if (language[i] >= 'A' && language[i] <= 'Z') {
            language[i] = (char) (language[i] | 0x20);
        }
    }

    language[i] = '\0';

    for (i = 0; i < GIG_STEM_N; i++) {
        if (strcmp(gig_stem_languages[i].tag, language) == 0) {
            return gig_stem_languages[i].number;
        }
    }

    return 0;
}


size_t
gig_stem(gig_stems_t *stems, unsigned language, gig_str_t word, char out[GIG_WORD_MAX])
{
    size_t              len;
    gig_str_t           stem;
    const sb_symbol    *data;
    struct sb_stemmer  *stemmer;

    len = gig_utf8_cut(word, GIG_WORD_MAX);
    stem = (gig_str_t) { word.data, len };
    stemmer = language < GIG_LANGUAGES_MAX ? stems->stemmer[language] : NULL;

    if (stemmer != NULL && len != 0) {

        data = sb_stemmer_stem(stemmer, (const sb_symbol *) word.data, (int) len);

        /* some languages' rules cut all of a word that is nothing but an ending */

        if (data != NULL && sb_stemmer_length(stemmer) > 0) {
            stem = (gig_str_t) { (const char *) data, (size_t) sb_stemmer_length(stemmer) };
            len = gig_utf8_cut(stem, GIG_WORD_MAX);
        }
    }

    memcpy(out, stem.data, len);

    return len;
}


static int
gig_stem_known(const char *algorithm)
{
    const char  **name;

    for (name = sb_stemmer_list(); *name != NULL; name++) {
        if (strcmp(*name, algorithm) == 0) {
            return 1;
        }
    }

    return 0;
}
