/* "Inside": what is shown follows the drawing and the pointer, and other models. */
#include "app/core/image/png.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/drawing.h"
#include "app/ui/state.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/join.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nconv 6 3\nrelu\nmaxpool 2\nconv 8 3\nrelu\nflatten\ndense 10\nsoftmax\n";

static int open_screen(void **state)
{
    (void)state;
    nn_error err;
    temp_make();
    screen_open(&s, 1000, 700);
    const char *path = temp_path("conv.safetensors");
    nn_model *model = net_model(net, 3);
    assert_true(nn_model_save(model, path, &err));
    nn_model_free(model);
    screen_use(&s, path);
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_key(&s, '3', MOD_CTRL);
    screen_settle(&s);
    return 0;
}

static void all_layers_are_there_and_follow_the_drawing(void **state)
{
    (void)state;
    static const char *const names[] = {"filters",      "layer.conv1", "layer.maxpool1", "layer.conv2",
                                        "layer.dense1", "votes",       "bars",           "input28"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(screen_has(&s, names[i]));
    const inspect *before = s.app->inside->net;
    unsigned reads = before->reads, rounds = before->rounds;
    assert_true(rounds > 0);
    screen_stroke(&s, 400, 100, 200, 500, 30, POINTER_LEFT);
    screen_settle(&s);
    assert_ptr_equal(s.app->inside->net, before);
    assert_true(before->reads > reads && before->rounds > rounds);
    assert_true(revision_same(s.app->inside->answered, app_read(s.app)->of)); /* and it comes to rest */
}

static void a_layer_is_shown_large_by_mouse_and_keyboard(void **state)
{
    (void)state;
    screen_click(&s, "layer.conv2");
    assert_int_equal(s.app->inside->layer, 2);
    assert_false(screen_has(&s, "layer.conv1"));
    assert_string_equal(s.app->ui->focus, "layer.back");
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_true(screen_has(&s, "layer.conv1"));
    screen_click(&s, "layer.conv1");
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_int_equal(s.app->inside->layer, -1);
}

static answer answer_now(void)
{
    return app_read(s.app)->answer;
}

/* Presses the cell of a grid, with Shift where mods say so. */
static void click_cell(const char *name, int cell, int mods)
{
    screen_find(&s, name);
    screen_scroll_to(&s, name);
    const element *e = ui_find(s.app->ui, name);
    assert_true(e->kind == ELEMENT_GRID && cell < e->grid.count);
    rect r = ui_grid_cell(&e->grid, cell);
    event press = {.x = (float)r.x + 0.5f * (float)r.w, .y = (float)r.y + 0.5f * (float)r.h, .mods = mods};
    const event_kind kinds[] = {EVENT_POINTER_MOVE, EVENT_POINTER_DOWN, EVENT_POINTER_UP};
    for (int i = 0; i < 3; i++) {
        press.kind = kinds[i];
        press.button = i > 0 ? POINTER_LEFT : 0;
        press.pressure = 1;
        press.t = s.now += 2;
        app_event(s.app, &press);
    }
}

/* A click with Shift, and the bars are the other answer's before the next frame; one key, and all is as it was. */
static void a_map_is_switched_off_and_all_comes_back(void **state)
{
    (void)state;
    answer before = answer_now();
    assert_false(screen_has(&s, "touched"));
    click_cell("maps.conv1", 0, MOD_SHIFT);
    answer after = answer_now();
    assert_memory_not_equal(after.probability, before.probability, sizeof after.probability);
    assert_memory_equal(app_read(s.app)->shown, after.probability, sizeof after.probability);
    assert_true(screen_has(&s, "touched"));
    screen_settle(&s);
    const inspect_layer *l = &s.app->inside->net->layer[0];
    int off = s.app->inside->shown[0][0];
    assert_true(touched_is_off(s.app->touching.net, (nn_channel){l->node, off}));
    assert_float_equal(l->strength[off], 0, 0);
    click_cell("kernels", 1, MOD_SHIFT); /* its filter is another way to say the same of a map */
    assert_int_equal(s.app->touching.net->n_off, 2);
    assert_int_equal(s.app->touching.net->off[1].channel, s.app->inside->shown[0][1]);
    screen_key(&s, 'r', 0);
    assert_null(s.app->touching.net);
    after = answer_now();
    assert_memory_equal(after.probability, before.probability, sizeof after.probability);
    screen_frame(&s);
    assert_false(screen_has(&s, "touched"));
    assert_int_equal(s.app->inside->layer, -1); /* nothing was opened */
}

/* With the keyboard alone, at a dense layer: twice is back. */
static void space_switches_off_what_has_the_focus(void **state)
{
    (void)state;
    answer before = answer_now();
    for (int i = 0; i < 60 && strcmp(s.app->ui->focus, "maps.dense1") != 0; i++) {
        screen_key(&s, KEY_TAB, 0);
        screen_frame(&s);
    }
    assert_string_equal(s.app->ui->focus, "maps.dense1");
    screen_key(&s, KEY_RIGHT, 0);
    screen_key(&s, KEY_RIGHT, 0);
    screen_key(&s, ' ', 0);
    screen_frame(&s);
    assert_int_equal(s.app->touching.net->n_off, 1);
    assert_int_equal(s.app->touching.net->off[0].channel, 2);
    answer after = answer_now();
    assert_memory_not_equal(after.probability, before.probability, sizeof after.probability);
    screen_key(&s, ' ', 0);
    screen_frame(&s);
    assert_null(s.app->touching.net);
    after = answer_now();
    assert_memory_equal(after.probability, before.probability, sizeof after.probability);
}

/* A map opens with its filter, itself and the ink; a weight is dragged, and the answer is another one's before the next
 * frame. */
static void a_weight_is_turned_in_an_open_map(void **state)
{
    (void)state;
    const app_opened *o = &s.app->inside->opened;
    click_cell("maps.conv2", 2, 0);
    screen_frame(&s);
    assert_int_equal(o->layer, 2);
    assert_int_equal(o->channel, s.app->inside->shown[2][2]);
    assert_true(screen_has(&s, "map.kernel") && screen_has(&s, "map.places") && screen_has(&s, "map.overlay"));
    assert_float_equal(o->value, fmaxf(o->sum.total, 0), 1e-4);
    int largest = o->input;
    click_cell("map.terms", 1, 0);
    assert_int_equal(o->input, o->sum.term[1].channel);
    assert_int_not_equal(o->input, largest);
    click_cell("map.kernel", 4, 0);
    assert_int_equal(o->tap, 4);
    screen_frame(&s);
    answer before = answer_now();
    size_t at = sum_weight(&o->sum, s.app->inside->net, o->input, 1, 1);
    rect r = screen_find(&s, "map.weight");
    float y = (float)r.y + 0.5f * (float)r.h;
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)r.x + 0.6f * (float)r.w, y, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)(r.x + r.w), y, 0);
    answer after = answer_now();
    assert_memory_not_equal(after.probability, before.probability, sizeof after.probability);
    assert_float_equal(app_inspected(s.app)->weights[at], o->reach, 1e-4);
    screen_pointer(&s, EVENT_POINTER_UP, (float)(r.x + r.w), y, POINTER_LEFT);
    screen_frame(&s);
    assert_float_equal(o->value, fmaxf(o->sum.total, 0), 1e-4); /* the sum is that of the turned weight */
    screen_key(&s, KEY_LEFT, 0);
    assert_true(app_inspected(s.app)->weights[at] < o->reach);
    assert_int_equal(s.app->touching.net->n_turned, 1);
    screen_click(&s, "map.off");
    assert_int_equal(s.app->touching.net->n_off, 1);
    screen_click(&s, "untouch");
    after = answer_now();
    assert_memory_equal(after.probability, before.probability, sizeof after.probability);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_true(screen_has(&s, "layer.conv1"));
    assert_string_equal(s.app->ui->focus, "maps.conv2");
    assert_int_equal(s.app->ui->cell, 2);
}

/* With the keyboard: Enter opens, the arrows choose a value, whose sum is shown and whose field the canvas. */
static void values_of_an_open_map_are_chosen(void **state)
{
    (void)state;
    const app_opened *o = &s.app->inside->opened;
    ui_set_focus(s.app->ui, "kernels");
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_int_equal(o->layer, 0); /* a filter is opened by its map */
    for (int i = 0; i < 9 && strcmp(s.app->ui->focus, "map.places") != 0; i++) {
        screen_key(&s, KEY_TAB, 0);
        screen_frame(&s);
    }
    int x = o->x, y = o->y;
    assert_true(o->value > 0 && x > 0);
    screen_key(&s, KEY_LEFT, 0);
    screen_frame(&s);
    assert_true(o->x == x - 1 && o->y == y);
    int place = y * 28 + x - 1;
    const inspect_layer *l = &s.app->inside->net->layer[0];
    assert_float_equal(o->value, nn_work_output(s.app->inside->net->whole, l->node)[place * 6 + o->channel], 0);
    screen_click(&s, "layer.back");
    screen_click(&s, "layer.conv2");
    click_cell("maps", 5, 0);
    screen_frame(&s);
    assert_true(o->layer == 2 && o->channel == 5);
    screen_key(&s, KEY_ESCAPE, 0); /* back to the layer it was opened from */
    screen_frame(&s);
    assert_true(o->channel < 0 && s.app->inside->layer == 2);
    assert_int_equal(s.app->ui->cell, 5);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_resize(&s, 640, 480); /* a list that scrolls stays where it was */
    app_event(s.app, &(event){.kind = EVENT_WHEEL, .y = -2});
    screen_frame(&s);
    int scrolled = s.app->ui->scrolled[0];
    assert_true(scrolled > 0);
    app_do(s.app, (action){.id = ACTION_MAP, .index = 2, .value = 1});
    screen_frame(&s);
    assert_int_equal(s.app->ui->scrolled[0], 0);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_int_equal(s.app->ui->scrolled[0], scrolled);
}

/* Their pictures are of the ink; a click opens what the feature is, Shift and a click switches it off. */
static void votes_open_and_are_switched_off(void **state)
{
    (void)state;
    const app_votes *v = &s.app->inside->votes;
    assert_true(v->count > 3);
    for (int i = 0; i < v->count; i++) {
        int most = 0;
        for (int k = 0; k < DIGIT_PIXELS; k++)
            most = v->plus[i][k] + v->minus[i][k] > most ? v->plus[i][k] + v->minus[i][k] : most;
        assert_int_equal(most, 255);
    }
    answer before = answer_now();
    int loudest = v->feature[0];
    click_cell("votes", 0, MOD_SHIFT);
    screen_settle(&s);
    answer after = answer_now();
    assert_memory_not_equal(after.probability, before.probability, sizeof after.probability);
    assert_int_equal(s.app->touching.net->off[0].channel, loudest);
    for (int i = 0; i < v->count; i++)
        assert_int_not_equal(v->feature[i], loudest);
    screen_key(&s, 'r', 0);
    screen_settle(&s);
    assert_int_equal(v->feature[0], loudest);
    click_cell("votes", 0, 0);
    screen_frame(&s);
    assert_int_equal(s.app->inside->opened.layer, 2); /* the features are the flat maps of the last convolution */
    assert_int_equal(s.app->inside->opened.channel, loudest % 8);
}

static void save_own(const char *name, const char *text, uint64_t seed)
{
    nn_error err;
    nn_model *model = net_model(text, seed);
    assert_true(nn_model_save(model, temp_path(name), &err));
    nn_model_free(model);
}

/* Two that are asked together, and the second of them, which has more weights than the first, is looked into. */
static void use_two(void)
{
    nn_error err;
    static const char members[] = "small\nlarge\n";
    assert_true(nn_file_mkdirs(temp_path("state/models"), &err));
    save_own("state/models/small.safetensors", "input 28 28 1\nmaxpool 14\nflatten\ndense 10\nsoftmax\n", 3);
    save_own("state/models/large.safetensors", net, 5);
    assert_true(nn_file_save(temp_path("state/models/two.ensemble"), members, strlen(members), NN_CONSISTENT, &err));
    screen_use(&s, "two");
    screen_settle(&s);
    screen_click(&s, "inside.member");
    screen_settle(&s);
}

static void a_member_of_an_ensemble_is_touched(void **state)
{
    (void)state;
    use_two();
    const nn_model *large = app_member(s.app);
    answer before = answer_now();
    const app_opened *o = &s.app->inside->opened;
    click_cell("maps.conv2", 0, 0);
    screen_frame(&s);
    size_t at = sum_weight(&o->sum, s.app->inside->net, o->input, o->tap / 3, o->tap % 3);
    assert_true(at >= recogniser_member(app_recogniser(s.app), 0)->plan->floats); /* the first has no such weight */
    float most = 0;
    for (int i = 0; i < 9; i++)
        most = fmaxf(most, fabsf(large->weights[sum_weight(&o->sum, s.app->inside->net, o->input, i / 3, i % 3)]));
    assert_float_equal(o->reach, 3 * most, 1e-6);
    ui_set_focus(s.app->ui, "map.weight");
    screen_key(&s, KEY_HOME, 0);
    assert_float_equal(app_inspected(s.app)->weights[at], -o->reach, 1e-6);
    answer after = answer_now();
    assert_memory_not_equal(after.probability, before.probability, sizeof after.probability);
    screen_key(&s, 'r', 0);
    after = answer_now();
    assert_memory_equal(after.probability, before.probability, sizeof after.probability);
    assert_ptr_equal(app_inspected(s.app), large);
}

/* Until the next frame there are no layers of the other network, whose weights lie elsewhere. */
static void nothing_is_asked_of_the_layers_of_another_network(void **state)
{
    (void)state;
    use_two();
    app_inside *in = s.app->inside;
    static const action chooses[] = {{.id = ACTION_PLACE, .value = 3},
                                     {.id = ACTION_MAP, .index = 2, .value = 7},
                                     {.id = ACTION_VOTE, .value = 300}};
    for (size_t i = 0; i < sizeof chooses / sizeof chooses[0]; i++) {
        click_cell("maps.conv2", 0, 0);
        screen_frame(&s);
        assert_true(in->opened.has_sum);
        app_do(s.app, (action){.id = ACTION_MEMBER, .index = 0});
        app_do(s.app, chooses[i]);
        assert_true(!in->net && in->opened.channel == -1);
        app_do(s.app, (action){.id = ACTION_MEMBER, .index = 1});
        screen_settle(&s);
    }
    click_cell("maps.conv2", 0, 0);
    screen_frame(&s);
    screen_key(&s, '1', MOD_CTRL); /* in another view another one is opened */
    screen_use(&s, "small");
    screen_key(&s, '3', MOD_CTRL);
    app_do(s.app, chooses[0]);
    assert_true(!in->net && in->opened.channel == -1);
    screen_settle(&s);
    assert_true(in->net && inspect_fits(in->net, app_model(s.app)));
}

/* What a single value is made of, and on the ink what raised it. */
static void the_answer_itself_is_opened(void **state)
{
    (void)state;
    const app_opened *o = &s.app->inside->opened;
    int best = answer_now().digit, cell = best, bright = 0;
    screen_resize(&s, 1200, 1000);
    screen_settle(&s);
    screen_find(&s, "maps.dense1");
    const grid *g = &ui_find(s.app->ui, "maps.dense1")->grid;
    for (int i = 0; g->number && i < g->count; i++)
        cell = g->number[i] == best ? i : cell;
    click_cell("maps.dense1", cell, 0);
    screen_settle(&s);
    assert_true(o->layer == 3 && o->channel == best && o->has_sum);
    assert_int_equal(o->sum.kh * o->sum.kw, 14 * 14); /* all of a map at a time */
    assert_int_equal(o->sum.channels, 8);
    assert_float_equal(o->value, o->sum.total, 1e-3);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        bright += o->overlay.plus[i] == 255 || o->overlay.minus[i] == 255;
    assert_true(bright > 0);
    assert_true(s.app->inside->heat); /* the canvas still shows what mattered */
}

/* The file is as it was, and another model is not touched. */
static void nothing_of_it_lasts(void **state)
{
    (void)state;
    nn_error err;
    nn_model *saved;
    click_cell("maps.conv2", 0, MOD_SHIFT);
    assert_non_null(s.app->touching.net);
    screen_key(&s, '1', MOD_CTRL);
    assert_true(screen_has(&s, "touched")); /* every view says so */
    assert_true(nn_model_load(&saved, temp_path("conv.safetensors"), &err));
    assert_memory_equal(saved->weights, app_model(s.app)->weights, saved->plan->floats * sizeof(float));
    nn_model_free(saved);
    screen_use(&s, temp_path("model.safetensors"));
    screen_settle(&s);
    assert_null(s.app->touching.net);
    assert_false(screen_has(&s, "touched"));
}

static uint64_t canvas_hash(void)
{
    uint64_t hash = 14695981039346656037u;
    rect c = s.app->canvas;
    for (int y = c.y; y < c.y + c.h; y++)
        for (int x = c.x; x < c.x + c.w; x++)
            hash = (hash ^ s.pixels.pixels[y * s.pixels.stride + x]) * 1099511628211u;
    return hash;
}

/* The pointer over the middle of the maps: something is under it, and the canvas shows what it sees. */
static void the_pointer_finds_a_value(void **state)
{
    (void)state;
    screen_click(&s, "layer.conv1");
    screen_frame(&s);
    rect back = screen_find(&s, "layer.back"), votes = screen_find(&s, "votes");
    screen_pointer(&s, EVENT_POINTER_LEAVE, 0, 0, 0);
    screen_settle(&s);
    uint64_t before = canvas_hash();
    int found = 0;
    for (int y = back.y + back.h + 10; y < votes.y; y += 7) {
        screen_pointer(&s, EVENT_POINTER_MOVE, (float)(back.x + 50), (float)y, 0);
        screen_frame(&s);
        found += canvas_hash() != before;
    }
    assert_true(found > 10);
    screen_event(&s, EVENT_POINTER_LEAVE);
    screen_frame(&s);
    assert_int_equal(canvas_hash(), before);
}

static void only_ink_is_coloured_and_only_if_wanted(void **state)
{
    (void)state;
    const app_inside *in = s.app->inside;
    int coloured = 0;
    for (int i = 0; i < in->heat_side * in->heat_side; i++) {
        int covered = s.app->paper.mask[i]; /* the sides are equal here */
        assert_true(in->plus[i] <= covered && in->minus[i] <= covered && (in->plus[i] == 0 || in->minus[i] == 0));
        coloured += in->plus[i] > 50;
    }
    assert_int_equal(in->heat_side, s.app->paper.side);
    assert_true(coloured > 100);
    uint64_t with = screen_hash(&s);
    screen_click(&s, "heat");
    screen_pointer(&s, EVENT_POINTER_LEAVE, 0, 0, 0);
    screen_settle(&s);
    assert_true(in->heat_off);
    assert_int_not_equal(screen_hash(&s), with);
}

/* However large the canvas is, only the ink's part of it is painted anew when the importance arrives. */
static void blank_paper_is_not_painted_for_the_heat(void **state)
{
    (void)state;
    const app_inside *in = s.app->inside;
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 60, 60, 160, 160, 20, POINTER_LEFT);
    screen_settle(&s);
    revision before = in->painted;
    rect changes[DRAW_MAX_CHANGES], r = s.app->canvas;
    int side = r.w / 2 - DRAW_CELL; /* no cell of what is beside */
    rect blank = {r.x + r.w / 2, r.y + r.h / 2, side, side};
    float x = (float)r.x + 0.2f * (float)r.w, y = (float)r.y + 0.1f * (float)r.h;
    screen_pointer(&s, EVENT_POINTER_DOWN, x, y, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, x + 20, y, 0);
    while (!revision_same(in->painted, in->read) || revision_same(in->painted, before)) {
        app_tick(s.app, s.now += 16);
        int count = app_draw(s.app, &s.pixels, changes);
        for (int i = 0; i < count; i++)
            assert_true(rect_is_empty(rect_intersect(changes[i], blank)));
    }
    assert_true(in->heat);
    uint64_t partial = screen_hash(&s);
    app_forget_pixels(s.app);
    app_draw(s.app, &s.pixels, changes);
    assert_int_equal(screen_hash(&s), partial);
}

static void another_model_brings_its_own_layers(void **state)
{
    (void)state;
    screen_click(&s, "layer.conv2");
    screen_use(&s, temp_path("model.safetensors"));
    screen_settle(&s);
    assert_int_equal(s.app->inside->layer, -1);
    assert_int_equal(s.app->inside->net->n_layers, 1);
    assert_false(screen_has(&s, "filters"));
    assert_true(screen_has(&s, "layer.dense1"));
}

/* Each of joined networks has a column, and where there is no room for all rows they scroll. */
static void joined_networks_stand_side_by_side(void **state)
{
    (void)state;
    nn_error err;
    nn_model *part[] = {net_model(net, 3), net_model("input 28 28 1\nflatten\ndense 9\nrelu\ndense 10\nsoftmax\n", 4),
                        net_model(net, 5)},
             *joined;
    assert_true(nn_join(&joined, (const nn_model *const *)part, 3, &err));
    assert_true(nn_model_save(joined, temp_path("joined.safetensors"), &err));
    screen_use(&s, temp_path("joined.safetensors"));
    screen_settle(&s);
    static const char *const heads[] = {"filters", "layer.dense2", "layer.conv3"}; /* of the columns */
    static const char *const lasts[] = {"layer.dense1", "layer.add1", "layer.add2"};
    for (int i = 0; i < 3; i++) {
        rect head = screen_find(&s, heads[i]), last = screen_find(&s, lasts[i]);
        assert_int_equal(head.y, screen_find(&s, heads[0]).y);
        assert_int_equal(head.x, last.x);
        assert_true(i == 0 || head.x > screen_find(&s, heads[i - 1]).x);
    }
    screen_resize(&s, 1400, 1100);
    assert_int_equal(s.app->ui->scroll_max, 0);
    screen_resize(&s, 640, 420);
    assert_true(s.app->ui->scroll_max > 0);
    rect before = screen_find(&s, "layer.maxpool2");
    app_event(s.app, &(event){.kind = EVENT_WHEEL, .y = -1});
    screen_frame(&s);
    assert_true(screen_find(&s, "layer.maxpool2").y < before.y);
    int scrolled = s.app->ui->scrolled[0];
    screen_key(&s, KEY_F10, 0);
    screen_key(&s, KEY_UP, 0);
    screen_frame(&s);
    assert_true(screen_find(&s, "menu.quit").h > 20); /* the menu scrolls by itself */
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_int_equal(s.app->ui->scrolled[0], scrolled);
    nn_model_free(joined);
    for (int i = 0; i < 3; i++)
        nn_model_free(part[i]);
}

static void an_empty_canvas_and_any_size_are_fine(void **state)
{
    (void)state;
    const int sizes[][2] = {{640, 480}, {1, 1}, {0, 0}, {300, 900}, {2560, 1440}, {17, 4000}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        screen_resize(&s, sizes[i][0], sizes[i][1]);
        screen_settle(&s);
    }
    screen_resize(&s, 1000, 700);
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_int_equal(app_read(s.app)->answer.digit, -1);
    assert_false(s.app->inside->net->occluding);
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

/* A stroke on grey that gets darker to the right and has noise, or on even white. */
static void open_picture(const char *name, bool even)
{
    enum { SIDE = 120 };
    static unsigned char grey[SIDE * SIDE];
    nn_error err;
    size_t len;
    unsigned char *png;
    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = i % SIDE, y = i / SIDE, sheet = even ? 255 : 220 - x / 2 + (i * 7919 % 5 - 2);
        bool on_stroke = x > 55 && x < 63 && y > 25 && y < 95;
        grey[i] = (unsigned char)(on_stroke ? sheet / 4 : sheet);
    }
    assert_true(png_encode_grey(grey, SIDE, SIDE, &png, &len, &err));
    assert_true(nn_file_save(temp_path(name), png, len, NN_CONSISTENT, &err));
    nn_free(png);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path(name)});
    screen_wait(&s);
    screen_settle(&s);
}

/* With what each is read as; a clean picture is looked at once. */
static void all_looks_at_a_picture_are_shown(void **state)
{
    (void)state;
    char both[160];
    screen_needs_pictures();
    assert_false(screen_has(&s, "step.writing"));
    screen_resize(&s, 1900, 1000);
    open_picture("uneven.png", false);
    assert_int_equal(app_shown_picture(s.app)->found.count, 2);
    assert_true(screen_has(&s, "step.ink"));
    assert_true(screen_has(&s, "step.writing"));
    const answer *read = app_read(s.app)->looks.answer;
    snprintf(both, sizeof both, "on even ground: %s%s; in uneven light: %s%s", read[0].text, read[0].unsure ? "?" : "",
             read[1].text, read[1].unsure ? "?" : "");
    assert_true(screen_shows(&s, both));
    screen_resize(&s, 700, 600); /* the canvas shows the picture, too */
    screen_settle(&s);
    assert_false(screen_has(&s, "step.ink"));
    assert_true(screen_has(&s, "step.writing"));
    open_picture("even.png", true);
    assert_int_equal(app_shown_picture(s.app)->found.count, 1);
    assert_true(screen_shows(&s, "on even ground: "));
    assert_false(screen_shows(&s, "in uneven light: "));
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_settle(&s);
    assert_false(screen_has(&s, "step.writing"));
    assert_true(screen_has(&s, "step.ink"));
}

/* As a digit that is made larger reaches over the edge of the image, where the last pixels matter. */
static void nothing_is_coloured_that_the_network_does_not_get(void **state)
{
    (void)state;
    screen_needs_pictures();
    open_picture("even.png", true);
    app_do(s.app, (action){ACTION_DISTORT, DISTORT_SCALE, 0.5f});
    screen_settle(&s);
    const app_inside *in = s.app->inside;
    float unit = (float)INK_CANVAS / (float)in->heat_side;
    int outside = 0, coloured = 0;
    for (int i = 0; i < in->heat_side * in->heat_side; i++) {
        float at[2];
        affine_apply(&in->to_image, ((float)(i % in->heat_side) + 0.5f) * unit,
                     ((float)(i / in->heat_side) + 0.5f) * unit, at);
        bool is_outside = fminf(at[0], at[1]) < 0 || fmaxf(at[0], at[1]) > DIGIT_SIDE;
        outside += is_outside;
        coloured += !is_outside && (in->plus[i] || in->minus[i]);
        assert_false(is_outside && (in->plus[i] || in->minus[i]));
    }
    assert_true(outside > 0 && coloured > 0);
}

static const char *tip_of(const char *name)
{
    screen_find(&s, name);
    return ui_find(s.app->ui, name)->tip;
}

/* Caption and tooltip alike. */
static void steps_say_what_is_done(void **state)
{
    (void)state;
    nn_error err;
    static const unsigned char image[DIGIT_PIXELS] = {[14 * DIGIT_SIDE + 14] = 255};
    screen_resize(&s, 1900, 1000);
    screen_settle(&s);
    assert_string_equal(tip_of("step.ink"), texts_get(TEXT_INSIDE_INK_TIP));
    assert_string_equal(tip_of("step.fit"), texts_get(TEXT_INSIDE_FIT_TIP));
    s.app->how.width = false;
    s.app->prepared++;
    screen_frame(&s);
    assert_string_equal(tip_of("step.fit"), texts_get(TEXT_INSIDE_OWN_STROKES_TIP));
    s.app->how.scale = false;
    s.app->prepared++;
    screen_frame(&s);
    assert_string_equal(tip_of("step.fit"), texts_get(TEXT_INSIDE_NOT_FITTED_TIP));
    app_do(s.app, (action){.id = ACTION_RESET});
    assert_true(drawing_show_image(s.app, image, DIGIT_SIDE, &err));
    screen_settle(&s);
    assert_true(screen_has(&s, "input28"));
    assert_false(screen_has(&s, "step.ink") || screen_has(&s, "step.fit") || screen_has(&s, "step.writing"));
    screen_needs_pictures();
    open_picture("even.png", true);
    assert_string_equal(tip_of("step.ink"), texts_get(TEXT_INSIDE_PICTURE_TIP));
}

/* As sure or in doubt as its answer may be. */
static void a_network_without_features_says_so(void **state)
{
    (void)state;
    nn_error err;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 10\nrelu\nsoftmax\n", 3);
    memset(model->weights, 0, model->plan->floats * sizeof *model->weights);
    model->unsure_threshold = 0.9f;
    assert_true(nn_model_save(model, temp_path("flat.safetensors"), &err));
    nn_model_free(model);
    screen_use(&s, temp_path("flat.safetensors"));
    screen_settle(&s);
    assert_true(answer_names_none(&app_read(s.app)->answer));
    assert_string_equal(tip_of("votes.words"), texts_get(TEXT_INSIDE_NO_VOTES));
}

/* 40 units; and what scrolls them is near their right end. */
static void maps_are_large_enough_and_use_their_room(void **state)
{
    (void)state;
    static const struct {
        int w, h;
        float scale, least; /* pixels, where more than those units */
    } rooms[] = {{640, 480, 1, 40},    {1280, 720, 2, 80},  {1200, 760, 1, 40},
                 {800, 600, 1.5f, 40}, {3840, 2160, 1, 40}, {3840, 2160, 3, 120}};
    screen_use(&s, "deploy");
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        s.app->options.scale = rooms[i].scale;
        screen_resize(&s, rooms[i].w, rooms[i].h);
        screen_settle(&s);
        const ui *u = s.app->ui;
        const element *maps = ui_find(u, "maps.conv1");
        float least = fmaxf(40 * u->scale, rooms[i].least);
        assert_int_equal(maps->grid.count, INSIDE_SHOWN);
        assert_true((float)maps->grid.first.w >= least && (float)maps->grid.first.h >= least);
        rect bars = screen_find(&s, "bars");
        assert_in_range(bars.x + bars.w - maps->r.x - maps->r.w, ui_px(u, 4), ui_px(u, 6) + INSIDE_SHOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_map_is_switched_off_and_all_comes_back, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(space_switches_off_what_has_the_focus, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_weight_is_turned_in_an_open_map, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(values_of_an_open_map_are_chosen, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(votes_open_and_are_switched_off, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_member_of_an_ensemble_is_touched, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(nothing_is_asked_of_the_layers_of_another_network, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(the_answer_itself_is_opened, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(nothing_of_it_lasts, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(all_layers_are_there_and_follow_the_drawing, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_layer_is_shown_large_by_mouse_and_keyboard, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(the_pointer_finds_a_value, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(only_ink_is_coloured_and_only_if_wanted, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(blank_paper_is_not_painted_for_the_heat, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(another_model_brings_its_own_layers, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(joined_networks_stand_side_by_side, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(maps_are_large_enough_and_use_their_room, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(an_empty_canvas_and_any_size_are_fine, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(all_looks_at_a_picture_are_shown, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(nothing_is_coloured_that_the_network_does_not_get, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(steps_say_what_is_done, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_network_without_features_says_so, open_screen, fixture_close),
    };
    return cmocka_run_group_tests_name("inside", tests, NULL, NULL);
}
