/* "Where it lies": the map of known digits in "Inside", by mouse and keyboard. */
#include "app/ui/actions.h"
#include "app/ui/reader.h"
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

static nn_error err;

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1200, 760);
    screen_use(&s, "deploy");
    screen_stroke(&s, 300, 100, 300, 500, 60, POINTER_LEFT); /* a one */
    screen_key(&s, '3', MOD_CTRL);
    screen_settle(&s);
    return 0;
}

static void show_map(void)
{
    screen_click(&s, "map.show");
    screen_frame(&s);
    assert_true(screen_has(&s, "map") && s.app->placing.job); /* at once, whatever there is to show */
    screen_wait(&s);
    screen_settle(&s);
    assert_non_null(s.app->placing.map);
}

static const char *label_of(int i)
{
    const dataset *known = &s.app->placing.map->known;
    return known->label[known->labels[i]];
}

static void the_drawing_lies_among_its_kind_and_moves(void **state)
{
    (void)state;
    const app_placing *p = &s.app->placing;
    show_map();
    assert_true(p->map->made && p->n_nearest == ATLAS_NEAREST); /* there is no MNIST here */
    int ones = 0;
    for (int i = 0; i < p->n_nearest; i++)
        ones += strcmp(label_of(p->nearest[i]), "1") == 0;
    assert_true(ones >= 3);
    float before[2] = {p->at[0], p->at[1]};
    for (int i = 0; i < 30; i++) /* a seven's top, drawn in one go: the point is on its way meanwhile */
        screen_stroke(&s, 120, 100, 300, 100, 2, POINTER_LEFT);
    screen_frame(&s);
    assert_true(revision_same(p->placed, app_read(s.app)->of));
    assert_true(p->at[0] != before[0] || p->at[1] != before[1]);
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_int_equal(p->n_nearest, 0);
}

/* However many features both have. */
static void the_drawing_is_placed_on_the_map_of_its_network(void **state)
{
    (void)state;
    static const char net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";
    const app_placing *p = &s.app->placing;
    net_save(net, 1, temp_path("one.safetensors"));
    net_save(net, 2, temp_path("other.safetensors"));
    screen_use(&s, temp_path("one.safetensors"));
    screen_settle(&s);
    show_map();
    assert_true(p->n_nearest > 0);
    unsigned version = p->version;
    reader_use_one(s.app, temp_path("other.safetensors"));
    while (s.app->reader.load)
        screen_frame(&s);
    screen_frame(&s);
    assert_true(p->version != version || (!p->map && p->n_nearest == 0));
    screen_wait(&s);
    screen_settle(&s);
    assert_true(p->version != version && p->n_nearest > 0);
}

/* The pointer over one shows its picture. */
static void a_known_digit_can_be_looked_at(void **state)
{
    (void)state;
    show_map();
    rect map = screen_find(&s, "map");
    const float *at = s.app->placing.map->place[0];
    screen_pointer(&s, EVENT_POINTER_LEAVE, 0, 0, 0);
    screen_settle(&s);
    uint64_t before = screen_hash(&s);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)map.x + at[0] * (float)map.w, (float)map.y + at[1] * (float)map.h, 0);
    screen_frame(&s);
    assert_int_not_equal(screen_hash(&s), before);
    screen_event(&s, EVENT_POINTER_LEAVE);
    screen_frame(&s);
    assert_int_equal(screen_hash(&s), before);
}

static void by_keys_there_and_back(void **state)
{
    (void)state;
    ui_set_focus(s.app->ui, "map.show");
    screen_key(&s, KEY_ENTER, 0);
    screen_wait(&s);
    assert_true(s.app->placing.shown);
    assert_string_equal(s.app->ui->focus, "map.back");
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_false(s.app->placing.shown);
    assert_true(screen_has(&s, "votes"));
    screen_key(&s, '1', MOD_CTRL);
    app_do(s.app, (action){.id = ACTION_ATLAS}); /* from the menu, out of another view */
    screen_frame(&s);
    assert_true(screen_has(&s, "map"));
}

/* Begins at the drawing; every step looks at the digit that is nearest to there. A finger's tap does the same. */
static void keys_and_taps_go_through_the_map(void **state)
{
    (void)state;
    const app_placing *p = &s.app->placing;
    show_map();
    ui_set_focus(s.app->ui, "map.back");
    screen_key(&s, KEY_TAB, 0);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "map");
    assert_false(p->looks);
    uint64_t before = screen_hash(&s);
    screen_key(&s, KEY_LEFT, 0);
    screen_frame(&s);
    assert_true(p->looks && p->looked[0] < p->at[0]);
    assert_int_not_equal(screen_hash(&s), before);
    float x = p->looked[0], y = p->looked[1];
    screen_key(&s, KEY_DOWN, 0);
    screen_frame(&s);
    assert_true(p->looked[0] == x && p->looked[1] > y);
    screen_key(&s, KEY_UP, 0);
    screen_frame(&s);
    assert_true(p->looked[0] == x && p->looked[1] == y);
    screen_key(&s, KEY_END, 0);
    screen_frame(&s);
    assert_true(p->looked[0] > 0.9f && p->looked[0] < 1 && p->looked[1] > 0.9f && p->looked[1] < 1);
    rect map = screen_find(&s, "map");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)map.x + 0.3f * (float)map.w, (float)map.y + 0.6f * (float)map.h,
                   POINTER_LEFT);
    screen_event(&s, EVENT_POINTER_LEAVE);
    screen_frame(&s);
    assert_float_equal(p->looked[0], 0.3, 0.03);
    assert_float_equal(p->looked[1], 0.6, 0.03);
}

static void escape_leads_from_the_map_to_the_layers(void **state)
{
    (void)state;
    screen_click(&s, "layer.conv1");
    int layer = s.app->inside->layer;
    assert_true(layer >= 0);
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_frame(&s);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_false(screen_has(&s, "map"));
    assert_int_equal(s.app->inside->layer, layer); /* as it was left */
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_true(screen_has(&s, "votes") && s.app->inside->layer < 0);
}

/* Once for each network; while there is none yet of the new one, the old one stays. */
static void another_network_has_another_map(void **state)
{
    (void)state;
    show_map();
    unsigned version = s.app->placing.version;
    screen_stroke(&s, 200, 300, 400, 300, 10, POINTER_LEFT);
    screen_settle(&s);
    assert_int_equal(s.app->placing.version, version);
    nn_model *other = net_model("input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n", 5);
    assert_true(nn_model_save(other, temp_path("other.safetensors"), &err));
    nn_model_free(other);
    screen_use(&s, temp_path("other.safetensors"));
    screen_wait(&s);
    screen_settle(&s);
    assert_int_equal(s.app->placing.version, version + 1);
    assert_int_equal(s.app->placing.map->count, 49);
    assert_int_equal(s.app->placing.n_nearest, ATLAS_NEAREST);
}

/* Of several models that are asked together each has a map of its own. */
static void another_member_has_another_map(void **state)
{
    (void)state;
    static const char members[] = "tiny\nlenet5\n";
    const app_placing *p = &s.app->placing;
    assert_true(nn_file_mkdirs(temp_path("state/models"), &err));
    assert_true(nn_file_save(temp_path("state/models/two.ensemble"), members, strlen(members), NN_CONSISTENT, &err));
    screen_use(&s, "two");
    show_map();
    unsigned before = p->version;
    int count = p->net->count;
    screen_click(&s, "inside.member");
    assert_null(p->map);
    screen_wait(&s);
    screen_settle(&s);
    assert_true(p->map && p->version == before + 1 && p->n_nearest == ATLAS_NEAREST);
    assert_int_equal(s.app->reader.member, 1);
    assert_int_not_equal(p->net->count, count); /* features of its last layer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_drawing_lies_among_its_kind_and_moves, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(the_drawing_is_placed_on_the_map_of_its_network, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(another_member_has_another_map, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(a_known_digit_can_be_looked_at, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(by_keys_there_and_back, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(keys_and_taps_go_through_the_map, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(escape_leads_from_the_map_to_the_layers, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(another_network_has_another_map, open_screen, fixture_close),
    };
    return cmocka_run_group_tests_name("the map of Inside", tests, NULL, NULL);
}
