
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "ngx_http_gig_files.h"

#define GIG_FILES_WRITE     ((size_t) 256 * 1024)       /* at once */


static int ngx_http_gig_files_number(const char *text, int base, char end, uint64_t *value,
    const char **rest);
static int ngx_http_gig_files_fsync(int folder, const char *name);
static int ngx_http_gig_files_kept(const ngx_http_gig_files_keep_t *keep, const char *name);
static int ngx_http_gig_files_check_fragments(int folder, const gig_image_t *image,
    gig_error_t *err);


int
ngx_http_gig_files_folder(const char *path, gig_error_t *err)
{
    int          fd;
    struct stat  st;

    fd = open(path, O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC);

    if (fd == -1) {
        return gig_error_set(err, "", "cannot be opened: %s", strerror(errno));
    }

    /* Root and ourselves may write in it; anybody else could plant an image. */

    if (fstat(fd, &st) == -1 || (st.st_mode & (S_IWGRP|S_IWOTH))
        || (st.st_uid != geteuid() && st.st_uid != 0 && geteuid() != 0))
    {
        (void) close(fd);
        return gig_error_set(err, "", "is not safe: it must be the worker's own, with mode 0700");
    }

    return fd;
}


void
ngx_http_gig_files_index(uint64_t generation, char name[NGX_HTTP_GIG_FILE_NAME])
{
    (void) snprintf(name, NGX_HTTP_GIG_FILE_NAME, "index.%" PRIu64, generation);
}


void
ngx_http_gig_files_store(uint64_t keeper, uint32_t number, char name[NGX_HTTP_GIG_FILE_NAME])
{
    (void) snprintf(name, NGX_HTTP_GIG_FILE_NAME, "store.%016" PRIx64 ".%" PRIu32, keeper,
                    number);
}


/* Reads digits up to `end`; 0 or -1.  No sign, no blank, no overflow. */

static int
ngx_http_gig_files_number(const char *text, int base, char end, uint64_t *value,
    const char **rest)
{
    char  *stop;

    if (strspn(text, base == 16 ? "0123456789abcdef" : "0123456789") == 0) {
        return -1;
    }

    errno = 0;
    *value = strtoull(text, &stop, base);

    if (errno != 0 || *stop != end) {
        return -1;
    }

    *rest = stop + (end != '\0');

    return 0;
}


int
ngx_http_gig_files_list(int folder, ngx_http_gig_files_t *files)
{
    int             fd;
    DIR            *dir;
    unsigned        i, seen;
    uint64_t        generation;
    const char     *rest;
    struct dirent  *entry;

    memset(files, 0, sizeof(*files));

    /* Its own descriptor: reading moves the offset, and `folder` is shared with a thread. */
    fd = openat(folder, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);

    if (fd == -1) {
        return -1;
    }

    dir = fdopendir(fd);

    if (dir == NULL) {
        (void) close(fd);
        return -1;
    }

    for (seen = 0; seen < NGX_HTTP_GIG_FILES_SEEN && (entry = readdir(dir)) != NULL; seen++) {

        if (strncmp(entry->d_name, "synced.", 7) == 0
            && ngx_http_gig_files_number(entry->d_name + 7, 10, '\0', &generation, &rest) == 0)
        {
            if (files->synced < generation) {
                files->synced = generation;
            }

            continue;
        }

        if (strncmp(entry->d_name, "index.", 6) != 0
            || ngx_http_gig_files_number(entry->d_name + 6, 10, '\0', &generation, &rest) != 0)
        {
            continue;
        }

        /* Insertion into the few highest. */

        for (i = files->n; i > 0 && files->index[i - 1] < generation; i--) {
            if (i < NGX_HTTP_GIG_FILES_LISTED) {
                files->index[i] = files->index[i - 1];
            }
        }

        if (i < NGX_HTTP_GIG_FILES_LISTED) {
            files->index[i] = generation;

            if (files->n < NGX_HTTP_GIG_FILES_LISTED) {
                files->n++;
            }
        }
    }

    (void) closedir(dir);

    return 0;
}


int
ngx_http_gig_files_map(int folder, const char *name, size_t more, gig_str_t *bytes,
    size_t *mapped, gig_error_t *err)
{
    int          fd;
    void        *p;
    struct stat  st;

    *bytes = gig_null_str;
    *mapped = 0;

    fd = openat(folder, name, O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK);

    if (fd == -1) {
        return gig_error_set(err, "", "%s cannot be opened: %s", name, strerror(errno));
    }

    if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
        (void) close(fd);
        return gig_error_set(err, "", "%s is not a regular file", name);
    }

    if ((st.st_size == 0 && more == 0) || (uint64_t) st.st_size > SIZE_MAX / 4) {
        (void) close(fd);
        return gig_error_set(err, "", "%s has an impossible size", name);
    }

    *mapped = (size_t) st.st_size + more;
    p = mmap(NULL, *mapped, PROT_READ, MAP_SHARED, fd, 0);
    (void) close(fd);

    if (p == MAP_FAILED) {
        return gig_error_set(err, "", "%s cannot be mapped: %s", name, strerror(errno));
    }

    bytes->data = p;
    bytes->len = (size_t) st.st_size;

    return 0;
}


int64_t
ngx_http_gig_files_size(int folder, const char *name)
{
    struct stat  st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode)) {
        return -1;
    }

    return st.st_size;
}


int
ngx_http_gig_files_write(int fd, const void *buf, size_t len, uint64_t offset)
{
    ssize_t      n;
    const char  *p = buf;

    while (len) {
        n = pwrite(fd, p, len < GIG_FILES_WRITE ? len : GIG_FILES_WRITE, (off_t) offset);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            errno = n ? errno : ENOSPC;
            return -1;
        }

        p += n;
        len -= (size_t) n;
        offset += (uint64_t) n;

        /* The event loop may be waiting for this very core; a sync, if one follows, waits too. */

        if (len) {
            (void) sched_yield();
        }
    }

    return 0;
}


int
ngx_http_gig_files_publish(int folder, uint64_t generation, gig_str_t index, int *exists,
    gig_error_t *err)
{
    int   fd, failed;
    char  name[NGX_HTTP_GIG_FILE_NAME], tmp[NGX_HTTP_GIG_FILE_NAME + 8];

    *exists = 0;
    ngx_http_gig_files_index(generation, name);
    (void) snprintf(tmp, sizeof(tmp), "%s.tmp", name);

    /* A keeper that was killed may have left one; only the holder of the lock is here. */
    (void) unlinkat(folder, tmp, 0);

    fd = openat(folder, tmp, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600);

    if (fd == -1) {
        return gig_error_set(err, "", "%s cannot be made: %s", tmp, strerror(errno));
    }

    failed = ngx_http_gig_files_write(fd, index.data, index.len, 0) ? errno : 0;

    if (close(fd) == -1 && !failed) {
        failed = errno;
    }

    /* NOREPLACE: should two ever publish one number, the first stands and is never changed. */

    if (!failed && renameat2(folder, tmp, folder, name, RENAME_NOREPLACE) == -1) {
        failed = errno;
        *exists = (failed == EEXIST);
    }

    if (failed) {
        (void) unlinkat(folder, tmp, 0);
        return gig_error_set(err, "", "%s cannot be written: %s", name, strerror(failed));
    }

    return 0;
}


static int
ngx_http_gig_files_fsync(int folder, const char *name)
{
    int  fd, rc;

    fd = openat(folder, name, O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK);

    if (fd == -1) {
        return -1;
    }

    rc = fsync(fd);
    (void) close(fd);

    return rc;
}


int
ngx_http_gig_files_sync(int folder, uint64_t generation, const gig_store_t *stores, unsigned n,
    gig_error_t *err)
{
    int       fd;
    char      name[NGX_HTTP_GIG_FILE_NAME];
    unsigned  i;

    for (i = 0; i < n; i++) {
        ngx_http_gig_files_store(stores[i].keeper, stores[i].number, name);

        if (ngx_http_gig_files_fsync(folder, name) == -1) {
            return gig_error_set(err, "", "%s cannot be synced: %s", name, strerror(errno));
        }
    }

    ngx_http_gig_files_index(generation, name);

    if (ngx_http_gig_files_fsync(folder, name) == -1 || fsync(folder) == -1) {
        return gig_error_set(err, "", "%s cannot be synced: %s", name, strerror(errno));
    }

    (void) snprintf(name, sizeof(name), "synced.%" PRIu64, generation);
    fd = openat(folder, name, O_WRONLY|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600);

    if (fd == -1 || fsync(fd) == -1 || fsync(folder) == -1) {
        (void) gig_error_set(err, "", "%s cannot be made: %s", name, strerror(errno));

        if (fd != -1) {
            (void) close(fd);
            (void) unlinkat(folder, name, 0);
        }

        return -1;
    }

    (void) close(fd);

    return 0;
}


static int
ngx_http_gig_files_kept(const ngx_http_gig_files_keep_t *keep, const char *name)
{
    unsigned     i;
    uint64_t     value, number;
    const char  *rest;

    if (strncmp(name, "index.", 6) == 0) {

        if (ngx_http_gig_files_number(name + 6, 10, '\0', &value, &rest) != 0) {
            return strcmp(name + strlen(name) - 4, ".tmp") != 0;
        }

        return value >= keep->index[0] || value == keep->index[1] || value == keep->index[2];
    }

    if (strncmp(name, "synced.", 7) == 0
        && ngx_http_gig_files_number(name + 7, 10, '\0', &value, &rest) == 0)
    {
        return value == keep->index[1] || value == keep->index[2];
    }

    if (strncmp(name, "store.", 6) == 0
        && ngx_http_gig_files_number(name + 6, 16, '.', &value, &rest) == 0
        && ngx_http_gig_files_number(rest, 10, '\0', &number, &rest) == 0)
    {
        for (i = 0; i < keep->n_stores; i++) {
            if (keep->stores[i].keeper == value && keep->stores[i].number == number) {
                return 1;
            }
        }

        return 0;
    }

    /* Not ours. */
    return 1;
}


void
ngx_http_gig_files_clean(int folder, const ngx_http_gig_files_keep_t *keep)
{
    int             fd;
    DIR            *dir;
    unsigned        seen;
    struct dirent  *entry;

    fd = openat(folder, ".", O_RDONLY|O_DIRECTORY|O_CLOEXEC);

    if (fd == -1) {
        return;
    }

    dir = fdopendir(fd);

    if (dir == NULL) {
        (void) close(fd);
        return;
    }

    for (seen = 0; seen < NGX_HTTP_GIG_FILES_SEEN && (entry = readdir(dir)) != NULL; seen++) {
        if (!ngx_http_gig_files_kept(keep, entry->d_name)) {
            (void) unlinkat(folder, entry->d_name, 0);
        }
    }

    (void) closedir(dir);
}


int
ngx_http_gig_files_node(int folder, char node[NGX_HTTP_GIG_NODE_TEXT], gig_error_t *err)
{
    int            fd, try;
    char           tmp[NGX_HTTP_GIG_FILE_NAME];
    size_t         i;
    ssize_t        n;
    unsigned char  random[16];

    for (try = 0; try < 2; try++) {

        fd = openat(folder, "node", O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK);

        if (fd != -1) {
            n = read(fd, node, NGX_HTTP_GIG_NODE_TEXT - 1);
            (void) close(fd);

            for (i = 0; n == NGX_HTTP_GIG_NODE_TEXT - 1 && i < (size_t) n; i++) {
                if (!gig_id_valid((gig_str_t) { &node[i], 1 })) {
                    n = 0;
                }
            }

            if (n == NGX_HTTP_GIG_NODE_TEXT - 1) {
                node[n] = '\0';
                return 0;
            }

            return gig_error_set(err, "", "the file \"node\" is damaged; it may be removed");
        }

        randombytes_buf(random, sizeof(random));
        (void) sodium_bin2base64(node, NGX_HTTP_GIG_NODE_TEXT, random, sizeof(random),
                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING);

        (void) snprintf(tmp, sizeof(tmp), "node.%ld.tmp", (long) getpid());
        (void) unlinkat(folder, tmp, 0);
        fd = openat(folder, tmp, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0600);

        if (fd == -1) {
            break;
        }

        n = write(fd, node, NGX_HTTP_GIG_NODE_TEXT - 1);
        (void) close(fd);

        if (n == NGX_HTTP_GIG_NODE_TEXT - 1) {
            (void) renameat2(folder, tmp, folder, "node", RENAME_NOREPLACE);
        }

        (void) unlinkat(folder, tmp, 0);
    }

    return gig_error_set(err, "", "the file \"node\" cannot be made: %s", strerror(errno));
}


int
ngx_http_gig_files_stores(int folder, gig_str_t board, uint64_t generation,
    gig_store_t stores[GIG_IMAGE_STORES_MAX], unsigned *n, gig_error_t *err)
{
    int          rc;
    char         name[NGX_HTTP_GIG_FILE_NAME];
    size_t       mapped;
    uint32_t     i;
    gig_str_t    bytes;
    gig_image_t  image;

    *n = 0;
    ngx_http_gig_files_index(generation, name);

    if (ngx_http_gig_files_map(folder, name, 0, &bytes, &mapped, err) != 0) {
        return -1;
    }

    rc = gig_image_open(bytes, board, 0, &image, err);

    for (i = 0; rc == 0 && i < image.stores && i < GIG_IMAGE_STORES_MAX; i++) {
        rc = gig_image_store(&image, i, &stores[i]);
        *n = i + 1;
    }

    (void) munmap((void *) bytes.data, mapped);

    return rc;
}


int
ngx_http_gig_files_check(int folder, gig_str_t board, uint64_t generation, int fragments,
    gig_error_t *err)
{
    int          rc;
    char         name[NGX_HTTP_GIG_FILE_NAME];
    size_t       mapped;
    gig_str_t    bytes;
    gig_image_t  image;

    ngx_http_gig_files_index(generation, name);

    if (ngx_http_gig_files_map(folder, name, 0, &bytes, &mapped, err) != 0) {
        return -1;
    }

    rc = gig_image_open(bytes, board, 1, &image, err);

    if (rc == 0 && image.meta.generation != generation) {
        rc = gig_error_set(err, "", "%s says it is another generation", name);
    }

    if (rc == 0 && fragments) {
        rc = ngx_http_gig_files_check_fragments(folder, &image, err);
    }

    (void) munmap((void *) bytes.data, mapped);

    return rc;
}


static int
ngx_http_gig_files_check_fragments(int folder, const gig_image_t *image, gig_error_t *err)
{
    int          rc;
    char         name[NGX_HTTP_GIG_FILE_NAME];
    size_t       mapped[GIG_IMAGE_STORES_MAX];
    uint32_t     i, row, form;
    unsigned     kind, n;
    gig_str_t    stores[GIG_IMAGE_STORES_MAX];
    gig_store_t  store;
    gig_place_t  place, segment[GIG_SEGMENTS_MAX];

    rc = -1;

    for (i = 0; i < image->stores && i < GIG_IMAGE_STORES_MAX; i++) {
        if (gig_image_store(image, i, &store) != 0) {
            (void) gig_error_set(err, "", "its list of stores is damaged");
            goto done;
        }

        ngx_http_gig_files_store(store.keeper, store.number, name);

        if (ngx_http_gig_files_map(folder, name, 1, &stores[i], &mapped[i], err) != 0) {
            goto done;
        }

        if (stores[i].len < store.size) {
            (void) gig_error_set(err, "", "%s is cut", name);
            i++;
            goto done;
        }
    }

    for (row = 0; row < image->rows; row++) {
        for (kind = 0; kind < GIG_FRAGMENTS; kind++) {

            if (gig_image_place(image, row, (gig_fragment_kind_t) kind, &place) != 0
                || place.store >= i
                || (place.len
                    && gig_place_bytes(&place, stores[place.store], 1).data == NULL))
            {
                (void) gig_error_set(err, "", "a fragment of row %u is damaged", row);
                goto done;
            }
        }
    }

    for (form = 0; form < image->forms; form++) {
        if (gig_image_form_place(image, form, &place) != 0 || place.store >= i
            || gig_place_bytes(&place, stores[place.store], 1).data == NULL)
        {
            (void) gig_error_set(err, "", "form %u is damaged", form);
            goto done;
        }
    }

    n = gig_image_segments(image, segment);

    for (row = 0; row < n; row++) {
        if (segment[row].store >= i
            || gig_place_bytes(&segment[row], stores[segment[row].store], 1).data == NULL)
        {
            (void) gig_error_set(err, "", "segment %u of the words is damaged", row);
            goto done;
        }
    }

    rc = 0;

done:

    while (i--) {
        (void) munmap((void *) stores[i].data, mapped[i]);
    }

    return rc;
}
