/* data_report.c - counts, doubts, and their pictures. */
#include "data_report.h"
#include "app/core/console/terminal.h"
#include "app/core/data/array.h"
#include "app/core/data/duplicates.h"
#include "app/core/paths.h"
#include "app/ui/kit/figure.h"
#include "nn/json.h"
#include "page.h"
#include "page_html.h"
#include "report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- finding out ------------------------------------------------------------------------------------------------- */

static bool ask(data_report *r, nn_model *model, const char *name, int threads, nn_error *err)
{
    evaluation how = {.folder = r->path, .threads = threads, .watch = report_watch};
    bool ok = doubts_find(&r->doubts, r->training, model, &how, err);
    if (r->doubts.known)
        snprintf(r->reader, sizeof r->reader, "%s", name);
    return ok;
}

bool data_report_make(data_report *r, nn_model *model, const char *name, int threads, nn_error *err)
{
    r->duplicates = r->test ? dataset_duplicates(r->test, r->training) : 0;
    r->repeated = dataset_duplicates(r->training, NULL);
    if (r->duplicates < 0 || r->repeated < 0)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    return !model || ask(r, model, name, threads, err);
}

/* ---- as text ----------------------------------------------------------------------------------------------------- */

static void count_classes(const dataset *data, int n[NN_MAX_CLASSES])
{
    memset(n, 0, NN_MAX_CLASSES * sizeof *n);
    for (int i = 0; data && i < data->count; i++)
        n[data->labels[i]]++;
}

static const char *polarity_of(const data_report *r)
{
    return r->lie.dark_on_light ? "dark-ink" : "light-ink";
}

json_t *data_report_json(const data_report *r)
{
    const dataset *data = r->training;
    json_t *classes = json_array(), *doubted = json_array();
    int n[NN_MAX_CLASSES];
    count_classes(data, n);
    for (int i = 0; i < data->classes; i++)
        json_array_append_new(classes, json_pack("{s:o, s:i}", "label", nn_json_string(data->label[i]), "n", n[i]));
    for (int i = 0; i < r->doubts.n_listed; i++) {
        const doubt *d = &r->doubts.list[i];
        json_array_append_new(doubted,
                              json_pack("{s:i, s:o, s:o, s:f}", "index", d->image, "label",
                                        nn_json_string(data->label[d->label]), "read",
                                        nn_json_string(data->label[d->read]), "confidence", (double)d->confidence));
    }
    return json_pack("{s:o, s:i, s:i, s:o, s:i, s:s, s:s, s:i, s:i, s:o, s:o, s:o}", "path", nn_json_string(r->path),
                     "n", data->count, "n_test", r->test ? r->test->count : 0, "classes", classes, "side", data->side,
                     "orientation", orientation_words[r->lie.orientation], "polarity", polarity_of(r), "duplicates",
                     r->duplicates, "repeated", r->repeated, "reader",
                     *r->reader ? nn_json_string(r->reader) : json_null(), "note", nn_json_string(data->note),
                     "doubted", doubted);
}

static void print_classes(const data_report *r)
{
    int n[NN_MAX_CLASSES], tests[NN_MAX_CLASSES];
    count_classes(r->training, n);
    count_classes(r->test, tests);
    terminal_print("  %-12s  %9s%s\n", "class", "images", r->test ? "       test" : "");
    for (int i = 0; i < r->training->classes; i++) {
        terminal_print("  %-12s  %9s", r->training->label[i], report_count(n[i]));
        terminal_print(r->test ? "  %9s\n" : "\n", report_count(tests[i]));
    }
}

static void print_doubts(const data_report *r)
{
    if (!*r->reader) {
        int side = r->training->side;
        if (r->doubts.other_side)
            terminal_print("\nNo network here reads these classes in images of %dx%d", side, side);
        else
            terminal_print("\nNo network here knows these classes");
        terminal_print(": --model M names one that doubts labels.\n");
        return;
    }
    int n = r->doubts.n_wrong;
    terminal_print("\n%s does not agree with %s label%s%s\n", r->reader, report_count(n), n == 1 ? "" : "s",
                   n > 1    ? "; most sure it is of these:"
                   : n == 1 ? ":"
                            : "");
    for (int i = 0; i < r->doubts.n_listed; i++)
        terminal_print("  image %7d  label %-8s  read %-8s  %5.1f %%\n", r->doubts.list[i].image,
                       r->training->label[r->doubts.list[i].label], r->training->label[r->doubts.list[i].read],
                       100 * (double)r->doubts.list[i].confidence);
}

bool data_report_print(const data_report *r)
{
    const dataset *data = r->training;
    terminal_print("%s: %s image%s of %dx%d in %d classes", r->path, report_count(data->count),
                   data->count == 1 ? "" : "s", data->side, data->side, data->classes);
    if (r->test)
        terminal_print(", and %s test image%s", report_count(r->test->count), r->test->count == 1 ? "" : "s");
    terminal_print("\n\n  orientation   %s%s\n  polarity      %s\n", orientation_words[r->lie.orientation],
                   r->lie.known ? "" : " (nothing tells)", polarity_of(r));
    if (r->test)
        terminal_print("  duplicates    %s test image%s training images as well\n", report_count(r->duplicates),
                       r->duplicates == 1 ? " is among the" : "s are");
    terminal_print("  repeated      %s image%s there more than once\n\n", report_count(r->repeated),
                   r->repeated == 1 ? " is" : "s are");
    print_classes(r);
    print_doubts(r);
    return terminal_flush();
}

/* ---- as pictures ------------------------------------------------------------------------------------------------- */

enum { COLUMNS = 14, TILE = 36, GAP = 3, LEFT = 84, TOP = 40, MARGIN = 16 };
static const font small = {11, FONT_REGULAR}, bold = {14, FONT_BOLD};

static void add_tile(figure *f, const dataset *data, int image, float x, float y)
{
    uint32_t pixels[DATASET_MAX_SIDE * DATASET_MAX_SIDE];
    int count = data->side * data->side;
    const unsigned char *from = data->images + (size_t)image * (size_t)count;
    for (int i = 0; i < count; i++) {
        uint32_t grey = 255u - from[i];
        pixels[i] = 0xff000000u | grey << 16 | grey << 8 | grey;
    }
    figure_add_image(f, (figure_box){x, y, TILE, TILE}, pixels, data->side, data->side);
}

static figure *start(const char *title, int rows)
{
    figure *f = figure_new(title, LEFT + COLUMNS * (TILE + GAP) + MARGIN, (float)(TOP + rows * (TILE + GAP) + MARGIN));
    if (f)
        figure_add_text(f, (figure_label){MARGIN, 24, FIGURE_START, bold, FIGURE_TEXT}, title);
    return f;
}

/* A row for each class. */
static figure *draw_samples(const dataset *data)
{
    int shown[NN_MAX_CLASSES] = {0};
    figure *f = start("Samples of the data", data->classes);
    for (int i = 0; f && i < data->classes; i++) {
        char text[FIGURE_LABEL];
        figure_shorten(text, data->label[i], small.px, LEFT - MARGIN);
        figure_add_text(
            f,
            (figure_label){LEFT - 8, (float)(TOP + i * (TILE + GAP) + TILE / 2 + 4), FIGURE_END, small, FIGURE_MUTED},
            text);
    }
    for (int i = 0; f && i < data->count; i++) {
        int class = data->labels[i];
        if (shown[class] < COLUMNS)
            add_tile(f, data, i, (float)(LEFT + shown[class]++ * (TILE + GAP)), (float)(TOP + class * (TILE + GAP)));
    }
    return f;
}

/* The doubted ones, with their label and what was read. */
static figure *draw_doubts(const data_report *r)
{
    enum { STEP = TILE + 44 };
    figure *f = start("Labels that the network doubts most", (r->doubts.n_listed + 6) / 7 * 2);
    for (int i = 0; f && i < r->doubts.n_listed; i++) {
        const doubt *d = &r->doubts.list[i];
        float x = (float)(MARGIN + i % 7 * STEP), y = (float)(TOP + i / 7 * 2 * (TILE + GAP));
        char text[2 * NN_NAME + 8], cut[FIGURE_LABEL];
        snprintf(text, sizeof text, "%s: %s?", r->training->label[d->label], r->training->label[d->read]);
        figure_shorten(cut, text, small.px, STEP - 4);
        add_tile(f, r->training, d->image, x, y);
        figure_add_text(f, (figure_label){x, y + TILE + 14, FIGURE_START, small, FIGURE_MUTED}, cut);
    }
    return f;
}

static bool make_sheet(const data_report *r, unsigned char **png, size_t *len, nn_error *err)
{
    text_engine *engine;
    figure *f = draw_samples(r->training);
    *png = NULL;
    bool ok = (f || nn_fail(err, NN_NOMEM, 0, "out of memory for a figure")) && text_new(&engine, err);
    if (ok) {
        ok = figure_png(f, engine, 2, png, len, err);
        text_free(engine);
    }
    figure_free(f);
    return ok;
}

bool data_report_sheet(const data_report *r, const char *path, nn_error *err)
{
    unsigned char *png;
    size_t len;
    bool ok = make_sheet(r, &png, &len, err) && nn_file_save(path, png, len, NN_CONSISTENT, err);
    nn_free(png);
    return ok;
}

/* ---- as a page --------------------------------------------------------------------------------------------------- */

static void add_fact(buffer *out, const char *name, const char *value, const char *note)
{
    buffer_format(out, "<div><dt>%s</dt><dd>%s<small>", name, value);
    buffer_escaped(out, note);
    buffer_add(out, "</small></dd></div>\n");
}

static void add_facts(const data_report *r, buffer *out)
{
    char note[128];
    const dataset *data = r->training;
    buffer_add(out, "<dl class=\"facts\">\n");
    snprintf(note, sizeof note, "of %dx%d in %d classes", data->side, data->side, data->classes);
    add_fact(out, "images", report_count(data->count), note);
    if (r->test)
        add_fact(out, "test images", report_count(r->test->count), "kept apart");
    add_fact(out, "orientation", orientation_words[r->lie.orientation], r->lie.known ? "found out" : "nothing tells");
    add_fact(out, "polarity", polarity_of(r), "of the files");
    add_fact(out, "duplicates", report_count(r->duplicates), "test images that are training images");
    add_fact(out, "repeated", report_count(r->repeated), "images that are there more than once");
    if (*r->reader)
        add_fact(out, "doubted", report_count(r->doubts.n_wrong), "labels that the network reads otherwise");
    buffer_add(out, "</dl></header>\n");
}

static void add_classes(const data_report *r, buffer *out)
{
    int n[NN_MAX_CLASSES], tests[NN_MAX_CLASSES];
    count_classes(r->training, n);
    count_classes(r->test, tests);
    buffer_add(out, "<div class=\"card\"><h3>Classes</h3><table><tr><th>class</th><th class=\"n\">images</th>"
                    "<th class=\"n\">test</th></tr>\n");
    for (int i = 0; i < r->training->classes; i++) {
        buffer_add(out, "<tr><th>");
        buffer_escaped(out, r->training->label[i]);
        buffer_format(out, "</th><td class=\"n\">%s</td>", report_count(n[i]));
        buffer_format(out, "<td class=\"n\">%s</td></tr>\n", r->test ? report_count(tests[i]) : "");
    }
    buffer_add(out, "</table></div>\n");
}

static bool add_figure(figure *f, buffer *out, nn_error *err)
{
    if (!f)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a figure");
    buffer_add(out, "<figure>");
    bool ok = figure_svg(f, false, out, err);
    buffer_add(out, "</figure>\n");
    figure_free(f);
    return ok;
}

static bool make_page(const data_report *r, buffer *out, nn_error *err)
{
    const char *name = paths_last(r->path);
    page_html_head(name, out);
    buffer_add(out, "<body><header><h1>");
    buffer_escaped(out, name);
    buffer_add(out, "</h1>\n");
    add_facts(r, out);
    buffer_add(out, "<main>\n");
    if (*r->training->note) {
        buffer_add(out, "<p>");
        buffer_escaped(out, r->training->note);
        buffer_add(out, "</p>\n");
    }
    bool ok = add_figure(draw_samples(r->training), out, err) &&
              (r->doubts.n_listed == 0 || add_figure(draw_doubts(r), out, err));
    buffer_add(out, "<div class=\"cards\">\n");
    add_classes(r, out);
    buffer_add(out, "</div>\n</main>\n</body></html>\n");
    return ok && (!out->failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the page"));
}

bool data_report_save(const data_report *r, const char *folder, nn_error *err)
{
    unsigned char *png = NULL;
    size_t len;
    json_t *json = data_report_json(r);
    char *text = nn_json_text(json, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    buffer page = {0};
    bool ok = text || nn_fail(err, NN_NOMEM, 0, "out of memory for the report");
    ok = ok && make_page(r, &page, err) && make_sheet(r, &png, &len, err);
    if (ok) {
        const page_file files[] = {{"data.json", (unsigned char *)text, strlen(text)},
                                   {"samples.png", png, len},
                                   {"data.html", (unsigned char *)page.data, page.len}};
        ok = page_save(folder, files, 3, err);
    }
    buffer_free(&page);
    nn_free(png);
    nn_free(text);
    json_decref(json);
    return ok;
}
