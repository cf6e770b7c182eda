/* cli-audit.c - `py2abi audit`: what audit.c has found out, for people and for
 * programs. */

#include "config.h"
#include "audit.h"
#include "cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- For people ---- */

enum { INDENT = 4, LABEL = 12, WIDTH = 80, WIDTH_MIN = 30, WIDTH_MAX = 10000 };

static struct {
    size_t width; /* of a line */
    bool colour;
} page;

/* What is to be seen first. */
static const char good[] = "\033[1;32m", doubtful[] = "\033[1;33m", bad[] = "\033[1;31m",
                  heading[] = "\033[1m", plain[] = "\033[0m";

static void
find_page(void)
{
    const char *columns = getenv("COLUMNS"), *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    bool is_terminal = isatty(STDOUT_FILENO) != 0;
    struct winsize size;
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;

    if (width <= 0 && is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    width = width <= 0 || width > WIDTH_MAX ? WIDTH : width;
    page.width = width < WIDTH_MIN ? WIDTH_MIN : (size_t)width;
    page.colour = is_terminal && (no_colour == NULL || *no_colour == '\0')
                  && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static void
put(const char *text)
{
    py2abi_cli_put(stdout, text);
}

static void
put_coloured(const char *colour, const char *text)
{
    bool coloured = page.colour && colour != NULL;
    if (coloured) {
        fputs(colour, stdout);
    }
    put(text);
    if (coloured) {
        fputs(plain, stdout);
    }
}

/* Names in columns, as many as there is room for, read downwards. */
static void
put_names(const char *const *names, size_t count, size_t indent)
{
    size_t widest = 1;
    for (size_t i = 0; i < count; i++) {
        size_t width = py2abi_cli_put(NULL, names[i]);
        widest = width > widest ? width : widest;
    }
    size_t room = page.width > indent ? page.width - indent : 1;
    size_t across = (room + 2) / (widest + 2);
    across = across != 0 ? across : 1;
    size_t down = (count + across - 1) / across;
    for (size_t row = 0; row < down; row++) {
        printf("%*s", (int)indent, "");
        for (size_t at = row; at < count; at += down) {
            size_t width = py2abi_cli_put(stdout, names[at]);
            if (at + down < count) {
                printf("%*s", (int)(widest + 2 - width), "");
            }
        }
        putchar('\n');
    }
}

/* What a stub does, as one reads it: "returns NULL". */
static void
describe_stub(const struct py2abi_api *row, char *text, size_t size)
{
    const char *value = py2abi_audit_stub_returns(row);
    bool raises = py2abi_audit_stub_raises(row);
    snprintf(text, size, "%s%s%s%s", raises ? "raises NotImplementedError" : "raises nothing",
             value != NULL ? ", returns " : "", value != NULL ? value : "",
             raises || value != NULL ? "" : ", does nothing");
}

/* What becomes of a symbol, more closely than its disposition says, or "". */
static void
describe(const struct py2abi_audit_symbol *symbol, char *text, size_t size)
{
    text[0] = '\0';
    switch (symbol->disposition) {
    case PY2ABI_AUDIT_STUB:
        describe_stub(symbol->row, text, size);
        break;
    case PY2ABI_AUDIT_MISSING:
    case PY2ABI_AUDIT_OPTIONAL:
        snprintf(text, size, "%s", symbol->row != NULL ? "data that py2abi does not have"
                                                       : "no name of Python 2.7");
        break;
    case PY2ABI_AUDIT_LIBRARY:
        snprintf(text, size, "%s", symbol->provider->path);
        break;
    case PY2ABI_AUDIT_SERVED:
    case PY2ABI_AUDIT_HOST:
    case PY2ABI_AUDIT_DISPOSITION_COUNT:
        break;
    }
}

static const char *
colour_of(enum py2abi_audit_disposition disposition)
{
    return disposition == PY2ABI_AUDIT_MISSING ? bad
           : disposition == PY2ABI_AUDIT_STUB  ? doubtful
                                               : heading;
}

/* The symbols of a disposition: those that are alike under one line. */
static void
put_group(const struct py2abi_audit_object *object, enum py2abi_audit_disposition disposition)
{
    size_t total = object->counts[disposition];
    if (total == 0) {
        return;
    }
    const char **names = py2abi_cli_check_memory(calloc(total, sizeof *names));
    bool *done = py2abi_cli_check_memory(calloc(object->symbol_count, sizeof *done));
    char line[100];
    snprintf(line, sizeof line, "%zu %s", total, py2abi_audit_disposition_words(disposition));
    printf("%*s", INDENT, "");
    put_coloured(colour_of(disposition), line);
    putchar('\n');
    for (size_t i = 0; i < object->symbol_count; i++) {
        char text[PATH_MAX + 100], other[PATH_MAX + 100];
        size_t count = 0;
        if (done[i] || object->symbols[i].disposition != disposition) {
            continue;
        }
        describe(&object->symbols[i], text, sizeof text);
        for (size_t j = i; j < object->symbol_count; j++) {
            if (!done[j] && object->symbols[j].disposition == disposition) {
                describe(&object->symbols[j], other, sizeof other);
                if (strcmp(text, other) == 0) {
                    names[count++] = object->symbols[j].name;
                    done[j] = true;
                }
            }
        }
        if (*text != '\0') {
            printf("%*s", INDENT + 2, "");
            put(text);
            puts(":");
        }
        put_names(names, count, INDENT + 4);
    }
    free(names);
    free(done);
}

/* ---- For people: a file ---- */

static void
put_label(const char *label)
{
    printf("%*s%-*s", INDENT, "", LABEL, label);
}

/* What the names tell of the Python that it was made for. */
static void
put_abi(const struct py2abi_binary *binary)
{
    bool two = (binary->abi & PY2ABI_ABI_UCS2) != 0, four = (binary->abi & PY2ABI_ABI_UCS4) != 0;
    put_label("made for");
    printf("Python %s%s, %s Unicode\n",
           (binary->abi & PY2ABI_ABI_PRE25) != 0 ? "2.4 or older" : "2.5 to 2.7",
           (binary->abi & PY2ABI_ABI_DEBUG) != 0 ? " (a debug build)" : "",
           two && four ? "two-byte and four-byte"
           : two       ? "two-byte (UCS2)"
           : four      ? "four-byte (UCS4)"
                       : "either width of");
}

static void
put_modules(const struct py2abi_audit *audit)
{
    const struct py2abi_elf *elf = &audit->objects->elf;
    const char *module;
    uint32_t index = 0;
    put_label("module");
    if (audit->module != NULL) {
        put(audit->module);
        if (!audit->plain_import) {
            fputs(", by this file name after `import py2abi` only", stdout);
        }
    }
    else {
        fputs("none by this file name", stdout);
    }
    for (unsigned others = 0; (module = py2abi_binary_next_module(elf, &index)) != NULL;) {
        if (module != audit->module) {
            fputs(others++ == 0 ? "; other functions that may make one: init" : ", init", stdout);
            put(module);
        }
    }
    putchar('\n');
}

static const char *
place_of(const struct py2abi_audit_need *need)
{
    return need->replaced                          ? "replaced by py2abi"
           : need->where == PY2ABI_NEEDED_NOWHERE ? "not found"
           : need->path == NULL                    ? "the C library's"
                                                   : need->path;
}

/* The needs of an object, then those of what it needs that make a difference;
 * each object once. */
static void
put_needs(struct py2abi_audit *audit, const struct py2abi_audit_object *object, unsigned depth,
          unsigned search)
{
    size_t widest = 0;
    for (size_t i = 0; i < object->need_count; i++) {
        size_t width = py2abi_cli_put(NULL, object->needs[i].name);
        widest = width > widest && width <= 40 ? width : widest;
    }
    for (size_t i = 0; i < object->need_count; i++) {
        const struct py2abi_audit_need *need = &object->needs[i];
        struct py2abi_audit_object *next = need->object;
        if (!py2abi_audit_shows_need(audit, object, need)) {
            continue;
        }
        put_label(depth == 0 && i == 0 ? "libraries" : "");
        printf("%*s", (int)(2 * depth), "");
        size_t width = py2abi_cli_put(stdout, need->name);
        printf("%*s", (int)(width < widest ? widest - width + 2 : 2), "");
        put_coloured(need->where == PY2ABI_NEEDED_NOWHERE && !need->replaced ? bad : NULL,
                     place_of(need));
        if (next != NULL && next->why != NULL) {
            fputs(": ", stdout);
            put_coloured(bad, next->why);
        }
        else if (next != NULL && next->bound) {
            fputs(", which uses Python 2", stdout);
        }
        putchar('\n');
        if (next != NULL && next->visited != search && depth < 20) {
            next->visited = search;
            put_needs(audit, next, depth + 1, search);
        }
    }
}

static void
put_groups(const struct py2abi_audit_object *object)
{
    for (int i = 0; i < PY2ABI_AUDIT_DISPOSITION_COUNT; i++) {
        put_group(object, (enum py2abi_audit_disposition)i);
    }
}

/* A symbol on a line: its disposition, its declaration, what that means. */
static void
put_lines(const struct py2abi_audit_object *object)
{
    for (size_t i = 0; i < object->symbol_count; i++) {
        const struct py2abi_audit_symbol *symbol = &object->symbols[i];
        char text[PATH_MAX + 100];
        char *declaration = symbol->row != NULL ? py2abi_audit_declaration(symbol->row) : NULL;
        describe(symbol, text, sizeof text);
        printf("%*s%-10s", INDENT, "", py2abi_audit_disposition_word(symbol->disposition));
        put(declaration != NULL ? declaration : symbol->name);
        if (*text != '\0') {
            fputs(" -- ", stdout);
            put(text);
        }
        putchar('\n');
        free(declaration);
    }
}

static void
put_verdict(const struct py2abi_audit *audit)
{
    const char *colour = NULL;
    if (audit->verdict != PY2ABI_AUDIT_NOT_OURS) {
        colour = audit->verdict == PY2ABI_AUDIT_FAILS ? bad
                 : audit->stub_count != 0             ? doubtful
                                                      : good;
    }
    put_coloured(heading, audit->file);
    fputs(": ", stdout);
    put_coloured(colour, audit->sentence);
    putchar('\n');
}

enum form { TABLE, VERDICTS, SYMBOLS, JSON };

static void
put_report(struct py2abi_audit *audit, enum form form)
{
    put_verdict(audit);
    if (form == VERDICTS || !py2abi_audit_is_ours(audit)) {
        return;
    }
    if (form == TABLE) {
        put_label("what");
        puts(py2abi_audit_kind_words(audit->kind));
        put_abi(&audit->objects->binary);
        if (audit->kind == PY2ABI_AUDIT_EXTENSION2) {
            put_modules(audit);
        }
        audit->objects->visited = ++audit->searches;
        put_needs(audit, audit->objects, 0, audit->searches);
        for (size_t i = 0; i < audit->note_count; i++) {
            put_label("note");
            put(audit->notes[i]);
            putchar('\n');
        }
    }
    for (const struct py2abi_audit_object *o = audit->objects; o != NULL; o = o->next) {
        if (!o->bound) {
            continue;
        }
        if (o != audit->objects) {
            printf("%*s", INDENT, "");
            put_coloured(heading, o->path);
            fputs(" wants:\n", stdout);
        }
        if (form == TABLE) {
            put_groups(o);
        }
        else {
            put_lines(o);
        }
    }
    if (audit->unresolved_count != 0 && form == TABLE) {
        printf("%*s%zu other name%s that no library of its own has, so that the program must:\n",
               INDENT, "", audit->unresolved_count, audit->unresolved_count == 1 ? "" : "s");
        put_names(audit->unresolved, audit->unresolved_count, INDENT + 4);
    }
}

/* ---- For programs ---- */

/* A string, all of it ASCII.  A byte that is no part of a UTF-8 character is
 * put out as U+DC00 and the byte: what Python makes of such a name. */
static void
json_string(const char *text)
{
    putchar('"');
    while (*text != '\0') {
        uint32_t code = 0;
        size_t length = py2abi_cli_decode(text, &code);
        if (length == 0) {
            code = 0xdc00 + (unsigned char)*text;
        }
        if (code == '"' || code == '\\') {
            printf("\\%c", (int)code);
        }
        else if (code >= 0x20 && code < 0x7f) {
            putchar((int)code);
        }
        else if (code >= 0x10000) {
            printf("\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
                   0xdc00 + ((code - 0x10000) & 0x3ff));
        }
        else {
            printf("\\u%04x", code);
        }
        text += length != 0 ? length : 1;
    }
    putchar('"');
}

static void
json_string_or_null(const char *text)
{
    if (text != NULL) {
        json_string(text);
    }
    else {
        fputs("null", stdout);
    }
}

/* A key on a line of its own; the first of an object has no comma before it. */
static void
json_key(int indent, bool first, const char *key)
{
    printf("%s\n%*s\"%s\": ", first ? "" : ",", indent, "", key);
}

static void
json_bool(int indent, const char *key, bool value)
{
    json_key(indent, false, key);
    fputs(value ? "true" : "false", stdout);
}

static void
json_text(int indent, const char *key, const char *value)
{
    json_key(indent, false, key);
    json_string_or_null(value);
}

static void
json_symbol(const struct py2abi_audit_symbol *symbol)
{
    const struct py2abi_api *row = symbol->row;
    const struct py2abi_api *target = row != NULL ? py2abi_audit_target(row) : NULL;
    char *declaration = row != NULL ? py2abi_audit_declaration(row) : NULL;
    bool stub = symbol->disposition == PY2ABI_AUDIT_STUB;

    fputs("{\"name\": ", stdout);
    json_string(symbol->name);
    printf(", \"disposition\": \"%s\", \"type\": %s, \"weak\": %s, \"declaration\": ",
           py2abi_audit_disposition_word(symbol->disposition),
           row == NULL ? "null" : row->is_data ? "\"data\"" : "\"function\"",
           symbol->weak ? "true" : "false");
    json_string_or_null(declaration);
    fputs(", \"raises\": ", stdout);
    json_string_or_null(stub && py2abi_audit_stub_raises(row) ? "NotImplementedError" : NULL);
    fputs(", \"returns\": ", stdout);
    json_string_or_null(stub ? py2abi_audit_stub_returns(row) : NULL);
    fputs(", \"host_function\": ", stdout);
    json_string_or_null(symbol->disposition == PY2ABI_AUDIT_HOST ? target->other : NULL);
    fputs(", \"library\": ", stdout);
    json_string_or_null(symbol->provider != NULL ? symbol->provider->path : NULL);
    putchar('}');
    free(declaration);
}

static void
json_symbols(int indent, const struct py2abi_audit_object *object)
{
    json_key(indent, false, "counts");
    putchar('{');
    for (int i = 0; i < PY2ABI_AUDIT_DISPOSITION_COUNT; i++) {
        printf("%s\"%s\": %zu", i != 0 ? ", " : "",
               py2abi_audit_disposition_word((enum py2abi_audit_disposition)i),
               object->counts[i]);
    }
    putchar('}');
    json_key(indent, false, "symbols");
    putchar('[');
    for (size_t i = 0; i < object->symbol_count; i++) {
        printf("%s\n%*s", i != 0 ? "," : "", indent + 1, "");
        json_symbol(&object->symbols[i]);
    }
    putchar(']');
}

static void
json_library(const struct py2abi_audit_object *object, const struct py2abi_audit_need *need,
             bool describes)
{
    static const struct py2abi_audit_object none;
    const struct py2abi_audit_object *o = need->object != NULL ? need->object : &none;
    json_key(4, true, "name");
    json_string(need->name);
    json_text(4, "needed_by", object->path);
    json_text(4, "found", need->replaced                          ? "replaced"
                          : need->where == PY2ABI_NEEDED_NOWHERE   ? "no"
                          : need->where == PY2ABI_NEEDED_BY_ORIGIN ? "by-origin"
                                                                   : "yes");
    json_text(4, "path", need->path);
    json_bool(4, "uses_python2", o->bound);
    json_text(4, "problem", o->why != NULL ? o->why : o->refusal);
    json_symbols(4, describes ? o : &none);
}

static void
json_libraries(struct py2abi_audit *audit)
{
    bool first = true;
    unsigned search = ++audit->searches;
    json_key(2, false, "libraries");
    putchar('[');
    audit->objects->visited = search;
    const struct py2abi_audit_object *o = py2abi_audit_is_ours(audit) ? audit->objects : NULL;
    for (; o != NULL; o = o->next) {
        for (size_t i = 0; i < o->need_count; i++) {
            struct py2abi_audit_need *need = &o->needs[i];
            if (py2abi_audit_shows_need(audit, o, need)) {
                bool describes = need->object != NULL && need->object->visited != search;
                if (describes) {
                    need->object->visited = search;
                }
                printf("%s\n   {", first ? "" : ",");
                json_library(o, need, describes);
                putchar('}');
                first = false;
            }
        }
    }
    putchar(']');
}

static void
json_report(struct py2abi_audit *audit)
{
    static const char *const verdicts[] = {"loads", "fails", "not-python2"};
    static const struct py2abi_audit_object none;
    const struct py2abi_audit_object *file = audit->objects;
    const struct py2abi_binary *binary = &file->binary;
    const char *module;
    uint32_t index = 0;
    bool is_ours = py2abi_audit_is_ours(audit);

    putchar('{');
    json_key(2, true, "file");
    json_string(audit->file);
    json_text(2, "py2abi", PACKAGE_VERSION);
    json_text(2, "kind", py2abi_audit_kind_word(audit->kind));
    json_text(2, "verdict", verdicts[audit->verdict]);
    json_key(2, false, "status");
    printf("%d", (int)audit->verdict);
    json_text(2, "sentence", audit->sentence);
    json_text(2, "python", !is_ours                                ? NULL
                           : (binary->abi & PY2ABI_ABI_PRE25) != 0 ? "2.4"
                                                                   : "2.7");
    json_text(2, "unicode", !is_ours                               ? NULL
                            : (binary->abi & PY2ABI_ABI_UCS2) != 0 ? "ucs2"
                            : (binary->abi & PY2ABI_ABI_UCS4) != 0 ? "ucs4"
                                                                   : NULL);
    json_bool(2, "debug", is_ours && (binary->abi & PY2ABI_ABI_DEBUG) != 0);
    json_text(2, "needs_libpython", is_ours ? binary->needs_libpython : NULL);
    json_text(2, "module", audit->module);
    json_bool(2, "plain_import", audit->plain_import);
    json_key(2, false, "modules");
    putchar('[');
    for (bool first = true; audit->kind == PY2ABI_AUDIT_EXTENSION2
                            && (module = py2abi_binary_next_module(&file->elf, &index)) != NULL;
         first = false) {
        fputs(first ? "" : ", ", stdout);
        json_string(module);
    }
    putchar(']');
    json_symbols(2, is_ours ? file : &none);
    json_libraries(audit);
    json_key(2, false, "unresolved");
    putchar('[');
    for (size_t i = 0; is_ours && i < audit->unresolved_count; i++) {
        fputs(i != 0 ? ", " : "", stdout);
        json_string(audit->unresolved[i]);
    }
    putchar(']');
    json_key(2, false, "notes");
    putchar('[');
    for (size_t i = 0; is_ours && i < audit->note_count; i++) {
        fputs(i != 0 ? ", " : "", stdout);
        json_string(audit->notes[i]);
    }
    fputs("]}", stdout);
}

/* ---- The command ---- */

static const struct py2abi_cli_option options[] = {
    {"json", NULL, 'j', "put out JSON: an array with an object for each file"},
    {"quiet", NULL, 'q', "put out the verdicts only, a line for each file"},
    {"symbols", NULL, 's', "put out each name of Python with its declaration, on a line"},
    PY2ABI_CLI_HELP,
    {NULL, NULL, 0, NULL},
};

static int
audit_files(int count, char **files, enum form form)
{
    int status = EXIT_SUCCESS;

    find_page();
    if (form == JSON) {
        putchar('[');
    }
    for (int i = 0; i < count; i++) {
        struct py2abi_audit audit;
        py2abi_audit_begin(&audit, files[i]);
        bool readable = audit.objects->why == NULL;
        if (!readable) {
            py2abi_cli_complain("%s: %s", audit.file, audit.sentence);
        }
        if (form == JSON) {
            fputs(i != 0 ? ",\n " : "\n ", stdout);
            json_report(&audit);
        }
        else if (readable) {
            put_report(&audit, form);
        }
        status = (int)audit.verdict > status ? (int)audit.verdict : status;
        py2abi_audit_end(&audit);
    }
    if (form == JSON) {
        puts("\n]");
    }
    return py2abi_cli_end(status);
}

static int
audit_main(int argc, char **argv)
{
    enum form form = TABLE;
    int letter;
    while ((letter = py2abi_cli_next_option(&py2abi_cli_audit, argc, argv)) != -1) {
        enum form wanted = letter == 'j' ? JSON : letter == 'q' ? VERDICTS : SYMBOLS;
        if (letter == 'h') {
            return py2abi_cli_help(&py2abi_cli_audit);
        }
        if (letter == '?') {
            return PY2ABI_CLI_USAGE;
        }
        if (form != TABLE && form != wanted) {
            py2abi_cli_complain("audit: --json, --quiet and --symbols exclude each other");
            return PY2ABI_CLI_USAGE;
        }
        form = wanted;
    }
    if (optind == argc) {
        py2abi_cli_complain("audit: it wants the name of a file; see `py2abi audit --help`");
        return PY2ABI_CLI_USAGE;
    }
    return audit_files(argc - optind, argv + optind, form);
}

const struct py2abi_cli_command py2abi_cli_audit = {
    .name = "audit",
    .arguments = "FILE...",
    .summary = "tell what a binary is, what it needs, and whether it will load",
    .description =
        "Tells what each FILE is, which Python it was made for, what it needs, what\n"
        "becomes of every name of Python that it wants, and whether it will load.\n"
        "\n"
        "Exit status: 0 when all will load, 1 when one will not, 2 when one is not made\n"
        "for Python 2 or cannot be read.  2 counts before 1.\n",
    .options = options,
    .run = audit_main,
};
