/* page_html.h - the page of a report. */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "page_figures.h"

/* From the first byte of a page to its body: the model's name as title, and the style. */
void page_html_head(const char *name, buffer *out);

/* A number at the top of a page, with a remark; NAN is shown as "-". */
void page_html_fact(const char *name, double share, int digits, const char *note, buffer *out);

/* A table of all classes, with areas under the ROC curve where `auc` is not NULL. `items` are what was read. */
void page_html_classes(const confusion *c, const nn_model *model, const double *auc, const char *items, buffer *out);

/* The whole of report.html; figures[i] belongs to page_plots[i] and may be NULL. */
bool page_html(const page_source *source, figure *const figures[PAGE_PLOTS], buffer *out, nn_error *err);

#endif
