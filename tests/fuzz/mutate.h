/* mutate.h - shared objects that are damaged where the dynamic linker reads them. */

#ifndef PY2ABI_TEST_MUTATE_H
#define PY2ABI_TEST_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Parts of a sound object: its headers, and each section of a table that the
 * dynamic linker reads. */
struct region {
    size_t offset, size;
    unsigned record;     /* the size of one entry, or of a word */
    unsigned type;       /* of the section */
};

struct regions {
    struct region list[24];
    int count;
};

/* Find them by means of the section headers. */
void mutate_find(struct regions *regions, const unsigned char *bytes, size_t size);

/* Change one to four words or entries. */
void mutate(unsigned char *bytes, size_t size, const struct regions *regions, uint64_t *state);

/* Pseudo-random numbers below a limit; the state is not 0. */
uint64_t mutate_random(uint64_t *state, uint64_t limit);

/* Why a mutant that is accepted may fail all the same when it is opened: what
 * was changed makes as much sense as what was there.  NULL: it may not.
 *
 * What counts is what code runs at load time, and what memory it finds. */
const char *mutate_undecidable(const struct regions *regions, const unsigned char *sound,
                               const unsigned char *mutant);

#endif
