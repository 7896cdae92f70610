
/*
 * In which language a page is: what is offered (gig_languages, gig_text), what Accept-Language or
 * `lang` asks for.  Files are read when the configuration is.
 */

#include "ngx_http_gig_conf.h"
#include "ngx_http_gig_file.h"
#include "ngx_http_gig_request.h"


#define NGX_HTTP_GIG_TAIL_MAX  (3 * GIG_SOURCE_MAX + GIG_TAG_SIZE + 32) /* bytes, percent-encoded */


/* Languages that are read already, for one location's: its own, then ours as they are asked for. */
typedef struct {
    ngx_conf_t                *cf;
    ngx_uint_t                 n, own;
    gig_language_t            *language[2 * GIG_LANGUAGES_OFFERED];
} ngx_http_gig_reading_t;


static ngx_int_t ngx_http_gig_language_text(ngx_http_gig_reading_t *reading, ngx_str_t *path);
static ngx_int_t ngx_http_gig_language_parse(ngx_http_gig_reading_t *reading, ngx_str_t *path,
    ngx_str_t *text, gig_language_t *language);
static gig_language_t *ngx_http_gig_language_own(ngx_http_gig_reading_t *reading,
    const char *text);
static const gig_language_t *ngx_http_gig_language_find(ngx_http_gig_reading_t *reading,
    gig_str_t tag);
static ngx_int_t ngx_http_gig_language_offer(ngx_http_gig_reading_t *reading,
    ngx_http_gig_languages_t *languages, gig_str_t tag);


static const ngx_http_gig_file_t  ngx_http_gig_text_file = {
    "gig_text", NULL, GIG_LANGUAGE_FILE_MAX, 0
};


char *
ngx_http_gig_set_languages(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gig_loc_conf_t  *glcf = conf;

    ngx_str_t   *value, *tag, *tags;
    gig_str_t    text;
    ngx_uint_t   i, k;

    if (glcf->language_tags != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts - 1 > GIG_LANGUAGES_OFFERED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"gig_languages\" has %ui languages; it takes at "
                           "most %d", cf->args->nelts - 1, GIG_LANGUAGES_OFFERED);
        return NGX_CONF_ERROR;
    }

    glcf->language_tags = ngx_array_create(cf->pool, cf->args->nelts, sizeof(ngx_str_t));
    if (glcf->language_tags == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        text = ngx_http_gig_str(&value[i]);

        if (!gig_language_tag_valid(text)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid language \"%V\": it must be a tag such as \"es\" or "
                               "\"pt-BR\"", &value[i]);
            return NGX_CONF_ERROR;
        }

        tags = glcf->language_tags->elts;

        for (k = 0; k < glcf->language_tags->nelts; k++) {
            if (gig_language_tag_eq(text, ngx_http_gig_str(&tags[k]))) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the language \"%V\" is there twice",
                                   &value[i]);
                return NGX_CONF_ERROR;
            }
        }

        tag = ngx_array_push(glcf->language_tags);
        if (tag == NULL) {
            return NGX_CONF_ERROR;
        }

        *tag = value[i];
    }

    return NGX_CONF_OK;
}


char *
ngx_http_gig_set_language_text(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gig_loc_conf_t  *glcf = conf;

    ngx_str_t  *path;

    if (glcf->texts == NGX_CONF_UNSET_PTR) {
        glcf->texts = ngx_array_create(cf->pool, 2, sizeof(ngx_str_t));
        if (glcf->texts == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (glcf->texts->nelts == GIG_LANGUAGES_OFFERED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "there are too many \"gig_text\": at most %d may "
                           "be in one place", GIG_LANGUAGES_OFFERED);
        return NGX_CONF_ERROR;
    }

    path = ngx_array_push(glcf->texts);
    if (path == NULL) {
        return NGX_CONF_ERROR;
    }

    *path = ((ngx_str_t *) cf->args->elts)[1];

    return ngx_conf_full_name(cf->cycle, path, 1) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Made once for all locations that say the same of it. */

ngx_int_t
ngx_http_gig_languages(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *conf)
{
    ngx_str_t                   *text;
    ngx_uint_t                   i;
    ngx_http_gig_reading_t       reading;
    ngx_http_gig_languages_t    *languages, **made;
    ngx_http_gig_main_conf_t    *gmcf;

    gmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_gig_module);

    if (gmcf->languages == NULL) {
        gmcf->languages = ngx_array_create(cf->pool, 1, sizeof(ngx_http_gig_languages_t *));
        if (gmcf->languages == NULL) {
            return NGX_ERROR;
        }
    }

    made = gmcf->languages->elts;

    for (i = 0; i < gmcf->languages->nelts; i++) {
        if (made[i]->tags == conf->language_tags && made[i]->texts == conf->texts) {
            conf->languages = made[i];
            return NGX_OK;
        }
    }

    languages = ngx_pcalloc(cf->pool, sizeof(ngx_http_gig_languages_t));
    made = ngx_array_push(gmcf->languages);

    if (languages == NULL || made == NULL) {
        return NGX_ERROR;
    }

    *made = languages;
    languages->tags = conf->language_tags;
    languages->texts = conf->texts;

    reading.cf = cf;
    reading.n = 0;

    text = conf->texts ? conf->texts->elts : NULL;

    for (i = 0; conf->texts && i < conf->texts->nelts; i++) {
        if (ngx_http_gig_language_text(&reading, &text[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    reading.own = reading.n;
    conf->languages = languages;

    if (conf->language_tags) {
        text = conf->language_tags->elts;

        for (i = 0; i < conf->language_tags->nelts; i++) {
            if (ngx_http_gig_language_offer(&reading, languages, ngx_http_gig_str(&text[i]))
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        return NGX_OK;
    }

    if (ngx_http_gig_language_offer(&reading, languages, gig_str("en")) != NGX_OK
        || ngx_http_gig_language_offer(&reading, languages, gig_str("es")) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < reading.own; i++) {
        if (ngx_http_gig_language_offer(&reading, languages, gig_str("")) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* A file of the operator's: other words for a language there is, or a new one. */

static ngx_int_t
ngx_http_gig_language_text(ngx_http_gig_reading_t *reading, ngx_str_t *path)
{
    gig_str_t              tag;
    ngx_str_t              text;
    gig_language_t        *language;
    const gig_language_t  *base;

    if (ngx_http_gig_file_read(reading->cf, path, &ngx_http_gig_text_file, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    tag = gig_language_file_tag((gig_str_t) { (const char *) text.data, text.len });
    base = gig_language_tag_valid(tag) ? ngx_http_gig_language_find(reading, tag) : NULL;

    language = ngx_palloc(reading->cf->pool, sizeof(gig_language_t));
    if (language == NULL) {
        return NGX_ERROR;
    }

    *language = base ? *base : gig_language_english;

    if (base == NULL) {
        language->name = tag;
        language->rtl = (ngx_strcmp(gig_language_dir_of(tag), "rtl") == 0);
    }

    if (ngx_http_gig_language_parse(reading, path, &text, language) != NGX_OK) {
        return NGX_ERROR;
    }

    reading->language[reading->n++] = language;

    return NGX_OK;
}


static ngx_int_t
ngx_http_gig_language_parse(ngx_http_gig_reading_t *reading, ngx_str_t *path, ngx_str_t *text,
    gig_language_t *language)
{
    unsigned     line;
    gig_error_t  error;

    if (gig_language_read((char *) text->data, text->len, language, &line, &error) == 0) {
        return NGX_OK;
    }

    if (line) {
        ngx_conf_log_error(NGX_LOG_EMERG, reading->cf, 0, "\"gig_text\" cannot be used: %V, line "
                           "%ud: %s", path, line, error.detail);
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, reading->cf, 0, "\"gig_text\" cannot be used: %V: %s",
                           path, error.detail);
    }

    return NGX_ERROR;
}


/* One of ours that is not English; it is changed as it is read, so of a copy. */

static gig_language_t *
ngx_http_gig_language_own(ngx_http_gig_reading_t *reading, const char *file)
{
    ngx_str_t         text;
    gig_language_t   *language;
    static ngx_str_t  path = ngx_string("built in");

    text.len = ngx_strlen(file);
    text.data = ngx_pnalloc(reading->cf->pool, text.len);
    language = ngx_palloc(reading->cf->pool, sizeof(gig_language_t));

    if (text.data == NULL || language == NULL) {
        return NULL;
    }

    ngx_memcpy(text.data, file, text.len);
    *language = gig_language_english;

    return ngx_http_gig_language_parse(reading, &path, &text, language) == NGX_OK ? language
                                                                                  : NULL;
}


/* The last that was read with exactly that tag, else one of ours; NULL: there is none. */

static const gig_language_t *
ngx_http_gig_language_find(ngx_http_gig_reading_t *reading, gig_str_t tag)
{
    ngx_uint_t  i;

    static const struct {
        const char  *tag, *file;
    } ours[] = {
        { "es", gig_language_es }, { "ar-XB", gig_language_ar_xb }
    };

    for (i = reading->n; i-- > 0; ) {
        if (gig_language_tag_eq(tag, (gig_str_t) { reading->language[i]->tag,
                                                   ngx_strlen(reading->language[i]->tag) }))
        {
            return reading->language[i];
        }
    }

    if (gig_language_tag_eq(tag, gig_str("en"))) {
        return &gig_language_english;
    }

    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (gig_language_tag_eq(tag, (gig_str_t) { ours[i].tag, ngx_strlen(ours[i].tag) })) {
            return ngx_http_gig_language_own(reading, ours[i].file);
        }
    }

    return NULL;
}


/* An empty tag: the next of the operator's files whose language is not offered yet. */

static ngx_int_t
ngx_http_gig_language_offer(ngx_http_gig_reading_t *reading, ngx_http_gig_languages_t *languages,
    gig_str_t tag)
{
    ngx_uint_t             i;
    const gig_language_t  *language;

    if (tag.len == 0) {

        for (i = 0; i < reading->own; i++) {
            tag = (gig_str_t) { reading->language[i]->tag, ngx_strlen(reading->language[i]->tag) };

            if (gig_language_find(tag, languages->language, (unsigned) languages->n)
                == languages->n)
            {
                break;
            }
        }

        if (i == reading->own || languages->n == GIG_LANGUAGES_OFFERED) {
            return NGX_OK;
        }
    }

    language = ngx_http_gig_language_find(reading, tag);

    if (language == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, reading->cf, 0,
                           "there are no words for the language \"%*s\": there are for \"en\", "
                           "\"es\" and \"ar-XB\", and \"gig_text\" names files of others",
                           tag.len, tag.data);
        return NGX_ERROR;
    }

    languages->language[languages->n++] = language;

    return NGX_OK;
}


ngx_uint_t
ngx_http_gig_language_negotiate(ngx_http_request_t *r, ngx_http_gig_loc_conf_t *glcf)
{
    ngx_str_t  *header;

    if (glcf->languages->n < 2) {
        return 0;
    }

#if (NGX_HTTP_HEADERS)
    header = r->headers_in.accept_language ? &r->headers_in.accept_language->value : NULL;
#else
    header = ngx_http_gig_header_in(r, "accept-language", NULL);
#endif

    return header ? gig_language_negotiate(ngx_http_gig_str(header), glcf->languages->language,
                                           (unsigned) glcf->languages->n)
                  : 0;
}


/*
 * The query is the next request's too; where a visitor came from is told to the form later, and
 * until then goes along in each link, as a language that was asked for does.  Out of memory: both
 * are not known.
 */

void
ngx_http_gig_language_args(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, gig_query_t *query)
{
    u_char                          *p;
    size_t                           lang;
    unsigned                         found;
    gig_buf_t                        tail;
    const gig_language_t            *language;
    const ngx_http_gig_languages_t  *languages;

    if (query->source.len == 0 && query->lang.len == 0) {
        return;
    }

    languages = ctx->conf->languages;
    gig_buf_init(&tail, NGX_HTTP_GIG_TAIL_MAX);

    found = gig_language_find(query->lang, languages->language, (unsigned) languages->n);

    if (found < languages->n) {
        language = languages->language[found];
        ctx->language = found;
        ctx->args.lang.data = (u_char *) language->tag;
        ctx->args.lang.len = ngx_strlen(language->tag);

        gig_buf_printf(&tail, "lang=%s%s", language->tag, query->source.len ? "&" : "");
    }

    lang = tail.len;
    gig_query_tail(query, &tail);

    p = gig_buf_failed(&tail) ? NULL : ngx_pnalloc(r->pool, query->source.len + tail.len + 1);

    if (p) {
        ctx->args.source.data = p;
        ctx->args.source.len = query->source.len;

        if (query->source.len) {
            p = ngx_cpymem(p, query->source.data, query->source.len);
        }

        ctx->args.tail.data = p;
        ctx->args.tail.len = tail.len;
        ngx_memcpy(p, tail.data ? tail.data : "", tail.len);

        ctx->args.tail_but_lang.data = p + lang;
        ctx->args.tail_but_lang.len = tail.len - lang;
    }

    gig_buf_free(&tail);
}


/* What is no page is in no language, unless one is asked for: it does not vary by the header. */

const gig_language_t *
ngx_http_gig_language(ngx_http_gig_ctx_t *ctx)
{
    if (ctx->args.lang.len == 0
        && (ctx->format != NGX_HTTP_GIG_HTML || ctx->route == NGX_HTTP_GIG_ROUTE_ICS_OPENS
            || ctx->route == NGX_HTTP_GIG_ROUTE_ICS_CLOSING))
    {
        return NULL;
    }

    return ctx->conf->languages->language[ctx->language];
}
