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

#include "elf-reader.h"

#include <stdarg.h>
#include <stdio.h>

/* Say why not. */
void
py2abi_elf_refuse(struct py2abi_elf_reader *reader, enum py2abi_elf_status status,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reader->why, PY2ABI_ELF_WHY, format, args);
    va_end(args);
    reader->status = status;
}

/* A segment that the file is too short for. */
static int
refuse_truncated(struct py2abi_elf_reader *reader, unsigned number)
{
    reader->elf->is_truncated = 1;
    return DAMAGED("its segment %u lies outside the file", number);
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
refuse_foreign(struct py2abi_elf_reader *reader, const unsigned char *ident, unsigned machine)
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
check_header(struct py2abi_elf_reader *reader, ElfW(Ehdr) *header)
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
find_phdrs(struct py2abi_elf_reader *reader, const ElfW(Ehdr) *header)
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
const struct load *
py2abi_elf_load_before(const struct py2abi_elf_reader *reader, uint64_t address)
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
const struct load *
py2abi_elf_load_of(const struct py2abi_elf_reader *reader, uint64_t address, uint64_t size)
{
    const struct load *load = py2abi_elf_load_before(reader, address);
    return load != NULL && is_within(address, size, load->address, load->memory_size) ? load
                                                                                      : NULL;
}

/* The same for readable memory whose first contents are in the file: where. */
const struct load *
py2abi_elf_find_bytes(const struct py2abi_elf_reader *reader, uint64_t address, uint64_t size,
                      size_t *offset)
{
    const struct load *load = py2abi_elf_load_before(reader, address);
    if (load == NULL || (load->flags & PF_R) == 0
        || !is_within(address, size, load->address, load->file_size)) {
        return NULL;
    }
    *offset = (size_t)(load->offset + (address - load->address));
    return load;
}

static int
add_load(struct py2abi_elf_reader *reader, unsigned number, const ElfW(Phdr) *segment)
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
check_phdrs_in_memory(struct py2abi_elf_reader *reader, const ElfW(Phdr) *segment)
{
    const struct py2abi_elf *elf = reader->elf;
    size_t size = elf->phdr_count * sizeof *elf->phdr;
    size_t offset = (size_t)((const unsigned char *)elf->phdr - elf->image), found;

    if (segment != NULL) {
        if (py2abi_elf_find_bytes(reader, segment->p_vaddr, size, &found) == NULL
            || found != offset) {
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
check_tls(struct py2abi_elf_reader *reader, const ElfW(Phdr) *segment)
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
            || py2abi_elf_find_bytes(reader, segment->p_vaddr, segment->p_filesz, &offset)
                   == NULL)) {
        return DAMAGED("its thread-local variables lie outside the file");
    }
    reader->tls = segment;
    reader->elf->has_tls = 1;
    return 0;
}

/* The pages that are read-only after relocation are a part of a segment that
 * is written to, and end where the next one begins at the latest. */
static int
check_relro(struct py2abi_elf_reader *reader, const ElfW(Phdr) *segment)
{
    uint64_t begin = segment->p_vaddr, size = segment->p_memsz;
    const struct load *load = py2abi_elf_load_before(reader, begin);

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
    if (py2abi_elf_load_of(reader, begin, 1) == NULL
        || !is_within(begin, size, load->address, end - load->address)) {
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
check_notes(struct py2abi_elf_reader *reader, const ElfW(Phdr) *segment)
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
    if (py2abi_elf_find_bytes(reader, segment->p_vaddr, size, &offset) == NULL) {
        return DAMAGED("its notes lie outside its segments");
    }
    while (size - at > sizeof(ElfW(Nhdr)) + sizeof ELF_NOTE_GNU) {
        ElfW(Nhdr) note;
        memcpy(&note, reader->elf->image + offset + at, sizeof note);
        uint64_t next =
            (sizeof note + (uint64_t)note.n_namesz + WORD - 1) & ~(uint64_t)(WORD - 1);
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
read_segments(struct py2abi_elf_reader *reader)
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
                && (py2abi_elf_find_bytes(reader, segment->p_vaddr, segment->p_memsz, &offset)
                        == NULL
                    || elf->image[offset] != EH_FRAME_VERSION)) {
                result = DAMAGED("its unwinding table lies outside its segments");
            }
            break;
        case PT_GNU_SFRAME:
            if (segment->p_memsz != 0
                && py2abi_elf_find_bytes(reader, segment->p_vaddr, segment->p_memsz, &offset)
                       == NULL) {
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

int
py2abi_elf_add_table(struct py2abi_elf_reader *reader, const char *name, uint64_t address,
                     uint64_t size)
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
int
py2abi_elf_find_table(struct py2abi_elf_reader *reader, const char *name, uint64_t address,
                      uint64_t size, unsigned align, size_t *offset)
{
    if (py2abi_elf_find_bytes(reader, address, size, offset) == NULL) {
        return DAMAGED("its %s lies outside the file", name);
    }
    if (address % align != 0 || *offset % align != 0) {
        return DAMAGED("its %s is at the misaligned address %#llx", name, HEX(address));
    }
    return py2abi_elf_add_table(reader, name, address, size);
}

static int
read_dynamic(struct py2abi_elf_reader *reader)
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
    const struct load *load =
        py2abi_elf_find_bytes(reader, segment->p_vaddr, segment->p_filesz, &offset);
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
    return py2abi_elf_add_table(reader, "dynamic segment", segment->p_vaddr,
                                (elf->dynamic_count + 1) * sizeof(ElfW(Dyn)));
}

/* ---- Strings ---- */

int
py2abi_elf_find_string(struct py2abi_elf_reader *reader, const char *what, uint64_t at,
                       const char **string)
{
    if (at >= reader->elf->strings_size) {
        return DAMAGED("%s lies outside its string table", what);
    }
    *string = reader->elf->strings + at;
    return 0;
}

static int
read_strings(struct py2abi_elf_reader *reader)
{
    struct py2abi_elf *elf = reader->elf;
    uint64_t size = reader->value[TAG_STRSZ];
    size_t offset;

    if (!reader->present[TAG_STRTAB] || !reader->present[TAG_STRSZ] || size == 0) {
        return DAMAGED("it has no string table");
    }
    const struct load *load =
        py2abi_elf_find_bytes(reader, reader->value[TAG_STRTAB], size, &offset);
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
    if (py2abi_elf_add_table(reader, "string table", reader->value[TAG_STRTAB], elf->strings_size)
        < 0) {
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
        if (py2abi_elf_find_string(reader, what, entry.d_un.d_val, &string) < 0) {
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

/* Whether there may be a function at an address: in a part of the file that is
 * executable, stays so, and is nothing else. */
int
py2abi_elf_is_code(const struct py2abi_elf_reader *reader, uint64_t address)
{
    const struct load *load = py2abi_elf_load_before(reader, address);
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

/* Note where a part of the file is first mapped: it is no code and not written to. */
static int
add_mapped(struct py2abi_elf_reader *reader, const char *name, uint64_t offset, uint64_t size)
{
    for (unsigned i = 0; i < reader->load_count; i++) {
        const struct load *load = &reader->loads[i];
        if (is_within(offset, size, load->offset, load->file_size)) {
            return py2abi_elf_add_table(reader, name, load->address + (offset - load->offset),
                                        size);
        }
    }
    return 0;
}

static int
add_headers(struct py2abi_elf_reader *reader)
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
    struct py2abi_elf_reader reader = {.elf = elf, .why = why, .first_slot = UINT64_MAX};
    ElfW(Ehdr) header;

    *elf = (struct py2abi_elf){.image = image, .size = size};
    why[0] = '\0';
    if ((uintptr_t)image % _Alignof(ElfW(Ehdr)) != 0) {
        py2abi_elf_refuse(&reader, PY2ABI_ELF_DAMAGED, "its copy in memory is not aligned");
        return reader.status;
    }
    (void)(check_header(&reader, &header) < 0 || find_phdrs(&reader, &header) < 0
           || read_segments(&reader) < 0 || read_dynamic(&reader) < 0 || add_headers(&reader) < 0
           || read_strings(&reader) < 0 || py2abi_elf_find_relocations(&reader) < 0
           || py2abi_elf_check_symbols(&reader) < 0 || py2abi_elf_check_relocations(&reader) < 0);
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
