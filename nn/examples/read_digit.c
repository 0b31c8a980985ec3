/* read_digit.c - reads a digit of 28x28 pixels, white on black, from a PGM file (P5).
 *
 *     cc -o read_digit read_digit.c $(pkg-config --cflags --libs digitscope-nn)
 *     read_digit MODEL.safetensors DIGIT.pgm */
#include <nn/nn.h>
#include <stdio.h>

enum { PIXELS = 28 * 28 };

int main(int argc, char **argv)
{
    nn_error err;
    nn_model *model;
    nn_work *work;
    unsigned char pixels[PIXELS];
    float image[PIXELS], answer[NN_MAX_CLASSES];
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (!file || fscanf(file, "P5 28 28 255%*c") != 0 || fread(pixels, 1, PIXELS, file) != PIXELS)
        return puts("usage: read_digit MODEL.safetensors DIGIT.pgm, of 28x28 pixels"), 1;
    fclose(file);
    if (!nn_model_load(&model, argv[1], &err) || !nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err))
        return puts(err.text), 1;
    if (!nn_same_shape(model->plan->input, (nn_shape){28, 28, 1}))
        return puts("the model reads images of another size"), 1;
    for (int i = 0; i < PIXELS; i++)
        image[i] = (float)pixels[i] / 255.0f;
    nn_predict(work, model, image, 1, answer);
    int best = nn_argmax(answer, model->n_labels);
    printf("%s (%.1f %%)\n", model->label[best], 100 * (double)answer[best]);
    nn_work_free(work);
    nn_model_free(model);
    return 0;
}
