/* dictobject.c - dictionaries: the host's, of which the guest sees no entry.
 *
 * No binary was found that reads a dictionary's table inline, so there is none: a
 * dictionary is the host's from its birth, and the guest has its mirror, of the
 * right size and with the right count.  What Python 2.7's API gives as a borrowed
 * reference is remembered in the mirror.
 *
 * In Python 2 'k' and u'k' are the same key.  Only the host's str can stand for
 * both, so an ASCII str of the guest's is that as a key; and where a look-up by an
 * ASCII text misses, the host's bytes of the same letters (the twin) is tried.  A
 * key that the guest has given as a str is shown to it as the same str again; other
 * keys are shown as what they are, but for dictionaries of names, whose keys are
 * interned strs. */

#include "config.h"
#include "containers.h"
#include "proxy.h"

#include <string.h>

/* ---- Keys ---- */

static int
is_namespace(PyObject *container)
{
    return Py_TYPE(container)->tp_flags & PY2ABI_TPFLAGS_MIRROR
           && PY2ABI_HEAD(container)->is_namespace;
}

static int
has_head(PyObject *container)
{
    return (Py_TYPE(container)->tp_flags & PY2ABI_TPFLAGS_MIRROR) != 0;
}

/* A key or a member as the host has it: a new reference, or NULL with a host
 * exception. */
HostObject *
py2abi_key_host(PyObject *container, PyObject *key)
{
    if (Py_TYPE(key)->tp_hash == PyObject_HashNotImplemented) {
        char message[300];
        snprintf(message, sizeof message, "unhashable type: '%.200s'", Py_TYPE(key)->tp_name);
        host_PyErr_SetString(*HOST(PyExc_TypeError), message);
        return NULL;
    }
    return py2abi_host(key, is_namespace(container) ? PY2ABI_AS_NAME : PY2ABI_AS_KEY);
}

/* A str that is no ASCII is a key by the policy; where Python 3 has put one that this binary
 * sees as the same str, that is bytes, or what PY2ABI_TEXT makes a str of. */
static HostObject *
twin_by_policy(const char *text, Py_ssize_t size)
{
    const struct py2abi_guest *guest = py2abi_frame_guest();
    const char *codec = py2abi_text_codec(guest);
    if (py2abi_str_codec(guest) != NULL) {
        return host_PyBytes_FromStringAndSize(text, size);
    }
    HostObject *decoded = codec != NULL ? host_PyUnicode_Decode(text, size, codec, "strict")
                                        : NULL;
    if (decoded == NULL && host_PyErr_Occurred() != NULL
        && host_PyErr_ExceptionMatches(*HOST(PyExc_ValueError))) {
        host_PyErr_Clear();
    }
    return decoded;
}

/* The other host object that a key may be there as.  In Python 2 'k' and u'k' are the same
 * key: bytes for an ASCII one.  A new reference, or NULL, with a host exception (MemoryError)
 * or, for other keys, without. */
HostObject *
py2abi_key_twin(PyObject *key)
{
    const char *text = NULL;
    Py_ssize_t size = 0;
    HostObject *bytes = NULL;
    if (PyString_CheckExact(key)) {
        text = PyString_AS_STRING(key);
        size = PyString_GET_SIZE(key);
        for (Py_ssize_t i = 0; i < size; i++) {
            if ((unsigned char)text[i] >= 0x80) {
                return twin_by_policy(text, size);
            }
        }
        bytes = host_PyBytes_FromStringAndSize(text, size);
    }
    else if (PyUnicode_CheckExact(key)) {
        const Py_UNICODE *letters = PyUnicode_AS_UNICODE(key);
        size = PyUnicode_GET_SIZE(key);
        for (Py_ssize_t i = 0; i < size; i++) {
            if (letters[i] >= 0x80) {
                return NULL;
            }
        }
        bytes = host_PyBytes_FromStringAndSize(NULL, size);
        char *to = bytes != NULL ? host_PyBytes_AsString(bytes) : NULL;
        for (Py_ssize_t i = 0; to != NULL && i < size; i++) {
            to[i] = (char)letters[i];
        }
    }
    return bytes;
}

/* A key as the guest sees it: borrowed from the container, or NULL with a host
 * exception. */
PyObject *
py2abi_key_mirror(PyObject *container, HostObject *key)
{
    if (!has_head(container)) {
        return py2abi_frame_keep(py2abi_mirror(key));
    }
    if (is_namespace(container)
        && py2abi_hostapi_type(key) == (HostObject *)HOST(PyUnicode_Type)) {
        PyObject *name = py2abi_mirror_name(key);
        if (name != NULL) {
            /* The table of interned strings holds it for ever. */
            PyString_InternImmortal(&name);
            Py_DECREF(name);
        }
        return name;
    }
    return py2abi_mirror_borrowed_key(container, key);
}

/* The container has key (borrowed) as host (borrowed): the guest's object is kept if
 * it would come back as another kind of text.  Returns 0, or -1 with a host
 * exception. */
int
py2abi_key_remember(PyObject *container, HostObject *host, PyObject *key)
{
    if (!PyString_CheckExact(key) || !has_head(container) || is_namespace(container)
        || py2abi_hostapi_type(host) != (HostObject *)HOST(PyUnicode_Type)) {
        return 0;
    }
    return py2abi_mirror_remember(container, host, key, 1);
}

/* ---- The host's dictionary ---- */

/* The host's dictionary, borrowed from the guest's object.  NULL with a host
 * exception. */
static HostObject *
host_of(PyObject *dict)
{
    if (has_head(dict) && PY2ABI_HEAD(dict)->host != NULL) {
        return PY2ABI_HEAD(dict)->host;
    }
    /* In an instance of a type that a binary derives from dict: the entries are in its
     * proxy. */
    return py2abi_proxy_backing(dict);
}

/* Whoever looks for entries inline finds none. */
static PyDictEntry *
refuse_lookup(PyDictObject *dict, PyObject *key, long hash)
{
    (void)key;
    (void)hash;
    PyErr_SetString(PyExc_SystemError,
                    "a dictionary's table was read directly: its entries are in Python 3");
    return dict->ma_table;
}

/* Bring up to date what inlined code reads of a dictionary.  Returns 0: nothing can
 * fail, but refreshing others can. */
int
py2abi_dict_refresh(PyObject *object)
{
    PyDictObject *dict = (PyDictObject *)object;
    HostObject *host = py2abi_link_host(object);
    if (host != NULL && Py_TYPE(object)->tp_basicsize >= (Py_ssize_t)sizeof *dict) {
        dict->ma_fill = dict->ma_used = host_PyDict_Size(host);
        dict->ma_mask = PyDict_MINSIZE - 1;
        dict->ma_table = dict->ma_smalltable;
        dict->ma_lookup = refuse_lookup;
    }
    return 0;
}

/* An API function that has changed a dictionary ends: its result. */
static int
changed(PyObject *dict, int status)
{
    (void)py2abi_dict_refresh(dict);
    return (int)py2abi_returned(status);
}

/* The value of a key, borrowed from the host's dictionary.  NULL with a host
 * exception, or without: there is none. */
static HostObject *
look_up(PyObject *dict, PyObject *key)
{
    HostObject *host = host_of(dict), *twin, *value = NULL;
    HostObject *host_key = host != NULL ? py2abi_key_host(dict, key) : NULL;
    if (host_key == NULL) {
        return NULL;
    }
    value = host_PyDict_GetItemWithError(host, host_key);
    host_DECREF(host_key);
    if (value == NULL && !is_namespace(dict) && host_PyErr_Occurred() == NULL
        && host_PyDict_Size(host) != 0 && (twin = py2abi_key_twin(key)) != NULL) {
        value = host_PyDict_GetItemWithError(host, twin);
        host_DECREF(twin);
    }
    return value;
}

/* What the guest sees of a value that the host's dictionary holds: borrowed.  NULL
 * with a host exception. */
static PyObject *
value_of(PyObject *dict, HostObject *value)
{
    return has_head(dict) ? py2abi_mirror_borrowed(dict, value)
                          : py2abi_frame_keep(py2abi_mirror(value));
}

/* Whether the guest's object for a value that it has put into a dictionary is kept, since
 * it may still be used when the caller has given its reference back.  Guest-born objects
 * are kept by their proxies; numbers only as a module's constants, for the sake of large
 * dictionaries of them. */
static int
is_kept(PyObject *dict, PyObject *value)
{
    if (Py_TYPE(value)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        return !PY2ABI_HEAD(value)->is_born
               && !(PyFunction_Check(value) && (PY2ABI_HEAD(dict)->is_namespace & PY2ABI_OF_CLASS));
    }
    return PyString_CheckExact(value) || PyTuple_CheckExact(value) || PyUnicode_CheckExact(value)
           || PyType_Check(value)
           || (is_namespace(dict)
               && (PyInt_CheckExact(value) || PyFloat_CheckExact(value) || PyLong_CheckExact(value)
                   || PyComplex_CheckExact(value)));
}

/* The host's key to store a value under: the one that equals key and is there, or
 * key itself.  *former is the value there, borrowed, or NULL.  Returns a new
 * reference, or NULL with a host exception. */
static HostObject *
key_to_set(PyObject *dict, HostObject *host, PyObject *key, HostObject **former)
{
    HostObject *host_key = py2abi_key_host(dict, key), *twin;
    *former = NULL;
    if (host_key == NULL || host_PyDict_Size(host) == 0) {
        return host_key;
    }
    *former = host_PyDict_GetItemWithError(host, host_key);
    if (*former != NULL) {
        return host_key;
    }
    if (!is_namespace(dict) && host_PyErr_Occurred() == NULL
        && (twin = py2abi_key_twin(key)) != NULL) {
        *former = host_PyDict_GetItemWithError(host, twin);
        if (*former != NULL) {
            host_DECREF(host_key);
            return twin;
        }
        host_DECREF(twin);
    }
    if (host_PyErr_Occurred() != NULL) {
        host_DECREF(host_key);
        return NULL;
    }
    return host_key;
}

/* A mirror that is a key lives as long as the entry, too: binaries keep callbacks in that way.
 * Returns 0, or -1 with a host exception. */
static int
remember_key(PyObject *dict, HostObject *host_key, PyObject *key)
{
    if (!is_namespace(dict) && (Py_TYPE(key)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
        && !PY2ABI_HEAD(key)->is_born) {
        return py2abi_mirror_remember(dict, host_key, key, 1);
    }
    return py2abi_key_remember(dict, host_key, key);
}

/* Set an item.  Returns 0, or -1 with a host exception. */
static int
set_item(PyObject *dict, PyObject *key, PyObject *value)
{
    HostObject *host = host_of(dict), *former;
    enum py2abi_use use = is_namespace(dict) && py2abi_is_initialising() ? PY2ABI_AS_CONSTANT
                                                                        : PY2ABI_AS_VALUE;
    int is_of_type = is_namespace(dict) && (PY2ABI_HEAD(dict)->is_namespace & PY2ABI_OF_TYPE);
    /* What a type's dictionary has is the guest's own: descriptors, and what inlined code
     * compares. */
    HostObject *host_value = host == NULL   ? NULL
                             : is_of_type ? py2abi_proxy_hold(value)
                                          : py2abi_host(value, use);
    HostObject *host_key = host_value != NULL ? key_to_set(dict, host, key, &former) : NULL;
    int status = -1;
    if (host_key != NULL) {
        if (former != NULL) {
            host_INCREF(former);
        }
        status = host_PyDict_SetItem(host, host_key, host_value);
        if (status == 0 && has_head(dict)) {
            if (is_kept(dict, value)) {
                status = py2abi_mirror_remember(dict, host_value, value, 0);
            }
            if (status == 0) {
                status = remember_key(dict, host_key, key);
            }
            if (former != NULL && former != host_value) {
                py2abi_mirror_forget(dict, former);
            }
            if (is_of_type && status == 0) {
                status = py2abi_type_changed(PY2ABI_HEAD(dict)->dict_of, key, value);
            }
        }
        host_XDECREF(former);
    }
    host_XDECREF(host_key);
    host_XDECREF(host_value);
    return status;
}

/* Delete an item, its value being *value (a new reference) if that is wanted.
 * Returns 1, 0 if it is not there, or -1 with a host exception. */
static int
delete_item(PyObject *dict, PyObject *key, HostObject **value)
{
    HostObject *host = host_of(dict), *former = NULL;
    HostObject *host_key = host != NULL ? key_to_set(dict, host, key, &former) : NULL;
    if (host_key == NULL) {
        return -1;
    }
    int status = former != NULL;
    if (former != NULL) {
        host_INCREF(former);
        if (host_PyDict_DelItem(host, host_key) < 0) {
            status = -1;
        }
        else if (has_head(dict)) {
            py2abi_mirror_forget(dict, former);
            py2abi_mirror_forget_key(dict, host_key);
            if ((PY2ABI_HEAD(dict)->is_namespace & PY2ABI_OF_TYPE)
                && py2abi_type_changed(PY2ABI_HEAD(dict)->dict_of, key, NULL) < 0) {
                host_PyErr_Clear(); /* The host's type had it from somewhere else. */
            }
        }
        if (value != NULL && status > 0) {
            *value = former;
        }
        else {
            host_DECREF(former);
        }
    }
    host_DECREF(host_key);
    return status;
}

/* The guest's exception for a key that is not there. */
static void
complain_of_key(PyObject *key)
{
    PyObject *args = PyTuple_Pack(1, key);
    if (args != NULL) {
        /* In a tuple, since a tuple would be taken apart. */
        PyErr_SetObject(PyExc_KeyError, args);
        Py_DECREF(args);
    }
}

static int
check(PyObject *dict)
{
    if (dict == NULL || !PyDict_Check(dict)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return 0;
}

/* ---- The C API ---- */

PyObject *
PyDict_New(void)
{
    HostObject *host = host_PyDict_New();
    PyObject *dict = host != NULL ? py2abi_mirror_new(&PyDict_Type, host) : NULL;
    host_XDECREF(host);
    if (dict == NULL) {
        return py2abi_failed();
    }
    (void)py2abi_dict_refresh(dict);
    return dict;
}

PyObject *
_PyDict_NewPresized(Py_ssize_t used)
{
    (void)used;
    return PyDict_New();
}

/* Swallows errors, as Python 2.7's does, and leaves a pending one. */
PyObject *
PyDict_GetItem(PyObject *dict, PyObject *key)
{
    if (!PyDict_Check(dict)) {
        return NULL;
    }
    HostObject *value = look_up(dict, key);
    PyObject *guest = value != NULL ? value_of(dict, value) : NULL;
    if (guest == NULL) {
        host_PyErr_Clear();
    }
    (void)py2abi_returned(0);
    return guest;
}

/* The same as a new reference, which nothing remembers: two functions that a class has would both
 * hold their module's variables, and keep them from being collected. */
PyObject *
py2abi_dict_fetch(PyObject *dict, PyObject *key)
{
    HostObject *value = look_up(dict, key);
    PyObject *guest = value != NULL ? py2abi_mirror(value) : NULL;
    if (guest == NULL) {
        host_PyErr_Clear();
    }
    (void)py2abi_returned(0);
    return guest;
}

PyObject *
_PyDict_GetItemWithError(PyObject *dict, PyObject *key)
{
    if (check(dict) < 0) {
        return NULL;
    }
    HostObject *value = look_up(dict, key);
    PyObject *guest = value != NULL ? value_of(dict, value) : NULL;
    (void)py2abi_returned(guest != NULL ? 0 : -1);
    return guest;
}

int
PyDict_SetItem(PyObject *dict, PyObject *key, PyObject *value)
{
    return check(dict) < 0 ? -1 : changed(dict, set_item(dict, key, value));
}

int
PyDict_DelItem(PyObject *dict, PyObject *key)
{
    if (check(dict) < 0) {
        return -1;
    }
    int status = changed(dict, delete_item(dict, key, NULL));
    if (status == 0) {
        complain_of_key(key);
    }
    return status > 0 ? 0 : -1;
}

/* Delete an item if predicate says so of its value. */
int
_PyDict_DelItemIf(PyObject *dict, PyObject *key, int (*predicate)(PyObject *value))
{
    if (check(dict) < 0) {
        return -1;
    }
    PyObject *value = _PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        if (PyErr_Occurred() == NULL) {
            complain_of_key(key);
        }
        return -1;
    }
    Py_INCREF(value);
    int status = predicate(value);
    Py_DECREF(value);
    return status > 0 ? PyDict_DelItem(dict, key) : status;
}

void
PyDict_Clear(PyObject *dict)
{
    if (!PyDict_Check(dict)) {
        return;
    }
    HostObject *host = host_of(dict);
    if (host == NULL) {
        host_PyErr_Clear();
        return;
    }
    host_PyDict_Clear(host);
    if (has_head(dict)) {
        py2abi_mirror_forget_all(dict);
    }
    (void)changed(dict, 0);
}

/* As PyDict_Next, the host's objects; an error is reported, since the caller cannot
 * be told. */
static int
next(PyObject *dict, Py_ssize_t *at, PyObject **key, PyObject **value, long *hash)
{
    HostObject *host = host_of(dict), *host_key, *host_value;
    if (host != NULL && !host_PyDict_Next(host, at, &host_key, &host_value)) {
        return 0;
    }
    int ok = host != NULL
             && (key == NULL || (*key = py2abi_key_mirror(dict, host_key)) != NULL)
             && (value == NULL || (*value = value_of(dict, host_value)) != NULL)
             && (hash == NULL || (*hash = host_PyObject_Hash(host_key)) != -1);
    if (!ok) {
        host_PyErr_WriteUnraisable(host);
    }
    (void)py2abi_returned(0);
    return ok;
}

int
PyDict_Next(PyObject *dict, Py_ssize_t *at, PyObject **key, PyObject **value)
{
    return PyDict_Check(dict) ? next(dict, at, key, value, NULL) : 0;
}

int
_PyDict_Next(PyObject *dict, Py_ssize_t *at, PyObject **key, PyObject **value, long *hash)
{
    return PyDict_Check(dict) ? next(dict, at, key, value, hash) : 0;
}

/* Keys that the guest has given as strs are that in a copy too. */
static int
remember_keys(PyObject *to, PyObject *from)
{
    HostObject *key, *value;
    Py_ssize_t at = 0;
    if (!has_head(from) || PY2ABI_HEAD(from)->memo == NULL || !has_head(to)) {
        return 0;
    }
    while (host_PyDict_Next(PY2ABI_HEAD(from)->host, &at, &key, &value)) {
        PyObject *guest = py2abi_mirror_recall(from, key);
        if (guest != NULL && py2abi_key_remember(to, key, guest) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Update dict from what lists its keys. */
static int
merge_mapping(PyObject *dict, PyObject *other, int override)
{
    PyObject *keys = PyMapping_Keys(other);
    PyObject *iterator = keys != NULL ? PyObject_GetIter(keys) : NULL, *key;
    Py_XDECREF(keys);
    if (iterator == NULL) {
        return -1;
    }
    int status = 0;
    while (status == 0 && (key = PyIter_Next(iterator)) != NULL) {
        int has = override ? 0 : PyDict_Contains(dict, key);
        PyObject *value = has == 0 ? PyObject_GetItem(other, key) : NULL;
        status = has > 0         ? 0
                 : value == NULL ? -1
                                 : PyDict_SetItem(dict, key, value);
        Py_XDECREF(value);
        Py_DECREF(key);
    }
    Py_DECREF(iterator);
    return status == 0 && PyErr_Occurred() == NULL ? 0 : -1;
}

int
PyDict_Merge(PyObject *dict, PyObject *other, int override)
{
    if (check(dict) < 0) {
        return -1;
    }
    if (other == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!PyDict_Check(other)) {
        return merge_mapping(dict, other, override);
    }
    HostObject *to = host_of(dict), *from = to != NULL ? host_of(other) : NULL;
    int status = from != NULL ? host_PyDict_Merge(to, from, override) : -1;
    if (status == 0) {
        status = remember_keys(dict, other);
    }
    return changed(dict, status);
}

int
PyDict_Update(PyObject *dict, PyObject *other)
{
    return PyDict_Merge(dict, other, 1);
}

/* Update a dictionary from an iterable of pairs. */
int
PyDict_MergeFromSeq2(PyObject *dict, PyObject *pairs, int override)
{
    PyObject *iterator = PyObject_GetIter(pairs), *item;
    if (iterator == NULL) {
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && (item = PyIter_Next(iterator)) != NULL; i++) {
        PyObject *pair = PySequence_Fast(item, "");
        status = -1;
        if (pair == NULL) {
            if (PyErr_ExceptionMatches(PyExc_TypeError)) {
                PyErr_Format(PyExc_TypeError, "cannot convert dictionary update sequence element "
                             "#%zd to a sequence", i);
            }
        }
        else if (PySequence_Fast_GET_SIZE(pair) != 2) {
            PyErr_Format(PyExc_ValueError, "dictionary update sequence element #%zd has length "
                         "%zd; 2 is required", i, PySequence_Fast_GET_SIZE(pair));
        }
        else {
            PyObject *key = PySequence_Fast_GET_ITEM(pair, 0);
            PyObject *value = PySequence_Fast_GET_ITEM(pair, 1);
            Py_INCREF(key);
            Py_INCREF(value);
            int has = override ? 0 : PyDict_Contains(dict, key);
            status = has == 0 ? PyDict_SetItem(dict, key, value) : has < 0 ? -1 : 0;
            Py_DECREF(key);
            Py_DECREF(value);
        }
        Py_XDECREF(pair);
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    return status == 0 && PyErr_Occurred() == NULL ? 0 : -1;
}

PyObject *
PyDict_Copy(PyObject *dict)
{
    if (check(dict) < 0) {
        return NULL;
    }
    PyObject *copy = PyDict_New();
    if (copy != NULL && PyDict_Merge(copy, dict, 1) < 0) {
        Py_CLEAR(copy);
    }
    return copy;
}

static Py_ssize_t
length(PyObject *dict)
{
    HostObject *host = host_of(dict);
    return py2abi_returned(host != NULL ? host_PyDict_Size(host) : -1);
}

Py_ssize_t
PyDict_Size(PyObject *dict)
{
    return check(dict) < 0 ? -1 : length(dict);
}

enum { KEYS = 1, VALUES = 2, PAIRS = 3 };

/* A key, a value or both as a tuple: a new reference, or NULL with an exception on
 * one of the sides. */
static PyObject *
entry(PyObject *dict, HostObject *host_key, HostObject *host_value, int what)
{
    PyObject *key = NULL, *value = NULL, *pair;
    if (what & KEYS) {
        if ((key = py2abi_key_mirror(dict, host_key)) == NULL) {
            return NULL;
        }
        Py_INCREF(key);
    }
    if (what & VALUES && (value = py2abi_mirror(host_value)) == NULL) {
        Py_XDECREF(key);
        return NULL;
    }
    if (what != PAIRS) {
        return what == KEYS ? key : value;
    }
    pair = PyTuple_New(2);
    if (pair == NULL) {
        Py_DECREF(key);
        Py_DECREF(value);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, key);
    PyTuple_SET_ITEM(pair, 1, value);
    return pair;
}

/* A new list of what a dictionary has. */
static PyObject *
list_of(PyObject *dict, int what)
{
    HostObject *host = host_of(dict), *host_key, *host_value;
    PyObject *list = host != NULL ? PyList_New(0) : NULL;
    Py_ssize_t at = 0;
    while (list != NULL && host_PyDict_Next(host, &at, &host_key, &host_value)) {
        /* The two are the dictionary's, which conversions may change. */
        host_INCREF(host_key);
        host_INCREF(host_value);
        PyObject *item = entry(dict, host_key, host_value, what);
        host_DECREF(host_key);
        host_DECREF(host_value);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    (void)py2abi_returned(0);
    if (list == NULL && PyErr_Occurred() == NULL) {
        py2abi_error_to_guest();
    }
    return list;
}

PyObject *
PyDict_Keys(PyObject *dict)
{
    return check(dict) < 0 ? NULL : list_of(dict, KEYS);
}

PyObject *
PyDict_Values(PyObject *dict)
{
    return check(dict) < 0 ? NULL : list_of(dict, VALUES);
}

PyObject *
PyDict_Items(PyObject *dict)
{
    return check(dict) < 0 ? NULL : list_of(dict, PAIRS);
}

int
PyDict_Contains(PyObject *dict, PyObject *key)
{
    const HostObject *value = look_up(dict, key);
    return (int)py2abi_returned(value != NULL ? 1 : host_PyErr_Occurred() != NULL ? -1 : 0);
}

int
_PyDict_Contains(PyObject *dict, PyObject *key, long hash)
{
    (void)hash;
    return PyDict_Contains(dict, key);
}

PyObject *
PyDict_GetItemString(PyObject *dict, const char *name)
{
    PyObject *key = PyString_FromString(name);
    if (key == NULL) {
        return NULL;
    }
    PyObject *value = PyDict_GetItem(dict, key);
    Py_DECREF(key);
    return value;
}

int
PyDict_SetItemString(PyObject *dict, const char *name, PyObject *value)
{
    PyObject *key = PyString_FromString(name);
    if (key == NULL) {
        return -1;
    }
    PyString_InternInPlace(&key);
    int status = PyDict_SetItem(dict, key, value);
    Py_DECREF(key);
    return status;
}

int
PyDict_DelItemString(PyObject *dict, const char *name)
{
    PyObject *key = PyString_FromString(name);
    if (key == NULL) {
        return -1;
    }
    int status = PyDict_DelItem(dict, key);
    Py_DECREF(key);
    return status;
}

/* ---- What dictionaries do ---- */

static void
dealloc(PyObject *dict)
{
    if (has_head(dict)) {
        py2abi_mirror_dealloc(dict);
        return;
    }
    if (_PyObject_GC_IS_TRACKED(dict)) {
        PyObject_GC_UnTrack(dict);
    }
    py2abi_proxy_drop(dict);
    Py_TYPE(dict)->tp_free(dict);
}

/* What an instance of a type derived from dict has for a key that is not there. */
static PyObject *
missing(PyObject *dict, PyObject *key)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)Py_TYPE(dict), "__missing__");
    if (method == NULL) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
            complain_of_key(key);
        }
        return NULL;
    }
    PyObject *value = PyObject_CallFunctionObjArgs(method, dict, key, NULL);
    Py_DECREF(method);
    return value;
}

static PyObject *
subscript(PyObject *dict, PyObject *key)
{
    PyObject *value = _PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        if (PyErr_Occurred() != NULL) {
            return NULL;
        }
        if (!PyDict_CheckExact(dict)) {
            return missing(dict, key);
        }
        complain_of_key(key);
        return NULL;
    }
    Py_INCREF(value);
    return value;
}

static int
assign_subscript(PyObject *dict, PyObject *key, PyObject *value)
{
    return value != NULL ? PyDict_SetItem(dict, key, value) : PyDict_DelItem(dict, key);
}

static PyObject *
repr(PyObject *dict)
{
    int known = Py_ReprEnter(dict);
    if (known != 0) {
        return known > 0 ? PyString_FromString("{...}") : NULL;
    }
    PyObject *items = list_of(dict, PAIRS);
    PyObject *text = items != NULL ? PyString_FromString("{") : NULL;
    for (Py_ssize_t i = 0; text != NULL && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PyList_GET_ITEM(items, i);
        if (i > 0) {
            PyString_ConcatAndDel(&text, PyString_FromString(", "));
        }
        /* A failure makes text NULL. */
        if (text != NULL) {
            PyString_ConcatAndDel(&text, PyObject_Repr(PyTuple_GET_ITEM(pair, 0)));
        }
        if (text != NULL) {
            PyString_ConcatAndDel(&text, PyString_FromString(": "));
        }
        if (text != NULL) {
            PyString_ConcatAndDel(&text, PyObject_Repr(PyTuple_GET_ITEM(pair, 1)));
        }
    }
    if (text != NULL) {
        PyString_ConcatAndDel(&text, PyString_FromString("}"));
    }
    Py_XDECREF(items);
    Py_ReprLeave(dict);
    return text;
}

/* Whether two dictionaries are equal, by the guest's comparisons. */
static int
is_equal(PyObject *a, PyObject *b)
{
    PyObject *items = length(a) == length(b) ? list_of(a, PAIRS) : NULL;
    if (items == NULL) {
        return PyErr_Occurred() != NULL ? -1 : 0;
    }
    int same = 1;
    for (Py_ssize_t i = 0; same > 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PyList_GET_ITEM(items, i);
        PyObject *other = _PyDict_GetItemWithError(b, PyTuple_GET_ITEM(pair, 0));
        if (other == NULL) {
            same = PyErr_Occurred() != NULL ? -1 : 0;
        }
        else {
            Py_INCREF(other);
            same = PyObject_RichCompareBool(PyTuple_GET_ITEM(pair, 1), other, Py_EQ);
            Py_DECREF(other);
        }
    }
    Py_DECREF(items);
    return same;
}

static PyObject *
richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyDict_Check(a) || !PyDict_Check(b) || (op != Py_EQ && op != Py_NE)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    int same = is_equal(a, b);
    return same < 0 ? NULL : PyBool_FromLong(same == (op == Py_EQ));
}

/* The least key by which a differs from b (a new reference), and a's value there.
 * NULL with a guest exception, or without: it does not differ. */
static PyObject *
least_difference(PyObject *a, PyObject *b, PyObject **value)
{
    PyObject *items = list_of(a, PAIRS), *least = NULL;
    int status = items != NULL ? 0 : -1;
    *value = NULL;
    for (Py_ssize_t i = 0; status >= 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *key = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 0);
        PyObject *mine = PyTuple_GET_ITEM(PyList_GET_ITEM(items, i), 1), *other;
        status = least == NULL ? 1 : PyObject_RichCompareBool(key, least, Py_LT);
        if (status <= 0) {
            continue;
        }
        other = _PyDict_GetItemWithError(b, key);
        if (other == NULL) {
            status = PyErr_Occurred() != NULL ? -1 : 0;
        }
        else {
            Py_INCREF(other);
            status = PyObject_RichCompareBool(mine, other, Py_EQ);
            Py_DECREF(other);
        }
        if (status == 0) {
            Py_INCREF(key);
            Py_XSETREF(least, key);
            Py_INCREF(mine);
            Py_XSETREF(*value, mine);
        }
    }
    if (status < 0) {
        Py_CLEAR(least);
        Py_CLEAR(*value);
    }
    Py_XDECREF(items);
    return least;
}

/* Python 2's order: the smaller one first; then by the least key that differs, then
 * by its values. */
static int
compare(PyObject *a, PyObject *b)
{
    Py_ssize_t size = length(a), other_size = length(b);
    PyObject *key, *value, *other_key = NULL, *other_value = NULL;
    int order = 0;
    if (size < 0 || other_size < 0) {
        return -1;
    }
    if (size != other_size) {
        return size < other_size ? -1 : 1;
    }
    key = least_difference(a, b, &value);
    if (key == NULL) {
        return PyErr_Occurred() != NULL ? -1 : 0;
    }
    other_key = least_difference(b, a, &other_value);
    if (other_key != NULL) {
        order = PyObject_Compare(key, other_key);
        if (order == 0 && PyErr_Occurred() == NULL) {
            order = PyObject_Compare(value, other_value);
        }
    }
    Py_DECREF(key);
    Py_DECREF(value);
    Py_XDECREF(other_key);
    Py_XDECREF(other_value);
    return PyErr_Occurred() != NULL ? -1 : order;
}

static PySequenceMethods as_sequence = {
    .sq_contains = PyDict_Contains,
};

static PyMappingMethods as_mapping = {
    .mp_length = length,
    .mp_subscript = subscript,
    .mp_ass_subscript = assign_subscript,
};

static int
traverse(PyObject *dict, visitproc visit, void *arg)
{
    (void)dict;
    (void)visit;
    (void)arg;
    return 0;
}

static int
tp_clear(PyObject *dict)
{
    PyDict_Clear(dict);
    return 0;
}

/* What dict(...) and update(...) take. */
static int
update_from(PyObject *dict, PyObject *args, PyObject *kwargs, const char *name)
{
    PyObject *from = NULL;
    if (args != NULL && args != Py_None && !PyArg_UnpackTuple(args, name, 0, 1, &from)) {
        return -1;
    }
    if (from != NULL) {
        int status = PyDict_Check(from) || PyObject_HasAttrString(from, "keys")
                         ? PyDict_Merge(dict, from, 1)
                         : PyDict_MergeFromSeq2(dict, from, 1);
        if (status < 0) {
            return -1;
        }
    }
    return kwargs != NULL && kwargs != Py_None ? PyDict_Merge(dict, kwargs, 1) : 0;
}

static int
init(PyObject *dict, PyObject *args, PyObject *kwargs)
{
    return update_from(dict, args, kwargs, "dict");
}

/* tp_alloc: derived types have theirs from here. */
static PyObject *
alloc(PyTypeObject *type, Py_ssize_t size)
{
    return type == &PyDict_Type ? PyDict_New() : PyType_GenericAlloc(type, size);
}

static PyObject *
new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    return type->tp_alloc(type, 0);
}

/* ---- Methods ---- */

static PyObject *
dict_has(PyObject *dict, PyObject *key)
{
    int has = PyDict_Contains(dict, key);
    return has < 0 ? NULL : PyBool_FromLong(has);
}

static PyObject *
dict_get(PyObject *dict, PyObject *args)
{
    PyObject *key, *otherwise = Py_None;
    if (!PyArg_UnpackTuple(args, "get", 1, 2, &key, &otherwise)) {
        return NULL;
    }
    PyObject *value = _PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        if (PyErr_Occurred() != NULL) {
            return NULL;
        }
        value = otherwise;
    }
    Py_INCREF(value);
    return value;
}

static PyObject *
dict_setdefault(PyObject *dict, PyObject *args)
{
    PyObject *key, *otherwise = Py_None;
    if (!PyArg_UnpackTuple(args, "setdefault", 1, 2, &key, &otherwise)) {
        return NULL;
    }
    PyObject *value = _PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        if (PyErr_Occurred() != NULL || PyDict_SetItem(dict, key, otherwise) < 0) {
            return NULL;
        }
        value = otherwise;
    }
    Py_INCREF(value);
    return value;
}

static PyObject *
dict_pop(PyObject *dict, PyObject *args)
{
    PyObject *key, *otherwise = NULL, *value;
    HostObject *host = NULL;
    if (!PyArg_UnpackTuple(args, "pop", 1, 2, &key, &otherwise)) {
        return NULL;
    }
    value = _PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        if (PyErr_Occurred() != NULL) {
            return NULL;
        }
        if (otherwise == NULL) {
            complain_of_key(key);
        }
        Py_XINCREF(otherwise);
        return otherwise;
    }
    Py_INCREF(value);
    int status = changed(dict, delete_item(dict, key, &host));
    host_XDECREF(host);
    if (status < 0) {
        Py_CLEAR(value);
    }
    return value;
}

static PyObject *
dict_popitem(PyObject *dict, PyObject *unused)
{
    (void)unused;
    HostObject *host = host_of(dict), *key, *value;
    PyObject *pair = NULL;
    Py_ssize_t at = 0;
    if (host == NULL) {
        return py2abi_failed();
    }
    if (!host_PyDict_Next(host, &at, &key, &value)) {
        PyErr_SetString(PyExc_KeyError, "popitem(): dictionary is empty");
        return NULL;
    }
    host_INCREF(key);
    host_INCREF(value);
    pair = entry(dict, key, value, PAIRS);
    if (pair != NULL && host_PyDict_DelItem(host, key) < 0) {
        Py_CLEAR(pair);
    }
    else if (pair != NULL && has_head(dict)) {
        py2abi_mirror_forget(dict, value);
    }
    host_DECREF(key);
    host_DECREF(value);
    (void)changed(dict, 0);
    if (pair == NULL && PyErr_Occurred() == NULL) {
        py2abi_error_to_guest();
    }
    return pair;
}

static PyObject *
dict_keys(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return list_of(dict, KEYS);
}

static PyObject *
dict_values(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return list_of(dict, VALUES);
}

static PyObject *
dict_items(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return list_of(dict, PAIRS);
}

static PyObject *
dict_update(PyObject *dict, PyObject *args, PyObject *kwargs)
{
    if (update_from(dict, args, kwargs, "update") < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
dict_fromkeys(PyObject *type, PyObject *args)
{
    PyObject *keys, *value = Py_None, *key;
    if (!PyArg_UnpackTuple(args, "fromkeys", 1, 2, &keys, &value)) {
        return NULL;
    }
    PyObject *dict = PyObject_CallObject(type, NULL);
    PyObject *iterator = dict != NULL ? PyObject_GetIter(keys) : NULL;
    int status = iterator != NULL ? 0 : -1;
    while (status == 0 && (key = PyIter_Next(iterator)) != NULL) {
        status = PyObject_SetItem(dict, key, value);
        Py_DECREF(key);
    }
    Py_XDECREF(iterator);
    if (status < 0 || PyErr_Occurred() != NULL) {
        Py_CLEAR(dict);
    }
    return dict;
}

static PyObject *
dict_clear(PyObject *dict, PyObject *unused)
{
    (void)unused;
    PyDict_Clear(dict);
    Py_RETURN_NONE;
}

static PyObject *
dict_copy(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return PyDict_Copy(dict);
}

/* ---- Iterators ---- */

static PyObject *
iterate(PyObject *dict, PyTypeObject *type)
{
    Py_ssize_t used = length(dict);
    PyObject *iterator = used < 0 ? NULL : py2abi_iterator_new(type, dict);
    if (iterator != NULL) {
        ((struct py2abi_iterator *)iterator)->used = used;
    }
    return iterator;
}

static PyObject *
dict_iter(PyObject *dict)
{
    return iterate(dict, &PyDictIterKey_Type);
}

static PyObject *
dict_iterkeys(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return iterate(dict, &PyDictIterKey_Type);
}

static PyObject *
dict_itervalues(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return iterate(dict, &PyDictIterValue_Type);
}

static PyObject *
dict_iteritems(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return iterate(dict, &PyDictIterItem_Type);
}

static PyObject *
next_entry(PyObject *object, int what)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    HostObject *host, *key, *value;
    PyObject *dict = iterator->container, *item = NULL;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_iterator_next(object);
    }
    if (dict == NULL) {
        return NULL;
    }
    host = host_of(dict);
    if (host == NULL) {
        return py2abi_failed();
    }
    if (host_PyDict_Size(host) != iterator->used) {
        PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
        iterator->used = -1; /* Sticky, as in Python 2.7. */
        return NULL;
    }
    if (!host_PyDict_Next(host, &iterator->at, &key, &value)) {
        Py_CLEAR(iterator->container);
        return NULL;
    }
    host_INCREF(key);
    host_INCREF(value);
    iterator->count++;
    item = entry(dict, key, value, what);
    host_DECREF(key);
    host_DECREF(value);
    (void)py2abi_returned(0);
    if (item == NULL && PyErr_Occurred() == NULL) {
        py2abi_error_to_guest();
    }
    return item;
}

static PyObject *
next_key(PyObject *iterator)
{
    return next_entry(iterator, KEYS);
}

static PyObject *
next_value(PyObject *iterator)
{
    return next_entry(iterator, VALUES);
}

static PyObject *
next_pair(PyObject *iterator)
{
    return next_entry(iterator, PAIRS);
}

PyTypeObject PyDictIterKey_Type = PY2ABI_ITERATOR("dictionary-keyiterator", next_key);
PyTypeObject PyDictIterValue_Type = PY2ABI_ITERATOR("dictionary-valueiterator", next_value);
PyTypeObject PyDictIterItem_Type = PY2ABI_ITERATOR("dictionary-itemiterator", next_pair);

/* ---- Views ---- */

/* The host's keys(), values() and items(), which are views. */
static PyObject *
view(PyObject *dict, const char *name)
{
    HostObject *host = host_of(dict);
    HostObject *method = host != NULL ? host_PyObject_GetAttrString(host, name) : NULL;
    HostObject *result = method != NULL ? host_PyObject_CallObject(method, NULL) : NULL;
    host_XDECREF(method);
    return py2abi_mirror_result(result);
}

static PyObject *
dict_viewkeys(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return view(dict, "keys");
}

static PyObject *
dict_viewvalues(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return view(dict, "values");
}

static PyObject *
dict_viewitems(PyObject *dict, PyObject *unused)
{
    (void)unused;
    return view(dict, "items");
}

static PyMethodDef methods[] = {
    {"__contains__", dict_has, METH_O | METH_COEXIST, NULL},
    {"__getitem__", subscript, METH_O | METH_COEXIST, NULL},
    {"has_key", dict_has, METH_O, NULL},
    {"get", dict_get, METH_VARARGS, NULL},
    {"setdefault", dict_setdefault, METH_VARARGS, NULL},
    {"pop", dict_pop, METH_VARARGS, NULL},
    {"popitem", dict_popitem, METH_NOARGS, NULL},
    {"keys", dict_keys, METH_NOARGS, NULL},
    {"items", dict_items, METH_NOARGS, NULL},
    {"values", dict_values, METH_NOARGS, NULL},
    {"viewkeys", dict_viewkeys, METH_NOARGS, NULL},
    {"viewitems", dict_viewitems, METH_NOARGS, NULL},
    {"viewvalues", dict_viewvalues, METH_NOARGS, NULL},
    {"update", (PyCFunction)(void (*)(void))dict_update, METH_VARARGS | METH_KEYWORDS, NULL},
    {"fromkeys", dict_fromkeys, METH_VARARGS | METH_CLASS, NULL},
    {"clear", dict_clear, METH_NOARGS, NULL},
    {"copy", dict_copy, METH_NOARGS, NULL},
    {"iterkeys", dict_iterkeys, METH_NOARGS, NULL},
    {"itervalues", dict_itervalues, METH_NOARGS, NULL},
    {"iteritems", dict_iteritems, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyTypeObject PyDict_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "dict",
    .tp_basicsize = sizeof(PyDictObject),
    .tp_dealloc = dealloc,
    .tp_compare = compare,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE
                | Py_TPFLAGS_DICT_SUBCLASS | PY2ABI_TPFLAGS_MIRROR,
    .tp_traverse = traverse,
    .tp_clear = tp_clear,
    .tp_richcompare = richcompare,
    .tp_iter = dict_iter,
    .tp_methods = methods,
    .tp_init = init,
    .tp_alloc = alloc,
    .tp_new = new,
    .tp_free = PyObject_GC_Del,
};
