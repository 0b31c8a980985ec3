/* onnx_agrees.c - onnx_agrees FILE ...: whether a network made of an ONNX file gives what the file's own operators give,
 * evaluated one by one. One line a file: what was made of it, and the greatest difference of a probability. Ends with 1
 * where one differs by more than 1e-4 or is refused. `--refused TEXT FILE`: it must be, with this in the reason. */
#include "app/core/foreign/onnx/onnx.h"
#include "app/core/foreign/onnx/onnx_file.h"
#include "app/core/foreign/onnx/onnx_ops.h"
#include "app/core/foreign/onnx/onnx_run.h"
#include <stdio.h>
#include <string.h>

enum { CAP = 256 << 20, IMAGES = 3 };

static double random_value(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / (1 << 24);
}

/* The image as the file's input has it: channels last here, anywhere there. Batches hold it many times. */
static bool set_input(onnx_graph *g, const onnx_input *in, const nn_plan *plan, const float *image, nn_error *err)
{
    nn_shape s = plan->input;
    int dim[ONNX_RANK], known = s.h * s.w * s.c, batch = 1;
    bool images = in->rank == 2 ? in->dim[1] == known : in->rank == 4 || (in->rank == 3 && in->dim[0] != 3);
    for (int i = 0; i < in->rank; i++)
        dim[i] = in->dim[i] > 0 ? in->dim[i] : i == 0 ? 1 : in->rank == 2 ? known : in->rank == 4 && i == 1 ? s.c : s.h;
    if (images)
        batch = dim[0];
    onnx_tensor *t = &g->value[in->value].constant;
    onnx_tensor_free(t);
    if (!onnx_tensor_new(t, ONNX_FLOAT, in->rank, dim, err))
        return false;
    bool first = (in->rank == 4 && dim[1] == s.c) || (in->rank == 3 && !images);
    for (int b = 0; b < batch; b++)
        for (int i = 0; i < known; i++) {
            int pixel = i / s.c, channel = i % s.c;
            t->value[b * known + (first ? channel * s.h * s.w + pixel : i)] = (double)image[i];
        }
    return true;
}

static bool evaluate(const char *path, const unsigned char *data, size_t len, const nn_plan *plan, const float *image,
                     double *answer, nn_error *err)
{
    onnx_graph g;
    double work = 1e12;
    if (!onnx_graph_read(&g, path, data, len, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < g.n_inputs; i++)
        ok = set_input(&g, &g.input[i], plan, image, err);
    for (int i = 0; ok && i < g.n_nodes; i++)
        if (onnx_can_fold(&g, &g.node[i]) && onnx_op_find(g.node[i].type, NULL))
            ok = onnx_fold(&g, &g.node[i], &work, err);
    const onnx_tensor *out = &g.value[g.output[0]].constant;
    if (ok && (!out->value || out->count < (size_t)plan->classes))
        ok = nn_fail(err, NN_FORMAT, 0, "no answer");
    for (int i = 0; ok && i < plan->classes; i++)
        answer[i] = out->value[i];
    onnx_graph_free(&g);
    return ok;
}

/* The greatest difference to the answer's softmax, or to the answer as shares of its sum. */
static double difference(const double *answer, const float *ours, int n, bool shares)
{
    double top = -1e300, sum = 0, worst = 0;
    for (int i = 0; i < n; i++)
        top = fmax(top, answer[i]);
    for (int i = 0; i < n; i++)
        sum += shares ? answer[i] : exp(answer[i] - top);
    for (int i = 0; i < n; i++) {
        double off = fabs((shares ? answer[i] : exp(answer[i] - top)) / sum - (double)ours[i]);
        worst = off > worst ? off : worst; /* gcc 12 for arm64 breaks on fmax here */
    }
    return worst;
}

static bool compare(const char *path, const unsigned char *data, size_t len, nn_model *model, double *worst,
                    nn_error *err)
{
    const nn_plan *plan = model->plan;
    nn_work *work;
    uint32_t state = 1;
    if (!nn_work_new(&work, plan, 1, NN_ANSWERS, err))
        return false;
    float *image = nn_alloc((size_t)(plan->input.h * plan->input.w * plan->input.c), sizeof *image);
    bool ok = image != NULL;
    for (int k = 0; ok && k < IMAGES; k++) {
        float ours[NN_MAX_CLASSES];
        double answer[NN_MAX_CLASSES];
        for (int i = 0; i < plan->input.h * plan->input.w * plan->input.c; i++)
            image[i] = (float)random_value(&state);
        nn_predict(work, model, image, 1, ours);
        ok = evaluate(path, data, len, plan, image, answer, err);
        if (ok)
            *worst = fmax(*worst, fmin(difference(answer, ours, plan->classes, false),
                                       difference(answer, ours, plan->classes, true)));
    }
    nn_free(image);
    nn_work_free(work);
    return ok;
}

static bool check(const char *path, double *worst, nn_error *err)
{
    unsigned char *data;
    size_t len;
    foreign file;
    nn_model *model = NULL;
    if (!nn_file_read(path, CAP, &data, &len, err))
        return false;
    bool ok = onnx_is(data, len) ? onnx_read(&file, path, data, len, err) : nn_fail(err, NN_FORMAT, 0, "not ONNX");
    if (ok) {
        for (size_t i = 0; i < file.net[0].text.len; i++)
            putchar(file.net[0].text.data[i] == '\n' ? ';' : file.net[0].text.data[i]);
        printf("%s ", file.never_trained ? " NEVER TRAINED" : "");
        ok = foreign_model(&model, &file, &file.net[0], err) && compare(path, data, len, model, worst, err);
        foreign_free(&file);
    }
    nn_model_free(model);
    nn_free(data);
    return ok;
}

static int refused(const char *text, const char *path)
{
    nn_error err = {0};
    double worst = 0;
    if (check(path, &worst, &err) || !strstr(err.text, text)) {
        printf("%s: must be refused with '%s', but: %s\n", path, text, err.text);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int failures = 0;
    if (argc == 4 && strcmp(argv[1], "--refused") == 0)
        return refused(argv[2], argv[3]);
    for (int i = 1; i < argc; i++) {
        nn_error err = {0};
        double worst = 0;
        printf("%s: ", strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i]);
        bool ok = check(argv[i], &worst, &err);
        if (!ok)
            printf("REFUSED: %s\n", err.text);
        else
            printf("%.2g%s\n", worst, worst <= 1e-4 ? "" : " DIFFERS");
        failures += !ok || !(worst <= 1e-4);
    }
    return failures > 0;
}
