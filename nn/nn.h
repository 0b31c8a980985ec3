/* nn.h - a small convolutional-network library: plans, weights, model files, inference, training.
 *
 *     architecture (text) --nn_plan_parse--> plan --nn_weights_new--> weights --nn_predict--> probabilities
 *                                              |                        ^
 *                                              +--nn_trainer_new--> trainer, which steps them
 *
 * A network is four blocks with four lifetimes:
 *   plan     constant: the layers, every shape, every size                       shared by all
 *   weights  one contiguous float block, exactly the buffer of the model file    one per version
 *   work     activations and scratch                                             one per thread that predicts
 *   trainer  gradients, optimizer moments, averaged weights                      while training
 * so snapshot, save, compare, average and publish are one loop over one block.
 *
 * What can fail (parse, plan, load, new) returns bool and fills an nn_error; what computes returns void and
 * never allocates. No printing, no exit, no SDL. Images are float, channels last, in [0, 1] with ink = 1. */
#ifndef NN_H
#define NN_H

#include "alloc.h"
#include "error.h"
#include "file.h"
#include "pool.h"
#include <math.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Hard limits, checked before any arithmetic on numbers that came from a file. */
enum {
    NN_MAX_NODES = 256,
    NN_MAX_PARAMS = 4 * NN_MAX_NODES,
    NN_MAX_DIM = 4096,
    NN_MAX_CLASSES = 64,
    NN_MAX_ATTRS = 12,
    NN_MAX_FLOATS = 16 << 20, /* weights of one model: 64 MiB */
    NN_MAX_MODEL_BYTES = (64 << 20) + (1 << 20) + 8,
    NN_NAME = 48 /* bytes of a name, terminating zero included */
};
#define NN_MIN_SCALE 1e-9f /* of activations */
#define NN_MAX_SCALE 1e9f

/* ---- plan: what the network is -------------------------------------------------------------------------- */

/* The shape of one image's activations, stored channels last: index (y * w + x) * c + channel. */
typedef struct nn_shape {
    int h, w, c;
} nn_shape;

/* The values of one image. */
static inline size_t nn_shape_count(nn_shape s)
{
    return (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

static inline bool nn_same_shape(nn_shape a, nn_shape b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

/* What a tensor is for, which decides how it starts and whether and how training moves it. */
typedef enum nn_role {
    NN_KERNEL,  /* He-initialised, decayed by AdamW */
    NN_BIAS,    /* starts at 0 */
    NN_GAIN,    /* starts at 1 */
    NN_SLOPE,   /* starts at 1/4 */
    NN_MEAN,    /* running mean: starts at 0, follows the batches */
    NN_VARIANCE /* running variance: starts at 1, follows the batches */
} nn_role;

typedef struct nn_param {
    char name[NN_NAME]; /* "conv1.kernel" */
    nn_role role;
    int rank, dim[4];
    int fan_in;    /* inputs that one output sums over, for initialisation */
    size_t offset; /* in floats from the start of the weight block; parameters lie in the order of their names */
    size_t count;
} nn_param;

struct nn_op; /* a kind of layer: op.h */

/* One layer of the network. Node i computes from node input[0], and input[1] where it has two; -1 is the image. */
typedef struct nn_node {
    const struct nn_op *op;
    char name[NN_NAME];
    double attr[NN_MAX_ATTRS]; /* settings, where op->attrs has them */
    int input[2];
    int weights_of;        /* an earlier node whose parameters are this one's, too; -1: it has its own */
    nn_shape in, in2, out; /* in2: of the second input */
    int n_params;
    int param[4];     /* indices into nn_plan.param, in the order the op declared them */
    bool in_place;    /* its output lies over its input's */
    bool recomputes;  /* where gradients follow, to compute its output once more is cheaper than to keep it in memory */
    int readers;      /* how many nodes read this one */
    int last_reader;  /* the last of them, -1 if none */
    size_t scratch;   /* floats of scratch per thread */
    size_t memory;    /* floats per part of a batch that last for a step of training */
    size_t prepared;  /* floats derived from the weights, once per version of them */
    size_t backward;  /* of these, as many at their end are for training only */
    size_t folded;    /* the same, where a batchnorm is folded in: then instead of prepared */
    size_t quantized; /* the same, where it computes with whole numbers; 0: it does not */
    size_t shared;    /* sums that the parts of a batch share in training, per part */
} nn_node;

typedef struct nn_plan {
    char *text;     /* the architecture as written */
    nn_shape input; /* one image */
    int classes;    /* values of the last node, a softmax */
    int n_nodes;
    nn_node *node;
    int n_params;
    nn_param *param; /* in the order of their names */
    size_t floats;   /* of the weight block, running statistics included: what Keras counts */
    size_t expanded; /* the same if each use of a shared weight were one of its own (symmetry.h, weights_of) */
} nn_plan;

/* Reads an architecture (grammar: nn/README.md) of len bytes. err->pos is the byte where reading stopped and err->text
 * names the line. *plan is the caller's to nn_plan_free. */
bool nn_plan_parse(nn_plan **plan, const char *text, size_t len, nn_error *err);
bool nn_plan_copy(nn_plan **copy, const nn_plan *plan, nn_error *err); /* the same again */
void nn_plan_free(nn_plan *plan);
bool nn_same_plan(const nn_plan *a, const nn_plan *b); /* whether they have the same text */

const struct nn_op *nn_op_at(int i);            /* layer kind i, NULL past the last */
const char *nn_op_name(const struct nn_op *op); /* its word in an architecture */

/* The kernels chosen for this processor: "AVX2", "AVX-512", ... Those called "AMX" were allowed to this process by the system,
 * whose stacks for signals (sigaltstack) must hold its registers from then on: AT_MINSIGSTKSZ, some 12 KiB. */
const char *nn_kernels_name(void);

/* How many weights a node has of its own: those of another one are not counted. */
size_t nn_node_floats(const nn_plan *plan, const nn_node *node);

/* Multiplications and additions of one image's forward pass (2 x MAC, matrix products only). */
double nn_plan_flops(const nn_plan *plan);

/* ---- weights --------------------------------------------------------------------------------------------- */

/* Fresh weights of plan->floats floats, He-initialised from seed; NULL when out of memory. nn_free them. */
float *nn_weights_new(const nn_plan *plan, uint64_t seed);

/* The index of the greatest of n >= 1 values, the first of equals: the answer of a classifier. What is no number is the
 * least. */
static inline int nn_argmax(const float *values, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        best = values[i] > values[best] || (isnan(values[best]) && !isnan(values[i])) ? i : best;
    return best;
}

/* The index of the first value that is not finite, or `count` if all are. */
size_t nn_first_not_finite(const float *values, size_t count);

/* ---- model: plan + weights + what one must know to use them ---------------------------------------------------- */

/* What a network reads of an image in [0, 1] with ink = 1. */
typedef struct nn_convention {
    float mean, std; /* (image - mean) / std; dark ink on light where std < 0 */
    bool binary;     /* of an image that is 1 where it was above a half, and 0 elsewhere */
    bool transposed; /* rows as columns; of square images only */
} nn_convention;

bool nn_same_convention(const nn_convention *a, const nn_convention *b);

/* n images of the shape `in` as the network reads them; only squares are transposed. `to` may be `images`. */
void nn_convention_apply(const nn_convention *convention, nn_shape in, const float *images, int n, float *to);

/* A channel of a node's output. */
typedef struct nn_channel {
    int node, channel;
} nn_channel;

typedef struct nn_model {
    nn_plan *plan;
    float *weights;
    uint64_t version; /* of the weights: whoever changes them calls nn_model_changed */
    nn_convention convention;
    int n_labels; /* = plan->classes */
    char label[NN_MAX_CLASSES][NN_NAME];
    float temperature;         /* probabilities = softmax(logits / temperature); 1 if not calibrated */
    float unsure_threshold;    /* below this top probability the answer is flagged unsure */
    float scale[NN_MAX_NODES]; /* node i's input is read as whole numbers of up to 127 times this; 0: as it is */
    char *training;            /* JSON object of training facts ("command", "seed", "val_accuracy"...), or NULL */
    const nn_channel *silent;  /* n_silent channels that nn_predict takes for 0, to see what they are good for; the */
    int n_silent;              /* caller's, and not in the file. Of a batchnorm or rectifier, not of the node before */
} nn_model;

/* A model with digits 0..9 (or class indices) as labels, mean 0, std 1, temperature 1. Takes plan and weights over, also
 * on failure. Weights that are NULL, as nn_weights_new gives when out of memory, are such a failure. */
bool nn_model_new(nn_model **model, nn_plan *plan, float *weights, nn_error *err);

/* The same with weights that are all 0, to be filled in. */
bool nn_model_blank(nn_model **model, nn_plan *plan, nn_error *err);

/* Labels, temperature and threshold of another model with as many classes: what its answers mean. */
void nn_model_answer_as(nn_model *model, const nn_model *other);

/* The same with a plan and weights (plan->floats) of its own, copied from these. */
bool nn_model_copy(nn_model **model, const nn_plan *plan, const float *weights, nn_error *err);

/* Another one that answers as this one does, without its training facts. */
bool nn_model_twin(nn_model **twin, const nn_model *model, nn_error *err);
void nn_model_free(nn_model *model);

/* Whether len bytes may be a class's label: 1 to NN_NAME - 1 bytes of UTF-8 without control characters, as labels are printed
 * on terminals. */
bool nn_label_is_valid(const char *label, size_t len);

/* Whether both name the same classes in the same order. */
bool nn_same_labels(const char (*a)[NN_NAME], int n_a, const char (*b)[NN_NAME], int n_b);

/* The class that is called so; -1 where none is. */
int nn_class_called(const nn_model *model, const char *name);

/* Whether NN_QUANTIZED_ANSWERS differ from NN_ANSWERS. */
bool nn_model_has_scales(const nn_model *model);

/* Sets the scales from what n >= 1 typical images (n, h, w, c) in [0, 1] give: each layer that can be quantized gets the
 * one with which the largest of its inputs is just not cut off. */
bool nn_model_calibrate(nn_model *model, const float *images, int n, nn_error *err);

/* Gives the weights a version that no weights had before. Any thread. */
void nn_model_changed(nn_model *model);

/* Strict safetensors (format: nn/README.md): sizes are re-derived from the architecture in the metadata and must
 * match the header exactly; every weight is finite. err->pos is a byte offset. */
bool nn_model_read(nn_model **model, const unsigned char *data, size_t len, nn_error *err);
bool nn_model_load(nn_model **model, const char *path, nn_error *err);

/* The one valid encoding of a model; *data is the caller's to nn_free. NN_USAGE where nn_model_read would refuse it, so that
 * none is saved over a good one. */
bool nn_model_write(const nn_model *model, unsigned char **data, size_t *len, nn_error *err);
bool nn_model_save(const nn_model *model, const char *path, nn_error *err); /* atomic and durable */

/* ---- inference --------------------------------------------------------------------------------------------- */

typedef struct nn_work nn_work; /* activations and scratch for up to max_batch images; one thread at a time */

/* What a work is for: answers only; answers with whole numbers, for the layers that the model has a scale for; also
 * looking at what every layer did, which forbids layers to be computed together; or also gradients of the images. */
typedef enum nn_purpose { NN_ANSWERS, NN_QUANTIZED_ANSWERS, NN_ACTIVATIONS, NN_GRADIENTS } nn_purpose;

/* NN_USAGE where max_batch is below 1. Where vectors have 16 bytes, and OpenBLAS was there at the build, this and
 * nn_trainer_new set OpenBLAS to one thread, for all of the process: a program that uses it for itself sets it again. */
bool nn_work_new(nn_work **work, const nn_plan *plan, int max_batch, nn_purpose purpose, nn_error *err);
void nn_work_free(nn_work *work); /* before its plan */

/* A work for another thread, like `first`, that reads what `first` or another such one has derived from the weights, so
 * that they are in memory once. For as long as `first` is there; at any time all of them are asked about one version of
 * the weights. */
bool nn_work_share(nn_work **work, nn_work *first, nn_error *err);

/* The works of n >= 1 threads, of which all share with the first; on failure all are NULL. */
bool nn_works_new(nn_work **works, int n, const nn_plan *plan, int max_batch, nn_purpose purpose, nn_error *err);
void nn_works_free(nn_work **works, int n); /* before their plan; all are NULL then */

/* images (n, h, w, c) in [0, 1] -> probabilities (n, classes), with the model's convention and temperature.
 * n <= max_batch. The images are computed together: last bits depend on an image's place, and what is not finite in one
 * may make others' answers NaN. model->plan must be the plan that work was made for, or an identical one. Weights of a
 * version not seen in the call before are first brought into the form that the layers read. Takes up to about 256 KiB of
 * stack, as do nn_image_gradient and, in each of its threads, nn_trainer_step. */
void nn_predict(nn_work *work, const nn_model *model, const float *images, int n, float *probabilities);

/* The activations (n, out.h, out.w, out.c) of a node after nn_predict of a work for NN_ACTIVATIONS. Valid until the
 * next one. */
const float *nn_work_output(const nn_work *work, int node);

/* The logits (n, classes) of the last nn_predict, before the model's temperature. Valid until the next one. */
const float *nn_work_logits(const nn_work *work);

/* After nn_predict of n images with a work for NN_GRADIENTS: by how much the sum of weight (n, classes) times logits grows
 * with each value of these images, (n, h, w, c). What a convention makes black or white counts as if it stayed grey; what
 * was silent stays so. For the same prediction it may be asked for with several weights. */
void nn_image_gradient(nn_work *work, const nn_model *model, const float *weight, int n, float *gradient);

/* ---- training ------------------------------------------------------------------------------------------------ */

typedef enum nn_optimizer { NN_ADAM, NN_ADAMW, NN_SGD } nn_optimizer;
typedef enum nn_schedule { NN_CONSTANT, NN_ONE_CYCLE, NN_COSINE, NN_PLATEAU, NN_STEP } nn_schedule;

typedef struct nn_train_config {
    int batch, threads, epochs;
    int parts; /* into which a batch is cut; the same bits come from any number of threads up to it. 0: one a thread */
    uint64_t seed;
    nn_optimizer optimizer;
    float lr;           /* peak rate for one-cycle */
    float momentum;     /* SGD with Nesterov momentum */
    float weight_decay; /* decoupled; AdamW only */
    nn_schedule schedule;
    double warmup;         /* epochs in which the rate grows linearly; 0 with one-cycle, which has its own */
    int lr_every;          /* epochs: of step between drops, of plateau without improvement before one */
    float lr_factor;       /* of a drop */
    float label_smoothing; /* 0..1 */
    float ema;             /* decay of the averaged weights; 0 = none */
    bool bfloat16; /* where the processor can, products of wide dense layers and of 3x3 convolutions multiply numbers
                    * rounded to 16 bits and sum floats (Kalamkar et al. 2019); weights and all else stay floats */
    void (*on_thread_start)(void);
} nn_train_config;

nn_train_config nn_train_defaults(void); /* adam, batch 128, lr 1e-3, one thread, seed 1 */

/* Where images come from. sample is called by all training threads at once, each image once per epoch, and what it
 * gives must depend on epoch (from 0) and index (0..count-1) alone; `thread` is for scratch memory. target, zeros
 * before, gets the probability that the network shall give to each class: 1 for the true one, or the same for all of
 * them where the image is of none (outlier exposure, Hendrycks et al. 2019). */
typedef struct nn_source {
    const void *ctx;
    int count;
    void (*sample)(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target);
} nn_source;

/* The target of an image of no class. */
void nn_target_none(float *target, int classes);

typedef struct nn_step_result {
    double loss; /* mean over the batch, nats, above the least that these targets allow; label smoothing comes on top */
    int images;
    int correct; /* of images whose target gives no class half: those for which the network does not either */
    float lr;
} nn_step_result;

typedef struct nn_trainer nn_trainer;

/* Everything a training needs is allocated here; weights are copied in. steps_per_epoch is derived from
 * source->count. NN_USAGE where the config cannot be, or the convention, as one that transposes what is no square. */
bool nn_trainer_new(nn_trainer **trainer, const nn_plan *plan, const float *weights, const nn_convention *convention,
                    const nn_train_config *config, const nn_source *source, nn_error *err);
void nn_trainer_free(nn_trainer *trainer); /* before its plan */

/* One batch: assemble, forward, backward, reduce, update. Same config, source and machine: same bits; with the same
 * parts for any number of threads. */
void nn_trainer_step(nn_trainer *trainer, nn_step_result *result);

int nn_trainer_steps_per_epoch(const nn_trainer *trainer);
int64_t nn_trainer_steps_done(const nn_trainer *trainer);

/* At the end of an epoch, with its validation loss: what the plateau schedule follows. */
void nn_trainer_epoch_done(nn_trainer *trainer, double val_loss);

/* From the next step on this counts in place of config.lr, which must not be 0; the schedule goes on from it, without
 * the drops of a plateau so far. */
void nn_trainer_set_lr(nn_trainer *trainer, float lr);

/* The weights to validate, publish and save: the averaged ones if config.ema > 0, else the current. plan->floats
 * floats. */
const float *nn_trainer_weights(const nn_trainer *trainer);

/* Remembers these weights, as the best so far; until the first call the kept ones are those that the trainer started
 * with. */
void nn_trainer_keep(nn_trainer *trainer);
const float *nn_trainer_kept(const nn_trainer *trainer);

/* The sum of all parts' gradients from the last step, in the layout of the weights: for tests. */
const float *nn_trainer_gradients(const nn_trainer *trainer);

/* The whole state (weights, moments, averages, kept weights, step) as bytes that nn_trainer_restore takes back for
 * an exact resume. `note` is the caller's own text, given back on restore; *data and *note are the caller's to
 * nn_free. */
bool nn_trainer_checkpoint(const nn_trainer *trainer, const char *note, unsigned char **data, size_t *len,
                           nn_error *err);
bool nn_trainer_restore(nn_trainer *trainer, const unsigned char *data, size_t len, char **note, nn_error *err);

#ifdef __cplusplus
}
#endif

#endif
