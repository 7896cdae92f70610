
/*
 * A file of an application: what it is, by its bytes alone, and what it may be called.
 * Its extension and its Content-Type are the sender's word and decide nothing.
 */

#ifndef GIG_FILE_H
#define GIG_FILE_H

#include "gig_base.h"
#include "gig_language.h"

#define GIG_FILES_MAX           8                   /* files of one application */
#define GIG_FILES_BYTES         (8 * 1024 * 1024)   /* bytes of all of them */
#define GIG_FILE_BYTES          (5 * 1024 * 1024)   /* of one, if its field says nothing */
#define GIG_FILE_NAME           100                 /* bytes of a clean name, without NUL */
#define GIG_FILE_WORDS          256                 /* bytes of the names of types, with NUL */
#define GIG_FILE_SIZE_TEXT      64

typedef enum {
    GIG_FILE_PDF, GIG_FILE_DOC, GIG_FILE_DOCX, GIG_FILE_TXT, GIG_FILE_RTF, GIG_FILE_PNG,
    GIG_FILE_JPEG,
    GIG_FILE_TYPES                              /* none of these */
} gig_file_type_t;

/* Sets of types, a bit each. */
#define GIG_FILE_BIT(type)      (1U << (type))
#define GIG_FILE_DOCUMENTS                                                                    \
    (GIG_FILE_BIT(GIG_FILE_PDF) | GIG_FILE_BIT(GIG_FILE_DOC) | GIG_FILE_BIT(GIG_FILE_DOCX)    \
     | GIG_FILE_BIT(GIG_FILE_TXT) | GIG_FILE_BIT(GIG_FILE_RTF))

/*
 * By the bytes, which begin and end as the type wants it.  GIG_FILE_TYPES: nothing that is known,
 * or two things at once.  Takes time that grows with the length, and no memory.
 */
gig_file_type_t gig_file_type(gig_str_t bytes);

/* "pdf", as `accept` of a form has it, and the extension; "application/pdf". */
const char *gig_file_extension(gig_file_type_t type);
const char *gig_file_media_type(gig_file_type_t type);

/* The type of that name (not terminated), or GIG_FILE_TYPES. */
gig_file_type_t gig_file_named(gig_str_t name);

/* The names, for gig_nearest(). */
extern const char *const  gig_file_names[GIG_FILE_TYPES];

/* "PDF, Word (.docx) or plain text (.txt)"; ".pdf,application/pdf,...", as HTML's accept has it. */
void gig_file_words(const gig_language_t *words, unsigned types, char out[GIG_FILE_WORDS]);
void gig_file_accept(unsigned types, char *out, size_t size);

/* "5 MB", "1.5 MB", "200 KB", "90 bytes"; what is cut is cut off, so that a limit is never less. */
void gig_file_size_text(const gig_language_t *words, size_t size, char out[GIG_FILE_SIZE_TEXT]);

/*
 * The name a file is given: of what was sent (any bytes) the last part of its path, without what
 * cannot be seen or turns the direction of writing, composed, and with the extension
 * of what it is.  Where nothing is left: otherwise, which is a field's name.
 */
void gig_file_name(gig_str_t sent, gig_str_t otherwise, gig_file_type_t type,
    char out[GIG_FILE_NAME + 1]);

#endif /* GIG_FILE_H */
