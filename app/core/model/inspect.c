/* inspect.c - reads a digit once more with every layer kept, and makes pictures of what it finds. */
#include "inspect.h"
#include "nn/op.h"
#include "nn/symmetry.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATCHES_A_SIDE = (DIGIT_SIDE - INSPECT_PATCH) / INSPECT_STRIDE + 1, PATCHES = PATCHES_A_SIDE * PATCHES_A_SIDE };

/* One round of occlusion. */
typedef struct inspect_round {
    float image[DIGIT_PIXELS];
    int label;
    float log_odds;      /* of the label for the whole image, from the first batch */
    int patch;           /* the next to be tried */
    float gain[PATCHES]; /* what the patch added to the log-odds; 0 where it holds no ink */
    float *feature;      /* (n_features) of the whole image */
    float *next;         /* (PATCHES, n_features) what the patch added to them, so far */
    float *last;         /* the same of the last full round */
    float input[INSPECT_BATCH * DIGIT_PIXELS];
    float resized[INSPECT_BATCH * MODEL_MAX_INPUT];
    float output[INSPECT_BATCH * NN_MAX_CLASSES];
    float read[MODEL_MAX_INPUT];
} inspect_round;

/* ---- which layers ------------------------------------------------------------------------------------------------ */

/* Whether node i only changes the values of the layer before it. */
static bool continues(const nn_plan *plan, int i, const inspect_layer *layer)
{
    const nn_node *node = &plan->node[i];
    return node->op->inputs == 1 && node->input[0] == layer->node && nn_same_shape(node->out, layer->shape) &&
           node->op->kind != NN_LINEAR;
}

static void add_word(char title[INSPECT_TITLE], const char *word)
{
    size_t used = strlen(title);
    snprintf(title + used, INSPECT_TITLE - used, "%s%s", used ? ", " : "", word);
}

/* Flattening moves nothing, dropping out does nothing while reading, and the softmax is what the bars show. */
static void list_layers(inspect *self)
{
    const nn_plan *plan = self->plan;
    for (int i = 0; i < plan->n_nodes - 1; i++) {
        const nn_node *node = &plan->node[i];
        inspect_layer *last = self->n_layers > 0 ? &self->layer[self->n_layers - 1] : NULL;
        bool drops = node->op->kind == NN_DROPOUT, goes_on = last && continues(plan, i, last);
        if (node->op->place == NN_VIEW || (drops && !goes_on))
            continue;
        if (!goes_on) {
            last = &self->layer[self->n_layers++];
            last->name = node->name;
            last->shape = node->out;
        }
        last->node = i;
        if (!drops)
            add_word(last->title, nn_op_name(node->op));
    }
}

/* The first node's kernel, if it is a convolution of a grey image. */
static const nn_param *first_kernel(const nn_plan *plan)
{
    const nn_node *node = &plan->node[0];
    const nn_param *kernel = node->n_params > 0 ? &plan->param[node->param[0]] : NULL;
    return kernel && kernel->role == NN_KERNEL && kernel->rank == 4 && kernel->dim[2] == 1 ? kernel : NULL;
}

static bool is_dense(const nn_plan *plan, const nn_node *node)
{
    return node->input[0] >= 0 && node->op->kind == NN_LINEAR && plan->param[node->param[0]].rank == 2;
}

/* The dense layers of which node i is the sum, behind those already there; false if it is something else. */
static bool find_voters(inspect *self, int i)
{
    const nn_node *node = i < 0 ? NULL : &self->plan->node[i];
    if (node && node->op->kind == NN_SUM)
        return find_voters(self, node->input[1]) && find_voters(self, node->input[0]);
    if (!node || !is_dense(self->plan, node) || self->n_voters == NN_MAX_JOINED)
        return false;
    self->voter[self->n_voters++].dense = node;
    self->n_features += node->in.c;
    return true;
}

/* Each part ends with its voter, or with the sum that reads it. */
static void divide_layers(inspect *self)
{
    for (int i = 0; i < self->n_layers; i++)
        for (int k = 0; k < self->n_voters; k++) {
            const nn_node *node = &self->plan->node[self->layer[i].node], *dense = self->voter[k].dense;
            bool sum = node->op->kind == NN_SUM && node->input[0] == (int)(dense - self->plan->node);
            self->layer[i].part += dense < node && !sum;
        }
}

static void list_voters(inspect *self)
{
    if (!find_voters(self, self->plan->node[self->plan->n_nodes - 1].input[0]))
        self->n_voters = self->n_features = 0;
    divide_layers(self);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* One block behind all pictures. */
static bool make_pictures(inspect *self)
{
    inspect_filters *f = &self->filters;
    const nn_param *kernel = first_kernel(self->plan);
    if (kernel)
        *f = (inspect_filters){.kh = kernel->dim[0], .kw = kernel->dim[1], .count = self->plan->node[0].out.c};
    size_t filters = (size_t)f->kh * (size_t)f->kw * (size_t)f->count, bytes = 2 * filters, channels = 0;
    for (int i = 0; i < self->n_layers; i++) {
        bytes += nn_shape_count(self->layer[i].shape);
        channels += (size_t)self->layer[i].shape.c;
    }
    unsigned char *next = self->bytes = nn_alloc(bytes, 1);
    float *strength = self->strengths = nn_alloc(channels, sizeof *self->strengths);
    if (!next || !strength)
        return false;
    f->plus = next;
    f->minus = next + filters;
    next += 2 * filters;
    for (int i = 0; i < self->n_layers; i++) {
        self->layer[i].maps = next;
        self->layer[i].strength = strength;
        next += nn_shape_count(self->layer[i].shape);
        strength += self->layer[i].shape.c;
    }
    return true;
}

/* One block behind what patches add to features. */
static bool make_gains(inspect *self)
{
    size_t features = (size_t)self->n_features;
    self->gains = nn_alloc((2 * PATCHES + 1) * features + 1, sizeof *self->gains);
    if (!self->gains)
        return false;
    self->round->feature = self->gains;
    self->round->next = self->gains + features;
    self->round->last = self->round->next + PATCHES * features;
    return true;
}

static void draw_filters(inspect *self, const nn_model *model)
{
    inspect_filters *f = &self->filters;
    int size = f->kh * f->kw;
    bool changed = false;
    if (f->count == 0)
        return;
    const float *kernel = model->weights + first_kernel(self->plan)->offset;
    nn_symmetry symmetry = nn_symmetry_of(&self->plan->node[0]);
    for (int k = 0; k < f->count; k++) {
        float most = 0;
        for (int i = 0; i < size; i++)
            most = fmaxf(most, fabsf(kernel[nn_symmetry_stored(&symmetry, (size_t)(i * f->count + k))]));
        for (int i = 0; i < size; i++) {
            float weight = kernel[nn_symmetry_stored(&symmetry, (size_t)(i * f->count + k))];
            float v = most > 0 ? 255 * weight / most : 0;
            unsigned char plus = (unsigned char)fmaxf(v, 0), minus = (unsigned char)fmaxf(-v, 0);
            changed |= f->plus[k * size + i] != plus || f->minus[k * size + i] != minus;
            f->plus[k * size + i] = plus;
            f->minus[k * size + i] = minus;
        }
    }
    f->version += changed;
}

bool inspect_new(inspect **out, const nn_model *model, nn_error *err)
{
    inspect *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!nn_plan_copy(&self->plan, model->plan, err))
        goto fail;
    self->layer = nn_alloc((size_t)self->plan->n_nodes, sizeof *self->layer);
    self->round = nn_alloc(1, sizeof *self->round);
    if (!self->layer || !self->round) {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
        goto fail;
    }
    self->read = self->round->read;
    list_layers(self);
    list_voters(self);
    if (!make_pictures(self)) {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
        goto fail;
    }
    if (!make_gains(self)) {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
        goto fail;
    }
    if (!nn_work_new(&self->whole, self->plan, 1, NN_ACTIVATIONS, err) ||
        !nn_work_new(&self->batch, self->plan, INSPECT_BATCH, NN_ACTIVATIONS, err))
        goto fail;
    draw_filters(self, model);
    return true;
fail:
    inspect_free(self);
    *out = NULL;
    return false;
}

void inspect_free(inspect *self)
{
    if (!self)
        return;
    nn_work_free(self->whole);
    nn_work_free(self->batch);
    nn_free(self->bytes);
    nn_free(self->strengths);
    nn_free(self->gains);
    nn_free(self->round);
    nn_free(self->layer);
    nn_plan_free(self->plan);
    nn_free(self);
}

bool inspect_fits(const inspect *self, const nn_model *model)
{
    return nn_same_plan(self->plan, model->plan);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Channels last -> one picture a channel. */
static void draw_maps(const inspect_layer *layer, const float *values)
{
    int channels = layer->shape.c, pixels = layer->shape.h * layer->shape.w;
    float most = 0;
    for (int i = 0; i < pixels * channels; i++)
        most = values[i] > most ? values[i] : most;
    float scale = most > 0 ? 255 * 255 / most : 0; /* the root makes the many weak values visible */
    memset(layer->strength, 0, (size_t)channels * sizeof *layer->strength);
    for (int p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++) {
            float v = values[p * channels + c];
            layer->strength[c] += fmaxf(v, 0);
            layer->maps[c * pixels + p] = v > 0 ? (unsigned char)(sqrtf(v * scale) + 0.5f) : 0;
        }
}

static void draw_input(inspect *self, const nn_model *model, const float *image)
{
    nn_shape in = self->plan->input;
    float *read = self->round->read, low = INFINITY, high = -INFINITY;
    bool as_it_is = in.h == DIGIT_SIDE && nn_same_convention(&model->convention, &(nn_convention){.std = 1});
    self->input_side = as_it_is ? 0 : in.h;
    nn_convention_apply(&model->convention, in, image, 1, read);
    if (as_it_is)
        return;
    for (int i = 0; i < in.h * in.w; i++) {
        low = fminf(low, read[i * in.c]);
        high = fmaxf(high, read[i * in.c]);
    }
    float scale = high > low ? 255 / (high - low) : 0;
    for (int i = 0; i < in.h * in.w; i++)
        self->input[i] = (unsigned char)((read[i * in.c] - low) * scale + 0.5f);
}

void inspect_read(inspect *self, const nn_model *model, const float image[DIGIT_PIXELS])
{
    float probability[NN_MAX_CLASSES];
    const float *input = model_input(self->round->resized, self->plan, image, 1);
    nn_predict(self->whole, model, input, 1, probability);
    draw_input(self, model, input);
    for (int i = 0; i < self->n_layers; i++)
        draw_maps(&self->layer[i], nn_work_output(self->whole, self->layer[i].node));
    draw_filters(self, model);
    for (int i = 0; i < self->n_voters; i++)
        self->voter[i].features = nn_work_output(self->whole, self->voter[i].dense->input[0]);
    self->reads++;
}

static bool is_in(const nn_channel *list, int count, int node, int channel)
{
    for (int i = 0; i < count; i++)
        if (list[i].node == node && list[i].channel == channel)
            return true;
    return false;
}

/* How many are stronger; of equals the first. */
static int rank_of(const inspect_layer *layer, int channel)
{
    const float *s = layer->strength;
    int rank = 0;
    for (int c = 0; c < layer->shape.c; c++)
        rank += s[c] > s[channel] || (s[c] == s[channel] && c < channel);
    return rank;
}

/* The strongest of those that are not shown. */
static int next_strongest(const inspect_layer *layer, const int *shown, int count)
{
    int best = -1;
    for (int c = 0; c < layer->shape.c; c++) {
        bool free = true;
        for (int i = 0; i < count; i++)
            free &= shown[i] != c;
        if (free && (best < 0 || layer->strength[c] > layer->strength[best]))
            best = c;
    }
    return best;
}

void inspect_strongest(const inspect_layer *layer, const nn_channel *off, int n_off, int *shown, int count)
{
    for (int i = 0; i < count; i++)
        if (shown[i] >= 0 && !is_in(off, n_off, layer->node, shown[i]) && 2 * rank_of(layer, shown[i]) >= 3 * count)
            shown[i] = -1;
    for (int i = 0; i < count; i++)
        if (shown[i] < 0)
            shown[i] = next_strongest(layer, shown, count);
}

/* ---- votes ------------------------------------------------------------------------------------------------------- */

bool inspect_tells_classes(const inspect *self, int layer)
{
    const inspect_layer *l = &self->layer[layer];
    bool votes = layer == self->n_layers - 1;
    for (int i = 0; i < self->n_voters; i++)
        votes |= self->voter[i].dense == &self->plan->node[l->node];
    return votes && l->shape.h * l->shape.w == 1 && l->shape.c == self->plan->classes;
}

/* The node whose output node i is, seen in another shape. */
static int node_behind(const nn_plan *plan, int i)
{
    while (plan->node[i].op->place == NN_VIEW && plan->node[i].input[0] >= 0)
        i = plan->node[i].input[0];
    return i;
}

inspect_feature inspect_feature_of(const inspect *self, int feature)
{
    int k = 0;
    for (; feature >= self->voter[k].dense->in.c; k++)
        feature -= self->voter[k].dense->in.c;
    int node = self->voter[k].dense->input[0], behind = node_behind(self->plan, node);
    inspect_feature f = {{node, feature}, -1, -1};
    for (int i = 0; i < self->n_layers; i++)
        if (self->layer[i].node == behind)
            f.layer = i, f.channel = feature % self->layer[i].shape.c;
    return f;
}

/* Keeps the loudest `max` in order; returns how many there are now. */
static int insert(inspect_vote *votes, int count, int max, inspect_vote v)
{
    int at = count;
    while (at > 0 && fabsf(votes[at - 1].vote) < fabsf(v.vote))
        at--;
    if (at == max)
        return count;
    count = count < max ? count + 1 : max;
    memmove(votes + at + 1, votes + at, (size_t)(count - 1 - at) * sizeof *votes);
    votes[at] = v;
    return count;
}

int inspect_votes(const inspect *self, const nn_model *model, int label, int other, inspect_vote *votes, int max)
{
    int count = 0, before = 0; /* features of the voters before this one */
    for (int k = 0; k < self->n_voters && self->reads > 0; k++) {
        const inspect_voter *voter = &self->voter[k];
        const float *kernel =
            model->weights + self->plan->param[voter->dense->param[0]].offset; /* (features, classes) */
        for (int i = 0; i < voter->dense->in.c; i++) {
            const float *row = kernel + (ptrdiff_t)i * self->plan->classes;
            float vote = voter->features[i] * (row[label] - row[other]);
            if (vote != 0)
                count = insert(votes, count, max, (inspect_vote){before + i, vote});
        }
        before += voter->dense->in.c;
    }
    return count;
}

/* ---- which pixels mattered --------------------------------------------------------------------------------------- */

/* Log-odds, since probabilities near 1 hardly move; summed over the other classes, which 1 - p would round to 0. */
static float log_odds(const float *probability, int classes, int label)
{
    const float least = 1e-30f;
    float others = least;
    for (int i = 0; i < classes; i++)
        others += i == label ? 0 : probability[i];
    return logf(probability[label] + least) - logf(others);
}

/* All voters' features of an image of the batch. */
static void take_features(const inspect *self, int image, float *features)
{
    for (int i = 0; i < self->n_voters; i++) {
        const nn_node *dense = self->voter[i].dense;
        const float *values = nn_work_output(self->batch, dense->input[0]);
        memcpy(features, values + (ptrdiff_t)image * dense->in.c, (size_t)dense->in.c * sizeof *features);
        features += dense->in.c;
    }
}

void inspect_occlude_begin(inspect *self, const nn_model *model, const float image[DIGIT_PIXELS], int label)
{
    inspect_round *r = self->round;
    memcpy(r->image, image, sizeof r->image);
    memset(r->gain, 0, sizeof r->gain);
    r->label = label;
    r->patch = 0;
    self->occluding = true;
    memset(r->next, 0, PATCHES * (size_t)self->n_features * sizeof *r->next);
    nn_predict(self->batch, model, model_input(r->resized, self->plan, image, 1), 1, r->output);
    take_features(self, 0, r->feature);
    r->log_odds = log_odds(r->output, self->plan->classes, label);
}

/* The first pixel of a patch. */
static int patch_origin(int patch)
{
    return patch / PATCHES_A_SIDE * INSPECT_STRIDE * DIGIT_SIDE + patch % PATCHES_A_SIDE * INSPECT_STRIDE;
}

static bool has_ink(const float *image, int patch)
{
    for (int i = 0; i < INSPECT_PATCH * INSPECT_PATCH; i++)
        if (image[patch_origin(patch) + i / INSPECT_PATCH * DIGIT_SIDE + i % INSPECT_PATCH] > 0)
            return true;
    return false;
}

/* A pixel mattered as much as the patches over it did on average. Their gains are `step` floats apart. */
static void spread_gain(const float *gain, int step, float importance[DIGIT_PIXELS])
{
    float count[DIGIT_PIXELS] = {0};
    memset(importance, 0, DIGIT_PIXELS * sizeof *importance);
    for (int patch = 0; patch < PATCHES; patch++)
        for (int i = 0; i < INSPECT_PATCH * INSPECT_PATCH; i++) {
            int pixel = patch_origin(patch) + i / INSPECT_PATCH * DIGIT_SIDE + i % INSPECT_PATCH;
            importance[pixel] += gain[patch * step];
            count[pixel]++;
        }
    for (int i = 0; i < DIGIT_PIXELS; i++)
        importance[i] /= fmaxf(count[i], 1);
}

bool inspect_occlude_step(inspect *self, const nn_model *model)
{
    inspect_round *r = self->round;
    int n = 0, tried[INSPECT_BATCH], classes = self->plan->classes;
    for (; r->patch < PATCHES && n < INSPECT_BATCH; r->patch++) {
        if (!has_ink(r->image, r->patch))
            continue;
        float *input = r->input + (ptrdiff_t)n * DIGIT_PIXELS;
        memcpy(input, r->image, sizeof r->image);
        for (int row = 0; row < INSPECT_PATCH; row++)
            memset(input + patch_origin(r->patch) + row * DIGIT_SIDE, 0, INSPECT_PATCH * sizeof *input);
        tried[n++] = r->patch;
    }
    if (n > 0)
        nn_predict(self->batch, model, model_input(r->resized, self->plan, r->input, n), n, r->output);
    for (int i = 0; i < n; i++) {
        float *gain = r->next + (ptrdiff_t)tried[i] * self->n_features;
        r->gain[tried[i]] = r->log_odds - log_odds(r->output + (ptrdiff_t)i * classes, classes, r->label);
        take_features(self, i, gain);
        for (int k = 0; k < self->n_features; k++)
            gain[k] = r->feature[k] - gain[k];
    }
    if (r->patch < PATCHES)
        return false;
    spread_gain(r->gain, 1, self->importance);
    float *last = r->last;
    r->last = r->next;
    r->next = last;
    self->occluding = false;
    self->rounds++;
    return true;
}

void inspect_feature_gain(const inspect *self, int feature, float gain[DIGIT_PIXELS])
{
    spread_gain(self->round->last + feature, self->n_features, gain);
}
