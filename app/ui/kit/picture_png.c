/* picture_png.c - PNG through libpng, in one go. */
#include "nn/alloc.h"
#include "picture_decode.h"
#ifdef DIGITSCOPE_IMAGE
#include <png.h>

/* In a chunk of its own, before or behind the picture. */
static int find_orientation(bytes b)
{
    for (size_t at = 8; at + 12 <= b.len;) {
        size_t len = bytes_big(b, at, 4);
        if (len > b.len - at - 12)
            break;
        if (bytes_have(b, at + 4, "eXIf"))
            return picture_exif_orientation((bytes){b.data + at + 8, len});
        at += 12 + len;
    }
    return 1;
}

bool picture_decode_png(decoded *out, bytes b, nn_error *err)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    bool ok = png_image_begin_read_from_memory(&image, b.data, b.len);
    if (ok) {
        out->multiplied = !(image.format & PNG_FORMAT_FLAG_ALPHA); /* nor a colour that stands for none */
        image.format = PNG_FORMAT_RGBA;
        if (!picture_decoded_room(out, image.width, image.height, err)) {
            png_image_free(&image);
            return false;
        }
        ok = png_image_finish_read(&image, NULL, out->rgba, 0, NULL);
    }
    out->orientation = find_orientation(b);
    return ok || nn_fail(err, NN_FORMAT, 0, "the picture is broken: %.150s", image.message);
}

#endif
