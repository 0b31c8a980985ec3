/* files.h - choosing a file by its path or from a list: which folder is shown, and what the path in the field means. */
#ifndef FILES_H
#define FILES_H

#include "state.h"

void files_init(app *self);

/* A dialog with a path has been opened: the folder shown is the one around `path`, or else the last one. */
void files_begin(app *self, const char *path);

/* The path that is meant by what stands in the field; false, with the dialog's problem, where that is too long. */
bool files_chosen(app *self, char path[PATHS_MAX]);

/* Enter on what is a folder goes into it, and on the beginning of a name takes the first that has it; false where the
 * dialog shall take the path as it is. */
bool files_lead_on(app *self, const char *path);

/* Whether what is saved may have that path: an existing file is replaced only when the same name is confirmed, which the
 * dialog asks for. */
bool files_may_write(app *self, const char *path);

/* A row of the list; true where the dialog shall take it now. */
bool files_choose(app *self, int index);

bool files_do(app *self, action act); /* going to other folders */
void files_tick(app *self);           /* the list follows what is typed */
void files_free(app *self);

#endif
