/* fuzz.h - what a harness is: one file that provides the two functions and the word list below.
 *
 * Each harness becomes up to two programs: replay_NAME (any compiler, run by ctest) feeds it the seeds and a fixed
 * number of deterministic mutations of them; fuzz_NAME (preset `fuzz`) is driven by libFuzzer. A harness asserts
 * properties, not only survival: what is accepted is written back the same, what is refused says where. */
#ifndef FUZZ_H
#define FUZZ_H

#include "nn/error.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Runs one input; ends the process where a property does not hold. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Hands every seed to add, which copies it. Seeds are made by the program's own writers. */
void fuzz_seeds(void (*add)(const void *data, size_t len));

/* Words of the format, for mutations; ends with NULL. */
extern const char *const fuzz_words[];

/* Not assert: it must hold with NDEBUG too. */
#define FUZZ_REQUIRE(condition)                                                            \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

/* A refusal must have a code, a text and a position inside the input. */
static inline void fuzz_refused(const nn_error *err, size_t len)
{
    FUZZ_REQUIRE(err->code != NN_OK);
    FUZZ_REQUIRE(err->text[0] != '\0');
    FUZZ_REQUIRE(err->pos <= len);
}

#endif
