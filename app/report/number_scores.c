/* number_scores.c - whole numbers, their lengths, and the edit distance over digits. */
#include "number_scores.h"
#include "app/core/console/terminal.h"
#include "report.h"
#include <math.h>
#include <string.h>

enum { READ_MOST = 512 }; /* digits that are read in one drawing, at most */

/* The classes whose labels make up a text; -1 where there are none, or too many. */
static int classes_of(int *class, int most, const char *text, const nn_model *model)
{
    int n = 0;
    while (*text) {
        int k = 0;
        while (k < model->n_labels && strncmp(text, model->label[k], strlen(model->label[k])) != 0)
            k++;
        if (k == model->n_labels || n == most)
            return -1;
        class[n++] = k;
        text += strlen(model->label[k]);
    }
    return n;
}

/* Levenshtein's distance, row by row. */
static int edits_between(const int *a, int n_a, const int *b, int n_b)
{
    int row[READ_MOST + 1];
    for (int j = 0; j <= n_b; j++)
        row[j] = j;
    for (int i = 1; i <= n_a; i++) {
        int aslant = row[0];
        row[0] = i;
        for (int j = 1; j <= n_b; j++) {
            int changed = aslant + (a[i - 1] != b[j - 1]), least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            aslant = row[j];
            row[j] = changed < least ? changed : least;
        }
    }
    return row[n_b];
}

bool number_scores_add(number_scores *s, const char *label, const char *read, const nn_model *model)
{
    int truth[NUMBER_SCORES_LONGEST - 1], answer[READ_MOST],
        n = classes_of(truth, NUMBER_SCORES_LONGEST - 1, label, model),
        n_read = classes_of(answer, READ_MOST, read, model);
    if (n <= 0 || n_read < 0)
        return false;
    int edits = edits_between(truth, n, answer, n_read);
    s->n++;
    s->correct += edits == 0;
    s->digits += n;
    s->edits += edits;
    s->length[n].n++;
    s->length[n].correct += edits == 0;
    return true;
}

double number_scores_accuracy(const number_scores *s)
{
    return s->n ? (double)s->correct / s->n : NAN;
}

double number_scores_error_rate(const number_scores *s)
{
    return s->digits ? (double)s->edits / (double)s->digits : NAN;
}

json_t *number_scores_json(const number_scores *s)
{
    json_t *list = json_array();
    for (int i = 0; i < NUMBER_SCORES_LONGEST; i++)
        if (s->length[i].n &&
            json_array_append_new(list, json_pack("{s:i, s:i, s:f}", "length", i, "n", s->length[i].n, "accuracy",
                                                  (double)s->length[i].correct / s->length[i].n))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

void number_scores_print(const number_scores *s)
{
    if (s->n == 0)
        return;
    terminal_print("  accuracy     %6.2f %%   %s of %s wrong\n", 100 * number_scores_accuracy(s),
                   report_count(s->n - s->correct), report_count(s->n));
    terminal_print("  digit errors %6.2f %%   digits to put in, take out or change, by digit written\n",
                   100 * number_scores_error_rate(s));
    for (int i = 0; i < NUMBER_SCORES_LONGEST; i++)
        if (s->length[i].n)
            terminal_print("  %2d digit%s    %6.2f %%   of %s\n", i, i == 1 ? " " : "s",
                           100.0 * s->length[i].correct / s->length[i].n, report_count(s->length[i].n));
}
