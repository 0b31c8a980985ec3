/* fuzz_picture.c - pictures of any size and any colours, prepared in all ways: the digit made of them is finite and in
 * range. Input: width, height, bits for the options, then greys, or colours and alpha. */
#include "app/core/digit/picture.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include <string.h>

const char *const fuzz_words[] = {"\xff\xff\xff\xff", "\x80", "\x01", NULL};

enum { MAX_SIDE = 96 };

/* A ring, a full square, a lone pixel and an even grey, dark on light and light on dark. */
static unsigned char grey(int kind, int x, int y)
{
    int dx = x - 16, dy = y - 16, distance = dx * dx + dy * dy;
    bool in_ring = distance > 60 && distance < 130;
    bool in_square = x > 8 && x < 24 && y > 8 && y < 24;
    const bool inside[] = {in_ring, in_square, distance == 0, false};
    return inside[kind / 2] == (kind % 2 == 0) ? 230 : 20;
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    enum { SIDE = 32 };
    for (int kind = 0; kind < 8; kind++) {
        unsigned char picture[3 + SIDE * SIDE] = {SIDE - 1, SIDE - 1, (unsigned char)kind};
        for (int i = 0; i < SIDE * SIDE; i++)
            picture[3 + i] = grey(kind, i % SIDE, i / SIDE);
        for (unsigned options = 0; options < 32; options += 5) {
            picture[2] = (unsigned char)options;
            add(picture, sizeof picture);
        }
    }
}

static void require_sound_digit(const digit *d)
{
    for (int i = 0; i < DIGIT_FRAME * DIGIT_FRAME; i++)
        FUZZ_REQUIRE(d->coverage[i] >= 0 && d->coverage[i] <= 1);
    double mass = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        FUZZ_REQUIRE(d->image[i] >= 0 && d->image[i] <= 1);
        mass += (double)d->image[i];
    }
    FUZZ_REQUIRE(d->empty == (mass == 0));
}

/* Greys, or red, green, blue and alpha, the former no more than the latter allows. */
static void fill(unsigned char *rgba, size_t count, bool coloured, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char *p = rgba + 4 * i;
        for (size_t c = 0; c < 4; c++) {
            size_t at = coloured ? 4 * i + c : i;
            p[c] = at < len ? data[at] : 0;
        }
        p[3] = coloured ? p[3] : 255;
        for (int c = 0; c < 3; c++)
            p[c] = (unsigned char)(p[c] * p[3] / 255);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static unsigned char rgba[4 * MAX_SIDE * MAX_SIDE];
    static digit read;
    nn_error err = {0};
    picture_looks found;
    if (len < 3)
        return 0;
    pixmap picture = {1 + data[0] % MAX_SIDE, 1 + data[1] % MAX_SIDE, rgba};
    digit_options options = digit_defaults;
    options.scale = !(data[2] & 1);
    options.centre = !(data[2] & 2);
    options.width = !(data[2] & 4);
    options.distort.width = data[2] & 8 ? 1.5f : 0;
    fill(rgba, (size_t)(picture.w * picture.h), data[2] & 16, data + 3, len - 3);
    FUZZ_REQUIRE(picture_find(&found, &picture, &err));
    for (int look = 0; look <= found.count; look++) {
        FUZZ_REQUIRE(picture_digit(&read, &found, look, &options, &err));
        require_sound_digit(&read);
    }
    picture_free(&found);
    return 0;
}
