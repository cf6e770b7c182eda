/* fuzz_elf.c - the ELF reader and what tells binaries apart, with any bytes.
 *
 *     fuzz_elf [-seconds N] [-seed N] [-input FILE] [-self-test] [-from OBJECT]... [files...]
 *
 * Whatever an input holds, reading it gives an answer, reads no byte outside it
 * and changes none; and what is said of it lies inside it.  The first thing
 * that does not hold is printed and aborts.
 *
 * Runs the files, or for the given time what comes of the objects when they are
 * damaged.  -input keeps a copy of the input that is running in FILE;
 * -self-test takes every acceptance for a failure.  Without a main
 * (-DPY2ABI_LIBFUZZER) it is a target for libFuzzer, which also damages with a
 * view to the structure. */

#include "binary.h"
#include "mutate.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define FAIL(...)                                                                                 \
    do {                                                                                          \
        fprintf(stderr, "fuzz_elf: line %d: ", __LINE__);                                         \
        fprintf(stderr, __VA_ARGS__);                                                             \
        fputc('\n', stderr);                                                                      \
        abort();                                                                                  \
    } while (0)
#define ENSURE(truth, ...)                                                                        \
    do {                                                                                          \
        if (!(truth)) {                                                                           \
            FAIL(__VA_ARGS__);                                                                    \
        }                                                                                         \
    } while (0)

static bool self_test;
static unsigned long long accepted_count, symbol_total;

/* ---- Memory that ends where the input does ---- */

#ifdef PY2ABI_LIBFUZZER

static unsigned char *
place(const uint8_t *data, size_t size)
{
    unsigned char *copy = malloc(size); /* watched by the sanitizer */
    memcpy(copy, data, size);
    return copy;
}

static void
unplace(unsigned char *copy)
{
    free(copy);
}

#else

static unsigned char *
place(const uint8_t *data, size_t size)
{
    static unsigned char *pages;
    static size_t room;
    size_t page = (size_t)sysconf(_SC_PAGESIZE), align = _Alignof(ElfW(Ehdr));

    if (pages == NULL || size > room) {
        if (pages != NULL) {
            munmap(pages, room + page);
        }
        room = (size + page) / page * page * 2;
        pages = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                     0);
        ENSURE(pages != MAP_FAILED && mprotect(pages + room, page, PROT_NONE) == 0, "no memory");
    }
    unsigned char *copy = pages + room - (size + align - 1) / align * align;
    memcpy(copy, data, size);
    return copy;
}

static void
unplace(unsigned char *copy)
{
    (void)copy; /* The next input has the same place. */
}

#endif

/* ---- One input ---- */

static bool
is_inside(const struct py2abi_elf *elf, const char *string)
{
    return string >= elf->strings && string < elf->strings + elf->strings_size;
}

static void
check_symbols(const struct py2abi_elf *elf)
{
    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, i, &symbol);
        ENSURE(is_inside(elf, symbol.name), "the name of symbol %u", (unsigned)i);
        ENSURE(symbol.offset == elf->symtab + i * sizeof(ElfW(Sym))
                   && symbol.offset + sizeof(ElfW(Sym)) <= elf->size,
               "the place of symbol %u", (unsigned)i);
        symbol_total++;
    }
}

static void
check_dynamic(const struct py2abi_elf *elf)
{
    unsigned index = 0, needed = 0, found = 0;
    const char *name;
    ENSURE(elf->dynamic + (elf->dynamic_count + (size_t)1) * sizeof(ElfW(Dyn)) <= elf->size,
           "the dynamic segment");
    for (unsigned i = 0; i < elf->dynamic_count; i++) {
        const ElfW(Dyn) *entry = py2abi_elf_dynamic(elf, i);
        ENSURE(entry->d_tag != DT_NULL, "the dynamic segment goes on after its end");
        needed += entry->d_tag == DT_NEEDED;
    }
    ENSURE(py2abi_elf_dynamic(elf, elf->dynamic_count)->d_tag == DT_NULL,
           "the dynamic segment does not end");
    while ((name = py2abi_elf_needed(elf, &index)) != NULL) {
        ENSURE(is_inside(elf, name), "the name of a needed library");
        found++;
    }
    ENSURE(found == needed, "%u needed libraries of %u", found, needed);
}

static void
check_accepted(const struct py2abi_elf *elf)
{
    const unsigned char *phdr = (const unsigned char *)elf->phdr;

    accepted_count++;
    ENSURE(!self_test, "an input is accepted");
    ENSURE(phdr >= elf->image
               && phdr + elf->phdr_count * sizeof *elf->phdr <= elf->image + elf->size,
           "the program headers");
    ENSURE(elf->strings_size != 0 && (const unsigned char *)elf->strings >= elf->image
               && (const unsigned char *)elf->strings + elf->strings_size <= elf->image + elf->size
               && elf->strings[elf->strings_size - 1] == '\0',
           "the strings");
    ENSURE((elf->soname == NULL || is_inside(elf, elf->soname))
               && (elf->rpath == NULL || is_inside(elf, elf->rpath))
               && (elf->runpath == NULL || is_inside(elf, elf->runpath)),
           "a name");
    check_symbols(elf);
    check_dynamic(elf);
}

static void
check_binary(const struct py2abi_elf *elf)
{
    struct py2abi_binary binary;
    uint32_t index = 0;
    unsigned modules = 0;
    const char *name;

    py2abi_binary_read(&binary, elf);
    while ((name = py2abi_binary_next_module(elf, &index)) != NULL) {
        ENSURE(is_inside(elf, name) && *name != '\0', "the name of a module");
        if (modules++ < 10) {
            ENSURE(py2abi_binary_has_init(elf, "init", name), "the init function is lost");
        }
    }
    ENSURE(modules == binary.modules, "%u modules of %u", modules, binary.modules);
    ENSURE(binary.old_buffer <= binary.python_names && binary.python_names < elf->symbol_count,
           "%u names, %u of the old buffer protocol", binary.python_names, binary.old_buffer);
    switch (binary.kind) {
    case PY2ABI_BINARY_OTHER:
        ENSURE(binary.python_names == 0, "something with Python names is nothing");
        break;
    case PY2ABI_BINARY_GUEST:
        ENSURE(binary.python_names != 0 && binary.modules != 0, "a guest has no module");
        break;
    case PY2ABI_BINARY_LIBRARY:
        ENSURE(binary.python_names != 0, "a library has no Python names");
        break;
    case PY2ABI_BINARY_PYTHON3:
        break;
    }
}

static void
check_stem(const uint8_t *data, size_t size)
{
    char path[64], stem[64];
    size_t length = size < sizeof path ? size : sizeof path - 1;
    memcpy(path, data, length);
    path[length] = '\0';
    size_t whole = py2abi_binary_stem(path, stem, sizeof stem);
    ENSURE(whole == strlen(stem) && whole <= strlen(path) && strchr(stem, '/') == NULL
               && strchr(stem, '.') == NULL,
           "the stem");
    for (size_t room = 0; room < 5; room++) {
        memset(stem, 'x', sizeof stem);
        ENSURE(py2abi_binary_stem(path, stem, room) == whole && stem[room] == 'x',
               "the stem is longer than its room");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY], again[PY2ABI_ELF_WHY];
    unsigned char *copy = place(data, size);

    memset(why, 'x', sizeof why);
    enum py2abi_elf_status status = py2abi_elf_read(&elf, copy, size, why);
    ENSURE(memchr(why, '\0', sizeof why) != NULL, "the sentence does not end");
    ENSURE((status == PY2ABI_ELF_OK) == (why[0] == '\0'), "status %d: %s", status, why);
    ENSURE(py2abi_elf_read(&elf, copy, size, again) == status && strcmp(why, again) == 0,
           "'%s', then '%s'", why, again);
    if (status == PY2ABI_ELF_OK) {
        check_accepted(&elf);
        check_binary(&elf);
    }
    ENSURE(memcmp(copy, data, size) == 0, "the input is changed");
    unplace(copy);
    check_stem(data, size);
    return 0;
}

#ifdef PY2ABI_LIBFUZZER

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    uint64_t state = ((uint64_t)seed << 1 | 1) * 0x9e3779b97f4a7c15;
    struct regions regions;

    mutate_find(&regions, data, size);
    if (regions.count == 0 || mutate_random(&state, 4) == 0) {
        return LLVMFuzzerMutate(data, size, most);
    }
    mutate(data, size, &regions, &state);
    return size;
}

#else

/* ---- Without libFuzzer ---- */

/* An input takes far less than a millisecond; one that hangs ends with SIGALRM. */
enum { FROM_MAX = 32, INPUT_SECONDS = 20 };

static struct {
    uint8_t *data;
    size_t size;
} from[FROM_MAX];
static int from_count;

static uint8_t *
read_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    ENSURE(file != NULL && fseek(file, 0, SEEK_END) == 0, "%s cannot be read", name);
    long length = ftell(file);
    uint8_t *data = malloc((size_t)length + 1);
    rewind(file);
    *size = fread(data, 1, (size_t)length, file);
    fclose(file);
    return data;
}

/* Damage a copy: its tables, any bytes of its beginning, its length. */
static size_t
damage(uint8_t *data, size_t size, uint64_t *state)
{
    struct regions regions;
    if (mutate_random(state, 8) != 0) {
        mutate_find(&regions, data, size);
        mutate(data, size, &regions, state);
    }
    if (mutate_random(state, 4) == 0) {
        size_t reach = mutate_random(state, 2) == 0 ? size : size < 8192 ? size : 8192;
        for (uint64_t changes = 1 + mutate_random(state, 20); changes > 0; changes--) {
            data[mutate_random(state, reach)] = (uint8_t)mutate_random(state, 256);
        }
    }
    if (mutate_random(state, 16) == 0) {
        size = mutate_random(state, size);
    }
    return size;
}

static void
run_damaged(double seconds, uint64_t state, int keep)
{
    struct timespec begin, now;
    unsigned long long inputs = 0;

    ENSURE(from_count != 0, "there is no object to damage (-from)");
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        int which = (int)mutate_random(&state, (uint64_t)from_count);
        size_t size = from[which].size;
        uint8_t *data = malloc(size + 1);
        memcpy(data, from[which].data, size);
        size = damage(data, size, &state);
        if (keep >= 0) {
            ENSURE(pwrite(keep, data, size, 0) == (ssize_t)size
                       && ftruncate(keep, (off_t)size) == 0,
                   "the input cannot be kept");
        }
        alarm(INPUT_SECONDS);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
        inputs++;
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9
             < seconds);
    printf("%llu inputs, ", inputs);
}

int
main(int argc, char **argv)
{
    double seconds = 10;
    int keep = -1, i = 1;
    uint64_t seed = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-self-test") == 0) {
            self_test = true;
        }
        else if (strcmp(argv[i], "-seconds") == 0 && i + 1 < argc) {
            seconds = atof(argv[++i]);
        }
        else if (strcmp(argv[i], "-seed") == 0 && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 0);
        }
        else if (strcmp(argv[i], "-from") == 0 && i + 1 < argc && from_count < FROM_MAX) {
            i++;
            from[from_count].data = read_file(argv[i], &from[from_count].size);
            from_count++;
        }
        else if (strcmp(argv[i], "-input") == 0 && i + 1 < argc) {
            keep = open(argv[++i], O_WRONLY | O_CREAT | O_TRUNC, 0666);
            ENSURE(keep >= 0, "%s cannot be written", argv[i]);
        }
        else {
            fprintf(stderr, "usage: fuzz_elf [-seconds N] [-seed N] [-input FILE] [-self-test] "
                            "[-from OBJECT]... [files...]\n");
            return 2;
        }
    }
    if (i == argc) {
        run_damaged(seconds, seed * 0x9e3779b97f4a7c15 | 1, keep);
    }
    for (; i < argc; i++) {
        size_t size;
        uint8_t *data = read_file(argv[i], &size);
        alarm(INPUT_SECONDS);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    printf("%llu accepted, %llu symbols\n", accepted_count, symbol_total);
    return 0;
}

#endif
