/* mailbox.h - how one thread hands its newest state to another without a lock.
 *
 * The owner of the mailbox keeps three slots of whatever is handed over. The writer fills the slot `writing` and
 * publishes it; the reader takes the newest published one and reads it at leisure in the slot `reading`. Every slot
 * belongs to exactly one of writer, reader and the box between them, so nothing is torn and nobody waits; what the
 * reader does not fetch in time is overwritten, since only the newest counts. Two slots would not do: the writer
 * cannot know when the reader has left one. */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>

enum { MAILBOX_SLOTS = 3, MAILBOX_FRESH = 4 };

typedef struct mailbox {
    unsigned writing; /* slot of the writer */
    unsigned reading; /* slot of the reader */
    atomic_uint box;  /* the third slot, + MAILBOX_FRESH while the reader has not seen it */
} mailbox;

static inline void mailbox_init(mailbox *self)
{
    self->writing = 0;
    self->reading = 1;
    atomic_init(&self->box, 2);
}

/* Writer: hands over its slot and goes on in another, whose content is some older one. */
static inline void mailbox_publish(mailbox *self)
{
    self->writing = atomic_exchange(&self->box, self->writing | MAILBOX_FRESH) & ~(unsigned)MAILBOX_FRESH;
}

/* Reader: true when there was something new, which is now in its slot. */
static inline bool mailbox_take(mailbox *self)
{
    if (!(atomic_load(&self->box) & MAILBOX_FRESH))
        return false;
    self->reading = atomic_exchange(&self->box, self->reading) & ~(unsigned)MAILBOX_FRESH;
    return true;
}

#endif
