/* open.c - what comes in from files and the clipboard: models, pictures, drawings. */
#include "open.h"
#include "app/core/digit/shrink.h"
#include "app/core/drawing/strokes.h"
#include "app/core/platform.h"
#include "app/ui/kit/picture_file.h"
#include "drawing.h"
#include "nn/file.h"
#include "reader.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_model(const unsigned char *data, size_t len, const char *path)
{
    const char *dot = strrchr(path, '.');
    return (len > 9 && data[8] == '{' && data[4] == 0 && data[5] == 0) || (dot && strcmp(dot, ".ensemble") == 0);
}

/* Beside the window, or at once. */
static bool open_model(app *self, const char *path, bool beside, nn_error *err)
{
    char value[PATHS_MAX];
    const char *values[] = {value};
    snprintf(value, sizeof value, "%s%s", models_is_path(path) ? "" : "./", path);
    if (!beside)
        return app_use_model(self, value, err);
    reader_use(self, values, 1, NULL, false);
    return true;
}

/* ---- drawings ---------------------------------------------------------------------------------------------------- */

static bool open_strokes(app *self, const char *text, size_t len, nn_error *err)
{
    strokes_line line;
    const char *end = memchr(text, '\n', len);
    if (!strokes_parse(&line, text, end ? (size_t)(end - text) : len, err))
        return false;
    strokes_fit(&line, self->settings.brush, 1, 0, 0);
    bool ok = drawing_replace(self, &line.ink, err);
    ink_free(&line.ink);
    return ok;
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

/* A copy of at most INK_CANVAS pixels a side for the canvas. */
static bool make_shown(app_picture *p)
{
    shrink_size(&p->shown_w, &p->shown_h, p->w, p->h, INK_CANVAS);
    p->shown = nn_alloc((size_t)p->shown_w * (size_t)p->shown_h, 1);
    if (!p->shown)
        return false;
    shrink_luma(p->shown, p->shown_w, p->shown_h, p->luma, p->w, p->h);
    for (int i = 0; i < p->shown_w * p->shown_h; i++)
        p->shown[i] = (unsigned char)(255 - p->shown[i]);
    return true;
}

static bool open_picture(app *self, const unsigned char *data, size_t len, nn_error *err)
{
    app_picture p = {0};
    if (!picture_file_decode(&p.luma, &p.w, &p.h, data, len, err))
        return false;
    if (!make_shown(&p)) {
        nn_free(p.luma);
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    drawing_show_picture(self, &p);
    return true;
}

/* ---- opening by content ------------------------------------------------------------------------------------------ */

static bool open_file(app *self, const char *path, bool beside, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!nn_file_read(path, NN_MAX_MODEL_BYTES, &data, &len, err))
        return false;
    bool ok;
    if (is_model(data, len, path)) {
        ok = open_model(self, path, beside, err); /* its errors name the file already */
    } else {
        size_t start = 0;
        while (start < len && isspace(data[start]))
            start++;
        bool text = start < len && data[start] == '{';
        ok = text ? open_strokes(self, (const char *)data + start, len - start, err)
                  : open_picture(self, data, len, err);
        if (!ok)
            nn_fail_in(err, path);
    }
    nn_free(data);
    return ok;
}

bool app_open(app *self, const char *path, nn_error *err)
{
    return open_file(self, path, true, err);
}

bool app_open_first(app *self, const char *path, nn_error *err)
{
    return open_file(self, path, false, err);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A path from a line of text that may be a file:// address, with %20 and the like. */
static void path_from_text(char out[PATHS_MAX], const char *text)
{
    static const char scheme[] = "file://";
    bool address = strncmp(text, scheme, sizeof scheme - 1) == 0;
    if (address)
        text += sizeof scheme - 1;
    size_t n = 0;
    while (*text && *text != '\n' && *text != '\r' && n + 1 < PATHS_MAX) {
        int high = address && *text == '%' ? hex_digit(text[1]) : -1, low = high >= 0 ? hex_digit(text[2]) : -1;
        out[n++] = low >= 0 ? (char)(high * 16 + low) : *text;
        text += low >= 0 ? 3 : 1;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

bool app_open_text(app *self, const char *text, nn_error *err)
{
    char path[PATHS_MAX];
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '{')
        return open_strokes(self, text, strlen(text), err);
    path_from_text(path, text);
    if (!*path)
        return nn_fail(err, NN_USAGE, 0, "there is nothing to paste");
    if (!platform_exists(path))
        return nn_fail(err, NN_USAGE, 0, "neither a drawing nor the name of a file");
    return app_open(self, path, err);
}
