/* state.c - what can be told from the state itself. */
#include "state.h"
#include "app/core/platform.h"
#include <math.h>
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
    int class = model ? model->n_labels - 1 : -1;
    while (class >= 0 && (model->label[class][0] != key || model->label[class][1]))
        class --;
    return class;
}

bool app_can_save(const app *self, save_kind kind)
{
    return kind == SAVE_DIGIT ? !app_read(self)->digit.empty
                              : !app_shows_picture(self) && !ink_is_empty(&self->drawing);
}

affine app_image_map(const app *self)
{
    const app_picture *p = &self->picture;
    if (!app_shows_picture(self))
        return app_read(self)->digit.to_image;
    int longer = p->w > p->h ? p->w : p->h;
    float scale = (float)longer / INK_CANVAS;
    affine to_picture = {scale, 0, -0.5f * (float)(longer - p->w), 0, scale, -0.5f * (float)(longer - p->h)};
    return affine_then(&to_picture, &app_read(self)->digit.to_image);
}

const char *app_train_net(const app *self)
{
    static const char first_net[] = "quick";
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
