/* test_binary.c - what a shared object is to us: made-up ones, and those of the hosts. */

#include "config.h"
#include "../common/harness.h"
#include "../common/objects.h"
#include "binary.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A function of each name is called, and data of each is read, in one function
 * that nobody calls. */
#define WANT(name) "extern char " name "[]; void *want_" name "(void) { return " name "; }\n"
#define DEFINE(name) "void " name "(void) {}\n"
#define OLD_BUFFER                                                                                \
    WANT("PyObject_AsCharBuffer") WANT("PyObject_AsReadBuffer") WANT("PyObject_AsWriteBuffer")    \
    WANT("PyObject_CheckReadBuffer")

#define INIT64 (sizeof(void *) == 8 ? PY2ABI_ABI_PRE25 : PY2ABI_ABI_27)

static const struct row {
    struct recipe recipe;
    enum py2abi_binary_kind kind;
    unsigned abi, python_names, python2_names, old_buffer, modules;
    const char *first_module, *needs_libpython;
} rows[] = {
#define RECIPE(name, source) {name, "c", source, "-nostdlib -O1", false, false}
    {RECIPE("nothing", DEFINE("function") WANT("malloc")),
     PY2ABI_BINARY_OTHER, PY2ABI_ABI_27, 0, 0, 0, 0, NULL, NULL},
    {RECIPE("guest", DEFINE("initguest") WANT("Py_InitModule4_64") WANT("_Py_NoneStruct")
            WANT("PyArg_ParseTuple")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 3, 1, 0, 1, "guest", NULL},
    {RECIPE("underscore", DEFINE("init_under_score9") WANT("Py_InitModule4_64")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 1, 1, 0, 1, "_under_score9", NULL},
    {RECIPE("ucs4", DEFINE("initucs4") WANT("Py_InitModule4_64")
            WANT("PyUnicodeUCS4_FromUnicode")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_UCS4, 2, 2, 0, 1, "ucs4", NULL},
    {RECIPE("ucs2", DEFINE("initucs2") WANT("Py_InitModule4_64")
            WANT("_PyUnicodeUCS2_AsDefaultEncodedString")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_UCS2, 2, 1, 0, 1, "ucs2", NULL},
    {RECIPE("old", DEFINE("initold") WANT("Py_InitModule4")),
     PY2ABI_BINARY_GUEST, INIT64, 1, 1, 0, 1, "old", NULL},
    {RECIPE("olddebug", DEFINE("initolddebug") WANT("Py_InitModule4TraceRefs")),
     PY2ABI_BINARY_GUEST, INIT64 | PY2ABI_ABI_DEBUG, 1, 1, 0, 1, "olddebug", NULL},
    {RECIPE("debug", DEFINE("initdebug") WANT("Py_InitModule4TraceRefs_64")
            WANT("_Py_RefTotal")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_DEBUG, 2, 1, 0, 1, "debug", NULL},
    {RECIPE("buffers", DEFINE("initbuffers") WANT("Py_InitModule4_64") OLD_BUFFER),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 5, 1, 4, 1, "buffers", NULL},
    /* A module that somebody else initialises, as libboost_python does. */
    {RECIPE("boost", DEFINE("initboost") WANT("_Py_NoneStruct")
            WANT("_ZN5boost6python6detail11init_moduleEPKcPFvvE")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 1, 1, 0, 1, "boost", NULL},
    {RECIPE("string", DEFINE("initstring") WANT("PyString_FromString")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 1, 1, 0, 1, "string", NULL},
    {RECIPE("weak", DEFINE("initweak")
            "extern char PyInt_FromLong[] __attribute__((weak));\n"
            "void *want(void) { return PyInt_FromLong; }\n"),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 1, 1, 0, 1, "weak", NULL},
    {RECIPE("resolved", "static void begin(void) {}\n"
            "static void (*choose(void))(void) { return begin; }\n"
            "void initresolved(void) __attribute__((ifunc(\"choose\")));\n"
            WANT("Py_InitModule4_64")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 1, 1, 0, 1, "resolved", NULL},
    {RECIPE("many", DEFINE("initone") DEFINE("inittwo") DEFINE("initialize")
            WANT("Py_InitModule4_64")),
     PY2ABI_BINARY_GUEST, PY2ABI_ABI_27, 1, 1, 0, 3, NULL, NULL},
    /* Libraries: no module, or none of Python 2. */
    {RECIPE("library", DEFINE("function") WANT("PyString_FromString") WANT("Py_BuildValue")),
     PY2ABI_BINARY_LIBRARY, PY2ABI_ABI_27, 2, 1, 0, 0, NULL, NULL},
    {RECIPE("setup", DEFINE("init_library") WANT("PyBytes_FromStringAndSize")
            WANT("PyInstanceMethod_New") WANT("PyInterpreterState_Get")),
     PY2ABI_BINARY_LIBRARY, PY2ABI_ABI_27, 3, 0, 0, 1, "_library", NULL},
    {RECIPE("helper", DEFINE("inithelper") WANT("PyModule_Create2") WANT("PyCObject_Import")),
     PY2ABI_BINARY_LIBRARY, PY2ABI_ABI_27, 2, 1, 0, 1, "helper", NULL},
    {RECIPE("names", DEFINE("init") DEFINE("init2") WANT("PyInt_FromLong")
            "void dot(void) __asm__(\"init_a.b\"); void dot(void) {}\n"),
     PY2ABI_BINARY_LIBRARY, PY2ABI_ABI_27, 1, 1, 0, 0, NULL, NULL},
    {RECIPE("hidden", "__attribute__((visibility(\"hidden\"))) void inithidden(void) {}\n"
            "int initdata = 1; extern void initelsewhere(void);\n"
            "void use(void) { inithidden(); initelsewhere(); }\n" WANT("Py_InitModule4_64")),
     PY2ABI_BINARY_LIBRARY, PY2ABI_ABI_27, 1, 1, 0, 0, NULL, NULL},
    /* Python 3's. */
    {RECIPE("three", DEFINE("PyInit_three") WANT("PyModule_Create2") OLD_BUFFER),
     PY2ABI_BINARY_PYTHON3, PY2ABI_ABI_27, 5, 0, 4, 0, NULL, NULL},
    {RECIPE("punycode", DEFINE("PyInitU_eckzbwbhk6jpaj") WANT("PyModuleDef_Init")),
     PY2ABI_BINARY_PYTHON3, PY2ABI_ABI_27, 1, 0, 0, 0, NULL, NULL},
    {RECIPE("slots", DEFINE("PyModExport_slots") WANT("PyErr_Occurred")),
     PY2ABI_BINARY_PYTHON3, PY2ABI_ABI_27, 1, 0, 0, 0, NULL, NULL},
    {RECIPE("either", DEFINE("PyInit_either") DEFINE("initeither") WANT("Py_InitModule4_64")),
     PY2ABI_BINARY_PYTHON3, PY2ABI_ABI_27, 1, 1, 0, 1, "either", NULL},
};

/* False: there is no such file, or it is another machine's, installed beside. */
static bool
read_object(const char *path, struct object *object, struct py2abi_elf *elf)
{
    char why[PY2ABI_ELF_WHY];
    if (!object_load(object, path)) {
        return false;
    }
    enum py2abi_elf_status status = py2abi_elf_read(elf, object->bytes, object->size, why);
    if (status == PY2ABI_ELF_FOREIGN) {
        object_free(object);
        return false;
    }
    ck_assert_msg(status == PY2ABI_ELF_OK, "%s: %s", path, why);
    return true;
}

START_TEST(test_made_up)
{
    const struct row *row = &rows[_i];
    struct py2abi_binary binary;
    struct py2abi_elf elf;
    struct object object;
    uint32_t index = 0;
    unsigned modules = 0;
    const char *name, *only = NULL;

    ck_assert(read_object(object_build(&row->recipe, NULL), &object, &elf));
    py2abi_binary_read(&binary, &elf);
    ck_assert_msg(binary.kind == row->kind && binary.abi == row->abi
                      && binary.python_names == row->python_names
                      && binary.python2_names == row->python2_names
                      && binary.old_buffer == row->old_buffer && binary.modules == row->modules,
                  "%s: kind %d, ABI %u, %u names, %u of Python 2, %u old buffer, %u modules",
                  row->recipe.name, binary.kind, binary.abi, binary.python_names,
                  binary.python2_names, binary.old_buffer, binary.modules);
    ck_assert_ptr_null(binary.needs_libpython);
    while ((name = py2abi_binary_next_module(&elf, &index)) != NULL) {
        ck_assert_msg(py2abi_binary_has_init(&elf, "init", name), "init%s", name);
        only = name;
        modules++;
    }
    ck_assert_uint_eq(modules, row->modules);
    if (row->first_module != NULL) {
        ck_assert_str_eq(only, row->first_module);
    }
    ck_assert_int_eq(py2abi_binary_has_init(&elf, "PyInit_", row->recipe.name),
                     strstr(row->recipe.source, "void PyInit_") != NULL);
    ck_assert(!py2abi_binary_has_init(&elf, "init", "absent"));
}
END_TEST

/* One that was linked with a libpython, which decides where no name does. */
static const struct recipe python_recipe = {
    "libpython2", "c", "int python;\n", "-nostdlib -Wl,-soname,libpython2.7.so.1.0", false, false};
static struct recipe linked_recipe = {
    "linked", "c", DEFINE("initlinked") WANT("PyErr_SetString"), NULL, false, false};

START_TEST(test_needs_libpython)
{
    struct py2abi_binary binary;
    struct py2abi_elf elf;
    struct object object;

    ck_assert(read_object(object_build(&linked_recipe, NULL), &object, &elf));
    py2abi_binary_read(&binary, &elf);
    ck_assert_str_eq(binary.needs_libpython, "libpython2.7.so.1.0");
    ck_assert_int_eq(binary.kind, PY2ABI_BINARY_GUEST);
}
END_TEST

/* The address of an init function is that of code. */
START_TEST(test_init_is_code)
{
    const struct row *row = &rows[1];
    struct py2abi_binary binary;
    struct py2abi_elf elf;
    struct object object;

    ck_assert(read_object(object_build(&row->recipe, NULL), &object, &elf));
    object_symbol(&object, "initguest")->st_value =
        object_segment(&object, PT_DYNAMIC, 0)->p_vaddr;
    py2abi_binary_read(&binary, &elf);
    ck_assert_int_eq(binary.kind, PY2ABI_BINARY_LIBRARY);
    ck_assert(!py2abi_binary_has_init(&elf, "init", "guest"));
}
END_TEST

START_TEST(test_python_name)
{
    static const char *const names[] = {
        "Py_BuildValue", "PyString_FromString", "_Py_NoneStruct", "_PyObject_New", "PyErr_Clear",
        "PyArg_ParseTuple", "_PyTrash_deposit_object", "PyUnicodeUCS4_Decode", "PyOS_snprintf",
        "_Py_c_sum", "Py_",
    };
    static const char *const others[] = {
        "", "P", "Py", "_Py", "_", "Pyramid", "_Python", "py_thing", "__Py_thing", "Python_thing",
        "_ZN6PythonC1Ev", "_ZTI8PyObject", "XPy_None", "PY_VERSION", "Py9",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_msg(py2abi_binary_is_python_name(names[i]), "%s", names[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_msg(!py2abi_binary_is_python_name(others[i]), "%s", others[i]);
    }
}
END_TEST

START_TEST(test_stem)
{
    static const char *const stems[][2] = {
        {"foo.so", "foo"},
        {"/usr/lib/python2.7/lib-dynload/foo.so", "foo"},
        {"lib.d/foomodule.so", "foo"},
        {"foo.x86_64-linux-gnu.so", "foo"},
        {"foomodule.x86_64-linux-gnu_d.so", "foo"},
        {"foo.cpython-311-x86_64-linux-gnu.so", "foo"},
        {"module.so", "module"},
        {"modulefoo.so", "modulefoo"},
        {"_foo_2module", "_foo_2"},
        {"foo", "foo"},
        {"/foo/", ""},
        {".so", ""},
        {"", ""},
    };
    char stem[32];
    for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
        size_t length = py2abi_binary_stem(stems[i][0], stem, sizeof stem);
        ck_assert_str_eq(stem, stems[i][1]);
        ck_assert_uint_eq(length, strlen(stems[i][1]));
    }
    memset(stem, 'x', sizeof stem);
    ck_assert_uint_eq(py2abi_binary_stem("dir/quite_long.so", stem, 6), 10);
    ck_assert_str_eq(stem, "quite");
    ck_assert_int_eq(stem[6], 'x');
    ck_assert_uint_eq(py2abi_binary_stem("foo.so", stem, 0), 3);
    ck_assert_str_eq(stem, "quite");
}
END_TEST

/* The extension modules of a host are what it imports. */
START_TEST(test_host)
{
    const struct host *host = host_at(_i);
    const char *args[] = {
        host->path, "-c",
        "import sysconfig; print(sysconfig.get_config_var('DESTSHARED') or '')", NULL};
    struct outcome outcome = run_program(NULL, args);
    outcome.output[strcspn(outcome.output, "\n")] = '\0';
    DIR *directory = outcome.status == 0 ? opendir(outcome.output) : NULL;
    struct dirent *entry;
    int modules = 0;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        const char *end = strrchr(entry->d_name, '.');
        char path[8192], stem[256];
        struct py2abi_binary binary;
        struct py2abi_elf elf;
        struct object object;
        snprintf(path, sizeof path, "%s/%s", outcome.output, entry->d_name);
        if (end == NULL || strcmp(end, ".so") != 0 || !read_object(path, &object, &elf)) {
            continue;
        }
        py2abi_binary_read(&binary, &elf);
        py2abi_binary_stem(path, stem, sizeof stem);
        bool three = host->number >= 0x0300;
        ck_assert_msg(binary.kind == (three ? PY2ABI_BINARY_PYTHON3 : PY2ABI_BINARY_GUEST),
                      "%s: kind %d", path, binary.kind);
        ck_assert_msg(py2abi_binary_has_init(&elf, three ? "PyInit_" : "init", stem)
                          || py2abi_binary_has_init(&elf, "PyModExport_", stem),
                      "%s has no init function of %s", path, stem);
        if (!three) {
            ck_assert_msg(((binary.abi & PY2ABI_ABI_DEBUG) != 0) == host->debug, "%s", path);
        }
        object_free(&object);
        modules++;
    }
    if (directory != NULL) {
        closedir(directory);
    }
    if (modules == 0) {
        count_skipped(host, "it has no extension modules in files");
        return;
    }
    count_passed(host, modules);
}
END_TEST

int
main(void)
{
    static char flags[sizeof TOP_BUILDDIR + 200];
    Suite *suite = suite_create("binary");
    TCase *tcase = tcase_create("binary");
    int count = (int)(sizeof rows / sizeof rows[0]);

    for (int i = 0; i < count; i++) {
        object_build(&rows[i].recipe, NULL);
    }
    snprintf(flags, sizeof flags, "-nostdlib -Wl,--no-as-needed %s",
             object_build(&python_recipe, NULL));
    linked_recipe.flags = flags;
    object_build(&linked_recipe, NULL);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_made_up, 0, count);
    tcase_add_test(tcase, test_needs_libpython);
    tcase_add_test(tcase, test_init_is_code);
    tcase_add_test(tcase, test_python_name);
    tcase_add_test(tcase, test_stem);
    tcase_add_loop_test(tcase, test_host, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
