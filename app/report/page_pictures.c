/* page_pictures.c - pictures in a report: images of the data, filters, feature maps. Each is one image of tiles. */
#include "app/core/model/inspect.h"
#include "nn/symmetry.h"
#include "page_figures.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 560, SIDE_MARGIN = 16, ROOM = WIDTH - 2 * SIDE_MARGIN, TITLE = 40, NOTE = 24, GAP = 3 };

static const font small = {11, FONT_REGULAR}, bold = {14, FONT_BOLD};
static const uint32_t paper = 0xffffffff;

/* Tiles of w x h values in columns and rows, each value a square of zoom x zoom pixels. */
typedef struct grid {
    int w, h, zoom, columns, rows;
    uint32_t *pixels;
} grid;

static int grid_width(const grid *g)
{
    return g->columns * (g->w * g->zoom + GAP) - GAP;
}

static int grid_height(const grid *g)
{
    return g->rows * (g->h * g->zoom + GAP) - GAP;
}

/* As large as a width of `room` allows, at most `most` pixels a value. */
static bool grid_new(grid *g, int w, int h, int columns, int rows, int room, int most, nn_error *err)
{
    int zoom = (room + GAP) / columns - GAP;
    *g = (grid){.w = w, .h = h, .columns = columns, .rows = rows, .zoom = zoom / w < most ? zoom / w : most};
    g->zoom = g->zoom < 1 ? 1 : g->zoom;
    size_t count = (size_t)grid_width(g) * (size_t)grid_height(g);
    g->pixels = nn_alloc(count, sizeof *g->pixels);
    for (size_t i = 0; g->pixels && i < count; i++)
        g->pixels[i] = paper;
    return g->pixels || nn_fail(err, NN_NOMEM, 0, "out of memory for a picture");
}

static void grid_set(grid *g, int tile, int x, int y, uint32_t pixel)
{
    int left = tile % g->columns * (g->w * g->zoom + GAP) + x * g->zoom;
    int top = tile / g->columns * (g->h * g->zoom + GAP) + y * g->zoom;
    for (int i = 0; i < g->zoom * g->zoom; i++)
        g->pixels[(ptrdiff_t)(top + i / g->zoom) * grid_width(g) + left + i % g->zoom] = pixel;
}

static void grid_show(grid *g, figure *f, float x, float y)
{
    figure_add_image(f, (figure_box){x, y, (float)grid_width(g), (float)grid_height(g)}, g->pixels, grid_width(g),
                     grid_height(g));
    nn_free(g->pixels);
}

/* The ground of maps and weights is a light grey, so that each tile shows where it ends. */
enum { WHITE = 255, GROUND = 235 };

/* From the ground to black, by 0..1. */
static uint32_t ink_of(float share, int ground)
{
    uint32_t v = (uint32_t)lrintf((float)ground * (1 - share));
    return 0xff000000 | v << 16 | v << 8 | v;
}

/* -1 blue, 0 the ground, 1 vermillion: two hues that everybody can tell apart. */
static uint32_t sign_of(float value)
{
    static const int ends[2][3] = {{0x00, 0x5a, 0xa0}, {0xc4, 0x4e, 0x00}};
    uint32_t pixel = 0xff;
    for (int i = 0; i < 3; i++)
        pixel = pixel << 8 | (uint32_t)lrintf(GROUND + fabsf(value) * (float)(ends[value > 0][i] - GROUND));
    return pixel;
}

static bool start(figure **f, const char *title, const char *note, int height, nn_error *err)
{
    *f = figure_new(title, WIDTH, (float)(height + SIDE_MARGIN));
    if (!*f)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a figure");
    figure_add_text(*f, (figure_label){SIDE_MARGIN, 24, FIGURE_START, bold, FIGURE_TEXT}, title);
    if (note)
        figure_add_text(*f, (figure_label){SIDE_MARGIN, 44, FIGURE_START, small, FIGURE_MUTED}, note);
    return true;
}

/* ---- images of the data ------------------------------------------------------------------------------------------ */

enum { SAMPLES = 16, LABEL_ROOM = 76 };

static const unsigned char *image_of(const dataset *data, int i)
{
    return data->images + (size_t)i * (size_t)data->side * (size_t)data->side;
}

/* One row of the first images of every class. */
static void fill_samples(grid *g, const dataset *data)
{
    int shown[NN_MAX_CLASSES] = {0};
    for (int i = 0; i < data->count; i++) {
        int class = data->labels[i];
        if (shown[class] == g->columns)
            continue;
        int tile = class * g->columns + shown[class]++;
        for (int p = 0; p < data->side * data->side; p++)
            grid_set(g, tile, p % data->side, p / data->side, ink_of((float)image_of(data, i)[p] / 255, WHITE));
    }
}

bool page_draw_samples(const page_source *source, figure **out, nn_error *err)
{
    const dataset *data = source->training_data ? source->training_data : source->evaluation->data;
    int columns = (ROOM - LABEL_ROOM + GAP) / (data->side + GAP);
    grid g;
    columns = columns < 1 ? 1 : columns > SAMPLES ? SAMPLES : columns;
    if (!grid_new(&g, data->side, data->side, columns, data->classes, ROOM - LABEL_ROOM, 3, err))
        return false;
    if (!start(out, "Samples of the data", NULL, TITLE + grid_height(&g), err)) {
        nn_free(g.pixels);
        return false;
    }
    int tile = data->side * g.zoom;
    for (int k = 0; k < data->classes; k++) {
        float middle = (float)(TITLE + k * (tile + GAP)) + 0.5f * (float)tile + 4;
        char text[FIGURE_LABEL];
        figure_shorten(text, data->label[k], small.px, LABEL_ROOM - SIDE_MARGIN);
        figure_add_text(*out, (figure_label){LABEL_ROOM, middle, FIGURE_END, small, FIGURE_MUTED}, text);
    }
    fill_samples(&g, data);
    grid_show(&g, *out, SIDE_MARGIN + LABEL_ROOM - 6, TITLE);
    return true;
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

enum { TILES_A_ROW = 16, MATRIX_MOST = 48, UNITS_MOST = 128 };

/* A kernel as (inputs, outputs) tiles of w x h weights. */
typedef struct filters {
    const float *weights; /* (h, w, all_inputs, all_outputs), as both convolutions and dense layers have it, */
    nn_symmetry symmetry; /* some of them shared */
    int w, h, all_inputs, all_outputs;
    int inputs, outputs; /* that are shown: the first ones */
} filters;

static const nn_node *layer_with_kernel(const nn_plan *plan, int nth, const nn_param **kernel)
{
    for (int i = 0; i < plan->n_nodes; i++)
        for (int k = 0; k < plan->node[i].n_params; k++) {
            *kernel = &plan->param[plan->node[i].param[k]];
            if ((*kernel)->role == NN_KERNEL && nth-- == 0)
                return &plan->node[i];
        }
    return NULL;
}

/* What a dense layer reads, as it was before it was flattened. */
static nn_shape read_by(const nn_plan *plan, const nn_node *node)
{
    nn_shape flat = node->in;
    while (node->input[0] >= 0 && flat.h * flat.w == 1) {
        node = &plan->node[node->input[0]];
        if (node->n_params > 0)
            return flat;
        flat = node->in;
    }
    return flat;
}

static int at_most(int n, int most)
{
    return n < most ? n : most;
}

static filters filters_of(const nn_model *model, const nn_node *node, const nn_param *kernel)
{
    const int *d = kernel->dim;
    filters f = {.weights = model->weights + kernel->offset, .symmetry = nn_symmetry_of(node)};
    nn_shape in = kernel->rank == 4 ? (nn_shape){d[0], d[1], d[2]} : read_by(model->plan, node);
    if (kernel->rank != 4 && in.h * in.w * in.c != d[0])
        in = (nn_shape){1, 1, d[0]};
    f.h = in.h;
    f.w = in.w;
    f.all_inputs = in.c;
    f.all_outputs = node->out.c;
    f.inputs = at_most(f.all_inputs, MATRIX_MOST);
    f.outputs = at_most(f.all_outputs, f.inputs > 1 ? MATRIX_MOST : UNITS_MOST);
    return f;
}

static float weight_of(const filters *f, int x, int y, int input, int output)
{
    int place = (y * f->w + x) * f->all_inputs + input;
    return f->weights[nn_symmetry_stored(&f->symmetry, (size_t)place * (size_t)f->all_outputs + (size_t)output)];
}

static float greatest(const filters *f)
{
    float most = 1e-30f;
    for (int i = 0; i < f->inputs * f->outputs; i++)
        for (int p = 0; p < f->w * f->h; p++)
            most = fmaxf(most, fabsf(weight_of(f, p % f->w, p / f->w, i / f->outputs, i % f->outputs)));
    return most;
}

static void fill_filters(grid *g, const filters *f)
{
    float most = greatest(f);
    for (int i = 0; i < f->inputs * f->outputs; i++)
        for (int p = 0; p < f->w * f->h; p++) {
            int x = p % f->w, y = p / f->w;
            grid_set(g, i, x, y, sign_of(weight_of(f, x, y, i / f->outputs, i % f->outputs) / most));
        }
}

static bool draw_filters(const page_source *source, int nth, const char *title, figure **out, nn_error *err)
{
    const nn_model *model = source->evaluation->models[0];
    const nn_param *kernel;
    const nn_node *node = layer_with_kernel(model->plan, nth, &kernel);
    grid g;
    char note[NN_NAME + 160];
    if (!node)
        return true;
    filters f = filters_of(model, node, kernel);
    bool single = f.inputs == 1;
    int columns = single ? at_most(f.outputs, TILES_A_ROW) : f.outputs;
    if (!grid_new(&g, f.w, f.h, columns, single ? (f.outputs + columns - 1) / columns : f.inputs, ROOM, 10, err))
        return false;
    snprintf(note, sizeof note, "%s: %d of %d %s%s", node->name, f.outputs, f.all_outputs,
             kernel->rank == 4 ? "filters" : "units", single ? "" : " across, what they read down");
    if (!start(out, title, note, TITLE + NOTE + grid_height(&g), err)) {
        nn_free(g.pixels);
        return false;
    }
    fill_filters(&g, &f);
    grid_show(&g, *out, SIDE_MARGIN, TITLE + NOTE);
    return true;
}

bool page_draw_first_filters(const page_source *source, figure **out, nn_error *err)
{
    return draw_filters(source, 0, "Weights of the first layer", out, err);
}

bool page_draw_second_filters(const page_source *source, figure **out, nn_error *err)
{
    return draw_filters(source, 1, "Weights of the second layer", out, err);
}

/* ---- feature maps ------------------------------------------------------------------------------------------------ */

enum { MAPS = 32, LAYERS_MOST = 12 };

/* The first image that was read right, else the first. */
static int example_of(const evaluation *e)
{
    for (int i = 0; i < e->data->count; i++)
        if (evaluation_read(e, i) == evaluation_truth(e, i))
            return i;
    return 0;
}

static bool grid_of_layer(grid *g, const inspect_layer *layer, nn_error *err)
{
    nn_shape s = layer->shape;
    int count = at_most(s.c, MAPS), columns = at_most(count, TILES_A_ROW);
    if (!grid_new(g, s.w, s.h, columns, (count + columns - 1) / columns, ROOM, 10, err))
        return false;
    for (int k = 0; k < count; k++)
        for (int p = 0; p < s.h * s.w; p++)
            grid_set(g, k, p % s.w, p / s.w, ink_of((float)layer->maps[k * s.h * s.w + p] / 255, GROUND));
    return true;
}

/* Adds one layer below `y` and returns where the next one goes; only measures while f is NULL. */
static bool add_layer(figure *f, const inspect_layer *layer, float *y, nn_error *err)
{
    grid g;
    char text[INSPECT_TITLE + 64];
    if (!grid_of_layer(&g, layer, err))
        return false;
    snprintf(text, sizeof text, "%s: %d of %d maps of %d x %d", layer->title, at_most(layer->shape.c, MAPS),
             layer->shape.c, layer->shape.w, layer->shape.h);
    float top = *y + 20;
    *y = top + (float)grid_height(&g) + 14;
    if (f) {
        figure_add_text(f, (figure_label){SIDE_MARGIN, top - 7, FIGURE_START, small, FIGURE_TEXT}, text);
        grid_show(&g, f, SIDE_MARGIN, top);
    } else {
        nn_free(g.pixels);
    }
    return true;
}

static bool add_layers(figure *f, const inspect *seen, float *y, nn_error *err)
{
    for (int i = 0, shown = 0; i < seen->n_layers && shown < LAYERS_MOST; i++) {
        if (seen->layer[i].shape.h * seen->layer[i].shape.w == 1)
            continue;
        if (!add_layer(f, &seen->layer[i], y, err))
            return false;
        shown++;
    }
    return true;
}

/* The image itself, then its maps. */
static bool add_example(figure **out, inspect *seen, const float image[DIGIT_PIXELS], nn_error *err)
{
    float top = TITLE + DIGIT_SIDE + NOTE, y = top, height = top;
    grid g;
    if (!add_layers(NULL, seen, &height, err))
        return false;
    if (height == top) /* no layer has maps */
        return true;
    if (!grid_new(&g, DIGIT_SIDE, DIGIT_SIDE, 1, 1, ROOM, 1, err))
        return false;
    if (!start(out, "What each layer makes of one image", NULL, (int)height, err)) {
        nn_free(g.pixels);
        return false;
    }
    for (int p = 0; p < DIGIT_PIXELS; p++)
        grid_set(&g, 0, p % DIGIT_SIDE, p / DIGIT_SIDE, ink_of(image[p], WHITE));
    grid_show(&g, *out, SIDE_MARGIN, TITLE);
    return add_layers(*out, seen, &y, err);
}

/* Of networks for images of 28 x 28 only, as inspect.h reads no others. */
bool page_draw_feature_maps(const page_source *source, figure **out, nn_error *err)
{
    const evaluation *e = source->evaluation;
    const unsigned char *bytes = image_of(e->data, example_of(e));
    inspect *seen;
    float image[DIGIT_PIXELS];
    if (e->data->side != DIGIT_SIDE)
        return true;
    if (!inspect_new(&seen, e->models[0], err))
        return false;
    for (int p = 0; p < DIGIT_PIXELS; p++)
        image[p] = (float)bytes[p] / 255;
    inspect_read(seen, e->models[0], image);
    bool ok = add_example(out, seen, image, err);
    inspect_free(seen);
    return ok;
}
