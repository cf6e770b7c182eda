/* strings27.h - what the files of str, unicode and bytearray know of each other. */

#ifndef PY2ABI_STRINGS27_H
#define PY2ABI_STRINGS27_H

#include "guest.h"

#include <stdint.h>
#include <string.h>

long py2abi_strings_hash(const void *data, Py_ssize_t size);
PyObject *py2abi_strings_decode_any(const char *text, Py_ssize_t size, const char *encoding,
                                    const char *errors);
PyObject *py2abi_strings_encode_any(PyObject *object, const char *encoding, const char *errors);
int py2abi_strings_is_text_codec(const char *encoding);

/* A number as %d, %o, %x and %X have it: an exact str, or NULL with a guest
 * exception.  object is an int or a long. */
enum py2abi_flags {
    PY2ABI_FLAG_LEFT = 1, PY2ABI_FLAG_SIGN = 2, PY2ABI_FLAG_BLANK = 4,
    PY2ABI_FLAG_ALTERNATE = 8, PY2ABI_FLAG_ZERO = 16,
};
PyObject *py2abi_strings_format_integer(PyObject *object, int flags, int precision, int type);
PyObject *py2abi_strings_format_float(PyObject *object, int flags, int precision, int type);
int py2abi_strings_pointer(char number[32], const void *pointer);
PyObject *py2abi_strings_to_integer(PyObject *object);

/* Methods of str and unicode (formatter.c). */
PyObject *py2abi_strings_format_method(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *py2abi_strings_split_field_name(PyObject *self, PyObject *unused);
PyObject *py2abi_strings_parse_format(PyObject *self, PyObject *unused);

int py2abi_bytearray_refresh(PyObject *object);

/* How many bytes of a text are ASCII until one is not. */
static inline Py_ssize_t
py2abi_count_ascii(const char *text, Py_ssize_t size)
{
    Py_ssize_t i = 0;
    while (i + (Py_ssize_t)sizeof(uint64_t) <= size) {
        uint64_t word;
        memcpy(&word, text + i, sizeof word);
        if (word & 0x8080808080808080u) {
            break;
        }
        i += (Py_ssize_t)sizeof word;
    }
    while (i < size && !(text[i] & 0x80)) {
        i++;
    }
    return i;
}

#endif
