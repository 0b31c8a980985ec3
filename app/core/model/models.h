/* models.h - finding models and architectures by name, and listing them.
 *
 * A value with '/' or '.' is a path. Else it is a name, looked for among: the shipped ones (installed folder, source
 * tree, compiled in) and then the user's folder, so own models never shadow shipped names. A model is NAME.safetensors;
 * an ensemble is NAME.ensemble, a text file with the name of one member a line ('#' begins a comment), and what they read of
 * test images together, once it was measured: "test_accuracy 0.9966". Any thread. */
#ifndef MODELS_H
#define MODELS_H

#include "app/core/paths.h"
#include "import_facts.h"
#include "model_scores.h"
#include "nn/nn.h"
#include <jansson.h>

enum { MODELS_MAX_MEMBERS = 32, MODELS_DESCRIPTION = 160 /* bytes of it, terminating zero included */ };
#define MODELS_DESCRIPTION_KEY "description" /* of the training facts */

typedef struct model_entry {
    char name[NN_NAME];
    char path[PATHS_MAX]; /* "" when compiled in */
    bool shipped;
    bool is_default;
    bool loose;        /* a file outside the folders of models (model_jobs.h) */
    int members;       /* how many models are asked together: 1, or those of an ensemble; 0: it has not been read */
    size_t parameters; /* of all of them */
    model_scores scores;
    char description[MODELS_DESCRIPTION]; /* a person's own words about it; "": none */
    bool imported;                        /* from another program's file */
    import_facts import;
    double infer_us; /* to read one digit; NAN unless surveyed (model_jobs.h) */
} model_entry;

/* One file. What is another program's is named, with the command that imports it; errors name the file. */
bool models_load_file(nn_model **model, const char *path, nn_error *err);

/* NULL or "" means the default model; an ensemble is refused, by the names of its members. Errors name the file or list the names there are. */
bool models_open(nn_model **model, const paths *where, const char *value, nn_error *err);

/* The same, or all members of an ensemble: adds them to models[*count], room for max of them in all. On failure *count
 * is as before and nothing stays open. */
bool models_open_all(nn_model **models, int max, int *count, const paths *where, const char *value, nn_error *err);

/* The names in an ensemble, by its own name or path; none where the value stands for anything else. The caller's to free,
 * also on failure. */
typedef struct models_members {
    char *text; /* that they are in */
    const char *name[MODELS_MAX_MEMBERS];
    int count;
    double tested; /* the share of test images that they read right together; NAN: nobody has measured it */
} models_members;
bool models_members_of(models_members *members, const paths *where, const char *value, nn_error *err);
void models_members_free(models_members *members);

/* An architecture, by path (NAME.net) or name; the caller's to nn_plan_free. */
bool models_net(nn_plan **plan, const paths *where, const char *value, nn_error *err);

/* Whether a value is a path and not a name. */
bool models_is_path(const char *value);

/* What a model is called that was asked for by a value: "models/own.safetensors" is "own", "" the default. */
void models_short_name(char name[NN_NAME], const char *value);

/* What a model's name can begin with, of any text: letters, also beyond ASCII, digits, '-' and '_'; all else becomes '-'. At
 * most `most` bytes, less than NN_NAME. */
void models_stem(char stem[NN_NAME], const char *text, size_t most);

/* Whether a path is that of an architecture: it ends in .net. */
bool models_is_architecture(const char *path);

/* Whether a path is that of an ensemble: it ends in .ensemble. */
bool models_is_ensemble(const char *path);

/* Whether a model or ensemble is called so, without reading any. True also when that cannot be found out. */
bool models_has(const paths *where, const char *name);

/* Every model and ensemble there is, default first, then shipped before own, by name; *list is the caller's to nn_free.
 * Files that cannot be read are left out. */
bool models_list(model_entry **list, int *count, const paths *where, nn_error *err);

/* The same without reading a file: members, parameters and scores are not filled in. */
bool models_list_names(model_entry **list, int *count, const paths *where, nn_error *err);

/* What opens an entry: its path, or its name. */
const char *models_value(const model_entry *entry);

/* Fills in what is known from the models that were opened for an entry. */
void models_describe(model_entry *entry, nn_model *const *models, int count);

/* The names of every architecture there is (scores and parameters are not filled in), in the same order. */
bool models_list_nets(model_entry **list, int *count, const paths *where, nn_error *err);

/* The name of the default model, "" if none is marked in models.txt. */
void models_default(char name[NN_NAME]);

/* How a model was made, as it is noted in its file: a JSON object, the caller's. NULL where nothing is, or when out of
 * memory. */
json_t *models_facts(const nn_model *model);

/* What a person has written about a model; "": nothing. */
void models_description(const nn_model *model, char text[MODELS_DESCRIPTION]);

#endif
