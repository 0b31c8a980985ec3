/* views.c - going from view to view. */
#include "views.h"
#include <stdio.h>

/* One who goes by the tabs stays on them. */
static bool is_on_tabs(const app *self)
{
    static const int tabs[VIEW_COUNT] = {ACTION_VIEW_READ, ACTION_VIEW_BREAK, ACTION_VIEW_INSIDE, ACTION_VIEW_TRAIN,
                                         ACTION_VIEW_MODELS};
    for (int i = 0; i < VIEW_COUNT; i++)
        if (strcmp(self->ui->focus, action_about(tabs[i])->name) == 0)
            return true;
    return false;
}

void views_show(app *self, view_choice view)
{
    app_view_place *before = &self->place[self->settings.view], *now = &self->place[view];
    before->scroll = self->ui->scrolled[0];
    self->ui->scrolled[0] = now->scroll;
    self->settings.view = view;
    if (is_on_tabs(self) || before == now)
        return;
    snprintf(before->focus, sizeof before->focus, "%s", self->ui->focus);
    if (*now->focus)
        ui_set_focus(self->ui, now->focus);
}
