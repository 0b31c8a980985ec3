/* test_plan.c - architectures as text: what a right one means, and that every wrong one is refused with its place. */
#include "nn/fold.h"
#include "nn/op.h"
#include "support/faults.h"
#include "support/nets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- right ones -------------------------------------------------------------------------------------------------- */

static const nn_node *node(const nn_plan *plan, const char *name)
{
    for (int i = 0; i < plan->n_nodes; i++)
        if (strcmp(plan->node[i].name, name) == 0)
            return &plan->node[i];
    fail_msg("no node %s", name);
    return NULL;
}

static void assert_shape(nn_shape s, int h, int w, int c)
{
    assert_int_equal(s.h, h);
    assert_int_equal(s.w, w);
    assert_int_equal(s.c, c);
}

static void test_shapes(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 28 27 2\n"
                              "conv 8 3\n"                              /* same: ceil(28 / 1), ceil(27 / 1) */
                              "conv 8 3 stride=2\n"                     /* same: 14, 14 */
                              "conv 6 kernel=4 width=2 padding=valid\n" /* 11, 13 */
                              "maxpool 2\n"                             /* valid: 5, 6 */
                              "avgpool 3 2 padding=same\n"              /* 3, 3 */
                              "flatten\n"
                              "dense 10\n"
                              "softmax\n");
    assert_shape(plan->input, 28, 27, 2);
    assert_shape(node(plan, "conv1")->out, 28, 27, 8);
    assert_shape(node(plan, "conv2")->out, 14, 14, 8);
    assert_shape(node(plan, "conv3")->out, 11, 13, 6);
    assert_shape(node(plan, "maxpool1")->out, 5, 6, 6);
    assert_shape(node(plan, "avgpool1")->out, 3, 3, 6);
    assert_shape(node(plan, "flatten1")->out, 1, 1, 54);
    assert_int_equal(plan->classes, 10);
    double macs = 28. * 27 * 8 * 18 + 14. * 14 * 8 * 72 + 11. * 13 * 6 * 64 + 54 * 10;
    assert_true(nn_plan_flops(plan) == 2 * macs);
    nn_plan_free(plan);
}

static void test_padding_and_dilation(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 28 27 2\n"
                              "conv 8 3 stride=2 padding=1\n"         /* (28 + 2 - 3) / 2 + 1, (27 + 2 - 3) / 2 + 1 */
                              "maxpool 3 2 padding=1,0,0,2\n"         /* (14 + 1 - 3) / 2 + 1, (14 + 2 - 3) / 2 + 1 */
                              "conv 4 3 dilation=2\n"                 /* same */
                              "conv 4 3 dilation=1,2 padding=valid\n" /* 7 - 2, 7 - 4 */
                              "conv 4 2 width=3 dilation=3,1 padding=3,2,0,1\n" /* 5 + 3 - 3, 3 + 3 - 2 */
                              "avgpool 2 1 padding=0\n"
                              "flatten\ndense 10\nsoftmax\n");
    assert_shape(node(plan, "conv1")->out, 14, 14, 8);
    assert_shape(node(plan, "maxpool1")->out, 7, 7, 8);
    assert_shape(node(plan, "conv2")->out, 7, 7, 4);
    assert_shape(node(plan, "conv3")->out, 5, 3, 4);
    assert_shape(node(plan, "conv4")->out, 5, 4, 4);
    assert_shape(node(plan, "avgpool1")->out, 4, 3, 4);
    nn_plan_free(plan);
}

/* Same and valid padding are the explicit ones of these sizes. */
static void test_words_for_padding(void **state)
{
    (void)state;
    static const char *const twins[][2] = {
        {"conv 2 3 padding=same", "conv 2 3 padding=1"},
        {"conv 2 3 padding=valid", "conv 2 3 padding=0"},
        {"conv 2 4 padding=same", "conv 2 4 padding=1,1,2,2"},
        {"conv 2 3 stride=2", "conv 2 3 stride=2 padding=0,1,1,1"},
        {"conv 2 3 dilation=2", "conv 2 3 dilation=2 padding=2,2,2,2"},
        {"maxpool 3 2 padding=same", "maxpool 3 2 padding=0,1,1,1"},
    };
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        nn_window w[2];
        for (int k = 0; k < 2; k++) {
            char text[100];
            snprintf(text, sizeof text, "input 6 7 2\n%s\nflatten\ndense 2\nsoftmax\n", twins[i][k]);
            nn_plan *plan = net_parse(text);
            w[k] = plan->node[0].op->window(&plan->node[0]);
            nn_plan_free(plan);
        }
        assert_memory_equal(&w[0], &w[1], sizeof w[0]);
    }
}

static void test_two_inputs(void **state)
{
    (void)state;
    nn_plan *plan =
        net_parse("input 4 4 2\na: conv 3 3\nconcat input\ngate: avgpool 4\nmul gate from=concat1\n"
                  "concat a from=a\nadd a from=a\nconcat mul1\nconcat concat2\nflatten\ndense 2\nsoftmax\n");
    assert_shape(node(plan, "concat1")->in, 4, 4, 3);
    assert_shape(node(plan, "concat1")->in2, 4, 4, 2);
    assert_shape(node(plan, "concat1")->out, 4, 4, 5);
    assert_shape(node(plan, "mul1")->in2, 1, 1, 5);
    assert_shape(node(plan, "mul1")->out, 4, 4, 5);
    assert_shape(node(plan, "concat2")->out, 4, 4, 6);
    assert_shape(node(plan, "concat3")->out, 4, 4, 8);
    assert_shape(node(plan, "concat4")->out, 4, 4, 14);
    nn_plan_free(plan);
}

static void test_parameters_lie_in_the_order_of_their_names(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 1 1 3\nzebra: dense 4\nbatchnorm\nApe: dense 5\ndense 2\nsoftmax\n");
    static const char *const names[] = {
        "Ape.bias",    "Ape.kernel",    "batchnorm1.bias", "batchnorm1.gain", "batchnorm1.mean", "batchnorm1.variance",
        "dense3.bias", "dense3.kernel", "zebra.bias",      "zebra.kernel",
    };
    static const size_t counts[] = {5, 20, 4, 4, 4, 4, 2, 10, 4, 12};
    size_t offset = 0;
    assert_int_equal(plan->n_params, 10);
    for (int i = 0; i < plan->n_params; i++) {
        assert_string_equal(plan->param[i].name, names[i]);
        assert_int_equal(plan->param[i].count, counts[i]);
        assert_int_equal(plan->param[i].offset, offset);
        offset += counts[i];
    }
    assert_int_equal(plan->floats, offset);
    const nn_node *zebra = node(plan, "zebra");
    assert_string_equal(plan->param[zebra->param[0]].name, "zebra.kernel"); /* as the layer declared them */
    assert_string_equal(plan->param[zebra->param[1]].name, "zebra.bias");
    nn_plan_free(plan);
}

static void test_kernel_shapes(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 8 8 4\nconv 6 3 groups=2\nflatten\ndense 2\nsoftmax\n");
    const nn_param *kernel = &plan->param[node(plan, "conv1")->param[0]];
    static const int dim[] = {3, 3, 2, 6};
    assert_int_equal(kernel->rank, 4);
    assert_memory_equal(kernel->dim, dim, sizeof dim);
    assert_int_equal(kernel->fan_in, 18);
    assert_int_equal(kernel->role, NN_KERNEL);
    nn_plan_free(plan);
}

static void test_spelling(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("# first a comment\r\n\r\n  input 6 6 1 # sizes\r\n\tc: conv filters=2 kernel=3\r\n"
                              "avgpool 2 from=c\r\nmaxpool size=2 from=c stride=2\r\n"
                              "add avgpool1\nflatten\ndense 2\nsoftmax");
    const nn_node *pool = node(plan, "maxpool1"), *add = node(plan, "add1");
    assert_int_equal(pool->input[0], 0);
    assert_int_equal(node(plan, "avgpool1")->input[0], 0);
    assert_ptr_equal(&plan->node[add->input[0]], pool);
    assert_string_equal(plan->node[add->input[1]].name, "avgpool1");
    assert_int_equal(node(plan, "c")->readers, 2);
    nn_plan_free(plan);
}

static void test_input_can_be_read_again(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 4 4 1\nconv 1 3\nadd input\nflatten\ndense 2\nsoftmax\n");
    assert_int_equal(node(plan, "add1")->input[1], -1);
    nn_plan_free(plan);
}

/* In place where the layer below has one reader and nothing on that memory is needed by a backward pass. */
static void test_layers_lie_over_each_other_where_nobody_looks(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 4 4 2\nconv 2 3\nrelu\nelu\nflatten\ndropout\ndense 4\na: dropout\n"
                              "b: relu\nadd a\nsoftmax\n");
    assert_true(node(plan, "relu1")->in_place);     /* conv's output is not needed */
    assert_false(node(plan, "elu1")->in_place);     /* relu's is */
    assert_true(node(plan, "flatten1")->in_place);  /* a view changes nothing */
    assert_false(node(plan, "dropout1")->in_place); /* but dropout would change elu's, below the view */
    assert_true(node(plan, "a")->in_place);
    assert_false(node(plan, "b")->in_place); /* a has two readers */
    nn_plan_free(plan);
}

static nn_plan *shipped_plan(const char *name)
{
    unsigned char *text;
    size_t len;
    nn_error err = {0};
    char path[1024];
    snprintf(path, sizeof path, TEST_SOURCE "/../models/%s.net", name);
    assert_true(nn_file_read(path, 4096, &text, &len, &err));
    nn_plan *plan = net_parse((const char *)text);
    nn_free(text);
    return plan;
}

static int parameters_of(const char *name)
{
    nn_plan *plan = shipped_plan(name);
    int floats = (int)plan->floats;
    nn_plan_free(plan);
    return floats;
}

/* Without its batch normalisations, as its weights are shipped. */
static int parameters_folded(const char *name)
{
    nn_plan *plan = shipped_plan(name);
    nn_model *model, *folded;
    nn_error err = {0};
    assert_true(nn_model_new(&model, plan, nn_weights_new(plan, 1), &err) && nn_fold(&folded, model, &err));
    int floats = (int)folded->plan->floats;
    nn_model_free(folded);
    nn_model_free(model);
    return floats;
}

static void test_shipped_networks_have_their_sizes(void **state)
{
    (void)state;
    assert_int_equal(parameters_of("enhanced"), 1915626); /* as published */
    assert_int_equal(parameters_of("primary"), 330346);
    assert_int_equal(parameters_of("deploy"), 469098);
    assert_int_equal(parameters_of("simple"), 421642);
    assert_int_equal(parameters_of("lenet5"), 61706);
    assert_in_range(parameters_folded("tiny"), 1, 2890);
    assert_in_range(parameters_of("digitscope"), 1, 1000000);
}

static void test_every_example_parses(void **state)
{
    (void)state;
    for (int i = 0; nn_op_at(i); i++) {
        assert_ptr_equal(nn_op_at(i), nn_op_at(i));
        assert_string_equal(nn_op_name(nn_op_at(i)), nn_op_at(i)->name);
        assert_true(nn_op_at(i)->examples && nn_op_at(i)->examples[0] && nn_op_at(i)->summary);
        for (const char *const *text = nn_op_at(i)->examples; *text; text++)
            nn_plan_free(net_parse(*text));
    }
}

/* ---- wrong ones -------------------------------------------------------------------------------------------------- */

/* '^' in a text stands before the byte that err.pos must be; it is taken out first. */
static const struct {
    const char *text;
    nn_code code;
    const char *says;
} wrong[] = {
    {"^", NN_FORMAT, "begins with"},
    {"conv^ 3 3\n", NN_FORMAT, "begins with"},
    {"input 28 28 ^\n", NN_FORMAT, "line 1: input needs three sizes"},
    {"input 28 ^0 1\n", NN_FORMAT, "not '0'"},
    {"input 28 ^4097 1\n", NN_FORMAT, "not '4097'"},
    {"input 28 ^2.5 1\n", NN_FORMAT, "not '2.5'"},
    {"input 2 2 1 ^1\n", NN_FORMAT, "did not expect '1'"},
    {"input 4096 4096 2^\nflatten\ndense 2\nsoftmax\n", NN_LIMIT, "too large"},
    {"input 2 2 1\n\n^conv3d 3 3\n", NN_FORMAT, "line 3: unknown layer 'conv3d'"},
    {"input 2 2 1\nconv 3^\n", NN_FORMAT, "line 2: conv needs its kernel"},
    {"input 2 2 1\nconv 3 3 ^4\n", NN_FORMAT, "did not expect '4'"},
    {"input 2 2 1\nconv ^0 3\n", NN_LIMIT, "filters is 0, must be 1 to 4096"},
    {"input 2 2 1\nconv 3 ^1e3\n", NN_FORMAT, "kernel must be a whole number, not '1e3'"},
    {"input 2 2 1\nconv 3 ^2.5\n", NN_FORMAT, "kernel must be a whole number"},
    {"input 2 2 1\nconv 3 3 ^padding=half\n", NN_FORMAT, "padding must be same|valid or a whole number, not 'half'"},
    {"input 4 4 1\nconv 3 3 ^padding=1,2\n", NN_FORMAT, "padding must be one number or four, not '1,2'"},
    {"input 4 4 1\nconv 3 3 ^padding=1,2,1,1,1\n", NN_FORMAT, "padding must be one number or four"},
    {"input 4 4 1\nconv 3 3 ^padding=1,,1,1\n", NN_FORMAT, "a whole number, not ''"},
    {"input 4 4 1\nconv 3 3 ^padding=1,1,same,1\n", NN_FORMAT, "a whole number, not 'same'"},
    {"input 4 4 1\nconv 3 3 ^padding=-1\n", NN_LIMIT, "padding is -1, must be 0 to 4032"},
    {"input 4 4 1\nconv 3 3 ^padding=0,0,0,5000\n", NN_LIMIT, "padding is 5000"},
    {"input 4 4 1\n^conv 3 3 padding=3\n", NN_FORMAT, "padding of 3 would hold a whole window of 3x3"},
    {"input 4 4 1\n^maxpool 2 padding=0,2,0,0\n", NN_FORMAT, "padding of 2 would hold a whole window of 2x2"},
    {"input 4 4 1\n^conv 3 3 dilation=1,2 padding=3\n", NN_FORMAT, "a whole window of 3x5"},
    {"input 4 4 1\n^conv 3 3 dilation=2 padding=valid\n", NN_FORMAT, "a window of 5x5 does not fit into 4x4"},
    {"input 4 4 1\n^conv 3 3 dilation=3 padding=1,2,1,2\n", NN_FORMAT, "a window of 7x7 does not fit into 4x4"},
    {"input 4 4 1\nconv 3 3 ^dilation=0\n", NN_LIMIT, "dilation is 0, must be 1 to 64"},
    {"input 4 4 1\nconv 3 3 ^dilation=1,2,3\n", NN_FORMAT, "dilation must be one number or two"},
    {"input 4 4 1\nmaxpool ^some\n", NN_FORMAT, "size must be all or a whole number, not 'some'"},
    {"input 4 4 1\nmaxpool 2 ^count_padding=1\n", NN_FORMAT, "maxpool has no setting 'count_padding'"},
    {"input 4 4 1\nconv 3 ^kernel=3,3\n", NN_FORMAT, "kernel must be one number, not '3,3'"},
    {"input 2 2 1\nconv 3 3 ^colour=1\n", NN_FORMAT, "conv has no setting 'colour'"},
    {"input 2 2 1\n^conv 3 3 padding=valid\n", NN_FORMAT, "does not fit"},
    {"input 2 2 3\n^conv 4 1 groups=2\n", NN_FORMAT, "2 groups must divide 3 channels"},
    {"input 2 2 1\n^dense 3\n", NN_FORMAT, "flatten first"},
    {"input 2 2 1\n^a-b: flatten\n", NN_FORMAT, "letters, digits and _"},
    {"input 2 2 1\n^: flatten\n", NN_FORMAT, "1 to 24 characters"},
    {"input 2 2 1\n^aaaaaaaaaaaaaaaaaaaaaaaaa: flatten\n", NN_FORMAT, "1 to 24 characters"},
    {"input 2 2 1\na: conv 1 1\n^a: conv 1 1\n", NN_FORMAT, "two layers are called 'a'"},
    {"input 2 2 1\n^input: conv 1 1\n", NN_FORMAT, "two layers are called 'input'"},
    {"input 2 2 1\nconv 1 1 ^from=b\n", NN_FORMAT, "no earlier layer is called 'b'"},
    {"input 2 2 1\nadd^\n", NN_FORMAT, "needs the name of a second layer"},
    {"input 2 2 1\na: conv 2 1\nconv 3 1\n^add a\n", NN_FORMAT, "cannot add 2x2x3 and 2x2x2"},
    {"input 2 2 1\nmul^\n", NN_FORMAT, "needs the name of a second layer"},
    {"input 2 2 1\na: conv 2 1\nconv 3 1\n^mul a\n", NN_FORMAT, "cannot multiply 2x2x3 by 2x2x2"},
    {"input 2 2 1\na: conv 2 2 padding=valid\nconv 3 1 from=input\n^mul a\n", NN_FORMAT, "2x2x3 by 1x1x2"},
    {"input 2 2 1\na: conv 3 1\navgpool 2\n^mul a\n", NN_FORMAT, "cannot multiply 1x1x3 by 2x2x3"},
    {"input 2 2 1\na: conv 2 1\nmaxpool 2\n^concat a\n", NN_FORMAT, "cannot put 2x2x2 beside 1x1x2"},
    {"input 2 2 1\nflatten\ndense 3\n^", NN_FORMAT, "last layer must be softmax"},
    {"input 2 2 1\nflatten\ndense 65\nsoftmax\n^", NN_LIMIT, "2 to 64 classes"},
    {"input 2 2 1\nconv 3 1\nsoftmax\n^", NN_LIMIT, "2x2x3 answers"},
    {"input 2 2 1\nflatten\na: dense 3\ndense 3 from=flatten1\nsoftmax\n^", NN_FORMAT, "no layer reads 'a'"},
    {"input 1 1 4000\ndense 4096\n^dense 4096\n", NN_LIMIT, "more than 16777216 weights"},
    {"input 2 2 1\n# \xc3\xa9 may stand here, this not: ^\xff\n", NN_FORMAT, "must be UTF-8"},
    {"input 2 2 1\n^c\xc3\xb6nv 3 3\n", NN_FORMAT, "no plain text"},
    {"input 2 2 1\n^aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", NN_FORMAT, "more than 63"},
};

static void test_wrong_texts_are_refused_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[256];
        size_t at = strcspn(wrong[i].text, "^"), len = strlen(wrong[i].text) - 1;
        snprintf(text, sizeof text, "%.*s%s", (int)at, wrong[i].text, wrong[i].text + at + 1);
        nn_plan *plan;
        nn_error err = {0};
        assert_false(nn_plan_parse(&plan, text, len, NULL)); /* nobody asks why */
        if (nn_plan_parse(&plan, text, len, &err))
            fail_msg("accepted:\n%s", text);
        assert_null(plan);
        if (err.code != wrong[i].code || err.pos != at || !strstr(err.text, wrong[i].says))
            fail_msg("%s\ncode %d at %zu: %s\nexpected code %d at %zu: %s", text, (int)err.code, err.pos, err.text,
                     (int)wrong[i].code, at, wrong[i].says);
    }
}

static void parse_anything(const char *text, size_t len)
{
    nn_plan *plan;
    nn_error err = {0};
    if (!nn_plan_parse(&plan, text, len, &err))
        assert_true(err.code != NN_OK && err.text[0] && err.pos <= len);
    nn_plan_free(plan);
}

static void test_every_prefix_and_every_changed_byte(void **state)
{
    (void)state;
    size_t live = nn_alloc_live(), len = strlen(net_small);
    char text[1024];
    assert_true(len < sizeof text);
    memcpy(text, net_small, len);
    for (size_t i = 0; i <= len; i++)
        parse_anything(text, i);
    for (size_t i = 0; i < len; i++) {
        char keep = text[i];
        for (int value = 0; value < 256; value++) {
            text[i] = (char)value;
            parse_anything(text, len);
        }
        text[i] = keep;
    }
    assert_int_equal(nn_alloc_live(), live);
}

static void test_layers_are_counted(void **state)
{
    (void)state;
    char text[64 + 8 * NN_MAX_NODES] = "input 1 1 2\n";
    for (int i = 0; i < NN_MAX_NODES - 1; i++)
        strcat(text, "relu\n");
    strcat(text, "softmax\n");
    nn_plan_free(net_parse(text));
    nn_plan *plan;
    nn_error err = {0};
    strcat(text, "softmax\n");
    assert_false(nn_plan_parse(&plan, text, strlen(text), &err));
    assert_int_equal(err.code, NN_LIMIT);
    assert_non_null(strstr(err.text, "more than 256 layers"));
}

/* Sizes whose products do not fit into an int, or into 64 bits, on the way to being refused. */
static void test_huge_layers_are_refused(void **state)
{
    (void)state;
    static const char *const huge[] = {
        "input 1 4096 4096\nconv 1 64\nflatten\ndense 2\nsoftmax\n",
        "input 4096 4096 1\nflatten\nconv 4096 64\nflatten\ndense 2\nsoftmax\n",
        "input 4096 4096 1\nconv 4096 64\nflatten\ndense 2\nsoftmax\n",
        "input 4096 4096 1\nflatten\ndense 4096\nsoftmax\n",
        "input 4096 4096 1\nconv 4096 64 dilation=64 padding=4032 stride=2\nflatten\ndense 2\nsoftmax\n",
        "input 4096 1 4096\nconv 4096 2 width=1 dilation=64,1 padding=64,0,64,0\nflatten\ndense 2\nsoftmax\n",
        "input 4096 64 64\nconv 4096 1\nconv 64 64\nflatten\ndense 2\nsoftmax\n",
    };
    for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
        nn_plan *plan;
        nn_error err = {0};
        if (nn_plan_parse(&plan, huge[i], strlen(huge[i]), &err))
            fail_msg("accepted: %s", huge[i]);
        assert_int_equal(err.code, NN_LIMIT);
    }
}

/* A text is stored in model files as a string: what a string would lose must not be accepted. */
static void test_a_zero_byte_is_refused(void **state)
{
    (void)state;
    static const char text[] = "input 1 1 2\n# a\0b\ndense 2\nsoftmax\n";
    nn_plan *plan;
    nn_error err = {0};
    assert_false(nn_plan_parse(&plan, text, sizeof text - 1, &err));
    assert_int_equal(err.code, NN_FORMAT);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    size_t live = nn_alloc_live();
    long sites = 0;
    for (bool done = false; !done; sites++) {
        nn_plan *plan;
        nn_error err = {0};
        faults_alloc(sites, FAULT_ONCE);
        done = nn_plan_parse(&plan, net_small, strlen(net_small), &err);
        faults_end();
        assert_true(done || (err.code == NN_NOMEM && !plan));
        nn_plan_free(plan);
        assert_int_equal(nn_alloc_live(), live);
    }
    assert_true(sites > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_padding_and_dilation),
        cmocka_unit_test(test_words_for_padding),
        cmocka_unit_test(test_two_inputs),
        cmocka_unit_test(test_parameters_lie_in_the_order_of_their_names),
        cmocka_unit_test(test_kernel_shapes),
        cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_input_can_be_read_again),
        cmocka_unit_test(test_layers_lie_over_each_other_where_nobody_looks),
        cmocka_unit_test(test_shipped_networks_have_their_sizes),
        cmocka_unit_test(test_every_example_parses),
        cmocka_unit_test(test_wrong_texts_are_refused_with_their_place),
        cmocka_unit_test(test_every_prefix_and_every_changed_byte),
        cmocka_unit_test(test_layers_are_counted),
        cmocka_unit_test(test_huge_layers_are_refused),
        cmocka_unit_test(test_a_zero_byte_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
