/* pymath.c - the control word of the x87, which other machines have not. */

#include "config.h"
#include "guest.h"

unsigned short
_Py_get_387controlword(void)
{
    unsigned short word = 0;
#if defined(__x86_64__) || defined(__i386__)
    __asm__ __volatile__("fnstcw %0" : "=m"(word));
#endif
    return word;
}

void
_Py_set_387controlword(unsigned short word)
{
#if defined(__x86_64__) || defined(__i386__)
    __asm__ __volatile__("fldcw %0" : : "m"(word));
#else
    (void)word;
#endif
}
