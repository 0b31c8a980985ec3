/* drawing.c - changes of the drawing, each told to the journal. */
#include "drawing.h"
#include "app/core/digit/resize.h"
#include "app/core/model/model_input.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "nn/file.h"
#include "notice.h"
#include "numbers.h"
#include <stddef.h>
#include <string.h>

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

void drawing_drop_pictures(app *self, int at)
{
    while (self->n_pictures > 0 && self->picture[self->n_pictures - 1]->at >= at) {
        placed_picture *last = self->picture[--self->n_pictures];
        app_picture_free(&last->picture);
        nn_free(last);
    }
}

static void drop_oldest_picture(app *self)
{
    app_picture_free(&self->picture[0]->picture);
    nn_free(self->picture[0]);
    memmove(self->picture, self->picture + 1, (size_t)--self->n_pictures * sizeof self->picture[0]);
}

/* Where the path of the one on the canvas is kept, beside the journal; false where this run keeps nothing. */
static bool find_picture_file(const app *self, char file[PATHS_MAX])
{
    return self->journal && paths_join(file, self->paths.state, "picture");
}

static void forget_picture(app *self)
{
    char file[PATHS_MAX];
    if (find_picture_file(self, file))
        nn_file_remove(file, NULL);
}

static void follow_picture(app *self)
{
    nn_error err;
    char file[PATHS_MAX];
    const placed_picture *placed = app_placed_picture(self);
    unsigned wanted = placed && *placed->path ? placed->number : 0;
    if (wanted == self->picture_kept || !find_picture_file(self, file))
        return;
    self->picture_kept = wanted;
    if (wanted == 0)
        forget_picture(self);
    else if (!nn_file_save(file, placed->path, strlen(placed->path), NN_CONSISTENT, &err))
        app_notice(self, FORMAT_NOTICE_DRAWING_LOST, err.text);
}

void drawing_find_picture(app *self)
{
    nn_error err;
    char file[PATHS_MAX];
    unsigned char *path;
    size_t len;
    if (!find_picture_file(self, file) || !platform_exists(file))
        return;
    if (self->offer) { /* strokes came after it */
        forget_picture(self);
        return;
    }
    if (!nn_file_read(file, PATHS_MAX - 1, &path, &len, &err)) {
        app_notice_error(self, &err);
        return;
    }
    memcpy(self->left, path, len + 1);
    nn_free(path);
    self->offer = *self->left != '\0';
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

/* What was said of the picture that was there is not said of what is there now. */
static void take_remarks_back(app *self)
{
    app_remark_over(self, FORMAT_NOTICE_SEVERAL_DIGITS);
    app_remark_over(self, FORMAT_NOTICE_NOTHING_TO_READ);
}

void drawing_begun(app *self)
{
    take_remarks_back(self);
    drawing_drop_pictures(self, ink_position(&self->drawing));
    numbers_forget_undone(self);
}

void drawing_changed(app *self, journal_op op)
{
    nn_error err;
    self->pen.rested = self->heard;
    take_remarks_back(self);
    if (op == JOURNAL_ENTRY) { /* it is written over what was undone */
        drawing_drop_pictures(self, ink_position(&self->drawing));
        numbers_forget_undone(self);
    }
    follow_picture(self);
    bool kept = journal_write(self->journal, &self->drawing, op, &err);
    if (!kept && !self->unkept)
        app_notice(self, FORMAT_NOTICE_DRAWING_LOST, err.text);
    self->unkept = !kept;
}

void drawing_lift(app *self)
{
    if (!self->drawing.drawing)
        return;
    ink_end(&self->drawing);
    drawing_changed(self, JOURNAL_ENTRY);
}

/* What the last run left leaves the disk at once, and memory when it is too late to take that back (drawing_tick). */
static void end_offer(app *self)
{
    nn_error err;
    self->offer = false;
    forget_picture(self);
    if (!journal_reset(self->journal, &self->drawing, &err))
        app_notice(self, FORMAT_NOTICE_DRAWING_LOST, err.text);
}

static void discard(app *self)
{
    if (!self->offer)
        return;
    end_offer(self);
    app_done(self, ACTION_RESTORE, FORMAT_NOTICE_DISCARDED);
}

static void put_away(app *self, const ink *drawing)
{
    nn_error err;
    if (!recent_put(&self->recent, drawing, &err))
        app_notice(self, FORMAT_NOTICE_EARLIER_NOT_KEPT, err.text);
}

/* A new drawing takes the place of the one that the last run left. */
void drawing_dismiss_offer(app *self)
{
    if (!self->offer)
        return;
    put_away(self, &self->recovered);
    end_offer(self);
}

static bool add_clear(app *self)
{
    bool ok = ink_clear(&self->drawing);
    if (ok)
        drawing_changed(self, JOURNAL_ENTRY);
    return ok;
}

static void begin_anew(app *self, bool keep)
{
    drawing_dismiss_offer(self);
    drawing_lift(self);
    self->pen.refused = false;
    if (keep)
        put_away(self, &self->drawing);
}

static void clear(app *self, bool keep)
{
    begin_anew(self, keep);
    if (ink_can_clear(&self->drawing) || app_shows_picture(self))
        add_clear(self);
}

void drawing_clear(app *self)
{
    clear(self, true);
}

static bool add_all(app *self, const ink *with, nn_error *err)
{
    for (int i = ink_visible_from(with); i < with->done; i++) {
        const ink_entry *entry = &with->entry[i];
        if (!ink_add(&self->drawing, entry->kind, entry->width, with->point + entry->first, entry->count))
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
        drawing_changed(self, JOURNAL_ENTRY);
    }
    return true;
}

bool drawing_replace(app *self, const ink *with, nn_error *err)
{
    clear(self, true);
    return add_all(self, with, err);
}

bool drawing_lend(app *self, const ink *with, bool again, nn_error *err)
{
    clear(self, !again);
    return add_all(self, with, err);
}

static bool has_left(const app *self)
{
    return self->recovered.n_points > 0 || *self->left;
}

/* What the last run left: as it was, onto a canvas that is still empty, or, once it was discarded, as a new drawing. */
static void restore(app *self)
{
    nn_error err;
    bool offered = self->offer;
    if (!has_left(self))
        return;
    self->offer = false;
    self->left_wanted = *self->left != '\0';
    if (self->left_wanted)
        return;
    if (!offered) {
        if (!drawing_replace(self, &self->recovered, &err))
            app_notice_error(self, &err);
        return;
    }
    ink_move(&self->drawing, &self->recovered);
    self->pen.rested = self->heard;
    drawing_drop_pictures(self, 0);
}

/* In place of the drawing; takes over what it owns. */
static bool put_picture(app *self, app_picture *picture, const char *path, nn_error *err)
{
    placed_picture *placed = nn_alloc(1, sizeof *placed);
    begin_anew(self, true);
    if (!placed || !add_clear(self)) {
        nn_free(placed);
        app_picture_free(picture);
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    if (self->n_pictures == APP_PICTURES)
        drop_oldest_picture(self);
    *placed =
        (placed_picture){.picture = *picture, .at = ink_position(&self->drawing), .number = ++self->picture_number};
    if (!platform_whole_path(path, placed->path, sizeof placed->path))
        *placed->path = '\0';
    self->picture[self->n_pictures++] = placed;
    self->prepared++;
    follow_picture(self);
    return true;
}

bool drawing_show_image(app *self, const unsigned char *image, int side, nn_error *err)
{
    float values[MODEL_MAX_SIDE * MODEL_MAX_SIDE], fitted[DIGIT_PIXELS];
    app_picture picture = {
        .w = DIGIT_SIDE, .h = DIGIT_SIDE, .exact = true, .shown_w = DIGIT_SIDE, .shown_h = DIGIT_SIDE};
    picture.shown = nn_alloc(DIGIT_PIXELS, 1);
    if (!picture.shown)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < side * side; i++)
        values[i] = (float)image[i] / 255;
    resize_image(fitted, DIGIT_SIDE, values, side);
    digit_bytes(picture.shown, fitted);
    placed_picture *before = app_placed_picture(self);
    if (!before || !before->picture.exact)
        return put_picture(self, &picture, "", err);
    app_picture_free(&before->picture);
    before->picture = picture;
    before->number = ++self->picture_number;
    self->prepared++;
    return true;
}

void drawing_show_picture(app *self, app_picture *picture, const char *path)
{
    nn_error err;
    if (!put_picture(self, picture, path, &err))
        app_notice_error(self, &err);
    else if (picture->found.several && !self->settings.numbers)
        app_remark(self, FORMAT_NOTICE_SEVERAL_DIGITS);
    else if (picture->found.count == 0)
        app_remark(self, FORMAT_NOTICE_NOTHING_TO_READ);
}

void drawing_recall(app *self, int index)
{
    nn_error err;
    if (index < 0 || index >= self->recent.count)
        return;
    const ink *chosen;
    if (!recent_take_up(&self->recent, index, &chosen, &err)) /* first: what follows moves the others */
        app_notice(self, FORMAT_NOTICE_EARLIER_NOT_KEPT, err.text);
    if (!drawing_replace(self, chosen, &err))
        app_notice_error(self, &err);
}

/* They leave the disk at once, and memory when it is too late to take that back (drawing_tick). */
static void forget_earlier(app *self)
{
    nn_error err;
    int count = self->recent.count;
    recent_free(&self->forgotten);
    for (int i = count - 1; i >= 0; i--)
        recent_put(&self->forgotten, &self->recent.item[i]->ink, &err);
    if (!recent_forget(&self->recent, &err))
        app_notice(self, FORMAT_NOTICE_EARLIER_NOT_FORGOTTEN, err.text);
    else if (count > 0)
        app_done(self, ACTION_REMEMBER, PLURAL_NOTICE_FORGOTTEN(count), count);
}

static void remember_earlier(app *self)
{
    nn_error err;
    for (int i = self->forgotten.count - 1; i >= 0; i--)
        if (!recent_put(&self->recent, &self->forgotten.item[i]->ink, &err))
            app_notice(self, FORMAT_NOTICE_EARLIER_NOT_KEPT, err.text);
    recent_free(&self->forgotten);
}

/* After a sync that failed; what is wrong with the disk is told once. */
static void tend_journal(app *self)
{
    nn_error err;
    if (self->offer || journal_tend(self->journal, &self->drawing, &err) || self->unkept)
        return;
    app_notice(self, FORMAT_NOTICE_DRAWING_LOST, err.text);
    self->unkept = true;
}

void drawing_tick(app *self)
{
    tend_journal(self);
    if (self->forgotten.count > 0 && !app_offers(self, ACTION_REMEMBER))
        recent_free(&self->forgotten);
    if (has_left(self) && !self->offer && !self->left_wanted && !app_offers(self, ACTION_RESTORE)) {
        ink_free(&self->recovered);
        *self->left = '\0';
    }
}

static void undo(app *self)
{
    drawing_lift(self);
    if (numbers_undo(self) || !ink_undo(&self->drawing))
        return;
    numbers_follow_undo(self);
    drawing_changed(self, JOURNAL_UNDO);
}

static void redo(app *self)
{
    drawing_lift(self);
    if (!numbers_redo(self) && ink_redo(&self->drawing))
        drawing_changed(self, JOURNAL_REDO);
}

void drawing_drop(app *self)
{
    ink_cancel(&self->drawing);
    numbers_follow_undo(self);
    if (self->pen.cleared)
        undo(self);
}

/* ---- actions ----------------------------------------------------------------------------------------------------- */

/* Indices of actions come from recordings, too, and may fit nothing. */
static void set_distortion(app *self, int kind, float value)
{
    if (kind < 0 || kind >= DISTORT_KINDS)
        return;
    distort_set(&self->how.distort, (distort_kind)kind, value);
    self->prepared++;
}

static void switch_preparation(app *self, int at)
{
    if (at < 0 || (size_t)at >= offsetof(digit_options, pen))
        return;
    bool *on = (bool *)((char *)&self->how + at);
    *on = !*on;
    self->prepared++;
}

static void reset_preparation(app *self)
{
    self->how = digit_defaults;
    self->prepared++;
}

bool drawing_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_UNDO: undo(self); return true;
    case ACTION_REDO: redo(self); return true;
    case ACTION_CLEAR: drawing_clear(self); return true;
    case ACTION_FORGET: forget_earlier(self); return true;
    case ACTION_REMEMBER: remember_earlier(self); return true;
    case ACTION_RESTORE: restore(self); return true;
    case ACTION_DISCARD: discard(self); return true;
    case ACTION_DISTORT: set_distortion(self, act.index, act.value); return true;
    case ACTION_PREPARE: switch_preparation(self, act.index); return true;
    case ACTION_RESET: reset_preparation(self); return true;
    default: return false;
    }
}
