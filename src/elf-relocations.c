/* elf-relocations.c - the relocations of a shared object, what they write to, and the
 * functions that the dynamic linker calls, whose addresses they make. */

#include "elf-reader.h"

/* ---- Relocations: where they are ---- */

static int
add_relocations(struct py2abi_elf_reader *reader, const char *name, uint64_t address,
                uint64_t size, size_t entry, uint64_t relative)
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
    if (py2abi_elf_find_table(reader, name, address, size, WORD, &table->offset) < 0) {
        return -1;
    }
    if (relative > table->count) {
        return DAMAGED("its %s begins with more relative ones than it has", name);
    }
    reader->relocations_count++;
    return 0;
}

/* Find the tables; what they do is checked when the symbols are known. */
int
py2abi_elf_find_relocations(struct py2abi_elf_reader *reader)
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
relocation_at(const struct py2abi_elf_reader *reader, const struct relocations *table,
              size_t index)
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

/* One more than the highest number of a symbol that a relocation names. */
uint64_t
py2abi_elf_relocated_symbols(const struct py2abi_elf_reader *reader)
{
    uint64_t count = 0;
    for (unsigned t = 0; t < reader->relocations_count; t++) {
        for (size_t i = 0; i < reader->relocations[t].count; i++) {
            struct relocation relocation = relocation_at(reader, &reader->relocations[t], i);
            if (relocation.symbol >= count) {
                count = (uint64_t)relocation.symbol + 1;
            }
        }
    }
    return count;
}

/* ---- What relocations write to ---- */

/* Whether the dynamic linker can write to memory without hurting itself. */
static int
check_writable(struct py2abi_elf_reader *reader, const char *what, uint64_t address,
               unsigned width)
{
    const struct load *load = py2abi_elf_load_of(reader, address, width);
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
initial_word(const struct py2abi_elf_reader *reader, uint64_t address)
{
    ElfW(Addr) word = 0;
    size_t offset;
    if (py2abi_elf_find_bytes(reader, address, sizeof word, &offset) != NULL) {
        memcpy(&word, reader->elf->image + offset, sizeof word);
    }
    return word;
}

/* The arrays of functions are filled by relocations: each entry by one of the
 * known kinds, with the address of a function.  No one else writes there. */
static int
check_array_entry(struct py2abi_elf_reader *reader, uint64_t address, unsigned width,
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
            good = py2abi_elf_is_code(reader, relocation != NULL && relocation->has_addend
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
                   && py2abi_elf_is_code(reader, (ElfW(Addr))(symbol.st_value + addend));
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
check_symbol_of(struct py2abi_elf_reader *reader, const struct relocation *relocation,
                enum effect effect)
{
    ElfW(Sym) symbol = symbol_at(reader, relocation->symbol);
    if (effect == TLS) {
        if (relocation->symbol != 0 && SYMBOL_TYPE(symbol.st_info) != STT_TLS
            && SYMBOL_TYPE(symbol.st_info) != STT_SECTION) {
            return DAMAGED("a relocation (%#llx) wants a thread-local variable of the symbol %u",
                           HEX(relocation->offset), (unsigned)relocation->symbol);
        }
        if (reader->tls == NULL && (relocation->symbol == 0 || symbol.st_shndx != SHN_UNDEF)) {
            return DAMAGED(
                "a relocation (%#llx) wants a thread-local variable, and there is none",
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
    if ((effect == SYMBOL || effect == SLOT || effect == LAZY_SLOT) && symbol.st_shndx == SHN_ABS
        && SYMBOL_TYPE(symbol.st_info) != STT_NOTYPE && symbol.st_size != 0
        && py2abi_elf_load_of(reader, symbol.st_value, 1) != NULL) {
        return DAMAGED("a relocation (%#llx) is for the symbol %u, which is no number",
                       HEX(relocation->offset), (unsigned)relocation->symbol);
    }
    /* Through a lazy slot a function is called, already by constructors. */
    if (effect == LAZY_SLOT && symbol.st_shndx != SHN_UNDEF
        && (symbol.st_shndx == SHN_ABS || !py2abi_elf_is_code(reader, symbol.st_value))) {
        return DAMAGED("a relocation (%#llx) is for calls of the symbol %u, which is no code",
                       HEX(relocation->offset), (unsigned)relocation->symbol);
    }
    return 0;
}

/* With the first call, ld.so writes to a slot; until then the slot leads to
 * where that is asked for. */
static int
check_lazy_slot(struct py2abi_elf_reader *reader, uint64_t address)
{
    if (reader->relro != NULL && address >= reader->relro->p_vaddr
        && address < page_down(reader->relro->p_vaddr + reader->relro->p_memsz)) {
        return DAMAGED("a relocation (%#llx) with the first call is of read-only memory",
                       HEX(address));
    }
    if (!py2abi_elf_is_code(reader, initial_word(reader, address))) {
        return DAMAGED("a relocation (%#llx) with the first call does not lead to code",
                       HEX(address));
    }
    return 0;
}

static int
check_relocation(struct py2abi_elf_reader *reader, const struct relocation *relocation)
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
        return DAMAGED("a relocation (%#llx) copies, which is for executables only",
                       HEX(address));
    default:
        break;
    }
    if (check_writable(reader, "the place of a relocation", address, kind.width) < 0) {
        return -1;
    }
    if (kind.effect == IRELATIVE
        && !py2abi_elf_is_code(reader, relocation->has_addend ? relocation->addend
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
check_each(struct py2abi_elf_reader *reader)
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
check_relr(struct py2abi_elf_reader *reader)
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
    if (py2abi_elf_find_table(reader, name, reader->value[TAG_RELR], size, WORD, &offset) < 0) {
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
find_arrays(struct py2abi_elf_reader *reader)
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
            return DAMAGED("its %s is at the misaligned address %#llx", array->name,
                           HEX(address));
        }
        if (py2abi_elf_find_bytes(reader, address, size, &offset) == NULL) {
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
check_functions(struct py2abi_elf_reader *reader)
{
    if (reader->present[TAG_INIT] && !py2abi_elf_is_code(reader, reader->value[TAG_INIT])) {
        return DAMAGED("its initialisation function lies outside its code");
    }
    if (reader->present[TAG_FINI] && !py2abi_elf_is_code(reader, reader->value[TAG_FINI])) {
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
check_lazy_places(struct py2abi_elf_reader *reader)
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
        if (!py2abi_elf_is_code(reader, reader->value[TAG_TLSDESC_PLT])) {
            return DAMAGED("the resolver of thread-local variables lies outside its code");
        }
    }
    return 0;
}

/* Check the relocations, and the functions whose addresses they make. */
int
py2abi_elf_check_relocations(struct py2abi_elf_reader *reader)
{
    return find_arrays(reader) < 0 || check_relr(reader) < 0 || check_each(reader) < 0
                   || check_functions(reader) < 0 || check_lazy_places(reader) < 0
               ? -1
               : 0;
}
