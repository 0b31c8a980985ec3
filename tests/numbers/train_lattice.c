/* train_lattice.c - trains the small network that scores groups (app/core/number/lattice.h) and prints lattice_weights.h:
 * the weights under which the right texts of composed strings are likeliest, over all paths through their lattices. After
 * each pass it tells how likely those of strings of other writers are. train.py composes the strings and runs it.
 *
 *     train_lattice MODEL[,MODEL ...] PASSES TRAIN.jsonl CHECK.jsonl > lattice_weights.h
 *
 * Several models read the strings in turn: one that has learned from the writers is surer of them than of anybody else. */
#include "app/core/digit/label_digit.h"
#include "app/core/drawing/strokes.h"
#include "app/core/model/models.h"
#include "app/core/number/number.h"
#include "app/core/platform.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/pool.h"
#include "nn/rng.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS = 10,
    HIDDEN = 16,
    BATCH = 64,
    LONGEST = 12, /* digits of a string */
    SETS = 1 << (GROUP_REACH - 1),
    NODES = (PARTS_MAX + 1) * SETS,
    MOST_MODELS = 4,
    MOST_BYTES = 1 << 30, /* of a file */
};
#define BRUSH  30.0f /* as `ink` has it */
#define RATE   0.01  /* of Adam, falling to 0 along a cosine */
#define DECAY  1e-4  /* of all weights: half of it times their squares is added to the loss of a string */
#define SPREAD 0.3   /* of the weights at first */
#define SEED   1

/* What training sees of a group. */
typedef struct group {
    float feature[GROUP_FEATURES], log_p[DIGITS];
    int guess; /* the recogniser's; -1: none */
    bool several, foot, blank;
} group;

/* From what is covered (a node) to more. */
typedef struct arc {
    int from, to, group;
} arc;

typedef struct string {
    int length, groups, nodes, arcs, end; /* the node where all is covered; -1: nothing to learn from */
    int digit[LONGEST + 1];
    group *group;
    arc *arc; /* those into a node before those out of it */
} string;

typedef struct strings {
    int count;
    string *string;
} strings;

typedef struct unit {
    double feature[GROUP_FEATURES], guess[DIGITS], bias, out;
} unit;

typedef struct weights {
    double linear[GROUP_FEATURES], blank[BLANK_FEATURES], word, several[DIGITS];
    unit unit[HIDDEN];
} weights;

enum { WEIGHTS = sizeof(weights) / sizeof(double) };

/* One thread's. */
typedef struct worker {
    recogniser *recogniser[MOST_MODELS];
    number_reader *reader;
    double base[LATTICE_MAX_GROUPS], word[LATTICE_MAX_GROUPS][DIGITS], any[LATTICE_MAX_GROUPS];
    double hidden[LATTICE_MAX_GROUPS][HIDDEN];
    double slope[LATTICE_MAX_GROUPS]
                [DIGITS]; /* of the likelihood by a group's score as a digit; a blank's is the first */
    double to[LONGEST + 2][NODES], from[LONGEST + 2][NODES];
    weights gradient;
    double likelihood;
    int reached; /* strings that have a path to their text */
} worker;

typedef struct trainer {
    int threads, models;
    recogniser *network[MOST_MODELS];
    nn_pool *pool;
    worker *worker[NN_MAX_THREADS];
    weights now, mean, square; /* the last two: Adam's */

    /* what is being loaded, or read */
    const char *text;
    strokes_span *span;
    const strings *set;
    const int *order;
    int first, count;
    bool learns;
} trainer;

static void die(const nn_error *err)
{
    fprintf(stderr, "train_lattice: %s\n", err->text);
    exit(1);
}

static void *room(size_t count, size_t size)
{
    void *memory = nn_alloc(count, size);
    if (!memory)
        die(&(nn_error){.text = "out of memory"});
    return memory;
}

/* ---- strings ----------------------------------------------------------------------------------------------------- */

static void copy_group(group *out, const lattice_group *g, const nn_model *model)
{
    memcpy(out->feature, g->feature, sizeof out->feature);
    out->blank = g->blank;
    if (g->blank)
        return;
    out->several = g->strokes > 1;
    out->foot = g->foot;
    out->guess = label_digit(g->answer.text);
    for (int d = 0; d < DIGITS; d++)
        out->log_p[d] = logf(LATTICE_LEAST);
    for (int k = 0; k < g->answer.classes; k++) {
        int d = label_digit(model->label[k]);
        if (d >= 0 && g->answer.probability[k] > LATTICE_LEAST)
            out->log_p[d] = logf(g->answer.probability[k]);
    }
}

/* The node of a set of parts; all before `*first` are covered. */
static int node_of(uint64_t covered, int n, int *first)
{
    *first = 0;
    while (*first < n && (covered >> *first & 1))
        ++*first;
    return *first == n ? n * SETS : *first * SETS + (int)(covered >> *first >> 1);
}

/* The arcs of all paths, out of nodes that can be come to. */
static void find_arcs(string *s, const lattice *l)
{
    static _Thread_local int number[NODES];
    static _Thread_local uint64_t covered[NODES];
    int first, size = 0;
    memset(number, -1, sizeof number);
    number[0] = s->nodes++;
    covered[0] = 0;
    for (int node = 0; node < l->parts * SETS; node++)
        for (int g = l->start[node / SETS]; number[node] >= 0 && g < l->start[node / SETS + 1]; g++) {
            if (covered[node] & l->group[g].parts)
                continue;
            uint64_t more = covered[node] | l->group[g].parts;
            int to = node_of(more, l->parts, &first);
            if (number[to] < 0)
                number[to] = s->nodes++;
            covered[to] = more;
            if (s->arcs == size) {
                int larger = (int)nn_room((size_t)size + 1);
                s->arc = nn_realloc(s->arc, (size_t)size, (size_t)larger, sizeof *s->arc);
                if (!s->arc)
                    die(&(nn_error){.text = "out of memory"});
                size = larger;
            }
            s->arc[s->arcs++] = (arc){number[node], number[to], g};
        }
    s->end = number[l->parts * SETS];
}

static void load_string(string *s, worker *w, recogniser *network, const char *text, size_t len)
{
    static _Thread_local number_answer read;
    strokes_line line;
    nn_error err;
    if (!strokes_parse(&line, text, len, &err))
        die(&err);
    strokes_fit(&line, BRUSH, 1, 0, 0);
    number_reader_forget(w->reader);
    if (!number_read(w->reader, network, &line.ink, NULL, 0, &read, &err))
        die(&err);
    ink_free(&line.ink);
    s->end = -1;
    s->length = (int)strspn(line.label, "0123456789");
    if (s->length > LONGEST || line.label[s->length] || read.count == 0)
        return;
    for (int i = 0; i < s->length; i++)
        s->digit[i] = line.label[i] - '0';
    const lattice *l = number_reader_lattice(w->reader);
    s->groups = l->count;
    s->group = room((size_t)l->count, sizeof *s->group);
    for (int i = 0; i < l->count; i++)
        copy_group(&s->group[i], &l->group[i], recogniser_model(network));
    find_arcs(s, l);
}

static void load_share(void *ctx, int thread)
{
    trainer *t = ctx;
    int begin, end;
    nn_pool_share(t->pool, thread, t->set->count, &begin, &end);
    for (int i = begin; i < end; i++) {
        worker *w = t->worker[thread];
        load_string(&t->set->string[i], w, w->recogniser[i % t->models], t->text + t->span[i].begin, t->span[i].len);
    }
}

static void load(trainer *t, strings *set, const char *path)
{
    unsigned char *data;
    size_t len;
    nn_error err;
    if (!nn_file_read(path, MOST_BYTES, &data, &len, &err))
        die(&err);
    t->text = (const char *)data;
    set->count = strokes_count(t->text, len);
    set->string = room((size_t)set->count, sizeof *set->string);
    t->span = room((size_t)set->count, sizeof *t->span);
    strokes_span span = {0};
    for (int i = 0; strokes_next(t->text, len, &span); i++)
        t->span[i] = span;
    t->set = set;
    nn_pool_run(t->pool, load_share, t);
    nn_free(t->span);
    nn_free(data);
}

/* ---- one string -------------------------------------------------------------------------------------------------- */

static double add_logs(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return low == -INFINITY ? high : high + log1p(exp(low - high));
}

static void score(worker *w, const string *s, const weights *x)
{
    for (int i = 0; i < s->groups; i++) {
        const group *g = &s->group[i];
        memset(w->slope[i], 0, sizeof w->slope[i]);
        w->base[i] = w->any[i] = 0;
        for (int f = 0; g->blank && f < BLANK_FEATURES; f++)
            w->base[i] += x->blank[f] * g->feature[f];
        if (g->blank)
            continue;
        for (int f = 0; f < GROUP_FEATURES; f++)
            w->base[i] += x->linear[f] * g->feature[f];
        for (int j = 0; j < HIDDEN; j++) {
            const unit *u = &x->unit[j];
            double sum = u->bias + (g->guess >= 0 ? u->guess[g->guess] : 0);
            for (int f = 0; f < GROUP_FEATURES; f++)
                sum += u->feature[f] * g->feature[f];
            w->hidden[i][j] = tanh(sum);
            w->base[i] += u->out * w->hidden[i][j];
        }
        w->any[i] = -INFINITY;
        for (int d = 0; d < DIGITS; d++) {
            w->word[i][d] =
                x->word * g->log_p[d] + (g->several ? x->several[d] : 0) + (g->foot && d == 1 ? LATTICE_FOOT : 0);
            w->any[i] = add_logs(w->any[i], w->word[i][d]);
        }
    }
}

static void clear(worker *w, int layers, int nodes)
{
    for (int k = 0; k < layers; k++)
        for (int i = 0; i < nodes; i++)
            w->to[k][i] = w->from[k][i] = -INFINITY;
}

/* What an arc adds to the paths with the first k digits of a text, and how many of them they have then. */
static double arc_score(const worker *w, const string *s, const arc *a, int k, int *then)
{
    bool blank = s->group[a->group].blank;
    *then = blank ? k : k + 1;
    return blank ? w->base[a->group] : k == s->length ? -INFINITY : w->base[a->group] + w->word[a->group][s->digit[k]];
}

/* The log of the sum over all paths to the text; its slope is added. */
static double sum_text(worker *w, const string *s)
{
    int then;
    clear(w, s->length + 2, s->nodes);
    w->to[0][0] = w->from[s->length][s->end] = 0;
    for (const arc *a = s->arc; a < s->arc + s->arcs; a++)
        for (int k = 0; k <= s->length; k++) {
            double on = arc_score(w, s, a, k, &then);
            w->to[then][a->to] = add_logs(w->to[then][a->to], w->to[k][a->from] + on);
        }
    double sum = w->to[s->length][s->end];
    if (sum == -INFINITY)
        return sum;
    for (const arc *a = s->arc + s->arcs; a-- > s->arc;)
        for (int k = 0; k <= s->length; k++) {
            double on = arc_score(w, s, a, k, &then) + w->from[then][a->to];
            w->from[k][a->from] = add_logs(w->from[k][a->from], on);
            w->slope[a->group][then > k ? s->digit[k] : 0] += exp(w->to[k][a->from] + on - sum);
        }
    return sum;
}

/* The log of the sum over all paths and texts; its slope is taken off. */
static double sum_all(worker *w, const string *s)
{
    clear(w, 1, s->nodes);
    w->to[0][0] = w->from[0][s->end] = 0;
    for (const arc *a = s->arc; a < s->arc + s->arcs; a++)
        w->to[0][a->to] = add_logs(w->to[0][a->to], w->to[0][a->from] + w->base[a->group] + w->any[a->group]);
    double sum = w->to[0][s->end];
    for (const arc *a = s->arc + s->arcs; a-- > s->arc;) {
        double on = w->base[a->group] + w->any[a->group] + w->from[0][a->to], share = exp(w->to[0][a->from] + on - sum);
        bool blank = s->group[a->group].blank;
        w->from[0][a->from] = add_logs(w->from[0][a->from], on);
        for (int d = 0; d < (blank ? 1 : DIGITS); d++)
            w->slope[a->group][d] -= share * (blank ? 1 : exp(w->word[a->group][d] - w->any[a->group]));
    }
    return sum;
}

static void add_gradient(worker *w, const string *s, const weights *x)
{
    weights *sum = &w->gradient;
    for (int i = 0; i < s->groups; i++) {
        const group *g = &s->group[i];
        double slope = 0;
        for (int f = 0; g->blank && f < BLANK_FEATURES; f++)
            sum->blank[f] += w->slope[i][0] * g->feature[f];
        if (g->blank)
            continue;
        for (int d = 0; d < DIGITS; d++) {
            slope += w->slope[i][d];
            sum->word += w->slope[i][d] * g->log_p[d];
            sum->several[d] += g->several ? w->slope[i][d] : 0;
        }
        for (int f = 0; f < GROUP_FEATURES; f++)
            sum->linear[f] += slope * g->feature[f];
        for (int j = 0; j < HIDDEN; j++) {
            unit *u = &sum->unit[j];
            double h = w->hidden[i][j], back = slope * x->unit[j].out * (1 - h * h);
            u->out += slope * h;
            u->bias += back;
            if (g->guess >= 0)
                u->guess[g->guess] += back;
            for (int f = 0; f < GROUP_FEATURES; f++)
                u->feature[f] += back * g->feature[f];
        }
    }
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static void read_share(void *ctx, int thread)
{
    trainer *t = ctx;
    worker *w = t->worker[thread];
    int begin, end;
    nn_pool_share(t->pool, thread, t->count, &begin, &end);
    w->gradient = (weights){.word = 0};
    w->likelihood = w->reached = 0;
    for (int i = begin; i < end; i++) {
        const string *s = &t->set->string[t->order ? t->order[t->first + i] : t->first + i];
        if (s->end < 0)
            continue;
        score(w, s, &t->now);
        double text = sum_text(w, s);
        if (text == -INFINITY)
            continue;
        w->likelihood += text - sum_all(w, s);
        w->reached++;
        if (t->learns)
            add_gradient(w, s, &t->now);
    }
}

/* Goes over some strings of a set. Returns the log likelihood of all, and how many have one. */
static double read_strings(trainer *t, const strings *set, const int *order, int first, int count, int *reached)
{
    double sum = 0;
    t->set = set;
    t->order = order;
    t->first = first;
    t->count = count;
    t->learns = order != NULL;
    nn_pool_run(t->pool, read_share, t);
    *reached = 0;
    for (int i = 0; i < t->threads; i++) {
        sum += t->worker[i]->likelihood;
        *reached += t->worker[i]->reached;
    }
    return sum;
}

/* Adam (Kingma and Ba 2015), up the likelihood. */
static void step(trainer *t, int number, double rate, int count)
{
    double *x = (double *)&t->now, *mean = (double *)&t->mean, *square = (double *)&t->square;
    for (int i = 0; i < WEIGHTS; i++) {
        double slope = -DECAY * x[i];
        for (int k = 0; k < t->threads; k++)
            slope += ((const double *)&t->worker[k]->gradient)[i] / count;
        mean[i] += 0.1 * (slope - mean[i]);
        square[i] += 0.001 * (slope * slope - square[i]);
        x[i] += rate * mean[i] / (1 - pow(0.9, number)) / (sqrt(square[i] / (1 - pow(0.999, number))) + 1e-8);
    }
}

static void begin(weights *x)
{
    double *value = (double *)x;
    for (int i = 0; i < WEIGHTS; i++)
        value[i] = SPREAD * (double)nn_signed(SEED, (uint64_t)i);
    x->linear[GROUP_EACH] = x->blank[BLANK_LINK] = x->blank[BLANK_DOT] = -2; /* the fewer the better */
    x->word = 1;
}

static void train(trainer *t, const strings *set, const strings *check, int passes)
{
    int steps = set->count / BATCH, reached, *order = room((size_t)set->count, sizeof *order);
    begin(&t->now);
    for (int pass = 0; pass < passes; pass++) {
        double sum = 0;
        nn_shuffle(order, set->count, nn_key(SEED, (uint64_t)pass));
        for (int i = 0; i < steps; i++) {
            double done = (pass + (double)i / steps) / passes;
            sum += read_strings(t, set, order, i * BATCH, BATCH, &reached);
            step(t, pass * steps + i + 1, 0.5 * RATE * (1 + cos(3.14159265 * done)), BATCH);
        }
        double held = read_strings(t, check, NULL, 0, check->count, &reached) / reached;
        fprintf(stderr, "pass %3d: log likelihood %.4f, of others' %.4f\n", pass + 1, sum / (steps * BATCH), held);
    }
    nn_free(order);
}

/* ---- the header -------------------------------------------------------------------------------------------------- */

static void print_list(const double *value, int count)
{
    printf("{");
    for (int i = 0; i < count; i++)
        printf("%#.3gf%s", value[i], i + 1 < count ? ", " : "}");
}

static void print(const weights *x)
{
    puts("/* lattice_weights.h - the weights of a group's score: made by tests/numbers/train.py. A part of "
         "lattice_score.c. "
         "*/\n"
         "#ifndef LATTICE_WEIGHTS_H\n#define LATTICE_WEIGHTS_H\n\n#include \"lattice.h\"\n");
    printf("enum { LATTICE_HIDDEN = %d };\n\nstatic const float linear_weight[GROUP_FEATURES] = ", HIDDEN);
    print_list(x->linear, GROUP_FEATURES);
    printf(";\n\nstatic const float blank_weight[BLANK_FEATURES] = ");
    print_list(x->blank, BLANK_FEATURES);
    printf(";\n\n/* Of the logarithm of the probability that the network gives to a class. */\n"
           "static const float word_weight = %#.3gf;\n\n"
           "/* Digits of several strokes are some sooner than others. */\n"
           "static const float several_weight[10] = ",
           x->word);
    print_list(x->several, DIGITS);
    puts(";\n\ntypedef struct lattice_unit {\n"
         "    float feature[GROUP_FEATURES], guess[10], bias; /* from the features and the network's best guess */\n"
         "    float out;                                      /* to the score */\n} lattice_unit;\n\n"
         "static const lattice_unit hidden_unit[LATTICE_HIDDEN] = {");
    for (int j = 0; j < HIDDEN; j++) {
        printf("    {");
        print_list(x->unit[j].feature, GROUP_FEATURES);
        printf(",\n");
        print_list(x->unit[j].guess, DIGITS);
        printf(",\n%#.3gf,\n%#.3gf},\n", x->unit[j].bias, x->unit[j].out);
    }
    puts("};\n\n#endif");
}

/* Opens the models that are named, with commas between; all workers share them. */
static void open_models(trainer *t, const char *names)
{
    paths where;
    nn_model *model;
    nn_error err;
    bool more = true;
    paths_find(&where, NULL);
    for (; more && t->models < MOST_MODELS; t->models++) {
        char name[4096];
        size_t len = strcspn(names, ",");
        snprintf(name, sizeof name, "%.*s", (int)len, names);
        more = names[len] == ',';
        names += len + more;
        if (!models_open(&model, &where, name, &err) || !recogniser_new(&t->network[t->models], model, &err))
            die(&err);
        for (int i = 0; i < t->threads; i++)
            if (!recogniser_share(&t->worker[i]->recogniser[t->models], t->network[t->models], &err))
                die(&err);
    }
}

int main(int argc, char **argv)
{
    static trainer t;
    static strings set, check;
    nn_error err;
    if (argc != 5 || atoi(argv[2]) < 1) {
        fprintf(stderr, "usage: train_lattice MODEL[,MODEL ...] PASSES TRAIN.jsonl CHECK.jsonl\n");
        return 2;
    }
    t.threads = platform_threads();
    if (!nn_pool_new(&t.pool, t.threads, NULL, &err))
        die(&err);
    for (int i = 0; i < t.threads; i++) {
        t.worker[i] = room(1, sizeof *t.worker[i]);
        t.worker[i]->reader = number_reader_new();
        if (!t.worker[i]->reader)
            die(&err);
    }
    open_models(&t, argv[1]);
    load(&t, &set, argv[3]);
    load(&t, &check, argv[4]);
    train(&t, &set, &check, atoi(argv[2]));
    print(&t.now);
    for (int i = 0; i < t.models; i++)
        recogniser_free(t.network[i]);
    return 0;
}
