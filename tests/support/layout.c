/* layout.c - one frame looked at, at every size, scale and language. */
#include "support/layout.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "nn/file.h"
#include "support/contrast.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/own.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEAST_TEXT = 9 /* pixels of the em */, FAULTS_SHOWN = 40 };
static const double text_contrast = 4.5, disabled_contrast = 3;

const char layout_net[] = "input 28 28 1\nconv 6 3\nrelu\nmaxpool 2\nconv 8 3\nrelu\nflatten\ndense 10\nsoftmax\n";

static const int sizes[LAYOUT_SIZES][2] = {{480, 360},   {640, 480},   {800, 600},  {1024, 600},
                                           {1200, 760},  {1280, 720},  {1366, 768}, {1920, 1080},
                                           {2560, 1080}, {3840, 2160}, {720, 1280}, {1080, 1920}};
const float layout_scales[LAYOUT_SCALES] = {1, 1.5f, 2, 2.5f, 3};

static nn_error err;
static int frames, elements, lines, cuts, faults, all_faults;
const char *layout_shown;
const char *const layout_views[VIEW_COUNT] = {"Read", "Break it", "Inside", "Learn", "Test"};

/* ---- one frame --------------------------------------------------------------------------------------------------- */

void layout_fault(rect r, const char *format, ...)
{
    va_list args;
    all_faults++;
    if (++faults > FAULTS_SHOWN)
        return;
    va_start(args, format);
    print_error("%s, %s, %d x %d, scale %g (%.2f): ", layout_shown, texts_language(), s.app->w, s.app->h,
                (double)s.app->options.scale, (double)s.app->ui->scale);
    vprint_error(format, args);
    print_error(" [%d %d %d %d]\n", r.x, r.y, r.w, r.h);
    va_end(args);
}

int layout_top(void)
{
    int top = 0;
    for (int i = 0; i < s.app->ui->n_elements; i++)
        top = s.app->ui->element[i].layer > top ? s.app->ui->element[i].layer : top;
    return top;
}

static bool lies_in(rect inner, rect outer)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

static bool meet(rect a, rect b)
{
    return !rect_is_empty(rect_intersect(a, b));
}

/* Seen as a whole, or brought into sight by scrolling. */
static bool can_be_reached(rect r, rect visible, int layer)
{
    const ui *u = s.app->ui;
    if (memcmp(&r, &visible, sizeof r) == 0)
        return true;
    rect all = u->scroll_area;
    all.y -= u->scroll;
    all.h += u->scroll_max;
    return u->scroll_layer == layer && lies_in(r, all);
}

/* A finger hits it, as WCAG 2.2 asks for; but for links in a text, and the cells of a table, whose place is what they say. */
static void check_reach(const element *e)
{
    int least = (int)floorf(24 * s.app->ui->scale);
    bool presses = e->kind == ELEMENT_BUTTON || e->kind == ELEMENT_SLIDER || e->kind == ELEMENT_FIELD;
    bool excepted = strncmp(e->name, "help.link.", 10) == 0 || strncmp(e->name, "cell.", 5) == 0;
    if (e->enabled && presses && !excepted && (e->r.w < least || e->r.h < least))
        layout_fault(e->r, "%s is only %d x %d pixels", e->name, e->r.w, e->r.h);
}

static void check_elements(int layer)
{
    const ui *u = s.app->ui;
    rect window = {0, 0, s.app->w, s.app->h};
    for (int i = 0; i < u->n_elements; i++) {
        const element *e = &u->element[i];
        if (e->layer != layer)
            continue;
        elements++;
        if (rect_is_empty(e->r))
            layout_fault(e->r, "%s is nowhere", e->name);
        else if (!can_be_reached(e->r, e->visible, e->layer) ||
                 (!rect_is_empty(e->visible) && !lies_in(e->visible, window)))
            layout_fault(e->r, "%s cannot be seen as a whole", e->name);
        check_reach(e);
        for (int k = 0; k < i; k++)
            if (u->element[k].layer == layer && meet(e->visible, u->element[k].visible))
                layout_fault(e->visible, "%s lies over %s", e->name, u->element[k].name);
    }
}

/* The element that the middle of the line is in. */
static const element *element_around(const text_line *l)
{
    const ui *u = s.app->ui;
    for (int i = u->n_elements - 1; i >= 0; i--) {
        const element *e = &u->element[i];
        if (e->layer == l->layer && rect_contains(e->r, (float)l->r.x, (float)l->r.y + 0.5f * (float)l->r.h))
            return e;
    }
    return NULL;
}

static void check_line(const text_line *l)
{
    const element *e = element_around(l);
    lines++;
    if (l->cut) {
        cuts++;
        if (!e || !e->tip || e->kind == ELEMENT_CANVAS)
            layout_fault(l->r, "\"%s\" is cut, and no tooltip tells the whole", l->cut);
        return;
    }
    if (l->px < LEAST_TEXT)
        layout_fault(l->r, "a text of %d pixels", l->px);
    if (!can_be_reached(l->r, l->visible, l->layer))
        layout_fault(l->r, "a text cannot be seen as a whole");
}

static void check_lines(int layer)
{
    const ui *u = s.app->ui;
    for (int i = 0; i < u->n_lines; i++) {
        const text_line *l = &u->line[i];
        if (l->layer != layer)
            continue;
        check_line(l);
        for (int k = 0; k < i && !l->cut; k++)
            if (u->line[k].layer == layer && !u->line[k].cut && meet(l->visible, u->line[k].visible))
                layout_fault(l->r, "a text lies over another one");
        for (int k = 0; k < u->n_elements && !l->cut; k++) {
            const element *e = &u->element[k];
            if (e->layer == layer && meet(l->visible, e->visible) && !lies_in(l->r, e->r))
                layout_fault(l->r, "a text lies over the edge of %s", e->name);
        }
    }
}

static void check_frame(void)
{
    app_build(s.app);
    frames++;
    check_elements(layout_top());
    check_lines(layout_top());
}

void layout_check_answer(void)
{
    const element *class = ui_find(s.app->ui, "answer"), *bars = ui_find(s.app->ui, "bars");
    const element *e = bars ? bars : class;
    if (!e || 2 * e->visible.h < 3 * LEAST_TEXT || e->visible.w < 8 * LEAST_TEXT)
        layout_fault(e ? e->visible : (rect){0, 0, 0, 0}, "no answer that can be read");
}

/* ---- colours ----------------------------------------------------------------------------------------------------- */

static colour pixel(rect r, int i)
{
    return s.pixels.pixels[(r.y + i / r.w) * s.pixels.stride + r.x + i % r.w];
}

/* The pixel of most of the rectangle's: what a text stands on. */
static colour ground(rect r)
{
    colour most = pixel(r, 0);
    for (int i = 0, best = 0; i < r.w * r.h; i += 1 + r.w * r.h / 97) {
        int same = 0;
        for (int k = 0; k < r.w * r.h; k++)
            same += pixel(r, k) == pixel(r, i);
        if (same > best)
            most = pixel(r, i), best = same;
    }
    return most;
}

/* What stands on the screen, whatever it was painted with and lies on; of a thin letter the pixels that are covered most. */
static void check_contrast(const text_line *l)
{
    const element *e = element_around(l);
    rect r = rect_intersect(l->visible, (rect){0, 0, s.app->w, s.app->h});
    if (l->cut || rect_is_empty(r))
        return;
    double most = 1;
    colour behind = ground(r);
    for (int i = 0; i < r.w * r.h; i++)
        most = fmax(most, contrast_of(pixel(r, i), behind));
    if (most < (e && !e->enabled ? disabled_contrast : text_contrast))
        layout_fault(r, "%s theme: a text with a contrast of %.2f%s%s",
                     s.app->ui->colours == &theme_dark ? "dark" : "light", most, e ? " in " : "", e ? e->name : "");
}

/* In both themes, on a screen whose pixels are fine enough for the colour of thin letters. */
static void check_colours(void)
{
    s.app->options.scale = 2;
    screen_resize(&s, 1920, 1080);
    for (int i = 0; i < 2; i++) {
        app_do(s.app, (action){.id = ACTION_THEME});
        screen_frame(&s);
        int top = layout_top();
        for (int k = 0; k < s.app->ui->n_lines; k++)
            if (s.app->ui->line[k].layer == top)
                check_contrast(&s.app->ui->line[k]);
    }
    s.app->options.scale = 1;
    screen_resize(&s, 1200, 760);
}

/* ---- all sizes --------------------------------------------------------------------------------------------------- */

void layout_size(int size, float scale)
{
    s.app->options.scale = scale;
    app_event(s.app, &(event){.kind = EVENT_RESIZE, .x = (float)sizes[size][0], .y = (float)sizes[size][1]});
}

void layout_at_all_sizes(const char *what, int step, void (*check)(void))
{
    layout_shown = what;
    for (int i = 0; i < LAYOUT_SIZES; i += step) {
        float before = 0;
        for (int k = 0; k < LAYOUT_SCALES; k += step) {
            layout_size(i, layout_scales[k]);
            check_frame();
            if (check && s.app->ui->scale != before)
                check();
            if (s.app->ui->scale == before)
                break;
            before = s.app->ui->scale;
        }
    }
    layout_size(4, 1);
    screen_frame(&s);
}

void layout_in_all_languages(const char *what, void (*check)(void))
{
    static const char *const others[] = {"de", "xx"};
    layout_at_all_sizes(what, 1, check);
    check_colours();
    for (int i = 0; i < 2; i++) {
        assert_true(texts_speak(others[i]));
        layout_at_all_sizes(what, 2, check);
    }
    assert_true(texts_speak("en"));
}

/* ---- what is open ------------------------------------------------------------------------------------------------ */

int layout_open(void **state)
{
    (void)state;
    temp_make();
    own_net("own");
    own_digits(100);
    assert_true(nn_file_mkdirs(temp_path("Pictures/old"), &err));
    for (int i = 0; i < 20; i++) {
        char name[96];
        snprintf(name, sizeof name, "Pictures/a file with a name that is longer than most names of files %d.txt", i);
        assert_true(nn_file_save(temp_path(name), "x", 1, NN_CONSISTENT, &err));
    }
    setenv("HOME", temp_path("."), 1);
    screen_open(&s, 1200, 760);
    nn_model *model = net_model(layout_net, 3);
    assert_true(nn_model_save(model, temp_path("conv.safetensors"), &err));
    nn_model_free(model);
    screen_use(&s, temp_path("conv.safetensors"));
    faults = 0;
    return 0;
}

int layout_close(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    texts_speak("en");
    return 0;
}

void layout_show(view_choice view)
{
    screen_key(&s, '1' + (int)view, MOD_CTRL);
    screen_wait(&s);
    screen_settle(&s);
}

void layout_assert_no_faults(void)
{
    if (faults)
        fail_msg("%d faults", faults);
}

void layout_check_popup(int id, const char *what)
{
    app_do(s.app, (action){.id = id});
    screen_wait(&s);
    assert_int_not_equal(s.app->popup, POPUP_NONE);
    layout_in_all_languages(what, NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
}

/* ---- tooltips ---------------------------------------------------------------------------------------------------- */

int layout_point_at(const element *e)
{
    const ui *u = s.app->ui;
    int layer = e->layer, count = 0;
    rect r = e->visible;
    screen_pointer(&s, EVENT_POINTER_LEAVE, 0, 0, 0);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)r.x + 0.5f * (float)r.w, (float)r.y + 0.5f * (float)r.h, 0);
    s.app->now = s.now += 1000;
    app_build(s.app);
    for (int i = 0; i < u->n_lines; i++) {
        if (u->line[i].layer <= layer)
            continue;
        check_line(&u->line[i]);
        count++;
    }
    return count;
}

void layout_check_tooltips(const char *what)
{
    layout_shown = what;
    app_build(s.app);
    for (int i = 0; i < s.app->ui->n_elements; i++) {
        element e = s.app->ui->element[i];
        if (e.layer == layout_top() && e.kind != ELEMENT_CANVAS && !rect_is_empty(e.visible) &&
            layout_point_at(&e) == 0)
            layout_fault(e.visible, "%s has no tooltip", e.name);
    }
}

void layout_report(void)
{
    printf("{\"frames\":%d,\"elements\":%d,\"lines\":%d,\"cut\":%d,\"faults\":%d}\n", frames, elements, lines, cuts,
           all_faults);
}
