/* objects.h - small shared objects that the tests build, and changing them.
 *
 * Nothing here uses the library: what a sound object holds is known from its
 * section headers, which the library does not read. */

#ifndef PY2ABI_TEST_OBJECTS_H
#define PY2ABI_TEST_OBJECTS_H

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* How a shared object is built. */
struct recipe {
    const char *name;
    const char *suffix;   /* of the source, which tells the compiler the language */
    const char *source;
    const char *flags;    /* between blanks */
    bool optional;        /* not every compiler and linker can do it */
    bool sled;            /* its code is nothing but returns: whatever is called is harmless */
};

/* Built by whoever asks; ends with {NULL}. */
extern const struct recipe object_recipes[];

/* Parts of the recipes, for others' recipes. */
extern const char object_rich_source[];

/* A file in memory. */
struct object {
    unsigned char *bytes;
    size_t size;
};

/* The file that a recipe gives, built once in a process (before it forks, if it
 * is to be shared), or NULL and why.  Whoever is not optional and cannot be
 * built ends the program. */
const char *object_build(const struct recipe *recipe, const char **ret_reason);
/* Why the object cannot be opened in this process, or NULL. */
const char *object_closed(const struct recipe *recipe);
/* Where built files are, and room for others. */
const char *object_directory(void);

/* Read a file; false: it cannot be. */
bool object_load(struct object *object, const char *path);
void object_save(const struct object *object, const char *path);
struct object object_copy(const struct object *object);
void object_free(struct object *object);

/* Places in a sound object, or NULL.  Of several, the nth. */
ElfW(Ehdr) *object_header(const struct object *object);
ElfW(Phdr) *object_segment(const struct object *object, unsigned type, int nth);
ElfW(Dyn) *object_dynamic(const struct object *object, ElfW(Sxword) tag);
ElfW(Shdr) *object_section(const struct object *object, unsigned type, int nth);
/* Where an address of the object's memory is in the file. */
void *object_at(const struct object *object, ElfW(Addr) address);
/* The bytes of a section. */
void *object_contents(const struct object *object, const ElfW(Shdr) *section);
/* The symbol of a name in the dynamic symbol table. */
ElfW(Sym) *object_symbol(const struct object *object, const char *name);
/* Take the section headers away, and whatever follows the last segment. */
void object_strip_sections(struct object *object);

#endif
