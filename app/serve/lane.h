/* lane.h - where requests go that take long, so that the short ones need not wait behind them: a short queue and threads
 * of its own. Whoever asks for much takes nobody's turn: an address has half of the queue at most, and while one of its
 * items is worked on, those of others come first. */
#ifndef LANE_H
#define LANE_H

#include "address.h"
#include "nn/error.h"

typedef struct lane lane;

/* work(ctx, item) is called once for every item that was pushed, by one of `threads` threads; with `dropped` where the
 * lane was closed before its turn came. */
typedef void lane_work(void *ctx, void *item, bool dropped);

bool lane_open(lane **lane, int threads, lane_work *work, void *ctx, nn_error *err);

/* False where the queue is full, for this address or for all, or closed. Any thread. */
bool lane_push(lane *lane, void *item, const address *from);

/* Takes no more, waits for what is being worked on, drops the rest. NULL is allowed. */
void lane_close(lane *lane);
void lane_free(lane *lane); /* of a closed one, when nobody pushes any more; NULL is allowed */

#endif
