/* test_layout.c - what is learned of the hosts' bytes and bytearray. */

#include "config.h"
#include "../common/harness.h"
#include "layout.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Start the host's interpreter in this process, up to but not including
 * Py_Initialize.  NULL if it cannot be. */
static void *
open_python(const struct host *host)
{
    if (host->number < 0x0300 || strcmp(host->libpython, "-") == 0) {
        count_skipped(host, host->number < 0x0300 ? "it is no Python 3"
                                                  : "it has no shared libpython");
        return NULL;
    }
    setenv("PYTHONHOME", host->home, 1);
    unsetenv("PYTHONPATH");
    void *handle = dlopen(host->libpython, RTLD_NOW | RTLD_GLOBAL);
    ck_assert_msg(handle != NULL, "%s", dlerror());
    return handle;
}

static void
call(void *handle, const char *name)
{
    void (*function)(void);
    *(void **)&function = dlsym(handle, name);
    function();
}

/* Compare the layout's answer with the API's for one object. */
static void
compare(const struct py2abi_layout *layout, PyObject *object, int flags, int expected)
{
    Py_buffer view;
    void *buffer = NULL;
    Py_ssize_t len = -1;
    int answered = py2abi_layout_buffer(layout, object, flags, &buffer, &len);
    ck_assert_int_eq(answered, expected);
    if (answered) {
        ck_assert_int_eq(host_PyObject_GetBuffer(object, &view, flags), 0);
        ck_assert_ptr_eq(buffer, view.buf);
        ck_assert_int_eq((int)len, (int)view.len);
        host_PyBuffer_Release(&view);
    }
    host_Py_DecRef(object);
}

START_TEST(test_learn)
{
    const struct host *host = host_at(_i);
    void *handle = open_python(host);
    if (handle == NULL) {
        return;
    }
    unsetenv("PY2ABI_DISPATCH");
    ck_assert_ptr_nonnull(py2abi_host_get());

    /* Before the interpreter is there, nothing is learned and nothing settled. */
    py2abi_layout_learn();
    ck_assert_ptr_null(py2abi_layout_known);
    call(handle, "Py_Initialize");
    py2abi_layout_learn();
    const struct py2abi_layout *layout = py2abi_layout_known;
    ck_assert_ptr_nonnull(layout);
    ck_assert_ptr_null(host_PyErr_Occurred());
    ck_assert_ptr_eq(layout->array_type, host->free_threaded ? NULL : HOST(PyByteArray_Type));
    int arrays = layout->array_type != NULL;

    for (int size = 0; size < 3000; size = size * 3 / 2 + 1) {
        compare(layout, host_PyBytes_FromStringAndSize(NULL, size), PyBUF_SIMPLE, 1);
        compare(layout, host_PyBytes_FromStringAndSize(NULL, size), PyBUF_WRITABLE, 0);
        compare(layout, host_PyByteArray_FromStringAndSize(NULL, size), PyBUF_SIMPLE,
                arrays && size > 0);
        compare(layout, host_PyByteArray_FromStringAndSize(NULL, size), PyBUF_WRITABLE,
                arrays && size > 0);
        PyObject *cut = host_PyByteArray_FromStringAndSize(NULL, size + 10);
        ck_assert_int_eq(host_PySequence_DelSlice(cut, 0, 7), 0);
        compare(layout, cut, PyBUF_SIMPLE, arrays);
    }
    compare(layout, host_PyBool_FromLong(1), PyBUF_SIMPLE, 0);
    count_passed(host, 1);
}
END_TEST

START_TEST(test_switched_off)
{
    const struct host *host = host_at(_i);
    void *handle = open_python(host);
    if (handle == NULL) {
        return;
    }
    setenv("PY2ABI_DISPATCH", "ffi", 1);
    ck_assert_ptr_nonnull(py2abi_host_get());
    call(handle, "Py_Initialize");
    py2abi_layout_learn();
    ck_assert_ptr_null(py2abi_layout_known);
    count_passed(host, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("layout");
    TCase *tcase = tcase_create("layout");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_learn, 0, host_count());
    tcase_add_loop_test(tcase, test_switched_off, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
