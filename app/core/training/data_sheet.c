/* data_sheet.c - counts, and copies the first images of each class. */
#include "data_sheet.h"
#include "app/core/data/duplicates.h"
#include "app/core/data/split.h"
#include <string.h>

static size_t pixels_of(const data_sheet *self)
{
    return (size_t)self->side * (size_t)self->side;
}

static unsigned char *image_at(const data_sheet *self, int class, int i)
{
    return self->images + (size_t)(class * DATA_SHEET_EACH + i) * pixels_of(self);
}

bool data_sheet_make(data_sheet *self, const dataset *data, const dataset *test, nn_error *err)
{
    *self = (data_sheet){.count = data->count, .side = data->side, .classes = data->classes, .tested = test->count};
    self->set_aside = (int)dataset_sensible_part(data);
    self->repeated = dataset_duplicates(data, NULL);
    self->leaked = test->count > 0 ? dataset_duplicates(test, data) : 0;
    memcpy(self->label, data->label, sizeof self->label);
    memcpy(self->note, data->note, sizeof self->note);
    self->images = nn_alloc((size_t)(self->classes * DATA_SHEET_EACH), pixels_of(self));
    if (!self->images || self->repeated < 0 || self->leaked < 0)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    for (int i = 0; i < data->count; i++) {
        int class = data->labels[i], nth = self->of_class[class]++;
        if (nth < DATA_SHEET_EACH)
            memcpy(image_at(self, class, nth), data->images + (size_t)i * pixels_of(self), pixels_of(self));
    }
    return true;
}

void data_sheet_free(data_sheet *self)
{
    nn_free(self->images);
    *self = (data_sheet){0};
}

const unsigned char *data_sheet_image(const data_sheet *self, int class, int i)
{
    return image_at(self, class, i);
}

/* ---- beside the window ------------------------------------------------------------------------------------------- */

struct data_sheet_job {
    job *job;
    training_data wanted;
    paths where;
    dataset data;
    data_sheet sheet;
    bool ok;
    nn_error err;
};

static void work(void *ctx, job *worker)
{
    data_sheet_job *self = ctx;
    dataset test;
    (void)worker;
    if (!training_data_load(&self->data, &self->wanted, &self->where, &self->err))
        return;
    training_data_test(&test, &self->wanted, &self->where);
    self->ok = data_sheet_make(&self->sheet, &self->data, &test, &self->err);
    dataset_free(&test);
}

static void free_job(void *ctx)
{
    data_sheet_job *self = ctx;
    dataset_free(&self->data);
    data_sheet_free(&self->sheet);
    nn_free(self);
}

bool data_sheet_job_new(data_sheet_job **out, const training_data *wanted, const paths *where, const job_host *host,
                        nn_error *err)
{
    data_sheet_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    self->wanted = *wanted;
    self->where = *where;
    if (job_start(&self->job, work, self, host, err))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool data_sheet_job_is_done(const data_sheet_job *self)
{
    return job_has_ended(self->job);
}

bool data_sheet_job_take(data_sheet_job *self, data_sheet *sheet, dataset *data, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *err = self->err;
    *sheet = self->sheet;
    *data = self->data;
    nn_free(self);
    return ok;
}

void data_sheet_job_leave(data_sheet_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}
