/* data_source.h - which files a data set is in, whatever people call them. */
#ifndef DATA_SOURCE_H
#define DATA_SOURCE_H

#include "app/core/paths.h"
#include "dataset.h"

typedef enum source_kind {
    SOURCE_IDX,
    SOURCE_NPZ,
    SOURCE_MAT,
    SOURCE_NPY,
    SOURCE_CSV,
    SOURCE_ZIP,   /* of tables */
    SOURCE_TABLE, /* that names pictures */
    SOURCE_STROKES,
    SOURCE_PICTURES
} source_kind;

typedef struct data_source {
    source_kind kind;
    char images
        [PATHS_MAX]; /* a file, with the labels in it as well where `labels` is ""; the folder of SOURCE_PICTURES */
    char labels[PATHS_MAX];
    char set[NN_NAME]; /* what stands before the part in the names: "emnist-letters"; "" */
    bool is_among;     /* `set` is wanted, and may be one of several in the file: of SOURCE_NPZ alone */
    bool whole;        /* no name says which part it is: all of it is either part */
} data_source;

/* Finds a part of the data set at a path: a file, or a folder with files or folders in it, down to three levels, as
 * torchvision, Kaggle and others leave them:
 *     train-images-idx3-ubyte, train-images.idx3-ubyte, emnist-letters-train-images-idx3-ubyte; .gz or not
 *     .npz, .mat, and .npy in pairs; .csv, .tsv, zips of them
 *     train/3/0001.png, 3/0001.png; 3_0001.png; pictures and a .csv with their names and labels
 * Where there are several sets, `set` is a word of the one that is wanted; NULL: not said, which is an error that names
 * them. One that is not there is an error that names what is, but for an .npz, which is not looked into here. */
bool data_source_find(data_source *source, const char *path, const char *set, dataset_part part, nn_error *err);

/* Whether a file's name is one that only data sets have; without a look at the disk. */
bool data_source_is_named(const char *path);

#endif
