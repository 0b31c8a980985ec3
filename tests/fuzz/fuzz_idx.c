/* fuzz_idx.c - IDX files: what is accepted has exactly the bytes that its header promises. The first byte of an
 * input is the rank asked for, 1 or 3. */
#include "app/core/data/idx.h"
#include "fuzz.h"
#include <string.h>

const char *const fuzz_words[] = {"\x08\x01", "\x08\x03", "\xff\xff\xff\xff", "\x7f\xff\xff\xff", "\x80", "\x01", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const unsigned char labels[] = {1, 0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1};
    static const unsigned char images[] = {3, 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 9, 8, 7, 6, 5, 4, 3, 2};
    add(labels, sizeof labels);
    add(images, sizeof images);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int rank = len && data[0] % 2 && data[0] != 3 ? 1 : 3, dims[3];
    const unsigned char *values;
    nn_error err = {0};
    data += len > 0;
    len -= len > 0;
    if (!idx_parse(data, len, rank, dims, &values, &err)) {
        fuzz_refused(&err, len);
        return 0;
    }
    size_t size = 1;
    for (int i = 0; i < rank; i++) {
        FUZZ_REQUIRE(dims[i] > 0);
        size *= (size_t)dims[i];
    }
    FUZZ_REQUIRE(values + size == data + len);
    return 0;
}
