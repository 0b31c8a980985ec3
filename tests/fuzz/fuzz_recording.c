/* fuzz_recording.c - steps of recorded sessions: what is accepted is written back as a line that says the same. */
#include "app/ui/record.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include <math.h>
#include <string.h>

const char *const fuzz_words[] = {"\"event\":", "\"down\"", "\"key\":", "\"told\":", "null",
                                  "true",       "1e300",    "[0,0]",    NULL};

static void add_step(void (*add)(const void *data, size_t len), const record_step *step)
{
    nn_error err = {0};
    char *text;
    size_t len;
    FUZZ_REQUIRE(record_print(step, &text, &len, &err));
    add(text, len - 1);
    nn_free(text);
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    event down = {
        .kind = EVENT_POINTER_DOWN, .t = 12.25, .x = 3.5f, .y = 4, .pointer = -7, .button = 1, .eraser = true};
    event typed = {.kind = EVENT_TEXT, .t = 1e9, .text = "\xc3\xbc"},
          key = {.kind = EVENT_KEY_UP, .key = 300, .mods = 3};
    app_options options = {.w = 1200, .h = 760, .scale = 1.5f, .model = "deploy", .open = "a.png", .language = "de"};
    const record_step steps[] = {
        {.kind = RECORD_BEGIN, .begin = options, .settings = "brush 30\n"},
        {.kind = RECORD_EVENT, .event = down},
        {.kind = RECORD_EVENT, .event = typed},
        {.kind = RECORD_EVENT, .event = key},
        {.kind = RECORD_SIZE, .w = 640, .h = 480, .value = 2},
        {.kind = RECORD_FORGET},
        {.kind = RECORD_TICK, .value = 1234.56789},
        {.kind = RECORD_DRAW},
        {.kind = RECORD_TOLD, .text = "infer", .value = 1e-4},
        {.kind = RECORD_TOLD, .text = "speed", .value = NAN},
        {.kind = RECORD_PASTE, .text = "{}"},
        {.kind = RECORD_PASTE},
        {.kind = RECORD_FRAME, .hash = 0x0123456789abcdefu},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        add_step(add, &steps[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    nn_error err = {0};
    record_step first, second;
    char *text, *again;
    size_t n, m;
    if (!record_parse(&first, (const char *)data, len, &err)) {
        fuzz_refused(&err, len);
        FUZZ_REQUIRE(first.line == NULL);
        return 0;
    }
    FUZZ_REQUIRE(record_print(&first, &text, &n, &err));
    FUZZ_REQUIRE(n > 0 && text[n - 1] == '\n' && !memchr(text, '\n', n - 1));
    FUZZ_REQUIRE(record_parse(&second, text, n - 1, &err));
    FUZZ_REQUIRE(second.kind == first.kind && record_print(&second, &again, &m, &err));
    FUZZ_REQUIRE(n == m && memcmp(text, again, n) == 0);
    nn_free(text);
    nn_free(again);
    record_free(&first);
    record_free(&second);
    return 0;
}
