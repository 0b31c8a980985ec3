/* fuzz_picture.c - pictures of any size and any grey: the digit made of them is finite and in range. Input: width,
 * height, greys. */
#include "app/core/digit/picture.h"
#include "fuzz.h"
#include <string.h>

const char *const fuzz_words[] = {"\xff\xff\xff\xff", "\x80", "\x01", NULL};

enum { MAX_SIDE = 96 };

/* A ring, a full square, a lone pixel and an even grey, dark on light and light on dark. */
static unsigned char grey(int kind, int x, int y)
{
    int dx = x - 16, dy = y - 16, distance = dx * dx + dy * dy;
    const bool inside[] = {distance > 60 && distance<130, x> 8 && x < 24 && y > 8 && y < 24, distance == 0, false};
    return inside[kind / 2] == (kind % 2 == 0) ? 230 : 20;
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    enum { SIDE = 32 };
    for (int kind = 0; kind < 8; kind++) {
        unsigned char picture[2 + SIDE * SIDE] = {SIDE - 1, SIDE - 1};
        for (int i = 0; i < SIDE * SIDE; i++)
            picture[2 + i] = grey(kind, i % SIDE, i / SIDE);
        add(picture, sizeof picture);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static unsigned char luma[MAX_SIDE * MAX_SIDE];
    static digit read;
    nn_error err = {0};
    if (len < 2)
        return 0;
    int w = 1 + data[0] % MAX_SIDE, h = 1 + data[1] % MAX_SIDE;
    size_t pixels = (size_t)(w * h), given = len - 2 < pixels ? len - 2 : pixels;
    memset(luma, 0, sizeof luma);
    memcpy(luma, data + 2, given);
    FUZZ_REQUIRE(picture_read(&read, luma, w, h, &digit_defaults, &err));
    require_sound_digit(&read);
    return 0;
}
