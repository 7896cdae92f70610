
/*
 * A gig as a JobPosting of schema.org in JSON-LD, for the page of that gig alone: search engines
 * want it where a reader sees the same, and its description is made by what writes that page.
 */

#ifndef GIG_JOB_POSTING_H
#define GIG_JOB_POSTING_H

#include "gig_page.h"

#define GIG_JOB_POSTING_MAX     (4 * 1024 * 1024)   /* bytes */

/*
 * Writes the object, in which no character of a record can end the script element around it.
 * url: the gig's whole address, or empty.  Returns 1; or 0 and writes nothing: nobody can apply
 * now, or something is missing without which a search engine takes none (title, organisation, a
 * date, for remote work where from, for other work a country).
 */
int gig_job_posting(const gig_page_gig_t *gig, gig_str_t url, gig_buf_t *out);

#endif /* GIG_JOB_POSTING_H */
