/* train_past.c - the past of a training to and from a file. */
#include "train_past.h"
#include "nn/half.h"
#include "nn/json.h"
#include "nn/labels.h"
#include "nn/safetensors.h"
#include <stdio.h>
#include <string.h>

const char train_past_ending[] = ".history";

static const char version_key[] = "digitscope.history";
static const char *const data_names[TRAIN_CHOICES] = {
    [TRAIN_SYNTHETIC] = "made-up", [TRAIN_MNIST] = "mnist", [TRAIN_KEPT] = "kept", [TRAIN_PATH] = "own"};
static const float most_loss = 1e9f;
enum {
    TENSORS = WEIGHT_MOMENTS + 2,
    MOST_STEPS = 10000000, /* of an epoch */
    MOST_COUNT = 2048,     /* of images: all up to it are whole numbers in 16 bits */
    MOST_BYTES = WEIGHT_HISTORY_BYTES + NN_MAX_MODEL_BYTES
};

void train_past_free(train_past *self)
{
    nn_plan_free(self->plan);
    weight_history_free(&self->weights);
    moment_check_free(&self->check);
    nn_free(self->kept);
    *self = (train_past){0};
}

/* The tensors as the file has them, in the order of their names; returns how many. */
typedef struct tensor_names {
    char name[WEIGHT_MOMENTS][NN_NAME];
} tensor_names;

static int describe(nn_tensor *tensors, tensor_names *names, const nn_plan *plan, int moments)
{
    int n = 0, floats = (int)plan->floats;
    tensors[n++] =
        (nn_tensor){.name = "confusion", .half = true, .rank = 3, .dim = {moments, plan->classes, plan->classes}};
    tensors[n++] = (nn_tensor){.name = "kept", .half = true, .rank = 1, .dim = {floats}};
    for (int i = 0; i < moments; i++) {
        snprintf(names->name[i], sizeof names->name[i], "moment.%02d", i);
        tensors[n++] = (nn_tensor){.name = names->name[i], .half = true, .rank = 1, .dim = {floats}};
    }
    return n;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Takes both over; NULL when out of memory. */
static json_t *append(json_t *rows, json_t *row)
{
    if (json_array_append_new(rows, row) == 0)
        return rows;
    json_decref(rows);
    return NULL;
}

/* Those of batches whose loss was no number are left out. */
static json_t *points_json(const train_point *points, int n)
{
    json_t *rows = json_array();
    for (int i = 0; i < n; i++)
        if (points[i].loss <= most_loss)
            rows = append(rows, json_pack("[f,f,f]", (double)points[i].epochs, (double)points[i].loss,
                                          (double)points[i].accuracy));
    return rows;
}

static json_t *moments_json(const train_past *past)
{
    json_t *rows = json_array();
    for (int i = 0; i < past->news.moments; i++)
        rows = append(rows, json_pack("[i,f]", past->weights.step[i], (double)past->check.loss[i]));
    return rows;
}

/* NULL when out of memory. */
static char *course_text(const train_past *past)
{
    const train_news *n = &past->news;
    json_t *course = json_pack(
        "{s:o, s:s, s:i, s:i, s:i, s:i, s:f, s:o, s:f, s:o, s:o, s:o}", "net", nn_json_string(past->request.net),
        "data", data_names[past->request.data], "epochs", past->request.epochs, "images", n->images, "steps", n->steps,
        "best_epoch", n->best_epoch, "best_accuracy", n->best_accuracy, "test_accuracy",
        nn_json_number(n->test_accuracy), "lr", (double)n->lr, "moments", moments_json(past), "trained",
        points_json(n->trained, n->n_trained), "validated", points_json(n->validated, n->n_validated));
    char *text = nn_json_text(course, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(course);
    return text;
}

static char *labels_text(const train_past *past)
{
    json_t *labels = nn_json_labels(past->label, past->plan->classes);
    char *text = nn_json_text(labels, JSON_COMPACT);
    json_decref(labels);
    return text;
}

/* NULL when out of memory. */
static json_t *metadata_json(const train_past *past)
{
    char *course = course_text(past), *labels = labels_text(past);
    json_t *metadata = course && labels ? json_pack("{s:s, s:s, s:s, s:s}", version_key, "1", "architecture",
                                                    past->plan->text, "labels", labels, "course", course)
                                        : NULL;
    nn_free(course);
    nn_free(labels);
    return metadata;
}

/* What is in no place of its own with 16 bits yet. */
typedef struct halves {
    uint16_t *counts, *kept;
} halves;

static bool make_halves(halves *h, const train_past *past, nn_error *err)
{
    size_t counts = (size_t)(past->news.moments * past->plan->classes * past->plan->classes),
           floats = past->plan->floats;
    h->counts = nn_alloc(counts, sizeof *h->counts);
    h->kept = nn_alloc(floats, sizeof *h->kept);
    if (!h->counts || !h->kept)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the history");
    for (size_t i = 0; i < counts; i++)
        h->counts[i] = nn_half_from(past->check.counts[i]);
    for (size_t i = 0; i < floats; i++) {
        h->kept[i] = nn_half_from(past->kept[i]);
        if (!nn_half_is_finite(h->kept[i]))
            return nn_fail(err, NN_USAGE, 0, "the weights are too large for a history");
    }
    return true;
}

bool train_past_write(const train_past *past, unsigned char **data, size_t *len, nn_error *err)
{
    nn_tensor tensors[TENSORS];
    tensor_names names;
    halves h = {0};
    *data = NULL;
    bool ok = make_halves(&h, past, err);
    if (ok) {
        int n = describe(tensors, &names, past->plan, past->news.moments);
        tensors[0].data = h.counts;
        tensors[1].data = h.kept;
        for (int i = 2; i < n; i++)
            tensors[i].data = past->weights.weights + (size_t)(i - 2) * past->weights.floats;
        json_t *metadata = metadata_json(past);
        ok = nn_safetensors_write(metadata, tensors, n, data, len, err);
        json_decref(metadata);
    }
    nn_free(h.counts);
    nn_free(h.kept);
    return ok;
}

bool train_past_save(const train_past *past, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!train_past_write(past, &data, &len, err))
        return nn_fail_in(err, path);
    bool ok = nn_file_save(path, data, len, NN_DURABLE, err);
    nn_free(data);
    return ok;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Finite numbers in their limits; false for what is none. */
static bool read_points(const json_t *rows, train_point *points, int most, int *count, int epochs)
{
    size_t n = json_array_size(rows);
    if (!json_is_array(rows) || n > (size_t)most)
        return false;
    for (size_t i = 0; i < n; i++) {
        double at, loss, accuracy;
        if (json_unpack(json_array_get(rows, i), "[F,F,F!]", &at, &loss, &accuracy) != 0 ||
            !(at >= 0 && at <= epochs) || !(loss >= 0 && loss <= (double)most_loss) ||
            !(accuracy >= 0 && accuracy <= 1))
            return false;
        points[i] = (train_point){(float)at, (float)loss, (float)accuracy};
    }
    *count = (int)n;
    return true;
}

/* Steps that grow. */
static bool read_moments(train_past *past, const json_t *rows)
{
    size_t n = json_array_size(rows);
    int before = -1, last = past->news.steps * past->request.epochs;
    if (!json_is_array(rows) || n < 1 || n > WEIGHT_MOMENTS)
        return false;
    for (size_t i = 0; i < n; i++) {
        int step;
        double loss;
        if (json_unpack(json_array_get(rows, i), "[i,F!]", &step, &loss) != 0 || step <= before || step > last ||
            !(loss >= 0 && loss <= (double)most_loss))
            return false;
        past->weights.step[i] = before = step;
        past->check.loss[i] = (float)loss;
    }
    past->news.moments = (int)n;
    return true;
}

static bool read_data_name(train_choice *data, const char *name)
{
    int i = 0;
    while (i < TRAIN_CHOICES && strcmp(name, data_names[i]) != 0)
        i++;
    *data = (train_choice)i;
    return i < TRAIN_CHOICES;
}

static bool is_share(double value)
{
    return value >= 0 && value <= 1;
}

static bool read_numbers(train_past *past, const json_t *course)
{
    const char *net, *data;
    double best, lr;
    train_news *n = &past->news;
    train_request *r = &past->request;
    json_t *test, *moments, *trained, *validated;
    if (json_unpack((json_t *)(uintptr_t)course, "{s:s, s:s, s:i, s:i, s:i, s:i, s:F, s:o, s:F, s:o, s:o, s:o!}", "net",
                    &net, "data", &data, "epochs", &r->epochs, "images", &n->images, "steps", &n->steps, "best_epoch",
                    &n->best_epoch, "best_accuracy", &best, "test_accuracy", &test, "lr", &lr, "moments", &moments,
                    "trained", &trained, "validated", &validated) != 0)
        return false;
    bool fits = r->epochs >= 1 && r->epochs <= TRAIN_MAX_EPOCHS && n->steps >= 1 && n->steps <= MOST_STEPS &&
                n->images >= 1 && n->best_epoch >= 1 && n->best_epoch <= r->epochs && is_share(best) && lr > 0 &&
                lr <= 1e3 && (json_is_null(test) || (json_is_number(test) && is_share(json_number_value(test)))) &&
                strlen(net) < sizeof r->net;
    if (!fits || !read_data_name(&r->data, data))
        return false;
    snprintf(r->net, sizeof r->net, "%s", net);
    n->best_accuracy = best;
    n->test_accuracy = json_is_null(test) ? (double)NAN : json_number_value(test);
    n->val_accuracy = best;
    n->lr = r->lr = (float)lr;
    n->epoch = r->epochs;
    n->step = n->steps;
    return read_moments(past, moments) && read_points(trained, n->trained, TRAIN_CURVE, &n->n_trained, r->epochs) &&
           read_points(validated, n->validated, TRAIN_MAX_EPOCHS + 1, &n->n_validated, r->epochs);
}

/* JSON in a text of the metadata; NULL where there is none. */
static json_t *parse_text(const json_t *header, const char *key)
{
    const char *text = nn_metadata_text(header, key);
    return text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

static bool read_course(train_past *past, const json_t *header, nn_error *err)
{
    json_t *course = parse_text(header, "course");
    bool ok = read_numbers(past, course);
    json_decref(course);
    return ok || nn_metadata_wrong(err, "course");
}

static bool read_labels(train_past *past, const json_t *header, nn_error *err)
{
    json_t *labels = parse_text(header, "labels");
    bool ok = nn_json_read_labels(labels, past->label, past->plan->classes);
    json_decref(labels);
    return ok || nn_metadata_wrong(err, "labels");
}

static bool read_plan(train_past *past, const json_t *header, nn_error *err)
{
    const char *version = nn_metadata_text(header, version_key), *text = nn_metadata_text(header, "architecture");
    if (!version || !text)
        return nn_fail(err, NN_FORMAT, 8, "a safetensors file, but no history of a training");
    if (strcmp(version, "1") != 0)
        return nn_fail(err, NN_FORMAT, 8, "format version '%.20s' is not known to this program", version);
    if (nn_plan_parse(&past->plan, text, strlen(text), err))
        return true;
    err->pos = 8;
    return nn_fail_in(err, "architecture");
}

static float half_at(const unsigned char *values, size_t i)
{
    uint16_t half;
    nn_halves_copy(&half, values + 2 * i, 1);
    return nn_half_to(half);
}

/* Whole numbers, of as many images at every moment. */
static bool read_counts(train_past *past, const unsigned char *values, nn_error *err)
{
    int classes = past->plan->classes, each = classes * classes;
    long first = 0, sum = 0;
    for (int i = 0; i < past->news.moments * each; i++) {
        float count = half_at(values, (size_t)i);
        if (!(count >= 0 && count <= MOST_COUNT) || count != floorf(count))
            return nn_fail(err, NN_FORMAT, 8, "the tensor '%s' has other values than counts", "confusion");
        past->check.counts[i] = (uint16_t)count;
        sum += (long)count;
        if (i % each < each - 1)
            continue;
        first = i < each ? sum : first;
        if (sum != first || sum == 0)
            return nn_fail(err, NN_FORMAT, 8, "the tensor '%s' has other values than counts", "confusion");
        sum = 0;
    }
    return true;
}

static bool read_values(train_past *past, const unsigned char *values, nn_error *err)
{
    size_t floats = past->plan->floats;
    size_t counts = (size_t)(past->news.moments * past->plan->classes * past->plan->classes);
    const unsigned char *kept = values + 2 * counts;
    past->kept = nn_alloc(floats, sizeof *past->kept);
    if (!past->kept)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    for (size_t i = 0; i < floats; i++)
        past->kept[i] = half_at(kept, i);
    return read_counts(past, values, err) &&
           weight_history_restore(&past->weights, floats, past->news.moments, kept + 2 * floats, err);
}

static bool read_tensors(train_past *past, const unsigned char *data, size_t len, const json_t *header, nn_error *err)
{
    nn_tensor tensors[TENSORS];
    tensor_names names;
    const unsigned char *values;
    int n = describe(tensors, &names, past->plan, past->news.moments);
    return nn_safetensors_check(data, len, header, tensors, n, &values, err) && read_values(past, values, err);
}

bool train_past_read(train_past *past, const unsigned char *data, size_t len, nn_error *err)
{
    json_t *header;
    *past = (train_past){0};
    if (!nn_safetensors_open(data, len, &header, err))
        return false;
    bool ok = read_plan(past, header, err) && moment_check_new(&past->check, past->plan->classes, err) &&
              read_labels(past, header, err) && read_course(past, header, err) &&
              read_tensors(past, data, len, header, err);
    json_decref(header);
    if (!ok)
        train_past_free(past);
    return ok;
}

bool train_past_load(train_past *past, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    *past = (train_past){0};
    if (!nn_file_read(path, MOST_BYTES, &data, &len, err))
        return false;
    bool ok = train_past_read(past, data, len, err);
    nn_free(data);
    return ok || nn_fail_in(err, path);
}
