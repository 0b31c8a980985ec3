/* page_html.h - the page of a report. */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "page_figures.h"

/* From the first byte of a page to its body: the model's name as title, and the style. */
void page_html_head(const char *name, buffer *out);

/* The whole of report.html; figures[i] belongs to page_plots[i] and may be NULL. */
bool page_html(const page_source *source, figure *const figures[PAGE_PLOTS], buffer *out, nn_error *err);

#endif
