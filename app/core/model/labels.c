/* labels.c - looks every name up, at its own place first. */
#include "labels.h"
#include <string.h>

int labels_map(int map[NN_MAX_CLASSES], const char (*from)[NN_NAME], int n_from, const char (*to)[NN_NAME], int n_to)
{
    bool taken[NN_MAX_CLASSES] = {false};
    for (int i = 0; i < n_from; i++) {
        int k = i < n_to && strcmp(from[i], to[i]) == 0 ? i : 0;
        while (k < n_to && (taken[k] || strcmp(from[i], to[k]) != 0))
            k++;
        if (k == n_to)
            return i;
        taken[map[i] = k] = true;
    }
    return -1;
}

bool labels_map_models(int map[NN_MAX_CLASSES], const nn_model *from, const nn_model *to, nn_error *err)
{
    int back[NN_MAX_CLASSES];
    int only = labels_map(map, from->label, from->n_labels, to->label, to->n_labels);
    const char *name = only >= 0 ? from->label[only] : NULL;
    if (!name && (only = labels_map(back, to->label, to->n_labels, from->label, from->n_labels)) >= 0)
        name = to->label[only];
    return !name || nn_fail(err, NN_USAGE, 0,
                            "models with different classes cannot be asked together: only one knows \"%s\"", name);
}
