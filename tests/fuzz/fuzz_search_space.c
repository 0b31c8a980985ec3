/* fuzz_search_space.c - files of ranges: what is accepted has names, bounds in order, and points within them. */
#include "app/core/training/search_space.h"
#include "fuzz.h"
#include <math.h>
#include <string.h>

const char *const fuzz_words[] = {"log", "linear", "choice", "1e-4", " ", "\n", "#", "e", ".", "-", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const seeds[] = {"lr log 1e-4 1e-2\nbatch choice 64 128\n",
                                        "augment.rotate linear 0 15 4 # angle\r\n"};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        add(seeds[i], strlen(seeds[i]));
}

static void require_sound_point(const search_space *space, const space_point *point)
{
    for (int i = 0; i < space->count; i++) {
        const space_setting *s = &space->setting[i];
        size_t len = strlen(point->value[i]);
        double value = atof(point->value[i]), slack = 1e-3 * (fabs(s->low) + fabs(s->high));
        FUZZ_REQUIRE(len > 0 && len < SPACE_TEXT);
        FUZZ_REQUIRE(s->kind == SPACE_CHOICE || (value >= s->low - slack && value <= s->high + slack));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static search_space space;
    nn_error err = {0};
    if (!search_space_parse(&space, (const char *)data, len, &err)) {
        fuzz_refused(&err, len);
        return 0;
    }
    space_point point;
    FUZZ_REQUIRE(space.count > 0 && space.count <= SPACE_MAX_SETTINGS);
    int grid = search_space_grid_size(&space, 50);
    FUZZ_REQUIRE(grid >= 1 && grid <= 51);
    for (int i = 0; i < grid && grid <= 50; i++) {
        search_space_grid_point(&space, i, &point);
        require_sound_point(&space, &point);
    }
    for (int i = 0; i < 4; i++) {
        search_space_random_point(&space, 1, i, &point);
        require_sound_point(&space, &point);
    }
    return 0;
}
