/* report.c - tables of scores per class. */
#include "report.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include <stdio.h>
#include <string.h>

enum { MISTAKES_SHOWN = 8 };

json_t *report_classes_json(const confusion *c, const nn_model *model)
{
    json_t *list = json_array();
    for (int k = 0; k < c->classes; k++) {
        class_score s = confusion_class(c, k);
        json_t *row = json_pack("{s:s, s:f, s:f, s:f, s:i}", "label", model->label[k], "precision", s.precision,
                                "recall", s.recall, "f1", s.f1, "support", s.support);
        if (json_array_append_new(list, row) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *report_confusion_json(const confusion *c)
{
    json_t *rows = json_array();
    for (int i = 0; i < c->classes; i++) {
        json_t *row = json_array();
        bool ok = true;
        for (int j = 0; j < c->classes; j++)
            ok &= json_array_append_new(row, json_integer(c->n[i][j])) == 0;
        if (json_array_append_new(rows, row) != 0 || !ok) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

const char *report_count(long n)
{
    static char buffers[4][32];
    static int next;
    char digits[24], *out = buffers[next++ % 4], *p = out;
    int length = snprintf(digits, sizeof digits, "%ld", n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            *p++ = ',';
        *p++ = digits[i];
    }
    *p = 0;
    return out;
}

static int widest_label(const nn_model *model)
{
    size_t widest = strlen("class");
    for (int k = 0; k < model->n_labels; k++)
        widest = strlen(model->label[k]) > widest ? strlen(model->label[k]) : widest;
    return (int)widest;
}

static void print_mistakes(const confusion *c, const nn_model *model)
{
    mistake worst[MISTAKES_SHOWN];
    int n = confusion_worst(c, worst, MISTAKES_SHOWN);
    if (n > 0)
        terminal_print("\nMost frequent mistakes\n");
    for (int i = 0; i < n; i++)
        terminal_print("  %s read as %s  %6s of %s\n", model->label[worst[i].truth], model->label[worst[i].predicted],
                       report_count(worst[i].n), report_count(confusion_class(c, worst[i].truth).support));
}

void report_classes(const confusion *c, const nn_model *model, const double *auc)
{
    int width = widest_label(model);
    terminal_print("\n  %*s  %9s  %9s  %9s%s  %7s\n", width, "class", "precision", "recall", "F1",
                   auc ? "        AUC" : "", "items");
    for (int k = 0; k < c->classes; k++) {
        class_score s = confusion_class(c, k);
        terminal_print("  %*s  %7.2f %%  %7.2f %%  %7.2f %%", width, model->label[k], 100 * s.precision, 100 * s.recall,
                       100 * s.f1);
        if (auc)
            terminal_print("  %9.5f", auc[k]);
        terminal_print("  %7s\n", report_count(s.support));
    }
    print_mistakes(c, model);
}

static bool not_interrupted(void *ctx)
{
    (void)ctx;
    return !interrupted();
}

static void tell_terminal(void *ctx, long done, long all)
{
    (void)ctx;
    terminal_progress("images read", done, all);
}

const evaluation_watch report_watch = {not_interrupted, tell_terminal, NULL};
