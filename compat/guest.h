/* guest.h - the guest's world: what every file of compat/ stands on.
 *
 * PyObject, PyTypeObject and all names of the C API are the guest's: Python
 * 2.7's, in 2.7's memory layouts, made by the headers in include/.  Their
 * symbols carry the prefix py2_ (names.h), since the host has the same names.
 * HostObject is the host's; host_<name>() calls the host's API (hostapi.h).
 *
 * An object of the guest is one of
 *   - a value (None, bool, int, long, float, complex, str, unicode, tuple), which
 *     lives on the guest's side and crosses by value;
 *   - a mirror, which stands for a host object: the same host object has the
 *     same mirror as long as that lives, and back.  Its type has the flag
 *     PY2ABI_TPFLAGS_MIRROR, its memory is preceded by struct py2abi_head;
 *   - guest-born: anything else.  What stands for it on the host, its proxy, is
 *     linked to it in a table beside, since its memory is the guest's own.  The
 *     kinds that only our own functions allocate (lists, C functions) have a head
 *     like mirrors, where the link is.
 *
 * Who holds what: a mirror owns one reference to its host object; what stands
 * for a guest-born object on the host owns one ordinary reference to it.
 *
 * Where an error is: while guest code runs, in the guest's thread state
 * (curexc_*); while host code runs, in the host's indicator.  It moves, is never
 * copied.  Conversions between the two sides run in between: they leave their
 * errors in the host's indicator, and their callers move them on.
 *
 * Everything here wants the GIL unless it says otherwise. */

#ifndef PY2ABI_GUEST_H
#define PY2ABI_GUEST_H

#define PY2ABI_RENAME
#include "Python.h"
#include "structmember.h"
#include "variadic.h"

#include "hostapi.h"
#include "loader.h"

/* ---- Threads and frames (crossing.c, crossing.h) ---- */

/* An entry of guest code: from the host's call of a guest function to its return. */
struct py2abi_frame {
    struct py2abi_thread *thread;            /* that is in it */
    struct py2abi_frame *outer;
    const struct py2abi_guest *guest;        /* whose code runs */
    const char *function;                    /* which, for tracebacks: NULL while not known */
    const PyTypeObject *of;                  /* the type that has it; NULL: the module */
    unsigned has;                            /* what of the rest is set; most have none of it */

    /* PY2ABI_FRAME_ERROR: the guest's error before, set aside. */
    PyObject *type, *value, *traceback;

    /* PY2ABI_FRAME_KEEPS: what lasts until its end. */
    Py_ssize_t pool;                         /* where this frame's part of the pool begins */
    unsigned long recent;                    /* how many mirrors were new before */
    struct py2abi_lists {
        struct py2abi_list *first;
        struct py2abi_list *at;              /* the next to be looked at, from a slot on */
        Py_ssize_t slot;
        int is_closed;                       /* the frame is being left */
    } lists;                                 /* shared lists that it has (sharedlist.c) */
};
enum { PY2ABI_FRAME_ERROR = 1, PY2ABI_FRAME_KEEPS = 2 };

/* A thread as guests see it, one for each host thread state. */
struct py2abi_thread {
    PyThreadState state;
    HostThread *host;
    struct py2abi_frame *frame;              /* the innermost, or NULL */
    int depth;                               /* of nested conversions */
    PyObject **pool;                         /* references that are given back at a frame's end */
    Py_ssize_t pool_used, pool_room;
    PyObject **recent;                       /* the last mirrors that were new: a ring */
    unsigned long recent_count;              /* of all that were new so far */
};
enum { PY2ABI_RECENT = 1024 };

struct py2abi_thread *py2abi_thread_get(void);
PyThreadState *py2abi_thread_state(void);
const struct py2abi_guest *py2abi_frame_guest(void);
const char *py2abi_frame_module(void);
void py2abi_frame_keeps(struct py2abi_frame *frame);
PyObject *py2abi_frame_keep(PyObject *object);
PyObject *py2abi_frame_recent(PyObject *mirror);
PyInterpreterState *py2abi_interpreter(void);
int py2abi_frame_possible(void);
int py2abi_has_ended(void);
void py2abi_threads_end(void);

/* ---- Where an error came through, and a crash was (traceback.c, faulthandler.c) ---- */

void py2abi_traceback_add(const struct py2abi_frame *frame);
void py2abi_faulthandler_begin(void);
void py2abi_faulthandler_enter(struct py2abi_thread *thread);
int py2abi_faulthandler_is_enabled(void);
void py2abi_faulthandler_enable(int wanted);

/* ---- Errors, and coming back from the host (crossing.c) ---- */

void py2abi_error_to_guest(void);
void py2abi_error_to_host(void);
PyObject *py2abi_failed(void);
PyObject *py2abi_mirror_result(HostObject *result);
PyObject *py2abi_unicode_result(HostObject *result);
long py2abi_returned(long status);

/* ---- Mirrors (mirror.c) ---- */

/* 2.7 defines flags up to bit 31 of a long. */
#define PY2ABI_TPFLAGS_MIRROR (1L << 40) /* each instance of exactly this type has a head */
#define PY2ABI_TPFLAGS_HOST   (1L << 41) /* the type itself is the mirror of a host type */
#define PY2ABI_TPFLAGS_FIELDS (1L << 42) /* mirrors have fields that fields.c fills */
#define PY2ABI_TPFLAGS_BARE   (1L << 44) /* mirrors have nothing that is read inline */

/* What lies before a mirror.  The head of 2.7's collector is read and written by
 * inlined code. */
struct py2abi_head {
    HostObject *host;          /* what it stands for, owned; NULL: not crossed yet */
    struct py2abi_memo *memo;  /* guest references that live as long as this mirror */
    union {
        struct py2abi_list *list; /* what a shared list remembers (sharedlist.c) */
        PyTypeObject *dict_of;    /* of the dict of a type: whose */
    };
    int is_native;             /* a weak reference in the list of a guest's object */
    int is_born;               /* a guest-born object, of which host is the proxy: not owned */
    int is_namespace;          /* the dict of a module or, if PY2ABI_OF_TYPE, of a type: bits */
    PyGC_Head gc;
};
enum {
    PY2ABI_OF_TYPE = 2,
    PY2ABI_FOR_EVER = 4, /* it was handed out, and stays */
    PY2ABI_OF_CLASS = 8, /* of the old style, or its instance's: functions are not remembered */
};
#define PY2ABI_HEAD(object) ((struct py2abi_head *)(void *)(object) - 1)

/* How a guest str becomes a host object. */
enum py2abi_use {
    PY2ABI_AS_VALUE, /* by the policy: bytes unless the user chose a codec */
    PY2ABI_AS_NAME,  /* an attribute, a keyword, a module: always str */
    PY2ABI_AS_KEY,   /* of a dict: str when it is ASCII or by the policy, else bytes */
    PY2ABI_AS_FILE,  /* the name of a file: always str, as os.fsdecode() */
    PY2ABI_AS_TEXT,  /* a message, a docstring: always str, if need be with backslashes */
    PY2ABI_AS_CONSTANT, /* of a module, a type: str if it is UTF-8 or by the policy, else bytes */
    PY2ABI_AS_WORDS, /* what an exception is made with: text by birth, else as a value */
    PY2ABI_AS_ARGUMENT, /* of the host's own library: str if it is text from its birth */
};

/* A str from a literal, a format, a name: text, where one from a buffer is data.  Nothing
 * else tells the two apart but the place in memory. */
enum { PY2ABI_TEXT_OFFSET = 8 };
static inline int
py2abi_string_is_text(const PyObject *string)
{
    return ((uintptr_t)string & PY2ABI_TEXT_OFFSET) != 0;
}
/* A new str that is text, or NULL with a guest exception.  size is not negative. */
PyObject *py2abi_string_text(const char *text, Py_ssize_t size);

PyObject *py2abi_mirror(HostObject *object);
PyObject *py2abi_mirror_alone(HostObject *object);
PyObject *py2abi_mirror_items(HostObject *const *items, Py_ssize_t size);
PyObject *py2abi_mirror_steal(HostObject *object);
PyObject *py2abi_mirror_unicode_steal(HostObject *object);
PyObject *py2abi_mirror_name(HostObject *name);
PyObject *py2abi_mirror_names(HostObject *dict);
PyObject *py2abi_mirror_borrowed(PyObject *container, HostObject *item);
PyObject *py2abi_mirror_borrowed_key(PyObject *container, HostObject *key);
int py2abi_mirror_remember(PyObject *container, HostObject *item, PyObject *guest, int is_key);
PyObject *py2abi_mirror_recall(PyObject *container, HostObject *key);
void py2abi_mirror_forget(PyObject *container, HostObject *item);
void py2abi_mirror_forget_key(PyObject *container, HostObject *key);
void py2abi_mirror_forget_all(PyObject *container);
PyObject *py2abi_mirror_new(PyTypeObject *type, HostObject *host);
PyObject *py2abi_mirror_new_var(PyTypeObject *type, HostObject *host, Py_ssize_t items);
void py2abi_mirror_dealloc(PyObject *mirror);
int py2abi_mirror_attach(PyObject *mirror, HostObject *host);
HostObject *py2abi_mirror_detach(PyObject *mirror);
int py2abi_mirror_visit(PyObject *mirror, int (*on_host)(HostObject *, void *), void *host_data,
                        visitproc on_guest, void *guest_data);
int py2abi_level_enter(void);
void py2abi_level_leave(void);
HostObject *py2abi_host(PyObject *object, enum py2abi_use use);
HostObject *py2abi_host_items(PyObject *tuple);
HostObject *py2abi_host_text(PyObject *string, enum py2abi_use use);
PyObject *py2abi_mirror_exception(HostObject *value);
enum py2abi_use py2abi_exception_use(const PyTypeObject *type);
HostObject *py2abi_host_exception(PyObject *type, PyObject *value);
HostObject *py2abi_host_name(const char *name);
HostObject *py2abi_host_message(const char *text);
const char *py2abi_host_chars(const char *text);

/* Links of guest-born objects. */
HostObject *py2abi_link_host(PyObject *object);
int py2abi_link(PyObject *object, HostObject *proxy);
void py2abi_unlink(PyObject *object, const HostObject *proxy);
void py2abi_link_cut(PyObject *object, const HostObject *proxy);
int py2abi_link_one_way(HostObject *host, PyObject *object);
HostObject *py2abi_proxy_new(PyObject *object); /* proxy.c */

/* Kinds with a side of their own: longobject.c, sharedlist.c. */
PyObject *py2abi_long_from_host(HostObject *object);
HostObject *py2abi_long_to_host(PyObject *object);
PyObject *py2abi_list_mirror(HostObject *object);
HostObject *py2abi_list_host(PyObject *list);
HostObject *py2abi_list_give(PyObject *list);
int py2abi_list_refresh(PyObject *list);
int py2abi_list_share(PyObject *list, HostObject *proxy);
void py2abi_list_release(PyObject *list);
int py2abi_list_visit(PyObject *list, int (*on_host)(HostObject *, void *), void *host_data,
                      visitproc on_guest, void *guest_data);
void py2abi_lists_sync(void);
void py2abi_lists_resume(struct py2abi_frame *frame);
void py2abi_lists_leave(struct py2abi_frame *frame);

/* The first of a frame's shared lists, or NULL. */
static inline struct py2abi_list *
py2abi_frame_lists(const struct py2abi_frame *frame)
{
    return frame->has & PY2ABI_FRAME_KEEPS ? frame->lists.first : NULL;
}
extern struct py2abi_lists py2abi_lists_kept __attribute__((visibility("hidden")));

/* The other containers; and what is inlined of any, brought up to date. */
int py2abi_container_refresh(PyObject *mirror);
/* The places of instances' dictionaries (dictslots.c). */
extern int py2abi_dict_slots;
PyObject **py2abi_dict_slot(PyObject *object);
void py2abi_dict_slots_sync(void);
void py2abi_dict_slots_leave(const struct py2abi_frame *frame);
int py2abi_fields_refresh(PyObject *mirror); /* fields.c */
int py2abi_dict_refresh(PyObject *dict);
int py2abi_set_refresh(PyObject *set);
PyObject *py2abi_slice_mirror(HostObject *slice);
HostObject *py2abi_slice_host(PyObject *slice);
PyObject *py2abi_cell_mirror(HostObject *cell);
HostObject *py2abi_cell_host(PyObject *cell);
int py2abi_cell_refresh(PyObject *cell);
HostObject *py2abi_iterator_host(PyObject *iterator);
void py2abi_iterator_dealloc(PyObject *iterator);
int py2abi_iterator_traverse(PyObject *iterator, visitproc visit, void *arg);

/* ---- Functions and modules (methodobject.c, importdl.c) ---- */

HostObject *py2abi_function_proxy(PyObject *function);
PyObject *py2abi_function_mirror(HostObject *function);
PyObject *py2abi_function_call(PyMethodDef *method, PyObject *self, HostObject *args,
                               HostObject *kwargs);
PyObject *py2abi_function_call_fast(PyMethodDef *method, PyObject *self, HostObject *const *args,
                                    Py_ssize_t count);
const char *py2abi_package_context(const char *name);
int py2abi_module_made(HostObject *name);
int py2abi_module_fill(PyObject *module, HostObject *host); /* moduleobject.c */
HostObject *py2abi_module_hidden(const char *name);
HostObject *py2abi_module_init(const char *name, void (*init)(void));
int py2abi_module_was_imported(const struct py2abi_guest *guest, const char *name, size_t length);
int py2abi_is_initialising(void);
void *py2abi_module_entry(struct py2abi_guest *guest, const char *name);
HostObject *py2abi_module_create(struct py2abi_guest *guest, HostObject *spec);
HostObject *py2abi_guests_create(HostObject *spec, const char *path);

HostObject *py2abi_import_beside(const char *name); /* import.c */
PyObject *py2abi_builtin_function(PyObject *module, const char *name); /* bltinmodule.c */
int py2abi_builtins_begin(void);
int py2abi_exits_begin(void); /* pythonrun.c */
PyObject *py2abi_call_host(PyObject *callable, PyObject *args, PyObject *kwargs); /* abstract.c */
HostObject *py2abi_host_keywords(PyObject *kwargs, enum py2abi_use use);

/* ---- Types (typeobject.c) ---- */

/* Whether an object is type or a type that is derived from that. */
static inline int
py2abi_type_is_metatype(PyObject *object)
{
    return PyType_Check(object)
           && PyType_HasFeature((PyTypeObject *)object, Py_TPFLAGS_TYPE_SUBCLASS);
}

/* Whether an object is an instance of BaseException: 2.7's own macro takes instances of classes of
 * the old style, too. */
static inline int
py2abi_is_exception(const PyObject *object)
{
    return (Py_TYPE(object)->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) != 0;
}

PyObject *py2abi_type_lookup(PyTypeObject *type, PyObject *name);
PyTypeObject *py2abi_type_mirror(HostObject *type);
HostObject *py2abi_type_host(PyTypeObject *type);
PyObject *py2abi_type_mirror_instance(HostObject *object);
HostObject *py2abi_proxy_type(PyTypeObject *type); /* proxytype.c */
HostObject *py2abi_weakref_host(PyObject *reference);
HostObject *py2abi_descr_proxy(PyObject *descriptor);
void py2abi_type_dealloc(PyObject *type);
void py2abi_instance_dealloc(PyObject *object);
int py2abi_types_begin(void);
int py2abi_type_adopt(PyTypeObject *type, PyTypeObject *base, HostObject *host);
PyObject *py2abi_old_attribute(PyObject *object, PyObject *name); /* classobject.c */
int py2abi_structseq_is(const PyTypeObject *type); /* structseq.c */
HostObject *py2abi_structseq_host(PyObject *object);
PyObject *py2abi_structseq_mirror(PyTypeObject *type, HostObject *object);
int py2abi_exceptions_begin(void); /* exceptions.c */
/* Types that Python 2.7 keeps in the table that a capsule leads to (datetimemodule.c). */
extern PyTypeObject py2abi_date_type, py2abi_datetime_type, py2abi_time_type;
extern PyTypeObject py2abi_timedelta_type, py2abi_tzinfo_type;
/* Of files, beside PyFile_Type (fileobject.c). */
extern PyTypeObject py2abi_buffered_reader_type, py2abi_buffered_writer_type;
extern PyTypeObject py2abi_buffered_random_type, py2abi_raw_file_type;
void *py2abi_datetime_api(const char *name);
int py2abi_slots_fill(PyTypeObject *type, HostObject *host); /* slots.c */

/* ---- Settings (guests.c) ---- */

extern const struct py2abi_front *py2abi_front;
int py2abi_finalizing(void);
const char *py2abi_str_codec(const struct py2abi_guest *guest);  /* NULL: bytes */
const char *py2abi_text_codec(const struct py2abi_guest *guest); /* NULL: unicode */
enum { PY2ABI_TEXT_WAYS = 4 }; /* unicode, and each codec: a power of two */
int py2abi_text_way(const struct py2abi_guest *guest);

#endif
