/* fuzz_torch.c - weights of PyTorch's and foreign safetensors: what is accepted makes candidates, of which a model comes out
 * or a reason why none does. */
#include "app/core/export/export.h"
#include "app/core/foreign/tensors.h"
#include "app/core/foreign/torch/pickle.h"
#include "app/core/foreign/torch/torch.h"
#include "fuzz.h"
#include "sound_foreign.h"
#include "tests/support/nets.h"
#include "tests/support/torch_files.h"
#include <string.h>

const char *const fuzz_words[] = {"PK\x03\x04",
                                  "PK\x01\x02",
                                  "archive/data.pkl",
                                  "ctorch._utils\n_rebuild_tensor_v2\n",
                                  "ctorch\nHalfStorage\n",
                                  "ccollections\nOrderedDict\n",
                                  "X\7\0\0\0storage",
                                  "}(",
                                  "tQ",
                                  "tR",
                                  "u.",
                                  "\x8a\x0a",
                                  "weight",
                                  "bias",
                                  "running_mean",
                                  "\"dtype\":\"BF16\"",
                                  "\"shape\":[",
                                  "\"data_offsets\":[0,",
                                  NULL};

static const char net[] = "input 8 8 1\nconv 2 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 2\nsoftmax\n";

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    nn_model *model = net_model(net, 1);
    buffer file = {0};
    nn_error err;
    for (int form = 0; form < 4; form++) {
        torch_file(
            &file, model,
            &(torch_form){.old = form & 1, .type = STATE_F16, .shared = form & 2, .wrap = form & 2 ? "net" : NULL});
        add(file.data, file.len);
        buffer_free(&file);
    }
    FUZZ_REQUIRE(export_model(&file, model, EXPORT_SAFETENSORS, &err));
    add(file.data, file.len);
    buffer_free(&file);
    nn_model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    foreign_reader *read = len > 8 && data[8] == '{' ? tensors_read : torch_read;
    require_sound_foreign(read, net, data, len);  /* with the architecture that the seeds have */
    require_sound_foreign(read, NULL, data, len); /* or with what the sizes tell */
    return 0;
}
