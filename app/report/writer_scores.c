/* writer_scores.c - reading the drawings of writers who were left out, and counting by class and by writer. */
#include "writer_scores.h"
#include "app/core/console/terminal.h"
#include "nn/alloc.h"
#include "report.h"
#include <stdio.h>

bool writer_scores_new(writer_scores *self, const pens *from, nn_error *err)
{
    *self = (writer_scores){.pens = from, .read = nn_alloc((size_t)from->count, sizeof *self->read)};
    if (!self->read)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the scores");
    for (int i = 0; i < from->count; i++)
        self->read[i].digit = -1;
    return true;
}

void writer_scores_free(writer_scores *self)
{
    recogniser_free(self->reader);
    nn_free(self->read);
    *self = (writer_scores){0};
}

bool writer_scores_read(writer_scores *self, nn_model *model, int fold, int folds, nn_error *err)
{
    recogniser_free(self->reader);
    if (!recogniser_new(&self->reader, model, err))
        return false;
    for (int i = 0; i < self->pens->count; i++) {
        const pens_drawing *drawing = &self->pens->drawing[i];
        digit image;
        answer a;
        if (!pens_in_fold(drawing, fold, folds))
            continue;
        digit_from_ink(&image, &drawing->ink, &digit_defaults);
        recogniser_read(self->reader, &image, &a);
        if (a.overflow)
            return answer_overflows("the trained model", err);
        self->read[i].digit = a.digit;
        self->read[i].unsure = a.unsure;
    }
    return true;
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

double writer_accuracy(writer_tally t)
{
    return t.n ? 1 - (double)t.errors / t.n : 0;
}

writer_tally writer_scores_of(const writer_scores *self, int writer)
{
    writer_tally t = {0};
    for (int i = 0; i < self->pens->count; i++)
        if (self->pens->drawing[i].writer == writer && self->read[i].digit >= 0) {
            t.n++;
            t.errors += self->read[i].digit != self->pens->drawing[i].digit;
        }
    return t;
}

writer_summary writer_scores_summary(const writer_scores *self)
{
    writer_summary s = {.worst = -1, .confusion.classes = 10};
    double lowest = 2;
    for (int i = 0; i < self->pens->count; i++)
        if (self->read[i].digit >= 0) {
            s.unsure += self->read[i].unsure;
            confusion_add(&s.confusion, self->pens->drawing[i].digit, self->read[i].digit);
        }
    s.all.n = confusion_total(&s.confusion);
    s.all.errors = s.all.n - confusion_correct(&s.confusion);
    for (int w = 0; w < self->pens->writers; w++) {
        writer_tally t = writer_scores_of(self, w);
        if (t.n == 0)
            continue;
        s.writers++;
        s.by_writer += writer_accuracy(t);
        if (writer_accuracy(t) < lowest) {
            lowest = writer_accuracy(t);
            s.worst = w;
        }
    }
    s.by_writer = s.writers ? s.by_writer / s.writers : 0;
    return s;
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static json_t *writers_json(const writer_scores *self)
{
    json_t *list = json_array();
    for (int w = 0; w < self->pens->writers; w++) {
        writer_tally t = writer_scores_of(self, w);
        json_t *row = t.n ? json_pack("{s:s, s:i, s:i, s:f}", "writer", self->pens->writer[w], "n", t.n, "errors",
                                      t.errors, "accuracy", writer_accuracy(t))
                          : NULL;
        if (t.n && json_array_append_new(list, row) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *writer_scores_json(const writer_scores *self)
{
    writer_summary s = writer_scores_summary(self);
    const char *worst = s.worst < 0 ? "" : self->pens->writer[s.worst];
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:o, s:o, s:o, s:s}", "n", s.all.n, "errors", s.all.errors, "accuracy",
                     writer_accuracy(s.all), "accuracy_by_writer_macro", s.by_writer, "unsure",
                     s.all.n ? (double)s.unsure / s.all.n : 0.0, "per_class",
                     report_classes_json(&s.confusion, recogniser_model(self->reader)), "confusion",
                     report_confusion_json(&s.confusion), "per_writer", writers_json(self), "worst_writer", worst);
}

bool writer_scores_print(const writer_scores *self)
{
    writer_summary s = writer_scores_summary(self);
    terminal_print("\n%s drawings of %d writers who were left out\n\n", report_count(s.all.n), s.writers);
    terminal_print("  accuracy     %6.2f %%   %s wrong\n", 100 * writer_accuracy(s.all), report_count(s.all.errors));
    terminal_print("  by writer    %6.2f %%   mean over the writers\n", 100 * s.by_writer);
    if (s.worst >= 0)
        terminal_print("  worst        %6.2f %%   writer %s\n", 100 * writer_accuracy(writer_scores_of(self, s.worst)),
                       self->pens->writer[s.worst]);
    terminal_print("  unsure       %6.2f %%   flagged as better not believed\n",
                   s.all.n ? 100.0 * s.unsure / s.all.n : 0.0);
    report_classes(&s.confusion, recogniser_model(self->reader), NULL);
    terminal_print("\n  %7s  %9s  %7s  %7s\n", "writer", "accuracy", "wrong", "items");
    for (int w = 0; w < self->pens->writers; w++) {
        writer_tally t = writer_scores_of(self, w);
        if (t.n)
            terminal_print("  %7s  %7.2f %%  %7d  %7d\n", self->pens->writer[w], 100 * writer_accuracy(t), t.errors,
                           t.n);
    }
    return terminal_flush();
}
