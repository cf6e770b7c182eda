/* refusals.h - the binaries that cannot work. */

#ifndef PY2ABI_REFUSALS_H
#define PY2ABI_REFUSALS_H

#include "binary.h"

const char *py2abi_refusal_of_all(void);
const char *py2abi_refusal_as_module(const struct py2abi_binary *binary);
const char *py2abi_refusal(const struct py2abi_binary *binary, const struct py2abi_elf *elf);

#endif
