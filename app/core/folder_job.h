/* folder_job.h - a folder is listed, and small pictures of its pictures are made, beside the window. For the window's
 * thread. */
#ifndef FOLDER_JOB_H
#define FOLDER_JOB_H

#include "folder.h"
#include "job.h"

enum { FOLDER_THUMB = 48 /* pixels a side */ };

/* Makes a grey picture, 255 paper, of the file at `path`; false where there is none to be made. Called by the worker. */
typedef bool (*folder_thumbnail)(const char *path, unsigned char grey[FOLDER_THUMB * FOLDER_THUMB]);

typedef struct folder_job folder_job;

bool folder_job_new(folder_job **out, const char *path, folder_thumbnail make, const job_host *host, nn_error *err);

/* The list, NULL until it is there; it stays as it is then. Where listing failed, *problem has a text. */
const folder_listing *folder_job_list(const folder_job *self, const nn_error **problem);

/* Of entry i, NULL while or where there is none. */
const unsigned char *folder_job_thumbnail(const folder_job *self, int i);

void folder_job_stop(folder_job *self);            /* asks it to end; returns at once */
bool folder_job_has_ended(const folder_job *self); /* freeing it will not wait */
void folder_job_free(folder_job *self);            /* at any time; waits for at most one file. NULL is allowed */

#endif
