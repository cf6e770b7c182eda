/* binary.c - what a shared object is to us.
 *
 * Everything is told by the dynamic symbol table: what the object exports, and
 * which names of Python it wants.  A C library may well export a function
 * init_something and use Python 3; so that a function of the name makes a
 * module of Python 2 takes a name besides that only Python 2 has. */

#include "binary.h"

#include <string.h>

/* Longer than any file name can be; what is longer names no module. */
enum { MODULE_MAX = 255 };

/* The four functions, which are the Python names that we export. */
static const char *const exported[] = {
#define EXPORT(node, name) #name,
#include "exports.def"
#undef EXPORT
};

/* What Python 2's names begin with and no Python 3's do. */
static const char *const python2_names[] = {
    "Py_InitModule", "PyString_", "_PyString_", "PyInt_", "PyClass_", "PyInstance_", "PyCObject_",
    "PyUnicodeUCS2_", "PyUnicodeUCS4_", "PyFile_Type", "PyFile_AsFile", "PyBaseString_Type",
    "PyExc_StandardError", "_Py_ZeroStruct",
    /* boost::python::detail::init_module(char const *, void (*)()): a module of
     * libboost_python leaves Py_InitModule4 to that.  For Python 3 it has other
     * arguments. */
    "_ZN5boost6python6detail11init_moduleEPKcPFvvE",
};

/* What makes a module of Python 3, and what its functions' names begin with;
 * the last one is of 3.15. */
static const char *const python3_names[] = {"PyModule_Create", "PyModuleDef_", "PyModule_FromDef"};
static const char *const python3_functions[] = {"PyInit_", "PyInitU_", "PyModExport_"};

static int
begins_with(const char *name, const char *beginning)
{
    return strncmp(name, beginning, strlen(beginning)) == 0;
}

static int
begins_with_any(const char *name, const char *const *beginnings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (begins_with(name, beginnings[i])) {
            return 1;
        }
    }
    return 0;
}

#define BEGINS_WITH_ANY(name, list) begins_with_any(name, list, sizeof list / sizeof list[0])

static int
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whether Python has names of this kind: Py or _Py, then an upper-case letter or
 * an underscore.  What C++ has mangled begins with _Z and is none. */
int
py2abi_binary_is_python_name(const char *name)
{
    name += *name == '_';
    return name[0] == 'P' && name[1] == 'y'
           && ((name[2] >= 'A' && name[2] <= 'Z') || name[2] == '_');
}

/* Whether the address is one of executable memory. */
static int
is_executable(const struct py2abi_elf *elf, ElfW(Addr) address)
{
    for (unsigned i = 0; i < elf->phdr_count; i++) {
        const ElfW(Phdr) *segment = &elf->phdr[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) != 0
            && address - segment->p_vaddr < segment->p_memsz) {
            return 1;
        }
    }
    return 0;
}

/* Whether others can call the symbol. */
static int
is_exported_function(const struct py2abi_elf *elf, const struct py2abi_elf_symbol *symbol)
{
    return symbol->defined && (symbol->bind == STB_GLOBAL || symbol->bind == STB_WEAK)
           && (symbol->type == STT_FUNC || symbol->type == STT_GNU_IFUNC)
           && (symbol->visibility == STV_DEFAULT || symbol->visibility == STV_PROTECTED)
           && is_executable(elf, symbol->value);
}

/* The module that an init function's name stands for, or NULL. */
static const char *
module_of(const struct py2abi_elf *elf, const struct py2abi_elf_symbol *symbol)
{
    static const char prefix[] = "init";
    const char *module = symbol->name + sizeof prefix - 1;
    size_t length = 0;

    if (!begins_with(symbol->name, prefix) || !is_letter(*module)) {
        return NULL;
    }
    while (is_letter(module[length]) || (module[length] >= '0' && module[length] <= '9')) {
        if (++length > MODULE_MAX) {
            return NULL;
        }
    }
    return module[length] == '\0' && is_exported_function(elf, symbol) ? module : NULL;
}

static unsigned
abi_of(const char *name)
{
    const char *plain = name + (*name == '_');
    if (begins_with(plain, "PyUnicodeUCS2_")) {
        return PY2ABI_ABI_UCS2;
    }
    if (begins_with(plain, "PyUnicodeUCS4_")) {
        return PY2ABI_ABI_UCS4;
    }
    /* A debug build counts all references in a variable. */
    int is_debug = begins_with(name, "Py_InitModule4TraceRefs")
                   || strcmp(name, "_Py_RefTotal") == 0;
    unsigned abi = is_debug ? PY2ABI_ABI_DEBUG : PY2ABI_ABI_27;
    /* Since 2.5 the name says on 64 bits that lengths are too. */
    if (sizeof(void *) == 8
        && (strcmp(name, "Py_InitModule4") == 0 || strcmp(name, "Py_InitModule4TraceRefs") == 0)) {
        abi |= PY2ABI_ABI_PRE25;
    }
    return abi;
}

/* Tell what an object is.
 *
 * needs_libpython points into the image.  Weak undefined symbols count as
 * strong ones do: the object may want them.  Needs no Python; any thread. */
void
py2abi_binary_read(struct py2abi_binary *binary, const struct py2abi_elf *elf)
{
    unsigned python3_modules = 0, python3_makers = 0, index = 0;
    const char *needed;

    *binary = (struct py2abi_binary){.kind = PY2ABI_BINARY_OTHER};
    for (uint32_t i = 1; i < elf->symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, i, &symbol);
        if (symbol.defined) {
            python3_modules += BEGINS_WITH_ANY(symbol.name, python3_functions)
                               && is_exported_function(elf, &symbol);
            binary->modules += module_of(elf, &symbol) != NULL;
            continue;
        }
        binary->python2_names += BEGINS_WITH_ANY(symbol.name, python2_names);
        if (!py2abi_binary_is_python_name(symbol.name)) {
            continue;
        }
        binary->python_names++;
        binary->abi |= abi_of(symbol.name);
        python3_makers += BEGINS_WITH_ANY(symbol.name, python3_names);
        for (size_t e = 0; e < sizeof exported / sizeof exported[0]; e++) {
            binary->old_buffer += strcmp(symbol.name, exported[e]) == 0;
        }
    }
    while ((needed = py2abi_elf_needed(elf, &index)) != NULL) {
        if (binary->needs_libpython == NULL && begins_with(needed, "libpython2")) {
            binary->needs_libpython = needed;
        }
    }
    if (python3_modules != 0) {
        binary->kind = PY2ABI_BINARY_PYTHON3;
    }
    else if (binary->python_names != 0) {
        int is_python2 = binary->python2_names != 0 || binary->needs_libpython != NULL;
        binary->kind = binary->modules != 0 && is_python2 && python3_makers == 0
                           ? PY2ABI_BINARY_GUEST
                           : PY2ABI_BINARY_LIBRARY;
    }
}

/* Whether the object exports a function of the name prefix + module. */
int
py2abi_binary_has_init(const struct py2abi_elf *elf, const char *prefix, const char *module)
{
    for (uint32_t i = 1; i < elf->symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, i, &symbol);
        if (begins_with(symbol.name, prefix) && strcmp(symbol.name + strlen(prefix), module) == 0
            && is_exported_function(elf, &symbol)) {
            return 1;
        }
    }
    return 0;
}

/* The name of the next module whose init function the object may have, in the
 * image, or NULL.  *index is 0 at first and belongs to this function
 * afterwards.  A function that is no module's may have such a name too. */
const char *
py2abi_binary_next_module(const struct py2abi_elf *elf, uint32_t *index)
{
    while (*index < elf->symbol_count) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, (*index)++, &symbol);
        const char *module = module_of(elf, &symbol);
        if (module != NULL) {
            return module;
        }
    }
    return NULL;
}

/* The name of the module that Python 2 would look for in a file: without
 * directories, without what follows the first dot, without "module" at the end
 * (foomodule.so).  Copied to stem as far as it goes, with a null character, if
 * there is room for any; returns its whole length. */
size_t
py2abi_binary_stem(const char *path, char *stem, size_t room)
{
    static const char suffix[] = "module";
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    size_t length = strcspn(name, ".");

    if (length > sizeof suffix - 1
        && strncmp(name + length - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0) {
        length -= sizeof suffix - 1;
    }
    if (room != 0) {
        size_t copied = length < room ? length : room - 1;
        memcpy(stem, name, copied);
        stem[copied] = '\0';
    }
    return length;
}
