
/*
 * A catalog in the words of the Greenhouse Job Board API (v1): its field names, types and nesting,
 * so that what reads that API reads this one.  What a gig has no such thing of is null or empty,
 * as there; what they give no name to is left out.
 */

#ifndef GIG_GREENHOUSE_H
#define GIG_GREENHOUSE_H

#include "gig_form.h"
#include "gig_shape.h"

/* What may be asked for besides. */
#define GIG_GREENHOUSE_CONTENT      1u          /* content=true: the text, departments, offices */
#define GIG_GREENHOUSE_PAY          2u          /* pay_transparency=true */
#define GIG_GREENHOUSE_QUESTIONS    4u          /* questions=true */
#define GIG_GREENHOUSE_TREE         8u          /* render_as=tree */

unsigned gig_greenhouse_asked(gig_str_t args);

/* {"name","content"} */
void gig_greenhouse_board(const gig_feed_t *feed, gig_buf_t *out);

/*
 * {"jobs","meta"}: what args (for gig_catalog_walk) leave.  damaged: how many had to be left out.
 * 0, or -1: out of memory or longer than out's limit.
 */
int gig_greenhouse_jobs(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, unsigned asked, uint32_t *damaged, gig_buf_t *out);

/*
 * {"departments"} or {"offices"} with the jobs of each; number: of one alone (1: there is none
 * such), or GIG_GREENHOUSE_ALL.  A job without any is in the one with number 0, as with theirs.
 */
#define GIG_GREENHOUSE_ALL          UINT32_MAX

typedef enum { GIG_GREENHOUSE_DEPARTMENTS, GIG_GREENHOUSE_OFFICES } gig_greenhouse_kind_t;

int gig_greenhouse_groups(const gig_feed_t *feed, const gig_catalog_t *catalog, gig_str_t args,
    int64_t now, gig_greenhouse_kind_t kind, uint32_t number, unsigned asked, uint32_t *damaged,
    gig_buf_t *out);

/* One job; form: as the gig asks it, for GIG_GREENHOUSE_QUESTIONS, or NULL. */
void gig_greenhouse_job(const gig_feed_t *feed, const gig_catalog_gig_t *gig,
    const gig_form_t *form, unsigned asked, gig_buf_t *out);

/*
 * {"status","error"}, and "errors" if there are some: [{"field","message"}], by the names that
 * fields of form (NULL: is not known) have there.
 */
void gig_greenhouse_problem(unsigned status, const char *error, const gig_form_t *form,
    const gig_errors_t *errors, gig_buf_t *out);

/* Members "questions" and on, each with a comma before it (gig_greenhouse_form.c). */
void gig_greenhouse_questions(const gig_form_t *form, gig_buf_t *out);

/* ,"data_compliance":[...]: what an applicant has to agree to.  form: its consents too; or NULL. */
void gig_greenhouse_compliance(const json_t *privacy, const gig_form_t *form, gig_buf_t *out);

/* A consent that is told and given there; 0: the field is a question like others, or no consent. */
#define GIG_GREENHOUSE_PROCESSING   1u
#define GIG_GREENHOUSE_RETENTION    2u
unsigned gig_greenhouse_consent(const gig_form_t *form, unsigned field);

/* The name a field is sent under: its map.greenhouse, else its own; without "[]". */
gig_str_t gig_greenhouse_name(const gig_form_t *form, unsigned field);

#endif /* GIG_GREENHOUSE_H */
