/* page_html.h - the page of a report. */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "page_figures.h"

/* The whole of report.html; figures[i] belongs to page_plots[i] and may be NULL. */
bool page_html(const page_source *source, figure *const figures[PAGE_PLOTS], buffer *out, nn_error *err);

#endif
