
/* A text is said: its form, its arguments, its numbers. */

#include <stdio.h>
#include <string.h>

#include "gig_language.h"


#define GIG_NUMBER_TEXT     32          /* bytes of a number in digits */


static const gig_language_t *
gig_language_or(const gig_language_t *words)
{
    return words != NULL ? words : &gig_language_english;
}


const char *
gig_language_tag(const gig_language_t *words)
{
    return gig_language_or(words)->tag;
}


const char *
gig_language_dir(const gig_language_t *words)
{
    return gig_language_or(words)->rtl ? "rtl" : "ltr";
}


gig_str_t
gig_language_text(const gig_language_t *words, gig_say_t say)
{
    return gig_language_or(words)->text[say][GIG_PLURAL_OTHER];
}


gig_str_t
gig_language_form(const gig_language_t *words, gig_say_t say, gig_plural_t form)
{
    return gig_language_or(words)->text[say][form];
}


gig_str_t
gig_language_said(const gig_language_t *words, gig_str_t english)
{
    unsigned  i;

    if (words == NULL || words == &gig_language_english || english.len == 0) {
        return english;
    }

    for (i = GIG_SAY_SAID_FORM_1; i < GIG_SAYS; i++) {
        if (gig_str_eq(gig_language_english.text[i][GIG_PLURAL_OTHER], english)) {
            return words->text[i][GIG_PLURAL_OTHER];
        }
    }

    return english;
}


/* ru, uk: 1, 21 (not 11); 2 to 4, 22 to 24 (not 12 to 14); all else. */

static gig_plural_t
gig_plural_slavic(unsigned n, int polish)
{
    unsigned  ten, hundred;

    ten = n % 10;
    hundred = n % 100;

    if (polish ? n == 1 : ten == 1 && hundred != 11) {
        return GIG_PLURAL_ONE;
    }

    return ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14) ? GIG_PLURAL_FEW
                                                                 : GIG_PLURAL_MANY;
}


static gig_plural_t
gig_plural_arabic(unsigned n)
{
    unsigned  hundred;

    hundred = n % 100;

    return n == 0 ? GIG_PLURAL_ZERO
           : n == 1 ? GIG_PLURAL_ONE
           : n == 2 ? GIG_PLURAL_TWO
           : hundred >= 3 && hundred <= 10 ? GIG_PLURAL_FEW
           : hundred >= 11 ? GIG_PLURAL_MANY : GIG_PLURAL_OTHER;
}


gig_plural_t
gig_language_plural(const gig_language_t *words, double n)
{
    int       whole;
    unsigned  value;

    words = gig_language_or(words);

    if (words->rule == GIG_RULE_OTHER || !(n >= 0 && n < 4e9)) {
        return GIG_PLURAL_OTHER;
    }

    value = (unsigned) n;
    whole = !(n > value);

    switch (words->rule) {

    case GIG_RULE_ONE_OTHER:
        return whole && value == 1 ? GIG_PLURAL_ONE : GIG_PLURAL_OTHER;

    case GIG_RULE_ZERO_ONE_OTHER:
        return value < 2 ? GIG_PLURAL_ONE : GIG_PLURAL_OTHER;

    case GIG_RULE_ONE_FEW_OTHER:
        return !whole ? GIG_PLURAL_MANY
               : value == 1 ? GIG_PLURAL_ONE
               : value >= 2 && value <= 4 ? GIG_PLURAL_FEW : GIG_PLURAL_OTHER;

    case GIG_RULE_ONE_FEW_MANY:
    case GIG_RULE_POLISH:
        return whole ? gig_plural_slavic(value, words->rule == GIG_RULE_POLISH)
                     : GIG_PLURAL_OTHER;

    case GIG_RULE_ARABIC:
        return whole ? gig_plural_arabic(value) : GIG_PLURAL_OTHER;

    case GIG_RULE_OTHER:
    case GIG_RULES:
        break;
    }

    return GIG_PLURAL_OTHER;
}


static gig_said_t
gig_said(gig_str_t text)
{
    return (gig_said_t) { text.data, text.data + text.len, 0 };
}


gig_said_t
gig_say_begin(const gig_language_t *words, gig_say_t say)
{
    return gig_said(gig_language_text(words, say));
}


gig_said_t
gig_say_begin_n(const gig_language_t *words, gig_say_t say, double n)
{
    gig_str_t  text;

    words = gig_language_or(words);
    text = words->text[say][gig_language_plural(words, n)];

    return gig_said(text.data != NULL ? text : words->text[say][GIG_PLURAL_OTHER]);
}


gig_said_t
gig_tell_begin(const gig_language_t *words, gig_say_t say)
{
    gig_said_t  said;

    said = gig_say_begin(words, say);
    said.plain = 1;

    return said;
}


gig_said_t
gig_tell_begin_n(const gig_language_t *words, gig_say_t say, double n)
{
    gig_said_t  said;

    said = gig_say_begin_n(words, say, n);
    said.plain = 1;

    return said;
}


void
gig_tell_between(const gig_language_t *words, gig_say_t say, gig_buf_t *out)
{
    gig_said_t  said;

    said = gig_tell_begin(words, say);

    while (gig_say_next(&said, out) == 1) { /* void */ }
}


int
gig_say_next(gig_said_t *said, gig_buf_t *out)
{
    int          argument;
    gig_str_t    text;
    const char  *brace;

    text.data = said->p;
    brace = said->p != said->end ? memchr(said->p, '{', (size_t) (said->end - said->p)) : NULL;
    text.len = (size_t) ((brace != NULL ? brace : said->end) - said->p);

    if (said->plain) {
        gig_buf_str(out, text);
    } else {
        gig_buf_html(out, text);
    }

    if (brace == NULL) {
        said->p = said->end;
        return 0;
    }

    argument = brace[1] - '0';
    said->p = brace + sizeof("{1}") - 1;

    return argument;
}


/* The whole of it, with the same for each of its arguments. */

static void
gig_said_str(gig_said_t said, gig_str_t argument, gig_buf_t *out)
{
    while (gig_say_next(&said, out)) {
        if (said.plain) {
            gig_buf_str(out, argument);
        } else {
            gig_buf_html(out, argument);
        }
    }
}


static void
gig_said_count(gig_said_t said, const gig_language_t *words, uint64_t n, gig_buf_t *out)
{
    while (gig_say_next(&said, out)) {
        gig_language_count(words, n, out);
    }
}


void
gig_say(const gig_language_t *words, gig_say_t say, gig_buf_t *out)
{
    gig_buf_html(out, gig_language_text(words, say));
}


void
gig_say_str(const gig_language_t *words, gig_say_t say, gig_str_t argument, gig_buf_t *out)
{
    gig_said_str(gig_say_begin(words, say), argument, out);
}


void
gig_say_n(const gig_language_t *words, gig_say_t say, uint64_t n, gig_buf_t *out)
{
    gig_said_count(gig_say_begin_n(words, say, (double) n), words, n, out);
}


void
gig_tell(const gig_language_t *words, gig_say_t say, gig_buf_t *out)
{
    gig_buf_str(out, gig_language_text(words, say));
}


void
gig_tell_str(const gig_language_t *words, gig_say_t say, gig_str_t argument, gig_buf_t *out)
{
    gig_said_str(gig_tell_begin(words, say), argument, out);
}


void
gig_tell_n(const gig_language_t *words, gig_say_t say, uint64_t n, gig_buf_t *out)
{
    gig_said_count(gig_tell_begin_n(words, say, (double) n), words, n, out);
}


void
gig_language_count(const gig_language_t *words, uint64_t n, gig_buf_t *out)
{
    int   i, len, grouped;
    char  digits[GIG_NUMBER_TEXT];

    grouped = n >= gig_language_or(words)->grouped_from;
    len = 0;

    do {
        digits[len++] = (char) ('0' + n % 10);
        n /= 10;
    } while (n != 0);

    for (i = len - 1; i >= 0; i--) {
        gig_buf_add(out, &digits[i], 1);

        if (i != 0 && i % 3 == 0 && grouped) {
            gig_tell(words, GIG_SAY_NUMBER_GROUP, out);
        }
    }
}


void
gig_language_number(const gig_language_t *words, double n, gig_buf_t *out)
{
    int    len, i;
    char   text[GIG_NUMBER_TEXT];

    len = snprintf(text, sizeof(text), "%.6g", n);

    for (i = 0; i < len && i < (int) sizeof(text); i++) {
        if (text[i] == '.') {
            gig_tell(words, GIG_SAY_NUMBER_DECIMAL, out);
        } else {
            gig_buf_add(out, &text[i], 1);
        }
    }
}
