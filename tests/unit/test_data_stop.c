/* Reading data ends soon where the job that reads is asked to end, whatever the data are in; elsewhere it never does. */
#include "app/core/data/idx.h"
#include "app/core/data/pictures.h"
#include "app/core/data/samples.h"
#include "app/core/job.h"
#include "app/core/training/data_open.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 120, SIDE = 28, PIXELS = SIDE * SIDE };

static dataset made;
static paths where;
static nn_error err;

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void put(const char *name, const void *bytes, size_t len)
{
    char folder[PATHS_MAX];
    snprintf(folder, sizeof folder, "%s", temp_path(name));
    *strrchr(folder, '/') = 0;
    assert_true(nn_file_mkdirs(folder, &err) && nn_file_save(temp_path(name), bytes, len, NN_CONSISTENT, &err));
}

static void put_array(const char *name, const char *shape, const void *values, size_t len)
{
    unsigned char file[1024] = "\x93NUMPY\x01\0\x76";
    size_t header = 10 + 118;
    memset(file + 10, ' ', 118);
    int n = snprintf((char *)file + 10, 118, "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }", shape);
    file[10 + n] = ' ';
    file[header - 1] = '\n';
    memcpy(file + header, values, len);
    put(name, file, header + len);
}

/* Its number in two bytes is all that is in a picture's file. */
static void put_pictures(void)
{
    for (int i = 0; i < COUNT; i++) {
        char name[40];
        snprintf(name, sizeof name, "pictures/%d/%03d.png", made.labels[i], i);
        put(name, (unsigned char[]){(unsigned char)i, 0}, 2);
    }
}

static int set_up(void **state)
{
    static const char table[] = "7,0,255,0,255\n1,255,0,0,255\n";
    (void)state;
    temp_make();
    paths_find(&where, temp_path("state"));
    if (!samples_make(&made, COUNT, 1, &err) || !idx_save(&made, temp_path("idx"), &err))
        return -1;
    put("tables/train.csv", table, sizeof table - 1);
    put_array("arrays/x_train.npy", "2, 2, 2", "\0\xff\0\xff\xff\0\xff\0", 8);
    put_array("arrays/y_train.npy", "2,", "\7\1", 2);
    put_pictures();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dataset_free(&made);
    temp_remove();
    return 0;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static struct reading {
    const char *name;
    int stop_at; /* the picture at which the job is stopped, 0: before all; -1: it is not */
    int decoded;
    job *worker;
    bool ok;
    dataset data;
} reading;

/* As EMNIST has them: transposed. */
static bool decode(pixmap *out, const unsigned char *bytes, size_t len, nn_error *e)
{
    const unsigned char *image = made.images + PIXELS * bytes[0];
    *out = (pixmap){SIDE, SIDE, nn_alloc(PIXELS, 4)};
    if (len != 2 || !out->rgba)
        return nn_fail(e, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < PIXELS; i++)
        memset(out->rgba + (ptrdiff_t)4 * i, image[i % SIDE * SIDE + i / SIDE], 3), out->rgba[4 * i + 3] = 255;
    if (++reading.decoded == reading.stop_at)
        job_stop(reading.worker);
    return true;
}

static void work(void *ctx, job *worker)
{
    (void)ctx;
    reading.worker = worker;
    if (reading.stop_at == 0)
        job_stop(worker);
    data_request request = {.path = temp_path(reading.name)};
    reading.ok = data_open(&reading.data, &request, DATASET_TRAIN, &where, NULL, &err);
}

static void read_beside(const char *name, int stop_at)
{
    job *reader;
    reading = (struct reading){.name = name, .stop_at = stop_at};
    pictures_decode_with(decode);
    assert_true(job_start(&reader, work, NULL, &(job_host){0}, &err));
    job_finish(reader);
    pictures_decode_with(NULL);
}

static void test_every_kind_of_data_can_be_stopped(void **state)
{
    (void)state;
    static const char *const names[] = {"idx", "tables", "arrays", "pictures"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        read_beside(names[i], -1);
        assert_true(reading.ok);
        assert_true(reading.data.count >= 2);
        dataset_free(&reading.data);
        read_beside(names[i], 0);
        assert_false(reading.ok);
        assert_non_null(strstr(err.text, "nobody waits"));
    }
}

/* Sixty thousand pictures take half a minute. */
static void test_pictures_are_read_no_further(void **state)
{
    (void)state;
    read_beside("pictures", 5);
    assert_false(reading.ok);
    assert_int_equal(reading.decoded, 5);
}

/* So do the looks for which way is up, once all is there: then the images stay as they are. */
static void test_looking_for_the_lie_can_be_stopped(void **state)
{
    (void)state;
    read_beside("pictures", -1);
    assert_true(reading.ok);
    assert_string_not_equal(reading.data.note, "");
    dataset_free(&reading.data);
    read_beside("pictures", COUNT);
    assert_true(reading.ok);
    assert_string_equal(reading.data.note, "");
    dataset_free(&reading.data);
}

/* Another job's end is no business of those who read elsewhere. */
static void test_other_threads_read_on(void **state)
{
    (void)state;
    dataset data;
    read_beside("tables", 0);
    assert_false(job_is_unwanted());
    assert_true(dataset_load(&data, temp_path("tables"), NULL, DATASET_TRAIN, &err));
    dataset_free(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_data_can_be_stopped),
        cmocka_unit_test(test_pictures_are_read_no_further),
        cmocka_unit_test(test_looking_for_the_lie_can_be_stopped),
        cmocka_unit_test(test_other_threads_read_on),
    };
    return cmocka_run_group_tests_name("data_stop", tests, set_up, tear_down);
}
