/* fuzz_picture_file.c - pictures as files, of all formats: what is read has its colours within alpha, what is refused has
 * a text and leaves nothing behind. */
#include "app/core/image/png.h"
#include "app/ui/kit/picture_file.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#ifdef DIGITSCOPE_IMAGE
#include <jpeglib.h>
#endif

const char *const fuzz_words[] = {"\x89PNG\r\n\x1a\n",
                                  "IHDR",
                                  "IDAT",
                                  "tRNS",
                                  "eXIf",
                                  "\xff\xd8\xff\xe1",
                                  "Exif",
                                  "\xff\xc2",
                                  "BM",
                                  "P4",
                                  "P6 9 9 9",
                                  "GIF8",
                                  "II*",
                                  "MM",
                                  "RIFF",
                                  "WEBP",
                                  "VP8X",
                                  "ftypheic",
                                  NULL};

enum { SIDE = 8 };

static void add_png(void (*add)(const void *data, size_t len))
{
    uint32_t pixels[SIDE * SIDE];
    unsigned char *data;
    size_t len;
    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        pixels[i] = 0xff000000u | i * 331;
    if (png_encode(pixels, SIDE, SIDE, &data, &len, NULL))
        add(data, len);
    nn_free(data);
}

/* Progressive, with an orientation. */
static void add_jpeg(void (*add)(const void *data, size_t len))
{
#ifdef DIGITSCOPE_IMAGE
    static const unsigned char exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL, row[3 * SIDE], *rows = row;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &len);
    jpeg.image_width = jpeg.image_height = SIDE;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif, sizeof exif - 1);
    for (int y = 0; y < SIDE; y++) {
        for (int i = 0; i < 3 * SIDE; i++)
            row[i] = (unsigned char)(i * y);
        jpeg_write_scanlines(&jpeg, &rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    add(data, len);
    free(data);
#else
    (void)add;
#endif
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char pnm[] = "P5\n2 2\n255\n\x01\x02\x03\xfe", bits[] = "P4 9 2\n\x55\x80\xaa\0";
    static const unsigned char gif[] = {'G', 'I', 'F', '8', '9',  'a',  2, 0, 1, 0,    0x80, 0, 0,    255, 0,
                                        0,   0,   0,   255, 0x21, 0xf9, 4, 1, 0, 0,    1,    0, 0x2c, 0,   0,
                                        0,   0,   2,   0,   1,    0,    0, 2, 2, 0x44, 0x0a, 0, 0x3b};
    static const unsigned char tiff[] =
        "II*\0\x0a\0\0\0\x0a\xf0\x06\0\0\x01\x03\0\x01\0\0\0\x02\0\0\0\x01\x01\x03\0\x01\0"
        "\0\0\x01\0\0\0\x02\x01\x03\0\x01\0\0\0\x08\0\0\0\x06\x01\x03\0\x01\0\0\0\x01\0\0"
        "\0\x11\x01\x03\0\x01\0\0\0\x08\0\0\0\x17\x01\x03\0\x01\0\0\0\x02\0\0\0\0\0\0\0";
    static const unsigned char webp[] = {
        82,  73,  70,  70, 58, 0,   0,  0,   87,  69, 66,  80, 86, 80,  56,  76,  45,  0,   0,   0,   47,  2,
        64,  0,   0,   47, 32, 36,  32, 136, 254, 15, 118, 67, 72, 144, 144, 253, 255, 87,  33,  1,   65,  243,
        255, 176, 249, 15, 16, 155, 28, 91,  5,   10, 210, 54, 96, 113, 247, 148, 44,  162, 255, 113, 117, 0};
    static const unsigned char bmp[] =
        "BM\x4a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0\0\0\0\0\x10\0"
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x04\x05\x06\0\0\x11\x12\x13\x14"
        "\x15\x16\0";
    add_png(add);
    add_jpeg(add);
    add(pnm, sizeof pnm - 1);
    add(bits, sizeof bits - 1);
    add(gif, sizeof gif);
    add(tiff, sizeof tiff - 1);
    add(webp, sizeof webp);
    add(bmp, sizeof bmp);
}

/* A PNG's chunks get their right checksums: what is behind them is to be reached. */
static void mend_checksums(uint8_t *data, size_t len)
{
    for (size_t at = 8; at + 12 <= len;) {
        size_t size = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 | (size_t)data[at + 2] << 8 | data[at + 3];
        if (size > len - at - 12)
            return;
        uLong sum = crc32(0, data + at + 4, (uInt)size + 4);
        at += 12 + size;
        for (int i = 1; i <= 4; i++, sum >>= 8)
            data[at - (size_t)i] = (uint8_t)sum;
    }
}

static void decode(const uint8_t *data, size_t len)
{
    nn_error err = {0};
    pixmap out;
    if (!picture_file_decode(&out, data, len, &err)) {
        FUZZ_REQUIRE(!out.rgba && err.code != NN_OK && strlen(err.text) > 5);
        return;
    }
    FUZZ_REQUIRE(out.w > 0 && out.h > 0 && out.w <= PICTURE_MAX_PIXELS / out.h);
    for (size_t i = 0; i < (size_t)out.w * (size_t)out.h; i++)
        for (int c = 0; c < 3; c++)
            FUZZ_REQUIRE(out.rgba[4 * i + (size_t)c] <= out.rgba[4 * i + 3]);
    nn_free(out.rgba);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len + 1);
    FUZZ_REQUIRE(copy != NULL);
    if (len > 0)
        memcpy(copy, data, len);
    if (len > 8 && memcmp(data, fuzz_words[0], 8) == 0)
        mend_checksums(copy, len);
    decode(copy, len);
    free(copy);
    return 0;
}
