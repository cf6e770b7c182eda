/* audit.h - what a binary is and needs, and whether it will load: found out
 * without Python, by what the loader goes by. */

#ifndef PY2ABI_AUDIT_H
#define PY2ABI_AUDIT_H

#include "api.h"
#include "binary.h"
#include "needed.h"

#include <stdbool.h>
#include <sys/types.h>

/* The worst of several files is the largest: what `py2abi audit` exits with. */
enum py2abi_audit_verdict {
    PY2ABI_AUDIT_LOADS,
    PY2ABI_AUDIT_FAILS,  /* made for Python 2, but will not load */
    PY2ABI_AUDIT_NOT_OURS, /* not made for Python 2, or cannot be read */
};

/* What a file is: the word of the JSON output, the words for people.  What
 * comes from NOT_SHARED on could not be read as a shared object. */
#define PY2ABI_AUDIT_KINDS(KIND)                                                                  \
    KIND(EXTENSION2, "python2-extension", "extension module for Python 2")                        \
    KIND(LIBRARY2, "python2-library", "library that uses Python 2")                               \
    KIND(EXTENSION3, "python3-extension", "extension module for Python 3")                        \
    KIND(LIBRARY3, "python3-library", "library that uses Python, but not Python 2")               \
    KIND(OTHER, "other", "shared object that wants nothing of Python")                            \
    KIND(NOT_SHARED, "not-shared", "ELF file, but no shared object")                              \
    KIND(FOREIGN, "foreign", "ELF file for another machine")                                      \
    KIND(DAMAGED, "damaged", "damaged ELF file")                                                  \
    KIND(NOT_ELF, "not-elf", "no ELF file")                                                       \
    KIND(UNREADABLE, "unreadable", "file that cannot be read")

enum py2abi_audit_kind {
#define KIND(kind, word, words) PY2ABI_AUDIT_##kind,
    PY2ABI_AUDIT_KINDS(KIND)
#undef KIND
};

/* What becomes of a name of Python that an object wants. */
#define PY2ABI_AUDIT_DISPOSITIONS(DISPOSITION)                                                    \
    DISPOSITION(SERVED, "served", "served by py2abi")                                             \
    DISPOSITION(HOST, "host", "passed on to Python 3")                                            \
    DISPOSITION(LIBRARY, "library", "from a library of its own")                                  \
    DISPOSITION(STUB, "stub", "not implemented")                                                  \
    DISPOSITION(OPTIONAL, "optional", "not there, and not necessary")                             \
    DISPOSITION(MISSING, "missing", "missing")

enum py2abi_audit_disposition {
#define DISPOSITION(disposition, word, words) PY2ABI_AUDIT_##disposition,
    PY2ABI_AUDIT_DISPOSITIONS(DISPOSITION)
#undef DISPOSITION
    PY2ABI_AUDIT_DISPOSITION_COUNT
};

struct py2abi_audit_object;

struct py2abi_audit_symbol {
    const char *name;                  /* in the image */
    enum py2abi_audit_disposition disposition;
    bool weak, tls;
    const struct py2abi_api *row;      /* NULL: Python 2.7 has no such name */
    const struct py2abi_audit_object *provider; /* of LIBRARY */
};

/* A library that an object needs. */
struct py2abi_audit_need {
    const char *name;                  /* in the image of who needs it */
    enum py2abi_needed where;
    bool replaced;                     /* libpython2.7: the loader drops it */
    bool loaded;                       /* the C library's: every process has it */
    char *path;                        /* where it is; NULL when it is nowhere */
    struct py2abi_audit_object *object; /* NULL: it was not looked at */
};

/* A file that was looked at. */
struct py2abi_audit_object {
    struct py2abi_audit_object *next;  /* in the order in which they were found */
    bool asked, preparing, open;       /* what it needs is known, is looked for; it is open */
    const char *open_name;             /* under which it was needed first, or NULL */
    struct py2abi_needer needer;       /* with the object that needed it first, if any */
    char *path;                        /* absolute, links resolved, if there is a file */
    dev_t device;
    ino_t inode;
    enum py2abi_audit_kind kind;
    char *why;                         /* from NOT_SHARED on: why it cannot be used */
    void *image;
    size_t size;
    struct py2abi_elf elf;
    struct py2abi_binary binary;
    const char *refusal;               /* why the loader refuses it, or NULL */
    bool bound;                        /* the loader gives it the names of Python 2 */
    bool leads_to_bound;               /* it or what it needs is bound */
    bool wants_versions;               /* of libpython2.7's names, which cannot be had */
    struct py2abi_audit_need *needs;
    size_t need_count;
    struct py2abi_audit_symbol *symbols; /* of a bound object, sorted by name */
    size_t symbol_count, counts[PY2ABI_AUDIT_DISPOSITION_COUNT];
    const char **defined;              /* the names that it exports, sorted; NULL: not asked yet */
    size_t defined_count;
    unsigned visited;                  /* the last search that came by */
};

struct py2abi_audit {
    const char *file;                  /* as it was given */
    struct py2abi_audit_object *objects; /* the file itself, then what it needs */
    enum py2abi_audit_kind kind;       /* of the file */
    enum py2abi_audit_verdict verdict;
    char *sentence;                    /* goes on after "<file>: " */
    size_t stub_count;                 /* names that are not implemented, if it loads */
    const char *module;                /* what the file's name imports, or NULL; in the image */
    bool plain_import;                 /* Python 3 finds that by itself, when preloaded */
    const char **unresolved;           /* other names, that none of the libraries has */
    size_t unresolved_count;
    char **notes;                      /* what decides nothing, but may explain a failure */
    size_t note_count;
    unsigned searches;
};

void py2abi_audit_begin(struct py2abi_audit *audit, const char *file);
void py2abi_audit_end(struct py2abi_audit *audit);

bool py2abi_audit_is_ours(const struct py2abi_audit *audit);

const char *py2abi_audit_kind_word(enum py2abi_audit_kind kind);
const char *py2abi_audit_kind_words(enum py2abi_audit_kind kind);
const char *py2abi_audit_disposition_word(enum py2abi_audit_disposition disposition);
const char *py2abi_audit_disposition_words(enum py2abi_audit_disposition disposition);

const struct py2abi_api *py2abi_audit_target(const struct py2abi_api *row);
bool py2abi_audit_stub_raises(const struct py2abi_api *row);
const char *py2abi_audit_stub_returns(const struct py2abi_api *row);
char *py2abi_audit_declaration(const struct py2abi_api *row);
bool py2abi_audit_shows_need(const struct py2abi_audit *audit,
                             const struct py2abi_audit_object *object,
                             const struct py2abi_audit_need *need);

#endif
