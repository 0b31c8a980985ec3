/* split.c - which images are learned from and which are set aside. */
#include "split.h"
#include <math.h>

/* A tenth, but not more than tells models apart, and of a small set so many that every class is in it, if that leaves
 * four fifths to learn from. */
double dataset_sensible_part(const dataset *data)
{
    const double most = 6000;
    double share = fmin(data->count / 10.0, most), each = fmin(3.0 * data->classes, data->count / 5.0);
    return fmax(fmax(share, each), 1.0);
}

bool dataset_keep_validation(dataset *data, uint64_t seed, nn_error *err)
{
    dataset part;
    int n = (int)dataset_sensible_part(data), *index = nn_alloc((size_t)data->count, sizeof *index);
    if (!index)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the validation images");
    int n_train = n < data->count ? dataset_split(data, n, seed, index) : 0;
    bool ok = dataset_choose(&part, data, index + n_train, data->count - n_train, err);
    nn_free(index);
    if (!ok)
        return false;
    dataset_free(data);
    *data = part;
    return true;
}
