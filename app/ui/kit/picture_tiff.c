/* picture_tiff.c - TIFF through libtiff, from memory. */
#include "picture_decode.h"
#ifdef DIGITSCOPE_IMAGE
#include <string.h>
#include <tiffio.h>

typedef struct source {
    bytes b;
    size_t at;
} source;

static tmsize_t read_source(thandle_t handle, void *to, tmsize_t len)
{
    source *s = handle;
    size_t left = s->at < s->b.len ? s->b.len - s->at : 0, count = (size_t)len < left ? (size_t)len : left;
    memcpy(to, s->b.data + s->at, count);
    s->at += count;
    return (tmsize_t)count;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t len)
{
    (void)handle, (void)from, (void)len;
    return 0;
}

static toff_t seek_source(thandle_t handle, toff_t to, int whence)
{
    source *s = handle;
    s->at = (size_t)to + (whence == SEEK_CUR ? s->at : whence == SEEK_END ? s->b.len : 0);
    return s->at;
}

static int close_source(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_of_source(thandle_t handle)
{
    const source *s = handle;
    return s->b.len;
}

/* Sizes from which the decoder makes its buffers: of the picture, of its tiles, of what a pixel takes. */
static bool is_fit(TIFF *tiff, uint32_t w, uint32_t h, nn_error *err)
{
    enum { MOST_SAMPLES = 8, MOST_BITS = 16 };
    uint32_t tile_w = 1, tile_h = 1;
    uint16_t samples = 1, bits = 1, compression = COMPRESSION_NONE;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_w);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_h);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    if (samples > MOST_SAMPLES || bits > MOST_BITS || compression == COMPRESSION_OJPEG)
        return nn_fail(err, NN_FORMAT, 0, "a TIFF of a rare kind: save it as PNG");
    return picture_size_is_fit(w, h, err) && picture_size_is_fit(tile_w, tile_h, err);
}

/* Asked for in the order in which it is stored, a picture is not turned: that is left to others. */
static bool decode_open(decoded *out, TIFF *tiff, nn_error *err)
{
    uint32_t w = 0, h = 0;
    uint16_t orientation = ORIENTATION_TOPLEFT;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &w);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &h);
    TIFFGetField(tiff, TIFFTAG_ORIENTATION, &orientation);
    if (!is_fit(tiff, w, h, err) || !picture_decoded_room(out, w, h, err))
        return false;
    out->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    out->multiplied = true;
    uint32_t *raster = (uint32_t *)(void *)out->rgba;
    if (!TIFFReadRGBAImageOriented(tiff, w, h, raster, out->orientation, 1))
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken");
    for (size_t i = 0; i < (size_t)w * h; i++) {
        uint32_t p = raster[i];
        for (int c = 0; c < 4; c++)
            out->rgba[4 * i + (size_t)c] = (unsigned char)(p >> 8 * c); /* red is the lowest byte */
    }
    return true;
}

bool picture_decode_tiff(decoded *out, bytes b, nn_error *err)
{
    source from = {b, 0};
    TIFFSetErrorHandler(NULL); /* it prints */
    TIFFSetWarningHandler(NULL);
    TIFF *tiff = TIFFClientOpen("picture", "rm", &from, read_source, write_nothing, seek_source, close_source,
                                size_of_source, NULL, NULL);
    if (!tiff)
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken");
    bool ok = decode_open(out, tiff, err);
    TIFFClose(tiff);
    return ok;
}

#endif
