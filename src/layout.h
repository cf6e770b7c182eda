/* layout.h - where the host keeps the data of an exact bytes or bytearray.
 *
 * No header says it: one build of the library serves hosts whose object heads
 * differ.  So it is learned from the host, through its API, and believed only
 * where several objects agree. */

#ifndef PY2ABI_LAYOUT_H
#define PY2ABI_LAYOUT_H

#include "host.h"

/* All zero until learned.  Published whole, by one pointer. */
struct py2abi_layout {
    size_t type;       /* offset of the type pointer in any object */
    size_t bytes_size; /* of the length in a bytes */
    size_t bytes_data; /* of the first byte in a bytes */
    size_t array_size; /* of the length in a bytearray */
    size_t array_data; /* of the pointer to the first byte in a bytearray */
    const void *bytes_type;
    const void *array_type; /* NULL: bytearrays go through libffi */
};

/* NULL: not learned (yet), refused, or switched off. */
extern const struct py2abi_layout *_Atomic py2abi_layout_known;

void py2abi_layout_learn(void);

static inline const void *
layout_word(const void *object, size_t offset)
{
    return *(const void *const *)((const char *)object + offset);
}

/* The buffer of obj, if it is an exact bytes or bytearray that flags suit.
 * Returns 1 and stores address and length, or 0 when the API has to be asked.
 * obj is borrowed; GIL held. */
static inline int
py2abi_layout_buffer(const struct py2abi_layout *layout, PyObject *obj, int flags,
                     void **ret_buffer, Py_ssize_t *ret_len)
{
    const void *type = layout_word(obj, layout->type);
    if (type == layout->bytes_type && flags == PyBUF_SIMPLE) {
        *ret_buffer = (char *)obj + layout->bytes_data;
        *ret_len = (Py_ssize_t)layout_word(obj, layout->bytes_size);
        return 1;
    }
    if (type == layout->array_type) {
        Py_ssize_t size = (Py_ssize_t)layout_word(obj, layout->array_size);
        /* An empty one has its address elsewhere. */
        if (size > 0) {
            *ret_buffer = (void *)layout_word(obj, layout->array_data);
            *ret_len = size;
            return 1;
        }
    }
    return 0;
}

#endif
