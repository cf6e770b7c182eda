/* elf-symbols.c - the symbols of a shared object: their versions, and the hash tables, which
 * also are the only ones who know how many there are. */

#include "elf-reader.h"

/* ---- Versions ---- */

static int
is_needed(const struct py2abi_elf_reader *reader, const char *name)
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
read_record(struct py2abi_elf_reader *reader, struct walk *walk, uint64_t address, void *record,
            size_t size)
{
    size_t offset;
    if (walk->left-- == 0 || py2abi_elf_find_bytes(reader, address, size, &offset) == NULL) {
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
begin_walk(const struct py2abi_elf_reader *reader, const char *name, uint64_t address,
           size_t smallest)
{
    return (struct walk){name, address, address, reader->elf->size / smallest};
}

/* Note the table, which has as many entries as the dynamic segment says. */
static int
finish_walk(struct py2abi_elf_reader *reader, const struct walk *walk, unsigned count,
            enum tag number)
{
    if (reader->present[number] && reader->value[number] != count) {
        return DAMAGED("its %s has %u entries, not %llu", walk->name, count,
                       HEX(reader->value[number]));
    }
    return py2abi_elf_add_table(reader, walk->name, walk->address, walk->end - walk->address);
}

static void
note_version(struct py2abi_elf_reader *reader, unsigned index)
{
    index &= 0x7fff;
    reader->versions[index / 8] |= (unsigned char)(1U << index % 8);
    reader->has_versions |= index != VER_NDX_LOCAL;
}

static int
check_needed_versions(struct py2abi_elf_reader *reader)
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
            || py2abi_elf_find_string(reader, "the name of a library with versions", need.vn_file,
                                      &name)
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
                || py2abi_elf_find_string(reader, "the name of a version", version.vna_name,
                                          &name)
                       < 0) {
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
check_defined_versions(struct py2abi_elf_reader *reader)
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
                || py2abi_elf_find_string(reader, "the name of a version", version.vda_name,
                                          &name)
                       < 0) {
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
read_versions(struct py2abi_elf_reader *reader)
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
    return py2abi_elf_find_table(reader, "table of symbol versions", reader->value[TAG_VERSYM],
                                 reader->elf->symbol_count * (uint64_t)sizeof(ElfW(Half)),
                                 sizeof(ElfW(Half)), &reader->versym);
}

/* ---- Hash tables ---- */

static uint32_t
word_at(const struct py2abi_elf_reader *reader, size_t offset)
{
    uint32_t word;
    memcpy(&word, reader->elf->image + offset, sizeof word);
    return word;
}

/* The bytes of the file from an address to the end of its segment. */
static uint64_t
bytes_from(const struct py2abi_elf_reader *reader, uint64_t address, size_t *offset)
{
    const struct load *load = py2abi_elf_find_bytes(reader, address, 0, offset);
    return load != NULL ? load->file_size - (address - load->address) : 0;
}

static const char sysv_name[] = "hash table", gnu_name[] = "GNU hash table";

/* DT_HASH: buckets, then a chain entry for each symbol. */
static int
find_sysv_hash(struct py2abi_elf_reader *reader, uint64_t *count)
{
    uint64_t address = reader->value[TAG_HASH];
    size_t offset;

    if (bytes_from(reader, address, &offset) < 8) {
        return DAMAGED("its %s lies outside the file", sysv_name);
    }
    uint64_t buckets = word_at(reader, offset), chains = word_at(reader, offset + 4);
    if (py2abi_elf_find_table(reader, sysv_name, address, (2 + buckets + chains) * 4, 4, &offset)
        < 0) {
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
find_gnu_hash(struct py2abi_elf_reader *reader, uint64_t *count)
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
    return py2abi_elf_find_table(reader, gnu_name, address, size, WORD, &offset);
}

/* ---- Symbols ---- */

/* How many symbols there are.  A GNU hash table without symbols does not tell:
 * then those count that relocations name. */
static int
count_symbols(struct py2abi_elf_reader *reader, uint64_t *count)
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
            return DAMAGED("its hash tables are of %llu and of %llu symbols", HEX(sysv),
                           HEX(gnu));
        }
        *count = sysv;
        return 0;
    }
    *count = gnu;
    if (gnu == 0) {
        *count = reader->gnu.first > 1 ? reader->gnu.first : 1;
        uint64_t named = py2abi_elf_relocated_symbols(reader);
        if (named > *count) {
            *count = named;
        }
    }
    return 0;
}

static int
find_symbols(struct py2abi_elf_reader *reader)
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
    if (py2abi_elf_find_table(reader, "symbol table", reader->value[TAG_SYMTAB],
                              count * sizeof(ElfW(Sym)), _Alignof(ElfW(Sym)), &elf->symtab)
        < 0) {
        return -1;
    }
    elf->symbol_count = (uint32_t)count;
    return 0;
}

/* ld.so passes over symbols of other kinds, and what refers to them finds nothing. */
static int
check_kind(struct py2abi_elf_reader *reader, uint32_t index, const ElfW(Sym) *symbol)
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
check_undefined(struct py2abi_elf_reader *reader, uint32_t index, const ElfW(Sym) *symbol)
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
check_defined(struct py2abi_elf_reader *reader, uint32_t index, const ElfW(Sym) *symbol)
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
        if (symbol->st_shndx == SHN_ABS || !py2abi_elf_is_code(reader, value)) {
            return DAMAGED("its symbol %u is a function outside its code", (unsigned)index);
        }
        return 0;
    default:
        if (symbol->st_shndx == SHN_ABS) {
            return 0;
        }
        load = py2abi_elf_load_before(reader, value);
        /* The end of a segment may have a name. */
        if (load == NULL || !is_within(value, 0, load->address, load->memory_size)) {
            return DAMAGED("its symbol %u lies outside its segments", (unsigned)index);
        }
        return 0;
    }
}

/* The index of a symbol's version; 0 where there are none. */
static unsigned
version_of(const struct py2abi_elf_reader *reader, uint32_t index)
{
    ElfW(Half) version = 0;
    if (reader->present[TAG_VERSYM]) {
        memcpy(&version, reader->elf->image + reader->versym + index * sizeof version,
               sizeof version);
    }
    return version & 0x7fff;
}

static int
check_each(struct py2abi_elf_reader *reader)
{
    static const ElfW(Sym) null;
    ElfW(Sym) symbol = symbol_at(reader, 0);

    if (memcmp(&symbol, &null, sizeof null) != 0) {
        return DAMAGED("its symbol 0 is not empty");
    }
    for (uint32_t i = 0; i < reader->elf->symbol_count; i++) {
        symbol = symbol_at(reader, i);
        if (symbol.st_name >= reader->elf->strings_size) {
            return DAMAGED("the name of its symbol %u lies outside its string table",
                           (unsigned)i);
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
hash_name(struct py2abi_elf_reader *reader, uint32_t index, int gnu, uint32_t *hash)
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
refuse_hash(struct py2abi_elf_reader *reader, const char *name, uint32_t index)
{
    return DAMAGED("its %s has its symbol %u in a wrong place", name, (unsigned)index);
}

/* Whether two names are the same; -1: it takes too long. */
static int
is_same_name(struct py2abi_elf_reader *reader, const char *a, const char *b)
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
check_twins(struct py2abi_elf_reader *reader, uint32_t first)
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
check_sysv_hash(struct py2abi_elf_reader *reader, uint32_t found)
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
check_gnu_hash(struct py2abi_elf_reader *reader, uint32_t found)
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
check_hashes(struct py2abi_elf_reader *reader)
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

/* Find the symbols, check their versions, them and the hash tables.  The relocations have been
 * found. */
int
py2abi_elf_check_symbols(struct py2abi_elf_reader *reader)
{
    return find_symbols(reader) < 0 || read_versions(reader) < 0 || check_each(reader) < 0
                   || check_hashes(reader) < 0
               ? -1
               : 0;
}
