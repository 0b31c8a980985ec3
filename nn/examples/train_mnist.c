/* train_mnist.c - trains a small network on the IDX files of MNIST (.gz) and saves the model.
 *
 *     cc -o train_mnist train_mnist.c $(pkg-config --cflags --libs digitscope-nn)
 *     train_mnist FOLDER MODEL.safetensors [EPOCHS] */
#include <nn/nn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIXELS = 28 * 28 };

static const char net[] = "input 28 28 1\nconv 16 5 stride=2 padding=valid\nbatchnorm\nrelu\n"
                          "conv 32 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 128\nrelu\ndense 10\nsoftmax\n";

typedef struct set {
    int count;
    unsigned char *pixels, *labels;
} set;

static void check(int ok, const char *what, const char *why)
{
    if (ok)
        return;
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* The bytes behind the header of an IDX file, `size` of them for each of its items. */
static unsigned char *read_idx(const char *folder, const char *name, unsigned size, int *count)
{
    char path[4096];
    unsigned char head[16];
    int header = size == 1 ? 8 : 16;
    snprintf(path, sizeof path, "%s/%s-ubyte.gz", folder, name);
    gzFile file = gzopen(path, "rb");
    check(file && gzread(file, head, (unsigned)header) == header, path, "cannot be read");
    *count = head[4] << 24 | head[5] << 16 | head[6] << 8 | head[7];
    unsigned len = (unsigned)*count * size;
    unsigned char *bytes = *count > 0 && *count < 1000000 ? malloc(len) : NULL;
    check(bytes && gzread(file, bytes, len) == (int)len, path, "is cut off");
    gzclose(file);
    return bytes;
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

int main(int argc, char **argv)
{
    check(argc > 2, "usage", "train_mnist FOLDER MODEL.safetensors [EPOCHS]");
    set train;
    train.pixels = read_idx(argv[1], "train-images-idx3", PIXELS, &train.count);
    train.labels = read_idx(argv[1], "train-labels-idx1", 1, &train.count);
    nn_train_config config = nn_train_defaults();
    config.epochs = argc > 3 ? atoi(argv[3]) : 2;
    nn_source source = {.ctx = &train, .count = train.count, .sample = sample};
    nn_error err;
    nn_plan *plan;
    nn_model *model;
    nn_trainer *trainer;
    check(nn_plan_parse(&plan, net, strlen(net), &err) && nn_model_new(&model, plan, nn_weights_new(plan, 1), &err) &&
              nn_trainer_new(&trainer, plan, model->weights, &model->convention, &config, &source, &err),
          "network", err.text);
    for (int epoch = 0; epoch < config.epochs; epoch++) {
        nn_step_result result;
        double right = 0;
        for (int step = 0; step < nn_trainer_steps_per_epoch(trainer); step++, right += result.correct)
            nn_trainer_step(trainer, &result); /* cannot fail, never allocates */
        printf("epoch %d: %.2f %% right while learning\n", epoch + 1, 100 * right / train.count);
    }
    memcpy(model->weights, nn_trainer_weights(trainer), plan->floats * sizeof(float));
    check(nn_model_save(model, argv[2], &err), argv[2], err.text);
    nn_trainer_free(trainer);
    nn_model_free(model);
    return 0;
}
