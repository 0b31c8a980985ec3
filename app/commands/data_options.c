/* data_options.c - one table of options for data. */
#include "data_options.h"
#include "app/core/console/terminal.h"
#include "app/core/training/training_data.h"
#include <string.h>

void data_options_args(data_request *request, const arg *own, size_t n, arg *rows)
{
    const arg table[DATA_OPTIONS + 1] = {
        {"data", ARG_TEXT, &request->path, "PATH",
         "folder or file with IDX, CSV, .npz, .npy, .mat, strokes, or a folder of pictures for each class, .gz or not "
         "(default: the fetched MNIST)",
         0, 0},
        {"part", ARG_TEXT, &request->set, "NAME", "which data set, where several are there, as in --part letters", 0,
         0},
        {"orientation", ARG_WORD, &request->orientation,
         "auto|as-is|transposed|left|right|upside-down|mirrored|flipped|antitransposed",
         "how the images lie (default auto: as digits or letters are read best)", 0, 0},
        {"polarity", ARG_WORD, &request->polarity, "auto|light-ink|dark-ink",
         "what is ink in the images (default auto: by their borders)", 0, 0},
        {0},
    };
    memcpy(rows, own, n * sizeof *own);
    memcpy(rows + n, table, sizeof table);
}

const char *data_options_path(const data_request *request, const paths *where)
{
    return request->path ? request->path : where->mnist;
}

bool data_options_open(dataset *data, const data_request *request, dataset_part part, const paths *where,
                       const char *by, nn_error *err)
{
    if (!data_open(data, request, part, where, NULL, err))
        return false;
    if (*data->note)
        terminal_complain("digitscope %s: %s: %s\n", by, data_options_path(request, where), data->note);
    return true;
}

bool data_options_fit(nn_plan **plan, const dataset *data, const char *path, const char *by, char said[DATASET_NOTE],
                      nn_error *err)
{
    char now[DATASET_NOTE];
    if (!training_data_fit(plan, data, now, err))
        return false;
    if (*now && strcmp(now, said) != 0)
        terminal_complain("digitscope %s: %s: %s\n", by, path, now);
    memcpy(said, now, sizeof now);
    return true;
}
