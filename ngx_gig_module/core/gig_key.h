
/* The names of a board's Redis keys and the scripts that use them: docs/redis-schema.md. */

#ifndef GIG_KEY_H
#define GIG_KEY_H

#include "gig_base.h"

#define GIG_KEY_SIZE        160

/*
 * Writes "gig:{BOARD}:NAME" and returns its length.  Parts that come from
 * outside have been charset-checked before (gig_id_valid, base64url texts).
 */
size_t gig_key(char out[GIG_KEY_SIZE], gig_str_t board, const char *name);
size_t gig_key_id(char out[GIG_KEY_SIZE], gig_str_t board, const char *application_id);
size_t gig_key_who(char out[GIG_KEY_SIZE], gig_str_t board, gig_str_t gig, const char *applicant);

/*
 * The scripts of core/lua/, one a file, compiled in by the Makefile as
 * NUL-terminated text.  Keys and arguments are documented at the top of each
 * and in docs/redis-schema.md.  What an edge may only read or only write is not
 * in KEYS (Redis would ask for both): judge takes 4 keys, withdraw takes 1, selfid
 * none, and all three the prefix "gig:{BOARD}:" (gig_key with an empty name) as first argument.
 */
extern const char gig_lua_judge[];
extern const char gig_lua_withdraw[];
extern const char gig_lua_selfid[];
extern const char gig_lua_publish[];
extern const char gig_lua_settle[];
extern const char gig_lua_rebuild[];
extern const char gig_lua_lease[];

#endif /* GIG_KEY_H */
