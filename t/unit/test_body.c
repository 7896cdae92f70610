
/*
 * A body comes in pieces cut anywhere, and from anybody.  It must mean the same
 * however it was cut, be refused where it can be read in two ways, and cost its
 * length at most: in time, and in memory next to nothing.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gig_body.h"
#include "gig_buf.h"

#define MEGABYTE        (1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER          20
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWER          20
#endif
#endif

#ifndef SLOWER
#define SLOWER          2
#endif

#define DISPOSITION(name)   "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define PART(name)          "--b\r\n" DISPOSITION(name) "\r\n"
#define END                 "\r\n--b--\r\n"

/* What a sink was told, as a text; `refuse` makes it say no to a name. */
typedef struct {
    gig_buf_t    told;
    const char  *refuse;
    size_t       calls, bytes;
} sink_t;


static int
sink_begin(void *data, gig_str_t name, gig_value_kind_t kind, gig_error_t *err)
{
    sink_t  *sink = data;

    static const char  kinds[] = "tn10-[?fe";

    sink->calls++;
    gig_buf_printf(&sink->told, "<%.*s %c ", (int) name.len, name.data != NULL ? name.data : "",
                   kinds[kind]);

    if (sink->refuse != NULL && gig_str_is(name, sink->refuse)) {
        return gig_error_set(err, "", "not %s", sink->refuse);
    }

    return 0;
}


static int
sink_more(void *data, gig_str_t piece, gig_error_t *err)
{
    sink_t  *sink = data;

    (void) err;

    assert_true(piece.len != 0 && piece.len <= GIG_BODY_PIECE);
    sink->calls++;
    sink->bytes += piece.len;
    gig_buf_str(&sink->told, piece);

    return 0;
}


static int
sink_end(void *data, gig_error_t *err)
{
    sink_t  *sink = data;

    (void) err;

    sink->calls++;
    gig_buf_puts(&sink->told, ">");

    return 0;
}


static const gig_body_sink_t  sink_calls = { sink_begin, sink_more, sink_end };


/* Reads a body in pieces of at most so many bytes, the first of `first`; err is part of it. */

static int
read_cut(gig_body_type_t type, const char *boundary, gig_str_t body, size_t first, size_t rest,
    const char *refuse, gig_buf_t *told)
{
    int          rc;
    size_t       n;
    sink_t       sink;
    gig_body_t  *parser;
    gig_error_t  err;

    memset(&sink, 0, sizeof(sink));
    memset(&err, 0, sizeof(err));
    gig_buf_init(&sink.told, 4 * MEGABYTE);
    sink.refuse = refuse;

    parser = malloc(sizeof(*parser));
    assert_non_null(parser);
    gig_body_init(parser, type, (gig_str_t) { boundary, boundary != NULL ? strlen(boundary) : 0 },
                  &sink_calls, &sink);

    rc = 0;

    for (n = first; rc == 0 && body.len != 0; n = rest) {

        char  *piece;

        n = n > body.len ? body.len : n;
        piece = malloc(n + 1);                  /* its own, so that ASan sees its ends */
        assert_non_null(piece);
        memcpy(piece, body.data, n);
        rc = gig_body_feed(parser, (gig_str_t) { piece, n }, &err);
        free(piece);

        body.data += n;
        body.len -= n;
    }

    if (rc == 0) {
        rc = gig_body_end(parser, &err);
    } else {
        assert_int_equal(gig_body_feed(parser, gig_str("x"), NULL), -1);
        assert_int_equal(gig_body_end(parser, NULL), -1);
    }

    if (rc != 0) {
        gig_buf_printf(&sink.told, "! %s", err.detail);
    }

    gig_buf_add(&sink.told, "", 1);
    assert_false(gig_buf_failed(&sink.told));
    free(parser);
    *told = sink.told;

    return rc;
}


/* The same at every byte, and byte by byte; told NULL: whatever it is. */

static void
same(gig_body_type_t type, gig_str_t body, const char *told, const char *refuse)
{
    size_t     i;
    gig_buf_t  whole, cut;

    (void) read_cut(type, "b", body, body.len, body.len, refuse, &whole);

    if (told != NULL) {
        assert_string_equal(whole.data, told);
    }

    for (i = 0; i <= body.len + 1; i++) {

        (void) read_cut(type, "b", body, i, i == body.len + 1 ? 1 : body.len, refuse, &cut);

        if (i == body.len + 1) {
            gig_buf_free(&cut);
            (void) read_cut(type, "b", body, 1, 1, refuse, &cut);
        }

        if (strcmp(whole.data, cut.data) != 0) {
            fail_msg("cut at %zu: %s, not %s", i, cut.data, whole.data);
        }

        gig_buf_free(&cut);
    }

    gig_buf_free(&whole);
}


static void
test_json(void **state)
{
    (void) state;

    same(GIG_BODY_JSON, gig_str(" { \"x\" : [ {\"y\":[]} , 1e5, \"\\u0041\"] , \"answers\":{\"a\":\"A\\n"
         "\\u00e9\\ud83d\\ude00\xe2\x82\xac\",\"b\":[\"1\",2,null,true,{\"c\":1},[]],\"d\":-0.5e+10,"
         "\"e\":true,\"f\":false,\"g\":null,\"h\":{\"i\":[1]},\"j\":[],\"_key\":\"k\",\"_l\":[\"m\"]},"
         "\"source\":{\"ref\":\"fair\",\"x\":1}}\r\n\t "),
         "<a t A\n\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac><b [ < t 1>< n 2>< - >< 1 >< ? >< ? >><d n -0.5e+10>"
         "<e 1 ><f 0 ><g - ><h ? ><j [ ><_source t fair>", NULL);
    same(GIG_BODY_JSON, gig_str("{\"answers\":{}}"), "", NULL);
    same(GIG_BODY_JSON, gig_str("{\"source\":{\"ref\":7},\"answers\":{\"\":1}}"), "", NULL);
    same(GIG_BODY_JSON, gig_str("{\"source\":[\"ref\"],\"answers\":{\"a\":\"b\"}}"), "<a t b>", NULL);
    same(GIG_BODY_JSON, gig_str("{\"answers\":{\"a\":\"b\",\"bad\":\"c\"}}"), "<a t b><bad t ! not bad",
         "bad");
}


static void
test_urlencoded(void **state)
{
    (void) state;

    same(GIG_BODY_URLENCODED, gig_str("a=b+c%20d&e=%E2%82%ac&&f&=g&h=i=j&k%3dl=m%&n=%4%41%zz%4&o="),
         "<a t b c d><e t \xe2\x82\xac><f t >< t g><h t i=j><k=l t m%><n t %4A%zz%4><o t >", NULL);
    same(GIG_BODY_URLENCODED, gig_str(""), "", NULL);
    same(GIG_BODY_URLENCODED, gig_str("&"), "", NULL);
    same(GIG_BODY_URLENCODED, gig_str("a=%C3%A9%"), "<a t \xc3\xa9%>", NULL);
    same(GIG_BODY_URLENCODED, gig_str("a=1&bad=2"), "<a t 1><bad t ! not bad", "bad");
}


static void
test_multipart(void **state)
{
    (void) state;

    same(GIG_BODY_MULTIPART, gig_str(PART("a") "one\r\n--not\r\n-\r\r\n--" END),
         "<a t one\r\n--not\r\n-\r\r\n-->", NULL);
    same(GIG_BODY_MULTIPART, gig_str(PART("a") END), "<a t >", NULL);
    same(GIG_BODY_MULTIPART, gig_str(PART("a") "1\r\n" PART("b") "\xe2\x82\xac\r\n--b--"),
         "<a t 1><b t \xe2\x82\xac>", NULL);
    same(GIG_BODY_MULTIPART, gig_str("--b--"), "", NULL);
    same(GIG_BODY_MULTIPART, gig_str("--b\r\ncontent-disposition:form-data;name=a ; filename=x.pdf\r\n"
         "X-Any: thing\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n\xff\0\r\n--b\r\n"
         "Content-Disposition: form-data; filename=\"\"; name=\"\\\"q\\\\ \\x\"\r\n\r\n\r\n--b--\r\n"),
         NULL, NULL);
    same(GIG_BODY_MULTIPART, gig_str(PART("a") "1\r\n" PART("bad") "2" END), "<a t 1><bad t ! not bad",
         "bad");

    /* what a browser sends for an input without a file, and with one */

    same(GIG_BODY_MULTIPART, gig_str("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n"
         "Content-Type: application/octet-stream\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; "
         "name=\"g\"; filename=\"C:\\a\\b.pdf\"\r\nContent-Type: application/pdf\r\n\r\n\xff" END),
         "<f e ><g f \xff>", NULL);
}


static void
refused(gig_body_type_t type, const char *boundary, gig_str_t body, const char *says)
{
    gig_buf_t  told;

    if (read_cut(type, boundary, body, body.len, body.len, NULL, &told) != -1
        || strstr(told.data, says) == NULL)
    {
        fail_msg("%s: %s", body.data, told.data);
    }

    gig_buf_free(&told);

    if (boundary == NULL || strcmp(boundary, "b") == 0) {
        same(type, body, NULL, NULL);
    }
}


#define JSON(text, says)    refused(GIG_BODY_JSON, NULL, gig_str(text), says)
#define FORM(text, says)    refused(GIG_BODY_URLENCODED, NULL, gig_str(text), says)
#define PARTS(text, says)   refused(GIG_BODY_MULTIPART, "b", gig_str(text), says)

static void
test_refused(void **state)
{
    (void) state;

    JSON("", "empty");
    JSON("[]", "byte 1: this is not valid JSON: an object is wanted");
    JSON("{}", "\"answers\" is missing");
    JSON("{\"answers\":[]}", "\"answers\" is missing or no object");
    JSON("{\"answers\":7}", "\"answers\" is missing or no object");
    JSON("{\"answers\":{},\"answers\":{}}", "byte 25: \"answers\" was sent twice");
    JSON("{\"source\":{},\"source\":{},\"answers\":{}}", "\"source\" was sent twice");
    JSON("{\"source\":{\"ref\":1,\"ref\":2},\"answers\":{}}", "\"ref\" was sent twice");
    JSON("{\"answers\":{\"a\":1}", "byte 18: the JSON ends too early");
    JSON("{\"answers\":{}} x", "byte 16: something follows");
    JSON("{\"answers\":{\"a\":1,}}", "not valid JSON");
    JSON("{\"answers\":{\"a\" 1}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":[1,]}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":[1}}}", "not valid JSON");
    JSON("{\"answers\":{a:1}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":nul}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":01}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":1.}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":-}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":1e}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":+1}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":NaN}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":\"\\x\"}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":\"\\u12g4\"}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":\"\n\"}}", "control character");
    JSON("{\"answers\":{\"a\":\"\\u0000\"}}", "byte 23: a NUL character");
    JSON("{\"answers\":{\"a\":\"\0\"}}", "byte 18: a NUL character");
    JSON("{\"answers\":{\"a\\u0000\":1}}", "a NUL character");
    JSON("{\"answers\":{\"a\":\"\\ud83d\"}}", "half of a surrogate pair");
    JSON("{\"answers\":{\"a\":\"\\ud83d\\u0041\"}}", "half of a surrogate pair");
    JSON("{\"answers\":{\"a\":\"\\ude00\"}}", "half of a surrogate pair");
    JSON("{\"answers\":{\"a\":\"\xed\xa0\x80\"}}", "half of a surrogate pair");
    JSON("{\"answers\":{\"a\":\"\xc0\xaf\"}}", "overlong");
    JSON("{\"answers\":{\"a\":\"\xe0\x80\xaf\"}}", "overlong");
    JSON("{\"answers\":{\"a\":\"\xf4\x90\x80\x80\"}}", "beyond the last character");
    JSON("{\"answers\":{\"a\":\"\xe2\x82\"}}", "UTF-8");
    JSON("{\"answers\":{\"a\":\"\xc3\\u00a9\"}}", "UTF-8");
    JSON("{\"x\":\"\xff\",\"answers\":{}}", "byte 7: this is not valid UTF-8");
    JSON("\xef\xbb\xbf{\"answers\":{}}", "not valid JSON");
    JSON("{\"answers\":{\"a\":[[[]]]}}", "nested too deeply; at most 4");
    JSON("{\"x\":{\"x\":{\"x\":{\"x\":[]}}}}", "nested too deeply");

    FORM("a=%00", "byte 5: a NUL character");
    FORM("a%00=1", "a NUL character");
    FORM("a=%C0%AF", "overlong");
    FORM("a=%ED%A0%80", "half of a surrogate pair");
    FORM("a=%E2%82", "cut off");
    FORM("a=%E2%82&b=1", "cut off");
    FORM("a=%E2%8", "UTF-8");
    FORM("%FF=1", "UTF-8");
    FORM("\xe2=1", "cut off");

    PARTS("", "empty");
    PARTS("x", "does not begin with the boundary");
    PARTS("\r\n--b--", "does not begin with the boundary");
    PARTS("--c--", "does not begin with the boundary");
    PARTS("--b", "ends before its last boundary");
    PARTS("--b-", "ends before its last boundary");
    PARTS("--b--\r", "ends before");
    PARTS("--b--\r\nmore", "something follows");
    PARTS("--b-- ", "something follows");
    PARTS("--b \r\n", "must be followed by CRLF");
    PARTS("--b\n", "must be followed by CRLF");
    PARTS(PART("a") "1\r\n--bc", "must be followed by CRLF");
    PARTS(PART("a") "1", "ends before its last boundary");
    PARTS(PART("a") "1\r\n--b\r\n", "ends before its last boundary");
    PARTS("--b\r\n\r\n1" END, "no Content-Disposition");
    PARTS("--b\r\n" DISPOSITION("a") DISPOSITION("b") "\r\n1" END, "two Content-Dispositions");
    PARTS("--b\r\nContent-Disposition: form-data\r\n\r\n1" END, "one name");
    PARTS("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1" END, "not form-data");
    PARTS("--b\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1" END, "one name");
    PARTS("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1" END, "one name");
    PARTS("--b\r\nContent-Disposition: form-data; name=\"a\"b\r\n\r\n1" END, "one name");
    PARTS("--b\r\nContent-Disposition: form-data; name\r\n\r\n1" END, "one name");
    PARTS("--b\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1" END, "UTF-8");
    PARTS("--b\r\nContent-Disposition : form-data; name=a\r\n\r\n1" END, "Name: value");
    PARTS("--b\r\n" DISPOSITION("a") " folded\r\n\r\n1" END, "Name: value");
    PARTS("--b\r\nnothing\r\n\r\n1" END, "Name: value");
    PARTS("--b\r\n" "Content-Disposition: form-data; name=a\n\r\n\r\n1" END, "lines end in CRLF");
    PARTS("--b\r\n" "Content-Disposition: form-data;\rname=a\r\n\r\n1" END, "lines end in CRLF");
    PARTS("--b\r\nX: \0\r\n" DISPOSITION("a") "\r\n1" END, "control character");
    PARTS("--b\r\n" DISPOSITION("a") "Content-Transfer-Encoding: base64\r\n\r\n1" END, "Transfer-Encoding");
    PARTS("--b\r\n" DISPOSITION("a") "Content-Type: text/plain; charset=latin1\r\n\r\n1" END, "charset");
    PARTS(PART("a") "\0" END, "a NUL character");
    PARTS(PART("a") "\xc0\xaf" END, "overlong");
    PARTS(PART("a") "\xe2\x82" END, "UTF-8");

    refused(GIG_BODY_MULTIPART, NULL, gig_str("--b--"), "has no boundary of 1 to 70");
}


/* What is repeated often enough is refused at the cap, and where it stands is told. */

static void
capped(gig_body_type_t type, const char *start, const char *repeat, const char *end, size_t n,
    const char *says)
{
    gig_buf_t  body, told;

    gig_buf_init(&body, 4 * MEGABYTE);
    gig_buf_puts(&body, start);

    while (n-- != 0) {
        gig_buf_puts(&body, repeat);
    }

    gig_buf_puts(&body, end);
    (void) read_cut(type, "b", (gig_str_t) { body.data, body.len }, 1000, 1000, NULL, &told);

    if (says == NULL ? strchr(told.data, '!') != NULL : strstr(told.data, says) == NULL) {
        fail_msg("%s%s...: %.200s", start, repeat, told.data);
    }

    gig_buf_free(&told);
    gig_buf_free(&body);
}


static void
test_caps(void **state)
{
    gig_str_t        boundary;
    gig_body_type_t  type;

    (void) state;

    capped(GIG_BODY_URLENCODED, "", "a=&", "", GIG_BODY_PARTS, NULL);
    capped(GIG_BODY_URLENCODED, "", "a=&", "", GIG_BODY_PARTS + 1, "too many fields or values; at most 1024");
    capped(GIG_BODY_URLENCODED, "", "&", "", GIG_BODY_PARTS + 1, "byte 1025: there are too many");
    capped(GIG_BODY_URLENCODED, "", "n", "=1", GIG_BODY_NAME, NULL);
    capped(GIG_BODY_URLENCODED, "", "n", "=1", GIG_BODY_NAME + 1, "byte 129: a field's name is too long");
    capped(GIG_BODY_URLENCODED, "a=", "x", "", GIG_BODY_VALUE, NULL);
    capped(GIG_BODY_URLENCODED, "a=", "x", "", GIG_BODY_VALUE + 1, "byte 81923: a field is too long");
    capped(GIG_BODY_URLENCODED, "", "a=1234567890&", "", MEGABYTE / 13, "too many");

    capped(GIG_BODY_JSON, "{\"answers\":{\"a\":[0", ",0", "]}}", GIG_BODY_PARTS - 3, NULL);
    capped(GIG_BODY_JSON, "{\"answers\":{\"a\":[0", ",0", "]}}", GIG_BODY_PARTS - 2, "too many");
    capped(GIG_BODY_JSON, "{\"answers\":{\"", "n", "\":1}}", GIG_BODY_NAME, NULL);
    capped(GIG_BODY_JSON, "{\"answers\":{\"", "n", "\":1}}", GIG_BODY_NAME + 1, "name is too long");
    capped(GIG_BODY_JSON, "{\"answers\":{\"a\":\"", "x", "\"}}", GIG_BODY_VALUE, NULL);
    capped(GIG_BODY_JSON, "{\"answers\":{\"a\":\"", "x", "\"}}", GIG_BODY_VALUE + 1, "field is too long");
    capped(GIG_BODY_JSON, "{\"answers\":{\"a\":1", "0", "}}", GIG_BODY_NUMBER - 1, NULL);
    capped(GIG_BODY_JSON, "{\"answers\":{\"a\":1", "0", "}}", GIG_BODY_NUMBER, "number is too long");
    capped(GIG_BODY_JSON, "{\"x\":\"", "x", "\",\"answers\":{}}", 200000, NULL);
    capped(GIG_BODY_JSON, "", "{\"a\":", "", 100, "nested too deeply");
    capped(GIG_BODY_JSON, "{\"x\":\"", "x", "\"}", GIG_BODY_MAX, "there are too many bytes; at most 262144");

    capped(GIG_BODY_MULTIPART, "--b", "\r\n" DISPOSITION("a") "\r\n\r\n--b", "--", GIG_BODY_PARTS, NULL);
    capped(GIG_BODY_MULTIPART, "--b", "\r\n" DISPOSITION("a") "\r\n\r\n--b", "--", GIG_BODY_PARTS + 1,
           "too many");
    capped(GIG_BODY_MULTIPART, "--b\r\n" DISPOSITION("a") "X: ", "x", "\r\n\r\n1" END,
           GIG_BODY_HEADER - sizeof(DISPOSITION("a")) + 1 - 7, NULL);
    capped(GIG_BODY_MULTIPART, "--b\r\n" DISPOSITION("a") "X: ", "x", "\r\n\r\n1" END,
           GIG_BODY_HEADER - sizeof(DISPOSITION("a")) + 1 - 6, "header of a part is too long; at most 4096");
    capped(GIG_BODY_MULTIPART, PART("a"), "x", END, GIG_BODY_VALUE, NULL);
    capped(GIG_BODY_MULTIPART, PART("a"), "x", END, GIG_BODY_VALUE + 1, "field is too long");

    assert_int_equal(gig_body_type(gig_str("application/json; charset=utf-8"), &type, &boundary), 0);
    assert_int_equal(type, GIG_BODY_JSON);
    assert_int_equal(gig_body_type(gig_str("APPLICATION/x-www-form-urlencoded ;x"), &type, &boundary), 0);
    assert_int_equal(type, GIG_BODY_URLENCODED);
    assert_int_equal(gig_body_type(gig_str("text/plain"), &type, &boundary), -1);
    assert_int_equal(gig_body_type(gig_str(""), &type, &boundary), -1);
    assert_int_equal(gig_body_type(gig_null_str, &type, &boundary), -1);
}


static void
test_boundaries(void **state)
{
    char             header[200];
    size_t           i;
    gig_str_t        boundary;
    gig_body_type_t  type;

    static const char *const  cases[][2] = {
        { "boundary=b", "b" }, { " Boundary=\"a b:c\" ", "a b:c" }, { "x=y; boundary=b ; z=1", "b" },
        { "boundary=b; boundary=b", "" }, { "boundary=", "" }, { "boundary=\"\"", "" },
        { "boundary=\"b", "" }, { "boundary=\"b\"c", "" }, { "boundary=\"b \"", "" }, { "boundary=b\xc3", "" },
        { "boundary=b<c", "" }, { "", "" }, { "x=\"; boundary=b", "" },
        { "boundary=1234567890123456789012345678901234567890123456789012345678901234567890",
          "1234567890123456789012345678901234567890123456789012345678901234567890" },
        { "boundary=12345678901234567890123456789012345678901234567890123456789012345678901", "" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void) snprintf(header, sizeof(header), "multipart/form-data;%s", cases[i][0]);
        assert_int_equal(gig_body_type((gig_str_t) { header, strlen(header) }, &type, &boundary), 0);
        assert_int_equal(type, GIG_BODY_MULTIPART);

        if (!gig_str_is(boundary, cases[i][1])) {
            fail_msg("%s: %.*s", header, (int) boundary.len, boundary.data);
        }
    }
}


/* A megabyte of anything: 10 ms at most, a bounded number of calls, and no memory of ours. */

static void
test_cost(void **state)
{
    char        *body, *boundary;
    size_t       i, k, n, len, size;
    sink_t       sink;
    clock_t      start, spent;
    gig_body_t  *parser;

    static const struct {
        gig_body_type_t  type;
        const char      *start, *repeat;
    } cases[] = {
        { GIG_BODY_MULTIPART, "", "--b\r\n" },
        { GIG_BODY_MULTIPART, "--b\r\n", "\r\n--b\r\n" },
        { GIG_BODY_MULTIPART, "", PART("a") "\r\n" },
        { GIG_BODY_MULTIPART, "--b\r\n", "X: y\r\n" },
        { GIG_BODY_MULTIPART, PART("a"), "\r" },
        { GIG_BODY_MULTIPART, PART("a"), "\r\n--" },
        { GIG_BODY_MULTIPART, "--b\r\nContent-Disposition: form-data; ", "name=a; " },
        { GIG_BODY_MULTIPART, "--b\r\nContent-Disposition: form-data; filename=x; name=f\r\n\r\n", "\r\n--" },
        { GIG_BODY_URLENCODED, "", "&" },
        { GIG_BODY_URLENCODED, "", "a=&" },
        { GIG_BODY_URLENCODED, "", "a%41=b&" },
        { GIG_BODY_URLENCODED, "a=", "%" },
        { GIG_BODY_URLENCODED, "a=", "%4" },
        { GIG_BODY_URLENCODED, "", "=" },
        { GIG_BODY_JSON, "", "[" },
        { GIG_BODY_JSON, "", "{\"a\":" },
        { GIG_BODY_JSON, "{", "\"a\":1," },
        { GIG_BODY_JSON, "{\"answers\":{", "\"a\":1," },
        { GIG_BODY_JSON, "{\"answers\":{\"a\":[", "[],"  },
        { GIG_BODY_JSON, "{\"answers\":{\"a\":\"", "\\u0041" },
        { GIG_BODY_JSON, "{\"x\":\"", "\\\\" },
        { GIG_BODY_JSON, "{\"x\":\"", "\xf0\x9f\x98\x80" },
        { GIG_BODY_JSON, "{\"files\":{\"a\":{\"content\":\"", "AAAA" },
        { GIG_BODY_JSON, "{\"files\":{\"a\":{\"name\":\"", "a" },
        { GIG_BODY_JSON, "{\"files\":{", "\"a\":null," },
        { GIG_BODY_JSON, "{\"files\":{", "\"a\":{\"content\":\"\"}," },
        { GIG_BODY_JSON, "", " " }
    };

    (void) state;

    body = malloc(MEGABYTE);
    parser = malloc(sizeof(*parser));
    boundary = malloc(GIG_BODY_BOUNDARY + 1);
    assert_non_null(body);
    assert_non_null(parser);
    assert_non_null(boundary);

    /* all that a parser holds is its own size */
    assert_true(sizeof(*parser) < 8192);

    for (i = 0; i <= sizeof(cases) / sizeof(cases[0]); i++) {

        memcpy(boundary, "b", 2);

        if (i == sizeof(cases) / sizeof(cases[0])) {

            /* all but the last byte of the longest boundary, again and again */

            memset(boundary, '-', GIG_BODY_BOUNDARY);
            boundary[GIG_BODY_BOUNDARY] = '\0';
            size = (size_t) snprintf(body, MEGABYTE, "--%s\r\n" DISPOSITION("f") "\r\n", boundary);

            while (size + GIG_BODY_BOUNDARY + 4 < MEGABYTE) {
                size += (size_t) snprintf(body + size, MEGABYTE - size, "\r\n%.*s", GIG_BODY_BOUNDARY + 1,
                                          "-----------------------------------------------------------"
                                          "-----------------------------");
            }

        } else {
            len = strlen(cases[i].start);
            memcpy(body, cases[i].start, len);
            size = len;
            len = strlen(cases[i].repeat);

            for (k = size; k + len <= MEGABYTE; k += len) {
                memcpy(body + k, cases[i].repeat, len);
            }

            size = k;
        }

        for (n = 1; n <= 2; n++) {

            memset(&sink, 0, sizeof(sink));
            gig_buf_init(&sink.told, 4 * MEGABYTE);
            gig_body_init(parser, i < sizeof(cases) / sizeof(cases[0]) ? cases[i].type : GIG_BODY_MULTIPART,
                          (gig_str_t) { boundary, strlen(boundary) }, &sink_calls, &sink);

            start = clock();

            /* whole, then byte by byte */

            for (k = 0; k < size; k += n == 1 ? size : 1) {
                if (gig_body_feed(parser, (gig_str_t) { body + k, n == 1 ? size : 1 }, NULL) != 0) {
                    break;
                }
            }

            assert_int_equal(gig_body_end(parser, NULL), -1);
            spent = clock() - start;
            gig_buf_free(&sink.told);

            assert_true(sink.bytes <= GIG_BODY_MAX);
            assert_true(sink.calls <= 3 * (GIG_BODY_PARTS + 1) + GIG_BODY_MAX / GIG_BODY_PIECE + 1);

            if (spent > (clock_t) (n * SLOWER * CLOCKS_PER_SEC / 100)) {
                fail_msg("case %zu: %ld us", i, (long) spent);
            }
        }
    }

    free(body);
    free(parser);
    free(boundary);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_urlencoded),
        cmocka_unit_test(test_multipart),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_boundaries),
        cmocka_unit_test(test_cost)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
