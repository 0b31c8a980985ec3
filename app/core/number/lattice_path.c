/* lattice_path.c - the dynamic programs over sets of parts: the best path, and how probable its text is. */
#include "app/core/least.h"
#include "lattice.h"
#include <math.h>

enum { SETS = 1 << (GROUP_REACH - 1) };

/* What is covered: all parts before `first`, not `first` itself, and of those behind it the ones in `set`, lowest bit
 * first. */
typedef struct state {
    int first;
    unsigned set;
} state;

static state take(state from, uint64_t chosen, int n)
{
    uint64_t covered = (uint64_t)from.set << 1 | chosen >> from.first;
    while (from.first < n && (covered & 1)) {
        from.first++;
        covered >>= 1;
    }
    from.set = (unsigned)(covered >> 1);
    return from;
}

static bool fits(state from, uint64_t chosen)
{
    return !(((uint64_t)from.set << 1) & chosen >> from.first);
}

static float add_logs(float a, float b)
{
    float high = most(a, b), low = least(a, b);
    return low == -INFINITY ? high : high + log1pf(expf(low - high));
}

/* The log of the sum over all classes. */
static float log_classes(const lattice *self, const lattice_group *g)
{
    float sum = -INFINITY;
    if (g->blank)
        return g->score;
    for (int k = 0; k < self->classes; k++)
        sum = add_logs(sum, g->word[k]);
    return g->score + sum;
}

typedef float table[PARTS_MAX + 1][SETS];

static void clear_table(table t)
{
    for (int i = 0; i <= PARTS_MAX; i++)
        for (int k = 0; k < SETS; k++)
            t[i][k] = -INFINITY;
}

/* One step of a forward pass: the paths of one table, each with a group more, are added to another one. */
static void forward(const lattice *self, int i, const lattice_group *g, float score, table from, table to)
{
    for (unsigned set = 0; set < SETS; set++) {
        state at = {i, set};
        if (from[i][set] == -INFINITY || !fits(at, g->parts))
            continue;
        state next = take(at, g->parts, self->parts);
        to[next.first][next.set] = add_logs(to[next.first][next.set], from[i][set] + score);
    }
}

/* The log of the partition function: the sum over all paths and texts. */
static float log_partition(const lattice *self, table sum)
{
    clear_table(sum);
    sum[0][0] = 0;
    for (int i = 0; i < self->parts; i++)
        for (int g = self->start[i]; g < self->start[i + 1]; g++)
            forward(self, i, &self->group[g], log_classes(self, &self->group[g]), sum, sum);
    return sum[self->parts][0];
}

/* The log of the sum over all paths to one text; `sum` has two tables. Blanks come between, before and behind digits. */
static float log_text(const lattice *self, const int *class, int count, table sum[2])
{
    clear_table(sum[0]);
    sum[0][0][0] = 0;
    for (int digit = 0; digit <= count; digit++) {
        table *from = &sum[digit % 2], *next = &sum[1 - digit % 2];
        clear_table(*next);
        for (int i = 0; i < self->parts; i++)
            for (int k = self->start[i]; k < self->start[i + 1]; k++) {
                const lattice_group *g = &self->group[k];
                if (g->blank)
                    forward(self, i, g, g->score, *from, *from);
                else if (digit < count)
                    forward(self, i, g, g->score + g->word[class[digit]], *from, *next);
            }
    }
    return sum[count % 2][self->parts][0];
}

/* How the best path comes to a state. */
typedef struct backpointer {
    short group, first, set;
} backpointer;

static void viterbi(lattice_path *out, const lattice *self, table best, backpointer (*back)[SETS])
{
    clear_table(best);
    best[0][0] = 0;
    for (int i = 0; i < self->parts; i++)
        for (int g = self->start[i]; g < self->start[i + 1]; g++) {
            const lattice_group *group = &self->group[g];
            float score = group->score + (group->blank ? 0 : group->word[nn_argmax(group->word, self->classes)]);
            for (unsigned set = 0; set < SETS; set++) {
                state at = {i, set};
                if (best[i][set] == -INFINITY || !fits(at, group->parts))
                    continue;
                state to = take(at, group->parts, self->parts);
                if (best[i][set] + score > best[to.first][to.set]) {
                    best[to.first][to.set] = best[i][set] + score;
                    back[to.first][to.set] = (backpointer){(short)g, (short)i, (short)set};
                }
            }
        }
    out->count = 0;
    if (best[self->parts][0] == -INFINITY)
        return;
    for (state at = {self->parts, 0}; at.first > 0;) {
        backpointer s = back[at.first][at.set];
        if (!self->group[s.group].blank) {
            out->group[out->count] = s.group;
            out->class[out->count++] = nn_argmax(self->group[s.group].word, self->classes);
        }
        at = (state){s.first, (unsigned)s.set};
    }
    for (int i = 0, k = out->count - 1; i < k; i++, k--) {
        int group = out->group[i], class = out->class[i];
        out->group[i] = out->group[k];
        out->class[i] = out->class[k];
        out->group[k] = group;
        out->class[k] = class;
    }
}

void lattice_best(lattice_path *out, const lattice *self)
{
    table sum[2];
    backpointer back[PARTS_MAX + 1][SETS];
    viterbi(out, self, sum[0], back);
    float all = log_partition(self, sum[0]);
    out->probability = out->count ? expf(log_text(self, out->class, out->count, sum) - all) : 0;
}
