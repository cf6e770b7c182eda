/* refusals.c - the binaries that cannot work: refusals.def, asked. */

#include "config.h"
#include "refusals.h"

#include <string.h>

static const struct {
    unsigned abi;
    const char *symbol, *sentence;
} rows[] = {
#define ABI(flag, sentence)       {PY2ABI_ABI_##flag, NULL, sentence},
#define IMPORTS(symbol, sentence) {0, #symbol, sentence},
#include "refusals.def"
#undef ABI
#undef IMPORTS
};

static int
imports(const struct py2abi_elf *elf, const char *name)
{
    for (uint32_t i = 1; i < elf->symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, i, &symbol);
        if (!symbol.defined && strcmp(symbol.name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Why no binary for Python 2 can work on this machine, as such a sentence, or NULL. */
const char *
py2abi_refusal_of_all(void)
{
#ifdef HAVE_GUESTS
    return NULL;
#else
    return "is a binary for Python 2, and those are loaded in 64-bit processes only";
#endif
}

/* Why an object that is not for Python 2 is no module for it, as such a sentence, or NULL. */
const char *
py2abi_refusal_as_module(const struct py2abi_binary *binary)
{
    switch (binary->kind) {
    case PY2ABI_BINARY_PYTHON3:
        return "is an extension module for Python 3, which loads without py2abi";
    case PY2ABI_BINARY_OTHER:
        return "is a shared object that wants nothing of Python";
    default:
        return NULL;
    }
}

/* Why a binary cannot work, as a sentence that goes on after its name, or NULL.
 * Any thread; needs no Python. */
const char *
py2abi_refusal(const struct py2abi_binary *binary, const struct py2abi_elf *elf)
{
    if (py2abi_refusal_of_all() != NULL) {
        return py2abi_refusal_of_all();
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].symbol != NULL ? imports(elf, rows[i].symbol)
                                   : (binary->abi & rows[i].abi) != 0) {
            return rows[i].sentence;
        }
    }
    return NULL;
}
