
/*
 * seal_boxes NAME.pub: one application a line on standard input, one box a line,
 * in base64url, on standard output.  Tests of gig-sync need real boxes without an
 * nginx; Perl's core has no X25519.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "gig_box.h"


int
main(int argc, char **argv)
{
    char              *line, text[65536], file[1024];
    FILE              *in;
    size_t             size, len;
    ssize_t            n;
    gig_buf_t          box;
    gig_error_t        err;
    gig_sealer_t       sealer;
    gig_public_key_t   key;

    if (argc != 2 || sodium_init() == -1 || (in = fopen(argv[1], "r")) == NULL) {
        return 1;
    }

    len = fread(file, 1, sizeof(file), in);
    (void) fclose(in);

    if (gig_public_key_read((gig_str_t) { file, len }, &key, &err) == -1) {
        fprintf(stderr, "%s %s\n", err.pointer, err.detail);
        return 1;
    }

    gig_sealer_init(&sealer, &key);
    gig_buf_init(&box, sizeof(text) / 2);
    line = NULL;
    size = 0;

    while ((n = getline(&line, &size, stdin)) > 0) {
        gig_buf_reset(&box);

        if (gig_box_seal(&sealer, time(NULL), (gig_str_t) { line, (size_t) n - 1 }, &box) == -1
            || sodium_bin2base64(text, sizeof(text), (const unsigned char *) box.data, box.len,
                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING)
               == NULL)
        {
            return 1;
        }

        puts(text);
    }

    free(line);
    gig_buf_free(&box);
    gig_sealer_wipe(&sealer);

    return 0;
}
