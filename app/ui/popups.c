/* popups.c - opening and closing: every dialog with what it begins with. */
#include "popups.h"
#include "comparison.h"
#include "drawing.h"
#include "exporting.h"
#include "files.h"
#include "save.h"
#include <stdio.h>
#include <stdlib.h>

/* Never on what cannot be taken back. */
static const char *first_focus(const app *self, popup which)
{
    switch (which) {
    case POPUP_OPEN:
    case POPUP_SAVE:
    case POPUP_TEST_FOLDER:
    case POPUP_REPORT:
    case POPUP_EXPORT:
    case POPUP_DIGITS_IMPORT:
    case POPUP_DIGITS_EXPORT:
    case POPUP_FOLDER: return "path";
    case POPUP_DIGITS: return "digits.labels";
    case POPUP_SETTINGS: return "smoothing";
    case POPUP_SHARE: return self->sharing.job || self->sharing.count == 0 ? "close" : "share.start";
    case POPUP_RECENT: return "earlier.1";
    case POPUP_GUEST:
    case POPUP_NET:
    case POPUP_NET_NAME:
    case POPUP_MODEL_NAME:
    case POPUP_MODEL_WORDS:
    case POPUP_NAME: return "text";
    case POPUP_LEAVE:
        return self->training.job && train_job_news(self->training.job)->best_epoch > 0 ? "accept" : "cancel";
    case POPUP_HELP: return "help.find";
    case POPUP_EXPLAIN:
    case POPUP_KEYS:
    case POPUP_ABOUT: return "close";
    default: return "";
    }
}

/* Beside other documents: a folder that is made. */
static void propose_report(app *self)
{
    char path[UI_FIELD];
    const char *home = getenv("HOME");
    const app_testing *t = &self->testing;
    snprintf(path, sizeof path, "%.600s/%s-report", home ? home : ".",
             t->done ? test_job_request(t->job)->name[t->model] : "");
    ui_edit(self->ui, path);
}

/* Of what is saved. */
static void propose_name(app *self, popup which)
{
    char path[UI_FIELD];
    if (which == POPUP_SAVE)
        app_propose_path(self, path, sizeof path);
    else if (which == POPUP_EXPORT)
        exporting_propose(self, path, sizeof path);
    else
        app_propose_digits(self, path, sizeof path);
    ui_edit(self->ui, path);
}

void app_show(app *self, popup which)
{
    drawing_lift(self);
    if (self->popup == POPUP_NONE) {
        snprintf(self->before_popup, sizeof self->before_popup, "%s", self->ui->focus);
        self->focus_before_popup = self->ui->focus_shown;
    }
    self->popup = which;
    self->at_work = false;
    ui_end_tooltip(self->ui);
    self->problem[0] = self->replace[0] = '\0';
    self->ui->scrolled[1] = 0; /* of the popup; the list below stays where it is */
    ui_set_focus(self->ui, which == POPUP_NONE ? self->before_popup : first_focus(self, which));
    if (which == POPUP_NONE)
        self->ui->focus_shown = self->focus_before_popup;
    if (which == POPUP_MODELS)
        comparison_survey(self);
    if (which == POPUP_MODELS) {
        char used[UI_NAME];
        snprintf(used, sizeof used, "model.%s", app_reader_name(self));
        ui_set_focus(self->ui, used);
    }
    if (which == POPUP_OPEN || which == POPUP_DIGITS_IMPORT)
        ui_edit(self->ui, "");
    if (which == POPUP_GUEST)
        ui_edit(self->ui, self->digits.of_chosen ? "" : self->settings.guest);
    if (which == POPUP_KEEP && app_read(self)->answer.digit >= 0) {
        char guess[UI_NAME];
        snprintf(guess, sizeof guess, "keep.%s", app_read(self)->answer.text);
        ui_set_focus(self->ui, guess);
    }
    if (which == POPUP_FOLDER)
        ui_edit(self->ui, self->training.path);
    if (which == POPUP_TEST_FOLDER)
        ui_edit(self->ui, self->testing.path);
    if (which == POPUP_REPORT)
        propose_report(self);
    if (which == POPUP_NAME)
        ui_edit(self->ui, self->training.name);
    if (which == POPUP_SAVE || which == POPUP_EXPORT || which == POPUP_DIGITS_EXPORT)
        propose_name(self, which);
    if (app_chooses_file(self))
        files_begin(self, self->ui->field.text);
}

void app_toggle(app *self, popup which)
{
    app_show(self, self->popup == which ? POPUP_NONE : which);
}
