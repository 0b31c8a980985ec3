/* words.c - the runner-up, and which form of a class stands in a sentence. */
#include "words.h"
#include "app/texts/texts.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const float worth_a_word = 0.05f; /* probability of the runner-up of a sure answer */

const char *words_doubt(bool two)
{
    return texts_get(two ? TEXT_ANSWER_TWO : TEXT_ANSWER_NONE);
}

const char *words_offer(bool two)
{
    return texts_get(two ? TEXT_NUMBER_OFFER : TEXT_NUMBER_OFFER_SEVERAL);
}

/* Where English has "an", by sound: "an 8", "an 11" (not "an 110"), "an F", "an apple". */
static bool takes_an(const char *label)
{
    size_t len = strlen(label), digits = strspn(label, "0123456789");
    char first = (char)toupper((unsigned char)label[0]);
    if (digits > 0)
        return first == '8' || (digits == 2 && (strncmp(label, "11", 2) == 0 || strncmp(label, "18", 2) == 0));
    return first != '\0' && strchr(len == 1 ? "AEFHILMNORSX" : "AEIO", first) != NULL;
}

const char *words_name(ui *u, const char *label)
{
    bool number = isdigit((unsigned char)label[0]) != 0;
    if (takes_an(label))
        return number ? ui_say(u, FORMAT_ANSWER_NUMBER_VOWEL, label) : ui_say(u, FORMAT_ANSWER_OTHER_VOWEL, label);
    return number ? ui_say(u, FORMAT_ANSWER_NUMBER, label) : ui_say(u, FORMAT_ANSWER_OTHER, label);
}

const char *words_answer(ui *u, const answer *a, const char (*label)[NN_NAME])
{
    int other = answer_runner_up(a);
    if (a->digit < 0)
        return "";
    if (answer_names_none(a))
        return texts_get(TEXT_ANSWER_NONE);
    const char *best = words_name(u, a->text), *second = words_name(u, label[other]);
    if (a->unsure)
        return ui_say(u, FORMAT_ANSWER_EITHER, best, second);
    if (a->probability[other] >= worth_a_word)
        return ui_say(u, FORMAT_ANSWER_IS_PERHAPS, best, second);
    return ui_say(u, FORMAT_ANSWER_IS, best);
}

const char *words_number(ui *u, const number_answer *n)
{
    return n->unsure ? ui_say(u, FORMAT_NUMBER_PERHAPS, n->text) : ui_say(u, FORMAT_NUMBER_IS, n->text);
}

const char *words_time(ui *u, double us)
{
    return us < 1000 ? ui_say(u, FORMAT_NUMBER_MICROSECONDS, us) : ui_say(u, FORMAT_NUMBER_MILLISECONDS, us / 1000);
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

static const char *say_other(ui *u, const model_scores *s)
{
    const char *share = ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * s->other);
    switch (s->of) {
    case SCORE_PENS: return ui_say(u, FORMAT_SCORE_PENS, share);
    case SCORE_MADE_UP: return ui_say(u, FORMAT_SCORE_MADE_UP, share);
    case SCORE_KEPT: return ui_say(u, FORMAT_SCORE_KEPT, share);
    case SCORE_CHECK: return ui_say(u, FORMAT_SCORE_CHECK, share);
    case SCORE_ASIDE: return ui_say(u, FORMAT_SCORE_ASIDE, share);
    case SCORE_NOTHING:
    case SCORE_KINDS: break;
    }
    return NULL;
}

/* Of the model that was measured. */
static const char *say_scores(ui *u, const model_scores *s)
{
    const char *other = say_other(u, s);
    const char *tested = isnan(s->tested)
                             ? NULL
                             : ui_say(u, FORMAT_SCORE_TESTED, ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * s->tested));
    if (!other)
        return tested;
    const char *never = texts_get(s->of == SCORE_MADE_UP ? TEXT_SCORE_NEVER_TESTED : TEXT_LEARN_NEVER_TESTED);
    return ui_say(u, FORMAT_SCORE_BOTH, tested ? tested : other, tested ? other : never);
}

const char *words_scores(ui *u, const model_scores *s)
{
    const char *scores = say_scores(u, s);
    return scores && s->of_origin ? ui_say(u, FORMAT_SCORE_OF_ORIGIN, scores) : scores;
}

const char *words_known(ui *u, const model_entry *m)
{
    const char *scores = words_scores(u, &m->scores);
    if (m->members <= 1)
        return scores;
    const char *together = ui_say(u, FORMAT_COMPARE_NAME_N, m->members);
    return scores ? ui_say(u, FORMAT_SCORE_BOTH, together, scores) : together;
}
