/* A training in the window, by events and without a window: its form, its columns, what it reads, leaving. */
#include "app/core/data/samples.h"
#include "app/core/digit/digit.h"
#include "app/core/made/synth.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/choosing.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/own.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

static void test_the_canvas_is_read_with_what_learns(void **state)
{
    (void)state;
    const recogniser *usual = app_recogniser(s.app);
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    own_training_run(&s);
    assert_ptr_not_equal(app_recogniser(s.app), usual);
    assert_string_equal(app_reader_name(s.app), texts_get(TEXT_TRAIN_TRAINED)); /* it is in training no more */
    float learnt = app_read(s.app)->answer.probability[1];
    screen_click(&s, "train.watch");
    screen_frame(&s);
    assert_ptr_equal(app_recogniser(s.app), usual);
    screen_click(&s, "train.watch");
    screen_frame(&s);
    assert_float_equal(app_read(s.app)->answer.probability[1], learnt, 0);
    screen_click(&s, "train.discard");
    screen_frame(&s);
    assert_ptr_equal(app_recogniser(s.app), usual);
    assert_true(screen_has(&s, "train.start"));
    assert_false(own_has_model("own-1"));
}

/* The columns say what will be learned from, by what, and for how long, before anything begins. */
static void test_images_and_network_are_looked_at(void **state)
{
    (void)state;
    screen_resize(&s, 1200, 760);
    screen_wait(&s);
    const app_learn *l = &s.app->learn;
    assert_true(screen_has(&s, "learn.sheet"));
    assert_int_equal(l->sheet.count, 100);
    assert_int_equal(l->sheet.of_class[7], 10);
    assert_true(screen_has(&s, "block.1"));
    assert_true(l->plan->floats > 0);
    assert_true(l->epoch_seconds > 0);
    assert_int_equal(l->asked.count, 100);
    screen_click(&s, "train.data");
    screen_frame(&s);
    screen_click(&s, "data.made_up");
    screen_wait(&s);
    assert_int_equal(l->sheet.count, TRAINING_MADE);
    assert_true(l->epoch_seconds > 0);               /* measured anew, */
    assert_int_equal(l->asked.count, TRAINING_MADE); /* of these */
    s.app->settings.train_data = TRAIN_PATH;
    snprintf(s.app->training.path, sizeof s.app->training.path, "%s", temp_path("nowhere"));
    screen_wait(&s);
    assert_non_null(strstr(l->no_images, "nowhere"));
    assert_true(screen_lines(&s, "learn.no_images") > 3); /* the reason with the path, and no general words */
    assert_false(screen_has(&s, "learn.sheet"));
}

/* Images of 8x8, each of one level. */
static void write_table(const char *name, int first, int count)
{
    FILE *f = fopen(temp_path(name), "w");
    assert_non_null(f);
    for (int i = first; i < first + count; i++) {
        fprintf(f, "%d", i % 2);
        for (int k = 0; k < 64; k++)
            fprintf(f, ",%d", k == i ? 255 : 0);
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

static void test_test_images_that_are_learned_from_are_counted(void **state)
{
    (void)state;
    assert_true(nn_file_mkdirs(temp_path("leaking"), &err));
    write_table("leaking/train.csv", 0, 20);
    write_table("leaking/test.csv", 17, 5);
    s.app->settings.train_data = TRAIN_PATH;
    snprintf(s.app->training.path, sizeof s.app->training.path, "%s", temp_path("leaking"));
    screen_wait(&s);
    assert_true(screen_shows(&s, "20 images; 4 set aside to test on; 3 of 5 test images are among them"));
}

/* A file of drawings, some of which say that they are something else. */
static void look_at_drawings(const char *file, const char *const *labels, int count)
{
    static sketch drawing;
    for (int i = 0, kept = 0; i < count; i++) {
        synth_digit(&drawing, i % 10, (uint64_t)i);
        assert_true(samples_keep(temp_path(file), &drawing.ink, labels[i], "", &kept, NULL, &err));
    }
    s.app->settings.train_data = TRAIN_PATH;
    snprintf(s.app->training.path, sizeof s.app->training.path, "%s", temp_path(file));
    screen_wait(&s);
}

/* By mouse and by keyboard, as the network read it. */
static void doubt_comes_onto_the_canvas(void)
{
    const app_learn *l = &s.app->learn;
    assert_int_equal(app_learn_shows(s.app), -1);
    screen_click(&s, "learn.doubt.0");
    screen_key(&s, KEY_DOWN, 0);
    screen_key(&s, KEY_ENTER, 0);
    for (int i = 1; i >= 0; i--) {
        screen_settle(&s);
        assert_int_equal(app_learn_shows(s.app), i);
        assert_memory_equal(app_read(s.app)->input28, doubts_job_image(l->doubting, i), DIGIT_PIXELS);
        screen_click(&s, "learn.doubt.0");
    }
    screen_stroke(&s, 100, 100, 500, 500, 20, POINTER_LEFT);
    assert_int_equal(app_learn_shows(s.app), -1);
}

/* A model whose ten classes are called by letters from that one on. */
static void use_one_that_knows(char first)
{
    nn_model *model = net_model("input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n", 1);
    for (int i = 0; i < 10; i++)
        snprintf(model->label[i], NN_NAME, "%c", first + i);
    model->n_labels = 10;
    assert_true(nn_model_save(model, temp_path("letters.safetensors"), &err));
    nn_model_free(model);
    screen_use(&s, temp_path("letters.safetensors"));
}

/* Each with what it is called and what it is read as; they go with the images that they are of. */
static void test_labels_that_are_likely_wrong_are_shown(void **state)
{
    (void)state;
    static const char *const swapped[] = {"0", "1", "4", "3", "2"};
    static const char *const unknown[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    const app_learn *l = &s.app->learn;
    screen_resize(&s, 1900, 1000);
    look_at_drawings("swapped.jsonl", swapped, 5);
    assert_int_equal(l->doubts->n_doubted, 2);
    assert_true(screen_has(&s, "learn.doubt.1"));
    assert_false(screen_has(&s, "learn.doubt.2"));
    assert_true(screen_shows(&s, "labelled 4, reads 2"));
    assert_true(screen_shows(&s, "labelled 2, reads 4"));
    doubt_comes_onto_the_canvas();
    look_at_drawings("unknown.jsonl", unknown, 10);
    assert_false(l->doubts->known);
    assert_true(screen_has(&s, "learn.doubts")); /* says so */
    assert_false(screen_has(&s, "learn.doubt.0"));
    use_one_that_knows(unknown[0][0]);
    screen_wait(&s);
    assert_true(l->doubts->known);
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_wait(&s);
    assert_null(l->doubts);
    assert_false(screen_has(&s, "learn.doubts"));
}

static void test_one_batch_begins_a_training_and_waits(void **state)
{
    (void)state;
    screen_click(&s, "train.batch");
    own_training_wait(&s, 1);
    screen_click(&s, "train.batch");
    own_training_wait(&s, 2);
    assert_true(s.app->training.paused);
    assert_int_equal(train_job_news(s.app->training.job)->n_trained, 2);
    assert_int_equal(train_job_news(s.app->training.job)->batch, 80 - 64); /* the rest of the epoch */
    screen_click(&s, "train.slow");
    assert_false(s.app->training.paused);
    assert_true(s.app->training.slow);
    screen_click(&s, "train.full");
    assert_false(s.app->training.slow);
    screen_await(&s, "train.keep");
    assert_false(screen_has(&s, "train.batch"));
}

static void test_a_small_window_has_pages(void **state)
{
    (void)state;
    screen_wait(&s);
    screen_resize(&s, 640, 480);
    screen_click(&s, "learn.network");
    screen_frame(&s);
    assert_true(screen_has(&s, "block.1"));
    assert_false(screen_has(&s, "learn.sheet"));
    screen_click(&s, "train.start");
    screen_await(&s, "train.keep");
    assert_true(screen_has(&s, "train.loss")); /* the course is what one wants to see then */
}

/* Both curves and the way back are in sight without scrolling, over the buttons; the answer is there as well. */
static void assert_curves_in_sight(int least)
{
    screen_frame(&s);
    rect loss = screen_find(&s, "train.loss"), back = screen_find(&s, "train.back"),
         keep = screen_find(&s, "train.keep");
    if (loss.h < least)
        fail_msg("the curve is %d pixels high, and shall have %d", loss.h, least);
    assert_true(loss.y + loss.h <= back.y);
    assert_true(back.y + back.h <= keep.y);
    rect right = screen_find(&s, "train.accuracy");
    assert_true(right.y + right.h <= back.y && right.h >= least);
    rect bars = screen_find(&s, "bars");
    assert_true(bars.y + bars.h <= s.app->h);
}

static void test_the_curves_can_be_read_in_a_small_window(void **state)
{
    (void)state;
    static const char *const codes[] = {"en", "de"};
    for (int i = 0; i < 2; i++) {
        app_do(s.app, (action){.id = ACTION_SPEAK, .index = i});
        assert_string_equal(texts_language(), codes[i]);
        screen_resize(&s, 640, 480);
        own_training_run(&s);
        assert_curves_in_sight(140);
        assert_false(screen_has(&s, "learn.images")); /* the tabs give way */
        s.app->options.scale = 2;
        screen_resize(&s, 1280, 720);
        assert_curves_in_sight(2 * 60);
        screen_resize(&s, 3840, 2160);
        assert_curves_in_sight(300);
        assert_true(screen_has(&s, "learn.cost")); /* and three columns where there is room */
        s.app->options.scale = 1;
        screen_resize(&s, 640, 480);
        screen_click(&s, "train.discard");
        screen_frame(&s);
        assert_true(screen_has(&s, "learn.images"));
    }
}

/* What was found on images like those that were learned from, and that people's digits were not asked about. */
static void test_what_was_trained_on_what_is_said(void **state)
{
    (void)state;
    screen_resize(&s, 1200, 760);
    own_training_run(&s);
    assert_true(screen_has(&s, "learn.result"));
    assert_true(screen_has(&s, "learn.tested"));
    assert_true(isnan(train_job_news(s.app->training.job)->test_accuracy));
    assert_false(screen_has(&s, "train.rate"));
}

static void test_the_formulas_are_one_click_away(void **state)
{
    (void)state;
    screen_click(&s, "learn.course");
    screen_frame(&s);
    screen_click(&s, "learn.formulas");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_HELP);
    assert_string_equal(s.app->manual->page[s.app->manual->open].name, "formulas");
}

/* Layers are added and changed by clicks and keys; what is wrong is said at once and cannot be saved. */
static void test_a_network_of_ones_own(void **state)
{
    (void)state;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "%s", temp_path("state/models/own.net"));
    screen_resize(&s, 1200, 760);
    screen_wait(&s);
    const app_learn *l = &s.app->learn;
    screen_click(&s, "learn.change");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NET);
    int before = l->draft.count;
    size_t weights = l->draft.plan->floats;
    screen_click(&s, "net.line.1");
    screen_click(&s, "net.add.conv");
    assert_int_equal(l->draft.count, before + 1);
    assert_int_equal(l->line, 2);
    assert_string_equal(l->draft.line[2], "conv 16 3");
    assert_true(l->draft.plan->floats > weights);
    screen_type(&s, "konv 4 3"); /* in place of all of it */
    screen_frame(&s);
    assert_null(l->draft.plan);
    assert_int_equal(l->draft.wrong, 2);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NET); /* nothing is saved */
    screen_click(&s, "net.line.2");
    screen_type(&s, "conv 4 3");
    screen_frame(&s);
    assert_non_null(l->draft.plan);
    screen_click(&s, "net.down");
    assert_string_equal(l->draft.line[3], "conv 4 3");
    screen_click(&s, "net.up");
    screen_click(&s, "net.add.relu");
    screen_click(&s, "net.remove");
    assert_int_equal(l->draft.count, before + 1);
    screen_key(&s, KEY_ESCAPE, 0); /* which throws nothing away */
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(screen_says(&s, "The changed network is not saved"));
    screen_click(&s, "learn.change");
    screen_frame(&s);
    assert_string_equal(l->draft.line[2], "conv 4 3");
    screen_click(&s, "accept");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NET_NAME);
    screen_type(&s, "quick"); /* which is shipped */
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NET_NAME);
    ui_edit(s.app->ui, "mine");
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(platform_exists(temp_path("state/models/mine.net")));
    assert_string_equal(app_train_net(s.app), "mine");
    screen_wait(&s);
    assert_int_equal(l->plan->floats, l->draft.plan->floats);
    assert_true(l->epoch_seconds > 0);
    screen_click(&s, "train.batch");
    own_training_wait(&s, 1);
    nn_model *model;
    assert_true(train_job_model(s.app->training.job, &model, &err));
    assert_int_equal(model->plan->floats, l->draft.plan->floats);
    nn_model_free(model);
}

static void test_another_model_in_the_meantime(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    own_training_run(&s);
    screen_use(&s, "deploy");
    screen_frame(&s);
    assert_string_equal(app_reader_name(s.app), "deploy");
    assert_false(app_watches_training(s.app));
    screen_click(&s, "train.discard");
    screen_frame(&s);
    assert_string_equal(app_reader_name(s.app), "deploy");
    assert_int_equal(app_read(s.app)->answer.classes, 10);
}

static void test_leaving_asks_and_keeps(void **state)
{
    (void)state;
    own_training_run(&s);
    screen_key(&s, 'q', MOD_CTRL);
    assert_false(s.app->quit);
    screen_frame(&s);
    screen_key(&s, KEY_ESCAPE, 0);
    assert_false(s.app->quit);
    screen_event(&s, EVENT_QUIT);
    screen_event(&s, EVENT_QUIT); /* who insists gets the safe answer */
    while (!s.app->quit)
        screen_step(&s);
    assert_true(own_has_model("own-1"));
}

/* Nobody can be asked: what was trained is kept, whether the training has ended or goes on. */
static void test_a_signal_keeps_what_was_trained(void **state)
{
    (void)state;
    own_training_run(&s);
    screen_event(&s, EVENT_TERMINATE);
    assert_false(s.app->quit);
    while (!s.app->quit)
        screen_step(&s);
    assert_true(own_has_model("own-1"));
    assert_string_equal(s.app->settings.model, "own-1");
    screen_close(&s);
    screen_open(&s, 1000, 700);
    s.app->settings.train_data = TRAIN_KEPT;
    s.app->settings.train_epochs = TRAIN_MAX_EPOCHS;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "own");
    screen_key(&s, '4', MOD_CTRL);
    screen_click(&s, "train.start");
    while (train_job_news(s.app->training.job)->best_epoch == 0)
        screen_step(&s);
    screen_event(&s, EVENT_TERMINATE);
    while (!s.app->quit)
        screen_step(&s);
    assert_true(own_has_model("own-2"));
}

static void test_the_question_knows_that_the_training_has_ended(void **state)
{
    (void)state;
    own_training_run(&s);
    screen_key(&s, 'q', MOD_CTRL);
    screen_frame(&s);
    assert_true(screen_has(&s, "leave.discard"));
    assert_string_equal(s.app->ui->focus, "accept"); /* what keeps it */
    screen_key(&s, KEY_ESCAPE, 0);
    screen_click(&s, "train.discard");
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_click(&s, "train.start");
    screen_key(&s, 'q', MOD_CTRL);
    screen_frame(&s);
    assert_false(screen_has(&s, "leave.discard"));
    assert_string_equal(s.app->ui->focus, "cancel"); /* what loses nothing */
}

static void test_leaving_in_the_first_epoch(void **state)
{
    (void)state;
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_click(&s, "train.start");
    screen_key(&s, 'q', MOD_CTRL);
    screen_frame(&s);
    screen_click(&s, "accept");
    while (!s.app->quit)
        screen_step(&s);
}

static void test_what_is_wrong_is_said_on_the_form(void **state)
{
    (void)state;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "nowhere");
    screen_click(&s, "train.start");
    screen_frame(&s);
    screen_await(&s, "train.start");
    assert_non_null(strstr(s.app->training.problem, "nowhere"));
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "own");
    assert_true(nn_file_save(temp_path("state/digits.jsonl"), "{]\n", 3, NN_CONSISTENT, &err));
    screen_click(&s, "train.start");
    screen_await(&s, "train.start");
    assert_non_null(strstr(s.app->training.problem, "line 1"));
}

/* However many processors there are. */
static void test_every_processor_may_train(void **state)
{
    (void)state;
    static const int processors[] = {1, 3, NN_MAX_THREADS, NN_MAX_THREADS + 1, 384};
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++) {
        int n = processors[i];
        platform_set_processors(n);
        assert_int_equal(platform_threads(), n < NN_MAX_THREADS ? n : NN_MAX_THREADS);
        own_training_run(&s);
        assert_int_equal(train_job_news(s.app->training.job)->problem.code, NN_OK);
        assert_int_equal(train_job_news(s.app->training.job)->epoch, 2);
        screen_click(&s, "train.discard");
        screen_frame(&s);
    }
    platform_set_processors(0);
}

static void test_a_path_is_looked_at(void **state)
{
    (void)state;
    assert_false(choosing_begin(s.app, temp_path("nowhere"), IMAGES_TO_LEARN_FROM, &err));
    assert_true(choosing_begin(s.app, temp_path("state"), IMAGES_TO_LEARN_FROM, &err));
    screen_wait(&s);
    assert_true(screen_says(&s, "train-images"));
    assert_int_equal(s.app->settings.train_data, TRAIN_KEPT);
    assert_true(choosing_begin(s.app, temp_path("state/digits.jsonl"), IMAGES_TO_LEARN_FROM, &err));
    assert_int_equal(s.app->settings.train_data, TRAIN_PATH);
    own_training_run(&s);
}

static int reads;

static void count_read(const char *path)
{
    (void)path;
    reads++;
}

/* And nothing is read for it, however much was kept before. */
static void test_a_drawing_is_kept_with_its_answer(void **state)
{
    (void)state;
    screen_key(&s, 'k', MOD_CTRL); /* an empty canvas is not kept */
    screen_frame(&s);
    assert_false(screen_has(&s, "keep.7"));
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_key(&s, 'k', MOD_CTRL);
    screen_frame(&s);
    reads = 0;
    nn_file_watch_thread(count_read);
    screen_click(&s, "keep.7");
    nn_file_watch_thread(NULL);
    assert_int_equal(reads, 0);
    assert_int_equal(samples_count(temp_path("state/digits.jsonl")), 101);
    screen_wait(&s);
    assert_int_equal(s.app->training.n_kept, 101);
}

/* Four letters as lines, the last one twice where there are but two. */
static const char letter_names[] = "LTFH";
static const float letter_lines[4][3][4] = {{{300, 100, 300, 500}, {300, 500, 500, 500}, {300, 500, 500, 500}},
                                            {{150, 100, 450, 100}, {300, 100, 300, 500}, {300, 100, 300, 500}},
                                            {{200, 100, 200, 500}, {200, 100, 450, 100}, {200, 280, 400, 280}},
                                            {{150, 100, 150, 500}, {450, 100, 450, 500}, {150, 300, 450, 300}}};

static void draw_letter(ink *drawing, int letter, float wobble)
{
    ink_init(drawing);
    for (int k = 0; k < 3; k++) {
        const float *at = letter_lines[letter][k];
        ink_point p[2] = {{at[0] + wobble, at[1], NAN, 1}, {at[2], at[3] - wobble, NAN, 1}};
        assert_true(ink_add(drawing, INK_PEN, INK_DEFAULT_BRUSH, p, 2));
    }
}

/* Rows and columns exchanged, as EMNIST has them. */
static void write_letters(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 120; i++) {
        static digit image;
        ink drawing;
        draw_letter(&drawing, i % 4, (float)(i * 7 % 40));
        digit_from_ink(&image, &drawing, &digit_defaults);
        ink_free(&drawing);
        fputc(letter_names[i % 4], f);
        for (int k = 0; k < DIGIT_PIXELS; k++)
            fprintf(f, ",%d", (int)(255 * image.image[k % DIGIT_SIDE * DIGIT_SIDE + k / DIGIT_SIDE] + 0.5f));
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

/* Their network has their names, and reads what is drawn. */
static void test_a_table_of_letters_is_dropped(void **state)
{
    (void)state;
    write_letters(temp_path("letters.csv"));
    s.app->settings.view = VIEW_READ;
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("letters.csv")});
    assert_int_equal(s.app->settings.view, VIEW_TRAIN);
    assert_int_equal(s.app->settings.train_data, TRAIN_PATH);
    s.app->settings.train_epochs = 25;
    s.app->settings.train_rate = -1.7f;
    screen_frame(&s);
    own_training_run(&s);
    assert_true(s.app->training.noted); /* that they were transposed */
    screen_stroke(&s, 200, 200, 200, 500, 20, POINTER_LEFT);
    screen_stroke(&s, 200, 500, 350, 500, 20, POINTER_LEFT);
    screen_frame(&s);
    assert_string_equal(app_read(s.app)->answer.text, "L");
    assert_int_equal(app_read(s.app)->answer.classes, 4);
}

static void test_closing_in_the_middle(void **state)
{
    (void)state;
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_click(&s, "train.start");
    screen_await(&s, "train.cancel"); /* the rest is the fixture's */
}

static void test_a_low_window_has_bars(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    s.app->options.scale = 2;
    screen_resize(&s, 1280, 720);
    screen_wait(&s);
    screen_settle(&s);
    assert_true(screen_lines(&s, "bars") > 10); /* the answer, and a label under each */
    s.app->options.scale = 1;
}

/* The size of the text beside or above a slider. */
static int px_of_name(const char *name)
{
    const ui *u = s.app->ui;
    rect r = screen_find(&s, name), around = {0, r.y - ui_px(u, 18), r.x + r.w / 2, r.h + ui_px(u, 18)};
    for (int i = u->n_lines - 1; i >= 0; i--)
        if (rect_contains(around, (float)u->line[i].r.x, (float)u->line[i].r.y) && u->line[i].r.x > r.x - ui_px(u, 120))
            return u->line[i].px;
    fail_msg("%s has no name", name);
    return 0;
}

static void test_names_of_sliders_are_of_one_size(void **state)
{
    (void)state;
    for (int w = 1000; w <= 3840; w += 142) {
        screen_resize(&s, w, w * 9 / 16);
        screen_settle(&s);
        if (screen_has(&s, "train.rate"))
            assert_int_equal(px_of_name("train.rate"), px_of_name("train.epochs"));
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open_training, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_canvas_is_read_with_what_learns),
        TEST(test_images_and_network_are_looked_at),
        TEST(test_test_images_that_are_learned_from_are_counted),
        TEST(test_labels_that_are_likely_wrong_are_shown),
        TEST(test_one_batch_begins_a_training_and_waits),
        TEST(test_a_small_window_has_pages),
        TEST(test_the_curves_can_be_read_in_a_small_window),
        TEST(test_what_was_trained_on_what_is_said),
        TEST(test_the_formulas_are_one_click_away),
        TEST(test_a_network_of_ones_own),
        TEST(test_another_model_in_the_meantime),
        TEST(test_leaving_asks_and_keeps),
        TEST(test_a_signal_keeps_what_was_trained),
        TEST(test_the_question_knows_that_the_training_has_ended),
        TEST(test_leaving_in_the_first_epoch),
        TEST(test_what_is_wrong_is_said_on_the_form),
        TEST(test_every_processor_may_train),
        TEST(test_a_path_is_looked_at),
        TEST(test_a_drawing_is_kept_with_its_answer),
        TEST(test_a_table_of_letters_is_dropped),
        TEST(test_a_low_window_has_bars),
        TEST(test_names_of_sliders_are_of_one_size),
        TEST(test_closing_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
