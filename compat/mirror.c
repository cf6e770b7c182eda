/* mirror.c - host objects as the guest sees them, and back.
 *
 * The rules that hold at any time (py2abi_mirror_check looks for them in the
 * tests):
 *   - by_host has an entry for each mirror and for each proxy of a guest-born
 *     object, and no other; the guest object there is alive.
 *   - a mirror's head names the host object whose entry it is, and owns one
 *     reference to it: an address in the table is never used again meanwhile.
 *   - by_guest has an entry for each guest-born object that has a proxy; the
 *     proxy owns one reference to the object.
 * The tables belong to whoever holds the GIL. */

#include "config.h"
#include "check.h"
#include "collect.h"
#include "exceptions.h"
#include "frames.h"
#include "guest.h"
#include "hostlayout.h"
#include "map.h"
#include "proxy.h"
#include "strings27.h"

#include <stdlib.h>
#include <string.h>

static struct py2abi_map by_host;  /* host object -> its mirror, or what it is a proxy of */
static struct py2abi_map by_guest; /* guest-born object -> its proxy */

struct py2abi_last_link py2abi_last_link;
static const struct py2abi_last_link no_link;

static int
put_link(HostObject *host, PyObject *guest)
{
    py2abi_last_link = no_link;
    return py2abi_map_put(&by_host, host, guest);
}

static void
take_link(const HostObject *host)
{
    py2abi_last_link = no_link;
    py2abi_map_take(&by_host, host);
}

/* How deep lists and tuples may lie in each other: each level is a few C frames,
 * here and where the guest walks them. */
enum { MAX_DEPTH = 2000 };

/* ---- Making and losing mirrors ---- */

/* Guest references that live as long as a mirror does: the borrowed results of
 * its API. */
struct py2abi_memo {
    struct py2abi_map items; /* host object, owned -> guest object, owned */
    struct py2abi_map keys;  /* the same for the keys of a dictionary */
    size_t sweep_at;         /* how many items there may be before they are swept */
    struct py2abi_memo *next; /* that is freed after this one */
};

/* A str of the host's is there once for each way in which binaries see it: its address and
 * the number of the way, for which an object's alignment has room. */
static const void *
memo_key_as(HostObject *object, int way)
{
    return (const char *)object + way;
}

static const void *
memo_key(HostObject *object)
{
    return py2abi_hostapi_type(object) == (HostObject *)HOST(PyUnicode_Type)
               ? memo_key_as(object, py2abi_text_way(py2abi_frame_guest()))
               : object;
}

static HostObject *
memo_object(const void *key)
{
    return (HostObject *)((uintptr_t)key & ~(uintptr_t)(PY2ABI_TEXT_WAYS - 1));
}

static void
free_items(struct py2abi_map items)
{
    int is_ending = py2abi_finalizing();
    py2abi_check_events++;
    for (size_t i = 0; i < items.size; i++) {
        if (items.entries[i].key != NULL) {
            PyObject *guest = items.entries[i].value;
            Py_DECREF(guest);
            if (!is_ending) {
                host_DECREF(memo_object(items.entries[i].key));
            }
        }
    }
    py2abi_map_free(&items);
}

/* What is in it may be a mirror with a memo: of very deep ones the rest has to wait, since the
 * stack is not as deep. */
static void
free_memo(struct py2abi_memo *memo)
{
    enum { DEEP = 50 };
    static int depth;
    static struct py2abi_memo *waiting;
    if (memo != NULL && depth >= DEEP) {
        memo->next = waiting;
        waiting = memo;
        return;
    }
    while (memo != NULL) {
        struct py2abi_map items = memo->items, keys = memo->keys;
        free(memo);
        depth++;
        free_items(items);
        free_items(keys);
        depth--;
        memo = depth == 0 ? waiting : NULL;
        waiting = memo != NULL ? memo->next : waiting;
    }
}

static inline PyObject *
new_mirror(PyTypeObject *type, HostObject *host, Py_ssize_t items)
{
    size_t size = sizeof(struct py2abi_head) + (size_t)type->tp_basicsize
                  + (size_t)(items * type->tp_itemsize);
    struct py2abi_head *head = PyObject_Malloc(size);
    if (head == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    PyObject *mirror = (PyObject *)(void *)(head + 1);
    *head = (struct py2abi_head){.gc.gc.gc_refs = _PyGC_REFS_UNTRACKED};
    memset(mirror, 0, size - sizeof *head);
    mirror->ob_refcnt = 1;
    mirror->ob_type = type;
    if (items != 0) {
        Py_SIZE(mirror) = items;
    }
    if (host != NULL && py2abi_mirror_attach(mirror, host) < 0) {
        PyObject_Free(head);
        return NULL;
    }
    return mirror;
}

/* Make the mirror of a host object that has none: an object of a type with
 * PY2ABI_TPFLAGS_MIRROR, zeroed behind its head.  host may be NULL for a list
 * that has not crossed yet.  Returns a new reference, or NULL with a host
 * exception (MemoryError). */
PyObject *
py2abi_mirror_new(PyTypeObject *type, HostObject *host)
{
    return new_mirror(type, host, 0);
}

/* The same with items behind the structure, of the type's tp_itemsize. */
PyObject *
py2abi_mirror_new_var(PyTypeObject *type, HostObject *host, Py_ssize_t items)
{
    return new_mirror(type, host, items);
}

/* Make mirror, which stands for nothing yet, the one of host.  Returns 0, or -1
 * with a host exception (MemoryError). */
int
py2abi_mirror_attach(PyObject *mirror, HostObject *host)
{
    if (put_link(host, mirror) < 0) {
        host_PyErr_NoMemory();
        return -1;
    }
    host_INCREF(host);
    PY2ABI_HEAD(mirror)->host = host;
    return 0;
}

/* Undo that: mirror stands for nothing from now on, and its reference to the host
 * object goes to the caller. */
HostObject *
py2abi_mirror_detach(PyObject *mirror)
{
    HostObject *host = PY2ABI_HEAD(mirror)->host;
    if (host != NULL) {
        take_link(host);
        PY2ABI_HEAD(mirror)->host = NULL;
    }
    return host;
}

/* tp_dealloc of mirrors, and the end of that of lists.  At the interpreter's end
 * the host object is let go as it is. */
void
py2abi_mirror_dealloc(PyObject *mirror)
{
    struct py2abi_head *head = PY2ABI_HEAD(mirror);
    HostObject *host = head->host;
    head->host = NULL;
    if (head->gc.gc.gc_next != NULL) {
        PyObject_GC_UnTrack(mirror); /* Inlined code has tracked it. */
    }
    if (host != NULL) {
        take_link(host);
    }
    free_memo(head->memo);
    if (host != NULL && !head->is_born && !py2abi_finalizing()) {
        host_DECREF(host);
    }
    if (py2abi_checking) {
        py2abi_free_late(head, mirror);
        return;
    }
    PyObject_Free(head);
}

/* ---- Links of guest-born objects ---- */

/* The proxy of a guest-born object, borrowed, or NULL. */
HostObject *
py2abi_link_host(PyObject *object)
{
    return Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR ? PY2ABI_HEAD(object)->host
                                                             : py2abi_map_get(&by_guest, object);
}

/* What py2abi_link_guest has not found at once. */
PyObject *
py2abi_link_find(const HostObject *host)
{
    PyObject *guest = py2abi_map_get(&by_host, host);
    if (guest != NULL) {
        py2abi_last_link.host = host;
        py2abi_last_link.guest = guest;
    }
    return guest;
}

/* Link a guest-born object to its proxy.  Whoever makes the proxy sees to it
 * that py2abi_unlink is called when that goes.  Returns 0, or -1 with a host
 * exception (MemoryError). */
int
py2abi_link(PyObject *object, HostObject *proxy)
{
    int has_head = (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) != 0;
    if (!has_head && py2abi_map_put(&by_guest, object, proxy) < 0) {
        host_PyErr_NoMemory();
        return -1;
    }
    if (put_link(proxy, object) < 0) {
        if (!has_head) {
            py2abi_map_take(&by_guest, object);
        }
        host_PyErr_NoMemory();
        return -1;
    }
    if (has_head) {
        PY2ABI_HEAD(object)->host = proxy;
        PY2ABI_HEAD(object)->is_born = 1;
    }
    py2abi_check_events++;
    Py_INCREF(object);
    return 0;
}

/* Forget the link between the two, who owns whom being the caller's business. */
void
py2abi_link_cut(PyObject *object, const HostObject *proxy)
{
    py2abi_check_events++;
    take_link(proxy);
    if (py2abi_is_exception(object)) {
        py2abi_exception_forget(object);
    }
    if (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        PY2ABI_HEAD(object)->host = NULL;
        PY2ABI_HEAD(object)->is_born = 0;
    }
    else {
        py2abi_map_take(&by_guest, object);
    }
}

/* The proxy is gone: forget it, and give its reference back. */
void
py2abi_unlink(PyObject *object, const HostObject *proxy)
{
    py2abi_link_cut(object, proxy);
    py2abi_release(object);
}

/* Let a host object stand for a guest's that does not know of it; NULL forgets that.
 * Returns 0, or -1 with a host exception (MemoryError). */
int
py2abi_link_one_way(HostObject *host, PyObject *object)
{
    if (object == NULL) {
        take_link(host);
    }
    else if (put_link(host, object) < 0) {
        host_PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* ---- Host to guest ---- */

/* Bring up to date what inlined code reads of a mirror.  Returns 0, or -1 with a
 * host exception. */
int
py2abi_container_refresh(PyObject *mirror)
{
    PyTypeObject *type = Py_TYPE(mirror);
    if (type->tp_flags & PY2ABI_TPFLAGS_BARE) {
        return 0;
    }
    if (type->tp_flags & Py_TPFLAGS_LIST_SUBCLASS) {
        return py2abi_list_refresh(mirror);
    }
    if (type->tp_flags & Py_TPFLAGS_DICT_SUBCLASS) {
        return py2abi_dict_refresh(mirror);
    }
    if (type->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) {
        return py2abi_exception_pull(mirror, py2abi_link_host(mirror));
    }
    if (type == &PyCell_Type) {
        return py2abi_cell_refresh(mirror);
    }
    if (type->tp_basicsize >= (Py_ssize_t)sizeof(PySetObject) && PyAnySet_Check(mirror)) {
        return py2abi_set_refresh(mirror);
    }
    if (type->tp_basicsize >= (Py_ssize_t)sizeof(PyByteArrayObject) && PyByteArray_Check(mirror)) {
        return py2abi_bytearray_refresh(mirror);
    }
    return py2abi_fields_refresh(mirror);
}

/* Go one level deeper into lists and tuples.  Returns 0, or -1 with a host
 * exception (RecursionError), and then no level is left. */
int
py2abi_level_enter(void)
{
    struct py2abi_thread *thread = py2abi_thread_get();
    if (thread == NULL) {
        return -1;
    }
    if (thread->depth >= MAX_DEPTH) {
        host_PyErr_SetString(*HOST(PyExc_RecursionError),
                             "lists or tuples lie too deep in each other for Python 2 code");
        return -1;
    }
    thread->depth++;
    return 0;
}

void
py2abi_level_leave(void)
{
    py2abi_thread_get()->depth--;
}

/* A conversion that failed on the guest's side says so on the host's. */
static PyObject *
checked(PyObject *made)
{
    if (made == NULL && host_PyErr_Occurred() == NULL) {
        py2abi_error_to_host();
    }
    return made;
}

static PyObject *
mirror_int(HostObject *object)
{
    long value;
    return py2abi_host_int_value(object, &value) ? checked(PyInt_FromLong(value))
                                           : py2abi_long_from_host(object);
}

static PyObject *
mirror_unicode(HostObject *object)
{
    Py_ssize_t length = host_PyUnicode_GetLength(object);
    PyObject *unicode = checked(PyUnicode_FromUnicode(NULL, length));
    if (unicode != NULL
        && host_PyUnicode_AsUCS4(object, (uint32_t *)PyUnicode_AS_UNICODE(unicode), length + 1, 1)
               == NULL) {
        Py_DECREF(unicode);
        return NULL;
    }
    return unicode;
}

/* A host str as what the user chose: a unicode, or a str where the codec has all its
 * characters. */
static PyObject *
mirror_str(HostObject *object)
{
    const char *codec = py2abi_text_codec(py2abi_frame_guest());
    if (codec != NULL) {
        HostObject *bytes = host_PyUnicode_AsEncodedString(object, codec, "strict");
        if (bytes != NULL) {
            return py2abi_mirror_steal(bytes);
        }
        host_PyErr_Clear();
    }
    return mirror_unicode(object);
}

static PyObject *mirror(HostObject *object, int is_shared);

/* Whether there is nothing in an object to go down into: most tuples are flat, and need not
 * count how deep they lie. */
static int
is_flat(const HostObject *object)
{
    const HostObject *type = py2abi_hostapi_type(object);
    return type == (HostObject *)HOST(PyLong_Type) || type == (HostObject *)HOST(PyUnicode_Type)
           || type == (HostObject *)HOST(PyBytes_Type) || type == (HostObject *)HOST(PyFloat_Type)
           || object == HOST(_Py_NoneStruct);
}

/* The items of a host tuple or, if that is NULL, of an array. */
static inline PyObject *
mirror_items(HostObject *object, HostObject *const *items, Py_ssize_t size)
{
    int is_deeper = 0;
    PyObject *tuple = checked(PyTuple_New(size));
    for (Py_ssize_t i = 0; tuple != NULL && i < size; i++) {
        HostObject *from = object != NULL ? host_PyTuple_GetItem(object, i) : items[i];
        PyObject *item = NULL;
        if (is_deeper || is_flat(from) || (is_deeper = py2abi_level_enter() == 0)) {
            item = mirror(from, 1);
        }
        if (item == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, item);
        }
    }
    if (is_deeper) {
        py2abi_level_leave();
    }
    return tuple;
}

static PyObject *
mirror_tuple(HostObject *object)
{
    return mirror_items(object, NULL, host_PyTuple_Size(object));
}

/* is_shared: the host has it besides the reference that is being converted. */
static PyObject *
mirror(HostObject *object, int is_shared)
{
    const HostObject *type = py2abi_hostapi_type(object);
    if (object == HOST(_Py_NoneStruct)) {
        Py_RETURN_NONE;
    }
    if (type == (HostObject *)HOST(PyLong_Type)) {
        return mirror_int(object);
    }
    if (type == (HostObject *)HOST(PyUnicode_Type)) {
        return mirror_str(object);
    }
    if (type == (HostObject *)HOST(PyBytes_Type)) {
        return checked(PyString_FromStringAndSize(host_PyBytes_AsString(object),
                                                  host_PyBytes_Size(object)));
    }
    if (type == (HostObject *)HOST(PyTuple_Type)) {
        return mirror_tuple(object);
    }
    if (type == (HostObject *)HOST(PyFloat_Type)) {
        return checked(PyFloat_FromDouble(py2abi_host_float_value(object)));
    }
    if (type == (HostObject *)HOST(PyBool_Type)) {
        return PyBool_FromLong(object == HOST(_Py_TrueStruct));
    }
    PyObject *known = py2abi_map_get(&by_host, object);
    if (known != NULL) {
        Py_INCREF(known);
        if (py2abi_mortal.count != 0) {
            py2abi_proxy_entered(known);
        }
        /* What inlined code reads of it may have changed since. */
        if (py2abi_container_refresh(known) < 0) {
            Py_DECREF(known);
            return NULL;
        }
        return known;
    }
    if (type == (HostObject *)HOST(PyComplex_Type)) {
        return checked(PyComplex_FromDoubles(host_PyComplex_RealAsDouble(object),
                                             host_PyComplex_ImagAsDouble(object)));
    }
    if (object == HOST(_Py_NotImplementedStruct)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    if (object == HOST(_Py_EllipsisObject)) {
        Py_INCREF(Py_Ellipsis);
        return Py_Ellipsis;
    }
    if (type == (HostObject *)HOST(PyList_Type)) {
        PyObject *list = py2abi_list_mirror(object);
        return is_shared ? py2abi_frame_recent(list) : list;
    }
    if (type == (HostObject *)HOST(PySlice_Type)) {
        return py2abi_slice_mirror(object);
    }
    if (type == (HostObject *)HOST(PyCell_Type)) {
        return py2abi_cell_mirror(object);
    }
    PyObject *instance = py2abi_type_mirror_instance(object);
    return is_shared ? py2abi_frame_recent(instance) : instance;
}

/* What the guest sees of a host object.  object is borrowed.  Returns a new
 * reference, or NULL with a host exception: MemoryError, RecursionError for
 * lists and tuples that lie too deep in each other. */
PyObject *
py2abi_mirror(HostObject *object)
{
    return mirror(object, 1);
}

/* The same for a caller who sees to it himself that a new mirror has another reference. */
PyObject *
py2abi_mirror_alone(HostObject *object)
{
    return mirror(object, 0);
}

/* A tuple of so many host objects, as of a host tuple that has them. */
PyObject *
py2abi_mirror_items(HostObject *const *items, Py_ssize_t size)
{
    return mirror_items(NULL, items, size);
}

/* The same for a reference that is taken over, also on failure. */
PyObject *
py2abi_mirror_steal(HostObject *object)
{
    PyObject *made = mirror(object, 0);
    host_DECREF(object);
    return made;
}

/* The same where Python 2 has a unicode, whatever a str is otherwise. */
PyObject *
py2abi_mirror_unicode_steal(HostObject *object)
{
    if (py2abi_hostapi_type(object) != (HostObject *)HOST(PyUnicode_Type)) {
        return py2abi_mirror_steal(object);
    }
    PyObject *made = mirror_unicode(object);
    host_DECREF(object);
    return made;
}

/* A dictionary (borrowed) whose keys are names: keyword arguments, variables.  Returns a new
 * reference, or NULL with a host exception. */
PyObject *
py2abi_mirror_names(HostObject *dict)
{
    PyObject *made = py2abi_mirror(dict);
    if (made != NULL) {
        PY2ABI_HEAD(made)->is_namespace |= 1;
    }
    return made;
}

/* A host str as a guest str, where Python 2 has one: names, documentation,
 * representations.  Bytes that a name of the guest's had come back as they were.
 * Returns a new reference, or NULL with a host exception. */
PyObject *
py2abi_mirror_name(HostObject *name)
{
    Py_ssize_t size;
    const char *text = host_PyUnicode_AsUTF8AndSize(name, &size);
    if (text != NULL) {
        return checked(py2abi_string_text(text, size));
    }
    /* Lone surrogates: what is no UTF-8 in a name, as the host keeps it, or others. */
    host_PyErr_Clear();
    HostObject *bytes = host_PyUnicode_AsEncodedString(name, "utf-8", "surrogateescape");
    if (bytes == NULL) {
        host_PyErr_Clear();
        bytes = host_PyUnicode_AsEncodedString(name, "utf-8", "surrogatepass");
    }
    return bytes != NULL ? py2abi_mirror_steal(bytes) : NULL;
}

/* Take what a dictionary still holds out of a memo's map into a new one. */
static void
keep(struct py2abi_map *from, struct py2abi_map *to, HostObject *object)
{
    for (int way = 0; way < PY2ABI_TEXT_WAYS; way++) {
        void *guest = py2abi_map_get(from, memo_key_as(object, way));
        if (guest != NULL && py2abi_map_put(to, memo_key_as(object, way), guest) == 0) {
            py2abi_map_take(from, memo_key_as(object, way));
        }
    }
}

/* Drop what the container no longer holds.  Only a dict can be walked without
 * running Python code. */
static void
sweep(struct py2abi_memo *memo, HostObject *container, int is_thorough)
{
    struct py2abi_map items = {NULL, 0, 0}, keys = {NULL, 0, 0};
    HostObject *key, *value;
    Py_ssize_t at = 0;
    size_t count = memo->items.count + memo->keys.count, held;
    if (py2abi_hostapi_type(container) != (HostObject *)HOST(PyDict_Type)) {
        memo->sweep_at = 2 * count;
        return;
    }
    held = 2 * (size_t)host_PyDict_Size(container);
    if (count <= 2 * held && !is_thorough) {
        memo->sweep_at = 2 * held + 64; /* Too little could be gained. */
        return;
    }
    while (host_PyDict_Next(container, &at, &key, &value)) {
        keep(&memo->items, &items, value);
        keep(&memo->keys, &keys, key);
    }
    struct py2abi_map old_items = memo->items, old_keys = memo->keys;
    memo->items = items;
    memo->keys = keys;
    memo->sweep_at = 2 * (items.count + keys.count) + 64;
    free_items(old_items);
    free_items(old_keys);
}

/* The same for a mirror's, whatever it costs: before mirrors are collected. */
void
py2abi_mirror_sweep(PyObject *mirror)
{
    const struct py2abi_head *head = PY2ABI_HEAD(mirror);
    if (head->memo != NULL && head->host != NULL) {
        sweep(head->memo, head->host, 1);
    }
}

static struct py2abi_memo *
memo_of(PyObject *container)
{
    struct py2abi_head *head = PY2ABI_HEAD(container);
    if (head->memo == NULL) {
        head->memo = calloc(1, sizeof *head->memo);
        if (head->memo == NULL) {
            host_PyErr_NoMemory();
            return NULL;
        }
        head->memo->sweep_at = 64;
    }
    return head->memo;
}

static PyObject *
borrow(PyObject *container, HostObject *item, int is_key)
{
    struct py2abi_memo *memo = PY2ABI_HEAD(container)->memo;
    PyObject *guest = memo == NULL ? NULL
                                   : py2abi_map_get(is_key ? &memo->keys : &memo->items,
                                                    memo_key(item));
    if (guest != NULL) {
        return py2abi_container_refresh(guest) < 0 ? NULL : guest;
    }
    guest = py2abi_mirror(item);
    if (guest == NULL) {
        return NULL;
    }
    int status = py2abi_mirror_remember(container, item, guest, is_key);
    Py_DECREF(guest);
    return status < 0 ? NULL : guest;
}

/* What the API returns as a borrowed reference: item (borrowed, NULL passes)
 * lives on the guest's side as long as the container's mirror does, or until the
 * container no longer holds it.  Returns a borrowed reference, or NULL with a
 * host exception. */
PyObject *
py2abi_mirror_borrowed(PyObject *container, HostObject *item)
{
    return item != NULL ? borrow(container, item, 0) : NULL;
}

/* The same for a key of a dictionary, which the guest may have seen as a str where
 * it would see an equal value as a unicode. */
PyObject *
py2abi_mirror_borrowed_key(PyObject *container, HostObject *key)
{
    return borrow(container, key, 1);
}

enum { SMALL = 32 };

/* Remember the guest's object for an item or a key that the container now holds,
 * all borrowed, so that it stays what it is and lives as long.  What is known for
 * the same host object stays.  Returns 0, or -1 with a host exception (MemoryError). */
int
py2abi_mirror_remember(PyObject *container, HostObject *item, PyObject *guest, int is_key)
{
    struct py2abi_memo *memo = memo_of(container);
    if (memo == NULL) {
        return -1;
    }
    struct py2abi_map *map = is_key ? &memo->keys : &memo->items;
    const void *at = memo_key(item);
    if (py2abi_map_get(map, at) != NULL) {
        return 0;
    }
    if (PY2ABI_HEAD(container)->host != NULL
        && (memo->items.count + memo->keys.count >= memo->sweep_at
            || (py2abi_checking == PY2ABI_CHECK_EARLY && memo->items.count < SMALL))) {
        sweep(memo, PY2ABI_HEAD(container)->host, py2abi_checking == PY2ABI_CHECK_EARLY);
    }
    if (py2abi_map_put(map, at, guest) < 0) {
        host_PyErr_NoMemory();
        return -1;
    }
    py2abi_check_events++;
    Py_INCREF(guest);
    host_INCREF(item);
    return 0;
}

/* Forget what there is for an object (borrowed), however it was seen. */
static void
forget(struct py2abi_map *map, HostObject *object)
{
    for (int way = 0; map->count != 0 && way < PY2ABI_TEXT_WAYS; way++) {
        PyObject *guest = py2abi_map_take(map, memo_key_as(object, way));
        if (guest != NULL) {
            py2abi_check_events++;
            Py_DECREF(guest);
            host_DECREF(object);
        }
    }
}

/* The guest's object that is remembered for a key, borrowed, or NULL. */
PyObject *
py2abi_mirror_recall(PyObject *container, HostObject *key)
{
    const struct py2abi_memo *memo = PY2ABI_HEAD(container)->memo;
    return memo != NULL ? py2abi_map_get(&memo->keys, memo_key(key)) : NULL;
}

/* An item (borrowed) was taken out of a dictionary.  While that is small, the
 * guest's object goes at once, unless the item is there under another key; else
 * with the next sweep. */
void
py2abi_mirror_forget(PyObject *container, HostObject *item)
{
    struct py2abi_head *head = PY2ABI_HEAD(container);
    HostObject *key, *value;
    Py_ssize_t at = 0;
    if (head->memo == NULL || head->memo->items.count == 0
        || py2abi_hostapi_type(head->host) != (HostObject *)HOST(PyDict_Type)) {
        return;
    }
    if (host_PyDict_Size(head->host) > SMALL) {
        return;
    }
    while (host_PyDict_Next(head->host, &at, &key, &value)) {
        if (value == item) {
            return;
        }
    }
    forget(&head->memo->items, item);
}

/* The same for a key (borrowed). */
void
py2abi_mirror_forget_key(PyObject *container, HostObject *key)
{
    struct py2abi_memo *memo = PY2ABI_HEAD(container)->memo;
    if (memo != NULL) {
        forget(&memo->keys, key);
    }
}

/* The container is empty. */
void
py2abi_mirror_forget_all(PyObject *container)
{
    struct py2abi_memo *memo = PY2ABI_HEAD(container)->memo;
    PY2ABI_HEAD(container)->memo = NULL;
    free_memo(memo);
}

/* What a mirror owns beside its host object, for the host's collector: a code's function, and
 * what a list and the memo remember.  The host's objects are given to on_host, the guest's to
 * on_guest, until one returns other than 0, which is returned then. */
int
py2abi_mirror_visit(PyObject *mirror, int (*on_host)(HostObject *, void *), void *host_data,
                    visitproc on_guest, void *guest_data)
{
    const struct py2abi_memo *memo = PY2ABI_HEAD(mirror)->memo;
    int status = 0;
    if (Py_TYPE(mirror) == &PyCode_Type) {
        HostObject *function = ((struct py2abi_code *)mirror)->function;
        status = function != NULL ? on_host(function, host_data) : 0;
    }
    else if (PyList_CheckExact(mirror)) {
        status = py2abi_list_visit(mirror, on_host, host_data, on_guest, guest_data);
    }
    for (int is_key = 0; memo != NULL && is_key < 2; is_key++) {
        const struct py2abi_map *map = is_key ? &memo->keys : &memo->items;
        for (size_t i = 0; status == 0 && i < map->size; i++) {
            const struct py2abi_map_entry *entry = &map->entries[i];
            if (entry->key != NULL) {
                status = on_host(memo_object(entry->key), host_data);
            }
            if (entry->key != NULL && status == 0) {
                status = on_guest(entry->value, guest_data);
            }
        }
    }
    return status;
}

/* Each guest-born object without a head that has a proxy, and that.  function may not link
 * or unlink anything. */
void
py2abi_link_each(void (*function)(PyObject *object, HostObject *proxy, void *data), void *data)
{
    for (size_t i = 0; i < by_guest.size; i++) {
        if (by_guest.entries[i].key != NULL) {
            function((PyObject *)(uintptr_t)by_guest.entries[i].key, by_guest.entries[i].value,
                     data);
        }
    }
}

/* Each mirror that there is, proxies' objects not counted.  function must not make or free
 * any. */
void
py2abi_mirror_each(void (*function)(PyObject *mirror, void *data), void *data)
{
    for (size_t i = 0; i < by_host.size; i++) {
        PyObject *object = by_host.entries[i].value;
        if (by_host.entries[i].key != NULL && (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
            && !PY2ABI_HEAD(object)->is_born
            && PY2ABI_HEAD(object)->host == by_host.entries[i].key) {
            function(object, data);
        }
    }
}

/* ---- Guest to host ---- */

/* The same of the guest's, but for ints. */
static int
is_flat_guest(const PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    return type == &PyString_Type || type == &PyFloat_Type || type == &PyUnicode_Type
           || object == Py_None;
}

static HostObject *
host_tuple(PyObject *tuple, enum py2abi_use use)
{
    Py_ssize_t size = PyTuple_GET_SIZE(tuple);
    int is_deeper = 0;
    HostObject *made = host_PyTuple_New(size);
    for (Py_ssize_t i = 0; made != NULL && i < size; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        HostObject *host = NULL;
        if (item == NULL) {
            host_PyErr_SetString(*HOST(PyExc_SystemError),
                                 "a tuple from Python 2 code has an item that was never set");
        }
        else if (Py_TYPE(item) == &PyInt_Type) {
            host = py2abi_host_int(PyInt_AS_LONG(item));
        }
        else if (is_deeper || is_flat_guest(item) || (is_deeper = py2abi_level_enter() == 0)) {
            host = py2abi_host(item, use);
        }
        if (host == NULL) {
            host_DECREF(made);
            made = NULL;
        }
        else {
            host_PyTuple_SetItem(made, i, host);
        }
    }
    if (is_deeper) {
        py2abi_level_leave();
    }
    return made;
}

static int
is_ascii(const char *text, Py_ssize_t size)
{
    return py2abi_count_ascii(text, size) == size;
}

/* Text that may be in no codec.  Returns a new reference, or NULL, with a host exception
 * (MemoryError) or, where the codec cannot, without. */
static HostObject *
try_decode(const char *text, Py_ssize_t size, const char *codec)
{
    HostObject *decoded = host_PyUnicode_Decode(text, size, codec, "strict");
    if (decoded == NULL && host_PyErr_ExceptionMatches(*HOST(PyExc_ValueError))) {
        host_PyErr_Clear();
    }
    return decoded;
}

/* Text that is str if it can be: by the first codec, or what the user said it is (other, which
 * may be NULL).  If it is neither, by UTF-8 with the error handler, or bytes if that is NULL. */
static HostObject *
host_words(const char *text, Py_ssize_t size, const char *first, const char *other,
           const char *errors)
{
    HostObject *decoded = try_decode(text, size, first);
    if (decoded == NULL && other != NULL && host_PyErr_Occurred() == NULL) {
        decoded = try_decode(text, size, other);
    }
    if (decoded != NULL || host_PyErr_Occurred() != NULL) {
        return decoded;
    }
    return errors != NULL ? host_PyUnicode_DecodeUTF8(text, size, errors)
                          : host_PyBytes_FromStringAndSize(text, size);
}

/* A guest str on the host, by what it is used for.  Returns a new reference, or
 * NULL with a host exception: UnicodeDecodeError when the user chose a codec
 * that cannot. */
HostObject *
py2abi_host_text(PyObject *string, enum py2abi_use use)
{
    const char *text = PyString_AS_STRING(string);
    Py_ssize_t size = PyString_GET_SIZE(string);
    const char *codec = use != PY2ABI_AS_NAME ? py2abi_str_codec(py2abi_frame_guest()) : NULL;
    switch (use) {
    case PY2ABI_AS_NAME:
        return host_PyUnicode_DecodeUTF8(text, size, "surrogateescape");
    case PY2ABI_AS_FILE:
        return host_PyUnicode_DecodeFSDefaultAndSize(text, size);
    case PY2ABI_AS_TEXT:
        return host_words(text, size, "utf-8", codec, "backslashreplace");
    case PY2ABI_AS_WORDS:
        if (py2abi_string_is_text(string)) {
            return host_words(text, size, "utf-8", codec, "backslashreplace");
        }
        break;
    case PY2ABI_AS_CONSTANT:
        return host_words(text, size, "utf-8", codec, NULL);
    case PY2ABI_AS_KEY:
        if (codec != NULL || is_ascii(text, size)) {
            return host_words(text, size, codec != NULL ? codec : "ascii", NULL, NULL);
        }
        break;
    case PY2ABI_AS_ARGUMENT:
        if (py2abi_string_is_text(string) && is_ascii(text, size)) {
            return host_PyUnicode_DecodeUTF8(text, size, NULL);
        }
        break;
    case PY2ABI_AS_VALUE:
        break;
    }
    return codec == NULL ? host_PyBytes_FromStringAndSize(text, size)
                         : host_PyUnicode_Decode(text, size, codec, "strict");
}

/* The items of a tuple, also of one of a derived type: a new host tuple, or NULL with a host
 * exception. */
HostObject *
py2abi_host_items(PyObject *tuple)
{
    return host_tuple(tuple, PY2ABI_AS_VALUE);
}

/* What the host sees of a guest object.  object is borrowed.  Returns a new
 * reference, or NULL with a host exception: MemoryError, RecursionError,
 * UnicodeDecodeError (py2abi_host_text), SystemError for a tuple that is not
 * complete, NotImplementedError for a kind of object that cannot cross. */
HostObject *
py2abi_host(PyObject *object, enum py2abi_use use)
{
    PyTypeObject *type = Py_TYPE(object);
    HostObject *host = NULL;
    if (type == NULL) {
        /* Only a type that was never made ready has none. */
        type = Py_TYPE(object) = &PyType_Type;
    }
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        if (type->tp_flags & Py_TPFLAGS_LIST_SUBCLASS) {
            return py2abi_list_host(object);
        }
        host = PY2ABI_HEAD(object)->host;
        if (host == NULL) {
            return type == &PyCell_Type                              ? py2abi_cell_host(object)
                   : type->tp_dealloc == py2abi_iterator_dealloc     ? py2abi_iterator_host(object)
                                                                     : py2abi_proxy_new(object);
        }
        if ((type->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS)
            && py2abi_exception_push(object, host) < 0) {
            return NULL;
        }
        host_INCREF(host);
        return host;
    }
    if (type == &PyString_Type) {
        return py2abi_host_text(object, use);
    }
    if (type == &PyInt_Type) {
        return py2abi_host_int(PyInt_AS_LONG(object));
    }
    if (object == Py_None) {
        host = HOST(_Py_NoneStruct);
    }
    else if (type == &PyBool_Type) {
        host = object == Py_True ? HOST(_Py_TrueStruct) : HOST(_Py_FalseStruct);
    }
    else if (type == &PyTuple_Type) {
        return host_tuple(object, use);
    }
    else if (type == &PyFloat_Type) {
        return host_PyFloat_FromDouble(PyFloat_AS_DOUBLE(object));
    }
    else if (type == &PyUnicode_Type) {
        return host_PyUnicode_FromKindAndData(4, PyUnicode_AS_UNICODE(object),
                                              PyUnicode_GET_SIZE(object));
    }
    else if (type == &PyLong_Type) {
        return py2abi_long_to_host(object);
    }
    else if (type == &PyComplex_Type) {
        Py_complex value = ((PyComplexObject *)object)->cval;
        return host_PyComplex_FromDoubles(value.real, value.imag);
    }
    else if (object == Py_NotImplemented) {
        host = HOST(_Py_NotImplementedStruct);
    }
    else if (object == Py_Ellipsis) {
        host = HOST(_Py_EllipsisObject);
    }
    else if (type == &PySlice_Type) {
        return py2abi_slice_host(object);
    }
    else if (PyType_Check(object)) {
        return py2abi_type_host((PyTypeObject *)object);
    }
    else {
        host = py2abi_map_get(&by_guest, object);
        if (host == NULL) {
            return py2abi_proxy_new(object);
        }
        if (type->tp_flags & Py_TPFLAGS_LIST_SUBCLASS) {
            /* The host's list is to have what the guest has put into its own. */
            HostObject *list = py2abi_list_host(object);
            if (list == NULL) {
                return NULL;
            }
            host_DECREF(list);
        }
        if ((type->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS)
            && py2abi_exception_push(object, host) < 0) {
            return NULL;
        }
        if (py2abi_proxy_hand_over(object) == 0) {
            return host;
        }
    }
    host_INCREF(host);
    return host;
}

/* A name that C code gives, as a new host str (interned if it is UTF-8), or NULL with a host
 * exception. */
HostObject *
py2abi_host_name(const char *name)
{
    HostObject *made = host_PyUnicode_InternFromString(name);
    if (made == NULL && host_PyErr_ExceptionMatches(*HOST(PyExc_ValueError))) {
        host_PyErr_Clear();
        made = host_PyUnicode_DecodeUTF8(name, (ssize_t)strlen(name), "surrogateescape");
    }
    return made;
}

/* A message that C code gives, as a new host str, or NULL with a host exception. */
HostObject *
py2abi_host_message(const char *text)
{
    return host_words(text, (Py_ssize_t)strlen(text), "utf-8",
                      py2abi_str_codec(py2abi_frame_guest()), "backslashreplace");
}

/* The same for what the host reads in tables as UTF-8, documentation and the names of types
 * and functions: text itself, as a rule, or one that is never freed.  NULL passes.  Without
 * memory it is empty. */
const char *
py2abi_host_chars(const char *text)
{
    if (text == NULL || is_ascii(text, (Py_ssize_t)strlen(text))) {
        return text;
    }
    HostObject *message = py2abi_host_message(text);
    const char *utf8 = message != NULL ? host_PyUnicode_AsUTF8AndSize(message, NULL) : NULL;
    if (utf8 != NULL && strcmp(utf8, text) != 0) {
        PyObject *copy = PyString_FromString(utf8);
        if (copy != NULL) {
            PyString_InternImmortal(&copy);
        }
        text = copy != NULL ? PyString_AS_STRING(copy) : NULL;
        Py_XDECREF(copy);
    }
    else if (utf8 == NULL) {
        text = NULL;
    }
    host_XDECREF(message);
    if (text == NULL) {
        host_PyErr_Clear();
        PyErr_Clear();
    }
    return text != NULL ? text : "";
}

/* ---- Exceptions' values ---- */

/* What the strings are that an exception of a class is made with.  Python's own have messages,
 * but for the bytes that a codec stumbled over; others may have data, which is known by its
 * birth. */
enum py2abi_use
py2abi_exception_use(const PyTypeObject *type)
{
    return (const PyObject *)type == PyExc_UnicodeDecodeError ? PY2ABI_AS_VALUE
           : type->tp_flags & Py_TPFLAGS_HEAPTYPE             ? PY2ABI_AS_WORDS
                                                              : PY2ABI_AS_CONSTANT;
}

/* The value of a host exception: an instance, or what C code left unnormalised,
 * which guests look at.  ASCII text is a str there, as in Python 2.  Returns a
 * new reference, or NULL with a host exception. */
PyObject *
py2abi_mirror_exception(HostObject *value)
{
    Py_ssize_t size;
    if (py2abi_hostapi_type(value) == (HostObject *)HOST(PyUnicode_Type)) {
        const char *text = host_PyUnicode_AsUTF8AndSize(value, &size);
        if (text != NULL && is_ascii(text, size)) {
            return checked(py2abi_string_text(text, size));
        }
        host_PyErr_Clear();
    }
    return py2abi_mirror(value);
}

/* The value of a guest exception: messages are text, and an environment error may have a file
 * name.  type may be NULL.  Returns a new reference, or NULL with a host exception. */
HostObject *
py2abi_host_exception(PyObject *type, PyObject *value)
{
    if (!PyTuple_CheckExact(value)) {
        return py2abi_host(value, PY2ABI_AS_TEXT);
    }
    enum { FILE_NAME = 2 };
    HostObject *args = host_tuple(value, PY2ABI_AS_TEXT);
    if (args != NULL && PyTuple_GET_SIZE(value) == FILE_NAME + 1
        && PyString_CheckExact(PyTuple_GET_ITEM(value, FILE_NAME))
        && PyErr_GivenExceptionMatches(type, PyExc_EnvironmentError)) {
        HostObject *name = py2abi_host_text(PyTuple_GET_ITEM(value, FILE_NAME), PY2ABI_AS_FILE);
        if (name == NULL) {
            host_DECREF(args);
            return NULL;
        }
        host_PyTuple_SetItem(args, FILE_NAME, name);
    }
    return args;
}
