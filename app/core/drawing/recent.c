/* recent.c - a short list of drawings, and the file that follows it. */
#include "recent.h"
#include "app/core/folder.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "strokes.h"
#include "visible.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 4 << 20, FILE_MAX_BYTES = 4 * ROOM }; /* bytes of the file: written anew above, not read above */

void recent_init(recent *self)
{
    memset(self, 0, sizeof *self);
}

static void free_item(recent_item *item)
{
    if (item)
        ink_free(&item->ink);
    nn_free(item);
}

static void free_items(recent *self)
{
    while (self->count > 0)
        free_item(self->item[--self->count]);
}

void recent_free(recent *self)
{
    free_items(self);
    nn_log_close(self->log);
    recent_init(self);
}

/* ---- one drawing ------------------------------------------------------------------------------------------------- */

typedef struct sketcher {
    recent_item *item;
    float least; /* shorter pieces are joined, units */
    bool full;
} sketcher;

static void sketch_piece(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    (void)width;
    sketcher *s = ctx;
    recent_line *last = s->item->n_lines > 0 ? &s->item->sketch[s->item->n_lines - 1] : NULL;
    bool goes_on = last && last->x1 == x0 && last->y1 == y0;
    if (goes_on && hypotf(last->x1 - last->x0, last->y1 - last->y0) < s->least) {
        last->x1 = x1;
        last->y1 = y1;
        return;
    }
    s->full = s->full || s->item->n_lines == RECENT_LINES;
    if (!s->full)
        s->item->sketch[s->item->n_lines++] = (recent_line){x0, y0, x1, y1};
}

/* As fine as there is room for; of a drawing of very many strokes only the first ones show. */
static void sketch(recent_item *item)
{
    for (float least = 12; least < INK_CANVAS; least *= 2) {
        sketcher s = {item, least, false};
        item->n_lines = 0;
        ink_visit(&item->ink, sketch_piece, &s);
        if (!s.full)
            break;
    }
    item->box[0] = item->box[1] = INFINITY;
    item->box[2] = item->box[3] = -INFINITY;
    for (int i = 0; i < item->n_lines; i++) {
        const recent_line *l = &item->sketch[i];
        item->box[0] = fminf(item->box[0], fminf(l->x0, l->x1));
        item->box[1] = fminf(item->box[1], fminf(l->y0, l->y1));
        item->box[2] = fmaxf(item->box[2], fmaxf(l->x0, l->x1));
        item->box[3] = fmaxf(item->box[3], fmaxf(l->y0, l->y1));
    }
}

static recent_item *new_item(const ink *drawing)
{
    recent_item *item = nn_alloc(1, sizeof *item);
    if (!item)
        return NULL;
    ink_init(&item->ink);
    for (int i = ink_visible_from(drawing); i < drawing->done; i++) {
        const ink_entry *e = &drawing->entry[i];
        if (!ink_add(&item->ink, e->kind, e->width, drawing->point + e->first, e->count)) {
            free_item(item);
            return NULL;
        }
    }
    sketch(item);
    return item;
}

static int points_to_be_seen(const ink *drawing)
{
    int from = ink_visible_from(drawing), points = 0;
    for (int i = from; i < drawing->done; i++)
        points += drawing->entry[i].count;
    return points;
}

static bool may_be_kept(const ink *drawing)
{
    return !ink_is_empty(drawing) && points_to_be_seen(drawing) <= RECENT_MAX_POINTS;
}

static bool same_place(ink_point a, ink_point b)
{
    const float rounding = 0.01f; /* a file keeps seven digits */
    return fabsf(a.x - b.x) < rounding && fabsf(a.y - b.y) < rounding;
}

/* Whether two drawings have the same strokes. Their times may differ. */
static bool same_strokes(const ink *a, const ink *b)
{
    if (a->done != b->done || a->n_points != b->n_points)
        return false;
    for (int i = 0; i < a->done; i++)
        if (a->entry[i].kind != b->entry[i].kind || a->entry[i].count != b->entry[i].count)
            return false;
    for (int i = 0; i < a->n_points; i++)
        if (!same_place(a->point[i], b->point[i]))
            return false;
    return true;
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static void move_to_front(recent *self, int at, recent_item *item)
{
    memmove(self->item + 1, self->item, sizeof *self->item * (size_t)at);
    self->item[0] = item;
}

/* The oldest ones go until there is room for one more of so many points. */
static void make_room(recent *self, int points)
{
    for (int i = 0; i < self->count; i++)
        points += self->item[i]->ink.n_points;
    while (self->count > 0 && (self->count == RECENT_MAX || points > RECENT_ALL_POINTS)) {
        recent_item *oldest = self->item[--self->count];
        points -= oldest->ink.n_points;
        free_item(oldest);
    }
}

/* Takes the item over. False if it is there already, and in front. */
static bool put_in_front(recent *self, recent_item *item)
{
    int at = 0;
    while (at < self->count && !same_strokes(&self->item[at]->ink, &item->ink))
        at++;
    if (at < self->count) {
        free_item(item);
        move_to_front(self, at, self->item[at]);
        return at > 0;
    }
    make_room(self, item->ink.n_points);
    move_to_front(self, self->count++, item);
    return true;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

typedef struct text {
    char *bytes;
    size_t len;
} text;

static bool append_item(text *all, const recent_item *item, nn_error *err)
{
    char *line;
    size_t len;
    if (!strokes_print(&item->ink, "", "", &line, &len, err))
        return false;
    char *grown = nn_realloc(all->bytes, all->len, all->len + len, 1);
    if (grown) {
        memcpy(grown + all->len, line, len);
        *all = (text){grown, all->len + len};
    }
    nn_free(line);
    return grown || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

/* The file with exactly what is kept, the oldest first. */
static bool write_anew(recent *self, nn_error *err)
{
    text all = {0};
    bool ok = true;
    for (int i = self->count - 1; ok && i >= 0; i--)
        ok = append_item(&all, self->item[i], err);
    ok = ok && nn_file_save(self->path, all.bytes ? all.bytes : "", all.len, NN_CONSISTENT, err);
    nn_free(all.bytes);
    return ok;
}

static bool make_folder(const recent *self, nn_error *err)
{
    char folder[PATHS_MAX];
    folder_parent(folder, self->path);
    return nn_file_mkdirs(folder, err);
}

/* The log goes on with the new file. Where that fails it keeps the old one, so that the next change tries again. */
static bool begin_anew(recent *self, nn_error *err)
{
    return make_folder(self, err) && write_anew(self, err) && nn_log_renew(self->log, err);
}

/* Writes that the first one is in front now. */
static bool append(recent *self, nn_error *err)
{
    text line = {0};
    if (!self->log)
        return true;
    if (!nn_log_is_there(self->log))
        return begin_anew(self, err);
    bool ok = append_item(&line, self->item[0], err) && nn_log_append(self->log, line.bytes, line.len, err);
    nn_free(line.bytes);
    return ok && (nn_log_size(self->log) <= ROOM || begin_anew(self, err));
}

/* Puts the drawing of one line in front, if it may be kept. A line that is none of ours is left out and *sound is false. False
 * only when out of memory. */
static bool take_line(recent *self, const char *bytes, size_t len, bool *sound, nn_error *err)
{
    strokes_line line;
    nn_error bad;
    if (!strokes_parse(&line, bytes, len, &bad)) {
        *sound = false;
        return bad.code != NN_NOMEM || nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    strokes_fit(&line, INK_DEFAULT_BRUSH, 1, 0, 0);
    bool keep = may_be_kept(&line.ink);
    recent_item *item = keep ? new_item(&line.ink) : NULL;
    ink_free(&line.ink);
    if (item)
        put_in_front(self, item);
    return !keep || item || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

static bool take_file(recent *self, bool *sound, nn_error *err)
{
    unsigned char *bytes;
    size_t len;
    if (!nn_file_read(self->path, FILE_MAX_BYTES, &bytes, &len, err))
        return false;
    const char *all = (const char *)bytes;
    bool ok = true;
    *sound = len == 0 || all[len - 1] == '\n'; /* else a new line would be joined to the last one */
    for (strokes_span s = {0}; ok && strokes_next(all, len, &s);)
        ok = take_line(self, all + s.begin, s.len, sound, err);
    nn_free(bytes);
    return ok;
}

bool recent_open(recent *self, const paths *where, nn_error *err)
{
    bool sound;
    if (!paths_join(self->path, where->state, "recent.jsonl"))
        return nn_fail(err, NN_IO, 0, "no folder for earlier drawings: HOME is not set");
    if (!nn_log_open(&self->log, self->path, err))
        return false;
    if (take_file(self, &sound, err) && (sound || begin_anew(self, err)))
        return true;
    nn_log_close(self->log);
    self->log = NULL;
    return false;
}

/* Also of one that could not be read: it is on the disk nevertheless. */
static bool empty_file(recent *self, nn_error *err)
{
    if (!self->log && !nn_log_open(&self->log, self->path, err))
        return false;
    if (!nn_log_is_there(self->log) && !(make_folder(self, err) && nn_log_renew(self->log, err)))
        return false;
    return nn_log_truncate(self->log, 0, err);
}

/* ---- what the window asks for ------------------------------------------------------------------------------------ */

bool recent_put(recent *self, const ink *drawing, nn_error *err)
{
    if (!may_be_kept(drawing))
        return true;
    recent_item *item = new_item(drawing);
    if (!item)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    return !put_in_front(self, item) || append(self, err);
}

bool recent_take_up(recent *self, int index, const ink **drawing, nn_error *err)
{
    move_to_front(self, index, self->item[index]);
    *drawing = &self->item[0]->ink;
    return index == 0 || append(self, err);
}

bool recent_forget(recent *self, nn_error *err)
{
    if (*self->path && !empty_file(self, err))
        return false;
    free_items(self);
    return true;
}
