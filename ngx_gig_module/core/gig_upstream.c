
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gig_json.h"
#include "gig_time.h"
#include "gig_upstream.h"


static int
gig_upstream_good(int status)
{
    return status >= 200 && status <= 299;
}


/* Of any request: the upstream is not ready, or does not know us.  No application is to suffer. */
static int
gig_upstream_busy(int status)
{
    /* A redirect is not followed: it says that the address is wrong. */
    return (status >= 300 && status <= 399) || status == 401 || status == 407 || status == 408
           || status == 429 || status == 503;
}


gig_upstream_verdict_t
gig_upstream_posted(int status, int sent)
{
    if (status == 0) {
        return sent ? GIG_UPSTREAM_UNKNOWN : GIG_UPSTREAM_BUSY;
    }

    if (gig_upstream_good(status) || status == 409) {
        return GIG_UPSTREAM_DONE;
    }

    if (gig_upstream_busy(status)) {
        return GIG_UPSTREAM_BUSY;
    }

    if (status >= 400 && status <= 499) {
        return GIG_UPSTREAM_REFUSED;
    }

    /* The key tells it again if it took it all the same. */
    return GIG_UPSTREAM_LATER;
}


gig_upstream_verdict_t
gig_upstream_looked_up(int status)
{
    if (status == 200) {
        return GIG_UPSTREAM_DONE;
    }

    if (status == 404) {
        return GIG_UPSTREAM_ABSENT;
    }

    return status == 0 ? GIG_UPSTREAM_BUSY : GIG_UPSTREAM_UNKNOWN;
}


gig_upstream_verdict_t
gig_upstream_erased(int status)
{
    if (gig_upstream_good(status) || status == 404 || status == 410) {
        return GIG_UPSTREAM_DONE;
    }

    if (status == 405 || status == 501) {
        return GIG_UPSTREAM_UNABLE;
    }

    if (status == 0 || gig_upstream_busy(status)) {
        return GIG_UPSTREAM_BUSY;
    }

    return status >= 400 && status <= 499 ? GIG_UPSTREAM_REFUSED : GIG_UPSTREAM_LATER;
}


/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is to be sent; the others are not read. */
static int
gig_upstream_date(gig_str_t value, int64_t *seconds)
{
    int                       day, year, hour, minute, second;
    char                      text[32], month[4], rest;
    const char               *at;
    static const char         months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    if (value.len < 20 || value.len >= sizeof(text)) {
        return -1;
    }

    memcpy(text, value.data, value.len);
    text[value.len] = '\0';

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%c", &day, month, &year, &hour,
               &minute, &second, &rest) != 6)
    {
        return -1;
    }

    at = strlen(month) == 3 ? strstr(months, month) : NULL;

    if (at == NULL || (at - months) % 3 != 0 || day < 1 || day > 31 || year < 1970 || hour < 0
        || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    {
        return -1;
    }

    *seconds = gig_days(year, (unsigned) ((at - months) / 3 + 1), (unsigned) day) * 86400
               + hour * 3600 + minute * 60 + second;

    return 0;
}


int
gig_upstream_retry_after(gig_str_t value, int64_t now)
{
    size_t   i;
    int64_t  seconds;

    if (value.len == 0) {
        return -1;
    }

    seconds = 0;

    for (i = 0; i < value.len && value.data[i] >= '0' && value.data[i] <= '9'; i++) {
        if (seconds <= GIG_UPSTREAM_RETRY_MAX) {
            seconds = seconds * 10 + (value.data[i] - '0');
        }
    }

    if (i != value.len) {
        if (gig_upstream_date(value, &seconds) == -1) {
            return -1;
        }

        seconds = seconds > now ? seconds - now : 0;
    }

    return (int) (seconds > GIG_UPSTREAM_RETRY_MAX ? GIG_UPSTREAM_RETRY_MAX : seconds);
}


int64_t
gig_upstream_wait(unsigned tries, uint64_t seed)
{
    int64_t  ms;

    ms = tries < 2 ? 1000 : tries > 20 ? INT64_C(1000) << 20 : INT64_C(1000) << (tries - 1);

    if (ms > GIG_UPSTREAM_WAIT_MAX * INT64_C(1000)) {
        ms = GIG_UPSTREAM_WAIT_MAX * INT64_C(1000);
    }

    return ms / 2 + (int64_t) (seed % (uint64_t) (ms / 2 + 1));
}


static int
gig_upstream_id_keep(gig_str_t id, char out[GIG_UPSTREAM_ID_SIZE])
{
    size_t         i;
    unsigned char  c;

    if (id.len == 0 || id.len >= GIG_UPSTREAM_ID_SIZE) {
        return 0;
    }

    for (i = 0; i < id.len; i++) {
        c = (unsigned char) id.data[i];

        if (c <= ' ' || c > '~' || c == '"' || c == '\'' || c == '\\' || c == '<' || c == '>') {
            return 0;
        }
    }

    memcpy(out, id.data, id.len);
    out[id.len] = '\0';

    return 1;
}


void
gig_upstream_id(gig_str_t answer, gig_str_t location, char out[GIG_UPSTREAM_ID_SIZE])
{
    char           number[24];
    size_t         i;
    json_t        *root;
    const json_t  *id;

    out[0] = '\0';
    root = gig_json_parse(answer, GIG_UPSTREAM_ANSWER_MAX, GIG_JSON_DEPTH_MAX, NULL);
    id = json_object_get(root, "id");

    if (json_is_string(id)) {
        (void) gig_upstream_id_keep(gig_json_str(root, "id"), out);

    } else if (json_is_integer(id)) {
        snprintf(number, sizeof(number), "%lld", (long long) json_integer_value(id));
        (void) gig_upstream_id_keep((gig_str_t) { number, strlen(number) }, out);
    }

    json_decref(root);

    if (out[0] != '\0' || location.len == 0) {
        return;
    }

    for (i = location.len; i > 0 && location.data[i - 1] != '/'; i--) { /* void */ }

    (void) gig_upstream_id_keep((gig_str_t) { location.data + i, location.len - i }, out);
}


static int
gig_upstream_inside4(const unsigned char *a)
{
    return a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224
           || (a[0] == 100 && (a[1] & 0xc0) == 64)
           || (a[0] == 169 && a[1] == 254)
           || (a[0] == 172 && (a[1] & 0xf0) == 16)
           || (a[0] == 192 && a[1] == 168)
           || (a[0] == 192 && a[1] == 0 && a[2] == 0)
           || (a[0] == 198 && (a[1] & 0xfe) == 18);
}


int
gig_upstream_inside(const unsigned char *address, size_t len)
{
    static const unsigned char  zeros[16];
    static const unsigned char  nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

    if (len == 4) {
        return gig_upstream_inside4(address);
    }

    if (len != 16) {
        return 1;
    }

    /* ::, ::1, IPv4 in either old form (::ffff:127.0.0.1): nothing has to look like that. */
    if (memcmp(address, zeros, 10) == 0) {
        return 1;
    }

    /* What a gateway would make an IPv4 address of again. */
    if (memcmp(address, nat64, sizeof(nat64)) == 0) {
        return gig_upstream_inside4(address + 12);
    }

    if (address[0] == 0x20 && address[1] == 0x02) {
        return gig_upstream_inside4(address + 2);
    }

    /* fc00::/7, fe80::/10 and the site-local ones of before, multicast */
    return (address[0] & 0xfe) == 0xfc || (address[0] == 0xfe && (address[1] & 0x80) == 0x80)
           || address[0] == 0xff;
}


int
gig_upstream_url(gig_str_t url, gig_error_t *err)
{
    size_t       i, host;
    const char  *slash;

#define GIG_UPSTREAM_URL_RIGHT                                                                \
    "must be https://HOST/PATH, without user, query and \"#\", of at most 512 bytes"

    if (url.len > GIG_UPSTREAM_URL_MAX || url.len < sizeof("https://")
        || memcmp(url.data, "https://", 8) != 0)
    {
        return gig_error_set(err, "", GIG_UPSTREAM_URL_RIGHT);
    }

    for (i = 8; i < url.len; i++) {
        if (url.data[i] <= ' ' || url.data[i] > '~' || strchr("?#@\"\\<>{}|^`", url.data[i])) {
            return gig_error_set(err, "", GIG_UPSTREAM_URL_RIGHT);
        }
    }

    slash = memchr(url.data + 8, '/', url.len - 8);
    host = slash ? (size_t) (slash - url.data) - 8 : 0;

    /* The id of an application is put behind it with a slash. */
    if (host == 0 || host + 9 == url.len || url.data[url.len - 1] == '/') {
        return gig_error_set(err, "", GIG_UPSTREAM_URL_RIGHT ", and a PATH that does not end in a"
                             " slash");
    }

    return 0;
}


int
gig_upstream_header(gig_str_t line, gig_error_t *err)
{
    size_t                    i, name;
    unsigned char             c;
    static const char *const  ours[] = {
        "Accept", "Connection", "Content-Length", "Content-Type", "Expect", "Host",
        "Idempotency-Key", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent"
    };

    for (name = 0; name < line.len && line.data[name] != ':'; name++) {
        c = (unsigned char) line.data[name];

        if (c <= ' ' || c > '~' || strchr("\"(),/;<=>?@[\\]{}", c)) {
            return gig_error_set(err, "", "must be one header, as in \"Authorization: Bearer"
                                 " TOKEN\"");
        }
    }

    for (i = name + 1; i < line.len && line.data[i] == ' '; i++) { /* void */ }

    if (name == 0 || i >= line.len || line.len > GIG_UPSTREAM_HEADER_MAX) {
        return gig_error_set(err, "", "must be one header, as in \"Authorization: Bearer TOKEN\"");
    }

    for ( /* void */ ; i < line.len; i++) {
        c = (unsigned char) line.data[i];

        if (c < ' ' || c > '~') {
            return gig_error_set(err, "", "the header's value must be of printable ASCII");
        }
    }

    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (strlen(ours[i]) == name && strncasecmp(line.data, ours[i], name) == 0) {
            return gig_error_set(err, "", "%s is sent by gig-sync itself", ours[i]);
        }
    }

    return 0;
}
