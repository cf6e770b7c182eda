/* views.h - keeping views open after the function that took them returned. */

#ifndef PY2ABI_VIEWS_H
#define PY2ABI_VIEWS_H

#include "host.h"

/* How many scopes are open in the process: while it is 0 and PY2ABI_VIEWS is
 * not "hold", nobody has to look for a thread's record. */
extern atomic_long py2abi_views_scopes;

struct py2abi_view {
    Py_buffer buffer; /* filled by the exporter in place: it may point into itself */
    struct py2abi_view *next;
    PyObject *frame; /* owned: the Python frame whose C call asked; NULL in a scope */
    Py_ssize_t lasti; /* the instruction of that call */
    long scope;      /* token of the scope that keeps the view, 0 if a frame does */
};

int py2abi_views_prepare(const char *function, struct py2abi_view **ret_view);
void py2abi_views_keep(struct py2abi_view *view);
void py2abi_views_drop(struct py2abi_view *view);

static inline int
py2abi_views_wanted(const struct py2abi_host *host)
{
    return host->settings.views_hold
           || atomic_load_explicit(&py2abi_views_scopes, memory_order_relaxed) > 0;
}

#endif
