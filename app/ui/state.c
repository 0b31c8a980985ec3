/* state.c - what can be told from the state itself. */
#include "state.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

job_host app_job_host(const app *self)
{
    return (job_host){self->host.ctx, self->host.wake, platform_lower_priority};
}

bool app_lists_file(const app *self, const folder_entry *e)
{
    const char *typed = self->ui->field.text, *slash = strrchr(typed, '/');
    if (app_names_file(self)) /* the name is a new one */
        return true;
    return folder_name_has(e->name, slash ? slash + 1 : typed);
}

int app_ticked(const app *self)
{
    int n = 0;
    for (int i = 0; i < self->comparison.n_rows; i++)
        n += self->comparison.row[i].ticked;
    return n;
}

double app_drawing_ends(const app *self)
{
    const ink *d = &self->drawing;
    bool ends = self->settings.pause > 0 && !d->drawing && !ink_is_empty(d);
    return ends ? self->pen.rested + 1000 * (double)self->settings.pause : INFINITY;
}

int app_class_of_key(const app *self, int key)
{
    const nn_model *model = app_model(self);
    int found = model ? model->n_labels - 1 : -1;
    while (found >= 0 && (model->label[found][0] != key || model->label[found][1]))
        found--;
    return found;
}

bool app_can_save(const app *self, save_kind kind)
{
    return kind == SAVE_DIGIT ? !app_read(self)->digit.empty
                              : !app_shows_picture(self) && !ink_is_empty(&self->drawing);
}

placed_picture *app_placed_picture(const app *self)
{
    for (int i = 0; i < self->n_pictures; i++)
        if (self->picture[i]->at == ink_position(&self->drawing))
            return self->picture[i];
    return NULL;
}

affine app_picture_map(const app *self)
{
    const app_picture *p = app_shown_picture(self);
    int longer = p->w > p->h ? p->w : p->h;
    float scale = (float)longer / INK_CANVAS;
    return (affine){scale, 0, -0.5f * (float)(longer - p->w), 0, scale, -0.5f * (float)(longer - p->h)};
}

affine app_image_map(const app *self)
{
    if (!app_shows_picture(self))
        return app_read(self)->digit.to_image;
    affine to_picture = app_picture_map(self);
    return affine_then(&to_picture, &app_read(self)->digit.to_image);
}

const char *app_train_net(const app *self)
{
    static const char first_net[] = "quick";
    if (self->training.past && *train_job_request(self->training.job)->net)
        return train_job_request(self->training.job)->net;
    return *self->settings.train_net ? self->settings.train_net : first_net;
}

const app_layer_kind *app_layer(int i)
{
    static const app_layer_kind layers[APP_LAYERS] = {
        {"conv", "conv 16 3"},       {"batchnorm", "batchnorm"}, {"relu", "relu"},      {"maxpool", "maxpool 2"},
        {"dropout", "dropout 0.25"}, {"flatten", "flatten"},     {"dense", "dense 64"},
    };
    return &layers[i];
}

float app_scale(const app *self, float zoom)
{
    float screen = self->options.scale > 0 ? self->options.scale : 1, w = (float)self->w, h = (float)self->h;
    float fit = fminf(w / (1200 * screen), h / (760 * screen));
    float scale = screen * zoom * (fit > 1 ? powf(fit, 0.8f) : 1);
    return fmaxf(fminf(scale, fminf(w / 620, h / 440)), 0.5f);
}

bool app_own_path(const app *self, const char *name, const char *ending, char path[PATHS_MAX])
{
    char file[NN_NAME + 32];
    snprintf(file, sizeof file, "%s%s", name, ending);
    return paths_join(path, self->paths.models, file);
}

bool app_reads_own(const app *self, char path[PATHS_MAX])
{
    const app_reader *r = &self->reader;
    return r->used && !r->guest && !self->describing && app_own_path(self, r->name, ".safetensors", path) &&
           platform_exists(path) && (!*r->path || strcmp(r->path, path) == 0);
}

/* ---- which actions can do anything ------------------------------------------------------------------------------- */

static bool can_undo(const app *self)
{
    return ink_can_undo(&self->drawing);
}

static bool can_redo(const app *self)
{
    return ink_can_redo(&self->drawing) || app_redoes_number(self);
}

static bool can_clear(const app *self)
{
    return ink_can_clear(&self->drawing) || app_shows_picture(self);
}

static bool can_be_thinner(const app *self)
{
    return self->settings.brush > APP_BRUSH_MIN;
}

static bool can_be_thicker(const app *self)
{
    return self->settings.brush < APP_BRUSH_MAX;
}

static bool is_number(const app *self)
{
    return app_number(self);
}

static bool has_next_digit(const app *self)
{
    return self->numbers.chosen + 1 < self->numbers.found.count;
}

/* What was joined and split is said of strokes. */
static bool is_of_strokes(const app *self)
{
    return !app_shows_picture(self);
}

static bool may_be_split(const app *self)
{
    return self->numbers.found.count > 0;
}

static bool has_earlier(const app *self)
{
    return self->recent.count > 0;
}

static bool has_something(const app *self)
{
    return !app_read(self)->digit.empty || !ink_is_empty(&self->drawing);
}

static bool has_strokes(const app *self)
{
    return !ink_is_empty(&self->drawing) && !app_shows_picture(self);
}

static bool is_one_digit(const app *self)
{
    return !app_number(self);
}

static bool is_drawn(const app *self)
{
    return !ink_is_empty(&self->drawing);
}

static bool is_read(const app *self)
{
    return app_read(self)->answer.digit >= 0;
}

static bool reads(const app *self)
{
    return app_recogniser(self);
}

static bool is_spoilt(const app *self)
{
    return digit_is_distorted(&self->how);
}

static bool shows_heat(const app *self)
{
    return app_shows_layers(self) && self->inside && self->inside->net;
}

static bool is_touched(const app *self)
{
    return self->touching.net;
}

static bool reads_one(const app *self)
{
    return !self->reader.together;
}

static bool has_kept(const app *self)
{
    return self->training.n_kept > 0;
}

/* Asked by every frame of an open menu, which looks at no file. */
static bool reads_own(const app *self)
{
    return self->reader.own && !self->describing;
}

static bool can_grow(const app *self)
{
    return app_scale(self, app_zoom_max) > app_scale(self, self->settings.zoom);
}

static bool can_shrink(const app *self)
{
    return app_scale(self, app_zoom_min) < app_scale(self, self->settings.zoom);
}

static bool is_zoomed(const app *self)
{
    return self->settings.zoom != 1;
}

bool app_can(const app *self, int id, text_id *why)
{
    static const struct {
        int id;
        bool (*can)(const app *self);
        text_id why_not;
    } limits[] = {
        {ACTION_UNDO, can_undo, TEXT_CANNOT_UNDO},
        {ACTION_REDO, can_redo, TEXT_CANNOT_REDO},
        {ACTION_CLEAR, can_clear, TEXT_CANNOT_CLEAR},
        {ACTION_THINNER, can_be_thinner, TEXT_CANNOT_THINNER},
        {ACTION_THICKER, can_be_thicker, TEXT_CANNOT_THICKER},
        {ACTION_DIGIT_BEFORE, is_number, TEXT_CANNOT_NUMBER},
        {ACTION_DIGIT_NEXT, is_number, TEXT_CANNOT_NUMBER},
        {ACTION_JOIN, is_number, TEXT_CANNOT_NUMBER},
        {ACTION_JOIN, is_of_strokes, TEXT_CANNOT_JOIN_PICTURE},
        {ACTION_JOIN, has_next_digit, TEXT_CANNOT_JOIN_LAST},
        {ACTION_SPLIT, is_of_strokes, TEXT_CANNOT_JOIN_PICTURE},
        {ACTION_SPLIT, may_be_split, TEXT_CANNOT_SPLIT},
        {ACTION_RECENT, has_earlier, TEXT_CANNOT_RECENT},
        {ACTION_FORGET, has_earlier, TEXT_CANNOT_RECENT},
        {ACTION_SAVE, has_something, TEXT_CANNOT_SAVE},
        {ACTION_EXPORT, reads, TEXT_CANNOT_EXPORT},
        {ACTION_COPY, is_read, TEXT_CANNOT_COPY},
        {ACTION_COPY_DRAWING, is_drawn, TEXT_CANNOT_COPY_DRAWING},
        {ACTION_RESET, is_spoilt, TEXT_CANNOT_RESET},
        {ACTION_HEAT, shows_heat, TEXT_CANNOT_HEAT},
        {ACTION_UNTOUCH, is_touched, TEXT_CANNOT_UNTOUCH},
        {ACTION_KEEP, has_strokes, TEXT_CANNOT_KEEP},
        {ACTION_KEEP, is_one_digit, TEXT_CANNOT_KEEP_NUMBER},
        {ACTION_FOOL_DRAW, has_strokes, TEXT_CANNOT_COPY_DRAWING},
        {ACTION_FOOL_DRAW, is_one_digit, TEXT_CANNOT_FOOL_NUMBER},
        {ACTION_FOOL_DRAW, is_read, TEXT_CANNOT_COPY},
        {ACTION_LEARN, has_kept, TEXT_CANNOT_LEARN},
        {ACTION_LEARN, reads_one, TEXT_CANNOT_LEARN_TOGETHER},
        {ACTION_RENAME_MODEL, reads_own, TEXT_CANNOT_OWN},
        {ACTION_DESCRIBE_MODEL, reads_own, TEXT_CANNOT_OWN},
        {ACTION_DELETE_MODEL, reads_own, TEXT_CANNOT_OWN},
        {ACTION_CONVENTION, app_reads_imported, TEXT_CANNOT_CONVENTION},
        {ACTION_ZOOM_IN, can_grow, TEXT_CANNOT_ZOOM_IN},
        {ACTION_ZOOM_OUT, can_shrink, TEXT_CANNOT_ZOOM_OUT},
        {ACTION_ZOOM_RESET, is_zoomed, TEXT_CANNOT_ZOOM_RESET},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (limits[i].id == id && !limits[i].can(self)) {
            *why = limits[i].why_not;
            return false;
        }
    return true;
}
