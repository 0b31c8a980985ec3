/* "Models": opened beside the window, ticked, asked together, dropped in; what cannot be opened changes nothing. */
#include "app/core/platform.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/contrast.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/temp.h"
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";
static const char alphabet_net[] = "input 28 28 1\nflatten\ndense 26\nsoftmax\n";
static const char letters_net[] = "input 28 28 1\nflatten\ndense 3\nsoftmax\n";

static void save(const char *path, const char *text, uint64_t seed, const char *label)
{
    nn_error err;
    nn_model *model = net_model(text, seed);
    for (int i = 0; label && i < model->n_labels; i++)
        model->label[i][0] = (char)(*label + i);
    if (!nn_model_save(model, path, &err))
        fail_msg("%s", err.text);
    nn_model_free(model);
}

static void wait(void)
{
    screen_wait(&s);
    screen_settle(&s);
}

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 2600); /* so that the rows below all shipped models are in sight */
    mkdir(temp_path("state"), 0755);
    mkdir(temp_path("state/models"), 0755);
    save(temp_path("state/models/one.safetensors"), net, 1, NULL);
    save(temp_path("state/models/two.safetensors"), net, 2, NULL);
    save(temp_path("state/models/letters.safetensors"), letters_net, 3, "a");
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_key(&s, '5', MOD_CTRL);
    wait();
    return 0;
}

/* Among what the window says in numbers and names there are these words. */
static bool says(const char *words)
{
    app_build(s.app);
    return screen_shows(&s, words);
}

/* The row's answer is that of the model of this name, opened anew. */
static void assert_reads_as(const char *name)
{
    nn_error err;
    answer wanted;
    nn_model *model;
    recogniser *fresh;
    assert_true(nn_model_load(&model, screen_row(&s, name)->entry.path, &err));
    assert_true(recogniser_new(&fresh, model, &err));
    recogniser_read(fresh, &app_read(s.app)->digit, &wanted);
    recogniser_free(fresh);
    assert_int_equal(screen_row(&s, name)->answer.digit, wanted.digit);
    assert_int_equal(screen_row(&s, name)->answer.classes, 10);
    for (int i = 0; i < 10; i++)
        assert_float_equal(screen_row(&s, name)->answer.probability[i], wanted.probability[i], 1e-6);
}

static void ticked_models_read_beside_each_other(void **state)
{
    (void)state;
    assert_true(screen_row(&s, "one")->entry.infer_us > 0);
    screen_click(&s, "tick.one");
    screen_click(&s, "tick.two");
    wait();
    assert_reads_as("one");
    assert_reads_as("two");
    assert_memory_not_equal(screen_row(&s, "one")->answer.probability, screen_row(&s, "two")->answer.probability,
                            10 * sizeof(float));
    answer before = screen_row(&s, "one")->answer;
    screen_stroke(&s, 500, 100, 100, 500, 20, POINTER_LEFT);
    screen_settle(&s);
    assert_memory_not_equal(screen_row(&s, "one")->answer.probability, before.probability, 10 * sizeof(float));
    assert_reads_as("one");
    screen_click(&s, "tick.one");
    assert_null(screen_row(&s, "one")->reader);
}

/* Where nothing else shows it. */
static void an_empty_box_has_an_edge(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        app_do(s.app, (action){.id = ACTION_THEME});
        screen_settle(&s);
        rect r = screen_find(&s, "tick.one");
        const colour *middle = &s.pixels.pixels[(r.y + r.h / 2) * s.pixels.stride + r.x];
        double most = 0;
        for (int x = -2; x <= 2; x++)
            most = fmax(most, contrast_of(middle[x], s.app->ui->colours->surface));
        assert_true(most >= 3); /* as WCAG asks for */
    }
}

static void an_ensemble_of_the_ticked_ones(void **state)
{
    (void)state;
    screen_click(&s, "tick.one");
    screen_click(&s, "test.page.beside");
    screen_frame(&s);
    assert_false(ui_find(s.app->ui, "together")->enabled);
    screen_click(&s, "test.page.models");
    screen_click(&s, "tick.two");
    wait();
    screen_click(&s, "test.page.beside");
    screen_click(&s, "together");
    wait();
    for (int i = 0; i < 10; i++)
        assert_float_equal(
            app_read(s.app)->answer.probability[i],
            0.5f * (screen_row(&s, "one")->answer.probability[i] + screen_row(&s, "two")->answer.probability[i]), 1e-5);
}

static void models_of_different_classes_are_not_mixed(void **state)
{
    (void)state;
    const recogniser *before = app_recogniser(s.app);
    screen_click(&s, "tick.one");
    screen_click(&s, "tick.letters");
    wait();
    assert_non_null(screen_row(&s, "one")->reader);
    assert_non_null(screen_row(&s, "letters")->reader);
    screen_click(&s, "test.page.beside");
    screen_click(&s, "together");
    wait();
    assert_ptr_equal(app_recogniser(s.app), before);
    assert_int_equal(s.app->n_notices, 1);
}

static void labels_come_from_the_model(void **state)
{
    (void)state;
    screen_click(&s, "use.letters");
    wait();
    assert_string_equal(app_reader_name(s.app), "letters");
    assert_int_equal(app_read(s.app)->answer.classes, 3);
    assert_in_range(app_read(s.app)->answer.text[0], 'a', 'c');
    assert_string_equal(s.app->settings.model, "letters");
}

static void a_dropped_model_is_used_and_listed_a_broken_one_is_not(void **state)
{
    (void)state;
    const char *path = temp_path("foreign.safetensors");
    save(path, net, 9, NULL);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = path});
    wait();
    assert_string_equal(app_reader_name(s.app), "foreign");
    assert_string_equal(screen_row(&s, "foreign")->entry.path, path);
    const recogniser *before = app_recogniser(s.app);
    const char *broken = temp_path("broken.safetensors");
    save(broken, net_oblong, 1, NULL);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = broken});
    wait();
    assert_ptr_equal(app_recogniser(s.app), before);
    assert_string_equal(app_reader_name(s.app), "foreign");
    assert_int_equal(s.app->n_notices, 1);
}

static void a_model_named_at_the_start_is_listed(void **state)
{
    (void)state;
    const char *path = temp_path("foreign.safetensors");
    save(path, net, 9, NULL);
    screen_use(&s, path); /* as --model does */
    wait();
    assert_string_equal(screen_row(&s, "foreign")->entry.path, path);
}

/* The dialog for the right answer holds every label, none under the button below them, also in the smallest window. */
static void letters_have_room_in_a_small_window(void **state)
{
    (void)state;
    const char *path = temp_path("alphabet.safetensors");
    save(path, alphabet_net, 5, "A");
    screen_use(&s, path);
    screen_resize(&s, 640, 480);
    screen_key(&s, 'k', MOD_CTRL);
    screen_frame(&s);
    rect cancel = screen_find(&s, "cancel");
    for (int i = 0; i < 26; i++) {
        screen_key(&s, KEY_DOWN, 0);
        screen_frame(&s);
        const element *e = ui_find(s.app->ui, s.app->ui->focus);
        assert_memory_equal(e->name, "keep.", 5);
        assert_int_equal(e->visible.h, e->r.h);
        assert_true(rect_is_empty(rect_intersect(e->visible, cancel)));
    }
}

/* A file of names among the person's own models: opened, ticked and described as any other. */
static void an_ensemble_is_a_model_as_any_other(void **state)
{
    (void)state;
    static const char members[] = "one\ntwo\n";
    nn_error err;
    assert_true(nn_file_save(temp_path("state/models/both.ensemble"), members, strlen(members), NN_CONSISTENT, &err));
    screen_key(&s, '5', MOD_CTRL);
    wait();
    const model_entry *both = &screen_row(&s, "both")->entry;
    assert_int_equal(both->members, 2);
    assert_int_equal(both->parameters, 2 * screen_row(&s, "one")->entry.parameters);
    assert_true(both->infer_us > 0);
    assert_int_equal(screen_row(&s, "ensemble3")->entry.members, 3);
    char measured[80];
    assert_true(screen_row(&s, "ensemble3")->entry.scores.tested > 0.99);
    snprintf(measured, sizeof measured, "3 together · %.2f %% of test images",
             100 * screen_row(&s, "ensemble3")->entry.scores.tested);
    assert_true(screen_shows(&s, measured));
    assert_true(isnan(both->scores.tested)); /* nobody has measured it */
    screen_click(&s, "tick.one");
    screen_click(&s, "tick.two");
    screen_click(&s, "tick.both");
    wait();
    for (int i = 0; i < 10; i++)
        assert_float_equal(
            screen_row(&s, "both")->answer.probability[i],
            0.5f * (screen_row(&s, "one")->answer.probability[i] + screen_row(&s, "two")->answer.probability[i]), 1e-5);
    screen_click(&s, "use.both");
    wait();
    assert_string_equal(app_reader_name(s.app), "both");
    assert_string_equal(s.app->settings.model, "both");
    assert_true(app_uses(s.app, &screen_row(&s, "both")->entry));
}

/* All its models count, and each can be looked into. */
static void an_ensemble_counts_all_its_models(void **state)
{
    (void)state;
    screen_click(&s, "tick.one");
    screen_click(&s, "tick.two");
    wait();
    screen_click(&s, "test.page.beside");
    screen_click(&s, "together");
    wait();
    const recogniser *both = app_recogniser(s.app);
    assert_int_equal(recogniser_parameters(both), 2 * screen_row(&s, "one")->entry.parameters);
    assert_true(says("2 models together"));
    screen_key(&s, '3', MOD_CTRL);
    screen_settle(&s);
    assert_ptr_equal(app_inspected(s.app), recogniser_member(both, 0));
    unsigned char first[64 * 64];
    const inspect_layer *l = &s.app->inside->net->layer[s.app->inside->net->n_layers - 1];
    size_t values = (size_t)(l->shape.h * l->shape.w * l->shape.c);
    assert_true(values <= sizeof first);
    memcpy(first, l->maps, values);
    screen_click(&s, "inside.member");
    screen_settle(&s);
    assert_ptr_equal(app_inspected(s.app), recogniser_member(both, 1));
    assert_memory_not_equal(first, l->maps, values);
    screen_click(&s, "inside.member");
    screen_settle(&s);
    assert_ptr_equal(app_inspected(s.app), recogniser_member(both, 0));
    assert_memory_equal(first, l->maps, values);
}

/* "from a file" and not remembered is only what lies outside the folders. */
static void an_own_model_stays_an_own_model(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        screen_click(&s, "use.one");
        wait();
        assert_false(screen_row(&s, "one")->entry.loose);
        assert_string_equal(s.app->settings.model, "one");
        screen_click(&s, "use.two");
        wait();
    }
}

static void a_new_survey_keeps_the_ticks(void **state)
{
    (void)state;
    screen_click(&s, "tick.two");
    wait();
    const recogniser *reader = screen_row(&s, "two")->reader;
    assert_non_null(reader);
    save(temp_path("state/models/new.safetensors"), net, 7, NULL);
    screen_key(&s, '5', MOD_CTRL);
    wait();
    assert_ptr_equal(screen_row(&s, "two")->reader, reader);
    assert_true(screen_row(&s, "two")->ticked);
    assert_false(screen_row(&s, "new")->ticked);
}

/* Holds every thread but the window's at its next allocation, until the gate opens. */
static pthread_t window_thread;
static atomic_bool gate;
static atomic_int held;

static int hold(void *ctx, size_t bytes)
{
    (void)ctx, (void)bytes;
    if (pthread_equal(pthread_self(), window_thread))
        return true;
    atomic_fetch_add(&held, 1);
    while (!atomic_load(&gate))
        platform_sleep_ms(1);
    return true;
}

/* All three are surely on their way when it begins: nothing of them is left behind. */
static void closing_throws_away_what_is_on_its_way(void **state)
{
    (void)state;
    window_thread = pthread_self();
    nn_alloc_set_hook(&(nn_alloc_hook){.allow = hold});
    screen_click(&s, "tick.two");
    screen_click(&s, "use.one");
    screen_key(&s, '5', MOD_CTRL);
    assert_non_null(screen_row(&s, "two")->load);
    assert_non_null(s.app->reader.load);
    assert_non_null(s.app->comparison.survey);
    while (atomic_load(&held) < 3)
        platform_sleep_ms(1);
    atomic_store(&gate, true);
    screen_close(&s);
    nn_alloc_set_hook(NULL);
    assert_int_equal(nn_alloc_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ticked_models_read_beside_each_other, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(an_empty_box_has_an_edge, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(an_ensemble_of_the_ticked_ones, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(models_of_different_classes_are_not_mixed, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(labels_come_from_the_model, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_model_named_at_the_start_is_listed, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(letters_have_room_in_a_small_window, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_dropped_model_is_used_and_listed_a_broken_one_is_not, open_screen,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(an_ensemble_is_a_model_as_any_other, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(an_ensemble_counts_all_its_models, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(an_own_model_stays_an_own_model, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_new_survey_keeps_the_ticks, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(closing_throws_away_what_is_on_its_way, open_screen, temp_tear_down),
    };
    return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
