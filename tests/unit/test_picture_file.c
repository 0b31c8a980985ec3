/* Picture files: what is saved can be read, all formats, turned and transparent ones, and files that lie about their
 * size. */
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <jpeglib.h>
#include <png.h>
#ifdef DIGITSCOPE_HEIF
#include <libheif/heif.h>
#endif

#include <cmocka.h>

enum { W = 37, H = 21 };

static nn_error err;

static pixmap decode(const void *data, size_t len)
{
    pixmap out;
    if (!picture_file_decode(&out, data, len, &err))
        fail_msg("%s", err.text);
    return out;
}

static void assert_pixel(pixmap p, int x, int y, int r, int g, int b, int a)
{
    enum { NEARLY = 6 }; /* as JPEG stores colours */
    const int wanted[4] = {r, g, b, a};
    for (int c = 0; c < 4; c++)
        assert_true(abs(p.rgba[4 * (y * p.w + x) + c] - wanted[c]) <= NEARLY);
}

static void assert_refused(const void *data, size_t len, nn_code code, const char *why)
{
    pixmap out;
    assert_false(picture_file_decode(&out, data, len, &err));
    assert_null(out.rgba);
    if (err.code != code || !strstr(err.text, why))
        fail_msg("not \"%s\": %s", why, err.text);
}

/* ---- saving ------------------------------------------------------------------------------------------------------ */

static void fill(uint32_t pixels[W * H])
{
    for (uint32_t i = 0; i < W * H; i++)
        pixels[i] = 0xff000000 | i * 331;
}

static void assert_saved_picture_reads(const char *path)
{
    uint32_t pixels[W * H], *read;
    unsigned char *data;
    size_t len;
    int w, h;
    fill(pixels);
    assert_true(picture_file_save(path, pixels, W, H, &err));
    assert_true(nn_file_read(path, 1 << 20, &data, &len, &err));
    assert_true(picture_file_colours(&read, &w, &h, data, len, &err));
    assert_int_equal(w, W);
    assert_int_equal(h, H);
    assert_memory_equal(read, pixels, sizeof pixels);
    nn_free(read);
    nn_free(data);
}

static void test_what_is_saved_can_be_read(void **state)
{
    (void)state;
    assert_saved_picture_reads(temp_path("a.png"));
    assert_saved_picture_reads(temp_path("a.bmp"));
}

/* ---- making files ------------------------------------------------------------------------------------------------ */

typedef struct file {
    unsigned char data[65536];
    size_t len;
} file;

static void put(file *f, const void *data, size_t len)
{
    assert_true(f->len + len <= sizeof f->data);
    memcpy(f->data + f->len, data, len);
    f->len += len;
}

static void put_number(file *f, uint32_t value, int count, bool big)
{
    unsigned char b[4];
    for (int i = 0; i < count; i++)
        b[i] = (unsigned char)(value >> 8 * (big ? count - 1 - i : i));
    put(f, b, (size_t)count);
}

/* EXIF data with an orientation alone, in either order of bytes. */
static void put_exif(file *f, int orientation, bool big)
{
    put(f, big ? "MM" : "II", 2);
    put_number(f, 42, 2, big);
    put_number(f, 8, 4, big);
    put_number(f, 1, 2, big);
    put_number(f, 0x112, 2, big);
    put_number(f, 3, 2, big);
    put_number(f, 1, 4, big);
    put_number(f, (uint32_t)orientation, 2, big);
    put_number(f, 0, 2, big);
    put_number(f, 0, 4, big);
}

static void put_chunk(file *f, const char *name, const void *data, size_t len)
{
    put_number(f, (uint32_t)len, 4, true);
    size_t from = f->len;
    put(f, name, 4);
    put(f, data, len);
    put_number(f, (uint32_t)crc32(0, f->data + from, (uInt)(len + 4)), 4, true);
}

/* A PNG of w x h pixels in rows that begin with their filter, and a chunk more. */
static void put_png(file *f, uint32_t w, uint32_t h, int depth, int type, const void *rows, size_t len,
                    const char *name, const void *more, size_t more_len)
{
    file head = {.len = 0};
    unsigned char packed[256];
    uLongf packed_len = sizeof packed;
    put_number(&head, w, 4, true);
    put_number(&head, h, 4, true);
    put(&head, (unsigned char[]){(unsigned char)depth, (unsigned char)type, 0, 0, 0}, 5);
    assert_int_equal(compress(packed, &packed_len, rows, len), Z_OK);
    put(f, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(f, "IHDR", head.data, head.len);
    put_chunk(f, name, more, more_len);
    put_chunk(f, "IDAT", packed, packed_len);
    put_chunk(f, "IEND", "", 0);
}

/* A JPEG, one colour for each of the quarters, 16 pixels a side: black, red; green, white. */
static void put_jpeg(file *f, int components, J_COLOR_SPACE space, int orientation, bool big)
{
    static const unsigned char quarter[4][3] = {{0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {255, 255, 255}};
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL, row[32 * 4], *rows = row;
    unsigned long len = 0;
    file exif = {.len = 0};
    put(&exif, "Exif\0", 6);
    put_exif(&exif, orientation, big);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &len);
    jpeg.image_width = jpeg.image_height = 32;
    jpeg.input_components = components;
    jpeg.in_color_space = space;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    if (orientation > 0)
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif.data, (unsigned)exif.len);
    for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++)
            for (int c = 0; c < components; c++) /* of four inks, as Adobe stores them, the last is no black */
                row[components * x + c] = c < 3 ? quarter[y / 16 * 2 + x / 16][c] : 255;
        jpeg_write_scanlines(&jpeg, &rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    put(f, data, len);
    free(data);
}

/* ---- formats ----------------------------------------------------------------------------------------------------- */

/* The same two pixels, a dark and a light one, in all kinds; the former red where there are colours. */
static void test_pnm_is_read(void **state)
{
    (void)state;
#define TEXT(literal) literal, sizeof literal - 1
    static const struct {
        const char *data;
        size_t len;
        bool coloured;
    } files[] = {
        {TEXT("P1 # bits\n2 1\n10"), false},
        {TEXT("P2 2 1\n#grey\n10 0 10"), false},
        {TEXT("P3 2 1 7 7 0 0 7 7 7"), true},
        {TEXT("P4 2 1\n\x80"), false},
        {TEXT("P5\n2 1\n255\n\0\xff"), false},
        {TEXT("P5 2 1 1000\n\0\0\x03\xe8"), false},
        {TEXT("P6 2 1\t255\n\xff\0\0\xff\xff\xff"), true},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        pixmap p = decode(files[i].data, files[i].len);
        assert_int_equal(p.w, 2);
        assert_int_equal(p.h, 1);
        assert_pixel(p, 0, 0, files[i].coloured ? 255 : 0, 0, 0, 255);
        assert_pixel(p, 1, 0, 255, 255, 255, 255);
        nn_free(p.rgba);
        if (files[i].data[1] >= '4') /* text may end within a number */
            assert_refused(files[i].data, files[i].len - 1, NN_FORMAT, "cut short");
    }
    static const char *const short_texts[] = {"P1 2 2 101", "P2 2 2 9 1 2 3", "P3 2 1 9 1 2 3 4 5 ",
                                              "P2 4 1 9 1 # 2 3 4"};
    static const char *const junk[] = {"P1 2 2 1012",   "P1 2 2 10x1",          "P2 2 2 9 1 2 x 4",
                                       "P2 2 1 9 1 -2", "P3 2 1 9 1 2 3 4 5 .", "P2 x 2 9 1 2"};
    for (size_t i = 0; i < sizeof short_texts / sizeof *short_texts; i++)
        assert_refused(short_texts[i], strlen(short_texts[i]), NN_FORMAT, "cut short");
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        assert_refused(junk[i], strlen(junk[i]), NN_FORMAT, "the picture is broken");
    static const char huge[] = "P4 8000 8000\n\0"; /* 15 bytes that would take 256 MB */
    assert_refused(huge, sizeof huge, NN_FORMAT, "cut short");
    static const char lying[] = "P422#888888888\0\n22\"";
    pixmap out;
    assert_false(picture_file_decode(&out, (const unsigned char *)lying, sizeof lying - 1, &err));
}

/* 2 x 1 pixels: red, then what the second colour of the table is, which may be transparent. */
static void test_gif_is_read(void **state)
{
    (void)state;
    static const unsigned char gif[] = {'G', 'I', 'F', '8', '9',  'a',  2, 0, 1, 0,    0x80, 0, 0,    255, 0,
                                        0,   0,   0,   255, 0x21, 0xf9, 4, 1, 0, 0,    1,    0, 0x2c, 0,   0,
                                        0,   0,   2,   0,   1,    0,    0, 2, 2, 0x44, 0x0a, 0, 0x3b};
    pixmap p = decode(gif, sizeof gif);
    assert_int_equal(p.w, 2);
    assert_int_equal(p.h, 1);
    assert_pixel(p, 0, 0, 255, 0, 0, 255);
    assert_pixel(p, 1, 0, 0, 0, 0, 0);
    nn_free(p.rgba);
}

/* One strip of 2 x 1 grey pixels, to be turned by 90 degrees. */
static void put_tiff(file *f, bool big, uint32_t width, uint32_t compression)
{
    const uint32_t tags[][2] = {{256, width}, {257, 1}, {258, 8}, {259, compression}, {262, 1},
                                {273, 8},     {274, 6}, {277, 1}, {278, 1},           {279, 2}};
    enum { TAGS = sizeof tags / sizeof tags[0] };
    put(f, big ? "MM" : "II", 2);
    put_number(f, 42, 2, big);
    put_number(f, 12, 4, big);
    put(f, (unsigned char[]){10, 240, 0, 0}, 4);
    put_number(f, TAGS, 2, big);
    for (int i = 0; i < TAGS; i++) {
        put_number(f, tags[i][0], 2, big);
        bool is_short = tags[i][1] < 1u << 16;
        put_number(f, is_short ? 3 : 4, 2, big);
        put_number(f, 1, 4, big);
        put_number(f, tags[i][1], is_short ? 2 : 4, big);
        put_number(f, 0, is_short ? 2 : 0, big);
    }
    put_number(f, 0, 4, big);
}

static void test_tiff_is_read(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        file f = {.len = 0}, huge = {.len = 0}, old = {.len = 0};
        put_tiff(&f, big, 2, 1);
        pixmap p = decode(f.data, f.len);
        assert_int_equal(p.w, 1);
        assert_int_equal(p.h, 2);
        assert_pixel(p, 0, 0, 10, 10, 10, 255);
        assert_pixel(p, 0, 1, 240, 240, 240, 255);
        nn_free(p.rgba);
        put_tiff(&huge, big, 1u << 28, 1);
        assert_refused(huge.data, huge.len, NN_LIMIT, "at most 64 megapixels");
        put_tiff(&old, big, 2, 6);
        assert_refused(old.data, old.len, NN_FORMAT, "rare kind");
    }
}

/* 3 x 2 pixels without loss. */
static const unsigned char webp[] = {82, 73,  70,  70,  58,  0,  0,   0,   87,  69,  66,  80,  86,  80,  56, 76,  45,
                                     0,  0,   0,   47,  2,   64, 0,   0,   47,  32,  36,  32,  136, 254, 15, 118, 67,
                                     72, 144, 144, 253, 255, 87, 33,  1,   65,  243, 255, 176, 249, 15,  16, 155, 28,
                                     91, 5,   10,  210, 54,  96, 113, 247, 148, 44,  162, 255, 113, 117, 0};

static void test_webp_is_read(void **state)
{
    (void)state;
    pixmap p = decode(webp, sizeof webp);
    assert_int_equal(p.w, 3);
    assert_int_equal(p.h, 2);
    assert_pixel(p, 0, 0, 255, 0, 0, 255);
    assert_pixel(p, 2, 1, 9, 8, 7, 255);
    nn_free(p.rgba);
}

#ifdef DIGITSCOPE_HEIF
static struct heif_error keep_heif(struct heif_context *context, const void *data, size_t len, void *f)
{
    (void)context;
    put(f, data, len);
    return (struct heif_error){.code = heif_error_Ok, .message = ""};
}

#ifdef __SANITIZE_ADDRESS__
/* The encoder by which this test makes its picture keeps some of its memory for good. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265";
}
#endif

/* A picture of these sides, its left half red and its right one white; false where libheif has no encoder. */
static bool put_heif(file *f, int w, int h)
{
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder = NULL;
    struct heif_image *image = NULL;
    struct heif_writer writer = {.writer_api_version = 1, .write = keep_heif};
    int stride;
    bool ok = heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code == heif_error_Ok;
    if (ok) {
        heif_image_create(w, h, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image);
        heif_image_add_plane(image, heif_channel_interleaved, w, h, 8);
        unsigned char *rows = heif_image_get_plane(image, heif_channel_interleaved, &stride);
        for (int y = 0; y < h; y++)
            for (int x = 0; x < 3 * w; x++)
                rows[y * stride + x] = x >= 3 * w / 2 || x % 3 == 0 ? 255 : 0;
        heif_encoder_set_lossy_quality(encoder, 95);
        ok = heif_context_encode_image(context, image, encoder, NULL, NULL).code == heif_error_Ok &&
             heif_context_write(context, &writer, f).code == heif_error_Ok;
        heif_image_release(image);
        heif_encoder_release(encoder);
    }
    heif_context_free(context);
    return ok;
}

static void test_heic_is_read(void **state)
{
    (void)state;
    file f = {.len = 0};
    if (!put_heif(&f, 64, 64))
        skip();
    pixmap p = decode(f.data, f.len);
    assert_int_equal(p.w, 64);
    assert_int_equal(p.h, 64);
    assert_pixel(p, 8, 32, 255, 0, 0, 255);
    assert_pixel(p, 56, 32, 255, 255, 255, 255);
    nn_free(p.rgba);
    assert_refused(f.data, f.len / 2, NN_FORMAT, "broken");
}

/* Says another size in the header: "ispe", version and flags, width, height. */
static void set_heif_size(file *f, uint32_t w, uint32_t h)
{
    for (size_t at = 0; at + 16 < f->len; at++)
        for (int i = 0; memcmp(f->data + at, "ispe", 4) == 0 && i < 8; i++)
            f->data[at + 8 + (size_t)i] = (unsigned char)((i < 4 ? w : h) >> (24 - i % 4 * 8));
}

/* Sides above 8192 are no more pixels than others; too many are a limit, not a fault of the file. */
static void test_sizes_of_heic(void **state)
{
    (void)state;
    file f = {.len = 0};
    if (!put_heif(&f, 9000, 64))
        skip();
    pixmap p = decode(f.data, f.len);
    assert_int_equal(p.w, 9000);
    assert_int_equal(p.h, 64);
    assert_pixel(p, 8000, 32, 255, 255, 255, 255);
    nn_free(p.rgba);
    set_heif_size(&f, 9000, 9000);
    assert_refused(f.data, f.len, NN_LIMIT, "9000 x 9000 pixels, at most 64 megapixels");
    set_heif_size(&f, 20000, 64);
    assert_refused(f.data, f.len, NN_LIMIT, "20000 x 64 pixels, at most 16384 a side");
}
#endif

/* ---- kinds of PNG ------------------------------------------------------------------------------------------------ */

static void append_bytes(png_structp png, png_bytep data, size_t len)
{
    put(png_get_io_ptr(png), data, len);
}

static bool is_dark(int x, int y)
{
    return (x / 3 + y / 2) % 3 == 0;
}

/* One sample of a pixel: dark pixels have none of anything but alpha, the others all of everything but that. */
static void put_sample(unsigned char *row, int at, int depth, bool full)
{
    if (depth == 16)
        row[2 * at] = row[2 * at + 1] = full ? 255 : 0;
    else
        row[at] = (unsigned char)(full ? (1 << depth) - 1 : 0);
}

/* A picture of w x h, dark pixels opaque and black, the others white, or transparent where the kind has alpha. */
static void put_png_kind(file *f, int w, int h, int depth, int type, bool interlaced)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    int samples = 1 + (type & PNG_COLOR_MASK_COLOR && type != PNG_COLOR_TYPE_PALETTE ? 2 : 0) +
                  (type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
    bool alpha = type & PNG_COLOR_MASK_ALPHA;
    unsigned char *row = calloc((size_t)w, 8);
    assert_non_null(row);
    png_set_write_fn(png, f, append_bytes, NULL);
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, depth, type,
                 interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (type == PNG_COLOR_TYPE_PALETTE) {
        png_color black_to_white[256] = {{0, 0, 0}};
        black_to_white[(1 << depth) - 1] = (png_color){255, 255, 255};
        png_set_PLTE(png, info, black_to_white, 1 << depth);
    }
    png_write_info(png, info);
    png_set_packing(png);
    for (int passes = png_set_interlace_handling(png); passes > 0; passes--)
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++)
                for (int k = 0; k < samples; k++)
                    put_sample(row, samples * x + k, depth, (alpha && k == samples - 1) == is_dark(x, y));
            png_write_row(png, row);
        }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
}

static const struct {
    int depth, type;
} png_kinds[] = {{1, PNG_COLOR_TYPE_GRAY},    {2, PNG_COLOR_TYPE_GRAY},       {4, PNG_COLOR_TYPE_GRAY},
                 {8, PNG_COLOR_TYPE_GRAY},    {16, PNG_COLOR_TYPE_GRAY},      {1, PNG_COLOR_TYPE_PALETTE},
                 {4, PNG_COLOR_TYPE_PALETTE}, {8, PNG_COLOR_TYPE_PALETTE},    {8, PNG_COLOR_TYPE_RGB},
                 {16, PNG_COLOR_TYPE_RGB},    {8, PNG_COLOR_TYPE_GRAY_ALPHA}, {16, PNG_COLOR_TYPE_GRAY_ALPHA},
                 {8, PNG_COLOR_TYPE_RGBA},    {16, PNG_COLOR_TYPE_RGBA}};
enum { PNG_KINDS = sizeof png_kinds / sizeof png_kinds[0] };

static void test_png_of_all_kinds_is_read(void **state)
{
    (void)state;
    for (int kind = 0; kind < PNG_KINDS; kind++)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            file f = {.len = 0};
            put_png_kind(&f, W, H, png_kinds[kind].depth, png_kinds[kind].type, interlaced);
            pixmap p = decode(f.data, f.len);
            assert_int_equal(p.w, W);
            assert_int_equal(p.h, H);
            int light = png_kinds[kind].type & PNG_COLOR_MASK_ALPHA ? 0 : 255;
            for (int y = 0; y < H; y++)
                for (int x = 0; x < W; x++)
                    is_dark(x, y) ? assert_pixel(p, x, y, 0, 0, 0, 255)
                                  : assert_pixel(p, x, y, light, light, light, light);
            nn_free(p.rgba);
        }
}

/* The chunks of a PNG, with its pixels' bytes in chunks of so many. */
static void split_pixels(file *to, const file *from, size_t most)
{
    put(to, from->data, 8);
    for (size_t at = 8; at < from->len;) {
        const unsigned char *chunk = from->data + at;
        size_t len = (size_t)chunk[2] << 8 | chunk[3];
        at += 12 + len;
        if (memcmp(chunk + 4, "IDAT", 4) != 0)
            put(to, chunk, 12 + len);
        for (size_t done = 0; memcmp(chunk + 4, "IDAT", 4) == 0 && done < len; done += most)
            put_chunk(to, "IDAT", chunk + 8 + done, len - done < most ? len - done : most);
    }
}

static void test_chunks_of_pixels_may_have_any_size(void **state)
{
    (void)state;
    for (int kind = 0; kind < PNG_KINDS; kind++)
        for (size_t most = 1; most < 9; most++) {
            file f = {.len = 0}, split = {.len = 0};
            put_png_kind(&f, W, H, png_kinds[kind].depth, png_kinds[kind].type, most % 2);
            split_pixels(&split, &f, most);
            assert_true(split.len > f.len);
            pixmap p = decode(split.data, split.len), whole = decode(f.data, f.len);
            assert_memory_equal(p.rgba, whole.rgba, 4 * W * H);
            nn_free(p.rgba);
            nn_free(whole.rgba);
        }
}

static void test_wrong_pixels_of_a_png_are_refused(void **state)
{
    (void)state;
    file good = {.len = 0}, f = {.len = 0};
    put_png(&good, 2, 1, 8, 0, "\0\x0a\xf0", 3, "tRNS", "\0\xf0", 2);
    size_t at = 8 + 25 + 14; /* of the chunk of pixels: behind signature, header and tRNS */
    assert_memory_equal(good.data + at + 4, "IDAT", 4);
    f = good;
    f.data[at + 12] ^= 1;
    assert_refused(f.data, f.len, NN_FORMAT, "broken");
    static const struct {
        const char *bytes;
        size_t len;
    } wrong[] = {
        {"", 0}, {"\x78", 1}, {"\x78\x9c", 2}, {"not zlib's", 10}, {"\x78\xbb\0\0\0\1", 6}, {"\x78\x9c\7\0\0", 5}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        f = good;
        f.len = at;
        put_chunk(&f, "IDAT", wrong[i].bytes, wrong[i].len);
        put_chunk(&f, "IEND", "", 0);
        assert_refused(f.data, f.len, NN_FORMAT, "broken");
    }
    f = good;
    f.len -= 12;                                           /* IEND */
    put(&f, good.data + at - 14, good.len - 12 - at + 14); /* tRNS and the pixels once more */
    put_chunk(&f, "IEND", "", 0);
    assert_refused(f.data, f.len, NN_FORMAT, "broken");
    f = good;
    f.len -= 12;
    assert_refused(f.data, f.len, NN_FORMAT, "cut short");
}

/* Each pixel of what remains is the mean of those that it covers; none of the file's are left out. */
static void test_large_png_is_shrunk(void **state)
{
    (void)state;
    enum { LARGE = 2100, LOW = 1500, HALF = 2 };
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        static file f;
        f.len = 0;
        put_png_kind(&f, LARGE, LOW, 1, PNG_COLOR_TYPE_GRAY, interlaced);
        pixmap p = decode(f.data, f.len);
        assert_int_equal(p.w, LARGE / HALF);
        assert_int_equal(p.h, LOW / HALF);
        for (int y = 0; y < p.h; y += 7)
            for (int x = 0; x < p.w; x++) {
                int dark = 0;
                for (int k = 0; k < HALF * HALF; k++)
                    dark += is_dark(HALF * x + k % HALF, HALF * y + k / HALF);
                int level = 255 - 255 * dark / (HALF * HALF);
                assert_pixel(p, x, y, level, level, level, 255);
            }
        nn_free(p.rgba);
        assert_refused(f.data, f.len / 2, NN_FORMAT, "broken");
    }
}

/* What is long and low keeps what it has: a row of digits would be lost. */
static void test_a_strip_is_not_shrunk(void **state)
{
    (void)state;
    static file f;
    put_png_kind(&f, 5000, 60, 1, PNG_COLOR_TYPE_GRAY, false);
    pixmap p = decode(f.data, f.len);
    assert_int_equal(p.w, 5000);
    assert_int_equal(p.h, 60);
    nn_free(p.rgba);
}

static void test_four_inks_are_mixed(void **state)
{
    (void)state;
    file f = {.len = 0};
    put_jpeg(&f, 4, JCS_CMYK, 0, false);
    pixmap p = decode(f.data, f.len);
    assert_pixel(p, 4, 4, 0, 0, 0, 255);
    assert_pixel(p, 28, 4, 255, 0, 0, 255);
    assert_pixel(p, 28, 28, 255, 255, 255, 255);
    nn_free(p.rgba);
}

/* Which quarter of the stored picture comes to lie at the top left, top right, bottom left and bottom right. */
static void test_exif_turns_pictures(void **state)
{
    (void)state;
    static const char *const turned[] = {"krgw", "rkwg", "wgrk", "gwkr", "kgrw", "gkwr", "wrgk", "rwkg"};
    for (int o = 1; o <= 8; o++)
        for (int big = 0; big < 2; big++) {
            file jpeg = {.len = 0};
            put_jpeg(&jpeg, 3, JCS_RGB, o, big);
            pixmap p = decode(jpeg.data, jpeg.len);
            for (int k = 0; k < 4; k++) {
                char c = turned[o - 1][k];
                int red = c == 'r' || c == 'w' ? 255 : 0, green = c == 'g' || c == 'w' ? 255 : 0;
                assert_pixel(p, k % 2 ? 28 : 4, k / 2 ? 28 : 4, red, green, c == 'w' ? 255 : 0, 255);
            }
            nn_free(p.rgba);
        }
}

static void test_exif_turns_png(void **state)
{
    (void)state;
    file exif = {.len = 0}, f = {.len = 0};
    put_exif(&exif, 6, true);
    put_png(&f, 2, 1, 8, 0, "\0\x0a\xf0", 3, "eXIf", exif.data, exif.len);
    pixmap p = decode(f.data, f.len);
    assert_int_equal(p.w, 1);
    assert_int_equal(p.h, 2);
    assert_pixel(p, 0, 1, 240, 240, 240, 255);
    nn_free(p.rgba);
}

/* Grey, of which one level is transparent; and colours that are half so. */
static void test_transparency_is_kept(void **state)
{
    (void)state;
    file grey = {.len = 0}, colours = {.len = 0};
    put_png(&grey, 2, 1, 8, 0, "\0\x0a\xf0", 3, "tRNS", "\0\xf0", 2);
    pixmap p = decode(grey.data, grey.len);
    assert_pixel(p, 0, 0, 10, 10, 10, 255);
    assert_pixel(p, 1, 0, 0, 0, 0, 0);
    nn_free(p.rgba);
    put_png(&colours, 1, 1, 8, 6, "\0\xff\x80\0\x80", 5, "tEXt", "a\0b", 3);
    p = decode(colours.data, colours.len);
    assert_pixel(p, 0, 0, 128, 64, 0, 128);
    nn_free(p.rgba);
}

/* Decoders' warnings come to nobody's terminal: of a colour profile that is none, of a file that is cut. */
static void test_nothing_is_printed(void **state)
{
    (void)state;
    file png = {.len = 0}, tiff = {.len = 0};
    put_png(&png, 2, 1, 8, 0, "\0\x0a\xf0", 3, "iCCP", "p\0\0nothing", 10);
    put_tiff(&tiff, false, 2, 1);
    FILE *said = fopen(temp_path("said"), "w+");
    assert_non_null(said);
    int terminal = dup(STDERR_FILENO);
    dup2(fileno(said), STDERR_FILENO);
    nn_free(decode(png.data, png.len).rgba);
    assert_refused(tiff.data, 60, NN_FORMAT, "broken");
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    fseek(said, 0, SEEK_END);
    assert_int_equal(ftell(said), 0);
    fclose(said);
}

/* ---- what is refused --------------------------------------------------------------------------------------------- */

static void test_huge_pictures_are_refused_before_decoding(void **state)
{
    (void)state;
    static const unsigned char bmp[26] = {'B', 'M', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                          0,   40,  0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0};
    static const unsigned char gif[] = {'G', 'I', 'F', '8', '9',  'a',  1,    0,    1, 0, 0, 0, 0, 0x2c,
                                        0,   0,   0,   0,   0xff, 0xff, 0xff, 0xff, 0, 2, 1, 0, 0, 0x3b};
    static const char pnm[] = "P6 # a comment\n 70000\n70000 255\n";
    static const char many[] = "at most 64 megapixels";
    file png = {.len = 0};
    unsigned char canvas[40] = "RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff";
    put_png(&png, 1 << 16, 1 << 16, 8, 0, "", 0, "tEXt", "a\0b", 3);
    assert_refused(png.data, png.len, NN_LIMIT, many);
    assert_refused(bmp, sizeof bmp, NN_LIMIT, many);
    assert_refused(gif, sizeof gif, NN_LIMIT, many);
    assert_refused(pnm, sizeof pnm - 1, NN_LIMIT, many);
    assert_refused(canvas, sizeof canvas, NN_LIMIT, many);
}

/* Where the size of a JPEG stands depends on what comes before; only the decoder can tell. */
static void test_a_jpeg_cannot_hide_its_size(void **state)
{
    (void)state;
    static const unsigned char before[][12] = {
        {0xff, 0xd8},                                           /* nothing */
        {0xff, 0xd8, 0xff, 0x01},                               /* a marker without a length */
        {0xff, 0xd8, 0xff, 0xff, 0xff},                         /* filling */
        {0xff, 0xd8, 0xff, 0xfe, 0, 8, 0xff, 0xc0, 0, 1, 0, 1}, /* a frame in a comment */
    };
    static const unsigned char frame[] = {0xff, 0xc0, 0,    11, 8, 0xea, 0x60, 0xea, 0x60, 1,    1, 0x11,
                                          0,    0xff, 0xda, 0,  8, 1,    1,    0,    0,    0x3f, 0};
    static const size_t lengths[] = {2, 4, 5, 12};
    for (int i = 0; i < 4; i++) {
        file f = {.len = 0};
        put(&f, before[i], lengths[i]);
        put(&f, frame, sizeof frame);
        assert_refused(f.data, f.len, NN_LIMIT, "60000 x 60000 pixels");
    }
}

static void test_what_is_no_picture_is_refused(void **state)
{
    (void)state;
    assert_refused("", 0, NN_FORMAT, "an empty file");
    assert_refused("words", 5, NN_FORMAT, "PNG, JPEG");
    assert_refused("GIF89a and more than thirty bytes of it", 39, NN_FORMAT, "broken");
    assert_refused("P5 2 2 255\n", 11, NN_FORMAT, "broken"); /* cut short */
    assert_refused("%PDF-1.7 and so on", 18, NN_FORMAT, "a PDF file: what can be opened is PNG, JPEG,");
    static const unsigned char heic[] = "\0\0\0\x18"
                                        "ftypheic\0\0\0\0mif1heic";
    pixmap out;
    assert_false(picture_file_decode(&out, heic, sizeof heic - 1, &err));
    assert_true(strstr(err.text, "broken") || strstr(err.text, "a HEIC picture: this build was made without libheif"));
}

/* Every prefix of a good file is read or refused, with nothing left behind. */
static void read_prefixes(const unsigned char *data, size_t len)
{
    size_t live = nn_alloc_live();
    pixmap out;
    for (size_t cut = 0; cut < len; cut++) {
        unsigned char *copy = malloc(cut + 1); /* so that reading on behind it is seen */
        assert_non_null(copy);
        memcpy(copy, data, cut);
        if (picture_file_decode(&out, copy, cut, &err))
            nn_free(out.rgba);
        else
            assert_null(out.rgba);
        free(copy);
    }
    assert_int_equal(nn_alloc_live(), live);
}

static void test_cut_pictures_are_survived(void **state)
{
    (void)state;
    file png = {.len = 0}, jpeg = {.len = 0}, tiff = {.len = 0};
    put_png(&png, 2, 1, 8, 0, "\0\x0a\xf0", 3, "tRNS", "\0\xf0", 2);
    put_jpeg(&jpeg, 3, JCS_RGB, 6, true);
    put_tiff(&tiff, false, 2, 1);
    read_prefixes(png.data, png.len);
    read_prefixes(jpeg.data, jpeg.len);
    read_prefixes(tiff.data, tiff.len);
    read_prefixes(webp, sizeof webp);
    assert_refused(jpeg.data, jpeg.len / 2, NN_FORMAT, "broken");
}

static bool decode_turned(void *ctx, nn_error *error)
{
    const file *f = ctx;
    pixmap out;
    bool ok = picture_file_decode(&out, f->data, f->len, error);
    nn_free(out.rgba);
    return ok;
}

static void test_out_of_memory_is_said(void **state)
{
    (void)state;
    file f = {.len = 0}, png = {.len = 0};
    put_jpeg(&f, 3, JCS_RGB, 6, true);
    put_png_kind(&png, W, H, 8, PNG_COLOR_TYPE_RGBA, true);
    assert_true(faults_try_all("decoding a picture", &(fault_case){.run = decode_turned, .ctx = &f}) >= 6);
    assert_true(faults_try_all("decoding a PNG", &(fault_case){.run = decode_turned, .ctx = &png}) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_saved_can_be_read),
        cmocka_unit_test(test_pnm_is_read),
        cmocka_unit_test(test_gif_is_read),
        cmocka_unit_test(test_tiff_is_read),
        cmocka_unit_test(test_webp_is_read),
#ifdef DIGITSCOPE_HEIF
        cmocka_unit_test(test_heic_is_read),
        cmocka_unit_test(test_sizes_of_heic),
#endif
        cmocka_unit_test(test_png_of_all_kinds_is_read),
        cmocka_unit_test(test_chunks_of_pixels_may_have_any_size),
        cmocka_unit_test(test_wrong_pixels_of_a_png_are_refused),
        cmocka_unit_test(test_large_png_is_shrunk),
        cmocka_unit_test(test_a_strip_is_not_shrunk),
        cmocka_unit_test(test_four_inks_are_mixed),
        cmocka_unit_test(test_exif_turns_pictures),
        cmocka_unit_test(test_exif_turns_png),
        cmocka_unit_test(test_transparency_is_kept),
        cmocka_unit_test(test_nothing_is_printed),
        cmocka_unit_test(test_huge_pictures_are_refused_before_decoding),
        cmocka_unit_test(test_a_jpeg_cannot_hide_its_size),
        cmocka_unit_test(test_what_is_no_picture_is_refused),
        cmocka_unit_test(test_cut_pictures_are_survived),
        cmocka_unit_test(test_out_of_memory_is_said),
    };
    return cmocka_run_group_tests_name("picture_file", tests, temp_set_up, temp_tear_down);
}
