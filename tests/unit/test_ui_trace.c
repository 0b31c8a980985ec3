/* The trace: whole lines, and an end without harm where the disk is full. */
#include "app/ui/trace.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/screen.h"
#include "support/temp.h"
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const trace_frame frame = {.t_ms = 20, .frame_ms = 2, .input_ms = -1};

static void write_frames(trace *t, const app *state, int count)
{
    for (int i = 0; i < count; i++) {
        trace_frame_begins(t);
        trace_write(t, &frame, state);
    }
}

/* Lines of the trace, each of which must be JSON. */
static int count_lines(void)
{
    unsigned char *data;
    size_t len;
    int lines = 0;
    assert_true(nn_file_read(temp_path("trace"), 1 << 20, &data, &len, NULL));
    for (char *line = (char *)data, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        json_t *json = json_loadb(line, (size_t)(end - line), 0, NULL);
        assert_non_null(json);
        json_decref(json);
        lines++;
    }
    nn_free(data);
    return lines;
}

static void test_lines(void **state)
{
    (void)state;
    screen s;
    trace *t;
    nn_error err;
    screen_open(&s, 900, 600);
    screen_settle(&s);
    for (int again = 0; again < 2; again++) { /* the second run begins anew */
        assert_true(trace_open(&t, temp_path("trace"), &err));
        write_frames(t, s.app, 5);
        trace_close(t);
        assert_int_equal(count_lines(), 6); /* and the layout */
    }
    screen_close(&s);
}

/* A device that is full, and then a disk that fills up: what was written stays whole lines. */
static void test_full(void **state)
{
    (void)state;
    screen s;
    trace *t;
    nn_error err;
    screen_open(&s, 900, 600);
    screen_settle(&s);
    assert_true(trace_open(&t, "/dev/full", &err));
    write_frames(t, s.app, 3);
    trace_close(t);

    assert_true(trace_open(&t, temp_path("trace"), &err));
    write_frames(t, s.app, 2);
    faults_file(0, FAULT_FOREVER, ENOSPC);
    write_frames(t, s.app, 2);
    assert_true(faults_end());
    write_frames(t, s.app, 2);
    trace_close(t);
    assert_int_equal(count_lines(), 3);
    screen_close(&s);
}

static void test_nowhere(void **state)
{
    (void)state;
    trace *t;
    nn_error err;
    assert_true(trace_open(&t, NULL, &err));
    assert_null(t);
    trace_close(t);
    assert_false(trace_open(&t, temp_path("no/such/folder"), &err));
    assert_non_null(strstr(err.text, "no/such/folder"));
}

static int setup(void **state)
{
    *state = (void *)(uintptr_t)temp_make();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_full, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_nowhere, setup, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
