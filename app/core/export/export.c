/* export.c - which writer a file needs. */
#include "export.h"
#include "app/core/paths.h"
#include "nn/expand.h"
#include "nn/file.h"
#include <string.h>

static const struct writer {
    const char *ending;
    bool (*write)(buffer *out, const nn_model *model, nn_error *err);
} writers[EXPORT_FORMATS] = {
    [EXPORT_ONNX] = {".onnx", export_onnx},
    [EXPORT_KERAS] = {".keras", export_keras},
    [EXPORT_SAFETENSORS] = {".safetensors", export_safetensors},
    [EXPORT_C] = {".h", export_c},
};

export_format export_format_of(const char *path)
{
    int i = 0;
    while (i < EXPORT_FORMATS && !paths_has_ending(path, writers[i].ending))
        i++;
    return (export_format)i;
}

void export_rename(char *path, size_t size, export_format format)
{
    export_format now = export_format_of(path);
    size_t length = strlen(path);
    if (now != EXPORT_FORMATS)
        length -= strlen(writers[now].ending);
    paths_set_ending(path, size, length, writers[format].ending);
}

/* Other programs know no filters or layers that share weights. */
bool export_model(buffer *out, const nn_model *model, export_format format, nn_error *err)
{
    nn_model *expanded = NULL;
    if (nn_is_shared(model->plan) && !nn_expand(&expanded, model, err))
        return false;
    bool ok = writers[format].write(out, expanded ? expanded : model, err);
    nn_model_free(expanded);
    return ok && (!out->failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the file"));
}

static bool check_overwritten(const char *path, nn_error *err)
{
    nn_model *there;
    if (!nn_model_load(&there, path, NULL))
        return true;
    nn_model_free(there);
    return nn_fail(err, NN_USAGE, 0, "%s: is a model of Digitscope's own; the export needs another name", path);
}

bool export_save(const char *path, const nn_model *model, export_format format, size_t *bytes, nn_error *err)
{
    buffer file = {0};
    bool ok = check_overwritten(path, err) && export_model(&file, model, format, err) &&
              nn_file_save(path, file.data, file.len, NN_CONSISTENT, err);
    *bytes = file.len;
    buffer_free(&file);
    return ok;
}
