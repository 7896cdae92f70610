
/*
 * A page in the company's own frame: its header and footer stand for ours, and the page is one
 * element in it that carries the classes our <body> has else.
 */

#include "gig_page_parts.h"


/* The pieces from *i on, slots filled in, up to {{main}} or the end. */

static void
gig_layout_pieces(const gig_page_t *page, const gig_frame_t *frame, unsigned *i, gig_buf_t *out)
{
    const gig_layout_piece_t  *piece;

    while (*i < page->layout->n) {

        piece = &page->layout->piece[(*i)++];
        gig_buf_str(out, piece->text);

        switch (piece->slot) {

        case GIG_SLOT_HEAD:
            gig_page_head_inside(page, frame, out);
            break;

        case GIG_SLOT_LANG:
            gig_buf_puts(out, gig_language_tag(page->words));
            break;

        case GIG_SLOT_DIR:
            gig_buf_puts(out, gig_language_dir(page->words));
            break;

        case GIG_SLOT_TITLE:
            gig_page_title_text(page, frame, out);
            break;

        case GIG_SLOT_MAIN:
        case GIG_SLOT_END:
            return;
        }
    }
}


void
gig_page_layout_head(const gig_page_t *page, const gig_frame_t *frame, gig_buf_t *out)
{
    unsigned  i;

    i = 0;
    gig_layout_pieces(page, frame, &i, out);
    gig_buf_puts(out, "<div class=\"gig-page gig-framed");
}


void
gig_page_layout_foot(const gig_page_t *page, const gig_page_here_t *here, gig_buf_t *out)
{
    unsigned           i;
    const gig_frame_t  none = { .before = 0 };

    gig_page_languages(page, here, out);
    gig_buf_puts(out, "</div>");

    for (i = 0; i < page->layout->n && page->layout->piece[i].slot != GIG_SLOT_MAIN; i++) {
        /* void */
    }

    /* neither {{head}} nor {{title}} follows: gig_layout_read() sees to that */
    i++;
    gig_layout_pieces(page, &none, &i, out);
}
