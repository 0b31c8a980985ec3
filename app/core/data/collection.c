/* collection.c - items are made once and never changed; a change makes another list of them. */
#include "collection.h"
#include "app/core/digit/digit.h"
#include "app/core/drawing/strokes.h"
#include "nn/alloc.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST = 1 << 20 /* drawings */, BORDER = (DIGIT_FRAME - 2 * COLLECTION_SIDE) / 2 /* samples */ };

static bool fail_no_memory(nn_error *err)
{
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
}

/* ---- items ------------------------------------------------------------------------------------------------------- */

static void free_item(collection_item *item)
{
    if (item)
        nn_free(item->line);
    nn_free(item);
}

/* Takes the item over, or frees it. */
static bool own(collection *self, collection_item *item)
{
    if (self->n_made == self->room) {
        int more = (int)nn_room((size_t)self->room + 1);
        collection_item **made = nn_realloc(self->made, (size_t)self->room, (size_t)more, sizeof *made);
        if (!made) {
            free_item(item);
            return false;
        }
        self->made = made;
        self->room = more;
    }
    self->made[self->n_made++] = item;
    return true;
}

/* Of the ink as the network would get it, finer: a pixel is the mean of 2x2 samples. */
static void draw_picture(unsigned char *picture, const ink *drawing)
{
    digit d;
    digit_from_ink(&d, drawing, &digit_defaults);
    for (int i = 0; i < COLLECTION_SIDE * COLLECTION_SIDE; i++) {
        const float *at =
            d.coverage + (BORDER + 2 * (i / COLLECTION_SIDE)) * DIGIT_FRAME + BORDER + 2 * (i % COLLECTION_SIDE);
        float mean = 0.25f * (at[0] + at[1] + at[DIGIT_FRAME] + at[DIGIT_FRAME + 1]);
        picture[i] = (unsigned char)(255 * mean + 0.5f);
    }
}

/* Without its line. */
static collection_item *blank_item(const char *label, const char *writer)
{
    collection_item *item = nn_alloc(1, sizeof *item);
    if (item) {
        snprintf(item->label, sizeof item->label, "%s", label);
        snprintf(item->writer, sizeof item->writer, "%s", writer);
    }
    return item;
}

static collection_item *new_item(strokes_line *line)
{
    collection_item *item = blank_item(line->label, line->writer);
    if (!item)
        return NULL;
    item->line = nn_alloc(line->len + 1, 1);
    if (!item->line) {
        free_item(item);
        return NULL;
    }
    memcpy(item->line, line->text, line->len);
    item->line[line->len] = '\n';
    item->len = line->len + 1;
    strokes_fit(line, INK_DEFAULT_BRUSH, 1, 0, 0);
    draw_picture(item->picture, &line->ink);
    return item;
}

bool collection_ink(const collection_item *item, ink *drawing, nn_error *err)
{
    strokes_line line;
    if (!strokes_parse(&line, item->line, item->len, err))
        return false;
    strokes_fit(&line, INK_DEFAULT_BRUSH, 1, 0, 0);
    *drawing = line.ink;
    return true;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

/* An empty one with room for `count`. */
static bool new_list(collection_list *list, int count, nn_error *err)
{
    *list = (collection_list){.item = nn_alloc(count > 0 ? (size_t)count : 1, sizeof *list->item)};
    return list->item || fail_no_memory(err);
}

/* The list in force from now on; the one before can be brought back. */
static void put(collection *self, collection_list list)
{
    if (self->n_before == COLLECTION_STEPS) {
        nn_free(self->before[0].item);
        self->n_before--;
        memmove(&self->before[0], &self->before[1], sizeof self->before[0] * (COLLECTION_STEPS - 1));
    }
    self->before[self->n_before++] = self->now;
    self->now = list;
}

bool collection_undo(collection *self)
{
    if (self->n_before == 0)
        return false;
    nn_free(self->now.item);
    self->now = self->before[--self->n_before];
    return true;
}

int collection_chosen(const collection *self)
{
    int chosen = 0;
    for (int i = 0; i < self->now.count; i++)
        chosen += self->now.item[i]->chosen;
    return chosen;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Takes the line's ink over. */
static bool add_line(void *ctx, strokes_line *line, nn_error *err)
{
    collection *self = ctx;
    collection_item *item = NULL;
    bool counts = *line->label && !ink_is_empty(&line->ink), fits = self->n_made < MOST;
    if (counts && fits)
        item = new_item(line);
    ink_free(&line->ink);
    if (counts && !fits)
        return nn_fail(err, NN_LIMIT, 0, "more than %d drawings", MOST);
    return !counts || (item && own(self, item)) || fail_no_memory(err);
}

static bool list_all(collection *self, nn_error *err)
{
    if (!new_list(&self->now, self->n_made, err))
        return false;
    if (self->n_made > 0)
        memcpy(self->now.item, self->made, (size_t)self->n_made * sizeof *self->made);
    self->now.count = self->n_made;
    return true;
}

/* Taken before the file is read: what comes later is noticed when it is saved. */
static size_t size_of(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? (size_t)facts.st_size : 0;
}

bool collection_load(collection *self, const char *path, nn_error *err)
{
    *self = (collection){.bytes = size_of(path)};
    if ((self->bytes == 0 || strokes_load(path, add_line, self, err)) && list_all(self, err))
        return true;
    collection_free(self);
    return false;
}

void collection_free(collection *self)
{
    for (int i = 0; i < self->n_made; i++)
        free_item(self->made[i]);
    for (int i = 0; i < self->n_before; i++)
        nn_free(self->before[i].item);
    nn_free(self->now.item);
    nn_free(self->made);
    *self = (collection){.bytes = 0};
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

/* The same drawing by other names; NULL stands for the one that it has. */
static collection_item *renamed(const collection_item *old, const char *label, const char *writer, nn_error *err)
{
    label = label ? label : old->label;
    writer = writer ? writer : old->writer;
    collection_item *item = blank_item(label, writer);
    if (!item) {
        fail_no_memory(err);
        return NULL;
    }
    item->chosen = true;
    memcpy(item->picture, old->picture, sizeof item->picture);
    if (strokes_rename(old->line, old->len, label, writer, &item->line, &item->len, err))
        return item;
    free_item(item);
    return NULL;
}

static bool rename_chosen(collection *self, const char *label, const char *writer, nn_error *err)
{
    collection_list list;
    if (!new_list(&list, self->now.count, err))
        return false;
    for (int i = 0; i < self->now.count; i++) {
        collection_item *item = self->now.item[i];
        if (item->chosen) {
            item = renamed(item, label, writer, err);
            if (!item || (!own(self, item) && !fail_no_memory(err))) {
                nn_free(list.item);
                return false;
            }
        }
        list.item[list.count++] = item;
    }
    put(self, list);
    return true;
}

bool collection_relabel(collection *self, const char *label, nn_error *err)
{
    return rename_chosen(self, label, NULL, err);
}

bool collection_rename(collection *self, const char *writer, nn_error *err)
{
    return rename_chosen(self, NULL, writer, err);
}

bool collection_remove(collection *self, nn_error *err)
{
    collection_list list;
    if (!new_list(&list, self->now.count, err))
        return false;
    for (int i = 0; i < self->now.count; i++)
        if (!self->now.item[i]->chosen)
            list.item[list.count++] = self->now.item[i];
    put(self, list);
    return true;
}

bool collection_add(collection *self, collection *other, nn_error *err)
{
    collection_list list;
    if (!new_list(&list, self->now.count + other->now.count, err))
        return false;
    for (; list.count < self->now.count; list.count++)
        list.item[list.count] = self->now.item[list.count];
    while (other->n_made > 0) {
        collection_item *item = other->made[--other->n_made];
        if (!own(self, item)) {
            nn_free(list.item);
            return fail_no_memory(err);
        }
    }
    for (int i = 0; i < self->now.count; i++)
        self->now.item[i]->chosen = false;
    for (int i = 0; i < other->now.count; i++) {
        other->now.item[i]->chosen = true;
        list.item[list.count++] = other->now.item[i];
    }
    put(self, list);
    collection_free(other);
    return true;
}

/* ---- out of it --------------------------------------------------------------------------------------------------- */

bool collection_print(const collection *self, bool chosen, char **text, size_t *len, nn_error *err)
{
    size_t all = 0;
    bool some = chosen && collection_chosen(self) > 0;
    for (int i = 0; i < self->now.count; i++)
        all += !some || self->now.item[i]->chosen ? self->now.item[i]->len : 0;
    *len = 0;
    *text = nn_alloc(all + 1, 1);
    if (!*text)
        return fail_no_memory(err);
    for (int i = 0; i < self->now.count; i++) {
        const collection_item *item = self->now.item[i];
        if (some && !item->chosen)
            continue;
        memcpy(*text + *len, item->line, item->len);
        *len += item->len;
    }
    return true;
}
