
/*
 * Text in XML 1.0.  Some characters may not stand in it in any form, not even escaped: one of them
 * and no reader takes any of the document.  They are left out; malformed UTF-8 becomes U+FFFD.
 */

#ifndef GIG_XML_H
#define GIG_XML_H

#include "gig_buf.h"

/* For text between tags and for values in double quotes. */
void gig_xml_text(gig_buf_t *b, gig_str_t s);

/* The same as CDATA; "]]>" in it is divided between two sections. */
void gig_xml_cdata(gig_buf_t *b, gig_str_t s);

/* 1 if the character may stand in a document (production Char). */
int gig_xml_valid(uint32_t code);

#endif /* GIG_XML_H */
