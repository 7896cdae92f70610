
/* A body compressed in one piece, for clients that accept it: made once, sent many times. */

#ifndef GIG_COMPRESS_H
#define GIG_COMPRESS_H

#include "gig_base.h"

typedef enum { GIG_IDENTITY, GIG_GZIP, GIG_BROTLI } gig_encoding_t;

#define GIG_ENCODINGS           3

/* As Content-Encoding says it: "gzip", "br"; "" for GIG_IDENTITY. */
const char *gig_encoding_name(gig_encoding_t encoding);

/*
 * Writes body compressed to out and returns how long it is; 0: it does not fit in size, or there
 * is no memory.  A size below body's own length asks for what is worth it only.  The same bytes
 * for the same body: no time stamp, no name.
 */
size_t gig_compress(gig_encoding_t encoding, gig_str_t body, char *out, size_t size);

#endif /* GIG_COMPRESS_H */
