/* elf.c - reading a shared object as the dynamic linker would, but checking it.
 *
 * The dynamic linker trusts its input: it follows every address, index and
 * chain that a file gives, and a damaged one ends the process.  What is
 * accepted here can be given to it.  The checks follow what glibc's ld.so
 * (2.28 to 2.43) reads when it maps an object, relocates it, looks symbols up
 * in it, initialises and closes it.
 *
 * What a checker cannot know is whether a value that makes sense is the one
 * that the linker wrote: a relocation of another word of the data, or another
 * function among the constructors.
 *
 * The time that a check takes is proportional to the size of the file. */

#include "elf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Newer than the oldest <elf.h>. */
#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#define DT_RELRENT 37
#endif
#ifndef PT_GNU_PROPERTY
#define PT_GNU_PROPERTY 0x6474e553
#endif
#ifndef PT_GNU_SFRAME
#define PT_GNU_SFRAME 0x6474e554
#endif
#ifndef NT_GNU_PROPERTY_TYPE_0
#define NT_GNU_PROPERTY_TYPE_0 5
#endif
#ifndef DF_1_PIE
#define DF_1_PIE 0x08000000
#endif
#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* ---- The machine that this is compiled for ---- */

#define ELF_NAME_OF_CLASS_(bits, what) ELF##bits##_##what
#define ELF_NAME_OF_CLASS(bits, what) ELF_NAME_OF_CLASS_(bits, what)
#define RELOCATION_TYPE(info) ((uint32_t)ELF_NAME_OF_CLASS(__ELF_NATIVE_CLASS, R_TYPE)(info))
#define RELOCATION_SYMBOL(info) ((uint32_t)ELF_NAME_OF_CLASS(__ELF_NATIVE_CLASS, R_SYM)(info))
#define SYMBOL_BIND(info) ELF_NAME_OF_CLASS(__ELF_NATIVE_CLASS, ST_BIND)(info)
#define SYMBOL_TYPE(info) ELF_NAME_OF_CLASS(__ELF_NATIVE_CLASS, ST_TYPE)(info)
#define SYMBOL_VISIBILITY(other) ELF_NAME_OF_CLASS(__ELF_NATIVE_CLASS, ST_VISIBILITY)(other)

enum {
    WORD = sizeof(ElfW(Addr)),
    NATIVE_CLASS = __ELF_NATIVE_CLASS == 64 ? ELFCLASS64 : ELFCLASS32,
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    NATIVE_ORDER = ELFDATA2LSB,
#else
    NATIVE_ORDER = ELFDATA2MSB,
#endif
};

/* What a relocation does. */
enum effect {
    UNKNOWN,     /* the dynamic linker knows no such type */
    NOTHING,
    RELATIVE,    /* the load address and the addend */
    IRELATIVE,   /* what the function at the addend returns */
    SYMBOL,      /* a symbol's address and the addend */
    NUMBER,      /* a symbol's size, or a distance */
    SLOT,        /* a symbol's address */
    LAZY_SLOT,   /* the same, perhaps with the first call */
    TLS,         /* something about a thread-local variable */
    COPY,        /* only for executables */
    ANYTHING,    /* there is no table of the machine's types */
};

struct kind {
    enum effect effect;
    unsigned width; /* of what it writes */
};

/* The types that may occur in a shared object.  A machine with no table of its
 * own has its relocations checked without their types. */
#if defined __x86_64__ && __ELF_NATIVE_CLASS == 64
enum { NATIVE_MACHINE = EM_X86_64, TAKES_REL = 0, TAKES_RELA = 1, KNOWS_TYPES = 1,
       SLOTS_BEGIN_PLTGOT = 1 };

static struct kind
kind_of(uint32_t type)
{
    switch (type) {
    case R_X86_64_NONE: return (struct kind){NOTHING, 0};
    case R_X86_64_RELATIVE: return (struct kind){RELATIVE, 8};
    case R_X86_64_IRELATIVE: return (struct kind){IRELATIVE, 8};
    case R_X86_64_64: return (struct kind){SYMBOL, 8};
    case R_X86_64_SIZE64: return (struct kind){NUMBER, 8};
    case R_X86_64_32:
    case R_X86_64_PC32:
    case R_X86_64_SIZE32: return (struct kind){NUMBER, 4};
    case R_X86_64_GLOB_DAT: return (struct kind){SLOT, 8};
    case R_X86_64_JUMP_SLOT: return (struct kind){LAZY_SLOT, 8};
    case R_X86_64_DTPMOD64:
    case R_X86_64_DTPOFF64:
    case R_X86_64_TPOFF64: return (struct kind){TLS, 8};
    case R_X86_64_TLSDESC: return (struct kind){TLS, 16};
    case R_X86_64_COPY: return (struct kind){COPY, 0};
    default: return (struct kind){UNKNOWN, 0};
    }
}
#elif defined __i386__
enum { NATIVE_MACHINE = EM_386, TAKES_REL = 1, TAKES_RELA = 1, KNOWS_TYPES = 1,
       SLOTS_BEGIN_PLTGOT = 1 };

static struct kind
kind_of(uint32_t type)
{
    switch (type) {
    case R_386_NONE: return (struct kind){NOTHING, 0};
    case R_386_RELATIVE: return (struct kind){RELATIVE, 4};
    case R_386_IRELATIVE: return (struct kind){IRELATIVE, 4};
    case R_386_32: return (struct kind){SYMBOL, 4};
    case R_386_PC32:
    case R_386_SIZE32: return (struct kind){NUMBER, 4};
    case R_386_GLOB_DAT: return (struct kind){SLOT, 4};
    case R_386_JMP_SLOT: return (struct kind){LAZY_SLOT, 4};
    case R_386_TLS_TPOFF:
    case R_386_TLS_DTPMOD32:
    case R_386_TLS_DTPOFF32:
    case R_386_TLS_TPOFF32: return (struct kind){TLS, 4};
    case R_386_TLS_DESC: return (struct kind){TLS, 8};
    case R_386_COPY: return (struct kind){COPY, 0};
    default: return (struct kind){UNKNOWN, 0};
    }
}
#elif defined __aarch64__ && __ELF_NATIVE_CLASS == 64
enum { NATIVE_MACHINE = EM_AARCH64, TAKES_REL = 0, TAKES_RELA = 1, KNOWS_TYPES = 1,
       SLOTS_BEGIN_PLTGOT = 0 };

static struct kind
kind_of(uint32_t type)
{
    switch (type) {
    case R_AARCH64_NONE:
    case 256: return (struct kind){NOTHING, 0}; /* what "none" was at first */
    case R_AARCH64_RELATIVE: return (struct kind){RELATIVE, 8};
    case R_AARCH64_IRELATIVE: return (struct kind){IRELATIVE, 8};
    case R_AARCH64_ABS64: return (struct kind){SYMBOL, 8};
    case R_AARCH64_GLOB_DAT: return (struct kind){SLOT, 8};
    case R_AARCH64_JUMP_SLOT: return (struct kind){LAZY_SLOT, 8};
    case R_AARCH64_TLS_DTPMOD:
    case R_AARCH64_TLS_DTPREL:
    case R_AARCH64_TLS_TPREL: return (struct kind){TLS, 8};
    case R_AARCH64_TLSDESC: return (struct kind){TLS, 16};
    case R_AARCH64_COPY: return (struct kind){COPY, 0};
    default: return (struct kind){UNKNOWN, 0};
    }
}
#else
#if defined __arm__
#define NATIVE_MACHINE_ EM_ARM
#elif defined __powerpc64__
#define NATIVE_MACHINE_ EM_PPC64
#elif defined __powerpc__
#define NATIVE_MACHINE_ EM_PPC
#elif defined __riscv
#define NATIVE_MACHINE_ EM_RISCV
#elif defined __loongarch__
#define NATIVE_MACHINE_ EM_LOONGARCH
#else
#error "elf.c has no name for this machine: add its EM_ constant and, if you can, its relocations"
#endif
enum { NATIVE_MACHINE = NATIVE_MACHINE_, TAKES_REL = 1, TAKES_RELA = 1, KNOWS_TYPES = 0,
       SLOTS_BEGIN_PLTGOT = 0 };

static struct kind
kind_of(uint32_t type)
{
    return type == 0 ? (struct kind){NOTHING, 0} : (struct kind){ANYTHING, WORD};
}
#endif

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

struct reader {
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

/* Say why not. */
static void __attribute__((format(printf, 3, 4)))
refuse(struct reader *reader, enum py2abi_elf_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reader->why, PY2ABI_ELF_WHY, format, args);
    va_end(args);
    reader->status = status;
}

#define REFUSED(status, ...) (refuse(reader, status, __VA_ARGS__), -1)
#define DAMAGED(...) REFUSED(PY2ABI_ELF_DAMAGED, __VA_ARGS__)
#define HEX(number) ((unsigned long long)(number))

/* A segment that the file is too short for. */
static int
refuse_truncated(struct reader *reader, unsigned number)
{
    reader->elf->is_truncated = 1;
    return DAMAGED("its segment %u lies outside the file", number);
}

/* Whether [at, at + size) lies in [start, start + room).  Nothing overflows. */
static int
is_within(uint64_t at, uint64_t size, uint64_t start, uint64_t room)
{
    return at >= start && at - start <= room && size <= room - (at - start);
}

/* Whether two ranges, neither of which wraps, have a byte in common. */
static int
overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a_size != 0 && b_size != 0 && (a < b ? b - a < a_size : a - b < b_size);
}

static uint64_t
page_down(uint64_t address)
{
    return address & ~(uint64_t)(PAGE - 1);
}

static uint64_t
page_up(uint64_t address)
{
    return page_down(address + PAGE - 1);
}

/* The number of characters before the null character, room if there is none.
 * Not strnlen, and memcpy only where the compiler knows how much: each function of
 * the C library that is used here alone is one more for the dynamic linker to find
 * in every process that the library is preloaded into. */
static size_t
length_within(const char *text, size_t room)
{
    size_t length = 0;
    while (length < room && text[length] != '\0') {
        length++;
    }
    return length;
}

static int
is_power_of_two(uint64_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

/* ---- The header ---- */

static const char *
machine_name(unsigned machine, char *room, size_t size)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        {EM_386, "Intel 80386"}, {EM_X86_64, "x86-64"}, {EM_AARCH64, "AArch64"}, {EM_ARM, "ARM"},
        {EM_PPC, "PowerPC"}, {EM_PPC64, "PowerPC64"}, {EM_S390, "S/390"}, {EM_RISCV, "RISC-V"},
        {EM_LOONGARCH, "LoongArch"}, {EM_MIPS, "MIPS"}, {EM_SPARC, "SPARC"},
        {EM_SPARCV9, "SPARC V9"}, {EM_IA_64, "IA-64"}, {EM_PARISC, "PA-RISC"},
        {EM_68K, "Motorola 68000"}, {EM_SH, "SuperH"}, {0x9026, "Alpha"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].machine == machine) {
            return names[i].name;
        }
    }
    snprintf(room, size, "machine %u", machine);
    return room;
}

/* "a 32-bit big-endian ELF file for PowerPC" */
static int
refuse_foreign(struct reader *reader, const unsigned char *ident, unsigned machine)
{
    char its[32], ours[32];
    return REFUSED(PY2ABI_ELF_FOREIGN,
                   "it is a %s-bit%s ELF file for %s, and this process is %d-bit %s",
                   ident[EI_CLASS] == ELFCLASS64 ? "64" : "32",
                   ident[EI_DATA] == NATIVE_ORDER        ? ""
                   : ident[EI_DATA] == ELFDATA2MSB ? " big-endian"
                                                  : " little-endian",
                   machine_name(machine, its, sizeof its), __ELF_NATIVE_CLASS,
                   machine_name(NATIVE_MACHINE, ours, sizeof ours));
}

static int
check_header(struct reader *reader, ElfW(Ehdr) *header)
{
    const unsigned char *image = reader->elf->image;
    size_t size = reader->elf->size;

    if (size < SELFMAG || memcmp(image, ELFMAG, SELFMAG) != 0) {
        return REFUSED(PY2ABI_ELF_NOT_ELF,
                       size == 0 ? "it is empty" : "it is no ELF file");
    }
    /* The 32-bit header is the shorter one; the machine is at the same place in both. */
    if (size < sizeof(Elf32_Ehdr)) {
        return REFUSED(PY2ABI_ELF_NOT_ELF, "it ends within its ELF header");
    }
    unsigned order = image[EI_DATA];
    if ((image[EI_CLASS] != ELFCLASS32 && image[EI_CLASS] != ELFCLASS64)
        || (order != ELFDATA2LSB && order != ELFDATA2MSB)) {
        return DAMAGED("its ELF header gives no class or no byte order");
    }
    const unsigned char *at = image + offsetof(Elf32_Ehdr, e_machine);
    unsigned machine = order == ELFDATA2LSB ? at[0] | (unsigned)at[1] << 8
                                            : at[1] | (unsigned)at[0] << 8;
    if (image[EI_CLASS] != NATIVE_CLASS || order != NATIVE_ORDER || machine != NATIVE_MACHINE) {
        return refuse_foreign(reader, image, machine);
    }
    if (size < sizeof *header) {
        return REFUSED(PY2ABI_ELF_NOT_ELF, "it ends within its ELF header");
    }
    memcpy(header, image, sizeof *header);
    if (image[EI_VERSION] != EV_CURRENT || header->e_version != EV_CURRENT) {
        return DAMAGED("its ELF header is of version %u", (unsigned)header->e_version);
    }
    if (image[EI_OSABI] != ELFOSABI_SYSV && image[EI_OSABI] != ELFOSABI_GNU) {
        return REFUSED(PY2ABI_ELF_FOREIGN, "it is for another system (OS ABI %u)",
                       (unsigned)image[EI_OSABI]);
    }
    switch (header->e_type) {
    case ET_DYN:
        return 0;
    case ET_EXEC:
        return REFUSED(PY2ABI_ELF_NOT_SHARED, "it is an executable program");
    case ET_REL:
        return REFUSED(PY2ABI_ELF_NOT_SHARED,
                       "it is a relocatable object file, not yet linked");
    case ET_CORE:
        return REFUSED(PY2ABI_ELF_NOT_SHARED, "it is a core dump");
    default:
        return REFUSED(PY2ABI_ELF_NOT_SHARED, "it is an ELF file of the unknown type %u",
                       (unsigned)header->e_type);
    }
}

static int
find_phdrs(struct reader *reader, const ElfW(Ehdr) *header)
{
    struct py2abi_elf *elf = reader->elf;
    uint64_t offset = header->e_phoff;

    if (header->e_phnum == 0) {
        return REFUSED(PY2ABI_ELF_NOT_SHARED, "it has no program headers");
    }
    if (header->e_phentsize != sizeof(ElfW(Phdr))) {
        return DAMAGED("its program headers are of %u bytes each, not %zu",
                       (unsigned)header->e_phentsize, sizeof(ElfW(Phdr)));
    }
    if (header->e_phnum > PHDRS_MAX) {
        return DAMAGED("it has %u program headers, and more than %d are not taken",
                       (unsigned)header->e_phnum, PHDRS_MAX);
    }
    if (!is_within(offset, header->e_phnum * sizeof(ElfW(Phdr)), 0, elf->size)) {
        return DAMAGED("its program headers lie outside the file");
    }
    if (offset % _Alignof(ElfW(Phdr)) != 0) {
        return DAMAGED("its program headers are at the misaligned offset %#llx", HEX(offset));
    }
    elf->phdr = (const ElfW(Phdr) *)(const void *)(elf->image + offset);
    elf->phdr_count = header->e_phnum;
    return 0;
}

/* ---- Segments ---- */

/* The last mapped segment that begins at the address or before it. */
static const struct load *
load_before(const struct reader *reader, uint64_t address)
{
    unsigned low = 0, high = reader->load_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (reader->loads[middle].address <= address) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low != 0 ? &reader->loads[low - 1] : NULL;
}

/* The segment in whose memory [address, address + size) lies, or NULL. */
static const struct load *
load_of(const struct reader *reader, uint64_t address, uint64_t size)
{
    const struct load *load = load_before(reader, address);
    return load != NULL && is_within(address, size, load->address, load->memory_size) ? load
                                                                                      : NULL;
}

/* The same for readable memory whose first contents are in the file: where. */
static const struct load *
find_bytes(const struct reader *reader, uint64_t address, uint64_t size, size_t *offset)
{
    const struct load *load = load_before(reader, address);
    if (load == NULL || (load->flags & PF_R) == 0
        || !is_within(address, size, load->address, load->file_size)) {
        return NULL;
    }
    *offset = (size_t)(load->offset + (address - load->address));
    return load;
}

static int
add_load(struct reader *reader, unsigned number, const ElfW(Phdr) *segment)
{
    uint64_t address = segment->p_vaddr, offset = segment->p_offset, align = segment->p_align;
    uint64_t file_size = segment->p_filesz, memory_size = segment->p_memsz;
    uint64_t address_max = __ELF_NATIVE_CLASS == 64 ? INT64_MAX : UINT32_MAX;

    if (align < PAGE || align > align_max || !is_power_of_two(align)) {
        return DAMAGED("its segment %u has the alignment %#llx", number, HEX(align));
    }
    if (((address - offset) & (align - 1)) != 0) {
        return DAMAGED("its segment %u is aligned in another way in memory than in the file",
                       number);
    }
    if (file_size > memory_size) {
        return DAMAGED("its segment %u is larger in the file than in memory", number);
    }
    if (file_size != 0 && !is_within(offset, file_size, 0, reader->elf->size)) {
        return refuse_truncated(reader, number);
    }
    /* The rest of the page where zeros begin is cleared, a page of the file. */
    if (file_size == 0 && address % PAGE != 0 && page_down(offset) >= reader->elf->size) {
        return refuse_truncated(reader, number);
    }
    if (address > address_max - align || memory_size > address_max - align - address) {
        return DAMAGED("its segment %u does not fit into memory", number);
    }
    if (memory_size > file_size && (segment->p_flags & PF_W) == 0) {
        return DAMAGED("its segment %u is read-only and has memory that is not in the file",
                       number);
    }
    if (reader->load_count != 0) {
        const struct load *before = &reader->loads[reader->load_count - 1];
        if (address < before->address) {
            return DAMAGED("its segments are not in the order of their addresses");
        }
        if (page_down(address) < page_up(before->address + before->memory_size)) {
            return DAMAGED("its segment %u overlaps another", number);
        }
        if (address + memory_size - reader->loads[0].address > span_max) {
            return DAMAGED("its segments are too far apart");
        }
    }
    else if (memory_size > span_max) {
        return DAMAGED("its segment %u does not fit into memory", number);
    }
    reader->loads[reader->load_count++] = (struct load){
        .address = address, .file_size = file_size, .memory_size = memory_size, .offset = offset,
        .align = align, .flags = segment->p_flags,
    };
    return 0;
}

/* The table of program headers is read in memory too, by whoever asks for the
 * loaded objects: where PT_PHDR says, or else where a segment maps it. */
static int
check_phdrs_in_memory(struct reader *reader, const ElfW(Phdr) *segment)
{
    const struct py2abi_elf *elf = reader->elf;
    size_t size = elf->phdr_count * sizeof *elf->phdr;
    size_t offset = (size_t)((const unsigned char *)elf->phdr - elf->image), found;

    if (segment != NULL) {
        if (find_bytes(reader, segment->p_vaddr, size, &found) == NULL || found != offset) {
            return DAMAGED("its program headers are not where PT_PHDR says");
        }
        return 0;
    }
    for (unsigned i = 0; i < reader->load_count; i++) {
        const struct load *load = &reader->loads[i];
        uint64_t begin = page_down(load->offset), end = page_up(load->offset + load->file_size);
        if (load->file_size == 0 || !is_within(offset, size, begin, end - begin)) {
            continue;
        }
        if ((load->flags & PF_R) == 0
            || (load->memory_size > load->file_size
                && !is_within(offset, size, begin, load->offset + load->file_size - begin))) {
            return DAMAGED("its program headers are mapped to memory that does not keep them");
        }
        break;
    }
    return 0;
}

static int
check_tls(struct reader *reader, const ElfW(Phdr) *segment)
{
    size_t offset;
    uint64_t align = segment->p_align;

    if (segment->p_memsz == 0) {
        return 0; /* The dynamic linker passes over it. */
    }
    if (reader->tls != NULL) {
        return DAMAGED("it has more than one segment of thread-local variables");
    }
    if (!is_power_of_two(align) || align > tls_align_max) {
        return DAMAGED("its thread-local variables have the alignment %#llx", HEX(align));
    }
    if (segment->p_filesz > segment->p_memsz) {
        return DAMAGED("its thread-local variables are larger in the file than in memory");
    }
    if (segment->p_memsz > tls_size_max) {
        return DAMAGED("its thread-local variables do not fit into memory");
    }
    /* ld.so takes the address 0 for none. */
    if (segment->p_filesz != 0
        && (segment->p_vaddr == 0
            || find_bytes(reader, segment->p_vaddr, segment->p_filesz, &offset) == NULL)) {
        return DAMAGED("its thread-local variables lie outside the file");
    }
    reader->tls = segment;
    reader->elf->has_tls = 1;
    return 0;
}

/* The pages that are read-only after relocation are a part of a segment that
 * is written to, and end where the next one begins at the latest. */
static int
check_relro(struct reader *reader, const ElfW(Phdr) *segment)
{
    uint64_t begin = segment->p_vaddr, size = segment->p_memsz;
    const struct load *load = load_before(reader, begin);

    if (size == 0) {
        return 0;
    }
    if (reader->relro != NULL) {
        return DAMAGED("it has more than one segment that is read-only after relocation");
    }
    if (load == NULL) {
        return DAMAGED("what is to be read-only after relocation lies outside its segments");
    }
    uint64_t end = (load->address + load->memory_size + load->align - 1) & ~(load->align - 1);
    if (load + 1 < reader->loads + reader->load_count && page_down(load[1].address) < end) {
        end = page_down(load[1].address);
    }
    if (load_of(reader, begin, 1) == NULL || !is_within(begin, size, load->address,
                                                        end - load->address)) {
        return DAMAGED("what is to be read-only after relocation lies outside its segments");
    }
    if ((load->flags & PF_W) == 0) {
        return DAMAGED("what is to be read-only after relocation is so before");
    }
    reader->relro = segment;
    return 0;
}

/* The dynamic linker goes through the notes that are aligned to words, in
 * memory, to the first that gives properties, and believes its size.  Of the
 * others some are not really aligned, and it does not mind. */
static int
check_notes(struct reader *reader, const ElfW(Phdr) *segment)
{
    size_t offset;
    uint64_t size = segment->p_memsz, at = 0;

    if (segment->p_filesz != 0
        && !is_within(segment->p_offset, segment->p_filesz, 0, reader->elf->size)) {
        return DAMAGED("its notes lie outside the file");
    }
    if (segment->p_align != WORD || size == 0) {
        return 0;
    }
    if (find_bytes(reader, segment->p_vaddr, size, &offset) == NULL) {
        return DAMAGED("its notes lie outside its segments");
    }
    while (size - at > sizeof(ElfW(Nhdr)) + sizeof ELF_NOTE_GNU) {
        ElfW(Nhdr) note;
        memcpy(&note, reader->elf->image + offset + at, sizeof note);
        uint64_t next = (sizeof note + (uint64_t)note.n_namesz + WORD - 1) & ~(uint64_t)(WORD - 1);
        next = (next + note.n_descsz + WORD - 1) & ~(uint64_t)(WORD - 1);
        if (note.n_type == NT_GNU_PROPERTY_TYPE_0 && note.n_namesz == sizeof ELF_NOTE_GNU
            && memcmp(reader->elf->image + offset + at + sizeof note, ELF_NOTE_GNU,
                      sizeof ELF_NOTE_GNU) == 0) {
            if (note.n_descsz > size - at - sizeof note - sizeof ELF_NOTE_GNU) {
                return DAMAGED("its notes end within one of them");
            }
            return 0; /* There it stops. */
        }
        if (next > size - at) {
            return next <= UINTPTR_MAX ? 0 : DAMAGED("its notes end within one of them");
        }
        at += next;
    }
    return 0;
}

static int
read_segments(struct reader *reader)
{
    const struct py2abi_elf *elf = reader->elf;
    const ElfW(Phdr) *phdrs = NULL;
    size_t offset;

    for (unsigned i = 0; i < elf->phdr_count; i++) {
        if (elf->phdr[i].p_type == PT_LOAD && add_load(reader, i, &elf->phdr[i]) < 0) {
            return -1;
        }
    }
    if (reader->load_count == 0) {
        return DAMAGED("it has no segment to load");
    }
    for (unsigned i = 0; i < elf->phdr_count; i++) {
        const ElfW(Phdr) *segment = &elf->phdr[i];
        int result = 0;
        switch (segment->p_type) {
        case PT_PHDR:
            phdrs = segment;
            break;
        case PT_TLS:
            result = check_tls(reader, segment);
            break;
        case PT_GNU_RELRO:
            result = check_relro(reader, segment);
            break;
        case PT_NOTE:
        case PT_GNU_PROPERTY:
            result = check_notes(reader, segment);
            break;
        case PT_GNU_EH_FRAME:
            if (segment->p_memsz != 0
                && (find_bytes(reader, segment->p_vaddr, segment->p_memsz, &offset) == NULL
                    || elf->image[offset] != EH_FRAME_VERSION)) {
                result = DAMAGED("its unwinding table lies outside its segments");
            }
            break;
        case PT_GNU_SFRAME:
            if (segment->p_memsz != 0
                && find_bytes(reader, segment->p_vaddr, segment->p_memsz, &offset) == NULL) {
                result = DAMAGED("its unwinding table lies outside its segments");
            }
            break;
        }
        if (result < 0) {
            return -1;
        }
    }
    return check_phdrs_in_memory(reader, phdrs);
}

/* ---- The dynamic segment ---- */

/* The place of a tag in the reader's tables, or TAG_COUNT. */
static enum tag
tag_of(int64_t tag)
{
    switch (tag) {
#define X(name) case DT_##name: return TAG_##name;
    TAGS(X)
#undef X
    default: return TAG_COUNT;
    }
}

static ElfW(Dyn)
dynamic_entry(const struct reader *reader, unsigned index)
{
    ElfW(Dyn) entry;
    memcpy(&entry, reader->elf->image + reader->elf->dynamic + index * sizeof entry, sizeof entry);
    return entry;
}

static int
add_table(struct reader *reader, const char *name, uint64_t address, uint64_t size)
{
    for (unsigned i = 0; i < reader->table_count; i++) {
        const struct table *table = &reader->tables[i];
        if (overlap(address, size, table->address, table->size)) {
            return DAMAGED("its %s overlaps its %s", name, table->name);
        }
    }
    if (reader->table_count == TABLES_MAX) {
        return DAMAGED("it has more tables than there are kinds of them");
    }
    reader->tables[reader->table_count++] = (struct table){name, address, size};
    return 0;
}

/* Where a table lies in the image.  What ld.so reads there must be what is in
 * the file, so tables do not overlap each other. */
static int
find_table(struct reader *reader, const char *name, uint64_t address, uint64_t size,
           unsigned align, size_t *offset)
{
    if (find_bytes(reader, address, size, offset) == NULL) {
        return DAMAGED("its %s lies outside the file", name);
    }
    if (address % align != 0 || *offset % align != 0) {
        return DAMAGED("its %s is at the misaligned address %#llx", name, HEX(address));
    }
    return add_table(reader, name, address, size);
}

static int
read_dynamic(struct reader *reader)
{
    struct py2abi_elf *elf = reader->elf;
    const ElfW(Phdr) *segment = NULL;
    int has_interpreter = 0;
    size_t offset;

    for (unsigned i = 0; i < elf->phdr_count; i++) {
        if (elf->phdr[i].p_type == PT_INTERP) {
            has_interpreter = 1;
        }
        if (elf->phdr[i].p_type != PT_DYNAMIC || elf->phdr[i].p_filesz == 0) {
            continue;
        }
        if (segment != NULL) {
            return DAMAGED("it has more than one dynamic segment");
        }
        segment = &elf->phdr[i];
    }
    if (segment == NULL) {
        return REFUSED(PY2ABI_ELF_NOT_SHARED, "it has no dynamic segment");
    }
    const struct load *load = find_bytes(reader, segment->p_vaddr, segment->p_filesz, &offset);
    if (load == NULL || offset != segment->p_offset) {
        return DAMAGED("its dynamic segment lies outside the file");
    }
    if (offset % _Alignof(ElfW(Dyn)) != 0 || segment->p_vaddr % _Alignof(ElfW(Dyn)) != 0) {
        return DAMAGED("its dynamic segment is at the misaligned address %#llx",
                       HEX(segment->p_vaddr));
    }
    if ((load->flags & PF_W) == 0) {
        return DAMAGED("its dynamic segment is read-only"); /* ld.so writes to it */
    }
    elf->dynamic = offset;
    size_t room = segment->p_filesz / sizeof(ElfW(Dyn));
    for (;; elf->dynamic_count++) {
        if (elf->dynamic_count == room) {
            return DAMAGED("its dynamic segment does not end");
        }
        if (elf->dynamic_count == DYNAMIC_MAX) {
            return DAMAGED("its dynamic segment has more than %d entries", DYNAMIC_MAX);
        }
        ElfW(Dyn) entry = dynamic_entry(reader, elf->dynamic_count);
        if (entry.d_tag == DT_NULL) {
            break;
        }
        enum tag tag = tag_of(entry.d_tag);
        if (tag != TAG_COUNT) {
            reader->value[tag] = entry.d_un.d_val;
            reader->present[tag] = 1;
        }
    }
    if ((reader->value[TAG_FLAGS_1] & DF_1_PIE) != 0
        || (has_interpreter && reader->present[TAG_DEBUG])) {
        return REFUSED(PY2ABI_ELF_NOT_SHARED, "it is a position-independent executable program");
    }
    reader->lazy = !reader->present[TAG_BIND_NOW] && (reader->value[TAG_FLAGS] & DF_BIND_NOW) == 0
                   && (reader->value[TAG_FLAGS_1] & DF_1_NOW) == 0;
    reader->text_relocations =
        reader->present[TAG_TEXTREL] || (reader->value[TAG_FLAGS] & DF_TEXTREL) != 0;
    return add_table(reader, "dynamic segment", segment->p_vaddr,
                     (elf->dynamic_count + 1) * sizeof(ElfW(Dyn)));
}

/* ---- Strings ---- */

static int
find_string(struct reader *reader, const char *what, uint64_t at, const char **string)
{
    if (at >= reader->elf->strings_size) {
        return DAMAGED("%s lies outside its string table", what);
    }
    *string = reader->elf->strings + at;
    return 0;
}

static int
read_strings(struct reader *reader)
{
    struct py2abi_elf *elf = reader->elf;
    uint64_t size = reader->value[TAG_STRSZ];
    size_t offset;

    if (!reader->present[TAG_STRTAB] || !reader->present[TAG_STRSZ] || size == 0) {
        return DAMAGED("it has no string table");
    }
    const struct load *load = find_bytes(reader, reader->value[TAG_STRTAB], size, &offset);
    if (load == NULL) {
        return DAMAGED("its string table lies outside the file");
    }
    elf->strings = (const char *)elf->image + offset;
    /* ld.so does not care for the size, and patchelf has been seen to cut the
     * last string short, though a null character follows it, be it only where
     * the segment's last page goes on. */
    uint64_t last = load->offset + load->file_size;
    if (load->memory_size == load->file_size) {
        last = page_up(last) < elf->size ? page_up(last) : elf->size;
    }
    size_t room = (size_t)last - offset;
    size_t length = (size_t)size - 1;
    length += length_within(elf->strings + length, room - length);
    if (length == room || elf->strings[0] != '\0') {
        return DAMAGED("its string table does not begin and end with a null character");
    }
    elf->strings_size = length + 1;
    if (add_table(reader, "string table", reader->value[TAG_STRTAB], elf->strings_size) < 0) {
        return -1;
    }
    for (unsigned i = 0; i < elf->dynamic_count; i++) {
        ElfW(Dyn) entry = dynamic_entry(reader, i);
        const char *string, *what;
        int is_file = 0;
        switch (entry.d_tag) {
        case DT_NEEDED:
            what = "the name of a needed library";
            is_file = 1;
            reader->needed_count++;
            break;
        case DT_SONAME:
        case DT_RPATH:
        case DT_RUNPATH:
            what = entry.d_tag == DT_SONAME ? "its name" : "its search path";
            break;
        case DT_AUXILIARY:
        case DT_FILTER:
        case DT_CONFIG:
        case DT_AUDIT:
        case DT_DEPAUDIT:
            what = "a name in its dynamic segment";
            is_file = 1;
            break;
        default:
            continue;
        }
        if (find_string(reader, what, entry.d_un.d_val, &string) < 0) {
            return -1;
        }
        if (is_file && length_within(string, FILE_NAME_MAX) == FILE_NAME_MAX) {
            return DAMAGED("%s is longer than one can be", what);
        }
    }
    if (reader->needed_count > NEEDED_MAX) {
        return DAMAGED("it needs %u libraries, and more than %d are not taken",
                       reader->needed_count, NEEDED_MAX);
    }
#define STRING(tag) (reader->present[tag] ? elf->strings + reader->value[tag] : NULL)
    elf->soname = STRING(TAG_SONAME);
    elf->rpath = STRING(TAG_RPATH);
    elf->runpath = STRING(TAG_RUNPATH);
    return 0;
}

/* ---- Versions ---- */

static int
is_needed(const struct reader *reader, const char *name)
{
    for (unsigned i = 0; i < reader->elf->dynamic_count; i++) {
        ElfW(Dyn) entry = dynamic_entry(reader, i);
        if (entry.d_tag == DT_NEEDED) {
            const char *needed = reader->elf->strings + entry.d_un.d_val;
            if (strncmp(needed, name, FILE_NAME_MAX) == 0) {
                return 1;
            }
        }
    }
    return 0;
}

/* A name that a sentence can quote. */
static const char *
quotable(const char *name, char *room, size_t size)
{
    size_t i = 0;
    for (; i + 1 < size && name[i] != '\0'; i++) {
        room[i] = name[i] > ' ' && name[i] < 0x7f ? name[i] : '?';
    }
    room[i] = '\0';
    return room;
}

/* A walk through records each of which says how far the next one is. */
struct walk {
    const char *name;
    uint64_t address, end; /* of the furthest byte that was read */
    size_t left;           /* how many more records there can be */
};

/* Copy the record at an address. */
static int
read_record(struct reader *reader, struct walk *walk, uint64_t address, void *record, size_t size)
{
    size_t offset;
    if (walk->left-- == 0 || find_bytes(reader, address, size, &offset) == NULL) {
        return DAMAGED("its %s lies outside the file", walk->name);
    }
    if (address % 4 != 0 || offset % 4 != 0) {
        return DAMAGED("its %s is at the misaligned address %#llx", walk->name, HEX(address));
    }
    memcpy(record, reader->elf->image + offset, size);
    if (address + size > walk->end) {
        walk->end = address + size;
    }
    return 0;
}

static struct walk
begin_walk(const struct reader *reader, const char *name, uint64_t address, size_t smallest)
{
    return (struct walk){name, address, address, reader->elf->size / smallest};
}

/* Note the table, which has as many entries as the dynamic segment says. */
static int
finish_walk(struct reader *reader, const struct walk *walk, unsigned count, enum tag number)
{
    if (reader->present[number] && reader->value[number] != count) {
        return DAMAGED("its %s has %u entries, not %llu", walk->name, count,
                       HEX(reader->value[number]));
    }
    return add_table(reader, walk->name, walk->address, walk->end - walk->address);
}

static void
note_version(struct reader *reader, unsigned index)
{
    index &= 0x7fff;
    reader->versions[index / 8] |= (unsigned char)(1U << index % 8);
    reader->has_versions |= index != VER_NDX_LOCAL;
}

static int
check_needed_versions(struct reader *reader)
{
    struct walk walk = begin_walk(reader, "table of needed versions", reader->value[TAG_VERNEED],
                                  sizeof(ElfW(Vernaux)));
    uint64_t address = walk.address;
    unsigned count = 0;
    const char *name;
    char quoted[64];

    for (;;) {
        ElfW(Verneed) need;
        if (read_record(reader, &walk, address, &need, sizeof need) < 0
            || find_string(reader, "the name of a library with versions", need.vn_file, &name)
                   < 0) {
            return -1;
        }
        if (need.vn_version != VER_NEED_CURRENT) {
            return DAMAGED("its %s is of version %u", walk.name, (unsigned)need.vn_version);
        }
        /* The dynamic linker ends the process when it does not find it. */
        if (++count > reader->needed_count || !is_needed(reader, name)) {
            return DAMAGED("it wants versions of '%s', which it does not need",
                           quotable(name, quoted, sizeof quoted));
        }
        uint64_t next = address + need.vn_aux;
        for (unsigned i = 1;; i++) {
            ElfW(Vernaux) version;
            if (read_record(reader, &walk, next, &version, sizeof version) < 0
                || find_string(reader, "the name of a version", version.vna_name, &name) < 0) {
                return -1;
            }
            note_version(reader, version.vna_other);
            if ((version.vna_next == 0) != (i >= need.vn_cnt)) {
                return DAMAGED("its %s is not as long as it says", walk.name);
            }
            if (version.vna_next == 0) {
                break;
            }
            next += version.vna_next;
        }
        if (need.vn_next == 0) {
            break;
        }
        address += need.vn_next;
    }
    return finish_walk(reader, &walk, count, TAG_VERNEEDNUM);
}

static int
check_defined_versions(struct reader *reader)
{
    struct walk walk = begin_walk(reader, "table of defined versions", reader->value[TAG_VERDEF],
                                  sizeof(ElfW(Verdaux)));
    uint64_t address = walk.address;
    unsigned count = 0;
    const char *name;

    for (;;) {
        ElfW(Verdef) definition;
        if (read_record(reader, &walk, address, &definition, sizeof definition) < 0) {
            return -1;
        }
        if (definition.vd_version != VER_DEF_CURRENT) {
            return DAMAGED("its %s is of version %u", walk.name, (unsigned)definition.vd_version);
        }
        count++;
        note_version(reader, definition.vd_ndx);
        uint64_t next = address + definition.vd_aux;
        for (unsigned i = 1;; i++) {
            ElfW(Verdaux) version;
            if (read_record(reader, &walk, next, &version, sizeof version) < 0
                || find_string(reader, "the name of a version", version.vda_name, &name) < 0) {
                return -1;
            }
            if ((version.vda_next == 0) != (i >= definition.vd_cnt)) {
                return DAMAGED("its %s is not as long as it says", walk.name);
            }
            if (version.vda_next == 0) {
                break;
            }
            next += version.vda_next;
        }
        if (definition.vd_next == 0) {
            break;
        }
        address += definition.vd_next;
    }
    return finish_walk(reader, &walk, count, TAG_VERDEFNUM);
}

static int
read_versions(struct reader *reader)
{
    if ((reader->present[TAG_VERNEED] && check_needed_versions(reader) < 0)
        || (reader->present[TAG_VERDEF] && check_defined_versions(reader) < 0)) {
        return -1;
    }
    note_version(reader, VER_NDX_LOCAL);
    if (reader->has_versions) {
        note_version(reader, VER_NDX_GLOBAL); /* There is room for it in ld.so's table. */
    }
    if (!reader->present[TAG_VERSYM]) {
        if (reader->present[TAG_VERNEED] || reader->present[TAG_VERDEF]) {
            return DAMAGED("it has versions, but no table that gives them to symbols");
        }
        return 0;
    }
    return find_table(reader, "table of symbol versions", reader->value[TAG_VERSYM],
                      reader->elf->symbol_count * (uint64_t)sizeof(ElfW(Half)),
                      sizeof(ElfW(Half)), &reader->versym);
}

/* ---- Hash tables: also the only ones who know how many symbols there are ---- */

static uint32_t
word_at(const struct reader *reader, size_t offset)
{
    uint32_t word;
    memcpy(&word, reader->elf->image + offset, sizeof word);
    return word;
}

/* The bytes of the file from an address to the end of its segment. */
static uint64_t
bytes_from(const struct reader *reader, uint64_t address, size_t *offset)
{
    const struct load *load = find_bytes(reader, address, 0, offset);
    return load != NULL ? load->file_size - (address - load->address) : 0;
}

static const char sysv_name[] = "hash table", gnu_name[] = "GNU hash table";

/* DT_HASH: buckets, then a chain entry for each symbol. */
static int
find_sysv_hash(struct reader *reader, uint64_t *count)
{
    uint64_t address = reader->value[TAG_HASH];
    size_t offset;

    if (bytes_from(reader, address, &offset) < 8) {
        return DAMAGED("its %s lies outside the file", sysv_name);
    }
    uint64_t buckets = word_at(reader, offset), chains = word_at(reader, offset + 4);
    if (find_table(reader, sysv_name, address, (2 + buckets + chains) * 4, 4, &offset) < 0) {
        return -1;
    }
    if (chains == 0) {
        return DAMAGED("its %s has no room for symbols", sysv_name);
    }
    reader->sysv.bucket_count = (uint32_t)buckets;
    reader->sysv.buckets = offset + 8;
    reader->sysv.chains = offset + 8 + (size_t)buckets * 4;
    *count = chains;
    return 0;
}

/* DT_GNU_HASH: a filter, buckets, and chains of hash values, the last of which
 * is odd.  Only symbols from a certain one on are in it; *count is 0 when none
 * is. */
static int
find_gnu_hash(struct reader *reader, uint64_t *count)
{
    uint64_t address = reader->value[TAG_GNU_HASH], size = 16;
    size_t offset;
    uint64_t room = bytes_from(reader, address, &offset);

    if (room < size) {
        return DAMAGED("its %s lies outside the file", gnu_name);
    }
    uint64_t buckets = word_at(reader, offset), filters = word_at(reader, offset + 8);
    uint32_t first = word_at(reader, offset + 4), shift = word_at(reader, offset + 12);
    if (!is_power_of_two(filters)) {
        return DAMAGED("its %s has a filter of %llu words", gnu_name, HEX(filters));
    }
    if (shift > 31) {
        return DAMAGED("its %s shifts hash values by %u", gnu_name, (unsigned)shift);
    }
    size += filters * WORD + buckets * 4;
    if (size > room) {
        return DAMAGED("its %s lies outside the file", gnu_name);
    }
    reader->gnu.filters = offset + 16;
    reader->gnu.buckets = reader->gnu.filters + (size_t)filters * WORD;
    reader->gnu.chains = offset + (size_t)size;
    reader->gnu.filter_count = (uint32_t)filters;
    reader->gnu.bucket_count = (uint32_t)buckets;
    reader->gnu.shift = shift;
    reader->gnu.first = first;
    uint32_t last = 0;
    for (size_t i = 0; i < buckets; i++) {
        uint32_t index = word_at(reader, reader->gnu.buckets + i * 4);
        if (index != 0 && index < first) {
            return DAMAGED("its %s names the symbol %u, and begins with %u", gnu_name,
                           (unsigned)index, (unsigned)first);
        }
        if (index > last) {
            last = index;
        }
    }
    *count = 0;
    if (last != 0) {
        /* Chains lie one after another: where the last one ends they all do. */
        uint64_t chain = last - first;
        for (;; chain++) {
            if (size + (chain + 1) * 4 > room) {
                return DAMAGED("its %s does not end", gnu_name);
            }
            if (word_at(reader, reader->gnu.chains + (size_t)chain * 4) & 1) {
                break;
            }
        }
        size += (chain + 1) * 4;
        *count = first + chain + 1;
    }
    return find_table(reader, gnu_name, address, size, WORD, &offset);
}

/* ---- Relocations: where they are ---- */

static int
add_relocations(struct reader *reader, const char *name, uint64_t address, uint64_t size,
                size_t entry, uint64_t relative)
{
    struct relocations *table = &reader->relocations[reader->relocations_count];
    unsigned tables = reader->table_count;

    if (size == 0) {
        return 0;
    }
    if (size % entry != 0) {
        return DAMAGED("its %s has a length that is not one of whole entries", name);
    }
    /* The relocations of the procedure linkage table may be the last ones of
     * the others at the same time: then they are not done twice. */
    if (reader->relocations_count != 0 && tables != 0) {
        const struct table *before = &reader->tables[tables - 1];
        if (size <= before->size && address >= before->address
            && address + size == before->address + before->size && reader->relocations_count == 1
            && reader->relocations[0].entry == entry) {
            struct relocations *others = &reader->relocations[0];
            size_t count = (size_t)(size / entry);
            *table = (struct relocations){name, others->offset + (others->count - count) * entry,
                                          count, entry, 0, 0};
            others->count -= count;
            if (others->relative > others->count) {
                return DAMAGED("its %s begins with more relative ones than it has", others->name);
            }
            reader->relocations_count++;
            return 0;
        }
    }
    *table = (struct relocations){name, 0, (size_t)(size / entry), entry, (size_t)relative, 0};
    if (find_table(reader, name, address, size, WORD, &table->offset) < 0) {
        return -1;
    }
    if (relative > table->count) {
        return DAMAGED("its %s begins with more relative ones than it has", name);
    }
    reader->relocations_count++;
    return 0;
}

static int
find_relocations(struct reader *reader)
{
    static const struct {
        const char *name;
        enum tag address, size, entry, relative;
        size_t entry_size;
        int taken;
    } rows[] = {
        {"relocation table", TAG_RELA, TAG_RELASZ, TAG_RELAENT, TAG_RELACOUNT, sizeof(ElfW(Rela)),
         TAKES_RELA},
        {"relocation table without addends", TAG_REL, TAG_RELSZ, TAG_RELENT, TAG_RELCOUNT,
         sizeof(ElfW(Rel)), TAKES_REL},
    };
    const uint64_t *value = reader->value;
    const unsigned char *present = reader->present;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!present[rows[i].address]) {
            if (value[rows[i].size] != 0) {
                return DAMAGED("its %s is nowhere", rows[i].name);
            }
            continue;
        }
        if (!present[rows[i].size] || !present[rows[i].entry]) {
            return DAMAGED("its %s is of unknown size", rows[i].name);
        }
        if (value[rows[i].entry] != rows[i].entry_size) {
            return DAMAGED("its %s has entries of %llu bytes, not %zu", rows[i].name,
                           HEX(value[rows[i].entry]), rows[i].entry_size);
        }
        if (!rows[i].taken && value[rows[i].size] != 0) {
            return DAMAGED("it has a %s, which this machine has not", rows[i].name);
        }
        if (add_relocations(reader, rows[i].name, value[rows[i].address], value[rows[i].size],
                            rows[i].entry_size, value[rows[i].relative]) < 0) {
            return -1;
        }
    }
    if (!present[TAG_JMPREL] && !present[TAG_PLTREL] && !present[TAG_PLTRELSZ]) {
        return 0;
    }
    if (!present[TAG_JMPREL] || !present[TAG_PLTREL] || !present[TAG_PLTRELSZ]) {
        return DAMAGED("its relocations of the procedure linkage table are incomplete");
    }
    if (!(TAKES_REL && value[TAG_PLTREL] == DT_REL)
        && !(TAKES_RELA && value[TAG_PLTREL] == DT_RELA)) {
        return DAMAGED("its relocations of the procedure linkage table are of the type %llu",
                       HEX(value[TAG_PLTREL]));
    }
    if (value[TAG_PLTRELSZ] == 0) {
        return 0;
    }
    if (add_relocations(reader, "relocation table of the procedure linkage table",
                        value[TAG_JMPREL], value[TAG_PLTRELSZ],
                        value[TAG_PLTREL] == DT_REL ? sizeof(ElfW(Rel)) : sizeof(ElfW(Rela)), 0)
        < 0) {
        return -1;
    }
    reader->relocations[reader->relocations_count - 1].is_plt = 1;
    return 0;
}

/* Without an addend of its own, a relocation has it where it writes to. */
struct relocation {
    uint64_t offset, addend;
    uint32_t type, symbol;
    int has_addend;
};

static struct relocation
relocation_at(const struct reader *reader, const struct relocations *table, size_t index)
{
    ElfW(Rela) entry = {0};
    const unsigned char *at = reader->elf->image + table->offset + index * table->entry;
    if (table->entry == sizeof entry) {
        memcpy(&entry, at, sizeof entry);
    }
    else {
        memcpy(&entry, at, sizeof(ElfW(Rel))); /* It is how the other one begins. */
    }
    return (struct relocation){
        .offset = entry.r_offset,
        .addend = (ElfW(Addr))entry.r_addend,
        .type = RELOCATION_TYPE(entry.r_info),
        .symbol = RELOCATION_SYMBOL(entry.r_info),
        .has_addend = table->entry == sizeof(ElfW(Rela)),
    };
}

/* ---- Symbols ---- */

static ElfW(Sym)
symbol_at(const struct reader *reader, uint32_t index)
{
    ElfW(Sym) symbol;
    memcpy(&symbol, reader->elf->image + reader->elf->symtab + index * sizeof symbol,
           sizeof symbol);
    return symbol;
}

/* How many symbols there are.  A GNU hash table without symbols does not tell:
 * then those count that relocations name. */
static int
count_symbols(struct reader *reader, uint64_t *count)
{
    uint64_t sysv = 0, gnu = 0;

    if (!reader->present[TAG_HASH] && !reader->present[TAG_GNU_HASH]) {
        return DAMAGED("it has no hash table of its symbols");
    }
    if ((reader->present[TAG_HASH] && find_sysv_hash(reader, &sysv) < 0)
        || (reader->present[TAG_GNU_HASH] && find_gnu_hash(reader, &gnu) < 0)) {
        return -1;
    }
    if (sysv != 0) {
        if (gnu > sysv) {
            return DAMAGED("its hash tables are of %llu and of %llu symbols", HEX(sysv), HEX(gnu));
        }
        *count = sysv;
        return 0;
    }
    *count = gnu;
    if (gnu == 0) {
        *count = reader->gnu.first > 1 ? reader->gnu.first : 1;
        for (unsigned t = 0; t < reader->relocations_count; t++) {
            for (size_t i = 0; i < reader->relocations[t].count; i++) {
                struct relocation relocation = relocation_at(reader, &reader->relocations[t], i);
                if (relocation.symbol >= *count) {
                    *count = (uint64_t)relocation.symbol + 1;
                }
            }
        }
    }
    return 0;
}

static int
find_symbols(struct reader *reader)
{
    struct py2abi_elf *elf = reader->elf;
    uint64_t count;

    if (!reader->present[TAG_SYMTAB]) {
        return DAMAGED("it has no symbol table");
    }
    if (reader->present[TAG_SYMENT] && reader->value[TAG_SYMENT] != sizeof(ElfW(Sym))) {
        return DAMAGED("its symbol table has entries of %llu bytes, not %zu",
                       HEX(reader->value[TAG_SYMENT]), sizeof(ElfW(Sym)));
    }
    if (count_symbols(reader, &count) < 0) {
        return -1;
    }
    if (count > UINT32_MAX) {
        return DAMAGED("its symbol table lies outside the file");
    }
    if (find_table(reader, "symbol table", reader->value[TAG_SYMTAB], count * sizeof(ElfW(Sym)),
                   _Alignof(ElfW(Sym)), &elf->symtab) < 0) {
        return -1;
    }
    elf->symbol_count = (uint32_t)count;
    return 0;
}

/* Whether there may be a function at an address: in a part of the file that is
 * executable, stays so, and is nothing else. */
static int
is_code(const struct reader *reader, uint64_t address)
{
    const struct load *load = load_before(reader, address);
    if (load == NULL || (load->flags & PF_X) == 0
        || !is_within(address, 1, load->address, load->file_size)) {
        return 0;
    }
    if (reader->relro != NULL) {
        uint64_t begin = page_down(reader->relro->p_vaddr);
        uint64_t end = page_down(reader->relro->p_vaddr + reader->relro->p_memsz);
        if (address >= begin && address < end) {
            return 0;
        }
    }
    for (unsigned i = 0; i < reader->table_count; i++) {
        if (is_within(address, 1, reader->tables[i].address, reader->tables[i].size)) {
            return 0;
        }
    }
    return 1;
}

/* ld.so passes over symbols of other kinds, and what refers to them finds nothing. */
static int
check_kind(struct reader *reader, uint32_t index, const ElfW(Sym) *symbol)
{
    unsigned bind = SYMBOL_BIND(symbol->st_info), type = SYMBOL_TYPE(symbol->st_info);
    int known_bind = bind == STB_LOCAL || bind == STB_GLOBAL || bind == STB_WEAK
                     || bind == STB_GNU_UNIQUE;
    int known_type = type <= STT_TLS || type == STT_GNU_IFUNC;

    if (!KNOWS_TYPES) {
        return 0; /* Machines have kinds of their own. */
    }
    if (!known_bind || !known_type) {
        return DAMAGED("its symbol %u is of an unknown kind", (unsigned)index);
    }
    if (bind != STB_LOCAL && (type == STT_SECTION || type == STT_FILE)) {
        return DAMAGED("its symbol %u is global and names a section or a file", (unsigned)index);
    }
    return 0;
}

static int
check_undefined(struct reader *reader, uint32_t index, const ElfW(Sym) *symbol)
{
    /* A local one is not looked up: it would be the start of the object. */
    if (SYMBOL_BIND(symbol->st_info) == STB_LOCAL
        || SYMBOL_VISIBILITY(symbol->st_other) != STV_DEFAULT) {
        return DAMAGED("its symbol %u is undefined and local", (unsigned)index);
    }
    if (symbol->st_value != 0) {
        return DAMAGED("its symbol %u is undefined and has an address", (unsigned)index);
    }
    return 0;
}

static int
check_defined(struct reader *reader, uint32_t index, const ElfW(Sym) *symbol)
{
    uint64_t value = symbol->st_value;
    const struct load *load;

    switch (SYMBOL_TYPE(symbol->st_info)) {
    case STT_TLS:
        if (reader->tls == NULL) {
            return DAMAGED("its symbol %u is thread-local, and it has no such variables",
                           (unsigned)index);
        }
        if (!is_within(value, symbol->st_size, 0, reader->tls->p_memsz)) {
            return DAMAGED("its thread-local symbol %u lies outside its thread-local variables",
                           (unsigned)index);
        }
        return 0;
    case STT_GNU_IFUNC: /* It is called when somebody wants the symbol. */
        if (symbol->st_shndx == SHN_ABS || !is_code(reader, value)) {
            return DAMAGED("its symbol %u is a function outside its code", (unsigned)index);
        }
        return 0;
    default:
        if (symbol->st_shndx == SHN_ABS) {
            return 0;
        }
        load = load_before(reader, value);
        /* The end of a segment may have a name. */
        if (load == NULL || !is_within(value, 0, load->address, load->memory_size)) {
            return DAMAGED("its symbol %u lies outside its segments", (unsigned)index);
        }
        return 0;
    }
}

/* The index of a symbol's version; 0 where there are none. */
static unsigned
version_of(const struct reader *reader, uint32_t index)
{
    ElfW(Half) version = 0;
    if (reader->present[TAG_VERSYM]) {
        memcpy(&version, reader->elf->image + reader->versym + index * sizeof version,
               sizeof version);
    }
    return version & 0x7fff;
}

static int
check_symbols(struct reader *reader)
{
    static const ElfW(Sym) null;
    ElfW(Sym) symbol = symbol_at(reader, 0);

    if (memcmp(&symbol, &null, sizeof null) != 0) {
        return DAMAGED("its symbol 0 is not empty");
    }
    for (uint32_t i = 0; i < reader->elf->symbol_count; i++) {
        symbol = symbol_at(reader, i);
        if (symbol.st_name >= reader->elf->strings_size) {
            return DAMAGED("the name of its symbol %u lies outside its string table", (unsigned)i);
        }
        unsigned version = version_of(reader, i);
        if (reader->present[TAG_VERSYM]
            && (reader->versions[version / 8] & 1U << version % 8) == 0) {
            return DAMAGED("its symbol %u has the version %u, which is none", (unsigned)i,
                           version);
        }
        if (i != 0 && check_kind(reader, i, &symbol) < 0) {
            return -1;
        }
        if (i != 0
            && (symbol.st_shndx == SHN_UNDEF ? check_undefined(reader, i, &symbol)
                                             : check_defined(reader, i, &symbol)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- What hash tables hold ----
 *
 * A symbol that cannot be found by its name is not there: the object's own
 * calls of it end nowhere, when nobody else has one of the name and it is weak. */

/* The hash value of the name of a symbol, in one of the two ways. */
static int
hash_name(struct reader *reader, uint32_t index, int gnu, uint32_t *hash)
{
    ElfW(Sym) symbol = symbol_at(reader, index);
    const char *name = reader->elf->strings + symbol.st_name;
    uint32_t value = gnu ? 5381 : 0;

    for (; *name != '\0'; name++) {
        if (reader->hash_bytes-- == 0) {
            return DAMAGED("the names of its symbols are longer than the file");
        }
        if (gnu) {
            value = value * 33 + (unsigned char)*name;
        }
        else {
            value = (value << 4) + (unsigned char)*name;
            value = (value ^ (value >> 24 & 0xf0)) & 0x0fffffff;
        }
    }
    *hash = value;
    return 0;
}

/* Whether a symbol is one that others can find. */
static int
is_found(const ElfW(Sym) *symbol)
{
    return symbol->st_shndx != SHN_UNDEF && SYMBOL_BIND(symbol->st_info) != STB_LOCAL;
}

static int
refuse_hash(struct reader *reader, const char *name, uint32_t index)
{
    return DAMAGED("its %s has its symbol %u in a wrong place", name, (unsigned)index);
}

/* Whether two names are the same; -1: it takes too long. */
static int
is_same_name(struct reader *reader, const char *a, const char *b)
{
    for (; *a == *b; a++, b++) {
        if (reader->compare_bytes-- == 0) {
            return DAMAGED("its %s takes too long to go through", sysv_name);
        }
        if (*a == '\0') {
            return 1;
        }
    }
    return reader->compare_bytes-- == 0
               ? DAMAGED("its %s takes too long to go through", sysv_name)
               : 0;
}

/* Two symbols of the same name and version: who wants the second gets the first.
 * The GNU hash table has the whole hash values, which tell names apart.  The
 * chains are sound. */
static int
check_twins(struct reader *reader, uint32_t first)
{
    ElfW(Sym) symbol = symbol_at(reader, first);
    uint32_t second = first;

    if (!is_found(&symbol)) {
        return 0;
    }
    while ((second = word_at(reader, reader->sysv.chains + (size_t)second * 4)) != STN_UNDEF) {
        ElfW(Sym) other = symbol_at(reader, second);
        int same = is_same_name(reader, reader->elf->strings + symbol.st_name,
                                reader->elf->strings + other.st_name);
        if (same < 0) {
            return -1;
        }
        if (same && is_found(&other)
            && version_of(reader, first) == version_of(reader, second)) {
            return DAMAGED("its symbols %u and %u have the same name", (unsigned)first,
                           (unsigned)second);
        }
    }
    return 0;
}

static int
check_sysv_hash(struct reader *reader, uint32_t found)
{
    uint32_t steps = 0;
    for (uint32_t i = 0; i < reader->sysv.bucket_count; i++) {
        uint32_t index = word_at(reader, reader->sysv.buckets + (size_t)i * 4), hash;
        while (index != STN_UNDEF) {
            if (index >= reader->elf->symbol_count) {
                return DAMAGED("its %s names the symbol %u of %u", sysv_name, (unsigned)index,
                               (unsigned)reader->elf->symbol_count);
            }
            /* Each symbol is in one chain at most: more steps mean a circle. */
            if (++steps > reader->elf->symbol_count) {
                return DAMAGED("its %s goes round in a circle", sysv_name);
            }
            if (hash_name(reader, index, 0, &hash) < 0) {
                return -1;
            }
            if (hash % reader->sysv.bucket_count != i) {
                return refuse_hash(reader, sysv_name, index);
            }
            ElfW(Sym) symbol = symbol_at(reader, index);
            found -= is_found(&symbol) ? 1 : 0;
            index = word_at(reader, reader->sysv.chains + (size_t)index * 4);
        }
    }
    if (found != 0) {
        return DAMAGED("its %s lacks symbols", sysv_name);
    }
    for (uint32_t i = 1; i < reader->elf->symbol_count; i++) {
        if (check_twins(reader, i) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
check_gnu_hash(struct reader *reader, uint32_t found)
{
    for (uint32_t i = 0; i < reader->gnu.bucket_count; i++) {
        uint32_t index = word_at(reader, reader->gnu.buckets + (size_t)i * 4), hash, entry;
        if (index == 0) {
            continue;
        }
        do {
            if (hash_name(reader, index, 1, &hash) < 0) {
                return -1;
            }
            entry = word_at(reader,
                            reader->gnu.chains + (size_t)(index - reader->gnu.first) * 4);
            ElfW(Addr) filter;
            size_t at = (hash / (8 * WORD)) & (reader->gnu.filter_count - 1);
            memcpy(&filter, reader->elf->image + reader->gnu.filters + at * WORD, WORD);
            unsigned first = hash % (8 * WORD), second = (hash >> reader->gnu.shift) % (8 * WORD);
            if (((entry ^ hash) | 1) != 1 || hash % reader->gnu.bucket_count != i
                || (filter >> first & filter >> second & 1) == 0) {
                return refuse_hash(reader, gnu_name, index);
            }
            ElfW(Sym) symbol = symbol_at(reader, index++);
            found -= is_found(&symbol) ? 1 : 0;
        } while ((entry & 1) == 0);
    }
    return found == 0 ? 0 : DAMAGED("its %s lacks symbols", gnu_name);
}

static int
check_hashes(struct reader *reader)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < reader->elf->symbol_count; i++) {
        ElfW(Sym) symbol = symbol_at(reader, i);
        found += is_found(&symbol) ? 1 : 0;
    }
    /* Names may end alike and share their ends, but not without limit. */
    reader->hash_bytes = (uint64_t)reader->elf->size * 8;
    reader->compare_bytes = (uint64_t)reader->elf->size * 32;
    if ((reader->present[TAG_HASH] && check_sysv_hash(reader, found) < 0)
        || (reader->present[TAG_GNU_HASH] && check_gnu_hash(reader, found) < 0)) {
        return -1;
    }
    return 0;
}

/* ---- What relocations write to ---- */

/* Whether the dynamic linker can write to memory without hurting itself. */
static int
check_writable(struct reader *reader, const char *what, uint64_t address, unsigned width)
{
    const struct load *load = load_of(reader, address, width);
    if (load == NULL) {
        return DAMAGED("%s (%#llx) lies outside its segments", what, HEX(address));
    }
    if ((load->flags & PF_W) == 0 && !reader->text_relocations) {
        return DAMAGED("%s (%#llx) is read-only", what, HEX(address));
    }
    for (unsigned i = 0; i < reader->table_count; i++) {
        if (overlap(address, width, reader->tables[i].address, reader->tables[i].size)) {
            return DAMAGED("%s (%#llx) lies in its %s", what, HEX(address),
                           reader->tables[i].name);
        }
    }
    return 0;
}

/* The word that the file has at an address; zero beyond the file. */
static uint64_t
initial_word(const struct reader *reader, uint64_t address)
{
    ElfW(Addr) word = 0;
    size_t offset;
    if (find_bytes(reader, address, sizeof word, &offset) != NULL) {
        memcpy(&word, reader->elf->image + offset, sizeof word);
    }
    return word;
}

/* The arrays of functions are filled by relocations: each entry by one of the
 * known kinds, with the address of a function.  No one else writes there. */
static int
check_array_entry(struct reader *reader, uint64_t address, unsigned width,
                  const struct relocation *relocation, enum effect effect)
{
    for (unsigned i = 0; i < ARRAYS; i++) {
        const struct array *array = &reader->arrays[i];
        if (!overlap(address, width, array->address, array->count * (uint64_t)WORD)) {
            continue;
        }
        if (address < array->address || (address - array->address) % WORD != 0 || width != WORD) {
            return DAMAGED("a relocation (%#llx) writes across entries of its %s", HEX(address),
                           array->name);
        }
        int good = 0;
        if (relocation == NULL || effect == RELATIVE) {
            good = is_code(reader, relocation != NULL && relocation->has_addend
                                       ? relocation->addend
                                       : initial_word(reader, address));
        }
        else if (effect == SYMBOL || effect == SLOT) {
            /* Compilers only name functions of the object itself here. */
            ElfW(Sym) symbol = symbol_at(reader, relocation->symbol);
            uint64_t addend = effect == SLOT           ? 0
                              : relocation->has_addend ? relocation->addend
                                                       : initial_word(reader, address);
            good = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS
                   && SYMBOL_TYPE(symbol.st_info) != STT_GNU_IFUNC
                   && SYMBOL_TYPE(symbol.st_info) != STT_TLS
                   && is_code(reader, (ElfW(Addr))(symbol.st_value + addend));
        }
        else {
            good = effect == ANYTHING;
        }
        if (!good) {
            return DAMAGED("its %s has an entry (%#llx) that is no function", array->name,
                           HEX(address));
        }
        size_t bit = array->first + (size_t)((address - array->address) / WORD);
        reader->relocated[bit / 8] |= (unsigned char)(1U << bit % 8);
    }
    return 0;
}

/* ---- Relocations: what they do ---- */

static int
check_symbol_of(struct reader *reader, const struct relocation *relocation, enum effect effect)
{
    ElfW(Sym) symbol = symbol_at(reader, relocation->symbol);
    if (effect == TLS) {
        if (relocation->symbol != 0 && SYMBOL_TYPE(symbol.st_info) != STT_TLS
            && SYMBOL_TYPE(symbol.st_info) != STT_SECTION) {
            return DAMAGED("a relocation (%#llx) wants a thread-local variable of the symbol %u",
                           HEX(relocation->offset), (unsigned)relocation->symbol);
        }
        if (reader->tls == NULL && (relocation->symbol == 0 || symbol.st_shndx != SHN_UNDEF)) {
            return DAMAGED("a relocation (%#llx) wants a thread-local variable, and there is none",
                           HEX(relocation->offset));
        }
    }
    else if ((effect == SLOT || effect == LAZY_SLOT)
             && (relocation->symbol == 0
                 || (symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS
                     && symbol.st_value == 0))) {
        return DAMAGED("a relocation (%#llx) is for the symbol %u, which is nowhere",
                       HEX(relocation->offset), (unsigned)relocation->symbol);
    }
    if (effect == NUMBER && symbol.st_shndx == SHN_UNDEF
        && SYMBOL_BIND(symbol.st_info) == STB_WEAK) {
        /* ld.so wants to know the size of a symbol that may be nowhere. */
        return DAMAGED("a relocation (%#llx) is about the symbol %u, which may be missing",
                       HEX(relocation->offset), (unsigned)relocation->symbol);
    }
    /* An absolute symbol is a number; what is an object has an address that moves. */
    if ((effect == SYMBOL || effect == SLOT || effect == LAZY_SLOT)
        && symbol.st_shndx == SHN_ABS && SYMBOL_TYPE(symbol.st_info) != STT_NOTYPE
        && symbol.st_size != 0 && load_of(reader, symbol.st_value, 1) != NULL) {
        return DAMAGED("a relocation (%#llx) is for the symbol %u, which is no number",
                       HEX(relocation->offset), (unsigned)relocation->symbol);
    }
    /* Through a lazy slot a function is called, already by constructors. */
    if (effect == LAZY_SLOT && symbol.st_shndx != SHN_UNDEF
        && (symbol.st_shndx == SHN_ABS || !is_code(reader, symbol.st_value))) {
        return DAMAGED("a relocation (%#llx) is for calls of the symbol %u, which is no code",
                       HEX(relocation->offset), (unsigned)relocation->symbol);
    }
    return 0;
}

/* With the first call, ld.so writes to a slot; until then the slot leads to
 * where that is asked for. */
static int
check_lazy_slot(struct reader *reader, uint64_t address)
{
    if (reader->relro != NULL && address >= reader->relro->p_vaddr
        && address < page_down(reader->relro->p_vaddr + reader->relro->p_memsz)) {
        return DAMAGED("a relocation (%#llx) with the first call is of read-only memory",
                       HEX(address));
    }
    if (!is_code(reader, initial_word(reader, address))) {
        return DAMAGED("a relocation (%#llx) with the first call does not lead to code",
                       HEX(address));
    }
    return 0;
}

static int
check_relocation(struct reader *reader, const struct relocation *relocation)
{
    struct kind kind = kind_of(relocation->type);
    uint64_t address = relocation->offset;

    /* ld.so reads the symbol before it looks at the type. */
    if (relocation->symbol >= reader->elf->symbol_count) {
        return DAMAGED("a relocation (%#llx) names the symbol %u of %u", HEX(relocation->offset),
                       (unsigned)relocation->symbol, (unsigned)reader->elf->symbol_count);
    }
    switch (kind.effect) {
    case NOTHING:
        return 0;
    case UNKNOWN:
        return DAMAGED("a relocation (%#llx) is of the unknown type %u", HEX(address),
                       (unsigned)relocation->type);
    case COPY:
        return DAMAGED("a relocation (%#llx) copies, which is for executables only", HEX(address));
    default:
        break;
    }
    if (check_writable(reader, "the place of a relocation", address, kind.width) < 0) {
        return -1;
    }
    if (kind.effect == IRELATIVE
        && !is_code(reader, relocation->has_addend ? relocation->addend
                                                   : initial_word(reader, address))) {
        return DAMAGED("a relocation (%#llx) calls what is no code", HEX(address));
    }
    if (kind.effect != RELATIVE && kind.effect != IRELATIVE
        && check_symbol_of(reader, relocation, kind.effect) < 0) {
        return -1;
    }
    if (kind.effect == LAZY_SLOT && reader->lazy && check_lazy_slot(reader, address) < 0) {
        return -1;
    }
    return check_array_entry(reader, address, kind.width, relocation, kind.effect);
}

static int
check_relocations(struct reader *reader)
{
    for (unsigned t = 0; t < reader->relocations_count; t++) {
        const struct relocations *table = &reader->relocations[t];
        for (size_t i = 0; i < table->count; i++) {
            struct relocation relocation = relocation_at(reader, table, i);
            if (i < table->relative && KNOWS_TYPES
                && kind_of(relocation.type).effect != RELATIVE) {
                return DAMAGED("its %s has entry %zu among the relative ones, and it is none",
                               table->name, i);
            }
            if (check_relocation(reader, &relocation) < 0) {
                return -1;
            }
            if (table->is_plt && relocation.offset < reader->first_slot) {
                reader->first_slot = relocation.offset;
            }
        }
    }
    return 0;
}

/* DT_RELR: an address, then words whose bits are for the words that follow it.
 * Everything is relative, with the addend in place, so that doing a place twice
 * spoils it: the addresses go up. */
static int
check_relr(struct reader *reader)
{
    static const char name[] = "compact relocation table", what[] = "the place of a relocation";
    uint64_t size = reader->value[TAG_RELRSZ], next = 0;
    size_t offset;
    int begun = 0;

    if (!reader->present[TAG_RELR]) {
        return size == 0 ? 0 : DAMAGED("its %s is nowhere", name);
    }
    if (!reader->present[TAG_RELRSZ] || !reader->present[TAG_RELRENT]) {
        return DAMAGED("its %s is of unknown size", name);
    }
    if (reader->value[TAG_RELRENT] != WORD || size % WORD != 0) {
        return DAMAGED("its %s has entries that are no words", name);
    }
    if (size == 0) {
        return 0;
    }
    if (find_table(reader, name, reader->value[TAG_RELR], size, WORD, &offset) < 0) {
        return -1;
    }
    for (uint64_t i = 0; i < size / WORD; i++) {
        ElfW(Addr) entry;
        memcpy(&entry, reader->elf->image + offset + i * WORD, sizeof entry);
        if ((entry & 1) == 0) {
            if (begun && entry < next) {
                return DAMAGED("its %s is not in order", name);
            }
            begun = 1;
            next = entry;
            if (check_writable(reader, what, next, WORD) < 0
                || check_array_entry(reader, next, WORD, NULL, RELATIVE) < 0) {
                return -1;
            }
            next += WORD;
            continue;
        }
        if (!begun) {
            return DAMAGED("its %s does not begin with an address", name);
        }
        uint64_t at = next;
        for (entry >>= 1; entry != 0; entry >>= 1, at += WORD) {
            if ((entry & 1) != 0
                && (check_writable(reader, what, at, WORD) < 0
                    || check_array_entry(reader, at, WORD, NULL, RELATIVE) < 0)) {
                return -1;
            }
        }
        next += (WORD * 8 - 1) * (uint64_t)WORD;
    }
    return 0;
}

/* ---- Functions that the dynamic linker calls ---- */

static int
find_arrays(struct reader *reader)
{
    static const struct {
        const char *name;
        enum tag address, size;
    } rows[ARRAYS] = {
        {"array of early constructors", TAG_PREINIT_ARRAY, TAG_PREINIT_ARRAYSZ},
        {"array of constructors", TAG_INIT_ARRAY, TAG_INIT_ARRAYSZ},
        {"array of destructors", TAG_FINI_ARRAY, TAG_FINI_ARRAYSZ},
    };
    for (unsigned i = 0; i < ARRAYS; i++) {
        struct array *array = &reader->arrays[i];
        uint64_t address = reader->value[rows[i].address], size = reader->value[rows[i].size];
        size_t offset;
        array->name = rows[i].name;
        array->first = reader->functions;
        if (!reader->present[rows[i].address]) {
            continue;
        }
        if (!reader->present[rows[i].size] || size % WORD != 0) {
            return DAMAGED("its %s is of an impossible size", array->name);
        }
        if (size == 0) {
            continue;
        }
        if (address % WORD != 0) {
            return DAMAGED("its %s is at the misaligned address %#llx", array->name, HEX(address));
        }
        if (find_bytes(reader, address, size, &offset) == NULL) {
            return DAMAGED("its %s lies outside the file", array->name);
        }
        if (size / WORD > FUNCTIONS_MAX - reader->functions) {
            return DAMAGED("it has more than %d constructors and destructors", FUNCTIONS_MAX);
        }
        array->address = address;
        array->count = (size_t)(size / WORD);
        reader->functions += array->count;
    }
    return 0;
}

static int
check_functions(struct reader *reader)
{
    if (reader->present[TAG_INIT] && !is_code(reader, reader->value[TAG_INIT])) {
        return DAMAGED("its initialisation function lies outside its code");
    }
    if (reader->present[TAG_FINI] && !is_code(reader, reader->value[TAG_FINI])) {
        return DAMAGED("its termination function lies outside its code");
    }
    for (unsigned i = 0; i < ARRAYS; i++) {
        const struct array *array = &reader->arrays[i];
        for (size_t entry = 0; entry < array->count; entry++) {
            size_t bit = array->first + entry;
            if ((reader->relocated[bit / 8] & 1U << bit % 8) == 0) {
                return DAMAGED("its %s has an entry (%#llx) that is not relocated", array->name,
                               HEX(array->address + entry * WORD));
            }
        }
    }
    return 0;
}

/* Where the dynamic linker leaves what lazy binding needs. */
static int
check_lazy_places(struct reader *reader)
{
    if (!reader->lazy) {
        return 0;
    }
    if (reader->present[TAG_JMPREL]) {
        if (!reader->present[TAG_PLTGOT]) {
            return DAMAGED("it has a procedure linkage table without a table of its addresses");
        }
        if (SLOTS_BEGIN_PLTGOT && reader->value[TAG_PLTRELSZ] != 0
            && reader->first_slot != reader->value[TAG_PLTGOT] + 3 * WORD) {
            return DAMAGED("the table of the procedure linkage table's addresses is not where it "
                           "says");
        }
        if (check_writable(reader, "the table of the procedure linkage table's addresses",
                           reader->value[TAG_PLTGOT], 3 * WORD) < 0) {
            return -1;
        }
    }
    if (reader->present[TAG_TLSDESC_PLT] || reader->present[TAG_TLSDESC_GOT]) {
        if (check_writable(reader, "the address of thread-local variables' resolver",
                           reader->value[TAG_TLSDESC_GOT], WORD) < 0) {
            return -1;
        }
        if (!is_code(reader, reader->value[TAG_TLSDESC_PLT])) {
            return DAMAGED("the resolver of thread-local variables lies outside its code");
        }
    }
    return 0;
}

/* Note where a part of the file is first mapped: it is no code and not written to. */
static int
add_mapped(struct reader *reader, const char *name, uint64_t offset, uint64_t size)
{
    for (unsigned i = 0; i < reader->load_count; i++) {
        const struct load *load = &reader->loads[i];
        if (is_within(offset, size, load->offset, load->file_size)) {
            return add_table(reader, name, load->address + (offset - load->offset), size);
        }
    }
    return 0;
}

static int
add_headers(struct reader *reader)
{
    const struct py2abi_elf *elf = reader->elf;
    size_t phdrs = (size_t)((const unsigned char *)elf->phdr - elf->image);

    return add_mapped(reader, "ELF header", 0, sizeof(ElfW(Ehdr))) < 0
                   || add_mapped(reader, "table of program headers", phdrs,
                                 elf->phdr_count * sizeof *elf->phdr)
                          < 0
               ? -1
               : 0;
}

/* Read an image and check it.
 *
 * image is aligned as memory from malloc or mmap is.  elf, filled when the
 * result is PY2ABI_ELF_OK, points into the image and holds as long as that
 * does.  Otherwise why gets a sentence without the file's name.  Needs no
 * Python; any thread. */
enum py2abi_elf_status
py2abi_elf_read(struct py2abi_elf *elf, const void *image, size_t size, char why[PY2ABI_ELF_WHY])
{
    struct reader reader = {.elf = elf, .why = why, .first_slot = UINT64_MAX};
    ElfW(Ehdr) header;

    *elf = (struct py2abi_elf){.image = image, .size = size};
    why[0] = '\0';
    if ((uintptr_t)image % _Alignof(ElfW(Ehdr)) != 0) {
        refuse(&reader, PY2ABI_ELF_DAMAGED, "its copy in memory is not aligned");
        return reader.status;
    }
    (void)(check_header(&reader, &header) < 0 || find_phdrs(&reader, &header) < 0
           || read_segments(&reader) < 0 || read_dynamic(&reader) < 0
           || add_headers(&reader) < 0 || read_strings(&reader) < 0
           || find_relocations(&reader) < 0 || find_symbols(&reader) < 0
           || read_versions(&reader) < 0 || check_symbols(&reader) < 0
           || check_hashes(&reader) < 0
           || find_arrays(&reader) < 0 || check_relr(&reader) < 0
           || check_relocations(&reader) < 0 || check_functions(&reader) < 0
           || check_lazy_places(&reader) < 0);
    return reader.status;
}

/* The symbol of an index below elf->symbol_count; its name is in the image. */
void
py2abi_elf_symbol(const struct py2abi_elf *elf, uint32_t index, struct py2abi_elf_symbol *symbol)
{
    ElfW(Sym) entry;
    size_t offset = elf->symtab + index * sizeof entry;
    memcpy(&entry, elf->image + offset, sizeof entry);
    *symbol = (struct py2abi_elf_symbol){
        .name = elf->strings + entry.st_name,
        .value = entry.st_value,
        .size = (size_t)entry.st_size,
        .offset = offset,
        .bind = SYMBOL_BIND(entry.st_info),
        .type = SYMBOL_TYPE(entry.st_info),
        .visibility = SYMBOL_VISIBILITY(entry.st_other),
        .defined = entry.st_shndx != SHN_UNDEF,
    };
}

/* The dynamic entry of an index below elf->dynamic_count, in the image. */
const ElfW(Dyn) *
py2abi_elf_dynamic(const struct py2abi_elf *elf, unsigned index)
{
    return (const ElfW(Dyn) *)(const void *)(elf->image + elf->dynamic) + index;
}

/* The name of the next needed library, in the image, or NULL.  *index is 0 at
 * first and belongs to this function afterwards. */
const char *
py2abi_elf_needed(const struct py2abi_elf *elf, unsigned *index)
{
    while (*index < elf->dynamic_count) {
        const ElfW(Dyn) *entry = py2abi_elf_dynamic(elf, (*index)++);
        if (entry->d_tag == DT_NEEDED) {
            return elf->strings + entry->d_un.d_val;
        }
    }
    return NULL;
}

/* Where an address of the object lies in the image, or its size: nowhere there. */
static size_t
offset_of(const struct py2abi_elf *elf, ElfW(Addr) address)
{
    for (unsigned i = 0; i < elf->phdr_count; i++) {
        const ElfW(Phdr) *segment = &elf->phdr[i];
        if (segment->p_type == PT_LOAD && address - segment->p_vaddr < segment->p_filesz) {
            return (size_t)(segment->p_offset + (address - segment->p_vaddr));
        }
    }
    return elf->size;
}

/* Whether the object wants certain symbol versions of a library: then the
 * dynamic linker insists on the library.  The chain was checked when the image
 * was read; nothing outside the image is read even if it was changed since. */
int
py2abi_elf_wants_versions(const struct py2abi_elf *elf, const char *library)
{
    size_t at = elf->size;
    for (unsigned i = 0; i < elf->dynamic_count; i++) {
        if (py2abi_elf_dynamic(elf, i)->d_tag == DT_VERNEED) {
            at = offset_of(elf, py2abi_elf_dynamic(elf, i)->d_un.d_ptr);
        }
    }
    while (at <= elf->size && elf->size - at >= sizeof(ElfW(Verneed))) {
        ElfW(Verneed) need;
        memcpy(&need, elf->image + at, sizeof need);
        if (need.vn_file < elf->strings_size
            && strcmp(elf->strings + need.vn_file, library) == 0) {
            return 1;
        }
        if (need.vn_next == 0) {
            break;
        }
        at += need.vn_next;
    }
    return 0;
}
