
#include <string.h>

#include "gig_i18n.h"
#include "gig_json.h"


static const char *const  gig_i18n_texts[] = { "title", "summary", "department" };
static const char *const  gig_i18n_descriptions[] = { "description_html", "description_text" };


/* The texts in that language, or in what is left of its tag as it is shortened. */

static json_t *
gig_i18n_find(const json_t *i18n, gig_str_t *tag)
{
    json_t  *texts;

    for ( /* void */ ; tag->len != 0; gig_language_shorten(tag)) {
        texts = json_object_getn(i18n, tag->data, tag->len);

        if (json_is_object(texts)) {
            return texts;
        }
    }

    return NULL;
}


static int
gig_i18n_put(json_t *gig, const json_t *texts, const char *member)
{
    json_t  *text;

    text = json_object_get(texts, member);

    return gig_json_text(text).len != 0 ? json_object_set(gig, member, text) : 0;
}


int
gig_i18n_apply(json_t *gig, const gig_language_t *words)
{
    int        rc;
    size_t     i;
    json_t    *texts, *used;
    gig_str_t  tag;

    tag = (gig_str_t) { gig_language_tag(words), strlen(gig_language_tag(words)) };
    texts = gig_i18n_find(json_object_get(gig, "i18n"), &tag);

    if (texts == NULL || gig_language_same(gig_json_str(gig, "language"), words)) {
        (void) json_object_del(gig, "i18n");
        return 0;
    }

    rc = 0;

    for (i = 0; i < sizeof(gig_i18n_texts) / sizeof(gig_i18n_texts[0]); i++) {
        rc |= gig_i18n_put(gig, texts, gig_i18n_texts[i]);
    }

    /* one description in two forms: that of the other language is none of them */

    if (gig_json_str(texts, gig_i18n_descriptions[0]).len != 0
        || gig_json_str(texts, gig_i18n_descriptions[1]).len != 0)
    {
        for (i = 0; i < 2; i++) {
            (void) json_object_del(gig, gig_i18n_descriptions[i]);
            rc |= gig_i18n_put(gig, texts, gig_i18n_descriptions[i]);
        }
    }

    if (json_array_size(json_object_get(texts, "deliverables")) != 0) {
        rc |= json_object_set(gig, "deliverables", json_object_get(texts, "deliverables"));
    }

    /* texts are held by used from here on, as i18n lets go of them */

    used = json_object();

    if (used == NULL || json_object_setn(used, tag.data, tag.len, texts) != 0) {
        json_decref(used);
        return -1;
    }

    rc |= json_object_set_new(gig, "i18n", used);

    return rc != 0 ? -1 : 0;
}


gig_str_t
gig_i18n_of(const json_t *gig, const char *member)
{
    const char    *tag;
    json_t        *i18n, *texts;

    i18n = json_object_get(gig, "i18n");

    json_object_foreach(i18n, tag, texts) {

        if (json_object_get(texts, member) != NULL
            || (strncmp(member, "description", sizeof("description") - 1) == 0
                && (gig_json_str(texts, gig_i18n_descriptions[0]).len != 0
                    || gig_json_str(texts, gig_i18n_descriptions[1]).len != 0)))
        {
            return (gig_str_t) { tag, strlen(tag) };
        }
    }

    return gig_json_str(gig, "language");
}
