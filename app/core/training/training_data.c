/* training_data.c - from a choice to images. */
#include "training_data.h"
#include "app/core/data/samples.h"
#include "app/core/model/fit_net.h"
#include "data_open.h"
#include <stdio.h>

bool training_data_load(dataset *data, const training_data *wanted, const paths *where, nn_error *err)
{
    switch (wanted->choice) {
    case TRAIN_SYNTHETIC:
    case TRAIN_CHOICES: return samples_make(data, TRAINING_MADE, wanted->seed, err);
    case TRAIN_KEPT: return samples_load(data, wanted->path, err);
    case TRAIN_MNIST:
    case TRAIN_PATH: break;
    }
    data_request request = {.path = wanted->path};
    return data_open(data, &request, DATASET_TRAIN, where, NULL, err);
}

bool training_data_test(dataset *test, const training_data *wanted, const paths *where)
{
    nn_error ignored;
    data_request request = {.path = wanted->path};
    bool kept = wanted->choice == TRAIN_MNIST || wanted->choice == TRAIN_PATH;
    *test = (dataset){0};
    return kept && data_has_test(&request, where) && data_open(test, &request, DATASET_TEST, where, NULL, &ignored);
}

bool training_data_fit(nn_plan **plan, const dataset *data, char said[DATASET_NOTE], nn_error *err)
{
    int side = data->side, margin;
    *said = '\0';
    if (!fit_net(plan, side, data->classes, &margin, err))
        return false;
    if (margin > 0)
        snprintf(said, DATASET_NOTE, "images of %dx%d are too small for the network: a margin makes them %dx%d", side,
                 side, side + margin, side + margin);
    return true;
}
