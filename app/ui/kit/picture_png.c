/* picture_png.c - PNG through libpng, row by row: large ones are shrunk on the way. */
#include "nn/alloc.h"
#include "picture_decode.h"
#ifdef DIGITSCOPE_IMAGE
#include "app/core/image/shrink.h"
#include <png.h>
#include <string.h>

typedef struct decoder {
    png_structp png;
    png_infop info;
    bytes from;
    size_t at;
    shrinker small;
    unsigned char *rows; /* one, or of an interlaced picture all */
    char text[192];
} decoder;

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

/* libpng leaves by a jump: nothing between it and decode_in owns anything. */
static PNG_FUNCTION(void, fail, (png_structp png, png_const_charp text), PNG_NORETURN)
{
    decoder *self = png_get_error_ptr(png);
    snprintf(self->text, sizeof self->text, "%s", text);
    png_longjmp(png, 1);
}

/* In spite of warnings one can read a digit. */
static void warn(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static void read_bytes(png_structp png, png_bytep to, size_t len)
{
    decoder *self = png_get_io_ptr(png);
    if (len > self->from.len - self->at)
        png_error(png, "it is cut short");
    memcpy(to, self->from.data + self->at, len);
    self->at += len;
}

/* Of what stands beside the picture only its gamma counts; chunks' checksums cover the pixels already. */
static void leave_out_needless(png_structp png)
{
    static const png_byte wanted[] = "gAMA\0sRGB";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, wanted, 2);
    png_set_benign_errors(png, 1);
#ifdef PNG_IGNORE_ADLER32
    png_set_option(png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
#endif
}

/* Every kind becomes one to four bytes a pixel. Returns how often rows are to be gone through. */
static int ask_for_bytes(const decoder *self)
{
    png_set_expand(self->png);
    png_set_scale_16(self->png);
    int passes = png_set_interlace_handling(self->png);
    png_read_update_info(self->png, self->info);
    return passes;
}

/* Rows with alpha are those of even channels. */
static void multiply_alpha(unsigned char *row, int w, int channels)
{
    for (int x = 0; x < w && channels % 2 == 0; x++, row += channels)
        for (int c = 0; c < channels - 1 && row[channels - 1] < 255; c++)
            row[c] = (unsigned char)((row[c] * row[channels - 1] + 127) / 255);
}

static void read_rows(decoder *self, int passes)
{
    const shrinker *s = &self->small;
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < s->h; y++) {
            size_t len = (size_t)s->w * (size_t)s->channels;
            unsigned char *row = self->rows + (passes > 1 ? (size_t)y * len : 0);
            png_read_row(self->png, row, NULL);
            if (pass < passes - 1)
                continue;
            multiply_alpha(row, s->w, s->channels);
            shrink_add(&self->small, row);
        }
}

static bool decode_in(decoder *self, nn_error *err)
{
    if (setjmp(png_jmpbuf(self->png)))
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken: %.150s", self->text);
    png_set_read_fn(self->png, self, read_bytes);
    leave_out_needless(self->png);
    png_set_alpha_mode(self->png, PNG_ALPHA_PNG, PNG_DEFAULT_sRGB);
    png_read_info(self->png, self->info);
    png_uint_32 w = png_get_image_width(self->png, self->info), h = png_get_image_height(self->png, self->info);
    if (!picture_size_is_fit(w, h, err))
        return false;
    int passes = ask_for_bytes(self), channels = png_get_channels(self->png, self->info),
        divisor = picture_divisor(w, h);
    if (!shrink_begin(&self->small, (int)w, (int)h, channels, (int)w / divisor, (int)h / divisor, err))
        return false;
    self->rows = nn_alloc((size_t)w * (size_t)channels, passes > 1 ? h : 1);
    if (!self->rows)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    read_rows(self, passes);
    png_read_end(self->png, NULL);
    return true;
}

bool picture_decode_png(decoded *out, bytes b, nn_error *err)
{
    decoder self = {.from = b};
    self.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, fail, warn);
    self.info = self.png ? png_create_info_struct(self.png) : NULL;
    bool ok = self.info ? decode_in(&self, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
    png_destroy_read_struct(&self.png, &self.info, NULL);
    shrink_end(&self.small);
    nn_free(self.rows);
    *out = (decoded){self.small.out.w, self.small.out.h, self.small.out.rgba, find_orientation(b), .multiplied = true};
    return ok;
}

#endif
