/* leave_writers_out.c - how well teaching does with people, whom the model must not have seen: for every writer of recorded
 * strokes a few drawings of each digit are taught, and the rest of that writer's, all others' and MNIST's images are read
 * before and after; with 0 drawings of each digit every drawing that is misread is taught alone. No test, as it takes
 * minutes.
 *
 *     leave_writers_out MODEL DRAWINGS-PER-DIGIT MNIST validation|test STROKES [EVERY]
 *
 * `validation`: the images that training with seed 1 set aside, which are not rehearsed here; settings are chosen by
 * them, and only then measured by `test`. */
#include "app/core/data/dataset_load.h"
#include "app/core/data/pens.h"
#include "app/core/digit/digit.h"
#include "app/core/model/models.h"
#include "app/core/training/teach.h"
#include "nn/cut.h"
#include "nn/op.h"
#include "nn/rng.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BATCH = 64,
    DIGITS = 10,
    FEWEST = 10, /* drawings that must be left to score */
    MOST_TAUGHT = 1000,
    VALIDATION = 6000
};

/* Images as the layers that are taught get them: the others never change. */
typedef struct images {
    int n;
    float *features;                       /* (n, bench.floats) */
    unsigned char *label, *before, *after; /* the last two: read right */
} images;

typedef struct bench {
    nn_model *model;
    int each;
    int at; /* where the layers that are taught begin */
    size_t floats;
    pens pens;
    dataset rehearsed, tests;
    images drawn, test;
    int *order;            /* of the drawings */
    unsigned char *taught; /* of each: it is part of the lesson */
} bench;

/* Mistakes. */
typedef struct score {
    long n, before, after;
} score;

typedef struct outcome {
    score own, others, mnist;
    double seconds; /* of a processor, so that others on the machine do not count */
    bool holds;
} outcome;

static void die(const nn_error *err)
{
    fprintf(stderr, "leave_writers_out: %s\n", err->text);
    exit(1);
}

static void *room(size_t n, size_t size)
{
    void *p = nn_alloc(n, size);
    if (!p)
        die(&(nn_error){.text = "out of memory"});
    return p;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void read_all(const bench *b, const nn_model *model, const images *set, unsigned char *right)
{
    nn_error err;
    nn_model *head;
    nn_work *work;
    float p[BATCH * NN_MAX_CLASSES];
    int classes = model->plan->classes;
    if (!nn_cut_head(&head, model, b->at, &err) || !nn_work_new(&work, head->plan, BATCH, NN_ANSWERS, &err))
        die(&err);
    for (int i = 0; i < set->n; i += BATCH) {
        int n = set->n - i < BATCH ? set->n - i : BATCH;
        nn_predict(work, head, set->features + (size_t)i * b->floats, n, p);
        for (int k = 0; k < n; k++)
            right[i + k] = nn_argmax(p + k * classes, classes) == set->label[i + k];
    }
    nn_work_free(work);
    nn_model_free(head);
}

/* Image i of the drawings or of the data set; returns its label. */
typedef int (*show)(const bench *b, int i, float *image);

static int show_drawing(const bench *b, int i, float *image)
{
    static digit page;
    digit_from_ink(&page, &b->pens.drawing[i].ink, &digit_defaults);
    memcpy(image, page.image, sizeof page.image);
    return b->pens.drawing[i].digit;
}

static int show_test(const bench *b, int i, float *image)
{
    dataset_image(&b->tests, i, image);
    return b->tests.labels[i];
}

static void new_images(const bench *b, images *set, int n, show what)
{
    nn_error err;
    nn_work *work;
    float p[NN_MAX_CLASSES], image[DIGIT_PIXELS];
    *set = (images){n, room((size_t)n * b->floats, sizeof(float)), room((size_t)n, 1), room((size_t)n, 1),
                    room((size_t)n, 1)};
    if (!nn_work_new(&work, b->model->plan, 1, NN_ACTIVATIONS, &err))
        die(&err);
    for (int i = 0; i < n; i++) {
        set->label[i] = (unsigned char)what(b, i, image);
        nn_predict(work, b->model, image, 1, p);
        memcpy(set->features + (size_t)i * b->floats, b->at < 0 ? image : nn_work_output(work, b->at),
               b->floats * sizeof(float));
    }
    nn_work_free(work);
    read_all(b, b->model, set, set->before);
}

/* ---- one lesson -------------------------------------------------------------------------------------------------- */

static void add(score *s, bool before, bool after)
{
    s->n++;
    s->before += !before;
    s->after += !after;
}

static void teach_these(bench *b, const teach_drawing *lesson, int n, int writer, outcome *o)
{
    nn_error err;
    teach_result r;
    teach_config c = teach_defaults();
    *o = (outcome){.seconds = 0};
    c.others = &b->rehearsed;
    c.seconds = INFINITY;
    clock_t began = clock();
    if (!teach(&r, b->model, lesson, n, &c, &err))
        die(&err);
    o->seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    read_all(b, r.model, &b->drawn, b->drawn.after);
    read_all(b, r.model, &b->test, b->test.after);
    for (int i = 0; i < b->drawn.n; i++)
        if (!b->taught[i])
            add(b->pens.drawing[i].writer == writer ? &o->own : &o->others, b->drawn.before[i], b->drawn.after[i]);
    for (int i = 0; i < b->test.n; i++)
        add(&o->mnist, b->test.before[i], b->test.after[i]);
    o->holds = teach_holds(&r);
    nn_model_free(r.model);
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

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* Over all lessons. */
typedef struct tally {
    score own, others, mnist;
    int lessons, hold, worst; /* the last: its writer */
    long most;                /* mistakes that there were more */
    double seconds;
} tally;

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

static void print_lesson(const bench *b, int writer, const outcome *o)
{
    printf("%-16s own %3ld -> %3ld of %4ld, others %+.3f, MNIST %+.3f points, %.2f s%s\n", b->pens.writer[writer],
           o->own.before, o->own.after, o->own.n, points(&o->others), points(&o->mnist), o->seconds,
           o->holds ? "" : ", does not hold");
    fflush(stdout);
}

/* Of lessons that do not hold too: how good the check is, is another question. */
static void take_in(tally *all, int writer, const outcome *o)
{
    long more = o->own.after - o->own.before;
    sum(&all->own, &o->own);
    sum(&all->others, &o->others);
    sum(&all->mnist, &o->mnist);
    all->seconds += o->seconds;
    all->hold += o->holds;
    if (all->lessons++ == 0 || more > all->most) {
        all->most = more;
        all->worst = writer;
    }
}

static void print_score(const char *name, const score *s)
{
    printf("%-8s %6ld wrong, then %6ld, of %8ld  %+.3f points\n", name, s->before, s->after, s->n, points(s));
}

static void print_all(const bench *b, const tally *all)
{
    if (all->lessons == 0)
        return;
    printf("\n%d lessons, %d hold, %.2f s of a processor each\n", all->lessons, all->hold, all->seconds / all->lessons);
    print_score("own", &all->own);
    print_score("others", &all->others);
    print_score("MNIST", &all->mnist);
    printf("worst    %s, %+ld mistakes\n", b->pens.writer[all->worst], all->most);
}

static void teach_writers(bench *b, int every, tally *all)
{
    static teach_drawing lesson[MOST_TAUGHT];
    outcome one;
    for (int w = 0; w < b->pens.writers; w += every) {
        int left, n = choose(b, w, lesson, &left);
        if (left < FEWEST)
            continue;
        teach_these(b, lesson, n, w, &one);
        print_lesson(b, w, &one);
        take_in(all, w, &one);
    }
}

/* The drawing itself is the writer's own that counts. */
static void teach_mistakes(bench *b, int every, tally *all)
{
    outcome one;
    for (int i = 0, n = 0; i < b->pens.count; i++) {
        const pens_drawing *p = &b->pens.drawing[i];
        if (b->drawn.before[i] || n++ % every > 0)
            continue;
        teach_these(b, &(teach_drawing){&p->ink, p->digit}, 1, p->writer, &one);
        one.own = (score){1, 1, !b->drawn.after[i]};
        print_lesson(b, p->writer, &one);
        take_in(all, p->writer, &one);
    }
}

static void load_mnist(bench *b, const char *folder, bool validation)
{
    nn_error err;
    dataset all;
    if (!dataset_load(&all, folder, NULL, DATASET_TRAIN, &err))
        die(&err);
    int *index = room((size_t)all.count, sizeof *index), n = dataset_split(&all, VALIDATION, 1, index);
    if (!dataset_choose(&b->rehearsed, &all, index, n, &err) ||
        !(validation ? dataset_choose(&b->tests, &all, index + n, VALIDATION, &err)
                     : dataset_load(&b->tests, folder, NULL, DATASET_TEST, &err)))
        die(&err);
    nn_free(index);
    dataset_free(&all);
}

int main(int argc, char **argv)
{
    static bench b;
    static tally all;
    paths where;
    nn_error err;
    if (argc < 6) {
        fprintf(stderr, "usage: leave_writers_out MODEL DRAWINGS-PER-DIGIT MNIST validation|test STROKES [EVERY]\n");
        return 2;
    }
    int every = argc > 6 && atoi(argv[6]) > 0 ? atoi(argv[6]) : 1;
    paths_find(&where, NULL);
    b.each = atoi(argv[2]);
    if (!models_open(&b.model, &where, argv[1], &err) || !pens_load(&b.pens, argv[5], &err))
        die(&err);
    load_mnist(&b, argv[3], strcmp(argv[4], "test") != 0);
    b.at = nn_cut_place(b.model->plan, TEACH_LAYERS);
    b.floats = b.at < 0 ? DIGIT_PIXELS : nn_shape_count(b.model->plan->node[b.at].out);
    b.order = room((size_t)b.pens.count, sizeof *b.order);
    b.taught = room((size_t)b.pens.count, 1);
    new_images(&b, &b.drawn, b.pens.count, show_drawing);
    new_images(&b, &b.test, b.tests.count, show_test);
    if (b.each > 0)
        teach_writers(&b, every, &all);
    else
        teach_mistakes(&b, every, &all);
    print_all(&b, &all);
    return 0;
}
