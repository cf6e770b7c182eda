/* lifetimes.c - PY2ABI_CHECK: whose references there are, and what is gone.
 *
 * What is freed is filled with 0xDB, and its memory is not used again for a while: who reads
 * it gets nonsense each time, and who counts a reference to it is found out.  And what a
 * binary was lent is remembered together with who has the reference (the caller of its
 * function, a tuple, a list, the mirror of a container), so that the moment is known at which
 * it gives back what is not its own. */

#include "config.h"
#include "check.h"
#include "map.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is gone ---- */

enum { FILL = 0xDB, LATE = 4096, LATE_BYTES = 64 << 20 };

/* A block that is to be freed later. */
struct late {
    void *block;
    size_t size;
    const PyObject *object;
    char type[40];               /* of the object */
    const char *module;          /* who ran */
};
static struct late late[LATE];
static size_t late_first, late_next, late_bytes; /* counted on: modulo LATE */

static struct py2abi_map gone;  /* object -> struct late */
static struct py2abi_map types; /* types of objects that were seen alive */

/* An object that is alive: its type is one. */
void
py2abi_lifetimes_see(const PyObject *object)
{
    (void)py2abi_map_put(&types, Py_TYPE(object), Py_TYPE(object));
}

/* The name of the type of an object that is gone, or NULL for what is not known to be. */
const char *
py2abi_gone(const PyObject *object)
{
    const struct late *entry = py2abi_map_get(&gone, object);
    return entry != NULL ? entry->type : NULL;
}

/* Somebody has used what was gone. */
static void __attribute__((noreturn))
fail_late(const struct late *entry)
{
    Py_ssize_t fill, found = Py_REFCNT(entry->object);
    memset(&fill, FILL, sizeof fill);
    py2abi_check_fail(NULL,
                      "%s at %p, which was freed while %s ran, was used afterwards: %s",
                      entry->type, (const void *)entry->object, entry->module,
                      found == fill - 1  ? "a reference that it did not have was given back"
                      : found == fill + 1 ? "a reference to it was taken"
                                          : "its memory was changed");
}

static void
free_first(void)
{
    struct late *entry = &late[late_first++ % LATE];
    const unsigned char *bytes = entry->block;
    for (size_t i = 0; i < entry->size; i++) {
        if (bytes[i] != FILL) {
            fail_late(entry);
        }
    }
    late_bytes -= entry->size;
    if (py2abi_map_get(&gone, entry->object) == entry) {
        py2abi_map_take(&gone, entry->object);
    }
    free(entry->block);
}

/* What has gone lately (as a frame ends; all that is kept, after the outermost one) is as it
 * was then. */
static void
check_late(const struct py2abi_frame *frame)
{
    enum { LATELY = 64 };
    size_t left = frame->outer != NULL ? LATELY : LATE;
    for (size_t i = late_next; left-- != 0 && i-- > late_first;) {
        const struct late *entry = &late[i % LATE];
        Py_ssize_t fill;
        memset(&fill, FILL, sizeof fill);
        if ((char *)entry->block + entry->size >= (const char *)(entry->object + 1)
            && Py_REFCNT(entry->object) != fill) {
            fail_late(entry);
        }
    }
}

/* ---- What is lent ---- */

/* Somebody has a reference to an item that a binary uses meanwhile. */
struct lend {
    struct lend *next;            /* of the same item */
    const PyObject *lender;       /* NULL: the caller of the function */
    const void *serial;           /* of the lender: another object may have its address later */
    const void *until;            /* the frame or the function at whose end this ends */
    const char *function;         /* that has lent it */
};
static struct py2abi_map lent;    /* item -> struct lend */
static struct py2abi_map lenders; /* lender -> its serial */

/* What has been lent since a frame or a function began, innermost last. */
static __thread struct until {
    PyObject *item;
    const void *until;
} *running;
static __thread size_t running_count, running_room;

static __thread struct py2abi_given *innermost;
static __thread const char *returned; /* the function that has, in a frame that is still there */

/* The guest's function that runs or has returned, or NULL. */
static const char *
running_function(void)
{
    return returned != NULL ? returned : innermost != NULL ? innermost->name : NULL;
}

struct count {
    const PyObject *item;
    Py_ssize_t found, seen;
};

static int
count_guest(PyObject *object, void *data)
{
    enum { MOST = 2000 }; /* More is not looked through: nothing is known then. */
    struct count *count = data;
    count->found += object == count->item;
    return ++count->seen > MOST;
}

static int
pass_host(HostObject *object, void *data)
{
    (void)object;
    (void)data;
    return 0;
}

/* How many references to the item the lender certainly has. */
static Py_ssize_t
holds(const struct lend *lend, const PyObject *item)
{
    PyObject *lender = (PyObject *)(uintptr_t)lend->lender;
    struct count count = {item, 0, 0};
    if (lender == NULL) {
        return 1;
    }
    if (py2abi_map_get(&lenders, lender) != lend->serial || Py_REFCNT(lender) <= 0) {
        return 0; /* It is gone, or about to. */
    }
    if (PyTuple_Check(lender) || PyList_CheckExact(lender)) {
        Py_ssize_t size = Py_SIZE(lender);
        for (Py_ssize_t i = 0; i < size; i++) {
            count.found += (PyTuple_Check(lender) ? PyTuple_GET_ITEM(lender, i)
                                                  : PyList_GET_ITEM(lender, i))
                           == item;
        }
    }
    else if ((Py_TYPE(lender)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
             && py2abi_mirror_visit(lender, pass_host, NULL, count_guest, &count) != 0) {
        return 0;
    }
    return count.found;
}

/* How many references to an item those have who lent it; and this thread, which gives back at
 * a frame's end what it keeps. */
Py_ssize_t
py2abi_lent_holders(const PyObject *item)
{
    const struct py2abi_thread *thread = py2abi_thread_get();
    Py_ssize_t count = 0;
    if (py2abi_map_get(&lent, item) == NULL || thread == NULL) {
        return 0;
    }
    for (unsigned i = 0; thread->recent != NULL && i < PY2ABI_RECENT; i++) {
        count += thread->recent[i] == item;
    }
    for (const struct lend *lend = py2abi_map_get(&lent, item); lend != NULL; lend = lend->next) {
        count += holds(lend, item);
    }
    return count;
}

static const char *
lender_name(const struct lend *lend)
{
    return lend->lender == NULL ? "its caller" : Py_TYPE(lend->lender)->tp_name;
}

/* Without memory for it nothing is remembered, and less found. */
static void
lend_until(PyObject *item, const PyObject *lender, const char *function, const void *until)
{
    static uintptr_t serials;
    enum { MOST = 2000 };
    void *serial = lender != NULL ? py2abi_map_get(&lenders, lender) : NULL;
    if (item == NULL || running_count > MOST) {
        return;
    }
    if (lender != NULL && serial == NULL) {
        serial = (void *)++serials;
        if (py2abi_map_put(&lenders, lender, serial) < 0) {
            return;
        }
    }
    if (running_count == running_room) {
        size_t room = running_room != 0 ? 2 * running_room : 64;
        struct until *grown = realloc(running, room * sizeof *grown);
        if (grown == NULL) {
            return;
        }
        running = grown;
        running_room = room;
    }
    struct lend *first = py2abi_map_get(&lent, item);
    const struct lend *same = first;
    while (same != NULL && (lender == NULL || same->lender != lender || same->serial != serial)) {
        same = same->next;
    }
    if (same == NULL) {
        struct lend *made = malloc(sizeof *made);
        if (made == NULL) {
            return;
        }
        *made = (struct lend){first, lender, serial, until, function};
        if (py2abi_map_put(&lent, item, made) < 0) {
            free(made);
            return;
        }
    }
    running[running_count++] = (struct until){item, until};
}

/* The guest gets an item (NULL passes) to which lender has a reference, from a function of
 * the API: until the frame's end. */
void
py2abi_lend(PyObject *item, PyObject *lender, const char *function)
{
    const struct py2abi_thread *thread = py2abi_thread_get();
    if (thread != NULL && thread->frame != NULL && lender != item) {
        lend_until(item, lender, function, thread->frame);
    }
}

/* Forget what was lent until now. */
static void
end_lends(const void *until)
{
    size_t kept = 0;
    for (size_t i = 0; i < running_count; i++) {
        struct lend *first;
        if (running[i].until != until) {
            running[kept++] = running[i];
            continue;
        }
        PyObject *item = running[i].item;
        struct lend **at = &first;
        first = py2abi_map_take(&lent, item);
        while (*at != NULL) {
            struct lend *lend = *at;
            if (lend->until == until) {
                *at = lend->next;
                free(lend);
            }
            else {
                at = &lend->next;
            }
        }
        if (first != NULL && py2abi_map_put(&lent, item, first) < 0) {
            abort(); /* There was room a moment ago. */
        }
    }
    running_count = kept;
}

/* Each item lent until then has as many references as are known to be others', and own more,
 * if it is result. */
static void
check_lends(const void *until, const PyObject *result)
{
    for (size_t i = running_count; i-- > 0;) {
        const PyObject *item = running[i].item;
        const struct lend *lend = py2abi_map_get(&lent, item);
        if (lend == NULL || running[i].until != until) {
            continue; /* It has gone, as it may: nobody had it any more. */
        }
        Py_ssize_t known = py2abi_lent_holders(item);
        if (item == result && Py_REFCNT(item) == known) {
            py2abi_check_fail(running_function(),
                              "returned %s at %p, which %s has lent it, without a reference of "
                              "its own",
                              Py_TYPE(item)->tp_name, (const void *)item, lend->function);
        }
        while (holds(lend, item) == 0 && lend->next != NULL) {
            lend = lend->next;
        }
        if (Py_REFCNT(item) < known) {
            py2abi_check_fail(running_function(),
                              "gave back %s at %p, which %s has lent it: %zd references are left "
                              "of %zd that others have (%s)",
                              Py_TYPE(item)->tp_name, (const void *)item, lend->function,
                              Py_REFCNT(item), known, lender_name(lend));
        }
    }
}

/* A frame ends: what was lent in it is as it should be. */
void
py2abi_lent_check_frame(const struct py2abi_frame *frame)
{
    check_lends(frame, NULL);
    end_lends(frame);
    check_late(frame);
    returned = NULL;
}

/* What a function or a slot of the guest's returned (NULL passes) is alive, and not only
 * somebody else's. */
void
py2abi_lent_check_result(const PyObject *result)
{
    const struct lend *lend = result != NULL ? py2abi_map_get(&lent, result) : NULL;
    const char *type = result != NULL ? py2abi_gone(result) : NULL;
    if (type != NULL) {
        py2abi_check_fail(running_function(), "returned %s at %p, which is gone", type,
                          (const void *)result);
    }
    if (lend != NULL && Py_REFCNT(result) <= py2abi_lent_holders(result)) {
        py2abi_check_fail(running_function(),
                          "returned %s at %p, which %s has lent it, without a reference of its "
                          "own",
                          Py_TYPE(result)->tp_name, (const void *)result, lend->function);
    }
}

/* ---- Functions of the guest ---- */

/* A function of the guest's is called with what its caller has; each may be NULL. */
void
py2abi_given_enter(struct py2abi_given *given, const char *name, PyObject *self, PyObject *args,
                   PyObject *kwargs)
{
    *given = (struct py2abi_given){innermost, name, {self, args, kwargs}};
    returned = NULL;
    innermost = given;
    for (int i = 0; i < 3; i++) {
        lend_until(given->objects[i], NULL, "its caller", given);
    }
    for (Py_ssize_t i = 0; args != NULL && PyTuple_CheckExact(args) && i < Py_SIZE(args); i++) {
        lend_until(PyTuple_GET_ITEM(args, i), args, "its caller", given);
    }
}

/* It has returned. */
void
py2abi_given_leave(struct py2abi_given *given, PyObject *result)
{
    for (int i = 0; i < 3; i++) {
        const char *type = given->objects[i] != NULL ? py2abi_gone(given->objects[i]) : NULL;
        if (type != NULL) {
            py2abi_check_fail(given->name, "gave back %s at %p, which its caller has lent it", type,
                              (const void *)given->objects[i]);
        }
    }
    check_lends(given, result);
    end_lends(given);
    innermost = given->outer;
    returned = given->name;
}

/* What is being freed was lent, and who lent it has it still. */
static void
check_freed(const PyObject *object)
{
    struct lend *lend = py2abi_map_take(&lent, object), *next;
    for (const struct lend *l = lend; l != NULL; l = l->next) {
        if (l->lender != object && holds(l, object) != 0) {
            py2abi_check_fail(running_function(),
                              "gave back %s at %p, which %s has lent it: %s has it still",
                              Py_TYPE(object)->tp_name, (const void *)object, l->function,
                              lender_name(l));
        }
    }
    for (; lend != NULL; lend = next) {
        next = lend->next;
        free(lend);
    }
    py2abi_map_take(&lenders, object);
}

/* Free the block (NULL passes) in which an object or a guest's data was, later. */
void
py2abi_free_late(void *block, const void *object)
{
    if (block == NULL || py2abi_finalizing() || !host_PyGILState_Check()) {
        free(block);
        return;
    }
    size_t size = malloc_usable_size(block);
    const PyTypeObject *type = NULL;
    py2abi_check_events++;
    check_freed(object);
    if ((char *)block + size >= (const char *)object + sizeof(PyObject)
        && Py_TYPE((const PyObject *)object) != NULL) {
        type = py2abi_map_get(&types, Py_TYPE((const PyObject *)object));
    }
    while (late_next != late_first
           && (late_next - late_first == LATE || late_bytes + size > LATE_BYTES)) {
        free_first();
    }
    struct late *entry = &late[late_next % LATE];
    *entry = (struct late){block, size, object, "", py2abi_frame_module()};
    snprintf(entry->type, sizeof entry->type, "%s", type != NULL ? type->tp_name : "object");
    py2abi_map_take(&types, object); /* It may have been a type itself. */
    if (py2abi_map_put(&gone, object, entry) < 0) {
        free(block);
        return;
    }
    memset(block, FILL, size);
    late_next++;
    late_bytes += size;
}
