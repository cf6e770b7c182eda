/* layout27.c - compiles if the headers of Python 2.7 that it finds, ours or the
 * real ones, have the layouts and constants of layout27.def. */

#include "Python.h"
#include "Python-ast.h"
#include "bitset.h"
#include "cStringIO.h"
#include "datetime.h"
#include "errcode.h"
#include "frameobject.h"
#include "grammar.h"
#include "graminit.h"
#include "longintrepr.h"
#include "marshal.h"
#include "metagrammar.h"
#include "node.h"
#include "opcode.h"
#include "osdefs.h"
#include "parsetok.h"
#include "pythread.h"
#include "structmember.h"
#include "structseq.h"
#include "symtable.h"
#include "token.h"
#include "ucnhash.h"

#if defined(Py_DEBUG) || Py_UNICODE_SIZE != 4 || SIZEOF_VOID_P != 8
#error "another configuration of Python 2.7"
#endif

#define SIZE27(type, size) _Static_assert(sizeof(type) == (size), "size of " #type);
#define FIELD27(type, member, offset, size) \
    _Static_assert(offsetof(type, member) == (offset), "offset of " #type "." #member); \
    _Static_assert(sizeof((type *)0)->member == (size), "size of " #type "." #member);
#define VALUE27(constant, value, size) \
    _Static_assert((constant) == (value), "value of " #constant); \
    _Static_assert(sizeof(constant) == (size), "type of " #constant);
#define TEXT27(constant, text) \
    _Static_assert(sizeof(constant) == sizeof(text), "length of " #constant); \
    _Static_assert(__builtin_memcmp(constant, text, sizeof(text)) == 0, "text of " #constant);
#include "layout27.def"
