
/*
 * The body of an application, read in pieces of any cut: JSON, urlencoded or
 * multipart/form-data.  The three parsers hand a sink the same fields, so what is
 * behind it need not know how they came.  Nothing of the body is kept but the
 * name and the last piece of the value in hand, and no byte is looked at twice:
 * what a hostile body can cost is its length and no more.
 *
 * Names and texts that reach the sink are valid UTF-8 without NUL; only the bytes
 * of a file are anything.  Cuts do not matter: the sink sees the same calls with
 * the same pieces, and an error the same byte, however the body was fed.
 */

#ifndef GIG_BODY_H
#define GIG_BODY_H

#include "gig_base.h"
#include "gig_utf8.h"

#define GIG_BODY_MAX        (256 * 1024)    /* bytes of a body without files */
#define GIG_BODY_FILE       255             /* bytes of a file's name; what is more is cut off */
#define GIG_BODY_PARTS      1024            /* pairs, parts, or values of JSON */
#define GIG_BODY_NAME       128             /* bytes of a name */
#define GIG_BODY_VALUE      (80 * 1024)     /* bytes of a text: 20,000 characters and more */
#define GIG_BODY_NUMBER     64              /* bytes of a JSON number */
#define GIG_BODY_DEPTH      4               /* brackets of JSON that are open at once */
#define GIG_BODY_DEPTH_FLAT 6               /* where its members are fields: see gig_body_flat() */
#define GIG_BODY_HEADER     4096            /* bytes of one part's header */
#define GIG_BODY_BOUNDARY   70              /* RFC 2046 */
#define GIG_BODY_PIECE      512             /* most bytes the sink is given at once */

typedef enum {
    GIG_BODY_JSON,
    GIG_BODY_URLENCODED,
    GIG_BODY_MULTIPART
} gig_body_type_t;

typedef enum {
    GIG_VALUE_TEXT,
    GIG_VALUE_NUMBER,                       /* of JSON, as it was written */
    GIG_VALUE_TRUE,
    GIG_VALUE_FALSE,
    GIG_VALUE_NULL,
    GIG_VALUE_LIST,                         /* of JSON: its values follow, without a name */
    GIG_VALUE_OTHER,                        /* what no field has: objects, lists in lists */
    GIG_VALUE_FILE,
    GIG_VALUE_NO_FILE                       /* a file input that was left empty */
} gig_value_kind_t;

/*
 * Each call returns 0 to go on, or -1 with err set.  begin; more, any times; end.
 * Between begin and end of a list come begin, more and end of its values.  The
 * member "ref" of JSON's "source" comes as "_source", its name in forms; no other
 * name of a member of JSON begins with "_".  A member of JSON's "files" comes as a file,
 * its content decoded; what a file was called is in body->file when it ends, in any bytes.
 */
typedef struct {
    int (*begin)(void *data, gig_str_t name, gig_value_kind_t kind, gig_error_t *err);
    int (*more)(void *data, gig_str_t piece, gig_error_t *err);
    int (*end)(void *data, gig_error_t *err);
} gig_body_sink_t;

/* RFC 4648's base64, a character at a time: padded, without blanks or stray bits. */
typedef struct {
    uint32_t       bits;
    unsigned char  n, padded;               /* characters of the four in hand */
} gig_base64_t;

/* Of each parser, its place in the grammar; of no concern to others. */

typedef struct {
    unsigned char  state, next, number;
    unsigned char  depth;
    unsigned char  role[GIG_BODY_DEPTH_FLAT + 1];
    unsigned char  literal, at;
    unsigned       answers:1, source:1, ref:1, files:1;         /* seen */
    unsigned       content:1, named:1;              /* of the file in hand */
    unsigned       decoding:1, naming:1;            /* the string in hand is that */
    unsigned       flat:1;                          /* see gig_body_flat() */
    size_t         outer_len;
    char           outer[GIG_BODY_NAME];            /* name of the member one is in, if it is */
    gig_base64_t   base64;
    unsigned       digits;                          /* of \uXXXX, read */
    uint32_t       code, high;
} gig_body_json_t;

typedef struct {
    unsigned char  value;                   /* after the "=" */
    unsigned char  hex;                     /* bytes of %XX read: 0 to 2 */
    char           first;                   /* its first digit */
    unsigned char  pair;                    /* there is one */
} gig_body_urlencoded_t;

typedef struct {
    unsigned char  state;
    size_t         matched, delimiter_len;
    char           delimiter[4 + GIG_BODY_BOUNDARY];        /* CR LF -- boundary */
    size_t         line, header_len;
    char           header[GIG_BODY_HEADER];
} gig_body_multipart_t;

typedef struct {
    const gig_body_sink_t  *sink;
    void                   *data;
    gig_body_type_t         type;
    unsigned                failed:1;
    unsigned                silent:1;       /* the value in hand is of no field */
    unsigned                bytes:1;        /* it is a file's */
    gig_utf8_reader_t       utf8;
    unsigned                over:1;         /* it failed for its length alone */
    size_t                  max;            /* bytes; GIG_BODY_MAX unless the caller says more */
    size_t                  offset;         /* bytes of the body read */
    size_t                  length;         /* of the value in hand */
    size_t                  value_max;      /* of it, unless its sink has said more at begin */
    size_t                  parts;
    size_t                  name_len;
    size_t                  file_len;
    size_t                  piece_len;
    char                    name[GIG_BODY_NAME];
    char                    file[GIG_BODY_FILE];
    char                    piece[GIG_BODY_PIECE];

    union {
        gig_body_json_t        json;
        gig_body_urlencoded_t  urlencoded;
        gig_body_multipart_t   multipart;
    } u;
} gig_body_t;

/*
 * What a Content-Type says: 0, or -1 if it is none of the three.  boundary: a view
 * into header, or empty where there is none that RFC 2046 allows.
 */
int gig_body_type(gig_str_t header, gig_body_type_t *type, gig_str_t *boundary);

/* The boundary is copied; a parser owns nothing else and needs no freeing. */
void gig_body_init(gig_body_t *body, gig_body_type_t type, gig_str_t boundary,
    const gig_body_sink_t *sink, void *data);

/*
 * JSON in other words, after _init and before the first byte: members of the object are fields
 * themselves, and those of an object in it too, by the name of both, as in "a[b]".
 */
void gig_body_flat(gig_body_t *body);

/* After -1 the parser is done with: err says what and where, and each call returns -1. */
int gig_body_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err);
int gig_body_end(gig_body_t *body, gig_error_t *err);


/* What the three parsers share. */

void gig_body_json_init(gig_body_t *body);
int gig_body_json_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err);
int gig_body_json_end(gig_body_t *body, gig_error_t *err);

int gig_body_urlencoded_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err);
int gig_body_urlencoded_end(gig_body_t *body, gig_error_t *err);

void gig_body_multipart_init(gig_body_t *body, gig_str_t boundary);
int gig_body_multipart_feed(gig_body_t *body, gig_str_t piece, gig_error_t *err);
int gig_body_multipart_end(gig_body_t *body, gig_error_t *err);

/* err with the byte that was read last in front; returns -1. */
int gig_body_wrong(const gig_body_t *body, gig_error_t *err, const char *what);

/* One more pair, part or value. */
int gig_body_count(gig_body_t *body, gig_error_t *err);

/* A byte of the name; _name_end checks that it is whole. */
void gig_body_name_begin(gig_body_t *body);
int gig_body_name_put(gig_body_t *body, unsigned char c, gig_error_t *err);
int gig_body_name_end(gig_body_t *body, gig_error_t *err);

/* A value: begun (silent: for no field), given byte by byte, ended. */
int gig_body_begin(gig_body_t *body, gig_str_t name, gig_value_kind_t kind, gig_error_t *err);
void gig_body_begin_silent(gig_body_t *body);
int gig_body_put(gig_body_t *body, unsigned char c, gig_error_t *err);
int gig_body_put_file(gig_body_t *body, gig_str_t bytes, gig_error_t *err);
int gig_body_flush(gig_body_t *body, gig_error_t *err);

/* What a loop of _put would do with the first of these bytes that are plain; how many. */
size_t gig_body_put_plain(gig_body_t *body, gig_str_t bytes);
int gig_body_value_end(gig_body_t *body, gig_error_t *err);

/* Bytes of a character that is decoded, 0 or more, in out; -1: it is none.  _end: 0 or -1. */
int gig_base64_next(gig_base64_t *base64, unsigned char c, unsigned char out[3]);
int gig_base64_end(const gig_base64_t *base64);

/* A byte more of the name of a file. */
static inline void
gig_body_file_put(gig_body_t *body, char c)
{
    if (body->file_len < GIG_BODY_FILE) {
        body->file[body->file_len++] = c;
    }
}

static inline gig_str_t
gig_body_name(const gig_body_t *body)
{
    return (gig_str_t) { body->name, body->name_len };
}

#endif /* GIG_BODY_H */
