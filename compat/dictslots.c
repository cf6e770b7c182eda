/* dictslots.c - where an instance of a class of Python 3's has its dictionary, for binaries that
 * reach into it: _PyObject_GetDictPtr.
 *
 * They read and write a PyObject * there.  As in Python 2 it is NULL while the dictionary is empty,
 * since SWIG's run time stores the pointer of a new instance only then, in a dictionary that it
 * puts there.  What has changed is carried over when the host may look, at the latest when the
 * frame ends.  Only the last few places are kept: they are used at once. */

#include "config.h"
#include "guest.h"

enum { PLACES = 64 };

static struct place {
    const struct py2abi_frame *frame;
    PyObject *object;
    PyObject *dict;   /* the binary's to change */
    PyObject *before; /* what it was last */
} places[PLACES];
static unsigned next;
int py2abi_dict_slots; /* how many are in use */

/* Give the object the dictionary that it has now, or an empty one. */
static void
carry_over(struct place *place)
{
    HostObject *type, *value, *traceback, *name, *dict;
    if (place->dict == place->before) {
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    Py_XINCREF(place->dict);
    Py_XSETREF(place->before, place->dict);
    dict = place->dict != NULL ? py2abi_host(place->dict, PY2ABI_AS_VALUE) : host_PyDict_New();
    name = py2abi_host_name("__dict__");
    /* Whatever the class says of its attributes. */
    if (dict == NULL || name == NULL
        || host_PyObject_GenericSetAttr(PY2ABI_HEAD(place->object)->host, name, dict) < 0) {
        host_PyErr_WriteUnraisable(PY2ABI_HEAD(place->object)->host);
    }
    host_XDECREF(name);
    host_XDECREF(dict);
    host_PyErr_Restore(type, value, traceback);
}

static void
release(struct place *place)
{
    carry_over(place);
    struct place gone = *place;
    *place = (struct place){NULL, NULL, NULL, NULL};
    py2abi_dict_slots--;
    Py_XDECREF(gone.dict);
    Py_XDECREF(gone.before);
    Py_DECREF(gone.object);
}

/* The host is about to look. */
void
py2abi_dict_slots_sync(void)
{
    for (int i = 0; i < PLACES; i++) {
        if (places[i].object != NULL) {
            carry_over(&places[i]);
        }
    }
}

void
py2abi_dict_slots_leave(const struct py2abi_frame *frame)
{
    for (int i = 0; i < PLACES; i++) {
        if (places[i].object != NULL && places[i].frame == frame) {
            release(&places[i]);
        }
    }
}

/* The dictionary of an object of the host's: a new reference; NULL, without an exception, if it is
 * empty.  *has says whether there is any. */
static PyObject *
dict_of(PyObject *object, int *has)
{
    HostObject *dict = host_PyObject_GetAttrString(PY2ABI_HEAD(object)->host, "__dict__");
    PyObject *mirror = NULL;
    *has = dict != NULL && py2abi_hostapi_type(dict) == (HostObject *)HOST(PyDict_Type);
    if (*has && host_PyDict_Size(dict) != 0) {
        mirror = py2abi_mirror(dict);
        *has = mirror != NULL;
    }
    if (mirror != NULL) {
        PY2ABI_HEAD(mirror)->is_namespace |= 1;
    }
    host_XDECREF(dict);
    host_PyErr_Clear();
    return mirror;
}

/* The place for an object of a class of Python 3's, valid until the frame ends; NULL: it has no
 * dictionary. */
PyObject **
py2abi_dict_slot(PyObject *object)
{
    const struct py2abi_thread *thread = py2abi_thread_get();
    int has;
    if (PyType_Check(object) || PY2ABI_HEAD(object)->host == NULL || PY2ABI_HEAD(object)->is_born) {
        return NULL;
    }
    py2abi_dict_slots_sync();
    PyObject *dict = dict_of(object, &has);
    if (!has) {
        return NULL;
    }
    struct place *place = &places[next++ % PLACES];
    if (place->object != NULL) {
        release(place);
    }
    Py_INCREF(object);
    Py_XINCREF(dict);
    *place = (struct place){thread != NULL ? thread->frame : NULL, object, dict, dict};
    if (thread != NULL && thread->frame != NULL) {
        py2abi_frame_keeps(thread->frame);
    }
    py2abi_dict_slots++;
    return &place->dict;
}
