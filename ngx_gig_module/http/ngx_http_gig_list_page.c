
/* The list as a page: what was found, and what there is to choose from. */

#include "ngx_http_gig_request.h"


#define NGX_HTTP_GIG_CHOICES    (GIG_FACET_VALUES_MAX + GIG_QUERY_VALUES_MAX)


static void ngx_http_gig_list_choices(ngx_http_gig_ctx_t *ctx, gig_facet_t facet,
    gig_page_value_t *choices, gig_page_facet_t *out);


void
ngx_http_gig_list_page(ngx_http_gig_ctx_t *ctx, gig_buf_t *next, gig_buf_t *body,
    ngx_uint_t *whole)
{
    ngx_uint_t             facet;
    gig_page_t             page;
    gig_page_list_t        list;
    gig_page_value_t       choices[GIG_FACETS][NGX_HTTP_GIG_CHOICES];
    const gig_found_t     *found;

    found = &ctx->board->asked->found;

    ngx_http_gig_page(ctx, &page);
    ngx_memzero(&list, sizeof(gig_page_list_t));

    list.query = &ctx->board->asked->query;
    list.total = found->total;
    list.shown = found->n;
    list.next.data = next->data ? next->data : "";
    list.next.len = next->len;
    list.suggestion.data = found->suggestion;
    list.suggestion.len = ngx_strlen(found->suggestion);

    for (facet = 0; facet < GIG_FACETS; facet++) {
        ngx_http_gig_list_choices(ctx, (gig_facet_t) facet, choices[facet], &list.facet[facet]);
    }

    gig_page_list_head(&page, &list, body);

    ngx_http_gig_list_cards(ctx, body, whole);

    gig_page_list_tail(&page, &list, body);
}


void
ngx_http_gig_list_cards(ngx_http_gig_ctx_t *ctx, gig_buf_t *body, ngx_uint_t *whole)
{
    size_t              len;
    uint32_t            i;
    const gig_found_t  *found;

    found = &ctx->board->asked->found;

    for (i = 0; i < found->n; i++) {
        len = body->len;

        if (ngx_http_gig_card(ctx, found->row[i], body) != NGX_OK) {
            *whole = 0;
            body->len = len;
        }
    }
}


/* The values that the search told, and those chosen that are not among them. */

static void
ngx_http_gig_list_choices(ngx_http_gig_ctx_t *ctx, gig_facet_t facet, gig_page_value_t *choices,
    gig_page_facet_t *out)
{
    uint32_t                    i, k;
    gig_str_t                   text;
    const gig_found_t          *found;
    const gig_query_t          *query;
    const gig_facet_counts_t   *counts;

    found = &ctx->board->asked->found;
    query = &ctx->board->asked->query;
    counts = &found->facet[facet];

    for (i = 0; i < counts->n; i++) {
        choices[i].text = gig_image_value(&ctx->view->image, counts->count[i].value);
        choices[i].count = counts->count[i].count;
        choices[i].chosen = -1;
    }

    for (k = 0; k < query->n_values; k++) {

        if (query->value[k].facet != facet) {
            continue;
        }

        for (i = 0; i < counts->n; i++) {
            if (counts->count[i].value == found->chosen[k].value) {
                break;
            }
        }

        if (i < counts->n) {

            /* two names of one place are one choice: the second has a chip of its own */
            if (choices[i].chosen == -1) {
                choices[i].chosen = (int) k;
                continue;
            }
        }

        text = gig_image_value(&ctx->view->image, found->chosen[k].value);

        i = counts->n + out->n++;
        choices[i].text = text.len ? text : query->value[k].text;
        choices[i].count = found->chosen[k].count;
        choices[i].chosen = (int) k;
    }

    out->n += counts->n;
    out->value = choices;
}
