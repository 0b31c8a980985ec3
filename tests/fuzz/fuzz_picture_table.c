/* fuzz_picture_table.c - tables of pictures' names and labels: what is accepted has both in every line. */
#include "app/core/data/picture_list.h"
#include "fuzz.h"
#include <string.h>

const char *const fuzz_words[] = {"filename", "label", ".png", ".jpg", ",",  ";", "\t",
                                  "\n",       "\r\n",  "\"",   "/",    "..", NULL};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const seeds[] = {"filename,label\na.png,3\nb.png,7\n", "3;a.jpg\r\n\r\n7;b.jpg",
                                        "a.png 3\nb.png 7\n", ",\"file\",\"class\",w\n0,\"a.png\",three,5\n"};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        add(seeds[i], strlen(seeds[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    picture_list list;
    nn_error err = {0};
    nn_stream *stream;
    FUZZ_REQUIRE(nn_stream_memory(&stream, data, len, NN_DETECT, &err));
    if (picture_list_read(&list, stream, "table.csv", "folder", &err)) {
        FUZZ_REQUIRE(list.count > 0);
        for (int i = 0; i < list.count; i++)
            FUZZ_REQUIRE(strncmp(list.picture[i].path, "folder/", 7) == 0 && *list.picture[i].label);
    } else {
        FUZZ_REQUIRE(err.code != NN_OK && err.text[0]);
    }
    picture_list_free(&list);
    nn_stream_close(stream);
    return 0;
}
