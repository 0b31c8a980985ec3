/* Sessions as files: the same pixels when they are played again, and what is wrong with a bad one. */
#include "app/ui/replay.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/screen.h"
#include "support/temp.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static screen s;
static nn_error err;
static replay_result result;

/* Something of everything; the hash of its last frame. */
static uint64_t record_session(void)
{
    screen_open_recorded(&s, 1000, 700, temp_path("session"));
    screen_stroke(&s, 100, 100, 500, 300, 40, POINTER_LEFT);
    screen_stroke(&s, 100, 300, 500, 100, 40, POINTER_RIGHT);
    screen_key(&s, 'z', MOD_CTRL);
    screen_key(&s, '3', MOD_CTRL); /* Inside */
    for (int i = 0; i < 5; i++)
        screen_frame(&s);
    screen_resize(&s, 640, 480);
    screen_key(&s, KEY_DELETE, 0);
    screen_key(&s, '1', MOD_CTRL);
    s.clipboard = nn_strdup("{\"strokes\":[[[10,10],[40,90],[200,70]]]}");
    screen_key(&s, 'v', MOD_CTRL);
    screen_settle(&s);
    screen_key(&s, 's', MOD_CTRL);
    screen_type(&s, "x\xc3\xbcy");
    screen_key(&s, KEY_ESCAPE, 0);
    screen_settle(&s);
    uint64_t last = record_hash(&s.pixels);
    screen_close(&s);
    return last;
}

static bool replay(const char *recording, const char *state)
{
    char folder[PATHS_MAX];
    snprintf(folder, sizeof folder, "%s", temp_path(state));
    return replay_run(&result, recording, &(app_options){.state_dir = folder}, NULL, &err);
}

static void test_the_same_pixels(void **state)
{
    (void)state;
    uint64_t last = record_session();
    char recording[PATHS_MAX];
    snprintf(recording, sizeof recording, "%s", temp_path("session"));
    for (int i = 0; i < 2; i++) {
        if (!replay(recording, i ? "second" : "first"))
            fail_msg("%s", err.text);
        assert_int_equal(result.different, 0);
        assert_true(result.frames > 8);
        assert_true(result.last == last);
    }
}

/* A session goes on in the window whether it can be written or not. */
static void test_a_full_disk_ends_the_recording_alone(void **state)
{
    (void)state;
    screen_open_recorded(&s, 640, 480, temp_path("session"));
    faults_file(0, FAULT_FOREVER, ENOSPC);
    screen_pointer(&s, EVENT_POINTER_MOVE, 100, 100, 0);
    assert_true(faults_end());
    screen_stroke(&s, 100, 100, 500, 300, 40, POINTER_LEFT);
    assert_int_equal(s.app->drawing.done, 1);
    screen_close(&s);
    assert_true(replay(temp_path("session"), "again"));
    assert_int_equal(result.different, 0);
}

static void assert_refused(const char *words, const char *text)
{
    assert_true(nn_file_save(temp_path("bad"), text, strlen(text), NN_CONSISTENT, &err));
    assert_false(replay(temp_path("bad"), "again"));
    assert_int_equal(err.code, NN_FORMAT);
    if (!strstr(err.text, words))
        fail_msg("%s", err.text);
}

static void test_bad_recordings(void **state)
{
    static const char begin[] = "{\"recording\":1,\"window\":[64,48],\"scale\":1,\"theme\":\"light\"}\n";
    static const struct {
        const char *words, *line;
    } bad[] = {
        {"line 2: the recording is cut off", "{\"tick\":1}"},
        {"line 2", "{\"tick\":1\n"},
        {"\"tick\"", "{\"tick\":\"soon\"}\n"},
        {"\"tick\"", "{\"tick\":1e300}\n"},
        {"\"event\"", "{\"event\":\"jump\",\"t\":1}\n"},
        {"\"text\"", "{\"event\":\"drop\",\"t\":1}\n"},
        {"\"mods\"", "{\"event\":\"key_down\",\"t\":1,\"mods\":9}\n"},
        {"\"x\"", "{\"event\":\"resize\",\"t\":1,\"x\":1e6}\n"},
        {"\"size\"", "{\"size\":[1,2,3]}\n"},
        {"\"size\"", "{\"size\":[100000,2]}\n"},
        {"\"frame\"", "{\"frame\":\"12\"}\n"},
        {"\"draw\"", "{\"draw\":false}\n"},
        {"\"told\"", "{\"told\":7,\"value\":1}\n"},
        {"unknown", "{\"tick\":1,\"tock\":2}\n"},
        {"kind of step", "{\"tock\":2}\n"},
        {"kind of step", "[]\n"},
        {"a second beginning", begin},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", begin, bad[i].line);
        assert_refused(bad[i].words, text);
    }
    assert_refused("empty", "");
    assert_refused("not the beginning", "{\"tick\":1}\n");
    assert_refused("\"recording\"", "{\"recording\":2,\"window\":[64,48]}\n");
    assert_false(replay(temp_path("missing"), "again"));
    assert_int_equal(err.code, NN_IO);
}

/* Other events than recorded are played, and the pixels tell. */
static void test_another_session_is_noticed(void **state)
{
    unsigned char *text;
    size_t len;
    (void)state;
    record_session();
    assert_true(nn_file_read(temp_path("session"), 1 << 24, &text, &len, &err));
    char *right = strstr((char *)text, "\"button\":3");
    assert_non_null(right);
    right[9] = '1'; /* the eraser stroke becomes a pen's */
    assert_true(nn_file_save(temp_path("other"), text, len, NN_CONSISTENT, &err));
    nn_free(text);
    assert_true(replay(temp_path("other"), "again"));
    assert_true(result.different > 0 && result.different < result.frames);
    assert_true(result.first_different > 40);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, temp_set_up, temp_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_pixels),
        TEST(test_a_full_disk_ends_the_recording_alone),
        TEST(test_bad_recordings),
        TEST(test_another_session_is_noticed),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
