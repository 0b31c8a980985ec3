/* atlas.c - reads known digits and lays them out; who is nearest to another one. */
#include "atlas.h"
#include "app/core/data/dataset_load.h"
#include "app/core/data/samples.h"
#include <string.h>

/* ---- known digits ------------------------------------------------------------------------------------------------ */

static bool load_known(atlas *self, const char *folder, int wanted, nn_error *err)
{
    dataset all = {0};
    int count, *index = NULL;
    if (!dataset_load(&all, folder, NULL, DATASET_TEST, err))
        return false;
    count = all.count < wanted ? all.count : wanted;
    index = nn_alloc((size_t)all.count, sizeof *index);
    bool ok = index || nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (ok) {
        int others = dataset_split(&all, count, 1, index);
        ok = dataset_choose(&self->known, &all, index + others, count, err);
    }
    nn_free(index);
    dataset_free(&all);
    return ok;
}

static bool find_known(atlas *self, const char *folder, int count, nn_error *err)
{
    nn_error none;
    if (*folder && load_known(self, folder, count, &none) && self->known.side == DIGIT_SIDE &&
        self->known.count > ATLAS_NEIGHBOURS)
        return true;
    dataset_free(&self->known);
    self->made = true;
    return samples_make(&self->known, count, 0, err);
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

static bool read_known(atlas *self, const nn_model *model, atlas_stopped *stopped, void *ctx, nn_error *err)
{
    features *net;
    float images[FEATURES_BATCH * DIGIT_PIXELS];
    int n = self->known.count;
    if (!features_new(&net, model, err))
        return false;
    self->count = net->count;
    self->feature = nn_alloc((size_t)n * (size_t)net->count, sizeof *self->feature);
    bool ok = self->feature || nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; ok && i < n; i += FEATURES_BATCH) {
        int batch = n - i < FEATURES_BATCH ? n - i : FEATURES_BATCH;
        for (int k = 0; k < batch; k++)
            dataset_image(&self->known, i + k, images + k * DIGIT_PIXELS);
        features_read(net, model, images, batch, self->feature + (size_t)i * (size_t)net->count);
        ok = !stopped(ctx) || nn_fail(err, NN_USAGE, 0, "it was stopped");
    }
    if (ok && nn_first_not_finite(self->feature, (size_t)n * (size_t)net->count) < (size_t)n * (size_t)net->count)
        ok = nn_fail(err, NN_FORMAT, 0, "the network's numbers grow beyond all bounds");
    features_free(net);
    return ok;
}

/* Into the unit square, with a margin, each direction on its own. */
static void fit(atlas *self)
{
    const float margin = 0.03f;
    for (int axis = 0; axis < 2; axis++) {
        float least = INFINITY, most = -INFINITY;
        for (int i = 0; i < self->known.count; i++) {
            least = fminf(least, self->place[i][axis]);
            most = fmaxf(most, self->place[i][axis]);
        }
        float scale = most > least ? (1 - 2 * margin) / (most - least) : 0;
        for (int i = 0; i < self->known.count; i++)
            self->place[i][axis] = margin + (self->place[i][axis] - least) * scale;
    }
}

static bool lay_out(atlas *self, nn_error *err)
{
    size_t n = (size_t)self->known.count, all = n * ATLAS_NEIGHBOURS;
    int *list = nn_alloc(all, sizeof *list);
    float *distance = nn_alloc(all, sizeof *distance), *room = nn_alloc(3 * (size_t)self->count + n, sizeof *room);
    self->place = nn_alloc(n, sizeof *self->place);
    bool ok = list && distance && room && self->place;
    if (ok) {
        atlas_project(self->feature, self->known.count, self->count, self->place, room);
        atlas_neighbours(self->feature, self->known.count, self->count, list, distance);
        atlas_settle(self->place, self->known.count, list, distance, room);
        fit(self);
        atlas_separate(self->place, self->known.count, 0.8f / sqrtf((float)n));
        fit(self);
    }
    nn_free(list);
    nn_free(distance);
    nn_free(room);
    return ok || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

bool atlas_new(atlas **out, const nn_model *model, const char *folder, int count, atlas_stopped *stopped, void *ctx,
               nn_error *err)
{
    atlas *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (find_known(self, folder, count, err) && read_known(self, model, stopped, ctx, err) && lay_out(self, err))
        return true;
    atlas_free(self);
    *out = NULL;
    return false;
}

void atlas_free(atlas *self)
{
    if (!self)
        return;
    dataset_free(&self->known);
    nn_free(self->feature);
    nn_free(self->place);
    nn_free(self);
}

/* ---- another digit ----------------------------------------------------------------------------------------------- */

static float square_distance(const float *a, const float *b, int count)
{
    float sum = 0;
    for (int i = 0; i < count; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

int atlas_place(const atlas *self, const float *feature, float place[2], int nearest[ATLAS_NEAREST])
{
    float distance[ATLAS_NEAREST], x = 0, y = 0, weights = 0;
    int count = 0;
    for (int i = 0; i < self->known.count; i++) {
        float d = square_distance(feature, self->feature + (ptrdiff_t)i * self->count, self->count);
        int at = count;
        for (; at > 0 && distance[at - 1] > d; at--)
            if (at < ATLAS_NEAREST) {
                distance[at] = distance[at - 1];
                nearest[at] = nearest[at - 1];
            }
        if (at == ATLAS_NEAREST)
            continue;
        distance[at] = d;
        nearest[at] = i;
        count += count < ATLAS_NEAREST;
    }
    for (int i = 0; i < count; i++) {
        float w = 1 / (distance[i] + 1e-6f * (1 + distance[count - 1]));
        x += w * self->place[nearest[i]][0];
        y += w * self->place[nearest[i]][1];
        weights += w;
    }
    place[0] = x / weights;
    place[1] = y / weights;
    return count;
}
