
/*
 * The words of the pages in one language.  English is compiled in; others are read from text files
 * of the same form (core/text/en.txt has all keys), ours or a company's, at configuration:
 *
 *     # a comment
 *     tag = es
 *     name = Español
 *     dir = ltr
 *     plural = one-other
 *     list.empty = No hay trabajos
 *     hours{one} = {1} hora
 *     hours{other} = {1} horas
 *
 * {1} to {9} are arguments, \uXXXX is a character.  Texts are plain: whoever prints one escapes it.
 * Everywhere NULL for words is English.
 */

#ifndef GIG_LANGUAGE_H
#define GIG_LANGUAGE_H

#include "gig_buf.h"
#include "gig_language_keys.h"

#define GIG_TAG_SIZE        36          /* BCP 47, of a reasonable length, and a NUL */
#define GIG_LANGUAGE_FILE_MAX  131072      /* bytes of a text file */
#define GIG_LANGUAGE_TEXT_MAX  1000        /* bytes of one text */
#define GIG_LANGUAGE_ARGUMENTS 9
#define GIG_LANGUAGES_OFFERED 16         /* offered by one location */

/* A text's name in the program; the file has it in small letters, with dots: "list.empty". */
#define GIG_SAY_NAME(name)  GIG_SAY_##name,
typedef enum {
    GIG_LANGUAGE_KEYS(GIG_SAY_NAME)
    GIG_SAYS
} gig_say_t;
#undef GIG_SAY_NAME

/* CLDR's categories of number; OTHER is that of a text that has no forms. */
typedef enum {
    GIG_PLURAL_OTHER, GIG_PLURAL_ZERO, GIG_PLURAL_ONE, GIG_PLURAL_TWO, GIG_PLURAL_FEW,
    GIG_PLURAL_MANY,
    GIG_PLURALS
} gig_plural_t;

/* CLDR's rules, by what they tell apart. */
typedef enum {
    GIG_RULE_ONE_OTHER,                 /* en, es, de, it, nl, sv, ... */
    GIG_RULE_OTHER,                     /* ja, ko, zh, vi, th, id */
    GIG_RULE_ZERO_ONE_OTHER,            /* fr, pt: 0 is as 1 */
    GIG_RULE_ONE_FEW_OTHER,             /* cs, sk */
    GIG_RULE_ONE_FEW_MANY,              /* ru, uk */
    GIG_RULE_POLISH,
    GIG_RULE_ARABIC,
    GIG_RULES
} gig_plural_rule_t;

typedef struct gig_language_s {
    char               tag[GIG_TAG_SIZE];
    gig_str_t          name;            /* in the language itself */
    int                rtl;             /* it is written from right to left */
    gig_plural_rule_t  rule;
    uint64_t           grouped_from;    /* number.group.from: the least number that is parted */
    gig_str_t          text[GIG_SAYS][GIG_PLURALS];     /* .data NULL: no such form */
} gig_language_t;

/* Made of core/text/en.txt by tools/embed; and the files of the others as they are. */
extern const gig_language_t gig_language_english;
extern const char gig_language_es[];
extern const char gig_language_ar_xb[];

/*
 * Reads a file into words, which hold what is to stand where it says nothing: a copy of English, or
 * of the same language.  text is changed (escapes are undone in it), stays the caller's and must
 * outlive words.  -1: *line (0: of no line) and error say what is wrong.
 */
int gig_language_read(char *text, size_t len, gig_language_t *words, unsigned *line,
    gig_error_t *error);

/* The tag that such a file is of, before it is read; empty if it names none. */
gig_str_t gig_language_file_tag(gig_str_t text);

/* 1 if tag is one as BCP 47 has it: 2 to 8 letters, then parts of 1 to 8 letters or digits. */
int gig_language_tag_valid(gig_str_t tag);

/* 1 if a and b are the same tag, whatever their case. */
int gig_language_tag_eq(gig_str_t a, gig_str_t b);

/* Cuts a tag's last part, and with it one before it that is a single letter; empty at the end. */
void gig_language_shorten(gig_str_t *tag);

/*
 * Lookup (RFC 4647, 3.4): the first of n offered languages with that tag, or with what is left of
 * it when parts are cut from its end; n if none.
 */
unsigned gig_language_find(gig_str_t tag, const gig_language_t *const *offered, unsigned n);

/* The same for Accept-Language (RFC 9110, 12.5.4); 0, the fallback, if nothing fits. */
unsigned gig_language_negotiate(gig_str_t header, const gig_language_t *const *offered, unsigned n);


/* "es", "en": the language's tag; "ltr" or "rtl" for dir. */
const char *gig_language_tag(const gig_language_t *words);
const char *gig_language_dir(const gig_language_t *words);

/* 1 if a text with that tag is in this language, wherever it is spoken. */
int gig_language_same(gig_str_t tag, const gig_language_t *words);

/* "rtl" or "ltr" of any language by its tag, as texts of a record are written. */
const char *gig_language_dir_of(gig_str_t tag);

/* A text without arguments, as it is. */
gig_str_t gig_language_text(const gig_language_t *words, gig_say_t say);

/*
 * What the program says in English, in this language: found by the sentence, which is as it was if
 * there is none.  For what is said in many places, and in JSON always in English.
 */
gig_str_t gig_language_said(const gig_language_t *words, gig_str_t english);

/* Which form of a text n takes; numbers that are not whole too. */
gig_plural_t gig_language_plural(const gig_language_t *words, double n);

/* One form of a text; .data NULL: it has none.  The form's name, as CLDR and the files have it. */
gig_str_t gig_language_form(const gig_language_t *words, gig_say_t say, gig_plural_t form);
const char *gig_plural_name(gig_plural_t form);


/*
 * A text with arguments, in the order of its language: _next writes on to the next argument and
 * returns its number, for the caller to write it; 0 at the end.
 *
 *     said = gig_say_begin(words, GIG_SAY_OPENS);
 *     while (gig_say_next(&said, out)) {
 *         gig_html_time(...);
 *     }
 */
typedef struct {
    const char  *p, *end;
    int          plain;                 /* not escaped */
} gig_said_t;

gig_said_t gig_say_begin(const gig_language_t *words, gig_say_t say);
gig_said_t gig_say_begin_n(const gig_language_t *words, gig_say_t say, double n);
int gig_say_next(gig_said_t *said, gig_buf_t *out);

/* The same as plain text; what stands between {1} and {2} of a text alone. */
gig_said_t gig_tell_begin(const gig_language_t *words, gig_say_t say);
gig_said_t gig_tell_begin_n(const gig_language_t *words, gig_say_t say, double n);
void gig_tell_between(const gig_language_t *words, gig_say_t say, gig_buf_t *out);

/* As HTML: a text without arguments; with one, a text or a whole number, for {1}. */
void gig_say(const gig_language_t *words, gig_say_t say, gig_buf_t *out);
void gig_say_str(const gig_language_t *words, gig_say_t say, gig_str_t argument, gig_buf_t *out);
void gig_say_n(const gig_language_t *words, gig_say_t say, uint64_t n, gig_buf_t *out);

/* The same as plain text. */
void gig_tell(const gig_language_t *words, gig_say_t say, gig_buf_t *out);
void gig_tell_str(const gig_language_t *words, gig_say_t say, gig_str_t argument, gig_buf_t *out);
void gig_tell_n(const gig_language_t *words, gig_say_t say, uint64_t n, gig_buf_t *out);

/* "3,000", and "12.5" with at most six digits, as the language writes numbers. */
void gig_language_count(const gig_language_t *words, uint64_t n, gig_buf_t *out);
void gig_language_number(const gig_language_t *words, double n, gig_buf_t *out);

#endif /* GIG_LANGUAGE_H */
