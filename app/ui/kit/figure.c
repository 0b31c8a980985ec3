/* figure.c - the list of shapes and its two writers: SVG by text, PNG by the rasteriser. */
#include "figure.h"
#include "app/core/image/png.h"
#include "nn/alloc.h"
#include "nn/utf8.h"
#include "theme.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum kind { LINE, BOX, TEXT, IMAGE, CLIP, UNCLIP } kind;

typedef struct shape {
    kind kind;
    figure_colour hue;
    float width, opacity;
    figure_box box; /* of BOX, IMAGE, CLIP */
    figure_label label;
    int n, h;      /* points of a line; size of an image in pixels */
    void *content; /* figure_point[n], text, or uint32_t[n * h] */
} shape;

struct figure {
    char *title;
    float w, h;
    shape *shapes;
    int count, room;
    bool clipped, failed;
};

figure *figure_new(const char *title, float w, float h)
{
    figure *f = nn_alloc(1, sizeof *f);
    char *copy = nn_strdup(title);
    if (!f || !copy) {
        nn_free(f);
        nn_free(copy);
        return NULL;
    }
    *f = (figure){.title = copy, .w = w, .h = h};
    return f;
}

void figure_free(figure *f)
{
    if (!f)
        return;
    for (int i = 0; i < f->count; i++)
        nn_free(f->shapes[i].content);
    nn_free(f->shapes);
    nn_free(f->title);
    nn_free(f);
}

void figure_fail(figure *f)
{
    f->failed = true;
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

static bool has_room(figure *f)
{
    if (f->failed || f->count < f->room)
        return !f->failed;
    int room = (int)nn_room((size_t)f->count + 1);
    shape *shapes = nn_realloc(f->shapes, (size_t)f->room, (size_t)room, sizeof *shapes);
    if (!shapes)
        return false;
    f->shapes = shapes;
    f->room = room;
    return true;
}

/* Adds the shape with a copy of `len` bytes of content. */
static void add(figure *f, shape s, const void *content, size_t len)
{
    s.content = len ? nn_alloc(len, 1) : NULL;
    if ((len && !s.content) || !has_room(f)) {
        nn_free(s.content);
        f->failed = true;
        return;
    }
    if (len)
        memcpy(s.content, content, len);
    f->shapes[f->count++] = s;
}

void figure_add_line(figure *f, const figure_point *points, int n, float width, figure_colour hue)
{
    if (n > 1)
        add(f, (shape){.kind = LINE, .hue = hue, .width = width, .n = n}, points, (size_t)n * sizeof *points);
}

void figure_add_box(figure *f, figure_box box, figure_colour hue, float opacity)
{
    add(f, (shape){.kind = BOX, .hue = hue, .opacity = opacity, .box = box}, NULL, 0);
}

void figure_add_text(figure *f, figure_label label, const char *text)
{
    add(f, (shape){.kind = TEXT, .hue = label.hue, .label = label}, text, strlen(text) + 1);
}

void figure_shorten(char out[FIGURE_LABEL], const char *text, int px, float width)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t room = (size_t)fmaxf(width / (0.6f * (float)px), 1), characters = 0;
    const char *end = text, *cut = text;
    while (nn_utf8_next(&end) && (size_t)(end - text) + sizeof ellipsis <= FIGURE_LABEL)
        cut = ++characters < room ? end : cut;
    bool fits = characters <= room && *end == 0;
    snprintf(out, FIGURE_LABEL, "%.*s%s", (int)((fits ? end : cut) - text), text, fits ? "" : ellipsis);
}

void figure_add_image(figure *f, figure_box box, const uint32_t *pixels, int image_w, int image_h)
{
    add(f, (shape){.kind = IMAGE, .box = box, .n = image_w, .h = image_h}, pixels,
        (size_t)image_w * (size_t)image_h * sizeof *pixels);
}

void figure_clip(figure *f, const figure_box *box)
{
    if (f->clipped)
        add(f, (shape){.kind = UNCLIP}, NULL, 0);
    f->clipped = box != NULL;
    if (box)
        add(f, (shape){.kind = CLIP, .box = *box}, NULL, 0);
}

/* ---- colours ----------------------------------------------------------------------------------------------------- */

/* Okabe and Ito's hues and their neighbours, each at least 3:1 on the surface. */
static const colour series[2][FIGURE_SERIES] = {{0xff0072b2, 0xffd55e00, 0xff00875f, 0xffb0558a, 0xffa87000, 0xff2f8fc4,
                                                 0xff77771a, 0xff6b7280, 0xff4b3fb5, 0xff882255},
                                                {0xff56b4e9, 0xffff8a4c, 0xff2fd0a0, 0xffe39bc6, 0xffe69f00, 0xff9fd8f5,
                                                 0xfff0e442, 0xffa8b3c0, 0xffa79bff, 0xffe0789f}};

colour figure_series(int i, bool dark)
{
    return series[dark][i];
}

static colour value_of(figure_colour c, bool dark)
{
    const theme *t = dark ? &theme_dark : &theme_light;
    switch (c) {
    case FIGURE_SURFACE: return t->surface;
    case FIGURE_TEXT: return t->text;
    case FIGURE_MUTED: return t->muted;
    case FIGURE_GRID: return t->edge;
    case FIGURE_GOOD: return t->accent;
    case FIGURE_BAD: return t->focus;
    default: return series[dark][c - FIGURE_FIRST_SERIES];
    }
}

static void style_of(buffer *css, bool dark)
{
    for (figure_colour c = 0; c < FIGURE_COLOURS; c++) {
        unsigned rgb = value_of(c, dark) & 0xffffff;
        buffer_format(css, ".f%d{fill:#%06x}.l%d{stroke:#%06x}", (int)c, rgb, (int)c, rgb);
    }
}

void figure_style(buffer *css)
{
    buffer_add(css, "svg text{font-family:'DejaVu Sans','Noto Sans',system-ui,sans-serif}"
                    "svg polyline{fill:none;stroke-linejoin:round;stroke-linecap:round}"
                    "svg image{image-rendering:pixelated}");
    style_of(css, false);
    buffer_add(css, "@media screen and (prefers-color-scheme:dark){");
    style_of(css, true);
    buffer_add(css, "svg image{filter:invert(1) hue-rotate(180deg)}}"); /* dark paper, the same hues */
}

/* ---- SVG --------------------------------------------------------------------------------------------------------- */

static void svg_box(buffer *out, figure_box b)
{
    buffer_format(out, " x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"", (double)b.x, (double)b.y, (double)b.w,
                  (double)b.h);
}

static void svg_line(const shape *s, buffer *out)
{
    const figure_point *p = s->content;
    buffer_format(out, "<polyline class=\"l%d\" stroke-width=\"%g\" points=\"", (int)s->hue, (double)s->width);
    for (int i = 0; i < s->n; i++)
        buffer_format(out, "%s%.2f,%.2f", i ? " " : "", (double)p[i].x, (double)p[i].y);
    buffer_add(out, "\"/>");
}

static void svg_text(const shape *s, buffer *out)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    const figure_label *l = &s->label;
    buffer_format(out, "<text class=\"f%d\" x=\"%g\" y=\"%g\" font-size=\"%d\" text-anchor=\"%s\"%s>", (int)s->hue,
                  (double)l->x, (double)l->y, l->font.px, anchors[l->align],
                  l->font.weight == FONT_BOLD ? " font-weight=\"bold\"" : "");
    buffer_escaped(out, s->content);
    buffer_add(out, "</text>");
}

static bool svg_image(const shape *s, buffer *out, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!png_encode(s->content, s->n, s->h, &data, &len, err))
        return false;
    buffer_add(out, "<image");
    svg_box(out, s->box);
    buffer_add(out, " preserveAspectRatio=\"none\" href=\"data:image/png;base64,");
    buffer_base64(out, data, len);
    buffer_add(out, "\"/>");
    nn_free(data);
    return true;
}

static bool svg_shape(const shape *s, buffer *out, nn_error *err)
{
    switch (s->kind) {
    case LINE: svg_line(s, out); break;
    case TEXT: svg_text(s, out); break;
    case IMAGE: return svg_image(s, out, err);
    case UNCLIP: buffer_add(out, "</svg>"); break;
    case BOX:
        buffer_format(out, "<rect class=\"f%d\"", (int)s->hue);
        svg_box(out, s->box);
        if (s->opacity < 1)
            buffer_format(out, " fill-opacity=\"%.3f\"", (double)s->opacity);
        buffer_add(out, "/>");
        break;
    case CLIP: /* an inner <svg> cuts off without an id, of which a page with many figures would need many */
        buffer_add(out, "<svg");
        svg_box(out, s->box);
        buffer_format(out, " viewBox=\"%g %g %g %g\">", (double)s->box.x, (double)s->box.y, (double)s->box.w,
                      (double)s->box.h);
    }
    return true;
}

bool figure_svg(const figure *f, bool alone, buffer *out, nn_error *err)
{
    buffer_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\"",
                  (double)f->w, (double)f->h, (double)f->w, (double)f->h);
    buffer_add(out, " role=\"img\" aria-label=\"");
    buffer_escaped(out, f->title);
    buffer_add(out, "\">");
    if (alone) {
        buffer_add(out, "<style>");
        figure_style(out);
        buffer_format(out, "</style><rect class=\"f%d\" width=\"100%%\" height=\"100%%\"/>", FIGURE_SURFACE);
    }
    for (int i = 0; i < f->count; i++)
        if (!svg_shape(&f->shapes[i], out, err))
            return false;
    buffer_add(out, f->clipped ? "</svg></svg>\n" : "</svg>\n");
    return !(out->failed || f->failed) || nn_fail(err, NN_NOMEM, 0, "out of memory for a figure");
}

/* ---- pixels ------------------------------------------------------------------------------------------------------ */

typedef struct painter {
    surface to;
    rect clip;
    float scale;
    text_engine *engine;
} painter;

static rect pixels_of(const painter *p, figure_box b)
{
    int x = (int)lrintf(b.x * p->scale), y = (int)lrintf(b.y * p->scale);
    return (rect){x, y, (int)lrintf((b.x + b.w) * p->scale) - x, (int)lrintf((b.y + b.h) * p->scale) - y};
}

static void paint_line(const painter *p, const shape *s)
{
    const figure_point *at = s->content;
    float k = p->scale, width = s->width * k;
    for (int i = 1; i < s->n; i++) {
        shape_line line = {at[i - 1].x * k, at[i - 1].y * k, width, at[i].x * k, at[i].y * k, width};
        raster_line(&p->to, p->clip, &line, value_of(s->hue, false));
    }
}

static void paint_box(const painter *p, const shape *s)
{
    float k = p->scale;
    shape_box box = {s->box.x * k, s->box.y * k, s->box.w * k, s->box.h * k, 0, 0};
    colour c = value_of(s->hue, false);
    raster_box(&p->to, p->clip, &box, (c & 0xffffff) | (colour)lrintf(255 * s->opacity) << 24);
}

static void paint_text(const painter *p, const shape *s)
{
    const figure_label *l = &s->label;
    font f = {(int)lrintf((float)l->font.px * p->scale), l->font.weight};
    int x = (int)lrintf(l->x * p->scale), y = (int)lrintf(l->y * p->scale) - text_ascent(p->engine, f);
    x -= text_width(p->engine, f, s->content) * (int)l->align / 2;
    text_draw(p->engine, &p->to, p->clip, f, x, y, s->content, value_of(s->hue, false));
}

static void paint_image(const painter *p, const shape *s)
{
    rect to = pixels_of(p, s->box), area = rect_intersect(to, p->clip);
    const uint32_t *pixels = s->content;
    for (int y = area.y; y < area.y + area.h; y++) {
        uint32_t *row = p->to.pixels + (ptrdiff_t)y * p->to.stride;
        const uint32_t *from = pixels + (ptrdiff_t)((int64_t)(y - to.y) * s->h / to.h) * s->n;
        for (int x = area.x; x < area.x + area.w; x++)
            row[x] = from[(int64_t)(x - to.x) * s->n / to.w];
    }
}

static void paint(painter *p, const shape *s)
{
    rect all = {0, 0, p->to.w, p->to.h};
    switch (s->kind) {
    case LINE: paint_line(p, s); break;
    case BOX: paint_box(p, s); break;
    case TEXT: paint_text(p, s); break;
    case IMAGE: paint_image(p, s); break;
    case CLIP: p->clip = rect_intersect(all, pixels_of(p, s->box)); break;
    case UNCLIP: p->clip = all;
    }
}

bool figure_png(const figure *f, text_engine *engine, float scale, unsigned char **data, size_t *len, nn_error *err)
{
    const float most = 1 << 22; /* whole numbers up to four times that are exact in a float */
    *data = NULL;
    if (!(f->w * scale <= most && f->h * scale <= most))
        return nn_fail(err, NN_LIMIT, 0, "a figure of %g x %g is too large for a picture", (double)f->w, (double)f->h);
    int w = (int)ceilf(f->w * scale), h = (int)ceilf(f->h * scale);
    size_t count = (size_t)w * (size_t)h;
    surface to = {nn_alloc(count, sizeof(uint32_t)), w, h, w};
    if (!to.pixels || f->failed) {
        nn_free(to.pixels);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a figure");
    }
    painter p = {to, {0, 0, w, h}, scale, engine};
    for (size_t i = 0; i < count; i++)
        to.pixels[i] = value_of(FIGURE_SURFACE, false);
    for (int i = 0; i < f->count; i++)
        paint(&p, &f->shapes[i]);
    bool ok = png_encode(to.pixels, w, h, data, len, err);
    nn_free(to.pixels);
    return ok;
}
