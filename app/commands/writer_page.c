/* writer_page.c - what `train --report` says of writers who were left out: writers.html and writers.json. */
#include "../../nn/file.h"
#include "../../nn/json.h"
#include "../core/buffer.h"
#include "../core/paths.h"
#include "page.h"
#include "page_html.h"
#include "report.h"
#include "writer_scores.h"
#include <string.h>

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void add_facts(const json_t *scores, buffer *out)
{
    const char *worst = string(scores, "worst_writer");
    const json_t *writers = json_object_get(scores, "per_writer");
    double lowest = 0;
    for (size_t i = 0; i < json_array_size(writers); i++)
        if (strcmp(string(json_array_get(writers, i), "writer"), worst) == 0)
            lowest = number(json_array_get(writers, i), "accuracy");
    buffer_format(out, "<dl class=\"facts\">\n<div><dt>accuracy</dt><dd>%.2f %%<small>%s of %s drawings wrong</small>",
                  100 * number(scores, "accuracy"), report_count((long)number(scores, "errors")),
                  report_count((long)number(scores, "n")));
    buffer_format(out,
                  "</dd></div>\n<div><dt>by writer</dt><dd>%.2f %%<small>mean over %zu writers</small></dd></div>\n",
                  100 * number(scores, "accuracy_by_writer_macro"), json_array_size(writers));
    buffer_format(out, "<div><dt>worst writer</dt><dd>%.2f %%<small>writer ", 100 * lowest);
    buffer_escaped(out, worst);
    buffer_format(out,
                  "</small></dd></div>\n<div><dt>unsure</dt><dd>%.2f %%<small>flagged as better not believed</small>"
                  "</dd></div>\n</dl></header>\n",
                  100 * number(scores, "unsure"));
}

static void add_classes(const json_t *classes, buffer *out)
{
    static const char *const shares[] = {"precision", "recall", "f1"};
    size_t i;
    json_t *row;
    buffer_add(out, "<div class=\"card\"><h3>Every class</h3><table><tr><th>class</th><th class=\"n\">precision</th>"
                    "<th class=\"n\">recall</th><th class=\"n\">F1</th><th class=\"n\">drawings</th></tr>\n");
    json_array_foreach((json_t *)(uintptr_t)classes, i, row)
    {
        buffer_add(out, "<tr><th>");
        buffer_escaped(out, string(row, "label"));
        buffer_add(out, "</th>");
        for (int k = 0; k < 3; k++)
            buffer_format(out, "<td class=\"n\">%.2f %%</td>", 100 * number(row, shares[k]));
        buffer_format(out, "<td class=\"n\">%s</td></tr>\n", report_count((long)number(row, "support")));
    }
    buffer_add(out, "</table></div>\n");
}

/* Rows: what it is, columns: what it was read as. */
static void add_confusion(const json_t *scores, buffer *out)
{
    const json_t *classes = json_object_get(scores, "per_class"), *rows = json_object_get(scores, "confusion");
    size_t n = json_array_size(classes);
    buffer_add(out, "<div class=\"card\"><h3>What was read as what</h3><table><tr><th>is</th>");
    for (size_t k = 0; k < n; k++) {
        buffer_add(out, "<th class=\"n\">");
        buffer_escaped(out, string(json_array_get(classes, k), "label"));
        buffer_add(out, "</th>");
    }
    for (size_t i = 0; i < n; i++) {
        buffer_add(out, "</tr>\n<tr><th>");
        buffer_escaped(out, string(json_array_get(classes, i), "label"));
        buffer_add(out, "</th>");
        for (size_t k = 0; k < n; k++) {
            long count = (long)json_integer_value(json_array_get(json_array_get(rows, i), k));
            buffer_format(out, "<td class=\"n\">%s</td>", count ? report_count(count) : "");
        }
    }
    buffer_add(out, "</tr>\n</table></div>\n");
}

static void add_writers(const json_t *writers, buffer *out)
{
    size_t i;
    json_t *row;
    buffer_add(out, "<div class=\"card\"><h3>Every writer</h3><table><tr><th>writer</th><th class=\"n\">accuracy</th>"
                    "<th class=\"n\">wrong</th><th class=\"n\">drawings</th></tr>\n");
    json_array_foreach((json_t *)(uintptr_t)writers, i, row)
    {
        buffer_add(out, "<tr><th>");
        buffer_escaped(out, string(row, "writer"));
        buffer_format(out, "</th><td class=\"n\">%.2f %%</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
                      100 * number(row, "accuracy"), report_count((long)number(row, "errors")),
                      report_count((long)number(row, "n")));
    }
    buffer_add(out, "</table></div>\n");
}

static bool make_page(const json_t *scores, const char *name, buffer *out, nn_error *err)
{
    page_html_head(name, out);
    buffer_add(out, "<body><header><h1>");
    buffer_escaped(out, name);
    buffer_add(out, " on writers who were left out</h1>\n");
    add_facts(scores, out);
    buffer_add(out, "<main><h2>Classes and writers</h2>\n<div class=\"cards\">\n");
    add_classes(json_object_get(scores, "per_class"), out);
    add_confusion(scores, out);
    add_writers(json_object_get(scores, "per_writer"), out);
    buffer_add(out, "</div>\n</main>\n</body></html>\n");
    return !out->failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the page");
}

static bool save(const char *folder, const char *name, const char *text, size_t len, nn_error *err)
{
    char path[PATHS_MAX];
    return paths_join(path, folder, name) ? nn_file_save(path, text, len, NN_CONSISTENT, err)
                                          : nn_fail(err, NN_USAGE, 0, "%.100s...: the name is too long", folder);
}

bool writer_scores_save(const writer_scores *self, const char *model, const char *folder, nn_error *err)
{
    const char *slash = strrchr(model, '/');
    json_t *scores = writer_scores_json(self);
    char *text = nn_json_text(scores, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    buffer page = {0};
    bool ok = text || nn_fail(err, NN_NOMEM, 0, "out of memory for the report");
    ok = ok && make_page(scores, slash ? slash + 1 : model, &page, err) && page_folder(folder, err) &&
         save(folder, "writers.json", text, strlen(text), err) &&
         save(folder, "writers.html", page.data, page.len, err);
    buffer_free(&page);
    nn_free(text);
    json_decref(scores);
    return ok;
}
