/* picture_list.h - which pictures are in a folder, and what each shows: by the folder of its class, by a table beside the
 * pictures, or by their names. Internal to the room. */
#ifndef PICTURE_LIST_H
#define PICTURE_LIST_H

#include "nn/nn.h"
#include "nn/stream.h"

typedef struct listed_picture {
    char *path;
    char label[NN_NAME];
} listed_picture;

typedef struct picture_list {
    listed_picture *picture;
    int count, room;
} picture_list;

void picture_list_free(picture_list *list);
bool picture_list_add(picture_list *list, const char *path, const char *label, nn_error *err); /* copies both */

/* Whether a name ends as pictures' do. */
bool picture_is_named(const char *name, size_t len);

/* Whether a folder of that name is one of a class: not one that is called after a part of a data set. */
bool picture_list_is_class(const char *name);

/* The pictures in the folders of a folder, which are called as their classes. False with a list that is empty where there
 * are none. Free in any case, as below. */
bool picture_list_folders(picture_list *list, const char *folder, nn_error *err);

/* Those right in a folder, if all names have a digit at the same place, and not all the same: 3_0001.png,
 * digit-7-12.png, img_5.png, seven (2).png. Empty where they have not. */
bool picture_list_names(picture_list *list, const char *folder, nn_error *err);

/* Those that a table names, a picture a line: its name and its label, in either order, or where the first line says; with
 * columns more. They lie beside the table, or in a folder that does. Errors name table and line. */
bool picture_list_table(picture_list *list, const char *table, nn_error *err);

/* The same from its content; they lie in `folder`, "": to be found near to `table`. */
bool picture_list_read(picture_list *list, nn_stream *stream, const char *table, const char *folder, nn_error *err);

/* Whether a file is such a table; *labelled: it has labels, too. Looks at the first lines alone. */
bool picture_list_is_table(const char *path, bool *labelled);

#endif
