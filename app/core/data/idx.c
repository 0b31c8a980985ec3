/* idx.c - a big-endian header (magic, sizes), then bytes. */
#include "idx.h"
#include <limits.h>
#include <stdint.h>

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

bool idx_parse(const unsigned char *data, size_t len, int rank, int dims[3], const unsigned char **values,
               nn_error *err)
{
    size_t header = 4 + 4 * (size_t)rank;
    if (len < header)
        return nn_fail(err, NN_FORMAT, len, "cut short: %zu bytes, the header alone has %zu", len, header);
    if (data[0] != 0 || data[1] != 0 || data[2] != 8 || data[3] != rank)
        return nn_fail(err, NN_FORMAT, 0,
                       "not an IDX file of bytes with %d dimension%s (it begins %02x %02x %02x %02x)", rank,
                       rank == 1 ? "" : "s", data[0], data[1], data[2], data[3]);
    size_t left = len - header, size = 1;
    for (int i = 0; i < rank; i++) {
        uint32_t n = big_endian(data + 4 + 4 * i);
        if (n == 0 || n > INT_MAX)
            return nn_fail(err, NN_FORMAT, 4 + 4 * (size_t)i, "dimension %d of the header is %lu", i + 1,
                           (unsigned long)n);
        if (size > left / n)
            return nn_fail(err, NN_FORMAT, len,
                           "cut short, or wrong counts: the header promises more than the %zu bytes that follow", left);
        dims[i] = (int)n;
        size *= n;
    }
    if (size != left)
        return nn_fail(err, NN_FORMAT, header + size, "wrong counts: the header promises %zu bytes, %zu follow", size,
                       left);
    *values = data + header;
    return true;
}
