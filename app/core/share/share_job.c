/* share_job.c - the worker runs the child and listens to it: one line of JSON says where it is, complaints say why it is
 * not. */
#include "share_job.h"
#include "app/core/child.h"
#include "app/core/mailbox.h"
#include "app/core/paths.h"
#include "lan.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct share_job {
    job *job;
    char address[LAN_ADDRESS], model[PATHS_MAX], state[PATHS_MAX];
    const char *language;
    share_news slot[MAILBOX_SLOTS];
    mailbox box;

    /* the worker's own */
    job *worker;
    share_news now;
    char complaint[sizeof((nn_error *)0)->text]; /* its last one */
};

/* ---- the worker -------------------------------------------------------------------------------------------------- */

static void publish(share_job *self)
{
    self->slot[self->box.writing] = self->now;
    mailbox_publish(&self->box);
    job_tell(self->worker);
}

static void on_start(void *ctx, const char *line)
{
    share_job *self = ctx;
    json_t *said = json_loads(line, 0, NULL);
    const char *url = json_string_value(json_object_get(said, "url"));
    if (url && self->now.stage == SHARE_STARTS) {
        snprintf(self->now.url, sizeof self->now.url, "%s", url);
        qr_make(&self->now.code, self->now.url);
        self->now.stage = SHARE_ON;
        publish(self);
    }
    json_decref(said);
}

static void on_complaint(void *ctx, const char *line)
{
    static const char name[] = "digitscope serve: ";
    share_job *self = ctx;
    if (strncmp(line, name, strlen(name)) == 0)
        snprintf(self->complaint, sizeof self->complaint, "%s", line + strlen(name));
}

static bool is_stopped(void *ctx)
{
    const share_job *self = ctx;
    return job_is_stopped(self->worker);
}

/* As it is when a network was left. */
static bool is_gone(const char *address)
{
    char there[LAN_MOST][LAN_ADDRESS];
    int count = lan_addresses(there);
    for (int i = 0; i < count; i++)
        if (strcmp(there[i], address) == 0)
            return false;
    return true;
}

static void explain_end(share_job *self, child_end end)
{
    nn_error *why = &self->now.problem;
    if (end == CHILD_STOPPED)
        return;
    if (end == CHILD_NOT_STARTED)
        nn_fail(why, NN_NOMEM, 0, "no process can be had to share in");
    else if (is_gone(self->address))
        nn_fail(why, NN_IO, 0, "this machine has no address %s any more", self->address);
    else if (*self->complaint)
        nn_fail(why, NN_IO, 0, "%s", self->complaint);
    else
        nn_fail(why, NN_IO, 0, "sharing ended by itself");
}

static void work(void *ctx, job *worker)
{
    enum { NOTHING_KEPT = 0 };
    share_job *self = ctx;
    size_t len;
    unsigned char *data;
    const char *words[16] = {"serve", "--attached", "--json", "--quiet", "--port", "0", "--lan", self->address};
    int count = 8;
    const child_watch how = {INFINITY, NOTHING_KEPT, on_complaint, on_start, is_stopped, self, self->language, false};
    self->worker = worker;
    if (*self->model) {
        words[count++] = "--model";
        words[count++] = self->model;
    }
    if (*self->state) {
        words[count++] = "--state";
        words[count++] = self->state;
    }
    child_end end = child_run(words, &how, &data, &len);
    nn_free(data);
    explain_end(self, end);
    self->now.stage = SHARE_ENDED;
    publish(self);
}

/* ---- for the owner ----------------------------------------------------------------------------------------------- */

bool share_job_new(share_job **out, const char *address, const char *model, const char *state, const char *language,
                   const job_host *host, nn_error *err)
{
    share_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    snprintf(self->address, sizeof self->address, "%s", address);
    snprintf(self->model, sizeof self->model, "%s", model);
    snprintf(self->state, sizeof self->state, "%s", state ? state : "");
    self->language = language;
    mailbox_init(&self->box);
    if (job_start(&self->job, work, self, host, err))
        return true;
    nn_free(self);
    *out = NULL;
    return false;
}

bool share_job_look(share_job *self)
{
    return mailbox_take(&self->box);
}

const share_news *share_job_news(const share_job *self)
{
    return &self->slot[self->box.reading];
}

void share_job_stop(share_job *self)
{
    job_stop(self->job);
}

void share_job_leave(share_job *self)
{
    if (self)
        job_leave(self->job, nn_free);
}
