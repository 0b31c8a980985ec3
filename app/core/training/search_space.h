/* search_space.h - what a search of settings varies, from a text file, and the points in it.
 *
 * One setting a line, named like the options of `train`; '#' begins a comment:
 *
 *     lr             log 1e-4 1e-2        a number, every magnitude as likely
 *     augment.rotate linear 0 15          a number, every value as likely
 *     batch          linear 32 256 4      the same; a grid takes 4 values, ends included (3 if not said)
 *     net            choice mlp lenet5    one of these words
 */
#ifndef SEARCH_SPACE_H
#define SEARCH_SPACE_H

#include "nn/nn.h"

enum { SPACE_MAX_SETTINGS = 16, SPACE_MAX_CHOICES = 16, SPACE_TEXT = 96 };

typedef enum space_kind { SPACE_LINEAR, SPACE_LOG, SPACE_CHOICE } space_kind;

typedef struct space_setting {
    char name[NN_NAME];
    space_kind kind;
    int line;         /* in the file, from 1 */
    double low, high; /* of numbers */
    bool whole;       /* whole numbers only; for the caller to say */
    int n;            /* how many choices, or values in a grid */
    char choice[SPACE_MAX_CHOICES][SPACE_TEXT];
} space_setting;

typedef struct search_space {
    int count;
    space_setting setting[SPACE_MAX_SETTINGS];
} search_space;

/* A value of every setting, as text: the text is the value. */
typedef struct space_point {
    char value[SPACE_MAX_SETTINGS][SPACE_TEXT];
} space_point;

/* err->pos is the byte; the text names the line. */
bool search_space_parse(search_space *space, const char *text, size_t len, nn_error *err);

/* How many points the grid has; at most `limit` + 1 is said. */
int search_space_grid_size(const search_space *space, int limit);

/* Point i of the grid: the last setting varies fastest. */
void search_space_grid_point(const search_space *space, int i, space_point *point);

/* Point i of a random search (Bergstra and Bengio 2012): every setting is drawn by itself. A function of (seed, i)
 * only. */
void search_space_random_point(const search_space *space, uint64_t seed, int i, space_point *point);

/* Whether two points have the same value of every setting. */
bool search_space_same(const search_space *space, const space_point *a, const space_point *b);

#endif
