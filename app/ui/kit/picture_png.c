/* picture_png.c - PNG through libpng, row by row: large ones are shrunk on the way. */
#include "nn/alloc.h"
#include "picture_decode.h"
#ifdef DIGITSCOPE_IMAGE
#include "app/core/image/shrink.h"
#include "picture_png_feed.h"
#include <string.h>

typedef struct decoder {
    png_structp png;
    png_infop info;
    shrinker small;
    int passes;          /* through the rows: more than one where they are interlaced */
    unsigned char *rows; /* one, or of an interlaced picture all */
    void *room;          /* of what gives libpng the file */
    bool ended;
    nn_error *err;
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
    nn_fail(self->err, NN_FORMAT, 0, "the picture is broken: %.150s", text);
    png_longjmp(png, 1);
}

/* In spite of warnings one can read a digit. */
static void warn(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
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

/* Rows with alpha are those of even channels. */
static void multiply_alpha(unsigned char *row, int w, int channels)
{
    for (int x = 0; x < w && channels % 2 == 0; x++, row += channels)
        for (int c = 0; c < channels - 1 && row[channels - 1] < 255; c++)
            row[c] = (unsigned char)((row[c] * row[channels - 1] + 127) / 255);
}

/* Room for the rows; every kind of pixels becomes one to four bytes. */
static bool begin_rows(decoder *self, nn_error *err)
{
    png_uint_32 w = png_get_image_width(self->png, self->info), h = png_get_image_height(self->png, self->info);
    if (!picture_size_is_fit(w, h, err))
        return false;
    png_set_expand(self->png);
    png_set_scale_16(self->png);
    self->passes = png_set_interlace_handling(self->png);
    png_read_update_info(self->png, self->info);
    int channels = png_get_channels(self->png, self->info), divisor = picture_divisor(w, h);
    if (!shrink_begin(&self->small, (int)w, (int)h, channels, (int)w / divisor, (int)h / divisor, err))
        return false;
    self->rows = nn_alloc((size_t)w * (size_t)channels, self->passes > 1 ? h : 1);
    return self->rows || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

/* libpng comes here once more where other chunks stand between those of the pixels. */
static void begin_pixels(png_structp png, png_infop info)
{
    decoder *self = png_get_progressive_ptr(png);
    (void)info;
    if (self->rows)
        png_error(png, "its pixels stand in two places");
    if (!begin_rows(self, self->err))
        png_longjmp(png, 1);
    png_feed_begin_pixels(png);
}

/* pixels: NULL where a pass has none of this row. */
static void take_row(png_structp png, png_bytep pixels, png_uint_32 y, int pass)
{
    decoder *self = png_get_progressive_ptr(png);
    shrinker *s = &self->small;
    unsigned char *row = self->rows + (self->passes > 1 ? y * (size_t)s->w * (size_t)s->channels : 0);
    if (pixels)
        png_progressive_combine_row(png, row, pixels);
    if (pass < self->passes - 1)
        return;
    multiply_alpha(row, s->w, s->channels);
    shrink_add(s, row);
}

static void end(png_structp png, png_infop info)
{
    decoder *self = png_get_progressive_ptr(png);
    (void)info;
    self->ended = true;
}

static bool decode_in(decoder *self, bytes b, nn_error *err)
{
    if (setjmp(png_jmpbuf(self->png)))
        return false;
    leave_out_needless(self->png);
    png_set_alpha_mode(self->png, PNG_ALPHA_PNG, PNG_DEFAULT_sRGB);
    png_set_progressive_read_fn(self->png, self, begin_pixels, take_row, end);
    png_feed_file(self->png, self->info, b, &self->room);
    bool whole = self->ended && self->small.done == self->small.out.h;
    return whole || nn_fail(err, NN_FORMAT, 0, "the picture is broken: %.150s", "it is cut short");
}

bool picture_decode_png(decoded *out, bytes b, nn_error *err)
{
    decoder self = {.err = err};
    self.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, fail, warn);
    self.info = self.png ? png_create_info_struct(self.png) : NULL;
    bool ok = self.info ? decode_in(&self, b, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
    png_destroy_read_struct(&self.png, &self.info, NULL);
    shrink_end(&self.small);
    nn_free(self.rows);
    nn_free(self.room);
    *out = (decoded){self.small.out.w, self.small.out.h, self.small.out.rgba, find_orientation(b), .multiplied = true};
    return ok;
}

#endif
