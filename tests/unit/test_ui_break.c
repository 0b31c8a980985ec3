/* "Break it", by mouse and keyboard and without a window. */
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/drawing.h"
#include "app/ui/notice.h"
#include "app/ui/open.h"
#include "app/ui/save.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const sliders[DISTORT_KINDS] = {"shift", "shift.down", "scale", "rotate", "thickness", "noise"};

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_key(&s, '2', MOD_CTRL);
    screen_frame(&s);
    return 0;
}

static void every_slider_changes_the_picture_and_reset_mends_it(void **state)
{
    (void)state;
    float plain[DIGIT_PIXELS];
    memcpy(plain, app_read(s.app)->digit.image, sizeof plain);
    assert_true(screen_has(&s, "bars") && screen_has(&s, "input28"));
    for (int i = 0; i < DISTORT_KINDS; i++) {
        revision before = app_read(s.app)->of;
        rect r = screen_find(&s, sliders[i]);
        screen_pointer(&s, EVENT_POINTER_DOWN, (float)(r.x + r.w * 4 / 5), (float)(r.y + r.h / 2), POINTER_LEFT);
        screen_pointer(&s, EVENT_POINTER_UP, (float)(r.x + r.w * 4 / 5), (float)(r.y + r.h / 2), POINTER_LEFT);
        screen_frame(&s);
        assert_false(revision_same(app_read(s.app)->of, before));
        assert_memory_not_equal(app_read(s.app)->digit.image, plain, sizeof plain);
        screen_click(&s, "reset");
        screen_frame(&s);
        assert_memory_equal(app_read(s.app)->digit.image, plain, sizeof plain);
    }
}

static void a_slider_moves_by_keys_and_rests_at_zero(void **state)
{
    (void)state;
    rect r = screen_find(&s, "rotate");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)(r.x + r.w / 2 + 1), (float)(r.y + 3), POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_UP, (float)(r.x + r.w / 2 + 1), (float)(r.y + 3), POINTER_LEFT);
    assert_float_equal(s.app->how.distort.rotate, 0, 0);
    screen_key(&s, KEY_RIGHT, 0);
    assert_float_equal(s.app->how.distort.rotate, 5, 0);
    screen_key(&s, KEY_HOME, 0);
    assert_float_equal(s.app->how.distort.rotate, -180, 0);
}

static void preparation_can_be_switched_off(void **state)
{
    (void)state;
    static const char *const switches[] = {"centering", "scaling", "width"};
    float before[DIGIT_PIXELS];
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        memcpy(before, app_read(s.app)->digit.image, sizeof before);
        screen_click(&s, switches[i]);
        screen_frame(&s);
        assert_memory_not_equal(app_read(s.app)->digit.image, before, sizeof before);
    }
    assert_false(s.app->how.centre || s.app->how.scale || s.app->how.width);
    screen_click(&s, "centering");
    assert_true(s.app->how.centre);
}

/* The canvas made small reads otherwise than the prepared digit: a stroke in a corner shows it. */
static void the_canvas_without_preparation_stands_beside(void **state)
{
    (void)state;
    const app_breaking *b = s.app->breaking;
    assert_true(screen_has(&s, "shrunk28"));
    assert_memory_not_equal(b->shrunk.image, app_read(s.app)->digit.image, sizeof b->shrunk.image);
    screen_click(&s, "centering");
    screen_click(&s, "scaling");
    screen_click(&s, "width");
    screen_frame(&s);
    assert_memory_equal(b->shrunk.image, app_read(s.app)->digit.image, sizeof b->shrunk.image);
    assert_float_equal(b->shrunk_answer.confidence, app_read(s.app)->answer.confidence, 0);
}

/* A seven, for a network that can read. */
static void draw_seven(void)
{
    screen_use(&s, "deploy");
    screen_key(&s, KEY_DELETE, 0);
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)s.app->canvas.x + 150, (float)s.app->canvas.y + 100, POINTER_LEFT);
    for (int i = 1; i <= 20; i++)
        screen_pointer(&s, EVENT_POINTER_MOVE, (float)(s.app->canvas.x + 150 + 10 * i), (float)s.app->canvas.y + 100,
                       0);
    for (int i = 1; i <= 30; i++)
        screen_pointer(&s, EVENT_POINTER_MOVE, (float)(s.app->canvas.x + 350 - 4 * i),
                       (float)(s.app->canvas.y + 100 + 10 * i), 0);
    screen_pointer(&s, EVENT_POINTER_UP, (float)s.app->canvas.x + 230, (float)s.app->canvas.y + 400, POINTER_LEFT);
    screen_settle(&s);
    assert_string_equal(app_read(s.app)->answer.text, "7");
}

/* At the knob a curve has what the bars have; of the slider that moves only the others' curves change. */
static void assert_curves_tell_what_the_sliders_will_do(void)
{
    screen_settle(&s);
    const sweep *now = &s.app->breaking->sweep;
    sweep_curve before = now->curve[DISTORT_ROTATE];
    int class = app_read(s.app)->answer.digit;
    assert_true(screen_has(&s, "curve.rotate") && before.answer == class);
    for (int i = 0; i < SWEEP_POINTS; i += 3) {
        app_do(s.app, (action){ACTION_DISTORT, DISTORT_ROTATE, sweep_value(DISTORT_ROTATE, i)});
        screen_settle(&s);
        assert_float_equal(before.probability[i][class], app_read(s.app)->answer.probability[class], 1e-6);
        assert_int_equal(before.top[i], app_read(s.app)->answer.digit);
        assert_memory_equal(&now->curve[DISTORT_ROTATE], &before, sizeof before);
    }
    assert_float_equal(now->curve[DISTORT_NOISE].probability[0][class], before.probability[18][class], 1e-6);
    assert_float_not_equal(before.probability[18][class], before.probability[10][class], 1e-3);
}

static void curves_tell_what_the_sliders_will_do(void **state)
{
    (void)state;
    assert_curves_tell_what_the_sliders_will_do();
}

/* Also of a picture, of which one of two readings counts, and of an image that is read as it is. */
static void curves_tell_what_the_sliders_will_do_with_pictures(void **state)
{
    (void)state;
    nn_error err;
    unsigned char image[DIGIT_PIXELS] = {0};
    screen_needs_pictures();
    draw_seven();
    digit_bytes(image, app_read(s.app)->digit.image);
    assert_true(app_save(s.app, temp_path("seven.bmp"), &err) && app_open(s.app, temp_path("seven.bmp"), &err));
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
    assert_curves_tell_what_the_sliders_will_do();
    screen_click(&s, "reset");
    memmove(image + DIGIT_SIDE, image, DIGIT_PIXELS - DIGIT_SIDE); /* not in the middle */
    assert_true(drawing_show_image(s.app, image, DIGIT_SIDE, &err));
    screen_settle(&s);
    assert_false(s.app->breaking->shrunk.empty);
    assert_memory_equal(s.app->breaking->shrunk.image, app_read(s.app)->digit.image,
                        sizeof s.app->breaking->shrunk.image);
    assert_curves_tell_what_the_sliders_will_do();
}

/* How wide the last line of text in the line at the bottom is. */
static int hint_width(rect status)
{
    const ui *u = s.app->ui;
    rect last = {0, 0, 0, 0};
    for (int i = 0; i < u->n_lines; i++)
        if (rect_contains(status, (float)u->line[i].r.x, (float)u->line[i].r.y) && u->line[i].r.x >= last.x)
            last = u->line[i].r;
    return last.w;
}

/* The words are there, and those of a slider at which the answer turns name what it turns into. */
static void a_sentence_says_where_the_answer_turns(void **state)
{
    (void)state;
    sweep_turn turn;
    screen_use(&s, "deploy");
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 300, 100, 300, 500, 60, POINTER_LEFT); /* a one, which a quarter turn makes something else */
    screen_settle(&s);
    assert_true(sweep_find_turn(&s.app->breaking->sweep, DISTORT_ROTATE, 1, &turn));
    assert_true(turn.value > 0 && turn.value < 90);
    assert_true(s.app->ui->n_lines > 0);
    const char *tip = ui_find(s.app->ui, "rotate")->tip, *class = app_model(s.app)->label[turn.top];
    assert_non_null(strstr(tip, turn.stays ? "from +" : " to +")); /* no half-line where it comes back */
    assert_non_null(strstr(tip, class));
    rect status = screen_find(&s, "status");
    int before = hint_width(status);
    ui_set_focus(s.app->ui, "scale");
    for (int i = 0; i < 9 && strcmp(s.app->ui->focus, "rotate") != 0; i++)
        screen_key(&s, KEY_TAB, 0);
    assert_string_equal(s.app->ui->focus, "rotate"); /* who goes by keys has no tooltip */
    screen_settle(&s);
    assert_int_not_equal(hint_width(status), before);
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_int_equal(s.app->breaking->sweep.curve[DISTORT_ROTATE].answer, -1);
}

/* ---- little room ------------------------------------------------------------------------------------------------- */

static void show_at(int w, int h, float scale)
{
    s.app->options.scale = scale;
    screen_resize(&s, w, h);
    screen_settle(&s);
}

/* How many lines of text begin in a rectangle. */
static int lines_in(rect r)
{
    int count = 0;
    for (int i = 0; i < s.app->ui->n_lines; i++)
        count += rect_contains(r, (float)s.app->ui->line[i].r.x, (float)s.app->ui->line[i].r.y);
    return count;
}

/* Neither the groove nor a wide knob lies over a curve, and what the pictures are stands below them. */
static void all_can_be_read_in_little_room(void **state)
{
    (void)state;
    static const struct {
        int w, h;
        float scale;
    } rooms[] = {{640, 480, 1}, {1280, 720, 2}, {800, 600, 1.5f}};
    screen_use(&s, "deploy");
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        show_at(rooms[i].w, rooms[i].h, rooms[i].scale);
        const ui *u = s.app->ui;
        for (int k = 0; k < DISTORT_KINDS; k++) {
            rect r = screen_find(&s, sliders[k]);
            int covered = 0;
            for (int x = r.x; x < r.x + r.w; x++) {
                colour c = s.pixels.pixels[(r.y + r.h / 2) * s.pixels.stride + x];
                covered += c == u->colours->outline || c == u->colours->on_accent;
            }
            assert_in_range(covered, 0, ui_px(u, 8));
        }
        static const char *const pictures[] = {"shrunk28", "input28"};
        for (int k = 0; k < 2; k++) {
            rect r = screen_find(&s, pictures[k]);
            assert_int_equal(lines_in((rect){r.x, r.y + r.h, r.w, ui_px(u, 18)}), 1);
        }
    }
}

/* A sentence is one line, or one for each direction, and nearer to its slider's name than to the next one's. */
static void a_sentence_takes_a_line_for_each_direction(void **state)
{
    (void)state;
    screen_use(&s, "deploy");
    for (int i = 0; i < 2; i++) {
        assert_true(texts_speak(i == 0 ? "en" : "de"));
        show_at(1200, 760, 1);
        for (int k = 0; k + 1 < DISTORT_KINDS; k++) {
            rect r = screen_find(&s, sliders[k]), next = screen_find(&s, sliders[k + 1]),
                 view = screen_find(&s, "shrunk28");
            const char *now = ui_find(s.app->ui, sliders[k])->tip;
            int below = r.y + r.h - ui_px(s.app->ui, 4);
            assert_int_equal(lines_in((rect){view.x, below, r.x - view.x, next.y - below}), strchr(now, '\n') ? 2 : 1);
        }
    }
    assert_true(texts_speak("en"));
}

/* ---- fooling ----------------------------------------------------------------------------------------------------- */

static void a_small_change_is_found_and_another_one_for_a_class(void **state)
{
    (void)state;
    draw_seven();
    screen_click(&s, "break.fool");
    screen_settle(&s);
    const fool *f = &s.app->breaking->fool;
    assert_true(screen_has(&s, "fool.change") && screen_has(&s, "fool.result") && screen_has(&s, "bars"));
    assert_int_equal(f->state, FOOL_FOUND);
    assert_int_equal(f->answer, 7);
    assert_int_not_equal(f->turned, 7);
    assert_true(f->size > 0 && f->size < 0.5f);
    digit changed = app_read(s.app)->digit;
    answer a;
    fool_image(f, changed.image);
    recogniser_read(app_recogniser(s.app), &changed, &a);
    assert_int_equal(a.digit, f->turned);
    screen_click(&s, "fool.wanted"); /* the slider's middle, and on by keys */
    for (int i = 0; i < 11; i++)
        screen_key(&s, KEY_RIGHT, 0);
    screen_settle(&s);
    assert_int_equal(s.app->breaking->wanted, 9);
    assert_true(f->state == FOOL_FAILED || f->turned == 9);
    float before = f->change[400];
    screen_stroke(&s, 150, 500, 400, 500, 20, POINTER_LEFT); /* it follows the drawing */
    screen_settle(&s);
    assert_true(revision_same(s.app->breaking->fooled, app_read(s.app)->of));
    assert_float_not_equal(f->change[400], before, 0);
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_int_equal(f->answer, -1);
    assert_int_equal(f->state, FOOL_IDLE);
}

static void dots_of_ink_turn_the_drawing_and_are_taken_back(void **state)
{
    (void)state;
    draw_seven();
    screen_click(&s, "break.fool");
    screen_settle(&s);
    int before = s.app->drawing.done;
    screen_click(&s, "fool.draw");
    screen_settle(&s);
    const dots *d = &s.app->breaking->dots;
    assert_int_equal(d->state, FOOL_FOUND);
    assert_true(d->count > 0);
    assert_int_equal(s.app->drawing.done, before + d->count);
    assert_int_equal(app_read(s.app)->answer.digit, d->turned);
    assert_string_not_equal(app_read(s.app)->answer.text, "7");
    assert_true(app_offers(s.app, ACTION_FOOL_UNDO));
    app_do(s.app, (action){.id = ACTION_TAKE_BACK});
    screen_settle(&s);
    assert_int_equal(s.app->drawing.done, before);
    assert_string_equal(app_read(s.app)->answer.text, "7");
    assert_false(app_offers(s.app, ACTION_FOOL_UNDO));
}

/* ---- dreaming ---------------------------------------------------------------------------------------------------- */

static void a_dream_develops_and_any_class_can_be_dreamt(void **state)
{
    (void)state;
    unsigned char first[DIGIT_PIXELS];
    screen_use(&s, "deploy");
    screen_click(&s, "break.dream");
    screen_frame(&s);
    screen_frame(&s);
    const dream *d = &s.app->breaking->dream;
    assert_true(screen_has(&s, "dream28") && d->class == 3 && d->step > 0 && d->step < DREAM_STEPS);
    memcpy(first, s.app->breaking->dream28, sizeof first);
    screen_settle(&s);
    assert_int_equal(d->step, DREAM_STEPS);
    assert_true(d->probability > 0.9f);
    assert_memory_not_equal(first, s.app->breaking->dream28, sizeof first);
    memcpy(first, s.app->breaking->dream28, sizeof first);
    screen_click(&s, "dream.again");
    screen_settle(&s);
    assert_memory_not_equal(first, s.app->breaking->dream28, sizeof first);
    screen_click(&s, "dream.class");
    screen_key(&s, KEY_HOME, 0);
    screen_settle(&s);
    assert_int_equal(d->class, 0);
    assert_int_equal(d->step, DREAM_STEPS);
    screen_click(&s, "break.sliders");
    screen_settle(&s);
    assert_true(screen_has(&s, "rotate"));
}

static void save_member(const char *name, uint64_t seed, float strength)
{
    nn_error err;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 10\nsoftmax\n", seed);
    for (size_t i = 0; i < model->plan->floats; i++)
        model->weights[i] *= strength;
    assert_true(nn_model_save(model, temp_path(name), &err));
    nn_model_free(model);
}

/* What several read together is fooled and dreamt of, not what the first of them reads. */
static void pages_ask_all_of_several(void **state)
{
    (void)state;
    nn_error err;
    recogniser *first;
    answer alone;
    static const char members[] = "weak\nstrong\n";
    assert_true(nn_file_mkdirs(temp_path("state/models"), &err));
    save_member("state/models/weak.safetensors", 3, 0.5f);
    save_member("state/models/strong.safetensors", 4, 6);
    assert_true(nn_file_save(temp_path("state/models/both.ensemble"), members, strlen(members), NN_CONSISTENT, &err));
    screen_use(&s, "both");
    screen_click(&s, "break.fool");
    screen_settle(&s);
    const fool *f = &s.app->breaking->fool;
    assert_true(recogniser_open(&first, &s.app->paths, temp_path("state/models/weak.safetensors"), &err));
    recogniser_read(first, &app_read(s.app)->digit, &alone);
    recogniser_free(first);
    assert_int_not_equal(alone.digit, app_read(s.app)->answer.digit); /* the first would say something else */
    assert_int_equal(f->answer, app_read(s.app)->answer.digit);
    assert_int_equal(f->state, FOOL_FOUND);
    digit changed = app_read(s.app)->digit;
    answer turned;
    fool_image(f, changed.image);
    recogniser_read(app_recogniser(s.app), &changed, &turned);
    assert_int_equal(turned.digit, f->turned);
    assert_float_equal(turned.confidence, f->probability, 1e-3);
    screen_click(&s, "break.dream");
    screen_settle(&s);
    assert_true(s.app->breaking->dream.probability > 0.5f); /* the weak one is never sure */
}

/* Another model has other classes; one that overflows or has two layers is fine, too. */
static void pages_follow_the_model(void **state)
{
    (void)state;
    nn_error err;
    draw_seven();
    screen_click(&s, "break.fool");
    app_do(s.app, (action){.id = ACTION_FOOL_WANTED, .value = 10});
    screen_settle(&s);
    nn_model *two = net_model("input 16 16 1\nflatten\ndense 2\nsoftmax\n", 5);
    assert_true(nn_model_save(two, temp_path("two.safetensors"), &err));
    nn_model_free(two);
    screen_use(&s, temp_path("two.safetensors"));
    screen_settle(&s);
    assert_int_equal(s.app->breaking->wanted, FOOL_ANY);
    assert_int_equal(s.app->breaking->fool.state, FOOL_FOUND);
    assert_true(s.app->breaking->fool.turned < 2);
    screen_click(&s, "break.dream");
    screen_settle(&s);
    assert_true(s.app->breaking->dream.class < 2 && s.app->breaking->dream.probability > 0.9f);
}

/* The next start reads as well as it can, also after one that ended in this view. */
static void a_broken_input_is_not_remembered(void **state)
{
    (void)state;
    screen_click(&s, "width");
    screen_key(&s, '1', MOD_CTRL);
    assert_true(digit_is_distorted(&s.app->how)); /* the other views read the same picture */
    screen_close(&s);
    screen_open(&s, 1000, 700);
    assert_false(digit_is_distorted(&s.app->how));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_slider_changes_the_picture_and_reset_mends_it, open_screen,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(a_slider_moves_by_keys_and_rests_at_zero, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(preparation_can_be_switched_off, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(the_canvas_without_preparation_stands_beside, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(curves_tell_what_the_sliders_will_do, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(curves_tell_what_the_sliders_will_do_with_pictures, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_sentence_says_where_the_answer_turns, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(all_can_be_read_in_little_room, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_sentence_takes_a_line_for_each_direction, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_small_change_is_found_and_another_one_for_a_class, open_screen,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(dots_of_ink_turn_the_drawing_and_are_taken_back, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_dream_develops_and_any_class_can_be_dreamt, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(pages_follow_the_model, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(pages_ask_all_of_several, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_broken_input_is_not_remembered, open_screen, fixture_close),
    };
    return cmocka_run_group_tests_name("break it", tests, NULL, NULL);
}
