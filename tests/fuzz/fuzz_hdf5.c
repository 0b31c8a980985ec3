/* fuzz_hdf5.c - damaged HDF5 files: what the walk through them finds is whole and within its limits, or is refused with a
 * reason. libhdf5 itself may crash on them or never return, which is why the program reads such files in a process with a
 * limit of time; so does this harness, where both are no findings. */
#include "app/core/foreign/keras/hdf5_file.h"
#include "fuzz.h"
#include "nn/utf8.h"
#include "tests/support/keras_files.h"
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const fuzz_words[] = {"TREE", "HEAP", "SNOD", "OHDR", "GCOL", "\xff\xff\xff\xff\xff\xff\xff\xff", NULL};

enum { SECONDS = 1, WRONG = 3 };
static const size_t most_floats = 32u << 20;

void fuzz_seeds(void (*add)(const void *data, size_t n))
{
    for (int layout = KERAS_1_HDF5; layout <= KERAS_3_HDF5; layout++) {
        size_t len;
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_weight("Conv2D", "c", "kernel", 3, 3, 1, 2);
        keras_file_weight("Conv2D", "c", "bias", 2, 0, 0, 0);
        keras_file_weight("Dense", "d", "kernel", 8, 3, 0, 0);
        keras_file_weight("Dense", "d", "bias", 3, 0, 0, 0);
        const unsigned char *data = keras_file_make((keras_layout)layout, true, &len);
        add(data, len);
    }
}

static bool is_whole(const hdf5_file *file)
{
    size_t floats = 0;
    for (int i = 0; i < file->n_arrays; i++) {
        const hdf5_array *a = &file->array[i];
        size_t count = 1;
        for (int k = 0; k < a->rank; k++)
            count *= (size_t)a->dim[k];
        if (!a->path || !nn_utf8_is_valid(a->path, strlen(a->path)) || a->rank > HDF5_RANK || a->count != count)
            return false;
        floats += a->count;
    }
    for (int i = 0; i < file->n_texts; i++)
        for (int k = 0; k < file->texts[i].n; k++)
            if (!file->texts[i].text[k])
                return false;
    return floats == file->floats && floats <= most_floats;
}

static int walk(const uint8_t *data, size_t len)
{
    static const char *const skip[] = {"optimizer_weights", NULL};
    hdf5_file file;
    nn_error err = {0};
    bool ok = hdf5_read(&file, data, len, skip, &err);
    bool right = ok ? is_whole(&file) : err.code != NN_OK && err.text[0];
    hdf5_free(&file);
    return right ? 0 : WRONG;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const int ends[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGXCPU};
    int status;
    pid_t child = fork();
    FUZZ_REQUIRE(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS, SECONDS + 1});
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            signal(ends[i], SIG_DFL);
        _exit(walk(data, len));
    }
    FUZZ_REQUIRE(waitpid(child, &status, 0) == child);
    bool ended = false;
    for (size_t i = 0; WIFSIGNALED(status) && i < sizeof ends / sizeof *ends; i++)
        ended = ended || WTERMSIG(status) == ends[i];
    FUZZ_REQUIRE(ended || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return 0;
}
