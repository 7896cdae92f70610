
#include <string.h>
#include <strings.h>

#include "gig_url.h"
#include "gig_utf8.h"

#define GIG_EMAIL_MAX       254                 /* RFC 5321, 4.5.3.1 */
#define GIG_LOCAL_MAX       64
#define GIG_DOMAIN_LABEL       63


static int  gig_host_valid(gig_str_t host, unsigned least);


int
gig_url_valid(gig_str_t url, int mail)
{
    size_t      i;
    gig_str_t   rest, host;

    if (url.len > GIG_URL_MAX || !gig_utf8_clean(url, 0)) {
        return 0;
    }

    for (i = 0; i < url.len; i++) {
        if (strchr(" \"'<>\\`{}|^", url.data[i]) != NULL) {
            return 0;
        }
    }

    rest = url;

    if (mail && url.len > 7 && strncasecmp(url.data, "mailto:", 7) == 0) {
        rest.data += 7;
        rest.len -= 7;
        return gig_email_valid(rest);
    }

    if (url.len > 8 && strncasecmp(url.data, "https://", 8) == 0) {
        rest.data += 8;
        rest.len -= 8;

    } else if (url.len > 7 && strncasecmp(url.data, "http://", 7) == 0) {
        rest.data += 7;
        rest.len -= 7;

    } else {
        return 0;
    }

    host = rest;

    for (i = 0; i < rest.len; i++) {

        /* "https://bank.example@evil.example/" reads as another place than it is */

        if (rest.data[i] == '@') {
            return 0;
        }

        if (rest.data[i] == '/' || rest.data[i] == '?' || rest.data[i] == '#') {
            break;
        }
    }

    host.len = i;

    for (i = host.len; i != 0 && host.data[i - 1] >= '0' && host.data[i - 1] <= '9'; i--) {
        /* void */
    }

    if (i != 0 && host.data[i - 1] == ':' && host.len - i <= 5) {
        host.len = i - 1;
    }

    if (host.len > 4 && host.data[0] == '[' && host.data[host.len - 1] == ']') {
        for (i = 1; i < host.len - 1; i++) {
            if (strchr("0123456789abcdefABCDEF:.", host.data[i]) == NULL) {
                return 0;
            }
        }

        return 1;
    }

    return gig_host_valid(host, 1);
}


/* Labels of letters, digits and hyphens; outside ASCII only where a URL may have them. */

static int
gig_host_valid(gig_str_t host, unsigned least)
{
    char      c;
    size_t    i, label;
    unsigned  labels;

    if (host.len == 0 || host.len > GIG_EMAIL_MAX) {
        return 0;
    }

    labels = 0;
    label = 0;

    for (i = 0; i <= host.len; i++) {

        if (i == host.len || host.data[i] == '.') {

            if (label == 0 || label > GIG_DOMAIN_LABEL || host.data[i - 1] == '-') {
                return 0;
            }

            labels++;
            label = 0;
            continue;
        }

        c = host.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || (c == '-' && label != 0) || (c == '_' && least == 1)
              || ((unsigned char) c >= 0x80 && least == 1)))
        {
            return 0;
        }

        label++;
    }

    return labels >= least;
}


int
gig_email_valid(gig_str_t email)
{
    size_t       i, local;
    const char  *at;

    if (email.len == 0 || email.len > GIG_EMAIL_MAX || !gig_utf8_clean(email, 0)) {
        return 0;
    }

    at = memchr(email.data, '@', email.len);

    if (at == NULL) {
        return 0;
    }

    local = (size_t) (at - email.data);

    if (local == 0 || local > GIG_LOCAL_MAX || email.data[0] == '.' || email.data[local - 1] == '.')
    {
        return 0;
    }

    for (i = 0; i < local; i++) {

        if (email.data[i] < 0x21 || email.data[i] > 0x7e
            || strchr("\"(),:;<>[\\]", email.data[i]) != NULL
            || (email.data[i] == '.' && email.data[i + 1] == '.'))
        {
            return 0;
        }
    }

    return gig_host_valid((gig_str_t) { at + 1, email.len - local - 1 }, 2);
}
