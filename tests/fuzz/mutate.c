/* mutate.c - shared objects that are damaged where the dynamic linker reads them. */

#include "mutate.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#ifndef SHT_RELR
#define SHT_RELR 19
#endif
#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#endif

/* Types for what is no section; of sections they are impossible. */
enum { HEADER = 0xffff0001, PHDRS = 0xffff0002 };

uint64_t
mutate_random(uint64_t *state, uint64_t limit)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (*state >> 11) % limit;
}

/* The size of an entry, or 0 for what the dynamic linker does not read. */
static unsigned
record_of(unsigned type)
{
    switch (type) {
    case SHT_DYNAMIC: return sizeof(ElfW(Dyn));
    case SHT_DYNSYM: return sizeof(ElfW(Sym));
    case SHT_RELA: return sizeof(ElfW(Rela));
    case SHT_REL: return sizeof(ElfW(Rel));
    case SHT_RELR: return sizeof(ElfW(Addr));
    case SHT_STRTAB: return 1;
    case SHT_GNU_versym: return sizeof(ElfW(Half));
    case SHT_HASH:
    case SHT_GNU_HASH:
    case SHT_GNU_verneed:
    case SHT_GNU_verdef:
    case SHT_NOTE: return 4;
    default: return 0;
    }
}

static void
add_region(struct regions *regions, size_t offset, size_t size, unsigned record, unsigned type)
{
    if (regions->count < (int)(sizeof regions->list / sizeof regions->list[0]) && size >= record) {
        regions->list[regions->count++] = (struct region){offset, size, record, type};
    }
}

void
mutate_find(struct regions *regions, const unsigned char *bytes, size_t size)
{
    ElfW(Ehdr) header;
    regions->count = 0;
    if (size < sizeof header) {
        return;
    }
    memcpy(&header, bytes, sizeof header);
    add_region(regions, 0, sizeof header, 2, HEADER);
    if (header.e_phoff < size && header.e_phnum * sizeof(ElfW(Phdr)) <= size - header.e_phoff) {
        add_region(regions, header.e_phoff, header.e_phnum * sizeof(ElfW(Phdr)),
                   sizeof(ElfW(Phdr)), PHDRS);
    }
    for (unsigned i = 0; i < header.e_shnum; i++) {
        ElfW(Shdr) section;
        size_t at = header.e_shoff + i * sizeof section;
        if (header.e_shoff > size || at > size || sizeof section > size - at) {
            break;
        }
        memcpy(&section, bytes + at, sizeof section);
        unsigned record = record_of(section.sh_type);
        if (record != 0 && (section.sh_flags & SHF_ALLOC) != 0 && section.sh_offset <= size
            && section.sh_size <= size - section.sh_offset) {
            add_region(regions, section.sh_offset, section.sh_size, record, section.sh_type);
        }
    }
}

/* ---- Changing ---- */

static uint64_t
get(const unsigned char *at, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++) {
        value |= (uint64_t)at[i] << 8 * i;
    }
    return value;
}

static void
set(unsigned char *at, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++) {
        at[i] = (unsigned char)(value >> 8 * i);
    }
}

/* A word of a region, aligned to its width. */
static size_t
some_word(const struct region *region, size_t width, uint64_t *state)
{
    return region->offset + mutate_random(state, region->size / width) * width;
}

static void
change_word(unsigned char *bytes, size_t size, const struct regions *regions,
            const struct region *region, uint64_t *state)
{
    static const int steps[] = {1, 2, 4, 8, 16, 24, 56, 0x100, 0x1000, 0x2000, 0x10000};
    static const unsigned numbers[] = {SHN_ABS, SHN_COMMON, 0x7fff, 0x8000, 0x8001, 0x8002};
    size_t width = (size_t)1 << mutate_random(state, 4);
    if (width > region->size) {
        width = 1;
    }
    size_t at = some_word(region, width, state);
    uint64_t value = get(bytes + at, width);
    switch (mutate_random(state, 11)) {
    case 0:
        value = mutate_random(state, UINT64_MAX) * 2 + mutate_random(state, 2);
        break;
    case 1:
        value ^= (uint64_t)1 << mutate_random(state, 8 * width);
        break;
    case 2:
        value += (uint64_t)steps[mutate_random(state, sizeof steps / sizeof steps[0])];
        break;
    case 3:
        value -= (uint64_t)steps[mutate_random(state, sizeof steps / sizeof steps[0])];
        break;
    case 4:
        value = 0;
        break;
    case 5:
        value = UINT64_MAX;
        break;
    case 6: /* another one of the same table */
        value = get(bytes + some_word(region, width, state), width);
        break;
    case 7: { /* one of another table */
        const struct region *other =
            &regions->list[mutate_random(state, (uint64_t)regions->count)];
        if (other->size >= width) {
            value = get(bytes + some_word(other, width, state), width);
        }
        break;
    }
    case 8:
        value = mutate_random(state, 64);
        break;
    case 9:
        value = numbers[mutate_random(state, sizeof numbers / sizeof numbers[0])];
        break;
    default: /* some place in the file */
        value = mutate_random(state, size + 64);
        break;
    }
    set(bytes + at, width, value);
}

static void
change_record(unsigned char *bytes, const struct region *region, uint64_t *state)
{
    unsigned char first[64], second[64];
    size_t count = region->size / region->record, record = region->record;
    size_t a = region->offset + mutate_random(state, count) * record;
    size_t b = region->offset + mutate_random(state, count) * record;
    memcpy(first, bytes + a, record);
    memcpy(second, bytes + b, record);
    memcpy(bytes + a, second, record);
    if (mutate_random(state, 2) == 0) {
        memcpy(bytes + b, first, record);
    }
}

void
mutate(unsigned char *bytes, size_t size, const struct regions *regions, uint64_t *state)
{
    if (regions->count == 0) {
        return;
    }
    uint64_t changes = mutate_random(state, 2) == 0 ? 1 : 1 + mutate_random(state, 4);
    while (changes-- > 0) {
        const struct region *region =
            &regions->list[mutate_random(state, (uint64_t)regions->count)];
        if (mutate_random(state, 6) == 0 && region->record <= 64) {
            change_record(bytes, region, state);
        }
        else {
            change_word(bytes, size, regions, region, state);
        }
    }
}

/* ---- What nobody can tell ---- */

static bool
differs(const struct regions *regions, unsigned type, const unsigned char *sound,
        const unsigned char *mutant)
{
    for (int i = 0; i < regions->count; i++) {
        const struct region *region = &regions->list[i];
        if (region->type == type
            && memcmp(sound + region->offset, mutant + region->offset, region->size) != 0) {
            return true;
        }
    }
    return false;
}

/* The last entry of a tag; 0 where there is none. */
static uint64_t
dynamic_value(const unsigned char *bytes, const struct region *region, ElfW(Sxword) tag)
{
    uint64_t value = 0;
    for (size_t at = 0; at + sizeof(ElfW(Dyn)) <= region->size; at += sizeof(ElfW(Dyn))) {
        ElfW(Dyn) entry;
        memcpy(&entry, bytes + region->offset + at, sizeof entry);
        if (entry.d_tag == DT_NULL) {
            break;
        }
        if (entry.d_tag == tag) {
            value = entry.d_un.d_val;
        }
    }
    return value;
}

static bool
dynamic_differs(const struct region *region, const unsigned char *sound,
                const unsigned char *mutant)
{
    static const ElfW(Sxword) tags[] = {
        DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ, DT_RELR, DT_RELRSZ, DT_JMPREL, DT_PLTRELSZ, DT_INIT,
        DT_FINI, DT_INIT_ARRAY, DT_INIT_ARRAYSZ, DT_FINI_ARRAY, DT_FINI_ARRAYSZ, DT_PREINIT_ARRAY,
        DT_PREINIT_ARRAYSZ,
    };
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (dynamic_value(sound, region, tags[i]) != dynamic_value(mutant, region, tags[i])) {
            return true;
        }
    }
    return false;
}

static bool
is_about_memory(unsigned type)
{
    return type == PT_LOAD || type == PT_GNU_RELRO || type == PT_TLS || type == PT_GNU_EH_FRAME;
}

static bool
segments_differ(const struct region *region, const unsigned char *sound,
                const unsigned char *mutant)
{
    for (size_t at = 0; at < region->size; at += sizeof(ElfW(Phdr))) {
        ElfW(Phdr) before, after;
        memcpy(&before, sound + region->offset + at, sizeof before);
        memcpy(&after, mutant + region->offset + at, sizeof after);
        if ((is_about_memory(before.p_type) || is_about_memory(after.p_type))
            && memcmp(&before, &after, sizeof before) != 0) {
            return true;
        }
    }
    return false;
}

static const char *
name_of(const unsigned char *bytes, const struct region *strings, const ElfW(Sym) *symbol)
{
    return symbol->st_name < strings->size
               ? (const char *)bytes + strings->offset + symbol->st_name
               : "";
}

static bool
symbols_differ(const struct region *region, const struct region *strings,
               const unsigned char *sound, const unsigned char *mutant)
{
    for (size_t at = 0; at < region->size; at += sizeof(ElfW(Sym))) {
        ElfW(Sym) before, after;
        memcpy(&before, sound + region->offset + at, sizeof before);
        memcpy(&after, mutant + region->offset + at, sizeof after);
        if (before.st_value != after.st_value || (before.st_info & 15) != (after.st_info & 15)
            || strcmp(name_of(sound, strings, &before), name_of(mutant, strings, &after)) != 0) {
            return true;
        }
    }
    return false;
}

static const struct region *
region_of(const struct regions *regions, unsigned type)
{
    for (int i = 0; i < regions->count; i++) {
        if (regions->list[i].type == type) {
            return &regions->list[i];
        }
    }
    return NULL;
}

const char *
mutate_undecidable(const struct regions *regions, const unsigned char *sound,
                   const unsigned char *mutant)
{
    const struct region *dynamic = region_of(regions, SHT_DYNAMIC);
    const struct region *symbols = region_of(regions, SHT_DYNSYM);
    const struct region *strings = region_of(regions, SHT_STRTAB);
    const struct region *phdrs = region_of(regions, PHDRS);
    ElfW(Ehdr) before, after;

    if (differs(regions, SHT_RELA, sound, mutant) || differs(regions, SHT_REL, sound, mutant)
        || differs(regions, SHT_RELR, sound, mutant)) {
        return "another relocation";
    }
    if (dynamic != NULL && dynamic_differs(dynamic, sound, mutant)) {
        return "other relocations or functions";
    }
    memcpy(&before, sound, sizeof before);
    memcpy(&after, mutant, sizeof after);
    if (before.e_phoff != after.e_phoff || before.e_phnum != after.e_phnum
        || (phdrs != NULL && segments_differ(phdrs, sound, mutant))) {
        return "other segments";
    }
    if (symbols != NULL && strings != NULL && symbols_differ(symbols, strings, sound, mutant)) {
        return "another symbol";
    }
    return NULL;
}
