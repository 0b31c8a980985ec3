/* clipboard.c - answers and drawings go to other programs, drawings and paths of files come from them. */
#include "clipboard.h"
#include "app/core/drawing/strokes.h"
#include "app/texts/texts.h"
#include "notice.h"
#include "open.h"

static void copy(app *self, const char *text)
{
    if (self->host.copy)
        self->host.copy(self->host.ctx, text);
}

bool clipboard_copy_address(app *self, const char *address)
{
    if (!self->host.copy)
        return false;
    copy(self, address);
    app_done(self, ACTION_NONE, FORMAT_NOTICE_COPIED, address);
    return true;
}

static void copy_drawing(app *self)
{
    char *text;
    size_t len;
    nn_error err;
    if (!strokes_print(&self->drawing, "", "", &text, &len, &err)) {
        app_failed_error(self, ACTION_COPY_DRAWING, &err);
        return;
    }
    app_succeeded(self, ACTION_COPY_DRAWING);
    copy(self, text);
    nn_free(text);
}

static void paste(app *self)
{
    nn_error err;
    char *text = self->host.paste ? self->host.paste(self->host.ctx) : NULL;
    if (!text)
        return;
    const element *focused = ui_find(self->ui, self->ui->focus);
    if (focused && focused->kind == ELEMENT_FIELD)
        ui_type(self->ui, text);
    else if (app_open_text(self, text, &err))
        app_succeeded(self, ACTION_PASTE);
    else
        app_failed_briefly(self, ACTION_PASTE, FORMAT_NOTICE_PASTE, err.text);
    nn_free(text);
}

bool clipboard_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_COPY: copy(self, app_number(self) ? app_number(self)->text : app_read(self)->answer.text); return true;
    case ACTION_COPY_DRAWING: copy_drawing(self); return true;
    case ACTION_PASTE: paste(self); return true;
    default: return false;
    }
}
