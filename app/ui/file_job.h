/* file_job.h - reads a picture, model or drawing that a person opens, told apart by its content, in a thread of its
 * own. Another program's model becomes one of the person's own. */
#ifndef FILE_JOB_H
#define FILE_JOB_H

#include "app/core/digit/picture.h"
#include "app/core/drawing/ink.h"
#include "app/core/job.h"
#include "app/core/model/import_facts.h"
#include "app/core/paths.h"
#include <stddef.h>

/* A picture that is read instead of a drawing. */
typedef struct app_picture {
    picture_looks found; /* the writing in it, as one digit */
    picture_looks row;   /* and as a number of several */
    int w, h;
    bool exact;           /* `shown` is the network's image itself, DIGIT_SIDE squared: it is read as it is */
    unsigned char *shown; /* as the canvas shows it: shown_w x shown_h, black = 255; NULL: there is none */
    int shown_w, shown_h;
} app_picture;

void app_picture_free(app_picture *picture);

typedef enum file_kind {
    FILE_MODEL,   /* to be opened as one */
    FILE_HISTORY, /* of a training: the same */
    FILE_IMPORTED,
    FILE_DRAWING,
    FILE_PICTURE
} file_kind;

typedef struct file_content {
    file_kind kind;
    char imported[PATHS_MAX]; /* the model that was made of it */
    import_facts facts;
    ink drawing;  /* the first */
    int drawings; /* that the file has */
    app_picture picture;
} file_content;

typedef struct file_job file_job;

typedef struct file_wish {
    const char *path;
    float brush; /* the width of strokes, which files do not have */
    const paths *where;
    const char *language; /* of errors, where another process tells them */
    int convention;       /* of a model, from which it is to be read by this one (convention.h); -1: as it is */
} file_wish;

/* The wish is copied, but for its language. */
bool file_job_new(file_job **job, const file_wish *wish, const job_host *host, nn_error *err);
bool file_job_imports(const file_job *job); /* it is at another program's model now, which takes a while */
bool file_job_is_done(const file_job *job);

/* Of one that is done, or is waited for: what was in it, which is the caller's, or false and err says why. Frees the job. */
bool file_job_take(file_job *job, file_content *content, nn_error *err);
void file_job_leave(file_job *job); /* at any time, without waiting. NULL is allowed */

/* Strokes from text, of a file or the clipboard: its first line. The drawing is the caller's to ink_free. */
bool file_parse_strokes(ink *drawing, const char *text, size_t len, float brush, nn_error *err);
int file_count_drawings(const char *text, size_t len); /* how many lines of strokes there are */

#endif
