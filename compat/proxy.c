/* proxy.c - what stands on the host for a guest-born object.
 *
 * A proxy has no field of its own, so that its type can be derived from any of the host's:
 * the link between the two is kept beside (mirror.c).  Who holds whom:
 *
 *   - A proxy owns one reference to its object.  When the host lets the proxy go, that
 *     reference goes; if the binary still has others, the object gets a new proxy when it
 *     crosses again.
 *   - What is derived from dict, list, set, bytearray, an exception or another type whose
 *     structure is the host's has its contents in the proxy, so that must live as long as the
 *     object.  Such a proxy is held by one side at a time: by the host, and then it owns the
 *     object; or, while the host has no other reference to it, by the object, and then it owns
 *     nothing.
 *   - Instances of classes that Python 3 code derives from a guest type have attributes of
 *     their own, and objects with weak references are not to vanish.  When the host lets go
 *     of one while the binary has it, each owns the other from then on, and the host's
 *     collector finds out when the binary has let go, too (traverse). */

#include "config.h"
#include "collect.h"
#include "crossing.h"
#include "descr.h"
#include "exceptions.h"
#include "frames.h"
#include "graph.h"
#include "guest.h"
#include "hostcall.h"
#include "hosttype.h"
#include "map.h"
#include "proxy.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct py2abi_map held;   /* objects that own their proxies, which own nothing -> proxy */
struct py2abi_map py2abi_mortal; /* objects with a class that has a __del__ -> struct mortal */
static struct py2abi_map strong; /* objects that own their proxies, which own them -> pair */

static void settle(PyObject *object);

/* ---- Letting go ---- */

/* What py2abi_release seldom does. */
void
py2abi_release_last(PyObject *object)
{
    HostObject *type, *value, *traceback;
    struct py2abi_frame frame;
    if (Py_REFCNT(object) > 1) {
        Py_REFCNT(object)--;
        if (py2abi_mortal.count != 0) {
            settle(object);
        }
        return;
    }
    PyTypeObject *defined = py2abi_type_defined(Py_TYPE(object));
    if (defined == NULL || !py2abi_frame_possible()) {
        if (defined == NULL) {
            Py_DECREF(object);
        }
        /* Otherwise the thread's guest state is gone with the interpreter: the object
         * outlives both. */
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    if (py2abi_frame_enter(&frame, py2abi_type_record(defined)->guest, NULL, NULL) == 0) {
        Py_DECREF(object);
        if (PyErr_Occurred() != NULL) {
            PyErr_Clear(); /* A deallocator has nobody to tell. */
        }
        py2abi_frame_leave(&frame);
    }
    else {
        host_PyErr_Clear();
    }
    host_PyErr_Restore(type, value, traceback);
}

/* ---- Objects whose contents are in their proxies ---- */

/* Whether a type's objects are of that kind: the type of Python's that they are derived from
 * has opaque ones. */
static int
is_backed(PyTypeObject *type)
{
    if (type->tp_flags
        & (Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_BASE_EXC_SUBCLASS)) {
        return 1;
    }
    PyTypeObject *defined = py2abi_type_defined(type);
    const PyTypeObject *native = defined != NULL ? py2abi_type_record(defined)->native : NULL;
    return native != NULL && native != &PyBaseObject_Type && !py2abi_holder_is(native)
           && (native->tp_flags & PY2ABI_TPFLAGS_MIRROR);
}

/* The proxy in which the object has its contents, borrowed; made, and then owned by the
 * object, if there is none.  NULL with a host exception. */
HostObject *
py2abi_proxy_backing(PyObject *object)
{
    HostObject *proxy = py2abi_link_host(object);
    if (proxy != NULL) {
        return proxy;
    }
    proxy = py2abi_proxy_new(object);
    if (proxy == NULL) {
        return NULL;
    }
    if (py2abi_map_put(&held, object, proxy) < 0) {
        host_DECREF(proxy);
        host_PyErr_NoMemory();
        return NULL;
    }
    Py_REFCNT(object)--;
    return proxy;
}

/* The object's proxy is about to be handed to the host, which owns it from now on.  Returns
 * 0 if the object owned it, whose reference is the caller's. */
int
py2abi_proxy_hand_over(PyObject *object)
{
    if (held.count == 0 || py2abi_map_take(&held, object) == NULL) {
        return -1;
    }
    Py_INCREF(object);
    return 0;
}

/* The object dies: the proxy that it owns goes, too. */
void
py2abi_proxy_drop(PyObject *object)
{
    HostObject *proxy = held.count != 0 ? py2abi_map_take(&held, object) : NULL;
    if (proxy != NULL) {
        py2abi_link_cut(object, proxy);
        host_DECREF(proxy);
    }
}

/* Whether nothing but its proxy has the object. */
int
py2abi_proxy_owns(PyObject *object)
{
    return Py_REFCNT(object) == 1 && (held.count == 0 || py2abi_map_get(&held, object) == NULL);
}

/* ---- How a proxy lives and dies ---- */

/* What is known of the type that a binary defines and that an object of the host's is an
 * instance of: whatever classes are derived from it.  NULL if there is none. */
static struct py2abi_defined *
record_of(HostObject *proxy)
{
    enum { TP_BASE = 48 };
    HostObject *type = py2abi_hostapi_type(proxy);
    while (type != NULL) {
        PyTypeObject *guest = py2abi_type_known(type);
        PyTypeObject *defined = guest != NULL ? py2abi_type_defined(guest) : NULL;
        if (defined != NULL) {
            return py2abi_type_record(defined);
        }
        /* A class of the host's whose mirror nobody needed is a heap type. */
        type = guest == NULL ? host_PyType_GetSlot((HostType *)type, TP_BASE) : NULL;
    }
    return NULL;
}

/* Whether instances of a type are deallocated by us, rather than by the host's function for
 * classes, which calls ours later. */
static void dealloc(HostObject *proxy);
static int
is_plain(HostObject *proxy)
{
    return host_PyType_GetSlot((HostType *)py2abi_hostapi_type(proxy), HOST_tp_dealloc)
           == (void *)(uintptr_t)dealloc;
}

/* Whether somebody refers to a proxy weakly, where the host leaves that to us. */
static int
has_weak_references(HostObject *proxy, const struct py2abi_defined *defined)
{
    const void *list = NULL;
    if (defined != NULL && defined->weak_list != 0) {
        memcpy(&list, (const char *)(const void *)proxy + defined->weak_list, sizeof list);
    }
    return list != NULL;
}

/* Bring an object that is being deallocated back, with one reference. */
static void
revive(HostObject *proxy)
{
    HostObject *type = py2abi_hostapi_type(proxy);
    int was_tracked = py2abi_hostcall_is_tracked(proxy);
    host_PyObject_Init(proxy, (HostType *)type);
    if (was_tracked && !py2abi_hostcall_is_tracked(proxy)) {
        host_PyObject_GC_Track(proxy); /* A free-threaded host notes that in the object. */
    }
    if (py2abi_types_are_counted()) {
        host_DECREF(type); /* It was counted when the object was made. */
    }
}

/* The end of the memory: by the native type's function, or as an object's. */
static void
free_proxy(HostObject *proxy, const struct py2abi_defined *defined)
{
    HostObject *type = py2abi_hostapi_type(proxy);
    int gives_type_back = py2abi_types_are_counted() || is_plain(proxy);
    if (defined != NULL && defined->base_dealloc != NULL) {
        defined->base_dealloc(proxy);
    }
    else {
        void (*free_object)(void *) =
            (void (*)(void *))(uintptr_t)host_PyType_GetSlot((HostType *)type, HOST_tp_free);
        if (host_PyType_GetFlags((HostType *)type) & HOST_FLAG_GC) {
            host_PyObject_GC_UnTrack(proxy);
        }
        free_object(proxy);
    }
    if (gives_type_back) {
        host_DECREF(type);
    }
}

/* ---- What objects hold ----
 *
 * The objects that an object holds are followed as far as nothing else has them.  An object
 * with references from elsewhere is taken to be in use: nothing is ever freed too early, and
 * some cycles never, those that go through an object that two hold.
 *
 * Not so where object and proxy own each other: then the object owns one reference to its
 * proxy for each reference that others of the guest's have to it, and whoever is followed and
 * has one reports the proxy.  What nobody reports keeps the proxy alive. */

struct pair {
    HostObject *proxy;
    Py_ssize_t owned; /* references to the proxy, one or more */
    int is_passing;   /* only while the host's collector runs */
};

static struct pair *
pair_of(PyObject *object)
{
    return strong.count != 0 ? py2abi_map_get(&strong, object) : NULL;
}

/* Let an object own its proxy as it is owned itself.  Without memory it does not. */
static void
make_pair(PyObject *object, HostObject *proxy, int is_passing)
{
    struct pair *pair = calloc(1, sizeof *pair);
    if (pair == NULL || py2abi_map_put(&strong, object, pair) < 0) {
        free(pair);
        return;
    }
    pair->proxy = proxy;
    pair->is_passing = is_passing;
    pair->owned = Py_REFCNT(object) > 2 ? Py_REFCNT(object) - 1 : 1;
    for (Py_ssize_t i = 0; i < pair->owned; i++) {
        host_INCREF(proxy);
    }
}

/* Undo that.  Returns the references, which are the caller's now. */
static Py_ssize_t
take_pair(PyObject *object)
{
    struct pair *pair = strong.count != 0 ? py2abi_map_take(&strong, object) : NULL;
    Py_ssize_t owned = pair != NULL ? pair->owned : 0;
    free(pair);
    return owned;
}

/* A class with a __del__ does not tell us before it calls that, when the host lets go of an
 * instance.  So the proxy of such an object must not be let go while the binary has the object:
 * object and proxy own each other, from when the object crosses until nothing of the guest's has
 * it any more.  That is looked at when the frame ends that it came into, when a call of one of
 * its methods does, and by the host's collector. */
struct mortal {
    int is_watched; /* a frame's pool has a watcher of it */
};

static void
settle(PyObject *object)
{
    HostObject *type, *value, *traceback;
    if (py2abi_map_get(&py2abi_mortal, object) == NULL) {
        return;
    }
    const struct pair *pair = pair_of(object);
    if (Py_REFCNT(object) > 1 && pair == NULL) {
        make_pair(object, py2abi_link_host(object), 0);
    }
    if (Py_REFCNT(object) > 1 || pair == NULL || pair->is_passing) {
        return;
    }
    HostObject *proxy = pair->proxy;
    host_PyErr_Fetch(&type, &value, &traceback);
    for (Py_ssize_t owned = take_pair(object); owned > 0; owned--) {
        host_DECREF(proxy);
    }
    host_PyErr_Restore(type, value, traceback);
}

struct watcher {
    PyObject_HEAD
    PyObject *object; /* borrowed, perhaps gone */
};

static void
watcher_dealloc(PyObject *self)
{
    PyObject *object = ((struct watcher *)self)->object;
    struct mortal *mortal = py2abi_map_get(&py2abi_mortal, object);
    PyObject_Free(self);
    if (mortal != NULL) {
        mortal->is_watched = 0;
        settle(object);
    }
}

static PyTypeObject watcher_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "py2abi.watcher",
    .tp_basicsize = sizeof(struct watcher),
    .tp_dealloc = watcher_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* The guest gets a reference to an object that may be one of these. */
void
py2abi_proxy_entered(PyObject *object)
{
    struct mortal *mortal = py2abi_map_get(&py2abi_mortal, object);
    if (mortal == NULL) {
        return;
    }
    if (pair_of(object) == NULL) {
        make_pair(object, py2abi_link_host(object), 0);
    }
    if (!mortal->is_watched && py2abi_frame_guest() != NULL) {
        struct watcher *watcher = PyObject_New(struct watcher, &watcher_type);
        if (watcher == NULL) {
            PyErr_Clear(); /* The host's collector will see to it. */
            return;
        }
        watcher->object = object;
        mortal->is_watched = 1;
        if (py2abi_frame_keep((PyObject *)watcher) == NULL) {
            PyErr_Clear();
        }
    }
}

static void
forget_mortal(PyObject *object)
{
    free(py2abi_mortal.count != 0 ? py2abi_map_take(&py2abi_mortal, object) : NULL);
}

/* The same for objects of the host's that several of the guest's have by their mirror, which owns
 * one reference to the object: while the host's collector runs it is lent one for each of the
 * others.  Object -> how many. */
static struct py2abi_map lent;

/* Whether each reference to a mirror has one to the host's object behind it. */
static int
is_lent(PyObject *mirror)
{
    return lent.count != 0
           && Py_REFCNT(mirror) - 1
                  <= (Py_ssize_t)(uintptr_t)py2abi_map_get(&lent, PY2ABI_HEAD(mirror)->host);
}

struct visit {
    int (*function)(HostObject *, void *);
    void *data;
    int depth;
    PyObject *root;        /* where it begins */
    Py_ssize_t found;      /* references to that, the proxy's included */
    struct py2abi_map met; /* other objects with several references -> how many were met */
};

static int visit_guest(PyObject *object, void *data);

/* Whether this is the last reference to an object: all the others were met before. */
static int
is_last(PyObject *object, struct visit *visit)
{
    enum { MANY = 1000 };
    if (Py_REFCNT(object) == 1) {
        return 1;
    }
    if (Py_REFCNT(object) > MANY
        || !(Py_TYPE(object)->tp_flags & (Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR))) {
        return 0;
    }
    uintptr_t count = (uintptr_t)py2abi_map_get(&visit->met, object) + 1;
    return py2abi_map_put(&visit->met, object, (void *)count) == 0
           && count == (uintptr_t)Py_REFCNT(object);
}

static int
descend(PyObject *object, struct visit *visit)
{
    enum { DEEP = 500 };
    PyTypeObject *type = Py_TYPE(object);
    int status = 0;
    if (!PyType_IS_GC(type) || type->tp_traverse == NULL || visit->depth >= DEEP
        || (type->tp_is_gc != NULL && !type->tp_is_gc(object))) {
        return 0;
    }
    if (py2abi_is_exception(object)) {
        status = py2abi_exception_visit(object, visit->function, visit->data);
    }
    visit->depth++;
    if (status == 0) {
        status = type->tp_traverse(object, visit_guest, visit);
    }
    if (status == 0 && PyList_Check(object) && !(type->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        /* What a mirror remembers is visited with it. */
        status = py2abi_list_visit(object, visit->function, visit->data, visit_guest, visit);
    }
    visit->depth--;
    return status;
}

static int
visit_guest(PyObject *object, void *data)
{
    struct visit *visit = data;
    if (object == visit->root) {
        visit->found++;
        return 0;
    }
    const struct pair *pair = pair_of(object);
    if (pair != NULL) {
        return Py_REFCNT(object) - 1 <= pair->owned ? visit->function(pair->proxy, visit->data)
                                                    : 0;
    }
    if (PyType_Check(object)) {
        return 0;
    }
    int last = is_last(object, visit);
    if ((Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) && PY2ABI_HEAD(object)->host != NULL) {
        if (PY2ABI_HEAD(object)->is_born || (!last && !is_lent(object))) {
            return 0;
        }
        int status = visit->function(PY2ABI_HEAD(object)->host, visit->data);
        if (!last) {
            return status;
        }
        if (status == 0) {
            status = py2abi_mirror_visit(object, visit->function, visit->data, visit_guest, visit);
        }
        return status != 0 ? status : descend(object, visit);
    }
    if (!last) {
        return 0;
    }
    HostObject *proxy = held.count != 0 ? py2abi_map_get(&held, object) : NULL;
    if (proxy != NULL) {
        int status = visit->function(proxy, visit->data);
        if (status != 0) {
            return status;
        }
    }
    return descend(object, visit);
}

static int
ignore(HostObject *object, void *data)
{
    (void)object;
    (void)data;
    return 0;
}

/* Whether only the proxy has an object, or what the object holds. */
static int
is_own(PyObject *object)
{
    struct visit visit = {ignore, NULL, 0, object, 1, {NULL, 0, 0}};
    if (Py_REFCNT(object) > 1) {
        descend(object, &visit);
        py2abi_map_free(&visit.met);
    }
    return Py_REFCNT(object) == visit.found;
}

/* Have an object that is garbage let go of what it holds. */
void
py2abi_object_clear(PyObject *object)
{
    PyTypeObject *type = py2abi_type_defined(Py_TYPE(object));
    struct py2abi_frame frame;
    if (type != NULL && PyType_IS_GC(type) && type->tp_clear != NULL
        && py2abi_frame_enter(&frame, py2abi_type_record(type)->guest, NULL, NULL) == 0) {
        Py_INCREF(object);
        type->tp_clear(object);
        PyErr_Clear();
        py2abi_frame_leave(&frame);
        Py_REFCNT(object)--;
    }
}

/* Whether an object may be part of a cycle that only the guest has: it has no proxy, or one
 * that it owns itself. */
int
py2abi_object_is_inner(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    return !PyType_Check(object) && PyType_IS_GC(type) && type->tp_traverse != NULL
           && (type->tp_is_gc == NULL || type->tp_is_gc(object))
           && (py2abi_link_host(object) == NULL
               || (held.count != 0 && py2abi_map_get(&held, object) != NULL));
}

/* All references to other objects that such an object owns. */
void
py2abi_object_follow(struct py2abi_graph *graph, PyObject *object)
{
    Py_TYPE(object)->tp_traverse(object, py2abi_graph_visit, graph);
    if (PyList_Check(object) && !(Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        py2abi_list_visit(object, ignore, NULL, py2abi_graph_visit, graph);
    }
}

/* The proxy of an object has gone, whose reference is the caller's still.  If the object is
 * part of a cycle that nobody else has, the host's collector will not hear of it any more. */
static void
break_cycle(PyObject *object)
{
    enum { MOST = 200 };
    struct py2abi_graph graph = {.most = MOST, .enters = py2abi_object_is_inner,
                                 .follow = py2abi_object_follow};
    HostObject *type, *value, *traceback;
    if (Py_REFCNT(object) == 1 || !py2abi_object_is_inner(object) || !py2abi_frame_possible()) {
        return;
    }
    py2abi_graph_add(&graph, object, 1); /* but for the proxy's */
    if (py2abi_graph_solve(&graph) == 0 && !graph.all[0].is_live) {
        host_PyErr_Fetch(&type, &value, &traceback);
        py2abi_graph_clear(&graph, py2abi_object_clear);
        host_PyErr_Restore(type, value, traceback);
    }
    py2abi_graph_free(&graph);
}

/* ---- The end of a proxy ---- */

/* tp_dealloc.  Of instances of classes that Python 3 code derives: what their own
 * deallocator calls in the end. */
static void
dealloc(HostObject *proxy)
{
    PyObject *object = py2abi_link_guest(proxy);
    const struct py2abi_defined *defined = record_of(proxy);
    if (object != NULL && is_backed(Py_TYPE(object)) && is_plain(proxy)
        && py2abi_map_put(&held, object, proxy) == 0) {
        /* The object owns it from here on.  If nothing else has the object, it dies, and
         * its last words may be about its contents. */
        revive(proxy);
        py2abi_release(object);
        return;
    }
    if (object != NULL && is_plain(proxy) && Py_REFCNT(object) > 1
        && has_weak_references(proxy, defined)) {
        /* Those who refer to it are to find it again.  (Without memory it stays.) */
        revive(proxy);
        if (pair_of(object) == NULL) {
            make_pair(object, proxy, 0);
        }
        if (pair_of(object) != NULL) {
            host_DECREF(proxy);
        }
        return;
    }
    if (has_weak_references(proxy, defined)) {
        if (host_PyType_GetFlags((HostType *)py2abi_hostapi_type(proxy)) & HOST_FLAG_GC) {
            host_PyObject_GC_UnTrack(proxy);
        }
        host_PyObject_ClearWeakRefs(proxy);
    }
    if (object != NULL) {
        forget_mortal(object);
        py2abi_link_cut(object, proxy);
    }
    free_proxy(proxy, defined);
    if (object != NULL) {
        break_cycle(object);
        py2abi_release(object);
    }
}

/* Whether a proxy that goes would be missed: it has contents or, as an instance of a class,
 * attributes, or somebody refers to it weakly. */
static int
has_state(HostObject *proxy, PyObject *object)
{
    if (is_backed(Py_TYPE(object)) || !py2abi_type_is_defined(Py_TYPE(object))) {
        return 1;
    }
    if (is_plain(proxy)) {
        return has_weak_references(proxy, record_of(proxy));
    }
    HostObject *type, *value, *traceback;
    host_PyErr_Fetch(&type, &value, &traceback);
    host_INCREF(proxy);
    long count = py2abi_hostcall_long(
        py2abi_hostcall(py2abi_hostcall_import("_weakref", "getweakrefcount"), 1, proxy), 1);
    host_PyErr_Restore(type, value, traceback);
    return count != 0;
}

/* tp_finalize: the host has let go of the proxy, or its collector has found it in a cycle.
 * Where more would be lost than a proxy that can be made again, it goes on as long as the
 * binary has the object. */
static void
finalize(HostObject *proxy)
{
    PyObject *object = py2abi_link_guest(proxy);
    if (object == NULL || Py_REFCNT(object) == 1 || !has_state(proxy, object)
        || pair_of(object) != NULL
        || (held.count != 0 && py2abi_map_get(&held, object) != NULL)) {
        return;
    }
    make_pair(object, proxy, 0);
}

/* ---- The host's collector: it follows what a proxy holds ---- */

static int
traverse(HostObject *proxy, int (*function)(HostObject *, void *), void *data)
{
    const struct py2abi_defined *defined = record_of(proxy);
    PyObject *object = py2abi_link_guest(proxy);
    struct visit visit = {function, data, 0, object, 1, {NULL, 0, 0}};
    int status = 0;
    if (defined != NULL && defined->base_traverse != NULL) {
        status = defined->base_traverse(proxy, function, data);
    }
    if (status == 0 && py2abi_types_are_visited()) {
        status = function(py2abi_hostapi_type(proxy), data);
    }
    if (status == 0 && object != NULL) {
        status = py2abi_collect_visit(object, function, data);
    }
    const struct pair *pair = object != NULL ? pair_of(object) : NULL;
    if (status != 0 || object == NULL || (pair == NULL && !is_own(object))
        || (held.count != 0 && py2abi_map_get(&held, object) != NULL)) {
        return status;
    }
    if (pair != NULL) {
        visit.root = NULL;
        /* When only the proxy has the object, it is the one that has the proxy. */
        for (Py_ssize_t i = 0; status == 0 && Py_REFCNT(object) == 1 && i < pair->owned; i++) {
            status = function(proxy, data);
        }
    }
    if (status == 0) {
        status = descend(object, &visit);
    }
    py2abi_map_free(&visit.met);
    return status;
}

static int
clear(HostObject *proxy)
{
    const struct py2abi_defined *defined = record_of(proxy);
    PyObject *object = py2abi_link_guest(proxy);
    Py_ssize_t owned = 0;
    if (object != NULL && (pair_of(object) != NULL || is_own(object))) {
        owned = take_pair(object);
        py2abi_object_clear(object);
        if (py2abi_is_exception(object)) {
            py2abi_exception_forget(object);
        }
    }
    if (defined != NULL && defined->base_clear != NULL) {
        defined->base_clear(proxy);
    }
    while (owned-- > 0) {
        host_DECREF(proxy);
    }
    return 0;
}

/* ---- Classes of metatypes ----
 *
 * A class has its mirror, which is the binary's structure, and that the class, as long as either
 * is there.  The host's collector finds out (collect.c). */

static int
class_traverse(HostObject *class, int (*function)(HostObject *, void *), void *data)
{
    const struct py2abi_defined *defined = record_of(class);
    PyTypeObject *type = py2abi_type_known(class);
    int status = defined->base_traverse != NULL ? defined->base_traverse(class, function, data) : 0;
    if (status == 0 && py2abi_types_are_visited()) {
        status = function(py2abi_hostapi_type(class), data);
    }
    if (status != 0 || type == NULL || !py2abi_collect_is_passive(type)) {
        return status;
    }
    struct visit visit = {function, data, 0, NULL, 1, {NULL, 0, 0}};
    status = function(class, data);
    if (status == 0) {
        status = py2abi_collect_visit((PyObject *)type, function, data);
    }
    if (status == 0 && type->tp_dict != NULL) {
        status = visit_guest(type->tp_dict, &visit);
    }
    py2abi_map_free(&visit.met);
    return status;
}

static int
class_clear(HostObject *class)
{
    const struct py2abi_defined *defined = record_of(class);
    PyTypeObject *type = py2abi_type_known(class);
    if (type != NULL) {
        if (!py2abi_collect_is_passive(type)) {
            return 0; /* Its instances go first, and it with the next collection. */
        }
        py2abi_type_forget(type);
    }
    return defined->base_clear != NULL ? defined->base_clear(class) : 0;
}

enum { MANY = 1000 };

static void
lend(PyObject *mirror, void *data)
{
    HostObject *host = PY2ABI_HEAD(mirror)->host;
    Py_ssize_t others = Py_REFCNT(mirror) - 1;
    (void)data;
    if (others > 0 && others <= MANY && !PyType_Check(mirror)
        && py2abi_map_put(&lent, host, (void *)(uintptr_t)others) == 0) {
        for (; others > 0; others--) {
            host_INCREF(host);
        }
    }
}

/* Take back what was lent. */
static void
settle_debts(void)
{
    struct py2abi_map all = lent;
    lent = (struct py2abi_map){NULL, 0, 0};
    for (size_t i = 0; i < all.size; i++) {
        HostObject *host = (HostObject *)(uintptr_t)all.entries[i].key;
        uintptr_t others = host != NULL ? (uintptr_t)all.entries[i].value : 0;
        for (; others > 0; others--) {
            host_DECREF(host);
        }
    }
    py2abi_map_free(&all);
}

static void
prepare(PyObject *object, HostObject *proxy, void *data)
{
    struct pair *pair = pair_of(object);
    Py_ssize_t others = Py_REFCNT(object) - 1;
    (void)data;
    if (pair == NULL) {
        if (others > 0 && others <= MANY && py2abi_type_defined(Py_TYPE(object)) != NULL
            && PyType_IS_GC(Py_TYPE(object))
            && (held.count == 0 || py2abi_map_get(&held, object) == NULL)) {
            make_pair(object, proxy, 1);
        }
        return;
    }
    if (others < 1 || others > MANY) {
        others = 1;
    }
    for (; pair->owned < others; pair->owned++) {
        host_INCREF(proxy);
    }
    for (; pair->owned > others; pair->owned--) {
        host_DECREF(proxy); /* never the last */
    }
}

/* The host's collector is about to look at everything: while it does, objects that others
 * of the guest's have own their proxies, so that it sees who has them. */
void
py2abi_proxy_collect_begin(void)
{
    py2abi_link_each(prepare, NULL);
    py2abi_mirror_each(lend, NULL);
}

void
py2abi_proxy_collect_end(void)
{
    Py_ssize_t count = 0;
    PyObject **objects = strong.count != 0 ? malloc(strong.count * sizeof *objects) : NULL;
    for (size_t i = 0; objects != NULL && i < strong.size; i++) {
        const struct pair *pair = strong.entries[i].value;
        if (strong.entries[i].key != NULL && pair->is_passing) {
            objects[count++] = (PyObject *)(uintptr_t)strong.entries[i].key;
        }
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        const struct pair *pair = pair_of(objects[i]);
        HostObject *proxy = pair != NULL && pair->is_passing ? pair->proxy : NULL;
        for (Py_ssize_t owned = proxy != NULL ? take_pair(objects[i]) : 0; owned > 0; owned--) {
            host_DECREF(proxy);
        }
    }
    free(objects);
    settle_debts();
}

/* What the native type does itself. */
static void
find_base(struct py2abi_defined *defined)
{
    HostObject *native = defined->native_host;
    defined->base_dealloc = (void (*)(HostObject *))(uintptr_t)py2abi_hosttype_slot(
        native, HOST_tp_dealloc);
    defined->base_traverse = (int (*)(HostObject *, int (*)(HostObject *, void *), void *))(
        uintptr_t)py2abi_hosttype_slot(native, HOST_tp_traverse);
    defined->base_clear = (int (*)(HostObject *))(uintptr_t)py2abi_hosttype_slot(native,
                                                                               HOST_tp_clear);
}

/* The slots that say how long a type's instances live. */
void
py2abi_proxy_put_lifetime(PyTypeObject *type, struct py2abi_defined *defined, HostTypeSpec *spec)
{
    int count = 0;
    while (spec->slots[count].slot != 0) {
        count++;
    }
    if (defined->native->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) {
        spec->slots[count++] = (HostSlot){HOST_tp_traverse, (void *)(uintptr_t)class_traverse};
        spec->slots[count++] = (HostSlot){HOST_tp_clear, (void *)(uintptr_t)class_clear};
        spec->slots[count] = (HostSlot){0, NULL};
        spec->flags |= HOST_FLAG_GC;
        find_base(defined);
        return;
    }
    spec->slots[count++] = (HostSlot){HOST_tp_dealloc, (void *)(uintptr_t)dealloc};
    spec->slots[count++] = (HostSlot){HOST_tp_finalize, (void *)(uintptr_t)finalize};
    spec->slots[count++] = (HostSlot){HOST_tp_traverse, (void *)(uintptr_t)traverse};
    spec->slots[count++] = (HostSlot){HOST_tp_clear, (void *)(uintptr_t)clear};
    spec->slots[count] = (HostSlot){0, NULL};
    spec->flags |= HOST_FLAG_FINALIZE;
    HostObject *native = defined->native_host;
    if (PyType_IS_GC(type) || (host_PyType_GetFlags((HostType *)native) & HOST_FLAG_GC)) {
        spec->flags |= HOST_FLAG_GC;
    }
    if (native != (HostObject *)HOST(PyBaseObject_Type)) {
        find_base(defined);
    }
}

/* ---- Making proxies ---- */

static const char capsule_name[] = "py2abi.object";

static void
forget(HostObject *capsule)
{
    PyObject *object = host_PyCapsule_GetPointer(capsule, capsule_name);
    if (object != NULL) {
        py2abi_unlink(object, capsule);
    }
}

/* A pointer that one binary leaves for another: opaque to the host. */
static HostObject *
make_capsule(PyObject *object)
{
    HostObject *capsule = host_PyCapsule_New(object, capsule_name, forget);
    if (capsule != NULL && py2abi_link(object, capsule) < 0) {
        /* The destructor would give back a reference that was not taken. */
        Py_INCREF(object);
        host_DECREF(capsule);
        return NULL;
    }
    return capsule;
}

static const char held_name[] = "py2abi.held";

static void
let_go(HostObject *capsule)
{
    PyObject *object = host_PyCapsule_GetPointer(capsule, held_name);
    if (object != NULL) {
        py2abi_link_one_way(capsule, NULL);
        py2abi_release(object);
    }
}

/* Something for a dictionary of the host's that stands for exactly this guest object, also
 * for one that would cross by value, and that is of no use to the host.  Returns a new
 * reference, or NULL with a host exception (MemoryError). */
HostObject *
py2abi_proxy_hold(PyObject *object)
{
    HostObject *capsule = host_PyCapsule_New(object, held_name, let_go);
    if (capsule == NULL) {
        return NULL;
    }
    Py_INCREF(object);
    if (py2abi_link_one_way(capsule, object) < 0) {
        host_DECREF(capsule);
        return NULL;
    }
    return capsule;
}

static HostObject *
refuse(const char *what, const char *name)
{
    char sentence[300];
    snprintf(sentence, sizeof sentence,
             "%.100s passed %s '%.100s' to Python 3, which py2abi %s cannot do",
             py2abi_frame_module(), what, name, PACKAGE_VERSION);
    host_PyErr_SetString(*HOST(PyExc_NotImplementedError), sentence);
    return NULL;
}

/* The value of an object of a type that is derived from one that crosses by value: a new
 * reference, or NULL with a host exception; without, it is of no such type. */
static HostObject *
value_of(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type->tp_flags & Py_TPFLAGS_INT_SUBCLASS) {
        return host_PyLong_FromLong(PyInt_AS_LONG(object));
    }
    if (type->tp_flags & Py_TPFLAGS_LONG_SUBCLASS) {
        return py2abi_long_to_host(object);
    }
    if (type->tp_flags & Py_TPFLAGS_STRING_SUBCLASS) {
        return host_PyBytes_FromStringAndSize(PyString_AS_STRING(object),
                                              PyString_GET_SIZE(object));
    }
    if (type->tp_flags & Py_TPFLAGS_UNICODE_SUBCLASS) {
        return host_PyUnicode_FromKindAndData(4, PyUnicode_AS_UNICODE(object),
                                              PyUnicode_GET_SIZE(object));
    }
    if (type->tp_flags & Py_TPFLAGS_TUPLE_SUBCLASS) {
        return py2abi_host_items(object);
    }
    if (PyType_IsSubtype(type, &PyFloat_Type)) {
        return host_PyFloat_FromDouble(PyFloat_AS_DOUBLE(object));
    }
    if (PyType_IsSubtype(type, &PyComplex_Type)) {
        Py_complex value = ((PyComplexObject *)object)->cval;
        return host_PyComplex_FromDoubles(value.real, value.imag);
    }
    if (py2abi_is_exception(object)) {
        PyObject *args = ((PyBaseExceptionObject *)object)->args;
        return args != NULL ? py2abi_host_exception((PyObject *)type, args) : host_PyTuple_New(0);
    }
    return NULL;
}

typedef HostObject *(*host_newfunc)(HostObject *, HostObject *, HostObject *);

/* An instance of host_type by the function of the native type's, past its own tp_new. */
static HostObject *
make_native(HostObject *host_type, const struct py2abi_defined *defined, HostObject *args,
            HostObject *kwargs)
{
    host_newfunc make =
        (host_newfunc)(uintptr_t)py2abi_hosttype_slot(defined->native_host, HOST_tp_new);
    if (make == NULL) {
        return refuse("an object of a type derived from", defined->native->tp_name);
    }
    return make(host_type, args, kwargs);
}

/* An instance of the host type for an object, without running its __new__. */
static HostObject *
allocate(HostObject *host_type, PyObject *object, const struct py2abi_defined *defined)
{
    if (defined->native == &PyBaseObject_Type) {
        return host_PyType_GenericAlloc((HostType *)host_type, 0);
    }
    HostObject *value = value_of(object), *args = NULL, *proxy = NULL;
    if (value == NULL && host_PyErr_Occurred() != NULL) {
        return NULL;
    }
    if (value != NULL && py2abi_is_exception(object)) {
        args = value;
    }
    else if (py2abi_holder_is(defined->native)) {
        args = py2abi_holder_args(object); /* From 3.15 on __new__ wants them, too. */
    }
    else {
        args = host_PyTuple_New(value != NULL ? 1 : 0);
        if (value != NULL && args != NULL) {
            host_PyTuple_SetItem(args, 0, value);
        }
    }
    if (args != NULL) {
        proxy = make_native(host_type, defined, args, NULL);
        host_DECREF(args);
    }
    if (proxy != NULL && py2abi_holder_is(defined->native)
        && py2abi_holder_fill(object, proxy) < 0) {
        host_DECREF(proxy);
        return NULL;
    }
    return proxy;
}

/* Whether an object's class has a __del__. */
static int
has_finalizer(HostObject *proxy)
{
    PyObject *guest = py2abi_link_guest(proxy);
    return guest != NULL && py2abi_type_defined(Py_TYPE(guest)) != NULL
           && host_PyType_GetSlot((HostType *)py2abi_hostapi_type(proxy), HOST_tp_finalize)
                  != (void *)(uintptr_t)finalize;
}

static HostObject *
link_new(PyObject *object, HostObject *proxy)
{
    if (proxy == NULL) {
        return NULL;
    }
    if (py2abi_link(object, proxy) < 0) {
        host_DECREF(proxy);
        return NULL;
    }
    if (PyList_Check(object) && py2abi_list_share(object, proxy) < 0) {
        host_DECREF(proxy);
        return NULL;
    }
    if (!is_backed(Py_TYPE(object)) && has_finalizer(proxy)) {
        struct mortal *mortal = calloc(1, sizeof *mortal);
        if (mortal == NULL || py2abi_map_put(&py2abi_mortal, object, mortal) < 0) {
            free(mortal);
            make_pair(object, proxy, 0);
        }
        py2abi_proxy_entered(object);
    }
    return proxy;
}

/* Make the proxy of a guest-born object that has none.  Returns a new reference, or NULL
 * with a host exception (NotImplementedError for an object of a kind that cannot cross). */
HostObject *
py2abi_proxy_new(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    HostObject *proxy = NULL;
    if (type == &PyCFunction_Type) {
        return py2abi_function_proxy(object);
    }
    if (type == &PyCObject_Type || type == &PyCapsule_Type) {
        return make_capsule(object);
    }
    if (py2abi_structseq_is(type)) {
        return py2abi_structseq_host(object);
    }
    if (type == &PyBaseObject_Type) {
        /* It is nothing but its identity, which a mirror has, too. */
        proxy = host_PyType_GenericAlloc(HOST(PyBaseObject_Type), 0);
        if (proxy != NULL && py2abi_mirror_attach(object, proxy) < 0) {
            host_DECREF(proxy);
            return NULL;
        }
        return proxy;
    }
    /* These attach themselves. */
    if (type == &PyMethod_Type) {
        return py2abi_method_host(object);
    }
    if (type == &PyCode_Type) {
        return py2abi_code_host(object);
    }
    if (type == &PyMemoryView_Type) {
        return py2abi_memoryview_host(object);
    }
    if (type == &_PyWeakref_RefType) {
        proxy = py2abi_weakref_host(object);
        if (proxy != NULL && py2abi_link_guest(proxy) == NULL
            && py2abi_mirror_attach(object, proxy) < 0) {
            host_DECREF(proxy);
            return NULL;
        }
        return proxy;
    }
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        return py2abi_descr_proxy(object);
    }
    HostObject *host_type = py2abi_type_host(type);
    PyTypeObject *defined = host_type != NULL ? py2abi_type_defined(type) : NULL;
    if (defined != NULL) {
        proxy = link_new(object, allocate(host_type, object, py2abi_type_record(defined)));
    }
    else if (host_type != NULL) {
        refuse("an object of the type", type->tp_name);
    }
    host_XDECREF(host_type);
    return proxy;
}

/* tp_new of a type that the host has and that a binary's type is derived from, for an
 * instance of that: the host makes its part first.  Returns a new reference to the guest's
 * object, which owns its proxy; or NULL with a guest exception. */
PyObject *
py2abi_proxy_make(PyTypeObject *type, HostObject *args, HostObject *kwargs)
{
    PyTypeObject *defined = py2abi_type_defined(type);
    HostObject *host_type = py2abi_type_host(type), *proxy = NULL;
    if (host_type != NULL) {
        proxy = make_native(host_type, py2abi_type_record(defined), args, kwargs);
        host_DECREF(host_type);
    }
    if (proxy != NULL && (type->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS)) {
        /* The guest's view of a class is the object. */
        return py2abi_mirror_result(proxy);
    }
    PyObject *object = proxy != NULL ? type->tp_alloc(type, 0) : py2abi_failed();
    if (object == NULL) {
        host_XDECREF(proxy);
        return NULL;
    }
    if (link_new(object, proxy) == NULL) {
        Py_DECREF(object);
        return py2abi_failed();
    }
    if (py2abi_map_put(&held, object, proxy) < 0) {
        host_DECREF(proxy);
        Py_DECREF(object);
        return PyErr_NoMemory();
    }
    Py_REFCNT(object)--;
    if (py2abi_instance_fill(object, proxy) < 0) {
        Py_DECREF(object);
        return NULL;
    }
    return object;
}
