/* replay.h - plays a recorded session (record.h) again, without a window: the same calls, the same pixels.
 *
 * Time comes from the recording, and so does what only that run could tell (app_told): a model that was being opened is
 * waited for at the tick at which it was there. What a session read must be there again: files that it opened, and, in
 * the state's folder, earlier drawings and own models. Other fonts, another processor or a training in the session, whose
 * progress comes when it comes, may give other pixels; each such frame is counted. */
#ifndef REPLAY_H
#define REPLAY_H

#include "app.h"
#include "trace.h"

typedef struct replay_result {
    long frames, different; /* painted, and those of other pixels than recorded */
    int first_different;    /* the line of the recording; 0: none */
    uint64_t last;          /* hash of the last frame */
} replay_result;

/* The state's folder is options->state_dir; a settings file is made there from the recording if there is none. The other
 * options come from the recording. Every frame is written to the trace `to`, which may be NULL. */
bool replay_run(replay_result *result, const char *path, const app_options *options, trace *to, nn_error *err);

#endif
