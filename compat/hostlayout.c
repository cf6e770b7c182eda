/* hostlayout.c - learning where the host keeps a list's items and a number's value. */

#include "config.h"
#include "hostlayout.h"

#include "settings.h"

#include <stdlib.h>

struct py2abi_hostlayout py2abi_hostlayout;

enum { SAMPLES = 4 };

/* What an object of a type has beside its items, or 0. */
static size_t
basic_size(HostType *type)
{
    HostObject *size = host_PyObject_GetAttrString((HostObject *)type, "__basicsize__");
    ssize_t value = size != NULL ? host_PyLong_AsSsize_t(size) : 0;
    host_XDECREF(size);
    return value > 0 ? (size_t)value : 0;
}

static uintptr_t
word(const HostObject *object, size_t offset)
{
    uintptr_t value;
    memcpy(&value, py2abi_hostlayout_at(object, offset), sizeof value);
    return value;
}

static void
drop(HostObject *samples[SAMPLES])
{
    for (int i = 0; i < SAMPLES; i++) {
        host_XDECREF(samples[i]);
    }
}

/* A list of so many items, the last of which was appended, so that there is room for more than
 * it has.  The items are one object, which is none that others have. */
static HostObject *
sample_list(ssize_t size)
{
    HostObject *item = host_PyFloat_FromDouble(0.5);
    HostObject *list = item != NULL ? host_PyList_New(size - 1) : NULL;
    for (ssize_t i = 0; list != NULL && i < size - 1; i++) {
        host_INCREF(item);
        host_PyList_SetItem(list, i, item);
    }
    if (list != NULL && host_PyList_Append(list, item) < 0) {
        host_DECREF(list);
        list = NULL;
    }
    host_XDECREF(item);
    return list;
}

/* Whether a list has its size behind its head and the address of its items behind that. */
static int
agrees_list(HostObject *list)
{
    enum { PAGE = 4096 };
    uintptr_t address = word(list, py2abi_host_head + sizeof(ssize_t));
    ssize_t size = host_PyList_Size(list);
    if (word(list, py2abi_host_head) != (uintptr_t)size) {
        return 0;
    }
    if (size == 0) {
        return address == 0;
    }
    if (address < PAGE || address % sizeof(void *) != 0) {
        return 0;
    }
    HostObject *const *items = (HostObject *const *)address;
    for (ssize_t i = 0; i < size; i++) {
        if (items[i] != host_PyList_GetItem(list, i)) {
            return 0;
        }
    }
    return 1;
}

static void
learn_list(void)
{
    static const ssize_t sizes[SAMPLES] = {0, 1, 211, 4001};
    HostObject *samples[SAMPLES] = {NULL};
    int agreed = 0;
    /* Without the GIL a list is read under its own lock. */
    if (strstr(host_Py_GetVersion(), "free-threading") != NULL
        || basic_size(HOST(PyList_Type)) < py2abi_host_head + 2 * sizeof(void *)) {
        return;
    }
    for (int i = 0; i < SAMPLES; i++) {
        samples[i] = sizes[i] != 0 ? sample_list(sizes[i]) : host_PyList_New(0);
        agreed += samples[i] != NULL && agrees_list(samples[i]);
    }
    if (agreed == SAMPLES) {
        py2abi_hostlayout.list_size = py2abi_host_head;
        py2abi_hostlayout.list_items = py2abi_host_head + sizeof(ssize_t);
    }
    drop(samples);
}

static void
learn_float(void)
{
    static const double values[SAMPLES] = {0.1, -2.5e300, 1e-310, -0.0};
    HostObject *samples[SAMPLES] = {NULL};
    size_t offset = py2abi_host_head;
    int agreed = 0;
    if (basic_size(HOST(PyFloat_Type)) < offset + sizeof(double)) {
        return;
    }
    for (int i = 0; i < SAMPLES; i++) {
        samples[i] = host_PyFloat_FromDouble(values[i]);
        agreed += samples[i] != NULL
                  && memcmp(py2abi_hostlayout_at(samples[i], offset), &values[i], sizeof(double))
                         == 0;
    }
    if (agreed == SAMPLES) {
        py2abi_hostlayout.float_value = offset;
    }
    drop(samples);
}

/* Whether ints of one digit with a sign have one tag behind their heads, and the digit behind
 * that.  What counts as a digit is tried: 2 to the 30 less 1 is the greatest. */
static int
learn_sign(int sign, uintptr_t *tag)
{
    static const long values[SAMPLES] = {300, 65537, 123456789, (1L << 30) - 1};
    HostObject *samples[SAMPLES] = {NULL};
    int agreed = 0;
    for (int i = 0; i < SAMPLES; i++) {
        uint32_t digit;
        samples[i] = host_PyLong_FromLong(sign * values[i]);
        if (samples[i] == NULL) {
            break;
        }
        memcpy(&digit, py2abi_hostlayout_at(samples[i], py2abi_host_head + sizeof *tag),
               sizeof digit);
        *tag = i == 0 ? word(samples[0], py2abi_host_head) : *tag;
        agreed += word(samples[i], py2abi_host_head) == *tag && (long)digit == values[i];
    }
    drop(samples);
    return agreed == SAMPLES;
}

static void
learn_int(void)
{
    uintptr_t positive, negative;
    HostObject *large = host_PyLong_FromLong(1L << 30), *none = host_PyLong_FromLong(0);
    if (large != NULL && none != NULL && learn_sign(1, &positive) && learn_sign(-1, &negative)
        && positive != negative && word(large, py2abi_host_head) != positive
        && word(none, py2abi_host_head) != positive) {
        py2abi_hostlayout.int_positive = positive;
        py2abi_hostlayout.int_negative = negative;
        py2abi_hostlayout.int_digit = py2abi_host_head + sizeof positive;
        py2abi_hostlayout.int_tag = py2abi_host_head;
    }
    host_XDECREF(large);
    host_XDECREF(none);
}

/* Learn what can be.  To be called once, when the head is known and Python runs.  GIL held, no
 * exception set, and none is set afterwards. */
void
py2abi_hostlayout_learn(void)
{
    const char *dispatch = secure_getenv("PY2ABI_DISPATCH");
    if (dispatch != NULL && strcmp(dispatch, py2abi_values_DISPATCH) == 0) {
        return; /* All is to go through the API. */
    }
    learn_list();
    learn_float();
    learn_int();
    host_PyErr_Clear();
}

/* Python has ended: nothing of it is to be read. */
void
py2abi_hostlayout_forget(void)
{
    py2abi_hostlayout = (struct py2abi_hostlayout){.list_size = 0};
}
