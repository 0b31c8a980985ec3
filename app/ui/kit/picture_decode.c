/* picture_decode.c - what the decoders share: bytes, sizes, room, orientation. */
#include "picture_decode.h"
#include "nn/alloc.h"
#include "picture_file.h"
#include <string.h>

uint32_t bytes_big(bytes b, size_t at, int count)
{
    uint32_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | (at + (size_t)i < b.len ? b.data[at + (size_t)i] : 0u);
    return value;
}

uint32_t bytes_little(bytes b, size_t at, int count)
{
    uint32_t value = 0;
    while (count-- > 0)
        value = value << 8 | (at + (size_t)count < b.len ? b.data[at + (size_t)count] : 0u);
    return value;
}

bool bytes_have(bytes b, size_t at, const char *text)
{
    size_t len = strlen(text);
    return at < b.len && len <= b.len - at && memcmp(b.data + at, text, len) == 0;
}

bool picture_size_is_fit(uint64_t w, uint64_t h, nn_error *err)
{
    if (w == 0 || h == 0)
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken: it has no pixels");
    if (w > PICTURE_MAX_PIXELS / h)
        return nn_fail(err, NN_LIMIT, 0, "%llu x %llu pixels, at most 64 megapixels can be opened",
                       (unsigned long long)w, (unsigned long long)h);
    return true;
}

int picture_divisor(uint32_t w, uint32_t h)
{
    enum { LONGER = 1024, SHORTER = 512 }; /* pixels of the sides that remain, at least */
    uint32_t by_longer = (w > h ? w : h) / LONGER, by_shorter = (w < h ? w : h) / SHORTER;
    int divisor = (int)(by_longer < by_shorter ? by_longer : by_shorter);
    return divisor > 1 ? divisor : 1;
}

bool picture_decoded_room(decoded *out, uint64_t w, uint64_t h, nn_error *err)
{
    if (!picture_size_is_fit(w, h, err))
        return false;
    out->w = (int)w;
    out->h = (int)h;
    out->rgba = nn_alloc((size_t)(w * h), 4);
    return out->rgba || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

int picture_exif_orientation(bytes b)
{
    enum { ORIENTATION = 0x112 };
    uint32_t (*number)(bytes b, size_t at, int count) = bytes_have(b, 0, "II") ? bytes_little : bytes_big;
    size_t at = number(b, 4, 4);
    uint32_t entries = number(b, at, 2);
    for (uint32_t i = 0; i < entries; i++) {
        size_t entry = at + 2 + 12 * (size_t)i;
        uint32_t value = number(b, entry + 8, 2);
        if (number(b, entry, 2) == ORIENTATION)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
