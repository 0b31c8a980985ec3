/* zip_tables.h - data sets as tables in a zip, as Kaggle hands them out. Internal to the room. */
#ifndef ZIP_TABLES_H
#define ZIP_TABLES_H

#include "dataset.h"

/* Whether there is a table with labels among its entries, by their names; and one that is called after the part. */
bool zip_has_tables(const char *path);
bool zip_has_part(const char *path, dataset_part part);

/* The table that is called after the part, or what may stand for it. */
bool zip_table_load(dataset *data, const char *path, dataset_part part, nn_error *err);
bool zip_table_read(dataset *data, const unsigned char *file, size_t len, dataset_part part, nn_error *err);

#endif
