/* check.h - PY2ABI_CHECK: what calls, frames and objects that go tell those who check.
 *
 * All of it wants the GIL, and does nothing while the setting is off: callers ask
 * py2abi_checking first. */

#ifndef PY2ABI_CHECK_H
#define PY2ABI_CHECK_H

#include "guest.h"
#include "dispatch.h"

/* The values of the setting. */
enum { PY2ABI_CHECK_OFF, PY2ABI_CHECK_ON, PY2ABI_CHECK_EARLY };
extern int py2abi_checking __attribute__((visibility("hidden")));

/* Counts what may change the reference counts of any object: memory that was freed, proxies
 * and remembered results that came or went.  A call during which it stays as it is has to
 * leave the counts as its row says. */
extern unsigned long py2abi_check_events;

/* Counts when other code may have run: guest code that was entered, the host's come back
 * from.  That may let go of anything that it has. */
extern unsigned long py2abi_check_code __attribute__((visibility("hidden")));

/* The objects that a function of the guest's is given for as long as it runs. */
struct py2abi_given {
    struct py2abi_given *outer;
    const char *name; /* of the function */
    PyObject *objects[3];
};

void py2abi_given_enter(struct py2abi_given *given, const char *name, PyObject *self,
                        PyObject *args, PyObject *kwargs);
void py2abi_given_leave(struct py2abi_given *given, PyObject *result);

/* lifetimes.c: what is lent, what is gone. */
void py2abi_lend(PyObject *item, PyObject *lender, const char *function);
void py2abi_lent_check_frame(const struct py2abi_frame *frame);
void py2abi_lent_check_result(const PyObject *result);
Py_ssize_t py2abi_lent_holders(const PyObject *item);
void py2abi_free_late(void *block, const void *object);
const char *py2abi_gone(const PyObject *object);
void py2abi_lifetimes_see(const PyObject *object);

void py2abi_check_fail(const char *function, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

#endif
