/* test_sig.c - signatures, as libffi sees them. */

#include "config.h"
#include "../common/harness.h"
#include "capi.h"
#include "sig.h"

#include <stdio.h>
#include <string.h>

static int
add(Py_buffer *view, const char *text, int number)
{
    return view != NULL && strcmp(text, "text") == 0 ? number - 1 : 99;
}

static char *
second(PyObject **unused, char *text)
{
    (void)unused;
    return text + 1;
}

static int calls;

static void
count(void)
{
    calls++;
}

static Py_ssize_t
negate(Py_ssize_t number)
{
    return -number;
}

START_TEST(test_call)
{
    static const struct py2abi_sig_row rows[] = {
        {SIG_INT, 3, {SIG_VIEW, SIG_CSTR, SIG_INT}},
        {SIG_STR, 2, {SIG_OBJP, SIG_STR}},
        {SIG_VOID, 0, {SIG_VOID}},
        {SIG_SSIZE, 1, {SIG_SSIZE}},
    };
    struct py2abi_sig sig;
    union sig_slot slot;
    void *pointer = &slot;
    const char *text = "text";

    /* An int is handed over as a whole word, and its sign survives. */
    for (int number = -2; number < 3; number++) {
        ck_assert_int_eq(py2abi_sig_prepare(&sig, &rows[0]), 0);
        py2abi_sig_call(&sig, (void (*)(void))add, &slot,
                        (void *[]){&pointer, &text, &(sig_arg_INT){number}});
        ck_assert_int_eq(sig_take_INT(slot), number - 1);
        py2abi_sig_clear(&sig);
    }

    ck_assert_int_eq(py2abi_sig_prepare(&sig, &rows[1]), 0);
    py2abi_sig_call(&sig, (void (*)(void))second, &slot, (void *[]){&pointer, &text});
    ck_assert_str_eq(sig_take_STR(slot), "ext");
    py2abi_sig_clear(&sig);

    ck_assert_int_eq(py2abi_sig_prepare(&sig, &rows[2]), 0);
    py2abi_sig_call(&sig, count, &slot, NULL);
    ck_assert_int_eq(calls, 1);
    py2abi_sig_clear(&sig);

    Py_ssize_t big = PY_SSIZE_T_MAX;
    ck_assert_int_eq(py2abi_sig_prepare(&sig, &rows[3]), 0);
    py2abi_sig_call(&sig, (void (*)(void))negate, &slot, (void *[]){&big});
    ck_assert(sig_take_SSIZE(slot) == -PY_SSIZE_T_MAX);
    py2abi_sig_clear(&sig);
}
END_TEST

START_TEST(test_same)
{
    struct py2abi_sig_row a = {SIG_INT, 2, {SIG_OBJ, SIG_INT}};
    struct py2abi_sig_row pointers = {SIG_INT, 2, {SIG_VIEW, SIG_INT}};
    struct py2abi_sig_row result = {SIG_VOID, 2, {SIG_OBJ, SIG_INT}};
    struct py2abi_sig_row argument = {SIG_INT, 2, {SIG_OBJ, SIG_OBJ}};
    struct py2abi_sig_row count_differs = {SIG_INT, 1, {SIG_OBJ}};

    ck_assert(py2abi_sig_same(&a, &a));
    ck_assert(py2abi_sig_same(&a, &pointers));
    ck_assert(!py2abi_sig_same(&a, &result));
    ck_assert(!py2abi_sig_same(&a, &argument));
    ck_assert(!py2abi_sig_same(&a, &count_differs));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sig");
    TCase *tcase = tcase_create("sig");
    tcase_add_test(tcase, test_call);
    tcase_add_test(tcase, test_same);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
