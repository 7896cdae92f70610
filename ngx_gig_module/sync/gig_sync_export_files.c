
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gig_file.h"
#include "gig_form.h"
#include "gig_json.h"
#include "gig_sync_export_files.h"
#include "gig_sync_file.h"

#define GIG_EXPORT_PATH     4096


int
gig_sync_export_folder(gig_sync_export_files_t *files)
{
    if (mkdir(files->folder, 0700) == -1 && errno != EEXIST) {
        return gig_error_set(&files->err, files->folder, "%s", strerror(errno));
    }

    return 0;
}


/* A row may hold what somebody wrote by hand: it names no other place. */
static int
gig_export_name_safe(gig_str_t name, size_t max)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {
        if (!gig_id_valid((gig_str_t) { name.data + i, 1 })) {
            return 0;
        }
    }

    return name.len != 0 && name.len <= max;
}


int
gig_sync_export_file(gig_sync_export_files_t *files, gig_str_t id,
    const gig_application_file_t *file)
{
    int          rc, n;
    char         path[GIG_EXPORT_PATH];
    unsigned     type;
    const char  *extension;

    extension = "bin";

    for (type = 0; type < GIG_FILE_TYPES; type++) {
        if (gig_str_is(file->media_type, gig_file_media_type((gig_file_type_t) type))) {
            extension = gig_file_extension((gig_file_type_t) type);
        }
    }

    if (!gig_export_name_safe(id, GIG_ID_MAX)
        || !gig_export_name_safe(file->field, GIG_FIELD_NAME))
    {
        return gig_error_set(&files->err, "", "a file has an id or a field that is none");
    }

    n = snprintf(path, sizeof(path), "%s/%.*s.%.*s.%s", files->folder, (int) file->field.len,
                 file->field.data, (int) id.len, id.data, extension);

    if (n < 0 || (size_t) n >= sizeof(path)) {
        return gig_error_set(&files->err, files->folder, "is too long a name");
    }

    rc = gig_sync_file_make(path, 0600, file->bytes, &files->err);

    files->written += rc == 0;
    files->there += rc == 1;

    return rc == -1 ? -1 : 0;
}


void
gig_sync_export_names(const json_t *application, gig_buf_t *out)
{
    char           size[GIG_FILE_SIZE_TEXT];
    size_t         i;
    const json_t  *files, *file;

    files = json_object_get(application, "files");

    json_array_foreach(files, i, file) {
        gig_file_size_text(NULL, (size_t) json_integer_value(json_object_get(file, "size")), size);
        gig_buf_puts(out, i == 0 ? "" : "; ");
        gig_buf_str(out, gig_json_str(file, "field"));
        gig_buf_puts(out, ": ");
        gig_buf_str(out, gig_json_str(file, "name"));
        gig_buf_printf(out, " (%s)", size);
    }
}
