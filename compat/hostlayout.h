/* hostlayout.h - where the host keeps a list's items and a number's value.
 *
 * No header says it: one build of the library serves hosts whose objects differ.  So it is
 * learned from the host, through its API, and believed only where several objects agree; where
 * they do not, the API is asked each time. */

#ifndef PY2ABI_COMPAT_HOSTLAYOUT_H
#define PY2ABI_COMPAT_HOSTLAYOUT_H

#include "hostapi.h"

#include <string.h>

/* Offsets; 0: not learned. */
extern struct py2abi_hostlayout {
    size_t list_size, list_items;
    size_t float_value;
    size_t int_tag, int_digit;
    /* The tags of ints of one digit; others are for the API. */
    uintptr_t int_positive, int_negative;
} py2abi_hostlayout;

void py2abi_hostlayout_learn(void);
void py2abi_hostlayout_forget(void);

static inline const void *
py2abi_hostlayout_at(const HostObject *object, size_t offset)
{
    return (const char *)(const void *)object + offset;
}

/* The items of a list (of an exact or derived type), as long as nothing else runs, or NULL:
 * not known, or none. */
static inline HostObject **
py2abi_host_list_items(const HostObject *list)
{
    HostObject **items = NULL;
    if (py2abi_hostlayout.list_items != 0) {
        memcpy(&items, py2abi_hostlayout_at(list, py2abi_hostlayout.list_items), sizeof items);
    }
    return items;
}

static inline ssize_t
py2abi_host_list_size(HostObject *list)
{
    ssize_t size;
    if (py2abi_hostlayout.list_size == 0) {
        return host_PyList_Size(list);
    }
    memcpy(&size, py2abi_hostlayout_at(list, py2abi_hostlayout.list_size), sizeof size);
    return size;
}

/* A list's item, borrowed; i is less than its size. */
static inline HostObject *
py2abi_host_list_item(HostObject *list, ssize_t i)
{
    HostObject **items = py2abi_host_list_items(list);
    return items != NULL ? items[i] : host_PyList_GetItem(list, i);
}

/* Put an item, which is taken over, into a list that was just made. */
static inline void
py2abi_host_list_fill(HostObject *list, ssize_t i, HostObject *item)
{
    HostObject **items = py2abi_host_list_items(list);
    if (items != NULL) {
        items[i] = item;
    }
    else {
        host_PyList_SetItem(list, i, item);
    }
}

/* The value of an exact float. */
static inline double
py2abi_host_float_value(HostObject *number)
{
    double value;
    if (py2abi_hostlayout.float_value == 0) {
        return host_PyFloat_AsDouble(number);
    }
    memcpy(&value, py2abi_hostlayout_at(number, py2abi_hostlayout.float_value), sizeof value);
    return value;
}

/* The value of an exact int.  Returns whether it is one of a long. */
static inline int
py2abi_host_int_value(HostObject *number, long *value)
{
    uintptr_t tag;
    uint32_t digit;
    int overflow;
    if (py2abi_hostlayout.int_tag != 0) {
        memcpy(&tag, py2abi_hostlayout_at(number, py2abi_hostlayout.int_tag), sizeof tag);
        if (tag == py2abi_hostlayout.int_positive || tag == py2abi_hostlayout.int_negative) {
            memcpy(&digit, py2abi_hostlayout_at(number, py2abi_hostlayout.int_digit),
                   sizeof digit);
            *value = tag == py2abi_hostlayout.int_positive ? (long)digit : -(long)digit;
            return 1;
        }
    }
    *value = host_PyLong_AsLongAndOverflow(number, &overflow);
    return overflow == 0;
}

#endif
