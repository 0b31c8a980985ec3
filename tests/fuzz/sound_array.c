/* sound_array.c - every question that can be asked of an array. */
#include "sound_array.h"
#include "fuzz.h"
#include "nn/alloc.h"

void require_sound_array(const array *a)
{
    for (int i = 0; i < a->rank; i++) {
        unsigned char *images = NULL;
        int *labels = NULL, n = a->dim[i], side = array_side(a, n);
        pixel_range range;
        nn_error err = {0};
        FUZZ_REQUIRE(side >= 0 && side <= DATASET_MAX_SIDE);
        if (array_images(a, n, &images, &range, &err))
            FUZZ_REQUIRE(side > 0 && images);
        else
            FUZZ_REQUIRE(err.code != NN_OK && err.text[0] && !images);
        if (array_labels(a, n, &labels, &err))
            FUZZ_REQUIRE(array_can_label(a, n) && labels);
        else
            FUZZ_REQUIRE(err.code != NN_OK && err.text[0] && !labels);
        nn_free(images);
        nn_free(labels);
    }
}
