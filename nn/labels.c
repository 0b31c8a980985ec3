/* labels.c - the names of classes: what they may be, whether they agree, and as JSON. */
#include "labels.h"
#include "utf8.h"
#include <stdio.h>
#include <string.h>

bool nn_label_is_valid(const char *label, size_t len)
{
    bool valid = len > 0 && len < NN_NAME && nn_utf8_is_valid(label, len);
    for (size_t i = 0; valid && i < len; i++)
        valid = nn_utf8_control(label + i, len - i) == 0;
    return valid;
}

bool nn_same_labels(const char (*a)[NN_NAME], int n_a, const char (*b)[NN_NAME], int n_b)
{
    bool same = n_a == n_b;
    for (int i = 0; same && i < n_a; i++)
        same = strcmp(a[i], b[i]) == 0;
    return same;
}

json_t *nn_json_labels(const char (*label)[NN_NAME], int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        if (json_array_append_new(list, json_string(label[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

bool nn_json_read_labels(const json_t *list, char (*label)[NN_NAME], int count)
{
    bool ok = json_is_array(list) && json_array_size(list) == (size_t)count;
    for (int i = 0; ok && i < count; i++) {
        const char *text = json_string_value(json_array_get(list, (size_t)i));
        ok = text && nn_label_is_valid(text, strlen(text));
        if (ok)
            snprintf(label[i], NN_NAME, "%s", text);
    }
    return ok;
}
