/* picture_jpeg.c - JPEG through libjpeg: large ones at a fraction of their size, which the decoder makes on the way. */
#include "nn/alloc.h"
#include "picture_decode.h"
#ifdef DIGITSCOPE_IMAGE
#include <setjmp.h>
#include <stdio.h> /* before jpeglib.h, which needs it */

#include <jerror.h>
#include <jpeglib.h>

enum {
    MOST_MEMORY = 512 << 20, /* bytes, of the decoder: progressive pictures are held as a whole */
    MOST_SCANNED = 1 << 30   /* pixels times scans: more is a file that is made to take long */
};

typedef struct decoder {
    struct jpeg_decompress_struct jpeg; /* first: libjpeg gives this back */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    char text[JMSG_LENGTH_MAX];
} decoder;

/* libjpeg leaves by a jump: nothing between it and decode_in owns anything. */
static void fail(j_common_ptr jpeg)
{
    decoder *self = (decoder *)jpeg;
    jpeg->err->format_message(jpeg, self->text);
    longjmp(self->failed, 1);
}

/* A picture that ends too early is broken; of other warnings one can read a digit. */
static void warn(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
        fail(jpeg);
}

static void watch(j_common_ptr jpeg)
{
    const decoder *self = (const decoder *)jpeg;
    uint64_t pixels = (uint64_t)self->jpeg.image_width * self->jpeg.image_height;
    if ((uint64_t)self->jpeg.input_scan_number * pixels > MOST_SCANNED && self->jpeg.input_scan_number > 16) {
        jpeg->err->msg_code = JERR_BAD_PROGRESSION;
        fail(jpeg);
    }
}

static int read_orientation(j_decompress_ptr jpeg)
{
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next)
        if (bytes_have((bytes){m->data, m->data_length}, 0, "Exif"))
            return picture_exif_orientation((bytes){m->data + 6, m->data_length > 6 ? m->data_length - 6 : 0});
    return 1;
}

static void choose_size(j_decompress_ptr jpeg)
{
    unsigned divisor = (unsigned)picture_divisor(jpeg->image_width, jpeg->image_height);
    jpeg->scale_num = 1;
    for (jpeg->scale_denom = 1; jpeg->scale_denom < 8 && 2 * jpeg->scale_denom <= divisor;)
        jpeg->scale_denom *= 2;
}

/* Four colours become three: what the inks leave of white. Adobe's programs store them upside down. */
static void mix_inks(unsigned char *row, JDIMENSION w, bool inverted)
{
    for (JDIMENSION x = 0; x < w; x++) {
        unsigned char *p = row + 4 * (size_t)x;
        unsigned black = inverted ? p[3] : 255u - p[3];
        for (int c = 0; c < 3; c++)
            p[c] = (unsigned char)((inverted ? p[c] : 255u - p[c]) * black / 255u);
        p[3] = 255;
    }
}

static bool decode_in(decoder *self, decoded *out, bytes b, nn_error *err)
{
    j_decompress_ptr jpeg = &self->jpeg;
    if (setjmp(self->failed))
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken: %.150s", self->text);
    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = MOST_MEMORY;
    jpeg->progress = &self->progress;
    jpeg_mem_src(jpeg, b.data, (unsigned long)b.len);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    out->orientation = read_orientation(jpeg);
    if (!picture_size_is_fit(jpeg->image_width, jpeg->image_height, err))
        return false;
    bool inks = jpeg->num_components == 4;
    jpeg->out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA;
    choose_size(jpeg);
    jpeg_start_decompress(jpeg);
    if (!picture_decoded_room(out, jpeg->output_width, jpeg->output_height, err))
        return false;
    while (jpeg->output_scanline < jpeg->output_height) {
        unsigned char *row = out->rgba + 4 * (size_t)jpeg->output_scanline * jpeg->output_width;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (inks)
            mix_inks(row, jpeg->output_width, jpeg->saw_Adobe_marker);
    }
    jpeg_finish_decompress(jpeg);
    return true;
}

bool picture_decode_jpeg(decoded *out, bytes b, nn_error *err)
{
    decoder *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->jpeg.err = jpeg_std_error(&self->errors);
    self->errors.error_exit = fail;
    self->errors.emit_message = warn;
    self->progress.progress_monitor = watch;
    bool ok = decode_in(self, out, b, err);
    jpeg_destroy_decompress(&self->jpeg);
    nn_free(self);
    return ok;
}

#endif
