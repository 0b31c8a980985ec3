/* json.c - the length first, then the text: so memory can run out only where it is asked for. */
#include "json.h"
#include "alloc.h"

char *nn_json_text(const json_t *value, size_t flags)
{
    size_t len = value ? json_dumpb(value, NULL, 0, flags) : 0;
    char *text = len ? nn_alloc(len + 1, 1) : NULL;
    if (text && json_dumpb(value, text, len, flags) != len) {
        nn_free(text);
        return NULL;
    }
    return text;
}
