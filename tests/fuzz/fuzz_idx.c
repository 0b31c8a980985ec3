/* fuzz_idx.c - IDX files: what is accepted has exactly the bytes that its header promises, and can be asked
 * for images and labels. */
#include "app/core/data/idx.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include "sound_array.h"
#include <string.h>

const char *const fuzz_words[] = {"\x08\x01", "\x08\x03", "\xff\xff\xff\xff", "\x7f\xff\xff\xff", "\x80", "\x01", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1};
    static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 9, 8, 7, 6, 5, 4, 3, 2};
    add(labels, sizeof labels);
    add(images, sizeof images);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    array a;
    nn_stream *stream;
    nn_error err = {0};
    bool packed = len > 1 && data[0] == 0x1f && data[1] == 0x8b;
    FUZZ_REQUIRE(nn_stream_memory(&stream, data, len, NN_DETECT, &err));
    if (idx_read(&a, stream, false, &err)) {
        size_t count;
        FUZZ_REQUIRE(array_count(&a, &count, &err));
        FUZZ_REQUIRE(packed || 4 + 4 * (size_t)a.rank + count * array_item_bytes(&a) == len);
        require_sound_array(&a);
        nn_free(a.values);
    } else {
        fuzz_refused(&err, packed ? SIZE_MAX : len);
        FUZZ_REQUIRE(!a.values);
    }
    nn_stream_close(stream);
    return 0;
}
