/* journal.h - the drawing on disk, stroke by stroke, so that a crash loses at most the unfinished stroke.
 *
 * One append-only file of records {length, type, payload, CRC-32}. A finished stroke is written at once (it survives
 * kill -9 and a lost display); a worker thread syncs at most every 2 s (power loss). At the start the valid prefix is
 * read and a torn tail ignored. One process owns the journal by a lock; a second one runs without. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "app/core/paths.h"
#include "ink.h"

typedef struct journal journal;

/* Opens the journal and replays it into `recovered` (an initialised, empty drawing): what the last run left behind, or
 * nothing if its canvas was empty. A caller that takes this drawing on as its own just goes on writing. NN_USAGE:
 * another instance owns it; other codes: this run goes without, and err says why. Call the functions below from one
 * thread. */
bool journal_open(journal **journal, const paths *paths, ink *recovered, nn_error *err);

/* Writes what just happened to the drawing. `op` is the change, made to `ink` already; JOURNAL_ENTRY is a finished
 * stroke or a clear. Never waits for the disk. False with err if it could not be written, or if the last two syncs
 * failed; the caller shows that once and draws on: the next call writes the whole drawing instead. So it does, in a new
 * file, when the file or its folder was removed, or a sync failed. A clear empties a file of more than 1 MiB. NULL
 * journal: true. */
typedef enum journal_op { JOURNAL_ENTRY, JOURNAL_UNDO, JOURNAL_REDO } journal_op;
bool journal_write(journal *journal, const ink *ink, journal_op op, nn_error *err);

/* Starts anew with exactly the drawing given, for instance an empty one after "discard". NULL journal: true. */
bool journal_reset(journal *journal, const ink *ink, nn_error *err);

/* After a sync that failed the drawing is written anew without waiting for the next change: `tell` is called, by the
 * worker, so that the owner calls journal_tend soon. That does nothing where all is well; false with err where it is not
 * for the second time in a row: then the next change is waited for. NULL journal: true. */
void journal_watch(journal *journal, void (*tell)(void *ctx), void *ctx);
bool journal_tend(journal *journal, const ink *ink, nn_error *err);

/* At an orderly quit: the drawing stays for the next start. Syncs, joins the worker, frees. NULL is allowed. */
void journal_close(journal *journal);

/* The reader alone: applies the valid prefix of data to ink and returns its length. Out of memory: stops there. */
size_t journal_replay(ink *ink, const unsigned char *data, size_t len);

#endif
