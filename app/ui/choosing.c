/* choosing.c - what follows when a data set was found, or was not. */
#include "choosing.h"
#include "app/core/folder.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "files.h"
#include "notice.h"
#include "testing.h"
#include "train_choices.h"
#include "views.h"

static void take(app *self, const char *path, image_use use)
{
    if (use == IMAGES_TO_TEST_ON)
        testing_set_path(self, path);
    else
        train_set_path(self, path);
    if (use != IMAGES_OPENED)
        return;
    app_succeeded(self, ACTION_OPEN);
    views_show(self, VIEW_TRAIN);
    app_done(self, ACTION_NONE, FORMAT_NOTICE_DATA_CHOSEN, path);
}

/* The dialog goes into a folder that holds no data itself. */
static void refuse(app *self, const char *path, image_use use, const nn_error *err)
{
    if (use == IMAGES_OPENED)
        app_notice_refused(self, path, err);
    else if (self->at_work && files_lead_on(self, path))
        self->at_work = false;
    else
        app_notice_error(self, err);
}

/* Only the last wish counts. */
bool choosing_begin(app *self, const char *path, image_use use, nn_error *err)
{
    data_source_job *looking;
    job_host host = app_job_host(self);
    dataset_part part = use == IMAGES_TO_TEST_ON ? DATASET_TEST : DATASET_TRAIN;
    if (!folder_is_there(path, err))
        return false;
    choosing_call_off(self);
    if (!platform_is_folder(path)) {
        take(self, path, use);
        return true;
    }
    if (!data_source_job_new(&looking, path, part, &host, err))
        return false;
    self->choosing = (app_choosing){looking, use};
    return true;
}

void choosing_call_off(app *self)
{
    data_source_job_leave(self->choosing.job);
    self->choosing.job = NULL;
}

void choosing_tick(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    app_choosing *c = &self->choosing;
    if (!c->job || app_told(self, "choosing", data_source_job_is_done(c->job)) == 0)
        return;
    bool ok = data_source_job_take(c->job, path, &err);
    c->job = NULL;
    if (ok)
        take(self, path, c->use);
    else
        refuse(self, path, c->use, &err);
}
