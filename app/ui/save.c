/* save.c - the drawing as a file: the ending of its name says which kind. */
#include "save.h"
#include "app/core/drawing/strokes.h"
#include "app/core/drawing/svg.h"
#include "app/core/platform.h"
#include "app/ui/kit/picture_file.h"
#include "nn/file.h"
#include <ctype.h>
#include <stdio.h>

enum { SAVE_SIDE = 1200 /* pixels of a saved drawing */ };

/* ---- names ------------------------------------------------------------------------------------------------------- */

void save_free_name(char *path, size_t size, const char *folder, const char *base, const char *ending)
{
    for (int i = 1; i < 10000; i++) {
        char number[16] = "";
        if (i > 1)
            snprintf(number, sizeof number, "-%d", i);
        snprintf(path, size, "%s/%s%s%s", folder, base, number, ending);
        if (!platform_exists(path))
            return;
    }
}

void app_propose_path(const app *self, char *path, size_t size)
{
    char label[NN_NAME] = "", base[NN_NAME + 8];
    size_t n = 0;
    for (const char *p = app_read(self)->answer.text; *p; p++)
        if (isalnum((unsigned char)*p))
            label[n++] = *p;
    snprintf(base, sizeof base, "digit%s%s", *label ? "-" : "", label);
    save_free_name(path, size, self->files.pictures, base, app_shows_picture(self) ? "-28x28.png" : ".png");
}

void app_propose_digits(const app *self, char *path, size_t size)
{
    save_free_name(path, size, self->files.pictures, "my-digits", ".jsonl");
}

/* ---- kinds ------------------------------------------------------------------------------------------------------- */

/* Dark ink on white, whatever the theme. */
static bool save_picture(const app *self, const char *path, nn_error *err)
{
    paper sheet;
    paper_init(&sheet);
    uint32_t *pixels = nn_alloc((size_t)SAVE_SIDE * SAVE_SIDE, sizeof *pixels);
    bool ok = pixels && paper_update(&sheet, &self->drawing, SAVE_SIDE, self->settings.smoothing);
    if (ok) {
        surface target = {pixels, SAVE_SIDE, SAVE_SIDE, SAVE_SIDE};
        rect all = {0, 0, SAVE_SIDE, SAVE_SIDE};
        mask_image strokes = {sheet.mask, SAVE_SIDE, SAVE_SIDE, SAVE_SIDE, 0};
        raster_box(&target, all, &(shape_box){-1, -1, SAVE_SIDE + 2, SAVE_SIDE + 2, 0, 0}, 0xffffffff);
        raster_mask(&target, all, &strokes, all, 0xff000000);
        ok = picture_file_save(path, pixels, SAVE_SIDE, SAVE_SIDE, err);
    } else {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    paper_free(&sheet);
    nn_free(pixels);
    return ok;
}

/* White on black, as MNIST is and as the network gets it: opened again, it is read as it is. */
static bool save_digit(const app *self, const char *path, nn_error *err)
{
    uint32_t pixels[DIGIT_PIXELS];
    for (int i = 0; i < DIGIT_PIXELS; i++)
        pixels[i] = 0xff000000u | app_read(self)->input28[i] * 0x010101u;
    return picture_file_save(path, pixels, DIGIT_SIDE, DIGIT_SIDE, err);
}

static bool save_text(const app *self, const char *path, save_kind kind, nn_error *err)
{
    char *text;
    size_t len;
    if (kind == SAVE_SVG ? !svg_print(&self->drawing, &text, &len, err)
                         : !strokes_print(&self->drawing, "", "", &text, &len, err))
        return false;
    bool ok = nn_file_save(path, text, len, NN_CONSISTENT, err);
    nn_free(text);
    return ok;
}

bool app_save(app *self, const char *path, nn_error *err)
{
    save_kind kind = save_kind_of(path);
    if (!app_can_save(self, kind))
        return nn_fail(err, NN_USAGE, 0, "Of an opened picture only the 28 \xc3\x97 28 pixels can be saved");
    switch (kind) {
    case SAVE_DIGIT: return save_digit(self, path, err);
    case SAVE_PICTURE: return save_picture(self, path, err);
    default: return save_text(self, path, kind, err);
    }
}
