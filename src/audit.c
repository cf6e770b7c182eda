/* audit.c - what a binary is and needs, and whether it will load.
 *
 * The loader asks and opens; this asks the same of the same tables and opens
 * nothing.  For each object that the loader would bind it says what becomes of
 * every name of Python; for each library that an object needs, where the
 * dynamic linker finds it, as the loader has to know that too.
 *
 * A file may hold anything.  What is read of it is what elf.c has checked; the
 * time that is taken grows with its size, not with what it says. */

#include "config.h"
#include "audit.h"
#include "cli.h"
#include "refusals.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any shared object has; what is larger is a disk image or the like. */
#define SIZE_LIMIT (sizeof(size_t) == 8 ? (off_t)4 << 30 : (off_t)1 << 30)

/* ---- Memory ---- */

static char * __attribute__((format(printf, 1, 2)))
format(const char *template, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, template);
    int n = vasprintf(&text, template, args);
    va_end(args);
    return py2abi_cli_check_memory(n >= 0 ? text : NULL);
}

/* Room for one element more in an array whose room doubles. */
static void *
grow(void *array, size_t count, size_t element)
{
    if (count != 0 && (count & (count - 1)) != 0) {
        return array;
    }
    return py2abi_cli_check_memory(reallocarray(array, count != 0 ? 2 * count : 1, element));
}

/* A sentence that is put together. */
struct sentence {
    char *text;
    size_t size;
    FILE *stream;
};

static void
sentence_begin(struct sentence *sentence)
{
    sentence->stream = py2abi_cli_check_memory(open_memstream(&sentence->text, &sentence->size));
}

static char *
sentence_end(struct sentence *sentence)
{
    return py2abi_cli_check_memory(fclose(sentence->stream) == 0 ? sentence->text : NULL);
}

/* ---- Words: those of the JSON output (word) and those for people (words) ---- */

const char *
py2abi_audit_kind_word(enum py2abi_audit_kind kind)
{
    static const char *const list[] = {
#define KIND(kind, word, words) word,
        PY2ABI_AUDIT_KINDS(KIND)
#undef KIND
    };
    return list[kind];
}

const char *
py2abi_audit_kind_words(enum py2abi_audit_kind kind)
{
    static const char *const list[] = {
#define KIND(kind, word, words) words,
        PY2ABI_AUDIT_KINDS(KIND)
#undef KIND
    };
    return list[kind];
}

const char *
py2abi_audit_disposition_word(enum py2abi_audit_disposition disposition)
{
    static const char *const list[] = {
#define DISPOSITION(disposition, word, words) word,
        PY2ABI_AUDIT_DISPOSITIONS(DISPOSITION)
#undef DISPOSITION
    };
    return list[disposition];
}

const char *
py2abi_audit_disposition_words(enum py2abi_audit_disposition disposition)
{
    static const char *const list[] = {
#define DISPOSITION(disposition, word, words) words,
        PY2ABI_AUDIT_DISPOSITIONS(DISPOSITION)
#undef DISPOSITION
    };
    return list[disposition];
}

/* ---- The table of the 2.7 API ---- */

/* What a token is in C, and its class. */
static const struct {
    const char *type;
    enum py2abi_api_class class;
} tokens[] = {
#define TYPE27(token, ctype, ffi, class_) {#ctype, CLASS_##class_},
#include "types27.def"
#undef TYPE27
};

/* The C types of the data, row by row. */
static const char *const data_types[] = {
#define API(kind, name, result, args, error, flags) NULL,
#define DATA(kind, name, ctype, size)               #ctype,
#include "api27.def"
#undef API
#undef DATA
};

/* The row whose address a name has: an alias is bound to another's. */
const struct py2abi_api *
py2abi_audit_target(const struct py2abi_api *row)
{
    for (int i = 0; row->kind == PY2ABI_API_ALIAS && i < 8; i++) {
        const struct py2abi_api *other = py2abi_api_find(row->other);
        row = other != NULL ? other : row;
    }
    return row;
}

/* Whether the stub for a row raises NotImplementedError: it cannot where Python
 * may not be touched. */
bool
py2abi_audit_stub_raises(const struct py2abi_api *row)
{
    return (py2abi_audit_target(row)->flags & F_NOGIL) == 0;
}

/* What the stub for a row returns, in C; NULL: it has no result. */
const char *
py2abi_audit_stub_returns(const struct py2abi_api *row)
{
    row = py2abi_audit_target(row);
    enum py2abi_api_class class = tokens[row->result].class;
    bool real = class == CLASS_REAL || class == CLASS_COMPLEX;
    if (class == CLASS_NONE) {
        return NULL;
    }
    switch ((enum py2abi_api_error)row->error) {
    case E_MINUS1:
    case E_MINUS1_CHECK:
    case E_MINUS1_QUIET:
    case E_CODE:
        return real ? "-1.0" : "-1";
    case E_MINUS2:
        return "-2";
    case E_NONE:
    case E_VOID:
    case E_NULL:
    case E_NULL_CHECK:
    case E_NULL_QUIET:
    case E_ZERO:
    case E_ZERO_QUIET:
        break;
    }
    return real ? "0.0" : class == CLASS_SIGNED || class == CLASS_UNSIGNED ? "0" : "NULL";
}

/* Put a C type in the words of a header: the tables have __typeof__(type) for
 * what C cannot write before a name, UNTAGGED27(type) for a structure. */
static void
put_type(FILE *stream, const char *type, const char *name)
{
    static const char *const wrappers[] = {"__typeof__(", "UNTAGGED27("};
    char *plain = py2abi_cli_check_memory(strdup(type)), *rest = plain;
    size_t length = strlen(plain);
    for (size_t i = 0; i < sizeof wrappers / sizeof wrappers[0]; i++) {
        size_t wrapper = strlen(wrappers[i]);
        if (strncmp(rest, wrappers[i], wrapper) == 0) {
            char *end = i == 0 ? rest + length - 1 : strchr(rest, ')');
            memmove(end, end + 1, strlen(end));
            rest += wrapper;
            break;
        }
    }
    /* Where the name goes: into (*), before [6], or behind it all. */
    char *place = strstr(rest, "(*)");
    place = place != NULL ? place + 2 : strchr(rest, '[');
    place = place != NULL ? place : rest + strlen(rest);
    bool space = *name != '\0' && *place == '\0' && place[-1] != '*';
    /* "int [6]" has a space before the brackets already. */
    fprintf(stream, "%.*s%s%s%s", (int)(place - rest), rest, space ? " " : "", name, place);
    free(plain);
}

/* The declaration of a function or a datum as Python 2.7's headers have it, on
 * one line; the caller frees it. */
char *
py2abi_audit_declaration(const struct py2abi_api *row)
{
    struct sentence line;
    sentence_begin(&line);
    if (row->is_data) {
        put_type(line.stream, data_types[row - py2abi_api_rows], row->name);
        return sentence_end(&line);
    }
    put_type(line.stream, tokens[row->result].type, row->name);
    fputc('(', line.stream);
    for (unsigned i = 0; i < row->count; i++) {
        fputs(i != 0 ? ", " : "", line.stream);
        put_type(line.stream, tokens[row->args[i]].type, "");
    }
    fputs(row->is_variadic ? ", ...)" : ")", line.stream);
    return sentence_end(&line);
}

/* ---- Reading a file ---- */

/* What was wrong with a file that is no shared object, as the kind that it is. */
static enum py2abi_audit_kind
kind_of_status(enum py2abi_elf_status status)
{
    switch (status) {
    case PY2ABI_ELF_NOT_ELF: return PY2ABI_AUDIT_NOT_ELF;
    case PY2ABI_ELF_FOREIGN: return PY2ABI_AUDIT_FOREIGN;
    case PY2ABI_ELF_NOT_SHARED: return PY2ABI_AUDIT_NOT_SHARED;
    case PY2ABI_ELF_OK:
    case PY2ABI_ELF_DAMAGED: break;
    }
    return PY2ABI_AUDIT_DAMAGED;
}

static bool
is_libpython(const char *name, const char *version)
{
    return strncmp(name, "libpython", 9) == 0
           && strncmp(name + 9, version, strlen(version)) == 0;
}

/* Put what the descriptor has into memory.  Returns 0, or -1 with object->why. */
static int
read_bytes(struct py2abi_audit_object *object, int fd, size_t size)
{
    /* An ISO image need not be read as a whole to see that it is none of ours. */
    size_t wanted = size < sizeof(ElfW(Ehdr)) ? size : sizeof(ElfW(Ehdr));
    object->image = py2abi_cli_check_memory(malloc(wanted != 0 ? wanted : 1));
    while (object->size < wanted) {
        ssize_t got = read(fd, (char *)object->image + object->size, wanted - object->size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            object->why = format("it cannot be read: %s", strerror(errno));
            return -1;
        }
        if (got == 0) {
            break; /* It was cut short in the meantime. */
        }
        object->size += (size_t)got;
        if (object->size == wanted && wanted < size
            && memcmp(object->image, ELFMAG, SELFMAG) == 0) {
            void *more = realloc(object->image, size);
            if (more == NULL) {
                object->why = format("there is no memory for its %zu bytes", size);
                return -1;
            }
            object->image = more;
            wanted = size;
        }
    }
    return 0;
}

static void
read_object(struct py2abi_audit_object *object, int fd)
{
    struct stat status;
    char why[PY2ABI_ELF_WHY];

    object->kind = PY2ABI_AUDIT_UNREADABLE;
    if (fd < 0 || fstat(fd, &status) < 0) {
        object->why = format("it cannot be read: %s", strerror(errno));
        return;
    }
    object->device = status.st_dev;
    object->inode = status.st_ino;
    if (!S_ISREG(status.st_mode)) {
        object->why = format("it is %s", S_ISDIR(status.st_mode) ? "a directory"
                                                                  : "no regular file");
        return;
    }
    if (status.st_size > SIZE_LIMIT) {
        object->why = format("it is larger than any shared object: %lld bytes",
                             (long long)status.st_size);
        return;
    }
    if (read_bytes(object, fd, (size_t)status.st_size) < 0) {
        return;
    }
    enum py2abi_elf_status result =
        py2abi_elf_read(&object->elf, object->image, object->size, why);
    if (result != PY2ABI_ELF_OK) {
        object->kind = kind_of_status(result);
        object->why = format("%s", why);
        return;
    }
    py2abi_binary_read(&object->binary, &object->elf);
    switch (object->binary.kind) {
    case PY2ABI_BINARY_GUEST:
        object->kind = PY2ABI_AUDIT_EXTENSION2;
        object->bound = true;
        break;
    case PY2ABI_BINARY_LIBRARY:
        object->kind = PY2ABI_AUDIT_LIBRARY2;
        object->bound = true;
        break;
    case PY2ABI_BINARY_PYTHON3:
        /* What has the functions and wants no name is libpython itself. */
        object->kind = object->binary.python_names != 0 ? PY2ABI_AUDIT_EXTENSION3
                                                        : PY2ABI_AUDIT_OTHER;
        break;
    case PY2ABI_BINARY_OTHER:
        object->kind = PY2ABI_AUDIT_OTHER;
        break;
    }
}

static struct py2abi_audit_object *
new_object(struct py2abi_audit *audit)
{
    struct py2abi_audit_object *object = py2abi_cli_check_memory(calloc(1, sizeof *object));
    struct py2abi_audit_object **end = &audit->objects;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = object;
    return object;
}

static struct py2abi_audit_object *
find_object(const struct py2abi_audit *audit, const char *path)
{
    struct stat status;
    bool known = stat(path, &status) == 0;
    struct py2abi_audit_object *object = audit->objects;
    while (object != NULL
           && !(object->path != NULL
                && (strcmp(object->path, path) == 0
                    || (known && object->device == status.st_dev
                        && object->inode == status.st_ino)))) {
        object = object->next;
    }
    return object;
}

/* ---- What an object needs ---- */

static int
is_loaded_as(struct dl_phdr_info *info, size_t size, void *name)
{
    const char *slash = strrchr(info->dlpi_name, '/');
    (void)size;
    return slash != NULL && strcmp(slash + 1, name) == 0;
}

/* Whether it is one of the libraries that this process has, which are the C
 * library's.  The loader does not look at what its process has. */
static bool
is_loaded(const char *name)
{
    return dl_iterate_phdr(is_loaded_as, (char *)(uintptr_t)name) != 0;
}

static bool
is_needed_already(const struct py2abi_audit_object *object, const char *name)
{
    for (size_t i = 0; i < object->need_count; i++) {
        /* Nothing longer is a path. */
        if (strncmp(object->needs[i].name, name, PATH_MAX) == 0) {
            return true;
        }
    }
    return false;
}

/* The object at path, which is read now if it was not before. */
static struct py2abi_audit_object *
get_object(struct py2abi_audit *audit, const char *path)
{
    struct py2abi_audit_object *object = find_object(audit, path);
    if (object == NULL) {
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        object = new_object(audit);
        object->path = py2abi_cli_check_memory(strdup(path));
        read_object(object, fd);
        if (fd >= 0) {
            close(fd);
        }
    }
    return object;
}

/* Find where a library is, by what the object says and those it is opened for.
 * What the program that imports it says of that (DT_RPATH) is not known here. */
static void
find_need(const struct py2abi_audit_object *object, struct py2abi_audit_need *need)
{
    char found[PATH_MAX];
    need->where = py2abi_needed_find(&object->needer, need->name, found, sizeof found);
    need->path = need->where != PY2ABI_NEEDED_NOWHERE ? realpath(found, NULL) : NULL;
    if (need->path == NULL) {
        need->where = need->loaded ? PY2ABI_NEEDED_FOUND : PY2ABI_NEEDED_NOWHERE;
    }
}

/* Note for which object another is opened, unless that one is for the other. */
static void
set_opener(struct py2abi_audit_object *object, const struct py2abi_audit_object *opener)
{
    const struct py2abi_needer *n = &opener->needer;
    while (n != NULL && n != &object->needer) {
        n = n->opener;
    }
    if (n == NULL) {
        object->needer.opener = &opener->needer;
    }
}

/* What an object needs, and where that is. */
static void
find_needs(struct py2abi_audit_object *object)
{
    const char *name;
    unsigned index = 0;

    object->asked = true;
    object->needer.path = object->path;
    object->needer.rpath = object->elf.rpath;
    object->needer.runpath = object->elf.runpath;
    object->needer.is_copy = object->bound;
    object->needer.is_opened_alone |= object->bound;
    while ((name = py2abi_elf_needed(&object->elf, &index)) != NULL) {
        if (is_needed_already(object, name)) {
            continue;
        }
        object->needs = grow(object->needs, object->need_count, sizeof *object->needs);
        struct py2abi_audit_need *need = &object->needs[object->need_count++];
        *need = (struct py2abi_audit_need){.name = name};
        if (is_libpython(name, "2") && object->bound) {
            need->replaced = true;
            object->wants_versions |= py2abi_elf_wants_versions(&object->elf, name) != 0;
            continue;
        }
        need->loaded = is_loaded(name);
        find_need(object, need);
    }
}

/* ---- Opening, as the loader and the dynamic linker would ---- */

/* The object that the dynamic linker takes for name, of those that are open. */
static struct py2abi_audit_object *
find_open(const struct py2abi_audit *audit, const char *name)
{
    struct py2abi_audit_object *o = audit->objects;
    while (o != NULL
           && !(o->open
                && ((o->elf.soname != NULL && strcmp(o->elf.soname, name) == 0)
                    || (o->open_name != NULL && strcmp(o->open_name, name) == 0)))) {
        o = o->next;
    }
    return o;
}

/* One of the libraries that the dynamic linker opens by itself along with an
 * object.  Returns it if it was not open before. */
static struct py2abi_audit_object *
open_need(struct py2abi_audit *audit, struct py2abi_audit_object *object,
          struct py2abi_audit_need *need)
{
    if (need->replaced || need->loaded) {
        return NULL;
    }
    if (need->object == NULL && (need->object = find_open(audit, need->name)) != NULL) {
        need->where = PY2ABI_NEEDED_FOUND;
        if (need->path == NULL) {
            need->path = py2abi_cli_check_memory(strdup(need->object->path));
        }
        return NULL;
    }
    /* When the loader looked, the object was perhaps for another one. */
    if (need->object == NULL && need->path == NULL) {
        find_need(object, need);
    }
    /* A real libpython comes along with a library that is not bound. */
    if (need->object == NULL && need->path != NULL && !is_libpython(need->name, "2")) {
        need->object = get_object(audit, need->path);
        if (need->object->bound && !need->object->open) {
            need->object->bound = false;
            need->object->why = format("it uses Python 2 and is found only by what the dynamic "
                                       "linker knows, so it comes in without py2abi");
        }
    }
    if (need->object == NULL || need->object->open) {
        return NULL;
    }
    set_opener(need->object, object);
    need->object->open_name = need->name;
    return need->object;
}

/* An object is opened: by the loader, and along with it, in the order of the
 * dynamic linker, what is not open yet of what it needs. */
static void
open_object(struct py2abi_audit *audit, struct py2abi_audit_object *first)
{
    struct py2abi_audit_object **queue = py2abi_cli_check_memory(malloc(sizeof *queue));
    size_t count = 0;

    queue[count++] = first;
    first->open = true;
    for (size_t at = 0; at < count; at++) {
        if (queue[at]->why == NULL && !queue[at]->asked) {
            find_needs(queue[at]);
        }
        for (size_t i = 0; i < queue[at]->need_count; i++) {
            struct py2abi_audit_object *next = open_need(audit, queue[at], &queue[at]->needs[i]);
            if (next != NULL) {
                next->open = true;
                queue = grow(queue, count, sizeof *queue);
                queue[count++] = next;
            }
        }
    }
    free(queue);
}

/* What the loader does before it opens an object: it opens what uses Python 2,
 * and what lies beside the object. */
static void
prepare(struct py2abi_audit *audit, struct py2abi_audit_object *object)
{
    if (object->why != NULL || object->asked) {
        return;
    }
    object->preparing = true;
    find_needs(object);
    for (size_t i = 0; i < object->need_count; i++) {
        struct py2abi_audit_need *need = &object->needs[i];
        if (need->path == NULL || need->loaded || is_libpython(need->name, "2")) {
            continue;
        }
        need->object = find_open(audit, need->name);
        if (need->object != NULL) {
            continue;
        }
        need->object = get_object(audit, need->path);
        if (!need->object->asked) {
            set_opener(need->object, object);
            need->object->needer.is_opened_alone = need->where == PY2ABI_NEEDED_BY_ORIGIN;
        }
        prepare(audit, need->object);
        if (!need->object->preparing && !need->object->open
            && (need->object->bound || need->where == PY2ABI_NEEDED_BY_ORIGIN)) {
            open_object(audit, need->object);
        }
    }
    object->preparing = false;
}

/* Note which objects are bound or need one that is, over any number of steps. */
static void
find_what_leads_to_bound(struct py2abi_audit *audit)
{
    bool changed;
    for (struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        o->leads_to_bound = o->bound;
    }
    do {
        changed = false;
        for (struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
            for (size_t i = 0; i < o->need_count && !o->leads_to_bound; i++) {
                if (o->needs[i].object != NULL && o->needs[i].object->leads_to_bound) {
                    o->leads_to_bound = changed = true;
                }
            }
        }
    } while (changed);
}

/* Whether a report has to have a need: what the file itself and what uses
 * Python needs, and of what goes on behind that what makes a difference. */
bool
py2abi_audit_shows_need(const struct py2abi_audit *audit,
                        const struct py2abi_audit_object *object,
                        const struct py2abi_audit_need *need)
{
    return object == audit->objects || object->bound
           || (need->where == PY2ABI_NEEDED_NOWHERE && !need->replaced)
           || (need->object != NULL
               && (need->object->why != NULL || need->object->leads_to_bound));
}

/* ---- Symbols ---- */

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many bytes of names are looked at before an object is taken for a trap:
 * names may overlap in the string table, and be long. */
static size_t
name_budget(const struct py2abi_elf *elf)
{
    return 8 * elf->size;
}

/* Whether a name may be used; its length goes off the budget. */
static bool
spend(const struct py2abi_elf *elf, const char *name, size_t *budget)
{
    size_t rest = elf->strings_size - (size_t)(name - elf->strings);
    size_t length = strnlen(name, rest < *budget ? rest : *budget);
    *budget -= length;
    return *budget > 0 && length < rest;
}

/* Whether an object exports a name, of any version. */
static bool
defines(struct py2abi_audit_object *object, const char *name)
{
    if (object->why != NULL) {
        return false;
    }
    if (object->defined == NULL) {
        size_t budget = name_budget(&object->elf);
        for (uint32_t i = 1; i < object->elf.symbol_count; i++) {
            struct py2abi_elf_symbol symbol;
            py2abi_elf_symbol(&object->elf, i, &symbol);
            if (symbol.defined && symbol.bind != STB_LOCAL && *symbol.name != '\0'
                && (symbol.visibility == STV_DEFAULT || symbol.visibility == STV_PROTECTED)
                && spend(&object->elf, symbol.name, &budget)) {
                object->defined = grow(object->defined, object->defined_count,
                                       sizeof *object->defined);
                object->defined[object->defined_count++] = symbol.name;
            }
        }
        if (object->defined_count == 0) {
            object->defined = py2abi_cli_check_memory(calloc(1, sizeof *object->defined));
        }
        qsort(object->defined, object->defined_count, sizeof *object->defined, compare_names);
    }
    return bsearch(&name, object->defined, object->defined_count, sizeof *object->defined,
                   compare_names) != NULL;
}

/* Who of an object and what it needs exports a name, as dlsym looks for it: NULL
 * for nobody. */
static const struct py2abi_audit_object *
find_definition(struct py2abi_audit *audit, struct py2abi_audit_object *first, const char *name)
{
    unsigned search = ++audit->searches;
    struct py2abi_audit_object **queue = py2abi_cli_check_memory(malloc(sizeof *queue));
    const struct py2abi_audit_object *found = NULL;
    size_t count = 0;

    queue[count++] = first;
    first->visited = search;
    for (size_t at = 0; at < count && found == NULL; at++) {
        struct py2abi_audit_object *object = queue[at];
        if (defines(object, name)) {
            found = object;
        }
        for (size_t i = 0; i < object->need_count; i++) {
            struct py2abi_audit_object *next = object->needs[i].object;
            if (next != NULL && next->visited != search) {
                next->visited = search;
                queue = grow(queue, count, sizeof *queue);
                queue[count++] = next;
            }
        }
    }
    free(queue);
    return found;
}

/* What the loader does about a name of Python: see resolve() there and in
 * guests.c. */
static void
decide(struct py2abi_audit *audit, struct py2abi_audit_object *object,
       struct py2abi_audit_symbol *symbol)
{
    const struct py2abi_api *target = NULL;
    symbol->row = py2abi_api_find(symbol->name);
    if (symbol->row != NULL) {
        target = py2abi_audit_target(symbol->row);
    }
    if (target != NULL && !(target->is_data && target->kind == PY2ABI_API_STUB)) {
        symbol->disposition = target->kind == PY2ABI_API_STUB   ? PY2ABI_AUDIT_STUB
                              : target->kind == PY2ABI_API_HOST ? PY2ABI_AUDIT_HOST
                                                                : PY2ABI_AUDIT_SERVED;
        return;
    }
    /* The libraries that the loader has opened itself, the last one first. */
    for (size_t i = object->need_count; i-- > 0 && !symbol->tls;) {
        const struct py2abi_audit_need *need = &object->needs[i];
        if (need->object != NULL && need->object != object
            && (need->object->bound || need->where == PY2ABI_NEEDED_BY_ORIGIN)) {
            symbol->provider = find_definition(audit, need->object, symbol->name);
            if (symbol->provider != NULL) {
                symbol->disposition = PY2ABI_AUDIT_LIBRARY;
                return;
            }
        }
    }
    symbol->disposition = symbol->weak ? PY2ABI_AUDIT_OPTIONAL : PY2ABI_AUDIT_MISSING;
}

static int
compare_symbols(const void *a, const void *b)
{
    return strcmp(((const struct py2abi_audit_symbol *)a)->name,
                  ((const struct py2abi_audit_symbol *)b)->name);
}

/* The names of Python that a bound object wants. */
static void
find_symbols(struct py2abi_audit *audit, struct py2abi_audit_object *object)
{
    size_t budget = name_budget(&object->elf), kept = 0;

    for (uint32_t i = 1; i < object->elf.symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(&object->elf, i, &symbol);
        if (symbol.defined || symbol.bind == STB_LOCAL
            || !py2abi_binary_is_python_name(symbol.name)) {
            continue;
        }
        if (!spend(&object->elf, symbol.name, &budget)) {
            object->kind = PY2ABI_AUDIT_DAMAGED;
            object->bound = false;
            object->why = format("the names of its symbols are too long to be looked at");
            break;
        }
        object->symbols = grow(object->symbols, object->symbol_count, sizeof *object->symbols);
        object->symbols[object->symbol_count++] = (struct py2abi_audit_symbol){
            .name = symbol.name,
            .weak = symbol.bind == STB_WEAK,
            .tls = symbol.type == STT_TLS,
        };
    }
    if (object->symbol_count != 0) {
        qsort(object->symbols, object->symbol_count, sizeof *object->symbols, compare_symbols);
    }
    /* A name that is wanted twice (of two versions) is necessary if one is. */
    for (size_t i = 0; i < object->symbol_count; i++) {
        if (kept != 0 && strcmp(object->symbols[kept - 1].name, object->symbols[i].name) == 0) {
            object->symbols[kept - 1].weak &= object->symbols[i].weak;
        }
        else {
            object->symbols[kept++] = object->symbols[i];
        }
    }
    object->symbol_count = object->bound ? kept : 0;
    for (size_t i = 0; i < object->symbol_count; i++) {
        decide(audit, object, &object->symbols[i]);
        object->counts[object->symbols[i].disposition]++;
    }
    object->refusal = object->bound ? py2abi_refusal(&object->binary, &object->elf) : NULL;
}

/* ---- Other names ---- */

/* What every Python process has, besides what this one does. */
static const char *const c_libraries[] = {
    "libm.so.6", "libpthread.so.0", "libdl.so.2", "libutil.so.1", "librt.so.1",
};

static bool
is_in_c_library(const char *name)
{
    static void *handles[sizeof c_libraries / sizeof c_libraries[0]];
    static bool opened;
    if (dlsym(RTLD_DEFAULT, name) != NULL) {
        return true;
    }
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) {
        if (!opened) {
            handles[i] = dlopen(c_libraries[i], RTLD_LAZY | RTLD_LOCAL);
        }
    }
    opened = true;
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) {
        if (handles[i] != NULL && dlsym(handles[i], name) != NULL) {
            return true;
        }
    }
    return false;
}

static bool
is_anywhere(struct py2abi_audit *audit, const char *name)
{
    for (struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        if (defines(o, name)) {
            return true;
        }
    }
    return is_in_c_library(name);
}

/* The names that are not Python's and that none of the libraries has.  A
 * program may have them, so they decide nothing. */
static void
find_unresolved(struct py2abi_audit *audit)
{
    size_t kept = 0;
    for (struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        size_t budget = name_budget(&o->elf);
        for (uint32_t i = 1; o->bound && i < o->elf.symbol_count; i++) {
            struct py2abi_elf_symbol symbol;
            py2abi_elf_symbol(&o->elf, i, &symbol);
            if (!symbol.defined && symbol.bind == STB_GLOBAL && *symbol.name != '\0'
                && !py2abi_binary_is_python_name(symbol.name)
                && spend(&o->elf, symbol.name, &budget) && !is_anywhere(audit, symbol.name)) {
                audit->unresolved = grow(audit->unresolved, audit->unresolved_count,
                                         sizeof *audit->unresolved);
                audit->unresolved[audit->unresolved_count++] = symbol.name;
            }
        }
    }
    if (audit->unresolved_count == 0) {
        return;
    }
    qsort(audit->unresolved, audit->unresolved_count, sizeof *audit->unresolved, compare_names);
    for (size_t i = 0; i < audit->unresolved_count; i++) {
        if (kept == 0 || strcmp(audit->unresolved[kept - 1], audit->unresolved[i]) != 0) {
            audit->unresolved[kept++] = audit->unresolved[i];
        }
    }
    audit->unresolved_count = kept;
}

/* ---- The module ---- */

static const char *
find_module(const struct py2abi_elf *elf, const char *name, size_t length)
{
    const char *module;
    uint32_t index = 0;
    while ((module = py2abi_binary_next_module(elf, &index)) != NULL) {
        if (strlen(module) == length && strncmp(module, name, length) == 0) {
            return module;
        }
    }
    return NULL;
}

/* Which module an import of the file gives.  What Python 3 takes foo.so for is
 * foo; foomodule.so and foo.x86_64-linux-gnu.so, which Python 2 took for it too,
 * are found by `import py2abi`. */
static void
find_imported_module(struct py2abi_audit *audit)
{
    const struct py2abi_elf *elf = &audit->objects->elf;
    const char *slash = strrchr(audit->file, '/');
    const char *name = slash != NULL ? slash + 1 : audit->file;
    char stem[NAME_MAX + 1];
    size_t whole = strcspn(name, ".");

    audit->module = find_module(elf, name, whole);
    audit->plain_import = audit->module != NULL && strcmp(name + whole, ".so") == 0;
    if (audit->module == NULL) {
        size_t length = py2abi_binary_stem(audit->file, stem, sizeof stem);
        audit->module = length < sizeof stem ? find_module(elf, stem, length) : NULL;
    }
}

/* ---- Names in sentences ---- */

/* How many names a sentence has, and how much of each. */
enum { NAMES_IN_SENTENCE = 5, NAME_IN_SENTENCE = 200 };

/* One of several names in a sentence: "a, b, c and 4 more". */
static void
put_name(FILE *stream, size_t number, size_t count, const char *name)
{
    if (number < NAMES_IN_SENTENCE) {
        fprintf(stream, "%s%.*s", number != 0 ? ", " : "", NAME_IN_SENTENCE, name);
    }
    else if (number == NAMES_IN_SENTENCE) {
        fprintf(stream, " and %zu more", count - number);
    }
}

/* Whom a sentence is about; the caller frees it. */
static char *
name_subject(const struct py2abi_audit *audit, const struct py2abi_audit_object *object)
{
    return object == audit->objects ? py2abi_cli_check_memory(strdup("it"))
                                    : format("its library %s", object->path);
}

/* ---- What is unusual ---- */

/* Whether the C library is asked to make the stacks executable: what says nothing of it, as
 * no linker has done it for long, asks too. */
static bool
wants_executable_stack(const struct py2abi_elf *elf)
{
    for (unsigned i = 0; i < elf->phdr_count; i++) {
        if (elf->phdr[i].p_type == PT_GNU_STACK) {
            return (elf->phdr[i].p_flags & PF_X) != 0;
        }
    }
    return true;
}

/* glibc does it for what is opened up to 2.40. */
static bool
makes_stacks_executable(void)
{
    int major, minor;
    return sscanf(gnu_get_libc_version(), "%d.%d", &major, &minor) == 2
           && (major < 2 || (major == 2 && minor <= 40));
}

static bool
has_text_relocations(const struct py2abi_elf *elf)
{
    for (unsigned i = 0; i < elf->dynamic_count; i++) {
        const ElfW(Dyn) *entry = py2abi_elf_dynamic(elf, i);
        if (entry->d_tag == DT_TEXTREL
            || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0)) {
            return true;
        }
    }
    return false;
}

/* Note a sentence, whose subject is the object. */
static void __attribute__((format(printf, 3, 4)))
add_note(struct py2abi_audit *audit, const struct py2abi_audit_object *object,
         const char *template, ...)
{
    char *predicate = NULL, *subject = name_subject(audit, object);
    va_list args;
    va_start(args, template);
    int n = vasprintf(&predicate, template, args);
    va_end(args);
    py2abi_cli_check_memory(n >= 0 ? predicate : NULL);
    audit->notes = grow(audit->notes, audit->note_count, sizeof *audit->notes);
    audit->notes[audit->note_count++] = format("%s %s", subject, predicate);
    free(predicate);
    free(subject);
}

/* Note which folders of its search path are not there, and which are taken from wherever
 * the program is started. */
static void
note_folders(struct py2abi_audit *audit, const struct py2abi_audit_object *object)
{
    enum { RELATIVE, ABSENT, KINDS };
    const char *path = object->elf.runpath != NULL ? object->elf.runpath : object->elf.rpath;
    char **folders[KINDS] = {NULL};
    size_t counts[KINDS] = {0};

    for (const char *at = path; at != NULL;) {
        size_t length = strcspn(at, ":");
        int kind = length == 0 || (at[0] != '/' && at[0] != '$') ? RELATIVE
                   : !py2abi_needed_is_folder(&object->needer, at, length) ? ABSENT
                                                                           : KINDS;
        if (kind != KINDS) {
            folders[kind] = grow(folders[kind], counts[kind], sizeof *folders[kind]);
            folders[kind][counts[kind]++] =
                length != 0 ? format("%.*s", (int)length, at) : format("''");
        }
        at = at[length] != '\0' ? at + length + 1 : NULL;
    }
    for (int kind = 0; kind < KINDS; kind++) {
        struct sentence list;
        sentence_begin(&list);
        for (size_t i = 0; i < counts[kind]; i++) {
            put_name(list.stream, i, counts[kind], folders[kind][i]);
            free(folders[kind][i]);
        }
        free(folders[kind]);
        char *names = sentence_end(&list);
        if (counts[kind] != 0 && kind == RELATIVE) {
            add_note(audit, object, "looks for libraries below the working directory: %s", names);
        }
        else if (counts[kind] != 0) {
            add_note(audit, object, "looks for libraries in folders that are not there: %s",
                     names);
        }
        free(names);
    }
}

/* Note what is unusual in the file and the libraries that come with it. */
static void
find_notes(struct py2abi_audit *audit)
{
    for (struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        if (o->why != NULL || !o->open) {
            continue;
        }
        if (wants_executable_stack(&o->elf)) {
            add_note(audit, o, "wants an executable stack");
        }
        if (has_text_relocations(&o->elf)) {
            add_note(audit, o, "has text relocations");
        }
        note_folders(audit, o);
    }
}

/* ---- The verdict ---- */

static void
put_missing(FILE *stream, const struct py2abi_audit_object *object)
{
    size_t number = 0;
    for (size_t i = 0; i < object->symbol_count; i++) {
        if (object->symbols[i].disposition == PY2ABI_AUDIT_MISSING) {
            put_name(stream, number++, object->counts[PY2ABI_AUDIT_MISSING],
                     object->symbols[i].name);
        }
    }
}

static void
put_modules(FILE *stream, const struct py2abi_elf *elf, size_t count)
{
    const char *module;
    uint32_t index = 0;
    for (size_t i = 0; (module = py2abi_binary_next_module(elf, &index)) != NULL; i++) {
        char *function = format("init%s", module);
        put_name(stream, i, count, function);
        free(function);
    }
}

/* A new reason in a row of them. */
static FILE *
put_reason(struct sentence *sentence, unsigned *count)
{
    fputs((*count)++ == 0 ? "will not load: " : "; ", sentence->stream);
    return sentence->stream;
}

/* Why what is made for Python 2 does not load; NULL: it does. */
static char *
find_reasons(const struct py2abi_audit *audit)
{
    if (py2abi_refusal_of_all() != NULL) {
        /* Whatever else there may be, it is not what the user can see to. */
        return format("will not load: it %s", py2abi_refusal_of_all());
    }
    const struct py2abi_audit_object *file = audit->objects, *o = file;
    struct sentence sentence;
    unsigned count = 0;

    sentence_begin(&sentence);
    do {
        char *whose = name_subject(audit, o);
        if (o->why != NULL) {
            fprintf(put_reason(&sentence, &count), "%s cannot be used: %s", whose, o->why);
        }
        if (o->refusal != NULL) {
            fprintf(put_reason(&sentence, &count), "%s %s", whose, o->refusal);
        }
        if (o->counts[PY2ABI_AUDIT_MISSING] != 0) {
            FILE *stream = put_reason(&sentence, &count);
            fprintf(stream, "%s needs what py2abi does not have: ", whose);
            put_missing(stream, o);
        }
        if (o->wants_versions) {
            fprintf(put_reason(&sentence, &count),
                    "%s wants symbol versions of %.*s, which it cannot have", whose,
                    NAME_IN_SENTENCE, o->binary.needs_libpython);
        }
        if (o->why == NULL && o->open && wants_executable_stack(&o->elf)
            && !makes_stacks_executable()) {
            fprintf(put_reason(&sentence, &count),
                    "%s wants an executable stack, which the C library %s does not make for "
                    "what is opened", whose, gnu_get_libc_version());
        }
        for (size_t i = 0; i < o->need_count; i++) {
            if (o->needs[i].where == PY2ABI_NEEDED_NOWHERE && !o->needs[i].replaced) {
                fprintf(put_reason(&sentence, &count), "%s needs %.*s, which is not found",
                        whose, NAME_IN_SENTENCE, o->needs[i].name);
            }
        }
        free(whose);
        o = o->next;
    } while (o != NULL);
    if (file->kind == PY2ABI_AUDIT_EXTENSION2 && audit->module == NULL) {
        char stem[NAME_MAX + 1];
        FILE *stream = put_reason(&sentence, &count);
        py2abi_binary_stem(audit->file, stem, sizeof stem);
        fprintf(stream, "its file name makes it the module %s, but it has no init%s; it has ",
                stem, stem);
        put_modules(stream, &file->elf, file->binary.modules);
        fputs(": name it after its module", stream);
    }
    char *text = sentence_end(&sentence);
    if (count == 0) {
        free(text);
        return NULL;
    }
    return text;
}

static int
compare_symbol_pointers(const void *a, const void *b)
{
    return compare_symbols(*(const struct py2abi_audit_symbol *const *)a,
                           *(const struct py2abi_audit_symbol *const *)b);
}

static bool
is_stub(const struct py2abi_audit_symbol *symbol)
{
    return symbol->disposition == PY2ABI_AUDIT_STUB;
}

/* What does not work in what loads.  A name counts once, in however many of the
 * objects it is. */
static char *
describe_stubs(struct py2abi_audit *audit)
{
    const struct py2abi_audit_symbol **all = NULL;
    size_t count = 0, kept = 0, functions = 0, stubs = 0, raising = 0, number = 0;
    struct sentence sentence;

    for (const struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        for (size_t i = 0; i < o->symbol_count; i++) {
            all = grow(all, count, sizeof *all);
            all[count++] = &o->symbols[i];
        }
    }
    if (count != 0) {
        qsort(all, count, sizeof *all, compare_symbol_pointers);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept != 0 && strcmp(all[kept - 1]->name, all[i]->name) == 0) {
            continue;
        }
        all[kept++] = all[i];
        functions += all[i]->row == NULL || !all[i]->row->is_data;
        stubs += is_stub(all[i]);
        raising += is_stub(all[i]) && py2abi_audit_stub_raises(all[i]->row);
    }
    audit->stub_count = stubs;
    sentence_begin(&sentence);
    if (stubs == 0) {
        fputs("will load", sentence.stream);
    }
    else {
        FILE *stream = sentence.stream;
        fprintf(stream, "will load; %zu of %zu functions %s not implemented", stubs, functions,
                stubs == 1 ? "is" : "are");
        if (raising == stubs) {
            fprintf(stream, " and raise%s NotImplementedError when called", stubs == 1 ? "s" : "");
        }
        else if (raising != 0) {
            fprintf(stream, ", and %zu of these raise%s NotImplementedError when called", raising,
                    raising == 1 ? "s" : "");
        }
        fputs(": ", stream);
    }
    for (size_t i = 0; i < kept; i++) {
        if (is_stub(all[i])) {
            put_name(sentence.stream, number++, stubs, all[i]->name);
        }
    }
    free(all);
    return sentence_end(&sentence);
}

/* What tells that a library is for Python 3, as the end of a sentence; NULL:
 * nothing does.  With names that both Pythons have it may be for either. */
static char *
find_python3(const struct py2abi_audit_object *object)
{
    if (object->binary.python2_names != 0 || object->binary.needs_libpython != NULL) {
        return NULL;
    }
    for (size_t i = 0; i < object->symbol_count; i++) {
        if (object->symbols[i].row == NULL
            && object->symbols[i].disposition == PY2ABI_AUDIT_MISSING) {
            return format("it wants %.*s, which Python 2.7 does not have", NAME_IN_SENTENCE,
                          object->symbols[i].name);
        }
    }
    const char *name;
    unsigned index = 0;
    while ((name = py2abi_elf_needed(&object->elf, &index)) != NULL) {
        if (is_libpython(name, "3")) {
            return format("it needs %.*s", NAME_IN_SENTENCE, name);
        }
    }
    return NULL;
}

static void
judge(struct py2abi_audit *audit)
{
    const struct py2abi_audit_object *file = audit->objects;
    char *python3 = NULL;

    audit->kind = file->kind;
    audit->verdict = PY2ABI_AUDIT_NOT_OURS;
    switch (file->kind) {
    case PY2ABI_AUDIT_EXTENSION3:
        audit->sentence = format("is an %s, which loads without py2abi",
                                 py2abi_audit_kind_words(file->kind));
        if (file->binary.old_buffer != 0) {
            free(audit->sentence);
            audit->sentence = format("is an %s, which loads without py2abi; py2abi serves the %u "
                                     "function%s of the old buffer protocol that it calls",
                                     py2abi_audit_kind_words(file->kind), file->binary.old_buffer,
                                     file->binary.old_buffer == 1 ? "" : "s");
        }
        return;
    case PY2ABI_AUDIT_OTHER:
        audit->sentence = format("is a %s", py2abi_audit_kind_words(file->kind));
        return;
    case PY2ABI_AUDIT_LIBRARY2:
        python3 = find_python3(file);
        if (python3 != NULL) {
            audit->kind = PY2ABI_AUDIT_LIBRARY3;
            audit->sentence = format("is a %s: %s", py2abi_audit_kind_words(audit->kind), python3);
            free(python3);
            return;
        }
        break;
    case PY2ABI_AUDIT_EXTENSION2:
    case PY2ABI_AUDIT_LIBRARY3:
        break;
    case PY2ABI_AUDIT_NOT_SHARED:
    case PY2ABI_AUDIT_FOREIGN:
    case PY2ABI_AUDIT_DAMAGED:
    case PY2ABI_AUDIT_NOT_ELF:
    case PY2ABI_AUDIT_UNREADABLE:
        audit->sentence = py2abi_cli_check_memory(strdup(file->why));
        return;
    }
    audit->sentence = find_reasons(audit);
    audit->verdict = PY2ABI_AUDIT_FAILS;
    if (audit->sentence == NULL) {
        audit->sentence = describe_stubs(audit);
        audit->verdict = PY2ABI_AUDIT_LOADS;
    }
}

/* Whether the file is made for Python 2, so that there is something to say of
 * what it needs. */
bool
py2abi_audit_is_ours(const struct py2abi_audit *audit)
{
    return audit->kind == PY2ABI_AUDIT_EXTENSION2 || audit->kind == PY2ABI_AUDIT_LIBRARY2;
}

static bool
is_complete(const struct py2abi_audit *audit)
{
    for (const struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        bool complete = o->why == NULL;
        for (size_t i = 0; i < o->need_count; i++) {
            complete &= o->needs[i].where != PY2ABI_NEEDED_NOWHERE || o->needs[i].replaced;
        }
        if (!complete) {
            return false;
        }
    }
    return true;
}

/* Where no binary is served, nothing is said of the names that they want. */
static void
forget_symbols(struct py2abi_audit *audit)
{
    for (struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        o->symbol_count = 0;
        memset(o->counts, 0, sizeof o->counts);
    }
    audit->unresolved_count = 0;
}

/* Look at a file.  Whatever it is there is an answer, which is to be given back
 * with py2abi_audit_end.  file is kept.  Needs no Python; one thread at a time.
 * Without memory the process ends. */
void
py2abi_audit_begin(struct py2abi_audit *audit, const char *file)
{
    *audit = (struct py2abi_audit){.file = file};
    struct py2abi_audit_object *object = new_object(audit);
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    read_object(object, fd);
    if (fd >= 0) {
        close(fd);
    }
    object->path = realpath(file, NULL);
    if (object->path == NULL) {
        object->path = py2abi_cli_check_memory(strdup(file));
    }
    if (object->bound) {
        prepare(audit, object);
        open_object(audit, object);
        find_what_leads_to_bound(audit);
        for (struct py2abi_audit_object *o = object; o != NULL; o = o->next) {
            if (o->bound) {
                find_symbols(audit, o);
            }
        }
        if (object->kind == PY2ABI_AUDIT_EXTENSION2) {
            find_imported_module(audit);
        }
        if (is_complete(audit)) {
            find_unresolved(audit);
        }
        find_notes(audit);
    }
    judge(audit);
    if (py2abi_refusal_of_all() != NULL) {
        forget_symbols(audit);
    }
}

void
py2abi_audit_end(struct py2abi_audit *audit)
{
    while (audit->objects != NULL) {
        struct py2abi_audit_object *object = audit->objects;
        audit->objects = object->next;
        for (size_t i = 0; i < object->need_count; i++) {
            free(object->needs[i].path);
        }
        free(object->needs);
        free(object->symbols);
        free(object->defined);
        free(object->path);
        free(object->why);
        free(object->image);
        free(object);
    }
    for (size_t i = 0; i < audit->note_count; i++) {
        free(audit->notes[i]);
    }
    free(audit->notes);
    free(audit->unresolved);
    free(audit->sentence);
}
