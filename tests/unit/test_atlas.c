/* The map of digits: what is alike lies together, the same every time. */
#include "app/core/data/dataset_load.h"
#include "app/core/probe/atlas_job.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Features that tell digits apart without any training: the picture itself, made small. */
static const char small[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";

static nn_error err;

static bool goes_on(void *ctx)
{
    (void)ctx;
    return false;
}

static bool is_stopped(void *ctx)
{
    (void)ctx;
    return true;
}

/* ---- features ---------------------------------------------------------------------------------------------------- */

static void features_are_what_the_last_layer_reads(void **state)
{
    (void)state;
    features *net;
    nn_model *model = net_model(small, 3), *other = net_model("input 28 28 1\nflatten\nbias: dense 7\nsoftmax\n", 3);
    float images[2 * DIGIT_PIXELS], out[2 * 49];
    model->convention = (nn_convention){.std = 1};
    for (int i = 0; i < 2 * DIGIT_PIXELS; i++)
        images[i] = (float)(i % 97) / 97;
    assert_true(features_new(&net, model, &err));
    assert_int_equal(net->count, 49);
    assert_true(features_fits(net, model) && !features_fits(net, other));
    features_read(net, model, images, 2, out);
    float most = 0; /* of the second picture's first 4 x 4 pixels */
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            most = fmaxf(most, images[DIGIT_PIXELS + y * DIGIT_SIDE + x]);
    assert_float_equal(out[49], most, 1e-6);
    features_free(net);
    nn_model_free(model);
    nn_model_free(other);
}

static void joined_networks_give_their_logits(void **state)
{
    (void)state;
    features *net;
    nn_model *model =
        net_model("input 28 28 1\nflat: flatten\na: dense 10\nb: dense 10 from=flat\nadd a\nsoftmax\n", 3);
    assert_true(features_new(&net, model, &err));
    assert_int_equal(net->count, 10);
    features_free(net);
    nn_model_free(model);
}

/* ---- the projection ---------------------------------------------------------------------------------------------- */

enum { ROWS = 300, DIMS = 20 };
static float rows[ROWS * DIMS], room[3 * DIMS + ROWS], place[ROWS][2];

/* Three clouds far from each other. */
static void make_clouds(void)
{
    uint64_t seed = 4;
    random_fill(&seed, rows, ROWS * DIMS, -0.5, 0.5);
    for (int i = 0; i < ROWS; i++)
        rows[i * DIMS + i % 3] += 9;
}

/* Along two axes of very different lengths, which are turned. */
static void components_are_the_principal_ones(void **state)
{
    (void)state;
    uint64_t seed = 8;
    double xx = 0, yy = 0, xy = 0, x = 0, y = 0;
    for (int i = 0; i < ROWS; i++) {
        float a = 10 * (float)random_between(&seed, -1, 1), b = 3 * (float)random_between(&seed, -1, 1);
        for (int k = 0; k < DIMS; k++)
            rows[i * DIMS + k] = 5 + (k == 2) * 0.6f * a + (k == 7) * 0.8f * a + (k == 2) * 0.8f * b -
                                 (k == 7) * 0.6f * b + (float)random_between(&seed, -0.01, 0.01);
    }
    atlas_project(rows, ROWS, DIMS, place, room);
    for (int i = 0; i < ROWS; i++) {
        double u = (double)place[i][0], v = (double)place[i][1];
        x += u, y += v, xx += u * u, yy += v * v, xy += u * v;
    }
    assert_float_equal(x / ROWS, 0, 1e-3);
    assert_float_equal(y / ROWS, 0, 1e-3);
    assert_true(sqrt(xx / ROWS) > 5.2 && sqrt(xx / ROWS) < 6.4); /* 10 / sqrt(3) */
    assert_true(sqrt(yy / ROWS) > 1.5 && sqrt(yy / ROWS) < 2.0);
    assert_true(fabs(xy) < 0.01 * xx);
}

static void neighbours_are_the_nearest(void **state)
{
    (void)state;
    static int list[ROWS * ATLAS_NEIGHBOURS];
    static float distance[ROWS * ATLAS_NEIGHBOURS];
    make_clouds();
    atlas_neighbours(rows, ROWS, DIMS, list, distance);
    for (int i = 0; i < ROWS; i += 7) {
        int nearer = 0;
        const float *d = distance + i * ATLAS_NEIGHBOURS;
        for (int j = 0; j < ROWS; j++) {
            double sum = 0;
            for (int k = 0; k < DIMS; k++)
                sum += pow((double)rows[i * DIMS + k] - (double)rows[j * DIMS + k], 2);
            nearer += j != i && sqrt(sum) < (double)d[ATLAS_NEIGHBOURS - 1] - 1e-4;
        }
        assert_int_equal(nearer, ATLAS_NEIGHBOURS - 1);
        for (int k = 0; k < ATLAS_NEIGHBOURS; k++) {
            assert_int_equal(list[i * ATLAS_NEIGHBOURS + k] % 3, i % 3);
            assert_true(k == 0 || d[k] >= d[k - 1]);
        }
    }
}

static float apart(int i, int j)
{
    return hypotf(place[i][0] - place[j][0], place[i][1] - place[j][1]);
}

static void clouds_stay_together_and_apart(void **state)
{
    (void)state;
    static int list[ROWS * ATLAS_NEIGHBOURS];
    static float distance[ROWS * ATLAS_NEIGHBOURS], before[ROWS][2];
    for (int round = 0; round < 2; round++) {
        make_clouds();
        atlas_project(rows, ROWS, DIMS, place, room);
        atlas_neighbours(rows, ROWS, DIMS, list, distance);
        atlas_settle(place, ROWS, list, distance, room);
        if (round == 0)
            memcpy(before, place, sizeof before);
    }
    assert_memory_equal(before, place, sizeof before);
    double within = 0, between = 0;
    for (int i = 3; i < ROWS; i++) {
        within += (double)apart(i, i - 3);
        between += (double)apart(i, i - 1);
    }
    assert_true(between > 2 * within);
    float least = INFINITY;
    atlas_separate(place, ROWS, 0.3f);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < i; j++)
            least = fminf(least, apart(i, j));
    assert_true(least > 0.2f);
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

/* Most digits lie beside one of their kind, and a digit of the map is placed where it is. */
static void a_map_of_made_digits(void **state)
{
    (void)state;
    atlas *map;
    features *net;
    nn_model *model = net_model(small, 3);
    int beside = 0, nearest[ATLAS_NEAREST];
    float at[2], image[DIGIT_PIXELS], feature[FEATURES_MAX];
    assert_true(atlas_new(&map, model, "", ATLAS_DIGITS, goes_on, NULL, &err));
    assert_true(map->made && map->known.count == ATLAS_DIGITS && map->count == 49);
    assert_true(features_new(&net, model, &err));
    for (int i = 0; i < map->known.count; i += 9) {
        assert_true(map->place[i][0] >= 0 && map->place[i][0] <= 1 && map->place[i][1] >= 0 && map->place[i][1] <= 1);
        dataset_image(&map->known, i, image);
        features_read(net, model, image, 1, feature);
        assert_int_equal(atlas_place(map, feature, at, nearest), ATLAS_NEAREST);
        assert_int_equal(nearest[0], i);
        assert_float_equal(at[0], map->place[i][0], 1e-3);
        beside += map->known.labels[nearest[1]] == map->known.labels[i];
    }
    assert_true(beside > 65); /* of 112; 11 by chance */
    features_free(net);
    atlas_free(map);
    nn_model_free(model);
}

static void one_that_is_stopped_is_none(void **state)
{
    (void)state;
    atlas *map;
    nn_model *model = net_model(small, 3);
    assert_false(atlas_new(&map, model, "", ATLAS_DIGITS, is_stopped, NULL, &err));
    assert_null(map);
    nn_model_free(model);
}

static void mnist_where_there_is_one(void **state)
{
    (void)state;
    static const char folder[] = TEST_DATA "/mnist";
    if (!dataset_has(folder, NULL, DATASET_TEST))
        skip();
    atlas *map;
    nn_model *model = net_model(small, 3);
    int size[10] = {0};
    assert_true(atlas_new(&map, model, folder, ATLAS_DIGITS, goes_on, NULL, &err));
    assert_false(map->made);
    for (int i = 0; i < map->known.count; i++)
        size[map->known.labels[i]]++;
    for (int i = 0; i < 10; i++)
        assert_true(size[i] > 80 && size[i] < 120);
    atlas_free(map);
    nn_model_free(model);
}

static bool make_once(void *ctx, nn_error *e)
{
    atlas *map;
    bool ok = atlas_new(&map, ctx, "", 40, goes_on, NULL, e);
    atlas_free(map);
    return ok;
}

static void without_memory_it_fails_cleanly(void **state)
{
    (void)state;
    nn_model *model = net_model("input 8 8 1\nflatten\ndense 2\nsoftmax\n", 3);
    const fault_case test = {.run = make_once, .ctx = model};
    assert_true(faults_try_all("atlas", &test) > 8);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_what_the_last_layer_reads),
        cmocka_unit_test(joined_networks_give_their_logits),
        cmocka_unit_test(components_are_the_principal_ones),
        cmocka_unit_test(neighbours_are_the_nearest),
        cmocka_unit_test(clouds_stay_together_and_apart),
        cmocka_unit_test(a_map_of_made_digits),
        cmocka_unit_test(one_that_is_stopped_is_none),
        cmocka_unit_test(mnist_where_there_is_one),
        cmocka_unit_test(without_memory_it_fails_cleanly),
    };
    return cmocka_run_group_tests_name("the map of digits", tests, NULL, NULL);
}
