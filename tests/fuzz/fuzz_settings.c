/* fuzz_settings.c - settings: whatever the text, values are in range, and what is printed reads back and prints the
 * same. */
#include "app/core/settings.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include <string.h>

const char *const fuzz_words[] = {
    "window_x ", "window_w ", "maximised ", "theme ", "dark", "system", "brush ", "zoom ",  "model ",
    "\n",        "\r\n",      " ",          "-",      ".",    "nan",    "inf",    "0.0005", "99999999999999999999",
    "\xff",      NULL,
};

static void print(const settings *s, char **text, size_t *len)
{
    nn_error err = {0};
    FUZZ_REQUIRE(settings_print(s, text, len, &err));
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char odd[] = "theme dark\r\nbrush 12.5\nnew_key some value\n\nmodel a b/c.safetensors\n"
                              "zoom 9\nwindow_w -1\nlast";
    settings s;
    char *text;
    size_t len;
    settings_defaults(&s);
    print(&s, &text, &len);
    add(text, len);
    add(odd, sizeof odd - 1);
    nn_free(text);
    settings_free(&s);
}

static void require_in_range(const settings *s)
{
    FUZZ_REQUIRE(s->window_w >= 1 && s->window_w <= 16384 && s->window_h >= 1 && s->window_h <= 16384);
    FUZZ_REQUIRE(s->window_x >= -32768 && s->window_x <= 32767 && s->window_y >= -32768 && s->window_y <= 32767);
    FUZZ_REQUIRE(s->theme == THEME_SYSTEM || s->theme == THEME_LIGHT || s->theme == THEME_DARK);
    FUZZ_REQUIRE(s->brush >= 1 && s->brush <= 600 && s->zoom >= 0.1f && s->zoom <= 10);
    FUZZ_REQUIRE(memchr(s->model, 0, sizeof s->model) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    settings first, second;
    char *text, *again;
    size_t text_len, again_len;
    int warnings;
    FUZZ_REQUIRE(settings_parse(&first, (const char *)data, len, &warnings));
    FUZZ_REQUIRE(warnings >= 0 && (size_t)warnings <= len);
    require_in_range(&first);
    print(&first, &text, &text_len);
    FUZZ_REQUIRE(settings_parse(&second, text, text_len, &warnings));
    FUZZ_REQUIRE(warnings == 0);
    print(&second, &again, &again_len);
    FUZZ_REQUIRE(text_len == again_len && memcmp(text, again, text_len) == 0);
    nn_free(text);
    nn_free(again);
    settings_free(&first);
    settings_free(&second);
    return 0;
}
