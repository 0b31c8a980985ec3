/* fuzz_onnx.c - ONNX files: what is accepted makes a network, of which a model comes out or a reason why none does. */
#include "app/core/export/export.h"
#include "app/core/foreign/onnx/onnx.h"
#include "fuzz.h"
#include "nn/op.h"
#include "sound_foreign.h"
#include "tests/support/nets.h"
#include <string.h>

const char *const fuzz_words[] = {"Conv",
                                  "Gemm",
                                  "MatMul",
                                  "Add",
                                  "Mul",
                                  "Sub",
                                  "Div",
                                  "Relu",
                                  "Clip",
                                  "MaxPool",
                                  "Softmax",
                                  "LogSoftmax",
                                  "Concat",
                                  "Slice",
                                  "Split",
                                  "Gather",
                                  "Reshape",
                                  "Flatten",
                                  "Transpose",
                                  "Squeeze",
                                  "Pad",
                                  "ReduceMean",
                                  "PRelu",
                                  "Shape",
                                  "Cast",
                                  "Unsqueeze",
                                  "Dropout",
                                  "Constant",
                                  "QuantizeLinear",
                                  "axis",
                                  "axes",
                                  "perm",
                                  "strides",
                                  "pads",
                                  "kernel_shape",
                                  "auto_pad",
                                  "group",
                                  "ceil_mode",
                                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                                  NULL};

static const char net[] =
    "input 6 6 1\nconv 2 3\na: batchnorm\nrelu\nmaxpool 2 padding=same\nscale\navgpool 2 1 padding=0,0,1,1\n"
    "b: conv 2 2 groups=2\nadd avgpool1\nconcat b\npermute 3 1 2\nflatten\ndense 3\nprelu\nsoftmax\n";

static void seed(const char *text, void (*add)(const void *data, size_t len))
{
    nn_model *model = net_model(text, 1);
    buffer file = {0};
    nn_error err;
    FUZZ_REQUIRE(export_model(&file, model, EXPORT_ONNX, &err));
    add(file.data, file.len);
    buffer_free(&file);
    nn_model_free(model);
}

/* One of each kind of layer, and one of many. */
void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    seed(net, add);
    for (int i = 0; nn_op_at(i); i++)
        if (strlen(nn_op_at(i)->examples[0]) < 90)
            seed(nn_op_at(i)->examples[0], add);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    FUZZ_REQUIRE(require_sound_foreign(onnx_read, NULL, data, len) <= 1);
    return 0;
}
