
/*
 * A file is the sender's: its name, its extension and its type are claims, and its bytes may be
 * made to look like two things.  What is stored must be known by the bytes alone, bounded, and under
 * a name that no screen and no shell reads in another way.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gig_answers_file.h"
#include "gig_application.h"
#include "gig_json.h"
#include "gig_utf8.h"

#define LIT(s)      ((gig_str_t) { (s), sizeof(s) - 1 })

#define PDF         "%PDF-1.4\nx\n%%EOF\n"
#define RTF         "{\\rtf1 x}"
#define ENTRY(name, len)                                                                         \
    "PK\1\2" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" len "\0" "\0\0"  \
    "\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0" name
#define ZIP_END(n, size, at)                                                                     \
    "PK\5\6" "\0\0\0\0" n "\0" n "\0" size "\0\0\0" at "\0\0\0" "\0\0"
#define DOCX                                                                                     \
    "PK\3\4" "xxxxxx" ENTRY("[Content_Types].xml", "\x13") ENTRY("word/d", "\6")                   \
    ZIP_END("\2", "\x75", "\x0a")


static gig_errors_t  errors;


static void
test_types(void **state)
{
    size_t  i;
    char    doc[1024];

    static const struct {
        gig_str_t        bytes;
        gig_file_type_t  type;
    } cases[] = {
        { LIT(PDF), GIG_FILE_PDF },
        { LIT("%PDF-1.4"), GIG_FILE_TYPES },
        { LIT(" " PDF), GIG_FILE_TYPES },
        { LIT("x" PDF), GIG_FILE_TYPES },
        { LIT(PDF DOCX), GIG_FILE_TYPES },
        { LIT(DOCX), GIG_FILE_DOCX },
        { LIT(DOCX "x"), GIG_FILE_TYPES },
        { LIT("x" DOCX), GIG_FILE_TYPES },
        { LIT("PK\3\4" "%PDF-1.4" ENTRY("word/d", "\6")), GIG_FILE_TYPES },
        { LIT("PK\3\4" "xxxxxx" ENTRY("word/d", "\6") ZIP_END("\1", "\x34", "\x0a")), GIG_FILE_TYPES },
        { LIT("PK\3\4" "xxxxxx" ENTRY("[Content_Types].xml", "\x13") ZIP_END("\1", "\x41", "\x0a")),
          GIG_FILE_TYPES },
        { LIT("PK\3\4" "xxxxxx" ENTRY("[Content_Types].xml", "\x13") ENTRY("word/d", "\xff")
              ZIP_END("\2", "\x75", "\x0a")), GIG_FILE_TYPES },
        { LIT("PK\3\4" "xxxxxx" ENTRY("[Content_Types].xml", "\x13") ENTRY("word/d", "\6")
              ZIP_END("\2", "\x75", "\x0b")), GIG_FILE_TYPES },
        { LIT("PK\3\4" "xxxxxx" ENTRY("[Content_Types].xml", "\x13") ENTRY("word/d", "\6")
              ZIP_END("\3", "\x75", "\x0a")), GIG_FILE_TYPES },
        { LIT("PK\5\6" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), GIG_FILE_TYPES },
        { LIT("PK\3\4"), GIG_FILE_TYPES },
        { LIT(RTF), GIG_FILE_RTF },
        { LIT(RTF "\r\n\0"), GIG_FILE_RTF },
        { LIT("{\\rtf1 x"), GIG_FILE_TYPES },
        { LIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), GIG_FILE_TYPES },
        { LIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR01234567890123456\0\0\0\0IEND\xae\x42\x60\x82"), GIG_FILE_PNG },
        { LIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR01234567890123456\0\0\0\0IEND\xae\x42\x60\x82x"), GIG_FILE_TYPES },
        { LIT("\xff\xd8\xff"), GIG_FILE_TYPES },
        { LIT("\xff\xd8\xff\xe0" "01234567890123456789012345678901234567890123456789012345678901"
              "\xff\xd9 and more"), GIG_FILE_JPEG },
        { LIT("a"), GIG_FILE_TXT },
        { LIT("\xef\xbb\xbf" "a\r\n\t\f\xc3\xa9"), GIG_FILE_TXT },
        { LIT("<html><script>"), GIG_FILE_TXT },
        { LIT("a\0b"), GIG_FILE_TYPES },
        { LIT("a\x1b[0m"), GIG_FILE_TYPES },
        { LIT("a\x7f"), GIG_FILE_TYPES },
        { LIT("a\xc3"), GIG_FILE_TYPES },
        { LIT("\xed\xa0\x80"), GIG_FILE_TYPES },
        { LIT("GIF89a\1"), GIG_FILE_TYPES },
        { LIT("\x7f" "ELF"), GIG_FILE_TYPES },
        { LIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), GIG_FILE_TYPES },
        { { "", 0 }, GIG_FILE_TYPES }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (gig_file_type(cases[i].bytes) != cases[i].type) {
            fail_msg("case %zu is %d, not %d", i, (int) gig_file_type(cases[i].bytes),
                     (int) cases[i].type);
        }
    }

    /* a spreadsheet is the same container, with another stream */

    memset(doc, 0, sizeof(doc));
    memcpy(doc, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    assert_int_equal(gig_file_type((gig_str_t) { doc, sizeof(doc) }), GIG_FILE_TYPES);
    memcpy(doc + 640, "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0\0", 26);
    doc[640 + 64] = 26;
    assert_int_equal(gig_file_type((gig_str_t) { doc, sizeof(doc) }), GIG_FILE_DOC);
    assert_int_equal(gig_file_type((gig_str_t) { doc, 767 }), GIG_FILE_TYPES);
}


/* Every byte of a ZIP may be damaged, and every length be cut: nothing outside of it is read. */

static void
test_damaged(void **state)
{
    char    *copy;
    size_t   i, len;
    int      c;

    static const char  docx[] = DOCX;

    (void) state;

    for (len = 0; len < sizeof(docx); len++) {
        copy = malloc(len == 0 ? 1 : len);
        assert_non_null(copy);
        memcpy(copy, docx, len);
        (void) gig_file_type((gig_str_t) { copy, len });
        free(copy);
    }

    copy = malloc(sizeof(docx) - 1);
    assert_non_null(copy);

    for (i = 0; i < sizeof(docx) - 1; i++) {
        for (c = 0; c < 256; c += 15) {
            memcpy(copy, docx, sizeof(docx) - 1);
            copy[i] = (char) c;
            (void) gig_file_type((gig_str_t) { copy, sizeof(docx) - 1 });
        }
    }

    free(copy);
}


static void
test_names(void **state)
{
    char    name[GIG_FILE_NAME + 1];
    char    words[GIG_FILE_WORDS], accept[512], size[GIG_FILE_SIZE_TEXT];
    size_t  i;

    static const struct {
        gig_str_t        sent;
        gig_file_type_t  type;
        const char      *name;
    } cases[] = {
        { LIT("cv.pdf"), GIG_FILE_PDF, "cv.pdf" },
        { LIT("CV.PDF"), GIG_FILE_PDF, "CV.pdf" },
        { LIT("cv.exe"), GIG_FILE_PDF, "cv.exe.pdf" },
        { LIT("photo.JPG"), GIG_FILE_JPEG, "photo.jpeg" },
        { LIT("/etc/passwd"), GIG_FILE_TXT, "passwd.txt" },
        { LIT("C:\\Users\\me\\cv.docx"), GIG_FILE_DOCX, "cv.docx" },
        { LIT("../../cv.pdf"), GIG_FILE_PDF, "cv.pdf" },
        { LIT(".."), GIG_FILE_PDF, "resume.pdf" },
        { LIT(""), GIG_FILE_PDF, "resume.pdf" },
        { LIT("/"), GIG_FILE_PDF, "resume.pdf" },
        { LIT(".pdf"), GIG_FILE_PDF, "pdf.pdf" },
        { LIT("  . cv .pdf . "), GIG_FILE_PDF, "cv .pdf" },
        { LIT("cv\xe2\x80\xae" "fdp.exe"), GIG_FILE_PDF, "cvfdp.exe.pdf" },
        { LIT("c\xe2\x80\x8bv\r\n\0\x1b.pdf"), GIG_FILE_PDF, "cv.pdf" },
        { LIT("e\xcc\x81.txt"), GIG_FILE_TXT, "\xc3\xa9.txt" },
        { LIT("a\xff\xc3.txt"), GIG_FILE_TXT, "a.txt" },
        { LIT("a<b>\"c|d?*:.txt"), GIG_FILE_TXT, "abcd.txt" },
        { LIT("\xf0\x9f\x98\x80.png"), GIG_FILE_PNG, "\xf0\x9f\x98\x80.png" },
        { LIT("-rf *.txt"), GIG_FILE_TXT, "-rf .txt" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        gig_file_name(cases[i].sent, gig_str("resume"), cases[i].type, name);
        assert_string_equal(name, cases[i].name);
    }

    /* long ones end at a character, with their extension */

    for (i = 0; i < 300; i++) {
        char  long_name[700];
        int   n;

        n = snprintf(long_name, sizeof(long_name), "%.*s.pdf", (int) (2 * i),
                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
        gig_file_name((gig_str_t) { long_name, (size_t) n }, gig_str("resume"), GIG_FILE_DOCX, name);
        assert_true(strlen(name) <= GIG_FILE_NAME);
        assert_true(gig_utf8_valid((gig_str_t) { name, strlen(name) }));
        assert_string_equal(name + strlen(name) - 5, ".docx");
    }

    gig_file_words(NULL, GIG_FILE_DOCUMENTS, words);
    assert_string_equal(words, "PDF, Word (.doc), Word (.docx), plain text (.txt) or RTF");
    gig_file_words(NULL, GIG_FILE_BIT(GIG_FILE_PDF), words);
    assert_string_equal(words, "PDF");
    gig_file_words(NULL, (1U << GIG_FILE_TYPES) - 1, words);
    assert_string_equal(words + strlen(words) - 8, " or JPEG");
    gig_file_accept((1U << GIG_FILE_TYPES) - 1, accept, sizeof(accept));
    assert_string_equal(accept + strlen(accept) - 21, ".jpeg,.jpg,image/jpeg");
    gig_file_accept(GIG_FILE_BIT(GIG_FILE_PDF), accept, sizeof(accept));
    assert_string_equal(accept, ".pdf,application/pdf");

    gig_file_size_text(NULL, 5 * 1024 * 1024, size);
    assert_string_equal(size, "5 MB");
    gig_file_size_text(NULL, 3 * 512 * 1024, size);
    assert_string_equal(size, "1.5 MB");
    gig_file_size_text(NULL, 2047, size);
    assert_string_equal(size, "1 KB");
    gig_file_size_text(NULL, 7, size);
    assert_string_equal(size, "7 bytes");
}


static const char  form_json[] =
    "{\"id\":\"f\",\"rev\":1,\"limits\":{\"max_files\":2},\"fields\":["
    "{\"name\":\"resume\",\"label\":\"R\",\"type\":\"file\",\"class\":\"merit\",\"accept\":[\"txt\",\"pdf\"],"
    "\"max_bytes\":100000},"
    "{\"name\":\"sample\",\"label\":\"S\",\"type\":\"file\",\"class\":\"merit\",\"max_bytes\":200000},"
    "{\"name\":\"third\",\"label\":\"T\",\"type\":\"file\",\"class\":\"merit\"}]}";


static void
send_file(gig_form_t *form, gig_answers_t *answers, unsigned field, size_t size, char with)
{
    char    piece[512];
    size_t  n;

    memset(piece, with, sizeof(piece));
    assert_int_equal(gig_answers_file_begin(answers, field), 0);

    for (n = 0; n < size; n += sizeof(piece)) {
        assert_int_equal(gig_answers_file_more(form, answers, (gig_str_t) {
            piece, size - n < sizeof(piece) ? size - n : sizeof(piece) }), 0);
        assert_true(gig_answers_files_held(answers) <= 4 * (form->files + 16384));
    }

    gig_answers_file_end(form, answers, gig_str("a.txt"));
}


static void
test_bounds(void **state)
{
    size_t             i;
    gig_form_t         form;
    gig_answers_t      answers;
    const gig_file_t  *file;

    static const struct {
        unsigned           field;
        size_t             size;
        char               with;
        gig_file_fault_t   fault;
    } cases[] = {
        { 0, 0, 'a', GIG_FILE_EMPTY },
        { 0, 1, 'a', GIG_FILE_FINE },
        { 0, 100000, 'a', GIG_FILE_FINE },
        { 0, 100001, 'a', GIG_FILE_LARGE },
        { 0, 400000, 'a', GIG_FILE_LARGE },
        { 0, 10, '\1', GIG_FILE_UNKNOWN },
        { 1, 200000, 'a', GIG_FILE_FINE },
        { 2, 250000, 'a', GIG_FILE_FINE },
        { 2, 250001, 'a', GIG_FILE_LARGE }
    };

    (void) state;
    errors.count = 0;
    assert_int_equal(gig_form_read(LIT(form_json), &form, &errors), 0);
    assert_int_equal(form.field[1].accept, GIG_FILE_DOCUMENTS);
    assert_int_equal(form.field[2].max_bytes, GIG_FILE_BYTES);

    /* what the board takes is above what fields say */

    gig_form_files(&form, 250000);
    assert_int_equal(form.field[2].max_bytes, 250000);
    assert_int_equal(gig_form_body(&form, 0), GIG_BODY_MAX + 250000);
    assert_true(gig_form_body(&form, 1) >= GIG_BODY_MAX + 250000 / 3 * 4);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&answers, 0, sizeof(answers));
        send_file(&form, &answers, cases[i].field, cases[i].size, cases[i].with);
        file = gig_answers_file_of(&answers, cases[i].field);
        assert_non_null(file);
        assert_int_equal(file->fault, cases[i].fault);
        assert_int_equal(file->len, cases[i].fault == GIG_FILE_FINE ? cases[i].size : 0);
        assert_int_equal(gig_answers_files_held(&answers) != 0, cases[i].fault == GIG_FILE_FINE);
        gig_answers_free(&answers);
    }

    /* what is known, but not what this field takes */

    memset(&answers, 0, sizeof(answers));
    assert_int_equal(gig_answers_file_begin(&answers, 0), 0);
    assert_int_equal(gig_answers_file_more(&form, &answers, LIT(RTF)), 0);
    gig_answers_file_end(&form, &answers, gig_str("a.txt"));
    assert_int_equal(gig_answers_file_of(&answers, 0)->fault, GIG_FILE_UNKNOWN);
    assert_int_equal(gig_answers_files_held(&answers), 0);
    gig_answers_free(&answers);

    /* together, twice, too many; a second file of a field ends the first one */

    memset(&answers, 0, sizeof(answers));
    send_file(&form, &answers, 1, 200000, 'a');
    send_file(&form, &answers, 0, 50001, 'a');
    assert_int_equal(gig_answers_file_of(&answers, 0)->fault, GIG_FILE_LARGE_TOGETHER);
    send_file(&form, &answers, 1, 1, 'a');
    assert_int_equal(gig_answers_file_of(&answers, 1)->fault, GIG_FILE_TWICE);
    assert_int_equal(gig_answers_files_held(&answers), 0);
    send_file(&form, &answers, 2, 1, 'a');

    errors.count = 0;
    assert_int_equal(gig_answers_file_check(&form, 0, &answers, 0, "/0", &errors), 1);
    assert_int_equal(gig_answers_file_check(&form, 1, &answers, 0, "/1", &errors), 1);
    assert_int_equal(gig_answers_file_check(&form, 2, &answers, 0, "/2", &errors), 1);
    assert_int_equal(errors.count, 3);
    assert_non_null(strstr(errors.error[0].detail, "at most 244 KB in all"));
    assert_non_null(strstr(errors.error[1].detail, "only one"));
    assert_non_null(strstr(errors.error[2].detail, "At most 2 files"));
    gig_answers_free(&answers);

    /* as many parts as a body may have, all of one field: one file is held */

    memset(&answers, 0, sizeof(answers));

    for (i = 0; i < GIG_BODY_PARTS; i++) {
        send_file(&form, &answers, (unsigned) (i % 3), 5, 'a');
    }

    assert_int_equal(answers.files->n, 3);
    gig_answers_free(&answers);
    gig_form_free(&form);
}


/* JSON and multipart are one content; what is sealed comes out as it went in. */

static void
test_whole(void **state)
{
    size_t                   number, at;
    json_t                  *root;
    gig_str_t                json, files;
    gig_buf_t                plain, one, two;
    gig_form_t               form;
    gig_error_t              err;
    gig_answers_t            a, b;
    gig_submission_t         s;
    gig_application_file_t   file;

    static const char  parts[] =
        "--b\r\nContent-Disposition: form-data; name=\"sample\"; filename=\"x\\\"y.txt\"\r\n\r\n"
        "a\r\nb\r\n--b\r\nContent-Disposition: form-data; name=\"resume\"; filename=\"cv.exe\"\r\n"
        "Content-Type: text/html\r\n\r\n" PDF "\r\n--b--\r\n";
    static const char  object[] =
        "{\"files\":{\"resume\":{\"content\":\"JVBERi0xLjQKeAolJUVPRgo=\",\"name\":\"z\"},\"third\":null,"
        "\"sample\":{\"name\":\"q\",\"size\":3,\"content\":\"YQ0KYg==\"}},\"answers\":{}}";

    (void) state;
    errors.count = 0;
    assert_int_equal(gig_form_read(LIT(form_json), &form, &errors), 0);
    gig_form_files(&form, 1024 * 1024);

    assert_int_equal(gig_answers_read(&form, GIG_BODY_MULTIPART, gig_str("b"), LIT(parts), &a, &err), 0);
    assert_int_equal(gig_answers_read(&form, GIG_BODY_JSON, gig_null_str, LIT(object), &b, &err), 0);
    assert_int_equal(gig_answers_check(&form, &a, &errors), 0);
    assert_int_equal(gig_answers_check(&form, &b, &errors), 0);
    assert_int_equal(errors.count, 0);

    gig_buf_init(&one, 4096);
    gig_buf_init(&two, 4096);
    gig_answers_canonical(&form, &a, &one);
    gig_answers_canonical(&form, &b, &two);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    assert_non_null(memmem(one.data, one.len, "\"resume\":{\"sha256\":\"", 20));

    memset(&s, 0, sizeof(s));
    s.id = "AAECAwQFBgcICQoLDA0ODw";
    s.who = "WHO";
    s.print = "PRINT";
    s.gig = gig_str("g_1");
    s.gig_rev = gig_str("r");
    s.form_rev = 1;
    gig_buf_init(&plain, 65536);
    gig_application_write(&s, &form, &a, &plain);
    assert_false(gig_buf_failed(&plain));

    gig_application_split((gig_str_t) { plain.data, plain.len }, &json, &files);
    assert_int_equal(files.len, sizeof(PDF) - 1 + 4);
    root = gig_application_read(json, &err);
    assert_non_null(root);

    number = 0;
    at = 0;
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), 1);
    assert_true(gig_str_is(file.name, "cv.exe.pdf") && gig_str_is(file.field, "resume"));
    assert_true(gig_str_is(file.media_type, "application/pdf") && gig_str_is(file.bytes, PDF));
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), 1);
    assert_true(gig_str_is(file.name, "xy.txt") && gig_str_is(file.bytes, "a\r\nb"));
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), 0);

    /* bytes that are fewer, more or others than it says are none of its files */

    number = at = 0;
    files.len--;
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), 1);
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), -1);
    plain.data[plain.len - 1] ^= 1;
    number = at = 0;
    files.len++;
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), 1);
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), -1);
    number = 2;
    at = 0;
    assert_int_equal(gig_application_file(root, files, &number, &at, &file), -1);

    gig_answers_files_drop(&a);
    assert_int_equal(gig_answers_files_held(&a), 0);

    json_decref(root);
    gig_buf_free(&plain);
    gig_buf_free(&one);
    gig_buf_free(&two);
    gig_answers_free(&a);
    gig_answers_free(&b);
    gig_form_free(&form);
}


static void
test_base64(void **state)
{
    int            n;
    size_t         i, k, len;
    unsigned char  out[3], bytes[64];
    gig_base64_t   base64;

    static const struct {
        const char  *text, *bytes;
    } cases[] = {
        { "", "" }, { "QQ==", "A" }, { "QUI=", "AB" }, { "QUJD", "ABC" }, { "+/+/", "\xfb\xff\xbf" },
        { "QUJDQQ==", "ABCA" },
        { "Q", NULL }, { "QQ", NULL }, { "QQ=", NULL }, { "QQ===", NULL }, { "QQ==QQ==", NULL }, { "====", NULL },
        { "Q===", NULL }, { "QQ=A", NULL }, { "QR==", NULL }, { "QUJ=", NULL }, { "QUJD\n", NULL }, { "-_-_", NULL },
        { "QUJDQ", NULL }, { "=", NULL }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&base64, 0, sizeof(base64));
        n = 0;
        len = 0;

        for (k = 0; n >= 0 && cases[i].text[k] != '\0'; k++) {
            n = gig_base64_next(&base64, (unsigned char) cases[i].text[k], out);

            if (n > 0) {
                memcpy(bytes + len, out, (size_t) n);
                len += (size_t) n;
            }
        }

        n = n < 0 ? -1 : gig_base64_end(&base64);

        if ((n == 0) != (cases[i].bytes != NULL)
            || (n == 0 && (len != strlen(cases[i].bytes) || memcmp(bytes, cases[i].bytes, len) != 0)))
        {
            fail_msg("%s", cases[i].text);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_base64)
    };

    if (sodium_init() == -1) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
