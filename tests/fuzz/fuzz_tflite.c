/* fuzz_tflite.c - files of TensorFlow Lite: what is accepted makes a network, of which a model comes out or a reason why
 * none does. */
#include "app/core/foreign/tflite/tflite.h"
#include "fuzz.h"
#include "sound_foreign.h"
#include "tests/support/nets.h"
#include "tests/support/tflite_files.h"

const char *const fuzz_words[] = {
    "TFL3", "\x01\x00\x00\x00", "\x04\x00\x00\x00", "\x7f\x00\x00\x00", "\xff\xff\xff\xff", "\x00\x00\x00\x80", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    for (int whole = 0; whole < 2; whole++) {
        nn_model *model = net_model("input 6 8 1\nconv 2 3\nrelu\nmaxpool 2\nflatten\ndense 3\nsoftmax\n", 1);
        buffer file = {0};
        tflite_file(&file, model, whole);
        FUZZ_REQUIRE(!file.failed);
        add(file.data, file.len);
        buffer_free(&file);
        nn_model_free(model);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    FUZZ_REQUIRE(require_sound_foreign(tflite_read, NULL, data, len) <= 1);
    return 0;
}
