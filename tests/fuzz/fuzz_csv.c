/* fuzz_csv.c - CSV data sets: what is accepted is a sound set, and as a plain table is read as the same one. */
#include "app/core/data/csv.h"
#include "fuzz.h"
#include <string.h>

const char *const fuzz_words[] = {"label",        "pixel0", ",",  "\n",  "\r\n", "\"", "255",      "256",  "63", "64",
                                  "\xef\xbb\xbf", ";",      "\t", "0.5", "1e-3", "-1", "\xff\xfe", "sep=", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const seeds[] = {"label,pixel0,pixel1,pixel2,pixel3\n1,0,255,3,4\n7,9,8,7,6\n",
                                        "3,17\r\n63,255",
                                        "\"label\",\"1x1\"\n0,5\n0,6\n",
                                        "7;0,5;1;0;0,25\r9;0;0;0;1\r",
                                        "a 1 2 3 4\nb 5 6 7 8\n",
                                        ",digit,a,b,c,d\n0,1,2,3,4,5\n1,2,3,4,5,6\n"};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        add(seeds[i], strlen(seeds[i]));
}

/* What is accepted is written as Kaggle would, and read again. */
static void require_round_trip(const dataset *d)
{
    size_t pixels = (size_t)(d->side * d->side), len = 0,
           room = (size_t)d->count * (NN_NAME + 4 * pixels) + 8 * pixels + 64;
    char *text = malloc(room);
    dataset again;
    nn_stream *stream;
    nn_error err = {0};
    FUZZ_REQUIRE(text);
    len += (size_t)sprintf(text, "label");
    for (size_t k = 0; k < pixels; k++)
        len += (size_t)sprintf(text + len, ",p%zu", k);
    text[len++] = '\n';
    for (int i = 0; i < d->count; i++) {
        len += (size_t)sprintf(text + len, "%s", d->label[d->labels[i]]);
        for (size_t k = 0; k < pixels; k++)
            len += (size_t)sprintf(text + len, ",%d", d->images[(size_t)i * pixels + k]);
        text[len++] = '\n';
    }
    FUZZ_REQUIRE(nn_stream_memory(&stream, text, len, NN_DETECT, &err) && csv_read(&again, stream, &err));
    FUZZ_REQUIRE(again.count == d->count && again.side == d->side && again.classes <= d->classes);
    for (int i = 0; i < d->count; i++)
        FUZZ_REQUIRE(strcmp(again.label[again.labels[i]], d->label[d->labels[i]]) == 0);
    nn_stream_close(stream);
    dataset_free(&again);
    free(text);
}

/* Words with what separates would have to be quoted; numbers of one kind of range look like those of another. */
static bool is_plain(const dataset *d)
{
    for (int i = 0; i < d->classes; i++)
        if (d->label[i][strcspn(d->label[i], ",;|\t \"'#=")])
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    dataset d;
    nn_stream *stream;
    nn_error err = {0};
    bool packed = len > 1 && data[0] == 0x1f && data[1] == 0x8b;
    FUZZ_REQUIRE(nn_stream_memory(&stream, data, len, NN_DETECT, &err));
    if (csv_read(&d, stream, &err)) {
        FUZZ_REQUIRE(d.count > 0 && d.side > 0 && d.classes > 0);
        for (int i = 0; i < d.count; i++)
            FUZZ_REQUIRE(d.labels[i] < d.classes);
        if (is_plain(&d))
            require_round_trip(&d);
        dataset_free(&d);
    } else {
        fuzz_refused(&err, packed ? SIZE_MAX : len);
        FUZZ_REQUIRE(!d.images && !d.labels);
    }
    nn_stream_close(stream);
    return 0;
}
