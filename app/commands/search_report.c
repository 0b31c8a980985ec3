/* search_report.c - the trials of a search as a table and as a plot. */
#include "app/core/console/terminal.h"
#include "app/report/report.h"
#include "app/ui/kit/chart.h"
#include "search.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int widest(const search *s, int setting)
{
    size_t most = strlen(s->space.setting[setting].name);
    for (int i = 0; i < s->n; i++) {
        size_t len = strlen(s->trial[i].point.value[setting]);
        most = len > most ? len : most;
    }
    return (int)most;
}

bool search_print_table(const search *s, const int *order)
{
    bool ok = terminal_print("%5s  %6s  %10s  %8s  %8s", "trial", "epochs", "validation", "loss", "time");
    for (int k = 0; k < s->space.count; k++)
        terminal_print("  %-*s", widest(s, k), s->space.setting[k].name);
    for (int i = 0; i < s->n; i++) {
        const trial *t = &s->trial[order[i]];
        char time[16];
        command_duration(time, t->seconds);
        terminal_print("\n%5d  %6d  %8.2f %%  %8.4f  %8s", order[i] + 1, t->epochs, 100.0 * t->accuracy, t->loss, time);
        for (int k = 0; k < s->space.count; k++)
            terminal_print("  %-*s", widest(s, k), t->point.value[k]);
    }
    return ok && terminal_print("\n");
}

/* ---- the plot -------------------------------------------------------------------------------------------------- */

enum { EPOCH, VAL_ACCURACY = 4 }; /* columns of training_history */

static double cell(const json_t *history, size_t row, size_t column)
{
    const json_t *value = json_array_get(json_array_get(history, row), column);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* Wide enough for the better half: the first epochs of bad trials may leave the plot below. */
static chart_axis accuracy_axis(const search *s, const int *order)
{
    const trial *middle = &s->trial[order[s->n / 2]];
    double low = 1.0, high = s->trial[order[0]].accuracy;
    for (size_t row = 0; row < json_array_size(middle->history); row++)
        low = fmin(low, cell(middle->history, row, VAL_ACCURACY));
    return (chart_axis){.title = "validation images read right",
                        .min = fmax(fmin(low, high - 0.01), 0.0),
                        .max = fmin(high + 0.002, 1.0),
                        .unit = CHART_PERCENT};
}

static bool draw_trial(chart *c, const trial *t, figure_colour hue, nn_error *err)
{
    size_t n = json_array_size(t->history);
    double *xy = nn_alloc(2 * n + 1, sizeof *xy);
    if (!xy)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the plot");
    for (size_t i = 0; i < n; i++) {
        xy[i] = cell(t->history, i, EPOCH);
        xy[n + i] = cell(t->history, i, VAL_ACCURACY);
    }
    chart_curve(c, xy, xy + n, (int)n, hue);
    nn_free(xy);
    return true;
}

/* The best in colour and with a name, the others in grey behind them. */
static bool draw_trials(chart *c, const search *s, const int *order, int named, nn_error *err)
{
    for (int i = s->n - 1; i >= 0; i--)
        if (!draw_trial(c, &s->trial[order[i]], i < named ? FIGURE_FIRST_SERIES + (figure_colour)i : FIGURE_GRID, err))
            return false;
    for (int i = 0; i < named; i++) {
        char name[32];
        snprintf(name, sizeof name, "trial %d", order[i] + 1);
        chart_legend(c, name, FIGURE_FIRST_SERIES + (figure_colour)i);
    }
    return true;
}

static bool save_figure(const search *s, const figure *f, nn_error *err)
{
    char path[PATHS_MAX];
    buffer svg = {0};
    bool ok =
        figure_svg(f, true, &svg, err) &&
        (paths_join(path, s->out, "search.svg") || nn_fail(err, NN_USAGE, 0, "the name of the folder is too long")) &&
        nn_file_save(path, svg.data, svg.len, NN_CONSISTENT, err);
    buffer_free(&svg);
    return ok;
}

bool search_plot(const search *s, const int *order, nn_error *err)
{
    enum { NAMED = 5 };
    chart c;
    int named = s->n < NAMED ? s->n : NAMED;
    chart_axis x = {.title = "epoch", .unit = CHART_COUNT, .max = s->train.config.train.epochs};
    if (!chart_new(&c, "Search: validation accuracy of every trial", x, accuracy_axis(s, order), named, err))
        return false;
    bool ok = draw_trials(&c, s, order, named, err) && save_figure(s, c.figure, err);
    figure_free(c.figure);
    return ok;
}
