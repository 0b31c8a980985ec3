/* page.c - a report is made in memory as a list of files, then saved one by one. */
#include "page.h"
#include "app/core/console/interrupt.h"
#include "app/core/model/models.h"
#include "app/core/paths.h"
#include "app/core/platform.h"
#include "evaluation_json.h"
#include "nn/file.h"
#include "nn/json.h"
#include "nn/nn.h"
#include "page_html.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Every plot twice, the numbers, the page: in the order of saving, so that the page is the last to change. */
enum { JSON = 2 * PAGE_PLOTS, HTML, FILES };

typedef struct report {
    page_source source;
    figure *figures[PAGE_PLOTS];
    page_file file[FILES];
} report;

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static json_t *bins_json(const calibration *c)
{
    json_t *list = json_array();
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        reliability r = calibration_bin(c, i);
        json_array_append_new(list, json_pack("{s:f, s:f, s:i, s:i, s:o, s:o}", "from", (double)i / CALIBRATION_BINS,
                                              "to", (i + 1.0) / CALIBRATION_BINS, "right", c->count[RIGHT][i], "wrong",
                                              c->count[WRONG][i], "confidence", nn_json_number(r.confidence),
                                              "accuracy", nn_json_number(r.accuracy)));
    }
    return list;
}

static json_t *top_json(const evaluation *e, const float *p)
{
    int top[PAGE_TOP], n = metrics_top(p, e->confusion.classes, top, PAGE_TOP);
    json_t *list = json_array();
    for (int k = 0; k < n; k++)
        json_array_append_new(list, json_pack("{s:i, s:s, s:f}", "digit", top[k], "text", e->models[0]->label[top[k]],
                                              "probability", (double)p[top[k]]));
    return list;
}

static json_t *wrong_json(const evaluation *e)
{
    json_t *list = json_array();
    for (int i = 0; i < e->data->count; i++) {
        const float *p = evaluation_answer(e, i);
        int truth = evaluation_truth(e, i);
        if (evaluation_read(e, i) != truth)
            json_array_append_new(list, json_pack("{s:i, s:i, s:o}", "image", i, "true", truth, "top", top_json(e, p)));
    }
    return list;
}

static json_t *curve_json(const evaluation *e, int class, scored *items, roc_point *points)
{
    int n = evaluation_roc(e, class, items, points);
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_pack("[f,f]", points[i].fpr, points[i].tpr));
    return json_pack("{s:s, s:o}", "label", e->models[0]->label[class], "points", list);
}

static json_t *roc_json(const evaluation *e)
{
    scored *items = nn_alloc((size_t)e->data->count, sizeof *items);
    roc_point *points = nn_alloc(ROC_POINTS, sizeof *points);
    json_t *list = items && points ? json_array() : NULL;
    for (int k = 0; list && k < e->confusion.classes; k++)
        json_array_append_new(list, curve_json(e, k, items, points));
    nn_free(points);
    nn_free(items);
    return list;
}

/* What `eval --json` prints, and what only the report has. */
static json_t *report_json(const page_source *s)
{
    const evaluation *e = s->evaluation;
    json_t *all = evaluation_json(e), *facts = models_facts(e->models[0]);
    json_t *more = json_pack("{s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:o, s:o, s:o, s:o, s:o}", "model",
                             nn_json_string(s->name), "data", nn_json_string(s->folder), "part", s->part, "made",
                             s->when, "version", DIGITSCOPE_VERSION, "cpu", s->cpu, "kernels", nn_kernels_name(),
                             "threads", e->threads, "seconds", e->seconds, "training_seconds",
                             nn_json_number(s->training_seconds), "training", facts ? facts : json_null(), "bins",
                             bins_json(&e->calibration), "roc", roc_json(e), "wrong", wrong_json(e));
    if (json_object_update(all, more) != 0) {
        json_decref(all);
        all = NULL;
    }
    json_decref(more);
    return all;
}

/* ---- making the files -------------------------------------------------------------------------------------------- */

static bool make_figures(report *r, nn_error *err)
{
    for (int i = 0; i < PAGE_PLOTS && !interrupted(); i++)
        if (!page_plots[i].draw(&r->source, &r->figures[i], err))
            return false;
    return true;
}

/* Takes the buffer's memory over. */
static void keep(report *r, int index, buffer *b)
{
    r->file[index].data = (unsigned char *)b->data;
    r->file[index].len = b->len;
    *b = (buffer){0};
}

static bool make_plot_files(report *r, nn_error *err)
{
    text_engine *engine;
    bool ok = text_new(&engine, err);
    for (int i = 0; i < PAGE_PLOTS; i++) {
        buffer svg = {0};
        snprintf(r->file[2 * i].name, sizeof r->file[0].name, "%s.svg", page_plots[i].name);
        snprintf(r->file[2 * i + 1].name, sizeof r->file[0].name, "%s.png", page_plots[i].name);
        if (!ok || !r->figures[i] || interrupted())
            continue;
        ok = figure_svg(r->figures[i], true, &svg, err);
        keep(r, 2 * i, &svg);
        ok = ok && figure_png(r->figures[i], engine, 2, &r->file[2 * i + 1].data, &r->file[2 * i + 1].len, err);
    }
    text_free(engine);
    return ok;
}

static bool make_json_file(report *r, nn_error *err)
{
    json_t *json = report_json(&r->source);
    char *text = nn_json_text(json, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    json_decref(json);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the report");
    strcpy(r->file[JSON].name, "report.json");
    r->file[JSON].data = (unsigned char *)text;
    r->file[JSON].len = strlen(text);
    return true;
}

static bool make_page_file(report *r, nn_error *err)
{
    buffer html = {0};
    bool ok = page_html(&r->source, r->figures, &html, err);
    strcpy(r->file[HTML].name, "report.html");
    keep(r, HTML, &html);
    return ok;
}

/* ---- saving ------------------------------------------------------------------------------------------------------ */

static bool make_folder(const char *folder, nn_error *err)
{
    if (!nn_file_mkdirs_named(folder, err))
        return false;
    return platform_is_folder(folder) || nn_fail(err, NN_IO, 0, "%.200s: is no folder", folder);
}

bool page_may_save(const char *folder, nn_error *err)
{
    char path[PATHS_MAX];
    if (snprintf(path, sizeof path, "%s%s", *folder == '/' ? "" : "./", folder) >= (int)sizeof path)
        return nn_fail(err, NN_USAGE, 0, "%.100s...: the name is too long", folder);
    while (!platform_exists(path)) { /* the root and "." do */
        char *slash = strrchr(path, '/');
        slash[slash == path] = '\0';
    }
    if (!platform_is_folder(path))
        return nn_fail(err, NN_IO, 0, "%.200s: is no folder", path);
    return access(path, W_OK) == 0 ||
           nn_fail(err, NN_IO, 0, "%s: cannot be written there: %s", folder, strerror(errno));
}

static bool save_file(const char *folder, const page_file *file, nn_error *err)
{
    char path[PATHS_MAX];
    if (!paths_join(path, folder, file->name))
        return nn_fail(err, NN_USAGE, 0, "%.100s...: the name is too long", folder);
    return file->data ? nn_file_save(path, file->data, file->len, NN_CONSISTENT, err) : nn_file_remove(path, err);
}

/* Half a report would be taken for one. */
static void remove_files(const char *folder, const page_file *file, int count)
{
    char path[PATHS_MAX];
    nn_error ignored;
    for (int i = 0; i < count; i++)
        if (paths_join(path, folder, file[i].name))
            nn_file_remove(path, &ignored);
    nn_file_rmdir(folder);
}

bool page_save(const char *folder, const page_file *file, int count, nn_error *err)
{
    bool is_new = !platform_exists(folder), ok = make_folder(folder, err);
    for (int i = 0; ok && !interrupted() && i < count; i++)
        ok = save_file(folder, &file[i], err);
    if (!ok && is_new)
        remove_files(folder, file, count);
    return ok;
}

static void say_when(char out[32])
{
    time_t now = time(NULL);
    struct tm local;
    if (!localtime_r(&now, &local) || strftime(out, 32, "%Y-%m-%d %H:%M %z", &local) == 0)
        strcpy(out, "unknown");
}

bool page_write(const page_source *source, const char *folder, nn_error *err)
{
    report *r = nn_alloc(1, sizeof *r);
    if (!r)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the report");
    r->source = *source;
    const char *slash = strrchr(source->name, '/');
    r->source.name = slash ? slash + 1 : source->name;
    say_when(r->source.when);
    platform_cpu_name(r->source.cpu, sizeof r->source.cpu);
    bool ok = make_figures(r, err) && make_plot_files(r, err) && make_json_file(r, err) && make_page_file(r, err) &&
              (interrupted() || page_save(folder, r->file, FILES, err));
    for (int i = 0; i < PAGE_PLOTS; i++)
        figure_free(r->figures[i]);
    for (int i = 0; i < FILES; i++)
        nn_free(r->file[i].data);
    nn_free(r);
    return ok;
}
