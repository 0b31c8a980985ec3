/* duplicates.c - sorted by fingerprints; the pixels decide. */
#include "duplicates.h"
#include "nn/rng.h"
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    uint64_t print;
    const unsigned char *image;
} entry;

static uint64_t print_of(const unsigned char *image, size_t pixels)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < pixels; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, image + i, pixels - i < sizeof word ? pixels - i : sizeof word);
        bits = nn_key(bits, word);
    }
    return bits;
}

static int by_print(const void *a, const void *b)
{
    const entry *left = a, *right = b;
    if (left->print != right->print)
        return left->print < right->print ? -1 : 1;
    return left->image < right->image ? -1 : left->image > right->image;
}

static entry *sorted_entries(const dataset *data)
{
    size_t pixels = (size_t)(data->side * data->side);
    entry *entries = nn_alloc((size_t)data->count, sizeof *entries);
    for (int i = 0; entries && i < data->count; i++) {
        const unsigned char *image = data->images + (size_t)i * pixels;
        entries[i] = (entry){print_of(image, pixels), image};
    }
    if (entries)
        qsort(entries, (size_t)data->count, sizeof *entries, by_print);
    return entries;
}

/* The first of the entries with this print. */
static int first_with(const entry *entries, int count, uint64_t print)
{
    int low = 0, high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (entries[middle].print < print)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_among(const entry *entries, int count, const entry *wanted, size_t pixels)
{
    for (int i = first_with(entries, count, wanted->print); i < count && entries[i].print == wanted->print; i++)
        if (entries[i].image != wanted->image && memcmp(entries[i].image, wanted->image, pixels) == 0)
            return true;
    return false;
}

int dataset_duplicates(const dataset *data, const dataset *others)
{
    size_t pixels = (size_t)(data->side * data->side);
    entry *mine = sorted_entries(data), *theirs = others ? sorted_entries(others) : NULL;
    int found = mine && (theirs || !others) ? 0 : -1;
    for (int i = 0; found >= 0 && i < data->count; i++)
        found += others ? others->side == data->side && is_among(theirs, others->count, &mine[i], pixels)
                        : is_among(mine, i, &mine[i], pixels);
    nn_free(mine);
    nn_free(theirs);
    return found;
}
