
/* The directives and what becomes of them; who may call what is said in ngx_http_gig.h. */

#ifndef _NGX_HTTP_GIG_CONF_H_INCLUDED_
#define _NGX_HTTP_GIG_CONF_H_INCLUDED_


#include "ngx_http_gig.h"


#define NGX_HTTP_GIG_SEAL_KEYS_MAX  2           /* while keys rotate; the first one seals */
#define NGX_HTTP_GIG_KEY_FILE_MAX   4096
#define NGX_HTTP_GIG_PASSWORD_MAX   512
#define NGX_HTTP_GIG_TITLE_MAX      200
#define NGX_HTTP_GIG_ABOUT_MAX      500


extern ngx_command_t  ngx_http_gig_commands[];


void *ngx_http_gig_create_main_conf(ngx_conf_t *cf);
char *ngx_http_gig_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_gig_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_gig_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);

/* _origin.c: who may embed, and what answers say of it; the policy is made of all of them. */
char *ngx_http_gig_set_origins(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_gig_origin_init(ngx_conf_t *cf);

/* _language.c: the languages that pages are offered in, and their words. */
char *ngx_http_gig_set_languages(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_gig_set_language_text(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_gig_languages(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *conf);

/* _layout.c: the company's frame and style sheet; and the policy that lets these in. */
char *ngx_http_gig_set_layout(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_gig_set_style(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_gig_csp(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *conf);

/* _shape_conf.c: `as=`, `key_file=`, and whether all that was said of it fits together. */
ngx_int_t ngx_http_gig_set_as(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf, ngx_str_t *value);
ngx_int_t ngx_http_gig_set_key_file(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf,
    ngx_str_t *value);
ngx_int_t ngx_http_gig_shape_options(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf);
void ngx_http_gig_shape_fit(ngx_conf_t *cf, ngx_http_gig_loc_conf_t *glcf);

/* ngx_conf_parse's handler inside a gig_board block; cf->handler_conf is the board. */
char *ngx_http_gig_parameter(ngx_conf_t *cf, ngx_command_t *dummy, void *conf);

/* _parameter_ledger.c: those of the ledger, called by the above; and their defaults. */
char *ngx_http_gig_set_ledger(ngx_conf_t *cf, ngx_http_gig_board_t *board);
char *ngx_http_gig_set_ledger_size(ngx_conf_t *cf, ngx_http_gig_board_t *board);
char *ngx_http_gig_set_ledger_keep(ngx_conf_t *cf, ngx_http_gig_board_t *board);
char *ngx_http_gig_set_ledger_max_age(ngx_conf_t *cf, ngx_http_gig_board_t *board);
void ngx_http_gig_ledger_defaults(ngx_http_gig_board_t *board);

/* _parameter_files.c: those of files; warns of a location whose client_max_body_size is less. */
char *ngx_http_gig_set_files(ngx_conf_t *cf, ngx_http_gig_board_t *board);
char *ngx_http_gig_set_files_waiting(ngx_conf_t *cf, ngx_http_gig_board_t *board);
void ngx_http_gig_files_defaults(ngx_http_gig_board_t *board);
void ngx_http_gig_files_fit(ngx_conf_t *cf, ngx_http_gig_board_t *board,
    ngx_http_core_loc_conf_t *clcf);

/* _parameter_limit.c */
char *ngx_http_gig_set_limit_applicant(ngx_conf_t *cf, ngx_http_gig_board_t *board);
void ngx_http_gig_limit_defaults(ngx_http_gig_board_t *board);

/* What the block left out.  Logs what is wrong and returns NGX_ERROR. */
ngx_int_t ngx_http_gig_parameter_defaults(ngx_conf_t *cf, ngx_http_gig_board_t *board);

/*
 * init_module, in the master (or the single process): makes the state folder
 * for the worker's user, 0700, following no link that others could have put
 * there.  Not called under nginx -t.
 */
ngx_int_t ngx_http_gig_state_make(ngx_http_gig_board_t *board, ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_GIG_CONF_H_INCLUDED_ */
