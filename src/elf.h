/* elf.h - reading a shared object as the dynamic linker would, but checking it.
 *
 * The image is bytes in memory; nothing is allocated, nothing is written, no
 * byte outside the image is read, whatever it holds.  Only what the dynamic
 * linker uses is read: headers, segments and the dynamic segment.  Section
 * headers are not (a stripped binary has none), which is also why libelf,
 * whose world is sections, does not serve here. */

#ifndef PY2ABI_ELF_H
#define PY2ABI_ELF_H

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>

/* What an image is, or why it is refused. */
enum py2abi_elf_status {
    PY2ABI_ELF_OK,
    PY2ABI_ELF_NOT_ELF,   /* no ELF magic, or too short for a header */
    PY2ABI_ELF_FOREIGN,   /* ELF, but of another class, byte order or machine */
    PY2ABI_ELF_NOT_SHARED,/* an executable, an object file, a core, a static program */
    PY2ABI_ELF_DAMAGED,   /* what the dynamic linker would trip over */
};

/* A checked image.  Offsets are into the image; every one is inside it. */
struct py2abi_elf {
    const unsigned char *image;
    size_t size;
    const ElfW(Phdr) *phdr;
    unsigned phdr_count;
    size_t dynamic;        /* offset of the dynamic entries */
    unsigned dynamic_count;/* without the closing DT_NULL */
    size_t symtab;         /* offset of symbol 0 */
    uint32_t symbol_count;
    const char *strings;
    size_t strings_size;
    const char *soname, *rpath, *runpath; /* NULL: none */
    int has_tls;
    int is_truncated;      /* of a damaged image: it ends before its segments do */
};

/* A symbol of the dynamic symbol table. */
struct py2abi_elf_symbol {
    const char *name;      /* "" for none */
    ElfW(Addr) value;
    size_t size;
    size_t offset;         /* of its entry, in the image */
    unsigned char bind, type, visibility;
    int defined;           /* not SHN_UNDEF */
};

enum { PY2ABI_ELF_WHY = 200 }; /* room for a sentence */

enum py2abi_elf_status py2abi_elf_read(struct py2abi_elf *elf, const void *image, size_t size,
                                       char why[PY2ABI_ELF_WHY]);
void py2abi_elf_symbol(const struct py2abi_elf *elf, uint32_t index,
                       struct py2abi_elf_symbol *symbol);
const ElfW(Dyn) *py2abi_elf_dynamic(const struct py2abi_elf *elf, unsigned index);
const char *py2abi_elf_needed(const struct py2abi_elf *elf, unsigned *index);
int py2abi_elf_wants_versions(const struct py2abi_elf *elf, const char *library);

#endif
