/* picture_heif.c - HEIC and AVIF through libheif, which turns them upright itself. */
#include "picture_decode.h"
#ifdef DIGITSCOPE_HEIF
#include <libheif/heif.h>
#include <limits.h>
#include <string.h>

/* Pixels. The library limits sides alone, so what a damaged file of tiles can ask for is a square of its longer one. */
enum { MOST_SIDE = 1 << 14 };

static bool broken(struct heif_error error, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, 0, "the picture is broken: %.150s", error.message);
}

static bool copy_image(decoded *out, const struct heif_image *image, nn_error *err)
{
    int w = heif_image_get_width(image, heif_channel_interleaved), stride,
        h = heif_image_get_height(image, heif_channel_interleaved);
    const unsigned char *from = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    if (!picture_decoded_room(out, w > 0 ? (uint64_t)w : 0, h > 0 ? (uint64_t)h : 0, err))
        return false;
    for (int y = 0; y < h; y++)
        memcpy(out->rgba + 4 * (ptrdiff_t)y * w, from + (ptrdiff_t)y * stride, 4 * (size_t)w);
    return true;
}

static bool decode_handle(decoded *out, struct heif_context *context, const struct heif_image_handle *handle,
                          nn_error *err)
{
    struct heif_image *image = NULL;
    int w = heif_image_handle_get_width(handle), h = heif_image_handle_get_height(handle), longer = w > h ? w : h;
    if (!picture_size_is_fit(w > 0 ? (uint64_t)w : 0, h > 0 ? (uint64_t)h : 0, err))
        return false;
    if (longer > MOST_SIDE)
        return nn_fail(err, NN_LIMIT, 0, "%d x %d pixels, at most %d a side can be opened of HEIC and AVIF", w, h,
                       MOST_SIDE);
    heif_context_set_maximum_image_size_limit(context, longer + 1); /* of tiles, a side must be less */
    struct heif_error error =
        heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, NULL);
    bool ok = error.code == heif_error_Ok ? copy_image(out, image, err) : broken(error, err);
    heif_image_release(image);
    return ok;
}

bool picture_decode_heif(decoded *out, bytes b, nn_error *err)
{
    struct heif_context *context = heif_context_alloc();
    struct heif_image_handle *handle = NULL;
    if (!context)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    heif_context_set_maximum_image_size_limit(context, INT_MAX); /* until the size is known; none is decoded before */
    struct heif_error error = heif_context_read_from_memory_without_copy(context, b.data, b.len, NULL);
    if (error.code == heif_error_Ok)
        error = heif_context_get_primary_image_handle(context, &handle);
    bool ok = error.code == heif_error_Ok ? decode_handle(out, context, handle, err) : broken(error, err);
    out->orientation = 1;
    heif_image_handle_release(handle);
    heif_context_free(context);
    return ok;
}

#endif
