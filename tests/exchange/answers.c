/* answers.c - what this program's library answers, for others to be compared with.
 *
 *     answers MODEL.safetensors < images > probabilities
 *
 * Both are floats of this machine, one image after the other. */
#include "nn/nn.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    nn_error err = {.text = "usage: answers MODEL.safetensors < images > probabilities"};
    nn_model *model;
    nn_work *work;
    if (argc != 2 || !nn_model_load(&model, argv[1], &err) || !nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    size_t pixels = (size_t)model->plan->input.h * (size_t)model->plan->input.w * (size_t)model->plan->input.c;
    float *image = nn_alloc(pixels, sizeof *image), answer[NN_MAX_CLASSES];
    while (image && fread(image, sizeof *image, pixels, stdin) == pixels) {
        nn_predict(work, model, image, 1, answer);
        fwrite(answer, sizeof *answer, (size_t)model->n_labels, stdout);
    }
    nn_free(image);
    nn_work_free(work);
    nn_model_free(model);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
