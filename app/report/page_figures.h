/* page_figures.h - the figures of a report: what was measured and learned, as plots and pictures. */
#ifndef PAGE_FIGURES_H
#define PAGE_FIGURES_H

#include "app/ui/kit/figure.h"
#include "page.h"

typedef enum page_section {
    SECTION_CLASSES,
    SECTION_CONFIDENCE,
    SECTION_TRAINING,
    SECTION_NETWORK,
    SECTION_DATA
} page_section;

typedef struct page_plot {
    const char *name; /* of its files */
    page_section section;
    const char *caption;
    /* *out is the caller's to figure_free; it stays NULL where there is nothing to show. */
    bool (*draw)(const page_source *source, figure **out, nn_error *err);
} page_plot;

enum { PAGE_PLOTS = 12 };
extern const page_plot page_plots[PAGE_PLOTS];

/* plots of the scores: page_scores.c */
bool page_draw_confusion(const page_source *source, figure **out, nn_error *err);
bool page_draw_roc(const page_source *source, figure **out, nn_error *err);
bool page_draw_roc_corner(const page_source *source, figure **out, nn_error *err);
bool page_draw_reliability(const page_source *source, figure **out, nn_error *err);
bool page_draw_confidence(const page_source *source, figure **out, nn_error *err);
bool page_draw_loss(const page_source *source, figure **out, nn_error *err);
bool page_draw_accuracy(const page_source *source, figure **out, nn_error *err);
bool page_draw_classes(const page_source *source, figure **out, nn_error *err);

/* pictures of images and weights: page_pictures.c */
bool page_draw_samples(const page_source *source, figure **out, nn_error *err);
bool page_draw_first_filters(const page_source *source, figure **out, nn_error *err);
bool page_draw_second_filters(const page_source *source, figure **out, nn_error *err);
bool page_draw_feature_maps(const page_source *source, figure **out, nn_error *err);

#endif
