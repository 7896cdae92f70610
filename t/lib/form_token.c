
/*
 * form_token NAME.secret GIG SECONDS: a form token of that gig that was made so many seconds ago.
 * A form is refused that comes back at once, as from programs; a test need not wait.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "gig_seal.h"


int
main(int argc, char **argv)
{
    char           file[GIG_SECRET_FILE_MAX], token[GIG_FORM_TOKEN_TEXT];
    FILE          *in;
    size_t         len;
    gig_error_t    err;
    gig_secret_t   secret;

    if (argc != 4 || sodium_init() == -1 || (in = fopen(argv[1], "r")) == NULL) {
        return 1;
    }

    len = fread(file, 1, sizeof(file), in);
    (void) fclose(in);

    if (gig_secret_read((gig_str_t) { file, len }, &secret, &err) == -1) {
        fprintf(stderr, "%s %s\n", err.pointer, err.detail);
        return 1;
    }

    gig_form_token_make(&secret, (gig_str_t) { argv[2], strlen(argv[2]) },
                        (int64_t) time(NULL) - atoll(argv[3]), token);
    gig_secret_wipe(&secret);
    puts(token);

    return 0;
}
