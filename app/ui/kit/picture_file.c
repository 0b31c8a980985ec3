/* picture_file.c - decoding with SDL2_image after a look at the header; encoding into memory, then an atomic save. */
#include "picture_file.h"
#include "app/core/png.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <SDL.h>
#include <string.h>
#ifdef DIGITSCOPE_IMAGE
#include <SDL_image.h>
#endif

#ifdef DIGITSCOPE_IMAGE

typedef struct bytes {
    const unsigned char *data;
    size_t len;
} bytes;

static uint32_t byte_at(bytes b, size_t i)
{
    return i < b.len ? b.data[i] : 0;
}

static uint32_t big_16(bytes b, size_t i)
{
    return byte_at(b, i) << 8 | byte_at(b, i + 1);
}

static uint32_t big_32(bytes b, size_t i)
{
    return big_16(b, i) << 16 | big_16(b, i + 2);
}

static uint32_t little_16(bytes b, size_t i)
{
    return byte_at(b, i) | byte_at(b, i + 1) << 8;
}

static uint32_t little_32(bytes b, size_t i)
{
    return little_16(b, i) | little_16(b, i + 2) << 16;
}

/* ---- the size, from each format's header; 0 x 0 where it is not that format -------------------------------------- */

typedef struct size_2d {
    uint64_t w, h;
} size_2d;

static size_2d png_size(bytes b)
{
    static const unsigned char magic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (b.len < 24 || memcmp(b.data, magic, sizeof magic) != 0)
        return (size_2d){0, 0};
    return (size_2d){big_32(b, 16), big_32(b, 20)};
}

static size_2d bmp_size(bytes b)
{
    if (b.len < 26 || b.data[0] != 'B' || b.data[1] != 'M')
        return (size_2d){0, 0};
    if (little_32(b, 14) == 12)
        return (size_2d){little_16(b, 18), little_16(b, 20)};
    int64_t height = (int32_t)little_32(b, 22); /* negative: from the top down */
    return (size_2d){little_32(b, 18), (uint64_t)(height < 0 ? -height : height)};
}

/* Walks the segments to the frame header. */
static size_2d jpeg_size(bytes b)
{
    if (b.len < 4 || b.data[0] != 0xff || b.data[1] != 0xd8)
        return (size_2d){0, 0};
    for (size_t at = 2; at + 9 < b.len && b.data[at] == 0xff;) {
        unsigned marker = b.data[at + 1];
        if (marker == 0xff) {
            at++;
            continue;
        }
        bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame)
            return (size_2d){big_16(b, at + 7), big_16(b, at + 5)};
        at += 2 + big_16(b, at + 2);
    }
    return (size_2d){0, 0};
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static uint64_t pnm_number(bytes b, size_t *at)
{
    while (is_space(byte_at(b, *at)) || byte_at(b, *at) == '#') {
        if (byte_at(b, *at) == '#')
            while (*at < b.len && byte_at(b, *at) != '\n')
                ++*at;
        ++*at;
    }
    uint64_t value = 0;
    for (; byte_at(b, *at) >= '0' && byte_at(b, *at) <= '9' && value < 1u << 30; ++*at)
        value = value * 10 + byte_at(b, *at) - '0';
    return value;
}

static size_2d pnm_size(bytes b)
{
    if (b.len < 8 || b.data[0] != 'P' || b.data[1] < '1' || b.data[1] > '6' || !is_space(b.data[2]))
        return (size_2d){0, 0};
    size_t at = 2;
    uint64_t w = pnm_number(b, &at);
    return (size_2d){w, pnm_number(b, &at)};
}

static const struct {
    size_2d (*size)(bytes b);
    SDL_Surface *(SDLCALL *load)(SDL_RWops *source);
} formats[] = {
    {png_size, IMG_LoadPNG_RW}, {jpeg_size, IMG_LoadJPG_RW}, {bmp_size, IMG_LoadBMP_RW}, {pnm_size, IMG_LoadPNM_RW}};

static SDL_Surface *decode(bytes b, nn_error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        size_2d size = formats[i].size(b);
        if (size.w == 0 || size.h == 0)
            continue;
        if (size.w > PICTURE_MAX_PIXELS / size.h) {
            nn_fail(err, NN_LIMIT, 0, "%llu x %llu pixels, at most 64 megapixels can be opened",
                    (unsigned long long)size.w, (unsigned long long)size.h);
            return NULL;
        }
        SDL_RWops *source = SDL_RWFromConstMem(b.data, (int)b.len);
        SDL_Surface *picture = source ? formats[i].load(source) : NULL;
        if (!picture)
            nn_fail(err, NN_FORMAT, 0, "the picture is broken: %s", SDL_GetError());
        if (source)
            SDL_RWclose(source);
        return picture;
    }
    nn_fail(err, NN_FORMAT, 0, "not a picture: PNG, JPEG, BMP and PNM can be opened");
    return NULL;
}

/* ITU-R BT.601 luma of one pixel over white. */
static unsigned char luma_of(const unsigned char *rgba)
{
    unsigned y = (299u * rgba[0] + 587u * rgba[1] + 114u * rgba[2] + 500u) / 1000u;
    return (unsigned char)((y * rgba[3] + 255u * (255u - rgba[3]) + 127u) / 255u);
}

static uint32_t colour_of(const unsigned char *rgba)
{
    uint32_t c = 0xff;
    for (int i = 0; i < 3; i++)
        c = c << 8 | ((unsigned)rgba[i] * rgba[3] + 255u * (255u - rgba[3]) + 127u) / 255u;
    return c;
}

/* Freed with SDL_FreeSurface; NULL on failure. */
static SDL_Surface *decode_rgba(const unsigned char *data, size_t len, nn_error *err)
{
    if (len > PICTURE_MAX_BYTES) {
        nn_fail(err, NN_LIMIT, 0, "larger than 64 MiB");
        return NULL;
    }
    SDL_Surface *picture = decode((bytes){data, len}, err);
    if (!picture)
        return NULL;
    SDL_Surface *rgba = SDL_ConvertSurfaceFormat(picture, SDL_PIXELFORMAT_RGBA32, 0);
    SDL_FreeSurface(picture);
    if (!rgba)
        nn_fail(err, NN_NOMEM, 0, "out of memory");
    return rgba;
}

static const unsigned char *rgba_row(const SDL_Surface *rgba, int y)
{
    return (const unsigned char *)rgba->pixels + (ptrdiff_t)y * rgba->pitch;
}

bool picture_file_decode(unsigned char **luma, int *w, int *h, const unsigned char *data, size_t len, nn_error *err)
{
    *luma = NULL;
    SDL_Surface *rgba = decode_rgba(data, len, err);
    if (!rgba)
        return false;
    *w = rgba->w;
    *h = rgba->h;
    *luma = nn_alloc((size_t)*w * (size_t)*h, 1);
    for (int y = 0; *luma && y < *h; y++)
        for (int x = 0; x < *w; x++)
            (*luma)[(size_t)y * (size_t)*w + (size_t)x] = luma_of(rgba_row(rgba, y) + 4 * (ptrdiff_t)x);
    SDL_FreeSurface(rgba);
    return *luma || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

bool picture_file_colours(uint32_t **pixels, int *w, int *h, const unsigned char *data, size_t len, nn_error *err)
{
    *pixels = NULL;
    SDL_Surface *rgba = decode_rgba(data, len, err);
    if (!rgba)
        return false;
    *w = rgba->w;
    *h = rgba->h;
    *pixels = nn_alloc((size_t)*w * (size_t)*h, sizeof **pixels);
    for (int y = 0; *pixels && y < *h; y++)
        for (int x = 0; x < *w; x++)
            (*pixels)[(size_t)y * (size_t)*w + (size_t)x] = colour_of(rgba_row(rgba, y) + 4 * (ptrdiff_t)x);
    SDL_FreeSurface(rgba);
    return *pixels || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

#else

static bool not_built(nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "this build cannot open pictures: it was made without SDL2_image");
}

bool picture_file_decode(unsigned char **luma, int *w, int *h, const unsigned char *data, size_t len, nn_error *err)
{
    (void)w, (void)h, (void)data, (void)len;
    *luma = NULL;
    return not_built(err);
}

bool picture_file_colours(uint32_t **pixels, int *w, int *h, const unsigned char *data, size_t len, nn_error *err)
{
    (void)w, (void)h, (void)data, (void)len;
    *pixels = NULL;
    return not_built(err);
}

#endif

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
