/* bitset.h - sets of small numbers. */

#include "Python.h"

#ifndef PY2ABI_27_BITSET_H
#define PY2ABI_27_BITSET_H

#define BYTE char
typedef BYTE *bitset;

#define BITSPERBYTE (8 * sizeof(BYTE))
#define NBYTES(bits) (((bits) + BITSPERBYTE - 1) / BITSPERBYTE)
#define BIT2BYTE(bit) ((bit) / BITSPERBYTE)
#define BIT2SHIFT(bit) ((bit) % BITSPERBYTE)
#define BIT2MASK(bit) (1 << BIT2SHIFT(bit))
#define BYTE2BIT(byte) ((byte) * BITSPERBYTE)
#define testbit(set, bit) (((set)[BIT2BYTE(bit)] & BIT2MASK(bit)) != 0)

#endif
