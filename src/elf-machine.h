/* elf-machine.h - what shared objects hold on the machine that this is compiled for: its
 * number, its relocations.  For the reader of shared objects alone. */

#ifndef PY2ABI_ELF_MACHINE_H
#define PY2ABI_ELF_MACHINE_H

#include <elf.h>
#include <link.h>
#include <stdint.h>

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

static inline struct kind
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

static inline struct kind
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

static inline struct kind
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
#error "elf-machine.h has no name for this machine: add its EM_ constant and, if you can, its relocations"
#endif
enum { NATIVE_MACHINE = NATIVE_MACHINE_, TAKES_REL = 1, TAKES_RELA = 1, KNOWS_TYPES = 0,
       SLOTS_BEGIN_PLTGOT = 0 };

static inline struct kind
kind_of(uint32_t type)
{
    return type == 0 ? (struct kind){NOTHING, 0} : (struct kind){ANYTHING, WORD};
}
#endif
#endif
