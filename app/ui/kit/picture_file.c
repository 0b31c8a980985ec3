/* picture_file.c - which decoder reads a file, and what becomes of its pixels; encoding into memory, then an atomic
 * save. */
#include "picture_file.h"
#include "app/core/image/png.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "picture_decode.h"
#include <SDL.h>
#include <string.h>

/* ---- formats ----------------------------------------------------------------------------------------------------- */

/* A format begins with `magic`, or has it at `at`. decode: NULL where this build lacks the library that `needs` names;
 * without that nothing can read the format. */
typedef struct format {
    const char *name, *magic;
    size_t at;
    picture_decoder *decode;
    const char *needs;
} format;

#ifdef DIGITSCOPE_IMAGE
#define WITH_IMAGE(decoder) decoder
#else
#define WITH_IMAGE(decoder) NULL
#endif
#ifdef DIGITSCOPE_HEIF
#define WITH_HEIF(decoder) decoder
#else
#define WITH_HEIF(decoder) NULL
#endif

static const char image_library[] = "SDL2_image", heif_library[] = "libheif";

static const format formats[] = {
    {"PNG", "\x89PNG\r\n\x1a\n", 0, WITH_IMAGE(picture_decode_png), image_library},
    {"JPEG", "\xff\xd8", 0, WITH_IMAGE(picture_decode_jpeg), image_library},
    {"BMP", "BM", 0, WITH_IMAGE(picture_decode_bmp), image_library},
    {"PNM", "P1", 0, picture_decode_pnm, NULL},
    {"PNM", "P2", 0, picture_decode_pnm, NULL},
    {"PNM", "P3", 0, picture_decode_pnm, NULL},
    {"PNM", "P4", 0, picture_decode_pnm, NULL},
    {"PNM", "P5", 0, picture_decode_pnm, NULL},
    {"PNM", "P6", 0, picture_decode_pnm, NULL},
    {"GIF", "GIF8", 0, WITH_IMAGE(picture_decode_gif), image_library},
    {"TIFF", "II", 0, WITH_IMAGE(picture_decode_tiff), image_library},
    {"TIFF", "MM", 0, WITH_IMAGE(picture_decode_tiff), image_library},
    {"WebP", "WEBP", 8, WITH_IMAGE(picture_decode_webp), image_library},
    {"HEIC", "ftypheic", 4, WITH_HEIF(picture_decode_heif), heif_library},
    {"HEIC", "ftypheix", 4, WITH_HEIF(picture_decode_heif), heif_library},
    {"HEIC", "ftypmif1", 4, WITH_HEIF(picture_decode_heif), heif_library},
    {"AVIF", "ftypavif", 4, WITH_HEIF(picture_decode_heif), heif_library},
    {"JPEG XL", "JXL ", 4, NULL, NULL},
    {"JPEG XL", "\xff\x0a", 0, NULL, NULL},
    {"JPEG 2000", "jP  ", 4, NULL, NULL},
    {"PDF", "%PDF", 0, NULL, NULL},
    {"PostScript", "%!PS", 0, NULL, NULL},
    {"Photoshop", "8BPS", 0, NULL, NULL},
    {"SVG", "<svg", 0, NULL, NULL},
    {"XML", "<?xml", 0, NULL, NULL},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

const char *picture_file_formats(void)
{
#if defined DIGITSCOPE_IMAGE && defined DIGITSCOPE_HEIF
    return "PNG, JPEG, BMP, PNM, GIF, TIFF, WebP, HEIC, AVIF";
#elif defined DIGITSCOPE_IMAGE
    return "PNG, JPEG, BMP, PNM, GIF, TIFF, WebP";
#elif defined DIGITSCOPE_HEIF
    return "PNM, HEIC, AVIF";
#else
    return "PNM";
#endif
}

static bool decode(decoded *out, bytes b, nn_error *err)
{
    if (b.len > PICTURE_MAX_BYTES)
        return nn_fail(err, NN_LIMIT, 0, "larger than 64 MiB");
    for (const format *f = formats; f < formats + FORMATS; f++) {
        if (!bytes_have(b, f->at, f->magic))
            continue;
        if (f->decode)
            return f->decode(out, b, err);
        return f->needs
                   ? nn_fail(err, NN_USAGE, 0, "a %s picture: this build was made without %s", f->name, f->needs)
                   : nn_fail(err, NN_FORMAT, 0, "a %s file: what can be opened is %s", f->name, picture_file_formats());
    }
    if (b.len == 0)
        return nn_fail(err, NN_FORMAT, 0, "an empty file");
    return nn_fail(err, NN_FORMAT, 0, "not a picture: what can be opened is %s", picture_file_formats());
}

/* ---- pixels ------------------------------------------------------------------------------------------------------ */

static void multiply_alpha(const decoded *d)
{
    for (size_t i = 0; i < (size_t)d->w * (size_t)d->h && !d->multiplied; i++) {
        unsigned char *p = d->rgba + 4 * i;
        for (int c = 0; c < 3 && p[3] < 255; c++)
            p[c] = (unsigned char)((p[c] * p[3] + 127) / 255);
    }
}

/* Where the pixel at (x, y) of the turned picture is in the one that was decoded. */
static size_t turned_from(const decoded *d, int x, int y)
{
    int o = d->orientation, across = o >= 5 ? y : x, down = o >= 5 ? x : y;
    if (o == 2 || o == 3 || o == 7 || o == 8)
        across = d->w - 1 - across;
    if (o == 3 || o == 4 || o == 6 || o == 7)
        down = d->h - 1 - down;
    return (size_t)down * (size_t)d->w + (size_t)across;
}

/* Takes over d->rgba, and frees it where it fails. */
static bool turn(pixmap *out, const decoded *d, nn_error *err)
{
    bool sideways = d->orientation >= 5;
    *out = (pixmap){sideways ? d->h : d->w, sideways ? d->w : d->h, d->rgba};
    if (d->orientation == 1)
        return true;
    out->rgba = nn_alloc((size_t)d->w * (size_t)d->h, 4);
    for (int y = 0; out->rgba && y < out->h; y++)
        for (int x = 0; x < out->w; x++)
            memcpy(out->rgba + 4 * ((size_t)y * (size_t)out->w + (size_t)x), d->rgba + 4 * turned_from(d, x, y), 4);
    nn_free(d->rgba);
    return out->rgba || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

bool picture_file_decode(pixmap *out, const unsigned char *data, size_t len, nn_error *err)
{
    decoded d = {.orientation = 1};
    *out = (pixmap){.rgba = NULL};
    if (!decode(&d, (bytes){data, len}, err)) {
        nn_free(d.rgba);
        return false;
    }
    multiply_alpha(&d);
    return turn(out, &d, err);
}

bool picture_file_colours(uint32_t **colours, int *w, int *h, const unsigned char *data, size_t len, nn_error *err)
{
    pixmap p;
    *colours = NULL;
    if (!picture_file_decode(&p, data, len, err))
        return false;
    *w = p.w;
    *h = p.h;
    size_t count = (size_t)p.w * (size_t)p.h;
    *colours = nn_alloc(count, sizeof **colours);
    for (size_t i = 0; *colours && i < count; i++) {
        const unsigned char *c = p.rgba + 4 * i;
        uint32_t white = 255u - c[3];
        (*colours)[i] = 0xff000000u | (c[0] + white) << 16 | (c[1] + white) << 8 | (c[2] + white);
    }
    nn_free(p.rgba);
    return *colours || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

/* ---- saving ------------------------------------------------------------------------------------------------------ */

static bool is_bmp_name(const char *path)
{
    size_t len = strlen(path);
    return len > 4 && SDL_strcasecmp(path + len - 4, ".bmp") == 0;
}

/* SDL wants the pixels writable, but only reads them here. */
static bool encode_bmp(const uint32_t *pixels, int w, int h, unsigned char **data, size_t *len, nn_error *err)
{
    size_t room = (size_t)w * (size_t)h * 4 + 65536;
    unsigned char *to = *data = nn_alloc(room, 1);
    if (!to)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    SDL_RWops *out = SDL_RWFromMem(to, (int)room);
    SDL_Surface *picture =
        SDL_CreateRGBSurfaceWithFormatFrom((void *)(uintptr_t)pixels, w, h, 32, w * 4, SDL_PIXELFORMAT_RGB888);
    bool ok = out && picture && SDL_SaveBMP_RW(picture, out, 0) == 0;
    if (ok)
        *len = (size_t)SDL_RWtell(out);
    else
        nn_fail(err, NN_IO, 0, "%s", SDL_GetError());
    SDL_FreeSurface(picture);
    if (out)
        SDL_RWclose(out);
    SDL_TLSCleanup();
    return ok;
}

bool picture_file_save(const char *path, const uint32_t *pixels, int w, int h, nn_error *err)
{
    unsigned char *data;
    size_t len;
    bool ok =
        is_bmp_name(path) ? encode_bmp(pixels, w, h, &data, &len, err) : png_encode(pixels, w, h, &data, &len, err);
    ok = ok && nn_file_save(path, data, len, NN_CONSISTENT, err);
    nn_free(data);
    return ok;
}
