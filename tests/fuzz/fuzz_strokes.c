/* fuzz_strokes.c - drawings as JSON lines: what is accepted is a sound drawing, fits onto the canvas, falls into the parts
 * of a number and is written and read again unchanged. */
#include "app/core/drawing/strokes.h"
#include "app/core/number/parts.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include "sound.h"
#include <string.h>

const char *const fuzz_words[] = {
    "\"strokes\":[[",
    "\"label\":",
    "\"writer\":",
    "\"w\":",
    "\"h\":",
    "[",
    "]",
    "],[",
    "{",
    "}",
    ",",
    "null",
    "1e308",
    "-0.0",
    "1e-400",
    "\\u0000",
    "\\ud83d\\ude00",
    "\xc3\xa9",
    "\xff",
    "\n",
    NULL,
};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const lines[] = {
        "{\"label\":\"7\",\"writer\":\"W03\",\"strokes\":[[[10,20],[30.5,-40]],[[1,2]]],\"w\":500,\"h\":500}\n",
        "{\"strokes\":[[[1,2,0,0.5],[3,4,10.5,1],[5,6,null,0]]]}",
        "{\"label\":3,\"strokes\":[],\"unknown\":{\"a\":[true]}}",
        "{\"label\":null,\"writer\":null,\"strokes\":[[]],\"w\":1e-3,\"h\":1e6}",
        "{\"strokes\":[[[2000,500],[7,3],[7.5,4]],[[99,0],[1,1]]],\"w\":1,\"h\":1}",
        "{\"strokes\":[[[99,0],[1,1],[0.5,0]]],\"w\":1,\"h\":1}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        add(lines[i], strlen(lines[i]));
}

/* By another name it is the same drawing. */
static void require_renamed(const char *data, size_t len, const ink *drawing)
{
    strokes_line again;
    nn_error err = {0};
    char *text;
    size_t text_len;
    FUZZ_REQUIRE(strokes_rename(data, len, "7", "somebody", &text, &text_len, &err));
    FUZZ_REQUIRE(strokes_parse(&again, text, text_len, &err));
    FUZZ_REQUIRE(strcmp(again.label, "7") == 0 && strcmp(again.writer, "somebody") == 0);
    FUZZ_REQUIRE(again.ink.n_points == drawing->n_points && again.ink.n_entries == drawing->n_entries);
    ink_free(&again.ink);
    nn_free(text);
}

/* What a number is read from. */
static void require_parts(const ink *drawing)
{
    stroke_parts parts = {0};
    bool fits;
    FUZZ_REQUIRE(parts_find(&parts, drawing, &fits));
    for (int i = 0; i < parts.count; i++)
        FUZZ_REQUIRE(parts.part[i].count > 0 && parts.part[i].samples > 0);
    parts_free(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    strokes_line line, again;
    nn_error err = {0};
    if (!strokes_parse(&line, (const char *)data, len, &err)) {
        fuzz_refused(&err, len);
        return 0;
    }
    require_sound_ink(&line.ink);
    require_renamed((const char *)data, len, &line.ink);
    strokes_fit(&line, 30, 1, 0, 0);
    require_sound_ink(&line.ink);
    require_parts(&line.ink);

    char *text, *text_again;
    size_t text_len, again_len;
    FUZZ_REQUIRE(strokes_print(&line.ink, line.label, line.writer, &text, &text_len, &err));
    FUZZ_REQUIRE(strokes_parse(&again, text, text_len, &err));
    FUZZ_REQUIRE(again.ink.n_points == line.ink.n_points && again.ink.n_entries == line.ink.n_entries);
    FUZZ_REQUIRE(strcmp(again.label, line.label) == 0);
    FUZZ_REQUIRE(strokes_print(&again.ink, again.label, again.writer, &text_again, &again_len, &err));
    FUZZ_REQUIRE(again_len == text_len && memcmp(text, text_again, text_len) == 0);
    nn_free(text);
    nn_free(text_again);
    ink_free(&again.ink);
    ink_free(&line.ink);
    return 0;
}
