/* fence.h - memory between fences: what lies behind it cannot be touched, what lies before it is looked at when it is
 * given back. So code that writes or reads past the end of its arrays dies on the spot, and code that writes before
 * them fails the test. */
#ifndef FENCE_H
#define FENCE_H

#include <stddef.h>

/* Room for count items of size bytes, and not one byte more, filled with bytes of 0xff: floats are NaN. Ends the test
 * when it cannot be had. */
void *fence_alloc(size_t count, size_t size);

/* The same for floats. */
float *fence_floats(size_t count);

/* Gives memory of the above back; NULL is allowed. Fails the test if something was written before it. */
void fence_free(void *values);

#endif
