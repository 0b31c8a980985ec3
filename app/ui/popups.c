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

static void focus_on(app *self, const char *list, const char *row)
{
    char name[UI_NAME];
    snprintf(name, sizeof name, "%s.%s", list, row);
    ui_set_focus(self->ui, name);
}

/* What it shows at first: its field, and the row that the focus is on. */
static void fill(app *self, popup which)
{
    switch (which) {
    case POPUP_MODELS:
        comparison_survey(self);
        focus_on(self, "model", app_reader_name(self));
        break;
    case POPUP_OPEN:
    case POPUP_DIGITS_IMPORT: ui_edit(self->ui, ""); break;
    case POPUP_GUEST: ui_edit(self->ui, self->digits.of_chosen ? "" : self->settings.guest); break;
    case POPUP_KEEP:
        if (app_read(self)->answer.digit >= 0)
            focus_on(self, "keep", app_read(self)->answer.text);
        break;
    case POPUP_FOLDER: ui_edit(self->ui, self->training.path); break;
    case POPUP_TEST_FOLDER: ui_edit(self->ui, self->testing.path); break;
    case POPUP_REPORT: propose_report(self); break;
    case POPUP_NAME: ui_edit(self->ui, self->training.name); break;
    case POPUP_SAVE:
    case POPUP_EXPORT:
    case POPUP_DIGITS_EXPORT: propose_name(self, which); break;
    default: break;
    }
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
    fill(self, which);
    if (app_chooses_file(self))
        files_begin(self, self->ui->field.text);
}

void app_toggle(app *self, popup which)
{
    app_show(self, self->popup == which ? POPUP_NONE : which);
}
