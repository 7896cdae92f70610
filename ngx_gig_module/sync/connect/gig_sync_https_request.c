
/*
 * One request to the upstream, by libcurl.  What may go wrong is counted by whether a byte of it
 * can have been sent: before, it can be sent again; after, nobody knows what became of it.  So
 * nothing here is ever sent twice: each request has a connection of its own (libcurl sends once
 * more what it sent into one that had died), and redirects are off.
 */

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include <curl/curl.h>
#include <sodium.h>

#include "gig_sync_https.h"

#define GIG_HTTPS_AGENT         "gig-sync/0.1.0"


/* What the callbacks fill. */
typedef struct {
    gig_https_t         *upstream;
    gig_https_answer_t  *answer;
    gig_buf_t            body;              /* of the answer */
    size_t               headers;           /* bytes of them */
    char                 location[1024];
    int                  inside;            /* the address is one that is not allowed */
} gig_https_request_t;

static pthread_once_t  gig_https_once = PTHREAD_ONCE_INIT;
static CURLcode        gig_https_global;


static void
gig_https_global_init(void)
{
    gig_https_global = curl_global_init(CURL_GLOBAL_DEFAULT);
}


int
gig_https_curl_open(gig_https_t *upstream, gig_error_t *err)
{
    if (pthread_once(&gig_https_once, gig_https_global_init) != 0 || gig_https_global != CURLE_OK) {
        return gig_error_set(err, "sink", "libcurl cannot be used");
    }

    upstream->curl = curl_easy_init();

    return upstream->curl != NULL ? 0 : gig_error_set(err, "sink", "out of memory");
}


void
gig_https_curl_close(gig_https_t *upstream)
{
    if (upstream->curl != NULL) {
        curl_easy_cleanup(upstream->curl);
        upstream->curl = NULL;
    }
}


/* The address is looked at when it is used: a name may lead elsewhere than it did a moment ago. */
static curl_socket_t
gig_https_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    int                         inside;
    gig_https_request_t        *request = data;
    const struct sockaddr_in   *in4;
    const struct sockaddr_in6  *in6;

    (void) purpose;

    inside = 1;

    if (address->family == AF_INET) {
        in4 = (const struct sockaddr_in *) (const void *) &address->addr;
        inside = gig_upstream_inside((const unsigned char *) &in4->sin_addr, 4);

    } else if (address->family == AF_INET6) {
        in6 = (const struct sockaddr_in6 *) (const void *) &address->addr;
        inside = gig_upstream_inside((const unsigned char *) &in6->sin6_addr, 16);
    }

    if (inside && !request->upstream->board->sink_private) {
        request->inside = 1;
        return CURL_SOCKET_BAD;
    }

    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}


/* Connected, and the certificate was good: from here on bytes of the request may be out. */
static int
gig_https_begins(void *data, char *ip, char *local_ip, int port, int local_port)
{
    gig_https_request_t  *request = data;

    (void) ip;
    (void) local_ip;
    (void) port;
    (void) local_port;

    request->answer->sent = 1;

    return CURL_PREREQFUNC_OK;
}


/* Of an answer that is too long the beginning will do: its status is what counts. */
static size_t
gig_https_write(char *bytes, size_t size, size_t n, void *data)
{
    size_t                len;
    gig_https_request_t  *request = data;

    len = size * n;

    if (len > GIG_UPSTREAM_ANSWER_MAX - request->body.len) {
        return 0;
    }

    gig_buf_add(&request->body, bytes, len);

    return gig_buf_failed(&request->body) ? 0 : len;
}


/* 1: the line is the header of this name; value without blanks around it. */
static int
gig_https_is_header(gig_str_t line, const char *name, gig_str_t *value)
{
    size_t  len;

    len = strlen(name);

    if (line.len <= len || strncasecmp(line.data, name, len) != 0 || line.data[len] != ':') {
        return 0;
    }

    value->data = line.data + len + 1;
    value->len = line.len - len - 1;

    while (value->len > 0 && (value->data[0] == ' ' || value->data[0] == '\t')) {
        value->data++;
        value->len--;
    }

    while (value->len > 0 && strchr(" \t\r\n", value->data[value->len - 1]) != NULL) {
        value->len--;
    }

    return 1;
}


static size_t
gig_https_header(char *bytes, size_t size, size_t n, void *data)
{
    gig_str_t             line, value;
    gig_https_request_t  *request = data;

    line = (gig_str_t) { bytes, size * n };
    request->headers += line.len;

    if (request->headers > GIG_HTTPS_HEADERS_MAX) {
        return 0;
    }

    if (line.len >= 5 && memcmp(line.data, "HTTP/", 5) == 0) {
        /* Of a "100 Continue" before it nothing counts. */
        request->answer->retry_after = -1;
        request->location[0] = '\0';

    } else if (gig_https_is_header(line, "Retry-After", &value)) {
        request->answer->retry_after = gig_upstream_retry_after(value, (int64_t) time(NULL));

    } else if (gig_https_is_header(line, "Location", &value)
               && value.len < sizeof(request->location))
    {
        memcpy(request->location, value.data, value.len);
        request->location[value.len] = '\0';
    }

    return line.len;
}


static int
gig_https_options(gig_https_request_t *request, const char *url, const struct curl_slist *headers)
{
    CURL                        *curl = request->upstream->curl;
    CURLcode                     rc;
    const gig_settings_board_t  *board = request->upstream->board;

    rc = CURLE_OK;

#define GIG_HTTPS_SET(option, value)                                                          \
    rc = rc == CURLE_OK ? curl_easy_setopt(curl, option, value) : rc

    curl_easy_reset(curl);

    GIG_HTTPS_SET(CURLOPT_URL, url);
    GIG_HTTPS_SET(CURLOPT_PROTOCOLS_STR, "https");
    GIG_HTTPS_SET(CURLOPT_FOLLOWLOCATION, 0L);
    GIG_HTTPS_SET(CURLOPT_PROXY, "");                   /* whatever the environment says */
    GIG_HTTPS_SET(CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
    GIG_HTTPS_SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    GIG_HTTPS_SET(CURLOPT_FRESH_CONNECT, 1L);
    GIG_HTTPS_SET(CURLOPT_FORBID_REUSE, 1L);
    GIG_HTTPS_SET(CURLOPT_NOSIGNAL, 1L);
    GIG_HTTPS_SET(CURLOPT_CONNECTTIMEOUT_MS, (long) GIG_HTTPS_CONNECT_MS);
    GIG_HTTPS_SET(CURLOPT_SSL_VERIFYPEER, 1L);
    GIG_HTTPS_SET(CURLOPT_SSL_VERIFYHOST, 2L);
    GIG_HTTPS_SET(CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    GIG_HTTPS_SET(CURLOPT_USERAGENT, GIG_HTTPS_AGENT);
    GIG_HTTPS_SET(CURLOPT_HTTPHEADER, headers);
    GIG_HTTPS_SET(CURLOPT_OPENSOCKETFUNCTION, gig_https_socket);
    GIG_HTTPS_SET(CURLOPT_OPENSOCKETDATA, request);
    GIG_HTTPS_SET(CURLOPT_PREREQFUNCTION, gig_https_begins);
    GIG_HTTPS_SET(CURLOPT_PREREQDATA, request);
    GIG_HTTPS_SET(CURLOPT_WRITEFUNCTION, gig_https_write);
    GIG_HTTPS_SET(CURLOPT_WRITEDATA, request);
    GIG_HTTPS_SET(CURLOPT_HEADERFUNCTION, gig_https_header);
    GIG_HTTPS_SET(CURLOPT_HEADERDATA, request);

    if (board->sink_ca[0] != '\0') {
        GIG_HTTPS_SET(CURLOPT_CAINFO, board->sink_ca);
        GIG_HTTPS_SET(CURLOPT_CAPATH, NULL);
    }

    return rc == CURLE_OK ? 0 : -1;
}


static int
gig_https_method(CURL *curl, const char *method, gig_str_t body)
{
    CURLcode  rc;

    rc = CURLE_OK;

    if (strcmp(method, "POST") == 0) {
        GIG_HTTPS_SET(CURLOPT_POST, 1L);
        GIG_HTTPS_SET(CURLOPT_POSTFIELDS, body.data);
        GIG_HTTPS_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) body.len);
        GIG_HTTPS_SET(CURLOPT_TIMEOUT_MS, (long) GIG_HTTPS_POST_MS);

    } else {
        GIG_HTTPS_SET(CURLOPT_CUSTOMREQUEST, method);
        GIG_HTTPS_SET(CURLOPT_TIMEOUT_MS, (long) GIG_HTTPS_ASK_MS);
    }

#undef GIG_HTTPS_SET

    return rc == CURLE_OK ? 0 : -1;
}


/* 1: added; the list owns a copy. */
static int
gig_https_add(struct curl_slist **headers, const char *line)
{
    struct curl_slist  *more;

    more = curl_slist_append(*headers, line);

    if (more == NULL) {
        return 0;
    }

    *headers = more;

    return 1;
}


static int
gig_https_headers(const gig_https_t *upstream, const char *method, gig_str_t id,
    struct curl_slist **headers)
{
    char  key[128];

    (void) snprintf(key, sizeof(key), "Idempotency-Key: \"%.*s\"", (int) id.len, id.data);

    if (!gig_https_add(headers, "Accept: application/json")
        || (upstream->board->sink_header[0] != '\0'
            && !gig_https_add(headers, upstream->board->sink_header)))
    {
        return -1;
    }

    if (strcmp(method, "POST") != 0) {
        return 0;
    }

    /* No "Expect": an upstream that does not know it would be waited for. */
    return gig_https_add(headers, "Content-Type: application/json")
           && gig_https_add(headers, "Expect:") && gig_https_add(headers, key) ? 0 : -1;
}


static void
gig_https_headers_free(struct curl_slist *headers)
{
    struct curl_slist  *header;

    /* One of them is a secret. */
    for (header = headers; header != NULL; header = header->next) {
        sodium_memzero(header->data, strlen(header->data));
    }

    curl_slist_free_all(headers);
}


void
gig_https_ask(gig_https_t *upstream, const char *method, gig_str_t id, gig_str_t body,
    gig_https_answer_t *answer)
{
    long                  status;
    char                  url[GIG_UPSTREAM_URL_MAX + GIG_ID_MAX + 2];
    CURLcode              rc;
    struct curl_slist    *headers;
    gig_https_request_t   request;

    memset(answer, 0, sizeof(gig_https_answer_t));
    memset(&request, 0, sizeof(request));
    answer->retry_after = -1;
    request.upstream = upstream;
    request.answer = answer;
    gig_buf_init(&request.body, GIG_UPSTREAM_ANSWER_MAX);
    headers = NULL;

    (void) snprintf(url, sizeof(url), "%.*s%s%.*s", GIG_UPSTREAM_URL_MAX, upstream->board->sink,
                    body.len ? "" : "/", body.len ? 0 : (int) id.len, id.data);

    if (gig_https_headers(upstream, method, id, &headers) == -1
        || gig_https_options(&request, url, headers) == -1
        || gig_https_method(upstream->curl, method, body) == -1)
    {
        (void) snprintf(answer->why, sizeof(answer->why), "libcurl takes no request");
        goto done;
    }

    rc = curl_easy_perform(upstream->curl);
    status = 0;
    (void) curl_easy_getinfo(upstream->curl, CURLINFO_RESPONSE_CODE, &status);

    /* A status that came is an answer, whatever became of the rest of it. */
    if (status >= 200 && status <= 999) {
        answer->status = (int) status;
        (void) snprintf(answer->why, sizeof(answer->why), "it answered %ld", status);
        gig_upstream_id(gig_buf_view(&request.body),
                        (gig_str_t) { request.location, strlen(request.location) }, answer->id);

    } else {
        (void) snprintf(answer->why, sizeof(answer->why), "%s",
                        request.inside ? "its address is not a public one; \"sink_private = yes\""
                                         " allows that" : curl_easy_strerror(rc));
    }

done:

    gig_buf_free(&request.body);
    gig_https_headers_free(headers);

    /* What it was given must not be used again: all of it is gone. */
    curl_easy_reset(upstream->curl);
}
