/* answer.h - what a network says of one drawing, in the contract's terms. */
#ifndef ANSWER_H
#define ANSWER_H

#include "nn/nn.h"
#include <jansson.h>

typedef struct answer {
    int digit;          /* class index of the best guess, -1 where there is none: on an empty canvas, or by overflow */
    char text[NN_NAME]; /* its label, "" where there is none; a copy, as answers outlive their models */
    float confidence;   /* 0..1 */
    bool unsure;        /* the answer should be withheld; never changes `digit` */
    bool overflow;      /* the network's numbers grew beyond all bounds on this drawing: it has no answer */
    int classes;        /* 0 where there is no answer */
    float probability[NN_MAX_CLASSES];
    double infer_us; /* time the network took */
} answer;

/* Nothing was read. */
answer answer_none(void);

/* Of a picture: it becomes none where no class is much likelier than the others, as a network that was taught what is no
 * digit finds them on a blank sheet. Of few classes nothing can be told. */
void answer_leave_out_nothing(answer *a);

/* Doubt in which no class stands out. */
bool answer_names_none(const answer *a);

/* A text, with a question mark where there is doubt, into `room` bytes: of a longer one the end goes, but not the mark. */
void answer_mark(char *out, size_t room, const char *text, bool unsure);

/* The class alone, marked in the same way; a bare question mark for none that stands out. ANSWER_CLASS bytes hold any. */
enum { ANSWER_CLASS = NN_NAME + 1 };
void answer_class(char *out, size_t room, const answer *a);

/* The second most likely class, -1 where there is none. */
int answer_runner_up(const answer *a);

/* {digit (null where there is none), text, confidence, unsure}, and probabilities where they are wanted; NULL when out
 * of memory. */
json_t *answer_json(const answer *a, bool probabilities);

/* What to say of a model that overflows. */
bool answer_overflows(const char *model, nn_error *err);

#endif
