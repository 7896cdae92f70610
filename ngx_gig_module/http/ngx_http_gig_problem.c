
/* Refusals: RFC 9457 for programs, a page for people, error_page where there is one. */

#include "ngx_http_gig_response.h"


static ngx_uint_t ngx_http_gig_problem_left(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx,
    ngx_uint_t status);
static void ngx_http_gig_problem_page(ngx_http_gig_ctx_t *ctx, ngx_uint_t status,
    const char *title, const char *detail, gig_buf_t *body);
static const char *ngx_http_gig_problem_title(const char *type);


/* RFC 9457: a title is the type's, and the same each time. */
static const struct {
    const char  *type, *title;
} ngx_http_gig_problems[] = {
    { "another-applicant", "Another applicant's" },
    { "bad-parameter", "This cannot be asked for" },
    { "challenge", "The check was not passed" },
    { "conflict", "This key was used for something else" },
    { "cross-site", "Sent from another site" },
    { "fields", "Something has to be corrected" },
    { "files-busy", "Too many files at the moment" },
    { "form-expired", "This form has expired" },
    { "full", "All places are taken" },
    { "gone", "No longer open" },
    { "idempotency-key", "No proper Idempotency-Key" },
    { "in-hand", "Being taken at this moment" },
    { "media-type", "This kind of content is not accepted" },
    { "method-not-allowed", "Method not allowed" },
    { "not-found", "Not found" },
    { "not-open", "Not open yet" },
    { "too-large", "Too large" },
    { "too-many", "Too many at once" },
    { "too-quick", "Sent too soon" },
    { "trap", "A field that must stay empty was filled in" },
    { "unauthorized", "No proper key" },
    { "unavailable", "Not available at the moment" },
    { "unreadable", "This cannot be read" },
    { "withdrawn", "Withdrawn" },
};


ngx_int_t
ngx_http_gig_problem(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t status,
    const char *type, const char *detail)
{
    return ngx_http_gig_problem_errors(r, ctx, status, type, detail, NULL, 0);
}


ngx_int_t
ngx_http_gig_unavailable(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, const char *detail)
{
    ngx_http_gig_count(ctx->board, NGX_HTTP_GIG_COUNT_UNAVAILABLE, 1);

    return ngx_http_gig_problem_errors(r, ctx, NGX_HTTP_SERVICE_UNAVAILABLE, "unavailable", detail,
                                       NULL, NGX_HTTP_GIG_RETRY);
}


ngx_int_t
ngx_http_gig_problem_allow(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, const char *allow)
{
    u_char                 detail[GIG_DETAIL_SIZE];
    gig_buf_t              body;
    const char            *title;
    ngx_http_gig_answer_t  answer;

    if (ngx_http_gig_problem_left(r, ctx, NGX_HTTP_NOT_ALLOWED)) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    (void) ngx_snprintf(detail, sizeof(detail) - 1,
                        "This address does not take the method of the request. It takes: %s.%Z",
                        allow);

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = NGX_HTTP_NOT_ALLOWED;
    answer.max_age = NGX_HTTP_GIG_NO_STORE;
    answer.allow.data = (u_char *) allow;
    answer.allow.len = ngx_strlen(allow);
    answer.secret = (ctx->token.len != 0);

    title = ngx_http_gig_problem_title("method-not-allowed");

    if (ctx->conf->shape) {
        answer.type = ngx_http_gig_type_json;
        ngx_http_gig_shape_problem(ctx, NGX_HTTP_NOT_ALLOWED, (char *) detail, NULL, &body);

    } else if (ctx->format == NGX_HTTP_GIG_HTML) {
        answer.type = ngx_http_gig_type_html;
        ngx_http_gig_problem_page(ctx, NGX_HTTP_NOT_ALLOWED, title, (char *) detail, &body);

    } else {
        answer.type = ngx_http_gig_type_problem;
        gig_problem_json(NGX_HTTP_NOT_ALLOWED, "method-not-allowed", title, (char *) detail, NULL,
                         &body);
    }

    return ngx_http_gig_send_buf(r, ctx, &answer, &body);
}


ngx_int_t
ngx_http_gig_problem_errors(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t status,
    const char *type, const char *detail, const gig_errors_t *errors, ngx_int_t retry_after)
{
    gig_buf_t              body;
    const char            *title;
    ngx_http_gig_answer_t  answer;

    if (ngx_http_gig_problem_left(r, ctx, status)) {
        return status;
    }

    gig_buf_init(&body, NGX_HTTP_GIG_BODY_LIMIT);
    ngx_memzero(&answer, sizeof(ngx_http_gig_answer_t));

    answer.status = status;
    answer.max_age = NGX_HTTP_GIG_NO_STORE;
    answer.retry_after = retry_after;
    answer.secret = (ctx->token.len != 0);

    title = ngx_http_gig_problem_title(type);

    if (ctx->conf->shape) {
        answer.type = ngx_http_gig_type_json;
        ngx_http_gig_shape_problem(ctx, status, detail, errors, &body);

    } else if (ctx->format == NGX_HTTP_GIG_HTML) {
        answer.type = ngx_http_gig_type_html;
        ngx_http_gig_problem_page(ctx, status, title, detail, &body);

    } else {
        answer.type = ngx_http_gig_type_problem;
        gig_problem_json((unsigned) status, type, title, detail, errors, &body);
    }

    return ngx_http_gig_send_buf(r, ctx, &answer, &body);
}


/* A fragment goes into a page of somebody else's: never a whole page of nginx's or ours. */

static ngx_uint_t
ngx_http_gig_problem_left(ngx_http_request_t *r, ngx_http_gig_ctx_t *ctx, ngx_uint_t status)
{
    return ctx->route != NGX_HTTP_GIG_ROUTE_FRAGMENT && ngx_http_gig_error_page(r, status);
}


static void
ngx_http_gig_problem_page(ngx_http_gig_ctx_t *ctx, ngx_uint_t status, const char *title,
    const char *detail, gig_buf_t *body)
{
    gig_page_t           page;
    gig_page_fragment_t  fragment;

    ngx_http_gig_page(ctx, &page);

    if (ctx->route != NGX_HTTP_GIG_ROUTE_FRAGMENT) {
        gig_page_problem(&page, (unsigned) status, title, detail, body);
        return;
    }

    ngx_memzero(&fragment, sizeof(gig_page_fragment_t));

    /* as it was asked for, even if that could not be read to its end */
    fragment.style = ctx->board->asked->query.style;
    fragment.icons = ctx->board->asked->query.icons;

    gig_page_fragment_problem(&page, &fragment, title, detail, body);
}


static const char *
ngx_http_gig_problem_title(const char *type)
{
    ngx_uint_t  i;

    for (i = 0; i < sizeof(ngx_http_gig_problems) / sizeof(ngx_http_gig_problems[0]); i++) {

        if (ngx_strcmp(ngx_http_gig_problems[i].type, type) == 0) {
            return ngx_http_gig_problems[i].title;
        }
    }

    return "This did not work";
}


ngx_uint_t
ngx_http_gig_error_page(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_uint_t                 i;
    ngx_http_err_page_t       *page;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (clcf->error_pages == NULL || (r->error_page && !clcf->recursive_error_pages)
        || r->uri_changes == 0)
    {
        return 0;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {
        if ((ngx_uint_t) page[i].status == status) {
            return 1;
        }
    }

    return 0;
}
