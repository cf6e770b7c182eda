/* objects.c - small shared objects that the tests build, and changing them. */

#include "config.h"
#include "harness.h"
#include "objects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Sources ---- */

const char object_rich_source[] =
    "#include <math.h>\n"
    "#include <stdlib.h>\n"
    "int nowhere(void) __attribute__((weak));\n"
    "__thread int tls_zero[4];\n"
    "__thread long tls_set = 7;\n"
    "static __thread long tls_own = 3;\n"
    "int variable = 5, zeros[2000];\n"
    "const char *const texts[] = {\"one\", \"two\", \"three\"};\n"
    "static int one(int n) { return n + 1; }\n"
    "static int two(int n) { return n + 2; }\n"
    "int (*functions[])(int) = {one, two};\n"
    "int *pointer = &variable;\n"
    "static int *const inside = &zeros[1000];\n"
    "int call(int n) { return functions[n & 1](n) + (nowhere ? nowhere() : 0) + tls_set++ "
    "+ tls_own++ + *pointer + *inside + texts[n & 1][0]; }\n"
    "double cosine(double x) { return cos(x); }\n"
    "__attribute__((visibility(\"protected\"))) int protected_one(int n) { return call(n); }\n"
    "static int (*choose(void))(int) { return one; }\n"
    "int chosen(int) __attribute__((ifunc(\"choose\")));\n"
    "static void __attribute__((constructor)) begin(void)\n"
    "{ void *p = malloc(10); variable++; tls_set++; zeros[3] = call(1); free(p); }\n"
    "static void __attribute__((constructor)) begin_more(void) { variable += chosen(2); }\n"
    "static void __attribute__((destructor)) end(void)\n"
    "{ tls_zero[1]++; free(malloc(variable)); }\n";

static const char cxx_source[] =
    "#include <map>\n"
    "#include <stdexcept>\n"
    "#include <string>\n"
    "struct base { virtual ~base() {} virtual int number() { return 1; } };\n"
    "struct derived : base { int number() { return 2; } };\n"
    "inline int &counter() { static int n; return ++n; }\n"
    "std::map<std::string, int> names;\n"
    "thread_local std::string own;\n"
    "extern \"C\" int throw_one(int n)\n"
    "{ try { if (n) throw std::runtime_error(\"thrown\"); }\n"
    "  catch (const std::exception &e) { return e.what()[0]; } return counter(); }\n"
    "extern \"C\" base *create(int n) { return n ? new derived : new base; }\n"
    "static int first = (names[\"first\"] = throw_one(1), names.size());\n";

#if defined __x86_64__ && __ELF_NATIVE_CLASS == 64
#define HAVE_SLED 1
/* All of .text returns at once, from wherever it is entered, and the
 * functions of others that are named do no harm either. */
static const char sled_source[] =
    "\t.text\n"
    "\t.globl function_1, function_2, early, late, chosen\n"
    "\t.type function_1, @function\n\t.type function_2, @function\n"
    "\t.type early, @function\n\t.type late, @function\n"
    "\t.type chosen, @gnu_indirect_function\n\t.type choose, @gnu_indirect_function\n"
    "\t.fill 32768, 1, 0xc3\n"
    "function_1:\n\t.fill 100, 1, 0xc3\n\t.size function_1, 100\n"
    "function_2:\n\t.fill 60, 1, 0xc3\n\t.size function_2, 60\n"
    "early:\tret\nlate:\tret\nlocal:\tret\nchosen:\tret\nchoose:\tret\n"
    "\t.fill 32768, 1, 0xc3\n"
    "\t.section .init_array, \"aw\", @init_array\n"
    "\t.quad function_1, function_2 + 7, local, function_2\n"
    "\t.section .fini_array, \"aw\", @fini_array\n"
    "\t.quad local, function_2, local\n"
    "\t.section .tdata, \"awT\", @progbits\n"
    "\t.globl tls_set\n\t.type tls_set, @object\n\t.size tls_set, 8\n\t.balign 8\n"
    "tls_set: .quad 42\n"
    "\t.section .tbss, \"awT\", @nobits\n"
    "\t.globl tls_zero, tls_static\n\t.type tls_static, @object\n\t.type tls_zero, @object\n"
    "\t.size tls_zero, 16\n\t.balign 16\n"
    "tls_zero: .skip 16\ntls_local: .skip 8\ntls_static: .skip 8\n"
    "\t.data\n"
    "\t.globl data, pointers\n\t.type data, @object\n\t.size data, 8\n\t.balign 8\n"
    "data:\t.quad 1\n"
    "\t.type pointers, @object\n\t.size pointers, 72\n"
    "pointers:\n"
    "\t.quad data, local, function_1, environ, getpid, nowhere, choose, chosen, . + 100\n"
    "\t.weak nowhere\n"
    "\t.bss\n"
    "\t.globl zeros\n\t.type zeros, @object\n\t.size zeros, 10000\n"
    "zeros:\t.skip 10000\n"
    "\t.section .rodata\n"
    "\t.long getuid@GOTPCREL, function_2@GOTPCREL\n"
    "\t.byte 0x66\n\tleaq tls_set@tlsgd(%rip), %rdi\n"
    "\t.byte 0x66\n\tleaq tls_zero@tlsgd(%rip), %rdi\n"
    "\tleaq tls_local@tlsld(%rip), %rdi\n"
    "\tmovq tls_static@gottpoff(%rip), %rax\n"
    "\t.section .note.GNU-stack, \"\", @progbits\n";
#else
#define HAVE_SLED 0
#endif

/* In the object directory under the name of the option that takes it. */
static const char version_script[] =
    "FIRST { global: function_1; data; tls_set; chosen; call; variable; };\n"
    "SECOND { global: *; } FIRST;\n";

/* ---- Recipes ---- */

#define SLED "-nostdlib -Wl,-z,separate-code,-init=early,-fini=late,--no-as-needed -lc "
#define RICH "-O1 -Wl,--no-as-needed -lm "
#define VERSIONS "-Wl,--version-script=versions.map "
const struct recipe object_recipes[] = {
    {"gnu", "c", object_rich_source, RICH "-Wl,--hash-style=gnu", false, false},
    {"sysv", "c", object_rich_source, RICH "-Wl,--hash-style=sysv", false, false},
    {"both", "c", object_rich_source, RICH VERSIONS "-Wl,--hash-style=both", false, false},
    {"now", "c", object_rich_source, RICH "-Wl,-z,now,-z,relro -fno-plt", false, false},
    {"lazy", "c", object_rich_source, RICH "-Wl,-z,lazy,-z,norelro,-z,noseparate-code", false,
     false},
    {"relr", "c", object_rich_source, RICH "-Wl,-z,pack-relative-relocs", true, false},
    {"symbolic", "c", object_rich_source, RICH "-Wl,-Bsymbolic -ftls-model=initial-exec", false,
     false},
    {"lld", "c", object_rich_source, RICH "-fuse-ld=lld", true, false},
    {"gold", "c", object_rich_source, RICH "-fuse-ld=gold", true, false},
    {"cxx", "cc", cxx_source, "-O1", true, false},
    {"cxx-sysv", "cc", cxx_source, "-O2 " VERSIONS "-Wl,--hash-style=sysv", true, false},
#if HAVE_SLED
    {"sled-gnu", "S", sled_source, SLED VERSIONS "-Wl,--hash-style=gnu", false, true},
    {"sled-sysv", "S", sled_source, SLED VERSIONS "-Wl,--hash-style=sysv", false, true},
    {"sled-plain", "S", sled_source, SLED "-Wl,--hash-style=both,-z,norelro", false, true},
    {"sled-relr", "S", sled_source, SLED VERSIONS "-Wl,-z,pack-relative-relocs", true, true},
    {"sled-lld", "S", sled_source, SLED "-fuse-ld=lld", true, true},
#endif
    {NULL, NULL, NULL, NULL, false, false},
};

/* ---- Building ---- */

const char *
object_directory(void)
{
    static char directory[sizeof TOP_BUILDDIR + 64];
    if (directory[0] == '\0') {
        snprintf(directory, sizeof directory, "%s/tests", TOP_BUILDDIR);
        mkdir(directory, 0777);
        snprintf(directory, sizeof directory, "%s/tests/objects.d", TOP_BUILDDIR);
        mkdir(directory, 0777);
        /* Suites run side by side. */
        snprintf(directory, sizeof directory, "%s/tests/objects.d/%s", TOP_BUILDDIR,
                 program_invocation_short_name);
        mkdir(directory, 0777);
    }
    return directory;
}

static void
write_text(const char *path, const char *text)
{
    struct object object = {(unsigned char *)text, strlen(text)};
    object_save(&object, path);
}

/* What was built in this process or before it forked. */
static struct built {
    const struct recipe *recipe;
    char *path, *reason;
    struct built *next;
} *built;

static void
build(struct built *entry)
{
    const struct recipe *recipe = entry->recipe;
    char source[4096], product[4096], script[4096];
    const char *compiler = getenv(strcmp(recipe->suffix, "cc") == 0 ? "CXX" : "CC");
    struct command command = {.count = 0};

    snprintf(source, sizeof source, "%s/%s.%s", object_directory(), recipe->name, recipe->suffix);
    snprintf(product, sizeof product, "%s/%s.so", object_directory(), recipe->name);
    snprintf(script, sizeof script, "-Wl,--version-script=%s/versions.map", object_directory());
    write_text(source, recipe->source);
    write_text(script + strlen("-Wl,--version-script="), version_script);
    if (compiler == NULL || *compiler == '\0') {
        compiler = strcmp(recipe->suffix, "cc") == 0 ? "c++" : "cc";
    }
    add_split(&command, compiler, " ");
    ADD(&command, "-shared", "-fPIC", source, "-o", product);
    add_split(&command, recipe->flags, " ");
    for (int i = 0; i < command.count; i++) {
        if (strcmp(command.args[i], "-Wl,--version-script=versions.map") == 0) {
            command.args[i] = script;
        }
    }
    unlink(product);
    struct outcome outcome = run_program(NULL, command.args);
    if (outcome.status == 0) {
        entry->path = strdup(product);
    }
    else if (recipe->optional) {
        if (asprintf(&entry->reason, "%s cannot build '%s'", compiler, recipe->name) < 0) {
            abort();
        }
    }
    else {
        fprintf(stderr, "%s: %s cannot be built: %s\n", program_invocation_short_name,
                recipe->name, outcome.output);
        exit(EXIT_FAILURE);
    }
    free(outcome.output);
}

const char *
object_build(const struct recipe *recipe, const char **ret_reason)
{
    struct built *entry = built;
    while (entry != NULL && entry->recipe != recipe) {
        entry = entry->next;
    }
    if (entry == NULL) {
        entry = calloc(1, sizeof *entry);
        if (entry == NULL) {
            abort();
        }
        entry->recipe = recipe;
        entry->next = built;
        built = entry;
        build(entry);
    }
    if (ret_reason != NULL) {
        *ret_reason = entry->reason;
    }
    return entry->path;
}

const char *
object_closed(const struct recipe *recipe)
{
#ifdef WITH_SANITIZERS
    if (strcmp(recipe->suffix, "cc") == 0) {
        return "the sanitizers' runtime has to know C++ from the beginning";
    }
#else
    (void)recipe;
#endif
    return NULL;
}

/* ---- Files in memory ---- */

bool
object_load(struct object *object, const char *path)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    *object = (struct object){NULL, 0};
    if (file == NULL) {
        return false;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        object->size = (size_t)status.st_size;
        object->bytes = malloc(object->size + 1);
        if (object->bytes != NULL && fread(object->bytes, 1, object->size, file) != object->size) {
            object_free(object);
        }
    }
    fclose(file);
    return object->bytes != NULL;
}

void
object_save(const struct object *object, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(object->bytes, 1, object->size, file) != object->size
        || fclose(file) != 0) {
        perror(path);
        abort();
    }
}

struct object
object_copy(const struct object *object)
{
    struct object copy = {malloc(object->size + 1), object->size};
    if (copy.bytes == NULL) {
        abort();
    }
    memcpy(copy.bytes, object->bytes, object->size);
    return copy;
}

void
object_free(struct object *object)
{
    free(object->bytes);
    *object = (struct object){NULL, 0};
}

/* ---- Places ---- */

/* A place that every sound object has. */
static void *
sure(void *place)
{
    if (place == NULL) {
        fprintf(stderr, "%s: no such place in the object\n", program_invocation_short_name);
        abort();
    }
    return place;
}

ElfW(Ehdr) *
object_header(const struct object *object)
{
    return (ElfW(Ehdr) *)(void *)object->bytes;
}

ElfW(Phdr) *
object_segment(const struct object *object, unsigned type, int nth)
{
    const ElfW(Ehdr) *header = object_header(object);
    ElfW(Phdr) *segment = (ElfW(Phdr) *)(void *)(object->bytes + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++, segment++) {
        if (segment->p_type == type && nth-- == 0) {
            return segment;
        }
    }
    return NULL;
}

ElfW(Dyn) *
object_dynamic(const struct object *object, ElfW(Sxword) tag)
{
    const ElfW(Phdr) *segment = sure(object_segment(object, PT_DYNAMIC, 0));
    ElfW(Dyn) *entry = (ElfW(Dyn) *)(void *)(object->bytes + segment->p_offset);
    for (; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == tag) {
            return entry;
        }
    }
    return tag == DT_NULL ? entry : NULL;
}

ElfW(Shdr) *
object_section(const struct object *object, unsigned type, int nth)
{
    const ElfW(Ehdr) *header = object_header(object);
    ElfW(Shdr) *section = (ElfW(Shdr) *)(void *)(object->bytes + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++, section++) {
        if (section->sh_type == type && (section->sh_flags & SHF_ALLOC) != 0 && nth-- == 0) {
            return section;
        }
    }
    return NULL;
}

void *
object_at(const struct object *object, ElfW(Addr) address)
{
    ElfW(Phdr) *segment;
    for (int i = 0; (segment = object_segment(object, PT_LOAD, i)) != NULL; i++) {
        if (address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_filesz) {
            return object->bytes + segment->p_offset + (address - segment->p_vaddr);
        }
    }
    return NULL;
}

void *
object_contents(const struct object *object, const ElfW(Shdr) *section)
{
    return object->bytes + section->sh_offset;
}

ElfW(Sym) *
object_symbol(const struct object *object, const char *name)
{
    const ElfW(Shdr) *table = sure(object_section(object, SHT_DYNSYM, 0));
    const ElfW(Dyn) *strtab = sure(object_dynamic(object, DT_STRTAB));
    const char *strings = sure(object_at(object, strtab->d_un.d_ptr));
    ElfW(Sym) *symbol = object_contents(object, table);
    for (size_t i = 0; i < table->sh_size / sizeof *symbol; i++, symbol++) {
        if (strcmp(strings + symbol->st_name, name) == 0) {
            return symbol;
        }
    }
    return NULL;
}

void
object_strip_sections(struct object *object)
{
    ElfW(Ehdr) *header = object_header(object);
    ElfW(Phdr) *segment;
    size_t end = sizeof *header + header->e_phnum * sizeof *segment;
    header->e_shoff = 0;
    header->e_shnum = 0;
    header->e_shstrndx = SHN_UNDEF;
    for (int i = 0; (segment = object_segment(object, PT_LOAD, i)) != NULL; i++) {
        if (segment->p_offset + segment->p_filesz > end) {
            end = segment->p_offset + segment->p_filesz;
        }
    }
    object->size = end;
}
