/* sound.c - see sound.h. */
#include "sound.h"
#include "fuzz.h"
#include "nn/op.h"
#include <math.h>
#include <string.h>

static bool is_shape(nn_shape s)
{
    return s.h >= 1 && s.w >= 1 && s.c >= 1;
}

static void require_sound_node(const nn_plan *plan, int i)
{
    const nn_node *node = &plan->node[i];
    FUZZ_REQUIRE(node->op != NULL && node->name[0] != '\0');
    FUZZ_REQUIRE(is_shape(node->in) && is_shape(node->out));
    FUZZ_REQUIRE(node->input[0] >= -1 && node->input[0] < i);
    FUZZ_REQUIRE(node->op->inputs == 1 || (node->input[1] >= -1 && node->input[1] < i));
    FUZZ_REQUIRE(node->op->inputs == 1 || is_shape(node->in2));
    FUZZ_REQUIRE(node->readers > 0 || i == plan->n_nodes - 1);
    for (int k = 0; k < node->n_params; k++)
        FUZZ_REQUIRE(node->param[k] >= 0 && node->param[k] < plan->n_params);
}

static void require_sound_params(const nn_plan *plan)
{
    size_t end = 0;
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *p = &plan->param[i];
        size_t count = 1;
        FUZZ_REQUIRE(i == 0 || strcmp(plan->param[i - 1].name, p->name) < 0);
        FUZZ_REQUIRE(p->rank >= 1 && p->rank <= 4 && p->fan_in >= 1);
        for (int k = 0; k < p->rank; k++) {
            FUZZ_REQUIRE(p->dim[k] >= 1);
            count *= (size_t)p->dim[k];
        }
        FUZZ_REQUIRE(p->offset == end && p->count == count);
        end += count;
    }
    FUZZ_REQUIRE(plan->floats == end && end <= NN_MAX_FLOATS);
}

void require_sound_plan(const nn_plan *plan)
{
    FUZZ_REQUIRE(plan->n_nodes >= 1 && plan->n_nodes <= NN_MAX_NODES);
    FUZZ_REQUIRE(plan->classes >= 2 && plan->classes <= NN_MAX_CLASSES);
    FUZZ_REQUIRE(is_shape(plan->input));
    for (int i = 0; i < plan->n_nodes; i++)
        require_sound_node(plan, i);
    require_sound_params(plan);
    FUZZ_REQUIRE(isfinite(nn_plan_flops(plan)));
}

bool is_small(const nn_plan *plan)
{
    size_t floats = nn_shape_count(plan->input);
    for (int i = 0; i < plan->n_nodes; i++)
        floats += nn_shape_count(plan->node[i].out) + plan->node[i].scratch;
    return plan->floats < 50000 && floats < 200000 && nn_plan_flops(plan) < 1e6;
}

static void require_answers(const nn_model *model, nn_purpose purpose)
{
    const nn_plan *plan = model->plan;
    size_t pixels = nn_shape_count(plan->input);
    float *image = nn_alloc(pixels, sizeof *image), probability[NN_MAX_CLASSES];
    nn_work *work;
    nn_error err = {0};
    FUZZ_REQUIRE(image && nn_work_new(&work, plan, 1, purpose, &err));
    for (size_t i = 0; i < pixels; i++)
        image[i] = (float)(i % 17) / 16;
    nn_predict(work, model, image, 1, probability);
    double sum = 0;
    for (int i = 0; i < plan->classes; i++) {
        FUZZ_REQUIRE(probability[i] >= 0 && probability[i] <= 1);
        sum += (double)probability[i];
    }
    FUZZ_REQUIRE(fabs(sum - 1) <= 1e-5);
    nn_work_free(work);
    nn_free(image);
}

void require_probabilities(const nn_model *model)
{
    require_answers(model, NN_ANSWERS);
    if (nn_model_has_scales(model))
        require_answers(model, NN_QUANTIZED_ANSWERS);
}

static void require_sound_point(const ink_point *p)
{
    FUZZ_REQUIRE(ink_in_reach(p->x) && ink_in_reach(p->y) && isfinite(p->pressure) && !isinf(p->t));
}

void require_sound_ink(const ink *drawing)
{
    FUZZ_REQUIRE(drawing->done >= 0 && drawing->done <= drawing->n_entries && drawing->n_points <= 2 * INK_MAX_POINTS);
    int end = 0;
    for (int i = 0; i < drawing->n_entries; i++) {
        const ink_entry *e = &drawing->entry[i];
        FUZZ_REQUIRE(e->first == end && e->count >= 0);
        FUZZ_REQUIRE(e->kind == INK_CLEAR || (e->count > 0 && e->width > 0 && isfinite(e->width)));
        end += e->count;
        FUZZ_REQUIRE(end <= drawing->n_points);
        for (int k = e->first; k < end; k++)
            require_sound_point(&drawing->point[k]);
    }
    FUZZ_REQUIRE(end == drawing->n_points);
}
