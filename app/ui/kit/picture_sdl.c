/* picture_sdl.c - BMP, GIF and WebP through SDL2_image, after a look at every size that their decoders go
 * by. */
#include "picture_decode.h"
#ifdef DIGITSCOPE_IMAGE
#include <SDL_image.h>
#include <string.h>

typedef SDL_Surface *SDLCALL loader(SDL_RWops *source);

static bool copy_surface(decoded *out, SDL_Surface *picture, nn_error *err)
{
    SDL_Surface *rgba = SDL_ConvertSurfaceFormat(picture, SDL_PIXELFORMAT_RGBA32, 0);
    if (!rgba)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    bool ok = picture_decoded_room(out, (uint64_t)rgba->w, (uint64_t)rgba->h, err);
    for (int y = 0; ok && y < rgba->h; y++)
        memcpy(out->rgba + 4 * (ptrdiff_t)y * rgba->w, (const unsigned char *)rgba->pixels + (ptrdiff_t)y * rgba->pitch,
               4 * (size_t)rgba->w);
    SDL_FreeSurface(rgba);
    return ok;
}

/* w x h: the largest size that the file names. */
static bool load(decoded *out, bytes b, uint64_t w, uint64_t h, loader *load_format, nn_error *err)
{
    if (!picture_size_is_fit(w, h, err))
        return false;
    SDL_RWops *source = SDL_RWFromConstMem(b.data, (int)b.len);
    SDL_Surface *picture = source ? load_format(source) : NULL;
    bool ok = picture ? copy_surface(out, picture, err)
                      : nn_fail(err, NN_FORMAT, 0, "the picture is broken: %.150s", SDL_GetError());
    SDL_FreeSurface(picture);
    if (source)
        SDL_RWclose(source);
    SDL_TLSCleanup(); /* its error text: a worker is no thread of SDL's, which would forget it */
    out->orientation = 1;
    return ok;
}

/* ---- BMP --------------------------------------------------------------------------------------------------------- */

bool picture_decode_bmp(decoded *out, bytes b, nn_error *err)
{
    if (bytes_little(b, 14, 4) == 12)
        return load(out, b, bytes_little(b, 18, 2), bytes_little(b, 20, 2), IMG_LoadBMP_RW, err);
    int64_t height = (int32_t)bytes_little(b, 22, 4); /* negative: from the top down */
    return load(out, b, bytes_little(b, 18, 4), (uint64_t)(height < 0 ? -height : height), IMG_LoadBMP_RW, err);
}

/* ---- GIF --------------------------------------------------------------------------------------------------------- */

/* Behind the colours that a byte of flags announces. */
static size_t behind_colours(uint32_t flags, size_t at)
{
    return flags & 0x80 ? at + 3 * ((size_t)2 << (flags & 7)) : at;
}

/* The first image has a size of its own. */
bool picture_decode_gif(decoded *out, bytes b, nn_error *err)
{
    size_t at = behind_colours(bytes_little(b, 10, 1), 13);
    while (at < b.len && b.data[at] == 0x21) { /* an extension: blocks up to an empty one */
        uint32_t len, first = bytes_little(b, at + 2, 1);
        if (bytes_little(b, at + 1, 1) == 0xf9 && first == 0) /* decoders do not agree on where such a one ends */
            return nn_fail(err, NN_FORMAT, 0, "the picture is broken");
        at += 2;
        do {
            len = bytes_little(b, at, 1);
            at += len + 1;
        } while (len > 0 && at < b.len);
    }
    if (at >= b.len || b.data[at] != 0x2c)
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken");
    if (!picture_size_is_fit(bytes_little(b, 6, 2), bytes_little(b, 8, 2), err))
        return false;
    return load(out, b, bytes_little(b, at + 5, 2), bytes_little(b, at + 7, 2), IMG_LoadGIF_RW, err);
}

/* ---- WebP -------------------------------------------------------------------------------------------------------- */

/* The canvas, and each image with or without loss, has a size of its own. */
bool picture_decode_webp(decoded *out, bytes b, nn_error *err)
{
    uint32_t w = 0, h = 0;
    int orientation = 1;
    for (size_t at = 12; at + 8 < b.len;) {
        size_t len = bytes_little(b, at + 4, 4), data = at + 8;
        uint32_t chunk_w = 0, chunk_h = 0, packed = bytes_little(b, data + 1, 4);
        if (bytes_have(b, at, "VP8X"))
            chunk_w = bytes_little(b, data + 4, 3) + 1, chunk_h = bytes_little(b, data + 7, 3) + 1;
        else if (bytes_have(b, at, "VP8L"))
            chunk_w = (packed & 0x3fff) + 1, chunk_h = (packed >> 14 & 0x3fff) + 1;
        else if (bytes_have(b, at, "VP8 "))
            chunk_w = bytes_little(b, data + 6, 2) & 0x3fff, chunk_h = bytes_little(b, data + 8, 2) & 0x3fff;
        else if (bytes_have(b, at, "EXIF") && len <= b.len - data)
            orientation = picture_exif_orientation((bytes){b.data + data, len});
        w = chunk_w > w ? chunk_w : w;
        h = chunk_h > h ? chunk_h : h;
        if (len > b.len - data)
            break;
        at = data + len + (len & 1);
    }
    bool ok = load(out, b, w, h, IMG_LoadWEBP_RW, err);
    out->orientation = orientation;
    return ok;
}

#endif
