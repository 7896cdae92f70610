#include "ngx_http_gig.h"
#include "ngx_http_gig_catalog.h"
#include "ngx_http_gig_link.h"
#include "ngx_http_gig_shm.h"
#include "ngx_http_gig_keeper.h"
static ngx_http_module_t ctx;
ngx_module_t ngx_http_gig_module = { NGX_MODULE_V1, &ctx, NULL, NGX_HTTP_MODULE, NULL,NULL,NULL,NULL,NULL,NULL,NULL, NGX_MODULE_V1_PADDING };
