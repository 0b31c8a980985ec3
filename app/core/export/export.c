/* export.c - which writer a file needs. */
#include "export.h"
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
    size_t length = strlen(path);
    int i = 0;
    for (; i < EXPORT_FORMATS; i++) {
        size_t tail = strlen(writers[i].ending);
        if (length > tail && strcmp(path + length - tail, writers[i].ending) == 0)
            break;
    }
    return (export_format)i;
}

bool export_model(buffer *out, const nn_model *model, export_format format, nn_error *err)
{
    if (!writers[format].write(out, model, err))
        return false;
    return !out->failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the file");
}
