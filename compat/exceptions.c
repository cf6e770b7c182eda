/* exceptions.c - the exception types: mirrors of the host's; and what is in both of an
 * exception, the host's and the structure that inlined code reads and writes. */

#include "config.h"
#include "exceptions.h"
#include "hostcall.h"
#include "map.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DEFINE_EXC(name) PyObject *name;
#define DEFINE_IMPL(name)
#define DEFINE_STUB(name)
#define API(kind, name, result, args, error, flags)
#define DATA(kind, name, ctype, size) DEFINE_##kind(name)
#include "api27.def"
#undef DATA
#undef DEFINE_EXC

#define QUOTED(name)  QUOTED_(name)
#define QUOTED_(name) #name
static const struct {
    const char *symbol; /* as names.h has it */
    PyObject **variable;
} exceptions[] = {
#define DEFINE_EXC(name) {QUOTED(name), &name},
#define DATA(kind, name, ctype, size) DEFINE_##kind(name)
#include "api27.def"
#undef DATA
#undef API
};

/* The structures, by the host class that all of a family derive from: guests embed them in
 * types of their own.  A field of the host's attribute of that name is an object, or a
 * Py_ssize_t. */
struct field {
    const char *name;
    size_t offset;
    int is_number;
};
#define OBJECT_AT(structure, field, name) {name, offsetof(structure, field), 0}
#define NUMBER_AT(structure, field)       {#field, offsetof(structure, field), 1}

static const struct field base_fields[] = {
    OBJECT_AT(PyBaseExceptionObject, args, "args"),
    {NULL, 0, 0},
};
static const struct field exit_fields[] = {
    OBJECT_AT(PySystemExitObject, args, "args"),
    OBJECT_AT(PySystemExitObject, code, "code"),
    {NULL, 0, 0},
};
static const struct field environment_fields[] = {
    OBJECT_AT(PyEnvironmentErrorObject, args, "args"),
    OBJECT_AT(PyEnvironmentErrorObject, myerrno, "errno"),
    OBJECT_AT(PyEnvironmentErrorObject, strerror, "strerror"),
    OBJECT_AT(PyEnvironmentErrorObject, filename, "filename"),
    {NULL, 0, 0},
};
static const struct field syntax_fields[] = {
    OBJECT_AT(PySyntaxErrorObject, args, "args"),
    OBJECT_AT(PySyntaxErrorObject, msg, "msg"),
    OBJECT_AT(PySyntaxErrorObject, filename, "filename"),
    OBJECT_AT(PySyntaxErrorObject, lineno, "lineno"),
    OBJECT_AT(PySyntaxErrorObject, offset, "offset"),
    OBJECT_AT(PySyntaxErrorObject, text, "text"),
    OBJECT_AT(PySyntaxErrorObject, print_file_and_line, "print_file_and_line"),
    {NULL, 0, 0},
};
static const struct field unicode_fields[] = {
    OBJECT_AT(PyUnicodeErrorObject, args, "args"),
    OBJECT_AT(PyUnicodeErrorObject, encoding, "encoding"),
    OBJECT_AT(PyUnicodeErrorObject, object, "object"),
    NUMBER_AT(PyUnicodeErrorObject, start),
    NUMBER_AT(PyUnicodeErrorObject, end),
    OBJECT_AT(PyUnicodeErrorObject, reason, "reason"),
    {NULL, 0, 0},
};
/* Without an encoding, that is. */
static const struct field translate_fields[] = {
    OBJECT_AT(PyUnicodeErrorObject, args, "args"),
    OBJECT_AT(PyUnicodeErrorObject, object, "object"),
    NUMBER_AT(PyUnicodeErrorObject, start),
    NUMBER_AT(PyUnicodeErrorObject, end),
    OBJECT_AT(PyUnicodeErrorObject, reason, "reason"),
    {NULL, 0, 0},
};
enum { FIELDS_MAX = 7 };

static struct family {
    const char *host;
    Py_ssize_t size;
    const struct field *fields;
    PyTypeObject *type; /* the mirror */
} families[] = {
    {"BaseException", sizeof(PyBaseExceptionObject), base_fields, NULL},
    {"SystemExit", sizeof(PySystemExitObject), exit_fields, NULL},
    /* Made now: at the limit there is no room to make it. */
    {"RecursionError", sizeof(PyBaseExceptionObject), base_fields, NULL},
    {"OSError", sizeof(PyEnvironmentErrorObject), environment_fields, NULL},
    {"SyntaxError", sizeof(PySyntaxErrorObject), syntax_fields, NULL},
    {"UnicodeError", sizeof(PyBaseExceptionObject), base_fields, NULL},
    {"UnicodeEncodeError", sizeof(PyUnicodeErrorObject), unicode_fields, NULL},
    {"UnicodeDecodeError", sizeof(PyUnicodeErrorObject), unicode_fields, NULL},
    {"UnicodeTranslateError", sizeof(PyUnicodeErrorObject), translate_fields, NULL},
};
enum { FAMILIES = sizeof families / sizeof families[0] };

/* The mirror of the host's builtin exception `name`: a new reference, or NULL
 * with a host exception. */
static PyTypeObject *
mirror_exception_type(HostObject *module, const char *name)
{
    HostObject *host = host_PyObject_GetAttrString(module, name);
    PyTypeObject *type = host != NULL ? py2abi_type_mirror(host) : NULL;
    host_XDECREF(host);
    return type;
}

/* Those that are made before there is no room to. */
PyObject *PyExc_MemoryErrorInst, *PyExc_RecursionErrorInst;

static int
make_instance(PyObject **variable, HostObject *type)
{
    HostObject *made = host_PyObject_CallObject(type, NULL);
    *variable = made != NULL ? py2abi_mirror_steal(made) : NULL;
    return *variable != NULL ? 0 : -1;
}

/* Make all exception types.  Returns 0, or -1 with a host exception.  Once, with
 * the other types; they are never freed. */
int
py2abi_exceptions_begin(void)
{
    HostObject *module = host_PyImport_ImportModule("builtins");
    if (module == NULL) {
        return -1;
    }
    int failed = 0;
    for (size_t i = 0; !failed && i < FAMILIES; i++) {
        PyTypeObject *type = families[i].type = mirror_exception_type(module, families[i].host);
        failed = type == NULL;
        if (!failed) {
            type->tp_basicsize = families[i].size;
        }
    }
    for (size_t i = 0; !failed && i < sizeof exceptions / sizeof exceptions[0]; i++) {
        const char *name = exceptions[i].symbol + sizeof "py2_PyExc_" - 1;
        PyTypeObject *type = mirror_exception_type(
            module, strcmp(name, "StandardError") == 0 ? "Exception" : name);
        failed = type == NULL;
        *exceptions[i].variable = (PyObject *)type;
    }
    host_DECREF(module);
    return failed || make_instance(&PyExc_MemoryErrorInst, *HOST(PyExc_MemoryError)) < 0
                   || make_instance(&PyExc_RecursionErrorInst, *HOST(PyExc_RecursionError)) < 0
               ? -1
               : 0;
}

/* ---- The host's exception and the structure ----
 *
 * Either side may change what is in both: Python 3 code the host's attributes, inlined code
 * the fields.  What was the same on both sides last is remembered, so that what differs from
 * it since tells which side has changed.  The structure learns of the host's changes when the
 * exception crosses, an exception of a binary's type also when an attribute is set or
 * __init__ runs (proxyslots.c); the host learns of the structure's when the exception crosses
 * and, of a binary's type, when it is asked anything. */

struct known {
    const struct family *family;
    struct {
        HostObject *host; /* owned; and so is guest */
        PyObject *guest;
        Py_ssize_t number;
    } fields[FIELDS_MAX];
    PyObject *dict; /* owned */
    int is_busy;    /* the two are being compared: what that asks is no change */
};

static struct py2abi_map known; /* exception -> struct known */

static PyObject **
object_at(PyObject *exception, const struct field *field)
{
    return (PyObject **)(void *)((char *)exception + field->offset);
}

static Py_ssize_t *
number_at(PyObject *exception, const struct field *field)
{
    return (Py_ssize_t *)(void *)((char *)exception + field->offset);
}

static const struct family *
family_of(PyObject *exception)
{
    for (size_t i = FAMILIES - 1; i > 0; i--) {
        if (families[i].fields != base_fields
            && PyType_IsSubtype(Py_TYPE(exception), families[i].type)) {
            return &families[i];
        }
    }
    return &families[0];
}

/* What is remembered of an exception, made if need be.  NULL with a host exception. */
static struct known *
known_of(PyObject *exception)
{
    struct known *found = py2abi_map_get(&known, exception);
    if (found == NULL) {
        found = calloc(1, sizeof *found);
        if (found == NULL || py2abi_map_put(&known, exception, found) < 0) {
            free(found);
            host_PyErr_NoMemory();
            return NULL;
        }
        found->family = family_of(exception);
    }
    return found;
}

/* Make *slot, which owns what it has, refer to object. */
static void
set_guest(PyObject **slot, PyObject *object)
{
    PyObject *old = *slot;
    Py_XINCREF(object);
    *slot = object;
    Py_XDECREF(old);
}

static void
set_host(HostObject **slot, HostObject *object)
{
    HostObject *old = *slot;
    if (object != NULL) {
        host_INCREF(object);
    }
    *slot = object;
    host_XDECREF(old);
}

/* An exception goes, or its proxy does: nothing is remembered of it. */
void
py2abi_exception_forget(PyObject *exception)
{
    struct known *found = known.count != 0 ? py2abi_map_take(&known, exception) : NULL;
    if (found == NULL) {
        return;
    }
    for (int i = 0; i < FIELDS_MAX; i++) {
        if (!py2abi_finalizing()) {
            host_XDECREF(found->fields[i].host);
        }
        Py_XDECREF(found->fields[i].guest);
    }
    Py_XDECREF(found->dict);
    free(found);
}

/* The guest's value for one of the host's: messages are str, and the items of args as well. */
static PyObject *
convert(HostObject *value)
{
    if (py2abi_hostapi_type(value) != (HostObject *)HOST(PyTuple_Type)) {
        return py2abi_mirror_exception(value);
    }
    Py_ssize_t count = host_PyTuple_Size(value);
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *item = py2abi_mirror_exception(host_PyTuple_GetItem(value, i));
        if (item == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, item);
        }
    }
    if (tuple == NULL && host_PyErr_Occurred() == NULL) {
        py2abi_error_to_host();
    }
    return tuple;
}

/* One field, if the host's attribute is another one than it was. */
static int
pull_field(PyObject *exception, HostObject *host, struct known *found, int i)
{
    const struct field *field = &found->family->fields[i];
    HostObject *value = host_PyObject_GetAttrString(host, field->name);
    PyObject *guest = NULL;
    int overflow, status = 0;
    if (value == NULL) {
        host_PyErr_Clear(); /* Not set yet: __init__ has not run. */
        return 0;
    }
    if (field->is_number) {
        long number = host_PyLong_AsLongAndOverflow(value, &overflow);
        host_PyErr_Clear();
        if (number != found->fields[i].number) {
            *number_at(exception, field) = found->fields[i].number = number;
        }
    }
    else if (value != found->fields[i].host) {
        guest = convert(value);
        status = guest != NULL ? 0 : -1;
        if (guest != NULL) {
            set_host(&found->fields[i].host, value);
            set_guest(&found->fields[i].guest, guest);
            set_guest(object_at(exception, field), guest);
            Py_DECREF(guest);
        }
    }
    host_DECREF(value);
    return status;
}

static int
pull_dict(PyBaseExceptionObject *exception, HostObject *host, struct known *found)
{
    if ((Py_TYPE(exception)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
        || exception->dict != found->dict) {
        return 0; /* A host's has it on the host only; or it is to be pushed. */
    }
    HostObject *dict = host_PyObject_GetAttrString(host, "__dict__");
    int status = dict != NULL ? 0 : -1;
    if (status == 0
        && (exception->dict == NULL || py2abi_link_host(exception->dict) != dict)) {
        PyObject *guest = py2abi_mirror_names(dict);
        status = guest != NULL ? 0 : -1;
        if (guest != NULL) {
            set_guest(&exception->dict, guest);
            set_guest(&found->dict, guest);
            Py_DECREF(guest);
        }
    }
    host_XDECREF(dict);
    return status;
}

/* message as Python 2 makes it from args, once: the only one, or nothing.  What is set later
 * as an attribute of that name is in the dictionary, there as on the host. */
static PyObject *
make_message(PyObject *args)
{
    if (args == NULL || PyTuple_GET_SIZE(args) != 1) {
        return PyString_FromString("");
    }
    PyObject *only = PyTuple_GET_ITEM(args, 0);
    Py_INCREF(only);
    return only;
}

/* Bring the structure up to date: its fields say what the host's attributes do.  Returns 0, or
 * -1 with a host exception. */
int
py2abi_exception_pull(PyObject *exception, HostObject *host)
{
    struct known *found = known_of(exception);
    int status = found != NULL ? 0 : -1;
    if (status < 0 || found->is_busy) {
        return status;
    }
    found->is_busy = 1;
    for (int i = 0; status == 0 && found->family->fields[i].name != NULL; i++) {
        status = pull_field(exception, host, found, i);
    }
    if (status == 0) {
        status = pull_dict((PyBaseExceptionObject *)exception, host, found);
    }
    found->is_busy = 0;
    return status;
}

/* The same for one that is new to the guest, or whose __init__ has run: its message is made
 * from its args. */
int
py2abi_exception_fill(PyObject *exception, HostObject *host)
{
    PyBaseExceptionObject *structure = (PyBaseExceptionObject *)exception;
    PyObject *message = NULL;
    if (py2abi_exception_pull(exception, host) < 0) {
        return -1;
    }
    if ((message = make_message(structure->args)) == NULL) {
        py2abi_error_to_host();
        return -1;
    }
    set_guest(&structure->message, message);
    Py_DECREF(message);
    return 0;
}

static int
push_field(PyObject *exception, HostObject *host, struct known *found, int i)
{
    const struct field *field = &found->family->fields[i];
    HostObject *value = NULL;
    int status = 0;
    if (field->is_number) {
        Py_ssize_t number = *number_at(exception, field);
        if (number == found->fields[i].number) {
            return 0;
        }
        found->fields[i].number = number;
        value = host_PyLong_FromLong(number);
        status = value != NULL ? host_PyObject_SetAttrString(host, field->name, value) : -1;
    }
    else {
        PyObject *guest = *object_at(exception, field);
        if (guest == found->fields[i].guest || guest == NULL) {
            return 0;
        }
        value = PyString_CheckExact(guest) && strcmp(field->name, "filename") == 0
                    ? py2abi_host_text(guest, PY2ABI_AS_FILE)
                    : py2abi_host_exception(NULL, guest);
        status = value != NULL ? host_PyObject_SetAttrString(host, field->name, value) : -1;
        if (status == 0) {
            set_guest(&found->fields[i].guest, guest);
            set_host(&found->fields[i].host, value);
        }
    }
    host_XDECREF(value);
    return status;
}

static int
push_dict(PyBaseExceptionObject *exception, HostObject *host, struct known *found)
{
    if (exception->dict == found->dict || exception->dict == NULL) {
        return 0;
    }
    HostObject *value = py2abi_host(exception->dict, PY2ABI_AS_VALUE);
    int status = value != NULL ? host_PyObject_SetAttrString(host, "__dict__", value) : -1;
    host_XDECREF(value);
    set_guest(&found->dict, exception->dict);
    return status;
}

/* Bring the host's exception up to date: its attributes are what the fields say.  Returns 0,
 * or -1 with a host exception: of what cannot cross, or is no value for the attribute. */
int
py2abi_exception_push(PyObject *exception, HostObject *host)
{
    struct known *found = known.count != 0 ? py2abi_map_get(&known, exception) : NULL;
    int status = 0;
    if (found == NULL || found->is_busy) {
        return 0;
    }
    found->is_busy = 1;
    for (int i = 0; status == 0 && found->family->fields[i].name != NULL; i++) {
        status = push_field(exception, host, found, i);
    }
    if (status == 0) {
        status = push_dict((PyBaseExceptionObject *)exception, host, found);
    }
    found->is_busy = 0;
    return status;
}

/* The host's objects that are remembered of an exception, for the host's collector: given to
 * on_host until that returns other than 0, which is returned then. */
int
py2abi_exception_visit(PyObject *exception, int (*on_host)(HostObject *, void *), void *data)
{
    const struct known *found = known.count != 0 ? py2abi_map_get(&known, exception) : NULL;
    int status = 0;
    for (int i = 0; found != NULL && status == 0 && i < FIELDS_MAX; i++) {
        if (found->fields[i].host != NULL) {
            status = on_host(found->fields[i].host, data);
        }
    }
    return status;
}

/* tp_traverse and tp_clear: what the structure has, and what is remembered of it. */
int
py2abi_exception_traverse(PyObject *exception, visitproc visit, void *arg)
{
    const PyBaseExceptionObject *structure = (PyBaseExceptionObject *)exception;
    const struct known *found = known.count != 0 ? py2abi_map_get(&known, exception) : NULL;
    const struct field *fields = found != NULL ? found->family->fields
                                               : family_of(exception)->fields;
    Py_VISIT(structure->dict);
    Py_VISIT(structure->message);
    for (int i = 0; fields[i].name != NULL; i++) {
        if (!fields[i].is_number) {
            Py_VISIT(*object_at(exception, &fields[i]));
        }
        if (found != NULL) {
            Py_VISIT(found->fields[i].guest);
        }
    }
    if (found != NULL) {
        Py_VISIT(found->dict);
    }
    return 0;
}

int
py2abi_exception_clear(PyObject *exception)
{
    PyBaseExceptionObject *structure = (PyBaseExceptionObject *)exception;
    const struct field *fields = family_of(exception)->fields;
    py2abi_exception_forget(exception);
    Py_CLEAR(structure->dict);
    Py_CLEAR(structure->message);
    for (int i = 0; fields[i].name != NULL; i++) {
        if (!fields[i].is_number) {
            Py_CLEAR(*object_at(exception, &fields[i]));
        }
    }
    return 0;
}

/* ---- Unicode errors ----
 *
 * The instance is the host's; what it holds is asked of that. */

static PyObject *
get_attribute(PyObject *error, const char *name)
{
    return PyObject_GetAttrString(error, name);
}

static int
get_position(PyObject *error, const char *name, Py_ssize_t *position)
{
    PyObject *value = get_attribute(error, name);
    if (value == NULL) {
        return -1;
    }
    *position = PyInt_AsSsize_t(value);
    Py_DECREF(value);
    return *position == -1 && PyErr_Occurred() != NULL ? -1 : 0;
}

static int
set_position(PyObject *error, const char *name, Py_ssize_t position)
{
    PyObject *value = PyInt_FromSsize_t(position);
    int status = value != NULL ? PyObject_SetAttrString(error, name, value) : -1;
    Py_XDECREF(value);
    return status;
}

/* Text that 2.7 promises to be a str. */
static PyObject *
get_text(PyObject *error, const char *name)
{
    PyObject *value = get_attribute(error, name);
    if (value != NULL && PyUnicode_Check(value)) {
        PyObject *string = PyUnicode_AsUTF8String(value);
        Py_DECREF(value);
        value = string;
    }
    return value;
}

PyObject *
PyUnicodeEncodeError_GetEncoding(PyObject *error)
{
    return get_text(error, "encoding");
}

PyObject *
PyUnicodeEncodeError_GetReason(PyObject *error)
{
    return get_text(error, "reason");
}

PyObject *
PyUnicodeEncodeError_GetObject(PyObject *error)
{
    return get_attribute(error, "object");
}

PyObject *
PyUnicodeDecodeError_GetObject(PyObject *error)
{
    return get_attribute(error, "object");
}

int
PyUnicodeEncodeError_SetReason(PyObject *error, const char *reason)
{
    PyObject *value = PyUnicode_DecodeUTF8(reason, (Py_ssize_t)strlen(reason), "replace");
    int status = value != NULL ? PyObject_SetAttrString(error, "reason", value) : -1;
    Py_XDECREF(value);
    return status;
}

int
PyUnicodeEncodeError_GetStart(PyObject *error, Py_ssize_t *start)
{
    return get_position(error, "start", start);
}

int
PyUnicodeEncodeError_GetEnd(PyObject *error, Py_ssize_t *end)
{
    return get_position(error, "end", end);
}

int
PyUnicodeDecodeError_GetStart(PyObject *error, Py_ssize_t *start)
{
    return get_position(error, "start", start);
}

int
PyUnicodeDecodeError_GetEnd(PyObject *error, Py_ssize_t *end)
{
    return get_position(error, "end", end);
}

int
PyUnicodeTranslateError_GetStart(PyObject *error, Py_ssize_t *start)
{
    return get_position(error, "start", start);
}

int
PyUnicodeTranslateError_GetEnd(PyObject *error, Py_ssize_t *end)
{
    return get_position(error, "end", end);
}

int
PyUnicodeEncodeError_SetStart(PyObject *error, Py_ssize_t start)
{
    return set_position(error, "start", start);
}

int
PyUnicodeEncodeError_SetEnd(PyObject *error, Py_ssize_t end)
{
    return set_position(error, "end", end);
}

/* An instance of the host's class, called with the five arguments; those that are
 * text are text there. */
static PyObject *
create(PyObject *type, const char *encoding, PyObject *object, Py_ssize_t start, Py_ssize_t end,
       const char *reason)
{
    PyObject *args = object == NULL ? NULL
                     : encoding != NULL ? Py_BuildValue("(NNnnN)",
                                                        PyUnicode_FromString(encoding), object,
                                                        start, end, PyUnicode_FromString(reason))
                                        : Py_BuildValue("(NnnN)", object, start, end,
                                                        PyUnicode_FromString(reason));
    PyObject *error = args != NULL ? PyObject_Call(type, args, NULL) : NULL;
    Py_XDECREF(args);
    return error;
}

PyObject *
PyUnicodeEncodeError_Create(const char *encoding, const Py_UNICODE *object, Py_ssize_t length,
                            Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    return create(PyExc_UnicodeEncodeError, encoding, PyUnicode_FromUnicode(object, length), start,
                  end, reason);
}

PyObject *
PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length,
                            Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    return create(PyExc_UnicodeDecodeError, encoding, PyString_FromStringAndSize(object, length),
                  start, end, reason);
}

PyObject *
PyUnicodeTranslateError_Create(const Py_UNICODE *object, Py_ssize_t length, Py_ssize_t start,
                               Py_ssize_t end, const char *reason)
{
    return create(PyExc_UnicodeTranslateError, NULL, PyUnicode_FromUnicode(object, length), start,
                  end, reason);
}

/* ---- Exceptions that are none in Python 3 ----
 *
 * Classes of the old style, and strings.  Python 3 gets a TypeError in their place, as where it
 * raises such a thing itself, which has an instance in its attribute `exception`.  When it comes
 * to a binary again that gets its own. */

static const char own_name[] = "exception";
static int has_refused; /* one with an instance, ever */

/* Set the host's TypeError for what a binary has raised.  The three references are taken over. */
void
py2abi_exception_refuse(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyErr_NormalizeException(&type, &value, &traceback);
    if (py2abi_exception_can_cross(type)) {
        /* One of those came while an instance was made. */
        PyErr_Restore(type, value, traceback);
        py2abi_error_to_host();
        return;
    }
    int is_instance = value != NULL && PyInstance_Check(value);
    PyObject *words = value != NULL && value != Py_None ? PyObject_Str(value) : NULL;
    PyErr_Clear();
    PyObject *text = PyString_FromFormat(
        "exceptions must derive from BaseException, not %.200s%s%.500s",
        PyClass_Check(type) ? PyExceptionClass_Name(type) : Py_TYPE(type)->tp_name,
        words != NULL ? ": " : "", words != NULL ? PyString_AS_STRING(words) : "");
    HostObject *message = text != NULL ? py2abi_host_message(PyString_AS_STRING(text)) : NULL;
    PyErr_Clear();
    HostObject *class = *HOST(PyExc_TypeError), *error, *own = NULL;
    host_INCREF(class);
    error = py2abi_hostcall(class, 1, message);
    if (error != NULL && is_instance && (own = py2abi_host(value, PY2ABI_AS_VALUE)) != NULL
        && host_PyObject_SetAttrString(error, own_name, own) == 0) {
        has_refused = 1;
    }
    if (error != NULL) {
        HostObject *host_traceback = NULL;
        host_PyErr_Clear();
        if (traceback != NULL && traceback != Py_None) {
            host_traceback = py2abi_host(traceback, PY2ABI_AS_VALUE);
            host_PyErr_Clear();
        }
        host_INCREF(class);
        host_PyErr_Restore(class, error, host_traceback);
    }
    host_XDECREF(own);
    Py_XDECREF(words);
    Py_XDECREF(text);
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

/* Set the guest's exception that a TypeError of the host's stands for.  Returns 1; 0 if it
 * stands for none. */
int
py2abi_exception_recall(HostObject *value)
{
    if (!has_refused || value == NULL
        || py2abi_hostapi_type(value) != *HOST(PyExc_TypeError)) {
        return 0;
    }
    HostObject *own = host_PyObject_GetAttrString(value, own_name);
    PyObject *instance = own != NULL ? py2abi_mirror_steal(own) : NULL;
    host_PyErr_Clear();
    int is_one = instance != NULL && PyInstance_Check(instance);
    if (is_one) {
        PyErr_SetObject(PyExceptionInstance_Class(instance), instance);
    }
    Py_XDECREF(instance);
    return is_one;
}
