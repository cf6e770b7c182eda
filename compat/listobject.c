/* listobject.c - lists, as the guest's code has them; sharedlist.c has what both sides
 * have. */

#include "config.h"
#include "containers.h"
#include "exceptions.h"
#include "hostlayout.h"
#include "proxy.h"
#include "sharedlist.h"
#include "strings27.h"

#include <stdlib.h>
#include <string.h>

/* ---- What the functions below are made of ---- */

/* Python 2.7's steps, which leave more free the longer the list is. */
static int
resize_plain(PyListObject *list, Py_ssize_t size)
{
    Py_ssize_t allocated = list->allocated;
    if (allocated >= size && size >= allocated / 2) {
        Py_SIZE(list) = size;
        return 0;
    }
    size_t wanted = size == 0 ? 0 : (size_t)size + (size_t)size / 8 + (size < 9 ? 3 : 6);
    if (wanted > PY_SSIZE_T_MAX / sizeof(PyObject *)) {
        PyErr_NoMemory();
        return -1;
    }
    PyObject **block = NULL;
    if (wanted == 0) {
        free(list->ob_item);
    }
    else if ((block = realloc(list->ob_item, wanted * sizeof *block)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    list->ob_item = block;
    list->allocated = (Py_ssize_t)wanted;
    Py_SIZE(list) = size;
    return 0;
}
/* What splice takes out, until everything is in order again. */
struct removed {
    PyObject **items, **shadow;
    HostObject **hosts;
    Py_ssize_t count;
};

static void
free_removed(struct removed *removed)
{
    for (Py_ssize_t i = removed->count; i-- > 0;) {
        Py_XDECREF(removed->items[i]);
        if (removed->shadow != NULL) {
            py2abi_list_drop(removed->shadow[i], removed->hosts[i]);
        }
    }
    free(removed->items);
    free(removed->shadow);
    free(removed->hosts);
}

static int
room_for_removed(struct removed *removed, Py_ssize_t count, int is_shared)
{
    if (count == 0) {
        return 0;
    }
    size_t bytes = (size_t)count * sizeof(void *);
    removed->items = malloc(bytes);
    removed->shadow = is_shared ? malloc(bytes) : NULL;
    removed->hosts = is_shared ? malloc(bytes) : NULL;
    if (removed->items == NULL
        || (is_shared && (removed->shadow == NULL || removed->hosts == NULL))) {
        free_removed(removed);
        return -1;
    }
    return 0;
}

static void
move_slots(void *array, Py_ssize_t from, Py_ssize_t to, Py_ssize_t end)
{
    void **slots = array;
    if (end > from) { /* An empty list has no array. */
        memmove(slots + to, slots + from, (size_t)(end - from) * sizeof *slots);
    }
}

/* Put count items (borrowed) in the place of those from low to high in a list that
 * is only the guest's.  Returns 0, or -1 with a guest exception. */
static int
splice_plain(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *const *items,
             Py_ssize_t count)
{
    struct removed removed = {NULL, NULL, NULL, 0};
    Py_ssize_t size = Py_SIZE(list), added = count - (high - low);
    if (added > PY_SSIZE_T_MAX - size || room_for_removed(&removed, high - low, 0) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = low; i < high; i++) {
        removed.items[removed.count++] = ITEMS(list)[i];
    }
    if (added < 0) {
        move_slots(ITEMS(list), high, high + added, size);
    }
    if (resize_plain((PyListObject *)list, size + added) < 0) {
        if (added < 0) {
            /* There is less in the same memory. */
            Py_SIZE(list) = size + added;
            PyErr_Clear();
        }
        else {
            removed.count = 0;
            free_removed(&removed);
            return -1;
        }
    }
    if (added > 0) {
        move_slots(ITEMS(list), high, high + added, size);
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_XINCREF(items[i]);
        ITEMS(list)[low + i] = items[i];
    }
    free_removed(&removed);
    return 0;
}

/* The same on the host's list. */
static int
splice_host(HostObject *list, Py_ssize_t low, Py_ssize_t high, HostObject *const *items,
            Py_ssize_t count)
{
    if (count == 1 && low == high) {
        return low >= host_PyList_Size(list) ? host_PyList_Append(list, items[0])
                                             : host_PyList_Insert(list, low, items[0]);
    }
    HostObject *values = count != 0 ? host_PyList_New(count) : NULL;
    if (count != 0 && values == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        host_INCREF(items[i]);
        host_PyList_SetItem(values, i, items[i]);
    }
    int status = host_PyList_SetSlice(list, low, high, values);
    host_XDECREF(values);
    return status;
}

/* The same for a shared list: its copies first, so that code that the host's list
 * runs when it loses items finds both alike.  hosts are taken over when it succeeds.
 * Returns 0, or -1 with a host exception. */
static int
splice_shared(PyObject *list, struct py2abi_list *state, Py_ssize_t low, Py_ssize_t high,
              PyObject *const *items, HostObject **hosts, Py_ssize_t count)
{
    struct removed removed = {NULL, NULL, NULL, 0};
    Py_ssize_t size = state->size, added = count - (high - low);
    if (py2abi_list_reserve(list, state, added > 0 ? size + added : size) < 0) {
        return -1;
    }
    if (room_for_removed(&removed, high - low, 1) < 0) {
        host_PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = low; i < high; i++) {
        removed.items[removed.count] = ITEMS(list)[i];
        removed.shadow[removed.count] = state->shadow[i];
        removed.hosts[removed.count++] = state->items[i];
        state->nested -= py2abi_list_is_nested(state->shadow[i]);
    }
    move_slots(ITEMS(list), high, high + added, size);
    move_slots(state->shadow, high, high + added, size);
    move_slots(state->items, high, high + added, size);
    for (Py_ssize_t i = 0; i < count; i++) {
        ITEMS(list)[low + i] = state->shadow[low + i] = items[i];
        state->items[low + i] = hosts[i];
        state->nested += py2abi_list_is_nested(items[i]);
        if (items[i] != NULL) {
            Py_REFCNT(items[i]) += 2;
        }
        host_INCREF(hosts[i]);
        py2abi_list_keep_host(items[i], hosts[i]);
    }
    state->size = size + added;
    py2abi_list_set_size(list, size + added);
    int status = splice_host(state->host, low, high, hosts, count);
    if (status == 0) {
        for (Py_ssize_t i = 0; i < count; i++) {
            host_DECREF(hosts[i]);
        }
    }
    else {
        /* The host's list is the truth. */
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        (void)py2abi_list_pull(list, state);
        host_PyErr_Restore(type, value, traceback);
    }
    free_removed(&removed);
    return status;
}

static void
clamp(Py_ssize_t size, Py_ssize_t *low, Py_ssize_t *high)
{
    *low = *low < 0 ? 0 : *low > size ? size : *low;
    *high = *high < *low ? *low : *high > size ? size : *high;
}

/* Put count items (borrowed, NULL ones too) in the place of those from low to high,
 * which are cut to what there is.  Returns 0, or -1 with a guest exception. */
static int
splice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *const *items, Py_ssize_t count)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state == NULL || state->is_busy) {
        clamp(Py_SIZE(list), &low, &high);
        if (state != NULL) {
            state->block = NULL; /* The slots have to be counted again. */
        }
        return splice_plain(list, low, high, items, count);
    }
    HostObject *few[8], **hosts = few;
    Py_ssize_t ready = 0;
    int status = -1;
    if (count > 8 && (hosts = malloc((size_t)count * sizeof *hosts)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Py_INCREF(list);
    while (ready < count && (hosts[ready] = py2abi_list_host_item(items[ready])) != NULL) {
        ready++;
    }
    /* Items that were set inline meanwhile are moved with the rest. */
    if (ready == count && (Py_SIZE(list) == state->size || py2abi_list_push(list, state) == 0)
        && (host_PyList_Size(state->host) == state->size || py2abi_list_pull(list, state) == 0)) {
        clamp(state->size, &low, &high);
        status = splice_shared(list, state, low, high, items, hosts, count);
    }
    if (status < 0) {
        while (ready-- > 0) {
            host_DECREF(hosts[ready]);
        }
    }
    if (hosts != few) {
        free(hosts);
    }
    Py_DECREF(list);
    return (int)py2abi_returned(status);
}

/* ---- The C API ---- */

/* The order is that in which Python 2.7's own functions complain. */
static int
check(PyObject *list)
{
    if (list == NULL || !PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return 0;
}

/* A list whose items are NULL, to be filled with PyList_SET_ITEM: a new reference,
 * or NULL with SystemError (negative size) or MemoryError. */
PyObject *
PyList_New(Py_ssize_t size)
{
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if ((size_t)size > PY_SSIZE_T_MAX / sizeof(PyObject *)) {
        return PyErr_NoMemory();
    }
    PyListObject *list = (PyListObject *)py2abi_mirror_new(&PyList_Type, NULL);
    if (list == NULL) {
        return py2abi_failed();
    }
    if (size > 0) {
        size_t room = (size_t)size * sizeof *list->ob_item;
        if ((list->ob_item = PyObject_Malloc(room)) == NULL) {
            Py_DECREF(list);
            return PyErr_NoMemory();
        }
        memset(list->ob_item, 0, room);
    }
    Py_SIZE(list) = list->allocated = size;
    return (PyObject *)list;
}

Py_ssize_t
PyList_Size(PyObject *list)
{
    return check(list) < 0 || py2abi_list_agree_size(list) < 0 ? -1 : Py_SIZE(list);
}

PyObject *
PyList_GetItem(PyObject *list, Py_ssize_t i)
{
    if (check(list) < 0 || py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    if (i < 0 || i >= Py_SIZE(list)) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
        return NULL;
    }
    return py2abi_list_item(list, i);
}

/* Set an item (taken over); message for a wrong index. */
static int
set_item(PyObject *list, Py_ssize_t i, PyObject *item)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (py2abi_list_agree_size(list) < 0) {
        Py_XDECREF(item);
        return -1;
    }
    if (i < 0 || i >= Py_SIZE(list)) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    if (state == NULL || state->is_busy) {
        Py_XSETREF(ITEMS(list)[i], item);
        return 0;
    }
    HostObject *host = py2abi_list_host_item(item);
    if (host == NULL || py2abi_list_agree_size(list) < 0 || i >= state->size) {
        /* Cut by code that the conversion has run: as if it had been set before. */
        int status = host != NULL && PyErr_Occurred() == NULL ? 0 : -1;
        if (host == NULL) {
            py2abi_error_to_guest();
        }
        host_XDECREF(host);
        Py_XDECREF(item);
        return status;
    }
    PyObject *former = ITEMS(list)[i], *shadow = state->shadow[i];
    HostObject *former_host = state->items[i];
    state->nested += py2abi_list_is_nested(item) - py2abi_list_is_nested(shadow);
    ITEMS(list)[i] = state->shadow[i] = item;
    state->items[i] = host;
    Py_XINCREF(item);
    host_INCREF(host);
    py2abi_list_keep_host(item, host);
    int status = (int)py2abi_returned(host_PyList_SetItem(state->host, i, host));
    Py_XDECREF(former);
    py2abi_list_drop(shadow, former_host);
    return status;
}

int
PyList_SetItem(PyObject *list, Py_ssize_t i, PyObject *item)
{
    if (!PyList_Check(list)) {
        Py_XDECREF(item);
        PyErr_BadInternalCall();
        return -1;
    }
    return set_item(list, i, item);
}

int
PyList_Insert(PyObject *list, Py_ssize_t where, PyObject *item)
{
    if (check(list) < 0) {
        return -1;
    }
    if (item == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (py2abi_list_agree_size(list) < 0) {
        return -1;
    }
    if (where < 0) {
        where += Py_SIZE(list);
    }
    return splice(list, where, where, &item, 1);
}

/* The hot one: without the detour over splice while the list is only the guest's. */
static int
append(PyObject *list, PyObject *item)
{
    Py_ssize_t size = Py_SIZE(list);
    if (py2abi_list_state(list) != NULL) {
        return py2abi_list_agree_size(list) < 0
                   ? -1
                   : splice(list, Py_SIZE(list), Py_SIZE(list), &item, 1);
    }
    if (resize_plain((PyListObject *)list, size + 1) < 0) {
        return -1;
    }
    Py_INCREF(item);
    ITEMS(list)[size] = item;
    return 0;
}

int
PyList_Append(PyObject *list, PyObject *item)
{
    if (list == NULL || !PyList_Check(list) || item == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    return append(list, item);
}

static PyObject *
slice(PyObject *list, Py_ssize_t low, Py_ssize_t high)
{
    if (py2abi_list_agree(list) < 0) {
        return NULL;
    }
    clamp(Py_SIZE(list), &low, &high);
    PyObject *made = PyList_New(high - low);
    for (Py_ssize_t i = low; made != NULL && i < high; i++) {
        PyObject *item = ITEMS(list)[i];
        Py_XINCREF(item);
        PyList_SET_ITEM(made, i - low, item);
    }
    return made;
}

PyObject *
PyList_GetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return slice(list, low, high);
}

/* Put what an iterable has (NULL: nothing) in the place of the items from low to
 * high. */
static int
assign(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *iterable, const char *message)
{
    if (iterable == NULL) {
        return splice(list, low, high, NULL, 0);
    }
    PyObject *values = iterable == list ? slice(list, 0, PY_SSIZE_T_MAX)
                                        : PySequence_Fast(iterable, message);
    if (values == NULL || (PyList_Check(values) && py2abi_list_agree(values) < 0)) {
        Py_XDECREF(values);
        return -1;
    }
    /* Items that the list is given may be a list that changes meanwhile. */
    Py_ssize_t count = PySequence_Fast_GET_SIZE(values);
    PyObject **items = calloc((size_t)count + 1, sizeof *items);
    int status = -1;
    if (items == NULL) {
        PyErr_NoMemory();
    }
    else {
        for (Py_ssize_t i = 0; i < count; i++) {
            items[i] = PySequence_Fast_GET_ITEM(values, i);
            Py_XINCREF(items[i]);
        }
        status = splice(list, low, high, items, count);
        for (Py_ssize_t i = 0; i < count; i++) {
            Py_XDECREF(items[i]);
        }
    }
    free(items);
    Py_DECREF(values);
    return status;
}

static int
assign_slice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *iterable)
{
    return py2abi_list_agree_size(list) < 0
               ? -1
               : assign(list, low, high, iterable, "can only assign an iterable");
}

int
PyList_SetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *iterable)
{
    if (!PyList_Check(list)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return assign_slice(list, low, high, iterable);
}

/* Append what an iterable has.  Returns None, as a new reference. */
PyObject *
_PyList_Extend(PyListObject *object, PyObject *iterable)
{
    PyObject *list = (PyObject *)object;
    if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable) || iterable == list) {
        if (py2abi_list_agree_size(list) < 0
            || assign(list, Py_SIZE(list), Py_SIZE(list), iterable, "argument must be iterable")
                   < 0) {
            return NULL;
        }
        Py_RETURN_NONE;
    }
    PyObject *iterator = PyObject_GetIter(iterable), *item;
    if (iterator == NULL) {
        return NULL;
    }
    while ((item = PyIter_Next(iterator)) != NULL) {
        int status = append(list, item);
        Py_DECREF(item);
        if (status < 0) {
            Py_DECREF(iterator);
            return NULL;
        }
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred() != NULL) {
        return NULL;
    }
    Py_RETURN_NONE;
}

int
PyList_Reverse(PyObject *list)
{
    if (check(list) < 0 || py2abi_list_agree_size(list) < 0) {
        return -1;
    }
    struct py2abi_list *state = py2abi_list_state(list);
    Py_ssize_t size = Py_SIZE(list);
    int is_shared = state != NULL && !state->is_busy;
    for (Py_ssize_t i = 0, j = size - 1; i < j; i++, j--) {
        PyObject *item = ITEMS(list)[i];
        ITEMS(list)[i] = ITEMS(list)[j];
        ITEMS(list)[j] = item;
        if (is_shared) {
            PyObject *shadow = state->shadow[i];
            HostObject *host = state->items[i];
            state->shadow[i] = state->shadow[j];
            state->shadow[j] = shadow;
            state->items[i] = state->items[j];
            state->items[j] = host;
        }
    }
    return is_shared ? (int)py2abi_returned(host_PyList_Reverse(state->host)) : 0;
}

PyObject *
PyList_AsTuple(PyObject *list)
{
    if (check(list) < 0 || py2abi_list_agree(list) < 0) {
        return NULL;
    }
    PyObject *tuple = PyTuple_New(Py_SIZE(list));
    for (Py_ssize_t i = 0; tuple != NULL && i < Py_SIZE(list); i++) {
        PyObject *item = ITEMS(list)[i];
        Py_XINCREF(item);
        PyTuple_SET_ITEM(tuple, i, item);
    }
    return tuple;
}

/* ---- Sorting ---- */

/* An item with what it is compared by.  Python 2's order is found by the guest's
 * comparisons, which know more than the host's. */
struct element {
    PyObject *key;
    Py_ssize_t index;
};

/* Whether a comes before b: -1 with a guest exception. */
static int
is_less(PyObject *a, PyObject *b, PyObject *compare)
{
    if (compare == NULL) {
        return PyObject_RichCompareBool(a, b, Py_LT);
    }
    PyObject *result = PyObject_CallFunctionObjArgs(compare, a, b, NULL);
    if (result == NULL) {
        return -1;
    }
    if (!PyInt_Check(result)) {
        PyErr_Format(PyExc_TypeError, "comparison function must return int, not %.200s",
                     Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return -1;
    }
    long order = PyInt_AsLong(result);
    Py_DECREF(result);
    return order < 0;
}

/* Sort from[0..count) stably by merging halves; spare has the same size. */
static int
merge_sort(struct element *from, struct element *spare, Py_ssize_t count, PyObject *compare)
{
    if (count < 2) {
        return 0;
    }
    Py_ssize_t half = count / 2, a = 0, b = half, to = 0;
    if (merge_sort(from, spare, half, compare) < 0
        || merge_sort(from + half, spare, count - half, compare) < 0) {
        return -1;
    }
    /* What is in order already, as most that is sorted again is, costs no merge. */
    int less = is_less(from[half].key, from[half - 1].key, compare);
    if (less <= 0) {
        return less;
    }
    memcpy(spare, from, (size_t)half * sizeof *spare);
    while (a < half && b < count) {
        less = is_less(from[b].key, spare[a].key, compare);
        if (less < 0) {
            /* Leave a permutation behind. */
            memcpy(from + to, spare + a, (size_t)(half - a) * sizeof *spare);
            return -1;
        }
        from[to++] = less ? from[b++] : spare[a++];
    }
    memcpy(from + to, spare + a, (size_t)(half - a) * sizeof *spare);
    return 0;
}

/* Put a shared or plain list's items in the order that was found, on both sides. */
static int
permute(PyObject *list, const struct element *order, Py_ssize_t size)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state != NULL && state->is_busy) {
        state = NULL;
    }
    PyObject **items = malloc((size_t)size * sizeof *items);
    PyObject **shadow = state != NULL ? malloc((size_t)size * sizeof *shadow) : NULL;
    HostObject **hosts = state != NULL ? malloc((size_t)size * sizeof *hosts) : NULL;
    if (items == NULL || (state != NULL && (shadow == NULL || hosts == NULL))) {
        free(items);
        free(shadow);
        free(hosts);
        PyErr_NoMemory();
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        items[i] = ITEMS(list)[order[i].index];
        if (state != NULL) {
            shadow[i] = state->shadow[order[i].index];
            /* What is remembered of a number may be gone. */
            hosts[i] = py2abi_host_list_item(state->host, order[i].index);
            host_INCREF(hosts[i]);
        }
    }
    memcpy(ITEMS(list), items, (size_t)size * sizeof *items);
    if (state != NULL) {
        memcpy(state->shadow, shadow, (size_t)size * sizeof *shadow);
        memcpy(state->items, hosts, (size_t)size * sizeof *hosts);
        for (Py_ssize_t i = 0; i < size; i++) {
            if (status == 0) {
                status = host_PyList_SetItem(state->host, i, hosts[i]);
            }
            else {
                host_DECREF(hosts[i]);
            }
        }
        status = (int)py2abi_returned(status);
    }
    free(items);
    free(shadow);
    free(hosts);
    return status;
}

static void
reverse_order(struct element *order, Py_ssize_t size)
{
    for (Py_ssize_t i = 0, j = size - 1; i < j; i++, j--) {
        struct element element = order[i];
        order[i] = order[j];
        order[j] = element;
    }
}

/* Sort by compare (a cmp function) and by what key makes of the items; NULL is the
 * natural order and the items themselves.  Returns 0, or -1 with a guest exception:
 * ValueError when a comparison has changed the list. */
static int
sort(PyObject *list, PyObject *compare, PyObject *key, int is_reverse)
{
    if (py2abi_list_agree(list) < 0) {
        return -1;
    }
    Py_ssize_t size = Py_SIZE(list), ready = 0;
    if (size < 2 && key == NULL) {
        return 0;
    }
    struct element *order = malloc(((size_t)size + 1) * sizeof *order);
    struct element *spare = malloc(((size_t)size + 1) * sizeof *spare);
    PyObject **items = malloc(((size_t)size + 1) * sizeof *items);
    if (order == NULL || spare == NULL || items == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    Py_INCREF(list);
    for (Py_ssize_t i = 0; i < size; i++) {
        items[i] = ITEMS(list)[i];
        Py_XINCREF(items[i]);
    }
    int status = 0;
    for (; status == 0 && ready < size; ready++) {
        PyObject *item = items[ready];
        order[ready].index = ready;
        if (key == NULL) {
            Py_INCREF(item);
            order[ready].key = item;
        }
        else if ((order[ready].key = PyObject_CallFunctionObjArgs(key, item, NULL)) == NULL) {
            status = -1;
            break;
        }
    }
    if (status == 0) {
        if (is_reverse) {
            /* Equal ones stay in their order. */
            reverse_order(order, size);
        }
        status = merge_sort(order, spare, size, compare);
        if (is_reverse) {
            reverse_order(order, size);
        }
    }
    if (status == 0
        && (py2abi_list_agree(list) < 0 || Py_SIZE(list) != size
            || (size != 0
                && memcmp(ITEMS(list), items, (size_t)size * sizeof *items) != 0))) {
        if (PyErr_Occurred() == NULL) {
            PyErr_SetString(PyExc_ValueError, "list modified during sort");
        }
        status = -1;
    }
    if (status == 0) {
        status = permute(list, order, size);
    }
    while (ready-- > 0) {
        Py_DECREF(order[ready].key);
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_XDECREF(items[i]);
    }
    free(order);
    free(spare);
    free(items);
    Py_DECREF(list);
    return status;
failed:
    free(order);
    free(spare);
    free(items);
    return -1;
}

int
PyList_Sort(PyObject *list)
{
    return check(list) < 0 ? -1 : sort(list, NULL, NULL, 0);
}

/* ---- What lists do ---- */

static void
dealloc(PyObject *list)
{
    PyTypeObject *type = Py_TYPE(list);
    if (_PyObject_GC_IS_TRACKED(list)) {
        PyObject_GC_UnTrack(list);
    }
    Py_TRASHCAN_SAFE_BEGIN(list)
    py2abi_list_release(list);
    if (!(type->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        if (ITEMS(list) != NULL) {
            /* It had a proxy, and is not shared any more. */
            py2abi_list_release(list);
        }
        py2abi_proxy_drop(list);
        type->tp_free(list);
    }
    else {
        py2abi_mirror_dealloc(list);
    }
    Py_TRASHCAN_SAFE_END(list)
}

/* What a shared list remembers, for the host's collector (py2abi_mirror_visit). */
int
py2abi_list_visit(PyObject *list, int (*on_host)(HostObject *, void *), void *host_data,
                  visitproc on_guest, void *guest_data)
{
    const struct py2abi_list *state = py2abi_list_state(list);
    int status = 0;
    for (Py_ssize_t i = 0; state != NULL && status == 0 && i < state->size; i++) {
        if (!py2abi_list_is_number(state->shadow[i])) {
            status = on_host(state->items[i], host_data);
        }
        if (status == 0 && state->shadow[i] != NULL) {
            status = on_guest(state->shadow[i], guest_data);
        }
    }
    return status;
}

static int
traverse(PyObject *list, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(list); i-- > 0;) {
        Py_VISIT(ITEMS(list)[i]);
    }
    return 0;
}

static int
clear(PyObject *list)
{
    return splice(list, 0, PY_SSIZE_T_MAX, NULL, 0);
}

static PyObject *
repr(PyObject *list)
{
    int known = Py_ReprEnter(list);
    if (known != 0) {
        return known > 0 ? PyString_FromString("[...]") : NULL;
    }
    PyObject *text = py2abi_list_agree(list) == 0 ? PyString_FromString("[") : NULL;
    for (Py_ssize_t i = 0; text != NULL && i < Py_SIZE(list); i++) {
        PyObject *item = ITEMS(list)[i];
        Py_XINCREF(item);
        if (i > 0) {
            PyString_ConcatAndDel(&text, PyString_FromString(", "));
        }
        if (text != NULL) {
            /* A failure makes text NULL. */
            PyString_ConcatAndDel(&text, PyObject_Repr(item));
        }
        Py_XDECREF(item);
    }
    if (text != NULL) {
        PyString_ConcatAndDel(&text, PyString_FromString("]"));
    }
    Py_ReprLeave(list);
    return text;
}

/* A new reference to an item while the list may change. */
static PyObject *
held_item(PyObject *list, Py_ssize_t i)
{
    PyObject *item = i < Py_SIZE(list) ? ITEMS(list)[i] : NULL;
    Py_XINCREF(item);
    return item;
}

static int
compare_items(PyObject *a, PyObject *b, Py_ssize_t i)
{
    PyObject *left = held_item(a, i), *right = held_item(b, i);
    int same = PyObject_RichCompareBool(left, right, Py_EQ);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return same;
}

static PyObject *
richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyList_Check(a) || !PyList_Check(b)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    if (py2abi_list_agree(a) < 0 || py2abi_list_agree(b) < 0) {
        return NULL;
    }
    if (Py_SIZE(a) != Py_SIZE(b) && (op == Py_EQ || op == Py_NE)) {
        return PyBool_FromLong(op == Py_NE);
    }
    for (Py_ssize_t i = 0; i < Py_SIZE(a) && i < Py_SIZE(b); i++) {
        int same = compare_items(a, b, i);
        if (same < 0) {
            return NULL;
        }
        if (!same && (op == Py_EQ || op == Py_NE)) {
            return PyBool_FromLong(op == Py_NE);
        }
        if (!same && i < Py_SIZE(a) && i < Py_SIZE(b)) {
            PyObject *left = held_item(a, i), *right = held_item(b, i);
            PyObject *result = PyObject_RichCompare(left, right, op);
            Py_XDECREF(left);
            Py_XDECREF(right);
            return result;
        }
    }
    return PyBool_FromLong(py2abi_compare_sizes(Py_SIZE(a), Py_SIZE(b), op));
}

static Py_ssize_t
length(PyObject *list)
{
    return py2abi_list_agree_size(list) < 0 ? -1 : Py_SIZE(list);
}

/* Where an item is from an index on: -1 without an exception if it is not there,
 * -2 with one. */
static Py_ssize_t
find(PyObject *list, PyObject *wanted, Py_ssize_t start, Py_ssize_t stop, int is_wanted_first)
{
    if (py2abi_list_agree(list) < 0) {
        return -2;
    }
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(list); i++) {
        PyObject *item = held_item(list, i);
        int same = is_wanted_first ? PyObject_RichCompareBool(wanted, item, Py_EQ)
                                   : PyObject_RichCompareBool(item, wanted, Py_EQ);
        Py_XDECREF(item);
        if (same != 0) {
            return same > 0 ? i : -2;
        }
    }
    return -1;
}

static int
contains(PyObject *list, PyObject *wanted)
{
    Py_ssize_t found = find(list, wanted, 0, PY_SSIZE_T_MAX, 1);
    return found >= 0 ? 1 : found == -1 ? 0 : -1;
}

static PyObject *
item_of(PyObject *list, Py_ssize_t i)
{
    if (py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    if (i < 0 || i >= Py_SIZE(list)) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
        return NULL;
    }
    PyObject *item = py2abi_list_item(list, i);
    Py_XINCREF(item);
    return item;
}

static PyObject *
concat(PyObject *a, PyObject *b)
{
    if (!PyList_Check(b)) {
        return PyErr_Format(PyExc_TypeError, "can only concatenate list (not \"%.200s\") to list",
                            Py_TYPE(b)->tp_name);
    }
    if (py2abi_list_agree(a) < 0 || py2abi_list_agree(b) < 0) {
        return NULL;
    }
    PyObject *made = slice(a, 0, PY_SSIZE_T_MAX);
    if (made != NULL && assign(made, Py_SIZE(made), Py_SIZE(made), b, "") < 0) {
        Py_CLEAR(made);
    }
    return made;
}

/* A list's items (as they are now) so many times, as a new list. */
static PyObject *
repeat(PyObject *list, Py_ssize_t times)
{
    if (py2abi_list_agree(list) < 0) {
        return NULL;
    }
    Py_ssize_t size = Py_SIZE(list);
    times = times < 0 ? 0 : times;
    if (size != 0 && times > PY_SSIZE_T_MAX / size) {
        return PyErr_NoMemory();
    }
    PyObject *made = PyList_New(size * times);
    for (Py_ssize_t i = 0; made != NULL && i < size * times; i++) {
        PyObject *item = ITEMS(list)[i % size];
        Py_XINCREF(item);
        PyList_SET_ITEM(made, i, item);
    }
    return made;
}

static int
assign_item(PyObject *list, Py_ssize_t i, PyObject *item)
{
    if (item != NULL) {
        Py_INCREF(item);
        return set_item(list, i, item);
    }
    if (py2abi_list_agree_size(list) < 0) {
        return -1;
    }
    if (i < 0 || i >= Py_SIZE(list)) {
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    return splice(list, i, i + 1, NULL, 0);
}

static PyObject *
inplace_concat(PyObject *list, PyObject *iterable)
{
    PyObject *none = _PyList_Extend((PyListObject *)list, iterable);
    if (none == NULL) {
        return NULL;
    }
    Py_DECREF(none);
    Py_INCREF(list);
    return list;
}

static PyObject *
inplace_repeat(PyObject *list, Py_ssize_t times)
{
    PyObject *made = repeat(list, times);
    int status = made != NULL ? assign(list, 0, PY_SSIZE_T_MAX, made, "") : -1;
    Py_XDECREF(made);
    if (status < 0) {
        return NULL;
    }
    Py_INCREF(list);
    return list;
}

static PyObject *
subscript(PyObject *list, PyObject *index)
{
    if (py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred() != NULL) {
            return NULL;
        }
        return item_of(list, i < 0 ? i + Py_SIZE(list) : i);
    }
    if (!PySlice_Check(index)) {
        return PyErr_Format(PyExc_TypeError, "list indices must be integers, not %.200s",
                            Py_TYPE(index)->tp_name);
    }
    Py_ssize_t start, stop, step, count;
    if (py2abi_list_agree(list) < 0
        || PySlice_GetIndicesEx((PySliceObject *)index, Py_SIZE(list), &start, &stop, &step,
                                &count)
               < 0) {
        return NULL;
    }
    PyObject *made = PyList_New(count < 0 ? 0 : count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *item = ITEMS(list)[start + i * step];
        Py_XINCREF(item);
        PyList_SET_ITEM(made, i, item);
    }
    return made;
}

/* An extended slice gets other items, or (values NULL) goes. */
static int
assign_steps(PyObject *list, Py_ssize_t start, Py_ssize_t step, Py_ssize_t count, PyObject *values)
{
    if (values == NULL) {
        /* From the end, so that the other indices stay right. */
        for (Py_ssize_t i = 0; i < count; i++) {
            Py_ssize_t at = step > 0 ? start + (count - 1 - i) * step : start + i * step;
            if (splice(list, at, at + 1, NULL, 0) < 0) {
                return -1;
            }
        }
        return 0;
    }
    PyObject *items = values == list ? slice(list, 0, PY_SSIZE_T_MAX)
                                     : PySequence_Fast(values,
                                                       "must assign iterable to extended slice");
    if (items == NULL) {
        return -1;
    }
    int status = PyList_Check(items) ? py2abi_list_agree(items) : 0;
    if (status == 0 && PySequence_Fast_GET_SIZE(items) != count) {
        PyErr_Format(PyExc_ValueError,
                     "attempt to assign sequence of size %zd to extended slice of size %zd",
                     PySequence_Fast_GET_SIZE(items), count);
        status = -1;
    }
    for (Py_ssize_t i = 0; status == 0 && i < count && i < PySequence_Fast_GET_SIZE(items); i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(items, i);
        Py_XINCREF(item);
        status = set_item(list, start + i * step, item);
    }
    Py_DECREF(items);
    return status;
}

static int
assign_subscript(PyObject *list, PyObject *index, PyObject *value)
{
    if (py2abi_list_agree_size(list) < 0) {
        return -1;
    }
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred() != NULL) {
            return -1;
        }
        return assign_item(list, i < 0 ? i + Py_SIZE(list) : i, value);
    }
    if (!PySlice_Check(index)) {
        PyErr_Format(PyExc_TypeError, "list indices must be integers, not %.200s",
                     Py_TYPE(index)->tp_name);
        return -1;
    }
    Py_ssize_t start, stop, step, count;
    if (PySlice_GetIndicesEx((PySliceObject *)index, Py_SIZE(list), &start, &stop, &step, &count)
        < 0) {
        return -1;
    }
    if (step == 1) {
        return assign_slice(list, start, stop, value);
    }
    return assign_steps(list, start, step, count, value);
}

static PySequenceMethods as_sequence = {
    .sq_length = length,
    .sq_concat = concat,
    .sq_repeat = repeat,
    .sq_item = item_of,
    .sq_slice = slice,
    .sq_ass_item = assign_item,
    .sq_ass_slice = assign_slice,
    .sq_contains = contains,
    .sq_inplace_concat = inplace_concat,
    .sq_inplace_repeat = inplace_repeat,
};

static PyMappingMethods as_mapping = {
    .mp_length = length,
    .mp_subscript = subscript,
    .mp_ass_subscript = assign_subscript,
};

static int
init(PyObject *list, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {(char *)"sequence", NULL};
    PyObject *iterable = NULL;
    /* Derived types call this with NULL or None for what they have not got. */
    if (args != NULL && args != Py_None
        && !PyArg_ParseTupleAndKeywords(args, kwargs != Py_None ? kwargs : NULL, "|O:list", names,
                                        &iterable)) {
        return -1;
    }
    if (py2abi_list_agree_size(list) < 0 || (Py_SIZE(list) != 0 && clear(list) < 0)) {
        return -1;
    }
    if (iterable != NULL) {
        PyObject *none = _PyList_Extend((PyListObject *)list, iterable);
        if (none == NULL) {
            return -1;
        }
        Py_DECREF(none);
    }
    return 0;
}

/* tp_alloc: derived types have theirs from here. */
static PyObject *
alloc(PyTypeObject *type, Py_ssize_t size)
{
    if (!(type->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        return PyType_GenericAlloc(type, size);
    }
    PyObject *list = py2abi_mirror_new(type, NULL);
    return list != NULL ? list : py2abi_failed();
}

/* ---- Methods ---- */

static PyObject *
list_append(PyObject *list, PyObject *item)
{
    if (append(list, item) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
list_insert(PyObject *list, PyObject *args)
{
    Py_ssize_t where;
    PyObject *item;
    if (!PyArg_ParseTuple(args, "nO:insert", &where, &item)
        || PyList_Insert(list, where, item) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
list_extend(PyObject *list, PyObject *iterable)
{
    return _PyList_Extend((PyListObject *)list, iterable);
}

static PyObject *
list_pop(PyObject *list, PyObject *args)
{
    Py_ssize_t i = -1;
    if (!PyArg_ParseTuple(args, "|n:pop", &i) || py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    if (Py_SIZE(list) == 0) {
        PyErr_SetString(PyExc_IndexError, "pop from empty list");
        return NULL;
    }
    if (i < 0) {
        i += Py_SIZE(list);
    }
    if (i < 0 || i >= Py_SIZE(list)) {
        PyErr_SetString(PyExc_IndexError, "pop index out of range");
        return NULL;
    }
    PyObject *item = py2abi_list_item(list, i);
    Py_XINCREF(item);
    if (item != NULL && splice(list, i, i + 1, NULL, 0) < 0) {
        Py_CLEAR(item);
    }
    return item;
}

static PyObject *
list_remove(PyObject *list, PyObject *item)
{
    Py_ssize_t i = find(list, item, 0, PY_SSIZE_T_MAX, 0);
    if (i == -1) {
        PyErr_SetString(PyExc_ValueError, "list.remove(x): x not in list");
    }
    if (i < 0 || splice(list, i, i + 1, NULL, 0) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
list_index(PyObject *list, PyObject *args)
{
    Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
    PyObject *wanted;
    if (!PyArg_ParseTuple(args, "O|O&O&:index", &wanted, _PyEval_SliceIndex, &start,
                          _PyEval_SliceIndex, &stop)
        || py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    py2abi_clip_range(Py_SIZE(list), &start, &stop);
    Py_ssize_t i = find(list, wanted, start, stop, 0);
    if (i >= 0) {
        return PyInt_FromSsize_t(i);
    }
    PyObject *text = i == -1 ? PyObject_Repr(wanted) : NULL;
    if (text != NULL) {
        PyErr_Format(PyExc_ValueError, "%.400s is not in list", PyString_AsString(text));
        Py_DECREF(text);
    }
    return NULL;
}

static PyObject *
list_count(PyObject *list, PyObject *wanted)
{
    Py_ssize_t count = 0, i = -1;
    while ((i = find(list, wanted, i + 1, PY_SSIZE_T_MAX, 0)) >= 0) {
        count++;
    }
    return i == -1 ? PyInt_FromSsize_t(count) : NULL;
}

static PyObject *
list_reverse(PyObject *list, PyObject *unused)
{
    (void)unused;
    if (PyList_Reverse(list) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
list_sort(PyObject *list, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {(char *)"cmp", (char *)"key", (char *)"reverse", NULL};
    PyObject *compare = NULL, *key = NULL;
    int is_reverse = 0;
    if (args != NULL
        && !PyArg_ParseTupleAndKeywords(args, kwargs, "|OOi:sort", names, &compare, &key,
                                        &is_reverse)) {
        return NULL;
    }
    if (sort(list, compare != Py_None ? compare : NULL, key != Py_None ? key : NULL, is_reverse)
        < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
list_reversed(PyObject *list, PyObject *unused)
{
    (void)unused;
    PyObject *iterator = py2abi_list_agree_size(list) == 0
                             ? py2abi_iterator_new(&PyListRevIter_Type, list)
                             : NULL;
    if (iterator != NULL) {
        ((struct py2abi_iterator *)iterator)->at = Py_SIZE(list) - 1;
    }
    return iterator;
}

static PyMethodDef methods[] = {
    {"__getitem__", subscript, METH_O | METH_COEXIST, NULL},
    {"__reversed__", list_reversed, METH_NOARGS, NULL},
    {"append", list_append, METH_O, NULL},
    {"insert", list_insert, METH_VARARGS, NULL},
    {"extend", list_extend, METH_O, NULL},
    {"pop", list_pop, METH_VARARGS, NULL},
    {"remove", list_remove, METH_O, NULL},
    {"index", list_index, METH_VARARGS, NULL},
    {"count", list_count, METH_O, NULL},
    {"reverse", list_reverse, METH_NOARGS, NULL},
    {"sort", (PyCFunction)(void (*)(void))list_sort, METH_VARARGS | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
iterate(PyObject *list)
{
    return py2abi_iterator_new(&PyListIter_Type, list);
}

PyTypeObject PyList_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "list",
    .tp_basicsize = sizeof(PyListObject),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE
                | Py_TPFLAGS_LIST_SUBCLASS | PY2ABI_TPFLAGS_MIRROR,
    .tp_traverse = traverse,
    .tp_clear = clear,
    .tp_richcompare = richcompare,
    .tp_iter = iterate,
    .tp_methods = methods,
    .tp_init = init,
    .tp_alloc = alloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};

/* ---- Iterators ---- */

static PyObject *
iterator_next(PyObject *object)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_iterator_next(object);
    }
    PyObject *list = iterator->container;
    if (list == NULL || py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    if (iterator->at < Py_SIZE(list)) {
        PyObject *item = py2abi_list_item(list, iterator->at);
        if (item != NULL) {
            iterator->at++;
            Py_INCREF(item);
        }
        return item;
    }
    Py_CLEAR(iterator->container);
    return NULL;
}

static PyObject *
reversed_next(PyObject *object)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_iterator_next(object);
    }
    PyObject *list = iterator->container;
    if (list == NULL || py2abi_list_agree_size(list) < 0) {
        return NULL;
    }
    if (iterator->at >= 0 && iterator->at < Py_SIZE(list)) {
        PyObject *item = py2abi_list_item(list, iterator->at);
        if (item != NULL) {
            iterator->at--;
            Py_INCREF(item);
        }
        return item;
    }
    Py_CLEAR(iterator->container);
    return NULL;
}

PyTypeObject PyListIter_Type = PY2ABI_ITERATOR("listiterator", iterator_next);
PyTypeObject PyListRevIter_Type = PY2ABI_ITERATOR("listreverseiterator", reversed_next);
