/* dispatch.c - what a name of the 2.7 ABI is bound to.
 *
 * What a C function of ours implements is bound to that function: nothing lies in
 * between.  For the rest libffi makes a function, one for each name, so that
 * binaries that compare addresses see one: it calls the host's with converted
 * arguments (HOST), raises NotImplementedError (STUB), or, while calls are watched (PY2ABI_TRACE,
 * PY2ABI_CHECK),
 * prints the call of one of ours. */

#include "config.h"
#include "closure.h"
#include "guest.h"
#include "dispatch.h"
#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Py_complex goes by value: two doubles. */
static ffi_type *complex_members[] = {&ffi_type_double, &ffi_type_double, NULL};
static ffi_type py2abi_ffi_complex = {.type = FFI_TYPE_STRUCT, .elements = complex_members};

static ffi_type *const token_types[] = {
#define TYPE27(token, ctype, ffi, class) &ffi,
#include "types27.def"
#undef TYPE27
};

static const unsigned char token_classes[] = {
#define TYPE27(token, ctype, ffi, class) CLASS_##class,
#include "types27.def"
#undef TYPE27
};

/* Where our own are, row by row. */
#define ADDRESS_IMPL(name)   (void *)(uintptr_t)&name
#define ADDRESS_EXC(name)    (void *)&name
#define ADDRESS_VA(fn)       ADDRESS_IMPL
#define ADDRESS_STUB(name)   NULL
#define ADDRESS_STUB_VA(fn)  ADDRESS_STUB
#define ADDRESS_NOP(name)    NULL
#define ADDRESS_HOST(fn)     ADDRESS_STUB
#define ADDRESS_ALIAS(other) ADDRESS_STUB
static void *const own[] = {
#define API(kind, name, result, args, error, flags) ADDRESS_##kind(name),
#define DATA(kind, name, ctype, size)               ADDRESS_##kind(name),
#include "api27.def"
#undef API
#undef DATA
};

/* A function that libffi has made for a row. */
struct closure {
    const struct py2abi_api *row;
    void (*target)(void); /* of ours, watched, or the host's */
    ffi_cif cif;
    ffi_type *types[PY2ABI_API_MAX_ARGS];
};

static void **made; /* row by row: the closure's code, or NULL */
static int watching;

/* ---- Results ---- */

/* Store what the caller reads as the result: libffi wants whole words for
 * integers. */
static void
give(const struct py2abi_api *row, void *slot, union py2abi_word result)
{
    switch (token_classes[row->result]) {
    case CLASS_NONE:
        break;
    case CLASS_COMPLEX:
        ((double *)slot)[0] = result.real;
        ((double *)slot)[1] = 0.0;
        break;
    default:
        memcpy(slot, &result, sizeof result);
    }
}

static union py2abi_word
error_value(const struct py2abi_api *row)
{
    union py2abi_word word = {.number = 0};
    switch ((enum py2abi_api_error)row->error) {
    case E_MINUS1:
    case E_MINUS1_CHECK:
    case E_MINUS1_QUIET:
    case E_CODE:
        if (token_classes[row->result] == CLASS_REAL
            || token_classes[row->result] == CLASS_COMPLEX) {
            word.real = -1.0;
        }
        else {
            word.number = -1;
        }
        break;
    case E_MINUS2:
        word.number = -2;
        break;
    case E_NONE:
    case E_VOID:
    case E_NULL:
    case E_NULL_CHECK:
    case E_NULL_QUIET:
    case E_ZERO:
    case E_ZERO_QUIET:
        break;
    }
    return word;
}

/* ---- Watching ---- */

/* The arguments of a call as words. */
static void
take_words(const struct py2abi_api *row, void **arguments, union py2abi_word *words)
{
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        size_t size = token_types[row->args[i]]->size;
        words[i].number = 0;
        memcpy(&words[i], arguments[i], size < sizeof words[i] ? size : sizeof words[i]);
    }
}

/* A call begins. */
void
py2abi_watch_enter(const struct py2abi_api *row, const union py2abi_word *args,
                   struct py2abi_watch *watch)
{
    py2abi_trace_enter(row);
    watch->had_error = !(row->flags & F_NOGIL) && _PyThreadState_Current != NULL
                       && _PyThreadState_Current->curexc_type != NULL;
    py2abi_check_enter(row, args, watch);
}

/* A call ends. */
void
py2abi_watch_leave(const struct py2abi_api *row, const union py2abi_word *args,
                   union py2abi_word result, const struct py2abi_watch *watch)
{
    py2abi_trace(row, args, result);
    py2abi_check_leave(row, args, result, watch);
}

/* ---- STUB and NOP ---- */

static void
call_stub(ffi_cif *cif, void *slot, void **arguments, void *data)
{
    const struct closure *closure = data;
    const struct py2abi_api *row = closure->row;
    union py2abi_word words[PY2ABI_API_MAX_ARGS], result = {.number = 0};
    struct py2abi_watch watch;
    (void)cif;
    if (watching) {
        take_words(row, arguments, words);
        py2abi_watch_enter(row, words, &watch);
    }
    if (row->kind != PY2ABI_API_NOP) {
        result = error_value(row);
    }
    if (row->kind != PY2ABI_API_NOP && !(row->flags & F_NOGIL)) {
        PyErr_Format(PyExc_NotImplementedError,
                     "%.100s called %.100s, which py2abi %s does not have",
                     py2abi_frame_module(), row->name, PACKAGE_VERSION);
    }
    else if (row->kind != PY2ABI_API_NOP) {
        /* Perhaps without the GIL: there is no exception to set. */
        dprintf(STDERR_FILENO, "py2abi: %.100s called %.100s, which py2abi %s does not have\n",
                _PyThreadState_Current != NULL ? py2abi_frame_module() : "a binary", row->name,
                PACKAGE_VERSION);
    }
    if (watching) {
        py2abi_watch_leave(row, words, result, &watch);
    }
    give(row, slot, result);
}

/* ---- HOST ---- */

/* What the arguments of one call have become. */
struct converted {
    union py2abi_word words[PY2ABI_API_MAX_ARGS];
    HostObject *owned[PY2ABI_API_MAX_ARGS];
};

static int
convert(const struct py2abi_api *row, void **arguments, struct converted *to)
{
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        enum py2abi_use use = PY2ABI_AS_VALUE;
        PyObject *object = *(PyObject **)arguments[i];
        switch (token_classes[row->args[i]]) {
        case CLASS_NAME:
            use = PY2ABI_AS_NAME;
            break;
        case CLASS_KEY:
            use = PY2ABI_AS_KEY;
            break;
        case CLASS_OBJECT:
        case CLASS_OBJECT_N:
        case CLASS_TYPEOBJECT:
        case CLASS_STEAL:
        case CLASS_STEAL_N:
            break;
        default:
            memcpy(&to->words[i], arguments[i], token_types[row->args[i]]->size);
            continue;
        }
        if (object == NULL) {
            if (token_classes[row->args[i]] != CLASS_OBJECT_N
                && token_classes[row->args[i]] != CLASS_STEAL_N) {
                if (PyErr_Occurred() == NULL) {
                    PyErr_Format(PyExc_SystemError, "%.100s called %.100s with NULL",
                                 py2abi_frame_module(), row->name);
                }
                return -1;
            }
            continue;
        }
        to->owned[i] = py2abi_host(object, use);
        to->words[i].pointer = to->owned[i];
        if (token_classes[row->args[i]] == CLASS_STEAL
            || token_classes[row->args[i]] == CLASS_STEAL_N) {
            Py_DECREF(object);
        }
        if (to->owned[i] == NULL) {
            py2abi_error_to_guest();
            return -1;
        }
    }
    return 0;
}

/* The host's result as the guest's, the host's error moved. */
static union py2abi_word
convert_result(const struct py2abi_api *row, void **arguments, union py2abi_word result)
{
    PyObject *first = py2abi_api_arity(row) != 0 ? *(PyObject **)arguments[0] : NULL;
    switch (token_classes[row->result]) {
    case CLASS_NEW:
    case CLASS_NEW_N:
        if (result.pointer != NULL || host_PyErr_Occurred() != NULL) {
            result.pointer = py2abi_mirror_result(result.pointer);
        }
        break;
    case CLASS_BORROW_FROM1:
    case CLASS_BORROW_FROM1_N:
        if (result.pointer != NULL && Py_TYPE(first)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
            result.pointer = py2abi_mirror_borrowed(first, result.pointer);
        }
        else if (result.pointer != NULL) {
            result.pointer = py2abi_frame_keep(py2abi_mirror(result.pointer));
        }
        if (result.pointer == NULL && host_PyErr_Occurred() != NULL) {
            py2abi_error_to_guest();
        }
        break;
    default:
        if (host_PyErr_Occurred() != NULL) {
            py2abi_error_to_guest();
        }
        py2abi_returned(0);
    }
    return result;
}

static void
call_host(ffi_cif *cif, void *slot, void **arguments, void *data)
{
    struct closure *closure = data;
    const struct py2abi_api *row = closure->row;
    struct converted converted = {.owned = {NULL}};
    union py2abi_word result = {.number = 0};
    void *addresses[PY2ABI_API_MAX_ARGS];
    union py2abi_word words[PY2ABI_API_MAX_ARGS];
    struct py2abi_watch watch;
    if (watching) {
        take_words(row, arguments, words);
        py2abi_watch_enter(row, words, &watch);
    }
    if (convert(row, arguments, &converted) < 0) {
        result = error_value(row);
    }
    else if (py2abi_hostapi_has_ended()) {
        py2abi_error_to_guest();
        result = error_value(row);
    }
    else {
        for (unsigned i = 0; i < cif->nargs; i++) {
            addresses[i] = &converted.words[i];
        }
        ffi_call(cif, closure->target, &result, addresses);
        if (token_types[row->result] == &ffi_type_sint) {
            result.number = (int)result.number; /* the upper half is not defined */
        }
        result = convert_result(row, arguments, result);
    }
    for (unsigned i = 0; i < cif->nargs; i++) {
        host_XDECREF(converted.owned[i]);
    }
    if (watching) {
        py2abi_watch_leave(row, words, result, &watch);
    }
    give(row, slot, result);
}

/* ---- Watched calls of our own ---- */

static void
call_watched(ffi_cif *cif, void *slot, void **arguments, void *data)
{
    struct closure *closure = data;
    const struct py2abi_api *row = closure->row;
    union py2abi_word words[PY2ABI_API_MAX_ARGS], result = {.number = 0};
    struct {
        double parts[2];
    } large = {{0, 0}};
    take_words(row, arguments, words);
    struct py2abi_watch watch;
    py2abi_watch_enter(row, words, &watch);
    ffi_call(cif, closure->target, &large, arguments);
    memcpy(&result, &large, sizeof result);
    py2abi_watch_leave(row, words, result, &watch);
    if (token_classes[row->result] != CLASS_NONE) {
        memcpy(slot, &large,
               token_classes[row->result] == CLASS_COMPLEX ? sizeof large : sizeof result);
    }
}

/* ---- Addresses ---- */

static void *
make_closure(const struct py2abi_api *row,
             void (*handler)(ffi_cif *, void *, void **, void *), void *target)
{
    struct closure *closure = calloc(1, sizeof *closure);
    if (closure == NULL) {
        return NULL;
    }
    unsigned count = py2abi_api_arity(row);
    closure->row = row;
    memcpy(&closure->target, &target, sizeof target);
    for (unsigned i = 0; i < count; i++) {
        closure->types[i] = token_types[row->args[i]];
    }
    void *code;
    if (ffi_prep_cif(&closure->cif, FFI_DEFAULT_ABI, count, token_types[row->result],
                     closure->types)
            != FFI_OK
        || py2abi_closure_make(&closure->cif, handler, closure, &code) == NULL) {
        free(closure);
        return NULL;
    }
    return code;
}

static void *
make_function(const struct py2abi_api *row, void *target)
{
    if (row->kind == PY2ABI_API_HOST) {
        void *host = py2abi_front->host_symbol(row->other);
        return make_closure(row, host != NULL ? call_host : call_stub, host);
    }
    if (target == NULL) {
        return make_closure(row, call_stub, NULL);
    }
    return make_closure(row, call_watched, target);
}

/* The address that guests are bound to for a function or a datum: always the
 * same for the same name.  NULL for data that is not there, and when libffi can
 * make no function (a security policy may forbid executable memory).  One thread
 * at a time: the lock in guests.c. */
void *
py2abi_dispatch_address(const struct py2abi_api *row)
{
    if (row->kind == PY2ABI_API_ALIAS) {
        return py2abi_dispatch_address(py2abi_api_find(row->other));
    }
    size_t index = (size_t)(row - py2abi_api_rows);
    if (row->is_data) {
        return own[index];
    }
    if (made == NULL) {
        made = calloc(py2abi_api_count, sizeof *made);
        watching = py2abi_trace_begin();
        watching |= py2abi_check_begin();
        py2abi_pools_begin();
        if (made == NULL) {
            return NULL;
        }
    }
    if (own[index] != NULL && (!watching || (row->flags & F_SLOT))) {
        return own[index];
    }
    if (own[index] != NULL && row->is_variadic) {
        const struct py2abi_variadic *variadic = py2abi_variadic;
        while (variadic->plain != own[index]) {
            variadic++;
        }
        return variadic->watched;
    }
    if (made[index] == NULL) {
        made[index] = make_function(row, own[index]);
    }
    return made[index];
}

/* What the tracer has to know of a token. */
enum py2abi_api_class
py2abi_token_class(unsigned token)
{
    return token_classes[token];
}
