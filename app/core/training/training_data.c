/* training_data.c - from a choice to images. */
#include "training_data.h"
#include "app/core/data/samples.h"
#include "data_open.h"

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
