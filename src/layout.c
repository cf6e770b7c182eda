/* layout.c - learning the host's layout of bytes and bytearray. */

#include "config.h"
#include "layout.h"

#include <stdlib.h>
#include <string.h>

const struct py2abi_layout *_Atomic py2abi_layout_known;

enum { SAMPLES = 3, NOT_FOUND = 0 };

/* Objects of one type whose address and length the API has told. */
struct samples {
    PyObject *object[SAMPLES];
    const char *data[SAMPLES];
    Py_ssize_t size[SAMPLES];
    size_t head; /* how much of every object may be read: the type's __basicsize__ */
};

/* The one offset at which every sample has its own expected word; NOT_FOUND if
 * there is none, or more than one, so that chance decides nothing.  No object
 * has anything of interest at offset 0. */
static size_t
find_word(const struct samples *samples, const void *const expected[SAMPLES])
{
    size_t found = NOT_FOUND;
    for (size_t offset = sizeof(void *); offset + sizeof(void *) <= samples->head;
         offset += sizeof(void *)) {
        int agree = 0;
        for (int i = 0; i < SAMPLES; i++) {
            agree += layout_word(samples->object[i], offset) == expected[i];
        }
        if (agree == SAMPLES) {
            if (found != NOT_FOUND) {
                return NOT_FOUND;
            }
            found = offset;
        }
    }
    return found;
}

static size_t
find_type(const struct samples *samples, const void *type)
{
    const void *expected[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        expected[i] = type;
    }
    return find_word(samples, expected);
}

static size_t
find_size(const struct samples *samples)
{
    const void *expected[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        expected[i] = (const void *)samples->size[i];
    }
    return find_word(samples, expected);
}

/* Whether the buffer API gives what was learned, for every sample. */
static int
verify(const struct py2abi_layout *layout, const struct samples *samples, int flags)
{
    for (int i = 0; i < SAMPLES; i++) {
        Py_buffer view;
        void *buffer;
        Py_ssize_t size;
        if (host_PyObject_GetBuffer(samples->object[i], &view, flags) != 0) {
            return 0;
        }
        int same = py2abi_layout_buffer(layout, samples->object[i], flags, &buffer, &size)
                   && buffer == view.buf && size == view.len;
        host_PyBuffer_Release(&view);
        if (!same) {
            return 0;
        }
    }
    return 1;
}

static int
read_head(struct samples *samples, PyObject *type)
{
    PyObject *basicsize = host_PyObject_GetAttrString(type, "__basicsize__");
    if (basicsize == NULL) {
        return -1;
    }
    Py_ssize_t head = host_PyLong_AsSsize_t(basicsize);
    host_Py_DecRef(basicsize);
    samples->head = head > 0 ? (size_t)head : 0;
    return head > 0 ? 0 : -1;
}

static void
drop(struct samples *samples)
{
    for (int i = 0; i < SAMPLES; i++) {
        if (samples->object[i] != NULL) {
            host_Py_DecRef(samples->object[i]);
        }
    }
}

/* Lengths that nothing else in an object's head is likely to equal. */
static const Py_ssize_t lengths[SAMPLES] = {211, 977, 4001};

static int
learn_bytes(struct py2abi_layout *layout)
{
    struct samples samples = {.head = 0};
    int learned = 0;
    if (read_head(&samples, (PyObject *)HOST(PyBytes_Type)) < 0) {
        return 0;
    }
    for (int i = 0; i < SAMPLES; i++) {
        samples.object[i] = host_PyBytes_FromStringAndSize(NULL, lengths[i]);
        if (samples.object[i] == NULL) {
            goto out;
        }
        samples.data[i] = host_PyBytes_AsString(samples.object[i]);
        samples.size[i] = lengths[i];
    }
    layout->bytes_type = HOST(PyBytes_Type);
    layout->type = find_type(&samples, layout->bytes_type);
    layout->bytes_size = find_size(&samples);
    layout->bytes_data = (size_t)(samples.data[0] - (const char *)samples.object[0]);
    learned = layout->type != NOT_FOUND && layout->bytes_size != NOT_FOUND
              && verify(layout, &samples, PyBUF_SIMPLE);
out:
    drop(&samples);
    return learned;
}

static int
learn_bytearray(struct py2abi_layout *layout)
{
    struct samples samples = {.head = 0};
    int learned = 0;
    if (read_head(&samples, (PyObject *)HOST(PyByteArray_Type)) < 0) {
        return 0;
    }
    for (int i = 0; i < SAMPLES; i++) {
        samples.object[i] = host_PyByteArray_FromStringAndSize(NULL, lengths[i]);
        if (samples.object[i] == NULL) {
            goto out;
        }
        samples.size[i] = lengths[i];
    }
    /* A bytearray also has the address and the size of its allocation.  They
     * part from the data's where the front, or most of it, has been deleted. */
    if (host_PySequence_DelSlice(samples.object[0], 0, 5) < 0
        || host_PySequence_DelSlice(samples.object[1], 100, lengths[1]) < 0) {
        goto out;
    }
    samples.size[0] -= 5;
    samples.size[1] = 100;
    const void *expected[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        expected[i] = samples.data[i] = host_PyByteArray_AsString(samples.object[i]);
    }
    layout->array_type = HOST(PyByteArray_Type);
    layout->array_size = find_size(&samples);
    layout->array_data = find_word(&samples, expected);
    learned = find_type(&samples, layout->array_type) == layout->type
              && layout->array_size != NOT_FOUND && layout->array_data != NOT_FOUND
              && verify(layout, &samples, PyBUF_SIMPLE)
              && verify(layout, &samples, PyBUF_WRITABLE);
out:
    drop(&samples);
    return learned;
}

/* Learn the layouts and publish them.  Tried once; does nothing before the
 * interpreter is initialised.  GIL held, no exception set, and none is set
 * afterwards: without a layout everything works through libffi. */
void
py2abi_layout_learn(void)
{
    static atomic_int tried;
    const struct py2abi_host *host = py2abi_host_get();

    if (atomic_load_explicit(&tried, memory_order_relaxed) || !host_Py_IsInitialized()) {
        return;
    }
    atomic_store_explicit(&tried, 1, memory_order_relaxed);
    if (host->settings.dispatch_ffi || host->missing[HOST_FAST] != NULL) {
        return;
    }
    struct py2abi_layout *layout = calloc(1, sizeof *layout);
    if (layout == NULL) {
        return;
    }
    /* Without the GIL a bytearray's address and length cannot be read together;
     * the host locks the object.  A bytes never changes. */
    int free_threaded = strstr(host_Py_GetVersion(), "free-threading") != NULL;
    if (learn_bytes(layout)) {
        if (free_threaded || !learn_bytearray(layout)) {
            layout->array_type = NULL;
        }
        atomic_store_explicit(&py2abi_layout_known, layout, memory_order_release);
    }
    else {
        free(layout);
    }
    host_PyErr_Clear();
}
