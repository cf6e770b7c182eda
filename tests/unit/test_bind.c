/* test_bind.c - that what was read is what is opened, whatever is done to the file
 * and to its copy in between. */

#include "config.h"
#include "../common/harness.h"
#include "../common/objects.h"
#include "bind.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

enum { WHY = 1000 };

static int
nowhere(void)
{
    return 12;
}

static enum py2abi_binding
resolve(void *data, const struct py2abi_elf_symbol *symbol, void **address)
{
    (void)data;
    if (strcmp(symbol->name, "nowhere") != 0) {
        return PY2ABI_BIND_LEAVE;
    }
    int (*function)(void) = nowhere;
    memcpy(address, &function, sizeof function);
    return PY2ABI_BIND_TO;
}

static int
keep_needed(void *data, const char *name)
{
    (void)data;
    (void)name;
    return 0;
}

/* A copy of a sound object, for the test to spoil. */
static const char *
make_victim(void)
{
    static char path[4096];
    const struct recipe *recipe = object_recipes; /* the first can always be built */
    snprintf(path, sizeof path, "%s/bind-victim.%d.so", object_directory(), (int)getpid());
    const char *copy[] = {"cp", object_build(recipe, NULL), path, NULL};
    ck_assert_int_eq(run_program(NULL, copy).status, 0);
    return path;
}

/* Open what was read, and use it: nowhere() is ours. */
static void
open_image(struct py2abi_image *image, const char *path)
{
    const struct py2abi_bind_request request = {path, NULL, resolve, keep_needed};
    char why[WHY] = "";
    ck_assert_msg(py2abi_image_bind(image, &request, why, WHY) == 0, "%s", why);
    /* What the dynamic linker is going to map is what nobody can change. */
    ck_assert_int_eq(fcntl(image->fd, F_GET_SEALS),
                     (fcntl(image->fd, F_GET_SEALS) & F_SEAL_FUTURE_WRITE) | F_SEAL_SHRINK
                         | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    void *handle = py2abi_image_open(image, dlopen, path, RTLD_NOW, why, WHY);
    ck_assert_msg(handle != NULL, "%s", why);
    int (*call)(int);
    *(void **)&call = dlsym(handle, "call");
    ck_assert_ptr_nonnull((void *)call);
    /* one(0), ours, then the variables as its constructors have left them. */
    ck_assert_int_eq(call(0), 1 + 12 + 9 + 4 + 9 + 0 + 'o');
    dlclose(handle);
    py2abi_image_close(image);
}

/* The ways in which somebody changes a file. */
enum { REWRITTEN, SHORTENED, REPLACED, REMOVED, WAY_OF_CHANGE_COUNT };

START_TEST(test_file_changes)
{
    const char *path = make_victim();
    struct py2abi_image image;
    char why[WHY] = "";
    ck_assert_msg(py2abi_image_read(&image, path, why, WHY) == 0, "%s", why);
    const char *ways[] = {
        [REWRITTEN] = "dd if=/dev/zero of=\"$1\" bs=4096 count=8 conv=notrunc 2>&1",
        [SHORTENED] = ": >\"$1\"",
        [REPLACED] = "cp /bin/sh \"$1.new\" && mv \"$1.new\" \"$1\"",
        [REMOVED] = "rm \"$1\"",
    };
    const char *args[] = {"sh", "-c", ways[_i], "-", path, NULL};
    struct outcome outcome = run_program(NULL, args);
    ck_assert_msg(outcome.status == 0, "%s", outcome.output);
    open_image(&image, path);
    unlink(path);
}
END_TEST

/* Between being read and being bound, the copy. */
START_TEST(test_copy)
{
    const char *path = make_victim();
    struct py2abi_image image;
    char why[WHY] = "", name[64], byte = 0;
    ck_assert_msg(py2abi_image_read(&image, path, why, WHY) == 0, "%s", why);
    int seals = fcntl(image.fd, F_GET_SEALS);
    ck_assert_msg(seals >= 0, "the copy is no memfd: %s", strerror(errno));
    ck_assert_int_eq(seals & (F_SEAL_SHRINK | F_SEAL_GROW), F_SEAL_SHRINK | F_SEAL_GROW);
    /* As another process would that finds it in /proc. */
    snprintf(name, sizeof name, "/proc/self/fd/%d", image.fd);
    int other = open(name, O_RDWR);
    ck_assert_int_ge(other, 0);
    ck_assert_int_eq(ftruncate(other, 0), -1);
    ck_assert_int_eq(ftruncate(other, 1 << 20), -1);
    if ((seals & F_SEAL_FUTURE_WRITE) != 0) {
        ck_assert_int_eq((int)pwrite(other, &byte, 1, 0), -1);
        ck_assert(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, other, 0) == MAP_FAILED);
    }
    else {
        printf("skipped: writing to the copy: this kernel has no F_SEAL_FUTURE_WRITE\n");
    }
    close(other);
    open_image(&image, path);
    unlink(path);
}
END_TEST

/* Who has the copy mapped before it is sealed could write to it later: it is not opened. */
START_TEST(test_copy_is_held)
{
    const char *path = make_victim();
    struct py2abi_image image;
    char why[WHY] = "";
    ck_assert_msg(py2abi_image_read(&image, path, why, WHY) == 0, "%s", why);
    unsigned char *bytes = image.bytes;
    size_t size = image.size;
    /* A second mapping, as that of another process. */
    void *held = mremap(bytes, 0, size, MREMAP_MAYMOVE);
    if (held == MAP_FAILED) {
        skip_test("there is no mapping a second time here");
        py2abi_image_close(&image);
        return;
    }
    const struct py2abi_bind_request request = {path, NULL, resolve, keep_needed};
    ck_assert_int_eq(py2abi_image_bind(&image, &request, why, WHY), -1);
    ck_assert_msg(strstr(why, "cannot be sealed") != NULL && strncmp(why, path, strlen(path)) == 0,
                  "%s", why);
    py2abi_image_close(&image);
    munmap(held, size);
    unlink(path);
}
END_TEST

START_TEST(test_refused)
{
    static const struct {
        const char *path, *reason;
    } rows[] = {
        {"/dev/null", "is no regular file"},
        {"/nowhere/at/all.so", "cannot be read: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct py2abi_image image;
        char why[WHY] = "";
        ck_assert_int_eq(py2abi_image_read(&image, rows[i].path, why, WHY), -1);
        ck_assert_msg(strstr(why, rows[i].reason) != NULL, "%s", why);
    }
}
END_TEST

/* In the place of the C library's: whoever rests while this names a file finds it written to. */
static const char *never_at_rest;

int
nanosleep(const struct timespec *wanted, struct timespec *rest)
{
    int result = (int)syscall(SYS_nanosleep, wanted, rest);
    if (result == 0 && never_at_rest != NULL) {
        const char *write[] = {"touch", never_at_rest, NULL};
        result = run_program(NULL, write).status == 0 ? 0 : -1;
    }
    return result;
}

/* Then no time goes by, either: a file that was changed was changed just now. */
int
clock_gettime(clockid_t clock, struct timespec *now)
{
    if (never_at_rest != NULL) {
        *now = (struct timespec){.tv_sec = 0};
        return 0;
    }
    return (int)syscall(SYS_clock_gettime, clock, now);
}

/* A file that somebody writes to without an end is refused, and is read when they have done. */
START_TEST(test_never_at_rest)
{
    const char *path = make_victim();
    struct py2abi_image image;
    char why[WHY] = "";
    never_at_rest = path;
    ck_assert_int_eq(py2abi_image_read(&image, path, why, WHY), -1);
    never_at_rest = NULL;
    ck_assert_msg(strstr(why, "somebody writes to it") != NULL
                  && strncmp(why, path, strlen(path)) == 0, "%s", why);
    ck_assert_msg(py2abi_image_read(&image, path, why, WHY) == 0, "%s", why);
    open_image(&image, path);
    unlink(path);
}
END_TEST

int
main(void)
{
    object_build(object_recipes, NULL);
    Suite *suite = suite_create("bind");
    TCase *tcase = tcase_create("bind");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_file_changes, 0, WAY_OF_CHANGE_COUNT);
    tcase_add_test(tcase, test_copy);
    tcase_add_test(tcase, test_copy_is_held);
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_never_at_rest);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
