/* leave_writers_out.c - how well teaching does with people whom the model may not have seen: for every writer of recorded
 * strokes a few drawings of each digit are taught, and the rest of that writer's, all others' and MNIST's test images are
 * read before and after. No test, as it takes minutes.
 *
 *     leave_writers_out MODEL DRAWINGS-PER-DIGIT MNIST STROKES [EVERY] */
#include "app/core/data/dataset_load.h"
#include "app/core/data/pens.h"
#include "app/core/digit/digit.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/core/training/teach.h"
#include "nn/rng.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 64, DIGITS = 10, FEWEST = 10 /* drawings that must be left to score */, MOST_TAUGHT = 1000 };

typedef struct images {
    int n;
    float *pixels;
    unsigned char *label, *before, *after; /* the last two: read right */
} images;

typedef struct bench {
    nn_model *model;
    int each, threads;
    nn_pool *pool;
    nn_work *work[NN_MAX_THREADS];
    pens pens;
    dataset rehearsed, tests;
    images drawn, test;
    int *order;            /* of the drawings */
    unsigned char *taught; /* of each: it is part of the lesson */

    /* the reading in progress */
    const nn_model *reads;
    const images *read;
    unsigned char *right;
} bench;

/* Mistakes. */
typedef struct score {
    long n, before, after;
} score;

typedef struct outcome {
    score own, others, mnist;
    double seconds;
} outcome;

static void die(const nn_error *err)
{
    fprintf(stderr, "leave_writers_out: %s\n", err->text);
    exit(1);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void read_share(void *ctx, int thread)
{
    bench *b = ctx;
    const images *set = b->read;
    float p[BATCH * NN_MAX_CLASSES];
    int begin, end, classes = b->reads->plan->classes;
    nn_pool_share(b->pool, thread, set->n, &begin, &end);
    for (int i = begin; i < end; i += BATCH) {
        int n = end - i < BATCH ? end - i : BATCH;
        nn_predict(b->work[thread], b->reads, set->pixels + (ptrdiff_t)i * DIGIT_PIXELS, n, p);
        for (int k = 0; k < n; k++)
            b->right[i + k] = nn_argmax(p + k * classes, classes) == set->label[i + k];
    }
}

static void read_all(bench *b, const nn_model *model, const images *set, unsigned char *right)
{
    b->reads = model;
    b->read = set;
    b->right = right;
    nn_pool_run(b->pool, read_share, b);
}

static void new_images(images *set, int n)
{
    nn_error err;
    set->n = n;
    set->pixels = nn_alloc((size_t)n * DIGIT_PIXELS, sizeof(float));
    set->label = nn_alloc((size_t)n, 1);
    set->before = nn_alloc((size_t)n, 1);
    set->after = nn_alloc((size_t)n, 1);
    if (!set->pixels || !set->label || !set->before || !set->after) {
        nn_fail(&err, NN_NOMEM, 0, "out of memory");
        die(&err);
    }
}

static void draw_all(bench *b)
{
    static digit page;
    new_images(&b->drawn, b->pens.count);
    for (int i = 0; i < b->pens.count; i++) {
        digit_from_ink(&page, &b->pens.drawing[i].ink, &digit_defaults);
        memcpy(b->drawn.pixels + (ptrdiff_t)i * DIGIT_PIXELS, page.image, sizeof page.image);
        b->drawn.label[i] = (unsigned char)b->pens.drawing[i].digit;
    }
    new_images(&b->test, b->tests.count);
    memcpy(b->test.label, b->tests.labels, (size_t)b->tests.count);
    for (int i = 0; i < b->tests.count; i++)
        dataset_image(&b->tests, i, b->test.pixels + (ptrdiff_t)i * DIGIT_PIXELS);
}

/* ---- one writer -------------------------------------------------------------------------------------------------- */

static void add(score *s, bool before, bool after)
{
    s->n++;
    s->before += !before;
    s->after += !after;
}

/* The first drawings of each digit in a random order; returns how many, and in *left those of the writer that remain. */
static int choose(bench *b, int writer, teach_drawing *lesson, int *left)
{
    int taken[DIGITS] = {0}, n = 0;
    memset(b->taught, 0, (size_t)b->pens.count);
    nn_shuffle(b->order, b->pens.count, nn_key(5, (uint64_t)writer));
    *left = 0;
    for (int k = 0; k < b->pens.count; k++) {
        const pens_drawing *p = &b->pens.drawing[b->order[k]];
        if (p->writer != writer)
            continue;
        bool takes = taken[p->digit] < b->each && n < MOST_TAUGHT;
        if (takes)
            lesson[n++] = (teach_drawing){&p->ink, p->digit};
        taken[p->digit] += takes;
        b->taught[b->order[k]] = takes;
        *left += !takes;
    }
    return n;
}

/* False where too few drawings would be left. */
static bool teach_writer(bench *b, int writer, outcome *o)
{
    static teach_drawing lesson[MOST_TAUGHT];
    nn_error err;
    teach_result r;
    teach_config c = teach_defaults();
    int left, n = choose(b, writer, lesson, &left);
    *o = (outcome){.seconds = 0};
    if (left < FEWEST)
        return false;
    c.others = &b->rehearsed;
    c.threads = b->threads;
    if (!teach(&r, b->model, lesson, n, &c, &err))
        die(&err);
    read_all(b, r.model, &b->drawn, b->drawn.after);
    read_all(b, r.model, &b->test, b->test.after);
    for (int i = 0; i < b->drawn.n; i++)
        if (!b->taught[i])
            add(b->pens.drawing[i].writer == writer ? &o->own : &o->others, b->drawn.before[i], b->drawn.after[i]);
    for (int i = 0; i < b->test.n; i++)
        add(&o->mnist, b->test.before[i], b->test.after[i]);
    o->seconds = r.seconds;
    nn_model_free(r.model);
    return true;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static void sum(score *all, const score *one)
{
    all->n += one->n;
    all->before += one->before;
    all->after += one->after;
}

static double points(const score *s)
{
    return 100.0 * (double)(s->after - s->before) / (double)s->n;
}

static void print_score(const char *name, const score *s)
{
    printf("%-8s %6ld wrong, then %6ld, of %8ld  %+.3f points\n", name, s->before, s->after, s->n, points(s));
}

static void measure(bench *b, int every)
{
    outcome all = {.seconds = 0}, one;
    int writers = 0, worst = -1;
    long most = LONG_MIN;
    read_all(b, b->model, &b->drawn, b->drawn.before);
    read_all(b, b->model, &b->test, b->test.before);
    for (int w = 0; w < b->pens.writers; w += every) {
        if (!teach_writer(b, w, &one))
            continue;
        printf("%-16s own %3ld -> %3ld of %4ld, others %+.3f, MNIST %+.3f points, %.2f s\n", b->pens.writer[w],
               one.own.before, one.own.after, one.own.n, points(&one.others), points(&one.mnist), one.seconds);
        sum(&all.own, &one.own);
        sum(&all.others, &one.others);
        sum(&all.mnist, &one.mnist);
        all.seconds += one.seconds;
        writers++;
        if (one.own.after - one.own.before > most)
            most = one.own.after - one.own.before, worst = w;
    }
    if (writers == 0)
        return;
    printf("\n%d writers, %d drawings of each digit, %.2f s each\n", writers, b->each, all.seconds / writers);
    print_score("own", &all.own);
    print_score("others", &all.others);
    print_score("MNIST", &all.mnist);
    printf("worst    %s, %+ld mistakes\n", b->pens.writer[worst], most);
}

int main(int argc, char **argv)
{
    static bench b;
    paths where;
    nn_error err;
    if (argc < 5) {
        fprintf(stderr, "usage: leave_writers_out MODEL DRAWINGS-PER-DIGIT MNIST STROKES [EVERY]\n");
        return 2;
    }
    paths_find(&where, NULL);
    b.each = atoi(argv[2]);
    b.threads = platform_threads();
    if (!models_open(&b.model, &where, argv[1], &err) || !pens_load(&b.pens, argv[4], &err) ||
        !dataset_load(&b.rehearsed, argv[3], NULL, DATASET_TRAIN, &err) ||
        !dataset_load(&b.tests, argv[3], NULL, DATASET_TEST, &err) || !nn_pool_new(&b.pool, b.threads, NULL, &err) ||
        !nn_works_new(b.work, b.threads, b.model->plan, BATCH, NN_ANSWERS, &err))
        die(&err);
    b.order = nn_alloc((size_t)b.pens.count, sizeof *b.order);
    b.taught = nn_alloc((size_t)b.pens.count, 1);
    if (!b.order || !b.taught)
        die(&(nn_error){.text = "out of memory"});
    draw_all(&b);
    measure(&b, argc > 5 && atoi(argv[5]) > 0 ? atoi(argv[5]) : 1);
    return 0;
}
