/* keras_graph.h - from the list of layers to lines, along the connections between them. */
#ifndef KERAS_GRAPH_H
#define KERAS_GRAPH_H

#include "keras_writer.h"

/* Writes the whole network with its input and, if Keras's own end is not one, a softmax. `turned`: as in keras_writer. */
bool keras_write(foreign_net *net, const keras_model *model, bool turned, nn_error *err);

#endif
