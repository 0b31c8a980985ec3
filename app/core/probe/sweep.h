/* sweep.h - what a network reads while a digit is distorted in every way there is, each from one end of its range to the
 * other and the others as they are: curves of what it minds and what it does not.
 *
 * Nothing allocates, and a step is one reading, so the work is spread over frames. One thread at a time. */
#ifndef SWEEP_H
#define SWEEP_H

#include "app/core/digit/digit.h"
#include "app/core/model/recogniser.h"

enum { SWEEP_POINTS = 21 }; /* from min to max of the range */

/* One way of distorting: what the network reads at every point. */
typedef struct sweep_curve {
    int answer;            /* to the digit that is not distorted; -1: there is no curve */
    int top[SWEEP_POINTS]; /* the most likely class; -1 where the network has no answer */
    float probability[SWEEP_POINTS][NN_MAX_CLASSES];
} sweep_curve;

typedef struct sweep {
    sweep_curve curve[DISTORT_KINDS]; /* each of the last round in which it was done */
    bool going;                       /* a round has begun and is not done */

    /* The round. */
    digit_options how;
    digit page;       /* with the coverage of the digit that it is about */
    int kind, point;  /* the next to be read */
    sweep_curve next; /* that is being made */
} sweep;

/* There are no curves. */
void sweep_init(sweep *self);

/* The value of a way of distorting at a point. */
float sweep_value(distort_kind kind, int point);

/* Starts a round about a digit that was made with these options: reads it once without distortion. */
void sweep_begin(sweep *self, recogniser *reader, const digit *from, const digit_options *how);

/* Reads one more; true when it was the last. */
bool sweep_step(sweep *self, recogniser *reader);

/* A stretch of the range in which one class is the most likely; between two points it ends where the straight lines
 * through the probabilities of both classes meet. */
typedef struct sweep_span {
    int top;        /* -1: the network has no answer */
    float from, to; /* values of the distortion */
} sweep_span;

/* All of them from min to max; returns how many: 0 where there is no curve. */
int sweep_spans(const sweep *self, distort_kind kind, sweep_span spans[SWEEP_POINTS]);

/* Where the answer first turns into another on the way from no distortion of that kind upwards (direction 1) or
 * downwards (-1); false where it does not. A digit that the other distortions turned already turns at 0. */
typedef struct sweep_turn {
    float value, until; /* of the distortion: where it is that class, seen on the way */
    bool stays;         /* it is that to the end of the range */
    int top;            /* the class that it turns into */
} sweep_turn;
bool sweep_find_turn(const sweep *self, distort_kind kind, int direction, sweep_turn *turn);

#endif
