/* answers.c - tflite_answers FILE < images > probabilities: what the network made of a file of TensorFlow Lite answers to
 * images, as float32 of its own size, channels last, with no convention. Ends with 1 and the reason where it is refused. */
#include "app/core/foreign/tflite/tflite.h"
#include "nn/file.h"
#include "nn/op.h"
#include <stdio.h>

enum { CAP = 64 << 20 };

static bool answer(const nn_model *model, nn_error *err)
{
    nn_work *work;
    float probabilities[NN_MAX_CLASSES];
    size_t count = nn_shape_count(model->plan->input);
    if (!nn_work_new(&work, model->plan, 1, NN_ANSWERS, err))
        return false;
    float *image = nn_alloc(count, sizeof *image);
    bool ok = image != NULL;
    while (ok && fread(image, sizeof *image, count, stdin) == count) {
        nn_predict(work, model, image, 1, probabilities);
        ok = fwrite(probabilities, sizeof(float), (size_t)model->plan->classes, stdout) == (size_t)model->plan->classes;
    }
    nn_free(image);
    nn_work_free(work);
    return ok || nn_fail(err, NN_IO, 0, "the answers cannot be written");
}

static bool run(const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    foreign file;
    nn_model *model = NULL;
    if (!nn_file_read(path, CAP, &data, &len, err))
        return false;
    bool ok = tflite_read(&file, path, data, len, err) && foreign_model(&model, &file, &file.net[0], err);
    if (ok)
        fprintf(stderr, "%s: %s", file.format, model->plan->text);
    ok = ok && answer(model, err);
    nn_model_free(model);
    foreign_free(&file);
    nn_free(data);
    return ok;
}

int main(int argc, char **argv)
{
    nn_error err = {0};
    if (argc == 2 && run(argv[1], &err))
        return 0;
    fprintf(stderr, "%s\n", err.text);
    return 1;
}
