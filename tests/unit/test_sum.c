/* What is shown of a sum is what the layer computed. */
#include "app/core/model/sum.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;
static float image[DIGIT_PIXELS];

static int draw_image(void **state)
{
    (void)state;
    uint64_t seed = 5;
    random_fill(&seed, image, DIGIT_PIXELS, 0, 1);
    return 0;
}

static inspect *read_with(nn_model *model)
{
    inspect *net;
    assert_true(inspect_new(&net, model, &err));
    inspect_read(net, model, image);
    return net;
}

/* At some values of every layer that is a sum: all inputs times weights and the bias are the value before the batchnorm;
 * the terms are the largest. Returns how many layers that were. */
static int check_sums(const char *text)
{
    nn_model *model = net_model(text, 4);
    inspect *net = read_with(model);
    int found = 0;
    for (int k = 0; k < net->n_layers; k++) {
        const inspect_layer *l = &net->layer[k];
        sum s;
        if (!sum_of(&s, net, model, k, 0, 0, 0))
            continue;
        found++;
        const float *value = nn_work_output(net->whole, (int)(s.node - net->plan->node));
        for (int i = 0; i < l->shape.h * l->shape.w * l->shape.c; i += 1 + l->shape.h * l->shape.w / 3) {
            int channel = i % l->shape.c, x = i / l->shape.c % l->shape.w, y = i / l->shape.c / l->shape.w;
            double total = 0;
            assert_true(sum_of(&s, net, model, k, channel, x, y));
            for (int c = s.first; c < s.first + s.channels; c++) {
                double term = 0;
                for (int t = 0; t < s.kh * s.kw; t++)
                    term += (double)sum_input(&s, net, c, t / s.kw, t % s.kw) *
                            (double)model->weights[sum_weight(&s, net, c, t / s.kw, t % s.kw)];
                total += term;
                bool among = false;
                for (int n = 0; n < s.n_terms; n++)
                    among |= s.term[n].channel == c && fabs((double)s.term[n].value - term) < 1e-4;
                assert_true(among || fabs(term) <= fabs((double)s.term[SUM_TERMS - 1].value) + 1e-4);
            }
            assert_true(fabs((double)s.total - total - (double)s.bias) < 1e-3);
            assert_float_equal(s.total, value[i], 1e-3f * fmaxf(1, fabsf(value[i])));
        }
    }
    inspect_free(net);
    nn_model_free(model);
    return found;
}

static void sums_are_what_layers_compute(void **state)
{
    (void)state;
    assert_int_equal(check_sums("input 28 28 1\nconv 5 3\nbatchnorm\nrelu\nmaxpool 2\ndropout 0.3\n"
                                "trunk: conv 6 3 stride=2\nrelu\nconv 6 3\nadd trunk\nrelu\nflatten\ndense 12\n"
                                "batchnorm\nrelu\ndense 10\nsoftmax\n"),
                     5);
    assert_int_equal(check_sums("input 28 28 1\nconv 8 5 width=3 padding=valid\nrelu\n"
                                "conv 12 3 groups=4 dilation=1,2 padding=1,0,2,3\nrelu\nconv 12 1 stride=3\n"
                                "avgpool all\nflatten\ndense 10\nsoftmax\n"),
                     4);
    assert_int_equal(check_sums("input 32 32 3\nflatten\ndense 9\nrelu\ndense 10\nsoftmax\n"), 2);
}

/* Turning a weight moves the sum by so much times its input. */
static void a_weight_is_where_it_is_said_to_be(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nconv 3 3\nrelu\nconv 4 3\nrelu\nflatten\ndense 10\nsoftmax\n", 4);
    inspect *net = read_with(model);
    sum before, after;
    assert_true(sum_of(&before, net, model, 1, 2, 9, 11));
    float input = sum_input(&before, net, 1, 2, 0);
    assert_true(input > 0);
    model->weights[sum_weight(&before, net, 1, 2, 0)] += 3;
    nn_model_changed(model);
    inspect_read(net, model, image);
    assert_true(sum_of(&after, net, model, 1, 2, 9, 11));
    assert_float_equal(after.total - before.total, 3 * input, 1e-4);
    inspect_free(net);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_what_layers_compute),
        cmocka_unit_test(a_weight_is_where_it_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, draw_image, NULL);
}
