/* search_state.c - what a search has found out, in a file that it goes on from. */
#include "nn/json.h"
#include "search.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_MAX_BYTES = 64 << 20 };

/* A choice that is a number is one; others are words. */
static json_t *choice_json(const char *text)
{
    json_t *number = json_loads(text, JSON_DECODE_ANY, NULL);
    if (json_is_number(number))
        return number;
    json_decref(number);
    return nn_json_string(text);
}

static json_t *value_json(const space_setting *setting, const char *text)
{
    if (setting->kind == SPACE_CHOICE)
        return choice_json(text);
    double value = strtod(text, NULL);
    return setting->whole ? json_integer((json_int_t)value) : nn_json_number(value);
}

static json_t *settings_json(const search *s, const space_point *point)
{
    json_t *settings = json_object();
    for (int i = 0; i < s->space.count; i++)
        json_object_set_new(settings, s->space.setting[i].name, value_json(&s->space.setting[i], point->value[i]));
    return settings;
}

json_t *search_trial_json(const search *s, int i)
{
    const trial *t = &s->trial[i];
    return json_pack("{s:i, s:i, s:b, s:f, s:o, s:f, s:o}", "trial", i + 1, "epochs", t->epochs, "over", t->over,
                     "val_accuracy", t->accuracy, "val_loss", nn_json_number(t->loss), "seconds", t->seconds,
                     "settings", settings_json(s, &t->point));
}

/* A trial with its history. */
static json_t *whole_trial_json(const search *s, int i)
{
    json_t *row = search_trial_json(s, i), *history = s->trial[i].history;
    if (json_object_set_new(row, "history", history ? json_deep_copy(history) : json_array()) != 0) {
        json_decref(row);
        return NULL;
    }
    return row;
}

/* Of all that the trials learn from. */
static json_int_t data_fingerprint(const search *s)
{
    return (json_int_t)(dataset_fingerprint(&s->data) ^ pens_fingerprint(&s->inputs.pens));
}

bool search_save(const search *s, nn_error *err)
{
    char path[PATHS_MAX];
    json_t *trials = json_array();
    bool ok = trials != NULL;
    for (int i = 0; ok && i < s->n; i++)
        ok = json_array_append_new(trials, whole_trial_json(s, i)) == 0;
    json_t *state = json_pack("{s:s, s:s, s:I, s:o}", "command", s->command_line, "space", s->text, "data_fingerprint",
                              data_fingerprint(s), "trials", trials);
    char *text = ok ? nn_json_text(state, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(state);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the results");
    ok = (paths_join(path, s->out, "search.json") || nn_fail(err, NN_USAGE, 0, "the name of the folder is too long")) &&
         nn_file_save(path, text, strlen(text), NN_CONSISTENT, err);
    nn_free(text);
    return ok;
}

static bool read_trial(search *s, int i, json_t *row)
{
    trial *t = &s->trial[i];
    int number, over;
    json_t *loss, *settings, *history;
    bool ok = json_unpack(row, "{s:i, s:i, s:b, s:F, s:o, s:F, s:o, s:o!}", "trial", &number, "epochs", &t->epochs,
                          "over", &over, "val_accuracy", &t->accuracy, "val_loss", &loss, "seconds", &t->seconds,
                          "settings", &settings, "history", &history) == 0;
    json_t *ours = settings_json(s, &t->point);
    bool same = ok && json_equal(settings, ours);
    json_decref(ours);
    if (!same || number != i + 1 || t->epochs < 0 || !json_is_array(history))
        return false;
    t->over = over;
    t->loss = json_is_number(loss) ? json_number_value(loss) : (double)NAN;
    t->history = json_array_size(history) > 0 ? json_incref(history) : NULL;
    return true;
}

static bool read_state(search *s, json_t *state, nn_error *err)
{
    const char *made_by, *space;
    json_t *trials;
    json_int_t data = -1;
    if (json_unpack(state, "{s:s, s:s, s?I, s:o!}", "command", &made_by, "space", &space, "data_fingerprint", &data,
                    "trials", &trials) != 0 ||
        !json_is_array(trials))
        return nn_fail(err, NN_FORMAT, 0, "is no record of a search");
    if (strcmp(made_by, s->command_line) != 0 || strcmp(space, s->text) != 0)
        return nn_fail(err, NN_USAGE, 0, "is of another search; name another --out, or leave --resume out");
    if (data != data_fingerprint(s))
        return nn_fail(err, NN_USAGE, 0, "%s; name another --out, or leave --resume out",
                       data < 0 ? "is of an older version and does not say on which data its trials were"
                                : "its trials were on other data");
    bool ok = json_array_size(trials) == (size_t)s->n;
    for (int i = 0; ok && i < s->n; i++)
        ok = read_trial(s, i, json_array_get(trials, (size_t)i));
    return ok || nn_fail(err, NN_FORMAT, 0, "its trials cannot be read");
}

bool search_load(search *s, nn_error *err)
{
    char path[PATHS_MAX];
    unsigned char *data;
    size_t len;
    if (!paths_join(path, s->out, "search.json"))
        return nn_fail(err, NN_USAGE, 0, "the name of the folder is too long");
    if (!nn_file_read(path, STATE_MAX_BYTES, &data, &len, err))
        return false;
    json_t *state = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
    bool ok = read_state(s, state, err) || nn_fail_in(err, path);
    json_decref(state);
    nn_free(data);
    return ok;
}
