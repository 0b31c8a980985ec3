/* net_editor.h - a network of one's own: the dialog in which the layers of one are changed, and saved under a name. */
#ifndef NET_EDITOR_H
#define NET_EDITOR_H

#include "state.h"

bool net_editor_do(app *self, action act); /* false: it is none of ACTION_NET_... */
void net_editor_tick(app *self);           /* takes in what is typed */
void net_editor_ask_name(app *self);       /* if the lines make a network */
bool net_editor_save(app *self, const char *name, nn_error *err);
void net_editor_forget(app *self); /* what was not saved */

#endif
