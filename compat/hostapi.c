/* hostapi.c - finding the host's functions that guests need. */

#include "config.h"
#include "hostapi.h"

#include <stdio.h>
#include <string.h>

void (*py2abi_host_fn[HOST_FN_COUNT])(void);
void *py2abi_host_data[HOST_DATA_COUNT];
size_t py2abi_host_head = 2 * sizeof(void *);

enum need { CORE, FAST, HOLD, GUEST, MAYBE };

static const struct {
    const char *name;
    enum need need;
} fn_rows[] = {
#define HOST_FN(name, need, first, result, args) {#name, need},
#define HOST_DATA(name, need, first, ctype)
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
}, data_rows[] = {
#define HOST_FN(name, need, first, result, args)
#define HOST_DATA(name, need, first, ctype) {#name, need},
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
};

/* The type is the last word of an object's head; how long that is depends on
 * the build (a debug build's may begin with two more words, one without the GIL
 * has its counters there).  The host tells the size of a plain object. */
static int
measure_head(void)
{
    HostObject *size = host_PyObject_GetAttrString((HostObject *)HOST(PyBaseObject_Type),
                                                   "__basicsize__");
    if (size == NULL) {
        host_PyErr_Clear();
        return -1;
    }
    py2abi_host_head = (size_t)host_PyLong_AsSsize_t(size);
    host_DECREF(size);
    HostObject *samples[] = {HOST(_Py_NoneStruct), HOST(_Py_TrueStruct),
                             (HostObject *)HOST(PyDict_Type), *HOST(PyExc_ValueError)};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        HostObject *type = host_PyObject_Type(samples[i]);
        int right = py2abi_host_head >= 2 * sizeof(void *) && py2abi_host_head <= 64
                    && py2abi_hostapi_type(samples[i]) == type;
        host_DECREF(type);
        if (!right) {
            return -1;
        }
    }
    return 0;
}

/* Find every row, and learn what has to be known of the host's objects.  Returns
 * NULL, or what the host lacks.  GIL held. */
const char *
py2abi_hostapi_begin(const struct py2abi_front *front)
{
    const char *lacks = NULL;
    for (int i = 0; i < HOST_FN_COUNT; i++) {
        void *address = front->host_symbol(fn_rows[i].name);
        memcpy(&py2abi_host_fn[i], &address, sizeof address);
        if (address == NULL && fn_rows[i].need != MAYBE && lacks == NULL) {
            lacks = fn_rows[i].name;
        }
    }
    for (int i = 0; i < HOST_DATA_COUNT; i++) {
        py2abi_host_data[i] = front->host_symbol(data_rows[i].name);
        if (py2abi_host_data[i] == NULL && data_rows[i].need != MAYBE && lacks == NULL) {
            lacks = data_rows[i].name;
        }
    }
    if (lacks == NULL && measure_head() < 0) {
        lacks = "a known layout of object heads";
    }
    return lacks;
}
