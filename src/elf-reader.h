/* elf-reader.h - what the parts of the reader of shared objects have in common: elf.c
 * (segments, the dynamic segment, strings), elf-symbols.c and elf-relocations.c.
 *
 * Functions that return an int return 0, or -1 when the object is refused, and then they have
 * said why. */

#ifndef PY2ABI_ELF_READER_H
#define PY2ABI_ELF_READER_H

#include "elf.h"
#include "elf-machine.h"

#include <string.h>

/* The tags of the dynamic segment that stand for one value each.  Of several
 * entries the dynamic linker takes the last. */
#define TAGS(X)                                                                                   \
    X(STRTAB) X(STRSZ) X(SYMTAB) X(SYMENT) X(HASH) X(GNU_HASH)                                    \
    X(RELA) X(RELASZ) X(RELAENT) X(RELACOUNT) X(REL) X(RELSZ) X(RELENT) X(RELCOUNT)               \
    X(RELR) X(RELRSZ) X(RELRENT) X(JMPREL) X(PLTRELSZ) X(PLTREL) X(PLTGOT)                        \
    X(INIT) X(FINI) X(PREINIT_ARRAY) X(PREINIT_ARRAYSZ) X(INIT_ARRAY) X(INIT_ARRAYSZ)             \
    X(FINI_ARRAY) X(FINI_ARRAYSZ) X(VERSYM) X(VERNEED) X(VERNEEDNUM) X(VERDEF) X(VERDEFNUM)       \
    X(TEXTREL) X(BIND_NOW) X(FLAGS) X(FLAGS_1) X(DEBUG) X(SONAME) X(RPATH) X(RUNPATH)             \
    X(TLSDESC_PLT) X(TLSDESC_GOT)

enum tag {
#define X(name) TAG_##name,
    TAGS(X)
#undef X
    TAG_COUNT
};

enum {
    /* Every machine's pages are as large as this or larger, and all addresses
     * of segments are told apart by it. */
    PAGE = 4096,
    /* The dynamic linker keeps its tables of segments on the stack. */
    PHDRS_MAX = 256,
    /* For each name in DT_VERNEED all of these are gone through. */
    DYNAMIC_MAX = 16384,
    NEEDED_MAX = 1024,
    /* The dynamic linker puts names of files on the stack. */
    FILE_NAME_MAX = 4096,
    /* Entries of the three arrays of functions together. */
    FUNCTIONS_MAX = 65536,
    ARRAYS = 3,
    TABLES_MAX = 16,
    EH_FRAME_VERSION = 1,
};

static const uint64_t span_max = __ELF_NATIVE_CLASS == 64 ? (uint64_t)1 << 40 : (uint64_t)1 << 31;
static const uint64_t align_max = 1 << 30;
static const uint64_t tls_size_max = 1 << 28;
static const uint64_t tls_align_max = 1 << 16;

/* A segment that is mapped. */
struct load {
    uint64_t address, file_size, memory_size, offset, align;
    unsigned flags;
};

/* Memory that the dynamic linker reads something from. */
struct table {
    const char *name;
    uint64_t address, size;
};

struct relocations {
    const char *name;
    size_t offset;      /* in the image */
    size_t count;
    size_t entry;       /* of ElfW(Rel) or ElfW(Rela) */
    size_t relative;    /* how many at the beginning are said to be RELATIVE */
    int is_plt;         /* of the procedure linkage table */
};

struct array {
    const char *name;
    uint64_t address;
    size_t count, first; /* first: the number of entries in the arrays before */
};

struct py2abi_elf_reader {
    struct py2abi_elf *elf;
    char *why;
    enum py2abi_elf_status status;
    struct load loads[PHDRS_MAX];
    unsigned load_count;
    const ElfW(Phdr) *tls, *relro;
    uint64_t value[TAG_COUNT];
    unsigned char present[TAG_COUNT];
    unsigned needed_count;
    struct table tables[TABLES_MAX];
    unsigned table_count;
    struct {
        size_t buckets, chains; /* offsets in the image */
        uint32_t bucket_count;
    } sysv;
    struct {
        size_t filters, buckets, chains;
        uint32_t filter_count, shift, bucket_count;
        uint32_t first;     /* the first symbol that is in it */
    } gnu;
    uint64_t hash_bytes, compare_bytes; /* how many more of names before it takes too long */
    size_t versym;          /* offset in the image, where there is one */
    unsigned char versions[0x8000 / 8]; /* a bit for each index that has a version */
    int has_versions;
    struct relocations relocations[3];
    unsigned relocations_count;
    struct array arrays[ARRAYS];
    size_t functions;
    unsigned char relocated[FUNCTIONS_MAX / 8]; /* a bit for each entry of the arrays */
    int lazy, text_relocations;
    uint64_t first_slot;    /* the lowest place of a relocation of the procedure linkage table */
};

void py2abi_elf_refuse(struct py2abi_elf_reader *reader, enum py2abi_elf_status status,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));

#define REFUSED(status, ...) (py2abi_elf_refuse(reader, status, __VA_ARGS__), -1)
#define DAMAGED(...) REFUSED(PY2ABI_ELF_DAMAGED, __VA_ARGS__)
#define HEX(number) ((unsigned long long)(number))

/* Whether [at, at + size) lies in [start, start + room).  Nothing overflows. */
static inline int
is_within(uint64_t at, uint64_t size, uint64_t start, uint64_t room)
{
    return at >= start && at - start <= room && size <= room - (at - start);
}

/* Whether two ranges, neither of which wraps, have a byte in common. */
static inline int
overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a_size != 0 && b_size != 0 && (a < b ? b - a < a_size : a - b < b_size);
}

static inline uint64_t
page_down(uint64_t address)
{
    return address & ~(uint64_t)(PAGE - 1);
}

static inline uint64_t
page_up(uint64_t address)
{
    return page_down(address + PAGE - 1);
}

static inline int
is_power_of_two(uint64_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static inline ElfW(Dyn)
dynamic_entry(const struct py2abi_elf_reader *reader, unsigned index)
{
    ElfW(Dyn) entry;
    memcpy(&entry, reader->elf->image + reader->elf->dynamic + index * sizeof entry,
           sizeof entry);
    return entry;
}

static inline ElfW(Sym)
symbol_at(const struct py2abi_elf_reader *reader, uint32_t index)
{
    ElfW(Sym) symbol;
    memcpy(&symbol, reader->elf->image + reader->elf->symtab + index * sizeof symbol,
           sizeof symbol);
    return symbol;
}

/* elf.c */
const struct load *py2abi_elf_load_before(const struct py2abi_elf_reader *reader,
                                          uint64_t address);
const struct load *py2abi_elf_load_of(const struct py2abi_elf_reader *reader, uint64_t address,
                                      uint64_t size);
const struct load *py2abi_elf_find_bytes(const struct py2abi_elf_reader *reader,
                                         uint64_t address, uint64_t size, size_t *offset);
int py2abi_elf_is_code(const struct py2abi_elf_reader *reader, uint64_t address);
int py2abi_elf_add_table(struct py2abi_elf_reader *reader, const char *name, uint64_t address,
                         uint64_t size);
int py2abi_elf_find_table(struct py2abi_elf_reader *reader, const char *name, uint64_t address,
                          uint64_t size, unsigned align, size_t *offset);
int py2abi_elf_find_string(struct py2abi_elf_reader *reader, const char *what, uint64_t at,
                           const char **string);

/* elf-symbols.c */
int py2abi_elf_check_symbols(struct py2abi_elf_reader *reader);

/* elf-relocations.c */
int py2abi_elf_find_relocations(struct py2abi_elf_reader *reader);
uint64_t py2abi_elf_relocated_symbols(const struct py2abi_elf_reader *reader);
int py2abi_elf_check_relocations(struct py2abi_elf_reader *reader);

#endif
