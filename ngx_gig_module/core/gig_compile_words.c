#include "gig_compile_build.h"

/*
 * The text index of the new image.  Words of new gigs become a segment; it is
 * merged with the newest ones of the last image when those are not much larger, so
 * that there are few segments and a gig's words are copied a few times in all, not
 * at every change.  Segments lie in the stores.
 */

#include "gig_block.h"
#include "gig_record_words.h"

#define GIG_SEGMENT_ROWS        32768u          /* gigs whose words are held in memory at once */
#define GIG_SEGMENT_RATIO       4u              /* an older one this many times as large stays */
#define GIG_FIELD_GAP           8u              /* positions between fields: no phrase spans it */
#define GIG_SEGMENT_ALIGN       8u
#define GIG_MERGE_YIELD         4096u           /* postings: a merge may have millions */


/* A record on its way into the builder. */
typedef struct {
    gig_build_t   *build;
    gig_row_t     *row;
    uint32_t       position, words;
    uint64_t       length;
} gig_word_walk_t;

/* What may be merged: segments of the last image, then blocks of this build. */
typedef struct {
    gig_build_t         *build;
    unsigned             n, n_last;             /* the first n_last are of last */
    unsigned             last[GIG_SEGMENTS_MAX];        /* their numbers there */
    uint32_t             live[GIG_BUILD_SEGMENTS_MAX];
    uint32_t             made[GIG_BUILD_SEGMENTS_MAX];
    gig_str_t            bytes[GIG_BUILD_SEGMENTS_MAX];
    unsigned             from;                  /* all from here on become one */
    uint64_t             asked;                 /* postings */
} gig_merge_t;


static void gig_word_field(void *data, unsigned weight, gig_str_t text);
static int gig_words_flush(gig_build_t *build);
static int gig_words_candidates(gig_build_t *build, gig_merge_t *merge);
static void gig_words_choose(gig_merge_t *merge);
static int gig_words_merge(gig_merge_t *merge, gig_str_t *merged);
static uint32_t gig_words_row(void *data, unsigned segment, uint32_t row);
static int gig_words_keep(gig_merge_t *merge, unsigned i);
static int gig_words_append(gig_build_t *build, gig_str_t bytes, gig_disk_segment_t *segment);
static int gig_words_read(gig_build_t *build, unsigned i, gig_str_t *bytes);


int
gig_build_words(gig_build_t *build, const gig_record_t *gig, gig_row_t *row)
{
    gig_word_walk_t     walk;
    gig_build_words_t  *words = &build->words;

    if (words->stems == NULL) {
        words->stems = gig_stems_create();
        words->builder = gig_segment_builder_create();

        if (words->stems == NULL || words->builder == NULL) {
            return gig_error_set(build->err, "", "no memory for the words of gigs");
        }
    }

    memset(&walk, 0, sizeof(walk));
    walk.build = build;
    walk.row = row;

    row->language = (uint8_t) gig_stem_language(gig->language);

    if (gig_record_text_fields(gig->root, build->job->place_names, gig_word_field, &walk) != 0) {
        return gig_error_set(build->err, "", "no memory for the words of gigs");
    }

    row->length = gig_length_code(walk.length);
    row->segment = (uint8_t) words->made;

    if (++words->rows == GIG_SEGMENT_ROWS) {
        return gig_words_flush(build);
    }

    return 0;
}


static void
gig_word_field(void *data, unsigned weight, gig_str_t text)
{
    char              stem[GIG_WORD_MAX];
    size_t            len;
    gig_str_t         word;
    gig_words_t       words;
    gig_word_walk_t  *walk = data;

    gig_words_init(&words, text, walk->position);

    while (walk->words < GIG_ROW_WORDS_MAX && gig_words_next(&words)) {
        walk->words++;
        walk->length += weight;
        word = (gig_str_t) { words.data, words.len };

        if (words.plain) {
            len = gig_stem(walk->build->words.stems, walk->row->language, word, stem);

        } else {
            memcpy(stem, word.data, word.len);
            len = word.len;
        }

        gig_segment_add(walk->build->words.builder, walk->row->at, walk->row->language,
                        (gig_str_t) { stem, len }, word, weight, words.position);
    }

    walk->position = words.next + GIG_FIELD_GAP;
}


static int
gig_words_flush(gig_build_t *build)
{
    gig_build_words_t  *words = &build->words;

    if (words->rows == 0) {
        return 0;
    }

    if (words->made == GIG_SEGMENTS_MAX
        || gig_segment_end(words->builder, &words->block[words->made]) != 0)
    {
        return gig_error_set(build->err, "", "no memory for the words of %u gigs", words->rows);
    }

    words->made++;
    words->rows = 0;

    return 0;
}


void
gig_build_words_free(gig_build_words_t *words)
{
    unsigned  i;

    for (i = 0; i < words->made; i++) {
        gig_block_free((char *) words->block[i].data);
    }

    gig_block_free(words->segment_of);
    gig_segment_builder_free(words->builder);
    gig_stems_free(words->stems);
}


int
gig_build_segments(gig_build_t *build)
{
    int                 rc;
    uint8_t             final[GIG_BUILD_SEGMENTS_MAX];
    uint32_t            i, live;
    unsigned            k;
    gig_str_t           merged;
    gig_merge_t         merge;
    gig_build_words_t  *words = &build->words;

    memset(&merge, 0, sizeof(merge));
    merge.build = build;
    merged = gig_null_str;
    rc = -1;

    if (gig_words_flush(build) != 0 || gig_words_candidates(build, &merge) != 0) {
        goto done;
    }

    gig_words_choose(&merge);

    for (k = 0; k < merge.from; k++) {
        final[k] = (uint8_t) words->n;

        if (gig_words_keep(&merge, k) != 0) {
            goto done;
        }
    }

    if (merge.from < merge.n) {

        live = 0;

        for (k = merge.from; k < merge.n; k++) {
            final[k] = (uint8_t) words->n;
            live += merge.live[k];
        }

        if (gig_words_merge(&merge, &merged) != 0
            || gig_words_append(build, merged, &words->segment[words->n]) != 0)
        {
            goto done;
        }

        words->segment[words->n].live = live;
        words->segment[words->n].made = live;
        words->n++;
    }

    for (i = 0; i < build->rows; i++) {
        if (words->segment_of[i] != GIG_DISK_NO_SEGMENT) {
            words->segment_of[i] = final[words->segment_of[i]];
        }
    }

    rc = 0;

done:

    gig_block_free((char *) merged.data);

    return rc;
}


/* The segments that some gig lives in, oldest first, and for each row which of them it is. */
static int
gig_words_candidates(gig_build_t *build, gig_merge_t *merge)
{
    uint8_t                    of_last[GIG_SEGMENTS_MAX];
    uint32_t                   i, n, live[GIG_SEGMENTS_MAX];
    unsigned                   k;
    const uint8_t             *last;
    const gig_row_t           *new;
    const gig_disk_segment_t  *segment;

    build->words.segment_of = gig_block_alloc(build->rows);

    if (build->words.segment_of == NULL) {
        return gig_error_set(build->err, "", "no memory for %u gigs", build->rows);
    }

    memset(live, 0, sizeof(live));
    memset(of_last, GIG_DISK_NO_SEGMENT, sizeof(of_last));
    n = build->last ? build->last->segments : 0;
    last = build->last ? build->last->section[GIG_SECTION_SEGMENT_OF] : NULL;
    segment = build->last ? build->last->section[GIG_SECTION_SEGMENTS] : NULL;

    for (i = 0; last && i < build->rows; i++) {
        if (build->plan[i] < build->last_rows && last[i] < n) {
            live[last[i]]++;
        }
    }

    for (k = 0; k < n; k++) {
        if (live[k] == 0) {
            continue;
        }

        of_last[k] = (uint8_t) merge->n;
        merge->last[merge->n] = k;
        merge->live[merge->n] = live[k];
        merge->made[merge->n] = segment[k].made;
        merge->n++;
    }

    merge->n_last = merge->n;

    for (k = 0; k < build->words.made; k++) {
        merge->bytes[merge->n++] = build->words.block[k];
    }

    for (i = 0; i < build->rows; i++) {
        build->words.segment_of[i] = GIG_DISK_NO_SEGMENT;

        if (build->plan[i] == GIG_PLAN_FREE) {
            continue;
        }

        new = gig_row_new(build, build->plan[i]);

        if (new) {
            k = merge->n_last + new->segment;
            build->words.segment_of[i] = (uint8_t) k;
            merge->live[k]++;
            merge->made[k]++;

        } else if (last && last[i] < n) {
            build->words.segment_of[i] = of_last[last[i]];
        }
    }

    return 0;
}


/*
 * Sizes fall by GIG_SEGMENT_RATIO from the oldest to the newest, so there are few of
 * them; one that is half dead is written again with all that came after it.
 */
static void
gig_words_choose(gig_merge_t *merge)
{
    unsigned  i;
    uint64_t  sum;

    merge->from = merge->n_last;
    sum = 0;

    for (i = merge->n_last; i < merge->n; i++) {
        sum += merge->live[i];
    }

    while (merge->from > 0 && merge->n > merge->n_last
           && merge->live[merge->from - 1] < GIG_SEGMENT_RATIO * sum)
    {
        sum += merge->live[--merge->from];
    }

    for (i = 0; i < merge->from; i++) {
        if (merge->live[i] < merge->made[i] / 2) {
            merge->from = i;
            break;
        }
    }
}


static int
gig_words_merge(gig_merge_t *merge, gig_str_t *merged)
{
    unsigned             i, n;
    gig_build_t         *build = merge->build;
    gig_segment_t        segment[GIG_BUILD_SEGMENTS_MAX];

    /* One block alone needs no merging: it becomes `merged` as it is. */

    if (merge->n - merge->from == 1 && merge->from >= merge->n_last) {
        i = merge->from - merge->n_last;
        *merged = build->words.block[i];
        build->words.block[i] = gig_null_str;
        return 0;
    }

    for (i = merge->from, n = 0; i < merge->n; i++, n++) {
        if ((i < merge->n_last && gig_words_read(build, merge->last[i], &merge->bytes[i]) != 0)
            || gig_segment_open(merge->bytes[i], &segment[n]) != 0)
        {
            return gig_error_set(build->err, "/segments",
                                 "a segment of words is damaged: it cannot be merged");
        }
    }

    if (gig_segment_merge(segment, n, gig_words_row, merge, merged) != 0) {
        return gig_error_set(build->err, "/segments", "no memory to merge segments of words");
    }

    return 0;
}


static uint32_t
gig_words_row(void *data, unsigned segment, uint32_t row)
{
    gig_merge_t  *merge = data;

    if (++merge->asked % GIG_MERGE_YIELD == 0) {
        merge->build->io->yield(merge->build->io->data);
    }

    return row < merge->build->rows
           && merge->build->words.segment_of[row] == merge->from + segment ? row : UINT32_MAX;
}


/* A segment of the last image stays where it is, or is copied when its store is left behind. */
static int
gig_words_keep(gig_merge_t *merge, unsigned i)
{
    gig_str_t            bytes;
    gig_build_t         *build = merge->build;
    gig_disk_segment_t  *segment;

    segment = &build->words.segment[build->words.n];
    *segment = ((const gig_disk_segment_t *) build->last->section[GIG_SECTION_SEGMENTS])
               [merge->last[i]];

    if (segment->store >= build->last->stores) {
        return gig_error_set(build->err, "/segments", "the last index is damaged");
    }

    if (build->job->compact) {
        if (gig_words_read(build, merge->last[i], &bytes) != 0
            || gig_crc32c(0, bytes.data, bytes.len) != segment->crc)
        {
            return gig_error_set(build->err, "/segments",
                                 "a segment of words is damaged: it cannot be compacted");
        }

        if (gig_words_append(build, bytes, segment) != 0) {
            return -1;
        }

    } else {
        segment->store = build->store_of_last[segment->store];
    }

    segment->live = merge->live[i];
    segment->made = merge->made[i];
    build->words.n++;

    return 0;
}


static int
gig_words_append(gig_build_t *build, gig_str_t bytes, gig_disk_segment_t *segment)
{
    uint32_t     store;
    uint64_t     offset;

    static const char  zeros[GIG_SEGMENT_ALIGN];

    if (gig_build_append(build, gig_null_str, &store, &offset) != 0
        || gig_build_append(build, (gig_str_t) { zeros, (size_t) (-offset % GIG_SEGMENT_ALIGN) },
                            &store, &offset) != 0
        || gig_build_append(build, bytes, &segment->store, &segment->offset) != 0)
    {
        return -1;
    }

    segment->len = bytes.len;
    segment->crc = gig_crc32c(0, bytes.data, bytes.len);

    return 0;
}


/* The bytes of a segment of the last image. */
static int
gig_words_read(gig_build_t *build, unsigned i, gig_str_t *bytes)
{
    const gig_disk_segment_t  *segment;

    segment = (const gig_disk_segment_t *) build->last->section[GIG_SECTION_SEGMENTS] + i;

    if (segment->store >= build->last->stores) {
        return -1;
    }

    *bytes = gig_build_read(build, build->store_of_last[segment->store], segment->offset,
                            segment->len);

    return bytes->data ? 0 : -1;
}
