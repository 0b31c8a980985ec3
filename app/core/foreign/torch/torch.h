/* torch.h - files of PyTorch's: state dictionaries, as the zip of today or as the row of pickles before 1.6. */
#ifndef TORCH_H
#define TORCH_H

#include "app/core/foreign/foreign.h"

/* Candidates for a state dictionary, also where it stands inside of another dictionary. Whole modules, optimizers and
 * programs are refused with what to do instead. `out` is to be foreign_freed also on failure. */
bool torch_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

#endif
