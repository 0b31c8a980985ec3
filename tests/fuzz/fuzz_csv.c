/* fuzz_csv.c - CSV data sets: what is accepted comes out again as the same numbers. */
#include "app/core/data/csv.h"
#include "fuzz.h"
#include <string.h>

const char *const fuzz_words[] = {"label", "pixel0", ",",  "\n", "\r\n",         "\"",
                                  "255",   "256",    "63", "64", "\xef\xbb\xbf", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const seeds[] = {"label,pixel0,pixel1,pixel2,pixel3\n1,0,255,3,4\n7,9,8,7,6\n", "3,17\r\n63,255",
                                        "\"label\",\"1x1\"\n0,5\n0,6\n"};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        add(seeds[i], strlen(seeds[i]));
}

/* Reads the numbers of the text a second time, in another way: every run of digits behind the line of names. */
static void require_same_numbers(const dataset *d, const uint8_t *text, size_t len)
{
    size_t pixels = (size_t)(d->side * d->side), at = len && text[0] == 0xef ? 3 : 0;
    if (text[at] < '0' || text[at] > '9')
        at = (size_t)((const uint8_t *)memchr(text, '\n', len) - text) + 1;
    for (size_t i = 0; i < (size_t)d->count * (pixels + 1); i++) {
        unsigned value = 0;
        while (at < len && (text[at] < '0' || text[at] > '9'))
            at++;
        FUZZ_REQUIRE(at < len);
        while (at < len && text[at] >= '0' && text[at] <= '9')
            value = value * 10 + text[at++] - '0';
        size_t image = i / (pixels + 1), column = i % (pixels + 1);
        FUZZ_REQUIRE(value == (column ? d->images[image * pixels + column - 1] : d->labels[image]));
    }
    for (; at < len; at++)
        FUZZ_REQUIRE(text[at] == '\r' || text[at] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    dataset d;
    nn_error err = {0};
    if (!csv_parse(&d, data, len, &err)) {
        fuzz_refused(&err, len);
        FUZZ_REQUIRE(!d.images && !d.labels);
        return 0;
    }
    FUZZ_REQUIRE(d.count > 0 && d.side > 0);
    require_same_numbers(&d, data, len);
    dataset_free(&d);
    return 0;
}
