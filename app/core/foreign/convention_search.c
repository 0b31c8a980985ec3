/* convention_search.c - successive halving over candidates and conventions. */
#include "convention_search.h"
#include "app/core/digit/label_digit.h"
#include "app/core/model/confidence.h"
#include "app/core/model/model_input.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 50,
    FIRST = 10,         /* images that all look at ... */
    MOST = 8,           /* and of which no network reads so many that are inverted or transposed to it */
    TIE = 5,            /* images of CHECK_IMAGES: what differs by no more may do so by chance */
    ASSIGNED_BY = 150,  /* images that tell which class stands for which digit, ... */
    ASSIGNED_SEEN = 350 /* and with those that then tell how good that is */
};

/* After so many images so many of the best go on. */
static const struct {
    int images, keep;
} stages[] = {{FIRST, 24}, {40, 8}, {150, 4}, {CHECK_IMAGES, 1}};
enum { STAGES = sizeof stages / sizeof *stages };

/* Losses so many times the least are equally good: a likelier candidate has more in its favour than a plainer convention.
 *
 * These two and TIE were chosen on the last 10,000 of MNIST's training images. 38 networks (six architectures, seven
 * conventions) learned the 50,000 before them, and were read from ONNX and as weights alone, with MNIST at hand and
 * without: 152 searches. How much more of the 10,000 the best that was carried to the end would have read, in points, on
 * average and at most: 0.02 and 0.6. With a TIE of 0: 0.09, 2.0; of 4: 0.03, 0.6; of 6: 0.03, 1.8; of 10: 0.06, 1.8. With
 * conventions equal up to 1: 0.05, 0.7; 1.05: 0.03, 0.6; all of them, so that the plainest is taken: 0.13, 5.1. Candidates
 * equal up to 1, 1.1 or 2: 0.02, 0.6 each. */
static const double equal_candidates = 1.25, equal_conventions = 1.02;

typedef struct trial {
    convention_search *search;
    const foreign *self;
    const check_set *set;
    int wanted;                /* the convention that must be taken, -1: none */
    const nn_convention *told; /* by the file; NULL: it is searched for */
    int go_on;                 /* so many of the scores look at the images of this stage */
    void (*progress)(void *ctx, double done);
    void *ctx;

    /* the candidate that is open */
    nn_model *model;
    nn_work *work;
    float *room; /* (BATCH, MODEL_MAX_INPUT) */
} trial;

double convention_accuracy(const convention_score *score)
{
    return score->seen ? (double)score->right / score->seen : 0;
}

void convention_search_free(convention_search *search)
{
    nn_free(search->score);
    search->score = NULL;
}

/* ---- one candidate ----------------------------------------------------------------------------------------------- */

static void close_candidate(trial *t)
{
    nn_work_free(t->work);
    nn_model_free(t->model);
    t->work = NULL;
    t->model = NULL;
}

static bool open_candidate(trial *t, int net, nn_error *err)
{
    if (foreign_model(&t->model, t->self, &t->self->net[net], err) && model_reads_digits(t->model->plan, err) &&
        nn_work_new(&t->work, t->model->plan, BATCH, NN_ANSWERS, err))
        return true;
    close_candidate(t);
    return false;
}

/* The classes that are called by a digit; false where a digit is missing. */
static bool find_digits(const nn_model *model, int class_digit[NN_MAX_CLASSES])
{
    unsigned found = 0;
    for (int k = 0; k < NN_MAX_CLASSES; k++) {
        class_digit[k] = k < model->n_labels ? label_digit(model->label[k]) : -1;
        found |= class_digit[k] >= 0 ? 1u << class_digit[k] : 0;
    }
    return found == (1u << CHECK_DIGITS) - 1;
}

/* What the open candidate answers to images [begin, end), at most BATCH, with a convention: (images, classes). */
static void ask(trial *t, int convention, int begin, int end, float said[BATCH * NN_MAX_CLASSES])
{
    const float *images = t->set->images + (ptrdiff_t)begin * DIGIT_PIXELS;
    t->model->convention = t->told ? *t->told : convention_at(convention);
    nn_predict(t->work, t->model, model_input(t->room, t->model->plan, images, end - begin), end - begin, said);
}

/* ---- scores ------------------------------------------------------------------------------------------------------ */

/* The first class that stands for a digit; there is one. */
static int class_of(const convention_search *search, int meant)
{
    int k = 0;
    while (search->class_digit[k] != meant)
        k++;
    return k;
}

static void add_answer(const convention_search *search, convention_score *score, const float *p, int classes, int meant)
{
    int class = class_of(search, meant);
    score->right += search->class_digit[nn_argmax(p, classes)] == meant;
    for (int i = 0; i < CONVENTION_TEMPERATURES; i++)
        score->nats[i] -= confidence_log(p, classes, class, pow(2, 0.5 * i));
}

static void look_on(trial *t, convention_score *score, int images)
{
    float said[BATCH * NN_MAX_CLASSES];
    int classes = t->model->plan->classes;
    for (int begin = score->seen; begin < images; begin = score->seen) {
        int end = begin + BATCH < images ? begin + BATCH : images;
        ask(t, score->convention, begin, end, said);
        for (int i = begin; i < end; i++)
            add_answer(t->search, score, said + (i - begin) * classes, classes, t->set->digit[i]);
        score->seen = end;
    }
}

/* What was dropped early comes last; of equals the likelier candidate, then the plainer convention first. */
static int by_score(const void *left, const void *right)
{
    const convention_score *a = left, *b = right;
    if (a->seen != b->seen)
        return b->seen - a->seen;
    if (a->right != b->right)
        return b->right - a->right;
    return a->net != b->net ? a->net - b->net : a->convention - b->convention;
}

/* Moves those of the sorted scores to the front that go on: the best `most`, and of every other convention the best one,
 * if chance alone may have put them behind. Returns how many. */
static int keep_best(convention_search *search, int count, int most)
{
    int kept = 0;
    bool has[CONVENTIONS] = {false};
    convention_score *score = search->score;
    int least = score[0].right - (int)sqrt(score[0].seen) - 1;
    for (int i = 0; i < count && score[i].right >= least; i++) {
        convention_score one = score[i];
        if (kept >= most && has[one.convention])
            continue;
        has[one.convention] = true;
        memmove(score + kept + 1, score + kept, (size_t)(i - kept) * sizeof *score);
        score[kept++] = one;
    }
    return kept;
}

/* Those scores look on that are chosen, candidate by candidate. */
static bool look_all(trial *t, bool (*chosen)(const trial *t, const convention_score *score), int images, nn_error *err)
{
    convention_search *search = t->search;
    for (int net = 0; net < t->self->n; net++) {
        bool open = false;
        for (int i = 0; i < search->count; i++) {
            convention_score *score = &search->score[i];
            if (score->net != net || !chosen(t, score))
                continue;
            if (!open && !open_candidate(t, net, err))
                return false;
            open = true;
            look_on(t, score, images);
        }
        close_candidate(t);
    }
    return true;
}

/* The best so far, and those that a person asked for. */
static bool goes_on(const trial *t, const convention_score *score)
{
    return score - t->search->score < t->go_on || score->convention == t->wanted;
}

static bool is_plain(const trial *t, const convention_score *score)
{
    return score->convention < CONVENTION_KINDS || score->convention == t->wanted;
}

/* Of the candidate that is taken, what nobody has looked at yet. */
static bool is_unseen(const trial *t, const convention_score *score)
{
    return score->seen == 0 && score->net == t->search->score[t->search->best].net;
}

/* Where there are several candidates, each is tried with the plain conventions first. If one reads most, the question is
 * not whether images are inverted or transposed, and those conventions are left out. */
static bool try_plain(trial *t, bool *enough, nn_error *err)
{
    int most = 0;
    *enough = false;
    if (t->self->n == 1)
        return true;
    if (!look_all(t, is_plain, FIRST, err))
        return false;
    for (int i = 0; i < t->search->count; i++)
        if (t->search->score[i].convention < CONVENTION_KINDS && t->search->score[i].right > most)
            most = t->search->score[i].right;
    *enough = most >= MOST;
    return true;
}

/* The first t->go_on scores look on. */
static bool run_stage(trial *t, int images, nn_error *err)
{
    convention_search *search = t->search;
    if (!look_all(t, goes_on, images, err))
        return false;
    qsort(search->score, (size_t)search->count, sizeof *search->score, by_score);
    return true;
}

/* The cross-entropy of all images, nats, at the temperature that suits best. */
static double loss_of(const convention_score *score)
{
    double least = score->nats[0];
    for (int i = 1; i < CONVENTION_TEMPERATURES; i++)
        least = fmin(least, score->nats[i]);
    return least;
}

typedef struct contest {
    int wanted; /* the only convention, -1: any */
    int net;    /* the only candidate, -1: any */
    int least;  /* so many images must be right */
} contest;

/* Whether a score was carried on to the end, and may be taken. */
static bool takes_part(const convention_search *search, const contest *c, const convention_score *score)
{
    return score->seen == search->score[0].seen && score->right >= c->least &&
           (c->wanted < 0 || score->convention == c->wanted) && (c->net < 0 || score->net == c->net);
}

/* The first, by candidate and convention, whose loss is no more than `equal` times the least. */
static int win(const convention_search *search, const contest *c, double equal)
{
    int best = -1;
    double least = HUGE_VAL;
    for (int i = 0; i < search->count; i++)
        if (takes_part(search, c, &search->score[i]))
            least = fmin(least, loss_of(&search->score[i]));
    for (int i = 0; i < search->count; i++) {
        const convention_score *score = &search->score[i], *other = &search->score[best < 0 ? i : best];
        bool before =
            score->net < other->net || (score->net == other->net && score->convention < other->convention) || best < 0;
        if (before && takes_part(search, c, score) && loss_of(score) <= least * equal)
            best = i;
    }
    return best;
}

/* Of those that nothing beats by more than chance: the candidate first, then its convention. */
static int choose(const convention_search *search, int wanted)
{
    contest c = {.wanted = wanted, .net = -1};
    int top = 0;
    for (int i = 0; i < search->count; i++)
        if (takes_part(search, &c, &search->score[i]))
            top = search->score[i].right > top ? search->score[i].right : top;
    c.least = top - TIE;
    c.net = search->score[win(search, &c, equal_candidates)].net;
    return win(search, &c, equal_conventions);
}

/* ---- classes in another order ------------------------------------------------------------------------------------ */

/* Each digit gets the class that answers most to it, the clearest first. */
static void assign(int votes[NN_MAX_CLASSES][CHECK_DIGITS], int classes, int class_digit[NN_MAX_CLASSES])
{
    bool done[CHECK_DIGITS] = {false};
    for (int k = 0; k < NN_MAX_CLASSES; k++)
        class_digit[k] = -1;
    for (int n = 0; n < CHECK_DIGITS; n++) {
        int class = -1, meant = -1;
        for (int k = 0; k < classes; k++)
            for (int d = 0; d < CHECK_DIGITS; d++)
                if (class_digit[k] < 0 && !done[d] && (class < 0 || votes[k][d] > votes[class][meant]))
                    class = k, meant = d;
        class_digit[class] = meant;
        done[meant] = true;
    }
}

/* Which class stands for which digit by the first images, and how many of the others are then right. */
static int score_assigned(trial *t, int convention, int class_digit[NN_MAX_CLASSES])
{
    int votes[NN_MAX_CLASSES][CHECK_DIGITS] = {{0}}, right = 0;
    float said[BATCH * NN_MAX_CLASSES];
    int classes = t->model->plan->classes;
    for (int begin = 0; begin < ASSIGNED_SEEN; begin += BATCH) {
        ask(t, convention, begin, begin + BATCH, said);
        if (begin == ASSIGNED_BY)
            assign(votes, classes, class_digit);
        for (int i = 0; i < BATCH; i++) {
            int answer = nn_argmax(said + i * classes, classes);
            if (begin < ASSIGNED_BY)
                votes[answer][t->set->digit[begin + i]]++;
            else
                right += class_digit[answer] == t->set->digit[begin + i];
        }
    }
    return right;
}

static int index_of(const convention_search *search, const convention_score *wanted)
{
    int i = 0;
    while (search->score[i].net != wanted->net || search->score[i].convention != wanted->convention)
        i++;
    return i;
}

/* Once more over all, with whatever order of the classes is best for each; taken where that reads most images. */
static void try_other_orders(trial *t)
{
    nn_error ignored;
    convention_search *search = t->search;
    convention_score best = {.seen = ASSIGNED_SEEN - ASSIGNED_BY};
    int class_digit[NN_MAX_CLASSES], best_digit[NN_MAX_CLASSES];
    for (int net = 0; net < t->self->n; net++) {
        bool open = open_candidate(t, net, &ignored);
        for (int c = 0; open && c < CONVENTIONS; c++) {
            int right = t->wanted < 0 || t->wanted == c ? score_assigned(t, c, class_digit) : 0;
            if (right <= best.right + (best.right > 0 ? 1 : 0))
                continue;
            best.net = net;
            best.convention = c;
            best.right = right;
            memcpy(best_digit, class_digit, sizeof class_digit);
        }
        close_candidate(t);
    }
    search->permuted = convention_accuracy(&best) > 0.6;
    if (!search->permuted)
        return;
    search->best = index_of(search, &best);
    search->score[search->best] = best;
    memcpy(search->class_digit, best_digit, sizeof best_digit);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Each convention of each candidate that can be served; the error is of the likeliest that cannot. */
static bool list_all(trial *t, nn_error *err)
{
    nn_error later;
    bool failed = false;
    convention_search *search = t->search;
    search->score = nn_alloc((size_t)t->self->n * CONVENTIONS + 1, sizeof *search->score);
    t->room = nn_alloc((size_t)BATCH * MODEL_MAX_INPUT, sizeof *t->room);
    if (!search->score || !t->room)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int net = 0; net < t->self->n; net++) {
        if (!open_candidate(t, net, failed ? &later : err)) {
            failed = true;
            continue;
        }
        if (search->count == 0)
            search->scored = find_digits(t->model, search->class_digit);
        for (int c = 0; c < (t->told ? 1 : CONVENTIONS); c++)
            search->score[search->count++] = (convention_score){.net = net, .convention = c};
        close_candidate(t);
    }
    return search->count > 0;
}

static bool run_stages(trial *t, nn_error *err)
{
    convention_search *search = t->search;
    bool enough;
    if (!try_plain(t, &enough, err))
        return false;
    t->go_on = enough ? 0 : search->count;
    for (int stage = 0; stage < STAGES; stage++) {
        if (!run_stage(t, stages[stage].images, err))
            return false;
        int looked = 0;
        while (looked < search->count && search->score[looked].seen == search->score[0].seen)
            looked++;
        t->go_on = stage + 1 < STAGES ? keep_best(search, looked, stages[stage].keep) : 0;
        if (t->progress)
            t->progress(t->ctx, (stage + 1.0) / STAGES);
    }
    return true;
}

static bool run_all(trial *t, nn_error *err)
{
    convention_search *search = t->search;
    if (!list_all(t, err))
        return false;
    search->best = t->wanted >= 0 ? t->wanted : 0;
    if (!search->scored)
        return true;
    if (!run_stages(t, err))
        return false;
    search->best = choose(search, t->wanted);
    if (!look_all(t, is_unseen, FIRST, err))
        return false;
    if (!t->told && convention_accuracy(&search->score[search->best]) < 0.5)
        try_other_orders(t);
    return true;
}

bool convention_search_run(convention_search *search, const foreign *self, const check_set *set, int convention,
                           void (*progress)(void *ctx, double done), void *ctx, nn_error *err)
{
    trial t = {.search = search, .self = self, .set = set, .wanted = convention, .progress = progress, .ctx = ctx};
    *search = (convention_search){0};
    if (convention < 0 && self->told.known)
        t.told = &self->told.convention;
    bool ok = run_all(&t, err);
    nn_free(t.room);
    if (!ok)
        convention_search_free(search);
    return ok;
}
