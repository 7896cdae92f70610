
/* A language's file, and what is found in it. */

#include <string.h>

#include "gig_utf8.h"
#include "gig_language.h"


#define GIG_KEY_SIZE        64          /* of a key, with its NUL */
#define GIG_LANGUAGE_BOM    "\xef\xbb\xbf"
#define GIG_LANGUAGE_DIGITS 18          /* of number.group.from */
#define GIG_LANGUAGE_BLANKS " \t\r"


typedef struct {
    gig_language_t  *words;
    unsigned      line;
    unsigned      tagged:1;
    uint8_t       given[GIG_SAYS];      /* bits of the forms that this file has */
    unsigned      line_of[GIG_SAYS];    /* where it has the first of them */
    gig_error_t  *error;
} gig_language_reader_t;


#define GIG_SAY_TEXT(name)  #name,
static const char *const  gig_language_names[] = { GIG_LANGUAGE_KEYS(GIG_SAY_TEXT) };
#undef GIG_SAY_TEXT

static const char *const  gig_plural_names[GIG_PLURALS] = {
    "other", "zero", "one", "two", "few", "many"
};

static const char *const  gig_rule_names[GIG_RULES] = {
    "one-other", "other", "zero-one-other", "one-few-other", "one-few-many", "polish", "arabic"
};


const char *
gig_plural_name(gig_plural_t form)
{
    return gig_plural_names[form];
}


/* "list.empty" of LIST_EMPTY. */

static void
gig_language_key(gig_say_t say, char key[GIG_KEY_SIZE])
{
    size_t  i;
    char    c;

    for (i = 0; i < GIG_KEY_SIZE - 1 && gig_language_names[say][i] != '\0'; i++) {
        c = gig_language_names[say][i];
        key[i] = (char) (c == '_' ? '.' : c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }

    key[i] = '\0';
}


/* 1 if name is the key of that text, letter by letter. */

static int
gig_language_is(gig_str_t name, gig_say_t say)
{
    size_t       i;
    char         c;
    const char  *key;

    key = gig_language_names[say];

    for (i = 0; i < name.len && key[i] != '\0'; i++) {
        c = name.data[i];

        if (c == '.' ? key[i] != '_' : !(c >= 'a' && c <= 'z' ? key[i] == (c & ~0x20)
                                         : c >= '0' && c <= '9' && key[i] == c))
        {
            return 0;
        }
    }

    return i == name.len && key[i] == '\0';
}


static gig_say_t
gig_language_say(gig_str_t name)
{
    unsigned  i;

    for (i = 0; i < GIG_SAYS && !gig_language_is(name, (gig_say_t) i); i++) { /* void */ }

    return (gig_say_t) i;
}


static int
gig_language_unknown(gig_language_reader_t *reader, gig_str_t name)
{
    unsigned     i;
    char         keys[GIG_SAYS][GIG_KEY_SIZE];
    const char  *near, *list[GIG_SAYS];

    for (i = 0; i < GIG_SAYS; i++) {
        gig_language_key((gig_say_t) i, keys[i]);
        list[i] = keys[i];
    }

    near = gig_nearest(name, list, GIG_SAYS);

    return gig_error_set(reader->error, "", "There is no text \"%.*s\"%s%s%s",
                         (int) (name.len < GIG_KEY_SIZE ? name.len : GIG_KEY_SIZE), name.data,
                         near ? "; did you mean \"" : ": core/text/en.txt has all there are.",
                         near ? near : "", near ? "\"?" : "");
}


/*
 * Bits of the arguments that a text has, and in twice of those that it has more than once; -1: a
 * brace is of none.
 */

static int
gig_language_arguments(gig_str_t text, int *twice)
{
    int     bits, bit;
    size_t  i;

    for (*twice = 0, bits = 0, i = 0; i < text.len; i++) {

        if (text.data[i] == '}') {
            return -1;
        }

        if (text.data[i] != '{') {
            continue;
        }

        if (text.len - i < 3 || text.data[i + 1] < '1' || text.data[i + 1] > '9'
            || text.data[i + 2] != '}')
        {
            return -1;
        }

        bit = 1 << (text.data[i + 1] - '0');
        *twice |= bits & bit;
        bits |= bit;
        i += 2;
    }

    return bits;
}


/* Undoes \uXXXX in place; a character is no longer than its escape.  -1: there is another one. */

static int
gig_language_unescape(char *text, size_t *len)
{
    int       high, low;
    char     *out, character[4];
    size_t    i, n;
    uint32_t  c;

    out = text;

    for (i = 0; i < *len; i++) {

        if (text[i] != '\\') {
            *out++ = text[i];
            continue;
        }

        if (*len - i < 6 || text[i + 1] != 'u') {
            return -1;
        }

        high = gig_hex_byte(text + i + 2, text + *len);
        low = gig_hex_byte(text + i + 4, text + *len);

        if (high == -1 || low == -1) {
            return -1;
        }

        c = (uint32_t) (high << 8 | low);

        if (c < 0xa0 || (c >= 0xd800 && c < 0xe000)) {
            return -1;
        }

        n = gig_utf8_encode(c, character);
        memcpy(out, character, n);
        out += n;
        i += 5;
    }

    *len = (size_t) (out - text);

    return 0;
}


/* "hours{one}": the name is cut before the brace. */

static int
gig_language_key_form(gig_language_reader_t *reader, gig_str_t *name, gig_plural_t *form)
{
    size_t      i;
    unsigned    k;
    gig_str_t   text;

    *form = GIG_PLURAL_OTHER;

    for (i = 0; i < name->len && name->data[i] != '{'; i++) { /* void */ }

    if (i == name->len) {
        return 0;
    }

    text = (gig_str_t) { name->data + i + 1, name->len - i - 1 };

    if (text.len != 0 && text.data[text.len - 1] == '}') {
        text.len--;

        for (k = 0; k < GIG_PLURALS; k++) {
            if (gig_str_is(text, gig_plural_names[k])) {
                name->len = i;
                *form = (gig_plural_t) k;
                return 0;
            }
        }
    }

    return gig_error_set(reader->error, "", "\"%.*s\" has no form of a number: it must be {zero}, "
                         "{one}, {two}, {few}, {many} or {other}.",
                         (int) (name->len < GIG_KEY_SIZE ? name->len : GIG_KEY_SIZE), name->data);
}


static int
gig_language_plural_text(gig_say_t say)
{
    return gig_language_english.text[say][GIG_PLURAL_ONE].data != NULL;
}


/*
 * The same arguments as in English, each once: who writes an argument may have it once only (what
 * is rendered for it is taken out of a buffer).  The form for a single number need not say which
 * it is.
 */

static int
gig_language_check(gig_language_reader_t *reader, gig_say_t say, gig_plural_t form, gig_str_t text)
{
    int   i, has, wants, twice, unused;
    char  key[GIG_KEY_SIZE];

    gig_language_key(say, key);
    has = gig_language_arguments(text, &twice);
    wants = gig_language_arguments(gig_language_english.text[say][GIG_PLURAL_OTHER], &unused);

    if (has < 0) {
        return gig_error_set(reader->error, "", "The text \"%s\" has a brace that is of no argument"
                             ": arguments are {1} to {9}.", key);
    }

    for (i = 1; i <= GIG_LANGUAGE_ARGUMENTS; i++) {

        if (has >> i & ~wants >> i & 1) {
            return gig_error_set(reader->error, "", "The text \"%s\" has no argument {%d}.", key,
                                 i);
        }

        if (twice >> i & 1) {
            return gig_error_set(reader->error, "", "The text \"%s\" has its argument {%d} twice: "
                                 "it must be there once.", key, i);
        }

        if ((wants >> i & ~has >> i & 1)
            && !(i == 1 && (form == GIG_PLURAL_ZERO || form == GIG_PLURAL_ONE
                            || form == GIG_PLURAL_TWO)))
        {
            return gig_error_set(reader->error, "", "The text \"%s\" lacks its argument {%d}.",
                                 key, i);
        }
    }

    return 0;
}


/* One of the four lines that are about the language; 1: it is none of them. */

static int
gig_language_about(gig_language_reader_t *reader, gig_str_t name, gig_str_t text)
{
    unsigned      i;
    gig_language_t  *words;

    words = reader->words;

    if (gig_str_is(name, "tag")) {

        /* its words are laid over those of the first */

        if (reader->tagged) {
            return gig_error_set(reader->error, "", "\"tag\" is there twice: a file is of one "
                                 "language.");
        }

        if (!gig_language_tag_valid(text)) {
            return gig_error_set(reader->error, "", "\"tag\" must be the tag of a language, such as"
                                 " \"es\" or \"pt-BR\".");
        }

        memcpy(words->tag, text.data, text.len);
        words->tag[text.len] = '\0';
        reader->tagged = 1;

        return 0;
    }

    if (gig_str_is(name, "name")) {
        words->name = text;
        return 0;
    }

    if (gig_str_is(name, "dir")) {
        words->rtl = gig_str_is(text, "rtl");

        return words->rtl || gig_str_is(text, "ltr") ? 0
               : gig_error_set(reader->error, "", "\"dir\" must be \"ltr\" or \"rtl\".");
    }

    if (!gig_str_is(name, "plural")) {
        return 1;
    }

    for (i = 0; i < GIG_RULES; i++) {
        if (gig_str_is(text, gig_rule_names[i])) {
            words->rule = (gig_plural_rule_t) i;
            return 0;
        }
    }

    return gig_error_set(reader->error, "", "\"plural\" must be \"one-other\", \"other\", "
                         "\"zero-one-other\", \"one-few-other\", \"one-few-many\", \"polish\" or "
                         "\"arabic\".");
}


/* Of four digits not all languages make groups. */

static int
gig_language_grouped_from(gig_language_reader_t *reader, gig_str_t text)
{
    size_t    i;
    uint64_t  from;

    for (from = 0, i = 0; i < text.len && i < GIG_LANGUAGE_DIGITS; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            break;
        }

        from = from * 10 + (uint64_t) (text.data[i] - '0');
    }

    if (i != text.len) {
        return gig_error_set(reader->error, "", "\"number.group.from\" must be a number in at most "
                             "%d digits, such as \"1000\".", GIG_LANGUAGE_DIGITS);
    }

    reader->words->grouped_from = from;

    return 0;
}


static int
gig_language_line(gig_language_reader_t *reader, gig_str_t name, char *text, size_t len)
{
    int           rc;
    gig_say_t     say;
    gig_str_t     value;
    gig_plural_t  form;

    if (gig_language_unescape(text, &len) != 0) {
        return gig_error_set(reader->error, "", "A backslash must begin \"\\uXXXX\", a character "
                             "from \\u00a0 on.");
    }

    value = (gig_str_t) { text, len };

    if (len == 0 || len > GIG_LANGUAGE_TEXT_MAX) {
        return gig_error_set(reader->error, "", "The text must have 1 to %d bytes.",
                             GIG_LANGUAGE_TEXT_MAX);
    }

    rc = gig_language_about(reader, name, value);

    if (rc <= 0) {
        return rc;
    }

    if (gig_language_key_form(reader, &name, &form) != 0) {
        return -1;
    }

    say = gig_language_say(name);

    if (say == GIG_SAYS) {
        return gig_language_unknown(reader, name);
    }

    if (form != GIG_PLURAL_OTHER && !gig_language_plural_text(say)) {
        return gig_error_set(reader->error, "", "The text \"%.*s\" is of no number: it has one form"
                             " only.", (int) name.len, name.data);
    }

    if (reader->given[say] >> form & 1) {
        return gig_error_set(reader->error, "", "The text \"%.*s\" is there twice.",
                             (int) name.len, name.data);
    }

    if (gig_language_check(reader, say, form, value) != 0
        || (say == GIG_SAY_NUMBER_GROUP_FROM && gig_language_grouped_from(reader, value) != 0))
    {
        return -1;
    }

    /* its forms belong together: those of another language or file are none of this one's */

    if (reader->given[say] == 0) {
        memset(reader->words->text[say], 0, sizeof(reader->words->text[say]));
        reader->line_of[say] = reader->line;
    }

    reader->given[say] = (uint8_t) (reader->given[say] | 1 << form);
    reader->words->text[say][form] = value;

    return 0;
}


/* Some editors write one; it is of no line. */

static void
gig_language_skip_bom(gig_str_t *text)
{
    if (text->len >= 3 && memcmp(text->data, GIG_LANGUAGE_BOM, 3) == 0) {
        text->data += 3;
        text->len -= 3;
    }
}


/*
 * The next line that is neither empty nor a comment, taken off rest with those before it, which
 * *line counts.  1: its key, never empty, and its text; 0: there is none; -1: it is no such line.
 */

static int
gig_language_split(gig_str_t *rest, unsigned *line, gig_str_t *name, gig_str_t *value,
    gig_error_t *error)
{
    size_t       len;
    gig_str_t    text;
    const char  *end, *equals;

    do {

        if (rest->len == 0) {
            return 0;
        }

        end = memchr(rest->data, '\n', rest->len);
        len = end != NULL ? (size_t) (end - rest->data) : rest->len;
        text = gig_str_trim((gig_str_t) { rest->data, len }, GIG_LANGUAGE_BLANKS);

        rest->data += len + (end != NULL);
        rest->len -= len + (end != NULL);
        (*line)++;

    } while (text.len == 0 || text.data[0] == '#');

    if (memchr(text.data, '\0', text.len) != NULL) {
        return gig_error_set(error, "", "This is no text: there is a NUL in it.");
    }

    equals = memchr(text.data, '=', text.len);

    if (equals == NULL || equals == text.data) {
        return gig_error_set(error, "", "A line must be \"key = text\", or begin with \"#\".");
    }

    len = (size_t) (equals - text.data);
    *name = gig_str_trim((gig_str_t) { text.data, len }, GIG_LANGUAGE_BLANKS);
    *value = gig_str_trim((gig_str_t) { equals + 1, text.len - len - 1 }, GIG_LANGUAGE_BLANKS);

    return 1;
}


int
gig_language_read(char *text, size_t len, gig_language_t *words, unsigned *line, gig_error_t *error)
{
    int                    rc;
    char                   key[GIG_KEY_SIZE];
    unsigned               i;
    gig_str_t              rest, name, value;
    gig_language_reader_t  reader;

    memset(&reader, 0, sizeof(gig_language_reader_t));
    reader.words = words;
    reader.error = error;
    rest = (gig_str_t) { text, len };
    *line = 0;

    if (len > GIG_LANGUAGE_FILE_MAX) {
        return gig_error_set(error, "", "The file is larger than %d bytes.", GIG_LANGUAGE_FILE_MAX);
    }

    if (!gig_utf8_valid(rest)) {
        return gig_error_set(error, "", "The file is not UTF-8.");
    }

    gig_language_skip_bom(&rest);

    while ((rc = gig_language_split(&rest, &reader.line, &name, &value, error)) != 0) {
        if (rc == -1
            || gig_language_line(&reader, name, text + (value.data - text), value.len) != 0)
        {
            *line = reader.line;
            return -1;
        }
    }

    if (!reader.tagged) {
        return gig_error_set(error, "", "The file does not say of which language it is: there must"
                             " be a line as \"tag = es\".");
    }

    for (i = 0; i < GIG_SAYS; i++) {
        if (reader.given[i] != 0 && !(reader.given[i] & 1)) {
            gig_language_key((gig_say_t) i, key);
            *line = reader.line_of[i];
            return gig_error_set(error, "", "The text \"%s\" lacks its form {other}.", key);
        }
    }

    return 0;
}


gig_str_t
gig_language_file_tag(gig_str_t text)
{
    int        rc;
    unsigned   line;
    gig_str_t  name, value;

    line = 0;
    name = value = gig_null_str;
    gig_language_skip_bom(&text);

    while ((rc = gig_language_split(&text, &line, &name, &value, NULL)) != 0) {
        if (rc == 1 && gig_str_is(name, "tag")) {
            return value;
        }
    }

    return gig_null_str;
}
