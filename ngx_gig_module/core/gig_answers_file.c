
/* Files of an application, kept in memory until they are sealed. */

#include <stdlib.h>
#include <string.h>

#include "gig_answers_file.h"

#define GIG_FILE_FIRST          (16 * 1024)     /* bytes of memory at first; it doubles */


static void  gig_file_drop(gig_files_t *files, gig_file_t *file);
static void  gig_file_wrong(gig_files_t *files, gig_file_t *file, gig_file_fault_t fault);
static int  gig_file_room(gig_files_t *files, gig_file_t *file, size_t more, size_t most);


int
gig_answers_file_begin(gig_answers_t *answers, unsigned field)
{
    unsigned      i, twice;
    gig_file_t   *file;
    gig_files_t  *files;

    if (answers->files == NULL) {
        answers->files = calloc(1, sizeof(gig_files_t));
    }

    files = answers->files;

    if (files == NULL) {
        return -1;
    }

    twice = 0;

    for (i = 0; i < files->n; i++) {

        if (files->file[i].field == field) {

            /* the last one of the list is the one that is read */

            gig_file_drop(files, &files->file[i]);
            memmove(&files->file[i], &files->file[i + 1],
                    (files->n - i - 1) * sizeof(gig_file_t));
            files->n--;
            twice = 1;
            break;
        }
    }

    file = &files->file[files->n++];
    memset(file, 0, sizeof(gig_file_t));
    file->field = field;
    file->fault = twice ? GIG_FILE_TWICE : GIG_FILE_FINE;
    gig_sha256_begin(&files->hash);

    return 0;
}


static void
gig_file_drop(gig_files_t *files, gig_file_t *file)
{
    if (file->data != NULL) {
        sodium_memzero(file->data, file->size);
        free(file->data);
        files->held -= file->size;
    }

    file->data = NULL;
    file->size = 0;
}


static void
gig_file_wrong(gig_files_t *files, gig_file_t *file, gig_file_fault_t fault)
{
    gig_file_drop(files, file);
    file->len = 0;
    file->fault = fault;
}


/* Not by realloc, which leaves what it moved behind; never more than the field may have. */

static int
gig_file_room(gig_files_t *files, gig_file_t *file, size_t more, size_t most)
{
    char    *data;
    size_t   size;

    if (more <= file->size - file->len) {
        return 0;
    }

    size = file->size == 0 ? GIG_FILE_FIRST : file->size;

    while (size - file->len < more) {
        size *= 2;
    }

    size = size > most ? most : size;

    data = malloc(size);

    if (data == NULL) {
        return -1;
    }

    if (file->data != NULL) {
        memcpy(data, file->data, file->len);
        sodium_memzero(file->data, file->size);
        free(file->data);
    }

    files->held += size - file->size;
    file->data = data;
    file->size = size;

    return 0;
}


int
gig_answers_file_more(const gig_form_t *form, gig_answers_t *answers, gig_str_t piece)
{
    gig_file_t   *file;
    gig_files_t  *files;

    files = answers->files;
    file = &files->file[files->n - 1];

    if (file->fault != GIG_FILE_FINE) {
        return 0;                               /* told with all else, when all is read */
    }

    if (piece.len > form->field[file->field].max_bytes - file->len) {
        gig_file_wrong(files, file, GIG_FILE_LARGE);
        return 0;
    }

    if (piece.len > form->files - gig_answers_files_bytes(answers)) {
        gig_file_wrong(files, file, GIG_FILE_LARGE_TOGETHER);
        return 0;
    }

    if (gig_file_room(files, file, piece.len, form->field[file->field].max_bytes) != 0) {
        return -1;
    }

    memcpy(file->data + file->len, piece.data, piece.len);
    file->len += piece.len;
    gig_sha256_add(&files->hash, piece);

    return 0;
}


void
gig_answers_file_end(const gig_form_t *form, gig_answers_t *answers, gig_str_t name)
{
    gig_file_t         *file;
    gig_files_t        *files;
    const gig_field_t  *field;

    files = answers->files;
    file = &files->file[files->n - 1];
    field = &form->field[file->field];

    file->type = GIG_FILE_TYPES;
    gig_sha256_end(&files->hash, file->sha256);

    if (file->fault == GIG_FILE_FINE) {

        file->type = gig_file_type((gig_str_t) { file->data, file->len });

        if (file->len == 0) {
            file->fault = GIG_FILE_EMPTY;

        } else if (file->type == GIG_FILE_TYPES
                   || !(field->accept & GIG_FILE_BIT(file->type)))
        {
            gig_file_wrong(files, file, GIG_FILE_UNKNOWN);
        }
    }

    if (file->fault == GIG_FILE_FINE) {
        gig_file_name(name, field->name, file->type, file->name);
    }
}


const gig_file_t *
gig_answers_file_of(const gig_answers_t *answers, unsigned field)
{
    unsigned  i;

    for (i = 0; answers->files != NULL && i < answers->files->n; i++) {
        if (answers->files->file[i].field == field) {
            return &answers->files->file[i];
        }
    }

    return NULL;
}


int
gig_answers_file_check(const gig_form_t *form, unsigned field, const gig_answers_t *answers,
    int told, const char *pointer, gig_errors_t *errors)
{
    char                words[GIG_FILE_WORDS], size[GIG_FILE_SIZE_TEXT];
    unsigned            i, n;
    const gig_file_t   *file;
    const gig_field_t  *f;

    f = &form->field[field];

    if (told) {
        (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_FILES_NOT_YET);
        return 1;
    }

    if (form->files == 0) {

        if (f->required) {
            (void) gig_answers_say(errors, pointer, GIG_SAY_FORM_FILE_NONE_NEEDED);
        }

        return 0;
    }

    file = gig_answers_file_of(answers, field);

    if (file == NULL) {

        if (f->required) {
            (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_FILE);
        }

        return 0;
    }

    switch (file->fault) {

    case GIG_FILE_EMPTY:
        (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_FILE_EMPTY);
        return 1;

    case GIG_FILE_LARGE:
        gig_file_size_text(errors->words, f->max_bytes, size);
        (void) gig_answers_say_with(errors, pointer, GIG_SAY_ANSWER_FILE_LARGE,
                                    (gig_str_t) { size, strlen(size) }, gig_null_str, 0);
        return 1;

    case GIG_FILE_LARGE_TOGETHER:
        gig_file_size_text(errors->words, form->files, size);
        (void) gig_answers_say_with(errors, pointer, GIG_SAY_ANSWER_FILES_LARGE,
                                    (gig_str_t) { size, strlen(size) }, gig_null_str, 0);
        return 1;

    case GIG_FILE_TWICE:
        (void) gig_answers_say(errors, pointer, GIG_SAY_ANSWER_FILE_TWICE);
        return 1;

    case GIG_FILE_UNKNOWN:
        gig_file_words(errors->words, f->accept, words);
        (void) gig_answers_say_with(errors, pointer, GIG_SAY_ANSWER_FILE_UNKNOWN,
                                    (gig_str_t) { words, strlen(words) }, gig_null_str, 0);
        return 1;

    default:
        break;
    }

    for (i = 0, n = 0; i < field; i++) {
        n += gig_answers_file_of(answers, i) != NULL ? 1 : 0;
    }

    if (n >= form->max_files) {
        (void) gig_answers_say_n(errors, pointer, GIG_SAY_ANSWER_FILES_MOST, form->max_files,
                                 0);
    }

    return 1;
}


size_t
gig_answers_files_held(const gig_answers_t *answers)
{
    return answers->files != NULL ? answers->files->held : 0;
}


size_t
gig_answers_files_bytes(const gig_answers_t *answers)
{
    size_t    bytes;
    unsigned  i;

    bytes = 0;

    for (i = 0; answers->files != NULL && i < answers->files->n; i++) {
        bytes += answers->files->file[i].len;
    }

    return bytes;
}


void
gig_answers_files_drop(gig_answers_t *answers)
{
    unsigned  i;

    for (i = 0; answers->files != NULL && i < answers->files->n; i++) {
        gig_file_drop(answers->files, &answers->files->file[i]);
    }
}
