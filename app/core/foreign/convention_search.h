/* convention_search.h - how a foreign network wants its images, and which reading of its file is the right one: the
 * check set decides.
 *
 * Every candidate is tried with every convention on a few images, the best few of these on more, and so on. Of those
 * that read about as many, the likeliest candidate counts of which the answers are not clearly less sure; and of its
 * conventions the one that gives the right classes the greatest probability, though pictures as strange to a network as
 * these make it up to four times too sure. Pixels in a wrong range are often read as well, but with probabilities that no
 * network is trained to. Where that too is equal the plainer convention counts. Where nothing reads even half of the
 * images, the classes may be in another order: then the assignment of classes to digits is found as well. Networks of
 * other classes than digits cannot be scored. */
#ifndef CONVENTION_SEARCH_H
#define CONVENTION_SEARCH_H

#include "app/core/model/convention.h"
#include "check_set.h"
#include "foreign.h"

enum { CONVENTION_TEMPERATURES = 5 }; /* 1 to 4, each by a half octave more */

typedef struct convention_score {
    int net, convention;                  /* which candidate (foreign.h), and which convention (convention.h) */
    int seen, right;                      /* images of the check set */
    double nats[CONVENTION_TEMPERATURES]; /* -log probabilities of the right classes, summed, at each temperature */
} convention_score;

typedef struct convention_search {
    convention_score *score; /* of all that were tried, the best first; nn_alloc */
    int count;
    int best;      /* the one to be taken */
    bool scored;   /* its classes are known to be digits; else nothing was seen and the plainest is taken */
    bool permuted; /* its classes stand for the digits in another order: class_digit */
    int class_digit[NN_MAX_CLASSES]; /* what each class stands for; -1: no digit */
} convention_search;

/* Of what tells its own convention, that one alone is scored. convention: the only one to be taken, though all are scored; -1: the best. `progress` gets 0..1 and may be NULL.
 * NN_USAGE where no candidate can read digits at all. */
bool convention_search_run(convention_search *search, const foreign *self, const check_set *set, int convention,
                           void (*progress)(void *ctx, double done), void *ctx, nn_error *err);
void convention_search_free(convention_search *search);

double convention_accuracy(const convention_score *score); /* 0 where nothing was seen */

#endif
