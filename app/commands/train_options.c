/* train_options.c - one table of training options for train, search and prune. */
#include "train_options.h"
#include "app/core/console/interrupt.h"
#include "app/core/platform.h"
#include "commands.h"
#include "train_models.h"
#include <string.h>

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return interrupted();
}

train_options train_options_defaults(void)
{
    train_options o = {
        .augment = "none",
        .lr = 1e-3,
        .lr_factor = 0.5,
        .momentum = 0.9,
        .weight_decay = 0.01,
        .config = {.train = nn_train_defaults(), .pens_share = -1, .distill = -1, .stopped = is_interrupted}};
    o.config.train.threads = platform_threads();
    return o;
}

void train_options_args(train_options *o, const arg *own, size_t n, arg *rows)
{
    nn_train_config *c = &o->config.train;
    const arg heading = {.name = "What and where", .kind = ARG_GROUP};
    const arg table[TRAIN_OPTIONS - DATA_OPTIONS] = {
        {"state", ARG_TEXT, &o->state, "DIR", "folder of own models and data (default: the XDG folders)", 0, 0},
        {.name = "Schedule", .kind = ARG_GROUP},
        {"epochs", ARG_INT, &c->epochs, "N", "passes over the training images (default 10)", 1, 100000},
        {"batch", ARG_INT, &c->batch, "N", "images per step (default 128)", 1, 65536},
        {"val", ARG_NUMBER, &o->config.val, "X",
         "images set aside for validation: a count, or a share if < 1 (default: a tenth, 6000 at most, more of a small "
         "set)",
         1e-9, 1e9},
        {"patience", ARG_INT, &o->config.patience, "N",
         "stop early after N epochs without a new best on validation (default 0: never)", 0, 100000},
        {"seed", ARG_SEED, &c->seed, "N", "of all random numbers: same seed, parts and machine, same model (default 1)",
         0, 0},
        {"threads", ARG_INT, &c->threads, "N", "threads (default: one per processor)", 1, NN_MAX_THREADS},
        {"parts", ARG_INT, &c->parts, "N",
         "cut each batch in N parts: the same model from any number of threads up to N (default: one a thread)", 1,
         NN_MAX_THREADS},
        {.name = "Optimizer", .kind = ARG_GROUP},
        {"optimizer", ARG_WORD, &o->optimizer, "adam|adamw|sgd", "sgd has Nesterov momentum (default adam)", 0, 0},
        {"lr", ARG_NUMBER, &o->lr, "X", "learning rate, the peak of one-cycle (default 0.001)", 0, 1e6},
        {"schedule", ARG_WORD, &o->schedule, "constant|one-cycle|cosine|plateau|step",
         "of the learning rate (default constant)", 0, 0},
        {"warmup", ARG_NUMBER, &c->warmup, "EPOCHS",
         "the rate grows to its full height first; not with one-cycle, which does so anyway (default 0)", 0, 1e5},
        {"lr-every", ARG_INT, &c->lr_every, "N",
         "step: epochs between drops of the rate; plateau: epochs without improvement before one (default 2)", 1,
         100000},
        {"lr-factor", ARG_NUMBER, &o->lr_factor, "X", "what a drop multiplies the rate by (default 0.5)", 1e-6, 1},
        {"momentum", ARG_NUMBER, &o->momentum, "X", "of sgd (default 0.9)", 0, 0.9999},
        {"weight-decay", ARG_NUMBER, &o->weight_decay, "X", "of adamw (default 0.01)", 0, 10},
        {"label-smoothing", ARG_NUMBER, &o->label_smoothing, "X",
         "share of the target spread over all classes (default 0)", 0, 0.9},
        {"ema", ARG_NUMBER, &o->ema, "X",
         "decay of averaged weights, e.g. 0.999; these are then kept (default 0: none)", 0, 0.999999},
        {"bf16", ARG_FLAG, &c->bfloat16, NULL,
         "wide layers multiply numbers rounded to 16 bits (bfloat16): faster where the processor can", 0, 0},
        {.name = "Images", .kind = ARG_GROUP},
        {"augment", ARG_TEXT, &o->augment, "SPEC",
         "random changes with strengths: plain, width, rotate, scale, aspect, shift, shear, elastic, blur, noise, "
         "cutout, as in rotate=10,shift=2; 'default' suits pens and may be changed: default,elastic=1 (default none)",
         0, 0},
        {"mixup", ARG_NUMBER, &o->config.mixup, "A",
         "blend images and their targets by shares from Beta(A, A), e.g. 0.2 (default 0: not)", 0, TRAINING_MAX_MIXUP},
        {"synthetic", ARG_NUMBER, &o->config.synthetic, "X",
         "share of images that are strokes the program makes (default 0)", 0, 1},
        {"negatives", ARG_NUMBER, &o->config.negatives, "X",
         "share of images that are made-up drawings of no digit, to be left unanswered (default 0)", 0, 1},
        {.name = "Pens", .kind = ARG_GROUP},
        {"pens", ARG_TEXT, &o->pens, "FILE", "recorded pen strokes of digits (JSON lines) to learn from as well", 0, 0},
        {"pens-share", ARG_NUMBER, &o->config.pens_share, "X",
         "share of images that are recorded strokes, changed at random (default 0.3 with --pens)", 0, 1},
        {.name = "Other models", .kind = ARG_GROUP},
        {"teacher", ARG_TEXTS, &o->teachers, "M ...",
         "models whose (mean) answers are a part of what the network shall answer", 0, 0},
        {"distill", ARG_NUMBER, &o->config.distill, "X", "how large a part (default 0.5 with --teacher)", 0, 1},
        {0},
    };
    memcpy(rows, own, n * sizeof *own);
    data_options_args(&o->data, &heading, 1, rows + n);
    memcpy(rows + n + 1 + DATA_OPTIONS, table, sizeof table);
}

bool train_options_check(train_options *o, nn_error *err)
{
    nn_train_config *c = &o->config.train;
    if (!nn_augment_parse(&o->config.augment, o->augment, err))
        return nn_fail_in(err, "--augment");
    c->optimizer = (nn_optimizer)o->optimizer;
    c->schedule = (nn_schedule)o->schedule;
    if (c->warmup > 0.0 && (c->schedule == NN_ONE_CYCLE || c->warmup >= c->epochs))
        return nn_fail(err, NN_USAGE, 0,
                       "--warmup must end before --epochs do, and one-cycle has a warm-up of its own");
    if (c->parts > 0 && c->threads > c->parts)
        c->threads = c->parts;
    c->lr = (float)o->lr;
    c->lr_factor = (float)o->lr_factor;
    c->momentum = (float)o->momentum;
    c->weight_decay = (float)o->weight_decay;
    c->label_smoothing = (float)o->label_smoothing;
    c->ema = (float)o->ema;
    if (!o->pens && o->config.pens_share >= 0.0)
        return nn_fail(err, NN_USAGE, 0, "--pens-share and the like need --pens");
    if (o->teachers.count == 0 && o->config.distill >= 0.0)
        return nn_fail(err, NN_USAGE, 0, "--distill needs a --teacher");
    if (o->config.distill < 0.0)
        o->config.distill = o->teachers.count > 0 ? 0.5 : 0.0;
    if (o->config.pens_share < 0.0)
        o->config.pens_share = o->pens ? 0.3 : 0.0;
    return true;
}

bool train_inputs_open(train_inputs *in, train_options *o, const paths *where, nn_error *err)
{
    if (o->pens && !pens_load(&in->pens, o->pens, err))
        return false;
    if (!train_teacher_open(&in->teacher, &o->teachers, where, err))
        return false;
    o->config.pens = o->pens ? &in->pens : NULL;
    o->config.teacher = in->teacher;
    return true;
}

void train_inputs_close(train_inputs *in)
{
    pens_free(&in->pens);
    nn_model_free(in->teacher);
}
