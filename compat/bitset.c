/* bitset.c - sets of small numbers. */

#include "config.h"
#include "guest.h"
#include "bitset.h"

#include <stdlib.h>
#include <string.h>

static size_t
size_of(int bits)
{
    return NBYTES((size_t)bits);
}

/* An empty set for numbers below a limit. */
bitset
_Py_newbitset(int bits)
{
    bitset set = calloc(size_of(bits) + 1, 1);
    if (set == NULL) {
        Py_FatalError("no mem for bitset");
    }
    return set;
}

void
_Py_delbitset(bitset set)
{
    free(set);
}

/* Returns whether it was not there before. */
int
_Py_addbit(bitset set, int bit)
{
    unsigned mask = 1U << ((unsigned)bit % BITSPERBYTE);
    char *place = &set[(unsigned)bit / BITSPERBYTE];
    int is_new = ((unsigned char)*place & mask) == 0;
    *place = (char)((unsigned char)*place | mask);
    return is_new;
}

int
_Py_samebitset(bitset a, bitset b, int bits)
{
    return memcmp(a, b, size_of(bits)) == 0;
}

/* Add the second set's numbers to the first. */
void
_Py_mergebitset(bitset to, bitset from, int bits)
{
    for (size_t i = 0; i < size_of(bits); i++) {
        to[i] = (char)(to[i] | from[i]);
    }
}
