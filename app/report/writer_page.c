/* writer_page.c - what `train --report` says of writers who were left out: writers.html and writers.json. */
#include "app/core/buffer.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include "page.h"
#include "page_html.h"
#include "report.h"
#include "writer_scores.h"
#include <stdio.h>
#include <string.h>

static void add_facts(const writer_scores *self, const writer_summary *s, buffer *out)
{
    char note[NN_NAME + 64];
    buffer_add(out, "<dl class=\"facts\">\n");
    snprintf(note, sizeof note, "%s of %s drawings wrong", report_count(s->all.errors), report_count(s->all.n));
    page_html_fact("accuracy", writer_accuracy(s->all), 2, note, out);
    snprintf(note, sizeof note, "mean over %d writers", s->writers);
    page_html_fact("by writer", s->by_writer, 2, note, out);
    if (s->worst >= 0) {
        snprintf(note, sizeof note, "writer %s", self->pens->writer[s->worst]);
        page_html_fact("worst writer", writer_accuracy(writer_scores_of(self, s->worst)), 2, note, out);
    }
    page_html_fact("unsure", s->all.n ? (double)s->unsure / s->all.n : 0.0, 2, "flagged as better not believed", out);
    buffer_add(out, "</dl></header>\n");
}

/* Rows: what it is, columns: what it was read as. */
static void add_confusion(const confusion *c, const nn_model *model, buffer *out)
{
    buffer_add(out, "<div class=\"card\"><h3>What was read as what</h3><table><tr><th>is</th>");
    for (int k = 0; k < c->classes; k++) {
        buffer_add(out, "<th class=\"n\">");
        buffer_escaped(out, model->label[k]);
        buffer_add(out, "</th>");
    }
    for (int i = 0; i < c->classes; i++) {
        buffer_add(out, "</tr>\n<tr><th>");
        buffer_escaped(out, model->label[i]);
        buffer_add(out, "</th>");
        for (int k = 0; k < c->classes; k++)
            buffer_format(out, "<td class=\"n\">%s</td>", c->n[i][k] ? report_count(c->n[i][k]) : "");
    }
    buffer_add(out, "</tr>\n</table></div>\n");
}

static void add_writers(const writer_scores *self, buffer *out)
{
    buffer_add(out, "<div class=\"card\"><h3>Every writer</h3><table><tr><th>writer</th><th class=\"n\">accuracy</th>"
                    "<th class=\"n\">wrong</th><th class=\"n\">drawings</th></tr>\n");
    for (int w = 0; w < self->pens->writers; w++) {
        writer_tally t = writer_scores_of(self, w);
        if (t.n == 0)
            continue;
        buffer_add(out, "<tr><th>");
        buffer_escaped(out, self->pens->writer[w]);
        buffer_format(out, "</th><td class=\"n\">%.2f %%</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
                      100 * writer_accuracy(t), report_count(t.errors), report_count(t.n));
    }
    buffer_add(out, "</table></div>\n");
}

static bool make_page(const writer_scores *self, const char *name, buffer *out, nn_error *err)
{
    writer_summary s = writer_scores_summary(self);
    const nn_model *model = recogniser_model(self->reader);
    page_html_head(name, out);
    buffer_add(out, "<body><header><h1>");
    buffer_escaped(out, name);
    buffer_add(out, " on writers who were left out</h1>\n");
    add_facts(self, &s, out);
    buffer_add(out, "<main><h2>Classes and writers</h2>\n<div class=\"cards\">\n");
    page_html_classes(&s.confusion, model, NULL, "drawings", out);
    add_confusion(&s.confusion, model, out);
    add_writers(self, out);
    buffer_add(out, "</div>\n</main>\n</body></html>\n");
    return !out->failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the page");
}

bool writer_scores_save(const writer_scores *self, const char *model, const char *folder, nn_error *err)
{
    const char *slash = strrchr(model, '/');
    json_t *scores = writer_scores_json(self);
    char *text = nn_json_text(scores, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    buffer page = {0};
    bool ok = text || nn_fail(err, NN_NOMEM, 0, "out of memory for the report");
    ok = ok && make_page(self, slash ? slash + 1 : model, &page, err);
    if (ok) {
        const page_file files[] = {{"writers.json", (unsigned char *)text, strlen(text)},
                                   {"writers.html", (unsigned char *)page.data, page.len}};
        ok = page_save(folder, files, 2, err);
    }
    buffer_free(&page);
    nn_free(text);
    json_decref(scores);
    return ok;
}
