/* json.c - the length first, then the text: so memory can run out only where it is asked for. */
#include "json.h"
#include "alloc.h"
#include <math.h>
#include <string.h>

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

json_t *nn_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *nn_json_string(const char *text)
{
    size_t length = strlen(text);
    json_t *json = json_stringn(text, length);
    char *ascii = json ? NULL : nn_strdup(text);
    for (size_t i = 0; ascii && i < length; i++)
        ascii[i] = (ascii[i] & 0x80) ? '?' : ascii[i];
    if (ascii)
        json = json_string(ascii);
    nn_free(ascii);
    return json;
}
