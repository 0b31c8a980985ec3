/* check_set.c - drawn digits, and the first images of MNIST's training part. */
#include "check_set.h"
#include "app/core/made/synth.h"
#include "app/core/paths.h"
#include "nn/alloc.h"
#include "nn/rng.h"
#include "nn/stream.h"
#include <string.h>

enum {
    EACH = CHECK_IMAGES / CHECK_DIGITS / 2, /* of MNIST, per digit */
    LOOKED_AT = 1000                        /* of its first images, among which there are so many */
};

/* Whether the tens that image i is of have MNIST's look. */
static bool is_broad(int i)
{
    return i / CHECK_DIGITS % 2 == 1;
}

/* ---- made -------------------------------------------------------------------------------------------------------- */

static void make_image(float image[DIGIT_PIXELS], int label, bool broad, uint64_t key, sketch *scratch)
{
    float pen = broad ? 2.2f + 1.4f * nn_uniform(key, 0) : DIGIT_PEN - 0.4f * nn_uniform(key, 0);
    synth_digit(scratch, label, key);
    sketch_image(scratch, pen, image);
}

static bool make_all(check_set *set, nn_error *err)
{
    sketch *scratch = nn_alloc(1, sizeof *scratch);
    if (!scratch)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < CHECK_IMAGES; i++) {
        set->digit[i] = (unsigned char)(i % CHECK_DIGITS);
        make_image(set->images + (ptrdiff_t)i * DIGIT_PIXELS, set->digit[i], is_broad(i), nn_key(0xc4ec, (uint64_t)i),
                   scratch);
    }
    nn_free(scratch);
    return true;
}

/* ---- MNIST ------------------------------------------------------------------------------------------------------- */

/* The first bytes behind the header of one of its files, packed or not; false where it is not there or too short. */
static bool read_first(const char *folder, const char *name, size_t header, unsigned char *values, size_t count)
{
    nn_error missing;
    nn_stream *stream;
    char path[PATHS_MAX];
    unsigned char skipped[16];
    size_t got = 0;
    if (!paths_join(path, folder, name) || !nn_stream_open(&stream, path, &missing))
        return false;
    bool ok = nn_stream_read(stream, skipped, header, &got, &missing) && got == header &&
              nn_stream_read(stream, values, count, &got, &missing) && got == count;
    nn_stream_close(stream);
    return ok;
}

static bool read_either(const char *folder, const char *packed, size_t header, unsigned char *values, size_t count)
{
    char plain[64];
    size_t len = strlen(packed) - strlen(".gz");
    memcpy(plain, packed, len);
    plain[len] = 0;
    return read_first(folder, plain, header, values, count) || read_first(folder, packed, header, values, count);
}

/* Puts EACH of every digit in the places of broad ones; false, and nothing is changed, where there are too few. */
static bool take_images(check_set *set, const unsigned char *images, const unsigned char *labels)
{
    int found[CHECK_DIGITS] = {0}, source[CHECK_DIGITS][EACH];
    for (int i = 0; i < LOOKED_AT; i++)
        if (labels[i] < CHECK_DIGITS && found[labels[i]] < EACH)
            source[labels[i]][found[labels[i]]++] = i;
    for (int d = 0; d < CHECK_DIGITS; d++)
        if (found[d] < EACH)
            return false;
    for (int i = 0; i < CHECK_IMAGES; i++) {
        if (!is_broad(i))
            continue;
        const unsigned char *from = images + (ptrdiff_t)source[set->digit[i]][i / CHECK_DIGITS / 2] * DIGIT_PIXELS;
        for (int k = 0; k < DIGIT_PIXELS; k++)
            set->images[(ptrdiff_t)i * DIGIT_PIXELS + k] = (float)from[k] / 255;
    }
    return true;
}

static bool add_mnist(check_set *set, const char *folder, nn_error *err)
{
    unsigned char labels[LOOKED_AT], *images = nn_alloc(LOOKED_AT, DIGIT_PIXELS);
    if (!images)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    set->mnist = read_either(folder, "train-labels-idx1-ubyte.gz", 8, labels, LOOKED_AT) &&
                 read_either(folder, "train-images-idx3-ubyte.gz", 16, images, (size_t)LOOKED_AT * DIGIT_PIXELS) &&
                 take_images(set, images, labels);
    nn_free(images);
    return true;
}

bool check_set_make(check_set *set, const char *mnist_folder, nn_error *err)
{
    *set = (check_set){.images = nn_alloc(CHECK_IMAGES, DIGIT_PIXELS * sizeof(float))};
    if (!set->images)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (make_all(set, err) && (!*mnist_folder || add_mnist(set, mnist_folder, err)))
        return true;
    check_set_free(set);
    return false;
}

void check_set_free(check_set *set)
{
    nn_free(set->images);
    set->images = NULL;
}
