/* slotplace.h - where in a type's structures each slot of slots27.def is. */

#ifndef PY2ABI_SLOTPLACE_H
#define PY2ABI_SLOTPLACE_H

#include "guest.h"

#include <stddef.h>
#include <string.h>

/* The groups of slots27.def: the type itself and what it points to. */
enum py2abi_slot_group { TYPE, NUMBER, SEQUENCE, MAPPING };
#define STRUCTURE_TYPE     PyTypeObject
#define STRUCTURE_NUMBER   PyNumberMethods
#define STRUCTURE_SEQUENCE PySequenceMethods
#define STRUCTURE_MAPPING  PyMappingMethods
#define Py_TPFLAGS_ALWAYS  0

/* A function of any type: whoever calls it casts it to the one that its class says. */
typedef void (*py2abi_slot_function)(void);

/* The structure of a group, or NULL: the type has none. */
static inline void *
py2abi_slot_structure(const PyTypeObject *type, enum py2abi_slot_group group)
{
    switch (group) {
    case NUMBER:
        return type->tp_as_number;
    case SEQUENCE:
        return type->tp_as_sequence;
    case MAPPING:
        return type->tp_as_mapping;
    default:
        return (void *)(uintptr_t)type;
    }
}

/* The function at an offset of a structure, which may be NULL. */
static inline py2abi_slot_function
py2abi_slot_read(const void *structure, size_t offset)
{
    py2abi_slot_function function = NULL;
    if (structure != NULL) {
        memcpy(&function, (const char *)structure + offset, sizeof function);
    }
    return function;
}

/* A row of slots27.def: where it is, and when it is read. */
struct py2abi_slot_place {
    enum py2abi_slot_group group;
    size_t offset;
    long feature;     /* the flags that a type has to have */
    const char *name; /* as a method */
};

/* What a type has at a place, or NULL. */
static inline py2abi_slot_function
py2abi_slot_of(const PyTypeObject *type, const struct py2abi_slot_place *place)
{
    return (type->tp_flags & place->feature) == place->feature
               ? py2abi_slot_read(py2abi_slot_structure(type, place->group), place->offset)
               : NULL;
}

#endif
