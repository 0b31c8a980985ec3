/* page_html.c - the page of a report: numbers, figures, tables, galleries. Well-formed XML as well as HTML. */
#include "page_html.h"
#include "app/core/embedded.h"
#include "app/core/image/png.h"
#include "app/core/model/models.h"
#include "app/core/training/findings.h"
#include "report.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GALLERY = 60, SPRITE_COLUMNS = 100 };

/* ---- small parts ------------------------------------------------------------------------------------------------- */

static void add_percent(buffer *out, double share, int digits)
{
    if (isnan(share))
        buffer_add(out, "-");
    else
        buffer_format(out, "%.*f %%", digits, 100 * share);
}

void page_html_fact(const char *name, double share, int digits, const char *note, buffer *out)
{
    buffer_format(out, "<div><dt>%s</dt><dd>", name);
    add_percent(out, share, digits);
    buffer_add(out, "<small>");
    buffer_escaped(out, note);
    buffer_add(out, "</small></dd></div>\n");
}

static void begin_pair(buffer *out, const char *name)
{
    buffer_add(out, "<tr><th>");
    buffer_escaped(out, name);
    buffer_add(out, "</th><td>");
}

static void add_pair(buffer *out, const char *name, const char *value)
{
    begin_pair(out, name);
    buffer_escaped(out, value);
    buffer_add(out, "</td></tr>\n");
}

static bool add_figures(const page_section section, figure *const figures[PAGE_PLOTS], buffer *out, nn_error *err)
{
    for (int i = 0; i < PAGE_PLOTS; i++) {
        if (page_plots[i].section != section || !figures[i])
            continue;
        buffer_add(out, "<figure>");
        if (!figure_svg(figures[i], false, out, err))
            return false;
        buffer_format(out, "<figcaption>%s</figcaption></figure>\n", page_plots[i].caption);
    }
    return true;
}

/* ---- top of the page --------------------------------------------------------------------------------------------- */

void page_html_head(const char *name, buffer *out)
{
    buffer_add(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
    buffer_escaped(out, name);
    buffer_add(out, " - Digitscope report</title>\n<style>\n");
    buffer_add(out, (const char *)embedded_find("report.css")->data); /* ends with a zero byte */
    figure_style(out);
    buffer_add(out, "\n</style></head>\n");
}

static void add_title(const page_source *s, buffer *out)
{
    const evaluation *e = s->evaluation;
    int wrong = evaluation_errors(e);
    char note[64];
    buffer_add(out, "<body><header><h1>");
    buffer_escaped(out, s->name);
    buffer_format(out, " on %s %s images</h1>\n<dl class=\"facts\">\n", report_count(e->data->count), s->part);
    snprintf(note, sizeof note, "%s of %s wrong", report_count(wrong), report_count(e->data->count));
    page_html_fact("accuracy", 1 - (double)wrong / e->data->count, 2, note, out);
    buffer_format(out, "<div><dt>loss</dt><dd>%.4f<small>nats an image, 0 is perfect</small></dd></div>\n", e->loss);
    page_html_fact("calibration error", calibration_error(&e->calibration), 2, "mean gap, confidence to accuracy", out);
    page_html_fact("confidence, right", calibration_mean(&e->calibration, RIGHT), 1, "average of right answers", out);
    page_html_fact("confidence, wrong", calibration_mean(&e->calibration, WRONG), 1, "average of wrong answers", out);
    buffer_format(out, "<div><dt>parameters</dt><dd>%s<small>", report_count((long)e->parameters));
    buffer_format(out, e->n_models > 1 ? "%d models averaged" : "one model", e->n_models);
    buffer_add(out,
               "</small></dd></div>\n</dl>\n<nav><a href=\"#classes\">Classes</a><a href=\"#confidence\">Confidence</a>"
               "<a href=\"#wrong\">Wrong</a><a href=\"#right\">Right</a><a href=\"#training\">Training</a>"
               "<a href=\"#network\">Network</a><a href=\"#data\">Data</a></nav></header>\n<main>\n");
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

void page_html_classes(const confusion *c, const nn_model *model, const double *auc, const char *items, buffer *out)
{
    buffer_add(out, "<div class=\"card\"><h3>Every class</h3><table><tr><th>class</th><th class=\"n\">precision</th>"
                    "<th class=\"n\">recall</th><th class=\"n\">F1</th>");
    buffer_format(out, "%s<th class=\"n\">%s</th></tr>\n", auc ? "<th class=\"n\">AUC</th>" : "", items);
    for (int k = 0; k < c->classes; k++) {
        class_score score = confusion_class(c, k);
        double shares[] = {score.precision, score.recall, score.f1};
        buffer_add(out, "<tr><th>");
        buffer_escaped(out, model->label[k]);
        buffer_add(out, "</th>");
        for (int i = 0; i < 3; i++) {
            buffer_add(out, "<td class=\"n\">");
            add_percent(out, shares[i], 2);
            buffer_add(out, "</td>");
        }
        if (auc && isnan(auc[k]))
            buffer_add(out, "<td class=\"n\">-</td>");
        else if (auc)
            buffer_format(out, "<td class=\"n\">%.5f</td>", auc[k]);
        buffer_format(out, "<td class=\"n\">%s</td></tr>\n", report_count(score.support));
    }
    buffer_add(out, "</table></div>\n");
}

static void add_mistake_table(const evaluation *e, buffer *out)
{
    mistake worst[10];
    int n = confusion_worst(&e->confusion, worst, 10);
    buffer_add(out, "<div class=\"card\"><h3>Most frequent mistakes</h3><table><tr><th>is</th><th>read as</th>"
                    "<th class=\"n\">times</th><th class=\"n\">of</th></tr>\n");
    for (int i = 0; i < n; i++) {
        buffer_add(out, "<tr><td>");
        buffer_escaped(out, e->models[0]->label[worst[i].truth]);
        buffer_add(out, "</td><td>");
        buffer_escaped(out, e->models[0]->label[worst[i].predicted]);
        buffer_format(out, "</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n", report_count(worst[i].n),
                      report_count(confusion_class(&e->confusion, worst[i].truth).support));
    }
    buffer_add(out, n ? "</table></div>\n" : "</table><p>There are none.</p></div>\n");
}

/* The models that the training went on with, and how they were made. */
static void add_origins(buffer *out, const json_t *origins)
{
    for (size_t i = 0; i < json_array_size(origins); i++) {
        const json_t *origin = json_array_get(origins, i);
        const char *name = json_string_value(json_object_get(origin, "model")),
                   *command = json_string_value(json_object_get(origin, "command"));
        add_pair(out, "start", name ? name : "?");
        add_pair(out, "", command ? command : "?");
    }
}

/* The training facts of a model, as they are; the history is drawn instead. */
static void add_facts_table(const page_source *s, buffer *out)
{
    json_t *facts = models_facts(s->evaluation->models[0]), *value;
    const char *key;
    buffer_add(out, "<div class=\"card\"><h3>Configuration</h3>");
    buffer_add(out, facts ? "<table class=\"pairs\">\n" : "<p>The model does not say how it was trained.</p>");
    json_object_foreach(facts, key, value)
    {
        char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
        if (strcmp(key, "start") == 0)
            add_origins(out, value);
        else if (strcmp(key, "history") != 0)
            add_pair(out, key, text ? text : json_is_string(value) ? json_string_value(value) : "?");
        free(text);
    }
    if (!isnan(s->training_seconds)) {
        begin_pair(out, "training seconds");
        buffer_format(out, "%.1f</td></tr>\n", s->training_seconds);
    }
    buffer_add(out, facts ? "</table></div>\n" : "</div>\n");
    json_decref(facts);
}

static void add_machine_table(const page_source *s, buffer *out)
{
    const evaluation *e = s->evaluation;
    buffer_add(out, "<div class=\"card\"><h3>This report</h3><table class=\"pairs\">\n");
    add_pair(out, "made", s->when);
    add_pair(out, "by", "Digitscope " DIGITSCOPE_VERSION);
    add_pair(out, "data", s->folder);
    add_pair(out, "processor", s->cpu);
    add_pair(out, "kernels", nn_kernels_name());
    begin_pair(out, "scoring");
    buffer_format(out, "%.2f s on %d thread%s, %s images a second</td></tr>\n", e->seconds, e->threads,
                  e->threads == 1 ? "" : "s", report_count(lrint(e->n_models * e->data->count / e->seconds)));
    buffer_add(out, "</table></div>\n");
}

/* ---- galleries --------------------------------------------------------------------------------------------------- */

/* Some images of the data, in the order they are shown. */
typedef struct gallery {
    const evaluation *e;
    const char *id;
    int *image, count;
} gallery;

/* Dark ink on white paper, SPRITE_COLUMNS tiles a row. */
static bool add_sprite(const gallery *g, buffer *out, nn_error *err)
{
    int side = g->e->data->side, rows = (g->count + SPRITE_COLUMNS - 1) / SPRITE_COLUMNS;
    int columns = g->count < SPRITE_COLUMNS ? g->count : SPRITE_COLUMNS, width = columns * side;
    unsigned char *sprite = nn_alloc((size_t)width * (size_t)side, (size_t)rows), *data;
    size_t len, pixels = (size_t)side * (size_t)side;
    if (!sprite)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a gallery");
    memset(sprite, 255, (size_t)width * (size_t)side * (size_t)rows);
    for (int i = 0; i < g->count; i++)
        for (int p = 0; p < side * side; p++) {
            int x = i % SPRITE_COLUMNS * side + p % side, y = i / SPRITE_COLUMNS * side + p / side;
            sprite[(size_t)y * (size_t)width + (size_t)x] =
                (unsigned char)(255 - g->e->data->images[(size_t)g->image[i] * pixels + (size_t)p]);
        }
    bool ok = png_encode_grey(sprite, width, rows * side, &data, &len, err);
    nn_free(sprite);
    if (!ok)
        return false;
    buffer_format(out, "<style>#%s{--columns:%d}#%s i{background-image:url(data:image/png;base64,", g->id, columns,
                  g->id);
    buffer_base64(out, data, len);
    buffer_add(out, ")}</style>\n");
    nn_free(data);
    return true;
}

/* Nothing is certain, and nothing impossible. */
static void add_probability(buffer *out, double p)
{
    buffer_format(out, p > 0.9995 ? "&gt;99.9 %%" : p < 0.0005 ? "&lt;0.1 %%" : "%.1f %%", 100 * p);
}

static void add_item(const gallery *g, int i, buffer *out)
{
    const evaluation *e = g->e;
    const float *p = evaluation_answer(e, g->image[i]);
    int truth = evaluation_truth(e, g->image[i]), top[PAGE_TOP],
        n = metrics_top(p, e->confusion.classes, top, PAGE_TOP);
    buffer_format(out, "<li title=\"image %d\"><i style=\"--x:%d;--y:%d\"></i><em>is ", g->image[i], i % SPRITE_COLUMNS,
                  i / SPRITE_COLUMNS);
    buffer_escaped(out, e->models[0]->label[truth]);
    buffer_add(out, "</em>");
    for (int k = 0; k < n; k++) {
        buffer_add(out, top[k] == truth ? "<br/><b>" : "<br/>");
        buffer_escaped(out, e->models[0]->label[top[k]]);
        buffer_add(out, " ");
        add_probability(out, (double)p[top[k]]);
        buffer_add(out, top[k] == truth ? "</b>" : "");
    }
    buffer_add(out, "</li>\n");
}

/* Wide enough for the longest label. */
static int item_width(const nn_model *model)
{
    size_t longest = 1;
    for (int k = 0; k < model->n_labels; k++)
        longest = strlen(model->label[k]) > longest ? strlen(model->label[k]) : longest;
    return 150 + 7 * (int)(longest < 12 ? longest - 1 : 11);
}

static bool add_gallery(const gallery *g, buffer *out, nn_error *err)
{
    if (g->count == 0) {
        buffer_add(out, "<p>There are none.</p>\n");
        return true;
    }
    if (!add_sprite(g, out, err))
        return false;
    buffer_format(out, "<ul class=\"gallery\" id=\"%s\" style=\"--item:%dpx\">\n", g->id, item_width(g->e->models[0]));
    for (int i = 0; i < g->count; i++)
        add_item(g, i, out);
    buffer_add(out, "</ul>\n");
    return true;
}

/* ---- which images go into a gallery ------------------------------------------------------------------------------ */

static bool add_answers(const evaluation *e, buffer *out, nn_error *err)
{
    finding *list = nn_alloc((size_t)e->data->count, sizeof *list);
    int *image = nn_alloc((size_t)e->data->count, sizeof *image);
    bool ok = list && image;
    if (!ok)
        nn_fail(err, NN_NOMEM, 0, "out of memory for a gallery");
    int wrong = ok ? findings_answers(e, WRONG, list) : 0;
    for (int i = 0; i < wrong; i++)
        image[i] = list[i].image;
    buffer_format(out,
                  "<h2 id=\"wrong\">Wrong</h2>\n<p>All %s, the surest first, with the three most likely classes.</p>\n",
                  report_count(wrong));
    ok = ok && add_gallery(&(gallery){e, "all-wrong", image, wrong}, out, err);

    int right = ok ? findings_answers(e, RIGHT, list) : 0, shown = right < GALLERY ? right : GALLERY;
    for (int i = 0; i < shown; i++)
        image[i] = list[right - 1 - i].image;
    buffer_add(out, "<h2 id=\"right\">Right</h2>\n<p>Those that it was least sure of.</p>\n");
    ok = ok && add_gallery(&(gallery){e, "least-sure", image, shown}, out, err);

    int rest = right - shown, more = rest < GALLERY ? rest : GALLERY;
    for (int i = 0; i < more; i++)
        image[i] = list[(int)((int64_t)i * rest / more)].image;
    buffer_add(out, "<p>And others, from the surest to the least sure.</p>\n");
    ok = ok && add_gallery(&(gallery){e, "some-right", image, more}, out, err);
    nn_free(image);
    nn_free(list);
    return ok;
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void add_architecture(const page_source *s, buffer *out)
{
    buffer_add(out, "<div class=\"card\"><h3>Architecture</h3><pre>");
    buffer_escaped(out, s->evaluation->models[0]->plan->text);
    buffer_add(out, "</pre></div>\n");
}

static void begin_section(buffer *out, const char *id, const char *title)
{
    buffer_format(out, "<h2 id=\"%s\">%s</h2>\n<div class=\"cards\">\n", id, title);
}

bool page_html(const page_source *s, figure *const figures[PAGE_PLOTS], buffer *out, nn_error *err)
{
    page_html_head(s->name, out);
    add_title(s, out);
    begin_section(out, "classes", "Classes");
    bool ok = add_figures(SECTION_CLASSES, figures, out, err);
    const evaluation *e = s->evaluation;
    page_html_classes(&e->confusion, e->models[0], e->auc, "images", out);
    add_mistake_table(s->evaluation, out);
    buffer_add(out, "</div>\n");
    begin_section(out, "confidence", "Confidence");
    ok = ok && add_figures(SECTION_CONFIDENCE, figures, out, err);
    buffer_add(out, "</div>\n");
    ok = ok && add_answers(s->evaluation, out, err);
    begin_section(out, "training", s->evaluation->n_models > 1 ? "Training of the first model" : "Training");
    ok = ok && add_figures(SECTION_TRAINING, figures, out, err);
    add_facts_table(s, out);
    add_machine_table(s, out);
    buffer_add(out, "</div>\n");
    begin_section(out, "network", s->evaluation->n_models > 1 ? "Network of the first model" : "Network");
    ok = ok && add_figures(SECTION_NETWORK, figures, out, err);
    add_architecture(s, out);
    buffer_add(out, "</div>\n");
    begin_section(out, "data", "Data");
    ok = ok && add_figures(SECTION_DATA, figures, out, err);
    buffer_add(out, "</div>\n</main>\n<footer>The plots lie beside this page as SVG and PNG, the numbers in "
                    "report.json.</footer>\n</body></html>\n");
    return ok && (!out->failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the page"));
}
