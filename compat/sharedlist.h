/* sharedlist.h - what sharedlist.c has for listobject.c. */

#ifndef PY2ABI_SHAREDLIST_H
#define PY2ABI_SHAREDLIST_H

#include "guest.h"

/* What a shared list has beside its structure. */
struct py2abi_list {
    PyObject *list;            /* whose this is; borrowed */
    HostObject *host;          /* the host's list; its head or its link holds it */
    PyObject **shadow;         /* the guest's items when both agreed: owned, or NULL */
    HostObject **items;        /* the host's: owned, but for numbers */
    Py_ssize_t size, room;     /* of the two */
    PyObject **block;          /* ob_item when slots were counted */
    Py_ssize_t slots;          /* that ob_item has */
    struct py2abi_block *run;  /* the numbers that it began with when it came, or NULL */
    Py_ssize_t nested;         /* how many items have insides that are read inline */
    int is_busy;               /* being pushed, pulled or sorted */
    int is_passed;             /* an outer frame had it before the one that has it */
    struct py2abi_lists *chain; /* a frame's, or that of the lists that are kept, or NULL */
    struct py2abi_list *next, **link; /* in it; and what points here */
};

#define ITEMS(list) (((PyListObject *)(list))->ob_item)
#define ALLOCATED(list) (((PyListObject *)(list))->allocated)

/* The same for an instance of a type that a binary derives from list; NULL: not shared. */
struct py2abi_list *py2abi_list_embedded(PyObject *list);

/* What a list has if it is shared, or NULL. */
static inline struct py2abi_list *
py2abi_list_state(PyObject *list)
{
    if (Py_TYPE(list)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        return PY2ABI_HEAD(list)->list;
    }
    return py2abi_list_embedded(list);
}

/* Whether what inlined code reads of an item may change. */
static inline int
py2abi_list_is_nested(PyObject *item)
{
    return item != NULL
           && (Py_TYPE(item)->tp_flags
               & (Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS)
               || PyAnySet_CheckExact(item));
}

/* Whether the guest's item is a number, which is what the host has as long as that has a number
 * of the same value there.  The host's object is then not owned, and may be gone: its address
 * only tells where one has moved. */
static inline int
py2abi_list_is_number(const PyObject *item)
{
    return item != NULL && (Py_TYPE(item) == &PyFloat_Type || Py_TYPE(item) == &PyInt_Type);
}

/* Keep the host's object of an item, whose reference is taken over; let go of both. */
static inline void
py2abi_list_keep_host(const PyObject *guest, HostObject *host)
{
    if (py2abi_list_is_number(guest)) {
        host_DECREF(host);
    }
}

static inline void
py2abi_list_drop(PyObject *guest, HostObject *host)
{
    int is_number = py2abi_list_is_number(guest);
    Py_XDECREF(guest);
    if (!is_number) {
        host_DECREF(host);
    }
}

/* The running frame has the list: what it changes inline is pushed when it calls the
 * host, and when it ends. */
void py2abi_list_touch(struct py2abi_list *state);

/* The same where the guest's code runs, so that the thread is known: each function of
 * the API does it. */
static inline void
py2abi_list_touch_here(struct py2abi_list *state)
{
    struct py2abi_thread *thread = (struct py2abi_thread *)(void *)_PyThreadState_Current;
    if (thread == NULL || thread->frame == NULL || &thread->frame->lists != state->chain) {
        py2abi_list_touch(state);
    }
}

/* Room for a shared list of size items and what allocated then says.  Returns 0, or -1
 * with a host exception (MemoryError). */
int py2abi_list_reserve(PyObject *list, struct py2abi_list *state, Py_ssize_t size);

static inline void
py2abi_list_set_size(PyObject *list, Py_ssize_t size)
{
    Py_SIZE(list) = size;
    ALLOCATED(list) = 2 * (size > 0 ? size : 1);
}

/* What the host gets for an item, as a new reference; one that was never set is None
 * there.  NULL with a host exception. */
HostObject *py2abi_list_host_item(PyObject *item);

/* Carry over what the guest has changed inline, and what the host has.  Return 0, or -1
 * with a host exception. */
int py2abi_list_push(PyObject *list, struct py2abi_list *state);
int py2abi_list_pull(PyObject *list, struct py2abi_list *state);

/* Bring up to date what inlined code reads of an item that is the same as before.
 * Returns 0, or -1 with a host exception. */
int py2abi_list_refresh_item(PyObject *item);

/* Bring a list up to date as a whole; or, which costs little to find out, if it has
 * become longer or shorter.  Return 0, or -1 with a guest exception. */
int py2abi_list_agree(PyObject *list);
int py2abi_list_agree_size(PyObject *list);

#endif
