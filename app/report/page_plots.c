/* page_plots.c - the list of all figures of a report. */
#include "page_figures.h"

const page_plot page_plots[PAGE_PLOTS] = {
    {"confusion", SECTION_CLASSES, "Right answers lie on the diagonal; the stronger the colour, the more there are.",
     page_draw_confusion},
    {"roc", SECTION_CLASSES, "The ten classes with the smallest area below the curve, which stands beside each.",
     page_draw_roc},
    {"roc-corner", SECTION_CLASSES, "The same where good networks differ.", page_draw_roc_corner},
    {"reliability", SECTION_CONFIDENCE,
     "Of the answers with 80 % confidence 80 % should be right: the bars should end on the line.",
     page_draw_reliability},
    {"confidence", SECTION_CONFIDENCE, "Both groups add up to 100 %.", page_draw_confidence},
    {"loss", SECTION_TRAINING,
     "Mean cross-entropy; of training images with augmentation and label smoothing, where used.", page_draw_loss},
    {"accuracy", SECTION_TRAINING, "Of training images while they are learned, with augmentation.", page_draw_accuracy},
    {"filters-1", SECTION_NETWORK, "What it looks for in the image. Vermillion is positive, blue negative.",
     page_draw_first_filters},
    {"filters-2", SECTION_NETWORK, "How it combines what the first layer found. Vermillion is positive, blue negative.",
     page_draw_second_filters},
    {"feature-maps", SECTION_NETWORK, "Ink shows where a layer answers; each layer has a scale of its own.",
     page_draw_feature_maps},
    {"classes", SECTION_DATA, "A network sees best what it sees often.", page_draw_classes},
    {"samples", SECTION_DATA, "The first images of each class.", page_draw_samples},
};
