/* models.c - where a model's name leads, and which names there are. */
#include "models.h"
#include "app/core/console/likeness.h"
#include "app/core/embedded.h"
#include "app/core/folder.h"
#include "foreign_kind.h"
#include "nn/utf8.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX_BYTES = 1 << 20 };

static const char weights_suffix[] = ".safetensors";
static const char net_suffix[] = ".net";
static const char ensemble_suffix[] = ".ensemble";
static const char ensemble_score[] = "test_accuracy"; /* a line in its file begins so */

static const embedded_file *find_embedded(const char *name, const char *suffix)
{
    char file[NN_NAME + 32];
    return snprintf(file, sizeof file, "%s%s", name, suffix) < (int)sizeof file ? embedded_find(file) : NULL;
}

void models_default(char name[NN_NAME])
{
    const embedded_file *list = embedded_find("models.txt");
    const char *text = list ? (const char *)list->data : ""; /* embedded files end with a zero byte */
    const char *star = *text == '*' ? text : strstr(text, "\n*");
    if (!star || sscanf(star, " * %47s", name) != 1)
        *name = 0;
}

/* ---- which names there are --------------------------------------------------------------------------------------- */

typedef struct catalogue {
    model_entry *entry;
    int count, room;
} catalogue;

static const model_entry *find_entry(const catalogue *all, const char *name)
{
    for (int i = 0; i < all->count; i++)
        if (strcmp(all->entry[i].name, name) == 0)
            return &all->entry[i];
    return NULL;
}

/* Adds NAME for the file NAME + suffix in folder (NULL: compiled in), unless it has another suffix, could not be asked
 * for by name, or the name is taken already. False only when out of memory. */
static bool add_file(catalogue *all, const char *folder, const char *file, const char *suffix, bool shipped,
                     nn_error *err)
{
    size_t length = strlen(file), tail = strlen(suffix);
    if (length <= tail || length - tail >= NN_NAME || strcmp(file + length - tail, suffix) != 0)
        return true;
    model_entry new = {.shipped = shipped, .scores = {.tested = NAN, .other = NAN}, .infer_us = NAN};
    memcpy(new.name, file, length - tail);
    if (strchr(new.name, '.') || !nn_utf8_is_valid(file, length) || find_entry(all, new.name) ||
        (folder && !paths_join(new.path, folder, file)))
        return true;
    if (all->count == all->room) {
        int room = (int)nn_room((size_t)all->count + 1);
        model_entry *grown = nn_realloc(all->entry, (size_t)all->room, (size_t)room, sizeof *grown);
        if (!grown)
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
        all->entry = grown;
        all->room = room;
    }
    all->entry[all->count++] = new;
    return true;
}

static bool add_folder(catalogue *all, const char *folder, const char *suffix, bool shipped, nn_error *err)
{
    DIR *directory = *folder ? opendir(folder) : NULL;
    const char *file;
    if (!directory)
        return true;
    bool ok = folder_next(directory, &file, err);
    for (; ok && file; ok = ok && folder_next(directory, &file, err))
        ok = add_file(all, folder, file, suffix, shipped, err);
    closedir(directory);
    return ok || nn_fail_in(err, folder);
}

static int by_rank(const void *left, const void *right)
{
    const model_entry *a = left, *b = right;
    if (a->is_default != b->is_default)
        return a->is_default ? -1 : 1;
    if (a->shipped != b->shipped)
        return a->shipped ? -1 : 1;
    return strcmp(a->name, b->name);
}

static bool add_shipped(catalogue *all, const paths *where, const char *suffix, nn_error *err)
{
    bool ok = add_folder(all, where->installed, suffix, true, err);
    for (const embedded_file *e = embedded_files; ok && e->name; e++)
        ok = add_file(all, NULL, e->name, suffix, true, err);
    return ok;
}

/* Files of either suffix, `other` may be NULL; all->entry is the caller's to nn_free. */
static bool collect_both(catalogue *all, const paths *where, const char *suffix, const char *other, nn_error *err)
{
    *all = (catalogue){0};
    bool ok = add_shipped(all, where, suffix, err) && (!other || add_shipped(all, where, other, err)) &&
              add_folder(all, where->models, suffix, false, err) &&
              (!other || add_folder(all, where->models, other, false, err));
    if (!ok) {
        nn_free(all->entry);
        return false;
    }
    char standard[NN_NAME];
    models_default(standard);
    for (int i = 0; i < all->count; i++)
        all->entry[i].is_default = strcmp(all->entry[i].name, standard) == 0;
    if (all->count > 0)
        qsort(all->entry, (size_t)all->count, sizeof *all->entry, by_rank);
    return true;
}

static bool collect(catalogue *all, const paths *where, const char *suffix, nn_error *err)
{
    return collect_both(all, where, suffix, NULL, err);
}

static bool collect_models(catalogue *all, const paths *where, nn_error *err)
{
    return collect_both(all, where, weights_suffix, ensemble_suffix, err);
}

static bool fail_unknown(const catalogue *all, const char *what, const char *name, nn_error *err)
{
    char names[160] = "", question[LIKENESS_TEXT];
    size_t used = 0;
    likeness meant = likeness_to(name, strlen(name));
    for (int i = 0; i < all->count; i++)
        likeness_try(&meant, all->entry[i].name);
    for (int i = 0; i < all->count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", all->entry[i].name);
    if (all->count == 0)
        return nn_fail(err, NN_USAGE, 0, "no %s is called \"%.47s\", and there is none at all", what, name);
    return nn_fail(err, NN_USAGE, 0, "no %s is called \"%.47s\"%s; there are: %s", what, name,
                   likeness_question(&meant, "", question), names);
}

bool models_is_path(const char *value)
{
    return strpbrk(value, "/.") != NULL;
}

void models_short_name(char name[NN_NAME], const char *value)
{
    const char *slash = strrchr(value, '/'), *last = slash ? slash + 1 : value;
    const char *dot = strrchr(last, '.');
    size_t length = dot && dot > last ? (size_t)(dot - last) : strlen(last);
    if (*value)
        snprintf(name, NN_NAME, "%.*s", (int)nn_utf8_fit(last, length, NN_NAME - 1), last);
    else
        models_default(name);
}

void models_stem(char stem[NN_NAME], const char *text, size_t most)
{
    size_t n = 0, len;
    for (; *text && n < most; n += len) {
        const char *letter = text;
        uint32_t code = nn_utf8_next(&text);
        bool stays = code < 0x80 ? isalnum((int)code) || code == '-' || code == '_' : code != 0xfffd;
        len = stays ? (size_t)(text - letter) : 1;
        if (len > most - n)
            break;
        memcpy(stem + n, stays ? letter : "-", len);
    }
    stem[n] = '\0';
}

bool models_is_architecture(const char *path)
{
    return paths_has_ending(path, net_suffix);
}

bool models_is_ensemble(const char *path)
{
    return paths_has_ending(path, ensemble_suffix);
}

/* ---- what an ensemble names -------------------------------------------------------------------------------------- */

/* The file of an ensemble by path or name; "" where the value stands for no ensemble. */
static bool find_ensemble(char path[PATHS_MAX], const paths *where, const char *value, nn_error *err)
{
    catalogue all = {0};
    if (!models_is_path(value) && !collect_models(&all, where, err))
        return false;
    const model_entry *entry = find_entry(&all, value);
    const char *found = models_is_path(value) ? value : entry ? entry->path : "";
    *path = 0;
    if (models_is_ensemble(found) && strlen(found) < PATHS_MAX)
        memcpy(path, found, strlen(found) + 1);
    nn_free(all.entry);
    return true;
}

void models_members_free(models_members *members)
{
    nn_free(members->text);
}

static bool read_score(models_members *members, const char *text, const char *path, nn_error *err)
{
    char *end;
    members->tested = strtod(text, &end);
    if (end > text && strspn(end, " \t") == strlen(end) && members->tested >= 0 && members->tested <= 1)
        return true;
    return nn_fail(err, NN_FORMAT, 0, "%.100s: %s must be a number from 0 to 1", path, ensemble_score);
}

/* A line of the file: a member's name, or their score. */
static bool read_line(models_members *members, char *line, const char *path, nn_error *err)
{
    line[strcspn(line, "#")] = 0;
    size_t length = strcspn(line, " \t");
    if (length == strlen(ensemble_score) && memcmp(line, ensemble_score, length) == 0)
        return read_score(members, line + length, path, err);
    line[length] = 0;
    if (length == 0)
        return true;
    if (members->count == MODELS_MAX_MEMBERS)
        return nn_fail(err, NN_LIMIT, 0, "%.100s: more than %d models", path, MODELS_MAX_MEMBERS);
    members->name[members->count++] = line;
    return true;
}

static bool read_members(models_members *members, const char *path, nn_error *err)
{
    size_t len;
    char *rest = NULL;
    *members = (models_members){.tested = (double)NAN};
    if (!nn_file_read(path, TEXT_MAX_BYTES, (unsigned char **)&members->text, &len, err))
        return false;
    for (char *line = strtok_r(members->text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest))
        if (!read_line(members, line, path, err))
            return false;
    return members->count > 0 || nn_fail(err, NN_FORMAT, 0, "%.100s: names no member", path);
}

bool models_members_of(models_members *members, const paths *where, const char *value, nn_error *err)
{
    char path[PATHS_MAX];
    *members = (models_members){.tested = (double)NAN};
    if (!find_ensemble(path, where, value ? value : "", err))
        return false;
    return !*path || read_members(members, path, err);
}

/* Where one model is wanted. */
static bool refuse_ensemble(const char *value, const char *path, nn_error *err)
{
    models_members members;
    char names[160] = "";
    size_t used = 0;
    bool ok = read_members(&members, path, err);
    for (int i = 0; ok && i < members.count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", members.name[i]);
    models_members_free(&members);
    return ok && nn_fail(err, NN_USAGE, 0, "%.100s: an ensemble; name one of its members: %s", value, names);
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

bool models_load_file(nn_model **model, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    *model = NULL;
    if (!nn_file_read(path, NN_MAX_MODEL_BYTES, &data, &len, err))
        return false;
    bool ok =
        nn_model_read(model, data, len, err) || foreign_refuse_as_own(path, data, len, err) || nn_fail_in(err, path);
    nn_free(data);
    return ok;
}

static bool load_entry(nn_model **model, const model_entry *entry, nn_error *err)
{
    if (*entry->path)
        return models_load_file(model, entry->path, err);
    const embedded_file *file = find_embedded(entry->name, weights_suffix);
    return nn_model_read(model, file->data, (size_t)(file->end - file->data), err) || nn_fail_in(err, file->name);
}

bool models_open(nn_model **model, const paths *where, const char *value, nn_error *err)
{
    char standard[NN_NAME];
    *model = NULL;
    models_default(standard);
    const char *name = value && *value ? value : standard;
    if (models_is_architecture(name))
        return nn_fail(err, NN_USAGE, 0, "%.150s: an architecture without weights; train --net takes it", name);
    if (models_is_ensemble(name))
        return refuse_ensemble(name, name, err);
    if (models_is_path(name))
        return models_load_file(model, name, err);
    catalogue all;
    if (!collect_models(&all, where, err))
        return false;
    const model_entry *entry = find_entry(&all, name);
    bool ok = !entry                            ? fail_unknown(&all, "model", name, err)
              : models_is_ensemble(entry->path) ? refuse_ensemble(name, entry->path, err)
                                                : load_entry(model, entry, err);
    nn_free(all.entry);
    return ok;
}

bool models_has(const paths *where, const char *name)
{
    nn_error err;
    catalogue all;
    if (!collect_models(&all, where, &err))
        return true;
    bool found = find_entry(&all, name) != NULL;
    nn_free(all.entry);
    return found;
}

json_t *models_facts(const nn_model *model)
{
    return model->training ? json_loads(model->training, 0, NULL) : NULL;
}

void models_description(const nn_model *model, char text[MODELS_DESCRIPTION])
{
    json_t *facts = models_facts(model);
    const char *words = json_string_value(json_object_get(facts, MODELS_DESCRIPTION_KEY));
    size_t length = words ? nn_utf8_fit(words, strlen(words), MODELS_DESCRIPTION - 1) : 0;
    memcpy(text, words ? words : "", length);
    text[length] = '\0';
    for (char *p = text; *p; p++)
        *p = (unsigned char)*p < ' ' ? ' ' : *p; /* it is one line */
    json_decref(facts);
}

/* ---- models that are asked together ------------------------------------------------------------------------------ */

/* Opens a member by its name: beside the ensemble's own file first. */
static bool open_member(nn_model **model, const paths *where, const char *ensemble, const char *name, nn_error *err)
{
    char beside[PATHS_MAX];
    const char *slash = strrchr(ensemble, '/');
    int folder = slash ? (int)(slash - ensemble) + 1 : 0;
    int n = snprintf(beside, sizeof beside, "%.*s%s%s", folder, ensemble, name, weights_suffix);
    if (n > 0 && n < PATHS_MAX && access(beside, F_OK) == 0)
        return models_load_file(model, beside, err);
    return models_open(model, where, name, err) || nn_fail_in(err, ensemble);
}

static bool open_ensemble(nn_model **models, int max, int *count, const paths *where, const char *path, nn_error *err)
{
    models_members members;
    int first = *count;
    bool ok = read_members(&members, path, err);
    if (ok && members.count > max - first)
        ok = nn_fail(err, NN_LIMIT, 0, "%.100s: more than %d models", path, max);
    for (int i = 0; ok && i < members.count; i++) {
        ok = open_member(&models[*count], where, path, members.name[i], err);
        *count += ok;
    }
    while (!ok && *count > first)
        nn_model_free(models[--*count]);
    models_members_free(&members);
    return ok;
}

bool models_open_all(nn_model **models, int max, int *count, const paths *where, const char *value, nn_error *err)
{
    char path[PATHS_MAX];
    if (!find_ensemble(path, where, value ? value : "", err))
        return false;
    if (*path)
        return open_ensemble(models, max, count, where, path, err);
    if (*count == max)
        return nn_fail(err, NN_LIMIT, 0, "more than %d models", max);
    if (!models_open(&models[*count], where, value, err))
        return false;
    ++*count;
    return true;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

const char *models_value(const model_entry *entry)
{
    return *entry->path ? entry->path : entry->name;
}

/* What stands in its file. */
static model_scores ensemble_scores(const char *path)
{
    nn_error unreadable;
    models_members members;
    model_scores s = {.tested = (double)NAN, .other = (double)NAN};
    if (read_members(&members, path, &unreadable))
        s.tested = members.tested;
    models_members_free(&members);
    return s;
}

void models_describe(model_entry *entry, nn_model *const *models, int count)
{
    entry->members = count;
    entry->parameters = 0;
    for (int i = 0; i < count; i++)
        entry->parameters += models[i]->plan->floats;
    entry->scores = (model_scores){.tested = (double)NAN, .other = (double)NAN};
    if (models_is_ensemble(entry->path)) {
        entry->scores = ensemble_scores(entry->path);
    } else if (count == 1) {
        json_t *facts = models_facts(models[0]);
        entry->scores = model_scores_of(models[0], facts);
        json_decref(facts);
        models_description(models[0], entry->description);
    }
    entry->imported = count == 1 && import_facts_of(&entry->import, models[0]);
    entry->infer_us = NAN;
}

bool models_list_names(model_entry **list, int *count, const paths *where, nn_error *err)
{
    catalogue all;
    if (!collect_models(&all, where, err))
        return false;
    *list = all.entry;
    *count = all.count;
    return true;
}

static bool look_at(model_entry *entry, const paths *where, nn_error *err)
{
    nn_model *models[MODELS_MAX_MEMBERS];
    int count = 0;
    if (!models_open_all(models, MODELS_MAX_MEMBERS, &count, where, models_value(entry), err))
        return false;
    models_describe(entry, models, count);
    while (count > 0)
        nn_model_free(models[--count]);
    return true;
}

bool models_list(model_entry **list, int *count, const paths *where, nn_error *err)
{
    int all, kept = 0;
    if (!models_list_names(list, &all, where, err))
        return false;
    for (int i = 0; i < all; i++) {
        nn_error unreadable;
        model_entry entry = (*list)[i];
        if (look_at(&entry, where, &unreadable)) {
            (*list)[kept++] = entry;
        } else if (unreadable.code == NN_NOMEM) {
            nn_free(*list);
            *err = unreadable;
            return false;
        }
    }
    *count = kept;
    return true;
}

/* ---- architectures ----------------------------------------------------------------------------------------------- */

static bool read_embedded(unsigned char **data, size_t *len, const embedded_file *file, nn_error *err)
{
    *len = (size_t)(file->end - file->data);
    *data = nn_alloc(*len + 1, 1);
    if (!*data)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    memcpy(*data, file->data, *len);
    return true;
}

static bool read_net(unsigned char **data, size_t *len, const paths *where, const char *name, nn_error *err)
{
    catalogue all;
    if (!collect(&all, where, net_suffix, err))
        return false;
    const model_entry *entry = find_entry(&all, name);
    bool ok;
    if (!entry)
        ok = fail_unknown(&all, "architecture", name, err);
    else if (*entry->path)
        ok = nn_file_read(entry->path, TEXT_MAX_BYTES, data, len, err);
    else
        ok = read_embedded(data, len, find_embedded(name, net_suffix), err);
    nn_free(all.entry);
    return ok;
}

bool models_list_nets(model_entry **list, int *count, const paths *where, nn_error *err)
{
    catalogue all;
    if (!collect(&all, where, net_suffix, err))
        return false;
    *list = all.entry;
    *count = all.count;
    return true;
}

bool models_net(nn_plan **plan, const paths *where, const char *value, nn_error *err)
{
    unsigned char *text;
    size_t len;
    *plan = NULL;
    if (models_is_path(value) ? !nn_file_read(value, TEXT_MAX_BYTES, &text, &len, err)
                              : !read_net(&text, &len, where, value, err))
        return false;
    bool ok = nn_plan_parse(plan, (const char *)text, len, err) || nn_fail_in(err, value);
    nn_free(text);
    return ok;
}
