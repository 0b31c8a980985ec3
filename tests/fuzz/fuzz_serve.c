/* fuzz_serve.c - bodies of requests: what is read is an answer, what is refused has a status and says why. The first byte
 * chooses what the body is said to be. */
#include "app/core/image/png.h"
#include "app/serve/reading.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include <string.h>

const char *const fuzz_words[] = {"{\"strokes\":",
                                  "[[[1,2],[3,4]]]",
                                  "\"w\":",
                                  "\"h\":",
                                  "null",
                                  "1e999",
                                  "NaN",
                                  "\n",
                                  "\\u0000",
                                  "\xff",
                                  "[",
                                  "\x89PNG",
                                  "IHDR",
                                  NULL};

enum { SIDE = 8, KINDS = 4, STAIR_W = 1008, STAIR_H = 272 };

static void add_picture(void (*add)(const void *data, size_t len), int kind, const uint32_t *pixels, int w, int h)
{
    unsigned char *data;
    size_t len;
    FUZZ_REQUIRE(png_encode(pixels, w, h, &data, &len, NULL));
    unsigned char *seed = nn_alloc(len + 1, 1);
    FUZZ_REQUIRE(seed);
    seed[0] = (unsigned char)kind;
    memcpy(seed + 1, data, len);
    add(seed, len + 1);
    nn_free(seed);
    nn_free(data);
}

/* It falls into more parts than a number has. */
static bool is_stair(int x, int y)
{
    return x >= 0 && x < 192 && y >= 0 && y < (x < 12 ? 8 : x < 142 ? 6 : 5 - (x - 142) / 10);
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const texts[] = {
        "\0{\"strokes\":[[[10,10],[60,10],[30,90]]],\"w\":100,\"h\":100}",
        "\0{\"strokes\":[[[1,2,null,0.5],[3,4,10,1]],[]],\"label\":7}",
        "\1{\"strokes\":[[[1,2],[3,4]]]}\n\n{\"strokes\":[]}\n",
        "\4{\"strokes\":[[[10,10],[60,10],[30,90]],[[80,10],[80,90]]]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(texts[i], 1 + strlen(texts[i] + 1));
    static uint32_t stripes[SIDE * SIDE], stair[STAIR_W * STAIR_H];
    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        stripes[i] = 0xff000000u | (i % 3 ? 0xffffffu : 0);
    add_picture(add, READING_PNG, stripes, SIDE, SIDE);
    for (int i = 0; i < STAIR_W * STAIR_H; i++)
        stair[i] = 0xff000000u | (is_stair((i % STAIR_W - 120) / 4, (i / STAIR_W - 120) / 4) ? 0 : 0xffffffu);
    add_picture(add, READING_PNG + KINDS, stair, STAIR_W, STAIR_H);
}

static void check_answer(const char *text)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *answers = json_object_get(json, "answers");
    FUZZ_REQUIRE(json_is_object(json) && (answers || json_object_get(json, "digit")));
    const json_t *p = json_object_get(answers ? json_array_get(answers, 0) : json, "probabilities");
    double sum = 0;
    for (size_t k = 0; k < json_array_size(p); k++)
        sum += json_number_value(json_array_get(p, k));
    FUZZ_REQUIRE(json_array_size(p) == 0 || (sum > 0.999 && sum < 1.001));
    json_decref(json);
}

/* A small model, opened for each input, so that what is live is the same before and after. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const tiny[] = {TEST_SOURCE "/../models/tiny.safetensors"};
    paths where = {.models = ""};
    nn_error err = {0};
    readers *all;
    char *text;
    if (len == 0)
        return 0;
    reading_kind kind = (reading_kind)(data[0] % KINDS);
    const choice asked = {.count = 1, .numbers = data[0] / KINDS % 2};
    if (len - 1 > reading_max_bytes(kind))
        return 0;
    FUZZ_REQUIRE(readers_open(&all, &where, tiny, 1, 1, &err));
    reader *r = readers_take(all);
    int status = reading_read(&text, r, &asked, kind, (const char *)data + 1, len - 1, &err);
    if (status == 200)
        check_answer(text);
    else
        FUZZ_REQUIRE(!text && (status == 400 || status == 413) && strlen(err.text) > 5);
    nn_free(text);
    readers_give(all, r);
    readers_close(all);
    return 0;
}
