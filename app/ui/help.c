/* help.c - the actions of the manual. */
#include "help.h"
#include "app/texts/texts.h"
#include "clipboard.h"
#include "notice.h"
#include "popups.h"

/* The page about the open dialog, else about the view. */
static const char *topic(const app *self)
{
    static const char *const of_view[VIEW_COUNT] = {[VIEW_READ] = "read",
                                                    [VIEW_BREAK] = "break",
                                                    [VIEW_INSIDE] = "inside",
                                                    [VIEW_TRAIN] = "learn",
                                                    [VIEW_MODELS] = "test"};
    switch (self->popup) {
    case POPUP_OPEN: return "pictures";
    case POPUP_SAVE:
    case POPUP_RECENT:
    case POPUP_SETTINGS: return "drawing";
    case POPUP_SHARE: return "serve";
    case POPUP_MODELS:
    case POPUP_EXPORT: return "models";
    case POPUP_DIGITS:
    case POPUP_DIGITS_IMPORT:
    case POPUP_DIGITS_EXPORT:
    case POPUP_GUEST:
    case POPUP_KEEP: return "teach";
    case POPUP_NETS:
    case POPUP_NET:
    case POPUP_NET_NAME:
    case POPUP_MODEL_NAME:
    case POPUP_NAME:
    case POPUP_LEAVE: return "learn";
    case POPUP_DATA:
    case POPUP_FOLDER: return "data";
    case POPUP_TEST_IMAGES:
    case POPUP_TEST_FOLDER:
    case POPUP_REPORT: return "test";
    case POPUP_NONE: return of_view[self->settings.view];
    default: return "start";
    }
}

/* How far the page in sight is scrolled. */
static int *scrolled(app *self)
{
    return &self->ui->scrolled[1];
}

/* `from`: as for manual_open. The words looked for stay marked. */
static void open_page(app *self, const char *target, int from)
{
    nn_error err;
    manual *book = self->manual;
    if (!manual_open(book, target, from, &err)) {
        app_notice_error(self, &err);
        return;
    }
    document_look look = manual_look(book, ACTION_HELP_LINK, NULL);
    *scrolled(self) = document_anchor(self->ui, self->ui->scroll_area.w, &book->text, &look, book->anchor);
    ui_set_focus(self->ui, "help.find");
}

void help_show(app *self, const char *page)
{
    nn_error err;
    if (!self->manual)
        self->manual = nn_alloc(1, sizeof *self->manual);
    if (!self->manual) {
        nn_fail(&err, NN_NOMEM, 0, "out of memory");
        app_notice_error(self, &err);
        return;
    }
    if (!manual_list(self->manual, texts_language(), &err)) {
        app_notice_error(self, &err);
        return;
    }
    app_show(self, POPUP_HELP);
    ui_edit(self->ui, "");
    manual_find(self->manual, "");
    open_page(self, page, -1);
}

static void toggle_help(app *self)
{
    if (self->popup == POPUP_HELP)
        app_show(self, POPUP_NONE);
    else
        help_show(self, topic(self));
}

/* An address of the web is copied: the program opens no other one. */
static void follow(app *self, int link)
{
    const markdown *text = &self->manual->text;
    if (link < 0 || link >= text->n_links)
        return;
    const char *target = text->text + text->link[link];
    if (manual_is_page(target) || !clipboard_copy_address(self, target))
        open_page(self, target, *scrolled(self));
}

static void open_found(app *self, int page)
{
    if (page < 0 || page >= self->manual->n_pages)
        return;
    manual_find(self->manual, self->ui->field.text);
    open_page(self, self->manual->page[page].name, *scrolled(self));
    rect view = self->ui->scroll_area;
    document_look look = manual_look(self->manual, ACTION_HELP_LINK, NULL);
    int at = document_found(self->ui, view.w, &self->manual->text, &look) - view.h / 3; /* with what stands before it */
    *scrolled(self) = at > 0 ? at : 0;
}

static void go_back(app *self)
{
    nn_error err;
    int at = manual_back(self->manual, &err);
    if (at >= 0)
        *scrolled(self) = at;
}

void help_accept(app *self)
{
    char line[8];
    const char *words = self->ui->field.text;
    for (int i = 0; *words && i < self->manual->n_pages; i++)
        if (manual_finds(self->manual, i, words, line, sizeof line)) {
            open_found(self, i);
            return;
        }
}

bool help_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_HELP: toggle_help(self); return true;
    case ACTION_HELP_BACK: go_back(self); return true;
    case ACTION_HELP_LINK: follow(self, act.index); return true;
    case ACTION_HELP_PAGE: open_found(self, act.index); return true;
    default: return false;
    }
}
