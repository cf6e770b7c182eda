/* pyctype.c - ASCII characters, whatever the locale: the tables behind the macros
 * of pyctype.h and Py_UNICODE_ISSPACE. */

#include "config.h"
#include "guest.h"

const unsigned int _Py_ctype_table[256] = {
    ['\t' ... '\r'] = PY_CTF_SPACE,
    [' '] = PY_CTF_SPACE,
    ['0' ... '9'] = PY_CTF_DIGIT | PY_CTF_XDIGIT,
    ['A' ... 'F'] = PY_CTF_UPPER | PY_CTF_XDIGIT,
    ['G' ... 'Z'] = PY_CTF_UPPER,
    ['a' ... 'f'] = PY_CTF_LOWER | PY_CTF_XDIGIT,
    ['g' ... 'z'] = PY_CTF_LOWER,
};

/* A table of 256 bytes from what becomes of each.  The cases of a letter differ in
 * one bit. */
#define BYTES_4(map, n)   map(n), map((n) + 1), map((n) + 2), map((n) + 3)
#define BYTES_16(map, n)  BYTES_4(map, n), BYTES_4(map, (n) + 4), BYTES_4(map, (n) + 8), \
                          BYTES_4(map, (n) + 12)
#define BYTES_64(map, n)  BYTES_16(map, n), BYTES_16(map, (n) + 16), BYTES_16(map, (n) + 32), \
                          BYTES_16(map, (n) + 48)
#define BYTES_256(map)    BYTES_64(map, 0), BYTES_64(map, 64), BYTES_64(map, 128), \
                          BYTES_64(map, 192)
#define LOWER(c) ((c) >= 'A' && (c) <= 'Z' ? ((c) ^ 0x20) : (c))
#define UPPER(c) ((c) >= 'a' && (c) <= 'z' ? ((c) ^ 0x20) : (c))

const unsigned char _Py_ctype_tolower[256] = {BYTES_256(LOWER)};
const unsigned char _Py_ctype_toupper[256] = {BYTES_256(UPPER)};

/* For unicode the separators of files, groups, records and units are space too. */
const unsigned char _Py_ascii_whitespace[128] = {
    ['\t' ... '\r'] = 1,
    [0x1c ... 0x1f] = 1,
    [' '] = 1,
};
