/* train_mnist.c - trains a small network on the IDX files of MNIST (.gz) and saves the model.
 *
 *     cc -o train_mnist train_mnist.c $(pkg-config --cflags --libs digitscope-nn)
 *     train_mnist FOLDER MODEL.safetensors [EPOCHS] */
#include <nn/nn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIXELS = 28 * 28, CLASSES = 10 };

static const char net[] = "input 28 28 1\n"
                          "conv 16 5 stride=2 padding=valid\nbatchnorm\nrelu\n"
                          "conv 32 3\nbatchnorm\nrelu\nmaxpool 2\n"
                          "flatten\ndense 128\nrelu\ndense 10\nsoftmax\n";

typedef struct set {
    int count;
    unsigned char *pixels, *labels;
} set;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* The bytes behind the header of an IDX file, `size` of them for each of its items. */
static unsigned char *read_idx(const char *folder, const char *name, unsigned header, unsigned size, int *count)
{
    char path[4096];
    unsigned char head[16], *bytes = NULL;
    snprintf(path, sizeof path, "%s/%s.gz", folder, name);
    gzFile file = gzopen(path, "rb");
    if (!file || gzread(file, head, header) != (int)header)
        fail(path, "cannot be read");
    unsigned n = (unsigned)head[4] << 24 | (unsigned)head[5] << 16 | (unsigned)head[6] << 8 | head[7];
    if (n > 1000000 || !(bytes = malloc(n * size)) || gzread(file, bytes, n * size) != (int)(n * size))
        fail(path, "is cut off");
    gzclose(file);
    *count = (int)n;
    return bytes;
}

static set read_set(const char *folder, const char *images, const char *labels)
{
    set s;
    s.pixels = read_idx(folder, images, 16, PIXELS, &s.count);
    s.labels = read_idx(folder, labels, 8, 1, &s.count);
    return s;
}

/* What the trainer asks for: an image in [0, 1], and the probability that it shall give to each class. */
static void sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    const set *s = ctx;
    (void)thread, (void)epoch;
    for (int i = 0; i < PIXELS; i++)
        image[i] = (float)s->pixels[index * PIXELS + i] / 255.0f;
    target[s->labels[index]] = 1;
}

static double accuracy(const nn_model *model, nn_work *work, const set *s)
{
    int right = 0;
    for (int i = 0; i < s->count; i++) {
        float image[PIXELS], target[CLASSES], answer[CLASSES];
        sample(s, 0, 0, i, image, target);
        nn_predict(work, model, image, 1, answer);
        right += nn_argmax(answer, CLASSES) == s->labels[i];
    }
    return (double)right / s->count;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        fail("usage", "train_mnist FOLDER MODEL.safetensors [EPOCHS]");
    set train = read_set(argv[1], "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    set test = read_set(argv[1], "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
    nn_train_config config = nn_train_defaults();
    config.epochs = argc > 3 ? atoi(argv[3]) : 2;
    nn_source source = {.ctx = &train, .count = train.count, .sample = sample};
    nn_error err;
    nn_plan *plan;
    nn_model *model;
    nn_work *work;
    nn_trainer *trainer;
    if (!nn_plan_parse(&plan, net, strlen(net), &err) || !nn_model_new(&model, plan, nn_weights_new(plan, 1), &err) ||
        !nn_work_new(&work, plan, 1, NN_ANSWERS, &err) ||
        !nn_trainer_new(&trainer, plan, model->weights, &model->convention, &config, &source, &err))
        fail("network", err.text);
    for (int epoch = 0; epoch < config.epochs; epoch++) {
        nn_step_result result;
        for (int step = 0; step < nn_trainer_steps_per_epoch(trainer); step++)
            nn_trainer_step(trainer, &result); /* cannot fail, never allocates */
        memcpy(model->weights, nn_trainer_weights(trainer), plan->floats * sizeof(float));
        nn_model_changed(model);
        printf("epoch %d: %.2f %%\n", epoch + 1, 100 * accuracy(model, work, &test));
    }
    if (!nn_model_save(model, argv[2], &err))
        fail(argv[2], err.text);
    nn_trainer_free(trainer);
    nn_work_free(work);
    nn_model_free(model);
    return 0;
}
