/* table.c - every command: its name and what `digitscope --help` says of it. */
#include "commands.h"
#include <stddef.h>

const command_entry command_table[] = {
    {"train", "train a network on a data set and keep the best", command_train},
    {"search", "search settings of a training, by halving", command_search},
    {"prune", "make a trained network smaller", command_prune},
    {"teach", "teach a copy of a model one person's hand", command_teach},
    {"data", "say what is understood of a data set", command_data},
    {"quantize", "prepare a model for computing in whole numbers", command_quantize},
    {"import", "make a model from one of Keras, PyTorch, ONNX or TensorFlow Lite", command_import},
    {"export", "write a model for other programs", command_export},
    {"eval", "score models on the test images", command_eval},
    {"ink", "score a model on recorded pen strokes", command_ink},
    {"predict", "read pictures of single digits", command_predict},
    {"serve", "read drawings and pictures over HTTP, and on a page to draw on", command_serve},
    {"bench", "measure the speed of this machine", command_bench},
    {"info", "show what a model file holds", command_info},
    {"models", "list the models there are", command_models},
    {"fetch-data", "download MNIST", command_fetch_data},
    {NULL, NULL, NULL},
};
