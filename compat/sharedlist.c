/* sharedlist.c - lists that both sides have: the guest reads and writes them inline, the
 * host has its own.
 *
 * A list that has not crossed is only the guest's: ob_item is what it holds.  Once
 * it has crossed, or if it came from the host, it is shared: the host's list is the
 * truth, ob_item a copy, and struct py2abi_list remembers what both held when they
 * last agreed.  By comparing with that, each side's changes are found and carried
 * over: the guest's (push) when the list crosses, when the frame that has it calls
 * the host or ends, and before an API function looks at it; the host's (pull) when
 * the list crosses, and when an API function finds that it has changed.  Where both
 * changed an item, the guest's change stays.
 *
 * The remembered references are owned, so that an address that is found again is
 * the same object still.  Those of the host's numbers are not: a number is known by its
 * value, and a hundred thousand of them need not be counted twice.  A list that was pushed
 * with items that are NULL has None there on the host until they are set.
 *
 * allocated, which inlined code of some compilers trusts when it appends and pops,
 * says twice the size of a shared list, and so much there really is: that code then
 * leaves both to the API. */

#include "config.h"
#include "containers.h"
#include "exceptions.h"
#include "hostlayout.h"
#include "pool.h"
#include "proxy.h"
#include "map.h"
#include "sharedlist.h"

#include <stdlib.h>
#include <string.h>

/* Instances of types that binaries derive from list have no head: object -> struct. */
static struct py2abi_map embedded;

struct py2abi_list *
py2abi_list_embedded(PyObject *list)
{
    return py2abi_map_get(&embedded, list);
}

/* ---- Frames ---- */

/* Shared lists that outlived the frames that had them: the guest keeps them, and may
 * change them inline without asking. */
struct py2abi_lists py2abi_lists_kept;

static void
leave_chain(struct py2abi_list *state)
{
    struct py2abi_lists *chain = state->chain;
    if (chain != NULL) {
        if (chain->at == state) {
            chain->at = state->next;
            chain->slot = 0;
        }
        *state->link = state->next;
        if (state->next != NULL) {
            state->next->link = state->link;
        }
        state->chain = NULL;
    }
}

static void
enter_chain(struct py2abi_list *state, struct py2abi_lists *chain)
{
    state->next = chain->first;
    if (state->next != NULL) {
        state->next->link = &state->next;
    }
    chain->first = state;
    state->link = &chain->first;
    state->chain = chain;
}

/* The running frame has the list: what it changes inline is pushed when it calls
 * the host, and when it ends. */
void
py2abi_list_touch(struct py2abi_list *state)
{
    struct py2abi_thread *thread = py2abi_thread_get();
    struct py2abi_lists *chain = NULL;
    if (thread != NULL && thread->frame != NULL) {
        py2abi_frame_keeps(thread->frame);
        chain = &thread->frame->lists;
    }
    if (chain != NULL && chain->is_closed) {
        chain = state->chain != NULL ? state->chain : &py2abi_lists_kept;
    }
    if (chain == state->chain || chain == NULL) {
        return;
    }
    state->is_passed |= state->chain != NULL && state->chain != &py2abi_lists_kept;
    leave_chain(state);
    enter_chain(state, chain);
}

/* ---- Room ---- */

static void *
grow(void *block, size_t size)
{
    return block == NULL ? py2abi_large_malloc(size) : realloc(block, size);
}

/* Room for a shared list of size items and what allocated then says.  Returns 0,
 * or -1 with a host exception (MemoryError). */
int
py2abi_list_reserve(PyObject *list, struct py2abi_list *state, Py_ssize_t size)
{
    Py_ssize_t slots = 2 * (size > 0 ? size : 1);
    if (size > PY_SSIZE_T_MAX / 64) {
        host_PyErr_NoMemory();
        return -1;
    }
    if (size > state->room) {
        Py_ssize_t room = state->room != 0 ? size + size / 2 + 4 : size;
        PyObject **shadow = grow(state->shadow, (size_t)room * sizeof *shadow);
        if (shadow != NULL) {
            state->shadow = shadow;
        }
        HostObject **items = grow(state->items, (size_t)room * sizeof *items);
        if (items != NULL) {
            state->items = items;
        }
        if (shadow == NULL || items == NULL) {
            host_PyErr_NoMemory();
            return -1;
        }
        state->room = room;
    }
    if (ITEMS(list) != state->block) {
        /* It has been exchanged: only what it says about itself is known. */
        state->block = ITEMS(list);
        state->slots = state->block != NULL ? ALLOCATED(list) : 0;
    }
    if (slots > state->slots) {
        slots += state->slots != 0 ? size / 2 + 2 : 0;
        PyObject **block = grow(ITEMS(list), (size_t)slots * sizeof *block);
        if (block == NULL) {
            host_PyErr_NoMemory();
            return -1;
        }
        state->block = ITEMS(list) = block;
        state->slots = slots;
    }
    return 0;
}

/* ---- From the guest to the host ---- */

/* Whether the guest's side holds what both held when they agreed. */
static inline int
is_clean(PyObject *list, const struct py2abi_list *state)
{
    return Py_SIZE(list) == state->size
           && (state->size == 0
               || memcmp(ITEMS(list), state->shadow, (size_t)state->size * sizeof(PyObject *))
                      == 0);
}

/* Forget what was remembered from an index on. */
static void
forget(struct py2abi_list *state, Py_ssize_t from)
{
    while (state->size > from) {
        Py_ssize_t i = --state->size;
        PyObject *guest = state->shadow[i];
        HostObject *host = state->items[i];
        state->nested -= py2abi_list_is_nested(guest);
        py2abi_list_drop(guest, host);
    }
}

/* Give back references to a number, which runs no code. */
static inline void
drop_number(PyObject *number, Py_ssize_t count)
{
    if (Py_REFCNT(number) > count) {
        Py_REFCNT(number) -= count;
        return;
    }
    Py_REFCNT(number) = 0;
    if (Py_TYPE(number) == &PyInt_Type && py2abi_pool_int_shared(PyInt_AS_LONG(number))) {
        _Py_Dealloc(number); /* It may be one of those that exist once. */
        return;
    }
    py2abi_pool_give(number);
}

/* Whether a host object is what a guest's number crosses as. */
static inline int
has_value(HostObject *object, const PyObject *number)
{
    const HostObject *type = py2abi_hostapi_type(object);
    if (Py_TYPE(number) == &PyFloat_Type) {
        double value;
        if (type != (HostObject *)HOST(PyFloat_Type)) {
            return 0;
        }
        value = py2abi_host_float_value(object);
        return memcmp(&value, &((const PyFloatObject *)number)->ob_fval, sizeof value) == 0;
    }
    long value;
    return type == (HostObject *)HOST(PyLong_Type) && py2abi_host_int_value(object, &value)
           && value == PyInt_AS_LONG(number);
}

/* What the host gets for an item; one that was never set is None there. */
HostObject *
py2abi_list_host_item(PyObject *item)
{
    if (item == NULL) {
        host_INCREF(HOST(_Py_NoneStruct));
        return HOST(_Py_NoneStruct);
    }
    return py2abi_host(item, PY2ABI_AS_VALUE);
}

/* Carry over one item that the guest has set inline. */
static int
push_item(PyObject *list, struct py2abi_list *state, Py_ssize_t i)
{
    PyObject *item = ITEMS(list)[i];
    Py_XINCREF(item);
    HostObject *host = py2abi_list_host_item(item);
    if (host == NULL) {
        Py_XDECREF(item);
        return -1;
    }
    int status = i < state->size ? 0 : py2abi_list_reserve(list, state, i + 1);
    if (status == 0 && i < state->size && i < host_PyList_Size(state->host)) {
        host_INCREF(host);
        status = host_PyList_SetItem(state->host, i, host);
    }
    else if (status == 0 && i <= state->size) {
        status = host_PyList_Insert(state->host, i, host);
    }
    if (status < 0 || i > state->size) {
        /* It has become shorter meanwhile, or it failed. */
        Py_XDECREF(item);
        host_DECREF(host);
        return status;
    }
    if (i < state->size) {
        PyObject *former = state->shadow[i];
        HostObject *former_host = state->items[i];
        state->nested += py2abi_list_is_nested(item) - py2abi_list_is_nested(former);
        state->shadow[i] = item;
        state->items[i] = host;
        py2abi_list_keep_host(item, host);
        py2abi_list_drop(former, former_host);
    }
    else {
        state->nested += py2abi_list_is_nested(item);
        state->shadow[i] = item;
        state->items[i] = host;
        state->size = i + 1;
        py2abi_list_keep_host(item, host);
    }
    return 0;
}

/* The host's number for a guest's, which is an exact one: a new reference, or NULL with a host
 * exception. */
static inline HostObject *
host_number(const PyObject *number)
{
    return Py_TYPE(number) == &PyFloat_Type ? host_PyFloat_FromDouble(PyFloat_AS_DOUBLE(number))
                                            : py2abi_host_int(PyInt_AS_LONG(number));
}

/* Carry over the numbers that a list begins with of which the host has nothing yet, all at
 * once. */
static int
push_numbers(PyObject *list, struct py2abi_list *state)
{
    Py_ssize_t count = 0;
    while (count < Py_SIZE(list) && py2abi_list_is_number(ITEMS(list)[count])) {
        count++;
    }
    if (count < 2) {
        return 0;
    }
    HostObject *numbers = host_PyList_New(count);
    int status = numbers != NULL ? py2abi_list_reserve(list, state, count) : -1;
    for (Py_ssize_t i = 0; status == 0 && i < count; i++) {
        HostObject *number = host_number(ITEMS(list)[i]);
        if (number == NULL) {
            status = -1;
            break;
        }
        py2abi_host_list_fill(numbers, i, number);
        state->items[i] = number;
    }
    if (status == 0) {
        status = host_PyList_SetSlice(state->host, 0, 0, numbers);
    }
    for (Py_ssize_t i = 0; status == 0 && i < count; i++) {
        state->shadow[i] = ITEMS(list)[i];
        Py_INCREF(state->shadow[i]);
    }
    state->size = status == 0 ? count : 0;
    host_XDECREF(numbers);
    return status;
}

/* Carry over what the guest has changed inline.  The list is held meanwhile, since
 * conversions may run code.  Returns 0, or -1 with a host exception. */
int
py2abi_list_push(PyObject *list, struct py2abi_list *state)
{
    if (is_clean(list, state) || state->is_busy) {
        return 0;
    }
    if (py2abi_level_enter() < 0) {
        return -1;
    }
    int status = 0;
    state->is_busy = 1;
    Py_INCREF(list);
    if (state->size > Py_SIZE(list)) {
        Py_ssize_t low = Py_SIZE(list), high = state->size;
        Py_ssize_t size = host_PyList_Size(state->host);
        high = high > size ? size : high;
        if (low < high) {
            status = host_PyList_SetSlice(state->host, low, high, NULL);
        }
        forget(state, Py_SIZE(list));
    }
    if (status == 0 && state->size == 0 && host_PyList_Size(state->host) == 0) {
        status = push_numbers(list, state);
    }
    for (Py_ssize_t i = 0; status == 0 && i < Py_SIZE(list); i++) {
        if (i >= state->size || ITEMS(list)[i] != state->shadow[i]) {
            status = push_item(list, state, i);
        }
    }
    if (status == 0) {
        status = py2abi_list_reserve(list, state, Py_SIZE(list));
    }
    if (status == 0) {
        py2abi_list_set_size(list, Py_SIZE(list));
    }
    state->is_busy = 0;
    Py_DECREF(list);
    py2abi_level_leave();
    return status;
}

/* The same where nobody can be told of an error but the user. */
static void
push_quietly(PyObject *list, struct py2abi_list *state)
{
    if (is_clean(list, state)) {
        return;
    }
    HostObject *type, *value, *traceback;
    host_PyErr_Fetch(&type, &value, &traceback);
    Py_INCREF(list);
    if (py2abi_list_push(list, state) < 0) {
        host_PyErr_WriteUnraisable(state->host);
    }
    Py_DECREF(list);
    host_PyErr_Restore(type, value, traceback);
}

/* Move the numbers that from has at its beginning, size of them at most, to the items of a host
 * list that was just made: no code runs meanwhile.  Returns how many there were, or -1 with a host
 * exception. */
static Py_ssize_t
give_numbers(PyObject **from, HostObject **to, Py_ssize_t size)
{
    Py_ssize_t i;
    for (i = 0; i < size && from[i] != NULL; i++) {
        PyObject *number = from[i];
        const PyTypeObject *type = Py_TYPE(number);
        int may_be_shared = 0;
        if (type == &PyInt_Type) {
            to[i] = py2abi_host_int(PyInt_AS_LONG(number));
            may_be_shared = py2abi_pool_int_shared(PyInt_AS_LONG(number));
        }
        else if (type == &PyFloat_Type) {
            to[i] = host_PyFloat_FromDouble(PyFloat_AS_DOUBLE(number));
        }
        else {
            break;
        }
        if (to[i] == NULL) {
            return -1;
        }
        from[i] = NULL;
        if (may_be_shared) {
            Py_DECREF(number);
        }
        else if (--Py_REFCNT(number) == 0) {
            py2abi_pool_give(number);
        }
    }
    return i;
}

/* The host's list for one that only the guest has, and that dies: what it has is moved, and
 * nothing is to be shared.  Returns a new reference, or NULL with a host exception; what was moved
 * by then is gone. */
HostObject *
py2abi_list_give(PyObject *list)
{
    Py_ssize_t size = Py_SIZE(list);
    if (py2abi_level_enter() < 0) {
        return NULL;
    }
    HostObject *host = host_PyList_New(size);
    HostObject **to = host != NULL ? py2abi_host_list_items(host) : NULL;
    Py_ssize_t i = to != NULL ? give_numbers(ITEMS(list), to, size) : 0;
    if (i < 0) {
        host_DECREF(host);
        host = NULL;
    }
    if (i == size) {
        Py_SIZE(list) = 0; /* Its end need not look for what is left. */
    }
    for (; host != NULL && i < size; i++) {
        PyObject *item = ITEMS(list)[i];
        int is_number = py2abi_list_is_number(item);
        HostObject *given = is_number ? host_number(item) : py2abi_list_host_item(item);
        if (given == NULL) {
            host_DECREF(host);
            host = NULL;
            break;
        }
        py2abi_host_list_fill(host, i, given);
        if (is_number) {
            ITEMS(list)[i] = NULL;
            drop_number(item, 1);
        }
    }
    py2abi_level_leave();
    return host;
}

/* ---- From the host to the guest ---- */

/* Whether what the host has at an index is what it had when both agreed. */
static inline int
is_same(const struct py2abi_list *state, Py_ssize_t i, HostObject *item)
{
    const PyObject *guest = state->shadow[i];
    return py2abi_list_is_number(guest) ? has_value(item, guest) : item == state->items[i];
}

/* Bring up to date what inlined code reads of an item that is the same as before. */
int
py2abi_list_refresh_item(PyObject *item)
{
    if (PyTuple_Check(item)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(item); i++) {
            if (py2abi_list_is_nested(PyTuple_GET_ITEM(item, i))
                && py2abi_list_refresh_item(PyTuple_GET_ITEM(item, i)) < 0) {
                return -1;
            }
        }
        return 0;
    }
    return py2abi_container_refresh(item);
}

/* What changed on the host's side from an index on: the items there now. */
struct tail {
    PyObject **shadow;
    HostObject **items;
    Py_ssize_t count, room;
};

static void
free_tail(struct tail *tail)
{
    for (Py_ssize_t i = 0; i < tail->count; i++) {
        py2abi_list_drop(tail->shadow[i], tail->items[i]);
    }
    free(tail->shadow);
    free(tail->items);
}

static int
grow_tail(struct tail *tail, Py_ssize_t room)
{
    PyObject **shadow = realloc(tail->shadow, (size_t)room * sizeof *shadow);
    if (shadow != NULL) {
        tail->shadow = shadow;
    }
    HostObject **items = realloc(tail->items, (size_t)room * sizeof *items);
    if (items != NULL) {
        tail->items = items;
    }
    if (shadow == NULL || items == NULL) {
        host_PyErr_NoMemory();
        return -1;
    }
    tail->room = room;
    return 0;
}

/* Mirror the host's items from an index on.  Those that were there before, wherever,
 * keep their guest objects: the guest may have borrowed them. */
static int
read_tail(struct py2abi_list *state, Py_ssize_t from, struct tail *tail)
{
    struct py2abi_map known = {NULL, 0, 0};
    int status = 0;
    for (Py_ssize_t i = from; status == 0 && i < state->size; i++) {
        PyObject *guest = state->shadow[i];
        /* What is owned goes before a number that may have been at the same address. */
        if (guest != NULL
            && (!py2abi_list_is_number(guest)
                || py2abi_map_get(&known, state->items[i]) == NULL)) {
            status = py2abi_map_put(&known, state->items[i], guest);
        }
    }
    if (status < 0) {
        host_PyErr_NoMemory();
    }
    for (Py_ssize_t i = from; status == 0; i++) {
        Py_ssize_t size = py2abi_host_list_size(state->host);
        if (i >= size) {
            break;
        }
        if (tail->count == tail->room) {
            status = grow_tail(tail, size - from + tail->room / 2);
            if (status < 0) {
                break;
            }
        }
        HostObject *item = py2abi_host_list_item(state->host, i);
        PyObject *guest = py2abi_map_get(&known, item);
        host_INCREF(item);
        if (guest != NULL && py2abi_list_is_number(guest) && !has_value(item, guest)) {
            guest = NULL; /* What was there is gone, and another in its place. */
        }
        if (guest != NULL) {
            Py_INCREF(guest);
            status = py2abi_list_is_nested(guest) ? py2abi_list_refresh_item(guest) : 0;
        }
        else {
            guest = py2abi_mirror(item);
            status = guest != NULL ? 0 : -1;
        }
        if (status < 0) {
            Py_XDECREF(guest);
            host_DECREF(item);
            break;
        }
        py2abi_list_keep_host(guest, item);
        tail->shadow[tail->count] = guest;
        tail->items[tail->count++] = item;
    }
    py2abi_map_free(&known);
    return status;
}

/* Put the tail in the place of what was there; it then holds what that was.  Nothing
 * is lost before both sides are in order.  Returns 0, or -1 with a host exception. */
static int
exchange_tail(PyObject *list, struct py2abi_list *state, Py_ssize_t from, struct tail *tail)
{
    Py_ssize_t size = from + tail->count, live = Py_SIZE(list) - from, old = state->size - from;
    if (live < 0 || old < 0) {
        return 0; /* Code that ran meanwhile has cut it: the next time. */
    }
    PyObject **unset = malloc(((size_t)live + 1) * sizeof *unset);
    if (unset == NULL || (old > tail->room && grow_tail(tail, old) < 0)) {
        free(unset);
        host_PyErr_NoMemory();
        return -1;
    }
    if (py2abi_list_reserve(list, state, size) < 0) {
        free(unset);
        return -1;
    }
    memcpy(unset, ITEMS(list) + from, (size_t)live * sizeof *unset);
    for (Py_ssize_t i = 0; i < old || i < tail->count; i++) {
        PyObject *guest = i < tail->count ? tail->shadow[i] : NULL;
        HostObject *host = i < tail->count ? tail->items[i] : NULL;
        if (i < old) {
            tail->shadow[i] = state->shadow[from + i];
            tail->items[i] = state->items[from + i];
            state->nested -= py2abi_list_is_nested(tail->shadow[i]);
        }
        if (host != NULL) {
            state->shadow[from + i] = ITEMS(list)[from + i] = guest;
            state->items[from + i] = host;
            state->nested += py2abi_list_is_nested(guest);
            Py_XINCREF(guest);
        }
    }
    tail->count = old;
    state->size = size;
    py2abi_list_set_size(list, size);
    for (Py_ssize_t i = 0; i < live; i++) {
        Py_XDECREF(unset[i]);
    }
    free(unset);
    return 0;
}

/* The same for a list of which nothing was known: the tail's memory becomes the list's. */
static int
adopt_tail(PyObject *list, struct py2abi_list *state, struct tail *tail)
{
    PyObject **shadow = state->shadow;
    HostObject **items = state->items;
    Py_ssize_t room = state->room, size = tail->count;
    Py_ssize_t nested = 0;
    state->shadow = tail->shadow;
    state->items = tail->items;
    state->room = tail->room;
    if (py2abi_list_reserve(list, state, size) < 0) {
        state->shadow = shadow;
        state->items = items;
        state->room = room;
        return -1;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *guest = tail->shadow[i];
        ITEMS(list)[i] = guest;
        nested += py2abi_list_is_nested(guest);
        Py_INCREF(guest);
    }
    *tail = (struct tail){shadow, items, 0, room};
    state->nested = nested;
    state->size = size;
    py2abi_list_set_size(list, size);
    return 0;
}

/* Leave the run to the pool: its numbers are given back one by one, some perhaps later. */
static void
leave_run(struct py2abi_list *state)
{
    if (state->run != NULL) {
        state->run->is_run = 0;
        state->run = NULL;
    }
}

/* Mirror the numbers that a list begins with of which the guest has nothing yet, all at once:
 * no code runs meanwhile.  Those of a long list are a run. */
static int
pull_numbers(PyObject *list, struct py2abi_list *state)
{
    enum { LONG = 512 }; /* from where on one large block is made sooner than many numbers taken */
    const HostObject *real = (HostObject *)HOST(PyFloat_Type);
    const HostObject *whole = (HostObject *)HOST(PyLong_Type);
    HostObject *host = state->host;
    Py_ssize_t size = py2abi_host_list_size(host), i;
    int status = 0;
    const HostObject *type = size > 1 ? py2abi_hostapi_type(py2abi_host_list_item(host, 0)) : NULL;
    if (type == NULL || (type != real && type != whole)) {
        return 0;
    }
    if (py2abi_list_reserve(list, state, size) < 0) {
        return -1;
    }
    /* If it ends with a number, too, it has few that are none. */
    type = py2abi_hostapi_type(py2abi_host_list_item(host, size - 1));
    struct py2abi_block *run = size >= LONG && (type == real || type == whole)
                                   ? py2abi_block_new((size_t)size)
                                   : NULL;
    PyIntObject *next = run != NULL ? run->numbers : NULL;
    /* For the compiler, to which all memory may be the same. */
    PyObject **shadow = state->shadow, **block = ITEMS(list);
    HostObject **items = state->items, **from = py2abi_host_list_items(host);
    for (i = 0; i < size; i++) {
        HostObject *item = from != NULL ? from[i] : host_PyList_GetItem(host, i);
        PyObject *guest;
        long value = 0;
        type = py2abi_hostapi_type(item);
        if (type != real && (type != whole || !py2abi_host_int_value(item, &value))) {
            break;
        }
        if (type == whole && py2abi_pool_int_shared(value)) {
            guest = PyInt_FromLong(value);
            Py_INCREF(guest);
        }
        else {
            guest = next != NULL ? (PyObject *)next++ : py2abi_pool_take();
            if (guest == NULL) {
                host_PyErr_NoMemory();
                status = -1;
                break;
            }
            if (type == real) {
                *(PyFloatObject *)guest =
                    (PyFloatObject){2, &PyFloat_Type, py2abi_host_float_value(item)};
            }
            else {
                *(PyIntObject *)guest = (PyIntObject){2, &PyInt_Type, value};
            }
        }
        shadow[i] = block[i] = guest;
        items[i] = item;
    }
    state->size = i;
    py2abi_list_set_size(list, i);
    if (run != NULL && next != run->numbers) {
        leave_run(state); /* of items that it had before */
        state->run = run;
        py2abi_block_enter(run, (size_t)(next - run->numbers), 1);
    }
    else {
        py2abi_obmalloc_free(run);
    }
    return status;
}

/* Carry over what the host has changed.  What the guest changed is pushed already.
 * Returns 0, or -1 with a host exception. */
int
py2abi_list_pull(PyObject *list, struct py2abi_list *state)
{
    if (state->is_busy) {
        return 0;
    }
    Py_ssize_t i;
    int status = 0;
    if (py2abi_level_enter() < 0) {
        return -1;
    }
    state->is_busy = 1;
    Py_INCREF(list);
    Py_ssize_t size = py2abi_host_list_size(state->host), agreed = 0;
    if (state->size == 0 && Py_SIZE(list) == 0) {
        status = pull_numbers(list, state);
        agreed = state->size;
    }
    for (i = agreed; status == 0 && i < state->size && i < size; i++) {
        if (!is_same(state, i, py2abi_host_list_item(state->host, i))) {
            break;
        }
        if (state->nested != 0 && py2abi_list_is_nested(state->shadow[i])) {
            status = py2abi_list_refresh_item(state->shadow[i]);
            size = py2abi_host_list_size(state->host); /* It may have run code. */
        }
    }
    if (status == 0 && (i < state->size || i < py2abi_host_list_size(state->host))) {
        struct tail tail = {NULL, NULL, 0, 0};
        status = read_tail(state, i, &tail);
        state->is_busy = 0; /* Code that runs when items go finds both in order. */
        if (status == 0) {
            status = state->size == 0 && Py_SIZE(list) == 0
                         ? adopt_tail(list, state, &tail)
                         : exchange_tail(list, state, i, &tail);
        }
        free_tail(&tail);
    }
    state->is_busy = 0;
    Py_DECREF(list);
    py2abi_level_leave();
    return status;
}

/* ---- Sharing ---- */

static struct py2abi_list *
new_state(PyObject *list, HostObject *host)
{
    struct py2abi_list *state = calloc(1, sizeof *state);
    if (state == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    state->list = list;
    state->host = host;
    return state;
}

static void
free_state(struct py2abi_list *state)
{
    int is_ending = py2abi_finalizing();
    leave_chain(state);
    leave_run(state);
    while (state->size > 0) {
        Py_ssize_t i = --state->size;
        if (is_ending) {
            Py_XDECREF(state->shadow[i]);
        }
        else {
            py2abi_list_drop(state->shadow[i], state->items[i]);
        }
    }
    py2abi_obmalloc_free(state->shadow);
    py2abi_obmalloc_free(state->items);
    free(state);
}

/* The first crossing of a list that the guest made. */
static HostObject *
share(PyObject *list)
{
    HostObject *host = host_PyList_New(0);
    struct py2abi_list *state = host != NULL ? new_state(list, host) : NULL;
    if (state == NULL) {
        host_XDECREF(host);
        return NULL;
    }
    if (py2abi_list_reserve(list, state, Py_SIZE(list)) < 0
        || py2abi_mirror_attach(list, host) < 0) {
        free_state(state);
        host_DECREF(host);
        return NULL;
    }
    host_DECREF(host); /* The head has it. */
    PY2ABI_HEAD(list)->list = state;
    py2abi_list_touch(state);
    py2abi_list_set_size(list, Py_SIZE(list));
    if (py2abi_list_push(list, state) < 0) {
        /* Not shared after all; the guest's items are as they were. */
        PY2ABI_HEAD(list)->list = NULL;
        host = py2abi_mirror_detach(list);
        free_state(state);
        host_XDECREF(host);
        return NULL;
    }
    host_INCREF(host);
    return host;
}

/* The host's list for one of the guest's, or for the mirror of an instance of a
 * class that was derived from list: a new reference, or NULL with a host exception. */
HostObject *
py2abi_list_host(PyObject *list)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state == NULL) {
        return Py_TYPE(list) == &PyList_Type ? share(list) : py2abi_proxy_new(list);
    }
    py2abi_list_touch(state);
    if (py2abi_list_push(list, state) < 0) {
        return NULL;
    }
    host_INCREF(state->host);
    return state->host;
}

/* Fill the host's list of a list that is in an instance of a type that a binary
 * derives from list, and share the two from now on.  host, the proxy, is borrowed:
 * py2abi_list_release is to be called before it goes.  Returns 0, or -1 with a host
 * exception. */
int
py2abi_list_share(PyObject *list, HostObject *host)
{
    struct py2abi_list *state = new_state(list, host);
    if (state == NULL) {
        return -1;
    }
    if (py2abi_map_put(&embedded, list, state) < 0) {
        free(state);
        host_PyErr_NoMemory();
        return -1;
    }
    if (py2abi_list_reserve(list, state, Py_SIZE(list)) < 0
        || py2abi_list_push(list, state) < 0) {
        py2abi_map_take(&embedded, list);
        free_state(state);
        return -1;
    }
    py2abi_list_touch(state);
    return 0;
}

/* The state of the mirror of a host list, made if it is new. */
static struct py2abi_list *
state_of_mirror(PyObject *mirror)
{
    struct py2abi_head *head = PY2ABI_HEAD(mirror);
    if (head->list == NULL && head->host != NULL && !head->is_born) {
        head->list = new_state(mirror, head->host);
    }
    return head->list;
}

/* Bring a list up to date on both sides.  Returns 0, or -1 with a host exception. */
int
py2abi_list_refresh(PyObject *list)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state == NULL && Py_TYPE(list)->tp_flags & PY2ABI_TPFLAGS_MIRROR
        && PY2ABI_HEAD(list)->host != NULL) {
        state = state_of_mirror(list);
        if (state == NULL) {
            return -1;
        }
        if (py2abi_list_reserve(list, state, 0) < 0) {
            return -1;
        }
        py2abi_list_set_size(list, 0);
    }
    if (state == NULL) {
        return 0;
    }
    Py_INCREF(list);
    int status = py2abi_list_push(list, state) < 0 || py2abi_list_pull(list, state) < 0 ? -1 : 0;
    /* Before the lists in it: it is the one that is likely to change. */
    py2abi_list_touch(state);
    Py_DECREF(list);
    return status;
}

/* The mirror of a host list that has none: it is known before it is filled, since
 * the list may be in itself.  Returns a new reference, or NULL with a host
 * exception. */
PyObject *
py2abi_list_mirror(HostObject *host)
{
    PyObject *list = py2abi_mirror_new(&PyList_Type, host);
    if (list != NULL && py2abi_list_refresh(list) < 0) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        Py_DECREF(list);
        host_PyErr_Restore(type, value, traceback);
        return NULL;
    }
    return list;
}

/* Take the run out of a list that dies, and free it, if both copies are the same and have all of
 * it, and nobody else has any: in one go, where each number would be given back twice. */
static void
drop_run(PyObject *list, struct py2abi_list *state)
{
    struct py2abi_block *run = state->run;
    const PyIntObject *number = run->numbers, *end = number + run->count;
    PyObject **block = ITEMS(list), **shadow = state->shadow;
    Py_ssize_t i, rest = 0, size = state->size;
    if (Py_SIZE(list) != size) {
        return;
    }
    for (i = 0; i < size; i++) {
        if (block[i] != shadow[i]) {
            return;
        }
        if (number < end && block[i] == (const PyObject *)number) {
            if (number->ob_refcnt != 2) {
                return;
            }
            number++;
        }
    }
    if (number < end) {
        return;
    }
    number = run->numbers;
    for (i = run->count == (size_t)size ? size : 0; i < size; i++) {
        if (number < end && block[i] == (const PyObject *)number) {
            number++;
            continue;
        }
        block[rest] = shadow[rest] = block[i];
        state->items[rest++] = state->items[i];
    }
    py2abi_block_free(run);
    state->run = NULL;
    state->size = Py_SIZE(list) = rest;
}

/* Give back the numbers that a list which dies ends with, from both of its copies at once. */
static void
drop_numbers(PyObject *list, struct py2abi_list *state)
{
    Py_ssize_t size = state->size;
    if (Py_SIZE(list) != size) {
        return;
    }
    while (size > 0 && ITEMS(list)[size - 1] == state->shadow[size - 1]
           && py2abi_list_is_number(state->shadow[size - 1])) {
        drop_number(state->shadow[--size], 2);
    }
    state->size = Py_SIZE(list) = size;
}

/* Free what a list has beside its structure and its head, when it dies.  What the
 * guest changed last still reaches the host's list, which lives on. */
void
py2abi_list_release(PyObject *list)
{
    struct py2abi_list *state = py2abi_list_state(list);
    HostObject *host = NULL;
    if (state != NULL) {
        int has_head = (Py_TYPE(list)->tp_flags & PY2ABI_TPFLAGS_MIRROR) != 0;
        if (has_head) {
            /* From here on nobody finds it, and gets a reference to it. */
            host = py2abi_mirror_detach(list);
        }
        if (state->run != NULL) {
            drop_run(list, state);
        }
        if (!py2abi_finalizing() && !is_clean(list, state)) {
            Py_ssize_t count = Py_REFCNT(list);
            Py_REFCNT(list) = count + 1;
            push_quietly(list, state);
            Py_REFCNT(list) = count;
        }
        if (has_head) {
            PY2ABI_HEAD(list)->list = NULL;
            drop_numbers(list, state);
        }
        else {
            py2abi_map_take(&embedded, list);
        }
        free_state(state);
    }
    PyObject **block = ITEMS(list);
    Py_ssize_t size = Py_SIZE(list);
    if (state == NULL || host != NULL) {
        /* A derived type's list whose proxy goes keeps its items. */
        ITEMS(list) = NULL;
        Py_SIZE(list) = 0;
        ALLOCATED(list) = 0;
        while (block != NULL && size-- > 0) {
            Py_XDECREF(block[size]);
        }
        py2abi_obmalloc_free(block);
    }
    if (host != NULL && !py2abi_finalizing()) {
        host_DECREF(host);
    }
}

/* Look for inline changes in a chain's lists, and push them.  So many slots are looked
 * at: mostly that is all, and where there are more, each has its turn. */
static void
sync_chain(struct py2abi_lists *chain, Py_ssize_t slots)
{
    enum { EACH = 128 }; /* what a list costs beside its slots: it is nowhere near the last */
    int rounds = 0;
    while (slots > 0 && chain->first != NULL) {
        if (chain->at == NULL) {
            if (rounds++ > 0) {
                return;
            }
            chain->at = chain->first;
            chain->slot = 0;
        }
        struct py2abi_list *state = chain->at;
        Py_ssize_t rest = state->size - chain->slot, count = rest < slots ? rest : slots;
        int is_same = Py_SIZE(state->list) == state->size
                      && (count <= 0
                          || memcmp(ITEMS(state->list) + chain->slot, state->shadow + chain->slot,
                                    (size_t)count * sizeof(PyObject *))
                                 == 0);
        slots -= count + EACH;
        if (is_same && count < rest) {
            chain->slot += count;
            return;
        }
        chain->at = state->next;
        chain->slot = 0;
        if (!is_same) {
            push_quietly(state->list, state);
        }
    }
}

/* Carry over what the running frame has changed inline in shared lists: to be called
 * before the host runs code that may look at them.  With thousands of items not all of
 * them are looked at each time, or calls in a loop would take for ever.  A list that
 * cannot be carried over is reported to sys.unraisablehook, and tried again later. */
void
py2abi_lists_sync(void)
{
    /* The guest's code runs, so this is its thread's. */
    struct py2abi_thread *thread = (struct py2abi_thread *)(void *)_PyThreadState_Current;
    if (thread != NULL && thread->frame != NULL && py2abi_frame_lists(thread->frame) != NULL) {
        sync_chain(&thread->frame->lists, 8192);
    }
    if (py2abi_dict_slots != 0) {
        py2abi_dict_slots_sync();
    }
}

/* Look for lists of the running frame that the host has made longer or shorter, among
 * those that it got last: when the host has run code (py2abi_mirror_result). */
void
py2abi_lists_resume(struct py2abi_frame *frame)
{
    enum { MOST = 64 };
    struct py2abi_list *changed[MOST], *state = frame->lists.first;
    int count = 0;
    for (int i = 0; i < MOST && state != NULL; i++, state = state->next) {
        if (!state->is_busy && py2abi_host_list_size(state->host) != state->size) {
            Py_INCREF(state->list);
            changed[count++] = state;
        }
    }
    while (count-- > 0) {
        HostObject *type, *value, *traceback;
        PyObject *list = changed[count]->list;
        host_PyErr_Fetch(&type, &value, &traceback);
        if (py2abi_list_push(list, changed[count]) < 0
            || py2abi_list_pull(list, changed[count]) < 0) {
            host_PyErr_WriteUnraisable(changed[count]->host);
        }
        host_PyErr_Restore(type, value, traceback);
        Py_DECREF(list);
    }
}

/* The end of a frame, if it had lists or the guest keeps some (py2abi_frame_leave). */
void
py2abi_lists_leave(struct py2abi_frame *frame)
{
    if (py2abi_lists_kept.first != NULL) {
        sync_chain(&py2abi_lists_kept, 2048);
    }
    frame->lists.is_closed = 1;
    while (frame->lists.first != NULL) {
        struct py2abi_list *state = frame->lists.first;
        int is_passed = state->is_passed && frame->outer != NULL;
        leave_chain(state);
        if (is_passed) {
            py2abi_frame_keeps(frame->outer);
        }
        enter_chain(state, is_passed ? &frame->outer->lists : &py2abi_lists_kept);
        state->is_passed = is_passed;
        push_quietly(state->list, state);
    }
}

/* ---- For the API ---- */

/* Bring a list up to date as a whole.  Returns 0, or -1 with a guest exception. */
int
py2abi_list_agree(PyObject *list)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state == NULL || state->is_busy) {
        return 0;
    }
    py2abi_list_touch_here(state);
    if (py2abi_list_push(list, state) < 0 || py2abi_list_pull(list, state) < 0) {
        py2abi_error_to_guest();
        return -1;
    }
    return 0;
}

/* The same if it has become longer or shorter, which costs little to find out. */
int
py2abi_list_agree_size(PyObject *list)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state == NULL) {
        return 0;
    }
    py2abi_list_touch_here(state);
    if (Py_SIZE(list) == state->size && py2abi_host_list_size(state->host) == state->size) {
        return 0;
    }
    return py2abi_list_agree(list);
}

/* containers.h; the caller has compared the size. */
PyObject *
py2abi_list_item(PyObject *list, Py_ssize_t i)
{
    struct py2abi_list *state = py2abi_list_state(list);
    if (state == NULL || state->is_busy) {
        return i < Py_SIZE(list) ? ITEMS(list)[i] : NULL;
    }
    if (py2abi_list_agree_size(list) < 0 || i >= Py_SIZE(list)) {
        return NULL;
    }
    if (i >= state->size || ITEMS(list)[i] != state->shadow[i]) {
        return ITEMS(list)[i]; /* set inline since */
    }
    HostObject *item = py2abi_host_list_item(state->host, i);
    if (item == NULL) {
        return py2abi_failed();
    }
    if (!is_same(state, i, item)) {
        if (py2abi_list_agree(list) < 0) {
            return NULL;
        }
    }
    else if (state->nested != 0 && py2abi_list_is_nested(state->shadow[i])
             && py2abi_list_refresh_item(state->shadow[i]) < 0) {
        return py2abi_failed();
    }
    return i < Py_SIZE(list) ? ITEMS(list)[i] : NULL;
}
